"""The sheet that says how well the stored forecasts of ended periods met what came."""

from __future__ import annotations

from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.columns import accuracy_columns
from mini_crm.report.formulas import Cells
from mini_crm.report.rows import Level, accuracy_rows
from mini_crm.report.sheet import HEAD, Rule, Sheet


def fill_accuracy(sheet: Sheet, report: Report, texts: Texts) -> None:
    """Write the sheet: the definition, then the periods, newest first."""
    _ = texts.gettext
    columns = accuracy_columns(texts)
    cells = Cells(columns)
    rows = accuracy_rows(report)
    sheet.sentence(
        HEAD,
        _(
            "Misses by: the sum of all differences between what was forecast on a day and what came, as a"
            " share of what came. What came is what the entries known on that day brought by the end of the"
            " period. In eight days of ten it should lie within P10\u2013P90."
        ),
        len(columns),
    )
    if not rows:
        sheet.heading(HEAD + 2, _("No period with stored forecasts has ended yet."))
        return
    head = HEAD + 2
    sheet.head(head, columns, filtered=len(rows))
    for number, row in enumerate(rows, head + 1):
        level = Level.MANAGER if row.lead_id is not None else Level.LEAD
        share = f"={cells.cell('covered', number)}/{cells.cell('days', number)}"
        formulas = {cells.column("share"): share} if row.days else {}
        sheet.row(number, columns, row, row.unit, level, formulas=formulas)
    area = (head + 1, head + len(rows))
    for key in ("wape", "hand"):
        rules = (Rule("good", "between", 0, 0.1), Rule("bad", ">", 0.5), Rule("warn", ">", 0.25))
        sheet.rules(area, cells.column(key), rules)
    sheet.freeze(head + 1, 2)
