"""Rows pasted from Excel: shown, mended, stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from contract.company import COUNTED, MARIA, NORTH, OLEG, PETR
from mini_crm.domain.model import Status
from unit.entries_page import Page, clock, company, page

__all__ = ["clock", "company", "page"]

ROWS = (
    f"{PETR}\t0042\t1 500,50\t25.03.2026\tзвонить\r\n"
    f"{MARIA}\t0043\t1,234\t25.03.2026\t\r\n"
    f"Никто\t0044\t10\t31.02.2026\r\n"
)
"""The first is good; the second has an amount with two readings; the third no manager and no such day."""


def test_bad_cells_are_marked_before_anything_is_stored(page: Page) -> None:
    """The preview names each bad cell; a manager of one group needs no group."""
    page.presenter.paste(ROWS)
    rows = page.view.paste.rows
    assert rows[1].cells == (NORTH, PETR, "0042", "1 500,50", "25.03.2026", "звонить")
    assert {number: set(row.errors) for number, row in rows.items()} == {
        1: set(),
        2: {"amount"},
        3: {"manager", "pay_by"},
    }
    assert page.view.paste.count == "готовых строк: 1, нужно исправить: 2"
    assert page.company.anna.everything() == ()


def test_mended_cells_make_the_row_good(page: Page) -> None:
    """Fixing the cells one by one lets all rows be stored, and the preview closes."""
    page.presenter.paste(ROWS)
    paste = page.view.paste.presenter
    assert paste is not None
    paste.set_cell(2, "amount", "1234")
    paste.set_cell(3, "manager", OLEG)
    paste.set_cell(3, "pay_by", "30.03.2026")
    assert page.view.paste.rows[3].cells[0] == COUNTED
    assert all(not row.errors for row in page.view.paste.rows.values())
    paste.save()
    stored = [(e.manager_name, e.client_pin, e.amount) for e in page.company.anna.everything()]
    assert stored == [
        (PETR, "0042", Decimal("1500.50")),
        (MARIA, "0043", Decimal("1234.00")),
        (OLEG, "0044", Decimal("10.00")),
    ]
    assert page.view.paste.closed
    assert len(page.view.table.rows) == 3


def test_good_rows_can_be_stored_while_bad_ones_stay(page: Page) -> None:
    """What is stored leaves the preview, what is bad stays with its reason."""
    page.presenter.paste(ROWS)
    paste = page.view.paste.presenter
    assert paste is not None
    paste.save()
    assert [entry.client_pin for entry in page.company.anna.everything()] == ["0042"]
    assert set(page.view.paste.rows) == {2, 3}
    assert not page.view.paste.closed
    paste.drop([2, 3])
    assert page.view.paste.closed


def test_a_head_line_tells_the_columns(page: Page) -> None:
    """Columns may come in any order, others are ignored."""
    page.presenter.paste(f"Сумма\tМесто\tПин\tОператор\tОплатит до\n5\tx\t0042\t{PETR}\t2026-03-30\n")
    assert page.view.paste.rows[1].cells == (NORTH, PETR, "0042", "5", "2026-03-30", "")
    assert page.view.paste.can_save


def test_a_lost_answer_stores_no_row_twice(page: Page) -> None:
    """Saving again after the database was gone gives each row once."""
    page.presenter.paste(ROWS)
    paste = page.view.paste.presenter
    assert paste is not None
    page.cable.answers_lost = True
    paste.save()
    page.cable.answers_lost = False
    paste.save()
    assert len(page.company.anna.everything()) == 1


def test_a_cell_with_line_breaks_stays_one_cell(page: Page) -> None:
    """Excel quotes such cells; the row is not torn apart."""
    page.presenter.paste(f'{PETR}\t0042\t5\t30.03.2026\t"раз\nдва ""три"""\n')
    assert page.view.paste.rows[1].cells[-1] == 'раз\nдва "три"'


def test_nothing_to_paste_is_said(page: Page) -> None:
    """An empty clipboard opens no preview."""
    page.presenter.paste("  \n")
    assert page.view.said
    assert page.view.paste.presenter is None


def test_more_rows_than_can_be_shown_are_told(page: Page) -> None:
    """500 rows are taken at once; that there are more is said, not passed over."""
    page.presenter.paste("".join(f"{PETR}\t{number}\t5\t30.03.2026\n" for number in range(501)))
    assert len(page.view.paste.rows) == 500
    assert "500" in page.view.paste.count.partition(". ")[2]


@pytest.mark.parametrize(
    "pasted",
    [
        '"' + "x\t\n" * 100_000,
        "a\rb\r\r\nc",
        "\x00\t\ud83d\t\ufffe",
        "9" * 5000 + "\t" + "1" + "0" * 400 + "\tnan\tinf\t1e999",
        "\u202e\u200b",
        f"{PETR}\t0042\t5\t9999-12-31\t\n{PETR}\t0042\t-5\t01.01.0001\t",
    ],
)
def test_anything_can_be_pasted(page: Page, pasted: str) -> None:
    """Whatever is in the clipboard becomes rows that can be looked at, and nothing is stored by that."""
    page.presenter.paste(pasted)
    assert page.company.anna.everything() == ()


