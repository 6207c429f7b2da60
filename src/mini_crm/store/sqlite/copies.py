"""Copies of a database file: made while it is in use, and put back; looked at whole, never over anything."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mini_crm.domain.errors import AlreadyThere, BadFile, DatabaseError, WrongVersion
from mini_crm.files import make_private_folder
from mini_crm.store.place import is_there
from mini_crm.store.sqlite.db import Database
from mini_crm.store.sqlite.file import damage_in, find_damage
from mini_crm.store.sqlite.fresh import companions, made_beside, refuse_companions

_PARTS = ("-wal", "-journal")
"""Endings of files that hold what is not in the database itself yet."""
_CHUNK = 1 << 20


def back_up(db: Database, target: Path) -> int:
    """Copy a database while it is in use, look at the whole copy, and count its entries.

    Raises:
        BadFile: The target is there already, or cannot be written.
        AlreadyThere: A database that stood there has left files.
        DatabaseError: ``backup_of_damaged``: what was copied is not sound, so there is no copy.
    """
    if os.path.lexists(target):
        raise BadFile("backup_exists", path=str(target))
    refuse_companions(target)
    try:
        with made_beside(target) as unfinished:
            copy = Database(unfinished)
            with copy.errors(), closing(copy.connect(check=False)) as connection:
                db.copy_into(connection)
                if damage_in(connection, db.path):  # the copy is as the database is
                    raise DatabaseError("backup_of_damaged", path=str(db.path))
                return int(connection.execute("SELECT count(*) FROM Entry").fetchone()[0])
    except FileExistsError as error:
        raise BadFile("backup_exists", path=str(target)) from error
    except OSError as error:
        raise BadFile("backup_failed", path=str(target), **_reason(error)) from error
    except DatabaseError as error:
        if error.code == "backup_of_damaged":
            raise
        if error.code == "database_damaged":
            raise DatabaseError("backup_of_damaged", path=str(db.path)) from error
        raise BadFile("backup_failed", path=str(target), **_reason(error)) from error


@contextmanager
def put_back(source: BinaryIO, file: Path, path: Path) -> Iterator[Database]:
    """Put a copy where a database is expected; when the block ends it is there, whole and on the disk.

    Args:
        source: The copy, opened.
        file: Its path, to name it.
        path: Where the database goes; its folder is made if it is missing.

    Yields:
        The copy's copy, sound and up to date, for what is to be changed in it before it takes its place.

    Raises:
        AlreadyThere: There is a database, or one has left files.
        DatabaseError: What is there can be no database, or the copy is of a newer program.
        BadFile: The copy is none, is damaged or has a part of it beside it, or cannot be written.
    """
    if is_there(path):
        raise AlreadyThere("restore_over_database", path=str(path))
    refuse_companions(path)
    if parts := [part for part in companions(file) if part.name.endswith(_PARTS) and part.lstat().st_size]:
        raise BadFile("backup_in_parts", path=str(file), files=[str(part) for part in parts])
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        make_private_folder(path.parent)
        with made_beside(path) as unfinished:
            _copy(source, file, unfinished)
            if find_damage(unfinished):  # before its tables are brought up to date
                raise BadFile("backup_damaged", path=str(file))
            with closing(Database.open(unfinished)) as database:
                yield database
    except BaseException as error:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        told = _told(error, file, path)
        if told is error:
            raise
        raise told from error


def _copy(source: BinaryIO, file: Path, target: Path) -> None:
    with target.open("wb") as stream:
        while True:
            try:
                part = source.read(_CHUNK)
            except OSError as error:
                raise BadFile("file_unreadable", path=str(file), reason=error.strerror or "") from error
            if not part:
                return
            stream.write(part)


def _told(error: BaseException, file: Path, path: Path) -> BaseException:
    """Say it of the copy, or of the place where it goes: nobody has seen the file between."""
    if isinstance(error, FileExistsError):
        return AlreadyThere("restore_over_database", path=str(path))
    if isinstance(error, OSError):
        return BadFile("file_not_writable", path=str(path), **_reason(error))
    if isinstance(error, DatabaseError):
        match error.code:
            case "database_not_ours":
                return BadFile("not_a_backup", path=str(file))
            case "database_damaged":
                return BadFile("backup_damaged", path=str(file))
            case "database_too_new":
                return WrongVersion(error.code, **error.data | {"path": str(file)})
            case _other:
                return BadFile("file_not_writable", path=str(path), **_reason(error))
    return error


def _reason(error: OSError | DatabaseError) -> dict[str, object]:
    """Say why something could not be written, as the computer numbers its reasons."""
    if isinstance(error, OSError):
        number = error.errno or errno.EIO
    else:
        number = {"database_full": errno.ENOSPC, "database_read_only": errno.EACCES}.get(
            error.code, errno.EIO
        )
    return {"errno": number, "reason": os.strerror(number)}
