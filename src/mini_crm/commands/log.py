"""The command that shows what administrators did."""

from __future__ import annotations

import click

from mini_crm.commands.output import json_option, say_json, say_table
from mini_crm.domain.dates import format_date
from mini_crm.domain.rules import MAX_NUMBER
from mini_crm.i18n import Texts
from mini_crm.program import Program

USUAL_LINES = 50


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_log(program)]


def _log(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("log", help=_("Show what administrators did: when, who, what, newest first."))
    @click.option(
        "--limit",
        type=click.IntRange(1, MAX_NUMBER),
        default=USUAL_LINES,
        show_default=True,
        metavar="N",
        help=_("How many lines at most."),
    )
    @json_option(program)
    def log(limit: int, as_json: bool) -> None:
        acts = program.open_store().list_admin_log(limit)
        if as_json:
            names = ("done_at", "done_by", "action", "detail")
            say_json(program, [{name: getattr(act, name) for name in names} for act in acts])
            return
        if not acts:
            program.say(_("Nothing was done yet."))
            return
        names_of = _actions(program.texts)
        rows = [(_("When"), _("Who"), _("What"), _("Whom or what"))]
        for act in acts:
            moment = act.done_at.astimezone()
            day = format_date(moment.date(), language=program.texts.language)
            said = names_of.get(act.action, act.action)
            rows.append((f"{day} {moment:%H:%M}", act.done_by, said, act.detail))
        say_table(program, rows)

    return log


def _actions(texts: Texts) -> dict[str, str]:
    _ = texts.gettext
    return {
        "apply_roster": _("roster applied"),
        "set_credential": _("password issued"),
        "unlock_lead": _("lead unlocked"),
        "set_head": _("company page opened or closed"),
        "activate_lead": _("lead activated"),
        "rename_lead": _("lead renamed"),
        "deactivate_lead": _("lead deactivated"),
        "import_entries": _("entries imported"),
        "undo_import": _("import taken back"),
        "void_entries": _("entries taken out"),
        "restore_entries": _("entries brought back"),
        "reassign_entries": _("entries reassigned"),
        "add_period": _("period opened"),
        "close_period": _("period closed"),
        "set_targets": _("targets set"),
        "set_setting": _("setting changed"),
        "backup": _("database copied"),
        "restore": _("database restored"),
    }
