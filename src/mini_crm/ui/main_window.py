"""The main window of a lead who has signed in: its pages, its menu, and how it ends."""

from __future__ import annotations

import contextlib
import logging
import tkinter as tk
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.domain.credentials import Derive
from mini_crm.domain.errors import MiniCrmError
from mini_crm.i18n import LANGUAGES, Texts
from mini_crm.store.port import DesktopStore
from mini_crm.ui.desk import Desk
from mini_crm.ui.memory import Memory
from mini_crm.ui.sign_in.login_presenter import LoginParts
from mini_crm.ui.sign_in.login_view import LANGUAGE_NAMES
from mini_crm.ui.sign_in.password_dialogs import ask_new_password, ask_to_sign_in_again
from mini_crm.ui.tasks import Tasks
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.dialogs import ask, show_error
from mini_crm.ui.widgets.room import ScrolledRoom
from mini_crm.usecases.outbox import Outbox
from mini_crm.usecases.signing import SignedIn

if TYPE_CHECKING:
    from mini_crm.ui.entries.acts import Acts
    from mini_crm.ui.entries.page_presenter import EntriesPresenter
    from mini_crm.ui.entries.page_view import EntriesView
    from mini_crm.ui.forecast.page_presenter import ForecastPresenter

AGGREGATE_S = 30 * 60
LEAST_WIDTH, LEAST_HEIGHT = 840, 540
"""At 100 %: for a smaller window the pages can be scrolled."""

log = logging.getLogger("mini_crm.ui")


def load_pages() -> None:
    """Load what the main window needs beyond the sign-in window, in any thread, while a password is typed."""
    import mini_crm.ui.entries.page_presenter
    import mini_crm.ui.entries.page_view  # noqa: F401

    for language in LANGUAGES:
        Texts(language)  # reads the files, so that switching the language need not


class Surroundings:
    """What the window works with, whoever signs in.

    Args:
        connect: Opens the database, or gives the one that is open; may be slow, may fail.
        disconnect: Gives back the calling thread's connection.
        database: The name for titles.
        address: The whole address, which the outbox belongs to.
        memory: What is remembered on this computer.
        computer: This one's name, for the record.
        outbox_folder: Where writes are kept that have not reached the database; None: nowhere.
        aggregate: Computes the forecast where nobody else does; None where somebody does.
        derive: Makes the key of a password.
        show_help: Shows the page for leads in a language; may be slow, may fail.

    Attributes:
        acts: What was done in the present session and can be undone, also in another language.
    """

    def __init__(
        self,
        *,
        connect: Callable[[], DesktopStore],
        disconnect: Callable[[], None],
        database: str,
        address: str,
        memory: Memory,
        computer: str,
        derive: Derive,
        outbox_folder: Path | None = None,
        aggregate: Callable[[], object] | None = None,
        show_help: Callable[[str], None] = lambda language: None,
    ) -> None:
        self.connect = connect
        self.disconnect = disconnect
        self.database = database
        self.address = address
        self.memory = memory
        self.computer = computer
        self.derive = derive
        self.outbox_folder = outbox_folder
        self.aggregate = aggregate
        self.show_help = show_help
        self.acts: Acts | None = None


