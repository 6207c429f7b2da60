"""The forecast page on the screen: the whole number with its parts, table by manager, pages below."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk as plain_ttk
from typing import Literal

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.forecast.commitment_view import CommitmentView
from mini_crm.ui.forecast.from_new import FromNew
from mini_crm.ui.forecast.from_new_view import FromNewDialog
from mini_crm.ui.forecast.page import ForecastEvents, Page
from mini_crm.ui.forecast.painter import Painter
from mini_crm.ui.forecast.paying_view import PayingView
from mini_crm.ui.forecast.picture import Picture
from mini_crm.ui.forecast.table import ReadOnlyTable
from mini_crm.ui.forecast.texts import Card
from mini_crm.ui.headline import Level
from mini_crm.ui.linked import Linked
from mini_crm.ui.theme import (
    AMBER_LABEL,
    HEADLINE_LABEL,
    HINT_LABEL,
    LABEL_ROOM,
    NUMBER_LABEL,
    Theme,
)
from mini_crm.ui.widgets.banner import Banner
from mini_crm.ui.widgets.labels import show_over, show_text
from mini_crm.ui.widgets.link import LinkLine
from mini_crm.ui.widgets.page_head import ComputeButton, PeriodBar
from mini_crm.usecases.behind import Number

CARDS_IN_A_ROW = 4
SIGNS = {Level.GOOD: "\u25cf", Level.MAYBE: "\u25b2", Level.BAD: "\u25c6"}
"""Of a traffic light: told apart by shape as well as by colour."""


class ForecastView(plain_ttk.Frame):
    """What a lead sees of the forecast; a ``ForecastViewPort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and colours.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent, padding=theme.pad)
        self._texts = texts
        self._theme = theme
        self._events: ForecastEvents | None = None
        self._cards: tuple[Card, ...] = ()
        self._notes: list[ttk.Label] = []
        self.columnconfigure(0, weight=1)
        self.top = self._make_top()
        self.top.grid(row=0, column=0, sticky="ew")
        self.period, self.unit = self.top.period, self.top.unit
        self.notice = Banner(self, theme)
        self.notice.grid(row=1, column=0, sticky="ew")
        self.mark = ttk.Label(self, style=AMBER_LABEL)
        self.mark.grid(row=2, column=0, sticky="ew")
        head = ttk.Frame(self)
        head.grid(row=3, column=0, sticky="ew")
        self.title = ttk.Label(head, style=HEADLINE_LABEL)
        self.title.grid(row=0, column=0, sticky="w")
        self.likely = ttk.Label(head, justify="left")
        self.likely.grid(row=1, column=0, sticky="w")
        self.cards = ttk.Frame(self)
        self.cards.grid(row=4, column=0, sticky="ew", pady=(theme.px(2), 0))
        self.beside = ttk.Label(self, style=HINT_LABEL, justify="left")
        self.beside.grid(row=5, column=0, sticky="ew")
        self._painter = Painter(self)
        self._painter.get_ready()
        halves = ttk.Panedwindow(self, orient="vertical")
        halves.grid(row=6, column=0, sticky="nsew", pady=(theme.px(4), 0))
        self.rowconfigure(6, weight=1)
        self.table = ReadOnlyTable(halves, theme, height=4)
        self.table.on_open = self._open_cell
        self.nothing = ttk.Label(self.table, anchor="center", justify="center")
        self.pages = self._make_pages(halves)
        halves.add(self.table, weight=1)
        halves.add(self.pages, weight=2)
        self.bind("<Configure>", self._wrap)
        self.bind("<Destroy>", self._gone)

    # what the presenter asks for

    def listen(self, events: ForecastEvents) -> None:
        """See ``ForecastViewPort``."""
        self._events = events

    def show_page(self, page: Page) -> None:
        """See ``ForecastViewPort``."""
        self.top.show(page.periods, page.period, page.units, page.unit)
        show_text(self.mark, f"\u26a0 {page.mark}" if page.mark else "")
        show_text(self.title, page.title)
        show_text(self.likely, page.likely)
        self._show_cards(page.cards)
        show_text(self.beside, page.beside)
        self.table.show(
            page.columns,
            [row.cells for row in page.rows],
            [row.is_total for row in page.rows],
            [tuple(number is not None for number in row.links) for row in page.rows],
        )
        show_over(self.nothing, page.nothing, height=0.65)
        self.chart.show(page.chart)
        self.paying.show(page.paying)
        self.commitment.amount.set_unit(page.unit_code or None)
        self.commitment.allow(page.can_commit)
        self.commitment.list.show(page.commitment_columns, page.commitments)
        self.accuracy.show(
            page.accuracy_columns,
            [row.cells for row in page.accuracy],
            [row.is_total for row in page.accuracy],
        )
        show_text(self.accuracy_note, page.accuracy_note)

    def show_as_of(self, text: str, *, is_stale: bool) -> None:
        """See ``ForecastViewPort``."""
        self.top.age.show(text, stale=is_stale)

    def show_computing(self, running: bool) -> None:
        """See ``ForecastViewPort``."""
        self.compute_button.show_computing(running)

    def show_notice(self, level: Literal["error", "ok", "info", ""], text: str) -> None:
        """See ``ForecastViewPort``."""
        self.notice.show_notice(level, text)

    def show_commitment_error(self, field: str, text: str, *, go_there: bool = False) -> None:
        """See ``ForecastViewPort``."""
        wrong = self.commitment.note if field == "note" else self.commitment.amount
        wrong.show_error(text)
        if go_there:
            wrong.focus_input()

    def clear_commitment(self, amount: str, note: str) -> None:
        """See ``ForecastViewPort``."""
        form = self.commitment
        if (form.amount.get(), form.note.get()) == (amount, note):
            form.amount.set("")
            form.note.set("")

    def show_from_new(self, from_new: FromNew) -> None:
        """See ``ForecastViewPort``."""
        FromNewDialog(self, self._texts, self._theme, from_new)

    def has_typed(self) -> bool:
        """See ``ForecastViewPort``."""
        form = self.commitment
        return bool(form.amount.get().strip() or form.note.get().strip())

    def is_on_screen(self) -> bool:
        """See ``ForecastViewPort``."""
        return bool(self.winfo_viewable())

    # building

    def _make_top(self) -> PeriodBar:
        top = PeriodBar(self, self._texts, self._theme, self._choose_period, self._choose_unit)
        self.compute_button = ComputeButton(top, self._texts, self._theme, self._compute)
        top.add(self.compute_button)
        return top

    def _make_pages(self, parent: tk.Misc) -> ttk.Notebook:
        _, theme = self._texts.gettext, self._theme
        pages = ttk.Notebook(parent, height=theme.px(150))
        self.chart = Picture(pages, self._texts, theme, self._painter)
        pages.add(self.chart, text=_("Trend"))
        self.paying = PayingView(pages, self._texts, theme, self._painter)
        pages.add(self.paying, text=_("How we get paid"))
        self.commitment = CommitmentView(pages, self._texts, theme, self._commit)
        pages.add(self.commitment, text=_("Commitment"))
        accuracy = ttk.Frame(pages, padding=theme.px(4))
        accuracy.columnconfigure(0, weight=1)
        accuracy.rowconfigure(1, weight=1)
        self.accuracy_note = ttk.Label(accuracy, justify="left")
        self.accuracy_note.grid(row=0, column=0, sticky="ew")
        self.accuracy = ReadOnlyTable(accuracy, theme, height=3)
        self.accuracy.grid(row=1, column=0, sticky="nsew")
        pages.add(accuracy, text=_("Accuracy of past forecasts"))
        return pages

    def _show_cards(self, cards: Sequence[Card]) -> None:
        if tuple(cards) == self._cards:
            return
        self._cards = tuple(cards)
        self._notes.clear()
        for child in self.cards.winfo_children():
            child.destroy()
        for number, card in enumerate(cards):
            box = ttk.Frame(self.cards)
            row, column = divmod(number, CARDS_IN_A_ROW)
            box.grid(row=row, column=column, sticky="new", padx=(0, self._theme.pad))
            caption = ttk.Label(box, text=card.caption, style=HINT_LABEL, justify="left")
            caption.pack(anchor="w")
            value = ttk.Frame(box)
            value.pack(anchor="w")
            if card.level is not None:
                sign = ttk.Label(value, text=SIGNS[card.level], foreground=self._light(card.level))
                sign.pack(side="left", padx=(0, self._theme.px(4)))
            self._notes.append(caption)
            if isinstance(card.value, Linked):
                shown = self._line(value, card.value, NUMBER_LABEL)
                shown.pack(side="left", fill="x", expand=True, padx=LABEL_ROOM, pady=LABEL_ROOM)
                value.pack(fill="x")
            else:
                ttk.Label(value, text=card.value, style=NUMBER_LABEL).pack(side="left")
            if isinstance(card.note, Linked):
                self._line(box, card.note, HINT_LABEL).pack(fill="x", padx=LABEL_ROOM, pady=LABEL_ROOM)
            else:
                note = ttk.Label(box, text=card.note, style=HINT_LABEL, justify="left")
                note.pack(anchor="w")
                self._notes.append(note)
        for column in range(CARDS_IN_A_ROW):
            self.cards.columnconfigure(column, weight=1, uniform="card")
        self._wrap_to(self.winfo_width())

    def _line(self, parent: tk.Misc, text: Linked, style: str) -> LinkLine:
        theme = self._theme
        is_number = style == NUMBER_LABEL
        line = LinkLine(
            parent,
            theme,
            font=theme.number if is_number else theme.small,
            colour="" if is_number else theme.colours.weak,
        )
        line.show_pieces(text.pieces, self._open_card)
        return line

    # events

    def _open_card(self, number: Number) -> None:
        if self._events is not None:
            self._events.open_card(number)

    def _open_cell(self, row: int, column: int) -> None:
        if self._events is not None:
            self._events.open_cell(row, column)

    def _choose_period(self, number: int) -> None:
        if self._events is not None:
            self._events.choose_period(number)

    def _compute(self) -> None:
        if self._events is not None:
            self._events.compute()

    def _choose_unit(self, number: int) -> None:
        if self._events is not None:
            self._events.choose_unit(number)

    def _commit(self, amount: str, note: str) -> None:
        if self._events is not None:
            self._events.commit(amount, note)

    def _wrap(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self._wrap_to(event.width)

    def _wrap_to(self, width: int) -> None:
        inner = max(width - 2 * self._theme.pad - self._theme.px(10), 200)
        for label in (self.mark, self.likely, self.beside, self.accuracy_note):
            label.configure(wraplength=inner)
        for label in self._notes:
            label.configure(wraplength=inner // CARDS_IN_A_ROW - self._theme.pad)

    def _light(self, level: Level) -> str:
        colours = self._theme.colours
        return {Level.GOOD: colours.ok, Level.MAYBE: colours.amber, Level.BAD: colours.error}[level]

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self._painter.close()
