"""The window on a server, beside the first version on the same server, in one run.

Needs ``MINI_CRM_TEST_MSSQL``; without it nothing is collected here (see tests/README.md). Figures are
medians, each with the round trips of the act, and what the session used of the server's processors where that
can be told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.conftest import Report
from contract.adapters import ADAPTERS
from contract.sales import expected, store_company
from mini_crm.domain.model import EntrySort
from mini_crm.ui.main_window import MainWindow
from virtual_screen import virtual_screen

if TYPE_CHECKING:
    from benchmarks.first_version import FirstVersion
    from benchmarks.window_child import Drive
    from mini_crm.settings import Settings
    from mini_crm.store.mssql import MssqlStore
    from mini_crm.store.mssql.call import Server

ROWS = 1000
ROUNDS = 15
SIGN_INS = 3
POLL = ("EXEC api.ListChanges", "EXEC api.GetSession")
MOST = 4
"""Round trips from signing in to the first rows, beside the connection's own."""


@dataclass
class Line:
    """What went to the server.

    Attributes:
        statements: Beginnings of what was sent, in order.
        connections: How many were opened.
    """

    statements: list[str] = field(default_factory=list)
    connections: int = 0


def counted(settings: Settings, line: Line) -> Server:
    """Give a server whose round trips are counted."""
    from mini_crm.store.mssql.call import Server

    class Counted(Server):
        """Notes each statement, tries that are repeated included."""

        def _run(self, statement: str, values: tuple[object, ...], *rest: Any) -> None:
            line.statements.append(" ".join(statement.split()[:2]))
            super()._run(statement, values, *rest)

        def _open(self) -> Any:
            line.connections += 1
            return super()._open()

    return Counted(settings)


