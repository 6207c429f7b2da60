"""The forecast page with real widgets on a screen, over a real database."""

from __future__ import annotations

import subprocess
import sys
import time
import tkinter as tk
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from tkinter import font as tkfont
from uuid import uuid4

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.credentials import PasswordKind, new_token
from mini_crm.domain.model import ImportRow, Status, Target
from mini_crm.domain.period import Period, PeriodKind, following, month_of, preceding, quarter_of
from mini_crm.i18n import Texts
from mini_crm.report.wording import period_name
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.desk import Desk
from mini_crm.ui.forecast.page_presenter import ForecastPresenter
from mini_crm.ui.forecast.page_view import ForecastView
from mini_crm.ui.tasks import Tasks
from mini_crm.ui.theme import Theme
from ui.conftest import CODE, LEAD, Clock, Hand, WaitUntil, press, quick_key, type_into

CHART, PAYING, COMMITMENT, ACCURACY = range(4)
RUSSIAN = Texts("ru")


def sale(manager: str, entered_on: date, amount: int, status: Status, status_on: date | None) -> ImportRow:
    """Make a row of a file."""
    group = "Штуки" if manager == "Белов Глеб" else "Север"
    return ImportRow(
        line=2, client_ref=uuid4(), lead=LEAD, group=group, manager=manager, client_pin=uuid4().hex[:6],
        amount=Decimal(amount), paid_amount=None, entered_on=entered_on, status=status, status_on=status_on,
        pay_by=entered_on + timedelta(days=7), comment="",
    )  # fmt: skip


@pytest.fixture
def today(store: SqliteStore, clock: Clock) -> date:
    """Put the database's clock to noon in the middle of the month, and give that day."""
    middle = clock().replace(day=15, hour=12, minute=0)
    clock.ahead = middle - clock() + clock.ahead
    return middle.date()


@pytest.fixture
def history(store: SqliteStore, clock: Clock, today: date) -> SqliteStore:
    """Give the database with sales of 40 days, a target, and the results of three days."""
    rows = []
    for back in range(1, 41):
        entered = today - timedelta(days=back)
        paid_on = min(entered + timedelta(days=3), today)
        rows.append(sale("Орлов Пётр", entered, 1000, Status.PAID if back % 2 else Status.REFUSED, paid_on))
        rows.append(sale("Ёлкина Вера", entered, 500, Status.EXPECTED, None))
    rows.append(sale("Белов Глеб", today - timedelta(days=2), 7, Status.EXPECTED, None))
    store.import_entries("old.csv", rows, "test")
    store.set_targets([Target(month_of(today), LEAD, "RUB", Decimal(50_000))], "test")
    store.add_period(Period(PeriodKind.CUSTOM, today, today + timedelta(days=20), "Акция"), "test")
    now = clock.ahead
    for back in (2, 1, 0):
        clock.ahead = now - timedelta(days=back)
        store.aggregate_forecast(None, "test")
    return store


@dataclass
class Opened:
    """The page as it stands on the screen."""

    view: ForecastView
    presenter: ForecastPresenter
    token: bytes
    root: ttk.App

    def table(self) -> list[tuple[str, ...]]:
        """Give the rows of the table by manager."""
        return self.view.table.cells()

    def picture_size(self) -> tuple[int, int]:
        """Give width and height of the chart that is shown."""
        image = page_image(self.view)
        call = self.root.tk.call
        return int(call("image", "width", image)), int(call("image", "height", image))

    def show(self, page: int) -> None:
        """Bring one of the lower pages to the front."""
        self.view.pages.select(page)
        self.root.update()


def page_image(view: ForecastView) -> str:
    """Give the name of the chart's picture, empty if there is none."""
    shown = view.chart.label.cget("image")
    return str(shown[0] if isinstance(shown, tuple) else shown)


