"""What the report shows, as rows: company > lead > manager > client PIN, each unit by itself.

Every number is taken over from the run as it is; nothing is added up here, so a row shows what the
program shows elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum

from mini_crm.domain.errors import BadData
from mini_crm.domain.model import (
    AccuracyRow,
    ChangeKind,
    EntryChange,
    ForecastRow,
    Report,
    ReportClient,
    TrendPoint,
)
from mini_crm.domain.rules import name_order


class Level(IntEnum):
    """How deep a row lies; the company's is the total."""

    COMPANY = 0
    LEAD = 1
    MANAGER = 2
    CLIENT = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the report; sums are in the row's unit, None is what does not exist at its level.

    Attributes:
        clients: Client PINs with an open entry, counted per manager; 1 or 0 for a client.
        due_today: Open entries, as ``open_count`` and ``overdue``.
        win_rate: As the run has it; for a manager the raw share, won / resolved.
        from_open: What of the open entries will be paid by the period's end.
        from_new: What will be paid of entries that are not made yet; not told of a client.
        low: P10, None also where nothing was resolved yet; the same for ``high``, P90.
    """

    level: Level
    unit: str
    lead: str
    manager: str
    client_pin: str
    clients: int
    open_count: int
    due_today: int
    overdue: int
    expected: Decimal
    paid: Decimal
    refused: Decimal
    from_open: float
    from_new: float | None = None
    win_rate: float | None = None
    won: int | None = None
    resolved: int | None = None
    forecast: float | None = None
    low: float | None = None
    high: float | None = None
    target: Decimal | None = None
    commitment: Decimal | None = None
    hand_formula: float | None = None
    run_rate: float | None = None
    speed_index: float | None = None

    @property
    def still_to_come(self) -> float:
        """From open entries and from new ones together."""
        return self.from_open + (self.from_new or 0.0)

    @property
    def target_share(self) -> float | None:
        """How much of the target the forecast reaches."""
        return None if self.forecast is None or not self.target else self.forecast / float(self.target)

    @property
    def light(self) -> int | None:
        """3: the forecast reaches the target; 2: the range does; 1: not even that; None: no target."""
        if self.forecast is None or not self.target:
            return None
        target = float(self.target)
        return 3 if self.forecast >= target else 2 if (self.high or 0.0) >= target else 1


@dataclass(frozen=True, slots=True)
class ReportRows:
    """The rows in the order of the sheet.

    Attributes:
        clients_left_out: Rows of clients that would not fit on a sheet; 0 or all of them.
    """

    rows: tuple[Row, ...]
    clients_left_out: int


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One stored day of the company, and how far it moved since the stored day before it.

    Attributes:
        target: The company's in its unit, as it is now.
    """

    point: TrendPoint
    forecast_change: float | None
    paid_change: Decimal | None
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How many entries changed in one way, and what they add up to."""

    kind: ChangeKind
    unit: str
    day_count: int
    day_sum: Decimal
    week_count: int
    week_sum: Decimal


def report_rows(report: Report, *, limit: int) -> ReportRows:
    """Lay out the rows of the report's period.

    Args:
        report: One complete run.
        limit: How many rows a sheet holds. If all do not fit, the clients are left out.

    Returns:
        By unit in the order of the company's rows, below it by names, below that as the store gave them.

    Raises:
        BadData: ``report_too_large``: not even the managers fit.
    """
    forecast = report.forecast
    groups = len(_of_period(forecast.company, report)) + len(_of_period(forecast.leads, report))
    groups += len(_of_period(forecast.managers, report))
    if groups > limit:
        raise BadData("report_too_large", rows=groups, limit=limit)
    left_out = len(report.clients) if groups + len(report.clients) > limit else 0
    return ReportRows(tuple(_tree(report, with_clients=not left_out)), left_out)


def lead_rows(rows: Iterable[Row], unit: str) -> list[Row]:
    """Give the company's row of a unit, then the leads', the largest forecast first."""
    found = [row for row in rows if row.unit == unit and row.level <= Level.LEAD]
    return sorted(found, key=lambda row: (row.level, -(row.forecast or 0.0)))


def other_periods(report: Report) -> list[ForecastRow]:
    """Give the company's rows of the run's other periods."""
    return [row for row in report.forecast.company if row.period != report.period]


def trend_rows(report: Report) -> list[TrendRow]:
    """Give the company's stored days, by unit (in the order of the company's rows) and day."""
    units = _units(report)
    points = sorted(
        (point for point in report.trend if point.lead_id is None),
        key=lambda p: (units.index(p.unit) if p.unit in units else len(units), p.unit, p.day),
    )
    targets = {row.unit: row.target for row in _of_period(report.forecast.company, report)}
    rows = []
    before: TrendPoint | None = None
    for point in points:
        if before is None or before.unit != point.unit:
            moved, came = None, None
        else:
            moved, came = point.forecast - before.forecast, point.paid - before.paid
        rows.append(TrendRow(point, moved, came, targets.get(point.unit)))
        before = point
    return rows


def change_counts(report: Report) -> list[ChangeCount]:
    """Count the changes of each unit by kind, since the day before and since a week."""
    days = change_days(report)
    units = list(dict.fromkeys([*_units(report), *(change.unit for change in report.changes)]))
    found: dict[tuple[str, ChangeKind, date], list[EntryChange]] = defaultdict(list)
    for change in report.changes:
        found[change.unit, change.kind, change.since].append(change)
    counts = []
    for unit in units:
        for kind in ChangeKind:
            day, week = [found[unit, kind, since] for since in days] if days else ([], [])
            sums = [sum((change.amount for change in part), Decimal(0)) for part in (day, week)]
            counts.append(ChangeCount(kind, unit, len(day), sums[0], len(week), sums[1]))
    return counts


def change_days(report: Report) -> tuple[date, date] | None:
    """Give the days that the changes go back to: the day before the run's, and a week before it."""
    run = report.forecast.run
    return None if run is None else (run.count_day - timedelta(days=1), run.count_day - timedelta(days=7))


