"""The command that shows the whole program with a made-up company."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence, Set
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import click

from mini_crm.commands.accuracy import method_name
from mini_crm.commands.database import create_database, say_env
from mini_crm.commands.forecast import keep_past, kept_sentence, run_sentences
from mini_crm.commands.output import FILE, progress_bar, say_paragraph, say_table
from mini_crm.domain.credentials import PasswordKind
from mini_crm.domain.errors import BadData
from mini_crm.domain.model import Forecast, ForecastRow
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period, PeriodKind, month_of
from mini_crm.domain.rules import MAX_NUMBER
from mini_crm.domain.shown import ShownParts, show_forecast
from mini_crm.i18n import Texts
from mini_crm.program import Program
from mini_crm.report.wording import percent, period_name, unit_name
from mini_crm.settings import SQLITE
from mini_crm.store.place import is_there
from mini_crm.store.port import Store
from mini_crm.usecases.accounts import Slip, issue_passwords

DATABASE_NAME = "demo.sqlite"
REPORT_NAME = "report.xlsx"
MOST_ENTRIES = 200_000
"""More than any team makes in the 14 months that are made up; all of them are in memory at once."""
BACKTEST_STEP_DAYS = 14
_WINDOW_DIES_WITHIN_S = 3


def commands(program: Program) -> list[click.Command]:
    """Build the command."""
    _ = program.texts.gettext

    @click.command(
        "demo",
        help=_(
            "Make a sample company in a database of its own, forecast, write the report, open the window."
        ),
    )
    @click.option(
        "--dir",
        "folder",
        type=FILE,
        default=Path("demo"),
        show_default=True,
        help=_("Where everything goes."),
    )
    @click.option("--no-window", is_flag=True, help=_("Do not open the window."))
    @click.option("--new", is_flag=True, help=_("Begin again: the sample database that is there is deleted."))
    @click.option(
        "--entries",
        type=click.IntRange(1, MOST_ENTRIES),
        default=8000,
        show_default=True,
        help=_("How many entries."),
    )
    @click.option(
        "--seed",
        type=click.IntRange(0, MAX_NUMBER),
        default=1,
        show_default=True,
        help=_("The same number gives the same company."),
    )
    def demo(folder: Path, no_window: bool, new: bool, entries: int, seed: int) -> None:
        _Demo(program, folder.absolute()).run(new=new, entries=entries, seed=seed, window=not no_window)

    return [demo]


class Past:
    """A clock that is put back to the days that the sample company lives through."""

    store: Store

    def __init__(self, started_by: str) -> None:
        self._started_by = started_by
        self._today: date | None = None
        self._back = timedelta()

    def __call__(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC) - self._back

    def begin(self, day: date) -> None:
        """See ``usecases.demo.LivedDays``."""
        self._today = self._today or self.store.get_today()
        self._back = self._today - day

    def end(self) -> None:
        """See ``usecases.demo.LivedDays``."""
        self.store.aggregate_forecast(None, self._started_by)


class _Demo:
    """One run of ``demo``."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._path = folder / DATABASE_NAME
        program.folder = folder
        program.database = f"{SQLITE}{self._path}"

    def run(self, *, new: bool, entries: int, seed: int, window: bool) -> None:
        """Make everything, and say what there is."""
        program, _ = self._program, self._program.texts.gettext
        if new:
            self._delete()
        is_new = not is_there(self._path)
        if is_new:
            create_database(self._path)
            say_env(program, self._path)
            slips = self._fill(entries, seed)
        store = program.open_store()
        if is_new:
            kept = keep_past(program, store)
            program.say(kept_sentence(kept, program.texts))
        else:
            slips = self._reuse(store)
        run = store.aggregate_forecast(None, program.started_by)
        for line in run_sentences(run, program.texts):
            program.say(line)
        month = month_of(store.get_today())
        say_forecast(program, store.get_company_forecast(), month)
        self._say_accuracy(store)
        self._say_sign_ins(slips, {lead.name for lead in store.list_leads() if lead.is_head})
        program.say("")
        program.say(_("Report: {path}").format(path=self._report(store)))
        program.say(_("Database: {name}").format(name=self._path))
        store.close()
        if window:
            self._open_window()

    def _delete(self) -> None:
        for end in ("", "-wal", "-shm", "-run"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)

    def _fill(self, entries: int, seed: int) -> Sequence[Slip]:
        """Make the company in a database whose clock is put back, so that it lives through its last week."""
        from mini_crm.store.sqlite import SqliteStore
        from mini_crm.usecases.demo import make_demo

        program, _ = self._program, self._program.texts.gettext
        past = Past(program.started_by)
        store = past.store = SqliteStore.open(self._path, clock=past)
        with progress_bar(_("Making a company")) as progress:
            made = make_demo(
                store,
                today=store.get_today(),
                seed=seed,
                entries=entries,
                progress=lambda done: progress(done, entries),
                lived=past,
            )
        store.close()
        program.say(
            _(
                "A sample company: {leads} leads, {groups} groups, {managers} managers, {entries} entries."
            ).format(leads=made.leads, groups=made.groups, managers=made.managers, entries=made.entries)
        )
        return (*made.slips, made.head)

    def _reuse(self, store: Store) -> Sequence[Slip]:
        program, _ = self._program, self._program.texts.gettext
        program.say(
            _("The sample company of {path} is there already and was kept; --new begins again.").format(
                path=self._path
            )
        )
        leads = [lead for lead in store.list_leads() if lead.is_active]
        with progress_bar(_("Making passwords")) as progress:
            return issue_passwords(
                store,
                leads,
                PasswordKind.CODE,
                program.person,
                made=lambda number: progress(number, len(leads)),
            )

    def _say_accuracy(self, store: Store) -> None:
        from mini_crm.usecases.backtest import METHODS, run_backtest

        program, texts, _ = self._program, self._program.texts, self._program.texts.gettext
        try:
            with progress_bar(_("Replaying")) as progress:
                result = run_backtest(store, PeriodKind.MONTH, step=BACKTEST_STEP_DAYS, progress=progress)
        except BadData:
            return  # too little history to measure anything
        program.say("")
        program.say(
            _("Recalculated accuracy over {n} past forecasts of a month: miss of what then came").format(
                n=len(result.cutoffs)
            )
        )
        rows = [(_("Method"), *(unit_name(unit, texts) for unit in result.units))]
        for method in METHODS:
            misses = (targets["period"][method].wape for targets in result.units.values())
            rows.append(
                (
                    method_name(method, texts),
                    *("\u2014" if miss is None else percent(miss, texts) for miss in misses),
                )
            )
        covered = [targets["period"]["forecast"].coverage for targets in result.units.values()]
        rows.append(
            (
                _("forecasts whose range held"),
                *("\u2014" if share is None else percent(share, texts) for share in covered),
            )
        )
        say_table(program, rows, right=range(1, len(result.units) + 1))

    def _say_sign_ins(self, slips: Sequence[Slip], heads: Set[str]) -> None:
        """Print the passwords; who sees the whole company comes last."""
        program, _ = self._program, self._program.texts.gettext
        program.say("")
        program.say(_("Sign in with:"))
        rows = [(_("Lead"), _("Password"))]
        for slip in sorted(slips, key=lambda slip: slip.lead_name in heads):
            role = _("{name}, head of sales: the company page") if slip.lead_name in heads else "{name}"
            rows.append((role.format(name=slip.lead_name), slip.password))
        say_table(program, rows)

    def _report(self, store: Store) -> Path:
        from mini_crm.report.workbook import write_report

        return write_report(store.get_report(), self._folder / REPORT_NAME, self._program.texts)

    def _open_window(self) -> None:
        program, _ = self._program, self._program.texts.gettext
        missing = _no_window_since(program.texts)
        if missing:
            program.say(missing)
            return
        command = [
            *_window_command(),
            "--database",
            f"{SQLITE}{self._path}",
            "--language",
            program.texts.language,
        ]
        # It outlives this program, so it must hold none of its streams: whoever reads them would wait for it.
        window = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            code = window.wait(timeout=_WINDOW_DIES_WITHIN_S)
        except subprocess.TimeoutExpired:
            program.say(_("The window is open. Sign in with one of the names above."))
        else:
            if code:
                program.say(_("The window could not be opened; the reason is in its log."))


