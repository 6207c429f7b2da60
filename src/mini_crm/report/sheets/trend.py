"""The sheet with the stored days of the period."""

from __future__ import annotations

from collections.abc import Sequence

from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.columns import trend_columns
from mini_crm.report.formulas import Cells
from mini_crm.report.past import TrendRow
from mini_crm.report.rows import Level
from mini_crm.report.sheet import HEAD, PIXELS_A_ROW, Band, Chart, Sheet
from mini_crm.report.wording import unit_name

_HEIGHT, _WIDTH = 340, 900


def fill_trend(sheet: Sheet, report: Report, days: Sequence[TrendRow], texts: Texts) -> None:
    """Write the sheet: a chart for each unit with more than one day, then all days."""
    _ = texts.gettext
    columns = trend_columns(texts)
    cells = Cells(columns)
    if not days:
        sheet.heading(HEAD, _("No day is stored yet."))
        return
    by_unit: dict[str, list[TrendRow]] = {}
    for day in days:
        by_unit.setdefault(day.point.unit, []).append(day)
    drawn = [unit for unit, own in by_unit.items() if len(own) > 1]  # one day makes no line
    rows_a_chart = _HEIGHT // PIXELS_A_ROW + 1
    top = HEAD if len(drawn) == len(by_unit) else HEAD + 2
    if top > HEAD:
        sheet.sentence(HEAD, _("A chart appears from the second stored day on."), 8)
    head = top + len(drawn) * rows_a_chart
    number = head + 1
    sheet.head(head, columns, filtered=len(days))
    for unit, own in by_unit.items():
        first = number
        for day in own:
            formulas = {}
            if number > first:
                changes = [("paid", "paid_change")]
                if day.forecast_change is not None:
                    changes.append(("forecast", "change"))
                for key, change in changes:
                    now, before = cells.cell(key, number), cells.cell(key, number - 1)
                    formulas[cells.column(change)] = f"={now}-{before}"
            if day.point.low is not None:
                high, low = cells.cell("high", number), cells.cell("low", number)
                formulas[cells.column("band")] = f"={high}-{low}"
            sheet.row(number, columns, day, unit, Level.MANAGER, formulas=formulas)
            number += 1
        if unit in drawn:
            ranged = all(day.point.low is not None for day in own)
            lines = _lines(own, texts)
            sheet.band(
                Chart(
                    top + drawn.index(unit) * rows_a_chart,
                    0,
                    _WIDTH,
                    _HEIGHT,
                    _("Forecast and paid by day, {unit}").format(unit=unit_name(unit, texts)),
                    (first, number - 1),
                    [(name, cells.column(key)) for name, key, _line in lines],
                ),
                days=cells.column("day"),
                period=report.period,
                lines=[line for *_rest, line in lines],
                band=Band(_("Likely range"), cells.column("low"), cells.column("band")) if ranged else None,
            )


def _lines(days: Sequence[TrendRow], texts: Texts) -> list[tuple[str, str, str]]:
    """Give the lines of a unit's chart: name, column and kind of those that there is something of."""
    _ = texts.gettext
    points = [day.point for day in days]
    found = []
    if any(not point.is_recalculated and point.method > 1 for point in points):
        found.append((_("Forecast"), "own", "forecast"))
    if any(point.is_recalculated for point in points):
        found.append((_("Forecast, recalculated"), "recalculated", "recalculated"))
    if any(point.method == 1 for point in points):
        found.append((_("Forecast of open entries only (method 1)"), "old", "old"))
    found.append((_("Paid"), "paid", "paid"))
    if days[-1].target:
        found.append((_("Target"), "target", "target"))
    return found
