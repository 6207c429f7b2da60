"""The fields with a list of their own, under a real pointer and real keys."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator

import pytest
import ttkbootstrap as ttk

from mini_crm.ui.app import App
from mini_crm.ui.entries.dialogs_view import StatusDialog
from mini_crm.ui.entries.paste_view import PasteDialog
from mini_crm.ui.sign_in.password_dialogs import PasswordDialog, SignInAgainDialog
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets import ChoiceBox, ChoiceField, Field
from mini_crm.ui.widgets.drop_down import DropDown
from mini_crm.ui.widgets.focus import focused
from mini_crm.ui.widgets.popup import SCROLLED
from mini_crm.ui.widgets.screen import work_area
from ui.conftest import Hand, WaitUntil
from ui.entries_window import Open, open_window
from ui.test_pending import signed_in

__all__ = ["open_window"]

NAMES = [f"Иванов {number}" for number in range(40)] + ["Ёлкина Вера", "Сергеев Пётр"]
STATUSES = ["Ожидаем", "Оплачено", "Отказ"]


@pytest.fixture
def names(root: ttk.App, theme: Theme) -> ChoiceField:
    """Give a field with 42 names, and another input below it."""
    field = ChoiceField(root, theme, "Имя")
    field.pack()
    field.set_names(NAMES)
    root.update()
    return field


@pytest.fixture
def status(root: ttk.App, theme: Theme) -> ChoiceBox:
    """Give a field with three names to choose from."""
    box = ChoiceBox(root, theme, STATUSES)
    box.set_text("Ожидаем")
    box.pack()
    root.update()
    return box


def list_of(field: tk.Misc) -> DropDown:
    """Give the open list of a field."""
    (window,) = [child for child in field.winfo_children() if isinstance(child, DropDown)]
    return window


def box_of(field: tk.Misc) -> tk.Listbox:
    """Give the names on the open list of a field as a widget."""
    (box,) = [child for child in list_of(field).winfo_children() if isinstance(child, tk.Listbox)]
    return box


def inputs_in(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Give every visible input in a widget."""
    for child in widget.winfo_children():
        if child.winfo_viewable():
            if child.winfo_class() in ("TEntry", "TCombobox"):
                yield child
            yield from inputs_in(child)


