"""The entry page without a screen: what the table opens on, chips, what each lead's computer remembers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from contract.company import ANNA, BORIS, IGOR, MARIA, OLEG, PETR, Company, bring, sign_in
from fakes import ImmediateTasks
from mini_crm.domain.model import EntrySort, Status
from mini_crm.i18n import Texts
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.chosen import (
    FIRST,
    NOTHING,
    Chosen,
    Days,
    Part,
    Ready,
    remember_filters,
    remembered_filters,
    remembered_order,
)
from mini_crm.ui.entries.filters_presenter import FilterValues, Quick
from mini_crm.ui.entries.page_presenter import EntriesPresenter
from mini_crm.ui.memory import Memory
from unit.entries_page import Clock, Page, clock, company, open_page, page
from unit.fake_entries_view import Cable, FakeEntriesView

__all__ = ["clock", "company", "page"]

EXPECTED = frozenset({Status.EXPECTED})


def ago(company: Company, days: int, manager: str = PETR, **fields: object) -> int:
    """Bring an entry that was entered so many days ago, and give its number."""
    return bring(company.anna, manager, company.day(-days), **fields).entry_id


def learn_from(company: Company) -> None:
    """Give a run something to learn from."""
    for days in (60, 50, 40):
        company.anna.pay(bring(company.anna, PETR, company.day(-days)), on=company.day(30 - days))


# ------------------------------------------------------------------------------------- as it opens


def test_it_opens_on_what_is_expected_overdue_first(company: Company, clock: Clock) -> None:
    """A lead who has chosen nothing sees the open entries, by the promised day, those overdue on top."""
    later = ago(company, 30, pay_by=company.day(9))
    overdue = ago(company, 30, pay_by=company.day(-9))
    today = ago(company, 30, pay_by=company.day(0))
    company.anna.pay(bring(company.anna, PETR, company.day(-30)))
    company.anna.refuse(bring(company.anna, PETR, company.day(-30)))
    page = open_page(company, clock, memory=Memory())
    assert page.view.table.ids() == [overdue, today, later]
    assert page.view.table.order == (EntrySort.PAY_BY, False)
    assert page.view.table.useful == EXPECTED
    assert page.view.filters.captions() == ["Ожидаем"]


def test_what_a_lead_has_chosen_is_there_the_next_time(
    company: Company, clock: Clock, tmp_path: Path
) -> None:
    """Filters and order are remembered on this computer, but not what was looked for."""
    one = ago(company, 40, MARIA, pay_by=company.day(-1))
    two = ago(company, 40, MARIA, pay_by=company.day(-3))
    ago(company, 40, PETR, pay_by=company.day(-2))
    memory = Memory(tmp_path / "window.json")
    first = open_page(company, clock, memory=memory)
    first.view.filters.values = FilterValues(manager=MARIA, statuses=EXPECTED)
    first.presenter.filters.changed()
    first.presenter.filters.press(Quick.OVERDUE)
    first.presenter.filters.press(Quick.UNTOUCHED)
    first.presenter.table.sort_by(EntrySort.ENTRY_ID)
    first.view.filters.values = FilterValues(text="nothing like it", manager=MARIA, statuses=EXPECTED)
    again = open_page(company, clock, memory=Memory(tmp_path / "window.json"))
    assert again.view.table.ids() == [one, two]
    assert again.view.filters.captions() == ["Ожидаем", MARIA, "Просрочено", "Не тронуто 30 дней"]
    assert again.view.filters.pressed == {Quick.OVERDUE, Quick.UNTOUCHED}
    assert again.view.filters.values.manager == MARIA
    assert again.view.filters.values.text == ""


def test_each_lead_has_an_own_choice_on_one_computer(company: Company, clock: Clock) -> None:
    """Who signs in after another lead finds the own filters and order, not the other's."""
    memory = Memory()
    anna = open_page(company, clock, memory=memory)
    anna.presenter.filters.reset()
    anna.presenter.table.sort_by(EntrySort.AMOUNT)
    boris = sign_in(company.store, BORIS, company.boris.key)
    session = company.store.get_session(boris.token)
    view = FakeEntriesView()
    desk = Desk(
        Cable(company.store), Texts("ru"), ImmediateTasks(), session, boris.token, "test", memory=memory
    )  # type: ignore[arg-type]  # fmt: skip
    EntriesPresenter(desk, view, now=clock).start()
    assert view.filters.captions() == ["Ожидаем"]
    assert view.table.order == (EntrySort.PAY_BY, False)
    again = open_page(company, clock, memory=memory)
    assert again.view.filters.captions() == []
    assert again.view.table.order == (EntrySort.AMOUNT, False)


