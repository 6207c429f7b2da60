"""The first sheet: the company and its leads in each unit, with two charts, and the other periods."""

from __future__ import annotations

from collections.abc import Sequence

from mini_crm.domain.model import PIECES, Report
from mini_crm.domain.period import Stage
from mini_crm.i18n import Texts
from mini_crm.report.columns import Column, period_columns, summary_columns
from mini_crm.report.formulas import Cells
from mini_crm.report.rows import Level, Row, lead_rows, other_periods, stage
from mini_crm.report.sheet import HEAD, PIXELS_A_ROW, Chart, Rule, Sheet
from mini_crm.report.wording import headline

CHART_LEADS = 20
"""A chart shows at most so many leads, the largest."""

SHARE_RULES = (Rule("good", ">=", 1), Rule("bad", "<", 0.8), Rule("warn", "<", 1))
"""How a share of the target looks; the first rule that fits counts."""

OVERDUE_RULES = (Rule("bad", ">", 0),)
_WIDTH, _GAP = 760, 16
_SUMMED = ("paid", "open_part", "new_part", "forecast", "expected", "due", "overdue")


def fill_summary(sheet: Sheet, report: Report, rows: Sequence[Row], texts: Texts) -> None:
    """Write the sheet."""
    _ = texts.gettext
    top = HEAD
    if not rows:
        sheet.heading(top, _("There are no entries yet."))
        top += 2
    for unit in dict.fromkeys(row.unit for row in rows):
        if top > HEAD:
            sheet.break_before(top)
        top = _unit(sheet, report, lead_rows(rows, unit), unit, top, texts)
    others = other_periods(report)
    if others:
        columns = period_columns(texts)
        cells = Cells(columns)
        sheet.heading(top, _("The company's other periods"))
        sheet.head(top + 1, columns)
        for number, other in enumerate(others, top + 2):
            is_begun = other.stage is not Stage.AHEAD
            formulas = cells.forecast(number) if is_begun else {}
            sheet.row(number, columns, other, other.row.unit, Level.MANAGER, formulas=formulas)
    sheet.freeze(0, 1)


def _unit(sheet: Sheet, report: Report, shown: Sequence[Row], unit: str, top: int, texts: Texts) -> int:
    """Write one unit from a row on and give the first row after it."""
    at_stage = stage(report.period, report.forecast.run)
    columns = summary_columns(texts, at_stage)
    cells = Cells(columns)
    sheet.heading(top, texts.gettext("Pieces") if unit == PIECES else unit)
    for company in (row for row in shown if row.level == Level.COMPANY):
        sheet.sentence(top + 1, headline(company, report.period, at_stage, texts), len(columns) - 3)
    top += 3
    leads = [row for row in shown if row.level == Level.LEAD]
    drawn = leads[:CHART_LEADS]
    height = 130 + 30 * len(drawn) if drawn and any(row.forecast for row in shown) else 0
    head = top + -(-height // PIXELS_A_ROW)
    first, last = head + 1, head + len(shown)
    first_lead = first + len(shown) - len(leads)
    if height:
        _charts(sheet, columns, shown, drawn, len(leads), (top, height), first_lead, texts)
    sheet.head(head, columns)
    for number, row in enumerate(shown, first):
        formulas: dict[int, str] = {}
        if row.level == Level.COMPANY and leads:
            formulas |= cells.sums(first_lead, last, _SUMMED)
        formulas |= cells.forecast(number)
        if row.target:
            formulas |= cells.against_target(number) | cells.light(number)
        level = Level.COMPANY if row.level == Level.COMPANY else Level.MANAGER
        sheet.row(number, columns, row, unit, level, formulas=formulas)
    sheet.rules((first, last), cells.column("share"), SHARE_RULES)
    sheet.rules((first, last), cells.column("overdue"), OVERDUE_RULES)
    sheet.rules((first, last), cells.column("light"), [Rule("lights")])
    return last + 3


def _charts(
    sheet: Sheet,
    columns: Sequence[Column[Row]],
    shown: Sequence[Row],
    drawn: Sequence[Row],
    leads: int,
    place: tuple[int, int],
    first: int,
    texts: Texts,
) -> None:
    """Draw the range of each lead's forecast, and beside it the forecast against target and commitment."""
    _ = texts.gettext
    cells = Cells(columns)
    paid = (_("Paid"), cells.column("paid"))
    forecast = (_("Forecast"), cells.column("forecast"))
    last = len(columns) - 1
    title, series = _("Paid by lead"), [paid]
    if any(row.high is not None and row.high > row.paid for row in shown):
        title = _("Forecast by lead, with its range")
        series += [
            (_("Up to the likely range"), last - 2),
            (_("Likely range below the forecast"), last - 1),
            (_("Likely range above the forecast"), last),
        ]
    if leads > len(drawn):
        title = _("{title}: the {count} largest").format(title=title, count=len(drawn))
    rows = (first, first + len(drawn) - 1)
    sheet.stacked(Chart(place[0], 0, _WIDTH, place[1], title, rows, series))
    goals = [
        (name, cells.column(key))
        for name, key, there in (
            (_("Target"), "target", any(row.target for row in drawn)),
            (_("Commitment"), "commitment", any(row.commitment for row in drawn)),
        )
        if there
    ]
    title = _("Forecast, target and commitment by lead")
    right = (place[0], _WIDTH + _GAP, _WIDTH, place[1])
    if goals:
        sheet.grouped(Chart(*right, title, rows, (forecast, *goals)))
    elif "open_part" in cells and any(row.from_open or row.from_new for row in shown):
        parts = [(_("From open entries"), "open_part"), (_("From new entries"), "new_part")]
        series = [paid, *((name, cells.column(key)) for name, key in parts)]
        sheet.stacked(Chart(*right, _("Where the forecast comes from, by lead"), rows, series))
