"""Every control is reached by Tab, and shows that it has the focus."""

from __future__ import annotations

import os
import sys
import time
import tkinter as tk
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from tkinter import ttk as plain_ttk
from uuid import uuid4

import pytest
import ttkbootstrap as ttk
from PIL import Image, ImageChops, ImageGrab

from mini_crm.domain.model import Status
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.company.page_view import CompanyView
from mini_crm.ui.entries.dialogs_view import KeptDialog
from mini_crm.ui.entries.page_view import EntriesView
from mini_crm.ui.forecast.page_view import ForecastView
from mini_crm.ui.main_window import MainWindow
from mini_crm.ui.sign_in.password_dialogs import ask_new_password, ask_to_sign_in_again
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.dialogs import Dialog, Question
from mini_crm.ui.widgets.focus import focused, is_inside
from mini_crm.usecases.signing import SignedIn
from ui.company_data import HEAD, make_company
from ui.conftest import CODE, LEAD, Clock, Hand, WaitUntil
from ui.test_app import live, main, open_dialogs
from unit.fake_entries_view import Cable

__all__ = ["main"]

CONTROLS = {
    "TButton",
    "TEntry",
    "TCombobox",
    "Treeview",
    "TMenubutton",
    "TNotebook",
    "TRadiobutton",
    "Toolbutton",
}
PARTS = {"\u25be"}
"""Captions of buttons that are a part of the field beside them, where F4 does the same."""
MOST_STOPS = 80


