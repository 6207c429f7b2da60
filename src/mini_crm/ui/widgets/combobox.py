"""Inputs with a list of their own: one that filters while one types, and one that only offers a choice."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk
from typing import Any

from mini_crm.domain.rules import name_key
from mini_crm.ui.matching import matching, the_one
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.drop_down import MAX_ROWS, WHEEL, DropDown
from mini_crm.ui.widgets.focus import focused, is_inside
from mini_crm.ui.widgets.idle import when_idle

CHOSEN = "<<ComboboxSelected>>"
"""A field raises this virtual event when a name was chosen or completed."""
ARROW_ZONE = 24
"""Pixels at the right end, at 100 %, where a click opens the list."""
OTHER_KEYS = 0x4 | 0x8
"""Bits of an event's state: Control, Alt."""


class _Combobox(ttk.Entry):
    """An entry that looks like a combobox and has a ``DropDown``; Tk's own combobox has a list of its own.

    Args:
        parent: Where it stands.
        theme: For sizes.
        values: All names, in their order.
        width: In characters.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, values: Sequence[str] = (), *, width: int = 28, **options: Any
    ) -> None:
        super().__init__(parent, width=width, style="TCombobox", **options)
        self._theme = theme
        self._names = list(values)
        self._list: DropDown | None = None
        for key, step in (("<Down>", 1), ("<Up>", -1), ("<Next>", MAX_ROWS - 1), ("<Prior>", 1 - MAX_ROWS)):
            self.bind(key, partial(self._move, step))
        for key in ("<Return>", "<KP_Enter>"):
            self.bind(key, self._enter)
        self.bind("<F4>", lambda event: self._toggle())
        self.bind("<Escape>", self._escape)
        self.bind("<Button-1>", self._click)
        self.bind("<FocusOut>", lambda event: when_idle(self, self._left))
        for sequence in ("<Unmap>", "<Destroy>"):
            self.bind(sequence, lambda event: self.close_list())
        for sequence in WHEEL:
            self.bind(sequence, self._wheel)

    @property
    def names(self) -> list[str]:
        """All names, in their order."""
        return list(self._names)

    def set_names(self, names: Sequence[str]) -> None:
        """Give other names to choose from; the text stays."""
        before, self._names = self._names, list(names)
        if self._list is not None and self._names != before:
            self._show(self._filter())

    def set_text(self, text: str) -> None:
        """Put a text into the field; a list that is open for another text is closed."""
        if text == self.get():
            return
        state = str(self.cget("state"))
        self.configure(state="normal")
        self.delete(0, "end")
        self.insert(0, text)
        self.configure(state=state)
        self.close_list()

    def take(self, name: str) -> None:
        """Choose a name."""
        self.close_list()
        self.set_text(name)
        self.event_generate(CHOSEN)

    @property
    def is_open(self) -> bool:
        """Whether the list is on the screen."""
        return self._list is not None

    def listed(self) -> list[str]:
        """Give the names on the open list."""
        return list(self._list.names) if self._list is not None else []

    def open_list(self) -> None:
        """Show all names."""
        if self._may_choose():
            self._show("")

    def close_list(self) -> None:
        """Take the list off the screen."""
        if self._list is not None:
            closing, self._list = self._list, None
            closing.destroy()

    def _filter(self) -> str:
        """Give what the names on the list have to fit."""
        return ""

    def _meant(self) -> str | None:
        """Give the name that the text means."""
        text = self.get()
        return text if text in self._names else None

    def _may_choose(self) -> bool:
        return not self.instate(["disabled"])

    def _opens(self, event: tk.Event[tk.Misc]) -> bool:
        """Say whether a click here is for the list."""
        return True

    def _show(self, typed: str) -> None:
        names = matching(self._names, typed)
        if not names:
            self.close_list()
            return
        if self._list is None:
            self._list = DropDown(self, self._theme, self.close_list, self.take)
        meant = self._meant()
        self._list.show(names, meant if meant in names else None)

    def _toggle(self) -> str:
        if self._list is None:
            self.open_list()
        else:
            self.close_list()
        return "break"

    def _move(self, step: int, _event: tk.Event[tk.Misc]) -> str:
        if self._list is None:
            self.open_list()
        else:
            self._list.move(step)
        return "break"

    def _enter(self, event: tk.Event[tk.Misc]) -> None:
        """Take the marked name; what Enter does besides in this place comes after it, such as going on."""
        chosen = self._list.marked if self._list is not None else None
        self.close_list()
        if chosen is not None:
            self.take(chosen)

    def _escape(self, event: tk.Event[tk.Misc]) -> str | None:
        if self._list is None:
            return None
        self.close_list()
        return "break"

    def _click(self, event: tk.Event[tk.Misc]) -> str | None:
        if not self._may_choose() or not self._opens(event):
            return None
        self.focus_set()
        return self._toggle()

    def _wheel(self, event: tk.Event[tk.Misc]) -> str | None:
        return None if self._list is None else self._list.turn(event)

    def _left(self) -> None:
        """Take what was marked by keys, or complete the text, when another widget has the focus."""
        now = focused(self)
        if now is self:
            return
        if self._list is not None and is_inside(now, self._list):
            self.focus_force()  # some systems give the list the focus when it is clicked
            return
        chosen = self._list.marked if self._list is not None and self._list.was_moved else self._meant()
        self.close_list()
        if chosen is not None and chosen != self.get():
            self.take(chosen)


class FilteredCombobox(_Combobox):
    """An input whose list shows only what fits the typed text, while the cursor stays in the text.

    Raises the virtual event ``<<ComboboxSelected>>`` when a name was chosen from the list or completed.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, values: Sequence[str] = (), *, width: int = 28, **options: Any
    ) -> None:
        super().__init__(parent, theme, values, width=width, **options)
        self._seen = ""
        self.bind("<KeyRelease>", lambda event: self._typed())
        for sequence in ("<<Paste>>", "<<Cut>>", "<<Undo>>", "<<Redo>>"):
            self.bind(sequence, lambda event: when_idle(self, self._typed))
        self.bind("<Motion>", self._point)

    def choice(self) -> str | None:
        """Give the name that is meant by the text, None if it is none or not certain."""
        return the_one(self._names, self.get())

    def set_text(self, text: str) -> None:
        """Put a text into the field; a list that is open for another text is closed."""
        super().set_text(text)
        self._seen = text
        self.icursor("end")

    def _filter(self) -> str:
        return self.get()

    def _meant(self) -> str | None:
        return self.choice()

    def _may_choose(self) -> bool:
        return not self.instate(["disabled"]) and not self.instate(["readonly"])

    def _opens(self, event: tk.Event[tk.Misc]) -> bool:
        return event.x >= self.winfo_width() - self._theme.px(ARROW_ZONE)

    def _point(self, event: tk.Event[tk.Misc]) -> None:
        self.configure(cursor="arrow" if self._opens(event) else "xterm")

    def _typed(self) -> None:
        if self.get() != self._seen and self._may_choose():
            self._seen = self.get()
            self._show(self._seen)

    def _enter(self, event: tk.Event[tk.Misc]) -> None:
        """Take the name that is wanted; what Enter does besides in this place comes after it."""
        chosen, was_open = self._wanted(), self.is_open
        self.close_list()
        if chosen is not None and (was_open or chosen != self.get()):
            self.take(chosen)

    def _wanted(self) -> str | None:
        """Give the marked name, else the one that is meant, else the first that fits what was typed."""
        chosen = self._list.marked if self._list is not None else None
        chosen = chosen or self.choice()
        if chosen is None and self._list is not None and self.get().strip():
            chosen = self._list.names[0]
        return chosen


