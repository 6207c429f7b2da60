"""The clipboard: its keys under every keyboard layout, its menu, and rows as text for Excel."""

from __future__ import annotations

import re
import sys
import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from mini_crm.i18n import Texts
from mini_crm.ui.widgets.menus import pop_up
from mini_crm.ui.widgets.typing_undo import TypingUndo
from mini_crm.usecases.rejects import harmless

CONTROL = 0x4
WINDOWS_CODES = {ord(letter.upper()): letter for letter in "acvxyzefgnsp"}
"""Virtual-key codes. Source: winuser.h, where a letter's code is that of its capital in ASCII."""
X11_CODES = {
    38: "a", 54: "c", 55: "v", 53: "x", 29: "y", 52: "z", 26: "e", 41: "f", 42: "g", 57: "n", 39: "s",
    33: "p",
}  # fmt: skip
"""Key codes of the evdev driver: those of the Linux kernel plus 8. Source: linux/input-event-codes.h."""

_NUMBER = re.compile(r"[-+\u2212]?[0-9][0-9 \u00a0\u202f.,]*(\u00a0?\S{1,3})?")
"""A number with its sign, and perhaps a unit, is no formula."""

_EVENTS = {
    "a": "<<SelectAll>>",
    "c": "<<Copy>>",
    "v": "<<Paste>>",
    "x": "<<Cut>>",
    "y": "<<Redo>>",
    "z": "<<Undo>>",
}


def latin_letter(event: tk.Event[tk.Misc]) -> str:
    """Give the letter that stands on the pressed key of a Latin keyboard, whatever the layout."""
    if len(event.keysym) == 1 and event.keysym.isascii():
        return event.keysym.lower()
    codes = WINDOWS_CODES if sys.platform == "win32" else X11_CODES
    return codes.get(event.keycode, "")


def raise_event_of_key(event: tk.Event[tk.Misc]) -> None:
    """Copy, cut, paste, choose all or undo where the layout gives the key another letter than Tk knows."""
    # Under a Latin layout Tk's own bindings do it: doing it here too would paste twice.
    if len(event.keysym) == 1 and event.keysym.isascii():
        return
    virtual = _EVENTS.get(latin_letter(event))
    if virtual is not None and isinstance(event.widget, tk.Misc):
        event.widget.event_generate(virtual)


def bind_clipboard(root: tk.Misc, texts: Callable[[], Texts]) -> None:
    """Make clipboard keys and undoing work under a Russian layout, and give inputs a menu; once a program.

    Args:
        root: The root window.
        texts: Gives the present language.
    """

    def menu(event: tk.Event[tk.Misc]) -> None:
        if isinstance(event.widget, tk.Misc):
            _show_menu(event.widget, event.x_root, event.y_root, texts())

    root.bind_all("<Control-KeyPress>", raise_event_of_key, add="+")
    if str(root.tk.call("tk", "windowingsystem")) == "x11":
        # There Ctrl+A goes to the start of the line, which nobody expects.
        root.event_delete("<<LineStart>>", "<Control-a>")
        root.event_add("<<SelectAll>>", "<Control-a>")
        # And Ctrl+Y pastes.
        root.event_delete("<<Paste>>", "<Control-y>", "<Control-Lock-Y>")
        root.event_add("<<Redo>>", "<Control-y>", "<Control-Lock-Y>")
    for kind in ("TEntry", "Entry", "Text"):
        root.bind_class(kind, "<Button-3>", menu, add="+")
    TypingUndo(root)


def copy_rows(tree: ttk.Treeview) -> str:
    """Put the chosen rows into the clipboard as tab-separated text, in the order shown, below their headings.

    Args:
        tree: The table.

    Returns:
        The text; empty, with the clipboard as it was, if no row is chosen.
    """
    shown = tree.cget("displaycolumns")
    columns = list(tree.cget("columns")) if shown == ("#all",) or shown == "#all" else list(shown)
    chosen = set(tree.selection())
    lines = []
    for row in _rows(tree, ""):
        if row in chosen:
            values = tree.set(row)
            lines.append("\t".join(_cell(values.get(str(column), "")) for column in columns))
    if not lines:
        return ""
    heads = "\t".join(_cell(tree.heading(column, "text")) for column in columns)
    return put_text(tree, "\n".join([heads, *lines]))


def put_text(widget: tk.Misc, text: str) -> str:
    """Put a text into the clipboard, unless there is none; gives it back."""
    if text:
        widget.clipboard_clear()
        widget.clipboard_append(text)
    return text


def offer_copy(tree: ttk.Treeview, copied: Callable[[], str] | None = None) -> None:
    """Let Ctrl+C copy the chosen rows of a table, and Ctrl+A choose them all.

    Args:
        tree: The table.
        copied: Gives the chosen rows as text; None copies what the cells show.
    """

    def choose_all(event: tk.Event[tk.Misc]) -> str:
        tree.selection_set(tree.get_children())
        return "break"

    def copy(event: tk.Event[tk.Misc]) -> str:
        if copied is None:
            copy_rows(tree)
        else:
            put_text(tree, copied())
        return "break"

    tree.bind("<<Copy>>", copy)
    tree.bind("<<SelectAll>>", choose_all)


def _rows(tree: ttk.Treeview, parent: str) -> list[str]:
    found = []
    for row in tree.get_children(parent):
        found.append(row)
        found += _rows(tree, row)
    return found


def _cell(value: object) -> str:
    """Give the text of a cell, with nothing in it that ends a cell or is taken for a formula."""
    text = " ".join(str(value).split("\n")).replace("\t", " ").replace("\r", "")
    return text if _NUMBER.fullmatch(text) else harmless(text)


def _show_menu(widget: tk.Misc, x: int, y: int, texts: Texts) -> None:
    _ = texts.gettext
    widget.focus_set()
    menu = tk.Menu(widget, tearoff=False)
    for caption, virtual in (
        (_("Undo"), "<<Undo>>"),
        (_("Cut"), "<<Cut>>"),
        (_("Copy"), "<<Copy>>"),
        (_("Paste"), "<<Paste>>"),
        (_("Select all"), "<<SelectAll>>"),
    ):
        menu.add_command(label=caption, command=partial(widget.event_generate, virtual))
    pop_up(menu, x, y)
