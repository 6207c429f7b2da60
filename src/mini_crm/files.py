"""What stands where a file should be."""

from __future__ import annotations

import re
import stat
from pathlib import Path

_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])[ .:]*(\..*)?", re.IGNORECASE)
"""Names that mean devices in every folder of Windows, with any ending. Source: Microsoft, "Naming Files"."""

_KINDS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISLNK, "link"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
)


def kind_unless_plain(path: Path, *, follow: bool = False) -> str | None:
    """Say what stands where a file should be, if it is none.

    Args:
        path: Where a file is, or may be made.
        follow: Look at what a link leads to; else a link is no plain file.

    Returns:
        ``folder``, ``link``, ``pipe``, ``socket``, ``device`` or ``reserved`` (a device's name on Windows,
        refused everywhere, since files are carried from one system to the other); None for a plain file,
        and where there is nothing or nothing that can be seen.
    """
    if _RESERVED.fullmatch(path.name):
        return "reserved"
    try:
        mode = path.stat(follow_symlinks=follow).st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISREG(mode):
        return None
    return next((kind for is_kind, kind in _KINDS if is_kind(mode)), "device")
