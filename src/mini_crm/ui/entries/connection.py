"""Whether the database answers, and how much waits for it on this computer; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.usecases.outbox import Kept


class ConnectionPort(Protocol):
    """Where it is said."""

    def say(self, text: str, *, is_error: bool) -> None:
        """Show a sentence; an error stays until it is closed or its cause has gone."""
        ...

    def show_connection(self, text: str, *, lost: bool) -> None:
        """Show how the database answers; ``lost`` stays in sight until it does."""
        ...

    def show_kept(self, text: str) -> None:
        """Show how many writes wait on this computer; empty for none."""
        ...

    def trouble_is_over(self, *, at_once: bool) -> None:
        """Take an error off the screen whose cause has gone; unless at once, not before it could be read."""
        ...


class Connection:
    """Knows when the database answered last, and says so.

    Args:
        desk: Of the lead.
        view: Where it is said.
        texts: Writes moments.
        now: Tells the time, in UTC.
        has_trouble: Says whether something that was refused still waits for the person.
        in_hand: Says whether a refused write stands before the person already.

    Attributes:
        is_lost: Whether the last question had no answer.
    """

    def __init__(
        self,
        desk: Desk,
        view: ConnectionPort,
        texts: EntryTexts,
        *,
        now: Callable[[], datetime],
        has_trouble: Callable[[], bool],
        in_hand: Callable[[UUID], bool],
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._now = now
        self._has_trouble = has_trouble
        self._in_hand = in_hand
        self._good_at = now()
        self.is_lost = False

    def answered(self) -> None:
        """Know that the database has answered."""
        if not self._has_trouble():
            self._view.trouble_is_over(at_once=self.is_lost)
        self._good_at = self._now()
        self.is_lost = False
        self._view.show_connection(self._desk.texts.gettext("connected"), lost=False)

    def failed(self, error: BaseException) -> None:
        """Say why something could not be read."""
        if isinstance(error, DatabaseUnreachable):
            self.is_lost = True
            said = self._desk.texts.gettext(
                "The database does not answer. What you see is of {moment}. Trying again by itself."
            )
            self._view.show_connection(said.format(moment=self._texts.moment(self._good_at)), lost=True)
        else:
            self._view.say(sentence(error, self._desk.texts), is_error=True)

    def count_kept(self) -> None:
        """Say how much waits on this computer."""
        outbox = self._desk.outbox
        if outbox is not None:
            self._desk.tasks.run(outbox.pending, self.show_kept, self.failed)

    def show_kept(self, kept: Sequence[Kept]) -> None:
        """Say that these wait, but for those that stand before the person already."""
        _ = self._desk.texts.gettext
        kept = [item for item in kept if not self._in_hand(item.write.op_id)]
        refused = sum(item.refusal is not None for item in kept)
        parts = []
        if len(kept) > refused:
            parts.append(_("waiting to be sent: {n}").format(n=len(kept) - refused))
        if refused:
            parts.append(_("refused: {n}").format(n=refused))
        self._view.show_kept(", ".join(parts))
