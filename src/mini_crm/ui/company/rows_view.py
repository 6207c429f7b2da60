"""A lead's entries on the screen, to be read only: filters, table, counts and sums."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.domain.model import EntrySort, Status
from mini_crm.i18n import Texts
from mini_crm.ui.company.page import CompanyEvents, RowsWanted
from mini_crm.ui.company.search_view import SearchField
from mini_crm.ui.entries.column_fit import MOST
from mini_crm.ui.entries.columns import serves
from mini_crm.ui.entries.marks_view import colour_marks
from mini_crm.ui.entries.table_view import RIGHT
from mini_crm.ui.entries.texts import COLUMNS, EntryTexts, Row
from mini_crm.ui.forecast.table import ReadOnlyTable
from mini_crm.ui.forecast.texts import Column
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets import CHOSEN, ChoiceBox

NEAR_END = 0.9
"""Scrolled so far, the next page is read."""
PAUSE_MS = 250
"""The table follows so long after the last key."""


class RowsTable(ReadOnlyTable):
    """The table of entries without anything that changes one.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and colours.
    """

    mark = " \u25bc"

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent, theme, height=6)
        self._events: CompanyEvents | None = None
        self._captions = dict(EntryTexts(texts).captions)
        self._order: tuple[EntrySort, bool] | None = None
        self._useful: Sequence[str] = ()
        colour_marks(self.tree, theme.colours)
        follow = str(self.tree.cget("yscrollcommand"))

        def scrolled(first: str, last: str) -> None:
            self.tk.call(follow, first, last)
            if (
                self._events is not None
                and self._rows
                and NEAR_END < float(last)
                and self._is_laid_out(first)
            ):
                self._events.more_rows()

        self.tree.configure(yscrollcommand=scrolled)

    def listen(self, events: CompanyEvents) -> None:
        """Tell these events from now on."""
        self._events = events

    def show_rows(self, rows: Sequence[Row]) -> None:
        """See ``LeadRowsPort``."""
        columns = [Column(self._captions[column], column in RIGHT) for column in COLUMNS]
        self.show(columns, [row.cells for row in rows], names=[str(row.entry_id) for row in rows])
        self.tree.configure(displaycolumns=self._useful or "#all")
        for row in rows:
            self.tree.item(str(row.entry_id), tags=(row.mark,))
        self._write_heads()

    def append_rows(self, rows: Sequence[Row]) -> None:
        """See ``LeadRowsPort``."""
        for row in rows:
            self.tree.insert("", "end", str(row.entry_id), values=row.cells, tags=(row.mark,))
            self._rows.append((str(row.entry_id), row.cells, False))

    def show_order(self, column: EntrySort, descending: bool) -> None:
        """See ``LeadRowsPort``."""
        self._order = (column, descending)
        self._write_heads()

    def show_chance(self, caption: str) -> None:
        """See ``LeadRowsPort``."""
        self._captions[EntrySort.PROBABILITY] = caption

    def show_useful(self, statuses: frozenset[Status]) -> None:
        """See ``LeadRowsPort``."""
        self._useful = [str(at) for at, column in enumerate(COLUMNS) if serves(column, statuses)]
        if self._columns:
            self.tree.configure(displaycolumns=self._useful)

    def _write_heads(self) -> None:
        """Name the columns, mark the one that orders the rows, and let a click order by another."""
        for at, column in enumerate(COLUMNS[: len(self._columns)]):
            sign = ""
            if self._order is not None and self._order[0] is column:
                sign = " \u25bc" if self._order[1] else " \u25b2"
            command = "" if self._events is None else partial(self._events.sort_rows, column)
            self.tree.heading(str(at), text=self._captions[column] + sign, command=command)

    def _is_laid_out(self, first: str) -> bool:
        """Say whether the end in sight is real: before the table has its place it is not."""
        fits = self.tree.winfo_height() > self._theme.row_height * len(self._rows)
        return float(first) > 0 or fits

    def _fit(self) -> None:
        """Let no name and no comment take more room than a list of entries gives it by itself."""
        super()._fit()
        for at, column in enumerate(COLUMNS):
            if column in MOST:
                most = self._theme.text_width("0" * MOST[column])
                width = min(int(self.tree.column(str(at), "width")), most)
                self.tree.column(str(at), width=width, minwidth=width, stretch=column is EntrySort.COMMENT)


class RowsView(plain_ttk.Frame):
    """The list of a lead's entries; a ``LeadRowsPort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and colours.

    Attributes:
        table: The entries.
        behind: Which number's rows they are.
        summary: Counts and sums.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent)
        _ = texts.gettext
        self._events: CompanyEvents | None = None
        self._all = texts.pgettext("filter", "all")
        self._statuses: dict[Status | None, str] = {None: self._all}
        for status, name in EntryTexts(texts).statuses.items():
            self._statuses[status] = name
        gap = theme.px(6)
        bar = ttk.Frame(self)
        bar.grid(row=0, column=0, sticky="ew", pady=(theme.px(4), theme.px(4)))
        self.text = SearchField(
            bar, theme, _("Search"), width=16, pause_ms=PAUSE_MS, changed=lambda text: self._changed()
        )
        self.text.pack(side="left")
        ttk.Label(bar, text=_("Manager")).pack(side="left", padx=(2 * gap, gap))
        self.manager = ChoiceBox(bar, theme, [self._all], width=22)
        self.manager.pack(side="left")
        ttk.Label(bar, text=_("Status")).pack(side="left", padx=(2 * gap, gap))
        self.status = ChoiceBox(bar, theme, list(self._statuses.values()), width=11)
        self.status.pack(side="left")
        for box in (self.manager, self.status):
            box.bind(CHOSEN, lambda event: self._changed())
        self.behind = ttk.Button(bar, bootstyle="primary-outline", command=self._leave_behind)
        self.table = RowsTable(self, texts, theme)
        self.table.grid(row=1, column=0, sticky="nsew")
        self.summary = ttk.Label(self)
        self.summary.grid(row=2, column=0, sticky="w")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._gap = gap
        self._padding = (theme.px(6), theme.px(1))
        self.manager.set_text(self._all)

    def listen(self, events: CompanyEvents) -> None:
        """Tell these events from now on."""
        self._events = events
        self.table.listen(events)

    def offer(self, managers: Sequence[str]) -> None:
        """See ``LeadRowsPort``."""
        self.manager.set_names([self._all, *managers])

    def show_wanted(self, wanted: RowsWanted, behind: str) -> None:
        """See ``LeadRowsPort``."""
        self.manager.set_text(wanted.manager or self._all)
        self.status.set_text(self._statuses[wanted.status])
        self.text.set(wanted.text)
        if behind:
            self.behind.configure(text=f"{behind}  \u00d7", padding=self._padding)
            self.behind.pack(side="left", padx=(2 * self._gap, 0))
        else:
            self.behind.pack_forget()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """See ``LeadRowsPort``."""
        self.table.show_rows(rows)

    def append_rows(self, rows: Sequence[Row]) -> None:
        """See ``LeadRowsPort``."""
        self.table.append_rows(rows)

    def to_top(self) -> None:
        """See ``LeadRowsPort``."""
        self.table.tree.yview_moveto(0)

    def show_order(self, column: EntrySort, descending: bool) -> None:
        """See ``LeadRowsPort``."""
        self.table.show_order(column, descending)

    def show_chance(self, caption: str) -> None:
        """See ``LeadRowsPort``."""
        self.table.show_chance(caption)

    def show_useful(self, statuses: frozenset[Status]) -> None:
        """See ``LeadRowsPort``."""
        self.table.show_useful(statuses)

    def show_summary(self, text: str) -> None:
        """See ``LeadRowsPort``."""
        self.summary.configure(text=text)

    def _wanted(self) -> RowsWanted:
        manager, status = self.manager.get(), self.status.get()
        return RowsWanted(
            manager="" if manager == self._all else manager,
            status=next((one for one, name in self._statuses.items() if name == status), None),
            text=self.text.get(),
        )

    def _changed(self) -> None:
        if self._events is not None:
            self._events.filter_rows(self._wanted())

    def _leave_behind(self) -> None:
        """Take the limits of a number away: all entries of its status stay."""
        if self._events is not None:
            self._events.leave_number()
