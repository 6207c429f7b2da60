"""The roster: read from a file, and looked up by name when other files speak of it.

Roster and targets are taken whole or not at all, so their readers give all bad rows at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from mini_crm.domain.dates import trimmed
from mini_crm.domain.errors import BadData, BadFile, BadValue
from mini_crm.domain.model import Lead, RosterRow, Target
from mini_crm.domain.money import MAX_TOTAL
from mini_crm.domain.period import Period, parse_period
from mini_crm.domain.rules import name_key
from mini_crm.tables.opening import open_table
from mini_crm.tables.table import TableSource
from mini_crm.usecases.cells import check_name, check_unit, parse_file_amount
from mini_crm.usecases.foreign.days import month_number
from mini_crm.usecases.rejects import Fault, Reject

ROSTER_COLUMNS = ("lead", "group", "manager", "unit")
ROSTER_NEEDED = ("lead", "group", "manager")
TARGET_COLUMNS = ("period", "lead", "unit", "amount")
TARGET_NEEDED = ("period", "amount")

MAX_LEADS = MAX_GROUPS = 65_535
MAX_MANAGERS = 1_048_575
"""What a run has room for, those who are no longer active included."""

_Parsed = TypeVar("_Parsed")

_NAMED_MONTH = re.compile(r"([^\W\d_]{3,})\.?[\s.-]*([0-9]{4}|[0-9]{2})(?:\s*\u0433\.?)?")
_FIRST_DAY = re.compile(r"(?:([0-9]{4})-([0-9]{2})-01|01\.([0-9]{2})\.([0-9]{4}))(?:[T ]0?0:00(?::00)?)?")
"""What Excel makes of 2026-11: a month by name, or the first of it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a file is opened, if a person says so.

    Attributes:
        sheet: Of a workbook.
        encoding: Of a CSV file.
        told: Gets to know how the file was understood, before its rows are read.
    """

    sheet: str | None = None
    encoding: str | None = None
    told: Callable[[TableSource], None] = lambda source: None


class Roster:
    """Names of leads, groups and managers, to look up those that a file speaks of.

    Args:
        leads: What the database has, inactive ones included.
        new_unit: The unit of groups to create; None if nothing may be created.
    """

    def __init__(self, leads: Iterable[Lead], new_unit: str | None = None) -> None:
        self._units: dict[tuple[str, str], str] = {}
        self._managers: set[tuple[str, str, str]] = set()
        self._leads: set[str] = set()
        self._new_unit = new_unit
        self._created: dict[tuple[str, str, str], RosterRow] = {}
        for lead in leads:
            self._leads.add(lead_key := name_key(lead.name))
            for group in lead.groups:
                key = (lead_key, name_key(group.name))
                self._units[key] = group.unit
                self._managers.update((*key, name_key(manager.name)) for manager in group.managers)

    @property
    def created(self) -> tuple[RosterRow, ...]:
        """What is missing of all that was taken, to be created first."""
        return tuple(self._created.values())

    def group_for(self, lead: str, group: str, unit: str) -> str:
        """Give the group that counts in a unit: the one of this name, else one with the unit behind it.

        Args:
            lead: Whose group.
            group: The name that the file gives, or the usual one.
            unit: In which the row counts.
        """
        known = self._units.get((name_key(lead), name_key(group)))
        if known == unit or (known is None and self._new_unit in (None, unit)):
            return group
        while True:
            group = f"{group} {unit}"
            if self._units.get((name_key(lead), name_key(group)), unit) == unit:
                return group

    def unit_of(self, lead: str, group: str, manager: str, unit: str | None = None) -> str:
        """Give the unit in which the group counts, or will count.

        Args:
            lead: The lead.
            group: The lead's group.
            manager: The group's manager.
            unit: Of the group if it is created; None for the usual one.

        Raises:
            BadValue: ``roster_no_lead``, ``roster_no_group`` or ``roster_no_manager``, unless they may be
                created.
        """
        key = (name_key(lead), name_key(group), name_key(manager))
        if key in self._managers:
            return self._units[key[:2]]
        if self._new_unit is None:
            if key[0] not in self._leads:
                raise BadValue("roster_no_lead", field="lead", name=lead)
            if key[:2] not in self._units:
                raise BadValue("roster_no_group", field="group", name=group, lead=lead)
            raise BadValue("roster_no_manager", field="manager", name=manager, group=group, lead=lead)
        # Kept from now on, so that no other row counts something else in a group to be created.
        return self._units.setdefault(key[:2], unit or self._new_unit)

    def take(self, lead: str, group: str, manager: str, unit: str | None = None) -> None:
        """Note that these are wanted: what is missing of them is among ``created`` from now on.

        Args:
            lead: The lead.
            group: The lead's group.
            manager: The group's manager.
            unit: Of the group if it is created; None for the usual one.
        """
        key = (name_key(lead), name_key(group), name_key(manager))
        if key not in self._managers and self._new_unit is not None:
            unit = self._units.setdefault(key[:2], unit or self._new_unit)
            self._managers.add(key)
            self._created[key] = RosterRow(lead, group, manager, unit)


def check_size(leads: Iterable[Lead], rows: Iterable[RosterRow]) -> None:
    """Refuse a roster that a run has no room for, before anything of it is stored.

    Args:
        leads: What the database has, inactive ones included.
        rows: What is to be there besides.

    Raises:
        BadData: ``roster_too_large``.
    """
    # A lead is a place of one name, a group of two, a manager of three.
    places: set[tuple[str, ...]] = set()
    for lead in leads:
        places.add(at_lead := (name_key(lead.name),))
        for group in lead.groups:
            places.add(at_group := (*at_lead, name_key(group.name)))
            places.update((*at_group, name_key(manager.name)) for manager in group.managers)
    for row in rows:
        place = name_key(row.lead), name_key(row.group), name_key(row.manager)
        places.update((place[:1], place[:2], place))
    sizes = Counter(map(len, places))
    counts = sizes[1], sizes[2], sizes[3]
    limits = MAX_LEADS, MAX_GROUPS, MAX_MANAGERS
    if any(count > limit for count, limit in zip(counts, limits, strict=True)):
        names = "leads", "groups", "managers"
        raise BadData(
            "roster_too_large",
            **dict(zip(names, counts, strict=True)),
            **{f"max_{name}": limit for name, limit in zip(names, limits, strict=True)},
        )


def read_roster(
    path: Path, *, default_unit: str, opening: Opening | None = None
) -> tuple[list[RosterRow], list[Reject]]:
    """Read a roster file: a row for each manager.

    Args:
        path: CSV or a workbook with the columns lead, group, manager and, if wanted, unit.
        default_unit: Where the unit is empty.
        opening: How to open the file.

    Returns:
        The good rows, and the bad ones: with any of these the roster should not be applied.

    Raises:
        BadFile: The file cannot be read, has not the columns, or has no row (``file_no_rows``).
    """
    seen: dict[tuple[str, str, str], int] = {}
    units: dict[tuple[str, str], tuple[str, int]] = {}

    def parse(line: int, cell: Callable[[str], str]) -> RosterRow:
        lead, group, manager = (check_name(cell(field), field) for field in ROSTER_NEEDED)
        unit = check_unit(cell("unit") or default_unit)
        key = (name_key(lead), name_key(group), name_key(manager))
        if (first := seen.setdefault(key, line)) != line:
            raise BadValue("row_twice", field="manager", first_line=first)
        known, known_line = units.setdefault(key[:2], (unit, line))
        if known != unit:
            raise BadValue(
                "group_two_units", field="unit", unit=unit, first_unit=known, first_line=known_line
            )
        return RosterRow(lead, group, manager, unit)

    return _read(path, opening, ROSTER_COLUMNS, ROSTER_NEEDED, parse)


def read_targets(
    path: Path, *, default_unit: str, opening: Opening | None = None
) -> tuple[list[Target], list[Reject]]:
    """Read a file of targets.

    Args:
        path: CSV or a workbook: period (its code), lead (empty for the company), unit, amount.
        default_unit: Where the unit is empty.
        opening: How to open the file.

    Returns:
        The good rows, and the bad ones: with any of these no target should be set.

    Raises:
        BadFile: The file cannot be read, has not the columns, or has no row (``file_no_rows``).
    """
    seen: dict[tuple[str, str, str], int] = {}

    def parse(line: int, cell: Callable[[str], str]) -> Target:
        period = _period(cell("period"))
        lead = check_name(cell("lead"), "lead") if trimmed(cell("lead")) else None
        unit = check_unit(cell("unit") or default_unit)
        amount = parse_file_amount(cell("amount"), unit=unit, limit=MAX_TOTAL)
        key = (period.code, name_key(lead or ""), unit)
        if (first := seen.setdefault(key, line)) != line:
            raise BadValue("row_twice", field="period", first_line=first)
        return Target(period, lead, unit, amount)

    return _read(path, opening, TARGET_COLUMNS, TARGET_NEEDED, parse)


def _period(text: str) -> Period:
    """Read a period's code, also one that a spreadsheet has turned into a month or its first day.

    Raises:
        BadValue: As ``parse_period``.
    """
    typed = trimmed(text)
    if (match := _NAMED_MONTH.fullmatch(typed)) and (month := month_number(match[1])) is not None:
        year = match[2] if len(match[2]) == 4 else f"20{match[2]}"
        return parse_period(f"{year}-{month:02}")
    if (match := _FIRST_DAY.fullmatch(typed)) is not None:
        return parse_period(f"{match[1] or match[4]}-{match[2] or match[3]}")
    return parse_period(text)


def _read(
    path: Path,
    opening: Opening | None,
    columns: tuple[str, ...],
    needed: tuple[str, ...],
    parse: Callable[[int, Callable[[str], str]], _Parsed],
) -> tuple[list[_Parsed], list[Reject]]:
    good: list[_Parsed] = []
    bad: list[Reject] = []
    how = opening or Opening()
    with open_table(path, sheet=how.sheet, encoding=how.encoding) as table:
        how.told(table.source)
        places = table.find({name: name for name in columns}, needed)
        for row in table.rows:
            try:
                table.check_width(row)
                good.append(parse(row.line, partial(_cell, row.cells, places)))
            except BadValue as error:
                fault = Fault(table.name_of(places, error.field), error)
                bad.append(Reject(row.line, (fault,), tuple(row.cells)))
    if not good and not bad:
        raise BadFile("file_no_rows", path=str(path))
    return good, bad


def _cell(cells: list[str], places: dict[str, int], field: str) -> str:
    return cells[places[field]] if field in places else ""
