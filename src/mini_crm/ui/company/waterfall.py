"""A picture of steps from one number to another; drawn without Tk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mini_crm.ui.forecast.drawing import FORECAST, GOAL, GRID, PAID, axis_number, paint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LETTER = 0.62
"""The width of a letter, in heights of one."""


@dataclass(frozen=True, slots=True)
class Waterfall:
    """What a picture shows; a ``Drawing``.

    Attributes:
        bars: From which number to which, with what stands above; the first and the last are the two
            numbers, from 0.
        names: Below the bars.
        lowest: Where the axis begins.
        text: Said instead of a picture without bars.
        language: For the numbers at the axis.
    """

    bars: tuple[tuple[float, float, str], ...]
    names: tuple[str, ...]
    lowest: float
    text: str
    language: str

    @property
    def can_be_drawn(self) -> bool:
        """Whether there are bars."""
        return bool(self.bars)

    def draw(self, width: int, height: int, dpi: float, points: float) -> bytes:
        """See ``Drawing``."""

        def fill(_figure: Figure, axes: Axes) -> None:
            last = len(self.bars) - 1
            starts = [begin for begin, _end, _label in self.bars]
            ends = [end for _begin, end, _label in self.bars]
            places = range(len(self.bars))
            colours = [
                FORECAST if at in (0, last) else PAID if end >= begin else GOAL
                for at, begin, end in zip(places, starts, ends, strict=True)
            ]
            heights = [end - begin for begin, end in zip(starts, ends, strict=True)]
            axes.bar(places, heights, bottom=starts, width=0.62, color=colours, alpha=0.75)
            for at in places[:-1]:  # a thin line carries the level on to the next bar
                axes.plot([at + 0.31, at + 0.69], [ends[at]] * 2, color=GRID, linewidth=1)
            tops = [max(pair) for pair in zip(starts, ends, strict=True)]
            room = max(*tops) - self.lowest or 1.0
            slot = width / (len(self.bars) + 1) * 72 / dpi
            if max(len(label) for _begin, _end, label in self.bars) * points * _LETTER <= slot:
                for at, (_begin, _end, label) in enumerate(self.bars):
                    axes.text(at, tops[at] + room * 0.02, label, ha="center", va="bottom")
            axes.set_xticks(list(places), self.names)
            axes.set_xlim(-0.6, last + 0.6)
            axes.set_ylim(self.lowest, max(*tops) + room * 0.18)
            axes.yaxis.set_major_formatter(lambda value, _place: axis_number(value, self.language))
            axes.locator_params(axis="y", nbins=4)
            axes.grid(axis="y", color=GRID, linewidth=0.5)
            axes.set_axisbelow(True)

        return paint(width, height, dpi, points, fill)
