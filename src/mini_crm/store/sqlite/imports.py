"""Entries in bulk: imports and taking them back, voiding, restoring, reassigning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from mini_crm.domain.errors import BadValue, NotFound
from mini_crm.domain.model import (
    Action,
    Entry,
    ImportBatch,
    ImportResult,
    ImportRow,
    RosterRow,
    UndoResult,
)
from mini_crm.domain.money import to_minor
from mini_crm.store.rows import STATUS_CODE, batch_of
from mini_crm.store.sqlite.db import Connection, Database, OnlyALook, Row, plain, to_day
from mini_crm.store.sqlite.roster import SQL, Place, Roster, log_admin
from mini_crm.store.sqlite.rows import (
    Author,
    draft_values,
    keep_history,
    read_entry,
    search_key,
    write_change,
)

_AT_ONCE = 2_000
"""Rows that are looked up and stored together."""


class Imports:
    """The part of the store that changes many entries at once."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def import_entries(
        self,
        source: str,
        rows: Sequence[ImportRow],
        by: str,
        *,
        roster: Sequence[RosterRow] = (),
        update: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> ImportResult:
        """See ``AdminStore``."""
        result = ImportResult(None, 0, 0, 0)
        try:
            with self.db.writing() as conn:
                result = self._import(conn, source, rows, by, roster, update, progress)
                if dry_run or result.batch_id is None:
                    raise OnlyALook
                log_admin(conn, self.db.now(), by, "import_entries", f"batch {result.batch_id}: {source}")
        except OnlyALook:
            return replace(result, batch_id=None)
        return result

    def _import(
        self,
        conn: Connection,
        source: str,
        rows: Sequence[ImportRow],
        by: str,
        roster: Sequence[RosterRow],
        update: bool,
        progress: Callable[[int], None] | None,
    ) -> ImportResult:
        now = self.db.now()
        batch = {"source": source, "now": now, "imported_by": by}
        batch_id = conn.execute(SQL["add_batch"], batch).lastrowid
        author = Author(by, batch_id=batch_id)
        people = Roster(conn, author, now)
        people.add_missing(roster)
        find = cache(people.find)
        newcomers = _Newcomers(conn, author, now)
        changed: list[tuple[Entry, ImportRow, Place]] = []
        differing: list[int] = []
        unknown: list[int] = []
        unchanged = again = 0
        for first in range(0, len(rows), _AT_ONCE):
            part = rows[first : first + _AT_ONCE]
            there = _stored(conn, part)
            new: list[tuple[ImportRow, Place]] = []
            for at, row in enumerate(part):
                place = find(row.lead, row.group, row.manager)
                if place is None:
                    unknown.append(row.line)
                    continue
                stored = there.get(at)
                if stored is None:
                    new.append((row, place))
                    continue
                _, entry_id, deleted_at, *kept = stored
                undone = deleted_at is not None and _was_undone(conn, entry_id)
                is_same = tuple(kept) == _filled(row, place)
                if undone or (update and deleted_at is None and not is_same):
                    if (entry := read_entry(conn, entry_id)) is not None:
                        changed.append((entry, row, place))
                    again += undone
                elif is_same:
                    unchanged += 1
                else:
                    differing.append(row.line)
            newcomers.add(new)
            if progress is not None:
                progress(first + len(part))
        newcomers.take_numbers()
        for entry, row, place in changed:
            values = _values(row, place) | {"deleted_at": None}
            write_change(conn, entry, values, Action.IMPORTED, author, now)
        stored_any = bool(newcomers.count or changed or people.changes)
        return ImportResult(
            batch_id if stored_any else None,
            added=newcomers.count + again,
            updated=len(changed) - again,
            unchanged=unchanged,
            differing=tuple(differing),
            unknown=tuple(unknown),
        )

    def list_import_batches(self) -> tuple[ImportBatch, ...]:
        """See ``AdminStore``."""
        with self.db.reading() as conn:
            return tuple(batch_of(plain(row)) for row in conn.execute(SQL["list_import_batches"]))

    def undo_import(self, batch_id: int, by: str) -> UndoResult:
        """See ``AdminStore``."""
        removed = reverted = 0
        kept: list[int] = []
        with self.db.writing() as conn:
            batch = conn.execute(SQL["get_batch"], {"batch_id": batch_id}).fetchone()
            if batch is None:
                raise NotFound("batch_not_found", batch_id=batch_id)
            if batch["UndoneAt"] is not None:
                raise NotFound("batch_undone", batch_id=batch_id)
            now = self.db.now()
            conn.execute(SQL["undo_batch"], {"batch_id": batch_id, "now": now})
            for row in conn.execute(SQL["list_batch_changes"], {"batch_id": batch_id}).fetchall():
                entry = read_entry(conn, row["EntryId"])
                if entry is None or entry.version != row["Version"]:
                    kept.append(row["EntryId"])
                elif row["IsNew"]:
                    write_change(conn, entry, {"deleted_at": now}, Action.VOIDED, Author(by), now)
                    removed += 1
                else:
                    write_change(conn, entry, _state_of(row), Action.CHANGED, Author(by), now)
                    reverted += 1
            log_admin(conn, self.db.now(), by, "undo_import", f"batch {batch_id}")
        return UndoResult(removed, reverted, tuple(kept))

    def void_entries(self, entry_ids: Iterable[int], by: str) -> int:
        """See ``AdminStore``."""
        with self.db.writing() as conn:
            now = self.db.now()
            entries = _entries(conn, entry_ids, deleted=False)
            for entry in entries:
                write_change(conn, entry, {"deleted_at": now}, Action.VOIDED, Author(by), now)
            log_admin(conn, self.db.now(), by, "void_entries", _ids(entries))
        return len(entries)

    def restore_entries(self, entry_ids: Iterable[int], by: str) -> int:
        """See ``AdminStore``."""
        with self.db.writing() as conn:
            entries = _entries(conn, entry_ids, deleted=True)
            for entry in entries:
                write_change(conn, entry, {"deleted_at": None}, Action.RESTORED, Author(by), self.db.now())
            log_admin(conn, self.db.now(), by, "restore_entries", _ids(entries))
        return len(entries)

    def reassign_entries(self, entry_ids: Iterable[int], manager_id: int, by: str) -> int:
        """See ``AdminStore``."""
        with self.db.writing() as conn:
            manager = conn.execute(SQL["find_manager"], {"manager_id": manager_id}).fetchone()
            if manager is None:
                raise NotFound("manager_not_found", manager_id=manager_id)
            entries = _entries(conn, entry_ids, deleted=False)
            for entry in entries:
                if entry.unit != manager["Unit"]:
                    raise BadValue("unit_other", field="manager_id", old=entry.unit, new=manager["Unit"])
                place = {
                    "manager_id": manager_id,
                    "group_id": manager["GroupId"],
                    "lead_id": manager["LeadId"],
                }
                write_change(conn, entry, place, Action.REASSIGNED, Author(by), self.db.now())
            log_admin(
                conn, self.db.now(), by, "reassign_entries", f"to manager {manager_id}: {_ids(entries)}"
            )
        return len(entries)


