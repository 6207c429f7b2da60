"""Writes that are repeated, cross each other, or come too late; and the history that they leave."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier
from uuid import UUID, uuid4

import pytest

from contract.company import ANNA, BY, COMPUTER, MARIA, PETR, ROSTER, Company, bring
from mini_crm.domain.errors import AlreadyThere, MiniCrmError, OperationReused, RuleBroken, StaleVersion
from mini_crm.domain.model import Action, Entry, FieldChange, Status
from mini_crm.store.port import Store


def test_add_repeated(company: Company) -> None:
    """A new entry sent twice is stored once, and the second answer is the first."""
    op_id, client_ref, draft = uuid4(), uuid4(), company.anna.draft(company.petr)
    first = company.store.add_entry(company.anna.token, op_id, client_ref, draft)
    seq = company.anna.seq()
    for _ in range(3):
        assert company.store.add_entry(company.anna.token, op_id, client_ref, draft) == first
    assert company.anna.everything() == (first,)
    assert company.anna.seq() == seq
    assert len(company.store.list_entry_history(company.anna.token, first.entry_id)) == 1


def test_add_repeated_after_changes(company: Company) -> None:
    """A late repetition gets the first result, though the entry was changed and deleted since."""
    op_id, client_ref, draft = uuid4(), uuid4(), company.anna.draft(company.petr, comment="first")
    first = company.store.add_entry(company.anna.token, op_id, client_ref, draft)
    changed = company.anna.update(first, comment="second", amount=Decimal(7))
    assert company.store.add_entry(company.anna.token, op_id, client_ref, draft) == first
    deleted = company.anna.delete(changed)
    assert company.store.add_entry(company.anna.token, op_id, client_ref, draft) == first
    assert company.anna.get(first) == deleted


def test_add_repeated_from_another_window(company: Company) -> None:
    """The operation is the lead's, not the session's: an outbox sends it again after signing in anew."""
    op_id, client_ref, draft = uuid4(), uuid4(), company.anna.draft(company.petr)
    first = company.store.add_entry(company.anna.token, op_id, client_ref, draft)
    second = company.anna.window("PC-8")
    assert company.store.add_entry(second.token, op_id, client_ref, draft) == first
    assert company.anna.everything() == (first,)


def test_add_repeated_after_the_manager_left(company: Company) -> None:
    """A repetition is answered even when the same write would be refused by now."""
    op_id, client_ref, draft = uuid4(), uuid4(), company.anna.draft(company.petr)
    first = company.store.add_entry(company.anna.token, op_id, client_ref, draft)
    company.store.apply_roster([row for row in ROSTER if row.manager != PETR], BY)
    assert company.store.add_entry(company.anna.token, op_id, client_ref, draft) == first


def test_add_repeated_after_the_entry_went(company: Company) -> None:
    """A repetition is answered though the entry belongs to another lead by now, and brings it not back."""
    op_id, client_ref, draft = uuid4(), uuid4(), company.anna.draft(company.petr)
    first = company.store.add_entry(company.anna.token, op_id, client_ref, draft)
    company.store.reassign_entries([first.entry_id], company.zoya, BY)
    again = company.store.add_entry(company.anna.token, op_id, client_ref, draft)
    assert (again.entry_id, again.version, again.manager_id) == (first.entry_id, 1, company.petr)
    assert company.anna.everything() == ()
    assert len(company.boris.everything()) == 1


def test_update_repeated(company: Company) -> None:
    """A change sent twice is made once, before any look at the version; also after later changes."""
    entry, op_id = company.anna.add(company.petr), uuid4()
    draft = replace(entry.draft(), comment="second", pay_by=company.day(20))
    changed = company.store.update_entry(company.anna.token, op_id, entry.entry_id, 1, draft)
    assert company.store.update_entry(company.anna.token, op_id, entry.entry_id, 1, draft) == changed
    assert company.anna.get(entry) == changed
    third = company.anna.update(changed, comment="third", pay_by=company.day(30))
    assert company.store.update_entry(company.anna.token, op_id, entry.entry_id, 1, draft) == changed
    assert company.anna.get(entry) == third


def test_delete_and_restore_repeated(company: Company) -> None:
    """A deletion and its taking back are each done once, whatever was lost on the way."""
    store, token = company.store, company.anna.token
    entry, op_delete, op_restore = company.anna.add(company.petr), uuid4(), uuid4()
    deleted = store.delete_entry(token, op_delete, entry.entry_id, 1)
    assert store.delete_entry(token, op_delete, entry.entry_id, 1) == deleted
    restored = store.restore_entry(token, op_restore, entry.entry_id, 2)
    assert store.restore_entry(token, op_restore, entry.entry_id, 2) == restored
    assert store.delete_entry(token, op_delete, entry.entry_id, 1) == deleted
    assert company.anna.get(entry) == restored
    assert restored.version == 3


def test_operation_of_an_add_reused(company: Company) -> None:
    """An operation id that comes again with anything else in it is refused, and nothing is stored."""
    store, token, anna = company.store, company.anna.token, company.anna
    op_id, client_ref, draft = uuid4(), uuid4(), anna.draft(company.petr)
    first = store.add_entry(token, op_id, client_ref, draft)
    others = [
        replace(draft, amount=Decimal("100.01")),
        replace(draft, client_pin="42"),
        replace(draft, comment="x"),
        replace(draft, pay_by=company.day(11)),
        replace(draft, manager_id=company.maria),
        replace(draft, status=Status.PAID),
    ]
    for other in others:
        with pytest.raises(OperationReused):
            store.add_entry(token, op_id, client_ref, other)
    with pytest.raises(OperationReused):
        store.add_entry(token, op_id, uuid4(), draft)
    assert anna.everything() == (first,)


def test_operation_reused_for_another_kind(company: Company) -> None:
    """One operation id is one write: not a change after an addition, nor a deletion after a change."""
    store, token, anna = company.store, company.anna.token, company.anna
    op_add, op_update, op_delete = uuid4(), uuid4(), uuid4()
    entry = store.add_entry(token, op_add, uuid4(), anna.draft(company.petr))
    other = anna.add(company.petr)
    draft = replace(entry.draft(), comment="x")
    with pytest.raises(OperationReused):
        store.update_entry(token, op_add, entry.entry_id, 1, draft)
    changed = store.update_entry(token, op_update, entry.entry_id, 1, draft)
    with pytest.raises(OperationReused):
        store.update_entry(token, op_update, other.entry_id, 1, draft)
    with pytest.raises(OperationReused):
        store.update_entry(token, op_update, entry.entry_id, 2, replace(draft, comment="y"))
    with pytest.raises(OperationReused):
        store.delete_entry(token, op_update, entry.entry_id, 2)
    deleted = store.delete_entry(token, op_delete, entry.entry_id, 2)
    with pytest.raises(OperationReused):
        store.restore_entry(token, op_delete, entry.entry_id, 3)
    with pytest.raises(OperationReused):
        store.add_entry(token, op_delete, uuid4(), draft)
    assert (changed.version, anna.get(entry)) == (2, deleted)
    assert anna.everything() == (other,)


def test_operations_of_two_leads(company: Company) -> None:
    """Operation ids are told apart by lead: two windows that made the same one both save."""
    op_id = uuid4()
    one = company.store.add_entry(company.anna.token, op_id, uuid4(), company.anna.draft(company.petr))
    two = company.store.add_entry(company.boris.token, op_id, uuid4(), company.boris.draft(company.zoya))
    assert company.anna.everything() == (one,)
    assert company.boris.everything() == (two,)


def test_entry_is_stored_once(company: Company) -> None:
    """An entry's reference is stored once, whoever sends it under another operation."""
    client_ref, draft = uuid4(), company.anna.draft(company.petr)
    entry = company.store.add_entry(company.anna.token, uuid4(), client_ref, draft)
    with pytest.raises(AlreadyThere):
        company.store.add_entry(company.anna.token, uuid4(), client_ref, draft)
    with pytest.raises(AlreadyThere):
        company.store.add_entry(company.boris.token, uuid4(), client_ref, company.boris.draft(company.zoya))
    company.anna.delete(entry)
    with pytest.raises(AlreadyThere):
        company.store.add_entry(company.anna.token, uuid4(), client_ref, draft)
    assert company.boris.everything() == company.anna.everything() == ()


