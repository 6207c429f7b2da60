"""What a person in a storm does on purpose, so that every dialog comes, and what happens around meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from mini_crm.domain.credentials import PasswordKind
from mini_crm.domain.dates import format_date
from mini_crm.domain.model import EntryFilter
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.entries.dialogs_view import KeptDialog
from mini_crm.ui.entries.page_view import EntriesView
from mini_crm.ui.sign_in.password_dialogs import PasswordDialog, SignInAgainDialog
from mini_crm.ui.widgets.dialogs import Dialog, Question
from mini_crm.usecases.accounts import issue_passwords
from mini_crm.usecases.signing import sign_in
from ui.storm_person import CONTROL, SHIFT, Person, Scene

Kind = TypeVar("Kind", bound=Dialog)
BY = "storm"


class Outside:
    """The administrator, another window of the same lead, and a database that is busy."""

    def __init__(self, path: Path, lead_name: str) -> None:
        self.lead_name = lead_name
        self._path = path
        self._store = SqliteStore.open(path)
        self._lock: sqlite3.Connection | None = None
        self._session = "", b""

    def new_password(self, kind: PasswordKind = PasswordKind.CODE) -> str:
        """Give the lead another password; a number has to be changed at once."""
        lead = next(lead for lead in self._store.list_leads() if lead.name == self.lead_name)
        self._store.unlock_lead(lead.lead_id, BY)
        (slip,) = issue_passwords(self._store, [lead], kind, BY)
        return slip.password

    def change(self, entry_id: int, password: str) -> None:
        """Change an entry in another window of the lead."""
        token = self._token(password)
        entry = self._store.get_entry(token, entry_id)
        draft = replace(entry.draft(), comment=f"{entry.version} раз")
        self._store.update_entry(token, uuid4(), entry_id, entry.version, draft)

    def newest(self, password: str) -> int:
        """Give the newest entry of the lead."""
        token = self._token(password)
        return self._store.list_entries(token, EntryFilter(), limit=1).entries[0].entry_id

    def hold(self) -> None:
        """Keep everybody else from writing."""
        if self._lock is None:
            self._lock = sqlite3.connect(self._path, isolation_level=None, timeout=5)
            self._lock.execute("BEGIN EXCLUSIVE")

    def let_go(self) -> None:
        """Let everybody write again."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def close(self) -> None:
        """Be gone."""
        self.let_go()
        self._store.close()

    def _token(self, password: str) -> bytes:
        """Give the other window's session; a new password has ended the one before."""
        if self._session[0] != password:
            signed_in = sign_in(self._store, self.lead_name, password, "another computer")
            self._session = password, signed_in.token
        return self._session[1]

    def day(self, days: int) -> str:
        """Write a day from today on as a Russian does."""
        return format_date(self._store.get_today() + timedelta(days=days), language="ru")


