"""What a file of a table holds, whatever its form: names of columns, rows of cells, how it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from mini_crm.domain.errors import BadFile, BadValue
from mini_crm.domain.rules import name_key

Kind = Literal["csv", "xlsx", "xls", "xlsb", "ods"]


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        line: Line in the file where it starts; the sheet's row number in a workbook.
        cells: Text of each column, at least as many as the table has columns. Of a workbook: days as
            ``2026-03-05`` or ``2026-03-05T09:05:00``, numbers with a point, and with the leading zeros,
            currency or percent sign that the cell's format shows.
        typed: Which cells were a number or a day in the workbook, so that its text has one meaning; as
            many as cells. None where all is text, as in CSV.
    """

    line: int
    cells: list[str]
    typed: tuple[bool, ...] | None = None


class Note(NamedTuple):
    """Something about the file that a person should know; ``messages.note_sentence`` says it.

    Attributes:
        code: What it is, such as ``rows_hidden``.
        data: Values for the placeholders of the sentence.
    """

    code: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TableSource:
    """How a file was understood.

    Attributes:
        kind: Its form, told from its content.
        encoding: Of a CSV file, as Python calls it; else empty.
        separator: Of a CSV file; else empty.
        sheet: The sheet of a workbook that is read; else empty.
        other_sheets: Names of its other sheets that are not hidden, in the workbook's order.
        notes: What a person should know.
    """

    kind: Kind
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """An open table.

    Attributes:
        path: The file.
        columns: Names as the file writes them.
        rows: All rows that are not blank; can be gone through once.
        lines: About how many rows there are, for a progress bar; 0 if nobody knows.
        head_line: Line of the row with the names.
        source: How the file was understood.
    """

    path: Path
    columns: tuple[str, ...]
    rows: Iterator[Row]
    lines: int
    head_line: int = 1
    source: TableSource = field(default_factory=lambda: TableSource("csv"))

    def find(self, columns: Mapping[str, str], needed: Iterable[str]) -> dict[str, int]:
        """Find where columns stand; case and outer blanks of their names do not matter.

        Args:
            columns: What each is for, and its name in the file.
            needed: Those for which a column must be there.

        Returns:
            The place of each column that is there, from 0.

        Raises:
            BadFile: ``file_no_column`` names all that are missing and all that are there;
                ``file_column_twice``.
        """
        places: dict[str, list[int]] = {}
        for place, name in enumerate(self.columns):
            places.setdefault(name_key(name), []).append(place)
        found = {
            purpose: places[name_key(name)] for purpose, name in columns.items() if name_key(name) in places
        }
        missing = [columns[purpose] for purpose in needed if purpose not in found]
        if missing:
            raise BadFile(
                "file_no_column",
                path=str(self.path),
                columns=", ".join(missing),
                present=", ".join(name for name in self.columns if name),
            )
        for purpose, where in found.items():
            if len(where) > 1:
                raise BadFile("file_column_twice", path=str(self.path), column=columns[purpose])
        return {purpose: where[0] for purpose, where in found.items()}

    def name_of(self, places: Mapping[str, int], field: str) -> str:
        """Give what the file calls the column of a field; empty if it has none."""
        return self.columns[places[field]] if field in places else ""

    def check_width(self, row: Row) -> None:
        """Refuse a row with text beyond the last column, where a separator has shifted the cells.

        Raises:
            BadValue: ``row_too_long``.
        """
        width = len(self.columns)
        if len(row.cells) > width and any(row.cells[width:]):
            raise BadValue("row_too_long", field="", cells=len(row.cells), columns=width)
