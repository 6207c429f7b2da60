"""The table of entries: pages, filter, order, and what changes elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from mini_crm.domain.model import Entry, EntryFilter, EntryPage, EntrySort, Status
from mini_crm.domain.period import Period
from mini_crm.domain.rules import name_key
from mini_crm.ui.desk import Cancel, Desk
from mini_crm.ui.entries.chances import with_chance, with_chances
from mini_crm.ui.entries.pending import Pending
from mini_crm.ui.entries.texts import EntryTexts, Row

PAGE = 200
RELOAD_MS = 250
"""After a write the row is shown at once; counts and places follow so much later."""


class TablePort(Protocol):
    """The table as its presenter sees it."""

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows in this order; selection and scroll place stay."""
        ...

    def append_rows(self, rows: Sequence[Row]) -> None:
        """Add rows at the end."""
        ...

    def to_top(self) -> None:
        """Scroll to the first row."""
        ...

    def selected_ids(self) -> list[int]:
        """Give the chosen rows from top to bottom."""
        ...

    def select(self, entry_id: int) -> None:
        """Choose one row and scroll to it; one that is not there is no error."""
        ...

    def show_order(self, column: EntrySort, descending: bool) -> None:
        """Mark the column by which the rows are ordered."""
        ...

    def show_chance(self, caption: str) -> None:
        """Name the column of chances."""
        ...

    def show_summary(self, text: str) -> None:
        """Show counts and sums of the filtered rows."""
        ...


@dataclass(frozen=True, slots=True)
class _Loaded:
    page: EntryPage
    rows: list[Row]
    limit: int


def passes(entry: Entry, wanted: EntryFilter) -> bool:
    """Say whether an entry belongs into a filtered list, as the store would."""
    if entry.deleted_at is not None:
        return False
    if wanted.group_id is not None and entry.group_id != wanted.group_id:
        return False
    if wanted.manager_id is not None and entry.manager_id != wanted.manager_id:
        return False
    if wanted.statuses and entry.status not in wanted.statuses:
        return False
    if wanted.pay_by_from is not None and (entry.pay_by is None or entry.pay_by < wanted.pay_by_from):
        return False
    if wanted.pay_by_to is not None and (entry.pay_by is None or entry.pay_by > wanted.pay_by_to):
        return False
    text = name_key(wanted.text)
    searched = (entry.client_pin, entry.manager_name, entry.group_name, entry.comment)
    return not text or any(text in name_key(value) for value in searched)


