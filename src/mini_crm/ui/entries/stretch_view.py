"""A stretch of a long list on the screen: written in pieces, with a scroll bar for the whole list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from tkinter import ttk as plain_ttk
from typing import Protocol

from mini_crm.ui.entries.texts import Row
from mini_crm.ui.theme import Theme

NEAR_END = 0.9
"""Scrolled so far, the next page is read."""
SCREEN = 60
"""So many rows are written first, which fill a screen: they are drawn before the rest comes."""
PIECE = 200
"""So many rows are written at once then; the window draws and takes keys before the next ones."""
DRAG_MS = 60
"""The scroll bar is followed so long after its last move, where rows have to be read."""


class Reader(Protocol):
    """Reads further rows of the list; it shows them when they are there."""

    def load_more(self) -> None:
        """Read what follows, if there is anything."""
        ...

    def load_before(self) -> None:
        """Read what comes before, if there is anything."""
        ...

    def go_to(self, place: int) -> None:
        """Read what is around a place of the whole list."""
        ...


class Stretch:
    """Keeps the rows of a table and its scroll bar.

    Args:
        tree: The table.
        bar: Its scroll bar.
        theme: For sizes.
        shown: Called with the rows when all of them are written.

    Attributes:
        names: The rows from top to bottom, as Tk knows them.
        reader: Reads further rows; None while there is none.
    """

    def __init__(
        self,
        tree: plain_ttk.Treeview,
        bar: plain_ttk.Scrollbar,
        theme: Theme,
        shown: Callable[[Sequence[Row]], None],
    ) -> None:
        self.names: list[str] = []
        self.reader: Reader | None = None
        self._tree = tree
        self._bar = bar
        self._theme = theme
        self._all_shown = shown
        self._shown: dict[str, Row] = {}
        self._offset = self._total = 0
        self._pieces: Iterator[None] = iter(())
        self._next_piece: str | None = None
        self._followed: str | None = None
        bar.configure(command=self._dragged)
        tree.configure(yscrollcommand=self._scrolled)
        tree.bind("<Destroy>", lambda event: self._stop(), add="+")

    def show(self, rows: Sequence[Row], offset: int, total: int) -> None:
        """Bring the table in line with rows; what stays keeps its place on the screen.

        Args:
            rows: All that are loaded.
            offset: How many of the list come before them.
            total: How many the list has.
        """
        self._drop_pieces()
        top = self._top_row()
        self._offset, self._total = offset, total
        wanted = {str(row.entry_id): row for row in rows}
        gone = [name for name in self.names if name not in wanted]
        if gone:
            self._tree.delete(*gone)
            for name in gone:
                del self._shown[name]
        names = [name for name in wanted if name in self._shown]
        if gone or names != self.names:
            self._tree.set_children("", *names)
        self.names = names
        self._pieces = self._bring_in_line(wanted, top)
        self._go_on()

    def append(self, rows: Sequence[Row], total: int) -> None:
        """Add rows at the end."""
        self.finish()
        self._total = total
        for row in rows:
            self._insert(len(self.names), str(row.entry_id), row)

    def finish(self) -> None:
        """Write all that is still to be shown."""
        pieces = self._pieces
        self._drop_pieces()
        for _ in pieces:
            pass

    def has(self, name: str) -> bool:
        """Say whether a row is there; what is still to be written is."""
        if name not in self._shown:
            self.finish()
        return name in self._shown

    def scroll_to(self, place: int) -> None:
        """Bring the row at a place of the list, of which it is loaded, to the top."""
        self.finish()
        if self.names:
            self._bring_to_top(self.names[max(0, min(place - self._offset, len(self.names) - 1))])

    def a_page_on(self, pages: int) -> str:
        """Give the row so many pages from the one with the focus, as far as rows are loaded; else nothing."""
        if not self.names:
            return ""
        now = self._tree.focus()
        place = self.names.index(now) if now in self._shown else self._top_place()
        place += pages * max(1, self._rows_in_sight() - 1)
        return self.names[max(0, min(place, len(self.names) - 1))]

    def _bring_in_line(self, wanted: dict[str, Row], top: str | None) -> Iterator[None]:
        """Write the rows that are new or not what they were; a stop after each piece."""
        written = 0
        for place, (name, row) in enumerate(wanted.items()):
            before = self._shown.get(name)
            if before == row:
                continue
            if before is None:
                self._insert(place, name, row)
            else:
                self._tree.item(name, values=row.cells, tags=(row.mark,))
                self._shown[name] = row
            written += 1
            if written == SCREEN or written % PIECE == 0:
                self._bring_to_top(top)
                yield
        self._bring_to_top(top)
        self._all_shown(list(wanted.values()))

    def _insert(self, place: int, name: str, row: Row) -> None:
        self._tree.insert("", place, name, values=row.cells, tags=(row.mark,))
        self.names.insert(place, name)
        self._shown[name] = row

    def _go_on(self) -> None:
        """Write the next piece."""
        self._next_piece = None
        for _ in self._pieces:
            self._next_piece = self._tree.after(1, self._go_on)
            return

    def _drop_pieces(self) -> None:
        """Write no more of what was to be shown: something else is."""
        if self._next_piece is not None:
            self._tree.after_cancel(self._next_piece)
            self._next_piece = None
        self._pieces = iter(())

    def _scrolled(self, first: float | str, last: float | str) -> None:
        """Show in the scroll bar which part of the whole list is in sight, and read what comes next."""
        rows, whole = len(self.names), self._whole()
        self._bar.set(*((self._offset + float(end) * rows) / whole for end in (first, last)))
        if self.reader is None or not self._is_laid_out(float(first)):
            return
        if float(last) > NEAR_END:
            self.reader.load_more()
        elif float(first) < 1 - NEAR_END:
            self.reader.load_before()

    def _is_laid_out(self, first: float) -> bool:
        """Say whether the end in sight is real: before the table has its place it is not."""
        fits = self._tree.winfo_height() > self._theme.row_height * len(self.names)
        return bool(self.names) and (first > 0 or fits or self._offset > 0)

    def _dragged(self, kind: str, amount: str, unit: str = "") -> None:
        """Follow the scroll bar: at once among the loaded rows, else when it rests."""
        if kind != "moveto":
            self._tree.yview_scroll(int(amount), "pages" if unit == "pages" else "units")
            return
        rows, whole, sight = len(self.names), self._whole(), self._rows_in_sight()
        place = max(0, min(round(float(amount) * whole), whole - 1))
        inside = place - self._offset
        if self._followed is not None:
            self._tree.after_cancel(self._followed)
            self._followed = None
        if rows and 0 <= inside and (inside + sight <= rows or self._offset + rows >= whole):
            self._tree.yview_moveto(inside / rows)
        else:
            self._bar.set(place / whole, (place + sight) / whole)
            self._followed = self._tree.after(DRAG_MS, partial(self._follow, place))

    def _follow(self, place: int) -> None:
        self._followed = None
        if self.reader is not None:
            self.reader.go_to(place)

    def _whole(self) -> int:
        """Give how many rows the scroll bar stands for."""
        return max(self._total, self._offset + len(self.names), 1)

    def _rows_in_sight(self) -> int:
        first, last = self._tree.yview()
        return round((last - first) * len(self.names))

    def _top_row(self) -> str | None:
        """Give the first row in sight, None at the very top: then new rows may come into sight."""
        if not self.names or (self._tree.yview()[0] <= 0 and self._offset == 0):
            return None
        return self.names[self._top_place()]

    def _top_place(self) -> int:
        return min(round(self._tree.yview()[0] * len(self.names)), len(self.names) - 1)

    def _bring_to_top(self, name: str | None) -> None:
        if name is None or name not in self._shown:
            return
        # A fraction would be rounded down to the row before.
        step = self.names.index(name) - round(self._tree.yview()[0] * len(self.names))
        if step:
            self._tree.yview_scroll(step, "units")

    def _stop(self) -> None:
        self._drop_pieces()
        if self._followed is not None:
            self._tree.after_cancel(self._followed)
            self._followed = None
