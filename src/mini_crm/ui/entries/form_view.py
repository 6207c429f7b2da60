"""The form on the screen."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from datetime import date
from functools import partial
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.domain.model import Status
from mini_crm.i18n import Texts
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.theme import AMBER_LABEL, BOLD_LABEL, HINT_LABEL, Theme
from mini_crm.ui.widgets import (
    AmountField,
    ChoiceBox,
    ChoiceField,
    DateField,
    Field,
    enter_goes_on,
    tip_cut_text,
)
from mini_crm.ui.widgets.note import shorten

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

COLUMNS = 4
"""Fields in a row."""


class StatusField(Field):
    """A ``Field`` with the three statuses to choose from."""

    input: ChoiceBox

    def _make_input(self, width: int) -> ChoiceBox:
        return ChoiceBox(self, self.theme, width=width)

    def focus_input(self) -> None:
        """Put the cursor onto it."""
        self.input.focus_set()


class EntryFormView(plain_ttk.Frame):
    """Two rows of fields and the buttons beside them; a ``FormPort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and sizes.

    Attributes:
        fields: By the names of ``FormValues``, row by row: the order of Tab and Enter.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent)
        self._presenter: EntriesPresenter | None = None
        self._texts = texts
        self._theme = theme
        self._status_names = EntryTexts(texts).statuses
        _ = texts.gettext
        pad = theme.px(6)
        head = ttk.Frame(self)
        head.pack(fill="x")
        self.title = ttk.Label(head, style=BOLD_LABEL)
        self.title.pack(side="left")
        self.advice = ttk.Label(head, style=AMBER_LABEL)
        self._pin_notes = ttk.Frame(head)
        self.elsewhere = ttk.Label(self._pin_notes, style=HINT_LABEL)
        self.elsewhere.pack(side="right", padx=(pad, 0))
        self.pin_hint = ttk.Button(self._pin_notes, bootstyle="primary-link", padding=0, takefocus=True)
        self.pin_hint.configure(command=self._jump)
        body = ttk.Frame(self)
        body.pack(fill="x")
        grid, side = ttk.Frame(body), ttk.Frame(body)  # as Tab comes to them
        side.pack(side="right", anchor="n", padx=(pad, 0))
        grid.pack(side="left", fill="x", expand=True)

        self.group = ChoiceField(grid, theme, _("Group"), width=12, steady=True)
        self.manager = ChoiceField(grid, theme, _("Manager"), width=12, steady=True)
        self.client_pin = Field(grid, theme, _("Client PIN"), width=12, steady=True)
        self.amount = AmountField(grid, theme, texts, _("Amount or quantity"), width=8, steady=True)
        self.pay_by = DateField(grid, theme, texts, _("Pay by"), today=date.today(), width=8, steady=True)
        self.status = StatusField(grid, theme, _("Status"), width=12, steady=True)
        self.comment = Field(grid, theme, _("Comment"), width=12, steady=True, lines=True)
        self.entered_on = Field(grid, theme, _("Day of entry"), width=12, steady=True)
        self.status.input.set_names(list(self._status_names.values()))
        self.entered_on.set_readonly(True)
        self.entered_on.input.configure(takefocus=False)
        for field in (self.group, self.manager, self.comment):
            tip_cut_text(field.input, theme, field.get, theme.body)
        self.fields: dict[str, Field] = {
            "group": self.group,
            "manager": self.manager,
            "client_pin": self.client_pin,
            "amount": self.amount,
            "pay_by": self.pay_by,
            "status": self.status,
            "comment": self.comment,
        }
        for place, field in enumerate((*self.fields.values(), self.entered_on)):
            row, column = divmod(place, COLUMNS)
            field.grid(row=row, column=column, sticky="new", padx=(0, pad))
        for column in range(COLUMNS):
            grid.columnconfigure(column, weight=1, uniform="fields")

        self.save_button = ttk.Button(side, text=_("Save the entry"), bootstyle="primary")
        self.clear_button = ttk.Button(side, text=_("Clear the form"), bootstyle="secondary-outline")
        self.leave_button = ttk.Button(side, text=_("Leave"), bootstyle="secondary-outline")
        for button in (self.save_button, self.clear_button, self.leave_button):
            button.pack(fill="x", pady=(0, theme.px(3)))

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter what the person does."""
        self._presenter = presenter
        form = presenter.form
        self.pay_by.today = presenter.today()
        for name, field in self.fields.items():
            if name != "status":
                field.on_pause(partial(form.check, name))
        self.group.on_choice(form.group_chosen)
        self.group.on_pause(form.group_typed)
        self.manager.on_choice(form.manager_chosen)
        self.manager.on_pause(form.manager_chosen)
        enter_goes_on(list(self.fields.values()), self.save_button.focus_set)
        for widget in (*(field.input for field in self.fields.values()), self.save_button):
            for key in ("<Control-Return>", "<Control-KP_Enter>"):
                widget.bind(key, self._save_by_key)
        self.save_button.configure(command=form.save)
        self.clear_button.configure(command=presenter.clear_form)
        self.leave_button.configure(command=presenter.leave)

    def read(self) -> FormValues:
        """See ``FormPort``."""
        shown = self.status.get()
        status = next((status for status, name in self._status_names.items() if name == shown), None)
        texts = {name: field.get() for name, field in self.fields.items() if name != "status"}
        return FormValues(
            group=texts["group"],
            manager=texts["manager"],
            client_pin=texts["client_pin"],
            amount=texts["amount"],
            pay_by=texts["pay_by"],
            status=status or Status.EXPECTED,
            comment=texts["comment"],
        )

    def show(self, values: FormValues) -> None:
        """See ``FormPort``."""
        for name, field in self.fields.items():
            text = self._status_names[values.status] if name == "status" else str(getattr(values, name))
            if field.get() != text:
                field.set(text)
        if self._presenter is not None:
            self.pay_by.today = self._presenter.today()

    def show_groups(self, names: Sequence[str]) -> None:
        """See ``FormPort``."""
        self.group.set_names(names)

    def show_managers(self, names: Sequence[str]) -> None:
        """See ``FormPort``."""
        self.manager.set_names(names)

    def show_unit(self, unit: str | None) -> None:
        """See ``FormPort``."""
        self.amount.set_unit(unit)

    def show_title(self, title: str, entered_on: str, *, is_new: bool) -> None:
        """See ``FormPort``."""
        _ = self._texts.gettext
        self.title.configure(text=title)
        self.entered_on.set(entered_on)
        self.save_button.configure(text=_("Save the entry") if is_new else _("Save the change"))

    def show_advice(self, text: str) -> None:
        """See ``FormPort``."""
        self.advice.configure(text=text)
        if text:
            self.advice.pack(side="left", padx=(self._theme.px(12), 0))
        else:
            self.advice.pack_forget()

    def show_error(self, field: str, text: str) -> None:
        """See ``FormPort``."""
        if field in self.fields and self.fields[field].error != text:
            self.fields[field].show_error(text)

    def show_pin_hint(self, text: str, elsewhere: str) -> None:
        """See ``FormPort``."""
        self.elsewhere.configure(text=elsewhere)
        if text:
            shown = self._texts.gettext("{hint} — show it").format(hint=text)
            taken = self.title.winfo_reqwidth() + self.elsewhere.winfo_reqwidth() + self._theme.px(36)
            room = self.title.master.winfo_width() - taken
            self.pin_hint.configure(text=shorten(shown, self._theme.body, room))
            self.pin_hint.pack(side="right")
        else:
            self.pin_hint.pack_forget()
        if text or elsewhere:
            # Placed, so that it makes the line no higher and moves nothing below.
            self._pin_notes.place(relx=1.0, rely=0.5, anchor="e")
        else:
            self._pin_notes.place_forget()

    def focus(self, field: str = "client_pin") -> None:
        """See ``FormPort``."""
        self.fields[field].focus_input()

    def _save_by_key(self, event: tk.Event[tk.Misc]) -> str:
        if self._presenter is not None:
            self._presenter.form.save()
        return "break"

    def _jump(self) -> None:
        if self._presenter is not None:
            self._presenter.form.jump_to_same_pin()
