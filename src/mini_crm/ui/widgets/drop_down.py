"""The list of names below a field."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence

import ttkbootstrap as ttk

from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.popup import Popup

MAX_ROWS = 12
WHEEL = ("<MouseWheel>", "<Button-4>", "<Button-5>")
PADDING = 4
"""Around the names, in pixels at 100 %, as in the field above them."""
NOTCH = 3
"""Rows that one notch of the wheel scrolls."""


class DropDown(Popup):
    """The only kind of list in the program; it never takes the focus, so the field's keys move its mark.

    Args:
        field: What it belongs to.
        theme: For colours and sizes.
        close: Takes it away.
        take: Is given the name that was clicked.

    Attributes:
        names: What it shows.
        was_moved: Whether a key has moved the mark since these names are shown.
    """

    def __init__(
        self, field: tk.Misc, theme: Theme, close: Callable[[], None], take: Callable[[str], None]
    ) -> None:
        super().__init__(field, theme, close)
        self._theme = theme
        self._take = take
        self.names: list[str] = []
        self.was_moved = False
        colours = theme.colours
        box = self._box = tk.Listbox(
            self, activestyle="none", borderwidth=theme.px(PADDING), relief="flat", exportselection=False,
            highlightthickness=0,
            font=theme.body, takefocus=False, background=colours.background, foreground=colours.text,
            selectbackground=colours.accent, selectforeground=colours.background,
        )  # fmt: skip
        # Without the bindings of its class, which take the focus and choose by themselves.
        box.bindtags((str(box), str(self), "all"))
        self._bar = ttk.Scrollbar(self, command=box.yview)
        box.configure(yscrollcommand=self._bar.set)
        box.pack(side="left", fill="both", expand=True, padx=1, pady=1)
        box.bind("<Motion>", lambda event: self._mark(self._row_at(event)))
        box.bind("<ButtonRelease-1>", self._clicked)
        for sequence in WHEEL:
            self.bind(sequence, self.turn)

    def show(self, names: Sequence[str], marked: str | None) -> None:
        """Show these names, one of them marked, and all of each."""
        box, rows = self._box, min(MAX_ROWS, len(names))
        if list(names) != self.names:
            self.names = list(names)
            box.delete(0, "end")
            box.insert("end", *names)
            self.was_moved = False
        box.configure(height=rows)
        if len(names) > rows:
            self._bar.pack(side="right", fill="y")
        else:
            self._bar.pack_forget()
        self.update_idletasks()
        # A narrow field must not cut the names that one has to choose from.
        longest = self._theme.text_width(max(names, key=self._theme.text_width)) + self._theme.px(
            2 * PADDING + 10
        )
        bar = self._bar.winfo_reqwidth() if len(names) > rows else 0
        self.show_beside(self._field, max(self._field.winfo_width(), longest + bar), self.winfo_reqheight())
        box.selection_clear(0, "end")
        if marked is not None:
            self._mark(self.names.index(marked))

    @property
    def marked(self) -> str | None:
        """The marked name."""
        chosen = self._box.curselection()
        return self.names[chosen[0]] if chosen else None

    def move(self, step: int) -> None:
        """Mark the name so many rows below the marked one, or the last or first there is."""
        chosen = self._box.curselection()
        start = chosen[0] if chosen else (-1 if step > 0 else len(self.names))
        self.mark_row(start + step)

    def mark_row(self, row: int) -> None:
        """Mark a name as a person does by a key; the nearest one if there is no such row."""
        self._mark(min(max(row, 0), len(self.names) - 1))
        self.was_moved = True

    def turn(self, event: tk.Event[tk.Misc]) -> str:
        """Scroll by a notch of the wheel."""
        up = event.num == 4 or (isinstance(event.delta, int) and event.delta > 0)
        self._box.yview_scroll(-NOTCH if up else NOTCH, "units")
        return "break"

    def _mark(self, row: int) -> None:
        self._box.selection_clear(0, "end")
        self._box.selection_set(row)
        self._box.see(row)

    def _row_at(self, event: tk.Event[tk.Misc]) -> int:
        return int(self._box.nearest(event.y))

    def _clicked(self, event: tk.Event[tk.Misc]) -> str:
        inside = 0 <= event.x < self._box.winfo_width() and 0 <= event.y < self._box.winfo_height()
        if inside:
            name = self.names[self._row_at(event)]
            self._close()
            self._take(name)
        return "break"
