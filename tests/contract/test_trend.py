"""The history of the forecast: its trend day by day, and how well it met what came."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.backdoor import Backdoor
from contract.company import ANNA, BY, Company
from mini_crm.domain.model import ForecastRow
from mini_crm.domain.period import Period, PeriodKind


def a_story(company: Company, backdoor: Backdoor) -> tuple[Period, list[ForecastRow]]:
    """Play five days of a custom period of four days, with a run each evening.

    Gives the period as it is dated now, and what each day's last run said of it to Anna, in roubles.

    Day 1: Anna enters 100, 200 and 300. Day 2: the 100 are paid. Day 3: the 200 are refused, and 1000 are
    entered. Day 4: of the 300 come 250, and the 1000 are paid. On day 5 the period has ended.
    """
    store, anna = company.store, company.anna
    store.add_period(Period(PeriodKind.CUSTOM, company.today, company.day(3), "Акция"), BY)
    told: list[ForecastRow] = []

    def evening() -> None:
        store.aggregate_forecast(None, "test")
        rows = store.get_forecast(anna.token).leads
        told.extend(row for row in rows if row.period.name == "Акция" and row.unit == "RUB")
        backdoor.let_days_pass(1)

    a, b, c = (anna.add(company.petr, amount=Decimal(amount)) for amount in (100, 200, 300))
    evening()
    # A run in the middle of the day: the evening's is the one that counts.
    company.anna.add(company.oleg, amount=Decimal(1))
    store.aggregate_forecast(None, "test")
    anna.pay(anna.get(a))
    evening()
    anna.refuse(anna.get(b))
    d = anna.add(company.maria, amount=Decimal(1000))
    evening()
    anna.pay(anna.get(c), came=Decimal(250))
    anna.pay(anna.get(d))
    evening()
    return Period(PeriodKind.CUSTOM, company.day(-4), company.day(-1), "Акция"), told


TREND = (
    # Day of the period; paid by then; by the hand formula: paid + expected * won / resolved.
    (-4, Decimal(0), 0),
    (-3, Decimal(100), 100 + 500 * 1 / 1),
    (-2, Decimal(100), 100 + 1300 * 1 / 2),
    (-1, Decimal(1350), 1350),
)


def test_trend(company: Company, backdoor: Backdoor) -> None:
    """The trend has the last run of each day: what it said, by which method, and what was paid by then."""
    period, told = a_story(company, backdoor)
    points = [p for p in company.store.list_trend(company.anna.token, period) if p.unit == "RUB"]
    assert all((point.lead_id, point.method) == (company.anna.lead_id, 2) for point in points)
    seen = [(point.day, point.paid, point.hand_formula) for point in points]
    assert seen == [(company.day(day), paid, hand) for day, paid, hand in TREND]
    assert [(p.forecast, p.from_open, p.low, p.high) for p in points] == [
        (row.forecast, row.from_open, row.low, row.high) for row in told
    ]
    # Until day 4 nothing was learnt (the first recorded resolution, on day 2, is where learning begins, and
    # a run learns up to the day before): the forecast is what was paid, without a range.
    assert [(p.forecast, p.low) for p in points[:3]] == [(0, None), (100, None), (100, None)]
    assert points[3].low is not None
    assert company.store.list_trend(company.boris.token, period) == ()


def test_trend_of_the_report(company: Company, backdoor: Backdoor) -> None:
    """The report's trend is the company's alone, while the period still goes on; a lead has the own one."""
    period = Period(PeriodKind.CUSTOM, company.today, company.day(9))
    company.store.add_period(period, BY)
    for desk, manager_id in ((company.anna, company.petr), (company.boris, company.zoya)):
        desk.pay(desk.add(manager_id, amount=Decimal(30)))
    company.store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(1)
    company.boris.pay(company.boris.add(company.zoya, amount=Decimal(4)))
    company.store.aggregate_forecast(None, "test")
    moved = Period(PeriodKind.CUSTOM, company.day(-1), company.day(8))
    before, today = company.day(-1), company.today
    points = company.store.get_report(moved).trend
    assert [(p.lead_id, p.unit, p.day, p.paid) for p in points] == [
        (None, "RUB", before, Decimal(60)),
        (None, "RUB", today, Decimal(64)),
    ]
    for desk, paid in ((company.anna, (30, 30)), (company.boris, (30, 34))):
        points = company.store.list_trend(desk.token, moved)
        assert [(p.lead_id, p.day, p.paid) for p in points if p.unit == "RUB"] == [
            (desk.lead_id, before, paid[0]),
            (desk.lead_id, today, paid[1]),
        ]


def test_trend_survives_the_tidying(company: Company, backdoor: Backdoor) -> None:
    """However many runs and days go by, the last run of each day is kept for ever."""
    period, _ = a_story(company, backdoor)
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
    """Of an ended period the daily forecasts are compared with what came, in all and of known entries."""
    period, told = a_story(company, backdoor)
    (row,) = (row for row in company.store.list_accuracy(company.anna.token) if row.unit == "RUB")
    assert (row.period, row.lead_id, row.lead_name) == (period, company.anna.lead_id, ANNA)
    assert (row.days, row.method) == (4, 2)
    # In all 1350 came. The hand formula missed that by 1350, 750, 600 and 0.
    assert row.wape == pytest.approx(sum(abs(one.forecast - 1350) for one in told) / 5400, rel=1e-9)
    assert row.hand_wape == pytest.approx(2700 / 5400, rel=1e-9)
    assert row.covered == sum(one.low is not None and one.low <= 1350 <= (one.high or 0) for one in told)
    # Of the entries known on the days came 350 twice, then 1350.
    came = (350, 350, 1350, 1350)
    missed = sum(abs(one.open_forecast - actual) for one, actual in zip(told, came, strict=True))
    assert row.open_wape == pytest.approx(missed / 3400, rel=1e-9)
    assert row.open_covered == 1
    assert row.run_rate_wape is None
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
