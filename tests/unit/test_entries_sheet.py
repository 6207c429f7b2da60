"""Rows for a spreadsheet: what the clipboard holds, and the workbook of all rows found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from contract.company import PETR, bring, import_row
from mini_crm.domain.model import EntryFilter, EntrySort, Status
from mini_crm.i18n import Texts
from mini_crm.ui.entries.sheet import as_text
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.usecases.pasting import split_pasted
from unit.entries_page import Page, clock, company, page

__all__ = ["clock", "company", "page"]

SHOWN = [EntrySort.ENTRY_ID, EntrySort.CLIENT_PIN, EntrySort.AMOUNT, EntrySort.PAY_BY, EntrySort.STATUS]


def cells(text: str) -> list[list[str]]:
    """Split a copied text as a spreadsheet does."""
    return [line.split("\t") for line in text.split("\n")]


def paid(page: Page) -> None:
    """Bring a paid entry of 1 234 567.50 of which 1 000 000 came."""
    bring(
        page.company.anna,
        PETR,
        page.company.day(-40),
        client_pin="0042",
        amount=Decimal("1234567.50"),
        status=Status.PAID,
        status_on=page.company.day(-3),
        paid_amount=Decimal(1_000_000),
    )


def test_copied_rows_have_headings_and_plain_cells(page: Page) -> None:
    """Number, unit, status and day stand in cells of their own, as Russian and English sheets read them."""
    paid(page)
    page.presenter.table.reload()
    page.view.table.chosen = page.view.table.ids()
    head, row = cells(page.presenter.copied(SHOWN))
    assert head == ["ID", "Пин", "Сумма", "Единица", "Оплатит до", "Статус", "Дата оплаты или отказа"]
    assert row == ["1", "0042", "1234567,50", "RUB", "16.02.2026", "Оплачено", "15.03.2026"]
    entries = page.company.anna.everything()
    _head, row = cells(as_text(entries, SHOWN, EntryTexts(Texts("en"))))
    assert row == ["1", "0042", "1234567.50", "RUB", "2026-02-16", "Paid", "2026-03-15"]


def test_what_came_chance_and_contribution_are_numbers(page: Page) -> None:
    """A chance is a share that a sheet knows, without a blank before its sign."""
    paid(page)
    (entry,) = page.company.anna.everything()
    entry = replace(entry, probability=0.4712, contribution=1234.5)
    shown = [EntrySort.PAID_AMOUNT, EntrySort.PROBABILITY, EntrySort.CONTRIBUTION]
    assert cells(as_text([entry], shown, EntryTexts(Texts("ru"))))[1] == ["1000000", "47,12%", "1234,50"]
    assert cells(as_text([entry], shown, EntryTexts(Texts("en"))))[1] == ["1000000", "47.12%", "1234.50"]


@pytest.mark.parametrize("text", ["=1+1", "+7 999", "-5", "@SUM(A1)", " =1"])
def test_no_text_is_a_formula(page: Page, text: str) -> None:
    """A cell that a spreadsheet would compute begins with an apostrophe; lines and tabs do not tear it."""
    page.company.anna.add(page.company.petr, client_pin=text.strip(), comment=f"{text}\tа\nб")
    (entry,) = page.company.anna.everything()
    pin, comment = cells(
        as_text([entry], [EntrySort.CLIENT_PIN, EntrySort.COMMENT], EntryTexts(Texts("ru")))
    )[1]
    assert pin == f"'{text.strip()}"
    assert comment == f"'{text.strip()} а б"


def test_what_is_not_stored_yet_is_copied_as_it_is_to_be(page: Page) -> None:
    """A row that is being saved has no number, and all that was typed."""
    page.tasks.hold()
    page.fill(client_pin="0077")
    page.presenter.form.save()
    page.view.table.chosen = page.view.table.ids()
    assert cells(page.presenter.copied(SHOWN))[1][:3] == ["", "0077", "1500,50"]
    page.view.table.chosen = []
    assert page.presenter.copied(SHOWN) == ""


def test_copied_rows_can_be_pasted_again(page: Page) -> None:
    """The paste finds the columns by the headings, and reads a guarded PIN as it was."""
    page.company.anna.add(page.company.petr, client_pin="-5", amount=Decimal("1500.50"))
    page.presenter.table.reload()
    page.view.table.chosen = page.view.table.ids()
    shown = [EntrySort.GROUP, EntrySort.MANAGER, *SHOWN]
    page.presenter.paste(page.presenter.copied(shown))
    (row,) = page.view.paste.rows.values()
    assert row.errors == {}
    assert row.cells[2:5] == ("-5", "1500,50", "28.03.2026")
    assert split_pasted("'=1\t'x") == [["=1", "'x"]]


def sheet(path: Path) -> list[list[object]]:
    """Read a workbook with another program's library."""
    (found,) = load_workbook(path).worksheets
    return [list(row) for row in found.iter_rows(values_only=True)]


