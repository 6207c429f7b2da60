"""The form beyond one saved entry: short days, a fresh start, a row changed beside it, another language."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from contract.company import ANNA, COUNTED, MARIA, NORTH, PETR, bring
from fakes import ImmediateTasks
from mini_crm.domain.model import EntrySort, RosterRow, Status
from mini_crm.i18n import Texts
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.filters_presenter import FilterValues
from mini_crm.ui.entries.page_presenter import EntriesPresenter
from unit.entries_page import Page, clock, company, page, page_with_outbox
from unit.fake_entries_view import FakeEntriesView

__all__ = ["clock", "company", "page", "page_with_outbox"]


def open_in_english(page: Page) -> Page:
    """Give Anna's page in English, with what is typed into the Russian one."""
    view, tasks = FakeEntriesView(), ImmediateTasks()
    desk = Desk(page.desk.store, Texts("en"), tasks, page.desk.session, page.desk.token, "test")
    presenter = EntriesPresenter(desk, view)
    presenter.start()
    presenter.take_over(page.presenter.form.state(), page.view.filters.read())
    return Page(page.company, page.cable, tasks, view, desk, presenter)


@pytest.mark.parametrize("typed", ["+7", "ср", "25", "25.3", "Wed."])
def test_a_short_day_is_stored_and_shown_in_full(page: Page, typed: str) -> None:
    """On Wednesday, 18 March, what was meant stands in the form for the next entry, as a whole day."""
    expected = page.company.day(0 if typed in ("ср", "Wed.") else 7)
    page.fill(pay_by=typed)
    page.presenter.form.save()
    (entry,) = page.company.anna.everything()
    assert entry.pay_by == expected
    assert page.view.form.values.pay_by == expected.strftime("%d.%m.%Y")
    assert page.presenter.form.is_untouched()


def test_pasted_rows_take_no_short_day(page: Page) -> None:
    """In a row from Excel such a cell is marked; typed into the form it is a day."""
    page.presenter.paste(f"{PETR}\t0042\t10\t+3\t\n")
    (row,) = page.view.paste.rows.values()
    assert set(row.errors) == {"pay_by"}


def test_clearing_empties_everything(page: Page) -> None:
    """Group, manager and day go too, where there are several groups to choose from."""
    page.fill(comment="x")
    page.presenter.clear_form()
    assert page.view.form.values == FormValues()
    assert page.view.form.focused == "group"
    assert page.presenter.form.is_untouched()


def test_the_only_group_is_there_after_clearing(page: Page) -> None:
    """As when the window opened: there is nothing else to choose."""
    page.company.store.apply_roster([RosterRow(ANNA, NORTH, PETR, "RUB")], "admin")
    page.presenter._read_groups()
    page.fill()
    page.presenter.clear_form()
    assert page.view.form.values == FormValues(group=NORTH)
    assert page.view.form.focused == "manager"


@pytest.mark.parametrize("groups", ["none", "without managers"])
def test_a_lead_without_groups_reads_what_to_do(page: Page, groups: str) -> None:
    """Nothing can be entered before the administrator has done something, which the form says."""
    assert page.view.form.advice == ""
    if groups == "none":
        page.presenter._take_groups(())
    else:
        page.presenter._take_groups(
            tuple(
                replace(group, managers=tuple(replace(m, is_active=False) for m in group.managers))
                for group in page.company.store.list_groups(page.desk.token)
            )
        )
    assert "администратора" in page.view.form.advice
    page.presenter._read_groups()
    assert page.view.form.advice == ""


def test_open_entries_of_the_pin_elsewhere_are_counted(page: Page) -> None:
    """Beside the own one stands how many other leads have; none says nothing, nor does a closed one."""
    boris = page.company.boris
    first = boris.add(page.company.zoya, client_pin="0042")
    boris.add(page.company.igor, client_pin="0042")
    page.fill(client_pin="0042")
    page.presenter.form.check("client_pin")
    assert page.view.form.elsewhere == "у других руководителей открыто: 2"
    assert page.view.form.pin_hint == ""
    boris.pay(first)
    page.presenter.form.check("client_pin")
    assert page.view.form.elsewhere == "у других руководителей открыто: 1"
    page.fill(client_pin="0043")
    page.presenter.form.check("client_pin")
    assert page.view.form.elsewhere == ""


@pytest.mark.parametrize("status", list(Status))
def test_the_form_follows_its_row(page: Page, status: Status) -> None:
    """After F6, F7 or F8 it has the new status and version; what was typed stays and is no conflict."""
    company = page.company
    entry = company.anna.add(company.petr)
    if status is Status.EXPECTED:
        entry = company.anna.refuse(entry, reason="Дорого")
    page.tick()
    page.view.table.chosen = [entry.entry_id]
    page.presenter.edit_selected()
    page.view.form.values = replace(page.view.form.values, comment="моё", amount="150")
    page.view.reply = ("18.03.2026", "100" if status is Status.PAID else "", "")
    page.presenter.actions.mark(status)
    assert page.view.form.values.status is status
    assert (page.view.form.values.comment, page.view.form.values.amount) == ("моё", "150")
    assert page.presenter.form.has_unsaved()
    page.presenter.form.save()
    after = company.anna.get(entry)
    assert (after.status, after.comment, str(after.amount)) == (status, "моё", "150.00")
    assert page.view.conflict is None
    assert not page.view.said_error


def test_a_form_without_changes_follows_and_stays_without(page: Page) -> None:
    """Then leaving it asks nothing."""
    number = page.add()
    page.view.table.chosen = [number]
    page.presenter.edit_selected()
    page.view.reply = ("18.03.2026", "1500,50")
    page.presenter.actions.mark(Status.PAID)
    assert page.view.form.values.status is Status.PAID
    assert not page.presenter.form.has_unsaved()


