"""Chances of entries in another period than the month, which they do not carry themselves; no Tk here."""

from __future__ import annotations

from dataclasses import replace

from mini_crm.domain.model import Entry, EntryChance, EntryPage
from mini_crm.domain.period import Period
from mini_crm.store.port import DesktopStore


def with_chances(store: DesktopStore, token: bytes, page: EntryPage, period: Period) -> EntryPage:
    """Give the entries with their chances in a period; asks the database."""
    ids = [entry.entry_id for entry in page.entries]
    found = {one.entry_id: one for one in store.list_chances(token, period, ids)}
    entries = tuple(with_chance(entry, found.get(entry.entry_id)) for entry in page.entries)
    return replace(page, entries=entries)


def with_chance(entry: Entry, chance: EntryChance | None) -> Entry:
    """Give an entry with this chance, or without one."""
    if chance is None:
        return replace(entry, probability=None, contribution=None, is_large=None)
    return replace(
        entry, probability=chance.probability, contribution=chance.contribution, is_large=chance.is_large
    )
