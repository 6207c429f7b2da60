"""What presenters are given: calls that survive the end of a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from fakes import ImmediateTasks
from mini_crm.domain.errors import DatabaseUnreachable, SessionEnded
from mini_crm.domain.model import Session
from mini_crm.i18n import Texts
from mini_crm.store.port import DesktopStore
from mini_crm.ui.desk import Desk

SESSION = Session(1, "Lead", datetime(2026, 3, 5, 20, tzinfo=UTC), False, date(2026, 3, 5))
OLD, NEW = b"o" * 32, b"n" * 32


class NoStore:
    """The calls of these tests go to no database."""


def desk_with(tasks: ImmediateTasks) -> Desk:
    """Give a desk with the old token."""
    store: DesktopStore = NoStore()  # type: ignore[assignment]
    return Desk(store, Texts("en"), tasks, SESSION, OLD, "db")


def only_new(token: bytes) -> str:
    """Stand for a database that knows only the new session."""
    if token != NEW:
        raise SessionEnded("session_ended")
    return "result"


def test_a_call_is_repeated_after_signing_in_again() -> None:
    """A call whose session has ended asks to sign in, and is then done with the new token."""
    desk = desk_with(ImmediateTasks())
    asked: list[Callable[[], None]] = []
    desk.sign_in_again = asked.append
    results: list[str] = []
    errors: list[BaseException] = []
    desk.call(only_new, results.append, errors.append)
    assert (len(asked), results, errors) == (1, [], [])
    desk.token = NEW
    asked[0]()
    assert (results, errors) == (["result"], [])


def test_a_late_answer_to_the_old_session_asks_nobody() -> None:
    """If another call has led to a new session meanwhile, the call is simply repeated."""
    tasks = ImmediateTasks()
    desk = desk_with(tasks)
    asked: list[Callable[[], None]] = []
    desk.sign_in_again = asked.append
    results: list[str] = []

    def renewed_meanwhile(token: bytes) -> str:
        desk.token = NEW
        desk.session = replace(SESSION, lead_name="Lead")
        return only_new(token)

    desk.call(renewed_meanwhile, results.append, lambda error: None)
    assert (asked, results) == ([], ["result"])


def test_other_errors_go_to_the_caller() -> None:
    """An error that is not about the session is the caller's."""
    desk = desk_with(ImmediateTasks())
    errors: list[BaseException] = []

    def unreachable(token: bytes) -> str:
        raise DatabaseUnreachable("database_unreachable")

    desk.call(unreachable, lambda result: None, errors.append)
    assert [type(error) for error in errors] == [DatabaseUnreachable]
