"""The entry page while answers are still to come: nothing typed or saved is lost, doubled or disturbed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.company import ANNA, COUNTED, MARIA, NORTH, PETR, ROSTER, Company, sign_in
from mini_crm.domain.errors import BadValue, DatabaseUnreachable
from mini_crm.domain.model import EntrySort, RosterRow, Status
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.texts import Mark
from mini_crm.usecases.outbox import Add, Outbox, Update
from unit.entries_page import Clock, Page, clock, company, open_page, page, page_with_outbox
from unit.fake_entries_view import FakeForm

__all__ = ["clock", "company", "page", "page_with_outbox"]

EMPTY = FormValues(NORTH, PETR, "", "", "25.03.2026")
WRITES = ("add_entry", "update_entry", "delete_entry", "restore_entry")


class Fate:
    """A store that does with the next writes what a test wants.

    Attributes:
        next: ``stored``, or how the next write goes wrong.
    """

    def __init__(self, store: object) -> None:
        self._store = store
        self.next = "stored"

    def __getattr__(self, name: str) -> Any:
        """Give an operation of the store."""

        def call(*args: Any, **kwargs: Any) -> Any:
            fate = self.next if name in WRITES else "stored"
            if fate == "refused":
                raise BadValue("comment_too_long", field="comment", length=501, limit=500)
            if fate == "unforeseen":
                raise ZeroDivisionError
            if fate == "away":
                raise DatabaseUnreachable("database_unreachable")
            result = getattr(self._store, name)(*args, **kwargs)
            if fate == "answer lost":
                raise DatabaseUnreachable("database_unreachable")
            return result

        return call


def fated(page: Page) -> Fate:
    """Put the page's database under the test's will."""
    fate = Fate(page.company.store)
    page.desk.store = fate  # type: ignore[assignment]
    return fate


def answer(page: Page, count: int = 1) -> None:
    """Let so many answers come, in the order in which they were asked for."""
    for _ in range(count):
        jobs = page.tasks.held
        if jobs:
            jobs.pop(0)()


def pins(page: Page) -> list[str]:
    """Give the stored PINs, oldest first."""
    return [entry.client_pin for entry in page.company.anna.everything()]


def marks(page: Page) -> list[Mark]:
    """Give how the rows are marked, from top to bottom."""
    return [row.mark for row in page.view.table.rows]


def save(page: Page, **fields: object) -> None:
    """Type a form and save it."""
    page.fill(**fields)
    page.presenter.form.save()


def test_the_form_is_free_and_the_row_in_sight_before_the_database_has_answered(page: Page) -> None:
    """Saving empties the form; group, manager and day stay, and the row says that it is being saved."""
    page.tasks.hold()
    save(page, comment="звонить")
    assert page.view.form.values == EMPTY
    assert page.view.form.focused == "client_pin"
    (row,) = page.view.table.rows
    assert row.mark is Mark.SAVING
    assert row.cells[:5] == ("", NORTH, PETR, "0042", "1\u00a0500,50\u00a0RUB")
    assert row.cells[7] == "… сохраняется"
    assert page.presenter.has_unsaved()
    page.tasks.release()
    assert marks(page) == [Mark.EXPECTED]
    assert not page.presenter.has_unsaved()


def test_what_is_typed_during_the_wait_stays_with_the_cursor(page: Page) -> None:
    """However many saves are answered meanwhile, the next entry is typed on undisturbed."""
    page.tasks.hold()
    save(page, client_pin="1")
    save(page, client_pin="2")
    page.view.form.values = replace(EMPTY, client_pin="3", comment="начато")
    page.view.form.focused = "comment"
    page.tasks.release()
    assert page.view.form.values == replace(EMPTY, client_pin="3", comment="начато")
    assert page.view.form.focused == "comment"
    assert pins(page) == ["1", "2"]


def test_saving_twice_in_a_row_saves_once_and_blames_nothing(page: Page) -> None:
    """A second Ctrl+Enter right behind the first finds an empty form and leaves it at that."""
    page.tasks.hold()
    save(page)
    page.presenter.form.save()
    page.tasks.release()
    page.presenter.form.save()
    assert pins(page) == ["0042"]
    assert page.view.form.errors == {}


def test_two_equal_entries_that_were_both_typed_are_both_stored(page: Page) -> None:
    """The same client may promise the same sum twice."""
    page.tasks.hold()
    save(page)
    save(page)
    page.tasks.release()
    assert pins(page) == ["0042", "0042"]


def test_a_refused_entry_comes_back_into_an_empty_form(page: Page) -> None:
    """As it was typed, with the reason under its field; the cursor stays where the person has it."""
    page.tasks.hold()
    fate = fated(page)
    fate.next = "refused"
    save(page, comment=" раз ")
    page.view.form.focused = "elsewhere"
    answer(page)
    assert page.view.form.values == FormValues(NORTH, PETR, "0042", "1500,50", "25.03.2026", comment=" раз ")
    assert set(page.view.form.errors) == {"comment"}
    assert page.view.form.focused == "elsewhere"
    assert page.view.table.rows == []
    fate.next = "stored"
    page.presenter.form.save()
    page.tasks.release()
    assert pins(page) == ["0042"]


@pytest.mark.parametrize("field", ["client_pin", "comment", "manager", "pay_by"])
def test_a_refused_entry_stays_in_its_row_if_anything_was_typed_since(page: Page, field: str) -> None:
    """Also another manager or day is the beginning of the next entry, which nothing may overwrite."""
    page.tasks.hold()
    fated(page).next = "refused"
    save(page, comment="раз")
    begun = replace(EMPTY, **{field: MARIA if field == "manager" else "26.03.2026"})
    page.view.form.values = begun
    answer(page)
    assert page.view.form.values == begun
    assert page.view.form.errors == {}
    (row,) = page.view.table.rows
    assert row.mark is Mark.NOT_STORED
    assert row.cells[7].startswith("⚠ не сохранено: ")
    assert row.cells[-1] == "раз"
    assert "Enter" in page.view.said
    assert page.presenter.has_unsaved()


def refused_row(page: Page) -> Fate:
    """Let an entry be refused while the next one is typed."""
    page.tasks.hold()
    fate = fated(page)
    fate.next = "refused"
    save(page, comment="раз")
    page.view.form.values = replace(EMPTY, client_pin="9")
    answer(page)
    fate.next = "stored"
    page.tasks.release()
    page.view.table.chosen = page.view.table.ids()
    return fate


def test_a_refused_row_is_put_right_in_the_form(page: Page) -> None:
    """What stands there is asked about first; the mended entry is the same one and stored once."""
    refused_row(page)
    page.view.yes = False
    page.presenter.edit_selected()
    assert page.view.form.values.client_pin == "9"
    assert marks(page) == [Mark.NOT_STORED]
    page.view.yes = True
    page.presenter.edit_selected()
    assert page.view.form.values.comment == "раз"
    assert set(page.view.form.errors) == {"comment"}
    assert page.view.table.rows == []
    page.view.form.values = replace(page.view.form.values, comment="два")
    page.presenter.form.save()
    assert [entry.comment for entry in page.company.anna.everything()] == ["два"]


def test_a_refused_row_is_given_up_only_after_a_question(page_with_outbox: Page) -> None:
    """No keeps it; yes takes it away here and from this computer."""
    page = page_with_outbox
    refused_row(page)
    page.view.yes = False
    page.presenter.delete_selected()
    assert marks(page) == [Mark.NOT_STORED]
    assert "0042" in page.view.questions[-1]
    page.view.yes = True
    page.presenter.delete_selected()
    assert page.view.table.rows == []
    assert page.desk.outbox is not None
    assert page.desk.outbox.pending() == ()


def test_a_refused_row_can_be_sent_again_as_it_is(page: Page) -> None:
    """Once the hindrance is gone."""
    refused_row(page)
    page.presenter.mending.again(page.view.table.ids())
    assert [entry.comment for entry in page.company.anna.everything()] == ["раз"]
    assert marks(page) == [Mark.EXPECTED]
    assert page.view.form.values.client_pin == "9"


def test_a_success_does_not_hide_the_sentence_about_a_refusal(page: Page) -> None:
    """The banner stays until the person has seen it; what was stored is noted beside it."""
    refused_row(page)
    said = page.view.said
    save(page, client_pin="10")
    assert page.view.said == said
    assert "1 наработка" in page.view.noted


def test_a_lost_answer_does_not_leave_a_row_beside_the_stored_one(page: Page) -> None:
    """Where the entry turns out to be stored, its row of a refused one goes by itself."""
    page.tasks.hold()
    fated(page).next = "answer lost"
    save(page)
    page.view.form.values = replace(EMPTY, client_pin="9")
    page.tasks.release()
    page.tick()
    assert pins(page) == ["0042"]
    assert marks(page) == [Mark.EXPECTED]


def test_a_change_is_marked_on_its_row_until_it_is_stored(page: Page) -> None:
    """The row shows what it will be; a second change of it waits until the first is answered."""
    number = page.add()
    page.presenter.edit_number(str(number))
    page.tasks.hold()
    page.view.form.values = replace(page.view.form.values, comment="новое")
    page.presenter.form.save()
    assert marks(page) == [Mark.SAVING]
    assert page.view.table.column(EntrySort.COMMENT) == ["новое"]
    page.view.table.chosen = [number]
    page.presenter.actions.mark(Status.EXPECTED)
    page.presenter.edit_selected()
    assert "сохраняется" in page.view.said
    assert page.view.form.is_new
    page.tasks.release()
    assert marks(page) == [Mark.EXPECTED]
    assert page.company.anna.everything()[0].version == 2


def test_somebody_elses_change_opens_nothing_under_the_hands(page: Page) -> None:
    """The answer marks the row; the other's change is shown when the person opens the row."""
    number = page.add()
    page.presenter.edit_number(str(number))
    page.view.form.values = replace(page.view.form.values, comment="моё")
    page.company.anna.update(page.company.anna.everything()[0], comment="чужое")
    page.tasks.hold()
    page.presenter.form.save()
    page.view.form.values = replace(EMPTY, client_pin="9")
    page.tasks.release()
    assert page.view.conflict is None
    assert page.view.form.values == replace(EMPTY, client_pin="9")
    assert marks(page) == [Mark.NOT_STORED]


