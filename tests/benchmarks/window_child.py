"""Drives the real window of a lead with many entries: ``window_child.py FILE LEAD`` prints JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.child import peak_mb
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App, make_root
from mini_crm.ui.main_window import MainWindow, Surroundings
from mini_crm.ui.memory import Memory

KEY = b"k" * 32
SAVES = 9
TICK_MS = 2


class Drive:
    """A window and a clock that sees every pause of its event loop."""

    def __init__(self, path: Path) -> None:
        day = timedelta(days=1)
        yesterday = SqliteStore.open(path, clock=lambda: datetime.now(UTC) - day)
        yesterday.aggregate_forecast(None, "benchmark")
        yesterday.close()
        store = SqliteStore.open(path)
        around = Surroundings(
            connect=lambda: store,
            disconnect=store.close,
            database="benchmark",
            address="benchmark",
            memory=Memory(),
            computer="benchmark",
            derive=lambda password, kind, kdf: KEY,
            aggregate=lambda: store.aggregate_forecast(None, "benchmark"),
        )
        self.root = make_root()
        self.app = App(self.root, around, "ru")
        self.app.start()
        self.longest, self._last = 0.0, time.perf_counter()
        self._tick()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now
        self.root.after(TICK_MS, self._tick)

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

    def forget(self) -> None:
        """Begin to look for the longest pause anew."""
        self.root.update()
        self.longest, self._last = 0.0, time.perf_counter()


def sign_in(drive: Drive, lead: str) -> MainWindow:
    """Sign in; the key is there at once."""
    view = drive.app.login
    assert view is not None
    view.on_sign_in(lead, "any")
    drive.until(lambda: drive.app.main is not None)
    assert drive.app.main is not None
    return drive.app.main


def save(drive: Drive, main: MainWindow, number: int) -> float:
    """Fill in the form and save; give the seconds until the row can be seen."""
    page = main.entries
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
    return time.perf_counter() - begun


def main(path: Path, lead: str) -> dict[str, object]:
    """Drive through a lead's day."""
    drive = Drive(path)
    begun = time.perf_counter()
    window = sign_in(drive, lead)
    view = window.pages.nametowidget(window.pages.tabs()[0])
    tree = view.table.tree
    drive.until(lambda: len(tree.get_children()) >= 100)
    found: dict[str, object] = {"first_rows_s": time.perf_counter() - begun}
    drive.until(lambda: not window.tasks.is_busy)
    drive.forget()
    found["save_ms"] = statistics.median(save(drive, window, number) for number in range(SAVES)) * 1000
    rows = tree.get_children()
    view.filters.text.set("bench3")
    begun = time.perf_counter()
    view.filters._now()
    drive.until(lambda: tree.get_children() != rows and not window.tasks.is_busy)
    found["filter_s"] = time.perf_counter() - begun
    found["filtered"] = len(tree.get_children())
    drive.until(lambda: not window._aside.is_busy)
    end = time.perf_counter() + 6
    drive.until(lambda: time.perf_counter() > end)
    found["longest_ms"] = drive.longest * 1000
    drive.forget()
    begun = time.perf_counter()
    window.pages.select(1)
    drive.until(lambda: window.forecast is not None and not window.tasks.is_busy)
    found["forecast_s"] = time.perf_counter() - begun
    page = window.nametowidget(window.pages.tabs()[1]).winfo_children()[0]
    drive.until(lambda: page.chart.drawn)
    found["chart_s"] = time.perf_counter() - begun
    found["forecast_longest_ms"] = drive.longest * 1000
    found["peak_mb"] = peak_mb()
    drive.app.close()
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
