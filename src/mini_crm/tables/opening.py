"""Tables that people and machines hand in: CSV and xlsx files, read row by row.

What a file is shows in its first bytes, not in its name. A CSV file may be UTF-8, UTF-16 with its
mark, or cp1251; separated by commas, semicolons or tabs. Nothing is guessed where a wrong guess
would look like data: a file in another encoding, or with quotes that do not match, is refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

from mini_crm.domain.dates import trimmed
from mini_crm.domain.errors import BadFile
from mini_crm.files import kind_unless_plain
from mini_crm.tables.table import Row, Table, TableSource

SEPARATORS = (",", ";", "\t")
_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_WINDOWS_SHARING = (32, 33)
"""ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION, what Excel causes with an open file."""

# Bytes from 0x80 to 0xBF that Russian text in cp1251 has: dashes, quotes, the letter yo and the like. The
# others are letters of other alphabets; DOS text (cp866) and broken UTF-8, read as cp1251, are full of them.
_RUSSIAN_SIGNS = b"\x85\x88\x91\x92\x93\x94\x95\x96\x97\xa0\xa7\xa8\xa9\xab\xae\xb0\xb1\xb7\xb8\xb9\xbb"
_FOREIGN = bytes(set(range(0x80, 0xC0)) - set(_RUSSIAN_SIGNS))
_FOREIGN_SHARE = 0.2
_ASCII = bytes(range(0x80))
_NEVER_IN_TEXT = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1a")) + b"\x7f\x98"


@contextmanager
def open_table(path: Path, *, sheet: str | None = None, encoding: str | None = None) -> Iterator[Table]:
    """Open a CSV file or a workbook and read its head.

    Args:
        path: The file.
        sheet: Of a workbook, the sheet to read; by default the first that is not hidden.
        encoding: Of a CSV file; by default it is found out.

    Yields:
        The table. Its rows can be read as long as it is open.

    Raises:
        BadFile: ``file_missing``, ``file_is_directory``, ``file_locked`` (open in another program),
            ``file_unreadable``, ``file_empty``, ``file_encoding``, ``file_old_excel`` (or with a
            password), ``file_broken_excel``; and, while rows are read, ``file_quotes`` with the line.
    """
    with open_input(path) as raw:
        start = raw.read(4)
        if not start:
            raise BadFile("file_empty", path=str(path))
        if start == _OLE:
            raise BadFile("file_old_excel", path=str(path))
        raw.seek(0)
        with (_open_excel if start == _ZIP else _open_csv)(path, raw) as table:
            yield table


@contextmanager
def open_input(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file that a person names, to read its bytes.

    Raises:
        BadFile: ``file_missing``, ``file_is_directory``, ``file_locked``, ``file_unreadable`` or
            ``not_a_plain_file``.
    """
    # Looked at before it is opened: a pipe would be waited for, and a device may have no end.
    kind = kind_unless_plain(path, follow=True)
    if kind is not None and kind != "folder":
        raise BadFile("not_a_plain_file", path=str(path), kind=kind)
    try:
        with path.open("rb") as raw:
            yield raw
    except FileNotFoundError as error:
        raise BadFile("file_missing", path=str(path)) from error
    except IsADirectoryError as error:
        raise BadFile("file_is_directory", path=str(path)) from error
    except PermissionError as error:
        if path.is_dir():  # which is what Windows says of a folder
            raise BadFile("file_is_directory", path=str(path)) from error
        if getattr(error, "winerror", None) in _WINDOWS_SHARING:
            raise BadFile("file_locked", path=str(path)) from error
        raise BadFile("file_unreadable", path=str(path), reason=error.strerror or "") from error
    except OSError as error:
        if error.filename is not None and Path(error.filename) != path:
            raise  # somebody else's file, opened while this one was read
        raise BadFile("file_unreadable", path=str(path), reason=error.strerror or "") from error


@contextmanager
def _open_csv(path: Path, raw: io.BufferedReader) -> Iterator[Table]:
    encoding, lines = _examine(path, raw)
    raw.seek(0)
    with io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        try:
            separator, skipped = _separator(text.read(_CHUNK))
        except UnicodeError as error:
            raise BadFile("file_encoding", path=str(path)) from error
        text.seek(0)
        if skipped:
            text.readline()
        source = TableSource("csv", encoding=encoding, separator=separator)
        yield _with_head(path, _csv_rows(path, text, separator, skipped), lines - skipped - 1, source)


