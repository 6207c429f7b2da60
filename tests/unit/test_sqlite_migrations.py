"""A database of the first version is brought up to date with all that it holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from mini_crm.domain.model import RunStatus
from mini_crm.domain.period import month_of
from mini_crm.store.sqlite import SqliteStore

MARCH = month_of(date(2026, 3, 17))
FILLED = """
INSERT INTO Setting VALUES ('TimeZone', 'UTC'), ('Currency', 'RUB');
INSERT INTO Lead (LeadId, Name, NameKey, ChangeSeq) VALUES (1, 'Анна', 'анна', 3);
INSERT INTO SalesGroup (GroupId, LeadId, Name, NameKey, Unit) VALUES (1, 1, 'Север', 'север', 'RUB');
INSERT INTO Manager (ManagerId, GroupId, Name, NameKey) VALUES (1, 1, 'Пётр', 'пётр');
INSERT INTO Entry (EntryId, ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn,
                   PayBy, FirstPayBy, Status, StatusOn, SearchKey, Version, ChangeSeq)
VALUES (1, randomblob(16), 1, 1, 1, '007', 100000, NULL, 20510, 20530, 20525, 0, NULL, '007', 1, 1),
       (2, randomblob(16), 1, 1, 1, '008', 200000, 190000, 20500, 20505, 20505, 1, 20520, '008', 2, 2),
       (3, randomblob(16), 1, 1, 1, '009', 300000, NULL, 20500, NULL, NULL, 2, 20521, '009', 2, 3);
INSERT INTO EntryHistory (EntryId, Version, Action, ChangedAt, ChangedBy, Computer, ChangeSeq, LeadId,
                          GroupId, ManagerId, ClientPin, Amount, EnteredOn, Status, Comment)
VALUES (1, 1, 'added', 1772000000, 'Анна', 'PC', 1, 1, 1, 1, '007', 100000, 20510, 0, '');
INSERT INTO Period (PeriodId, Kind, StartsOn, EndsOn) VALUES (1, 'month', 20513, 20543);
INSERT INTO Target VALUES (1, 1, 'RUB', 500000, 1772000000, 'admin');
INSERT INTO Commitment (PeriodId, LeadId, Unit, Amount, MadeAt) VALUES (1, 1, 'RUB', 400000, 1772000000);
INSERT INTO Run VALUES (1, 'live', 20529, 1773700000, 1773700001, 'done', 'execer', 1, '1', 3, 1, 1);
INSERT INTO LeadForecast VALUES
    (1, 1, 0, 'RUB', 1, 1, 0, 0, 100000, 1, 190000, 1, 300000, 1, 2, 0.5, 1, 2, NULL, 1, 250.5, 2150.5,
     2000.0, 2400.0, 2400.0, 70.0, NULL),
    (1, 1, 1, 'RUB', 1, 1, 0, 0, 100000, 1, 190000, 1, 300000, 1, 2, 0.5, 1, 2, 1.25, 1, 250.5, 2150.5,
     2000.0, 2400.0, 2400.0, 70.0, NULL);
INSERT INTO ManagerForecast VALUES
    (1, 1, 1, 1, 'RUB', 1, 1, 0, 0, 100000, 1, 190000, 1, 300000, 1, 2, 1, 2, 250.5, 2150.5, 2000.0, 2400.0,
     2400.0);
INSERT INTO EntryForecast VALUES (1, 1, 1, 0.2505);
"""


def contents(path: Path, columns: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """Read all rows, of these columns of each table."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT {names} FROM {table} ORDER BY 1, 2").fetchall()
            for table, names in columns.items()
        }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a database as the first version left it, with a run of method 1."""
    script = files("mini_crm.store.sqlite").joinpath("migrations/0001_tables.sql").read_text("utf-8")
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(script)
        connection.executescript(FILLED)
        connection.execute(f"PRAGMA application_id = {0x4D43524D}")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    return tmp_path / "old.sqlite"


def test_old_rows_stay_what_they_were(path: Path) -> None:
    """Every value of every table is the same after the tables were brought up to date; nothing is added."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
            ).fetchall()
        ]
        columns = {
            table: ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            for table in tables
        }
    before = contents(path, columns)
    assert sum(map(len, before.values())) == 17
    SqliteStore.open(path).close()
    assert contents(path, columns) == before


def test_numbers_of_method_1_are_read_as_such(path: Path) -> None:
    """An old run keeps its method: its number is of open entries only, and nothing is said of new ones."""
    store = SqliteStore.open(path, clock=lambda: datetime(2026, 3, 17, 12, tzinfo=UTC))
    found = store.get_company_forecast()
    assert found.run is not None and found.run.method == 1
    assert found.learnt is None
    for row in (*found.company, *found.leads, *found.managers):
        assert (row.forecast, row.low, row.high) == (2150.5, 2000.0, 2400.0)
        assert (row.from_open, row.from_new, row.open_low, row.open_high) == (250.5, 0.0, 2000.0, 2400.0)
    report = store.get_report(MARCH)
    assert [client.from_open for client in report.clients if client.open_count] == [250.5]
    store.close()


def test_a_run_of_method_2_follows_one_of_method_1(path: Path) -> None:
    """Though nothing was changed, the new method counts anew; the trend knows which day is whose."""
    store = SqliteStore.open(path, clock=lambda: datetime(2026, 3, 18, 12, tzinfo=UTC))
    run = store.aggregate_forecast(None, "test")
    assert (run.status, run.method) == (RunStatus.DONE, 2)
    trend = [point for point in store.get_report(MARCH).trend if point.lead_id is None]
    assert [(point.day, point.method) for point in trend] == [(date(2026, 3, 17), 1), (date(2026, 3, 18), 2)]
    assert trend[0].forecast == 2150.5
    store.close()


def test_accuracy_is_counted_for_each_method_by_itself(path: Path) -> None:
    """What method 1 said is compared with what came of known entries, as it always was; method 2 with all."""
    days = iter([datetime(2026, 3, 18, 12, tzinfo=UTC), datetime(2026, 4, 2, 12, tzinfo=UTC)])
    now = [next(days)]
    store = SqliteStore.open(path, clock=lambda: now[0])
    store.aggregate_forecast(None, "test")
    said = next(row for row in store.get_company_forecast().company if row.period == MARCH)
    now[0] = next(days)
    store.aggregate_forecast(None, "test")
    rows = [row for row in store.get_report().accuracy if (row.period, row.lead_id) == (MARCH, None)]
    assert [(row.method, row.days) for row in rows] == [(2, 1), (1, 1)]
    # In March 1,900 came of entries known all the time.
    assert rows[1].wape == pytest.approx((2150.5 - 1900) / 1900)
    assert rows[1].hand_wape == pytest.approx((2400 - 1900) / 1900)
    assert (rows[1].covered, rows[1].open_wape) == (0, None)
    assert rows[0].wape == pytest.approx(abs(said.forecast - 1900) / 1900)
    assert rows[0].open_wape == pytest.approx(abs(said.open_forecast - 1900) / 1900)
    store.close()
