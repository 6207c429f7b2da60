"""The file of a database as it is found: which one, whether it is ours and sound, what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mini_crm.domain.errors import DatabaseError, DatabaseUnreachable, MiniCrmError

APPLICATION_ID = 0x4D43524D  # "MCRM": tells our files from other programs' databases
_DAMAGES_SHOWN = 20

FileId = tuple[int, int] | None
Files = tuple[FileId, FileId]


def refuse_unless_ours(path: Path) -> None:
    """Look at the beginning of a file without changing anything in it or beside it.

    SQLite is told that nothing can change: else it would bring another program's database up to date with
    what lies beside it, and delete what lies beside an empty file.

    Raises:
        DatabaseError: It is missing, a directory, none of this program's databases, or damaged.
    """
    if path.is_dir():
        raise DatabaseError("database_is_directory", path=str(path))
    if not path.exists():
        raise DatabaseError("database_missing", path=str(path))
    found = None
    if path.is_file():
        with (
            errors_of(path),
            closing(sqlite3.connect(uri_of(path, "mode=ro&immutable=1"), uri=True)) as connection,
        ):
            found = connection.execute("PRAGMA application_id").fetchone()[0]
    if found != APPLICATION_ID:
        raise DatabaseError("database_not_ours", path=str(path))


def find_damage(path: Path) -> tuple[str, ...]:
    """Look at every page, index and reference of a database.

    Returns:
        What is wrong, in SQLite's words; nothing if all was looked at and is sound.

    Raises:
        DatabaseError: It is missing, none of ours, or cannot be read at all.
    """
    try:
        refuse_unless_ours(path)
        with errors_of(path), closing(sqlite3.connect(uri_of(path, "mode=rw"), uri=True)) as connection:
            return damage_in(connection, path)
    except DatabaseError as error:
        if error.code != "database_damaged":
            raise
        return (str(error.__cause__),)


def damage_in(connection: sqlite3.Connection, path: Path) -> tuple[str, ...]:
    """Look at every page, index and reference through a connection.

    Args:
        connection: To the database.
        path: Where its content comes from; SQLite takes what is cut off a last page for zeros.

    Returns:
        See ``find_damage``.
    """
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    if path.stat().st_size % page_size:
        return ("the end of the file is cut off",)
    rows = connection.execute(f"PRAGMA integrity_check({_DAMAGES_SHOWN})").fetchall()
    if [row[0] for row in rows] != ["ok"]:
        lines = (line for row in rows for line in str(row[0]).splitlines())
        return tuple(line for line in lines if not line.startswith("***"))
    loose = connection.execute("PRAGMA foreign_key_check").fetchmany(_DAMAGES_SHOWN)
    return tuple(f"row {row[1]} of {row[0]} refers to no row of {row[2]}" for row in loose)


@contextmanager
def errors_of(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about a file into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, path) from error


def code_of(error: sqlite3.Error) -> int:
    """Give the number of the kind of an error; 0 where Python has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _translated(error: sqlite3.Error, path: Path) -> MiniCrmError:
    place = str(path)
    match code_of(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return DatabaseUnreachable("database_busy")
        case sqlite3.SQLITE_FULL:
            return DatabaseError("database_full", path=place)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return DatabaseError("database_read_only", path=place)
        case sqlite3.SQLITE_NOTADB:
            return DatabaseError("database_not_ours", path=place)
        case sqlite3.SQLITE_CORRUPT:
            return DatabaseError("database_damaged", path=place)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR:
            return DatabaseUnreachable("database_unreachable", path=place)
    raise error


def uri_of(path: Path, how: str) -> str:
    """Name a file for SQLite together with how it is to be opened."""
    return f"{path.absolute().as_uri()}?{how}"


def files_at(path: Path) -> Files:
    """Tell which files are a database now, whatever their names: itself and its ``-wal``."""
    return file_id(path), file_id(path.with_name(f"{path.name}-wal"))


def file_id(path: Path) -> FileId:
    """Tell which file is under a name now; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
