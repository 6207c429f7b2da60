"""A picture of bars, each with what it rests on; drawn without Tk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mini_crm.ui.forecast.drawing import FORECAST, GRID, HAND, PAID, paint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE = 1.9
"""So many times the height of its letters a line of notes takes above the highest bar."""


@dataclass(frozen=True, slots=True)
class Bars:
    """What a picture shows; a ``Drawing``.

    Attributes:
        labels: Below the bars.
        values: How high they are.
        notes: Above them.
        level: A line across all bars: as often as usual; None for none.
        text: Said instead of a picture without bars.
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    notes: tuple[str, ...]
    level: float | None
    text: str

    @property
    def can_be_drawn(self) -> bool:
        """Whether there are bars."""
        return bool(self.values)

    def draw(self, width: int, height: int, dpi: float, points: float) -> bytes:
        """See ``Drawing``."""

        def fill(_figure: Figure, axes: Axes) -> None:
            places = range(len(self.values))
            above = [self.level is None or value >= self.level for value in self.values]
            colours = [PAID if is_above else FORECAST for is_above in above]
            bars = axes.bar(places, self.values, width=0.62, color=colours, alpha=0.75)
            paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.6}
            axes.bar_label(bars, labels=self.notes, padding=3, linespacing=1.05, bbox=paper, zorder=3)
            if self.level is not None:
                axes.axhline(self.level, color=HAND, linestyle="--", linewidth=1)
            axes.set_xticks(list(places), self.labels)
            axes.set_xlim(-0.6, len(self.values) - 0.4)
            lines = 1 + max(note.count("\n") for note in self.notes)
            room = 1 - lines * points * _LINE * dpi / 72 / height  # of the height, below the notes
            axes.set_ylim(0, max(*self.values, self.level or 0.0, 1e-9) / max(room, 0.3))
            axes.set_yticks(
                [] if self.level is None else [self.level], [] if self.level is None else ["\u00d7 1"]
            )
            axes.spines[["left"]].set_visible(False)
            axes.grid(visible=False)
            axes.spines[["bottom"]].set_color(GRID)

        return paint(width, height, dpi, points, fill)
