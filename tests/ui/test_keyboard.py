"""Everything by keyboard alone, and what happens when something goes wrong meanwhile."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from datetime import date
from functools import partial

import pytest
import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.app import App
from mini_crm.ui.main_window import MainWindow
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets import ChoiceField, DateField
from mini_crm.ui.widgets.dialogs import Dialog, Question
from mini_crm.ui.widgets.focus import focused, grabbing, last_focused
from mini_crm.ui.widgets.menus import pop_up
from mini_crm.ui.widgets.screen import work_area
from ui.conftest import Hand, WaitUntil, room
from ui.test_app import main

__all__ = ["main"]


@pytest.mark.parametrize("key", ["Return", "KP_Enter", "space"])
def test_a_key_presses_a_dialog_button_once(root: ttk.App, theme: Theme, hand: Hand, key: str) -> None:
    """Enter and Space press the button that has the focus once, also one that takes its window away."""
    pressed: list[str] = []
    dialog = Dialog(root, theme, "")
    stays = dialog.add_button("stays", lambda: pressed.append("stays"))
    closes = dialog.add_button("closes", lambda: (pressed.append("closes"), dialog.accept())[0])
    dialog.show(stays)
    root.update()
    hand.key(key)
    hand.key("Tab")
    assert focused(root) is closes
    hand.key(key)
    assert pressed == ["stays", "closes"]
    assert not dialog.winfo_exists()


def test_a_button_that_is_off_cannot_be_pressed(root: ttk.App, hand: Hand) -> None:
    """Neither key presses a button that is off."""
    pressed: list[bool] = []
    button = ttk.Button(root, text="off", command=lambda: pressed.append(True))
    button.pack()
    button.focus_force()
    button.state(["disabled"])
    hand.key("Return", "space")
    assert pressed == []


def buttons_in(widget: tk.Misc) -> Iterator[ttk.Button]:
    """Give every button in a widget."""
    for child in widget.winfo_children():
        if isinstance(child, ttk.Button):
            yield child
        yield from buttons_in(child)


@pytest.mark.parametrize("key", ["Return", "space"])
def test_every_button_of_the_window_is_pressed_by_a_key(main: MainWindow, hand: Hand, key: str) -> None:
    """Each button of the main window does what it does, once, by Enter and by Space."""
    buttons = [button for button in buttons_in(main) if button.winfo_viewable()]
    assert len(buttons) >= 8
    for button in buttons:
        pressed: list[str] = []
        button.configure(command=lambda pressed=pressed: pressed.append("pressed"), state="normal")
        button.focus_force()
        hand.key(key)
        assert pressed == ["pressed"], button.cget("text")


@pytest.mark.parametrize("key", ["Return", "space"])
def test_leaving_without_saving_by_keys(app: App, main: MainWindow, hand: Hand, key: str) -> None:
    """With a form that is not saved, the key on «Leave without saving» leaves, and nothing fails."""
    page = main.pages.nametowidget(main.pages.tabs()[0])
    hand.click(page.form.client_pin.input)
    hand.key("7")

    def answer() -> None:
        if focused(app.root) in [dialog.no for dialog in dialogs(app)]:
            hand.key("Tab", key)
        else:
            app.root.after(20, answer)

    app.root.after(20, answer)
    main.leave()
    assert app.main is None
    assert app.login is not None


def dialogs(app: App) -> list[Question]:
    """Give the questions on the screen."""
    return [child for child in app.root.winfo_children() if isinstance(child, Question)]


@pytest.mark.parametrize("where", ["tabs", "menu button", "forecast page"])
def test_the_search_key_works_from_everywhere(
    main: MainWindow, hand: Hand, wait_until: WaitUntil, where: str
) -> None:
    """Ctrl+F goes to the search while the tabs, the menu button or the other page have the focus."""
    if where == "forecast page":
        main.pages.select(1)
        wait_until(lambda: main.forecast is not None)
        main.forecast._view.period.focus_force()
    else:
        (main.pages if where == "tabs" else main.menu_button).focus_force()
    hand.key("f", held=["Control"])
    page = main.pages.nametowidget(main.pages.tabs()[0])
    assert focused(main) is page.filters.text.input
    assert page.winfo_viewable()


@pytest.mark.parametrize("held", [[], ["Shift"]])
def test_tab_reaches_everything(main: MainWindow, hand: Hand, wait_until: WaitUntil, held: list[str]) -> None:
    """Tab, and Shift+Tab, come to every input and every button that can be used, and back to the first."""
    wait_until(lambda: not main.tasks.is_busy)
    page = main.pages.nametowidget(main.pages.tabs()[0])
    page.form.client_pin.input.focus_force()
    hand.key()
    start, visited = focused(main), set()
    for _ in range(80):
        hand.key("Tab", held=held)
        visited.add(focused(main))
        if focused(main) is start:
            break
    else:
        pytest.fail("Tab does not come back")
    calendars = {field._button for field in (page.form.pay_by, page.filters.first, page.filters.last)}
    by_other_keys = {*calendars, page.form.entered_on.input}  # F4; only to be read
    usable = {one for one in usable_in(main) if one.instate(["!disabled"])} - by_other_keys
    assert usable - visited == set()
    assert {main.pages, main.menu_button, page.table.tree} <= visited


def usable_in(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Give every visible input and button in a widget."""
    for child in widget.winfo_children():
        if child.winfo_viewable():
            if child.winfo_class() in ("TEntry", "TButton"):
                yield child
            yield from usable_in(child)


def test_the_menu_by_keys(main: MainWindow, hand: Hand) -> None:
    """Enter on the lead's name opens the menu, Escape closes it and gives the focus back."""
    main.menu_button.focus_force()
    assert hand.in_menu(lambda: hand.key("Return"), "Escape")
    assert grabbing(main) is None
    assert focused(main) is main.menu_button


