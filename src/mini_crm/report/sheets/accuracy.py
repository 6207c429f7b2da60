"""The sheet that says how well forecasts met what came: in ended periods, and replayed."""

from __future__ import annotations

from mini_crm.domain.learnt import Learnt
from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.columns import accuracy_columns, replay_columns, replayed_columns
from mini_crm.report.formulas import Cells
from mini_crm.report.past import accuracy_rows
from mini_crm.report.rows import Level
from mini_crm.report.sheet import HEAD, PIXELS_A_ROW, Chart, Rule, Sheet
from mini_crm.report.wording import unit_name

_HEIGHT, _WIDTH = 280, 900


def fill_accuracy(sheet: Sheet, report: Report, texts: Texts) -> None:
    """Write the sheet: the definition, then the ended periods, newest first."""
    _ = texts.gettext
    columns = accuracy_columns(texts)
    rows = accuracy_rows(report)
    sheet.sentence(
        HEAD,
        _(
            "Misses by: the sum of all differences between what was forecast on a day and what came, as a"
            " share of what came. In eight days of ten what came should lie within the range. Recalculated:"
            " no run said so on that day; it was made afterwards from the record."
        ),
        len(columns),
    )
    top = HEAD + 2
    learnt = report.forecast.learnt
    if learnt is not None and learnt.replays and all(row.is_recalculated for row in rows):
        top = _replays(sheet, learnt, top, texts)
    if not rows:
        sheet.heading(top, _("No period with stored forecasts has ended yet."))
        return
    sheet.heading(top, _("Periods that have ended"))
    head = top + 1
    cells = Cells(columns)
    sheet.head(head, columns, filtered=len(rows))
    for number, row in enumerate(rows, head + 1):
        level = Level.MANAGER if row.lead_id is not None else Level.LEAD
        share = f"={cells.cell('covered', number)}/{cells.cell('days', number)}"
        formulas = {cells.column("share"): share} if row.days else {}
        sheet.row(number, columns, row, row.unit, level, formulas=formulas)
    area = (head + 1, head + len(rows))
    for key in ("wape", "hand", "pace", "open"):
        rules = (Rule("good", "between", 0, 0.1), Rule("bad", ">", 0.5), Rule("warn", ">", 0.25))
        sheet.rules(area, cells.column(key), rules)
    if top == HEAD + 2:
        sheet.freeze(head + 1, 2)


def _replays(sheet: Sheet, learnt: Learnt, top: int, texts: Texts) -> int:
    """Write how the last half year would have been forecast, and give the first row after it."""
    _ = texts.gettext
    sheet.heading(top, _("28 days ahead, recalculated"))
    sheet.sentence(
        top + 1,
        _(
            "What the forecast would have said on an evening of the last half year of the 28 days after it,"
            " and what came. It stands here until a period with stored forecasts has ended."
        ),
        len(accuracy_columns(texts)),
    )
    judged = replayed_columns(texts)
    sheet.head(top + 3, judged)
    for number, accuracy in enumerate(learnt.replayed, top + 4):
        sheet.row(number, judged, accuracy, accuracy.unit, Level.LEAD)
    columns = replay_columns(texts)
    cells = Cells(columns)
    units = list(dict.fromkeys(replay.unit for replay in learnt.replays))
    rows_a_chart = _HEIGHT // PIXELS_A_ROW + 1
    charts = top + 5 + len(learnt.replayed)
    head = charts + rows_a_chart * len(units)
    sheet.head(head, columns)
    number = head + 1
    for at, unit in enumerate(units):
        first = number
        for replay in (replay for replay in learnt.replays if replay.unit == unit):
            forecast, came = cells.cell("forecast", number), cells.cell("came", number)
            formulas = {cells.column("miss"): f"={forecast}-{came}"}
            sheet.row(number, columns, replay, unit, Level.MANAGER, formulas=formulas)
            number += 1
        title = _("28 days ahead, recalculated, {unit}").format(unit=unit_name(unit, texts))
        series = [(_("Forecast"), cells.column("forecast")), (_("What came"), cells.column("came"))]
        place = (charts + at * rows_a_chart, 0, _WIDTH, _HEIGHT)
        sheet.standing(Chart(*place, title, (first, number - 1), series), axis="#,##0", days=True)
    return number + 1
