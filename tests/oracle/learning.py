"""Steps 1-5 and 14: speeds by age, and the indices of leads, sizes and promises."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from oracle.calendar import Calendar, learn_calendar
from oracle.deals import (
    BUCKET_ENDS,
    PROMISE_ENDS,
    Deal,
    bucket_of,
    days_at_risk,
    grouped,
    promise_of,
    total,
)

LEARNING_DAYS = 365
LEAD_PRIOR = 5
SIZE_PRIOR = 20
PROMISE_PRIOR = 20

Bucket = tuple[float, int, int, float, float]
"""Days at risk X, paid events P, refused events R, daily chance of payment hp and of refusal hr."""


@dataclass(frozen=True)
class Learnt:
    """What is learnt from the entries known on an evening.

    `promise_index` is None where the promise is not looked at (in replays).
    """

    buckets: list[Bucket]
    calendar: Calendar
    promise_index: list[float] | None
    lead_paid: dict[str, int]
    lead_index: dict[str, float]
    size_index: dict[bool, float]
    unit_totals: dict[str, tuple[int, Decimal]]

    @property
    def paid(self) -> int:
        """Paid events P."""
        return sum(p for _, p, _, _, _ in self.buckets)

    def is_above_average(self, deal: Deal) -> bool:
        """Return whether the amount is above the average known amount of its unit, exactly (step 5)."""
        count, amount = self.unit_totals.get(deal.unit, (0, Decimal(0)))
        return count > 0 and deal.amount * count > amount

    def promise_factor(self, deal: Deal, day: date) -> float:
        """Return i_z of an entry on a day (step 14)."""
        z = promise_of(deal, day)
        return 1.0 if z is None or self.promise_index is None else self.promise_index[z]


def learn(existing: Sequence[Deal], c: date, o: date, *, promises: bool) -> Learnt | None:
    """Learn from the entries known on the evening of c; None if nothing was resolved after day o.

    Args:
        existing: All entries that are not deleted.
        c: The evening up to which is learnt.
        o: The first day on which any resolution was recorded.
        promises: Whether to learn the promise index, and the other indices net of it.
    """
    known = [deal for deal in existing if deal.entered_on <= c]
    lo = max(o, c - timedelta(days=LEARNING_DAYS))
    buckets = observe(known, c, lo)
    if sum(p + r for _, p, r, _, _ in buckets) == 0:
        return None
    calendar = learn_calendar(known, c, o)

    promise_index = None
    if promises:
        came = [0 for _ in PROMISE_ENDS]
        awaited: list[list[float]] = [[] for _ in PROMISE_ENDS]
        for deal in known:
            if deal.on_its_day and deal.resolved_by(c):
                continue
            for day in days_at_risk(deal, lo, c):
                z = promise_of(deal, day)
                if z is not None:
                    awaited[z].append(calendar.speeds[bucket_of((day - deal.entered_on).days)])
            if deal.resolved_within("paid", lo + timedelta(days=1), c) and deal.status_on is not None:
                z = promise_of(deal, deal.status_on)
                if z is not None:
                    came[z] += 1
        promise_index = [
            (o_z + PROMISE_PRIOR) / (math.fsum(e_z) + PROMISE_PRIOR)
            for o_z, e_z in zip(came, awaited, strict=True)
        ]

    learnt = Learnt(buckets, calendar, promise_index, {}, {}, {}, _unit_totals(known))

    def counted(deals: Iterable[Deal]) -> tuple[int, float]:
        """Return paid events O and what the company's speeds make of the days at risk, E."""
        events, parts = 0, []
        for deal in deals:
            after_lo = deal.resolved_within(deal.status, lo + timedelta(days=1), c)
            events += after_lo and deal.status == "paid"
            if after_lo and deal.on_its_day:
                parts.append(0.5 * buckets[0][3])
            for day in days_at_risk(deal, lo, c):
                speed = buckets[bucket_of((day - deal.entered_on).days)][3]
                parts.append(speed * learnt.promise_factor(deal, day))
        return events, math.fsum(parts)

    for lead, deals in grouped(known, lambda deal: deal.lead).items():
        events, expected = counted(deals)
        learnt.lead_paid[lead] = events
        learnt.lead_index[lead] = (events + LEAD_PRIOR) / (expected + LEAD_PRIOR)
    for above in (False, True):
        events, expected = counted(deal for deal in known if learnt.is_above_average(deal) is above)
        learnt.size_index[above] = (events + SIZE_PRIOR) / (expected + SIZE_PRIOR)
    return learnt


def observe(known: Sequence[Deal], c: date, lo: date) -> list[Bucket]:
    """Return X, P, R, hp and hr of each bucket (steps 2 and 3); hp and hr are 0 without events."""
    days = [Fraction(0) for _ in BUCKET_ENDS]
    paid = [0 for _ in BUCKET_ENDS]
    refused = [0 for _ in BUCKET_ENDS]
    for deal in known:
        for day in days_at_risk(deal, lo, c):
            days[bucket_of((day - deal.entered_on).days)] += 1
        if deal.resolved_within(deal.status, lo + timedelta(days=1), c) and deal.status_on is not None:
            bucket = bucket_of((deal.status_on - deal.entered_on).days)
            (paid if deal.status == "paid" else refused)[bucket] += 1
            if deal.on_its_day:
                days[0] += Fraction(1, 2)
    all_days, all_paid, all_refused = sum(days), sum(paid), sum(refused)
    buckets: list[Bucket] = []
    for x, p, r in zip(days, paid, refused, strict=True):
        hp = hr = Fraction(0)
        if all_paid + all_refused > 0:
            half = Fraction(1, 2 * (all_paid + all_refused))
            hp = (p + half * all_paid) / (x + half * all_days)
            hr = (r + half * all_refused) / (x + half * all_days)
        buckets.append((float(x), p, r, float(hp), float(hr)))
    return buckets


def _unit_totals(known: Sequence[Deal]) -> dict[str, tuple[int, Decimal]]:
    """Return number and sum of the amounts above 0 of each unit: a row of amount 0 has no size."""
    sized = [deal for deal in known if deal.amount > 0]
    return {
        unit: (len(deals), total(deal.amount for deal in deals))
        for unit, deals in grouped(sized, lambda deal: deal.unit).items()
    }
