"""Every filter and order of the list against the same in plain Python, over a list made by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from contract.backdoor import Backdoor
from contract.company import ALL, BY, MARIA, OLEG, PETR, Company, Desk, import_row, sums_of
from mini_crm.domain.model import Entry, EntryFilter, EntryPage, EntrySort, ImportRow, Status
from mini_crm.domain.period import Period, PeriodKind, month_of, quarter_of, year_of
from mini_crm.domain.rules import name_key

REASONS = ("", "Дорого", "Ушли к другим", "Нет денег", "Ёлка")
COMMENTS = ("", "Срочно", "ждать ответа", "100% скидка", "Ель\nвторая строка")


def rows(company: Company) -> list[ImportRow]:
    """Make 90 entries of Anna: equal and missing values in every column, all statuses and units."""
    random = Random(15)
    made = []
    for n in range(90):
        entered = random.randint(-120, -20)
        status = random.choice(list(Status))
        on = None if status is Status.EXPECTED else company.day(random.randint(entered, -15))
        manager = random.choice((PETR, MARIA, OLEG))
        amount = Decimal(random.randint(1, 9)) if manager == OLEG else Decimal(random.randint(100, 900)) / 10
        paid = status is Status.PAID and n % 3 == 0
        made.append(
            import_row(
                manager,
                company.day(entered),
                line=n + 2,
                client_pin=random.choice(("007", "Ёж", "ель", "Пин 1", "42")),
                amount=amount,
                paid_amount=Decimal(random.randint(1, 3)) if paid else None,
                pay_by=None if n % 11 == 0 else company.day(random.randint(entered, 30)),
                status=status,
                status_on=on,
                comment=random.choice(COMMENTS),
                reason=random.choice(REASONS) if status is Status.REFUSED else "",
            )
        )
    return made


@dataclass(frozen=True)
class Listed:
    """The list with all that is known of it; ``touched`` has the day of each entry's last change or entry."""

    company: Company
    anna: Desk
    entries: tuple[Entry, ...]
    touched: dict[int, date]

    def day(self, days: int) -> date:
        """Give the day so many days from today."""
        return self.company.day(days)

    def page(self, entry_filter: EntryFilter = ALL, **how: Any) -> EntryPage:
        """Ask for a part of the list; all of it if nothing is said."""
        how = {"limit": 1000, "descending": False} | how
        return self.anna.store.list_entries(self.anna.token, entry_filter, **how)


@pytest.fixture
def listed(company: Company, backdoor: Backdoor) -> Listed:
    """Store the list; some was changed 33 days ago, some today, some after the last run."""
    anna, store = company.anna, company.store
    company.store.import_entries("list", rows(company), BY)
    changed: dict[int, date] = {}

    def touch(entries: tuple[Entry, ...], day: date) -> None:
        for entry in entries:
            anna.update(entry, comment=entry.comment + "!")
            changed[entry.entry_id] = day

    touch(anna.everything()[::7], company.day(-33))
    backdoor.let_days_pass(33)
    touch(anna.everything()[::10], company.today)
    store.aggregate_forecast(None, "test")
    is_open = [entry for entry in anna.everything() if entry.status is Status.EXPECTED]
    anna.pay(is_open[0])
    anna.refuse(is_open[1], reason="Дорого")
    changed |= {entry.entry_id: company.today for entry in is_open[:2]}
    entries = anna.everything()
    touched = {
        entry.entry_id: max(entry.entered_on, changed.get(entry.entry_id, date.min)) for entry in entries
    }
    return Listed(company, anna, entries, touched)


Filter = tuple[dict[str, Any], Callable[[Entry], bool]]


