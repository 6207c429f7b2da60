"""The programs that the tests start: from the sources, or the frozen ones of a zip.

MINI_CRM_EXE_DIR names the folder where ``scripts/dev.py build`` put the zip. It is unpacked elsewhere, once
for all tests, since a frozen program has its settings beside it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

MODULES = {"mini-crm": "mini_crm", "execer": "mini_crm.execer", "mini-crm-admin": "mini_crm.admin"}
EXE = ".exe" if sys.platform == "win32" else ""


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a zip as people do, with rights and links.

    Returns:
        The one folder in it.
    """
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            path = Path(packed.extract(entry, folder))
            mode = entry.external_attr >> 16
            if stat.S_ISLNK(mode):
                path.unlink()
                path.symlink_to(os.fsdecode(packed.read(entry)))
            elif sys.platform != "win32":
                path.chmod(stat.S_IMODE(mode))
    (inside,) = folder.iterdir()
    return inside


def start_of(name: str, folder: Path | None = None) -> list[str]:
    """Give what starts a program.

    Args:
        name: As people type it.
        folder: Where another frozen one is than that of all tests.
    """
    folder = folder or FROZEN
    if folder is None:
        return [sys.executable, "-m", MODULES[name]]
    return [str(folder / f"{name}{EXE}")]


def _unpacked() -> tuple[Path | None, Path | None]:
    given = os.environ.get("MINI_CRM_EXE_DIR")
    if not given:
        return None, None
    (archive,) = Path(given).absolute().glob("mini-crm-*.zip")
    folder = Path(tempfile.mkdtemp(prefix="Учёт наработок "))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return archive, unpack(archive, folder)


ARCHIVE, FROZEN = _unpacked()
"""The zip and the folder that came out of it; None for the programs of the sources."""

only_from_sources = pytest.mark.skipif(
    FROZEN is not None, reason="a frozen program reads the settings beside it, and no variables of Python"
)
