"""Values on their way to a procedure and back, and the statement that calls it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from mini_crm.domain.model import Status
from mini_crm.store.rows import STATUS_CODE

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


def row_of(names: Iterable[str], values: Iterable[object]) -> Row:
    """Make a row."""
    return {name: from_server(value) for name, value in zip(names, values, strict=True)}


def data_of(sets: Sequence[Sequence[Row]]) -> dict[str, object]:
    """Give what a procedure told about an error: the last result set before it, if that is one row."""
    last = sets[-1] if sets else ()
    return {snake(name): value for name, value in last[0].items()} if len(last) == 1 else {}


def pascal(name: str) -> str:
    """Turn ``entry_id`` into ``EntryId``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """Turn ``EntryId`` into ``entry_id``."""
    return _CAPITAL.sub("_", name).lower()
