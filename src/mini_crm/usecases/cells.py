"""What cells of a file mean: names, units and amounts as machines and people write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from mini_crm.domain.dates import SHOWN_LENGTH, trimmed
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import PIECES
from mini_crm.domain.money import MAX_AMOUNT, round_amount
from mini_crm.domain.rules import check_name_fits, name_key
from mini_crm.domain.text import first_hidden

MAX_NAME = 100
"""In UTF-16 units, which is what ``nvarchar`` counts."""
MAX_SOURCE = 260
"""Of what an import calls itself, in UTF-16 units."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take text for a formula."""

_NOTHING = frozenset({"NULL", "\\N"})
"""What dumps of databases write where nothing stands."""
_EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
    # The same in Russian.
    | {"#\u041d/\u0414", "#\u0421\u0421\u042b\u041b\u041a\u0410!", "#\u0417\u041d\u0410\u0427!"}
    | {"#\u0418\u041c\u042f?", "#\u0414\u0415\u041b/0!", "#\u0427\u0418\u0421\u041b\u041e!"}
    | {"#\u041f\u0423\u0421\u0422\u041e!"}
)
_TOTALS = frozenset(
    {
        "total",
        "totals",
        "grand total",
        "subtotal",
        "sub total",
        "\u0438\u0442\u043e\u0433\u043e",
        "\u0438\u0442\u043e\u0433",
        "\u043e\u0431\u0449\u0438\u0439 \u0438\u0442\u043e\u0433",
        "\u0432\u0441\u0435\u0433\u043e",
    }
)
"""What stands in place of a person in a row of totals."""
_SPOILT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2,}", re.IGNORECASE)
"""A long number as Excel shows it: its last digits are lost."""


def meant(cell: str) -> str:
    """Give what a cell of a file says: without outer blanks, and empty where a database had nothing.

    The apostrophe that keeps a spreadsheet from running the text is no part of it, so that a rejects file
    that is imported says what stood in the original.
    """
    text = cell.strip()
    if text.startswith("'"):
        text = unguarded(text).strip()
    return "" if text in _NOTHING else text


def unguarded(text: str) -> str:
    """Give text without the apostrophe that keeps a spreadsheet from running it."""
    if text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA_STARTS):
        return text[1:]
    return text


def check_identifier(text: str, field: str) -> None:
    """Refuse what a spreadsheet has made of an identifier or a name.

    Raises:
        BadValue: ``cell_excel_error`` or ``cell_spoilt_number``.
    """
    # Each has a sign that hardly any other cell has, and a file has very many cells.
    if "#" in text and text.upper() in _EXCEL_ERRORS:
        raise BadValue("cell_excel_error", field=field, text=text)
    if "+" in text and _SPOILT.fullmatch(text):
        raise BadValue("cell_spoilt_number", field=field, text=text)


def check_name(text: str, field: str) -> str:
    """Check the name of a lead, group or manager from a file.

    Args:
        text: The cell; outer and repeated blanks are dropped.
        field: The column to name in errors.

    Returns:
        The name in Unicode form NFC.

    Raises:
        BadValue: ``name_missing``, ``name_too_long``, ``name_characters``, ``name_of_total``,
            ``cell_excel_error`` or ``cell_spoilt_number``.
    """
    name = trimmed(unicodedata.normalize("NFC", " ".join(text.split())))
    if not name:
        raise BadValue("name_missing", field=field)
    check_identifier(name, field)
    if field != "group" and name_key(name).rstrip(" :.") in _TOTALS:
        raise BadValue("name_of_total", field=field, text=name)
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
    """Read an amount from a file where each stands for itself, such as a target.

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
    amount, is_rounded = round_amount(text, field=field, unit=unit, limit=limit)
    if is_rounded:
        raise BadValue("amount_decimals", field=field, text=trimmed(text))
    return amount
