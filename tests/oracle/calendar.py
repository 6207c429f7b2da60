"""Step 13: how weekdays, the end of the month and the months of the quarter change the pace."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from oracle.deals import BUCKET_ENDS, Deal, bucket_of, days_at_risk, days_between

LEARNING_DAYS = 365
MONTH_PRIOR, WEEKDAY_PRIOR, MONTH_END_PRIOR, QUARTER_PRIOR = 5, 20, 60, 10
LEFT_ENDS = (0, 2, 6, 13, 31)
"""Upper ends of the classes of days that are left to the month's end."""


@dataclass(frozen=True)
class Calendar:
    """Factors of a day, and the speeds by age that they are relative to."""

    weekday: list[float]
    month_end: list[float]
    quarter: list[float]
    speeds: list[float]
    known_days: dict[date, float] = field(default_factory=dict, compare=False)

    def factor(self, day: date) -> float:
        """Return how much of an average day a day is."""
        if day not in self.known_days:
            factor = self.weekday[day.weekday()] * self.month_end[left_class(day)]
            self.known_days[day] = factor * self.quarter_factor(day)
        return self.known_days[day]

    def quarter_factor(self, day: date) -> float:
        """Return u of the day's month."""
        return self.quarter[(day.month - 1) % 3]


def month_end(day: date) -> date:
    """Return the last day of a month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@cache
def left_class(day: date) -> int:
    """Return the class of the days that are left to the month's end."""
    left = (month_end(day) - day).days
    return next(number for number, upper in enumerate(LEFT_ENDS) if left <= upper)


def learn_calendar(known: Sequence[Deal], c: date, o: date) -> Calendar:
    """Learn the factors from the days of (l, c]."""
    before = max(o - timedelta(days=1), c - timedelta(days=LEARNING_DAYS))
    days = list(days_between(before, c))
    at_risk = {day: [0 for _ in BUCKET_ENDS] for day in days}
    came = dict.fromkeys(days, 0)
    came_by_age = [0 for _ in BUCKET_ENDS]
    for deal in known:
        if deal.on_its_day and deal.resolved_by(c):
            continue
        for day in days_at_risk(deal, before, c):
            at_risk[day][bucket_of((day - deal.entered_on).days)] += 1
        if deal.resolved_within("paid", before + timedelta(days=1), c) and deal.status_on is not None:
            came[deal.status_on] += 1
            came_by_age[bucket_of((deal.status_on - deal.entered_on).days)] += 1

    by_age = [sum(row[bucket] for row in at_risk.values()) for bucket in range(len(BUCKET_ENDS))]
    all_days, all_came = sum(by_age), sum(came_by_age)
    speeds = [
        (p + 0.25) / (x + 0.25 * all_days / max(all_came, 1)) if all_days else 0.0
        for p, x in zip(came_by_age, by_age, strict=True)
    ]
    expected = {
        day: math.fsum(x * h for x, h in zip(row, speeds, strict=True)) for day, row in at_risk.items()
    }

    def index(group: Iterable[date], weights: dict[date, float], prior: float) -> float:
        chosen = list(group)
        return (sum(came[day] for day in chosen) + prior) / (math.fsum(weights[d] for d in chosen) + prior)

    months = sorted({(day.year, day.month) for day in days})
    of_month = {month: [day for day in days if (day.year, day.month) == month] for month in months}
    phi = {month: index(of_month[month], expected, MONTH_PRIOR) for month in months}
    in_month = {day: expected[day] * phi[day.year, day.month] for day in days}
    weekday = [index((d for d in days if d.weekday() == w), in_month, WEEKDAY_PRIOR) for w in range(7)]

    whole = {m for m, own in of_month.items() if own[0].day == 1 and own[-1] == month_end(own[-1])}
    in_week = {day: in_month[day] * weekday[day.weekday()] for day in days}
    of_whole = [day for day in days if (day.year, day.month) in whole]
    ends = [index((d for d in of_whole if left_class(d) == n), in_week, MONTH_END_PRIOR) for n in range(5)]

    shaped = {day: expected[day] * weekday[day.weekday()] * ends[left_class(day)] for day in days}
    rho = [0.0, 0.0, 0.0]
    quarters = 0
    for year, month in months:
        three = [(year, month + k) for k in range(3)]
        if month % 3 != 1 or not whole.issuperset(three):
            continue
        quarters += 1
        paid = [sum(came[day] for day in of_month[m]) for m in three]
        due = [math.fsum(shaped[day] for day in of_month[m]) for m in three]
        scale = sum(paid) / sum(due) if sum(due) > 0 else 0.0
        for k in range(3):
            if sum(due) > 0:
                rho[k] += math.log((paid[k] + QUARTER_PRIOR) / (due[k] * scale + QUARTER_PRIOR))
    raw = [math.exp(r / (quarters + 3)) for r in rho]
    return Calendar(weekday, ends, [u * 3 / sum(raw) for u in raw], speeds)
