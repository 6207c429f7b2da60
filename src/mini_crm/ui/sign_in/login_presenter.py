"""What the sign-in window does; also behind the dialog that asks to sign in again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mini_crm.domain.credentials import Derive, derive_key
from mini_crm.domain.errors import DatabaseUnreachable, MustWait, WrongVersion
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.store.port import DesktopStore
from mini_crm.ui.desk import Cancel, TaskRunner
from mini_crm.ui.matching import the_one
from mini_crm.ui.memory import Memory
from mini_crm.ui.new_program import NewProgram, OfferPort, OpenFolder, open_folder
from mini_crm.usecases.signing import SignedIn, sign_in

LAST_NAME = "last_name"
FIRST_RETRY_S = 2
LAST_RETRY_S = 60
LOOK_AGAIN_S = 60
"""Who begins to type so long after the last answer may find the connection gone, and the names changed."""


class LoginViewPort(OfferPort, Protocol):
    """What the presenter asks of its window."""

    def show_names(self, names: Sequence[str]) -> None:
        """Offer these names."""
        ...

    def show_name(self, name: str) -> None:
        """Put a name into its field."""
        ...

    def show_busy(self, busy: bool) -> None:
        """Show that something is under way, and take no other sign-in meanwhile."""
        ...

    def allow_sign_in(self, allowed: bool) -> None:
        """Switch signing in on or off."""
        ...

    def clear_password(self) -> None:
        """Empty the password field and put the cursor there."""
        ...

    def ask_name(self) -> None:
        """Put the cursor into the name field."""
        ...


@dataclass(frozen=True, slots=True)
class LoginParts:
    """What signing in needs, wherever it is asked for.

    Attributes:
        connect: Opens the database, or gives the one that is open; may be slow, may fail.
        tasks: For slow work.
        texts: In the person's language.
        memory: Remembers the last name.
        computer: This one's name, for the record.
        derive: Makes the key of a password.
        open_folder: Shows the folder of a new program.
    """

    connect: Callable[[], DesktopStore]
    tasks: TaskRunner
    texts: Texts
    memory: Memory = field(default_factory=Memory)
    computer: str = ""
    derive: Derive = derive_key
    open_folder: OpenFolder = open_folder


class LoginPresenter:
    """Loads the names, signs in, and says in one sentence what stands in the way.

    Args:
        parts: See ``LoginParts``.
        view: The window.
        signed_in: Is given the session; called once.
        only: The one name that may sign in; None lets everyone.
        now: Tells the time, in seconds from any moment on.
    """

    def __init__(
        self,
        parts: LoginParts,
        view: LoginViewPort,
        signed_in: Callable[[SignedIn], None],
        *,
        only: str | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._view = view
        self._signed_in = signed_in
        self._only = only
        self._now = now
        self._asked_at = now()
        self._names: list[str] = []
        self._busy = False
        self._retry_s = FIRST_RETRY_S
        self._retry: Cancel | None = None
        self._countdown: Cancel | None = None
        self._new_program = NewProgram(view, parts.tasks, parts.open_folder)

    def start(self) -> None:
        """Fill the window: the last name at once, the list when the database has answered."""
        name = self._only or self._parts.memory.text(LAST_NAME)
        self._view.show_name(name)
        if name:
            self._view.clear_password()
        else:
            self._view.ask_name()
        if self._only is None:
            self._load()

    def stop(self) -> None:
        """Do nothing more by itself."""
        for cancel in (self._retry, self._countdown):
            if cancel is not None:
                cancel()
        self._retry = self._countdown = None

    def typing(self) -> None:
        """Know that somebody types: meanwhile the connection becomes ready, and nothing of it is told.

        Nothing of what is typed is sent before the person signs in.
        """
        if self._now() - self._asked_at < LOOK_AGAIN_S or self._busy or self._retry is not None:
            return
        self._asked_at = self._now()
        parts = self._parts
        parts.tasks.run(lambda: parts.connect().list_lead_names(), self._seen_again, lambda error: None)

    def sign_in(self, name: str, password: str) -> None:
        """Try to sign in.

        Args:
            name: As it stands in the field: the whole name, or so much that only one fits.
            password: As typed.
        """
        if self._busy or self._countdown is not None:
            return
        _ = self._parts.texts.gettext
        lead_name = self._only or the_one(self._names, name) or name.strip()
        if not lead_name:
            self._view.show_problem(_("Choose your name."))
            self._view.ask_name()
            return
        if not password.strip():
            self._view.show_problem(_("Enter the password."))
            self._view.clear_password()
            return
        self._view.show_name(lead_name)
        self._new_program.forget()
        self._view.show_problem("")
        self._set_busy(True)
        self._asked_at = self._now()
        parts = self._parts
        parts.tasks.run(
            lambda: sign_in(parts.connect(), lead_name, password, parts.computer, derive=parts.derive),
            self._done,
            self._refused,
        )

    def _done(self, signed_in: SignedIn) -> None:
        self._set_busy(False)
        self.stop()
        if self._only is None:
            self._parts.memory.put(LAST_NAME, signed_in.session.lead_name)
        self._signed_in(signed_in)

    def _refused(self, error: BaseException) -> None:
        self._set_busy(False)
        if isinstance(error, MustWait):
            self._wait(error)
            return
        self._tell(error)
        if not isinstance(error, DatabaseUnreachable):
            self._view.clear_password()

    def _tell(self, error: BaseException) -> None:
        said = sentence(error, self._parts.texts)
        if isinstance(error, WrongVersion):
            self._new_program.tell(error, said)
        else:
            self._new_program.forget()
            self._view.show_problem(said)

    def _wait(self, error: MustWait) -> None:
        """Count the seconds down before the person's eyes; until then nothing can be tried."""
        seconds = error.data.get("seconds")
        left = int(seconds) if isinstance(seconds, int | float) else 1
        self._view.allow_sign_in(False)

        def tick() -> None:
            nonlocal left
            if left <= 0:
                self._end_wait()
                return
            self._view.show_problem(sentence(MustWait(error.code, seconds=left), self._parts.texts))
            left -= 1

        self._countdown = self._parts.tasks.every(1, tick)
        tick()

    def _end_wait(self) -> None:
        if self._countdown is not None:
            self._countdown()
            self._countdown = None
        self._view.show_problem("")
        self._view.allow_sign_in(True)
        self._view.clear_password()

    def _load(self) -> None:
        self._retry = None
        self._asked_at = self._now()
        parts = self._parts
        parts.tasks.run(lambda: parts.connect().list_lead_names(), self._loaded, self._not_loaded)

    def _loaded(self, names: list[str]) -> None:
        was_lost = self._retry_s > FIRST_RETRY_S
        self._retry_s = FIRST_RETRY_S
        self._names = names
        self._view.show_names(names)
        if not names:
            self._view.show_problem(
                self._parts.texts.gettext(
                    "Nobody can sign in yet: there are no leads in the database. Ask the administrator."
                )
            )
        elif was_lost and not self._busy:
            self._new_program.forget()
            self._view.show_problem("")

    def _seen_again(self, names: list[str]) -> None:
        if names and names != self._names:
            self._loaded(names)

    def _not_loaded(self, error: BaseException) -> None:
        if not self._busy:
            self._tell(error)
        self._retry = self._parts.tasks.after(self._retry_s * 1000, self._load)
        self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._view.show_busy(busy)
