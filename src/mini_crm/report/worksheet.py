"""The writer's sheet, quicker for the plain cells of long tables.

Its general ways look at every cell for what our tables never have: addresses such as ``A1``, and functions
newer than Excel 2010. That took half of the time that a report of 10,000 entries was written in. What is
written stays the same to the byte, which a test compares.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import (  # type: ignore[import-untyped]
    CellDatetimeTuple,
    CellNumberTuple,
    CellStringTuple,
    Worksheet,
)

from mini_crm.report.formulas import letter

_NUMBERS = (CellNumberTuple, CellDatetimeTuple)


class PlainWorksheet(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas have only functions that Excel has had from the start.

    Attributes:
        put_number: As ``write_number``, by row and column.
        put_string: As ``write_string``, by row and column.
        put_formula: As ``write_formula``, by row and column.
    """

    put_number = Worksheet._write_number
    put_string = Worksheet._write_string
    put_formula = Worksheet._write_formula

    def __init__(self) -> None:
        super().__init__()
        self._letters: dict[int, str] = {}

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = cell.__class__
        if cell.format is None or self.constant_memory:
            super()._write_cell(row, col, cell)
        elif kind is CellStringTuple:
            self.fh.write(f'<c {self._place(row, col, cell)} t="s"><v>{cell.string}</v></c>')
        elif kind in _NUMBERS:
            self.fh.write(f"<c {self._place(row, col, cell)}><v>{cell.number:.16G}</v></c>")
        else:
            super()._write_cell(row, col, cell)

    def _place(self, row: int, col: int, cell: Any) -> str:
        if col not in self._letters:
            self._letters[col] = letter(col)
        return f'r="{self._letters[col]}{row + 1}" s="{cell.format._get_xf_index()}"'
