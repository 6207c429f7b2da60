"""The program around its pages: sessions, languages, leaving, errors."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.credentials import PasswordKind
from mini_crm.domain.errors import RunUnderWay, SessionEnded
from mini_crm.domain.model import EntryDraft, EntryFilter
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.entries.writer import Intent
from mini_crm.ui.main_window import MainWindow, Surroundings
from mini_crm.ui.sign_in.password_dialogs import PasswordDialog, SignInAgainDialog
from mini_crm.ui.widgets.dialogs import Dialog, Question
from mini_crm.usecases.writes import Add
from ui.conftest import CODE, LEAD, Clock, WaitUntil, issue, press, type_into


@pytest.fixture
def main(app: App, wait_until: WaitUntil) -> MainWindow:
    """Give the main window of a lead who has signed in."""
    assert app.login is not None
    app.login.on_sign_in(LEAD, CODE)
    return built(app, wait_until)


def built(app: App, wait_until: WaitUntil) -> MainWindow:
    """Wait for the main window and its pages."""
    wait_until(lambda: app.main is not None and app.main.entries is not None)
    assert app.main is not None
    return app.main


def when_half_built(app: App, parts: int, action: Callable[[MainWindow], None]) -> list[MainWindow]:
    """Do something as soon as the entry page has so many parts; give the window it was done to."""
    found: list[MainWindow] = []

    def look() -> None:
        main = app.main
        pages = () if main is None else main.pages.tabs()
        if main is None or parts > sum(len(main.nametowidget(page).winfo_children()) for page in pages):
            app.root.after(1, look)
            return
        assert main.entries is None
        found.append(main)
        action(main)

    look()
    return found


def open_dialogs(app: App) -> list[Dialog]:
    """Give the dialogs on the screen."""
    return [child for child in app.root.winfo_children() if isinstance(child, Dialog)]


def live(app: App, seconds: float) -> None:
    """Let the window live for a while."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        app.root.update()
        time.sleep(0.002)


def answer_soon(app: App, button: Callable[[Question], ttk.Button | None]) -> list[str]:
    """Press a button of the next question as soon as it is there; give what the question asks."""
    asked: list[str] = []

    def look() -> None:
        questions = [dialog for dialog in open_dialogs(app) if isinstance(dialog, Question)]
        if not questions:
            app.root.after(10, look)
            return
        asked.append(questions[0].body.winfo_children()[0].cget("text"))
        pressed = button(questions[0])
        assert pressed is not None
        pressed.invoke()

    app.root.after(10, look)
    return asked


def test_an_ended_session_is_renewed_over_the_same_window(
    app: App, main: MainWindow, clock: Clock, wait_until: WaitUntil
) -> None:
    """After an idle hour the next call asks for the password over the window, then it is done."""
    old_token = main.desk.token
    clock.ahead = timedelta(hours=2)
    results: list[object] = []
    main.desk.call(main.desk.store.list_groups, results.append, lambda error: results.append(error))
    wait_until(lambda: open_dialogs(app))
    (dialog,) = open_dialogs(app)
    assert isinstance(dialog, SignInAgainDialog)
    assert dialog.name.cget("text") == LEAD
    type_into(dialog.password.input, "2222-2222-2222")
    press(dialog.password.input, "<Return>")
    wait_until(lambda: dialog.banner.sentence)
    type_into(dialog.password.input, CODE)
    press(dialog.password.input, "<Return>")
    wait_until(lambda: results)
    assert len(results[0]) == 2  # type: ignore[arg-type]
    assert app.main is main
    assert main.desk.token != old_token
    assert open_dialogs(app) == []


def test_calls_that_wait_ask_once(app: App, main: MainWindow, clock: Clock, wait_until: WaitUntil) -> None:
    """Several calls whose session has ended lead to one dialog, and are all done afterwards."""
    clock.ahead = timedelta(hours=2)
    results: list[object] = []
    for _ in range(3):
        main.desk.call(main.desk.store.list_groups, results.append, lambda error: None)
    wait_until(lambda: open_dialogs(app))
    (dialog,) = open_dialogs(app)
    assert isinstance(dialog, SignInAgainDialog)
    type_into(dialog.password.input, CODE)
    press(dialog.password.input, "<Return>")
    wait_until(lambda: len(results) == 3)


def test_leaving_instead_of_signing_in_again(
    app: App, main: MainWindow, clock: Clock, wait_until: WaitUntil
) -> None:
    """Who does not sign in again is back at the sign-in window."""
    clock.ahead = timedelta(hours=2)
    main.desk.call(main.desk.store.list_groups, lambda result: None, lambda error: None)
    wait_until(lambda: open_dialogs(app))
    open_dialogs(app)[0].cancel()
    wait_until(lambda: app.login is not None)
    assert app.main is None


def test_signing_out_ends_the_session(
    app: App, main: MainWindow, store: SqliteStore, wait_until: WaitUntil
) -> None:
    """Signing out leads to the sign-in window, and the token is worth nothing any more."""
    token = main.desk.token
    main.leave()
    main.tasks.join()
    app.root.update()
    assert app.login is not None
    with pytest.raises(SessionEnded):
        store.get_session(token)


