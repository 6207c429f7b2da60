"""Steps 15 and 16: the chance of an open entry, and the parts of what is still to come."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from oracle.calendar import Calendar
from oracle.deals import BUCKET_ENDS, Deal, ManagerKey, bucket_of, days_between
from oracle.learning import Learnt

PACE_DAYS = 90


@dataclass(frozen=True)
class Walk:
    """The days that an open entry still walks through, and how much of an average day each is.

    Attributes:
        c: The evening up to which was learnt.
        now: The day on which entries are open: c, or the day after it in a live run.
        rest: How much of the day `now` is left in a live run.
    """

    c: date
    now: date
    rest: float
    learnt: Learnt

    def weight(self, day: date) -> float:
        """Return the factor of a day after c."""
        rest = self.rest if day == self.now else 1.0
        return self.learnt.calendar.factor(day) * rest

    def effective_days(self, last: date) -> float:
        """Return x: the sum of the weights of (c, last]."""
        return math.fsum(self.weight(day) for day in days_between(self.c, last))

    def chance(self, deal: Deal, own_index: float, after: date, last: date) -> tuple[float, float]:
        """Return the chance of payment in (after, last], and in (c, last] (step 15)."""
        size = self.learnt.size_index[self.learnt.is_above_average(deal)]
        passed = 0.0
        late: list[float] = []
        everything: list[float] = []
        for day in days_between(self.c, last):
            weight = self.weight(day)
            if day == deal.entered_on:
                weight /= 2
            bucket = bucket_of((day - deal.entered_on).days)
            _, _, _, hp, hr = self.learnt.buckets[bucket]
            q = hp * own_index * size * self.learnt.promise_factor(deal, day)
            k = q + hr
            part = math.exp(-passed) * -math.expm1(-k * weight) * q / k
            passed += k * weight
            everything.append(part)
            if day > after:
                late.append(part)
        return math.fsum(late), math.fsum(everything)

    def paid_share(self, x: float) -> float:
        """Return I(x): the integral over 0..x of the paid share of a new entry (step 16)."""
        integral = paid = 0.0
        left = 1.0
        begin = 0.0
        for end, (_, _, _, hp, hr) in zip(BUCKET_ENDS, self.learnt.buckets, strict=True):
            length = min(x, end) - begin
            if length <= 0:
                break
            k = hp + hr
            y = k * length
            gone = -math.expm1(-y)
            integral += paid * length + left * hp / k * _rest(y, gone) / k
            paid += left * hp / k * gone
            left *= math.exp(-y)
            begin = end
        return integral


def _rest(y: float, gone: float) -> float:
    """Return y - (1 - exp(-y)) without losing digits where y is small."""
    if y < 0.05:
        return math.fsum((-1) ** n * y**n / math.factorial(n) for n in range(2, 12))
    return y - gone


@dataclass(frozen=True)
class Part:
    """What one manager, lead or unit has: F, S, N, R and the open amount of step 16."""

    from_open: float = 0.0
    spread: float = 0.0
    new: float = 0.0
    pace: float = 0.0
    open_amount: float = 0.0

    def __add__(self, other: "Part") -> "Part":
        """Return both together."""
        return Part(
            self.from_open + other.from_open,
            self.spread + other.spread,
            self.new + other.new,
            self.pace + other.pace,
            self.open_amount + other.open_amount,
        )


@dataclass(frozen=True)
class Parts:
    """Step 16 of one unit: by manager, the variance of new entries, and F and N over the whole of (c, e]."""

    managers: dict[ManagerKey, Part]
    entries: dict[int, float]
    new_spread: float
    from_open_whole: float
    new_whole: float

    @property
    def unit(self) -> Part:
        """All managers together."""
        return sum(self.managers.values(), Part())


def pace_days(c: date, o: date) -> int:
    """Return W."""
    return min(PACE_DAYS, (c - o).days + 1)


def mean_quarter(calendar: Calendar, c: date, o: date) -> float:
    """Return the mean of u over the last W days."""
    days = days_between(c - timedelta(days=pace_days(c, o)), c)
    return math.fsum(calendar.quarter_factor(day) for day in days) / len(days)


def parts_of(walk: Walk, of_unit: Sequence[Deal], o: date, after: date, last: date) -> Parts:
    """Work out the parts of one unit over (after, last].

    Args:
        walk: What was learnt; its lead and promise indices are 1 in replays.
        of_unit: All entries of the unit.
        o: The first day on which any resolution was recorded.
        after: The day before the period, or c if that is later.
        last: The period's last day.
    """
    c, learnt = walk.c, walk.learnt
    w = pace_days(c, o)
    since = c - timedelta(days=w)
    whole_span = walk.paid_share(walk.effective_days(last))
    span = whole_span - walk.paid_share(walk.effective_days(after))
    days = walk.effective_days(last) - walk.effective_days(after)
    pace = days / mean_quarter(learnt.calendar, c, o)
    managers: dict[ManagerKey, Part] = {}
    entries: dict[int, float] = {}
    new_spread = from_open_whole = new_whole = 0.0
    for deal in of_unit:
        if deal.entered_on > walk.now:
            continue
        amount, own = float(deal.amount), Part()
        if not deal.resolved_by(walk.now):
            p, p_whole = walk.chance(deal, learnt.lead_index.get(deal.lead, 1.0), after, last)
            entries[deal.deal_id] = p
            from_open_whole += amount * p_whole
            own += Part(from_open=amount * p, spread=amount**2 * p * (1 - p), open_amount=amount)
        if since < deal.entered_on <= c:
            own += Part(new=amount / w * span)
            new_spread += amount**2 / w * span
            new_whole += amount / w * whole_span
        if deal.resolved_within("paid", since + timedelta(days=1), c):
            own += Part(pace=float(deal.money) / w * pace)
        key = (deal.lead, deal.manager, deal.unit)
        managers[key] = managers.get(key, Part()) + own
    return Parts(managers, entries, new_spread, from_open_whole, new_whole)
