"""The page of a head of sales with real widgets, events and a database."""

from __future__ import annotations

import time
import tkinter as tk
from _tkinter import DONT_WAIT
from collections.abc import Iterator
from random import Random

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.domain.model import RosterRow
from mini_crm.i18n import Texts
from mini_crm.report.bridge import Step, step_names
from mini_crm.report.past import steps_of
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.company.page_view import CompanyView
from mini_crm.ui.forecast.table import ReadOnlyTable
from mini_crm.ui.forecast.texts import Column
from mini_crm.ui.main_window import MainWindow
from mini_crm.ui.sign_in.password_dialogs import SignInAgainDialog
from mini_crm.ui.theme import Theme
from ui.company_data import HEAD, LONG, lead_name, make_company, sale
from ui.conftest import CODE, LEAD, Clock, Hand, WaitUntil, issue, press, type_into
from ui.test_app import answer_soon, open_dialogs

FEW, MANY = 5, 200
RUSSIAN = Texts("ru")


class Page:
    """The page as it stands in the window of somebody who has signed in."""

    def __init__(self, app: App, wait_until: WaitUntil) -> None:
        self.app = app
        self.wait = wait_until

    def sign_in(self, name: str = HEAD) -> MainWindow:
        """Sign in, and wait for the pages."""
        assert self.app.login is not None
        self.app.login.on_sign_in(name, CODE)
        self.wait(lambda: self.app.main is not None and self.app.main.pages.tabs())
        return self.main

    @property
    def main(self) -> MainWindow:
        """The main window."""
        assert self.app.main is not None
        return self.app.main

    @property
    def view(self) -> CompanyView:
        """The page, once it was opened."""
        for tab in self.main.pages.tabs():
            for child in self.main.nametowidget(tab).winfo_children():
                if isinstance(child, CompanyView):
                    return child
        raise AssertionError("the company page was not opened")

    def open(self, size: str = "1024x640", language: str = "ru") -> CompanyView:
        """Sign the head in and wait for the numbers and the picture."""
        root = self.app.root
        root.minsize(1, 1)
        root.geometry(f"{size}+0+0")
        root.update()
        self.app.switch_language(language)
        self.sign_in()
        self.wait(lambda: self.view.leads.cells())
        self.wait(lambda: self.view.bridge.picture.drawn)
        return self.view

    def names(self) -> list[str]:
        """Give the names in the table of leads."""
        return [row[0] for row in self.view.leads.cells()]


@pytest.fixture
def page(app: App, wait_until: WaitUntil) -> Page:
    """Give the program before anybody signs in."""
    return Page(app, wait_until)


@pytest.fixture
def few(store: SqliteStore, clock: Clock) -> SqliteStore:
    """Give a company of five leads beside those of the other tests."""
    make_company(store, clock, FEW)
    return store


@pytest.fixture
def many(store: SqliteStore, clock: Clock) -> SqliteStore:
    """Give a company of two hundred leads."""
    make_company(store, clock, MANY)
    return store


def labels(widget: tk.Misc) -> Iterator[ttk.Label | ttk.Button]:
    """Give every label and button that can be seen."""
    for child in widget.winfo_children():
        if child.winfo_viewable() and child.winfo_class() in ("TLabel", "TButton", "Toolbutton"):
            yield child  # type: ignore[misc]
        yield from labels(child)


# ------------------------------------------------------------------------------- which pages there are


def test_a_head_without_groups_opens_on_the_company(few: SqliteStore, page: Page) -> None:
    """There is one page; no form, and nothing that speaks of missing groups."""
    page.open()
    assert [page.main.pages.tab(tab, "text") for tab in page.main.pages.tabs()] == ["Компания"]
    assert page.main.entries is None
    assert page.main.forecast is None
    said = " ".join(str(label.cget("text")) for label in labels(page.main))
    assert "групп" not in said.casefold()
    assert page.main.may_close()


def test_a_head_with_groups_has_all_pages(few: SqliteStore, page: Page, wait_until: WaitUntil) -> None:
    """The own entries come first; the company is loaded when it is opened, and by nobody else."""
    few.set_head(LEAD, True, "test")
    main = page.sign_in(LEAD)
    wait_until(lambda: main.entries is not None and len(main.pages.tabs()) == 3)
    assert [main.pages.tab(tab, "text") for tab in main.pages.tabs()] == ["Наработки", "Прогноз", "Компания"]
    assert main.company is None
    main.pages.select(2)
    wait_until(lambda: main.company is not None and page.view.leads.cells())
    main.pages.select(0)


