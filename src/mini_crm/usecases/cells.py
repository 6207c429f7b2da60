"""What cells of a file mean: names, units and amounts as machines and people write them."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from mini_crm.domain.dates import SHOWN_LENGTH, trimmed
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import PIECES
from mini_crm.domain.money import MAX_AMOUNT, parse_amount
from mini_crm.domain.rules import check_name_fits
from mini_crm.domain.text import first_hidden

MAX_NAME = 100
"""In UTF-16 units, which is what ``nvarchar`` counts."""
MAX_SOURCE = 260
"""Of what an import calls itself, in UTF-16 units."""


def check_name(text: str, field: str) -> str:
    """Check the name of a lead, group or manager from a file.

    Args:
        text: The cell; outer and repeated blanks are dropped.
        field: The column to name in errors.

    Returns:
        The name in Unicode form NFC.

    Raises:
        BadValue: ``name_missing``, ``name_too_long`` or ``name_characters``.
    """
    name = trimmed(unicodedata.normalize("NFC", " ".join(text.split())))
    if not name:
        raise BadValue("name_missing", field=field)
    check_name_fits(name, field, MAX_NAME)
    if hidden := first_hidden(name):
        position, character = hidden
        raise BadValue("name_characters", field=field, character=character, position=position)
    return name


def check_unit(text: str, field: str = "unit") -> str:
    """Check the unit of a group: a currency code of three letters, or ``pcs`` for pieces.

    Raises:
        BadValue: ``unit_unknown``.
    """
    unit = trimmed(text)
    if unit.lower() == PIECES:
        return PIECES
    if len(unit) == 3 and unit.isascii() and unit.isalpha():
        return unit.upper()
    raise BadValue("unit_unknown", field=field, unit=unit[:SHOWN_LENGTH])


def parse_file_amount(
    text: str, *, field: str = "amount", unit: str | None = None, limit: Decimal = MAX_AMOUNT
) -> Decimal:
    """Read an amount from a file.

    As ``parse_amount``, and besides with zeros behind the second place where the dot can only be a
    decimal one: ``1096.000`` and ``5.2500``, but not ``100.000``.

    Args:
        text: The cell.
        field: The column to name in errors.
        unit: The unit of the group, if it is known.
        limit: As for ``parse_amount``.

    Raises:
        BadValue: As ``parse_amount``.
    """
    typed = trimmed(text)
    integer, dot, places = typed.partition(".")
    if dot and len(places) > 2 and places.isdecimal() and integer.isdecimal():
        if (len(places) > 3 or len(integer) > 3) and not places[2:].strip("0"):
            typed = f"{integer}.{places[:2]}"
    return parse_amount(typed, field=field, whole=unit == PIECES, unit=unit, limit=limit)