@pytest.mark.parametrize(
    "kept",
    [None, 5, [], {}, {"statuses": "paid", "manager_id": True, "pay_by": ["x", None], "status_on": [1]},
     {"statuses": ["no such"], "entered": "no such", "untouched": "yes"}],
)  # fmt: skip
def test_a_memory_that_makes_no_sense_is_ignored(kept: object) -> None:
    """A file that somebody has changed by hand leads to no error, and hides nothing without a chip."""
    memory = Memory()
    memory.put("entries.filters", kept)  # type: ignore[arg-type]
    memory.put("entries.order", kept)  # type: ignore[arg-type]
    assert remembered_filters(memory) in (FIRST, NOTHING)
    assert remembered_order(memory) == (EntrySort.PAY_BY, False)


def test_every_filter_is_remembered_as_it_is() -> None:
    """What is written is read again, ready-made ranges as such, days of one's own by themselves."""
    memory, day = Memory(), date(2026, 3, 5)
    for chosen in (
        Chosen(statuses=frozenset({Status.PAID, Status.REFUSED}), manager_id=7),
        Chosen(pay_by=Ready.OVERDUE, status_on=Days(day, None), entered=Days(None, day), untouched=True),
        Chosen(entered=Ready.LAST_MONTH),
    ):
        remember_filters(memory, chosen)
        assert remembered_filters(memory) == chosen
    remember_filters(memory, Chosen(text="x", unit="RUB", has_chance=True))
    assert remembered_filters(memory) == NOTHING


def test_a_manager_who_is_nobodys_any_more_filters_nothing(company: Company, clock: Clock) -> None:
    """A remembered manager who is no longer the lead's takes no row away."""
    memory = Memory()
    number = ago(company, 3)
    remember_filters(memory.of(ANNA), Chosen(manager_id=10**6))
    page = open_page(company, clock, memory=memory)
    assert page.view.filters.captions() == []
    assert page.view.table.ids() == [number]


# ------------------------------------------------------------------------------------------- chips


def test_each_filter_is_a_chip_that_takes_it_away(page: Page) -> None:
    """Whatever narrows is said by a chip, and taking the chips away one by one brings all rows back."""
    number = ago(page.company, 40, MARIA, client_pin="777", pay_by=page.company.day(-1))
    page.company.anna.refuse(bring(page.company.anna, OLEG, page.company.day(-40)))
    page.tick()
    filters, view = page.presenter.filters, page.view.filters
    filters.press(Quick.OVERDUE)
    filters.press(Quick.UNTOUCHED)
    filters.choose_day(Part.ENTERED)
    view.values = FilterValues(
        text="77", manager=MARIA, statuses=EXPECTED, day=Part.ENTERED, first="01.01.2026", last="31.1.26"
    )
    filters.changed()
    assert view.captions() == [
        "Ожидаем", MARIA, "Просрочено", "Внесено: 01.01.2026–31.01.2026", "Не тронуто 30 дней",
        "поиск «77»",
    ]  # fmt: skip
    assert page.view.table.ids() == []
    filters.remove(Part.ENTERED)
    assert page.view.table.ids() == [number]
    for chip in list(view.chips):
        filters.remove(chip.part)
    assert view.captions() == []
    assert view.values == FilterValues(day=Part.ENTERED)
    assert len(page.view.table.ids()) == 2


