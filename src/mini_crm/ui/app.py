"""The desktop program: one window that holds first the sign-in, then the lead's pages."""

from __future__ import annotations

import logging
import tkinter as tk
from types import TracebackType

import ttkbootstrap as ttk

from mini_crm.domain.errors import SettingsError
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.ui.main_window import MainWindow, Surroundings, Typed, load_pages
from mini_crm.ui.sign_in.login_presenter import LoginParts, LoginPresenter
from mini_crm.ui.sign_in.login_view import LoginView
from mini_crm.ui.sign_in.password_dialogs import ask_new_password
from mini_crm.ui.tasks import Tasks, Worker
from mini_crm.ui.theme import NAME, Theme
from mini_crm.ui.widgets.buttons import bind_buttons
from mini_crm.ui.widgets.clipboard import bind_clipboard
from mini_crm.ui.widgets.dialogs import show_error
from mini_crm.ui.widgets.icon import make_icon
from mini_crm.ui.widgets.screen import Area, area_at, frame_of, into, work_area
from mini_crm.usecases.signing import SignedIn

LANGUAGE = "language"
PLACE = "place"
"""Left, top, width and height of the window when it was closed."""
FULL = "full"
"""Whether it filled the screen then."""
WIDTH, HEIGHT = 1600, 940
MIN_WIDTH, MIN_HEIGHT = 1000, 600
"""At 100 %; a smaller screen has the last word."""
GRIP = 20
"""So many pixels of a window's title, at 100 %, have to lie on a screen for its place to be used again."""

PRELOAD_MS = 300
"""After the sign-in window is there, so that it comes first."""

log = logging.getLogger("mini_crm.ui")


def make_root(scaling: float | None = None) -> ttk.App:
    """Make the root window, hidden; there can be one in a process.

    Args:
        scaling: Pixels a point; None for that of the screen.

    Raises:
        SettingsError: ``no_display``: there is no screen.
    """
    try:
        root = ttk.App(theme=NAME, scaling=scaling, iconphoto=None)
    except tk.TclError as error:
        raise SettingsError("no_display", reason=str(error)) from error
    root.withdraw()
    bind_buttons(root)

    def failed_in_tcl(problem: str, options: object) -> None:
        """Tell of an error in Tk's own bindings, for which Tk has a box of its own."""
        detail = root.tk.call("dict", "get", options, "-errorinfo")
        root.report_callback_exception(tk.TclError, tk.TclError(f"{problem}\n{detail}"), None)

    root.tk.call("interp", "bgerror", "", root.register(failed_in_tcl))
    return root


def show_at_start(root: ttk.App, texts: Texts, problem: str) -> None:
    """Show what keeps the program from starting, until it was read; this is the end of the root window."""
    show_error(root, texts, Theme(root), problem)
    root.destroy()


