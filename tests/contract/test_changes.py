"""The feed of changes: what a window has missed, whoever writes, however many at a time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.backdoor import Database
from contract.company import ANNA, BORIS, BY, ROSTER, SOUTH, ZOYA, Company, Desk, found
from contract.workers import WRITES, write
from mini_crm.domain.model import Entry
from mini_crm.store.port import Store


@dataclass
class Window:
    """What a window knows of the lead's entries, by listening to the feed alone."""

    desk: Desk
    since: int = 0
    known: dict[int, Entry] = field(default_factory=dict)

    def poll(self) -> set[int]:
        """Ask what has changed; give the numbers of the entries that came or went."""
        changes = self.desk.store.list_changes(self.desk.token, self.since)
        numbers = [entry.change_seq for entry in changes.entries]
        assert changes.change_seq >= self.since
        assert all(self.since < number <= changes.change_seq for number in numbers)
        assert len(set(numbers)) == len(numbers)
        ids = {entry.entry_id for entry in changes.entries}
        assert len(ids) == len(changes.entries)
        assert not ids & set(changes.gone)
        for entry_id in changes.gone:
            self.known.pop(entry_id, None)
        self.known.update({entry.entry_id: entry for entry in changes.entries})
        self.since = changes.change_seq
        return ids | set(changes.gone)

    def shown(self) -> dict[int, Entry]:
        """Give the entries that are not deleted."""
        return {key: entry for key, entry in self.known.items() if entry.deleted_at is None}

    def check(self) -> None:
        """Check that nothing was missed: the window shows what the list has."""
        self.poll()
        assert self.shown() == {entry.entry_id: entry for entry in self.desk.everything()}
        assert self.poll() == set()


def test_feed_starts_empty(company: Company) -> None:
    """Before the first entry there is nothing, and no run."""
    changes = company.store.list_changes(company.anna.token, 0)
    assert (changes.entries, changes.gone, changes.run_id) == ((), (), None)
    assert company.store.list_changes(company.anna.token, changes.change_seq) == changes


def test_feed_tells_every_write_once(company: Company) -> None:
    """Each write is told to the lead's other window, with the entry as it is now, and then no more."""
    window = Window(company.anna.window())
    window.poll()
    entry = company.anna.add(company.petr)
    assert window.poll() == {entry.entry_id}
    assert window.known[entry.entry_id] == entry
    anna = company.anna
    for do in (lambda e: anna.update(e, comment="x"), anna.pay, anna.delete, anna.restore):
        entry = do(entry)
        assert window.poll() == {entry.entry_id}
        assert window.known[entry.entry_id] == entry
        assert window.poll() == set()


def test_feed_tells_several_writes_as_one(company: Company) -> None:
    """An entry that was changed several times comes once, as it is now."""
    entry = company.anna.add(company.petr)
    entry = company.anna.update(company.anna.update(entry, comment="x"), comment="y")
    assert company.store.list_changes(company.anna.token, 0).entries == (entry,)


def test_feed_is_the_leads_own(company: Company) -> None:
    """One lead's writes are not in another's feed."""
    window = Window(company.boris)
    window.poll()
    company.anna.add(company.petr)
    assert window.poll() == set()


def test_refused_write_is_not_told(company: Company) -> None:
    """A change that changed nothing moves no number."""
    entry = company.anna.add(company.petr)
    seq = company.anna.seq()
    company.anna.update(entry, comment=entry.comment)
    assert company.store.list_changes(company.anna.token, seq).change_seq == seq


def test_reassigned_entry_is_gone(company: Company) -> None:
    """The old lead is told that an entry has gone, the new one that it has come, and back again."""
    entry = company.anna.add(company.petr)
    anna, boris = Window(company.anna), Window(company.boris)
    anna.poll(), boris.poll()
    company.store.reassign_entries([entry.entry_id], company.zoya, BY)
    assert entry.entry_id in company.store.list_changes(company.anna.token, anna.since).gone
    for window, shown in ((anna, set()), (boris, {entry.entry_id})):
        assert window.poll() == {entry.entry_id}
        assert set(window.shown()) == shown
        window.check()
    company.store.reassign_entries([entry.entry_id], company.maria, BY)
    for window, shown in ((anna, {entry.entry_id}), (boris, set())):
        assert window.poll() == {entry.entry_id}
        assert set(window.shown()) == shown
        window.check()


