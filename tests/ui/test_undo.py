"""Ctrl+Z in the entry window: the last acts, and in inputs what was typed; under both keyboard layouts."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import EntryFilter, Status
from mini_crm.i18n import Texts
from mini_crm.ui.entries.dialogs_view import StatusDialog
from mini_crm.ui.entries.many_view import DeleteManyDialog, PayByDialog
from mini_crm.ui.entries.paste_view import PasteDialog
from mini_crm.ui.widgets.clipboard import bind_clipboard
from ui.conftest import Hand, press
from ui.entries_window import Open, Window, open_window
from ui.test_clipboard_keys import Y, Z, control, layout

__all__ = ["layout", "open_window"]

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="its keys have other codes")


def day(window: Window, days: int) -> str:
    """Write a day as a person of that language does."""
    there = window.store.get_today() + timedelta(days=days)
    return format_date(there, language=window.desk.texts.language)


@pytest.mark.usefixtures("layout")
def test_ctrl_z_in_the_table_undoes_acts_newest_first(open_window: Open, hand: Hand) -> None:
    """A refusal of two rows, then the second entry, then the first; each press is said."""
    window = open_window("ru")
    tree = window.view.table.tree
    first = window.enter("орл", "0042", "1500", day(window, 7))
    second = window.enter("орл", "0043", "20", day(window, 7))
    window.choose(first, second)
    window.key("<F7>")
    hand.click(window.dialog(StatusDialog).yes)
    window.wait_until(lambda: all(entry.status is Status.REFUSED for entry in window.entries()))
    window.settle()
    control(tree, Z)
    window.wait_until(lambda: all(entry.status is Status.EXPECTED for entry in window.entries()))
    window.settle()
    assert "Отменено: изменение 2 наработок." in str(window.view.said.cget("text"))
    control(tree, Z)
    window.wait_until(lambda: window.shown() == [first])
    window.settle()
    control(tree, Z)
    window.wait_until(lambda: window.shown() == [])
    window.settle()
    control(tree, Z)
    assert str(window.view.said.cget("text")) == "Отменять нечего."


@pytest.mark.usefixtures("layout")
def test_ctrl_z_in_an_input_undoes_typing(open_window: Open, hand: Hand) -> None:
    """Word by word, back and forth; the stored entry stays, whatever is pressed."""
    window = open_window("ru")
    number = window.enter("орл", "0042", "1500", day(window, 7))
    field = window.view.form.comment
    hand.click(field.input)
    hand.key("1", "2", "space", "3", "4")
    assert field.get() == "12 34"
    control(field.input, Z)
    assert field.get() == "12 "
    control(field.input, Z)
    assert field.get() == ""
    control(field.input, Z)
    assert field.get() == ""
    assert window.shown() == [number]
    control(field.input, Y)
    control(field.input, Y)
    assert field.get() == "12 34"
    hand.key("5")
    control(field.input, Y)
    assert field.get() == "12 345"
    control(field.input, Z)
    assert field.get() == "12 34"
    window.settle()
    assert [entry.entry_id for entry in window.entries()] == [number]


@pytest.mark.usefixtures("layout")
def test_ctrl_z_takes_back_a_paste_and_a_cut_of_text(open_window: Open, hand: Hand) -> None:
    """Each is one step, and what the program puts there later is not mixed with it."""
    window = open_window("ru")
    field = window.view.form.client_pin
    window.root.clipboard_clear()
    window.root.clipboard_append("00421")
    hand.click(field.input)
    hand.key("7")
    field.input.event_generate("<<Paste>>")
    window.root.update()
    assert field.get() == "700421"
    field.input.selection_range(0, "end")
    field.input.event_generate("<<Cut>>")
    window.root.update()
    assert field.get() == ""
    for text in ("700421", "7", ""):
        control(field.input, Z)
        assert field.get() == text
    hand.key("8")
    field.set("0099")
    control(field.input, Z)
    assert field.get() == "0099"


@pytest.mark.usefixtures("layout")
def test_ctrl_z_right_behind_saving_undoes_the_entry(open_window: Open) -> None:
    """The cursor stands in an empty form then, where nothing was typed that could be meant."""
    window = open_window("ru")
    window.enter("орл", "0042", "1500", day(window, 7))
    control(window.view.form.client_pin.input, Z)
    window.wait_until(lambda: window.shown() == [])
    assert window.entries() == ()


def test_the_button_undoes_what_it_names(open_window: Open, hand: Hand) -> None:
    """The control below the list names the last act; a click takes it back, and it goes with the last one."""
    window = open_window("ru")
    panel = window.view.panel
    assert not panel.undo_button.winfo_viewable()
    window.enter("орл", "0042", "1500", day(window, 7))
    assert str(panel.undo_text.cget("text")) == "Новая наработка, пин 0042"
    hand.click(panel.undo_button)
    window.wait_until(lambda: window.shown() == [])
    window.wait_until(lambda: not panel.undo_button.winfo_viewable())


@pytest.mark.parametrize("language", ["ru", "en"])
def test_many_rows_are_deleted_after_one_question(open_window: Open, hand: Hand, language: str) -> None:
    """The cursor stands on the harmless button; one Ctrl+Z brings all back."""
    window = open_window(language)
    numbers = [window.enter("орл", str(pin), "10", day(window, 3)) for pin in range(3)]
    window.choose(*numbers)
    window.key("<Delete>")
    dialog = window.dialog(DeleteManyDialog)
    assert window.root.focus_get() is dialog.no
    press(dialog.no, "<space>")
    assert len(window.entries()) == 3
    window.key("<Delete>")
    hand.click(window.dialog(DeleteManyDialog).yes)
    window.wait_until(lambda: window.shown() == [])
    window.settle()
    control(window.view.table.tree, Z)
    window.wait_until(lambda: sorted(window.shown()) == numbers)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_many_rows_get_one_promised_day(open_window: Open, language: str) -> None:
    """F4 asks for the day, says what is wrong with a typed one, and saves it for all open rows."""
    window = open_window(language)
    numbers = [window.enter("орл", str(pin), "10", day(window, 3)) for pin in range(3)]
    window.choose(*numbers)
    window.key("<F4>")
    dialog = window.dialog(PayByDialog)
    assert dialog.day.get() == day(window, 3)
    dialog.day.set(day(window, -2))
    press(dialog.day.input, "<Return>")
    assert dialog.day.error
    dialog.day.set(day(window, 20))
    press(dialog.day.input, "<Return>" if language == "ru" else "<Control-Return>")
    later = window.store.get_today() + timedelta(days=20)
    window.wait_until(lambda: {entry.pay_by for entry in window.entries()} == {later})


def live_until(window: Window, condition: Callable[[], object]) -> None:
    """Let the window live, for longer than usual, until something is true."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        window.root.update()
        time.sleep(0.01)


