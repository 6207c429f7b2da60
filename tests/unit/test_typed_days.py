"""Days as they are typed into a field of the window: short, in words, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.dates import parse_date
from mini_crm.domain.errors import BadValue
from mini_crm.domain.typed_days import parse_typed_date
from mini_crm.usecases.foreign.days import read_day

SATURDAY = date(2026, 11, 28)


def promised(text: str, today: date = SATURDAY) -> date:
    """Read a day that is to come."""
    return parse_typed_date(text, today=today, field="pay_by")


def been(text: str, today: date = SATURDAY) -> date:
    """Read a day that has been."""
    return parse_typed_date(text, today=today, field="status_on", past=True)


@pytest.mark.parametrize(
    ("text", "to_come", "has_been"),
    [
        ("5", date(2026, 12, 5), date(2026, 11, 5)),
        ("05", date(2026, 12, 5), date(2026, 11, 5)),
        (" 5. ", date(2026, 12, 5), date(2026, 11, 5)),
        ("28", SATURDAY, SATURDAY),
        ("29", date(2026, 11, 29), date(2026, 10, 29)),
        ("31", date(2026, 12, 31), date(2026, 10, 31)),
        ("5.12", date(2026, 12, 5), date(2025, 12, 5)),
        ("5,12", date(2026, 12, 5), date(2025, 12, 5)),
        ("27.11", date(2026, 11, 27), date(2026, 11, 27)),
        ("5.12.26", date(2026, 12, 5), date(2026, 12, 5)),
        ("2026-12-05", date(2026, 12, 5), date(2026, 12, 5)),
        ("+3", date(2026, 12, 1), date(2026, 12, 1)),
        (" + 3 ", date(2026, 12, 1), date(2026, 12, 1)),
        ("-3", date(2026, 11, 25), date(2026, 11, 25)),
        ("\u22123", date(2026, 11, 25), date(2026, 11, 25)),
        ("+0", SATURDAY, SATURDAY),
        ("завтра", date(2026, 11, 29), date(2026, 11, 29)),
        ("ЗАВТРА", date(2026, 11, 29), date(2026, 11, 29)),
        ("tomorrow", date(2026, 11, 29), date(2026, 11, 29)),
        ("сегодня", SATURDAY, SATURDAY),
        ("Today", SATURDAY, SATURDAY),
        ("послезавтра", date(2026, 11, 30), date(2026, 11, 30)),
        ("day after tomorrow", date(2026, 11, 30), date(2026, 11, 30)),
        ("вчера", date(2026, 11, 27), date(2026, 11, 27)),
        ("yesterday", date(2026, 11, 27), date(2026, 11, 27)),
        ("пн", date(2026, 11, 30), date(2026, 11, 23)),
        ("Вт.", date(2026, 12, 1), date(2026, 11, 24)),
        (" с р ", date(2026, 12, 2), date(2026, 11, 25)),
        ("ЧТ", date(2026, 12, 3), date(2026, 11, 26)),
        ("пт", date(2026, 12, 4), date(2026, 11, 27)),
        ("сб", SATURDAY, SATURDAY),
        ("вс", date(2026, 11, 29), date(2026, 11, 22)),
        ("понедельник", date(2026, 11, 30), date(2026, 11, 23)),
        ("вторник", date(2026, 12, 1), date(2026, 11, 24)),
        ("среда", date(2026, 12, 2), date(2026, 11, 25)),
        ("в среду", date(2026, 12, 2), date(2026, 11, 25)),
        ("четверг", date(2026, 12, 3), date(2026, 11, 26)),
        ("Пятница", date(2026, 12, 4), date(2026, 11, 27)),
        ("суббота", SATURDAY, SATURDAY),
        ("воскресенье", date(2026, 11, 29), date(2026, 11, 22)),
        ("fri", date(2026, 12, 4), date(2026, 11, 27)),
        ("Fri.", date(2026, 12, 4), date(2026, 11, 27)),
        ("MONDAY", date(2026, 11, 30), date(2026, 11, 23)),
        ("thurs", date(2026, 12, 3), date(2026, 11, 26)),
        ("sunday", date(2026, 11, 29), date(2026, 11, 22)),
    ],
)
def test_a_short_day(text: str, to_come: date, has_been: date) -> None:
    """On Saturday, 28 November 2026; a promise is the coming such day, a payment the last one, today both."""
    assert promised(text) == to_come
    assert been(text) == has_been


@pytest.mark.parametrize(
    ("text", "today", "to_come", "has_been"),
    [
        ("31", date(2026, 4, 30), date(2026, 5, 31), date(2026, 3, 31)),
        ("30", date(2026, 1, 31), date(2026, 3, 30), date(2026, 1, 30)),
        ("29", date(2026, 2, 1), date(2026, 3, 29), date(2026, 1, 29)),
        ("1", date(2026, 12, 31), date(2027, 1, 1), date(2026, 12, 1)),
        ("29.2", date(2028, 1, 10), date(2028, 2, 29), date(2024, 2, 29)),
        ("пт", date(2026, 12, 31), date(2027, 1, 1), date(2026, 12, 25)),
    ],
)
def test_months_and_years_end(text: str, today: date, to_come: date, has_been: date) -> None:
    """A month without that day is passed over; so is a year without 29 February."""
    assert promised(text, today) == to_come
    assert been(text, today) == has_been


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_missing"), ("0", "date_impossible"), ("32", "date_impossible"), ("555", "date_unreadable"),
        ("п", "date_unreadable"), ("пятн", "date_unreadable"), ("+", "date_unreadable"),
        ("+3.5", "date_unreadable"), ("+99999", "date_out_of_range"), ("-99999", "date_out_of_range"),
        ("32.12", "date_impossible"), ("5/12", "date_ambiguous"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str, code: str) -> None:
    """What has no meaning, or two, stays a mistake, for a day of either kind."""
    for read in (promised, been):
        with pytest.raises(BadValue) as caught:
            read(text)
        assert caught.value.code == code


@pytest.mark.parametrize("text", ["5", "+3", "-1", "пт", "пятница", "завтра", "today", "fri"])
def test_a_file_is_not_read_so(text: str) -> None:
    """In a file or in pasted rows such a cell is no day."""
    for read in (
        lambda: parse_date(text, today=SATURDAY, field="pay_by"),
        lambda: read_day(text, "pay_by", today=SATURDAY, order="dmy", zone=None),
    ):
        with pytest.raises(BadValue):
            read()


days = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@given(st.integers(1, 31), days)
def test_the_fifth_is_the_nearest_fifth(number: int, today: date) -> None:
    """Between today and the day that is meant there is no other such day."""
    text = str(number)
    ahead, back = promised(text, today), been(text, today)
    assert ahead.day == back.day == number
    assert back <= today <= ahead
    between = [today + timedelta(days=n) for n in range(1, (ahead - today).days)]
    between += [today - timedelta(days=n) for n in range(1, (today - back).days)]
    assert all(day.day != number for day in between)


@given(st.text() | st.text(alphabet="0123456789.,/+- :T", max_size=8), days, st.booleans())
def test_any_text_is_a_day_or_a_mistake(text: str, today: date, past: bool) -> None:
    """Whatever is typed, nothing else comes of it."""
    try:
        day = parse_typed_date(text, today=today, field="pay_by", past=past)
    except BadValue as error:
        assert error.field == "pay_by"
    else:
        assert 2000 <= day.year <= 2100
