"""The sign-in window, as a person uses it."""

from __future__ import annotations

import threading
import tkinter
from collections.abc import Iterator
from datetime import timedelta

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.credentials import KdfParameters, PasswordKind, derive_key
from mini_crm.domain.errors import DatabaseUnreachable, WrongPassword
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.main_window import Surroundings
from mini_crm.ui.sign_in.password_dialogs import PasswordDialog
from ui.conftest import CODE, LEAD, OTHER_LEAD, Clock, WaitUntil, issue, press, type_into


def sign_in(app: App, name: str, password: str) -> None:
    """Fill in both fields and press Enter."""
    assert app.login is not None
    app.login.name.set(name)
    app.login.password.set("")
    type_into(app.login.password.input, password)
    press(app.login.password.input, "<Return>")


def test_the_list_filters_while_typing_in_any_case(app: App, wait_until: WaitUntil) -> None:
    """Typing the beginning of a name, in whatever case, leaves only the names that fit."""
    assert app.login is not None
    field = app.login.name.input
    wait_until(lambda: field.names)
    type_into(field, "пЕТр")
    assert field.listed() == [LEAD]
    press(field, "<Return>")
    assert field.get() == LEAD
    assert not field.is_open


def test_enter_goes_from_the_name_to_the_password(app: App, wait_until: WaitUntil) -> None:
    """Choosing the name with Enter puts the cursor into the password."""
    assert app.login is not None
    view = app.login
    wait_until(lambda: view.name.input.names)
    type_into(view.name.input, "петр")
    press(view.name.input, "<Return>")
    wait_until(lambda: view.focus_get() is view.password.input)


def descendants(widget: tkinter.Misc) -> Iterator[tkinter.Misc]:
    """Give everything below a widget."""
    for child in widget.winfo_children():
        yield child
        yield from descendants(child)


def has_text(widget: tkinter.Misc) -> bool:
    """Say whether it is a label or a button."""
    return widget.winfo_class() in ("TLabel", "TButton", "TMenubutton", "Label")


def test_sign_in_opens_the_main_window(app: App, wait_until: WaitUntil) -> None:
    """The right password, typed in small letters without dashes, leads to the main window."""
    sign_in(app, LEAD, CODE.lower().replace("-", ""))
    wait_until(lambda: app.main is not None)
    assert app.login is None
    assert "company.sqlite" in app.root.title()
    texts = [str(widget.cget("text")) for widget in descendants(app.root) if has_text(widget)]
    assert [app.root.title(), *texts].count(LEAD) == 1
    assert LEAD not in app.root.title()


def test_wrong_password_is_one_sentence(app: App, wait_until: WaitUntil) -> None:
    """A wrong password is said in the window, and the password can be typed again at once."""
    sign_in(app, LEAD, "2222-2222-2222")
    view = app.login
    assert view is not None
    wait_until(lambda: view.banner.sentence)
    assert view.banner.sentence == Texts("ru").gettext("Wrong name or password.")
    assert view.password.get() == ""
    assert view.focus_get() is view.password.input


def test_waiting_time_counts_down(app: App, clock: Clock, wait_until: WaitUntil) -> None:
    """After three failures the window says how long to wait, and lets nobody try before."""
    view = app.login
    assert view is not None
    for _ in range(3):
        sign_in(app, LEAD, "2222-2222-2222")
        wait_until(lambda: view.banner.sentence and not view.button.instate(["disabled"]))
    clock.ahead -= timedelta(seconds=3)  # a busy computer may need longer than the second of waiting
    sign_in(app, LEAD, CODE)
    wait_until(lambda: view.banner.sentence or app.main is not None)
    assert app.main is None
    assert view.button.instate(["disabled"])
    wait_until(lambda: not view.button.instate(["disabled"]))
    sign_in(app, LEAD, CODE)
    wait_until(lambda: app.main is not None)


def test_locked(app: App, store: SqliteStore, clock: Clock, wait_until: WaitUntil) -> None:
    """A locked account is said in one sentence that names who can help."""
    issue(store, LEAD, "123456", PasswordKind.NUMBER)
    for _ in range(20):
        with pytest.raises(WrongPassword):
            store.sign_in(LEAD, b"x" * 32, b"t" * 32, "attacker")
        clock.ahead += timedelta(hours=1)
    sign_in(app, LEAD, "123456")
    view = app.login
    assert view is not None
    wait_until(lambda: view.banner.sentence)
    expected = "Sign-in is locked after too many failed attempts. Ask the administrator to unlock it."
    assert view.banner.sentence == Texts("ru").gettext(expected)