def test_a_mark_that_was_refused_keeps_day_and_amount(page: Page) -> None:
    """Put right in the form, the payment has still the day and the amount that were typed for it."""
    number = page.add()
    page.view.table.chosen = [number]
    page.view.reply, page.view.keeps_rest = ("18.03.2026", "1400"), False
    fate = fated(page)
    fate.next = "refused"
    page.presenter.actions.mark(Status.PAID)
    assert marks(page) == [Mark.NOT_STORED]
    fate.next = "stored"
    page.presenter.edit_selected()
    assert page.view.form.values.status is Status.PAID
    page.presenter.form.save()
    (entry,) = page.company.anna.everything()
    assert (entry.status, str(entry.paid_amount)) == (Status.PAID, "1400.00")


def test_the_next_number_to_delete_is_not_wiped_by_an_answer(page: Page) -> None:
    """The field is emptied when the deletion is asked for, not when it is answered."""
    number = page.add()
    page.view.panel.number = str(number)
    page.presenter.actions.look()
    page.tasks.hold()
    page.presenter.actions.delete()
    assert page.view.panel.number == ""
    page.view.panel.number = "12"
    page.tasks.release()
    assert page.view.panel.number == "12"
    assert str(number) in page.view.panel.undo


def test_an_undo_that_was_refused_is_offered_again(page: Page) -> None:
    """Bringing back is possible once the database answers again."""
    number = page.add()
    page.view.panel.number = str(number)
    page.presenter.actions.look()
    page.presenter.actions.delete()
    fate = fated(page)
    fate.next = "away"
    page.presenter.undo.undo()
    assert str(number) in page.view.panel.undo
    fate.next = "stored"
    page.presenter.undo.undo()
    assert pins(page) == ["0042"]


