"""Rows of the tables as values of the domain, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from mini_crm.domain.model import (
    CHANGEABLE,
    Action,
    Entry,
    EntryDraft,
    EntryVersion,
    FieldChange,
    Group,
    Manager,
    Status,
)
from mini_crm.domain.money import from_minor, to_minor
from mini_crm.domain.rules import name_key
from mini_crm.store.sqlite.db import Connection, Row, from_day, from_instant, load_queries, to_day

SQL = load_queries("entries.sql")
STATUS_CODE = {Status.EXPECTED: 0, Status.PAID: 1, Status.REFUSED: 2}
STATUS_OF = {code: status for status, code in STATUS_CODE.items()}


def to_entry(row: Row) -> Entry:
    """Read a row of the view EntryRow."""
    entered_on = from_day(row["EnteredOn"])
    assert entered_on is not None  # noqa: S101 - the column is NOT NULL; says so to the type checker
    return Entry(
        entry_id=row["EntryId"],
        client_ref=UUID(bytes=row["ClientRef"]),
        lead_id=row["LeadId"],
        group_id=row["GroupId"],
        group_name=row["GroupName"],
        unit=row["Unit"],
        manager_id=row["ManagerId"],
        manager_name=row["ManagerName"],
        client_pin=row["ClientPin"],
        amount=from_minor(row["Amount"]),
        paid_amount=to_money(row["PaidAmount"]),
        entered_on=entered_on,
        pay_by=from_day(row["PayBy"]),
        first_pay_by=from_day(row["FirstPayBy"]),
        status=STATUS_OF[row["Status"]],
        status_on=from_day(row["StatusOn"]),
        comment=row["Comment"],
        version=row["Version"],
        change_seq=row["ChangeSeq"],
        deleted_at=None if row["DeletedAt"] is None else from_instant(row["DeletedAt"]),
        probability=row["Probability"],
    )


def to_money(minor: int | None) -> Decimal | None:
    """Read an amount that may be missing."""
    return None if minor is None else from_minor(minor)


def to_versions(rows: Iterable[Row]) -> tuple[EntryVersion, ...]:
    """Read an entry's history, oldest first: each version and what it changed."""
    versions: list[EntryVersion] = []
    before: dict[str, object] | None = None
    for row in rows:
        state: dict[str, object] = {
            "manager_id": row["ManagerId"],
            "client_pin": row["ClientPin"],
            "amount": from_minor(row["Amount"]),
            "pay_by": from_day(row["PayBy"]),
            "status": STATUS_OF[row["Status"]],
            "status_on": from_day(row["StatusOn"]),
            "paid_amount": to_money(row["PaidAmount"]),
            "comment": row["Comment"],
            "manager_name": row["ManagerName"],
            "group_name": row["GroupName"],
        }
        changes = (
            ()
            if before is None
            else tuple(
                FieldChange(name, before[name], state[name])
                for name in (*CHANGEABLE, "manager_name", "group_name")
                if before[name] != state[name]
            )
        )
        versions.append(
            EntryVersion(
                version=row["Version"],
                action=Action(row["Action"]),
                changed_at=from_instant(row["ChangedAt"]),
                changed_by=row["ChangedBy"],
                computer=row["Computer"],
                changes=changes,
            )
        )
        before = state
    return tuple(versions)


def to_groups(rows: Iterable[Row]) -> dict[int, tuple[Group, ...]]:
    """Read groups with their managers, by lead."""
    leads: dict[int, dict[int, Group]] = {}
    for row in rows:
        groups = leads.setdefault(row["LeadId"], {})
        group = groups.get(row["GroupId"]) or Group(
            row["GroupId"], row["GroupName"], row["Unit"], bool(row["GroupActive"]), ()
        )
        if row["ManagerId"] is not None:
            manager = Manager(row["ManagerId"], row["ManagerName"], bool(row["ManagerActive"]))
            group = replace(group, managers=(*group.managers, manager))
        groups[row["GroupId"]] = group
    return {lead_id: tuple(groups.values()) for lead_id, groups in leads.items()}


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, for the history: name, computer, operation or batch."""

    name: str
    computer: str = ""
    op_id: UUID | None = None
    request: bytes | None = None
    batch_id: int | None = None


def request_of(*parts: object) -> bytes:
    """Give a digest of what a client asked for, to tell a repeated request from another one."""
    return hashlib.sha256(repr(parts).encode()).digest()


def search_key(client_pin: str, comment: str) -> str:
    """Give the text in which the list's search looks, besides the names."""
    return name_key(client_pin) + "\n" + name_key(comment)


def draft_values(draft: EntryDraft) -> dict[str, object]:
    """Give the columns of a checked draft."""
    return {
        "client_pin": draft.client_pin,
        "amount": to_minor(draft.amount),
        "paid_amount": None if draft.paid_amount is None else to_minor(draft.paid_amount),
        "pay_by": to_day(draft.pay_by),
        "status": STATUS_CODE[draft.status],
        "status_on": to_day(draft.status_on),
        "comment": draft.comment,
        "search_key": search_key(draft.client_pin, draft.comment),
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
    return None if row is None else to_entry(row)


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
