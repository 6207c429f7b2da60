"""Colours, fonts, sizes and style names; everything that depends on the screen's scaling."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from tkinter import font as tkfont
from typing import Any, Literal

import ttkbootstrap as ttk

NAME = "bootstrap-light"

LABEL_ROOM = 2
"""Pixels that the look leaves free around a label."""
ERROR_LABEL = "Error.TLabel"
HINT_LABEL = "Hint.TLabel"
BOLD_LABEL = "Bold.TLabel"
TITLE_LABEL = "Title.TLabel"
NUMBER_LABEL = "Number.TLabel"
"""A number that is to be seen at once."""
HEADLINE_LABEL = "Headline.TLabel"
"""The one number that all others belong to."""
OK_LABEL = "Ok.TLabel"
AMBER_LABEL = "Amber.TLabel"
TABLE = "Table.Treeview"
"""For every Treeview: rows as high as the font needs."""

_POINTS_TO_96_DPI = 72 / 96


@dataclass(frozen=True, slots=True)
class Colours:
    """Text colours have a contrast of at least 4.5 on white and on their own background.

    Source: WCAG 2.2, success criterion 1.4.3.
    """

    text: str = "#212529"
    background: str = "#ffffff"
    line: str = "#d6d6d6"
    accent: str = "#0a58ca"
    error: str = "#b02a37"
    overdue: str = "#b02a37"
    overdue_back: str = "#fcebed"
    due_today: str = "#8a5300"
    due_today_back: str = "#fff6dd"
    paid: str = "#146c43"
    paid_back: str = "#eaf6ef"
    to_come: str = "#8fcdac"
    from_new: str = "#c9e6d5"
    refused: str = "#63686c"
    refused_back: str = "#f3f4f5"
    weak: str = "#63686c"
    ok: str = "#146c43"
    amber: str = "#8a5300"
    amber_back: str = "#fff3cd"
    error_back: str = "#fcebed"
    ok_back: str = "#eaf6ef"
    info_back: str = "#e7f0fe"
    target: str = "#b02a37"
    commitment: str = "#8a5300"


class Theme:
    """The look of one program, made once for its root window.

    Attributes:
        colours: By meaning.
        body: The font of everything.
        bold: The same, bold.
        small: For hints and notes.
        title: For the head of a window.
        number: For a number that is to be seen at once.
        headline: For the one number that all others belong to.
        row_height: Of a table, in pixels.
        pad: The usual distance, in pixels.
    """

    def __init__(self, root: tk.Misc) -> None:
        self.colours = Colours()
        scaling = float(root.tk.call("tk", "scaling"))
        self._pixel = scaling * _POINTS_TO_96_DPI
        self.body = tkfont.nametofont("TkDefaultFont", root=root)
        size = int(self.body.actual("size"))
        self.bold = self._font(root, "MiniCrmBold", size, "bold")
        self.small = self._font(root, "MiniCrmSmall", max(8, size - 1), "normal")
        self.title = self._font(root, "MiniCrmTitle", size + 5, "bold")
        self.number = self._font(root, "MiniCrmNumber", size + 3, "bold")
        self.headline = self._font(root, "MiniCrmHeadline", size + 9, "bold")
        self._root = root
        self._underlined: dict[str, tkfont.Font] = {}
        self.pad = self.px(8)
        self.row_height = self.body.metrics("linespace") + self.px(5)
        self.apply(root)

    def px(self, pixels: float) -> int:
        """Give so many pixels of a screen at 100 % as pixels of this screen."""
        return max(1, round(pixels * self._pixel)) if pixels else 0

    def text_width(self, text: str, *, bold: bool = False) -> int:
        """Give the pixels that a text needs."""
        return (self.bold if bold else self.body).measure(text)

    def underlined(self, font: tkfont.Font) -> tkfont.Font:
        """Give a font underlined. It is kept here: whatever thread let go of it would have to tell Tk."""
        if font.name not in self._underlined:
            twin = tkfont.Font(root=self._root, font=font)
            twin.configure(underline=True)
            self._underlined[font.name] = twin
        return self._underlined[font.name]

    def apply(self, root: tk.Misc) -> None:
        """Set the styles."""
        style = ttk.Style()
        colours = self.colours
        for name in (".", "TNotebook.Tab"):
            style.configure(name, focuscolor=colours.accent)  # the library leaves it empty: no colour for Tk
        style.configure(ERROR_LABEL, foreground=colours.error, font=self.small)
        style.configure(HINT_LABEL, foreground=colours.weak, font=self.small)
        style.configure(BOLD_LABEL, font=self.bold)
        style.configure(TITLE_LABEL, font=self.title)
        style.configure(NUMBER_LABEL, font=self.number)
        style.configure(HEADLINE_LABEL, font=self.headline)
        style.configure(OK_LABEL, foreground=colours.ok)
        style.configure(AMBER_LABEL, foreground=colours.amber, font=self.bold)
        # Low, since every line of inputs is taken from the list; buttons beside them are as high.
        style.configure("TEntry", padding=(self.px(5), self.px(2)))
        style.configure("TCombobox", padding=(self.px(5), self.px(2), self.px(7), self.px(2)))
        style.configure("Treeview", rowheight=self.row_height)
        style.configure(TABLE, rowheight=self.row_height)
        style.configure(f"{TABLE}.Heading", font=self.bold)
        for name in ("Treeview", TABLE):
            focused = [("focus", colours.accent)]
            style.map(name, bordercolor=focused, lightcolor=focused, darkcolor=focused)
        for kind, touched in (("primary", colours.text), ("secondary", colours.accent)):
            # The library makes the style with its first button; under the mouse it is too light to read.
            ttk.Button(root, bootstyle=f"{kind}-link").destroy()
            name = f"{kind}.Link.TButton"
            off = str(style.lookup(name, "foreground", ["disabled"]))
            changes = [("disabled", off), ("pressed", touched), ("hover", touched)]
            style.map(name, foreground=changes, focuscolor=[("hover", touched)])
        switch = ttk.Radiobutton(root, bootstyle="primary-outline-toolbutton")
        name = str(switch.cget("style"))
        switch.destroy()
        for option in ("bordercolor", "lightcolor", "darkcolor"):  # the library marks no focus here
            marked: list[Any] = [("focus", colours.text), *style.map(name, option)]
            style.map(name, None, **{option: marked})
        root.option_add("*Menu.font", self.body)
        root.option_add("*Menu.background", colours.background)
        root.option_add("*Menu.foreground", colours.text)
        root.option_add("*Menu.activeBackground", colours.accent)
        root.option_add("*Menu.activeForeground", colours.background)
        root.option_add("*Menu.relief", "solid")
        root.option_add("*Menu.borderWidth", 1)
        root.option_add("*Text.font", self.body)

    def _font(self, root: tk.Misc, name: str, size: int, weight: Literal["normal", "bold"]) -> tkfont.Font:
        family = str(self.body.actual("family"))
        if name in tkfont.names(root):
            named = tkfont.nametofont(name, root=root)
            named.configure(family=family, size=size, weight=weight)
            return named
        return tkfont.Font(root=root, name=name, family=family, size=size, weight=weight)