class Opener:
    """Opens the page as the window does."""

    def __init__(self, root: ttk.App, theme: Theme, store: SqliteStore, clock: Clock) -> None:
        self.root, self.theme, self.store, self.clock = root, theme, store, clock
        self.tasks: list[Tasks] = []

    def __call__(self, texts: Texts, size: str = "1024x640") -> Opened:
        """Open the page in a window of this size."""
        root = self.root
        root.geometry(f"{size}+0+0")
        root.update()
        kind, kdf = self.store.get_salt(LEAD)
        assert kind is PasswordKind.CODE
        token = new_token()
        session = self.store.sign_in(LEAD, quick_key(CODE, kind, kdf), token, "PC")
        self.tasks.append(Tasks(root, self.store.close))
        desk = Desk(self.store, texts, self.tasks[-1], session, token, "company.sqlite")
        view = ForecastView(root, texts, self.theme)
        view.pack(fill="both", expand=True)
        presenter = ForecastPresenter(desk, view, now=self.clock)
        presenter.start()
        end = time.monotonic() + 20
        while not (view.period.get() and (view.chart.drawn or not self._draws(view))):
            assert time.monotonic() < end, "the page does not come"
            root.update()
        root.update()
        return Opened(view, presenter, token, root)

    def _draws(self, view: ForecastView) -> bool:
        """Say whether a chart is to come; while the sentence is there instead, none is."""
        return not view.chart.label.cget("text") or "\u2026" in str(view.chart.label.cget("text"))


@pytest.fixture
def open_page(root: ttk.App, theme: Theme, store: SqliteStore, clock: Clock) -> Iterator[Opener]:
    """Give what opens the page."""
    opener = Opener(root, theme, store, clock)
    yield opener
    for tasks in opener.tasks:
        tasks.close()
        tasks.join()


def labels(widget: tk.Misc) -> Iterator[ttk.Label]:
    """Give every label that can be seen."""
    for child in widget.winfo_children():
        if child.winfo_viewable() and child.winfo_class() == "TLabel":
            assert isinstance(child, ttk.Label)
            yield child
        yield from labels(child)


