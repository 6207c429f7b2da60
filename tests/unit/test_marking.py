"""What F6 and F7 ask: what came and whether the rest stays expected, and why a client refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.company import COUNTED, OLEG, PETR
from mini_crm.domain.model import Entry, Status
from unit.entries_page import Page, clock, company, page, page_with_outbox
from unit.test_entries_pending import fated
from unit.test_entries_presenter import bring

__all__ = ["clock", "company", "page", "page_with_outbox"]


def pay(page: Page, number: int, came: str, keeps_rest: bool | None) -> None:
    """Mark a row as paid today, and answer what is to become of the rest."""
    page.view.table.chosen = [number]
    page.view.reply, page.view.keeps_rest = ("18.03.2026", came), keeps_rest
    page.presenter.actions.mark(Status.PAID)


def rests(page: Page, number: int) -> list[Entry]:
    """Give the entries that are the rest of another one."""
    return [entry for entry in page.company.anna.everything() if entry.rest_of == number]


def test_the_rest_stays_expected(page: Page) -> None:
    """It is an open entry of today with the same promise, PIN and manager, and what came is noted."""
    number = page.add(comment="договор 7")
    pay(page, number, "1400", True)
    paid, rest = page.company.anna.everything()
    assert (paid.status, paid.paid_amount) == (Status.PAID, Decimal("1400.00"))
    assert (rest.status, rest.amount, rest.rest_of) == (Status.EXPECTED, Decimal("100.50"), number)
    assert rest.entered_on == page.company.today
    assert (rest.pay_by, rest.client_pin, rest.manager_id) == (paid.pay_by, paid.client_pin, paid.manager_id)
    page.tasks.advance(1_000)
    assert set(page.view.table.ids()) == {number, rest.entry_id}


def test_the_rest_is_not_expected(page: Page) -> None:
    """Then nothing but the payment is noted."""
    number = page.add()
    pay(page, number, "1400", False)
    (entry,) = page.company.anna.everything()
    assert (entry.status, entry.paid_amount) == (Status.PAID, Decimal("1400.00"))


def test_going_back_from_the_question_notes_nothing(page: Page) -> None:
    """Who closes the question about the rest is still asked for the payment; it names the sums."""
    number = page.add()
    pay(page, number, "1400", None)
    assert page.company.anna.everything()[0].status is Status.EXPECTED
    (question,) = page.view.status_errors.values()
    for amount in ("1\u00a0400", "1\u00a0500,50", "100,50"):
        assert amount in question


@pytest.mark.parametrize("came", ["1500,50", "2000"])
def test_all_or_more_leaves_no_rest(page: Page, came: str) -> None:
    """Nothing is asked then."""
    number = page.add()
    pay(page, number, came, True)
    assert page.view.status_errors == {}
    assert len(page.company.anna.everything()) == 1


def test_a_part_that_was_noted_before_leaves_no_second_rest(page: Page) -> None:
    """Correcting what came is no other payment; after one that was noted as whole it is asked."""
    number = page.add()
    pay(page, number, "1500,50", None)
    pay(page, number, "1400", True)
    assert [rest.amount for rest in rests(page, number)] == [Decimal("100.50")]
    pay(page, number, "1300", True)
    assert [rest.amount for rest in rests(page, number)] == [Decimal("100.50")]
    paid = page.company.anna.everything()[0]
    assert paid.paid_amount == Decimal("1300.00")


def test_pieces_have_a_rest_too(page: Page) -> None:
    """In a group that counts pieces."""
    number = page.add(group=COUNTED, manager=OLEG, amount="10")
    pay(page, number, "4", True)
    assert [rest.amount for rest in rests(page, number)] == [Decimal("6.00")]


def test_a_rest_in_the_outbox_is_stored_once(page_with_outbox: Page) -> None:
    """A payment that waited for the database brings its rest, and no second one."""
    page = page_with_outbox
    number = page.add()
    page.cable.answers_lost = True
    pay(page, number, "1400", True)
    page.cable.answers_lost = False
    page.tasks.advance(60_000)
    assert len(rests(page, number)) == 1
    assert page.view.kept_text == ""


def test_a_payment_put_right_in_the_form_keeps_its_rest(page: Page) -> None:
    """Refused at first, then saved from the form: the rest is still expected."""
    number = page.add()
    fate = fated(page)
    fate.next = "refused"
    pay(page, number, "1400", True)
    fate.next = "stored"
    page.presenter.edit_selected()
    page.presenter.form.save()
    assert [rest.amount for rest in rests(page, number)] == [Decimal("100.50")]


def test_a_payment_on_top_of_anothers_change_keeps_its_rest(page: Page) -> None:
    """Doing the own change again does all of it."""
    number = page.add()
    other = page.company.anna.window("PC-8")
    other.update(other.everything()[0], comment="чужое")
    pay(page, number, "1400", True)
    page.presenter.edit_selected()
    assert page.view.conflict is not None
    page.view.again()
    assert [rest.amount for rest in rests(page, number)] == [Decimal("100.50")]
    assert other.everything()[0].comment == "чужое"


def test_a_payment_on_top_of_a_smaller_amount_has_no_rest(page: Page) -> None:
    """If somebody lowered the amount meanwhile to what came, there is nothing left to expect."""
    number = page.add()
    other = page.company.anna.window("PC-8")
    other.update(other.everything()[0], amount=Decimal("1400.00"))
    pay(page, number, "1400", True)
    page.presenter.edit_selected()
    page.view.again()
    (entry,) = page.company.anna.everything()
    assert entry.status is Status.PAID


def refuse(page: Page, reason: str, *numbers: int) -> None:
    """Mark rows as refused today."""
    page.view.table.chosen = list(numbers)
    page.view.reply = ("18.03.2026", "", reason)
    page.presenter.actions.mark(Status.REFUSED)


def test_a_refusal_has_its_reason(page: Page) -> None:
    """It is stored with the row, offered the next time, and may stay empty."""
    first, second = page.add(client_pin="1"), page.add(client_pin="2")
    refuse(page, "", first)
    refuse(page, "  Ушли   к другим ", second)
    assert [entry.reason for entry in page.company.anna.everything()] == ["", "Ушли к другим"]
    page.view.reply = None
    page.presenter.actions.mark(Status.REFUSED)
    assert page.view.status_question is not None
    assert page.view.status_question.asks_reason
    assert page.view.status_question.reasons == ("Ушли к другим",)
    assert page.view.status_question.reason == "Ушли к другим"


def test_a_payment_is_asked_no_reason(page: Page) -> None:
    """Nor is what came asked of a refusal."""
    number = page.add()
    pay(page, number, "1500,50", None)
    question = page.view.status_question
    assert question is not None
    assert (question.asks_reason, question.amount) == (False, "1500,50")
    refuse(page, "", number)
    question = page.view.status_question
    assert (question.asks_reason, question.amount) == (True, None)


def test_a_reason_that_is_too_long_is_said_beside_it(page: Page) -> None:
    """100 characters fit, one more does not, and nothing is stored then."""
    number = page.add()
    refuse(page, "я" * 101, number)
    assert set(page.view.status_errors) == {"reason"}
    assert page.company.anna.everything()[0].status is Status.EXPECTED
    refuse(page, "я" * 100, number)
    assert page.company.anna.everything()[0].reason == "я" * 100


def test_one_reason_for_many_rows(page: Page) -> None:
    """An empty one leaves the reasons that some of them have already."""
    first, second = page.add(client_pin="1"), page.add(client_pin="2")
    refuse(page, "Дорого", first)
    refuse(page, "", first, second)
    assert [entry.reason for entry in page.company.anna.everything()] == ["Дорого", ""]
    refuse(page, "Нет денег", first, second)
    assert [entry.reason for entry in page.company.anna.everything()] == ["Нет денег", "Нет денег"]


def test_a_reason_goes_when_the_row_is_expected_again(page: Page) -> None:
    """And a comment that is changed in the form leaves it."""
    number = page.add()
    refuse(page, "Дорого", number)
    page.view.table.chosen = [number]
    page.presenter.edit_selected()
    page.fill(comment="перезвонить", status=Status.REFUSED)
    page.presenter.form.save()
    (entry,) = page.company.anna.everything()
    assert (entry.reason, entry.comment) == ("Дорого", "перезвонить")
    page.presenter.actions.mark(Status.EXPECTED)
    (entry,) = page.company.anna.everything()
    assert (entry.status, entry.reason) == (Status.EXPECTED, "")


def test_a_closed_row_proposes_its_own_day(page: Page) -> None:
    """Marking it again, such as for a reason, does not move its day to today."""
    entry = page.company.anna.add(page.company.petr)
    page.tick()
    page.view.table.chosen = [entry.entry_id]
    page.view.reply = ("18.03.2026", "", "")
    page.presenter.actions.mark(Status.REFUSED)
    page.view.reply = None
    page.presenter.actions.mark(Status.REFUSED)
    assert page.view.status_question is not None
    assert page.view.status_question.day == "18.03.2026"


@pytest.mark.parametrize(("typed", "days"), [("вчера", -1), ("пн", -2), ("16", -2), ("-1", -1), ("+0", 0)])
def test_a_day_of_payment_is_typed_short(page: Page, typed: str, days: int) -> None:
    """On Wednesday, 18 March: the last such day."""
    entry = bring(page.company.anna, PETR, page.company.day(-9))
    page.tick()
    page.view.table.chosen = [entry.entry_id]
    page.view.reply = (typed, "100")
    page.presenter.actions.mark(Status.PAID)
    assert page.company.anna.get(entry).status_on == page.company.day(days)
