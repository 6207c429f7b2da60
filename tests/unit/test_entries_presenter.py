"""The entry page without a screen: form, table, filters, actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from contract.company import ANNA, COUNTED, MARIA, NORTH, OLEG, PETR, bring
from mini_crm.domain.model import EntrySort, Status
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.filters_presenter import FilterValues
from mini_crm.ui.entries.head_presenter import Part
from unit.entries_page import Clock, Page, clock, company, page

__all__ = ["clock", "company", "page"]


def test_saving_stores_the_entry_and_shows_it_at_once(page: Page) -> None:
    """What is typed is stored once, and stands in the table without a new query."""
    page.fill(comment=" звонить после обеда ")
    before = page.cable.calls.count("list_entries")
    page.presenter.form.save()
    (entry,) = page.company.anna.everything()
    assert (entry.client_pin, entry.amount, entry.comment) == (
        "0042",
        Decimal("1500.50"),
        "звонить после обеда",
    )
    assert entry.pay_by is not None
    assert entry.pay_by.isoformat() == "2026-03-25"
    assert page.view.table.ids() == [entry.entry_id]
    assert page.cable.calls.count("list_entries") == before


def test_after_saving_group_manager_and_day_stay(page: Page) -> None:
    """The next entry of the same manager needs only PIN and amount."""
    page.add(comment="x")
    assert page.view.form.values == FormValues(NORTH, PETR, "", "", "25.03.2026")
    assert page.view.form.focused == "client_pin"
    assert not page.presenter.has_unsaved()


def test_all_bad_fields_are_said_and_the_cursor_goes_to_the_first(page: Page) -> None:
    """Nothing is stored while a field is wrong."""
    page.fill(manager="", amount="1,234", pay_by="31.02.2026")
    page.presenter.form.save()
    assert set(page.view.form.errors) == {"manager", "amount", "pay_by"}
    assert page.view.form.focused == "manager"
    assert page.company.anna.everything() == ()


def test_a_field_is_checked_when_typing_stops(page: Page) -> None:
    """A wrong day is said under its field before anything is saved; an empty field is not blamed yet."""
    page.fill(pay_by="17.03.2026", amount="")
    page.presenter.form.check("pay_by")
    page.presenter.form.check("amount")
    assert set(page.view.form.errors) == {"pay_by"}


def test_only_managers_of_the_group_are_offered(page: Page) -> None:
    """Choosing a group narrows the managers, drops one of another group, and names the unit."""
    page.fill(group=COUNTED, manager=PETR)
    page.presenter.form.group_chosen()
    assert page.view.form.managers == [OLEG]
    assert page.view.form.values.manager == ""
    assert page.view.form.unit == "pcs"


def test_a_manager_of_one_group_brings_the_group(page: Page) -> None:
    """Who types the manager first need not choose the group."""
    page.fill(group="", manager=OLEG)
    page.presenter.form.manager_chosen()
    assert page.view.form.values.group == COUNTED


def test_pieces_are_whole(page: Page) -> None:
    """A group that counts pieces takes no fraction."""
    page.fill(group=COUNTED, manager=OLEG, amount="2,5")
    page.presenter.form.save()
    assert "amount" in page.view.form.errors


def test_an_open_entry_of_the_same_pin_is_pointed_out(page: Page) -> None:
    """Typing a PIN that waits for payment already names that entry, and one can jump there."""
    first = page.add()
    page.add(client_pin="77")
    page.fill(client_pin="0042")
    page.presenter.form.check("client_pin")
    assert str(first) in page.view.form.pin_hint
    page.presenter.form.jump_to_same_pin()
    assert page.view.table.chosen == [first]
    page.fill(client_pin="0043")
    page.presenter.form.check("client_pin")
    assert page.view.form.pin_hint == ""


def test_a_jump_to_a_row_that_is_filtered_out_filters_by_its_pin(page: Page) -> None:
    """The jump works whatever the filter."""
    first = page.add()
    page.view.filters.values = FilterValues(statuses=frozenset({Status.PAID}))
    page.presenter.filters.changed()
    assert page.view.table.ids() == []
    page.fill()
    page.presenter.form.check("client_pin")
    page.presenter.form.jump_to_same_pin()
    assert page.view.filters.values == FilterValues(text="0042")
    assert page.view.table.chosen == [first]


def test_editing_changes_the_chosen_row(page: Page) -> None:
    """The form filled from a row stores over that row, what is not touched stays."""
    number = page.add()
    page.view.table.chosen = [number]
    page.presenter.edit_selected()
    assert page.view.form.values == FormValues(NORTH, PETR, "0042", "1500,50", "25.03.2026")
    page.view.form.values = replace(page.view.form.values, manager=MARIA, comment="новое")
    page.presenter.form.save()
    entry = page.company.anna.everything()[0]
    assert (entry.manager_name, entry.comment, entry.version) == (MARIA, "новое", 2)
    assert page.view.form.is_new


def test_editing_a_paid_entry_keeps_day_and_amount_of_payment(page: Page) -> None:
    """Correcting the comment of a paid entry does not move its payment to today."""
    company = page.company
    entry = bring(company.anna, PETR, company.day(-20), pay_by=company.day(-5))
    company.anna.pay(entry, company.day(-4), Decimal("80.00"))
    page.presenter.edit_number(str(entry.entry_id))
    page.view.form.values = replace(page.view.form.values, comment="x")
    page.presenter.form.save()
    after = company.anna.get(entry)
    assert (after.status_on, after.paid_amount, after.comment) == (company.day(-4), Decimal("80.00"), "x")


def test_a_full_form_is_not_thrown_away_without_asking(page: Page) -> None:
    """Clearing or editing another row asks first, and no means no."""
    number = page.add()
    page.fill(client_pin="99")
    page.view.yes = False
    page.presenter.clear_form()
    page.presenter.edit_number(str(number))
    assert page.view.form.values.client_pin == "99"
    assert len(page.view.questions) == 2


def test_paid_asks_for_day_and_amount(page: Page) -> None:
    """One row: the day and the amount that really came are noted."""
    entry = bring(page.company.anna, PETR, page.company.day(-9))
    page.tick()
    page.view.table.chosen = [entry.entry_id]
    page.view.reply, page.view.keeps_rest = ("16.03.2026", "90"), False
    page.presenter.actions.mark(Status.PAID)
    after = page.company.anna.get(entry)
    assert (after.status, after.status_on, after.paid_amount) == (
        Status.PAID,
        page.company.day(-2),
        Decimal("90.00"),
    )
    assert page.view.table.column(EntrySort.STATUS)[0].startswith("✓ ")


def test_the_whole_amount_is_no_other_amount(page: Page) -> None:
    """Who confirms the proposed amount leaves it as "all of it"."""
    page.view.table.chosen = [page.add()]
    page.view.reply = ("18.03.2026", "1500,50")
    page.presenter.actions.mark(Status.PAID)
    (after,) = page.company.anna.everything()
    assert (after.status, after.paid_amount) == (Status.PAID, None)


def test_a_wrong_day_of_payment_keeps_the_question_open(page: Page) -> None:
    """Days before entry and in the future are refused beside the field."""
    number = page.add()
    page.view.table.chosen = [number]
    for day in ("17.03.2026", "19.03.2026", "abc"):
        page.view.reply = (day, "1")
        page.presenter.actions.mark(Status.PAID)
        assert set(page.view.status_errors) == {"day"}
    assert page.company.anna.everything()[0].status is Status.EXPECTED


def test_many_rows_at_once_and_back(page: Page) -> None:
    """Several chosen rows become refused together, without an amount, and expected again."""
    numbers = [page.add(client_pin=str(pin)) for pin in range(4)]
    page.view.table.chosen = numbers[:3]
    page.view.reply = ("18.03.2026", "")
    page.presenter.actions.mark(Status.REFUSED)
    assert page.view.status_question is not None
    assert page.view.status_question.amount is None
    statuses = [entry.status for entry in page.company.anna.everything()]
    assert statuses == [Status.REFUSED] * 3 + [Status.EXPECTED]
    page.presenter.actions.mark(Status.EXPECTED)
    assert {entry.status for entry in page.company.anna.everything()} == {Status.EXPECTED}


def test_delete_by_number_shows_the_row_first_and_can_be_undone(page: Page) -> None:
    """The number is looked up, only then deleted, and the deletion taken back."""
    number = page.add()
    page.view.panel.number = f" {number} "
    page.presenter.actions.look()
    assert page.view.panel.may_delete
    assert "0042" in page.view.panel.look
    page.presenter.actions.delete()
    assert page.company.anna.everything() == ()
    assert page.view.table.ids() == []
    assert str(number) in page.view.panel.undo
    page.presenter.undo.undo()
    assert [entry.entry_id for entry in page.company.anna.everything()] == [number]
    assert page.view.table.ids() == [number]
    assert "удаление" not in page.view.panel.undo.lower()


def test_an_older_entry_cannot_be_deleted_and_it_is_said_why(page: Page) -> None:
    """The rule is explained where it does not allow it, with the row in sight."""
    entry = bring(page.company.anna, PETR, page.company.day(-1))
    page.view.panel.number = str(entry.entry_id)
    page.presenter.actions.look()
    assert not page.view.panel.may_delete
    assert "17.03.2026" in page.view.panel.why
    page.presenter.actions.delete()
    assert page.company.anna.get(entry).deleted_at is None


@pytest.mark.parametrize("number", ["999999", "abc", "-1", "2147483648", "9" * 400, "\u0967", "1.5", "1e9"])
def test_a_number_that_is_none_deletes_nothing(page: Page, number: str) -> None:
    """Another's, missing or mistyped numbers are said, and the button stays off."""
    page.view.panel.number = number
    page.presenter.actions.look()
    assert page.view.panel.is_error
    assert page.view.panel.look
    assert not page.view.panel.may_delete


