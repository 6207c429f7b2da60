"""A drop-down that filters while one types, for hundreds of names."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from typing import Any

import ttkbootstrap as ttk

from mini_crm.ui.matching import matching, the_one
from mini_crm.ui.theme import Theme

SCROLLED = "<<PageScrolled>>"
"""A window gets this event when what is in it has moved, so that an open list would stay behind."""
MAX_ROWS = 12
ARROW_ZONE = 24
"""Pixels at the right end, at 100 %, where a click opens the list whatever the look."""


class FilteredCombobox(ttk.Combobox):
    """An input whose list shows only what fits the typed text, while the cursor stays in the text.

    Raises the virtual event ``<<ComboboxSelected>>`` when a name was chosen from the list or completed.

    Args:
        parent: Where it stands.
        theme: For sizes.
        values: All names, in their order.
        width: In characters.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, values: Sequence[str] = (), *, width: int = 28, **options: Any
    ) -> None:
        super().__init__(parent, width=width, **options)
        self._theme = theme
        self._names = list(values)
        self._list: _DropDown | None = None
        self._seen = ""
        self.bind("<KeyRelease>", self._typed)
        self.bind("<Down>", lambda event: self._move(1))
        self.bind("<Up>", lambda event: self._move(-1))
        self.bind("<Next>", lambda event: self._move(MAX_ROWS - 1))
        self.bind("<Prior>", lambda event: self._move(1 - MAX_ROWS))
        self.bind("<Return>", self._enter)
        self.bind("<KP_Enter>", self._enter)
        self.bind("<Escape>", self._escape)
        self.bind("<Button-1>", self._click)
        self.bind("<MouseWheel>", lambda event: "break")
        self.bind("<FocusOut>", self._left)
        self.bind("<Unmap>", lambda event: self.close_list())
        self.bind("<Destroy>", lambda event: self.close_list())

    def set_names(self, names: Sequence[str]) -> None:
        """Give other names to choose from; the text stays."""
        self._names = list(names)
        if self._list is not None:
            self._show(self.get())

    @property
    def names(self) -> list[str]:
        """All names, in their order."""
        return list(self._names)

    def choice(self) -> str | None:
        """Give the name that is meant by the text, None if it is none or not certain."""
        return the_one(self._names, self.get())

    def set_text(self, text: str) -> None:
        """Put a text into the field; the list stays closed."""
        self.set(text)
        self._seen = text
        self.icursor("end")
        self.close_list()

    @property
    def is_open(self) -> bool:
        """Whether the list is on the screen."""
        return self._list is not None

    def listed(self) -> list[str]:
        """Give the names on the open list."""
        return list(self._list.names) if self._list is not None else []

    def open_list(self) -> None:
        """Show all names."""
        self._show("")

    def close_list(self) -> None:
        """Take the list off the screen."""
        if self._list is not None:
            closing, self._list = self._list, None
            closing.destroy()

    def take(self, name: str) -> None:
        """Choose a name."""
        self.set_text(name)
        self.event_generate("<<ComboboxSelected>>")

    def _typed(self, event: tk.Event[tk.Misc]) -> None:
        text = self.get()
        if text != self._seen and self._writable():
            self._show(text)
        self._seen = text

    def _writable(self) -> bool:
        return not self.instate(["disabled"]) and not self.instate(["readonly"])

    def _show(self, typed: str) -> None:
        names = matching(self._names, typed)
        if not names:
            self.close_list()
            return
        if self._list is None:
            self._list = _DropDown(self, self._theme)
        self._list.show(names, the_one(names, self.get()))

    def _move(self, step: int) -> str:
        if not self._writable():
            return "break"
        if self._list is None:
            self.open_list()
        elif self._list is not None:
            self._list.move(step)
        return "break"

    def _enter(self, event: tk.Event[tk.Misc]) -> str | None:
        if self._list is None:
            self._complete()
            return None
        chosen = self._list.chosen() or self.choice() or (self._list.names[0] if self.get().strip() else None)
        self.close_list()
        if chosen is not None:
            self.take(chosen)
            return "break"
        return None

    def _escape(self, event: tk.Event[tk.Misc]) -> str | None:
        if self._list is None:
            return None
        self.close_list()
        return "break"

    def _click(self, event: tk.Event[tk.Misc]) -> str | None:
        if not self._writable():
            return None
        if event.x < self.winfo_width() - self._theme.px(ARROW_ZONE):
            return None
        self.focus_set()
        if self._list is None:
            self.open_list()
        else:
            self.close_list()
        return "break"

    def _left(self, event: tk.Event[tk.Misc]) -> None:
        # Without a window manager the list itself can get the focus when it appears under the pointer.
        self.after_idle(self._left_for_good)

    def _left_for_good(self) -> None:
        if not self.winfo_exists():
            return
        now = self.focus_get()
        if now is self:
            return
        if self._list is not None and now is not None and str(now).startswith(str(self._list)):
            self.focus_force()
            return
        chosen = self._list.chosen() if self._list is not None and self._list.was_moved else None
        self.close_list()
        if chosen is not None and chosen != self.get():
            self.take(chosen)
        else:
            self._complete()

    def _complete(self) -> None:
        one = self.choice()
        if one is not None and one != self.get():
            self.take(one)


