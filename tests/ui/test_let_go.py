"""What the parts of a window leave behind when they go: nothing of Tk that another thread would let go of."""

from __future__ import annotations

import gc
import threading
import tkinter as tk
from tkinter import font as tkfont

import pytest
import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.company.table_view import LeadTable
from mini_crm.ui.forecast.table import Column, ReadOnlyTable
from mini_crm.ui.linked import Piece
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.link import LinkLine
from mini_crm.usecases.behind import Number


def test_no_font_or_picture_is_let_go_of_by_another_thread(
    root: ttk.App, theme: Theme, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The collector may run in a thread that draws or reads, which would wait for the window there."""
    let_go: list[str] = []

    def font_gone(font: tkfont.Font) -> None:
        if font.delete_font:
            let_go.append(f"font {font.name}")

    def picture_gone(picture: tk.Image) -> None:
        if picture.name:
            let_go.append(f"picture {picture.name}")

    gc.collect()
    monkeypatch.setattr(tkfont.Font, "__del__", font_gone)
    monkeypatch.setattr(tk.Image, "__del__", picture_gone)
    gc.disable()
    try:
        _come_and_go(root, theme, texts)
        let_go.clear()  # what this thread has let go of already
        collector = threading.Thread(target=gc.collect)
        collector.start()
        collector.join()
    finally:
        gc.enable()
    assert let_go == []


def _come_and_go(root: ttk.App, theme: Theme, texts: Texts) -> None:
    """Show a line and a table with links, and a table with traffic lights; then take them away."""
    page = ttk.Frame(root)
    page.pack(fill="both", expand=True)
    line = LinkLine(page, theme, font=theme.body)
    line.pack(fill="x")
    line.show_pieces([Piece("7", Number.PAID), Piece(" of "), Piece("15", Number.WON)], lambda number: None)
    table = ReadOnlyTable(page, theme, height=3)
    table.pack(fill="both", expand=True)
    table.show((Column("Paid"),), [("7",), ("8",)], [True, False], [(True,), (True,)])
    leads = LeadTable(
        page, texts, theme, height=3, open_row=lambda name: None, open_number=lambda name, column: None
    )
    leads.pack(fill="both", expand=True)
    root.update()
    row = table.tree.get_children()[1]
    table.tree.focus_force()
    table.tree.focus(row)
    table.tree.selection_set(row)
    root.update()
    assert table.links.marked == (1, 0)
    page.destroy()
    root.update()
