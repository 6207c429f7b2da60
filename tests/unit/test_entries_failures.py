"""The entry page when something goes wrong: database gone, somebody else first, session over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from contract.company import ANNA, MARIA, NORTH, PETR, ROSTER, Company, sign_in
from mini_crm.domain.model import EntrySort, Status
from mini_crm.ui.entries.draft import FormValues
from mini_crm.usecases.outbox import Outbox
from unit.entries_page import Clock, Page, clock, company, open_page, page, page_with_outbox

__all__ = ["clock", "company", "page", "page_with_outbox"]


def test_without_an_outbox_the_form_is_kept_until_it_is_stored_once(page: Page) -> None:
    """An answer that got lost is asked for again with the same operation: one entry, not two."""
    page.fill()
    page.cable.answers_lost = True
    page.presenter.form.save()
    assert page.view.form.values.client_pin == "0042"
    assert page.view.said_error
    page.cable.answers_lost = False
    page.presenter.form.save()
    assert len(page.company.anna.everything()) == 1
    assert page.view.form.values.client_pin == ""


def test_an_error_goes_when_its_cause_has_gone(page: Page) -> None:
    """What the lost database led to is taken back at once when it answers; a refused entry stays told."""
    page.cable.pulled = True
    page.presenter.refresh()
    page.cable.pulled = False
    page.view.over.clear()
    page.tasks.advance(60_000)
    assert page.view.over[0] is True
    page.fill()
    page.company.store.apply_roster([row for row in ROSTER if row.manager != PETR], "test")
    page.presenter.form.save()
    assert page.view.said_error
    page.view.over.clear()
    page.tasks.advance(60_000)
    assert page.view.over == []


def test_a_changed_form_after_a_lost_answer_is_not_stored_twice(page: Page) -> None:
    """If the first one was stored after all, another amount does not make a second entry."""
    page.fill()
    page.cable.answers_lost = True
    page.presenter.form.save()
    page.cable.answers_lost = False
    page.fill(amount="9")
    page.presenter.form.save()
    assert len(page.company.anna.everything()) == 1
    assert page.view.said_error


def test_with_an_outbox_the_write_waits_and_is_sent_later(page_with_outbox: Page) -> None:
    """The form is free at once, the count stands in sight, and the entry is stored once it can be."""
    page = page_with_outbox
    page.fill()
    page.cable.pulled = True
    page.presenter.form.save()
    assert page.view.form.values.client_pin == ""
    assert page.view.kept_text == "ждут отправки: 1"
    assert page.company.anna.everything() == ()
    page.cable.pulled = False
    page.tasks.advance(60_000)
    assert [entry.client_pin for entry in page.company.anna.everything()] == ["0042"]
    assert page.view.kept_text == ""
    assert page.view.table.column(EntrySort.CLIENT_PIN) == ["0042"]


def test_many_rows_try_a_lost_database_once_and_are_all_kept(
    page_with_outbox: Page, company: Company, clock: Clock, tmp_path: Path
) -> None:
    """Marking many rows waits for the lost database once; all wait, also over a restart of the program."""
    page = page_with_outbox
    numbers = [page.add(client_pin=str(pin)) for pin in range(4)]
    page.view.table.chosen = numbers
    page.view.reply = ("18.03.2026", "")
    page.cable.pulled = True
    page.cable.calls.clear()
    page.presenter.actions.mark(Status.REFUSED)
    assert len(page.cable.calls) == 1
    assert page.view.kept_text == "ждут отправки: 4"
    page.presenter.stop()
    again = open_page(
        company, clock, Outbox(tmp_path / "outbox", "sqlite:///company.sqlite", company.anna.lead_id, ANNA)
    )
    again.tick()
    assert again.view.kept_text == ""
    assert {entry.status for entry in company.anna.everything()} == {Status.REFUSED}


def test_many_rows_are_kept_when_the_session_ends_and_the_lead_leaves(
    page_with_outbox: Page, company: Company, clock: Clock, tmp_path: Path
) -> None:
    """All marks of a lead who does not sign in again wait, and are stored at the next start."""
    page = page_with_outbox
    numbers = [page.add(client_pin=str(pin)) for pin in range(4)]
    page.view.table.chosen = numbers
    page.view.reply = ("18.03.2026", "")
    page.desk.token = sign_in(company.store, ANNA, company.anna.key).token
    company.store.sign_out(page.desk.token)
    page.presenter.actions.mark(Status.REFUSED)
    page.presenter.stop()
    assert {entry.status for entry in company.anna.everything()} == {Status.EXPECTED}
    again = open_page(
        company, clock, Outbox(tmp_path / "outbox", "sqlite:///company.sqlite", company.anna.lead_id, ANNA)
    )
    again.tick()
    assert again.view.kept_text == ""
    assert {entry.status for entry in company.anna.everything()} == {Status.REFUSED}


def test_many_rows_are_stored_once_after_signing_in_again(page_with_outbox: Page, company: Company) -> None:
    """What was kept when the session ended is stored once by who signs in again, and nothing waits."""
    page = page_with_outbox
    numbers = [page.add(client_pin=str(pin)) for pin in range(4)]
    page.view.table.chosen = numbers
    page.view.reply = ("18.03.2026", "")
    page.desk.token = sign_in(company.store, ANNA, company.anna.key).token
    company.store.sign_out(page.desk.token)

    def sign_in_again(then: Callable[[], None]) -> None:
        page.desk.token = company.anna.token
        then()

    page.desk.sign_in_again = sign_in_again
    page.presenter.actions.mark(Status.REFUSED)
    page.tasks.advance(60_000)
    assert page.view.kept_text == ""
    assert {(entry.status, entry.version) for entry in company.anna.everything()} == {(Status.REFUSED, 2)}


def test_many_rows_try_a_lost_database_once_without_an_outbox(page: Page) -> None:
    """Where nothing can be kept, many rows wait for the lost database once, and it is said."""
    numbers = [page.add(client_pin=str(pin)) for pin in range(4)]
    page.view.table.chosen = numbers
    page.view.reply = ("18.03.2026", "")
    page.cable.pulled = True
    page.cable.calls.clear()
    page.presenter.actions.mark(Status.REFUSED)
    assert len(page.cable.calls) == 1
    assert page.view.said_error
    assert {entry.status for entry in page.company.anna.everything()} == {Status.EXPECTED}


def test_what_is_refused_later_stays_in_sight_and_can_be_mended(
    page_with_outbox: Page, company: Company, clock: Clock
) -> None:
    """A kept entry whose day has passed meanwhile is refused, corrected in the form, and stored."""
    page = page_with_outbox
    page.fill(pay_by="18.03.2026")
    page.cable.pulled = True
    page.presenter.form.save()
    page.cable.pulled = False
    clock.now = clock.now.replace(day=19)
    again = sign_in(company.store, company.anna.name, company.anna.key)
    page.desk.token = again.token
    page.tasks.advance(60_000)
    assert page.view.kept_text == "отклонено: 1"
    page.presenter.show_kept()
    (line,) = page.view.kept.lines
    assert line.can_mend
    assert "18.03.2026" in line.state
    assert page.view.kept.presenter is not None
    page.view.kept.presenter.mend(line.op_id)
    assert page.view.form.values == FormValues(NORTH, PETR, "0042", "1500,50", "18.03.2026")
    page.view.form.values = replace(page.view.form.values, pay_by="20.03.2026")
    page.presenter.form.save()
    page.tasks.advance(60_000)
    assert [str(entry.pay_by) for entry in again.everything()] == ["2026-03-20"]
    assert page.view.kept_text == ""


def test_a_refused_write_can_be_given_up(page_with_outbox: Page, company: Company, clock: Clock) -> None:
    """Giving up takes it out of the list; nothing is stored."""
    page = page_with_outbox
    page.fill(pay_by="18.03.2026")
    page.cable.pulled = True
    page.presenter.form.save()
    page.cable.pulled = False
    clock.now = clock.now.replace(day=19)
    page.desk.token = sign_in(company.store, company.anna.name, company.anna.key).token
    page.tasks.advance(60_000)
    page.presenter.show_kept()
    assert page.view.kept.presenter is not None
    page.view.kept.presenter.drop(page.view.kept.lines[0].op_id)
    assert page.view.kept.lines == []
    assert page.view.kept_text == ""


def test_a_lost_database_is_told_with_the_time_of_the_last_good_data(page: Page, clock: Clock) -> None:
    """The page says since when, stays as it is, and comes back by itself with growing waits."""
    page.add()
    page.cable.pulled = True
    page.tick()
    assert page.view.lost
    assert "18.03.2026" in page.view.connection
    assert len(page.view.table.rows) == 1
    tries = page.cable.calls.count("list_changes") + page.cable.calls.count("get_session")
    page.tasks.advance(60_000)
    after = page.cable.calls.count("list_changes") + page.cable.calls.count("get_session")
    assert 2 <= after - tries <= 4  # 10, 20 and 40 seconds, not every 5
    page.company.anna.add(page.company.maria)
    page.cable.pulled = False
    page.tasks.advance(60_000)
    assert not page.view.lost
    assert len(page.view.table.rows) == 2


def test_the_second_of_two_is_told_who_changed_what(page: Page) -> None:
    """A change over a newer version is not stored; Enter on its row shows the other's, with old and new."""
    number = page.add()
    page.presenter.edit_number(str(number))
    page.view.form.values = replace(page.view.form.values, comment="моё")
    other = page.company.anna.window("PC-8")
    other.update(other.everything()[0], amount=Decimal(7))
    page.presenter.form.save()
    assert page.view.conflict is None
    assert page.view.said_error
    assert page.view.table.column(EntrySort.COMMENT) == ["моё"]
    page.view.table.chosen = [number]
    page.presenter.edit_selected()
    assert page.view.conflict is not None
    lines = {line.field: (line.old, line.theirs, line.mine) for line in page.view.conflict.lines}
    assert lines == {
        "Сумма": ("1\u00a0500,50", "7", "1\u00a0500,50"),
        "Комментарий": ("—", "—", "моё"),
    }
    assert [ANNA in line.who for line in page.view.conflict.lines] == [True, False]
    assert page.view.conflict.can_redo
    (entry,) = other.everything()
    assert (entry.amount, entry.comment) == (Decimal("7.00"), "")


