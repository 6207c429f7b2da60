"""The chart of the forecast through a period, drawn as a picture.

It is drawn without Tk, so any thread may do it and the window need not wait. The plotting library takes half
a second to load: import it only through ``draw``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from mini_crm.domain.dates import add_months, format_date
from mini_crm.domain.model import TrendPoint
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORECAST, PAID, HAND, GOAL, COMMITMENT, GRID = (
    "#0a58ca",
    "#146c43",
    "#63686c",
    "#b02a37",
    "#8a5300",
    "#d6d6d6",
)
LONG_MONTH = 31
_TICK_WIDTH = 90
"""Pixels at 100 % that a date below the axis needs."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What the chart shows, of one unit.

    Attributes:
        points: By day; with fewer than two ``text`` is shown instead.
        text: Why there is no chart, or how many days it has.
        captions: Of the axes and lines, by the names that ``_lines`` uses.
        language: For the numbers at the axes.
    """

    period: Period
    points: tuple[TrendPoint, ...]
    target: float | None
    commitment: float | None
    text: str
    captions: Mapping[str, str]
    language: str

    @property
    def can_be_drawn(self) -> bool:
        """Whether there are points enough for a line."""
        return len(self.points) > 1


def draw(chart: Chart, width: int, height: int, dpi: float, points: float) -> bytes:
    """Draw a chart that has at least two days.

    Args:
        chart: What it shows.
        width: In pixels.
        height: In pixels.
        dpi: Of the screen.
        points: Size of the letters.

    Returns:
        A PNG picture of that size.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"font.size": points, "axes.edgecolor": GRID, "axes.labelcolor": HAND}):
        figure = Figure(figsize=(width / dpi, height / dpi), dpi=dpi, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _lines(axes, chart)
        _scales(axes, chart, max(2, int(width * 96 / dpi / _TICK_WIDTH) - 2))
        figure.legend(loc="outside upper center", frameon=False, ncols=6, handlelength=1.5, columnspacing=1.2)
        buffer = BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def _lines(axes: Axes, chart: Chart) -> None:
    names, points = chart.captions, chart.points
    days = [(point.day - chart.period.start).days for point in points]
    ranged = [p for p in points if p.low is not None and p.high is not None]
    if ranged:
        axes.fill_between(
            [(p.day - chart.period.start).days for p in ranged],
            [p.low or 0.0 for p in ranged],
            [p.high or 0.0 for p in ranged],
            color=FORECAST, alpha=0.15, linewidth=0, label=names["range"],
        )  # fmt: skip
    paid = [float(point.paid) for point in points]
    axes.fill_between(days, paid, color=PAID, alpha=0.12, linewidth=0)
    forecasts = [point.forecast for point in points]
    axes.plot(days, forecasts, color=FORECAST, marker="o", markersize=3, label=names["forecast"])
    axes.plot(days, paid, color=PAID, marker="s", markersize=3, label=names["paid"])
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
        above = names["above"].format(number=_number(chart, by_hand[-1]))
        axes.plot([], [], color=HAND, linestyle="--", linewidth=1, label=above)
    else:
        axes.plot(days, by_hand, color=HAND, linestyle="--", linewidth=1, label=names["hand"])
    axes.set_ylim(0, max(1.0, top))


def _scales(axes: Axes, chart: Chart, most_days: int) -> None:
    last = chart.period.days - 1
    ticks = _ticks(chart.period, most_days)
    axes.set_xlim(0, max(last, 1))
    axes.set_xticks(ticks, [_short_day(chart, tick) for tick in ticks])
    axes.yaxis.set_major_formatter(lambda value, _place: _number(chart, value))
    axes.set_ylabel(chart.captions["unit"])
    axes.tick_params(colors=HAND, length=3)
    axes.grid(color=GRID, linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)


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


def _number(chart: Chart, value: float) -> str:
    return format_amount(
        Decimal(f"{value:.1f}" if abs(value) < 10 else f"{value:.0f}"), language=chart.language
    )
