"""How a file of entries was understood, and why: what a person sees before anything is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import ImportRow, Status
from mini_crm.domain.money import units_of
from mini_crm.tables.table import Table, TableSource
from mini_crm.usecases.columns import Columns
from mini_crm.usecases.foreign.day_order import DayOrder, Order, survey_days
from mini_crm.usecases.foreign.headings import Headings
from mini_crm.usecases.foreign.signs import DECIMALS, Sign, Signs, survey_signs
from mini_crm.usecases.foreign.statuses import StatusWord, StatusWords
from mini_crm.usecases.foreign.systems import CLOSING
from mini_crm.usecases.rejects import Fault, Reject

DAY_FIELDS = ("entered_on", "pay_by", "status_on", CLOSING)
AMOUNT_FIELDS = ("amount", "paid_amount")
SAMPLE = 3

_TOLD_APART = ("typed", "unit", "name")
"""Data of an error that make another group of it."""
_IN_ROSTER = ("roster_no_lead", "roster_no_group", "roster_no_manager")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says about a file.

    Attributes:
        mapping: For fields that the file calls something else: its headings.
        constants: Fields that are the same in every row.
        statuses: What words mean, by their ``word_key``.
        dates: The order of day and month.
        decimal: The sign that begins the fraction of an amount.
        sheet: The sheet of a workbook.
        encoding: Of a CSV file.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, Status] = field(default_factory=dict)
    dates: Order | None = None
    decimal: Sign | None = None
    sheet: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the columns of a file mean.

    Attributes:
        source: How the file was opened.
        head_line: Line of the headings.
        headings: Which of them is which field.
        days: For each column of days its order of day and month.
        signs: For each column of amounts its signs.
        statuses: The words of the status column.
    """

    source: TableSource
    head_line: int
    headings: Headings
    days: Mapping[str, DayOrder]
    signs: Mapping[str, Signs]
    statuses: tuple[StatusWord, ...]

    @property
    def unknown_words(self) -> tuple[str, ...]:
        """Words of the status column that nobody knows."""
        return tuple(word.word for word in self.statuses if word.meaning is None)


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """Rows that were rejected for one reason.

    Attributes:
        fault: Of the first row.
        count: How many rows.
        line: The first of them.
        options: What can be said on the command line against it, one of these; empty if nothing can.
    """

    fault: Fault
    count: int
    line: int
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is said before a file is stored.

    Attributes:
        understanding: What its columns mean.
        unit: In which groups count that are created; None if nothing is created.
        units: Rows of each unit that a column of currencies names.
        sample: The first rows as they will be stored.
        faults: Why rows were rejected, the most frequent first.
        rounded: Lines whose amount was rounded to two places.
        without_amount: Lines of refusals that have no amount.
    """

    understanding: Understanding
    unit: str | None
    units: Mapping[str, int]
    sample: tuple[ImportRow, ...]
    faults: tuple[FaultGroup, ...]
    rounded: tuple[int, ...]
    without_amount: tuple[int, ...]


def understand(table: Table, columns: Columns, wishes: Wishes) -> tuple[Understanding, StatusWords]:
    """Find out what the columns of a file mean.

    Args:
        table: The file.
        columns: Its rows by field.
        wishes: What the command line says.

    Returns:
        What they mean, and the words of its statuses.
    """
    headings = columns.headings
    words = StatusWords(headings.system, wishes.statuses)
    statuses = words.survey(columns.different_texts("status")) if columns.has("status") else ()
    days = {
        field: survey_days(columns.untyped_cells(field), wishes.dates)
        for field in headings.places
        if field in DAY_FIELDS
    }
    signs = {
        field: survey_signs(columns.untyped_cells(field), wishes.decimal)
        for field in headings.places
        if field in AMOUNT_FIELDS
    }
    return Understanding(table.source, table.head_line, headings, days, signs, statuses), words


def group_faults(rejects: Iterable[Reject]) -> tuple[FaultGroup, ...]:
    """Put rejected rows together that have one reason; a row with several stands in several groups."""
    groups: dict[tuple[object, ...], list[tuple[int, Fault]]] = {}
    for reject in rejects:
        for fault in reject.faults:
            data = fault.error.data
            key = (fault.error.code, fault.column, *(data.get(name) for name in _TOLD_APART))
            groups.setdefault(key, []).append((reject.line, fault))
    found = [
        FaultGroup(rows[0][1], len(rows), rows[0][0], _options(rows[0][1].error)) for rows in groups.values()
    ]
    return tuple(sorted(found, key=lambda group: (-group.count, group.line)))


def _options(error: BadValue) -> tuple[str, ...]:
    match error.code:
        case "amount_other_unit":
            return tuple(f"--unit {unit}" for unit in units_of(str(error.data["typed"]))[:1])
        case "amount_ambiguous":
            return tuple(f"--decimal {name}" for name in DECIMALS.values())
        case "date_ambiguous":
            return ("--dates dmy", "--dates mdy")
        case code if code in _IN_ROSTER:
            return ("--create-roster",)
        case _:
            return ()
