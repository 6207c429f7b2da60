"""Signing in, without a window: what the presenter says and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fakes import ImmediateTasks
from mini_crm.domain.credentials import KdfParameters, PasswordKind
from mini_crm.domain.errors import (
    DatabaseUnreachable,
    Locked,
    MiniCrmError,
    MustWait,
    NotAllowed,
    WrongPassword,
    WrongVersion,
)
from mini_crm.domain.model import Session
from mini_crm.i18n import Texts
from mini_crm.store.port import DesktopStore
from mini_crm.ui.memory import Memory
from mini_crm.ui.sign_in.login_presenter import LoginParts, LoginPresenter
from mini_crm.usecases.signing import SignedIn

KDF = KdfParameters(b"s" * 16)
NAMES = ["Ёлкина Вера", "Петров Иван", "Петрова Анна"]


class FakeStore:
    """Knows one password, and fails as it is told."""

    def __init__(self) -> None:
        self.failure: MiniCrmError | None = None
        self.is_there = True
        self.asked: list[str] = []
        self.tries: list[tuple[str, bytes, bytes, str]] = []

    def list_lead_names(self) -> list[str]:
        """Give the names."""
        self.asked.append("names")
        if not self.is_there:
            raise DatabaseUnreachable("database_unreachable")
        return NAMES

    def get_salt(self, lead_name: str) -> tuple[PasswordKind, KdfParameters]:
        """Give the parameters."""
        self.asked.append("salt")
        if not self.is_there:
            raise DatabaseUnreachable("database_unreachable")
        return PasswordKind.CODE, KDF

    def sign_in(self, lead_name: str, key: bytes, token: bytes, computer: str) -> Session:
        """Compare."""
        self.tries.append((lead_name, key, token, computer))
        if self.failure is not None:
            raise self.failure
        if key != b"right":
            raise WrongPassword("wrong_password")
        return Session(1, lead_name, datetime(2026, 3, 5, 20, tzinfo=UTC), False, date(2026, 3, 5))


class FakeView:
    """Remembers what it was asked to show."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.name = ""
        self.problem = ""
        self.busy = False
        self.allowed = True
        self.focus = ""
        self.path = ""
        self.open_folder: Callable[[], None] | None = None
        self.times_said = 0

    def offer_path(self, place: str) -> None:
        """Keep."""
        self.path = place

    def offer_folder(self, open_folder: Callable[[], None]) -> None:
        """Keep."""
        self.open_folder = open_folder

    def show_names(self, names: Sequence[str]) -> None:
        """Keep."""
        self.names = list(names)

    def show_name(self, name: str) -> None:
        """Keep."""
        self.name = name

    def show_problem(self, problem: str) -> None:
        """Keep."""
        self.problem = problem
        self.path, self.open_folder = "", None
        self.times_said += 1

    def show_busy(self, busy: bool) -> None:
        """Keep."""
        self.busy = busy

    def allow_sign_in(self, allowed: bool) -> None:
        """Keep."""
        self.allowed = allowed

    def clear_password(self) -> None:
        """Keep."""
        self.focus = "password"

    def ask_name(self) -> None:
        """Keep."""
        self.focus = "name"


class Window:
    """A presenter with all that it works with."""

    def __init__(self, memory: Memory | None = None, only: str | None = None) -> None:
        self.store = FakeStore()
        self.view = FakeView()
        self.tasks = ImmediateTasks()
        self.signed_in: list[SignedIn] = []
        self.memory = memory or Memory()
        self.connect: Callable[[], DesktopStore] = lambda: self.store  # type: ignore[assignment,return-value]
        parts = LoginParts(
            lambda: self.connect(), self.tasks, Texts("en"), self.memory, "pc-7", derive=self.derive
        )
        self.presenter = LoginPresenter(
            parts, self.view, self.signed_in.append, only=only, now=lambda: self.tasks.now_ms / 1000
        )

    @staticmethod
    def derive(password: str, kind: PasswordKind, kdf: KdfParameters) -> bytes:
        """Give the password itself."""
        assert (kind, kdf) == (PasswordKind.CODE, KDF)
        return password.encode()


@pytest.fixture
def window() -> Window:
    """Give a sign-in window that has started."""
    made = Window()
    made.presenter.start()
    return made


def test_start_without_memory(window: Window) -> None:
    """The first start offers all names, with the cursor in the name."""
    assert window.view.names == NAMES
    assert window.view.focus == "name"


