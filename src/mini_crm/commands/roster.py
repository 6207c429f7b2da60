"""Commands about people: the roster, passwords."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from pathlib import Path

import click

from mini_crm.commands.database import usual_unit
from mini_crm.commands.output import (
    FILE,
    dry_run_option,
    json_option,
    note_source,
    progress_bar,
    quoted,
    say_json,
    say_rejects,
    table_options,
)
from mini_crm.domain.credentials import CODE_ALPHABET, CODE_LENGTH, PasswordKind
from mini_crm.domain.errors import BadData, UsageError
from mini_crm.domain.model import Lead, RosterChange
from mini_crm.i18n import Texts
from mini_crm.options import OUT_FILE
from mini_crm.program import Program
from mini_crm.report.slips import write_slips
from mini_crm.report.wording import unit_name
from mini_crm.usecases.accounts import Slip, find_leads, issue_passwords
from mini_crm.usecases.rosters import Opening, check_size, read_roster


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_import_roster(program), _passwords(program)]


def _import_roster(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command(
        "import-roster",
        help=_(
            "Bring leads, groups and managers in line with a file: CSV, xlsx, xls, xlsb or ods (columns "
            "lead, group, manager, unit). Whoever is not in it is deactivated; nothing is deleted."
        ),
    )
    @click.argument("file", type=FILE)
    @click.option(
        "--partial", is_flag=True, help=_("The file is not the whole roster: nobody is deactivated.")
    )
    @click.option(
        "--gone",
        multiple=True,
        metavar="NAME",
        help=_("A lead who has really left, where the file has a new one who might be the same person."),
    )
    @table_options(program)
    @dry_run_option(program)
    @json_option(program)
    def import_roster(
        file: Path,
        partial: bool,
        gone: tuple[str, ...],
        sheet: str | None,
        encoding: str | None,
        dry_run: bool,
        as_json: bool,
    ) -> int:
        store = program.open_store()
        opening = Opening(sheet, encoding, functools.partial(note_source, program))
        rows, rejects = read_roster(file, default_unit=usual_unit(store), opening=opening)
        if rejects:
            say_rejects(program, rejects)
            program.note(_("Nothing was changed: a roster is taken whole or not at all."))
            return BadData.exit_code
        check_size(store.list_leads(), rows)
        leaving = find_leads(store.list_leads(), gone) if gone else []
        planned = store.apply_roster(rows, program.person, dry_run=True, complete=not partial)
        _refuse_replaced(planned, {lead.name for lead in leaving})
        changes = planned
        if not dry_run:
            changes = store.apply_roster(rows, program.person, complete=not partial)
        if as_json:
            names = ("kind", "name", "old", "new", "open_entries")
            say_json(program, [{name: getattr(change, name) for name in names} for change in changes])
            return 0
        if dry_run:
            program.say(_("Nothing was stored; this is what would be done:"))
        for change in changes:
            program.say("  " + _change_sentence(change, program.texts))
        leads = len({row.lead for row in rows})
        program.say(
            _("In the file: leads: {leads}, managers: {managers}; changes: {changes}.").format(
                leads=leads, managers=len(rows), changes=len(changes)
            )
        )
        return 0

    return import_roster


def _refuse_replaced(changes: Sequence[RosterChange], leaving: set[str]) -> None:
    """Stop where a lead may only have another name: the history would stay behind.

    Raises:
        BadData: ``roster_lead_replaced``.
    """
    new = [change.name for change in changes if change.kind == "lead_new"]
    gone = [change.name for change in changes if change.kind == "lead_gone" and change.name not in leaving]
    if new and gone:
        raise BadData(
            "roster_lead_replaced",
            new=tuple(new),
            gone=tuple(gone),
            old_quoted=quoted(gone[0]),
            new_quoted=quoted(new[0]),
            options=" ".join(f"--gone {quoted(name)}" for name in gone),
        )


def _change_sentence(change: RosterChange, texts: Texts) -> str:
    _ = texts.gettext
    sentences = {
        "lead_new": _("Lead {name}: new"),
        "lead_gone": _("Lead {name}: not in the roster any more, deactivated"),
        "lead_back": _("Lead {name}: active again"),
        "group_new": _("Group {name}: new ({new})"),
        "group_gone": _("Group {name}: not in the roster any more, deactivated ({old})"),
        "group_back": _("Group {name}: active again ({new})"),
        "group_unit": _("Group {name}: unit {old} becomes {new}"),
        "manager_new": _("Manager {name}: new ({new})"),
        "manager_gone": _("Manager {name}: not in the roster any more, deactivated ({old})"),
        "manager_back": _("Manager {name}: active again ({new})"),
        "manager_moved": _(
            "Manager {name}: moved from {old} to {new}; open entries that follow: {open_entries}"
        ),
    }
    old, new = change.old, change.new
    if change.kind == "group_unit":
        old, new = unit_name(old, texts), unit_name(new, texts)
    said = sentences[change.kind].format(name=change.name, old=old, new=new, open_entries=change.open_entries)
    return said.removesuffix(" ()")


def _passwords(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command(
        "passwords",
        help=_(
            "Issue new passwords and write them on slips to print. Name leads, or give --all or --missing."
        ),
    )
    @click.argument("names", nargs=-1)
    @click.option("--all", "everybody", is_flag=True, help=_("For every active lead."))
    @click.option("--missing", is_flag=True, help=_("For every active lead without a password."))
    @click.option(
        "--style",
        type=click.Choice(["code", "number"]),
        default="code",
        show_default=True,
        help=_("A code of 12 characters, or a number that the lead has to change at once."),
    )
    @click.option(
        "--slips",
        type=OUT_FILE,
        required=True,
        help=_("The xlsx file for the slips; it must not exist yet."),
    )
    def passwords(names: tuple[str, ...], everybody: bool, missing: bool, style: str, slips: Path) -> None:
        if [bool(names), everybody, missing].count(True) != 1:
            raise UsageError("passwords_for_whom")
        leads = _chosen(program.open_store().list_leads(), names, missing)
        if not leads:
            program.say(
                _("There is no such lead, so nothing was issued.")
                if everybody
                else _("Every active lead has a password already; nothing was issued.")
            )
            return
        _issue(program, leads, PasswordKind(style), slips)

    return passwords


def _chosen(leads: Sequence[Lead], names: Sequence[str], missing: bool) -> list[Lead]:
    if names:
        return find_leads(leads, names)
    return [lead for lead in leads if lead.is_active and not (missing and lead.has_password)]


def _issue(program: Program, leads: Sequence[Lead], kind: PasswordKind, path: Path) -> None:
    _ = program.texts.gettext
    must_change = kind is PasswordKind.NUMBER
    total, changed = len(leads), 0

    def keep(slips: Sequence[Slip]) -> None:
        pairs = [(slip.lead_name, slip.password) for slip in slips]
        write_slips(path, pairs, program.texts, must_change=must_change)

    def stored(number: int) -> None:
        nonlocal changed
        changed = number

    try:
        with progress_bar(_("Making passwords")) as progress:
            issue_passwords(
                program.open_store(),
                leads,
                kind,
                program.person,
                keep=keep,
                made=lambda number: progress(number, total),
                stored=stored,
            )
    except BaseException:
        if path.exists() and 0 < changed < total:
            said = _(
                "Stopped in the middle: the first {n} of {total} pages of {path} hold, up to {lead}. "
                "The other leads still have their old passwords."
            )
            program.note(said.format(n=changed, total=total, path=path, lead=leads[changed - 1].name))
        raise
    program.say(
        program.texts.ngettext(
            "{n} lead has a new password; the old one no longer holds.",
            "{n} leads have new passwords; the old ones no longer hold.",
            total,
        ).format(n=total)
    )
    program.say(
        _("The slips are in {path}. Print them, hand them out, and delete the file.").format(path=path)
    )
    if not must_change:
        bits = round(CODE_LENGTH * math.log2(len(CODE_ALPHABET)))
        program.say(_("Each is a code of its own with {bits} bits, drawn by lot.").format(bits=bits))
    else:
        program.say(
            _(
                "Numbers are easy to guess (20 bits), so each lead has to change it at the first sign-in. "
                "Codes are safer."
            )
        )
