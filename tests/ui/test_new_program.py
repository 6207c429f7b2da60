"""A database that a newer program has brought up to date, under an open window and before signing in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mini_crm.domain.model import EntryFilter
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.main_window import MainWindow, Surroundings
from mini_crm.usecases.outbox import Outbox
from ui.conftest import CODE, LEAD, Hand, WaitUntil, press, type_into

_ = Texts("ru").gettext


@pytest.fixture
def opened(around: Surroundings) -> list[Path]:
    """Give the folders that were shown."""
    shown: list[Path] = []
    around.open_folder = shown.append
    return shown


def set_version(store: SqliteStore, number: int, place: Path | None = None) -> None:
    """Be what a program of that version, which lets no older one in, has made of the file."""
    settings = {"LeastVersion": str(number)} | ({} if place is None else {"ProgramPlace": str(place)})
    with closing(sqlite3.connect(store.db.path, timeout=10)) as connection:
        connection.execute(f"PRAGMA user_version = {number}")
        connection.executemany("INSERT OR REPLACE INTO Setting (Name, Value) VALUES (?, ?)", settings.items())
        connection.commit()


def test_at_sign_in_the_new_program_is_a_click_away(
    opened: list[Path], app: App, store: SqliteStore, hand: Hand, tmp_path: Path, wait_until: WaitUntil
) -> None:
    """Who signs in with an old program reads where the new one is; its path is copied, its folder opened."""
    view = app.login
    assert view is not None
    made = store.get_schema_version()
    set_version(store, made + 1, tmp_path)
    type_into(view.name.input, LEAD)
    press(view.name.input, "<Return>")
    type_into(view.password.input, CODE)
    hand.key("Return")
    wait_until(lambda: len(view.banner.offers) == 2)
    assert str(tmp_path) in view.banner.sentence
    assert view.password.get() == CODE
    copy, folder = view.banner.offers
    assert (
        folder.winfo_rootx() + folder.winfo_width() <= view.banner.winfo_rootx() + view.banner.winfo_width()
    )
    hand.click(copy)
    assert app.root.clipboard_get() == str(tmp_path)
    hand.click(folder)
    wait_until(lambda: opened == [tmp_path])
    set_version(store, made)
    hand.click(view.button)
    wait_until(lambda: app.main is not None)


@pytest.fixture
def main(app: App, wait_until: WaitUntil) -> MainWindow:
    """Give the main window of the lead."""
    assert app.login is not None
    app.login.name.set(LEAD)
    type_into(app.login.password.input, CODE)
    press(app.login.password.input, "<Return>")
    wait_until(lambda: app.main is not None and app.main.entries is not None)
    assert app.main is not None
    return app.main


def test_an_update_under_an_open_window(
    opened: list[Path],
    app: App,
    main: MainWindow,
    around: Surroundings,
    store: SqliteStore,
    hand: Hand,
    tmp_path: Path,
    wait_until: WaitUntil,
) -> None:
    """The window says it and where the new program is; what is saved waits here, what is typed stays."""
    view = main._entries_view
    assert view is not None and main.entries is not None
    form = view.form
    wait_until(lambda: form.manager.input.names)
    made = store.get_schema_version()
    set_version(store, made + 1, tmp_path)
    for field, text in (
        (form.manager, "Орлов Пётр"),
        (form.client_pin, "77"),
        (form.amount, "5"),
        (form.pay_by, "+3"),
    ):
        field.set("")
        type_into(field.input, text)
        press(field.input, "<Tab>")
    press(form.pay_by.input, "<Control-Return>")
    outbox = Outbox(tmp_path / "outbox", around.address, main.desk.session.lead_id, LEAD)
    wait_until(lambda: len(outbox.pending()) == 1 and len(main.trouble.offers) == 2)
    assert str(tmp_path) in main.trouble.sentence
    assert (
        _(
            "What you save now is kept on this computer and sent after the update; save the form before you "
            "close this window."
        )
        in main.trouble.sentence
    )
    type_into(form.client_pin.input, "88")
    hand.click(main.trouble.offers[0])
    assert app.root.clipboard_get() == str(tmp_path)
    hand.click(main.trouble.offers[1])
    wait_until(lambda: opened == [tmp_path])
    assert form.client_pin.get() == "88"
    with closing(sqlite3.connect(store.db.path)) as connection:
        assert connection.execute("SELECT count(*) FROM Entry").fetchone() == (0,)
    set_version(store, made)  # as the new program would find it
    main.entries.refresh()
    wait_until(lambda: not main.trouble.sentence)
    (entry,) = store.list_entries(main.desk.token, EntryFilter(), descending=False).entries
    assert entry.client_pin == "77"
    assert outbox.pending() == ()
    assert form.client_pin.get() == "88"
