"""What all sub-commands share: options, tables, JSON and progress bars."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from mini_crm.domain.dates import parse_file_date
from mini_crm.domain.errors import BadValue
from mini_crm.i18n import Texts
from mini_crm.messages import note_sentence, sentence
from mini_crm.program import Program
from mini_crm.tables.table import Note, TableSource
from mini_crm.usecases.rejects import Reject

SHOWN_REJECTS = 10
_SPECIAL = frozenset('"$`\\!')
"""What a shell looks for between double quotation marks."""

FILE = click.Path(path_type=Path, readable=False)
"""Files are checked where they are opened, which gives a better sentence and exit code 7."""

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Day(click.ParamType[date]):
    """A day on the command line: ``2026-03-05`` or ``05.03.2026``."""

    name = "day"

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the text; a date is passed through."""
        if isinstance(value, date):
            return value
        try:
            return parse_file_date(str(value), "day")
        except BadValue as error:
            self.fail(sentence(error, self._texts), param, ctx)


def json_option(program: Program) -> Decorator:
    """Give the option ``--json``."""
    help_text = program.texts.gettext("Print JSON for another program.")
    return click.option("--json", "as_json", is_flag=True, help=help_text)


def period_option(program: Program) -> Decorator:
    """Give the option ``--period``, to be read by ``domain.period.choose_period``."""
    help_text = program.texts.gettext(
        "Such as 2026-03, 2026-Q1, 2026, last-month, this-quarter or next-year, or the code of a period of"
        " your own; by default the current month."
    )
    return click.option("--period", "choice", metavar="PERIOD", help=help_text)


def dry_run_option(program: Program) -> Decorator:
    """Give the option ``--dry-run``."""
    help_text = program.texts.gettext("Only say what would be done; change nothing.")
    return click.option("--dry-run", is_flag=True, help=help_text)


def table_options(program: Program) -> Decorator:
    """Give the options ``--sheet`` and ``--encoding`` of a file that is read as a table."""
    _ = program.texts.gettext
    sheet = click.option(
        "--sheet", metavar="NAME", help=_("Sheet of a workbook; by default the first visible one.")
    )
    encoding = click.option(
        "--encoding",
        metavar="NAME",
        help=_("Encoding of a CSV file, such as cp1251; by default it is found out."),
    )
    return lambda command: sheet(encoding(command))


def note_source(program: Program, source: TableSource) -> None:
    """Print what a person should know of a file that was opened, beside the results."""
    notes = list(source.notes)
    if source.other_sheets:
        notes.insert(0, Note("sheets_other", {"sheet": source.sheet, "sheets": source.other_sheets}))
    for note in notes:
        program.note(note_sentence(note.code, note.data, program.texts))


def say_json(program: Program, data: object) -> None:
    """Print an object as JSON; days, amounts and the like become text."""
    program.say(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def say_table(program: Program, rows: Sequence[Sequence[str]], *, right: Iterable[int] = ()) -> None:
    """Print rows in aligned columns, the head first.

    Args:
        program: Prints them.
        rows: Cells, as many in each row.
        right: Columns of numbers, from 0.
    """
    numbers = set(right)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if at in numbers else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        program.say("  " + "  ".join(cells).rstrip())


def say_paragraph(program: Program, text: str) -> None:
    """Print a longer text, broken into lines that are easy to read."""
    program.say(click.wrap_text(text, width=min(shutil.get_terminal_size().columns, 100)))


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error while a person looks at it, else nothing.

    Yields:
        A function that takes the number of things done, and of all things.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with ExitStack() as stack:
        bars: list[Any] = []

        def show(done: int, total: int) -> None:
            if not bars and total > 0:
                bar = click.progressbar(length=total, label=label, file=sys.stderr)
                bars.append(stack.enter_context(bar))
            for bar in bars:
                bar.update(min(done, total) - bar.pos)

        yield show


def some(numbers: Sequence[int], limit: int = 20) -> str:
    """Write the first few of many numbers."""
    shown = ", ".join(map(str, numbers[:limit]))
    return f"{shown}, …" if len(numbers) > limit else shown


def quoted(word: str) -> str:
    """Write a word so that a command line takes it as it is: copied into a shell, it is one argument."""
    if sys.platform == "win32":
        return subprocess.list2cmdline([word])
    return f'"{word}"' if not _SPECIAL & set(word) else shlex.quote(word)


def reject_reason(reject: Reject, texts: Texts) -> str:
    """Say all that is wrong with a row, each with its column in front."""
    return " ".join(
        f"{fault.column}: {said}" if fault.column else said
        for fault in reject.faults
        for said in [sentence(fault.error, texts)]
    )


def say_rejects(program: Program, rejects: Sequence[Reject]) -> None:
    """Print the first few bad rows on standard error."""
    _ = program.texts.gettext
    for reject in rejects[:SHOWN_REJECTS]:
        reason = reject_reason(reject, program.texts)
        program.note(_("Line {line}: {reason}").format(line=reject.line, reason=reason))
    if len(rejects) > SHOWN_REJECTS:
        program.note(_("… and {n} more.").format(n=len(rejects) - SHOWN_REJECTS))
