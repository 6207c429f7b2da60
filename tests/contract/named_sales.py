"""Companies by name: the special cases of the forecast."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import oracle
from contract.sales import Sale, expected, paid, refused
from mini_crm.domain.model import Status

MANY = [
    *(paid(200 - 3 * n, 195 - 3 * n - n % 7, lead="Lead A", amount=Decimal(900 + n)) for n in range(12)),
    *(refused(210 - 4 * n, 190 - 4 * n, lead="Lead A", amount=Decimal(1500)) for n in range(9)),
    *(paid(150 - 5 * n, 120 - 5 * n, lead="Lead B", amount=Decimal(5000)) for n in range(6)),
    *(refused(160 - 3 * n, 159 - 3 * n, lead="Lead B", manager="2") for n in range(14)),
    *(refused(90 - 3 * n, 60 - 3 * n, lead="Lead C") for n in range(5)),
    *(expected(70 - 5 * n, lead=f"Lead {'ABC'[n % 3]}", pay_by_in=35, pin=str(n % 4)) for n in range(14)),
]
"""Three leads with a history of half a year."""

NAMED: dict[str, list[Sale]] = {
    "one open entry": [expected(3)],
    "no history": [expected(40 - n, lead=f"Lead {'AB'[n % 2]}", amount=Decimal(100 + n)) for n in range(8)],
    "all deleted": [expected(5, deleted=True), paid(9, 4, deleted=True)],
    "one lead": [sale for sale in MANY if sale.lead == "Lead A"],
    "three leads": MANY,
    "resolved on the day of entry": [
        *(paid(20 + n, 20 + n) for n in range(5)),
        *(refused(9 * n, 9 * n) for n in range(4)),
        expected(2),
        expected(0),
    ],
    "all resolutions on one day": [paid(30, 10), paid(10, 10), refused(12, 10), expected(15)],
    "all refused": [*(refused(60 - n, 50 - 2 * n) for n in range(20)), expected(10), expected(0)],
    "all paid": [*(paid(60 - n, 50 - 2 * n) for n in range(20)), expected(10), expected(0)],
    "one lead without refusals": [
        *(sale for sale in MANY if sale.lead != "Lead B" or sale.status is not Status.REFUSED),
        expected(400, lead="Lead B"),
    ],
    "two units": [
        *MANY,
        *(paid(100 - n, 80 - n, lead="Lead A", unit="pcs", amount=Decimal(n + 1)) for n in range(9)),
        *(refused(90 - n, 70 - n, lead="Lead D", unit="pcs", amount=Decimal(3)) for n in range(9)),
        *(expected(n, lead="Lead D", unit="pcs", amount=Decimal(4 * n + 1)) for n in range(9)),
    ],
    "refusals without an amount": [
        *MANY,
        *(refused(140 - n, 100 - n, lead="Lead A", amount=Decimal(0)) for n in range(60)),
        refused(9, 0, lead="Lead C", amount=Decimal(0)),
        expected(4, lead="Lead A", amount=Decimal(1100)),
        expected(4, lead="Lead A", amount=Decimal(1300)),
    ],
    "refusals without an amount in a unit of nothing else": [
        *MANY,
        *(refused(90 - n, 70 - n, lead="Lead D", unit="pcs", amount=Decimal(0)) for n in range(9)),
    ],
    "deleted entries": [
        *MANY,
        paid(500, 500, amount=Decimal(10**6), deleted=True),
        refused(100, 50, lead="Lead E", deleted=True),
        expected(0, amount=Decimal(10**8), deleted=True),
    ],
    "older than the learning year": [
        *(paid(800 - 30 * n, 790 - 30 * n) for n in range(20)),
        *(refused(795 - 25 * n, 405 - 15 * n) for n in range(20)),
        *(expected(790 - 40 * n, pay_by_in=30) for n in range(18)),
    ],
    "resolved 365 days ago and on the days around": [
        *(paid(400, day, amount=Decimal(day)) for day in range(362, 369)),
        *(refused(370, day) for day in range(362, 369)),
        expected(30),
    ],
    "paid amount is another": [
        *(paid(50 - n, 30 - n, paid_amount=Decimal(n + 1) / 100) for n in range(30)),
        *(refused(45 - n, 20 - n) for n in range(10)),
        paid(20, 2, amount=Decimal(10), paid_amount=Decimal(10) ** 10),
        expected(9, amount=Decimal("0.01")),
    ],
    "nine paid events": [*(paid(60 - n, 50 - n) for n in range(9)), refused(60, 55), expected(10)],
    "ten paid events": [*(paid(60 - n, 50 - n) for n in range(10)), refused(60, 55), expected(10)],
    "only resolved today": [paid(10, 0), refused(5, 0), expected(7)],
    "made today": [expected(0), expected(0, lead="Lead B"), paid(0, 0), refused(0, 0, lead="Lead C")],
    "no promised day": [paid(40, 30, pay_by_in=None), expected(20, pay_by_in=None), expected(5, pay_by_in=5)],
    "a sale a day for a year": [
        *(paid(day + 1, day + 1 - day % 3, amount=Decimal(100 + day)) for day in range(10, 330)),
        refused(100, 90),
    ],
    "ten resolved by three leads": [
        *(paid(60, 50 - n, lead="Lead A") for n in range(3)),
        *(refused(70, 50 - n, lead="Lead B") for n in range(4)),
        *(paid(70, 40 - n, lead="Lead C") for n in range(2)),
        refused(70, 30, lead="Lead C"),
    ],
    "leads who hardly differ": [
        *(paid(90, 60 - n, lead=f"Lead {lead}") for n, lead in enumerate("AAAABBBBBCCCCCC")),
        *(refused(80, 65 - n, lead=f"Lead {lead}") for n, lead in enumerate("AAAAAABBBBBCCCC")),
    ],
    "a huge one made today": [
        *MANY,
        expected(0, amount=Decimal(10**7)),
        paid(0, 0, amount=Decimal(10**7)),
    ],
    "29 days of history": [paid(28, 28), refused(20, 10), expected(28)],
    "30 days of history": [paid(29, 29), refused(20, 10), expected(29)],
}  # fmt: skip

MEANT: dict[str, Callable[[oracle.Forecast], bool]] = {
    "no history": lambda f: f.no_history and not f.entries,
    "all deleted": lambda f: not f.company,
    "one lead": lambda f: len(f.leads) == 1,
    "all refused": lambda f: (
        not f.no_history and f.company["RUB"].won_all == 0 and f.company["RUB"].from_open == 0
    ),
    "all paid": lambda f: f.company["RUB"].resolved_all == f.company["RUB"].won_all > 0,
    "two units": lambda f: set(f.company) == {"RUB", "pcs"},
    "older than the learning year": lambda f: f.company["RUB"].resolved < f.company["RUB"].resolved_all,
    "nine paid events": lambda f: f.weak,
    "ten paid events": lambda f: not f.weak and not f.no_history,
    "only resolved today": lambda f: f.no_history and f.company["RUB"].resolved_all == 2,
}
"""What makes a company worth its name, asked of the oracle so that a name cannot become untrue."""
