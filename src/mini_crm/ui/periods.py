"""The period that the window shows, one choice for both of its pages; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from mini_crm.domain.period import (
    Period,
    PeriodKind,
    following,
    month_of,
    period_of,
    preceding,
    standing_periods,
)
from mini_crm.ui.memory import Memory

REMEMBERED = "period"
_STEPS = {-1: "last", 0: "this", 1: "next"}
FIRST = f"{_STEPS[0]}-{PeriodKind.MONTH.value}"
"""What a window shows before anybody chose."""


def in_order(periods: Iterable[Period], day: date) -> tuple[Period, ...]:
    """Put periods in order: this month, quarter and year, the next ones, the last, then custom ones."""
    there = dict.fromkeys(periods)
    standing = [period for period in standing_periods(day) if period in there]
    others = [period for period in there if period not in standing]
    return (*standing, *sorted(others, key=lambda period: (period.start, period.end)))


class PeriodChoice:
    """Which period is shown; remembered as «next month» and the like, so that it moves on with the days.

    Args:
        memory: Of this computer.

    Attributes:
        period: The one that is shown; None before a forecast was read.
        day: The day that the forecast counted; None before.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._name = memory.text(REMEMBERED) or FIRST
        self._listeners: list[Callable[[], None]] = []
        self.period: Period | None = None
        self.day: date | None = None

    @property
    def is_this_month(self) -> bool:
        """Whether entries carry their chances for this period themselves."""
        return self.period is None or self.day is None or self.period == month_of(self.day)

    @property
    def name(self) -> str:
        """What is chosen, as it is remembered."""
        return self._name

    def place(self, periods: Sequence[Period], day: date) -> int:
        """Give the place of the chosen period among those there are; the first if it is gone."""
        return next((at for at, period in enumerate(periods) if _name_of(period, day) == self._name), 0)

    def settle(self, periods: Sequence[Period], day: date) -> int:
        """Know which periods there are; gives the place of the chosen one, and tells of another one."""
        at = self.place(periods, day)
        if periods and (periods[at], day) != (self.period, self.day):
            self.period, self.day = periods[at], day
            self._tell()
        return at

    def choose(self, period: Period) -> None:
        """Show another period from now on, and remember it."""
        if self.day is not None and period != self.period:
            self.period, self._name = period, _name_of(period, self.day)
            self._memory.put(REMEMBERED, self._name)
            self._tell()

    def listen(self, changed: Callable[[], None]) -> None:
        """Call this whenever another period is shown."""
        self._listeners.append(changed)

    def _tell(self) -> None:
        for changed in self._listeners:
            changed()


def _name_of(period: Period, day: date) -> str:
    """Name a period by how it stands to a day; a custom one by its days."""
    if period.kind is not PeriodKind.CUSTOM:
        now = period_of(period.kind, day)
        for step, word in _STEPS.items():
            if period == (now if not step else following(now) if step > 0 else preceding(now)):
                return f"{word}-{period.kind.value}"
    return period.code
