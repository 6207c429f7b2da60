"""Menus that pop up and go away."""

from __future__ import annotations

import ctypes
import sys
import tkinter as tk

from mini_crm.ui.widgets.idle import when_idle

_POPPED_UP = "PoppedUp"


def pop_up(menu: tk.Menu, x: int, y: int) -> None:
    """Show a menu at a point of the screen, the cursor keys in it; it is destroyed when it is closed.

    Windows does not tell when that is: there it is destroyed when the next comes over the same widget.
    """

    def gone(event: tk.Event[tk.Misc]) -> None:
        if event.widget is menu:  # and not one of its own menus
            when_idle(menu, menu.destroy)

    for before in menu.master.winfo_children():
        if before is not menu and _POPPED_UP in before.bindtags():
            before.destroy()
    menu.bindtags((*menu.bindtags(), _POPPED_UP))
    menu.bind("<Unmap>", gone)
    menu.tk_popup(x, y)


def take_menus_away(widget: tk.Misc) -> None:
    """Close the menu that is open, whoever opened it: it would keep clicks and keys to itself."""
    if sys.platform == "win32":
        ctypes.windll.user32.EndMenu()
    elif str(widget.tk.call("tk", "windowingsystem")) == "x11":
        widget.tk.call("tk::MenuUnpost", "")
