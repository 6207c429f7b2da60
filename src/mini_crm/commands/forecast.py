"""Commands about the forecast: run it, write the report, measure it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from mini_crm.commands.accuracy import say_accuracy
from mini_crm.commands.output import Day, json_option, progress_bar, say_json
from mini_crm.domain.dates import format_date
from mini_crm.domain.errors import SettingsError
from mini_crm.domain.model import Run, RunKind, RunStatus
from mini_crm.domain.period import PeriodKind, parse_period
from mini_crm.i18n import Texts
from mini_crm.options import OUT_FILE
from mini_crm.program import Program
from mini_crm.report.wording import run_mark
from mini_crm.settings import MSSQL

LONGEST_STEP_DAYS = 366
"""A leap year: no period that is replayed is longer."""


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_aggregate(program), _report(program), _backtest(program)]


def _aggregate(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("aggregate", help=_("Compute the forecast now."))
    @click.option(
        "--as-of",
        type=Day(program.texts),
        help=_("As of the evening of a past day; such a run is kept, but is never the current one."),
    )
    @json_option(program)
    def aggregate(as_of: date | None, as_json: bool) -> None:
        run = program.open_store().aggregate_forecast(as_of, program.started_by)
        if as_json:
            say_json(program, run_json(run))
        else:
            for line in run_sentences(run, program.texts):
                program.say(line)

    return aggregate


def run_json(run: Run) -> dict[str, object]:
    """Give a run for another program."""
    return {
        "run_id": run.run_id,
        "kind": run.kind.value,
        "status": run.status.value,
        "count_day": run.count_day,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "as_of": run.as_of,
        "entries": run.entry_count,
        "paid_events": run.paid_events,
        "refused_events": run.refused_events,
    }


def run_sentences(run: Run, texts: Texts) -> list[str]:
    """Say what a run did."""
    _ = texts.gettext
    if run.status is RunStatus.UNCHANGED:
        return [_("Nothing has changed since the last run; its result holds now too.")]
    day = format_date(run.count_day, language=texts.language)
    if run.kind is RunKind.AS_OF:
        said = _("Run {run}: forecast as of the evening of {day}; entries: {entries}.")
    else:
        said = _("Run {run}: forecast of {day}; entries: {entries}.")
    learnt = _("Learnt from payments: {paid}, refusals: {refused}.")
    sentences = [
        said.format(run=run.run_id, day=day, entries=run.entry_count),
        learnt.format(paid=run.paid_events, refused=run.refused_events),
        run_mark(run, texts),
    ]
    return [sentence for sentence in sentences if sentence]


def _report(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("report", help=_("Write the Excel report of the current run."))
    @click.argument("file", type=OUT_FILE)
    @click.option(
        "--period",
        "code",
        metavar="CODE",
        help=_("Such as 2026-03, 2026-Q1 or 2026; by default the current month."),
    )
    @click.option("--mask-pins", is_flag=True, help=_("Show only the last two characters of client PINs."))
    @click.option(
        "--live",
        is_flag=True,
        help=_("A workbook that asks SQL Server itself, on opening and every 30 minutes; without macros."),
    )
    @click.option(
        "--macro",
        is_flag=True,
        help=_("A workbook (.xlsm) whose macro reads a report on opening and every 30 minutes."),
    )
    @click.option(
        "--source",
        metavar="REPORT",
        help=_(
            "With --macro: the report that it reads, which execer writes; by default beside it, as .xlsx."
        ),
    )
    def report(
        file: Path, code: str | None, mask_pins: bool, live: bool, macro: bool, source: str | None
    ) -> None:
        if source is not None and not macro:
            raise click.UsageError(_("--source goes with --macro only."))
        if live and (macro or mask_pins or code):
            raise click.UsageError(
                _("--live goes without the other options: what it shows is up to the server.")
            )
        if (file.suffix.lower() == ".xlsm") is not macro:
            raise click.UsageError(_("With --macro the file is called .xlsm, without it .xlsx."))
        if live:
            _say_written(program, file, _write_live(program, file))
            return
        period = parse_period(code) if code else None
        data = program.open_store().get_report(period)
        from mini_crm.report.workbook import write_report  # loads slowly

        follows = (source or file.with_suffix(".xlsx").name) if macro else None
        written = write_report(data, file, program.texts, hide_pins=mask_pins, follows=follows)
        _say_written(program, file, written)
        if follows is not None:
            program.say(_("Its macro reads {report}.").format(report=follows))

    return report


def _write_live(program: Program, file: Path) -> Path:
    """Write the workbook that asks the server; the settings say which."""
    from mini_crm.report.live import Server, write_live  # loads slowly

    settings = program.settings
    if settings.database != MSSQL:
        raise SettingsError("live_needs_server")
    return write_live(
        file, Server(settings.server, settings.catalog, settings.trust_certificate), program.texts
    )


def _say_written(program: Program, file: Path, written: Path) -> None:
    _ = program.texts.gettext
    if written == file:
        program.say(_("Report: {path}").format(path=written))
    else:
        program.say(
            _("{path} is open in another program, so the report is in {written}.").format(
                path=file, written=written
            )
        )


def _backtest(program: Program) -> click.Command:
    _ = program.texts.gettext
    day = Day(program.texts)

    @click.command(
        "backtest",
        help=_("Replay the past: what would have been forecast, and what came. Stores nothing."),
    )
    @click.option(
        "--from",
        "first",
        type=day,
        help=_("First day to forecast from; by default 45 days after the first payment or refusal."),
    )
    @click.option(
        "--to",
        "last",
        type=day,
        help=_("Periods that end later are left out; by default the last day on record."),
    )
    @click.option(
        "--step",
        type=click.IntRange(1, LONGEST_STEP_DAYS),
        default=3,
        show_default=True,
        help=_("Days from one forecast to the next."),
    )
    @click.option(
        "--period",
        "kind",
        type=click.Choice(["month", "quarter", "year"]),
        default="month",
        show_default=True,
        help=_("What is forecast."),
    )
    @json_option(program)
    def backtest(first: date | None, last: date | None, step: int, kind: str, as_json: bool) -> None:
        from mini_crm.usecases.backtest import run_backtest

        store = program.open_store()
        with progress_bar(_("Replaying")) as progress:
            result = run_backtest(
                store, PeriodKind(kind), step=step, first=first, last=last, progress=progress
            )
        if as_json:
            say_json(program, result.as_json())
        else:
            names = {lead.lead_id: lead.name for lead in store.list_leads()}
            say_accuracy(program, result, names)

    return backtest
