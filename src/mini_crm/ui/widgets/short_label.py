"""A label of one line that ends with an ellipsis where it is too narrow, and says the rest in a tip."""

from __future__ import annotations

import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.note import shorten
from mini_crm.ui.widgets.tips import tip_text


class ShortLabel(ttk.Label):
    """Shows as much of a text as there is room for; it has to be stretched by whoever places it.

    Args:
        parent: Where it stands.
        theme: For fonts and the tip.
        options: Those of a label.

    Attributes:
        whole: The text, however much of it is shown.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, **options: str) -> None:
        super().__init__(parent, **options)  # type: ignore[arg-type]
        self._theme = theme
        self.whole = ""
        self.bind("<Configure>", lambda event: self._fit(event.width))
        tip_text(self, theme, lambda: "" if str(self.cget("text")) == self.whole else self.whole)

    def show(self, text: str, style: str | None = None) -> None:
        """Show another text, in another style if one is given."""
        self.whole = text
        if style is not None:
            self.configure(style=style)
        self._fit(self.winfo_width())

    def _fit(self, width: int) -> None:
        # Before it has a place it has no width; then its text decides what it asks for.
        shown = self.whole if width <= 1 else shorten(self.whole, self._font(), width)
        if str(self.cget("text")) != shown:
            self.configure(text=shown)

    def _font(self) -> tkfont.Font:
        named = ttk.Style().lookup(str(self.cget("style")) or "TLabel", "font")
        return tkfont.nametofont(str(named), root=self) if named else self._theme.body
