"""The sheet with all rows: lead > manager > client PIN, with totals over the rows in view.

No row is folded away at first: LibreOffice takes hidden rows below filters for filtered ones, and would
leave them out of the totals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mini_crm.domain.period import Stage
from mini_crm.i18n import Texts
from mini_crm.report.columns import Column, pipeline_columns
from mini_crm.report.formulas import ADDITIVE, Cells, additive
from mini_crm.report.rows import Level, ReportRows, Row
from mini_crm.report.sheet import HEAD, Rule, Sheet
from mini_crm.report.sheets.summary import OVERDUE_RULES, SHARE_RULES
from mini_crm.report.wording import left_out

_NAMES = 3  # lead, manager and client PIN stay in sight
_OF_ALL_ROWS = ("rate", "pair", "low", "high", "target", "share", "gap", "commitment")
"""What a company has and no part of its rows."""


def fill_pipeline(sheet: Sheet, laid_out: ReportRows, stage: Stage, texts: Texts) -> None:
    """Write the sheet: the companies' totals, the heads, then the rows."""
    rows = laid_out.rows
    columns = pipeline_columns(texts, stage)
    cells = Cells(columns)
    top = HEAD
    if laid_out.clients_left_out:
        sheet.sentence(HEAD, left_out(laid_out.clients_left_out, texts), len(columns))
        top += 2
    companies = [row for row in rows if row.level == Level.COMPANY]
    below = [row for row in rows if row.level > Level.COMPANY]
    head = top + len(companies)
    first = head + 1
    for number, company in enumerate(companies, top):
        block = [at for at, row in enumerate(below, first) if row.unit == company.unit]
        formulas = _company(cells, columns, company, number, block)
        sheet.row(number, columns, company, company.unit, Level.COMPANY, formulas=formulas)
    sheet.head(head, columns, filtered=len(below))
    ends = _ends(below, first)
    for number, row in enumerate(below, first):
        last = ends.get(number, number)
        sheet.fold(number, row.level - 1)
        formulas = {}
        if last > number:
            keys = additive(of_clients=row.level == Level.MANAGER)
            formulas |= cells.totals(number + 1, last, keys)
        if row.level < Level.CLIENT:
            formulas |= cells.forecast(number)
        if row.target:
            formulas |= cells.against_target(number)
        sheet.row(
            number, columns, row, row.unit, row.level, repeated=max(row.level - 1, 0), formulas=formulas
        )
    if not below:
        sheet.heading(first, texts.gettext("There are no entries yet."))
    else:
        area = (first, first + len(below) - 1)
        sheet.rules(area, cells.column("share"), SHARE_RULES)
        sheet.rules(area, cells.column("overdue"), OVERDUE_RULES)
        sheet.rules(area, cells.column("due"), [Rule("warn", ">", 0)])
    sheet.freeze(first, _NAMES)


def _ends(rows: Sequence[Row], first: int) -> dict[int, int]:
    """Give, for each row with rows below it in the outline, the last of them."""
    ends: dict[int, int] = {}
    open_rows: list[tuple[int, Level]] = []
    unit = None
    for number, row in enumerate(rows, first):
        while open_rows and (row.unit != unit or open_rows[-1][1] >= row.level):
            ends[open_rows.pop()[0]] = number - 1
        unit = row.unit
        open_rows.append((number, row.level))
    for number, _ in open_rows:
        ends[number] = first + len(rows) - 1
    return ends


def _company(
    cells: Cells, columns: Sequence[Column[Row]], company: Row, number: int, block: Sequence[int]
) -> Mapping[int, str]:
    """Give the formulas of a company's totals; ``block`` are the rows of its unit."""
    if not block:
        return {}
    first, last = block[0], block[-1]
    formulas = cells.totals(first, last, ADDITIVE) | cells.forecast(number)
    for key in _OF_ALL_ROWS:
        at = cells.column(key)
        value = columns[at].value(company)
        if value is not None:
            formulas[at] = cells.while_all_in_view(key, value, first, last)
    return formulas
