"""The file of the database is moved away or replaced while a program has it open."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from contract.backdoor import Adapter, Database
from contract.company import ANNA, BY, PETR, Company, fill, import_row, sign_in
from contract.sqlite_backdoor import SqliteAdapter
from mini_crm.domain.errors import DatabaseError, DatabaseUnreachable, SessionEnded
from mini_crm.domain.model import RunStatus
from mini_crm.store.port import Store
from mini_crm.store.sqlite import SqliteStore, db, find_damage
from mini_crm.usecases.outbox import Add, Outbox

ENDINGS = ("", "-wal", "-shm", "-run")


@pytest.fixture(scope="module")
def adapter() -> Adapter:
    """Give the kind of database that is a file."""
    return SqliteAdapter()


@pytest.fixture
def path(database: Database) -> Path:
    """Give where the database is expected."""
    return Path(database.address)


@pytest.fixture
def copy(company: Company, path: Path, tmp_path: Path) -> Path:
    """Give a copy of the company's database, made before anything else happened."""
    target = tmp_path / "copy.bak"
    company.store.backup(target, BY)
    return target


while_open = pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody move what is open")


def move_away(path: Path, in_use_by: Store | None = None) -> Path:
    """Move a database with all that belongs to it, as a person does; give where it is.

    On Windows that can only be done while nobody uses it: who does closes it before.
    """
    if sys.platform == "win32" and in_use_by is not None:
        in_use_by.close()
    folder = path.with_name("old")
    folder.mkdir()
    for ending in ENDINGS:
        file = path.with_name(path.name + ending)
        if file.exists():
            file.rename(folder / file.name)
    return folder / path.name


def put_back(copy: Path, path: Path) -> None:
    """Restore a copy."""
    with copy.open("rb") as source, SqliteStore.put_back(source, copy, path):
        pass


def files(path: Path) -> dict[str, bytes]:
    """Give the content of a database's files."""
    return {
        e: path.with_name(path.name + e).read_bytes()
        for e in ("", "-wal")
        if path.with_name(path.name + e).exists()
    }


def entries_of(path: Path) -> int:
    """Count entries without our help."""
    with closing(sqlite3.connect(path)) as connection:
        counted: int = connection.execute("SELECT count(*) FROM Entry").fetchone()[0]
        return counted


def moved(call: Callable[[], object]) -> None:
    """Expect a call to be refused because the file is not in its place."""
    with pytest.raises(DatabaseUnreachable) as caught:
        call()
    assert caught.value.code == "database_moved"


def test_nothing_is_written_into_a_moved_file(company: Company, path: Path) -> None:
    """As long as nothing is in its place reading and writing are refused, and no file is made there."""
    company.anna.add(company.petr)
    old = move_away(path, company.store)
    before = files(old)
    for _ in range(3):
        moved(lambda: company.anna.add(company.petr))
        moved(lambda: company.store.list_lead_names())
        moved(lambda: company.store.aggregate_forecast(None, "test"))
        moved(lambda: company.store.request_run(company.anna.token))
    assert files(old) == before
    assert [file.name for file in path.parent.iterdir()] == ["old"]
    company.store.close()
    assert entries_of(old) == 1


def test_a_file_that_comes_back_is_gone_on_with(company: Company, path: Path) -> None:
    """Moved back, the database is used as if nothing had been."""
    company.anna.add(company.petr)
    old = move_away(path, company.store)
    moved(lambda: company.anna.add(company.petr))
    for file in old.parent.iterdir():
        file.rename(path.parent / file.name)
    company.anna.add(company.petr)
    assert len(company.anna.everything()) == 2


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere a file that is open can be moved")
def test_what_is_open_cannot_be_moved(company: Company, path: Path) -> None:
    """While somebody uses the database Windows lets nobody move or delete it, and the work goes on."""
    company.anna.add(company.petr)
    for act in (partial(move_away, path), path.unlink, path.with_name(f"{path.name}-wal").unlink):
        with pytest.raises(PermissionError):
            act()
    company.anna.add(company.petr)
    assert len(company.anna.everything()) == 2


@while_open
def test_moved_between_begin_and_commit(company: Company, path: Path) -> None:
    """A change that was under way when the file was moved is taken back, and said to be not stored."""
    company.anna.add(company.petr)
    store = company.store
    assert isinstance(store, SqliteStore)

    def work() -> None:
        with store.db.writing() as connection:
            connection.execute("UPDATE Lead SET Name = 'x'")
            move_away(path)

    moved(work)
    with closing(sqlite3.connect(path.parent / "old" / path.name)) as connection:
        assert connection.execute("SELECT count(*) FROM Lead WHERE Name = 'x'").fetchone() == (0,)


@while_open
@pytest.mark.parametrize("ending", ["-wal", ""])
def test_one_of_the_files_is_deleted(company: Company, path: Path, ending: str) -> None:
    """What is stored is in the file and its -wal: without either of them nothing more is called stored."""
    company.anna.add(company.petr)
    path.with_name(path.name + ending).unlink()
    moved(lambda: company.anna.add(company.petr))


