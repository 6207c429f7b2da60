"""Room for content that needs a least size: on a smaller window it can be scrolled."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from mini_crm.ui.widgets.popup import SCROLLED

STEP = 40
"""Pixels that one notch of the wheel scrolls."""
MARGIN = 30
"""Pixels around a widget that come into sight with it: its label, and what is wrong with it."""
SCROLL_THEMSELVES = ("Treeview", "Listbox", "Text")


class ScrolledRoom(ttk.Frame):
    """As large as its window, but ``body`` is never smaller than the given size.

    While ``body`` does not fit there are scroll bars, the wheel scrolls it wherever nothing else takes the
    wheel, and a widget that gets the focus comes into sight.

    Args:
        parent: Where it stands; one room a window.
        least_width: In pixels.
        least_height: In pixels.

    Attributes:
        body: Where the content goes.
    """

    def __init__(self, parent: tk.Misc, least_width: int, least_height: int) -> None:
        super().__init__(parent)
        self._least = (least_width, least_height)
        self._offset = [0, 0]
        # Of some size: a grid that asks for a single pixel is not laid out anew when the bars go.
        self._hole = ttk.Frame(self, width=100, height=100)
        self._hole.grid(row=0, column=0, sticky="nsew")
        self.body = ttk.Frame(self._hole)
        self._across = ttk.Scrollbar(self, orient="horizontal", command=self._scroller(0))
        self._down = ttk.Scrollbar(self, orient="vertical", command=self._scroller(1))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.bind("<Configure>", lambda event: self._lay_out())
        self._hole.bind("<Configure>", lambda event: self._fit())
        top = self.winfo_toplevel()
        # Not added: the room of the next person who signs in takes the place of this one.
        top.bind("<FocusIn>", self._focus_went)
        x11 = str(self.tk.call("tk", "windowingsystem")) == "x11"
        for axis, modifier in ((1, ""), (0, "Shift-")):
            for sequence in ("Button-4", "Button-5") if x11 else ("MouseWheel",):
                top.bind(f"<{modifier}{sequence}>", partial(self._wheel, axis))

    @property
    def is_small(self) -> bool:
        """Whether there is something to scroll."""
        return self._too_much(0) > 0 or self._too_much(1) > 0

    def need(self, least_width: int, least_height: int) -> None:
        """Give the content another least size, in pixels."""
        if (least_width, least_height) != self._least:
            self._least = (least_width, least_height)
            self._lay_out()

    def show(self, widget: tk.Misc) -> None:
        """Scroll so that a widget of the body is in sight."""
        for axis, (at, size) in enumerate(
            (
                (widget.winfo_rootx() - self.body.winfo_rootx(), widget.winfo_width()),
                (widget.winfo_rooty() - self.body.winfo_rooty(), widget.winfo_height()),
            )
        ):
            seen, offset = self._seen(axis), self._offset[axis]
            if size >= seen:  # then a part of it is enough
                if at >= offset + seen or at + size <= offset:
                    self._move(axis, at)
            elif at < offset:
                self._move(axis, at - MARGIN)
            elif at + size > offset + seen:
                self._move(axis, at + size + MARGIN - seen)

    def _seen(self, axis: int) -> int:
        return self._hole.winfo_height() if axis else self._hole.winfo_width()

    def _too_much(self, axis: int) -> int:
        return max(0, self._least[axis] - self._seen(axis))

    def _lay_out(self) -> None:
        wide, high = self.winfo_width(), self.winfo_height()
        bar_wide, bar_high = self._down.winfo_reqwidth(), self._across.winfo_reqheight()
        across = wide < self._least[0]
        down = high - (bar_high if across else 0) < self._least[1]
        across = wide - (bar_wide if down else 0) < self._least[0]
        down = high - (bar_high if across else 0) < self._least[1]
        _put(self._across, across, row=1, column=0, sticky="ew")
        _put(self._down, down, row=0, column=1, sticky="ns")
        self._fit()

    def _fit(self) -> None:
        for axis in (0, 1):
            self._move(axis, self._offset[axis])

    def _move(self, axis: int, offset: int) -> None:
        before = self._offset[axis]
        self._offset[axis] = min(max(0, offset), self._too_much(axis))
        if self._offset[axis] != before:
            self.winfo_toplevel().event_generate(SCROLLED)
        wide, high = (max(self._least[each], self._seen(each)) for each in (0, 1))
        self.body.place(x=-self._offset[0], y=-self._offset[1], width=wide, height=high)
        bar, whole = (self._down, high) if axis else (self._across, wide)
        bar.set(self._offset[axis] / whole, (self._offset[axis] + self._seen(axis)) / whole)

    def _scroller(self, axis: int) -> Callable[..., None]:
        def scroll(kind: str, amount: str, unit: str = "") -> None:
            if kind == "moveto":
                self._move(axis, round(float(amount) * max(self._least[axis], self._seen(axis))))
            else:
                step = self._seen(axis) if unit == "pages" else STEP
                self._move(axis, self._offset[axis] + int(amount) * step)

        return scroll

    def _wheel(self, axis: int, event: tk.Event[tk.Misc]) -> None:
        taken = isinstance(event.widget, tk.Misc) and event.widget.winfo_class() in SCROLL_THEMSELVES
        if self.winfo_exists() and self._too_much(axis) and not taken:
            on = event.num == 5 if isinstance(event.num, int) else event.delta < 0
            self._move(axis, self._offset[axis] + (STEP if on else -STEP))

    def _focus_went(self, event: tk.Event[tk.Misc]) -> None:
        widget = event.widget
        if (
            isinstance(widget, tk.Misc)
            and self.winfo_exists()
            and self.is_small
            and self._hole.winfo_width() > 1  # else nothing has its place yet
            and str(widget).startswith(f"{self.body}.")
        ):
            self.show(widget)


def _put(bar: ttk.Scrollbar, wanted: bool, **place: object) -> None:
    if wanted:
        bar.grid(**place)  # type: ignore[arg-type]
    else:
        bar.grid_remove()
