"""Cells of a table that are links: under the mouse, and under the focus, they look and act like one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import font as tkfont
from tkinter import ttk as plain_ttk

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.focus import focused
from mini_crm.ui.widgets.idle import when_idle
from mini_crm.ui.widgets.note import shorten

PADDING = 3
"""Pixels beside the text of a link."""

IsLink = Callable[[int, int], bool]
"""Says of a row and a column, by place, whether the cell is a link."""


class CellLinks:
    """Lets the cells of a table be opened by a click, or by Enter after the arrow keys.

    Left and right go from link to link of a row, where there is one; else they do what they did.

    Args:
        tree: The table; all its columns are shown.
        theme: For fonts and colours.
        is_link: Which cells are links.
        action: Opens the cell in a row and a column.
        font_of: The font of a row.
    """

    def __init__(
        self,
        tree: plain_ttk.Treeview,
        theme: Theme,
        is_link: IsLink,
        action: Callable[[int, int], None],
        font_of: Callable[[int], tkfont.Font],
    ) -> None:
        self._tree = tree
        self._theme = theme
        self._is_link = is_link
        self._action = action
        self._font_of = font_of
        self._hovered: _CellLink | None = None
        self._marked: _CellLink | None = None
        self._column = -1
        tree.bind("<Motion>", self._moved, add="+")
        tree.bind("<Leave>", self._left, add="+")
        for sequence in ("<<TreeviewSelect>>", "<FocusIn>"):
            tree.bind(sequence, lambda event: self._mark(), add="+")
        tree.bind("<FocusOut>", lambda event: self._unmark(), add="+")
        for sequence in ("<Configure>", "<MouseWheel>", "<Button-4>", "<Button-5>", "<ButtonPress>"):
            tree.bind(sequence, lambda event: self.look_again(), add="+")
        for key in ("<Return>", "<KP_Enter>"):
            tree.bind(key, lambda event: self._open_marked())

    @property
    def marked(self) -> tuple[int, int] | None:
        """The cell that Enter opens: its row and its column."""
        return None if self._marked is None else self._marked.cell

    def look_again(self) -> None:
        """Follow what has moved or changed."""
        self._unhover()
        if self._marked is not None:
            when_idle(self._tree, self._mark)

    def step(self, direction: int) -> bool:
        """Go to the next link of the row; say whether there is one."""
        row = self._row()
        if row is None:
            return False
        columns = [at for at in range(len(self._tree.cget("columns"))) if self._is_link(row, at)]
        further = [at for at in columns if (at - self._column) * direction > 0]
        if not further:
            return False
        self._column = further[0] if direction > 0 else further[-1]
        self._mark()
        return True

    def _row(self) -> int | None:
        name = self._tree.focus()
        return self._tree.index(name) if name and self._tree.exists(name) else None

    def _mark(self) -> None:
        """Mark a link of the row with the focus: the one nearest to that which was marked before."""
        self._unmark()
        row = self._row()
        if row is None or focused(self._tree) is not self._tree:
            return
        columns = [at for at in range(len(self._tree.cget("columns"))) if self._is_link(row, at)]
        if columns:
            before = max(self._column, 0)
            self._column = min(columns, key=lambda at: abs(at - before))
            self._marked = self._place(row, self._column, is_marked=True)

    def _unmark(self) -> None:
        if self._marked is not None:
            self._marked.destroy()
            self._marked = None

    def _open_marked(self) -> str | None:
        if self._marked is None:
            return None
        self._action(*self._marked.cell)
        return "break"

    def _moved(self, event: tk.Event[tk.Misc]) -> None:
        name, column = self._tree.identify_row(event.y), self._tree.identify_column(event.x)
        if not name or column in ("", "#0") or self._tree.identify_region(event.x, event.y) != "cell":
            self._unhover()
            return
        cell = self._tree.index(name), int(column[1:]) - 1
        if self._hovered is not None and self._hovered.cell == cell:
            return
        self._unhover()
        if self._is_link(*cell):
            self._hovered = self._place(*cell, is_marked=False)

    def _left(self, event: tk.Event[tk.Misc]) -> None:
        over = self._hovered
        if over is None:
            return
        right, bottom = over.winfo_x() + over.winfo_width(), over.winfo_y() + over.winfo_height()
        if not (over.winfo_x() <= event.x < right and over.winfo_y() <= event.y < bottom):
            self._unhover()  # else the mouse has only gone to the link that lies over its cell

    def _left_link(self, link: _CellLink, event: tk.Event[tk.Misc]) -> None:
        """Take a link away when the mouse has gone, but not while a window manager only looks at a click."""
        if not (0 <= event.x < link.winfo_width() and 0 <= event.y < link.winfo_height()):
            self._unhover()

    def _unhover(self) -> None:
        if self._hovered is not None:
            self._hovered.destroy()
            self._hovered = None

    def _place(self, row: int, column: int, *, is_marked: bool) -> _CellLink | None:
        """Lay a link over a cell; none where that is out of sight."""
        name, number = self._tree.get_children()[row], f"#{column + 1}"
        box = self._tree.bbox(name, number)
        if not box:
            return None
        colours = self._theme.colours
        font = self._theme.underlined(self._font_of(row))
        x, y, width, height = (int(part) for part in box)
        text = shorten(str(self._tree.set(name, number)), font, width - 2 - 2 * PADDING)
        made = _CellLink(self._tree, (row, column), text, font)
        made.configure(
            foreground=colours.accent,
            background=colours.info_back if is_marked else colours.background,
            anchor="e" if str(self._tree.column(number, "anchor")) == "e" else "w",
        )
        made.place(x=x + 1, y=y, width=width - 2, height=height)
        made.bind("<Button-1>", lambda event: self._clicked(row, column))
        made.bind("<Leave>", lambda event: self._left_link(made, event))
        for sequence in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            made.bind(sequence, lambda event: self.look_again())
        return made

    def _clicked(self, row: int, column: int) -> str:
        self._unhover()
        self._action(row, column)
        return "break"


class _CellLink(tk.Label):
    """Lies over a cell and looks like a link."""

    def __init__(self, tree: tk.Misc, cell: tuple[int, int], text: str, font: tkfont.Font) -> None:
        super().__init__(
            tree,
            text=text,
            font=font,
            cursor="hand2",
            borderwidth=0,
            highlightthickness=0,
            padx=PADDING,
            pady=0,
        )
        self.cell = cell
