"""Commands about leads: who they are, whether they may come in, who sees the company page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from mini_crm.commands.output import json_option, say_json, say_table
from mini_crm.domain.credentials import PasswordKind
from mini_crm.domain.model import Lead
from mini_crm.i18n import Texts
from mini_crm.program import Program
from mini_crm.store.port import Store
from mini_crm.usecases.accounts import find_leads, issue_passwords
from mini_crm.usecases.cells import check_name


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_leads(program)]


def _leads(program: Program) -> click.Command:
    _ = program.texts.gettext
    names = click.argument("names", nargs=-1, required=True)

    @click.group("leads", invoke_without_command=True, help=_("List leads, unlock them, let them in or not."))
    @json_option(program)
    @click.pass_context
    def group(context: click.Context, as_json: bool) -> None:
        if context.invoked_subcommand is None:
            _list_leads(program, as_json)

    @group.command("list", help=_("List all leads."))
    @json_option(program)
    def list_all(as_json: bool) -> None:
        _list_leads(program, as_json)

    @group.command("unlock", help=_("Forget failed sign-ins, waiting time and lock; the password stays."))
    @names
    def unlock(names: tuple[str, ...]) -> None:
        said = _("{lead} can sign in again with the same password.")
        _for_each(program, names, said, lambda store, lead: store.unlock_lead(lead, program.person))

    @group.command("deactivate", help=_("Let a lead in no longer; all sessions end, entries stay."))
    @names
    def deactivate(names: tuple[str, ...]) -> None:
        said = _("{lead} can sign in no longer. The entries are kept.")
        _for_each(
            program, names, said, lambda store, lead: store.set_lead_active(lead, False, program.person)
        )

    @group.command("activate", help=_("Let a lead in again."))
    @names
    def activate(names: tuple[str, ...]) -> None:
        said = _("{lead} can sign in again.")
        _for_each(program, names, said, lambda store, lead: store.set_lead_active(lead, True, program.person))

    @group.command(
        "head", help=_("Open the company page to a head of sales; makes the account if there is none.")
    )
    @click.argument("name")
    @click.option("--off", is_flag=True, help=_("Close the page again; the sessions end."))
    def head(name: str, off: bool) -> None:
        store = program.open_store()
        if off:
            (known,) = find_leads(store.list_leads(), [name])
            lead = store.set_head(known.name, False, program.person)
            program.say(
                _("{lead} no longer sees the company page. The sessions have ended.").format(lead=lead.name)
            )
            return
        before = {lead.lead_id for lead in store.list_leads()}
        lead = store.set_head(check_name(name, "lead"), True, program.person)
        if lead.lead_id not in before:
            program.say(_("An account for {lead} was made.").format(lead=lead.name))
        program.say(_("{lead} sees the company page from the next sign-in on.").format(lead=lead.name))
        if not lead.is_active:
            program.say(_("This account may not sign in yet: mini-crm-admin leads activate NAME"))
        if not lead.has_password:
            program.say(_("It has no password yet. Issue one by: mini-crm-admin passwords NAME --slips FILE"))

    @group.command("rename", help=_("Give a lead another name; entries and password stay."))
    @click.argument("old")
    @click.argument("new")
    def rename(old: str, new: str) -> None:
        store = program.open_store()
        (lead,) = find_leads(store.list_leads(), [old])
        name = check_name(new, "lead")
        store.rename_lead(lead.lead_id, name, program.person)
        program.say(
            _("{old} is called {new} now. Entries and password are the same.").format(old=lead.name, new=name)
        )

    @group.command("reset", help=_("Give one lead a new password and show it once."))
    @click.argument("name")
    def reset(name: str) -> None:
        store = program.open_store()
        found = find_leads(store.list_leads(), [name])
        for slip in issue_passwords(store, found, PasswordKind.CODE, program.person):
            program.say(
                _("New password of {lead}: {password}").format(lead=slip.lead_name, password=slip.password)
            )
            program.say(_("It is shown only now and stored nowhere; the old one no longer holds."))

    return group


def _for_each(
    program: Program, names: Sequence[str], said: str, change: Callable[[Store, int], None]
) -> None:
    """Change each of the named leads, all of whom must exist, and say so."""
    store = program.open_store()
    for lead in find_leads(store.list_leads(), names):
        change(store, lead.lead_id)
        program.say(said.format(lead=lead.name))


def _list_leads(program: Program, as_json: bool) -> None:
    _ = program.texts.gettext
    known = program.open_store().list_leads()
    if as_json:
        say_json(program, [_lead_json(lead) for lead in known])
        return
    if not known:
        program.say(_("There are no leads yet. A roster is read by: mini-crm-admin import-roster FILE"))
        return
    rows = [(_("Lead"), _("Groups"), _("Managers"), _("Password"), _("Sign-in"), _("Company page"))]
    for lead in known:
        managers = sum(manager.is_active for group in lead.groups for manager in group.managers)
        groups = sum(group.is_active for group in lead.groups)
        rows.append(
            (
                lead.name,
                str(groups),
                str(managers),
                _password_state(lead, program.texts),
                _sign_in_state(lead, program.texts),
                _("yes") if lead.is_head else "",
            )
        )
    say_table(program, rows, right=[1, 2])


def _lead_json(lead: Lead) -> dict[str, object]:
    return {
        "lead": lead.name,
        "active": lead.is_active,
        "head": lead.is_head,
        "has_password": lead.has_password,
        "must_change": lead.must_change,
        "locked": lead.locked,
        "failures": lead.failures,
        "groups": [
            {
                "group": group.name,
                "unit": group.unit,
                "active": group.is_active,
                "managers": [{"manager": m.name, "active": m.is_active} for m in group.managers],
            }
            for group in lead.groups
        ],
    }


def _password_state(lead: Lead, texts: Texts) -> str:
    _ = texts.gettext
    if not lead.has_password:
        return _("none")
    return _("to be changed at sign-in") if lead.must_change else _("issued")


def _sign_in_state(lead: Lead, texts: Texts) -> str:
    _ = texts.gettext
    if not lead.is_active:
        return _("not active")
    if lead.locked:
        return _("locked")
    if lead.failures:
        return texts.ngettext("{n} failed attempt", "{n} failed attempts", lead.failures).format(
            n=lead.failures
        )
    return _("possible") if lead.has_password else _("not yet")