class Scenes:
    """The scenes by the names that ``Person`` knows."""

    def __init__(self, app: App, outside: Outside) -> None:
        self.app = app
        self.outside = outside
        self.person: Person
        self.password = ""

    def all(self) -> dict[str, Callable[[], Scene]]:
        """Give them all."""
        return {
            "login": self.sign_in,
            "again": self.sign_in_again,
            "save": self.save,
            "history": lambda: self.of_row("F3"),
            "status": lambda: self.of_row("F6"),
            "conflict": self.conflict,
            "paste": self.paste,
            "delete": self.delete,
            "kept": self.kept,
            "expired": self.expired,
            "must change": self.must_change,
            "change password": self.change_password,
            "leave": self.leave,
            "forecast": self.forecast,
            "calendar": self.calendar,
            "trouble": self.trouble,
            "menu": self.language,
        }

    @property
    def view(self) -> EntriesView | None:
        """The entry page, once it is there."""
        main = self.app.main
        return main._entries_view if main is not None and main.entries is not None else None

    def sign_in(self) -> Scene:
        """Sign in from the first window."""
        login, person = self.app.login, self.person
        if login is None:
            return
        self.password = self.outside.new_password()
        yield from person.click(login.name.input)
        yield from person.type(self.outside.lead_name.lower())
        yield from person.key("Return")
        yield from person.click(login.password.input)
        yield from person.type(self.password.lower())
        yield from person.key("Return")
        yield from person.wait(lambda: self.view is not None)

    def sign_in_again(self) -> Scene:
        """Sign in over the window whose session is over."""
        dialog = self._dialog(SignInAgainDialog)
        if dialog is None:
            return
        yield from self.person.click(dialog.password.input)
        yield from self.person.type(self.password.lower())
        yield from self.person.key("Return")
        yield from self.person.wait(lambda: self._dialog(SignInAgainDialog) is None, 200)

    def fill(self, view: EntriesView) -> Scene:
        """Fill in the form."""
        form, person = view.form, self.person
        yield from person.click(form.clear_button)
        yield from person.click(form.manager.input)
        for key in ("Down", "Down", "Return"):
            yield from person.key(key)
        for field, text in (
            (form.client_pin, str(person.random.randrange(10_000))),
            (form.amount, "1500,50"),
            (form.pay_by, self.outside.day(9)),
        ):
            yield from person.click(field.input)
            yield from person.type(text)

    def save(self) -> Scene:
        """Enter a sale."""
        view = yield from self.entries()
        if view is not None:
            yield from self.fill(view)
            yield from self.person.key("Return", CONTROL)

    def of_row(self, key: str) -> Scene:
        """Choose a row of the table and press a key."""
        view = yield from self.entries()
        if view is not None:
            yield from self.person.click(view.filters.reset_button)
            yield from self.person.wait(lambda: view.table.tree.get_children(), 100)
            yield from self.person.click(view.table.tree)
            yield from self.person.key("Home")
            yield from self.person.key(key)
            yield from self.person.wait(lambda: self._dialog(Dialog) is not None, 100)

    def conflict(self) -> Scene:
        """Change an entry that another window changes meanwhile."""
        view = yield from self.entries()
        if view is None:
            return
        number = yield from self.show_newest(view)
        self.outside.change(number, self.password)
        yield from self.person.click(view.form.comment.input)
        yield from self.person.type("моё")
        yield from self.person.key("Return", CONTROL)
        yield from self.person.wait(lambda: self._dialog(Dialog) is not None, 100)

    def show_newest(self, view: EntriesView) -> Generator[None, None, int]:
        """Show the newest row in the form; the result is its number."""
        number = self.outside.newest(self.password)
        yield from self.person.click(view.form.number)
        yield from self.person.type(str(number))
        yield from self.person.key("Return")
        yield from self.person.wait(lambda: view.form.client_pin.get(), 100)
        return number

    def paste(self) -> Scene:
        """Paste rows from Excel, one of them bad."""
        view = yield from self.entries()
        if view is None:
            return
        name = self.view.form.manager.input.names[0] if view.form.manager.input.names else "?"
        self.app.root.clipboard_clear()
        self.app.root.clipboard_append(
            f"{name}\t0042\t10\t{self.outside.day(3)}\t\n{name}\t7\tмного\tкогда\t\n"
        )
        yield from self.person.click(view.table.tree)
        yield from self.person.key("v", CONTROL)
        yield from self.person.wait(lambda: self._dialog(Dialog) is not None, 100)
        yield from self.person.key("F2")
        yield from self.person.type("15")
        yield from self.person.key("Tab")

    def delete(self) -> Scene:
        """Delete the newest row and take it back."""
        view = yield from self.entries()
        if view is None:
            return
        number = self.outside.newest(self.password)
        yield from self.person.click(view.panel.number)
        yield from self.person.type(str(number))
        yield from self.person.key("Return")
        yield from self.person.wait(lambda: view.panel.delete_button.instate(["!disabled"]), 100)
        yield from self.person.key("space")
        yield from self.person.wait(view.panel.undo_button.winfo_viewable, 100)
        yield from self.person.click(view.panel.undo_button)

    def kept(self) -> Scene:
        """Save while the database cannot what another window has overtaken; then mend or drop it."""
        view = yield from self.entries()
        if view is None:
            return
        number = yield from self.show_newest(view)
        self.outside.change(number, self.password)
        yield from self.person.click(view.form.comment.input)
        yield from self.person.type("потом")
        self.outside.hold()
        yield from self.person.key("Return", CONTROL)
        yield from self.person.wait(view.kept.winfo_viewable, 4000)
        self.outside.let_go()
        yield from self.person.wait(lambda: self._dialog(Dialog) is not None, 1500)
        yield from self.person.click(view.kept)
        yield from self.person.wait(lambda: self._dialog(KeptDialog) is not None, 100)
        dialog = self._dialog(KeptDialog)
        if dialog is not None:
            yield from self.person.click(dialog.table, 0.3, 0.2)
            yield from self.person.click(self.person.random.choice((dialog.mend_button, dialog.drop_button)))

    def expired(self) -> Scene:
        """Go on after the session was ended from outside."""
        view = yield from self.entries()
        if view is not None:
            self.password = self.outside.new_password()
            yield from self.of_row("F5")

    def must_change(self) -> Scene:
        """Get a number that must be changed at once, sign in with it and choose a proposed password."""
        view = yield from self.entries()
        if view is None:
            return
        self.password = self.outside.new_password(PasswordKind.NUMBER)
        yield from self.of_row("F5")
        yield from self.person.wait(lambda: self._dialog(SignInAgainDialog) is not None, 400)
        yield from self.sign_in_again()
        yield from self.choose_proposed()

    def change_password(self) -> Scene:
        """Choose another password of one's own will."""
        yield from self.menu_item(-2)
        yield from self.person.wait(lambda: self._dialog(PasswordDialog) is not None, 100)
        dialog = self._dialog(PasswordDialog)
        if dialog is not None and dialog.present is not None:
            yield from self.person.click(dialog.present.input)
            yield from self.person.type(self.password.lower())
            yield from self.choose_proposed()

    def choose_proposed(self) -> Scene:
        """Take the password that the dialog proposes."""
        dialog = self._dialog(PasswordDialog)
        if dialog is None:
            return
        yield from self.person.click(dialog.proposal)
        yield from self.person.wait(lambda: dialog.new.get(), 100)
        proposed = dialog.new.get()
        yield from self.person.click(dialog.ok)
        yield from self.person.wait(lambda: not dialog.winfo_exists(), 400)
        if not dialog.winfo_exists() and proposed:
            self.password = proposed

    def leave(self) -> Scene:
        """Sign out with something typed, and leave by Enter."""
        view = yield from self.entries()
        if view is None:
            return
        yield from self.person.click(view.form.comment.input)
        yield from self.person.type("не сохранено")
        yield from self.menu_item(-1)
        yield from self.person.wait(lambda: self._dialog(Question) is not None, 100)
        if self.person.random.random() < 0.3:
            yield from self.person.key("Tab", SHIFT)
            yield from self.person.key("Return")

    def forecast(self) -> Scene:
        """Record a commitment on the other page."""
        main, person = self.app.main, self.person
        if main is None or self.view is None:
            return
        yield from person.click(self.view.form.comment.input)
        yield from person.key("Tab", CONTROL)
        yield from person.wait(lambda: main.forecast is not None, 200)
        page = main.forecast._view if main.forecast is not None else None
        if page is not None:
            yield from person.click(page.pages, 0.03, 0.05)
            yield from person.key("Right")
            yield from person.click(page.amount.input)
            yield from person.type("1000")
            yield from person.key("Return")
            yield from person.key("Return")
            for _ in range(40):
                yield from person.anything()

    def calendar(self) -> Scene:
        """Turn over the months and years of a calendar and take a day."""
        view = yield from self.entries()
        if view is None:
            return
        field = self.person.random.choice(
            (view.form.pay_by, view.filters.pay_by_from, view.filters.pay_by_to)
        )
        yield from self.person.click(field._button)
        yield from self.person.wait(lambda: field.calendar is not None, 100)
        arrows = [
            one.path for one in self.person.targets() if one.kind == "button" and one.name.startswith("cal")
        ]
        for arrow in arrows:
            yield from self.person.click(arrow)
        yield from self.person.key("Return")

    def trouble(self) -> Scene:
        """Ask for a row that is not there, and close the sentence that says so."""
        view = yield from self.entries()
        if view is None:
            return
        yield from self.person.click(view.form.number)
        yield from self.person.type("999999")
        yield from self.person.key("Return")
        yield from self.person.wait(lambda: view.trouble.button is not None, 100)
        if view.trouble.button is not None:
            yield from self.person.click(view.trouble.button)

    def language(self) -> Scene:
        """Choose the other language in the menu."""
        yield from self.menu_item(self.person.random.choice((0, 1)))

    def entries(self) -> Generator[None, None, EntriesView | None]:
        """Be on the entry page; the result of the scene is the page, or None while it cannot be had."""
        view = self.view
        if view is not None and not view.winfo_viewable() and self.app.main is not None:
            yield from self.person.click(self.app.main.menu_button)
            yield from self.person.key("Escape")
            yield from self.person.key("f", CONTROL)
            yield from self.person.wait(view.winfo_viewable, 100)
        return view if view is not None and view.winfo_exists() and view.winfo_viewable() else None

    def menu_item(self, number: int) -> Scene:
        """Choose an item of the lead's menu, counted from either end."""
        main = self.app.main
        if main is None:
            return
        yield from self.person.click(main.menu_button)
        yield from self.person.key("Home" if number >= 0 else "End")
        for _ in range(number if number >= 0 else -number - 1):
            yield from self.person.key("Down" if number >= 0 else "Up")
        yield from self.person.key("Return")

    def _dialog(self, kind: type[Kind]) -> Kind | None:
        return next((child for child in self.app.root.children.values() if isinstance(child, kind)), None)
