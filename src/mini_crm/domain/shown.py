"""Numbers as they are shown: rounded, and yet they add up.

Rounded one by one, the shown numbers of a table miss their shown total by some units. So a total is
rounded, and what it comes to is shared among its parts by largest remainder: each part is its exact value
rounded down or up. In a table of forecasts this goes column by column from the company down; the forecast
of a row is the sum of the parts that the row shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Protocol

from mini_crm.domain.model import ForecastRow

_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
_NOISE_PLACES = 6
"""What a float has behind so many places more than are shown is an error of its sum."""


class Parts(Protocol):
    """A row whose forecast has three parts."""

    @property
    def paid(self) -> Decimal:
        """Paid so far."""
        ...

    @property
    def from_open(self) -> float:
        """From open entries."""
        ...

    @property
    def from_new(self) -> float:
        """From entries that are still to come."""
        ...


@dataclass(frozen=True, slots=True)
class ShownParts:
    """What a row shows: its forecast is the sum of its parts."""

    paid: Decimal
    from_open: Decimal
    from_new: Decimal

    @property
    def still_to_come(self) -> Decimal:
        """From open entries and from new ones together."""
        return self.from_open + self.from_new

    @property
    def forecast(self) -> Decimal:
        """The whole number."""
        return self.paid + self.still_to_come


RowKey = tuple[int | None, int | None]
"""Lead and manager of a row; the company has neither, a lead no manager."""


def share_out(total: Decimal, parts: Sequence[float | Decimal], *, places: int) -> tuple[Decimal, ...]:
    """Share a shown total among its parts by largest remainder.

    Args:
        total: What the parts come to as it is shown, with at most ``places`` places.
        parts: The exact parts. Where they do not come to ``total``, they are shares of it; parts of both
            signs are moved alike.
        places: Decimal places that are shown, 0 or more.

    Returns:
        A number for each part in the same order. They add up to ``total``; where the parts come to ``total``
        but for rounding, each is its part rounded down or up, so a part of 0 stays 0.

    Raises:
        ValueError: ``total`` has more places than are shown.
    """
    units = _scaled(total, places)
    if units != total * 10**places:
        raise ValueError("the total has more places than are shown")
    if not parts:
        return ()
    fine = [_scaled(part, places + _NOISE_PLACES) for part in parts]
    lower = [divmod(part, 10**_NOISE_PLACES) for part in fine]
    missing = units - sum(low for low, _ in lower)
    if not 0 <= missing <= sum(rest > 0 for _, rest in lower):
        lower = _shares(units, fine) or [(low + missing // len(fine), rest) for low, rest in lower]
        missing = units - sum(low for low, _ in lower)
    raised = set(sorted(range(len(lower)), key=lambda at: -lower[at][1])[:missing])
    return tuple(Decimal(low + (at in raised)).scaleb(-places) for at, (low, _) in enumerate(lower))


def round_shown(value: float | Decimal, *, places: int) -> Decimal:
    """Round a number that is no part of another, half up."""
    return _EXACT.quantize(Decimal(value), Decimal(1).scaleb(-places))


def show_parts(row: Parts, *, places: int, paid_places: int | None) -> ShownParts:
    """Round the parts of a row that is no part of another.

    Args:
        row: The row.
        places: Decimal places of what is to come.
        paid_places: Those of what is paid; None leaves it exact.
    """
    return ShownParts(
        row.paid if paid_places is None else round_shown(row.paid, places=paid_places),
        round_shown(row.from_open, places=places),
        round_shown(row.from_new, places=places),
    )


def share_parts(
    whole: ShownParts, rows: Sequence[Parts], *, places: int, paid_places: int | None
) -> tuple[ShownParts, ...]:
    """Share what a row shows among the rows below it; arguments as for ``show_parts``."""
    paid: Sequence[Decimal] = [row.paid for row in rows]
    if paid_places is not None:
        paid = share_out(whole.paid, paid, places=paid_places)
    from_open = share_out(whole.from_open, [row.from_open for row in rows], places=places)
    from_new = share_out(whole.from_new, [row.from_new for row in rows], places=places)
    return tuple(ShownParts(*parts) for parts in zip(paid, from_open, from_new, strict=True))


def show_forecast(
    rows: Iterable[ForecastRow], *, places: int, paid_places: int | None
) -> Mapping[RowKey, ShownParts]:
    """Give what each row shows so that managers add up to leads, and leads to the company.

    Args:
        rows: Of one period and unit, in any order. Without the company's row each lead is a total by
            itself, as one sees the own team.
        places: Decimal places of what is to come.
        paid_places: Those of what is paid; None leaves it exact.
    """
    below: dict[RowKey | None, list[ForecastRow]] = defaultdict(list)
    there = {(row.lead_id, row.manager_id): row for row in rows}
    for row in there.values():
        above = (row.lead_id, None) if row.manager_id is not None else (None, None)
        is_top = row.lead_id is None or above not in there
        below[None if is_top else above].append(row)
    shown: dict[RowKey, ShownParts] = {}

    def share(key: RowKey) -> None:
        children = below[key]
        parts = share_parts(shown[key], children, places=places, paid_places=paid_places)
        for child, part in zip(children, parts, strict=True):
            shown[child.lead_id, child.manager_id] = part
            share((child.lead_id, child.manager_id))

    for row in below[None]:
        shown[row.lead_id, row.manager_id] = show_parts(row, places=places, paid_places=paid_places)
        share((row.lead_id, row.manager_id))
    return shown


def _shares(units: int, parts: Sequence[int]) -> list[tuple[int, int]]:
    """Give the shares of parts in a total as whole units and remainders; none where signs differ."""
    whole = sum(parts)
    if not whole or min(parts) < 0 < max(parts):
        return []
    return [divmod(abs(part) * units, abs(whole)) for part in parts]


def _scaled(value: float | Decimal, places: int) -> int:
    """Give a number in units of so many places, rounded half up."""
    return int(_EXACT.quantize(Decimal(value).scaleb(places, _EXACT), Decimal(1)))
