"""Small companies to compare a store with the oracle: made by hypothesis, stored through the port."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from hypothesis import strategies as st

import oracle
from mini_crm.domain.credentials import KdfParameters, PasswordKind
from mini_crm.domain.model import Entry, EntryFilter, ImportRow, RosterRow, Status
from mini_crm.store.port import Store

BY = "test"
KEY = b"k" * 32


@dataclass(frozen=True)
class Sale:
    """One entry, with days counted back from today: `entered_ago` days ago, resolved `resolved_ago` days ago.

    The unit decides the group: each lead has one group for each unit. `pay_by_in` is counted from the day of
    entry, None for none.
    """

    entered_ago: int
    status: Status = Status.EXPECTED
    resolved_ago: int | None = None
    amount: Decimal = Decimal(1000)
    paid_amount: Decimal | None = None
    lead: str = "Lead A"
    manager: str = "1"
    unit: str = "RUB"
    pin: str = "007"
    pay_by_in: int | None = 10
    deleted: bool = False


def expected(entered_ago: int, **other: object) -> Sale:
    """Make an open entry."""
    return Sale(entered_ago, **other)  # type: ignore[arg-type]


def paid(entered_ago: int, resolved_ago: int, **other: object) -> Sale:
    """Make a paid entry."""
    return Sale(entered_ago, Status.PAID, resolved_ago, **other)  # type: ignore[arg-type]


def refused(entered_ago: int, resolved_ago: int, **other: object) -> Sale:
    """Make a refused entry."""
    return Sale(entered_ago, Status.REFUSED, resolved_ago, **other)  # type: ignore[arg-type]


def manager_name(sale: Sale) -> str:
    """Give a name that no other lead's or group's manager has."""
    return f"{sale.lead} {sale.unit} {sale.manager}"


def deals_of(sales: Sequence[Sale], today: date) -> list[oracle.Deal]:
    """Give the sales as the oracle takes them; the number of a deal is its place in the list."""
    return [
        oracle.Deal(
            deal_id=number,
            lead=sale.lead,
            manager=manager_name(sale),
            unit=sale.unit,
            amount=sale.amount,
            entered_on=_ago(today, sale.entered_ago),
            status=sale.status.value,
            status_on=None if sale.resolved_ago is None else _ago(today, sale.resolved_ago),
            pay_by=_pay_by(sale, today),
            paid_amount=sale.paid_amount,
            deleted=sale.deleted,
        )
        for number, sale in enumerate(sales)
    ]


def store_company(store: Store, sales: Sequence[Sale]) -> dict[str, bytes]:
    """Store the sales in an empty database; gives the token of a session of each lead."""
    today = store.get_today()
    roster = {
        (sale.lead, sale.unit, sale.manager): RosterRow(
            sale.lead, f"Group {sale.unit}", manager_name(sale), sale.unit
        )
        for sale in sales
    }
    store.apply_roster(list(roster.values()), BY)
    store.import_entries("sales", [_import_row(number, sale, today) for number, sale in enumerate(sales)], BY)
    tokens = {lead.name: sign_in(store, lead.lead_id, lead.name) for lead in store.list_leads()}
    gone = {_ref(number) for number, sale in enumerate(sales) if sale.deleted}
    ids = [entry.entry_id for entry in all_entries(store, tokens.values()) if entry.client_ref in gone]
    if ids:
        assert store.void_entries(ids, BY) == len(gone)
    return tokens


def all_entries(store: Store, tokens: Iterable[bytes]) -> list[Entry]:
    """Give the entries of all these leads that are not deleted."""
    return [
        entry for token in tokens for entry in store.list_entries(token, EntryFilter(), limit=10_000).entries
    ]


def deal_id_of(entry: Entry) -> int:
    """Give the oracle's number of a stored entry."""
    return entry.client_ref.int


