"""The chart of the forecast through a period, drawn as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from mini_crm.domain.dates import add_months, format_date
from mini_crm.domain.model import TrendPoint
from mini_crm.domain.period import Period
from mini_crm.ui.forecast.drawing import COMMITMENT, FORECAST, GOAL, GRID, HAND, PAID, axis_number, paint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LONG_MONTH = 31
EARLIER = "#6ea8fe"
"""The line of an earlier method."""
_TICK_WIDTH = 90
"""Pixels at 100 % that a date below the axis needs."""
EDGE = 0.012
"""Of the width, free on either side."""
MOST_NAMES = 6
"""In a row of the legend."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What the chart shows, of one unit; a ``Drawing``.

    Attributes:
        points: By day; with fewer than two ``text`` is shown instead.
        came: What came in the end of a period that is over.
        changed_on: The first day of a newer method, where the days have two.
        text: Why there is no chart, or how many days it has.
        captions: Of the axes and lines, by the names that ``_lines`` uses.
        language: For the numbers at the axes.
    """

    period: Period
    points: tuple[TrendPoint, ...]
    target: float | None
    commitment: float | None
    came: float | None
    changed_on: date | None
    text: str
    captions: Mapping[str, str]
    language: str

    @property
    def can_be_drawn(self) -> bool:
        """Whether there are points enough for a line."""
        return len(self.points) > 1

    def draw(self, width: int, height: int, dpi: float, points: float) -> bytes:
        """See ``Drawing``."""
        unscaled = width * 96 / dpi

        def fill(figure: Figure, axes: Axes) -> None:
            _lines(axes, self)
            _scales(axes, self, max(2, int(unscaled / _TICK_WIDTH) - 2))
            _legend(figure, axes, width)

        return paint(width, height, dpi, points, fill)


def _lines(axes: Axes, chart: Chart) -> None:
    names, points = chart.captions, chart.points
    days = _days(chart, points)
    ranged = [p for p in points if p.low is not None and p.high is not None]
    newest = max(point.method for point in points)
    for number, own in enumerate(_stretches(ranged)):
        axes.fill_between(
            _days(chart, own),
            [point.low or 0.0 for point in own],
            [point.high or 0.0 for point in own],
            color=FORECAST, alpha=0.15, linewidth=0, label="" if number else names["range"],
        )  # fmt: skip
    paid = [float(point.paid) for point in points]
    axes.fill_between(days, paid, color=PAID, alpha=0.12, linewidth=0)
    _forecasts(axes, chart, newest)
    axes.plot(days, paid, color=PAID, marker="s", markersize=3, label=names["paid"], clip_on=False)
    if chart.changed_on is not None:
        axes.axvline(
            (chart.changed_on - chart.period.start).days,
            color=HAND, linestyle=":", linewidth=1, label=names["changed"],
        )  # fmt: skip
    if chart.came is not None:
        axes.axhline(chart.came, color=PAID, linestyle="--", label=names["came"])
    if chart.target is not None:
        axes.axhline(chart.target, color=GOAL, linestyle=":", label=names["target"])
    if chart.commitment is not None:
        axes.axhline(
            chart.commitment, color=COMMITMENT, linestyle="-.", linewidth=1, label=names["commitment"]
        )
    # The hand formula can be many times the rest, and on one scale would press it to the axis.
    by_hand = [point.hand_formula for point in points]
    top = axes.get_ylim()[1]
    if min(by_hand) > top:
        above = names["above"].format(number=axis_number(by_hand[-1], chart.language))
        axes.plot([], [], color=HAND, linestyle="--", linewidth=1, label=above)
    else:
        axes.plot(days, by_hand, color=HAND, linestyle="--", linewidth=1, label=names["hand"])
    axes.set_ylim(0, max(1.0, top))


def _forecasts(axes: Axes, chart: Chart, newest: int) -> None:
    """Draw the line of each method, with a full dot for what was said and a hollow one for the rest."""
    named = set[str]()

    def name(key: str) -> str:
        """Name a line once, however many stretches it has."""
        label = "" if key in named else chart.captions[key]
        named.add(key)
        return label

    for own in _stretches(chart.points):
        is_newest = own[0].method == newest
        colour, key = (FORECAST, "forecast") if is_newest else (EARLIER, "earlier")
        axes.plot(_days(chart, own), [point.forecast for point in own], color=colour, label=name(key))
        for was_said in (True, False):
            dots = [point for point in own if point.is_recalculated is not was_said]
            if dots:
                axes.plot(
                    _days(chart, dots),
                    [point.forecast for point in dots],
                    color=colour, marker="o", markersize=3 if was_said else 5, linestyle="none",
                    markerfacecolor=colour if was_said else "white",
                    label="" if was_said else name("recalculated"),
                    clip_on=False,
                )  # fmt: skip


def _stretches(points: Sequence[TrendPoint]) -> list[list[TrendPoint]]:
    """Part the days where the method changes: numbers of two methods are not one line."""
    return [list(own) for _method, own in groupby(points, key=lambda point: point.method)]


def _legend(figure: Figure, axes: Axes, width: int) -> None:
    """Name everything above the chart, in as few rows as the width allows."""
    names = len(axes.get_legend_handles_labels()[1])
    for columns in range(min(names, MOST_NAMES), 0, -1):
        legend = figure.legend(
            loc="outside upper center", frameon=False, ncols=columns, handlelength=1.5, columnspacing=1.2
        )
        if columns == 1 or legend.get_window_extent().width <= width:
            return
        legend.remove()


def _days(chart: Chart, points: Sequence[TrendPoint]) -> list[int]:
    return [(point.day - chart.period.start).days for point in points]


def _scales(axes: Axes, chart: Chart, most_days: int) -> None:
    last = chart.period.days - 1
    ticks = _ticks(chart.period, most_days)
    margin = EDGE * max(last, 1)  # else the dots of the first and the last day are cut in half
    axes.set_xlim(-margin, max(last, 1) + margin)
    axes.set_xticks(ticks, [_short_day(chart, tick) for tick in ticks])
    axes.yaxis.set_major_formatter(lambda value, _place: axis_number(value, chart.language))
    axes.set_ylabel(chart.captions["unit"])
    axes.grid(color=GRID, linewidth=0.5)


def _ticks(period: Period, most: int) -> list[int]:
    """Give days from the period's start to be named at the axis: even steps, in long periods whole months."""
    if period.days <= 2 * LONG_MONTH:
        return list(range(0, period.days, -(-period.days // most)))
    first = period.start if period.start.day == 1 else add_months(period.start.replace(day=1), 1)
    months = [add_months(first, number) for number in range(1 + period.days // LONG_MONTH)]
    inside = [(month - period.start).days for month in months if month <= period.end]
    return inside[:: -(-len(inside) // most)]


def _short_day(chart: Chart, days: int) -> str:
    """Write a day without its year: ``05.03`` or ``03-05``."""
    text = format_date(chart.period.start + timedelta(days=days), language=chart.language)
    return text[:5] if chart.language == "ru" else text[5:]
