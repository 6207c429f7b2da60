"""How this program makes files and folders: whole or not at all, and for nobody but who should see them.

Whatever it replaces is written under a name that nobody can foresee, in the folder where it belongs, and
takes its place in one step when it is on the disk. A crash at any moment leaves the old file or the new one.

Rights on Windows are those of the folder; so there modes say nothing and are left alone.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from typing import BinaryIO

from mini_crm.domain.errors import UsageError

OWNER_ONLY = 0o600
BY_UMASK = 0o666
"""For everybody whom the umask does not shut out."""

Move = Callable[[Path, Path], object]
"""Gives a finished file its name; takes the file, then the name."""

_TEMPORARY = "~mini-crm-{}.tmp"
_LEFT_OVER_S = 24 * 3600

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


def refuse_unless_plain(path: Path | None, *, follow: bool = False) -> None:
    """Refuse a path where something else than a plain file is, before any work is done for it.

    Args:
        path: Where a file is to be written or read; None is fine.
        follow: A link to a plain file will do.

    Raises:
        UsageError: ``not_a_plain_file``, with its ``kind``.
    """
    kind = None if path is None else kind_unless_plain(path, follow=follow)
    if kind is not None:
        raise UsageError("not_a_plain_file", path=str(path), kind=kind)


@contextmanager
def replacing(
    path: Path, *, mode: int | None = None, new: bool = False, move: Move | None = None
) -> Iterator[BinaryIO]:
    """Write a file that appears under its name when it is whole and on the disk.

    The block writes into the stream, or closes it and lets something else write into the file
    ``stream.name``. If the block fails, or anything after it, nothing is left and an older file stands.

    Args:
        path: Its name; the folder must exist.
        mode: Its rights, such as ``OWNER_ONLY``. By default those, and the group, of the file that it
            replaces, else ``BY_UMASK``.
        new: There must be nothing under this name, not even at the last moment.
        move: Gives it its name; by default the very one, in place of an older file.

    Yields:
        The stream of the file under its first name, for the owner only while an older file may be secret.

    Raises:
        FileExistsError: With ``new``, there is something.
        OSError: It cannot be written.
    """
    older = _status(path)
    if new and older is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    like = older if older is not None and stat.S_ISREG(older.st_mode) and mode is None else None
    first = OWNER_ONLY if like is not None else BY_UMASK if mode is None else mode
    _remove_left_over(path.parent)
    fresh = path.with_name(_TEMPORARY.format(secrets.token_hex(16)))
    stream = _open_new(fresh, first)
    try:
        try:
            yield stream
            if stream.closed:
                stream = fresh.open("rb+")
            _finish(stream, like)
        finally:
            _close(stream)
        if move is not None:
            move(fresh, path)
        elif new:
            move_to_new(fresh, path)
        else:
            fresh.replace(path)
    finally:
        # Also what a database engine puts beside its file, under a longer name.
        with suppress(OSError):
            for left in path.parent.glob(f"{fresh.name}*"):
                left.unlink(missing_ok=True)
    sync_folder(path.parent)


def make_private_file(path: Path) -> None:
    """Make an empty file that only its owner may read and write, whatever the umask.

    Raises:
        FileExistsError: There is something already; a link is never followed.
        OSError: It cannot be made.
    """
    _open_new(path, OWNER_ONLY).close()


def make_companion(path: Path, of: Path) -> None:
    """See to it that a file is there which whoever may use another one may use too.

    Args:
        path: Made empty if it is missing; an older one of ours gets the rights.
        of: The file whose rights and group it gets.

    Raises:
        OSError: It cannot be made, or ``of`` is missing.
    """
    like = of.stat()
    with suppress(FileExistsError):
        with _open_new(path, OWNER_ONLY) as stream:
            if sys.platform != "win32":
                _give_group_and_owner(stream.fileno(), like)
    if sys.platform == "win32" or path.is_symlink():
        return
    # By its name: to open and close it would take away the locks that this process holds on it.
    wanted = stat.S_IMODE(like.st_mode) & 0o777
    if stat.S_IMODE(path.stat().st_mode) != wanted:
        with suppress(PermissionError):  # another's: then it is theirs to give rights to
            path.chmod(wanted)


def make_private_folder(path: Path) -> None:
    """Make a folder, and those missing above it, for the owner only; one that is there stays as it is.

    Raises:
        OSError: It cannot be made.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    there = missing[-1].parent if missing else path
    if there.exists() and not there.is_dir():  # of which Windows would say that nothing is there
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
    for folder in reversed(missing):
        # On Windows this mode would shut out everybody else, whatever the folder above it says.
        folder.mkdir(mode=0o700 if sys.platform != "win32" else 0o777, exist_ok=True)


def sync_file(path: Path) -> None:
    """Bring a file that is closed to the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a network's disk may not know it
            raise
    finally:
        os.close(handle)


def _open_new(path: Path, mode: int) -> BinaryIO:
    """Open a file that is not there yet, never through a link."""

    def opener(name: str, flags: int) -> int:
        handle = os.open(name, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), mode)
        if sys.platform != "win32" and mode != BY_UMASK:
            with suppress(OSError):  # a disk that knows no modes, such as a stick
                os.fchmod(handle, mode)
        return handle

    return open(path, "xb", opener=opener)


def _close(stream: BinaryIO) -> None:
    """Close a file; what a full disk says again is not what went wrong first."""
    with suppress(OSError):
        stream.close()


def _finish(stream: BinaryIO, like: os.stat_result | None) -> None:
    """Bring a file to the disk, with the rights of another one."""
    stream.flush()
    if sys.platform != "win32" and like is not None:
        _give_group_and_owner(stream.fileno(), like)
        with suppress(OSError):
            os.fchmod(stream.fileno(), stat.S_IMODE(like.st_mode) & 0o777)
    os.fsync(stream.fileno())


def _give_group_and_owner(handle: int, like: os.stat_result) -> None:
    """Give a file to another's group and owner, as far as that is allowed."""
    if sys.platform != "win32":
        for owner, group in ((-1, like.st_gid), (like.st_uid, -1)):
            with suppress(OSError):
                os.fchown(handle, owner, group)


def move_to_new(fresh: Path, path: Path) -> None:
    """Give a file a name that must be free, in the same folder or on the same disk.

    Raises:
        FileExistsError: Something stands there, be it since a moment ago.
    """
    if sys.platform == "win32":
        fresh.rename(path)  # refuses what is there
        return
    try:
        path.hardlink_to(fresh)  # refuses it too; the first name goes afterwards
    except FileExistsError:
        raise
    except OSError:  # a disk without links; a rename would replace what is there
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        fresh.rename(path)


def _remove_left_over(folder: Path) -> None:
    """Delete what programs that were killed left half written; younger ones may be at work."""
    with suppress(OSError):
        for left in folder.glob(_TEMPORARY.format("*")):
            if left.stat(follow_symlinks=False).st_mtime < time() - _LEFT_OVER_S:
                left.unlink()


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