def test_history_tells_old_and_new(page: Page) -> None:
    """Each changed field is a line with who, old and new."""
    number = page.add()
    page.presenter.edit_number(str(number))
    page.view.form.values = replace(page.view.form.values, amount="2000")
    page.presenter.form.save()
    page.view.table.chosen = [number]
    page.presenter.actions.show_history()
    assert [line[2:] for line in page.view.history] == [
        ("Сумма", "1\u00a0500,50", "2\u00a0000"),
        ("внесена", "", ""),
    ]
    assert all(ANNA in line[1] for line in page.view.history)


def test_the_head_line_tells_win_rate_and_age(page: Page, clock: Clock) -> None:
    """Win rate with its counts, the forecast, and amber past 35 minutes."""
    anna, day = page.company.anna, page.company.day
    for number in range(3):
        anna.pay(bring(anna, PETR, day(-20 - number)), day(-5))
    anna.refuse(bring(anna, PETR, day(-20)), day(-5))
    page.presenter.head.compute()
    bar = next(bar for bar in page.view.head.bars if "RUB" in bar.caption)
    assert bar.parts[Part.WIN_RATE].startswith("сбываемость ")
    assert bar.rate_counts == "оплачено 3 из 4 закрытых"
    assert bar.paid == 300.0
    assert bar.caption.startswith("Прогноз на 31.03: ")
    assert bar.parts[Part.LIKELY] == "нет истории, нет диапазона"  # all was closed on the record's first day
    assert bar.parts[Part.PAID] == "оплачено 300"
    assert bar.parts[Part.FROM_OPEN].startswith("+ из открытых ")
    assert not page.view.head.stale
    clock.now += timedelta(minutes=36)
    page.presenter.head.show_age()
    assert page.view.head.stale