def test_start_with_the_last_name(tmp_path: Path) -> None:
    """A later start begins with the last name, the cursor in the password."""
    memory = Memory(tmp_path / "m.json")
    memory.put("last_name", NAMES[1])
    window = Window(memory)
    window.presenter.start()
    assert (window.view.name, window.view.focus) == (NAMES[1], "password")


def test_success(window: Window) -> None:
    """The right password gives a session, tells the computer, and remembers the name as it is written."""
    window.presenter.sign_in("елк", "right")
    (signed_in,) = window.signed_in
    assert signed_in.session.lead_name == "Ёлкина Вера"
    assert window.store.tries == [("Ёлкина Вера", b"right", signed_in.token, "pc-7")]
    assert len(signed_in.token) == 32
    assert window.memory.text("last_name") == "Ёлкина Вера"


def test_each_session_has_its_own_token(window: Window) -> None:
    """No token is used twice."""
    window.presenter.sign_in("елк", "right")
    window.presenter.sign_in("елк", "right")
    assert len({token for _, _, token, _ in window.store.tries}) == 2


@pytest.mark.parametrize(
    ("name", "password", "problem", "focus"),
    [
        ("", "right", "Choose your name.", "name"),
        ("  ", "right", "Choose your name.", "name"),
        ("елк", "", "Enter the password.", "password"),
    ],
)
def test_empty_fields(window: Window, name: str, password: str, problem: str, focus: str) -> None:
    """An empty field is said without asking the database."""
    window.presenter.sign_in(name, password)
    assert (window.view.problem, window.view.focus) == (problem, focus)
    assert window.store.tries == []


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (WrongPassword("wrong_password"), "Wrong name or password."),
        (
            Locked("account_locked"),
            "Sign-in is locked after too many failed attempts. Ask the administrator to unlock it.",
        ),
    ],
)
def test_refusals(window: Window, failure: MiniCrmError, problem: str) -> None:
    """A refusal is one sentence, and the password field is empty and ready."""
    window.store.failure = failure
    window.presenter.sign_in("елк", "wrong")
    assert window.view.problem == problem
    assert (window.view.busy, window.view.allowed, window.view.focus) == (False, True, "password")


def test_waiting_time(window: Window) -> None:
    """The seconds are counted down; nothing can be tried before they are over, and everything after."""
    window.store.failure = MustWait("must_wait", seconds=3)
    window.presenter.sign_in("елк", "right")
    seen = [window.view.problem]
    for _ in range(2):
        window.tasks.advance(1000)
        seen.append(window.view.problem)
    assert [text.split(". ")[1] for text in seen] == [
        "Try again in 3 seconds.",
        "Try again in 2 seconds.",
        "Try again in 1 second.",
    ]
    window.presenter.sign_in("елк", "right")
    assert len(window.store.tries) == 1
    assert not window.view.allowed
    window.tasks.advance(1000)
    assert (window.view.problem, window.view.allowed) == ("", True)
    window.store.failure = None
    window.presenter.sign_in("елк", "right")
    assert len(window.signed_in) == 1


def test_a_false_server_is_named(window: Window) -> None:
    """A database that asks for weak keys gets none."""

    def weak(password: str, kind: PasswordKind, kdf: KdfParameters) -> bytes:
        raise NotAllowed("kdf_too_weak")

    parts = LoginParts(lambda: window.connect(), window.tasks, Texts("en"), derive=weak)
    presenter = LoginPresenter(parts, window.view, window.signed_in.append)
    presenter.start()
    presenter.sign_in("елк", "right")
    assert "false server" in window.view.problem
    assert window.store.tries == []


def test_no_database_at_start() -> None:
    """Names are asked for again with growing waits, and the sentence goes when they are there."""
    window = Window()
    asked_at: list[int] = []
    working = window.connect

    def broken() -> DesktopStore:
        asked_at.append(window.tasks.now_ms)
        raise DatabaseUnreachable("database_unreachable")

    window.connect = broken
    window.presenter.start()
    assert window.view.problem.startswith("The database does not answer.")
    window.tasks.advance(120_000)
    assert asked_at == [0, 2000, 6000, 14000, 30000, 62000]
    window.connect = working
    window.tasks.advance(60_000)
    assert (window.view.names, window.view.problem) == (NAMES, "")


def test_no_database_while_signing_in(window: Window) -> None:
    """The password stays in its field when only the database was missing."""
    window.view.focus = ""
    window.store.is_there = False
    window.presenter.sign_in("елк", "right")
    assert window.view.problem.startswith("The database does not answer.")
    assert window.view.focus == ""