def mask_pins(report: Report) -> Report:
    """Give the report with client PINs of which only the last two characters can be read."""
    return replace(
        report,
        clients=tuple(replace(client, client_pin=masked(client.client_pin)) for client in report.clients),
        changes=tuple(replace(change, client_pin=masked(change.client_pin)) for change in report.changes),
    )


def masked(pin: str) -> str:
    """Hide a client PIN but for its last two characters; a short one wholly, an empty one stays so."""
    return pin and "\u2022" * 4 + (pin[-2:] if len(pin) > 4 else "")


def accuracy_rows(report: Report) -> list[AccuracyRow]:
    """Give the ended periods, newest first; in each the company before the leads by name."""
    return sorted(
        report.accuracy,
        key=lambda a: (
            -a.period.end.toordinal(),
            a.period.code,
            a.unit,
            a.lead_id is not None,
            name_order(a.lead_name),
        ),
    )


def _units(report: Report) -> list[str]:
    """Give the units in the order in which the company's rows have them."""
    rows = (*_of_period(report.forecast.company, report), *_of_period(report.forecast.leads, report))
    return list(dict.fromkeys(row.unit for row in rows))


def _tree(report: Report, *, with_clients: bool) -> Iterator[Row]:
    forecast = report.forecast
    managers: dict[tuple[str, int | None], list[ForecastRow]] = defaultdict(list)
    for row in _of_period(forecast.managers, report):
        managers[row.unit, row.lead_id].append(row)
    clients: dict[tuple[str, int | None, int | None], list[ReportClient]] = defaultdict(list)
    if with_clients:
        for client in report.clients:
            clients[client.unit, client.lead_id, client.manager_id].append(client)
    for unit in _units(report):
        for row in _of_period(forecast.company, report):
            if row.unit == unit:
                yield _group(row, Level.COMPANY)
        leads = [row for row in _of_period(forecast.leads, report) if row.unit == unit]
        for lead in sorted(leads, key=lambda r: name_order(r.lead_name)):
            yield _group(lead, Level.LEAD)
            for manager in sorted(managers[unit, lead.lead_id], key=lambda r: name_order(r.manager_name)):
                yield _group(manager, Level.MANAGER)
                for client in clients[unit, lead.lead_id, manager.manager_id]:
                    yield _client(client, manager)


def _of_period(rows: Iterable[ForecastRow], report: Report) -> list[ForecastRow]:
    return [row for row in rows if row.period == report.period]


def _group(row: ForecastRow, level: Level) -> Row:
    raw_rate = row.won / row.resolved if row.resolved else None
    return Row(
        level=level,
        unit=row.unit,
        lead=row.lead_name if level > Level.COMPANY else "",
        manager=row.manager_name if level > Level.LEAD else "",
        client_pin="",
        clients=row.clients,
        open_count=row.open_count,
        due_today=row.due_today,
        overdue=row.overdue,
        expected=row.expected,
        paid=row.paid,
        refused=row.refused,
        from_open=row.from_open,
        from_new=row.from_new,
        win_rate=raw_rate if level == Level.MANAGER else row.win_rate,
        won=row.won,
        resolved=row.resolved,
        forecast=row.forecast,
        low=row.low,
        high=row.high,
        target=row.target,
        commitment=row.commitment,
        hand_formula=row.hand_formula,
        run_rate=row.run_rate,
        speed_index=row.speed_index,
    )


def _client(client: ReportClient, manager: ForecastRow) -> Row:
    return Row(
        level=Level.CLIENT,
        unit=client.unit,
        lead=manager.lead_name,
        manager=manager.manager_name,
        client_pin=client.client_pin,
        clients=int(client.open_count > 0),
        open_count=client.open_count,
        due_today=client.due_today,
        overdue=client.overdue,
        expected=client.expected,
        paid=client.paid,
        refused=client.refused,
        from_open=client.from_open,
    )