def test_another_period_is_shown_without_asking_again(page: Page) -> None:
    """The head line knows all periods of the run; the one that is chosen is shown at once, and remembered."""
    bring(page.company.anna, PETR, page.company.day(-20))
    page.presenter.head.compute()
    names = page.view.head.periods
    assert names[:7] == [
        "март 2026", "1 квартал 2026", "2026", "апрель 2026", "2 квартал 2026", "2027", "февраль 2026",
    ]  # fmt: skip
    calls = page.cable.calls.count("get_forecast")
    page.presenter.head.choose_period(3)
    assert page.cable.calls.count("get_forecast") == calls
    assert page.view.head.chosen == 3
    assert page.view.head.bars[0].caption.startswith("Прогноз на 01.04–30.04: ")
    assert page.desk.memory.text("period") == "next-month"
    assert page.view.table.chance == "Шанс 01.04–30.04"


def test_a_period_of_a_new_day_is_not_read_for_one_who_is_away(page: Page, clock: Clock) -> None:
    """When the chosen month moves on overnight its chances come with the first key that is pressed."""
    anna = page.company.anna
    bring(anna, PETR, page.company.day(-20))
    page.presenter.head.compute()
    page.presenter.head.choose_period(3)
    clock.now = clock.now.replace(month=4, day=1)
    page.company.store.aggregate_forecast(None, "test")
    calls = page.cable.calls.count("list_entries")
    page.desk.token = anna.window().token  # since the old session has ended by then
    page.presenter.head.refresh()
    assert page.desk.choice.period is not None
    assert page.desk.choice.period.code == "2026-05"
    assert page.cable.calls.count("list_entries") == calls
    page.presenter.touched()
    assert page.cable.calls.count("list_entries") == calls + 1


