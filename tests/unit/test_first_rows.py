"""The rows that the entry page opens on are asked for before the page is there; no screen."""

from __future__ import annotations

from decimal import Decimal

from mini_crm.domain.model import EntrySort, Status
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.chosen import Chosen, remember_filters, remember_order
from mini_crm.ui.entries.first_rows import FirstRows
from mini_crm.ui.entries.page_presenter import EntriesPresenter
from mini_crm.ui.memory import Memory
from unit.entries_page import Clock, Company, Page, clock, company, desk_of
from unit.fake_entries_view import Cable, FakeEntriesView

__all__ = ["clock", "company"]


def open_on(first: FirstRows, desk: Desk, cable: Cable, company: Company, clock: Clock) -> Page:
    """Open the page on rows that were asked for."""
    view = FakeEntriesView()
    presenter = EntriesPresenter(desk, view, first=first, now=clock)
    presenter.start()
    return Page(company, cable, desk.tasks, view, desk, presenter)  # type: ignore[arg-type]


def test_rows_that_were_asked_for_are_read_once(company: Company, clock: Clock) -> None:
    """The page shows them without a further question, in the order and filter that the lead had left."""
    small, large = (company.anna.add(company.petr, amount=Decimal(amount)) for amount in (10, 20))
    paid = company.anna.add(company.petr, amount=Decimal(30))
    company.anna.pay(paid)
    memory = Memory()
    remember_filters(memory.of(company.anna.name), Chosen(statuses=frozenset({Status.EXPECTED})))
    remember_order(memory.of(company.anna.name), EntrySort.AMOUNT, descending=True)
    desk, cable, _tasks = desk_of(company, memory)
    first = FirstRows(desk)
    first.ask()
    assert cable.calls == ["list_changes", "list_entries"]
    page = open_on(first, desk, cable, company, clock)
    assert [row.entry_id for row in page.view.table.rows] == [large.entry_id, small.entry_id]
    assert cable.calls.count("list_entries") == 1


def test_rows_come_before_all_else(company: Company, clock: Clock) -> None:
    """Nothing else is asked for before the rows, whether they were asked for or not: 2 questions to them."""
    desk, cable, _tasks = desk_of(company, Memory())
    open_on(FirstRows(desk), desk, cable, company, clock)
    assert cable.calls[:2] == ["list_changes", "list_entries"]
    assert {"list_groups", "get_forecast", "list_reasons"} <= set(cable.calls[2:])


def test_what_changes_while_the_page_is_built_is_shown(company: Company, clock: Clock) -> None:
    """An entry of another window, stored between the rows and the first look for changes, comes with that."""
    desk, cable, _tasks = desk_of(company, Memory())
    first = FirstRows(desk)
    first.ask()
    late = company.anna.add(company.petr)
    page = open_on(first, desk, cable, company, clock)
    assert [row.entry_id for row in page.view.table.rows] == [late.entry_id]


def test_a_run_that_ends_while_the_page_is_built_is_shown(company: Company, clock: Clock) -> None:
    """The chances of rows that were asked for before it are not those that stay."""
    company.anna.add(company.petr)
    desk, cable, _tasks = desk_of(company, Memory())
    first = FirstRows(desk)
    first.ask()
    company.store.aggregate_forecast(None, "test")
    page = open_on(first, desk, cable, company, clock)
    assert cable.calls.count("list_entries") == 2
    assert page.view.table.rows


def test_rows_that_could_not_be_read_are_asked_for_again(company: Company, clock: Clock) -> None:
    """A database that is gone right after signing in is told of by the page, not before; then it has them."""
    entry = company.anna.add(company.petr)
    desk, cable, _tasks = desk_of(company, Memory())
    first = FirstRows(desk)
    cable.pulled = True
    first.ask()
    cable.pulled = False
    page = open_on(first, desk, cable, company, clock)
    assert [row.entry_id for row in page.view.table.rows] == [entry.entry_id]
    assert not page.view.lost
