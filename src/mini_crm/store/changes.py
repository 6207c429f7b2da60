"""What became of entries since an earlier run or a morning, and the bridge from that run's number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from mini_crm.domain.model import Bridge, ChangeKind, EntryChange, Status
from mini_crm.domain.period import Period
from mini_crm.store.rows import STATUS_OF, PlainRow

_BECAME = {
    Status.EXPECTED: ChangeKind.REOPENED,
    Status.PAID: ChangeKind.PAID,
    Status.REFUSED: ChangeKind.REFUSED,
}
_PARTS = (
    (ChangeKind.DELETED, "lost"),
    (ChangeKind.RESTORED, "changed"),
    (ChangeKind.PAID, "won"),
    (ChangeKind.REFUSED, "lost"),
    (ChangeKind.NEW, "new"),
    (ChangeKind.REOPENED, "changed"),
    (ChangeKind.PUSHED, "put_off"),
    (ChangeKind.PULLED, "put_off"),
    (ChangeKind.MORE, "amounts"),
    (ChangeKind.LESS, "amounts"),
    (ChangeKind.MOVED, "changed"),
)
"""To which part of the bridge an entry belongs: by the first of its changes in this order."""


def changes_of(rows: Iterable[PlainRow], period: Period) -> tuple[EntryChange, ...]:
    """Read what became of entries, in the order of the rows.

    Args:
        rows: One for each day looked back to (``Since``) and each entry that changed since: the entry as the
            run counted it, and in ``Old...`` as it was before. Where it was not there before (``WasThere``
            0), ``Old...`` is its first version. ``SinceRun`` tells whether "before" is what a run of that
            day saw, or the morning of that day.
        period: The period of the report: what was paid in it counts, though it came by an import.
    """
    return tuple(change for row in rows for change in _changes(row, period))


def bridges_of(rows: Iterable[PlainRow], ends: Sequence[PlainRow], period: Period) -> tuple[Bridge, ...]:
    """Lead from the whole number of an earlier run to that of the present one, by entry.

    Args:
        rows: As for ``changes_of``, with what each entry added to "from open entries" of the period in the
            present run (``Contribution``) and in the earlier one (``OldContribution``).
        ends: By ``Since`` and ``Unit`` the company's number in the earlier run (``OldForecast``) and in the
            present one (``Forecast``): a bridge for each.
        period: The period of all these numbers.
    """
    parts: dict[tuple[date, str, str], float] = defaultdict(float)
    put_off: dict[tuple[date, str], int] = defaultdict(int)
    for row in rows:
        kinds = {change.kind for change in _changes(row, period)}
        part = _part_of(row, kinds, period)
        parts[row["Since"], row["Unit"], part] += _counted_on(row, period)
        put_off[row["Since"], row["Unit"]] += part == "put_off" and ChangeKind.PUSHED in kinds
    return tuple(_bridge(end, parts, put_off) for end in ends)


def _bridge(
    end: PlainRow, parts: dict[tuple[date, str, str], float], put_off: dict[tuple[date, str], int]
) -> Bridge:
    since, unit = end["Since"], end["Unit"]
    before, now = end["OldForecast"], end["Forecast"]
    told = {
        part: parts[since, unit, part] for part in ("won", "lost", "new", "put_off", "amounts", "changed")
    }
    return Bridge(
        unit=unit,
        since=since,
        before=before,
        put_off_count=put_off[since, unit],
        rest=now - before - sum(told.values()),
        now=now,
        **told,
    )


def _part_of(row: PlainRow, kinds: set[ChangeKind], period: Period) -> str:
    if kinds or _came(row, period) != _came_before(row, period):
        return next((part for kind, part in _PARTS if kind in kinds), "changed")
    return "rest"


def _counted_on(row: PlainRow, period: Period) -> float:
    """Give by how much more an entry adds to the company's number than it did."""
    now = float(_came(row, period)) + (row["Contribution"] or 0.0)
    return now - float(_came_before(row, period)) - (row["OldContribution"] or 0.0)


def _came(row: PlainRow, period: Period) -> Decimal:
    if row["IsOut"] or STATUS_OF[row["Status"]] is not Status.PAID or not period.contains(row["StatusOn"]):
        return Decimal(0)
    return _paid(row["PaidAmount"], row["Amount"])


def _came_before(row: PlainRow, period: Period) -> Decimal:
    if not row["WasThere"] or row["OldIsOut"] or STATUS_OF[row["OldStatus"]] is not Status.PAID:
        return Decimal(0)
    in_period = period.contains(row["OldStatusOn"])
    return _paid(row["OldPaidAmount"], row["OldAmount"]) if in_period else Decimal(0)


def _paid(came: Decimal | None, amount: Decimal) -> Decimal:
    return amount if came is None else came


def _changes(row: PlainRow, period: Period) -> Iterator[EntryChange]:
    since_run, was_there, is_out = bool(row["SinceRun"]), bool(row["WasThere"]), bool(row["IsOut"])
    amount, status = row["Amount"], STATUS_OF[row["Status"]]
    # A run knows what it has not seen, an import's old entries too; a morning only what was entered since.
    unseen = since_run and not was_there
    is_new = not was_there and (
        row["EnteredOn"] >= row["Since"] or (unseen and status is Status.EXPECTED and not is_out)
    )

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
    if status is not before and (since or (unseen and _came(row, period) > 0)):
        yield change(_BECAME[status], _paid(row["PaidAmount"], amount) if status is Status.PAID else amount)
    if is_new or unseen:
        return
    day, promised = row["OldPayBy"], row["PayBy"]
    if status is Status.EXPECTED and day is not None and promised is not None and day != promised:
        kind = ChangeKind.PUSHED if promised > day else ChangeKind.PULLED
        yield change(kind, old=day, new=promised)
    was, is_now = row["OldAmount"], amount
    if was_there and status is before is Status.PAID:
        was, is_now = _paid(row["OldPaidAmount"], was), _paid(row["PaidAmount"], amount)
    if is_now != was:
        kind = ChangeKind.MORE if is_now > was else ChangeKind.LESS
        yield change(kind, abs(is_now - was), was, is_now)
    if row["ManagerId"] != row["OldManagerId"]:
        yield change(ChangeKind.MOVED, old=row["OldManagerName"], new=row["ManagerName"])