def _ref(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def _import_row(number: int, sale: Sale, today: date) -> ImportRow:
    return ImportRow(
        line=number + 2,
        client_ref=_ref(number),
        lead=sale.lead,
        group=f"Group {sale.unit}",
        manager=manager_name(sale),
        client_pin=sale.pin,
        amount=sale.amount,
        paid_amount=sale.paid_amount,
        entered_on=_ago(today, sale.entered_ago),
        pay_by=_pay_by(sale, today),
        status=sale.status,
        status_on=None if sale.resolved_ago is None else _ago(today, sale.resolved_ago),
        comment="",
    )


def sign_in(store: Store, lead_id: int, name: str) -> bytes:
    """Give a lead a password, and a session of it."""
    kdf = KdfParameters(salt=b"s" * 16)
    verifier = sha256(KEY).digest()
    store.set_credential(lead_id, PasswordKind.CODE, kdf, verifier, must_change=False, by=BY)
    token = sha256(name.encode()).digest()
    store.sign_in(name, KEY, token, "test")
    return token


def _ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _pay_by(sale: Sale, today: date) -> date | None:
    return None if sale.pay_by_in is None else _ago(today, sale.entered_ago - sale.pay_by_in)


# ------------------------------------------------------------------------------ made by hypothesis

AGES = st.one_of(
    st.integers(0, 35),
    st.integers(0, 120),
    st.integers(0, 800),
    # where a bucket, the learning year or a window of the method begins or ends
    st.sampled_from([0, 1, 2, 3, 4, 7, 8, 14, 30, 60, 89, 90, 91, 120, 180, 181, 364, 365, 366, 367, 730]),
)
MONEY = st.one_of(
    st.decimals("0.01", "2000000", places=2),
    st.sampled_from([Decimal("0.01"), Decimal(100), Decimal(1000), Decimal("1000.01"), Decimal(10) ** 10]),
)
PIECES = st.integers(1, 500).map(Decimal)


@st.composite
def a_sale(draw: st.DrawFn, leads: Sequence[str], units: Sequence[str], statuses: Sequence[Status]) -> Sale:
    """Draw one entry of one of the leads."""
    entered_ago = draw(AGES)
    status = draw(st.sampled_from(statuses))
    unit = draw(st.sampled_from(units))
    amounts = PIECES if unit == "pcs" else MONEY
    resolved_ago = paid_amount = None
    if status is not Status.EXPECTED:
        days = draw(st.one_of(st.just(0), st.integers(0, 20), st.integers(0, entered_ago)))
        resolved_ago = max(0, entered_ago - days)
    if status is Status.REFUSED:
        amounts = st.one_of(amounts, amounts, st.just(Decimal(0)))
    if status is Status.PAID:
        paid_amount = draw(st.one_of(st.none(), amounts))
    return Sale(
        entered_ago=entered_ago,
        status=status,
        resolved_ago=resolved_ago,
        amount=draw(amounts),
        paid_amount=paid_amount,
        lead=draw(st.sampled_from(leads)),
        manager=draw(st.sampled_from("12")),
        unit=unit,
        pin=draw(st.sampled_from(["007", "7", "42"])),
        pay_by_in=draw(st.one_of(st.none(), st.integers(0, 60), st.just(entered_ago))),
        deleted=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def companies(draw: st.DrawFn) -> list[Sale]:
    """Draw a company of up to four leads, one or two units, and up to 40 entries, all kinds of statuses."""
    leads = [f"Lead {letter}" for letter in "ABCD"[: draw(st.integers(1, 4))]]
    units = draw(st.sampled_from([["RUB"], ["RUB", "pcs"], ["RUB", "EUR", "pcs"]]))
    statuses = draw(
        st.sampled_from(
            [
                list(Status), list(Status), list(Status),
                [Status.EXPECTED], [Status.PAID, Status.EXPECTED], [Status.REFUSED, Status.EXPECTED],
                [Status.PAID, Status.REFUSED],
            ]
        )
    )  # fmt: skip
    return draw(st.lists(a_sale(leads, units, statuses), min_size=1, max_size=40))