def test_a_quick_filter_is_pressed_and_let_go(page: Page) -> None:
    """One press narrows to what is overdue and expected; the next shows the others again."""
    filters, view = page.presenter.filters, page.view.filters
    filters.press(Quick.OVERDUE)
    assert view.pressed == {Quick.OVERDUE}
    assert (view.values.ready, view.values.last) == (Ready.OVERDUE, "17.03.2026")
    filters.press(Quick.TODAY)
    assert view.pressed == {Quick.TODAY}
    assert (view.values.first, view.values.last) == ("18.03.2026", "18.03.2026")
    filters.press(Quick.TODAY)
    assert view.pressed == frozenset()
    assert view.captions() == ["Ожидаем"]


@pytest.mark.parametrize(
    ("part", "first", "last", "found"),
    [
        (Part.PAY_BY, "10.3.26", "", ["second", "third"]),
        (Part.PAY_BY, "", "13.3.26", ["first", "second"]),
        (Part.STATUS_ON, "15.03.2026", "16.03.2026", ["third"]),
        (Part.ENTERED, "26.2.26", "26.2.26", ["second"]),
    ],
)
def test_days_narrow_by_the_promised_the_closing_and_the_entry(
    page: Page, part: Part, first: str, last: str, found: list[str]
) -> None:
    """The same two fields are about the day that is chosen beside them."""
    anna = page.company.anna
    for name, entered, promised in (
        ("first", date(2026, 2, 16), date(2026, 3, 9)),
        ("second", date(2026, 2, 26), date(2026, 3, 13)),
        ("third", date(2026, 3, 8), date(2026, 3, 17)),
    ):
        entry = bring(anna, PETR, entered, client_pin=name, pay_by=promised)
    anna.pay(entry, on=date(2026, 3, 16))
    page.tick()
    page.presenter.filters.choose_day(part)
    page.view.filters.values = FilterValues(day=part, first=first, last=last)
    page.presenter.filters.changed()
    assert page.view.table.column(EntrySort.CLIENT_PIN)[::-1] == found


def test_untouched_is_what_nobody_has_changed_for_thirty_days(page: Page, clock: Clock) -> None:
    """An entry of 30 days ago is untouched, one of 29 days is not; a change touches it."""
    company = page.company
    old, edge, fresh = ago(company, 60), ago(company, 30), ago(company, 29)
    changed = bring(company.anna, PETR, company.day(-60))
    company.anna.update(changed, comment="звонил")
    page.tick()
    page.presenter.filters.press(Quick.UNTOUCHED)
    assert sorted(page.view.table.ids()) == [old, edge]
    assert fresh not in page.view.table.ids()


def test_what_is_just_changed_is_not_untouched(page: Page) -> None:
    """Another window's change takes the row out of the untouched ones at the next poll."""
    entry = bring(page.company.anna, PETR, page.company.day(-60))
    page.tick()
    page.presenter.filters.press(Quick.UNTOUCHED)
    assert page.view.table.ids() == [entry.entry_id]
    page.company.anna.window("PC-8").update(entry, comment="звонил")
    page.tick()
    assert page.view.table.ids() == []


def test_midnight_moves_what_is_overdue(page: Page, clock: Clock) -> None:
    """What was due today is overdue after midnight, without anybody touching the filter."""
    company = page.company
    number = ago(company, 9, pay_by=company.day(0))
    page.tick()
    page.presenter.filters.press(Quick.OVERDUE)
    assert page.view.table.ids() == []
    clock.now = clock.now.replace(hour=23, minute=59)
    page.desk.token = sign_in(company.store, ANNA, company.anna.key).token
    page.presenter.touched()
    clock.now += timedelta(minutes=2)
    page.tasks.advance(70_000)
    assert page.view.table.ids() == [number]
    assert page.view.filters.values.last == "18.03.2026"
    assert page.view.filters.captions() == ["Ожидаем", "Просрочено"]


def test_midnight_reads_nothing_for_one_who_is_away(page: Page, clock: Clock) -> None:
    """The filter of the new day comes with the first key that is pressed: reading prolongs the session."""
    company = page.company
    number = ago(company, 9, pay_by=company.day(0))
    page.tick()
    page.presenter.filters.press(Quick.OVERDUE)
    clock.now = clock.now.replace(hour=23, minute=59)
    page.desk.token = sign_in(company.store, ANNA, company.anna.key).token
    clock.now += timedelta(minutes=6)
    before = page.cable.calls.count("list_entries")
    page.tasks.advance(70_000)
    assert page.cable.calls.count("list_entries") == before
    page.presenter.touched()
    assert page.view.table.ids() == [number]


