"""Entries in bulk: imports and taking them back, voiding, restoring, reassigning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from mini_crm.domain.errors import BadValue, NotFound
from mini_crm.domain.model import (
    Action,
    Entry,
    EntryDraft,
    ImportBatch,
    ImportResult,
    ImportRow,
    RosterRow,
    UndoResult,
)
from mini_crm.store.rows import batch_of, entry_of
from mini_crm.store.sqlite.db import Connection, Database, OnlyALook, Row, load_queries, plain, to_day
from mini_crm.store.sqlite.roster import SQL, Roster, log_admin
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
        seqs = {row["LeadId"]: row["ChangeSeq"] for row in conn.execute(SQL["list_change_seqs"])}
        first_id = conn.execute(SQL["last_entry_id"]).fetchone()["EntryId"] + 1
        new: list[dict[str, object]] = []
        changed: list[tuple[Entry, ImportRow, tuple[int, int, int]]] = []
        differing: list[int] = []
        unknown: list[int] = []
        unchanged = again = 0
        for done, row in enumerate(rows, start=1):
            place = people.find(row.lead, row.group, row.manager)
            if progress is not None and done % _REPORT_EVERY == 0:
                progress(done)
            if place is None:
                unknown.append(row.line)
                continue
            stored = conn.execute(SQL["get_entry_by_ref"], {"client_ref": row.client_ref.bytes}).fetchone()
            if stored is None:
                seqs[place[0]] += 1
                new.append(
                    draft_values(_draft(row, place[2]))
                    | {
                        "entry_id": first_id + len(new),
                        "client_ref": row.client_ref.bytes,
                        "lead_id": place[0],
                        "group_id": place[1],
                        "manager_id": place[2],
                        "entered_on": to_day(row.entered_on),
                        "change_seq": seqs[place[0]],
                    }
                )
                continue
            entry = entry_of(plain(stored))
            out = entry.deleted_at is not None
            undone = out and _was_undone(conn, entry.entry_id)
            if undone or (update and not out and not _same(entry, row, place)):
                changed.append((entry, row, place))
                again += undone
            elif _same(entry, row, place):
                unchanged += 1
            else:
                differing.append(row.line)
        conn.executemany(_ENTRIES["add_entry"], new)
        conn.executemany(
            SQL["set_change_seq"], [{"lead_id": lead, "change_seq": seq} for lead, seq in seqs.items()]
        )
        if new:
            keep_history(conn, first_id, Action.IMPORTED, author, now, last_entry_id=first_id + len(new) - 1)
        for entry, row, place in changed:
            values = draft_values(_draft(row, place[2])) | {
                "lead_id": place[0],
                "group_id": place[1],
                "manager_id": place[2],
                "entered_on": to_day(row.entered_on),
                "deleted_at": None,
            }
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


def _draft(row: ImportRow, manager_id: int) -> EntryDraft:
    return EntryDraft(
        manager_id=manager_id,
        client_pin=row.client_pin,
        amount=row.amount,
        pay_by=row.pay_by,
        status=row.status,
        status_on=row.status_on,
        paid_amount=row.paid_amount,
        comment=row.comment,
        reason=row.reason,
    )


def _same(entry: Entry, row: ImportRow, place: tuple[int, int, int]) -> bool:
    return (entry.entered_on, entry.draft()) == (row.entered_on, _draft(row, place[2]))


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