def test_all_rows_found_are_saved_with_typed_cells(page: Page, tmp_path: Path) -> None:
    """Numbers and days are such, a PIN keeps its zeros; the heading stays and can be filtered by."""
    paid(page)
    page.company.anna.add(page.company.oleg, client_pin="=1+1", amount=Decimal(3), comment="раз\nдва")
    page.view.file = tmp_path / "найдено.xlsx"
    page.presenter.export.start()
    head, first, second = sheet(page.view.file)
    second_row, first_row = dict(zip(head, first, strict=True)), dict(zip(head, second, strict=True))
    assert first_row["ID"] == 1
    assert first_row["Пин"] == "0042"
    assert first_row["Сумма"] == 1234567.5
    assert first_row["Единица"] == "RUB"
    assert first_row["Дата оплаты или отказа"] == datetime(2026, 3, 15)
    assert 1_000_000 in second
    assert second_row["Пин"] == "=1+1"
    assert second_row["Единица"] == "шт."
    (found,) = load_workbook(page.view.file).worksheets
    assert found.freeze_panes == "A2"
    assert found.auto_filter.ref == f"A1:{found.dimensions.partition(':')[2]}"
    assert all(found.column_dimensions[letter].width >= 8 for letter in "BCDE")
    assert page.view.said == f"Сохранены 2 строки: {page.view.file}"
    assert not page.view.said_error
    page.presenter.export.start()
    assert page.view.asked_file[0] == str(tmp_path)


def test_the_filter_and_the_order_of_the_list_hold_for_the_file(page: Page, tmp_path: Path) -> None:
    """Only what is found is saved, in the order of the table, also what is not loaded."""
    rows = [
        import_row(PETR, page.company.day(-9), client_pin=f"{n:04}", amount=Decimal(n % 7 + 1), line=n)
        for n in range(450)
    ]
    page.company.store.import_entries("x", rows, "test")
    page.presenter.table.set_filter(EntryFilter(text="00"))
    page.presenter.table.sort_by(EntrySort.AMOUNT)
    page.view.file = tmp_path / "a.xlsx"
    page.presenter.export.start()
    head, *found = sheet(page.view.file)
    pin, amount = head.index("Пин"), head.index("Сумма")
    assert {row[pin] for row in found} == {f"{n:04}" for n in range(450) if "00" in f"{n:04}"}
    amounts = [row[amount] for row in found]
    assert amounts == sorted(amounts)  # type: ignore[type-var]


def test_a_file_that_cannot_be_written_is_said(page: Page, tmp_path: Path) -> None:
    """The sentence names it; the next try is asked for again."""
    page.add()
    page.view.file = tmp_path / "no" / "a.xlsx"
    page.presenter.export.start()
    assert page.view.said_error
    assert str(page.view.file) in page.view.said
    page.view.file = None
    page.presenter.export.start()
    assert page.view.said_error


def test_a_file_open_in_excel_is_said_and_stays(page: Page, tmp_path: Path) -> None:
    """What stands in the way of the name stays as it is; the rows are in a new file beside it."""
    page.add()
    page.view.file = tmp_path / "a.xlsx"
    page.view.file.mkdir()  # as little to be replaced as a file that Excel holds
    page.presenter.export.start()
    (beside,) = [path for path in tmp_path.iterdir() if path.suffix == ".xlsx" and path.is_file()]
    assert len(sheet(beside)) == 2
    assert "a.xlsx" in page.view.said
    assert str(beside) in page.view.said
