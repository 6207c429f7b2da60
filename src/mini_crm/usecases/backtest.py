"""How good the forecast would have been: past evenings replayed and compared with what came."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from mini_crm.domain.errors import BadData, NotFound
from mini_crm.domain.model import CalibrationBin, Replay, ReplayRow
from mini_crm.domain.period import Period, PeriodKind, period_of
from mini_crm.store.port import AdminStore

FIRST_CUTOFF_AFTER_DAYS = 45
"""So many days after the first recorded resolution there is something to learn from."""

BINS = 10
TOLERANCE = 0.005
"""Half of the smallest amount: a range that ends exactly at what came must not miss it by rounding."""

OUTSIDE_WEIGHT = 10.0
"""What a unit outside of a range for 8 in 10 counts in the interval score: 2 / (1 - 0.8)."""

TARGETS = ("pipeline", "period")
"""What came in the period of the entries known at the cut-off, and all that came."""
METHODS = ("forecast", "hand_formula", "run_rate")
"""What is measured against each target; the forecast of the pipeline is the number without new entries."""

CutoffProgress = Callable[[int, int], None]
"""Called after each cut-off with how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well one method met one target in one unit.

    Attributes:
        cutoffs: Cut-offs at which the method gave a number; only these are measured.
        wape: Sum of the absolute errors / sum of the actuals, for the company; None when nothing came.
        bias: The same with signs: above 0 the method promises too much.
        wape_by_lead: The same as ``wape``, pooled over leads and cut-offs.
        by_lead: WAPE of each lead, by lead id.
        coverage: Share of cut-offs whose actual lay within the range; only of the forecast.
        interval_score: Mean of width and what the actual lay outside, the latter 10 times, as a share of the
            mean actual; only of the forecast.
        brier: Mean squared error of the entries' chances over entries and cut-offs; only of the forecast.
    """

    cutoffs: int
    wape: float | None
    bias: float | None
    wape_by_lead: float | None
    by_lead: Mapping[int, float | None]
    coverage: float | None = None
    interval_score: float | None = None
    brier: float | None = None


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """Open entries whose probability lay between ``low`` and ``high``, over all cut-offs.

    Attributes:
        mean_probability: What the method promised; None without entries.
        share_paid: What came of it by the period's end; None without entries.
    """

    low: float
    high: float
    entries: int
    mean_probability: float | None
    share_paid: float | None


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """The accuracy of all methods over all cut-offs.

    Attributes:
        kind: Which period of each cut-off was forecast.
        cutoffs: The days whose evenings were replayed, oldest first.
        units: By unit, the one with most entries first; then by target and method, as in ``TARGETS`` and
            ``METHODS``.
        calibrations: By unit: ten rows, from the lowest probabilities to the highest.
    """

    kind: PeriodKind
    cutoffs: tuple[date, ...]
    units: Mapping[str, Mapping[str, Mapping[str, Accuracy]]]
    calibrations: Mapping[str, tuple[CalibrationRow, ...]]

    @property
    def main_unit(self) -> str:
        """The unit with most entries."""
        return next(iter(self.units))

    @property
    def calibration(self) -> tuple[CalibrationRow, ...]:
        """Ten rows over the entries of all units: a chance has no unit."""
        return tuple(_pooled(rows) for rows in zip(*self.calibrations.values(), strict=True))

    def as_json(self) -> dict[str, object]:
        """Give what ``mini-crm-admin backtest --json`` prints, as plain dictionaries and numbers."""
        result: dict[str, object] = {
            "period": self.kind.value,
            "cutoffs": len(self.cutoffs),
            "targets": _targets_json(self.units[self.main_unit]),
        }
        if len(self.units) > 1:
            result["units"] = {unit: {"targets": _targets_json(of)} for unit, of in self.units.items()}
        return result


def run_backtest(
    store: AdminStore,
    kind: PeriodKind,
    *,
    step: int = 1,
    first: date | None = None,
    last: date | None = None,
    progress: CutoffProgress | None = None,
) -> BacktestResult:
    """Replay past evenings and measure all methods; stores nothing.

    Args:
        store: Where the entries are.
        kind: Month, quarter or year: the one that a cut-off is in is forecast at it.
        step: Days between cut-offs, at least 1.
        first: First cut-off; by default 45 days after the first recorded resolution.
        last: Bounds cut-offs and period ends; by default the last day on record.
        progress: Called after each cut-off.

    Raises:
        NotFound: ``backtest_no_history``: nothing was ever paid or refused.
        BadData: ``backtest_no_cutoffs``: no period that ended by ``last`` has a cut-off from ``first`` on.
        ValueError: The step is below 1, or the kind is custom.
    """
    if step < 1:
        raise ValueError("step must be at least 1")
    record = store.get_record()
    if record.first_resolution is None or record.last_day is None:
        raise NotFound("backtest_no_history", entries=record.entries)
    first = first or record.first_resolution + timedelta(days=FIRST_CUTOFF_AFTER_DAYS)
    last = last or record.last_day
    cutoffs = _cutoffs(kind, step, first, last)
    if not cutoffs:
        raise BadData("backtest_no_cutoffs", first=first, last=last, kind=kind.value)

    tables = {unit: _UnitTable(unit) for unit in record.units}
    for number, (day, period) in enumerate(cutoffs, start=1):
        replay = store.replay(day, period)
        for table in tables.values():
            table.add(replay)
        if progress is not None:
            progress(number, len(cutoffs))
    return BacktestResult(
        kind=kind,
        cutoffs=tuple(day for day, _ in cutoffs),
        units={unit: table.targets() for unit, table in tables.items()},
        calibrations={unit: table.calibration() for unit, table in tables.items()},
    )


def keep_record(store: AdminStore, by: str, *, progress: CutoffProgress | None = None) -> tuple[date, ...]:
    """Keep what runs on past evenings would have said, one a week over the whole record up to yesterday.

    Args:
        store: Where the entries are.
        by: Who does it.
        progress: Called after each evening.

    Returns:
        The evenings; none, and nothing changed, where the record is shorter than ``FIRST_CUTOFF_AFTER_DAYS``.
    """
    record = store.get_record()
    if record.first_resolution is None or record.last_day is None:
        return ()
    first = record.first_resolution + timedelta(days=FIRST_CUTOFF_AFTER_DAYS)
    last = min(record.last_day, store.get_today() - timedelta(days=1))
    days = tuple(last - timedelta(days=back) for back in range((last - first).days // 7 * 7, -1, -7))
    if days:
        store.keep_replays(days, by, (lambda done: progress(done, len(days))) if progress else None)
    return days


def _cutoffs(kind: PeriodKind, step: int, first: date, last: date) -> list[tuple[date, Period]]:
    """Give the cut-offs, each with its period, of which all have ended by ``last``."""
    found: list[tuple[date, Period]] = []
    day = first
    while (period := period_of(kind, day)).end <= last:
        if day < period.end:  # on its last day nothing is left to forecast
            found.append((day, period))
        day += timedelta(days=step)
    return found


@dataclass(slots=True)
class _Sums:
    """Errors and actuals of one series, gathered cut-off by cut-off."""

    errors: list[float] = field(default_factory=list)
    actuals: list[float] = field(default_factory=list)

    def add(self, predicted: float, actual: float) -> None:
        self.errors.append(predicted - actual)
        self.actuals.append(actual)

    @property
    def wape(self) -> float | None:
        return _ratio(math.fsum(map(abs, self.errors)), math.fsum(self.actuals))

    @property
    def bias(self) -> float | None:
        return _ratio(math.fsum(self.errors), math.fsum(self.actuals))


class _MethodTable:
    """What one method said against one target, for the company and each lead."""

    def __init__(self, target: str, method: str) -> None:
        self._target = target
        self._method = method
        self._company = _Sums()
        self._leads: dict[int, _Sums] = {}
        self._range = _RangeSum()

    def add(self, company: ReplayRow | None, leads: Iterable[ReplayRow]) -> None:
        """Take in the rows of one cut-off; nobody known yet counts as 0 promised and 0 come."""
        predicted = 0.0 if company is None else _predicted(company, self._target, self._method)
        if predicted is None:
            return
        self._company.add(predicted, 0.0 if company is None else _actual(company, self._target))
        for row in leads:
            of_lead = _predicted(row, self._target, self._method)
            if row.lead_id is not None and of_lead is not None:
                sums = self._leads.setdefault(row.lead_id, _Sums())
                sums.add(of_lead, _actual(row, self._target))
        if company is not None and self._method == "forecast":
            self._range.add(*_range(company, self._target), _actual(company, self._target))

    def accuracy(self, brier: float | None) -> Accuracy:
        """Give the figures over all cut-offs."""
        pooled = _Sums()
        for sums in self._leads.values():
            pooled.errors += sums.errors
            pooled.actuals += sums.actuals
        return Accuracy(
            cutoffs=len(self._company.errors),
            wape=self._company.wape,
            bias=self._company.bias,
            wape_by_lead=pooled.wape,
            by_lead={lead_id: self._leads[lead_id].wape for lead_id in sorted(self._leads)},
            coverage=self._range.coverage,
            interval_score=self._range.interval_score,
            brier=brier if self._method == "forecast" else None,
        )


@dataclass(slots=True)
class _RangeSum:
    """How often a range held, and how wide it was, gathered cut-off by cut-off."""

    inside: list[bool] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    actuals: list[float] = field(default_factory=list)

    def add(self, low: float | None, high: float | None, actual: float) -> None:
        if low is None or high is None:
            return
        outside = max(0.0, low - actual, actual - high)
        self.inside.append(outside <= TOLERANCE)
        self.scores.append(high - low + OUTSIDE_WEIGHT * outside)
        self.actuals.append(actual)

    @property
    def coverage(self) -> float | None:
        return _ratio(sum(self.inside), len(self.inside))

    @property
    def interval_score(self) -> float | None:
        return _ratio(math.fsum(self.scores), math.fsum(self.actuals))


class _UnitTable:
    """All targets and methods of one unit."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._tables = {
            target: {method: _MethodTable(target, method) for method in METHODS} for target in TARGETS
        }
        self._bins = [_BinSum() for _ in range(BINS)]

    def add(self, replay: Replay) -> None:
        """Take in one cut-off."""
        rows = [row for row in replay.rows if row.unit == self._unit]
        company = next((row for row in rows if row.lead_id is None), None)
        leads = [row for row in rows if row.lead_id is not None]
        for methods in self._tables.values():
            for table in methods.values():
                table.add(company, leads)
        for found in replay.bins:
            if found.unit == self._unit:
                self._bins[found.number].add(found)

    def targets(self) -> dict[str, dict[str, Accuracy]]:
        """Give the accuracy by target and method."""
        brier = _ratio(sum(b.squared_error for b in self._bins), sum(b.entries for b in self._bins))
        return {
            target: {method: table.accuracy(brier) for method, table in methods.items()}
            for target, methods in self._tables.items()
        }

    def calibration(self) -> tuple[CalibrationRow, ...]:
        """Give the ten rows."""
        return tuple(b.row(number) for number, b in enumerate(self._bins))


