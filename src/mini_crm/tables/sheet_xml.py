"""What a sheet's XML tells beyond the values of its cells: hidden rows, errors, formulas, leading zeros.

The text is searched, not parsed, in pieces of whole rows: a sheet of 50 MB takes a fraction of a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from mini_crm.tables.number_formats import NumberFormat

MAX_ROW_BYTES = 16 << 20
"""Of the XML of one row."""
MAX_ROWS = 1 << 20
"""What Excel has."""
_CHUNK = 1 << 20
_MAX_ERROR_CELL = 1000
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*:)?worksheet[\s>]")

# Attributes of rows and cells: where it stands, of which type, in which style.
_R = re.compile(rb"""\sr\s*=\s*["']([A-Z]{0,4})([0-9]{1,10})["']""")
_T = re.compile(rb"""\st\s*=\s*["']([A-Za-z]*)["']""")
_S = re.compile(rb"""\ss\s*=\s*["']([0-9]{1,9})["']""")
_ERROR_TYPES = (b'"e"', b"'e'")


class TooMuch(Exception):
    """There are more rows, or more in one of them, than in any real sheet."""


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
        format: How the value is shown, if it is a number; None if there is nothing to it.
    """

    column: int
    error: str
    format: NumberFormat | None


class SheetText:
    """The XML of one sheet.

    Args:
        styles: The styles that say more than the number, by number.
        prefix: Of the names of its tags, with the colon; mostly empty.
    """

    def __init__(self, styles: dict[int, NumberFormat], prefix: bytes) -> None:
        self._styles = styles
        p = re.escape(prefix)
        numbers = b"|".join(str(number).encode() for number in styles) or b"-"
        self._row_start = b"<" + prefix + b"row"
        self._cell_start = b"<" + prefix + b"c"
        self._addressed_start = self._cell_start + b" r="
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
            rb"""<%bc((?=\s)[^<>]*?\s(?:t\s*=\s*["']e["']|s\s*=\s*["'](?:%b)["'])[^<>]*)>""" % (p, numbers)
        )

    @staticmethod
    def prefix_of(start: bytes) -> bytes:
        """Find the prefix of the tags' names in the first bytes of a sheet."""
        found = _PREFIX.search(start)
        return (found[1] or b"") if found else b""

    def facts(self, stream: IO[bytes]) -> SheetFacts:
        """Go through the sheet once.

        Raises:
            TooMuch: No real sheet is like this.
        """
        rows = hidden = formulas = 0
        first = ""
        has_patches = False
        for block in self._blocks(stream):
            rows += block.count(self._row_start)
            if rows > MAX_ROWS:
                raise TooMuch
            if b"hidden" in block:
                hidden += sum(self._has_cells(block, row.end()) for row in self._hidden.finditer(block))
            if self._formula_start in block:
                for cell in self._empty_formula.finditer(block):
                    kind, address = _T.search(cell[1]), _R.search(cell[1])
                    if kind is None or kind[1] != b"str":  # the result may well be no text
                        formulas += 1
                        first = first or (b"".join(address.groups()).decode() if address else "?")
            has_patches = has_patches or self._has_patches(block)
        return SheetFacts(hidden, formulas, first, has_patches)

    def patches(self, stream: IO[bytes]) -> Iterator[tuple[int, list[Patch]]]:
        """Give the rows, by number from 1, that have cells to be shown otherwise than by their value.

        Raises:
            TooMuch: No real sheet is like this.
        """
        line = 0
        for block in self._blocks(stream):
            # Nearly all writers give every cell its address; then the others need not be looked at.
            if block.count(self._cell_start) == block.count(self._addressed_start):
                yield from self._addressed_patches(block)
                if rows := block.count(self._row_start):
                    number = _R.search(block, block.rfind(self._row_start))
                    line = int(number[2]) if number else line + rows
                continue
            for row in self._row.finditer(block):
                number = _R.search(row[1])
                line = int(number[2]) if number else line + 1
                if row[2] and (found := list(self._patches_of(row[2]))):
                    yield line, found

    def _has_patches(self, block: bytes) -> bool:
        # Where no style tells more, errors are all that is left. To see that there is none needs no look at
        # every cell, which takes ten times as long.
        if not self._styles and not any(error in block for error in _ERROR_TYPES):
            return False
        return self._patched.search(block) is not None

    def _addressed_patches(self, block: bytes) -> Iterator[tuple[int, list[Patch]]]:
        line, found = 0, list[Patch]()
        for cell in self._patched.finditer(block):
            address = _R.search(cell[1])
            if address is None:
                continue
            if int(address[2]) != line:
                if found:
                    yield line, found
                line, found = int(address[2]), []
            if patch := self._patch_of(_column(address[1]), cell[1], block, cell.end()):
                found.append(patch)
        if found:
            yield line, found

    def _patches_of(self, row: bytes) -> Iterator[Patch]:
        column = -1
        for cell in self._cell.finditer(row):
            address = _R.search(cell[1])
            column = _column(address[1]) if address and address[1] else column + 1
            if patch := self._patch_of(column, cell[1], cell[2] or b"", 0):
                yield patch

    def _patch_of(self, column: int, attributes: bytes, text: bytes, start: int) -> Patch | None:
        """Give what a cell shows, if that is not its value; its content begins at ``start``."""
        kind = _T.search(attributes)
        if kind is not None and kind[1] == b"e":
            value = self._value.search(text, start, start + _MAX_ERROR_CELL)
            return Patch(column, value[1].decode("utf-8", "replace") if value else "#", None)
        elif kind is None or kind[1] == b"n":
            style = _S.search(attributes)
            if style is not None and (found := self._styles.get(int(style[1]))):
                return Patch(column, "", found)
        return None

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
                raise TooMuch
        yield rest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
