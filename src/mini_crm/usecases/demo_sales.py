"""Made-up sales with the shape of real ones: who sells, how often and how fast it is paid.

Everything follows from the seed and the day: the same two give the same company.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import TypeVar
from uuid import UUID

from mini_crm.domain.dates import add_months
from mini_crm.domain.model import PIECES, ImportRow, RosterRow, Status
from mini_crm.domain.money import from_minor, to_minor
from mini_crm.usecases import demo_names as names

MONTHS = 14
MANAGERS = 60
CURRENCY = "RUB"

WEEKDAYS = (1.15, 1.1, 1.0, 1.0, 0.9, 0.2, 0.08)
"""New entries on a Monday … a Sunday, against an ordinary day."""

SEASON = (0.75, 0.9, 1.1, 1.0, 0.85, 0.95, 0.85, 0.9, 1.1, 1.1, 1.15, 1.35)
"""New entries in January … December, against an average month."""

LARGE = 1.5
"""From so many times the team's median amount on, an order is paid a little less often."""

SHARE_PART_PAID = 0.07
SHARE_PAID_AT_MONTH_END = 0.08
SHARE_WITH_COMMENT = 0.18
CLIENTS_PER_ENTRY = 0.55
PIN_DIGITS = 8

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Style:
    """How one lead's team sells.

    Attributes:
        win_rate: Share of the entries that are paid in the end.
        days_to_paid: Median days from entry to payment.
        days_to_refused: Median days from entry to a recorded refusal.
        never_refused: Share of refusals that nobody records: the entries stay open.
        amount: Median amount in money.
        spread: Of the logarithm of the amount.
        weight: Share of all entries, against the other leads.
        promise: Typical days from entry to the promised payment.
        has_pieces: Whether one of the groups counts pieces.
    """

    win_rate: float
    days_to_paid: float
    days_to_refused: float
    never_refused: float
    amount: float
    spread: float
    weight: float
    promise: int
    has_pieces: bool = False


STYLES = (
    Style(0.54, 9, 12, 0.00, 42_000, 0.7, 1.1, 14),
    Style(0.48, 6, 7, 0.00, 9_500, 0.6, 1.5, 7, has_pieces=True),
    Style(0.41, 14, 16, 0.02, 68_000, 0.8, 1.2, 21),
    Style(0.35, 18, 22, 0.01, 90_000, 0.8, 0.9, 30),
    Style(0.30, 11, 14, 0.00, 25_000, 0.7, 1.3, 14),
    Style(0.24, 8, 40, 0.10, 31_000, 0.8, 1.0, 14),  # writes refusals down late, or never
    Style(0.19, 18, 24, 0.01, 120_000, 0.9, 0.6, 45),
    Style(0.15, 14, 50, 0.16, 54_000, 0.9, 0.9, 21),  # and so does this one
    Style(0.10, 10, 9, 0.00, 18_000, 0.8, 1.0, 10, has_pieces=True),
    Style(0.06, 16, 14, 0.01, 85_000, 0.9, 0.5, 30),
)
"""Ten teams that differ, so that the forecast has something to learn."""


@dataclass(frozen=True, slots=True)
class Seller:
    """One manager in the roster, with the lead's style and an own knack."""

    row: RosterRow
    style: Style
    knack: float
    weight: float


