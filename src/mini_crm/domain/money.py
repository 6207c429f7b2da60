"""Amounts: as people type them, as the program keeps them, as it shows them.

An amount is a ``Decimal`` with two places, more than 0 and at most ``MAX_AMOUNT``; never a
float. Text with two readings is refused, since a thousand times too much looks like an amount too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from types import MappingProxyType
from typing import NoReturn

from mini_crm.domain.dates import SHOWN_LENGTH, trimmed
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import PIECES

MAX_AMOUNT = Decimal(10) ** 10
MAX_TOTAL = Decimal(10) ** 13
"""What a target or a commitment may be at most: they stand for many entries."""
CENT = Decimal("0.01")

# Wide enough for any sum of amounts, so that no result depends on the context of the thread.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])

_SIMPLE = re.compile(r"(?:0|[1-9][0-9]{0,14})(?P<fraction>\.[0-9]{1,2})?")
_PARTS = re.compile(r"([^0-9]*)([0-9](?:.*[0-9])?)([^0-9]*)", re.DOTALL)
_PLAIN = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?")
_GROUPED = re.compile(r"([0-9]{1,3}([ '.,])[0-9]{3}(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?")
_SAME = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u02bc": "'"})
_MINUS = ("-", "\u2212")

_CURRENCIES = "RUB USD EUR GBP CNY JPY CHF KZT BYN UAH UZS KGS AMD AZN GEL TRY AED PLN".split()
# What may stand beside an amount, in lower case and without a last dot, and the units it can mean.
_UNIT_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{code.lower(): (code,) for code in _CURRENCIES},
        "rur": ("RUB",),
        "\u20bd": ("RUB",),
        "\u0440": ("RUB", "BYN"),
        "\u0440\u0443\u0431": ("RUB", "BYN"),
        "\u0440\u0443\u0431\u043b\u044c": ("RUB", "BYN"),
        "\u0440\u0443\u0431\u043b\u044f": ("RUB", "BYN"),
        "\u0440\u0443\u0431\u043b\u0435\u0439": ("RUB", "BYN"),
        "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
        "\u20ac": ("EUR",),
        "\u0435\u0432\u0440\u043e": ("EUR",),
        "\u00a3": ("GBP",),
        "\u00a5": ("CNY", "JPY"),
        "\u20b8": ("KZT",),
        "\u0442\u0433": ("KZT",),
        "\u20b4": ("UAH",),
        "\u0433\u0440\u043d": ("UAH",),
        PIECES: (PIECES,),
        "pc": (PIECES,),
        "\u0448\u0442": (PIECES,),
        "\u0448\u0442\u0443\u043a": (PIECES,),
    }
)


def parse_amount(
    text: str,
    *,
    field: str = "amount",
    whole: bool = False,
    unit: str | None = None,
    limit: Decimal = MAX_AMOUNT,
) -> Decimal:
    """Read an amount as a person types or pastes it.

    Taken are ``1234``, ``1234,5``, ``1234.50``, thousands grouped by spaces (also no-break, narrow and
    thin ones), apostrophes, or by commas or dots where it is certain that they group: ``1 234,50``,
    ``1'234.50``, ``1,234.50``, ``1.234,50``, ``1,234,567``. A currency's sign, code or word may stand
    before or behind it.

    ``1,234`` and ``1.234`` can be thousands or a fraction and are refused, also where only whole
    numbers are asked for: tables write two pieces as ``2.000``.

    Args:
        text: What was typed; blanks around it do not matter.
        field: The field to name in errors.
        whole: Pieces: a fraction other than zeros is refused.
        unit: If given, a currency or word of another unit beside the amount is refused.
        limit: What it may be at most; ``MAX_TOTAL`` for a target or a commitment.

    Returns:
        The amount with two places, 0 < amount <= ``limit``.

    Raises:
        BadValue: ``amount_missing``, ``amount_unreadable``, ``amount_ambiguous``, ``amount_decimals``,
            ``amount_not_positive``, ``amount_too_large``, ``amount_not_whole`` or ``amount_other_unit``.
    """
    value, fraction = _parsed(text, field, unit, None)
    if len(fraction) > 2:
        raise BadValue("amount_decimals", field=field, text=trimmed(text))
    return _checked(value, trimmed(text), field=field, whole=whole, limit=limit)


def round_amount(
    text: str,
    *,
    field: str = "amount",
    unit: str | None = None,
    decimal: str | None = None,
    limit: Decimal = MAX_AMOUNT,
) -> tuple[Decimal, bool]:
    """Read an amount from a file, in which it may have more than two places.

    Args:
        text: The cell; blanks around it, and an apostrophe before it, do not matter.
        field: The column to name in errors.
        unit: The unit of the group, if it is known; of pieces only whole numbers are taken.
        decimal: The sign that begins the fraction in this column; None if nobody knows.
        limit: As for ``parse_amount``.

    Returns:
        The amount with two places, rounded half up, and whether rounding changed it.

    Raises:
        BadValue: As ``parse_amount``, but never ``amount_decimals``.
    """
    typed = trimmed(text).lstrip("'")
    simple = _SIMPLE.fullmatch(typed)
    if simple is not None and (simple["fraction"] is None or decimal == "."):
        value = Decimal(typed)  # as nearly all are that a machine has written; it says the same, sooner
    else:
        value, _ = _parsed(typed, field, unit, decimal)
    if unit == PIECES and not _is_whole(value):
        raise BadValue("amount_not_whole", field=field, text=typed)
    amount = _rounded(value)
    return _checked(amount, typed, field=field, whole=False, limit=limit), amount != value


def units_of(word: str) -> tuple[str, ...]:
    """Give the units that a word or sign beside an amount can mean; none if it is no unit."""
    return _UNIT_WORDS.get(_unit_key(word), ())


def check_amount(value: Decimal, *, field: str, whole: bool = False) -> Decimal:
    """Check an amount that is a number already, from a file or a form.

    Args:
        value: The amount; zeros behind the second place do not matter.
        field: The field to name in errors.
        whole: Pieces: a fraction other than zeros is refused.

    Returns:
        The same value with two places.

    Raises:
        BadValue: ``amount_unreadable`` for what is not a number, ``amount_not_positive``,
            ``amount_too_large``, ``amount_decimals`` or ``amount_not_whole``.
    """
    return _checked(value, str(value)[:SHOWN_LENGTH], field=field, whole=whole)


def check_total(value: Decimal, *, field: str, may_be_zero: bool = False) -> Decimal:
    """Check a target or a commitment, as ``check_amount`` does but up to ``MAX_TOTAL``."""
    if may_be_zero and value.is_zero():
        return _rounded(value)
    return _checked(value, str(value)[:SHOWN_LENGTH], field=field, whole=False, limit=MAX_TOTAL)


def to_minor(value: Decimal) -> int:
    """Give the amount in hundredths, as SQLite keeps it.

    Raises:
        ValueError: If it has more than two places; it is never rounded here.
    """
    scaled = value.scaleb(2, context=_EXACT)
    minor = int(scaled)
    if minor != scaled:
        raise ValueError("an amount has at most two places")
    return minor


def from_minor(minor: int) -> Decimal:
    """Give the amount of so many hundredths, with two places."""
    return _EXACT.multiply(minor, CENT)


def format_amount(value: Decimal, *, language: str, unit: str | None = None) -> str:
    """Show an amount or a sum to a person: ``1 234,50`` in Russian, ``1,234.50`` else.

    A fraction of zero is left out. Numbers with more places, such as forecasts, are rounded half
    up. For a field in which the amount is typed use ``edit_amount``: ``1,234`` cannot be typed.

    Args:
        value: Any number, also zero or negative.
        language: ``ru`` gets a decimal comma and no-break spaces.
        unit: A currency code is put behind the number; pieces are named by the caller.
    """
    text = f"{_rounded(value):,}".removesuffix(".00")
    if language == "ru":
        text = text.replace(",", "\u00a0").replace(".", ",")
    return text if unit in (None, "", PIECES) else f"{text}\u00a0{unit}"


def edit_amount(value: Decimal, *, language: str) -> str:
    """Write an amount into a field where it can be changed; ``parse_amount`` reads the same back.

    Args:
        value: The amount.
        language: ``ru`` gets a decimal comma.
    """
    text = f"{_rounded(value)}".removesuffix(".00")
    return text.replace(".", ",") if language == "ru" else text


def _unreadable(typed: str, field: str) -> NoReturn:
    raise BadValue("amount_unreadable", field=field, text=typed[:SHOWN_LENGTH])


def _checked(value: Decimal, shown: str, *, field: str, whole: bool, limit: Decimal = MAX_AMOUNT) -> Decimal:
    if not value.is_finite():
        _unreadable(shown, field)
    if value <= 0:
        raise BadValue("amount_not_positive", field=field, text=shown)
    if value > limit:
        raise BadValue("amount_too_large", field=field, text=shown, limit=limit)
    amount = value.quantize(CENT, context=_EXACT)
    if amount != value:
        raise BadValue("amount_decimals", field=field, text=shown)
    if whole and not _is_whole(amount):
        raise BadValue("amount_not_whole", field=field, text=shown)
    return amount


def _check_unit(word: str, unit: str | None, typed: str, field: str) -> None:
    """Refuse what is no unit, and a unit that is not the one asked for."""
    if not word:
        return
    key = _unit_key(word)
    meant = _UNIT_WORDS.get(key)
    if unit is not None and (key == unit.casefold() or (meant is not None and unit in meant)):
        return
    if meant is None:
        _unreadable(typed, field)
    if unit is not None:
        raise BadValue("amount_other_unit", field=field, text=typed, typed=word, unit=unit)


def _unit_key(word: str) -> str:
    return word.casefold().removesuffix(".")


def _parsed(text: str, field: str, unit: str | None, decimal: str | None) -> tuple[Decimal, str]:
    """Give the number that stands in a text, and the digits of its fraction.

    Args:
        text: The field or cell.
        field: Named in errors.
        unit: As for ``parse_amount``.
        decimal: The sign that begins a fraction, where it is known; the other one then parts thousands.
    """
    typed = trimmed(text)
    if not typed:
        raise BadValue("amount_missing", field=field)
    parts = _PARTS.fullmatch(typed) if len(typed) <= SHOWN_LENGTH else None
    if parts is None:
        _unreadable(typed, field)
    before, number, behind = parts[1].strip(), parts[2].translate(_SAME), parts[3].strip()
    negative = before.startswith(_MINUS)
    if negative:
        before = before[1:].strip()
    if before and behind:
        _unreadable(typed, field)
    _check_unit(before or behind, unit, typed, field)
    if decimal is not None:
        number = _with_point(number, decimal, typed, field)
    integer, point, fraction = _digits(number, typed, field)
    if negative:
        raise BadValue("amount_not_positive", field=field, text=typed)
    value = Decimal(f"{integer}.{fraction or 0}")
    doubtful = point and len(fraction) == 3 and integer != "0" and len(integer) <= 3
    if doubtful and decimal is None:
        raise BadValue(
            "amount_ambiguous",
            field=field,
            text=typed,
            as_thousands=f"{integer} {fraction}",
            as_fraction=str(_rounded(value)).replace(".", point),
        )
    return value, fraction


def _with_point(number: str, decimal: str, typed: str, field: str) -> str:
    """Write a number whose signs are known without thousands signs, and with a point."""
    integer, sign, fraction = number.partition(decimal)
    if sign and not fraction.isdecimal():
        _unreadable(typed, field)
    if not integer.isdecimal():
        grouped = _GROUPED.fullmatch(integer)
        if grouped is None or grouped[3] is not None:
            _unreadable(typed, field)
        integer = integer.replace(grouped[2], "")
    return f"{integer}.{fraction}" if sign else integer


def _digits(number: str, typed: str, field: str) -> tuple[str, str, str]:
    """Split into digits, the decimal sign if it can also be a thousands sign, and decimal digits."""
    if plain := _PLAIN.fullmatch(number):
        integer, point, fraction = plain[1], plain[2] or "", plain[3] or ""
    elif grouped := _GROUPED.fullmatch(number):
        integer, point, fraction = grouped[1].replace(grouped[2], ""), "", grouped[3] or ""
    else:
        _unreadable(typed, field)
    if integer[0] == "0" and integer != "0":
        _unreadable(typed, field)
    return integer, point, fraction


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value(context=_EXACT)


def _rounded(value: Decimal) -> Decimal:
    rounded = value.quantize(CENT, context=_EXACT)
    return abs(rounded) if rounded.is_zero() else rounded