class App:
    """The desktop program.

    Args:
        root: See ``make_root``; it is closed by this.
        around: What it works with.
        language: ``ru`` or ``en``, to begin with.

    Attributes:
        texts: In the person's language.
        login: The sign-in window, while it is shown.
        main: The main window, while somebody is signed in.
    """

    def __init__(self, root: ttk.App, around: Surroundings, language: str) -> None:
        self.root = root
        self.texts = Texts(language)
        self.theme = Theme(root)
        self.login: LoginView | None = None
        self.main: MainWindow | None = None
        self._around = around
        self._presenter: LoginPresenter | None = None
        self._tasks: Tasks | None = None
        # One for all windows: the connection that opened while a password was typed reads the first rows too.
        self._worker = Worker(around.disconnect)
        self._reporting = False
        self._icon = make_icon(root)
        root.iconphoto(True, self._icon)
        root.report_callback_exception = self.report
        root.protocol("WM_DELETE_WINDOW", self.close)
        bind_clipboard(root, lambda: self.texts)
        # A browser may take its time; nobody waits for it, and no database call behind it.
        self._aside = Tasks(root)
        root.bind_all("<F1>", lambda event: self.show_help())

    def start(self) -> None:
        """Show the sign-in window."""
        self._size()
        self.show_login()
        self.root.deiconify()
        self.root.update_idletasks()
        self._place_frame()

    def run(self) -> None:
        """Show the window and come back when it was closed."""
        self.start()
        self.root.mainloop()

    def show_login(self) -> None:
        """Show the sign-in window instead of what is shown."""
        self.clear()
        self.root.title(self._title())
        self._tasks = Tasks(self.root, worker=self._free_worker())
        parts = self._parts(self._tasks)
        self.login = LoginView(
            self.root,
            self.texts,
            self.theme,
            database=self._around.database,
            switch_language=self.switch_language,
            show_help=self.show_help,
        )
        self.login.pack(fill="both", expand=True)
        self._presenter = LoginPresenter(parts, self.login, self._signed_in)
        self.login.on_sign_in = self._presenter.sign_in
        self.login.on_typing = self._presenter.typing
        self._presenter.start()
        tasks = self._tasks
        tasks.after(PRELOAD_MS, lambda: tasks.run(load_pages, lambda nothing: None, lambda error: None))

    def show_main(self, signed_in: SignedIn, typed: Typed | None = None) -> None:
        """Show the lead's pages instead of what is shown, with what was typed into them before."""
        self.clear()
        self.root.title(self._title())
        self.main = MainWindow(
            self.root,
            self.theme,
            self.texts,
            self._around,
            signed_in,
            self._free_worker(),
            left=self._left,
            switch_language=self._switch_main,
            show_help=self.show_help,
            typed=typed,
        )
        self.main.pack(fill="both", expand=True)
        self.main.start()

    def switch_language(self, language: str) -> None:
        """Show the sign-in window in another language, with what is typed into it."""
        if language != self.texts.language:
            self._speak(language)
            typed = self.login.typed() if self.login is not None else None
            self.show_login()
            if typed is not None and self.login is not None:
                self.login.take_over(typed)

    def show_help(self) -> None:
        """Show the page for leads in a browser, in the window's language."""
        language = self.texts.language
        self._aside.run(lambda: self._around.show_help(language), lambda shown: None, self._help_failed)

    def close(self) -> None:
        """Close the program, unless something would be lost and the person stays."""
        main = self.main
        if main is not None:
            if not main.may_close():
                return
            main.sign_out()
        self._remember_place()
        self.clear()
        self.end()
        self.root.destroy()
        self._worker.join()

    def end(self) -> None:
        """End what works in the background, when its work is done; nothing can be shown any more."""
        self._aside.close()
        self._worker.end()

    def clear(self) -> None:
        """Stop and take away whatever the window shows."""
        if self._presenter is not None:
            self._presenter.stop()
            self._presenter = None
        if self._tasks is not None:
            self._tasks.close()
            self._tasks = None
        if self.login is not None:
            self.login.destroy()
            self.login = None
        if self.main is not None:
            self.main.close()
            self.main = None

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Tell of an error that nothing caught: a sentence for the person, the rest for the log.

        Nothing may come out of here: it would end the main loop, and with it the program.
        """
        log.error("unexpected", exc_info=(kind, error, trace))
        if self._reporting:
            return
        self._reporting = True
        try:
            show_error(self.root, self.texts, self.theme, sentence(error, self.texts))
        except Exception:
            log.warning("the error was not shown", exc_info=True)
        finally:
            self._reporting = False

    def _free_worker(self) -> Worker:
        """Give a thread that has nothing else to do: the one before, unless its database hangs.

        That one does its work to the end, such as signing out, and nobody waits for it.
        """
        if not self._worker.is_free:
            self._worker.end()
            self._worker = Worker(self._around.disconnect)
        return self._worker

    def _signed_in(self, signed_in: SignedIn) -> None:
        if signed_in.session.must_change and self._tasks is not None:
            parts = self._parts(self._tasks)
            ask_new_password(
                self.root, self.theme, parts, signed_in, self._signed_in, self.show_login, must=True
            )
        else:
            self.show_main(signed_in)

    def _help_failed(self, error: BaseException) -> None:
        show_error(self.root, self.texts, self.theme, sentence(error, self.texts))

    def _left(self) -> None:
        self.main = None
        self.show_login()

    def _switch_main(self, language: str, signed_in: SignedIn, typed: Typed | None) -> None:
        self._speak(language)
        self.show_main(signed_in, typed)

    def _speak(self, language: str) -> None:
        self.texts = Texts(language)
        self._around.memory.put(LANGUAGE, language)

    def _parts(self, tasks: Tasks) -> LoginParts:
        around = self._around
        return LoginParts(
            around.connect,
            tasks,
            self.texts,
            around.memory,
            around.computer,
            around.derive,
            around.open_folder,
        )

    def _title(self) -> str:
        return f"{self.texts.gettext('Expected sales')} \u2013 {self._around.database}"

    def _size(self) -> None:
        """Take the place of the last time, as far as there is still a screen, and never the task bar's."""
        root, px, memory = self.root, self.theme.px, self._around.memory
        kept = memory.get(PLACE)
        wanted, area = None, None
        if isinstance(kept, list) and len(kept) == 4 and all(isinstance(part, int) for part in kept):
            wanted = Area(*(int(str(part)) for part in kept))
            area = area_at(root, wanted.x + wanted.width // 2, wanted.y + px(GRIP))
        if wanted is None or area is None:
            area = work_area(root)
            width, height = (px(WIDTH), px(HEIGHT)) if wanted is None else (wanted.width, wanted.height)
            x, y = area.x + (area.width - width) // 2, area.y + (area.height - height) // 3
            wanted = Area(x, y, width, height)
        side, title = frame_of(root)
        inner = Area(area.x, area.y, area.width - 2 * side, area.height - title - side)
        smallest = (min(px(MIN_WIDTH), inner.width), min(px(MIN_HEIGHT), inner.height))
        root.minsize(*smallest)
        placed = into(
            inner,
            wanted._replace(width=max(wanted.width, smallest[0]), height=max(wanted.height, smallest[1])),
        )
        root.geometry("{2}x{3}+{0}+{1}".format(*placed))
        if memory.get(FULL) is True:
            _fill_screen(root)

    def _place_frame(self) -> None:
        """Bring the window inside the work area, now that the height of its title bar can be measured."""
        root = self.root
        if root.winfo_viewable() and not _fills_screen(root):
            self._size()

    def _remember_place(self) -> None:
        root, memory = self.root, self._around.memory
        full = _fills_screen(root)
        memory.put(FULL, full)
        if not full and root.state() == "normal":
            size, x, y = root.geometry().split("+")
            width, height = size.split("x")
            memory.put(PLACE, [int(x), int(y), int(width), int(height)])


def _fills_screen(root: tk.Tk) -> bool:
    if str(root.tk.call("tk", "windowingsystem")) == "x11":
        return bool(root.tk.getboolean(root.wm_attributes("-zoomed")))
    return str(root.state()) == "zoomed"


def _fill_screen(root: tk.Tk) -> None:
    if str(root.tk.call("tk", "windowingsystem")) == "x11":
        root.wm_attributes("-zoomed", True)
    else:
        root.state("zoomed")
