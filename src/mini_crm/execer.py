"""``execer``: one aggregation run, then the report if it is wanted.

The system's scheduler starts it every 30 minutes, so it loads nothing that this start does not need.
"""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is loaded
    from mini_crm import start

    start.execer()

import json
import sys
import time
from datetime import date
from pathlib import Path

import click

from mini_crm.domain.dates import format_date, parse_file_date
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import Run, RunKind, RunStatus
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.options import OUT_FILE
from mini_crm.program import Program, run_program
from mini_crm.report.place import dated
from mini_crm.store.port import Store


def main() -> None:
    """Run the program and end the process with its exit code."""
    sys.exit(run_program("execer", build))


def build(program: Program) -> click.Command:
    """Make the command line."""
    _ = program.texts.gettext

    def day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
        try:
            return None if value is None else parse_file_date(value, "as_of")
        except BadValue as error:
            raise click.BadParameter(sentence(error, program.texts), context, parameter) from error

    @click.command(help=_("Compute the forecast once, then end."))
    @click.option(
        "--as-of", callback=day, metavar="DATE", help=_("Count as of the evening of a past day, 2026-03-31.")
    )
    @click.option(
        "--report",
        type=OUT_FILE,
        metavar="FILE",
        help=_("Write the Excel report here; with --as-of the day is put into its name."),
    )
    @click.option("--mask-pins", is_flag=True, help=_("In the report show only the end of client PINs."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object instead of a sentence."))
    def execer(as_of: date | None, report: Path | None, mask_pins: bool, as_json: bool) -> None:
        if mask_pins and report is None:
            raise click.UsageError(_("--mask-pins goes with --report only."))
        store = program.open_store()
        started = time.perf_counter()
        run = store.aggregate_forecast(as_of, program.started_by)
        seconds = time.perf_counter() - started
        written: Path | None = None
        if report is not None and as_of is not None:
            report = dated(
                report, as_of
            )  # the report of another day never takes the place of the current one
        try:
            if report is not None:
                run_id = None if as_of is None else run.run_id
                written = _write_report(store, run_id, report, program.texts, mask_pins)
        finally:
            # The run is stored whatever becomes of the report.
            program.log.info(
                "run %d %s, %d entries, %.3f s, report %s",
                run.run_id, run.status, run.entry_count, seconds, written,
            )  # fmt: skip
            result = _as_json if as_json else _as_sentence
            program.say(result(run, seconds, written, program.texts))
        if written != report and not as_json:
            program.say(
                _("{path} is open in another program, so the report is in {written}.").format(
                    path=report, written=written
                )
            )

    return execer


def _write_report(store: Store, run_id: int | None, path: Path, texts: Texts, mask_pins: bool) -> Path:
    from mini_crm.report.workbook import write_report

    return write_report(store.get_report(run_id=run_id), path, texts, hide_pins=mask_pins)


def _as_sentence(run: Run, seconds: float, report: Path | None, texts: Texts) -> str:
    _ = texts.gettext
    if run.status == RunStatus.UNCHANGED:
        text = _(
            "Run {run_id}: nothing has changed since the last one; {counted}, as of {as_of}, {seconds} s."
        )
    elif run.kind == RunKind.AS_OF:
        text = _("Run {run_id}: forecast computed as of the evening of {day}; {counted}, {seconds} s.")
    else:
        text = _("Run {run_id}: forecast computed; {counted}, as of {as_of}, {seconds} s.")
    moment = run.as_of.astimezone()
    counted = texts.ngettext("{count} entry", "{count} entries", run.entry_count)
    text = text.format(
        run_id=run.run_id,
        counted=counted.format(count=run.entry_count),
        day=format_date(run.count_day, language=texts.language),
        as_of=f"{format_date(moment.date(), language=texts.language)} {moment:%H:%M}",
        seconds=f"{seconds:.2f}",
    )
    return text if report is None else text + " " + _("Report: {path}").format(path=report)


def _as_json(run: Run, seconds: float, report: Path | None, texts: Texts) -> str:
    return json.dumps(
        {
            "run_id": run.run_id,
            "kind": run.kind,
            "status": run.status,
            "count_day": run.count_day.isoformat(),
            "as_of": run.as_of.isoformat(),
            "entries": run.entry_count,
            "paid_events": run.paid_events,
            "refused_events": run.refused_events,
            "seconds": round(seconds, 3),
            "report": None if report is None else str(report),
        }
    )
