"""What the administrator does to single entries: voiding, bringing back, giving to others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.backdoor import Backdoor
from contract.company import BY, NORTH, PETR, SOUTH, ZOYA, Company, bring
from mini_crm.domain.errors import BadValue, NotFound, NotYours
from mini_crm.domain.model import FieldChange


def test_void(company: Company) -> None:
    """A voided entry is out of every number, however old and whatever became of it."""
    anna, store = company.anna, company.store
    old = anna.pay(bring(anna, PETR, company.day(-100)), company.day(-90))
    new, kept = anna.add(company.petr), anna.add(company.petr, amount=Decimal(7))
    assert store.void_entries([old.entry_id, new.entry_id], BY) == 2
    assert anna.everything() == (kept,)
    assert anna.get(old).deleted_at is not None
    record = store.get_record()
    assert (record.entries, record.first_entry, record.first_resolution) == (1, company.today, None)
    store.aggregate_forecast(None, "test")
    (month, *_) = store.get_forecast(anna.token).leads
    assert (month.open_count, month.expected, month.resolved_all) == (1, Decimal(7), 0)


@pytest.mark.parametrize("count", [0, 1])
def test_void_all_or_nothing(company: Company, count: int) -> None:
    """With one number that is not there, or is out already, nothing is voided."""
    anna, store = company.anna, company.store
    entries = [anna.add(company.petr) for _ in range(3)]
    out = entries.pop()
    store.void_entries([out.entry_id], BY)
    for bad in (out.entry_id, 999_999):
        with pytest.raises(NotFound):
            store.void_entries([*(entry.entry_id for entry in entries[:count]), bad], BY)
    assert anna.everything() == tuple(entries)


def test_void_across_leads(company: Company) -> None:
    """Entries of several leads are voided at once; each lead is told of the own ones."""
    mine, theirs = company.anna.add(company.petr), company.boris.add(company.zoya)
    seqs = company.anna.seq(), company.boris.seq()
    assert company.store.void_entries({mine.entry_id, theirs.entry_id}, BY) == 2
    for desk, seq, entry in ((company.anna, seqs[0], mine), (company.boris, seqs[1], theirs)):
        (told,) = company.store.list_changes(desk.token, seq).entries
        assert (told.entry_id, told.version) == (entry.entry_id, 2)
        assert told.deleted_at is not None


def test_bring_back_voided(company: Company) -> None:
    """A voided entry comes back as it was."""
    entry = company.anna.pay(company.anna.add(company.petr, comment="x"), came=Decimal(40))
    company.store.void_entries([entry.entry_id], BY)
    seq = company.anna.seq()
    assert company.store.restore_entries([entry.entry_id], BY) == 1
    (now,) = company.anna.everything()
    assert now.draft() == entry.draft()
    assert now.version == entry.version + 2
    assert company.store.list_changes(company.anna.token, seq).entries == (now,)


def test_bring_back_deleted(company: Company, backdoor: Backdoor) -> None:
    """What a lead deleted on another day the administrator can bring back."""
    deleted = company.anna.delete(company.anna.add(company.petr))
    backdoor.let_days_pass(3)
    assert company.store.restore_entries([deleted.entry_id], BY) == 1
    (now,) = company.anna.everything()
    assert (now.entry_id, now.entered_on) == (deleted.entry_id, company.day(-3))


def test_bring_back_all_or_nothing(company: Company) -> None:
    """With one number that is not there, or is not out, nothing is brought back."""
    anna, store = company.anna, company.store
    out, there = anna.delete(anna.add(company.petr)), anna.add(company.petr)
    for bad in (there.entry_id, 999_999):
        with pytest.raises(NotFound):
            store.restore_entries([out.entry_id, bad], BY)
    assert anna.everything() == (there,)


def test_reassign(company: Company) -> None:
    """Entries go to another manager with group and lead, closed ones too, and else stay as they are."""
    anna, boris, store = company.anna, company.boris, company.store
    still = anna.add(company.petr, comment="x")
    paid = anna.pay(anna.add(company.maria), came=Decimal(5))
    assert store.reassign_entries([still.entry_id, paid.entry_id], company.zoya, BY) == 2
    assert anna.everything() == ()
    with pytest.raises(NotYours):
        anna.get(still)
    for entry, now in zip((still, paid), boris.everything(), strict=True):
        assert (now.entry_id, now.lead_id, now.group_name) == (entry.entry_id, boris.lead_id, SOUTH)
        assert (now.manager_name, now.unit) == (ZOYA, "RUB")
        assert (now.amount, now.paid_amount, now.status, now.status_on, now.comment) == (
            entry.amount,
            entry.paid_amount,
            entry.status,
            entry.status_on,
            entry.comment,
        )
        assert (now.version, now.first_pay_by) == (entry.version + 1, entry.first_pay_by)
        assert boris.update(now, comment="y").comment == "y"


def test_reassign_within_a_lead(company: Company) -> None:
    """Within one lead an entry changes its manager, and is not gone."""
    entry = company.anna.add(company.petr)
    seq = company.anna.seq()
    assert company.store.reassign_entries([entry.entry_id], company.maria, BY) == 1
    changes = company.store.list_changes(company.anna.token, seq)
    (now,) = changes.entries
    assert (now.manager_id, now.group_name, changes.gone) == (company.maria, NORTH, ())
    history = company.store.list_entry_history(company.anna.token, entry.entry_id)
    assert FieldChange("manager_id", company.petr, company.maria) in history[-1].changes


def test_reassign_to_another_unit(company: Company) -> None:
    """Money entries cannot go to a group that counts pieces, and then none of them goes anywhere."""
    entry, pieces = company.anna.add(company.petr), company.anna.add(company.oleg, amount=Decimal(2))
    for ids, manager_id in (
        ([entry.entry_id], company.oleg),
        ([pieces.entry_id], company.zoya),
        ([pieces.entry_id, entry.entry_id], company.zoya),
    ):
        with pytest.raises(BadValue):
            company.store.reassign_entries(ids, manager_id, BY)
    assert company.anna.everything() == (entry, pieces)
    assert company.boris.everything() == ()


def test_reassign_all_or_nothing(company: Company) -> None:
    """With one number that is not there, or to nobody, nothing is given away."""
    entry = company.anna.add(company.petr)
    with pytest.raises(NotFound):
        company.store.reassign_entries([entry.entry_id, 999_999], company.zoya, BY)
    with pytest.raises(NotFound):
        company.store.reassign_entries([entry.entry_id], 999_999, BY)
    assert company.anna.everything() == (entry,)


def test_nothing_to_do(company: Company) -> None:
    """An empty choice of entries changes nothing."""
    entry = company.anna.add(company.petr)
    assert company.store.void_entries([], BY) == 0
    assert company.store.restore_entries(iter(()), BY) == 0
    assert company.store.reassign_entries([], company.zoya, BY) == 0
    assert company.anna.everything() == (entry,)