Write = Callable[[Company, Entry, UUID], Entry]
WRITES: dict[str, Write] = {
    "update": lambda c, entry, op: c.store.update_entry(
        c.anna.token, op, entry.entry_id, entry.version, replace(entry.draft(), comment="mine")
    ),
    "delete": lambda c, entry, op: c.store.delete_entry(c.anna.token, op, entry.entry_id, entry.version),
}


@pytest.mark.parametrize("write", WRITES)
def test_stale_version(company: Company, write: str) -> None:
    """Who was second is told who changed it, when and to which version; nothing is overwritten."""
    entry = company.anna.add(company.petr)
    second = company.anna.window("PC-8")
    current = second.update(second.update(entry, comment="theirs"), amount=Decimal(9))
    seq = company.anna.seq()
    op_id = uuid4()
    with pytest.raises(StaleVersion) as caught:
        WRITES[write](company, entry, op_id)
    data = caught.value.data
    assert data["changed_by"] == ANNA
    assert data["version"] == 3
    changed_at = data["changed_at"]
    assert isinstance(changed_at, datetime)
    assert abs(datetime.now(UTC) - changed_at) < timedelta(minutes=1)
    assert company.anna.get(entry) == current
    assert company.anna.seq() == seq
    assert len(company.store.list_entry_history(company.anna.token, entry.entry_id)) == 3
    # Having looked, one can redo it, even under the same operation.
    assert WRITES[write](company, current, op_id).version == 4