# ------------------------------------------------------------------------- rows that were just saved


def test_a_row_just_saved_stays_though_the_filter_hides_it(page: Page) -> None:
    """A new entry, and one that was marked as paid, stay in sight until filter or order is touched."""
    open_one, other = page.add(client_pin="1"), page.add(client_pin="2")
    page.view.filters.values = FilterValues(statuses=EXPECTED)
    page.presenter.filters.changed()
    page.view.table.chosen = [open_one]
    page.view.reply = ("18.03.2026", "1500,50")
    page.presenter.actions.mark(Status.PAID)
    page.tasks.advance(1000)
    assert page.view.table.ids() == [other, open_one]
    assert page.view.table.column(EntrySort.STATUS)[1].startswith("✓ ")
    assert page.view.table.summary.startswith("1 наработка · Ожидаем 1:")
    page.tick()
    assert page.view.table.ids() == [other, open_one]
    page.presenter.table.sort_by(EntrySort.CLIENT_PIN)
    assert page.view.table.ids() == [other]


def test_a_row_just_saved_stays_though_the_order_hides_it(company: Company, clock: Clock) -> None:
    """With hundreds of rows before it in the order, a new entry is on top until the order is touched."""
    for number in range(450):
        company.anna.add(company.petr, client_pin=str(number), pay_by=company.day(1))
    page = open_page(company, clock, memory=Memory())
    new = page.add(pay_by="31.12.2026")
    page.tasks.advance(1000)
    assert page.view.table.ids()[0] == new
    assert len(page.view.table.ids()) == 201
    page.presenter.table.load_more()
    page.presenter.table.load_more()
    ids = page.view.table.ids()
    assert len(ids) == len(set(ids)) == 451
    assert ids[0] == new
    page.presenter.filters.press(Quick.TODAY)
    page.presenter.filters.press(Quick.TODAY)
    assert new not in page.view.table.ids()


def test_a_row_that_stays_follows_what_others_do_to_it(page: Page) -> None:
    """It shows another window's change, and goes when it is deleted there."""
    page.view.filters.values = FilterValues(statuses=frozenset({Status.PAID}))
    page.presenter.filters.changed()
    number = page.add()
    other = page.company.anna.window("PC-8")
    entry = other.update(other.everything()[0], comment="рядом")
    page.tick()
    assert page.view.table.column(EntrySort.COMMENT) == ["рядом"]
    other.delete(entry)
    page.tick()
    assert number not in page.view.table.ids()


def test_a_row_that_stays_gets_its_chance_from_the_next_run(page: Page) -> None:
    """An entry that the filter would hide shows its chance as soon as a run has counted it."""
    learn_from(page.company)
    page.presenter.filters.press(Quick.OVERDUE)
    number = page.add()
    assert page.view.table.column(EntrySort.PROBABILITY)[0] == ""
    page.presenter.head.compute()
    page.tick()
    assert page.view.table.ids()[0] == number
    assert "%" in page.view.table.column(EntrySort.PROBABILITY)[0]


# ------------------------------------------------------------------------------------ a long list


def many(company: Company, count: int) -> list[int]:
    """Add entries, and give their numbers as the list has them, the newest first."""
    return [company.anna.add(company.petr).entry_id for _number in range(count)][::-1]


def test_home_and_end_go_to_the_ends_of_the_whole_list(company: Company, clock: Clock) -> None:
    """End chooses the last of hundreds of rows without reading all of them, Home the first again."""
    numbers = many(company, 950)
    page = open_page(company, clock)
    table, shown = page.presenter.table, page.view.table
    before = page.cable.calls.count("list_entries")
    table.to_last()
    assert shown.chosen == [numbers[-1]]
    assert (shown.ids(), shown.offset, shown.total) == (numbers[750:], 750, 950)
    assert page.cable.calls.count("list_entries") == before + 1
    table.load_before()
    assert (shown.ids(), shown.offset) == (numbers[550:], 550)
    table.to_first()
    assert shown.chosen == [numbers[0]]
    assert shown.ids() == numbers[:200]


