"""The workbook with the macro: its source, and what it does when LibreOffice runs it."""

from __future__ import annotations

import warnings
import zipfile
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

import report_data as data
from mini_crm.i18n import Texts
from mini_crm.report.workbook import write_report
from report.office import Office

ENGLISH = Texts("en")
SOURCE = files("mini_crm.report").joinpath("vba", "ReportRefresh.bas").read_text(encoding="ascii")
OLD = data.report({"RUB": {"A": {"B": [data.client("1")]}}}, database="old")
NEW = data.report(data.TWO_UNITS, targets={"": 2000}, database="new")


@pytest.fixture
def followed(tmp_path: Path) -> Path:
    """Give a workbook with the macro that follows report.xlsx beside it, and shows an older report."""
    return write_report(OLD, tmp_path / "report.xlsm", ENGLISH, follows="report.xlsx")


def named(book: Workbook, name: str) -> object:
    """Read the cell of a defined name."""
    sheet, cell = next(iter(book.defined_names[name].destinations))
    return book[sheet][cell.replace("$", "")].value


def test_the_macro_is_the_source(followed: Path) -> None:
    """The module in the workbook, read by olevba, is the .bas file, and there is no other code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # oletools uses old names of pyparsing
        from oletools.olevba import VBA_Parser
    parser = VBA_Parser(str(followed))
    modules = {name: code for _, _, name, code in parser.extract_all_macros()}
    parser.close()
    code = modules.pop("ReportRefresh.bas")
    assert code.replace("\r\n", "\n").strip() == SOURCE.strip()
    lines = [line for text in modules.values() for line in text.splitlines() if line.strip()]
    assert {line.split()[0] for line in lines} == {"Attribute"}
    assert len(modules) == 8  # the workbook and its seven sheets


def test_macro_workbook_is_marked_as_one(followed: Path) -> None:
    """The file is what its ending says, else Excel would refuse it; the plain report has no macro."""
    with zipfile.ZipFile(followed) as file:
        assert "macroEnabled.main+xml" in file.read("[Content_Types].xml").decode()
        assert 'codeName="ThisWorkbook"' in file.read("xl/workbook.xml").decode()
    plain = write_report(OLD, followed.with_name("plain.xlsx"), ENGLISH)
    with zipfile.ZipFile(plain) as file:
        assert not any("vba" in name for name in file.namelist())


def test_text_that_people_read_is_in_cells(tmp_path: Path) -> None:
    """The sources are ASCII; what the macro says comes from cells in the person's language."""
    assert SOURCE.isascii()
    path = write_report(OLD, tmp_path / "report.xlsm", Texts("ru"), follows=r"\\server\share\report.xlsx")
    book = openpyxl.load_workbook(path, keep_vba=True)
    assert named(book, "RefreshSource") == r"\\server\share\report.xlsx"
    assert named(book, "RefreshDone") == "Отчёт прочитан."


def test_macro_takes_the_report_over(followed: Path, office: Office, tmp_path: Path) -> None:
    """Opened, it reads the report, shows when that was and when it will be next, and computes the totals."""
    write_report(NEW, tmp_path / "report.xlsx", ENGLISH)
    office.run_macros(followed, ["ReportRefresh.Auto_Open"], tmp_path / "after.xlsx")
    book = openpyxl.load_workbook(tmp_path / "after.xlsx", data_only=True)
    assert book["Summary"]["A1"].value == "Sales forecast: new"
    totals = [cell.value for cell in book["Pipeline"][5]]
    assert totals[:5] == ["Company", "rows in view", None, "Company", "RUB"]
    assert totals[5:12] == [3, 4, 1, 2, 1400.5, 77.7, 50]
    assert named(book, "RefreshState") == "The report was read."
    last, following = named(book, "RefreshLast"), named(book, "RefreshNext")
    assert round((following - last).total_seconds() / 60) == 30  # type: ignore[operator]


def test_names_stay_text(tmp_path: Path, office: Office) -> None:
    """A name that looks like a formula is no formula after the macro either, and a PIN keeps its zeros."""
    hostile = data.report({"RUB": {"=1+1": {"@SUM(A1)": [data.client("0042")]}}})
    write_report(hostile, tmp_path / "report.xlsx", ENGLISH)
    followed = write_report(OLD, tmp_path / "report.xlsm", ENGLISH, follows="report.xlsx")
    office.run_macros(followed, ["ReportRefresh.RefreshReport"], tmp_path / "after.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "after.xlsx")["Pipeline"][9]
    assert [cell.value for cell in cells[:3]] == ["=1+1", "@SUM(A1)", "0042"]
    assert {cell.data_type for cell in cells[:3]} == {"s"}


def test_report_that_is_gone(followed: Path, office: Office, tmp_path: Path) -> None:
    """Without the report the old numbers stay, the cause is said, and the next time is planned."""
    office.run_macros(followed, ["ReportRefresh.RefreshReport"], tmp_path / "after.xlsx")
    book = openpyxl.load_workbook(tmp_path / "after.xlsx", data_only=True)
    assert book["Summary"]["A1"].value == "Sales forecast: old"
    assert str(named(book, "RefreshState")).startswith("The report could not be read;")
    assert named(book, "RefreshLast") is None
    assert named(book, "RefreshNext") is not None


def test_closing_cancels_the_next_time(followed: Path, office: Office, tmp_path: Path) -> None:
    """On closing nothing stays planned that would open the workbook again."""
    write_report(NEW, tmp_path / "report.xlsx", ENGLISH)
    macros = ["ReportRefresh.Auto_Open", "ReportRefresh.Auto_Close"]
    office.run_macros(followed, macros, tmp_path / "after.xlsx")
    book = openpyxl.load_workbook(tmp_path / "after.xlsx", data_only=True)
    assert named(book, "RefreshLast") is not None
    assert named(book, "RefreshNext") is None


def test_report_in_another_language(followed: Path, office: Office, tmp_path: Path) -> None:
    """A report with other sheets changes nothing, and that is said."""
    write_report(NEW, tmp_path / "report.xlsx", Texts("ru"))
    office.run_macros(followed, ["ReportRefresh.RefreshReport"], tmp_path / "after.xlsx")
    book = openpyxl.load_workbook(tmp_path / "after.xlsx", data_only=True)
    assert book["Summary"]["A1"].value == "Sales forecast: old"
    assert "another language" in str(named(book, "RefreshState"))