def test_an_entry_that_comes_late_does_not_enter_a_form_that_went_on(page: Page) -> None:
    """Who typed meanwhile is told, and asked nothing."""
    number = page.add()
    page.tasks.hold()
    page.presenter.edit_number(str(number))
    page.view.form.values = replace(EMPTY, client_pin="9")
    page.tasks.release()
    assert page.view.form.values == replace(EMPTY, client_pin="9")
    assert page.view.questions == []
    assert str(number) in page.view.said


def test_a_history_that_comes_late_opens_no_window_under_the_hands(page: Page) -> None:
    """Who has gone on is told how to see it; who has waited sees it."""
    page.view.table.chosen = [page.add()]
    page.tasks.hold()
    page.presenter.actions.show_history()
    page.view.form.focused = "comment"
    answer(page, 9)
    assert page.view.history == []
    assert "F3" in page.view.said
    page.presenter.actions.show_history()
    page.tasks.release()
    assert page.view.history


def test_a_jump_that_is_answered_late_chooses_no_row_over_the_persons_own(page: Page) -> None:
    """Else F6 would mark a row that nobody meant."""
    first, second = page.add(client_pin="1"), page.add(client_pin="2")
    page.tasks.advance(1000)
    entry = page.company.anna.everything()[0]
    page.presenter.table._loaded.remove(first)  # as if it was on a later page
    page.tasks.hold()
    page.presenter.jump_to(entry)
    page.view.table.chosen = [second]
    page.tasks.release()
    assert page.view.table.chosen == [second]


