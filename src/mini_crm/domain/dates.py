"""Days as people type them, as files hold them, and as the program shows them.

Nothing is put right in silence: text that is usual for two different days is refused, and so is
a day that does not exist.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, time
from typing import NoReturn

from mini_crm.domain.errors import BadValue

FIRST_YEAR = 2000
LAST_YEAR = 2100
"""Years outside these two are taken for slips of the hand."""

TWO_DIGIT_YEARS_END = 80
"""``79`` is 2079, ``80`` would be 1980, which is out of range."""

MONTHS_AHEAD = 9
"""A day without a year is at most so many months ahead, else it is taken as past."""

SHOWN_LENGTH = 40
"""Errors repeat at most so many characters of what was typed."""

_TYPED = re.compile(r"([0-9]{1,4})\s*([.,/-])\s*([0-9]{1,2})(?:\s*\2\s*([0-9]{1,4}))?")
_YEAR_WORD = re.compile(r"(?<=[0-9])\s*\u0433\.?\Z", re.IGNORECASE)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?")


def trimmed(text: str) -> str:
    """Take off blanks and the invisible marks that copying leaves at both ends."""
    if text.isascii():
        return text.strip()
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def parse_date(text: str, *, today: date, field: str) -> date:
    """Read a day as a person types it.

    Taken are ``5.3.26``, ``05.03.2026`` (also with commas, which the number pad of a Russian
    keyboard gives), ``5.3`` and ``5,3`` (without a year), ``2026-03-05``, ``05-03-2026`` (with dashes
    the day comes first, unless a year of four digits does), and with slashes whatever has one
    reading only: ``25/3/2026``, ``3/25/2026``, ``2026/3/25``.

    Without a year it is the coming such day if that is at most ``MONTHS_AHEAD`` months away,
    else the last one: on 5 March 2026 ``4.12`` is in 2026, and ``6.12`` was in 2025.

    Args:
        text: What was typed; blanks around it do not matter.
        today: The server's day; completes a day without a year.
        field: The field to name in errors.

    Returns:
        The day, in the years ``FIRST_YEAR`` to ``LAST_YEAR``.

    Raises:
        BadValue: ``date_missing``, ``date_unreadable``, ``date_ambiguous``, ``date_impossible``
            or ``date_out_of_range``.
    """
    typed = trimmed(text)
    if not typed:
        raise BadValue("date_missing", field=field)
    match = _TYPED.fullmatch(_YEAR_WORD.sub("", typed))
    if match is None:
        _unreadable(typed, field)
    first, separator, second, third = match.groups()
    if third is None:
        return _without_year(typed, first, second, separator, today=today, field=field)
    readings: list[tuple[str, str, str]] = []
    if len(first) == 4 and len(third) <= 2:
        readings = [(first, second, third)]
    elif len(first) <= 2 and len(third) in (2, 4):
        readings = [(third, second, first)]
        if separator == "/":
            readings.append((third, first, second))
    if not readings:
        _unreadable(typed, field)
    return only_day(readings, typed, field)


def parse_file_date(text: str, field: str) -> date:
    """Read a day from a file: ``2026-03-05`` or ``05.03.2026``, either with a time behind it.

    A time of day is checked and dropped. A time with a zone is refused, as the day would depend
    on where one looks from.

    Args:
        text: The cell; blanks around it do not matter.
        field: The column to name in errors.

    Returns:
        The day, in the years ``FIRST_YEAR`` to ``LAST_YEAR``.

    Raises:
        BadValue: ``date_missing``, ``date_unreadable``, ``date_impossible`` or ``date_out_of_range``.
    """
    typed = trimmed(text)
    if not typed:
        raise BadValue("date_missing", field=field)
    day, clock = typed, ""
    for separator in ("T", " "):
        if separator in typed:
            day, _, clock = typed.partition(separator)
            if not _is_time(clock):
                _unreadable(typed, field)
            break
    if match := _ISO.fullmatch(day):
        year, month, day_of_month = match.groups()
    elif match := _DOTTED.fullmatch(day):
        day_of_month, month, year = match.groups()
    else:
        _unreadable(typed, field)
    return _only_one([(int(year), int(month), int(day_of_month))], typed, field)


def only_day(readings: Iterable[tuple[str, str, str]], typed: str, field: str) -> date:
    """Give the one day that some readings of a text allow.

    Args:
        readings: Digits of year, month and day; a year of two digits is read as a person means it.
        typed: What stands there, for errors.
        field: The field to name in errors.

    Raises:
        BadValue: ``date_ambiguous``, ``date_impossible`` or ``date_out_of_range``.
    """
    return _only_one([(_full_year(y), int(m), int(d)) for y, m, d in readings], typed, field)


def format_date(day: date, *, language: str) -> str:
    """Show a day: ``05.03.2026`` in Russian, ``2026-03-05`` in every other language."""
    if language == "ru":
        return f"{day.day:02}.{day.month:02}.{day.year:04}"
    return f"{day.year:04}-{day.month:02}-{day.day:02}"


def add_months(day: date, months: int) -> date:
    """Go ``months`` calendar months on (or back); a day past the month's end is its last day.

    Raises:
        ValueError: Before the year 1 or after 9999.
    """
    years, month_before = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_before + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _is_blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) == "Cf"


def _unreadable(typed: str, field: str) -> NoReturn:
    raise BadValue("date_unreadable", field=field, text=typed[:SHOWN_LENGTH])


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < TWO_DIGIT_YEARS_END else 1900)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return False
    try:
        time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        return False
    return True


def _only_one(readings: list[tuple[int, int, int]], typed: str, field: str) -> date:
    """Give the one day that the (year, month, day) readings allow."""
    shown = typed[:SHOWN_LENGTH]
    in_range = [reading for reading in readings if FIRST_YEAR <= reading[0] <= LAST_YEAR]
    if not in_range:
        raise BadValue(
            "date_out_of_range", field=field, text=shown, first_year=FIRST_YEAR, last_year=LAST_YEAR
        )
    days = [day for day in dict.fromkeys(_day(*reading) for reading in in_range) if day is not None]
    if not days:
        raise BadValue("date_impossible", field=field, text=shown)
    if len(days) > 1:
        raise BadValue("date_ambiguous", field=field, text=shown, first=days[0], second=days[1])
    return days[0]


def _without_year(typed: str, first: str, second: str, separator: str, *, today: date, field: str) -> date:
    if len(first) > 2:
        _unreadable(typed, field)
    pairs = [(int(second), int(first))]
    if separator == "/":
        pairs.append((int(first), int(second)))
    latest = add_months(today, MONTHS_AHEAD)
    earliest = add_months(latest, -12)
    readings: list[tuple[int, int, int]] = []
    for month, day in pairs:
        # Of the three years at most one puts the day into the twelve months that are looked at.
        for year in (today.year + 1, today.year, today.year - 1):
            there = _day(year, month, day)
            if there is not None and earliest < there <= latest:
                readings.append((year, month, day))
                break
    if not readings:
        raise BadValue("date_impossible", field=field, text=typed[:SHOWN_LENGTH])
    return _only_one(readings, typed, field)
