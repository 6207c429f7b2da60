"""The entry page without a screen: the table, its filters, and how it keeps up."""

from __future__ import annotations

from datetime import timedelta

from contract.company import ANNA, COUNTED, IGOR, MARIA, OLEG, PETR, bring, import_row, sign_in
from mini_crm.domain.model import EntrySort
from mini_crm.ui.entries.chosen import Ready
from mini_crm.ui.entries.filters_presenter import FilterValues
from unit.entries_page import Clock, Page, clock, company, page

__all__ = ["clock", "company", "page"]


def test_what_another_window_changes_appears(page: Page) -> None:
    """New, changed and deleted entries of another window stand in the table after the next poll."""
    other = page.company.anna.window("PC-8")
    first, second = other.add(page.company.petr), other.add(page.company.maria, client_pin="7")
    page.tick()
    assert page.view.table.ids() == [second.entry_id, first.entry_id]
    other.delete(first)
    other.update(second, comment="из другого окна")
    page.tick()
    assert page.view.table.ids() == [second.entry_id]
    assert page.view.table.column(EntrySort.COMMENT) == ["из другого окна"]


def test_a_poll_that_finds_nothing_asks_for_no_rows(page: Page) -> None:
    """While nothing changes the table is not read again."""
    page.add()
    page.tick()
    page.tick()
    before = page.cable.calls.count("list_entries")
    page.tick()
    page.tick()
    assert page.cable.calls.count("list_entries") == before


def test_pages_follow_while_scrolling(page: Page) -> None:
    """200 rows at first, the next when asked for, every row once."""
    rows = [import_row(PETR, page.company.day(-1), client_pin=str(number)) for number in range(450)]
    page.company.store.import_entries("many", rows, "test")
    page.tick()
    assert len(page.view.table.rows) == 200
    page.presenter.table.load_more()
    page.presenter.table.load_more()
    page.presenter.table.load_more()
    ids = page.view.table.ids()
    assert len(ids) == 450
    assert ids == sorted(set(ids), reverse=True)
    assert page.view.table.summary == "450 наработок · Ожидаем 450: 45\u00a0000\u00a0RUB"


def test_sums_are_kept_apart_by_unit(page: Page) -> None:
    """Money and pieces are never added."""
    page.add()
    page.add(group=COUNTED, manager=OLEG, amount="3")
    page.tasks.advance(1000)
    page.view.table.chosen = page.view.table.ids()[:1]
    page.presenter.table.chosen_changed()
    assert page.view.table.summary == (
        "2 наработки · Ожидаем 1: 1\u00a0500,50\u00a0RUB · Ожидаем 1: 3\u00a0шт."
    )


def test_filters_narrow_and_reset(page: Page) -> None:
    """Manager, status, text and ready-made ranges narrow the rows; one reset brings all back."""
    company = page.company
    overdue = bring(company.anna, PETR, company.day(-30), pay_by=company.day(-1), comment="Ромашка")
    today = bring(company.anna, MARIA, company.day(-3), pay_by=company.day(0))
    sunday = bring(company.anna, MARIA, company.day(-3), pay_by=company.day(4))
    later = bring(company.anna, OLEG, company.day(-3), pay_by=company.day(40))
    filters, shown = page.presenter.filters, page.view.table
    page.tick()
    everything = [later.entry_id, sunday.entry_id, today.entry_id, overdue.entry_id]
    assert shown.ids() == everything
    filters.choose_ready(Ready.OVERDUE)
    assert shown.ids() == [overdue.entry_id]
    filters.reset()
    filters.choose_ready(Ready.TODAY)
    assert shown.ids() == [today.entry_id]
    filters.reset()
    filters.choose_ready(Ready.WEEK)
    assert shown.ids() == [sunday.entry_id, today.entry_id, overdue.entry_id]
    filters.reset()
    page.view.filters.values = FilterValues(manager="мАРИЯ", text="")
    filters.changed()
    assert shown.ids() == [sunday.entry_id, today.entry_id]
    page.view.filters.values = FilterValues(text="РОМАШ")
    filters.changed()
    assert shown.ids() == [overdue.entry_id]
    filters.reset()
    assert shown.ids() == everything


def test_a_filter_that_cannot_be_read_is_said(page: Page) -> None:
    """A wrong day changes nothing but the sentence under the filters."""
    page.add()
    for values in (FilterValues(first="31.02.2026"), FilterValues(manager=IGOR)):
        page.view.filters.values = values
        page.presenter.filters.changed()
        assert page.view.filters.error
        assert len(page.view.table.rows) == 1


def test_sorting_by_a_column_and_back(page: Page) -> None:
    """The first click sorts up, the second down."""
    for amount in ("20", "3", "100"):
        page.add(amount=amount)
    page.presenter.table.sort_by(EntrySort.AMOUNT)
    assert page.view.table.column(EntrySort.AMOUNT) == ["3\u00a0RUB", "20\u00a0RUB", "100\u00a0RUB"]
    page.presenter.table.sort_by(EntrySort.AMOUNT)
    assert page.view.table.column(EntrySort.AMOUNT) == ["100\u00a0RUB", "20\u00a0RUB", "3\u00a0RUB"]


def test_rows_carry_a_sign_beside_their_colour(page: Page) -> None:
    """Overdue, due today, paid and refused differ in text too."""
    anna, day = page.company.anna, page.company.day
    bring(anna, PETR, day(-9), pay_by=day(-1))
    bring(anna, PETR, day(-9), pay_by=day(0))
    anna.pay(bring(anna, PETR, day(-9)))
    anna.refuse(bring(anna, PETR, day(-9)))
    bring(anna, PETR, day(-9), pay_by=day(1))
    page.tick()
    assert [text[:2] for text in page.view.table.column(EntrySort.STATUS)] == ["Ож", "✕ ", "✓ ", "▸ ", "! "]


def test_own_writes_are_not_read_twice(page: Page) -> None:
    """Counts follow once after a save; the next poll, which reports the same change, reads nothing more."""
    page.add()
    page.tasks.advance(1000)
    before = page.cable.calls.count("list_entries")
    page.tick()
    page.tick()
    assert page.cable.calls.count("list_entries") == before


def test_a_new_day_shows_by_itself(page: Page, clock: Clock) -> None:
    """After midnight the form has the new day of entry, and what was due today is overdue."""
    bring(page.company.anna, PETR, page.company.day(-9), pay_by=page.company.day(0))
    page.tick()
    clock.now = clock.now.replace(hour=23, minute=59)
    anna = sign_in(page.company.store, ANNA, page.company.anna.key)
    page.desk.token = anna.token
    clock.now += timedelta(minutes=5)
    page.tasks.advance(70_000)
    assert page.view.form.entered_on == "19.03.2026"
    assert page.view.table.column(EntrySort.STATUS)[0].startswith("! ")


def test_a_window_left_alone_does_not_keep_its_session_alive(page: Page, clock: Clock) -> None:
    """While nobody is there rows follow from the change feed alone; all is read when somebody comes back."""
    other = page.company.anna.window("PC-8")
    clock.now += timedelta(minutes=6)
    page.tick()
    before = page.cable.calls.count("list_entries")
    first = other.add(page.company.petr)
    second = other.add(page.company.maria)
    page.tick()
    other.delete(first)
    page.company.store.aggregate_forecast(None, "test")
    page.tick()
    assert page.view.table.ids() == [second.entry_id]
    assert page.cable.calls.count("list_entries") == before
    page.presenter.touched()
    assert page.cable.calls.count("list_entries") == before + 1
    assert page.view.table.summary.startswith("1 ")
