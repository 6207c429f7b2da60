"""Real widgets on a real or virtual screen; an error in any callback or in the log fails the test."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import time
import tkinter
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

import pytest
import ttkbootstrap as ttk
from PIL import Image, ImageGrab

from mini_crm.domain.credentials import KdfParameters, PasswordKind, new_kdf, normalize_password, verifier_of
from mini_crm.domain.model import RosterRow
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App, make_root
from mini_crm.ui.main_window import Surroundings
from mini_crm.ui.memory import Memory
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.focus import grabbing
from virtual_screen import PANEL, virtual_screen, window_manager
from x11 import KEYSYMS, keysym_of

if sys.platform == "win32":
    from user32 import Screen
else:
    from x11 import Screen

WaitUntil = Callable[[Callable[[], object]], None]
TIMEOUT_S = 30.0
CLICK_S = 1.0
EVDEV = {"a": 38, "c": 54, "e": 26, "f": 41, "v": 55, "x": 53, "y": 29, "z": 52}
"""Key codes of letters on X11. Source: linux/input-event-codes.h, plus 8."""
MENU_S = 2.0
"""After so long a menu is open."""

LEAD = "Петрова Наталья"
OTHER_LEAD = "Кузнецов Артём"
CODE = "7KQM-2XWD-HV9R"


def quick_key(password: str, kind: PasswordKind, kdf: KdfParameters) -> bytes:
    """Derive a key as Argon2id would, but at once; one test uses the real one."""
    return hashlib.sha256(kdf.salt + normalize_password(password, kind).encode()).digest()


@pytest.fixture(scope="session", autouse=True)
def screen() -> Iterator[None]:
    """Give a virtual screen and a window manager where there are none."""
    with virtual_screen(), window_manager():
        yield


@pytest.fixture(scope="session")
def root(screen: None) -> Iterator[ttk.App]:
    """Give the one root window of this process."""
    window = make_root()
    window.geometry("1100x700+0+0")
    window.deiconify()
    window.update()
    yield window
    window.destroy()


@pytest.fixture(scope="session")
def theme(root: ttk.App) -> Theme:
    """Give the look."""
    return Theme(root)


@pytest.fixture(params=["ru", "en"])
def texts(request: pytest.FixtureRequest) -> Texts:
    """Give both languages, one after the other."""
    return Texts(request.param)


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a logged error."""
        detail = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.found.append(f"{record.getMessage()}\n{detail}")


@pytest.fixture(autouse=True)
def no_hidden_errors(root: ttk.App) -> Iterator[list[str]]:
    """Fail the test on any error that a person would only find in the log; give those found so far."""
    errors = _Errors()

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        errors.found.append("".join(traceback.format_exception(kind, error, trace)))

    root.report_callback_exception = report
    logger = logging.getLogger("mini_crm")
    logger.addHandler(errors)
    yield errors.found
    root.update()
    logger.removeHandler(errors)
    for child in list(root.winfo_children()):
        child.destroy()
    root.report_callback_exception = report
    assert not errors.found, "\n".join(errors.found)


@pytest.fixture
def wait_until(root: ttk.App, no_hidden_errors: list[str]) -> WaitUntil:
    """Give a function that lets the window live until something is true."""

    def wait(condition: Callable[[], object]) -> None:
        end = time.monotonic() + TIMEOUT_S
        while not condition():
            assert not no_hidden_errors, no_hidden_errors[0]
            assert time.monotonic() < end, "it did not happen"
            root.update()
            time.sleep(0.002)
        root.update()

    return wait


class Clock:
    """The database's clock, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Give the time."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    """Give the clock of ``store``."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SqliteStore]:
    """Give a database with two leads, of whom the first can sign in with ``CODE``."""
    made = SqliteStore.create(tmp_path / "company.sqlite", time_zone="UTC", clock=clock)
    made.apply_roster(
        [
            RosterRow(LEAD, "Север", "Орлов Пётр", "RUB"),
            RosterRow(LEAD, "Север", "Ёлкина Вера", "RUB"),
            RosterRow(LEAD, "Штуки", "Белов Глеб", "pcs"),
            RosterRow(OTHER_LEAD, "Юг", "Сомов Илья", "RUB"),
        ],
        "test",
    )
    issue(made, LEAD, CODE)
    yield made
    made.close()


def issue(
    store: SqliteStore,
    lead_name: str,
    password: str,
    kind: PasswordKind = PasswordKind.CODE,
    *,
    must_change: bool = False,
    derive: Callable[[str, PasswordKind, KdfParameters], bytes] = quick_key,
) -> None:
    """Give a lead a password."""
    (lead,) = [lead for lead in store.list_leads() if lead.name == lead_name]
    kdf = new_kdf()
    verifier = verifier_of(derive(password, kind, kdf))
    store.set_credential(lead.lead_id, kind, kdf, verifier, must_change=must_change, by="test")


