"""The head line on the screen, with the forecast drawn as a bar."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.entries.head_presenter import Bar
from mini_crm.ui.forecast.from_new import FromNew
from mini_crm.ui.forecast.from_new_view import FromNewDialog
from mini_crm.ui.linked import join, pieces_of
from mini_crm.ui.theme import AMBER_LABEL, BOLD_LABEL, HINT_LABEL, NUMBER_LABEL, OK_LABEL, Theme
from mini_crm.ui.widgets import CHOSEN, ChoiceBox, wrap_to_width
from mini_crm.ui.widgets.link import LinkLine
from mini_crm.usecases.behind import Number

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

BAR = 14
"""Height of a bar, in pixels at 100 %."""


class ForecastBar(tk.Canvas):
    """Paid, to come of open entries and of new ones, the range, target and commitment of one unit.

    Args:
        parent: Where it stands.
        theme: For colours and sizes.
        bar: What it shows.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, bar: Bar) -> None:
        super().__init__(
            parent,
            height=theme.px(BAR + 6),
            highlightthickness=0,
            background=theme.colours.background,
            width=1,
        )
        self._theme = theme
        self._bar = bar
        self.bind("<Configure>", lambda event: self.draw())

    def draw(self) -> None:
        """Draw it in the present width."""
        self.delete("all")
        px, colours, bar = self._theme.px, self._theme.colours, self._bar
        width, top, bottom = self.winfo_width() - px(8), px(3), px(BAR + 3)
        scale = width / (bar.most * 1.03) if bar.most > 0 else 0.0

        def at(amount: float) -> float:
            return px(4) + amount * scale

        self.create_rectangle(at(0), top, px(4) + width, bottom, fill=colours.refused_back, outline="")
        self.create_rectangle(at(0), top, at(bar.paid), bottom, fill=colours.paid, outline="", tags="paid")
        known = bar.paid + bar.from_open
        for begin, end, fill, tag in (
            (bar.paid, known, colours.to_come, "from_open"),
            (known, bar.forecast, colours.from_new, "from_new"),
        ):
            self.create_rectangle(
                at(begin),
                top,
                at(max(begin, end)),
                bottom,
                fill=colours.paid_back if bar.weak else fill,
                outline=colours.paid if bar.weak else "",
                dash=(3, 2) if bar.weak else (),
                tags=tag,
            )
        middle = (top + bottom) / 2
        if bar.low is not None and bar.high is not None:
            self.create_line(
                at(bar.low), middle, at(bar.high), middle, fill=colours.text, width=px(2), tags="range"
            )
            for amount in (bar.low, bar.high):
                self.create_line(
                    at(amount),
                    top + px(3),
                    at(amount),
                    bottom - px(3),
                    fill=colours.text,
                    width=px(2),
                    tags="range",
                )
        if bar.target is not None:
            self.create_line(
                at(bar.target),
                0,
                at(bar.target),
                bottom + px(3),
                fill=colours.error,
                width=px(2),
                tags="target",
            )
        if bar.commitment is not None:
            x, half = at(bar.commitment), px(5)
            self.create_polygon(
                x, middle - half, x + half, middle, x, middle + half, x - half, middle,
                fill=colours.accent, tags="commitment",
            )  # fmt: skip