def say_forecast(program: Program, forecast: Forecast, period: Period) -> None:
    """Print the forecast of each lead and of the company."""
    _, texts = program.texts.gettext, program.texts
    units = dict.fromkeys(row.unit for row in forecast.company if row.period.code == period.code)
    for unit in units:
        leads = [row for row in forecast.leads if row.period.code == period.code and row.unit == unit]
        company = [row for row in forecast.company if row.period.code == period.code and row.unit == unit]
        head = (
            _("Lead"),
            _("Win rate"),
            _("Paid"),
            _("From open entries"),
            _("From new entries"),
            _("Forecast"),
            _("Likely range"),
        )
        shown = show_forecast([*company, *leads], places=0, paid_places=0)
        rows: list[tuple[str, ...]] = [head]
        for row in (*leads, *company):
            name = _("Company") if row.lead_id is None else row.lead_name
            rows.append(_forecast_cells(row, name, shown[row.lead_id, None], texts))
        program.say("")
        program.say(f"{period_name(period, texts)}, {unit_name(unit, texts)}")
        say_table(program, rows, right=range(1, 7))
    program.say("")
    explanation = _(
        "Forecast: paid so far, what will still come of open entries by the end of the period, and what of "
        "entries that are not made yet. Likely range: where eight in ten are meant to come; how many did is "
        "below."
    )
    say_paragraph(program, explanation)


def _forecast_cells(row: ForecastRow, name: str, shown: ShownParts, texts: Texts) -> tuple[str, ...]:
    _ = texts.gettext
    counts = _("{won} of {resolved}").format(won=row.won, resolved=row.resolved)
    rate = counts if row.win_rate is None else f"{percent(row.win_rate, texts)} ({counts})"
    between = "\u2014"
    if row.low is not None and row.high is not None:
        between = f"{_whole(row.low, texts)} \u2013 {_whole(row.high, texts)}"
    numbers = (shown.paid, shown.from_open, shown.from_new, shown.forecast)
    return (name, rate, *(_whole(value, texts) for value in numbers), between)


def _whole(value: float | Decimal, texts: Texts) -> str:
    return format_amount(Decimal(f"{value:.0f}"), language=texts.language)


def _no_window_since(texts: Texts) -> str:
    """Say why no window can be opened here; empty if it can."""
    _ = texts.gettext
    frozen = getattr(sys, "frozen", False)
    if not frozen and importlib.util.find_spec("_tkinter") is None:
        return _("No window: this Python has no Tk.")
    if not frozen and importlib.util.find_spec("mini_crm.__main__") is None:
        return _("No window: this version has none yet.")
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return _("No window: there is no display.")
    return ""


def _window_command() -> list[str]:
    if getattr(sys, "frozen", False):
        name = "mini-crm.exe" if sys.platform == "win32" else "mini-crm"
        return [str(Path(sys.executable).with_name(name))]
    return [sys.executable, "-m", "mini_crm"]
