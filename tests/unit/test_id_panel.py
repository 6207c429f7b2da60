"""The panel below the list: an entry by its ID, filled from the chosen row."""

from __future__ import annotations

from mini_crm.domain.model import Status
from unit.entries_page import Page, clock, company, page

__all__ = ["clock", "company", "page"]


def choose(page: Page, *numbers: int) -> None:
    """Choose rows, as the table tells it."""
    page.view.table.chosen = list(numbers)
    page.presenter.actions.row_chosen()


def test_a_chosen_row_fills_it(page: Page) -> None:
    """Its ID and what it is; several rows, or none, empty it again."""
    first, second = page.add(client_pin="0042"), page.add(client_pin="0043")
    panel = page.view.panel
    choose(page, first)
    assert panel.number == str(first)
    assert "0042" in panel.look
    assert panel.may_delete
    choose(page, second)
    assert "0043" in panel.look
    choose(page, first, second)
    assert (panel.number, panel.look, panel.may_delete) == ("", "", False)


def test_an_id_that_is_being_typed_stays(page: Page) -> None:
    """A row that is chosen meanwhile, such as one just saved, does not take its place."""
    number = page.add()
    page.view.panel.number, page.view.panel.typing = "7", True
    choose(page, number)
    assert page.view.panel.number == "7"


def test_a_typed_id_stays_when_rows_change(page: Page) -> None:
    """Only what came from a row goes with it."""
    number = page.add()
    page.view.panel.number = str(number)
    page.presenter.actions.look()
    choose(page)
    assert page.view.panel.number == str(number)
    assert "0042" in page.view.panel.look


def test_it_shows_the_row_as_it_is_now(page: Page) -> None:
    """After the row was marked as paid, deleting it is no conflict with the own change."""
    number = page.add()
    choose(page, number)
    page.view.reply = ("18.03.2026", "1500,50")
    page.presenter.actions.mark(Status.PAID)
    assert "Оплачено" in page.view.panel.look
    page.presenter.actions.delete()
    assert page.company.anna.everything() == ()
    assert page.view.panel.number == ""


def test_opening_by_id_fills_the_form(page: Page) -> None:
    """The ID that stands there, or without one the chosen row."""
    number = page.add()
    page.presenter.edit_number(f" {number} ")
    assert page.view.form.values.client_pin == "0042"
    assert not page.view.form.is_new


def test_delete_in_the_table_goes_to_the_button(page: Page) -> None:
    """The row is in the panel, and one key more deletes it."""
    number = page.add()
    page.view.table.chosen = [number]
    page.presenter.delete_selected()
    assert page.view.panel.at_delete
    assert page.view.panel.number == str(number)
    page.presenter.actions.delete()
    assert page.company.anna.everything() == ()
