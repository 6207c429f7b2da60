"""Number formats that show leading zeros, such as 000000: a client's number means what Excel shows of it."""

from __future__ import annotations

import re

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
