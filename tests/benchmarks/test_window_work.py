"""How long the window's own thread is at work at a stretch while a person's larger acts go on."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import ttkbootstrap as ttk

from benchmarks.conftest import Report
from mini_crm.domain.model import EntryFilter
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.entries.paste_view import PasteDialog
from mini_crm.ui.tasks import Tasks
from ui.conftest import (
    WaitUntil,
    app,
    around,
    clock,
    no_hidden_errors,
    press,
    root,
    screen,
    store,
    texts,
    theme,
    type_into,
    wait_until,
)
from ui.entries_window import Open, open_window
from ui.test_company_page import MANY, Page, many, page
from ui.test_table import bring
from ui.test_undo import day

__all__ = [
    "app", "around", "clock", "many", "no_hidden_errors", "open_window", "page", "root", "screen",
    "store", "texts", "theme", "wait_until",
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_heap() -> Iterator[None]:
    """Keep what other tests have made out of the collector's work: a program of its own has none of it."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def longest_ms(root: ttk.App, condition: Callable[[], object]) -> float:
    """Let the window live until something is true; give the most that it computed at a stretch."""
    longest, end = 0.0, time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        begun = time.thread_time()
        root.update()
        longest = max(longest, time.thread_time() - begun)
        time.sleep(0.01)
    return longest * 1000


def test_undo_of_pasted_rows(open_window: Open, report: Report) -> None:
    """Two pastes of 500 rows are taken back, each as one act."""
    window = open_window("ru")
    for half in range(2):
        rows = "".join(f"Орлов Пётр\t{half}{n:03}\t5\t{day(window, 9)}\t\n" for n in range(500))
        window.presenter.paste(rows)
        dialog = window.dialog(PasteDialog)
        longest_ms(window.root, lambda shown=dialog.table: len(shown.get_children()) == 500)
        dialog.save_button.invoke()
        longest_ms(window.root, lambda: not window.tasks.is_busy)
    assert window.store.list_entries(window.desk.token, EntryFilter()).total == 1000
    begun = time.thread_time()
    window.presenter.undo.undo()
    pressed = (time.thread_time() - begun) * 1000
    window.presenter.undo.undo()
    busy = longest_ms(window.root, lambda: not window.tasks.is_busy and not window.presenter.has_unsaved())
    assert window.shown() == []
    report("undoing 1,000 pasted rows, the longest work of the window", max(busy, pressed), "ms", 150, "CPU")


def test_export_of_all_rows(open_window: Open, store: SqliteStore, report: Report, tmp_path: Path) -> None:
    """100,000 rows are saved in Excel."""
    bring(store, 100_000)
    window = open_window("ru")
    aside = Tasks(window.root, store.close)
    window.presenter.export._aside = aside
    window.view.ask_file = lambda folder, name: tmp_path / "all.xlsx"  # type: ignore[method-assign]
    window.presenter.export.start()
    longest = longest_ms(window.root, lambda: not aside.is_busy)
    aside.close()
    aside.join()
    assert (tmp_path / "all.xlsx").stat().st_size > 1_000_000
    report("saving 100,000 rows in Excel, the longest work of the window", longest, "ms", 100, "CPU")


def test_two_hundred_leads(many: SqliteStore, page: Page, wait_until: WaitUntil, report: Report) -> None:
    """On the company page, from a key to the rows in another order or fewer of them."""
    view = page.open("1366x768")
    company = page.main.company
    assert company is not None
    assert len(page.names()) >= MANY
    wait_until(lambda: not page.main.tasks.is_busy)

    def work(action: Callable[[], object]) -> float:
        began = time.process_time()
        action()
        page.app.root.update()
        return time.process_time() - began

    spent = [work(lambda at=at: company.sort_by(at)) for at in range(13)]  # type: ignore[misc]
    spent.append(work(lambda: type_into(view.search.input, "1")))
    assert len(page.names()) < MANY
    spent.append(work(lambda: press(view.search.input, "<BackSpace>")))
    report("order and search among 200 leads", max(spent), "s", 0.3, "CPU")
