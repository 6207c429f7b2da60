"""Acts of a session are taken back, newest first: nothing else is changed by that, and nothing is hidden."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from contract.company import ANNA, MARIA, PETR, Company, bring
from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.domain.model import Action, Entry, EntryDraft, Status
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.writer import Intent
from mini_crm.usecases.outbox import Outbox
from mini_crm.usecases.writes import Update
from unit.entries_page import Clock, Page, clock, company, open_page, page, page_with_outbox
from unit.fake_entries_view import Gate

__all__ = ["clock", "company", "page", "page_with_outbox"]

MOST_UNDONE = 400


def listed(page: Page) -> dict[int, EntryDraft]:
    """Give what the list holds, as the database has it."""
    return {entry.entry_id: entry.draft() for entry in page.company.anna.everything()}


def histories(page: Page, numbers: set[int]) -> dict[int, tuple[object, ...]]:
    """Give the whole history of entries, deleted ones too."""
    anna = page.company.anna
    return {number: page.company.store.list_entry_history(anna.token, number) for number in numbers}


def undo_all(page: Page) -> int:
    """Press Ctrl+Z until there is nothing to undo; give how often there was."""
    for times in range(MOST_UNDONE):
        if not page.view.panel.undo:
            page.presenter.undo.undo()
            assert page.view.said == "Отменять нечего."
            return times
        page.presenter.undo.undo()
    raise AssertionError("it never came to an end")


def choose(page: Page, *numbers: int) -> None:
    """Choose rows."""
    page.view.table.chosen = list(numbers)


class Person:
    """Does at random what a lead does, always to rows that are there."""

    def __init__(self, page: Page, seed: int) -> None:
        self.page = page
        self.dice = random.Random(seed)
        self.pins = 0

    def act(self) -> None:
        """Do something."""
        self.page.tasks.advance(300)
        deeds: list[Callable[[], None]] = [
            self.enter, self.change, self.pay, self.refuse, self.expect, self.delete, self.delete_one,
            self.promise, self.paste,
        ]  # fmt: skip
        self.dice.choice(deeds)()

    def choose(self, most: int) -> list[int]:
        """Choose some rows."""
        there = self.page.view.table.ids()
        chosen = self.dice.sample(there, min(len(there), self.dice.randint(1, most)))
        choose(self.page, *chosen)
        return chosen

    def pin(self) -> str:
        """Give a new PIN."""
        self.pins += 1
        return f"{self.pins:04}"

    def enter(self) -> None:
        """Enter a sale."""
        self.page.fill(client_pin=self.pin(), comment=self.dice.choice(["", "звонить"]))
        self.page.presenter.form.save()

    def change(self) -> None:
        """Change amount, manager and comment of a row through the form."""
        if self.choose(1):
            self.page.presenter.edit_selected()
            values = self.page.view.form.values
            other = MARIA if values.manager == PETR else PETR
            manager = other if values.group == "Север" else values.manager
            amount = str(self.dice.randint(1, 900))
            self.page.view.form.values = replace(values, amount=amount, manager=manager, comment="иначе")
            self.page.presenter.form.save()

    def pay(self) -> None:
        """Note payments."""
        if self.choose(3):
            self.page.view.reply = ("18.03.2026", str(self.dice.randint(1, 50)))
            self.page.view.keeps_rest = self.dice.random() < 0.5
            self.page.presenter.actions.mark(Status.PAID)

    def refuse(self) -> None:
        """Note refusals."""
        if self.choose(3):
            self.page.view.reply = ("18.03.2026", "")
            self.page.presenter.actions.mark(Status.REFUSED)

    def expect(self) -> None:
        """Expect again."""
        if self.choose(4):
            self.page.presenter.actions.mark(Status.EXPECTED)

    def delete(self) -> None:
        """Delete chosen rows."""
        if len(self.choose(4)) > 1:
            self.page.presenter.delete_selected()

    def delete_one(self) -> None:
        """Delete by number."""
        if chosen := self.choose(1):
            self.page.view.panel.number = str(chosen[0])
            self.page.presenter.actions.look()
            if self.page.view.panel.may_delete:
                self.page.presenter.actions.delete()

    def promise(self) -> None:
        """Move the promised day of chosen rows."""
        if self.choose(4):
            self.page.view.pay_by = f"{self.dice.randint(19, 30)}.03.2026"
            self.page.presenter.many.pay_by()

    def paste(self) -> None:
        """Paste some rows."""
        rows = [f"{PETR}\t{self.pin()}\t5\t30.03.2026\n" for _ in range(self.dice.randint(1, 5))]
        self.page.presenter.paste("".join(rows))
        assert self.page.view.paste.presenter is not None
        self.page.view.paste.presenter.save()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("has_outbox", [False, True])
def test_after_all_acts_are_undone_the_list_is_as_it_was(
    company: Company, clock: Clock, tmp_path: Path, seed: int, has_outbox: bool
) -> None:
    """Whatever was done, in whatever order; the history of each entry has only grown."""
    for n in range(4):
        bring(company.anna, PETR, company.day(-3), client_pin=f"old {n}", amount=Decimal(n + 10))
    for n in range(3):
        company.anna.add(company.petr, client_pin=f"today {n}")
    page = open_page(
        company, clock, Outbox(tmp_path, "x", company.anna.lead_id, ANNA) if has_outbox else None
    )
    before = listed(page)
    person = Person(page, seed)
    for _ in range(25):
        person.act()
    numbers = set(range(1, 1 + max(page.company.anna.add(company.maria).entry_id, *before)))
    own = max(numbers)  # somebody's entry meanwhile stays
    story = histories(page, numbers)
    assert undo_all(page) > 5
    after = listed(page)
    assert after.pop(own).client_pin == "0042"
    assert after == before
    now = histories(page, numbers)
    assert all(now[number][: len(story[number])] == story[number] for number in numbers)
    assert not page.view.said_error


def test_each_act_is_undone_whole_and_the_next_is_offered(page: Page) -> None:
    """A paste is one act, as are many rows; the status line says what was undone and what comes next."""
    page.add(client_pin="0001")
    page.presenter.paste("".join(f"{PETR}\t1{n}\t5\t30.03.2026\n" for n in range(3)))
    assert page.view.paste.presenter is not None
    page.view.paste.presenter.save()
    choose(page, *page.view.table.ids())
    page.view.reply = ("18.03.2026", "")
    page.presenter.actions.mark(Status.REFUSED)
    page.presenter.undo.undo()
    assert page.view.said == ("Отменено: изменение 4 наработок. Ещё Ctrl+Z: 3 новые наработки.")
    assert {entry.status for entry in page.company.anna.everything()} == {Status.EXPECTED}
    page.presenter.undo.undo()
    assert page.view.said == ("Отменено: 3 новые наработки. Ещё Ctrl+Z: новая наработка, пин 0001.")
    assert [entry.client_pin for entry in page.company.anna.everything()] == ["0001"]
    assert page.view.table.ids() == [1]
    page.presenter.undo.undo()
    assert page.view.said == "Отменено: новая наработка, пин 0001."
    assert page.company.anna.everything() == ()
    assert page.view.panel.undo == ""


def test_a_change_by_somebody_else_is_not_undone(page: Page) -> None:
    """The undo carries the version that the act left: who changed the entry since is named, and wins."""
    number = page.add()
    choose(page, number)
    page.presenter.edit_selected()
    page.view.form.values = replace(page.view.form.values, comment="моё")
    page.presenter.form.save()
    other = page.company.anna.window("PC-9")
    theirs = other.update(other.everything()[0], comment="чужое")
    page.presenter.undo.undo()
    assert page.view.said == f"Наработка {number}: с тех пор изменена ({ANNA}), не отменено."
    assert page.view.said_error
    assert page.company.anna.everything() == (theirs,)
    assert [row.entry_id for row in page.view.table.rows] == [number]
    assert not page.presenter.has_unsaved()


def test_of_many_rows_only_those_changed_since_stay(page: Page) -> None:
    """The others are undone, and the sentence names those that are not."""
    numbers = [page.add(client_pin=str(n)) for n in range(4)]
    choose(page, *numbers)
    page.view.reply = ("18.03.2026", "")
    page.presenter.actions.mark(Status.REFUSED)
    second = page.company.anna.everything()[1]
    page.company.anna.update(second, comment="рядом")
    page.presenter.undo.undo()
    statuses = [entry.status for entry in page.company.anna.everything()]
    assert statuses == [Status.EXPECTED, Status.REFUSED, Status.EXPECTED, Status.EXPECTED]
    assert page.view.said.startswith("Отменено: изменение 3 наработок.")
    assert f"Наработка {second.entry_id}: " in page.view.said


def test_what_the_day_forbids_is_refused_with_the_sentence(page: Page, clock: Clock) -> None:
    """An entry of yesterday cannot be deleted by undoing it either; the act before it is offered then."""
    number = page.add(client_pin="1")
    choose(page, number)
    page.view.reply = ("18.03.2026", "")
    page.presenter.actions.mark(Status.REFUSED)
    page.add(client_pin="2")
    clock.now += timedelta(days=1)
    anna = page.company.anna.window()
    page.desk.token = anna.token  # signed in again: the acts stay
    page.presenter.undo.undo()
    assert "только в день внесения" in page.view.said
    assert page.view.said_error
    assert len(anna.everything()) == 2
    page.presenter.undo.undo()
    assert anna.everything()[0].status is Status.EXPECTED


def test_what_is_under_way_is_undone_when_it_has_its_answer(page: Page) -> None:
    """Ctrl+Z right behind Ctrl+Enter waits for the outcome; nothing is left, and the entry was there."""
    page.tasks.hold()
    page.fill()
    page.presenter.form.save()
    page.presenter.undo.undo()
    assert "ещё сохраняется" in page.view.said
    page.tasks.release()
    assert page.company.anna.everything() == ()
    assert page.view.table.rows == []
    (history,) = histories(page, {1}).values()
    assert [version.action for version in history] == [Action.ADDED, Action.DELETED]  # type: ignore[attr-defined]


def test_several_presses_in_a_row_undo_as_many_acts(page: Page) -> None:
    """Also on one entry, and before the first press was answered."""
    number = page.add(comment="0")
    for text in ("1", "2", "3"):
        choose(page, number)
        page.presenter.edit_selected()
        page.view.form.values = replace(page.view.form.values, comment=text)
        page.presenter.form.save()
    page.tasks.hold()
    page.presenter.undo.undo()
    page.presenter.undo.undo()
    while page.tasks.held:
        page.tasks.held.pop(0)()
    (entry,) = page.company.anna.everything()
    assert entry.comment == "1"


def test_what_waits_on_this_computer_is_taken_out(page_with_outbox: Page) -> None:
    """While the network is gone nothing reaches the database, then or later, and no history tells of it."""
    page = page_with_outbox
    page.cable.pulled = True
    for pin in ("1", "2", "3"):
        page.fill(client_pin=pin)
        page.presenter.form.save()
    assert page.view.kept_text.endswith("3")
    page.presenter.undo.undo()
    assert page.view.kept_text.endswith("2")
    page.presenter.undo.undo()
    page.presenter.undo.undo()
    assert page.view.kept_text == ""
    page.cable.pulled = False
    page.tick()
    page.tick()
    assert page.company.anna.everything() == ()
    assert page.company.anna.seq() == 0


@pytest.mark.parametrize("what", ["enter", "change", "delete"])
def test_a_write_whose_answer_was_lost_is_undone_when_the_network_is_back(
    page_with_outbox: Page, what: str
) -> None:
    """It had reached the database: that is found out, and the entry is as before the act."""
    page = page_with_outbox
    numbers = [page.add(client_pin="old")]
    before = listed(page)
    page.cable.answers_lost = True
    if what == "enter":
        page.fill(client_pin="new")
        page.presenter.form.save()
    elif what == "change":
        choose(page, *numbers)
        page.view.reply = ("18.03.2026", "")
        page.presenter.actions.mark(Status.REFUSED)
    else:
        page.view.panel.number = str(numbers[0])
        page.cable.answers_lost = False
        page.presenter.actions.look()
        page.cable.answers_lost = True
        page.presenter.actions.delete()
    assert listed(page) != before
    page.presenter.undo.undo()
    page.cable.answers_lost = False
    page.tick()
    page.tasks.advance(60_000)
    assert listed(page) == before
    assert page.desk.outbox is not None
    assert page.desk.outbox.pending() == ()


def test_an_undo_without_network_is_sent_later(page_with_outbox: Page) -> None:
    """What is stored already is undone in the database when that answers again, also for several acts."""
    page = page_with_outbox
    number = page.add(client_pin="1")
    for text in ("раз", "два"):
        choose(page, number)
        page.presenter.edit_selected()
        page.view.form.values = replace(page.view.form.values, comment=text)
        page.presenter.form.save()
    page.cable.pulled = True
    page.presenter.undo.undo()
    page.presenter.undo.undo()
    assert "отправ" in page.view.said
    assert page.company.anna.everything()[0].comment == "два"
    page.cable.pulled = False
    page.tasks.advance(60_000)
    assert page.company.anna.everything()[0].comment == ""


def test_a_paste_that_the_network_cut_in_two_is_undone_as_one(page_with_outbox: Page) -> None:
    """The rows that are stored are deleted, those that wait are taken out."""
    page = page_with_outbox
    page.presenter.paste("".join(f"{PETR}\t1{n}\t5\t30.03.2026\n" for n in range(6)))
    paste = page.view.paste.presenter
    assert paste is not None
    send, left = page.company.store.add_entry, [3]

    def add(*args: object) -> Entry:
        left[0] -= 1
        page.cable.pulled = left[0] < 0
        if page.cable.pulled:
            raise DatabaseUnreachable("database_unreachable")
        return send(*args)  # type: ignore[arg-type]

    page.company.store.add_entry = add  # type: ignore[method-assign]
    paste.save()
    assert len(page.company.anna.everything()) == 3
    page.presenter.undo.undo()
    page.company.store.add_entry = send  # type: ignore[method-assign]
    page.cable.pulled = False
    page.tasks.advance(60_000)
    assert page.company.anna.everything() == ()
    assert len(histories(page, {1, 2, 3})) == 3


def test_a_refused_row_is_taken_off(page: Page) -> None:
    """It was never stored: its row goes, and the act before it is offered."""
    page.add(client_pin="1")
    gate = Gate(page.company.store)
    gate.open.set()
    gate.refusals = 1
    page.desk.store = gate  # type: ignore[assignment]
    page.tasks.hold()
    page.fill(client_pin="2")
    page.presenter.form.save()
    page.view.form.values = FormValues(client_pin="3")
    page.tasks.release()
    assert len(page.view.table.rows) == 2
    page.presenter.undo.undo()
    assert [row.entry_id for row in page.view.table.rows] == [1]
    assert page.view.said.startswith("Отменено: новая наработка, пин 2.")
    assert not page.presenter.mending.refused(page.view.table.ids())
    assert page.view.panel.undo == "Новая наработка, пин 1"


def test_nothing_is_undone_from_the_form_while_something_is_typed_there(page: Page) -> None:
    """Ctrl+Z in a half typed form means the typing, never a stored entry."""
    page.add(client_pin="1")
    page.view.form.values = replace(page.view.form.values, client_pin="2")
    page.presenter.undo_from_input()
    assert len(page.company.anna.everything()) == 1
    page.presenter.clear_form()
    page.presenter.undo_from_input()
    assert page.company.anna.everything() == ()


def test_an_undo_that_could_not_be_sent_is_offered_again(page: Page) -> None:
    """Without a place on this computer nothing is half done: the same act is there when the network is."""
    number = page.add(client_pin="1")
    page.cable.pulled = True
    page.presenter.undo.undo()
    assert page.view.said_error
    assert page.view.panel.undo
    page.cable.pulled = False
    page.presenter.undo.undo()
    assert number not in listed(page)


def pay_in_part(page: Page, number: int) -> None:
    """Note that 500 of 1 500.50 came, and keep the rest as the question about a payment does."""
    entry = next(entry for entry in page.company.anna.everything() if entry.entry_id == number)
    draft = replace(entry.draft(), status=Status.PAID, paid_amount=Decimal(500))
    update = Update(entry.entry_id, entry.version, draft, rest_ref=uuid4())
    page.presenter._save([Intent(update, entry)])


def test_the_rest_of_a_partial_payment_goes_with_the_payment(page: Page) -> None:
    """Both are one act: the payment is open again in full and the rest is deleted."""
    number = page.add()
    before = listed(page)
    pay_in_part(page, number)
    assert [entry.amount for entry in page.company.anna.everything()] == [
        Decimal("1500.50"),
        Decimal("1000.50"),
    ]
    page.presenter.undo.undo()
    assert listed(page) == before
    assert page.view.said.startswith(f"Отменено: изменение наработки {number}.")
    assert page.view.table.ids() == [number]


def test_the_payment_stays_if_the_rest_was_changed_since(page: Page) -> None:
    """Else the money would be expected twice."""
    number = page.add()
    pay_in_part(page, number)
    rest = page.company.anna.everything()[1]
    other = page.company.anna.window("PC-9")
    other.update(rest, comment="чужое")
    before = listed(page)
    page.presenter.undo.undo()
    assert listed(page) == before
    assert "не отменено" in page.view.said
    page.add(client_pin="7")
    pay_in_part(page, number + 2)
    other.pay(page.company.anna.everything()[3])
    before = listed(page)
    page.presenter.undo.undo()
    assert listed(page) == before
    assert "Остаток" in page.view.said


def test_own_changes_of_the_rest_are_undone_first(page: Page) -> None:
    """The rest was changed by this session and that was taken back: then it can go."""
    number = page.add()
    before = listed(page)
    pay_in_part(page, number)
    page.presenter.table.reload()
    choose(page, number + 1)
    page.view.pay_by = "30.03.2026"
    page.presenter.many.pay_by()
    page.presenter.undo.undo()
    page.presenter.undo.undo()
    assert listed(page) == before


def test_a_partial_payment_whose_answer_was_lost_is_undone_with_its_rest(page_with_outbox: Page) -> None:
    """Also found out only when the network is back."""
    page = page_with_outbox
    number = page.add()
    before = listed(page)
    page.cable.answers_lost = True
    pay_in_part(page, number)
    assert listed(page) != before
    page.presenter.undo.undo()
    page.cable.answers_lost = False
    page.tasks.advance(60_000)
    assert listed(page) == before
