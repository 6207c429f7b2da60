"""Many chosen rows at once: deleted, promised for another day."""

from __future__ import annotations

from datetime import date

from contract.company import PETR, bring
from mini_crm.domain.model import Status
from unit.entries_page import Page, clock, company, page

__all__ = ["clock", "company", "page"]


def choose(page: Page, *numbers: int) -> None:
    """Choose rows."""
    page.presenter.table.reload()
    page.view.table.chosen = list(numbers)


def test_many_rows_are_deleted_after_one_question(page: Page) -> None:
    """It says how many go, and names those that the day forbids, which stay."""
    old = [bring(page.company.anna, PETR, page.company.day(-1), client_pin=str(n)).entry_id for n in range(2)]
    new = [page.add(client_pin=str(n)) for n in range(3)]
    choose(page, *new, *old)
    page.presenter.delete_selected()
    question = page.view.many_question
    assert question is not None
    assert question.title == "Удалить 3 наработки?"
    assert [line.partition(" ")[0] for line in question.lines] == [str(number) for number in new]
    assert question.left_out.endswith(f"{old[0]}, {old[1]}")
    assert [entry.entry_id for entry in page.company.anna.everything()] == old
    assert page.view.said == "Удалены 3 наработки."


def test_where_the_day_forbids_all_nothing_is_asked(page: Page) -> None:
    """The sentence says why, and nothing is deleted."""
    old = [bring(page.company.anna, PETR, page.company.day(-1), client_pin=str(n)).entry_id for n in range(2)]
    choose(page, *old)
    page.presenter.delete_selected()
    assert page.view.many_question is None
    assert page.view.said_error
    assert "только в день внесения" in page.view.said
    assert len(page.company.anna.everything()) == 2


def test_no_is_no(page: Page) -> None:
    """Who does not confirm loses nothing."""
    choose(page, *[page.add(client_pin=str(n)) for n in range(3)])
    page.view.yes = False
    page.presenter.delete_selected()
    assert len(page.company.anna.everything()) == 3


def test_open_rows_get_one_promised_day(page: Page) -> None:
    """Closed ones are named and stay; a row that has the day already gets no new version."""
    numbers = [page.add(client_pin=str(n), pay_by=f"2{n}.03.2026") for n in range(4)]
    choose(page, numbers[3])
    page.view.reply = ("18.03.2026", "1500,50")
    page.presenter.actions.mark(Status.PAID)
    choose(page, *numbers)
    page.view.pay_by = "22.03"
    page.presenter.many.pay_by()
    question = page.view.many_question
    assert question is not None
    assert question.title == "Оплатит до: 3 наработки"
    assert question.day == ""
    assert (
        question.lines[0] == f"{numbers[0]} · {PETR} · Пин 0 · 1\u00a0500,50\u00a0RUB · Оплатит до 20.03.2026"
    )
    assert question.left_out.endswith(str(numbers[3]))
    found = page.company.anna.everything()
    assert [entry.pay_by for entry in found] == [date(2026, 3, 22)] * 3 + [date(2026, 3, 23)]
    assert [entry.version for entry in found] == [2, 2, 1, 2]


def test_the_promised_day_of_many_is_typed_short(page: Page) -> None:
    """As in the form: on Wednesday, 18 March, the coming Friday."""
    choose(page, *[page.add(client_pin=str(n)) for n in range(2)])
    page.view.pay_by = "пт"
    page.presenter.many.pay_by()
    assert page.view.pay_by_error == ""
    assert {entry.pay_by for entry in page.company.anna.everything()} == {page.company.day(2)}


def test_a_day_that_some_row_cannot_have_is_said_and_nothing_is_stored(page: Page) -> None:
    """The rows are named; so is what is no day at all."""
    old = bring(page.company.anna, PETR, page.company.day(-10), client_pin="1").entry_id
    new = page.add(client_pin="2")
    choose(page, old, new)
    page.view.pay_by = "15.03.2026"
    page.presenter.many.pay_by()
    assert page.view.pay_by_error.startswith(f"Наработка {new}: ")
    page.view.pay_by = "когда-нибудь"
    page.presenter.many.pay_by()
    assert page.view.pay_by_error
    assert {entry.version for entry in page.company.anna.everything()} == {1}


def test_the_day_of_one_kind_is_proposed(page: Page) -> None:
    """Where all rows have the same day it stands in the field; without open rows there is no question."""
    numbers = [page.add(client_pin=str(n)) for n in range(2)]
    choose(page, *numbers)
    page.presenter.many.pay_by()
    assert page.view.many_question is not None
    assert page.view.many_question.day == "25.03.2026"
    page.view.many_question = None
    page.view.reply = ("18.03.2026", "")
    page.presenter.actions.mark(Status.REFUSED)
    choose(page, *numbers)
    page.presenter.many.pay_by()
    assert page.view.many_question is None
    assert page.view.said_error
