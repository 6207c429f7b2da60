"""The filters on the screen: a line of fields, and below it quick ones and a chip for each that narrows."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from datetime import date
from functools import partial
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING, TypeVar

import ttkbootstrap as ttk

from mini_crm.domain.model import Status
from mini_crm.i18n import Texts
from mini_crm.ui.entries.chosen import DAY_PARTS, UNTOUCHED_DAYS, Part, Ready
from mini_crm.ui.entries.filters_presenter import Chip, FilterValues, Quick
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.theme import AMBER_LABEL, BOLD_LABEL, Theme
from mini_crm.ui.widgets import CHOSEN, ChoiceBox, ChoiceField, DateField, Field, Note, tip_cut_text
from mini_crm.ui.widgets.flow import Flow
from mini_crm.ui.widgets.focus import focused
from mini_crm.ui.widgets.hint import hint_inside
from mini_crm.ui.widgets.note import shorten

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

Key = TypeVar("Key")

PAUSE_MS = 250
"""The table follows so long after the last key."""
CHIP = 240
"""Width of the text of a chip at most, at 100 %."""
CROSS = "\u2009\u00d7"
LOOSE, PRESSED = "secondary-outline", "secondary"
"""Looks of a quick filter."""


class EntryFiltersView(plain_ttk.Frame):
    """What narrows the table; a ``FiltersPort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and sizes.

    Attributes:
        text: What is looked for anywhere in a row.
        manager: Whose entries.
        status: Which status.
        day: Which day of an entry the next three are about.
        due: A ready-made range of days.
        first: The first day, as typed.
        last: The last day.
        quick: The quick filters.
        chips: What narrows now, by what it is.
        reset_button: Takes all filters away.
        opened: Says which number's rows are shown.
        back_button: Leads back from there.
        note: What is wrong with a filter.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent)
        self._presenter: EntriesPresenter | None = None
        self._pause: str | None = None
        self._theme = theme
        _, write = texts.gettext, EntryTexts(texts)
        closed = frozenset({Status.PAID, Status.REFUSED})
        self._statuses: dict[frozenset[Status], str] = {
            frozenset(): _("any status"),
            **{frozenset({status}): name for status, name in write.statuses.items()},
            closed: texts.pgettext("filter", "Closed"),
        }
        self._days = {part: write.days[part] for part in DAY_PARTS}
        self._ready: dict[Ready | None, str] = {None: _("any day")}
        self._ready.update(write.ready.items())
        self._make_fields(texts, theme)
        strip = self.strip = Flow(self, theme)
        strip.grid(row=1, column=0, columnspan=7, sticky="ew", pady=(theme.px(4), 0))
        names = {
            Quick.OVERDUE: write.ready[Ready.OVERDUE],
            Quick.TODAY: write.ready[Ready.TODAY],
            Quick.UNTOUCHED: _("Untouched for {n} days").format(n=UNTOUCHED_DAYS),
        }
        padding = (theme.px(6), theme.px(1))
        self.quick = {
            quick: ttk.Button(strip, text=name, bootstyle=LOOSE, padding=padding)
            for quick, name in names.items()
        }
        self.chips: dict[Part, _ChipButton] = {}
        self.reset_button = ttk.Button(
            strip, text=_("Clear all"), bootstyle="secondary-link", padding=padding
        )
        strip.show([*self.quick.values(), self.reset_button])
        self._make_opened(texts)
        # Over the heads of the table: a line of its own would move the rows under the mouse.
        self.note = Note(self, theme)
        self.bind("<Destroy>", self._gone)

    def _make_fields(self, texts: Texts, theme: Theme) -> None:
        _ = texts.gettext
        self.text = Field(self, theme, "", width=12, has_line=False)
        self.manager = ChoiceField(self, theme, "", width=14, has_line=False)
        self.status = ChoiceBox(self, theme, list(self._statuses.values()), width=13)
        self.day = ChoiceBox(self, theme, list(self._days.values()), width=14)
        self.due = ChoiceBox(self, theme, list(self._ready.values()), width=13)
        self.first, self.last = (
            DateField(self, theme, texts, "", today=date.today(), name=name, width=10, has_line=False)
            for name in ("first", "last")
        )
        # Each says what it is for within itself, so that the line takes as little height as it can.
        hints = (
            (self.text, _("Search")),
            (self.manager, _("Manager")),
            (self.first, texts.pgettext("filter", "from")),
            (self.last, texts.pgettext("filter", "to")),
        )
        self._looks = [hint_inside(field.input, theme, hint) for field, hint in hints]
        for field, _hint in hints:
            field.label.grid_remove()
        self.status.set_text(self._statuses[frozenset()])
        self.day.set_text(self._days[Part.PAY_BY])
        self.due.set_text(self._ready[None])
        fields: tuple[tk.Widget, ...] = (
            self.text, self.manager, self.status, self.day, self.due, self.first, self.last,
        )  # fmt: skip
        for number, part in enumerate(fields):
            part.grid(row=0, column=number, sticky="ew", padx=(theme.px(4) if number else 0, 0))
        self.columnconfigure(0, weight=2, minsize=theme.px(70))
        self.columnconfigure(1, weight=1, minsize=theme.px(90))

    def _make_opened(self, texts: Texts) -> None:
        """Make the line that says which number's rows are shown; it is there only meanwhile."""
        self.opened, back = ttk.Frame(self), texts.gettext("Back to the list")
        self.back_button = ttk.Button(
            self.opened,
            text=f"\u2190 {back}",
            bootstyle="primary-link",
            padding=(0, 0),
        )
        self.opened_text = ttk.Label(self.opened, style=BOLD_LABEL)
        self.changed_text = ttk.Label(self.opened, style=AMBER_LABEL)
        parts: tuple[tk.Widget, ...] = (self.back_button, self.opened_text, self.changed_text)
        for part in parts:
            part.pack(side="left", padx=(0, self._theme.px(8)))
        for label in (self.opened_text, self.changed_text):
            tip_cut_text(label, self._theme, partial(_text_of, label), self._theme.bold)

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter what the person does."""
        self._presenter = presenter
        filters = presenter.filters
        for field in (self.text, self.manager, self.first, self.last):
            field.on_change(self._changed)
            field.input.bind("<Return>", lambda event: self._now(), add="+")
        self.manager.on_choice(self._now)
        self.status.bind(CHOSEN, lambda event: self._now())
        self.day.bind(CHOSEN, lambda event: filters.choose_day(DAY_PARTS[self.day.chosen]))
        self.due.bind(CHOSEN, lambda event: filters.choose_ready(_key_of(self._ready, self.due.get())))
        for day in (self.first, self.last):
            day.on_change(lambda: self.due.set_text(""))
        for quick, button in self.quick.items():
            button.configure(command=partial(filters.press, quick))
        self.reset_button.configure(command=filters.reset)
        self.back_button.configure(command=presenter.opened.back)

    def read(self) -> FilterValues:
        """See ``FiltersPort``."""
        return FilterValues(
            text=self.text.get(),
            manager=self.manager.get(),
            statuses=_key_of(self._statuses, self.status.get()) or frozenset(),
            day=DAY_PARTS[max(0, self.day.chosen)],
            ready=_key_of(self._ready, self.due.get()),
            first=self.first.get(),
            last=self.last.get(),
        )

    def show(self, values: FilterValues) -> None:
        """See ``FiltersPort``."""
        self._stop_waiting()
        self.text.set(values.text)
        self.manager.set(values.manager)
        self.status.set_text(self._statuses.get(values.statuses, ""))
        self.day.set_text(self._days[values.day])
        for field in (self.first, self.last):
            field.past = values.day is not Part.PAY_BY  # a promise is to come, the other days have been
        self.first.set(values.first)
        self.last.set(values.last)
        has_own_days = values.ready is None and bool(values.first or values.last)
        self.due.set_text("" if has_own_days else self._ready[values.ready])
        for look in self._looks:
            look()

    def show_managers(self, names: Sequence[str]) -> None:
        """See ``FiltersPort``."""
        self.manager.set_names(names)

    def show_chips(self, chips: Sequence[Chip], pressed: frozenset[Quick]) -> None:
        """See ``FiltersPort``."""
        for quick, button in self.quick.items():
            button.configure(bootstyle=PRESSED if quick in pressed else LOOSE)
        if [(chip.part, chip.caption) for chip in chips] == [
            (part, button.caption) for part, button in self.chips.items()
        ]:
            return
        now = focused(self)
        had = next((at for at, button in enumerate(self.chips.values()) if button is now), None)
        before = list(self.chips.values())
        self.chips = {one.part: _ChipButton(self.strip, self._theme, one.caption) for one in chips}
        for part, chip in self.chips.items():
            chip.configure(command=partial(self._remove, part))
            for key in ("<Delete>", "<BackSpace>"):
                chip.bind(key, partial(self._remove, part))
        self.reset_button.lift()  # Tab comes to it last, as the eye does
        self.strip.show([*self.quick.values(), *self.chips.values(), self.reset_button])
        for button in before:
            button.destroy()
        if had is not None:
            left = list(self.chips.values())
            (left[min(had, len(left) - 1)] if left else self.reset_button).focus_set()

    def show_opened(self, text: str, changed: str) -> None:
        """See ``OpenedPort``."""
        self.opened_text.configure(text=text)
        self.changed_text.configure(text=changed)
        if text:
            self.opened.grid(row=2, column=0, columnspan=7, sticky="ew", pady=(self._theme.px(4), 0))
        else:
            self.opened.grid_remove()

    def show_error(self, text: str) -> None:
        """See ``FiltersPort``."""
        self.note.show(text)

    def focus_text(self) -> None:
        """Put the cursor into the search."""
        self.text.focus_input()

    def _remove(self, part: Part, _event: tk.Event[tk.Misc] | None = None) -> None:
        if self._presenter is not None:
            self._presenter.filters.remove(part)

    def _changed(self) -> None:
        self._stop_waiting()
        self._pause = self.after(PAUSE_MS, self._now)

    def _now(self) -> None:
        self._stop_waiting()
        if self._presenter is not None:
            self.first.today = self.last.today = self._presenter.today()
            self._presenter.filters.changed()

    def _stop_waiting(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self.note.hide()
            self._stop_waiting()


class _ChipButton(ttk.Button):
    """One filter and a cross that takes it away; a name that is too long is cut, and told by its tip."""

    def __init__(self, parent: tk.Misc, theme: Theme, caption: str) -> None:
        shown = shorten(caption, theme.body, theme.px(CHIP))
        super().__init__(
            parent, text=f"{shown}{CROSS}", bootstyle="primary-outline", padding=(theme.px(6), theme.px(1))
        )
        self.caption = caption
        if shown != caption:
            tip_cut_text(self, theme, lambda: caption, theme.body)


def _key_of(names: dict[Key, str], shown: str) -> Key | None:
    """Give what is shown by a name."""
    return next((key for key, name in names.items() if name == shown), None)


def _text_of(label: ttk.Label) -> str:
    return str(label.cget("text"))
