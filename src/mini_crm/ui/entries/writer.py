"""Sends writes in the background: through the outbox where there is one; no Tk here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from mini_crm.domain.errors import DatabaseError, MiniCrmError, MustChangePassword, SessionEnded, StaleVersion
from mini_crm.domain.model import Entry, EntryVersion
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import FormValues
from mini_crm.usecases.outbox import NOT_KEPT
from mini_crm.usecases.writes import Add, Write

_log = logging.getLogger("mini_crm.ui")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a person wants stored.

    Attributes:
        write: Carries it out; sent twice it is stored once.
        entry: What is changed, as the person saw it; None for a new entry.
        typed: What stood in the form; None if the write does not come from there.
        instead_of: The refused write on this computer that this one replaces.
    """

    write: Write
    entry: Entry | None = None
    typed: FormValues | None = None
    instead_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A write that came too late, and what happened before it.

    Attributes:
        write: What was to be stored; nothing was.
        error: Who changed the entry, and when.
        entry: As it is now.
        history: All versions, oldest first.
    """

    write: Write
    error: StaleVersion
    entry: Entry
    history: tuple[EntryVersion, ...]

    @property
    def write_version(self) -> int:
        """The version that the person had seen."""
        return 0 if isinstance(self.write, Add) else self.write.version


@dataclass(slots=True)
class Outcome:
    """What became of some writes.

    Attributes:
        stored: Writes, each with its entry as it is now.
        kept: Writes that wait on this computer.
        conflicts: Writes of entries that somebody changed since.
        refused: Writes that were not stored, with the reason; none of them is sent again by itself.
        away: Why writes wait.
    """

    stored: list[tuple[Write, Entry]] = field(default_factory=list)
    kept: list[Write] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: list[tuple[Write, MiniCrmError]] = field(default_factory=list)
    away: MiniCrmError | None = None

    @property
    def count(self) -> int:
        """How many writes there were."""
        return len(self.stored) + len(self.kept) + len(self.conflicts) + len(self.refused)


class Save(Protocol):
    """Shows what is being saved, sends it, shows what became of it, then calls back."""

    def __call__(self, intents: Sequence[Intent], then: Callable[[Outcome], None] | None = None) -> None:
        """Store something; see ``EntryWriter.save``."""
        ...


class EntryWriter:
    """Writes for one lead.

    Args:
        desk: Of the lead.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def save(self, intents: Sequence[Intent], done: Callable[[Outcome], None]) -> None:
        """Store writes one after the other; each is stored whole or not at all.

        If the session ends in between, all are sent again after the lead has signed in: those that
        were stored already give their first result.

        Args:
            intents: Send the same writes again to retry.
            done: Is given what became of each, whatever went wrong.
        """

        def failed(error: BaseException) -> None:
            done(Outcome(refused=[(intent.write, _known(error)) for intent in intents]))

        self._keep_early(intents)
        self._desk.call(lambda token: self._send_all(intents, token), done, failed)

    def _keep_early(self, intents: Sequence[Intent]) -> None:
        """Put on the disk at once what may wait long behind another write that has no answer."""
        outbox, keeper = self._desk.outbox, self._desk.keeper
        if outbox is not None and keeper is not None:

            def work() -> None:
                for intent in intents:
                    outbox.keep_early(intent.write, intent.instead_of)

            keeper.run(work, lambda nothing: None, lambda error: None)

    def _send_all(self, intents: Sequence[Intent], token: bytes) -> Outcome:
        outcome = Outcome()
        for place, intent in enumerate(intents):
            write = intent.write
            if outcome.away is not None:
                # Each further try would cost its whole wait.
                self._put_aside(outcome, intent, outcome.away)
                continue
            try:
                outcome.stored.append((write, self._send(intent, token)))
            except SessionEnded:
                self._keep(intents[place + 1 :])
                raise
            except StaleVersion as error:
                self._tell_conflict(outcome, write, error, token)
            except (DatabaseError, MustChangePassword) as error:
                outcome.away = error
                if self._desk.outbox is None or error.code == NOT_KEPT:
                    outcome.refused.append((write, error))
                else:
                    outcome.kept.append(write)
            except MiniCrmError as error:
                outcome.refused.append((write, error))
            except Exception as error:
                _log.exception("a write could not be sent")
                outcome.refused.append((write, _known(error)))
        return outcome

    def _put_aside(self, outcome: Outcome, intent: Intent, away: MiniCrmError) -> None:
        outbox = self._desk.outbox
        if outbox is None:
            outcome.refused.append((intent.write, away))
            return
        try:
            outbox.put(intent.write, intent.instead_of)
        except OSError as error:
            outcome.refused.append((intent.write, outbox.not_kept(error)))
        else:
            outcome.kept.append(intent.write)

    def _keep(self, intents: Sequence[Intent]) -> None:
        """Keep what the ended session had no time for, should the lead leave and not sign in again."""
        outbox = self._desk.outbox
        if outbox is not None:
            with suppress(OSError):  # then only signing in again stores them
                for intent in intents:
                    outbox.put(intent.write, intent.instead_of)

    def _send(self, intent: Intent, token: bytes) -> Entry:
        store, outbox = self._desk.store, self._desk.outbox
        if outbox is None:
            return intent.write.send(store, token)
        return outbox.save(store, token, intent.write, intent.instead_of)

    def _tell_conflict(self, outcome: Outcome, write: Write, error: StaleVersion, token: bytes) -> None:
        entry_id = int(str(error.data["entry_id"]))
        try:
            entry = self._desk.store.get_entry(token, entry_id)
            history = self._desk.store.list_entry_history(token, entry_id)
        except DatabaseError:
            outcome.refused.append((write, error))
        else:
            outcome.conflicts.append(Conflict(write, error, entry, history))


def _known(error: BaseException) -> MiniCrmError:
    """Give an error that has a sentence; what nobody foresaw is in the log."""
    if isinstance(error, MiniCrmError):
        return error
    return MiniCrmError("outbox_unexpected", name=type(error).__name__)
