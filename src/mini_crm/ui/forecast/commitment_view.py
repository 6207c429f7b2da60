"""The lead's own number for a period, on the screen: the form, and the list of what was recorded."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.forecast.table import ReadOnlyTable
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.fields import AmountField, Field, enter_goes_on


class CommitmentView(plain_ttk.Frame):
    """A form beside a list.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For sizes.
        commit: Called with what is typed.

    Attributes:
        amount: The field of the number.
        note: The field of the note.
        save: The button.
        list: What was recorded.
    """

    def __init__(
        self, parent: tk.Misc, texts: Texts, theme: Theme, commit: Callable[[str, str], None]
    ) -> None:
        super().__init__(parent, padding=theme.px(4))
        self._commit = commit
        _ = texts.gettext
        form = ttk.Frame(self)
        form.grid(row=0, column=0, sticky="nw", padx=(0, theme.pad))
        self.amount = AmountField(
            form, theme, texts, _("Your own number for the period"), width=16, steady=True
        )
        self.amount.grid(row=0, column=0, sticky="ew")
        self.save = ttk.Button(form, text=_("Record"), command=self._record)
        self.save.grid(row=0, column=1, padx=(theme.pad, 0))
        self.note = Field(form, theme, _("Note"), width=30, steady=True, lines=True)
        self.note.grid(row=1, column=0, columnspan=2, sticky="ew")
        enter_goes_on([self.amount, self.note], self._record)
        self.list = ReadOnlyTable(self, theme, height=2)
        self.list.grid(row=0, column=1, sticky="nsew")
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)

    def allow(self, allowed: bool) -> None:
        """Let something be recorded, or not."""
        self.save.state(["!disabled" if allowed else "disabled"])

    def _record(self) -> None:
        if not self.save.instate(["disabled"]):
            self._commit(self.amount.get(), self.note.get())
