"""The head of the page on the screen: a line for each unit, with the forecast drawn as a bar."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.entries.head_presenter import Bar, Part
from mini_crm.ui.forecast.from_new import FromNew
from mini_crm.ui.forecast.from_new_view import FromNewDialog
from mini_crm.ui.linked import Linked, Piece, pieces_of
from mini_crm.ui.memory import Memory
from mini_crm.ui.theme import BOLD_LABEL, HINT_LABEL, Theme
from mini_crm.ui.widgets import CHOSEN, ChoiceBox, tip_text
from mini_crm.ui.widgets.link import LinkLine
from mini_crm.ui.widgets.page_head import AgeLabel, ComputeButton
from mini_crm.usecases.behind import Number

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

BAR = 11
"""Height of a bar, in pixels at 100 %."""
LEAST_BAR = 90
"""Width that a bar keeps, in pixels at 100 %: what has no room beside it stands in its tip."""
GOOD_BAR = 180
"""The range is written beside a bar that is so wide."""
GAP = 10
FOLDED = "head.folded"
"""Remembered: the person's own choice."""
GIVEN_UP = (
    Part.LIKELY, Part.COMMITMENT, Part.TARGET, Part.WIN_RATE, Part.FROM_NEW, Part.FROM_OPEN, Part.PAID,
)  # fmt: skip
"""In this order on a narrow window; range and goals are drawn over the bar as well."""


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
                    top + px(2),
                    at(amount),
                    bottom - px(2),
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
                fill=colours.target,
                width=px(2),
                tags="target",
            )
        if bar.commitment is not None:
            x, half = at(bar.commitment), px(5)
            self.create_polygon(
                x, middle - half, x + half, middle, x, middle + half, x - half, middle,
                fill=colours.commitment, tags="commitment",
            )  # fmt: skip


