"""The report of a run that is named: one as of a past day is as whole as the current one's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contract.backdoor import Backdoor
from contract.company import BY, Company, fill
from mini_crm.domain.errors import NotFound
from mini_crm.domain.model import ReportClient, RunStatus, Status
from mini_crm.domain.period import Period, PeriodKind, month_of, standing_periods


def open_count(clients: tuple[ReportClient, ...]) -> int:
    """Count the open entries of the report."""
    return sum(client.open_count for client in clients)


def test_report_as_of_a_past_day(company: Company) -> None:
    """Its rows add up to the run's, as that evening knew them: what was resolved later is open."""
    fill(company)
    store, day = company.store, company.day(-30)
    run = store.aggregate_forecast(day, "test")
    known = [
        entry
        for desk in (company.anna, company.boris)
        for entry in desk.everything()
        if entry.entered_on <= day and (entry.status_on is None or entry.status_on > day)
    ]
    assert any(entry.status is not Status.EXPECTED for entry in known)
    for period in standing_periods(day):
        report = store.get_report(period, run.run_id)
        assert (report.period, report.forecast) == (period, store.get_company_forecast(run.run_id))
        assert open_count(report.clients) == len(known)
        for row in report.forecast.managers:
            if row.period == period:
                below = [
                    client
                    for client in report.clients
                    if (client.manager_id, client.unit) == (row.manager_id, row.unit)
                ]
                for name in ("open_count", "overdue", "expected", "paid_count", "paid", "refused"):
                    assert sum(getattr(client, name) for client in below) == getattr(row, name), name
                total = sum(client.from_open for client in below)
                assert total == pytest.approx(row.from_open, rel=1e-9, abs=1e-9)
    assert store.get_report(run_id=run.run_id).period == month_of(day)


def test_trend_and_accuracy_end_with_the_runs_day(company: Company, backdoor: Backdoor) -> None:
    """The report of a past day tells nothing of the days after it, nor of periods that ended later."""
    store, anna = company.store, company.anna
    for first, last in ((0, 1), (2, 3), (0, 9)):
        store.add_period(Period(PeriodKind.CUSTOM, company.day(first), company.day(last)), BY)
    for _ in range(6):
        anna.pay(anna.add(company.petr))
        store.aggregate_forecast(None, "test")
        backdoor.let_days_pass(1)
    day = company.day(-3)  # the fourth of the six days
    run = store.aggregate_forecast(day, "test")
    long = Period(PeriodKind.CUSTOM, company.day(-6), company.day(3))
    report = store.get_report(long, run.run_id)
    assert {point.day for point in report.trend} == {company.day(n) for n in (-6, -5, -4, -3)}
    assert {row.period.end for row in report.accuracy} == {company.day(-5)}
    assert {point.day for point in store.list_trend(anna.token, long)} == {
        company.day(n) for n in range(-6, 0)
    }
    assert {row.period.end for row in store.list_accuracy(anna.token)} == {company.day(-5), company.day(-3)}


def test_bridge_to_a_past_day(company: Company, backdoor: Backdoor) -> None:
    """It leads from the run of the day before that day, and leaves out what came after it."""
    store, anna = company.store, company.anna
    fill(company)
    store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(1)
    anna.pay(anna.add(company.petr, client_pin="that day"))
    store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(1)
    anna.add(company.petr, client_pin="later")
    later = anna.add(company.petr, client_pin="still later")
    anna.pay(later)
    run = store.aggregate_forecast(company.day(-1), "test")
    period = month_of(company.day(-1))
    report = store.get_report(period, run.run_id)
    since = {change.client_pin for change in report.changes if change.since == company.day(-2)}
    assert since == {"that day"}
    (bridge,) = (b for b in report.bridges if (b.since, b.unit) == (company.day(-2), "RUB"))
    assert bridge.won == 100
    assert bridge.lost == bridge.new == bridge.put_off == bridge.amounts == bridge.changed == 0
    rows = store.get_company_forecast(run.run_id).company
    assert bridge.now == next(r.forecast for r in rows if (r.period, r.unit) == (period, "RUB"))


def test_a_run_without_a_report(company: Company, backdoor: Backdoor) -> None:
    """A number that is no run's, a run that found nothing changed, and one whose rows went are refused."""
    fill(company)
    store = company.store
    first = store.aggregate_forecast(None, "test")
    again = store.aggregate_forecast(None, "test")
    while again.status is not RunStatus.UNCHANGED:  # the hour was up between the two
        first, again = again, store.aggregate_forecast(None, "test")
    for run_id in (again.run_id, 10**6):
        for call in (lambda n: store.get_report(run_id=n), store.get_company_forecast):
            with pytest.raises(NotFound):
                call(run_id)
    named, current = store.get_report(run_id=first.run_id), store.get_report()
    assert (named.clients, named.changes, named.trend) == (current.clients, current.changes, current.trend)
    assert named.forecast.company == current.forecast.company
    backdoor.let_days_pass(3)
    store.aggregate_forecast(None, "test")
    with pytest.raises(NotFound):
        store.get_report(run_id=first.run_id)
    past = store.aggregate_forecast(company.day(-9), "test")
    missing = Period(PeriodKind.CUSTOM, company.today, company.today + timedelta(days=3))
    with pytest.raises(NotFound):
        store.get_report(missing, past.run_id)
