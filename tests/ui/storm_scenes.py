"""What a person in a storm does on purpose, so that every dialog comes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from mini_crm.domain.credentials import PasswordKind
from mini_crm.domain.model import Entry
from mini_crm.ui.app import App
from mini_crm.ui.entries.dialogs_view import ConflictDialog, KeptDialog
from mini_crm.ui.entries.many_view import DeleteManyDialog, PayByDialog
from mini_crm.ui.entries.page_view import EntriesView
from mini_crm.ui.entries.texts import Mark
from mini_crm.ui.sign_in.password_dialogs import PasswordDialog, SignInAgainDialog
from mini_crm.ui.widgets.dialogs import Dialog, Question
from ui.storm_outside import Outside
from ui.storm_person import CONTROL, SHIFT, Person, Scene

Kind = TypeVar("Kind", bound=Dialog)


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
            "why": lambda: self.of_row("F9"),
            "status": lambda: self.of_row("F6"),
            "many": lambda: self.of_rows("F4", PayByDialog),
            "delete many": self.delete_many,
            "conflict": self.conflict,
            "paste": self.paste,
            "delete": self.delete,
            "kept": self.kept,
            "busy": self.busy,
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

    @property
    def token(self) -> bytes:
        """The lead's session, in which another window works too."""
        return self.app.main.desk.token if self.app.main is not None else b""

    def sign_in(self) -> Scene:
        """Sign in from the first window."""
        login, person = self.app.login, self.person
        if login is None:
            return
        self.password = self.outside.new_password()
        yield from person.click(login.name.input)
        yield from person.paste(self.outside.lead_name.lower())
        yield from person.key("Return")
        yield from person.click(login.password.input)
        yield from person.paste(self.password.lower())
        yield from person.key("Return")
        yield from person.wait(lambda: self.view is not None, 5)

    def sign_in_again(self) -> Scene:
        """Sign in over the window whose session is over."""
        self.password = self.outside.new_password()
        yield from self.give_password()

    def give_password(self) -> Scene:
        """Give the password that there is to the dialog that asks for it."""
        dialog = self._dialog(SignInAgainDialog)
        if dialog is None:
            return
        yield from self.person.click(dialog.password.input)
        yield from self.person.paste(self.password.lower())
        if self.person.random.random() < 0.5:
            yield from self.person.key("Return")
        else:
            yield from self.person.click(dialog.ok)
        yield from self.person.wait(lambda: self._dialog(SignInAgainDialog) is None, 5)

    def fill(self, view: EntriesView) -> Scene:
        """Fill in the form."""
        form, person = view.form, self.person
        yield from self.clear(view)
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

    def clear(self, view: EntriesView) -> Scene:
        """Empty the form, whatever stands in it."""
        yield from self.person.click(view.form.clear_button)
        yield from self.agree(0.3)

    def agree(self, seconds: float = 1.0) -> Scene:
        """Say yes to a question, if one comes."""
        yield from self.person.wait(lambda: self._dialog(Question) is not None, seconds)
        question = self._dialog(Question)
        if question is not None:
            yield from self.person.click(question.yes)
            yield from self.person.wait(lambda: not question.winfo_exists(), 1)

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
            tree = view.table.tree
            yield from self.person.click(view.filters.reset_button)
            yield from self.person.wait(tree.get_children)
            rows = [row for row in tree.get_children() if tree.bbox(row)]
            if rows:
                yield from self.person.click_row(tree, self.person.random.choice(rows))
                yield from self.person.key(key)
                yield from self.person.wait(lambda: self._dialog(Dialog) is not None)

    def of_rows(self, key: str, kind: type[Dialog]) -> Scene:
        """Choose the first rows of the table and press a key."""
        view = yield from self.entries()
        if view is not None:
            tree = view.table.tree
            yield from self.person.click(view.filters.reset_button)
            yield from self.person.wait(tree.get_children)
            if rows := tree.get_children():
                yield from self.person.click_row(tree, rows[0])
                yield from self.person.key("Down", SHIFT)
                yield from self.person.key(key)
                yield from self.person.wait(lambda: self._dialog(kind) is not None)

    def delete_many(self) -> Scene:
        """Enter a sale, delete it with its neighbour, and take that back."""
        yield from self.save()
        yield from self.of_rows("Delete", DeleteManyDialog)
        dialog = self._dialog(DeleteManyDialog)
        if dialog is not None:
            yield from self.person.click(self.person.less_used(dialog.yes, dialog.no))
            yield from self.person.key("z", CONTROL)

    def conflict(self) -> Scene:
        """Change an entry that another window changes meanwhile, and see what that was."""
        view = yield from self.entries()
        if view is None:
            return
        row = yield from self.be_too_late(view)
        if row is None:
            return
        table = view.table.tree
        table.see(row)
        yield from self.person.click_row(table, row)
        yield from self.person.wait(lambda: str(table.tk.call("focus")) == str(table))
        yield from self.person.key("Return")
        yield from self.person.wait(lambda: self._dialog(ConflictDialog) is not None)
        dialog = self._dialog(ConflictDialog)
        if dialog is not None:
            button = self.person.less_used(dialog.again_button, dialog.leave_button)
            yield from self.person.click(button)

    def be_too_late(self, view: EntriesView) -> Generator[None, None, str | None]:
        """Save a change of what was changed meanwhile; the result is the row that was not stored."""
        entry = yield from self.show_newest(view)
        self.outside.change(entry, self.token)
        yield from self.person.click(view.form.comment.input)
        yield from self.person.type("моё")
        yield from self.person.key("Return", CONTROL)
        row, tree = str(entry.entry_id), view.table.tree
        yield from self.person.wait(lambda: tree.exists(row) and tree.tag_has(Mark.NOT_STORED, row), 5)
        return row if tree.exists(row) and tree.tag_has(Mark.NOT_STORED, row) else None

    def show_newest(self, view: EntriesView) -> Generator[None, None, Entry]:
        """Show the newest row in the form; the result is its entry."""
        yield from self.clear(view)
        yield from self.person.click(view.filters.reset_button)
        entry = self.outside.newest(self.token)
        yield from self.person.click(view.panel.number)
        yield from self.person.type(str(entry.entry_id))
        yield from self.person.key("Return")
        yield from self.person.wait(lambda: view.form.client_pin.get())
        return entry

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
        yield from self.person.wait(lambda: self._dialog(Dialog) is not None)
        yield from self.person.key("F2")
        yield from self.person.type("15")
        yield from self.person.key("Tab")

    def delete(self) -> Scene:
        """Delete the newest row and take it back."""
        view = yield from self.entries()
        if view is None:
            return
        if not self.outside.is_of_today(self.outside.newest(self.token)):
            yield from self.save()
            yield from self.person.wait(lambda: self.outside.is_of_today(self.outside.newest(self.token)))
        panel = view.panel
        yield from self.person.click(panel.number)
        yield from self.person.type(str(self.outside.newest(self.token).entry_id))
        yield from self.person.wait(lambda: panel.delete_button.instate(["!disabled"]))
        yield from self.person.click(panel.delete_button)
        yield from self.person.wait(panel.undo_button.winfo_viewable)
        yield from self.person.click(panel.undo_button)

    def kept(self) -> Scene:
        """Leave the window with a refused change in it, which the next one has in a list; mend or drop it."""
        view = yield from self.entries()
        if view is None:
            return
        row = yield from self.be_too_late(view)
        if row is None:
            return
        yield from self.clear(view)
        yield from self.language()
        yield from self.agree(0.3)
        yield from self.person.wait(lambda: self.view is not None and self.view is not view, 5)
        dialog = yield from self.open_kept(5)
        if dialog is not None:
            button = self.person.less_used(dialog.mend_button, dialog.drop_button)
            for _ in range(3):  # the first click may come while the dialog still grows to its rows
                yield from self.person.click_row(dialog.table, dialog.table.get_children()[0])
                yield from self.person.wait(lambda: button.instate(["!disabled"]), 0.5)
                if button.instate(["!disabled"]):
                    break
            yield from self.person.click(button)
            yield from self.agree()

    def busy(self) -> Scene:
        """Save while the database is busy; look at what is kept, and try again."""
        view = yield from self.entries()
        if view is None:
            return
        yield from self.fill(view)
        try:
            self.outside.hold()
            yield from self.person.key("Return", CONTROL)
            yield from self.open_kept(25)
            yield from self.person.key("Escape")
            if view.lost.button is not None:
                yield from self.person.click(view.lost.button)
        finally:
            self.outside.let_go()

    def open_kept(self, seconds: float) -> Generator[None, None, KeptDialog | None]:
        """Open the list of what is not stored, once there is something."""
        yield from self.person.wait(
            lambda: self.view is not None and self.view.kept.winfo_viewable(), seconds
        )
        if self.view is None:
            return None
        yield from self.person.click(self.view.kept)
        yield from self.person.wait(lambda: self._dialog(KeptDialog) is not None)
        dialog = self._dialog(KeptDialog)
        if dialog is not None:
            yield from self.person.wait(dialog.table.get_children)
        return dialog if dialog is not None and dialog.table.get_children() else None

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
        yield from self.person.wait(lambda: self._dialog(SignInAgainDialog) is not None)
        yield from self.give_password()
        yield from self.choose_proposed()

    def change_password(self) -> Scene:
        """Choose another password of one's own will."""
        yield from self.menu_item(-2)
        yield from self.person.wait(lambda: self._dialog(PasswordDialog) is not None)
        dialog = self._dialog(PasswordDialog)
        if dialog is not None and dialog.present is not None:
            yield from self.person.click(dialog.present.input)
            yield from self.person.paste(self.password.lower())
            yield from self.choose_proposed()

    def choose_proposed(self) -> Scene:
        """Take the password that the dialog proposes."""
        dialog = self._dialog(PasswordDialog)
        if dialog is None:
            return
        yield from self.person.click(dialog.proposal)
        yield from self.person.wait(lambda: dialog.new.get())
        proposed = dialog.new.get()
        yield from self.person.click(dialog.ok)
        yield from self.person.wait(lambda: not dialog.winfo_exists(), 5)
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
        yield from self.person.wait(lambda: self._dialog(Question) is not None)
        if self.person.random.random() < 0.3:
            yield from self.person.key("Tab", SHIFT)
            yield from self.person.key("Return")

    def forecast(self) -> Scene:
        """See how the company gets paid, and record a commitment, on the other page."""
        main, person = self.app.main, self.person
        if main is None or self.view is None:
            return
        yield from person.click_tab(main.pages, 1)
        yield from person.wait(lambda: main.forecast is not None)
        page = main.forecast._view if main.forecast is not None else None
        if page is None:
            return
        yield from person.click_tab(page.pages, 1)
        paying = page.paying
        yield from person.wait(lambda: paying.winfo_viewable() and paying.buttons)
        for _ in range(2 if paying.buttons else 0):
            yield from person.click(person.less_used(*paying.buttons), 0.1)
        yield from person.click_tab(page.pages, 2)
        form = page.commitment
        yield from person.wait(form.amount.winfo_viewable)
        yield from person.click(form.amount.input)
        yield from person.type("1000")
        yield from person.key("Return")
        yield from person.click(form.note.input)
        yield from person.type("раз")
        yield from person.click(form.save)
        for _ in range(20):
            if page.winfo_viewable():
                yield from person.anything()

    def calendar(self) -> Scene:
        """Turn over the months and years of a calendar and take a day."""
        view = yield from self.entries()
        if view is None:
            return
        field = self.person.random.choice((view.form.pay_by, view.filters.first, view.filters.last))
        yield from self.person.click(field._button)
        yield from self.person.wait(self.arrows)
        for arrow in self.arrows():
            yield from self.person.click(arrow)
        yield from self.person.key("Return")

    def arrows(self) -> list[str]:
        """Give the arrows of the calendar, once it is in sight."""
        targets = self.person.targets()
        return [one.path for one in targets if one.kind == "button" and one.name.startswith("calendar")]

    def trouble(self) -> Scene:
        """Ask for a row that is not there, and close the sentence that says so."""
        view = yield from self.entries()
        if view is None:
            return
        yield from self.person.click(view.panel.number)
        yield from self.person.type("999999")
        yield from self.person.key("Return")
        yield from self.person.wait(lambda: view.trouble.button is not None)
        if view.trouble.button is not None:
            yield from self.person.click(view.trouble.button)

    def language(self) -> Scene:
        """Choose the other language in the menu."""
        yield from self.menu_item(0 if self.app.texts.language == "en" else 1)

    def entries(self) -> Generator[None, None, EntriesView | None]:
        """Be on the entry page; the result of the scene is the page, or None while it cannot be had."""
        view = self.view
        if view is not None and not view.winfo_viewable() and self.app.main is not None:
            yield from self.person.click_tab(self.app.main.pages, 0)
            yield from self.person.wait(view.winfo_viewable)
        return view if view is not None and view.winfo_exists() and view.winfo_viewable() else None

    def menu_item(self, number: int) -> Scene:
        """Choose an item of the lead's menu, counted from either end."""
        main = self.app.main
        if main is None:
            return
        menu = main.menu_button.nametowidget(main.menu_button.cget("menu"))
        wanted = number if number >= 0 else menu.index("end") + 1 + number
        yield from self.person.click(main.menu_button)
        yield from self.person.wait(menu.winfo_viewable)
        for _ in range(2 * menu.index("end")):
            if menu.index("active") == wanted:
                yield from self.person.key("Return")
                return
            yield from self.person.key("Down")

    def _dialog(self, kind: type[Kind]) -> Kind | None:
        return next((child for child in self.app.root.children.values() if isinstance(child, kind)), None)
