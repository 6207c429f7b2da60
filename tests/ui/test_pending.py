"""The entry page on the screen while the database takes its time: typing goes on, nothing is lost."""

from __future__ import annotations

import tkinter
from collections.abc import Iterator

import pytest

from mini_crm.ui.app import App
from mini_crm.ui.entries.dialogs_view import ConflictDialog
from mini_crm.ui.entries.paste_view import PasteDialog
from mini_crm.ui.main_window import MainWindow
from mini_crm.ui.widgets.dialogs import Dialog, Question
from ui.conftest import CODE, LEAD, WaitUntil, press, type_into
from ui.entries_window import Open, Window, open_window
from ui.test_entries import cells, change_elsewhere, day
from unit.fake_entries_view import Gate

__all__ = ["open_window"]

"""From saving to the row in sight."""


@pytest.fixture
def gates() -> Iterator[list[Gate]]:
    """Let every worker go on when the test ends."""
    made: list[Gate] = []
    yield made
    for gate in made:
        gate.open.set()


def slow(window: Window, gates: list[Gate]) -> Gate:
    """Let the window's database take its time from now on."""
    gate = Gate(window.store)
    gates.append(gate)
    window.desk.store = gate  # type: ignore[assignment]
    return gate


def fill_in(window: Window, pin: str) -> None:
    """Fill in the form."""
    form = window.view.form
    for field, text in (
        (form.manager, "Орлов Пётр"), (form.client_pin, pin), (form.amount, "10"),
        (form.pay_by, day(window, 3)),
    ):  # fmt: skip
        field.set(text)


def save(window: Window, pin: str) -> None:
    """Fill in the form and save it by key, without waiting."""
    fill_in(window, pin)
    press(window.view.form.amount.input, "<Control-Return>")


def dialogs(window: Window) -> list[tkinter.Misc]:
    """Give what lies over the page."""
    return [child for child in window.root.winfo_children() if isinstance(child, Dialog)]


def test_typing_goes_on_while_the_database_takes_its_time(open_window: Open, gates: list[Gate]) -> None:
    """Three saves, each in sight at once; the fourth entry's letters and cursor stay through all answers."""
    window = open_window("ru")
    gate = slow(window, gates)
    form = window.view.form
    for pin in ("1", "2", "3"):
        save(window, pin)
        assert window.root.focus_get() is form.client_pin.input
        assert (form.client_pin.get(), form.amount.get(), form.manager.get()) == ("", "", "Орлов Пётр")
    assert [cells(window, number)[3] for number in window.shown()] == ["3", "2", "1"]
    assert all(cells(window, number)[7].startswith("… сохраняется") for number in window.shown())
    type_into(form.client_pin.input, "0044")
    form.client_pin.input.icursor(2)
    gate.open.set()
    window.wait_until(lambda: len(window.entries()) == 3)
    window.settle()
    window.wait_until(lambda: window.shown() == [3, 2, 1])
    assert form.client_pin.get() == "0044"
    assert window.root.focus_get() is form.client_pin.input
    assert form.client_pin.input.index("insert") == 2
    assert not dialogs(window)


def test_a_refused_entry_leaves_the_person_alone_and_waits_in_its_row(
    open_window: Open, gates: list[Gate]
) -> None:
    """While the filter is typed the answer marks the row; Enter there opens it, Delete asks to give it up."""
    window = open_window("ru")
    gate = slow(window, gates)
    gate.refusals = 2
    save(window, "0042")
    save(window, "0043")
    type_into(window.view.form.client_pin.input, "9")
    window.view.filters.text.input.focus_force()
    gate.open.set()
    window.wait_until(lambda: window.view.trouble.sentence)
    window.settle()
    assert window.root.focus_get() is window.view.filters.text.input
    assert window.view.form.client_pin.get() == "9"
    assert all(cells(window, number)[7].startswith("⚠ не сохранено: ") for number in window.shown())
    window.view.form.client_pin.set("")
    second, first = window.shown()
    window.choose(first)
    window.key("<Return>")
    assert window.view.form.client_pin.get() == "0042"
    assert window.shown() == [second]
    press(window.view.form.client_pin.input, "<Control-Return>")
    window.wait_until(lambda: len(window.entries()) == 1)
    window.settle()
    window.choose(second)
    window.root.after(50, lambda: window.dialog(Question).yes.invoke())
    window.view.table.tree.event_generate("<Delete>")
    window.wait_until(lambda: window.shown() == [1])
    assert [entry.client_pin for entry in window.entries()] == ["0042"]


def test_a_refused_row_has_a_menu_of_its_own(open_window: Open, gates: list[Gate]) -> None:
    """Put right, send again, give up; what goes with stored entries only is not offered."""
    window = open_window("en")
    gate = slow(window, gates)
    gate.refusals = 1
    save(window, "0042")
    window.view.form.comment.set("next one")
    gate.open.set()
    window.wait_until(lambda: window.view.trouble.sentence)
    window.choose(*window.shown())
    menu = window.view.table.menu(window.presenter)
    captions = [menu.entrycget(at, "label") for at in range(5) if menu.type(at) == "command"]
    assert captions == ["Put right…", "Send again", "Copy rows"]
    menu.invoke(1)
    window.wait_until(lambda: len(window.entries()) == 1)
    window.wait_until(lambda: window.shown() == [1])
    assert window.view.table.selected_ids() == [1]
    assert window.view.form.comment.get() == "next one"


