"""The entry page as a person uses it: keys, buttons and the table on the screen."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import RosterRow, Status
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.entries.dialogs_view import (
    ConflictDialog,
    HistoryDialog,
    KeptDialog,
    RestDialog,
    StatusDialog,
)
from mini_crm.ui.entries.page_view import EntriesView
from mini_crm.ui.entries.paste_view import PasteDialog
from ui.conftest import CODE, LEAD, WaitUntil, press, type_into
from ui.entries_window import Open, Window, open_window

__all__ = ["open_window"]

SOURCE = Path(__file__).parents[2] / "src"

OTHER_PROCESS = """
import hashlib, sys
from dataclasses import replace
from pathlib import Path
from uuid import uuid4
from mini_crm.domain.credentials import new_token, normalize_password
from mini_crm.domain.model import EntryFilter
from mini_crm.store.sqlite import SqliteStore

path, lead, password, comment = sys.argv[1:]
store = SqliteStore.open(Path(path))
kind, kdf = store.get_salt(lead)
token = new_token()
key = hashlib.sha256(kdf.salt + normalize_password(password, kind).encode()).digest()
store.sign_in(lead, key, token, "PC-9")
entry = store.list_entries(token, EntryFilter()).entries[0]
draft = replace(entry.draft(), comment=comment)
store.update_entry(token, uuid4(), entry.entry_id, entry.version, draft)
store.close()
"""


def change_elsewhere(window: Window, comment: str) -> None:
    """Let another program change the newest entry."""
    path = window.store.db.path
    command = [sys.executable, "-c", OTHER_PROCESS, str(path), LEAD, CODE, comment]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(SOURCE)}, timeout=60)


def day(window: Window, days: int) -> str:
    """Write a day as a person of that language does."""
    there = window.store.get_today() + timedelta(days=days)
    return format_date(there, language=window.desk.texts.language)


def cells(window: Window, number: int) -> list[str]:
    """Give the texts of a row."""
    return [str(cell) for cell in window.view.table.tree.item(str(number), "values")]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_day_at_the_desk(open_window: Open, language: str) -> None:
    """Enter three entries, mark one paid and one refused, delete one by its ID, undo, filter, reset."""
    window = open_window(language)
    view = window.view
    first = window.enter("орл", "0042", "1500,50", day(window, 7))
    second = window.enter("ёлк", "0043", "20 000", day(window, 0))
    third = window.enter("орл", "0044", "300", day(window, 30))
    assert window.shown() == [third, second, first]
    assert [entry.client_pin for entry in window.entries()] == ["0042", "0043", "0044"]
    assert cells(window, second)[7].startswith("▸ ")

    window.choose(first)
    window.key("<F6>")
    paid = window.dialog(StatusDialog)
    assert paid.amount is not None
    paid.amount.set("1400")
    press(paid.amount.input, "<Return>")
    press(window.dialog(RestDialog).no_button, "<Return>")
    window.wait_until(lambda: window.entries()[0].status is Status.PAID)
    assert str(window.entries()[0].paid_amount) == "1400.00"

    window.choose(second)
    window.key("<F7>")
    refused = window.dialog(StatusDialog)
    assert refused.reason is not None
    press(refused.reason.input, "<Return>")
    window.wait_until(lambda: window.entries()[1].status is Status.REFUSED)
    window.settle()
    assert [cells(window, number)[7][:2] for number in (first, second)] == ["✓ ", "✕ "]

    type_into(view.panel.number, str(third))
    window.wait_until(lambda: "0044" in str(view.panel.shown.cget("text")))
    view.panel.delete_button.invoke()
    window.wait_until(lambda: len(window.entries()) == 2)
    window.wait_until(lambda: window.shown() == [second, first])
    view.panel.undo_button.invoke()
    window.wait_until(lambda: len(window.entries()) == 3)
    window.wait_until(lambda: window.shown() == [third, second, first])

    type_into(view.filters.text.input, "ЁЛКИНА")
    window.wait_until(lambda: window.shown() == [second])
    assert "20" in str(view.summary.cget("text"))
    view.filters.reset_button.invoke()
    window.wait_until(lambda: window.shown() == [third, second, first])


def test_what_another_program_changes_appears(open_window: Open) -> None:
    """A row that another process changes is shown anew by itself; chosen rows stay chosen."""
    window = open_window("ru")
    numbers = [window.enter("орл", str(pin), "10", day(window, 3)) for pin in range(3)]
    window.choose(numbers[0], numbers[2])
    change_elsewhere(window, "изменено рядом")
    window.wait_until(lambda: cells(window, numbers[2])[-1] == "изменено рядом")
    assert set(window.view.table.selected_ids()) == {numbers[0], numbers[2]}


def test_two_people_at_one_entry(open_window: Open) -> None:
    """The second sees who changed what and does the own change again; both stand in the end."""
    window = open_window("ru")
    number = window.enter("орл", "7", "10", day(window, 3))
    window.choose(number)
    window.key("<Return>")
    window.wait_until(lambda: window.view.form.client_pin.get() == "7")
    change_elsewhere(window, "чужое")
    window.view.form.amount.set("25")
    press(window.view.form.amount.input, "<Control-Return>")
    window.wait_until(lambda: window.view.trouble.sentence)
    window.choose(number)
    window.key("<Return>")
    dialog = window.dialog(ConflictDialog)
    lines = [dialog.table.item(line, "values")[:4] for line in dialog.table.get_children()]
    assert lines == [("Сумма", "10", "10", "25"), ("Комментарий", "—", "чужое", "—")]
    dialog.again_button.invoke()
    window.wait_until(lambda: str(window.entries()[0].amount) == "25.00")
    assert window.entries()[0].comment == "чужое"


def test_bad_fields_are_said_below_them(open_window: Open) -> None:
    """Text that cannot be stored is said when typing stops; saving puts the cursor there."""
    window = open_window("ru")
    form = window.view.form
    type_into(form.pay_by.input, "31.02.2026")
    window.wait_until(lambda: form.pay_by.error)
    assert "31.02.2026" in form.pay_by.error
    press(form.pay_by.input, "<Control-Return>")
    assert window.root.focus_get() is form.group.input
    assert form.client_pin.error
    assert window.entries() == ()


def test_enter_goes_on_and_after_saving_the_cursor_is_at_the_pin(open_window: Open) -> None:
    """Enter leads through the fields in the order of Tab; group, manager and day stay for the next one."""
    window = open_window("ru")
    form = window.view.form
    order = list(form.fields.values())
    form.group.input.focus_force()
    for field in order[1:]:
        press(window.root.focus_get() or form, "<Return>")
        assert window.root.focus_get() is field.input
    window.enter("орл", "1", "10", day(window, 3))
    assert window.root.focus_get() is form.client_pin.input
    assert (form.group.get(), form.manager.get(), form.pay_by.get()) == (
        "Север",
        "Орлов Пётр",
        day(window, 3),
    )
    assert (form.client_pin.get(), form.amount.get()) == ("", "")


def test_an_open_entry_of_the_same_pin(open_window: Open) -> None:
    """While the PIN is typed the open entry is pointed out; the button jumps to its row."""
    window = open_window("ru")
    number = window.enter("орл", "0042", "10", day(window, 3))
    window.enter("орл", "0043", "10", day(window, 3))
    form = window.view.form
    type_into(form.client_pin.input, "0042")
    window.wait_until(lambda: form.pin_hint.winfo_ismapped())
    assert str(number) in str(form.pin_hint.cget("text"))
    form.pin_hint.invoke()
    assert window.view.table.selected_ids() == [number]


def test_rows_from_excel(open_window: Open) -> None:
    """Pasted rows are shown first; the bad cell is mended in place, then all are stored."""
    window = open_window("ru")
    later = day(window, 5)
    window.root.clipboard_clear()
    window.root.clipboard_append(f"Орлов Пётр\t0042\t10\t{later}\tраз\nЁлкина Вера\t0043\t1,234\t{later}\t\n")
    window.view.table.tree.event_generate("<<Paste>>")
    dialog = window.dialog(PasteDialog)
    window.wait_until(lambda: dialog.table.get_children())
    assert dialog.table.item("2", "tags")[0] == "bad"
    assert dialog.table.item("2", "values")[4].startswith("✖")
    editor = dialog.edit(2, "amount")
    assert editor is not None
    editor.delete(0, "end")
    type_into(editor, "1234")
    press(editor, "<Return>")
    dialog.save_button.invoke()
    window.wait_until(lambda: len(window.entries()) == 2)
    window.wait_until(lambda: not dialog.winfo_exists())
    assert [str(entry.amount) for entry in window.entries()] == ["10.00", "1234.00"]


def test_columns_of_a_paste_are_chosen_at_its_head(open_window: Open) -> None:
    """A menu at a heading offers the pasted columns; the chosen one is the field's from then on."""
    window = open_window("en")
    window.presenter.paste("0042\tОрлов Пётр\t5\t\tx\n")
    dialog = window.dialog(PasteDialog)
    wait = window.wait_until
    wait(lambda: dialog.table.get_children())
    menu = dialog.column_menu("manager")
    assert [menu.entrycget(at, "label") for at in (0, 1)] == ["✓ 1: 0042", "   2: Орлов Пётр"]
    menu.invoke(1)
    wait(lambda: dialog.table.set("1", "manager") == "Орлов Пётр")
    assert dialog.table.set("1", "client_pin") == "0042"