def filters(listed: Listed) -> dict[str, Filter]:
    """Give each filter with what it means."""
    day, some = listed.day, next(entry for entry in listed.entries if entry.manager_name == MARIA)
    since = day(-30)

    def on(of: Callable[[Entry], date | None], first: date, last: date) -> Callable[[Entry], bool]:
        return lambda e: (found := of(e)) is not None and first <= found <= last

    return {
        "group": ({"group_id": some.group_id}, lambda e: e.group_id == some.group_id),
        "manager": ({"manager_id": some.manager_id}, lambda e: e.manager_id == some.manager_id),
        "unit": ({"unit": "pcs"}, lambda e: e.unit == "pcs"),
        "expected": ({"statuses": frozenset({Status.EXPECTED})}, lambda e: e.status is Status.EXPECTED),
        "resolved": (
            {"statuses": frozenset({Status.PAID, Status.REFUSED})},
            lambda e: e.status is not Status.EXPECTED,
        ),
        "pay by": (
            {"pay_by_from": day(-60), "pay_by_to": day(-20)},
            on(lambda e: e.pay_by, day(-60), day(-20)),
        ),
        "day of payment": (
            {"status_on_from": day(-90), "status_on_to": day(-40)},
            on(lambda e: e.status_on, day(-90), day(-40)),
        ),
        "paid up to": ({"status_on_to": day(-60)}, on(lambda e: e.status_on, date.min, day(-60))),
        "day of entry": (
            {"entered_from": day(-120), "entered_to": day(-80)},
            on(lambda e: e.entered_on, day(-120), day(-80)),
        ),
        "untouched": ({"untouched_since": since}, lambda e: listed.touched[e.entry_id] < since),
        "counted": ({"has_chance": True}, lambda e: e.contribution is not None),
        "text": ({"text": "ель"}, lambda e: any("ель" in name_key(t) for t in (e.client_pin, e.comment))),
        "text of a reason": ({"text": "ДОРОГО"}, lambda e: e.reason == "Дорого"),
    }  # fmt: skip


def check(listed: Listed, asked: dict[str, Any], wanted: Callable[[Entry], bool]) -> int:
    """Check rows, count and sums of a filter; gives how many there are."""
    expected = tuple(entry for entry in listed.entries if wanted(entry))
    page = listed.page(EntryFilter(**asked))
    assert page.entries == expected
    assert page.total == len(expected)
    sums = sums_of(expected)
    bare = [replace(row, contribution=0.0) for row in page.sums]
    assert bare == [replace(row, contribution=0.0) for row in sums]
    assert [row.contribution for row in page.sums] == pytest.approx([row.contribution for row in sums])
    return len(expected)


def test_each_filter(listed: Listed) -> None:
    """Each filter lets through what it says, with its count, and its sums by unit and status."""
    for name, (asked, wanted) in filters(listed).items():
        assert 0 < check(listed, asked, wanted) < len(listed.entries), name


def test_filters_narrow_each_other(listed: Listed) -> None:
    """Of two and of three filters an entry must pass all."""
    known, found, random = filters(listed), 0, Random(1)
    for _ in range(60):
        chosen = [known[name] for name in random.sample(sorted(known), random.choice((2, 3)))]
        asked: dict[str, Any] = {}
        for fields, _wanted in chosen:
            asked = fields | asked
        held = [wanted for fields, wanted in chosen if fields.items() <= asked.items()]
        if len(held) == len(chosen):
            found += check(listed, asked, lambda e, held=held: all(wanted(e) for wanted in held)) > 0  # type: ignore[misc]
    assert found > 15


def test_an_import_does_not_touch(company: Company) -> None:
    """What an import brings was entered on its day of entry, and is untouched since, until it is changed."""
    company.store.import_entries(
        "list", [import_row(PETR, company.day(-40)), import_row(MARIA, company.day(-3))], BY
    )
    old, new = company.anna.everything()
    since = EntryFilter(untouched_since=company.day(-30))
    assert company.store.list_entries(company.anna.token, since).entries == (old,)
    company.anna.update(old, comment="позвонить")
    assert company.store.list_entries(company.anna.token, since).total == 0
    assert new.entered_on == company.day(-3)


KEYS: dict[EntrySort, Callable[[Entry], Any]] = {
    EntrySort.ENTRY_ID: lambda e: e.entry_id,
    EntrySort.GROUP: lambda e: name_key(e.group_name),
    EntrySort.MANAGER: lambda e: name_key(e.manager_name),
    EntrySort.CLIENT_PIN: lambda e: e.client_pin,
    EntrySort.AMOUNT: lambda e: e.amount,
    EntrySort.ENTERED_ON: lambda e: e.entered_on,
    EntrySort.PAY_BY: lambda e: e.pay_by or date.max,  # whoever looks for what is overdue wants a day
    EntrySort.STATUS: lambda e: list(Status).index(e.status),
    EntrySort.STATUS_ON: lambda e: e.status_on,
    EntrySort.PAID_AMOUNT: lambda e: (
        (e.amount if e.paid_amount is None else e.paid_amount) if e.status is Status.PAID else None
    ),
    EntrySort.PROBABILITY: lambda e: e.probability,
    EntrySort.CONTRIBUTION: lambda e: e.contribution,
    EntrySort.REASON: lambda e: e.reason,
    EntrySort.COMMENT: lambda e: e.comment,
}


