"""The filters on the screen."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from datetime import date
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.domain.model import Status
from mini_crm.i18n import Texts
from mini_crm.ui.entries.filters_presenter import Due, FilterValues
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets import CHOSEN, ChoiceBox, ChoiceField, DateField, Field, Note

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

PAUSE_MS = 250
"""The table follows so long after the last key."""


class EntryFiltersView(plain_ttk.Frame):
    """One row of filters above the table; a ``FiltersPort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and sizes.

    Attributes:
        text: What is looked for anywhere in a row.
        note: What is wrong with a filter.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent)
        self._presenter: EntriesPresenter | None = None
        self._pause: str | None = None
        _ = texts.gettext
        self._statuses: dict[Status | None, str] = {None: texts.pgettext("filter", "all")}
        for status, name in EntryTexts(texts).statuses.items():
            self._statuses[status] = name
        gap = theme.px(6)
        self.text = Field(self, theme, _("Search"), width=12, has_line=False)
        self.manager = ChoiceField(self, theme, _("Manager"), width=14, has_line=False)
        self.pay_by_from = DateField(
            self,
            theme,
            texts,
            texts.pgettext("filter", "from"),
            today=date.today(),
            name="pay_by_from",
            width=10,
            has_line=False,
        )
        self.pay_by_to = DateField(
            self,
            theme,
            texts,
            texts.pgettext("filter", "to"),
            today=date.today(),
            name="pay_by_to",
            width=10,
            has_line=False,
        )
        box = ttk.Frame(self)
        ttk.Label(box, text=_("Status")).pack(anchor="w")
        self.status = ChoiceBox(box, theme, list(self._statuses.values()), width=10)
        self.status.pack(fill="x")
        self.status.set_text(self._statuses[None])
        due_box = ttk.Frame(self)
        self._dues: dict[Due | None, str] = {
            None: _("any day"),
            Due.TODAY: _("Today"),
            Due.OVERDUE: _("Overdue"),
            Due.WEEK: _("This week"),
            Due.MONTH: _("This month"),
        }
        ttk.Label(due_box, text=_("Pay by")).pack(anchor="w")
        self.due = ChoiceBox(due_box, theme, list(self._dues.values()), width=11)
        self.due.pack(fill="x")
        self.due.set_text(self._dues[None])
        self.reset_button = ttk.Button(
            self, text=_("Reset"), bootstyle="secondary", padding=(theme.px(6), theme.px(2))
        )
        widgets = (self.text, self.manager, box, due_box, self.pay_by_from, self.pay_by_to, self.reset_button)
        for number, widget in enumerate(widgets):
            widget.grid(row=0, column=number, sticky="sew", padx=(0, gap))
        self.columnconfigure(0, weight=2, minsize=theme.px(90))
        self.columnconfigure(1, weight=1, minsize=theme.px(110))
        # Over the heads of the table: a line of its own would move the rows under the mouse.
        self.note = Note(self, theme)
        self.bind("<Destroy>", self._gone)

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter what the person does."""
        self._presenter = presenter
        for field in (self.text, self.manager, self.pay_by_from, self.pay_by_to):
            field.on_change(self._changed)
            field.input.bind("<Return>", lambda event: self._now(), add="+")
        self.manager.on_choice(self._now)
        self.status.bind(CHOSEN, lambda event: self._now())
        self.due.bind(CHOSEN, lambda event: self._due_chosen())
        for day in (self.pay_by_from, self.pay_by_to):
            day.on_change(lambda: self.due.set_text(""))
        self.reset_button.configure(command=self._reset)

    def read(self) -> FilterValues:
        """See ``FiltersPort``."""
        shown = self.status.get()
        return FilterValues(
            manager=self.manager.get(),
            pay_by_from=self.pay_by_from.get(),
            pay_by_to=self.pay_by_to.get(),
            status=next((status for status, name in self._statuses.items() if name == shown), None),
            text=self.text.get(),
        )

    def show(self, values: FilterValues) -> None:
        """See ``FiltersPort``."""
        self.manager.set(values.manager)
        self.pay_by_from.set(values.pay_by_from)
        self.pay_by_to.set(values.pay_by_to)
        self.status.set_text(self._statuses[values.status])
        self.text.set(values.text)

    def show_managers(self, names: Sequence[str]) -> None:
        """See ``FiltersPort``."""
        self.manager.set_names(names)

    def show_error(self, text: str) -> None:
        """See ``FiltersPort``."""
        self.note.show(text)

    def focus_text(self) -> None:
        """Put the cursor into the search."""
        self.text.focus_input()

    def _due_chosen(self) -> None:
        due = next((due for due, name in self._dues.items() if name == self.due.get()), None)
        if self._presenter is not None:
            self._presenter.filters.choose_due(due)

    def _reset(self) -> None:
        if self._presenter is not None:
            self._presenter.filters.reset()
            self.due.set_text(self._dues[None])

    def _changed(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
        self._pause = self.after(PAUSE_MS, self._now)

    def _now(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None
        if self._presenter is not None:
            today = self._presenter.today()
            self.pay_by_from.today = self.pay_by_to.today = today
            self._presenter.filters.changed()

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is not self:
            return
        self.note.hide()
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None
