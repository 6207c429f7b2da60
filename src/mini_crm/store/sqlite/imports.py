"""Entries in bulk: imports and taking them back, voiding, restoring, reassigning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from operator import itemgetter

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
from mini_crm.store.rows import batch_of
from mini_crm.store.sqlite.db import Connection, Database, OnlyALook, Row, load_queries, plain, to_day
from mini_crm.store.sqlite.roster import SQL, Place, Roster, log_admin
from mini_crm.store.sqlite.rows import (
    Author,
    draft_values,
    keep_history,
    read_entry,
    search_key,
    write_change,
)

_ENTRIES = load_queries("entries.sql")
_REPORT_EVERY = 2_000
_compared = itemgetter(
    "manager_id", "client_pin", "amount", "paid_amount", "entered_on", "pay_by", "status", "status_on",
    "comment", "reason",
)  # fmt: skip
"""What of an entry a file can change, in the order of ``list_stored``."""


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
        new: list[tuple[ImportRow, Place]] = []
        changed: list[tuple[Entry, ImportRow, Place]] = []
        differing: list[int] = []
        unknown: list[int] = []
        unchanged = again = 0
        for done, (row, stored) in enumerate(zip(rows, _stored(conn, rows), strict=True), start=1):
            if progress is not None and done % _REPORT_EVERY == 0:
                progress(done)
            place = find(row.lead, row.group, row.manager)
            if place is None:
                unknown.append(row.line)
                continue
            entry_id, deleted_at, *kept = stored
            if entry_id is None:
                new.append((row, place))
                continue
            undone = deleted_at is not None and _was_undone(conn, entry_id)
            is_same = tuple(kept) == _compared(_values(row, place))
            if undone or (update and deleted_at is None and not is_same):
                if (entry := read_entry(conn, entry_id)) is not None:
                    changed.append((entry, row, place))
                again += undone
            elif is_same:
                unchanged += 1
            else:
                differing.append(row.line)
        if new:
            _add(conn, new, author, now)
        for entry, row, place in changed:
            values = _values(row, place) | {"deleted_at": None}
            write_change(conn, entry, values, Action.IMPORTED, author, now)
        if progress is not None:
            progress(len(rows))
        stored_any = bool(new or changed or people.changes)
        return ImportResult(
            batch_id if stored_any else None,
            added=len(new) + again,
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


def _stored(conn: Connection, rows: Sequence[ImportRow]) -> Iterator[Row]:
    """Give for each row the entry that has its key, as ``list_stored`` says; all NULL where there is none."""
    conn.execute(SQL["make_import_refs"])
    conn.execute(SQL["drop_import_refs"])
    refs = ({"row_number": at, "client_ref": row.client_ref.bytes} for at, row in enumerate(rows))
    conn.executemany(SQL["add_import_ref"], refs)
    yield from conn.execute(SQL["list_stored"])


def _add(conn: Connection, new: Sequence[tuple[ImportRow, Place]], author: Author, now: int) -> None:
    """Add entries with their history; each takes its lead's next number."""
    seqs = {row["LeadId"]: row["ChangeSeq"] for row in conn.execute(SQL["list_change_seqs"])}
    first_id = conn.execute(SQL["last_entry_id"]).fetchone()["EntryId"] + 1

    def values() -> Iterator[dict[str, object]]:
        for entry_id, (row, place) in enumerate(new, start=first_id):
            seqs[place.lead_id] += 1
            numbers = {"entry_id": entry_id, "change_seq": seqs[place.lead_id]}
            yield _values(row, place) | numbers | {"client_ref": row.client_ref.bytes}

    conn.executemany(_ENTRIES["add_entry"], values())
    conn.executemany(
        SQL["set_change_seq"], [{"lead_id": lead, "change_seq": seq} for lead, seq in seqs.items()]
    )
    last_id = first_id + len(new) - 1
    keep_history(conn, first_id, Action.IMPORTED, author, now, last_entry_id=last_id)


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
