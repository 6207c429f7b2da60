"""The writes that are tried while the line is cut, and what the tables tell about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from contract.company import Company, Desk
from mini_crm.domain.model import Entry, EntryDraft, Status
from server.raw import Raw


@dataclass(frozen=True)
class Attempt:
    """One write that a window wants, as often as it has to send it.

    Attributes:
        entry: What it changes; None for a new entry.
        draft: The content of a new entry.
    """

    entry: Entry | None
    draft: EntryDraft
    op_id: UUID = field(default_factory=uuid4)
    client_ref: UUID = field(default_factory=uuid4)


Send = Callable[[Desk, Attempt], Entry]


def add(desk: Desk, attempt: Attempt) -> Entry:
    """Enter something."""
    return desk.store.add_entry(desk.token, attempt.op_id, attempt.client_ref, attempt.draft)


def change(desk: Desk, attempt: Attempt) -> Entry:
    """Write a comment."""
    return _update(desk, attempt, comment="moved by a month")


def pay(desk: Desk, attempt: Attempt) -> Entry:
    """Set the status."""
    return _update(desk, attempt, status=Status.PAID)


def delete(desk: Desk, attempt: Attempt) -> Entry:
    """Delete."""
    assert attempt.entry is not None
    entry = attempt.entry
    return desk.store.delete_entry(desk.token, attempt.op_id, entry.entry_id, entry.version)


def attempt_of(send: Send, company: Company) -> Attempt:
    """Prepare all that a write needs, so that sending it is one call."""
    draft = company.anna.draft(company.petr)
    return Attempt(None if send is add else company.anna.add(company.petr), draft)


def times_stored(owner: Raw, attempt: Attempt) -> int:
    """Count how often a write is on record; the entry's own row has to tell the same."""
    versions = int(
        owner.one("SELECT COUNT(*) FROM core.EntryHistory AS h WHERE h.OpId = ?", str(attempt.op_id))
    )
    if attempt.entry is None:
        ref = str(attempt.client_ref)
        assert owner.one("SELECT COUNT(*) FROM core.Entry AS e WHERE e.ClientRef = ?", ref) == versions
    else:
        entry = attempt.entry
        version = owner.one("SELECT e.Version FROM core.Entry AS e WHERE e.EntryId = ?", entry.entry_id)
        assert version == entry.version + versions
    return versions


def _update(desk: Desk, attempt: Attempt, **fields: Any) -> Entry:
    assert attempt.entry is not None
    entry = attempt.entry
    draft = replace(entry.draft(), **fields)
    return desk.store.update_entry(desk.token, attempt.op_id, entry.entry_id, entry.version, draft)
