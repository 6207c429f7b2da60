"""What every presenter is given after sign-in; no Tk here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from mini_crm.domain.errors import SessionEnded, WrongVersion
from mini_crm.domain.model import Session
from mini_crm.i18n import Texts
from mini_crm.store.port import DesktopStore
from mini_crm.ui.computing import Computing
from mini_crm.ui.memory import Memory
from mini_crm.ui.periods import PeriodChoice

if TYPE_CHECKING:
    from mini_crm.usecases.outbox import Outbox

T = TypeVar("T")
Cancel = Callable[[], None]
"""Calls off what was planned; harmless when it has happened already."""


class TaskRunner(Protocol):
    """Keeps the window alive: slow work elsewhere, results back on the window's thread."""

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Do work in the background, in the order of the calls; then call one of the two here."""
        ...

    def after(self, ms: int, action: Callable[[], None]) -> Cancel:
        """Call the action once, ``ms`` milliseconds from now."""
        ...

    def every(self, seconds: float, action: Callable[[], None]) -> Cancel:
        """Call the action again and again, the first time ``seconds`` from now."""
        ...


def _nobody_to_ask(then: Callable[[], None]) -> None:
    """Leave the session ended: there is no window that could ask."""


def _nobody_to_tell(error: WrongVersion | None) -> None:
    """Tell nobody: there is no window over the pages."""


def _nothing() -> None:
    """Do nothing: there is no window to leave."""


@dataclass(slots=True)
class Desk:
    """A lead's place of work.

    ``session`` and ``token`` are replaced when the lead signs in again over the same window: read
    them when they are needed, do not keep them.

    Attributes:
        store: The database; every call may be slow, so only within ``call`` or ``tasks.run``.
        texts: In the lead's language.
        tasks: See ``TaskRunner``.
        session: Who signed in, and the server's day then.
        token: Of the session.
        database: The database's name, for titles.
        outbox: Writes that have not reached the database; None where there is no place for it.
        sign_in_again: Asks the same lead to sign in over the same window, then calls its argument.
            Nothing is called if the lead leaves instead: the window closes then.
        leave: Signs out and goes back to the sign-in window; asks first if something would be lost.
        tell_unfit: Is given why program and database do not fit together, each time that a call finds it
            out; None when one has been answered again.
        memory: Column widths and the like, kept on this computer.
        aside: Does long work beside ``tasks``; the same by default.
        keeper: Writes to this computer's disk while ``tasks`` waits; None keeps nothing early.
        choice: The period that both pages show.
        computing: Asks for a run of the aggregation.
    """

    store: DesktopStore
    texts: Texts
    tasks: TaskRunner
    session: Session
    token: bytes
    database: str
    outbox: Outbox | None = None
    sign_in_again: Callable[[Callable[[], None]], None] = _nobody_to_ask
    leave: Callable[[], None] = _nothing
    tell_unfit: Callable[[WrongVersion | None], None] = _nobody_to_tell
    memory: Memory = field(default_factory=Memory)
    aside: TaskRunner | None = None
    keeper: TaskRunner | None = None
    choice: PeriodChoice = field(init=False)
    computing: Computing = field(init=False)

    def __post_init__(self) -> None:
        """Choose the period that was chosen the last time."""
        self.choice = PeriodChoice(self.memory)
        self.computing = Computing(self, self.aside or self.tasks)

    def call(
        self,
        work: Callable[[bytes], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Do work that needs the session; if that has ended, sign in again and repeat the work.

        A repeated write must carry the same operation id, so make ids outside of ``work``.

        Args:
            work: Is given the present token; runs in the background.
            done: Is given the result.
            failed: Is given any error but ``SessionEnded``.
        """
        used = self.token

        def work_now() -> T:
            nonlocal used
            used = self.token
            return work(used)

        def answered(result: T) -> None:
            self.tell_unfit(None)
            done(result)

        def ended_or_failed(error: BaseException) -> None:
            if not isinstance(error, SessionEnded):
                if isinstance(error, WrongVersion):
                    self.tell_unfit(error)
                failed(error)
            elif used != self.token:
                # Another call has led to a new session meanwhile.
                self.call(work, done, failed)
            else:
                self.sign_in_again(lambda: self.call(work, done, failed))

        self.tasks.run(work_now, answered, ended_or_failed)
