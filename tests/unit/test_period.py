"""Periods: their days and their codes."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.errors import BadValue
from mini_crm.domain.period import (
    Period,
    PeriodKind,
    Stage,
    choice_name,
    choose_period,
    following,
    month_of,
    parse_period,
    period_of,
    preceding,
    quarter_of,
    stage_of,
    standing_periods,
    year_of,
)

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))
standing = st.sampled_from([PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR])


@pytest.mark.parametrize(
    ("day", "month_end", "quarter"),
    [
        (date(2026, 2, 10), date(2026, 2, 28), ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31))),
        (date(2028, 2, 29), date(2028, 2, 29), ("2028-Q1", date(2028, 1, 1), date(2028, 3, 31))),
        (date(2026, 4, 1), date(2026, 4, 30), ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))),
        (date(2026, 9, 30), date(2026, 9, 30), ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))),
        (date(2026, 12, 31), date(2026, 12, 31), ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))),
    ],
)
def test_standing_periods_are_the_calendars(
    day: date, month_end: date, quarter: tuple[str, date, date]
) -> None:
    """A day's month, quarter and year start and end where the calendar says."""
    month, three_months, year, *coming = standing_periods(day)
    assert (month.kind, month.start, month.end) == ("month", day.replace(day=1), month_end)
    assert (three_months.code, three_months.start, three_months.end) == quarter
    assert (year.start, year.end) == (date(day.year, 1, 1), date(day.year, 12, 31))
    assert (month, three_months, year) == (month_of(day), quarter_of(day), year_of(day))
    assert [(p.kind, p.start) for p in coming[:3]] == [
        (p.kind, p.end + timedelta(days=1)) for p in (month, three_months, year)
    ]
    assert [(p.kind, p.end) for p in coming[3:]] == [
        (p.kind, p.start - timedelta(days=1)) for p in (month, three_months, year)
    ]


def test_codes() -> None:
    """Each kind has its own form of code."""
    assert month_of(date(2026, 3, 5)).code == "2026-03"
    assert quarter_of(date(2026, 3, 5)).code == "2026-Q1"
    assert year_of(date(2026, 3, 5)).code == "2026"
    sale = Period(PeriodKind.CUSTOM, date(2026, 3, 10), date(2026, 4, 9), "Spring sale")
    assert sale.code == "2026-03-10..2026-04-09"


@pytest.mark.parametrize(
    ("period", "count"),
    [
        (month_of(date(2026, 2, 1)), 28),
        (quarter_of(date(2028, 2, 1)), 91),
        (year_of(date(2028, 2, 1)), 366),
        (Period(PeriodKind.CUSTOM, date(2026, 3, 5), date(2026, 3, 5)), 1),
    ],
)
def test_both_ends_belong_to_it(period: Period, count: int) -> None:
    """A period counts and contains its first and its last day, and not the days beside them."""
    assert period.days == count
    assert period.contains(period.start)
    assert period.contains(period.end)
    assert not period.contains(period.start - timedelta(days=1))
    assert not period.contains(period.end + timedelta(days=1))


def test_the_last_month_of_the_calendar_works() -> None:
    """The last day that a date can hold has a month, a quarter and a year, and none after it."""
    assert [period.end for period in standing_periods(date.max)[:3]] == [date.max] * 3
    assert len(standing_periods(date.max)) == 6
    assert [period.start for period in standing_periods(date.min)[:3]] == [date.min] * 3
    assert len(standing_periods(date.min)) == 6


def test_a_period_does_not_end_before_it_starts() -> None:
    """An end before the start is refused with both days."""
    with pytest.raises(BadValue) as caught:
        Period(PeriodKind.CUSTOM, date(2026, 3, 5), date(2026, 3, 4))
    assert caught.value.code == "period_end_before_start"
    assert caught.value.data == {"field": "end", "start": date(2026, 3, 5), "end": date(2026, 3, 4)}


def test_a_month_is_a_whole_month() -> None:
    """A month, quarter or year with other days than the calendar's is refused: its code would lie."""
    for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR):
        with pytest.raises(BadValue, match="period_not_whole"):
            Period(kind, date(2026, 1, 1), date(2026, 1, 30))


def test_a_custom_period_has_no_rule() -> None:
    """Asking for the custom period of a day is a mistake of the program."""
    with pytest.raises(ValueError, match="custom"):
        period_of(PeriodKind.CUSTOM, date(2026, 3, 5))


