"""The rest of a partial payment: a new open entry in the same write."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contract.backdoor import Backdoor
from contract.company import ALL, PETR, Company, bring
from mini_crm.domain.errors import (
    AlreadyThere,
    BadValue,
    MiniCrmError,
    NotYours,
    OperationReused,
    RuleBroken,
    StaleVersion,
)
from mini_crm.domain.model import Action, Entry, EntryDraft, Status
from mini_crm.domain.period import month_of


def part_paid(entry: Entry, came: str = "40", **fields: Any) -> EntryDraft:
    """Give the draft of a payment of a part."""
    usual = {"status": Status.PAID, "status_on": None, "paid_amount": Decimal(came)}
    return replace(entry.draft(), **(usual | fields))


def send(
    company: Company, entry: Entry, draft: EntryDraft, rest_ref: UUID | None, op_id: UUID | None = None
) -> Entry:
    """Write a payment, keeping the rest."""
    anna = company.anna
    return anna.store.update_entry(
        anna.token, op_id or uuid4(), entry.entry_id, entry.version, draft, rest_ref
    )


def rests(company: Company) -> list[Entry]:
    """Give the entries that are the rest of another."""
    return [entry for entry in company.anna.everything() if entry.rest_of is not None]


def test_the_rest_stays_expected(company: Company, backdoor: Backdoor) -> None:
    """It is entered today, open, for what did not come, with the same manager, PIN, comment and promise."""
    anna = company.anna
    entry = anna.add(company.petr, client_pin="Ёж 7", comment="две части", amount=Decimal("100.50"))
    anna.update(entry, pay_by=company.day(20))
    backdoor.let_days_pass(25)  # the promised day is past by now
    entry = anna.get(entry)
    ref = uuid4()
    paid = send(company, entry, part_paid(entry, "40.25", manager_id=company.maria), ref)
    assert (paid.status, paid.paid_amount, paid.amount) == (Status.PAID, Decimal("40.25"), Decimal("100.50"))
    assert (paid.version, paid.rest_of) == (3, None)
    (rest,) = rests(company)
    assert (rest.client_ref, rest.rest_of, rest.version) == (ref, entry.entry_id, 1)
    assert (rest.amount, rest.status, rest.status_on, rest.paid_amount) == (
        Decimal("60.25"), Status.EXPECTED, None, None,
    )  # fmt: skip
    assert (rest.manager_id, rest.client_pin, rest.comment) == (company.maria, "Ёж 7", "две части")
    assert rest.entered_on == company.today
    assert (rest.pay_by, rest.first_pay_by) == (company.day(-5), company.day(-15))
    assert rest.change_seq == paid.change_seq + 1
    assert anna.get(rest) == rest
    (made,) = anna.store.list_entry_history(anna.token, rest.entry_id)
    assert (made.action, made.changed_by, made.computer) == (Action.ADDED, anna.name, "PC-7")
    assert company.store.list_open_entries_of_pin(anna.token, "Ёж 7") == (rest,)


def test_windows_hear_of_both(company: Company) -> None:
    """The other window gets the payment and the rest with its next question."""
    entry = company.anna.add(company.petr)
    seq = company.anna.seq()
    paid = send(company, entry, part_paid(entry), uuid4())
    changes = company.store.list_changes(company.anna.window("PC-8").token, seq)
    assert changes.entries == (paid, *rests(company))
    assert changes.change_seq == company.anna.seq()


def test_a_repeated_write_makes_no_second_rest(company: Company) -> None:
    """Whoever did not get the answer sends the same again and gets what the first time gave."""
    entry, op_id, ref = company.anna.add(company.petr), uuid4(), uuid4()
    first = send(company, entry, part_paid(entry), ref, op_id)
    company.anna.update(first, comment="потом")
    assert send(company, entry, part_paid(entry), ref, op_id) == first
    assert len(rests(company)) == 1
    for other in (None, uuid4()):
        with pytest.raises(OperationReused):
            send(company, entry, part_paid(entry), other, op_id)
    assert len(rests(company)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.EXPECTED, "paid_amount": None},
        {"status": Status.REFUSED, "paid_amount": None},
        {"paid_amount": None},
        {"paid_amount": Decimal(100)},
        {"paid_amount": Decimal(101)},
    ],
    ids=["open", "refused", "paid whole", "all of it", "more"],
)
def test_where_nothing_is_left(company: Company, fields: dict[str, Any]) -> None:
    """Without a rest nothing is stored, and it is said why."""
    entry = company.anna.add(company.petr)
    with pytest.raises(RuleBroken) as caught:
        send(company, entry, part_paid(entry, **fields), uuid4())
    assert caught.value.code == "no_rest"
    assert company.anna.everything() == (entry,)


def test_the_least_rest(company: Company) -> None:
    """A hundredth is a rest; of pieces it is a piece."""
    money, pieces = company.anna.add(company.petr), company.anna.add(company.oleg, amount=Decimal(5))
    send(company, money, part_paid(money, "99.99"), uuid4())
    send(company, pieces, part_paid(pieces, "4"), uuid4())
    assert [(rest.amount, rest.unit) for rest in rests(company)] == [(Decimal("0.01"), "RUB"), (1, "pcs")]


def refused(company: Company, entry: Entry, draft: EntryDraft, ref: UUID, error: type[MiniCrmError]) -> str:
    """Check that a write is refused as a whole; gives the code."""
    before = company.anna.everything()
    with pytest.raises(error) as caught:
        send(company, entry, draft, ref)
    assert company.anna.everything() == before
    return caught.value.code


def test_all_or_nothing(company: Company) -> None:
    """Where the payment is refused there is no rest, and where the rest is, the payment is not stored."""
    anna = company.anna
    entry, other = anna.add(company.petr), anna.add(company.petr)
    known = refused(company, entry, part_paid(entry), other.client_ref, AlreadyThere)
    assert known == "client_ref_reused"
    bad = part_paid(entry, status_on=company.day(1))
    assert refused(company, entry, bad, uuid4(), BadValue) == "status_in_future"
    anna.window("PC-8").update(entry, comment="раньше")
    assert refused(company, entry, part_paid(entry), uuid4(), StaleVersion) == "stale_version"
    theirs = company.boris.add(company.zoya)
    assert refused(company, theirs, part_paid(theirs), uuid4(), NotYours) == "entry_not_yours"


def test_a_payment_noted_before_can_leave_its_rest(company: Company) -> None:
    """The rest is kept though nothing else of the entry changes."""
    entry = company.anna.pay(company.anna.add(company.petr), came=Decimal(30))
    again = send(company, entry, entry.draft(), uuid4())
    assert (again.version, again.paid_amount) == (entry.version + 1, 30)
    assert [rest.amount for rest in rests(company)] == [70]


def test_the_rest_is_an_entry_like_any_other(company: Company) -> None:
    """It can be paid in part again, and deleted on its day."""
    entry = company.anna.add(company.petr)
    send(company, entry, part_paid(entry), uuid4())
    (rest,) = rests(company)
    send(company, rest, part_paid(rest, "20"), uuid4())
    second = rests(company)[-1]
    assert (second.amount, second.rest_of) == (40, rest.entry_id)
    company.anna.delete(second)
    assert len(company.anna.everything()) == 2
    assert company.anna.restore(company.anna.get(second)).rest_of == rest.entry_id


def test_an_imported_entry_without_promise_and_pin(company: Company) -> None:
    """What the entry lacks its rest lacks too."""
    entry = bring(company.anna, PETR, company.day(-9), client_pin="", pay_by=None)
    send(company, entry, part_paid(entry), uuid4())
    (rest,) = rests(company)
    assert (rest.client_pin, rest.pay_by, rest.first_pay_by) == ("", None, None)


def test_the_forecast_counts_both(company: Company) -> None:
    """What came is paid, what is left is expected."""
    entry = company.anna.add(company.petr)
    send(company, entry, part_paid(entry), uuid4())
    company.store.aggregate_forecast(None, "test")
    month = month_of(company.today)
    (row,) = (row for row in company.store.get_company_forecast().company if row.period == month)
    assert (row.paid, row.paid_count, row.expected, row.open_count) == (40, 1, 60, 1)
    sums = company.store.list_entries(company.anna.token, ALL).sums
    assert [(s.status, s.count, s.amount) for s in sums] == [(Status.EXPECTED, 1, 60), (Status.PAID, 1, 40)]