def test_a_thousand_pasted_rows_are_undone_by_two_presses(open_window: Open) -> None:
    """Each paste of 500 rows is one act, and goes as one."""
    window = open_window("ru")
    for half in range(2):
        rows = "".join(f"Орлов Пётр\t{half}{n:03}\t5\t{day(window, 9)}\t\n" for n in range(500))
        window.presenter.paste(rows)
        dialog = window.dialog(PasteDialog)
        live_until(window, lambda shown=dialog.table: len(shown.get_children()) == 500)
        dialog.save_button.invoke()
        live_until(window, lambda: not window.tasks.is_busy)
    assert window.store.list_entries(window.desk.token, EntryFilter()).total == 1000
    control(window.view.table.tree, Z)
    control(window.view.table.tree, Z)
    live_until(window, lambda: not window.tasks.is_busy and not window.presenter.has_unsaved())
    assert window.entries() == ()
    assert window.shown() == []


def test_a_password_is_not_kept_to_be_undone(root: ttk.App, hand: Hand) -> None:
    """What is typed where dots are shown stands nowhere else in the memory, and Ctrl+Z brings none of it."""
    bind_clipboard(root, lambda: Texts("ru"))
    field = ttk.Entry(root, show="•")
    field.pack()
    root.update()
    hand.click(field)
    hand.key("1", "2", "3")
    assert field.get() == "123"
    control(field, Z)
    assert field.get() == "123"
    root.unbind_all("<Control-KeyPress>")
