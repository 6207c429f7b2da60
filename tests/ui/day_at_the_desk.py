"""A day's work in the window by keys alone, each key counted: the same script for every version of it.

The script knows what a person wants, not where things stand: it asks the window for the way by Tab or
Shift+Tab, whichever has fewer keys, and types a day in the shortest form that the window reads.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import Entry, Status
from mini_crm.ui.entries.dialogs_view import StatusDialog
from mini_crm.ui.widgets import DateField
from mini_crm.ui.widgets.focus import focused
from ui.conftest import Hand
from ui.entries_window import Window

PIN_DIGITS, AMOUNT_DIGITS = 8, 5
DIGITS = PIN_DIGITS + AMOUNT_DIGITS
PATIENCE_S = 1.0
"""So long a person waits for what a key does."""
FAR = 80
"""So many Tabs lead around the whole window."""


@dataclass(frozen=True, slots=True)
class Sale:
    """What is to be entered: a manager's first letters and a day only where they are others than before."""

    pin: str
    amount: str
    manager: str = ""
    days: int | None = None


class Worker:
    """Works in the window by a real keyboard and counts what is pressed.

    Attributes:
        keys: Pressed so far; Shift and Ctrl are keys too.
    """

    def __init__(self, window: Window, hand: Hand) -> None:
        self.window = window
        self.keys = 0
        self._hand = hand

    def start(self, manager: str, days: int) -> None:
        """Have a manager and a day stand in the form, as after the entry before; nothing is counted."""
        form = self.window.view.form
        form.group.set("")
        form.manager.input.take(manager)
        form.pay_by.set_day(self.window.store.get_today() + timedelta(days=days))
        form.client_pin.focus_input()
        self.window.settle()

    def count(self, work: Callable[[], object]) -> int:
        """Give how many keys some work takes."""
        before = self.keys
        work()
        return self.keys - before

    def enter(self, sale: Sale) -> None:
        """Fill in what is new, in the order in which the window has it, and save."""
        form, before = self.window.view.form, len(self.window.entries())
        wanted: dict[object, str] = {form.client_pin: sale.pin, form.amount: sale.amount}
        if sale.manager:
            wanted[form.manager] = sale.manager
        if sale.days is not None:
            wanted[form.pay_by] = self._shortest(sale.days)
        for field in [field for field in form.fields.values() if field in wanted]:
            self._go_to(field.input)
            self._type(wanted[field])
            if field is form.manager:
                self._press("Return")
        self._press("Return", held="Control")
        self.window.wait_until(lambda: len(self.window.entries()) == before + 1)
        self.window.settle()

    def pay(self, entry: Entry) -> None:
        """Mark an entry as paid, in full and today."""
        self._mark(entry, "F6", Status.PAID)

    def refuse(self, entry: Entry) -> None:
        """Mark an entry as refused today, without a reason."""
        self._mark(entry, "F7", Status.REFUSED)

    def move(self, entry: Entry, days: int) -> None:
        """Promise an entry for another day."""
        form, wanted = self.window.view.form, self.window.store.get_today() + timedelta(days=days)
        self._find(entry, go_there=True)
        self._press("Return")
        self.window.wait_until(lambda: form.client_pin.get() == entry.client_pin)
        self._go_to(form.pay_by.input)
        self._type(self._shortest(days))
        self._press("Return", held="Control")
        self.window.wait_until(lambda: self._now(entry).pay_by == wanted)
        self.window.settle()

    def delete(self, entry: Entry) -> None:
        """Delete an entry of today."""
        before = len(self.window.entries())
        self._find(entry, go_there=True)
        self._press("Delete", "Return")
        self.window.wait_until(lambda: len(self.window.entries()) == before - 1)
        self.window.settle()

    def _mark(self, entry: Entry, key: str, status: Status) -> None:
        self._find(entry)
        if not self._try(key, self._is_asked):
            self._click_row(entry)
            self._press(key)
        dialog = self.window.dialog(StatusDialog)
        while dialog.winfo_exists():
            at = self._focus
            self._press("Return")
            self.window.wait_until(lambda at=at: not dialog.winfo_exists() or self._focus is not at)
        self.window.wait_until(lambda: self._now(entry).status is status)
        self.window.settle()

    def _is_asked(self) -> bool:
        return any(isinstance(child, StatusDialog) for child in self.window.root.winfo_children())

    def _find(self, entry: Entry, *, go_there: bool = False) -> None:
        """Have the row of an entry found by its PIN, and if wanted go to it."""
        tree, search = self.window.view.table.tree, self.window.view.filters.text.input
        digits = self._own_digits(entry)
        self._press("f", held="Control")
        self.window.wait_until(lambda: self._focus is search)
        self._type(digits)
        self.window.wait_until(lambda: search.get() == digits)
        self.window.wait_until(lambda: self.window.shown() == [entry.entry_id])
        self.window.settle()
        if go_there:
            if not self._try("Return", lambda: bool(tree.selection())):
                self._click_row(entry)
            assert self.window.view.table.selected_ids() == [entry.entry_id]
            assert self._focus is tree

    def _own_digits(self, entry: Entry) -> str:
        """Give so many digits of a PIN as no other PIN has."""
        others = [other.client_pin for other in self.window.entries() if other.entry_id != entry.entry_id]
        starts = (entry.client_pin[:size] for size in range(1, PIN_DIGITS + 1))
        return next(start for start in starts if not any(start in other for other in others))

    def _click_row(self, entry: Entry) -> None:
        """Choose a row by the mouse, where no key leads to it; this counts as a key."""
        tree = self.window.view.table.tree
        x, y, width, height = (int(each) for each in tree.bbox(str(entry.entry_id)))
        self._hand.click(tree, x + width // 2, y + height // 2)
        self.keys += 1

    def _try(self, key: str, helps: Callable[[], bool]) -> bool:
        """Press a key that may bring nothing: who knows the window does not press it then."""
        self._hand.key(key)
        end = time.monotonic() + PATIENCE_S
        while not helps() and time.monotonic() < end:
            self.window.root.update()
            time.sleep(0.005)
        self.window.settle()
        self.keys += helps()
        return helps()

    def _shortest(self, days: int) -> str:
        """Give the shortest text for a day that the window takes for it."""
        day = self.window.store.get_today() + timedelta(days=days)
        view = self.window.view
        probe = DateField(view, view._theme, view._texts, "", today=self.window.store.get_today())
        texts = sorted((f"{day.day}", f"+{days}", f"{day.day}.{day.month}"), key=len)
        try:
            return next(text for text in texts if _reads(probe, text, day))
        finally:
            probe.destroy()

    def _go_to(self, widget: tk.Misc) -> None:
        """Go to a widget by Tab or Shift+Tab, whichever has fewer keys; nothing if it has the focus."""
        steps = {name: self._steps(name, widget) for name in ("tk_focusNext", "tk_focusPrev")}
        back = steps["tk_focusPrev"] + 1 < steps["tk_focusNext"]
        for _ in range(steps["tk_focusPrev" if back else "tk_focusNext"]):
            self._hand.key("Tab", held=["Shift"] if back else [])
            self.keys += 1
        self.keys += back  # held all the way
        self.window.wait_until(lambda: self._focus is widget)

    def _steps(self, name: str, widget: tk.Misc) -> int:
        at = self._focus
        for steps in range(FAR):
            if at is widget:
                return steps
            at = widget.nametowidget(str(widget.tk.call(name, str(at))))
        raise AssertionError(f"no way to {widget}")

    def _type(self, text: str) -> None:
        self._press(*text)

    def _press(self, *names: str, held: str = "") -> None:
        self._hand.key(*names, held=[held] if held else [])
        self.keys += len(names) + bool(held)

    @property
    def _focus(self) -> tk.Misc | None:
        return focused(self.window.view)

    def _now(self, entry: Entry) -> Entry:
        return self.window.store.get_entry(self.window.desk.token, entry.entry_id)


def _reads(field: DateField, text: str, day: date) -> bool:
    field.set(text)
    try:
        return field.day() == day
    except BadValue:
        return False
