"""The history of the forecast that is made afterwards, for days on which nobody ran it; and its accuracy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

import oracle
from contract.backdoor import Backdoor
from contract.company import BY, PETR, Company, bring, fill
from contract.company_kinds import KINDS
from contract.forecast_checks import close
from contract.sales import Sale, deals_of, store_company
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import AccuracyRow, TrendPoint
from mini_crm.domain.period import month_of, preceding, quarter_of, year_of
from mini_crm.store.port import Store


def evenings(store: Store) -> list[date]:
    """Give five evenings, 25 days apart: this quarter's and the ones before."""
    return [store.get_today() - timedelta(days=1 + 25 * n) for n in range(5)]


Rows = dict[tuple[str | None, str], oracle.Row]
"""By the lead's name (None is the company) and unit."""


def check_points(
    points: Sequence[TrendPoint], wanted: dict[date, Rows], names: dict[int | None, str | None]
) -> None:
    """Compare a trend with what the oracle would have said on these evenings."""
    found = {(point.day, names[point.lead_id], point.unit): point for point in points}
    assert len(found) == len(points)
    assert set(found) == {(day, *key) for day, rows in wanted.items() for key in rows}
    for (day, *key), point in found.items():
        row = wanted[day][key[0], key[1]]
        assert (point.is_recalculated, point.method) == (True, 2)
        assert point.paid == row.paid
        for ours, theirs in (
            ("forecast", "forecast"), ("low", "low"), ("high", "high"), ("hand_formula", "hand"),
            ("from_open", "from_open"),
        ):  # fmt: skip
            assert close(getattr(point, ours), getattr(row, theirs)), (day, key, ours)


def rows_of(told: oracle.Cutoff) -> Rows:
    """Give the rows of company and leads."""
    return {**{(None, unit): row for unit, row in told.company.items()}, **told.leads}


def miss(said: Sequence[float], came: Sequence[float]) -> float | None:
    """Give the sum of the absolute errors as a share of what came."""
    total = math.fsum(came)
    errors = math.fsum(abs(one - other) for one, other in zip(said, came, strict=True))
    return errors / total if total else None


def check_accuracy(row: AccuracyRow, key: tuple[str | None, str], told: Sequence[oracle.Cutoff]) -> None:
    """Compare the accuracy of one lead, or the company, in one period with the oracle's evenings in it."""
    known = [(rows_of(one)[key], one) for one in told if key in rows_of(one)]

    def actual(target: str) -> list[float]:
        return [
            float(
                one.actual[target].get(key[1], Decimal(0))
                if key[0] is None
                else one.lead_actual[target].get((key[0], key[1]), Decimal(0))
            )
            for _, one in known
        ]

    came, of_known = actual("period"), actual("pipeline")
    assert (row.days, row.method, row.is_recalculated) == (len(known), 2, True)
    assert close(row.wape, miss([said.forecast for said, _ in known], came))
    assert close(row.hand_wape, miss([said.hand for said, _ in known], came))
    assert close(row.open_wape, miss([float(said.paid) + said.from_open for said, _ in known], of_known))
    paced = [(said.run_rate, came[n]) for n, (said, _) in enumerate(known) if said.run_rate is not None]
    assert close(row.run_rate_wape, miss([said for said, _ in paced], [one for _, one in paced]))

    def within(low: float | None, high: float | None, one: float) -> bool:
        return low is not None and high is not None and low - 0.005 <= one <= high + 0.005

    assert row.covered == sum(
        within(said.low, said.high, one) for (said, _), one in zip(known, came, strict=True)
    )
    assert row.open_covered == sum(
        within(said.open_low, said.open_high, one) for (said, _), one in zip(known, of_known, strict=True)
    )


@pytest.mark.timeout(600)  # the oracle goes day by day, for every evening and period
@pytest.mark.parametrize("kind", ["steady", "two units"])
def test_kept_replays_are_what_runs_would_have_said(store: Store, kind: str) -> None:
    """Trend and accuracy of every month, quarter and year have the oracle's evenings, marked recalculated."""
    sales: list[Sale] = KINDS[kind]
    tokens = store_company(store, sales)
    deals, days, today = deals_of(sales, store.get_today()), evenings(store), store.get_today()
    done: list[int] = []
    store.keep_replays(days, BY, done.append)
    assert done == sorted(done)
    assert done[-1] == len(days)
    store.aggregate_forecast(None, "test")
    ids = {lead.lead_id: lead.name for lead in store.list_leads()}
    names: dict[int | None, str | None] = {None: None, **ids}
    reported: tuple[AccuracyRow, ...] = store.get_report().accuracy
    periods = {of(day) for of in (month_of, quarter_of, year_of) for day in days}
    ended = {period for period in periods if period.end < today}
    assert {row.period for row in reported} == ended
    assert len(ended) > 2
    for period in periods:
        told = [oracle.replay(deals, day, period.start, period.end) for day in days if period.contains(day)]
        wanted = {one.day: rows_of(one) for one in told}
        for lead, token in tokens.items():
            of_lead = {
                day: {key: row for key, row in rows.items() if key[0] == lead} for day, rows in wanted.items()
            }
            points = [p for p in store.list_trend(token, period) if p.is_recalculated]
            check_points(points, of_lead, names)
            for row in store.list_accuracy(token):
                if row.period == period:
                    check_accuracy(row, (lead, row.unit), told)
        if period in ended:
            rows = [row for row in reported if row.period == period]
            keys = {(names[row.lead_id], row.unit) for row in rows}
            assert keys == {key for rows_of_day in wanted.values() for key in rows_of_day}
            for row in rows:
                check_accuracy(row, (names[row.lead_id], row.unit), told)
    month = month_of(today)
    points = [p for p in store.get_report(month).trend if p.is_recalculated]
    evenings_of_month = [day for day in days if month.contains(day)]
    told = [oracle.replay(deals, day, month.start, month.end) for day in evenings_of_month]
    of_company = {one.day: {(None, unit): row for unit, row in one.company.items()} for one in told}
    check_points(points, of_company, names)


