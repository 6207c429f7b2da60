"""The list on the screen by mouse and keys: chips, ends and pages of a long list, numbers that are links."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from mini_crm.domain.model import EntrySort, ImportRow, Status
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.entries.chosen import Part
from mini_crm.ui.entries.columns import displayed
from mini_crm.ui.entries.filters_presenter import Quick
from mini_crm.ui.entries.page_view import EntriesView
from mini_crm.ui.entries.stretch_view import SCREEN
from mini_crm.ui.entries.texts import Mark, Row
from mini_crm.ui.forecast.from_new_view import FromNewDialog
from mini_crm.ui.forecast.page_view import ForecastView
from mini_crm.ui.main_window import MainWindow
from mini_crm.ui.widgets.focus import focused
from mini_crm.ui.widgets.link import Link
from ui.conftest import CODE, LEAD, Hand, WaitUntil, press, type_into
from ui.entries_window import Open, Window, open_window
from ui.test_table import bring, drag, middle_of, pins

__all__ = ["open_window"]


def sale(
    today: date, entered: int, status: Status = Status.EXPECTED, closed: int | None = None, **fields: object
) -> ImportRow:
    """Make a row of a file; days are counted back from today."""
    usual: dict[str, object] = {"amount": Decimal(1000), "pay_by": today + timedelta(days=3), "pin": "0042"}
    given = usual | fields
    return ImportRow(
        2, uuid4(), LEAD, "Север", "Орлов Пётр", str(given["pin"]), given["amount"], None,  # type: ignore[arg-type]
        today - timedelta(days=entered), given["pay_by"], status,  # type: ignore[arg-type]
        None if closed is None else today - timedelta(days=closed), "",
    )  # fmt: skip


@pytest.fixture
def history(store: SqliteStore) -> SqliteStore:
    """Give the database with paid, refused, overdue and open entries, and a run."""
    today = store.get_today()
    paid = [sale(today, 60 - n, Status.PAID, 30 - n, pin=f"paid{n}") for n in range(12)]
    refused = [sale(today, 50 - n, Status.REFUSED, 20 - n, pin=f"no{n}") for n in range(5)]
    late = [sale(today, 40, pay_by=today - timedelta(days=n + 1), pin=f"late{n}") for n in range(3)]
    coming = [sale(today, 20 - n, pin=f"open{n}", amount=Decimal(100 * (n + 1))) for n in range(4)]
    store.import_entries("old", [*paid, *refused, *late, *coming], "test")
    store.aggregate_forecast(None, "test")
    return store


# ------------------------------------------------------------------------------------------- filters


def test_a_quick_filter_is_one_click_and_its_chip_takes_it_away(
    open_window: Open, history: SqliteStore, hand: Hand
) -> None:
    """One click shows what is overdue, the cross of the chip the others again; by keys it is Space."""
    window = open_window("ru", as_first=True)
    filters = window.view.filters
    assert len(window.shown()) == 7
    hand.click(filters.quick[Quick.OVERDUE])
    window.settle()
    assert [pin[:4] for pin in pins(window)] == ["late"] * 3
    hand.click(filters.chips[Part.PAY_BY])
    window.settle()
    assert len(window.shown()) == 7
    filters.quick[Quick.OVERDUE].focus_force()
    hand.key("space")
    window.settle()
    assert len(window.shown()) == 3


def test_chips_go_by_keys_and_the_focus_stays_among_them(
    open_window: Open, history: SqliteStore, hand: Hand
) -> None:
    """Delete on a chip takes it away and goes to the next; after the last one it is at "clear all"."""
    window = open_window("ru", as_first=True)
    filters = window.view.filters
    hand.click(filters.quick[Quick.OVERDUE])
    window.settle()
    assert list(filters.chips) == [Part.STATUSES, Part.PAY_BY]
    filters.chips[Part.STATUSES].focus_force()
    hand.key("Delete")
    window.settle()
    assert focused(window.root) is filters.chips[Part.PAY_BY]
    hand.key("Return")
    window.settle()
    assert focused(window.root) is filters.reset_button
    assert len(window.shown()) == 24


def test_a_field_says_what_it_is_for_until_something_stands_in_it(
    open_window: Open, history: SqliteStore
) -> None:
    """Without a label above it an empty field names itself; what is typed is never covered."""
    window = open_window("ru", as_first=True)
    window.view.form.focus("client_pin")
    window.root.update()
    entry = window.view.filters.text.input
    (hint,) = entry.winfo_children()
    assert (str(hint.cget("text")), hint.winfo_ismapped()) == ("Поиск", True)
    type_into(entry, "open")
    assert not hint.winfo_ismapped()
    window.view.form.focus("client_pin")
    window.wait_until(lambda: len(window.shown()) == 4)
    assert not hint.winfo_ismapped()
    window.view.filters.reset_button.invoke()
    window.settle()
    window.wait_until(hint.winfo_ismapped)


def test_days_of_one_filter_are_kept_while_another_is_looked_at(
    open_window: Open, history: SqliteStore
) -> None:
    """The fields show the days of the filter beside them; a range of the other one goes on narrowing."""
    window = open_window("ru")
    filters, today = window.view.filters, history.get_today()
    filters.day.take(filters.day.names[1])
    type_into(filters.first.input, f"{today - timedelta(days=25):%d.%m.%Y}")
    press(filters.first.input, "<Return>")
    window.settle()
    narrowed = window.shown()
    assert 0 < len(narrowed) < 24
    filters.day.take(filters.day.names[0])
    window.settle()
    assert (filters.first.get(), window.shown()) == ("", narrowed)
    filters.day.take(filters.day.names[1])
    assert filters.first.get() == f"{today - timedelta(days=25):%d.%m.%Y}"


def test_columns_are_those_that_say_something(open_window: Open, history: SqliteStore) -> None:
    """Expected rows have chance and contribution, paid ones what came and when; an own choice stays."""
    window = open_window("ru", as_first=True)
    tree, status = window.view.table.tree, window.view.filters.status
    of_expected = {EntrySort.PROBABILITY.value, EntrySort.CONTRIBUTION.value}
    of_paid = {EntrySort.STATUS_ON.value, EntrySort.PAID_AMOUNT.value}
    assert of_expected <= set(displayed(tree)) and not of_paid & set(displayed(tree))
    status.take("Оплачено")
    window.settle()
    assert of_paid <= set(displayed(tree)) and not of_expected & set(displayed(tree))
    assert tree.set(tree.get_children()[0], "paid_amount") == "1\u00a0000"
    status.take("Отказ")
    window.settle()
    assert EntrySort.REASON.value in displayed(tree)
    menu = window.view.table.column_menu(tree)
    menu.invoke(list(EntrySort).index(EntrySort.CONTRIBUTION))
    own = displayed(tree)
    assert EntrySort.CONTRIBUTION.value in own
    status.take("Оплачено")
    window.settle()
    assert displayed(tree) == own


def test_a_moved_column_leaves_the_others_to_the_filter(open_window: Open, history: SqliteStore) -> None:
    """Another order of columns is no choice of which are shown."""
    window = open_window("ru", as_first=True)
    tree = window.view.table.tree
    drag(tree, middle_of(tree, "client_pin"), middle_of(tree, "group"))
    window.view.filters.status.take("Оплачено")
    window.settle()
    shown = displayed(tree)
    assert shown[:3] == ["entry_id", "client_pin", "group"]
    assert shown.index("paid_amount") == shown.index("status_on") + 1 == shown.index("status") + 2


# ------------------------------------------------------------------------------------- a long list


def chosen(window: Window) -> str:
    """Give the PIN of the chosen row."""
    tree = window.view.table.tree
    (name,) = tree.selection()
    return str(tree.set(name, "client_pin"))


def test_home_end_and_page_keys(open_window: Open, store: SqliteStore, hand: Hand) -> None:
    """Home and End go to the ends of the whole list, also with Ctrl; page keys go on by what is in sight."""
    bring(store, 1000)
    window = open_window("ru")
    tree = window.view.table.tree
    window.choose(1000)
    for key, held, pin in (
        ("End", [], "00000"),
        ("Home", [], "00999"),
        ("End", ["Control"], "00000"),
        ("Home", ["Control"], "00999"),
    ):
        hand.key(key, held=held)
        window.wait_until(lambda pin=pin: tree.selection() and chosen(window) == pin)  # type: ignore[misc]
        assert tree.bbox(tree.selection()[0])
    first, last = tree.yview()
    sight = round((last - first) * len(tree.get_children()))
    hand.key("Next", "Next")
    window.settle()
    assert chosen(window) == f"{999 - 2 * (sight - 1):05}"
    hand.key("Prior")
    window.settle()
    assert chosen(window) == f"{999 - (sight - 1):05}"


def test_page_keys_reach_the_end_of_a_list_that_is_not_loaded(
    open_window: Open, store: SqliteStore, hand: Hand
) -> None:
    """Further rows are read as they are needed."""
    bring(store, 600)
    window = open_window("ru")
    tree = window.view.table.tree
    window.choose(600)
    for _ in range(80):
        hand.key("Next")
        window.settle()
        if chosen(window) == "00000":
            break
    assert chosen(window) == "00000"
    assert pins(window)[-1] == "00000"
    assert len(tree.get_children()) == 600


def test_the_scroll_bar_stands_for_the_whole_list(open_window: Open, store: SqliteStore) -> None:
    """Drawn to the middle it brings the rows of the middle, and it stays where it was drawn to."""
    bring(store, 1000)
    window = open_window("ru")
    bar, tree = window.view.table.down, window.view.table.tree
    assert bar.get()[1] < 0.1
    window.root.tk.call(*window.root.tk.splitlist(str(bar.cget("command"))), "moveto", "0.5")
    window.wait_until(lambda: "00499" in pins(window))
    window.settle()
    top = tree.identify_row(tree.winfo_height() - 30 - 3 * window.view.table.tree.winfo_height() // 4)
    assert abs(int(tree.set(top, "client_pin")) - 499) < 40
    assert abs(bar.get()[0] - 0.5) < 0.03
    window.root.tk.call(*window.root.tk.splitlist(str(bar.cget("command"))), "moveto", "1.0")
    window.wait_until(lambda: pins(window)[-1] == "00000")


def test_many_rows_are_written_in_pieces(open_window: Open, store: SqliteStore) -> None:
    """The window can draw and take keys before all of them are there; in the end each is in its place."""
    window = open_window("ru")
    table, tree = window.view.table, window.view.table.tree
    rows = [Row(n + 1, ("",) * 3 + (str(n),) + ("",) * 10, Mark.EXPECTED) for n in range(1000)]
    table.show_rows(rows, 0, 1000)
    assert len(tree.get_children()) == SCREEN
    window.wait_until(lambda: len(tree.get_children()) == 1000)
    assert [tree.set(name, "client_pin") for name in tree.get_children()] == [str(n) for n in range(1000)]
    others = [Row(n + 1, ("",) * 3 + (f"x{n}",) + ("",) * 10, Mark.PAID) for n in reversed(range(1000))]
    table.show_rows(others, 0, 1000)
    table.show_rows(rows[:500], 0, 500)  # before the others were all written
    window.wait_until(lambda: len(tree.get_children()) == 500)
    assert [tree.set(name, "client_pin") for name in tree.get_children()] == [str(n) for n in range(500)]


def test_a_long_status_line_is_cut_with_a_tip(open_window: Open, store: SqliteStore) -> None:
    """Sums of many units and statuses leave room for how the database answers; the tip has them all."""
    window = open_window("ru")
    view = window.view
    text = " · ".join(f"Ожидаем {n}: {n}00 000,00 RUB, вклад {n}0 000 RUB" for n in range(1, 12))
    view.table.show_summary(text)
    window.root.update()
    shown = str(view.summary.cget("text"))
    assert shown.endswith("…") and text.startswith(shown[:-1])
    assert view.connection.winfo_viewable()
    assert view.summary.winfo_x() + view.summary.winfo_width() <= view.connection.winfo_x()
    view.summary.event_generate("<Enter>")
    window.wait_until(
        lambda: any(
            str(label.cget("text")) == text
            for tip in view.summary.winfo_children()
            for label in tip.winfo_children()
        )
    )


# ------------------------------------------------------------------------------------------- links


def links_in(widget: tkinter.Misc) -> Iterator[Link]:
    """Give the links in a widget that can be seen."""
    for child in widget.winfo_children():
        if isinstance(child, Link) and child.winfo_viewable():
            yield child
        yield from links_in(child)


@pytest.fixture
def main(history: SqliteStore, app: App, wait_until: WaitUntil) -> MainWindow:
    """Give the main window of a lead whose numbers have rows."""
    assert app.login is not None
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: app.main is not None and app.main.entries is not None)
    assert app.main is not None
    window = app.main
    wait_until(lambda: not window.tasks.is_busy)
    return window


def page_of(main: MainWindow) -> EntriesView:
    """Give the entry page."""
    view = main.pages.nametowidget(main.pages.tabs()[0])
    assert isinstance(view, EntriesView)
    return view


def forecast_of(main: MainWindow, wait_until: WaitUntil) -> ForecastView:
    """Open the forecast page."""
    main.pages.select(1)
    found: list[ForecastView] = []

    def look() -> bool:
        holder = main.pages.nametowidget(main.pages.tabs()[1])
        found[:] = [child for child in holder.winfo_children() if isinstance(child, ForecastView)]
        return bool(found) and bool(found[0].table.cells()) and not main.tasks.is_busy

    wait_until(look)
    return found[0]


def digits(text: str) -> int:
    """Read a whole number."""
    return int("".join(sign for sign in text if sign.isdigit()))


def test_a_number_of_the_head_line_is_a_link(main: MainWindow, hand: Hand, wait_until: WaitUntil) -> None:
    """A hand over it, underlined with the focus; a click shows its rows, a button leads back."""
    view = page_of(main)
    before = view.table.tree.get_children()
    link = next(each for each in links_in(view.head) if each.number is not None)
    assert str(link.cget("cursor")) == "hand2"
    plain = str(link.cget("font"))
    link.focus_force()
    main.update()
    assert str(link.cget("font")) != plain
    said = digits(str(link.cget("text")))
    hand.click(link)
    wait_until(lambda: view.filters.opened_text.cget("text") and not main.tasks.is_busy)
    assert said > 0
    assert focused(main) is view.table.tree
    hand.click(view.filters.back_button)
    wait_until(lambda: not main.tasks.is_busy and not view.filters.opened.winfo_ismapped())
    assert view.table.tree.get_children() == before


def test_links_of_the_forecast_page_open_the_entry_page(
    main: MainWindow, hand: Hand, wait_until: WaitUntil
) -> None:
    """Each link of the cards is reached with Tab; Enter brings the entry page with the number's rows."""
    forecast = forecast_of(main, wait_until)
    links = list(links_in(forecast.cards))
    assert len(links) >= 6
    forecast.period.focus_force()
    reached = []
    for _ in range(20):
        hand.key("Tab")
        reached.append(focused(main))
    assert set(links) <= set(reached)
    link = next(each for each in links if digits(str(each.cget("text"))) == 17)
    link.focus_force()  # "12 of 17 in the last 365 days"
    hand.key("Return")
    view = page_of(main)
    wait_until(lambda: main.pages.index("current") == 0 and not main.tasks.is_busy)
    wait_until(lambda: len(view.table.tree.get_children()) == 17)
    assert str(view.filters.opened_text.cget("text")).startswith("Оплачено или отказано за 365 дней: 17,")


