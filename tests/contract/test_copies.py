"""Copies of the database that is a file, on a bad day: leftovers, damage, full disks, kills at each step."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from contract.company import BY, PETR, fill, found, import_row
from mini_crm.admin import build
from mini_crm.domain.errors import DatabaseError
from mini_crm.domain.model import Status, Target
from mini_crm.domain.period import month_of
from mini_crm.program import run_program
from mini_crm.store.sqlite import SqliteStore, find_damage

UNFORESEEN = 99
resource = pytest.importorskip("resource", reason="Windows knows no such limits")
ENDINGS = ("-wal", "-shm", "-journal", "-run")


@dataclass(frozen=True)
class Place:
    """A folder with a database that is closed, and a good copy of it."""

    folder: Path

    @property
    def database(self) -> Path:
        """Give the database."""
        return self.folder / "company.sqlite"

    @property
    def copy(self) -> Path:
        """Give the copy."""
        return self.folder / "copy.bak"

    def names(self) -> set[str]:
        """Give what is in the folder, by name."""
        return {file.name for file in self.folder.iterdir()}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Make a database with rows in every table, and a copy of it."""
    place = Place(tmp_path_factory.mktemp("original"))
    store = SqliteStore.create(place.database)
    company = found(store)
    fill(company)
    company.anna.add(company.petr)
    store.import_entries("undone", [import_row(PETR, company.day(-3), line=9)], BY)
    store.undo_import(store.list_import_batches()[0].batch_id, BY)
    month = month_of(company.today)
    store.set_targets([Target(month, None, "RUB", company.anna.draft(company.petr).amount)], BY)
    store.set_commitment(
        company.anna.token, uuid4(), month, "RUB", company.anna.draft(company.petr).amount, ""
    )
    store.reassign_entries([company.anna.add(company.petr).entry_id], company.zoya, BY)
    old = {"status": Status.PAID, "status_on": company.day(-90)}
    store.import_entries("old", [import_row(PETR, company.day(-95), line=10, **old)], BY)
    store.keep_replays([company.day(-20)], BY)
    store.aggregate_forecast(None, "test")
    store.backup(place.copy, BY)
    store.close()
    Path(f"{place.database}-run").unlink()
    assert place.names() == {"company.sqlite", "copy.bak"}
    return place


@pytest.fixture
def place(original: Place, tmp_path: Path) -> Place:
    """Give the database and the copy to a test of its own."""
    for file in original.folder.iterdir():
        shutil.copyfile(file, tmp_path / file.name)
    return Place(tmp_path)