def click_everywhere(root: ttk.App, hand: Hand, widget: tk.Misc) -> None:
    """Click into every pixel row of an input, on the text and on the arrow, and on both sides of its rim."""
    width, height = widget.winfo_width(), widget.winfo_height()
    points = [(x, row) for row in range(height) for x in (width // 2, width - 12)]
    for x, y in [*points, (0, height // 2), (width - 1, height // 2)]:
        hand.click(widget, x, y)
        assert str(root.tk.call("focus")) == str(widget)
        made = [str(path) for path in root.tk.splitlist(root.tk.call("winfo", "children", str(widget)))]
        made = [path for path in made if root.tk.call("winfo", "class", path) != "Label"]  # a hint within
        assert all(isinstance(widget.nametowidget(path), DropDown) for path in made)
    if made:
        hand.key("Escape")  # which would close a dialog without a list


@pytest.mark.timeout(240)
def test_every_pixel_row_of_every_field_of_the_page(open_window: Open, hand: Hand) -> None:
    """Wherever an input is clicked, its rim too, it has the focus, any list is ours, and nothing fails."""
    window = open_window("ru")
    inputs = list(inputs_in(window.view))
    assert len(inputs) >= 14
    for widget in inputs:
        click_everywhere(window.root, hand, widget)


@pytest.mark.timeout(240)
def test_every_pixel_row_of_a_dialog(open_window: Open, hand: Hand) -> None:
    """The day and the amount that came can be clicked anywhere, over the dialog's grab too."""
    window = open_window("ru")
    window.choose(window.enter("Орлов Пётр", "0042", "100", "31.12.2026"))
    window.key("<F6>")
    dialog = window.dialog(StatusDialog)
    inputs = list(inputs_in(dialog))
    assert len(inputs) == 2
    for widget in inputs:
        click_everywhere(window.root, hand, widget)
    assert dialog.winfo_exists()


@pytest.mark.timeout(240)
def test_every_pixel_row_of_the_sign_in_window(app: App, hand: Hand) -> None:
    """Name and password can be clicked anywhere."""
    assert app.login is not None
    for widget in list(inputs_in(app.login)):
        click_everywhere(app.root, hand, widget)


@pytest.mark.timeout(240)
def test_every_pixel_row_of_the_forecast_page(app: App, hand: Hand, wait_until: WaitUntil) -> None:
    """The choices above and the number that the lead commits to can be clicked anywhere."""
    main = signed_in(app, wait_until)
    main.pages.select(1)
    wait_until(lambda: main.forecast is not None and not main.tasks.is_busy)
    view = main.forecast._view if main.forecast is not None else None
    assert view is not None
    clicked = 0
    for tab in view.pages.tabs():
        view.pages.select(tab)
        app.root.update()
        for widget in list(inputs_in(view)):
            click_everywhere(app.root, hand, widget)
            clicked += 1
    assert clicked >= 4


@pytest.mark.timeout(240)
def test_every_pixel_row_of_the_password_dialogs(app: App, hand: Hand, wait_until: WaitUntil) -> None:
    """Old and new password, and the one that is asked for again, can be clicked anywhere."""
    main = signed_in(app, wait_until)
    for open_dialog, kind, fields in (
        (main.change_password, PasswordDialog, 3),
        (lambda: main.sign_in_again(lambda: None), SignInAgainDialog, 1),
    ):
        open_dialog()
        wait_until(lambda kind=kind: any(isinstance(child, kind) for child in app.root.children.values()))
        (dialog,) = [child for child in app.root.children.values() if isinstance(child, kind)]
        wait_until(dialog.winfo_viewable)
        inputs = list(inputs_in(dialog))
        assert len(inputs) == fields
        for widget in inputs:
            click_everywhere(app.root, hand, widget)
        dialog.destroy()
        app.root.update()


@pytest.mark.timeout(240)
def test_every_pixel_row_of_a_pasted_cell(open_window: Open, hand: Hand) -> None:
    """The field that a pasted cell is mended in can be clicked anywhere."""
    window = open_window("ru")
    window.presenter.paste("Орлов Пётр\t0042\tмного\t31.12.2026\t\n")
    dialog = window.dialog(PasteDialog)
    window.wait_until(lambda: dialog.table.get_children())
    editor = dialog.edit(1, "amount")
    assert editor is not None
    window.root.update()
    click_everywhere(window.root, hand, editor)
    assert editor.winfo_exists()


def test_cyrillic_keys_filter(names: ChoiceField, hand: Hand) -> None:
    """What is typed on a Russian keyboard narrows the list, and the cursor stays in the text."""
    hand.click(names.input)
    hand.key(*"елк")
    assert names.get() == "елк"
    assert names.input.listed() == ["Ёлкина Вера"]
    hand.key("BackSpace", "BackSpace", "BackSpace", *"пет")
    assert names.input.listed() == ["Сергеев Пётр"]
    hand.key("Return")
    assert names.get() == "Сергеев Пётр"
    assert focused(names) is names.input


def test_keys_move_the_mark(names: ChoiceField, hand: Hand) -> None:
    """Down and Up move the mark by one, Next and Prior by a page; Escape keeps the text."""
    hand.click(names.input)
    hand.key("Down")
    marks = []
    for key in ("Down", "Down", "Up", "Next", "Prior", "Prior"):
        hand.key(key)
        marks.append(list_of(names.input).marked)
    assert marks == [NAMES[0], NAMES[1], NAMES[0], NAMES[11], NAMES[0], NAMES[0]]
    hand.key("Escape")
    assert not names.input.is_open
    assert names.get() == ""


def test_the_arrow_opens_and_closes(names: ChoiceField, hand: Hand) -> None:
    """A click on the arrow shows all names, the next one takes them away; a click on the text does not."""
    right = names.input.winfo_width() - 10
    hand.click(names.input)
    assert not names.input.is_open
    hand.click(names.input, right)
    assert names.input.listed() == NAMES
    hand.click(names.input, right)
    assert not names.input.is_open


def test_a_click_chooses_and_the_wheel_scrolls(names: ChoiceField, hand: Hand) -> None:
    """The wheel moves the names, over list and field; a click takes the one under the pointer."""
    hand.click(names.input, names.input.winfo_width() - 10)
    box = box_of(names.input)
    hand.click(box, button=5)
    hand.click(names.input, button=5)
    assert box.nearest(0) == 6
    hand.click(box, 5, 2)
    assert names.get() == NAMES[6]
    assert not names.input.is_open
    assert focused(names) is names.input


def test_tab_takes_what_was_marked(root: ttk.App, theme: Theme, names: ChoiceField, hand: Hand) -> None:
    """Tab goes to the next input and takes the name that keys have marked."""
    after = Field(root, theme, "Другое")
    after.pack()
    root.update()
    hand.click(names.input)
    hand.key("Down", "Down", "Down", "Tab")
    assert names.get() == NAMES[1]
    assert focused(root) is after.input


@pytest.mark.parametrize("what", ["click", "move", "scroll", "hide"])
def test_the_list_goes_when_the_person_turns_elsewhere(
    root: ttk.App, theme: Theme, names: ChoiceField, hand: Hand, what: str, wait_until: WaitUntil
) -> None:
    """A click beside it, a window that moves or scrolls, and a page that is hidden take the list away."""
    beside = ttk.Label(root, text="рядом")
    beside.pack(side="bottom")
    root.update()
    hand.click(names.input, names.input.winfo_width() - 10)
    assert names.input.is_open
    place = root.geometry()
    if what == "click":
        hand.click(beside)
    elif what == "move":
        root.geometry("+60+60")
    elif what == "scroll":
        root.event_generate(SCROLLED)
    else:
        names.pack_forget()
    wait_until(lambda: not names.input.is_open)
    root.geometry(place)
    root.update()


def test_wide_names_are_whole_and_on_the_screen(root: ttk.App, theme: Theme, hand: Hand) -> None:
    """A narrow field in the lower right corner has a list as wide as its longest name, above the panel."""
    long_name = "Константинопольский-Задунайский Вениамин Александрович"
    field = ChoiceField(root, theme, "Имя", width=6)
    field.set_names([long_name, "Я"])
    field.place(relx=1, rely=1, anchor="se")
    place, area = root.geometry(), work_area(root)
    root.geometry(f"+{area.right - root.winfo_width()}+{area.bottom - root.winfo_height() - 20}")
    root.update()
    hand.key()
    hand.click(field.input, field.input.winfo_width() - 10)
    window = list_of(field.input)
    assert box_of(field.input).winfo_width() >= theme.text_width(long_name)
    assert window.winfo_rootx() + window.winfo_width() <= area.right
    assert window.winfo_rooty() + window.winfo_height() <= area.bottom
    root.geometry(place)
    root.update()


def test_a_choice_by_keys(status: ChoiceBox, hand: Hand) -> None:
    """Space opens and takes, a letter goes to its names in turn, Home and End to the ends."""
    taken: list[str] = []
    status.bind("<<ComboboxSelected>>", lambda event: taken.append(status.get()))
    status.focus_force()
    hand.key("space", "Down", "space")
    hand.key("о", "Return")
    hand.key("о", "о", "Return")
    hand.key("Home", "Return")
    hand.key("End", "Return")
    hand.key("ы", "x", "BackSpace")
    assert taken == ["Оплачено", "Отказ", "Оплачено", "Ожидаем", "Отказ"]
    assert status.get() == "Отказ"


def test_a_choice_by_the_mouse(status: ChoiceBox, hand: Hand) -> None:
    """A click anywhere opens the list, the next one closes it; a click on a name takes it."""
    hand.click(status, 3)
    assert status.is_open
    hand.click(status)
    assert not status.is_open
    hand.click(status)
    box = box_of(status)
    hand.click(box, 5, box.winfo_height() - 3)
    assert (status.get(), status.chosen) == ("Отказ", 2)
    assert focused(status) is status


def test_what_is_shown_anew_leaves_the_list_open(status: ChoiceBox, hand: Hand) -> None:
    """A page that brings the same names and choice again takes no list from under the mouse."""
    hand.click(status)
    status.set_names(STATUSES)
    status.set_text("Ожидаем")
    assert status.is_open
    hand.key("Escape")


def test_a_click_that_closes_the_list_and_draws_the_window_anew(
    root: ttk.App, status: ChoiceBox, hand: Hand
) -> None:
    """A button that takes the list away and lets the window live before the click is through is no error."""
    button = ttk.Button(root, text="Дальше")

    def pressed(event: tk.Event[tk.Misc]) -> None:
        status.close_list()
        root.update()

    button.bind("<Button-1>", pressed)
    button.pack(side="bottom")  # out of the way of the list
    root.update()
    hand.click(status)
    assert status.is_open
    hand.click(button)
    assert (status.is_open, status.get()) == (False, "Ожидаем")
    hand.click(status)
    assert status.is_open
    hand.key("Escape")
