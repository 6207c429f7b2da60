"""Work on many entries that loses its connection: an import is all or nothing, the forecast stays whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from contract.company import BY, PETR, Company, Desk, fill, import_row
from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.domain.model import ImportRow
from mini_crm.settings import Settings
from mini_crm.store.mssql import MssqlStore, imports
from server.cutting_proxy import Cut, CuttingProxy
from server.raw import Raw, raw

ROWS, PART = 30, 10


@pytest.fixture
def rows(company: Company, monkeypatch: pytest.MonkeyPatch) -> list[ImportRow]:
    """Give the rows of a file that takes three parts to send."""
    monkeypatch.setattr(imports, "PART", PART)
    return [import_row(PETR, company.day(-9), line=n + 2) for n in range(ROWS)]


@pytest.mark.parametrize("cut", Cut, ids=lambda cut: cut.name)
def test_a_cut_while_the_rows_are_sent(
    cut: Cut, rows: list[ImportRow], far: Desk, line: CuttingProxy, owner: Raw
) -> None:
    """A part whose sending was cut is sent again: every row arrives once."""

    def cut_the_second(sent: int) -> None:
        if sent == PART:
            line.cut(cut)

    result = far.store.import_entries("a.csv", rows, BY, progress=cut_the_second)
    assert line.cuts == 1
    assert (result.added, stored(owner, rows)) == (ROWS, ROWS)


@pytest.mark.parametrize("cut", Cut, ids=lambda cut: cut.name)
def test_a_cut_while_the_rows_are_taken_over(
    cut: Cut, rows: list[ImportRow], far: Desk, line: CuttingProxy, owner: Raw
) -> None:
    """What was stored is all or nothing, and nobody tries again by himself; importing again completes it."""

    def cut_the_last(sent: int) -> None:
        if sent == ROWS:
            line.cut(cut)

    session = session_of(far)
    with pytest.raises(DatabaseUnreachable):
        far.store.import_entries("b.csv", rows, BY, progress=cut_the_last)
    assert line.cuts == 1
    until_gone(owner, session)
    there = stored(owner, rows)
    assert there in {Cut.BEFORE_REQUEST: {0}, Cut.AFTER_REQUEST: {0, ROWS}}.get(cut, {ROWS})
    result = far.store.import_entries("b.csv", rows, BY)
    assert (result.added, result.unchanged) == (ROWS - there, there)
    assert stored(owner, rows) == ROWS


def test_an_import_that_dies_in_the_middle(
    company: Company, settings: Settings, rows: list[ImportRow], far: Desk, owner: Raw
) -> None:
    """An import whose connection the server ends in the middle has stored nothing."""
    with raw(settings) as other, working(far) as (threads, session):
        other.must("BEGIN TRANSACTION")
        other.must("UPDATE core.Lead SET ChangeSeq = ChangeSeq")
        sent: list[int] = []
        running = threads.submit(far.store.import_entries, "c.csv", rows, BY, progress=sent.append)
        wait_until(lambda: ROWS in sent)
        kill(owner, session)
        with pytest.raises(DatabaseUnreachable):
            running.result(timeout=30)
        other.must("ROLLBACK")
    assert stored(owner, rows) == 0
    assert far.store.import_entries("c.csv", rows, BY).added == ROWS


def test_a_run_that_dies_in_the_middle(company: Company, settings: Settings, far: Desk, owner: Raw) -> None:
    """The last complete result stays to be seen, and the next run marks the dead one as failed."""
    fill(company)
    entry = company.anna.add(company.petr)
    complete = company.store.aggregate_forecast(None, BY)
    assert company.store.get_company_forecast().run == complete
    company.anna.update(entry, comment="so that there is something to count")
    with raw(settings) as other, working(far) as (threads, session):
        hold_up_the_next_run(other, complete.run_id)
        running = threads.submit(far.store.aggregate_forecast, None, "dies")
        wait_until(lambda: [run.started_by for run in company.store.list_runs(1)] == ["dies"])
        kill(owner, session)
        with pytest.raises(DatabaseUnreachable):
            running.result(timeout=60)
        other.must("ROLLBACK")
    assert [run.status for run in company.store.list_runs() if run.started_by == "dies"] == ["running"]
    assert company.store.get_company_forecast().run == complete
    after = company.store.aggregate_forecast(None, BY)
    assert after.status == "done"
    assert [run.status for run in company.store.list_runs() if run.started_by == "dies"] == ["failed"]
    assert company.store.get_company_forecast().run == after


@pytest.mark.parametrize("cut", Cut, ids=lambda cut: cut.name)
def test_a_run_whose_line_is_cut(
    cut: Cut, company: Company, far: Desk, line: CuttingProxy, owner: Raw
) -> None:
    """Wherever the line to a run is cut, a complete result is always there, and the next run is done."""
    entry = company.anna.add(company.petr)
    before = company.store.aggregate_forecast(None, BY)
    company.anna.update(entry, comment="so that there is something to count")
    session = session_of(far)
    line.cut(cut)
    with pytest.raises(DatabaseUnreachable):
        far.store.aggregate_forecast(None, "cut")
    assert line.cuts == 1
    seen = company.store.get_company_forecast().run
    assert seen is not None and seen.run_id >= before.run_id
    if cut in (Cut.BEFORE_ANSWER, Cut.MIDDLE_OF_ANSWER):
        assert seen.started_by == "cut"
    until_gone(owner, session)
    company.anna.update(company.anna.get(entry), comment="and again")
    after = company.store.aggregate_forecast(None, BY)
    assert (after.status, company.store.get_company_forecast().run) == ("done", after)
    assert "running" not in {run.status for run in company.store.list_runs()}


@contextmanager
def working(far: Desk) -> Iterator[tuple[ThreadPoolExecutor, int]]:
    """Give a thread that works for the far window, and the number of its session on the server."""
    with ThreadPoolExecutor(1) as threads:
        yield threads, threads.submit(session_of, far).result()
        threads.submit(far.store.close).result()


def hold_up_the_next_run(other: Raw, run_id: int) -> None:
    """Hold, in a transaction, rows that the next run will want to write."""
    other.must("BEGIN TRANSACTION")
    for next_id in range(run_id + 1, run_id + 6):
        other.must(
            "INSERT INTO core.EntryForecast (RunId, PeriodId, EntryId, Probability) "
            "SELECT ?, f.PeriodId, f.EntryId, f.Probability FROM core.EntryForecast AS f WHERE f.RunId = ?",
            next_id,
            run_id,
        )
    assert other.one("SELECT COUNT(*) FROM core.EntryForecast AS f WHERE f.RunId = ?", run_id + 1) > 0


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread does, a minute at most."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def kill(owner: Raw, session: int) -> None:
    """End a session of the server that is about to be held up in the middle of a procedure, after a while."""
    time.sleep(3)
    owner.must(f"KILL {session}")


def stored(owner: Raw, rows: list[ImportRow]) -> int:
    """Count the entries of these rows."""
    marks = ", ".join("?" * len(rows))
    refs: list[Any] = [str(row.client_ref) for row in rows]
    return int(owner.one(f"SELECT COUNT(*) FROM core.Entry AS e WHERE e.ClientRef IN ({marks})", *refs))


def session_of(far: Desk) -> int:
    """Give the number of this thread's session on the server."""
    assert isinstance(far.store, MssqlStore)
    ((row,),) = far.store.server.query("SELECT @@SPID AS Session")
    return int(row["Session"])


def until_gone(owner: Raw, session: int) -> None:
    """Wait for the end of a session that nobody listens to: a server may finish its work first."""
    for _ in range(120):
        if not owner.one("SELECT COUNT(*) FROM sys.dm_exec_sessions AS s WHERE s.session_id = ?", session):
            return
        time.sleep(0.5)
    raise AssertionError("the session does not end")
