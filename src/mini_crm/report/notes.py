"""The report's last sheet: what the numbers hold for, how they come about, what they cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.wording import left_out, moment, period_days, period_name, run_mark

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
            " later comes with the next run. Trend and accuracy show what was said on earlier days."
        ),
    )
    yield (
        _("What adds up"),
        _(
            "Counts, expected, paid, refused and the parts of the forecast of a lead are the sums over"
            " the managers, those of the company the sums over the leads. Ranges and win rates do not add up,"
            " and the hand formula does not add up from managers to leads. Units are never mixed."
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
            "Changes count from the morning of the day before the run, and of the seventh day before it, in"
            " the company's time zone. An entry made since is told as new, with its present amount; what an"
            " import brought counts by its own days. Was and Became show the two states, and what happened"
            " between them and was taken back is not told."
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
            "It then learns how many times as fast as the company each lead's entries are paid, and"
            " whether large amounts are paid more slowly than small ones. Where little is known, it stays"
            " near the company."
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
            "P10 and P90 are the range: in eight cases of ten the result is to be expected within it. It"
            " is the wider the fewer payments there are to learn from."
        ),
    )
    yield (
        "5",
        _(
            "The hand formula is expected times win rate, with what is paid added. It is mostly higher: it"
            " counts all that will ever be paid, and most open entries are not paid within the period."
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
    yield _("Target"), _("Set by the administrator for the company and for leads.")
    yield _("% of target"), _("Forecast divided by target.")
    yield _("Commitment"), _("The lead's own number for the period.")
    yield (
        _("Outlook"),
        _(
            "Set against the target: a green circle where the forecast reaches it, a yellow triangle where"
            " only the upper end of the range does, a red sign where not even that."
        ),
    )
    yield (
        _("Hand formula"),
        _("Paid, and expected times the share of all entries ever resolved that were paid."),
    )
    yield _("Pays \u2026 times as fast"), _("How fast a lead's entries are paid; the company is 1.")
    yield _("By run rate"), _("Paid, and the pace of the last 90 days kept up to the end of the period.")
    yield (
        _("Times put off"),
        _("How often the promised day was moved to a later one, from the first day on."),
    )
    yield (
        _("Misses by"),
        _(
            "Sum of all differences between stored forecast and result, as a share of the result. The"
            " result is what the entries known on the day of the forecast brought by the end of the period."
        ),
    )
