"""The sheet with the stored days of the period."""

from __future__ import annotations

from collections.abc import Sequence

from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.columns import trend_columns
from mini_crm.report.formulas import Cells
from mini_crm.report.rows import Level, TrendRow
from mini_crm.report.sheet import HEAD, PIXELS_A_ROW, Chart, Sheet
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
                for key, change in (("paid", "paid_change"), ("forecast", "change")):
                    now, before = cells.cell(key, number), cells.cell(key, number - 1)
                    formulas[cells.column(change)] = f"={now}-{before}"
            if day.point.low is not None:
                high, low = cells.cell("high", number), cells.cell("low", number)
                formulas[cells.column("band")] = f"={high}-{low}"
            sheet.row(number, columns, day, unit, Level.MANAGER, formulas=formulas)
            number += 1
        if unit in drawn:
            ranged = all(day.point.low is not None for day in own)
            series = [(_("Forecast"), cells.column("forecast")), (_("Paid"), cells.column("paid"))]
            if own[-1].target:
                series.append((_("Target"), cells.column("target")))
            sheet.band(
                Chart(
                    top + drawn.index(unit) * rows_a_chart,
                    0,
                    _WIDTH,
                    _HEIGHT,
                    _("Forecast and paid by day, {unit}").format(unit=unit_name(unit, texts)),
                    (first, number - 1),
                    series,
                ),
                days=cells.column("day"),
                period=report.period,
                band=(cells.column("low"), cells.column("band")) if ranged else None,
            )