def make_sellers(random: Random) -> tuple[Seller, ...]:
    """Make the roster: ten leads, ``MANAGERS`` managers, money and pieces."""
    used: set[str] = set()
    sellers: list[Seller] = []
    pieces = iter(names.PIECE_GROUPS)
    sizes = [MANAGERS // len(STYLES) + extra for extra in (1, 2, 0, -1, 1, 0, -2, 0, 1, -2)]
    for lead, group, style, size in zip(names.LEADS, names.MONEY_GROUPS, STYLES, sizes, strict=True):
        piece_group = next(pieces) if style.has_pieces else None
        for number in range(size):
            in_second = number >= size - 2
            name, unit = group, CURRENCY
            if in_second and piece_group is not None:
                name, unit = piece_group, PIECES
            elif in_second and size > 6:
                name = names.SECOND_GROUP
            row = RosterRow(lead, name, _person(random, used), unit)
            sellers.append(
                Seller(
                    row, style, random.lognormvariate(0, 0.15), style.weight / size * random.uniform(0.6, 1.4)
                )
            )
    return tuple(sellers)


def make_sales(
    random: Random, sellers: Sequence[Seller], today: date, entries: int, *, months: int = MONTHS
) -> Iterator[ImportRow]:
    """Make so many entries of the last months up to today, in order of the day of entry."""
    first = add_months(today, -months) + timedelta(days=1)
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    any_day = _weighted(random, days, [_day_weight(day, first) for day in days])
    any_seller = _weighted(random, sellers, [seller.weight for seller in sellers])
    any_pin = _pins(random, max(1, round(entries * CLIENTS_PER_ENTRY)))
    entered = sorted(any_day() for _ in range(entries))
    for number, day in enumerate(entered):
        yield _sale(random, number, any_seller(), next(any_pin), day, today)


def _sale(random: Random, number: int, seller: Seller, pin: str, entered_on: date, today: date) -> ImportRow:
    style = seller.style
    amount, is_large = _amount(random, seller)
    status, status_on = _outcome(random, seller, entered_on, today, is_large=is_large)
    paid_amount = None
    if status is Status.PAID and random.random() < SHARE_PART_PAID:
        paid_amount = _part(random, amount, seller.row.unit)
    return ImportRow(
        line=number + 2,
        client_ref=UUID(int=random.getrandbits(128), version=4),
        lead=seller.row.lead,
        group=seller.row.group,
        manager=seller.row.manager,
        client_pin=pin,
        amount=amount,
        paid_amount=paid_amount,
        entered_on=entered_on,
        pay_by=_promise(random, entered_on, style.promise),
        status=status,
        status_on=status_on,
        comment=_comment(random, status, part=paid_amount is not None),
    )


def _outcome(
    random: Random, seller: Seller, entered_on: date, today: date, *, is_large: bool
) -> tuple[Status, date | None]:
    """Decide what becomes of an entry, and whether it is known today."""
    style = seller.style
    win_rate = min(0.95, style.win_rate * seller.knack * (0.85 if is_large else 1.05))
    if random.random() < win_rate:
        status = Status.PAID
        day = entered_on + timedelta(days=int(random.lognormvariate(math.log(style.days_to_paid), 0.9)))
        if random.random() < SHARE_PAID_AT_MONTH_END:
            day = max(entered_on, _last_working_day(day))
    else:
        status = Status.REFUSED
        if random.random() < style.never_refused:
            return Status.EXPECTED, None
        day = entered_on + timedelta(days=int(random.lognormvariate(math.log(style.days_to_refused), 0.8)))
    day = _working_day(day)
    return (status, day) if day <= today else (Status.EXPECTED, None)


def _amount(random: Random, seller: Seller) -> tuple[Decimal, bool]:
    """Draw an amount, and say whether it is large for this team."""
    factor = random.lognormvariate(0, seller.style.spread)
    if seller.row.unit == PIECES:
        minor = max(1, round(12 * factor)) * 100
    elif random.random() < 0.1:  # some orders are not round
        minor = max(100, round(seller.style.amount * factor * 100))
    else:
        minor = max(1, round(seller.style.amount * factor / 100)) * 10_000
    return from_minor(minor), factor > LARGE


def _part(random: Random, amount: Decimal, unit: str) -> Decimal:
    """Give what really came of an order: mostly less, now and then more."""
    percent = random.randrange(30, 96) if random.random() < 0.85 else random.randrange(101, 116)
    minor = to_minor(amount) * percent // 100
    return from_minor(max(100, minor // 100 * 100 if unit == PIECES else minor))


def _promise(random: Random, entered_on: date, typical: int) -> date:
    """Draw the promised day: some days on, often the end of the month."""
    day = entered_on + timedelta(days=random.randint(max(1, typical // 3), typical * 2))
    return _month_end(day) if random.random() < 0.25 else day


def _comment(random: Random, status: Status, *, part: bool) -> str:
    if part:
        return names.COMMENT_PART_PAID
    if random.random() >= SHARE_WITH_COMMENT:
        return ""
    match status:
        case Status.EXPECTED:
            return random.choice(names.COMMENTS_OPEN)
        case Status.PAID:
            return random.choice(names.COMMENTS_PAID)
        case Status.REFUSED:
            return random.choice(names.COMMENTS_REFUSED)


def _pins(random: Random, clients: int) -> Iterator[str]:
    """Draw clients for ever: a few buy often, many once; every fifth PIN begins with zeros."""
    pins = [
        f"{random.randrange(10 ** (PIN_DIGITS - 3 if number % 5 == 0 else PIN_DIGITS)):0{PIN_DIGITS}}"
        for number in range(clients)
    ]
    while True:
        yield pins[int(clients * random.random() ** 1.6)]


def _person(random: Random, used: set[str]) -> str:
    """Make a name that nobody has yet."""
    while True:
        man, woman = random.choice(names.FAMILY_NAMES)
        is_man = random.random() < 0.5
        name = f"{man if is_man else woman} {random.choice(names.MEN if is_man else names.WOMEN)}"
        if name not in used:
            used.add(name)
            return name


def _day_weight(day: date, first: date) -> float:
    growth = 1 + 0.3 * (day - first).days / 365
    return WEEKDAYS[day.weekday()] * SEASON[day.month - 1] * growth


def _month_end(day: date) -> date:
    return add_months(day.replace(day=1), 1) - timedelta(days=1)


def _last_working_day(day: date) -> date:
    """Give the last day of the month that is not in a weekend."""
    end = _month_end(day)
    return end - timedelta(days=max(0, end.weekday() - 4))


def _working_day(day: date) -> date:
    """Give the day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _weighted(random: Random, items: Sequence[Item], weights: Sequence[float]) -> Callable[[], Item]:
    """Give a function that draws one item, each as often as its weight says."""
    sums = list(accumulate(weights))
    return lambda: items[bisect(sums, random.random() * sums[-1])]
