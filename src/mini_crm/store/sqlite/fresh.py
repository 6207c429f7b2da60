"""New database files: made and looked at in a folder that is ours alone, then put where nothing stands.

A database is its file and what SQLite keeps beside it. So a new file may come only where none of these
is, or an old one's changes would be played into it; and what is beside it while it is made must not
outlive a crash. The folder has a name that nobody can foresee and a lock that dies with its process:
whoever comes next to the same place clears away what no living process holds.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from mini_crm.domain.errors import AlreadyThere
from mini_crm.files import make_private_file, move_to_new, sync_file, sync_folder
from mini_crm.store.place import COMPANIONS
from mini_crm.store.sqlite.db import Connection, try_lock
from mini_crm.store.sqlite.file import errors_of

_WORKPLACE = ".mini-crm-{}.new"
_LOCK = "lock"
_TRIES = 5


def companions(path: Path) -> tuple[Path, ...]:
    """Give the files beside a place that belong to a database there, or to one that was there."""
    beside = (path.with_name(path.name + ending) for ending in COMPANIONS)
    return tuple(file for file in beside if os.path.lexists(file))


def refuse_companions(path: Path) -> None:
    """Refuse a place for a new database where an old one has left something.

    Raises:
        AlreadyThere: ``database_left_files``, which names them.
    """
    if found := companions(path):
        raise AlreadyThere("database_left_files", path=str(path), files=[str(file) for file in found])


@contextmanager
def made_beside(path: Path) -> Iterator[Path]:
    """Make a database that takes its place when it is whole and on the disk.

    Args:
        path: Its place; the folder must exist.

    Yields:
        An empty file, readable by its owner only, to fill and close. If the block fails nothing is left.

    Raises:
        FileExistsError: Something stands there, be it since a moment ago.
        AlreadyThere: See ``refuse_companions``.
        DatabaseError: There is no room for it.
        OSError: It cannot be made there.
    """
    folder, lock = _workplace(path.parent)
    try:
        made = folder / "database"
        make_private_file(made)
        yield made
        if companions(made):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(made))
        sync_file(made)
        refuse_companions(path)
        move_to_new(made, path)
        sync_folder(path.parent)
    finally:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)


def _workplace(parent: Path) -> tuple[Path, Connection]:
    """Make a locked folder of our own, and clear away those of killed processes."""
    for old in parent.glob(_WORKPLACE.format("*")):
        _clear_if_dead(old)
    for _ in range(_TRIES):
        folder = parent / _WORKPLACE.format(secrets.token_hex(16))
        folder.mkdir(mode=0o700)
        try:
            with errors_of(folder):
                lock = try_lock(folder / _LOCK)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if lock is not None:
            return folder, lock
        # Somebody who clears away came between the two steps.
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(parent))


def _clear_if_dead(folder: Path) -> None:
    with suppress(OSError):
        if folder.is_symlink() or not folder.is_dir():
            return
        if not (folder / _LOCK).exists():
            folder.rmdir()  # only if it is empty
            return
        with errors_of(folder):
            lock = try_lock(folder / _LOCK)
        if lock is not None:
            with closing(lock):
                shutil.rmtree(folder, ignore_errors=True)