def test_a_runs_own_word_stands(company: Company, backdoor: Backdoor) -> None:
    """A day that has a run keeps it; only the others are filled, up to the period's last day."""
    fill(company)
    store, anna = company.store, company.anna
    store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(4)
    period = year_of(company.day(-4))
    before = [p for p in store.list_trend(anna.token, period) if p.day == company.day(-4)]
    assert before
    store.keep_replays([company.day(-4), company.day(-3)], BY)
    points = store.list_trend(anna.token, period)
    assert [p for p in points if p.day == company.day(-4)] == before
    marks = {(p.day, p.is_recalculated) for p in points}
    expected = {(company.day(-4), False)}
    if period.contains(company.day(-3)):
        expected.add((company.day(-3), True))
    assert marks == expected
    assert [(p.unit, p.day) for p in points] == sorted(
        ((p.unit, p.day) for p in points), key=lambda key: (key[0] != points[0].unit, key[1])
    )


def test_accuracy_counts_them_by_themselves(company: Company, backdoor: Backdoor) -> None:
    """Runs and what was made afterwards are never added up into one share."""
    store, anna = company.store, company.anna
    fill(company)
    ended = preceding(month_of(company.today))
    back = (company.today - ended.end).days
    store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(back + 2)
    inside = [ended.end - timedelta(days=n) for n in range(6)]
    store.keep_replays(inside, BY)
    rows = [row for row in store.list_accuracy(anna.token) if (row.period, row.unit) == (ended, "RUB")]
    assert [(row.is_recalculated, row.days) for row in rows] == [(False, 1), (True, 5)]


def test_keeping_replaces_what_was_kept(company: Company) -> None:
    """Only the days that were asked for last are kept; doubles count once; none takes everything away."""
    fill(company)
    bring(company.anna, PETR, company.day(-800))
    store, anna = company.store, company.anna
    year = year_of(company.day(-1))

    def kept() -> list[date]:
        days = {p.day for p in store.list_trend(anna.token, year) if p.is_recalculated}
        return sorted(days, reverse=True)

    store.keep_replays([company.day(-1), company.day(-1)], BY)
    assert kept() == [company.day(-1)]
    with pytest.raises(BadValue):
        store.keep_replays([company.day(-1), company.day(1)], BY)
    assert kept() == [company.day(-1)]
    store.keep_replays([year.end - timedelta(days=400)], BY)
    assert kept() == []
    assert store.list_trend(anna.token, year_of(year.end - timedelta(days=400))) != ()
    store.keep_replays([], BY)
    assert store.list_trend(anna.token, year_of(year.end - timedelta(days=400))) == ()
    assert [act.action for act in store.list_admin_log(3)] == ["keep_replays"] * 3


def test_kept_replays_change_no_run(company: Company) -> None:
    """What people see of today stays as it is."""
    fill(company)
    store = company.store
    store.aggregate_forecast(None, "test")
    before = (store.get_company_forecast(), store.get_forecast(company.anna.token), store.list_runs())
    store.keep_replays([company.day(-n) for n in (1, 8, 60)], BY)
    assert (store.get_company_forecast(), store.get_forecast(company.anna.token), store.list_runs()) == before


@pytest.mark.parametrize("kind", ["steady", "two units"])
def test_how_good_the_replays_were(store: Store, kind: str) -> None:
    """Everybody is told how far the run's own replays missed; sums of the company are told to nobody else."""
    tokens = store_company(store, KINDS[kind])
    store.aggregate_forecast(None, "test")
    learnt = store.get_company_forecast().learnt
    assert learnt is not None
    assert {one.unit for one in learnt.replayed} == {"RUB", "pcs"} & {one.unit for one in learnt.replays}
    for one in learnt.replayed:
        own = [replay for replay in learnt.replays if replay.unit == one.unit]
        assert one.replays == len(own) > 20
        assert (one.first_day, one.last_day) == (own[0].day, own[-1].day)
        assert close(one.wape, miss([r.whole_forecast for r in own], [r.whole_came for r in own]))
        assert close(one.open_wape, miss([r.open_forecast for r in own], [r.open_came for r in own]))
    for token in tokens.values():
        of_lead = store.get_forecast(token).learnt
        assert of_lead is not None
        assert (of_lead.replayed, of_lead.replays) == (learnt.replayed, ())


def test_no_replays_yet(company: Company) -> None:
    """In a company's first weeks there is nothing to replay and nothing to tell of it."""
    company.anna.pay(company.anna.add(company.petr))
    company.store.aggregate_forecast(None, "test")
    learnt = company.store.get_company_forecast().learnt
    assert learnt is None or learnt.replayed == ()
