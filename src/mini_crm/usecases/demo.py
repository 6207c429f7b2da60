"""A made-up company to try the program out with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Protocol
from uuid import UUID

from mini_crm.domain.credentials import PasswordKind
from mini_crm.domain.errors import AlreadyThere
from mini_crm.domain.model import PIECES, ImportRow, Status, Target
from mini_crm.domain.period import month_of, quarter_of
from mini_crm.store.port import AdminStore, Progress
from mini_crm.usecases.accounts import Slip, issue_passwords
from mini_crm.usecases.demo_names import HEAD
from mini_crm.usecases.demo_sales import make_sales, make_sellers

BY = "demo"
"""Who made it, for the record."""

SOURCE = "demo"
DUE_TODAY = 12
SHARE_PUSHED = 0.25
"""Of the open entries that were promised for a past day."""

AMBITION = Decimal("1.1")
"""Targets are so much above what the same team was paid lately."""


LIVED_DAYS = 7
"""So many days before today are lived through: a week, so that there is something to compare with."""


class LivedDays(Protocol):
    """Lets the company live day by day, as it would have."""

    def begin(self, day: date) -> None:
        """Let the database take this day for today."""
        ...

    def end(self) -> None:
        """The day is over: compute its forecast."""
        ...


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What was made.

    Attributes:
        slips: With what each lead signs in, in order of name; the passwords are new each time.
        head: With what the head of sales does.
        groups: Sales groups.
        first_day: The first day of entry.
        last_day: The last day of entry: today, or a little before.
        targets: Targets set for the month and the quarter.
    """

    slips: tuple[Slip, ...]
    head: Slip
    leads: int
    groups: int
    managers: int
    entries: int
    open_entries: int
    first_day: date
    last_day: date
    targets: int


def make_demo(
    store: AdminStore,
    *,
    today: date,
    seed: int = 1,
    entries: int = 8000,
    progress: Progress | None = None,
    lived: LivedDays | None = None,
) -> DemoResult:
    """Fill an empty database with a company of ten leads who really differ, and a head of sales.

    Args:
        store: The database; it must have no leads.
        today: The server's day; the record ends on it.
        seed: The same seed and day give the same company; only the passwords differ.
        entries: How many, at least 1, over the last 14 months.
        progress: Called with the number of entries stored.
        lived: The last week is lived through day by day, each with a forecast at its end but for today;
            without it everything is stored at once.

    Raises:
        AlreadyThere: ``demo_not_empty``: the database has leads already; nothing was changed.
        ValueError: Fewer than one entry.
    """
    if entries < 1:
        raise ValueError("entries must be at least 1")
    if store.list_leads():
        raise AlreadyThere("demo_not_empty")
    random = Random(seed)
    sellers = make_sellers(random)
    sales = _with_due_today(list(make_sales(random, sellers, today, entries)), today)
    pushed = _pushed(random, sales, today)
    units = {(seller.row.lead, seller.row.group): seller.row.unit for seller in sellers}

    store.apply_roster([seller.row for seller in sellers], BY)
    if lived is None:
        store.import_entries(SOURCE, sales, BY, progress=progress)
        if pushed:
            store.import_entries(SOURCE, pushed, BY, update=True)
    else:
        _live(store, sales, pushed, today, lived, progress)
    targets = store.set_targets(_targets(sales, units, today), BY)
    slips = issue_passwords(store, store.list_leads(), PasswordKind.CODE, BY)
    (head,) = issue_passwords(store, [store.set_head(HEAD, True, BY)], PasswordKind.CODE, BY)
    return DemoResult(
        slips=tuple(slips),
        head=head,
        leads=len({seller.row.lead for seller in sellers}),
        groups=len(units),
        managers=len(sellers),
        entries=len(sales),
        open_entries=sum(row.status is Status.EXPECTED for row in sales),
        first_day=sales[0].entered_on,
        last_day=sales[-1].entered_on,
        targets=targets,
    )


def _live(
    store: AdminStore,
    sales: Sequence[ImportRow],
    pushed: Sequence[ImportRow],
    today: date,
    lived: LivedDays,
    progress: Progress | None,
) -> None:
    """Store on each of the last days what was entered and changed on it."""
    put_off = {row.client_ref: (row, at % LIVED_DAYS) for at, row in enumerate(pushed)}
    before: dict[UUID, ImportRow] = {}
    for back in range(LIVED_DAYS, -1, -1):
        day = today - timedelta(days=back)
        lived.begin(day)
        known = [_as_known(row, day) for row in sales if row.entered_on <= day]
        for at, row in enumerate(known):
            later, days_ago = put_off.get(row.client_ref, (row, 0))
            if back <= days_ago:
                known[at] = replace(row, pay_by=later.pay_by)
        changed = [row for row in known if before.get(row.client_ref) != row]
        before |= {row.client_ref: row for row in changed}
        if changed:
            store.import_entries(SOURCE, changed, BY, update=True, progress=progress)
        if back:
            lived.end()


def _as_known(row: ImportRow, day: date) -> ImportRow:
    """Give an entry as it was on a day: open before it was paid or refused."""
    if row.status_on is None or row.status_on <= day:
        return row
    return replace(row, status=Status.EXPECTED, status_on=None, paid_amount=None)


def _with_due_today(rows: Sequence[ImportRow], today: date) -> list[ImportRow]:
    """Promise every n-th open entry for today, so that there is something to do today."""
    is_open = [at for at, row in enumerate(rows) if row.status is Status.EXPECTED]
    due = set(is_open[:: max(1, len(is_open) // DUE_TODAY)][:DUE_TODAY])
    return [replace(row, pay_by=today) if at in due else row for at, row in enumerate(rows)]


def _pushed(random: Random, rows: Sequence[ImportRow], today: date) -> list[ImportRow]:
    """Put off some promises that were not kept: give the rows that change."""
    late = (
        row for row in rows if row.status is Status.EXPECTED and row.pay_by is not None and row.pay_by < today
    )
    return [
        replace(row, pay_by=today + timedelta(days=random.randint(1, 30)))
        for row in late
        if random.random() < SHARE_PUSHED
    ]


def _targets(rows: Sequence[ImportRow], units: Mapping[tuple[str, str], str], today: date) -> list[Target]:
    """Set targets for the month and the quarter: a little above the pace of the last 90 days."""
    since = today - timedelta(days=89)
    lately: dict[tuple[str | None, str], Decimal] = {}
    for row in rows:
        if row.status is Status.PAID and row.status_on is not None and row.status_on >= since:
            unit = units[row.lead, row.group]
            for lead in (None, row.lead):
                lately[lead, unit] = lately.get((lead, unit), Decimal(0)) + (row.paid_amount or row.amount)
    return [
        Target(period, lead, unit, _rounded(paid * AMBITION * period.days / 90, unit))
        for period in (month_of(today), quarter_of(today))
        for (lead, unit), paid in lately.items()
    ]


def _rounded(amount: Decimal, unit: str) -> Decimal:
    """Round up to what somebody would set as a target: tens of pieces, or ten thousands."""
    step = 10 if unit == PIECES else 10_000
    return Decimal((int(amount) // step + 1) * step)
