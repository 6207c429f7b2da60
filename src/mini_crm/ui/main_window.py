"""The main window of somebody who has signed in: its pages, its menu, and how it ends."""

from __future__ import annotations

import contextlib
import logging
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from mini_crm.domain.credentials import Derive
from mini_crm.domain.errors import MiniCrmError, WrongVersion
from mini_crm.domain.model import Session
from mini_crm.i18n import LANGUAGES, Texts
from mini_crm.messages import sentence
from mini_crm.store.port import DesktopStore
from mini_crm.ui.desk import Desk
from mini_crm.ui.memory import Memory
from mini_crm.ui.new_program import NewProgram, OpenFolder
from mini_crm.ui.sign_in.login_presenter import LoginParts
from mini_crm.ui.sign_in.login_view import LANGUAGE_NAMES
from mini_crm.ui.sign_in.password_dialogs import ask_new_password, ask_to_sign_in_again
from mini_crm.ui.tasks import Tasks, Worker
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.dialogs import ask, show_error
from mini_crm.ui.widgets.note import shorten
from mini_crm.ui.widgets.offers import OfferBanner
from mini_crm.ui.widgets.room import ScrolledRoom
from mini_crm.ui.widgets.tips import tip_text
from mini_crm.usecases.behind import Rows
from mini_crm.usecases.outbox import Outbox
from mini_crm.usecases.signing import SignedIn

if TYPE_CHECKING:
    from mini_crm.ui.company.page_presenter import CompanyPresenter
    from mini_crm.ui.entries.acts import Acts
    from mini_crm.ui.entries.filters_presenter import FilterValues
    from mini_crm.ui.entries.first_rows import FirstRows
    from mini_crm.ui.entries.form_port import FormState
    from mini_crm.ui.entries.page_presenter import EntriesPresenter
    from mini_crm.ui.entries.page_view import EntriesView
    from mini_crm.ui.forecast.page_presenter import ForecastPresenter
    from mini_crm.ui.forecast.page_view import ForecastView