def test_nothing_of_the_plotting_library_is_loaded_before_a_chart_is_drawn() -> None:
    """Importing the page, as the window does when it is opened, loads neither matplotlib nor numpy."""
    code = (
        "import sys, mini_crm.ui.forecast.page_view, mini_crm.ui.forecast.page_presenter; "
        "print([name for name in ('matplotlib', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_page_shows_managers_totals_and_chart(history: SqliteStore, open_page: Opener, texts: Texts) -> None:
    """The page opens with a total and the managers of each unit, eight cards, and a chart of its size."""
    page = open_page(texts)
    names = [row[0] for row in page.table()]
    pieces = texts.gettext("pcs")
    total = texts.gettext("Total, {unit}")
    assert names == [
        total.format(unit="RUB"), "Ёлкина Вера", "Орлов Пётр", total.format(unit=pieces), "Белов Глеб",
    ]  # fmt: skip
    assert len(page.view.cards.winfo_children()) == 8
    assert page.picture_size() == (page.view.chart.winfo_width(), page.view.chart.winfo_height())


def test_nothing_is_cut_off_at_the_smallest_size(
    history: SqliteStore, open_page: Opener, texts: Texts
) -> None:
    """At 1024 x 640 every text has the room it asks for, on each of the lower pages."""
    page = open_page(texts)
    for number in (CHART, PAYING, COMMITMENT, ACCURACY):
        page.show(number)
        below = page.root.winfo_rooty() + page.root.winfo_height()
        cut = [
            (label.cget("text"), label.winfo_reqwidth(), label.winfo_width())
            for label in labels(page.view)
            if label.winfo_reqwidth() > label.winfo_width() + 1
            or label.winfo_reqheight() > label.winfo_height() + 1
            or label.winfo_rooty() + label.winfo_height() > below
        ]
        assert cut == []
    page.show(COMMITMENT)
    for widget in (
        page.view.commitment.save,
        page.view.commitment.amount.input,
        page.view.commitment.note.input,
    ):
        assert widget.winfo_rooty() + widget.winfo_height() <= below


def test_period_is_chosen_with_the_keyboard(
    history: SqliteStore, open_page: Opener, wait_until: WaitUntil
) -> None:
    """Down opens the list of periods, Down and Enter choose the next one, and its numbers are shown."""
    page = open_page(RUSSIAN)
    month = page.table()
    assert len(page.view.period.names) == 10
    for key in ("<Down>", "<Down>", "<Return>"):
        press(page.view.period, key)
    wait_until(lambda: page.table() != month)
    assert page.view.period.chosen == 1


def test_one_number_stands_largest_and_its_parts_add_up(
    history: SqliteStore, open_page: Opener, texts: Texts, theme: Theme
) -> None:
    """The whole number has the largest letters of the page; the three parts below it come to it."""
    page = open_page(texts)
    sizes = {label: size_of_letters(label) for label in labels(page.view)}
    largest = sizes.pop(page.view.title)
    assert max(sizes.values()) < largest
    paid, from_open, from_new = (number_of(value) for value in numbers_of_cards(page.view)[:3])
    whole = str(page.view.title.cget("text")).split(":")[1]
    assert paid + from_open + from_new == number_of(whole) > 0


def numbers_of_cards(view: ForecastView) -> list[str]:
    """Give the numbers of the cards, as they can be read."""
    found = []
    for box in view.cards.winfo_children():
        value = box.winfo_children()[1]
        found.append("".join(str(each.cget("text")) for each in with_text(value)))
    return found


def with_text(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Give all labels in a widget, links too."""
    for child in widget.winfo_children():
        if child.winfo_class() in ("TLabel", "Label"):
            yield child
        yield from with_text(child)


def size_of_letters(label: ttk.Label) -> int:
    """Give the size of a label's font, in points."""
    return abs(int(tkfont.Font(font=ttk.Style().lookup(str(label.cget("style")), "font")).actual("size")))


def number_of(text: str) -> int:
    """Read a whole number from a text with a unit."""
    return int("".join(letter for letter in text if letter.isdigit()))


def test_how_the_company_gets_paid_is_drawn(
    history: SqliteStore, open_page: Opener, wait_until: WaitUntil, hand: Hand
) -> None:
    """Each subject that is clicked is drawn in the size that there is, with its sentence above."""
    page = open_page(RUSSIAN)
    page.show(PAYING)
    paying = page.view.paying
    said = set()
    for number, button in enumerate(paying.buttons):
        hand.click(button, x=0.1)
        wait_until(lambda number=number: paying.picture.drawn > number)
        said.add(str(paying.sentence.cget("text")))
        image = str(paying.picture.label.cget("image")[0])
        size = [int(page.root.tk.call("image", side, image)) for side in ("width", "height")]
        assert size == [paying.picture.winfo_width(), paying.picture.winfo_height()]
    assert len(said) == len(paying.buttons) == 6


def test_accuracy_is_told_from_the_first_day(
    store: SqliteStore, today: date, open_page: Opener, texts: Texts
) -> None:
    """With history and a first run, the page tells how it would have missed in the last half year."""
    rows = []
    for back in range(3, 120):
        entered = today - timedelta(days=back)
        status = Status.PAID if back % 2 else Status.REFUSED
        rows.append(sale("Орлов Пётр", entered, 1000, status, entered + timedelta(days=2)))
    store.import_entries("old.csv", rows, "test")
    store.aggregate_forecast(None, "test")
    page = open_page(texts)
    page.show(ACCURACY)
    note = page.view.accuracy_note
    assert note.winfo_viewable()
    russian = "Насколько ошибся бы прогноз за последние полгода, на 28 дней вперёд, пересчитано"
    english = "How the forecast would have missed in the last half year, 28 days ahead, recalculated"
    assert str(note.cget("text")).startswith(russian if texts.language == "ru" else english)
    ((days, unit, made, evenings, *_rest),) = page.view.accuracy.cells()
    assert "28" in days
    assert (unit, made) == ("RUB", texts.gettext("recalculated"))
    assert int(evenings) > 3


def test_a_month_that_is_over_shows_how_its_forecast_went(
    history: SqliteStore, open_page: Opener, wait_until: WaitUntil, today: date, texts: Texts
) -> None:
    """Last month shows what came, its misses, a chart of replays, and takes no new commitment."""
    last = preceding(month_of(today))
    history.keep_replays([last.end - timedelta(days=back) for back in (21, 14, 7)], "test")
    page = open_page(texts)
    drawn = page.view.chart.drawn
    name = period_name(last, texts)
    page.view.period.take(name)
    wait_until(lambda: page.view.chart.drawn > drawn)
    assert name == page.view.period.get()
    title = str(page.view.title.cget("text"))
    assert title.startswith("Итог на" if texts.language == "ru" else "Came by")
    shown = " ".join(str(label.cget("text")) for label in labels(page.view.cards))
    assert texts.gettext("Forecast missed by") in shown
    assert texts.gettext("recalculated") in shown
    page.show(COMMITMENT)
    assert page.view.commitment.save.instate(["disabled"])


def test_a_month_that_has_not_begun_shows_its_number_only(
    history: SqliteStore, open_page: Opener, wait_until: WaitUntil, today: date
) -> None:
    """Chosen with the keyboard, next month has a number and a range and says from when on it is drawn."""
    page = open_page(RUSSIAN)
    coming = following(month_of(today))
    for key in ("<Down>", "<Down>", "<Down>", "<Down>", "<Return>"):
        press(page.view.period, key)
    wait_until(lambda: page.view.period.get() == period_name(coming, RUSSIAN))
    wait_until(lambda: not page.view.chart.label.cget("image"))
    assert "ещё не начался" in str(page.view.chart.label.cget("text"))
    assert "Вероятный диапазон (8 случаев из 10)" in str(page.view.likely.cget("text"))
    assert len(page.view.cards.winfo_children()) == 4


def test_unit_is_chosen(history: SqliteStore, open_page: Opener, wait_until: WaitUntil) -> None:
    """With two units the other one can be chosen; cards and chart are then of that unit only."""
    page = open_page(RUSSIAN)
    assert page.view.unit.winfo_viewable()
    assert page.view.unit.get() == "RUB"
    page.view.unit.take(page.view.unit.names[1])

    def cards() -> str:
        return " ".join(str(label.cget("text")) for label in labels(page.view.cards))

    wait_until(lambda: "шт" in cards())
    assert "RUB" not in cards()
    assert page.view.chart.label.cget("image")


def test_commitment_is_typed_and_recorded(
    history: SqliteStore, open_page: Opener, wait_until: WaitUntil, today: date
) -> None:
    """Amount, Enter, note, Enter: the commitment is in the database and in the list, the form is empty."""
    page = open_page(RUSSIAN)
    page.show(COMMITMENT)
    type_into(page.view.commitment.amount.input, "12 500,50")
    press(page.view.commitment.amount.input, "<Return>")
    assert page.root.focus_get() is page.view.commitment.note.input
    type_into(page.view.commitment.note.input, "два договора")
    press(page.view.commitment.note.input, "<Return>")
    wait_until(lambda: page.view.commitment.list.cells())
    ((_, amount, note),) = page.view.commitment.list.cells()
    assert (amount.replace("\u00a0", " "), note) == ("12 500,50 RUB", "два договора")
    (stored,) = history.list_commitments(page.token, month_of(today))
    assert (stored.amount, stored.note) == (Decimal("12500.50"), "два договора")
    assert page.view.commitment.amount.get() == page.view.commitment.note.get() == ""
    assert page.view.notice.sentence
    assert history.list_commitments(page.token, quarter_of(today)) == ()


def test_wrong_amount_is_said_below_the_field(history: SqliteStore, open_page: Opener) -> None:
    """A wrong amount has its sentence below, the cursor is back in it, and the text is still there."""
    page = open_page(RUSSIAN)
    page.show(COMMITMENT)
    type_into(page.view.commitment.amount.input, "много")
    page.view.commitment.save.invoke()
    page.root.update()
    assert "«много»" in page.view.commitment.amount.error
    assert page.root.focus_get() is page.view.commitment.amount.input
    assert page.view.commitment.amount.get() == "много"


def test_typed_commitment_stays_when_the_page_is_shown_anew(
    history: SqliteStore, open_page: Opener, wait_until: WaitUntil
) -> None:
    """A newer forecast changes the numbers and leaves alone what is typed, chosen and marked."""
    page = open_page(RUSSIAN)
    page.show(COMMITMENT)
    type_into(page.view.commitment.amount.input, "77")
    row = page.view.table.tree.get_children()[1]
    page.view.table.tree.selection_set(row)
    before = page.table()
    history.import_entries(
        "new.csv", [sale("Орлов Пётр", date(2026, 1, 5), 9000, Status.EXPECTED, None)], "test"
    )
    history.aggregate_forecast(None, "test")
    page.presenter.refresh()
    wait_until(lambda: page.table() != before)
    assert page.view.commitment.amount.get() == "77"
    tree = page.view.table.tree
    assert [tree.index(item) for item in tree.selection()] == [1]


def test_all_columns_are_reached_with_the_keyboard(history: SqliteStore, open_page: Opener) -> None:
    """In a narrow window the right arrow key brings the last column into sight, the left one the first."""
    page = open_page(RUSSIAN)
    tree = page.view.table.tree
    assert tree.xview()[1] < 1.0
    for _ in range(30):
        press(tree, "<Right>")
    assert tree.xview()[1] == 1.0
    for _ in range(30):
        press(tree, "<Left>")
    assert tree.xview()[0] == 0.0
    press(tree, "<Down>")
    assert tree.index(tree.selection()[0]) == 1


def test_rows_are_copied_as_text(history: SqliteStore, open_page: Opener) -> None:
    """Ctrl+C puts the chosen rows below their headings into the clipboard, a column after the other."""
    page = open_page(RUSSIAN)
    tree = page.view.table.tree
    tree.selection_set(tree.get_children()[:2])
    tree.focus_force()
    tree.event_generate("<<Copy>>")
    head, *lines = page.root.clipboard_get().split("\n")
    assert head.split("\t") == [str(tree.heading(name, "text")) for name in tree.cget("columns")]
    assert [line.split("\t") for line in lines] == [list(row) for row in page.table()[:2]]


def test_one_day_gives_a_sentence_and_no_chart(
    store: SqliteStore, today: date, open_page: Opener, texts: Texts
) -> None:
    """With the results of one day only, the page says so where the chart would be."""
    store.import_entries("a.csv", [sale("Орлов Пётр", today, 100, Status.EXPECTED, None)], "test")
    store.aggregate_forecast(None, "test")
    page = open_page(texts)
    assert not page.view.chart.label.cget("image")
    assert texts.gettext("no history") in page.table()[0]
    assert str(page.view.mark.cget("text")).startswith("⚠")
    sentence = str(page.view.chart.label.cget("text"))
    assert ("два дня" if texts.language == "ru" else "two days") in sentence


def test_page_before_the_first_run(store: SqliteStore, today: date, open_page: Opener) -> None:
    """Without any run there is a sentence in the middle of the empty table."""
    page = open_page(RUSSIAN)
    assert page.table() == []
    assert page.view.nothing.winfo_viewable()
    assert "ещё не считался" in page.view.nothing.cget("text")


def test_chart_follows_the_window(history: SqliteStore, open_page: Opener, wait_until: WaitUntil) -> None:
    """A larger window gets a larger chart, drawn once when it has come to rest."""
    page = open_page(RUSSIAN)
    drawn = page.view.chart.drawn
    for width in (1100, 1150, 1200):
        page.root.geometry(f"{width}x760+0+0")
        page.root.update()
    wait_until(lambda: page.view.chart.drawn > drawn)
    assert page.picture_size() == (page.view.chart.winfo_width(), page.view.chart.winfo_height())
    assert page.view.chart.drawn == drawn + 1
