"""Files of tables: what is read, and what is refused by name."""

import codecs
import csv
import io
import os
import socket
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from mini_crm.domain.errors import BadFile, BadValue
from mini_crm.tables.opening import open_table
from mini_crm.tables.table import Row, Table

RUSSIAN = "Руководитель;Сумма\nЁлкина Анна — №1;1 234,50\n"
READ = [("Руководитель", "Сумма"), ["Ёлкина Анна — №1", "1 234,50"]]


def write(folder: Path, content: bytes | str, name: str = "table.csv") -> Path:
    """Put a file there."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def whole(path: Path) -> list[object]:
    """Read a table: its columns, then the cells of each row."""
    with open_table(path) as table:
        return [table.columns, *(row.cells for row in table.rows)]


def refusal(path: Path) -> BadFile:
    """Read a table that must be refused."""
    with pytest.raises(BadFile) as caught:
        whole(path)
    assert caught.value.data["path"] == str(path)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """Russian text is the same from UTF-8 with or without its mark, UTF-16 and cp1251."""
    assert whole(write(tmp_path, RUSSIAN.encode(encoding))) == READ


def test_big_endian(tmp_path: Path) -> None:
    """UTF-16 may have its bytes the other way round."""
    assert whole(write(tmp_path, codecs.BOM_UTF16_BE + RUSSIAN.encode("utf-16-be"))) == READ


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(tmp_path: Path, separator: str) -> None:
    """The separator is seen from the head, whatever else the rows hold."""
    text = f'lead{separator}amount\n"a,b;c\td"{separator}5\n'
    assert whole(write(tmp_path, text)) == [("lead", "amount"), ["a,b;c\td", "5"]]


def test_comma_in_a_name_of_a_column(tmp_path: Path) -> None:
    """A comma within a column's name does not make it the separator."""
    assert whole(write(tmp_path, "id;lead;amount, RUB\n1;a;5\n"))[0] == ("id", "lead", "amount, RUB")


def test_excel_says_the_separator(tmp_path: Path) -> None:
    """Excel's line sep=; is obeyed and is no row, but counts as a line."""
    path = write(tmp_path, "sep=;\nlead;amount\nA;5\n")
    with open_table(path) as table:
        assert (table.columns, list(table.rows)) == (("lead", "amount"), [Row(3, ["A", "5"])])


def test_line_numbers(tmp_path: Path) -> None:
    """A row's number is the line where it starts; blank rows and lines within a cell count."""
    path = write(tmp_path, 'lead,comment\r\nA,"one\r\ntwo"\r\n\r\n,\r\nB,x\r\n')
    with open_table(path) as table:
        assert [(row.line, row.cells[0]) for row in table.rows] == [(2, "A"), (6, "B")]


def test_short_rows_are_filled(tmp_path: Path) -> None:
    """Excel leaves out separators at the end of a row; the cells are empty then."""
    assert whole(write(tmp_path, "a,b,c\n1\n")) == [("a", "b", "c"), ["1", "", ""]]


def test_long_rows(tmp_path: Path) -> None:
    """A row with text beyond the last column is refused, with empty cells there it is taken."""
    path = write(tmp_path, "a,b\n1,2,,\n1,2,3\n")
    with open_table(path) as table:
        good, bad = table.rows
        table.check_width(good)
        with pytest.raises(BadValue, match="row_too_long"):
            table.check_width(bad)


def test_long_cell(tmp_path: Path) -> None:
    """A cell of 10,000 characters is read whole."""
    assert whole(write(tmp_path, f"a,b\n{'x' * 10_000},1\n"))[1] == ["x" * 10_000, "1"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\r\n\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (bytes(range(256)) * 4, "file_encoding"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file_encoding"),
        (codecs.BOM_UTF16_LE + b"l\0e\0a", "file_encoding"),
        ("Руководитель;Сумма\nИванова Мария;5\n".encode()[:-4], "file_encoding"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "file_broken_excel"),
        (b"PK\x03\x04" + b"not a zip", "file_broken_excel"),
        (b'lead,amount\nA,5\n"B,6\nC,7\n', "file_quotes"),
        (b'lead,amount\n"A"B,6\n', "file_quotes"),
    ],
)
def test_bad_content(tmp_path: Path, content: bytes, code: str) -> None:
    """Every kind of unreadable file has its own name, and nothing of it is taken for data."""
    assert refusal(write(tmp_path, content)).code == code


