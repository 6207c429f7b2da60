"""One sheet of the workbook, drawn with what the workbook's writer gives."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from mini_crm.domain.period import Period
from mini_crm.domain.text import only_storable
from mini_crm.report.charts import Charts
from mini_crm.report.columns import Cell, Column, Kind
from mini_crm.report.formats import Formats
from mini_crm.report.formulas import letter
from mini_crm.report.looks import (
    BOLD,
    DARK,
    FILTER_BUTTON,
    GREY,
    HEAD_LOOK,
    LINE_POINTS,
    NARROWEST,
    NOTE_WIDTHS,
    PADDING,
    RULES,
    WARNING,
    WIDEST,
)
from mini_crm.report.rows import Level
from mini_crm.report.sheet import Band, Chart, Rule, is_day

T = TypeVar("T")


class XlsxSheet:
    """One sheet of the workbook; see ``sheet.Sheet`` for what its methods promise."""

    def __init__(self, formats: Formats, name: str, *, upright: bool) -> None:
        self._formats = formats
        self._sheet = formats.add_sheet(name)
        self._name = name
        self._widths: dict[int, float] = {}
        self._hidden: set[int] = set()
        self._breaks: list[int] = []
        self._table: Sequence[Column[Any]] = ()
        self._rows_looks: dict[tuple[str, Level, int], list[Any]] = {}
        self._largest: dict[tuple[int, float], float] = {}
        self._charts = Charts(formats, self._sheet, name)
        self._heads: list[tuple[int, list[str]]] = []
        self._sheet.hide_gridlines(2)
        self._sheet.outline_settings(symbols_below=False)
        if not upright:
            self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._sheet.fit_to_pages(1, 0)

    def title(self, title: str, subtitle: str, warning: str) -> None:
        """Write the first rows."""
        look = self._formats.look
        self._sheet.set_row(0, 24)
        self._sheet.write_string(0, 0, title, look({"bold": True, "font_size": 16, "font_color": DARK}))
        self._sheet.write_string(1, 0, subtitle, look({"font_color": GREY}))
        if not warning:
            self._sheet.set_row(2, 6)
        self._sheet.write_string(2, 0, warning, look({"bold": True, "font_color": WARNING}))
        self._sheet.set_footer(f"&L{subtitle.replace('&', '&&')[:200]}&R&P / &N")

    def heading(self, row: int, text: str) -> None:
        """Write a heading."""
        self._sheet.write_string(
            row, 0, text, self._formats.look({"bold": True, "font_size": 13, "font_color": DARK})
        )

    def break_before(self, row: int) -> None:
        """Begin a page with a row when it is printed."""
        self._breaks.append(row)
        self._sheet.set_h_pagebreaks(self._breaks)

    def sentence(self, row: int, text: str, columns: int) -> None:
        """Write running text over so many columns."""
        text = only_storable(text)
        self._sheet.set_row(row, 2 * LINE_POINTS)
        look = self._formats.look({"text_wrap": True, "valign": "top"})
        self._sheet.merge_range(row, 0, row, columns - 1, "", look)
        self._sheet.write_string(row, 0, text, look)

    def note(self, row: int, caption: str, text: str | int | None) -> None:
        """Write a line of the notes; without text it is a heading."""
        if text is None:
            self._sheet.set_row(row, 2 * LINE_POINTS)
            look = self._formats.look({"bold": True, "font_size": 13, "font_color": DARK, "valign": "bottom"})
            self._sheet.write_string(row, 0, caption, look)
            return
        for column, width in enumerate(NOTE_WIDTHS):
            self._widths[column] = width
        lines = max(
            len(textwrap.wrap(str(text), int(NOTE_WIDTHS[1] * 1.04))),
            len(textwrap.wrap(caption, NOTE_WIDTHS[0])),
        )
        self._sheet.set_row(row, LINE_POINTS * max(lines, 1))
        look = self._formats.look({"text_wrap": True, "valign": "top", "align": "left"})
        self._sheet.write_string(
            row, 0, caption, self._formats.look({"text_wrap": True, "valign": "top", "bold": True})
        )
        if isinstance(text, int):
            self._sheet.write_number(row, 1, text, look)
        else:
            self._sheet.write_string(row, 1, only_storable(text), look)

    def head(self, row: int, columns: Sequence[Column[T]], *, filtered: int = 0) -> None:
        """Write the heads of a table, with filters over so many rows below."""
        button = FILTER_BUTTON if filtered else 0
        for column, shown in enumerate(columns):
            if not shown.head:
                continue
            longest = max(len(word) for word in shown.head.split()) * BOLD + button + PADDING + 0.5
            self._widen(column, max(longest, NARROWEST))
            if shown.kind is Kind.HIDDEN:
                self._hidden.add(column)
            self._sheet.write_string(row, column, shown.head, self._formats.look(HEAD_LOOK))
        self._heads.append((row, [shown.head for shown in columns]))
        self._fit_head(row, self._heads[-1][1])
        if filtered:
            self._sheet.autofilter(row, 0, row + filtered, len(columns) - 1)
            self._sheet.repeat_rows(row)
            last = letter(len(columns) - 1)
            self._sheet.ignore_errors({"number_stored_as_text": f"A{row + 2}:{last}{row + filtered + 1}"})

    def row(
        self,
        row: int,
        columns: Sequence[Column[T]],
        item: T,
        unit: str,
        level: Level,
        *,
        repeated: int = 0,
        formulas: Mapping[int, str] | None = None,
    ) -> None:
        """Write a row of a table."""
        bold = BOLD if level <= Level.LEAD else 1.0
        sheet, widths = self._sheet, self._widths
        for column, (shown, look) in enumerate(
            zip(columns, self._looks(columns, unit, level, repeated), strict=True)
        ):
            value = shown.value(item)
            if isinstance(value, str):
                value = only_storable(value)  # a row of long ago may have what makes Excel mend the file
            formula = formulas.get(column) if formulas else None
            if formula is not None:
                sheet.put_formula(row, column, formula, look, _known(value))
            if value is None:
                if formula is None and level <= Level.LEAD and shown.head:
                    sheet.write_blank(row, column, None, look)
                continue
            if isinstance(value, str):
                if formula is None:
                    sheet.put_string(row, column, value, look)
                width = len(value) + 1.0
            elif shown.kind is Kind.ANY or isinstance(value, date):
                width = self._other(row, column, value, shown.kind, unit, level)
            else:
                number = float(value)
                if formula is None:
                    sheet.put_number(row, column, number, look)
                seen = (column, bold)
                if abs(number) <= self._largest.get(seen, -1.0):
                    continue
                self._largest[seen] = abs(number)
                width = self._digits(value, shown.kind, unit)
            if width * bold > widths.get(column, 0.0):
                self._widen(column, width * bold)

    def _looks(self, columns: Sequence[Column[Any]], unit: str, level: Level, repeated: int) -> Sequence[Any]:
        """Give the looks of a row's cells; rows of one table that look the same share them."""
        if columns is not self._table:
            self._table, self._rows_looks, self._largest = columns, {}, {}
        key = (unit, level, repeated)
        if key not in self._rows_looks:
            self._largest = {}  # another look may need more room for a smaller number
            self._rows_looks[key] = [
                self._formats.cell(shown.kind, unit, level, column < repeated)
                for column, shown in enumerate(columns)
            ]
        return self._rows_looks[key]

    def _other(self, row: int, column: int, value: Cell, kind: Kind, unit: str, level: Level) -> float:
        """Write a day, a moment, or what stands in a column of several kinds; gives how wide it is."""
        kind = _kind(kind, value)
        look = self._formats.cell(kind, unit, level, False)
        if isinstance(value, date):
            self._sheet.write_datetime(row, column, value, look)
            return 18.0 if kind is Kind.MOMENT else 12.0
        number = Decimal(str(value))
        self._sheet.write_number(row, column, float(number), look)
        return self._digits(number, kind, unit)

    def rules(self, rows: tuple[int, int], column: int, rules: Sequence[Rule]) -> None:
        """Let the cells of a column take looks by their values."""
        for rule in rules:
            if rule.looks == "lights":
                options: dict[str, Any] = {
                    "type": "icon_set",
                    "icon_style": "3_signs",
                    "icons_only": True,
                    "icons": [
                        {"criteria": ">=", "type": "number", "value": 3},
                        {"criteria": ">=", "type": "number", "value": 2},
                    ],
                }
            else:
                options = {
                    "type": "cell",
                    "criteria": rule.criteria,
                    "format": self._formats.look(RULES[rule.looks]),
                    "stop_if_true": True,
                }
                if rule.other is None:
                    text = isinstance(rule.value, str)
                    options["value"] = f'"{rule.value}"' if text else rule.value
                else:
                    options |= {"minimum": rule.value, "maximum": rule.other}
            self._sheet.conditional_format(rows[0], column, rows[1], column, options)

    def _digits(self, value: float | Decimal, kind: Kind, unit: str) -> float:
        if kind in (Kind.SHARE, Kind.CHANCE):
            return len(f"{100 * value:.{2 * (kind is Kind.CHANCE)}f} %") + 1.0
        if kind is Kind.LIGHT:
            return 4.0
        return len(f"{value:,.{self._formats.places(kind, unit)}f}") + 2.0

    def _fit_head(self, row: int, heads: Sequence[str]) -> None:
        """Make the row of heads as high as the widths known so far need it."""
        shown = ((c, head) for c, head in enumerate(heads) if head and c not in self._hidden)
        room = PADDING * BOLD
        lines = max(len(textwrap.wrap(head, int((self._widths[c] - room) / BOLD))) for c, head in shown)
        self._sheet.set_row(row, LINE_POINTS * lines + 8)

    def _widen(self, column: int, width: float) -> None:
        self._widths[column] = min(max(self._widths.get(column, 0.0), width), WIDEST)

    def fold(self, row: int, level: int) -> None:
        """Put a row into the outline; call it before writing the row."""
        self._sheet.set_row(row, None, None, {"level": level})

    def freeze(self, rows: int, columns: int) -> None:
        """Keep the first rows and columns in sight."""
        self._sheet.freeze_panes(rows, columns)

    def stacked(self, chart: Chart) -> None:
        """Draw lying bars, one series on the other; the names stand in column 0."""
        self._charts.bars(chart, stacked=True)

    def grouped(self, chart: Chart) -> None:
        """Draw lying bars beside each other; the names stand in column 0."""
        self._charts.bars(chart, stacked=False)

    def standing(self, chart: Chart, *, axis: str, crossing: float = 0.0, days: bool = False) -> None:
        """Draw standing bars beside each other; the names stand in column 0."""
        self._charts.standing(chart, axis=axis, crossing=crossing, days=days)

    def waterfall(self, chart: Chart, *, lowest: float) -> None:
        """Draw steps from one total to another; the names stand in column 0."""
        self._charts.waterfall(chart, lowest=lowest)

    def band(
        self, chart: Chart, *, days: int, period: Period, lines: Sequence[str], band: Band | None
    ) -> None:
        """Draw lines over a period."""
        self._charts.band(chart, days, period, lines, band)

    def finish(self) -> None:
        """Set the widths of the columns, and the heights of the heads now that the widths are known."""
        for column, width in self._widths.items():
            self._sheet.set_column(column, column, width, None, {"hidden": column in self._hidden})
        for row, heads in self._heads:
            self._fit_head(row, heads)


def _known(value: Cell) -> str | float:
    """Give what a formula comes to, as the file keeps it beside the formula."""
    return "" if value is None else value if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _kind(kind: Kind, value: Cell) -> Kind:
    """Give the kind of a cell in a column that holds several."""
    if kind is not Kind.ANY:
        return kind
    return Kind.DAY if is_day(value) else Kind.SUM if isinstance(value, Decimal) else Kind.TEXT
