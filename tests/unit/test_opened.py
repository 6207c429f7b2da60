"""Numbers of the head line and of the forecast page open their rows in the table, and there is a way back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from contract.company import OLEG, PETR, bring
from mini_crm.domain.model import Entry, EntryFilter, EntrySort, ForecastRow, Status
from mini_crm.ui.entries.chosen import FIRST_ORDER, remembered_filters, remembered_order
from mini_crm.ui.entries.filters_presenter import FilterValues, Quick
from mini_crm.ui.linked import Linked
from mini_crm.usecases.behind import Number, behind
from unit.entries_page import Page, clock, company, page

__all__ = ["clock", "company", "page"]


@pytest.fixture
def computed(page: Page) -> Page:
    """Give the page of a lead with paid, refused, overdue and open entries, after a run."""
    anna, day = page.company.anna, page.company.day
    for days in (60, 50, 40):
        anna.pay(bring(anna, PETR, day(-days), amount=Decimal(1000)), on=day(30 - days))
    anna.refuse(bring(anna, PETR, day(-40)), on=day(-5))
    anna.pay(bring(anna, PETR, day(-9), amount=Decimal(700)), on=day(-2), came=Decimal("650.50"))
    for promised in (-3, 0, 5):
        bring(anna, PETR, day(-20), amount=Decimal(300), pay_by=day(promised))
    bring(anna, OLEG, day(-20), amount=Decimal(4), pay_by=day(5))
    page.presenter.head.compute()
    page.tick()
    return page


def number_of(page: Page, unit: str) -> int:
    """Give which bar of the head line is a unit's."""
    return [bar.caption.split("\u00a0")[-1] for bar in page.view.head.bars].index(unit)


def entries(page: Page) -> list[Entry]:
    """Give the entries of the table from top to bottom."""
    found = [page.presenter.table.entry(number) for number in page.view.table.ids()]
    return [entry for entry in found if entry is not None]


def test_paid_opens_what_came(computed: Page) -> None:
    """The rows are those paid in the month, and what came of them adds up to the number, to the kopeck."""
    computed.presenter.head.open(number_of(computed, "RUB"), Number.PAID)
    shown = entries(computed)
    assert {entry.status for entry in shown} == {Status.PAID}
    assert sum(entry.paid_amount or entry.amount for entry in shown) == Decimal("1650.50")
    assert computed.view.table.order == (EntrySort.STATUS_ON, True)
    assert computed.view.filters.opened == (
        "Оплачено: 1\u00a0650,50\u00a0RUB (2), прогноз на 18.03.2026 "
        f"{datetime.fromisoformat('2026-03-18T09:00+00:00').astimezone():%H:%M}."
    )
    assert computed.view.filters.changed == ""
    assert computed.view.forward == 1
    assert computed.view.filters.captions() == ["Оплачено", "Закрыто: 01.03.2026–18.03.2026", "RUB"]


def test_from_open_opens_the_largest_contributions_first(computed: Page) -> None:
    """The rows are those that the run counted as open, of one unit; the status line says the same sum."""
    computed.presenter.head.open(number_of(computed, "RUB"), Number.FROM_OPEN)
    contributions = [entry.contribution or 0.0 for entry in entries(computed)]
    assert contributions == sorted(contributions, reverse=True)
    assert len(contributions) == 3
    said = computed.view.filters.opened.split(": ")[1].split(",")[0]
    assert computed.view.table.summary.endswith(f"вклад {said}")


def test_rows_that_were_chosen_before_do_not_hide_the_sum(computed: Page) -> None:
    """Two rows chosen in the list are somewhere among those of the number: told is what all come to."""
    computed.view.table.chosen = computed.view.table.ids()[:2]
    computed.presenter.table.chosen_changed()
    assert computed.view.table.summary.startswith("выбрано: 2")
    computed.presenter.head.open(number_of(computed, "RUB"), Number.FROM_OPEN)
    assert computed.view.table.summary.startswith("3 наработки")


def test_the_page_says_that_entries_changed_since_the_run(computed: Page) -> None:
    """Beside the rows stand the run's number, its moment, and the sum as it is now."""
    computed.presenter.head.open(number_of(computed, "RUB"), Number.PAID)
    paid = entries(computed)[0]
    assert paid.paid_amount is not None
    computed.company.anna.window("PC-8").update(paid, paid_amount=Decimal(600))
    computed.tick()
    assert computed.view.filters.opened.startswith("Оплачено: 1\u00a0650,50\u00a0RUB (2), прогноз на ")
    assert computed.view.filters.changed == (
        "С тех пор наработки изменились, сейчас 1\u00a0600\u00a0RUB (2)."
    )