def test_leaving_asks_only_if_something_would_be_lost(app: App, main: MainWindow) -> None:
    """With a form that is not saved the lead can stay, or leave all the same."""
    type_into(main.pages.nametowidget(main.pages.tabs()[0]).form.client_pin.input, "7")
    asked = answer_soon(app, lambda question: question.no)
    main.leave()
    assert app.main is main
    asked += answer_soon(app, lambda question: question.yes)
    main.leave()
    assert app.main is None
    assert len(asked) == 1


def test_a_commitment_that_is_only_typed_is_not_lost_without_asking(
    app: App, main: MainWindow, wait_until: WaitUntil
) -> None:
    """A half-typed commitment on the forecast page counts as something that leaving would lose."""
    main.pages.select(1)
    wait_until(lambda: main.forecast is not None and not main.tasks.is_busy)
    page = main.nametowidget(main.pages.tabs()[1]).winfo_children()[0]
    type_into(page.commitment.note.input, "к")
    asked = answer_soon(app, lambda question: question.no)
    main.leave()
    assert app.main is main
    assert "прогноза" in asked[0]
    page.commitment.note.set("")
    main.leave()
    assert app.main is None
    assert len(asked) == 1


def test_language_is_switched_in_the_same_session(app: App, main: MainWindow, wait_until: WaitUntil) -> None:
    """The other language is there at once, with the same session and without signing in."""
    token = main.desk.token
    assert main.pages.tab(0, "text") == "Наработки"
    main._language_chosen("en")
    assert app.main is not main
    other = built(app, wait_until)
    assert other.pages.tab(0, "text") == "Entries"
    assert other.desk.token == token
    assert other.desk.store.get_session(token).lead_name == LEAD


def test_acts_can_be_undone_in_the_other_language_but_not_in_the_next_session(
    app: App, main: MainWindow, store: SqliteStore, wait_until: WaitUntil
) -> None:
    """What was done in a session is offered as long as that goes on, and nobody can undo it afterwards."""
    assert main.entries is not None
    wait_until(lambda: main.entries is not None and main.entries.form.groups)
    group = main.entries.form.groups[0]
    draft = EntryDraft(group.managers[0].manager_id, "0042", Decimal(5), store.get_today())
    main.entries._save([Intent(Add(draft))])
    wait_until(lambda: not main.tasks.is_busy)
    main._language_chosen("en")
    other = built(app, wait_until)
    assert other.entries is not None
    view = other.pages.nametowidget(other.pages.tabs()[0])
    assert str(view.panel.undo_text.cget("text")) == "New entry with PIN 0042"
    other.entries.undo.undo()
    wait_until(lambda: not other.tasks.is_busy)
    assert store.list_entries(other.desk.token, EntryFilter()).total == 0
    other.entries._save([Intent(Add(draft))])
    wait_until(lambda: not other.tasks.is_busy)
    other.leave()
    wait_until(lambda: app.login is not None)
    assert app.login is not None
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: app.main is not None)
    again = built(app, wait_until)
    assert again.entries is not None
    again.entries.undo.undo()
    wait_until(lambda: not again.tasks.is_busy)
    assert store.list_entries(again.desk.token, EntryFilter()).total == 1


HALF_BUILT = pytest.mark.parametrize("parts", [0, 3, 5, 8])


@HALF_BUILT
def test_signing_out_while_the_window_is_built(
    app: App, store: SqliteStore, wait_until: WaitUntil, parts: int
) -> None:
    """Who signs out before the pages are there is back at the sign-in window; nothing goes on behind."""
    assert app.login is not None
    left = when_half_built(app, parts, MainWindow.leave)
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: left and app.login is not None)
    left[0].tasks.join()
    live(app, 0.1)
    assert app.main is None
    assert left[0].entries is None
    with pytest.raises(SessionEnded):
        store.get_session(left[0].desk.token)


@HALF_BUILT
def test_closing_while_the_window_is_built(app: App, wait_until: WaitUntil, parts: int) -> None:
    """A window that is closed before its pages are there is gone, without an error."""
    assert app.login is not None
    closed = when_half_built(app, parts, lambda main: app.clear())
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: closed)
    live(app, 0.1)
    assert app.root.winfo_children() == []


@HALF_BUILT
def test_language_is_switched_while_the_window_is_built(app: App, wait_until: WaitUntil, parts: int) -> None:
    """The other language is there, once, although the pages were not yet."""
    assert app.login is not None
    first = when_half_built(app, parts, lambda main: main._language_chosen("en"))
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: first and app.main is not first[0])
    second = built(app, wait_until)
    assert [second.pages.tab(tab, "text") for tab in second.pages.tabs()] == ["Entries", "Forecast"]
    assert second.desk.token == first[0].desk.token
    assert not first[0].winfo_exists()