def test_history_of_a_row(open_window: Open) -> None:
    """F3 shows who changed what, newest first."""
    window = open_window("ru")
    number = window.enter("орл", "7", "10", day(window, 3))
    change_elsewhere(window, "позже")
    window.presenter.refresh()
    window.settle()
    window.choose(number)
    window.key("<F3>")
    dialog = window.dialog(HistoryDialog)
    lines = [dialog.table.item(line, "values") for line in dialog.table.get_children()]
    assert [line[2:] for line in lines] == [("Комментарий", "—", "позже"), ("внесена", "", "")]
    dialog.cancel()


def test_a_database_that_goes_away(open_window: Open) -> None:
    """The form is free again, the entry waits in sight, and is stored when the database is back."""
    window = open_window("ru")
    window.view.form.manager.set("Орлов Пётр")
    window.view.form.client_pin.set("0042")
    window.view.form.amount.set("10")
    window.view.form.pay_by.set(day(window, 3))
    window.cable.pulled = True
    press(window.view.form.client_pin.input, "<Control-Return>")
    window.wait_until(lambda: window.view.kept.winfo_ismapped())
    assert window.view.form.client_pin.get() == ""
    window.view.kept.invoke()
    kept = window.dialog(KeptDialog)
    window.wait_until(lambda: kept.table.get_children())
    kept.cancel()
    window.cable.pulled = False
    window.presenter.refresh()
    window.wait_until(lambda: len(window.entries()) == 1)
    window.wait_until(lambda: not window.view.kept.winfo_ismapped())
    window.wait_until(lambda: len(window.shown()) == 1)


