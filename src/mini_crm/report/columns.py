"""The columns of the report's sheets: head, kind of number, and where the value comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import Enum, auto
from typing import Generic, TypeVar

from mini_crm.domain.model import AccuracyRow, EntryChange, ForecastRow
from mini_crm.i18n import Texts
from mini_crm.report.rows import ChangeCount, Level, Row, TrendRow
from mini_crm.report.wording import change_name, period_name, unit_name

Cell = str | int | float | Decimal | date | datetime | None
T = TypeVar("T")


class Kind(Enum):
    """What the values of a column are, which decides how they look."""

    TEXT = auto()
    PAIR = auto()  # a text of two numbers
    COUNT = auto()
    SUM = auto()  # exact, in the row's unit
    ESTIMATE = auto()  # in the row's unit
    GOAL = auto()  # somebody's number, mostly a round one
    CHANGE = auto()  # an estimate with its sign
    SHARE = auto()  # 0.47 is 47 %
    TIMES = auto()
    DAY = auto()
    MOMENT = auto()
    ANY = auto()  # a text, a day or a sum
    LIGHT = auto()  # a traffic light
    HIDDEN = auto()  # only for a chart


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column.

    Attributes:
        value: Gives the cell of a row; None leaves it empty, a text in a column of numbers says why.
        key: By which formulas find the column.
    """

    head: str
    kind: Kind
    value: Callable[[T], Cell]
    key: str = ""


def pipeline_columns(texts: Texts) -> tuple[Column[Row], ...]:
    """Give the columns of the sheet with all rows; the first three say whose row it is."""
    _ = texts.gettext
    company = _("Company")
    in_view = _("rows in view")
    levels = (company, _("Lead"), _("Manager"), _("Client"))
    return (
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead if r.level else company),
        Column(_("Manager"), Kind.TEXT, lambda r: (r.manager or None) if r.level else in_view),
        Column(_("Client PIN"), Kind.TEXT, lambda r: r.client_pin or None),
        Column(_("Level"), Kind.TEXT, lambda r: levels[r.level]),
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.unit, texts)),
        Column(_("Clients"), Kind.COUNT, lambda r: r.clients, "clients"),
        Column(_("Open entries"), Kind.COUNT, lambda r: r.open_count, "open"),
        Column(_("Due today"), Kind.COUNT, lambda r: r.due_today, "due"),
        Column(_("Overdue"), Kind.COUNT, lambda r: r.overdue, "overdue"),
        Column(_("Expected"), Kind.SUM, lambda r: r.expected, "expected"),
        Column(_("Paid"), Kind.SUM, lambda r: r.paid, "paid"),
        Column(_("Refused"), Kind.SUM, lambda r: r.refused, "refused"),
        Column(_("Win rate"), Kind.SHARE, lambda r: r.win_rate, "rate"),
        Column(_("Paid of resolved"), Kind.PAIR, _counts(texts), "pair"),
        Column(_("From open entries"), Kind.ESTIMATE, lambda r: r.from_open, "open_part"),
        Column(_("From new entries"), Kind.ESTIMATE, lambda r: r.from_new, "new_part"),
        *_forecast_columns(texts),
        Column(_("Hand formula"), Kind.ESTIMATE, lambda r: r.hand_formula, "hand"),
    )


