"""What is being saved, and what the database refused: rows of the table until all is settled; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from mini_crm.domain.errors import DatabaseError, MiniCrmError
from mini_crm.domain.model import CHANGEABLE, Entry, EntryDraft, Group
from mini_crm.messages import sentence
from mini_crm.ui.entries.texts import EntryTexts, Mark, Row
from mini_crm.ui.entries.writer import Conflict, Intent
from mini_crm.usecases.outbox import NOT_KEPT, Outbox
from mini_crm.usecases.withdrawing import essence
from mini_crm.usecases.writes import Add, Update


@dataclass(slots=True)
class Unsettled:
    """One thing that a person saved and that is not stored yet.

    Attributes:
        intent: What is to be stored.
        row_id: Of its row in the table: the entry's number, or one below zero for a new entry.
        error: Why the database refused it; None as long as there is no answer.
        conflict: What somebody else did to the entry, if that is why.
    """

    intent: Intent
    row_id: int
    error: MiniCrmError | None = None
    conflict: Conflict | None = None


class Pending:
    """All that is not settled, oldest first.

    Args:
        texts: Writes the rows.
        today: Gives the server's day.
        groups: Gives the lead's groups.
    """

    def __init__(
        self, texts: EntryTexts, *, today: Callable[[], date], groups: Callable[[], Sequence[Group]]
    ) -> None:
        self._texts = texts
        self._today = today
        self._groups = groups
        self._items: dict[UUID, Unsettled] = {}
        self._last_row = 0

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self._items)

    def __iter__(self) -> Iterator[Unsettled]:
        """Give them, oldest first."""
        return iter(tuple(self._items.values()))

    def __contains__(self, op_id: object) -> bool:
        """Say whether a write is among them."""
        return op_id in self._items

    @property
    def has_refused(self) -> bool:
        """Whether something waits for the person's decision."""
        return any(item.error is not None for item in self._items.values())

    def add(self, intents: Iterable[Intent]) -> None:
        """Know that these are on their way to the database; one that is sent again keeps its row."""
        for intent in intents:
            before = self._items.get(intent.write.op_id)
            if before is not None:
                before.error = before.conflict = None
                continue
            row_id = intent.entry.entry_id if intent.entry is not None else self._next_row()
            self._items[intent.write.op_id] = Unsettled(intent, row_id)

    def restore(self, item: Unsettled) -> None:
        """Put one back that was taken off."""
        self._items[item.intent.write.op_id] = item

    def settle(self, op_id: UUID) -> Unsettled | None:
        """Take one off, such as when it is stored."""
        return self._items.pop(op_id, None)

    def refuse(self, op_id: UUID, error: MiniCrmError, conflict: Conflict | None = None) -> None:
        """Know why one was not stored; it stays until the person has decided."""
        item = self._items.get(op_id)
        if item is not None:
            item.error, item.conflict = error, conflict
            if error.code != NOT_KEPT:  # else what it was to replace is still there
                item.intent = replace(item.intent, instead_of=op_id)

    def at(self, row_id: int) -> Unsettled | None:
        """Give what stands in a row of the table, the newest if there are several."""
        found = [item for item in self._items.values() if item.row_id == row_id]
        return found[-1] if found else None

    def entry_at(self, row_id: int) -> Entry | None:
        """Give the entry of a row as it would be if it was stored."""
        item = self.at(row_id)
        return None if item is None else self.wanted(item)

    def seen(self, entries: Iterable[Entry]) -> list[UUID]:
        """Take off refused new entries that are stored after all: only the answer was lost.

        Returns:
            The writes that were taken off.
        """
        stored = {entry.client_ref: entry for entry in entries}
        found = []
        for op_id, item in list(self._items.items()):
            write = item.intent.write
            if item.error is not None and isinstance(write, Add) and write.client_ref in stored:
                if essence(stored[write.client_ref].draft()) == essence(write.draft):
                    found.append(op_id)
                    del self._items[op_id]
        return found

    def keep(self, outbox: Outbox | None) -> int:
        """Put all on this computer, for the next window of this lead.

        Returns:
            How many could not be kept: they are lost with this window, unless an answer is yet to come.
        """
        lost = 0
        for item in self._items.values():
            # What only the way to the database refused is simply sent later.
            refusal = None if isinstance(item.error, DatabaseError) else item.error
            try:
                if outbox is None:
                    raise OSError
                outbox.put(item.intent.write, item.intent.instead_of, refusal=refusal)
            except OSError:
                lost += 1
        return lost

    def over(self, rows: Sequence[Row]) -> list[Row]:
        """Give the table's rows with these in their places, those without a place on top, newest first."""
        mine = {item.row_id: self._row(item) for item in self._items.values()}
        placed = [mine.pop(row.entry_id, row) for row in rows]
        return [*reversed(mine.values()), *placed]

    def wanted(self, item: Unsettled) -> Entry:
        """Give the entry as it would be if it was stored."""
        write, before = item.intent.write, item.intent.entry
        if isinstance(write, Add):
            return self._with_draft(self._unborn(write, item.row_id), write.draft)
        assert before is not None  # noqa: S101 - only a new entry has none; says so to the type checker
        return self._with_draft(before, write.draft) if isinstance(write, Update) else before

    def _next_row(self) -> int:
        self._last_row -= 1
        return self._last_row

    def _row(self, item: Unsettled) -> Row:
        _ = self._texts.texts.gettext
        if item.error is None:
            mark, note = Mark.SAVING, _("being saved")
        else:
            reason = sentence(item.error, self._texts.texts)
            mark, note = Mark.NOT_STORED, _("not stored: {reason}").format(reason=reason)
        entry = self.wanted(item)
        return replace(self._texts.row(entry, self._today(), mark, note), entry_id=item.row_id)

    def _with_draft(self, entry: Entry, draft: EntryDraft) -> Entry:
        wanted: dict[str, Any] = {name: getattr(draft, name) for name in CHANGEABLE}
        for group in self._groups():
            for manager in group.managers:
                if manager.manager_id == draft.manager_id:
                    wanted |= {"group_id": group.group_id, "group_name": group.name, "unit": group.unit}
                    wanted["manager_name"] = manager.name
        return replace(entry, **wanted)

    def _unborn(self, write: Add, row_id: int) -> Entry:
        draft, today = write.draft, self._today()
        return Entry(
            entry_id=row_id, client_ref=write.client_ref, lead_id=0, group_id=0, group_name="", unit="",
            manager_id=draft.manager_id, manager_name="", client_pin=draft.client_pin, amount=draft.amount,
            paid_amount=None, entered_on=today, pay_by=draft.pay_by, first_pay_by=draft.pay_by,
            status=draft.status, status_on=None, comment="", version=0, change_seq=0, deleted_at=None,
        )  # fmt: skip