def test_a_field_that_both_changed_is_marked(page: Page) -> None:
    """What the own change would replace, and only that; a field that both changed alike is no quarrel."""
    number = page.add()
    page.presenter.edit_number(str(number))
    typed = replace(page.view.form.values, amount="9", comment="моё", pay_by="26.03.2026")
    page.view.form.values = typed
    other = page.company.anna.window("PC-8")
    day = page.company.day(8)
    other.update(other.everything()[0], amount=Decimal("7.00"), pay_by=day, manager_id=page.company.maria)
    page.presenter.form.save()
    page.presenter.edit_number(str(number))
    assert page.view.conflict is not None
    lines = [
        (line.field, line.old, line.theirs, line.mine, line.is_overwritten)
        for line in page.view.conflict.lines
    ]
    assert lines == [
        ("Оператор", PETR, MARIA, PETR, False),
        ("Сумма", "1\u00a0500,50", "7", "9", True),
        ("Оплатит до", "25.03.2026", "26.03.2026", "26.03.2026", False),
        ("Комментарий", "—", "—", "моё", False),
    ]


def test_a_deletion_that_came_too_late_shows_what_it_would_take_away(page: Page) -> None:
    """Theirs beside the own wish to delete, which can be done all the same."""
    number = page.add()
    page.view.table.chosen = [number]
    page.presenter.actions.propose_delete()
    other = page.company.anna.window("PC-8")
    other.update(other.everything()[0], comment="чужое")
    page.presenter.actions.delete()
    page.presenter.edit_number(str(number))
    assert page.view.conflict is not None
    lines = {line.field: (line.old, line.theirs, line.mine) for line in page.view.conflict.lines}
    assert lines == {"Комментарий": ("—", "чужое", "—"), "Удалена": ("нет", "нет", "да")}
    page.view.again()
    assert other.everything() == ()


