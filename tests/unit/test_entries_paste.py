"""Rows pasted from Excel: shown, mended, stored."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.company import COUNTED, MARIA, NORTH, OLEG, PETR
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
