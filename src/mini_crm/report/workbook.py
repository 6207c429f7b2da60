"""Write the report as an Excel workbook.

A reader never sees half a report. Text is stored as text whatever it looks like: a name that begins
with ``=`` is no formula, and a client PIN keeps its zeros.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import XlsxWriterException  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_range_formula  # type: ignore[import-untyped]

from mini_crm.domain.errors import BadFile
from mini_crm.domain.model import PIECES, Report
from mini_crm.domain.period import Period
from mini_crm.i18n import Texts
from mini_crm.report.columns import Column, Kind
from mini_crm.report.layout import HEAD, PIXELS_A_ROW, Layout
from mini_crm.report.place import write_whole
from mini_crm.report.rows import Level, report_rows

SHEET_ROWS = 1_048_576
"""Rows of an Excel sheet. Source: Microsoft, "Excel specifications and limits"."""

STREAM_FROM = 50_000
"""From so many rows on they go to the disk one by one instead of being kept in memory."""

T = TypeVar("T")
_Properties = Mapping[str, Any]

_DARK, _MIDDLE, _LIGHT, _GREY, _WARNING = "#1F4E79", "#5B9BD5", "#9DC3E6", "#767676", "#9C4A00"
_LEVELS: Mapping[Level, _Properties] = {
    Level.COMPANY: {"bold": True, "bg_color": "#D6E4F2"},
    Level.LEAD: {"bold": True, "bg_color": "#EEF4FA"},
    Level.MANAGER: {},
    Level.CLIENT: {"font_color": "#595959"},
}
_HEAD_LOOK: _Properties = {
    "bold": True, "font_color": "#FFFFFF", "bg_color": _DARK, "text_wrap": True, "valign": "vcenter",
    "align": "center", "border": 1, "border_color": "#FFFFFF",
}  # fmt: skip
_GRID: _Properties = {"visible": True, "line": {"color": "#D9D9D9"}}

# Widths in characters of the standard font.
_WIDEST, _NARROWEST, _FILTER_BUTTON, _PADDING, _BOLD = 44, 8, 3, 1, 1.18
_NOTE_WIDTHS = (30, 110)
_LINE_POINTS = 15.0


def write_report(report: Report, path: Path, texts: Texts, *, now: datetime | None = None) -> Path:
    """Write the report, replacing an older one.

    Args:
        report: What to show.
        path: Where; the folder must exist.
        texts: The language.
        now: When it is written; its time zone is the one shown. By default now, here.

    Returns:
        Where it was written: ``path``, or beside it with the day in the name if ``path`` is open in Excel.

    Raises:
        BadFile: ``report_not_writable``: no such folder, no right to write there, or no space.
        BadData: ``report_too_large``: not even the rows of the managers fit on a sheet.
    """
    rows = report_rows(report, limit=SHEET_ROWS - HEAD - 1)
    layout = Layout(report, rows, texts, now)

    def write(stream: BinaryIO) -> None:
        book = XlsxBook(stream, texts.language, streamed=len(rows.rows) >= STREAM_FROM)
        layout.fill(book)
        book.close()

    try:
        return write_whole(path, write, layout.written)
    except (OSError, XlsxWriterException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadFile("report_not_writable", path=str(path), reason=reason) from error


def _round_up(value: float) -> float:
    """Give the next number of two digits and zeros: where an axis may end."""
    digits = Decimal(value).adjusted() - 1
    return float(math.ceil(Decimal(value).scaleb(-digits)) * Decimal(10) ** digits)


class XlsxBook:
    """The workbook, with the looks that its sheets share.

    Args:
        stream: Where it is written on ``close``.
        language: Decides how days and percents look.
        streamed: Keep only one row in memory.
    """

    def __init__(self, stream: BinaryIO, language: str, *, streamed: bool) -> None:
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "constant_memory": streamed,
        }
        self.book = xlsxwriter.Workbook(stream, options)
        self.units_with_fractions = frozenset[str]()
        self._russian = language == "ru"
        self.short_day = "dd\\.mm" if self._russian else "d mmm"
        self._looks: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._cells: dict[tuple[Kind, str, Level, bool], Format] = {}

    def describe(self, title: str, created: datetime) -> None:
        """Set the properties of the file."""
        self.book.set_properties({"title": title, "created": created.astimezone(UTC).replace(tzinfo=None)})

    def add_sheet(self, name: str, *, upright: bool = False) -> XlsxSheet:
        """Begin a sheet; printed, it lies, or stands upright."""
        return XlsxSheet(self, name, upright=upright)

    def close(self) -> None:
        """Write the file."""
        self.book.use_zip64()
        self.book.close()

    def look(self, properties: _Properties) -> Format:
        """Give the format with these properties, the same one each time."""
        key = tuple(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self.book.add_format(dict(properties))
        return self._looks[key]

    def cell(self, kind: Kind, unit: str, level: Level, repeated: bool) -> Format:
        """Give the look of a cell."""
        key = (kind, unit, level, repeated)
        if key not in self._cells:
            looks = {**_LEVELS[level], "num_format": self._number(kind, unit), "valign": "vcenter"}
            if kind is not Kind.TEXT:
                looks["align"] = "right"
            if repeated:
                looks |= {"font_color": "#A6A6A6", "bold": False}
            self._cells[key] = self.look(looks)
        return self._cells[key]

    def places(self, kind: Kind, unit: str) -> int:
        """Give the decimal places of a number; a fraction in an estimate of money says nothing."""
        if kind is Kind.SUM:
            return 2 if unit in self.units_with_fractions else 0
        return int(kind is Kind.TIMES or (unit == PIECES and kind in (Kind.ESTIMATE, Kind.CHANGE)))

    def _number(self, kind: Kind, unit: str) -> str:
        digits = "#,##0" + (
            ".0" if self.places(kind, unit) == 1 else ".00" if self.places(kind, unit) else ""
        )
        match kind:
            case Kind.TEXT | Kind.PAIR:
                return "@"  # stays text when somebody edits the cell
            case Kind.SHARE:
                return "0\\ %" if self._russian else "0%"
            case Kind.DAY:
                return "dd\\.mm\\.yyyy" if self._russian else "yyyy\\-mm\\-dd"
            case Kind.CHANGE:
                return f"+{digits};-{digits};0"
            case Kind.TIMES:
                return digits
            case _:
                return f'{digits};-{digits};"\u2013"'


class XlsxSheet:
    """One sheet of the workbook; see ``layout.Sheet`` for what its methods promise."""

    def __init__(self, book: XlsxBook, name: str, *, upright: bool) -> None:
        self._book = book
        self._sheet = book.book.add_worksheet(name)
        self._name = name
        self._widths: dict[int, float] = {}
        self._hidden: set[int] = set()
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
        look = self._book.look
        self._sheet.set_row(0, 24)
        self._sheet.write_string(0, 0, title, look({"bold": True, "font_size": 16, "font_color": _DARK}))
        self._sheet.write_string(1, 0, subtitle, look({"font_color": _GREY}))
        if not warning:
            self._sheet.set_row(2, 6)
        self._sheet.write_string(2, 0, warning, look({"bold": True, "font_color": _WARNING}))
        self._sheet.set_footer(f"&L{subtitle.replace('&', '&&')[:200]}&R&P / &N")

    def heading(self, row: int, text: str) -> None:
        """Write a heading."""
        self._sheet.write_string(
            row, 0, text, self._book.look({"bold": True, "font_size": 13, "font_color": _DARK})
        )

    def sentence(self, row: int, text: str, columns: int) -> None:
        """Write running text over so many columns."""
        self._sheet.set_row(row, 2 * _LINE_POINTS)
        look = self._book.look({"text_wrap": True, "valign": "top"})
        self._sheet.merge_range(row, 0, row, columns - 1, "", look)
        self._sheet.write_string(row, 0, text, look)

    def note(self, row: int, caption: str, text: str | int | None) -> None:
        """Write a line of the notes; without text it is a heading."""
        if text is None:
            self._sheet.set_row(row, 2 * _LINE_POINTS)
            look = self._book.look({"bold": True, "font_size": 13, "font_color": _DARK, "valign": "bottom"})
            self._sheet.write_string(row, 0, caption, look)
            return
        for column, width in enumerate(_NOTE_WIDTHS):
            self._widths[column] = width
        lines = max(
            len(textwrap.wrap(str(text), int(_NOTE_WIDTHS[1] * 1.04))),
            len(textwrap.wrap(caption, _NOTE_WIDTHS[0])),
        )
        self._sheet.set_row(row, _LINE_POINTS * max(lines, 1))
        look = self._book.look({"text_wrap": True, "valign": "top", "align": "left"})
        self._sheet.write_string(
            row, 0, caption, self._book.look({"text_wrap": True, "valign": "top", "bold": True})
        )
        if isinstance(text, int):
            self._sheet.write_number(row, 1, text, look)
        else:
            self._sheet.write_string(row, 1, text, look)

    def head(self, row: int, columns: Sequence[Column[T]], *, filtered: int = 0) -> None:
        """Write the heads of a table, with filters over so many rows below."""
        button = _FILTER_BUTTON if filtered else 0
        for column, shown in enumerate(columns):
            longest = max(len(word) for word in shown.head.split()) * _BOLD + button + _PADDING + 0.5
            self._widen(column, max(longest, _NARROWEST))
            if shown.kind is Kind.HIDDEN:
                self._hidden.add(column)
            self._sheet.write_string(row, column, shown.head, self._book.look(_HEAD_LOOK))
        self._heads.append((row, [shown.head for shown in columns]))
        self._fit_head(row, self._heads[-1][1])
        if filtered:
            self._sheet.autofilter(row, 0, row + filtered, len(columns) - 1)
            self._sheet.repeat_rows(row)
            self._sheet.ignore_errors({"number_stored_as_text": f"A{row + 2}:C{row + filtered + 1}"})

    def row(
        self, row: int, columns: Sequence[Column[T]], item: T, unit: str, level: Level, *, repeated: int = 0
    ) -> None:
        """Write a row of a table; the first ``repeated`` cells only repeat what stands above."""
        sheet = self._sheet
        bold = _BOLD if level <= Level.LEAD else 1.0
        for column, shown in enumerate(columns):
            value = shown.value(item)
            look = self._book.cell(shown.kind, unit, level, column < repeated)
            if value is None:
                if level <= Level.LEAD:
                    sheet.write_blank(row, column, None, look)
                continue
            if isinstance(value, str):
                sheet.write_string(row, column, value, look)
                width = len(value) + 1.0
            elif isinstance(value, date):
                sheet.write_datetime(row, column, value, look)
                width = 11.0
            else:
                sheet.write_number(row, column, float(value), look)
                width = self._digits(value, shown.kind, unit)
            if width * bold > self._widths.get(column, 0.0):
                self._widen(column, width * bold)

    def _digits(self, value: float | Decimal, kind: Kind, unit: str) -> float:
        if kind is Kind.SHARE:
            return len(f"{100 * value:.0f} %") + 1.0
        return len(f"{value:,.{self._book.places(kind, unit)}f}") + 2.0

    def _fit_head(self, row: int, heads: Sequence[str]) -> None:
        """Make the row of heads as high as the widths known so far need it."""
        shown = ((c, head) for c, head in enumerate(heads) if c not in self._hidden)
        room = _PADDING * _BOLD
        lines = max(len(textwrap.wrap(head, int((self._widths[c] - room) / _BOLD))) for c, head in shown)
        self._sheet.set_row(row, _LINE_POINTS * lines + 8)

    def _widen(self, column: int, width: float) -> None:
        self._widths[column] = min(max(self._widths.get(column, 0.0), width), _WIDEST)

    def fold(self, row: int, level: int, *, hidden: bool, closed: bool) -> None:
        """Put a row into the outline; call it before writing the row."""
        self._sheet.set_row(row, None, None, {"level": level, "hidden": hidden, "collapsed": closed})

    def freeze(self, rows: int, columns: int) -> None:
        """Keep the first rows and columns in sight."""
        self._sheet.freeze_panes(rows, columns)

    def bars(
        self,
        row: int,
        height: int,
        *,
        title: str,
        rows: tuple[int, int],
        series: Sequence[tuple[str, int]],
        arms: tuple[int, int] | None,
        longest: float,
    ) -> None:
        """Draw lying bars, one series on the other, with a range around their ends."""
        chart = self._book.book.add_chart({"type": "bar", "subtype": "stacked"})
        for position, (name, column) in enumerate(series):
            drawn: dict[str, Any] = {
                "name": name,
                "categories": [self._name, rows[0], 0, rows[1], 0],
                "values": [self._name, rows[0], column, rows[1], column],
                "fill": {"color": (_DARK, _LIGHT)[position % 2]},
                "gap": 60,
            }
            if arms is not None and position == len(series) - 1:
                down, up = ("=" + xl_range_formula(self._name, rows[0], arm, rows[1], arm) for arm in arms)
                drawn["y_error_bars"] = {
                    "type": "custom",
                    "minus_values": down,
                    "plus_values": up,
                    "line": {"color": "#404040", "width": 1.25},
                }
            chart.add_series(drawn)
        chart.set_y_axis({"reverse": True, "crossing": "max"})
        chart.show_hidden_data()  # the arms
        chart.set_x_axis(
            {
                "num_format": "#,##0",
                "min": 0,
                "max": _round_up(longest),
                "major_gridlines": _GRID,
            }
        )
        self._place(chart, row, height, title)

    def lines(
        self,
        row: int,
        height: int,
        *,
        title: str,
        rows: tuple[int, int],
        days: int,
        period: Period,
        series: Sequence[tuple[str, int]],
    ) -> None:
        """Draw lines over a period; its days stand in the column ``days``."""
        chart = self._book.book.add_chart({"type": "line"})
        for name, column in series:
            looks: dict[str, Any] = {"color": _MIDDLE, "width": 2.25}
            if name in ("P10", "P90"):
                looks = {"color": _LIGHT, "width": 1.25, "dash_type": "dash"}
            elif column == series[-1][1]:
                looks = {"color": _DARK, "width": 2.25}
            chart.add_series(
                {
                    "name": name,
                    "categories": [self._name, rows[0], days, rows[1], days],
                    "values": [self._name, rows[0], column, rows[1], column],
                    "line": looks,
                    "marker": {
                        "type": "circle",
                        "size": 4,
                        "fill": {"color": looks["color"]},
                        "border": {"none": True},
                    },
                }
            )
        chart.set_x_axis(
            {"date_axis": True, "num_format": self._book.short_day, "min": period.start, "max": period.end}
        )
        chart.set_y_axis({"num_format": "#,##0", "min": 0, "major_gridlines": _GRID})
        self._place(chart, row, height, title)

    def _place(self, chart: Any, row: int, height: int, title: str) -> None:
        chart.set_title({"name": title, "name_font": {"size": 12, "color": _DARK}, "overlay": False})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 980, "height": height - PIXELS_A_ROW // 2})
        self._sheet.insert_chart(row, 0, chart, {"object_position": 2})

    def finish(self) -> None:
        """Set the widths of the columns, and the heights of the heads now that the widths are known."""
        for column, width in self._widths.items():
            self._sheet.set_column(column, column, width, None, {"hidden": column in self._hidden})
        for row, heads in self._heads:
            self._fit_head(row, heads)
