"""A small company for the contract tests: two leads, three groups, five managers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from math import fsum
from typing import Any
from uuid import uuid4

from mini_crm.domain.credentials import KdfParameters, PasswordKind, new_kdf, new_token, verifier_of
from mini_crm.domain.model import (
    PIECES,
    Entry,
    EntryDraft,
    EntryFilter,
    EntrySum,
    ImportRow,
    Lead,
    RosterRow,
    Status,
)
from mini_crm.store.port import Store

BY = "admin on SERVER-1"
"""Who administers, in all tests."""
COMPUTER = "PC-7"
"""Where the leads sit."""

ANNA = "Анна Иванова"
BORIS = "Борис Петров"
NORTH, COUNTED, SOUTH = "Север", "Штучные", "Юг"
PETR, MARIA, OLEG, ZOYA, IGOR = "Пётр", "Мария", "Олег", "Зоя", "Игорь"

ROSTER = (
    RosterRow(ANNA, NORTH, PETR, "RUB"),
    RosterRow(ANNA, NORTH, MARIA, "RUB"),
    RosterRow(ANNA, COUNTED, OLEG, PIECES),
    RosterRow(BORIS, SOUTH, ZOYA, "RUB"),
    RosterRow(BORIS, SOUTH, IGOR, "RUB"),
)

ALL = EntryFilter()


def key_of(words: str) -> bytes:
    """Give 32 bytes in place of the key that a window would derive from a password."""
    return hashlib.sha256(words.encode()).digest()


def lead_named(store: Store, name: str) -> Lead:
    """Find a lead as the administrator sees it."""
    return next(lead for lead in store.list_leads() if lead.name == name)


def manager_ids(store: Store) -> dict[tuple[str, str], int]:
    """Give the managers by group and name, for groups whose names are one of a kind."""
    return {
        (group.name, manager.name): manager.manager_id
        for lead in store.list_leads()
        for group in lead.groups
        for manager in group.managers
    }


def issue(
    store: Store,
    lead_name: str,
    words: str,
    *,
    kind: PasswordKind = PasswordKind.CODE,
    must_change: bool = False,
    kdf: KdfParameters | None = None,
) -> bytes:
    """Issue a password to a lead and give the key that fits."""
    key = key_of(words)
    store.set_credential(
        lead_named(store, lead_name).lead_id,
        kind,
        kdf or new_kdf(),
        verifier_of(key),
        must_change=must_change,
        by=BY,
    )
    return key


@dataclass(frozen=True)
class Desk:
    """A lead who has signed in at a window."""

    store: Store
    lead_id: int
    name: str
    key: bytes
    token: bytes

    def draft(self, manager_id: int, **fields: Any) -> EntryDraft:
        """Fill in a form; what is not given is usual."""
        today = self.store.get_today()
        usual = {"client_pin": "0042", "amount": Decimal("100.00"), "pay_by": today + timedelta(days=10)}
        return EntryDraft(manager_id, **{**usual, **fields})

    def add(self, manager_id: int, **fields: Any) -> Entry:
        """Store a new entry."""
        return self.store.add_entry(self.token, uuid4(), uuid4(), self.draft(manager_id, **fields))

    def update(self, entry: Entry, **fields: Any) -> Entry:
        """Change some fields of an entry; as the form does, with the refusal goes its reason."""
        draft = replace(entry.draft(), **fields)
        if draft.status is not Status.REFUSED:
            draft = replace(draft, reason=fields.get("reason", ""))
        return self.store.update_entry(self.token, uuid4(), entry.entry_id, entry.version, draft)

    def pay(self, entry: Entry, on: date | None = None, came: Decimal | None = None) -> Entry:
        """Note that an entry was paid, today or on an earlier day."""
        return self.update(entry, status=Status.PAID, status_on=on, paid_amount=came)

    def refuse(self, entry: Entry, on: date | None = None, reason: str = "") -> Entry:
        """Note that the client refused, today or on an earlier day, and why."""
        return self.update(entry, status=Status.REFUSED, status_on=on, paid_amount=None, reason=reason)

    def delete(self, entry: Entry) -> Entry:
        """Delete an entry."""
        return self.store.delete_entry(self.token, uuid4(), entry.entry_id, entry.version)

    def restore(self, entry: Entry) -> Entry:
        """Take a deletion back."""
        return self.store.restore_entry(self.token, uuid4(), entry.entry_id, entry.version)

    def get(self, entry: Entry) -> Entry:
        """Read an entry again."""
        return self.store.get_entry(self.token, entry.entry_id)

    def everything(self) -> tuple[Entry, ...]:
        """Give all entries of the list, oldest first."""
        return self.store.list_entries(self.token, ALL, descending=False, limit=100_000).entries

    def seq(self) -> int:
        """Give the change number up to which everything is known now."""
        return self.store.list_changes(self.token, 0).change_seq

    def window(self, computer: str = COMPUTER) -> Desk:
        """Sign in once more, in another window."""
        return sign_in(self.store, self.name, self.key, computer)


def sign_in(store: Store, lead_name: str, key: bytes, computer: str = COMPUTER) -> Desk:
    """Sign in at a window."""
    token = new_token()
    session = store.sign_in(lead_name, key, token, computer)
    return Desk(store, session.lead_id, session.lead_name, key, token)


@dataclass(frozen=True)
class Company:
    """The roster above with both leads signed in; managers are their ids."""

    store: Store
    today: date
    anna: Desk
    boris: Desk
    petr: int
    maria: int
    oleg: int
    zoya: int
    igor: int

    def day(self, days: int) -> date:
        """Give the day so many days from today."""
        return self.today + timedelta(days=days)


def found(store: Store) -> Company:
    """Set the company up in an empty database."""
    store.apply_roster(ROSTER, BY)
    ids = manager_ids(store)
    return Company(
        store,
        store.get_today(),
        sign_in(store, ANNA, issue(store, ANNA, "anna")),
        sign_in(store, BORIS, issue(store, BORIS, "boris")),
        ids[NORTH, PETR],
        ids[NORTH, MARIA],
        ids[COUNTED, OLEG],
        ids[SOUTH, ZOYA],
        ids[SOUTH, IGOR],
    )


PLACES = {row.manager: row for row in ROSTER}


def import_row(manager: str, entered_on: date, **fields: Any) -> ImportRow:
    """Make a checked row of a file for a manager of the company; what is not given is usual."""
    place = PLACES[manager]
    usual: dict[str, Any] = {
        "line": 2,
        "client_ref": uuid4(),
        "lead": place.lead,
        "group": place.group,
        "client_pin": "0042",
        "amount": Decimal("100.00"),
        "paid_amount": None,
        "pay_by": entered_on + timedelta(days=10),
        "status": Status.EXPECTED,
        "status_on": None,
        "comment": "",
    }
    return ImportRow(manager=manager, entered_on=entered_on, **{**usual, **fields})


def bring(desk: Desk, manager: str, entered_on: date, **fields: Any) -> Entry:
    """Import one entry of an earlier day for a manager of this lead, and give it as it is stored."""
    row = import_row(manager, entered_on, **fields)
    desk.store.import_entries("old.csv", [row], BY)
    return next(entry for entry in desk.everything() if entry.client_ref == row.client_ref)


def sums_of(entries: Iterable[Entry]) -> tuple[EntrySum, ...]:
    """Add up by unit and status, as a page of the list does."""
    parts: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        parts.setdefault((entry.unit, list(Status).index(entry.status)), []).append(entry)
    return tuple(
        EntrySum(
            unit,
            list(Status)[status],
            len(part),
            sum((e.amount if e.paid_amount is None else e.paid_amount for e in part), Decimal(0)),
            fsum(e.contribution or 0.0 for e in part),
        )
        for (unit, status), part in sorted(parts.items())
    )


def fill(company: Company) -> None:
    """Store 120 entries of all managers: old and new, all statuses, few clients, due on days around today."""
    managers, statuses = (PETR, MARIA, OLEG, ZOYA, IGOR), tuple(Status)
    rows = []
    for n in range(120):
        entered, status = -1 - n % 70, statuses[n // 5 % 3]
        on = None if status is Status.EXPECTED else company.day(entered + n * 7 % -entered)
        rows.append(
            import_row(
                managers[n % 5],
                company.day(entered),
                client_pin=f"{n * 11 % 13:03}",
                amount=Decimal(n + 1) if n % 5 == 2 else Decimal(n * 100 + 1) / 100,
                pay_by=None if n % 17 == 0 else company.day(max(entered, n % 4 - 2)),
                status=status,
                status_on=on,
                paid_amount=Decimal(n) if status is Status.PAID and n % 4 == 0 and n else None,
            )
        )
    company.store.import_entries("x", rows, BY)


def three(company: Company) -> list[ImportRow]:
    """Give an open, a paid and a refused row of Anna's."""
    day = company.day
    return [
        import_row(PETR, day(-40), line=2, client_pin="001", amount=Decimal("10.50"), comment="раз"),
        import_row(
            MARIA,
            day(-30),
            line=3,
            status=Status.PAID,
            status_on=day(-20),
            amount=Decimal(20),
            paid_amount=Decimal("19.99"),
        ),
        import_row(OLEG, day(-20), line=4, status=Status.REFUSED, status_on=day(-20), amount=Decimal(3)),
    ]


def brought(company: Company, rows: Sequence[ImportRow], **how: Any) -> int:
    """Import rows and give the batch."""
    batch_id = company.store.import_entries("old.csv", rows, BY, **how).batch_id
    assert batch_id is not None
    return batch_id
