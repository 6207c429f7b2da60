"""Workbooks: which sheet is read, and what their cells show."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path

import pytest
from openpyxl import Workbook
from xlsxwriter import Workbook as FastWorkbook

from mini_crm.domain.errors import BadFile
from mini_crm.tables.number_formats import sign_format, zero_format
from mini_crm.tables.opening import open_table
from mini_crm.tables.parts import BadPart, tags
from mini_crm.tables.table import Note, Row, TableSource
from mini_crm.tables.workbook import open_workbook
from unit.table_files import HEAD_ROW, write_ods, write_xlsx


def read(path: Path, sheet: str | None = None) -> tuple[TableSource, list[Row]]:
    """Read a workbook."""
    with open_table(path, sheet=sheet) as table:
        return table.source, list(table.rows)


def refusal(path: Path, sheet: str | None = None) -> BadFile:
    """Read a workbook that must be refused."""
    with pytest.raises(BadFile) as caught:
        read(path, sheet)
    return caught.value


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    """Make a workbook of a hidden sheet, two that are seen, and an empty one."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, state in (("Old", "hidden"), ("March", "visible"), ("April", "visible"), ("No", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["name", "of"])
        sheet.append([name, "x"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def test_first_visible_sheet(sheets: Path) -> None:
    """The first sheet that is seen is read; the others are named, hidden ones in a note."""
    source, rows = read(sheets)
    assert (source.sheet, source.other_sheets, rows[0].cells[0]) == ("March", ("April",), "March")
    assert source.notes == (Note("sheets_hidden", {"n": 2, "sheets": ["Old", "No"]}),)


@pytest.mark.parametrize(("asked", "name"), [("April", "April"), (" april ", "April"), ("Old", "Old")])
def test_sheet_by_name(sheets: Path, asked: str, name: str) -> None:
    """A sheet that is asked for is read, hidden or not; case and blanks of its name do not matter."""
    source, rows = read(sheets, asked)
    assert (source.sheet, rows[0].cells[0]) == (name, name)


def test_no_such_sheet(sheets: Path) -> None:
    """A sheet that is not there is refused with those that are."""
    error = refusal(sheets, "May")
    assert (error.code, error.data["sheets"]) == ("sheet_unknown", ["Old", "March", "April", "No"])


def test_empty_first_sheet(tmp_path: Path) -> None:
    """An empty sheet before the others is told as such, and the others are named."""
    book = Workbook()
    book.worksheets[0].title = "Cover"
    book.create_sheet("Data").append(["a"])
    book.save(tmp_path / "book.xlsx")
    error = refusal(tmp_path / "book.xlsx")
    assert (error.code, error.data["sheet"], error.data["sheets"]) == ("sheet_empty", "Cover", ["Data"])


def test_text_has_no_sheets(tmp_path: Path) -> None:
    """A sheet of a CSV file is refused."""
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    assert refusal(path, "March").code == "file_no_sheets"


@pytest.mark.parametrize(
    "start", ["<html><body><table>", "\ufeff\n<?xml version='1.0'?>", "MIME-Version: 1.0\n"]
)
def test_web_page_called_xls(tmp_path: Path, start: str) -> None:
    """A web page or XML that is called xls is refused as what it is."""
    path = tmp_path / "report.xls"
    path.write_text(start + "<tr><td>lead;</td></tr>", "utf-8")
    assert refusal(path).code == "file_web_page"


def test_errors_are_shown(tmp_path: Path) -> None:
    """A cell with an error has its text, as it is seen, and is not empty."""
    path = tmp_path / "book.xlsx"
    book = FastWorkbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["pin", "amount", "note"])
    sheet.write_formula(1, 0, "=NA()", None, "#N/A")
    sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    sheet.write_string(1, 2, "x")
    book.close()
    assert read(path)[1] == [Row(2, ["#N/A", "#DIV/0!", "x"], (False, False, False))]


def test_what_cells_show(tmp_path: Path) -> None:
    """Days, times, numbers of 15 digits and characters that XML cannot hold come as they are meant."""
    path = tmp_path / "book.xlsx"
    book = FastWorkbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["day", "moment", "clock", "large", "sum", "lines", "yes"])
    formats = [book.add_format({"num_format": form}) for form in ("dd.mm.yyyy", "dd.mm.yyyy hh:mm", "hh:mm")]
    sheet.write_datetime(1, 0, date(2026, 3, 5), formats[0])
    sheet.write_datetime(1, 1, datetime(2026, 3, 5, 9, 5), formats[1])
    sheet.write_datetime(1, 2, clock(9, 5), formats[2])
    sheet.write_number(1, 3, 79991234567)
    sheet.write_number(1, 4, 0.1 + 0.2)
    sheet.write_string(1, 5, "one_x000D_\ntwo")
    sheet.write_boolean(1, 6, True)
    book.close()
    shown = ["2026-03-05", "2026-03-05T09:05:00", "09:05:00", "79991234567", "0.3", "one\r\ntwo", "True"]
    assert read(path)[1] == [Row(2, shown, (True, True, False, True, True, False, False))]


