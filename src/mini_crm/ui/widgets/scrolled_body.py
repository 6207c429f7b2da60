"""The content of a dialog: as large as it wants to be, and scrolled once there is no room for that."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

STEP = 40
"""Pixels that one notch of the wheel scrolls."""
MARGIN = 20
"""Pixels around a widget that come into sight with it."""
SCROLL_THEMSELVES = ("Treeview", "Listbox", "Text")
LEAST_ROWS = 4
"""A table gives its other rows up before anything is scrolled."""


class ScrolledBody(ttk.Frame):
    """Holds ``body``; it takes its size from it until ``scroll`` is called.

    Args:
        parent: The window it stands in.
        padding: Around the content, in pixels.

    Attributes:
        body: Where the content goes.
        is_scrolled: Whether a part of it is out of sight.
    """

    def __init__(self, parent: tk.Toplevel, padding: int) -> None:
        super().__init__(parent)
        self._hole = ttk.Frame(self)
        self._hole.pack(side="left", fill="both", expand=True)
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self._command)
        self.body = ttk.Frame(self._hole, padding=padding)
        self.body.pack(fill="both", expand=True)
        self._offset = 0
        self.is_scrolled = False

    def least_height(self) -> int:
        """Give the pixels below which the content has to be scrolled."""
        return self.body.winfo_reqheight() - _given(self.body)

    def scroll(self) -> None:
        """Keep the content's own height from now on, and show as much of it as there is room for."""
        if self.is_scrolled:
            return
        self.is_scrolled = True
        width = self.body.winfo_reqwidth()
        self._hole.pack_propagate(False)
        self._hole.configure(width=width)
        self._bar.pack(side="right", fill="y", before=self._hole)
        self.body.pack_forget()
        self.body.place(x=0, y=0, relwidth=1)
        for widget in (self.body, self._hole):
            widget.bind("<Configure>", lambda event: self._move(self._offset), add="+")
        window = self.winfo_toplevel()
        window.bind("<FocusIn>", self._focus_went, add="+")
        for sequence in ("<Button-4>", "<Button-5>", "<MouseWheel>"):
            window.bind(sequence, self._wheel, add="+")

    def show(self, widget: tk.Misc) -> None:
        """Scroll so that a widget of the content is in sight."""
        at, seen = widget.winfo_rooty() - self.body.winfo_rooty(), self._hole.winfo_height()
        if at < self._offset:
            self._move(at - MARGIN)
        elif at + widget.winfo_height() > self._offset + seen:
            self._move(at + widget.winfo_height() + MARGIN - seen)

    def _move(self, offset: int) -> None:
        whole, seen = max(1, self.body.winfo_height()), self._hole.winfo_height()
        self._offset = max(0, min(offset, whole - seen))
        self.body.place_configure(y=-self._offset)
        self._bar.set(self._offset / whole, (self._offset + seen) / whole)

    def _command(self, kind: str, amount: str, unit: str = "") -> None:
        if kind == "moveto":
            self._move(round(float(amount) * self.body.winfo_height()))
        else:
            self._move(self._offset + int(amount) * (self._hole.winfo_height() if unit == "pages" else STEP))

    def _wheel(self, event: tk.Event[tk.Misc]) -> None:
        taken = isinstance(event.widget, tk.Misc) and event.widget.winfo_class() in SCROLL_THEMSELVES
        if not taken:
            on = event.num == 5 if isinstance(event.num, int) else event.delta < 0
            self._move(self._offset + (STEP if on else -STEP))

    def _focus_went(self, event: tk.Event[tk.Misc]) -> None:
        if isinstance(event.widget, tk.Misc) and str(event.widget).startswith(f"{self.body}."):
            self.show(event.widget)


def _given(widget: tk.Misc) -> int:
    """Give the pixels that the tables in a widget can do without."""
    if isinstance(widget, ttk.Treeview):
        rows = int(widget.cget("height"))
        row_height = int(ttk.Style(widget).lookup(widget.cget("style"), "rowheight") or 20)
        return max(0, rows - LEAST_ROWS) * row_height
    return sum(map(_given, widget.winfo_children()))
