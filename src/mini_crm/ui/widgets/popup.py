"""A small window at a field that goes away when the person turns to something else."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.focus import is_inside
from mini_crm.ui.widgets.screen import work_area

SCROLLED = "<<PageScrolled>>"
"""A window gets this event when what is in it has moved, and what is open at a field would stay behind."""
OPEN = "open_popups"
"""The name by which a window has them."""


class Popup(tk.Toplevel):
    """Lies below its field, or above it at the lower edge of the screen; no window manager touches it.

    It is closed by a click anywhere else in the field's window, and when that window moves or scrolls.

    Args:
        field: What it belongs to.
        theme: For colours.
        close: Takes it away.
    """

    def __init__(self, field: tk.Misc, theme: Theme, close: Callable[[], None]) -> None:
        super().__init__(field, background=theme.colours.line)
        self.withdraw()
        self.overrideredirect(True)
        if str(self.tk.call("tk", "windowingsystem")) == "x11":
            self.wm_attributes("-type", "combo")
        self._field = field
        self._close = close
        self._top = field.winfo_toplevel()
        self._was = self._place_of_top()
        self._open = _popups_of(self._top)
        self._open.append(self)

    def destroy(self) -> None:
        """Take it away; nothing that happens outside concerns it any more."""
        if self in self._open:
            self._open.remove(self)
        super().destroy()

    def show_beside(self, at: tk.Misc, width: int, height: int) -> None:
        """Show it in this size, on the screen as a whole.

        Args:
            at: The widget that it lies below or above.
            width: In pixels.
            height: In pixels.
        """
        area = work_area(self)
        width, height = min(width, area.width), min(height, area.height)
        x = max(area.x, min(at.winfo_rootx(), area.right - width))
        below = at.winfo_rooty() + at.winfo_height()
        above = at.winfo_rooty() - height
        y = below if below + height <= area.bottom else max(above, area.y)
        self.geometry(f"{width}x{height}+{x}+{y}")
        self.deiconify()
        self.lift()

    def _place_of_top(self) -> tuple[int, int, int, int]:
        top = self._top
        return top.winfo_rootx(), top.winfo_rooty(), top.winfo_width(), top.winfo_height()

    def happened_outside(self, event: tk.Event[tk.Misc]) -> None:
        """Go away if what happened in the field's window asks for it."""
        if self not in self._open:  # it was closed by this very event
            return
        of_top_only = event.type in (tk.EventType.Configure, tk.EventType.Unmap)
        inside = isinstance(event.widget, tk.Misc) and is_inside(event.widget, self._field)
        if inside or (of_top_only and event.widget is not self._top):
            return
        if event.type is tk.EventType.Configure and self._place_of_top() == self._was:
            return
        self._close()


def _popups_of(top: tk.Misc) -> list[Popup]:
    """Give the open popups of a window, which is listened to from the first one on.

    Its bindings stay as long as the window. Tk gathers what an event is to call before it calls any of it,
    so one that was taken away by the first call, with its popup, would be called all the same, and missed.
    """
    found: list[Popup] | None = getattr(top, OPEN, None)
    if found is not None:
        return found
    popups: list[Popup] = []
    setattr(top, OPEN, popups)

    def happened(event: tk.Event[tk.Misc]) -> None:
        for popup in tuple(popups):
            popup.happened_outside(event)

    for sequence in ("<Button>", "<Configure>", "<Unmap>", SCROLLED):
        top.bind(sequence, happened, add="+")
    return popups
