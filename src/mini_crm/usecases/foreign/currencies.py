"""Currencies as files write them: codes, signs, names in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from mini_crm.domain.dates import SHOWN_LENGTH, trimmed
from mini_crm.domain.errors import BadValue
from mini_crm.domain.money import units_of
from mini_crm.domain.rules import name_key
from mini_crm.usecases.cells import check_unit


def read_unit(text: str, usual: str | None, field: str = "currency") -> str:
    """Read a unit: its code, its sign or word, or its name.

    Args:
        text: The cell.
        usual: The company's unit: of several meanings of a sign it is the one, if it is among them.
        field: The column to name in errors.

    Raises:
        BadValue: ``unit_unknown``.
    """
    word = trimmed(text)
    meant = units_of(word)
    if usual in meant:
        return str(usual)
    if len(meant) == 1:
        return meant[0]
    if not meant and len(word) > 3:
        key = name_key(word)
        code = _names().get(key) or _names().get(key.removesuffix("s"))
        if code is not None:
            return code
    if meant:
        raise BadValue("unit_unknown", field=field, unit=word[:SHOWN_LENGTH])
    return check_unit(word, field)


@cache
def _names() -> Mapping[str, str]:
    from babel import Locale  # a moment, for files that write names in full only

    return {
        name_key(name): code
        for language in ("en", "ru")
        for code, name in Locale(language).currencies.items()
    }
