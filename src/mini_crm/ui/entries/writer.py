"""Sends writes in the background: through the outbox where there is one; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from mini_crm.domain.errors import DatabaseError, MiniCrmError, MustChangePassword, SessionEnded, StaleVersion
from mini_crm.domain.model import Entry, EntryVersion
from mini_crm.ui.desk import Desk
from mini_crm.usecases.outbox import NOT_KEPT
from mini_crm.usecases.writes import Add, Write


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
        stored: Entries as they are now.
        kept: Writes that wait on this computer.
        conflicts: Writes of entries that somebody changed since.
        refused: Writes that were not stored, with the reason; nothing of them is kept here.
    """

    stored: list[Entry] = field(default_factory=list)
    kept: list[Write] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: list[tuple[Write, MiniCrmError]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many writes there were."""
        return len(self.stored) + len(self.kept) + len(self.conflicts) + len(self.refused)


class Save(Protocol):
    """Sends writes, shows what became of them, then calls back."""

    def __call__(
        self,
        writes: Sequence[Write],
        then: Callable[[Outcome], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Store writes; see ``EntryWriter.save``."""
        ...


class EntryWriter:
    """Writes for one lead.

    Args:
        desk: Of the lead.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def save(
        self,
        writes: Sequence[Write],
        done: Callable[[Outcome], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Store writes one after the other; each is stored whole or not at all.

        If the session ends in between, all are sent again after the lead has signed in: those that
        were stored already give their first result.

        Args:
            writes: Send the same ones again to retry.
            done: Is given what became of each.
            failed: Is given an error that nobody foresaw.
        """
        self._desk.call(lambda token: self._send_all(writes, token), done, failed)

    def _send_all(self, writes: Sequence[Write], token: bytes) -> Outcome:
        outcome = Outcome()
        away: DatabaseError | None = None
        for place, write in enumerate(writes):
            if away is not None:
                # Each further try would cost its whole wait.
                self._put_aside(outcome, write, away)
                continue
            try:
                outcome.stored.append(self._send(write, token))
            except (SessionEnded, MustChangePassword):
                self._keep(writes[place + 1 :])
                raise
            except StaleVersion as error:
                self._tell_conflict(outcome, write, error, token)
            except DatabaseError as error:
                away = error
                if self._desk.outbox is None or error.code == NOT_KEPT:
                    outcome.refused.append((write, error))
                else:
                    outcome.kept.append(write)
            except MiniCrmError as error:
                outcome.refused.append((write, error))
        return outcome

    def _put_aside(self, outcome: Outcome, write: Write, away: DatabaseError) -> None:
        outbox = self._desk.outbox
        if outbox is None:
            outcome.refused.append((write, away))
            return
        try:
            outbox.put(write)
        except OSError as error:
            outcome.refused.append((write, outbox.not_kept(error)))
        else:
            outcome.kept.append(write)

    def _keep(self, writes: Sequence[Write]) -> None:
        """Keep what the ended session had no time for, should the lead leave and not sign in again."""
        outbox = self._desk.outbox
        if outbox is not None:
            with suppress(OSError):  # then only signing in again stores them
                for write in writes:
                    outbox.put(write)

    def _send(self, write: Write, token: bytes) -> Entry:
        store, outbox = self._desk.store, self._desk.outbox
        return write.send(store, token) if outbox is None else outbox.save(store, token, write)

    def _tell_conflict(self, outcome: Outcome, write: Write, error: StaleVersion, token: bytes) -> None:
        entry_id = int(str(error.data["entry_id"]))
        try:
            entry = self._desk.store.get_entry(token, entry_id)
            history = self._desk.store.list_entry_history(token, entry_id)
        except DatabaseError:
            outcome.refused.append((write, error))
        else:
            outcome.conflicts.append(Conflict(write, error, entry, history))
