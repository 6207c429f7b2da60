"""A sentence across the window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk as plain_ttk
from typing import Literal

import ttkbootstrap as ttk

from mini_crm.ui.theme import Theme

Level = Literal["error", "warn", "ok", "info"]

FIRST_WRAP = 280
"""Width of the sentence, at 100 %, before there is a width to fit into; a dialog is made no wider by it."""


class Banner(plain_ttk.Frame):
    """A sentence across the window, with a button where there is something to do."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._box: tk.Frame | None = None
        self.sentence = ""
        self.button: ttk.Button | None = None
        self.offers: list[ttk.Button] = []
        self._below: tk.Frame | None = None

    def show(self, level: Level, sentence: str, action: tuple[str, Callable[[], None]] | None = None) -> None:
        """Show a sentence; the second sign beside the colour is the mark before it.

        Args:
            level: How bad it is.
            sentence: What happened, what is kept, what to do.
            action: Caption of the button and what it does.
        """
        self.hide()
        colours, theme = self._theme.colours, self._theme
        mark, fore, back = {
            "error": ("\u2716", colours.error, colours.error_back),
            "warn": ("\u26a0", colours.amber, colours.amber_back),
            "ok": ("\u2714", colours.ok, colours.ok_back),
            "info": ("\u2139", colours.accent, colours.info_back),
        }[level]
        self.sentence = sentence
        box = self._box = tk.Frame(self, background=back)
        box.pack(fill="x", expand=True)
        tk.Frame(box, background=fore, width=theme.px(4)).pack(side="left", fill="y")
        tk.Label(box, text=mark, foreground=fore, background=back, font=theme.bold).pack(
            side="left", padx=(theme.pad, 0), pady=theme.px(4)
        )
        if action is not None:
            caption, command = action
            self.button = ttk.Button(box, text=caption, command=command)
            self.button.pack(side="right", padx=theme.pad, pady=theme.px(3))
        text = tk.Label(
            box,
            text=sentence,
            foreground=colours.text,
            background=back,
            font=theme.body,
            justify="left",
            anchor="w",
            wraplength=theme.px(FIRST_WRAP),
        )
        text.pack(side="left", fill="x", expand=True, padx=theme.pad, pady=theme.px(4))
        text.bind("<Configure>", lambda event: text.configure(wraplength=max(event.width, theme.px(100))))

    def offer(self, caption: str, command: Callable[[], None]) -> None:
        """Put one more button below the sentence that is shown."""
        if self._box is None:
            return
        if self._below is None:
            self._below = tk.Frame(self._box, background=str(self._box.cget("background")))
            _stripe, mark, *_others = self._box.pack_slaves()
            self._below.pack(
                side="bottom", before=mark, fill="x", padx=self._theme.pad, pady=self._theme.px(4)
            )
        button = ttk.Button(self._below, text=caption, command=command)
        button.pack(side="left", padx=(0, self._theme.pad))
        self.offers.append(button)

    def show_notice(self, level: Level | Literal[""], sentence: str) -> None:
        """Show a sentence unless it stands there already; without a level or a text take it away."""
        if not level or not sentence:
            self.hide()
        elif self.sentence != sentence:
            self.show(level, sentence)

    def show_problem(self, problem: str) -> None:
        """Show what went wrong; an empty text takes the sentence away."""
        if problem:
            self.show("error", problem)
        else:
            self.hide()

    def hide(self) -> None:
        """Take the sentence away."""
        self.sentence = ""
        self.button = None
        self.offers = []
        self._below = None
        if self._box is not None:
            self._box.destroy()
            self._box = None
            self.configure(height=1)
