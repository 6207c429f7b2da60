"""What runs by method 1 stored before the database knew method 2: it stays what it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from contract.backdoor import Backdoor, OldForecast
from contract.company import PETR, ZOYA, Company, bring, fill
from mini_crm.domain.model import AccuracyRow, Status, TrendPoint
from mini_crm.domain.period import Period, month_of, preceding


def last_month(company: Company, backdoor: Backdoor) -> Period:
    """Give a company of which method 1 said something on three days of last month, of Anna and of all.

    Of what Anna's entries brought in that month, 400 were paid from an entry that was known on all three
    days, 300 from one that was made after the second of them.
    """
    period = preceding(month_of(company.today))
    days = [period.start + timedelta(days=n) for n in (9, 14, 19)]
    for entered, amount in ((-5, 400), (16, 300)):
        for desk, manager in ((company.anna, PETR), (company.boris, ZOYA)):
            bring(
                desk, manager, period.start + timedelta(days=entered), amount=Decimal(amount),
                status=Status.PAID, status_on=period.start + timedelta(days=21),
            )  # fmt: skip
    for day, (forecast, low, high, hand) in zip(
        days, ((500, 350, 600, 100), (300, 100, 390, 500), (700, 600, 800, 700)), strict=True
    ):
        of_lead = OldForecast(company.anna.lead_id, "RUB", 0, forecast, low, high, hand)
        of_all = OldForecast(0, "RUB", 0, forecast * 2, low * 2, high * 2, hand * 2)
        backdoor.keep_old_run(day, period, [of_lead, of_all])
    return period


def told(points: Sequence[TrendPoint]) -> list[tuple[float | None, ...]]:
    """Give the numbers of the points."""
    return [(p.method, p.forecast, p.low, p.high, p.hand_formula, p.from_open) for p in points]


OLD_TREND = [
    (1, 500, 350, 600, 100, 500),
    (1, 300, 100, 390, 500, 300),
    (1, 700, 600, 800, 700, 700),
]


def check_old(row: AccuracyRow) -> None:
    """Compare with what was known on the days: 400, 400 and 700 came of it."""
    assert (row.days, row.method, row.is_recalculated) == (3, 1, False)
    assert row.wape == pytest.approx((100 + 100 + 0) / 1500, rel=1e-12)
    assert row.hand_wape == pytest.approx((300 + 100 + 0) / 1500, rel=1e-12)
    assert row.covered == 2  # 400 is above 390 on the second day
    assert (row.run_rate_wape, row.open_wape, row.open_covered) == (None, None, 0)


def test_trend_and_accuracy_of_method_1(company: Company, backdoor: Backdoor) -> None:
    """Each number of method 1 is told as it was stored, and compared with what it spoke of: known entries."""
    period = last_month(company, backdoor)
    store, anna = company.store, company.anna
    assert told(store.list_trend(anna.token, period)) == OLD_TREND
    (row,) = store.list_accuracy(anna.token)
    assert row.period == period
    check_old(row)
    company.store.aggregate_forecast(None, "test")
    report = store.get_report(period)
    points = store.list_trend(anna.token, period)
    assert told([p for p in points if p.method == 1]) == OLD_TREND
    doubled = [(m, *(2 * n for n in numbers)) for m, *numbers in OLD_TREND]
    assert told([p for p in report.trend if p.method == 1]) == doubled
    rows = {row.lead_id: row for row in report.accuracy if row.period == period}
    assert set(rows) == {None, anna.lead_id}
    for row in rows.values():
        check_old(row)


def test_each_method_by_itself(company: Company, backdoor: Backdoor) -> None:
    """Where the method changed within a period, each has a row of its own, and so has what was made later."""
    period = last_month(company, backdoor)
    store, anna = company.store, company.anna
    store.aggregate_forecast(None, "test")
    store.keep_replays([period.start + timedelta(days=n) for n in (9, 11, 13)], "test")
    rows = [row for row in store.list_accuracy(anna.token) if row.period == period]
    assert [(row.method, row.is_recalculated, row.days) for row in rows] == [(2, True, 2), (1, False, 3)]
    check_old(rows[1])
    points = store.list_trend(anna.token, period)
    assert [p.method for p in points] == [1, 2, 2, 1, 1]
    assert [p.is_recalculated for p in points] == [False, True, True, False, False]


def test_no_bridge_from_method_1(company: Company, backdoor: Backdoor) -> None:
    """Its numbers are of open entries only: nothing leads from them to a whole number."""
    fill(company)
    month = month_of(company.day(-1))
    backdoor.keep_old_run(company.day(-1), month, [OldForecast(0, "RUB", 0, 500, 400, 600, 300)])
    company.anna.add(company.petr, client_pin="new")
    company.store.aggregate_forecast(None, "test")
    report = company.store.get_report(month)
    assert report.bridges == ()
    assert "new" in {change.client_pin for change in report.changes if change.since == company.day(-1)}