def test_stale_restore(company: Company) -> None:
    """Taking back a deletion that is not the last word is refused."""
    entry = company.anna.add(company.petr)
    deleted = company.anna.delete(entry)
    current = company.anna.delete(company.anna.restore(deleted))
    with pytest.raises(StaleVersion) as caught:
        company.anna.restore(deleted)
    assert caught.value.data["version"] == current.version == 4
    assert company.anna.get(entry) == current


def test_stale_after_the_administrator(company: Company) -> None:
    """A change by the administrator is told like any other, with who it was."""
    entry = company.anna.add(company.petr)
    company.store.reassign_entries([entry.entry_id], company.maria, BY)
    with pytest.raises(StaleVersion) as caught:
        company.anna.update(entry, comment="x")
    assert caught.value.data["changed_by"] == BY


def test_history(company: Company) -> None:
    """Every change is on record, oldest first: what was done, by whom, where, and old and new values."""
    other = company.anna.window("PC-8")
    entry = company.anna.add(company.petr, comment="a")
    entry = other.update(entry, amount=Decimal("250.50"), comment="b", manager_id=company.maria)
    entry = company.anna.pay(entry, came=Decimal("200.00"))
    entry = other.delete(entry)
    entry = company.anna.restore(entry)
    history = company.store.list_entry_history(company.anna.token, entry.entry_id)
    assert [(v.version, v.action, v.changed_by, v.computer) for v in history] == [
        (1, Action.ADDED, ANNA, COMPUTER),
        (2, Action.CHANGED, ANNA, "PC-8"),
        (3, Action.CHANGED, ANNA, COMPUTER),
        (4, Action.DELETED, ANNA, "PC-8"),
        (5, Action.RESTORED, ANNA, COMPUTER),
    ]
    assert [set(version.changes) for version in history] == [
        set(),
        {
            FieldChange("amount", Decimal("100.00"), Decimal("250.50")),
            FieldChange("comment", "a", "b"),
            FieldChange("manager_id", company.petr, company.maria),
            FieldChange("manager_name", PETR, MARIA),
        },
        {
            FieldChange("status", Status.EXPECTED, Status.PAID),
            FieldChange("status_on", None, company.today),
            FieldChange("paid_amount", None, Decimal("200.00")),
        },
        set(),
        set(),
    ]
    now = datetime.now(UTC)
    assert all(timedelta(minutes=-1) < now - version.changed_at < timedelta(minutes=1) for version in history)