def test_the_own_change_can_be_done_again_on_top(page: Page) -> None:
    """Both changes stand then: the other's amount and the own comment."""
    test_the_second_of_two_is_told_who_changed_what(page)
    page.view.again()
    (entry,) = page.company.anna.everything()
    assert (entry.amount, entry.comment) == (Decimal("7.00"), "моё")
    assert page.view.form.is_new


def test_leaving_it_gives_the_own_change_up(page: Page) -> None:
    """The row then shows what is stored now; a form that was begun meanwhile is left alone."""
    test_the_second_of_two_is_told_who_changed_what(page)
    page.fill(client_pin="99")
    page.view.leave()
    assert page.view.table.column(EntrySort.AMOUNT) == ["7\u00a0RUB"]
    assert page.view.table.column(EntrySort.COMMENT) == [""]
    assert page.view.form.values.client_pin == "99"


def test_a_status_key_over_a_newer_version_is_no_loss(page: Page) -> None:
    """Marking a row as paid that somebody changed meanwhile asks first, then does both."""
    number = page.add()
    other = page.company.anna.window("PC-8")
    other.update(other.everything()[0], manager_id=page.company.maria)
    page.view.table.chosen = [number]
    page.view.reply = ("18.03.2026", "1500,50")
    page.presenter.actions.mark(Status.PAID)
    page.presenter.edit_selected()
    assert page.view.conflict is not None
    page.view.again()
    (entry,) = other.everything()
    assert (entry.status, entry.manager_name) == (Status.PAID, MARIA)


