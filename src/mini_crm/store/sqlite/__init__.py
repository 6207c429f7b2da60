"""The embedded database: every operation of the port on one SQLite file.

The rules are kept by the program; whoever can open the file owns it.
"""

from __future__ import annotations

from pathlib import Path

from mini_crm.domain.model import Run
from mini_crm.store.place import is_there
from mini_crm.store.sqlite.accounts import Accounts, caller_of
from mini_crm.store.sqlite.admin import Administration
from mini_crm.store.sqlite.aggregation import Aggregation
from mini_crm.store.sqlite.db import Clock, Database, utc_now
from mini_crm.store.sqlite.entries import Entries
from mini_crm.store.sqlite.forecast import Forecasts
from mini_crm.store.sqlite.imports import Imports

__all__ = ["SqliteStore"]


class SqliteStore(Accounts, Entries, Forecasts, Aggregation, Imports, Administration):
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
            AlreadyThere: Something is there already.
            DatabaseError: The file cannot be made.
            BadValue: There is no such time zone.
        """
        is_there(path)
        if time_zone is not None:
            from mini_crm.store.zones import zone

            zone(time_zone)
        store = cls(Database.create(path, clock))
        store.set_setting("Currency", currency, "init")
        if time_zone is not None:
            store.set_setting("TimeZone", time_zone, "init")
        return store

    @classmethod
    def open(cls, path: Path, *, clock: Clock = utc_now) -> SqliteStore:
        """Open a database and bring its tables up to date.

        Raises:
            DatabaseError: See ``Database.open``.
        """
        is_there(path)
        return cls(Database.open(path, clock))

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
