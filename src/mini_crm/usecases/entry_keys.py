"""Keys of imported entries: they make a second import of the same file add nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha1
from uuid import UUID

from mini_crm.domain.rules import name_key

NAMESPACE = UUID("6f1b3c52-7d0e-5c4e-9a53-1d2f8f0b7a11")
"""Never to change: keys of entries that were imported once are made of it."""


_VERSION_5 = 5 << 76 | 0b10 << 62
_FREE = ~(0xF << 76 | 0b11 << 62)
"""The bits that tell what kind of UUID it is, and the others."""


class EntryKeys:
    """Makes the keys of one source: UUIDs of version 5.

    Args:
        source: What the import calls itself.
    """

    def __init__(self, source: str) -> None:
        # What all keys begin with is hashed once: uuid.uuid5 takes twice the time.
        self._begun = sha1(NAMESPACE.bytes + f"{source}\n".encode(), usedforsecurity=False)
        self._alike: Counter[str] = Counter()

    def of_id(self, row_id: str) -> UUID:
        """Give the key of a row that has an id."""
        begun = self._begun.copy()
        begun.update(row_id.encode())
        number = int.from_bytes(begun.digest()[:16], "big")
        return UUID(int=number & _FREE | _VERSION_5)

    def of_content(self, lasting: Iterable[str]) -> UUID:
        """Give the key of a row without id.

        Args:
            lasting: What does not change in the life of the entry. Rows that agree in all of it are told
                apart by their order in the file.
        """
        content = "\x1f".join(map(name_key, lasting))
        self._alike[content] += 1
        return self.of_id(f"\x1f{content}\x1f{self._alike[content]}")
