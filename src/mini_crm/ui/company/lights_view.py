"""Traffic lights as small pictures: told apart by shape as well as by colour."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping

from mini_crm.ui.headline import Level
from mini_crm.ui.theme import Theme

SIZE = 11
"""Pixels at 100 %."""
_FINE = 4
"""So many points of a pixel, each way, tell how much of it is coloured."""

_SHAPES: Mapping[Level, Callable[[float, float], bool]] = {
    Level.GOOD: lambda x, y: x * x + y * y <= 0.81,
    Level.MAYBE: lambda x, y: -0.9 <= y <= 0.8 and abs(x) <= (y + 0.95) * 0.55,
    Level.BAD: lambda x, y: abs(x) + abs(y) <= 1.0,
}
"""Whether a point belongs to the shape; both ways from -1 to 1, downwards."""


def make_lights(parent: tk.Misc, theme: Theme) -> dict[Level, tk.PhotoImage]:
    """Draw the three lights; whoever shows them must keep them."""
    colours = theme.colours
    of_level = {Level.GOOD: colours.ok, Level.MAYBE: colours.amber, Level.BAD: colours.error}
    size = theme.px(SIZE)
    return {
        level: _draw(parent, size, colour, colours.background, _SHAPES[level])
        for level, colour in of_level.items()
    }


def _draw(
    parent: tk.Misc, size: int, colour: str, paper: str, is_inside: Callable[[float, float], bool]
) -> tk.PhotoImage:
    image = tk.PhotoImage(master=parent, width=size, height=size)
    steps = [(at + 0.5) / _FINE for at in range(_FINE)]
    for top in range(size):
        for left in range(size):
            points = [(2 * (left + x) / size - 1, 2 * (top + y) / size - 1) for x in steps for y in steps]
            share = sum(is_inside(*point) for point in points) / _FINE**2
            if share:
                image.put(_mixed(colour, paper, share), to=(left, top))
    return image


def _mixed(colour: str, paper: str, share: float) -> str:
    """Give so much of a colour on a paper of another."""
    pairs = [(int(colour[at : at + 2], 16), int(paper[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(mine * share + other * (1 - share)):02x}" for mine, other in pairs)
