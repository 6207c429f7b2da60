"""The columns of the report's sheets: head, kind of number, and where the value comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Generic, TypeVar

from mini_crm.domain.model import AccuracyRow, ForecastRow
from mini_crm.i18n import Texts
from mini_crm.report.rows import Level, Row, TrendRow
from mini_crm.report.wording import period_name, unit_name

Cell = str | int | float | Decimal | date | None
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
    HIDDEN = auto()  # only for a chart


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column.

    Attributes:
        value: Gives the cell of a row; None leaves it empty, a text in a column of numbers says why.
    """

    head: str
    kind: Kind
    value: Callable[[T], Cell]


def pipeline_columns(texts: Texts) -> tuple[Column[Row], ...]:
    """Give the columns of the sheet with all rows; the first three say whose row it is."""
    _ = texts.gettext
    company = _("Company")
    levels = (company, _("Lead"), _("Manager"), _("Client"))
    return (
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead if r.level else company),
        Column(_("Manager"), Kind.TEXT, lambda r: r.manager or None),
        Column(_("Client PIN"), Kind.TEXT, lambda r: r.client_pin or None),
        Column(_("Level"), Kind.TEXT, lambda r: levels[r.level]),
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.unit, texts)),
        Column(_("Clients"), Kind.COUNT, lambda r: r.clients),
        Column(_("Open entries"), Kind.COUNT, lambda r: r.open_count),
        Column(_("Due today"), Kind.COUNT, lambda r: r.due_today),
        Column(_("Overdue"), Kind.COUNT, lambda r: r.overdue),
        Column(_("Expected"), Kind.SUM, lambda r: r.expected),
        Column(_("Paid"), Kind.SUM, lambda r: r.paid),
        Column(_("Refused"), Kind.SUM, lambda r: r.refused),
        Column(_("Win rate"), Kind.SHARE, lambda r: r.win_rate),
        Column(_("Paid of resolved"), Kind.PAIR, _counts(texts)),
        Column(_("Still to come"), Kind.ESTIMATE, lambda r: r.still_to_come),
        *_forecast_columns(texts),
        Column(_("Hand formula"), Kind.ESTIMATE, lambda r: r.hand_formula),
    )


def summary_columns(texts: Texts) -> tuple[Column[Row], ...]:
    """Give the columns of the summary: the company and its leads; the last two are the range's arms."""
    _ = texts.gettext
    return (
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead if r.level else _("Company")),
        Column(_("Paid"), Kind.SUM, lambda r: r.paid),
        Column(_("Still to come"), Kind.ESTIMATE, lambda r: r.still_to_come),
        *_forecast_columns(texts),
        Column(_("Expected"), Kind.SUM, lambda r: r.expected),
        Column(_("Overdue"), Kind.COUNT, lambda r: r.overdue),
        Column(_("Win rate"), Kind.SHARE, lambda r: r.win_rate),
        Column(_("Paid of resolved"), Kind.PAIR, _counts(texts)),
        Column(_("Pays \u2026 times as fast"), Kind.TIMES, lambda r: r.speed_index),
        Column(_("Hand formula"), Kind.ESTIMATE, lambda r: r.hand_formula),
        Column(_("New entries may bring"), Kind.ESTIMATE, lambda r: r.new_entries),
        Column(_("By run rate"), Kind.ESTIMATE, lambda r: r.run_rate),
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
        Column(_("Paid"), Kind.SUM, lambda r: r.paid),
        Column(_("Still to come"), Kind.ESTIMATE, lambda r: r.still_to_come),
        Column(_("Forecast"), Kind.ESTIMATE, lambda r: r.forecast),
        Column(_("P10"), Kind.ESTIMATE, lambda r: _or_no_history(r.low, texts)),
        Column(_("P90"), Kind.ESTIMATE, lambda r: _or_no_history(r.high, texts)),
        Column(_("Target"), Kind.GOAL, lambda r: r.target),
        Column(_("% of target"), Kind.SHARE, lambda r: r.forecast / float(r.target) if r.target else None),
        Column(_("Commitment"), Kind.GOAL, lambda r: r.commitment),
    )


def trend_columns(texts: Texts) -> tuple[Column[TrendRow], ...]:
    """Give the columns of the stored days."""
    _ = texts.gettext
    return (
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.point.unit, texts)),
        Column(_("Day"), Kind.DAY, lambda r: r.point.day),
        Column(_("Paid"), Kind.SUM, lambda r: r.point.paid),
        Column(_("Forecast"), Kind.ESTIMATE, lambda r: r.point.forecast),
        Column(_("P10"), Kind.ESTIMATE, lambda r: r.point.low),
        Column(_("P90"), Kind.ESTIMATE, lambda r: r.point.high),
        Column(_("Hand formula"), Kind.ESTIMATE, lambda r: r.point.hand_formula),
        Column(_("Paid since the row above"), Kind.CHANGE, lambda r: r.paid_change),
        Column(_("Forecast since the row above"), Kind.CHANGE, lambda r: r.forecast_change),
    )


def accuracy_columns(texts: Texts) -> tuple[Column[AccuracyRow], ...]:
    """Give the columns of the ended periods."""
    _ = texts.gettext
    return (
        Column(_("Period"), Kind.TEXT, lambda r: period_name(r.period, texts)),
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead_name if r.lead_id is not None else _("Company")),
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.unit, texts)),
        Column(_("Days compared"), Kind.COUNT, lambda r: r.days),
        Column(_("Forecast misses by"), Kind.SHARE, lambda r: r.wape),
        Column(_("Hand formula misses by"), Kind.SHARE, lambda r: r.hand_wape),
        Column(_("Days within P10\u2013P90"), Kind.COUNT, lambda r: r.covered),
        Column(_("Share within P10\u2013P90"), Kind.SHARE, lambda r: r.covered / r.days if r.days else None),
    )


def _forecast_columns(texts: Texts) -> tuple[Column[Row], ...]:
    _ = texts.gettext

    def ranged(row: Row, value: float | None) -> Cell:
        return None if row.level == Level.CLIENT else _or_no_history(value, texts)

    return (
        Column(_("Forecast"), Kind.ESTIMATE, lambda r: r.forecast),
        Column(_("P10"), Kind.ESTIMATE, lambda r: ranged(r, r.low)),
        Column(_("P90"), Kind.ESTIMATE, lambda r: ranged(r, r.high)),
        Column(_("Target"), Kind.GOAL, lambda r: r.target),
        Column(_("% of target"), Kind.SHARE, lambda r: r.target_share),
        Column(_("Commitment"), Kind.GOAL, lambda r: r.commitment),
    )


def _or_no_history(value: float | None, texts: Texts) -> Cell:
    return texts.gettext("no history") if value is None else value


def _distance(lower: float | None, upper: float | None) -> Cell:
    return None if lower is None or upper is None else upper - lower


def _counts(texts: Texts) -> Callable[[Row], Cell]:
    pattern = texts.gettext("{won} of {resolved}")
    return lambda r: None if r.resolved is None else pattern.format(won=r.won, resolved=r.resolved)
