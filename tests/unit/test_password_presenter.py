"""Changing the own password, without a window, on a real database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import ImmediateTasks
from mini_crm.domain.credentials import (
    CODE_ALPHABET,
    KdfParameters,
    PasswordKind,
    new_kdf,
    normalize_password,
    verifier_of,
)
from mini_crm.domain.errors import SessionEnded
from mini_crm.domain.model import RosterRow
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.sign_in.login_presenter import LoginParts
from mini_crm.ui.sign_in.password_presenter import PasswordPresenter
from mini_crm.usecases.signing import SignedIn, sign_in

LEAD = "Ёлкина Вера"
OLD, NEW = "123456", "совсем новый пароль"


def quick_key(password: str, kind: PasswordKind, kdf: KdfParameters) -> bytes:
    """Derive a key at once."""
    return hashlib.sha256(kdf.salt + normalize_password(password, kind).encode()).digest()


class FakeView:
    """Remembers what it was asked to show."""

    def __init__(self) -> None:
        self.code = ""
        self.problem = ""
        self.busy = False

    def show_code(self, code: str) -> None:
        """Keep."""
        self.code = code

    def show_problem(self, problem: str) -> None:
        """Keep."""
        self.problem = problem

    def show_busy(self, busy: bool) -> None:
        """Keep."""
        self.busy = busy


class Place:
    """A lead who has signed in with a number and must change it."""

    def __init__(self, path: Path) -> None:
        self.store = SqliteStore.create(path)
        self.store.apply_roster([RosterRow(LEAD, "G", "M", "RUB")], "test")
        kdf = new_kdf()
        verifier = verifier_of(quick_key(OLD, PasswordKind.NUMBER, kdf))
        self.store.set_credential(1, PasswordKind.NUMBER, kdf, verifier, must_change=True, by="test")
        self.view = FakeView()
        self.changed: list[SignedIn] = []
        self.ended: list[bool] = []
        self.before = self.sign_in(OLD)
        parts = LoginParts(lambda: self.store, ImmediateTasks(), Texts("en"), computer="pc", derive=quick_key)
        self.presenter = PasswordPresenter(
            parts, self.view, self.before, self.changed.append, lambda: self.ended.append(True)
        )

    def sign_in(self, password: str) -> SignedIn:
        """Sign in."""
        return sign_in(self.store, LEAD, password, "pc", derive=quick_key)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Give a lead in the middle of a change."""
    made = Place(tmp_path / "db.sqlite")
    yield made
    made.store.close()


def test_own_password(place: Place) -> None:
    """After the change the new password signs in, the old session is over, and nothing must be changed."""
    place.presenter.change(NEW, NEW)
    (after,) = place.changed
    assert not after.session.must_change
    assert place.store.get_session(after.token).lead_name == LEAD
    with pytest.raises(SessionEnded):
        place.store.get_session(place.before.token)
    assert place.sign_in(NEW).session.lead_name == LEAD


def test_proposed_code(place: Place) -> None:
    """A proposed code is one that is easy to read, and is taken as a code: case and dashes do not matter."""
    place.presenter.propose()
    code = place.view.code
    assert set(code) <= set(CODE_ALPHABET) | {"-"}
    assert len(code.replace("-", "")) == 12
    place.presenter.change(code, code)
    assert place.sign_in(code.lower().replace("-", " ")).session.lead_name == LEAD


@pytest.mark.parametrize(
    ("new", "again", "begins"),
    [
        ("", "", "Enter the password."),
        ("short", "short", "Type at least 10 characters: the password is too short."),
        (NEW, NEW + "!", "Type the same password twice: the two new ones differ."),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "Choose another password: this one repeats one single character."),
    ],
)
def test_refused_without_asking_the_database(place: Place, new: str, again: str, begins: str) -> None:
    """A new password that cannot be taken is explained, and the old one stays."""
    place.presenter.change(new, again)
    assert place.view.problem.startswith(begins)
    assert place.changed == []
    assert place.sign_in(OLD).session.must_change


def test_present_password_is_asked_for(place: Place) -> None:
    """Where the present password is asked for, a wrong one changes nothing and a right one is enough."""
    place.presenter.change(NEW, NEW, "")
    assert place.view.problem == "Enter the present password."
    place.presenter.change(NEW, NEW, "654321")
    assert (
        place.view.problem == "Type the present password again: this one is not right. Nothing was changed."
    )
    place.presenter.change(NEW, NEW, OLD)
    assert len(place.changed) == 1


def test_a_session_that_is_over(place: Place) -> None:
    """If the session has ended meanwhile, nothing is changed and the caller is told."""
    place.store.sign_out(place.before.token)
    place.presenter.change(NEW, NEW)
    assert (place.ended, place.changed) == ([True], [])
    assert place.sign_in(OLD).session.must_change


def test_secrets_do_not_show(place: Place) -> None:
    """Token and key are not in what a log would print."""
    shown = repr(place.before)
    assert repr(place.before.token) not in shown
    assert repr(place.before.key) not in shown
