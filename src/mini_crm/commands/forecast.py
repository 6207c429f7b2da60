"""Commands about the forecast: run it, write the report, measure it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from mini_crm.commands.accuracy import say_accuracy
from mini_crm.commands.output import (
    Day,
    json_option,
    period_option,
    progress_bar,
    say_json,
    say_paragraph,
)
from mini_crm.domain.dates import format_date
from mini_crm.domain.errors import BadData, NotFound, SettingsError
from mini_crm.domain.model import ForecastRow, Run, RunKind, RunStatus
from mini_crm.domain.period import PeriodKind, choose_period
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.options import OUT_FILE
from mini_crm.program import Program
from mini_crm.report.place import dated
from mini_crm.report.rows import company_rows
from mini_crm.report.wording import headline, period_name, run_mark, unit_name
from mini_crm.settings import MSSQL
from mini_crm.store.port import Store

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
    @period_option(program)
    @json_option(program)
    def aggregate(as_of: date | None, choice: str | None, as_json: bool) -> None:
        store = program.open_store()
        day = as_of or store.get_today()
        period = choose_period(choice or "this-month", day)
        if as_of is None and period.code not in {standing.code for standing in store.list_periods()}:
            raise NotFound("period_not_standing", period=period.code)
        run = store.aggregate_forecast(as_of, program.started_by)
        forecast = store.get_company_forecast(None if as_of is None else run.run_id)
        if as_json:
            rows = [row for row in forecast.company if row.period.code == period.code]
            numbers = {"period": period.code, "forecast": [_row_json(row) for row in rows]}
            say_json(program, run_json(run) | numbers)
            return
        for line in run_sentences(run, program.texts):
            program.say(line)
        for found in company_rows(forecast):
            if found.period.code == period.code:
                name = period_name(found.period, program.texts)
                program.say("")
                program.say(f"{name}, {unit_name(found.row.unit, program.texts)}")
                say_paragraph(program, headline(found.row, found.period, found.stage, program.texts))

    return aggregate


def _row_json(row: ForecastRow) -> dict[str, object]:
    return {
        "unit": row.unit,
        "paid": float(row.paid),
        "from_open": row.from_open,
        "from_new": row.from_new,
        "forecast": row.forecast,
        "low": row.low,
        "high": row.high,
        "without_new": {"forecast": row.open_forecast, "low": row.open_low, "high": row.open_high},
        "target": None if row.target is None else float(row.target),
    }


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
        "method": run.method,
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
    @period_option(program)
    @click.option(
        "--as-of",
        type=Day(program.texts),
        help=_("The report as of the evening of a past day; the day is put into the file's name."),
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
        file: Path,
        choice: str | None,
        as_of: date | None,
        mask_pins: bool,
        live: bool,
        macro: bool,
        source: str | None,
    ) -> None:
        if source is not None and not macro:
            raise click.UsageError(_("--source goes with --macro only."))
        if live and (macro or mask_pins or choice or as_of):
            raise click.UsageError(
                _("--live goes without the other options: what it shows is up to the server.")
            )
        if (file.suffix.lower() == ".xlsm") is not macro:
            raise click.UsageError(_("With --macro the file is called .xlsm, without it .xlsx."))
        if live:
            _say_written(program, file, _write_live(program, file))
            return
        store = program.open_store()
        run_id = None
        if as_of is not None:
            file = dated(file, as_of)
            run_id = store.aggregate_forecast(as_of, program.started_by).run_id
        period = choose_period(choice, as_of or store.get_today()) if choice else None
        data = store.get_report(period, run_id)
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
        help=_("Replay the past: what would have been forecast, and what came. Only --keep stores."),
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
    @click.option(
        "--keep",
        is_flag=True,
        help=_(
            "Then fill the charts and the accuracy of window and report from the record: one evening a week,"
            " marked as recalculated."
        ),
    )
    @json_option(program)
    def backtest(
        first: date | None, last: date | None, step: int, kind: str, keep: bool, as_json: bool
    ) -> None:
        from mini_crm.usecases.backtest import run_backtest

        store = program.open_store()
        result = None
        try:
            with progress_bar(_("Replaying")) as progress:
                result = run_backtest(
                    store, PeriodKind(kind), step=step, first=first, last=last, progress=progress
                )
        except BadData as error:
            if not keep:
                raise
            program.note(sentence(error, program.texts))  # no period has ended; the present one can be filled
        kept = keep_past(program, store) if keep else ()
        if as_json:
            data = {} if result is None else result.as_json()
            say_json(program, data | ({"kept": kept} if keep else {}))
            return
        if result is not None:
            names = {lead.lead_id: lead.name for lead in store.list_leads()}
            say_accuracy(program, result, names)
        if keep:
            program.say("")
            say_paragraph(program, kept_sentence(kept, program.texts))

    return backtest


def keep_past(program: Program, store: Store) -> Sequence[date]:
    """Keep what runs of the past would have said; gives the evenings."""
    from mini_crm.usecases.backtest import keep_record

    with progress_bar(program.texts.gettext("Recalculating")) as progress:
        return keep_record(store, program.person, progress=progress)


def kept_sentence(days: Sequence[date], texts: Texts) -> str:
    """Say what was kept of the past."""
    _ = texts.gettext
    if not days:
        return _("The record is too short to recalculate anything of it.")
    first, last = (format_date(day, language=texts.language) for day in (days[0], days[-1]))
    return texts.ngettext(
        "{n} evening from {first} to {last} was recalculated and is kept. Charts and accuracy show it, marked"
        " as recalculated, for days without a run.",
        "{n} evenings from {first} to {last} were recalculated and are kept. Charts and accuracy show them,"
        " marked as recalculated, for days without a run.",
        len(days),
    ).format(n=len(days), first=first, last=last)
