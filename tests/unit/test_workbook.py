"""The Excel report, read back from the file."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.parsers.expat import ParserCreate

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import report_data as data
from mini_crm.domain.errors import BadData, BadFile
from mini_crm.domain.learnt import (
    AgeSpeed,
    Index,
    IndexKind,
    Learnt,
    PeriodPace,
    ReplayedAccuracy,
    ReplayedForecast,
)
from mini_crm.domain.model import AccuracyRow, Bridge, ChangeKind, EntryChange, ReasonSum, Report, RunKind
from mini_crm.domain.period import month_of
from mini_crm.i18n import Texts
from mini_crm.report import place, workbook
from mini_crm.report.sheets import changes
from mini_crm.report.workbook import write_report
from report.sums import check_sums, pipeline

NOW = datetime(2026, 3, 17, 14, 31, 5, tzinfo=timezone(timedelta(hours=3)))
ENGLISH = Texts("en")
HEAD = 5  # the first row below the titles, as Excel counts

FULL = data.report(
    data.TWO_UNITS,
    targets={"": 2000, "Ёлкин Иван": 500},
    trend=[data.point(day, day, 100.0 + day) for day in range(1, 18)],
    accuracy=[AccuracyRow(month_of(data.DAY.replace(month=2)), None, "", "RUB", 28, 0.08, 0.93, 23)],
)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Give a place for the report in a folder of its own."""
    return tmp_path / "report.xlsx"


def written(report: Report, target: Path, texts: Texts = ENGLISH) -> Workbook:
    """Write a report and read it back."""
    assert write_report(report, target, texts, now=NOW) == target
    return openpyxl.load_workbook(target)


def cells(book: Workbook) -> Iterator[Cell]:
    """Give every cell that holds something."""
    for sheet in book.worksheets:
        for line in sheet.iter_rows():
            yield from (cell for cell in line if isinstance(cell, Cell) and cell.value is not None)


def texts_of(sheet: Worksheet) -> str:
    """Give all texts of a sheet."""
    return "\n".join(str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None)


def head_row(sheet: Worksheet, head: str) -> int:
    """Find the row of the heads by one of them."""
    return next(
        cell.row
        for line in sheet.iter_rows()
        for cell in line
        if cell.value == head and cell.font.bold and cell.fill.fgColor.rgb == "FF1F4E79"
    )


def table(sheet: Worksheet, head: str = "Level") -> list[dict[str, Any]]:
    """Read the table of a sheet, with the number of the row; the pipeline's totals stand above its heads."""
    top = head_row(sheet, head)
    heads = [cell.value for cell in sheet[top]]
    above = sheet.iter_rows(min_row=HEAD, max_row=top - 1) if head == "Level" else ()
    return [
        {"row": line[0].row, **dict(zip(heads, (cell.value for cell in line), strict=True))}
        for line in (*above, *sheet.iter_rows(min_row=top + 1))
    ]


def values(path: Path) -> Workbook:
    """Read a workbook with what its formulas were last computed to."""
    return openpyxl.load_workbook(path, data_only=True)


def parts(path: Path, folder: str) -> list[str]:
    """Give the XML of the parts in a folder of the file."""
    with zipfile.ZipFile(path) as file:
        return [file.read(name).decode() for name in file.namelist() if name.startswith(folder)]


def test_sheets_in_both_languages(target: Path) -> None:
    """The sheets are named in the reader's language."""
    assert written(FULL, target).sheetnames == [
        "Summary",
        "Pipeline",
        "Trend",
        "Accuracy",
        "How we get paid",
        "Changes",
        "Refusals",
        "Notes",
    ]
    russian = written(FULL, target, Texts("ru"))
    assert russian.sheetnames == [
        "Сводка",
        "Наработки",
        "Динамика",
        "Точность",
        "Как нам платят",
        "Изменения",
        "Отказы",
        "Пояснения",
    ]
    assert russian["Сводка"]["A1"].value == "Прогноз продаж: Проба"
    assert [cell.value for cell in russian["Наработки"][head_row(russian["Наработки"], "Уровень")]][:3] == [
        "Руководитель",
        "Оператор",
        "Пин клиента",
    ]


def test_every_text_is_translated(target: Path) -> None:
    """A Russian report has no English sentence left, but for names that are the same."""
    asked: set[str] = set()

    class Recording(Texts):
        def gettext(self, message: str) -> str:
            asked.add(message)
            return super().gettext(message)

    for report in (
        FULL,
        CHANGED,
        data.report({}, run=data.NO_HISTORY),
        data.report(data.TWO_UNITS, run=data.NO_HISTORY),
    ):
        written(report, target, Recording("ru"))
    russian = Texts("ru")
    assert {text for text in asked if russian.gettext(text) == text} == set()
    weak = texts_of(written(data.report(data.TWO_UNITS, run=data.WEAK), target, russian)["Сводка"])
    assert "всего на 4 оплатах" in weak


def test_every_sheet_tells_moment_and_run(target: Path) -> None:
    """The moment of the data, in the zone of the clock that was given, stands on each sheet."""
    for sheet in written(FULL, target).worksheets:
        assert sheet["A2"].value == "March 2026 · as of 2026-03-17 14:30 (UTC+3) · run 128"


