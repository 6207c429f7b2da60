"""Write the report as an Excel workbook.

A reader never sees half a report. Text is stored as text whatever it looks like: a name that begins
with ``=`` is no formula, and a client PIN keeps its zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.formats import Formats
from mini_crm.report.layout import Layout
from mini_crm.report.macro import add_macro
from mini_crm.report.place import not_writable, write_whole
from mini_crm.report.rows import mask_pins, report_rows
from mini_crm.report.sheet import HEAD
from mini_crm.report.worksheet import PlainWorksheet
from mini_crm.report.xlsx_sheet import XlsxSheet

SHEET_ROWS = 1_048_576
"""Rows of an Excel sheet. Source: Microsoft, "Excel specifications and limits"."""

STREAM_FROM = 50_000
"""From so many rows on they go to the disk one by one instead of being kept in memory."""


def write_report(
    report: Report,
    path: Path,
    texts: Texts,
    *,
    now: datetime | None = None,
    hide_pins: bool = False,
    follows: str | None = None,
) -> Path:
    """Write the report, replacing an older one.

    Args:
        report: What to show.
        path: Where; the folder must exist.
        texts: The language.
        now: When it is written; without a zone of the company its time zone is the one shown. By default
            now, here.
        hide_pins: Show only the last two characters of client PINs.
        follows: Put a macro into it that takes over this report, again and again: a path, or a name in
            the same folder.

    Returns:
        Where it was written: ``path``, or beside it with the day in the name if ``path`` is open in Excel.

    Raises:
        BadFile: ``report_not_writable``: no such folder, no right to write there, or no space.
        BadData: ``report_too_large``: not even the rows of the managers fit on a sheet.
    """
    if hide_pins:
        report = mask_pins(report)
    rows = report_rows(report, limit=SHEET_ROWS - HEAD - 3)
    layout = Layout(report, rows, texts, now)

    def fill(book: XlsxBook) -> None:
        layout.fill(book)
        if follows is not None:
            add_macro(book.formats, texts, follows)

    try:
        whole = made_book(fill, texts.language, streamed=len(rows.rows) >= STREAM_FROM)
    except OSError as error:
        raise not_writable(path, error) from error
    return write_whole(path, whole.getbuffer(), layout.written)


def made_book(fill: Callable[[XlsxBook], None], language: str, *, streamed: bool = False) -> BytesIO:
    """Make a workbook in memory: written to a full disk, it would try once more when it is thrown away.

    Args:
        fill: Fills it.
        language: Decides how days and percents look.
        streamed: Keep its rows on the disk until it is finished; they are gone afterwards.

    Raises:
        OSError: The disk has no room for those rows.
    """
    whole = BytesIO()
    try:
        with TemporaryDirectory(prefix="mini-crm-", ignore_cleanup_errors=True) as scratch:
            book = XlsxBook(whole, language, scratch if streamed else None)
            fill(book)
            book.close()
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error
    return whole


class XlsxBook:
    """The workbook; see ``sheet.Book`` for what its methods promise.

    Args:
        stream: Where it is written on ``close``.
        language: Decides how days and percents look.
        scratch: Keep only one row in memory, the others in this folder, which whoever made it deletes.
    """

    def __init__(self, stream: BinaryIO, language: str, scratch: str | None = None) -> None:
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "constant_memory": scratch is not None,
            "in_memory": scratch is None,
            "tmpdir": scratch,
        }
        self.formats = Formats(xlsxwriter.Workbook(stream, options), language, PlainWorksheet)

    def describe(self, title: str, created: datetime, units_with_fractions: frozenset[str]) -> None:
        """Set the properties of the file."""
        at = created.astimezone(UTC).replace(tzinfo=None)
        self.formats.book.set_properties({"title": title, "created": at})
        self.formats.units_with_fractions = units_with_fractions

    def add_sheet(self, name: str, *, upright: bool = False) -> XlsxSheet:
        """Begin a sheet; printed, it lies, or stands upright."""
        return XlsxSheet(self.formats, name, upright=upright)

    def close(self) -> None:
        """Write the file."""
        self.formats.book.use_zip64()
        self.formats.book.close()
