"""Columns of a table that can be dragged to another place, and what is remembered of them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk as plain_ttk

from mini_crm.domain.model import EntrySort
from mini_crm.ui.memory import Memory, Value
from mini_crm.ui.widgets.idle import when_idle

ORDER, WIDTHS, SORTING = "entries.columns", "entries.widths", "entries.sorting"
HIDDEN = "entries.hidden"


class ColumnMemory:
    """Remembers order and widths of columns, which are hidden, and by which the rows are sorted.

    Args:
        memory: Of this computer.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def restore(self, tree: plain_ttk.Treeview) -> None:
        """Bring the columns in the remembered order and widths; what does not fit any more is ignored.

        Only the comment still takes the room that is left then.
        """
        names = order = [str(name) for name in tree.cget("columns")]
        remembered = self._memory.get(ORDER)
        if isinstance(remembered, list) and sorted(map(str, remembered)) == sorted(names):
            order = [str(name) for name in remembered]
        hidden = self._memory.get(HIDDEN)
        shown = [name for name in order if not isinstance(hidden, list) or name not in hidden]
        tree.configure(displaycolumns=shown or order)
        widths = self._memory.get(WIDTHS)
        if isinstance(widths, dict):
            for name in names:
                width = widths.get(name)
                if isinstance(width, int) and width > 0:
                    tree.column(name, width=width, stretch=name == EntrySort.COMMENT)

    @property
    def has_widths(self) -> bool:
        """Whether the person's own widths are known."""
        return isinstance(self._memory.get(WIDTHS), dict)

    def keep_widths(self, tree: plain_ttk.Treeview) -> None:
        """Remember the widths as they are."""
        names = [str(name) for name in tree.cget("columns")]
        self._memory.put(WIDTHS, {name: int(tree.column(name, "width")) for name in names})

    def keep_order(self, tree: plain_ttk.Treeview) -> None:
        """Remember which columns are shown, and in which order."""
        names = [str(name) for name in tree.cget("columns")]
        shown = displayed(tree)
        hidden = [name for name in names if name not in shown]
        self._memory.put(ORDER, list[Value]([*shown, *hidden]))
        self._memory.put(HIDDEN, list[Value](hidden))

    def sorting(self) -> tuple[EntrySort, bool] | None:
        """Give the column and direction by which the rows were sorted."""
        value = self._memory.get(SORTING)
        if isinstance(value, list) and len(value) == 2 and value[0] in list(EntrySort):
            return EntrySort(str(value[0])), bool(value[1])
        return None

    def keep_sorting(self, column: EntrySort, descending: bool) -> None:
        """Remember by what the rows are sorted."""
        self._memory.put(SORTING, [column.value, descending])


def drag_columns(tree: plain_ttk.Treeview, moved: Callable[[], None], resized: Callable[[], None]) -> None:
    """Let heads be dragged to another place.

    Args:
        tree: The table.
        moved: Called after a column got another place.
        resized: Called after the person gave a column another width.
    """
    dragged: list[str] = []
    grasped: list[str] = []

    def pressed(event: tk.Event[tk.Misc]) -> None:
        dragged.clear()
        grasped[:] = [str(tree.identify_region(event.x, event.y))]
        if grasped == ["heading"]:
            dragged.append(_column_at(tree, event.x))

    def carried(event: tk.Event[tk.Misc]) -> None:
        if dragged and _column_at(tree, event.x) != dragged[0]:
            tree.configure(cursor="sb_h_double_arrow")

    def released(event: tk.Event[tk.Misc]) -> None:
        tree.configure(cursor="")
        at = _column_at(tree, event.x)
        if dragged and at and at != dragged[0]:
            order = displayed(tree)
            place = order.index(at)
            order.remove(dragged[0])
            order.insert(place, dragged[0])
            tree.configure(displaycolumns=order)
            moved()
        if grasped == ["separator"]:
            when_idle(tree, resized)
        dragged.clear()
        grasped.clear()

    tree.bind("<ButtonPress-1>", pressed, add="+")
    tree.bind("<B1-Motion>", carried, add="+")
    tree.bind("<ButtonRelease-1>", released, add="+")


def toggle_column(tree: plain_ttk.Treeview, name: str) -> None:
    """Hide a column or show it again, behind the one that it usually follows; one always stays."""
    shown, names = displayed(tree), [str(each) for each in tree.cget("columns")]
    if name in shown:
        shown.remove(name)
    else:
        before = [each for each in names[: names.index(name)] if each in shown]
        shown.insert(shown.index(before[-1]) + 1 if before else 0, name)
    if shown:
        tree.configure(displaycolumns=shown)


def _column_at(tree: plain_ttk.Treeview, x: int) -> str:
    number = tree.identify_column(x)
    return displayed(tree)[int(number[1:]) - 1] if number not in ("", "#0") else ""


def displayed(tree: plain_ttk.Treeview) -> list[str]:
    """Give the columns that are shown, from left to right."""
    shown = tree.cget("displaycolumns")
    names = [str(name) for name in (shown if isinstance(shown, tuple | list) else (shown,))]
    return [str(name) for name in tree.cget("columns")] if names == ["#all"] else names
