"""Choosing, copying and pasting by keyboard in the entry window, under an English and a Russian layout."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import time
import tkinter
from collections.abc import Iterator
from datetime import timedelta

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.dates import format_date
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.entries.paste_view import PasteDialog
from mini_crm.ui.widgets.clipboard import bind_clipboard
from ui.conftest import code_of_key
from ui.entries_window import Open, Window, open_window
from ui.test_table import bring, pins

__all__ = ["open_window"]

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="its keys have other codes")

A, C, E, F, V, X, Y, Z = map(code_of_key, "acefvxyz")
CONTROL = 4
LAYOUTS = {"us": "00000409", "ru": "00000419"}
"""What Windows calls them."""


def set_layout(layout: str) -> None:
    """Give the keyboard of the screen another layout."""
    if sys.platform == "win32":
        ctypes.windll.user32.LoadKeyboardLayoutW(LAYOUTS[layout], 1)
    else:
        subprocess.run(["setxkbmap", layout], check=True, timeout=20)


def layout_now() -> str:
    """Give the layout of the screen's keyboard."""
    if sys.platform == "win32":
        language = ctypes.windll.user32.GetKeyboardLayout(0) & 0xFFFF
        return next((name for name, code in LAYOUTS.items() if int(code, 16) == language), "us")
    told = subprocess.run(["setxkbmap", "-query"], check=True, timeout=20, capture_output=True, text=True)
    lines = dict(line.split(":", 1) for line in told.stdout.splitlines())
    return lines.get("layout", "us").strip()


def wait_for_layout(root: ttk.App, layout: str) -> None:
    """Wait until Tk knows that the key of C now gives this layout's letter."""
    heard: list[str] = []
    entry = ttk.Entry(root)
    entry.pack()
    entry.bind("<KeyPress>", lambda event: heard.append(event.keysym))
    end = time.monotonic() + 10
    while not heard or (heard[-1] == "c") != (layout == "us"):
        assert time.monotonic() < end, heard
        entry.focus_force()
        root.update()
        entry.event_generate("<KeyPress>", keycode=C)
        root.update()
    entry.destroy()


@pytest.fixture(params=["us", "ru"])
def layout(request: pytest.FixtureRequest, root: ttk.App) -> Iterator[None]:
    """Give both layouts, one after the other, and the program's own keys."""
    before = layout_now()
    bind_clipboard(root, lambda: Texts("ru"))
    set_layout(request.param)
    wait_for_layout(root, request.param)
    yield
    set_layout(before)
    root.update()
    root.unbind_all("<Control-KeyPress>")


def control(widget: tkinter.Misc, code: int) -> None:
    """Press Ctrl and a key by its code, as a keyboard does."""
    widget.focus_force()
    widget.update()
    widget.event_generate("<KeyPress>", keycode=code, state=CONTROL)
    widget.event_generate("<KeyRelease>", keycode=code, state=CONTROL)
    widget.update()


def shift(window: Window, key: str) -> list[str]:
    """Press Shift and a key in the table; give the PINs of the rows that are chosen then, as shown."""
    tree = window.view.table.tree
    tree.focus_force()
    window.root.update()
    tree.event_generate(f"<Shift-{key}>")
    window.root.update()
    chosen = set(tree.selection())
    return [tree.set(name, "client_pin") for name in tree.get_children() if name in chosen]


@pytest.mark.usefixtures("layout")
def test_all_loaded_rows_are_chosen_and_copied(open_window: Open, store: SqliteStore) -> None:
    """Ctrl+A chooses the 200 loaded rows, the window says how many, and Ctrl+C copies each of them."""
    bring(store, 250)
    window = open_window("ru")
    tree = window.view.table.tree
    window.root.clipboard_clear()
    control(tree, A)
    assert len(window.view.table.selected_ids()) == 200
    assert "выбрано: 200" in str(window.view.summary.cget("text"))
    control(tree, C)
    head, *lines = window.root.clipboard_get().split("\n")
    assert head.split("\t")[3] == "Пин"
    assert [line.split("\t")[3] for line in lines] == pins(window)
    assert pins(window)[0] == "00249"


@pytest.mark.usefixtures("layout")
def test_text_is_copied_cut_and_pasted_in_the_form(open_window: Open) -> None:
    """In the form the same keys choose the whole text, copy it, and paste it once into another field."""
    window = open_window("ru")
    pin, comment = window.view.form.client_pin, window.view.form.comment
    pin.set("00421")
    control(pin.input, A)
    control(pin.input, C)
    comment.set("")
    control(comment.input, V)
    assert comment.get() == "00421"
    control(comment.input, V)
    assert comment.get() == "0042100421"
    control(comment.input, A)
    control(comment.input, X)
    assert comment.get() == ""
    pin.set("")
    control(pin.input, V)
    assert pin.get() == "0042100421"
    assert window.shown() == []


@pytest.mark.usefixtures("layout")
def test_rows_from_excel_are_pasted_into_the_table(open_window: Open, store: SqliteStore) -> None:
    """Ctrl+V in the table opens the preview, once."""
    window = open_window("ru")
    later = format_date(store.get_today() + timedelta(days=5), language="ru")
    window.root.clipboard_clear()
    window.root.clipboard_append(f"Орлов Пётр\t0042\t10\t{later}\t\n")
    control(window.view.table.tree, V)
    dialog = window.dialog(PasteDialog)
    window.wait_until(lambda: dialog.table.get_children())
    dialogs = [child for child in window.root.winfo_children() if isinstance(child, PasteDialog)]
    assert len(dialogs) == 1
    dialog.cancel()


@pytest.mark.usefixtures("layout")
def test_the_search_key(open_window: Open) -> None:
    """Ctrl and the key of F goes to the search, whatever letter the layout gives it."""
    window = open_window("ru")
    control(window.view.form.amount.input, F)
    assert window.root.focus_get() is window.view.filters.text.input


def test_shift_and_arrows_choose_as_in_excel(open_window: Open, store: SqliteStore) -> None:
    """The choice grows away from where it began, shrinks on the way back, grows to the other side."""
    bring(store, 6)
    window = open_window("ru")
    window.choose(3)
    assert pins(window) == ["00005", "00004", "00003", "00002", "00001", "00000"]
    assert shift(window, "Down") == ["00002", "00001"]
    assert shift(window, "Down") == ["00002", "00001", "00000"]
    assert shift(window, "Down") == ["00002", "00001", "00000"]
    assert shift(window, "Up") == ["00002", "00001"]
    assert shift(window, "Up") == ["00002"]
    assert shift(window, "Up") == ["00003", "00002"]
    assert shift(window, "Home") == ["00005", "00004", "00003", "00002"]
    assert shift(window, "End") == ["00002", "00001", "00000"]
    window.choose(5)
    assert shift(window, "Up") == ["00005", "00004"]