def test_groups_that_come_late_leave_what_is_typed(company: Company, clock: Clock) -> None:
    """A manager half typed before the groups were known is still there, as is a chosen group."""
    page = open_page(company, clock)
    half = FormValues(COUNTED, "Оле", "00", "", "")
    page.view.form.values = half
    page.presenter.form.set_groups(page.presenter.form.groups)
    assert page.view.form.values == half


def test_a_group_whose_pause_comes_late_leaves_the_manager_that_is_being_typed(page: Page) -> None:
    """Half a name is no manager of another group."""
    page.fill(manager="Пё")
    page.presenter.form.group_typed()
    assert page.view.form.values.manager == "Пё"


def test_a_new_day_leaves_the_number_that_is_being_typed(page: Page, clock: Clock) -> None:
    """The day of entry changes at midnight, the field for a number does not."""
    page.view.form.number = "12"
    page.presenter.form.show_day()
    assert page.view.form.number == "12"


def test_a_hint_that_failed_late_does_not_take_away_that_of_another_pin(page: Page) -> None:
    """Only the answer about the PIN that stands there counts."""
    page.add(client_pin="1")
    page.fill(client_pin="1")
    page.presenter.form.check("client_pin")
    shown = page.view.form.pin_hint
    page.tasks.hold()
    page.cable.pulled = True
    page.fill(client_pin="2")
    page.presenter.form.check("client_pin")
    page.fill(client_pin="1")
    page.tasks.release()
    assert page.view.form.pin_hint == shown != ""


def test_what_has_no_answer_when_the_window_goes_is_sent_by_the_next(
    page_with_outbox: Page, company: Company, clock: Clock, tmp_path: Path
) -> None:
    """Three saves behind a database that hangs are kept on leaving, and stored once by the next window."""
    page = page_with_outbox
    page.tasks.hold()
    for pin in ("1", "2", "3"):
        save(page, client_pin=pin)
    assert page.presenter.has_unsaved()
    assert page.presenter.keep_pending() == 0
    page.presenter.stop()
    late = page.tasks.held or []
    again = open_page(
        company, clock, Outbox(tmp_path / "outbox", "sqlite:///company.sqlite", company.anna.lead_id, ANNA)
    )
    again.tick()
    assert pins(page) == ["1", "2", "3"]
    for job in late:  # the old window's thread lives on for a moment
        job()
    again.tick()
    assert pins(page) == ["1", "2", "3"]
    assert again.view.kept_text == ""


def test_what_was_refused_when_the_window_goes_waits_for_a_decision_in_the_next(
    page_with_outbox: Page, company: Company, clock: Clock, tmp_path: Path
) -> None:
    """Also if the answer came when nobody was there to take it, or the computer crashed."""
    page = page_with_outbox
    refused_row(page)
    assert page.view.kept_text == ""
    fated(page).next = "refused"
    page.tasks.hold()
    save(page, client_pin="7")
    late = page.tasks.held or []
    for job in late:
        job()
    again = open_page(
        company, clock, Outbox(tmp_path / "outbox", "sqlite:///company.sqlite", company.anna.lead_id, ANNA)
    )
    again.tick()
    assert again.view.kept_text == "отклонено: 2"
    assert pins(page) == []


def test_what_cannot_be_kept_when_the_window_goes_is_counted(page: Page) -> None:
    """Without a place on this computer the person is asked before anything is lost."""
    page.tasks.hold()
    save(page, client_pin="1")
    save(page, client_pin="2")
    assert page.presenter.keep_pending() == 2


