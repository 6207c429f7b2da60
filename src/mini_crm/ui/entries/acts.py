"""What a person did in this session, and which write takes each of it back; no Tk and no database here.

An act is whatever was saved in one go: an entry, a change, many rows, a paste. Each of its writes is a step
with a fate of its own, since a network that goes may part them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from mini_crm.domain.model import Entry
from mini_crm.ui.entries.writer import Intent, Outcome
from mini_crm.usecases.writes import Add, Delete, Restore, Update, Write

MOST = 200
"""Of the acts of a session so many can be taken back."""
FIRST_VERSION = 1
"""Of a new entry."""


class Fate(Enum):
    """What became of a step."""

    SENDING = auto()
    STORED = auto()
    KEPT = auto()  # on this computer, as far as is known
    REFUSED = auto()
    GONE = auto()  # taken back, or nothing that could be


@dataclass(slots=True)
class Step:
    """One write of an act.

    Attributes:
        intent: The write, and the entry before it.
        fate: What became of it.
        after: The entry as the write left it; None until that is known.
        inverse: What takes it back; made once, so that sent twice it is stored once.
    """

    intent: Intent
    fate: Fate = Fate.SENDING
    after: Entry | None = None
    inverse: Write | None = None

    @property
    def write(self) -> Write:
        """What was stored, or was to be."""
        return self.intent.write

    def is_stored(self, entry: Entry) -> None:
        """Know the entry as the write left it; one that changed nothing leaves nothing to take back."""
        write = self.write
        is_nothing = isinstance(write, Restore) or (
            isinstance(write, Update) and entry.version == write.version
        )
        self.fate = Fate.GONE if is_nothing else Fate.STORED
        self.after = entry


@dataclass(slots=True)
class Act:
    """What was saved in one go.

    Attributes:
        steps: Its writes by operation, in their order.
    """

    steps: dict[UUID, Step]

    @property
    def is_under_way(self) -> bool:
        """Whether a write of it has no answer yet."""
        return any(step.fate is Fate.SENDING for step in self.steps.values())

    def of(self, *fates: Fate) -> list[Step]:
        """Give the steps with one of these fates."""
        return [step for step in self.steps.values() if step.fate in fates]


class Acts:
    """The acts of a session, and what their entries have become since."""

    def __init__(self) -> None:
        self._acts: list[Act] = []
        self._wanted: list[Act] = []
        self._same: dict[tuple[int, int], int] = {}

    def begin(self, intents: Sequence[Intent]) -> None:
        """Know that these are on their way, as one act; what is sent again is part of the new one only."""
        steps = {intent.write.op_id: Step(intent) for intent in intents}
        for act in self._acts:
            for op_id in steps.keys() & act.steps.keys():
                del act.steps[op_id]
        if steps:
            self._acts = [*self._acts[1 - MOST :], Act(steps)]

    def answered(self, outcome: Outcome) -> None:
        """Know what became of some writes."""
        for write, entry in outcome.stored:
            for step in self._steps(write.op_id):
                step.is_stored(entry)
        self._have(Fate.KEPT, (write.op_id for write in outcome.kept))
        self._have(Fate.REFUSED, (conflict.write.op_id for conflict in outcome.conflicts))
        self._have(Fate.REFUSED, (write.op_id for write, _error in outcome.refused))

    def stored_after_all(self, op_ids: Iterable[UUID]) -> None:
        """Know that refused writes were stored and only their answers lost: the database is to be asked."""
        self._have(Fate.KEPT, op_ids)

    def newest(self, is_there: Callable[[Step], bool]) -> Act | None:
        """Give the last act of which something can be taken back.

        Args:
            is_there: Says whether a refused write still waits for the person.
        """
        for act in reversed(self._acts):
            if act.of(Fate.SENDING, Fate.STORED, Fate.KEPT) or any(map(is_there, act.of(Fate.REFUSED))):
                return act
        return None

    def want_back(self, act: Act) -> None:
        """Offer an act no more: it is going to be taken back."""
        self._acts.remove(act)
        self._wanted.append(act)

    def settle(self, act: Act, *, is_back: bool) -> None:
        """Know that an act is dealt with; one that could not be taken back now is offered again."""
        self._wanted.remove(act)
        if not is_back:
            self._acts.append(act)

    def inverse(self, step: Step) -> Intent:
        """Give what takes a stored step back: it changes the entry only as this session has left it."""
        after, before = step.after, step.intent.entry
        assert after is not None  # noqa: S101 - a stored step has one; says so to the type checker
        version = self.version(after.entry_id, after.version)
        if step.inverse is None or _version(step.inverse) != version:
            if isinstance(step.write, Add):
                step.inverse = Delete(after.entry_id, version)
            elif isinstance(step.write, Delete):
                step.inverse = Restore(after.entry_id, version)
            else:
                assert before is not None  # noqa: S101 - only a new entry has none before
                step.inverse = Update(after.entry_id, version, before.draft())
        return Intent(step.inverse, after)

    def deletion(self, rest: Entry) -> Delete:
        """Give what takes away the rest of a partial payment, as its write has left it."""
        return Delete(rest.entry_id, self.version(rest.entry_id, FIRST_VERSION))

    def version(self, entry_id: int, version: int) -> int:
        """Give the version in which an entry's content is again what it was in another one."""
        while (entry_id, version) in self._same:
            version = self._same[entry_id, version]
        return version

    def taken_back(self, step: Step, now: Entry | None) -> None:
        """Know that a step was taken back; earlier acts on its entry go on from there.

        Args:
            step: Which.
            now: The entry as it is; None if that waits on this computer.
        """
        step.fate = Fate.GONE
        before, inverse = step.intent.entry, step.inverse
        if before is not None and inverse is not None:
            self._same[before.entry_id, before.version] = (
                _version(inverse) + 1 if now is None else now.version
            )

    def _have(self, fate: Fate, op_ids: Iterable[UUID]) -> None:
        for op_id in op_ids:
            for step in self._steps(op_id):
                step.fate = fate

    def _steps(self, op_id: UUID) -> Iterator[Step]:
        for act in (*self._acts, *self._wanted):
            if op_id in act.steps:
                yield act.steps[op_id]


def _version(write: Write) -> int:
    return 0 if isinstance(write, Add) else write.version
