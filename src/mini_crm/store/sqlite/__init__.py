"""The embedded database: every operation of the port on one SQLite file.

The rules are kept by the program; whoever can open the file owns it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mini_crm.domain.errors import AlreadyThere, DatabaseError, DatabaseUnreachable
from mini_crm.domain.model import Run
from mini_crm.store.place import is_there
from mini_crm.store.sqlite.accounts import Accounts, caller_of
from mini_crm.store.sqlite.admin import Administration
from mini_crm.store.sqlite.aggregation import Aggregation
from mini_crm.store.sqlite.copies import put_back
from mini_crm.store.sqlite.db import Clock, Database, utc_now
from mini_crm.store.sqlite.entries import Entries
from mini_crm.store.sqlite.file import find_damage
from mini_crm.store.sqlite.forecast import Forecasts
from mini_crm.store.sqlite.fresh import made_beside, refuse_companions
from mini_crm.store.sqlite.imports import Imports
from mini_crm.store.sqlite.lists import Lists

__all__ = ["SqliteStore", "find_damage"]


class SqliteStore(Accounts, Entries, Lists, Forecasts, Aggregation, Imports, Administration):
    """A ``Store`` on a SQLite file; safe to use from several threads and processes at once."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @classmethod
    def create(
        cls, path: Path, *, time_zone: str | None = None, currency: str = "RUB", clock: Clock = utc_now
    ) -> SqliteStore:
        """Make a new database.

        Args:
            path: Must not exist.
            time_zone: Decides what "today" is; None for that of the computer.
            currency: The unit of groups for which none is named.
            clock: Tells the time.

        Raises:
            AlreadyThere: Something is there already, or was and has left files.
            DatabaseError: The file cannot be made.
            BadValue: There is no such time zone.
        """
        is_there(path)
        if time_zone is not None:
            from mini_crm.store.zones import zone

            zone(time_zone)
        if os.path.lexists(path):
            raise AlreadyThere("database_exists", path=str(path))
        refuse_companions(path)
        try:
            with made_beside(path) as unfinished:
                store = cls(Database.fill(unfinished, clock))
                try:
                    store.set_setting("Currency", currency, "init")
                    if time_zone is not None:
                        store.set_setting("TimeZone", time_zone, "init")
                finally:
                    store.close()
        except FileExistsError as error:
            raise AlreadyThere("database_exists", path=str(path)) from error
        except DatabaseError as error:
            raise type(error)(error.code, **error.data | {"path": str(path)}) from error
        except OSError as error:
            raise _refusal(error, path) from error
        return cls.open(path, clock=clock)

    @classmethod
    def open(cls, path: Path, *, clock: Clock = utc_now) -> SqliteStore:
        """Open a database and bring its tables up to date.

        Raises:
            DatabaseError: See ``Database.open``.
        """
        is_there(path)
        return cls(Database.open(path, clock))

    @classmethod
    @contextmanager
    def put_back(cls, source: BinaryIO, file: Path, path: Path) -> Iterator[SqliteStore]:
        """Put a copy made by ``backup`` where a database is expected; see ``copies.put_back``.

        Yields:
            The copy, before it takes its place. Its sessions have ended: who had one may not come in any
            more, and a window that is open must read everything anew.
        """
        with put_back(source, file, path) as database:
            store = cls(database)
            store.end_all_sessions()
            yield store

    @property
    def name(self) -> str:
        """See ``Store``."""
        return self.db.path.name

    def get_schema_version(self) -> int:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            return int(conn.execute("PRAGMA user_version").fetchone()[0])

    def request_run(self, token: bytes) -> Run:
        """See ``DesktopStore``."""
        with self.db.writing() as conn:
            caller = caller_of(self.db, conn, token)
        return self.run_if_due(f"{caller.name} ({caller.computer})")

    def close(self) -> None:
        """See ``Store``."""
        self.db.close()


def _refusal(error: OSError, path: Path) -> DatabaseError:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return DatabaseError("database_full", path=str(path))
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return DatabaseError("database_read_only", path=str(path))
        case _other:
            return DatabaseUnreachable("database_unreachable", path=str(path))
