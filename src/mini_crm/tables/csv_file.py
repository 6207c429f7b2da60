"""CSV files: found are the encoding, the separator and the head, or the file is refused."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from mini_crm.domain.errors import BadFile
from mini_crm.tables.encodings import check_encoding, find_encoding
from mini_crm.tables.head import MAX_COLUMNS, with_head
from mini_crm.tables.table import Row, Table, TableSource

SEPARATORS = (",", ";", "\t", "|")

MAX_FILE = 1 << 29
MAX_LINE = 16 << 20
"""Bytes of a file, and of a line in it."""
MAX_LINES = 2_000_000
_CHUNK = 1 << 20
_LOOKED_AT = 30
"""Rows by which separators are compared."""

_WEB_PAGES = ("<!doctype", "<html", "<head", "<meta", "<style", "<body", "<table", "<?xml", "mime-version:")


@contextmanager
def open_csv(path: Path, raw: io.BufferedReader, encoding: str | None) -> Iterator[Table]:
    """Open a CSV file and read its head.

    Args:
        path: Its name, for errors.
        raw: Its bytes, from the start.
        encoding: If somebody said which it is.

    Raises:
        BadFile: As ``open_table`` says; also while rows are read.
    """
    lines = _count_lines(path, raw)
    raw.seek(0)
    name = check_encoding(encoding) if encoding is not None else find_encoding(path, raw)
    raw.seek(0)
    with io.TextIOWrapper(raw, encoding=name, newline="") as text:
        try:
            start = text.read(_CHUNK)
        except UnicodeError as error:
            raise _not_text(path, encoding) from error
        if start.lstrip("\ufeff \t\r\n")[:20].lower().startswith(_WEB_PAGES):
            raise BadFile("file_web_page", path=str(path))
        separator, skipped = _separator(start)
        text.seek(0)
        if skipped:
            text.readline()
        shown = "utf-8" if name == "utf-8-sig" else name
        source = TableSource("csv", encoding=shown, separator=separator)
        yield with_head(path, _rows(path, text, separator, skipped, encoding), lines, source)


def _rows(
    path: Path, text: io.TextIOWrapper, separator: str, skipped: int, encoding: str | None
) -> Iterator[Row]:
    # Strict, since without it a quote that is not closed swallows all rows behind it in silence.
    reader = csv.reader(text, delimiter=separator, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise BadFile("file_too_large", path=str(path))
            if any(cells):
                yield Row(line, cells)
            line = skipped + 1 + reader.line_num
    except csv.Error as error:
        raise BadFile("file_quotes", path=str(path), line=line) from error
    except UnicodeError as error:
        raise _not_text(path, encoding) from error


def _not_text(path: Path, encoding: str | None) -> BadFile:
    if encoding is None:
        return BadFile("file_encoding", path=str(path))
    return BadFile("file_other_encoding", path=str(path), encoding=encoding)


def _count_lines(path: Path, raw: io.BufferedReader) -> int:
    """Count the line ends, and refuse what no table can be before much of it is read.

    Raises:
        BadFile: ``file_too_large``.
    """
    size = lines = unended = 0
    while chunk := raw.read(_CHUNK):
        size += len(chunk)
        lines += chunk.count(b"\n")
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        unended = unended + len(chunk) if end < 0 else len(chunk) - end
        if size > MAX_FILE or lines > MAX_LINES or unended > MAX_LINE:
            raise BadFile("file_too_large", path=str(path))
    return lines


def _separator(start: str) -> tuple[str, int]:
    """Give the separator, and how many lines come before the table: one if Excel's ``sep=`` stands there."""
    first, _, _ = start.partition("\n")
    hint = first.rstrip("\r").strip('"').lower()
    if len(hint) == 5 and hint.startswith("sep=") and hint[4] in SEPARATORS:
        return hint[4], 1
    return max(SEPARATORS, key=lambda separator: _agreement(start, separator)), 0


def _agreement(start: str, separator: str) -> int:
    """Give how many separators stand in the first rows that have the same number of them as most."""
    widths: Counter[int] = Counter()
    try:
        rows = (row for row in csv.reader(io.StringIO(start, newline=""), delimiter=separator) if any(row))
        widths.update(len(row) - 1 for row in islice(rows, _LOOKED_AT))
    except csv.Error:
        return 0
    return max((width * count for width, count in widths.items()), default=0)
