"""A database of an older version is brought up to date with all that it holds."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from mini_crm.domain.model import RunStatus
from mini_crm.domain.period import month_of
from mini_crm.domain.rules import name_key
from mini_crm.store.sqlite import SqliteStore, db
from mini_crm.store.sqlite.db import Database

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


FOLDER = files("mini_crm.store.sqlite").joinpath("migrations")
SCRIPTS = sorted(file.name for file in FOLDER.iterdir() if file.name.endswith(".sql"))


def filled(folder: Path, version: int) -> Path:
    """Make a database as a version left it: filled by the first one, with a run of method 1."""
    with closing(sqlite3.connect(folder / "old.sqlite")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.create_function("name_key", 1, name_key)
        for number, name in enumerate(SCRIPTS[:version]):
            connection.executescript(FOLDER.joinpath(name).read_text("utf-8"))
            if number == 0:
                connection.executescript(FILLED)
        connection.execute(f"PRAGMA application_id = {0x4D43524D}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
    return folder / "old.sqlite"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a database of the first version."""
    return filled(tmp_path, 1)


@pytest.mark.parametrize("version", range(1, len(SCRIPTS)))
def test_old_rows_stay_what_they_were(tmp_path: Path, version: int) -> None:
    """Every value of every table is the same after the tables were brought up to date.

    Nothing is added but where the program is that did it, for older ones.
    """
    path = filled(tmp_path, version)
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
    before["Setting"].insert(1, ("ProgramPlace", str(Path(sys.executable).parent)))
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
    trend = store.get_report(MARCH).trend
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


def test_version_5_finds_reasons_and_knows_no_head(tmp_path: Path) -> None:
    """In a filled database of version 4 the search finds reasons too; nobody is a head, nothing a rest."""
    path = filled(tmp_path, 4)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE Entry SET Reason = 'Ушёл  К Другим' WHERE EntryId = 3")
    store = SqliteStore.open(path)
    read = store.db.connection().execute
    keys = [row["SearchKey"] for row in read("SELECT SearchKey FROM Entry ORDER BY EntryId")]
    assert keys == ["007", "008", "009\nушёл к другим"]
    rows = read("SELECT RestOf, Contribution, Probability FROM EntryRow ORDER BY EntryId").fetchall()
    assert [row["RestOf"] for row in rows] == [None, None, None]
    # Method 1 kept no contribution: it is amount times chance.
    assert [row["Probability"] for row in rows] == [0.2505, None, None]
    assert [row["Contribution"] for row in rows] == [pytest.approx(250.5), None, None]
    (lead,) = store.list_leads()
    assert not lead.is_head
    store.close()


def test_tables_made_anew_are_those_of_a_new_database(path: Path, tmp_path: Path) -> None:
    """An old database ends with the very tables, indexes, triggers and views of a new one."""
    SqliteStore.open(path).close()
    fresh = tmp_path / "fresh.sqlite"
    fresh.touch()
    Database.fill(fresh).close()
    query = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    found = []
    for place in (path, fresh):
        with closing(sqlite3.connect(place)) as connection:
            found.append(connection.execute(query).fetchall())
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert found[0] == found[1]
    parts = {(kind, table) for kind, _, table, _ in found[0]}
    assert {("index", "Entry"), ("trigger", "EntryHistory"), ("view", "EntryRow")} <= parts
    assert not any("NewEntry" in (sql or "") for *_, sql in found[0])


def test_rules_of_a_table_made_anew(path: Path) -> None:
    """Foreign keys count after the upgrade; amount 0 is for refused rows only, and a PIN has 100 letters."""
    store = SqliteStore.open(path)
    write = store.db.connection().execute
    write("UPDATE Entry SET Amount = 0, ClientPin = ? WHERE EntryId = 3", ["x" * 100])
    for change in (
        "Amount = 0 WHERE EntryId = 1",
        "Amount = 0 WHERE EntryId = 2",
        "Amount = -1 WHERE EntryId = 3",
        "ClientPin = ClientPin || 'x' WHERE EntryId = 3",
        "LeadId = 9 WHERE EntryId = 3",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            write(f"UPDATE Entry SET {change}")
    with pytest.raises(sqlite3.IntegrityError):
        write("DELETE FROM Entry WHERE EntryId = 1")
    store.close()


def test_an_upgrade_that_breaks_off_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a later step fails, the old tables are all there, with their rows, and the next start goes on."""
    steps = [FOLDER.joinpath(name).read_text("utf-8") for name in SCRIPTS]
    with monkeypatch.context() as broken:
        broken.setattr(db, "_migrations", lambda: (*steps, "DROP TABLE NoSuchTable;"))
        with pytest.raises(sqlite3.OperationalError):
            SqliteStore.open(path)
    query = {"Entry": "EntryId, ClientPin, Amount", "EntryHistory": "EntryId, Version"}
    assert len(contents(path, query)["Entry"]) == 3
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    SqliteStore.open(path).close()