def test_a_window_over_a_restore(company: Company, path: Path, copy: Path, tmp_path: Path) -> None:
    """What a lead saves while the administrator restores a copy is kept, and stored once in the new file."""
    company.anna.add(company.petr)
    outbox = Outbox(tmp_path / "outbox", f"sqlite:///{path}", company.anna.lead_id, ANNA)
    write = Add(company.anna.draft(company.petr, client_pin="while restoring"))
    old = move_away(path, company.store)
    before = files(old)
    moved(lambda: outbox.save(company.store, company.anna.token, write))
    put_back(copy, path)
    assert isinstance(outbox.send(company.store, company.anna.token).stopped_by, SessionEnded)
    assert [kept.write for kept in outbox.pending()] == [write]
    again = sign_in(company.store, ANNA, company.anna.key)
    assert len(outbox.send(company.store, again.token).stored) == 1
    assert outbox.pending() == ()
    assert [entry.client_pin for entry in again.everything()] == ["while restoring"]
    assert files(old) == before
    assert entries_of(old) == 1


@while_open
def test_replaced_at_once(company: Company, path: Path, copy: Path) -> None:
    """If the new file is there before the window does anything, the window is told once, then goes on."""
    company.anna.add(company.petr)
    old = move_away(path)
    put_back(copy, path)
    moved(lambda: company.anna.add(company.petr))
    with pytest.raises(SessionEnded):
        company.anna.add(company.petr)
    assert entries_of(path) == 0
    assert entries_of(old) == 1


@while_open
def test_replaced_by_something_else(company: Company, path: Path) -> None:
    """Another program's file in the place of the database is refused and stays as it is."""
    company.anna.add(company.petr)
    move_away(path)
    path.write_bytes(b"")
    moved(lambda: company.anna.add(company.petr))
    with pytest.raises(DatabaseError) as caught:
        company.anna.add(company.petr)
    assert caught.value.code == "database_not_ours"
    assert path.read_bytes() == b""
    assert [file.name for file in path.parent.iterdir() if file.is_file()] == [path.name]


class Mover(db.Connection):
    """A connection whose n-th statement comes after the file was moved and another put in its place."""

    left = -1
    act: Callable[[], object] = staticmethod(lambda: None)

    def execute(self, *given: Any) -> sqlite3.Cursor:
        """Run a statement."""
        Mover.left -= 1
        if Mover.left == 0:
            Mover.act()
        return super().execute(*given)


@pytest.fixture
def mover(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Mover]]:
    """Let connections count their statements."""
    monkeypatch.setattr(db, "Connection", Mover)
    yield Mover
    Mover.left = -1


@while_open
def test_replaced_at_each_statement_of_a_run(
    company: Company, path: Path, copy: Path, tmp_path: Path, mover: type[Mover]
) -> None:
    """A run whose file is replaced writes nothing into the new one, and leaves the old one whole."""
    fill(company)
    company.store.aggregate_forecast(None, "test")
    company.store.import_entries("y", [import_row(PETR, company.day(-1), line=999)], BY)
    company.store.close()
    old_copy, new_copy = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    shutil.copyfile(path, old_copy)
    put_back(old_copy, new_copy)
    with closing(SqliteStore.open(new_copy)) as other:
        other.aggregate_forecast(None, "other")
    shown = []
    for statement in range(1, 400):
        for file in path.parent.iterdir():
            file.unlink() if file.is_file() else shutil.rmtree(file)
        shutil.copyfile(old_copy, path)

        def act() -> None:
            move_away(path)
            shutil.copyfile(new_copy, path)

        mover.act = staticmethod(act)
        with closing(SqliteStore.open(path)) as store:
            mover.left = statement
            try:
                store.aggregate_forecast(None, "test")
            except DatabaseUnreachable:
                pass  # which says of the run lock, if that moved while it was taken, that it cannot be read
            reached = mover.left <= 0
            mover.left = -1
            if not reached:
                break
            assert path.read_bytes() == new_copy.read_bytes()
        old = path.with_name("old") / path.name
        assert find_damage(old) == ()
        with closing(SqliteStore.open(old)) as store:
            run = store.list_runs()[0]
            shown.append(run.status)
            found = store.get_company_forecast().run
            assert found is not None
            assert (found.run_id == run.run_id) is (run.status is RunStatus.DONE)
    assert {RunStatus.RUNNING, RunStatus.DONE} <= set(shown)
    assert len(shown) > 50


def test_a_hard_link_is_the_same_file(company: Company, path: Path) -> None:
    """A second name of the database, as some backup programs give it, changes nothing."""
    company.anna.add(company.petr)
    os.link(path, path.with_name("second"))
    company.anna.add(company.petr)
    assert len(company.anna.everything()) == 2
