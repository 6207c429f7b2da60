"""Which sign begins the fraction in a column of amounts: one amount with one reading only decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from mini_crm.usecases.foreign.proofs import Proven, survey

Sign = Literal[".", ","]
DECIMALS: dict[Sign, str] = {".": "point", ",": "comma"}
"""What the command line calls them."""
_OTHER: dict[str, Sign] = {".": ",", ",": "."}
_CENTS = re.compile(r"[0-9]+([.,])[0-9]{1,2}")
"""What nearly all cells of a column are where one is: a fraction that no group of thousands can be."""
_NUMBER = re.compile(r"[0-9][0-9 '.,\u00a0\u202f\u2009\u2019\u02bc]*")
_GROUP = 3

Signs = Proven[Sign]
"""What begins the fraction in a column of amounts."""


def survey_signs(cells: Iterable[tuple[int, str]], wish: Sign | None) -> Signs:
    """Find the signs of a column of amounts; arguments as for ``survey``."""
    return survey(cells, wish, _readings)


def _readings(text: str) -> tuple[Sign, ...]:
    if cents := _CENTS.fullmatch(text):
        return (".",) if cents[1] == "." else (",",)
    match = _NUMBER.search(text) if "." in text or "," in text else None
    if match is None:
        return ()
    number = match[0].rstrip(" .,'")
    proven = _proven(number)
    if proven is not None:
        return (proven,)
    return (".", ",") if "." in number or "," in number else ()


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
