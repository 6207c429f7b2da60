"""The SQLite file: connections, transactions, migrations, and errors in our own words.

This is the only module that imports sqlite3.
"""

from __future__ import annotations

import math
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

from mini_crm.domain.errors import (
    AlreadyThere,
    BadFile,
    DatabaseError,
    DatabaseUnreachable,
    MiniCrmError,
    RunUnderWay,
)
from mini_crm.domain.money import from_minor
from mini_crm.store.zones import zone

Connection = sqlite3.Connection
Row = sqlite3.Row
Clock = Callable[[], datetime]

APPLICATION_ID = 0x4D43524D  # "MCRM": tells our files from other programs' databases
EPOCH = date(1970, 1, 1)
_BUSY_S = 5.0
_MATH_PROBE = "SELECT exp(1.0), sqrt(1.0), ln(1.0)"
_QUERY_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class OnlyALook(Exception):
    """Raised inside a writing transaction to roll it back after a dry run; caught right outside it."""


def utc_now() -> datetime:
    """Give the present moment in UTC."""
    return datetime.now(UTC)


def load_queries(file: str) -> dict[str, str]:
    """Read the queries of a ``.sql`` file beside this module, by the name above each."""
    parts = _QUERY_NAME.split(files(__package__).joinpath(file).read_text(encoding="utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def to_day(day: date | None) -> int | None:
    """Turn a date into the whole number that the tables hold."""
    return None if day is None else (day - EPOCH).days


def from_day(day: int | None) -> date | None:
    """Turn the whole number of a table into a date."""
    return None if day is None else EPOCH + timedelta(days=day)


def to_instant(moment: datetime) -> int:
    """Turn a moment into whole seconds since 1970 in UTC."""
    return int(moment.timestamp())


def from_instant(seconds: int) -> datetime:
    """Turn whole seconds since 1970 into a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


_READ: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys(
        ["EnteredOn", "PayBy", "FirstPayBy", "StatusOn", "StartsOn", "EndsOn", "CountDay"], from_day
    ),
    **dict.fromkeys(["FirstEntry", "FirstResolution", "LastDay", "Since", "OldPayBy"], from_day),
    **dict.fromkeys(["StartedAt", "FinishedAt", "AsOf", "ExpiresAt", "ChangedAt", "DeletedAt"], from_instant),
    **dict.fromkeys(["ImportedAt", "UndoneAt", "MadeAt", "DoneAt"], from_instant),
    **dict.fromkeys(
        ["Amount", "PaidAmount", "Expected", "Paid", "Refused", "Target", "Commitment"], from_minor
    ),
    **dict.fromkeys(["ActualPipeline", "ActualPeriod", "OldAmount"], from_minor),
    "ClientRef": lambda value: UUID(bytes=value),
}


def plain(row: Row) -> dict[str, Any]:
    """Turn a row of the tables, whose days, instants and amounts are whole numbers, into a plain row."""
    return {
        name: _READ[name](value) if value is not None and name in _READ else value
        for name, value in zip(row.keys(), row, strict=True)
    }


class Database:
    """One SQLite file, with one connection for each thread that uses it.

    Args:
        path: The file.
        clock: Tells the time; tests may give another.
    """

    def __init__(self, path: Path, clock: Clock = utc_now) -> None:
        self.path = path
        self._clock = clock
        self._local = threading.local()
        self._zone: str | None = None

    @classmethod
    def create(cls, path: Path, clock: Clock = utc_now) -> Database:
        """Make a new database file with all tables.

        Raises:
            AlreadyThere: Something is there already.
            DatabaseError: The file cannot be made.
        """
        if path.exists():
            raise AlreadyThere("database_exists", path=str(path))
        database = cls(path, clock)
        try:
            with database.errors():
                # As SQLite must have it: the journal mode cannot change inside a transaction.
                connection = database.connect(check=False)
                connection.execute("PRAGMA journal_mode = WAL")
                database._migrate(connection)
                connection.close()
        except MiniCrmError:
            path.unlink(missing_ok=True)
            raise
        return database

    @classmethod
    def open(cls, path: Path, clock: Clock = utc_now) -> Database:
        """Open a database file and bring its tables up to date.

        Raises:
            DatabaseError: It is missing, a directory, not one of ours, newer than this program, or
                cannot be written.
        """
        if path.is_dir():
            raise DatabaseError("database_is_directory", path=str(path))
        if not path.exists():
            raise DatabaseError("database_missing", path=str(path))
        database = cls(path, clock)
        with database.errors():
            database.connection()
        return database

    def connection(self) -> Connection:
        """Give this thread's connection."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self.connect()
        return connection

    def connect(self, *, check: bool = True) -> Connection:
        """Make a connection of its own, for the caller to close."""
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")  # what was answered as saved survives a power cut
            connection.execute("PRAGMA cache_size = -16384")
            if check:
                self._check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close this thread's connection; the next call opens a new one."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @contextmanager
    def reading(self, connection: Connection | None = None) -> Iterator[Connection]:
        """Read several things as of one moment."""
        with self._transaction("BEGIN", connection) as conn:
            yield conn

    @contextmanager
    def writing(self, connection: Connection | None = None) -> Iterator[Connection]:
        """Write all or nothing; waits up to 5 s for another writer."""
        with self._transaction("BEGIN IMMEDIATE", connection) as conn:
            yield conn

    @contextmanager
    def run_lock(self) -> Iterator[None]:
        """Hold the lock of an aggregation run; the system frees it if this process dies.

        Raises:
            RunUnderWay: Another process or thread holds it.
        """
        with self.errors():
            lock = sqlite3.connect(f"{self.path}-run", timeout=0, isolation_level=None)
        try:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if _code(error) == sqlite3.SQLITE_BUSY:
                    raise RunUnderWay("run_under_way") from None
                with self.errors():
                    raise
            yield
        finally:
            lock.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.Error as error:
            raise _translated(error, self.path) from error

    def now(self) -> int:
        """Give the present moment, in whole seconds since 1970."""
        return to_instant(self._clock())

    def today(self) -> date:
        """Give the company's day: in the time zone of the database, else of this computer."""
        return self.day_of(self.now())

    def day_of(self, instant: int) -> date:
        """Give the company's day at a moment, in whole seconds since 1970."""
        return self._local_moment(instant).date()

    def hour_of(self, instant: int) -> int:
        """Give the company's whole hour at a moment, in whole seconds since 1970."""
        return self._local_moment(instant).hour

    def _local_moment(self, instant: int) -> datetime:
        if self._zone is None:
            with self.errors():
                row = (
                    self.connection().execute("SELECT Value FROM Setting WHERE Name = 'TimeZone'").fetchone()
                )
            self._zone = row["Value"] if row else ""
        moment = from_instant(instant)
        return moment.astimezone(zone(self._zone)) if self._zone else moment.astimezone()

    def forget_zone(self) -> None:
        """Read the time zone again at its next use."""
        self._zone = None

    def backup(self, target: Path) -> int:
        """Copy the database while it is in use, check the copy, and count its entries.

        Raises:
            BadFile: The target is there already, cannot be written, or the copy is damaged.
        """
        if target.exists():
            raise BadFile("backup_exists", path=str(target))
        try:
            copy = sqlite3.connect(target)
            try:
                self.connection().backup(copy)
                sound = copy.execute("PRAGMA quick_check").fetchone()[0] == "ok"
                count = int(copy.execute("SELECT count(*) FROM Entry").fetchone()[0])
            finally:
                copy.close()
        except (sqlite3.Error, OSError) as error:
            target.unlink(missing_ok=True)
            raise BadFile("backup_failed", path=str(target)) from error
        if not sound:
            raise BadFile("backup_failed", path=str(target))
        return count

    @contextmanager
    def _transaction(self, begin: str, connection: Connection | None) -> Iterator[Connection]:
        with self.errors():
            conn = connection or self.connection()
            conn.execute(begin)
            try:
                yield conn
                conn.execute("COMMIT")
            except BaseException:
                if conn.in_transaction:
                    conn.execute("ROLLBACK")
                raise

    def _check(self, connection: Connection) -> None:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if found != APPLICATION_ID:
            raise DatabaseError("database_not_ours", path=str(self.path))
        newest = len(_migrations())
        if version > newest:
            raise DatabaseError("database_too_new", path=str(self.path), version=version, supported=newest)
        if version < newest:
            self._migrate(connection)

    def _migrate(self, connection: Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            for number, script in enumerate(_migrations(), start=1):
                if number > version:
                    for statement in _statements(script):
                        connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(_migrations())}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def ensure_math(connection: Connection) -> None:
    """Make ``exp``, ``sqrt`` and ``ln`` known where SQLite was built without its mathematical functions."""
    try:
        connection.execute(_MATH_PROBE)
    except sqlite3.OperationalError:
        for name, function in (("exp", math.exp), ("sqrt", math.sqrt), ("ln", math.log)):
            connection.create_function(name, 1, function, deterministic=True)


@cache
def _migrations() -> tuple[str, ...]:
    folder = files(__package__).joinpath("migrations")
    scripts = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return tuple(script.read_text(encoding="utf-8") for script in scripts)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _translated(error: sqlite3.Error, path: Path) -> MiniCrmError:
    place = str(path)
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return DatabaseUnreachable("database_busy")
        case sqlite3.SQLITE_FULL:
            return DatabaseError("database_full", path=place)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return DatabaseError("database_read_only", path=place)
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return DatabaseError("database_not_ours", path=place)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR:
            return DatabaseUnreachable("database_unreachable", path=place)
    raise error
