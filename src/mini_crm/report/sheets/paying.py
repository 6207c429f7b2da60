"""The sheet that says how the company gets paid: what the run learnt, with the counts behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mini_crm.domain.learnt import PROMISE_ENDS, AgeSpeed, Index, IndexKind, Learnt
from mini_crm.domain.model import Report
from mini_crm.i18n import Texts
from mini_crm.report.columns import Column, index_columns, pace_columns, speed_columns
from mini_crm.report.formulas import Cells
from mini_crm.report.rows import Level, lead_names
from mini_crm.report.sheet import HEAD, PIXELS_A_ROW, Chart, Sheet
from mini_crm.report.wording import weekday_name

_WIDTH, _LEFT = 620, 740
_MOST_LEADS = 20
_LEAST_ROWS = 13
"""A section is so high that its chart can be read."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Section:
    kind: IndexKind
    head: str
    title: str
    says: str
    name: Callable[[int], str | None]


def fill_paying(sheet: Sheet, report: Report, texts: Texts) -> None:
    """Write the sheet: the speed by age, then by what payments come faster or slower."""
    _ = texts.gettext
    learnt = report.forecast.learnt
    if learnt is None or not learnt.speeds:
        sheet.heading(HEAD, _("Of this run it is not kept what it learnt."))
        return
    sheet.sentence(
        HEAD,
        _(
            "What the run learnt from the last 365 days. An open entry has the chance of its age, times as"
            " fast as its lead, its amount and its promised day say, on the days that are left, each as"
            " strong as its weekday and its place in the month and in the quarter."
        ),
        12,
    )
    top = _speeds(sheet, learnt, HEAD + 2, texts)
    for at, section in enumerate(_sections(report, texts)):
        indices = [index for index in learnt.indices if index.kind is section.kind]
        if section.kind is IndexKind.LEAD:
            known = [index for index in indices if section.name(index.number) is not None]
            indices = sorted(known, key=lambda index: -index.factor)
        if indices:
            if at % 2:
                sheet.break_before(top)  # two to a page
            top = _indices(sheet, section, indices, top, texts)
    _paces(sheet, report, learnt, top, texts)


def _speeds(sheet: Sheet, learnt: Learnt, top: int, texts: Texts) -> int:
    _ = texts.gettext
    columns = speed_columns(texts)
    cells = Cells(columns)
    sheet.heading(top, _("By age: how many of a hundred open entries are paid on a day"))
    first = _table(sheet, columns, learnt.speeds, top + 1)
    series = [
        (_("Paid a day"), cells.column("paid_rate")),
        (_("Refused a day"), cells.column("refused_rate")),
    ]
    rows = (first, first + len(learnt.speeds) - 1)
    height = PIXELS_A_ROW * _rows(learnt.speeds)
    title = _("Paid and refused on a day, by days since entry")
    sheet.standing(Chart(top + 1, _LEFT, _WIDTH, height, title, rows, series), axis="0.0%")
    return top + _rows(learnt.speeds) + 3


def _indices(sheet: Sheet, section: _Section, indices: Sequence[Index], top: int, texts: Texts) -> int:
    columns = index_columns(texts, section.head, lambda index: section.name(index.number) or "")
    cells = Cells(columns)
    sheet.heading(top, section.title)
    sheet.sentence(top + 1, section.says, 5)
    first = _table(sheet, columns, indices, top + 2)
    rows = (first, first + min(len(indices), _MOST_LEADS) - 1)
    series = [(texts.gettext("Times as fast"), cells.column("factor"))]
    height = PIXELS_A_ROW * _rows(indices)
    sheet.standing(
        Chart(top + 1, _LEFT, _WIDTH, height, section.title, rows, series), axis="0.0", crossing=1.0
    )
    return top + _rows(indices) + 4


def _paces(sheet: Sheet, report: Report, learnt: Learnt, top: int, texts: Texts) -> None:
    """Write what the run made of the report's period; nothing of one that is over."""
    _ = texts.gettext
    paces = [pace for pace in learnt.paces if pace.period == report.period]
    if paces:
        sheet.heading(top, _("The rest of the period"))
        sheet.sentence(
            top + 1,
            _(
                "Paying days: the days that are left, each as much as the company pays on it. Recent pace:"
                " what chances are multiplied by. Trust: how far what entries say is believed against the"
                " plain pace of the last 90 days."
            ),
            5,
        )
        _table(sheet, pace_columns(texts), paces, top + 3)


def _table(sheet: Sheet, columns: Sequence[Column[T]], items: Sequence[T], top: int) -> int:
    """Write a table and give its first row below the heads."""
    sheet.head(top, columns)
    for number, item in enumerate(items, top + 1):
        sheet.row(number, columns, item, "", Level.MANAGER)
    return top + 1


def _rows(items: Sequence[AgeSpeed | Index]) -> int:
    return max(len(items) + 2, _LEAST_ROWS)


def _sections(report: Report, texts: Texts) -> Sequence[_Section]:
    _ = texts.gettext
    leads = lead_names(report)
    sizes = (_("not above average"), _("above average"))
    before, near, _day, after, late = PROMISE_ENDS
    promises = (
        _("{days} days before it or more").format(days=-before),
        _("{first} to {last} days before it").format(first=-near, last=-before - 1),
        _("less than {days} days before it, or on it").format(days=-near),
        _("up to {days} days after it").format(days=after),
        _("{first} to {last} days after it").format(first=after + 1, last=late),
        _("more than {days} days after it").format(days=late),
    )
    month_ends = (_("last day"), "1\u20132", "3\u20136", "7\u201313", _("14 and more"))
    months = (_("first month"), _("second month"), _("third month"))
    return (
        _Section(
            IndexKind.LEAD,
            _("Lead"),
            _("By lead: times as fast as the company"),
            _("How fast a lead's entries are paid, drawn to 1 where little is known."),
            leads.get,
        ),
        _Section(
            IndexKind.SIZE,
            _("Amount"),
            _("By amount: times as fast"),
            _("Amounts above and not above the average of their unit."),
            sizes.__getitem__,
        ),
        _Section(
            IndexKind.PROMISE,
            _("A day"),
            _("By promised day: times as fast"),
            _("Where a day stands to the first promised day."),
            promises.__getitem__,
        ),
        _Section(
            IndexKind.WEEKDAY,
            _("Weekday"),
            _("By weekday: times as strong"),
            _("How much comes on such a day."),
            lambda number: weekday_name(number, texts),
        ),
        _Section(
            IndexKind.MONTH_END,
            _("Days left in the month"),
            _("By days to the month's end: times as strong"),
            _("How much comes on a day with so many days left in its month."),
            month_ends.__getitem__,
        ),
        _Section(
            IndexKind.QUARTER,
            _("Month"),
            _("By month of the quarter: times as strong"),
            _("How much comes in such a month, whole quarters only."),
            months.__getitem__,
        ),
    )
