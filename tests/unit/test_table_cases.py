"""Files as people really have them (tests/cases), made after public reports and exports."""

from __future__ import annotations

import pytest

from mini_crm.domain.errors import BadFile
from mini_crm.tables.opening import open_table
from mini_crm.tables.table import Note, Row, TableSource
from unit.table_files import CASES

COLUMNS = (
    "id", "lead", "group", "manager", "client_pin", "amount", "entered_on", "pay_by", "status", "status_on",
    "comment",
)  # fmt: skip
FIRST = ["1", "Анна Иванова", "Север", "Пётр Орлов", "000123", "1500,50", "05.03.2026", "20.03.2026"]
SECOND = ["2", "Анна Иванова", "Север", "Глеб Белов", "000124", "2000", "06.03.2026", "25.03.2026"]
CSV_ROWS = [[*FIRST, "", "", "первая"], [*SECOND, "оплачено", "20.03.2026", "вторая"]]
SHEET_ROW = ["Анна Иванова", "Север", "Пётр Орлов"]


def read(name: str) -> tuple[TableSource, int, tuple[str, ...], list[Row]]:
    """Read a case: how it was understood, the line of its head, its columns and rows."""
    with open_table(CASES / name) as table:
        return table.source, table.head_line, table.columns, list(table.rows)


def sheet_rows(**other: list[str]) -> list[list[str]]:
    """Give the two rows that most workbooks have, but for some columns."""
    columns = {
        "client_pin": ["000123", "2"],
        "amount": ["1500.5"] * 2,
        "entered_on": ["2026-03-05"] * 2,
        "pay_by": ["2026-03-20"] * 2,
        **other,
    }
    return [
        [number, *SHEET_ROW, *(values[at] for values in columns.values()), "", "", ""]
        for at, number in enumerate(("1", "2"))
    ]


@pytest.mark.parametrize(
    ("name", "encoding", "separator", "head_line"),
    [
        ("c01.csv", "utf-8", ";", 2),
        ("c02.csv", "utf-8", ";", 2),
        ("c05.csv", "utf-16", "\t", 1),
        ("c06.csv", "utf-16-le", ";", 1),
        ("c08.csv", "cp866", ";", 1),
        ("c09.csv", "koi8_r", ";", 1),
        ("c10.csv", "mac_cyrillic", ";", 1),
        ("c14.csv", "utf-8", ";", 3),
    ],
)
def test_csv_cases(name: str, encoding: str, separator: str, head_line: int) -> None:
    """The same two rows come out of each encoding, behind ``sep=`` lines and titles, as they were written."""
    source, line, columns, rows = read(name)
    assert (source.kind, source.encoding, source.separator, line) == ("csv", encoding, separator, head_line)
    assert columns == COLUMNS
    assert rows == [Row(line + at, cells) for at, cells in enumerate(CSV_ROWS, start=1)]


def test_western_text_is_never_cyrillic() -> None:
    """c07: Spanish that may be one of several Western encodings: asked for, with cells in each reading."""
    with pytest.raises(BadFile) as caught:
        read("c07.csv")
    assert caught.value.code == "file_encoding_unsure"
    first, *others = str(caught.value.data["readings"]).splitlines()
    assert first == "--encoding cp1252: María Peña | José Ñuñez | Compañía Añil"
    assert [line.split(":")[0] for line in others] == ["--encoding cp1250", "--encoding cp1257"]
    with open_table(CASES / "c07.csv", encoding="cp1252") as table:
        assert next(table.rows).cells[:4] == ["1", "María Peña", "Ventas", "José Ñuñez"]


def test_quotation_marks_not_doubled() -> None:
    """c11: the line is named."""
    with pytest.raises(BadFile) as caught:
        read("c11.csv")
    assert (caught.value.code, caught.value.data["line"]) == ("file_quotes", 2)


def test_quotation_mark_in_a_cell() -> None:
    """c12: a mark within a cell that is not quoted is text."""
    assert read("c12.csv")[3][0].cells[-1] == 'труба 5" чёрная'


