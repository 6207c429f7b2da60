"""Tables of the forecast page: read only, as wide as their content, copied as text; no state of their own."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk as plain_ttk
from typing import Literal

import ttkbootstrap as ttk

from mini_crm.ui.forecast.texts import Column
from mini_crm.ui.theme import TABLE, Theme
from mini_crm.ui.widgets.cell_links import CellLinks
from mini_crm.ui.widgets.clipboard import offer_copy
from mini_crm.ui.widgets.table import Table
from mini_crm.ui.widgets.tips import tip_cut_cells

TOTAL = "total"
SCROLL = 80
"""Pixels by which an arrow key scrolls sideways."""
MOST_WIDTHS = 20_000
"""Of so many texts at most the width is remembered."""
MEASURED = 500
"""So many rows tell how wide the columns are; a later cell that is cut has a tip."""


class ReadOnlyTable(plain_ttk.Frame):
    """A table with scroll bars that shows what it is given; some of its cells may be links.

    Args:
        parent: Where it stands.
        theme: For fonts and colours.
        height: Rows that it asks room for.

    Attributes:
        tree: The table itself.
        mark: What may stand behind a head, which has room for it.
        links: Its cells that can be opened.
        on_open: Is given the row and the column of a link that was opened.
    """

    mark = ""

    def __init__(self, parent: tk.Misc, theme: Theme, *, height: int) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_link: list[tuple[bool, ...]] = []
        self.on_open: Callable[[int, int], None] = lambda row, column: None
        self._columns: tuple[Column, ...] = ()
        self._widths: dict[tuple[str, bool], int] = {}
        self._rows: list[tuple[str, tuple[str, ...], bool]] = []
        self.tree = Table(self, theme, show="headings", height=height, style=TABLE)
        self.tree.tag_configure(TOTAL, font=theme.bold, background=theme.colours.info_back)
        self.tree.grid(row=0, column=0, sticky="nsew")
        upright = ttk.Scrollbar(self, orient="vertical", command=self.tree.yview)
        upright.grid(row=0, column=1, sticky="ns")
        level = ttk.Scrollbar(self, orient="horizontal", command=self.tree.xview)
        level.grid(row=2, column=0, sticky="ew")  # between them may stand rows that stay in sight
        self._taken_away: set[plain_ttk.Scrollbar] = set()
        self._size = (0, 0)
        self.bind("<Configure>", lambda event: self._resized(event.width, event.height))
        self.tree.configure(
            yscrollcommand=lambda first, last: self._follow(upright, first, last),
            xscrollcommand=lambda first, last: self._follow(level, first, last),
        )
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        offer_copy(self.tree)
        tip_cut_cells(self.tree, theme)
        self.links = CellLinks(
            self.tree,
            theme,
            self._is_link_at,
            lambda row, column: self.on_open(row, column),
            lambda row: theme.bold if self._rows[row][2] else theme.body,
        )
        self.tree.bind("<Left>", lambda event: self._scroll(-1))
        self.tree.bind("<Right>", lambda event: self._scroll(1))
        self.tree.bind("<FocusIn>", lambda event: self._choose_first())

    def show(
        self,
        columns: Sequence[Column],
        rows: Sequence[tuple[str, ...]],
        totals: Sequence[bool] = (),
        links: Sequence[tuple[bool, ...]] = (),
        names: Sequence[str] = (),
    ) -> None:
        """Show rows; if they are those already shown nothing moves.

        Args:
            columns: The heads.
            rows: A cell for each column.
            totals: For each row whether it is one that sums up others; none by default.
            links: For each row which of its cells are links; none by default.
            names: By which the rows are known, so that a chosen row stays chosen wherever it goes; by default
                they are known by their places, as long as there are as many.
        """
        self._is_link = list(links)
        are_new = tuple(columns) != self._columns
        if are_new:
            self._columns = tuple(columns)
            places = [str(number) for number in range(len(columns))]
            self.tree.configure(columns=places)
            for name, column in zip(places, columns, strict=True):
                side: Literal["e", "w"] = "e" if column.is_number else "w"
                self.tree.heading(name, text=column.caption, anchor=side)
                self.tree.column(name, anchor=side)
        known = names or [str(at) for at in range(len(rows))]
        wanted = [(known[at], row, bool(totals and totals[at])) for at, row in enumerate(rows)]
        if wanted == self._rows and not are_new:
            return
        self._taken_away.clear()
        stay = bool(names) or len(wanted) == len(self._rows)
        chosen, focus = self.tree.selection(), self.tree.focus()
        place = self.tree.yview()[0]
        self.tree.delete(*self.tree.get_children())
        for name, row, is_total in wanted:
            self.tree.insert("", "end", name, values=row, tags=(TOTAL,) if is_total else ())
        if stay:
            self.tree.selection_set([name for name in chosen if self.tree.exists(name)])
            self.tree.focus(focus if focus and self.tree.exists(focus) else "")
            self.tree.yview_moveto(place)
        self._rows = wanted
        self._fit()
        self.links.look_again()

    def cells(self) -> list[tuple[str, ...]]:
        """Give what is shown."""
        return [row for _name, row, _is_total in self._rows]

    def _scroll(self, direction: int) -> str:
        """Go to the next link, or let the arrow keys reach columns for which the window is too narrow."""
        if self.links.step(direction):
            return "break"
        self.tree.xview_scroll(direction * self._theme.px(SCROLL), "units")
        return "break"

    def _is_link_at(self, row: int, column: int) -> bool:
        return row < len(self._is_link) and column < len(self._is_link[row]) and self._is_link[row][column]

    def _choose_first(self) -> None:
        """Give the arrow keys a row to start from."""
        rows = self.tree.get_children()
        if rows and not self.tree.focus():
            self.tree.focus(rows[0])

    def _fit(self) -> None:
        """Make every column as wide as its longest text; the widest text column takes what is left."""
        for number, column in enumerate(self._columns):
            widths = [self._width(text, bold=is_total) for text, is_total in self._texts_of(number)]
            head = self._theme.text_width(column.caption + self.mark, bold=True)
            width = max([head, *widths]) + self._theme.px(14)
            self.tree.column(str(number), width=width, minwidth=width, stretch=not column.is_number)

    def _texts_of(self, number: int) -> list[tuple[str, bool]]:
        """Give the texts that a column is to hold, and whether they are bold."""
        return [(row[number], is_total) for _name, row, is_total in self._rows[:MEASURED]]

    def _width(self, text: str, *, bold: bool) -> int:
        """Give the pixels of a text, asking Tk once: in another order rows are the same."""
        key = text, bold
        if key not in self._widths:
            if len(self._widths) > MOST_WIDTHS:
                self._widths.clear()
            self._widths[key] = self._theme.text_width(text, bold=bold)
        return self._widths[key]

    def _resized(self, width: int, height: int) -> None:
        if (width, height) != self._size:
            self._size = (width, height)
            self._taken_away.clear()

    def _follow(self, bar: plain_ttk.Scrollbar, first: str, last: str) -> None:
        """Move a scroll bar, and take it away while there is nothing to scroll.

        It is taken away once for each size and content: where there is room for one bar only as long as the
        other is not there, they would drive each other away for ever.
        """
        bar.set(first, last)
        if float(first) > 0.0 or float(last) < 1.0:
            bar.grid()
        elif bar not in self._taken_away:
            self._taken_away.add(bar)
            bar.grid_remove()