def test_must_change_comes_before_everything(app: App, store: SqliteStore, wait_until: WaitUntil) -> None:
    """An account that must change its password gets the dialog; the new password counts from then on."""
    issue(store, LEAD, "123456", PasswordKind.NUMBER, must_change=True)
    sign_in(app, LEAD, "123456")
    wait_until(lambda: dialogs(app.root))
    (dialog,) = dialogs(app.root)
    assert app.main is None
    type_into(dialog.new.input, "мой новый пароль")
    type_into(dialog.again.input, "мой новый пароль")
    press(dialog.again.input, "<Return>")
    wait_until(lambda: app.main is not None)
    assert store.get_salt(LEAD)[0] is PasswordKind.OWN


def test_proposed_code_is_shown_and_taken(app: App, store: SqliteStore, wait_until: WaitUntil) -> None:
    """The proposed code stands readable in both fields, and is stored as a code."""
    issue(store, LEAD, "123456", PasswordKind.NUMBER, must_change=True)
    sign_in(app, LEAD, "123456")
    wait_until(lambda: dialogs(app.root))
    (dialog,) = dialogs(app.root)
    dialog.proposal.invoke()
    app.root.update()
    assert len(dialog.new.get()) == 14
    assert dialog.new.is_shown
    dialog.ok.invoke()
    wait_until(lambda: app.main is not None)
    assert store.get_salt(LEAD)[0] is PasswordKind.CODE


def test_unreachable_database_is_said_and_tried_again(
    root: ttk.App, around: Surroundings, store: SqliteStore, wait_until: WaitUntil
) -> None:
    """Without a database the window says so in one sentence, and fills by itself when it is back."""
    is_there = False

    def connect() -> SqliteStore:
        if not is_there:
            raise DatabaseUnreachable("database_unreachable")
        return store

    around.connect = connect
    report = root.report_callback_exception
    app = App(root, around, "en")
    root.report_callback_exception = report
    app.start()
    view = app.login
    assert view is not None
    wait_until(lambda: view.banner.sentence)
    assert view.banner.sentence.startswith("The database does not answer.")
    is_there = True
    wait_until(lambda: view.name.input.names)
    assert view.name.input.names == [OTHER_LEAD, LEAD]
    assert view.banner.sentence == ""
    app.clear()


def test_last_name_is_remembered(app: App, around: Surroundings, wait_until: WaitUntil) -> None:
    """The next start begins with the name that signed in last, the cursor in the password."""
    sign_in(app, LEAD, CODE)
    wait_until(lambda: app.main is not None)
    app.show_login()
    app.root.update()
    assert app.login is not None
    assert app.login.name.get() == LEAD
    assert app.root.focus_get() is app.login.password.input
    assert around.memory.text("last_name") == LEAD


def test_language_switch(app: App) -> None:
    """One click shows the window in the other language, at once and at the next start."""
    assert app.login is not None
    assert app.login.button.cget("text") == "Войти"
    app.login.languages["en"].invoke()
    assert app.login.button.cget("text") == "Sign in"
    app.login.languages["ru"].invoke()
    assert app.login.button.cget("text") == "Войти"


def test_show_button(app: App) -> None:
    """The button beside the password shows it and hides it again."""
    assert app.login is not None
    password = app.login.password
    type_into(password.input, "abc")
    assert password.input.cget("show") != ""
    password.show_button.invoke()
    assert password.input.cget("show") == ""
    password.show_button.invoke()
    assert password.input.cget("show") != ""


def test_keyboard_hints(app: App) -> None:
    """Caps Lock and Russian letters in the password are pointed out below it."""
    assert app.login is not None
    password = app.login.password
    type_into(password.input, "йц")
    assert "русск" in password.line.lower()
    password.input.event_generate("<KeyPress>", keysym="a", state=2)
    password.input.event_generate("<KeyRelease>", keysym="a", state=2)
    assert "Caps Lock" in password.line


def test_the_derivation_never_stops_the_window(
    app: App, around: Surroundings, store: SqliteStore, wait_until: WaitUntil
) -> None:
    """While Argon2id works, the window goes on: this one works only once the window has drawn meanwhile."""
    issue(store, LEAD, CODE, derive=derive_key)
    begun, drawn = threading.Event(), threading.Event()

    def derive(password: str, kind: PasswordKind, kdf: KdfParameters) -> bytes:
        begun.set()
        assert drawn.wait(10), "the window stood still"
        return derive_key(password, kind, kdf)

    def look() -> None:
        if begun.is_set():
            drawn.set()
        else:
            app.root.after(50, look)

    around.derive = derive
    app.show_login()
    look()
    sign_in(app, LEAD, CODE)
    wait_until(lambda: app.main is not None)
    assert drawn.is_set()


def dialogs(root: ttk.App) -> list[PasswordDialog]:
    """Give the dialogs that are open."""
    return [child for child in root.winfo_children() if isinstance(child, PasswordDialog)]
