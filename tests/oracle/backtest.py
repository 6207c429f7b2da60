"""Replaying past evenings and measuring what would have been forecast."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from oracle.deals import Deal, LeadKey
from oracle.rows import Row, Run

FIRST_CUTOFF_AFTER_DAYS = 45
PERIOD_MONTHS = {"month": 1, "quarter": 3}
OUTSIDE_WEIGHT = 10
"""What a unit outside of the range of 8 in 10 counts in the interval score: 2 / 0.2."""

TARGETS = ("pipeline", "period")
METHODS = ("forecast", "hand_formula", "run_rate")
"""Methods that are measured against each target."""


@dataclass(frozen=True)
class Cutoff:
    """One replayed evening: what was forecast and what happened.

    The actuals are keyed by target: `pipeline` is what entries known at the cut-off brought in the whole
    period, `period` all that came. `scored` holds, per unit, the probability of each open entry and whether
    it was paid after the cut-off and by the period end.
    """

    day: date
    start: date
    end: date
    company: dict[str, Row]
    leads: dict[LeadKey, Row]
    actual: dict[str, dict[str, Decimal]]
    lead_actual: dict[str, dict[LeadKey, Decimal]]
    scored: dict[str, list[tuple[float, bool]]]


@dataclass(frozen=True)
class Metrics:
    """Accuracy of one method against one target over `cutoffs` cut-offs; None where it cannot be told.

    `wape` and `bias` are of the company totals; `wape_by_lead` pools the absolute errors of all leads and
    cut-offs, `lead_wape` has one figure a lead. `coverage` and `brier` are measured for the forecast against
    the pipeline target only.
    """

    cutoffs: int
    wape: float | None
    bias: float | None
    wape_by_lead: float | None
    lead_wape: dict[str, float | None]
    coverage: float | None
    interval_score: float | None
    brier: float | None


@dataclass(frozen=True)
class CalibrationBin:
    """Open entries with a probability from `low` up to the next bin: number, mean probability, share paid."""

    low: float
    n: int
    mean_p: float | None
    share_paid: float | None


@dataclass(frozen=True)
class Backtest:
    """A replay; `metrics` is keyed by unit, target and method, `calibration` by unit, ten bins each."""

    period: str
    cutoffs: list[Cutoff]
    metrics: dict[str, dict[str, dict[str, Metrics]]]
    calibration: dict[str, list[CalibrationBin]]


def backtest(
    deals: Iterable[Deal],
    *,
    period: str = "month",
    step: int = 1,
    first: date | None = None,
    last: date | None = None,
) -> Backtest:
    """Forecast on past days with what was known then and compare with what happened.

    Args:
        deals: All entries; deleted ones are ignored.
        period: `month` or `quarter`, the one that contains the cut-off.
        step: Days between cut-offs, at least 1.
        first: First cut-off; by default the first recorded resolution + 45 days.
        last: Last day for cut-offs and period ends; by default the last day on record.

    Returns:
        The cut-offs in order of time and the accuracy per unit; without any resolution no cut-offs.

    Raises:
        ValueError: If the period is unknown or the step is below 1.
    """
    if step < 1:
        raise ValueError("step must be at least 1")
    if period not in PERIOD_MONTHS:
        raise ValueError("period must be month or quarter")
    existing = [deal for deal in deals if not deal.deleted]
    resolutions = [deal.status_on for deal in existing if deal.status != "expected" and deal.status_on]
    if first is None and resolutions:
        first = min(resolutions) + timedelta(days=FIRST_CUTOFF_AFTER_DAYS)
    if last is None:
        last = max([*resolutions, *(deal.entered_on for deal in existing)], default=None)

    cutoffs: list[Cutoff] = []
    if first is not None and last is not None:
        day = first
        while _period(day, period)[1] <= last:
            start, end = _period(day, period)
            if day < end:  # on the last day nothing is left to forecast
                cutoffs.append(replay(existing, day, start, end))
            day += timedelta(days=step)
    units = sorted({deal.unit for deal in existing})
    return Backtest(
        period=period,
        cutoffs=cutoffs,
        metrics={
            unit: {
                target: {method: _metrics(cutoffs, unit, target, method) for method in METHODS}
                for target in TARGETS
            }
            for unit in units
        },
        calibration={unit: _calibration(_scored(cutoffs, unit)) for unit in units},
    )


def _period(day: date, period: str) -> tuple[date, date]:
    """Return the first and the last day of the month or quarter that contains `day`."""
    months = PERIOD_MONTHS[period]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    following = start.month - 1 + months
    return start, date(start.year + following // 12, following % 12 + 1, 1) - timedelta(days=1)


def replay(deals: Iterable[Deal], day: date, start: date, end: date) -> Cutoff:
    """Forecast on the evening of `day` and collect what happened; deleted entries are ignored."""
    existing = [deal for deal in deals if not deal.deleted]
    result = Run(existing, as_of=day).forecast(start, end)
    actual: dict[str, dict[str, Decimal]] = {target: {} for target in TARGETS}
    lead_actual: dict[str, dict[LeadKey, Decimal]] = {target: {} for target in TARGETS}
    scored: dict[str, list[tuple[float, bool]]] = {}
    for deal in existing:
        if deal.resolved_within("paid", start, end):
            key = (deal.lead, deal.unit)
            for target in ("pipeline", "period") if deal.entered_on <= day else ("period",):
                actual[target][deal.unit] = actual[target].get(deal.unit, Decimal(0)) + deal.money
                lead_actual[target][key] = lead_actual[target].get(key, Decimal(0)) + deal.money
        if deal.deal_id in result.entries:
            was_paid = deal.resolved_within("paid", day + timedelta(days=1), end)
            scored.setdefault(deal.unit, []).append((result.entries[deal.deal_id], was_paid))
    return Cutoff(day, start, end, result.company, result.leads, actual, lead_actual, scored)


def _predicted(row: Row | None, target: str, method: str) -> float | None:
    """Return what a method predicted; 0 for whoever had no entry yet, None if it was not available."""
    if row is None:
        return 0.0
    if method == "forecast":
        return float(row.paid) + row.from_open if target == "pipeline" else row.forecast
    return row.hand if method == "hand_formula" else row.run_rate


def _range(row: Row | None, target: str) -> tuple[float, float] | None:
    """Return the range of the forecast, None where there is none."""
    if row is None:
        return None
    low, high = (row.open_low, row.open_high) if target == "pipeline" else (row.low, row.high)
    return None if low is None or high is None else (low, high)


def _share(errors: Sequence[float], actuals: Sequence[float]) -> float | None:
    """Return the sum of errors as a share of the sum of actuals, None if nothing came."""
    total = math.fsum(actuals)
    return math.fsum(errors) / total if total else None


def _metrics(cutoffs: Sequence[Cutoff], unit: str, target: str, method: str) -> Metrics:
    """Measure a method against a target in one unit, over the cut-offs at which it was available."""
    errors: list[float] = []
    actuals: list[float] = []
    lead_errors: dict[str, list[float]] = {}
    lead_actuals: dict[str, list[float]] = {}
    inside: list[bool] = []
    scores: list[float] = []
    ranged_actuals: list[float] = []
    for cutoff in cutoffs:
        row = cutoff.company.get(unit)
        predicted = _predicted(row, target, method)
        if predicted is None:
            continue
        actual = float(cutoff.actual[target].get(unit, Decimal(0)))
        errors.append(predicted - actual)
        actuals.append(actual)
        if (between := _range(row, target)) is not None:
            low, high = between
            inside.append(low <= actual <= high)
            scores.append(high - low + OUTSIDE_WEIGHT * (max(0.0, low - actual) + max(0.0, actual - high)))
            ranged_actuals.append(actual)
        for key in sorted({key for key in [*cutoff.leads, *cutoff.lead_actual[target]] if key[1] == unit}):
            lead_predicted = _predicted(cutoff.leads.get(key), target, method)
            if lead_predicted is not None:
                lead_came = float(cutoff.lead_actual[target].get(key, Decimal(0)))
                lead_errors.setdefault(key[0], []).append(abs(lead_predicted - lead_came))
                lead_actuals.setdefault(key[0], []).append(lead_came)

    has_range = method == "forecast"
    scored = _scored(cutoffs, unit) if has_range else []
    return Metrics(
        cutoffs=len(errors),
        wape=_share([abs(error) for error in errors], actuals),
        bias=_share(errors, actuals),
        wape_by_lead=_share(
            [error for per_lead in lead_errors.values() for error in per_lead],
            [came for per_lead in lead_actuals.values() for came in per_lead],
        ),
        lead_wape={lead: _share(lead_errors[lead], lead_actuals[lead]) for lead in sorted(lead_errors)},
        coverage=sum(inside) / len(inside) if has_range and inside else None,
        interval_score=_share(scores, ranged_actuals) if has_range else None,
        brier=math.fsum((p - was_paid) ** 2 for p, was_paid in scored) / len(scored) if scored else None,
    )


def _scored(cutoffs: Sequence[Cutoff], unit: str) -> list[tuple[float, bool]]:
    """Return probability and outcome of every open entry of the unit at every cut-off."""
    return [pair for cutoff in cutoffs for pair in cutoff.scored.get(unit, [])]


def _calibration(scored: Sequence[tuple[float, bool]]) -> list[CalibrationBin]:
    """Return ten equal bins of the probability; the last one includes 1."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for p, was_paid in scored:
        bins[min(int(p * 10), 9)].append((p, was_paid))
    return [
        CalibrationBin(
            low=number / 10,
            n=len(pairs),
            mean_p=math.fsum(p for p, _ in pairs) / len(pairs) if pairs else None,
            share_paid=sum(was_paid for _, was_paid in pairs) / len(pairs) if pairs else None,
        )
        for number, pairs in enumerate(bins)
    ]
