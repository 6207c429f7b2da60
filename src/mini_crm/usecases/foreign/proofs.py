"""What a whole column means, proven by its cells that can be read in one way only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Proven(Generic[Value]):
    """How a column is written.

    Attributes:
        value: What is certain; None where nothing in the column has two readings, or no cell proves one.
        proof: The cell that proves it, or the first that has two readings; empty if there is none.
        line: Its line.
        asked: The command line said it.
        mixed: Cells prove both readings, so that neither holds.
    """

    value: Value | None = None
    proof: str = ""
    line: int = 0
    asked: bool = False
    mixed: bool = False


def survey(
    cells: Iterable[tuple[int, str]], wish: Value | None, readings: Callable[[str], Sequence[Value]]
) -> Proven[Value]:
    """Find how a column is written.

    Args:
        cells: Lines and texts of cells that came as text.
        wish: What the command line says.
        readings: Gives the ways in which a cell can be read: one, or both; none where it tells nothing.
    """
    if wish is not None:
        return Proven(wish, asked=True)
    doubtful: tuple[int, str] | None = None
    proofs: dict[Value, tuple[int, str]] = {}
    for line, text in cells:
        found = readings(text)
        if len(found) == 1:
            proofs.setdefault(found[0], (line, text))
        elif found and doubtful is None:
            doubtful = line, text
    if len(proofs) == 1:
        ((value, (line, text)),) = proofs.items()
        return Proven(value, text.strip(), line)
    line, text = doubtful or (0, "")
    return Proven(None, text.strip(), line, mixed=bool(proofs))
