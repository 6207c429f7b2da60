"""The lead's list: filters, order, pages, counts and sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

import pytest

from contract.company import (
    ALL,
    ANNA,
    BY,
    COUNTED,
    MARIA,
    NORTH,
    OLEG,
    PETR,
    ROSTER,
    ZOYA,
    Company,
    Desk,
    import_row,
    sums_of,
)
from mini_crm.domain.model import PIECES, Entry, EntryFilter, EntryPage, EntrySort, ImportRow, Status


def rows(company: Company) -> list[ImportRow]:
    """Give 24 entries of Anna in which every column has equal and different values."""
    managers = (PETR, MARIA, OLEG)
    statuses = tuple(Status)
    return [
        import_row(
            managers[n % 3],
            company.day(-30 + n % 7),
            client_pin=f"{(n * 5) % 24 // 2:04}",
            amount=Decimal(1 + n * 7 % 10),
            pay_by=company.day(-10 + n * 11 % 8),
            status=statuses[n // 2 % 3],
            status_on=None if n // 2 % 3 == 0 else company.day(-23 + n % 5),
            comment=("", "срочно", "Ждать Ответа", "100% скидка", "a_b", "aXb")[n % 6],
        )
        for n in range(24)
    ]


@pytest.fixture
def entries(company: Company) -> tuple[Entry, ...]:
    """Store Anna's entries, one of Boris's and a deleted one; give Anna's that are not deleted."""
    company.store.import_entries("list", rows(company), BY)
    company.boris.add(company.zoya, comment="срочно")
    company.anna.delete(company.anna.add(company.petr, comment="срочно"))
    stored = company.anna.everything()
    assert len(stored) == 24
    return stored


def page(desk: Desk, entry_filter: EntryFilter = ALL, **how: Any) -> EntryPage:
    """Ask for a part of the list."""
    return desk.store.list_entries(desk.token, entry_filter, **how)


def check_filter(
    desk: Desk, entries: Sequence[Entry], entry_filter: EntryFilter, wanted: Callable[[Entry], bool]
) -> None:
    """Check that a filter gives what it should, with count and sums, and is worth testing."""
    expected = [entry for entry in entries if wanted(entry)]
    assert 0 < len(expected) < len(entries)
    got = page(desk, entry_filter, descending=False)
    assert list(got.entries) == expected
    assert got.total == len(expected)
    assert got.sums == sums_of(expected)
    # A page says the same of the whole filtered list.
    first = page(desk, entry_filter, descending=False, limit=1)
    assert (first.entries, first.total, first.sums) == (tuple(expected[:1]), got.total, got.sums)


def test_all_entries(company: Company, entries: tuple[Entry, ...]) -> None:
    """Without a filter a lead gets all own entries that are not deleted, newest first, and their sums."""
    got = page(company.anna)
    assert got.entries == entries[::-1]
    assert got.total == 24
    assert {row.unit for row in got.sums} == {"RUB", PIECES}
    assert {row.status for row in got.sums} == set(Status)
    assert got.sums == sums_of(entries)


def test_empty_list(company: Company) -> None:
    """A lead without entries gets an empty list without sums."""
    assert page(company.anna) == EntryPage((), 0, ())


def test_nothing_found(company: Company, entries: tuple[Entry, ...]) -> None:
    """A filter that nothing passes gives an empty list without sums."""
    assert page(company.anna, EntryFilter(text="нет такого")) == EntryPage((), 0, ())
    backwards = EntryFilter(pay_by_from=company.day(0), pay_by_to=company.day(-9))
    assert page(company.anna, backwards) == EntryPage((), 0, ())


def test_filter_by_group(company: Company, entries: tuple[Entry, ...]) -> None:
    """One group's entries can be had."""
    groups = {group.name: group.group_id for group in company.store.list_groups(company.anna.token)}
    for name in (NORTH, COUNTED):
        check_filter(
            company.anna,
            entries,
            EntryFilter(group_id=groups[name]),
            lambda entry, name=name: entry.group_name == name,  # type: ignore[misc]
        )


