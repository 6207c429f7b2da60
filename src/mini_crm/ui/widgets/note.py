"""A sentence that lies over the window where there is no room for it, and moves nothing."""

from __future__ import annotations

import tkinter as tk
from tkinter import font as tkfont

from mini_crm.ui.theme import Theme

WIDEST = 260
"""Width of a sentence, at 100 %, where the widget above it is narrower."""
ELLIPSIS = "…"


def shorten(text: str, font: tkfont.Font, room: int) -> str:
    """Cut a text so that it fits into so many pixels, with an ellipsis for what is left out."""
    if font.measure(text) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.measure(text[:middle] + ELLIPSIS) <= room else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS if low else ""


class Note:
    """Lies below a widget, over what is there; a click on it takes it away.

    Args:
        above: The widget that it belongs to.
        theme: For colours, font and sizes.

    Attributes:
        text: What it says now; empty while it is not there.
    """

    def __init__(self, above: tk.Misc, theme: Theme) -> None:
        self._above = above
        self._theme = theme
        self._label: tk.Label | None = None
        self.text = ""

    @property
    def label(self) -> tk.Label | None:
        """The widget on the screen, None while it is not there."""
        return self._label

    def show(self, text: str) -> None:
        """Say a sentence; an empty one takes it away."""
        if text == self.text:
            return
        self.hide()
        if not text:
            return
        self.text = text
        theme, above = self._theme, self._above
        top = above.winfo_toplevel()
        label = self._label = tk.Label(
            top,
            text=text,
            font=theme.small,
            foreground=theme.colours.error,
            background=theme.colours.error_back,
            highlightthickness=1,
            highlightbackground=theme.colours.error,
            justify="left",
            anchor="w",
            padx=theme.px(3),
            wraplength=max(above.winfo_width() - theme.px(8), theme.px(WIDEST)),
        )
        label.bind("<Button-1>", lambda event: self.hide())
        sticks_out = above.winfo_rootx() + label.winfo_reqwidth() > top.winfo_rootx() + top.winfo_width()
        if sticks_out:
            label.place(in_=above, relx=1.0, rely=1.0, anchor="ne")
        else:
            label.place(in_=above, x=0, rely=1.0, anchor="nw")
        tk.Misc.lift(label)

    def hide(self) -> None:
        """Take it away."""
        self.text = ""
        if self._label is not None:
            closing, self._label = self._label, None
            closing.destroy()
