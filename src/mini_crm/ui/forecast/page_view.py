"""The forecast page: cards, table by manager, chart, commitment and accuracy."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk as plain_ttk
from typing import Literal

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.forecast.page_presenter import ForecastEvents, Page
from mini_crm.ui.forecast.picture import ChartPicture
from mini_crm.ui.forecast.table import ReadOnlyTable
from mini_crm.ui.forecast.texts import Card
from mini_crm.ui.theme import AMBER_LABEL, HINT_LABEL, NUMBER_LABEL, OK_LABEL, Theme
from mini_crm.ui.widgets.banner import Banner
from mini_crm.ui.widgets.combobox import CHOSEN, ChoiceBox
from mini_crm.ui.widgets.fields import AmountField, Field, enter_goes_on

CARDS_IN_A_ROW = 4


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
        self._make_top().grid(row=0, column=0, sticky="ew")
        self.notice = Banner(self, theme)
        self.notice.grid(row=1, column=0, sticky="ew")
        self.mark = ttk.Label(self, style=AMBER_LABEL)
        self.mark.grid(row=2, column=0, sticky="ew")
        self.cards = ttk.Frame(self)
        self.cards.grid(row=3, column=0, sticky="ew", pady=(theme.px(2), 0))
        self.difference = ttk.Label(self, justify="left")
        self.difference.grid(row=4, column=0, sticky="ew", pady=(theme.px(4), 0))
        self.beside = ttk.Label(self, style=HINT_LABEL, justify="left")
        self.beside.grid(row=5, column=0, sticky="ew")
        halves = ttk.Panedwindow(self, orient="vertical")
        halves.grid(row=6, column=0, sticky="nsew", pady=(theme.px(4), 0))
        self.rowconfigure(6, weight=1)
        self.table = ReadOnlyTable(halves, theme, height=4)
        self.nothing = ttk.Label(self.table, anchor="center", justify="center")
        self.pages = self._make_pages(halves)
        halves.add(self.table, weight=1)
        halves.add(self.pages, weight=2)
        self.bind("<Configure>", self._wrap)

    # what the presenter asks for

    def listen(self, events: ForecastEvents) -> None:
        """See ``ForecastViewPort``."""
        self._events = events

    def show_page(self, page: Page) -> None:
        """See ``ForecastViewPort``."""
        self.period.set_names(page.periods)
        self.period.set_text(page.periods[page.period])
        self.unit.set_names(page.units)
        if page.units:
            self.unit.set_text(page.units[page.unit])
        if len(page.units) > 1:
            self.unit_label.grid()
            self.unit.grid()
        else:
            self.unit_label.grid_remove()
            self.unit.grid_remove()
        _show_text(self.mark, f"\u26a0 {page.mark}" if page.mark else "")
        self._show_cards(page.cards)
        _show_text(self.difference, page.difference)
        _show_text(self.beside, page.beside)
        self.table.show(page.columns, [row.cells for row in page.rows], [row.is_total for row in page.rows])
        self.nothing.configure(text=page.nothing)
        if page.nothing:
            self.nothing.place(relx=0.5, rely=0.65, anchor="center")
        else:
            self.nothing.place_forget()
        self.chart.show(page.chart)
        self.amount.set_unit(page.unit_code or None)
        self.save.state(["!disabled" if page.unit_code else "disabled"])
        self.commitments.show(page.commitment_columns, page.commitments)
        self.accuracy.show(page.accuracy_columns, page.accuracy)
        self.no_accuracy.configure(text=page.no_accuracy)
        if page.no_accuracy:
            self.no_accuracy.place(relx=0.5, rely=0.5, anchor="center")
        else:
            self.no_accuracy.place_forget()

    def show_as_of(self, text: str, *, is_stale: bool) -> None:
        """See ``ForecastViewPort``."""
        self.as_of.configure(text=f"\u26a0 {text}" if is_stale else text)
        self.as_of.configure(style=AMBER_LABEL if is_stale else OK_LABEL)

    def show_notice(self, level: Literal["error", "ok", ""], text: str) -> None:
        """See ``ForecastViewPort``."""
        if level and text:
            if self.notice.sentence != text:
                self.notice.show(level, text)
        else:
            self.notice.hide()

    def show_commitment_error(self, field: str, text: str, *, go_there: bool = False) -> None:
        """See ``ForecastViewPort``."""
        wrong = self.note if field == "note" else self.amount
        wrong.show_error(text)
        if go_there:
            wrong.focus_input()

    def clear_commitment(self, amount: str, note: str) -> None:
        """See ``ForecastViewPort``."""
        if (self.amount.get(), self.note.get()) == (amount, note):
            self.amount.set("")
            self.note.set("")

    def has_typed(self) -> bool:
        """See ``ForecastViewPort``."""
        return bool(self.amount.get().strip() or self.note.get().strip())

    def is_on_screen(self) -> bool:
        """See ``ForecastViewPort``."""
        return bool(self.winfo_viewable())

    # building

    def _make_top(self) -> ttk.Frame:
        _, theme = self._texts.gettext, self._theme
        top = ttk.Frame(self)
        ttk.Label(top, text=_("Period")).grid(row=0, column=0, padx=(0, theme.px(6)))
        self.period = ChoiceBox(top, theme, width=42)
        self.period.grid(row=0, column=1)
        self.period.bind(CHOSEN, lambda event: self._period_chosen())
        self.unit_label = ttk.Label(top, text=_("Unit"))
        self.unit_label.grid(row=0, column=2, padx=(theme.pad * 2, theme.px(6)))
        self.unit = ChoiceBox(top, theme, width=6)
        self.unit.grid(row=0, column=3)
        self.unit.bind(CHOSEN, lambda event: self._unit_chosen())
        self.unit_label.grid_remove()
        self.unit.grid_remove()
        top.columnconfigure(4, weight=1)
        self.as_of = ttk.Label(top)
        self.as_of.grid(row=0, column=5, sticky="e")
        return top

    def _make_pages(self, parent: tk.Misc) -> ttk.Notebook:
        _, theme = self._texts.gettext, self._theme
        pages = ttk.Notebook(parent, height=theme.px(146))
        self.chart = ChartPicture(pages, self._texts, theme)
        pages.add(self.chart, text=_("Through the period"))
        pages.add(self._make_commitment(pages), text=_("Commitment"))
        accuracy = ttk.Frame(pages, padding=theme.px(4))
        self.accuracy = ReadOnlyTable(accuracy, theme, height=3)
        self.accuracy.pack(fill="both", expand=True)
        self.no_accuracy = ttk.Label(accuracy, anchor="center", justify="center")
        pages.add(accuracy, text=_("Accuracy of past forecasts"))
        return pages

    def _make_commitment(self, pages: ttk.Notebook) -> ttk.Frame:
        _, theme = self._texts.gettext, self._theme
        page = ttk.Frame(pages, padding=theme.px(4))
        form = ttk.Frame(page)
        form.grid(row=0, column=0, sticky="nw", padx=(0, theme.pad))
        self.amount = AmountField(
            form, theme, self._texts, _("Your own number for the period"), width=16, steady=True
        )
        self.amount.grid(row=0, column=0, sticky="ew")
        self.save = ttk.Button(form, text=_("Record"), command=self._commit)
        self.save.grid(row=0, column=1, padx=(theme.pad, 0))
        self.note = Field(form, theme, _("Note"), width=30, steady=True, lines=True)
        self.note.grid(row=1, column=0, columnspan=2, sticky="ew")
        enter_goes_on([self.amount, self.note], self._commit)
        self.commitments = ReadOnlyTable(page, theme, height=2)
        self.commitments.grid(row=0, column=1, sticky="nsew")
        page.columnconfigure(1, weight=1)
        page.rowconfigure(0, weight=1)
        return page

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
            ttk.Label(box, text=card.caption, style=HINT_LABEL).grid(row=0, column=0, sticky="w")
            ttk.Label(box, text=card.value, style=NUMBER_LABEL).grid(row=1, column=0, sticky="w")
            note = ttk.Label(box, text=card.note, style=HINT_LABEL, justify="left")
            note.grid(row=2, column=0, sticky="w")
            self._notes.append(note)
        for column in range(CARDS_IN_A_ROW):
            self.cards.columnconfigure(column, weight=1, uniform="card")
        self._wrap_to(self.winfo_width())

    # events

    def _period_chosen(self) -> None:
        if self._events is not None:
            self._events.choose_period(self.period.chosen)

    def _unit_chosen(self) -> None:
        if self._events is not None:
            self._events.choose_unit(self.unit.chosen)

    def _commit(self) -> None:
        if self._events is not None:
            self._events.commit(self.amount.get(), self.note.get())

    def _wrap(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self._wrap_to(event.width)

    def _wrap_to(self, width: int) -> None:
        inner = max(width - 2 * self._theme.pad - self._theme.px(10), 200)
        for label in (self.mark, self.difference, self.beside):
            label.configure(wraplength=inner)
        for label in self._notes:
            label.configure(wraplength=inner // CARDS_IN_A_ROW - self._theme.pad)


def _show_text(label: ttk.Label, text: str) -> None:
    """Show a text; an empty one takes no room."""
    label.configure(text=text)
    if text:
        label.grid()
    else:
        label.grid_remove()