def test_an_entry_deleted_meanwhile_cannot_be_changed(page: Page) -> None:
    """The conflict says so and offers no repetition; the row goes when it is left."""
    number = page.add()
    page.presenter.edit_number(str(number))
    page.view.form.values = replace(page.view.form.values, comment="моё")
    other = page.company.anna.window("PC-8")
    other.delete(other.everything()[0])
    page.presenter.form.save()
    assert page.view.table.ids() == [number]
    page.presenter.edit_number(str(number))
    assert page.view.conflict is not None
    assert not page.view.conflict.can_redo
    page.view.leave()
    assert page.view.table.ids() == []
    assert page.view.form.is_new


def test_a_session_that_ended_is_renewed_and_the_write_goes_on(page: Page) -> None:
    """The row waits in the table: after signing in again the same save is done, once."""
    company = page.company
    waiting: list[Callable[[], None]] = []
    page.desk.sign_in_again = waiting.append
    page.fill()
    company.store.sign_out(company.anna.token)
    page.presenter.form.save()
    assert page.view.table.column(EntrySort.CLIENT_PIN) == ["0042"]
    assert page.presenter.has_unsaved()
    again = sign_in(company.store, company.anna.name, company.anna.key)
    page.desk.token = again.token
    for then in waiting:
        then()
    assert [entry.client_pin for entry in again.everything()] == ["0042"]
    assert not page.presenter.has_unsaved()


def test_a_manager_who_is_gone_is_said_beside_the_field(page: Page) -> None:
    """What only the database can refuse stands under the field it is about."""
    page.fill()
    rows = [row for row in ROSTER if row.manager != PETR]
    page.company.store.apply_roster(rows, "admin")
    page.presenter.form.save()
    assert "manager" in page.view.form.errors
    assert page.view.form.values.client_pin == "0042"


def test_an_older_copy_in_place_of_the_database(page_with_outbox: Page, tmp_path: Path) -> None:
    """An older copy that is put in place gets what was saved meanwhile, and the list shows it alone."""
    page, path = page_with_outbox, tmp_path / "company.sqlite"
    page.add(client_pin="early")
    page.company.store.backup(tmp_path / "copy", "test")
    page.add(client_pin="lost")
    page.add(client_pin="lost too")
    (tmp_path / "old").mkdir()
    page.company.store.close()  # else Windows would not let it be moved
    for file in tmp_path.glob("company.sqlite*"):
        file.rename(tmp_path / "old" / file.name)
    shutil.copyfile(tmp_path / "copy", path)
    page.fill(client_pin="meanwhile")
    page.presenter.form.save()
    for _ in range(3):
        page.tick()
    assert page.view.table.column(EntrySort.CLIENT_PIN) == ["meanwhile", "early"]
