"""Which widget has the focus or holds the grab, also while it is one that Tk made by itself.

tkinter's own ``focus_get``, ``focus_lastfor`` and ``grab_current`` raise KeyError for parts that Tk makes by
itself, such as the copy of a menu on the screen; so nothing but this module asks them.
"""

from __future__ import annotations

import tkinter as tk


def focused(widget: tk.Misc) -> tk.Misc | None:
    """Give the widget of this program that has the focus.

    Args:
        widget: Any widget.

    Returns:
        That widget, or the nearest around it that this program has made; None where none has the focus.
    """
    return _ours(widget, widget.tk.call("focus"))


def last_focused(widget: tk.Misc) -> tk.Misc | None:
    """Give the widget of the same window that has the focus, or gets it when the window does."""
    return _ours(widget, widget.tk.call("focus", "-lastfor", str(widget)))


def grabbing(widget: tk.Misc) -> tk.Misc | None:
    """Give the widget that takes all clicks, None where every widget takes its own."""
    return _ours(widget, widget.tk.call("grab", "current", str(widget)))


def is_inside(widget: tk.Misc | None, around: tk.Misc) -> bool:
    """Say whether a widget is another or stands in it."""
    return widget is not None and f"{widget}.".startswith(f"{around}.")


def _ours(widget: tk.Misc, path: object) -> tk.Misc | None:
    name = str(path)
    while name:
        try:
            found = widget.nametowidget(name)
        except KeyError:
            name = name.rpartition(".")[0]
        else:
            return found if isinstance(found, tk.Misc) else None
    return None
