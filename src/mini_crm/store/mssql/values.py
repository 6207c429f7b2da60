"""Values on their way to a procedure and back, and the statement that calls it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any, overload
from uuid import UUID

from mini_crm.domain.model import Entry, Status
from mini_crm.store.rows import STATUS_CODE, entries_of

Row = dict[str, Any]
"""One row: column name -> value."""

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def statement_of(procedure: str, parameters: Mapping[str, object]) -> tuple[str, tuple[object, ...]]:
    """Give the statement that calls a procedure, and its values.

    What is None is left out: each such parameter has NULL as its default, and no driver must guess
    of which type a NULL is.

    Args:
        procedure: With its schema, such as ``api.AddEntry``.
        parameters: By our name: ``entry_id`` is sent as ``@EntryId``.
    """
    sent = {name: to_server(value) for name, value in parameters.items() if value is not None}
    named = ", ".join(f"@{pascal(name)} = ?" for name in sent)
    return f"EXEC {procedure} {named}".rstrip(), tuple(sent.values())


def to_server(value: object) -> object:
    """Turn one of our values into one that every driver knows."""
    match value:
        case Status():
            return STATUS_CODE[value]
        case Enum():
            return value.value
        case bool():
            return int(value)
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None)
        case _:
            return value


def from_server(value: object) -> object:
    """Turn a column into one of our values: instants are in UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class Rows(Sequence[Row]):
    """A result set, as rows by name; each is made when somebody asks for it.

    Attributes:
        names: Of the columns.
        values: As the driver gives them, row by row, in the order of the names.
    """

    __slots__ = ("names", "values")

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.values: list[Sequence[Any]] = []

    def __len__(self) -> int:
        """Give how many rows there are."""
        return len(self.values)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows."""
        return map(self._row, self.values)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """Give one row, or some."""
        if isinstance(place, slice):
            return list(map(self._row, self.values[place]))
        return self._row(self.values[place])

    def _row(self, values: Sequence[Any]) -> Row:
        return {name: from_server(value) for name, value in zip(self.names, values, strict=True)}


def entries_in(rows: Rows) -> tuple[Entry, ...]:
    """Read a result set of entries."""
    return entries_of(rows.names, rows.values, from_server)


def data_of(sets: Sequence[Rows]) -> dict[str, object]:
    """Give what a procedure told about an error: the last result set before it, if that is one row."""
    if not sets or len(sets[-1]) != 1:
        return {}
    return {snake(name): value for name, value in sets[-1][0].items()}


def pascal(name: str) -> str:
    """Turn ``entry_id`` into ``EntryId``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """Turn ``EntryId`` into ``entry_id``."""
    return _CAPITAL.sub("_", name).lower()