def test_strict_open_xml(tmp_path: Path) -> None:
    """Days that are written as text of ISO 8601, as Strict Open XML may, are days."""
    cell = b'<row r="2"><c r="A2" t="d"><v>2026-03-05</v></c><c r="B2"><v>5</v></c></row>'
    path = write_xlsx(tmp_path / "book.xlsx", [HEAD_ROW, cell])
    assert read(path)[1] == [Row(2, ["2026-03-05", "5"], (True, True))]


STYLES = (
    b'<numFmts><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="000\\-000"/>'
    b'</numFmts><cellStyleXfs><xf numFmtId="164"/></cellStyleXfs>'
    b'<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
)


@pytest.mark.parametrize("prefix", [b"", b"x:"])
@pytest.mark.parametrize("addressed", [True, False])
def test_leading_zeros(tmp_path: Path, prefix: bytes, addressed: bool) -> None:
    """Numbers have the zeros that their format shows, whoever wrote the sheet."""

    def rows() -> Iterator[bytes]:
        yield (
            HEAD_ROW.replace(b"</", b"</" + prefix)
            .replace(b"<", b"<" + prefix)
            .replace(b"<" + prefix + b"/" + prefix, b"</" + prefix)
        )
        for number, cells in (
            (3, ((b"A", 1, b"123"), (b"B", 0, b"5"))),
            (4, ((b"A", 2, b"124"), (b"B", 1, b"1.5"))),
        ):
            yield b'<%brow r="%d">' % (prefix, number)
            for column, style, value in cells:
                address = b' r="%b%d"' % (column, number) if addressed else b""
                yield b'<%bc%b s="%d"><%bv>%b</%bv></%bc>' % (
                    prefix, address, style, prefix, value, prefix, prefix,
                )  # fmt: skip
            yield b"</%brow>" % prefix

    path = write_xlsx(tmp_path / "book.xlsx", rows(), styles=STYLES, prefix=prefix)
    assert read(path)[1] == [Row(3, ["000123", "5"], (True, True)), Row(4, ["000-124", "1.5"], (False, True))]


@pytest.mark.parametrize(
    ("code", "shown"),
    [("0000", "0042"), ('"N"000', "N042"), ("0\\-0000", "0-0042"), ("00 00", "00 42"), ("00;-00", "42"),
     ("0", None), ("General", None), ("#,##0", None), ("000.00", None), ("dd.mm", None), ("00/00", None)],
)  # fmt: skip
def test_number_formats(code: str, shown: str | None) -> None:
    """Formats of zeros and fixed signs are written as Excel shows them; the others are left alone."""
    zeros = zero_format(code)
    assert (zeros.show("42") if zeros else None) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [('"$"#,##0.00', "1000.5 $"), ("[$$-409]#,##0.00", "1000.5 $"), ("#,##0.00\\ [$€-407]", "1000.5 €"),
     ('_-* #,##0.00\\ "₽"_-;-* #,##0.00', "1000.5 ₽"),
     ("[$USD] #,##0", "1000.5 USD"), ('0 "шт."', "1000.5 шт"),
     ("#,##0 [$kr-41D]", None), ("[$SEK] 0", "1000.5 SEK"),
     ("0.00%", "100050%"), ("[Red]0%", "100050%"),
     ("General", None), ("#,##0.00", None), ('#,##0,"K"', None), ("0.00E+00", None),
     ("[h]:mm", None), ("[$-419]d mmm", None)],
)  # fmt: skip
def test_signs_of_number_formats(code: str, shown: str | None) -> None:
    """A currency, another unit or a percent sign that a format shows belongs to the number."""
    sign = sign_format(code)
    assert (sign.show("1000.5") if sign else None) == shown


