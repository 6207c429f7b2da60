"""The report's last sheet: what the numbers hold for, how they come about, what they cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from decimal import Decimal

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.wording import (
    as_of_mark,
    estimate,
    left_out,
    moment,
    period_days,
    period_name,
    run_mark,
    unit_name,
)

Note = tuple[str, str | int | None]
"""A caption with what it says; None makes it a heading."""


def notes(
    report: Report, texts: Texts, *, written: datetime, zone: tzinfo | None, clients_left_out: int
) -> Iterator[Note]:
    """Give the lines of the notes in order.

    Args:
        report: What the report shows.
        texts: The language.
        written: When the report is written.
        zone: The time zone of what is shown.
        clients_left_out: Rows that did not fit.
    """
    yield from _data(report, texts, written, zone)
    yield from _cautions(report, texts, clients_left_out)
    yield from _by_hand(report, texts)
    yield from _method(texts)
    yield from _glossary(texts)


def _data(report: Report, texts: Texts, written: datetime, zone: tzinfo | None) -> Iterator[Note]:
    _ = texts.gettext
    run = report.forecast.run
    yield _("Data"), None
    yield _("Database"), report.database
    yield _("Period"), period_name(report.period, texts)
    yield _("Days"), period_days(report.period, texts)
    if run is not None:
        yield _("As of"), moment(run.as_of, zone, texts)
        yield _("Counted up to"), format_date(run.count_day, language=texts.language)
        yield _("Run number"), run.run_id
        yield _("Calculated"), moment(run.finished_at or run.started_at, zone, texts)
        yield _("Entries counted"), run.entry_count
        yield _("Payments it learned from"), run.paid_events
        yield _("Refusals it learned from"), run.refused_events
    yield _("Report written"), moment(written, zone, texts)


def _cautions(report: Report, texts: Texts, clients_left_out: int) -> Iterator[Note]:
    _ = texts.gettext
    yield _("Keep in mind"), None
    if mark := as_of_mark(report.forecast.run, texts):
        yield _("A past evening"), mark
    if mark := run_mark(report.forecast.run, texts):
        yield _("Reliability"), mark
    if clients_left_out:
        yield (
            _("Clients left out"),
            left_out(clients_left_out, texts),
        )
    yield (
        _("One moment"),
        _(
            "Every number of the first two sheets is of the run named above. What was entered or changed"
            " later comes with the next run. Trend and accuracy show what was said on earlier days, and,"
            " marked as recalculated, what would have been said on days without a run."
        ),
    )
    yield (
        _("What adds up"),
        _(
            "Counts, sums, the parts of the forecast and the forecast of a lead are the sums over the"
            " managers, those of the company the sums over the leads, and forecasts are the sums of their"
            " parts. For that, estimates are rounded from the company down: a row may differ by one from its"
            " number rounded by itself. Ranges and win rates do not add up. Units are never mixed."
        ),
    )
    yield (
        _("Totals follow the filters"),
        _(
            "On the sheet with all rows the totals are formulas over the rows that the filters leave in view."
            " What holds only for the whole company, such as its range, its target and its win rate, is empty"
            " while a filter hides rows."
        ),
    )
    yield (
        _("Changes"),
        _(
            "Changes go back to the last run of the day before, and to that of the seventh day before; a day"
            " without a run is stood in for by an earlier one. The bridge leads from the forecast of that run"
            " to the present one: paid is what came, less what was counted on; refused is what was counted"
            " on; new entries add what is counted on now, other changed entries that less what was counted on"
            " before. An entry with several changes stands in one step; the rest is time that has passed and"
            " what was learnt anew."
            " Was and Became show the two states, and what happened between them and"
            " was taken back is not told."
        ),
    )
    yield (
        _("Refusals"),
        _(
            "Reasons are those that stood there when the run counted. Their sums are the refused columns of"
            " the sheet with all rows, of the company and of each lead."
        ),
    )
    yield (
        _("New entries"),
        _(
            "The forecast is of the whole period: what is paid, what will come of open entries, and what will"
            " come of entries that are not made yet. What is still to be made is told from the entries of the"
            " last 90 days and from how fast entries are paid. The run rate needs 30 days of history."
        ),
    )
    if not report.accuracy:
        yield (
            _("Accuracy"),
            _("No forecast period has ended yet, so there is nothing to compare the forecasts with."),
        )


def _by_hand(report: Report, texts: Texts) -> Iterator[Note]:
    """Give the two simple numbers that people also know, beside the forecast."""
    _ = texts.gettext
    rows = [row for row in report.forecast.company if row.period == report.period]
    if not rows:
        return
    yield _("Beside the forecast"), None
    for row in rows:
        unit = unit_name(row.unit, texts)
        shown = estimate(Decimal(row.hand_formula), row.unit, texts)
        yield _("Hand formula, {unit}").format(unit=unit), shown
        if row.run_rate is not None:
            yield _("By run rate, {unit}").format(unit=unit), estimate(Decimal(row.run_rate), row.unit, texts)
    yield (
        _("Hand formula"),
        _(
            "Paid, and expected times the share of all entries ever resolved that were paid. It is mostly"
            " higher than the forecast: it counts all that will ever be paid, and most open entries are not"
            " paid within the period."
        ),
    )
    yield _("By run rate"), _("Paid, and the pace of the last 90 days kept up to the end of the period.")


def _method(texts: Texts) -> Iterator[Note]:
    _ = texts.gettext
    yield _("How the forecast is made"), None
    yield (
        "1",
        _(
            "From the last 365 days the program learns, for entries of each age, how likely they are to be"
            " paid or refused on a given day."
        ),
    )
    yield (
        "2",
        _(
            "It then learns how many times as fast as the company each lead's entries are paid, what large"
            " amounts and the promised day change, and how weekdays, the month's end and the months of a"
            " quarter differ. Where little is known, it stays near the company. All that stands on the sheet"
            " about how we get paid."
        ),
    )
    yield (
        "3",
        _(
            "Each open entry is followed day by day from its present age to the end of the period. This"
            " gives its chance of being paid by then, with its promised day and the company's weekdays and"
            " month ends; amount times chance, times the recent pace, is what it adds to the forecast."
        ),
    )
    yield (
        "4",
        _(
            "What is still to be entered comes from the entries of the last 90 days and from how fast"
            " entries get paid. The program checks how that and the plain pace would have forecast the last"
            " half year, and trusts the better more."
        ),
    )
    yield (
        "5",
        _(
            "The range is as wide as those forecasts were wrong: in eight cases of ten the result is to be"
            " expected within it. Its ends are also called P10 and P90; one result in ten lies below, and one"
            " above."
        ),
    )


def _glossary(texts: Texts) -> Iterator[Note]:
    _ = texts.gettext
    yield _("The columns"), None
    yield (
        _("Clients"),
        _("Client PINs with an open entry. A client of two managers counts with each of them."),
    )
    yield _("Open entries"), _("Entries that are neither paid nor refused.")
    yield _("Due today"), _("Open entries promised for the day up to which was counted.")
    yield _("Overdue"), _("Open entries promised for an earlier day. They stay in the forecast.")
    yield _("Expected"), _("Sum of the open entries, whenever they are promised for.")
    yield _("Paid"), _("What really came within the period so far.")
    yield _("Refused"), _("Sum of the entries refused within the period so far.")
    yield (
        _("Win rate"),
        _(
            "Share of the entries resolved in the last 365 days that were paid; of a lead drawn to the"
            " company's where few are resolved, of a manager just as counted. The counts stand beside it."
        ),
    )
    yield _("From open entries"), _("What of the open entries will be paid by the end of the period.")
    yield _("From new entries"), _("What will be paid by then of entries that are not made yet.")
    yield _("Forecast"), _("Paid so far, from open entries and from new entries together.")
    yield _("Likely range"), _("Where the result is to be expected in eight cases of ten.")
    yield _("Target"), _("Set by the administrator for the company and for leads.")
    yield _("% of target"), _("Forecast divided by target.")
    yield _("Above or below target"), _("Forecast less target: what is missing stands with a minus.")
    yield _("Commitment"), _("The lead's own number for the period.")
    yield (
        _("Outlook"),
        _(
            "Set against the target: a green circle where the forecast reaches it, a yellow triangle where"
            " only the upper end of the range does, a red sign where not even that."
        ),
    )
    yield _("Speed of payment (company: 1)"), _("How fast a lead's entries are paid; the company is 1.")
    yield (
        _("Times put off"),
        _("How often the promised day was moved to a later one, from the first day on."),
    )
    yield (
        _("Misses by"),
        _(
            "Sum of all differences between forecast and result, as a share of the result (WAPE). The result"
            " is all that was paid in the period; without new entries, and by method 1, what the entries"
            " known on the day of the forecast brought by the end of the period."
        ),
    )
