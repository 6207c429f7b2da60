"""What became of entries since some day, read from their history for the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from mini_crm.domain.model import ChangeKind, EntryChange, Status
from mini_crm.store.rows import STATUS_OF, PlainRow

_BECAME = {
    Status.EXPECTED: ChangeKind.REOPENED,
    Status.PAID: ChangeKind.PAID,
    Status.REFUSED: ChangeKind.REFUSED,
}


def changes_of(rows: Iterable[PlainRow]) -> tuple[EntryChange, ...]:
    """Read what became of entries, in the order of the rows.

    Args:
        rows: One for each day looked back to (``Since``) and each entry that changed since that day began:
            the entry as the run counted it, and in ``Old...`` as it was before. Where it was not there
            before (``WasThere`` 0), ``Old...`` is its first version.
    """
    return tuple(change for row in rows for change in _changes(row))


def _changes(row: PlainRow) -> Iterator[EntryChange]:
    was_there, is_out = bool(row["WasThere"]), bool(row["IsOut"])
    is_new = not was_there and row["EnteredOn"] >= row["Since"]
    amount, status = row["Amount"], STATUS_OF[row["Status"]]

    def change(kind: ChangeKind, much: Decimal = amount, old: Any = None, new: Any = None) -> EntryChange:
        return EntryChange(
            since=row["Since"],
            kind=kind,
            lead_name=row["LeadName"],
            manager_name=row["ManagerName"],
            client_pin=row["ClientPin"],
            unit=row["Unit"],
            amount=much,
            old=old,
            new=new,
            pushes=row["Pushes"],
            changed_at=row["ChangedAt"],
            changed_by=row["ChangedBy"],
        )

    if is_new:
        yield change(ChangeKind.NEW)
    if is_out or (was_there and row["OldIsOut"]):
        if is_out and (is_new or (was_there and not row["OldIsOut"])):
            yield change(ChangeKind.DELETED)
        elif not is_out:
            yield change(ChangeKind.RESTORED)
        return
    before = STATUS_OF[row["OldStatus"]] if was_there else Status.EXPECTED
    since = was_there or (row["StatusOn"] is not None and row["StatusOn"] >= row["Since"])
    if status is not before and since:
        came = amount if row["PaidAmount"] is None else row["PaidAmount"]
        yield change(_BECAME[status], came if status is Status.PAID else amount)
    if is_new:
        return
    day, promised = row["OldPayBy"], row["PayBy"]
    if status is Status.EXPECTED and day is not None and promised is not None and day != promised:
        kind = ChangeKind.PUSHED if promised > day else ChangeKind.PULLED
        yield change(kind, old=day, new=promised)
    if amount != row["OldAmount"]:
        kind = ChangeKind.MORE if amount > row["OldAmount"] else ChangeKind.LESS
        yield change(kind, abs(amount - row["OldAmount"]), row["OldAmount"], amount)
    if row["ManagerId"] != row["OldManagerId"]:
        yield change(ChangeKind.MOVED, old=row["OldManagerName"], new=row["ManagerName"])