def test_names_are_no_formulas(target: Path) -> None:
    """Whatever a name looks like, it is stored as that text, and keeps being text when edited."""
    lead, manager, pin = "=1+1", "@SUM(A1)", "=HYPERLINK('http://x')"
    report = data.report(
        {"RUB": {lead: {manager: [data.client(pin)], "-2+3": []}}}, database="=cmd|'/c calc'!A1"
    )
    book = written(report, target)
    formulas = [str(cell.value) for cell in cells(book) if cell.data_type == "f"]
    assert not any(text in formula for text in ("1+1", "A1)", "http", "cmd", "2+3") for formula in formulas)
    client = book["Pipeline"][HEAD + 5]
    assert [cell.value for cell in client[:3]] == [lead, manager, pin]
    assert {cell.number_format for cell in client[:3]} == {"@"}
    assert not any("hyperlink" in xml.lower() for xml in parts(target, "xl/worksheets/_rels"))
    assert lead in texts_of(book["Summary"])


def test_control_characters_do_no_harm(target: Path) -> None:
    """Characters that XML does not allow, and marks like <, come out of the file as they went in."""
    report = data.report({"RUB": {"A\x0bB<&>\"'": {"\U0001f600": [data.client("1")]}}})
    row = table(written(report, target)["Pipeline"])[2]
    assert row["Manager"] == "\U0001f600"
    assert row["Lead"].startswith("A")
    assert row["Lead"].endswith("B<&>\"'")


def test_pins_keep_their_zeros(target: Path) -> None:
    """A client PIN is text, so 0042 is not 42."""
    rows = table(written(FULL, target)["Pipeline"])
    assert [row["Client PIN"] for row in rows if row["Client PIN"]] == ["9", "007", "00012345", "0042", "007"]


def test_numbers_are_numbers(target: Path) -> None:
    """Counts, sums, shares and estimates can be added up; counts of the win rate stand beside it."""
    clients = [data.client("1", paid_count=7, paid="10.25", refused_count=8, refused=3)]
    report = data.report({"RUB": {"A": {"B": clients}}}, targets={"A": 100})
    written(report, target)
    sheet = values(target)["Pipeline"]
    lead, manager, client = table(sheet)[1:]
    expected = {
        "Clients": 1, "Open entries": 1, "Due today": 0, "Overdue": 0, "Expected": 100, "Paid": 10.25,
        "Refused": 3, "Win rate": 0.5, "Paid of resolved": "7 of 15", "From open entries": 40,
        "From new entries": 0, "Forecast": 50.25, "Likely range (8 of 10) from": 42,
        "Likely range (8 of 10) to": 58, "Target": 100, "% of target": 0.5025,
        "Above or below target": -49.75, "Commitment": None, "Level": "Lead", "Unit": "RUB",
    }  # fmt: skip
    assert {name: lead[name] for name in expected} == expected
    assert manager["Win rate"] == pytest.approx(7 / 15)
    assert (client["From open entries"], client["Forecast"], client["Level"]) == (40, None, "Client")
    heads = [cell.value for cell in sheet[head_row(sheet, "Level")]]
    formats = dict(zip(heads, (cell.number_format for cell in sheet[lead["row"]]), strict=True))
    assert formats["Win rate"] == "0%"
    assert formats["Paid"].startswith("#,##0.00;")
    assert formats["Forecast"].startswith("#,##0.00;")  # of what is paid
    assert formats["From open entries"].startswith("#,##0;")
    assert formats["Above or below target"] == "+#,##0.00;-#,##0.00;0"


def test_sums_reconcile(target: Path) -> None:
    """In the file, the rows below a row add up to it, in each unit by itself."""
    written(FULL, target)
    assert check_sums(pipeline(target)) == 2 * 10 + 4 * 10 + 5 * 8


def test_rows_fold(target: Path) -> None:
    """Managers fold below their lead, clients below their manager, and the buttons stand above."""
    sheet = written(FULL, target)["Pipeline"]
    assert sheet.sheet_properties.outlinePr is not None
    assert sheet.sheet_properties.outlinePr.summaryBelow is False
    depth = {"Company": 0, "Lead": 0, "Manager": 1, "Client": 2}
    for row in table(sheet):
        look = sheet.row_dimensions[row["row"]]
        assert look.outlineLevel == depth[row["Level"]]
        assert not look.hidden


def test_totals_are_formulas_over_the_rows_in_view(target: Path) -> None:
    """A lead's counts and sums are totals over the rows below it, and the company's over its unit's rows."""
    sheet = written(FULL, target)["Pipeline"]
    rows = table(sheet)
    company = rows[0]
    assert (company["Unit"], company["row"]) == ("RUB", HEAD)
    assert company["Expected"] == "=SUBTOTAL(9,J8:J18)"  # eleven rows in roubles below the heads
    assert company["Forecast"] == "=K5+O5+P5"
    assert company["% of target"] == '=IF(SUBTOTAL(3,$A$8:$A$18)=ROWS($A$8:$A$18),0.24385,"")'
    lead = next(row for row in rows if row["Level"] == "Lead")
    assert lead["Overdue"] == "=SUBTOTAL(9,I9:I13)"  # two managers with three clients
    assert lead["% of target"] == f"=Q{lead['row']}/T{lead['row']}"
    client = next(row for row in rows if row["Level"] == "Client")
    assert not any(str(value).startswith("=") for value in client.values())
    alone = next(row for row in rows if row["Manager"] == "Ким Ли")
    assert alone["Expected"] == 0  # a manager without clients has nothing to add up


