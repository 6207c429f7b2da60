"""The quicker sheet of the report against the writer's own."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from mini_crm.report.worksheet import PlainWorksheet

DAY = datetime(2026, 3, 31, 12, tzinfo=UTC).replace(tzinfo=None)


def written(sheet_class: type | None, scratch: Path | None) -> dict[str, bytes]:
    """Give the parts of a workbook with every kind of cell that the report has."""
    whole = BytesIO()
    options = {
        "strings_to_formulas": False,
        "constant_memory": scratch is not None,
        "in_memory": scratch is None,
        "tmpdir": None if scratch is None else str(scratch),
    }
    book = xlsxwriter.Workbook(whole, options)
    book.set_properties({"created": DAY})
    look, other = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
    sheet = book.add_worksheet("Лист & 1", sheet_class)
    put = sheet if sheet_class is None else None
    number = put.write_number if put else sheet.put_number
    string = put.write_string if put else sheet.put_string
    formula = put.write_formula if put else sheet.put_formula
    for row, value in enumerate((0, -1, 0.1, 1 / 3, 1e15, 123456789.125, 1e-7)):
        sheet.set_row(row, None, None, {"level": row % 3})
        number(row, 0, value, other)
        string(row, 1, f'«{value}» <&> "x" ', look)
        string(row, 2, "=SUM(A1)")
        formula(row, 3, f'=IF(SUBTOTAL(3,A1:A9)>0,SUM(A{row + 1}),"<нет>")', look, "нет" if row % 2 else 1.5)
        number(row, 4, row)
        sheet.write_blank(row, 5, None, look)
        sheet.write_datetime(row, 6, DAY, other)
        string(row, 27, "", look)
        number(row, 702, row, other)
    book.close()
    with zipfile.ZipFile(whole) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


@pytest.mark.parametrize("streamed", [False, True])
def test_the_quicker_sheet_writes_the_same_to_the_byte(streamed: bool, tmp_path: Path) -> None:
    """Numbers, texts, days, formulas and blanks, with looks and without, in memory and streamed."""
    scratch = tmp_path if streamed else None
    assert written(PlainWorksheet, scratch) == written(None, scratch)