def test_cell_of_two_lines() -> None:
    """c13: a line break within a cell is kept, and lines are counted as an editor does."""
    first, second = read("c13.csv")[3]
    assert (first.line, first.cells[-1]) == (2, "строка 1\r\nстрока 2")
    assert (second.line, second.cells[5]) == (4, "abc")


def test_columns_that_do_not_matter() -> None:
    """c16, c17: columns of one name, and empty ones at the end, leave the others alone."""
    assert [row.cells[:11] for row in read("c16.csv")[3]] == CSV_ROWS
    assert read("c17.csv")[2] == COLUMNS
    assert [row.cells[:11] for row in read("c17.csv")[3]] == CSV_ROWS


def test_heading_of_two_lines() -> None:
    """c19: a heading broken into two lines is one heading."""
    _, line, columns, rows = read("c19.csv")
    assert (line, columns[5], rows[0].line) == (1, "Сумма\r\nсделки", 3)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("x09.xlsx", sheet_rows(entered_on=["2026-03-05", "2025-12-31"])),
        ("x10.xlsx", sheet_rows(amount=["1500.5 ₽", "1500.5"])),
        ("x12.xlsx", sheet_rows(client_pin=["000123", "000124"])),
        ("x15.xlsx", sheet_rows()),
        ("x19_ods.xlsx", sheet_rows()),
        ("x19_xls.xls", sheet_rows()),
        ("x20.xlsx", sheet_rows()),
        ("x21.xlsx", sheet_rows(entered_on=["2026-03-05T23:59:59", "2026-03-05"])),
        ("x03.xlsx", sheet_rows()),
    ],
)
def test_workbook_cases(name: str, rows: list[list[str]]) -> None:
    """The same two rows come out of every form of workbook, whatever its name; only what is seen is read."""
    source, _, columns, found = read(name)
    assert source.kind == {"x19_ods.xlsx": "ods", "x19_xls.xls": "xls"}.get(name, "xlsx")
    assert columns == COLUMNS
    assert [row.cells for row in found] == rows
    assert [row.line for row in found] == [2, 3]


def test_numbers_and_days_are_marked() -> None:
    """x14: it is told which cells came as numbers and days, and which as text."""
    text, typed = read("x14.xlsx")[3]
    assert text.cells[5:8] == ["1 500,50", "05.03.2026", "20.03.2026"]
    assert text.typed == (True, *[False] * 10)
    assert typed.cells[5:8] == ["1500.5", "2026-03-05", "2026-03-20"]
    assert typed.typed == (True, False, False, False, False, True, True, True, False, False, False)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("c14.csv", Note("title_above_head", {"title": "Отчёт по сделкам за март 2026", "line": 3})),
        ("x01.xlsx", Note("rows_hidden", {"n": 1})),
        ("x03.xlsx", Note("sheets_hidden", {"n": 1, "sheets": ["Архив"]})),
        ("x05.xlsx", Note("title_above_head", {"title": "Сделки отдела, март 2026", "line": 3})),
        ("x07.xlsx", Note("formulas_without_results", {"n": 2, "first": "F2"})),
        ("x19_xls.xls", Note("form_tells_less", {"kind": "xls"})),
        ("x19_ods.xlsx", Note("form_tells_less", {"kind": "ods"})),
    ],
)
def test_what_a_person_should_know(name: str, note: Note) -> None:
    """What the table itself does not show is told."""
    assert read(name)[0].notes == (note,)


def test_merged_name() -> None:
    """x06: a name merged over three rows stands in the first of them only."""
    assert [row.cells[1] for row in read("x06.xlsx")[3]] == ["Анна Иванова", "", ""]


def test_days_without_their_format() -> None:
    """x11: a number of a day stays a number."""
    assert [row.cells[6] for row in read("x11.xlsx")[3]] == ["46086", "46087"]


def test_not_a_workbook() -> None:
    """x18: what has the parts of a workbook but is none is refused."""
    with pytest.raises(BadFile, match="file_broken_excel"):
        read("x18.xlsx")
