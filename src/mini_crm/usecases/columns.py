"""The rows of a file by field: what a text means is found out once, however many rows have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import compress
from operator import itemgetter, not_
from typing import NamedTuple, TypeVar

from mini_crm.domain.errors import BadValue
from mini_crm.tables.table import Row
from mini_crm.usecases.cells import meant
from mini_crm.usecases.foreign.headings import Headings

_Said = TypeVar("_Said", bound=Hashable)
_Meaning = TypeVar("_Meaning")


class BadValues(Exception):
    """Several things are wrong with what a row says.

    Args:
        faults: At least one, in the order in which a person is told.
    """

    def __init__(self, faults: Sequence[BadValue]) -> None:
        super().__init__(faults)
        self.faults = faults


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
        self.lines = [row.line for row in rows]
        self.faults: dict[int, list[BadValue]] = {}
        self._cells = [row.cells for row in rows]
        self._typed = [row.typed for row in rows]
        self._is_all_text = not any(self._typed)

    def has(self, field: str) -> bool:
        """Say whether the file, or the command line for all of it, says something of a field."""
        return field in self.headings.places or field in self.headings.constants

    def texts(self, field: str) -> Sequence[str]:
        """Give what each row says of a field; empty where it says nothing."""
        if field in self.headings.constants:
            return [self.headings.constants[field]] * len(self.lines)
        places = self.headings.places.get(field)
        if not places:
            return [""] * len(self.lines)
        first, *others = map(self._meant, places)
        for other in others:
            first = [text or instead for text, instead in zip(first, other, strict=True)]
        return first

    def numbers(self, field: str) -> tuple[Sequence[str], Sequence[bool]]:
        """Give what each row says of a field, and whether its cell was a number in a workbook."""
        places = self.headings.places.get(field)
        return self.texts(field), self._is_typed(places[0]) if places else [False] * len(self.lines)

    def different_texts(self, field: str) -> list[Text]:
        """Give the different texts of a field, in the order of their first rows."""
        texts = self.texts(field)
        first_lines = dict(zip(reversed(texts), reversed(self.lines), strict=True))
        return [Text(text, first_lines[text], count) for text, count in Counter(texts).items()]

    def untyped_cells(self, field: str) -> list[tuple[int, str]]:
        """Give the different cells of a field that came as text, each behind the first line that has it."""
        first_lines: dict[str, int] = {}
        for place in self.headings.places.get(field, ()):
            cells, lines = self._column(place), self.lines
            if not self._is_all_text:
                is_text = list(map(not_, self._is_typed(place)))
                cells, lines = list(compress(cells, is_text)), list(compress(lines, is_text))
            # Backwards, so that of the rows that have the same cell the first is what stays.
            for cell, line in dict(zip(reversed(cells), reversed(lines), strict=True)).items():
                first_lines[cell] = min(line, first_lines.get(cell, line))
        return sorted((line, cell) for cell, line in first_lines.items() if cell)

    def each(self, read: Callable[[_Said], _Meaning], said: Iterable[_Said]) -> list[_Meaning | BadValue]:
        """Find out what each row means by what it says.

        Args:
            read: Gives the meaning, or raises ``BadValue`` or ``BadValues``; it is asked once, however many
                rows say the same.
            said: What each row says.

        Returns:
            The meanings; or what is first wrong with a row, which then is among its ``faults``.
        """
        said = list(said)
        meanings: dict[_Said, _Meaning | BadValue] = {}
        bad: dict[_Said, Sequence[BadValue]] = {}
        for one in dict.fromkeys(said):
            try:
                meanings[one] = read(one)
            except BadValue as error:
                meanings[one] = error
                bad[one] = (error,)
            except BadValues as error:
                meanings[one] = error.faults[0]
                bad[one] = error.faults
        if bad:
            for at, one in enumerate(said):
                for fault in bad.get(one, ()):
                    self.add_fault(at, fault)
        return list(map(meanings.__getitem__, said))

    def add_fault(self, at: int, fault: BadValue) -> None:
        """Note what is wrong with the row at a place."""
        self.faults.setdefault(at, []).append(fault)

    def _column(self, place: int) -> list[str]:
        return list(map(itemgetter(place), self._cells))

    def _meant(self, place: int) -> list[str]:
        cells = self._column(place)
        changed = {cell: text for cell in set(cells) if (text := meant(cell)) != cell}
        return [changed.get(cell, cell) for cell in cells] if changed else cells

    def _is_typed(self, place: int) -> Sequence[bool]:
        if self._is_all_text:
            return [False] * len(self.lines)
        return [typed is not None and typed[place] for typed in self._typed]