def test_a_cell_of_the_table_is_opened_by_keys(main: MainWindow, hand: Hand, wait_until: WaitUntil) -> None:
    """The arrow keys go from link to link of a row, Enter opens the one that is marked."""
    forecast = forecast_of(main, wait_until)
    tree, links = forecast.table.tree, forecast.table.links
    tree.focus_force()
    hand.key("Down")
    row = tree.index(tree.focus())
    heads = [str(tree.heading(name, "text")) for name in tree.cget("columns")]
    wait_until(lambda: links.marked is not None)
    while links.marked != (row, heads.index("Просрочено")):
        before = links.marked
        hand.key("Right")
        assert links.marked != before, "no further link"
    hand.key("Return")
    view = page_of(main)
    wait_until(lambda: main.pages.index("current") == 0 and not main.tasks.is_busy)
    wait_until(lambda: len(view.table.tree.get_children()) == 3)
    assert {Part.PAY_BY, Part.STATUSES} <= set(view.filters.chips)


def test_a_cell_of_the_table_is_opened_by_a_click(
    main: MainWindow, wait_until: WaitUntil, hand: Hand
) -> None:
    """Under the mouse a number that has rows looks like a link; a forecast does not."""
    forecast = forecast_of(main, wait_until)
    tree = forecast.table.tree
    heads = [str(tree.heading(name, "text")) for name in tree.cget("columns")]
    row = tree.get_children()[0]

    def point(head: str) -> tuple[int, int]:
        x, y, width, height = (int(part) for part in tree.bbox(row, f"#{heads.index(head) + 1}"))
        return x + width // 2, y + height // 2

    before = set(tree.winfo_children())
    x, y = point("Прогноз")
    tree.event_generate("<Motion>", x=x, y=y, warp=True)
    main.update()
    assert set(tree.winfo_children()) == before
    x, y = point("Ожидаем")
    tree.event_generate("<Motion>", x=x, y=y, warp=True)
    main.update()
    (over,) = [child for child in tree.winfo_children() if child not in before]
    assert str(over.cget("cursor")) == "hand2"
    hand.click(over)
    wait_until(lambda: main.pages.index("current") == 0 and not main.tasks.is_busy)
    wait_until(lambda: len(page_of(main).table.tree.get_children()) == 7)


