"""Whether day or month comes first in a column of dates: one row that can be read in one way only decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")

_LARGEST_MONTH = 12
# With dots the day always comes first. With dashes and slashes both are usual.
_TWO_READINGS = re.compile(r"\s*([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9])")


@dataclass(frozen=True, slots=True)
class DayOrder:
    """How a column's days are written.

    Attributes:
        order: What is certain; None where nothing in the column has two readings, or no row proves one.
        proof: The cell that proves it, or the first that has two readings; empty if there is none.
        line: Its line.
        asked: The command line said it.
        mixed: Rows prove both orders, so that neither holds.
    """

    order: Order | None = None
    proof: str = ""
    line: int = 0
    asked: bool = False
    mixed: bool = False


def survey_days(cells: Iterable[tuple[int, str]], wish: Order | None) -> DayOrder:
    """Find the order of a column.

    Args:
        cells: Lines and texts of cells that were no days in a workbook.
        wish: What the command line says.
    """
    if wish is not None:
        return DayOrder(wish, asked=True)
    doubtful: tuple[int, str] | None = None
    proofs: dict[Order, tuple[int, str]] = {}
    for line, text in cells:
        match = _TWO_READINGS.match(text)
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if first > _LARGEST_MONTH >= second:
            proofs.setdefault("dmy", (line, text))
        elif second > _LARGEST_MONTH >= first:
            proofs.setdefault("mdy", (line, text))
        elif doubtful is None and first != second:
            doubtful = line, text
    if len(proofs) == 1:
        ((order, (line, text)),) = proofs.items()
        return DayOrder(order, text.strip(), line)
    if doubtful is None:
        return DayOrder()
    return DayOrder(None, doubtful[1].strip(), doubtful[0], mixed=bool(proofs))
