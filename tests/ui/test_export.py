"""The rows found are saved in Excel from the window: key, file dialog, progress, and a window that lives."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.tasks import Tasks
from ui.conftest import Hand
from ui.entries_window import Open, open_window
from ui.test_clipboard_keys import E, control, layout
from ui.test_table import bring

__all__ = ["layout", "open_window"]


@pytest.mark.skipif(sys.platform != "linux", reason="the file dialog is Tk's own there")
@pytest.mark.usefixtures("layout")
def test_ctrl_e_asks_for_a_file_and_saves_the_rows_found(
    open_window: Open, store: SqliteStore, hand: Hand, tmp_path: Path
) -> None:
    """All rows of the filter are there, not only those that are loaded; the name is proposed."""
    bring(store, 450)
    window = open_window("ru")
    window.desk.memory.put("entries.export_folder", str(tmp_path))
    proposed: list[str] = []

    def answer() -> None:
        tk = window.root.tk
        children = map(str, tk.splitlist(tk.call("winfo", "children", str(window.view))))
        (dialog,) = [child for child in children if "filedialog" in child]
        entry = f"{dialog}.contents.f2.ent"
        proposed.append(str(tk.call(entry, "get")))
        tk.call(entry, "delete", 0, "end")
        tk.call(entry, "insert", 0, "found")
        tk.call("focus", "-force", entry)
        hand.key("Return")

    window.root.after(700, answer)
    control(window.view.table.tree, E)
    path = tmp_path / "found.xlsx"
    window.wait_until(path.exists)
    assert proposed[0].endswith(".xlsx")
    (sheet,) = load_workbook(path).worksheets
    assert sheet.max_row == 451
    window.wait_until(lambda: "450" in str(window.view.said.cget("text")))


def test_many_rows_are_saved_while_the_window_lives(
    open_window: Open, store: SqliteStore, tmp_path: Path
) -> None:
    """The window tells how far it is, and how many there are in the end."""
    bring(store, 12_000)
    window = open_window("ru")
    aside = Tasks(window.root, store.close)
    window.presenter.export._aside = aside
    window.view.ask_file = lambda folder, name: tmp_path / "all.xlsx"  # type: ignore[method-assign]
    window.presenter.export.start()
    told, end = set(), time.monotonic() + 300
    while aside.is_busy:
        assert time.monotonic() < end
        window.root.update()
        told.add(str(window.view.said.cget("text")))
        time.sleep(0.01)
    aside.close()
    aside.join()
    assert (tmp_path / "all.xlsx").stat().st_size > 100_000
    assert any(said.startswith("Сохраняем строки в Excel: ") and "12\u00a0000" in said for said in told)
    assert str(window.view.said.cget("text")).startswith("Сохранено 12\u00a0000 строк")