class EntryHeadView(plain_ttk.Frame):
    """The forecast of each unit in a line, and how old it is; a ``HeadPort``.

    Folded it is one line for all units. It folds itself where the list below would be left with too little.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For colours and sizes.
        tools: Where period, age and "compute again" go while the head is on the screen; by default above the
            lines.

    Attributes:
        labels: By unit and part, what stands beside the forecast; those that have no room are not on the
            screen.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme, tools: ttk.Frame | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self._theme = theme
        self._presenter: EntriesPresenter | None = None
        self._memory = Memory()
        self._bars: tuple[Bar, ...] = ()
        self._room: tuple[int, int] | None = None
        self._shown: bool | None = None
        self.labels: dict[tuple[str, Part], LinkLine] = {}
        self._make_tools(tools)
        self.columnconfigure(1, weight=1)
        self.fold_button = ttk.Button(
            self, text="▾", bootstyle="secondary-link", padding=(theme.px(2), 0), command=self._toggle
        )
        self.fold_button.grid(row=1, column=0, sticky="n", padx=(0, theme.px(4)))
        _ = texts.gettext
        tip_text(
            self.fold_button,
            theme,
            lambda: _("Unfold the forecast") if self.is_folded else _("Fold the forecast"),
        )
        self.bars = ttk.Frame(self)
        self.bars.grid(row=1, column=1, sticky="ew")
        self.bars.bind("<Configure>", lambda event: self._fit())

    @property
    def is_folded(self) -> bool:
        """Whether all units stand in one line."""
        if len(self._bars) < 2:
            return self._memory.get(FOLDED) is True
        needed, wish = self.line_height * len(self._bars), self._memory.get(FOLDED)
        if wish is True or self._room is None:
            return wish is True
        comfortable, least = self._room
        return needed > (least if wish is False else comfortable)

    @property
    def line_height(self) -> int:
        """Of one unit, in pixels."""
        return max(self._theme.px(BAR + 6), self._theme.bold.metrics("linespace")) + 2

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter what the person does."""
        self._presenter = presenter
        self._memory = presenter.memory

    def give_way(self, comfortable: int, least: int) -> None:
        """Know how much of the height the list leaves to the lines.

        Args:
            comfortable: Pixels, as long as the person has not chosen.
            least: Pixels, where the person wants to see every line.
        """
        self._room = (comfortable, least)
        if self._shown is not None and self._shown != self.is_folded:
            self._draw()

    def show_periods(self, names: Sequence[str], chosen: int) -> None:
        """See ``HeadPort``."""
        self.period.set_names(names)
        if names:
            self.period.set_text(names[chosen])

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """See ``HeadPort``."""
        if self._shown is None or tuple(bars) != self._bars:
            self._bars = tuple(bars)
            self._draw()

    def _open(self, bar: int, number: Number) -> None:
        if self._presenter is not None:
            self._presenter.head.open(bar, number)

    def show_from_new(self, from_new: FromNew) -> None:
        """See ``HeadPort``."""
        FromNewDialog(self, self._texts, self._theme, from_new)

    def show_as_of(self, text: str, *, stale: bool) -> None:
        """See ``HeadPort``."""
        self.as_of.show(text, stale=stale)

    def show_computing(self, computing: bool) -> None:
        """See ``HeadPort``."""
        self.compute_button.show_computing(computing)

    def _make_tools(self, tools: ttk.Frame | None) -> None:
        theme = self._theme
        self.tools = ttk.Frame(self if tools is None else tools)
        if tools is None:
            self.tools.grid(row=0, column=0, columnspan=2, sticky="e")
        else:
            self.bind("<Map>", lambda event: self.tools.pack())
            self.bind("<Unmap>", lambda event: self.tools.pack_forget())
            self.bind("<Destroy>", lambda event: self.tools.destroy() if event.widget is self else None)
        self.period = ChoiceBox(self.tools, theme, width=16)
        self.period.bind(CHOSEN, self._period_chosen)
        self.as_of = AgeLabel(self.tools)
        self.compute_button = ComputeButton(self.tools, self._texts, theme, self._compute)
        for part in (self.period, self.as_of, self.compute_button):
            part.pack(side="left", padx=(theme.px(GAP), 0))

    def _draw(self) -> None:
        """Make the lines anew."""
        for child in self.bars.winfo_children():
            child.destroy()
        for row in range(self.bars.grid_size()[1]):
            self.bars.rowconfigure(row, minsize=0)
        self.labels = {}
        self._shown = self.is_folded
        self.fold_button.configure(text="▸" if self._shown else "▾")
        if not self._bars:
            empty = self._texts.gettext("The forecast appears here after the first run.")
            ttk.Label(self.bars, text=empty, style=HINT_LABEL).grid(row=0, column=0, sticky="w")
            self.fold_button.grid_remove()
            return
        self.fold_button.grid()
        if self._shown:
            self._draw_folded()
        else:
            for row, bar in enumerate(self._bars):
                self._draw_line(row, bar)
        self._fit()

    def _draw_folded(self) -> None:
        for column, bar in enumerate(self._bars):
            label = ttk.Label(
                self.bars, text=bar.short if column else bar.caption, style=BOLD_LABEL, padding=0
            )
            label.grid(row=0, column=column, sticky="w", padx=(0, self._theme.px(2 * GAP)))
            tip_text(label, self._theme, lambda bar=bar: _whole(bar))  # type: ignore[misc]

    def _draw_line(self, row: int, bar: Bar) -> None:
        theme = self._theme
        self.bars.rowconfigure(row, minsize=self.line_height)
        caption = ttk.Label(self.bars, text=bar.caption, style=BOLD_LABEL, padding=0)
        caption.grid(row=row, column=0, sticky="w")
        drawn = ForecastBar(self.bars, theme, bar)
        drawn.grid(row=row, column=1, sticky="ew", padx=(theme.px(GAP), 0))
        for widget in (caption, drawn):
            tip_text(widget, theme, lambda: _whole(bar))
        colours = {Part.TARGET: theme.colours.target, Part.COMMITMENT: theme.colours.commitment}
        for column, part in enumerate(Part, start=2):
            if part in bar.parts:
                label = LinkLine(
                    self.bars, theme, font=theme.small, colour=colours.get(part, theme.colours.weak)
                )
                self._write(label, row, bar.parts[part])
                label.grid(row=row, column=column, sticky="w", padx=(theme.px(GAP), 0))
                self.labels[bar.unit, part] = label
        if bar.rate_counts:
            tip_text(self.labels[bar.unit, Part.WIN_RATE], theme, lambda: bar.rate_counts)

    def _write(self, line: LinkLine, bar: int, text: str) -> None:
        if line.text != text:
            line.show_pieces(pieces_of(text), partial(self._open, bar))
            line.configure(width=line.natural_width)

    def _fit(self) -> None:
        """Show beside the bars what has room there."""
        if not self.labels:
            self.bars.columnconfigure(1, weight=0)
            return
        px, small = self._theme.px, self._theme.small
        self.bars.columnconfigure(1, weight=1)
        width = self.bars.winfo_width()
        room = width - max(self._theme.bold.measure(bar.caption) for bar in self._bars)
        room -= px(LEAST_BAR) + px(GAP)
        needs = {
            part: max(small.measure(bar.parts.get(part, "")) for bar in self._bars) + px(GAP) + px(4)
            for part in Part
            if any(part in bar.parts for bar in self._bars)
        }
        gone = set[Part]()
        if Part.LIKELY in needs:
            needs[Part.LIKELY] += px(GOOD_BAR - LEAST_BAR)  # it is drawn as well, better on a wider bar
        for part in GIVEN_UP:
            if sum(need for each, need in needs.items() if each not in gone) > room:
                gone.add(part)
        left = room - sum(need for each, need in needs.items() if each not in gone)
        for number, bar in enumerate(self._bars):
            rate = bar.parts[Part.WIN_RATE]
            whole = Linked([Piece(f"{rate} ("), *pieces_of(bar.rate_counts), Piece(")")])
            fits = bar.rate_counts and small.measure(whole) - small.measure(rate) <= left
            self._write(self.labels[bar.unit, Part.WIN_RATE], number, whole if fits else rate)
        for (_unit, part), label in self.labels.items():
            if part in gone:
                label.grid_remove()
            else:
                label.grid()

    def _toggle(self) -> None:
        self._memory.put(FOLDED, not self.is_folded)
        self._draw()

    def _compute(self) -> None:
        if self._presenter is not None:
            self._presenter.head.compute()

    def _period_chosen(self, event: tk.Event[tk.Misc]) -> None:
        if self._presenter is not None:
            self._presenter.head.choose_period(self.period.chosen)


def _whole(bar: Bar) -> str:
    """Give all that a line says, for its tip."""
    return "\n".join(filter(None, (bar.caption, *bar.parts.values(), bar.rate_counts)))
