"""Small widgets side by side, in as many lines as they need."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from mini_crm.ui.theme import Theme


class Flow(ttk.Frame):
    """Lays its children out from left to right, and goes on in the next line where there is no room.

    Args:
        parent: Where it stands; it has to stretch this to the full width.
        theme: For distances.
        gap: Between two of them, in pixels at 100 %.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, *, gap: int = 4) -> None:
        super().__init__(parent)
        self._gap = theme.px(gap)
        self._parts: list[tk.Widget] = []
        self._width = 0
        self.bind("<Configure>", lambda event: self._resized(event.width))

    @property
    def parts(self) -> tuple[tk.Widget, ...]:
        """What is shown, in this order."""
        return tuple(self._parts)

    @property
    def natural_width(self) -> int:
        """How wide all would be in one line, in pixels."""
        return sum(part.winfo_reqwidth() + self._gap for part in self._parts)

    def show(self, parts: Sequence[tk.Widget]) -> None:
        """Show these children in this order; others are not shown."""
        for part in self._parts:
            if part.winfo_exists() and part not in parts:
                part.place_forget()
        self._parts = list(parts)
        self._lay_out()

    def _resized(self, width: int) -> None:
        if width != self._width:
            self._lay_out()

    def _lay_out(self) -> None:
        self._width = self.winfo_width()
        room = self._width if self._width > 1 else self.winfo_toplevel().winfo_width()
        x = y = height = 0
        for part in self._parts:
            wide, high = part.winfo_reqwidth(), part.winfo_reqheight()
            if x and x + wide > room:
                x, y, height = 0, y + height + self._gap, 0
            part.place(x=x, y=y, width=min(wide, room))
            x, height = x + wide + self._gap, max(height, high)
        self.configure(height=y + height)
