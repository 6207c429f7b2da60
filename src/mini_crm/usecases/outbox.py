"""What a lead saved while the database did not answer, kept on this computer until it is stored.

Each write is a file of its own, made under another name, flushed to the disk and only then given its own:
a crash leaves a whole write or none, and several windows of one lead need no lock between them. A
write that two of them send, or one sends twice after a lost answer, is stored once, since its operation
id is the same.

A folder belongs to one database and one lead; so does, by its content, each file in it. Whatever is not
of this database and lead is never sent. A lead is known by number, which stays when the name changes.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import time_ns
from uuid import UUID, uuid4

from mini_crm.domain.errors import (
    DatabaseError,
    MiniCrmError,
    MustChangePassword,
    NotAllowed,
    NotFound,
    RuleBroken,
    SessionEnded,
)
from mini_crm.domain.model import Entry
from mini_crm.domain.rules import name_key
from mini_crm.files import OWNER_ONLY, make_private_folder, replacing
from mini_crm.store.port import DesktopStore
from mini_crm.usecases.protection import Protection, protection_of_system
from mini_crm.usecases.withdrawing import inverses_if_stored
from mini_crm.usecases.writes import Add, Delete, Kept, Restore, Update, Write, from_bytes, to_bytes

__all__ = ["Add", "Delete", "Kept", "Outbox", "Restore", "Sending", "Update", "Write"]

NOT_KEPT = "outbox_not_kept"
"""The code of a write that the database did not take and this computer could not keep."""

_SUFFIX = ".write"
_NAME = re.compile("[0-9]{20}-")
_KEEPS = (DatabaseError, SessionEnded, MustChangePassword)
"""Errors that say nothing against the write: it waits for a better moment."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of the kept writes.

    Attributes:
        stored: Writes that the database has now, with the entry that each gave, oldest first.
        refused: Writes that it refused; they stay in the outbox with their reason.
        stopped_by: Why the rest still waits: the database or the session. None if nothing waits.
    """

    stored: tuple[tuple[Write, Entry], ...] = ()
    refused: tuple[Kept, ...] = ()
    stopped_by: MiniCrmError | None = None


class Outbox:
    """The kept writes of one lead for one database.

    Its calls read and write files: not for the thread of the window.

    Args:
        folder: Where this person's outboxes are; made when it is needed.
        database: The whole address of the database, not just the name in a title.
        lead_id: The lead who is signed in.
        lead_name: The lead's name: earlier versions of the program knew leads by it, and their files are
            read too.
        protection: How files are kept secret; None for what suits this system.
    """

    def __init__(
        self,
        folder: Path,
        database: str,
        lead_id: int,
        lead_name: str,
        protection: Protection | None = None,
    ) -> None:
        self._lead_id = lead_id
        # A name has no zero byte in it, so that no lead can be called like a number.
        owners = [
            hashlib.sha256(f"{database}\0{lead}".encode()).hexdigest()
            for lead in (f"\0{lead_id}", name_key(lead_name))
        ]
        self._owners = {folder / owner[:32]: owner for owner in owners}
        self._protection = protection or protection_of_system()
        self._trusted: bytes | None = None
        self._untried: set[UUID] = set()
        self._loaded: dict[Path, tuple[int, int, Kept]] = {}
        self._seen: set[UUID] = set()
        self._sent: list[Entry] = []
        self.folder = folder / owners[0][:32]

    def pending(self) -> tuple[Kept, ...]:
        """Give all that is not stored yet, oldest first; refused ones carry their refusal."""
        return tuple(kept for _, kept in self._read() if not kept.is_withdrawn)

    def unreadable(self) -> tuple[Path, ...]:
        """Give files that cannot be read as a write of this lead; they are kept and never sent."""
        return tuple(path for path in self._files() if self._load(path) is None and path.exists())

    def put(
        self, write: Write, instead_of: UUID | None = None, *, refusal: MiniCrmError | None = None
    ) -> None:
        """Keep a write; when this returns it survives a crash. One that is kept already stays as it is.

        Args:
            write: What is to be stored.
            instead_of: A refused write whose place it takes, should that still be here; it waits again then.
            refusal: Why the database did not take it, if it was asked: then it does not wait to be sent.

        Raises:
            OSError: It could not be kept: disk full, or no right to write. What was there is as it was.
        """
        if instead_of is None and write.op_id not in self._seen:
            self._store(self._next_path(), Kept(write, datetime.now(UTC), refusal))
            self._untried.add(write.op_id)
            return
        known = {kept.write.op_id: (path, kept) for path, kept in self._read()}
        old = None if instead_of is None else known.get(instead_of)
        if old is not None and old[1].refusal is not None:
            self._store(old[0], Kept(write, old[1].made_at, refusal))
        elif write.op_id not in known:
            self._store(self._next_path(), Kept(write, datetime.now(UTC), refusal))

    def save(self, store: DesktopStore, token: bytes, write: Write, instead_of: UUID | None = None) -> Entry:
        """Keep a write, send it after all that waits, and forget it when it is stored.

        A write that the database refuses stays here with its refusal, until another takes its place or it
        is dropped. One that it could not take now stays, to be sent later; to try again give the same
        write, not a new one.

        Args:
            store: The database.
            token: Of the session.
            write: What is to be stored.
            instead_of: See ``put``.

        Returns:
            The entry as stored.

        Raises:
            DatabaseError: Not stored now, but kept. Code ``NOT_KEPT``: not kept either.
            SessionEnded: Not stored now, but kept.
            MustChangePassword: Not stored now, but kept.
            MiniCrmError: Refused, as the store says it.
        """
        try:
            self.put(write, instead_of)
        except OSError as error:
            return self._save_unkept(store, token, write, instead_of, error)
        sending = self.send(store, token)
        for stored, entry in sending.stored:
            if stored.op_id == write.op_id:
                self._sent.remove(entry)
                return entry
        for kept in sending.refused:
            if kept.write.op_id == write.op_id and kept.refusal is not None:
                raise kept.refusal
        # Kept and not sent, or another window of this lead was quicker: the same operation tells.
        if sending.stopped_by is not None:
            raise sending.stopped_by
        entry = write.send(store, token)
        self.forget(write.op_id)
        return entry

    def send(self, store: DesktopStore, token: bytes) -> Sending:
        """Send what waits, oldest first, in this lead's session; refused ones are not tried again.

        Raises:
            NotAllowed: ``outbox_other_lead``: the session is another lead's. Nothing was sent.
        """
        stored: list[tuple[Write, Entry]] = []
        refused: list[Kept] = []
        for path, kept in self._read():
            if kept.refusal is not None:
                continue
            try:
                self._check_lead(store, token)
                if kept.is_withdrawn:
                    for inverse in inverses_if_stored(store, token, kept.write):
                        kept = Kept(inverse, kept.made_at)  # which stays in its place if it is refused
                        self._sent.append(inverse.send(store, token))
                    self._remove(path)
                    continue
                self._untried.discard(kept.write.op_id)
                entry = kept.write.send(store, token)
            except _KEEPS as error:
                return Sending(tuple(stored), tuple(refused), error)
            except MiniCrmError as error:
                if error.code == "outbox_other_lead":
                    raise
                refused.append(self._refuse(path, kept, error))
            except Exception as error:
                # What fails in a way nobody foresaw must not hold up the writes behind it.
                _log.exception("a kept write could not be sent")
                unforeseen = MiniCrmError("outbox_unexpected", name=type(error).__name__)
                refused.append(self._refuse(path, kept, unforeseen))
            else:
                self._remove(path)
                stored.append((kept.write, entry))
                self._sent.append(entry)
        return Sending(tuple(stored), tuple(refused))

    def take_sent(self) -> tuple[Entry, ...]:
        """Give the entries that writes have changed which had waited here, since this was last asked.

        Whoever called ``save`` for one of them has its entry already.
        """
        sent, self._sent = tuple(self._sent), []
        return sent

    def withdraw(self, op_ids: Collection[UUID]) -> frozenset[UUID]:
        """Take writes back that the person does not want any more, waiting or refused.

        One that may have been tried may have reached the database with its answer lost: that is looked up,
        and undone, as soon as the database answers.

        Args:
            op_ids: Of the writes.

        Returns:
            Those that were here and will not be sent; any other has been dealt with before.
        """
        taken: set[UUID] = set()
        for path, kept in self._read():
            op_id = kept.write.op_id
            if op_id not in op_ids or kept.is_withdrawn:
                continue
            if kept.refusal is not None or op_id in self._untried:
                self._remove(path)
            else:
                self._store(path, replace(kept, is_withdrawn=True))
            taken.add(op_id)
        return frozenset(taken)

    def drop(self, op_id: UUID) -> None:
        """Give up a refused write.

        Raises:
            NotFound: It is not there any more.
            RuleBroken: It was not refused, so it may be stored already.
            MiniCrmError: ``outbox_not_written``: the file could not be deleted.
        """
        path, _ = self._find(op_id)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise self._not_written(error) from error

    def forget(self, op_id: UUID) -> None:
        """Give up a refused write if it is here, as somebody who may not even have one here."""
        for path, kept in self._read():
            if kept.write.op_id == op_id and kept.refusal is not None:
                self._remove(path)

    def _check_lead(self, store: DesktopStore, token: bytes) -> None:
        if token != self._trusted:
            session = store.get_session(token)
            if session.lead_id != self._lead_id:
                raise NotAllowed("outbox_other_lead", lead_name=session.lead_name)
            self._trusted = token

    def _save_unkept(
        self, store: DesktopStore, token: bytes, write: Write, instead_of: UUID | None, reason: OSError
    ) -> Entry:
        try:
            self._check_lead(store, token)
            entry = write.send(store, token)
        except DatabaseError as error:
            raise self.not_kept(reason) from error
        if instead_of is not None:
            self.forget(instead_of)
        return entry

    def not_kept(self, reason: OSError) -> DatabaseError:
        """Give the error that says why a write is neither stored nor kept."""
        return DatabaseError(NOT_KEPT, **self._why(reason))

    def _not_written(self, reason: OSError) -> MiniCrmError:
        return MiniCrmError("outbox_not_written", **self._why(reason))

    def _why(self, reason: OSError) -> dict[str, object]:
        why = reason.strerror or type(reason).__name__
        return {"reason": why, "errno": reason.errno, "path": str(self.folder)}

    def _find(self, op_id: UUID) -> tuple[Path, Kept]:
        for path, kept in self._read():
            if kept.write.op_id == op_id:
                if kept.refusal is None:
                    raise RuleBroken("outbox_not_refused")
                return path, kept
        raise NotFound("outbox_write_gone")

    def _refuse(self, path: Path, kept: Kept, error: MiniCrmError) -> Kept:
        marked = replace(kept, refusal=error)
        with suppress(OSError):  # then it is refused again next time
            if path.exists():  # else another window has dealt with it
                self._store(path, marked)
        return marked

    def _remove(self, path: Path) -> None:
        self._loaded.pop(path, None)
        with suppress(OSError):  # then it is sent again next time, and stored once all the same
            path.unlink(missing_ok=True)

    def _next_path(self) -> Path:
        names = [path.name for path in self.folder.glob(f"*{_SUFFIX}") if _NAME.match(path.name)]
        # Never before an older one, even if the clock was put back.
        newest = int(max(names).partition("-")[0]) if names else 0
        return self.folder / f"{max(time_ns(), newest + 1):020d}-{uuid4().hex[:8]}{_SUFFIX}"

    def _read(self) -> Iterator[tuple[Path, Kept]]:
        for path in self._files():
            kept = self._load(path)
            if kept is not None:
                yield path, kept

    def _files(self) -> list[Path]:
        files = (path for folder in self._owners for path in folder.glob(f"*{_SUFFIX}"))
        return sorted((p for p in files if _NAME.match(p.name) and p.is_file()), key=lambda p: p.name)

    def _load(self, path: Path) -> Kept | None:
        """Read a file; one that has not changed since is not read again, or many writes would take hours."""
        try:
            state = path.stat()
            known = self._loaded.get(path)
            if known is not None and known[:2] == (state.st_mtime_ns, state.st_size):
                return known[2]
            kept = from_bytes(self._protection.reveal(path.read_bytes()), self._owners[path.parent])
        except (OSError, ValueError):
            return None
        self._loaded[path] = (state.st_mtime_ns, state.st_size, kept)
        self._seen.add(kept.write.op_id)
        return kept

    def _store(self, path: Path, kept: Kept) -> None:
        """Put a file in place so that at every moment the old one or the new one is there, whole."""
        make_private_folder(path.parent)
        path.parent.chmod(0o700)
        self._seen.add(kept.write.op_id)
        content = self._protection.protect(to_bytes(kept, self._owners[path.parent]))
        with replacing(path, mode=OWNER_ONLY) as file:
            file.write(content)
