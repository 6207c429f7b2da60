"""Entries and days as the method's description speaks of them."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import TypeVar

LeadKey = tuple[str, str]
"""Lead and unit."""
ManagerKey = tuple[str, str, str]
"""Lead, manager and unit."""

Key = TypeVar("Key", bool, str, LeadKey, ManagerKey)

BUCKET_ENDS: tuple[float, ...] = (1, 3, 7, 14, 30, 60, 90, 120, 180, 365, math.inf)
"""Upper ends of the age buckets in days since entry; each is open below and closed above (step 1)."""
PROMISE_ENDS: tuple[float, ...] = (-30, -7, 0, 7, 30, math.inf)
"""Upper ends of the promise classes in days since the first promised day (step 14)."""


@dataclass(frozen=True)
class Deal:
    """One entry as it stands in the database today; `status` is expected, paid or refused.

    `pay_by` is the promised day of now, `first_pay_by` the first one, the same where it is not given.
    """

    deal_id: int
    lead: str
    manager: str
    unit: str
    amount: Decimal
    entered_on: date
    status: str
    status_on: date | None = None
    pay_by: date | None = None
    paid_amount: Decimal | None = None
    deleted: bool = False
    first_pay_by: date | None = None

    @property
    def promised(self) -> date | None:
        """The first promised day."""
        return self.pay_by if self.first_pay_by is None else self.first_pay_by

    def resolved_by(self, day: date) -> bool:
        """Return whether the entry was paid or refused on `day` or before."""
        return self.status != "expected" and self.status_on is not None and self.status_on <= day

    def resolved_within(self, status: str, first: date, last: date) -> bool:
        """Return whether the entry got `status` from `first` to `last`, both included."""
        return self.status == status and self.status_on is not None and first <= self.status_on <= last

    @property
    def money(self) -> Decimal:
        """What really came in, else the amount."""
        return self.amount if self.paid_amount is None else self.paid_amount

    @property
    def on_its_day(self) -> bool:
        """Whether it was resolved on its day of entry."""
        return self.status_on == self.entered_on


@cache
def bucket_of(age: int) -> int:
    """Return the bucket of an age in days; the first has the day of entry too."""
    return next(bucket for bucket, upper in enumerate(BUCKET_ENDS) if age <= upper)


def promise_of(deal: Deal, day: date) -> int | None:
    """Return the promise class of an entry on a day, None without a promise (step 14)."""
    if deal.promised is None:
        return None
    past = (day - deal.promised).days
    return next(z for z, upper in enumerate(PROMISE_ENDS) if past <= upper)


@lru_cache(maxsize=10_000)
def days_between(after: date, last: date) -> tuple[date, ...]:
    """Give the days of (after, last]."""
    return tuple(after + timedelta(days=n + 1) for n in range((last - after).days))


def days_at_risk(deal: Deal, after: date, c: date) -> tuple[date, ...]:
    """Give the days of (after, c] on which an entry was waiting, as known on the evening of c (step 2)."""
    end = deal.status_on if deal.resolved_by(c) and deal.status_on is not None else c
    return days_between(max(deal.entered_on, after), end)


def grouped(deals: Iterable[Deal], key: Callable[[Deal], Key]) -> dict[Key, list[Deal]]:
    """Return the entries of each key, in the order of the keys."""
    groups: dict[Key, list[Deal]] = {}
    for deal in deals:
        groups.setdefault(key(deal), []).append(deal)
    return {group: groups[group] for group in sorted(groups)}


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    return sum(amounts, Decimal(0))


def money_of(deals: Iterable[Deal], first: date, last: date) -> Decimal:
    """Return what came of entries paid from `first` to `last`, both included."""
    return total(deal.money for deal in deals if deal.resolved_within("paid", first, last))


def first_resolution(deals: Sequence[Deal]) -> date | None:
    """Return o, the first day on which any resolution was recorded."""
    days = [deal.status_on for deal in deals if deal.status != "expected" and deal.status_on is not None]
    return min(days, default=None)
