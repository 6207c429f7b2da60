"""Texts of which some parts can be opened; no Tk here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter

from mini_crm.domain.model import ForecastRow, Run
from mini_crm.usecases.behind import Number, can_open


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, and the number that it opens, if it does."""

    text: str
    number: Number | None = None


class Linked(str):
    """A text that knows which of its parts open numbers; it is equal to the text.

    Attributes:
        pieces: Its parts; together they are the text.
    """

    pieces: tuple[Piece, ...]
    __slots__ = ("pieces",)

    def __new__(cls, pieces: Iterable[Piece]) -> Linked:
        """Put parts together."""
        kept = tuple(piece for piece in pieces if piece.text)
        text = super().__new__(cls, "".join(piece.text for piece in kept))
        text.pieces = kept
        return text


def fill_in(template: str, **values: Piece | str) -> Linked:
    """Put values into a translated template as ``str.format`` would; what opens a number goes on doing so."""
    pieces = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        pieces.append(Piece(text))
        if name is not None:
            value = values[name]
            pieces.append(value if isinstance(value, Piece) else Piece(value))
    return Linked(pieces)


def join(separator: str, texts: Iterable[str]) -> Linked:
    """Put texts together as ``str.join`` would; what opens a number goes on doing so."""
    pieces: list[Piece] = []
    for text in texts:
        pieces += [*([Piece(separator)] if pieces else []), *pieces_of(text)]
    return Linked(pieces)


def pieces_of(text: str) -> tuple[Piece, ...]:
    """Give the parts of a text; one that opens nothing is one part."""
    if isinstance(text, Linked):
        return text.pieces
    return (Piece(text),) if text else ()


def link(text: str, number: Number, row: ForecastRow, run: Run | None) -> Piece:
    """Make a part that opens a number of a row, if there is anything behind it."""
    return Piece(text, number if run is not None and can_open(number, row, run) else None)
