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
from mini_crm.domain.model import AccuracyRow, ChangeKind, EntryChange, Report
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
        "Changes",
        "Notes",
    ]
    russian = written(FULL, target, Texts("ru"))
    assert russian.sheetnames == ["Сводка", "Наработки", "Динамика", "Точность", "Изменения", "Пояснения"]
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
    assert {text for text in asked if russian.gettext(text) == text} == {"P10", "P90"}
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
        "Forecast": 50.25, "P10": 42.25, "P90": 58.25, "Target": 100, "% of target": 0.5025,
        "Commitment": None, "Hand formula": 10.25, "Level": "Lead", "Unit": "RUB",
    }  # fmt: skip
    assert {name: lead[name] for name in expected} == expected
    assert manager["Win rate"] == pytest.approx(7 / 15)
    assert (client["From open entries"], client["Forecast"], client["Level"]) == (40, None, "Client")
    heads = [cell.value for cell in sheet[head_row(sheet, "Level")]]
    formats = dict(zip(heads, (cell.number_format for cell in sheet[lead["row"]]), strict=True))
    assert formats["Win rate"] == "0%"
    assert formats["Paid"].startswith("#,##0.00;")
    assert formats["Forecast"].startswith("#,##0;")


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
    assert company["% of target"] == '=IF(SUBTOTAL(3,$A$8:$A$18)=ROWS($A$8:$A$18),0.243975,"")'
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
    heads = [cell for line in summary.iter_rows() for cell in line if cell.value == "From P10 to forecast"]
    assert len(heads) == 2
    assert summary.column_dimensions[heads[0].column_letter].hidden
    company = summary.cell(heads[0].row + 1, heads[0].column).value
    assert company == pytest.approx(0.2 * 410.25)


def test_one_stored_day_is_no_line(target: Path) -> None:
    """A trend of one day is a row of the table and not an empty chart."""
    book = written(data.report(data.TWO_UNITS, trend=[data.point(1, 10, 100.0)]), target)
    assert table(book["Trend"], "Day")[0]["Forecast"] == 100
    assert not any("<c:lineChart>" in chart for chart in parts(target, "xl/charts/chart"))


@pytest.mark.parametrize(
    ("target_amount", "light"), [(487, 3), (488, 2), (569, 2), (571, 1)]
)  # the forecast is 487.95, its range ends with 570
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
    """The summary begins with the forecast in words: point, range, paid, to come, target."""
    text = texts_of(written(FULL, target)["Summary"])
    assert (
        "Forecast 488\u00a0RUB: eight times in ten it comes to between 406\u00a0RUB and 570\u00a0RUB." in text
    )
    assert "Paid so far 78\u00a0RUB, still to come 410\u00a0RUB." in text
    assert "The forecast is 24% of the target 2,000\u00a0RUB." in text


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
    assert {(row["P10"], row["P90"]) for row in groups} == {("no history", "no history")}
    assert not any("P10" in chart for chart in parts(target, "xl/charts/chart"))


def test_few_payments_are_marked_as_weak(target: Path) -> None:
    """With four payments to learn from the range is shown and the point is marked."""
    book = written(data.report(data.TWO_UNITS, run=data.WEAK), target)
    assert "only 4 payments to learn from" in str(book["Summary"]["A3"].value)
    assert table(values(target)["Pipeline"])[0]["P10"] == pytest.approx(77.70 + 0.8 * 410.25)
    assert "only 4 payments to learn from" in texts_of(book["Notes"])


def test_empty_company(target: Path) -> None:
    """A company without entries gets a report that says so, without charts."""
    book = written(data.report({}, run=data.NO_HISTORY), target)
    assert len(book.sheetnames) == 6
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
    counts = table(sheet, "Since yesterday")
    assert (counts[0]["What changed"], counts[0]["Since a week"]) == ("put off", 1)
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
    assert sum(row["Since a week"] or 0 for row in table(sheet, "Since yesterday")[:3]) == 3


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
