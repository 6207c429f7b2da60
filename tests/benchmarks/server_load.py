"""Many leads at once on a server: 1,000 windows that enter and look for changes, for a minute.

Run by hand, with an ODBC connection string of a login that may make and drop databases (see
``tests/contract/mssql_backdoor.py``):

    MINI_CRM_TEST_MSSQL='DRIVER=…;SERVER=…;UID=…;PWD=…' PYTHONPATH=src:tests \
        python -m benchmarks.server_load [--leads 1000] [--connections 60] [--seconds 60] [--rush 10] \
        [--server-pid PID]

It makes its own database and drops it. Each lead looks for changes every 5 seconds and saves about every 10
seconds: two new entries, then a change. The leads share the connections, since a server may allow fewer than
there are windows. Afterwards 16 leads save as fast as they can. With ``--server-pid``, the process of a
server on this Linux computer, the time that it and its children use is reported too. It ends with 1 if
anything failed, got lost or was stored twice.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from contract.adapters import ADAPTERS, open_store
from contract.company import BY, Desk, issue, sign_in
from mini_crm.domain.model import Entry, RosterRow, Status
from mini_crm.store.port import Store
from server.raw import raw, settings_for

POLL_S, SAVE_S = 5.0, 10.0
WARM_AT_ONCE, RUSH_AT_ONCE = 8, 16


@dataclass
class Figures:
    """What was measured, by all threads together.

    Attributes:
        took: What was called -> seconds of each call.
        errors: What went wrong, as text -> how often.
        added: The references of new entries that were acknowledged.
        changed: How many changes were.
    """

    took: dict[str, list[float]] = field(default_factory=lambda: {"save": [], "poll": []})
    errors: Counter[str] = field(default_factory=Counter)
    added: list[UUID] = field(default_factory=list)
    changed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def measured(self, what: str) -> Iterator[None]:
        """Take the time of a call; an error is counted and ends nothing."""
        begun = time.perf_counter()
        try:
            yield
        except Exception as error:  # whatever it is, it belongs into the figures
            with self._lock:
                self.errors[f"{what}: {type(error).__name__} {error}"] += 1
            return
        took = time.perf_counter() - begun
        with self._lock:
            self.took[what].append(took)

    def acknowledge(self, client_ref: UUID | None) -> None:
        """Note that a save came back: of a new entry, or of a change."""
        with self._lock:
            if client_ref is None:
                self.changed += 1
            else:
                self.added.append(client_ref)


class Window:
    """What one lead does."""

    def __init__(self, desk: Desk, manager_id: int, figures: Figures, seed: int) -> None:
        self._desk = desk
        self._draft = desk.draft(manager_id)
        self.figures = figures
        self._random = random.Random(seed)
        self._since = 0
        self._last: Entry | None = None
        self._written = 0
        self._polls = self._saves = 0.0
        self.seen: dict[UUID, int] = {}

    def save(self) -> None:
        """Enter something new twice, then change it."""
        self._written += 1
        if self._last is not None and self._written % 3 == 0:
            with self.figures.measured("save"):
                self._desk.update(self._last, status=Status.PAID, paid_amount=Decimal(self._written))
                self.figures.acknowledge(None)
            self._last = None
            return
        ref = uuid4()
        with self.figures.measured("save"):
            self._last = self._desk.store.add_entry(self._desk.token, uuid4(), ref, self._draft)
            self.figures.acknowledge(ref)

    def poll(self) -> None:
        """Look for changes, as the window does."""
        with self.figures.measured("poll"):
            changes = self._desk.store.list_changes(self._desk.token, self._since)
            self._since = changes.change_seq
            self.seen |= {entry.client_ref: entry.version for entry in changes.entries}

    def begin(self) -> None:
        """Plan the first acts; windows begin at different moments."""
        now = time.monotonic()
        self._polls = now + self._random.uniform(0, POLL_S)
        self._saves = now + self._random.uniform(0, SAVE_S)

    @property
    def due(self) -> float:
        """When there is something to do."""
        return min(self._polls, self._saves)

    def act(self) -> None:
        """Do what is due."""
        if self._polls <= self._saves:
            self.poll()
            self._polls += POLL_S
        else:
            self.save()
            self._saves += SAVE_S * self._random.uniform(0.8, 1.2)

    def rush(self, until: float) -> None:
        """Save as fast as possible."""
        while time.monotonic() < until:
            self.save()


def work(windows: Sequence[Window], until: float) -> None:
    """Let the leads of one connection work until it is time, each act when it is due."""
    for window in windows:
        window.begin()
    while (window := min(windows, key=lambda one: one.due)).due < until:
        time.sleep(max(0.0, window.due - time.monotonic()))
        window.act()


def found(store: Store, leads: int) -> tuple[dict[str, bytes], dict[str, int]]:
    """Make the leads; give their keys and the manager of each."""
    names = [f"Lead {n:03}" for n in range(leads)]
    store.apply_roster([RosterRow(name, "Group", "Manager", "RUB") for name in names], BY)
    managers = {lead.name: lead.groups[0].managers[0].manager_id for lead in store.list_leads()}
    return {name: issue(store, name, name) for name in names}, managers


def cpu_of(pid: int) -> float:
    """Give the seconds that a process and its children have used so far; Linux only."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:  # it has just ended
            continue
        if pid in (int(stat.parent.name), int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def summary(seconds: list[float]) -> str:
    """Give number, median, 95 of 100, and the slowest, in milliseconds."""
    if len(seconds) < 2:
        return f"{len(seconds)} calls"
    p95 = statistics.quantiles(seconds, n=20)[-1]
    slowest = max(seconds)
    middle = statistics.median(seconds)
    return f"{len(seconds)} calls, median {middle * 1e3:.1f}, p95 {p95 * 1e3:.1f}, max {slowest * 1e3:.0f} ms"


def main() -> int:
    """Run it all and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--leads", type=int, default=1000)
    options.add_argument("--connections", type=int, default=60)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--rush", type=float, default=10)
    options.add_argument("--server-pid", type=int)
    asked = options.parse_args()

    database = ADAPTERS["mssql"].new_database(Path())
    keys, managers = found(database.store, asked.leads)
    store = open_store(database.address)
    warming, figures = threading.Semaphore(WARM_AT_ONCE), Figures()
    connections = min(asked.connections, asked.leads)
    ready = threading.Barrier(connections + 1)
    ended = threading.Barrier(connections + 1)
    begins, rush_begins, measured = threading.Event(), threading.Event(), threading.Event()
    times: dict[str, float] = {}
    warm = Figures()

    def live(number: int) -> list[Window]:
        """Be every so manieth lead, on one connection."""
        windows = []
        with warming:
            for place, name in list(enumerate(keys))[number::connections]:
                desk = sign_in(store, name, keys[name])
                windows.append(window := Window(desk, managers[name], warm, place))
                for _ in range(3):
                    window.save()
                    window.poll()
        for window in windows:
            window.figures = figures
        ready.wait()
        begins.wait()
        work(windows, times["end"])
        ended.wait()
        rush_begins.wait()
        if number < RUSH_AT_ONCE:
            windows[0].rush(times["end"])
        for window in windows:
            window.poll()
        ended.wait()
        measured.wait()  # what a connection has used is known only while it is open
        store.close()
        return windows

    def span(what: str, seconds: float, go: threading.Event) -> None:
        server = cpu_of(asked.server_pid) if asked.server_pid else 0.0
        client, begun = time.process_time(), time.monotonic()
        before = len(figures.took["save"])
        times["end"] = begun + seconds
        go.set()
        ended.wait()
        took = time.monotonic() - begun
        saves = len(figures.took["save"]) - before
        print(f"{what}: {saves / took:.1f} saves/s in {took:.1f} s; the clients used", end=" ")
        print(f"{(time.process_time() - client) / took:.2f} processors", end="")
        if asked.server_pid:
            print(f", the server {(cpu_of(asked.server_pid) - server) / took:.2f}", end="")
        print(f", of {os.cpu_count()}", flush=True)

    with ThreadPoolExecutor(connections) as threads:
        begun = time.monotonic()
        lives = [threads.submit(live, number) for number in range(connections)]
        ready.wait()
        print(
            f"{asked.leads} leads on {connections} connections are warm after"
            f" {time.monotonic() - begun:.0f} s",
            flush=True,
        )
        span("entering and looking", asked.seconds, begins)
        steady = {what: list(seconds) for what, seconds in figures.took.items()}
        span("as fast as possible", asked.rush, rush_begins)
        measured.set()
        windows = [window for life in lives for window in life.result()]
    store.close()
    for what, seconds in steady.items():
        print(f"{what}: {summary(seconds)}")
    print(f"save, as fast as possible: {summary(figures.took['save'][len(steady['save']) :])}")
    return _judge(database.address, windows, figures, warm)


def _judge(catalog: str, windows: list[Window], figures: Figures, warm: Figures) -> int:
    """Compare what was acknowledged with what is in the table and with what the windows saw."""
    with raw(settings_for(catalog)) as owner:
        stored = Counter(UUID(str(ref)) for (ref,) in owner.must("SELECT e.ClientRef FROM core.Entry AS e"))
        versions = owner.one("SELECT COUNT(*) FROM core.EntryHistory AS h")
    added = Counter([*warm.added, *figures.added])
    errors = warm.errors + figures.errors
    writes = added.total() + warm.changed + figures.changed
    seen = Counter({ref: 1 for window in windows for ref in window.seen})
    bad = {
        "errors": errors.total(),
        "acknowledged and not stored": (added - stored).total(),
        "stored and not acknowledged": (stored - added).total(),
        "stored twice": stored.total() - len(stored),
        "versions too many or too few": abs(versions - writes),
        "not seen by the own window": (added - seen).total(),
    }
    print(
        f"{added.total()} entries and {writes - added.total()} changes;", ", ".join(map(_pair, bad.items()))
    )
    for error, times in errors.most_common(5):
        print(f"  {times} x {error}")
    return 1 if any(bad.values()) else 0


def _pair(item: tuple[str, int]) -> str:
    return f"{item[0]}: {item[1]}"


if __name__ == "__main__":
    sys.exit(main())
