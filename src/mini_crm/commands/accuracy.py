"""Prints how accurate the forecast and the simpler methods would have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mini_crm.commands.output import say_table
from mini_crm.domain.dates import format_date
from mini_crm.domain.period import PeriodKind
from mini_crm.i18n import Texts
from mini_crm.program import Program
from mini_crm.report.wording import percent, unit_name
from mini_crm.usecases.backtest import Accuracy, BacktestResult, CalibrationRow


def say_accuracy(program: Program, result: BacktestResult, names: Mapping[int, str]) -> None:
    """Print all tables of a backtest.

    Args:
        program: Prints them.
        result: What was measured.
        names: Of leads, by id.
    """
    _, texts, say = program.texts.gettext, program.texts, program.say
    say(_("Recalculated: what would have been forecast with what was known then, against what came."))
    first, last = (
        format_date(day, language=texts.language) for day in (result.cutoffs[0], result.cutoffs[-1])
    )
    say(
        texts.ngettext(
            "{period}: {n} forecast, made from {first} to {last}.",
            "{period}: {n} forecasts, made from {first} to {last}.",
            len(result.cutoffs),
        ).format(period=_kind_name(result.kind, texts), n=len(result.cutoffs), first=first, last=last)
    )
    for unit, targets in result.units.items():
        shown = unit_name(unit, texts)
        for target, methods in targets.items():
            say("")
            say(f"{_target_name(target, texts)} ({shown})")
            say_methods(program, methods)
        say("")
        say(
            _("Miss of each lead, against what was paid from entries known at the time ({unit})").format(
                unit=shown
            )
        )
        _say_leads(program, targets["pipeline"], names)
    say("")
    say(_("Open entries by the probability that they were given"))
    _say_calibration(program, result.calibration)
    say("")
    say(_("Miss: sum of the errors without sign, as a share of what came (WAPE)."))
    say(_("Bias: the same with sign; above zero more was promised than came."))
    say(_("In range: how often what came lay within the likely range (P10 to P90); 80% is right."))
    say(
        _(
            "Range score: how wide the range was and ten times what lay outside, as a share of what came; the"
            " less the better."
        )
    )
    say(_("Brier: mean squared error of the probabilities; 0 is perfect."))


def say_methods(program: Program, methods: Mapping[str, Accuracy]) -> None:
    """Print a row for each method."""
    _, texts = program.texts.gettext, program.texts
    rows = [
        (
            _("Method"),
            _("Miss"),
            _("Bias"),
            _("In range"),
            _("Range score"),
            _("Miss per lead"),
            _("Brier"),
            _("Forecasts"),
        )
    ]
    rows += [
        (
            method_name(method, texts),
            _share(of.wape, texts),
            _signed(of.bias, texts),
            _share(of.coverage, texts),
            _share(of.interval_score, texts),
            _share(of.wape_by_lead, texts),
            "" if of.brier is None else f"{of.brier:.3f}",
            str(of.cutoffs),
        )
        for method, of in methods.items()
    ]
    say_table(program, rows, right=range(1, 8))


def method_name(method: str, texts: Texts) -> str:
    """Name a method for a reader."""
    _ = texts.gettext
    return {
        "forecast": _("forecast"),
        "hand_formula": _("by win rate"),
        "run_rate": _("at the pace of the last 90 days"),
    }[method]


def _target_name(target: str, texts: Texts) -> str:
    _ = texts.gettext
    return {
        "pipeline": _("What was paid in the period from entries known at the time"),
        "period": _("All that was paid in the period"),
    }[target]


def _kind_name(kind: PeriodKind, texts: Texts) -> str:
    _ = texts.gettext
    return {
        PeriodKind.MONTH: _("Months"),
        PeriodKind.QUARTER: _("Quarters"),
        PeriodKind.YEAR: _("Years"),
        PeriodKind.CUSTOM: _("Periods"),
    }[kind]


def _say_leads(program: Program, methods: Mapping[str, Accuracy], names: Mapping[int, str]) -> None:
    texts = program.texts
    leads = sorted(
        {lead_id for of in methods.values() for lead_id in of.by_lead},
        key=lambda lead_id: names.get(lead_id, str(lead_id)),
    )
    rows = [(texts.gettext("Lead"), *(method_name(method, texts) for method in methods))]
    for lead_id in leads:
        shares = (_share(of.by_lead.get(lead_id), texts) for of in methods.values())
        rows.append((names.get(lead_id, str(lead_id)), *shares))
    say_table(program, rows, right=range(1, len(methods) + 1))


def _say_calibration(program: Program, calibration: Sequence[CalibrationRow]) -> None:
    _, texts = program.texts.gettext, program.texts
    rows = [(_("Probability"), _("Entries"), _("Promised"), _("Came"))]
    for row in calibration:
        if row.entries:
            between = f"{percent(row.low, texts)} \u2013 {percent(row.high, texts)}"
            rows.append(
                (
                    between,
                    str(row.entries),
                    _share(row.mean_probability, texts),
                    _share(row.share_paid, texts),
                )
            )
    say_table(program, rows, right=(1, 2, 3))


def _share(value: float | None, texts: Texts) -> str:
    return "\u2014" if value is None else percent(value, texts)


def _signed(value: float | None, texts: Texts) -> str:
    shown = _share(value, texts)
    return f"+{shown}" if value is not None and value > 0 and shown[0] != "0" else shown