def test_a_kept_write_is_not_opened_over_what_is_typed_without_asking(
    page_with_outbox: Page, clock: Clock
) -> None:
    """No means no: the form keeps what was typed, the list keeps the write."""
    page = page_with_outbox
    refused_row(page)
    page.view.form.values = EMPTY
    page.presenter.edit_selected()
    assert page.desk.outbox is not None
    (kept,) = page.desk.outbox.pending()
    page.presenter.stop()
    again = open_page(page.company, clock, page.desk.outbox)
    again.fill(client_pin="9")
    again.presenter.show_kept()
    assert again.view.kept.presenter is not None
    again.view.yes = False
    again.view.kept.presenter.mend(kept.write.op_id)
    assert again.view.form.values.client_pin == "9"
    assert len(page.desk.outbox.pending()) == 1


def test_an_entry_of_today_that_is_answered_tomorrow_is_not_lost(page: Page, clock: Clock) -> None:
    """It waited over midnight: refused since its day has passed, it is back in the form, to be put right."""
    page.tasks.hold()
    save(page, pay_by="18.03.2026")
    clock.now += timedelta(days=1)
    page.desk.token = sign_in(page.company.store, ANNA, page.company.anna.key).token
    page.tasks.release()
    assert page.view.form.values.client_pin == "0042"
    assert set(page.view.form.errors) == {"pay_by"}


def test_pasted_rows_go_over_into_the_table_at_once(page: Page) -> None:
    """The preview waits for no answer; what the database refuses stands in the table, not in the form."""
    page.presenter.paste(
        f"{PETR}\t1\t5\t30.03.2026\n{MARIA}\t2\t6\t30.03.2026\n{PETR}\t3\t1,234\t30.03.2026\n"
    )
    paste = page.view.paste.presenter
    assert paste is not None
    rows = [row for row in ROSTER if row.manager != MARIA]
    page.company.store.apply_roster(rows, "admin")
    page.tasks.hold()
    paste.save()
    assert set(page.view.paste.rows) == {3}
    assert marks(page) == [Mark.SAVING, Mark.SAVING]
    paste.set_cell(3, "amount", "7")
    page.tasks.release()
    assert pins(page) == ["1"]
    assert marks(page) == [Mark.NOT_STORED, Mark.EXPECTED]
    assert page.view.paste.rows[3].cells[3] == "7"
    assert not page.view.paste.closed
    assert page.view.form.values.client_pin == ""


def test_the_only_group_is_chosen_and_the_form_is_still_empty(company: Company, clock: Clock) -> None:
    """What the program fills in by itself does not count as typed: a refused entry comes back."""
    company.store.apply_roster([RosterRow(ANNA, NORTH, PETR, "RUB")], "admin")
    page = open_page(company, clock)
    assert page.view.form.values.group == NORTH
    assert page.presenter.form.is_untouched()


