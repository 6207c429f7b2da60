"""The SQLite file itself: what is opened, what is refused, who waits for whom."""

import re
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from mini_crm.domain.errors import (
    AlreadyThere,
    BadFile,
    BadValue,
    DatabaseError,
    DatabaseUnreachable,
    RunUnderWay,
    WrongVersion,
)
from mini_crm.domain.model import RosterRow
from mini_crm.store.sqlite import SqliteStore
from mini_crm.store.sqlite.db import Connection, Database, ensure_math, load_queries

SOURCE = Path(__file__).parents[2] / "src" / "mini_crm" / "store" / "sqlite"
ROSTER = [RosterRow("Анна", "Север", "Пётр", "RUB")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place for a database, with a blank and Cyrillic letters in it."""
    folder = tmp_path / "моя папка"
    folder.mkdir()
    return folder / "crm.sqlite"


def refusal(path: Path) -> str:
    """Open what cannot be opened and give the reason."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(DatabaseError) as caught:
        SqliteStore.open(path)
    if before is not None:
        assert path.read_bytes() == before
    return caught.value.code


def test_missing_file_is_not_made(path: Path) -> None:
    """Opening a database that is not there says so and makes no file."""
    assert refusal(path) == "database_missing"
    assert not path.exists()


def test_directory(path: Path) -> None:
    """A directory is refused as what it is."""
    path.mkdir()
    assert refusal(path) == "database_is_directory"


@pytest.mark.parametrize("content", [b"", b"id;amount\n1;2\n" * 500, bytes(8192)])
def test_other_files(path: Path, content: bytes) -> None:
    """An empty, a text and a binary file are refused and stay as they are."""
    path.write_bytes(content)
    assert refusal(path) == "database_not_ours"


def test_other_programs_database(path: Path) -> None:
    """A SQLite database of another program is refused and stays as it is."""
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE Entry (EntryId INTEGER)")
    other.close()
    assert refusal(path) == "database_not_ours"


def test_newer_database(path: Path) -> None:
    """A database that a newer program has changed is refused, with both versions named."""
    SqliteStore.create(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(DatabaseError) as caught:
        SqliteStore.open(path)
    assert caught.value.code == "database_too_new"
    assert caught.value.data["version"] == 99


def set_version(path: Path, number: int, **settings: str) -> None:
    """Be what a newer program has made of the file."""
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version = {number}")
        newer.executemany("INSERT OR REPLACE INTO Setting (Name, Value) VALUES (?, ?)", settings.items())
        newer.commit()


def version_of(path: Path) -> int:
    """Give the number that stands in the file."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_an_open_file_that_becomes_newer(path: Path) -> None:
    """Also by a connection that is open nothing is read from or written into a file that is newer by now."""
    store = SqliteStore.create(path)
    made = version_of(path)
    set_version(path, 99)
    before = path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()
    for act in (store.list_lead_names, lambda: store.set_setting("Currency", "EUR", "test")):
        with pytest.raises(WrongVersion, match="database_too_new"):
            act()
    with pytest.raises(WrongVersion, match="database_too_new"):
        store.aggregate_forecast(None, "test")
    assert (path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()) == before
    set_version(path, made)
    assert store.get_setting("Currency") == "RUB"
    store.close()


def test_a_newer_file_that_is_fit_for_this_program(path: Path) -> None:
    """A file says which migration must be known at least; who knows it goes on and leaves the number."""
    SqliteStore.create(path).close()
    made = version_of(path)
    set_version(path, 99, LeastVersion=str(made))
    store = SqliteStore.open(path)
    store.set_setting("Currency", "EUR", "test")
    assert store.get_setting("Currency") == "EUR"
    store.close()
    assert version_of(path) == 99
    set_version(path, 99, LeastVersion=str(made + 1))
    with pytest.raises(WrongVersion, match="database_too_new"):
        SqliteStore.open(path)


def test_the_folder_of_the_newer_program_is_told(path: Path, tmp_path: Path) -> None:
    """Whoever brings a file up to date leaves word where it is itself; a folder that is gone is not named."""
    SqliteStore.create(path).close()
    set_version(path, 99)
    with pytest.raises(WrongVersion) as caught:
        SqliteStore.open(path)
    assert caught.value.data["program"] == str(Path(sys.executable).parent)
    set_version(path, 99, ProgramPlace=str(tmp_path / "gone"))
    with pytest.raises(WrongVersion) as caught:
        SqliteStore.open(path)
    assert caught.value.data["program"] == ""


def test_a_newer_program_was_quicker(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs bring one file up to date at once: the older one leaves what the newer one has made."""
    SqliteStore.create(path).close()
    set_version(path, 4)
    migrate = Database._migrate

    def beaten(database: Database, connection: Connection) -> None:
        set_version(path, 99)
        migrate(database, connection)

    monkeypatch.setattr(Database, "_migrate", beaten)
    with pytest.raises(WrongVersion, match="database_too_new"):
        SqliteStore.open(path)
    assert version_of(path) == 99


def test_create_twice(path: Path) -> None:
    """A database is never made over something that is there."""
    SqliteStore.create(path).close()
    with pytest.raises(AlreadyThere):
        SqliteStore.create(path)


def test_create_in_missing_folder(tmp_path: Path) -> None:
    """A folder that does not exist is said to be out of reach, and nothing is left behind."""
    with pytest.raises(DatabaseUnreachable):
        SqliteStore.create(tmp_path / "nowhere" / "crm.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_unknown_time_zone(path: Path) -> None:
    """A time zone that does not exist is refused before anything is made."""
    with pytest.raises(BadValue):
        SqliteStore.create(path, time_zone="Europe/Atlantis")
    assert not path.exists()


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Asia/Vladivostok", date(2026, 3, 6)), ("Europe/Moscow", date(2026, 3, 5)), ("UTC", date(2026, 3, 5))],
)
def test_today_is_the_companys(path: Path, zone: str, day: date) -> None:
    """At 20:00 UTC it is tomorrow in Vladivostok and still today in Moscow."""
    store = SqliteStore.create(path, time_zone=zone, clock=lambda: datetime(2026, 3, 5, 20, 0, tzinfo=UTC))
    assert store.get_today() == day


def test_only_one_run(path: Path) -> None:
    """While one holds the run lock nobody else gets it; afterwards it is free."""
    SqliteStore.create(path).close()
    first, second = Database.open(path), Database.open(path)
    with first.run_lock(), pytest.raises(RunUnderWay), second.run_lock():
        pass
    with second.run_lock():
        pass


def test_reading_while_somebody_writes(path: Path) -> None:
    """A reader sees the state before a change that is not finished, and does not wait for it."""
    store = SqliteStore.create(path)
    seen: list[int] = []
    with store.db.writing() as conn:
        conn.execute("INSERT INTO Lead (Name, NameKey) VALUES ('x', 'x')")
        reader = threading.Thread(target=lambda: seen.append(len(SqliteStore.open(path).list_lead_names())))
        reader.start()
        reader.join(3)
    assert seen == [0]
    assert store.list_lead_names() == ["x"]


def test_broken_off_write(path: Path) -> None:
    """A change that fails in the middle leaves nothing."""
    store = SqliteStore.create(path)
    with pytest.raises(ZeroDivisionError), store.db.writing() as conn:
        conn.execute("INSERT INTO Lead (Name, NameKey) VALUES ('x', 'x')")
        _ = 1 / 0
    assert store.list_lead_names() == []


def test_history_cannot_be_changed(path: Path) -> None:
    """The history refuses to be changed or deleted, even by who opens the file."""
    store = SqliteStore.create(path)
    store.apply_roster(ROSTER, "test")
    conn = store.db.connection()
    conn.execute(
        "INSERT INTO Entry (ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, EnteredOn, Status,"
        " SearchKey, Version, ChangeSeq) VALUES (zeroblob(16), 1, 1, 1, '1', 1, 1, 0, '', 1, 1)"
    )
    conn.execute(
        "INSERT INTO EntryHistory (EntryId, Version, Action, ChangedAt, ChangedBy, Computer, ChangeSeq,"
        " LeadId, GroupId, ManagerId, ClientPin, Amount, EnteredOn, Status, Comment)"
        " VALUES (1, 1, 'added', 0, 'x', '', 1, 1, 1, 1, '1', 1, 1, 0, '')"
    )
    for statement in ("UPDATE EntryHistory SET ChangedBy = 'y'", "DELETE FROM EntryHistory"):
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute(statement)


def test_backup_over_a_file(path: Path) -> None:
    """A backup never overwrites; a good one can be opened."""
    store = SqliteStore.create(path)
    store.apply_roster(ROSTER, "test")
    target = path.with_name("copy.sqlite")
    assert store.backup(target, "test") == 0
    assert SqliteStore.open(target).list_lead_names() == ["Анна"]
    with pytest.raises(BadFile):
        store.backup(target, "test")


class _WithoutMath(sqlite3.Connection):
    """A SQLite that was built without mathematical functions."""

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if sql.startswith("SELECT exp"):
            raise sqlite3.OperationalError("no such function: exp")
        return super().execute(sql, *values)


@pytest.mark.parametrize(("kind", "ours"), [(sqlite3.Connection, 0), (_WithoutMath, 2)])
def test_math_is_made_up_for(kind: type[sqlite3.Connection], ours: int) -> None:
    """Where SQLite has no exp and sqrt it is given ours, elsewhere its own are used."""
    with closing(sqlite3.connect(":memory:", factory=kind)) as conn:
        ensure_math(conn)
        given = "SELECT count(*) FROM pragma_function_list WHERE name IN ('exp', 'sqrt') AND NOT builtin"
        assert conn.execute(given).fetchone() == (ours,)
        assert conn.execute("SELECT sqrt(exp(0.0) * 9.0)").fetchone() == (3.0,)


def test_every_query_is_used() -> None:
    """Every named query is used somewhere, and every query that the code asks for is there."""
    code = "\n".join(file.read_text("utf-8") for file in SOURCE.glob("*.py"))
    asked = set(
        re.findall(r'(?:SQL|STAGES|ACCOUNTS|ENTRIES|_ENTRIES|FORECAST|_QUERIES)\[["\'](\w+)["\']\]', code)
    )
    asked |= set(re.findall(r'self\._(?:run|insert)\(\s*"(\w+)"', code))
    asked |= {name for name in load_queries("accuracy.sql") if f'"{name}"' in code}  # run one after the other
    named = {
        name
        for file in files("mini_crm.store.sqlite").iterdir()
        if file.name.endswith(".sql")
        for name in load_queries(file.name)
        if not name.startswith(("each_", "gather_", "stage_", "share_"))
    }
    assert asked == named
