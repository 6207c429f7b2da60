"""Columns of a table that can be dragged to another place, and what is remembered of them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk as plain_ttk

from mini_crm.domain.model import EntrySort, Status
from mini_crm.ui.memory import Memory, Value
from mini_crm.ui.widgets.idle import when_idle

ORDER, WIDTHS, HIDDEN = "entries.columns", "entries.widths", "entries.hidden"

SERVES = {
    EntrySort.STATUS_ON: {Status.PAID, Status.REFUSED},
    EntrySort.PAID_AMOUNT: {Status.PAID},
    EntrySort.PROBABILITY: {Status.EXPECTED},
    EntrySort.CONTRIBUTION: {Status.EXPECTED},
    EntrySort.REASON: {Status.REFUSED},
}
"""Columns that are empty for entries of other statuses."""
ON_DEMAND = {EntrySort.REASON}
"""Those that few rows of all statuses fill."""


def serves(column: EntrySort, statuses: frozenset[Status]) -> bool:
    """Say whether a column is worth its room in a list of entries of these statuses, or of all if none."""
    if not statuses:
        return column not in ON_DEMAND
    return column not in SERVES or bool(SERVES[column] & statuses)


class ColumnMemory:
    """Remembers order and widths of columns, and which are hidden.

    Args:
        memory: The lead's own.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def restore(self, tree: plain_ttk.Treeview, statuses: frozenset[Status]) -> None:
        """Bring the columns in the remembered order and widths; what does not fit any more is ignored.

        Only the comment still takes the room that is left then.
        """
        self.show_useful(tree, statuses)
        widths = self._memory.get(WIDTHS)
        if isinstance(widths, dict):
            for name in _names(tree):
                width = widths.get(name)
                if isinstance(width, int) and width > 0:
                    tree.column(name, width=width, stretch=name == EntrySort.COMMENT)

    def show_useful(self, tree: plain_ttk.Treeview, statuses: frozenset[Status]) -> None:
        """Show the columns that the lead has chosen, else those that serve entries of these statuses."""
        order, hidden = self._order(tree), self._memory.get(HIDDEN)
        if isinstance(hidden, list):
            shown = [name for name in order if name not in hidden]
        else:
            shown = [name for name in order if serves(EntrySort(name), statuses)]
        if displayed(tree) != (shown or order):
            tree.configure(displaycolumns=shown or order)

    @property
    def has_widths(self) -> bool:
        """Whether the person's own widths are known."""
        return isinstance(self._memory.get(WIDTHS), dict)

    def keep_widths(self, tree: plain_ttk.Treeview) -> None:
        """Remember the widths as they are."""
        self._memory.put(WIDTHS, {name: int(tree.column(name, "width")) for name in _names(tree)})

    def keep_order(self, tree: plain_ttk.Treeview) -> None:
        """Remember the order of the columns; a hidden one goes with the one that it follows."""
        order = displayed(tree)
        before: str | None = None
        for name in self._order(tree):
            if name not in order:
                order.insert(0 if before is None else order.index(before) + 1, name)
            before = name
        self._memory.put(ORDER, list[Value](order))

    def keep_hidden(self, tree: plain_ttk.Treeview) -> None:
        """Remember which columns are hidden; from now on they are the lead's own choice."""
        shown = displayed(tree)
        self._memory.put(HIDDEN, [name for name in self._order(tree) if name not in shown])

    def toggle(self, tree: plain_ttk.Treeview, name: str) -> None:
        """Hide a column or show it again in its place; one always stays."""
        shown = displayed(tree)
        wanted = [each for each in self._order(tree) if (each in shown) != (each == name)]
        if wanted:
            tree.configure(displaycolumns=wanted)
            self.keep_hidden(tree)

    def _order(self, tree: plain_ttk.Treeview) -> list[str]:
        """Give all columns in the lead's order."""
        names, kept = _names(tree), self._memory.get(ORDER)
        order = [str(name) for name in kept] if isinstance(kept, list) else []
        return order if sorted(order) == sorted(names) else names


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


def _column_at(tree: plain_ttk.Treeview, x: int) -> str:
    number = tree.identify_column(x)
    return displayed(tree)[int(number[1:]) - 1] if number not in ("", "#0") else ""


def displayed(tree: plain_ttk.Treeview) -> list[str]:
    """Give the columns that are shown, from left to right."""
    shown = tree.cget("displaycolumns")
    names = [str(name) for name in (shown if isinstance(shown, tuple | list) else (shown,))]
    return _names(tree) if names == ["#all"] else names


def _names(tree: plain_ttk.Treeview) -> list[str]:
    return [str(name) for name in tree.cget("columns")]
