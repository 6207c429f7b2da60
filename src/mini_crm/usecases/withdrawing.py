"""A write that was taken back while nobody knew whether it had reached the database: undone if it had."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mini_crm.domain.model import CHANGEABLE, Entry, EntryDraft, EntryFilter
from mini_crm.store.port import DesktopStore
from mini_crm.usecases.writes import Add, Delete, Restore, Update, Write


def inverses_if_stored(store: DesktopStore, token: bytes, write: Write) -> tuple[Write, ...]:
    """Give what undoes a write; nothing if it is not stored, or its entry was changed again since.

    Args:
        store: The database, which is only read.
        token: Of the session.
        write: What was sent without an answer.
    """
    if isinstance(write, Add):
        entry = _find(store, token, write)
        return (Delete(entry.entry_id, entry.version),) if entry is not None and entry.version == 1 else ()
    entry = store.get_entry(token, write.entry_id)
    if entry.version != write.version + 1:
        return ()
    match write:
        case Delete() if entry.deleted_at is not None:
            return (Restore(entry.entry_id, entry.version),)
        case Update() if entry.deleted_at is None and essence(entry.draft()) == essence(write.draft):
            return (
                *_of_rest(store, token, write),
                Update(entry.entry_id, entry.version, _before(store, token, entry)),
            )
    return ()


def essence(draft: EntryDraft) -> EntryDraft:
    """Leave out what the database fills in by itself."""
    return replace(draft, status_on=None, paid_amount=None)


def _find(store: DesktopStore, token: bytes, write: Add) -> Entry | None:
    page = store.list_entries(token, EntryFilter(text=write.draft.client_pin))
    return next((entry for entry in page.entries if entry.client_ref == write.client_ref), None)


def _of_rest(store: DesktopStore, token: bytes, write: Update) -> tuple[Write, ...]:
    same_pin = store.list_open_entries_of_pin(token, write.draft.client_pin) if write.rest_ref else ()
    return tuple(Delete(rest.entry_id, 1) for rest in same_pin if rest.client_ref == write.rest_ref)


def _before(store: DesktopStore, token: bytes, entry: Entry) -> EntryDraft:
    changes = store.list_entry_history(token, entry.entry_id)[-1].changes
    old: dict[str, Any] = {each.field: each.old for each in changes if each.field in CHANGEABLE}
    return replace(entry.draft(), **old)
