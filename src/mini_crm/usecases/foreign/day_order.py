"""Whether day or month comes first in a column of dates: one row that can be read in one way only decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from mini_crm.usecases.foreign.proofs import Proven, survey

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")

_LARGEST_MONTH = 12
# With dots the day always comes first. With dashes and slashes both are usual.
_TWO_READINGS = re.compile(r"\s*([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9])")

DayOrder = Proven[Order]
"""How a column's days are written."""


def survey_days(cells: Iterable[tuple[int, str]], wish: Order | None) -> DayOrder:
    """Find the order of a column of days; arguments as for ``survey``."""
    return survey(cells, wish, _readings)


def _readings(text: str) -> tuple[Order, ...]:
    match = _TWO_READINGS.match(text)
    if match is None:
        return ()
    first, second = int(match[1]), int(match[3])
    if first > _LARGEST_MONTH >= second:
        return ("dmy",)
    if second > _LARGEST_MONTH >= first:
        return ("mdy",)
    return ("dmy", "mdy") if first != second else ()
