"""Number formats that say more than the number: a cell means what Excel shows of it.

Leading zeros, such as 000000, belong to a client's number; a currency or a percent sign to an amount.
"""

from __future__ import annotations

import re
from decimal import Decimal

from mini_crm.domain.money import units_of

_BRACKETS = re.compile(r"\[\$([^]-]+)(?:-[^]]*)?\]")
"""How Excel marks a currency: ``[$$-409]``, ``[$EUR]``."""
_ASIDE = re.compile(r"\[[^]]*\]|_.|[*].|[0#?.,]")
"""What of a format is no text: colours and conditions, blanks as wide as a sign, places of digits."""
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_(.)|([-() +])')


class ZeroFormat:
    """A number format of nothing but zeros and fixed characters.

    Args:
        parts: The fixed text before the first zero, between two, ..., behind the last.
    """

    def __init__(self, parts: list[str]) -> None:
        self._parts = parts
        self.is_plain = not any(parts)
        """Whether it shows digits only."""

    def fits(self, text: str) -> bool:
        """Say whether a cell's text is a number that is shown so."""
        return text.isdecimal()

    def show(self, digits: str) -> str:
        """Write a whole number as the format shows it.

        Args:
            digits: The number, without sign.
        """
        places = len(self._parts) - 1
        shown = digits.zfill(places)
        if self.is_plain:
            return shown
        # More digits than places stand before the second place.
        first, rest = shown[: len(shown) - places + 1], shown[len(shown) - places + 1 :]
        pieces = zip((first, *rest), self._parts[1:], strict=True)
        return self._parts[0] + "".join(digit + fixed for digit, fixed in pieces)


class SignFormat:
    """A number format that shows a currency, another unit or a percent sign beside the number.

    Args:
        sign: As it is shown.
    """

    is_plain = True
    """The number can still be read in one way only."""

    def __init__(self, sign: str) -> None:
        self._sign = sign

    def fits(self, text: str) -> bool:
        """Say whether a cell's text is a number that is shown so."""
        return _NUMBER.fullmatch(text) is not None

    def show(self, number: str) -> str:
        """Write a number with the sign behind it."""
        if self._sign == "%":
            return f"{(Decimal(number) * 100).normalize():f}%"
        return f"{number} {self._sign}"


NumberFormat = ZeroFormat | SignFormat


def telling_format(code: str) -> NumberFormat | None:
    """Understand a number format that says more than the number; None for all others.

    Args:
        code: As Excel writes it, such as ``000000`` or ``#,##0.00 "$"``.
    """
    return zero_format(code) or sign_format(code)


def sign_format(code: str) -> SignFormat | None:
    """Understand a number format that shows a unit or a percent sign; None for all others."""
    positive = code.split(";")[0]
    marked = _BRACKETS.search(positive)
    sign = (marked[1] if marked else _ASIDE.sub("", positive).replace('"', "").replace("\\", "")).strip()
    is_code = marked is not None and len(sign) == 3 and sign.isascii() and sign.isalpha()
    # Signs that nobody here knows are left out: no option could say that they are right.
    return SignFormat(sign) if sign == "%" or is_code or units_of(sign) else None


def zero_format(code: str) -> ZeroFormat | None:
    """Understand a number format that shows leading zeros.

    Args:
        code: As Excel writes it, such as ``000000``, ``000-000`` or ``"N"0000``.

    Returns:
        None for all other formats.
    """
    positive = code.split(";")[0]
    parts = [""]
    at = 0
    while at < len(positive):
        if positive[at] == "0":
            parts.append("")
            at += 1
            continue
        fixed = _QUOTED.match(positive, at)
        if fixed is None:
            return None
        text, escaped, as_wide_as, plain = fixed.groups()
        parts[-1] += text or escaped or plain or (" " if as_wide_as else "")
        at = fixed.end()
    return ZeroFormat(parts) if len(parts) > 2 else None