@dataclass
class Bench:
    """Both programs over one database.

    Attributes:
        lead: Who has all entries.
        drive: Our window.
        line: What it sends.
        store: Its store.
        first: The first version, as it was.
        better: The same with one connection that stays open.
        session: Our connection's number at the server.
    """

    lead: str
    drive: Drive
    line: Line
    store: MssqlStore
    first: FirstVersion
    better: FirstVersion
    session: int = 0

    def sign_in(self) -> tuple[MainWindow, float, float, list[str]]:
        """Sign in and wait for the first rows.

        Returns:
            The window, the seconds, what the server worked, in milliseconds, and what was sent until then.
        """
        from benchmarks.window_child import built, rows

        login = self.drive.app.login
        assert login is not None
        self.drive.until(lambda: login.name.input.names)
        self.session = self.on_worker(lambda: self.store.server.query("SELECT @@SPID AS Id")[0][0]["Id"])
        before, used = len(self.line.statements), self.cpu_ms() or 0.0
        begun = time.perf_counter()
        login.on_sign_in(self.lead, "any")
        main = built(self.drive)
        rows(self.drive, main)
        seconds = time.perf_counter() - begun
        worked = (self.cpu_ms() or 0.0) - used
        sent = [name for name in self.line.statements[before:] if name.startswith("EXEC")]
        return main, seconds, worked, sent[: sent.index("EXEC api.ListEntries") + 1]

    def begin_anew(self, main: MainWindow) -> None:
        """Sign out, and show the sign-in window over a connection of its own."""
        app = self.drive.app
        main.leave()
        assert app.login is not None
        self.drive.until(lambda: app._worker.is_free)
        self.on_worker(self.store.close)
        app.show_login()
        login = app.login
        self.drive.until(lambda: login.name.input.names)

    def cpu_ms(self) -> float | None:
        """Give what our session has used of the server's processors; None where that cannot be told."""
        from server.raw import chains_ownership

        if chains_ownership():
            asked = "SELECT s.cpu_time AS Ms FROM sys.dm_exec_sessions AS s WHERE s.session_id = @@SPID"
            return float(self.on_worker(lambda: self.store.server.query(asked)[0][0]["Ms"]))
        # Babelfish: a session is a process, on this computer or on another one.
        used = Path(f"/proc/{self.session}/schedstat")
        return int(used.read_text("ascii").split()[0]) / 1e6 if used.exists() else None

    def on_worker(self, work: Callable[[], Any]) -> Any:
        """Do something on the thread that has our connection."""
        found: list[Any] = []
        main = self.drive.app.main
        tasks = self.drive.app._tasks if main is None else main.tasks
        assert tasks is not None
        tasks.run(work, found.append, found.append)
        self.drive.until(lambda: found)
        return found[0]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Give both programs, over a lead with 1,000 open entries."""
    from benchmarks.first_version import TABLE, FirstVersion
    from benchmarks.window_child import Drive, around_store
    from contract.mssql_backdoor import connect
    from mini_crm.store.mssql import MssqlStore
    from server.raw import settings_for

    database = ADAPTERS["mssql"].new_database(tmp_path_factory.mktemp("database"))
    sales = [expected(n % 30, lead="Anna", pin=f"{n:05}", pay_by_in=n % 60) for n in range(ROWS)]
    (lead,) = store_company(database.store, sales)
    database.store.aggregate_forecast(None, "benchmark")
    settings = settings_for(database.address)
    owner = connect(settings)
    owner.execute("DROP TABLE IF EXISTS dbo.first_version").close()
    owner.execute(TABLE).close()
    owner.execute(
        "INSERT INTO dbo.first_version (lead, manager, pin, amount, entered, pay_by, status, comment)"
        " SELECT N'Anna', m.Name, e.ClientPin, e.Amount, e.EnteredOn, e.PayBy, N'Expected', e.Comment"
        " FROM core.Entry AS e JOIN core.Manager AS m ON m.ManagerId = e.ManagerId"
    ).close()
    line = Line()
    store = MssqlStore(counted(settings, line))
    with virtual_screen():
        drive = Drive(around_store(store))
        begin = partial(FirstVersion, drive.root, partial(connect, settings), lead)
        made = Bench(lead, drive, line, store, begin(), begin(keeps=True))
        yield made
        made.first.close()
        made.better.close()
        drive.app.close()
    owner.execute("DROP TABLE dbo.first_version").close()
    owner.close()


@pytest.fixture(scope="module")
def main(bench: Bench, report: Report) -> MainWindow:
    """Sign in some times, each time by a connection that was opened for it; give the last window."""
    seconds, worked = [], []
    window: MainWindow | None = None
    for _ in range(SIGN_INS):
        if window is not None:
            rest(bench, window)
            bench.begin_anew(window)
        before = bench.line.connections
        window, took, used, sent = bench.sign_in()
        seconds.append(took)
        worked.append(used)
        assert len(sent) <= MOST, sent
        assert bench.line.connections == before  # it was opened while the password could be typed
    assert window is not None
    window.nametowidget(window.pages.tabs()[0]).filters.reset_button.invoke()
    rest(bench, window)
    report(
        "sign-in to first rows on a server, fresh connection (without Argon2id)",
        median(seconds), "s", 1, f"{len(sent)} round trips, {median(worked):.0f} ms of the server",
    )  # fmt: skip
    return window


def rest(bench: Bench, main: MainWindow) -> None:
    """Wait until nothing is under way."""
    bench.drive.until(lambda: not main.tasks.is_busy)
    bench.drive.rest(0.3)
    bench.drive.until(lambda: not main.tasks.is_busy)


def measured(
    bench: Bench, main: MainWindow, act: Callable[[], float], *, is_poll: bool = False
) -> tuple[float, str]:
    """Do something some times; give the median in seconds, and what one of it costs.

    Polls that come between are no part of it, unless it is one.
    """
    seconds, trips, cpu = [], [], []
    act()  # once, so that all has been used
    for _ in range(ROUNDS):
        rest(bench, main)
        before, used = len(bench.line.statements), bench.cpu_ms()
        seconds.append(act())
        rest(bench, main)
        sent = [name for name in bench.line.statements[before:] if name.startswith("EXEC")]
        trips.append(len([name for name in sent if is_poll or name not in POLL]))
        now = bench.cpu_ms()
        if used is not None and now is not None:
            cpu.append(now - used)
    told = f"{median(trips):g} round trips"
    return median(seconds), told + (f", {median(cpu):.1f} ms of the server" if cpu else "")


def timed(act: Callable[[], object]) -> float:
    """Give how long it took."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def beside(
    report: Report, what: str, ours: float, first: tuple[float, float], budget: float, note: str
) -> None:
    """Tell how many times as fast we are as the first version; the budget is a share of its time, in %."""
    as_it_was, better = first
    told = (
        f"{ours * 1e3:.0f} ms; first version {as_it_was * 1e3:.0f} ({as_it_was / ours:.0f} times),"
        f" with one connection kept {better * 1e3:.0f} ({better / ours:.0f} times); {note}"
    )
    report(what, 100 * ours / as_it_was, "%", budget, told)


