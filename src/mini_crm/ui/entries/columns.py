"""Columns of a table that can be dragged to another place, and what is remembered of them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk as plain_ttk

from mini_crm.domain.model import EntrySort
from mini_crm.ui.memory import Memory

ORDER, WIDTHS, SORTING = "entries.columns", "entries.widths", "entries.sorting"


class ColumnMemory:
    """Remembers order and widths of columns, and by which the rows are sorted.

    Args:
        memory: Of this computer.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def restore(self, tree: plain_ttk.Treeview) -> None:
        """Bring the columns in the remembered order and widths; what does not fit any more is ignored.

        Only the comment still takes the room that is left then.
        """
        names = [str(name) for name in tree.cget("columns")]
        order = self._memory.get(ORDER)
        if isinstance(order, list) and sorted(map(str, order)) == sorted(names):
            tree.configure(displaycolumns=[str(name) for name in order])
        widths = self._memory.get(WIDTHS)
        if isinstance(widths, dict):
            for name in names:
                width = widths.get(name)
                if isinstance(width, int) and width > 0:
                    tree.column(name, width=width, stretch=name == EntrySort.COMMENT)

    def keep(self, tree: plain_ttk.Treeview) -> None:
        """Remember order and widths as they are."""
        names = [str(name) for name in tree.cget("columns")]
        self._memory.put(ORDER, list(_displayed(tree)))
        self._memory.put(WIDTHS, {name: int(tree.column(name, "width")) for name in names})

    def sorting(self) -> tuple[EntrySort, bool] | None:
        """Give the column and direction by which the rows were sorted."""
        value = self._memory.get(SORTING)
        if isinstance(value, list) and len(value) == 2 and value[0] in list(EntrySort):
            return EntrySort(str(value[0])), bool(value[1])
        return None

    def keep_sorting(self, column: EntrySort, descending: bool) -> None:
        """Remember by what the rows are sorted."""
        self._memory.put(SORTING, [column.value, descending])


def drag_columns(tree: plain_ttk.Treeview, changed: Callable[[], None]) -> None:
    """Let heads be dragged to another place.

    Args:
        tree: The table.
        changed: Called after a column got another place or width.
    """
    dragged: list[str] = []

    def pressed(event: tk.Event[tk.Misc]) -> None:
        dragged.clear()
        if tree.identify_region(event.x, event.y) == "heading":
            dragged.append(_column_at(tree, event.x))

    def moved(event: tk.Event[tk.Misc]) -> None:
        if dragged and _column_at(tree, event.x) != dragged[0]:
            tree.configure(cursor="sb_h_double_arrow")

    def released(event: tk.Event[tk.Misc]) -> None:
        tree.configure(cursor="")
        at = _column_at(tree, event.x)
        if dragged and at and at != dragged[0]:
            order = _displayed(tree)
            place = order.index(at)
            order.remove(dragged[0])
            order.insert(place, dragged[0])
            tree.configure(displaycolumns=order)
        dragged.clear()
        tree.after_idle(changed)

    tree.bind("<ButtonPress-1>", pressed, add="+")
    tree.bind("<B1-Motion>", moved, add="+")
    tree.bind("<ButtonRelease-1>", released, add="+")


def _column_at(tree: plain_ttk.Treeview, x: int) -> str:
    number = tree.identify_column(x)
    return _displayed(tree)[int(number[1:]) - 1] if number not in ("", "#0") else ""


def _displayed(tree: plain_ttk.Treeview) -> list[str]:
    shown = tree.cget("displaycolumns")
    names = [str(name) for name in (shown if isinstance(shown, tuple | list) else (shown,))]
    return [str(name) for name in tree.cget("columns")] if names == ["#all"] else names
