"""Entries: adding, changing, closing, deleting, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.backdoor import Backdoor
from contract.company import (
    ALL,
    BY,
    COUNTED,
    MARIA,
    NORTH,
    OLEG,
    PETR,
    ROSTER,
    Company,
    bring,
)
from mini_crm.domain.errors import BadValue, NotYours, RuleBroken
from mini_crm.domain.model import PIECES, Status


def test_added_entry(company: Company) -> None:
    """A new entry has what was filled in, today as its day, and version 1."""
    client_ref = uuid4()
    draft = company.anna.draft(
        company.petr,
        client_pin="007",
        amount=Decimal("1234.50"),
        pay_by=company.day(3),
        comment="звонить утром",
    )
    entry = company.store.add_entry(company.anna.token, uuid4(), client_ref, draft)
    assert entry.draft() == draft
    assert entry.client_ref == client_ref
    assert (entry.lead_id, entry.manager_id, entry.manager_name) == (company.anna.lead_id, company.petr, PETR)
    assert (entry.group_name, entry.unit) == (NORTH, "RUB")
    assert entry.entered_on == company.today
    assert entry.pay_by == entry.first_pay_by == company.day(3)
    assert (entry.status, entry.status_on, entry.paid_amount) == (Status.EXPECTED, None, None)
    assert (entry.version, entry.deleted_at, entry.probability) == (1, None, None)
    assert company.anna.get(entry) == entry
    assert company.anna.everything() == (entry,)


def test_added_pieces(company: Company) -> None:
    """An entry counts in the unit of its manager's group."""
    entry = company.anna.add(company.oleg, amount=Decimal(3))
    assert (entry.group_name, entry.unit, entry.amount) == (COUNTED, PIECES, Decimal(3))


def test_added_closed(company: Company) -> None:
    """A sale that was paid at once can be entered as paid, today."""
    entry = company.anna.add(company.petr, status=Status.PAID)
    assert (entry.status, entry.status_on) == (Status.PAID, company.today)
    assert company.anna.get(entry) == entry


def test_numbers_of_entries_and_changes_grow(company: Company) -> None:
    """Each entry has its own number, and each write the lead's next change number."""
    entries = [company.anna.add(company.petr) for _ in range(5)]
    assert len({entry.entry_id for entry in entries}) == 5
    assert [entry.change_seq for entry in entries] == sorted({entry.change_seq for entry in entries})
    changed = company.anna.update(entries[0], comment="x")
    assert changed.change_seq > entries[-1].change_seq


def test_update(company: Company) -> None:
    """A change has effect on the fields that it names, and the version goes up by one."""
    entry = company.anna.add(company.petr)
    wanted = company.anna.draft(
        company.maria, client_pin="0043", amount=Decimal("0.01"), pay_by=company.day(20), comment="later"
    )
    changed = company.store.update_entry(company.anna.token, uuid4(), entry.entry_id, 1, wanted)
    assert changed.draft() == wanted
    assert (changed.version, changed.manager_name, changed.first_pay_by) == (2, MARIA, entry.pay_by)
    assert (changed.entry_id, changed.client_ref) == (entry.entry_id, entry.client_ref)
    assert changed.entered_on == company.today
    assert company.anna.everything() == (changed,)


def test_equal_draft_changes_nothing(company: Company) -> None:
    """Saving a form in which nothing was changed is no change: no version, no number, no history."""
    entry = company.anna.add(company.petr, status=Status.REFUSED, comment="нет")
    before = company.anna.seq()
    assert company.anna.update(entry) == entry
    assert company.anna.get(entry) == entry
    assert company.anna.seq() == before
    assert len(company.store.list_entry_history(company.anna.token, entry.entry_id)) == 1


def test_first_promise_never_changes(company: Company) -> None:
    """However often the promised day moves, the first one is kept."""
    entry = company.anna.add(company.petr, pay_by=company.day(5))
    for days in (9, 30, 2):
        entry = company.anna.update(entry, pay_by=company.day(days))
        assert (entry.pay_by, entry.first_pay_by) == (company.day(days), company.day(5))


def test_paid_on_an_earlier_day(company: Company) -> None:
    """The day of payment is today unless the lead gives an earlier one, back to the day of entry."""
    entered = company.day(-9)
    for on, expected in ((None, company.today), (company.day(-4), company.day(-4)), (entered, entered)):
        entry = bring(company.anna, PETR, entered)
        paid = company.anna.pay(entry, on)
        assert (paid.status, paid.status_on, paid.entered_on) == (Status.PAID, expected, entered)


def test_part_paid(company: Company) -> None:
    """What really came is kept beside the amount, and stays empty when all came."""
    entry = company.anna.pay(company.anna.add(company.petr), came=Decimal("60.40"))
    assert (entry.amount, entry.paid_amount) == (Decimal("100.00"), Decimal("60.40"))
    assert company.anna.get(entry) == entry
    assert company.anna.pay(company.anna.add(company.petr)).paid_amount is None


