"""Which entries stand behind a number of the forecast: one answer for every page that shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from mini_crm.domain.model import EntryFilter, EntrySort, EntrySum, ForecastRow, Run, Status
from mini_crm.domain.period import Period, Stage, stage_of
from mini_crm.domain.shown import ShownParts, round_shown

_SAME = 1e-9
"""Sums of contributions that differ by less, relative or absolute, are the same."""


class Number(StrEnum):
    """A number of a ``ForecastRow`` that can be opened; no other one can.

    All are made of entries, but what is to come of new ones: nobody has made these yet, so that number is
    made of the managers' (``managers_behind``).
    """

    PAID = "paid"
    FROM_OPEN = "from_open"
    FROM_NEW = "from_new"
    EXPECTED = "expected"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    WON = "won"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Total:
    """What entries come to, in what the number counts by; the rest is None.

    Attributes:
        amount: What came of paid ones, else the amounts.
        contribution: What they add to "from open entries".
    """

    count: int | None = None
    amount: Decimal | None = None
    contribution: float | None = None

    def is_same(self, other: Total) -> bool:
        """Say whether both are one number; sums of floats have an error of their own."""
        if (self.count, self.amount) != (other.count, other.amount):
            return False
        mine, theirs = self.contribution, other.contribution
        if mine is None or theirs is None:
            return mine is theirs
        return math.isclose(mine, theirs, rel_tol=_SAME, abs_tol=_SAME)


@dataclass(frozen=True, slots=True)
class Rows:
    """The entries behind a number, as one lead's list is asked for them.

    Attributes:
        number: The number.
        filter: Which of the lead's entries.
        sort: What matters most to the number comes first.
        period: That the list is asked for.
        total: What the run said that they come to.
        shown: What is to come of them as it stood where the number was opened: in a table it is a share of
            the row above and may be another than its own rounding. None where nothing was shown.
    """

    number: Number
    filter: EntryFilter
    sort: EntrySort
    descending: bool
    period: Period
    total: Total
    shown: Decimal | None = None

    def total_of(self, sums: Iterable[EntrySum]) -> Total:
        """Give what they come to by now, from the sums of their list."""
        sums = tuple(sums)
        return Total(
            None if self.total.count is None else sum(part.count for part in sums),
            None if self.total.amount is None else sum((part.amount for part in sums), Decimal(0)),
            None if self.total.contribution is None else math.fsum(part.contribution for part in sums),
        )

    def comes_to(self, sums: Iterable[EntrySum], *, places: int) -> Decimal | None:
        """Give what the contributions come to by now, as it is shown; None where the number has none.

        While it is the number that was opened it has the digits that stood there.
        """
        now = self.total_of(sums)
        if now.contribution is None:
            return None
        if self.shown is not None and self.total.is_same(now):
            return self.shown
        return round_shown(now.contribution, places=places)


def behind(number: Number, row: ForecastRow, run: Run, shown: ShownParts | None = None) -> Rows | None:
    """Give the entries that add up to a number, unless something changed since the run.

    Args:
        number: Which one.
        row: Of a lead, or of a manager; the entries are to be looked for among those of ``row.lead_id``.
        run: That counted it.
        shown: What the row shows where the number is opened.

    Returns:
        None for the company's rows, which are nobody's entries; for what is to come of new ones; and where
        the period can have none: nothing is paid in one that has not begun, and nothing comes from open
        entries in one that is over.
    """
    if row.lead_id is None or number is Number.FROM_NEW:
        return None
    stage, day = stage_of(row.period, run.count_day), run.count_day
    mine = EntryFilter(unit=row.unit, manager_id=row.manager_id)
    still_open = replace(mine, statuses=frozenset({Status.EXPECTED}), entered_to=day)
    paid = replace(mine, statuses=frozenset({Status.PAID}))
    sort, descending = EntrySort.PAY_BY, False
    match number:
        case Number.PAID:
            if stage is Stage.AHEAD:
                return None
            last = min(row.period.end, day)
            wanted = replace(paid, status_on_from=row.period.start, status_on_to=last)
            sort, descending = EntrySort.STATUS_ON, True
            total = Total(row.paid_count, row.paid)
        case Number.FROM_OPEN:
            if stage is Stage.OVER:
                return None
            wanted = replace(mine, has_chance=True)
            sort, descending = EntrySort.CONTRIBUTION, True
            total = Total(contribution=row.from_open)
        case Number.EXPECTED:
            wanted = still_open
            total = Total(row.open_count, row.expected)
        case Number.DUE_TODAY:
            wanted = replace(still_open, pay_by_from=day, pay_by_to=day)
            total = Total(row.due_today)
        case Number.OVERDUE:
            wanted = replace(still_open, pay_by_to=day - timedelta(days=1))
            total = Total(row.overdue)
        case Number.WON | Number.RESOLVED:
            won = number is Number.WON
            resolved = paid if won else replace(mine, statuses=frozenset({Status.PAID, Status.REFUSED}))
            wanted = replace(resolved, status_on_from=day - timedelta(days=364), status_on_to=day)
            sort, descending = EntrySort.STATUS_ON, True
            total = Total(row.won if won else row.resolved)
    to_come = None if shown is None or number is not Number.FROM_OPEN else shown.from_open
    return Rows(number, wanted, sort, descending, row.period, total, to_come)


def can_open(number: Number, row: ForecastRow, run: Run) -> bool:
    """Say whether there is anything behind a number of a row, so that it is shown as a link."""
    if number is Number.FROM_NEW:
        return row.manager_id is None and row.lead_id is not None and row.from_new > 0
    rows = behind(number, row, run)
    return rows is not None and bool(rows.total.count or rows.total.contribution)


def managers_behind(row: ForecastRow, managers: Iterable[ForecastRow]) -> tuple[ForecastRow, ...]:
    """Give the managers whose "from new entries" add up to a lead's, the largest first.

    Args:
        row: The lead's.
        managers: Among whom they are, of any lead, period and unit.
    """
    mine = (row.lead_id, row.period, row.unit)
    own = [other for other in managers if (other.lead_id, other.period, other.unit) == mine]
    return tuple(sorted((other for other in own if other.from_new), key=lambda other: -other.from_new))
