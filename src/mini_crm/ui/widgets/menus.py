"""Menus that pop up and go away."""

from __future__ import annotations

import tkinter as tk

from mini_crm.ui.widgets.idle import when_idle


def pop_up(menu: tk.Menu, x: int, y: int) -> None:
    """Show a menu at a point of the screen, the cursor keys in it; it is destroyed when it is closed."""

    def gone(event: tk.Event[tk.Misc]) -> None:
        if event.widget is menu:  # and not one of its own menus
            when_idle(menu, menu.destroy)

    menu.bind("<Unmap>", gone)
    menu.tk_popup(x, y)


def take_menus_away(widget: tk.Misc) -> None:
    """Close the menu that is open, whoever opened it: it would keep clicks and keys to itself."""
    if str(widget.tk.call("tk", "windowingsystem")) == "x11":  # elsewhere the system keeps its menus in front
        widget.tk.call("tk::MenuUnpost", "")
