"""Many rows as one parameter: JSON that every server reads alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from mini_crm.domain.model import Status
from mini_crm.store.rows import STATUS_CODE

MARK = "\u0080"
"""Stands before each of the letters below; ``core.PlainText`` takes them back."""

# JSON writes these characters as two, and not every server turns them into one again.
_SAFE = str.maketrans(
    {MARK: f"{MARK}m", '"': f"{MARK}q", "\\": f"{MARK}b", "\n": f"{MARK}n", "\t": f"{MARK}t"}
)


def json_of(rows: Iterable[Mapping[str, object] | int]) -> str:
    """Write rows as a JSON array; texts have to go through ``core.PlainText`` on the server.

    Every row must have every key, with None where there is nothing: a server may put the next row's
    value in the place of what is missing.
    """
    plain = [
        row if isinstance(row, int) else {key: _plain(value) for key, value in row.items()} for row in rows
    ]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    match value:
        case Status():
            return STATUS_CODE[value]
        case str():
            return value.translate(_SAFE)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%S}"
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value
