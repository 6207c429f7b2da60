"""Steps 17-19: replays of the last half year, the blend with the plain pace, and the learnt range."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from oracle.calendar import learn_calendar
from oracle.deals import Deal, days_between, money_of
from oracle.learning import Learnt
from oracle.parts import Walk, mean_quarter, pace_days, parts_of

REPLAY_DAYS = 28
REPLAYS = 26
Z80 = 1.2816
METHOD_ERROR = 0.15
LEAST_ERROR = 0.03
PIPELINE, PERIOD = (8.0, 1.0), (2.0, 0.75)
"""k0 and w0 of step 18: how many independent replays the prior weighs, and what it says."""


@dataclass(frozen=True)
class Replay:
    """One unit at one evening of the past: what the parts were, and what came within 28 days."""

    day: date
    from_open: float
    new: float
    pace: float
    spread: float
    new_spread: float
    came_of_known: float
    came: float


@dataclass(frozen=True)
class Blend:
    """What the replays teach: how far to trust the base, and how wide the range is."""

    weight: float
    error: float
    z: float

    def mix(self, base: float, rival: float) -> float:
        """Return Y of step 18."""
        return self.weight * base + (1 - self.weight) * rival


def share(part: float, other: float) -> float:
    """Return the part's share of both, 0 if there is nothing."""
    return part / (part + other) if part + other > 0 else 0.0


def replay_days(c: date, o: date) -> list[date]:
    """Return the evenings r of step 17, newest first."""
    days = [c - timedelta(days=REPLAY_DAYS + 7 * i) for i in range(REPLAYS)]
    return [day for day in days if day >= o + timedelta(days=30)]


def replay(existing: Sequence[Deal], unit: str, day: date, o: date, learnt: Learnt | None) -> Replay:
    """Replay one evening of one unit with what was to be learnt on it (step 17)."""
    last = day + timedelta(days=REPLAY_DAYS)
    of_unit = [deal for deal in existing if deal.unit == unit]
    known = [deal for deal in of_unit if deal.entered_on <= day]
    came_of_known = float(money_of(known, day + timedelta(days=1), last))
    came = float(money_of(of_unit, day + timedelta(days=1), last))
    if learnt is None:  # all that was ever paid came on day o
        calendar = learn_calendar([deal for deal in existing if deal.entered_on <= day], day, o)
        x = math.fsum(calendar.factor(later) for later in days_between(day, last))
        w = pace_days(day, o)
        brought = float(money_of(known, day - timedelta(days=w - 1), day))
        pace = brought / w * x / mean_quarter(calendar, day, o)
        return Replay(day, 0.0, 0.0, pace, 0.0, 0.0, came_of_known, came)
    walk = Walk(day, day, 1.0, replace(learnt, lead_index={}))
    parts = parts_of(walk, known, o, day, last)
    own = parts.unit
    return Replay(day, own.from_open, own.new, own.pace, own.spread, parts.new_spread, came_of_known, came)


def blend(
    rows: Sequence[tuple[float, float, float, float]], prior: tuple[float, float], paid_events: int
) -> Blend:
    """Learn weight and range from replays.

    Args:
        rows: Base, rival, what came, and the variance of the base, of each replay.
        prior: k0 and w0.
        paid_events: P of step 3.
    """
    k0, w0 = prior
    t0 = METHOD_ERROR**2 + 1 / max(paid_events, 1)
    n = len(rows)
    if n == 0:
        return Blend(w0, t0, Z80 * _student(2))
    ne = n / 4
    mse_base = math.fsum((base - came) ** 2 for base, _, came, _ in rows) / n
    mse_rival = math.fsum((rival - came) ** 2 for _, rival, came, _ in rows) / n
    if mse_rival > 0:
        own = 1 / (1 + (mse_base / mse_rival) ** 3)
    else:
        own = 0.0 if mse_base > 0 else w0
    weight = (ne * own + k0 * w0) / (ne + k0)
    said = [weight * base + (1 - weight) * rival for base, rival, _, _ in rows]

    size = math.fsum(max(y, row[2]) ** 2 for y, row in zip(said, rows, strict=True)) / n
    excess = math.fsum((y - row[2]) ** 2 - row[3] for y, row in zip(said, rows, strict=True)) / n
    error = t0
    if size > 0:
        error = max(LEAST_ERROR**2, (ne * excess + 2 * t0 * size) / ((ne + 2) * size))
    misses = sorted(
        0.0 if y == row[2] == 0 else abs(y - row[2]) / math.sqrt(row[3] + max(y, row[2]) ** 2 * error)
        for y, row in zip(said, rows, strict=True)
    )
    q = misses[min(n, (4 * n + 8) // 5) - 1]
    return Blend(weight, error, (ne * q + 2 * Z80) / (ne + 2) * _student(ne + 2))


def _student(nu: float) -> float:
    """Return by how much wider a range is that was learnt from so little."""
    return 1 + 0.62 / nu + 0.65 / nu**2
