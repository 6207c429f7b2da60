"""A sentence that lies over the window where there is no room for it, and moves nothing."""

from __future__ import annotations

import tkinter as tk
from tkinter import font as tkfont

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.focus import is_inside

WIDEST = 180
"""Width of a sentence, at 100 %, where the widget above it is narrower."""
TWO_LINES = 260
"""No wider than this, at 100 %, for the sake of two lines."""
WORD_ENDS = 1.2
"""Lines end where words do: so many times the width that letters alone would need."""
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
        self._dismissed = ""
        self.text = ""

    @property
    def label(self) -> tk.Label | None:
        """The widget on the screen, None while it is not there."""
        return self._label

    def bring_back(self, text: str) -> None:
        """Say a sentence, even one that a click has taken away."""
        self._dismissed = ""
        self.show(text)

    def show(self, text: str, *, not_over: tk.Misc | None = None) -> None:
        """Say a sentence; an empty one takes it away.

        Args:
            text: The sentence; one that a click has taken away stays away.
            not_over: A widget that is not to be covered; then nothing is said.
        """
        if text != self.text:
            self.hide()
            if text and text != self._dismissed:
                self._place(text)
        if self._label is not None and not_over is not None and self._covers(not_over):
            self.hide()

    def _covers(self, widget: tk.Misc) -> bool:
        label, above = self._label, self._above
        if label is None or widget is above.winfo_toplevel() or is_inside(above, widget):
            return False
        if not widget.winfo_viewable() or widget.winfo_toplevel() is not above.winfo_toplevel():
            return False
        top = above.winfo_rooty() + above.winfo_height()
        left = above.winfo_rootx()
        if str(label.place_info().get("anchor")) == "ne":
            left += above.winfo_width() - label.winfo_reqwidth()
        return (
            left < widget.winfo_rootx() + widget.winfo_width()
            and widget.winfo_rootx() < left + label.winfo_reqwidth()
            and top < widget.winfo_rooty() + widget.winfo_height()
            and widget.winfo_rooty() < top + label.winfo_reqheight()
        )

    def _place(self, text: str) -> None:
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
            wraplength=max(above.winfo_width() - theme.px(8), theme.px(WIDEST), self._two_lines(text)),
        )
        label.bind("<Button-1>", lambda event: self._dismiss())
        sticks_out = above.winfo_rootx() + label.winfo_reqwidth() > top.winfo_rootx() + top.winfo_width()
        if sticks_out:
            label.place(in_=above, relx=1.0, rely=1.0, anchor="ne")
        else:
            label.place(in_=above, x=0, rely=1.0, anchor="nw")
        tk.Misc.lift(label)

    def _two_lines(self, text: str) -> int:
        """Give the width in which a text takes two lines, so that it covers no input of the next row."""
        return min(self._theme.px(TWO_LINES), round(WORD_ENDS * self._theme.small.measure(text) / 2))

    def _dismiss(self) -> None:
        self._dismissed = self.text
        self.hide()

    def hide(self) -> None:
        """Take it away."""
        self.text = ""
        if self._label is not None:
            closing, self._label = self._label, None
            closing.destroy()
