"""Chances in the list of entries: their day, promises moved beyond it, and why they are what they are."""

from __future__ import annotations

import tkinter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from mini_crm.domain.model import ImportRow, Status
from mini_crm.domain.period import Period, PeriodKind, following, month_of
from mini_crm.i18n import Texts
from mini_crm.report.wording import period_name
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.entries.columns import displayed
from mini_crm.ui.entries.why_view import WhyDialog
from mini_crm.ui.forecast.page_view import ForecastView
from ui.conftest import CODE, LEAD, Clock, Hand, WaitUntil
from ui.entries_window import Open, Window, open_window

__all__ = ["open_window"]
RUSSIAN = Texts("ru")


@pytest.fixture
def today(clock: Clock) -> date:
    """Put the database's clock to the morning of the 15th, and give that day."""
    middle = clock().replace(day=15, hour=8, minute=0)
    clock.ahead = middle - clock() + clock.ahead
    return middle.date()


def row(
    entered_on: date, pay_by: date, status: Status = Status.EXPECTED, on: date | None = None
) -> ImportRow:
    """Make a row of a file."""
    return ImportRow(
        line=2, client_ref=uuid4(), lead=LEAD, group="Север", manager="Орлов Пётр", client_pin="77",
        amount=Decimal(1000), paid_amount=None, entered_on=entered_on, pay_by=pay_by, status=status,
        status_on=on, comment="",
    )  # fmt: skip


@pytest.fixture
def history(store: SqliteStore, today: date) -> SqliteStore:
    """Give the database with closed entries of 60 days, and three open ones: old, moved, and paid since."""
    rows = []
    for back in range(3, 60):
        entered = today - timedelta(days=back)
        status = Status.PAID if back % 2 else Status.REFUSED
        rows.append(row(entered, entered + timedelta(days=7), status, entered + timedelta(days=2)))
    store.import_entries("old.csv", rows, "test")
    end = month_of(today).end
    is_open = row(today - timedelta(days=12), today + timedelta(days=2))
    is_moved = row(today - timedelta(days=5), end)
    store.import_entries("open.csv", [is_open, is_moved], "test")
    moved = replace(is_moved, pay_by=end + timedelta(days=3))
    store.import_entries("open.csv", [is_open, moved], "test", update=True)
    store.aggregate_forecast(None, "test")
    return store


@pytest.fixture
def window(history: SqliteStore, open_window: Open) -> Window:
    """Give the entry page over that history, in Russian."""
    opened = open_window("ru")
    opened.wait_until(lambda: opened.desk.choice.period is not None)
    opened.settle()
    return opened


def open_entries(window: Window) -> list[int]:
    """Give the numbers of the open entries, oldest first."""
    return [entry.entry_id for entry in window.entries() if entry.status is Status.EXPECTED]


def test_f9_tells_why(window: Window, hand: Hand, today: date) -> None:
    """F9 on a row lists what the run knew of the entry, and what the entry adds; Escape closes it."""
    entry_id = open_entries(window)[0]
    window.choose(entry_id)
    hand.key("F9")
    dialog = window.dialog(WhyDialog)
    end = f"{month_of(today).end:%d.%m}"
    texts = [text for text, _value in dialog.lines]
    assert texts[0] == "открыта 12 дней; наработки такого возраста оплачивают"
    assert texts[1] == f"руководитель {LEAD}"
    promised = today + timedelta(days=2)
    assert texts[3].startswith(f"впервые обещана на {promised:%d.%m.%Y}, ")
    assert texts[4:] == [
        "осталось платёжных дней",
        f"шанс до {end}",
        "недавний темп компании",
        "вклад в прогноз",
    ]
    values = [value.replace("\u00a0", " ") for _text, value in dialog.lines]
    assert values[0].endswith("% в день")
    assert all(values[at].startswith("× ") for at in (1, 2, 3, 6))
    (chance,) = window.store.list_chances(window.desk.token, month_of(today), [entry_id])
    assert values[7] == f"{chance.contribution:.0f} RUB"
    assert abs(float(values[5].split()[0].replace(",", ".")) / 100 - chance.probability) <= 0.005
    hand.key("Escape")
    window.wait_until(lambda: not dialog.winfo_exists())


def test_the_menu_of_a_row_offers_it(window: Window) -> None:
    """The menu of the row has the line with its key, and choosing it opens the dialog."""
    window.choose(open_entries(window)[0])
    menu = window.view.table.menu(window.presenter)
    labels = [
        menu.entrycget(at, "label") for at in range(int(menu.index("end") or 0)) if menu.type(at) == "command"
    ]
    assert "Почему такой шанс?" in labels
    menu.invoke("Почему такой шанс?")
    assert window.dialog(WhyDialog).lines


