"""The place of a picture: has it drawn in the background in the size that there is, and shows it."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.forecast.drawing import Drawing
from mini_crm.ui.forecast.painter import Painter
from mini_crm.ui.forecast.painting_child import Wanted
from mini_crm.ui.theme import Theme

SETTLE_MS = 120
"""It is drawn when the page has stood still for so long: after opening, and after a change of size."""
LEAST = 60
"""Pixels below which there is no room for a picture."""


class Picture(plain_ttk.Frame):
    """Shows a drawing, or the sentence why there is none.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For the size of the letters.
        painter: Draws; one for all pictures of a page.

    Attributes:
        label: What shows the picture or the sentence.
        drawn: How many pictures were shown so far.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme, painter: Painter) -> None:
        super().__init__(parent)
        self._texts = texts
        self._theme = theme
        self._painter = painter
        self._drawing: Drawing | None = None
        self._shown: tuple[Drawing, int, int] | None = None
        self._image: tk.PhotoImage | None = None
        self._pause: str | None = None
        self.drawn = 0
        self.label = ttk.Label(self, anchor="center", justify="center", padding=0, borderwidth=0)
        self.label.place(relwidth=1, relheight=1)
        self.bind("<Configure>", lambda event: self._plan())
        self.bind("<Map>", lambda event: self._plan())
        self.bind("<Destroy>", self._gone)

    def show(self, drawing: Drawing) -> None:
        """Show this from now on."""
        if drawing != self._drawing:
            self._drawing = drawing
            self._plan()

    def _plan(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
        self._pause = self.after(SETTLE_MS, self._draw)

    def _draw(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None
        drawing, width, height = self._drawing, self.winfo_width(), self.winfo_height()
        if drawing is None:
            return
        if not drawing.can_be_drawn:
            self._shown = None
            self._say(drawing.text)
            return
        wanted = (drawing, width, height)
        if width < LEAST or height < LEAST or not self.winfo_viewable() or wanted == self._shown:
            return
        self._shown = wanted
        if self._image is None:
            self._say(self._texts.gettext("The chart is being drawn \u2026"))
        dpi = self.winfo_fpixels("1i")
        size = abs(float(self._theme.small.actual("size")))
        self._painter.draw(
            Wanted(drawing, width, height, dpi, size),
            lambda picture: self._paint(picture, wanted),
            self._failed,
        )

    def _paint(self, picture: bytes, wanted: tuple[Drawing, int, int]) -> None:
        if wanted == self._shown:
            self._image = tk.PhotoImage(master=self, data=picture, format="png")
            self.label.configure(image=self._image, text="")
            self.drawn += 1

    def _failed(self, _error: BaseException) -> None:
        """Leave the numbers, which the page shows all the same; the log has the rest."""
        self._say(self._texts.gettext("The chart could not be drawn; the numbers above are right."))

    def _say(self, text: str) -> None:
        self._image = None
        self.label.configure(image="", text=text, wraplength=max(self.winfo_width() - 40, 200))

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            if self._pause is not None:
                self.after_cancel(self._pause)
            self._image = None  # else the garbage collector may do it, in a thread where Tk is not allowed
