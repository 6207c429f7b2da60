"""Entries from a file: how it was understood, its good rows, and its bad ones with all their faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path

from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import ImportRow, RosterRow
from mini_crm.tables.opening import open_table
from mini_crm.tables.table import Row
from mini_crm.usecases.columns import Columns
from mini_crm.usecases.entry_rows import EntryReader
from mini_crm.usecases.foreign.headings import find_headings
from mini_crm.usecases.plan import SAMPLE, Plan, Wishes, group_faults, understand
from mini_crm.usecases.rejects import Fault, Reject
from mini_crm.usecases.rosters import Roster

_PROGRESS_EVERY = 1000


@dataclass(frozen=True, slots=True)
class EntryFile:
    """What a file of entries holds.

    Attributes:
        columns: Names as the file writes them.
        rows: Good rows, in the file's order; none while a word of its statuses is unknown.
        rejects: Bad rows, in the file's order.
        assumed: Lines whose day of payment or refusal is the promised day, for want of a better one.
        roster: Leads, groups and managers that have to be created first.
        plan: How the file was understood.
        ids: The id of each row that has one, by line.
    """

    columns: tuple[str, ...]
    rows: tuple[ImportRow, ...]
    rejects: tuple[Reject, ...]
    assumed: tuple[int, ...]
    roster: tuple[RosterRow, ...]
    plan: Plan
    ids: dict[int, str]


def read_entries(
    path: Path,
    wishes: Wishes | None = None,
    *,
    source: str,
    today: date,
    zone: tzinfo | None = None,
    unit: str | None = None,
    roster: Roster | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> EntryFile:
    """Read and check a file of entries; nothing is stored.

    Args:
        path: CSV or a workbook.
        wishes: What the command line says about it.
        source: Part of every row's key.
        today: The server's day: what lies behind it is refused.
        zone: The company's; None for that of this computer.
        unit: In which groups count if nothing else is said.
        roster: Where names are looked up; None to leave that to the store.
        progress: Called with the number of rows done, and of all rows (0 if nobody knows).

    Raises:
        BadFile: The file cannot be read, or has not the columns.
    """
    wishes = wishes or Wishes()
    progress = progress or (lambda done, total: None)
    with open_table(path, sheet=wishes.sheet, encoding=wishes.encoding) as table:
        headings = find_headings(path, table.columns, wishes.mapping, wishes.constants)
        # Kept, since one row can decide what all others mean.
        lines: list[Row] = []
        rejects: list[Reject] = []
        for done, row in enumerate(table.rows):
            if done % _PROGRESS_EVERY == 0:
                progress(done, table.lines)
            try:
                table.check_width(row)
            except BadValue as error:
                # Its cells are shifted: what they say is not what is wrong.
                rejects.append(Reject(row.line, (Fault("", error),), tuple(row.cells)))
            else:
                lines.append(row)
    columns = Columns(lines, headings)
    understanding, words = understand(table, columns, wishes)
    reader = EntryReader(columns, understanding, words, source, today, zone, unit, roster)
    rows = () if understanding.unknown_words else tuple(reader.read())
    for at, faults in columns.faults.items():
        told = tuple(Fault(headings.name_of(fault.field), fault) for fault in faults)
        rejects.append(Reject(lines[at].line, told, tuple(lines[at].cells)))
    rejects.sort(key=lambda reject: reject.line)
    plan = Plan(
        understanding=understanding,
        unit=unit,
        units=dict(reader.units),
        sample=rows[:SAMPLE],
        faults=group_faults(rejects),
        rounded=tuple(reader.rounded),
        without_amount=tuple(reader.without_amount),
    )
    created = roster.created if roster is not None else ()
    assumed = tuple(reader.assumed)
    return EntryFile(table.columns, rows, tuple(rejects), assumed, created, plan, reader.ids)
