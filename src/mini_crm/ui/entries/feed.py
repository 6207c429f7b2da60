"""Keeps asking what changed elsewhere, sends what waits on this computer, and knows the server's day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from mini_crm.domain.model import Changes, Entry
from mini_crm.ui.desk import Cancel, Desk
from mini_crm.usecases.outbox import Kept, Sending

POLL_S = 5.0
MAX_POLL_S = 60.0
"""While the database does not answer, the waits between tries grow up to this."""
TODAY_EVERY = 12
"""The server's day is asked for with every so manieth poll."""
NO_CHANGES_YET = 2**62
"""More than any change number: asks for the present number and no entries."""


@dataclass(frozen=True, slots=True)
class News:
    """What a poll found.

    Attributes:
        changes: What changed since the poll before.
        new_day: The server's day is another one.
        new_run: There is a new forecast.
        sent: How many writes that had waited are stored now.
        own: Entries as writes that had waited have changed them, also behind another save.
        kept: Writes that still wait, or were refused.
    """

    changes: Changes
    new_day: bool
    new_run: bool
    sent: int
    own: tuple[Entry, ...]
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class _Poll:
    changes: Changes
    today: date | None
    sending: Sending | None
    own: tuple[Entry, ...]
    kept: tuple[Kept, ...]


class Feed:
    """Polls the store.

    Args:
        desk: Of the lead.
        news: Is told what each poll found.
        failed: Is told why a poll failed.

    Attributes:
        today: The server's day, as far as it is known.
    """

    def __init__(
        self, desk: Desk, news: Callable[[News], None], failed: Callable[[BaseException], None]
    ) -> None:
        self._desk = desk
        self._news = news
        self._failed = failed
        self.today = desk.session.today
        self._seq = NO_CHANGES_YET
        self._run_id: int | None = None
        self._polls = 0
        self._wait_s = POLL_S
        self._next: Cancel | None = None
        self._stopped = False

    def start(self) -> None:
        """Ask now, and again and again."""
        self._stopped = False
        self._poll()

    def stop(self) -> None:
        """Ask no more."""
        self._stopped = True
        if self._next is not None:
            self._next()
            self._next = None

    def hurry(self) -> None:
        """Ask now, unless an answer is on its way."""
        if self._next is not None:
            self._next()
            self._poll()

    def _poll(self) -> None:
        self._next = None
        store, outbox, since = self._desk.store, self._desk.outbox, self._seq
        asks_today = self._polls % TODAY_EVERY == 0
        self._polls += 1

        def work(token: bytes) -> _Poll:
            today = store.get_session(token).today if asks_today else None
            sending = None if outbox is None else outbox.send(store, token)
            kept = () if outbox is None else outbox.pending()
            changes = store.list_changes(token, since)
            own = () if outbox is None else outbox.take_sent()
            return _Poll(changes, today, sending, own, kept)

        self._desk.call(work, self._polled, self._poll_failed)

    def _polled(self, poll: _Poll) -> None:
        first = self._seq == NO_CHANGES_YET
        changes = poll.changes
        new_run = not first and changes.run_id != self._run_id
        new_day = poll.today is not None and poll.today != self.today
        self._seq, self._run_id = changes.change_seq, changes.run_id
        self.today = poll.today or self.today
        self._wait_s = POLL_S
        self._plan()
        self._news(
            News(
                changes=changes,
                new_day=new_day,
                new_run=new_run,
                sent=0 if poll.sending is None else len(poll.sending.stored),
                own=poll.own,
                kept=poll.kept,
            )
        )

    def _poll_failed(self, error: BaseException) -> None:
        self._wait_s = min(2 * self._wait_s, MAX_POLL_S)
        self._plan()
        self._failed(error)

    def _plan(self) -> None:
        if not self._stopped:
            self._next = self._desk.tasks.after(round(1000 * self._wait_s), self._poll)
