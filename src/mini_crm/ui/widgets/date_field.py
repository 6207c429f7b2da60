"""A day: typed, read by our own parser, or taken from a drop-down calendar."""

from __future__ import annotations

import tkinter as tk
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.domain.dates import add_months, format_date, parse_file_date
from mini_crm.domain.errors import BadValue
from mini_crm.domain.typed_days import parse_typed_date
from mini_crm.i18n import Texts
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.fields import Field
from mini_crm.ui.widgets.focus import focused, is_inside
from mini_crm.ui.widgets.idle import when_idle
from mini_crm.ui.widgets.popup import Popup

if TYPE_CHECKING:
    from tkcalendar import Calendar


ARROW = 13
"""Size of the arrows beside month and year, in pixels at 100 %."""


class DateField(Field):
    """A ``Field`` for a day, with a button that opens a calendar (also Alt+Down and F4).

    A day may be typed short, such as ``5`` or ``+3``: the line below says meanwhile how it is understood,
    and on leaving it stands in the text in full. The calendar only ever puts a whole day into the text; it
    never reads the text itself.

    Args:
        parent: Where it stands.
        theme: For fonts.
        texts: For days as the person writes them.
        label: What is to be entered.
        today: The server's day; completes a day without a year.
        name: The field named in errors.
        past: The day has been, see ``parse_typed_date``.
        width: In characters.
        has_line: See ``Field``.
        steady: See ``Field``.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        texts: Texts,
        label: str,
        *,
        today: date,
        name: str = "pay_by",
        past: bool = False,
        width: int = 12,
        has_line: bool = True,
        steady: bool = False,
    ) -> None:
        self._texts = texts
        self._name = name
        self.past = past
        self.today = today
        self._calendar: _CalendarWindow | None = None
        super().__init__(parent, theme, label, width=width, has_line=has_line, steady=steady)
        self._button = ttk.Button(
            self, text="\u25be", width=2, command=self.toggle_calendar, takefocus=False, padding=(2, 1)
        )
        self._button.grid(row=1, column=1, sticky="ns", padx=(theme.px(2), 0))
        self.input.bind("<Alt-Down>", lambda event: self.toggle_calendar())
        self.input.bind("<F4>", lambda event: self.toggle_calendar())
        self.input.bind("<Escape>", self._escape)
        self.input.bind("<FocusOut>", lambda event: self._tidy(), add="+")
        self.on_change(self._say_understood)

    def day(self) -> date | None:
        """Give the day; None if the field is empty.

        Raises:
            BadValue: It is none; see ``parse_typed_date``.
        """
        text = self.get()
        if not text.strip():
            return None
        return parse_typed_date(text, today=self.today, field=self._name, past=self.past)

    def set(self, text: str) -> None:
        """Replace the text; a whole day is written as this language does."""
        with suppress(BadValue):
            text = self._in_full(parse_file_date(text, self._name))
        super().set(text)
        self.show_hint("")

    def set_day(self, day: date | None) -> None:
        """Show a day; None empties the field."""
        self.set("" if day is None else self._in_full(day))

    def set_readonly(self, readonly: bool) -> None:
        """Let the day be changed, or only read and copied."""
        super().set_readonly(readonly)
        self._button.state(["disabled" if readonly else "!disabled"])

    def toggle_calendar(self) -> None:
        """Open the calendar, or close it."""
        if self._calendar is not None:
            self.close_calendar()
        elif self._state() == "normal":
            self._calendar = _CalendarWindow(self, self.theme, self._texts, self._day_or_today(), self.today)

    def close_calendar(self) -> None:
        """Close the calendar; the focus does not go with it."""
        if self._calendar is not None:
            closing, self._calendar = self._calendar, None
            has_focus = focused(self)
            # On Windows a click beside it has given the focus to the window below before it is told.
            if is_inside(has_focus, closing) or has_focus is self.winfo_toplevel():
                self.input.focus_set()
            closing.destroy()

    @property
    def calendar(self) -> Calendar | None:
        """The open calendar."""
        return self._calendar.calendar if self._calendar is not None else None

    def take(self, day: date) -> None:
        """Take a day from the calendar."""
        self.close_calendar()
        self.input.focus_set()
        self.input.delete(0, "end")
        self.input.insert(0, self._in_full(day))
        self._look()

    def _day_or_today(self) -> date:
        try:
            return self.day() or self.today
        except BadValue:
            return self.today

    def _escape(self, event: tk.Event[tk.Misc]) -> str | None:
        """Close the calendar and nothing else, such as the dialog around it."""
        if self._calendar is None:
            return None
        self.close_calendar()
        return "break"

    def _in_full(self, day: date) -> str:
        return format_date(day, language=self._texts.language)

    def _understood(self) -> str:
        """Give what is typed in full; empty while it is no day."""
        try:
            day = self.day()
        except BadValue:
            return ""
        return "" if day is None else self._in_full(day)

    def _say_understood(self) -> None:
        understood = self._understood()
        self.show_hint("" if understood == self.get() else understood)

    def _tidy(self) -> None:
        """Write a readable day in full, so that one sees how it was understood."""
        if self._state() == "normal" and (shown := self._understood()) not in ("", self.get()):
            error = self.error
            self.set(shown)
            self.show_error(error)


class _CalendarWindow(Popup):
    """The calendar below its field, or above it where there is no room below.

    Arrows go by a day or a week, Page Up and Page Down by a month, Home to today; Enter takes the day, Escape
    leaves the field as it was.
    """

    def __init__(self, field: DateField, theme: Theme, texts: Texts, day: date, today: date) -> None:
        # Loaded only now: it brings Babel and costs a tenth of a second.
        from tkcalendar import Calendar

        super().__init__(field, theme, field.close_calendar)
        self._of = field
        language, colours = texts.language, theme.colours
        self.calendar = Calendar(
            self,
            selectmode="day",
            year=day.year,
            month=day.month,
            day=day.day,
            locale="ru_RU" if language == "ru" else "en_GB",
            date_pattern="yyyy-mm-dd",
            firstweekday="monday",
            showweeknumbers=False,
            font=theme.body,
            background=colours.accent,
            foreground=colours.background,
            normalbackground=colours.background,
            weekendbackground=colours.info_back,
            weekendforeground=colours.text,
            othermonthforeground=colours.weak,
            othermonthweforeground=colours.weak,
            othermonthbackground=colours.background,
            othermonthwebackground=colours.info_back,
            selectbackground=colours.accent,
            selectforeground=colours.background,
            headersbackground=colours.background,
            headersforeground=colours.text,
            bordercolor=colours.line,
            borderwidth=0,
        )
        _name_months(self.calendar, language, day.month)
        for side in ("L", "R"):
            # The library's arrows do not grow with the screen's scaling.
            self.calendar.style.configure(f"{side}.{self.calendar}.TButton", arrowsize=theme.px(ARROW))
        self.calendar.pack(padx=1, pady=(1, 0))
        # No stop for Tab: Home does the same.
        self.today_button = ttk.Button(
            self, text=texts.gettext("Today"), bootstyle="primary", takefocus=False, padding=(2, 1)
        )
        self.today_button.configure(command=lambda: field.take(today))
        self.today_button.pack(fill="x", padx=1, pady=(0, 1))
        self.calendar.bind("<<CalendarSelected>>", lambda event: self._taken())
        self.bind("<Escape>", lambda event: field.close_calendar())
        self.bind("<FocusOut>", self._left)
        for key, days in (("<Left>", -1), ("<Right>", 1), ("<Up>", -7), ("<Down>", 7)):
            self.bind(key, partial(self._step, days))
        for key, months in (("<Prior>", -1), ("<Next>", 1)):
            self.bind(key, partial(self._step_months, months))
        self.bind("<Home>", lambda event: self.calendar.selection_set(today))
        for key in ("<Return>", "<KP_Enter>"):
            self.bind(key, lambda event: self._taken())
        self.update_idletasks()
        self.show_beside(field.input, self.winfo_reqwidth(), self.winfo_reqheight())
        self.focus_set()

    def _step(self, days: int, _event: tk.Event[tk.Misc]) -> str:
        self.calendar.selection_set(self.calendar.selection_get() + timedelta(days=days))
        return "break"

    def _step_months(self, months: int, _event: tk.Event[tk.Misc]) -> str:
        self.calendar.selection_set(add_months(self.calendar.selection_get(), months))
        return "break"

    def _taken(self) -> None:
        self._of.take(self.calendar.selection_get())

    def _left(self, event: tk.Event[tk.Misc]) -> None:
        when_idle(self, self._close_if_outside)

    def _close_if_outside(self) -> None:
        if not is_inside(focused(self), self):
            self._of.close_calendar()


def _name_months(calendar: Calendar, language: str, month: int) -> None:
    """Name months as they stand alone; the library takes the form that goes with a day."""
    from babel.dates import get_month_names

    names = get_month_names("wide", context="stand-alone", locale=language)
    calendar._month_names = names
    calendar._header_month.configure(text=names[month].title())