@pytest.fixture
def around(store: SqliteStore, tmp_path: Path) -> Surroundings:
    """Give what the program works with."""
    return Surroundings(
        connect=lambda: store,
        disconnect=store.close,
        database="company.sqlite",
        address="sqlite:///company.sqlite",
        memory=Memory(tmp_path / "window.json"),
        computer="test-computer",
        derive=quick_key,
        outbox_folder=tmp_path / "outbox",
    )


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Give both languages, one after the other."""
    return str(request.param)


@pytest.fixture
def app(root: ttk.App, around: Surroundings, no_hidden_errors: list[str]) -> Iterator[App]:
    """Give the program with its sign-in window, in Russian."""
    report = root.report_callback_exception
    program = App(root, around, "ru")
    root.report_callback_exception = report
    program.start()
    root.update()
    root.focus_force()
    root.update()
    yield program
    program.clear()
    program.end()


class Hand:
    """A person's hand: keys and clicks come from the system, and the window is given time to follow."""

    def __init__(self, root: ttk.App, screen: Screen) -> None:
        self._root = root
        self._screen = screen
        self._felt = False
        root.bind_class("Hand", "<ButtonRelease>", lambda event: self._feel())

    def click(
        self, widget: tkinter.Misc, x: float = 0.5, y: float = 0.5, button: int = 1, times: int = 1
    ) -> None:
        """Click into a widget, at a pixel or at a part of its width and height; twice is a double click."""
        width, height = widget.winfo_width(), widget.winfo_height()
        across = x if isinstance(x, int) else int(x * width)
        down = y if isinstance(y, int) else int(y * height)
        if "Hand" not in widget.bindtags():
            widget.bindtags(("Hand", *widget.bindtags()))
        self._felt = False
        for _time in range(times):
            self._screen.click(widget.winfo_rootx() + across, widget.winfo_rooty() + down, button)
        # The window manager hands clicks on in its own time; one that a dialog keeps out never comes.
        end = time.monotonic() + CLICK_S
        while not self._felt and time.monotonic() < end:
            self._root.update()
            time.sleep(0.001)
        self._live()

    def key(self, *names: str, held: Sequence[str] = ()) -> None:
        """Press keys one after the other: ``Return``, ``Tab``, or a letter, others held meanwhile."""
        for name in names:
            self._screen.key(_keysym(name), *(_keysym(each) for each in held))
            self._live()

    def in_menu(
        self, opening: Callable[[], object], *names: str, look: Callable[[], object] = lambda: None
    ) -> bool:
        """Open a menu, look at it and press keys in it; say whether it was open.

        On Windows what opens it comes back when it is closed, so the rest comes from a timer.
        """
        opened: list[bool] = []
        last = time.monotonic() + MENU_S

        def act() -> None:
            if not self._menu_is_open() and time.monotonic() < last:
                self._root.after(20, act)
                return
            opened.append(self._menu_is_open())
            look()
            for name in names:
                self._screen.key(_keysym(name))

        self._root.after(20, act)
        opening()
        while not opened:
            self._live()
        self._live()
        return opened[0]

    def _menu_is_open(self) -> bool:
        if sys.platform == "win32":
            return self._screen.has_menu()
        return isinstance(grabbing(self._root), tkinter.Menu)

    def _feel(self) -> None:
        self._felt = True

    def _live(self) -> None:
        for _ in range(3):
            self._root.update()
            time.sleep(0.002)
        self._root.update()


def _keysym(name: str) -> int:
    return KEYSYMS.get(name) or keysym_of(name)


@pytest.fixture
def hand(root: ttk.App) -> Iterator[Hand]:
    """Give a hand to type and click with; the window has the focus."""
    root.focus_force()
    root.update()
    with Screen() as screen:
        yield Hand(root, screen)


def code_of_key(letter: str) -> int:
    """Give the code of the key that has this letter on an English keyboard; Windows has the capital's."""
    return ord(letter.upper()) if sys.platform == "win32" else EVDEV[letter]


def room() -> tuple[int, int]:
    """Give width and height of the screen without the task bar at its lower edge."""
    with Screen() as screen:
        bar = screen.task_bar() if sys.platform == "win32" else PANEL
        return screen.width, screen.height - bar


def picture_of_the_screen(box: tuple[int, int, int, int] | None = None) -> Image.Image:
    """Take a picture of the screen, or of a part of it."""
    display = None if sys.platform in ("win32", "darwin") else os.environ["DISPLAY"]
    return ImageGrab.grab(box, xdisplay=display).convert("RGB")


def type_into(widget: tkinter.Entry, text: str) -> None:
    """Type a text as a person does: letter by letter, each with its key events.

    The letters themselves are inserted, since a virtual keyboard has no Russian ones.
    """
    widget.focus_force()
    widget.update()
    for letter in text:
        if widget.selection_present():
            widget.delete("sel.first", "sel.last")
        widget.insert("insert", letter)
        widget.event_generate("<KeyRelease>", keycode=code_of_key("a"))
    widget.update()


def press(widget: tkinter.Misc, key: str) -> None:
    """Press a key, such as ``<Return>``."""
    widget.focus_force()
    widget.update()
    widget.event_generate(key)
    widget.update()
