"""The SQLite file: connections, transactions, migrations.

Only this module and ``file`` import sqlite3.
"""

from __future__ import annotations

import math
import re
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

from mini_crm.domain.errors import DatabaseError, DatabaseUnreachable, RunUnderWay
from mini_crm.domain.money import from_minor
from mini_crm.domain.rules import name_key
from mini_crm.files import make_companion
from mini_crm.store.sqlite.file import (
    APPLICATION_ID,
    Files,
    code_of,
    errors_of,
    file_id,
    files_at,
    refuse_unless_ours,
    uri_of,
)
from mini_crm.store.version import LEAST_VERSION, PROGRAM_PLACE, Version, refuse_unfit
from mini_crm.store.zones import zone

Row = sqlite3.Row
Clock = Callable[[], datetime]

NEEDED_VERSION = 6
"""Number of the migration that a program must know to work with a file that has all of them; a new migration
raises it only if programs that do not know that one would go wrong."""

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
    **dict.fromkeys(["FirstEntry", "FirstResolution", "FirstDay", "LastDay", "Since"], from_day),
    **dict.fromkeys(["OldPayBy", "OldStatusOn"], from_day),
    **dict.fromkeys(["StartedAt", "FinishedAt", "AsOf", "ExpiresAt", "ChangedAt", "DeletedAt"], from_instant),
    **dict.fromkeys(["ImportedAt", "UndoneAt", "MadeAt", "DoneAt"], from_instant),
    **dict.fromkeys(
        ["Amount", "PaidAmount", "Expected", "Paid", "Refused", "Target", "Commitment"], from_minor
    ),
    **dict.fromkeys(["ActualPipeline", "ActualPeriod", "OldAmount", "OldPaidAmount"], from_minor),
    "ClientRef": lambda value: UUID(bytes=value),
}


def plain(row: Row) -> dict[str, Any]:
    """Turn a row of the tables, whose days, instants and amounts are whole numbers, into a plain row."""
    return {
        name: _READ[name](value) if value is not None and name in _READ else value
        for name, value in zip(row.keys(), row, strict=True)
    }


def plain_rows(cursor: sqlite3.Cursor) -> Iterator[dict[str, Any]]:
    """Turn all rows of a query into plain rows: as ``plain`` does, in half the time."""
    columns = [(n, column[0], _READ.get(column[0])) for n, column in enumerate(cursor.description)]
    for row in cursor:
        yield {name: row[n] if read is None or row[n] is None else read(row[n]) for n, name, read in columns}


