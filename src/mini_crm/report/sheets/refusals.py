"""The sheet that says why entries were refused within the period, and for how much."""

from __future__ import annotations

from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.columns import refusal_columns
from mini_crm.report.formulas import Cells
from mini_crm.report.refusals import refusal_rows
from mini_crm.report.sheet import HEAD, Sheet


def fill_refusals(sheet: Sheet, report: Report, texts: Texts) -> None:
    """Write the sheet: the company of each unit, then its leads, each with its reasons."""
    _ = texts.gettext
    tables = refusal_rows(report)
    if not tables:
        sheet.heading(HEAD, _("Nothing was refused within the period so far."))
        return
    columns = refusal_columns(texts)
    sheet.sentence(
        HEAD,
        _(
            "What was refused within the period so far, as on the sheet with all rows, and why. Share: of the"
            " refused amount of the company, or of the lead. Refusals of which nobody knew the amount count"
            " with 0."
        ),
        len(columns),
    )
    cells = Cells(columns)
    head = HEAD + 2
    sheet.head(head, columns, filtered=sum(map(len, tables)))
    top = head + 1
    for table in tables:
        for number, row in enumerate(table, top):
            formulas: dict[int, str] = {}
            if number == top:
                formulas |= cells.sums(top + 1, top + len(table) - 1, ["count", "amount"])
            if row.share is not None:
                share = f"={cells.cell('amount', number)}/{cells.cell('amount', top)}"
                formulas[cells.column("share")] = share
            sheet.fold(number, 0 if number == top else 1)
            sheet.row(number, columns, row, row.unit, row.level, formulas=formulas)
        top += len(table)
    sheet.freeze(head + 1, 1)