def test_reopen(company: Company) -> None:
    """An entry closed by mistake is opened again, without day and payment."""
    entry = company.anna.pay(company.anna.add(company.petr), came=Decimal(50))
    opened = company.anna.update(entry, status=Status.EXPECTED, status_on=None, paid_amount=None)
    assert (opened.status, opened.status_on, opened.paid_amount) == (Status.EXPECTED, None, None)
    assert company.anna.get(opened) == opened


def test_paid_becomes_refused(company: Company) -> None:
    """A paid entry can turn out to be refused, on a day of its own."""
    entry = company.anna.pay(bring(company.anna, PETR, company.day(-9)), company.day(-5))
    entry = company.anna.refuse(entry, company.day(-2))
    assert (entry.status, entry.status_on) == (Status.REFUSED, company.day(-2))


def test_old_entry_is_still_corrected(company: Company) -> None:
    """An entry of another day can be changed, and its promised day may stay in the past."""
    entry = bring(company.anna, PETR, company.day(-40), pay_by=company.day(-30))
    changed = company.anna.update(entry, amount=Decimal(7))
    assert (changed.amount, changed.pay_by) == (Decimal(7), company.day(-30))
    moved = company.anna.update(changed, pay_by=company.day(-40))
    assert moved.pay_by == moved.entered_on


def test_delete(company: Company) -> None:
    """A deleted entry is out of the list and out of the sums, and can still be looked at."""
    kept, entry = company.anna.add(company.petr), company.anna.add(company.petr)
    deleted = company.anna.delete(entry)
    assert deleted.version == 2
    assert deleted.deleted_at is not None
    assert abs(datetime.now(UTC) - deleted.deleted_at) < timedelta(minutes=1)
    assert company.anna.everything() == (kept,)
    assert company.anna.get(entry) == deleted
    assert company.store.get_record().entries == 1


def test_restore(company: Company) -> None:
    """A deletion is taken back the same day, and everything is as before."""
    entry = company.anna.add(company.petr, comment="x")
    restored = company.anna.restore(company.anna.delete(entry))
    assert (restored.version, restored.deleted_at) == (3, None)
    assert restored.draft() == entry.draft()
    assert company.anna.everything() == (restored,)
    again = company.anna.restore(company.anna.delete(restored))
    assert (again.version, again.deleted_at) == (5, None)


def test_delete_only_on_the_day_of_entry(company: Company, backdoor: Backdoor) -> None:
    """From the next day on an entry cannot be deleted any more."""
    old = bring(company.anna, PETR, company.day(-1))
    with pytest.raises(RuleBroken):
        company.anna.delete(old)
    entry = company.anna.add(company.petr)
    backdoor.let_days_pass(1)
    with pytest.raises(RuleBroken):
        company.anna.delete(entry)
    assert all(entry.deleted_at is None for entry in company.anna.everything())
    assert len(company.anna.everything()) == 2


def test_restore_only_on_the_day_of_deletion(company: Company, backdoor: Backdoor) -> None:
    """From the next day on a deletion stays."""
    deleted = company.anna.delete(company.anna.add(company.petr))
    backdoor.let_days_pass(1)
    with pytest.raises(RuleBroken):
        company.anna.restore(deleted)
    assert company.anna.everything() == ()


def test_delete_and_restore_out_of_turn(company: Company) -> None:
    """What is deleted cannot be deleted, and what is not cannot be restored."""
    entry = company.anna.add(company.petr)
    with pytest.raises(RuleBroken):
        company.anna.restore(entry)
    deleted = company.anna.delete(entry)
    with pytest.raises(RuleBroken):
        company.anna.delete(deleted)
    assert company.anna.get(entry) == deleted


def test_deleted_entry_is_not_changed(company: Company) -> None:
    """A deleted entry must be restored before it can be changed."""
    deleted = company.anna.delete(company.anna.add(company.petr))
    with pytest.raises(NotYours):
        company.anna.update(deleted, comment="x")
    assert company.anna.get(deleted) == deleted


def test_voided_entry_stays_out(company: Company) -> None:
    """What the administrator has voided no lead brings back or changes."""
    entry = company.anna.add(company.petr)
    company.store.void_entries([entry.entry_id], BY)
    voided = company.anna.get(entry)
    with pytest.raises(RuleBroken):
        company.anna.restore(voided)
    with pytest.raises(NotYours):
        company.anna.update(voided, comment="x")
    assert company.anna.everything() == ()


def test_other_leads_entries(company: Company) -> None:
    """Of another lead's entry one can neither see nor change anything."""
    entry = company.anna.add(company.petr)
    foreign = company.store
    with pytest.raises(NotYours):
        company.boris.get(entry)
    with pytest.raises(NotYours):
        foreign.list_entry_history(company.boris.token, entry.entry_id)
    with pytest.raises(NotYours):
        foreign.update_entry(
            company.boris.token, uuid4(), entry.entry_id, entry.version, company.boris.draft(company.zoya)
        )
    with pytest.raises(NotYours):
        company.boris.delete(entry)
    deleted = company.anna.delete(entry)
    with pytest.raises(NotYours):
        company.boris.restore(deleted)
    assert company.anna.get(entry) == deleted
    assert company.boris.everything() == ()


