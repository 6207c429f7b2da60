"""What a person or a run waits for: never for long, and never in vain."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from contract.company import BY, Company, Desk, fill
from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.domain.period import Period, PeriodKind
from mini_crm.settings import Settings
from mini_crm.store.mssql import MssqlStore
from mini_crm.store.mssql import call as calling
from mini_crm.store.mssql.call import Server
from server.raw import Raw, raw
from server.writes import add, attempt_of, times_stored


@pytest.fixture
def hurried(company: Company, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give Anna's window with a program that waits for nobody's lock longer than a fifth of a second."""
    monkeypatch.setattr(calling, "FIRST_STATEMENT", calling.FIRST_STATEMENT.replace("5000", "200"))
    return replace(company.anna, store=MssqlStore(Server(settings, wait=lambda seconds: None)))


def test_a_row_that_stays_held(company: Company, hurried: Desk, settings: Settings, owner: Raw) -> None:
    """After five tries a window is told that the database is busy, not that it is gone; nothing is stored."""
    attempt = attempt_of(add, company)
    with raw(settings) as other:
        other.must("BEGIN TRANSACTION")
        other.must("UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId = ?", hurried.lead_id)
        begun = time.monotonic()
        with pytest.raises(DatabaseUnreachable, match="database_busy"):
            add(hurried, attempt)
        assert 5 * 0.2 <= time.monotonic() - begun < 5 * 15
        other.must("ROLLBACK")
    assert times_stored(owner, attempt) == 0
    add(hurried, attempt)
    assert times_stored(owner, attempt) == 1
    hurried.store.close()


def test_every_connection_of_a_program_has_a_limit(settings: Settings) -> None:
    """Whatever a program does, its connection waits five seconds for a lock, as is documented."""
    server = Server(settings)
    ((row,),) = server.query("SELECT @@LOCK_TIMEOUT AS Waits")
    server.close()
    assert row["Waits"] == 5_000


def test_a_period_that_changes_while_a_run_computes(company: Company, settings: Settings) -> None:
    """A run whose results meet a period that somebody changed meanwhile begins anew by itself, and is done.

    Called as a job of the server calls it: nobody is there who would call again.
    """
    fill(company)
    period = Period(PeriodKind.CUSTOM, company.day(-3), company.day(20), "x")
    company.store.add_period(period, BY)
    with raw(settings) as job, raw(settings) as other, ThreadPoolExecutor(1) as threads:
        other.must("BEGIN TRANSACTION")
        # As closing it does. A key that moves is what Babelfish locks, too.
        other.must("UPDATE core.Period SET EndsOn = DATEADD(DAY, 1, EndsOn) WHERE Kind = 'custom'")
        running = threads.submit(job.run, "EXEC batch.AggregateForecast @StartedBy = N'Agent'")
        time.sleep(3)
        assert not running.done(), "the run waits for the period"
        other.must("COMMIT")
        outcome = running.result(timeout=60)
    assert (outcome.number, outcome.said) == (0, "")
    newest = company.store.list_runs(1)[0]
    assert (newest.started_by, newest.status) == ("Agent", "done")