AGGREGATE_S = 30 * 60
AGGREGATE_FIRST_MS = 1000
"""After the pages are there: computing must not hold up what the person waits for."""
LEAST_WIDTH, LEAST_HEIGHT = 840, 540
"""At 100 %: for a smaller window the pages can be scrolled."""
LIST_HEIGHT = 470
"""The list gives way further than what the other pages show."""
FORECAST_PAGE = 1
"""Behind the entries, for who has a team."""
NAME_WIDTH = 170
"""Of the lead's name on the button of the menu, in pixels at 100 %."""

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
        open_folder: Shows a folder; may be slow, may fail.

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
        open_folder: OpenFolder = lambda folder: None,
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
        self.open_folder = open_folder
        self.acts: Acts | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person has typed into the pages and not stored, for the same pages in another language.

    Attributes:
        form: All that the form holds.
        filters: As they stand in their fields.
        commitment: Amount and note on the forecast page.
        page: The one that is shown.
    """

    form: FormState
    filters: FilterValues
    commitment: tuple[str, str]
    page: int


class MainWindow(plain_ttk.Frame):
    """The window's content after sign-in.

    Args:
        root: The window.
        theme: For fonts.
        texts: In the lead's language.
        around: What it works with.
        signed_in: The session.
        worker: Asks the database; it may do so for another window later.
        left: Called when the lead has signed out; the window is closed then.
        switch_language: Is given ``ru`` or ``en``, this window's present session and what is typed.
        show_help: Shows the page for leads.
        typed: Into this window in another language.

    Attributes:
        desk: What the pages work with.
        pages: The notebook.
        trouble: What stands in the way of all pages.
        entries: Runs the entry page once that is built; a head of sales without groups has none.
        forecast: Runs the forecast page once it was opened.
        company: Runs the company page of a head of sales once it was opened.
    """

    def __init__(
        self,
        root: tk.Misc,
        theme: Theme,
        texts: Texts,
        around: Surroundings,
        signed_in: SignedIn,
        worker: Worker,
        *,
        left: Callable[[], None],
        switch_language: Callable[[str, SignedIn, Typed | None], None],
        show_help: Callable[[], None],
        typed: Typed | None = None,
    ) -> None:
        super().__init__(root)
        self._typed = typed
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
        self.tasks = Tasks(root, worker=worker)
        self._aside = Tasks(root, around.disconnect)
        self._keeper = Tasks(root)
        self.desk = Desk(
            store=around.connect(),
            texts=texts,
            tasks=self.tasks,
            session=signed_in.session,
            token=signed_in.token,
            database=around.database,
            outbox=self._outbox(signed_in.session),
            sign_in_again=self.sign_in_again,
            leave=self.leave,
            tell_unfit=self._tell_unfit,
            memory=around.memory,
            aside=self._aside,
            keeper=self._keeper,
        )
        self.entries: EntriesPresenter | None = None
        self._entries_view: EntriesView | None = None
        self.forecast: ForecastPresenter | None = None
        self._forecast_view: ForecastView | None = None
        self.company: CompanyPresenter | None = None
        self._openers: dict[str, Callable[[], None]] = {}
        self._first_rows: FirstRows | None = None
        self._frame()
        self._new_program = NewProgram(self.trouble, self._aside, around.open_folder)

    def start(self) -> None:
        """Build the pages step by step, so that the window never stands still, and set them going.

        The first rows are read meanwhile.
        """
        if self._has_list():
            self._first_rows = self._ask_for_rows()
        self._aside.run(load_pages, lambda nothing: self.tasks.in_steps(self._build()), _raise)

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
        return self._may_lose([*lost, *self._unkept()])

    def _unkept(self) -> list[str]:
        """Keep on this computer what is not stored yet, and say what cannot be kept."""
        unkept = self.entries.keep_pending() if self.entries is not None else 0
        if unkept:
            said = self._texts.ngettext(
                "{n} change is not stored and cannot be kept on this computer. It may be lost.",
                "{n} changes are not stored and cannot be kept on this computer. They may be lost.",
                unkept,
            )
            return [said.format(n=unkept)]
        return []

    def _may_lose(self, lost: Sequence[str]) -> bool:
        """Ask whether this may be lost, if it is anything."""
        if not lost:
            return True
        _ = self._texts.gettext
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
        if self.company is not None:
            self.company.stop()
        self.tasks.close()
        self._aside.close()
        self._keeper.close()
        self.destroy()

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

    def _tell_unfit(self, error: WrongVersion | None) -> None:
        """Say what becomes of the work where program and database do not fit together any more."""
        if error is None:
            self._new_program.is_over()
            return
        kept = self._texts.gettext(
            "What you save now is kept on this computer and sent after the update; save the form before you "
            "close this window."
        )
        said = sentence(error, self._texts)
        self._new_program.tell(error, f"{said}\n{kept}" if self.desk.outbox is not None else said)

    def _frame(self) -> None:
        """Make what stands around the pages."""
        room = self._room = ScrolledRoom(self, self._theme.px(LEAST_WIDTH), self._theme.px(LEAST_HEIGHT))
        room.pack(fill="both", expand=True)
        self.trouble = OfferBanner(room.body, self._theme, self._texts)
        self.trouble.pack(fill="x", side="bottom")
        self.pages = ttk.Notebook(room.body)
        self.pages.pack(fill="both", expand=True)
        self.pages.enable_traversal()
        # In the line of the tabs, where there is room: a line of its own would be taken from the list.
        self._corner = ttk.Frame(room.body)
        self._corner.place(relx=1.0, x=-self._theme.pad, y=self._theme.px(2), anchor="ne")
        theme, name = self._theme, self.desk.session.lead_name
        name_room = theme.px(NAME_WIDTH)
        self.menu_button = ttk.Menubutton(
            self._corner,
            text=shorten(name, theme.body, name_room),
            bootstyle="secondary-outline",
            padding=(theme.px(6), theme.px(2)),
        )
        self.menu_button.pack(side="right", padx=(theme.px(6), 0))
        self.menu_button.configure(menu=self._menu(self.menu_button))
        tip_text(
            self.menu_button, theme, lambda: name if shorten(name, theme.body, name_room) != name else ""
        )

    def _has_list(self) -> bool:
        session = self.desk.session
        return session.has_team or not session.is_head

    def _ask_for_rows(self) -> FirstRows:
        from mini_crm.ui.entries.first_rows import FirstRows

        rows = FirstRows(self.desk)
        rows.ask()
        return rows

    def _build(self) -> Iterator[None]:
        """Make the pages and set them going; at each ``yield`` the window can draw what is there.

        Those of a team are for who has one, and for whoever would have no page else.
        """
        self.pages.bind("<<NotebookTabChanged>>", lambda event: self._page_shown())
        if self._has_list():
            yield from self._build_team()
        if self.desk.session.is_head:
            self._add_page(self._texts.pgettext("page", "Company"), self._open_company)
            yield
        aggregate = self._around.aggregate
        if aggregate is not None:
            self._aside.every(AGGREGATE_S, lambda: self._aggregate(aggregate))
            self._aside.after(AGGREGATE_FIRST_MS, lambda: self._aggregate(aggregate))

    def _build_team(self) -> Iterator[None]:
        """Make the pages of who has a team."""
        from mini_crm.ui.entries.page_presenter import EntriesPresenter
        from mini_crm.ui.entries.page_view import EntriesView

        tools = ttk.Frame(self._corner)
        tools.pack(side="left")
        view = EntriesView(self.pages, self._texts, self._theme, tools)
        self.pages.add(view, text=self._texts.pgettext("page", "Entries"))
        self._add_page(self._texts.pgettext("page", "Forecast"), self._open_forecast)
        yield
        yield from view.build()
        yield
        self.entries = EntriesPresenter(self.desk, view, acts=self._around.acts, first=self._first_rows)
        self._around.acts = self.entries.undo.acts
        self._entries_view = view
        self._make_room()  # the tab was shown before it was known to be the list's
        for part in (self.pages, self._corner):
            view.hear(part)
        self.entries.start()
        if self._typed is not None:
            self._take_over(self.entries, self._typed)
        yield

    def _add_page(self, caption: str, opened: Callable[[tk.Misc], None]) -> None:
        """Add a page that is filled when it is shown for the first time."""
        page = plain_ttk.Frame(self.pages)
        self._openers[str(page)] = partial(opened, page)
        self.pages.add(page, text=caption)

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
        if language != self._texts.language and self._may_lose(self._unkept()):
            signed_in = SignedIn(self.desk.session, self.desk.token, self._key)
            self._switch_language(language, signed_in, self._all_typed())
        elif not self._closed:
            self._language.set(self._texts.language)

    def _all_typed(self) -> Typed | None:
        """Give what is typed into the pages; what was taken over, if they are not there yet."""
        entries, view = self.entries, self._entries_view
        if entries is None or view is None:
            return self._typed
        commitment = None if self._forecast_view is None else self._forecast_view.commitment
        return Typed(
            form=entries.form.state(),
            filters=view.filters.read(),
            commitment=("", "") if commitment is None else (commitment.amount.get(), commitment.note.get()),
            page=self.pages.index("current"),
        )

    def _take_over(self, entries: EntriesPresenter, typed: Typed) -> None:
        entries.take_over(typed.form, typed.filters)
        if any(typed.commitment):
            self.pages.select(FORECAST_PAGE)
            self._page_shown()
            if self._forecast_view is not None:
                commitment = self._forecast_view.commitment
                commitment.amount.set(typed.commitment[0])
                commitment.note.set(typed.commitment[1])
        self.pages.select(typed.page)

    def _make_room(self) -> None:
        view = self._entries_view
        list_is_shown = view is not None and self.pages.select() == str(view)
        self._room.need(
            self._theme.px(LEAST_WIDTH), self._theme.px(LIST_HEIGHT if list_is_shown else LEAST_HEIGHT)
        )

    def _page_shown(self) -> None:
        self._make_room()
        opener = self._openers.get(self.pages.select())
        if opener is not None:
            opener()

    def _open_forecast(self, page: tk.Misc) -> None:
        if self.forecast is not None:
            self.forecast.refresh()
            return
        # Loaded only now: it brings the plotting library.
        from mini_crm.ui.forecast.page_presenter import ForecastPresenter
        from mini_crm.ui.forecast.page_view import ForecastView

        view = ForecastView(page, self._texts, self._theme)
        view.pack(fill="both", expand=True)
        if self._entries_view is not None:
            self._entries_view.hear(view)
        self._forecast_view = view
        self.forecast = ForecastPresenter(self.desk, view, open_rows=self._open_rows)
        self.forecast.start()

    def _open_company(self, page: tk.Misc) -> None:
        if self.company is not None:
            self.company.refresh()
            return
        # Loaded only now, and for nobody else.
        from mini_crm.ui.company.page_presenter import CompanyPresenter
        from mini_crm.ui.company.page_view import CompanyView

        view = CompanyView(page, self._texts, self._theme)
        view.pack(fill="both", expand=True)
        self.company = CompanyPresenter(self.desk, view)
        self.company.start()

    def _open_rows(self, rows: Rows, whose: str, as_of: datetime) -> None:
        if self.entries is not None:
            self.entries.open_rows(rows, whose, as_of)

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
            around.connect,
            self.tasks,
            self._texts,
            around.memory,
            around.computer,
            around.derive,
            around.open_folder,
        )

    def _outbox(self, lead: Session) -> Outbox | None:
        folder = self._around.outbox_folder
        return None if folder is None else Outbox(folder, self._around.address, lead.lead_id, lead.lead_name)

    def _aggregate(self, aggregate: Callable[[], object]) -> None:
        def failed(error: BaseException) -> None:
            log.warning("not aggregated: %s", error)

        self._aside.run(aggregate, lambda result: None, failed)


def _raise(error: BaseException) -> None:
    raise error
