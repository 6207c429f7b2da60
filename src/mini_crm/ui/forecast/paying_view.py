"""How the company gets paid, on the screen: one subject at a time, as a picture and in words."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.forecast.painter import Painter
from mini_crm.ui.forecast.paying import Subject
from mini_crm.ui.forecast.picture import Picture
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets import wrap_to_width


class PayingView(plain_ttk.Frame):
    """Subjects to choose from on the left, the chosen one on the right.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For sizes.
        painter: Draws the pictures.

    Attributes:
        buttons: One for each subject.
        sentence: What the chosen one says.
        picture: The same as bars.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme, painter: Painter) -> None:
        super().__init__(parent, padding=theme.px(4))
        self._theme = theme
        self._subjects: tuple[Subject, ...] = ()
        # A name, since a variable of Python would be let go in any thread, where Tk is not allowed.
        self._chosen = f"{self}.chosen"
        self.setvar(self._chosen, "0")
        self._choices = ttk.Frame(self)
        self._choices.grid(row=0, column=0, rowspan=2, sticky="nw", padx=(0, theme.pad))
        self.buttons: list[ttk.Radiobutton] = []
        self.sentence = ttk.Label(self, justify="left")
        self.sentence.grid(row=0, column=1, sticky="ew")
        wrap_to_width(self.sentence)
        self.picture = Picture(self, texts, theme, painter)
        self.picture.grid(row=1, column=1, sticky="nsew")
        self.columnconfigure(1, weight=1)
        self.rowconfigure(1, weight=1)

    def show(self, subjects: Sequence[Subject]) -> None:
        """Show these subjects; which one is chosen stays."""
        self._subjects = tuple(subjects)
        for number in range(len(self.buttons), len(self._subjects)):
            button = ttk.Radiobutton(
                self._choices,
                variable=self._chosen,  # type: ignore[arg-type]  # a name does as well
                value=number,
                command=self._show_chosen,
            )
            button.pack(anchor="w", pady=(0, self._theme.px(3)))
            self.buttons.append(button)
        for button, subject in zip(self.buttons, self._subjects, strict=True):
            button.configure(text=subject.name)
        self._show_chosen()

    def _show_chosen(self) -> None:
        if self._subjects:
            subject = self._subjects[int(self.getvar(self._chosen))]
            self.sentence.configure(text=subject.sentence)
            self.picture.show(subject.picture)
