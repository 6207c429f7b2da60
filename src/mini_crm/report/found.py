"""Write a plain list as a workbook: one sheet with typed cells, a heading that stays, and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from mini_crm.domain.errors import BadData, BadFile
from mini_crm.report.columns import Column
from mini_crm.report.place import write_whole
from mini_crm.report.rows import Level

T = TypeVar("T")


def write_list(
    path: Path,
    columns: Sequence[Column[T]],
    pages: Iterable[Sequence[T]],
    *,
    count: int,
    title: str,
    language: str,
    now: datetime,
    unit_of: Callable[[T], str],
    units_with_fractions: frozenset[str],
) -> Path:
    """Write a list, replacing an older file.

    Args:
        path: Where; the folder must exist.
        columns: Of the sheet.
        pages: The rows, read while the file is written.
        count: How many there are.
        title: Of the sheet.
        language: Decides how days and percents look.
        now: When it is written.
        unit_of: Gives the unit of a row's sums.
        units_with_fractions: Units whose sums need decimals.

    Returns:
        Where it was written: ``path``, or beside it with the day in the name if ``path`` is open in Excel.

    Raises:
        BadFile: ``file_not_writable``: no such folder, no right to write there, or no space.
        BadData: ``list_too_long``: a sheet has fewer rows.
    """
    from mini_crm.report.workbook import SHEET_ROWS, STREAM_FROM, XlsxBook, made_book  # loads slowly

    if count >= SHEET_ROWS:
        raise BadData("list_too_long", rows=count, limit=SHEET_ROWS - 1)

    def fill(book: XlsxBook) -> None:
        book.describe(title, now, units_with_fractions)
        sheet = book.add_sheet(title)
        sheet.head(0, columns, filtered=count)
        sheet.freeze(1, 0)
        row = 0
        for page in pages:
            for item in page[: SHEET_ROWS - 1 - row]:
                row += 1
                sheet.row(row, columns, item, unit_of(item), Level.MANAGER)
        sheet.finish()

    try:
        whole = made_book(fill, language, streamed=count >= STREAM_FROM)
        return write_whole(path, whole.getbuffer(), now)
    except OSError as error:
        raise BadFile("file_not_writable", path=str(path), reason=error.strerror or "") from error
    except BadFile as error:
        raise BadFile("file_not_writable", path=str(path), reason=error.data["reason"]) from error
