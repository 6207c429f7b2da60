"""The columns of the report's sheets: head, kind of number, and where the value comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import Enum, auto
from typing import Generic, TypeVar

from mini_crm.domain.dates import format_date
from mini_crm.domain.learnt import AgeSpeed, Index, PeriodPace, ReplayedAccuracy, ReplayedForecast
from mini_crm.domain.model import AccuracyRow, EntryChange
from mini_crm.domain.period import Period, Stage
from mini_crm.i18n import Texts
from mini_crm.report.bridge import BridgeStep, step_names
from mini_crm.report.past import ChangeCount, TrendRow
from mini_crm.report.refusals import RefusalRow
from mini_crm.report.rows import Level, PeriodRow, Row
from mini_crm.report.wording import age_name, change_name, period_name, unit_name

Cell = str | int | float | Decimal | date | datetime | None
T = TypeVar("T")


class Kind(Enum):
    """What the values of a column are, which decides how they look."""

    TEXT = auto()
    REMARK = auto()  # a text behind numbers
    PAIR = auto()  # a text of two numbers
    COUNT = auto()
    SUM = auto()  # exact, in the row's unit
    ESTIMATE = auto()  # in the row's unit
    TOTAL = auto()  # a sum and estimates together
    GOAL = auto()  # somebody's number, mostly a round one
    CHANGE = auto()  # a difference of totals, with its sign
    SHARE = auto()  # 0.47 is 47 %
    CHANCE = auto()  # a share of which a tenth of a percent tells something
    TIMES = auto()
    FACTOR = auto()  # like TIMES, with two places
    DAY = auto()
    MOMENT = auto()
    ANY = auto()  # a text, a day or a sum
    ID = auto()  # a number that only names
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


def pipeline_columns(texts: Texts, stage: Stage) -> tuple[Column[Row], ...]:
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
        *_part_columns(texts, stage),
        *_forecast_columns(texts),
    )


def summary_columns(texts: Texts, stage: Stage) -> tuple[Column[Row], ...]:
    """Give the columns of the summary: the company and its leads; the last three are for the chart."""
    _ = texts.gettext
    return (
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead if r.level else _("Company")),
        Column(_("Outlook"), Kind.LIGHT, lambda r: r.light, "light"),
        Column(_("Paid"), Kind.SUM, lambda r: r.paid, "paid"),
        *_part_columns(texts, stage),
        *_forecast_columns(texts),
        Column(_("Expected"), Kind.SUM, lambda r: r.expected, "expected"),
        Column(_("Due today"), Kind.COUNT, lambda r: r.due_today, "due"),
        Column(_("Overdue"), Kind.COUNT, lambda r: r.overdue, "overdue"),
        Column(_("Win rate"), Kind.SHARE, lambda r: r.win_rate),
        Column(_("Paid of resolved"), Kind.PAIR, _counts(texts)),
        Column(_("Speed of payment (company: 1)"), Kind.TIMES, lambda r: r.speed_index),
        Column(_("Up to the likely range"), Kind.HIDDEN, lambda r: _distance(r.paid, r.low)),
        Column(_("Likely range below the forecast"), Kind.HIDDEN, lambda r: _distance(r.low, r.forecast)),
        Column(_("Likely range above the forecast"), Kind.HIDDEN, lambda r: _distance(r.forecast, r.high)),
    )


def period_columns(texts: Texts) -> tuple[Column[PeriodRow], ...]:
    """Give the columns of the company's other periods; of one that has not begun the whole number only."""
    _ = texts.gettext

    def begun(value: Callable[[Row], Cell]) -> Callable[[PeriodRow], Cell]:
        return lambda p: None if p.stage is Stage.AHEAD else value(p.row)

    return (
        Column(_("Period"), Kind.TEXT, lambda p: _period_and_unit(p.period, p.row.unit, texts)),
        Column(_("Paid"), Kind.SUM, begun(lambda r: r.paid), "paid"),
        Column(_("From open entries"), Kind.ESTIMATE, begun(lambda r: r.from_open), "open_part"),
        Column(_("From new entries"), Kind.ESTIMATE, begun(lambda r: r.from_new), "new_part"),
        Column(_("Forecast"), Kind.TOTAL, lambda p: p.row.forecast, "forecast"),
        Column(range_from(texts), Kind.ESTIMATE, lambda p: _or_no_history(p.row.low, texts)),
        Column(range_to(texts), Kind.ESTIMATE, lambda p: _or_no_history(p.row.high, texts)),
        Column(_("Target"), Kind.GOAL, lambda p: p.row.target, "target"),
        Column(_("% of target"), Kind.SHARE, lambda p: p.row.target_share),
        Column(_("Above or below target"), Kind.CHANGE, lambda p: p.row.gap),
    )