@given(standing, days)
def test_standing_codes_are_read_back(kind: PeriodKind, day: date) -> None:
    """The code of a day's period is read as the same period, which contains the day."""
    period = period_of(kind, day)
    assert period.contains(day)
    assert parse_period(period.code) == period
    assert parse_period(f" {period.code.lower()} ") == period


@given(days, days)
def test_custom_codes_are_read_back(one: date, other: date) -> None:
    """The code of a custom period is read as the same days."""
    period = Period(PeriodKind.CUSTOM, min(one, other), max(one, other))
    assert parse_period(period.code) == period


@given(standing, days)
def test_periods_of_a_kind_leave_no_gap(kind: PeriodKind, day: date) -> None:
    """The day after a period's end starts the next one."""
    period = period_of(kind, day)
    following = period.end + timedelta(days=1)
    assert period_of(kind, following).start == following


@given(days)
def test_a_year_is_its_quarters_and_months(day: date) -> None:
    """Days of the months and of the quarters add up to those of the year."""
    firsts = [date(day.year, month, 1) for month in range(1, 13)]
    assert sum(month_of(first).days for first in firsts) == year_of(day).days
    assert sum(quarter.days for quarter in {quarter_of(first) for first in firsts}) == year_of(day).days
    assert year_of(day).days == 365 + calendar.isleap(day.year)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        *[
            ("period_unreadable", text)
            for text in ["", "abc", "2026-3", "2026-Q5", "2026-Q", "Q1-2026", "26", "03.2026", "2026-03-05"]
        ],
        *[
            ("period_unreadable", text)
            for text in ["2026-03-05..", "..", "2026..2027", "2026-03-05...2026-03-06"]
        ],
        ("date_impossible", "2026-13"),
        ("date_impossible", "2026-00"),
        ("date_impossible", "2026-02-30..2026-03-05"),
        ("date_out_of_range", "1999"),
        ("date_out_of_range", "2101-Q1"),
        ("period_end_before_start", "2026-03-06..2026-03-05"),
    ],
)
def test_other_codes_are_refused(code: str, text: str) -> None:
    """Text that is no period's code is refused for the reason that applies, with the field named."""
    with pytest.raises(BadValue) as caught:
        parse_period(text, field="--period")
    assert (caught.value.code, caught.value.field) == (code, "--period")


@given(st.text() | st.text(alphabet="0123456789-.Q", max_size=24))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    """No text makes anything but a period or the error for a bad value."""
    try:
        period = parse_period(text)
    except BadValue:
        return
    assert period.start <= period.end


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("last-month", "2026-02"),
        ("this-month", "2026-03"),
        ("next-month", "2026-04"),
        ("last-quarter", "2025-Q4"),
        (" This-Quarter ", "2026-Q1"),
        ("next-year", "2027"),
        ("2026-05", "2026-05"),
        ("2026-Q2", "2026-Q2"),
        ("2025", "2025"),
        ("2026-03-10..2026-04-09", "2026-03-10..2026-04-09"),
    ],
)
def test_a_period_can_be_chosen_by_how_it_stands_to_today(text: str, code: str) -> None:
    """The last, this and the next month, quarter and year have names that move on; codes hold as ever."""
    assert choose_period(text, date(2026, 3, 17)).code == code


@pytest.mark.parametrize("text", ["last-custom", "last", "last-", "month-last", "previous-month", ""])
def test_what_is_no_choice_of_a_period(text: str) -> None:
    """Other words are refused as an unreadable period is."""
    with pytest.raises(BadValue) as error:
        choose_period(text, date(2026, 3, 17))
    assert error.value.code == "period_unreadable"


@given(days, st.integers(-2, 2), standing)
def test_the_name_of_a_choice_is_read_back(day: date, away: int, kind: PeriodKind) -> None:
    """The last, this and the next period have names that choose them again; others have none."""
    period = period_of(kind, day)
    for _ in range(abs(away)):
        period = following(period) if away > 0 else preceding(period)
    name = choice_name(period, day)
    assert (name == "") is (abs(away) == 2)
    assert not name or choose_period(name, day) == period
    assert choice_name(Period(PeriodKind.CUSTOM, day, day), day) == ""


def test_how_a_period_stands_to_a_day() -> None:
    """A period goes on from its first to its last day."""
    march = month_of(date(2026, 3, 17))
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
    assert [stage_of(march, day) for day in days] == [
        Stage.AHEAD, Stage.RUNNING, Stage.RUNNING, Stage.OVER,
    ]  # fmt: skip