def test_heads_stay_in_sight(target: Path) -> None:
    """Heads and names stay when scrolling, heads on each printed page; the rows can be filtered."""
    sheet = written(FULL, target)["Pipeline"]
    top = head_row(sheet, "Level")
    assert top == HEAD + 2  # below a total for each unit
    assert sheet.freeze_panes == f"D{top + 1}"
    assert sheet.auto_filter.ref == f"A{top}:W{top + 14}"
    assert sheet.print_title_rows == f"${top}:${top}"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToWidth in (None, 1)  # one page wide, which is the default
    assert sheet.page_setup.fitToHeight == 0  # and as many high as it takes


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_number_fits_its_column(target: Path, language: str) -> None:
    """Numbers of ten billion and their sums are wider than no column, so none shows as ####."""
    many = [
        data.client(str(i), expected="9999999999.99", paid="9999999999.99", paid_count=1) for i in range(100)
    ]
    report = data.report(
        {"RUB": {"A": {"B": many}}}, trend=[data.point(1, 10**12, 1e12)], targets={"": 10**12}
    )
    written(report, target, Texts(language))
    for sheet in values(target).worksheets:
        looks = sheet.column_dimensions.values()
        widths = {column: look.width for look in looks for column in range(look.min, look.max + 1)}
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, int | float) and cell.number_format != "General":
                    places = 2 if "0.00" in cell.number_format else 0
                    shown = f"{cell.value:,.{places}f}" if "%" not in cell.number_format else "100 %"
                    room = widths[cell.column]
                    assert len(shown) + 1 <= room, (sheet.title, cell.coordinate, shown)


def test_long_names_do_not_make_huge_columns(target: Path) -> None:
    """A name of 200 characters leaves the other columns on the screen."""
    sheet = written(data.report({"RUB": {"A" * 200: {"B": [data.client("1")]}}}), target)["Pipeline"]
    assert sheet.column_dimensions["A"].width < 50


def test_charts_for_each_unit(target: Path) -> None:
    """Summary and trend draw each unit by itself: the range by lead, the goals by lead, the days."""
    report = data.report(
        data.TWO_UNITS,
        trend=[data.point(day, day, 9.0, unit=unit) for unit in ("RUB", "pcs") for day in (1, 2)],
        targets={"Ёлкин Иван": 500},
    )
    written(report, target)
    charts = parts(target, "xl/charts/chart")
    assert len(charts) == 6
    ranges = [chart for chart in charts if '<c:grouping val="stacked"/>' in chart and "<c:barChart>" in chart]
    assert [chart.count("<c:ser>") for chart in ranges] == [4, 4]
    assert sum("<c:areaChart>" in chart and "<c:lineChart>" in chart for chart in charts) == 2
    summary = values(target)["Summary"]
    heads = [
        cell
        for line in summary.iter_rows()
        for cell in line
        if cell.value == "Likely range below the forecast"
    ]
    assert len(heads) == 2
    assert summary.column_dimensions[heads[0].column_letter].hidden
    company = summary.cell(heads[0].row + 1, heads[0].column).value
    assert company == pytest.approx(0.2 * 410.25, abs=0.5)


def test_one_stored_day_is_no_line(target: Path) -> None:
    """A trend of one day is a row of the table and not an empty chart."""
    book = written(data.report(data.TWO_UNITS, trend=[data.point(1, 10, 100.0)]), target)
    assert table(book["Trend"], "Day")[0]["Forecast"] == 100
    assert not any("<c:lineChart>" in chart for chart in parts(target, "xl/charts/chart"))


@pytest.mark.parametrize(
    ("target_amount", "light"), [(487, 3), (488, 2), (569, 2), (571, 1)]
)  # the forecast is 487.70, its range ends with 570
def test_lights(target: Path, target_amount: int, light: int) -> None:
    """Green where the forecast reaches the target, yellow where only the range does, red beyond that."""
    written(data.report(data.TWO_UNITS, targets={"": target_amount}), target)
    company = table(values(target)["Summary"], "Outlook")[0]
    assert company["Outlook"] == light
    sheet = openpyxl.load_workbook(target)["Summary"]
    kinds = {rule.type for rules in sheet.conditional_formatting for rule in rules.rules}
    assert "iconSet" in kinds


def test_no_target_no_light(target: Path) -> None:
    """Without a target there is nothing to judge by."""
    written(data.report(data.TWO_UNITS), target)
    rows = table(values(target)["Summary"], "Outlook")
    assert {row["Outlook"] for row in rows if row["Lead"] in ("Company", "Ёлкин Иван")} == {None}


