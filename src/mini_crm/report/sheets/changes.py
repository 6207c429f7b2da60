"""The sheet that says which entries changed since yesterday and since a week."""

from __future__ import annotations

from datetime import date, tzinfo

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import ChangeKind, Report
from mini_crm.i18n import Texts
from mini_crm.report.columns import change_columns, change_count_columns
from mini_crm.report.rows import Level, change_counts
from mini_crm.report.sheet import HEAD, Rule, Sheet
from mini_crm.report.wording import change_name

LISTED = 50_000
"""So many changes are listed; all of them are counted."""

_LOOKS = {
    ChangeKind.PAID: "good",
    ChangeKind.REFUSED: "bad",
    ChangeKind.DELETED: "bad",
    ChangeKind.PUSHED: "warn",
    ChangeKind.LESS: "warn",
}


def fill_changes(
    sheet: Sheet, report: Report, texts: Texts, zone: tzinfo | None, *, days: tuple[date, date] | None
) -> None:
    """Write the sheet: the changes counted, then one by one."""
    _ = texts.gettext
    columns = change_columns(texts, zone)
    if not report.changes or days is None:
        sheet.heading(HEAD, _("Nothing has changed since a week."))
        return
    day, week = (format_date(since, language=texts.language) for since in days)
    sheet.sentence(
        HEAD,
        _(
            "Every entry as this run counted it, compared with how it was before {day} began (since"
            " yesterday) and before {week} began (since a week). Put off: the promised day is later than it"
            " was; how often that happened from the first day on stands beside it."
        ).format(day=day, week=week),
        len(columns),
    )
    top = HEAD + 2
    counted = change_count_columns(texts)
    counts = [count for count in change_counts(report) if count.week_count or count.day_count]
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