class _Newcomers:
    """Adds entries with their history; each takes its lead's next number.

    Args:
        conn: Inside a writing transaction, in which nobody else adds entries or takes numbers.
        author: For the history.
        now: For the history.
    """

    def __init__(self, conn: Connection, author: Author, now: int) -> None:
        self._conn = conn
        self._author = author
        self._now = now
        self._seqs = {row["LeadId"]: row["ChangeSeq"] for row in conn.execute(SQL["list_change_seqs"])}
        self._last_id: int = conn.execute(SQL["last_entry_id"]).fetchone()["EntryId"]
        self.count = 0

    def add(self, new: Sequence[tuple[ImportRow, Place]]) -> None:
        """Add some; the numbers are theirs only after ``take_numbers``."""
        first_id, seqs = self._last_id + 1, self._seqs

        def values() -> Iterator[tuple[object, ...]]:
            for entry_id, (row, place) in enumerate(new, start=first_id):
                seqs[place.lead_id] += 1
                key = search_key(row.client_pin, row.comment, row.reason)
                mine = entry_id, seqs[place.lead_id], row.client_ref.bytes, place.lead_id, place.group_id, key
                yield mine + _filled(row, place)

        self._conn.executemany(SQL["add_imported"], values())
        self._last_id += len(new)
        self.count += len(new)
        # Also where nothing is new: then there is nothing between these two.
        keep_history(
            self._conn, first_id, Action.IMPORTED, self._author, self._now, last_entry_id=self._last_id
        )

    def take_numbers(self) -> None:
        """Let the leads go on counting behind the numbers that were given."""
        taken = [{"lead_id": lead_id, "change_seq": seq} for lead_id, seq in self._seqs.items()]
        self._conn.executemany(SQL["set_change_seq"], taken)


def _stored(conn: Connection, rows: Sequence[ImportRow]) -> dict[int, Row]:
    """Give what ``list_stored`` says of the entries that have the rows' keys, by the place of the row."""
    refs = {"client_refs": b"".join(row.client_ref.bytes for row in rows), "count": len(rows)}
    return {row["Place"]: row for row in conn.execute(SQL["list_stored"], refs)}


def _filled(row: ImportRow, place: Place) -> tuple[object, ...]:
    """Give what of an entry a file can change, in the order of ``list_stored``."""
    return (
        place.manager_id,
        row.client_pin,
        to_minor(row.amount),
        None if row.paid_amount is None else to_minor(row.paid_amount),
        to_day(row.entered_on),
        to_day(row.pay_by),
        STATUS_CODE[row.status],
        to_day(row.status_on),
        row.comment,
        row.reason,
    )


def _values(row: ImportRow, place: Place) -> dict[str, object]:
    """Give the columns that a row of a file fills."""
    return draft_values(row) | {
        "lead_id": place.lead_id,
        "group_id": place.group_id,
        "manager_id": place.manager_id,
        "entered_on": to_day(row.entered_on),
    }


def _was_undone(conn: Connection, entry_id: int) -> bool:
    return bool(conn.execute(SQL["was_undone"], {"entry_id": entry_id}).fetchone()["Undone"])


def _state_of(row: Row) -> dict[str, object]:
    return {
        "manager_id": row["ManagerId"],
        "group_id": row["GroupId"],
        "lead_id": row["LeadId"],
        "client_pin": row["ClientPin"],
        "amount": row["Amount"],
        "paid_amount": row["PaidAmount"],
        "entered_on": row["EnteredOn"],
        "pay_by": row["PayBy"],
        "status": row["Status"],
        "status_on": row["StatusOn"],
        "comment": row["Comment"],
        "reason": row["Reason"],
        "search_key": search_key(row["ClientPin"], row["Comment"], row["Reason"]),
    }


def _entries(conn: Connection, entry_ids: Iterable[int], *, deleted: bool) -> list[Entry]:
    found: list[Entry] = []
    missing: list[int] = []
    for entry_id in dict.fromkeys(entry_ids):
        entry = read_entry(conn, entry_id)
        if entry is None or (entry.deleted_at is not None) != deleted:
            missing.append(entry_id)
        else:
            found.append(entry)
    if missing:
        raise NotFound("entry_not_found", entry_ids=", ".join(map(str, missing)))
    return found


def _ids(entries: Sequence[Entry]) -> str:
    return " ".join(str(entry.entry_id) for entry in entries)
