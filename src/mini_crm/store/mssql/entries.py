"""What a lead does with entries."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from uuid import UUID

from mini_crm.domain.model import (
    Changes,
    Entry,
    EntryDraft,
    EntryFilter,
    EntryPage,
    EntrySort,
    EntryVersion,
    Group,
)
from mini_crm.domain.money import check_amount
from mini_crm.domain.rules import check_comment, check_pin, name_key
from mini_crm.store.mssql.call import Server
from mini_crm.store.operations import request_of
from mini_crm.store.rows import STATUS_CODE, entry_of, groups_of, versions_of


class Entries:
    """The part of the store that holds the entries, for one lead at a time."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def list_groups(self, token: bytes) -> tuple[Group, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call("api.ListGroups", token=token)
        return next(iter(groups_of(rows).values()), ())

    def add_entry(self, token: bytes, op_id: UUID, client_ref: UUID, draft: EntryDraft) -> Entry:
        """See ``DesktopStore``."""
        kept = _kept(draft)
        ((row,),) = self.server.call(
            "api.AddEntry",
            about={"manager_id": draft.manager_id},
            token=token,
            op_id=op_id,
            request=request_of("add", client_ref, draft),
            client_ref=client_ref,
            manager_id=kept.manager_id,
            client_pin=kept.client_pin,
            amount=kept.amount,
            pay_by=kept.pay_by,
            status=kept.status,
            status_on=kept.status_on,
            paid_amount=kept.paid_amount,
            comment=kept.comment,
        )
        return entry_of(row)

    def update_entry(
        self, token: bytes, op_id: UUID, entry_id: int, version: int, draft: EntryDraft
    ) -> Entry:
        """See ``DesktopStore``."""
        kept = _kept(draft)
        ((row,),) = self.server.call(
            "api.UpdateEntry",
            about={"entry_id": entry_id, "manager_id": draft.manager_id},
            token=token,
            op_id=op_id,
            request=request_of("update", entry_id, version, draft),
            entry_id=entry_id,
            version=version,
            manager_id=kept.manager_id,
            client_pin=kept.client_pin,
            amount=kept.amount,
            pay_by=kept.pay_by,
            status=kept.status,
            status_on=kept.status_on,
            paid_amount=kept.paid_amount,
            comment=kept.comment,
        )
        return entry_of(row)

    def delete_entry(self, token: bytes, op_id: UUID, entry_id: int, version: int) -> Entry:
        """See ``DesktopStore``."""
        ((row,),) = self.server.call(
            "api.DeleteEntry",
            about={"entry_id": entry_id},
            token=token,
            op_id=op_id,
            request=request_of("delete", entry_id, version),
            entry_id=entry_id,
            version=version,
        )
        return entry_of(row)

    def restore_entry(self, token: bytes, op_id: UUID, entry_id: int, version: int) -> Entry:
        """See ``DesktopStore``."""
        ((row,),) = self.server.call(
            "api.RestoreEntry",
            about={"entry_id": entry_id},
            token=token,
            op_id=op_id,
            request=request_of("restore", entry_id, version),
            entry_id=entry_id,
            version=version,
        )
        return entry_of(row)

    def get_entry(self, token: bytes, entry_id: int) -> Entry:
        """See ``DesktopStore``."""
        ((row,),) = self.server.call(
            "api.GetEntry", about={"entry_id": entry_id}, token=token, entry_id=entry_id
        )
        return entry_of(row)

    def list_entries(
        self,
        token: bytes,
        entry_filter: EntryFilter,
        sort: EntrySort = EntrySort.ENTRY_ID,
        *,
        descending: bool = True,
        offset: int = 0,
        limit: int = 200,
    ) -> EntryPage:
        """See ``DesktopStore``."""
        text = " ".join(unicodedata.normalize("NFC", entry_filter.text).split())
        page, sums = self.server.call(
            "api.ListEntries",
            token=token,
            group_id=entry_filter.group_id,
            manager_id=entry_filter.manager_id,
            statuses=sum(1 << STATUS_CODE[status] for status in entry_filter.statuses) or None,
            pay_by_from=entry_filter.pay_by_from,
            pay_by_to=entry_filter.pay_by_to,
            text=text or None,
            name_key=name_key(text) or None,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        return EntryPage(
            entries=tuple(entry_of(row) for row in page),
            total=sum(row["Deals"] for row in sums),
            sums={row["Unit"]: row["Amount"] for row in sums},
        )

    def list_open_entries_of_pin(self, token: bytes, client_pin: str) -> tuple[Entry, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call("api.ListOpenEntriesOfPin", token=token, client_pin=client_pin)
        return tuple(entry_of(row) for row in rows)

    def list_changes(self, token: bytes, since: int) -> Changes:
        """See ``DesktopStore``."""
        ((state,), *changes) = self.server.call("api.ListChanges", token=token, since=since)
        entries, gone = changes or ((), ())
        return Changes(
            change_seq=state["ChangeSeq"],
            entries=tuple(entry_of(row) for row in entries),
            gone=tuple(row["EntryId"] for row in gone),
            run_id=state["RunId"],
        )

    def list_entry_history(self, token: bytes, entry_id: int) -> tuple[EntryVersion, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call(
            "api.ListEntryHistory", about={"entry_id": entry_id}, token=token, entry_id=entry_id
        )
        return versions_of(rows)


def _kept(draft: EntryDraft) -> EntryDraft:
    """Bring a draft into the form in which it is kept.

    Whether an empty PIN, an amount of 0 or a fraction of pieces may be, only the server knows.

    Raises:
        BadValue: As the form would say.
    """
    paid = draft.paid_amount
    return replace(
        draft,
        client_pin=check_pin(draft.client_pin) if draft.client_pin.strip() else "",
        amount=draft.amount if draft.amount.is_zero() else check_amount(draft.amount, field="amount"),
        paid_amount=None if paid is None else check_amount(paid, field="paid_amount"),
        comment=check_comment(draft.comment),
    )
