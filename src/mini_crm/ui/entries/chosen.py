"""What a lead has chosen to see in the table: filters and order, and how they are remembered; no Tk here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from mini_crm.domain.dates import parse_file_date
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import EntryFilter, EntrySort, Status
from mini_crm.domain.period import month_of, preceding
from mini_crm.ui.memory import Memory, Value

UNTOUCHED_DAYS = 30
FILTERS, SORTING = "entries.filters", "entries.order"


class Ready(StrEnum):
    """A ready-made range of days; it moves on with the days."""

    TODAY = "today"
    OVERDUE = "overdue"
    WEEK = "week"
    MONTH = "month"
    LAST_MONTH = "last_month"

    def days(self, today: date) -> Days:
        """Give its days as seen from one."""
        match self:
            case Ready.TODAY:
                return Days(today, today)
            case Ready.OVERDUE:
                return Days(None, today - timedelta(days=1))
            case Ready.WEEK:
                first = today - timedelta(days=today.weekday())
                return Days(first, first + timedelta(days=6))
            case Ready.MONTH | Ready.LAST_MONTH:
                month = month_of(today) if self is Ready.MONTH else preceding(month_of(today))
                return Days(month.start, month.end)


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days, both ends included; None is open."""

    first: date | None
    last: date | None


class Part(StrEnum):
    """One of the filters, by its name in ``Chosen``."""

    STATUSES = "statuses"
    MANAGER = "manager_id"
    PAY_BY = "pay_by"
    STATUS_ON = "status_on"
    ENTERED = "entered"
    UNTOUCHED = "untouched"
    TEXT = "text"
    UNIT = "unit"
    HAS_CHANCE = "has_chance"


DAY_PARTS = (Part.PAY_BY, Part.STATUS_ON, Part.ENTERED)
"""The filters by days."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Filters as a person chose them; an empty one does not narrow. Those of days may be ready-made.

    Attributes:
        untouched: Only what nobody has touched for ``UNTOUCHED_DAYS`` days.
        unit: Only entries of this unit.
        has_chance: Only what the run counted as open in the period that is shown.
    """

    statuses: frozenset[Status] = frozenset()
    manager_id: int | None = None
    pay_by: Days | Ready | None = None
    status_on: Days | Ready | None = None
    entered: Days | Ready | None = None
    untouched: bool = False
    text: str = ""
    unit: str | None = None
    has_chance: bool = False

    @staticmethod
    def of(wanted: EntryFilter) -> Chosen:
        """Give the filters that come to this one; those by group are not among them."""
        return Chosen(
            statuses=wanted.statuses,
            manager_id=wanted.manager_id,
            pay_by=_days(wanted.pay_by_from, wanted.pay_by_to),
            status_on=_days(wanted.status_on_from, wanted.status_on_to),
            entered=_days(wanted.entered_from, wanted.entered_to),
            untouched=wanted.untouched_since is not None,
            text=wanted.text,
            unit=wanted.unit,
            has_chance=wanted.has_chance,
        )

    def days(self, part: Part) -> Days | Ready | None:
        """Give the range of a filter by days."""
        return {Part.PAY_BY: self.pay_by, Part.STATUS_ON: self.status_on, Part.ENTERED: self.entered}[part]

    def parts(self) -> tuple[Part, ...]:
        """Give the filters that narrow, in the order of ``Part``."""
        return tuple(part for part in Part if getattr(self, part) != getattr(NOTHING, part))

    def without(self, part: Part) -> Chosen:
        """Take a filter away."""
        return self.having(part, getattr(NOTHING, part))

    def having(self, part: Part, value: object) -> Chosen:
        """Choose a filter."""
        return replace(self, **{part.value: value})  # type: ignore[arg-type]

    def filter(self, today: date) -> EntryFilter:
        """Give what the store is asked for on a day."""
        pay_by, status_on, entered = (resolved(self.days(part), today) for part in DAY_PARTS)
        # What was touched so many days ago has not been touched since: that day itself does not count.
        since = today - timedelta(days=UNTOUCHED_DAYS - 1)
        return EntryFilter(
            manager_id=self.manager_id,
            statuses=self.statuses,
            pay_by_from=pay_by.first,
            pay_by_to=pay_by.last,
            status_on_from=status_on.first,
            status_on_to=status_on.last,
            entered_from=entered.first,
            entered_to=entered.last,
            untouched_since=since if self.untouched else None,
            text=self.text,
            unit=self.unit,
            has_chance=self.has_chance,
        )


NOTHING = Chosen()
"""All entries are wanted."""
FIRST = Chosen(statuses=frozenset({Status.EXPECTED}))
"""What the table opens on until its lead chooses otherwise."""
FIRST_ORDER = (EntrySort.PAY_BY, False)
"""With it the overdue ones come first."""


def resolved(days: Days | Ready | None, today: date) -> Days:
    """Give the days of a filter as seen from one."""
    if days is None:
        return Days(None, None)
    return days.days(today) if isinstance(days, Ready) else days


def remembered_filters(memory: Memory) -> Chosen:
    """Give the filters that a lead had the last time; what makes no sense is ignored."""
    kept = memory.get(FILTERS)
    if not isinstance(kept, dict):
        return FIRST
    statuses, manager = kept.get(Part.STATUSES), kept.get(Part.MANAGER)
    return Chosen(
        statuses=frozenset(map(Status, _known(statuses if isinstance(statuses, list) else (), Status))),
        manager_id=manager if isinstance(manager, int) and not isinstance(manager, bool) else None,
        pay_by=_read_days(kept.get(Part.PAY_BY)),
        status_on=_read_days(kept.get(Part.STATUS_ON)),
        entered=_read_days(kept.get(Part.ENTERED)),
        untouched=kept.get(Part.UNTOUCHED) is True,
    )


def remember_filters(memory: Memory, chosen: Chosen) -> None:
    """Remember filters for the next time, but not what was looked for, nor what only a number opens."""
    memory.put(
        FILTERS,
        {
            Part.STATUSES: [status.value for status in Status if status in chosen.statuses],
            Part.MANAGER: chosen.manager_id,
            **{part: _written_days(chosen.days(part)) for part in DAY_PARTS},
            Part.UNTOUCHED: chosen.untouched,
        },
    )


def remembered_order(memory: Memory) -> tuple[EntrySort, bool]:
    """Give the column by which a lead had the rows ordered, and whether from the end."""
    kept = memory.get(SORTING)
    if isinstance(kept, list) and len(kept) == 2 and kept[0] in list(EntrySort):
        return EntrySort(str(kept[0])), bool(kept[1])
    return FIRST_ORDER


def remember_order(memory: Memory, column: EntrySort, descending: bool) -> None:
    """Remember by what the rows are ordered."""
    memory.put(SORTING, [column.value, descending])


def _days(first: date | None, last: date | None) -> Days | None:
    return None if first is None and last is None else Days(first, last)


def _known(values: Iterable[Value], kind: type[StrEnum]) -> list[str]:
    return [str(value) for value in values if value in list(kind)]


def _written_days(days: Days | Ready | None) -> Value:
    if days is None or isinstance(days, Ready):
        return None if days is None else days.value
    return [None if day is None else day.isoformat() for day in (days.first, days.last)]


def _read_days(kept: Value) -> Days | Ready | None:
    if isinstance(kept, str):
        return Ready(kept) if kept in list(Ready) else None
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    try:
        first, last = (None if end is None else parse_file_date(str(end), "day") for end in kept)
    except BadValue:
        return None
    return _days(first, last)
