"""A run that is hit by a fault at any of its statements, on the database that is a file.

Readers see the old result or the new one, whole, and the status of the run is true.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from contract.backdoor import Adapter
from contract.company import Company, fill
from contract.sqlite_backdoor import SqliteAdapter
from mini_crm.domain.errors import DatabaseError
from mini_crm.domain.model import EntryFilter, Forecast, Run, RunStatus
from mini_crm.store.sqlite import SqliteStore, db, find_damage


@pytest.fixture(scope="module")
def adapter() -> Adapter:
    """Give the kind of database that is a file."""
    return SqliteAdapter()


def failure(code: int) -> sqlite3.OperationalError:
    """Give an error as SQLite raises it."""
    error = sqlite3.OperationalError("made for a test")
    error.sqlite_errorcode = code
    return error


@dataclass
class Plan:
    """Which statement is hit, counted over all connections.

    Attributes:
        at: Its number, from 1; 0 for none.
        error: What it raises.
        does_it: Whether it is carried out all the same, and only the answer is lost.
        for_good: Whether whatever comes after it fails as well.
        seen: The statements so far.
    """

    at: int = 0
    error: Callable[[], BaseException] = lambda: failure(sqlite3.SQLITE_IOERR)
    does_it: bool = False
    for_good: bool = False
    seen: int = 0

    def run(self, statement: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        """Let a statement have its fate."""
        self.seen += 1
        if self.at == 0 or self.seen < self.at or (self.seen > self.at and not self.for_good):
            return statement()
        if self.does_it and self.seen == self.at:
            statement()
        raise self.error()


PLAN = Plan()


class Faulty(db.Connection):
    """A connection whose statements go by the plan."""

    def execute(self, *given: Any) -> sqlite3.Cursor:
        """Run a statement, or not; nothing waits for the disk, whose power stays on."""
        run = super().execute
        if str(given[0]).startswith("PRAGMA synchronous"):
            given = ("PRAGMA synchronous = OFF",)
        return PLAN.run(lambda: run(*given))


@pytest.fixture(autouse=True)
def by_plan(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let all connections go by the plan."""
    monkeypatch.setattr(db, "Connection", Faulty)
    yield
    go_by(Plan())


def go_by(plan: Plan) -> None:
    """Begin another plan."""
    for name, value in vars(plan).items():
        setattr(PLAN, name, value)


@dataclass(frozen=True)
class Seen:
    """What readers see: the forecast without its run, and the chances of open entries."""

    forecast: Forecast
    chances: tuple[tuple[int, float | None], ...]


class Prepared:
    """A company whose newest run is older than its newest entry, to be copied for each fault."""

    def __init__(self, company: Company, path: Path, folder: Path) -> None:
        self._path, self._folder, self._token = path, folder, company.anna.token
        fill(company)
        company.store.aggregate_forecast(None, "test")
        company.anna.add(company.petr)
        company.store.close()
        assert not path.with_name(f"{path.name}-wal").exists()
        with closing(self.fresh()) as store:
            self.old, self.old_run = self.seen(store), store.list_runs()[0].run_id
            go_by(Plan())
            assert self.run(store).status is RunStatus.DONE
            self.statements = PLAN.seen
            self.new = self.seen(store)
        assert self.old != self.new

    def fresh(self) -> SqliteStore:
        """Open a copy of its own."""
        copy = self._folder / "copy.sqlite"
        for file in self._folder.iterdir():
            file.unlink()
        shutil.copyfile(self._path, copy)
        return SqliteStore.open(copy)

    def run(self, store: SqliteStore) -> Run:
        """Run the aggregation on connections that are new."""
        return store.aggregate_forecast(None, "test")

    def seen(self, store: SqliteStore) -> Seen:
        """Give what readers see now."""
        listed = store.list_entries(self._token, EntryFilter(), limit=1000).entries
        return Seen(
            replace(store.get_company_forecast(), run=None),
            tuple((entry.entry_id, entry.probability) for entry in listed),
        )

    def check(self, store: SqliteStore, *, may_be_running: bool) -> None:
        """Look whether readers see one result whole, and whether the status of the run is true."""
        newest, now = store.list_runs()[0], self.seen(store)
        shown = store.get_company_forecast().run
        assert shown is not None
        if newest.run_id == self.old_run:  # it did not come as far as being recorded
            assert now == self.old
        elif newest.status is RunStatus.DONE:
            assert shown.run_id == newest.run_id
            assert now == self.new
        else:
            running = {RunStatus.RUNNING} if may_be_running else set()
            assert newest.status in {RunStatus.FAILED} | running
            assert shown.run_id == self.old_run
            assert now == self.old

    def check_next(self, store: SqliteStore) -> None:
        """Look whether the next run makes everything good."""
        last = self.run(store)
        assert last.status in (RunStatus.DONE, RunStatus.UNCHANGED)
        assert self.seen(store) == self.new
        assert {run.status for run in store.list_runs()[1:]} <= {RunStatus.DONE, RunStatus.FAILED}
        assert find_damage(store.db.path) == ()


@pytest.fixture
def prepared(company: Company, database: Any, tmp_path: Path) -> Prepared:
    """Give the company to be copied."""
    folder = tmp_path / "copies"
    folder.mkdir()
    return Prepared(company, Path(database.address), folder)


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("does_it", [False, True], ids=["before", "after"])
def test_a_fault_at_each_statement(prepared: Prepared, does_it: bool, for_good: bool) -> None:
    """Wherever the disk fails, once or for good, readers see one whole result and the status is true."""
    outcomes = set()
    for at in range(1, prepared.statements + 1):
        with closing(prepared.fresh()) as store:
            go_by(Plan(at, does_it=does_it, for_good=for_good))
            try:
                prepared.run(store)
            except DatabaseError:
                pass
            finally:
                assert PLAN.seen >= at
                go_by(Plan())
            prepared.check(store, may_be_running=for_good)
            outcomes.add(store.list_runs()[0].status)
            prepared.check_next(store)
    assert RunStatus.DONE in outcomes
    assert (RunStatus.RUNNING if for_good else RunStatus.FAILED) in outcomes


@pytest.mark.parametrize("does_it", [False, True], ids=["before", "after"])
def test_an_interrupt_at_each_statement(prepared: Prepared, does_it: bool) -> None:
    """Ctrl+C may come at any moment too, and is never swallowed."""
    for at in range(1, prepared.statements + 1):
        with closing(prepared.fresh()) as store:
            go_by(Plan(at, error=KeyboardInterrupt, does_it=does_it))
            with pytest.raises(KeyboardInterrupt):
                prepared.run(store)
            go_by(Plan())
            prepared.check(store, may_be_running=False)


def test_another_writer_while_tidying_up(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose rows are in is done, though somebody holds the file while it removes old ones."""
    monkeypatch.setattr(db, "_BUSY_S", 0.05)
    with closing(prepared.fresh()) as store, closing(sqlite3.connect(store.db.path)) as other:
        other.isolation_level = None
        kept = store.get_company_forecast(prepared.old_run)

        def hold(statement: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
            cursor = statement()
            if other.execute("SELECT count(*) FROM Run WHERE Status = 'done'").fetchone() == (2,):
                if not other.in_transaction:
                    other.execute("BEGIN IMMEDIATE")
            return cursor

        monkeypatch.setattr(PLAN, "run", hold)
        assert prepared.run(store).status is RunStatus.DONE
        assert other.in_transaction
        monkeypatch.undo()
        prepared.check(store, may_be_running=False)
        assert store.get_company_forecast(prepared.old_run) == kept
        other.execute("ROLLBACK")
        prepared.check_next(store)
