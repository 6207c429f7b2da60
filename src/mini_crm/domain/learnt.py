"""What a run learnt from the past, and why an open entry has the chance that it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mini_crm.domain.period import Period

PROMISE_ENDS = (-30, -7, 0, 7, 30)
"""Days since the first promised day: a class of the promise is up to an end, the last is above all."""


class IndexKind(StrEnum):
    """By what payments come faster or slower than age alone says."""

    LEAD = "lead"
    SIZE = "size"
    PROMISE = "promise"
    WEEKDAY = "weekday"
    MONTH_END = "month_end"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class AgeSpeed:
    """How fast entries of an age of more than ``from_age`` and at most ``to_age`` days are resolved.

    Attributes:
        days: Days that entries waited at that age.
        paid: Payments in these days.
        refused: Refusals in them.
        paid_rate: The chance of being paid on one such day.
        refused_rate: The chance of being refused on one.
    """

    from_age: int
    to_age: int
    days: float
    paid: int
    refused: int
    paid_rate: float
    refused_rate: float


@dataclass(frozen=True, slots=True)
class Index:
    """So many times as fast as age alone says, with the counts behind it.

    Attributes:
        number: A lead's id; 0 or 1 for not above and above the average amount; a class of the promise
            (see ``PROMISE_ENDS``); a weekday from Monday; the class of days left to the month's end (0,
            1-2, 3-6, 7-13, more); the month of the quarter. All but the lead's from 0.
        paid: Payments that came.
        expected: Payments that would have come at the company's pace.
        factor: The index, drawn to 1 by how little is known.
    """

    kind: IndexKind
    number: int
    paid: int
    expected: float
    factor: float


@dataclass(frozen=True, slots=True)
class ReplayedForecast:
    """What the run would have said on an evening of the last half year, 28 days ahead, and what came.

    Attributes:
        open_forecast: From the entries known on that day.
        whole_forecast: In all.
        open_came: What came within 28 days of the entries known on that day.
        whole_came: All that came within 28 days.
    """

    unit: str
    day: date
    open_forecast: float
    whole_forecast: float
    open_came: float
    whole_came: float


@dataclass(frozen=True, slots=True)
class ReplayedAccuracy:
    """How well the replays of the last half year met what came, for a whole company in one unit.

    Attributes:
        replays: How many there are.
        first_day: The evening of the first.
        last_day: The evening of the last.
        wape: Of the whole number: sum of the absolute errors / sum of the actuals; None when nothing came.
        open_wape: The same of the number without new entries, against what came of the known entries.
    """

    unit: str
    replays: int
    first_day: date
    last_day: date
    wape: float | None
    open_wape: float | None


@dataclass(frozen=True, slots=True)
class PeriodPace:
    """What a run made of a period that is not over, in one unit.

    Attributes:
        scale: The recent pace: what chances are multiplied by to give contributions.
        paying_days: Days that are left, each as much as the company pays on it.
        open_weight: Share of the method in "from open entries"; the rest is the plain pace's.
        whole_weight: The same in the whole number.
    """

    period: Period
    unit: str
    scale: float
    paying_days: float
    open_weight: float
    whole_weight: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a run learnt; of the leads' indices only the own one where a lead asks.

    Attributes:
        speeds: By age, youngest first.
        replays: By unit and day; none where a lead asks, since they are the company's sums.
        paces: By period and unit.
        replayed: How good the replays were, by unit; shares, which everybody may see.
    """

    speeds: tuple[AgeSpeed, ...]
    indices: tuple[Index, ...]
    replays: tuple[ReplayedForecast, ...]
    paces: tuple[PeriodPace, ...]
    replayed: tuple[ReplayedAccuracy, ...] = ()

    def index(self, kind: IndexKind, number: int) -> float:
        """Give a factor; 1 where nothing is known."""
        found = (i.factor for i in self.indices if i.kind is kind and i.number == number)
        return next(found, 1.0)

    def speed(self, age: int) -> AgeSpeed | None:
        """Give the speed at an age in days; the day of entry counts as the first."""
        return next((s for s in self.speeds if s.from_age < max(age, 1) <= s.to_age), None)


@dataclass(frozen=True, slots=True)
class ChanceReasons:
    """Why an open entry has its chance of being paid in a period; factors are 1 where they say nothing.

    Attributes:
        age: Days since entry, on the day that the run counted.
        paid_rate: What the company is paid of entries of that age, a day.
        lead_factor: So many times as fast the lead is paid.
        is_large: Whether the amount is above the average of its unit.
        size_factor: What that makes.
        promised: The first promised day.
        promise_factor: What it makes on the run's day.
        pace: The company's recent pace, by which the contribution differs from amount x chance.
        paying_days: Days that are left, each as much as the company pays on it.
    """

    age: int
    paid_rate: float
    lead_factor: float
    is_large: bool
    size_factor: float
    promised: date | None
    promise_factor: float
    pace: float
    paying_days: float


def reasons(
    learnt: Learnt,
    period: Period,
    count_day: date,
    *,
    lead_id: int,
    unit: str,
    entered_on: date,
    first_pay_by: date | None,
    is_large: bool,
) -> ChanceReasons | None:
    """Say why an open entry has its chance; None where the run had nothing to go by.

    Args:
        learnt: What the run learnt.
        period: The period that the chance is for.
        count_day: The day that the run counted.
        lead_id: The entry's lead.
        unit: Its unit.
        entered_on: Its day of entry.
        first_pay_by: Its first promised day.
        is_large: Whether the run took it as above the average.
    """
    age = (count_day - entered_on).days
    speed = learnt.speed(age)
    pace = next((p for p in learnt.paces if (p.period, p.unit) == (period, unit)), None)
    if speed is None or pace is None:
        return None
    promise_factor = 1.0
    if first_pay_by is not None:
        promise_factor = learnt.index(IndexKind.PROMISE, promise_class((count_day - first_pay_by).days))
    return ChanceReasons(
        age=age,
        paid_rate=speed.paid_rate,
        lead_factor=learnt.index(IndexKind.LEAD, lead_id),
        is_large=is_large,
        size_factor=learnt.index(IndexKind.SIZE, int(is_large)),
        promised=first_pay_by,
        promise_factor=promise_factor,
        pace=pace.scale,
        paying_days=pace.paying_days,
    )


def promise_class(past: int) -> int:
    """Give the class of a day that is ``past`` days after the first promised one."""
    return sum(past > end for end in PROMISE_ENDS)
