"""What the report shows of the past: stored days, changes and the bridge between two runs, accuracy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mini_crm.domain.model import AccuracyRow, Bridge, ChangeKind, EntryChange, Report, TrendPoint
from mini_crm.domain.rules import name_order
from mini_crm.domain.shown import round_shown
from mini_crm.report.bridge import BridgeStep, Step, bridge_steps
from mini_crm.report.rows import of_period, places_of, shown_alone, units_of


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One stored day of the company, and how far it moved since the stored day before it.

    Attributes:
        forecast_change: None on the first day, and where the day before is of another method.
        target: The company's in its unit, as it is now.
    """

    point: TrendPoint
    forecast_change: Decimal | None
    paid_change: Decimal | None
    target: Decimal | None

    @property
    def forecast(self) -> Decimal:
        """What the day's report showed: the sum of its rounded parts."""
        return _shown_point(self.point)


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How many entries changed in one way, and what they add up to, since each of ``change_days``."""

    kind: ChangeKind
    unit: str
    counts: tuple[int, ...]
    sums: tuple[Decimal, ...]


_KINDS = {
    Step.WON: {ChangeKind.PAID},
    Step.LOST: {ChangeKind.REFUSED, ChangeKind.DELETED},
    Step.NEW: {ChangeKind.NEW},
    Step.PUT_OFF: {ChangeKind.PUSHED, ChangeKind.PULLED},
    Step.AMOUNTS: {ChangeKind.MORE, ChangeKind.LESS},
}
"""Which changes make a step; all others are in ``Step.CHANGED``."""


def trend_rows(report: Report) -> list[TrendRow]:
    """Give the company's stored days, by unit (in the order of the company's rows) and day."""
    units = units_of(report)
    points = sorted(
        report.trend,
        key=lambda p: (units.index(p.unit) if p.unit in units else len(units), p.unit, p.day),
    )
    targets = {row.unit: row.target for row in of_period(report.forecast.company, report)}
    rows = []
    before: TrendPoint | None = None
    for point in points:
        if before is None or before.unit != point.unit:
            moved, came = None, None
        else:
            came = point.paid - before.paid
            is_same = point.method == before.method
            moved = _shown_point(point) - _shown_point(before) if is_same else None
        rows.append(TrendRow(point, moved, came, targets.get(point.unit)))
        before = point
    return rows


def change_counts(report: Report) -> list[ChangeCount]:
    """Count the changes of each unit by kind, since each of ``change_days``."""
    days = change_days(report)
    units = list(dict.fromkeys([*units_of(report), *(change.unit for change in report.changes)]))
    found: dict[tuple[str, ChangeKind, date], list[EntryChange]] = defaultdict(list)
    for change in report.changes:
        found[change.unit, change.kind, change.since].append(change)
    counts = []
    for unit in units:
        for kind in ChangeKind:
            of_kind = [found[unit, kind, since] for since in days]
            if any(of_kind):
                sums = tuple(sum((change.amount for change in part), Decimal(0)) for part in of_kind)
                counts.append(ChangeCount(kind, unit, tuple(map(len, of_kind)), sums))
    return counts


def change_days(report: Report) -> tuple[date, ...]:
    """Give the days that changes and bridges go back to, the latest first: at most two."""
    since = {change.since for change in report.changes} | {bridge.since for bridge in report.bridges}
    return tuple(sorted(since, reverse=True))


def steps_of(report: Report, bridge: Bridge) -> list[BridgeStep]:
    """Lay out a bridge of the report, which ends at what the company's row shows."""
    return bridge_steps(bridge, _shown_now(report, bridge), _counts(report, bridge))


def _shown_now(report: Report, bridge: Bridge) -> Decimal:
    """Give the present end of a bridge as the company's row shows it."""
    for row in of_period(report.forecast.company, report):
        if row.unit == bridge.unit:
            return shown_alone(row).forecast
    return round_shown(bridge.now, places=places_of(bridge.unit))


def _counts(report: Report, bridge: Bridge) -> dict[Step, int]:
    counts: dict[Step, int] = defaultdict(int)
    for change in report.changes:
        if (change.unit, change.since) == (bridge.unit, bridge.since):
            counts[next((step for step, kinds in _KINDS.items() if change.kind in kinds), Step.CHANGED)] += 1
    return counts


def accuracy_rows(report: Report) -> list[AccuracyRow]:
    """Give the ended periods, newest first; in each the company before the leads, method by method."""
    return sorted(
        report.accuracy,
        key=lambda a: (
            -a.period.end.toordinal(),
            a.period.code,
            a.unit,
            a.lead_id is not None,
            name_order(a.lead_name),
            a.is_recalculated,
            -a.method,
        ),
    )


def _shown_point(point: TrendPoint) -> Decimal:
    places = places_of(point.unit)
    from_new = point.forecast - float(point.paid) - point.from_open
    parts = (round_shown(part, places=places) for part in (point.from_open, from_new))
    return sum(parts, point.paid)
