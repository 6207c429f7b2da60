"""SQL Server for the contract tests: a database of their own, and the way into it past the port.

One database serves all tests of a process, emptied for each: deploying takes seconds. The environment
variable ``MINI_CRM_TEST_MSSQL`` says where, as an ODBC connection string of a login that may make and
drop databases: ``DRIVER=…;SERVER=…;UID=…;PWD=…;TrustServerCertificate=yes``.
"""

from __future__ import annotations

import atexit
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pyodbc

from contract.backdoor import Database, OldForecast
from mini_crm import settings as keys
from mini_crm.domain.period import Period
from mini_crm.settings import Settings
from mini_crm.store.mssql import MssqlStore
from mini_crm.store.mssql import call as calling
from mini_crm.store.mssql.login import connection_string
from mini_crm.store.mssql.scripts import drop_statement, load_scripts
from mini_crm.store.port import Store

VARIABLE = "MINI_CRM_TEST_MSSQL"

calling.QUERY_S = 300
"""No test is about how fast a server compiles a procedure for the first time on a machine with other work.
Those that are about waiting set their own limit."""

DAYS = {
    "Entry": ("EnteredOn", "PayBy", "FirstPayBy", "StatusOn"),
    "EntryHistory": ("EnteredOn", "PayBy", "StatusOn"),
    "Run": ("CountDay",),
    "LearntReplay": ("CountDay",),
    "KeptReplay": ("CountDay",),
}
INSTANTS = {
    "Entry": ("DeletedAt",),
    "EntryHistory": ("ChangedAt", "DeletedAt"),
    "ImportBatch": ("ImportedAt", "UndoneAt"),
    "Run": ("StartedAt", "FinishedAt"),
    "Commitment": ("MadeAt",),
}
TABLES = (
    "EntryForecast ManagerForecast LeadForecast LearntSpeed LearntIndex LearntReplay LearntPeriod KeptReplay "
    "RunLead Run Commitment Target Period EntryGone EntryHistory "
    "Entry ImportRow ImportBatch Manager SalesGroup Session LeadCredential Lead AdminLog ZoneOffset Setting"
).split()
"""In an order in which each can be emptied."""


def settings_of(text: str) -> Settings:
    """Read the connection string of ``MINI_CRM_TEST_MSSQL``; the database is ``master``."""
    pairs = re.findall(r"(\w+)\s*=\s*(?:\{((?:[^}]|\}\})*)\}|([^;]*))", text)
    given = {name.upper(): braced.replace("}}", "}") or plain for name, braced, plain in pairs}
    return Settings(
        database=keys.MSSQL,
        server=given["SERVER"],
        catalog="master",
        login=given.get("UID", ""),
        password=given.get("PWD", ""),
        driver=given["DRIVER"],
        trust_certificate=given.get("TRUSTSERVERCERTIFICATE", "no").lower() == "yes",
        language="en",
    )


def collation() -> str:
    """Give what CREATE DATABASE says of its collation, where ``MINI_CRM_TEST_COLLATION`` names one."""
    name = os.environ.get("MINI_CRM_TEST_COLLATION", "")
    return f" COLLATE {name}" if name else ""


