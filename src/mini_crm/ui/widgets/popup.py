"""A small window at a field that goes away when the person turns to something else."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.focus import is_inside
from mini_crm.ui.widgets.idle import when_idle
from mini_crm.ui.widgets.screen import work_area

SCROLLED = "<<PageScrolled>>"
"""A window gets this event when what is in it has moved, and what is open at a field would stay behind."""


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
        self._outside = [
            (sequence, self._top.bind(sequence, self._happened_outside, add="+"))
            for sequence in ("<Button>", "<Configure>", "<Unmap>", SCROLLED)
        ]

    def destroy(self) -> None:
        """Take it away with its bindings."""
        going, self._outside = self._outside, []
        if self._top.winfo_exists():
            for sequence, name in going:
                _unbind(self._top, sequence, name)
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

    def _happened_outside(self, event: tk.Event[tk.Misc]) -> None:
        if not self._outside:  # it was closed by this very event
            return
        of_top_only = event.type in (tk.EventType.Configure, tk.EventType.Unmap)
        inside = isinstance(event.widget, tk.Misc) and is_inside(event.widget, self._field)
        if inside or (of_top_only and event.widget is not self._top):
            return
        if event.type is tk.EventType.Configure and self._place_of_top() == self._was:
            return
        self._close()


def _unbind(widget: tk.Misc, sequence: str, name: str) -> None:
    """Take one binding away; ``unbind`` of Python before 3.13 takes them all."""
    lines = str(widget.tk.call("bind", str(widget), sequence)).split("\n")
    widget.tk.call("bind", str(widget), sequence, "\n".join(line for line in lines if name not in line))
    # Not at once: the event that leads to this may still be on its way to it.
    when_idle(widget, lambda: widget.deletecommand(name))