def test_what_nobody_sees_is_dropped_from_a_paste(page: Page) -> None:
    """Marks that come from a web page are in no cell, so that the row is good."""
    page.presenter.paste(f"\u202a{PETR}\u202c\t0\u200b042\t5\ufeff\t30.03.2026\tok\x7f\n")
    (row,) = page.view.paste.rows.values()
    assert row.cells[2:] == ("0042", "5", "30.03.2026", "ok")


def test_a_lone_quotation_mark_swallows_no_rows(page: Page) -> None:
    """Three pasted rows stay three, whether one or two of their cells begin or end with a quotation mark."""
    for second, third in (("к", "к"), ('к"', "к"), ("к", '"к"')):
        page.presenter.paste(
            f'{PETR}\t0042\t10\t30.03.2026\t"Ждём\r\n{PETR}\t0043\t20\t30.03.2026\t{second}\r\n'
            f"{PETR}\t0044\t30\t30.03.2026\t{third}\r\n"
        )
        assert [row.cells[-1] for row in page.view.paste.rows.values()] == ['"Ждём', second, third]
        assert all(not row.errors for row in page.view.paste.rows.values())


@pytest.mark.parametrize(
    "day",
    ["2026-12-03 00:00", "03.12.26", "03.12.2026 0:00", "2026-12-03T00:00:00", "3 декабря 2026 г.",
     "20261203"],
)  # fmt: skip
def test_days_with_a_time_are_taken(page: Page, day: str) -> None:
    """A pasted day is understood as in a file, with or without a time behind it."""
    page.presenter.paste(f"{PETR}\t1\t10\t{day}\t\n")
    paste = page.view.paste.presenter
    assert paste is not None
    assert page.view.paste.can_save
    paste.save()
    assert [entry.pay_by for entry in page.company.anna.everything()] == [date(2026, 12, 3)]


def test_a_status_column_is_taken(page: Page) -> None:
    """Words of the window and of other systems are statuses; an unknown one is told and can be mended."""
    page.presenter.paste(
        f"Оператор\tПин\tСумма\tСрок\tСтатус\n{PETR}\t1\t10\t30.03.2026\tОплачено\n"
        f"{PETR}\t2\t10\t30.03.2026\tСделка провалена\n{PETR}\t3\t10\t30.03.2026\tДумает\n"
        f"{PETR}\t4\t10\t30.03.2026\t\n"
    )
    paste = page.view.paste.presenter
    assert paste is not None
    assert {number: set(row.errors) for number, row in page.view.paste.rows.items()} == {
        1: set(), 2: set(), 3: {"status"}, 4: set(),
    }  # fmt: skip
    paste.set_cell(3, "status", "Ожидаем")
    paste.save()
    stored = [(entry.client_pin, entry.status) for entry in page.company.anna.everything()]
    assert stored == [
        ("1", Status.PAID), ("2", Status.REFUSED), ("3", Status.EXPECTED), ("4", Status.EXPECTED),
    ]  # fmt: skip


def test_headings_of_other_systems_are_known(page: Page) -> None:
    """What Bitrix24 calls its columns is understood; columns that mean nothing here are left out."""
    page.presenter.paste(
        "ID\tОтветственный\tКомпания\tСумма\tПредполагаемая дата закрытия\tВоронка\n"
        f"7\t{PETR}\tООО Астра\t5\t30.03.2026\tx\n"
    )
    assert page.view.paste.rows[1].cells == (NORTH, PETR, "ООО Астра", "5", "30.03.2026", "")


def test_amounts_are_decided_by_their_column(page: Page) -> None:
    """One amount with a decimal point tells that a comma parts thousands."""
    page.presenter.paste(f"{PETR}\t1\t21,042\t30.03.2026\n{PETR}\t2\t1,047.96\t30.03.2026\n")
    assert [row.cells[3] for row in page.view.paste.rows.values()] == ["21042", "1,047.96"]
    assert all(not row.errors for row in page.view.paste.rows.values())


def test_columns_are_chosen_where_no_head_is_known(page: Page) -> None:
    """Which pasted column is which field can be chosen; the two fields change places."""
    page.presenter.paste(f"0042\t{PETR}\t5\t30.03.2026\n0043\t{PETR}\t6\t30.03.2026\n")
    paste = page.view.paste.presenter
    assert paste is not None
    assert not page.view.paste.can_save
    assert paste.choices()[:2] == [(0, "1: 0042"), (1, f"2: {PETR}")]
    paste.choose("manager", 1)
    assert page.view.paste.rows[2].cells == (NORTH, PETR, "0043", "6", "30.03.2026", "")
    paste.choose("client_pin", None)
    assert page.view.paste.rows[2].cells[2] == ""
    assert set(page.view.paste.rows[2].errors) == {"client_pin"}


def test_rows_that_were_pasted_before_are_marked(page: Page) -> None:
    """Pasting the same rows again names the entries that are there; another amount is another sale."""
    rows = f"{PETR}\t0042\t5\t30.03.2026\n{PETR}\t0043\t6\t31.03.2026\n"
    page.presenter.paste(rows)
    assert [row.entry_id for row in page.view.paste.rows.values()] == [None, None]
    paste = page.view.paste.presenter
    assert paste is not None
    paste.save()
    page.presenter.paste(rows.replace("\t6\t", "\t7\t"))
    first = page.company.anna.everything()[0]
    assert [row.entry_id for row in page.view.paste.rows.values()] == [first.entry_id, None]
    assert "↻: 1" in page.view.paste.count