def test_rows_are_ordered_by_the_chances_that_are_shown(page: Page) -> None:
    """By chance and by contribution the order is that of the period chosen, in either direction."""
    anna, day = page.company.anna, page.company.day
    for days in (3, 9, 20, 40, 70):
        anna.pay(bring(anna, PETR, day(-100), pay_by=day(-100 + days)), on=day(-100 + days))
        bring(anna, PETR, day(-days), amount=Decimal(1000 * days), pay_by=day(days % 29))
    page.presenter.head.compute()
    for period in (0, 1, 3):
        page.presenter.head.choose_period(period)
        for column in (EntrySort.PROBABILITY, EntrySort.CONTRIBUTION):
            page.presenter.table.sort_by(EntrySort.ENTRY_ID)
            page.presenter.table.sort_by(column)
            shown = [number_in(text) for text in page.view.table.column(column) if text]
            assert shown == sorted(shown)
            assert len(set(shown)) > 2
            page.presenter.table.sort_by(column)
            shown = [number_in(text) for text in page.view.table.column(column) if text]
            assert shown == sorted(shown, reverse=True)


def number_in(text: str) -> int:
    """Give the whole number that a cell shows."""
    return int("".join(sign for sign in text if sign.isdigit()))


def test_the_age_follows_a_run_that_found_nothing_changed(page: Page, clock: Clock) -> None:
    """A run with nothing to count renews the moment in the head line, so that it does not turn amber."""
    page.presenter.head.compute()
    page.tick()
    clock.now += timedelta(minutes=36)
    page.company.store.aggregate_forecast(None, "test")
    page.tick()
    assert not page.view.head.stale


def test_a_hint_is_no_success(page: Page) -> None:
    """Without a chosen row the person is told what to do first, and not that something was done."""
    actions = page.presenter.actions
    for ask in (lambda: actions.mark(Status.PAID), actions.show_history, page.presenter.why.show):
        page.view.said, page.view.was_done = "", True
        ask()
        assert page.view.said.startswith("Сначала выберите ")
        assert not page.view.was_done
        assert not page.view.said_error
    page.add()
    assert page.view.was_done


def test_computing_again_too_soon_is_said(page: Page) -> None:
    """The second run within five minutes is refused with the waiting time."""
    page.presenter.head.compute()
    page.presenter.head.compute()
    assert "минут" in page.view.said
    assert not page.view.head.computing


def lost(page: Page) -> int:
    """Import a refusal without an amount, and open it in the form."""
    today, zero = page.company.today, Decimal(0)
    days = {"status_on": today - timedelta(days=1), "reason": "дорого"}
    entry = bring(
        page.company.anna, PETR, today - timedelta(days=9), amount=zero, status=Status.REFUSED, **days
    )
    page.tick()
    page.presenter.form.edit(entry)
    return entry.entry_id


def test_a_refusal_without_an_amount_is_changed_in_the_form(page: Page) -> None:
    """Its 0 may stay where it is a refusal; a new entry of 0 is refused as ever."""
    lost(page)
    assert page.view.form.values.amount == "0"
    page.view.form.values = replace(page.view.form.values, comment="спросить весной")
    page.presenter.form.save()
    (entry,) = page.company.anna.everything()
    assert (entry.amount, entry.comment, entry.reason) == (0, "спросить весной", "дорого")
    page.fill(amount="0")
    page.presenter.form.save()
    assert set(page.view.form.errors) == {"amount"}
    assert page.company.anna.everything() == (entry,)


def test_opening_a_refusal_without_an_amount_asks_for_one(page: Page) -> None:
    """What is missing is said under the amount; with one the entry is expected, without a reason."""
    lost(page)
    page.view.form.values = replace(page.view.form.values, status=Status.EXPECTED)
    page.presenter.form.save()
    assert page.view.form.errors["amount"] == (
        "Введите сумму: эта наработка загружена из файла без неё, а без суммы можно хранить только отказ."
    )
    page.view.form.values = replace(page.view.form.values, amount="700")
    page.presenter.form.save()
    (entry,) = page.company.anna.everything()
    assert (entry.status, entry.amount, entry.reason) == (Status.EXPECTED, 700, "")


def test_the_panel_shows_what_somebody_else_made_of_its_entry(page: Page) -> None:
    """The entry that stands in the panel is told as it is now, whoever changed it."""
    number = page.add(comment="до")
    page.view.panel.number = str(number)
    page.presenter.actions.look()
    before = page.view.panel.look
    other = page.company.anna.window("PC-8")
    changed = other.update(other.everything()[0], amount=Decimal("77.00"))
    page.tick()
    assert page.view.panel.look != before
    assert "77" in page.view.panel.look
    other.delete(changed)
    page.tick()
    assert not page.view.panel.may_delete
