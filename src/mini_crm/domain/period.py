"""Periods for which the program forecasts: month, quarter, year, and ones that are set up.

A period has a short code that reads the same in every language: ``2026-03``, ``2026-Q1``,
``2026``, or ``2026-03-10..2026-04-09`` for a custom one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum, auto

from mini_crm.domain.dates import SHOWN_LENGTH, parse_file_date, trimmed
from mini_crm.domain.errors import BadValue

_MONTH_CODE = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER_CODE = re.compile(r"([0-9]{4})-[Qq]([1-4])")
_YEAR_CODE = re.compile(r"[0-9]{4}")
_DAY_CODE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class PeriodKind(StrEnum):
    """Which stretch of the calendar a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days, both ends included.

    Attributes:
        kind: Month, quarter, year, or custom.
        start: The first day.
        end: The last day.
        name: What people call a custom period; empty for the others.

    Raises:
        BadValue: ``period_end_before_start``; ``period_not_whole`` if a month, quarter or year
            does not start and end where the calendar says.
    """

    kind: PeriodKind
    start: date
    end: date
    name: str = ""

    def __post_init__(self) -> None:
        """Check that the days fit together and fit the kind."""
        if self.start > self.end:
            raise BadValue("period_end_before_start", field="end", start=self.start, end=self.end)
        if self.kind != PeriodKind.CUSTOM and (self.start, self.end) != _span(self.kind, self.start):
            raise BadValue(
                "period_not_whole", field="start", kind=self.kind.value, start=self.start, end=self.end
            )

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    @property
    def code(self) -> str:
        """The short code; ``parse_period`` reads it."""
        match self.kind:
            case PeriodKind.MONTH:
                return f"{self.start.year:04}-{self.start.month:02}"
            case PeriodKind.QUARTER:
                return f"{self.start.year:04}-Q{(self.start.month + 2) // 3}"
            case PeriodKind.YEAR:
                return f"{self.start.year:04}"
            case PeriodKind.CUSTOM:
                return f"{self.start.isoformat()}..{self.end.isoformat()}"

    def contains(self, day: date) -> bool:
        """Say whether the day is in it."""
        return self.start <= day <= self.end


class Stage(Enum):
    """How a period stands to a day."""

    AHEAD = auto()
    RUNNING = auto()
    OVER = auto()


def stage_of(period: Period, day: date) -> Stage:
    """Say whether a period has not begun, goes on, or is over on a day."""
    if period.start > day:
        return Stage.AHEAD
    return Stage.OVER if period.end < day else Stage.RUNNING


def month_of(day: date) -> Period:
    """Give the calendar month of a day."""
    return period_of(PeriodKind.MONTH, day)


def quarter_of(day: date) -> Period:
    """Give the calendar quarter of a day."""
    return period_of(PeriodKind.QUARTER, day)


def year_of(day: date) -> Period:
    """Give the calendar year of a day."""
    return period_of(PeriodKind.YEAR, day)


def standing_periods(day: date) -> tuple[Period, ...]:
    """Give this month, quarter and year of a day, then the next ones, then the last ones, in this order."""
    now = month_of(day), quarter_of(day), year_of(day)
    return (
        *now,
        *(following(period) for period in now if period.end < date.max),
        *(preceding(period) for period in now if period.start > date.min),
    )


def following(period: Period) -> Period:
    """Give the next period of the same kind; not for ``PeriodKind.CUSTOM``."""
    return period_of(period.kind, period.end + timedelta(days=1))


def preceding(period: Period) -> Period:
    """Give the last period of the same kind; not for ``PeriodKind.CUSTOM``."""
    return period_of(period.kind, period.start - timedelta(days=1))


def period_of(kind: PeriodKind, day: date) -> Period:
    """Give the period of a kind that a day is in.

    Raises:
        ValueError: For ``PeriodKind.CUSTOM``: no rule says where such a period starts.
    """
    start, end = _span(kind, day)
    return Period(kind, start, end)


def parse_period(text: str, *, field: str = "period") -> Period:
    """Read a period's code; of a custom period only the days are known, not its name.

    Args:
        text: Such as ``2026-03``, ``2026-Q1``, ``2026`` or ``2026-03-10..2026-04-09``.
        field: The field or option to name in errors.

    Raises:
        BadValue: ``period_unreadable``, ``period_end_before_start``, and for the days
            ``date_impossible`` and ``date_out_of_range``.
    """
    typed = trimmed(text)
    if match := _MONTH_CODE.fullmatch(typed):
        return month_of(parse_file_date(f"{match[1]}-{match[2]}-01", field))
    if match := _QUARTER_CODE.fullmatch(typed):
        return quarter_of(parse_file_date(f"{match[1]}-{int(match[2]) * 3:02}-01", field))
    if _YEAR_CODE.fullmatch(typed):
        return year_of(parse_file_date(f"{typed}-01-01", field))
    first, dots, last = typed.partition("..")
    if dots and _DAY_CODE.fullmatch(first) and _DAY_CODE.fullmatch(last):
        start, end = parse_file_date(first, field), parse_file_date(last, field)
        if start > end:
            raise BadValue("period_end_before_start", field=field, start=start, end=end)
        return Period(PeriodKind.CUSTOM, start, end)
    raise BadValue("period_unreadable", field=field, text=typed[:SHOWN_LENGTH])


def choose_period(text: str, day: date) -> Period:
    """Read which period is meant: a code as for ``parse_period``, or how it stands to a day.

    Args:
        text: Such as ``2026-03``, or ``last-month``, ``this-quarter``, ``next-year``.
        day: Today.

    Raises:
        BadValue: As ``parse_period``.
    """
    step, dash, kind = trimmed(text).casefold().partition("-")
    if not dash or step not in _STEPS or kind not in _CALENDAR:
        return parse_period(text)
    period = period_of(PeriodKind(kind), day)
    return _STEPS[step](period)


def choice_name(period: Period, day: date) -> str:
    """Say how a period stands to a day, as ``choose_period`` reads it; empty where no word does."""
    if period.kind not in _CALENDAR:
        return ""
    now = period_of(period.kind, day)
    return next((f"{word}-{period.kind}" for word, step in _STEPS.items() if step(now) == period), "")


def _span(kind: PeriodKind, day: date) -> tuple[date, date]:
    match kind:
        case PeriodKind.MONTH:
            first = last = day.month
        case PeriodKind.QUARTER:
            last = (day.month + 2) // 3 * 3
            first = last - 2
        case PeriodKind.YEAR:
            first, last = 1, 12
        case PeriodKind.CUSTOM:
            raise ValueError("a custom period has no rule for its days")
    return date(day.year, first, 1), date(day.year, last, calendar.monthrange(day.year, last)[1])


_CALENDAR = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
_STEPS: Mapping[str, Callable[[Period], Period]] = {
    "last": preceding,
    "this": lambda period: period,
    "next": following,
}