class TablePresenter:
    """Keeps the loaded rows equal to what the store holds.

    Args:
        desk: Of the lead.
        view: The table.
        texts: Writes the rows.
        pending: What is shown although it is not stored.
        today: Gives the server's day.
        failed: Is told when rows could not be read.
        arrived: Is called whenever rows were read.
        settled: Is given refused writes that turned out to be stored.
        say: Shows a sentence in the window.
    """

    def __init__(
        self,
        desk: Desk,
        view: TablePort,
        texts: EntryTexts,
        pending: Pending,
        *,
        today: Callable[[], date],
        failed: Callable[[BaseException], None],
        arrived: Callable[[], None],
        settled: Callable[[Sequence[UUID]], None],
        say: Callable[[str], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._pending = pending
        self._today = today
        self._failed = failed
        self._arrived = arrived
        self._settled = settled
        self._say = say
        self._chances_of: Period | None = None
        self._filter = EntryFilter()
        self._sort = EntrySort.ENTRY_ID
        self._descending = True
        self._entries: dict[int, Entry] = {}
        self._rows: list[Row] = []
        self._total = 0
        self._asked = 0
        self._loading = False
        self._sought: tuple[int, list[int]] | None = None
        self._planned: Cancel | None = None

    @property
    def entry_filter(self) -> EntryFilter:
        """What the rows are filtered by."""
        return self._filter

    @property
    def order(self) -> tuple[EntrySort, bool]:
        """By which column the rows are ordered, and whether from the end."""
        return self._sort, self._descending

    def entry(self, entry_id: int) -> Entry | None:
        """Give a loaded entry."""
        return self._entries.get(entry_id)

    def knows(self, entries: Iterable[Entry]) -> bool:
        """Say whether the rows show these entries as they are already, such as after the own writes."""
        for entry in entries:
            shown = self._entries.get(entry.entry_id)
            if (shown is None) != (not passes(entry, self._filter)):
                return False
            if shown is not None and shown.version != entry.version:
                return False
        return True

    def selected(self) -> list[Entry]:
        """Give the chosen entries from top to bottom."""
        chosen = (self._entries.get(entry_id) for entry_id in self._view.selected_ids())
        return [entry for entry in chosen if entry is not None]

    def chosen_as_shown(self) -> list[Entry]:
        """Give the chosen rows from top to bottom, those that are not stored as they are to be."""
        chosen = self.chosen_rows()
        entries = (self._pending.entry_at(row_id) or self.entry(row_id) for row_id in chosen)
        return [entry for entry in entries if entry is not None]

    def chosen_rows(self) -> list[int]:
        """Give the chosen rows from top to bottom; new entries that are not stored have one below zero."""
        return self._view.selected_ids()

    def start(self) -> None:
        """Show the first page."""
        self._view.show_order(self._sort, self._descending)
        self.reload(from_top=True)

    def stop(self) -> None:
        """Plan nothing more."""
        self._cancel_plan()
        self._asked += 1

    def set_filter(self, wanted: EntryFilter) -> None:
        """Filter the rows anew, from the top; the same filter again changes nothing."""
        if wanted != self._filter:
            self._filter = wanted
            self._sought = None
            self.reload(from_top=True)

    def sort_by(self, column: EntrySort) -> None:
        """Order by a column, the other way round if it was that column already."""
        self._descending = not self._descending if column is self._sort else False
        self._sort = column
        self._view.show_order(self._sort, self._descending)
        if column is EntrySort.PROBABILITY and self._chances_of is not None:
            said = self._desk.texts.gettext(
                "The rows are ordered by the chance of this month; the column shows that of another period."
            )
            self._say(said)
        self.reload(from_top=True)

    def order_by(self, column: EntrySort, descending: bool) -> None:
        """Order as was remembered; takes effect with ``start``."""
        self._sort, self._descending = column, descending

    def load_more(self) -> None:
        """Read the next page, unless all is there or one is on its way."""
        if not self._loading and len(self._entries) < self._total:
            self._read(len(self._entries), PAGE, self._append)

    def show_period(self, *, may_read: bool) -> bool:
        """Name the period that is shown, mark promises that were moved beyond it, show its chances.

        Args:
            may_read: Whether the database may be asked, where that is needed.

        Returns:
            Whether all is shown; False if the database is still to be asked.
        """
        choice = self._desk.choice
        if choice.period is None or choice.day is None:
            return True
        self._view.show_chance(self._texts.chance(choice.period, choice.day))
        wanted = None if choice.is_this_month else choice.period
        if wanted != self._chances_of:
            if may_read:
                self.reload()
            return may_read
        self._rewrite()
        return True

    def reload(self, *, from_top: bool = False) -> None:
        """Read again what is shown, or the first page only."""
        self._cancel_plan()
        limit = PAGE if from_top else max(PAGE, -(-len(self._entries) // PAGE) * PAGE)
        self._read(0, limit, self._replace_from_top if from_top else self._replace)

    def reload_soon(self) -> None:
        """Read again in a moment; several calls are one."""
        if self._planned is None:
            self._planned = self._desk.tasks.after(RELOAD_MS, self.reload)

    def show_written(self, stored: Sequence[tuple[int, Entry]]) -> bool:
        """Show what was just stored, at once; counts and places follow.

        Args:
            stored: Entries, each with the row in which it stood so far; a chosen row stays chosen.

        Returns:
            Whether all that is not deleted passes the filter.
        """
        chosen = self._view.selected_ids()
        all_pass = self.merge(entry for _row, entry in stored)
        for row, entry in stored:
            if chosen == [row] and row != entry.entry_id:
                self._view.select(entry.entry_id)
        self.reload_soon()
        return all_pass

    def show_pending(self) -> None:
        """Show anew what is being saved or was refused."""
        self._view.show_rows(self._pending.over(self._rows))

    def merge(self, entries: Iterable[Entry], gone: Iterable[int] = ()) -> bool:
        """Show entries as they are now without asking the store; counts, sums and order stay as they were.

        Args:
            entries: Changed ones, deleted ones included.
            gone: Numbers of entries that belong to another lead now.

        Returns:
            Whether all that is not deleted passes the filter.
        """
        all_pass = True
        for entry in entries:
            fits = passes(entry, self._filter)
            all_pass = all_pass and (fits or entry.deleted_at is not None)
            before = self._entries.get(entry.entry_id)
            if before is not None and fits:
                if self._chances_of is not None:
                    entry = with_chance(entry, None)
                if entry.probability is None and entry.status is Status.EXPECTED:
                    entry = replace(
                        entry,
                        probability=before.probability,
                        contribution=before.contribution,
                        is_large=before.is_large,
                    )
                self._entries[entry.entry_id] = entry
            elif before is not None:
                self._forget(entry.entry_id)
            elif fits:
                if self._chances_of is not None:
                    entry = with_chance(entry, None)
                self._entries = {entry.entry_id: entry, **self._entries}
                self._total += 1
        for entry_id in gone:
            if entry_id in self._entries:
                self._forget(entry_id)
        self._rewrite()
        return all_pass

    def jump_to(self, entry_id: int) -> bool:
        """Choose a row if it is loaded; say whether it is."""
        if entry_id not in self._entries:
            return False
        self._view.select(entry_id)
        return True

    def seek(self, entry_id: int, wanted: EntryFilter) -> None:
        """Filter so that a row is among the first ones, and choose it when it is there."""
        if self.jump_to(entry_id):
            return
        self._sought = (entry_id, self._view.selected_ids())
        self._filter = wanted
        self.reload(from_top=True)

    def _read(self, offset: int, limit: int, show: Callable[[_Loaded], None]) -> None:
        self._asked += 1
        asked, wanted, sort, descending = self._asked, self._filter, self._sort, self._descending
        today, choice = self._today(), self._desk.choice
        chances_of = None if choice.is_this_month else choice.period
        period_end = self._period_end()
        self._loading = True

        def work(token: bytes) -> _Loaded | None:
            if asked != self._asked:
                return None  # a newer question stands behind this one
            page = self._desk.store.list_entries(
                token, wanted, sort, descending=descending, offset=offset, limit=limit
            )
            if chances_of is not None:
                page = with_chances(self._desk.store, token, page, chances_of)
            return _Loaded(page, self._texts.rows(page.entries, today, period_end), limit)

        def done(loaded: _Loaded | None) -> None:
            if loaded is None or asked != self._asked:
                return
            self._loading = False
            self._chances_of = chances_of
            self._total = loaded.page.total
            show(loaded)
            self._view.show_summary(self._texts.summary(loaded.page.total, loaded.page.sums))
            self._arrived()

        def failed(error: BaseException) -> None:
            if asked == self._asked:
                self._loading = False
                self._failed(error)

        self._desk.call(work, done, failed)

    def _period_end(self) -> date | None:
        period = self._desk.choice.period
        return None if period is None else period.end

    def _rewrite(self) -> None:
        """Write the rows anew, as the entries are known."""
        self._rows = self._texts.rows(list(self._entries.values()), self._today(), self._period_end())
        self._show()

    def _replace(self, loaded: _Loaded) -> None:
        self._entries = {entry.entry_id: entry for entry in loaded.page.entries}
        self._rows = list(loaded.rows)
        chosen = self._view.selected_ids()
        self._show()
        if self._sought is not None:
            entry_id, before = self._sought
            self._sought = None
            if chosen == before:  # else the person has gone on to other rows meanwhile
                self._view.select(entry_id)

    def _replace_from_top(self, loaded: _Loaded) -> None:
        self._view.to_top()
        self._replace(loaded)

    def _append(self, loaded: _Loaded) -> None:
        # Rows that slid down meanwhile come a second time.
        known = set(self._entries)
        self._entries |= {entry.entry_id: entry for entry in loaded.page.entries}
        fresh = [row for row in loaded.rows if row.entry_id not in known]
        self._rows += fresh
        if self._pending:
            self._show()
        else:
            self._view.append_rows(fresh)

    def _show(self) -> None:
        """Show the rows; what was refused and is among them all the same was stored, its answer lost."""
        self._settled(self._pending.seen(self._entries.values()))
        self.show_pending()

    def _forget(self, entry_id: int) -> None:
        del self._entries[entry_id]
        self._total -= 1

    def _cancel_plan(self) -> None:
        if self._planned is not None:
            self._planned()
            self._planned = None