def test_headline_tells_range_and_target(target: Path) -> None:
    """The summary begins with the forecast in words: point, range, its parts, without new entries, target."""
    text = texts_of(written(FULL, target)["Summary"])
    assert (
        "Forecast by 2026-03-31: 488\u00a0RUB. Likely range, 8 times in 10: 406\u00a0RUB to 570\u00a0RUB."
        " Paid so far 78\u00a0RUB, from open entries 410\u00a0RUB, from new entries 0\u00a0RUB."
        " Without new entries 488\u00a0RUB: 406\u00a0RUB to 570\u00a0RUB."
        " The forecast is 24% of the target 2,000\u00a0RUB; 1,512\u00a0RUB are missing."
    ) in text


def test_sentences_end_with_one_dot(target: Path) -> None:
    """The Russian word for pieces ends with a dot, which is the sentence's dot as well."""
    text = texts_of(written(FULL, target, Texts("ru"))["Сводка"])
    assert "шт. Уже оплачено" in text
    assert ".." not in text


def test_without_history_there_is_no_range(target: Path) -> None:
    """Before anything was paid or refused the report says so and shows no range anywhere."""
    book = written(data.report(data.TWO_UNITS, run=data.NO_HISTORY), target)
    for sheet in book.worksheets:
        assert str(sheet["A3"].value).startswith("No history: ")
    groups = [row for row in table(values(target)["Pipeline"]) if row["Level"] != "Client"]
    ends = {(row["Likely range (8 of 10) from"], row["Likely range (8 of 10) to"]) for row in groups}
    assert ends == {("no history", "no history")}
    assert not any("ikely range" in chart for chart in parts(target, "xl/charts/chart"))


def test_few_payments_are_marked_as_weak(target: Path) -> None:
    """With four payments to learn from the range is shown and the point is marked."""
    book = written(data.report(data.TWO_UNITS, run=data.WEAK), target)
    assert "only 4 payments to learn from" in str(book["Summary"]["A3"].value)
    low = table(values(target)["Pipeline"])[0]["Likely range (8 of 10) from"]
    assert low == pytest.approx(77.70 + 0.8 * 410.25, abs=0.5)
    assert "only 4 payments to learn from" in texts_of(book["Notes"])


def test_empty_company(target: Path) -> None:
    """A company without entries gets a report that says so, without charts."""
    book = written(data.report({}, run=data.NO_HISTORY), target)
    assert len(book.sheetnames) == 8
    assert "There are no entries yet." in texts_of(book["Summary"])
    assert "There are no entries yet." in texts_of(book["Pipeline"])
    assert parts(target, "xl/charts/chart") == []


def test_notes_tell_what_it_learned_from(target: Path) -> None:
    """The notes hold the run, its counts and its moments."""
    sheet = written(FULL, target)["Notes"]
    notes = {line[0].value: line[1].value for line in sheet.iter_rows() if line[1].value is not None}
    assert notes["Run number"] == 128
    assert notes["Entries counted"] == 45
    assert notes["Payments it learned from"] == 40
    assert notes["Refusals it learned from"] == 20
    assert notes["Counted up to"] == "2026-03-17"
    assert notes["As of"] == "2026-03-17 14:30 (UTC+3)"
    assert notes["Report written"] == "2026-03-17 14:31 (UTC+3)"


def test_ten_thousand_clients(target: Path) -> None:
    """Nobody is left out of a report of ten thousand clients."""
    team = {f"M{m}": [data.client(f"{m}-{c}") for c in range(100)] for m in range(100)}
    write_report(data.report({"RUB": {"A": team}}), target, ENGLISH, now=NOW)
    sheet = parts(target, "xl/worksheets/sheet2.xml")[0]
    top, company_and_lead = 4, 2
    assert sheet.count("<row ") == top + company_and_lead + 100 + 10_000