class MainWindow(plain_ttk.Frame):
    """The window's content after sign-in.

    Args:
        root: The window.
        theme: For fonts.
        texts: In the lead's language.
        around: What it works with.
        signed_in: The session.
        left: Called when the lead has signed out; the window is closed then.
        switch_language: Is given ``ru`` or ``en`` and this window's present session.
        show_help: Shows the page for leads.

    Attributes:
        desk: What the pages work with.
        pages: The notebook.
        entries: Runs the entry page once that is built.
        forecast: Runs the forecast page once it was opened.
    """

    def __init__(
        self,
        root: tk.Misc,
        theme: Theme,
        texts: Texts,
        around: Surroundings,
        signed_in: SignedIn,
        *,
        left: Callable[[], None],
        switch_language: Callable[[str, SignedIn], None],
        show_help: Callable[[], None],
    ) -> None:
        super().__init__(root)
        self._theme = theme
        self._texts = texts
        self._around = around
        self._key = signed_in.key
        self._left = left
        self._switch_language = switch_language
        self._show_help = show_help
        self._language = tk.StringVar(root, texts.language)
        self._waiting: list[Callable[[], None]] = []
        self._asking = False
        self._closed = False
        self.tasks = Tasks(root, around.disconnect)
        self._aside = Tasks(root, around.disconnect)
        self.desk = Desk(
            store=around.connect(),
            texts=texts,
            tasks=self.tasks,
            session=signed_in.session,
            token=signed_in.token,
            database=around.database,
            outbox=self._outbox(signed_in.session.lead_name),
            sign_in_again=self.sign_in_again,
            leave=self.leave,
            memory=around.memory,
        )
        self.entries: EntriesPresenter | None = None
        self._entries_view: EntriesView | None = None
        self.forecast: ForecastPresenter | None = None
        self._frame()

    def start(self) -> None:
        """Build the pages step by step, so that the window never stands still, and set them going."""
        self.tasks.run(load_pages, lambda nothing: self.tasks.in_steps(self._build()), _raise)

    def may_close(self) -> bool:
        """Ask if something would be lost; say whether the window may go.

        What the database has not answered yet, or has refused, is kept on this computer for the next time.
        """
        _, lost = self._texts.gettext, []
        entries, forecast = self.entries, self.forecast
        if entries is not None and entries.form.has_unsaved():
            lost.append(_("The form is not saved. What you typed there will be lost."))
        if forecast is not None and forecast.has_unsaved():
            lost.append(_("The commitment on the forecast page is not recorded; it will be lost."))
        unkept = entries.keep_pending() if entries is not None else 0
        if unkept:
            said = self._texts.ngettext(
                "{n} change is not stored and cannot be kept on this computer. It may be lost.",
                "{n} changes are not stored and cannot be kept on this computer. They may be lost.",
                unkept,
            )
            lost.append(said.format(n=unkept))
        if not lost:
            return True
        return ask(
            self, self._texts, self._theme, "\n".join(lost), yes=_("Leave without saving"), danger=True
        )

    def leave(self) -> None:
        """Sign out, unless something would be lost and the lead stays."""
        if not self._closed and self.may_close():
            self.sign_out()
            self._left()

    def sign_out(self) -> None:
        """End the session and the window."""
        self._around.acts = None
        store, token = self.desk.store, self.desk.token

        def end() -> None:
            with contextlib.suppress(MiniCrmError):
                store.sign_out(token)

        self.tasks.run(end, lambda nothing: None, lambda error: None)
        self.close()

    def close(self) -> None:
        """Stop everything and take the window away; the session stays."""
        if self._closed:
            return
        self._closed = True
        if self.entries is not None:
            self.entries.stop()
        if self.forecast is not None:
            self.forecast.stop()
        self.tasks.close()
        self._aside.close()
        self.destroy()

    def join(self) -> None:
        """Wait a little until the last work is done."""
        self.tasks.join()

    def sign_in_again(self, then: Callable[[], None]) -> None:
        """Ask the same lead to sign in over this window, then go on."""
        if self._closed:
            return
        self._waiting.append(then)
        if not self._asking:
            self._asking = True
            name = self.desk.session.lead_name
            ask_to_sign_in_again(self, self._theme, self.login_parts(), name, self._renewed, self._gone)

    def change_password(self) -> None:
        """Let the lead choose another password."""
        signed_in = SignedIn(self.desk.session, self.desk.token, self._key)
        ask_new_password(
            self,
            self._theme,
            self.login_parts(),
            signed_in,
            self._password_changed,
            lambda: self.sign_in_again(self.change_password),
            must=False,
        )

    def _frame(self) -> None:
        """Make what stands around the pages."""
        room = ScrolledRoom(self, self._theme.px(LEAST_WIDTH), self._theme.px(LEAST_HEIGHT))
        room.pack(fill="both", expand=True)
        self.pages = ttk.Notebook(room.body)
        self.pages.pack(fill="both", expand=True)
        self.pages.enable_traversal()
        self.menu_button = ttk.Menubutton(
            room.body, text=self.desk.session.lead_name, bootstyle="secondary-outline"
        )
        self.menu_button.place(relx=1.0, x=-self._theme.pad, y=0, anchor="ne")
        self.menu_button.configure(menu=self._menu(self.menu_button))

    def _build(self) -> Iterator[None]:
        """Make the pages and set them going; at each ``yield`` the window can draw what is there."""
        from mini_crm.ui.entries.page_presenter import EntriesPresenter
        from mini_crm.ui.entries.page_view import EntriesView

        view = EntriesView(self.pages, self._texts, self._theme)
        self.pages.add(view, text=self._texts.pgettext("page", "Entries"))
        self._forecast_page = plain_ttk.Frame(self.pages)
        self.pages.add(self._forecast_page, text=self._texts.pgettext("page", "Forecast"))
        self.pages.bind("<<NotebookTabChanged>>", lambda event: self._page_shown())
        yield
        yield from view.build()
        yield
        self.entries = EntriesPresenter(self.desk, view, aside=self._aside, acts=self._around.acts)
        self._around.acts = self.entries.undo.acts
        self._entries_view = view
        for part in (self.pages, self.menu_button):
            view.hear(part)
        self.entries.start()
        yield
        aggregate = self._around.aggregate
        if aggregate is not None:
            self._aside.every(AGGREGATE_S, lambda: self._aggregate(aggregate))
            self._aggregate(aggregate)

    def _menu(self, parent: tk.Misc) -> ttk.Menu:
        _ = self._texts.gettext
        menu = ttk.Menu(parent, tearoff=False)
        for language, name in LANGUAGE_NAMES.items():
            menu.add_radiobutton(
                label=name,
                variable=self._language,
                value=language,
                command=partial(self._language_chosen, language),
            )
        menu.add_separator()
        menu.add_command(label=_("Help"), accelerator="F1", command=self._show_help)
        menu.add_command(label=_("Change the password…"), command=self.change_password)
        menu.add_command(label=_("Sign out"), command=self.leave)
        return menu

    def _language_chosen(self, language: str) -> None:
        if language != self._texts.language and self.may_close():
            self._switch_language(language, SignedIn(self.desk.session, self.desk.token, self._key))
        elif not self._closed:
            self._language.set(self._texts.language)

    def _page_shown(self) -> None:
        if self.pages.index("current") != 1:
            return
        if self.forecast is not None:
            self.forecast.refresh()
            return
        # Loaded only now: it brings the plotting library.
        from mini_crm.ui.forecast.page_presenter import ForecastPresenter
        from mini_crm.ui.forecast.page_view import ForecastView

        view = ForecastView(self._forecast_page, self._texts, self._theme)
        view.pack(fill="both", expand=True)
        if self._entries_view is not None:
            self._entries_view.hear(view)
        self.forecast = ForecastPresenter(self.desk, view)
        self.forecast.start()

    def _renewed(self, signed_in: SignedIn) -> None:
        if signed_in.session.must_change:
            ask_new_password(
                self, self._theme, self.login_parts(), signed_in, self._renewed, self._gone, must=True
            )
            return
        self._take(signed_in)
        self._asking = False
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then()

    def _gone(self) -> None:
        """Leave although the session cannot be renewed; the lead has decided so in the dialog."""
        self._asking = False
        self._waiting = []
        if self.may_close():
            self.sign_out()
            self._left()
        else:
            self.sign_in_again(lambda: None)

    def _password_changed(self, signed_in: SignedIn) -> None:
        self._take(signed_in)
        show_error(self, self._texts, self._theme, self._texts.gettext("The password has been changed."))

    def _take(self, signed_in: SignedIn) -> None:
        self.desk.session, self.desk.token, self._key = signed_in.session, signed_in.token, signed_in.key

    def login_parts(self) -> LoginParts:
        """Give what signing in needs, while this window is open."""
        around = self._around
        return LoginParts(
            around.connect, self.tasks, self._texts, around.memory, around.computer, around.derive
        )

    def _outbox(self, lead_name: str) -> Outbox | None:
        folder = self._around.outbox_folder
        return None if folder is None else Outbox(folder, self._around.address, lead_name)

    def _aggregate(self, aggregate: Callable[[], object]) -> None:
        def failed(error: BaseException) -> None:
            log.warning("not aggregated: %s", error)

        self._aside.run(aggregate, lambda result: None, failed)


def _raise(error: BaseException) -> None:
    raise error