class _DropDown(tk.Toplevel):
    """The list below (or, at the lower edge of the screen, above) its field; it never takes the focus."""

    def __init__(self, field: FilteredCombobox, theme: Theme) -> None:
        super().__init__(field, background=theme.colours.line)
        self.withdraw()
        self.overrideredirect(True)
        if str(self.tk.call("tk", "windowingsystem")) == "x11":
            self.wm_attributes("-type", "combo")
        self._field = field
        self._theme = theme
        self.names: list[str] = []
        self.was_moved = False
        self._list = tk.Listbox(
            self,
            activestyle="none",
            borderwidth=0,
            exportselection=False,
            highlightthickness=0,
            font=theme.body,
            takefocus=False,
            background=theme.colours.background,
            foreground=theme.colours.text,
            selectbackground=theme.colours.accent,
            selectforeground=theme.colours.background,
        )
        self._bar = ttk.Scrollbar(self, command=self._list.yview)
        self._list.configure(yscrollcommand=self._bar.set)
        self._list.pack(side="left", fill="both", expand=True, padx=1, pady=1)
        self._list.bind("<Button-1>", self._clicked)
        self._list.bind("<ButtonRelease-1>", lambda event: "break")
        self._list.bind("<B1-Motion>", lambda event: "break")
        self._list.bind("<Motion>", self._hover)
        top = field.winfo_toplevel()
        self._top = top
        self._outside = [
            (sequence, top.bind(sequence, self._outside_event, add="+"))
            for sequence in ("<Button-1>", "<Configure>", SCROLLED)
        ]
        self._place = (top.winfo_rootx(), top.winfo_rooty(), top.winfo_width(), top.winfo_height())

    def destroy(self) -> None:
        """Take it away with its bindings."""
        for sequence, name in self._outside:
            if self._top.winfo_exists():
                _unbind(self._top, sequence, name)
        self._outside = []
        super().destroy()

    def show(self, names: Sequence[str], chosen: str | None) -> None:
        """Show these names, the chosen one marked."""
        if list(names) != self.names:
            self.names = list(names)
            self._list.delete(0, "end")
            self._list.insert("end", *names)
            self.was_moved = False
        self._list.selection_clear(0, "end")
        if chosen is not None:
            self._mark(self.names.index(chosen))
        rows = min(MAX_ROWS, len(names))
        self._list.configure(height=rows)
        if len(names) > rows:
            self._bar.pack(side="right", fill="y")
        else:
            self._bar.pack_forget()
        self.update_idletasks()
        field = self._field
        # A narrow field must not cut the names that one has to choose from.
        longest = self._theme.text_width(max(names, key=len)) + self._theme.px(10)
        bar = self._bar.winfo_reqwidth() if len(names) > rows else 0
        width = min(max(field.winfo_width(), longest + bar), field.winfo_screenwidth())
        height = self.winfo_reqheight()
        x = max(0, min(field.winfo_rootx(), field.winfo_screenwidth() - width))
        y = field.winfo_rooty() + field.winfo_height()
        if y + height > field.winfo_screenheight() and field.winfo_rooty() - height >= 0:
            y = field.winfo_rooty() - height
        self.geometry(f"{width}x{height}+{x}+{y}")
        self.deiconify()
        self.lift()

    def chosen(self) -> str | None:
        """Give the marked name."""
        marked = self._list.curselection()
        return self.names[marked[0]] if marked else None

    def move(self, step: int) -> None:
        """Mark another name."""
        marked = self._list.curselection()
        at = marked[0] + step if marked else (0 if step > 0 else len(self.names) - 1)
        self._mark(min(max(at, 0), len(self.names) - 1))
        self.was_moved = True

    def _mark(self, at: int) -> None:
        self._list.selection_clear(0, "end")
        self._list.selection_set(at)
        self._list.see(at)

    def _row_at(self, event: tk.Event[tk.Misc]) -> int:
        return int(self._list.nearest(event.y))

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        self._mark(self._row_at(event))

    def _clicked(self, event: tk.Event[tk.Misc]) -> str:
        name = self.names[self._row_at(event)]
        field = self._field
        field.close_list()
        field.take(name)
        return "break"

    def _outside_event(self, event: tk.Event[tk.Misc]) -> None:
        top = self._top
        if event.widget is self._field:
            return
        place = (top.winfo_rootx(), top.winfo_rooty(), top.winfo_width(), top.winfo_height())
        if event.type is tk.EventType.Configure and place == self._place:
            return
        self._field.close_list()


def _unbind(widget: tk.Misc, sequence: str, name: str) -> None:
    """Take one binding away; ``unbind`` of Python before 3.13 takes them all."""
    lines = str(widget.tk.call("bind", str(widget), sequence)).split("\n")
    widget.tk.call("bind", str(widget), sequence, "\n".join(line for line in lines if name not in line))
    widget.deletecommand(name)
