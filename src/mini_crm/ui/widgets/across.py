"""A table in a dialog on a narrow screen: its columns can be scrolled."""

from __future__ import annotations

from tkinter import ttk

from mini_crm.ui.theme import Theme

STEP = 80
"""Pixels, at 100 %, by which an arrow key scrolls sideways."""


def scroll_across(tree: ttk.Treeview, theme: Theme) -> None:
    """Give a packed table a scroll bar below it while its columns do not fit; arrow keys move it too."""
    bar = ttk.Scrollbar(tree.master, orient="horizontal", command=tree.xview)

    def scrolled(first: float, last: float) -> None:
        bar.set(first, last)
        if float(first) <= 0 and float(last) >= 1:
            bar.pack_forget()
        elif not bar.winfo_manager():
            bar.pack(side="bottom", fill="x", before=tree)

    def move(direction: int) -> str:
        tree.xview_scroll(direction * theme.px(STEP), "units")
        return "break"

    tree.configure(xscrollcommand=scrolled)
    tree.bind("<Left>", lambda event: move(-1))
    tree.bind("<Right>", lambda event: move(1))