def test_filter_by_manager(company: Company, entries: tuple[Entry, ...]) -> None:
    """One manager's entries can be had."""
    check_filter(
        company.anna,
        entries,
        EntryFilter(manager_id=company.maria),
        lambda entry: entry.manager_name == MARIA,
    )


def test_filter_by_foreign_ids(company: Company, entries: tuple[Entry, ...]) -> None:
    """Another lead's group or manager gives nothing."""
    (south,) = company.store.list_groups(company.boris.token)
    assert page(company.anna, EntryFilter(group_id=south.group_id)).total == 0
    assert page(company.anna, EntryFilter(manager_id=company.zoya)).total == 0


@pytest.mark.parametrize(
    "statuses",
    [{Status.EXPECTED}, {Status.PAID}, {Status.REFUSED}, {Status.EXPECTED, Status.REFUSED}],
    ids=lambda statuses: "+".join(sorted(statuses)),
)
def test_filter_by_status(company: Company, entries: tuple[Entry, ...], statuses: set[Status]) -> None:
    """Any choice of statuses can be had; none chosen means all."""
    check_filter(
        company.anna,
        entries,
        EntryFilter(statuses=frozenset(statuses)),
        lambda entry: entry.status in statuses,
    )
    assert page(company.anna, EntryFilter(statuses=frozenset(Status))).total == len(entries)


def test_filter_by_promised_day(company: Company, entries: tuple[Entry, ...]) -> None:
    """Both ends of the promised days belong to them; either may be left open."""
    start, end = company.day(-8), company.day(-5)

    def day(entry: Entry) -> timedelta:
        assert entry.pay_by is not None
        return entry.pay_by - start

    assert {day(entry).days for entry in entries} >= {-1, 0, 3, 4}
    check_filter(company.anna, entries, EntryFilter(pay_by_from=start), lambda entry: day(entry).days >= 0)
    check_filter(company.anna, entries, EntryFilter(pay_by_to=end), lambda entry: day(entry).days <= 3)
    check_filter(
        company.anna,
        entries,
        EntryFilter(pay_by_from=start, pay_by_to=end),
        lambda entry: 0 <= day(entry).days <= 3,
    )


def test_entry_without_promised_day(company: Company) -> None:
    """An imported entry without a promised day is in the list, but in no range of promised days."""
    company.store.import_entries("x", [import_row(PETR, company.day(-9), pay_by=None, client_pin="")], BY)
    (entry,) = company.anna.everything()
    assert (entry.pay_by, entry.first_pay_by, entry.client_pin) == (None, None, "")
    assert page(company.anna, EntryFilter(pay_by_from=company.day(-999))).total == 0
    assert page(company.anna, EntryFilter(pay_by_to=company.day(999))).total == 0


TEXTS = {
    "срочно": lambda entry: entry.comment == "срочно",
    "СРОЧ": lambda entry: entry.comment == "срочно",
    "рочн": lambda entry: entry.comment == "срочно",
    "ждать ответа": lambda entry: entry.comment == "Ждать Ответа",
    "ПЁТР": lambda entry: entry.manager_name == PETR,
    "мари": lambda entry: entry.manager_name == MARIA,
    "ШТУЧ": lambda entry: entry.group_name == COUNTED,
    "0007": lambda entry: entry.client_pin == "0007",
    "%": lambda entry: "%" in entry.comment,
    "0%": lambda entry: "%" in entry.comment,
    "_": lambda entry: entry.comment == "a_b",
    "A_B": lambda entry: entry.comment == "a_b",
}


@pytest.mark.parametrize("text", TEXTS)
def test_filter_by_text(company: Company, entries: tuple[Entry, ...], text: str) -> None:
    """Text is found in PIN, manager, group and comment, in any case, Cyrillic too; no sign is a wildcard."""
    check_filter(company.anna, entries, EntryFilter(text=text), TEXTS[text])