def summary_columns(texts: Texts) -> tuple[Column[Row], ...]:
    """Give the columns of the summary: the company and its leads; the last three are for the chart."""
    _ = texts.gettext
    return (
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead if r.level else _("Company")),
        Column(_("Outlook"), Kind.LIGHT, lambda r: r.light, "light"),
        Column(_("Paid"), Kind.SUM, lambda r: r.paid, "paid"),
        Column(_("From open entries"), Kind.ESTIMATE, lambda r: r.from_open, "open_part"),
        Column(_("From new entries"), Kind.ESTIMATE, lambda r: r.from_new, "new_part"),
        *_forecast_columns(texts),
        Column(_("Expected"), Kind.SUM, lambda r: r.expected, "expected"),
        Column(_("Overdue"), Kind.COUNT, lambda r: r.overdue, "overdue"),
        Column(_("Win rate"), Kind.SHARE, lambda r: r.win_rate),
        Column(_("Paid of resolved"), Kind.PAIR, _counts(texts)),
        Column(_("Pays \u2026 times as fast"), Kind.TIMES, lambda r: r.speed_index),
        Column(_("Hand formula"), Kind.ESTIMATE, lambda r: r.hand_formula, "hand"),
        Column(_("By run rate"), Kind.ESTIMATE, lambda r: r.run_rate, "pace"),
        Column(_("Up to P10"), Kind.HIDDEN, lambda r: _distance(float(r.paid), r.low)),
        Column(_("From P10 to forecast"), Kind.HIDDEN, lambda r: _distance(r.low, r.forecast)),
        Column(_("From forecast to P90"), Kind.HIDDEN, lambda r: _distance(r.forecast, r.high)),
    )


def period_columns(texts: Texts) -> tuple[Column[ForecastRow], ...]:
    """Give the columns of the company's other periods."""
    _ = texts.gettext
    return (
        Column(
            _("Period"), Kind.TEXT, lambda r: f"{period_name(r.period, texts)}, {unit_name(r.unit, texts)}"
        ),
        Column(_("Paid"), Kind.SUM, lambda r: r.paid, "paid"),
        Column(_("From open entries"), Kind.ESTIMATE, lambda r: r.from_open, "open_part"),
        Column(_("From new entries"), Kind.ESTIMATE, lambda r: r.from_new, "new_part"),
        Column(_("Forecast"), Kind.ESTIMATE, lambda r: r.forecast, "forecast"),
        Column(_("P10"), Kind.ESTIMATE, lambda r: _or_no_history(r.low, texts)),
        Column(_("P90"), Kind.ESTIMATE, lambda r: _or_no_history(r.high, texts)),
        Column(_("Target"), Kind.GOAL, lambda r: r.target, "target"),
        Column(_("% of target"), Kind.SHARE, lambda r: r.forecast / float(r.target) if r.target else None),
        Column(_("Commitment"), Kind.GOAL, lambda r: r.commitment, "commitment"),
    )


def trend_columns(texts: Texts) -> tuple[Column[TrendRow], ...]:
    """Give the columns of the stored days; the last is for the chart."""
    _ = texts.gettext
    return (
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.point.unit, texts)),
        Column(_("Day"), Kind.DAY, lambda r: r.point.day, "day"),
        Column(_("Paid"), Kind.SUM, lambda r: r.point.paid, "paid"),
        Column(_("Forecast"), Kind.ESTIMATE, lambda r: r.point.forecast, "forecast"),
        Column(_("P10"), Kind.ESTIMATE, lambda r: r.point.low, "low"),
        Column(_("P90"), Kind.ESTIMATE, lambda r: r.point.high, "high"),
        Column(_("Target"), Kind.GOAL, lambda r: r.target, "target"),
        Column(_("Hand formula"), Kind.ESTIMATE, lambda r: r.point.hand_formula),
        Column(_("Paid since the row above"), Kind.CHANGE, lambda r: r.paid_change, "paid_change"),
        Column(_("Forecast since the row above"), Kind.CHANGE, lambda r: r.forecast_change, "change"),
        Column(_("Width of the range"), Kind.HIDDEN, lambda r: _distance(r.point.low, r.point.high), "band"),
    )


