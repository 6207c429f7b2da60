"""Rows of a file that cannot be taken: what is wrong with each, and a file to mend them in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from mini_crm.domain.errors import BadFile, BadValue
from mini_crm.files import OWNER_ONLY, replacing
from mini_crm.usecases.cells import FORMULA_STARTS


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a row.

    Attributes:
        column: The column at fault, as the file calls it; empty if it is the whole row.
        error: What is wrong, for ``mini_crm.messages``.
    """

    column: str
    error: BadValue


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was not taken.

    Attributes:
        line: Line in the file, 1 for the head.
        faults: All that is wrong with it, at least one.
        cells: The row as it stands in the file.
    """

    line: int
    faults: tuple[Fault, ...]
    cells: tuple[str, ...]

    @property
    def column(self) -> str:
        """The column of the first fault."""
        return self.faults[0].column

    @property
    def error(self) -> BadValue:
        """The first fault."""
        return self.faults[0].error


def write_rejects(
    path: Path,
    head: Sequence[str],
    rejects: Iterable[Reject],
    reason: Callable[[Reject], str],
    *,
    separator: str = ";",
) -> None:
    """Write rejected rows into a CSV file that a spreadsheet opens, replacing an older one.

    It is for its owner only, since client PINs stand in it. Text that a spreadsheet would take for a formula
    gets an apostrophe in front.

    Args:
        path: Where; the file appears when it is complete.
        head: Names for line and reason, then the columns of the original file.
        rejects: The rows.
        reason: Gives the sentence for a person.
        separator: What the person's spreadsheet expects.

    Raises:
        BadFile: ``file_not_writable``.
    """
    try:
        with replacing(path, mode=OWNER_ONLY) as raw:
            # With its mark, by which spreadsheets see that it is UTF-8.
            stream = TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")
            out = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
            out.writerow([harmless(name) for name in head])
            for reject in rejects:
                cells = (harmless(cell) for cell in reject.cells)
                out.writerow([reject.line, harmless(reason(reject)), *cells])
            stream.flush()
            stream.detach()
    except OSError as error:
        raise BadFile("file_not_writable", path=str(path), reason=error.strerror or "") from error


def harmless(text: str) -> str:
    """Give text that no spreadsheet reads as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