class Story:
    """A person at work while answers come in any order of success and failure.

    Args:
        page: The page.
        seed: Of what happens.
    """

    def __init__(self, page: Page, seed: int) -> None:
        self.page = page
        self.chance = random.Random(seed)
        self.fate = fated(page)
        self.number = 0
        self.wanted: set[str] = set()
        page.tasks.hold()

    def word(self) -> str:
        """Give a text that nobody has typed before."""
        self.number += 1
        return f"текст{self.number:03d}"

    def step(self) -> None:
        """Do one thing."""
        acts: tuple[Callable[[], None], ...] = (
            self.enter, self.enter, self.change, self.twice, self.begin, self.begin, self.mend, self.again,
            self.drop, self.hear, self.hear, self.hear, self.hear, self.wait, self.refuse_mark,
        )  # fmt: skip
        self.chance.choice(acts)()

    def form(self) -> FakeForm:
        """Give the form."""
        return self.page.view.form

    def save(self) -> None:
        """Save, and remember what must not be lost from now on."""
        comment = self.form().values.comment
        self.page.presenter.form.save()
        if not self.form().errors and comment:
            self.wanted.add(comment)
            assert self.form().values.comment != comment

    def enter(self) -> None:
        """Type a new entry and save it; what was begun is finished by that."""
        if self.page.presenter.form.entry is None:
            kept = self.form().values.comment
            word = kept or self.word()
            self.page.fill(client_pin=self.word(), comment=word)
        self.save()

    def twice(self) -> None:
        """Press the key twice."""
        self.enter()
        self.page.presenter.form.save()

    def begin(self) -> None:
        """Type a few letters."""
        values = self.form().values
        self.form().values = replace(values, comment=values.comment or self.word())
        self.form().focused = self.chance.choice(["comment", "amount", "elsewhere"])

    def change(self) -> None:
        """Open a stored row in the form, unless something stands there, and change it."""
        rows = [row for row in self.page.view.table.ids() if row > 0]
        if rows and self.page.presenter.form.is_untouched():
            self.page.view.table.chosen = [self.chance.choice(rows)]
            self.page.view.yes = False
            self.page.presenter.edit_selected()
            if self.page.presenter.form.entry is not None and self.page.presenter.form._mended is None:
                self.form().values = replace(self.form().values, comment=self.word())
                self.save()

    def refuse_mark(self) -> None:
        """Mark a row as refused or as expected again."""
        rows = [row for row in self.page.view.table.ids() if row > 0]
        if rows:
            self.page.view.table.chosen = [self.chance.choice(rows)]
            self.page.view.reply = ("18.03.2026", "")
            self.page.presenter.actions.mark(self.chance.choice([Status.REFUSED, Status.EXPECTED]))

    def refused(self) -> list[int]:
        """Give the rows that wait for a decision."""
        return [row.entry_id for row in self.page.view.table.rows if row.mark is Mark.NOT_STORED]

    def mend(self) -> None:
        """Open a refused row; the form is not given up for it. A conflict is done again."""
        if rows := self.refused():
            self.page.view.table.chosen = [self.chance.choice(rows)]
            self.page.view.yes = False
            self.page.view.again = lambda: None
            self.page.presenter.edit_selected()
            self.page.view.again()
            if self.page.presenter.form._mended is not None:
                self.save()

    def again(self) -> None:
        """Send all refused rows again."""
        self.page.presenter.mending.again(self.refused())

    def drop(self) -> None:
        """Say no to giving a row up."""
        self.page.view.yes = False
        self.page.presenter.mending.drop(self.refused())

    def wait(self) -> None:
        """Let time pass: polls, readings again."""
        self.page.tasks.advance(self.chance.choice([300, 6_000, 70_000]))

    def hear(self) -> None:
        """Let one answer come; it moves no cursor and no typed letter."""
        self.fate.next = self.chance.choice(
            ["stored", "stored", "stored", "refused", "away", "answer lost", "unforeseen", "other first"]
        )
        if self.fate.next == "other first":
            entries = self.page.company.anna.everything()
            if entries:
                self.page.company.anna.update(self.chance.choice(entries), client_pin=self.word())
            self.fate.next = "stored"
        untouched = self.page.presenter.form.is_untouched()
        before, cursor = self.form().values, self.form().focused
        answer(self.page)
        self.fate.next = "stored"
        assert untouched or self.form().values == before
        assert self.form().focused == cursor

    def end(self) -> None:
        """Let all that is under way come to its end."""
        for _ in range(40):
            self.page.tasks.advance(70_000)
            while self.page.tasks.held:
                answer(self.page)

    def where(self) -> Iterator[tuple[str, str]]:
        """Give each text with the place where it is."""
        anna = self.page.company.anna
        for entry in anna.everything():
            yield entry.comment, "stored"
            for version in anna.store.list_entry_history(anna.token, entry.entry_id):
                for change in version.changes:
                    yield str(change.old), "history"
        for row in self.page.view.table.rows:
            if row.mark is Mark.NOT_STORED:
                yield row.cells[-1], "row"
        yield self.form().values.comment, "form"
        outbox = self.page.desk.outbox
        for kept in () if outbox is None else outbox.pending():
            assert kept.refusal is not None, "it still waits"
            if isinstance(kept.write, Add | Update):
                yield kept.write.draft.comment, "refused list"


@pytest.mark.parametrize("with_outbox", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_answers_nothing_is_lost_or_doubled(
    company: Company, clock: Clock, tmp_path: Path, seed: int, with_outbox: bool
) -> None:
    """Every text that was saved is stored, or stands refused before the person; no entry is doubled."""
    outbox = (
        Outbox(tmp_path / "outbox", "sqlite:///company.sqlite", company.anna.lead_id, ANNA)
        if with_outbox
        else None
    )
    story = Story(open_page(company, clock, outbox), seed)
    for _ in range(120):
        story.step()
    story.end()
    found = list(story.where())
    lost = story.wanted - {text for text, _place in found}
    assert not lost
    comments = [text for text, place in found if place == "stored" and text]
    assert len(comments) == len(set(comments))
    assert Mark.SAVING not in marks(story.page)
