"""The picture in the title bar and in the task bar: three bars that grow, the last one half paid."""

from __future__ import annotations

import tkinter as tk

from mini_crm.ui.theme import Colours

SIZE = 64
BARS = ((8, 40, 20, 56), (26, 28, 38, 56), (44, 10, 56, 56))
"""Left, top, right, bottom."""
STILL_TO_COME = (44, 10, 56, 30)


def make_icon(root: tk.Misc) -> tk.PhotoImage:
    """Draw the icon; whoever shows it must keep it."""
    colours = Colours()
    icon = tk.PhotoImage(master=root, width=SIZE, height=SIZE)
    for box in BARS:
        icon.put(colours.paid, to=box)
    icon.put(colours.to_come, to=STILL_TO_COME)
    return icon
