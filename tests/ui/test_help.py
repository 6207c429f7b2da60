"""F1, the button and the menu: each shows the page for leads, in the window's language."""

from __future__ import annotations

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.errors import BadFile
from mini_crm.ui.app import App
from mini_crm.ui.main_window import MainWindow, Surroundings
from mini_crm.ui.widgets.dialogs import Dialog, Question
from ui.conftest import CODE, LEAD, WaitUntil, press


class Browser:
    """Stands in for the computer's browser: keeps the languages of the pages that it was asked for."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.problem: Exception | None = None

    def __call__(self, language: str) -> None:
        """Show a page."""
        if self.problem is not None:
            raise self.problem
        self.shown.append(language)


@pytest.fixture
def browser(around: Surroundings) -> Browser:
    """Give the browser that ``app`` uses."""
    made = Browser()
    around.show_help = made
    return made


@pytest.fixture
def main(app: App, browser: Browser, wait_until: WaitUntil) -> MainWindow:
    """Give the main window of a lead who has signed in."""
    assert app.login is not None
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: app.main is not None and app.main.entries is not None)
    assert app.main is not None
    return app.main


def test_f1_before_signing_in(browser: Browser, app: App, wait_until: WaitUntil) -> None:
    """F1 works while the name is typed, and the button does the same; the language is the window's."""
    assert app.login is not None
    press(app.login.name.input, "<F1>")
    wait_until(lambda: browser.shown == ["ru"])
    app.login.help_button.invoke()
    wait_until(lambda: browser.shown == ["ru", "ru"])
    app.switch_language("en")
    assert app.login.help_button.cget("text") == "Help (F1)"
    press(app.login.password.input, "<F1>")
    wait_until(lambda: browser.shown == ["ru", "ru", "en"])


def test_f1_in_the_main_window(browser: Browser, app: App, main: MainWindow, wait_until: WaitUntil) -> None:
    """F1 works on a page, in a field and over a dialog, and the form stays as it is."""
    press(main.pages, "<F1>")
    wait_until(lambda: len(browser.shown) == 1)
    main.change_password()
    (dialog,) = (child for child in app.root.winfo_children() if isinstance(child, Dialog))
    press(dialog, "<F1>")
    wait_until(lambda: len(browser.shown) == 2)
    dialog.close()


def test_the_menu_has_help(browser: Browser, main: MainWindow, wait_until: WaitUntil) -> None:
    """The lead's menu has the page, with its key beside it."""
    menu = main.menu_button.nametowidget(main.menu_button.cget("menu"))
    assert isinstance(menu, ttk.Menu)
    (at,) = (
        n
        for n in range(menu.index("end") + 1)
        if menu.type(n) == "command" and menu.entrycget(n, "accelerator")
    )
    assert (menu.entrycget(at, "label"), menu.entrycget(at, "accelerator")) == ("Справка", "F1")
    menu.invoke(at)
    wait_until(lambda: browser.shown == ["ru"])


def test_a_page_that_is_missing_is_told(browser: Browser, app: App, wait_until: WaitUntil) -> None:
    """If the page cannot be shown, a sentence says where it should be."""
    browser.problem = BadFile("help_missing", path="/programs/help/index.html")
    said: list[str] = []

    def look() -> None:
        questions = [child for child in app.root.winfo_children() if isinstance(child, Question)]
        if not questions:
            app.root.after(10, look)
            return
        said.append(questions[0].body.winfo_children()[0].cget("text"))
        questions[0].yes.invoke()

    look()
    app.show_help()
    wait_until(lambda: said)
    assert "/programs/help/index.html" in said[0]
