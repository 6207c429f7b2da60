"""What the window asks of the store, for a lead with 100,000 entries."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import cycle
from statistics import median
from uuid import uuid4

import pytest

from benchmarks.big_company import write_big_company
from benchmarks.conftest import Report
from mini_crm.domain.credentials import PasswordKind, new_kdf
from mini_crm.domain.model import EntryDraft, EntryFilter, EntrySort, Status
from mini_crm.store.sqlite import SqliteStore

ENTRIES = 100_000
ROUNDS = 9
KEY = b"k" * 32
TOKEN = b"t" * 32


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """Give a company in which one lead has all entries and is signed in."""
    path = tmp_path_factory.mktemp("desktop") / "desktop.sqlite"
    write_big_company(path, ENTRIES)
    with closing(sqlite3.connect(path)) as connection, connection:
        manager = connection.execute(
            "SELECT m.ManagerId, m.GroupId, g.LeadId FROM Manager AS m JOIN SalesGroup AS g USING (GroupId)"
        ).fetchone()
        connection.execute(
            "UPDATE Entry SET ManagerId = ?, GroupId = ?, LeadId = ?, ChangeSeq = EntryId", tuple(manager)
        )
        connection.execute("UPDATE Lead SET ChangeSeq = ? WHERE LeadId = ?", (ENTRIES, manager[2]))
    opened = SqliteStore.open(path)
    opened.aggregate_forecast(None, "benchmark")
    (lead,) = [lead for lead in opened.list_leads() if lead.lead_id == manager[2]]
    opened.set_credential(
        lead.lead_id, PasswordKind.CODE, new_kdf(), sha256(KEY).digest(), must_change=False, by="benchmark"
    )
    opened.sign_in(lead.name, KEY, TOKEN, "benchmark")
    yield opened
    opened.close()


def seconds_of(action: Callable[[], object]) -> float:
    """Give the median of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def test_first_screen(store: SqliteStore, report: Report) -> None:
    """The newest 200 rows with count and sums of all."""
    assert store.list_entries(TOKEN, EntryFilter()).total == ENTRIES
    seconds = seconds_of(lambda: store.list_entries(TOKEN, EntryFilter()))
    report("first 200 rows of a lead with 100,000 entries, the store's part", seconds, "s", 0.3)


@pytest.mark.parametrize(
    ("name", "entry_filter", "sort"),
    [
        ("open entries", EntryFilter(statuses=frozenset({Status.EXPECTED})), EntrySort.PAY_BY),
        ("text that is often there", EntryFilter(text="0"), EntrySort.AMOUNT),
        ("text that is never there", EntryFilter(text="not there"), EntrySort.ENTRY_ID),
        ("all, by probability", EntryFilter(), EntrySort.PROBABILITY),
    ],
)
def test_filters(
    store: SqliteStore, report: Report, name: str, entry_filter: EntryFilter, sort: EntrySort
) -> None:
    """Any filter and order, with count and sums."""
    seconds = seconds_of(lambda: store.list_entries(TOKEN, entry_filter, sort))
    report(f"  filter: {name}", seconds, "s", 0.3)


def test_live_refresh(store: SqliteStore, report: Report) -> None:
    """What a window asks every five seconds, when nothing has changed."""
    seq = store.list_changes(TOKEN, ENTRIES).change_seq
    seconds = seconds_of(lambda: store.list_changes(TOKEN, seq))
    report("live refresh, nothing changed", seconds * 1000, "ms", None, f"{1 / seconds:,.0f} a second")


def test_save(store: SqliteStore, report: Report) -> None:
    """A new entry, stored safely."""
    managers = [m for group in store.list_groups(TOKEN) for m in group.managers]
    amounts = cycle([Decimal(100), Decimal("250.50")])
    pay_by = store.get_today() + timedelta(days=7)

    def add() -> None:
        draft = EntryDraft(managers[0].manager_id, "0042", next(amounts), pay_by)
        store.add_entry(TOKEN, uuid4(), uuid4(), draft)

    report("save of an entry, the store's part", seconds_of(add) * 1000, "ms", 50)
