"""Days as a person types them into a field of the window, where what was understood is shown at once.

Files and pasted rows are read by ``dates.parse_date`` alone: there ``5``, ``+3`` or ``fri`` in a column of
days is a mistake that nobody would see.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from mini_crm.domain.dates import FIRST_YEAR, LAST_YEAR, SHOWN_LENGTH, parse_date, trimmed
from mini_crm.domain.errors import BadValue

_STEP = re.compile(r"([+\-\u2212\u2013])\s*([0-9]{1,5})")
_DAY_OF_MONTH = re.compile(r"([0-9]{1,2})\s*\.?")
_WITHOUT_YEAR = re.compile(r"[0-9]{1,2}\s*[.,/-]\s*[0-9]{1,2}")
_UNSEEN = re.compile(r"[\s.]+")


@dataclass(frozen=True, slots=True)
class _Words:
    """Days from today, and weekdays, by their words."""

    steps: Mapping[str, int]
    weekdays: Mapping[str, int]


def parse_typed_date(text: str, *, today: date, field: str, past: bool = False) -> date:
    """Read a day as a person types it into a field.

    Besides all that ``parse_date`` takes these are ``5`` (the coming 5th), ``+3`` and ``-3`` (days from
    today), and the words of ``typed_days.toml``, such as ``tomorrow`` or ``fri`` (the coming Friday); today
    counts as coming.

    Args:
        text: What was typed; case, dots and blanks do not matter.
        today: The server's day.
        field: The field to name in errors.
        past: The day has been, such as that of a payment: ``5``, ``5.12`` and ``fri`` are then the last such
            day up to today.

    Returns:
        The day, in the years ``FIRST_YEAR`` to ``LAST_YEAR``.

    Raises:
        BadValue: As ``parse_date``.
    """
    typed, words = trimmed(text), _words()
    word = _UNSEEN.sub("", typed).casefold()
    if word in words.steps:
        return today + timedelta(days=words.steps[word])
    if word in words.weekdays:
        ahead = (words.weekdays[word] - today.weekday()) % 7
        return today + timedelta(days=ahead - 7 if past and ahead else ahead)
    if step := _STEP.fullmatch(typed):
        return _stepped(typed, today, int(step[2]) * (1 if step[1] == "+" else -1), field)
    if match := _DAY_OF_MONTH.fullmatch(typed):
        return _day_of_month(typed, int(match[1]), today, past=past, field=field)
    day = parse_date(text, today=today, field=field)
    if past and day > today and _WITHOUT_YEAR.fullmatch(typed):
        return _a_year_before(day)
    return day


def _stepped(typed: str, today: date, days: int, field: str) -> date:
    try:
        day = today + timedelta(days=days)
    except OverflowError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadValue(
            "date_out_of_range",
            field=field,
            text=typed[:SHOWN_LENGTH],
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )
    return day


def _day_of_month(typed: str, number: int, today: date, *, past: bool, field: str) -> date:
    """Give the nearest such day of a month, from today on or up to today."""
    if not 1 <= number <= 31:
        raise BadValue("date_impossible", field=field, text=typed[:SHOWN_LENGTH])
    day = today
    while day.day != number:
        day += timedelta(days=-1 if past else 1)
    return day


def _a_year_before(day: date) -> date:
    """Give the same day of an earlier year, the last that has it: 29 February has not been in each."""
    year = day.year - 1
    while True:
        try:
            return day.replace(year=year)
        except ValueError:
            year -= 1


@cache
def _words() -> _Words:
    data = tomllib.loads(files("mini_crm.domain").joinpath("typed_days.toml").read_text("utf-8"))
    return _Words(_by_word(data["days_from_today"]), _by_word(data["weekdays"]))


def _by_word(table: Mapping[str, list[str]]) -> Mapping[str, int]:
    return {_UNSEEN.sub("", word).casefold(): int(n) for n, words in table.items() for word in words}