def test_own_password_change(app: App, main: MainWindow, store: SqliteStore, wait_until: WaitUntil) -> None:
    """A lead who knows the present password can choose another one; the window goes on."""
    main.change_password()
    app.root.update()
    (dialog,) = open_dialogs(app)
    assert isinstance(dialog, PasswordDialog)
    assert dialog.present is not None
    type_into(dialog.present.input, CODE)
    type_into(dialog.new.input, "другой пароль!")
    type_into(dialog.again.input, "другой пароль!")
    asked = answer_soon(app, lambda question: question.yes)
    dialog.ok.invoke()
    wait_until(lambda: asked)
    assert store.get_salt(LEAD)[0] is PasswordKind.OWN
    assert store.get_session(main.desk.token).lead_name == LEAD


def test_a_reset_by_the_administrator_is_followed(
    app: App, main: MainWindow, store: SqliteStore, wait_until: WaitUntil
) -> None:
    """A new number from the administrator ends the session; over the window it must be changed first."""
    issue(store, LEAD, "123456", PasswordKind.NUMBER, must_change=True)
    results: list[object] = []
    main.desk.call(main.desk.store.list_groups, results.append, lambda error: None)
    wait_until(lambda: open_dialogs(app))
    (again,) = open_dialogs(app)
    assert isinstance(again, SignInAgainDialog)
    type_into(again.password.input, "123456")
    press(again.password.input, "<Return>")
    wait_until(lambda: any(isinstance(dialog, PasswordDialog) for dialog in open_dialogs(app)))
    (new,) = open_dialogs(app)
    assert isinstance(new, PasswordDialog)
    type_into(new.new.input, "третий пароль")
    type_into(new.again.input, "третий пароль")
    press(new.again.input, "<Return>")
    wait_until(lambda: results)


def test_the_window_computes_the_forecast_by_itself(
    app: App, around: Surroundings, store: SqliteStore, wait_until: WaitUntil
) -> None:
    """Where nobody else computes the forecast, opening the window does, beside everything else."""
    around.aggregate = lambda: store.aggregate_forecast(None, "test")
    assert app.login is not None
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: store.list_runs())
    assert app.main is not None


def test_a_run_elsewhere_is_no_error(app: App, around: Surroundings, wait_until: WaitUntil) -> None:
    """If another program computes just then, the window says nothing."""
    tried: list[bool] = []

    def busy() -> object:
        tried.append(True)
        raise RunUnderWay("run_under_way")

    around.aggregate = busy
    assert app.login is not None
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: tried)
    assert open_dialogs(app) == []


def test_forecast_page_is_loaded_when_it_is_opened(app: App, main: MainWindow, wait_until: WaitUntil) -> None:
    """The forecast page is made on its first show, and opens within half a second."""
    assert main.forecast is None
    begun = time.perf_counter()
    main.pages.select(1)
    app.root.update()
    wait_until(lambda: main.forecast is not None)
    assert time.perf_counter() - begun < 2


def test_an_unforeseen_error_is_a_sentence_and_a_log(
    app: App, no_hidden_errors: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """An error that nobody caught is shown as one sentence, and its trace is in the log."""
    asked = answer_soon(app, lambda question: question.yes)
    try:
        raise ZeroDivisionError("secret detail")
    except ZeroDivisionError as error:
        app.report(type(error), error, error.__traceback__)
    assert len(asked) == 1
    assert "ZeroDivisionError" in asked[0]
    assert "secret detail" not in asked[0]
    assert "secret detail" in no_hidden_errors[0]
    no_hidden_errors.clear()
    logging.getLogger("mini_crm").debug("the log goes on")


def test_a_session_that_ends_while_saving_loses_nothing(
    app: App, main: MainWindow, store: SqliteStore, clock: Clock, wait_until: WaitUntil
) -> None:
    """From sign-in to a stored entry, with the session ending in between: one password more, one entry."""
    view = main.pages.nametowidget(main.pages.tabs()[0])
    form = view.form
    wait_until(lambda: not main.tasks.is_busy)
    type_into(form.manager.input, "орл")
    press(form.manager.input, "<Return>")
    type_into(form.client_pin.input, "0042")
    type_into(form.amount.input, "1500,50")
    form.pay_by.set_day(store.get_today() + timedelta(days=2))
    clock.ahead = timedelta(hours=2)
    press(form.amount.input, "<Control-Return>")
    wait_until(lambda: open_dialogs(app))
    (dialog,) = open_dialogs(app)
    assert isinstance(dialog, SignInAgainDialog)
    type_into(dialog.password.input, CODE)
    press(dialog.password.input, "<Return>")
    wait_until(lambda: view.table.tree.get_children() and not main.entries.has_unsaved())
    page = store.list_entries(main.desk.token, EntryFilter())
    assert [(entry.client_pin, str(entry.amount)) for entry in page.entries] == [("0042", "1500.50")]
    main.pages.select(1)
    wait_until(lambda: main.forecast is not None and not main.tasks.is_busy)