def test_what_was_refused_and_is_put_right_follows_too(page: Page) -> None:
    """A refused change in the form is still there after its row was marked as paid."""
    entry = page.company.anna.add(page.company.petr)
    page.tick()
    page.view.table.chosen = [entry.entry_id]
    page.presenter.edit_selected()
    page.view.form.values = replace(page.view.form.values, manager=MARIA)
    store = page.company.store
    store.apply_roster([RosterRow(ANNA, NORTH, PETR, "RUB")], "admin")
    page.presenter.form.save()
    assert page.presenter.form.holds_refused
    page.view.reply = ("18.03.2026", "100")
    page.presenter.actions.mark(Status.PAID)
    assert page.view.form.values.manager == MARIA
    assert page.view.form.values.status is Status.PAID


def test_a_form_of_a_deleted_row_is_empty(page: Page) -> None:
    """It has nothing to change any more, unless something was typed into it."""
    number = page.add()
    page.view.table.chosen = [number]
    page.presenter.edit_selected()
    page.view.panel.number = str(number)
    page.presenter.actions.look()
    page.presenter.actions.delete()
    assert page.view.form.is_new
    assert page.view.form.values.client_pin == ""


def test_another_language_keeps_a_new_entry(page: Page) -> None:
    """Group, manager, day, and whatever else was typed are there, the day as that language writes it."""
    page.fill(comment="x", amount="1,5x", pay_by="+7")
    other = open_in_english(page)
    assert other.view.form.values == FormValues(NORTH, PETR, "0042", "1,5x", "2026-03-25", comment="x")
    assert other.presenter.form.has_unsaved()
    other.view.form.values = replace(other.view.form.values, amount="1500.50")
    other.presenter.form.save()
    (entry,) = page.company.anna.everything()
    assert (entry.client_pin, str(entry.amount)) == ("0042", "1500.50")


def test_another_language_keeps_a_change(page: Page) -> None:
    """What is saved there changes the same entry; what was not touched is no change."""
    number = page.add(client_pin="77")
    page.view.table.chosen = [number]
    page.presenter.edit_selected()
    assert not open_in_english(page).presenter.form.has_unsaved()
    page.view.form.values = replace(page.view.form.values, comment="моё")
    other = open_in_english(page)
    assert other.presenter.form.has_unsaved()
    assert not other.view.form.is_new
    other.presenter.form.save()
    (entry,) = page.company.anna.everything()
    assert (entry.entry_id, entry.comment, entry.version) == (number, "моё", 2)


def test_another_language_keeps_the_filters(page: Page) -> None:
    """Rows are filtered there by what was typed here, a manager too."""
    page.add(client_pin="1")
    page.add(client_pin="2", manager=MARIA)
    page.view.filters.values = FilterValues(manager=MARIA)
    page.presenter.filters.changed()
    other = open_in_english(page)
    assert other.view.filters.values == FilterValues(manager=MARIA)
    assert other.view.table.column(EntrySort.CLIENT_PIN) == ["2"]


def test_the_untouched_form_after_saving_is_untouched_in_another_language(page: Page) -> None:
    """It asks nothing, and saving again saves nothing."""
    page.add(group=NORTH)
    other = open_in_english(page)
    assert other.presenter.form.is_untouched()
    other.presenter.form.save()
    assert len(page.company.anna.everything()) == 1


def test_groups_that_come_later_leave_what_was_taken_over(page: Page) -> None:
    """The second language has its groups a moment later."""
    page.fill(group=COUNTED, manager="")
    other = open_in_english(page)
    other.presenter._read_groups()
    assert other.view.form.values.group == COUNTED
    assert other.view.form.unit == "pcs"


@pytest.mark.parametrize("behind_another_save", [False, True])
def test_the_form_follows_what_waited_for_the_database(
    page_with_outbox: Page, behind_another_save: bool
) -> None:
    """A payment that was marked without a database is in the form once it is sent; what is typed there stays.

    The next save then meets no change of one's own, also where a save of another entry had sent it along.
    """
    page = page_with_outbox
    number = page.add()
    page.presenter.edit_number(str(number))
    page.view.form.values = replace(page.view.form.values, comment="перезвонить")
    page.cable.pulled = True
    page.view.table.chosen = [number]
    page.view.reply, page.view.keeps_rest = ("18.03.2026", "1000"), False
    page.presenter.actions.mark(Status.PAID)
    assert page.view.form.values.status is Status.EXPECTED
    page.cable.pulled = False
    if behind_another_save:
        other = bring(page.company.anna, PETR, page.company.day(0), client_pin="777")
        page.presenter.table.reload()
        page.view.table.chosen = [other.entry_id]
        page.view.reply = ("18.03.2026", "")
        page.presenter.actions.mark(Status.REFUSED)
    page.tick()
    after = next(entry for entry in page.company.anna.everything() if entry.entry_id == number)
    assert (after.status, after.paid_amount) == (Status.PAID, Decimal("1000.00"))
    assert page.view.form.values.status is Status.PAID
    assert page.view.form.values.comment == "перезвонить"
    page.presenter.form.save()
    after = next(entry for entry in page.company.anna.everything() if entry.entry_id == number)
    assert (after.status, after.comment) == (Status.PAID, "перезвонить")


def test_the_form_does_not_follow_what_somebody_else_changed(page_with_outbox: Page) -> None:
    """Their change is met when the form is saved, and nothing of it is overwritten unseen."""
    page = page_with_outbox
    number = page.add()
    page.presenter.edit_number(str(number))
    (entry,) = page.company.anna.everything()
    page.company.anna.window("PC-8").update(entry, comment="чужое")
    page.tick()
    assert page.view.form.values.comment == ""