def test_missing_entries_look_like_foreign_ones(company: Company) -> None:
    """Whether a number is free or another lead's cannot be told from the answer."""
    entry = company.anna.add(company.petr)
    codes = set()
    for entry_id in (entry.entry_id, entry.entry_id + 1, 0, -1, 2**40):
        with pytest.raises(NotYours) as caught:
            company.store.get_entry(company.boris.token, entry_id)
        codes.add(caught.value.code)
    assert len(codes) == 1


def test_other_leads_managers(company: Company) -> None:
    """An entry cannot be given to another lead's manager, nor to one who does not exist."""
    for manager_id in (company.zoya, 999_999, 0, -1):
        with pytest.raises(NotYours):
            company.anna.add(manager_id)
    entry = company.anna.add(company.petr)
    for manager_id in (company.zoya, 999_999):
        with pytest.raises(NotYours):
            company.anna.update(entry, manager_id=manager_id)
    assert company.anna.everything() == (entry,)


def test_inactive_manager(company: Company) -> None:
    """A manager who has gone gets no new entries; what there is can still be closed, or given away."""
    one, two = company.anna.add(company.petr), company.anna.add(company.petr)
    other = company.anna.add(company.maria)
    company.store.apply_roster([row for row in ROSTER if row.manager != PETR], BY)
    with pytest.raises(NotYours):
        company.anna.add(company.petr)
    with pytest.raises(NotYours):
        company.anna.update(other, manager_id=company.petr)
    assert company.anna.pay(one).status is Status.PAID
    assert company.anna.update(two, manager_id=company.maria).manager_name == MARIA


def test_inactive_group(company: Company) -> None:
    """A group that has gone gets no new entries."""
    company.store.apply_roster([row for row in ROSTER if row.group != COUNTED], BY)
    with pytest.raises(NotYours):
        company.anna.add(company.oleg, amount=Decimal(1))


def test_move_to_another_own_group(company: Company) -> None:
    """An entry given to a manager of another own group of the same unit goes into that group."""
    company.store.apply_roster([replace(ROSTER[0], group="Запад", manager="Юлия")], BY, complete=False)
    groups = {group.name: group for group in company.store.list_groups(company.anna.token)}
    (yulia,) = groups["Запад"].managers
    moved = company.anna.update(company.anna.add(company.petr), manager_id=yulia.manager_id)
    assert (moved.group_id, moved.group_name) == (groups["Запад"].group_id, "Запад")
    assert (moved.manager_name, moved.lead_id) == ("Юлия", company.anna.lead_id)
    assert company.anna.get(moved) == moved


def test_move_to_another_unit(company: Company) -> None:
    """Money does not become pieces by a change of the manager, nor pieces money."""
    money = company.anna.add(company.petr, amount=Decimal(5))
    pieces = company.anna.add(company.oleg, amount=Decimal(5))
    for entry, manager_id in ((money, company.oleg), (pieces, company.petr)):
        with pytest.raises(BadValue) as caught:
            company.anna.update(entry, manager_id=manager_id)
        assert caught.value.field == "manager_id"
    assert company.anna.everything() == (money, pieces)


def test_groups_of_a_lead(company: Company) -> None:
    """A lead gets the own groups with their managers by name, those who have gone too, and no others."""
    company.store.apply_roster([row for row in ROSTER if row.manager not in (PETR, OLEG)], BY)
    seen = [
        (group.name, group.unit, group.is_active, [(m.name, m.is_active) for m in group.managers])
        for group in company.store.list_groups(company.anna.token)
    ]
    assert seen == [
        (NORTH, "RUB", True, [(MARIA, True), (PETR, False)]),
        (COUNTED, PIECES, False, [(OLEG, False)]),
    ]


AMOUNTS = st.decimals(min_value="0.01", max_value=10**10, places=2)


def test_amounts_are_exact(company: Company) -> None:
    """Any amount comes back as it was saved, and a sum is exact to the hundredth."""
    total = Decimal(0)

    @given(AMOUNTS)
    def check(amount: Decimal) -> None:
        nonlocal total
        assert company.anna.add(company.petr, amount=amount).amount == amount
        total += amount

    check()
    page = company.store.list_entries(company.anna.token, ALL)
    assert [row.amount for row in page.sums] == [total]
    assert sum(entry.amount for entry in company.anna.everything()) == total


def test_biggest_sum_is_exact(company: Company) -> None:
    """Sums beyond what a float tells apart are exact."""
    for _ in range(3):
        company.anna.add(company.petr, amount=Decimal("9999999999.99"))
    company.anna.add(company.petr, amount=Decimal("0.01"))
    page = company.store.list_entries(company.anna.token, ALL)
    assert [row.amount for row in page.sums] == [Decimal("29999999999.98")]
