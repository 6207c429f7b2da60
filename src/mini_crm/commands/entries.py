"""Commands about stored entries: take an import back, mend single ones."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mini_crm.commands.output import json_option, say_json, say_table, some
from mini_crm.domain.errors import NotFound, UsageError
from mini_crm.domain.model import Lead
from mini_crm.domain.rules import MAX_NUMBER, name_key
from mini_crm.program import Program


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_import_undo(program), _entries(program)]


def _import_undo(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("import-undo", help=_("Take an import back; without a number list all imports."))
    @click.argument("batch", type=click.IntRange(1, MAX_NUMBER), required=False)
    @json_option(program)
    def import_undo(batch: int | None, as_json: bool) -> None:
        store = program.open_store()
        if batch is None:
            _list_batches(program, as_json)
            return
        result = store.undo_import(batch, program.person)
        if as_json:
            data = {
                "batch": batch,
                "removed": result.removed,
                "reverted": result.reverted,
                "kept": result.kept,
            }
            say_json(program, data)
            return
        program.say(
            _(
                "Import {batch} was taken back; entries removed: {removed}, changes reverted: {reverted}."
            ).format(batch=batch, removed=result.removed, reverted=result.reverted)
        )
        if result.kept:
            said = _("Kept, since somebody has changed them since: entries {ids}.")
            program.say(said.format(ids=some(result.kept)))

    return import_undo


def _list_batches(program: Program, as_json: bool) -> None:
    _ = program.texts.gettext
    batches = program.open_store().list_import_batches()
    if as_json:
        names = ("batch_id", "source", "imported_at", "imported_by", "entries", "undone_at")
        say_json(program, [{name: getattr(batch, name) for name in names} for batch in batches])
        return
    if not batches:
        program.say(_("There are no imports."))
        return
    rows = [(_("Import"), _("Source"), _("When"), _("By"), _("Entries"), "")]
    rows += [
        (
            str(batch.batch_id),
            batch.source,
            f"{batch.imported_at.astimezone():%Y-%m-%d %H:%M}",
            batch.imported_by,
            str(batch.entries),
            _("taken back") if batch.undone_at else "",
        )
        for batch in batches
    ]
    say_table(program, rows, right=[0, 4])


def _entries(program: Program) -> click.Command:
    _ = program.texts.gettext
    group = click.Group("entries", help=_("Mend single entries; their numbers are shown in the window."))
    ids = click.argument("ids", type=click.IntRange(1, MAX_NUMBER), nargs=-1, required=True)

    @group.command("void", help=_("Take entries out of every number; they stay on record."))
    @ids
    def void(ids: tuple[int, ...]) -> None:
        done = program.open_store().void_entries(ids, program.person)
        program.say(_("Entries taken out of every number: {n}").format(n=done))

    @group.command("restore", help=_("Bring deleted or voided entries back."))
    @ids
    def restore(ids: tuple[int, ...]) -> None:
        done = program.open_store().restore_entries(ids, program.person)
        program.say(_("Entries brought back: {n}").format(n=done))

    @group.command("reassign", help=_("Give entries to another manager."))
    @ids
    @click.option("--manager", required=True, help=_("Name of the manager."))
    @click.option("--group", "group_name", help=_("The manager's group, if the name occurs more than once."))
    @click.option("--lead", help=_("The manager's lead, if the name occurs more than once."))
    def reassign(ids: tuple[int, ...], manager: str, group_name: str | None, lead: str | None) -> None:
        store = program.open_store()
        manager_id, place = _find_manager(store.list_leads(), manager, group_name, lead)
        done = store.reassign_entries(ids, manager_id, program.person)
        program.say(_("Entries given to {manager}: {n}").format(manager=place, n=done))

    return group


def _find_manager(
    leads: Sequence[Lead], manager: str, group_name: str | None, lead_name: str | None
) -> tuple[int, str]:
    """Find the one manager who is meant; give the id, and where the manager is."""
    found = [
        (person.manager_id, f"{lead.name} / {group.name} / {person.name}")
        for lead in leads
        if lead_name is None or name_key(lead.name) == name_key(lead_name)
        for group in lead.groups
        if group_name is None or name_key(group.name) == name_key(group_name)
        for person in group.managers
        if name_key(person.name) == name_key(manager)
    ]
    if not found:
        raise NotFound("manager_name_not_found", name=manager)
    if len(found) > 1:
        raise UsageError("manager_ambiguous", name=manager, places="; ".join(place for _, place in found))
    return found[0]
