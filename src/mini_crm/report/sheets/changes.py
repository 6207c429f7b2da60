"""The sheet that says how the forecast came from an earlier one, and which entries changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import Bridge, ChangeKind, Report
from mini_crm.i18n import Texts
from mini_crm.report.bridge import lowest_shown
from mini_crm.report.columns import (
    BRIDGE_PICTURE,
    bridge_columns,
    change_columns,
    change_count_columns,
)
from mini_crm.report.formulas import Cells
from mini_crm.report.past import change_counts, change_days, steps_of
from mini_crm.report.rows import Level
from mini_crm.report.sheet import HEAD, PIXELS_A_ROW, Chart, Rule, Sheet
from mini_crm.report.wording import change_name, moment, unit_name

LISTED = 50_000
"""So many changes are listed; all of them are counted."""

_HEIGHT, _WIDTH, _LEFT = 280, 620, 720
_ROWS_A_BRIDGE = _HEIGHT // PIXELS_A_ROW + 3
_LOOKS = {
    ChangeKind.PAID: "good",
    ChangeKind.REFUSED: "bad",
    ChangeKind.DELETED: "bad",
    ChangeKind.PUSHED: "warn",
    ChangeKind.LESS: "warn",
}


def fill_changes(sheet: Sheet, report: Report, texts: Texts, zone: tzinfo | None) -> None:
    """Write the sheet: the bridges, the changes counted, then one by one."""
    _ = texts.gettext
    columns = change_columns(texts, zone)
    days = change_days(report)
    if not days:
        sheet.heading(HEAD, _("Nothing has changed since a week."))
        return
    sheet.sentence(HEAD, _what_is_compared(report, days, texts), len(columns))
    top = HEAD + 2
    for at, bridge in enumerate(report.bridges):
        if at and at % 2 == 0:
            sheet.break_before(top)  # two to a page
        _bridge(sheet, report, bridge, top, texts, zone)
        top += _ROWS_A_BRIDGE
    if not report.changes:
        sheet.heading(top, _("No entry has changed since."))
        return
    if report.bridges:
        sheet.break_before(top)
    counted = change_count_columns(texts, days)
    counts = change_counts(report)
    sheet.head(top, counted)
    for number, count in enumerate(counts, top + 1):
        sheet.row(number, counted, count, count.unit, Level.MANAGER)
    head = top + len(counts) + 2
    listed = report.changes[:LISTED]
    if len(listed) < len(report.changes):
        text = _("The list shows the newest {count} of {all} changes; the counts above are of all.")
        sheet.sentence(head, text.format(count=len(listed), all=len(report.changes)), len(columns))
        head += 2
    sheet.head(head, columns, filtered=len(listed))
    for number, change in enumerate(listed, head + 1):
        sheet.row(number, columns, change, change.unit, Level.MANAGER)
    area = (head + 1, head + len(listed))
    sheet.rules(area, 0, [Rule(look, "==", change_name(kind, texts)) for kind, look in _LOOKS.items()])


def _what_is_compared(report: Report, days: Sequence[date], texts: Texts) -> str:
    """Say what stands on the other side: what runs saw, or how entries were in the morning of a day."""
    _ = texts.gettext
    bridged = {bridge.since for bridge in report.bridges}
    said = []
    for day in days:
        shown = format_date(day, language=texts.language)
        if day in bridged:
            said.append(_("Since {day}: compared with what the last run of that day saw.").format(day=shown))
        else:
            said.append(
                _("Since {day}: compared with how entries were before that day began.").format(day=shown)
            )
    said.append(
        _(
            "Put off: the promised day is later than it was; how often that happened from the first day on"
            " stands beside it."
        )
    )
    return " ".join(said)


def _bridge(
    sheet: Sheet, report: Report, bridge: Bridge, top: int, texts: Texts, zone: tzinfo | None
) -> None:
    """Write one bridge, with its picture beside it."""
    _ = texts.gettext
    since = format_date(bridge.since, language=texts.language)
    sheet.heading(
        top,
        _("From the forecast of {since} to that of now, {unit}").format(
            since=since, unit=unit_name(bridge.unit, texts)
        ),
    )
    run = report.forecast.run
    now = moment(run.as_of, zone, texts) if run is not None else ""
    steps = steps_of(report, bridge)
    columns = bridge_columns(texts, put_off=bridge.put_off_count, since=since, now=now)
    totals = bridge_columns(texts, put_off=bridge.put_off_count, since=since, now=now, totals=True)
    cells = Cells(columns)
    sheet.head(top + 1, columns)
    first = top + 2
    last = first + len(steps) - 1
    for number, step in enumerate(steps, first):
        formulas = {}
        if number == last:
            formulas = cells.sums(first, last - 1, ["amount"])
        shown, level = (totals, Level.LEAD) if step.is_total else (columns, Level.MANAGER)
        sheet.row(number, shown, step, bridge.unit, level, formulas=formulas)
    series = [("", cells.column(key)) for key in BRIDGE_PICTURE]
    title = _("What moved the forecast since {since}, {unit}").format(
        since=since, unit=unit_name(bridge.unit, texts)
    )
    place = (top + 1, _LEFT, _WIDTH, _HEIGHT)
    sheet.waterfall(Chart(*place, title, (first, last), series), lowest=lowest_shown(steps))
