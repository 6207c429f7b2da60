"""The bridge on the screen: its steps as text, and beside them as a picture."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.company.bridge import BridgePart
from mini_crm.ui.forecast.painter import Painter
from mini_crm.ui.forecast.picture import Picture
from mini_crm.ui.forecast.table import ReadOnlyTable
from mini_crm.ui.theme import BOLD_LABEL, Theme

STEPS = 9
BAR = 16
"""Room for a scroll bar that may come, at 100 %: it must not make the other one come too."""


class BridgeView(plain_ttk.Frame):
    """Shows from which forecast to which, step by step.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and colours.
        painter: Draws the picture.
        choose: Is given the number of the day that the bridge is to begin on.
    """

    def __init__(
        self, parent: tk.Misc, texts: Texts, theme: Theme, painter: Painter, choose: Callable[[int], None]
    ) -> None:
        super().__init__(parent, padding=(0, theme.px(2), 0, 0))
        self._theme = theme
        self._choose = choose
        # A name, since a variable of Python would be let go in any thread, where Tk is not allowed.
        self._chosen = f"{self}.chosen"
        self._choices: tuple[str, ...] = ()
        self.columnconfigure(1, weight=1)
        self.rowconfigure(1, weight=1)
        head = ttk.Frame(self)
        head.grid(row=0, column=0, columnspan=2, sticky="ew")
        head.columnconfigure(0, weight=1)
        self.title = ttk.Label(head, style=BOLD_LABEL, justify="left")
        self.title.grid(row=0, column=0, sticky="ew")
        self.switch = ttk.Frame(head)
        self.switch.grid(row=0, column=1, sticky="e")
        self.buttons: list[ttk.Radiobutton] = []
        self.steps = ReadOnlyTable(self, theme, height=STEPS)
        self.steps.grid(row=1, column=0, sticky="nsew")
        self.picture = Picture(self, texts, theme, painter)
        self.picture.grid(row=1, column=1, sticky="nsew", padx=(theme.pad, 0))

    def show(self, part: BridgePart) -> None:
        """Show a bridge, or say why there is none."""
        self.title.configure(text=part.title)
        self._offer(part.choices)
        self.setvar(self._chosen, str(part.chosen))
        self.steps.show(part.columns, part.steps, part.totals)
        if part.columns:  # the table itself would only ask for the room of its first columns
            tree = self.steps.tree
            wide = sum(int(tree.column(str(at), "width")) for at in range(len(part.columns)))
            self.columnconfigure(0, minsize=wide + self._theme.px(BAR) if part.steps else 0)
        self.picture.show(part.picture)
        if part.steps:
            self.steps.grid()
            self.picture.grid()
        else:
            self.steps.grid_remove()
            self.picture.grid_remove()

    def _offer(self, choices: tuple[str, ...]) -> None:
        if choices == self._choices:
            return
        self._choices = choices
        for button in self.buttons:
            button.destroy()
        self.buttons = [
            ttk.Radiobutton(
                self.switch,
                text=choice,
                variable=self._chosen,  # type: ignore[arg-type]  # a name does as well
                value=at,
                bootstyle="primary-outline-toolbutton",
                padding=(self._theme.px(6), self._theme.px(1)),
                command=partial(self._choose, at),
            )
            for at, choice in enumerate(choices)
        ]
        for button in self.buttons:
            button.pack(side="left", padx=(self._theme.px(4), 0))