def _csv_rows(path: Path, text: io.TextIOWrapper, separator: str, skipped: int) -> Iterator[Row]:
    # Strict, since without it a quote that is not closed swallows all rows behind it in silence.
    reader = csv.reader(text, delimiter=separator, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if any(cells):
                yield Row(line, cells)
            line = skipped + 1 + reader.line_num
    except csv.Error as error:
        raise BadFile("file_quotes", path=str(path), line=line) from error
    except UnicodeError as error:
        raise BadFile("file_encoding", path=str(path)) from error


def _examine(path: Path, raw: io.BufferedReader) -> tuple[str, int]:
    """Give the encoding and the number of line ends, after a look at every byte."""
    lines = 0
    is_utf8, decoder = True, codecs.getincrementaldecoder("utf-8")()
    is_utf16 = raw.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    while chunk := raw.read(_CHUNK):
        lines += chunk.count(b"\n")
        if is_utf16:
            continue
        if b"\0" in chunk:
            raise BadFile("file_encoding", path=str(path))
        if is_utf8:
            is_utf8 = _decodes(decoder, chunk, final=False)
    if is_utf16:
        return "utf-16", lines
    if is_utf8 and _decodes(decoder, b"", final=True):
        return "utf-8-sig", lines
    raw.seek(0)
    if not _looks_like_cp1251(raw):
        raise BadFile("file_encoding", path=str(path))
    return "cp1251", lines


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _looks_like_cp1251(raw: io.BufferedReader) -> bool:
    high = foreign = 0
    while chunk := raw.read(_CHUNK):
        if len(chunk.translate(None, _NEVER_IN_TEXT)) < len(chunk):
            return False
        letters = chunk.translate(None, _ASCII)
        high += len(letters)
        foreign += len(letters) - len(letters.translate(None, _FOREIGN))
    return foreign <= high * _FOREIGN_SHARE


def _separator(start: str) -> tuple[str, int]:
    """Give the separator, and how many lines come before the table: one if Excel's ``sep=`` stands there."""
    first, _, _ = start.partition("\n")
    hint = first.rstrip("\r").lower()
    if len(hint) == 5 and hint.startswith("sep=") and hint[4] in SEPARATORS:
        return hint[4], 1
    return max(SEPARATORS, key=lambda separator: _width(start, separator)), 0


def _width(start: str, separator: str) -> int:
    """Give how many columns the first row that is not blank has with a separator."""
    try:
        return next((len(row) for row in csv.reader(io.StringIO(start), delimiter=separator) if any(row)), 0)
    except csv.Error:
        return 0


@contextmanager
def _open_excel(path: Path, raw: io.BufferedReader) -> Iterator[Table]:
    from openpyxl import load_workbook  # a quarter of a second, for xlsx only

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and checks that openpyxl leaves out
            book = load_workbook(raw, read_only=True, data_only=True)
            sheet = book.worksheets[0]
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise BadFile("file_broken_excel", path=str(path)) from error
    try:
        lines = (sheet.max_row or 1) - 1
        sheet.reset_dimensions()  # some programs write a size that is not true
        source = TableSource(
            "xlsx", sheet=sheet.title, other_sheets=tuple(other.title for other in book.worksheets[1:])
        )
        yield _with_head(path, _excel_rows(path, sheet.iter_rows(values_only=True)), lines, source)
    finally:
        book.close()


def _excel_rows(path: Path, sheet: Iterable[tuple[object, ...]]) -> Iterator[Row]:
    rows = enumerate(sheet, start=1)
    while True:
        try:
            line, values = next(rows)
        except StopIteration:
            return
        except Exception as error:  # as above
            raise BadFile("file_broken_excel", path=str(path)) from error
        cells = [_text(value) for value in values]
        if any(cells):
            yield Row(line, cells, tuple(_is_typed(value) for value in values))


def _is_typed(value: object) -> bool:
    return isinstance(value, int | float | date) and not isinstance(value, bool)


def _text(value: object) -> str:
    """Write a cell of a sheet as a CSV file would have it."""
    match value:
        case None:
            return ""
        case float():
            return f"{Decimal(f'{value:.15g}'):f}"  # 15 digits is what Excel keeps and shows
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _with_head(path: Path, rows: Iterator[Row], lines: int, source: TableSource) -> Table:
    head = next(rows, None)
    if head is None:
        raise BadFile("file_empty", path=str(path))
    columns = [trimmed(name) for name in head.cells]
    while columns and not columns[-1]:
        columns.pop()
    return Table(path, tuple(columns), _filled(rows, len(columns)), max(lines, 0), head.line, source)


def _filled(rows: Iterator[Row], width: int) -> Iterator[Row]:
    # Excel leaves out the last separators of a row whose last cells are empty.
    for row in rows:
        missing = width - len(row.cells)
        if missing > 0:
            typed = None if row.typed is None else row.typed + (False,) * missing
            row = Row(row.line, row.cells + [""] * missing, typed)
        yield row
