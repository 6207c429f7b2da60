"""Entries from files: all or nothing, once only, and taken back as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contract.company import (
    ALL,
    ANNA,
    BORIS,
    BY,
    COUNTED,
    IGOR,
    MARIA,
    NORTH,
    OLEG,
    PETR,
    ROSTER,
    ZOYA,
    Company,
    brought,
    import_row,
    issue,
    sign_in,
    three,
)
from mini_crm.domain.errors import NotYours
from mini_crm.domain.model import EntryFilter, ImportResult, ImportRow, Status
from mini_crm.store.port import Store

SAME = (
    "client_pin",
    "amount",
    "paid_amount",
    "entered_on",
    "pay_by",
    "status",
    "status_on",
    "comment",
    "reason",
)


def batches(store: Store) -> list[int]:
    """Give the batches on record."""
    return [batch.batch_id for batch in store.list_import_batches()]


def test_import(company: Company) -> None:
    """Rows become entries with all that the file says, days of the past included."""
    rows = three(company)
    before = company.anna.seq()
    result = company.store.import_entries("old.csv", rows, BY)
    assert result == ImportResult(result.batch_id, added=3, updated=0, unchanged=0)
    assert result.batch_id is not None
    stored = {entry.client_ref: entry for entry in company.anna.everything()}
    for row in rows:
        entry = stored.pop(row.client_ref)
        assert {name: getattr(entry, name) for name in SAME} == {name: getattr(row, name) for name in SAME}
        assert (entry.manager_name, entry.group_name) == (row.manager, row.group)
        assert (entry.first_pay_by, entry.version) == (row.pay_by, 1)
        assert entry.change_seq > before
    assert stored == {}
    assert len(company.store.list_changes(company.anna.token, before).entries) == 3


def test_import_without_pin_and_promise(company: Company) -> None:
    """Imported rows may lack a PIN and a promised day."""
    brought(company, [import_row(PETR, company.day(-3), client_pin="", pay_by=None)])
    (entry,) = company.anna.everything()
    assert (entry.client_pin, entry.pay_by, entry.first_pay_by) == ("", None, None)


def test_import_finds_names(company: Company) -> None:
    """Leads, groups and managers are found by name, whatever the case and blanks."""
    row = import_row(PETR, company.day(-3))
    row = replace(row, lead=f" {ANNA.upper()}", group=NORTH.lower(), manager=f"{PETR.upper()} ")
    assert company.store.import_entries("x", [row], BY).added == 1
    assert company.anna.everything()[0].manager_id == company.petr


def test_batch_on_record(company: Company) -> None:
    """Each import is on record, newest first: source, when, by whom, how many."""
    store = company.store
    assert store.list_import_batches() == ()
    first = brought(company, three(company))
    second = store.import_entries("new.xlsx", [import_row(ZOYA, company.day(-1))], "other").batch_id
    newest, oldest = store.list_import_batches()
    assert (newest.batch_id, newest.source, newest.imported_by, newest.entries) == (
        second,
        "new.xlsx",
        "other",
        1,
    )
    assert (oldest.batch_id, oldest.source, oldest.imported_by, oldest.entries) == (first, "old.csv", BY, 3)
    assert newest.undone_at is None
    assert abs(datetime.now(UTC) - oldest.imported_at) < timedelta(minutes=1)


def test_same_file_again(company: Company) -> None:
    """A second import of the same rows adds nothing, with or without taking over changes."""
    rows = three(company)
    first = brought(company, rows)
    stored, seq = company.anna.everything(), company.anna.seq()
    for update in (False, True):
        result = company.store.import_entries("old.csv", rows, BY, update=update)
        assert (result.added, result.updated, result.unchanged, result.differing) == (0, 0, 3, ())
        assert result.batch_id is None
    assert company.anna.everything() == stored
    assert company.anna.seq() == seq
    assert batches(company.store) == [first]


CHANGES: dict[str, Any] = {
    "amount": Decimal("10.51"),
    "client_pin": "1",
    "comment": "два",
    "reason": "нет денег",
    "pay_by": None,
    "manager": MARIA,
    "entered_on": -41,
    "status": Status.REFUSED,
}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_row(company: Company, name: str) -> None:
    """A row that is there with other content is told by its line and left alone, or taken over if asked."""
    rows = three(company)
    brought(company, rows)
    stored = company.anna.everything()
    value = company.day(CHANGES[name]) if name == "entered_on" else CHANGES[name]
    changes: dict[str, Any] = {name: value}
    if name in ("status", "reason"):
        changes["status"] = Status.REFUSED
        changes["status_on"] = company.day(-39)
    changed = [replace(rows[0], **changes), *rows[1:]]
    result = company.store.import_entries("old.csv", changed, BY)
    assert (result.added, result.updated, result.unchanged, result.differing) == (0, 0, 2, (2,))
    assert company.anna.everything() == stored
    result = company.store.import_entries("old.csv", changed, BY, update=True)
    assert (result.added, result.updated, result.unchanged, result.differing) == (0, 1, 2, ())
    entry = company.anna.get(stored[0])
    assert getattr(entry, "manager_name" if name == "manager" else name) == value
    assert (entry.version, entry.first_pay_by) == (2, stored[0].first_pay_by)
    assert company.anna.everything()[1:] == stored[1:]
    result = company.store.import_entries("old.csv", changed, BY, update=True)
    assert (result.updated, result.unchanged) == (0, 3)


def test_unknown_names(company: Company) -> None:
    """Rows with a lead, group or manager that nobody knows are told by line; the good ones go in."""
    day = company.day(-5)
    rows = [
        import_row(PETR, day, line=2),
        import_row(PETR, day, line=3, lead="Никто"),
        import_row(PETR, day, line=4, group="Нигде"),
        replace(import_row(PETR, day, line=5), manager="Некто"),
        import_row(ZOYA, day, line=6, lead=ANNA),
        import_row(ZOYA, day, line=7),
    ]
    result = company.store.import_entries("old.csv", rows, BY)
    assert (result.added, result.unknown) == (2, (3, 4, 5, 6))
    assert len(company.anna.everything()) == len(company.boris.everything()) == 1
    assert {lead.name for lead in company.store.list_leads()} == {ANNA, BORIS}


def test_only_bad_rows(company: Company) -> None:
    """When nothing goes in there is no batch."""
    result = company.store.import_entries("x", [import_row(PETR, company.day(-5), lead="Никто")], BY)
    assert result == ImportResult(None, 0, 0, 0, unknown=(2,))
    assert company.store.list_import_batches() == ()


def test_roster_comes_first(store: Store) -> None:
    """What the rows need of leads, groups and managers is made first, in the same import."""
    today = store.get_today()
    rows = [import_row(row.manager, today - timedelta(days=9)) for row in ROSTER]
    assert store.import_entries("x", rows, BY, roster=ROSTER).added == 5
    assert store.list_lead_names() == [ANNA, BORIS]
    anna = sign_in(store, ANNA, issue(store, ANNA, "anna"))
    assert {entry.manager_name for entry in anna.everything()} == {PETR, MARIA, OLEG}


def test_roster_takes_nobody_away(company: Company) -> None:
    """Leads and managers who are not in the file stay as they are."""
    row = replace(import_row(PETR, company.day(-9)), manager="Юлия")
    extra = replace(ROSTER[0], manager="Юлия")
    assert company.store.import_entries("x", [row], BY, roster=[extra]).added == 1
    assert company.anna.add(company.maria).manager_name == MARIA
    assert company.store.list_lead_names() == [ANNA, BORIS]


def test_dry_run(company: Company) -> None:
    """A dry run counts exactly what the import would do and stores nothing."""
    rows = three(company)
    brought(company, rows[:2])
    stored = company.anna.everything()
    mixed = [
        replace(rows[0], comment="x"),
        *rows[1:],
        import_row(PETR, company.day(-1), line=9, lead="Никто"),
    ]
    roster = [replace(ROSTER[0], lead="Вера")]
    for update in (False, True):
        said = company.store.import_entries("y", mixed, BY, roster=roster, update=update, dry_run=True)
        assert said.batch_id is None
        assert (said.added, said.updated, said.unchanged) == (1, int(update), 1)
        assert (said.differing, said.unknown) == (() if update else (2,), (9,))
    assert company.anna.everything() == stored
    assert company.store.list_lead_names() == [ANNA, BORIS]
    assert len(company.store.list_import_batches()) == 1


def test_roster_lets_nobody_in(company: Company) -> None:
    """Only what is missing is made: a lead or manager who is out stays out, old entries or not."""
    store = company.store
    store.apply_roster([row for row in ROSTER if row.manager != PETR], BY)
    store.set_lead_active(company.boris.lead_id, False, BY)
    rows = [import_row(PETR, company.day(-9)), import_row(ZOYA, company.day(-9))]
    assert store.import_entries("x", rows, BY, roster=ROSTER).added == 2
    assert store.list_lead_names() == [ANNA]
    with pytest.raises(NotYours):
        company.anna.add(company.petr)


def many(company: Company, count: int) -> list[ImportRow]:
    """Give many plain rows."""
    return [import_row(PETR, company.day(-9), line=n + 2) for n in range(count)]


def test_progress(company: Company) -> None:
    """Somebody who waits is told now and then how many rows are done."""
    told: list[int] = []
    brought(company, many(company, 2500), progress=told.append)
    assert told
    assert told == sorted(set(told))
    assert told[-1] == 2500


NOTES = {
    "a plain one": ("Дорого, ушли", ["дорого, ушли", "ДОРОГО"]),
    "two blanks": ("ждём  до  мая", ["ждём до мая", "до  мая"]),
    "two lines and a tab": ("первая\nвторая\tтретья", ["первая вторая третья"]),
    "a blank that does not break": ("1\u00a0000 руб.", ["1 000 руб."]),
    "capitals of others": ("Straße ÉTÉ Ξένος", ["straße", "été", "ξένος"]),
    "signs of a pattern": ("50% [от] _всех_", ["50% [от] _всех_"]),
    "signs of JSON": ('«"C:\\новое"»', ['"c:\\новое"']),
}


@pytest.mark.parametrize(("note", "looked_for"), NOTES.values(), ids=NOTES)
def test_search_among_imported(company: Company, note: str, looked_for: list[str]) -> None:
    """An imported entry is found by what finds a typed one with the same PIN, comment and reason."""
    today = company.day(0)
    refused: dict[str, Any] = {"status": Status.REFUSED, "status_on": today, "reason": "Нет  Денег"}
    brought(company, [import_row(PETR, today, client_pin="Ab  7", comment=note, **refused)])
    company.anna.add(company.petr, client_pin="Ab  7", comment=note, **refused)
    for text in (*looked_for, "ab 7", "нет денег"):
        page = company.store.list_entries(company.anna.token, EntryFilter(text=text))
        assert page.total == 2, text


class Stopped(Exception):
    """Somebody has stopped the import."""


def test_stopped_in_the_middle(store: Store) -> None:
    """An import that is broken off has stored nothing: no entry, no batch, no lead."""
    today = store.get_today()
    rows = [import_row(IGOR, today - timedelta(days=n % 9), line=n + 2) for n in range(2500)]

    def stop(done: int) -> None:
        raise Stopped(done)

    with pytest.raises(Stopped):
        store.import_entries("x", rows, BY, roster=ROSTER, progress=stop)
    assert (store.list_leads(), store.list_import_batches()) == ((), ())
    assert store.get_record().entries == 0
    assert store.import_entries("x", rows, BY, roster=ROSTER).added == 2500


def test_stopped_update(company: Company) -> None:
    """Changes of an import that is broken off are not kept either."""
    rows = many(company, 2500)
    brought(company, rows)
    seq = company.anna.seq()

    def stop(done: int) -> None:
        raise Stopped(done)

    changed = [replace(row, comment="x") for row in rows]
    with pytest.raises(Stopped):
        company.store.import_entries("x", changed, BY, update=True, progress=stop)
    assert {entry.comment for entry in company.anna.everything()} == {""}
    assert company.anna.seq() == seq


def test_imported_pieces(company: Company) -> None:
    """An imported row counts in the unit of its group."""
    brought(company, three(company))
    units = {entry.group_name: entry.unit for entry in company.anna.everything()}
    assert units == {NORTH: "RUB", COUNTED: "pcs"}


def test_refusals_without_an_amount(company: Company) -> None:
    """A refused row of amount 0 is stored with its reason, taken back and brought again with all it had."""
    row = import_row(
        PETR, company.day(-30), client_pin="К" * 100, amount=Decimal(0), status=Status.REFUSED,
        status_on=company.day(-20), reason="Ушёл к «другим»: 100 букв" + "и" * 75,
    )  # fmt: skip
    batch = brought(company, [row])
    (entry,) = company.anna.everything()
    assert {name: getattr(entry, name) for name in SAME} == {name: getattr(row, name) for name in SAME}
    company.store.undo_import(batch, BY)
    assert company.anna.everything() == ()
    brought(company, [row])
    (entry,) = company.anna.everything()
    assert (entry.amount, entry.reason) == (0, row.reason)
    other = replace(row, reason="", amount=Decimal(5))
    changed = brought(company, [other], update=True)
    assert [(e.amount, e.reason) for e in company.anna.everything()] == [(5, "")]
    company.store.undo_import(changed, BY)
    assert [(e.amount, e.reason) for e in company.anna.everything()] == [(0, row.reason)]
    company.store.reassign_entries([entry.entry_id], company.maria, BY)
    assert [(e.manager_name, e.reason) for e in company.anna.everything()] == [(MARIA, row.reason)]


def test_refusals_without_an_amount_count(company: Company) -> None:
    """They count as refusals in the win rate; sums stay what they are."""
    resolved = {"status_on": company.day(-20)}
    rows = [import_row(PETR, company.day(-30), status=Status.PAID, **resolved)]
    rows += [
        import_row(PETR, company.day(-30), status=Status.REFUSED, amount=Decimal(0), **resolved)
        for _ in range(3)
    ]
    brought(company, rows)
    company.store.aggregate_forecast(None, BY)
    found = company.store.get_company_forecast()
    (lead,) = {(row.won, row.resolved) for row in found.leads if row.lead_name == ANNA and row.unit == "RUB"}
    assert lead == (1, 4)
    page = company.store.list_entries(company.anna.token, ALL)
    assert page.total == 4
    assert {row.status: (row.count, row.amount) for row in page.sums} == {
        Status.PAID: (1, 100), Status.REFUSED: (3, 0),
    }  # fmt: skip


def test_no_win_rate_where_nothing_was_resolved(company: Company) -> None:
    """Where nothing was resolved in the last 365 days there is no win rate, though older entries were."""
    old = {"entered_on": company.day(-730), "status_on": company.day(-715)}
    rows = [import_row(PETR, status=status, **old) for status in (Status.PAID, Status.REFUSED)]
    brought(company, [*rows, import_row(PETR, company.day(-30))])
    company.store.aggregate_forecast(None, BY)
    found = company.store.get_company_forecast()
    counted = {(r.won, r.resolved, r.win_rate) for r in (*found.company, *found.leads, *found.managers)}
    assert counted == {(0, 0, None)}
