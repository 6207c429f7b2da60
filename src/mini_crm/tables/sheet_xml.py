"""What a sheet's XML tells beyond the values of its cells: hidden rows, errors, formulas, leading zeros.

The text is searched, not parsed, in pieces of whole rows: a sheet of 50 MB takes a fraction of a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from mini_crm.tables.number_formats import ZeroFormat

MAX_ROW_BYTES = 16 << 20
"""Of the XML of one row."""
_CHUNK = 1 << 20
_LETTERS = re.compile(rb"[A-Z]+")
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*:)?worksheet[\s>]")
_NUMBER = re.compile(rb"[0-9]{1,10}")


class RowTooLong(Exception):
    """A row's XML has more bytes than any real row."""


class SheetFacts(NamedTuple):
    """What is to be said of a sheet.

    Attributes:
        hidden_rows: Hidden rows that have cells.
        empty_formulas: Formulas whose result is not in the file.
        first_formula: Address of the first of these; empty if there is none.
        has_patches: Whether ``patches`` finds anything.
    """

    hidden_rows: int
    empty_formulas: int
    first_formula: str
    has_patches: bool


class Patch(NamedTuple):
    """How one cell has to be shown.

    Attributes:
        column: From 0.
        error: What the cell shows instead of a value, such as ``#N/A``; empty if it has a value.
        zeros: How the value, if it is a whole number, is shown; None if there is nothing to it.
    """

    column: int
    error: str
    zeros: ZeroFormat | None


class SheetText:
    """The XML of one sheet.

    Args:
        styles: The styles that show leading zeros, by number.
        prefix: Of the names of its tags, with the colon; mostly empty.
    """

    def __init__(self, styles: dict[int, ZeroFormat], prefix: bytes) -> None:
        self._styles = styles
        p = re.escape(prefix)
        numbers = b"|".join(str(number).encode() for number in styles) or b"-"
        self._row_start = b"<" + prefix + b"row"
        self._formula_start = b"<" + prefix + b"f"
        self._row = re.compile(rb"<%brow(?=[\s/>])([^<>]*?)(?:/>|>(.*?)</%brow\s*>)" % (p, p), re.DOTALL)
        self._hidden = re.compile(rb"""<%brow\s[^<>]*?\bhidden\s*=\s*["'](?:1|true)["'][^<>/]*>""" % p)
        self._has_value = re.compile(rb"<%b(?:v|is)>" % p)
        self._row_end = b"</" + prefix + b"row"
        self._cell = re.compile(rb"<%bc(?=[\s/>])([^<>]*?)(?:/>|>(.*?)</%bc\s*>)" % (p, p), re.DOTALL)
        self._value = re.compile(rb"<%bv>([^<]*)</%bv>" % (p, p))
        self._empty_formula = re.compile(
            rb"<%bc(?=[\s/>])([^<>]*)>\s*<%bf(?=[\s/>])(?:[^<>]*/>|[^<>]*>[^<]*</%bf\s*>)\s*"
            rb"(?:<%bv\s*/>|<%bv>\s*</%bv>)?\s*</%bc\s*>" % (p, p, p, p, p, p, p)
        )
        self._patched = re.compile(
            rb"""<%bc\s(?:[^<>]*?\s)?(?:t\s*=\s*["']e["']|s\s*=\s*["'](?:%b)["'])""" % (p, numbers)
        )

    @staticmethod
    def prefix_of(start: bytes) -> bytes:
        """Find the prefix of the tags' names in the first bytes of a sheet."""
        found = _PREFIX.search(start)
        return (found[1] or b"") if found else b""

    def facts(self, stream: IO[bytes]) -> SheetFacts:
        """Go through the sheet once.

        Raises:
            RowTooLong: A row is longer than any real one.
        """
        hidden = formulas = 0
        first = ""
        has_patches = False
        for block in self._blocks(stream):
            if b"hidden" in block:
                hidden += sum(self._has_cells(block, row.end()) for row in self._hidden.finditer(block))
            if self._formula_start in block:
                for cell in self._empty_formula.finditer(block):
                    if _attribute(cell[1], b"t") != b"str":  # the result may well be no text
                        formulas += 1
                        first = first or _attribute(cell[1], b"r").decode("ascii", "replace")
            has_patches = has_patches or self._patched.search(block) is not None
        return SheetFacts(hidden, formulas, first, has_patches)

    def patches(self, stream: IO[bytes]) -> Iterator[tuple[int, list[Patch]]]:
        """Give the rows, by number from 1, that have cells to be shown otherwise than by their value.

        Raises:
            RowTooLong: A row is longer than any real one.
        """
        line = 0
        for block in self._blocks(stream):
            for row in self._row.finditer(block):
                number = _attribute(row[1], b"r")
                line = int(number) if _NUMBER.fullmatch(number) else line + 1
                if row[2] and self._patched.search(row[2]):
                    yield line, list(self._patches_of(row[2]))

    def _patches_of(self, row: bytes) -> Iterator[Patch]:
        column = -1
        for cell in self._cell.finditer(row):
            letters = _LETTERS.match(_attribute(cell[1], b"r"))
            column = _column(letters[0]) if letters else column + 1
            kind, style = _attribute(cell[1], b"t"), _attribute(cell[1], b"s")
            if kind == b"e":
                value = self._value.search(cell[2] or b"")
                yield Patch(column, value[1].decode("utf-8", "replace") if value else "#", None)
            elif kind in (b"", b"n") and style.isdigit() and int(style) in self._styles:
                yield Patch(column, "", self._styles[int(style)])

    def _has_cells(self, block: bytes, start: int) -> bool:
        end = block.find(self._row_end, start)
        return self._has_value.search(block, start, len(block) if end < 0 else end) is not None

    def _blocks(self, stream: IO[bytes]) -> Iterator[bytes]:
        """Give the text in pieces that end where a row ends."""
        rest = b""
        while chunk := stream.read(_CHUNK):
            rest += chunk
            if (cut := rest.rfind(self._row_start)) > 0:
                yield rest[:cut]
                rest = rest[cut:]
            elif len(rest) > MAX_ROW_BYTES:
                raise RowTooLong
        yield rest


def _attribute(attributes: bytes, name: bytes) -> bytes:
    found = re.search(rb"""(?:^|\s)%b\s*=\s*["']([^"']*)["']""" % name, attributes)
    return found[1] if found else b""


def _column(letters: Iterable[int]) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
