"""Companies of every kind that the forecast meets, made by chance but the same each time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

from contract.sales import Sale
from mini_crm.domain.model import Status

Daily = Callable[[int], float]
"""How many entries are made on a day so many days ago."""


def company_of(
    days: int,
    daily: Daily,
    *,
    seed: int = 1,
    promises: bool = True,
    punctual: bool = False,
    units: tuple[str, ...] = ("RUB",),
    wait: tuple[int, int] = (1, 45),
    silent_since: int = -1,
) -> list[Sale]:
    """Make entries of three leads over so many days.

    Args:
        days: The first ones are so many days old.
        daily: Entries a day.
        seed: Another gives another company of the same kind.
        promises: Whether a day was promised.
        punctual: Whether who pays does so within two days of the promised one.
        units: What the groups count in.
        wait: Fewest and most days from entry to the end, in even spread.
        silent_since: Nothing was entered or resolved for so many days; -1 if it was.
    """
    random = Random(seed)
    sales: list[Sale] = []
    for ago in range(days, silent_since, -1):
        wanted = daily(ago)
        for _ in range(int(wanted) + (random.random() < wanted % 1)):
            promised = random.randint(3, 40) if promises else None
            ends_after = random.randint(*wait)
            status = random.choice(
                [Status.PAID, Status.PAID, Status.REFUSED, Status.REFUSED, Status.EXPECTED]
            )
            if punctual and promised is not None and status is Status.PAID:
                ends_after = max(1, promised + random.randint(-2, 2))
            resolved = ago - ends_after
            if resolved <= silent_since and status is not Status.EXPECTED:
                status = Status.EXPECTED
            sales.append(
                Sale(
                    entered_ago=ago,
                    status=status,
                    resolved_ago=None if status is Status.EXPECTED else resolved,
                    amount=Decimal(random.randint(100, 40_000)) / 10,
                    lead=f"Lead {random.choice('AAABBC')}",
                    manager=random.choice("12"),
                    unit=random.choice(units),
                    pin=str(random.randint(1, 60)),
                    pay_by_in=promised,
                )
            )
    return sales


KINDS: dict[str, list[Sale]] = {
    "steady": company_of(420, lambda ago: 0.5),
    "growing": company_of(300, lambda ago: 1.2 - ago / 280),
    "with quarters": company_of(560, lambda ago: 0.9 if ago // 30 % 3 == 0 else 0.25),
    "two units": company_of(250, lambda ago: 0.6, units=("RUB", "pcs")),
    "without promises": company_of(250, lambda ago: 0.6, promises=False),
    "paid when promised": company_of(300, lambda ago: 0.6, punctual=True),
    "first week": company_of(7, lambda ago: 3, wait=(0, 4)),
    "first month": company_of(40, lambda ago: 2, wait=(0, 12)),
    "a stop": company_of(400, lambda ago: 0.6, silent_since=120),
    "same-day sales": company_of(260, lambda ago: 0.7, wait=(0, 1)),
    "a lead without entries": [
        *company_of(250, lambda ago: 0.5),
        Sale(entered_ago=40, lead="Lead Z", deleted=True),
    ],
}
