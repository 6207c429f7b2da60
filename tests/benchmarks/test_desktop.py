"""What the window asks of the store, for a lead with 100,000 entries."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from statistics import median
from uuid import uuid4

import pytest

from benchmarks.big_company import write_big_company
from benchmarks.conftest import Report
from mini_crm.domain.credentials import PasswordKind, new_kdf
from mini_crm.domain.model import EntryDraft, EntryFilter, EntrySort, Status
from mini_crm.domain.period import month_of, year_of
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
            "UPDATE Entry SET ManagerId = ?, GroupId = ?, LeadId = ?, Version = 2, ChangeSeq = n.Seq,"
            " Reason = CASE Status WHEN 2 THEN 'reason ' || EntryId % 9 ELSE '' END"
            " FROM (SELECT EntryId AS Id, row_number() OVER (ORDER BY coalesce(StatusOn, EnteredOn)) AS Seq"
            " FROM Entry) AS n WHERE n.Id = EntryId",
            tuple(manager),
        )
        connection.execute(  # each was changed once, on the day on which it was resolved
            "INSERT INTO EntryHistory (EntryId, Version, Action, ChangedAt, ChangedBy, Computer, ChangeSeq,"
            " LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn,"
            " Comment, Reason) SELECT EntryId, 2, 'changed', coalesce(StatusOn, EnteredOn) * 86400, 'x', '',"
            " ChangeSeq, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status,"
            " StatusOn, Comment, Reason FROM Entry"
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
    """Give the median of some rounds, in time that the processor worked: others may use it too."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        action()
        taken.append(time.process_time() - begun)
    return median(taken)


def test_first_screen(store: SqliteStore, report: Report) -> None:
    """The newest 200 rows with count and sums of all."""
    assert store.list_entries(TOKEN, EntryFilter()).total == ENTRIES
    seconds = seconds_of(lambda: store.list_entries(TOKEN, EntryFilter()))
    report("first 200 rows of a lead with 100,000 entries, the store's part", seconds, "s", 0.3)


TODAY = date.today()
OPEN = frozenset({Status.EXPECTED})
FILTERS = {
    "manager": EntryFilter(manager_id=1),
    "unit": EntryFilter(unit="RUB"),
    "open entries": EntryFilter(statuses=OPEN),
    "overdue": EntryFilter(statuses=OPEN, pay_by_to=TODAY),
    "pay by": EntryFilter(pay_by_from=TODAY - timedelta(90), pay_by_to=TODAY),
    "day of payment": EntryFilter(status_on_from=TODAY - timedelta(90), status_on_to=TODAY),
    "day of entry": EntryFilter(entered_from=TODAY - timedelta(90), entered_to=TODAY),
    "untouched for 30 days": EntryFilter(untouched_since=TODAY - timedelta(30)),
    "untouched for 5 years": EntryFilter(untouched_since=TODAY - timedelta(1800)),
    "counted on": EntryFilter(has_chance=True),
    "text that is often there": EntryFilter(text="0"),
    "text that is never there": EntryFilter(text="not there"),
    "a reason": EntryFilter(text="reason 7"),
    "most together": EntryFilter(
        unit="RUB", statuses=OPEN, untouched_since=TODAY, entered_to=TODAY, has_chance=True, text="0"
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters(store: SqliteStore, report: Report, name: str) -> None:
    """Any filter, with count and sums by unit and status, and chances of the year."""
    year = year_of(TODAY)
    seconds = seconds_of(lambda: store.list_entries(TOKEN, FILTERS[name], EntrySort.PAY_BY, period=year))
    report(f"  filter: {name}", seconds, "s", 0.3, "CPU")


@pytest.mark.parametrize("sort", EntrySort)
def test_orders(store: SqliteStore, report: Report, sort: EntrySort) -> None:
    """Any order of all entries, with count and sums."""
    seconds = seconds_of(lambda: store.list_entries(TOKEN, EntryFilter(), sort))
    report(f"  order: {sort.value}", seconds, "s", 0.3, "CPU")


def test_while_typing(store: SqliteStore, report: Report) -> None:
    """What the form asks: the reasons of before, and whether a client is open elsewhere."""
    report("reasons of before", seconds_of(lambda: store.list_reasons(TOKEN)), "s", 0.3, "CPU")
    seconds = seconds_of(lambda: store.count_open_elsewhere(TOKEN, "0042"))
    report("whether a client is open elsewhere", seconds * 1000, "ms", 50, "CPU")


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


def test_company_page(tmp_path: Path, report: Report) -> None:
    """All of 200 leads in a month, with the numbers of a week ago, and the bridges."""
    path = tmp_path / "company.sqlite"
    now = [datetime.now(UTC) - timedelta(7)]
    write_big_company(path, ENTRIES, leads=200, clock=lambda: now[0])
    store = SqliteStore.open(path, clock=lambda: now[0])
    managers = [m for lead in store.list_leads() for group in lead.groups for m in group.managers]
    for passed in (0, 6, 1):
        now[0] += timedelta(passed)
        store.reassign_entries([passed + 1], managers[passed].manager_id, "benchmark")
        store.aggregate_forecast(None, "benchmark")
    head = store.set_head("Head", True, "benchmark")
    store.set_credential(
        head.lead_id, PasswordKind.CODE, new_kdf(), sha256(KEY).digest(), must_change=False, by="benchmark"
    )
    store.sign_in(head.name, KEY, TOKEN, "benchmark")
    month = month_of(store.get_today())
    found = store.get_company(TOKEN, month)
    assert len({row.lead_id for row in found.forecast.leads}) == 200
    assert found.week_ago
    seconds = seconds_of(lambda: store.get_company(TOKEN, month))
    report("company page of 200 leads, the store's part", seconds, "s", 0.3, "CPU")
    report("its bridges", seconds_of(lambda: store.list_bridges(TOKEN, month)), "s", None, "CPU")
    store.close()
