"""Drives the real window of a lead with many entries: ``window_child.py FILE LEAD`` prints JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.child import peak_mb, peak_mb_of_children
from mini_crm.domain.model import EntrySort
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App, make_root
from mini_crm.ui.entries.chosen import Part, Ready
from mini_crm.ui.entries.filters_presenter import Quick
from mini_crm.ui.main_window import MainWindow, Surroundings
from mini_crm.ui.memory import Memory
from mini_crm.ui.widgets.dialogs import Dialog
from mini_crm.usecases.behind import Number

if TYPE_CHECKING:
    from mini_crm.store.port import DesktopStore
    from mini_crm.ui.forecast.page_view import ForecastView

KEY = b"k" * 32
SAVES = 9
PASTED = 200
TICK_MS = 2
TYPING_S = 1.0
"""Nobody types a name and a password sooner; meanwhile the window loads its pages."""


class Drive:
    """A window and a clock that sees every pause of its event loop.

    Attributes:
        longest: The longest pause, in seconds.
        own: The most that the window's thread computed between two ticks, in seconds: unlike the pause it
            has in it neither waiting for the screen nor what other programs take away.
    """

    def __init__(self, around: Surroundings) -> None:
        self.root = make_root()
        self.app = App(self.root, around, "ru")
        self.app.start()
        self._begin()
        self._tick()

    def _begin(self) -> None:
        self.longest = self.own = 0.0
        self._last, self._last_own = time.perf_counter(), time.thread_time()

    def _tick(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now
        self.own, self._last_own = max(self.own, own - self._last_own), own
        self.root.after(TICK_MS, self._tick)

    def note(self, found: dict[str, object], what: str) -> None:
        """Put the longest pause among the figures."""
        found[f"{what}_ms"], found[f"{what}_own_ms"] = self.longest * 1000, self.own * 1000

    def until(self, condition: Callable[[], object]) -> float:
        """Let the window live until something is true; give the seconds."""
        begun = time.perf_counter()
        while not condition():
            if time.perf_counter() > begun + 60:
                raise TimeoutError("it did not happen")
            self.root.update()
            time.sleep(0.001)
        self.root.update()
        return time.perf_counter() - begun

    def rest(self, seconds: float) -> None:
        """Let the window live for a while."""
        end = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() > end)

    def forget(self) -> None:
        """Begin to look for the longest pause anew."""
        self.root.update()
        self._begin()


def around_file(path: Path) -> Surroundings:
    """Give what the window works with: a file, with a run of yesterday to compare the next one with."""
    day = timedelta(days=1)
    yesterday = SqliteStore.open(path, clock=lambda: datetime.now(UTC) - day)
    yesterday.aggregate_forecast(None, "benchmark")
    yesterday.close()
    store = SqliteStore.open(path)
    return around_store(store, lambda: store.aggregate_forecast(None, "benchmark"))


def around_store(store: DesktopStore, aggregate: Callable[[], object] | None = None) -> Surroundings:
    """Give what the window works with over a database that is open; the key of a password costs nothing."""
    return Surroundings(
        connect=lambda: store,
        disconnect=store.close,
        database="benchmark",
        address="benchmark",
        memory=Memory(),
        computer="benchmark",
        derive=lambda password, kind, kdf: KEY,
        aggregate=aggregate,
    )


def built(drive: Drive) -> MainWindow:
    """Wait for the main window and its pages."""
    drive.until(lambda: drive.app.main is not None and drive.app.main.entries is not None)
    assert drive.app.main is not None
    return drive.app.main


def rows(drive: Drive, main: MainWindow) -> None:
    """Wait for the first rows of the entry page."""
    tree = main.nametowidget(main.pages.tabs()[0]).table.tree
    drive.until(lambda: len(tree.get_children()) >= 100)


def settled(drive: Drive, main: MainWindow) -> None:
    """Wait until nothing is under way and all is drawn."""
    drive.until(lambda: not main.tasks.is_busy)
    drive.rest(0.3)
    drive.until(lambda: not main.tasks.is_busy)


def sign_in(drive: Drive, lead: str) -> MainWindow:
    """Sign in and wait for the first rows; the key is there at once."""
    view = drive.app.login
    assert view is not None
    view.on_sign_in(lead, "any")
    main = built(drive)
    rows(drive, main)
    return main


def save(drive: Drive, main: MainWindow, number: int) -> tuple[float, float]:
    """Fill in the form and save; give the seconds until the row can be seen, and until it is stored."""
    page = main.entries
    assert page is not None
    view = main.pages.nametowidget(main.pages.tabs()[0])
    form, tree = view.form, view.table.tree
    pin = f"bench{number}"
    form.manager.set(form.manager.input.names[0])
    form.manager.input.event_generate("<<ComboboxSelected>>")
    drive.root.update()
    form.client_pin.set(pin)
    form.amount.set("1234,50")
    form.pay_by.set_day(page.today())
    drive.root.update()
    begun = time.perf_counter()
    form.save_button.invoke()
    drive.until(lambda: any(pin in map(str, tree.item(row, "values")) for row in tree.get_children()[:5]))
    seen = time.perf_counter() - begun
    drive.until(lambda: not page.has_unsaved())
    return seen, time.perf_counter() - begun


def shown(drive: Drive, main: MainWindow, action: Callable[[], object]) -> tuple[float, float]:
    """Do something to the list; give the seconds until its rows are there, and those of them at work."""
    begun, own = time.perf_counter(), time.process_time()
    action()
    drive.until(lambda: not main.tasks.is_busy)
    seconds = time.perf_counter() - begun, time.process_time() - own
    settled(drive, main)
    return seconds


def list_in_every_way(drive: Drive, main: MainWindow) -> dict[str, tuple[float, float]]:
    """Filter and order the list in every way there is; give the seconds of each, see ``shown``."""
    page, view = main.entries, main.nametowidget(main.pages.tabs()[0])
    assert page is not None
    filters, table, seconds = page.filters, page.table, dict[str, tuple[float, float]]()
    seconds["all entries"] = shown(drive, main, filters.reset)
    for column in EntrySort:
        for direction in ("up", "down"):
            seconds[f"by {column.value} {direction}"] = shown(drive, main, partial(table.sort_by, column))
    seconds["to the end"] = shown(drive, main, table.to_last)
    seconds["to the middle"] = shown(drive, main, partial(table.go_to, 50_000))
    for quick in Quick:
        seconds[quick.value] = shown(drive, main, partial(filters.press, quick))
        filters.reset()
        settled(drive, main)
    for part, ready in (
        (Part.STATUS_ON, Ready.MONTH),
        (Part.ENTERED, Ready.LAST_MONTH),
        (Part.PAY_BY, Ready.WEEK),
    ):
        filters.choose_day(part)
        seconds[f"{part.value} {ready.value}"] = shown(drive, main, partial(filters.choose_ready, ready))
        filters.reset()
        settled(drive, main)
    for name in view.filters.status.names[1:]:
        seconds[f"status {name}"] = shown(drive, main, partial(view.filters.status.take, name))
    manager = view.filters.manager.input.names[0]
    seconds["manager"] = shown(drive, main, partial(view.filters.manager.input.take, manager))
    filters.reset()
    settled(drive, main)
    for number in (Number.FROM_OPEN, Number.PAID, Number.EXPECTED, Number.RESOLVED):
        seconds[f"behind {number.value}"] = shown(drive, main, partial(page.head.open, 0, number))
    seconds["back"] = shown(drive, main, page.opened.back)
    return seconds


def use_the_table(drive: Drive, main: MainWindow) -> None:
    """Scroll far, open the row menu, change an entry, look at pasted rows."""
    page, view = main.entries, main.nametowidget(main.pages.tabs()[0])
    assert page is not None
    tree = view.table.tree
    view.filters.reset_button.invoke()
    settled(drive, main)
    for _ in range(14):  # beyond the rows that are kept
        tree.yview_moveto(1)
        settled(drive, main)
    page.refresh()
    settled(drive, main)
    tree.selection_set(tree.get_children()[0])
    page.edit_selected()
    settled(drive, main)
    page.form.clear()
    menu = view.table.menu(page)
    menu.post(300, 300)
    drive.rest(0.1)
    menu.unpost()
    menu.destroy()
    page.paste("\n".join(f"North\tSomebody\t{number}\t100\t01.12.2026" for number in range(PASTED)))
    settled(drive, main)
    for child in drive.root.winfo_children():
        if isinstance(child, Dialog):
            child.close()


def use_the_forecast(drive: Drive, window: MainWindow, page: ForecastView) -> None:
    """Choose each period, and let everything be drawn that the company has learnt."""
    for name in page.period.names:
        page.period.take(name)
        drive.rest(0.4)
        drive.until(lambda: not window.tasks.is_busy)
    page.pages.select(1)
    for button in page.paying.buttons:
        button.invoke()
        drive.rest(0.6)


def main(path: Path, lead: str) -> dict[str, object]:
    """Drive through a lead's day."""
    drive = Drive(around_file(path))
    drive.rest(TYPING_S)
    drive.forget()
    begun = time.perf_counter()
    window = sign_in(drive, lead)
    found: dict[str, object] = {"first_rows_s": time.perf_counter() - begun}
    settled(drive, window)
    drive.note(found, "sign_in_longest")
    view = window.nametowidget(window.pages.tabs()[0])
    tree = view.table.tree
    drive.forget()
    saves = [save(drive, window, number) for number in range(SAVES)]
    found["save_ms"] = statistics.median(seen for seen, _stored in saves) * 1000
    found["stored_ms"] = statistics.median(stored for _seen, stored in saves) * 1000
    before = tree.get_children()
    view.filters.text.set("bench3")
    begun = time.perf_counter()
    view.filters._now()
    drive.until(lambda: tree.get_children() != before and not window.tasks.is_busy)
    found["filter_s"] = time.perf_counter() - begun
    found["filtered"] = len(tree.get_children())
    drive.until(lambda: not window._aside.is_busy)
    settled(drive, window)
    drive.note(found, "filter_longest")
    drive.forget()
    found["list_s"] = list_in_every_way(drive, window)
    found["list_mb"] = peak_mb()
    drive.note(found, "list_longest")
    drive.forget()
    use_the_table(drive, window)
    drive.rest(6)
    drive.note(found, "longest")
    drive.forget()
    window._language_chosen("en")
    window = built(drive)
    rows(drive, window)
    settled(drive, window)
    drive.note(found, "language_longest")
    drive.forget()
    begun = time.perf_counter()
    window.pages.select(1)
    drive.until(lambda: window.forecast is not None and not window.tasks.is_busy)
    found["forecast_s"] = time.perf_counter() - begun
    page = window.nametowidget(window.pages.tabs()[1]).winfo_children()[0]
    drive.until(lambda: page.chart.drawn)
    found["chart_s"] = time.perf_counter() - begun
    drive.note(found, "forecast_longest")
    drive.forget()
    use_the_forecast(drive, window, page)
    drive.note(found, "forecast_used")
    found["peak_mb"], found["painter_mb"] = peak_mb(), peak_mb_of_children()
    drive.forget()
    window.leave()
    drive.until(lambda: drive.app.login is not None)
    drive.rest(0.5)
    drive.note(found, "sign_out_longest")
    drive.app.close()
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
