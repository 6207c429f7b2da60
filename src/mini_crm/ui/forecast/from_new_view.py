"""The managers behind what is to come of new entries, in a small window."""

from __future__ import annotations

import tkinter as tk

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.forecast.from_new import FromNew
from mini_crm.ui.forecast.table import ReadOnlyTable
from mini_crm.ui.forecast.texts import Column
from mini_crm.ui.theme import HINT_LABEL, Theme
from mini_crm.ui.widgets.dialogs import Dialog

WRAP = 380
"""Width of the sentence, at 100 %."""
MOST_ROWS = 12


class FromNewDialog(Dialog):
    """Shows the managers, and their sum above them; it is open when made.

    Args:
        parent: Any widget of the window below.
        texts: In the person's language.
        theme: For fonts.
        from_new: What it shows.

    Attributes:
        table: The managers.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme, from_new: FromNew) -> None:
        super().__init__(parent, theme, from_new.title)
        _ = texts.gettext
        said = _("Nobody has made these entries yet: how much each manager enters tells what is to come.")
        ttk.Label(self.body, text=said, style=HINT_LABEL, wraplength=theme.px(WRAP), justify="left").pack(
            anchor="w", pady=(0, theme.pad)
        )
        self.table = ReadOnlyTable(self.body, theme, height=min(len(from_new.rows) + 1, MOST_ROWS))
        columns = (Column(_("Manager"), is_number=False), Column(_("From new entries")))
        total = (_("Total"), from_new.total)
        self.table.show(columns, [total, *from_new.rows], [True, *(False for _row in from_new.rows)])
        self.table.pack(fill="both", expand=True)
        self.close_button = self.add_button(_("Close"), self.cancel)
        self.show(self.close_button)
