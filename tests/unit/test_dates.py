"""Days: typing them, reading them from files, showing them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.dates import add_months, format_date, parse_date, parse_file_date, trimmed
from mini_crm.domain.errors import BadValue

TODAY = date(2026, 3, 5)

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))


def parse(text: str, today: date = TODAY) -> date:
    """Read a typed day as on 5 March 2026."""
    return parse_date(text, today=today, field="pay_by")


@pytest.mark.parametrize(
    "typed",
    [
        *["5.3.26", "05.03.2026", "5.03.2026", "05.3.26", "5,3,26", "05,03,2026", "2026-03-05", "2026-3-5"],
        *["05-03-2026", "5-3-2026", "2026/03/05", "2026.03.05", " 05.03.2026 ", "\u00a005.03.2026\u200b"],
        *["05. 03. 2026", "05.03.2026 г.", "05.03.2026г", "5.3", "05.03", "5,3", "05-03"],
    ],
)
def test_reads_the_fifth_of_march(typed: str) -> None:
    """Each usual way to write 5 March 2026 is read as that day."""
    assert parse(typed) == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("25/3/2026", date(2026, 3, 25)),
        ("3/25/2026", date(2026, 3, 25)),
        ("3/25/26", date(2026, 3, 25)),
        ("25/3", date(2026, 3, 25)),
        ("3/25", date(2026, 3, 25)),
        ("4/4/2026", date(2026, 4, 4)),
        ("31-12-26", date(2026, 12, 31)),
        ("26-03-27", date(2027, 3, 26)),
        ("29.02.2028", date(2028, 2, 29)),
        ("01.01.00", date(2000, 1, 1)),
        ("31.12.79", date(2079, 12, 31)),
        ("31.12.2100", date(2100, 12, 31)),
    ],
)
def test_reads_what_has_one_reading(typed: str, expected: date) -> None:
    """Slashes and short years are taken where only one day can be meant."""
    assert parse(typed) == expected


@pytest.mark.parametrize(
    ("typed", "today", "expected"),
    [
        ("05.03", TODAY, date(2026, 3, 5)),
        ("04.03", TODAY, date(2026, 3, 4)),
        ("06.03", TODAY, date(2026, 3, 6)),
        ("05.12", TODAY, date(2026, 12, 5)),
        ("06.12", TODAY, date(2025, 12, 6)),
        ("31.12", TODAY, date(2025, 12, 31)),
        ("31.12", date(2026, 12, 1), date(2026, 12, 31)),
        ("15.01", date(2026, 12, 1), date(2027, 1, 15)),
        ("20.12", date(2027, 1, 10), date(2026, 12, 20)),
        ("29.02", date(2027, 10, 1), date(2028, 2, 29)),
        ("29.02", date(2028, 3, 5), date(2028, 2, 29)),
    ],
)
def test_a_day_without_year_is_the_near_one(typed: str, today: date, expected: date) -> None:
    """Without a year it is the coming day if at most nine months ahead, else the last one."""
    assert parse(typed, today) == expected


@given(today=st.dates(min_value=date(2002, 1, 1), max_value=date(2098, 12, 31)), ahead=st.integers(-60, 250))
def test_a_near_day_needs_no_year(today: date, ahead: int) -> None:
    """Any day from two months back to eight months ahead can be typed without its year."""
    day = today + timedelta(days=ahead)
    assert parse(f"{day.day}.{day.month}", today) == day


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("5/3/2026", date(2026, 3, 5), date(2026, 5, 3)),
        ("05/03/26", date(2026, 3, 5), date(2026, 5, 3)),
        ("5/3", date(2026, 3, 5), date(2026, 5, 3)),
    ],
)
def test_two_readings_are_refused_with_both(typed: str, first: date, second: date) -> None:
    """A text that can be two days is refused, and both days are told."""
    with pytest.raises(BadValue) as caught:
        parse(typed)
    assert caught.value.code == "date_ambiguous"
    assert caught.value.data == {"field": "pay_by", "text": typed, "first": first, "second": second}


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("date_missing", ["", " ", "\u00a0", "\u200e"]),
        (
            "date_unreadable",
            [
                *[
                    "abc",
                    "5",
                    "05032026",
                    "20260305",
                    "050326",
                    "5.3.6",
                    "5.3.126",
                    "5.3.20261",
                    "5.3-26",
                    "5.3,26",
                ],
                *[
                    "2026-03-05-01",
                    "2026",
                    "03.2026",
                    "2026.03",
                    "5.March",
                    "5 марта",
                    "05.03.",
                    ".05.03",
                    "-5.3",
                ],
                *[
                    "5.3.26 10:00",
                    "завтра",
                    "г.",
                    "٥.٣.٢٠٢٦",
                    "5.3.26\x00",
                    "2026-03-2026",
                    "2026-W10",
                    "5" * 5000,
                ],
            ],
        ),
        (
            "date_impossible",
            [
                "31.02",
                "31.02.2026",
                "29.02",
                "29.02.2025",
                "05.13.2026",
                "05-13-2026",
                "2026-13-05",
                "00.03.2026",
            ],
        ),
        (
            "date_impossible",
            ["31/02/2026", "13/13/2026", "32.01.2026", "0.0", "5.0.26", "31.04", "29.02.2100"],
        ),
        (
            "date_out_of_range",
            ["05.03.1999", "05.03.2101", "05.03.80", "05.03.99", "0001-01-01", "01.01.0000"],
        ),
    ],
)
def test_what_is_no_day_is_refused(code: str, typed: list[str]) -> None:
    """Text that is no day is refused for the reason that applies; no other day is put in its place."""
    for text in typed:
        with pytest.raises(BadValue) as caught:
            parse(text)
        assert (caught.value.code, caught.value.field) == (code, "pay_by"), text


def test_errors_repeat_only_a_piece_of_long_text() -> None:
    """A page pasted by mistake is not repeated in full."""
    with pytest.raises(BadValue) as caught:
        parse("x" * 10_000)
    assert caught.value.data == {"field": "pay_by", "text": "x" * 40}


@pytest.mark.parametrize(
    "cell",
    [
        *[
            "2026-03-05",
            "2026-03-05 00:00:00",
            "2026-03-05T00:00:00",
            "2026-03-05T23:59:59.999",
            "2026-03-05 10:30",
        ],
        *["05.03.2026", "5.3.2026", "05.03.2026 0:00:00", " 2026-03-05 "],
    ],
)
def test_files_hold_iso_or_dotted_days(cell: str) -> None:
    """A file's cell is read in the two forms that are written by programs, a time behind it is dropped."""
    assert parse_file_date(cell, "entered_on") == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("date_missing", ["", "  "]),
        (
            "date_unreadable",
            [
                *[
                    "05/03/2026",
                    "5.3.26",
                    "05.03",
                    "05-03-2026",
                    "20260305",
                    "2026-3-5",
                    "46086",
                    "abc",
                    "Today",
                ],
                *["2026-03-05T", "2026-03-05 25:00", "2026-03-05T00:00:00Z", "2026-03-05T00:00:00+03:00"],
                *["2026-03-05 00:00:00 00:00", "2026-03-05 12:60", "5,3,2026"],
            ],
        ),
        ("date_impossible", ["2026-02-31", "31.02.2026", "05.13.2026", "2025-02-29 00:00:00"]),
        ("date_out_of_range", ["1899-12-30", "9999-12-31", "01.01.1900", "0000-00-00"]),
    ],
)
def test_files_with_other_days_are_refused(code: str, cells: list[str]) -> None:
    """A cell in any other form is refused, with its column named."""
    for cell in cells:
        with pytest.raises(BadValue) as caught:
            parse_file_date(cell, "entered_on")
        assert (caught.value.code, caught.value.field) == (code, "entered_on"), cell


