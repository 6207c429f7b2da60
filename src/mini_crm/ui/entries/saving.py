"""Saves, and says in the window what became of it; a change that came too late can be done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from mini_crm.domain.errors import DatabaseUnreachable, MiniCrmError, WrongVersion
from mini_crm.domain.model import Entry
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.form_presenter import FormPresenter
from mini_crm.ui.entries.pending import Pending
from mini_crm.ui.entries.table_presenter import TablePresenter
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.undo import Undo
from mini_crm.ui.entries.writer import EntryWriter, Intent, Outcome
from mini_crm.usecases.writes import Add, Update, Write


class SavingPort(Protocol):
    """What saving needs of the page."""

    def say(self, text: str, *, is_error: bool) -> None:
        """Show what went wrong, or a hint that goes away by itself."""
        ...

    def done(self, text: str) -> None:
        """Show that something was done; what went wrong before is over."""
        ...

    def note(self, text: str) -> None:
        """Show a sentence that goes away by itself; one about an error stays beside it."""
        ...


class Saving:
    """A ``Save`` for all parts of the page.

    What is saved stands in the table at once, marked. An answer changes that row and says a sentence; it
    moves no cursor, opens nothing, and fills the form only if that is as empty as saving has left it.

    Args:
        desk: Of the lead.
        view: The page.
        texts: Writes the entries.
        pending: Knows what has no answer yet, and what was refused.
        table: Shows it, and what was stored.
        form: Gives the form.
        changed: Is given each entry that was stored, as it is now.
        kept: Is called when writes were put aside on this computer.
        undo: Gives what takes acts back.
    """

    def __init__(
        self,
        desk: Desk,
        view: SavingPort,
        texts: EntryTexts,
        pending: Pending,
        table: TablePresenter,
        *,
        form: Callable[[], FormPresenter],
        changed: Callable[[Entry], None],
        kept: Callable[[], None],
        undo: Callable[[], Undo],
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._pending = pending
        self._table = table
        self._form = form
        self._changed = changed
        self._kept = kept
        self._undo = undo
        self._writer = EntryWriter(desk)

    def __call__(self, intents: Sequence[Intent], then: Callable[[Outcome], None] | None = None) -> None:
        """See ``Save``."""
        self._undo().begin(intents)
        self._pending.add(intents)
        self._table.show_pending()

        def done(outcome: Outcome) -> None:
            self._answered(outcome)
            self._undo().answered(outcome)
            if then is not None:
                then(outcome)

        self._writer.save(intents, done)

    def take_back(self, intents: Sequence[Intent], then: Callable[[Outcome], None] | None = None) -> None:
        """Send what takes an act back, a ``Save``: what is refused leaves no row that is to be put right."""
        self._pending.add(intents)
        self._table.show_pending()

        def done(outcome: Outcome) -> None:
            refused = [conflict.write for conflict in outcome.conflicts]
            refused += [write for write, _error in outcome.refused]
            for write in refused:
                self._pending.settle(write.op_id)
            self.forget([write.op_id for write in refused])
            self._show_conflicts(outcome)
            self._show_stored(outcome)
            if then is not None:
                then(outcome)

        self._writer.save(intents, done)

    def give_up(self, intent: Intent) -> None:
        """Forget something that was refused, as the person wants."""
        if intent.instead_of is not None:
            self.forget([intent.instead_of])

    def forget(self, op_ids: Sequence[UUID]) -> None:
        """Take refused writes off this computer."""
        outbox = self._desk.outbox
        if outbox is not None and op_ids:

            def work() -> None:
                for op_id in op_ids:
                    outbox.forget(op_id)

            self._desk.tasks.run(work, lambda _: self._kept(), lambda _: None)

    def _answered(self, outcome: Outcome) -> None:
        for conflict in outcome.conflicts:
            self._pending.refuse(conflict.write.op_id, conflict.error, conflict)
        self._show_conflicts(outcome)
        for write, error in outcome.refused:
            self._refused(write, error)
        self._show_stored(outcome)
        self._say(outcome)

    def _show_conflicts(self, outcome: Outcome) -> None:
        if outcome.conflicts:
            self._table.merge([conflict.entry for conflict in outcome.conflicts])

    def _show_stored(self, outcome: Outcome) -> None:
        """Show what was stored or is sent later in place of what was being saved."""
        stored = []
        for write, entry in outcome.stored:
            item = self._pending.settle(write.op_id)
            stored.append((entry.entry_id if item is None else item.row_id, entry))
        for write in outcome.kept:
            self._pending.settle(write.op_id)
        if stored:
            self._table.show_written(stored)
        else:
            self._table.show_pending()
        for _row, entry in stored:
            self._changed(entry)
        if outcome.kept:
            self._kept()

    def _refused(self, write: Write, error: MiniCrmError) -> None:
        """Put it back into the form if nothing was typed there since; else its row stays."""
        self._pending.refuse(write.op_id, error)
        item = self._pending.settle(write.op_id)
        if item is None:
            return
        if not isinstance(write, Add | Update):
            self.give_up(item.intent)  # nothing was typed for it; the sentence says all
        elif not self._form().take_back(item.intent, error):
            self._pending.restore(item)

    def _say(self, outcome: Outcome) -> None:
        wrong = self._not_stored(outcome)
        said = "\n".join([*self._stored(outcome), *wrong])
        if wrong:
            self._view.say(said, is_error=True)
        elif said and (self._pending.has_refused or self._form().holds_refused):
            self._view.note(said)
        elif said:
            self._view.done(said)

    def _stored(self, outcome: Outcome) -> list[str]:
        _, texts = self._desk.texts.gettext, self._desk.texts
        deleted = [entry.entry_id for _write, entry in outcome.stored if entry.deleted_at is not None]
        count = len(outcome.stored) - len(deleted)
        if len(deleted) == 1 and not count:
            return [_("Entry {entry_id} was deleted.").format(entry_id=deleted[0])]
        if deleted and not count:
            said = texts.ngettext("{n} entry was deleted.", "{n} entries were deleted.", len(deleted))
            return [said.format(n=len(deleted))]
        if not count:
            return []
        return [texts.ngettext("{n} entry is stored.", "{n} entries are stored.", count).format(n=count)]

    def _not_stored(self, outcome: Outcome) -> list[str]:
        _ = self._desk.texts.gettext
        said = []
        if outcome.kept and isinstance(outcome.away, WrongVersion):
            said.append(
                _("Not stored yet: what you wrote is kept on this computer and sent after the update.")
            )
        elif outcome.kept:
            said.append(
                _("The database does not answer. What you wrote is kept on this computer and is sent later.")
            )
        refused: dict[str, list[Write]] = {}
        conflicts: list[tuple[Write, MiniCrmError]] = [(each.write, each.error) for each in outcome.conflicts]
        for write, error in (*outcome.refused, *conflicts):
            refused.setdefault(self._why(error), []).append(write)
        for why, writes in refused.items():
            alone = outcome.count == 1 and isinstance(writes[0], Add)
            names = self._texts.names(writes)
            said.append(why if alone else f"{names[:1].upper()}{names[1:]}: {why}")
        if any(write.op_id in self._pending for writes in refused.values() for write in writes):
            said.append(_("It stands in the table, marked with ⚠: press Enter there to put it right."))
        return said

    def _why(self, error: MiniCrmError) -> str:
        if isinstance(error, DatabaseUnreachable) and not isinstance(error, WrongVersion):
            return self._desk.texts.gettext(
                "NOT stored: the database does not answer. Do it again later; what you typed is still here."
            )
        return sentence(error, self._desk.texts)
