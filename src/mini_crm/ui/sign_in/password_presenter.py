"""What the dialog for a new password does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from mini_crm.domain.credentials import PasswordKind, check_new_password, new_code, normalize_password
from mini_crm.domain.errors import BadValue, SessionEnded, WrongPassword
from mini_crm.messages import sentence
from mini_crm.ui.sign_in.login_presenter import LoginParts
from mini_crm.usecases.signing import SignedIn, change_password


class PasswordViewPort(Protocol):
    """What the presenter asks of its dialog."""

    def show_code(self, code: str) -> None:
        """Put a proposed code into both fields, for everyone to see."""
        ...

    def show_problem(self, problem: str) -> None:
        """Show one sentence; an empty one takes the last away."""
        ...

    def show_busy(self, busy: bool) -> None:
        """Show that something is under way."""
        ...


class PasswordPresenter:
    """Proposes a code, checks an own password, and replaces the old one.

    Args:
        parts: As for signing in.
        view: The dialog.
        signed_in: The session, with the key of the present password.
        changed: Is given the new session; called once.
        ended: Called instead if the session is over.
    """

    def __init__(
        self,
        parts: LoginParts,
        view: PasswordViewPort,
        signed_in: SignedIn,
        changed: Callable[[SignedIn], None],
        ended: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._view = view
        self._signed_in = signed_in
        self._changed = changed
        self._ended = ended
        self._code = ""
        self._busy = False

    def propose(self) -> None:
        """Propose a code that nobody can guess."""
        self._code = new_code()
        self._view.show_code(self._code)
        self._view.show_problem("")

    def change(self, new: str, again: str, present: str | None = None) -> None:
        """Change the password.

        Args:
            new: The new one.
            again: The same, typed once more.
            present: The present one, where it is asked for; None where it has just been given.
        """
        if self._busy:
            return
        _ = self._parts.texts.gettext
        if present is not None and not present.strip():
            self._view.show_problem(_("Enter the present password."))
            return
        try:
            kind = self._kind(new)
            if kind is PasswordKind.OWN:
                check_new_password(new)
        except BadValue as error:
            self._view.show_problem(sentence(error, self._parts.texts))
            return
        if normalize_password(new, kind) != normalize_password(again, kind):
            self._view.show_problem(_("Type the same password twice: the two new ones differ."))
            return
        self._view.show_problem("")
        self._set_busy(True)
        self._parts.tasks.run(lambda: self._work(new, kind, present), self._done, self._failed)

    def _kind(self, new: str) -> PasswordKind:
        code = normalize_password(self._code, PasswordKind.CODE)
        is_code = bool(code) and normalize_password(new, PasswordKind.CODE) == code
        return PasswordKind.CODE if is_code else PasswordKind.OWN

    def _work(self, new: str, kind: PasswordKind, present: str | None) -> SignedIn:
        parts, signed_in = self._parts, self._signed_in
        store = parts.connect()
        if present is not None:
            old_kind, kdf = store.get_salt(signed_in.session.lead_name)
            key = parts.derive(present, old_kind, kdf)
            signed_in = SignedIn(signed_in.session, signed_in.token, key)
        return change_password(store, signed_in, new, kind, parts.computer, derive=parts.derive)

    def _done(self, signed_in: SignedIn) -> None:
        self._set_busy(False)
        self._changed(signed_in)

    def _failed(self, error: BaseException) -> None:
        self._set_busy(False)
        if isinstance(error, SessionEnded):
            self._ended()
        elif isinstance(error, WrongPassword):
            self._view.show_problem(
                self._parts.texts.gettext(
                    "Type the present password again: this one is not right. Nothing was changed."
                )
            )
        else:
            self._view.show_problem(sentence(error, self._parts.texts))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._view.show_busy(busy)
