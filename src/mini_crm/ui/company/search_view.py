"""A line to type into, which tells what is typed as it is typed."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.idle import when_idle


class SearchField(plain_ttk.Frame):
    """A caption with an input behind it.

    Args:
        parent: Where it stands.
        theme: For sizes.
        caption: What is looked for.
        width: Of the input, in characters.
        pause_ms: It tells so long after the last key; 0 at once.
        changed: Is given another text than before.

    Attributes:
        input: The widget that takes the text.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        caption: str,
        *,
        width: int,
        pause_ms: int,
        changed: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self._changed = changed
        self._pause_ms = pause_ms
        self._pause: str | None = None
        self._told = ""
        ttk.Label(self, text=caption).pack(side="left", padx=(0, theme.px(6)))
        self.input = ttk.Entry(self, width=width)
        self.input.pack(side="left", fill="x", expand=True)
        self.input.bind("<KeyRelease>", lambda event: self._look())
        for sequence in ("<<Paste>>", "<<Cut>>"):
            self.input.bind(sequence, lambda event: when_idle(self, self._look))
        self.input.bind("<Return>", lambda event: self.tell())
        self.input.bind("<FocusOut>", lambda event: self._look())
        self.bind("<Destroy>", lambda event: self._stop() if event.widget is self else None)

    def get(self) -> str:
        """Give the text."""
        return str(self.input.get())

    def set(self, text: str) -> None:
        """Replace the text; nothing is told."""
        if text != self.get():
            self.input.delete(0, "end")
            self.input.insert(0, text)
        self._told = text

    def tell(self) -> None:
        """Tell what is typed now, unless it was told already."""
        self._stop()
        if self.get() != self._told:
            self._told = self.get()
            self._changed(self._told)

    def _look(self) -> None:
        if self.get() == self._told:
            return
        if not self._pause_ms:
            self.tell()
            return
        self._stop()
        self._pause = self.after(self._pause_ms, self.tell)

    def _stop(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None