def controls(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Give what can be used in a window, as far as it is on the screen and not off."""
    for child in widget.winfo_children():
        if isinstance(child, tk.Toplevel) or not child.winfo_viewable():
            continue
        yield from controls(child)
        if child.winfo_class() not in CONTROLS or not isinstance(child, plain_ttk.Widget):
            continue
        if child.instate(["disabled"]):
            continue
        is_part = child.winfo_class() == "TButton" and str(child.cget("text")) in PARTS
        if not is_part and str(child.cget("takefocus")) not in ("0", "False"):
            yield child


def shot() -> Image.Image:
    """Take a picture of the screen."""
    return ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).convert("RGB")


def place_of(widget: tk.Misc) -> tuple[int, int, int, int]:
    """Give where a widget is on the screen, with what is just around it."""
    x, y = widget.winfo_rootx(), widget.winfo_rooty()
    return x - 2, y - 2, x + widget.winfo_width() + 2, y + widget.winfo_height() + 2


def walk(window: tk.Misc, hand: Hand) -> tuple[set[str], list[str]]:
    """Press Tab until the focus is where it began.

    Returns:
        The widgets that had the focus, and those that looked no different with it.
    """
    seen: dict[str, tuple[Image.Image, tuple[int, int, int, int]]] = {}
    unseen: list[str] = []
    first = None
    for _stop in range(MOST_STOPS):
        here = focused(window)
        assert here is not None
        if str(here) == first:
            break
        first = first or str(here)
        picture, place = shot(), place_of(here)
        hand.key("Tab")
        if focused(window) is here:  # the only control there is
            window.focus_set()
            window.update()
        without = shot()
        difference = ImageChops.difference(picture.crop(place), without.crop(place))
        if difference.getbbox() is None:
            unseen.append(str(here))
        seen[str(here)] = (picture, place)
    return set(seen), unseen


def check(window: tk.Misc, hand: Hand) -> None:
    """Walk through a window: every control has its turn, and each is marked."""
    end = time.monotonic() + 2
    while (
        not is_inside(focused(window), window) and time.monotonic() < end
    ):  # the window manager takes its time
        window.update()
    wanted = {str(control) for control in controls(window)}
    reached, unmarked = walk(window, hand)
    assert wanted - reached == set()
    assert unmarked == []


pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="Tab goes by other rules there")


def test_the_sign_in_window(app: App, hand: Hand, wait_until: WaitUntil) -> None:
    """Name, password, what shows it, language, help, and the button."""
    assert app.login is not None
    wait_until(lambda: app.login is not None and app.login.name.input.names)
    app.login.name.input.focus_force()
    check(app.root, hand)


@pytest.mark.usefixtures("main")
def test_the_entry_page(app: App, hand: Hand, wait_until: WaitUntil) -> None:
    """Head, form, filters, table, panel, and the menu of the window."""
    assert app.main is not None
    view = app.main.nametowidget(app.main.pages.tabs()[0])
    assert isinstance(view, EntriesView)
    wait_until(lambda: not app.main.tasks.is_busy)  # type: ignore[union-attr]
    app.main.entries.head.compute()  # type: ignore[union-attr]
    live(app, 0.5)
    view.form.focus("client_pin")
    check(app.root, hand)


def test_the_forecast_page(app: App, main: MainWindow, hand: Hand, wait_until: WaitUntil) -> None:
    """Period, unit, «compute again», the tables, and what stands on each of the pages below."""
    main.pages.select(1)
    wait_until(lambda: main.forecast is not None and not main.tasks.is_busy)
    view = main.nametowidget(main.pages.tabs()[1]).winfo_children()[0]
    assert isinstance(view, ForecastView)
    for page in range(int(view.pages.index("end"))):
        view.pages.select(page)
        live(app, 0.3)
        view.period.focus_force()
        check(app.root, hand)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_question(root: ttk.App, theme: Theme, hand: Hand, language: str) -> None:
    """Both answers."""
    dialog = Question(root, Texts(language), theme, "?", yes="Yes", no="No", danger=True)
    dialog.show(dialog.no)
    check(dialog, hand)
    dialog.cancel()


def test_the_dialogs_about_the_password(app: App, main: MainWindow, hand: Hand) -> None:
    """All fields, what shows them, the proposal, and the buttons."""
    signed_in = SignedIn(main.desk.session, main.desk.token, b"")
    parts = main.login_parts()
    ask_new = partial(ask_new_password, main, app.theme, parts, signed_in, must=True)
    for ask in (ask_new, partial(ask_to_sign_in_again, main, app.theme, parts, LEAD)):
        dialog: Dialog = ask(lambda new: None, lambda: None)
        live(app, 0.1)
        check(dialog, hand)
        dialog.close()


def entered(app: App, main: MainWindow, wait_until: WaitUntil) -> EntriesView:
    """Enter an entry, and give the page with its row chosen."""
    entries, view = main.entries, main.nametowidget(main.pages.tabs()[0])
    assert entries is not None
    assert isinstance(view, EntriesView)
    form = view.form
    form.manager.set("Ёлкина Вера")
    form.manager.input.event_generate("<<ComboboxSelected>>")
    form.client_pin.set("0042")
    form.amount.set("100")
    form.pay_by.set_day(entries.today())
    form.save_button.invoke()
    wait_until(lambda: view.table.tree.get_children() and not main.tasks.is_busy)
    view.table.tree.selection_set(view.table.tree.get_children()[0])
    return view


def check_dialog(app: App, hand: Hand, wait_until: WaitUntil) -> None:
    """Walk through the dialog that comes, and close it."""
    wait_until(lambda: open_dialogs(app))
    dialog = open_dialogs(app)[0]
    live(app, 0.2)
    check(dialog, hand)
    dialog.close()
    wait_until(lambda: not open_dialogs(app))


def test_history_and_why(app: App, main: MainWindow, hand: Hand, wait_until: WaitUntil) -> None:
    """The table can be scrolled by keys, and the button closes."""
    entered(app, main, wait_until)
    assert main.entries is not None
    main.entries.actions.show_history()
    check_dialog(app, hand, wait_until)
    main.entries.head.compute()
    live(app, 0.5)
    wait_until(lambda: not main.tasks.is_busy)
    main.entries.refresh()
    wait_until(lambda: not main.tasks.is_busy)
    main.entries.why.show()
    check_dialog(app, hand, wait_until)


def test_many_rows(app: App, main: MainWindow, hand: Hand, wait_until: WaitUntil) -> None:
    """The day for many rows, and the question whether they are to be deleted."""
    view = entered(app, main, wait_until)
    assert main.entries is not None
    view.form.client_pin.set("0043")
    view.form.amount.set("100")
    view.form.save_button.invoke()
    wait_until(lambda: len(view.table.tree.get_children()) == 2 and not main.tasks.is_busy)
    view.table.tree.selection_set(view.table.tree.get_children())
    main.entries.many.pay_by()
    check_dialog(app, hand, wait_until)
    app.root.after(0, main.entries.many.delete)
    check_dialog(app, hand, wait_until)


def test_a_conflict(
    app: App, main: MainWindow, store: SqliteStore, hand: Hand, wait_until: WaitUntil
) -> None:
    """Theirs, mine and the old value in a table, and both answers."""
    view = entered(app, main, wait_until)
    assert main.entries is not None
    main.entries.edit_selected()
    wait_until(lambda: not main.tasks.is_busy)
    number = int(view.table.tree.selection()[0])
    entry = store.get_entry(main.desk.token, number)
    theirs = replace(entry.draft(), comment="чужое")
    store.update_entry(main.desk.token, uuid4(), number, entry.version, theirs)
    view.form.comment.set("моё")
    view.form.save_button.invoke()
    wait_until(lambda: view.trouble.sentence)
    main.entries.edit_selected()
    check_dialog(app, hand, wait_until)


def test_what_is_kept(app: App, main: MainWindow, hand: Hand, wait_until: WaitUntil) -> None:
    """The button in the line below the list, the list of what waits, what can be done with a line of it."""
    view = entered(app, main, wait_until)
    assert main.entries is not None
    store = main.desk.store
    cable = Cable(store)
    main.desk.store = cable  # type: ignore[assignment]
    cable.pulled = True
    view.form.client_pin.set("0044")
    view.form.amount.set("100")
    view.form.save_button.invoke()
    wait_until(lambda: view.kept.winfo_viewable() and not main.tasks.is_busy)
    main.entries.refresh()
    wait_until(lambda: view.lost.sentence and view.trouble.sentence)
    live(app, 0.3)
    view.form.focus("client_pin")
    check(app.root, hand)  # with both banners
    view.kept.invoke()
    wait_until(lambda: open_dialogs(app))
    (dialog,) = open_dialogs(app)
    assert isinstance(dialog, KeptDialog)
    wait_until(lambda: dialog.table.get_children())
    dialog.table.selection_set(dialog.table.get_children()[0])
    check_dialog(app, hand, wait_until)
    main.desk.store = store


def test_the_company_page(
    app: App, store: SqliteStore, clock: Clock, hand: Hand, wait_until: WaitUntil
) -> None:
    """Period, unit, search, leads, total, the days of the bridge; a lead's managers, filters and rows."""
    make_company(store, clock, 5)
    assert app.login is not None
    app.login.on_sign_in(HEAD, CODE)
    wait_until(lambda: app.main is not None and app.main.company is not None)
    main = app.main
    assert main is not None
    assert main.company is not None
    (view,) = main.nametowidget(main.pages.tabs()[0]).winfo_children()
    assert isinstance(view, CompanyView)
    wait_until(lambda: view.leads.cells())
    live(app, 0.3)
    view.leads.focus_rows()
    check(app.root, hand)
    main.company.open_row(view.leads.tree.get_children()[0])
    wait_until(lambda: view.entries.table.cells() and not main.tasks.is_busy)
    main.company.open_number(
        view.managers.tree.get_children()[0],
        [column.caption for column in view.managers._columns].index("Из открытых"),
    )
    wait_until(lambda: view.entries.behind.winfo_viewable() and not main.tasks.is_busy)
    live(app, 0.3)
    view.managers.focus_rows()
    check(app.root, hand)


def test_the_dialogs_of_the_entry_page(app: App, main: MainWindow, hand: Hand, wait_until: WaitUntil) -> None:
    """Marking as paid, and the preview of pasted rows."""
    entries = main.entries
    assert entries is not None
    entries.paste("Ёлкина Вера\t0042\t100\t01.01.2099")
    wait_until(lambda: open_dialogs(app))
    check(open_dialogs(app)[0], hand)
    open_dialogs(app)[0].close()
    entered(app, main, wait_until)
    entries.actions.mark(Status.PAID)
    wait_until(lambda: open_dialogs(app))
    check(open_dialogs(app)[0], hand)
    open_dialogs(app)[0].close()
