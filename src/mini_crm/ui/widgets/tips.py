"""Under the mouse a text that is cut off is shown whole."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import font as tkfont
from tkinter import ttk

from mini_crm.ui.theme import Theme

WAIT_MS = 400
"""The mouse rests so long on a text before it is shown."""
WRAP = 420
"""Width of a text, at 100 %."""
CELL_PADDING = 8
"""Tk leaves 4 pixels of a cell free on either side."""


class Tip:
    """A text in a small window beside the mouse; there is one at a time for each owner.

    Args:
        owner: The widget under the mouse.
        theme: For colours, font and sizes.

    Attributes:
        text: What is shown, empty while nothing is.
    """

    def __init__(self, owner: tk.Misc, theme: Theme) -> None:
        self._owner = owner
        self._theme = theme
        self._window: tk.Toplevel | None = None
        self._planned: str | None = None
        self._wanted = ""
        self.text = ""
        if owner.winfo_class() in ("TLabel", "Label", "Canvas") and not str(owner.cget("takefocus")):
            owner.configure(takefocus=False)  # type: ignore[call-arg]  # else Tk gives it the focus for its keys
        for sequence in ("<Leave>", "<ButtonPress>", "<KeyPress>", "<MouseWheel>", "<Unmap>"):
            owner.bind(sequence, lambda event: self.hide(), add="+")
        owner.bind("<Destroy>", lambda event: self.hide(), add="+")

    def plan(self, text: str) -> None:
        """Show a text when the mouse rests; an empty one takes the tip away."""
        if text == self._wanted:
            return
        self.hide()
        self._wanted = text
        if text:
            self._planned = self._owner.after(WAIT_MS, self._show)

    def hide(self) -> None:
        """Take it away."""
        self._wanted = self.text = ""
        if self._planned is not None:
            self._owner.after_cancel(self._planned)
            self._planned = None
        if self._window is not None:
            closing, self._window = self._window, None
            closing.destroy()

    def _show(self) -> None:
        self._planned = None
        owner, theme = self._owner, self._theme
        self.text = self._wanted
        window = self._window = tk.Toplevel(owner, background=theme.colours.line)
        window.withdraw()
        window.overrideredirect(True)
        tk.Label(
            window,
            text=self.text,
            font=theme.body,
            foreground=theme.colours.text,
            background=theme.colours.background,
            justify="left",
            wraplength=theme.px(WRAP),
            padx=theme.px(5),
            pady=theme.px(3),
        ).pack(padx=1, pady=1)
        window.update_idletasks()
        x, y = owner.winfo_pointerxy()
        width, height = window.winfo_reqwidth(), window.winfo_reqheight()
        below = y + theme.px(18)
        if below + height > owner.winfo_screenheight():
            below = y - height - theme.px(6)
        left = max(0, min(x, owner.winfo_screenwidth() - width))
        window.geometry(f"+{left}+{max(0, below)}")
        window.deiconify()


def tip_cut_cells(tree: ttk.Treeview, theme: Theme, heads: Mapping[str, str] | None = None) -> Tip:
    """Show cells and heads of a table whole where their column is too narrow.

    Args:
        tree: The table; its heads are bold.
        theme: For fonts.
        heads: By column what its head stands for, shown where the head says less.

    Returns:
        The tip.
    """
    tip = Tip(tree, theme)

    def moved(event: tk.Event[tk.Misc]) -> None:
        tip.plan(_cut_text(tree, theme, event.x, event.y, heads or {}))

    tree.bind("<Motion>", moved, add="+")
    return tip


def tip_cut_text(widget: tk.Misc, theme: Theme, text: Callable[[], str], font: tkfont.Font) -> Tip:
    """Show the text of a label or an input whole where the widget is too narrow.

    Args:
        widget: What shows the text.
        theme: For colours and sizes.
        text: Gives the whole text.
        font: In which it is written.

    Returns:
        The tip.
    """
    tip = Tip(widget, theme)

    def entered(event: tk.Event[tk.Misc]) -> None:
        whole = text()
        tip.plan(whole if font.measure(whole) > widget.winfo_width() - _margin(widget, theme) else "")

    widget.bind("<Enter>", entered, add="+")
    return tip


def tip_text(widget: tk.Misc, theme: Theme, text: Callable[[], str]) -> Tip:
    """Show under the mouse what a widget has no room for; an empty text shows nothing.

    Args:
        widget: What the mouse rests on.
        theme: For colours and sizes.
        text: Gives what is to be said.

    Returns:
        The tip.
    """
    tip = Tip(widget, theme)
    widget.bind("<Enter>", lambda event: tip.plan(text()), add="+")
    return tip


def _margin(widget: tk.Misc, theme: Theme) -> int:
    if widget.winfo_class() == "TEntry" and str(widget.cget("style")) == "TCombobox":
        return theme.px(38)
    return theme.px(16) if isinstance(widget, ttk.Entry) else 0


def _cut_text(tree: ttk.Treeview, theme: Theme, x: int, y: int, heads: Mapping[str, str]) -> str:
    region, number = tree.identify_region(x, y), tree.identify_column(x)
    if region not in ("cell", "heading") or number in ("", "#0"):
        return ""
    width = int(tree.column(number, "width")) - CELL_PADDING
    row = tree.identify_row(y)
    text = str(tree.set(row, number) if region == "cell" else tree.heading(number, "text"))
    whole = heads.get(str(tree.column(number, "id")), "") if region == "heading" else ""
    if not text.startswith(whole):
        return whole
    bold = region == "heading"
    return text if theme.text_width(text, bold=bold) > width or _is_scrolled_off(tree, number) else ""


def _is_scrolled_off(tree: ttk.Treeview, number: str) -> bool:
    """Say whether a column sticks out of the table on either side."""
    rows = tree.get_children()
    first, last = tree.xview()
    if first <= 0 and last >= 1:
        return False
    box = next((box for row in rows[:1] if (box := tree.bbox(row, number))), None)
    return box is not None and (int(box[0]) < 0 or int(box[0]) + int(box[2]) > tree.winfo_width())