def test_shows_days_as_the_language_writes_them() -> None:
    """5 March 2026 is 05.03.2026 in Russian and 2026-03-05 in English."""
    assert format_date(TODAY, language="ru") == "05.03.2026"
    assert format_date(TODAY, language="en") == "2026-03-05"


@given(days, days, st.sampled_from(["ru", "en"]))
def test_shown_days_are_read_back(day: date, today: date, language: str) -> None:
    """What the program shows can be typed and stands for the same day, whatever today is."""
    text = format_date(day, language=language)
    assert parse(text, today) == day
    assert parse_file_date(text, "entered_on") == day


@given(st.text() | st.text(alphabet="0123456789.,/- :T", max_size=12), days)
def test_any_text_is_a_day_in_range_or_refused(text: str, today: date) -> None:
    """No text makes anything but a day of 2000 to 2100 or the error for a bad value."""
    for typed in (True, False):
        try:
            day = parse(text, today) if typed else parse_file_date(text, "pay_by")
        except BadValue as error:
            assert error.field == "pay_by"
        else:
            assert type(day) is date
            assert 2000 <= day.year <= 2100


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 5), 1, date(2027, 1, 5)),
        (date(2026, 1, 5), -1, date(2025, 12, 5)),
        (date(2028, 2, 29), 60, date(2033, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, expected: date) -> None:
    """A month on is the same day of the next month, or that month's last day."""
    assert add_months(day, months) == expected


def test_trims_what_copying_leaves() -> None:
    """Blanks and invisible marks at the ends go, those inside stay."""
    assert trimmed("\ufeff \u00a0\u202aa b\u200bc\u202c\n") == "a b\u200bc"
    assert trimmed(" \u200b ") == ""
