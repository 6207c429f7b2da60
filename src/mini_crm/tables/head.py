"""Where a table begins: the row with the names of its columns, below titles that people put above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from mini_crm.domain.dates import trimmed
from mini_crm.domain.errors import BadFile
from mini_crm.tables.table import Note, Row, Table, TableSource

_LOOKED_AT = 30
"""Rows from the top among which the head is looked for."""
MAX_COLUMNS = 1 << 14
"""What Excel has."""
_SHOWN = 60


def with_head(path: Path, rows: Iterator[Row], lines: int, source: TableSource) -> Table:
    """Make a table of rows: the first is the head, unless it is a title.

    Args:
        path: The file.
        rows: All rows that are not blank.
        lines: About how many lines there are, the head and those above it included.
        source: How the file was understood so far.

    Raises:
        BadFile: ``file_empty``; ``file_too_large``: more columns than any real table.
    """
    first = list(islice(rows, _LOOKED_AT))
    if not first:
        raise BadFile("file_empty", path=str(path))
    at = _head_among(first)
    head = first[at]
    columns = [trimmed(name) for name in head.cells]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MAX_COLUMNS:
        raise BadFile("file_too_large", path=str(path))
    if at:
        title = next(cell for cell in first[0].cells if cell)
        note = Note("title_above_head", {"title": trimmed(title)[:_SHOWN], "line": head.line})
        source = replace(source, notes=(*source.notes, note))
    below = _filled(chain(first[at + 1 :], rows), columns)
    return Table(path, tuple(columns), below, max(lines - head.line, 0), head.line, source)


def _head_among(rows: list[Row]) -> int:
    """Find the head: a title is one cell, or a pair such as ``Period: | March``, above rows of more."""
    texts = [[text for cell in row.cells if (text := trimmed(cell))] for row in rows]
    widest = max(map(len, texts))
    for at, cells in enumerate(texts):
        is_pair = len(cells) == 2 and cells[0].endswith(":") and widest > 2
        if len(cells) >= min(2, widest) and not is_pair:
            return at
    return 0


def _filled(rows: Iterator[Row], columns: list[str]) -> Iterator[Row]:
    repeated = columns if len(columns) > 1 else None
    for row in rows:
        # Where pages or files were put together their heads stand among the rows.
        if row.cells[0] == columns[0] and [trimmed(cell) for cell in row.cells[: len(columns)]] == repeated:
            continue
        # Excel leaves out the last separators of a row whose last cells are empty.
        missing = len(columns) - len(row.cells)
        if missing > 0:
            typed = None if row.typed is None else row.typed + (False,) * missing
            row = Row(row.line, row.cells + [""] * missing, typed)
        yield row