def trend_columns(texts: Texts) -> tuple[Column[TrendRow], ...]:
    """Give the columns of the stored days; the last four are for the chart."""
    _ = texts.gettext

    def made(row: TrendRow) -> str | None:
        if row.point.method == 1:
            return _("method 1: open entries only")
        return _("recalculated") if row.point.is_recalculated else None

    def of(*, old: bool, recalculated: bool) -> Callable[[TrendRow], Cell]:
        kind = (old, recalculated)
        return lambda r: r.forecast if (r.point.method == 1, r.point.is_recalculated) == kind else None

    return (
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.point.unit, texts)),
        Column(_("Day"), Kind.DAY, lambda r: r.point.day, "day"),
        Column(_("Paid"), Kind.SUM, lambda r: r.point.paid, "paid"),
        Column(_("Forecast"), Kind.TOTAL, lambda r: r.forecast, "forecast"),
        Column(range_from(texts), Kind.ESTIMATE, lambda r: r.point.low, "low"),
        Column(range_to(texts), Kind.ESTIMATE, lambda r: r.point.high, "high"),
        Column(_("Target"), Kind.GOAL, lambda r: r.target, "target"),
        Column(_("Paid since the row above"), Kind.CHANGE, lambda r: r.paid_change, "paid_change"),
        Column(_("Forecast since the row above"), Kind.CHANGE, lambda r: r.forecast_change, "change"),
        Column(_("How it was made"), Kind.REMARK, made),
        Column(_("Width of the range"), Kind.HIDDEN, lambda r: _distance(r.point.low, r.point.high), "band"),
        Column(_("Forecast"), Kind.HIDDEN, of(old=False, recalculated=False), "own"),
        Column(_("Recalculated"), Kind.HIDDEN, of(old=False, recalculated=True), "recalculated"),
        Column(_("Method 1"), Kind.HIDDEN, of(old=True, recalculated=False), "old"),
    )


def accuracy_columns(texts: Texts) -> tuple[Column[AccuracyRow], ...]:
    """Give the columns of the ended periods."""
    _ = texts.gettext

    def method(row: AccuracyRow) -> str:
        if row.method == 1:
            return _("method 1: open entries only")
        return _("whole period, recalculated") if row.is_recalculated else _("whole period")

    return (
        Column(_("Period"), Kind.TEXT, lambda r: period_name(r.period, texts)),
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead_name if r.lead_id is not None else _("Company")),
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.unit, texts)),
        Column(_("Days compared"), Kind.COUNT, lambda r: r.days, "days"),
        Column(_("Forecast misses by"), Kind.SHARE, lambda r: r.wape, "wape"),
        Column(_("Hand formula misses by"), Kind.SHARE, lambda r: r.hand_wape, "hand"),
        Column(_("Run rate misses by"), Kind.SHARE, lambda r: r.run_rate_wape, "pace"),
        Column(_("Days within the range"), Kind.COUNT, lambda r: r.covered, "covered"),
        Column(
            _("Share within the range"),
            Kind.SHARE,
            lambda r: r.covered / r.days if r.days else None,
            "share",
        ),
        Column(_("Without new entries misses by"), Kind.SHARE, lambda r: r.open_wape, "open"),
        Column(
            _("Share within its range"),
            Kind.SHARE,
            lambda r: r.open_covered / r.days if r.days and r.open_wape is not None else None,
        ),
        Column(_("Forecast of"), Kind.REMARK, method),
    )


def replay_columns(texts: Texts) -> tuple[Column[ReplayedForecast], ...]:
    """Give the columns of how the last half year would have been forecast, 28 days ahead."""
    _ = texts.gettext
    return (
        Column(_("Evening"), Kind.DAY, lambda r: r.day, "day"),
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.unit, texts)),
        Column(_("Forecast for 28 days"), Kind.ESTIMATE, lambda r: r.whole_forecast, "forecast"),
        Column(_("What came"), Kind.ESTIMATE, lambda r: r.whole_came, "came"),
        Column(_("Difference"), Kind.ESTIMATE, lambda r: r.whole_forecast - r.whole_came, "miss"),
        Column(_("From open entries"), Kind.ESTIMATE, lambda r: r.open_forecast, "open"),
        Column(_("What came of them"), Kind.ESTIMATE, lambda r: r.open_came, "open_came"),
    )


