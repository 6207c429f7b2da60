"""A table whose cells end with an ellipsis where their column is too narrow."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.idle import when_idle
from mini_crm.ui.widgets.note import shorten
from mini_crm.ui.widgets.tips import CELL_PADDING

MOST_KNOWN = 20_000
"""So many shortened texts are remembered."""

CHANGES = (
    "<Configure>", "<Map>", "<ButtonRelease-1>", "<KeyRelease>", "<Button-4>", "<Button-5>", "<MouseWheel>",
)  # fmt: skip
"""After these other rows may be in sight, or columns may have another width."""


class Table(ttk.Treeview):
    """A ``Treeview`` that shortens what is on the screen; ``set`` and ``item`` give the whole texts.

    Only rows in sight are shortened: their number does not depend on how many rows there are.

    Args:
        parent: Where it stands.
        theme: For the font.
        options: Those of a ``Treeview``.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, **options: Any) -> None:
        super().__init__(parent, **options)
        self._theme = theme
        self._cut: dict[str, dict[str, str]] = {}
        self._known: dict[tuple[str, int], str] = {}
        self._planned = False
        for sequence in (
            "<Configure>",
            "<ButtonRelease-1>",
            "<KeyRelease>",
            "<Button-4>",
            "<Button-5>",
            "<MouseWheel>",
        ):
            self.bind(sequence, lambda event: self.plan(), add="+")

    def insert(self, parent: str, index: Any, iid: Any = None, **options: Any) -> str:
        """See ``Treeview``."""
        self.plan()
        return super().insert(parent, index, iid, **options)

    def delete(self, *items: Any) -> None:
        """See ``Treeview``."""
        for item in items:
            self._cut.pop(str(item), None)
        self.plan()
        super().delete(*items)

    def item(self, item: Any, option: Any = None, **options: Any) -> Any:
        """See ``Treeview``; values are whole."""
        if options or option not in (None, "values"):
            if "values" in options:
                self._cut.pop(str(item), None)
                self.plan()
            return super().item(item, option, **options)
        found = super().item(item, option)
        whole = tuple(self.set(item).values()) if self._cut.get(str(item)) else None
        if whole is None:
            return found
        return whole if option else {**found, "values": list(whole)}

    def set(self, item: Any, column: Any = None, value: Any = None) -> Any:
        """See ``Treeview``; values are whole."""
        cut = self._cut.get(str(item), {})
        if value is not None:
            cut.pop(self._column_id(column), None)
            self.plan()
            return super().set(item, column, value)
        found = super().set(item, column)
        if column is None:
            return {**found, **cut} if cut else found
        return cut.get(self._column_id(column), found)

    def plan(self) -> None:
        """Look soon at what is in sight."""
        if not self._planned:
            self._planned = True
            when_idle(self, self._shorten)

    def configure(self, *arguments: Any, **options: Any) -> Any:
        """See ``Treeview``."""
        scrolled = options.get("yscrollcommand")
        if scrolled is not None:

            def follow(first: str, last: str) -> None:
                scrolled(first, last)
                self.plan()

            options["yscrollcommand"] = follow
        if options:
            self.plan()
        return super().configure(*arguments, **options)

    def _column_id(self, column: Any) -> str:
        return str(self.column(column, "id"))

    def _shorten(self) -> None:
        self._planned = False
        if not self.winfo_exists():
            return
        columns = [str(column) for column in self.cget("displaycolumns")]
        if columns == ["#all"]:
            columns = [str(column) for column in self.cget("columns")]
        rooms = {column: int(self.column(column, "width")) - CELL_PADDING for column in columns}
        for row in self._in_sight():
            font = self._font(row)
            cut = self._cut.setdefault(row, {})
            for column, value in super().set(row).items():
                if column not in rooms:
                    continue
                whole = cut.get(column, str(value))
                shown = self._short(whole, rooms[column], font)
                if shown != whole:
                    cut[column] = whole
                else:
                    cut.pop(column, None)
                if shown != str(value):
                    super().set(row, column, shown)

    def _in_sight(self) -> Sequence[str]:
        rows, top = self.get_children(), self.yview()
        first, last = int(top[0] * len(rows)), int(top[1] * len(rows)) + 2
        return rows[first:last]

    def _font(self, row: str) -> tkfont.Font:
        for tag in super().item(row, "tags") or ():
            named = self.tag_configure(tag, "font")
            if named:
                return tkfont.nametofont(str(named), root=self)
        return self._theme.body

    def _short(self, text: str, room: int, font: tkfont.Font) -> str:
        key = (f"{font}{text}", room)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = shorten(text, font, room)
        return found
