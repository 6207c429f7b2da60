"""The dialogs about many entries at once: delete them, promise them for one day."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import date

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.entries.many import ManyQuestion
from mini_crm.ui.theme import BOLD_LABEL, HINT_LABEL, Theme
from mini_crm.ui.widgets import DateField, enter_goes_on
from mini_crm.ui.widgets.dialogs import Dialog
from mini_crm.ui.widgets.note import shorten

MAX_LINES = 8
"""Of the entries so many are named."""
WIDTH = 640
"""Of the lines, in pixels at 100 %; what is longer is cut."""


class DeleteManyDialog(Dialog):
    """Asks whether to delete."""

    def __init__(
        self, parent: tk.Misc, texts: Texts, theme: Theme, question: ManyQuestion, yes: Callable[[], None]
    ) -> None:
        super().__init__(parent, theme, question.title)
        show_entries(self, texts, question)
        self._yes = yes
        self.yes = self.add_button(texts.gettext("Delete"), self.accept, style="danger")
        self.no = self.add_button(texts.gettext("Cancel"), self.cancel)
        self.show(self.no)

    def accept(self) -> None:
        """Delete them."""
        super().accept()
        self._yes()


class PayByDialog(Dialog):
    """Asks for the day."""

    def __init__(
        self,
        parent: tk.Misc,
        texts: Texts,
        theme: Theme,
        question: ManyQuestion,
        answer: Callable[[str], str],
        *,
        today: date,
    ) -> None:
        super().__init__(parent, theme, question.title)
        show_entries(self, texts, question)
        self._answer = answer
        self.day = DateField(self.body, theme, texts, texts.gettext("Pay by"), today=today)
        self.day.set(question.day)
        self.day.pack(anchor="w", fill="x", pady=(theme.pad, 0))
        self.day.keep_narrow()
        self.yes = self.add_button(texts.gettext("Save"), self.accept, style="primary")
        self.add_button(texts.gettext("Cancel"), self.cancel)
        enter_goes_on([self.day], self.accept)
        self.bind("<Control-Return>", lambda event: self.accept())
        self.show(self.day.input)
        self.day.focus_input()

    def accept(self) -> None:
        """Hand the day over; stay open while something is wrong."""
        error = self._answer(self.day.get())
        self.day.show_error(error)
        if not error:
            super().accept()


def show_entries(dialog: Dialog, texts: Texts, question: ManyQuestion) -> None:
    """Name the entries that a dialog is about, and those that stay as they are."""
    body, theme, width = dialog.body, dialog.theme, dialog.theme.px(WIDTH)
    lines = [shorten(line, theme.body, width) for line in question.lines[:MAX_LINES]]
    left = len(question.lines) - len(lines)
    if left:
        lines.append(texts.ngettext("… and {n} more", "… and {n} more", left).format(n=left))
    ttk.Label(body, text=question.title, style=BOLD_LABEL).pack(anchor="w", pady=(0, theme.pad))
    ttk.Label(body, text="\n".join(lines), justify="left").pack(anchor="w")
    if question.left_out:
        ttk.Label(body, text=question.left_out, style=HINT_LABEL, wraplength=width, justify="left").pack(
            anchor="w", pady=(theme.pad, 0)
        )