def test_every_order_is_tried() -> None:
    """No order is left out below."""
    assert set(KEYS) == set(EntrySort)


@pytest.mark.parametrize("sort", EntrySort)
def test_each_order(listed: Listed, sort: EntrySort) -> None:
    """What is missing is least, equal ones go by number in the same direction, pages leave no gaps."""

    def key(entry: Entry) -> Any:
        value = KEYS[sort](entry)
        return (value is not None, value if value is not None else 0, entry.entry_id)

    for descending in (False, True):
        expected = tuple(sorted(listed.entries, key=key, reverse=descending))
        how: dict[str, Any] = {"sort": sort, "descending": descending}
        assert listed.page(**how).entries == expected
        paged = [e for at in range(0, 90, 18) for e in listed.page(offset=at, limit=18, **how).entries]
        assert tuple(paged) == expected


def periods(company: Company) -> dict[str, Period]:
    """Give periods that a run has, of every kind."""
    today = company.today
    return {
        "month": month_of(today),
        "next month": month_of(month_of(today).end + timedelta(days=1)),
        "quarter": quarter_of(today),
        "year": year_of(today),
        "custom": Period(PeriodKind.CUSTOM, company.day(-5), company.day(12), "Акция"),
    }


def test_the_rows_behind_from_open(company: Company, listed: Listed) -> None:
    """In every period what the run counted on adds up to its number, paid and refused since or not."""
    company.store.add_period(periods(company)["custom"], BY)
    company.store.aggregate_forecast(None, "test")
    is_open = [entry for entry in company.anna.everything() if entry.status is Status.EXPECTED]
    company.anna.pay(is_open[0])
    company.anna.refuse(is_open[1])
    rows = company.store.get_company_forecast().leads
    for name, period in periods(company).items():
        page = listed.page(EntryFilter(has_chance=True), period=period)
        for unit in ("RUB", "pcs"):
            of_unit = [
                row
                for row in rows
                if (row.lead_id, row.unit, row.period) == (listed.anna.lead_id, unit, period)
            ]
            (row,) = of_unit
            assert row.from_open > 0, name
            said = sum(part.contribution for part in page.sums if part.unit == unit)
            assert said == pytest.approx(row.from_open, rel=1e-9)
            shown = [entry.contribution or 0.0 for entry in page.entries if entry.unit == unit]
            assert sum(shown) == pytest.approx(row.from_open, rel=1e-9)
        gone = {is_open[0].entry_id, is_open[1].entry_id}
        assert gone < {entry.entry_id for entry in page.entries}
        assert all(entry.probability is None for entry in page.entries if entry.entry_id in gone)


def test_chances_of_the_period_that_is_asked_for(company: Company, listed: Listed) -> None:
    """Rows have the chances of that period, and are ordered by them; without one those of the month."""
    company.store.add_period(periods(company)["custom"], BY)
    company.store.aggregate_forecast(None, "test")
    ids = [entry.entry_id for entry in listed.entries]
    for period in periods(company).values():
        chances = {c.entry_id: c for c in company.store.list_chances(company.anna.token, period, ids)}
        assert chances
        page = listed.page(period=period)
        for entry in page.entries:
            chance = chances.get(entry.entry_id)
            assert entry.probability == (chance and chance.probability)
            assert chance is None or entry.contribution == pytest.approx(chance.contribution, rel=1e-12)
        said = [e.probability for e in listed.page(period=period, sort=EntrySort.PROBABILITY).entries]
        assert said == sorted(said, key=lambda p: (p is not None, p or 0.0))
    assert listed.page() == listed.page(period=month_of(company.today))


def test_a_period_without_chances(listed: Listed) -> None:
    """Of a period that the run does not have the rows are there, without chances."""
    unknown = Period(PeriodKind.CUSTOM, listed.day(-3), listed.day(3), "Нет такого")
    page = listed.page(period=unknown)
    assert [entry.entry_id for entry in page.entries] == [entry.entry_id for entry in listed.entries]
    assert all(entry.probability is entry.contribution is entry.is_large is None for entry in page.entries)
    assert all(row.contribution == 0 for row in page.sums)
    assert listed.page(EntryFilter(has_chance=True), period=unknown) == EntryPage((), 0, ())


def test_without_a_run_nothing_is_counted_on(company: Company) -> None:
    """Before the first run no entry has a chance."""
    company.anna.add(company.petr)
    wanted = EntryFilter(has_chance=True)
    assert company.store.list_entries(company.anna.token, wanted) == EntryPage((), 0, ())