def test_a_dialog_that_goes_before_it_was_seen_is_no_error(
    root: ttk.App, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed by a session's end or a quick key while the screen still draws it, it was cancelled, no more."""
    dialog = Dialog(root, theme, "Gone")
    monkeypatch.setattr(dialog, "lift", dialog.cancel)
    dialog.wait()
    assert dialog.cancelled
    assert not dialog.winfo_exists()


def test_a_tall_dialog_keeps_its_buttons_on_the_screen(root: ttk.App, theme: Theme) -> None:
    """With a title bar around it and a panel below, a dialog that is too tall is cut above its buttons."""
    dialog = Dialog(root, theme, "Tall")
    tk.Frame(dialog.body, width=200, height=3000).pack()
    button = dialog.add_button("Close", dialog.accept)
    dialog.show(button)
    for _ in range(30):
        root.update()
    area = work_area(root)
    assert area.height == room()[1]
    assert button.winfo_viewable()
    assert button.winfo_rooty() + button.winfo_height() <= area.bottom
    assert dialog.winfo_y() >= area.y
    dialog.close()


@pytest.fixture
def made_by_tk(root: ttk.App) -> str:
    """Give a focused widget that tkinter does not know, as Tk's own lists and menus are."""
    frame = ttk.Frame(root)
    frame.pack()
    root.tk.call("ttk::entry", f"{frame}.made")
    root.tk.call("pack", f"{frame}.made")
    root.update()
    root.tk.call("focus", "-force", f"{frame}.made")
    root.update()
    with pytest.raises(KeyError):
        root.focus_get()
    return str(frame)


def test_the_focus_can_always_be_asked(root: ttk.App, made_by_tk: str) -> None:
    """While a widget that Tk made has the focus, it counts as in the widget around it."""
    assert str(focused(root)) == made_by_tk
    assert str(last_focused(root)) == made_by_tk
    root.tk.call("grab", f"{made_by_tk}.made")
    assert str(grabbing(root)) == made_by_tk


def test_a_dialog_comes_whatever_has_the_focus(root: ttk.App, theme: Theme, made_by_tk: str) -> None:
    """A dialog can be shown and closed while a widget that Tk made has focus and grab."""
    root.tk.call("grab", f"{made_by_tk}.made")
    dialog = Question(root, Texts("ru"), theme, "?", yes="Да", no=None, danger=False)
    dialog.show(dialog.yes)
    assert grabbing(root) is dialog
    dialog.accept()
    root.update()


def test_a_dialog_takes_an_open_menu_away(
    root: ttk.App, theme: Theme, hand: Hand, wait_until: WaitUntil
) -> None:
    """A dialog that comes by itself while a menu is open has keys and clicks to itself."""
    menu = tk.Menu(root, tearoff=False)
    menu.add_command(label="x")
    dialog = Question(root, Texts("ru"), theme, "?", yes="Да", no=None, danger=False)
    assert hand.in_menu(lambda: pop_up(menu, 100, 100), look=lambda: dialog.show(dialog.yes))
    wait_until(dialog.winfo_viewable)
    assert grabbing(root) is dialog
    assert not hand.in_menu(lambda: None)
    hand.key("space")
    assert not dialog.cancelled


def test_menus_that_were_closed_do_not_gather(root: ttk.App, hand: Hand) -> None:
    """However often a menu was opened over a field and closed again, the field keeps one of them at most."""
    field = ttk.Entry(root)
    field.pack()
    for _ in range(3):
        menu = tk.Menu(field, tearoff=False)
        menu.add_command(label="x")
        assert hand.in_menu(partial(pop_up, menu, 100, 100), "Escape")
    assert len(field.winfo_children()) <= 1


@pytest.mark.parametrize("broken", ["focus", "sentence", "window"])
def test_a_report_never_ends_the_program(
    app: App, no_hidden_errors: list[str], made_by_tk: str, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Whatever fails while an error is told, the main loop goes on and the first error is in the log."""
    app.root.report_callback_exception = app.report
    if broken == "sentence":
        monkeypatch.setattr(app, "texts", None)
    elif broken == "window":
        monkeypatch.setattr(app, "theme", None)
    went_on: list[bool] = []

    def close_box() -> None:
        for question in dialogs(app):
            question.accept()

    app.root.after(10, fail)
    app.root.after(300, close_box)
    app.root.after(500, lambda: went_on.append(True))
    app.root.after(600, app.root.quit)
    app.root.mainloop()
    assert went_on == [True]
    assert "ZeroDivisionError" in no_hidden_errors[0]
    no_hidden_errors.clear()


def fail() -> None:
    """Fail as a defect does."""
    raise ZeroDivisionError


def test_an_error_in_tks_own_bindings_is_told_as_well(root: ttk.App, no_hidden_errors: list[str]) -> None:
    """Such an error goes the way of all errors; Tk has an English box of its own for it."""
    root.tk.eval("after idle {error broken}")
    root.update()
    assert "broken" in no_hidden_errors[0]
    no_hidden_errors.clear()


def test_what_was_put_off_for_a_widget_that_is_gone(root: ttk.App, theme: Theme) -> None:
    """A field that is destroyed just after it lost the focus leaves nothing behind that fails."""
    day = date(2026, 3, 5)
    for field in (ChoiceField(root, theme, "x"), DateField(root, theme, Texts("ru"), "x", today=day)):
        field.pack()
        root.update()
        for sequence in ("<FocusOut>", "<<Paste>>", "<<Cut>>", "<<ComboboxSelected>>"):
            field.input.event_generate(sequence)
        field.destroy()
        root.update()
