"""Finding names while they are typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from mini_crm.domain.rules import name_key


def matching(names: Iterable[str], typed: str) -> list[str]:
    """Give the names that fit what was typed, the best first.

    Every typed word must begin a word of the name, in whatever order; names that only contain the
    words somewhere come after those. Case and accents do not matter (so both Russian ways to write
    the letter yo find each other).

    Args:
        names: In the order in which equally good ones are given.
        typed: As it stands in the field; empty gives all names.
    """
    wanted = _search_key(typed).split()
    if not wanted:
        return list(names)
    begins, contains = [], []
    for name in names:
        key = _search_key(name)
        if all(_begins_a_word(key, word) for word in wanted):
            begins.append(name)
        elif all(word in key for word in wanted):
            contains.append(name)
    return begins + contains


def the_one(names: Sequence[str], typed: str) -> str | None:
    """Give the name that is meant: the very one typed, or the only one that fits; else None."""
    same = [name for name in names if name_key(name) == name_key(typed)]
    if same:
        return same[0]
    fitting = matching(names, typed) if typed.strip() else []
    return fitting[0] if len(fitting) == 1 else None


def _begins_a_word(key: str, word: str) -> bool:
    return key.startswith(word) or f" {word}" in key or f"-{word}" in key


def _search_key(text: str) -> str:
    parts = unicodedata.normalize("NFD", name_key(text))
    return "".join(char for char in parts if unicodedata.category(char) != "Mn")
