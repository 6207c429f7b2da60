"""The command that shows what administrators did."""

from __future__ import annotations

import re

import click

from mini_crm.commands.output import json_option, say_json, say_table
from mini_crm.domain.dates import format_date
from mini_crm.domain.model import AdminAct
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
        said_of = _Said(program.texts)
        rows = [(_("When"), _("Who"), _("What"), _("Whom or what"))]
        for act in acts:
            moment = act.done_at.astimezone()
            day = format_date(moment.date(), language=program.texts.language)
            what, detail = said_of.act(act)
            rows.append((f"{day} {moment:%H:%M}", act.done_by, what, detail))
        say_table(program, rows)

    return log


class _Said:
    """Says an act in the person's language; both stores keep it in fixed English words."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._actions = _actions(texts)

    def act(self, act: AdminAct) -> tuple[str, str]:
        """Give what was done, and whom or what it was done to."""
        _ = self._texts.gettext
        what, detail = self._actions.get(act.action, act.action), act.detail
        if act.action == "set_head" and detail.endswith(_HEAD_NO_MORE):
            return _("company page closed"), detail.removesuffix(_HEAD_NO_MORE)
        if found := _COUNT.fullmatch(detail):
            return what, self._counted(act.action, int(found[1])) or detail
        if act.action in ("import_entries", "undo_import") and (found := _BATCH.fullmatch(detail)):
            return what, _("batch {n}").format(n=found[1]) + found[2]
        if act.action == "reassign_entries" and (found := _REASSIGNED.fullmatch(detail)):
            return what, _("to manager {n}: {entries}").format(n=found[1], entries=found[2])
        return what, detail

    def _counted(self, action: str, n: int) -> str:
        ngettext = self._texts.ngettext
        if action == "apply_roster":
            return ngettext("{n} change", "{n} changes", n).format(n=n)
        if action == "set_targets":
            return ngettext("{n} target changed", "{n} targets changed", n).format(n=n)
        if action == "keep_replays":
            return ngettext("{n} day", "{n} days", n).format(n=n)
        return ""


_COUNT = re.compile(r"(\d+) (?:changes|changed|days)")
_BATCH = re.compile(r"batch (\d+)(|: .*)", re.DOTALL)
_REASSIGNED = re.compile(r"to manager (\d+): (.*)", re.DOTALL)
_HEAD_NO_MORE = ": no"
"""What the stores write: store/sqlite/admin.py and imports.py, sql/mssql/60_procedures/admin.*.sql."""


def _actions(texts: Texts) -> dict[str, str]:
    _ = texts.gettext
    return {
        "apply_roster": _("roster applied"),
        "set_credential": _("password issued"),
        "unlock_lead": _("lead unlocked"),
        "set_head": _("company page opened"),
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
        "keep_replays": _("earlier days recalculated"),
        "backup": _("database copied"),
        "restore": _("database restored"),
    }