@dataclass(slots=True)
class _BinSum:
    """One row of the calibration table, gathered cut-off by cut-off."""

    entries: int = 0
    paid: int = 0
    probability: float = 0.0
    squared_error: float = 0.0

    def add(self, found: CalibrationBin) -> None:
        self.entries += found.entries
        self.paid += found.paid
        self.probability += found.sum_probability
        self.squared_error += found.squared_error

    def row(self, number: int) -> CalibrationRow:
        return CalibrationRow(
            low=number / BINS,
            high=(number + 1) / BINS,
            entries=self.entries,
            mean_probability=_ratio(self.probability, self.entries),
            share_paid=_ratio(self.paid, self.entries),
        )


def _pooled(rows: Sequence[CalibrationRow]) -> CalibrationRow:
    """Put the same row of several units together."""
    entries = sum(row.entries for row in rows)
    promised = sum(row.entries * (row.mean_probability or 0) for row in rows)
    paid = sum(row.entries * (row.share_paid or 0) for row in rows)
    return CalibrationRow(
        rows[0].low, rows[0].high, entries, _ratio(promised, entries), _ratio(paid, entries)
    )


def _predicted(row: ReplayRow, target: str, method: str) -> float | None:
    match method:
        case "forecast":
            return row.paid + row.from_open if target == "pipeline" else row.forecast
        case "hand_formula":
            return row.hand_formula
        case _:
            return row.run_rate


def _range(row: ReplayRow, target: str) -> tuple[float | None, float | None]:
    return (row.open_low, row.open_high) if target == "pipeline" else (row.low, row.high)


def _actual(row: ReplayRow, target: str) -> float:
    return row.actual_pipeline if target == "pipeline" else row.actual_period


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _targets_json(targets: Mapping[str, Mapping[str, Accuracy]]) -> dict[str, object]:
    names: Sequence[str] = ("wape", "bias", "wape_by_lead", "coverage", "interval_score", "brier")
    return {
        target: {method: {name: getattr(of, name) for name in names} for method, of in methods.items()}
        for target, methods in targets.items()
    }
