"""The panel below the table on the screen: what is done to one entry by its ID."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.theme import ERROR_LABEL, HINT_LABEL, LABEL_ROOM, Theme
from mini_crm.ui.widgets.focus import last_focused
from mini_crm.ui.widgets.idle import when_idle
from mini_crm.ui.widgets.note import shorten
from mini_crm.ui.widgets.tips import tip_cut_text

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

PAUSE_MS = 400
"""The entry is looked up so long after the last key."""


class IdPanelView(plain_ttk.Frame):
    """ID, open, delete, what the entry is, undo; an ``IdPanelPort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and sizes.

    Attributes:
        number: Takes the ID.
        shown: The entry of this ID.
        rule: Why it cannot be deleted, or what to do.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent)
        self._presenter: EntriesPresenter | None = None
        self._theme = theme
        self._pause: str | None = None
        self._seen = ""
        _ = texts.gettext
        self._rule = _("Choose a row or type its ID. An entry can be deleted only on its day of entry.")
        self._lines = (self._rule, "")
        gap = theme.px(6)
        label = ttk.Label(self, text=_("ID"))
        self.number = ttk.Entry(self, width=10)
        self.open_button = ttk.Button(self, text=_("Open"), bootstyle="secondary-outline")
        self.delete_button = ttk.Button(self, text=_("Delete"), bootstyle="danger", state="disabled")
        # Two short lines in a room of their own: whatever they say, the table above keeps its height.
        line_height = theme.small.metrics("linespace") + 2 * LABEL_ROOM
        room = ttk.Frame(self, height=2 * line_height)
        self.shown = ttk.Label(room, font=theme.small, style=HINT_LABEL, padding=0)
        self.rule = ttk.Label(room, style=HINT_LABEL, padding=0)
        self.shown.place(x=0, y=0, relwidth=1, height=line_height)
        self.rule.place(x=0, y=line_height, relwidth=1, height=line_height)
        self.undo_text = ttk.Label(self)
        self.undo_button = ttk.Button(self, text=_("Undo"), bootstyle="secondary-outline")
        for column, widget in enumerate((label, self.number, self.open_button, self.delete_button)):
            widget.grid(row=0, column=column, padx=(0, gap))
        room.grid(row=0, column=4, sticky="ew")
        self.columnconfigure(4, weight=1)
        room.bind("<Configure>", lambda event: self._write())
        tip_cut_text(self.shown, theme, lambda: self._lines[0], theme.small)
        tip_cut_text(self.rule, theme, lambda: self._lines[1], theme.small)
        self.number.bind("<KeyRelease>", lambda event: self._typed())
        self.number.bind("<<Paste>>", lambda event: when_idle(self, self._typed), add="+")
        # As Tab does: what is typed then takes the place of the ID that stands there.
        self.number.bind("<FocusIn>", lambda event: when_idle(self, self._choose_all))
        self.bind("<Destroy>", self._gone)
        self._write()

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter what the person does."""
        self._presenter = presenter
        for key in ("<Return>", "<KP_Enter>"):
            self.number.bind(key, lambda event: self._open())
        self.open_button.configure(command=self._open)
        self.delete_button.configure(command=presenter.actions.delete)
        self.undo_button.configure(command=presenter.undo.undo)

    def go_there(self) -> None:
        """Put the cursor into the ID."""
        self.number.focus_set()

    def read_id(self) -> str:
        """See ``IdPanelPort``."""
        return str(self.number.get())

    def show_id(self, text: str) -> None:
        """See ``IdPanelPort``."""
        self._stop()
        self.number.delete(0, "end")
        self.number.insert(0, text)
        self._seen = text

    def is_typed_into(self) -> bool:
        """See ``IdPanelPort``."""
        return last_focused(self) is self.number

    def go_to_delete(self) -> None:
        """See ``IdPanelPort``."""
        self.delete_button.focus_set()

    def show_look(self, text: str, why: str, *, may_delete: bool, is_error: bool) -> None:
        """See ``IdPanelPort``."""
        self._lines = (text, why) if text else (self._rule, "")
        self.shown.configure(style=ERROR_LABEL if is_error else "TLabel" if text else HINT_LABEL)
        self._write()
        self.delete_button.state(["!disabled" if may_delete else "disabled"])

    def show_undo(self, text: str) -> None:
        """See ``IdPanelPort``."""
        self.undo_text.configure(text=text)
        if text:
            self.undo_text.grid(row=0, column=5, padx=(8, 4))
            self.undo_button.grid(row=0, column=6)
        else:
            self.undo_text.grid_remove()
            self.undo_button.grid_remove()

    def _write(self) -> None:
        room = self.shown.master.winfo_width() - self._theme.px(6)
        for label, line in zip((self.shown, self.rule), self._lines, strict=True):
            label.configure(text=shorten(line, self._theme.small, room) if room > 0 else line)

    def _open(self) -> str:
        self._stop()
        if self._presenter is not None:
            self._presenter.actions.look()
            self._presenter.edit_number(self.read_id())
        return "break"

    def _choose_all(self) -> None:
        if last_focused(self) is self.number:
            self.number.selection_range(0, "end")
            self.number.icursor("end")

    def _typed(self) -> None:
        if self.read_id() == self._seen:
            return
        self._seen = self.read_id()
        self.show_look("", "", may_delete=False, is_error=False)
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
