"""What the report shows, as rows: company > lead > manager > client PIN, each unit by itself.

Numbers are taken over from the run; estimates are rounded so that what is shown adds up (``domain.shown``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import IntEnum

from mini_crm.domain.errors import BadData
from mini_crm.domain.model import (
    PIECES,
    Forecast,
    ForecastRow,
    Report,
    ReportClient,
    Run,
    RunKind,
)
from mini_crm.domain.period import Period, Stage, stage_of
from mini_crm.domain.rules import name_order
from mini_crm.domain.shown import RowKey, ShownParts, round_shown, share_out, show_forecast, show_parts


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
        forecast: The sum of what is paid and these two.
        low: Lower end of the likely range, None also where nothing was resolved yet; the same for ``high``.
        open_low: Lower end of the range without new entries; the same for ``open_high``.
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
    from_open: Decimal
    from_new: Decimal | None = None
    win_rate: float | None = None
    won: int | None = None
    resolved: int | None = None
    forecast: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    open_low: Decimal | None = None
    open_high: Decimal | None = None
    target: Decimal | None = None
    commitment: Decimal | None = None
    speed_index: float | None = None

    @property
    def target_share(self) -> float | None:
        """How much of the target the forecast reaches."""
        return None if self.forecast is None or not self.target else float(self.forecast / self.target)

    @property
    def gap(self) -> Decimal | None:
        """By how much the forecast is above the target, or below it."""
        return None if self.forecast is None or not self.target else self.forecast - self.target

    @property
    def light(self) -> int | None:
        """3: the forecast reaches the target; 2: the range does; 1: not even that; None: no target."""
        if self.forecast is None or not self.target:
            return None
        return 3 if self.forecast >= self.target else 2 if (self.high or 0) >= self.target else 1


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """The company's numbers in another period than the report's."""

    period: Period
    stage: Stage
    row: Row


@dataclass(frozen=True, slots=True)
class ReportRows:
    """The rows in the order of the sheet.

    Attributes:
        clients_left_out: Rows of clients that would not fit on a sheet; 0 or all of them.
    """

    rows: tuple[Row, ...]
    clients_left_out: int


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
    groups = len(of_period(forecast.company, report)) + len(of_period(forecast.leads, report))
    groups += len(of_period(forecast.managers, report))
    if groups > limit:
        raise BadData("report_too_large", rows=groups, limit=limit)
    left_out = len(report.clients) if groups + len(report.clients) > limit else 0
    return ReportRows(tuple(_tree(report, with_clients=not left_out)), left_out)


def lead_rows(rows: Iterable[Row], unit: str) -> list[Row]:
    """Give the company's row of a unit, then the leads', the largest forecast first."""
    found = [row for row in rows if row.unit == unit and row.level <= Level.LEAD]
    return sorted(found, key=lambda row: (row.level, -(row.forecast or 0)))


def other_periods(report: Report) -> list[PeriodRow]:
    """Give the company's numbers in the run's other periods."""
    return [found for found in company_rows(report.forecast) if found.period != report.period]


def company_rows(forecast: Forecast) -> list[PeriodRow]:
    """Give the company's numbers in all periods and units of a run."""
    return [
        PeriodRow(row.period, stage(row.period, forecast.run), _group(row, Level.COMPANY, shown_alone(row)))
        for row in forecast.company
    ]


def stage(period: Period, run: Run | None) -> Stage:
    """Say how a period stands to what a run counted: a run as of an evening has that day behind it."""
    if run is None:
        return Stage.RUNNING
    return stage_of(period, run.count_day + timedelta(days=int(run.kind is RunKind.AS_OF)))


def lead_names(report: Report) -> dict[int, str]:
    """Give the names of the leads that the run counted, by id."""
    return {row.lead_id: row.lead_name for row in report.forecast.leads if row.lead_id is not None}


def places_of(unit: str) -> int:
    """Give the decimal places that an estimate shows: a fraction of money says nothing."""
    return int(unit == PIECES)


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


def units_of(report: Report) -> list[str]:
    """Give the units of the report's period in the order in which the company's rows have them."""
    rows = (*of_period(report.forecast.company, report), *of_period(report.forecast.leads, report))
    return list(dict.fromkeys(row.unit for row in rows))


def _tree(report: Report, *, with_clients: bool) -> Iterator[Row]:
    forecast = report.forecast
    managers: dict[tuple[str, int | None], list[ForecastRow]] = defaultdict(list)
    for row in of_period(forecast.managers, report):
        managers[row.unit, row.lead_id].append(row)
    clients: dict[tuple[str, int | None, int | None], list[ReportClient]] = defaultdict(list)
    if with_clients:
        for client in report.clients:
            clients[client.unit, client.lead_id, client.manager_id].append(client)
    for unit in units_of(report):
        company = [row for row in of_period(forecast.company, report) if row.unit == unit]
        leads = [row for row in of_period(forecast.leads, report) if row.unit == unit]
        below = [row for lead in leads for row in managers[unit, lead.lead_id]]
        shown = show_forecast([*company, *leads, *below], places=places_of(unit), paid_places=None)

        def group(row: ForecastRow, level: Level, shown: Mapping[RowKey, ShownParts] = shown) -> Row:
            return _group(row, level, shown[row.lead_id, row.manager_id])

        yield from (group(row, Level.COMPANY) for row in company)
        for lead in sorted(leads, key=lambda r: name_order(r.lead_name)):
            yield group(lead, Level.LEAD)
            for manager in sorted(managers[unit, lead.lead_id], key=lambda r: name_order(r.manager_name)):
                yield group(manager, Level.MANAGER)
                own = clients[unit, lead.lead_id, manager.manager_id]
                whole = shown[manager.lead_id, manager.manager_id].from_open
                parts = share_out(whole, [client.from_open for client in own], places=places_of(unit))
                yield from (_client(*one, manager) for one in zip(own, parts, strict=True))


def of_period(rows: Iterable[ForecastRow], report: Report) -> list[ForecastRow]:
    """Give the rows of the report's period."""
    return [row for row in rows if row.period == report.period]


def shown_alone(row: ForecastRow) -> ShownParts:
    """Round the parts of a row by itself."""
    return show_parts(row, places=places_of(row.unit), paid_places=None)


def _group(row: ForecastRow, level: Level, shown: ShownParts) -> Row:
    places = places_of(row.unit)
    known = shown.paid + shown.from_open

    def low(value: float | None, point: Decimal) -> Decimal | None:
        return None if value is None else min(round_shown(value, places=places), point)

    def high(value: float | None, point: Decimal) -> Decimal | None:
        return None if value is None else max(round_shown(value, places=places), point)

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
        from_open=shown.from_open,
        from_new=shown.from_new,
        win_rate=raw_rate if level == Level.MANAGER else row.win_rate,
        won=row.won,
        resolved=row.resolved,
        forecast=shown.forecast,
        low=low(row.low, shown.forecast),
        high=high(row.high, shown.forecast),
        open_low=low(row.open_low, known),
        open_high=high(row.open_high, known),
        target=row.target,
        commitment=row.commitment,
        speed_index=row.speed_index,
    )


def _client(client: ReportClient, from_open: Decimal, manager: ForecastRow) -> Row:
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
        from_open=from_open,
    )
