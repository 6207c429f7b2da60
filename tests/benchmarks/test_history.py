"""What is read of a forecast's history, after years in which it was made every hour."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks.big_company import write_big_company
from benchmarks.conftest import Report
from mini_crm.domain.credentials import KdfParameters, PasswordKind
from mini_crm.domain.period import standing_periods, year_of
from mini_crm.store.sqlite import SqliteStore

ENTRIES = 73_000
DAYS = 1_100
OF_METHOD_2 = 400
RUNS_A_DAY = 12
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""A year has just ended, and is compared with every forecast that was made of it."""
EPOCH = date(1970, 1, 1)
KEY = b"k" * 32
TOKEN = b"t" * 32


def write_history(path: Path) -> None:
    """Give every day its runs, with the rows that are kept of the last; chances of the last eight days."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("DROP TRIGGER TR_EntryHistory_Update")
        connection.execute("BEGIN")
        connection.execute("UPDATE EntryHistory SET ChangedAt = coalesce(StatusOn, EnteredOn) * 86400")
        newest = connection.execute("SELECT max(HistoryId) FROM EntryHistory").fetchone()[0]
        (model,) = connection.execute("SELECT max(RunId) FROM Run").fetchone()
        month = NOW.date().replace(day=1)
        like = connection.execute(
            "SELECT PeriodId FROM Period WHERE Kind = 'month' AND StartsOn = ?", ((month - EPOCH).days,)
        ).fetchone()
        columns = [row[1] for row in connection.execute("PRAGMA table_info(LeadForecast)")]
        numbers = ", ".join(column for column in columns if column not in ("RunId", "PeriodId"))
        for ago in range(DAYS, 0, -1):
            day = NOW.date() - timedelta(days=ago)
            run_id = _write_runs(connection, day, ago, newest)
            for period in standing_periods(day):
                place = (period.kind.value, (period.start - EPOCH).days, (period.end - EPOCH).days)
                connection.execute(
                    "INSERT OR IGNORE INTO Period (Kind, StartsOn, EndsOn) VALUES (?, ?, ?)", place
                )
                connection.execute(
                    f"INSERT INTO LeadForecast (RunId, PeriodId, {numbers})"
                    f" SELECT {run_id}, p.PeriodId, {numbers} FROM LeadForecast AS f JOIN Period AS p"
                    " ON p.Kind = ? AND p.StartsOn = ? AND p.EndsOn = ?"
                    f" WHERE f.RunId = {model} AND f.PeriodId = {like[0]}",
                    place,
                )
            if ago <= 8:
                connection.execute(
                    "INSERT INTO EntryForecast (RunId, PeriodId, EntryId, Probability, Contribution, IsLarge)"
                    f" SELECT {run_id}, PeriodId, EntryId, Probability, Contribution, IsLarge"
                    f" FROM EntryForecast WHERE RunId = {model}"
                )
        connection.execute("COMMIT")
        connection.execute("ANALYZE")


def _write_runs(connection: sqlite3.Connection, day: date, ago: int, newest: int) -> int:
    run_id = 0
    for number in range(RUNS_A_DAY):
        moment = (day - EPOCH).days * 86400 + (8 + number) * 3600
        periods = "SELECT group_concat(PeriodId, ' ') FROM Period"
        run_id = (
            connection.execute(
                "INSERT INTO Run (Kind, Method, CountDay, StartedAt, FinishedAt, Status, StartedBy,"
                f" LastHistoryId, PeriodList, EntryCount, PaidEvents, RefusedEvents)"
                f" VALUES ('live', ?, ?, ?, ?, 'done', 'benchmark', ?, ({periods}), 1, 1, 1)",
                (1 + (ago <= OF_METHOD_2), (day - EPOCH).days, moment, moment, newest - 150 * ago),
            ).lastrowid
            or 0
        )
    return run_id


def timed(what: Callable[[], object]) -> tuple[float, float]:
    """Give the fastest of three times: seconds on the wall, and of this process's own work."""
    times = []
    for _ in range(3):
        begun, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
        what()
        own = resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
        times.append((time.perf_counter() - begun, own))
    return min(times)


@pytest.mark.parametrize("leads", [10, 100])
def test_history(tmp_path: Path, report: Report, leads: int) -> None:
    """The report's data, the accuracy page and the trend of the year that ended."""
    path = tmp_path / "history.sqlite"

    def clock() -> datetime:
        return NOW

    write_big_company(path, ENTRIES, months=36, leads=leads, clock=clock)
    store = SqliteStore.open(path, clock=clock)
    store.aggregate_forecast(None, "benchmark")
    store.close()
    write_history(path)
    store = SqliteStore.open(path, clock=lambda: NOW + timedelta(hours=1))
    store.aggregate_forecast(None, "benchmark")
    lead = store.list_leads()[0]
    kdf = KdfParameters(salt=b"s" * 16)
    verifier = sha256(KEY).digest()
    store.set_credential(lead.lead_id, PasswordKind.CODE, kdf, verifier, must_change=False, by="benchmark")
    store.sign_in(lead.name, KEY, TOKEN, "benchmark")
    ended = year_of(NOW.date() - timedelta(days=30))
    data = store.get_report(ended)
    assert len({point.day for point in data.trend}) > 360
    assert data.bridges and data.changes and len(data.accuracy) > 300
    for what, budget, call in (
        ("report data", 1.0, lambda: store.get_report()),
        ("report data of the year that ended", 1.0, lambda: store.get_report(ended)),
        ("accuracy page", 0.3, lambda: store.list_accuracy(TOKEN)),
        ("trend of the year that ended", 0.3, lambda: store.list_trend(TOKEN, ended)),
    ):
        wall, own = timed(call)
        report(f"{what}, {leads} leads, {DAYS:,} days", wall, "s", budget, f"{own:.2f} s of own work")
