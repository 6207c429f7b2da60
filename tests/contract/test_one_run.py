"""One run at a time, whoever starts them."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

from contract.backdoor import Database
from contract.company import ANNA, BY, PETR, Company, fill, import_row
from contract.workers import add_and_aggregate, aggregate_for
from mini_crm.domain.model import RunStatus
from mini_crm.domain.period import month_of

SECONDS = 1.0


def check_one_at_a_time(company: Company, address: str, pool: Executor) -> None:
    """Let two run at the same time for a while: one is refused while the other runs, and none is lost."""
    rows = [import_row(PETR, company.day(-n % 90), line=n) for n in range(600)]
    company.store.import_entries("x", rows, BY)
    done: list[int] = []
    refused, end = 0, time.monotonic() + 30
    while not refused and time.monotonic() < end:
        workers = [pool.submit(aggregate_for, address, company.day(-3), SECONDS) for _ in "12"]
        for worker in workers:
            runs, conflicts = worker.result()
            done += runs
            refused += conflicts
    assert refused > 0
    listed = company.store.list_runs(10_000)
    assert {made.status for made in listed} == {RunStatus.DONE}
    assert sorted(made.run_id for made in listed) == sorted(done)


def test_one_run_at_a_time_in_threads(database: Database, company: Company) -> None:
    """While one run is under way another is refused and changes nothing."""
    with ThreadPoolExecutor(2) as pool:
        check_one_at_a_time(company, database.address, pool)


def test_one_run_at_a_time_in_processes(database: Database, company: Company) -> None:
    """The same holds for programs that know nothing of each other."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        check_one_at_a_time(company, database.address, pool)


def test_readers_see_whole_runs(database: Database, company: Company) -> None:
    """Whoever reads while runs come and go sees one complete run, in which everything adds up."""
    store, month = company.store, month_of(company.today)
    fill(company)
    first = store.aggregate_forecast(None, "test")
    seen: dict[int, int] = {}
    with ThreadPoolExecutor(1) as pool:
        runs = pool.submit(add_and_aggregate, database.address, ANNA, company.anna.key, company.petr)
        while not runs.done():
            forecast = store.get_company_forecast()
            assert forecast.run is not None
            assert forecast.run.status is RunStatus.DONE
            rows = {
                level: [row for row in listed if (row.period, row.unit) == (month, "RUB")]
                for level, listed in enumerate((forecast.company, forecast.leads, forecast.managers))
            }
            (total,) = rows[0]
            for level in (1, 2):
                assert sum(row.open_count for row in rows[level]) == total.open_count
                assert sum(row.expected for row in rows[level]) == total.expected
            seen[forecast.run.run_id] = total.open_count
        done = [first.run_id, *runs.result()]
    # Of the 120 entries 96 count money, and 32 of these are open; each later run found one more.
    assert seen == {run_id: 32 + done.index(run_id) for run_id in seen}
    assert len(seen) > 1
