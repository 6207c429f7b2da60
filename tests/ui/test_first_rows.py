"""From signing in to the first rows: what is asked of the database, and by which thread."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.domain.model import EntryDraft, Status
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.entries.chosen import Chosen, remember_filters
from mini_crm.ui.main_window import Surroundings
from mini_crm.usecases.outbox import Outbox
from mini_crm.usecases.signing import sign_in
from mini_crm.usecases.writes import Add
from ui.conftest import CODE, LEAD, WaitUntil, quick_key, type_into
from ui.test_app import built

MOST = 4
"""Round trips from signing in to the first rows, beside the connection's own."""


class Counting:
    """A store that notes what is asked of it, and by which thread.

    Attributes:
        calls: Names of operations and the threads that asked for them.
        away: Nothing is answered while this is set.
    """

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.calls: list[tuple[str, int]] = []
        self.away = False

    def __getattr__(self, name: str) -> Any:
        """Give an operation of the store."""
        operation = getattr(self._store, name)
        if not callable(operation):
            return operation

        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((name, threading.get_ident()))
            if self.away:
                raise DatabaseUnreachable("database_unreachable")
            return operation(*args, **kwargs)

        return call

    def names(self) -> list[str]:
        """Give what was asked for."""
        return [name for name, _thread in self.calls]

    def until_rows(self) -> list[str]:
        """Give what was asked for from signing in to the first rows."""
        names = self.names()
        return names[names.index("get_salt") : names.index("list_entries") + 1]


@pytest.fixture
def counting(around: Surroundings, store: SqliteStore) -> Counting:
    """Give the store behind ``app``, which counts."""
    made = Counting(store)
    around.connect = lambda: made  # type: ignore[assignment,return-value]
    return made


@pytest.fixture
def app(counting: Counting, app: App) -> App:
    """Give the program over the store that counts."""
    return app


def rows_of(app: App, wait_until: WaitUntil) -> list[str]:
    """Sign in, and wait for the first rows; give them."""
    assert app.login is not None
    app.login.on_sign_in(LEAD, CODE)
    main = built(app, wait_until)
    tree = main.nametowidget(main.pages.tabs()[0]).table.tree
    wait_until(tree.get_children)
    wait_until(lambda: not main.tasks.is_busy)
    return list(tree.get_children())


@pytest.fixture
def entry(store: SqliteStore) -> int:
    """Give the lead an open entry."""
    desk = sign_in(store, LEAD, CODE, "PC-7", derive=quick_key)
    (north, *_rest) = store.list_groups(desk.token)
    draft = EntryDraft(north.managers[0].manager_id, "0042", Decimal(100), desk.session.today)
    return store.add_entry(desk.token, uuid4(), uuid4(), draft).entry_id


@pytest.mark.usefixtures("entry")
def test_few_questions_before_the_first_rows(app: App, counting: Counting, wait_until: WaitUntil) -> None:
    """Four at most, the same for whoever comes back with filters and another period."""
    assert rows_of(app, wait_until)
    assert len(counting.until_rows()) <= MOST
    assert app.main is not None
    remember_filters(app._around.memory.of(LEAD), Chosen(statuses=frozenset({Status.EXPECTED}), manager_id=1))
    app._around.memory.put("period", "this-quarter")
    app.main.leave()
    counting.calls.clear()
    assert rows_of(app, wait_until)
    assert len(counting.until_rows()) <= MOST


@pytest.mark.usefixtures("entry")
def test_few_questions_for_a_head_with_a_team(
    app: App, counting: Counting, store: SqliteStore, wait_until: WaitUntil
) -> None:
    """Which pages there are comes with the session."""
    store.set_head(LEAD, True, "test")
    assert rows_of(app, wait_until)
    assert len(counting.until_rows()) <= MOST
    assert app.main is not None
    assert len(app.main.pages.tabs()) == 3


@pytest.mark.usefixtures("entry")
def test_no_change_is_missed(app: App, counting: Counting, wait_until: WaitUntil) -> None:
    """From which number on there are changes is known before the rows are read."""
    rows_of(app, wait_until)
    assert "list_changes" in counting.until_rows()


@pytest.mark.usefixtures("entry")
def test_what_waits_on_this_computer_does_not_hold_up_the_rows(
    app: App, counting: Counting, store: SqliteStore, around: Surroundings, wait_until: WaitUntil
) -> None:
    """What could not be sent the last time is sent as soon as the rows are there."""
    assert around.outbox_folder is not None
    lead = sign_in(store, LEAD, CODE, "PC-7", derive=quick_key)
    (north, *_rest) = store.list_groups(lead.token)
    outbox = Outbox(around.outbox_folder, around.address, lead.session.lead_id, LEAD)
    for number in range(5):
        pin = f"kept {number}"
        outbox.put(Add(EntryDraft(north.managers[0].manager_id, pin, Decimal(5), lead.session.today)))
    rows_of(app, wait_until)
    assert len(counting.until_rows()) <= MOST
    wait_until(lambda: not outbox.pending())
    assert counting.names().count("add_entry") == 5


@pytest.mark.usefixtures("entry")
def test_one_connection_for_all_windows(app: App, counting: Counting, wait_until: WaitUntil) -> None:
    """The thread that gave the names reads the first rows too, and those in another language.

    A connection belongs to a thread, and a server may have to read its procedures anew for each.
    """
    wait_until(counting.names)
    rows_of(app, wait_until)
    assert app.main is not None
    app.main._language_chosen("en")
    main = built(app, wait_until)
    wait_until(lambda: not main.tasks.is_busy)
    assert len({thread for _name, thread in counting.calls}) == 1
    assert counting.names().count("list_entries") >= 2


def test_a_thread_that_hangs_is_left_to_itself(app: App, counting: Counting, wait_until: WaitUntil) -> None:
    """A window that comes after one whose database hangs asks by a thread of its own, and gets its answer."""
    answer = threading.Event()
    assert app._tasks is not None
    app._tasks.run(lambda: answer.wait(30), lambda done: None, lambda error: None)
    counting.calls.clear()
    app.show_login()
    assert app.login is not None
    field = app.login.name.input
    wait_until(lambda: field.names)
    answer.set()


def test_typing_says_nothing_of_a_database_that_is_gone(
    app: App, counting: Counting, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again while somebody types; only who signs in reads that it does not answer."""
    assert app.login is not None
    view, presenter = app.login, app._presenter
    wait_until(lambda: view.name.input.names)
    counting.away = True
    monkeypatch.setattr(presenter, "_now", lambda: time.monotonic() + 3600)
    counting.calls.clear()
    type_into(view.password.input, "7")
    view.password.input.event_generate("<Key>", keysym="a")
    wait_until(counting.names)
    wait_until(lambda: app._tasks is not None and not app._tasks.is_busy)
    assert view.banner.sentence == ""
    view.on_sign_in(LEAD, CODE)
    wait_until(lambda: view.banner.sentence)
    counting.away = False
    view.on_sign_in(LEAD, CODE)
    built(app, wait_until)
