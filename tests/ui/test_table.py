"""The table on the screen: pages, order, columns, copying, places that stay."""

from __future__ import annotations

import tkinter
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import EntrySort, ImportRow, Status
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.theme import Theme
from ui.conftest import LEAD
from ui.entries_window import Open, Window, open_window

__all__ = ["open_window"]


def bring(store: SqliteStore, count: int) -> None:
    """Import entries with the PINs 00000, 00001 … and amounts 1, 2 … to a group."""
    day = store.get_today() - timedelta(days=1)
    rows = [
        ImportRow(
            n + 2, uuid4(), LEAD, "Север", "Орлов Пётр", f"{n:05}", Decimal(n + 1), None, day,
            day + timedelta(days=20), Status.EXPECTED, None, "",
        )
        for n in range(count)
    ]  # fmt: skip
    store.import_entries("many", rows, "test")


def pins(window: Window) -> list[str]:
    """Give the PINs from top to bottom."""
    tree = window.view.table.tree
    return [tree.set(name, "client_pin") for name in tree.get_children()]


def middle_of(tree: tkinter.Widget, column: str, y: int = 8) -> tuple[int, int]:
    """Give a point in the head of a column."""
    for x in range(0, tree.winfo_width(), 3):
        at = tree.identify_column(x)  # type: ignore[attr-defined]
        if at and tree.column(at, "id") == column:  # type: ignore[attr-defined]
            return x + 15, y
    raise AssertionError(column)


def right_edge_of(tree: tkinter.Widget, column: str, y: int = 8) -> tuple[int, int]:
    """Give the point in the heads where a column ends."""
    start, _ = middle_of(tree, column, y)
    for x in range(start, tree.winfo_width()):
        if tree.identify_region(x, y) == "separator":  # type: ignore[attr-defined]
            return x, y
    raise AssertionError(column)