def test_a_second_press_while_busy_does_nothing(window: Window) -> None:
    """Pressing Enter twice is one try."""
    window.tasks.hold()
    window.presenter.sign_in("елк", "wrong")
    window.presenter.sign_in("елк", "wrong")
    assert window.view.busy
    window.tasks.release()
    assert len(window.store.tries) == 1


def test_only_the_same_lead() -> None:
    """Over an open window only the lead whose window it is can sign in, whatever the field says."""
    window = Window(only=NAMES[2])
    window.presenter.start()
    window.presenter.sign_in(NAMES[0], "right")
    assert [name for name, _, _, _ in window.store.tries] == [NAMES[2]]
    assert window.memory.text("last_name") == ""


def test_empty_company(window: Window) -> None:
    """A database without leads says who can help."""
    window.store.list_lead_names = list  # type: ignore[method-assign]
    window.presenter.start()
    assert window.view.problem.startswith("Nobody can sign in yet")


def test_who_types_finds_the_connection_ready(window: Window) -> None:
    """One question a minute at most, by whoever types after a while; nothing of what is typed is in it."""
    for _ in range(3):
        window.presenter.typing()
    assert window.store.asked == ["names"]
    window.tasks.advance(3_600_000)
    for _ in range(3):
        window.presenter.typing()
    assert window.store.asked == ["names", "names"]
    assert window.store.tries == []


def test_names_that_came_meanwhile(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes back to a window that was open for long finds the names as they are by now."""
    monkeypatch.setattr(window.store, "list_lead_names", lambda: [*NAMES, "Яшин Лев"])
    window.tasks.advance(3_600_000)
    window.presenter.typing()
    assert window.view.names[-1] == "Яшин Лев"


def test_no_database_while_typing(window: Window) -> None:
    """A database that is gone is not told of before somebody signs in, and then as ever."""
    window.store.is_there = False
    window.tasks.advance(3_600_000)
    window.presenter.typing()
    window.tasks.advance(3_600_000)
    assert (window.view.problem, window.view.names, window.view.busy) == ("", NAMES, False)
    window.presenter.sign_in("елк", "right")
    assert window.view.problem.startswith("The database does not answer.")
    window.store.is_there = True
    window.presenter.sign_in("елк", "right")
    assert len(window.signed_in) == 1


def test_a_wrong_name_is_asked_for_once_it_is_sent(window: Window) -> None:
    """A name that nobody has, typed letter by letter, is one question, when the person says so."""
    for _ in "Пертов":
        window.presenter.typing()
    window.presenter.sign_in("Пертов Иван", "wrong")
    assert window.store.asked == ["names", "salt"]
    assert [name for name, _, _, _ in window.store.tries] == ["Пертов Иван"]


def test_an_old_program_offers_the_new_one(tmp_path: Path) -> None:
    """A program that is too old says so once, offers path and folder of the new one, keeps the password."""
    window = Window()
    opened: list[Path] = []
    parts = replace(window.presenter._parts, open_folder=opened.append)
    presenter = LoginPresenter(parts, window.view, window.signed_in.append)
    setup = tmp_path / "setup.exe"

    def refuse() -> DesktopStore:
        raise WrongVersion("database_too_new", path="Sales", version=6, supported=5, program=str(setup))

    there, window.connect = window.connect, refuse
    presenter.start()
    assert str(setup) in window.view.problem
    assert window.view.path == str(setup)
    assert window.view.open_folder is not None
    window.view.open_folder()
    assert opened == [tmp_path]
    window.tasks.advance(
        30_000
    )  # it has tried again meanwhile; the buttons are not taken away under the hand
    assert window.view.times_said == 1
    window.view.focus = ""
    presenter.sign_in(NAMES[0], "right")
    assert str(setup) in window.view.problem
    assert window.view.focus == ""
    window.connect = there
    window.tasks.advance(120_000)
    assert (window.view.problem, window.view.names) == ("", NAMES)


@pytest.mark.parametrize("place", ["", "setup.exe", "/nowhere/at/all/setup.exe", "https://example.org/setup"])
def test_no_folder_is_offered_that_is_not_there(place: str) -> None:
    """Without a place nothing is offered; one that this computer does not reach can only be copied."""
    window = Window()

    def refuse() -> DesktopStore:
        raise WrongVersion("database_too_new", path="Sales", version=6, supported=5, program=place)

    window.connect = refuse
    window.presenter.start()
    assert "newer program" in window.view.problem
    assert (window.view.path, window.view.open_folder) == (place, None)
