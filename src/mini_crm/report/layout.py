"""What stands where: the report's sheets, drawn on whatever writes the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol, TypeVar

from mini_crm.domain.model import PIECES, Report
from mini_crm.domain.period import Period
from mini_crm.i18n import Texts
from mini_crm.report.columns import (
    Column,
    accuracy_columns,
    period_columns,
    pipeline_columns,
    summary_columns,
    trend_columns,
)
from mini_crm.report.notes import notes
from mini_crm.report.rows import (
    Level,
    ReportRows,
    Row,
    TrendRow,
    accuracy_rows,
    lead_rows,
    other_periods,
    trend_rows,
)
from mini_crm.report.wording import headline, moment, period_name, run_mark, unit_name

T = TypeVar("T")

HEAD = 4
"""The row of the column heads, below title, subtitle and warning; the first row is 0."""

CHART_LEADS = 20
"""A chart shows at most so many leads, the largest."""

PIXELS_A_ROW = 20
"""Height of a plain row."""

_NAMES = 3  # lead, manager and client PIN stay in sight


class Sheet(Protocol):
    """One sheet, written from the top down; rows and columns count from 0."""

    def title(self, title: str, subtitle: str, warning: str) -> None:
        """Write the first rows."""
        ...

    def heading(self, row: int, text: str) -> None:
        """Write a heading."""
        ...

    def sentence(self, row: int, text: str, columns: int) -> None:
        """Write running text over so many columns."""
        ...

    def note(self, row: int, caption: str, text: str | int | None) -> None:
        """Write a line of the notes; without text it is a heading."""
        ...

    def head(self, row: int, columns: Sequence[Column[T]], *, filtered: int = 0) -> None:
        """Write the heads of a table, with filters over so many rows below."""
        ...

    def row(
        self, row: int, columns: Sequence[Column[T]], item: T, unit: str, level: Level, *, repeated: int = 0
    ) -> None:
        """Write a row of a table; the first ``repeated`` cells only repeat what stands above."""
        ...

    def fold(self, row: int, level: int, *, hidden: bool, closed: bool) -> None:
        """Put a row into the outline; call it before writing the row.

        Args:
            row: Which row.
            level: 0 is always seen, each deeper one belongs to the row above with a smaller level.
            hidden: Folded away.
            closed: The rows below it are folded away.
        """
        ...

    def freeze(self, rows: int, columns: int) -> None:
        """Keep the first rows and columns in sight."""
        ...

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
        """Draw lying bars, one series on the other, with a range around their ends.

        Args:
            row: Where the chart begins.
            height: In pixels.
            title: What it shows.
            rows: First and last row of the table that it shows; the names stand in column 0.
            series: Name and column of each.
            arms: The columns that say how far the range goes down and up.
            longest: How far the axis must reach.
        """
        ...

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
        """Draw lines over a period; its days stand in the column ``days``, the rest as in ``bars``."""
        ...

    def finish(self) -> None:
        """Set what is known only now, such as the widths of the columns."""
        ...


class Book(Protocol):
    """The workbook that is being written.

    Attributes:
        units_with_fractions: Units whose sums need decimals.
    """

    units_with_fractions: frozenset[str]

    def describe(self, title: str, created: datetime) -> None:
        """Set the properties of the file."""
        ...

    def add_sheet(self, name: str, *, upright: bool = False) -> Sheet:
        """Begin a sheet; printed, it lies, or stands upright."""
        ...


class Layout:
    """Fills the sheets of one workbook.

    Args:
        report: What to show.
        rows: Its rows, laid out.
        texts: The language.
        now: When it is written; its time zone is the one shown. None is now, here.
    """

    def __init__(self, report: Report, rows: ReportRows, texts: Texts, now: datetime | None) -> None:
        self.report = report
        self.rows = rows.rows
        self.left_out = rows.clients_left_out
        self.texts = texts
        self.written = now or datetime.now().astimezone()
        self.zone = now.tzinfo if now else None
        self.mark = run_mark(report.forecast.run, texts)
        self.units = tuple(dict.fromkeys(row.unit for row in self.rows))

    def fill(self, book: Book) -> None:
        """Write all sheets."""
        _ = self.texts.gettext
        title = _("Sales forecast: {database}").format(database=self.report.database)
        book.describe(title, self.written)
        book.units_with_fractions = self._units_with_fractions()
        with self._sheet(book, _("Summary"), title) as sheet:
            self._summary(sheet)
        with self._sheet(book, _("Pipeline"), _("Expected sales by lead, manager and client")) as sheet:
            self._pipeline(sheet)
        if days := trend_rows(self.report):
            with self._sheet(book, _("Trend"), _("How the forecast moved"), upright=True) as sheet:
                self._trend(sheet, days)
        if self.report.accuracy:
            with self._sheet(book, _("Accuracy"), _("How well the forecasts met what came")) as sheet:
                self._accuracy(sheet)
        with self._sheet(book, _("Notes"), _("Notes")) as sheet:
            self._notes(sheet)

    @contextmanager
    def _sheet(self, book: Book, name: str, title: str, *, upright: bool = False) -> Iterator[Sheet]:
        _ = self.texts.gettext
        run = self.report.forecast.run
        subtitle = [period_name(self.report.period, self.texts)]
        if run is not None:
            subtitle.append(_("as of {moment}").format(moment=moment(run.as_of, self.zone, self.texts)))
            subtitle.append(_("run {number}").format(number=run.run_id))
        sheet = book.add_sheet(name, upright=upright)
        sheet.title(title, " \u00b7 ".join(subtitle), self.mark)
        yield sheet
        sheet.finish()

    def _units_with_fractions(self) -> frozenset[str]:
        found = set()
        for row in self.rows:
            if row.unit not in found and any(value % 1 for value in (row.expected, row.paid, row.refused)):
                found.add(row.unit)
        return frozenset(found)

    def _summary(self, sheet: Sheet) -> None:
        _ = self.texts.gettext
        columns = summary_columns(self.texts)
        top = HEAD
        if not self.rows:
            sheet.heading(top, _("There are no entries yet."))
        for unit in self.units:
            shown = lead_rows(self.rows, unit)
            sheet.heading(top, _("Pieces") if unit == PIECES else unit)
            for company in (row for row in shown if row.level == Level.COMPANY):
                sheet.sentence(top + 1, headline(company, self.texts), len(columns))
            top += 3
            leads = sum(row.level == Level.LEAD for row in shown[: CHART_LEADS + 1])
            height = 130 + 26 * leads if any(row.forecast for row in shown) and leads else 0
            head = top + -(-height // PIXELS_A_ROW)
            if height:
                self._lead_chart(sheet, shown, top, head + 1, leads, height)
            sheet.head(head, columns)
            for number, row in enumerate(shown, head + 1):
                plain = Level.COMPANY if row.level == Level.COMPANY else Level.MANAGER
                sheet.row(number, columns, row, unit, plain)
            top = head + len(shown) + 3
        others = other_periods(self.report)
        if others:
            sheet.heading(top, _("The company's other periods"))
            sheet.head(top + 1, period_columns(self.texts))
            for number, other in enumerate(others, top + 2):
                sheet.row(number, period_columns(self.texts), other, other.unit, Level.MANAGER)
        sheet.freeze(0, 1)

    def _lead_chart(
        self, sheet: Sheet, shown: list[Row], top: int, first: int, leads: int, height: int
    ) -> None:
        """Draw what is paid and what is still to come, one on the other, with the range as a line."""
        _ = self.texts.gettext
        start = first + sum(row.level == Level.COMPANY for row in shown)
        all_leads = sum(row.level == Level.LEAD for row in shown)
        ranged = any(row.low is not None for row in shown)
        if all_leads > leads:
            title = _("Forecast of the {count} largest leads; the line is the range P10\u2013P90")
        else:
            title = _("Forecast by lead; the line is the range P10\u2013P90")
        if not ranged:
            title = _("Paid by lead")
        arms = len(summary_columns(self.texts)) - 2
        sheet.bars(
            top,
            height,
            title=title.format(count=leads),
            rows=(start, start + leads - 1),
            series=((_("Paid"), 1), (_("Still to come"), 2)),
            arms=(arms, arms + 1) if ranged else None,
            longest=max(row.high or row.forecast or 0.0 for row in shown if row.level == Level.LEAD),
        )

    def _pipeline(self, sheet: Sheet) -> None:
        columns = pipeline_columns(self.texts)
        sheet.head(HEAD, columns, filtered=len(self.rows))
        for number, row in enumerate(self.rows, HEAD + 1):
            below = self.rows[number - HEAD] if number - HEAD < len(self.rows) else None
            closed = row.level < Level.CLIENT and below is not None and below.level == Level.CLIENT
            sheet.fold(number, row.level, hidden=row.level == Level.CLIENT, closed=closed)
            sheet.row(number, columns, row, row.unit, row.level, repeated=max(row.level - 1, 0))
        if not self.rows:
            sheet.heading(HEAD + 1, self.texts.gettext("There are no entries yet."))
        sheet.freeze(HEAD + 1, _NAMES)

    def _trend(self, sheet: Sheet, days: list[TrendRow]) -> None:
        _ = self.texts.gettext
        columns = trend_columns(self.texts)
        by_unit: dict[str, list[TrendRow]] = {}
        for day in days:
            by_unit.setdefault(day.point.unit, []).append(day)
        height = 320
        rows_a_chart = height // PIXELS_A_ROW + 1
        drawn = [unit for unit, own in by_unit.items() if len(own) > 1]  # one day makes no line
        head = HEAD + len(drawn) * rows_a_chart
        first = head + 1
        for unit, own in by_unit.items():
            if unit in drawn:
                ranged = any(day.point.low is not None for day in own)
                series = ((_("P90"), 5), (_("Forecast"), 3), (_("P10"), 4), (_("Paid"), 2))
                sheet.lines(
                    HEAD + drawn.index(unit) * rows_a_chart,
                    height,
                    title=_("Forecast and paid by day, {unit}").format(unit=unit_name(unit, self.texts)),
                    rows=(first, first + len(own) - 1),
                    days=1,
                    period=self.report.period,
                    series=series if ranged else series[1::2],
                )
            first += len(own)
        sheet.head(head, columns, filtered=len(days))
        for row, day in enumerate(days, head + 1):
            sheet.row(row, columns, day, day.point.unit, Level.MANAGER)

    def _accuracy(self, sheet: Sheet) -> None:
        columns = accuracy_columns(self.texts)
        rows = accuracy_rows(self.report)
        sheet.head(HEAD, columns, filtered=len(rows))
        for number, row in enumerate(rows, HEAD + 1):
            level = Level.MANAGER if row.lead_id is not None else Level.LEAD
            sheet.row(number, columns, row, row.unit, level)
        sheet.freeze(HEAD + 1, 2)

    def _notes(self, sheet: Sheet) -> None:
        lines = notes(
            self.report, self.texts, written=self.written, zone=self.zone, clients_left_out=self.left_out
        )
        for number, (caption, text) in enumerate(lines, HEAD):
            sheet.note(number, caption, text)
