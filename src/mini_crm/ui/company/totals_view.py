"""Rows that stay in sight below a table, in its columns, however far that is scrolled."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk as plain_ttk

from mini_crm.ui.company.page import CompanyRow
from mini_crm.ui.forecast.table import TOTAL
from mini_crm.ui.headline import Level
from mini_crm.ui.theme import TABLE, Theme
from mini_crm.ui.widgets.clipboard import offer_copy
from mini_crm.ui.widgets.table import Table
from mini_crm.ui.widgets.tips import tip_cut_cells


class TotalRows(Table):
    """A table without heads that has the widths of another and goes sideways with it.

    Args:
        parent: Where it stands, as wide as the other.
        theme: For fonts and colours.
        above: The other table.
        open_row: Is given the name of a row that is opened.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, above: plain_ttk.Treeview, open_row: Callable[[str], None]
    ) -> None:
        super().__init__(parent, theme, show="tree", height=1, selectmode="browse", style=TABLE)
        self._above = above
        self._open_row = open_row
        self.tag_configure(TOTAL, font=theme.bold, background=theme.colours.info_back)
        offer_copy(self)
        tip_cut_cells(self, theme)
        for key in ("<Return>", "<KP_Enter>"):
            self.bind(key, lambda event: self._open(self.focus()))
        self.bind("<Double-1>", lambda event: self._open(self.identify_row(event.y)))
        self.bind("<FocusIn>", lambda event: self._choose_first(), add="+")
        self.bind("<FocusOut>", lambda event: self.selection_set(()), add="+")
        for sequence in ("<Configure>", "<ButtonRelease-1>", "<B1-Motion>"):
            above.bind(sequence, lambda event: self.follow(), add="+")

    def show(self, rows: Sequence[CompanyRow], lights: Mapping[Level, str | tk.PhotoImage]) -> None:
        """Show these rows."""
        self.configure(columns=self._above.cget("columns"), height=max(1, len(rows)))
        self.delete(*self.get_children())
        for row in rows:
            light = "" if row.level is None else lights[row.level]
            self.insert("", "end", row.name, values=row.cells, image=light, tags=(TOTAL,))
        self.follow()

    def follow(self) -> None:
        """Take over the widths of the columns, and how far they are scrolled."""
        for name in ("#0", *self.cget("columns")):
            for option in ("width", "minwidth", "stretch", "anchor"):
                value = self.tk.call(str(self._above), "column", name, f"-{option}")
                if str(value) != str(self.tk.call(str(self), "column", name, f"-{option}")):
                    self.tk.call(str(self), "column", name, f"-{option}", value)
        self.xview_moveto(self._above.xview()[0])
        self.plan()

    def _choose_first(self) -> None:
        rows = self.get_children()
        if rows:
            self.focus(rows[0])
            self.selection_set(rows[0])

    def _open(self, name: str) -> str:
        if name:
            self._open_row(name)
        return "break"
