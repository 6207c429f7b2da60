"""What a lead can have written: the four operations on an entry, as values that can be kept and repeated.

Each carries the operation id made for it, so that sending it twice stores it once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_type_hints
from uuid import UUID, uuid4

from mini_crm.domain.errors import MiniCrmError
from mini_crm.domain.model import Entry, EntryDraft, Status
from mini_crm.store.port import DesktopStore

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Add:
    """A new entry."""

    draft: EntryDraft
    client_ref: UUID = field(default_factory=uuid4)
    op_id: UUID = field(default_factory=uuid4)

    def send(self, store: DesktopStore, token: bytes) -> Entry:
        """Store it."""
        return store.add_entry(token, self.op_id, self.client_ref, self.draft)


@dataclass(frozen=True, slots=True)
class Update:
    """New content for an entry that was read at ``version``.

    Attributes:
        rest_ref: For the entry that keeps the rest of a partial payment; None keeps none.
    """

    entry_id: int
    version: int
    draft: EntryDraft
    op_id: UUID = field(default_factory=uuid4)
    rest_ref: UUID | None = None

    def send(self, store: DesktopStore, token: bytes) -> Entry:
        """Store it."""
        return store.update_entry(token, self.op_id, self.entry_id, self.version, self.draft, self.rest_ref)


@dataclass(frozen=True, slots=True)
class Delete:
    """The deletion of an entry that was read at ``version``."""

    entry_id: int
    version: int
    op_id: UUID = field(default_factory=uuid4)

    def send(self, store: DesktopStore, token: bytes) -> Entry:
        """Store it."""
        return store.delete_entry(token, self.op_id, self.entry_id, self.version)


@dataclass(frozen=True, slots=True)
class Restore:
    """The return of a deleted entry that was read at ``version``."""

    entry_id: int
    version: int
    op_id: UUID = field(default_factory=uuid4)

    def send(self, store: DesktopStore, token: bytes) -> Entry:
        """Store it."""
        return store.restore_entry(token, self.op_id, self.entry_id, self.version)


Write = Add | Update | Delete | Restore

_KINDS: dict[str, type[Write]] = {kind.__name__.lower(): kind for kind in (Add, Update, Delete, Restore)}


@dataclass(frozen=True, slots=True)
class Kept:
    """A write that is not stored in the database yet, as far as this computer knows.

    Attributes:
        made_at: When it was put aside.
        refusal: Why the database did not take it; None while it only waits.
        is_withdrawn: The person took it back, but it may have reached the database with its answer lost.
    """

    write: Write
    made_at: datetime
    refusal: MiniCrmError | None = None
    is_withdrawn: bool = False


def to_bytes(kept: Kept, owner: str) -> bytes:
    """Write it down as one JSON object.

    Args:
        kept: The write.
        owner: Whose it is, see ``from_bytes``.
    """
    refusal = kept.refusal
    content = {
        "format": FORMAT,
        "owner": owner,
        "kind": type(kept.write).__name__.lower(),
        "made_at": _plain(kept.made_at),
        "write": {f.name: _plain(getattr(kept.write, f.name)) for f in fields(kept.write)},
        "refusal": refusal and {"code": refusal.code, "data": _plain(refusal.data)},
        "is_withdrawn": kept.is_withdrawn,
    }
    return json.dumps(content, ensure_ascii=False).encode("utf-8")


def from_bytes(data: bytes, owner: str) -> Kept:
    """Read what ``to_bytes`` wrote.

    Raises:
        ValueError: It is damaged, of another format, or of another owner.
    """
    try:
        content = json.loads(data.decode("utf-8"))
        if content["format"] != FORMAT:
            raise ValueError("another format")
        if content["owner"] != owner:
            raise ValueError("of another database or lead")
        values = {name: _value(value) for name, value in content["write"].items()}
        write = _KINDS[content["kind"]](**values)
        refusal = content["refusal"]
        kept = Kept(
            write,
            _value(content["made_at"]),
            refusal and MiniCrmError(refusal["code"], **_value(refusal["data"])),
            content.get("is_withdrawn", False),
        )
        _check_types(kept)
        return kept
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError("not a kept write") from error


def _check_types(kept: Any) -> None:
    """Refuse what is not what it should be, before it goes anywhere, down to the fields of the draft.

    Raises:
        TypeError: A field has a value of another type, or a number that no database keeps.
    """
    for name, kind in get_type_hints(type(kept)).items():
        value = getattr(kept, name)
        if not isinstance(value, kind) or (type(value) is int and not 0 <= value < 2**63):
            raise TypeError(name)
        if is_dataclass(value):
            _check_types(value)


def _plain(value: object) -> Any:
    """Say a value in JSON; what JSON does not know is marked with its kind."""
    match value:
        case None | bool() | str() if not isinstance(value, Status):
            return value
        case Status():
            return {"$status": value.value}
        case int() | float():
            return value
        case UUID():
            return {"$uuid": value.hex}
        case Decimal():
            return {"$decimal": str(value)}
        case datetime():
            return {"$instant": value.astimezone(UTC).isoformat()}
        case date():
            return {"$day": value.isoformat()}
        case EntryDraft():
            return {"$draft": {f.name: _plain(getattr(value, f.name)) for f in fields(value)}}
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return str(value)


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(item) for item in plain)
    if not isinstance(plain, dict):
        return plain
    if len(plain) == 1:
        ((mark, inner),) = plain.items()
        match mark:
            case "$status":
                return Status(inner)
            case "$uuid":
                return UUID(inner)
            case "$decimal":
                return Decimal(inner)
            case "$instant":
                return datetime.fromisoformat(inner)
            case "$day":
                return date.fromisoformat(inner)
            case "$draft":
                return EntryDraft(**{name: _value(item) for name, item in inner.items()})
    return {name: _value(item) for name, item in plain.items()}
