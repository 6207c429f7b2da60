"""Pictures that are drawn without Tk, so in any process: what they have in common.

The plotting library takes half a second to load: it is imported only while something is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from mini_crm.domain.money import format_amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORECAST, PAID, HAND, GOAL, COMMITMENT, GRID = (
    "#0a58ca",
    "#146c43",
    "#63686c",
    "#b02a37",
    "#8a5300",
    "#d6d6d6",
)


class Drawing(Protocol):
    """Something that can be drawn as a picture, or says why not."""

    @property
    def can_be_drawn(self) -> bool:
        """Whether there is anything to draw."""
        ...

    @property
    def text(self) -> str:
        """What is said instead of the picture."""
        ...

    def draw(self, width: int, height: int, dpi: float, points: float) -> bytes:
        """Draw it as a PNG picture.

        Args:
            width: In pixels.
            height: In pixels.
            dpi: Of the screen.
            points: Size of the letters.
        """
        ...


def load_library() -> None:
    """Load what drawing needs, before there is anything to draw."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401


def paint(width: int, height: int, dpi: float, points: float, fill: Callable[[Figure, Axes], None]) -> bytes:
    """Give a PNG picture of that size; ``fill`` puts everything on it."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"font.size": points, "axes.edgecolor": GRID, "axes.labelcolor": HAND}):
        figure = Figure(figsize=(width / dpi, height / dpi), dpi=dpi, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        fill(figure, axes)
        axes.tick_params(colors=HAND, length=3)
        axes.spines[["top", "right"]].set_visible(False)
        buffer = BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def axis_number(value: float, language: str) -> str:
    """Write a number at an axis."""
    return format_amount(Decimal(f"{value:.1f}" if abs(value) < 10 else f"{value:.0f}"), language=language)
