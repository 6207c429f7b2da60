"""Draws the programs' icon file from the picture that the window shows."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from mini_crm.ui.theme import Colours
from mini_crm.ui.widgets.icon import BARS, SIZE, STILL_TO_COME

SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""Pixels of a side; Windows takes what fits the place and the scaling of the screen."""
FINE = 16
"""Drawn so many times larger and then made smaller, for smooth edges."""


def write_icon(file: Path) -> None:
    """Write an .ico with all sizes.

    Args:
        file: Written over.
    """
    picture = Image.new("RGBA", (SIZE * FINE, SIZE * FINE))
    pen = ImageDraw.Draw(picture)
    colours = Colours()
    for box, colour in [*((bar, colours.paid) for bar in BARS), (STILL_TO_COME, colours.to_come)]:
        left, top, right, bottom = (edge * FINE for edge in box)
        pen.rectangle((left, top, right - 1, bottom - 1), fill=colour)
    picture.save(file, format="ICO", sizes=[(size, size) for size in SIZES])
