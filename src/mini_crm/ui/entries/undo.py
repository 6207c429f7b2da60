"""Takes acts of this session back, the last one first, and says what became of that; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from mini_crm.domain.errors import DatabaseError
from mini_crm.domain.model import Entry
from mini_crm.domain.rules import shortened
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.acts import Act, Acts, Fate, Step
from mini_crm.ui.entries.pending import Pending
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Intent, Outcome, Save
from mini_crm.usecases.writes import Add, Delete, Update, Write

LONGEST_PIN = 20
"""In letters, where an act is named."""


class UndoPort(Protocol):
    """What undoing needs of the page."""

    def say(self, text: str, *, is_error: bool) -> None:
        """Show a sentence that goes away by itself or with the next one."""
        ...


@dataclass(slots=True)
class _Doing:
    """An act that is being taken back.

    Attributes:
        act: Which.
        gone: Steps that are taken back.
        wrong: Sentences about others.
        is_kept: Something of it is sent later.
        may_retry: The database did not answer, and something is as it was.
    """

    act: Act
    gone: list[Step] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    is_kept: bool = False
    may_retry: bool = False


class Undo:
    """Takes acts back one after the other, each when all of it has an answer.

    What waits on this computer or was refused is taken from there; what is stored is changed back, as a
    change like others, which loses to one that somebody else made since.

    Args:
        desk: Of the lead.
        view: The page.
        texts: Writes the entries.
        pending: Knows what was refused.
        send: Sends writes that take others back; none of them stays in the table if it is refused.
        give_up: Forgets refused writes.
        show: Shows the rows anew.
        kept: Is called when something on this computer was taken out.
        offer: Offers to take an act back; an empty text offers nothing.
    """

    def __init__(
        self,
        desk: Desk,
        view: UndoPort,
        texts: EntryTexts,
        pending: Pending,
        *,
        send: Save,
        give_up: Callable[[Intent], None],
        show: Callable[[], None],
        kept: Callable[[], None],
        offer: Callable[[str], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._pending = pending
        self._send = send
        self._give_up = give_up
        self._show = show
        self._kept = kept
        self._offer = offer
        self._acts = Acts()
        self._waiting: list[Act] = []
        self._doing: _Doing | None = None

    def begin(self, intents: Sequence[Intent]) -> None:
        """Know that the person saves something."""
        self._acts.begin(intents)
        self._show_offer()

    def answered(self, outcome: Outcome) -> None:
        """Know what became of it."""
        self._acts.answered(outcome)
        self._show_offer()
        self._go_on()

    def stored_after_all(self, op_ids: Sequence[UUID]) -> None:
        """Know that refused writes were stored and only their answers lost."""
        self._acts.stored_after_all(op_ids)

    def undo(self) -> None:
        """Take the last act back; called again meanwhile, the one before it follows."""
        act = self._acts.newest(self._is_there)
        if act is None:
            if self._doing is None and not self._waiting:
                self._say(self._desk.texts.gettext("There is nothing to undo."))
            return
        self._acts.want_back(act)
        self._waiting.append(act)
        self._show_offer()
        self._go_on()

    def _go_on(self) -> None:
        if self._doing is not None or not self._waiting:
            return
        act = self._waiting[0]
        if act.is_under_way:
            said = self._desk.texts.gettext("This is still being saved. It is undone when that is done.")
            self._say(said)
            return
        self._waiting.pop(0)
        self._doing = doing = _Doing(act)
        refused = [step for step in act.of(Fate.REFUSED) if self._is_there(step)]
        for step in refused:
            self._pending.settle(step.write.op_id)
            self._give_up(step.intent)
            self._is_gone(doing, step)
        if refused:
            self._show()
        self._take_out(doing)

    def _take_out(self, doing: _Doing) -> None:
        """Take out what waits on this computer; what was sent meanwhile is stored like the rest."""
        steps, outbox, store = doing.act.of(Fate.KEPT), self._desk.outbox, self._desk.store
        if not steps:
            self._change_back(doing)
            return

        def work(token: bytes) -> list[tuple[Step, Entry | None]]:
            op_ids = {step.write.op_id for step in steps}
            taken = frozenset[UUID]() if outbox is None else outbox.withdraw(op_ids)
            # The same operation again tells what became of what is not there any more.
            return [
                (step, None if step.write.op_id in taken else step.write.send(store, token)) for step in steps
            ]

        def done(found: list[tuple[Step, Entry | None]]) -> None:
            for step, entry in found:
                if entry is None:
                    self._is_gone(doing, step)
                else:
                    step.is_stored(entry)
            self._kept()
            self._change_back(doing)

        self._desk.call(work, done, lambda error: self._failed(doing, error))

    def _change_back(self, doing: _Doing) -> None:
        """Change back what is stored; the rests of partial payments go first, or the payments stay too."""
        refs = {
            step.write.rest_ref: step.write.draft.client_pin
            for step in doing.act.of(Fate.STORED)
            if isinstance(step.write, Update) and step.write.rest_ref is not None
        }
        if not refs:
            self._send_back(doing)
            return
        store = self._desk.store

        def work(token: bytes) -> list[Entry]:
            found = {pin: store.list_open_entries_of_pin(token, pin) for pin in refs.values()}
            return [entry for entries in found.values() for entry in entries if entry.client_ref in refs]

        def done(rests: list[Entry]) -> None:
            if len(rests) < len(refs):
                _ = self._desk.texts.gettext
                doing.wrong.append(
                    _("The rest that stayed expected was changed since, so this was not undone.")
                )
                self._end(doing)
            else:
                self._delete_rests(doing, rests)

        self._desk.call(work, done, lambda error: self._failed(doing, error))

    def _delete_rests(self, doing: _Doing, rests: Sequence[Entry]) -> None:
        def done(outcome: Outcome) -> None:
            self._tell(doing, outcome)
            if len(outcome.stored) + len(outcome.kept) == len(rests):
                self._send_back(doing)
            else:
                self._end(doing)

        self._send([Intent(self._acts.deletion(rest), rest) for rest in rests], done)

    def _send_back(self, doing: _Doing) -> None:
        steps = doing.act.of(Fate.STORED)[::-1]
        intents = [self._acts.inverse(step) for step in steps]
        of_write = {intent.write.op_id: step for intent, step in zip(intents, steps, strict=True)}

        def done(outcome: Outcome) -> None:
            for write, entry in outcome.stored:
                self._acts.taken_back(of_write[write.op_id], entry)
            for write in outcome.kept:
                self._acts.taken_back(of_write[write.op_id], None)
            doing.gone += [step for step in steps if step.fate is Fate.GONE]
            self._tell(doing, outcome)
            self._end(doing)

        if intents:
            self._send(intents, done)
        else:
            self._end(doing)

    def _failed(self, doing: _Doing, error: BaseException) -> None:
        doing.may_retry = isinstance(error, DatabaseError)
        doing.wrong.append(sentence(error, self._desk.texts))
        self._end(doing)

    def _tell(self, doing: _Doing, outcome: Outcome) -> None:
        """Know why some of it was not taken back."""
        doing.is_kept = doing.is_kept or bool(outcome.kept)
        reasons: dict[str, list[Write]] = {}
        for conflict in outcome.conflicts:
            said = self._desk.texts.gettext("changed by {who} since, not undone.")
            why = said.format(who=conflict.error.data.get("changed_by", ""))
            reasons.setdefault(why, []).append(conflict.write)
        for write, error in outcome.refused:
            doing.may_retry = doing.may_retry or isinstance(error, DatabaseError)
            reasons.setdefault(sentence(error, self._desk.texts), []).append(write)
        for why, writes in reasons.items():
            names = self._texts.names(writes)
            doing.wrong.append(f"{names[:1].upper()}{names[1:]}: {why}")

    def _end(self, doing: _Doing) -> None:
        self._doing = None
        self._acts.settle(doing.act, is_back=not doing.may_retry)
        self._show_offer()
        _ = self._desk.texts.gettext
        said = []
        if doing.gone:
            said.append(_("Undone: {what}.").format(what=self.name(doing.gone)))
        if doing.is_kept:
            said.append(
                _("The database does not answer. What you wrote is kept on this computer and is sent later.")
            )
        following = self._acts.newest(self._is_there)
        if following is not None and not self._waiting and not doing.wrong:
            said.append(_("Next Ctrl+Z: {what}.").format(what=self.name(self._there(following))))
        self._view.say("\n".join([" ".join(said), *doing.wrong]).strip(), is_error=bool(doing.wrong))
        if self._waiting:
            # By way of the database's thread, so that the window lives between two acts of many rows.
            self._desk.tasks.run(lambda: None, lambda _: self._go_on(), lambda _: None)

    def name(self, steps: Sequence[Step]) -> str:
        """Name what was done, such as "change of entry 12"."""
        n, write, ngettext = len(steps), steps[0].write, self._desk.texts.ngettext
        if n == 1:
            return self._name_one(write)
        if isinstance(write, Add):
            said = ngettext("{n} new entry", "{n} new entries", n)
        elif isinstance(write, Delete):
            said = ngettext("deletion of {n} entry", "deletion of {n} entries", n)
        else:
            said = ngettext("change of {n} entry", "change of {n} entries", n)
        return said.format(n=n)

    def _name_one(self, write: Write) -> str:
        _ = self._desk.texts.gettext
        if isinstance(write, Add):
            pin = shortened(write.draft.client_pin, LONGEST_PIN)
            return _("new entry with PIN {pin}").format(pin=pin)
        said = (
            _("deletion of entry {entry_id}")
            if isinstance(write, Delete)
            else _("change of entry {entry_id}")
        )
        return said.format(entry_id=write.entry_id)

    def _show_offer(self) -> None:
        act = self._acts.newest(self._is_there)
        text = "" if act is None else self.name(self._there(act))
        self._offer(f"{text[:1].upper()}{text[1:]}")

    def _there(self, act: Act) -> list[Step]:
        refused = [step for step in act.of(Fate.REFUSED) if self._is_there(step)]
        return [*act.of(Fate.SENDING, Fate.STORED, Fate.KEPT), *refused]

    def _is_there(self, step: Step) -> bool:
        return step.write.op_id in self._pending

    def _is_gone(self, doing: _Doing, step: Step) -> None:
        step.fate = Fate.GONE
        doing.gone.append(step)

    def _say(self, text: str) -> None:
        self._view.say(text, is_error=False)
