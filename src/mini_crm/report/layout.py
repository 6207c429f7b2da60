"""What stands where: the report's sheets, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import Report, Run, RunKind
from mini_crm.i18n import Texts
from mini_crm.report.notes import notes
from mini_crm.report.past import trend_rows
from mini_crm.report.rows import ReportRows, stage
from mini_crm.report.sheet import HEAD, Book, Sheet
from mini_crm.report.sheets.accuracy import fill_accuracy
from mini_crm.report.sheets.changes import fill_changes
from mini_crm.report.sheets.paying import fill_paying
from mini_crm.report.sheets.pipeline import fill_pipeline
from mini_crm.report.sheets.refusals import fill_refusals
from mini_crm.report.sheets.summary import fill_summary
from mini_crm.report.sheets.trend import fill_trend
from mini_crm.report.wording import as_of_mark, moment, period_name, run_mark


class Layout:
    """Fills the sheets of one workbook.

    Args:
        report: What to show.
        rows: Its rows, laid out.
        texts: The language.
        now: When it is written; without a zone of the company its time zone is the one shown. None is
            now, here.
    """

    def __init__(self, report: Report, rows: ReportRows, texts: Texts, now: datetime | None) -> None:
        self.report = report
        self.rows = rows
        self.texts = texts
        self.zone = report.zone or (now.tzinfo if now else None)
        self.written = now or datetime.now().astimezone()

    def fill(self, book: Book) -> None:
        """Write all sheets."""
        report, texts, _ = self.report, self.texts, self.texts.gettext
        title = _("Sales forecast: {database}").format(database=report.database)
        book.describe(title, self.written, self._units_with_fractions())
        with self._sheet(book, _("Summary"), title) as sheet:
            fill_summary(sheet, report, self.rows.rows, texts)
        with self._sheet(book, _("Pipeline"), _("Expected sales by lead, manager and client")) as sheet:
            fill_pipeline(sheet, self.rows, stage(report.period, report.forecast.run), texts)
        with self._sheet(book, _("Trend"), _("How the forecast moved"), upright=True) as sheet:
            fill_trend(sheet, report, trend_rows(report), texts)
        with self._sheet(book, _("Accuracy"), _("How well the forecasts met what came")) as sheet:
            fill_accuracy(sheet, report, texts)
        with self._sheet(book, _("How we get paid"), _("How the company gets paid")) as sheet:
            fill_paying(sheet, report, texts)
        with self._sheet(book, _("Changes"), _("What has moved the forecast")) as sheet:
            fill_changes(sheet, report, texts, self.zone)
        with self._sheet(book, _("Refusals"), _("Why entries were refused")) as sheet:
            fill_refusals(sheet, report, texts)
        with self._sheet(book, _("Notes"), _("Notes")) as sheet:
            self._notes(sheet)

    @contextmanager
    def _sheet(self, book: Book, name: str, title: str, *, upright: bool = False) -> Iterator[Sheet]:
        _ = self.texts.gettext
        run = self.report.forecast.run
        subtitle = [period_name(self.report.period, self.texts)]
        if run is not None:
            subtitle.append(_("as of {moment}").format(moment=self._as_of(run)))
            subtitle.append(_("run {number}").format(number=run.run_id))
        sheet = book.add_sheet(name, upright=upright)
        marks = (as_of_mark(run, self.texts), run_mark(run, self.texts))
        sheet.title(title, " \u00b7 ".join(subtitle), " ".join(mark for mark in marks if mark))
        yield sheet
        sheet.finish()

    def _as_of(self, run: Run) -> str:
        if run.kind is RunKind.AS_OF:
            day = format_date(run.count_day, language=self.texts.language)
            return self.texts.gettext("the evening of {day}").format(day=day)
        return moment(run.as_of, self.zone, self.texts)

    def _units_with_fractions(self) -> frozenset[str]:
        found = {
            row.unit
            for row in self.rows.rows
            if any(value % 1 for value in (row.expected, row.paid, row.refused))
        }
        return frozenset(found | {change.unit for change in self.report.changes if change.amount % 1})

    def _notes(self, sheet: Sheet) -> None:
        lines = notes(
            self.report,
            self.texts,
            written=self.written,
            zone=self.zone,
            clients_left_out=self.rows.clients_left_out,
        )
        for number, (caption, text) in enumerate(lines, HEAD):
            sheet.note(number, caption, text)
