"""What the contract tests cannot have through the port, and must have: time that has passed, and accidents.

Tests know these protocols only; each kind of database has its own implementation beside this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from mini_crm.domain.period import Period
from mini_crm.store.port import Store


@dataclass(frozen=True)
class OldForecast:
    """What a run by method 1 stored of a lead, or of the company (``lead_id`` 0), in whole numbers."""

    lead_id: int
    unit: str
    paid: int
    forecast: int
    low: int
    high: int
    hand_formula: int


class Backdoor(Protocol):
    """Reaches into one database past the port."""

    def age_sessions(self, by: timedelta) -> None:
        """Move every session so far into the past: opened, last used and ending so much earlier."""
        ...

    def let_waits_pass(self) -> None:
        """Let the waiting time after failed sign-ins be over for every lead; failures and locks stay."""
        ...

    def prolong_waits(self, by: timedelta) -> None:
        """Let the waiting time of every lead who waits end so much later."""
        ...

    def age_runs(self, by: timedelta) -> None:
        """Move the instants of all runs so far into the past; the days that they counted stay."""
        ...

    def let_days_pass(self, days: int) -> None:
        """Move all that is on record so many days into the past, so that today is so much later.

        With fewer than none it moves into the future, as if a clock had been ahead when it was made.

        Entries, their history, imports, runs, commitments and custom periods move; sessions stay, and so
        do months, quarters and years, which are where the calendar has them.
        """
        ...

    def leave_dead_run(self) -> None:
        """Leave a run behind that is marked as running while nobody runs it."""
        ...

    def keep_old_run(self, day: date, period: Period, rows: Sequence[OldForecast]) -> None:
        """Leave what a run by method 1 stored on a day of one period: a month, quarter or year."""
        ...

    def newer(self, number: int, least: int, program: str) -> AbstractContextManager[None]:
        """Be, for a while, what a newer program has made of the database.

        Args:
            number: Of the newest migration.
            least: Of the migration that a program must know at least.
            program: Where that newer program is.
        """
        ...

    def runs_in(self, table: str) -> set[int]:
        """Give the numbers of the runs of which a table of results has rows."""
        ...


@dataclass(frozen=True)
class Database:
    """A fresh database that a test has to itself.

    Attributes:
        store: Open on it; its database has no lead and no entry.
        address: With it ``adapters.open_store`` opens the same database in another process.
        backdoor: Into this database.
    """

    store: Store
    address: str
    backdoor: Backdoor


class Adapter(Protocol):
    """One kind of database to run the contract on."""

    def new_database(self, folder: Path) -> Database:
        """Make a fresh database.

        Args:
            folder: An empty folder for what is kept in files.
        """
        ...
