"""Shown numbers add up: a rounded total is shared among its parts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.model import ForecastRow
from mini_crm.domain.shown import round_shown, share_out, show_forecast
from report_data import MARCH, client, row

PLACES = st.integers(0, 2)
AMOUNT = st.one_of(st.just(0.0), st.floats(0, 1e10), st.integers(0, 10**8).map(float))
SIGNED = st.one_of(AMOUNT, AMOUNT.map(lambda value: -value))
CENTS = st.integers(0, 10**12).map(lambda cents: Decimal(cents).scaleb(-2))


def exact_sum(parts: Sequence[float]) -> Decimal:
    """Add floats without any error of their own."""
    whole = sum((Fraction(part) for part in parts), Fraction(0))
    return Decimal(whole.numerator) / Decimal(whole.denominator)


@pytest.mark.parametrize(
    ("total", "parts", "shown"),
    [
        ("1", [0.5, 0.3, 0.2], "1 0 0"),
        ("10", [3.4, 3.3, 3.3], "4 3 3"),
        ("100", [33.333, 33.333, 33.334], "33 33 34"),
        ("3", [0.75, 0.75, 1.5], "1 1 1"),
        ("-3", [1.6, -4.8], "2 -5"),
        ("0", [2.5, -2.5], "3 -3"),
        ("0.3", [0.1, 0.2], "0.1 0.2"),
        ("7", [7.0], "7"),
        ("7", [0.0, 0.0, 6.6], "0 0 7"),
        ("10", [1, 1, 1], "4 3 3"),
        ("10", [0, 0], "5 5"),
        ("10", [1, 3], "3 7"),
        ("-10", [-1, -3], "-2 -8"),
        ("0", [40.0, -40.9], "40 -40"),
        ("3", [40.0, -40.0], "42 -39"),
    ],
)
def test_by_hand(total: str, parts: list[float], shown: str) -> None:
    """The units that are missing go to the parts with the largest remainders."""
    places = len(total.partition(".")[2])
    assert share_out(Decimal(total), parts, places=places) == tuple(map(Decimal, shown.split()))


def test_floats_that_only_look_whole() -> None:
    """A sum of floats that misses a whole number by its own error is that whole number."""
    assert share_out(Decimal(3), [0.1 + 0.2 + 1.7, 1.0], places=0) == (2, 1)
    assert share_out(Decimal("0.30"), [0.1 + 0.2, 0.0], places=2) == (Decimal("0.30"), 0)


def test_a_total_that_cannot_be_shown_is_refused() -> None:
    """A total with more places than are shown could never be met."""
    with pytest.raises(ValueError, match="places"):
        share_out(Decimal("1.5"), [1.0, 0.5], places=0)


def test_nothing_to_share_among() -> None:
    """Without parts there is nothing to show."""
    assert share_out(Decimal(5), [], places=0) == ()


@given(st.decimals(-(10**9), 10**9, places=2), st.lists(SIGNED, min_size=1, max_size=12))
def test_the_sum_is_always_the_total(total: Decimal, parts: list[float]) -> None:
    """Whatever the parts are, what is shown of them adds up to what is shown above them."""
    shown = share_out(total, parts, places=2)
    assert sum(shown) == total
    assert len(shown) == len(parts)


@given(st.lists(SIGNED, min_size=1, max_size=12), PLACES)
def test_each_part_is_rounded_down_or_up(parts: list[float], places: int) -> None:
    """No part is moved by a whole unit, a part that is whole stays as it is, and none changes places."""
    total = round_shown(exact_sum(parts), places=places)
    unit = Decimal(1).scaleb(-places)
    noise = Decimal("1e-5")
    shown = share_out(total, parts, places=places)
    for part, value in zip(parts, shown, strict=True):
        assert abs(value - Decimal(part)) < unit + noise
        assert value == value.quantize(unit)
        if part == 0:
            assert value == 0
    ordered = sorted(zip(parts, shown, strict=True))
    for (less, below), (more, above) in pairwise(ordered):
        assert above >= below or more - less < noise


@st.composite
def companies(draw: st.DrawFn) -> tuple[ForecastRow, list[ForecastRow], list[ForecastRow]]:
    """Give a company with leads and managers, each the sum of those below."""
    leads, managers = [], []
    for lead_id in range(1, draw(st.integers(1, 5)) + 1):
        own = []
        for number in range(draw(st.integers(1, 4))):
            entry = client("1", paid=draw(CENTS), from_open=draw(AMOUNT))
            who = {"lead_id": lead_id, "manager_id": 10 * lead_id + number}
            own.append(row(MARCH, "RUB", [entry], from_new=draw(AMOUNT), **who))
        managers += own
        new = sum(manager.from_new for manager in own)
        leads.append(row(MARCH, "RUB", own, lead_id=lead_id, from_new=new))
    company = row(MARCH, "RUB", leads, from_new=sum(lead.from_new for lead in leads))
    return company, leads, managers


@given(companies(), PLACES, st.sampled_from([None, 0]))
def test_a_whole_table_adds_up(
    company: tuple[ForecastRow, list[ForecastRow], list[ForecastRow]], places: int, paid_places: int | None
) -> None:
    """In each column managers add up to their lead and leads to the company, and so do the forecasts."""
    top, leads, managers = company
    shown = show_forecast([*managers, top, *leads], places=places, paid_places=paid_places)
    assert len(shown) == 1 + len(leads) + len(managers)
    families = [(top, leads)]
    families += [(lead, [m for m in managers if m.lead_id == lead.lead_id]) for lead in leads]
    for parent, children in families:
        above = shown[parent.lead_id, parent.manager_id]
        below = [shown[child.lead_id, child.manager_id] for child in children]
        for column in ("paid", "from_open", "from_new", "forecast"):
            assert sum(getattr(part, column) for part in below) == getattr(above, column), column
    for parts in shown.values():
        assert parts.forecast == parts.paid + parts.from_open + parts.from_new


@given(companies())
def test_paid_can_stay_exact(
    company: tuple[ForecastRow, list[ForecastRow], list[ForecastRow]],
) -> None:
    """Where what is paid is told to the cent, it is told as it was paid."""
    top, leads, managers = company
    shown = show_forecast([top, *leads, *managers], places=0, paid_places=None)
    for one in (top, *leads, *managers):
        assert shown[one.lead_id, one.manager_id].paid == one.paid


def test_leads_without_a_company_are_totals() -> None:
    """A lead who sees the own team only sees the lead's number rounded, and the managers add up to it."""
    managers = [
        row(MARCH, "RUB", [client(str(n), from_open=0.4)], lead_id=3, manager_id=n) for n in range(1, 6)
    ]
    shown = show_forecast([row(MARCH, "RUB", managers, lead_id=3), *managers], places=0, paid_places=0)
    assert shown[3, None].from_open == 2
    assert sum(shown[3, n].from_open for n in range(1, 6)) == 2
