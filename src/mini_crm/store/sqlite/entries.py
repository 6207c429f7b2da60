"""What a lead does with entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from mini_crm.domain.errors import (
    AlreadyThere,
    BadValue,
    NotYours,
    OperationReused,
    RuleBroken,
    StaleVersion,
)
from mini_crm.domain.model import (
    PIECES,
    Action,
    Changes,
    Entry,
    EntryDraft,
    EntryVersion,
    Status,
)
from mini_crm.domain.money import check_amount, to_minor
from mini_crm.domain.rules import (
    check_comment,
    check_kept_amount,
    check_pay_by,
    check_pin,
    check_reason,
    check_rest,
    check_status,
    may_delete,
    may_restore,
)
from mini_crm.store.operations import request_of, update_request
from mini_crm.store.rows import entry_of, versions_of
from mini_crm.store.sqlite.accounts import Caller, by_person, caller_of
from mini_crm.store.sqlite.db import Connection, Database, Row, plain, to_day
from mini_crm.store.sqlite.rows import (
    SQL,
    Author,
    draft_values,
    keep_history,
    next_change_seq,
    read_entry,
    write_change,
)


class Entries:
    """The part of the store that holds the entries, for one lead at a time."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add_entry(self, token: bytes, op_id: UUID, client_ref: UUID, draft: EntryDraft) -> Entry:
        """See ``DesktopStore``."""
        with self._write(token, op_id, request_of("add", client_ref, draft)) as (conn, caller, author, done):
            if done is not None:
                return done
            _refuse_known(conn, client_ref)
            manager = _manager_of(conn, caller, draft.manager_id)
            if not manager["IsActive"]:
                raise NotYours("manager_not_yours", manager_id=draft.manager_id)
            today = self.db.today()
            values = draft_values(self._checked(draft, manager["Unit"], None)) | {
                "entry_id": None,
                "client_ref": client_ref.bytes,
                "lead_id": caller.lead_id,
                "group_id": manager["GroupId"],
                "manager_id": draft.manager_id,
                "entered_on": to_day(today),
                "change_seq": next_change_seq(conn, caller.lead_id),
            }
            entry_id = conn.execute(SQL["add_entry"], values).lastrowid
            assert entry_id is not None  # noqa: S101 - an INSERT has one; says so to the type checker
            keep_history(conn, entry_id, Action.ADDED, author, self.db.now())
            return _own(conn, caller, entry_id)

    def update_entry(
        self,
        token: bytes,
        op_id: UUID,
        entry_id: int,
        version: int,
        draft: EntryDraft,
        rest_ref: UUID | None = None,
    ) -> Entry:
        """See ``DesktopStore``."""
        request = update_request(entry_id, version, draft, rest_ref)
        with self._write(token, op_id, request) as (conn, caller, author, done):
            if done is not None:
                return done
            entry = _own(conn, caller, entry_id)
            _same_version(conn, entry, version)
            if entry.deleted_at is not None:
                raise NotYours("entry_not_yours", entry_id=entry_id)
            moved: dict[str, object] = {}
            if draft.manager_id != entry.manager_id:
                manager = _manager_of(conn, caller, draft.manager_id)
                if not manager["IsActive"]:
                    raise NotYours("manager_not_yours", manager_id=draft.manager_id)
                if manager["Unit"] != entry.unit:
                    raise BadValue("unit_other", field="manager_id", old=entry.unit, new=manager["Unit"])
                moved = {"group_id": manager["GroupId"], "manager_id": draft.manager_id}
            checked = self._checked(draft, entry.unit, entry)
            if rest_ref is None and checked == entry.draft():
                return entry
            write_change(conn, entry, draft_values(checked) | moved, Action.CHANGED, author, self.db.now())
            if rest_ref is not None:
                self._keep_rest(conn, caller, entry_id, rest_ref, checked)
            return _own(conn, caller, entry_id)

    def _keep_rest(
        self, conn: Connection, caller: Caller, entry_id: int, rest_ref: UUID, paid: EntryDraft
    ) -> None:
        """Store what was not paid as an open entry of today; the operation is the payment's, not its own."""
        rest = check_rest(paid.status, paid.amount, paid.paid_amount)
        _refuse_known(conn, rest_ref)
        values = {
            "client_ref": rest_ref.bytes,
            "amount": to_minor(rest),
            "entered_on": to_day(self.db.today()),
            "change_seq": next_change_seq(conn, caller.lead_id),
            "entry_id": entry_id,
        }
        rest_id = conn.execute(SQL["add_rest"], values).lastrowid
        assert rest_id is not None  # noqa: S101 - an INSERT has one; says so to the type checker
        keep_history(conn, rest_id, Action.ADDED, Author(caller.name, caller.computer), self.db.now())

    def delete_entry(self, token: bytes, op_id: UUID, entry_id: int, version: int) -> Entry:
        """See ``DesktopStore``."""
        request = request_of("delete", entry_id, version)
        with self._write(token, op_id, request) as (conn, caller, author, done):
            if done is not None:
                return done
            entry = _own(conn, caller, entry_id)
            _same_version(conn, entry, version)
            may_delete(entry.entered_on, self.db.today(), entry.deleted_at is not None)
            now = self.db.now()
            write_change(conn, entry, {"deleted_at": now}, Action.DELETED, author, now)
            return _own(conn, caller, entry_id)

    def restore_entry(self, token: bytes, op_id: UUID, entry_id: int, version: int) -> Entry:
        """See ``DesktopStore``."""
        request = request_of("restore", entry_id, version)
        with self._write(token, op_id, request) as (conn, caller, author, done):
            if done is not None:
                return done
            entry = _own(conn, caller, entry_id)
            _same_version(conn, entry, version)
            deleted_on = None
            if entry.deleted_at is not None:
                deleted_on = self.db.day_of(int(entry.deleted_at.timestamp()))
            may_restore(deleted_on, self.db.today())
            last = conn.execute(SQL["last_change"], {"entry_id": entry_id}).fetchone()
            if last["Action"] != Action.DELETED or last["ChangedBy"] != caller.name:
                raise RuleBroken("restore_only_own_deletion")
            write_change(conn, entry, {"deleted_at": None}, Action.RESTORED, author, self.db.now())
            return _own(conn, caller, entry_id)

    def get_entry(self, token: bytes, entry_id: int) -> Entry:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            return _own(conn, caller, entry_id)

    def list_open_entries_of_pin(self, token: bytes, client_pin: str) -> tuple[Entry, ...]:
        """See ``DesktopStore``."""
        values = {"client_pin": client_pin}
        with by_person(self.db, token) as (conn, caller):
            rows = conn.execute(SQL["list_open_entries_of_pin"], values | {"lead_id": caller.lead_id})
            return tuple(entry_of(plain(row)) for row in rows)

    def list_changes(self, token: bytes, since: int) -> Changes:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            caller = caller_of(self.db, conn, token, by_person=False)
            state = conn.execute(SQL["get_change_seq"], {"lead_id": caller.lead_id}).fetchone()
            entries: tuple[Entry, ...] = ()
            gone: tuple[int, ...] = ()
            if state["ChangeSeq"] > since:
                values = {"lead_id": caller.lead_id, "since": since}
                entries = tuple(entry_of(plain(row)) for row in conn.execute(SQL["list_changes"], values))
                left = conn.execute(SQL["list_gone"], values).fetchall()
                gone = tuple(row["EntryId"] for row in left if row["LeadId"] != caller.lead_id)
            return Changes(state["ChangeSeq"], entries, gone, state["RunId"])

    def list_entry_history(self, token: bytes, entry_id: int) -> tuple[EntryVersion, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            _own(conn, caller, entry_id)
            return versions_of(map(plain, conn.execute(SQL["list_entry_history"], {"entry_id": entry_id})))

    @contextmanager
    def _write(
        self, token: bytes, op_id: UUID, request: bytes
    ) -> Iterator[tuple[Connection, Caller, Author, Entry | None]]:
        """Begin a write of the caller; the last thing given is its first result, if it came before."""
        with self.db.writing() as conn:
            caller = caller_of(self.db, conn, token)
            author = Author(caller.name, caller.computer, op_id, request)
            yield conn, caller, author, _repeated(conn, caller, op_id, request)

    def _checked(self, draft: EntryDraft, unit: str, entry: Entry | None) -> EntryDraft:
        """Check a draft against the rules; what an imported entry lacks may go on lacking."""
        whole = unit == PIECES
        today = self.db.today()
        entered_on = today if entry is None else entry.entered_on
        pin = draft.client_pin.strip()
        if pin or entry is None or entry.client_pin:
            pin = check_pin(draft.client_pin)
        if draft.pay_by is None and (entry is None or entry.pay_by is not None):
            raise BadValue("date_missing", field="pay_by")
        if draft.pay_by is not None and (entry is None or draft.pay_by != entry.pay_by):
            check_pay_by(draft.pay_by, entered_on)
        if draft.paid_amount is not None and draft.status != Status.PAID:
            raise BadValue("paid_amount_without_paid", field="paid_amount")
        status_on = draft.status_on
        if status_on is None and entry is not None and entry.status == draft.status:
            status_on = entry.status_on
        paid = draft.paid_amount
        return replace(
            draft,
            client_pin=pin,
            amount=check_kept_amount(
                draft.amount, None if entry is None else entry.amount, draft.status, whole=whole
            ),
            paid_amount=None if paid is None else check_amount(paid, field="paid_amount", whole=whole),
            status_on=check_status(draft.status, status_on, entered_on=entered_on, today=today),
            comment=check_comment(draft.comment),
            reason=check_reason(draft.reason, draft.status),
        )


def _own(conn: Connection, caller: Caller, entry_id: int) -> Entry:
    entry = read_entry(conn, entry_id)
    if entry is None or entry.lead_id != caller.lead_id:
        raise NotYours("entry_not_yours", entry_id=entry_id)
    return entry


def _refuse_known(conn: Connection, client_ref: UUID) -> None:
    if conn.execute(SQL["find_client_ref"], {"client_ref": client_ref.bytes}).fetchone():
        raise AlreadyThere("client_ref_reused")


def _repeated(conn: Connection, caller: Caller, op_id: UUID, request: bytes) -> Entry | None:
    """Give the first result of an operation that came before."""
    row = conn.execute(SQL["get_operation"], {"lead_id": caller.lead_id, "op_id": op_id.bytes}).fetchone()
    if row is None:
        return None
    if row["Request"] != request:
        raise OperationReused("operation_reused")
    values = {"entry_id": row["EntryId"], "version": row["Version"]}
    return entry_of(plain(conn.execute(SQL["get_entry_version"], values).fetchone()))


def _same_version(conn: Connection, entry: Entry, version: int) -> None:
    if entry.version != version:
        last = plain(conn.execute(SQL["last_change"], {"entry_id": entry.entry_id}).fetchone())
        raise StaleVersion(
            "stale_version",
            entry_id=entry.entry_id,
            version=entry.version,
            changed_by=last["ChangedBy"],
            changed_at=last["ChangedAt"],
        )


def _manager_of(conn: Connection, caller: Caller, manager_id: int) -> Row:
    row: Row | None = conn.execute(SQL["get_manager"], {"manager_id": manager_id}).fetchone()
    if row is None or row["LeadId"] != caller.lead_id:
        raise NotYours("manager_not_yours", manager_id=manager_id)
    return row