class Connection(sqlite3.Connection):
    """A connection that knows which files it has open.

    Attributes:
        files: The database and its ``-wal``, as ``files_at`` tells them apart.
    """

    files: Files = (None, None)


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
    def fill(cls, path: Path, clock: Clock = utc_now) -> Database:
        """Give an empty file all tables.

        Raises:
            DatabaseError: It cannot be written.
        """
        database = cls(path, clock)
        with database.errors(), closing(database.connect(check=False)) as connection:
            # As SQLite must have it: the journal mode cannot change inside a transaction.
            connection.execute("PRAGMA journal_mode = WAL")
            database._migrate(connection)
        return database

    @classmethod
    def open(cls, path: Path, clock: Clock = utc_now) -> Database:
        """Open a database file and bring its tables up to date.

        Raises:
            DatabaseError: It is missing, a directory, not one of ours, damaged, or cannot be written.
            WrongVersion: ``database_too_new``; nothing was written.
        """
        if not path.exists():
            raise DatabaseError("database_missing", path=str(path))
        database = cls(path, clock)
        with database.errors():
            database.connection()
        return database

    def connection(self) -> Connection:
        """Give this thread's connection."""
        connection = self._own()
        if connection is None:
            connection = self._local.connection = self.connect()
        return connection

    def connect(self, *, check: bool = True) -> Connection:
        """Make a connection of its own, for the caller to close.

        Raises:
            DatabaseUnreachable: ``database_moved``: the file is not there (it is never made anew).
            DatabaseError: With ``check``: see ``refuse_unless_ours``.
        """
        place = file_id(self.path)
        if place is None:
            raise self._moved()
        if check:
            refuse_unless_ours(self.path)
        connection = sqlite3.connect(
            uri_of(self.path, "mode=rw"),
            uri=True,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            factory=Connection,
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")  # what was answered as saved survives a power cut
            connection.execute("PRAGMA cache_size = -16384")
            if check:
                self._check(connection)
            connection.files = files_at(self.path)
            if connection.files[0] != place:
                raise self._moved()
        except BaseException:
            connection.close()
            raise
        return connection

    def connect_again(self) -> Connection:
        """Make one more connection to the very files that this thread has open, for the caller to close.

        Raises:
            DatabaseUnreachable: ``database_moved``: others are in their place.
        """
        known = self.connection().files
        connection = self.connect()
        if connection.files != known:
            connection.close()
            raise self._moved()
        return connection

    def close(self) -> None:
        """Close this thread's connection; the next call opens a new one, of whatever is there by then."""
        self.forget_zone()
        connection = self._own()
        if connection is not None:
            self._local.connection = None
            connection.close()

    def _own(self) -> Connection | None:
        connection: Connection | None = getattr(self._local, "connection", None)
        return connection

    @contextmanager
    def reading(self, connection: Connection | None = None) -> Iterator[Connection]:
        """Read several things as of one moment.

        Raises:
            WrongVersion: A newer program has brought the file up to date meanwhile.
            DatabaseUnreachable: ``database_moved``; the next call opens what stands there by then.
        """
        with self._transaction("BEGIN", connection) as conn:
            yield conn

    @contextmanager
    def writing(self, connection: Connection | None = None) -> Iterator[Connection]:
        """Write all or nothing; waits up to 5 s for another writer.

        Raises:
            WrongVersion: A newer program has brought the file up to date meanwhile; nothing was written.
            DatabaseUnreachable: ``database_moved``; nothing was written into the file that was moved away,
                and the next call opens what stands there by then.
        """
        with self._transaction("BEGIN IMMEDIATE", connection) as conn:
            yield conn
            self._refuse_moved(conn)

    @contextmanager
    def run_lock(self) -> Iterator[None]:
        """Hold the lock of an aggregation run; the system frees it if this process dies.

        Raises:
            RunUnderWay: Another process or thread holds it.
        """
        if file_id(self.path) is None:
            raise self._moved()  # a lock of nothing would only be in the way of what comes here next
        place = self.path.with_name(f"{self.path.name}-run")
        with suppress(OSError):  # what is in the way is in the lock's way too, and told by it
            make_companion(place, self.path)
        with self.errors():
            lock = try_lock(place)
        if lock is None:
            raise RunUnderWay("run_under_way")
        with closing(lock):
            yield

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        with errors_of(self.path):
            yield

    def now(self) -> int:
        """Give the present moment, in whole seconds since 1970."""
        return to_instant(self._clock())

    def today(self) -> date:
        """Give the company's day: in the time zone of the database, else of this computer."""
        return self.day_of(self.now())

    def day_of(self, instant: int) -> date:
        """Give the company's day at a moment, in whole seconds since 1970."""
        return self._local_moment(instant).date()

    def day_begins(self, day: date) -> int:
        """Give the moment when a day of the company begins, in whole seconds since 1970."""
        return to_instant(datetime.combine(day, time(), self._company_zone()).astimezone(UTC))

    def hour_of(self, instant: int) -> int:
        """Give the company's whole hour at a moment, in whole seconds since 1970."""
        return self._local_moment(instant).hour

    def _local_moment(self, instant: int) -> datetime:
        return from_instant(instant).astimezone(self._company_zone())

    def _company_zone(self) -> tzinfo | None:
        """Give the time zone of the database; None is that of this computer."""
        if self._zone is None:
            with self.errors():
                row = (
                    self.connection().execute("SELECT Value FROM Setting WHERE Name = 'TimeZone'").fetchone()
                )
            self._zone = row["Value"] if row else ""
        return zone(self._zone) if self._zone else None

    def forget_zone(self) -> None:
        """Read the time zone again at its next use."""
        self._zone = None

    def copy_into(self, target: Connection) -> None:
        """Copy the database as of one moment, while it is in use, into an empty one."""
        with self.errors():
            conn = self.connection()
            self._refuse_moved(conn)
            conn.backup(target)

    @contextmanager
    def _transaction(self, begin: str, connection: Connection | None) -> Iterator[Connection]:
        with self.errors():
            conn = connection or self.connection()
            try:
                conn.execute(begin)
                self._refuse_moved(conn)
                self._refuse_newer(conn)
                yield conn
                conn.execute("COMMIT")
            except BaseException:
                self._roll_back(conn)
                raise

    def _roll_back(self, conn: Connection) -> None:
        """Undo a transaction; a connection that cannot do it, or has lost its file, is of no more use."""
        with suppress(sqlite3.Error):
            if conn.in_transaction:
                conn.execute("ROLLBACK")
        if (conn.in_transaction or conn.files != files_at(self.path)) and conn is self._own():
            self.close()

    def _refuse_moved(self, conn: Connection) -> None:
        """Refuse to go on with files that are not the database any more: what is put there is lost."""
        if conn.files != files_at(self.path):
            raise self._moved()

    def _moved(self) -> DatabaseUnreachable:
        return DatabaseUnreachable("database_moved", path=str(self.path))

    def _check(self, connection: Connection) -> None:
        if _version_of(connection) < len(_migrations()):
            self._migrate(connection)
        self._refuse_newer(connection)

    def _refuse_newer(self, connection: Connection) -> None:
        """Refuse a file that a newer program has made unfit for this one."""
        number, known = _version_of(connection), len(_migrations())
        if number <= known:
            return
        rows = connection.execute(
            "SELECT Name, Value FROM Setting WHERE Name IN (?, ?)", (LEAST_VERSION, PROGRAM_PLACE)
        )
        said = {row["Name"]: row["Value"] for row in rows}
        place = said.get(PROGRAM_PLACE, "")
        # A copy may have come from another computer.
        program = place if place and Path(place).is_dir() else ""
        least = int(said.get(LEAST_VERSION, number))
        refuse_unfit(Version(number, least, program), known, str(self.path))

    def _migrate(self, connection: Connection) -> None:
        # A table that others refer to is made anew without them; inside a transaction this does nothing.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.create_function("name_key", 1, name_key, deterministic=True)
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = _version_of(connection)
            for number, script in enumerate(_migrations(), start=1):
                if number > version:
                    for statement in _statements(script):
                        connection.execute(statement)
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise sqlite3.IntegrityError(f"foreign key of {broken[0]}, row {broken[1]}")
            if version < len(_migrations()):  # else a newer program was quicker
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {len(_migrations())}")
                _tell_older_programs(connection)
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back(connection)
            raise
        connection.execute("PRAGMA foreign_keys = ON")


def _version_of(connection: Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _tell_older_programs(connection: Connection) -> None:
    """Write down what an older program has to know: whether it may go on, and where this one is."""
    connection.execute("DELETE FROM Setting WHERE Name IN (?, ?)", (LEAST_VERSION, PROGRAM_PLACE))
    told = {PROGRAM_PLACE: str(Path(sys.executable).parent)}
    if NEEDED_VERSION < len(_migrations()):
        told[LEAST_VERSION] = str(NEEDED_VERSION)
    connection.executemany("INSERT INTO Setting (Name, Value) VALUES (?, ?)", told.items())


def try_lock(path: Path) -> Connection | None:
    """Take a lock that the system frees if this process dies.

    Args:
        path: A file of nothing but the lock; made if there is none.

    Returns:
        What holds it until it is closed; None if somebody else does.
    """
    lock = sqlite3.connect(path, timeout=0, isolation_level=None, factory=Connection)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except BaseException as error:
        lock.close()
        if isinstance(error, sqlite3.Error) and code_of(error) == sqlite3.SQLITE_BUSY:
            return None
        raise
    return lock


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
