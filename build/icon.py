"""Draws the programs' icon file, and the installer's side picture, from the picture that the window shows."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from mini_crm.ui.theme import Colours
from mini_crm.ui.widgets.icon import BARS, SIZE, STILL_TO_COME

SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""Pixels of a side; Windows takes what fits the place and the scaling of the screen."""
FINE = 16
"""Drawn so many times larger and then made smaller, for smooth edges."""
SIDE = (328, 628)
"""Of the side picture: twice what NSIS shows of it, 164 x 314, for scaled screens."""


def write_icon(file: Path) -> None:
    """Write an .ico with all sizes.

    Args:
        file: Written over.
    """
    _bars(SIZE * FINE).save(file, format="ICO", sizes=[(size, size) for size in SIZES])


def write_side(file: Path) -> None:
    """Write the .bmp for the left edge of the installer's first and last page.

    Args:
        file: Written over.
    """
    picture = Image.new("RGB", SIDE, Colours().paid_back)
    width = SIDE[0] * 5 // 8
    bars = _bars(width * 4).resize((width, width), Image.Resampling.LANCZOS)
    picture.paste(bars, ((SIDE[0] - width) // 2, (SIDE[1] - width) // 3), bars)
    picture.save(file, format="BMP")


def _bars(side: int) -> Image.Image:
    """Draw the bars on nothing.

    Args:
        side: In pixels.
    """
    picture = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(picture)
    colours = Colours()
    for box, colour in [*((bar, colours.paid) for bar in BARS), (STILL_TO_COME, colours.to_come)]:
        left, top, right, bottom = (edge * side // SIZE for edge in box)
        pen.rectangle((left, top, right - 1, bottom - 1), fill=colour)
    return picture
