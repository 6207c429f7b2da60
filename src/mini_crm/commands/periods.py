"""Commands about what the company wants: periods and targets."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import click

from mini_crm.commands.database import usual_unit
from mini_crm.commands.output import (
    FILE,
    Day,
    json_option,
    note_source,
    say_json,
    say_rejects,
    say_table,
    table_options,
)
from mini_crm.domain.dates import format_date
from mini_crm.domain.errors import BadData
from mini_crm.domain.period import Period, PeriodKind, choice_name, parse_period
from mini_crm.program import Program
from mini_crm.usecases.cells import check_name
from mini_crm.usecases.rosters import Opening, read_targets


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_periods(program), _import_targets(program)]


def _periods(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.group("periods", invoke_without_command=True, help=_("List, open and close periods of your own."))
    @json_option(program)
    @click.pass_context
    def group(context: click.Context, as_json: bool) -> None:
        if context.invoked_subcommand is None:
            _list_periods(program, as_json)

    @group.command("list", help=_("List the periods that are forecast."))
    @json_option(program)
    def list_all(as_json: bool) -> None:
        _list_periods(program, as_json)

    @group.command("add", help=_("Open a period from the first to the last day, both included."))
    @click.argument("first", type=Day(program.texts))
    @click.argument("last", type=Day(program.texts))
    @click.option("--name", default="", help=_("What people call it."))
    def add(first: date, last: date, name: str) -> None:
        period = Period(PeriodKind.CUSTOM, first, last, check_name(name, "name") if name.strip() else "")
        program.open_store().add_period(period, program.person)
        program.say(_("Period {code} is open; the next run forecasts it.").format(code=period.code))

    @group.command("close", help=_("Close a period of your own: runs leave it out from now on."))
    @click.argument("code")
    def close(code: str) -> None:
        period = parse_period(code)
        program.open_store().close_period(period, program.person)
        program.say(_("Period {code} is closed. Its stored forecasts are kept.").format(code=period.code))

    return group


def _list_periods(program: Program, as_json: bool) -> None:
    _ = program.texts.gettext
    store = program.open_store()
    periods, today = store.list_periods(), store.get_today()
    if as_json:
        say_json(
            program,
            [
                {
                    "code": p.code,
                    "choice": choice_name(p, today),
                    "kind": p.kind.value,
                    "start": p.start,
                    "end": p.end,
                    "name": p.name,
                }
                for p in periods
            ],
        )
        return
    language = program.texts.language
    rows = [(_("Period"), _("Also called"), _("From"), _("To"), _("Title"))]
    for period in periods:
        days = (format_date(period.start, language=language), format_date(period.end, language=language))
        rows.append((period.code, choice_name(period, today), *days, period.name))
    say_table(program, rows)


def _import_targets(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command(
        "import-targets",
        help=_(
            "Set targets from a file: CSV, xlsx, xls, xlsb or ods (columns period, lead, unit, amount). "
            "A row without a lead is for the company."
        ),
    )
    @click.argument("file", type=FILE)
    @table_options(program)
    @json_option(program)
    def import_targets(file: Path, sheet: str | None, encoding: str | None, as_json: bool) -> int:
        store = program.open_store()
        opening = Opening(sheet, encoding, partial(note_source, program))
        targets, rejects = read_targets(file, default_unit=usual_unit(store), opening=opening)
        if rejects:
            say_rejects(program, rejects)
            program.note(_("Nothing was changed: targets are taken whole or not at all."))
            return BadData.exit_code
        changed = store.set_targets(targets, program.person)
        if as_json:
            say_json(program, {"targets": len(targets), "changed": changed})
        else:
            program.say(
                _("Targets in the file: {n}; changed: {changed}.").format(n=len(targets), changed=changed)
            )
        return 0

    return import_targets
