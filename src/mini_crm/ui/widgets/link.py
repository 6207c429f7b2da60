"""Links: a text that opens something, by itself, in a line of text, or in a cell of a table."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import font as tkfont

from mini_crm.ui.linked import Piece
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.flow import Flow
from mini_crm.usecases.behind import Number

OPENING = ("<Button-1>", "<Return>", "<KP_Enter>", "<space>")


class Link(tk.Label):
    """A text that looks like a link: a hand above it, underlined under the mouse and with the focus.

    Args:
        parent: Where it stands.
        theme: For colours.
        text: What it says.
        action: Opens what is behind it.
        font: Of the text; that of everything by default.
        number: What it opens, where that is a number.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        text: str,
        action: Callable[[], None],
        *,
        font: tkfont.Font | None = None,
        number: Number | None = None,
    ) -> None:
        self.number = number
        self._plain = font or theme.body
        self._underlined = theme.underlined(self._plain)
        self._colours = theme.colours
        super().__init__(
            parent,
            text=text,
            font=self._plain,
            foreground=theme.colours.accent,
            background=theme.colours.background,
            cursor="hand2",
            takefocus=True,
            borderwidth=0,
            highlightthickness=0,
            padx=0,
            pady=0,
        )
        self._action = action
        self._is_under = self._has_focus = False
        for sequence in OPENING:
            self.bind(sequence, lambda event: self.open())
        self.bind("<Enter>", lambda event: self._look(under=True))
        self.bind("<Leave>", lambda event: self._look(under=False))
        self.bind("<FocusIn>", lambda event: self._look(focus=True))
        self.bind("<FocusOut>", lambda event: self._look(focus=False))

    def open(self) -> str:
        """Open what is behind it."""
        self._action()
        return "break"  # the link may be gone now

    def _look(self, *, under: bool | None = None, focus: bool | None = None) -> None:
        self._is_under = self._is_under if under is None else under
        self._has_focus = self._has_focus if focus is None else focus
        colours = self._colours
        self.configure(
            font=self._underlined if self._is_under or self._has_focus else self._plain,
            background=colours.info_back if self._has_focus else colours.background,
        )


class LinkLine(Flow):
    """A line of text of which some parts are links; it goes on in the next line where there is no room.

    Args:
        parent: Where it stands; it has to stretch this.
        theme: For fonts and colours.
        font: Of all parts.
        colour: Of the parts that are no links; by default that of text.

    Attributes:
        text: What is shown.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, *, font: tkfont.Font, colour: str = "") -> None:
        super().__init__(parent, theme, gap=0)
        self._theme = theme
        self._font = font
        self._colour = colour or theme.colours.text
        self.text = ""

    def show_pieces(self, pieces: Sequence[Piece], action: Callable[[Number], None]) -> None:
        """Show a text.

        Args:
            pieces: Its parts.
            action: Opens a number.
        """
        self.text = "".join(piece.text for piece in pieces)
        before = self.parts
        parts: list[tk.Widget] = []
        for piece in pieces:
            number = piece.number
            if number is None:
                # Word by word, so that the line can be broken between any two.
                words = (word for word in re.split(r"(?<= )", piece.text) if word)
                parts += map(self._word, words)
            else:
                opened = partial(action, number)
                parts.append(Link(self, self._theme, piece.text, opened, font=self._font, number=number))
        self.show(parts)
        for part in before:
            part.destroy()

    def _word(self, text: str) -> tk.Label:
        return tk.Label(
            self,
            text=text,
            font=self._font,
            foreground=self._colour,
            background=self._theme.colours.background,
            borderwidth=0,
            highlightthickness=0,
            padx=0,
            pady=0,
        )

    @property
    def links(self) -> list[Link]:
        """The links that are shown."""
        return [part for part in self.parts if isinstance(part, Link)]
