"""A conflict of SNAPSHOT (3960), where a procedure can catch it: Babelfish ends the whole call instead."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from contract.company import BY, Company, fill
from mini_crm.domain.period import Period, PeriodKind
from mini_crm.settings import Settings
from server.raw import raw


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