def test_moved_managers_entries_are_gone(company: Company) -> None:
    """A roster that moves a manager to another lead tells both leads of the open entries."""
    entry = company.boris.add(company.zoya)
    anna, boris = Window(company.anna), Window(company.boris)
    anna.poll(), boris.poll()
    moved = [replace(row, lead=ANNA, group="Север") if row.manager == ZOYA else row for row in ROSTER]
    company.store.apply_roster(moved, BY)
    assert anna.poll() == boris.poll() == {entry.entry_id}
    assert (set(anna.shown()), set(boris.shown())) == ({entry.entry_id}, set())


def test_feed_names_the_run(company: Company) -> None:
    """The feed names the current run, so that a window sees a new forecast without asking for it."""
    first = company.store.aggregate_forecast(None, "test")
    assert company.store.list_changes(company.anna.token, 0).run_id == first.run_id
    company.boris.add(company.zoya)
    second = company.store.aggregate_forecast(None, "test")
    assert company.store.list_changes(company.anna.token, 0).run_id == second.run_id != first.run_id
    company.store.aggregate_forecast(company.day(-1), "test")
    assert company.store.list_changes(company.anna.token, 0).run_id == second.run_id


# ------------------------------------------------------------------------- any sequence of writes


@dataclass
class Known:
    """What the test itself knows of an entry."""

    lead: str
    manager_id: int
    amount: Decimal
    out: str = ""


class Office:
    """Two leads and an administrator at work, and a window of each lead that only listens."""

    def __init__(self, store: Store) -> None:
        """Set the company up."""
        self.company = found(store)
        self.desks = {desk.name: desk for desk in (self.company.anna, self.company.boris)}
        self.windows = {name: Window(desk) for name, desk in self.desks.items()}
        self.model: dict[int, Known] = {}
        self.zoya_at = BORIS

    @property
    def managers(self) -> list[tuple[str, int]]:
        """Give the managers who count money, with their lead; Zoya has an id at each lead she was at."""
        c = self.company
        return [(ANNA, c.petr), (ANNA, c.maria), (BORIS, c.igor)]

    def step(self, action: str, lead: str, pick: int, number: int) -> None:
        """Do one thing, if it can be done, and note what it should have done."""
        if action == "poll":
            self.windows[lead].poll()
        elif action == "add":
            own = [manager_id for name, manager_id in self.managers if name == lead]
            manager_id, amount = own[pick % len(own)], Decimal(number)
            entry = self.desks[lead].add(manager_id, amount=amount)
            self.model[entry.entry_id] = Known(lead, manager_id, amount)
        elif action == "move":
            self.move_zoya(number)
        elif self.model:
            entry_id = sorted(self.model)[pick % len(self.model)]
            self.change(action, entry_id, self.model[entry_id], number)

    def change(self, action: str, entry_id: int, known: Known, number: int) -> None:
        """Do something with an entry that is there, if it can be done."""
        store, desk = self.company.store, self.desks[known.lead]
        if known.manager_id == 0 and action in ("delete", "void"):
            return  # whether such an entry would follow Zoya is not what this is about
        entry = store.get_entry(desk.token, entry_id)
        if action == "update" and not known.out:
            known.amount = Decimal(number)
            desk.update(entry, amount=known.amount)
        elif action == "delete" and not known.out:
            known.out = "deleted"
            desk.delete(entry)
        elif action == "restore" and known.out == "deleted":
            known.out = ""
            desk.restore(entry)
        elif action == "void" and not known.out:
            known.out = "voided"
            store.void_entries([entry_id], BY)
        elif action == "bring back" and known.out:
            known.out = ""
            store.restore_entries([entry_id], BY)
        elif action == "reassign" and not known.out:
            known.lead, known.manager_id = self.managers[number % len(self.managers)]
            store.reassign_entries([entry_id], known.manager_id, BY)

    def move_zoya(self, number: int) -> None:
        """Give Zoya an entry and move her to the other lead by the roster; the entry follows."""
        desk = self.desks[self.zoya_at]
        manager_id = next(
            manager.manager_id
            for group in self.company.store.list_groups(desk.token)
            for manager in group.managers
            if manager.name == ZOYA and manager.is_active
        )
        entry = desk.add(manager_id, amount=Decimal(number))
        self.zoya_at = ANNA if self.zoya_at == BORIS else BORIS
        for known in self.model.values():
            if known.manager_id == 0 and not known.out:
                known.lead = self.zoya_at
        self.model[entry.entry_id] = Known(self.zoya_at, 0, Decimal(number))
        group = "Север" if self.zoya_at == ANNA else SOUTH
        moved = [replace(r, lead=self.zoya_at, group=group) if r.manager == ZOYA else r for r in ROSTER]
        self.company.store.apply_roster(moved, BY)

    def check(self) -> None:
        """Check that each window shows what was done, and misses nothing."""
        for lead, window in self.windows.items():
            window.check()
            wanted = {k: e.amount for k, e in self.model.items() if e.lead == lead and not e.out}
            assert {k: e.amount for k, e in window.shown().items()} == wanted
            for entry_id, entry in window.shown().items():
                assert entry.lead_id == self.desks[lead].lead_id
                assert self.model[entry_id].manager_id in (0, entry.manager_id)


