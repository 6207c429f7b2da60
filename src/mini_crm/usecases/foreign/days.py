"""Days as files write them: with times, zones and names of months, in either order of day and month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache

from mini_crm.domain.dates import SHOWN_LENGTH, only_day, parse_date, trimmed
from mini_crm.domain.errors import BadValue
from mini_crm.usecases.foreign.day_order import Order

_CLOCK = re.compile(
    r"(?:T|,?\s+|(?<=[0-9]),)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?:\s*([ap])\.?m\.?)?(?:\s*(?P<zone>Z|(?:UTC|GMT)?(?:([+-])([0-9]{2})(?::?([0-9]{2}))?)?))?\Z",
    re.IGNORECASE,
)
_YEAR_WORD = re.compile(r"(?<=[0-9])\s*\u0433(?:\.|\u043e\u0434\u0430)?(?=[\s,]|\Z)", re.IGNORECASE)
_WEEKDAY = re.compile(r"\A[^\W\d_]{2,12}[.,]{1,2}\s+")
_COUNTED = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
"""A moment as machines count it: seconds or milliseconds since 1970."""
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.,])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_NAMED = (
    re.compile(
        r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?[\s./-]*(?P<m>[^\W\d_]{3,})[.,]?[\s./-]*(?P<y>[0-9]{4}|[0-9]{2})",
        re.I,
    ),
    re.compile(r"(?P<m>[^\W\d_]{3,})\.?\s*(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>[0-9]{4})", re.I),
    re.compile(r"(?P<y>[0-9]{4})[\s./-]+(?P<m>[^\W\d_]{3,})\.?[\s./-]+(?P<d>[0-9]{1,2})", re.I),
)
_EMPTY = frozenset({"\\N", "NULL", "-", "\u2013", "\u2014"})
_NO_DAY = re.compile(r"0000-00-00(?:[T ]00:00(?::00)?)?|00\.00\.0000(?: 0?0:00(?::00)?)?")


def is_no_day(text: str) -> bool:
    """Say whether a cell means that there is no day, such as ``NULL`` or ``0000-00-00``."""
    return text in _EMPTY or _NO_DAY.fullmatch(text) is not None


def read_day(text: str, field: str, *, today: date, order: Order | None, zone: tzinfo | None) -> date:
    """Read a day from a file.

    Taken is every form that the window takes, and besides a time behind it, ISO times with an offset or Z,
    ``20260305``, names of months in English and Russian, and moments counted from 1970.

    Args:
        text: The cell; blanks around it do not matter.
        field: The column to name in errors.
        today: The server's day; completes a day without a year.
        order: Of day and month where both are numbers parted by dashes or slashes; None if nobody knows.
        zone: The company's; None for that of this computer. A time with an offset is that zone's day.

    Raises:
        BadValue: As ``parse_date``.
    """
    typed = trimmed(text)
    if not typed:
        raise BadValue("date_missing", field=field)
    if _COUNTED.fullmatch(typed):
        day = datetime.fromtimestamp(int(typed[:10]), UTC).astimezone(zone).date()
        return only_day([(f"{day.year:04}", str(day.month), str(day.day))], typed, field)
    body = _YEAR_WORD.sub("", typed)
    clock = _CLOCK.search(body)
    day = _read_day(body[: clock.start()] if clock else body, typed, field, today, order)
    if clock is None:
        return day
    moment = _moment(day, clock)
    if moment is None:
        raise BadValue("date_unreadable", field=field, text=typed[:SHOWN_LENGTH])
    return day if moment.tzinfo is None else moment.astimezone(zone).date()


def month_number(word: str) -> int | None:
    """Give the number of a month by its name or the beginning of it, in English or Russian."""
    key = word.casefold().rstrip(".")
    names = _month_names()
    if key in names:
        return names[key]
    if len(key) < 3:
        return None
    found = {number for name, number in names.items() if name.startswith(key)}
    return found.pop() if len(found) == 1 else None


def _read_day(body: str, typed: str, field: str, today: date, order: Order | None) -> date:
    body = body.strip()
    if match := _YEAR_FIRST.fullmatch(body):
        return only_day([(match[1], match[3], match[4])], typed, field)
    if match := _COMPACT.fullmatch(body):
        return only_day([(match[1], match[2], match[3])], typed, field)
    if match := _YEAR_LAST.fullmatch(body):
        first, sign, second, last = match.groups()
        readings = {"dmy": (last, second, first), "mdy": (last, first, second), "ymd": (first, second, last)}
        if order == "ymd" and len(last) == 4:
            order = None
        if order is None and sign in ".,":
            order = "dmy"
        chosen = [readings[order]] if order is not None else [readings["dmy"], readings["mdy"]]
        return only_day(chosen, typed, field)
    if any(char.isalpha() for char in body):
        for pattern in _NAMED:
            match = pattern.fullmatch(body) or pattern.fullmatch(_WEEKDAY.sub("", body))
            month = month_number(match["m"]) if match else None
            if match and month is not None:
                return only_day([(match["y"], str(month), match["d"])], typed, field)
        raise BadValue("date_unreadable", field=field, text=typed[:SHOWN_LENGTH])
    return parse_date(body, today=today, field=field)


def _moment(day: date, clock: re.Match[str]) -> datetime | None:
    """Give the moment, aware if an offset stands there; None if there is no such time of day."""
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if half := clock[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second)
    except ValueError:
        return None
    if not clock["zone"]:
        return moment
    minutes = 60 * int(clock[7] or 0) + int(clock[8] or 0)
    if minutes >= 24 * 60:
        return None
    return moment.replace(tzinfo=timezone(timedelta(minutes=-minutes if clock[6] == "-" else minutes)))


@cache
def _month_names() -> Mapping[str, int]:
    from babel import Locale  # a moment, for files with names of months only

    names: dict[str, int] = {"sept": 9}
    for language in ("en", "ru"):
        for context in Locale(language).months.values():
            for width in ("wide", "abbreviated"):
                names |= {name.casefold().rstrip("."): number for number, name in context[width].items()}
    return names