class SuggestingCombobox(FilteredCombobox):
    """Offers texts that were typed before; any other one may stand in it, and stays as it was typed."""

    def choice(self) -> str | None:
        """Give the offered text that differs from what is typed in case and outer blanks at most."""
        return next((name for name in self.names if name_key(name) == name_key(self.get())), None)

    def _wanted(self) -> str | None:
        """Give what keys have marked, else the same text as it was typed before."""
        moved = self._list is not None and self._list.was_moved
        return self._list.marked if moved and self._list is not None else self.choice()


class ChoiceBox(_Combobox):
    """Offers a few names to choose one of; nothing can be typed into it.

    A letter opens the list at the next name that begins with it; Space opens it, or takes the marked name.
    Raises the virtual event ``<<ComboboxSelected>>`` when a name was chosen.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, values: Sequence[str] = (), *, width: int = 28, **options: Any
    ) -> None:
        super().__init__(parent, theme, values, width=width, state="readonly", cursor="arrow", **options)
        # Without the bindings of an entry: there is no text to mark.
        self.bindtags((str(self), str(self.winfo_toplevel()), "all"))
        for key, last in (("<Home>", False), ("<End>", True)):
            self.bind(key, partial(self._to_end, last))
        self.bind("<space>", self._space)
        self.bind("<KeyPress>", self._letter)

    @property
    def chosen(self) -> int:
        """Which of the names is shown, -1 for none."""
        return self._names.index(self.get()) if self.get() in self._names else -1

    def _to_end(self, last: bool, _event: tk.Event[tk.Misc]) -> str:
        if self._list is None:
            self.open_list()
        if self._list is not None:
            self._list.mark_row(len(self._names) - 1 if last else 0)
        return "break"

    def _space(self, event: tk.Event[tk.Misc]) -> str:
        if self._list is None or self._list.marked is None:
            return self._toggle()
        self._enter(event)
        return "break"

    def _letter(self, event: tk.Event[tk.Misc]) -> None:
        letter = event.char.casefold()
        if not letter.isprintable() or not letter or int(event.state) & OTHER_KEYS:
            return
        marked = self._list.marked if self._list is not None else None
        start = 1 + (self.chosen if marked is None else self._names.index(marked))
        order = [*range(start, len(self._names)), *range(start)]
        found = next((row for row in order if self._names[row].casefold().startswith(letter)), None)
        if found is None or not self._may_choose():
            return
        if self._list is None:
            self.open_list()
        if self._list is not None:
            self._list.mark_row(found)
