"""Imports that are taken back, and what comes again after that."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from contract.company import BY, PETR, ZOYA, Company, brought, import_row, three
from mini_crm.domain.errors import NotFound
from mini_crm.domain.model import Action, Status


def test_undo(company: Company) -> None:
    """Taking an import back voids its entries: out of list and sums, told to the window, on record."""
    own = company.anna.add(company.petr)
    batch_id = brought(company, three(company))
    seq = company.anna.seq()
    result = company.store.undo_import(batch_id, BY)
    assert (result.removed, result.reverted, result.kept) == (3, 0, ())
    assert company.anna.everything() == (own,)
    gone = company.store.list_changes(company.anna.token, seq).entries
    assert len(gone) == 3
    assert all(entry.deleted_at is not None for entry in gone)
    history = company.store.list_entry_history(company.anna.token, gone[0].entry_id)
    assert [version.action for version in history] == [Action.IMPORTED, Action.VOIDED]
    (batch,) = company.store.list_import_batches()
    assert batch.undone_at is not None


def test_undo_twice(company: Company) -> None:
    """An import is taken back once; what was never imported cannot be taken back."""
    batch_id = brought(company, three(company))
    company.store.undo_import(batch_id, BY)
    for number in (batch_id, batch_id + 1, 0):
        with pytest.raises(NotFound):
            company.store.undo_import(number, BY)


def test_undo_of_one_batch(company: Company) -> None:
    """Other imports stay."""
    first = brought(company, three(company))
    brought(company, [import_row(PETR, company.day(-2), comment="other")])
    company.store.undo_import(first, BY)
    assert [entry.comment for entry in company.anna.everything()] == ["other"]


def test_undo_keeps_what_was_changed(company: Company) -> None:
    """An entry that somebody changed since is kept, and told."""
    batch_id = brought(company, three(company))
    entry = company.anna.everything()[0]
    changed = company.anna.pay(entry)
    result = company.store.undo_import(batch_id, BY)
    assert (result.removed, result.reverted, result.kept) == (2, 0, (entry.entry_id,))
    assert company.anna.everything() == (changed,)


def test_undo_of_taken_over_changes(company: Company) -> None:
    """Taking back an import that took changes over reverts those, and voids only what it had added."""
    rows = three(company)
    brought(company, rows)
    before = {entry.entry_id: entry.draft() for entry in company.anna.everything()}
    changed = [
        replace(rows[0], comment="x", amount=Decimal(99), entered_on=company.day(-50)),
        replace(rows[1], status=Status.REFUSED, paid_amount=None),
        rows[2],
        import_row(PETR, company.day(-1), line=5),
    ]
    batch_id = brought(company, changed, update=True)
    assert len(company.anna.everything()) == 4
    result = company.store.undo_import(batch_id, BY)
    assert (result.removed, result.reverted, result.kept) == (1, 2, ())
    assert {entry.entry_id: entry.draft() for entry in company.anna.everything()} == before
    assert company.anna.everything()[0].entered_on == company.day(-40)


def test_undo_keeps_later_corrections(company: Company) -> None:
    """A change that an import took over and a lead then corrected is kept as the lead has it."""
    rows = three(company)
    brought(company, rows)
    batch_id = brought(company, [replace(rows[0], comment="x")], update=True)
    entry = company.anna.update(company.anna.everything()[0], comment="моё")
    result = company.store.undo_import(batch_id, BY)
    assert (result.removed, result.reverted, result.kept) == (0, 0, (entry.entry_id,))
    assert company.anna.get(entry) == entry


def test_import_after_undo(company: Company) -> None:
    """What an undone import had brought is brought again, as the file says it now."""
    rows = three(company)
    company.store.undo_import(brought(company, rows), BY)
    changed = [replace(rows[0], comment="снова"), *rows[1:]]
    result = company.store.import_entries("old.csv", changed, BY)
    assert (result.unchanged, result.differing) == (0, ())
    stored = company.anna.everything()
    assert len(stored) == 3
    assert all(entry.deleted_at is None for entry in stored)
    assert sorted(entry.comment for entry in stored) == ["", "", "снова"]
    assert result.batch_id is not None
    assert company.store.undo_import(result.batch_id, BY).removed == 3
    assert company.anna.everything() == ()


def test_brought_again_is_added(company: Company) -> None:
    """What an undone import had brought counts as added when it comes again, not as changed."""
    rows = three(company)
    company.store.undo_import(brought(company, rows), BY)
    for dry_run in (True, False):
        result = company.store.import_entries("old.csv", rows, BY, dry_run=dry_run)
        assert (result.added, result.updated, result.unchanged) == (3, 0, 0)


def test_changed_lead(company: Company) -> None:
    """A row that names another lead now goes there when it is taken over; both are told, also of the undo."""
    rows = three(company)
    brought(company, rows)
    before, boris_before = company.anna.seq(), company.boris.seq()
    moved = replace(import_row(ZOYA, rows[0].entered_on), client_ref=rows[0].client_ref)
    batch_id = brought(company, [moved], update=True)
    (entry,) = company.boris.everything()
    assert company.store.list_changes(company.anna.token, before).gone == (entry.entry_id,)
    assert company.store.list_changes(company.boris.token, boris_before).entries == (entry,)
    assert len(company.anna.everything()) == 2
    company.store.undo_import(batch_id, BY)
    assert len(company.anna.everything()) == 3
    assert company.store.list_changes(company.boris.token, entry.change_seq).gone == (entry.entry_id,)


def test_update_brings_no_voided_entry_back(company: Company) -> None:
    """What the administrator has voided stays out when its file comes again, changed or not."""
    rows = three(company)
    brought(company, rows)
    entry = company.anna.everything()[0]
    company.store.void_entries([entry.entry_id], BY)
    for again in (rows, [replace(rows[0], comment="x"), *rows[1:]]):
        assert company.store.import_entries("old.csv", again, BY, update=True).added == 0
        assert entry.entry_id not in {other.entry_id for other in company.anna.everything()}
    assert company.store.get_record().entries == 2