def test_the_window_lives_while_the_database_does_not_answer(open_window: Open) -> None:
    """A banner tells of what time the data is, with a button to try now; then all goes on."""
    window = open_window("ru")
    window.cable.pulled = True
    window.presenter.refresh()
    window.wait_until(lambda: window.view.lost.sentence)
    assert window.view.lost.button is not None
    window.cable.pulled = False
    window.view.lost.button.invoke()
    window.wait_until(lambda: not window.view.lost.sentence)


def test_sums_of_pieces_and_money(open_window: Open, store: SqliteStore) -> None:
    """The unit stands beside the amount as soon as the group is known."""
    window = open_window("ru")
    form = window.view.form
    form.group.set("")
    type_into(form.group.input, "шту")
    press(form.group.input, "<Return>")
    window.wait_until(lambda: form.manager.input.names == ["Белов Глеб"])
    number = window.enter("бел", "1", "3", day(window, 3))
    assert cells(window, number)[4] == "3\u00a0шт."


def test_names_are_unique_enough(open_window: Open, store: SqliteStore) -> None:
    """Namesakes in two groups can be told apart in the filter."""
    rows = [RosterRow(LEAD, "Север", "Орлов Пётр", "RUB"), RosterRow(LEAD, "Штуки", "Орлов Пётр", "pcs")]
    store.apply_roster(rows, "test", complete=False)
    window = open_window("ru")
    names = window.view.filters.manager.input.names
    assert {"Орлов Пётр (Север)", "Орлов Пётр (Штуки)"} <= set(names)


def test_from_signing_in_to_the_first_entry(app: App, wait_until: WaitUntil, store: SqliteStore) -> None:
    """Sign in, enter an entry with keys alone, see it in the table, and leave without losing a typed form."""
    wait_until(lambda: app.login is not None and app.login.name.input.names)
    assert app.login is not None
    app.login.name.set(LEAD)
    type_into(app.login.password.input, CODE)
    press(app.login.password.input, "<Return>")
    wait_until(lambda: app.main is not None)
    main = app.main
    assert main is not None
    wait_until(lambda: main.entries is not None)
    (view,) = [child for child in main.pages.winfo_children() if isinstance(child, EntriesView)]
    wait_until(lambda: view.form.manager.input.names)
    type_into(view.form.manager.input, "глеб")
    press(view.form.manager.input, "<Return>")
    pay_by = format_date(store.get_today() + timedelta(days=3), language="ru")
    for field, text in ((view.form.client_pin, "0042"), (view.form.amount, "7"), (view.form.pay_by, pay_by)):
        type_into(field.input, text)
    press(view.form.pay_by.input, "<Control-Return>")
    wait_until(lambda: view.table.tree.get_children())
    assert view.form.client_pin.get() == ""
    wait_until(lambda: not main.entries.has_unsaved())
    type_into(view.form.client_pin.input, "0043")
    assert main.entries.has_unsaved()
