"""Entries on their way into the tables: columns, change numbers, history."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from mini_crm.domain.model import Action, Entry, EntryDraft, ImportRow
from mini_crm.domain.money import to_minor
from mini_crm.domain.rules import name_key
from mini_crm.store.rows import STATUS_CODE, entry_of
from mini_crm.store.sqlite.db import Connection, load_queries, plain, to_day

SQL = load_queries("entries.sql")


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, for the history: name, computer, operation or batch."""

    name: str
    computer: str = ""
    op_id: UUID | None = None
    request: bytes | None = None
    batch_id: int | None = None


def search_key(client_pin: str, comment: str, reason: str) -> str:
    """Give the text in which the list's search looks, besides the names."""
    key = f"{name_key(client_pin)}\n{name_key(comment)}"
    return f"{key}\n{name_key(reason)}" if reason else key


def draft_values(draft: EntryDraft | ImportRow) -> dict[str, object]:
    """Give the columns of what was checked."""
    return {
        "client_pin": draft.client_pin,
        "amount": to_minor(draft.amount),
        "paid_amount": None if draft.paid_amount is None else to_minor(draft.paid_amount),
        "pay_by": to_day(draft.pay_by),
        "status": STATUS_CODE[draft.status],
        "status_on": to_day(draft.status_on),
        "comment": draft.comment,
        "reason": draft.reason,
        "search_key": search_key(draft.client_pin, draft.comment, draft.reason),
    }


def entry_values(entry: Entry) -> dict[str, object]:
    """Give the columns of an entry as it is, for a change of some of them."""
    return draft_values(entry.draft()) | {
        "entry_id": entry.entry_id,
        "lead_id": entry.lead_id,
        "group_id": entry.group_id,
        "manager_id": entry.manager_id,
        "entered_on": to_day(entry.entered_on),
        "deleted_at": None if entry.deleted_at is None else int(entry.deleted_at.timestamp()),
    }


def next_change_seq(conn: Connection, lead_id: int) -> int:
    """Take the lead's next number; holds the database until the transaction ends."""
    return int(conn.execute(SQL["next_change_seq"], {"lead_id": lead_id}).fetchone()["ChangeSeq"])


def read_entry(conn: Connection, entry_id: int) -> Entry | None:
    """Read one entry, deleted or not."""
    row = conn.execute(SQL["get_entry"], {"entry_id": entry_id}).fetchone()
    return None if row is None else entry_of(plain(row))


def write_change(
    conn: Connection, entry: Entry, changed: dict[str, object], action: Action, author: Author, now: int
) -> None:
    """Change some columns of an entry, with number and history; an old lead is told to let go.

    Args:
        conn: Inside a writing transaction.
        entry: As it is now.
        changed: New values, by parameter of ``update_entry``.
        action: For the history.
        author: For the history.
        now: Seconds since 1970.
    """
    values = entry_values(entry) | changed
    lead_id = values["lead_id"]
    assert isinstance(lead_id, int)  # noqa: S101 - says so to the type checker
    values["change_seq"] = next_change_seq(conn, lead_id)
    conn.execute(SQL["update_entry"], values)
    keep_history(conn, entry.entry_id, action, author, now)
    if lead_id != entry.lead_id:
        gone = {"lead_id": entry.lead_id, "change_seq": next_change_seq(conn, entry.lead_id)}
        conn.execute(SQL["add_gone"], gone | {"entry_id": entry.entry_id})


def keep_history(
    conn: Connection,
    entry_id: int,
    action: Action,
    author: Author,
    now: int,
    *,
    last_entry_id: int | None = None,
) -> None:
    """Record an entry, or a run of new ones, as it is now."""
    conn.execute(
        SQL["keep_history"],
        {
            "entry_id": entry_id,
            "last_entry_id": entry_id if last_entry_id is None else last_entry_id,
            "action": action.value,
            "now": now,
            "changed_by": author.name,
            "computer": author.computer,
            "op_id": None if author.op_id is None else author.op_id.bytes,
            "request": author.request,
            "batch_id": author.batch_id,
        },
    )