def test_a_conflict_opens_no_window_by_itself(open_window: Open, gates: list[Gate]) -> None:
    """Closing the window that Enter opens decides nothing; "leave it" gives the own change up."""
    window = open_window("ru")
    number = window.enter("орл", "7", "10", day(window, 3))
    gate = slow(window, gates)
    window.choose(number)
    window.key("<Return>")
    window.view.form.amount.set("25")
    press(window.view.form.amount.input, "<Control-Return>")
    change_elsewhere(window, "чужое")
    type_into(window.view.form.client_pin.input, "00")
    gate.open.set()
    window.wait_until(lambda: window.view.trouble.sentence)
    window.settle()
    assert not dialogs(window)
    assert window.root.focus_get() is window.view.form.client_pin.input
    assert window.view.form.client_pin.get() == "00"
    window.choose(number)
    window.key("<Return>")
    window.dialog(ConflictDialog).cancel()
    assert cells(window, number)[4].startswith("25")
    window.key("<Return>")
    window.dialog(ConflictDialog).leave_button.invoke()
    window.settle()
    assert cells(window, number)[4].startswith("10")
    assert cells(window, number)[-1] == "чужое"


def test_a_cell_that_is_still_open_is_saved_with_its_row(open_window: Open) -> None:
    """Pressing the button takes what was typed into a pasted cell, which nobody has closed."""
    window = open_window("ru")
    window.presenter.paste(f"Орлов Пётр\t0042\t1,234\t{day(window, 5)}\t\n")
    dialog = window.dialog(PasteDialog)
    window.wait_until(lambda: dialog.table.get_children())
    editor = dialog.edit(1, "comment")
    assert editor is not None
    type_into(editor, "раз")
    editor = dialog.edit(1, "amount")
    assert editor is not None
    editor.delete(0, "end")
    type_into(editor, "1234")
    dialog._save()
    window.wait_until(lambda: len(window.entries()) == 1)
    (entry,) = window.entries()
    assert (str(entry.amount), entry.comment) == ("1234.00", "раз")


def signed_in(app: App, wait_until: WaitUntil) -> MainWindow:
    """Sign in and wait for the page."""
    wait_until(lambda: app.login is not None and app.login.name.input.names)
    assert app.login is not None
    app.login.name.set(LEAD)
    type_into(app.login.password.input, CODE)
    press(app.login.password.input, "<Return>")
    wait_until(lambda: app.main is not None and app.main.entries is not None)
    main = app.main
    assert main is not None
    wait_until(lambda: main.pages.nametowidget(main.pages.tabs()[0]).form.manager.input.names)
    wait_until(lambda: not main.tasks.is_busy)
    return main


def save_both(main: MainWindow) -> None:
    """Save two entries by key, one behind the other."""
    assert main.entries is not None
    view = main.pages.nametowidget(main.pages.tabs()[0])
    for pin in ("1", "2"):
        for field, text in ((view.form.manager, "Орлов Пётр"), (view.form.amount, "10")):
            field.set(text)
        view.form.client_pin.set(pin)
        view.form.pay_by.set_day(main.entries.today())
        press(view.form.client_pin.input, "<Control-Return>")
    assert len(view.table.tree.get_children()) == 2


def test_what_waits_behind_a_save_that_hangs_is_on_the_disk(
    app: App, wait_until: WaitUntil, gates: list[Gate]
) -> None:
    """Of two saves without an answer both outlive the program; with the answers both are stored once."""
    main = signed_in(app, wait_until)
    store, outbox = main.desk.store, main.desk.outbox
    assert outbox is not None
    gate = Gate(store)
    gates.append(gate)
    main.desk.store = gate  # type: ignore[assignment]
    save_both(main)
    wait_until(lambda: len(list(outbox.folder.glob("*.write"))) == 2)
    gate.open.set()
    wait_until(lambda: not main.tasks.is_busy)
    table = main.pages.nametowidget(main.pages.tabs()[0]).table
    assert sorted(table.tree.item(row, "values")[3] for row in table.tree.get_children()) == ["1", "2"]
    assert list(outbox.folder.glob("*.write")) == []


@pytest.mark.parametrize("way", ["language", "leave"])
def test_leaving_while_the_database_hangs_loses_nothing(
    app: App, wait_until: WaitUntil, gates: list[Gate], way: str
) -> None:
    """Two saves without an answer, the window goes: what hangs is stored by the next window, once."""
    main = signed_in(app, wait_until)
    store = main.desk.store
    gate = Gate(store)
    gates.append(gate)
    main.desk.store = gate  # type: ignore[assignment]
    save_both(main)
    if way == "language":
        main._language_chosen("en")
        wait_until(lambda: app.main is not main and app.main is not None and app.main.entries is not None)
    else:
        main.leave()
        assert app.main is None
        signed_in(app, wait_until)
    again = app.main
    assert again is not None
    assert again.entries is not None
    gate.open.set()
    table = again.pages.nametowidget(again.pages.tabs()[0]).table
    again.entries.refresh()
    wait_until(lambda: len(table.tree.get_children()) == 2)
    main.tasks.join()
    again.entries.refresh()
    wait_until(lambda: not again.tasks.is_busy)
    assert sorted(table.tree.item(row, "values")[3] for row in table.tree.get_children()) == ["1", "2"]
