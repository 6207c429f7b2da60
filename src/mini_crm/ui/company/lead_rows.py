"""The entries of one lead, to be read by a head of sales; no Tk here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mini_crm.domain.model import Entry, EntryFilter, EntryPage, EntrySort, Group, Status
from mini_crm.domain.period import Period
from mini_crm.domain.rules import name_key, name_order
from mini_crm.domain.text import without_unseen
from mini_crm.ui.company.page import LeadRowsPort, RowsWanted
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.shares import comes_to, share, with_shares
from mini_crm.ui.entries.table_presenter import PAGE
from mini_crm.ui.entries.texts import EntryTexts, Row
from mini_crm.usecases.behind import Rows

FIRST = RowsWanted(status=Status.EXPECTED)
"""What a lead is opened on, the longest overdue first."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The entries behind a number.

    Attributes:
        caption: The number in words.
    """

    caption: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class _Loaded:
    page: EntryPage
    rows: list[Row]


class LeadRows:
    """Reads the entries of a lead page by page, filtered and sorted.

    Args:
        desk: Of the head.
        view: The list.
        lead_id: Whose they are.
        period: Gives the period of the chances.
        day: Gives the day that the run counted.
        today: Gives the server's day.
        failed: Is told when they could not be read.
    """

    def __init__(
        self,
        desk: Desk,
        view: LeadRowsPort,
        lead_id: int,
        *,
        period: Callable[[], Period],
        day: Callable[[], date],
        today: Callable[[], date],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._lead_id = lead_id
        self._period = period
        self._day = day
        self._today = today
        self._failed = failed
        self._texts = EntryTexts(desk.texts)
        self._managers: dict[str, int] = {}
        self._wanted = FIRST
        self._behind: Behind | None = None
        self._sort, self._descending = EntrySort.PAY_BY, False
        self._shown: dict[int, Entry] = {}
        self._row_of: dict[int, Row] = {}
        self._total = 0
        self._asked = 0
        self._loading = False

    def show(self, behind: Behind | None = None) -> None:
        """Show the entries behind a number; without one, what is expected."""
        self._behind = behind
        if behind is None:
            self._wanted, self._sort, self._descending = FIRST, EntrySort.PAY_BY, False
        else:
            statuses = behind.rows.filter.statuses
            self._wanted = RowsWanted(
                manager=self._name_of(behind.rows.filter.manager_id),
                status=next(iter(statuses)) if len(statuses) == 1 else None,
            )
            self._sort, self._descending = behind.rows.sort, behind.rows.descending
        self._show_wanted()
        self._view.show_order(self._sort, self._descending)
        self.reload(from_top=True)

    def show_manager(self, manager_id: int) -> None:
        """Show what is expected of one manager."""
        self._behind = None
        self._wanted = replace(FIRST, manager=self._name_of(manager_id))
        self._show_wanted()
        self.reload(from_top=True)

    def take_groups(self, groups: Sequence[Group]) -> None:
        """Offer all managers of the lead, former ones too; namesakes with their group."""
        pairs = [(group.name, manager) for group in groups for manager in group.managers]
        names = Counter(name_key(manager.name) for _group, manager in pairs)
        self._managers = {
            f"{manager.name} ({group})" if names[name_key(manager.name)] > 1 else manager.name: (
                manager.manager_id
            )
            for group, manager in sorted(pairs, key=lambda pair: name_order(pair[1].name))
        }
        self._view.offer(list(self._managers))
        if self._behind is not None:
            self._wanted = replace(self._wanted, manager=self._name_of(self._behind.rows.filter.manager_id))
            self._show_wanted()

    def filter(self, wanted: RowsWanted) -> None:
        """Show others; another status than that of a number leaves its rows."""
        if wanted == self._wanted:
            return
        if wanted.status != self._wanted.status:
            self._behind = None
        self._wanted = wanted
        self._show_wanted()
        self.reload(from_top=True)

    def leave_number(self) -> None:
        """Show all entries of the manager and the status that the number is of."""
        self._behind = None
        self._show_wanted()
        self.reload(from_top=True)

    def sort_by(self, column: EntrySort) -> None:
        """Order by a column, the other way round if it was that column already."""
        self._descending = not self._descending if column is self._sort else False
        self._sort = column
        self._view.show_order(self._sort, self._descending)
        self.reload(from_top=True)

    def more(self) -> None:
        """Read the next page, unless all is there or one is on its way."""
        if not self._loading and len(self._shown) < self._total:
            self._read(len(self._shown), PAGE, self._append)

    def reload(self, *, from_top: bool = False) -> None:
        """Read again what is shown, or the first page only."""
        if from_top:
            wanted = self._filter()
            counted = frozenset({Status.EXPECTED}) if wanted.has_chance else frozenset()
            self._view.show_useful(wanted.statuses or counted)
        limit = PAGE if from_top else max(PAGE, -(-len(self._shown) // PAGE) * PAGE)

        def show(loaded: _Loaded) -> None:
            if from_top:
                self._view.to_top()
            self._shown = {entry.entry_id: entry for entry in loaded.page.entries}
            self._row_of = {row.entry_id: row for row in loaded.rows}
            self._show_rows(loaded.page)

        self._read(0, limit, show)

    def stop(self) -> None:
        """Show nothing any more."""
        self._asked += 1

    def _show_wanted(self) -> None:
        self._view.show_wanted(self._wanted, "" if self._behind is None else self._behind.caption)

    def _name_of(self, manager_id: int | None) -> str:
        return next((name for name, number in self._managers.items() if number == manager_id), "")

    def _filter(self) -> EntryFilter:
        wanted = self._wanted
        text = without_unseen(wanted.text).strip()
        manager_id = self._managers.get(wanted.manager)
        if self._behind is not None:
            known = manager_id is not None or self._name_of(self._behind.rows.filter.manager_id)
            narrowed = manager_id if known else self._behind.rows.filter.manager_id
            return replace(self._behind.rows.filter, manager_id=narrowed, text=text)
        statuses = frozenset() if wanted.status is None else frozenset({wanted.status})
        return EntryFilter(manager_id=manager_id, statuses=statuses, text=text)

    def _number(self) -> Rows | None:
        """Give the number whose rows are shown; none where they are narrowed further."""
        behind = self._behind
        return None if behind is None or self._filter() != behind.rows.filter else behind.rows

    def _changed(self, page: EntryPage) -> str:
        """Say that the rows of a number are not what the run counted any more."""
        number = self._number()
        if number is None or number.total_of(page.sums).is_same(number.total):
            return ""
        return self._desk.texts.gettext("Entries have changed since the forecast.") + " "

    def _read(self, offset: int, limit: int, show: Callable[[_Loaded], None]) -> None:
        self._asked += 1
        asked, wanted, sort, descending = self._asked, self._filter(), self._sort, self._descending
        period, today, store = self._period(), self._today(), self._desk.store
        self._view.show_chance(self._texts.chance(period, self._day()))
        self._loading = True

        def work(token: bytes) -> _Loaded | None:
            if asked != self._asked:
                return None  # a newer question stands behind this one
            page = store.list_lead_entries(
                token,
                self._lead_id,
                wanted,
                sort,
                descending=descending,
                offset=offset,
                limit=limit,
                period=period,
            )
            return _Loaded(page, self._texts.rows(page.entries, today, period.end))

        def done(loaded: _Loaded | None) -> None:
            if loaded is None or asked != self._asked:
                return
            self._loading = False
            self._total = loaded.page.total
            show(loaded)
            page = loaded.page
            whole = comes_to(self._number(), page.sums)
            summary = self._texts.summary(self._texts.count(page.total), page.sums, whole)
            self._view.show_summary(self._changed(page) + summary)

        def failed(error: BaseException) -> None:
            if asked == self._asked:
                self._loading = False
                self._failed(error)

        self._desk.call(work, done, failed)

    def _append(self, loaded: _Loaded) -> None:
        # Rows that slid down meanwhile come a second time.
        known = set(self._shown)
        self._shown |= {entry.entry_id: entry for entry in loaded.page.entries}
        self._row_of |= {row.entry_id: row for row in loaded.rows}
        if self._number() is None:
            self._view.append_rows([row for row in loaded.rows if row.entry_id not in known])
        else:
            self._show_rows(loaded.page)

    def _show_rows(self, page: EntryPage) -> None:
        """Show all rows; those behind a number add up to it."""
        number, entries = self._number(), list(self._shown.values())
        rows = [self._row_of[entry.entry_id] for entry in entries]
        self._view.show_rows(with_shares(rows, share(number, entries, page), number, self._desk.texts))