def test_a_lead_has_no_company_page(few: SqliteStore, page: Page, wait_until: WaitUntil) -> None:
    """Who is no head sees the two pages that there were."""
    main = page.sign_in(LEAD)
    wait_until(lambda: main.entries is not None)
    assert len(main.pages.tabs()) == 2


# ------------------------------------------------------------------------------- keys and clicks


def test_a_click_on_a_head_sorts_and_another_one_turns_it_round(
    few: SqliteStore, page: Page, hand: Hand, wait_until: WaitUntil
) -> None:
    """The name's column orders the leads by name, then backwards; the company stays below."""
    view = page.open()
    opened = page.names()
    hand.click(view.leads.tree, x=100, y=12)
    wait_until(lambda: page.names() != opened)
    forth = page.names()
    hand.click(view.leads.tree, x=100, y=12)
    wait_until(lambda: page.names() != forth)
    back = page.names()
    units = sum(name.startswith("Компания") for name in forth)
    assert forth[-units:] == back[-units:] == ["Компания, RUB", "Компания, шт."]
    assert forth[:-units] == sorted(forth[:-units]) == back[:-units][::-1]
    assert view.leads.tree.heading("0", "text") == "Руководитель ▼"


def test_keys_sort_find_open_and_go_back(
    few: SqliteStore, page: Page, hand: Hand, wait_until: WaitUntil
) -> None:
    """Without a mouse: another column orders, a name is found, Enter opens the lead, Escape goes back."""
    view = page.open()
    wait_until(lambda: view.leads.tree.selection())
    before = [str(view.leads.tree.heading(str(at), "text")) for at in range(5)]
    hand.key("Right", held=["Control"])
    after = [str(view.leads.tree.heading(str(at), "text")) for at in range(5)]
    assert before.index("К плану ▲") + 1 == next(at for at, text in enumerate(after) if text.endswith("▼"))
    type_into(view.search.input, "003")
    wait_until(lambda: page.names()[0] == lead_name(3) and len(page.names()) == 3)
    press(view.search.input, "<Return>")
    hand.key("Return")
    wait_until(lambda: view.entries.table.cells())
    assert view.name.cget("text") == lead_name(3)
    assert view.managers.winfo_viewable()
    hand.key("Escape")
    wait_until(lambda: view.leads.winfo_viewable())
    assert view.leads.tree.selection() == (view.leads.tree.focus(),)
    hand.key("Escape")
    wait_until(lambda: len(page.names()) > FEW)