@pytest.fixture
def admin(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Callable[..., tuple[int, str]]:
    """Give a function that runs ``mini-crm-admin`` and gives its exit code and all that it said."""
    monkeypatch.setenv("MINI_CRM_LANGUAGE", "en")
    monkeypatch.setenv("MINI_CRM_DATABASE", f"sqlite:///{place.database}")
    monkeypatch.setenv("MINI_CRM_LOG_DIR", str(place.folder.parent / "logs"))

    def run(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        code = run_program("mini-crm-admin", build, list(map(str, arguments)))
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def content(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def entries_of(path: Path) -> int:
    """Count the entries of a database without our help, and look whether it is sound."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        counted: int = connection.execute("SELECT count(*) FROM Entry").fetchone()[0]
        return counted


def in_a_child(work: Callable[[], object]) -> tuple[int, str]:
    """Do something in a process of its own.

    Returns:
        0, what it ended with, or minus the signal that killed it; and what was said on standard error.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = UNFORESEEN
        try:
            sys.stderr = os.fdopen(writing, "w")
            result = work()
            code = result if isinstance(result, int) else 0
        except BaseException as error:
            print(repr(error), file=sys.stderr)
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as said:
        text = said.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


# ------------------------------------------------------------------------------------- what lies about


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("command", ["restore", "init", "backup"])
def test_no_database_is_made_where_an_old_one_left_files(
    place: Place, admin: Callable[..., tuple[int, str]], command: str, ending: str
) -> None:
    """What an earlier database left is named, refused and kept, by all that make a database."""
    target = place.folder / "new.sqlite"
    left = Path(f"{target}{ending}")
    left.write_bytes(b"somebody's entries")
    before = content(place.folder)
    arguments: dict[str, tuple[object, ...]] = {
        "restore": ("restore", place.copy, "--database", f"sqlite:///{target}"),
        "init": ("init", "--database", f"sqlite:///{target}"),
        "backup": ("backup", target),
    }
    code, said = admin(*arguments[command])
    assert code == 7
    assert str(left) in said
    assert "Nothing was changed" in said
    after = content(place.folder)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) <= {"company.sqlite-wal", "company.sqlite-shm"}


def test_restore_beside_the_wal_of_a_killed_writer(
    place: Place, admin: Callable[..., tuple[int, str]]
) -> None:
    """Kill a writer, move the database away, restore: refused, and nothing acknowledged is lost."""

    def write_and_die() -> None:
        store = SqliteStore.open(place.database)
        store.import_entries("late", [import_row(PETR, store.get_today(), line=77)], BY)
        os._exit(0)

    in_a_child(write_and_die)
    wal = Path(f"{place.database}-wal")
    assert wal.stat().st_size > 0
    moved = place.folder / "moved" / place.database.name
    moved.parent.mkdir()
    place.database.rename(moved)
    kept = wal.read_bytes()
    code, said = admin("restore", place.copy)
    assert code == 7
    assert f"{place.database}-wal" in said and f"{place.database}-shm" in said
    assert wal.read_bytes() == kept
    assert not place.database.exists()
    for ending in ("-wal", "-shm"):
        Path(f"{place.database}{ending}").rename(f"{moved}{ending}")
    code, said = admin("restore", place.copy)
    assert code == 0, said
    assert entries_of(place.database) == entries_of(place.copy)
    assert entries_of(moved) == entries_of(place.copy) + 1


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_half_a_database_is_no_copy(place: Place, admin: Callable[..., tuple[int, str]], ending: str) -> None:
    """A file whose newest entries are in another one beside it is not put back without them."""
    part = Path(f"{place.copy}{ending}")
    part.write_bytes(b"newest entries")
    place.database.unlink()
    before = content(place.folder)
    code, said = admin("restore", place.copy)
    assert code == 7
    assert str(part) in said
    assert content(place.folder) == before


def test_what_holds_nothing_is_no_part_of_a_copy(place: Place, admin: Callable[..., tuple[int, str]]) -> None:
    """A lock or an emptied file beside a copy, as beside a database that was closed well, does not matter."""
    place.database.unlink()
    for ending in ("-run", "-wal"):
        Path(f"{place.copy}{ending}").write_bytes(b"")
    assert admin("restore", place.copy)[0] == 0


def test_what_is_restored_is_whole_by_itself(place: Place, admin: Callable[..., tuple[int, str]]) -> None:
    """After a restore the file is all there is, for its owner only, and nobody is signed in any more."""
    place.database.unlink()
    code, said = admin("restore", place.copy)
    assert code == 0, said
    assert place.names() == {"company.sqlite", "copy.bak"}
    assert place.database.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(place.copy)) as copy, closing(sqlite3.connect(place.database)) as made:
        assert copy.execute("SELECT count(*) FROM Session").fetchone() != (0,)
        assert made.execute("SELECT count(*) FROM Session").fetchone() == (0,)
        last = made.execute("SELECT Action FROM AdminLog ORDER BY AdminLogId DESC LIMIT 1").fetchone()
        assert last == ("restore",)


@pytest.mark.parametrize("beside", ["wal", "empty"])
def test_what_is_not_ours_is_not_touched(tmp_path: Path, beside: str) -> None:
    """Another program's database keeps what lies beside it, and so does a file that has become empty."""
    path = tmp_path / "other.sqlite"

    def write_and_die() -> None:
        other = sqlite3.connect(path)
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE Entry (EntryId INTEGER)")
        os._exit(0)

    in_a_child(write_and_die)
    if beside == "empty":
        path.write_bytes(b"")
    before = content(tmp_path)
    assert before["other.sqlite-wal"] != b""
    with pytest.raises(DatabaseError) as caught:
        SqliteStore.open(path)
    assert caught.value.code == "database_not_ours"
    assert content(tmp_path) == before


# --------------------------------------------------------------------------------------------- damage


def harm(path: Path, page: int, size: int, *, wholly: bool) -> None:
    """Damage a page: all of it, or one byte of its content."""
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        old = file.read(size)
        file.seek((page - 1) * size)
        file.write(bytes(size) if wholly else old[:-3] + bytes([old[-3] ^ 0x55]) + old[-2:])


def trees(path: Path) -> dict[str, int]:
    """Give the first page of every table and index."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")
        return dict(found.fetchall())


def calls_damaged(path: Path) -> bool:
    """Ask SQLite itself, on a copy, since asking may change files."""
    asked = path.with_name("asked")
    shutil.copyfile(path, asked)
    try:
        with closing(sqlite3.connect(asked)) as connection:
            return connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
    except sqlite3.DatabaseError:
        return True
    finally:
        for file in path.parent.glob("asked*"):
            file.unlink()


def check_refusals(place: Place, admin: Callable[..., tuple[int, str]]) -> None:
    """Let doctor, backup and restore look at a damaged database and the same as a copy."""
    before = place.database.read_bytes()
    for arguments in (("doctor",), ("doctor", "--json"), ("backup", place.folder / "new.bak")):
        code, said = admin(*arguments)
        assert code == 4, said
        assert "damaged" in said or "is not a database of this program" in said
        for promise in ("All is well", "unharmed", "Copy:"):
            assert promise not in said
    assert place.database.read_bytes() == before
    target = place.folder / "restored.sqlite"
    place.copy.write_bytes(before)
    code, said = admin("restore", place.copy, "--database", f"sqlite:///{target}")
    assert code == 7, said
    assert str(place.copy) in said
    assert place.names() <= {"company.sqlite", "company.sqlite-wal", "company.sqlite-shm", "copy.bak"}


def test_every_tree_is_looked_at(original: Place, place: Place, admin: Any) -> None:
    """A page that is lost in any table or index is found by doctor, backup and restore."""
    with closing(sqlite3.connect(original.database)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,), table
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    for page in trees(original.database).values():
        shutil.copyfile(original.database, place.database)
        harm(place.database, page, size, wholly=True)
        assert calls_damaged(place.database)
        check_refusals(place, admin)


def test_every_page_is_looked_at(original: Place, tmp_path: Path) -> None:
    """Whatever page has a wrong byte: what SQLite's full check calls damaged is never called sound."""
    with closing(sqlite3.connect(original.database)) as connection:
        (size,), (pages,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_size", "page_count")
        )
    path, seen = tmp_path / "database", set()
    for page in range(1, pages + 1):
        shutil.copyfile(original.database, path)
        harm(path, page, size, wholly=False)
        damaged = calls_damaged(path)
        assert bool(find_damage(path)) is damaged, page
        seen.add(damaged)
    assert True in seen


def test_an_index_that_lacks_a_row(place: Place, admin: Callable[..., tuple[int, str]]) -> None:
    """An index that leads past a row makes wrong lists of a file whose every page can be read."""
    with closing(sqlite3.connect(place.database)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        (sql,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'IX_Entry_ChangeSeq'"
        ).fetchone()
        connection.execute(
            "UPDATE sqlite_schema SET sql = sql || ' WHERE 1' WHERE name = 'IX_Entry_ChangeSeq'"
        )
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, 'WHERE 1', 'WHERE EntryId <> 5') "
            "WHERE name = 'IX_Entry_ChangeSeq'"
        )
        connection.commit()
    with closing(sqlite3.connect(place.database, isolation_level=None)) as connection:
        connection.execute("REINDEX IX_Entry_ChangeSeq")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'IX_Entry_ChangeSeq'", (sql,))
    with closing(sqlite3.connect(place.database)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    assert calls_damaged(place.database)
    check_refusals(place, admin)


def test_a_row_that_refers_to_nothing(place: Place, admin: Callable[..., tuple[int, str]]) -> None:
    """Entries of a manager who is not there are damage too, though every page is as it should be."""
    with closing(sqlite3.connect(place.database)) as connection:
        connection.execute("DELETE FROM Manager WHERE ManagerId = 1")
        connection.commit()
    code, said = admin("doctor")
    assert code == 4
    assert "Manager" in said
    assert admin("backup", place.folder / "new.bak")[0] == 4


def test_truncated(original: Place, place: Place, admin: Any) -> None:
    """A file that was cut off anywhere is never called sound."""
    whole = original.database.read_bytes()
    for part in (10, 99, 100, 511, 4096, 4097, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
        place.database.write_bytes(whole[:part])
        check_refusals(place, admin)


def test_damage_met_at_work(place: Place) -> None:
    """Whoever meets a damaged page while working is told just that, and nothing is stored."""
    page = trees(place.database)["Entry"]
    harm(place.database, page, 4096, wholly=True)
    with closing(SqliteStore.open(place.database)) as store, pytest.raises(DatabaseError) as caught:
        store.import_entries("x", [import_row(PETR, store.get_today(), line=5)], BY)
    assert caught.value.code == "database_damaged"


# ------------------------------------------------------------------------------ full disks and kills


STEPS = (
    "open",
    "os.mkdir",
    "os.link",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "sqlite3.connect",
    "shutil.rmtree",
)


def kill_at(step: int) -> None:
    """Let this process be killed at its n-th step that touches a file."""
    steps, fsync = count(1), os.fsync

    def die() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying_fsync(handle: int) -> None:
        die()
        fsync(handle)

    os.fsync = dying_fsync  # it is not among what Python reports
    sys.addaudithook(lambda event, _: die() if event in STEPS else None)


def limit_files(size: int, *, deadly: bool) -> None:
    """Let no file of this process become larger: the write that would fails, or kills it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if deadly else signal.SIG_IGN)


def make(place: Place, what: str) -> tuple[Path, Callable[[], object]]:
    """Give where something is made, and what makes it."""
    target = place.folder / "made" / "new.sqlite"

    def back_up() -> None:
        SqliteStore.open(place.database).backup(target, BY)

    def put_back() -> None:
        with place.copy.open("rb") as source, SqliteStore.put_back(source, place.copy, target):
            pass

    return target, {
        "backup": back_up,
        "restore": put_back,
        "init": lambda: SqliteStore.create(target).close(),
    }[what]


def sizes(original: Place) -> Iterator[int]:
    """Give limits between nothing and more than the whole database."""
    whole = original.database.stat().st_size
    yield from (0, 1, 100)
    yield from range(4096, whole, max(4096, whole // 4096 // 12 * 4096))
    yield whole - 1


def check_after_a_kill(place: Place, target: Path, work: Callable[[], object], what: str) -> None:
    """Look whether there is nothing or a whole database, and whether the next attempt clears away."""
    wanted = 0 if what == "init" else entries_of(place.copy)
    assert {file.name for file in target.parent.iterdir() if file.is_file()} <= {target.name}
    if target.exists():
        assert entries_of(target) == wanted
        target.unlink()
    for file in place.folder.glob("company.sqlite-*"):
        file.unlink()
    assert in_a_child(work) == (0, "")
    assert [file.name for file in target.parent.iterdir()] == [target.name]
    assert entries_of(target) == wanted
    target.unlink()


@pytest.mark.parametrize("what", ["backup", "restore", "init"])
def test_a_kill_at_each_step(place: Place, what: str) -> None:
    """Killed at any moment it leaves nothing or a whole database, and nothing for good that is in the way."""
    target, work = make(place, what)
    target.parent.mkdir()
    killed = 0
    for step in count(1):
        ended = in_a_child(lambda step=step: (kill_at(step), work()) and 0)
        if ended == (0, ""):
            break
        assert ended[0] == -signal.SIGKILL
        killed += 1
        check_after_a_kill(place, target, work, what)
    assert killed > 10


@pytest.mark.parametrize("what", ["backup", "restore", "init"])
def test_a_kill_at_each_write(original: Place, place: Place, what: str) -> None:
    """Killed in a write, however far it has come, it leaves nothing or a whole database."""
    target, work = make(place, what)
    target.parent.mkdir()
    outcomes = set()
    for size in sizes(original):
        ended, _ = in_a_child(lambda size=size: (limit_files(size, deadly=True), work()) and 0)
        assert ended in (0, -signal.SIGXFSZ), size
        outcomes.add(ended)
        check_after_a_kill(place, target, work, what)
    assert -signal.SIGXFSZ in outcomes


@pytest.mark.parametrize(
    ("what", "code"), [("backup", 7), ("restore", 7), ("init", 4)], ids=lambda value: str(value)
)
def test_no_room(
    original: Place, place: Place, admin: Callable[..., tuple[int, str]], what: str, code: int
) -> None:
    """Without room one sentence says so, with the exit code; nothing is left, what there is stays whole."""
    target = place.folder / "made" / "new.sqlite"
    target.parent.mkdir()
    arguments: dict[str, tuple[object, ...]] = {
        "restore": ("restore", place.copy, "--database", f"sqlite:///{target}"),
        "init": ("init", "--database", f"sqlite:///{target}"),
        "backup": ("backup", target),
    }
    outcomes = set()
    for size in sizes(original):

        def work(size: int = size) -> int:
            limit_files(size, deadly=False)
            return run_program("mini-crm-admin", build, list(map(str, arguments[what])))

        ended, said = in_a_child(work)
        assert "Traceback" not in said
        outcomes.add(ended)
        # Where not even what SQLite keeps beside an open database finds room, backup cannot open it.
        assert ended in ((0, code, 4) if size < 65536 else (0, code)), said
        sentences = [line for line in said.splitlines() if "The log" not in line]
        assert len(sentences) == (ended != 0), said
        made = [file.name for file in target.parent.iterdir()]
        assert made == ([target.name] if ended == 0 else [])
        target.unlink(missing_ok=True)
        for file in place.folder.glob("company.sqlite-*"):
            file.unlink()
        assert find_damage(place.database) == ()
    assert code in outcomes


def test_two_at_work_in_one_folder(place: Place) -> None:
    """Whoever clears away leaves alone what another process is making at this moment."""
    from mini_crm.store.sqlite.fresh import made_beside

    first, second = place.folder / "first.bak", place.folder / "second.bak"
    with closing(SqliteStore.open(place.database)) as store:
        with made_beside(first) as unfinished:
            unfinished.write_bytes(place.copy.read_bytes())
            store.backup(second, BY)
            third = place.folder / "third.bak"
            assert in_a_child(lambda: SqliteStore.open(place.database).backup(third, BY) and 0) == (0, "")
    assert first.read_bytes() == place.copy.read_bytes()
    assert entries_of(second) == entries_of(place.copy)
