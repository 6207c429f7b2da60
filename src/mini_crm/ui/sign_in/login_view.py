"""The sign-in window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.theme import HINT_LABEL, TITLE_LABEL, Theme
from mini_crm.ui.widgets.fields import ChoiceField
from mini_crm.ui.widgets.focus import last_focused
from mini_crm.ui.widgets.offers import OfferBanner
from mini_crm.ui.widgets.password_field import PasswordField

LANGUAGE_NAMES = {"ru": "\u0420\u0443\u0441\u0441\u043a\u0438\u0439", "en": "English"}
"""Each in its own language, so that everyone finds the own one."""


@dataclass(frozen=True, slots=True)
class TypedSignIn:
    """What a person has typed, for the same window in another language.

    Attributes:
        name: As it stands in the field.
        password: The same.
        is_shown: Whether the password can be read.
        at_name: Whether the cursor is in the name.
    """

    name: str
    password: str = field(repr=False)
    is_shown: bool = False
    at_name: bool = False


class LoginView(plain_ttk.Frame):
    """Name, password, one button, and one sentence when something is in the way.

    Args:
        parent: The window.
        texts: In the person's language.
        theme: For fonts.
        database: Its name, shown below the title.
        switch_language: Is given ``ru`` or ``en``.
        show_help: Shows the page for leads.
    """

    def __init__(
        self,
        parent: tk.Misc,
        texts: Texts,
        theme: Theme,
        *,
        database: str,
        switch_language: Callable[[str], None],
        show_help: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        _ = texts.gettext
        self._texts = texts
        self._allowed = True
        self._busy = False
        self.on_sign_in: Callable[[str, str], None] = lambda name, password: None
        self.on_typing: Callable[[], None] = lambda: None
        pad = theme.pad
        card = ttk.Frame(self)
        card.place(relx=0.5, rely=0.5, anchor="center", width=theme.px(380))
        card.columnconfigure(0, weight=1)
        ttk.Label(card, text=_("Expected sales"), style=TITLE_LABEL).grid(row=0, sticky="w")
        ttk.Label(card, text=_("Database {name}").format(name=database), style=HINT_LABEL).grid(
            row=1, sticky="w", pady=(0, 2 * pad)
        )
        self.name = ChoiceField(card, theme, _("Your name"), hint=_("Type a part of the name"))
        self.name.grid(row=2, sticky="ew")
        self.password = PasswordField(card, theme, texts, _("Password"))
        self.password.grid(row=3, sticky="ew", pady=(pad // 2, 0))
        self.banner = OfferBanner(card, theme, texts)
        self.banner.grid(row=4, sticky="ew", pady=(pad // 2, 0))
        self.button = ttk.Button(card, text=_("Sign in"), bootstyle="primary", command=self._pressed)
        self.button.grid(row=5, sticky="ew", pady=(pad, 0))
        self.progress = ttk.Progressbar(card, mode="indeterminate")
        self.progress.grid(row=6, sticky="ew", pady=(pad // 2, 0))
        self.progress.grid_remove()
        languages = ttk.Frame(self)
        languages.place(relx=1.0, rely=0.0, anchor="ne", x=-pad, y=pad)
        self.help_button = ttk.Button(
            languages, text=_("Help (F1)"), bootstyle="secondary-outline", command=show_help
        )
        self.help_button.pack(side="left", padx=(0, pad))
        self.languages: dict[str, ttk.Button] = {}
        for language, name in LANGUAGE_NAMES.items():
            button = self.languages[language] = ttk.Button(
                languages,
                text=name,
                bootstyle="primary" if language == texts.language else "secondary-outline",
                command=lambda chosen=language: switch_language(chosen),
            )
            button.pack(side="left", padx=(theme.px(4), 0))
        for typed_into in (self.name.input, self.password.input):
            typed_into.bind("<Key>", lambda event: self.on_typing(), add="+")
        for key in ("<Return>", "<KP_Enter>"):
            self.name.input.bind(key, lambda event: self._name_given(), add="+")
            self.password.input.bind(key, lambda event: self._pressed(), add="+")
        self.name.on_choice(lambda: self.password.focus_input() if not self._name_has_list() else None)

    def typed(self) -> TypedSignIn:
        """Give what is typed."""
        at_name = last_focused(self) is self.name.input
        return TypedSignIn(self.name.get(), self.password.get(), self.password.is_shown, at_name)

    def take_over(self, typed: TypedSignIn) -> None:
        """Show what was typed in another language, and put the cursor behind it."""
        self.name.set(typed.name)
        self.password.set(typed.password)
        self.password.show_text(typed.is_shown)
        at = self.name if typed.at_name else self.password
        at.input.focus_set()
        at.input.icursor("end")

    def show_names(self, names: Sequence[str]) -> None:
        """See ``LoginViewPort``."""
        self.name.set_names(names)

    def show_name(self, name: str) -> None:
        """See ``LoginViewPort``."""
        self.name.set(name)

    def show_problem(self, problem: str) -> None:
        """See ``LoginViewPort``."""
        self.banner.show_problem(problem)

    def offer_path(self, place: str) -> None:
        """See ``OfferPort``."""
        self.banner.offer_path(place)

    def offer_folder(self, open_folder: Callable[[], None]) -> None:
        """See ``OfferPort``."""
        self.banner.offer_folder(open_folder)

    def show_busy(self, busy: bool) -> None:
        """See ``LoginViewPort``."""
        self._busy = busy
        self._set_button()
        if busy:
            self.progress.grid()
            self.progress.start(20)
        else:
            self.progress.stop()
            self.progress.grid_remove()

    def allow_sign_in(self, allowed: bool) -> None:
        """See ``LoginViewPort``."""
        self._allowed = allowed
        self._set_button()

    def clear_password(self) -> None:
        """See ``LoginViewPort``."""
        self.password.set("")
        self.password.focus_input()

    def ask_name(self) -> None:
        """See ``LoginViewPort``."""
        self.name.focus_input()

    def _name_has_list(self) -> bool:
        return self.name.input.is_open

    def _name_given(self) -> None:
        if not self._name_has_list():
            self.password.focus_input()

    def _set_button(self) -> None:
        self.button.state(["!disabled" if self._allowed and not self._busy else "disabled"])

    def _pressed(self) -> None:
        if self._allowed and not self._busy:
            self.on_sign_in(self.name.get(), self.password.get())
