"""The embedded database for the contract tests, and the way into it past the port."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

from contract.backdoor import Database, OldForecast
from mini_crm.domain.period import Period, standing_periods
from mini_crm.store.sqlite import SqliteStore

DAY_S = 86400
EPOCH = date(1970, 1, 1)

DAYS = {
    "Entry": ("EnteredOn", "PayBy", "FirstPayBy", "StatusOn"),
    "EntryHistory": ("EnteredOn", "PayBy", "StatusOn"),
    "Run": ("CountDay",),
    "LearntReplay": ("Day",),
    "KeptReplay": ("Day",),
}
INSTANTS = {
    "Entry": ("DeletedAt",),
    "EntryHistory": ("ChangedAt", "DeletedAt"),
    "ImportBatch": ("ImportedAt", "UndoneAt"),
    "Run": ("StartedAt", "FinishedAt"),
    "Commitment": ("MadeAt",),
}


class SqliteBackdoor:
    """Writes to the file directly."""

    def __init__(self, path: Path) -> None:
        """Keep where the file is."""
        self._path = path

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def age_sessions(self, by: timedelta) -> None:
        """See ``Backdoor``."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE Session SET StartedAt = StartedAt - :s, ActiveAt = ActiveAt - :s, "
                "ExpiresAt = ExpiresAt - :s",
                {"s": int(by.total_seconds())},
            )

    def let_waits_pass(self) -> None:
        """See ``Backdoor``."""
        with self._transaction() as connection:
            connection.execute("UPDATE LeadCredential SET NextTryAt = 0")

    def prolong_waits(self, by: timedelta) -> None:
        """See ``Backdoor``."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE LeadCredential SET NextTryAt = NextTryAt + ? WHERE NextTryAt > 0",
                (int(by.total_seconds()),),
            )

    def age_runs(self, by: timedelta) -> None:
        """See ``Backdoor``."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE Run SET StartedAt = StartedAt - :s, FinishedAt = FinishedAt - :s",
                {"s": int(by.total_seconds())},
            )

    def let_days_pass(self, days: int) -> None:
        """See ``Backdoor``."""
        with self._transaction() as connection:
            # The history refuses to be changed, by triggers: they are taken off and put back.
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for columns_of, step in ((DAYS, days), (INSTANTS, days * DAY_S)):
                for table, columns in columns_of.items():
                    moves = ", ".join(f"{column} = {column} - ({step})" for column in columns)
                    connection.execute(f"UPDATE {table} SET {moves}")
            connection.execute(
                "UPDATE Period SET StartsOn = StartsOn - :n, EndsOn = EndsOn - :n WHERE Kind = 'custom'",
                {"n": days},
            )
            for _, sql in triggers:
                connection.execute(sql)
            for (day,) in list(connection.execute("SELECT DISTINCT CountDay FROM Run")):
                self._add_standing_periods(connection, EPOCH + timedelta(days=day))

    def _add_standing_periods(self, connection: sqlite3.Connection, day: date) -> None:
        """A run's month, quarter and year are on record; so are those of a run that has moved."""
        for period in standing_periods(day):
            connection.execute(
                "INSERT OR IGNORE INTO Period (Kind, StartsOn, EndsOn) VALUES (?, ?, ?)",
                (period.kind.value, (period.start - EPOCH).days, (period.end - EPOCH).days),
            )

    def leave_dead_run(self) -> None:
        """See ``Backdoor``."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO Run (Kind, CountDay, StartedAt, Status, StartedBy, LastHistoryId, PeriodList) "
                "VALUES ('live', unixepoch() / 86400, unixepoch(), 'running', 'killed', 0, '')"
            )

    def keep_old_run(self, day: date, period: Period, rows: Sequence[OldForecast]) -> None:
        """See ``Backdoor``."""
        place = (period.kind.value, (period.start - EPOCH).days, (period.end - EPOCH).days)
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO Period (Kind, StartsOn, EndsOn) VALUES (?, ?, ?)", place
            )
            run_id = connection.execute(
                "INSERT INTO Run (Kind, CountDay, StartedAt, FinishedAt, Status, StartedBy, LastHistoryId,"
                " PeriodList, EntryCount, PaidEvents, RefusedEvents)"
                " SELECT 'live', ?1, ?1 * 86400, ?1 * 86400, 'done', 'method 1', 0, PeriodId, 9, 1, 1"
                " FROM Period WHERE Kind = ?2 AND StartsOn = ?3 AND EndsOn = ?4",
                ((day - EPOCH).days, *place),
            ).lastrowid
            for row in rows:
                connection.execute(
                    "INSERT INTO LeadForecast (RunId, PeriodId, LeadId, Unit, Clients, OpenCount, DueToday,"
                    " Overdue, Expected, PaidCount, Paid, RefusedCount, Refused, Won, Resolved, WonAll,"
                    " ResolvedAll, PaidEvents, StillToCome, Forecast, Low, High, HandFormula, RunRate)"
                    " SELECT RunId, PeriodList, ?, ?, 1, 1, 0, 0, 100, 1, ?, 1, 100, 1, 2, 1, 2, 1, ?, ?, ?,"
                    " ?, ?, 5 FROM Run WHERE RunId = ?",
                    (
                        *(row.lead_id, row.unit, row.paid * 100, row.forecast - row.paid),
                        *(row.forecast, row.low, row.high, row.hand_formula, run_id),
                    ),
                )

    @contextmanager
    def newer(self, number: int, least: int, program: str) -> Iterator[None]:
        """See ``Backdoor``."""
        with self._transaction() as connection:
            (made,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {number}")
            for name, value in (("LeastVersion", str(least)), ("ProgramPlace", program)):
                connection.execute(
                    "INSERT OR REPLACE INTO Setting (Name, Value) VALUES (?, ?)", (name, value)
                )
        yield
        with self._transaction() as connection:
            connection.execute(f"PRAGMA user_version = {made}")
            connection.execute("DELETE FROM Setting WHERE Name = 'LeastVersion'")

    def runs_in(self, table: str) -> set[int]:
        """See ``Backdoor``."""
        with self._transaction() as connection:
            return {run_id for (run_id,) in connection.execute(f"SELECT DISTINCT RunId FROM {table}")}


class SqliteAdapter:
    """Makes each database a file of its own."""

    def new_database(self, folder: Path) -> Database:
        """See ``Adapter``."""
        path = folder / "contract.sqlite"
        return Database(SqliteStore.create(path), str(path), SqliteBackdoor(path))
