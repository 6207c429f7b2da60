"""What a person does about rows that the database refused: put right, sent again, given up; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.conflict import ConflictTexts, describe, redo
from mini_crm.ui.entries.pending import Pending, Unsettled
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Conflict, Intent, Save


class MendingPort(Protocol):
    """The questions about refused rows."""

    def say(self, text: str, *, is_error: bool) -> None:
        """Show what went wrong, or a hint that goes away by itself."""
        ...

    def ask(self, question: str, yes: Callable[[], None]) -> None:
        """Ask, and call ``yes`` if the answer is that."""
        ...

    def show_conflict(
        self, conflict: ConflictTexts, again: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        """Show what somebody else changed; do the own change again, or leave it; closing decides nothing."""
        ...


class Mending:
    """Settles what was refused.

    Args:
        desk: Of the lead.
        view: Asks.
        texts: Writes the entries.
        pending: Knows what was refused.
        open_form: Opens something in the form, unless the person wants to keep what stands there.
        save: Shows what is being saved, sends it, and shows what became of it.
        give_up: Forgets something.
        show: Shows the rows anew.
    """

    def __init__(
        self,
        desk: Desk,
        view: MendingPort,
        texts: EntryTexts,
        pending: Pending,
        *,
        open_form: Callable[[Unsettled, Callable[[], object]], None],
        save: Save,
        give_up: Callable[[Intent], None],
        show: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._pending = pending
        self._open_form = open_form
        self._save = save
        self._give_up = give_up
        self._show = show

    def is_settled(self, row_ids: Sequence[int]) -> bool:
        """Say whether all these rows are as they are stored; if not, tell the person."""
        _ = self._desk.texts.gettext
        for item in self._items(row_ids):
            if item.error is None:
                self._view.say(_("This is still being saved. A moment."), is_error=False)
            else:
                said = _("Put this row right first, or choose not to send it: it could not be stored.")
                self._view.say(said, is_error=True)
            return False
        return True

    def refused(self, row_ids: Sequence[int]) -> list[int]:
        """Give those rows that wait for a decision."""
        return [item.row_id for item in self._items(row_ids) if item.error is not None]

    def mend(self, row_id: int) -> bool:
        """Open a refused row: in the form, or the changes of somebody else who was first.

        Returns:
            Whether there was something to say about that row.
        """
        item = self._pending.at(row_id)
        if item is None:
            return False
        if item.error is None:
            self.is_settled([row_id])
        elif item.conflict is not None:
            self._show_conflict(item, item.conflict)
        else:
            self._open_form(item, lambda: self._take_off(item))
        return True

    def again(self, row_ids: Sequence[int]) -> None:
        """Send refused rows again as they are."""
        items = [item for item in self._items(row_ids) if item.error is not None]
        if items:
            self._save([item.intent for item in items])

    def drop(self, row_ids: Sequence[int]) -> None:
        """Give refused rows up, after a question."""
        items = [item for item in self._items(row_ids) if item.error is not None]
        if items:
            names = self._texts.names([item.intent.write for item in items])
            question = self._desk.texts.gettext(
                "This is not stored and will be lost: {names}. Delete what was typed?"
            )

            def yes() -> None:
                for item in items:
                    self._take_off(item)
                    self._give_up(item.intent)

            self._view.ask(question.format(names=names), yes)

    def _show_conflict(self, item: Unsettled, conflict: Conflict) -> None:
        def again() -> None:
            write = redo(conflict)
            if write is not None and self._take_off(item):
                self._save([Intent(write, conflict.entry, instead_of=item.intent.instead_of)])

        def leave() -> None:
            if self._take_off(item):
                self._give_up(item.intent)

        wanted = self._pending.wanted(item)
        seen = item.intent.entry or wanted
        said = describe(conflict, seen, wanted, self._desk.texts, self._texts)
        self._view.show_conflict(said, again, leave)

    def _items(self, row_ids: Sequence[int]) -> list[Unsettled]:
        found = (self._pending.at(row_id) for row_id in row_ids)
        return [item for item in found if item is not None]

    def _take_off(self, item: Unsettled) -> bool:
        taken = self._pending.settle(item.intent.write.op_id) is not None
        self._show()
        return taken