def test_the_way_back_leads_to_what_the_lead_had_chosen(computed: Page) -> None:
    """From one number to the next and back: filters and order are the lead's own again, and remembered."""
    page = computed
    page.presenter.filters.press(Quick.OVERDUE)
    page.presenter.table.sort_by(EntrySort.AMOUNT)
    mine = page.view.table.ids()
    page.presenter.head.open(number_of(page, "RUB"), Number.PAID)
    page.presenter.table.sort_by(EntrySort.CLIENT_PIN)
    page.presenter.head.open(number_of(page, "RUB"), Number.RESOLVED)
    assert {entry.status for entry in entries(page)} == {Status.PAID, Status.REFUSED}
    page.presenter.opened.back()
    assert page.view.table.ids() == mine
    assert page.view.table.order == (EntrySort.AMOUNT, False)
    assert page.view.filters.captions() == ["Ожидаем", "Просрочено"]
    assert page.view.filters.opened == ""
    assert remembered_order(page.presenter.memory) == (EntrySort.AMOUNT, False)
    assert remembered_filters(page.presenter.memory).statuses == {Status.EXPECTED}


def test_a_touched_filter_makes_the_rows_the_leads_own(computed: Page) -> None:
    """They are no longer those of the number, and nothing says so any more."""
    page = computed
    page.presenter.head.open(number_of(page, "RUB"), Number.EXPECTED)
    assert page.view.filters.opened
    page.presenter.filters.press(Quick.TODAY)
    assert page.view.filters.opened == ""
    page.presenter.head.open(number_of(page, "RUB"), Number.FROM_OPEN)
    page.presenter.head.choose_period(1)
    assert page.view.filters.opened == ""


def test_a_jump_elsewhere_leaves_the_number(computed: Page) -> None:
    """The hint at an entry of this PIN shows that entry, and no longer says that it is the number's row."""
    page = computed
    page.presenter.head.open(number_of(page, "RUB"), Number.PAID)
    entry = page.company.anna.everything()[-1]
    page.presenter.jump_to(entry)
    assert page.view.filters.opened == ""
    assert page.view.table.chosen == [entry.entry_id]


def test_what_is_no_number_of_entries_opens_nothing(computed: Page) -> None:
    """In the head line parts of the sum and the counts of the win rate are links; goals and words are not."""
    bar = computed.view.head.bars[number_of(computed, "RUB")]
    links = {piece.number for text in (bar.rate_counts, *bar.parts.values()) for piece in _pieces(text)}
    assert links == {None, Number.PAID, Number.FROM_OPEN, Number.WON, Number.RESOLVED} | (
        {Number.FROM_NEW} if _row(computed, "RUB").from_new > 0 else set()
    )


def _pieces(text: str) -> tuple:  # type: ignore[type-arg]
    return text.pieces if isinstance(text, Linked) else ()


def _row(page: Page, unit: str) -> ForecastRow:
    forecast = page.company.store.get_forecast(page.desk.token)
    period = page.desk.choice.period
    return next(row for row in forecast.leads if row.unit == unit and row.period == period)


def test_from_new_opens_its_managers(computed: Page) -> None:
    """Nobody has made new entries: the number opens the managers, whose shown parts add up to it."""
    page = computed
    page.presenter.head.choose_period(3)
    page.presenter.head.open(number_of(page, "RUB"), Number.FROM_NEW)
    shown = page.view.head.from_new
    assert shown is not None
    assert [name for name, _part in shown.rows] == [PETR]
    assert sum(_digits(part) for _name, part in shown.rows) == _digits(shown.total) > 0
    assert page.view.filters.opened == ""


def _digits(text: str) -> int:
    return int("".join(sign for sign in text if sign.isdigit()))


def test_a_number_of_another_period_brings_that_period(computed: Page) -> None:
    """Rows of the quarter are shown with the quarter's chances, whatever period was shown."""
    page = computed
    forecast = page.company.store.get_forecast(page.desk.token)
    assert forecast.run is not None
    other = next(row for row in forecast.leads if row.period != page.desk.choice.period)
    rows = behind(Number.EXPECTED, other, forecast.run)
    assert rows is not None
    page.presenter.open_rows(rows, "", forecast.run.as_of)
    assert page.desk.choice.period == other.period
    assert page.view.filters.opened


def test_filters_of_a_number_are_not_remembered(computed: Page) -> None:
    """The next time the table opens on the lead's own filters, not on the number that was looked at last."""
    page = computed
    page.presenter.filters.reset()
    page.view.filters.values = FilterValues(statuses=frozenset({Status.EXPECTED}))
    page.presenter.filters.changed()
    page.presenter.head.open(number_of(page, "RUB"), Number.PAID)
    assert remembered_filters(page.presenter.memory).filter(page.presenter.today()) == EntryFilter(
        statuses=frozenset({Status.EXPECTED})
    )
    assert remembered_order(page.presenter.memory) != FIRST_ORDER  # the fixture's: newest first