@pytest.mark.parametrize(
    ("code", "shown"), [("164", "1234.5 $"), ("10", "123450%"), ("165", "1234.5"), ("0", "1234.5")]
)
def test_signs_that_the_sheet_shows(tmp_path: Path, code: str, shown: str) -> None:
    """What a person sees as dollars or per cent in the sheet does not come as a bare number."""
    styles = (
        b'<numFmts><numFmt numFmtId="164" formatCode="[$$-409]#,##0.00"/>'
        b'<numFmt numFmtId="165" formatCode="#,##0.00"/></numFmts>'
        b'<cellXfs><xf numFmtId="0"/><xf numFmtId="%b"/></cellXfs>' % code.encode()
    )
    rows = [HEAD_ROW, b'<row r="2"><c r="A2"><v>7</v></c><c r="B2" s="1"><v>1234.5</v></c></row>']
    path = write_xlsx(tmp_path / "book.xlsx", rows, styles=styles)
    assert read(path)[1] == [Row(2, ["7", shown], (True, True))]


def test_more_digits_than_zeros() -> None:
    """Digits for which a format has no place stand before the others."""
    zeros = zero_format("0\\-00")
    assert zeros is not None
    assert zeros.show("12345") == "123-45"


def test_hidden_rows_that_are_empty_do_not_count(tmp_path: Path) -> None:
    """Only hidden rows with cells are told."""
    rows = [
        HEAD_ROW,
        b'<row r="2" hidden="1"><c r="A2"><v>1</v></c></row>',
        b'<row r="3" hidden="1"/><row r="4" hidden="true"><c r="A4" s="1"/></row>',
        b'<row r="5" hidden="0"><c r="A5"><v>2</v></c></row>',
    ]
    assert read(write_xlsx(tmp_path / "book.xlsx", rows))[0].notes == (Note("rows_hidden", {"n": 1}),)


def test_formula_of_no_text_has_a_result(tmp_path: Path) -> None:
    """A formula whose result is a text without characters is no formula without a result."""
    row = b'<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2"><f>A1</f><v>7</v></c></row>'
    assert read(write_xlsx(tmp_path / "book.xlsx", [HEAD_ROW, row]))[0].notes == ()


def test_entities_are_refused() -> None:
    """A part that defines entities, which may grow without end, is refused."""
    with pytest.raises(BadPart):
        list(tags(b'<!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>'))


def test_our_mistake_is_no_fault_of_the_file(tmp_path: Path) -> None:
    """If the child fails by itself, that is told with its traceback, not as a damaged file."""
    with pytest.raises(RuntimeError, match="FileNotFoundError"), open_workbook(tmp_path / "gone.xlsx", None):
        pass


def test_ods(tmp_path: Path) -> None:
    """An OpenDocument sheet is told by its content, and what it does not tell is said."""
    cell = b'<table:table-cell office:value-type="string"><text:p>%b</text:p></table:table-cell>'
    row = b"<table:table-row>%b</table:table-row>"
    source, rows = read(write_ods(tmp_path / "book.xlsx", [row % (cell % b"name"), row % (cell % b"Anna")]))
    assert (source.kind, rows) == ("ods", [Row(2, ["Anna"], (False,))])
    assert source.notes == (Note("form_tells_less", {"kind": "ods"}),)


def test_rows_come_in_pieces(tmp_path: Path) -> None:
    """100,000 rows of 10 columns come in order and in little memory of the program that asks for them."""
    path = tmp_path / "book.xlsx"
    book = FastWorkbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [f"column {number}" for number in range(10)])
    for line in range(1, 100_001):
        sheet.write_row(
            line, 0, [line, "Анна Иванова", "Север", "Пётр Орлов", "000123", line / 4, 1, 2, 3, "x"]
        )
    book.close()
    start = time.process_time()
    with open_table(path) as table:
        assert table.lines == 100_000
        for number, row in enumerate(table.rows, start=1):
            assert row.cells[0] == str(number)
    assert (number, row.cells[5]) == (100_000, "25000")
    assert time.process_time() - start < 5
