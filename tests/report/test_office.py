"""The report in a program that nobody here wrote: LibreOffice opens, calculates and prints it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import report_data as data
from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.workbook import write_report
from report.office import Office
from report.sums import check_sums, check_totals, pipeline

AS_EXCEL = "xlsx:Calc MS Excel 2007 XML"


def cells(path: Path, *, computed: bool) -> dict[tuple[str, str], Any]:
    """Read all cells that hold something; without charts, not all of which openpyxl can read."""
    book = openpyxl.load_workbook(path, data_only=computed, read_only=True)
    found = {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None
    }
    book.close()
    return found


def compare(first: Path, second: Path) -> int:
    """Check that each formula of the first file comes to the same in the second; gives how many."""
    before, after = cells(first, computed=True), cells(second, computed=True)
    formulas = {at: text for at, text in cells(first, computed=False).items() if str(text).startswith("=")}
    for at, formula in formulas.items():
        was, now = before.get(at, ""), after.get(at, "")
        if isinstance(was, int | float) and isinstance(now, int | float):
            assert math.isclose(was, now, rel_tol=1e-9, abs_tol=1e-9), (at, formula, was, now)
        else:
            assert was == now, (at, formula)
    return len(formulas)


def test_same_results_when_calculated_again(demo: Report, office: Office, tmp_path: Path) -> None:
    """All formulas, calculated by LibreOffice, come to what the program wrote beside them, and add up."""
    path = write_report(demo, tmp_path / "report.xlsx", Texts("en"))
    again = office.convert(path, AS_EXCEL, tmp_path / "again")
    assert compare(path, again) > 700
    rows = pipeline(again)
    assert check_sums(rows) > 500
    check_totals(rows, demo)


@pytest.mark.parametrize("run", [data.RUN, data.NO_HISTORY, data.WEAK])
def test_same_results_in_small_reports(office: Office, tmp_path: Path, run: object) -> None:
    """The same without history, with little, in two units, with trend and targets."""
    report = data.report(
        data.TWO_UNITS,
        run=run,  # type: ignore[arg-type]
        targets={"": 480, "Ёлкин Иван": 500, "Яковлева Ольга": 260},
        trend=[data.point(day, day, 100.0 + day) for day in range(1, 18)],
    )
    path = write_report(report, tmp_path / "report.xlsx", Texts("en"))
    assert compare(path, office.convert(path, AS_EXCEL, tmp_path / "again")) > 60


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_sheet_prints(demo: Report, office: Office, tmp_path: Path, language: str) -> None:
    """LibreOffice prints the workbook; its picture is kept in ``pictures`` and looked at by people."""
    path = write_report(demo, tmp_path / "report.xlsx", Texts(language))
    printed = office.convert(path, "pdf", tmp_path)
    assert printed.read_bytes().startswith(b"%PDF")
    assert printed.stat().st_size > 50_000


def test_totals_follow_a_filter(office: Office, tmp_path: Path) -> None:
    """With rows filtered away the totals are of the rest, and what is of the whole company is empty."""
    path = write_report(data.report(data.TWO_UNITS, targets={"": 480}), tmp_path / "report.xlsx", Texts("en"))
    book = openpyxl.load_workbook(path)
    sheet = book["Pipeline"]
    for line in sheet.iter_rows(min_row=8):
        sheet.row_dimensions[line[0].row].hidden = line[0].value == "\u0401лкин Иван"
    book.save(tmp_path / "filtered.xlsx")
    rows = pipeline(office.convert(tmp_path / "filtered.xlsx", AS_EXCEL, tmp_path / "again"))
    company = next(row for row in rows if row["Unit"] == "RUB" and row["Level"] == "Company")
    assert (company["Expected"], company["Open entries"]) == (1000.5, 1)
    assert (company["Forecast"], company["From open entries"]) == (250, 250)
    for head in ("Likely range (8 of 10) from", "Target", "% of target", "Above or below target"):
        assert not company[head], head
