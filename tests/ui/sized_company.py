"""A made-up company whose first lead sells in one, two or three units: for pictures and tests of sizes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from mini_crm.domain.model import PIECES, ImportRow, RosterRow, Status, Target
from mini_crm.domain.period import month_of
from mini_crm.store.sqlite import SqliteStore

MORE = (
    ("Лицензии", "USD", 40),
    ("Оборудование и комплектующие", PIECES, 1),
)
"""Groups that are added to a lead, with unit and the size of their sales."""
MANAGERS = ("Константинопольский-Задунайский Вениамин", "Яр Ю")
SALES = 90
"""Of each added group, over the last 90 days."""


def add_units(store: SqliteStore, lead: str, units: int, today: date) -> None:
    """Give a lead groups that sell in other units, each with sales and a target.

    Args:
        store: Where the lead is.
        lead: By name.
        units: How many there are to be, the first one included.
        today: The store's day.
    """
    random, rows = Random(units), list[ImportRow]()
    for group, unit, size in MORE[: units - 1]:
        store.apply_roster([RosterRow(lead, group, name, unit) for name in MANAGERS], "sizes", complete=False)
        for number in range(SALES):
            day = today - timedelta(days=number)
            status = (Status.EXPECTED, Status.PAID, Status.REFUSED)[number % 3]
            resolved = None if status is Status.EXPECTED else day + timedelta(days=min(number, 4))
            rows.append(
                ImportRow(
                    len(rows) + 2, UUID(int=random.getrandbits(128)), lead, group, MANAGERS[number % 2],
                    f"{random.randrange(10**8):08}", Decimal(size * random.randrange(1, 60)), None, day,
                    day + timedelta(days=random.randrange(60)), status, resolved,
                    "Просил перезвонить после праздников, договор у юриста" if number % 5 == 0 else "",
                )
            )  # fmt: skip
        store.set_targets([Target(month_of(today), lead, unit, Decimal(size * 300))], "sizes")
    if rows:
        store.import_entries("sizes", rows, "sizes")
