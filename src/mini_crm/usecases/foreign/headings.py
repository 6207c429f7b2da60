"""Which heading of a file is which field: as ``--map`` says, as we name it, as a known system names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mini_crm.domain.errors import BadFile, UsageError
from mini_crm.usecases.foreign.systems import ANYBODY, CLOSING, OWN, REASON, System, known_systems, word_key

COLUMNS = (
    "id",
    "lead",
    "group",
    "manager",
    "client_pin",
    "amount",
    "paid_amount",
    "currency",
    "entered_on",
    "pay_by",
    "status",
    "status_on",
    "reason",
    "comment",
)
"""What the command line calls the fields."""
COALESCED = ("client_pin", "status_on", REASON)
"""Fields that several columns may hold, each filled in some rows only."""
_SETTABLE = tuple(name for name in COLUMNS if name != "id")
_PAIRS = re.compile(r"\s*,\s*(?=(?:" + "|".join(COLUMNS) + r")\s*=)")


@dataclass(frozen=True, slots=True)
class Headings:
    """Where each field stands in a file.

    Attributes:
        columns: The file's headings.
        places: For each field its columns, from 0; more than one only of ``COALESCED``. Besides ``COLUMNS``
            there can be ``closing``: the promised day of an open deal, the day of the outcome of others.
        constants: Fields that are the same in every row.
        system: Whose headings they are; None if nobody's in particular.
        owner: Lead or manager, if it has the other's column since there is one person only; else empty.
    """

    columns: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    constants: Mapping[str, str]
    system: System | None
    owner: str

    def name_of(self, field: str) -> str:
        """Give what the file calls the column of a field; empty if it has none."""
        places = self.places.get(field) or self.places.get(
            CLOSING if field in ("pay_by", "status_on") else ""
        )
        return self.columns[places[0]] if places else ""

    def unused(self) -> tuple[str, ...]:
        """Give the headings that mean nothing here."""
        used = {place for places in self.places.values() for place in places}
        return tuple(name for place, name in enumerate(self.columns) if name and place not in used)


def parse_mapping(texts: Iterable[str]) -> dict[str, str]:
    """Read which columns of a file are meant, such as ``id=deal_id,entered_on=entry_date``.

    A comma parts two pairs only where ``NAME=`` of a known field follows, so that headings may have commas.

    Args:
        texts: Pairs NAME=COLUMN; NAME is one of ``COLUMNS``.

    Raises:
        UsageError: ``map_unreadable``, ``map_unknown_name`` or ``map_twice``.
    """
    mapping: dict[str, str] = {}
    for text in texts:
        for pair in _PAIRS.split(text.strip().strip(",")):
            name, equals, column = (part.strip() for part in pair.partition("="))
            if not pair.strip():
                continue
            if not equals or not name or not column:
                raise UsageError("map_unreadable", text=pair.strip())
            if name not in COLUMNS:
                raise UsageError("map_unknown_name", name=name, known=", ".join(COLUMNS))
            if name in mapping:
                raise UsageError("map_twice", name=name)
            mapping[name] = column
    return mapping


def parse_constants(texts: Iterable[str]) -> dict[str, str]:
    """Read what is the same in every row, such as ``lead=Sales``.

    Raises:
        UsageError: ``set_unreadable``, ``set_unknown_name`` or ``set_twice``.
    """
    constants: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise UsageError("set_unreadable", text=text.strip())
        if name not in _SETTABLE:
            raise UsageError("set_unknown_name", name=name, known=", ".join(_SETTABLE))
        if name in constants:
            raise UsageError("set_twice", name=name)
        constants[name] = value
    return constants


def find_headings(
    path: Path, columns: Sequence[str], mapping: Mapping[str, str], constants: Mapping[str, str]
) -> Headings:
    """Find the column of each field.

    Args:
        path: The file, for errors.
        columns: Its headings.
        mapping: For fields that are called something else: their headings.
        constants: Fields that need no column.

    Raises:
        BadFile: ``file_no_column`` names all that are missing; ``file_column_twice``, if two columns have the
            same heading; ``headings_two``, if two headings mean the same field.
    """
    finder = _Finder(path, columns, constants)
    finder.take_mapped(mapping)
    own, *others, anybody = known_systems()
    assert (own.name, anybody.name) == (OWN, ANYBODY)  # noqa: S101 - the data file's order
    finder.take(own)
    complete = finder.is_complete()
    system = None if complete else finder.best(others)
    if system is not None:
        finder.take(system)
    finder.take(anybody, only_one=not (complete or system is not None))
    finder.settle_days()
    owner = finder.settle_people()
    finder.check(mapping)
    order = (*COLUMNS[:9], CLOSING, *COLUMNS[9:])
    places = {field: finder.places[field] for field in order if field in finder.places}
    return Headings(tuple(columns), places, dict(constants), system, owner)


class _Finder:
    """Gives columns to fields, one source of headings after the other."""

    def __init__(self, path: Path, columns: Sequence[str], constants: Mapping[str, str]) -> None:
        self._path = path
        self._columns = columns
        self._constants = constants
        self.places: dict[str, tuple[int, ...]] = {}
        self._by_key: dict[str, list[int]] = {}
        for place, name in enumerate(columns):
            if key := word_key(name):
                self._by_key.setdefault(key, []).append(place)

    def take_mapped(self, mapping: Mapping[str, str]) -> None:
        missing = [heading for heading in mapping.values() if word_key(heading) not in self._by_key]
        if missing:
            self._lacks(missing)
        for field, heading in mapping.items():
            self.places[field] = (self._place(word_key(heading)),)

    def take(self, system: System, *, only_one: bool = False) -> None:
        """Give the fields that are not found yet the columns that the system's headings name.

        Args:
            system: Whose headings.
            only_one: Refuse a file in which two headings mean the same field.
        """
        for field, found in self._found(system).items():
            if field in COALESCED:
                self.places[field] = tuple(map(self._place, found))
            elif only_one and len(found) > 1:
                names = [self._columns[self._by_key[key][0]] for key in found]
                raise BadFile("headings_two", path=str(self._path), field=field, columns=", ".join(names))
            else:
                self.places[field] = (self._place(found[0]),)

    def best(self, systems: Iterable[System]) -> System | None:
        """Give the system that finds most, of those that find all that is needed."""
        most, best = 0, None
        for system in systems:
            found = self._found(system)
            if self._suffices({*self.places, *self._constants, *found}) and len(found) > most:
                most, best = len(found), system
        return best

    def is_complete(self) -> bool:
        return self._suffices({*self.places, *self._constants})

    def settle_days(self) -> None:
        """One column for both days holds the promised day of open deals, and the outcome's of others."""
        pay_by, status_on = self.places.get("pay_by"), self.places.get("status_on")
        if pay_by is not None and pay_by == status_on:
            del self.places["pay_by"], self.places["status_on"]
            self.places[CLOSING] = pay_by

    def settle_people(self) -> str:
        """Let a sole owner be lead and manager; give the field that gets the other's column, if one does."""
        named = {field for field in ("lead", "manager") if field in self.places or field in self._constants}
        if len(named) != 1 or not named & set(self.places):
            return ""
        (field,) = named
        other = "manager" if field == "lead" else "lead"
        self.places[other] = self.places[field]
        return other

    def check(self, mapping: Mapping[str, str]) -> None:
        there = {*self.places, *self._constants}
        missing = [field for field in ("manager", "amount", "entered_on") if field not in there]
        if missing:
            self._lacks([mapping.get(field, field) for field in missing])

    def _found(self, system: System) -> dict[str, list[str]]:
        used = {place for places in self.places.values() for place in places}
        found: dict[str, list[str]] = {}
        for field, headings in system.headings.items():
            if field in self.places or field in self._constants:
                continue
            there = [key for key in headings if key in self._by_key and self._by_key[key][0] not in used]
            if there:
                found[field] = there
                used.update(self._by_key[key][0] for key in there)
        return found

    def _suffices(self, fields: set[str]) -> bool:
        return {"amount", "entered_on"} <= fields and bool({"lead", "manager"} & fields)

    def _place(self, key: str) -> int:
        places = self._by_key[key]
        if len(places) > 1:
            raise BadFile("file_column_twice", path=str(self._path), column=self._columns[places[0]])
        return places[0]

    def _lacks(self, columns: Iterable[str]) -> None:
        raise BadFile(
            "file_no_column",
            path=str(self._path),
            columns=", ".join(columns),
            present=", ".join(name for name in self._columns if name),
        )
