"""What an empty input is for, said within it where there is no room for a label."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk as plain_ttk

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.focus import focused
from mini_crm.ui.widgets.idle import when_idle


def hint_inside(entry: plain_ttk.Entry, theme: Theme, text: str) -> Callable[[], None]:
    """Say in an input what belongs there, as long as it is empty and the cursor is elsewhere.

    Args:
        entry: The input.
        theme: For colour and font.
        text: A word or two.

    Returns:
        To be called when the text was changed by the program.
    """
    hint = tk.Label(
        entry,
        text=text,
        font=theme.body,
        foreground=theme.colours.weak,
        background=theme.colours.background,
        borderwidth=0,
        padx=0,
        pady=0,
        cursor="xterm",
    )
    hint.bind("<Button-1>", lambda event: entry.focus_set())

    def look() -> None:
        if not entry.winfo_exists():
            return
        if entry.get() or focused(entry) is entry:
            hint.place_forget()
        else:
            hint.place(x=theme.px(6), rely=0.5, anchor="w")

    for sequence in ("<FocusIn>", "<FocusOut>", "<Map>"):
        entry.bind(sequence, lambda event: when_idle(entry, look), add="+")
    return look
