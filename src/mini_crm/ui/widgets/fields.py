"""Inputs with a label above and a line for an error below."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.domain.model import PIECES
from mini_crm.domain.money import edit_amount, parse_amount
from mini_crm.domain.text import without_unseen
from mini_crm.i18n import Texts
from mini_crm.ui.theme import ERROR_LABEL, HINT_LABEL, Theme
from mini_crm.ui.widgets.combobox import CHOSEN, FilteredCombobox, SuggestingCombobox
from mini_crm.ui.widgets.focus import last_focused
from mini_crm.ui.widgets.idle import when_idle
from mini_crm.ui.widgets.note import Note, shorten

PAUSE_MS = 500
"""After so long without a key the person has stopped typing."""


class Field(plain_ttk.Frame):
    """A label, an input below it, and below that a line for a hint or an error.

    Args:
        parent: Where it stands.
        theme: For fonts.
        label: What is to be entered.
        width: Of the input, in characters.
        hint: Shown in the line while there is no error.
        has_line: Without the line an error only colours the input.
        steady: The line keeps its height, so that nothing below moves: a sentence that does not fit is cut,
            and lies over what is below in full, unless the cursor is there.
        lines: Keep the line ends of a text that has some, such as a comment from a file; else they become
            blanks.

    Attributes:
        input: The widget that takes the text.
    """

    input: plain_ttk.Entry

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        label: str,
        *,
        width: int = 24,
        hint: str = "",
        has_line: bool = True,
        steady: bool = False,
        lines: bool = False,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._lines = lines
        self._steady = steady
        self._hint = hint
        self._error = ""
        self._pause: str | None = None
        self._on_change: list[Callable[[], None]] = []
        self._on_pause: list[Callable[[], None]] = []
        self._text = ""
        self.label = ttk.Label(self, text=label)
        self.label.grid(row=0, column=0, columnspan=3, sticky="w")
        self.columnconfigure(0, weight=1)
        self.input = self._make_input(width)
        self.input.grid(row=1, column=0, sticky="ew")
        slot = ttk.Frame(self, height=theme.small.metrics("linespace")) if steady else self
        self._line = ttk.Label(slot, text=hint, style=HINT_LABEL, padding=0)
        self._note = Note(self.input, theme)
        if steady:
            slot.grid(row=2, column=0, columnspan=3, sticky="ew")
            self._line.place(x=0, y=0, relwidth=1)
            self._line.bind(
                "<Enter>", lambda event: self._note.bring_back(self._error if self._is_cut() else "")
            )
            self._line.bind("<Leave>", lambda event: when_idle(self, self._write_line))
            self.winfo_toplevel().bind("<FocusIn>", self._focus_went, add="+")
        elif has_line:
            self._line.grid(row=2, column=0, columnspan=3, sticky="ew")
        self.bind("<Configure>", lambda event: self._fit_line(event.width))
        self.input.bind("<KeyRelease>", lambda event: self._look(), add="+")
        for sequence in ("<<Paste>>", "<<Cut>>", "<<Undo>>", "<<Redo>>", CHOSEN):
            self.input.bind(sequence, lambda event: self._look_soon(), add="+")
        self.input.bind("<FocusOut>", lambda event: self._look(), add="+")
        self.bind("<Destroy>", self._gone)

    def _make_input(self, width: int) -> plain_ttk.Entry:
        return ttk.Entry(self, width=width)

    def get(self) -> str:
        """Give the text as it stands, without what cannot be stored or seen."""
        return self._fit(str(self.input.get()))

    def set(self, text: str) -> None:
        """Replace the text, also of a read-only field, and take the error away; no change is reported."""
        state = self._state()
        self.input.configure(state="normal")
        self.input.delete(0, "end")
        self.input.insert(0, text)
        self.input.configure(state=state)
        self._text = self.get()
        self.show_error("")

    def show_error(self, sentence: str) -> None:
        """Say below the input what is wrong with it; an empty sentence takes it back."""
        self._error = sentence
        if not sentence:
            self._note.bring_back("")
        self._write_line()
        self.input.state(["invalid" if sentence else "!invalid"])

    def show_hint(self, hint: str) -> None:
        """Change what stands below the input while there is no error."""
        self._hint = hint
        self._write_line()

    @property
    def error(self) -> str:
        """The sentence that is shown, empty if none."""
        return self._error

    @property
    def line(self) -> str:
        """What is said below the input now."""
        return self._error or self._hint

    def set_label(self, label: str) -> None:
        """Change the label."""
        self.label.configure(text=label)

    def set_readonly(self, readonly: bool) -> None:
        """Let the text be changed, or only read and copied."""
        self.input.configure(state="readonly" if readonly else "normal")

    def focus_input(self) -> None:
        """Put the cursor into the input, its text selected."""
        self.input.focus_set()
        self.input.selection_range(0, "end")
        self.input.icursor("end")
        self._write_line()

    def keep_narrow(self) -> None:
        """Leave the input as narrow as it was asked for, though the line below takes all the room."""
        self.columnconfigure(0, weight=0)
        self.columnconfigure(2, weight=1)

    def on_change(self, action: Callable[[], None]) -> None:
        """Call the action whenever the person has changed the text."""
        self._on_change.append(action)

    def on_pause(self, action: Callable[[], None]) -> None:
        """Call the action when the person stops typing or leaves the field after a change."""
        self._on_pause.append(action)

    @property
    def note(self) -> Note:
        """What lies below the input while its sentence does not fit into the line."""
        return self._note

    def _state(self) -> str:
        return str(self.input.cget("state"))

    def _fit_line(self, width: int) -> None:
        if self._steady:
            self._write_line()
        else:
            self._line.configure(wraplength=max(width, 50))

    def _focus_went(self, event: tk.Event[tk.Misc]) -> None:
        """Give way to the input that is being filled in, and come back afterwards."""
        if self.winfo_exists() and self._error:
            when_idle(self, self._write_line)

    def _is_cut(self) -> bool:
        return self.theme.small.measure(self.line) > self.winfo_width() > 1

    def _write_line(self) -> None:
        if not self.winfo_exists():
            return
        text = self.line
        if self._steady:
            cut = self._is_cut()
            # The last focus: it is still in this field while the person looks at another program.
            self._note.show(self._error if cut else "", not_over=last_focused(self))
            if cut:
                text = "" if self._note.text else shorten(text, self.theme.small, self.winfo_width())
        self._line.configure(text=text, style=ERROR_LABEL if self._error else HINT_LABEL)

    def _fit(self, text: str) -> str:
        """Drop from a text what cannot be stored or seen: nobody typed it on purpose."""
        return without_unseen(text, lines=self._lines)

    def _drop_unseen(self) -> None:
        """Take out of the input what came with a paste, or a key that Tk did not understand."""
        shown = str(self.input.get())
        fit = self._fit(shown)
        if fit != shown:
            cursor = len(self._fit(shown[: self.input.index("insert")]))
            self.input.delete(0, "end")
            self.input.insert(0, fit)
            self.input.icursor(cursor)

    def _look_soon(self) -> None:
        when_idle(self, self._look)

    def _look(self) -> None:
        if not self.winfo_exists():
            return
        self._drop_unseen()
        if self.get() == self._text:
            return
        self._text = self.get()
        self.show_error("")
        for action in list(self._on_change):
            action()
        if self._pause is not None:
            self.after_cancel(self._pause)
        self._pause = self.after(PAUSE_MS, self._paused)

    def _paused(self) -> None:
        self._pause = None
        for action in list(self._on_pause):
            action()

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is not self:
            return
        self._note.hide()
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None


class ChoiceField(Field):
    """A ``Field`` with a ``FilteredCombobox``."""

    input: FilteredCombobox

    def _make_input(self, width: int) -> FilteredCombobox:
        return FilteredCombobox(self, self.theme, width=width)

    def set(self, text: str) -> None:
        """Replace the text and take the error away; no change is reported."""
        self.input.set_text(text)
        self._text = self.get()
        self.show_error("")

    def set_names(self, names: Sequence[str]) -> None:
        """Give the names to choose from."""
        self.input.set_names(names)

    def choice(self) -> str | None:
        """Give the name that is meant, None if it is none or not certain."""
        return self.input.choice()

    def on_choice(self, action: Callable[[], None]) -> None:
        """Call the action when a name was chosen."""
        self.input.bind(CHOSEN, lambda event: action(), add="+")


class SuggestField(ChoiceField):
    """A ``ChoiceField`` whose names are only offered: anything may be typed."""

    input: SuggestingCombobox

    def _make_input(self, width: int) -> SuggestingCombobox:
        return SuggestingCombobox(self, self.theme, width=width)


class AmountField(Field):
    """A ``Field`` for an amount, with the unit behind it.

    Args:
        parent: Where it stands.
        theme: For fonts.
        texts: For numbers as the person writes them.
        label: What is to be entered.
        width: In characters.
        name: The field named in errors.
        steady: See ``Field``.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        texts: Texts,
        label: str,
        *,
        width: int = 16,
        name: str = "amount",
        steady: bool = False,
    ) -> None:
        self._texts = texts
        self._name = name
        self._unit: str | None = None
        super().__init__(parent, theme, label, width=width, steady=steady)
        self._unit_label = ttk.Label(self, text="", style=HINT_LABEL)
        self._unit_label.grid(row=1, column=1, padx=(theme.px(6), 0))
        self.input.configure(justify="right")

    def set_unit(self, unit: str | None) -> None:
        """Say in what is counted: an ISO currency, ``pcs`` for pieces, None while nobody knows."""
        self._unit = unit
        shown = self._texts.gettext("pieces") if unit == PIECES else unit or ""
        self._unit_label.configure(text=shown)

    def amount(self) -> Decimal:
        """Give the amount.

        Raises:
            BadValue: It is none; see ``parse_amount``.
        """
        return parse_amount(self.get(), field=self._name, whole=self._unit == PIECES, unit=self._unit)

    def set_amount(self, amount: Decimal | None) -> None:
        """Show an amount as it can be typed; None empties the field."""
        self.set("" if amount is None else edit_amount(amount, language=self._texts.language))


def enter_goes_on(fields: Sequence[Field], last: Callable[[], None]) -> None:
    """Let Enter go to the next field, and in the last one do what is given."""
    for field, following in pairwise(fields):
        for key in ("<Return>", "<KP_Enter>"):
            field.input.bind(key, lambda event, to=following: to.focus_input(), add="+")
    for key in ("<Return>", "<KP_Enter>"):
        fields[-1].input.bind(key, lambda event: last(), add="+")
