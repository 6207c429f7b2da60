"""The form and the panel below the list as a person uses them: real keys and clicks."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from importlib.resources import files
from uuid import uuid4

import pytest

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import EntryDraft, RosterRow, Status
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.app import App
from mini_crm.ui.entries.dialogs_view import RestDialog, StatusDialog
from mini_crm.ui.entries.page_view import EntriesView
from mini_crm.ui.main_window import MainWindow
from mini_crm.ui.widgets import DateField
from mini_crm.ui.widgets.focus import focused
from mini_crm.usecases.signing import sign_in
from ui.conftest import CODE, LEAD, OTHER_LEAD, Hand, WaitUntil, issue, press, quick_key, type_into
from ui.entries_window import Open, Window, _all_children, open_window
from ui.test_app import built, main

__all__ = ["main", "open_window"]

LANGUAGES = pytest.mark.parametrize("language", ["ru", "en"])


def day(window: Window, days: int) -> str:
    """Write a day as a person of that language does."""
    there = window.store.get_today() + timedelta(days=days)
    return format_date(there, language=window.desk.texts.language)


def page_of(main: MainWindow) -> EntriesView:
    """Give the entry page."""
    page = main.pages.nametowidget(main.pages.tabs()[0])
    assert isinstance(page, EntriesView)
    return page


@LANGUAGES
@pytest.mark.parametrize("key", ["Tab", "Return", "KP_Enter"])
def test_keys_go_as_the_eye_reads(open_window: Open, hand: Hand, language: str, key: str) -> None:
    """Tab and Enter lead through the fields row by row, from left to right, then to the button that saves."""
    window = open_window(language)
    form = window.view.form
    inputs = [field.input for field in form.fields.values()]
    as_read = sorted(inputs, key=lambda one: (one.winfo_rooty(), one.winfo_rootx()))
    hand.click(as_read[0])
    visited = [focused(window.root)]
    for _ in inputs:
        hand.key(key)
        visited.append(focused(window.root))
    assert visited == [*as_read, form.save_button]
    assert inputs == as_read  # the code names them in this order too


@LANGUAGES
def test_the_help_names_the_fields_in_their_order(open_window: Open, language: str) -> None:
    """What is to be filled in stands there as on the screen."""
    window = open_window(language)
    page = files("mini_crm").joinpath("help", language, "index.html").read_text("utf-8")
    (step,) = re.findall(r"<ol>\s*<li>(.*?)</li>", page, re.DOTALL)
    named = [re.sub(r"\s+", " ", text).casefold() for text in re.findall(r"<b>(.*?)</b>", step, re.DOTALL)]
    form = window.view.form
    wanted = (form.group, form.manager, form.client_pin, form.amount, form.pay_by, form.status, form.comment)
    captions = [str(field.label.cget("text")).casefold() for field in wanted]
    stems = [caption[:4] for caption in captions]  # Russian endings differ in a sentence
    assert len(named) == len(stems)
    assert all(name.startswith(stem) for name, stem in zip(named, stems, strict=True)), named


def test_enter_in_an_open_list_chooses_and_goes_on(open_window: Open, hand: Hand) -> None:
    """In group, manager and status alike: the name is taken and the cursor is in the next field."""
    window = open_window("ru")
    form = window.view.form
    hand.click(form.group.input)
    hand.key(*"сев", "Return")
    assert (form.group.get(), focused(window.root)) == ("Север", form.manager.input)
    hand.key(*"орл")
    assert form.manager.input.is_open
    hand.key("KP_Enter")
    assert (form.manager.get(), focused(window.root)) == ("Орлов Пётр", form.client_pin.input)
    form.status.input.focus_force()
    hand.key("о", "о", "Return")
    assert (form.status.get(), focused(window.root)) == ("Отказ", form.comment.input)


def test_a_short_day_is_saved_without_leaving_its_field(open_window: Open, hand: Hand) -> None:
    """Ctrl+Enter in the day takes what was meant, and the next entry has it as a whole day."""
    window = open_window("ru")
    window.enter("орл", "1", "10", day(window, 3))
    hand.key("7", "Tab", "5", "Tab")
    hand.key("+", held=["Shift"])
    hand.key("9")
    hand.key("Return", held=["Control"])
    window.wait_until(lambda: len(window.entries()) == 2)
    window.settle()
    assert window.entries()[1].pay_by == window.store.get_today() + timedelta(days=9)
    assert window.view.form.pay_by.get() == day(window, 9)


@LANGUAGES
def test_every_day_of_the_page_is_typed_short(open_window: Open, language: str) -> None:
    """The filters take what the form takes, and write it in full when they are left."""
    window = open_window(language)
    fields = [field for field in _all_children(window.view) if isinstance(field, DateField)]
    assert len(fields) >= 3
    for field in fields:
        for typed, days in (("завтра", 1), ("+9", 9), ("Today", 0)):
            field.set("")
            type_into(field.input, typed)
            press(field.input, "<Return>")
            window.settle()
            assert not window.view.filters.note.text, typed
            window.view.form.save_button.focus_force()
            window.root.update()
            assert field.get() == day(window, days)
        field.set("")


def test_a_clicked_row_fills_the_panel_and_moves_nothing(open_window: Open, hand: Hand) -> None:
    """The panel shows it, a row of an earlier day with why it stays; the list keeps its height meanwhile."""
    window = open_window("ru")
    number = window.enter("орл", "0042", "10", day(window, 3))
    panel, tree = window.view.panel, window.view.table.tree
    height = tree.winfo_height()
    x, y, width, row_height = (int(each) for each in tree.bbox(str(number)))
    hand.click(tree, x + width // 2, y + row_height // 2)
    assert panel.number.get() == str(number)
    assert "0042" in str(panel.shown.cget("text"))
    assert panel.delete_button.instate(["!disabled"])
    panel.show_look("0042 " * 100, "Нельзя, и вот почему. " * 20, may_delete=False, is_error=False)
    window.root.update()
    assert tree.winfo_height() == height
    assert panel.shown.winfo_reqwidth() <= panel.shown.master.winfo_width()


def test_ctrl_g_enter_opens_a_row_by_its_id(open_window: Open, hand: Hand) -> None:
    """From anywhere on the page; what stood in the field is typed over."""
    window = open_window("ru")
    first = window.enter("орл", "0042", "10", day(window, 3))
    second = window.enter("орл", "0043", "10", day(window, 3))
    form, panel = window.view.form, window.view.panel
    window.choose(first)
    form.comment.input.focus_force()
    hand.key("g", held=["Control"])
    assert focused(window.root) is panel.number
    hand.key(*str(second), "Return")
    window.wait_until(lambda: form.client_pin.get() == "0043")
    assert focused(window.root) is form.client_pin.input


def test_the_button_opens_the_chosen_row(open_window: Open, hand: Hand) -> None:
    """A row, then «Открыть»; «Удалить» beside it deletes the row that is shown."""
    window = open_window("ru")
    number = window.enter("орл", "0042", "10", day(window, 3))
    window.choose(number)
    panel = window.view.panel
    hand.click(panel.open_button)
    window.wait_until(lambda: window.view.form.client_pin.get() == "0042")
    hand.click(panel.delete_button)
    window.wait_until(lambda: window.entries() == ())
    window.settle()
    assert window.view.form.client_pin.get() == ""


def test_the_search_leads_to_its_rows_by_keys(open_window: Open, hand: Hand) -> None:
    """Enter goes to the first row found, F6 asks about the only one, never about one found before."""
    window = open_window("ru")
    first = window.enter("орл", "0042", "10", day(window, 3))
    second = window.enter("орл", "0143", "10", day(window, 3))
    window.choose(first)
    hand.key("f", held=["Control"])
    hand.key(*"0143", "Return")  # faster than the list follows
    window.wait_until(lambda: focused(window.root) is window.view.table.tree)
    assert window.view.table.selected_ids() == [second]
    hand.key("f", held=["Control"])
    hand.key(*"0042", "F6")
    assert str(first) in str(window.dialog(StatusDialog).body.winfo_children()[0].cget("text"))
    hand.key("Escape")
    hand.key("f", held=["Control"])
    hand.key(*"nothing", "Return")
    window.settle()
    assert focused(window.root) is window.view.filters.text.input


def test_a_part_that_came_by_keys(open_window: Open, hand: Hand) -> None:
    """F6, what came, Enter, Enter: the rest stays expected; Escape goes back to the payment."""
    window = open_window("ru")
    number = window.enter("орл", "0042", "100", day(window, 3))
    window.choose(number)
    hand.key("F6")
    dialog = window.dialog(StatusDialog)
    assert dialog.amount is not None
    assert focused(window.root) is dialog.amount.input
    hand.key(*"40", "Return")
    window.dialog(RestDialog)
    hand.key("Escape")
    assert dialog.winfo_exists()
    assert window.entries()[0].status is Status.EXPECTED
    hand.key("Return")
    window.dialog(RestDialog)
    hand.key("Return")
    window.wait_until(lambda: len(window.entries()) == 2)
    paid, rest = window.entries()
    assert (str(paid.paid_amount), str(rest.amount), rest.rest_of) == ("40.00", "60.00", number)
    window.wait_until(lambda: rest.entry_id in window.shown())
    assert not dialog.winfo_exists()


def test_a_reason_by_keys(open_window: Open, hand: Hand) -> None:
    """F7, a reason, Enter; the next time it is on the list, and one Enter says that there is none."""
    window = open_window("ru")
    numbers = [window.enter("орл", str(pin), "100", day(window, 3)) for pin in (41, 42, 43)]
    for number, keys in zip(numbers, ([*"дорого"], ["Down", "Down"], []), strict=True):
        window.choose(number)
        hand.key("F7")
        dialog = window.dialog(StatusDialog)
        assert dialog.reason is not None
        assert focused(window.root) is dialog.reason.input
        hand.key(*keys, "Return")
        assert not dialog.winfo_exists()
        window.settle()
    assert [entry.reason for entry in window.entries()] == ["дорого", "дорого", ""]


def test_a_lead_without_groups_reads_what_to_do(open_window: Open, store: SqliteStore) -> None:
    """In the form, where something is to be typed."""
    store.apply_roster([RosterRow("Другой", "Юг", "Сомов Илья", "RUB")], "test")
    for lead in store.list_leads():
        store.set_lead_active(lead.lead_id, True, "test")
    window = open_window("ru")
    assert window.view.form.advice.winfo_viewable()
    assert "администратора" in str(window.view.form.advice.cget("text"))


@LANGUAGES
def test_open_entries_of_a_pin_are_told_beside_it(
    open_window: Open, store: SqliteStore, language: str
) -> None:
    """The own one with its link, and how many others have; both fit into the line, whatever the window."""
    window = open_window(language)
    window.enter("орл", "0042", "10", day(window, 3))
    issue(store, OTHER_LEAD, CODE)
    other = sign_in(store, OTHER_LEAD, CODE, "PC-9", derive=quick_key)
    (group,) = store.list_groups(other.token)
    draft = EntryDraft(group.managers[0].manager_id, "0042", Decimal(10), store.get_today())
    for _ in range(2):
        store.add_entry(other.token, uuid4(), uuid4(), draft)
    form = window.view.form
    type_into(form.client_pin.input, "0042")
    window.wait_until(lambda: form.elsewhere.winfo_ismapped() and form.pin_hint.winfo_ismapped())
    assert str(form.elsewhere.cget("text")).endswith(": 2")
    notes = form.elsewhere.master
    assert notes.winfo_rootx() >= form.title.winfo_rootx() + form.title.winfo_width()
    assert form.elsewhere.winfo_width() >= form.elsewhere.winfo_reqwidth()
    type_into(form.client_pin.input, "7")
    window.wait_until(lambda: not notes.winfo_ismapped())


def test_a_change_of_language_keeps_what_is_typed(
    app: App, main: MainWindow, hand: Hand, wait_until: WaitUntil
) -> None:
    """Form, filters, commitment and page are as they were; nothing is asked."""
    page = page_of(main)
    wait_until(lambda: not main.tasks.is_busy)
    form = page.form
    form.group.input.take("Север")
    form.manager.input.take("Орлов Пётр")
    for field, text in ((form.client_pin, "0042"), (form.amount, "1,5"), (form.comment, "кратко")):
        type_into(field.input, text)
    type_into(form.pay_by.input, "31.12.2030")
    form.status.input.take("Отказ")
    type_into(page.filters.text.input, "искать")
    main.pages.select(1)
    wait_until(lambda: main.forecast is not None and not main.tasks.is_busy)
    assert main._forecast_view is not None
    type_into(main._forecast_view.commitment.note.input, "к")
    main._language_chosen("en")
    other = built(app, wait_until)
    wait_until(lambda: not other.tasks.is_busy)
    assert other is not main
    new, shown = page_of(other), {}
    shown = {name: field.get() for name, field in new.form.fields.items()}
    assert shown == {
        "group": "Север",
        "manager": "Орлов Пётр",
        "client_pin": "0042",
        "amount": "1,5",
        "pay_by": "2030-12-31",
        "status": "Refused",
        "comment": "кратко",
    }
    assert new.filters.text.get() == "искать"
    assert other._forecast_view is not None
    assert other._forecast_view.commitment.note.get() == "к"
    assert other.pages.index("current") == 1
    assert other.entries is not None
    assert other.entries.form.has_unsaved()


def test_a_change_of_language_keeps_the_entry_in_the_form(
    app: App, main: MainWindow, wait_until: WaitUntil
) -> None:
    """It is still a change of that entry, and saves as one."""
    assert main.entries is not None
    store, token = main.desk.store, main.desk.token
    (group, *_others) = [group for group in store.list_groups(token) if group.name == "Север"]
    page = page_of(main)
    wait_until(lambda: not main.tasks.is_busy)
    page.form.manager.input.take(group.managers[0].name)
    for field, text in ((page.form.client_pin, "7"), (page.form.amount, "10"), (page.form.pay_by, "+3")):
        type_into(field.input, text)
    main.entries.form.save()
    wait_until(lambda: not main.tasks.is_busy)
    (entry,) = store.list_open_entries_of_pin(token, "7")
    main.entries.edit_number(str(entry.entry_id))
    wait_until(lambda: page.form.client_pin.get() == "7")
    type_into(page.form.comment.input, "моё")
    main._language_chosen("en")
    other = built(app, wait_until)
    wait_until(lambda: not other.tasks.is_busy)
    assert other.entries is not None
    assert str(entry.entry_id) in str(page_of(other).form.title.cget("text"))
    other.entries.form.save()
    wait_until(lambda: not other.tasks.is_busy)
    assert store.get_entry(token, entry.entry_id).comment == "моё"


@pytest.mark.parametrize("shown", [False, True])
def test_a_change_of_language_keeps_the_password(
    app: App, hand: Hand, wait_until: WaitUntil, shown: bool
) -> None:
    """Name and password stand there as typed, as readable as before, and the cursor is behind them."""
    assert app.login is not None
    wait_until(lambda: app.login is not None and app.login.name.input.names)
    app.login.name.set(LEAD)
    type_into(app.login.password.input, "7kqm2")
    app.login.password.show_text(shown)
    hand.click(app.login.languages["en"])
    wait_until(lambda: app.texts.language == "en")
    assert app.login.name.get() == LEAD
    assert app.login.password.get() == "7kqm2"
    assert app.login.password.is_shown is shown
    hand.key("x")
    assert app.login.password.get() == "7kqm2x"