def test_a_double_click_opens_a_lead_and_the_button_leads_back(
    few: SqliteStore, page: Page, hand: Hand, wait_until: WaitUntil
) -> None:
    """Two clicks on a cell that is no link open the lead."""
    view = page.open()
    tree = view.leads.tree
    name = tree.get_children()[-1]
    x, y, width, height = (int(part) for part in tree.bbox(name, "1"))
    hand.click(tree, x=x + width // 2, y=y + height // 2, times=2)
    wait_until(lambda: view.entries.table.cells())
    assert view.name.cget("text") == tree.set(name, "0")
    hand.click(view.back_button)
    wait_until(lambda: view.leads.winfo_viewable())


def test_a_number_is_a_link_to_its_rows(
    few: SqliteStore, page: Page, hand: Hand, wait_until: WaitUntil
) -> None:
    """A click on what a lead was paid shows exactly those rows; they add up to the number."""
    view = page.open()
    tree = view.leads.tree
    at = [str(tree.heading(str(at), "text")) for at in range(8)].index("Оплачено")
    name = next(item for item in tree.get_children() if tree.set(item, str(at)) != "0")
    shown = tree.set(name, str(at))
    x, y, width, height = (int(part) for part in tree.bbox(name, str(at)))
    tree.event_generate("<Motion>", x=x + width - 8, y=y + height // 2)
    page.app.root.update()
    (link,) = [child for child in tree.winfo_children() if str(child.cget("text")) == shown]
    hand.click(link)
    wait_until(lambda: view.entries.table.cells())
    assert shown in str(view.entries.behind.cget("text"))
    came = [row[9] for row in view.entries.table.cells()]
    total = sum(int("".join(c for c in text if c.isdigit())) for text in came)
    assert total == int("".join(c for c in shown if c.isdigit()))
    hand.click(view.entries.behind)
    wait_until(lambda: not view.entries.behind.winfo_viewable())


def test_rows_are_filtered_by_what_is_typed_and_chosen(
    few: SqliteStore, page: Page, wait_until: WaitUntil
) -> None:
    """Text, manager and status narrow the rows of the lead."""
    view = page.open()
    page.main.company.open_row(view.leads.tree.get_children()[-1])  # type: ignore[union-attr]
    wait_until(lambda: view.entries.table.cells())
    view.entries.status.take(view.entries.status.names[0])
    wait_until(lambda: len(view.entries.table.cells()) == 28)
    view.entries.manager.take(view.entries.manager.names[1])
    wait_until(lambda: len(view.entries.table.cells()) == 14)
    type_into(view.entries.text.input, "0003")
    wait_until(lambda: len(view.entries.table.cells()) == 1)


def test_nothing_on_the_page_writes(
    few: SqliteStore, page: Page, hand: Hand, wait_until: WaitUntil, app: App
) -> None:
    """The keys that change, close or delete an entry on the own page do nothing to another lead's rows."""

    def stored() -> object:
        return [(run.entry_count, run.run_id) for run in few.list_runs()], few.get_record()

    view = page.open()
    page.main.company.open_row(view.leads.tree.get_children()[-1])  # type: ignore[union-attr]
    wait_until(lambda: view.entries.table.cells())
    before = stored()
    tree = view.entries.table.tree
    tree.focus_force()
    tree.selection_set(tree.get_children()[0])
    tree.focus(tree.get_children()[0])
    app.root.clipboard_clear()
    app.root.clipboard_append("1\t2\t3")
    for key in ("F6", "F7", "F8", "Delete", "Return"):
        hand.key(key)
    for key in ("v", "z", "Return", "x"):
        hand.key(key, held=["Control"])
    for _turn in range(50):
        app.root.update()
        time.sleep(0.005)
    assert stored() == before
    assert open_dialogs(app) == []


# ------------------------------------------------------------------------------- the bridge


def test_the_bridge_is_drawn_for_yesterday_and_for_the_week(
    few: SqliteStore, page: Page, hand: Hand, wait_until: WaitUntil
) -> None:
    """The picture fills its place; the other day is another picture, which ends at the same number."""
    view = page.open()
    yesterday = view.bridge.steps.cells()
    assert len(view.bridge.buttons) == 2
    picture = view.bridge.picture
    image = str(picture.label.cget("image")[0])
    size = [int(page.app.root.tk.call("image", side, image)) for side in ("width", "height")]
    assert size == [picture.winfo_width(), picture.winfo_height()]
    drawn = picture.drawn
    hand.click(view.bridge.buttons[1])
    wait_until(lambda: picture.drawn > drawn)
    week = view.bridge.steps.cells()
    assert week[0] != yesterday[0]
    assert week[-1] == yesterday[-1]
    (total,) = (row for row in view.leads.cells() if row[0] == "Компания, RUB")
    assert total[7] == week[-1][1]


def test_the_report_has_the_same_bridge(few: SqliteStore, page: Page, wait_until: WaitUntil) -> None:
    """Step by step the page shows what the report's sheet of changes does."""
    report = few.get_report()
    view = page.open()
    own = next(one for one in report.bridges if one.unit == "RUB")
    steps = {step.step: step for step in steps_of(report, own)}
    names = step_names(RUSSIAN, put_off=own.put_off_count, since="", now="")
    shown = dict(view.bridge.steps.cells())
    for step in list(Step)[1:-2]:  # the rest has the kopecks of the report's last row
        amount = int(shown[names[step]].replace("−", "-").replace("+", "").replace("\u00a0", ""))
        assert amount == steps[step].amount, step


# ------------------------------------------------------------------------------- room and time


@pytest.mark.parametrize("size", ["1024x640", "1366x768"])
def test_nothing_is_cut_off(
    few: SqliteStore, page: Page, language: str, size: str, wait_until: WaitUntil
) -> None:
    """Every text has the room that it asks for, of the company and of a lead, in both languages."""
    view = page.open(size, language)

    def cut() -> list[object]:
        root = page.app.root
        below, right = root.winfo_rooty() + root.winfo_height(), root.winfo_rootx() + root.winfo_width()
        return [
            (label.cget("text"), label.winfo_reqwidth(), label.winfo_width())
            for label in labels(view)
            if label.winfo_reqwidth() > label.winfo_width() + 1
            or label.winfo_reqheight() > label.winfo_height() + 1
            or label.winfo_rooty() + label.winfo_height() > below
            or label.winfo_rootx() + label.winfo_width() > right
        ]

    assert cut() == []
    steps = view.bridge.steps.tree
    last = steps.get_children()[-1]
    assert steps.bbox(last), "the bridge ends out of sight"
    assert steps.xview() == (0.0, 1.0)
    assert view.leads.totals is not None
    for table, least in ((view.leads.tree, 4), (view.leads.totals, 2)):
        assert len([name for name in table.get_children() if table.bbox(name)]) >= least
    page.main.company.open_row(view.leads.tree.get_children()[2])  # type: ignore[union-attr]
    wait_until(lambda: view.entries.table.cells())
    assert cut() == []
    assert (
        len([name for name in view.entries.table.tree.get_children() if view.entries.table.tree.bbox(name)])
        >= 4
    )


def test_the_total_stays_in_sight(
    many: SqliteStore, page: Page, hand: Hand, wait_until: WaitUntil, app: App
) -> None:
    """Below two hundred leads stands the company, in the same columns, also at the end and far right."""
    view = page.open("1024x640")
    tree, totals = view.leads.tree, view.leads.totals
    assert totals is not None
    assert len(totals.get_children()) == 2
    for key, held in (("End", []), ("Home", [])):
        hand.key(key, held=held)
        app.root.update()
        assert totals.bbox("RUB")
    tree.column("0", width=260)
    tree.event_generate("<ButtonRelease-1>", x=5, y=5)
    tree.xview_moveto(1)
    wait_until(lambda: totals.xview() == tree.xview())
    first = tree.get_children()[0]
    for at in range(len(view.leads.cells()[0])):
        mine, theirs = totals.bbox("RUB", str(at)), tree.bbox(first, str(at))
        assert bool(mine) == bool(theirs)
        assert not mine or (mine[0], mine[2]) == (theirs[0], theirs[2])
    hand.click(totals, x=100, y=10)
    hand.key("Down")
    hand.key("Return")  # the total of another unit shows that unit
    wait_until(lambda: view.unit.get() == "шт.")


def test_without_a_bridge_the_leads_have_its_room(
    store: SqliteStore, page: Page, wait_until: WaitUntil
) -> None:
    """Before a second day has a forecast the line that says so takes a line, and not half the page."""
    store.set_head(HEAD, True, "test")
    issue(store, HEAD, CODE)
    rows = [RosterRow(lead_name(n), f"Группа {n}", f"Оператор {n}", "RUB") for n in range(1, 30)]
    store.apply_roster(rows, "test", complete=False)
    today = store.get_today()
    random = Random(7)
    store.import_entries("sales", [sale(random, row, today, 1) for row in rows], "test")
    store.aggregate_forecast(None, "test")
    root = page.app.root
    root.minsize(1, 1)
    root.geometry("1024x640+0+0")
    page.sign_in()
    wait_until(lambda: page.view.leads.cells())
    view = page.view
    wait_until(lambda: view.bridge.winfo_height() < 60)
    tree = view.leads.tree
    assert len([name for name in tree.get_children() if tree.bbox(name)]) >= 14


def test_heads_have_room_for_the_sign_of_the_order(
    few: SqliteStore, page: Page, language: str, theme: Theme
) -> None:
    """Whichever column orders the rows, its head is whole."""
    view = page.open("1366x768", language)
    tree = view.leads.tree
    for at in range(len(view.leads.cells()[0])):
        page.main.company.sort_by(at)  # type: ignore[union-attr]
        head = str(tree.heading(str(at), "text"))
        assert head[-1] in "▲▼"
        assert theme.text_width(head, bold=True) + 8 <= int(tree.column(str(at), "width")), head


def test_a_long_name_leaves_room_and_is_read_under_the_mouse(
    few: SqliteStore, page: Page, wait_until: WaitUntil
) -> None:
    """At 1024 pixels the gap is in sight beside a very long name, whose whole text a tip shows."""
    view = page.open()
    tree = view.leads.tree
    (name,) = [item for item in tree.get_children() if tree.set(item, "0") == LONG]
    box = tree.bbox(name, "3")
    assert box
    assert int(box[0]) + int(box[2]) <= tree.winfo_width()
    page.view.leads.choose(name)
    page.app.root.update()
    links = [str(child.cget("text")) for child in tree.winfo_children() if child.winfo_class() == "Label"]
    assert all(text.endswith("…") for text in links if text and LONG.startswith(text[:9]))
    x, y, _width, height = (int(part) for part in tree.bbox(name, "0"))
    tree.event_generate("<Motion>", x=x + 10, y=y + height // 2)
    wait_until(lambda: LONG in [
        str(label.cget("text")) for window in tree.winfo_children()
        for label in (window.winfo_children() or [window]) if label.winfo_class() == "Label"
    ])  # fmt: skip


def test_two_hundred_leads_follow_the_keys(
    many: SqliteStore, page: Page, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order and search need no numbers from the database: the rows are there when the key was pressed."""
    view = page.open("1366x768")
    company = page.main.company
    assert company is not None
    assert len(page.names()) >= MANY
    assert view.bridge.steps.tree.xview() == (0.0, 1.0)

    all_names = sorted(page.names())
    wait_until(lambda: not page.main.tasks.is_busy)
    monkeypatch.setattr(many, "get_company", lambda *_: pytest.fail("the numbers were read again"))
    for at in range(13):
        company.sort_by(at)
        assert sorted(page.names()) == all_names
    company.sort_by(0)
    up = page.names()
    company.sort_by(0)
    assert page.names() != up
    type_into(view.search.input, "1")
    assert len(page.names()) < MANY
    press(view.search.input, "<BackSpace>")
    press(view.search.input, "<Return>")
    assert sorted(page.names()) == all_names


def test_scroll_bars_of_a_table_come_to_rest(root: ttk.App, theme: Theme) -> None:
    """Where each bar is needed only because of the other, the window is still at last."""
    table = ReadOnlyTable(root, theme, height=3)
    rows = [(f"step {number}", f"{number}") for number in range(6)]
    table.show((Column("Step", is_number=False), Column("Adds")), rows)
    wide = sum(int(table.tree.column(name, "width")) for name in ("0", "1"))
    table.place(x=0, y=0, width=wide + 40, height=400)
    root.update()
    top, *_rest = (table.tree.bbox(item) for item in table.tree.get_children())
    high = int(top[1]) + 6 * int(top[3])
    for before in ((wide - 20, high + 60), (wide + 60, high - 20)):  # one of the bars is there
        for width in range(wide - 2, wide + 12):
            for height in range(high - 2, high + 12):
                for size in (before, (width, height)):
                    table.place(width=size[0], height=size[1])
                    events = 0
                    while root.tk.dooneevent(DONT_WAIT):
                        events += 1
                        if events > 2000:
                            table.destroy()  # else nothing after this test would come to an end
                            raise AssertionError(f"{size}: the bars drive each other away")


# ------------------------------------------------------------------------------- what the server refuses


def test_who_is_no_head_any_more_reads_so_and_is_at_the_sign_in_window(
    few: SqliteStore, page: Page, clock: Clock, wait_until: WaitUntil
) -> None:
    """The page was closed to the person meanwhile: after signing in again one sentence, then the way out."""
    page.open()
    few.set_head(HEAD, False, "test")
    page.main.company.refresh()  # type: ignore[union-attr]
    wait_until(lambda: open_dialogs(page.app))
    (dialog,) = open_dialogs(page.app)
    assert isinstance(dialog, SignInAgainDialog)
    told = answer_soon(page.app, lambda question: question.yes)
    type_into(dialog.password.input, CODE)
    press(dialog.password.input, "<Return>")
    wait_until(lambda: page.app.login is not None)
    assert page.app.main is None
    (sentence,) = told
    assert sentence == RUSSIAN.gettext(
        "Only a head of sales sees the whole company. Ask the administrator to open the page to you."
    )


def test_pages_are_known_with_the_session(
    few: SqliteStore, page: Page, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head without a team has the one page, and no database is asked for groups, gone or not."""

    def gone(token: bytes) -> object:
        raise DatabaseUnreachable("database_unreachable")

    monkeypatch.setattr(few, "list_groups", gone)
    page.sign_in()
    wait_until(lambda: page.main.company is not None)
    assert len(page.main.pages.tabs()) == 1