def drag(tree: tkinter.Widget, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Press, move and let go."""
    tree.event_generate("<ButtonPress-1>", x=start[0], y=start[1])
    for step in range(1, 6):
        x = start[0] + (end[0] - start[0]) * step // 5
        tree.event_generate("<B1-Motion>", x=x, y=start[1])
    tree.event_generate("<ButtonRelease-1>", x=end[0], y=end[1])
    tree.update()


def test_the_first_page_is_there_at_once_and_more_comes_while_scrolling(
    open_window: Open, store: SqliteStore
) -> None:
    """200 of 1,000 rows at first; scrolling to the end brings the others, each once."""
    bring(store, 1000)
    window = open_window("ru")
    tree = window.view.table.tree
    assert len(window.shown()) == 200
    assert "1\u00a0000 наработок" in str(window.view.summary.cget("text"))
    while len(window.shown()) < 1000:
        before = len(window.shown())
        tree.yview_moveto(1)
        window.wait_until(lambda before=before: len(window.shown()) > before)
    assert pins(window) == [f"{n:05}" for n in reversed(range(1000))]


def test_scroll_place_and_choice_stay_on_refresh(open_window: Open, store: SqliteStore) -> None:
    """Rows that come in above do not move what one looks at."""
    bring(store, 300)
    window = open_window("ru")
    tree = window.view.table.tree
    tree.yview_moveto(0.5)
    window.root.update()
    top = tree.identify_row(60)
    tree.selection_set(top)
    bring(store, 5)
    window.presenter.refresh()
    window.wait_until(lambda: window.shown()[0] == 305)
    assert tree.identify_row(60) == top
    assert tree.selection() == (top,)


def test_a_click_on_a_head_sorts_up_then_down(open_window: Open, store: SqliteStore) -> None:
    """The order is that of the values, not of their texts, and an arrow shows it."""
    bring(store, 12)
    window = open_window("ru")
    tree = window.view.table.tree
    point = middle_of(tree, "amount")
    for expected, arrow in ((range(12), "▲"), (reversed(range(12)), "▼")):
        tree.event_generate("<ButtonPress-1>", x=point[0], y=point[1])
        tree.event_generate("<ButtonRelease-1>", x=point[0], y=point[1])
        wanted = [f"{n:05}" for n in expected]
        window.wait_until(lambda wanted=wanted: pins(window) == wanted)
        assert str(tree.heading("amount", "text")).endswith(arrow)


def test_columns_keep_place_width_and_order_until_the_next_time(
    open_window: Open, store: SqliteStore
) -> None:
    """A dragged column, a changed width and the sorting are there again when the page is opened anew."""
    bring(store, 3)
    window = open_window("ru")
    tree = window.view.table.tree
    drag(tree, middle_of(tree, "client_pin"), middle_of(tree, "group"))
    assert [str(name) for name in tree.cget("displaycolumns")][:3] == ["entry_id", "client_pin", "group"]
    usual = tree.column("manager", "width")
    edge = right_edge_of(tree, "manager")
    drag(tree, edge, (edge[0] + 60, edge[1]))
    window.presenter.table.sort_by(EntrySort.CLIENT_PIN)
    window.settle()
    window.root.update()
    width = tree.column("manager", "width")
    window.presenter.stop()
    window.view.destroy()
    again = open_window("en")
    tree = again.view.table.tree
    assert [str(name) for name in tree.cget("displaycolumns")][:3] == ["entry_id", "client_pin", "group"]
    assert tree.column("manager", "width") == width
    assert width > usual + 40
    assert pins(again) == ["00000", "00001", "00002"]


def test_chosen_rows_are_copied_with_tabs(open_window: Open, store: SqliteStore) -> None:
    """Leading zeros stay, the order is that on the screen."""
    bring(store, 3)
    window = open_window("ru")
    window.choose(1, 3)
    window.view.table.tree.event_generate("<<Copy>>")
    head, *lines = [line.split("\t") for line in window.root.clipboard_get().split("\n")]
    assert (head[0], head[3]) == ("ID", "Пин")
    assert [(line[0], line[3]) for line in lines] == [("3", "00002"), ("1", "00000")]


def test_overdue_rows_are_coloured(open_window: Open, store: SqliteStore) -> None:
    """Colour and sign go together."""
    day = store.get_today() - timedelta(days=9)
    row = ImportRow(
        2, uuid4(), LEAD, "Север", "Орлов Пётр", "1", Decimal(1), None, day, day + timedelta(days=1),
        Status.EXPECTED, None, "",
    )  # fmt: skip
    store.import_entries("late", [row], "test")
    window = open_window("ru")
    tree = window.view.table.tree
    assert tree.item("1", "tags")[0] == "overdue"
    assert tree.set("1", "status").startswith("! ")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_days_amounts_and_status_are_never_cut(
    open_window: Open, store: SqliteStore, theme: Theme, language: str
) -> None:
    """Whatever the window's width and the font, a day, an amount and the day of payment can be read whole."""
    day = store.get_today() - timedelta(days=40)
    row = ImportRow(
        2, uuid4(), LEAD, "Север", "Орлов Пётр", "00012345", Decimal("888888.88"), None, day,
        day + timedelta(days=20), Status.PAID, day + timedelta(days=9), "",
    )  # fmt: skip
    store.import_entries("paid", [row], "test")
    tree = open_window(language).view.table.tree
    tree.update()
    for column in ("entry_id", "client_pin", "amount", "entered_on", "pay_by", "status"):
        # Tk leaves 4 pixels of a cell free on either side.
        assert theme.text_width(tree.set("1", column)) + 8 <= int(tree.column(column, "width")), column


def test_double_click_edits_and_the_menu_marks(open_window: Open, store: SqliteStore) -> None:
    """A double click fills the form; the context menu offers all that can be done to a row."""
    bring(store, 2)
    window = open_window("ru")
    tree = window.view.table.tree
    x, y, _width, _height = (int(part) for part in tree.bbox("1", "manager"))
    for _click in range(2):
        tree.event_generate("<ButtonPress-1>", x=x + 5, y=y + 5)
        tree.event_generate("<ButtonRelease-1>", x=x + 5, y=y + 5)
    window.wait_until(lambda: window.view.form.client_pin.get() == "00000")
    menu = window.view.table.menu(window.presenter)
    last = int(menu.index("end") or 0)
    captions = [str(menu.entrycget(n, "label")) for n in range(last + 1) if menu.type(n) == "command"]
    assert captions == [
        "Изменить", "Оплачено…", "Отказ…", "Снова ожидаем", "Оплатит до…", "История",
        "Почему такой шанс?", "Скопировать строки", "Вставить строки из Excel",
        "Сохранить найденное в Excel…", "Удалить…", "Отменить",
    ]  # fmt: skip
    window.choose(1, 2)
    menu.invoke(4)  # expected already: nothing to store
    window.settle()
    assert {entry.version for entry in window.entries()} == {1}


def test_many_rows_are_chosen_with_the_keyboard(open_window: Open, store: SqliteStore) -> None:
    """Shift with an arrow key chooses one row more, up to the last."""
    window = open_window("ru")
    for pin in ("1", "2", "3"):
        window.enter("глеб", pin, "5", format_date(store.get_today(), language="ru"))
    top, middle, bottom = window.shown()
    window.choose(top)
    window.key("<Shift-Down>")
    assert {int(row) for row in window.view.table.tree.selection()} == {top, middle}
    window.key("<Shift-Down>")
    window.key("<Shift-Down>")
    assert {int(row) for row in window.view.table.tree.selection()} == {top, middle, bottom}


def test_delete_key_only_proposes(open_window: Open, store: SqliteStore) -> None:
    """An entry of yesterday is shown with the rule that protects it; nothing is deleted."""
    bring(store, 1)
    window = open_window("ru")
    window.choose(1)
    window.key("<Delete>")
    assert "00000" in str(window.view.panel.shown.cget("text"))
    assert window.view.panel.delete_button.instate(["disabled"])
    assert len(window.entries()) == 1
