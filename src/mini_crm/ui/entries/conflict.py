"""Two people changed one entry: what the other one did, and the own change on top of it; no Tk here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mini_crm.domain.model import CHANGEABLE, EntryDraft
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Conflict
from mini_crm.usecases.writes import Delete, Restore, Update, Write


@dataclass(frozen=True, slots=True)
class ConflictTexts:
    """A conflict in words.

    Attributes:
        title: Which entry.
        text: Who changed it, and when.
        theirs: Moment, person, field, old and new value.
        now: The entry as it is.
        can_redo: Whether the own change is possible on top of it.
    """

    title: str
    text: str
    theirs: tuple[tuple[str, str, str, str, str], ...]
    now: str
    can_redo: bool


def describe(conflict: Conflict, texts: Texts, entry_texts: EntryTexts) -> ConflictTexts:
    """Say what happened."""
    later = [version for version in conflict.history if version.version > conflict.write_version]
    return ConflictTexts(
        title=texts.gettext("Entry {entry_id} was changed meanwhile").format(
            entry_id=conflict.entry.entry_id
        ),
        text=sentence(conflict.error, texts),
        theirs=tuple(entry_texts.history(later)),
        now=entry_texts.describe(conflict.entry),
        can_redo=redo(conflict) is not None,
    )


def redo(conflict: Conflict) -> Write | None:
    """Give the own change anew, on top of what is stored now; None where that is not possible."""
    entry, write = conflict.entry, conflict.write
    deleted = entry.deleted_at is not None
    match write:
        case Update() if not deleted:
            draft = replace(entry.draft(), **_changed(write.draft, conflict))
            return Update(entry.entry_id, entry.version, draft)
        case Delete() if not deleted:
            return Delete(entry.entry_id, entry.version)
        case Restore() if deleted:
            return Restore(entry.entry_id, entry.version)
        case _:
            return None


def _changed(mine: EntryDraft, conflict: Conflict) -> dict[str, Any]:
    """Give the fields that the own change touched, compared with what was seen before it."""
    before: dict[str, Any] = {name: getattr(conflict.entry.draft(), name) for name in CHANGEABLE}
    for version in reversed(conflict.history):
        if version.version > conflict.write_version:
            before |= {change.field: change.old for change in version.changes if change.field in before}
    touched = {name for name in CHANGEABLE if getattr(mine, name) != before[name]}
    if "status" in touched:
        touched |= {"status_on", "paid_amount"}
    return {name: getattr(mine, name) for name in touched}