def replayed_columns(texts: Texts) -> tuple[Column[ReplayedAccuracy], ...]:
    """Give the columns of how good those forecasts were."""
    _ = texts.gettext
    return (
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.unit, texts)),
        Column(_("Forecasts"), Kind.COUNT, lambda r: r.replays),
        Column(_("First evening"), Kind.DAY, lambda r: r.first_day),
        Column(_("Last evening"), Kind.DAY, lambda r: r.last_day),
        Column(_("Forecast misses by"), Kind.SHARE, lambda r: r.wape),
        Column(_("Without new entries misses by"), Kind.SHARE, lambda r: r.open_wape),
    )


def speed_columns(texts: Texts) -> tuple[Column[AgeSpeed], ...]:
    """Give the columns of how fast entries are paid and refused by age."""
    _ = texts.gettext
    return (
        Column(_("Days since entry"), Kind.TEXT, lambda s: age_name(s, texts)),
        Column(_("Days waited"), Kind.COUNT, lambda s: s.days),
        Column(_("Paid"), Kind.COUNT, lambda s: s.paid),
        Column(_("Refused"), Kind.COUNT, lambda s: s.refused),
        Column(_("Paid a day"), Kind.CHANCE, lambda s: s.paid_rate, "paid_rate"),
        Column(_("Refused a day"), Kind.CHANCE, lambda s: s.refused_rate, "refused_rate"),
    )


def index_columns(texts: Texts, head: str, name: Callable[[Index], str]) -> tuple[Column[Index], ...]:
    """Give the columns of by how much payments come faster or slower; the first says for what."""
    _ = texts.gettext
    return (
        Column(head, Kind.TEXT, name),
        Column(_("Paid"), Kind.COUNT, lambda i: i.paid),
        Column(_("At the company's speed"), Kind.TIMES, lambda i: i.expected),
        Column(_("Times as fast"), Kind.FACTOR, lambda i: i.factor, "factor"),
    )


def pace_columns(texts: Texts) -> tuple[Column[PeriodPace], ...]:
    """Give the columns of what a run made of a period that is not over."""
    _ = texts.gettext
    return (
        Column(_("Unit"), Kind.TEXT, lambda p: unit_name(p.unit, texts)),
        Column(_("Paying days left"), Kind.TIMES, lambda p: p.paying_days),
        Column(_("Recent pace"), Kind.FACTOR, lambda p: p.scale),
        Column(_("Trust, open entries"), Kind.SHARE, lambda p: p.open_weight),
        Column(_("Trust, whole number"), Kind.SHARE, lambda p: p.whole_weight),
    )


def change_count_columns(texts: Texts, days: Sequence[date]) -> tuple[Column[ChangeCount], ...]:
    """Give the columns of the changes, counted since each of the days."""
    _ = texts.gettext
    columns: list[Column[ChangeCount]] = [
        Column(_("What changed"), Kind.TEXT, lambda c: change_name(c.kind, texts)),
        Column(_("Unit"), Kind.TEXT, lambda c: unit_name(c.unit, texts)),
    ]
    for at, day in enumerate(days):
        since = format_date(day, language=texts.language)

        def count(row: ChangeCount, at: int = at) -> Cell:
            return row.counts[at]

        def amount(row: ChangeCount, at: int = at) -> Cell:
            return row.sums[at]

        columns.append(Column(_("Changes since {day}").format(day=since), Kind.COUNT, count))
        columns.append(Column(_("Amount since {day}").format(day=since), Kind.SUM, amount))
    return tuple(columns)


BRIDGE_PICTURE = ("floor", "total", "up", "down")
"""Keys of the hidden columns that the picture of a bridge is made of."""

_LISTED_COLUMNS = 12
"""The list of changes stands below the bridges, so what is hidden begins behind its columns."""


