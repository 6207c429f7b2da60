"""The dialog that tells why an entry has its chance."""

from __future__ import annotations

import tkinter as tk

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.entries.why import Why
from mini_crm.ui.theme import BOLD_LABEL, HINT_LABEL, Theme
from mini_crm.ui.widgets.dialogs import Dialog

WRAP = 460
"""Width of a sentence, in pixels at 100 %."""


class WhyDialog(Dialog):
    """What is known of an entry, line by line, and what it comes to.

    Args:
        parent: Any widget of the window below.
        texts: In the person's language.
        theme: For fonts and sizes.
        why: What it says.

    Attributes:
        lines: Text and value of each line.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme, why: Why) -> None:
        super().__init__(parent, theme, why.title)
        wrap = theme.px(WRAP)
        ttk.Label(self.body, text=why.entry, style=HINT_LABEL, wraplength=wrap, justify="left").pack(
            anchor="w", pady=(0, theme.pad)
        )
        table = ttk.Frame(self.body)
        table.pack(fill="x")
        table.columnconfigure(0, weight=1)
        self.lines: list[tuple[str, str]] = []
        for number, reason in enumerate(why.reasons):
            style = BOLD_LABEL if reason.is_sum else "TLabel"
            text = ttk.Label(table, text=reason.text, style=style, wraplength=wrap, justify="left")
            text.grid(row=number, column=0, sticky="w", pady=theme.px(1))
            value = ttk.Label(table, text=reason.value, style=style)
            value.grid(row=number, column=1, sticky="e", padx=(theme.pad * 2, 0))
            self.lines.append((reason.text, reason.value))
        last = ttk.Label(
            self.body,
            text=why.sentence,
            style=HINT_LABEL if why.reasons else "TLabel",
            wraplength=wrap,
            justify="left",
        )
        last.pack(anchor="w", pady=(theme.pad, 0))
        self.sentence = why.sentence
        self.show(self.add_button(texts.gettext("Close"), self.cancel))
