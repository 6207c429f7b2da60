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
from mini_crm.domain.period import Period
from mini_crm.domain.rules import check_comment, check_pin, check_reason, name_key
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.values import entries_in
from mini_crm.store.operations import request_of, update_request
from mini_crm.store.rows import STATUS_CODE, entry_of, groups_of, page_of, versions_of


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
            reason=kept.reason,
        )
        return entry_of(row)

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
        kept = _kept(draft)
        ((row,),) = self.server.call(
            "api.UpdateEntry",
            about={"entry_id": entry_id, "manager_id": draft.manager_id},
            token=token,
            op_id=op_id,
            request=update_request(entry_id, version, draft, rest_ref),
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
            reason=kept.reason,
            rest_ref=rest_ref,
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
        period: Period | None = None,
    ) -> EntryPage:
        """See ``DesktopStore``."""
        part = (sort, descending, offset, limit)
        return self._page("api.ListEntries", token, None, entry_filter, part, period)

    def list_lead_entries(
        self,
        token: bytes,
        lead_id: int,
        entry_filter: EntryFilter,
        sort: EntrySort = EntrySort.ENTRY_ID,
        *,
        descending: bool = True,
        offset: int = 0,
        limit: int = 200,
        period: Period | None = None,
    ) -> EntryPage:
        """See ``DesktopStore``."""
        part = (sort, descending, offset, limit)
        return self._page("api.ListLeadEntries", token, lead_id, entry_filter, part, period)

    def list_lead_groups(self, token: bytes, lead_id: int) -> tuple[Group, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call("api.ListLeadGroups", token=token, of_lead_id=lead_id)
        return next(iter(groups_of(rows).values()), ())

    def list_reasons(self, token: bytes) -> tuple[str, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call("api.ListReasons", token=token)
        return tuple(row["Reason"] for row in rows)

    def count_open_elsewhere(self, token: bytes, client_pin: str) -> int:
        """See ``DesktopStore``."""
        ((row,),) = self.server.call("api.CountOpenElsewhere", token=token, client_pin=client_pin)
        return int(row["Entries"])

    def list_open_entries_of_pin(self, token: bytes, client_pin: str) -> tuple[Entry, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call("api.ListOpenEntriesOfPin", token=token, client_pin=client_pin)
        return entries_in(rows)

    def list_changes(self, token: bytes, since: int) -> Changes:
        """See ``DesktopStore``."""
        ((state,), *changes) = self.server.call("api.ListChanges", token=token, since=since)
        entries, gone = (entries_in(changes[0]), changes[1]) if changes else ((), ())
        return Changes(
            change_seq=state["ChangeSeq"],
            entries=entries,
            gone=tuple(row["EntryId"] for row in gone),
            run_id=state["RunId"],
        )

    def list_entry_history(self, token: bytes, entry_id: int) -> tuple[EntryVersion, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call(
            "api.ListEntryHistory", about={"entry_id": entry_id}, token=token, entry_id=entry_id
        )
        return versions_of(rows)

    def _page(
        self,
        procedure: str,
        token: bytes,
        lead_id: int | None,
        wanted: EntryFilter,
        part: tuple[EntrySort, bool, int, int],
        period: Period | None,
    ) -> EntryPage:
        sort, descending, offset, limit = part
        text = " ".join(unicodedata.normalize("NFC", wanted.text).split())
        page, sums = self.server.call(
            procedure,
            token=token,
            of_lead_id=lead_id,
            group_id=wanted.group_id,
            manager_id=wanted.manager_id,
            unit=wanted.unit,
            statuses=sum(1 << STATUS_CODE[status] for status in wanted.statuses) or None,
            pay_by_from=wanted.pay_by_from,
            pay_by_to=wanted.pay_by_to,
            status_on_from=wanted.status_on_from,
            status_on_to=wanted.status_on_to,
            entered_from=wanted.entered_from,
            entered_to=wanted.entered_to,
            untouched_since=wanted.untouched_since,
            has_chance=wanted.has_chance,
            text=text or None,
            name_key=name_key(text) or None,
            kind=None if period is None else period.kind,
            starts_on=None if period is None else period.start,
            ends_on=None if period is None else period.end,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        return page_of(entries_in(page), sums)


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
        reason=check_reason(draft.reason, draft.status),
    )