def test_too_many_clients_are_left_out_and_said(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the rows do not fit on a sheet the managers stay, and the notes say who is missing."""
    monkeypatch.setattr(workbook, "SHEET_ROWS", HEAD + 17)
    book = written(FULL, target)
    levels = {row["Level"] for row in table(book["Pipeline"])}
    assert levels & {"Company", "Lead", "Manager", "Client"} == {"Company", "Lead", "Manager"}
    for name in ("Pipeline", "Notes"):
        assert "5 rows of clients are left out" in texts_of(book[name])
    monkeypatch.setattr(workbook, "SHEET_ROWS", HEAD + 12)
    with pytest.raises(BadData) as error:
        write_report(FULL, target, ENGLISH)
    assert error.value.code == "report_too_large"


def test_streamed_rows_are_the_same(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report so large that it is written row by row looks like any other."""

    def content() -> list[tuple[str, str, Any, str]]:
        book = written(FULL, target)
        return [(c.parent.title, c.coordinate, c.value, c.number_format) for c in cells(book)]

    whole = content()
    monkeypatch.setattr(workbook, "STREAM_FROM", 0)
    assert content() == whole


def test_older_report_is_replaced(target: Path) -> None:
    """The new report takes the place of the old one, and nothing else is left in the folder."""
    target.write_bytes(b"old")
    written(FULL, target)
    assert list(target.parent.iterdir()) == [target]


def refusing(names: set[str], error: type[OSError]) -> Callable[[Any, Any], None]:
    """Make an ``os.replace`` that may not touch some files, as while Excel has them open."""
    replace = os.replace

    def refuse(source: Any, destination: Any) -> None:
        if Path(destination).name in names:
            raise error(13, "in use")
        replace(source, destination)

    return refuse


def test_open_report_is_written_beside(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the report is open in Excel the new one goes beside it, once a day under the same name."""
    monkeypatch.setattr(place, "_WAIT_S", 0)
    monkeypatch.setattr(os, "replace", refusing({"report.xlsx"}, PermissionError))
    target.write_bytes(b"open")
    beside = target.with_name("report 2026-03-17.xlsx")
    for _ in range(2):
        assert write_report(FULL, target, ENGLISH, now=NOW) == beside
    assert openpyxl.load_workbook(beside).sheetnames[0] == "Summary"
    assert target.read_bytes() == b"open"
    assert sorted(target.parent.iterdir()) == [beside, target]


def test_second_open_report_is_written_beside_too(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the one beside it is open as well, the next has the time in its name."""
    monkeypatch.setattr(place, "_WAIT_S", 0)
    monkeypatch.setattr(os, "replace", refusing({"report.xlsx", "report 2026-03-17.xlsx"}, PermissionError))
    assert write_report(FULL, target, ENGLISH, now=NOW) == target.with_name("report 2026-03-17 14-31-05.xlsx")


def test_file_held_for_a_moment_is_no_reason(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scanner that holds the file for a moment does not send the report to another name."""
    monkeypatch.setattr(place, "_WAIT_S", 0)
    replace, tries = os.replace, []

    def held_once(source: Any, destination: Any) -> None:
        tries.append(destination)
        if len(tries) == 1:
            raise PermissionError(13, "in use")
        replace(source, destination)

    monkeypatch.setattr(os, "replace", held_once)
    assert write_report(FULL, target, ENGLISH, now=NOW) == target


def test_folder_at_the_name_is_kept(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that has the report's name stays what it is."""
    monkeypatch.setattr(place, "_WAIT_S", 0)
    target.mkdir()
    assert write_report(FULL, target, ENGLISH, now=NOW) == target.with_name("report 2026-03-17.xlsx")
    assert target.is_dir()


def test_nowhere_to_write(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If no name can be had it is an error, the old report is kept, and nothing is left lying about."""
    monkeypatch.setattr(place, "_WAIT_S", 0)

    def refuse(source: Any, destination: Any) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(os, "replace", refuse)
    target.write_bytes(b"old")
    with pytest.raises(BadFile) as error:
        write_report(FULL, target, ENGLISH, now=NOW)
    assert error.value.code == "report_not_writable"
    assert error.value.data["path"] == str(target)
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_folder_that_is_none(tmp_path: Path, folder: str) -> None:
    """A folder that does not exist, or is a file, is named in the error and not made."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadFile) as error:
        write_report(FULL, tmp_path / folder / "report.xlsx", ENGLISH, now=NOW)
    assert error.value.code == "report_not_writable"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_moment_without_a_clock(target: Path) -> None:
    """Without a given clock the report is written with this computer's."""
    before = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    write_report(FULL, target, ENGLISH)
    created = openpyxl.load_workbook(target).properties.created
    assert created is not None
    assert before <= created <= datetime.now(UTC).replace(tzinfo=None)


def test_sum_of_fractions_keeps_its_decimals(target: Path) -> None:
    """Halves that add up to a whole are still shown as halves, and a whole unit needs no decimals."""
    sheet = written(
        data.report(
            {
                "RUB": {
                    "A": {"B": [data.client("1", expected=Decimal("0.5")), data.client("2", expected="0.5")]}
                },
                "pcs": {"A": {"B": [data.client("1")]}},
            }
        ),
        target,
    )["Pipeline"]
    column = [cell.value for cell in sheet[head_row(sheet, "Level")]].index("Expected") + 1
    looks = {row["Unit"]: sheet.cell(row["row"], column).number_format for row in table(sheet)}
    assert looks["RUB"].startswith("#,##0.00;")
    assert looks["pcs"].startswith("#,##0;")


CHANGED = replace(
    FULL,
    changes=tuple(
        EntryChange(
            since=data.DAY - timedelta(days=days),
            kind=kind,
            lead_name="=1+1",
            manager_name="B",
            client_pin="0042",
            unit="RUB",
            amount=Decimal(100),
            old=old,
            new=new,
            pushes=2,
            changed_at=datetime(2026, 3, 17, 21, 30, tzinfo=UTC),
            changed_by="@x",
        )
        for days in (1, 7)
        for kind, old, new in (
            (ChangeKind.PUSHED, date(2026, 3, 1), date(2026, 4, 1)),
            (ChangeKind.MORE, Decimal("10.50"), Decimal("110.50")),
            (ChangeKind.MOVED, "-A", "+B"),
        )
    ),
    zone=timezone(timedelta(hours=5)),
)


def test_changes_sheet(target: Path) -> None:
    """Changes are counted and listed, with days as days, amounts as numbers, and names as text."""
    sheet = written(CHANGED, target)["Changes"]
    counts = table(sheet, "Changes since 2026-03-16")
    assert (counts[0]["What changed"], counts[0]["Changes since 2026-03-10"]) == ("put off", 1)
    first, second, third, *_ = table(sheet, "Times put off")
    assert (first["Was"], first["Became"]) == (datetime(2026, 3, 1), datetime(2026, 4, 1))
    assert (second["Was"], second["Became"]) == (10.5, 110.5)
    assert (third["Was"], third["Became"], third["Lead"]) == ("-A", "+B", "=1+1")
    assert first["Client PIN"] == "0042"
    assert first["Times put off"] == 2
    assert [cell.coordinate for line in sheet for cell in line if cell.data_type == "f"] == []


def test_moments_are_in_the_companys_time_zone(target: Path) -> None:
    """The company's zone goes before that of the computer which writes the report."""
    book = written(CHANGED, target)
    assert "as of 2026-03-17 16:30 (UTC+5)" in str(book["Summary"]["A2"].value)
    assert table(book["Changes"], "Times put off")[0]["Changed at"] == datetime(2026, 3, 18, 2, 30)


def test_a_list_of_changes_that_is_too_long(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest changes are listed, all are counted, and that is said."""
    monkeypatch.setattr(changes, "LISTED", 2)
    sheet = written(CHANGED, target)["Changes"]
    assert "the newest 2 of 6 changes" in texts_of(sheet)
    assert len(table(sheet, "Times put off")) == 2
    counts = table(sheet, "Changes since 2026-03-16")
    assert sum(row["Changes since 2026-03-10"] or 0 for row in counts[:3]) == 3


@pytest.mark.parametrize(
    "bad", ["\x00", "\x1f", "\x7f", "\ud83d", "\udc00", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe"]
)
def test_rows_of_long_ago_do_not_damage_the_workbook(target: Path, bad: str) -> None:
    """What no text is, and an older program stored, is left out on every sheet; the rest is there."""
    lead, manager, pin = f"An{bad}na", f"Bo{bad}ris", f"0{bad}042"
    report = data.report(
        {"RUB": {lead: {manager: [data.client(pin)]}}},
        targets={lead: 500},
        trend=[data.point(day, day, 100.0 + day) for day in range(1, 18)],
    )
    moved = EntryChange(
        since=data.DAY, kind=ChangeKind.MOVED, lead_name=lead, manager_name=manager, client_pin=pin,
        unit="RUB", amount=Decimal(7), old=manager, new=manager, pushes=0, changed_at=NOW, changed_by=lead,
    )  # fmt: skip
    report = replace(report, changes=(moved,))
    book = written(report, target)
    assert {"Anna", "Boris", "0042"} <= set(texts_of(book["Pipeline"]).split("\n"))
    with zipfile.ZipFile(target) as file:
        for name in file.namelist():
            content = file.read(name)
            if name.endswith(".xml"):
                ParserCreate().Parse(content, True)
                text = content.decode("utf-8")
                assert bad not in text
                assert not re.search("_x(FFFE|FFFF|00..|D...)_", text)


LEARNT = Learnt(
    speeds=(
        AgeSpeed(0, 1, 900.0, 9, 5, 0.01, 0.005),
        AgeSpeed(1, 3, 1500.0, 30, 10, 0.02, 0.0066),
        AgeSpeed(3, 10**9, 4000.0, 20, 60, 0.005, 0.015),
    ),
    indices=(
        Index(IndexKind.LEAD, 1, 30, 25.0, 1.17),
        Index(IndexKind.LEAD, 2, 10, 15.0, 0.75),
        Index(IndexKind.LEAD, 99, 10, 15.0, 0.75),  # has no row any more
        *(Index(IndexKind.SIZE, n, 20, 20.0, 1.0) for n in range(2)),
        *(Index(IndexKind.PROMISE, n, 10, 8.0, 1.2) for n in range(6)),
        *(Index(IndexKind.WEEKDAY, n, 8, 8.0, 1.0 - n / 10) for n in range(7)),
        *(Index(IndexKind.MONTH_END, n, 8, 8.0, 1.0) for n in range(5)),
        *(Index(IndexKind.QUARTER, n, 8, 8.0, 1.0) for n in range(3)),
    ),
    replays=tuple(
        ReplayedForecast("RUB", date(2026, 1, 5) + timedelta(days=7 * n), 80.0, 100.0, 75.0, 90.0)
        for n in range(4)
    ),
    paces=(PeriodPace(data.MARCH, "RUB", 1.07, 5.3, 0.8, 0.9),),
    replayed=(ReplayedAccuracy("RUB", 4, date(2026, 1, 5), date(2026, 1, 26), 0.111, 0.067),),
)


def test_how_we_get_paid(target: Path) -> None:
    """What the run learnt stands there with its counts, each kind with a picture."""
    sheet = written(data.report(data.TWO_UNITS, learnt=LEARNT), target)["How we get paid"]
    ages = table(sheet, "Days since entry")[:3]
    assert [row["Days since entry"] for row in ages] == ["0\u20131", "2\u20133", "over 3"]
    assert [(row["Days waited"], row["Paid"], row["Paid a day"]) for row in ages] == [
        (900, 9, 0.01),
        (1500, 30, 0.02),
        (4000, 20, 0.005),
    ]
    leads = table(sheet, "Lead")[:3]
    assert [(row["Lead"], row["Times as fast"]) for row in leads] == [
        ("Яковлева Ольга", 1.17),
        ("Ёлкин Иван", 0.75),
        (None, None),
    ]
    days = [row["Weekday"] for row in table(sheet, "Weekday")[:7]]
    assert (days[0], days[6]) == ("Monday", "Sunday")
    assert table(sheet, "Recent pace")[0]["Paying days left"] == 5.3
    assert len([chart for chart in parts(target, "xl/charts/chart") if '<c:barDir val="col"/>' in chart]) == 8


def test_what_was_learnt_may_not_be_kept(target: Path) -> None:
    """A run of which it is not kept what it learnt says so, and draws nothing empty."""
    sheet = written(FULL, target)["How we get paid"]
    assert "Of this run it is not kept what it learnt." in texts_of(sheet)


@pytest.mark.parametrize(("recalculated", "shown"), [(None, True), (True, True), (False, False)])
def test_replays_stand_in_until_a_period_has_ended(
    target: Path, recalculated: bool | None, shown: bool
) -> None:
    """28 days ahead, recalculated: until there are stored forecasts of a period that is over."""
    row = AccuracyRow(
        month_of(date(2026, 2, 1)), None, "", "RUB", 20, 0.1, 0.9, 16, run_rate_wape=0.12, open_wape=0.2,
        open_covered=15, is_recalculated=bool(recalculated),
    )  # fmt: skip
    accuracy = () if recalculated is None else (row,)
    sheet = written(data.report(data.TWO_UNITS, learnt=LEARNT, accuracy=accuracy), target)["Accuracy"]
    assert ("28 days ahead, recalculated" in texts_of(sheet)) is shown
    if shown:
        replays = table(sheet, "Forecast for 28 days")[:4]
        assert [row["What came"] for row in replays] == [90] * 4
        assert table(sheet, "First evening")[0]["Forecast misses by"] == 0.111
    if recalculated is not None:
        found = table(sheet, "Hand formula misses by")[0]
        assert found["Forecast of"] == ("whole period, recalculated" if recalculated else "whole period")
        assert (found["Run rate misses by"], found["Without new entries misses by"]) == (0.12, 0.2)
        assert found["Share within its range"] == 0.75


def test_trend_marks_what_is_of_another_kind(target: Path) -> None:
    """Recalculated days and those of method 1 are lines of their own, and are named in the table."""
    trend = [
        replace(data.point(1, 1, 60.0), method=1),
        replace(data.point(2, 2, 100.0), is_recalculated=True),
        data.point(3, 3, 99.0),
    ]
    sheet = written(data.report(data.TWO_UNITS, trend=trend), target)["Trend"]
    assert [row["How it was made"] for row in table(sheet, "Day")] == [
        "method 1: open entries only",
        "recalculated",
        None,
    ]
    (chart,) = (chart for chart in parts(target, "xl/charts/chart") if "<c:lineChart>" in chart)
    for name in ("Forecast", "Forecast, recalculated", "Forecast of open entries only (method 1)"):
        assert f"<c:v>{name}</c:v>" in chart


YESTERDAY = data.DAY - timedelta(days=1)
BRIDGE = Bridge("RUB", YESTERDAY, 450.4, 60.3, -30.3, 40.0, -7.2, 3, 1.4, -0.4, -26.25, 487.95)


def test_bridge_adds_up_above_the_changes(target: Path) -> None:
    """From the forecast before to that of now, which is the company's, step by step, with a picture."""
    report = replace(data.report(data.TWO_UNITS), bridges=(BRIDGE,))
    written(report, target)
    rows = table(values(target)["Changes"], "Adds")[:9]
    assert [row["Step"] for row in rows] == [
        "forecast of 2026-03-16", "payments", "refused or deleted", "new entries",
        "promised day moved (put off: 3)", "other amounts", "other manager, reopened, restored",
        "time passed, learnt anew", "forecast of 2026-03-17 14:30 (UTC+3)",
    ]  # fmt: skip
    amounts = [Decimal(str(row["Adds"])) for row in rows]
    assert (amounts[0], amounts[-1]) == (450, Decimal("487.7"))
    assert sum(amounts[:-1]) == amounts[-1]
    assert "No entry has changed since." in texts_of(values(target)["Changes"])
    assert any(
        '<c:grouping val="stacked"/>' in c and 'val="col"' in c for c in parts(target, "xl/charts/chart")
    )


REASONS = (
    ReasonSum(1, "Яковлева Ольга", "RUB", "Дорого", 3, Decimal("30.50")),
    ReasonSum(1, "Яковлева Ольга", "RUB", "", 1, Decimal("9.50")),
    ReasonSum(2, "Ёлкин Иван", "RUB", "Дорого", 1, Decimal(60)),
    ReasonSum(2, "Ёлкин Иван", "pcs", "=Ушёл", 2, Decimal(0)),
)


def test_refusals_stand_by_reason(target: Path) -> None:
    """The company and each lead, unit by unit: how many were refused why, for how much, which share."""
    written(replace(data.report(data.TWO_UNITS), reasons=REASONS), target)
    sheet = values(target)["Refusals"]
    heads = ("Lead", "Unit", "Reason", "Entries", "Refused", "Share")
    assert [tuple(row[head] for head in heads) for row in table(sheet, "Reason")] == [
        ("Company", "RUB", "in all", 5, 100, 1),
        ("Company", "RUB", "Дорого", 4, 90.5, 0.905),
        ("Company", "RUB", "no reason given", 1, 9.5, 0.095),
        ("Ёлкин Иван", "RUB", "in all", 1, 60, 1),
        ("Ёлкин Иван", "RUB", "Дорого", 1, 60, 1),
        ("Яковлева Ольга", "RUB", "in all", 4, 40, 1),
        ("Яковлева Ольга", "RUB", "Дорого", 3, 30.5, 0.7625),
        ("Яковлева Ольга", "RUB", "no reason given", 1, 9.5, 0.2375),
        ("Company", "pcs", "in all", 2, 0, None),
        ("Company", "pcs", "=Ушёл", 2, 0, None),
        ("Ёлкин Иван", "pcs", "in all", 2, 0, None),
        ("Ёлкин Иван", "pcs", "=Ушёл", 2, 0, None),
    ]


def test_a_period_without_refusals_says_so(target: Path) -> None:
    """The sheet of refusals is there also where nothing was refused."""
    written(data.report(data.TWO_UNITS), target)
    assert "Nothing was refused within the period so far." in texts_of(values(target)["Refusals"])


def test_no_jargon_outside_the_notes(target: Path) -> None:
    """P10, P90 and WAPE stand in the notes only, where they are explained, in both languages."""
    report = replace(CHANGED, bridges=(BRIDGE,), forecast=replace(CHANGED.forecast, learnt=LEARNT))
    for texts in (ENGLISH, Texts("ru")):
        *sheets, notes = written(report, target, texts).worksheets
        for sheet in sheets:
            assert not re.search("P10|P90|WAPE", texts_of(sheet)), sheet.title
        assert not any(re.search("P10|P90|WAPE", chart) for chart in parts(target, "xl/charts/chart"))
        assert re.search("P10.*P90.*WAPE", texts_of(notes), re.DOTALL)


def test_hand_formula_and_pace_stand_in_the_notes(target: Path) -> None:
    """The two simple numbers are told beside the forecast, nowhere as large as it."""
    report = data.report(data.TWO_UNITS)
    company = [replace(row, hand_formula=900.4, run_rate=600.0) for row in report.forecast.company]
    report = replace(report, forecast=replace(report.forecast, company=tuple(company)))
    book = written(report, target)
    notes = {line[0].value: line[1].value for line in book["Notes"].iter_rows() if line[1].value is not None}
    assert notes["Hand formula, RUB"] == "900\u00a0RUB"
    assert notes["By run rate, RUB"] == "600\u00a0RUB"
    for name in ("Summary", "Pipeline", "Trend"):
        assert "Hand formula" not in texts_of(book[name])


def test_a_past_evening_says_so_everywhere(target: Path) -> None:
    """A report as of a past evening has its day on each sheet, and that it is not the current one."""
    run = replace(data.RUN, kind=RunKind.AS_OF, count_day=date(2026, 3, 10))
    book = written(data.report(data.TWO_UNITS, run=run), target)
    for sheet in book.worksheets:
        assert "as of the evening of 2026-03-10" in str(sheet["A2"].value)
        assert str(sheet["A3"].value).startswith("As of the evening of 2026-03-10: ")


def test_period_that_has_not_begun_shows_its_whole_number_only(target: Path) -> None:
    """Before its first day a period has no parts: forecast, range and target stand alone, and add up."""
    run = replace(data.RUN, count_day=date(2026, 2, 20))
    book = written(data.report(data.TWO_UNITS, run=run), target)
    for name in ("Summary", "Pipeline"):
        heads = texts_of(book[name])
        assert "Likely range (8 of 10) from" in heads
    rows = table(values(target)["Pipeline"])
    assert "From open entries" not in rows[0]
    company = next(row for row in rows if row["Level"] == "Company" and row["Unit"] == "RUB")
    leads = [row for row in rows if row["Level"] == "Lead" and row["Unit"] == "RUB"]
    assert sum(row["Forecast"] for row in leads) == pytest.approx(company["Forecast"])
    assert "Paid so far" not in texts_of(book["Summary"])


def test_period_that_is_over_tells_what_came(target: Path) -> None:
    """After its last day a period is what was paid in it."""
    run = replace(data.RUN, count_day=date(2026, 4, 2))
    text = texts_of(written(data.report(data.TWO_UNITS, run=run), target)["Summary"])
    assert "Paid by 2026-03-31: 78\u00a0RUB." in text
    assert "Likely range, 8 times in 10" not in text
