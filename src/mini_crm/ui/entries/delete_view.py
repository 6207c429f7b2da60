"""The panel for deleting by number on the screen."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.theme import ERROR_LABEL, HINT_LABEL, Theme
from mini_crm.ui.widgets import wrap_to_width
from mini_crm.ui.widgets.idle import when_idle

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

PAUSE_MS = 400
"""The entry is looked up so long after the last key."""


class EntryDeleteView(plain_ttk.Frame):
    """Number, look, delete, undo; a ``DeletePort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and sizes.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent)
        self._presenter: EntriesPresenter | None = None
        self._pause: str | None = None
        self._seen = ""
        _ = texts.gettext
        self._rule = _("Type the ID of a row. An entry can be deleted only on its day of entry.")
        gap = theme.px(6)
        self.label = ttk.Label(self, text=_("Delete the row with ID"))
        self.number = ttk.Entry(self, width=10)
        self.delete_button = ttk.Button(self, text=_("Delete"), bootstyle="danger", state="disabled")
        self.shown = ttk.Label(self, text=self._rule, style=HINT_LABEL, justify="left")
        self.undo_text = ttk.Label(self)
        self.undo_button = ttk.Button(self, text=_("Undo"), bootstyle="secondary-outline")
        self.label.grid(row=0, column=0, padx=(0, gap))
        self.number.grid(row=0, column=1, padx=(0, gap))
        self.delete_button.grid(row=0, column=2, padx=(0, gap))
        self.shown.grid(row=0, column=3, sticky="ew")
        self.columnconfigure(3, weight=1)
        wrap_to_width(self.shown, gap)
        self.number.bind("<KeyRelease>", lambda event: self._typed())
        self.number.bind("<<Paste>>", lambda event: when_idle(self, self._typed), add="+")
        self.bind("<Destroy>", self._gone)

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter what the person does."""
        self._presenter = presenter
        for key in ("<Return>", "<KP_Enter>"):
            self.number.bind(key, self._enter)
        self.delete_button.configure(command=presenter.actions.delete)
        self.undo_button.configure(command=presenter.undo.undo)

    def read_id(self) -> str:
        """See ``DeletePort``."""
        return str(self.number.get())

    def show_id(self, text: str) -> None:
        """See ``DeletePort``."""
        self.number.delete(0, "end")
        self.number.insert(0, text)
        self._seen = text
        if text:
            self.delete_button.focus_set()

    def show_look(self, text: str, *, may_delete: bool, is_error: bool) -> None:
        """See ``DeletePort``."""
        style = ERROR_LABEL if is_error and text else HINT_LABEL if not text else "TLabel"
        self.shown.configure(text=text or self._rule, style=style)
        self.delete_button.state(["!disabled" if may_delete else "disabled"])

    def show_undo(self, text: str) -> None:
        """See ``DeletePort``."""
        self.undo_text.configure(text=text)
        if text:
            self.undo_text.grid(row=0, column=4, padx=(8, 4))
            self.undo_button.grid(row=0, column=5)
        else:
            self.undo_text.grid_remove()
            self.undo_button.grid_remove()

    def _enter(self, event: tk.Event[tk.Misc]) -> None:
        """Look first; Enter on the button then deletes."""
        if self._presenter is not None:
            self._stop()
            self._presenter.actions.look()
            self.delete_button.focus_set()

    def _typed(self) -> None:
        if self.read_id() == self._seen:
            return
        self._seen = self.read_id()
        self.show_look("", may_delete=False, is_error=False)
        self._stop()
        self._pause = self.after(PAUSE_MS, self._look)

    def _look(self) -> None:
        self._pause = None
        if self._presenter is not None:
            self._presenter.actions.look()

    def _stop(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self._stop()