def test_from_new_opens_its_managers(
    main: MainWindow, wait_until: WaitUntil, dialogs: Callable[[], list[FromNewDialog]], hand: Hand
) -> None:
    """A small window shows the managers, whose parts come to the number; Escape closes it."""
    forecast = forecast_of(main, wait_until)
    name = next(name for name in forecast.period.names if "2027" in name or "2026" in name)
    assert name
    forecast.period.take(forecast.period.names[2])  # the year
    wait_until(lambda: not main.tasks.is_busy)
    wait_until(lambda: any(each.number == "from_new" for each in links_in(forecast.cards)))
    link = next(each for each in links_in(forecast.cards) if each.number == "from_new")
    said = digits(str(link.cget("text")))
    link.focus_force()
    hand.key("Return")
    wait_until(dialogs)
    (dialog,) = dialogs()
    total, *parts = [digits(row[1]) for row in dialog.table.cells()]
    assert total == said == sum(parts) > 0
    hand.key("Escape")
    wait_until(lambda: not dialogs())


@pytest.fixture
def dialogs(main: MainWindow) -> Callable[[], list[FromNewDialog]]:
    """Give what finds the open dialogs."""
    top = main.winfo_toplevel()
    return lambda: [child for child in top.winfo_children() if isinstance(child, FromNewDialog)]
