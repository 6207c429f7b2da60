"""How wide the columns of the table of entries are, as long as nobody has set other widths."""

from __future__ import annotations

from collections.abc import Sequence
from tkinter import ttk as plain_ttk

from mini_crm.domain.model import EntrySort
from mini_crm.ui.entries.columns import ColumnMemory, displayed
from mini_crm.ui.entries.texts import COLUMNS, Row
from mini_crm.ui.theme import Theme

HEAD_ROOM = 28
"""Pixels of a head, at 100 %, beside its caption: for the arrow of the order."""
LEAST = {
    EntrySort.GROUP: 7,
    EntrySort.STATUS: 9,
    EntrySort.MANAGER: 10,
    EntrySort.REASON: 7,
    EntrySort.COMMENT: 4,
}
"""How many digits wide a column of names is at least; it takes its share of the room that is left."""
BORDER = 2
"""Of the table, in pixels at 100 %."""
MOST = {
    EntrySort.GROUP: 22,
    EntrySort.STATUS: 24,
    EntrySort.MANAGER: 26,
    EntrySort.REASON: 16,
    EntrySort.COMMENT: 16,
}
"""How many digits wide a column of names becomes by itself; a person may make it wider."""


class ColumnFit:
    """Gives the columns of names the room that there is, and the head of chances its day if that fits.

    Args:
        tree: The table.
        theme: For fonts.
        captions: Of the heads; that of the chances is changed.
        memory: Knows whether a person has set widths.

    Attributes:
        heads: By column what its head stands for, where that may be more than it says.
    """

    def __init__(
        self, tree: plain_ttk.Treeview, theme: Theme, captions: dict[EntrySort, str], memory: ColumnMemory
    ) -> None:
        self._tree = tree
        self._theme = theme
        self._captions = captions
        self._short = captions[EntrySort.PROBABILITY]
        self._wanted: dict[EntrySort, int] = {}
        self.memory = memory
        self.heads: dict[str, str] = {}

    def name_chance(self, caption: str) -> None:
        """Name the chances by their day."""
        self.heads[EntrySort.PROBABILITY.value] = caption
        self.fit()

    def measure(self, rows: Sequence[Row]) -> None:
        """See how wide the columns of names would have to be; once, so that they stand still."""
        if not rows or self._wanted:
            return
        theme = self._theme
        for at, column in enumerate(COLUMNS):
            if column in MOST:
                longest = max(theme.text_width(text) for text in {row.cells[at] for row in rows})
                self._wanted[column] = min(longest + theme.px(12), theme.text_width("0" * MOST[column]))
        self.fit()

    def fit(self) -> None:
        """Give the columns of names their shares of the room."""
        tree = self._tree
        self._choose_caption()
        if self.memory.has_widths or not self._wanted:
            return
        shown = [EntrySort(name) for name in displayed(tree)]
        least = {name: int(tree.column(name, "minwidth")) for name in self._wanted}
        fixed = sum(int(tree.column(name, "width")) for name in shown if name not in self._wanted)
        room = self._inside() - fixed - sum(least[name] for name in shown if name in least)
        missing = {name: max(0, self._wanted[name] - least[name]) for name in shown if name in least}
        share = min(1.0, max(0, room) / (sum(missing.values()) or 1))
        widths = {name: least[name] + int(more * share) for name, more in missing.items()}
        if EntrySort.COMMENT in widths:
            widths[EntrySort.COMMENT] += max(0, room - sum(missing.values()))
        for name, width in widths.items():
            tree.column(name, width=width)

    def _choose_caption(self) -> None:
        """Say in the head for which day the chances are, if that cuts off no name; else the tip does."""
        column, tree = EntrySort.PROBABILITY, self._tree
        whole = self.heads.get(column.value, self._short)
        now = int(tree.column(column.value, "width"))
        if self.memory.has_widths:
            fits = self._head_width(whole) <= now
        else:
            others = (self._width(EntrySort(name)) for name in displayed(tree) if name != column.value)
            fits = sum(others) + self._head_width(whole) <= self._inside()
        before, caption = self._captions[column], whole if fits else self._short
        if caption == before:
            return
        arrow = str(tree.heading(column.value, "text"))[len(before) :]
        self._captions[column] = caption
        tree.heading(column.value, text=caption + arrow)
        if not self.memory.has_widths:
            tree.column(column.value, width=self._head_width(caption))

    def _width(self, column: EntrySort) -> int:
        """Give the width that a column wants; one that takes what is left wants its least."""
        least = int(self._tree.column(column.value, "minwidth"))
        if column in LEAST:
            return max(least, self._wanted.get(column, least))
        return int(self._tree.column(column.value, "width"))

    def _inside(self) -> int:
        """Give the pixels within the border: a column that reaches under it would have to be scrolled."""
        return self._tree.winfo_width() - 2 * self._theme.px(BORDER)

    def _head_width(self, caption: str) -> int:
        return self._theme.text_width(caption, bold=True) + self._theme.px(HEAD_ROOM)
