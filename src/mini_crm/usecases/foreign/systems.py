"""The other systems that are known, from ``known_systems.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mini_crm.domain.model import Status
from mini_crm.domain.rules import name_order

OWN = "Mini CRM"
"""What this program itself calls things; no other system goes before it."""
ANYBODY = ""
"""What people write over columns, whatever system they have."""

CLOSING = "closing"
REASON = "reason"

_QUOTES = "\"'\u00ab\u00bb\u201c\u201d\u201e"


@dataclass(frozen=True, slots=True)
class System:
    """One system whose files are known.

    Attributes:
        name: What people call it; see ``OWN`` and ``ANYBODY``.
        headings: For each field its headings as ``word_key`` gives them, the most telling first.
        statuses: What each word means, by its ``word_key``.
        empty: Words in a day's cell that stand for no day, by their ``word_key``.
        lost_by_reason: A reason alone tells that a deal is lost.
    """

    name: str
    headings: Mapping[str, tuple[str, ...]]
    statuses: Mapping[str, Status]
    empty: frozenset[str]
    lost_by_reason: bool


def word_key(text: str) -> str:
    """Give the form in which headings and words of statuses are compared.

    Case, blanks, outer quotation marks, and a colon or asterisk behind do not matter.
    """
    return name_order(text.strip().strip(_QUOTES).rstrip(" :*"))


@cache
def known_systems() -> tuple[System, ...]:
    """Read the data file, in its order; it is read once."""
    text = files("mini_crm.usecases.foreign").joinpath("known_systems.toml").read_text("utf-8")
    return tuple(_system(data) for data in tomllib.loads(text)["system"])


def _system(data: Mapping[str, object]) -> System:
    headings, statuses = data["headings"], data["status"]
    assert isinstance(headings, dict)  # noqa: S101 - says to the type checker what the data file holds
    assert isinstance(statuses, dict)  # noqa: S101 - the same
    empty = data.get("empty", [])
    assert isinstance(empty, list)  # noqa: S101 - the same
    return System(
        name=str(data["name"]),
        headings={field: tuple(map(word_key, words)) for field, words in headings.items()},
        statuses={word_key(word): Status(meaning) for meaning, words in statuses.items() for word in words},
        empty=frozenset(map(word_key, empty)),
        lost_by_reason=bool(data.get("lost_by_reason", False)),
    )
