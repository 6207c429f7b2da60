"""Two people changed one entry: what the other one did, and the own change on top of it; no Tk here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mini_crm.domain.model import CHANGEABLE, Action, Entry, EntryDraft, Status
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.ui.entries.draft import leaves_rest
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Conflict
from mini_crm.usecases.writes import Delete, Restore, Update, Write

DELETED = "deleted"
"""The name under which it is compared whether an entry is there at all."""


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One field that at least one of the two changed.

    Attributes:
        field: Its name.
        old: What the person had seen.
        theirs: What is stored now.
        who: Who changed it to that, and when; empty if nobody did.
        mine: What was to be stored.
        is_overwritten: Doing the own change again would replace what the other one wrote here.
    """

    field: str
    old: str
    theirs: str
    who: str
    mine: str
    is_overwritten: bool


@dataclass(frozen=True, slots=True)
class ConflictTexts:
    """A conflict in words.

    Attributes:
        title: Which entry.
        text: Who changed it, and when.
        lines: The fields.
        now: The entry as it is.
        can_redo: Whether the own change is possible on top of it.
    """

    title: str
    text: str
    lines: tuple[ConflictLine, ...]
    now: str
    can_redo: bool


def describe(
    conflict: Conflict, seen: Entry, wanted: Entry, texts: Texts, entry_texts: EntryTexts
) -> ConflictTexts:
    """Say what happened.

    Args:
        conflict: Of the own write.
        seen: The entry as the person saw it before.
        wanted: As it would be if the write had been stored.
        texts: In the person's language.
        entry_texts: Write the values.
    """
    return ConflictTexts(
        title=texts.gettext("Entry {entry_id} was changed meanwhile").format(
            entry_id=conflict.entry.entry_id
        ),
        text=sentence(conflict.error, texts),
        lines=tuple(_lines(conflict, seen, wanted, texts, entry_texts)),
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
            rest_ref = write.rest_ref if leaves_rest(draft) else None
            return Update(entry.entry_id, entry.version, draft, rest_ref=rest_ref)
        case Delete() if not deleted:
            return Delete(entry.entry_id, entry.version)
        case Restore() if deleted:
            return Restore(entry.entry_id, entry.version)
        case _:
            return None


def _lines(
    conflict: Conflict, seen: Entry, wanted: Entry, texts: Texts, entry_texts: EntryTexts
) -> Iterator[ConflictLine]:
    """Give what either changed, field by field."""
    authors = _authors(conflict, entry_texts)
    sides = [_values(seen), _values(conflict.entry), _values(wanted)]
    match conflict.write:
        case Delete():
            sides[2][DELETED] = True
        case Restore():
            sides[2][DELETED] = False
        case Update(draft=draft) if draft.status_on is None and draft.status is not Status.EXPECTED:
            sides[2]["status_on"] = sides[0]["status_on"]  # the server's day, whichever it will be
        case _:
            pass
    _ = texts.gettext
    words = {True: _("yes"), False: _("no")}
    for name in sides[0]:
        old, theirs, mine = (side[name] for side in sides)
        if old == theirs == mine:
            continue
        shown = [words[v] if isinstance(v, bool) else entry_texts.value(v) for v in (old, theirs, mine)]
        yield ConflictLine(
            field=_("Deleted") if name == DELETED else entry_texts.fields[name],
            old=shown[0],
            theirs=shown[1],
            who=authors.get(name, "") if theirs != old else "",
            mine=shown[2],
            is_overwritten=old != theirs and mine not in (old, theirs),
        )


def _values(entry: Entry) -> dict[str, object]:
    """Give what is compared, in the order of the form."""
    paid = entry.status is Status.PAID
    return {
        "group_name": entry.group_name,
        "manager_name": entry.manager_name,
        "client_pin": entry.client_pin,
        "amount": entry.amount,
        "pay_by": entry.pay_by,
        "status": entry.status,
        "status_on": entry.status_on,
        "paid_amount": entry.amount if paid and entry.paid_amount is None else entry.paid_amount,
        "reason": entry.reason,
        "comment": entry.comment,
        DELETED: entry.deleted_at is not None,
    }


def _authors(conflict: Conflict, entry_texts: EntryTexts) -> dict[str, str]:
    """Give who changed each field last since the person saw it, and when."""
    found: dict[str, str] = {}
    for version in conflict.history:
        if version.version > conflict.write_version:
            who = f"{version.changed_by}, {entry_texts.moment(version.changed_at)}"
            found |= {change.field: who for change in version.changes}
            if version.action in (Action.DELETED, Action.RESTORED, Action.VOIDED):
                found[DELETED] = who
    return found


def _changed(mine: EntryDraft, conflict: Conflict) -> dict[str, Any]:
    """Give the fields that the own change touched, compared with what was seen before it."""
    before: dict[str, Any] = {name: getattr(conflict.entry.draft(), name) for name in CHANGEABLE}
    for version in reversed(conflict.history):
        if version.version > conflict.write_version:
            before |= {change.field: change.old for change in version.changes if change.field in before}
    touched = {name for name in CHANGEABLE if getattr(mine, name) != before[name]}
    if "status" in touched:
        touched |= {"status_on", "paid_amount", "reason"}
    return {name: getattr(mine, name) for name in touched}