def accuracy_columns(texts: Texts) -> tuple[Column[AccuracyRow], ...]:
    """Give the columns of the ended periods."""
    _ = texts.gettext
    return (
        Column(_("Period"), Kind.TEXT, lambda r: period_name(r.period, texts)),
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead_name if r.lead_id is not None else _("Company")),
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.unit, texts)),
        Column(_("Days compared"), Kind.COUNT, lambda r: r.days, "days"),
        Column(_("Forecast misses by"), Kind.SHARE, lambda r: r.wape, "wape"),
        Column(_("Hand formula misses by"), Kind.SHARE, lambda r: r.hand_wape, "hand"),
        Column(_("Days within P10\u2013P90"), Kind.COUNT, lambda r: r.covered, "covered"),
        Column(
            _("Share within P10\u2013P90"),
            Kind.SHARE,
            lambda r: r.covered / r.days if r.days else None,
            "share",
        ),
    )


def change_count_columns(texts: Texts) -> tuple[Column[ChangeCount], ...]:
    """Give the columns of the changes, counted."""
    _ = texts.gettext
    return (
        Column(_("What changed"), Kind.TEXT, lambda c: change_name(c.kind, texts)),
        Column(_("Unit"), Kind.TEXT, lambda c: unit_name(c.unit, texts)),
        Column(_("Since yesterday"), Kind.COUNT, lambda c: c.day_count),
        Column(_("Amount since yesterday"), Kind.SUM, lambda c: c.day_sum),
        Column(_("Since a week"), Kind.COUNT, lambda c: c.week_count),
        Column(_("Amount since a week"), Kind.SUM, lambda c: c.week_sum),
    )


def change_columns(texts: Texts, zone: tzinfo | None) -> tuple[Column[EntryChange], ...]:
    """Give the columns of the changed entries."""
    _ = texts.gettext
    return (
        Column(_("What changed"), Kind.TEXT, lambda c: change_name(c.kind, texts)),
        Column(_("Since"), Kind.DAY, lambda c: c.since),
        Column(_("Lead"), Kind.TEXT, lambda c: c.lead_name),
        Column(_("Manager"), Kind.TEXT, lambda c: c.manager_name),
        Column(_("Client PIN"), Kind.TEXT, lambda c: c.client_pin or None),
        Column(_("Unit"), Kind.TEXT, lambda c: unit_name(c.unit, texts)),
        Column(_("Amount"), Kind.SUM, lambda c: c.amount),
        Column(_("Was"), Kind.ANY, lambda c: c.old),
        Column(_("Became"), Kind.ANY, lambda c: c.new),
        Column(_("Times put off"), Kind.COUNT, lambda c: c.pushes),
        Column(_("Changed at"), Kind.MOMENT, lambda c: c.changed_at.astimezone(zone).replace(tzinfo=None)),
        Column(_("Changed by"), Kind.TEXT, lambda c: c.changed_by),
    )


def _forecast_columns(texts: Texts) -> tuple[Column[Row], ...]:
    _ = texts.gettext

    def ranged(row: Row, value: float | None) -> Cell:
        return None if row.level == Level.CLIENT else _or_no_history(value, texts)

    return (
        Column(_("Forecast"), Kind.ESTIMATE, lambda r: r.forecast, "forecast"),
        Column(_("P10"), Kind.ESTIMATE, lambda r: ranged(r, r.low), "low"),
        Column(_("P90"), Kind.ESTIMATE, lambda r: ranged(r, r.high), "high"),
        Column(_("Target"), Kind.GOAL, lambda r: r.target, "target"),
        Column(_("% of target"), Kind.SHARE, lambda r: r.target_share, "share"),
        Column(_("Commitment"), Kind.GOAL, lambda r: r.commitment, "commitment"),
    )


def _or_no_history(value: float | None, texts: Texts) -> Cell:
    return texts.gettext("no history") if value is None else value


def _distance(lower: float | None, upper: float | None) -> Cell:
    return None if lower is None or upper is None else upper - lower


def _counts(texts: Texts) -> Callable[[Row], Cell]:
    pattern = texts.gettext("{won} of {resolved}")
    return lambda r: None if r.resolved is None else pattern.format(won=r.won, resolved=r.resolved)