def test_signs_of_patterns_are_looked_for_as_they_are(company: Company) -> None:
    """A sign that stands for something in a pattern of some database is only itself."""
    comments = ("x[y]z", "a\\b", "5!6", "q^w", "m-n", "%", "_")
    for comment in comments:
        company.anna.add(company.petr, comment=comment)
    for text in ("[", "]", "[y]", "[a-z]", "\\", "!", "^", "-", "%", "_", "!%", "%%"):
        found = {entry.comment for entry in page(company.anna, EntryFilter(text=text)).entries}
        assert found == {comment for comment in comments if text in comment}, text


def test_text_follows_changes(company: Company) -> None:
    """An entry is found by what it says now, not by what it said."""
    entry = company.anna.add(company.petr, comment="Старое", client_pin="111")
    company.anna.update(entry, comment="Новое", client_pin="222", manager_id=company.maria)
    for text, total in (("старое", 0), ("111", 0), ("пётр", 0), ("НОВОЕ", 1), ("222", 1), ("МАРИЯ", 1)):
        assert page(company.anna, EntryFilter(text=text)).total == total


def test_text_follows_moves(company: Company) -> None:
    """An entry that went to another group is found by that group's and manager's names."""
    one, two = company.anna.add(company.petr), company.boris.add(company.zoya)
    company.store.reassign_entries([one.entry_id], company.igor, BY)
    moved = [replace(row, lead=ANNA, group=NORTH) if row.manager == ZOYA else row for row in ROSTER]
    company.store.apply_roster(moved, BY)
    for desk, entry, new, old in (
        (company.boris, one, ("юг", "игорь"), ("север", "пётр")),
        (company.anna, two, ("север", "зоя"), ("юг",)),
    ):
        for text in new:
            assert [e.entry_id for e in page(desk, EntryFilter(text=text)).entries] == [entry.entry_id]
        for text in old:
            assert page(desk, EntryFilter(text=text)).total == 0


def test_filters_together(company: Company, entries: tuple[Entry, ...]) -> None:
    """Filters narrow each other: an entry must pass all of them."""
    texts: tuple[str, ...] = ("", "срочно", "00")
    statuses: tuple[frozenset[Status], ...] = (
        frozenset(),
        frozenset({Status.PAID}),
        frozenset({Status.EXPECTED, Status.PAID}),
    )
    found = 0
    for text, chosen, manager_id, start in product(
        texts, statuses, (None, company.petr), (None, company.day(-7))
    ):
        entry_filter = EntryFilter(manager_id=manager_id, statuses=chosen, pay_by_from=start, text=text)
        expected = [
            entry
            for entry in entries
            if (text in entry.comment or text in entry.client_pin)
            and (not chosen or entry.status in chosen)
            and (manager_id is None or entry.manager_id == manager_id)
            and (start is None or (entry.pay_by is not None and entry.pay_by >= start))
        ]
        got = page(company.anna, entry_filter, descending=False)
        assert list(got.entries) == expected
        assert (got.total, got.sums) == (len(expected), sums_of(expected))
        found += bool(expected)
    assert found > 20


KEYS: dict[EntrySort, Callable[[Entry], Any]] = {
    EntrySort.ENTRY_ID: lambda entry: entry.entry_id,
    EntrySort.GROUP: lambda entry: entry.group_name,
    EntrySort.MANAGER: lambda entry: entry.manager_name,
    EntrySort.CLIENT_PIN: lambda entry: entry.client_pin,
    EntrySort.AMOUNT: lambda entry: entry.amount,
    EntrySort.ENTERED_ON: lambda entry: entry.entered_on,
    EntrySort.PAY_BY: lambda entry: entry.pay_by or date.max,
    EntrySort.STATUS: lambda entry: list(Status).index(entry.status),
    EntrySort.COMMENT: lambda entry: ("", "a", "b", "c").index(entry.comment),
}


