"""A company of any size with a head of sales, as it lived through its last nine days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from mini_crm.domain.model import ImportRow, RosterRow, Status, Target
from mini_crm.domain.period import month_of
from mini_crm.store.sqlite import SqliteStore
from ui.conftest import CODE, Clock, issue

HEAD = "Громова Ирина"
LONG = "Константинопольский-Задунайский Вениамин"
DAYS = 8


def lead_name(number: int) -> str:
    """Name a lead; the first one has a long name."""
    return LONG if number == 1 else f"Руководитель {number:03}"


def make_company(store: SqliteStore, clock: Clock, leads: int) -> date:
    """Fill a database: leads with two managers each, the first one in two units; give its day.

    Nine days are lived through, each with a run, so that there are bridges and numbers of a week ago.
    """
    middle = clock().replace(day=15, hour=12, minute=0)
    clock.ahead += middle - clock()
    now, today = clock.ahead, middle.date()
    random = Random(7)
    roster = [
        RosterRow(lead_name(n), f"Группа {n}", f"Оператор {n}-{m}", "RUB")
        for n in range(1, leads + 1)
        for m in (1, 2)
    ]
    roster.append(RosterRow(lead_name(1), "Штуки", "Белов Глеб", "pcs"))
    store.apply_roster(roster, "test", complete=False)
    sales = [sale(random, row, today, number) for row in roster for number in range(1, 15)]
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        clock.ahead = now - timedelta(days=back)
        store.import_entries(
            "sales", [known(row, day) for row in sales if row.entered_on <= day], "test", update=True
        )
        if back == DAYS:
            month = month_of(today)
            targets = [
                Target(month, lead_name(n), "RUB", Decimal(random.randint(2, 12) * 100_000))
                for n in range(1, leads + 1)
                if n % 5
            ]
            store.set_targets([*targets, Target(month, None, "RUB", Decimal(leads * 600_000))], "test")
        store.aggregate_forecast(None, "test")
    store.set_head(HEAD, True, "test")
    issue(store, HEAD, CODE)
    return today


def sale(random: Random, row: RosterRow, today: date, number: int) -> ImportRow:
    """Make an entry of some weeks ago, which may have been paid or refused since."""
    entered = today - timedelta(days=random.randint(1, 45))
    status = random.choice((Status.PAID, Status.REFUSED, Status.EXPECTED, Status.EXPECTED))
    on = None if status is Status.EXPECTED else min(today, entered + timedelta(days=random.randint(0, 20)))
    amount = random.randint(1, 40) if row.unit == "pcs" else random.randint(5_000, 150_000)
    return ImportRow(
        line=2, client_ref=UUID(int=random.getrandbits(128)), lead=row.lead, group=row.group,
        manager=row.manager, client_pin=f"{number:04}", amount=Decimal(amount), paid_amount=None,
        entered_on=entered, status=status, status_on=on,
        pay_by=entered + timedelta(days=random.randint(3, 60)), comment="Просил перезвонить после праздников",
    )  # fmt: skip


def known(row: ImportRow, day: date) -> ImportRow:
    """Give an entry as it was on a day."""
    if row.status_on is None or row.status_on <= day:
        return row
    return ImportRow(
        row.line, row.client_ref, row.lead, row.group, row.manager, row.client_pin, row.amount, None,
        row.entered_on, row.pay_by, Status.EXPECTED, None, row.comment,
    )  # fmt: skip
