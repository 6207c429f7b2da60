"""How rows of entries are coloured in a table."""

from __future__ import annotations

from tkinter import ttk

from mini_crm.ui.entries.texts import Mark
from mini_crm.ui.theme import Colours


def colour_marks(tree: ttk.Treeview, colours: Colours) -> None:
    """Give each mark its colours; a row has its mark as a tag."""
    tree.tag_configure(Mark.OVERDUE, foreground=colours.overdue, background=colours.overdue_back)
    tree.tag_configure(Mark.DUE_TODAY, foreground=colours.due_today, background=colours.due_today_back)
    tree.tag_configure(Mark.PAID, foreground=colours.paid, background=colours.paid_back)
    tree.tag_configure(Mark.REFUSED, foreground=colours.refused, background=colours.refused_back)
    tree.tag_configure(Mark.SAVING, foreground=colours.accent, background=colours.info_back)
    tree.tag_configure(Mark.NOT_STORED, foreground=colours.error, background=colours.amber_back)
