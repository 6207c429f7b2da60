"""A password: hidden, with a button that shows it, and a word when the keyboard is set wrongly."""

from __future__ import annotations

import tkinter as tk

import ttkbootstrap as ttk

from mini_crm.domain.text import only_storable
from mini_crm.i18n import Texts
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.fields import Field

HIDDEN = "\u2022"
LOCK = 0x2
"""Bit of an event's state: Caps Lock is on."""


class PasswordField(Field):
    """A ``Field`` for a password.

    Args:
        parent: Where it stands.
        theme: For fonts.
        texts: In the person's language.
        label: Whose password, which one.
        hint: Shown while nothing is wrong.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, texts: Texts, label: str, *, hint: str = "") -> None:
        self._texts = texts
        self._own_hint = hint
        self._caps = False
        super().__init__(parent, theme, label, hint=hint)
        self.input.configure(show=HIDDEN)
        self.show_button = ttk.Button(self, text="", command=self.toggle)
        self.show_button.grid(row=1, column=1, sticky="ns", padx=(theme.px(4), 0))
        self._name_button()
        self.input.bind("<KeyPress>", self._pressed, add="+")
        self.input.bind("<KeyRelease>", lambda event: self._hint_now(), add="+")
        self.input.bind("<FocusOut>", lambda event: self._no_caps(), add="+")

    def toggle(self) -> None:
        """Show the password, or hide it again."""
        self.show_text(not self.is_shown)
        self.input.focus_set()

    def show_text(self, shown: bool) -> None:
        """Show or hide the password."""
        self.input.configure(show="" if shown else HIDDEN)
        self._name_button()

    @property
    def is_shown(self) -> bool:
        """Whether everyone can read it."""
        return str(self.input.cget("show")) == ""

    def _fit(self, text: str) -> str:
        # A mark that nobody sees may be part of a password that somebody pasted.
        return only_storable(text)

    def set(self, text: str) -> None:
        """Replace the text."""
        super().set(text)
        self._hint_now()

    def _name_button(self) -> None:
        _ = self._texts.gettext
        self.show_button.configure(text=_("Hide") if self.is_shown else _("Show"))

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        caps = bool(int(event.state) & LOCK)
        # This very key still carries the state from before it.
        self._caps = not caps if event.keysym == "Caps_Lock" else caps

    def _no_caps(self) -> None:
        self._caps = False
        self._hint_now()

    def _hint_now(self) -> None:
        _ = self._texts.gettext
        hints = []
        if self._caps:
            hints.append(_("Caps Lock is on."))
        if any(char.isalpha() and not char.isascii() for char in self.get()):
            hints.append(_("The keyboard types Russian letters."))
        self.show_hint(" ".join(hints) or self._own_hint)
