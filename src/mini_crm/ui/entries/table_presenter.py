"""The table of entries: which stretch of the list is loaded, its order, and what changes elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

from mini_crm.domain.model import Entry, EntryChance, EntryFilter, EntryPage, EntrySort, Status
from mini_crm.domain.period import Period, month_of
from mini_crm.ui.desk import Cancel, Desk
from mini_crm.ui.entries.chosen import FIRST_ORDER
from mini_crm.ui.entries.loaded import Loaded, passes, with_chance
from mini_crm.ui.entries.pending import Pending
from mini_crm.ui.entries.shares import Shares, comes_to, share, with_shares
from mini_crm.ui.entries.table_port import TablePort
from mini_crm.ui.entries.texts import EntryTexts, Row, sums_of
from mini_crm.usecases.behind import Rows

PAGE = 200
MOST = 2000
"""So many rows are kept; with more the farthest ones are forgotten, and read again when they are needed."""
RELOAD_MS = 250
"""After a write the row is shown at once; counts and places follow so much later."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was read: a part of the list, its rows in words, chances of rows that stay without being in it."""

    page: EntryPage
    rows: list[Row]
    offset: int
    chances: Mapping[int, EntryChance]


class TablePresenter:
    """Keeps the loaded rows equal to what the store holds.

    Args:
        desk: Of the lead.
        view: The table.
        texts: Writes the rows.
        pending: What is shown although it is not stored.
        today: Gives the server's day.
        failed: Is told when rows could not be read.
        arrived: Is given whatever was read.
        settled: Is given refused writes that turned out to be stored.
        touched: Is given the order that the person has chosen.
        behind: Gives which number's rows are shown, if they are one's.
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
        arrived: Callable[[EntryPage], None],
        settled: Callable[[Sequence[UUID]], None],
        touched: Callable[[EntrySort, bool], None],
        behind: Callable[[], Rows | None] = lambda: None,
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._pending = pending
        self._today = today
        self._failed = failed
        self._arrived = arrived
        self._settled = settled
        self._touched = touched
        self._behind = behind
        self._chances_of: Period | None = None
        self._filter = EntryFilter()
        self._sort, self._descending = FIRST_ORDER
        self._loaded = Loaded()
        self._row_of: dict[int, Row] = {}
        self._found = EntryPage((), 0, ())
        self._shares: Shares = {}
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
        return self._loaded.get(entry_id)

    def knows(self, entries: Iterable[Entry]) -> bool:
        """Say whether the rows show these entries as they are already, such as after the own writes."""
        for entry in entries:
            shown = self._loaded.get(entry.entry_id)
            should = self._loaded.stays(entry.entry_id) and entry.deleted_at is None
            should = should or passes(entry, self._filter, was_there=shown is not None)
            if (shown is not None) != should or (shown is not None and shown.version != entry.version):
                return False
        return True

    def selected(self) -> list[Entry]:
        """Give the chosen entries from top to bottom."""
        chosen = (self._loaded.get(entry_id) for entry_id in self._view.selected_ids())
        return [entry for entry in chosen if entry is not None]

    def chosen_as_shown(self) -> list[Entry]:
        """Give the chosen rows from top to bottom, those that are not stored as they are to be."""
        chosen = self.chosen_rows()
        entries = (self._pending.entry_at(row_id) or self.entry(row_id) for row_id in chosen)
        return [entry for entry in entries if entry is not None]

    def chosen_rows(self) -> list[int]:
        """Give the chosen rows from top to bottom; new entries that are not stored have one below zero."""
        return self._view.selected_ids()

    def start(self, wanted: EntryFilter, column: EntrySort, descending: bool) -> None:
        """Show the first rows of a filter in an order; none is chosen, so that their sums are told."""
        self._view.select_nothing()
        self._filter, self._sort, self._descending = wanted, column, descending
        self._begin()

    def stop(self) -> None:
        """Plan nothing more."""
        self._cancel_plan()
        self._asked += 1

    def set_filter(self, wanted: EntryFilter) -> None:
        """Filter the rows anew, from the top; the same filter again changes nothing."""
        if wanted != self._filter:
            self._filter = wanted
            self._begin()

    def follow(self, wanted: EntryFilter) -> None:
        """Read again, with another filter if the day has made it one; rows that stay go on staying."""
        self._filter = wanted
        self.reload()

    def sort_by(self, column: EntrySort) -> None:
        """Order by a column, the other way round if it was that column already."""
        self._descending = not self._descending if column is self._sort else False
        self._sort = column
        self._touched(self._sort, self._descending)
        self._begin()

    def let_go_of_what_is_newer(self, change_seq: int) -> bool:
        """Let no row stay if one is newer than the database, in whose place an older copy was put.

        Returns:
            Whether it is so.
        """
        staying = (self._loaded.get(number) for number in self._loaded.staying())
        is_older = any(entry is not None and entry.change_seq > change_seq for entry in staying)
        if is_older:
            self._loaded.let_go()
        return is_older

    def _begin(self, sought: int | None = None) -> None:
        """Show the rows from the top, and choose one that is sought; nothing stays where it is any more."""
        self._sought = None if sought is None else (sought, self._view.selected_ids())
        self._view.show_order(self._sort, self._descending)
        counted = frozenset({Status.EXPECTED}) if self._filter.has_chance else frozenset()
        self._view.show_useful(self._filter.statuses or counted)
        self.reload(from_top=True)

    def load_more(self) -> None:
        """Read what follows, unless all is there or something is on its way."""
        if not self._loading and self._loaded.end < self._loaded.total:
            self._read(self._loaded.end, PAGE, self._append)

    def load_before(self) -> None:
        """Read what comes before, unless all is there or something is on its way."""
        if not self._loading and self._loaded.offset > 0:
            offset = max(0, self._loaded.offset - PAGE)
            self._read(offset, self._loaded.offset - offset, self._prepend)

    def go_to(self, place: int) -> None:
        """Bring the row at a place of the whole list to the top, reading what is around it."""
        total = self._loaded.total
        offset = max(0, min(place - PAGE // 2, total - PAGE))

        def show(answer: _Answer) -> None:
            self._replace(answer)
            self._view.scroll_to(place)

        self._read(offset, PAGE, show)

    def to_first(self) -> None:
        """Choose the first entry of the list."""
        if self._loaded.offset == 0:
            self._choose_end(last=False)
        else:
            self._read(0, PAGE, partial(self._replace_and_choose, last=False))

    def to_last(self) -> None:
        """Choose the last entry of the list, reading what is before it."""
        if self._loaded.end >= self._loaded.total:
            self._choose_end(last=True)
        else:
            offset = max(0, self._loaded.total - PAGE)
            self._read(offset, PAGE, partial(self._replace_and_choose, last=True))

    def _choose_end(self, *, last: bool) -> None:
        numbers = [entry.entry_id for entry in self._loaded]
        if numbers:
            self._view.select(numbers[-1 if last else 0])

    def chosen_changed(self) -> None:
        """Add up the chosen rows instead of all that were found, as soon as there are several."""
        chosen = self._view.selected_ids()
        if len(chosen) < 2:
            found = self._found
            whole = comes_to(self._behind(), found.sums)
            self._view.show_summary(self._texts.summary(self._texts.count(found.total), found.sums, whole))
            return
        said = self._desk.texts.ngettext("chosen: {n}", "chosen: {n}", len(chosen)).format(n=len(chosen))
        part = sum((self._shares.get(number, Decimal(0)) for number in chosen), Decimal(0))
        self._view.show_summary(
            self._texts.summary(said, sums_of(self.selected()), part if self._shares else None)
        )

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
        self.write_again()
        return True

    def reload(self, *, from_top: bool = False) -> None:
        """Read again what is shown, or the first page only; then no row stays where it is any more."""
        self._cancel_plan()
        if from_top:
            self._read(0, PAGE, self._replace_from_top)
        else:
            limit = max(PAGE, -(-len(self._loaded) // PAGE) * PAGE)
            self._read(self._loaded.offset, limit, self._replace)

    def reload_soon(self) -> None:
        """Read again in a moment; several calls are one."""
        if self._planned is None:
            self._planned = self._desk.tasks.after(RELOAD_MS, self.reload)

    def show_written(self, stored: Sequence[tuple[int, Entry]]) -> None:
        """Show what was just stored, at once; counts and sums follow.

        The rows stay where they are until the person touches filter or order.

        Args:
            stored: Entries, each with the row in which it stood so far; a chosen row stays chosen.
        """
        chosen = self._view.selected_ids()
        entries = [self._with_known_chance(entry) for _row, entry in stored]
        for entry in entries:
            if entry.deleted_at is not None:
                self._loaded.remove(entry.entry_id)
        self._loaded.stay(entry for entry in entries if entry.deleted_at is None)
        self._write_rows(entries)
        self._show()
        for row, entry in stored:
            if chosen == [row] and row != entry.entry_id:
                self._view.select(entry.entry_id)
        self.reload_soon()

    def show_pending(self) -> None:
        """Show anew what is being saved or was refused."""
        number, unlisted = self._behind(), set(self._loaded.unlisted())
        listed = [entry for entry in self._loaded if entry.entry_id not in unlisted]
        self._shares = share(number, listed, self._found)
        rows = [self._row_of[entry.entry_id] for entry in self._loaded]
        rows = with_shares(rows, self._shares, number, self._desk.texts)
        self._view.show_rows(self._pending.over(rows), self._loaded.offset, self._loaded.total)

    def merge(self, entries: Iterable[Entry], gone: Iterable[int] = ()) -> None:
        """Show entries as they are now without asking the store; counts, sums and order stay as they were.

        Args:
            entries: Changed ones, deleted ones included.
            gone: Numbers of entries that belong to another lead now.
        """
        fresh = []
        for entry in entries:
            number = entry.entry_id
            is_there, stays = number in self._loaded, self._loaded.stays(number)
            if (stays and entry.deleted_at is None) or passes(entry, self._filter, was_there=is_there):
                entry = self._with_known_chance(entry)
                if is_there:
                    self._loaded.update(entry)
                else:
                    self._loaded.come(entry)
                fresh.append(entry)
            elif is_there:
                self._loaded.remove(number)
        for number in gone:
            self._loaded.remove(number)
        self._write_rows(fresh)
        self._show()

    def merge_staying(self, entries: Iterable[Entry], gone: Iterable[int]) -> None:
        """Do so with the rows that stay where they are: reading the list again may leave them out."""
        staying = set(self._loaded.staying())
        self.merge(
            [entry for entry in entries if entry.entry_id in staying], [one for one in gone if one in staying]
        )

    def jump_to(self, entry_id: int) -> bool:
        """Choose a row if it is loaded; say whether it is."""
        if entry_id not in self._loaded:
            return False
        self._view.select(entry_id)
        return True

    def seek(self, entry_id: int, wanted: EntryFilter) -> None:
        """Filter so that a row is among the first ones, and choose it when it is there."""
        if self.jump_to(entry_id):
            return
        self._filter = wanted
        self._begin(entry_id)

    def _with_known_chance(self, entry: Entry) -> Entry:
        """Give an entry with its chance in the period shown, as far as that is known."""
        before = self._loaded.get(entry.entry_id)
        if self._chances_of is not None:
            entry = with_chance(entry, None)
        if before is not None and entry.probability is None and entry.status is Status.EXPECTED:
            return replace(
                entry,
                probability=before.probability,
                contribution=before.contribution,
                is_large=before.is_large,
            )
        return entry

    def _read(self, offset: int, limit: int, show: Callable[[_Answer], object]) -> None:
        self._asked += 1
        asked, wanted, sort, descending = self._asked, self._filter, self._sort, self._descending
        today, choice, store = self._today(), self._desk.choice, self._desk.store
        chances_of = None if choice.is_this_month else choice.period
        period, period_end = choice.period or month_of(today), self._period_end()
        self._loading = True

        staying = self._loaded.staying()

        def work(token: bytes) -> _Answer | None:
            if asked != self._asked:
                return None  # a newer question stands behind this one
            begin = offset

            def read() -> EntryPage:
                return store.list_entries(
                    token, wanted, sort, descending=descending, offset=begin, limit=limit, period=chances_of
                )

            page = read()
            if page.total and not page.entries:  # the list has become shorter than what was before these
                begin = max(0, page.total - limit)
                page = read()
            unseen = [number for number in staying if all(number != one.entry_id for one in page.entries)]
            chances = store.list_chances(token, period, unseen) if unseen else ()
            rows = self._texts.rows(page.entries, today, period_end)
            return _Answer(page, rows, begin, {chance.entry_id: chance for chance in chances})

        def done(answer: _Answer | None) -> None:
            if answer is None or asked != self._asked:
                return
            self._loading = False
            self._chances_of = chances_of
            self._found = answer.page
            show(answer)
            self.chosen_changed()
            self._arrived(answer.page)

        def failed(error: BaseException) -> None:
            if asked == self._asked:
                self._loading = False
                self._failed(error)

        self._desk.call(work, done, failed)

    def _period_end(self) -> date | None:
        period = self._desk.choice.period
        return None if period is None else period.end

    def write_again(self) -> None:
        """Write all rows anew, as the entries are known: the day or the period is another one."""
        entries, today, period_end = list(self._loaded), self._today(), self._period_end()
        asked = self._asked

        def done(rows: list[Row]) -> None:
            if asked == self._asked:  # else they are read anew
                self._row_of |= {row.entry_id: row for row in rows}
                self.show_pending()

        self._desk.tasks.run(lambda: self._texts.rows(entries, today, period_end), done, self._failed)

    def _write_rows(self, entries: Iterable[Entry]) -> None:
        """Write the rows of these entries anew."""
        for row in self._texts.rows(list(entries), self._today(), self._period_end()):
            self._row_of[row.entry_id] = row

    def _take(self, answer: _Answer) -> None:
        """Know the rows of an answer, and the chances of those that stay without being in it."""
        self._row_of |= {row.entry_id: row for row in answer.rows}
        unlisted = set(self._loaded.unlisted())
        unseen = [
            with_chance(entry, answer.chances.get(entry.entry_id))
            for entry in self._loaded
            if entry.entry_id in unlisted
        ]
        for entry in unseen:
            self._loaded.update(entry)
        self._write_rows(unseen)
        self._row_of = {entry.entry_id: self._row_of[entry.entry_id] for entry in self._loaded}

    def _replace(self, answer: _Answer) -> None:
        chosen = self._view.selected_ids()
        self._loaded.replace(answer.page.entries, answer.offset, answer.page.total)
        self._take(answer)
        self._show()
        if self._sought is not None:
            entry_id, before = self._sought
            self._sought = None
            if chosen == before:  # else the person has gone on to other rows meanwhile
                self._view.select(entry_id)

    def _replace_from_top(self, answer: _Answer) -> None:
        self._loaded.let_go()
        self._view.to_top()
        self._replace(answer)

    def _replace_and_choose(self, answer: _Answer, *, last: bool) -> None:
        self._replace(answer)
        self._choose_end(last=last)

    def _append(self, answer: _Answer) -> None:
        coming = self._loaded.extend(answer.page.entries, answer.page.total)
        self._row_of |= {row.entry_id: row for row in answer.rows}
        too_many = self._too_many(at_top=True)
        if self._pending or too_many or self._behind() is not None:
            self._loaded.drop(too_many, at_top=True)
            self._show()
        else:
            self._view.append_rows([self._row_of[entry.entry_id] for entry in coming], self._loaded.total)

    def _prepend(self, answer: _Answer) -> None:
        self._loaded.extend_up(answer.page.entries, answer.offset, answer.page.total)
        self._row_of |= {row.entry_id: row for row in answer.rows}
        self._loaded.drop(self._too_many(at_top=False), at_top=False)
        self._show()

    def _too_many(self, *, at_top: bool) -> int:
        """Say how many rows can be forgotten at an end; a chosen one is not."""
        chosen = set(self._view.selected_ids())
        rows = [entry.entry_id for entry in self._loaded]
        if not at_top:
            rows.reverse()
        free = next((place for place, number in enumerate(rows) if number in chosen), len(rows))
        return min(free, max(0, len(self._loaded) - MOST))

    def _show(self) -> None:
        """Show the rows; what was refused and is among them all the same was stored, its answer lost."""
        self._settled(self._pending.seen(self._loaded))
        self.show_pending()

    def _cancel_plan(self) -> None:
        if self._planned is not None:
            self._planned()
            self._planned = None