@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("sort", KEYS)
def test_order(company: Company, sort: EntrySort, descending: bool) -> None:
    """Each column orders both ways; equal ones go by number; pages follow that order without gaps."""
    wanted = [replace(row, comment=("", "a", "b", "c")[n % 4]) for n, row in enumerate(rows(company))]
    company.store.import_entries("list", wanted, BY)
    key = KEYS[sort]
    whole = page(company.anna, sort=sort, descending=descending).entries
    assert len(whole) == 24
    steps = list(pairwise(whole[::-1] if descending else whole))
    assert all(key(a) <= key(b) for a, b in steps)
    ties = [a.entry_id < b.entry_id for a, b in steps if key(a) == key(b)]
    assert len(set(ties)) <= 1
    assert ties or sort is EntrySort.ENTRY_ID
    paged = [
        entry
        for offset in range(0, 28, 7)
        for entry in page(company.anna, sort=sort, descending=descending, offset=offset, limit=7).entries
    ]
    assert paged == list(whole)


def test_order_by_probability(company: Company) -> None:
    """Entries are ordered by the chance that the last run gave them."""
    company.store.import_entries("list", rows(company), BY)
    company.store.aggregate_forecast(None, "test")
    only_open = EntryFilter(statuses=frozenset({Status.EXPECTED}))
    for descending in (False, True):
        got = page(company.anna, only_open, sort=EntrySort.PROBABILITY, descending=descending).entries
        chances = [entry.probability for entry in got if entry.probability is not None]
        assert len(chances) == len(got) == 8
        assert chances == sorted(chances, reverse=descending)
    assert page(company.anna, sort=EntrySort.PROBABILITY).total == 24


def test_pages(company: Company, entries: tuple[Entry, ...]) -> None:
    """Every page says the whole count and sums, and the last one may be short or empty."""
    for offset, length in ((0, 10), (10, 10), (20, 4), (24, 0), (999, 0)):
        got = page(company.anna, offset=offset, limit=10)
        assert (len(got.entries), got.total, got.sums) == (length, 24, sums_of(entries))
        assert got.entries == entries[::-1][offset : offset + 10]


def test_sums_follow_changes(company: Company) -> None:
    """Counts and sums are those of now."""

    def sums() -> dict[tuple[str, Status], Decimal]:
        return {(row.unit, row.status): row.amount for row in page(company.anna).sums}

    anna = company.anna
    one = anna.add(company.petr, amount=Decimal("10.10"))
    two = anna.add(company.maria, amount=Decimal("20.20"))
    assert sums() == {("RUB", Status.EXPECTED): Decimal("30.30")}
    one = anna.update(one, amount=Decimal("0.05"))
    assert sums() == {("RUB", Status.EXPECTED): Decimal("20.25")}
    anna.delete(two)
    assert sums() == {("RUB", Status.EXPECTED): Decimal("0.05")}
    anna.add(company.oleg, amount=Decimal(4))
    anna.pay(one, came=Decimal("0.02"))
    assert sums() == {(PIECES, Status.EXPECTED): 4, ("RUB", Status.PAID): Decimal("0.02")}


def test_open_entries_of_a_pin(company: Company, entries: tuple[Entry, ...]) -> None:
    """Of one very PIN the open entries come, oldest first: no other PIN, lead, status, or deleted one."""
    anna = company.anna
    company.store.import_entries("b", [import_row(PETR, company.day(-40), client_pin="0100")], BY)
    (first,) = page(anna, EntryFilter(text="0100")).entries
    second = anna.add(company.oleg, client_pin="0100", amount=Decimal(1))
    anna.delete(anna.add(company.petr, client_pin="0100"))
    anna.pay(anna.add(company.petr, client_pin="0100"))
    anna.add(company.petr, client_pin="100")
    anna.add(company.petr, client_pin="01000")
    company.boris.add(company.zoya, client_pin="0100")
    store = company.store
    assert store.list_open_entries_of_pin(anna.token, "0100") == (first, second)
    assert store.list_open_entries_of_pin(anna.token, "нет") == ()
    anna.refuse(first)
    assert store.list_open_entries_of_pin(anna.token, "0100") == (second,)
