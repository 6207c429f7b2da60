"""Things to do in a moment."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable


def when_idle(widget: tk.Misc, action: Callable[[], object]) -> None:
    """Do something when all that is under way is done, unless the widget is gone by then.

    ``after_idle`` of a widget that is destroyed meanwhile leaves Tk with a command that is no more.
    """
    root = widget.nametowidget(".")
    root.after_idle(lambda: action() if widget.winfo_exists() else None)