def test_open_quote_names_its_line(tmp_path: Path) -> None:
    """Of a quote without a partner the line of its row is told."""
    assert refusal(write(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n')).data["line"] == 3


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    assert refusal(tmp_path / "none.csv").code == "file_missing"


def test_directory(tmp_path: Path) -> None:
    """A folder is not taken for a file."""
    assert refusal(tmp_path).code == "file_is_directory"


class LockedPath(type(Path())):  # type: ignore[misc]
    """A path whose file another program holds, as Windows tells it."""

    windows_error: int | None = None

    def open(self, *arguments: object, **options: object) -> io.BytesIO:
        """Refuse."""
        error = PermissionError(13, "Permission denied", str(self))
        error.winerror = self.windows_error  # type: ignore[attr-defined]
        raise error


@pytest.mark.parametrize(
    ("number", "code"), [(32, "file_locked"), (5, "file_unreadable"), (None, "file_unreadable")]
)
def test_locked_file(tmp_path: Path, number: int | None, code: str) -> None:
    """A file that another program holds is told apart from one that may not be read."""
    path = LockedPath(tmp_path / "table.csv")
    path.windows_error = number
    assert refusal(path).code == code


def table_of(folder: Path, head: str) -> Table:
    """Open a table of which only the head matters."""
    with open_table(write(folder, f"{head}\n")) as table:
        return table


def test_find_columns(tmp_path: Path) -> None:
    """Columns are found whatever the case and blanks of their names."""
    table = table_of(tmp_path, " Lead ,AMOUNT,other")
    assert table.find({"lead": "lead", "sum": "Amount", "pin": "pin"}, ["lead"]) == {"lead": 0, "sum": 1}


def test_missing_columns_are_named(tmp_path: Path) -> None:
    """All missing columns are named at once, and those that are there."""
    with pytest.raises(BadFile) as caught:
        table_of(tmp_path, "lead,other").find({"lead": "lead", "a": "sum", "m": "man"}, ["lead", "a", "m"])
    assert caught.value.code == "file_no_column"
    assert (caught.value.data["columns"], caught.value.data["present"]) == ("sum, man", "lead, other")


def test_column_twice(tmp_path: Path) -> None:
    """A column that stands twice is refused if it is used, and does not matter if it is not."""
    table = table_of(tmp_path, "lead,note,Note")
    assert table.find({"lead": "lead"}, []) == {"lead": 0}
    with pytest.raises(BadFile, match="file_column_twice"):
        table.find({"comment": "note"}, [])


def workbook(folder: Path, rows: list[list[object]]) -> Path:
    """Save a sheet."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    path = folder / "table.xlsx"
    book.save(path)
    return path


def test_excel(tmp_path: Path) -> None:
    """Cells of a sheet become the text that a CSV file would have, whole numbers without a fraction."""
    day, moment = date(2026, 3, 5), datetime(2026, 3, 5, 10, 20, 30)
    path = workbook(
        tmp_path, [["a", "b", "c", "d"], [None], [20000.0, 0.1 + 0.2, day, moment], ["007", 12, True, "x"]]
    )
    with open_table(path) as table:
        assert table.columns == ("a", "b", "c", "d")
        assert list(table.rows) == [
            Row(3, ["20000", "0.3", "2026-03-05", "2026-03-05T10:20:30"], (True, True, True, True)),
            Row(4, ["007", "12", "True", "x"], (False, True, False, False)),
        ]


def test_excel_without_rows(tmp_path: Path) -> None:
    """An empty sheet is an empty file."""
    assert refusal(workbook(tmp_path, [])).code == "file_empty"


cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs", "Cn"]), max_size=20
)


@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8), separator=st.sampled_from(",;\t"))
def test_whatever_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str
) -> None:
    """Whatever text a CSV writer puts into cells comes out the same, blank rows left out."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([["one", "two", "three"], *rows])
    path = write(tmp_path_factory.mktemp("table"), text.getvalue())
    assert whole(path) == [("one", "two", "three"), *(row for row in rows if any(row))]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """No content of a file causes anything but rows or a named error."""
    path = write(tmp_path_factory.mktemp("table"), content)
    try:
        columns, *rows = whole(path)
    except BadFile as error:
        assert error.code.startswith("file_")
    else:
        assert all(any(row) for row in rows), columns


def test_large_file_streams_fast(tmp_path: Path) -> None:
    """100,000 rows are read within 3 seconds."""
    row = "12345,T08,10862,20000.0,2011-10-01,2011-10-13,paid,2011-10-31\n"
    path = write(tmp_path, "id,lead,manager,amount,entered_on,status_on,status,pay_by\n" + row * 100_000)
    start = time.perf_counter()
    with open_table(path) as table:
        assert table.lines == 100_000
        assert sum(1 for _ in table.rows) == 100_000
    assert time.perf_counter() - start < 3


@pytest.mark.timeout(30)
@pytest.mark.skipif(sys.platform == "win32", reason="makes pipes, sockets and links")
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("pipe", "not_a_plain_file"),
        ("device", "not_a_plain_file"),
        ("socket", "not_a_plain_file"),
        ("folder", "file_is_directory"),
        ("empty", "file_empty"),
        ("dangling", "file_missing"),
        ("circle", "file_unreadable"),
        ("CON", "not_a_plain_file"),
        ("a" * 300, "file_unreadable"),
    ],
)
def test_only_files_are_read(tmp_path: Path, kind: str, code: str) -> None:
    """What is no file is refused before it is opened: a pipe would be waited for, a device has no end."""
    path = tmp_path / (kind if kind == "CON" or len(kind) > 99 else "roster.xlsx")
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "socket":
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(str(path))
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "dangling":
            path.symlink_to("nowhere")
        case "circle":
            path.symlink_to(path.name)
    with pytest.raises(BadFile) as caught, open_table(path):
        pass
    assert caught.value.code == code
    assert caught.value.exit_code == 7
