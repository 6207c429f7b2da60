"""The tables of the company page: sorted by a click or a key, opened by row and by number."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk as plain_ttk

from mini_crm.i18n import Texts
from mini_crm.ui.company.lights_view import SIZE, make_lights
from mini_crm.ui.company.page import CompanyRow, Table
from mini_crm.ui.company.totals_view import TotalRows
from mini_crm.ui.forecast.table import ReadOnlyTable
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets import copy_rows
from mini_crm.ui.widgets.menus import pop_up

NAME = 22
"""How many digits wide the column of names is at most where there is little room."""
UP, DOWN = " \u25b2", " \u25bc"


class LeadTable(ReadOnlyTable):
    """A table of leads or managers with a traffic light before each row.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and colours.
        height: Rows that it asks room for.
        open_row: Is given the name of a row that is opened.
        open_number: Is given the name of a row, and the column of its number that is opened.
        sort_by: Is given the column that the rows are to be ordered by; None where they cannot be.
        keep_totals: Whether the totals, of which no number can be opened then, stand below the others, in
            sight however far these are scrolled.

    Attributes:
        totals: Those that stay in sight; None where they stand among the others.
    """

    mark = DOWN

    def __init__(
        self,
        parent: tk.Misc,
        texts: Texts,
        theme: Theme,
        *,
        height: int,
        open_row: Callable[[str], None],
        open_number: Callable[[str, int], None],
        sort_by: Callable[[int], None] | None = None,
        keep_totals: bool = False,
    ) -> None:
        self.totals: TotalRows | None = None
        super().__init__(parent, theme, height=height)
        self._texts = texts
        self._open_row = open_row
        self._open_number = open_number
        self._sort_by = sort_by
        self._table: Table | None = None
        self._below: list[CompanyRow] = []
        self._lights = make_lights(self, theme)
        # Else the garbage collector may let them go in a thread where Tk is not allowed.
        self.bind("<Destroy>", lambda event: self._lights.clear() if event.widget is self else None)
        self.on_open = self._open_link
        tree = self.tree
        if keep_totals:
            self.totals = TotalRows(self, theme, tree, open_row)
        width = theme.px(SIZE + 16)
        tree.configure(show="tree headings", selectmode="browse")
        tree.column("#0", width=width, minwidth=width, stretch=False, anchor="center")
        for key in ("<Return>", "<KP_Enter>"):  # where no link is marked, which takes Enter for itself
            tree.bind(key, lambda event: self._open_focused(), add="+")
        tree.bind("<Double-1>", self._double)
        tree.bind("<Button-3>", self._menu_at_pointer)
        for key in ("<Menu>", "<Shift-F10>"):
            tree.bind(key, lambda event: self._menu_at_focus())
        if sort_by is not None:
            tree.bind("<Control-Left>", lambda event: self._move_order(-1))
            tree.bind("<Control-Right>", lambda event: self._move_order(1))
            tree.bind("<Control-Up>", lambda event: self._turn_order(descending=False))
            tree.bind("<Control-Down>", lambda event: self._turn_order(descending=True))

    def show_table(self, table: Table) -> None:
        """Show rows; a row stays chosen wherever it goes."""
        self._table = table
        rows = [row for row in table.rows if self.totals is None or not row.is_total]
        self._below = [row for row in table.rows if self.totals is not None and row.is_total]
        self.show(
            table.columns,
            [row.cells for row in rows],
            [row.is_total for row in rows],
            [tuple(at in row.links for at in range(len(row.cells))) for row in rows],
            [row.name for row in rows],
        )
        for row in rows:
            self.tree.item(row.name, image="" if row.level is None else self._lights[row.level])
        if self.totals is not None:
            self.totals.show(self._below, self._lights)
            self.totals.grid(row=1, column=0, sticky="ew")
        for at, column in enumerate(table.columns):
            sign = "" if at != table.sorted_by else DOWN if table.descending else UP
            command = "" if self._sort_by is None else partial(self._sort_by, at)
            self.tree.heading(str(at), text=column.caption + sign, command=command)

    def cells(self) -> list[tuple[str, ...]]:
        """Give what is shown, from top to bottom."""
        return [*super().cells(), *(row.cells for row in self._below)]

    def focus_rows(self) -> None:
        """Put the cursor on the chosen row, else on the first one that can be opened."""
        rows = () if self._table is None else self._table.rows
        if rows:
            chosen = self.tree.selection()
            first = next((row.name for row in rows if not row.is_total), rows[0].name)
            self.choose(chosen[0] if chosen else first)
            self.tree.focus_set()

    def choose(self, name: str) -> None:
        """Choose a row, if it is there."""
        if self.tree.exists(name):
            self.tree.selection_set(name)
            self.tree.focus(name)
            self.tree.see(name)

    def menu(self) -> tk.Menu:
        """Make the context menu of the row with the cursor."""
        _, menu, name = self._texts.gettext, tk.Menu(self, tearoff=False), self.tree.focus()
        if name:
            menu.add_command(label=_("Open"), accelerator="Enter", command=self._open_focused)
            for at, caption in self._links_of(name):
                said = _("Rows behind \u201c{column}\u201d").format(column=caption)
                menu.add_command(label=said, command=partial(self._open_number, name, at))
            menu.add_command(label=_("Copy rows"), accelerator="Ctrl+C", command=lambda: copy_rows(self.tree))
        if self._sort_by is not None and self._table is not None:
            menu.add_separator()
            for at, column in enumerate(self._table.columns):
                sign = "\u2713" if at == self._table.sorted_by else "    "
                said = _("{sign} Sort by \u201c{column}\u201d").format(sign=sign, column=column.caption)
                menu.add_command(label=said, command=partial(self._sort_by, at))
        return menu

    def _follow(self, bar: plain_ttk.Scrollbar, first: str, last: str) -> None:
        super()._follow(bar, first, last)
        if self.totals is not None:
            self.totals.follow()

    def _texts_of(self, number: int) -> list[tuple[str, bool]]:
        return [*super()._texts_of(number), *((row.cells[number], True) for row in self._below)]

    def _fit(self) -> None:
        """Let a long name leave room for the numbers; it gets what is left."""
        super()._fit()
        if self._columns:
            width = min(int(self.tree.column("0", "width")), self._theme.text_width("0" * NAME))
            self.tree.column("0", width=width, minwidth=width)

    def _links_of(self, name: str) -> list[tuple[int, str]]:
        if self._table is None:
            return []
        row = next((row for row in self._table.rows if row.name == name), None)
        numbers = [] if row is None else sorted(row.links - {0})
        return [(at, self._table.columns[at].caption) for at in numbers]

    def _open_focused(self) -> str:
        if name := self.tree.focus():
            self._open_row(name)
        return "break"

    def _double(self, event: tk.Event[tk.Misc]) -> None:
        name = self.tree.identify_row(event.y)
        if name and self.tree.identify_region(event.x, event.y) in ("cell", "tree"):
            self._open_row(name)

    def _open_link(self, row: int, column: int) -> None:
        """Open what a cell stands for: the row by its name, else the rows behind the number."""
        name = self.tree.get_children()[row]
        if column:
            self._open_number(name, column)
        else:
            self._open_row(name)

    def _menu_at_pointer(self, event: tk.Event[tk.Misc]) -> None:
        name = self.tree.identify_row(event.y)
        if name:
            self.choose(name)
        self.tree.focus_set()
        pop_up(self.menu(), event.x_root, event.y_root)

    def _menu_at_focus(self) -> str:
        box = self.tree.bbox(self.tree.focus()) if self.tree.focus() else ""
        x, y = (box[0], box[1] + box[3]) if box else (0, 0)
        pop_up(self.menu(), self.tree.winfo_rootx() + x, self.tree.winfo_rooty() + y)
        return "break"

    def _move_order(self, direction: int) -> str:
        """Order by the column beside the one that the rows are ordered by."""
        table = self._table
        if table is not None and table.sorted_by is not None and self._sort_by is not None:
            self._sort_by((table.sorted_by + direction) % len(table.columns))
        return "break"

    def _turn_order(self, *, descending: bool) -> str:
        table = self._table
        if table is None or table.sorted_by is None or self._sort_by is None:
            return "break"
        if table.descending != descending:
            self._sort_by(table.sorted_by)
        return "break"
