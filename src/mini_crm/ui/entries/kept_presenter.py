"""What waits on this computer, and what the database refused of it: mended or given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from mini_crm.domain.errors import MiniCrmError
from mini_crm.domain.model import Entry, Group
from mini_crm.domain.money import format_amount
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import DraftReader
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Intent
from mini_crm.usecases.outbox import Kept, Outbox
from mini_crm.usecases.writes import Add, Delete, Update


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One kept write as it is shown.

    Attributes:
        op_id: To name it by.
        made: When it was put aside.
        what: What was to be stored.
        state: Waiting, or why it was refused.
        can_mend: Refused, and it has fields that can be changed.
        can_drop: Refused: it is certainly not stored.
    """

    op_id: UUID
    made: str
    what: str
    state: str
    can_mend: bool
    can_drop: bool


class KeptPort(Protocol):
    """The list as its presenter sees it."""

    def attach(self, presenter: KeptPresenter) -> None:
        """Tell this presenter from now on what the person does."""
        ...

    def is_open(self) -> bool:
        """Say whether the person still looks at the list."""
        ...

    def show_lines(self, lines: Sequence[KeptLine]) -> None:
        """Show the writes, oldest first."""
        ...

    def close(self) -> None:
        """Close the list."""
        ...


class KeptPresenter:
    """Shows and mends kept writes.

    Args:
        desk: Of the lead.
        outbox: Where they are.
        view: The list.
        texts: Writes values.
        groups: Of the lead.
        mend: Opens a refused write in the form, unless the person wants to keep what stands there.
        ask: Asks, and calls back if the answer is yes.
        in_hand: Says whether the window has a write before the person already.
        changed: Is called when something was given up.
        failed: Is told what went wrong.
    """

    def __init__(
        self,
        desk: Desk,
        outbox: Outbox,
        view: KeptPort,
        texts: EntryTexts,
        groups: Sequence[Group],
        *,
        mend: Callable[[Intent, MiniCrmError | None], None],
        ask: Callable[[str, Callable[[], None]], None],
        in_hand: Callable[[UUID], bool],
        changed: Callable[[], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._outbox = outbox
        self._view = view
        self._texts = texts
        self._reader = DraftReader(groups, desk.session.today)
        self._mend = mend
        self._ask = ask
        self._in_hand = in_hand
        self._changed = changed
        self._failed = failed
        self._kept: dict[UUID, Kept] = {}

    def show(self) -> None:
        """Show what is there now."""
        self._view.attach(self)
        self._read()

    def mend(self, op_id: UUID) -> None:
        """Open a refused write in the form."""
        kept = self._kept[op_id]
        match kept.write:
            case Add():
                self._open(kept, None)
            case Update(entry_id=entry_id):
                self._desk.call(
                    lambda token: self._desk.store.get_entry(token, entry_id),
                    lambda entry: self._open(kept, entry),
                    self._failed,
                )

    def drop(self, op_id: UUID) -> None:
        """Give up a refused write, after a question."""

        def yes() -> None:
            self._desk.tasks.run(lambda: self._outbox.drop(op_id), lambda _: self._did(), self._failed)

        question = self._desk.texts.gettext(
            "This is not stored and will be lost: {names}. Delete what was typed?"
        )
        self._ask(question.format(names=self._what(self._kept[op_id])), yes)

    def _open(self, kept: Kept, entry: Entry | None) -> None:
        if self._view.is_open():  # else the person has gone on meanwhile
            self._view.close()
            self._mend(Intent(kept.write, entry, instead_of=kept.write.op_id), kept.refusal)

    def _did(self) -> None:
        self._changed()
        self._read()

    def _read(self) -> None:
        self._desk.tasks.run(self._outbox.pending, self._show, self._failed)

    def _show(self, kept: Sequence[Kept]) -> None:
        self._kept = {item.write.op_id: item for item in kept if not self._in_hand(item.write.op_id)}
        self._view.show_lines([self._line(item) for item in self._kept.values()])

    def _line(self, kept: Kept) -> KeptLine:
        _ = self._desk.texts.gettext
        refused = kept.refusal is not None
        return KeptLine(
            op_id=kept.write.op_id,
            made=self._texts.moment(kept.made_at),
            what=self._what(kept),
            state=_("waits to be sent") if kept.refusal is None else sentence(kept.refusal, self._desk.texts),
            can_mend=refused and isinstance(kept.write, Add | Update),
            can_drop=refused,
        )

    def _what(self, kept: Kept) -> str:
        _ = self._desk.texts.gettext
        write = kept.write
        if isinstance(write, Add | Update):
            group, manager = self._reader.place(write.draft.manager_id)
            amount = format_amount(write.draft.amount, language=self._desk.texts.language)
            status = self._texts.statuses[write.draft.status]
            head = _("new entry") if isinstance(write, Add) else _("change of {entry_id}")
            head = head if isinstance(write, Add) else head.format(entry_id=write.entry_id)
            return f"{head}: {group}, {manager}, {write.draft.client_pin}, {amount}, {status}"
        template = _("deletion of {entry_id}") if isinstance(write, Delete) else _("return of {entry_id}")
        return template.format(entry_id=write.entry_id)
