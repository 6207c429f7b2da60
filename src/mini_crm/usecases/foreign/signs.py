"""Which sign begins the fraction in a column of amounts: one amount with one reading only decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Sign = Literal[".", ","]
DECIMALS: dict[Sign, str] = {".": "point", ",": "comma"}
"""What the command line calls them."""
_OTHER: dict[str, Sign] = {".": ",", ",": "."}
_NUMBER = re.compile(r"[0-9][0-9 '.,\u00a0\u202f\u2009\u2019\u02bc]*")
_GROUP = 3


@dataclass(frozen=True, slots=True)
class Signs:
    """How a column's amounts are written.

    Attributes:
        decimal: What begins the fraction; None where no amount proves it.
        proof: The cell that proves it, or the first that has two readings; empty if there is none.
        line: Its line.
        asked: The command line said it.
        mixed: Amounts prove both signs, so that neither holds.
    """

    decimal: Sign | None = None
    proof: str = ""
    line: int = 0
    asked: bool = False
    mixed: bool = False


def survey_signs(cells: Iterable[tuple[int, str]], wish: Sign | None) -> Signs:
    """Find the signs of a column.

    Args:
        cells: Lines and texts of cells that were no numbers in a workbook.
        wish: What the command line says.
    """
    if wish is not None:
        return Signs(wish, asked=True)
    doubtful: tuple[int, str] | None = None
    proofs: dict[Sign, tuple[int, str]] = {}
    for line, text in cells:
        if "." not in text and "," not in text:
            continue
        match = _NUMBER.search(text)
        proven = _proven(match[0].rstrip(" .,'")) if match else None
        if proven is not None:
            proofs.setdefault(proven, (line, text))
        elif match is not None and doubtful is None and {".", ","} & set(match[0].rstrip(" .,'")):
            doubtful = line, text
    if len(proofs) == 1:
        ((decimal, (line, text)),) = proofs.items()
        return Signs(decimal, text.strip(), line)
    if doubtful is None:
        return Signs(mixed=bool(proofs))
    return Signs(None, doubtful[1].strip(), doubtful[0], mixed=bool(proofs))


def _proven(number: str) -> Sign | None:
    """Give the sign of the fraction if the number has one reading only."""
    signs = [char for char in number if char in ".,"]
    if not signs:
        return None
    last = signs[-1]
    decimal: Sign = "." if last == "." else ","
    if len(set(signs)) == 2:
        # Two signs: the last begins the fraction, and stands once.
        return decimal if signs.count(last) == 1 else None
    if len(signs) > 1:
        return _OTHER[last]  # one sign twice groups
    integer, _, fraction = number.partition(last)
    digits = [char for char in integer if char.isdecimal()]
    if len(fraction) != _GROUP or not fraction.isdecimal() or len(digits) > _GROUP or "".join(digits) == "0":
        return decimal
    return None