def connect(settings: Settings) -> pyodbc.Connection:
    """Open a connection of the tests' own."""
    return pyodbc.connect(connection_string(settings, settings.driver, "contract tests"), autocommit=True)


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment in which a program uses this database."""
    return os.environ | {
        keys.DATABASE: keys.MSSQL,
        keys.SERVER: settings.server,
        keys.CATALOG: settings.catalog,
        keys.LOGIN: settings.login,
        keys.PASSWORD: settings.password,
        keys.DRIVER: settings.driver,
        keys.TRUST_CERTIFICATE: "yes" if settings.trust_certificate else "no",
        keys.LANGUAGE: "en",
    }


def environment_of(catalog: str) -> dict[str, str]:
    """Give the environment in which a program uses a database of the tests."""
    return environment(replace(settings_of(os.environ[VARIABLE]), catalog=catalog))


class MssqlBackdoor:
    """Writes to the tables directly, by one connection: to open one costs a server more than most tests."""

    def __init__(self, settings: Settings) -> None:
        """Keep where the database is."""
        self._settings = settings

    @cached_property
    def _connection(self) -> pyodbc.Connection:
        return connect(self._settings)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _run(self, *statements: str) -> None:
        try:
            for statement in statements:
                self._connection.execute(statement).close()
        except pyodbc.OperationalError:  # a server that fell over in the test before has ended the connection
            del self._connection
            for statement in statements:
                self._connection.execute(statement).close()

    def empty(self) -> None:
        """Take out every row."""
        self._run(
            *(f"DELETE FROM core.{table}" for table in TABLES),
            "INSERT INTO core.Setting (Name, Value) VALUES ('Currency', N'RUB')",
        )

    def age_sessions(self, by: timedelta) -> None:
        """See ``Backdoor``."""
        self._run(f"UPDATE core.Session SET {_moved(('StartedAt', 'ActiveAt', 'ExpiresAt'), by)}")

    def let_waits_pass(self) -> None:
        """See ``Backdoor``."""
        self._run("UPDATE core.LeadCredential SET NextTryAt = '20000101'")

    def prolong_waits(self, by: timedelta) -> None:
        """See ``Backdoor``."""
        moves = _moved(("NextTryAt",), -by)
        self._run(f"UPDATE core.LeadCredential SET {moves} WHERE NextTryAt > '20000101'")

    def age_runs(self, by: timedelta) -> None:
        """See ``Backdoor``."""
        self._run(f"UPDATE core.Run SET {_moved(('StartedAt', 'FinishedAt'), by)}")

    def let_days_pass(self, days: int) -> None:
        """See ``Backdoor``."""
        # Their days are a key, which must be unique after each row: they go round by a day that nobody has.
        self._run("UPDATE core.LearntReplay SET CountDay = DATEADD(DAY, 73000, CountDay)")
        for table in {**DAYS, **INSTANTS}:
            moves = [f"{column} = DATEADD(DAY, {-days}, {column})" for column in DAYS.get(table, ())]
            if table in INSTANTS:
                moves.append(_moved(INSTANTS[table], timedelta(days=days)))
            self._run(f"UPDATE core.{table} SET {', '.join(moves)}")
        self._run("UPDATE core.LearntReplay SET CountDay = DATEADD(DAY, -73000, CountDay)")
        self._run(
            f"UPDATE core.Period SET StartsOn = DATEADD(DAY, {-days}, StartsOn), "
            f"EndsOn = DATEADD(DAY, {-days}, EndsOn) WHERE Kind = 'custom'"
        )
        counted = self._connection.execute("SELECT DISTINCT CountDay FROM core.Run").fetchall()
        for (day,) in counted:
            self._connection.execute("EXEC core.AddStandingPeriods @Day = ?", day).close()

    def leave_dead_run(self) -> None:
        """See ``Backdoor``."""
        self._run(
            "INSERT INTO core.Run (Kind, CountDay, StartedAt, Status, StartedBy, ChangeTotal, PeriodList) "
            "VALUES ('live', CAST(SYSUTCDATETIME() AS date), SYSUTCDATETIME(), 'running', N'killed', 0, '')"
        )

    def keep_old_run(self, day: date, period: Period, rows: Sequence[OldForecast]) -> None:
        """See ``Backdoor``."""
        place = f"Kind = '{period.kind.value}' AND StartsOn = '{period.start}' AND EndsOn = '{period.end}'"
        self._run(
            "INSERT INTO core.Period (Kind, StartsOn, EndsOn)"
            f" SELECT '{period.kind.value}', '{period.start}', '{period.end}'"
            f" WHERE NOT EXISTS (SELECT 1 FROM core.Period WHERE {place})",
            "INSERT INTO core.Run (Kind, CountDay, StartedAt, FinishedAt, Status, StartedBy, ChangeTotal,"
            " PeriodList, EntryCount, PaidEvents, RefusedEvents)"
            f" SELECT 'live', '{day}', '{day}', '{day}', 'done', N'method 1', 0, PeriodId, 9, 1, 1"
            f" FROM core.Period WHERE {place}",
            *(
                "INSERT INTO core.LeadForecast (RunId, PeriodId, LeadId, Unit, Clients, OpenCount, DueToday,"
                " Overdue, Expected, PaidCount, Paid, RefusedCount, Refused, Won, Resolved, WonAll,"
                " ResolvedAll, PaidEvents, StillToCome, Forecast, Low, High, HandFormula, RunRate)"
                f" SELECT RunId, CAST(PeriodList AS int), {row.lead_id}, '{row.unit}', 1, 1, 0, 0, 1, 1,"
                f" {row.paid}, 1, 1, 1, 2, 1, 2, 1, {row.forecast - row.paid}, {row.forecast}, {row.low},"
                f" {row.high}, {row.hand_formula}, 5 FROM core.Run"
                " WHERE RunId = (SELECT MAX(r.RunId) FROM core.Run AS r)"
                for row in rows
            ),
        )

    @contextmanager
    def newer(self, number: int, least: int, program: str) -> Iterator[None]:
        """See ``Backdoor``."""
        (asked,) = (script for script in load_scripts() if script.object == "api.GetVersion")
        drop, made = drop_statement(asked.name), asked.with_plain_create().batches
        asks = re.compile(r"\b\d+ AS LeastVersion")
        assert any(asks.search(batch) for batch in made)
        newer = [asks.sub(f"{least} AS LeastVersion", batch) for batch in made]
        self._run(
            drop,
            *newer,
            "INSERT INTO core.Deployment (Name, Hash, DeployedBy) "
            f"VALUES (N'20_migrations/{number:04d}_newer.sql', N'', N'test')",
            f"INSERT INTO core.Setting (Name, Value) VALUES ('ProgramPlace', N'{program}')",
        )
        yield
        self._run(drop, *made, "DELETE FROM core.Deployment WHERE Name LIKE N'%newer.sql'")

    def runs_in(self, table: str) -> set[int]:
        """See ``Backdoor``."""
        rows = self._connection.execute(f"SELECT DISTINCT t.RunId FROM core.{table} AS t").fetchall()
        return {run_id for (run_id,) in rows}


class KeptStore(MssqlStore):
    """One store for all tests of a process: a server prepares each procedure anew for a new connection."""

    def close(self) -> None:
        """Keep the connection; the adapter closes it."""


class MssqlAdapter:
    """Gives every test the same database, emptied."""

    @cached_property
    def _store(self) -> KeptStore:
        return KeptStore.open(self._settings)

    @cached_property
    def _backdoor(self) -> MssqlBackdoor:
        return MssqlBackdoor(self._settings)

    @cached_property
    def _settings(self) -> Settings:
        """Make and deploy the database; it is dropped when the tests' process ends."""
        server = settings_of(os.environ[VARIABLE])
        name = f"mini_crm_test_{os.getpid()}"
        connection = connect(server)
        connection.execute(f"DROP DATABASE IF EXISTS {name}")  # of a killed process that had this number
        connection.execute(f"CREATE DATABASE {name}{collation()}")
        connection.close()
        atexit.register(self._drop, server, name)
        settings = replace(server, catalog=name)
        deployed = subprocess.run(
            [sys.executable, "-m", "mini_crm.admin", "deploy"],
            env=environment(settings),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if deployed.returncode != 0:
            raise RuntimeError(deployed.stdout + deployed.stderr)
        return settings

    def new_database(self, folder: Path) -> Database:
        """See ``Adapter``."""
        self._backdoor.empty()
        return Database(self._store, self._settings.catalog, self._backdoor)

    def _drop(self, server: Settings, name: str) -> None:
        if "_backdoor" in vars(self):  # else it could not even be deployed
            self._backdoor.close()
        if "_store" in vars(self):
            super(KeptStore, self._store).close()
        connection = connect(server)
        try:
            patiently(connection, f"DROP DATABASE {name}")
        finally:
            connection.close()


def open_store(catalog: str) -> Store:
    """Open the database of a test once more."""
    return MssqlStore.open(replace(settings_of(os.environ[VARIABLE]), catalog=catalog))


def patiently(connection: pyodbc.Connection, statement: str) -> None:
    """Wait until the server has noticed that the other connections are closed."""
    for _ in range(20):
        try:
            connection.execute(statement)
            return
        except pyodbc.Error:
            time.sleep(0.5)
    connection.execute(statement)


def _moved(columns: tuple[str, ...], by: timedelta) -> str:
    seconds = int(by.total_seconds())
    return ", ".join(f"{column} = DATEADD(SECOND, {-seconds}, {column})" for column in columns)