def test_any_place_of_the_list_can_be_gone_to(company: Company, clock: Clock) -> None:
    """The scroll bar goes anywhere: the rows around the place are read, the place comes to the top."""
    numbers = many(company, 950)
    page = open_page(company, clock)
    for place, offset in ((500, 400), (3, 0), (949, 750)):
        page.presenter.table.go_to(place)
        assert page.view.table.offset == offset
        assert page.view.table.ids() == numbers[offset : offset + 200]
        assert page.view.table.top == place


def test_rows_far_away_are_forgotten(company: Company, clock: Clock) -> None:
    """However far one scrolls, a bounded number of rows is kept, and each is there once."""
    numbers = many(company, 2700)
    page = open_page(company, clock)
    for _page in range(20):
        page.presenter.table.load_more()
    assert page.view.table.ids() == numbers[700:]
    assert page.view.table.offset == 700
    for _page in range(20):
        page.presenter.table.load_before()
    assert page.view.table.ids() == numbers[:2000]


def test_a_list_that_became_shorter_is_read_at_its_end(company: Company, clock: Clock) -> None:
    """When the rows in sight are gone, the last ones that are left take their place."""
    numbers = many(company, 450)
    page = open_page(company, clock)
    page.presenter.table.to_last()
    company.store.void_entries(numbers[200:], "test")
    page.tick()
    assert page.view.table.ids() == numbers[:200]


# ------------------------------------------------------------------------------------------- words


def test_the_status_line_adds_up_by_unit_and_status(page: Page) -> None:
    """Of found rows and of chosen ones: count, what came of paid ones, contribution; nothing is mixed."""
    anna, company = page.company.anna, page.company
    learn_from(company)
    anna.pay(bring(anna, PETR, company.day(-40), amount=Decimal(100)), on=company.day(-20), came=Decimal(80))
    anna.refuse(bring(anna, PETR, company.day(-40), amount=Decimal(50)))
    first, second = page.add(amount="1000"), page.add(amount="500")
    page.add(group="Штуки", manager=OLEG, amount="3")
    page.presenter.head.compute()
    page.tick()
    summary = page.view.table.summary
    parts = summary.split(" · ")
    assert parts[0] == "8 наработок"
    assert [part.split(":")[0] for part in parts[1:]] == ["Ожидаем 2", "Ожидаем 1", "Оплачено 4", "Отказ 1"]
    assert parts[1].startswith("Ожидаем 2: 1\u00a0500\u00a0RUB, вклад ")
    assert parts[3:] == ["Оплачено 4: 380\u00a0RUB", "Отказ 1: 50\u00a0RUB"]
    page.view.table.chosen = [first, second]
    page.presenter.table.chosen_changed()
    assert page.view.table.summary.startswith("выбрано: 2 · Ожидаем 2: 1\u00a0500\u00a0RUB, вклад ")
    page.view.table.chosen = [first]
    page.presenter.table.chosen_changed()
    assert page.view.table.summary == summary


def test_an_unknown_name_in_the_filter_is_said(page: Page) -> None:
    """Another lead's manager is none of one's own; nothing changes but the sentence."""
    page.view.filters.values = FilterValues(manager=IGOR)
    page.presenter.filters.changed()
    assert IGOR in page.view.filters.error
    assert page.view.filters.captions() == []


@pytest.mark.parametrize(("part", "days"), [(Part.PAY_BY, 2), (Part.STATUS_ON, -5), (Part.ENTERED, -5)])
def test_a_weekday_is_the_coming_one_of_a_promise_and_the_last_one_of_the_others(
    page: Page, part: Part, days: int
) -> None:
    """On Wednesday, 18 March: Friday the 20th is promised, on Friday the 13th it was paid or entered."""
    page.presenter.filters.choose_day(part)
    page.view.filters.values = FilterValues(day=part, first="пт")
    page.presenter.filters.changed()
    assert page.view.filters.error == ""
    assert page.presenter.filters.chosen.days(part) == Days(page.company.day(days), None)
