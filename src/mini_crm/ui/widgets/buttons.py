"""The keys that press a button."""

from __future__ import annotations

import tkinter as tk

KEYS = ("<Return>", "<KP_Enter>", "<space>")
OTHER_KEYS = 0x4 | 0x8
"""Bits of an event's state: Control, Alt."""


def bind_buttons(root: tk.Misc) -> None:
    """Let Enter and Space press every button and open every menu, once; once a program.

    The look's library would press with Enter only, and again after a button of ours that is gone by then.
    """

    def press(event: tk.Event[tk.Misc]) -> str | None:
        if int(event.state) & OTHER_KEYS:
            return None
        root.tk.call(str(event.widget), "invoke")
        return "break"  # the button may be gone now, with its window

    for key in KEYS:
        root.bind_class("TButton", key, press)
        root.tk.call("bind", "TMenubutton", key, "ttk::menubutton::Popdown %W; break")
