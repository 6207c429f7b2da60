"""The rows of the table that are loaded: a stretch of the list, and what was just saved; no Tk here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from mini_crm.domain.model import Entry, EntryChance, EntryFilter
from mini_crm.domain.rules import name_key


class Loaded:
    """A stretch of a filtered and ordered list of the store, with rows that stay where they are.

    A row that stays is one that the person has just saved: it keeps its place, also where the filter or the
    order would move it out of sight.

    Attributes:
        offset: How many entries of the list come before the stretch.
        total: How many the list has.
    """

    def __init__(self) -> None:
        self.offset = 0
        self.total = 0
        self._listed: dict[int, Entry] = {}
        self._staying: dict[int, Entry] = {}
        self._order: list[int] = []

    def __iter__(self) -> Iterator[Entry]:
        """Give the entries from top to bottom."""
        return (self._staying.get(number) or self._listed[number] for number in self._order)

    def __len__(self) -> int:
        """Give how many of the list are loaded."""
        return len(self._listed)

    def __contains__(self, entry_id: object) -> bool:
        """Say whether an entry is loaded or stays."""
        return entry_id in self._staying or entry_id in self._listed

    def get(self, entry_id: int) -> Entry | None:
        """Give an entry that is loaded or stays."""
        return self._staying.get(entry_id) or self._listed.get(entry_id)

    def stays(self, entry_id: int) -> bool:
        """Say whether a row stays where it is."""
        return entry_id in self._staying

    @property
    def end(self) -> int:
        """How many entries of the list come before what follows the stretch."""
        return self.offset + len(self._listed)

    def staying(self) -> list[int]:
        """Give the rows that stay where they are."""
        return list(self._staying)

    def unlisted(self) -> list[int]:
        """Give the rows that stay although the stretch does not have them."""
        return [number for number in self._staying if number not in self._listed]

    def let_go(self) -> None:
        """Let no row stay any more; the next stretch has all in their places."""
        self._staying = {}
        self._arrange()

    def replace(self, entries: Sequence[Entry], offset: int, total: int) -> None:
        """Take another stretch."""
        self._listed = {entry.entry_id: entry for entry in entries}
        self.offset, self.total = offset, total
        self._staying |= {number: self._listed[number] for number in self._staying if number in self._listed}
        self._arrange()

    def extend(self, entries: Sequence[Entry], total: int) -> list[Entry]:
        """Take what follows the stretch; gives those that come in at the end of the rows.

        Entries that slid down meanwhile come a second time.
        """
        fresh = [entry for entry in entries if entry.entry_id not in self._listed]
        self._listed |= {entry.entry_id: entry for entry in entries}
        self.total = total
        coming = [entry for entry in fresh if entry.entry_id not in self._staying]
        self._order += [entry.entry_id for entry in coming]
        return coming

    def extend_up(self, entries: Sequence[Entry], offset: int, total: int) -> None:
        """Take what comes before the stretch."""
        self._listed = {entry.entry_id: entry for entry in entries} | self._listed
        self.offset, self.total = offset, total
        self._arrange()

    def drop(self, count: int, *, at_top: bool) -> None:
        """Forget so many entries at an end of the stretch."""
        numbers = list(self._listed)
        gone = numbers[:count] if at_top else numbers[len(numbers) - count :]
        for number in gone:
            del self._listed[number]
        if at_top:
            self.offset += len(gone)
        if gone:
            self._arrange()

    def stay(self, entries: Iterable[Entry]) -> None:
        """Let rows stay where they are, new ones on top, until ``let_go``."""
        for entry in entries:
            number = entry.entry_id
            if number not in self:
                self._order.insert(0, number)
            self._staying[number] = entry
            if number in self._listed:
                self._listed[number] = entry

    def update(self, entry: Entry) -> None:
        """Know an entry, which is loaded or stays, as it is now."""
        for place in (self._staying, self._listed):
            if entry.entry_id in place:
                place[entry.entry_id] = entry

    def come(self, entry: Entry) -> None:
        """Show an entry on top that came into the list, until its place is known."""
        self._listed = {entry.entry_id: entry, **self._listed}
        self._order.insert(0, entry.entry_id)
        self.total += 1

    def remove(self, entry_id: int) -> None:
        """Forget an entry that is gone."""
        if self._listed.pop(entry_id, None) is not None:
            self.total -= 1
        self._staying.pop(entry_id, None)
        if entry_id in self._order:
            self._order.remove(entry_id)

    def _arrange(self) -> None:
        """Bring all in the order of the list, those that stay behind the rows that they stood behind."""
        behind: dict[int | None, list[int]] = {}
        last = None
        for number in self._order:
            if number in self._staying:
                behind.setdefault(last, []).append(number)
            elif number in self._listed:
                last = number
        order = behind.get(None, [])
        for number in self._listed:
            if number not in self._staying:
                order += [number, *behind.get(number, ())]
        self._order = order


def with_chance(entry: Entry, chance: EntryChance | None) -> Entry:
    """Give an entry with this chance, or without one."""
    if chance is None:
        return replace(entry, probability=None, contribution=None, is_large=None)
    return replace(
        entry, probability=chance.probability, contribution=chance.contribution, is_large=chance.is_large
    )


def passes(entry: Entry, wanted: EntryFilter, *, was_there: bool = False) -> bool:
    """Say whether an entry that was just changed belongs into a filtered list, as the store would.

    Args:
        entry: As it is now.
        wanted: The filter.
        was_there: Whether it was in the list before: what the run has counted does not change with it.
    """
    if entry.deleted_at is not None or wanted.untouched_since is not None:
        return False
    if wanted.has_chance and not was_there:
        return False
    if wanted.group_id is not None and entry.group_id != wanted.group_id:
        return False
    if wanted.manager_id is not None and entry.manager_id != wanted.manager_id:
        return False
    if wanted.unit is not None and entry.unit != wanted.unit:
        return False
    if wanted.statuses and entry.status not in wanted.statuses:
        return False
    if not (
        _within(entry.pay_by, wanted.pay_by_from, wanted.pay_by_to)
        and _within(entry.status_on, wanted.status_on_from, wanted.status_on_to)
        and _within(entry.entered_on, wanted.entered_from, wanted.entered_to)
    ):
        return False
    text = name_key(wanted.text)
    searched = (entry.client_pin, entry.manager_name, entry.group_name, entry.comment, entry.reason)
    return not text or any(text in name_key(value) for value in searched)


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    if day is None:
        return first is None and last is None
    return (first is None or first <= day) and (last is None or day <= last)