def bridge_columns(
    texts: Texts, *, put_off: int, since: str, now: str, totals: bool = False
) -> tuple[Column[BridgeStep], ...]:
    """Give the columns of a bridge; the hidden ones behind them are for its picture.

    Args:
        texts: The language.
        put_off: How many entries were moved to a later day.
        since: The day of the earlier forecast, as it is shown.
        now: The moment of the present one, as it is shown.
        totals: For the rows of the two forecasts.
    """
    _ = texts.gettext
    names = step_names(texts, put_off=put_off, since=since, now=now)
    shown: tuple[Column[BridgeStep], ...] = (
        Column(_("Step"), Kind.TEXT, lambda s: names[s.step]),
        Column(_("Adds"), Kind.TOTAL if totals else Kind.CHANGE, lambda s: s.amount, "amount"),
        Column(_("Changes"), Kind.COUNT, lambda s: s.changes),
    )
    hidden: tuple[Column[BridgeStep], ...] = (
        Column(_("Begins at"), Kind.HIDDEN, lambda s: s.floor, "floor"),
        Column(_("Forecast"), Kind.HIDDEN, lambda s: s.total, "total"),
        Column(_("More"), Kind.HIDDEN, lambda s: s.up, "up"),
        Column(_("Less"), Kind.HIDDEN, lambda s: s.down, "down"),
    )
    blank: Column[BridgeStep] = Column("", Kind.TEXT, lambda s: None)
    return (*shown, *[blank] * (_LISTED_COLUMNS - len(shown)), *hidden)


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


def refusal_columns(texts: Texts) -> tuple[Column[RefusalRow], ...]:
    """Give the columns of what was refused, and why."""
    _ = texts.gettext

    def reason(row: RefusalRow) -> str:
        return _("in all") if row.reason is None else row.reason or _("no reason given")

    return (
        Column(_("Lead"), Kind.TEXT, lambda r: r.lead or _("Company")),
        Column(_("Unit"), Kind.TEXT, lambda r: unit_name(r.unit, texts)),
        Column(_("Reason"), Kind.TEXT, reason),
        Column(_("Entries"), Kind.COUNT, lambda r: r.count, "count"),
        Column(_("Refused"), Kind.SUM, lambda r: r.amount, "amount"),
        Column(_("Share"), Kind.SHARE, lambda r: r.share, "share"),
    )


def range_from(texts: Texts) -> str:
    """Head the lower end of the range."""
    return texts.gettext("Likely range (8 of 10) from")


def range_to(texts: Texts) -> str:
    """Head the upper end of the range."""
    return texts.gettext("Likely range (8 of 10) to")


def _part_columns(texts: Texts, stage: Stage) -> tuple[Column[Row], ...]:
    """Give the parts that are still to come; a period that has not begun shows its whole number only."""
    _ = texts.gettext
    if stage is Stage.AHEAD:
        return ()
    return (
        Column(_("From open entries"), Kind.ESTIMATE, lambda r: r.from_open, "open_part"),
        Column(_("From new entries"), Kind.ESTIMATE, lambda r: r.from_new, "new_part"),
    )


def _forecast_columns(texts: Texts) -> tuple[Column[Row], ...]:
    _ = texts.gettext

    def ranged(row: Row, value: Decimal | None) -> Cell:
        return None if row.level == Level.CLIENT else _or_no_history(value, texts)

    return (
        Column(_("Forecast"), Kind.TOTAL, lambda r: r.forecast, "forecast"),
        Column(range_from(texts), Kind.ESTIMATE, lambda r: ranged(r, r.low), "low"),
        Column(range_to(texts), Kind.ESTIMATE, lambda r: ranged(r, r.high), "high"),
        Column(_("Target"), Kind.GOAL, lambda r: r.target, "target"),
        Column(_("% of target"), Kind.SHARE, lambda r: r.target_share, "share"),
        Column(_("Above or below target"), Kind.CHANGE, lambda r: r.gap, "gap"),
        Column(_("Commitment"), Kind.GOAL, lambda r: r.commitment, "commitment"),
    )


def _or_no_history(value: Decimal | None, texts: Texts) -> Cell:
    return texts.gettext("no history") if value is None else value


N = TypeVar("N", Decimal, float)


def _distance(lower: N | None, upper: N | None) -> N | None:
    return None if lower is None or upper is None else upper - lower


def _period_and_unit(period: Period, unit: str, texts: Texts) -> str:
    return f"{period_name(period, texts)}, {unit_name(unit, texts)}"


def _counts(texts: Texts) -> Callable[[Row], Cell]:
    pattern = texts.gettext("{won} of {resolved}")
    return lambda r: None if r.resolved is None else pattern.format(won=r.won, resolved=r.resolved)
