"""Dialogs about the password: change it, and sign in again over the same window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence

import ttkbootstrap as ttk

from mini_crm.domain.credentials import MIN_OWN_PASSWORD
from mini_crm.i18n import Texts
from mini_crm.ui.sign_in.login_presenter import LoginParts, LoginPresenter
from mini_crm.ui.sign_in.password_presenter import PasswordPresenter
from mini_crm.ui.theme import BOLD_LABEL, Theme
from mini_crm.ui.widgets.banner import Banner
from mini_crm.ui.widgets.dialogs import WRAP, Dialog
from mini_crm.ui.widgets.fields import enter_goes_on
from mini_crm.ui.widgets.offers import OfferBanner
from mini_crm.ui.widgets.password_field import PasswordField
from mini_crm.usecases.signing import SignedIn


class PasswordDialog(Dialog):
    """Asks for a new password, twice; see ``PasswordViewPort``.

    Args:
        parent: Any widget of the window below.
        texts: In the person's language.
        theme: For fonts.
        must: Whether nothing else is possible before it is done.

    Attributes:
        on_change: Is given the new password, the repetition, and the present one or None.
        on_propose: Called when a code is asked for.
        on_cancel: Called when the dialog is closed without a change.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme, *, must: bool) -> None:
        _ = texts.gettext
        super().__init__(parent, theme, _("New password"))
        self.on_change: Callable[[str, str, str | None], None] = lambda new, again, present: None
        self.on_propose: Callable[[], None] = lambda: None
        self.on_cancel: Callable[[], None] = lambda: None
        self._busy = False
        body = self.body
        body.columnconfigure(0, weight=1)
        explanation = (
            _("The password you were given is for the first sign-in only. Choose a new one now.")
            if must
            else _("After the change all other windows in which you are signed in ask for the new password.")
        )
        ttk.Label(body, text=explanation, wraplength=theme.px(WRAP), justify="left").grid(
            row=0, sticky="w", pady=(0, theme.pad)
        )
        self.present = None if must else PasswordField(body, theme, texts, _("Present password"))
        if self.present is not None:
            self.present.grid(row=1, sticky="ew")
        length = texts.ngettext("At least {n} character", "At least {n} characters", MIN_OWN_PASSWORD)
        self.new = PasswordField(
            body, theme, texts, _("New password"), hint=length.format(n=MIN_OWN_PASSWORD)
        )
        self.new.grid(row=2, sticky="ew", pady=(theme.pad // 2, 0))
        self.again = PasswordField(body, theme, texts, _("New password once more"))
        self.again.grid(row=3, sticky="ew", pady=(theme.pad // 2, 0))
        self.proposal = ttk.Button(
            body, text=_("Propose a password"), command=lambda: self.on_propose(), bootstyle="primary-outline"
        )
        self.proposal.grid(row=4, sticky="w", pady=(0, theme.pad // 2))
        self.banner = Banner(body, theme)
        self.banner.grid(row=5, sticky="ew")
        self.ok = self.add_button(_("Change the password"), self._pressed, style="primary")
        self.add_button(_("Sign out") if must else _("Cancel"), self.cancel)
        fields = [self.new, self.again] if self.present is None else [self.present, self.new, self.again]
        enter_goes_on(fields, self._pressed)
        self.first = fields[0]

    def show_code(self, code: str) -> None:
        """See ``PasswordViewPort``."""
        for field in (self.new, self.again):
            field.set(code)
            field.show_text(True)
        self.new.focus_input()

    def show_problem(self, problem: str) -> None:
        """See ``PasswordViewPort``."""
        self.banner.show_problem(problem)

    def show_busy(self, busy: bool) -> None:
        """See ``PasswordViewPort``."""
        self._busy = busy
        self.ok.state(["disabled" if busy else "!disabled"])

    def cancel(self) -> None:
        """Close it without a change; not while one is under way, since its outcome counts."""
        if not self._busy:
            super().cancel()
            self.on_cancel()

    def _pressed(self) -> None:
        if not self._busy:
            present = self.present.get() if self.present is not None else None
            self.on_change(self.new.get(), self.again.get(), present)


class SignInAgainDialog(Dialog):
    """Asks the same lead for the password once more; see ``LoginViewPort``.

    Attributes:
        on_sign_in: Is given name and password.
        on_cancel: Called when the lead leaves instead.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        _ = texts.gettext
        super().__init__(parent, theme, _("Sign in again"))
        self.on_sign_in: Callable[[str, str], None] = lambda name, password: None
        self.on_cancel: Callable[[], None] = lambda: None
        self._texts = texts
        self._allowed = True
        self._busy = False
        body = self.body
        body.columnconfigure(0, weight=1)
        ttk.Label(
            body,
            text=_("The session has ended. Sign in again to go on; what you typed is kept."),
            wraplength=theme.px(WRAP),
            justify="left",
        ).grid(row=0, sticky="w", pady=(0, theme.pad))
        self.name = ttk.Label(body, style=BOLD_LABEL)
        self.name.grid(row=1, sticky="w")
        self.password = PasswordField(body, theme, texts, _("Password"))
        self.password.grid(row=2, sticky="ew", pady=(theme.pad // 2, 0))
        self.banner = OfferBanner(body, theme, texts)
        self.banner.grid(row=3, sticky="ew")
        self.ok = self.add_button(_("Sign in"), self._pressed, style="primary")
        self.add_button(_("Sign out"), self.cancel)
        enter_goes_on([self.password], self._pressed)

    def show_names(self, names: Sequence[str]) -> None:
        """See ``LoginViewPort``; the name is fixed."""

    def show_name(self, name: str) -> None:
        """See ``LoginViewPort``."""
        self.name.configure(text=name)

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

    def allow_sign_in(self, allowed: bool) -> None:
        """See ``LoginViewPort``."""
        self._allowed = allowed
        self._set_button()

    def clear_password(self) -> None:
        """See ``LoginViewPort``."""
        self.password.set("")
        self.password.focus_input()

    def ask_name(self) -> None:
        """See ``LoginViewPort``; the name is fixed."""

    def cancel(self) -> None:
        """Leave instead of signing in."""
        if not self._busy:
            super().cancel()
            self.on_cancel()

    def _set_button(self) -> None:
        self.ok.state(["!disabled" if self._allowed and not self._busy else "disabled"])

    def _pressed(self) -> None:
        if self._allowed and not self._busy:
            self.on_sign_in(self.name.cget("text"), self.password.get())


def ask_new_password(
    parent: tk.Misc,
    theme: Theme,
    parts: LoginParts,
    signed_in: SignedIn,
    changed: Callable[[SignedIn], None],
    ended: Callable[[], None],
    *,
    must: bool,
) -> PasswordDialog:
    """Open the dialog for a new password; the caller goes on at once.

    Args:
        parent: Any widget of the window below.
        theme: For fonts.
        parts: As for signing in.
        signed_in: The present session; with the key where ``must``.
        changed: Is given the new session.
        ended: Called if the session is over, and where ``must`` also if the dialog is closed.
        must: Whether nothing else is possible before it is done.
    """
    dialog = PasswordDialog(parent, parts.texts, theme, must=must)

    def done(new: SignedIn) -> None:
        dialog.accept()
        changed(new)

    def over() -> None:
        dialog.accept()
        ended()

    presenter = PasswordPresenter(parts, dialog, signed_in, done, over)
    dialog.on_change = presenter.change
    dialog.on_propose = presenter.propose
    if must:
        dialog.on_cancel = ended
    dialog.show(dialog.first.input)
    return dialog


def ask_to_sign_in_again(
    parent: tk.Misc,
    theme: Theme,
    parts: LoginParts,
    lead_name: str,
    signed_in: Callable[[SignedIn], None],
    left: Callable[[], None],
) -> SignInAgainDialog:
    """Open the dialog that asks the same lead to sign in again; the caller goes on at once.

    Args:
        parent: Any widget of the window below.
        theme: For fonts.
        parts: As for signing in.
        lead_name: The only one who may.
        signed_in: Is given the new session.
        left: Called if the lead leaves instead.
    """
    dialog = SignInAgainDialog(parent, parts.texts, theme)

    def done(new: SignedIn) -> None:
        dialog.accept()
        signed_in(new)

    presenter = LoginPresenter(parts, dialog, done, only=lead_name)

    def leave() -> None:
        presenter.stop()
        left()

    dialog.on_sign_in = presenter.sign_in
    dialog.on_cancel = leave
    dialog.show(dialog.password.input)
    presenter.start()
    return dialog