def both(bench: Bench, act: Callable[[FirstVersion], object]) -> tuple[float, float]:
    """Give the first version's median, as it was and with one connection."""
    each = ([timed(partial(act, version)) for _ in range(ROUNDS)] for version in (bench.first, bench.better))
    as_it_was, better = map(median, each)
    return as_it_was, better


def test_key_press_to_first_screen(bench: Bench, main: MainWindow, report: Report) -> None:
    """Another order: until the first rows are on the screen, and until all 1,000 are there."""
    page = main.entries
    assert page is not None
    tree = main.nametowidget(main.pages.tabs()[0]).table.tree
    first = both(bench, lambda version: version.refresh())

    def order() -> float:
        before = tree.get_children()

        def press() -> None:
            page.table.sort_by(EntrySort.CLIENT_PIN)
            bench.drive.until(lambda: tree.get_children() != before)

        return timed(press)

    def complete() -> float:
        def press() -> None:
            order()
            while len(tree.get_children()) < ROWS:
                bench.drive.until(lambda: not main.tasks.is_busy)
                page.table.load_more()
                bench.drive.until(lambda: not main.tasks.is_busy)

        return timed(press)

    ours, note = measured(bench, main, order)
    beside(report, "key press to first screen, 1,000 rows (of the first version)", ours, first, 5, note)
    ours, note = measured(bench, main, complete)
    beside(report, "all 1,000 rows (of the first version)", ours, first, 100, note)


def test_save_to_visible_row(bench: Bench, main: MainWindow, report: Report) -> None:
    """Until the row can be seen, and until it is stored."""
    from benchmarks.window_child import save

    assert main.entries is not None
    today = main.entries.today()
    first = both(bench, lambda version: version.save("00000", today))
    numbers = iter(range(1000))
    stored: list[float] = []

    def saving() -> float:
        seen, done = save(bench.drive, main, next(numbers))
        stored.append(done)
        return seen

    ours, note = measured(bench, main, saving)
    beside(report, "save to visible row (of the first version)", ours, first, 100 / 30, note)
    beside(report, "save to stored row (of the first version)", median(stored), first, 100 / 30, note)


def test_filter_and_poll(bench: Bench, main: MainWindow, report: Report) -> None:
    """A word that is looked for, until its rows are there; a look for changes, of which there are none."""
    page, view = main.entries, main.nametowidget(main.pages.tabs()[0])
    assert page is not None
    words = iter(f"{n:03}" for n in range(100, 1000))

    def look() -> None:
        view.filters.text.set(next(words))
        view.filters._now()
        bench.drive.until(lambda: not main.tasks.is_busy)

    seconds, note = measured(bench, main, lambda: timed(look))
    report("filter by text to visible rows on a server", seconds * 1e3, "ms", None, note)

    def poll() -> None:
        page._feed.hurry()
        bench.drive.until(lambda: not main.tasks.is_busy)

    seconds, note = measured(bench, main, lambda: timed(poll), is_poll=True)
    report("a look for changes on a server", seconds * 1e3, "ms", None, note)
