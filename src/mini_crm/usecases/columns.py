"""The rows of a file by field: what a text means is found out once, however many rows have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from mini_crm.domain.errors import BadValue
from mini_crm.tables.table import Row
from mini_crm.usecases.cells import meant
from mini_crm.usecases.foreign.headings import Headings

_Said = TypeVar("_Said", bound=Hashable)
_Meaning = TypeVar("_Meaning")


class Text(NamedTuple):
    """One of the different texts of a column.

    Attributes:
        text: As it stands there.
        line: The first row that has it.
        rows: How many have it.
    """

    text: str
    line: int
    rows: int


class Columns:
    """The cells of a file: of each field a list, with an item for each row.

    Args:
        rows: At least as wide as the head.
        headings: Which column is which field.

    Attributes:
        lines: Where each row stands in the file.
        faults: By the place of a row, from 0: all that is wrong with it, in the order in which it was found.
    """

    def __init__(self, rows: Sequence[Row], headings: Headings) -> None:
        self.headings = headings
        self._rows = rows
        self.lines = [row.line for row in rows]
        self.faults: dict[int, list[BadValue]] = {}

    def has(self, field: str) -> bool:
        """Say whether the file, or the command line for all of it, says something of a field."""
        return field in self.headings.places or field in self.headings.constants

    def texts(self, field: str) -> list[str]:
        """Give what each row says of a field; empty where it says nothing."""
        if field in self.headings.constants:
            return [self.headings.constants[field]] * len(self._rows)
        texts = [""] * len(self._rows)
        for place in reversed(self.headings.places.get(field, ())):
            cells = [row.cells[place] for row in self._rows]
            said = {cell: meant(cell) for cell in dict.fromkeys(cells)}
            texts = [said[cell] or text for cell, text in zip(cells, texts, strict=True)]
        return texts

    def numbers(self, field: str) -> tuple[list[str], list[bool]]:
        """Give what each row says of a field, and whether its cell was a number in a workbook."""
        places = self.headings.places.get(field)
        typed = [bool(places and row.typed and row.typed[places[0]]) for row in self._rows]
        return self.texts(field), typed

    def different_texts(self, field: str) -> list[Text]:
        """Give the different texts of a field, in the order of their first rows."""
        texts = self.texts(field)
        first_lines = dict(zip(reversed(texts), reversed(self.lines), strict=True))
        return [Text(text, first_lines[text], count) for text, count in Counter(texts).items()]

    def untyped_cells(self, field: str) -> list[tuple[int, str]]:
        """Give the different cells of a field that came as text, each behind the first line that has it."""
        cells = [
            (row.line, row.cells[place])
            for place in self.headings.places.get(field, ())
            for row in self._rows
            if row.cells[place] and not (row.typed and row.typed[place])
        ]
        first_lines = {cell: line for line, cell in reversed(cells)}
        return sorted((line, cell) for cell, line in first_lines.items())

    def each(self, read: Callable[[_Said], _Meaning], said: Iterable[_Said]) -> list[_Meaning | BadValue]:
        """Find out what each row means by what it says.

        Args:
            read: Gives the meaning, or raises ``BadValue``; it is asked once, however many rows say the same.
            said: What each row says.

        Returns:
            The meanings; or what is wrong with a row, which then is one of its ``faults``.
        """
        said = list(said)
        meanings: dict[_Said, _Meaning | BadValue] = {}
        bad: dict[_Said, BadValue] = {}
        for one in dict.fromkeys(said):
            try:
                meanings[one] = read(one)
            except BadValue as error:
                meanings[one] = bad[one] = error
        if bad:
            for at, one in enumerate(said):
                if one in bad:
                    self.add_fault(at, bad[one])
        return [meanings[one] for one in said]

    def add_fault(self, at: int, fault: BadValue) -> None:
        """Note what is wrong with the row at a place."""
        self.faults.setdefault(at, []).append(fault)