def test_history_of_reopening(company: Company) -> None:
    """Re-opening is on record with the day and the payment that it cleared."""
    entry = company.anna.pay(bring(company.anna, PETR, company.day(-5)), company.day(-3), Decimal(40))
    entry = company.anna.update(
        entry, status=Status.EXPECTED, status_on=None, paid_amount=None, pay_by=company.day(6)
    )
    last = company.store.list_entry_history(company.anna.token, entry.entry_id)[-1]
    assert set(last.changes) == {
        FieldChange("status", Status.PAID, Status.EXPECTED),
        FieldChange("status_on", company.day(-3), None),
        FieldChange("paid_amount", Decimal(40), None),
        FieldChange("pay_by", company.day(5), company.day(6)),
    }


def test_history_by_the_administrator(company: Company) -> None:
    """Imports, voiding, bringing back and reassigning are on record with the administrator's name."""
    entry = bring(company.anna, PETR, company.day(-5))
    store = company.store
    store.void_entries([entry.entry_id], BY)
    store.restore_entries([entry.entry_id], BY)
    store.reassign_entries([entry.entry_id], company.zoya, BY)
    history = store.list_entry_history(company.boris.token, entry.entry_id)
    assert [(version.action, version.changed_by) for version in history] == [
        (Action.IMPORTED, BY),
        (Action.VOIDED, BY),
        (Action.RESTORED, BY),
        (Action.REASSIGNED, BY),
    ]
    assert FieldChange("manager_id", company.petr, company.zoya) in history[-1].changes


def test_rejected_writes_leave_no_history(company: Company) -> None:
    """What was refused is not in the history."""
    entry = company.anna.add(company.petr)
    with pytest.raises(RuleBroken):
        company.anna.restore(entry)
    with pytest.raises(StaleVersion):
        company.anna.update(replace(entry, version=0), comment="x")
    assert len(company.store.list_entry_history(company.anna.token, entry.entry_id)) == 1


def at_once(store: Store, *calls: Callable[[], Entry]) -> list[Entry | Exception]:
    """Make all calls at the same moment, each from a thread of its own; give results and refusals."""
    start = Barrier(len(calls))

    def make(call: Callable[[], Entry]) -> Entry | Exception:
        start.wait()
        try:
            return call()
        except MiniCrmError as error:
            return error
        finally:
            store.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def test_add_repeated_at_once(company: Company) -> None:
    """A repetition that overtakes, or crosses, the first sending is stored once and answered the same."""
    for _ in range(10):
        op_id, client_ref, draft = uuid4(), uuid4(), company.anna.draft(company.petr)
        add = partial(company.store.add_entry, company.anna.token, op_id, client_ref, draft)
        answers = at_once(company.store, *[add] * 4)
        entry = company.anna.everything()[-1]
        assert answers == [entry] * 4
    assert len(company.anna.everything()) == 10


def test_changes_at_once(company: Company) -> None:
    """Of several who change the same version at one moment one is first, and the others are told."""
    desks = [company.anna.window(f"PC-{n}") for n in range(4)]
    for _ in range(10):
        entry = company.anna.add(company.petr)
        answers = at_once(
            company.store, *[partial(desk.update, entry, comment=f"by {n}") for n, desk in enumerate(desks)]
        )
        (first,) = (answer for answer in answers if isinstance(answer, Entry))
        stale = [answer for answer in answers if isinstance(answer, StaleVersion)]
        assert len(stale) == 3
        assert all(error.data["version"] == 2 for error in stale)
        assert company.anna.get(entry) == first