def test_a_closed_entry_says_why_it_has_no_chance(window: Window, today: date) -> None:
    """A paid entry has no lines, and the day on which it was paid."""
    paid = next(entry for entry in window.entries() if entry.status is Status.PAID)
    window.choose(paid.entry_id)
    window.key("<F9>")
    dialog = window.dialog(WhyDialog)
    assert dialog.lines == []
    assert dialog.sentence == f"Наработка оплачена {paid.status_on:%d.%m.%Y}: шанс бывает только у открытых."


def test_an_entry_made_after_the_run_says_so(window: Window, today: date) -> None:
    """What the run could not know has no chance yet; the sentence names the run's time."""
    number = window.enter("Орлов", "4242", "500", f"{today + timedelta(days=5):%d.%m.%Y}")
    window.choose(number)
    window.key("<F9>")
    assert "после последнего пересчёта" in window.dialog(WhyDialog).sentence


def test_a_promise_moved_beyond_the_period_is_marked(window: Window, today: date) -> None:
    """The row that was promised for this month and is now for the next says so; in the next month no more."""
    as_is, moved = open_entries(window)
    tree = window.view.table.tree
    assert "перенесено" in str(tree.set(str(moved), "status"))
    assert "перенесено" not in str(tree.set(str(as_is), "status"))
    window.desk.choice.choose(following(month_of(today)))
    window.settle()
    assert "перенесено" not in str(tree.set(str(moved), "status"))


def test_chances_follow_the_period(window: Window, today: date) -> None:
    """Next month's chances stand in the column when that is chosen, those of a month that is over nowhere."""
    (number, _moved), tree = open_entries(window), window.view.table.tree
    month = str(tree.set(str(number), "probability"))
    coming = following(month_of(today))
    window.desk.choice.choose(coming)
    window.settle()
    (chance,) = window.store.list_chances(window.desk.token, coming, [number])
    assert str(tree.set(str(number), "probability")) == f"{100 * chance.probability:.0f}\u00a0%" != month
    over = Period(PeriodKind.MONTH, *_last_month(today))
    window.desk.choice.choose(over)
    window.settle()
    assert str(tree.set(str(number), "probability")) == ""
    window.desk.choice.choose(month_of(today))
    window.settle()
    assert str(tree.set(str(number), "probability")) == month


def _last_month(today: date) -> tuple[date, date]:
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


@pytest.mark.parametrize(("width", "is_said"), [(1024, False), (1500, True)])
def test_the_day_of_the_chances_is_named(window: Window, today: date, width: int, is_said: bool) -> None:
    """A wide window says the day in the head; in a narrow one the tip does, and nothing is cut for it."""
    window.root.geometry(f"{width}x640+0+0")
    window.view.filters.status.take("Ожидаем")
    window.settle()
    tree = window.view.table.tree
    whole = f"Шанс до {month_of(today).end:%d.%m}"
    assert str(tree.heading("probability", "text")) == (whole if is_said else "Шанс")
    if not is_said:
        number = f"#{displayed(tree).index('probability') + 1}"
        x = next(x for x in range(width) if tree.identify_column(x) == number)
        tree.event_generate("<Motion>", x=x + 5, y=8, warp=True)
        window.wait_until(lambda: whole in list(tips(tree)))


def tips(tree: tkinter.Misc) -> Iterator[str]:
    """Give the texts of the small windows over a widget."""
    for child in tree.winfo_children():
        if isinstance(child, tkinter.Toplevel):
            yield from (str(label.cget("text")) for label in child.winfo_children())


def test_one_choice_for_both_pages(
    history: SqliteStore, app: App, wait_until: WaitUntil, today: date
) -> None:
    """What is chosen on either page is shown on both, and is chosen again when the window is opened again."""
    assert app.login is not None
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: app.main is not None and app.main.entries is not None)
    main = app.main
    assert main is not None
    entries = main._entries_view
    assert entries is not None
    wait_until(lambda: entries.head.period.names)
    coming, month = (period_name(one, RUSSIAN) for one in (following(month_of(today)), month_of(today)))
    entries.head.period.take(coming)
    main.pages.select(1)
    wait_until(lambda: main.forecast is not None)
    page = next(child for child in descendants(main) if isinstance(child, ForecastView))
    wait_until(lambda: page.period.get() == coming)
    page.period.take(month)
    wait_until(lambda: entries.head.period.get() == month)
    page.period.take(coming)
    wait_until(lambda: entries.head.period.get() == coming)
    main.leave()
    wait_until(lambda: app.login is not None and app.login.winfo_exists() and app.main is None)
    app.login.on_sign_in(LEAD, CODE)
    wait_until(lambda: app.main is not None and app.main.entries is not None)
    again = app.main._entries_view
    assert again is not None
    wait_until(lambda: again.head.period.get() == coming)


def descendants(widget: tkinter.Misc) -> Iterator[tkinter.Misc]:
    """Give all widgets below one."""
    for child in widget.winfo_children():
        yield child
        yield from descendants(child)
