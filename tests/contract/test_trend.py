"""The history of the forecast: its trend day by day, and how well it met what came."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.backdoor import Backdoor
from contract.company import ANNA, BY, Company
from mini_crm.domain.period import Period, PeriodKind


def a_story(company: Company, backdoor: Backdoor) -> Period:
    """Play five days of a custom period of four days, with a run each evening; give it as it is dated now.

    Day 1: Anna enters 100, 200 and 300. Day 2: the 100 are paid. Day 3: the 200 are refused, and 1000 are
    entered. Day 4: of the 300 come 250, and the 1000 are paid. On day 5 the period has ended.
    """
    store, anna = company.store, company.anna
    store.add_period(Period(PeriodKind.CUSTOM, company.today, company.day(3), "Акция"), BY)
    a, b, c = (anna.add(company.petr, amount=Decimal(amount)) for amount in (100, 200, 300))
    store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(1)
    # A run in the middle of the day: the evening's is the one that counts.
    company.anna.add(company.oleg, amount=Decimal(1))
    store.aggregate_forecast(None, "test")
    anna.pay(anna.get(a))
    store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(1)
    anna.refuse(anna.get(b))
    d = anna.add(company.maria, amount=Decimal(1000))
    store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(1)
    anna.pay(anna.get(c), came=Decimal(250))
    anna.pay(anna.get(d))
    store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(1)
    return Period(PeriodKind.CUSTOM, company.day(-4), company.day(-1), "Акция")


TREND = (
    # Day of the period; paid by then; forecast; by the hand formula: paid + expected * won / resolved.
    # Until day 4 nothing was learnt (the first recorded resolution, on day 2, is where learning begins, and
    # a run learns up to the day before), so the forecast is what was paid; on day 4 nothing is open.
    (-4, Decimal(0), 0, 0),
    (-3, Decimal(100), 100, 100 + 500 * 1 / 1),
    (-2, Decimal(100), 100, 100 + 1300 * 1 / 2),
    (-1, Decimal(1350), 1350, 1350),
)


def test_trend(company: Company, backdoor: Backdoor) -> None:
    """The trend has the last run of each day: what it said, and what was paid by then."""
    period = a_story(company, backdoor)
    points = [p for p in company.store.list_trend(company.anna.token, period) if p.unit == "RUB"]
    assert all(point.lead_id == company.anna.lead_id for point in points)
    seen = [(point.day, point.paid, point.forecast, point.hand_formula) for point in points]
    assert seen == [(company.day(day), paid, said, hand) for day, paid, said, hand in TREND]
    assert [(point.low, point.high) for point in points] == [(None, None)] * 3 + [(1350, 1350)]
    assert company.store.list_trend(company.boris.token, period) == ()


def test_trend_of_the_report(company: Company, backdoor: Backdoor) -> None:
    """The report's trend has the company's points beside the leads', while the period is still going on."""
    period = Period(PeriodKind.CUSTOM, company.today, company.day(9))
    company.store.add_period(period, BY)
    for desk, manager_id in ((company.anna, company.petr), (company.boris, company.zoya)):
        desk.pay(desk.add(manager_id, amount=Decimal(30)))
    company.store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(1)
    company.boris.pay(company.boris.add(company.zoya, amount=Decimal(4)))
    company.store.aggregate_forecast(None, "test")
    moved = Period(PeriodKind.CUSTOM, company.day(-1), company.day(8))
    paid = {(p.lead_id, p.day): p.paid for p in company.store.get_report(moved).trend}
    before, today = company.day(-1), company.today
    anna, boris = company.anna.lead_id, company.boris.lead_id
    assert paid == {
        (None, before): Decimal(60),
        (None, today): Decimal(64),
        (anna, before): Decimal(30),
        (anna, today): Decimal(30),
        (boris, before): Decimal(30),
        (boris, today): Decimal(34),
    }


def test_trend_survives_the_tidying(company: Company, backdoor: Backdoor) -> None:
    """However many runs and days go by, the last run of each day is kept for ever."""
    period = a_story(company, backdoor)
    before = [(p.paid, p.forecast) for p in company.store.list_trend(company.anna.token, period)]
    for _ in range(3):
        backdoor.let_days_pass(2)
        company.boris.add(company.zoya)
        company.store.aggregate_forecast(None, "test")
    later = Period(PeriodKind.CUSTOM, company.day(-10), company.day(-7), "Акция")
    points = company.store.list_trend(company.anna.token, later)
    within = [p for p in points if p.day <= later.end]
    assert [(p.paid, p.forecast) for p in within] == before


def test_accuracy(company: Company, backdoor: Backdoor) -> None:
    """Of an ended period the daily forecasts are compared with what came from the entries known then."""
    period = a_story(company, backdoor)
    # What came: 350 from the entries of days 1 and 2, 1350 from those of days 3 and 4; together 3400.
    # The forecast missed by 350, 250, 1250 and 0; the hand formula by 350, 250, 600 and 0. Only the last
    # day's forecast had a range, and the actual lay in it.
    (row,) = (row for row in company.store.list_accuracy(company.anna.token) if row.unit == "RUB")
    assert (row.period, row.lead_id, row.lead_name) == (period, company.anna.lead_id, ANNA)
    assert (row.days, row.covered) == (4, 1)
    assert row.wape == pytest.approx(1850 / 3400, rel=1e-9)
    assert row.hand_wape == pytest.approx(1200 / 3400, rel=1e-9)
    assert company.store.list_accuracy(company.boris.token) == ()


def test_accuracy_where_nothing_came(company: Company, backdoor: Backdoor) -> None:
    """Where nothing came there is no share to tell, only how many days were compared."""
    a_story(company, backdoor)
    (row,) = (row for row in company.store.list_accuracy(company.anna.token) if row.unit == "pcs")
    assert (row.days, row.wape, row.hand_wape, row.covered) == (3, None, None, 1)


def test_no_accuracy_before_the_end(company: Company, backdoor: Backdoor) -> None:
    """A period that goes on has no accuracy yet."""
    company.store.add_period(Period(PeriodKind.CUSTOM, company.today, company.day(3)), BY)
    company.anna.pay(company.anna.add(company.petr))
    company.store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(3)
    assert company.store.list_accuracy(company.anna.token) == ()


def test_order_of_the_accuracy(company: Company, backdoor: Backdoor) -> None:
    """The newest period comes first."""
    for first, last in ((0, 0), (1, 2), (3, 4)):
        period = Period(PeriodKind.CUSTOM, company.day(first), company.day(last))
        company.store.add_period(period, BY)
    for _ in range(6):
        company.anna.pay(company.anna.add(company.petr))
        company.store.aggregate_forecast(None, "test")
        backdoor.let_days_pass(1)
    ends = [row.period.end for row in company.store.list_accuracy(company.anna.token)]
    assert ends == [company.day(-2), company.day(-4), company.day(-6)]


def test_accuracy_of_the_report(company: Company, backdoor: Backdoor) -> None:
    """The report has the accuracy of the company and of every lead."""
    a_story(company, backdoor)
    company.store.aggregate_forecast(None, "test")
    rows = company.store.get_report().accuracy
    seen = {(row.lead_id, row.days) for row in rows if row.unit == "RUB"}
    assert seen == {(None, 4), (company.anna.lead_id, 4)}
    assert len({row.wape for row in rows if row.unit == "RUB"}) == 1