ACTIONS = ["poll", "add", "update", "delete", "restore", "void", "bring back", "reassign", "move"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*ACTIONS, "poll", "add", "add"]),
        st.sampled_from([ANNA, BORIS]),
        st.integers(0, 20),
        st.integers(1, 999),
    ),
    min_size=5,
    max_size=30,
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_feed_misses_nothing(new_store: Callable[[], Store], steps: list[tuple[str, str, int, int]]) -> None:
    """Whoever writes what, and whenever a window asks, it ends up showing exactly what there is."""
    office = Office(new_store())
    for action, lead, pick, number in steps:
        office.step(action, lead, pick, number)
    office.check()


# ------------------------------------------------------------------------------- many at a time


def listen(window: Window, writers: list[Future[list[int]]]) -> int:
    """Poll for as long as somebody writes; give how often something came."""
    heard = 0
    while not all(writer.done() for writer in writers):
        heard += bool(window.poll())
    return heard


def check_lost_nothing(company: Company, windows: list[Window], written: dict[str, list[int]]) -> None:
    """Check that every write of every writer is there, and was told."""
    for window in windows:
        window.check()
        desk = window.desk
        assert sorted(window.known) == sorted(written[desk.name])
        assert {entry.version for entry in window.known.values()} == {2}
        numbers = [entry.change_seq for entry in window.known.values()]
        assert len(set(numbers)) == len(numbers)
        assert sum(e.amount for e in desk.everything()) == 2 * sum(range(1, WRITES + 1))


def test_writing_from_many_threads(database: Database, company: Company) -> None:
    """Two windows of each lead write while others listen: numbers come in order and nothing is lost."""
    jobs = [(d, m) for d, m in ((company.anna, company.petr), (company.boris, company.zoya)) for _ in "12"]
    windows = [Window(company.anna), Window(company.boris)]
    with ThreadPoolExecutor(len(jobs)) as pool:
        writers = [pool.submit(write, database.address, d.name, d.key, m) for d, m in jobs]
        heard = sum(listen(window, writers) for window in windows)
        written: dict[str, list[int]] = {ANNA: [], BORIS: []}
        for (desk, _), writer in zip(jobs, writers, strict=True):
            written[desk.name] += writer.result()
    assert heard > 1
    check_lost_nothing(company, windows, written)


def test_writing_from_two_processes(database: Database, company: Company) -> None:
    """The same holds for programs that know nothing of each other."""
    desk, window = company.anna, Window(company.anna)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        writers = [
            pool.submit(write, database.address, desk.name, desk.key, manager_id)
            for manager_id in (company.petr, company.maria)
        ]
        heard = listen(window, writers)
        written = [entry_id for writer in writers for entry_id in writer.result()]
    assert heard > 1
    check_lost_nothing(company, [window], {ANNA: written})