class EntryHeadView(plain_ttk.Frame):
    """Lead, win rate, forecast, and how old it is; a ``HeadPort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For colours and sizes.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent)
        self._texts = texts
        self._theme = theme
        self._presenter: EntriesPresenter | None = None
        _ = texts.gettext
        left = ttk.Frame(self)
        left.pack(side="left", anchor="n", padx=(0, theme.px(12)))
        self.lead = ttk.Label(left, style=BOLD_LABEL)
        self.lead.pack(anchor="w")
        self.period = ChoiceBox(left, theme, width=16)
        self.period.pack(anchor="w")
        self.period.bind(CHOSEN, self._period_chosen)
        right = ttk.Frame(self)
        right.pack(side="right", anchor="n", padx=(theme.px(12), 0))
        self.as_of = ttk.Label(right, anchor="e")
        self.as_of.pack(anchor="e")
        self.compute_button = ttk.Button(
            right, text=_("Compute again"), bootstyle="secondary-outline", padding=(theme.px(6), theme.px(2))
        )
        self.compute_button.pack(anchor="e")
        self.bars = ttk.Frame(self)
        self.bars.pack(side="left", fill="x", expand=True, anchor="n")

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter what the person does."""
        self._presenter = presenter
        self.compute_button.configure(command=presenter.head.compute)

    def show_lead(self, name: str) -> None:
        """See ``HeadPort``."""
        self.lead.configure(text=name)

    def show_periods(self, names: Sequence[str], chosen: int) -> None:
        """See ``HeadPort``."""
        self.period.set_names(names)
        if names:
            self.period.set_text(names[chosen])

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """See ``HeadPort``."""
        for child in self.bars.winfo_children():
            child.destroy()
        _, gap = self._texts.gettext, self._theme.px(10)
        self.bars.columnconfigure(2, weight=1)
        for number, bar in enumerate(bars):
            row = 3 * number
            rate = bar.win_rate or _("no resolved entries yet")
            caption = ttk.Label(self.bars, text=_("win rate"), style=HINT_LABEL)
            caption.grid(row=row, column=0, sticky="sw", padx=(0, gap))
            if bar.win_rate:
                line = self._line(number, rate, NUMBER_LABEL)
                line.configure(width=line.natural_width)
                line.grid(row=row + 1, column=0, sticky="nw", padx=(0, gap))
            else:
                ttk.Label(self.bars, text=rate, style=HINT_LABEL).grid(
                    row=row + 1, column=0, sticky="nw", padx=(0, gap)
                )
            forecast = ttk.Label(self.bars, text=bar.caption, style=BOLD_LABEL)
            forecast.grid(row=row, column=1, sticky="sw", padx=(0, gap))
            likely = ttk.Label(self.bars, text=bar.likely, style=HINT_LABEL)
            likely.grid(row=row, column=2, sticky="sew")
            details = self._line(number, join(" · ", bar.details), HINT_LABEL)
            details.grid(row=row + 2, column=0, columnspan=3, sticky="ew")
            wrap_to_width(likely)
            drawn = ForecastBar(self.bars, self._theme, bar)
            drawn.grid(row=row + 1, column=1, columnspan=2, sticky="ew")
        if not bars:
            empty = _("The forecast appears here after the first run.")
            ttk.Label(self.bars, text=empty, style=HINT_LABEL).grid(row=0, column=0, sticky="w")

    def _line(self, bar: int, text: str, style: str) -> LinkLine:
        """Make a line of a bar, whose links open its numbers."""
        theme = self._theme
        is_number = style == NUMBER_LABEL
        line = LinkLine(
            self.bars,
            theme,
            font=theme.number if is_number else theme.small,
            colour="" if is_number else theme.colours.weak,
        )
        line.show_pieces(pieces_of(text), partial(self._open, bar))
        return line

    def _open(self, bar: int, number: Number) -> None:
        if self._presenter is not None:
            self._presenter.head.open(bar, number)

    def show_from_new(self, from_new: FromNew) -> None:
        """See ``HeadPort``."""
        FromNewDialog(self, self._texts, self._theme, from_new)

    def show_as_of(self, text: str, *, stale: bool) -> None:
        """See ``HeadPort``."""
        self.as_of.configure(text=f"⚠ {text}" if stale else text, style=AMBER_LABEL if stale else OK_LABEL)

    def show_computing(self, computing: bool) -> None:
        """See ``HeadPort``."""
        _ = self._texts.gettext
        self.compute_button.state(["disabled" if computing else "!disabled"])
        self.compute_button.configure(text=_("Computing…") if computing else _("Compute again"))

    def _period_chosen(self, event: tk.Event[tk.Misc]) -> None:
        if self._presenter is not None:
            self._presenter.head.choose_period(self.period.chosen)
