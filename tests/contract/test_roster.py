"""The roster: who leads which groups with which managers, and what becomes of entries when that changes."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from contract.company import (
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
    SOUTH,
    ZOYA,
    Company,
    issue,
    lead_named,
    manager_ids,
    sign_in,
)
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import PIECES, RosterChange, RosterRow, Status
from mini_crm.store.port import Store

Seen = set[tuple[str, str, str, str, bool]]


def kinds(changes: tuple[RosterChange, ...]) -> Counter[tuple[str, str]]:
    """Give what a roster did, as kind and name."""
    return Counter((change.kind, change.name) for change in changes)


def seen(store: Store) -> Seen:
    """Give every manager with lead, group, unit, and whether all three are active."""
    return {
        (
            lead.name,
            group.name,
            group.unit,
            manager.name,
            lead.is_active and group.is_active and manager.is_active,
        )
        for lead in store.list_leads()
        for group in lead.groups
        for manager in group.managers
    }


def active(store: Store) -> set[RosterRow]:
    """Give the roster as it is in force."""
    return {RosterRow(lead, group, name, unit) for lead, group, unit, name, on in seen(store) if on}


def without(**fields: str) -> list[RosterRow]:
    """Give the roster without the rows that have these fields."""
    return [row for row in ROSTER if any(getattr(row, name) != text for name, text in fields.items())]


def moved(manager: str, **place: str) -> list[RosterRow]:
    """Give the roster with one manager in another place."""
    return [replace(row, **place) if row.manager == manager else row for row in ROSTER]


def test_first_roster(store: Store) -> None:
    """A first roster makes all leads, groups and managers, and says so."""
    changes = store.apply_roster(ROSTER, BY)
    assert kinds(changes) == Counter(
        [
            *(("lead_new", name) for name in (ANNA, BORIS)),
            *(("group_new", name) for name in (NORTH, COUNTED, SOUTH)),
            *(("manager_new", name) for name in (PETR, MARIA, OLEG, ZOYA, IGOR)),
        ]
    )
    assert active(store) == set(ROSTER)
    assert not any(lead.has_password or lead.locked or lead.must_change for lead in store.list_leads())


def test_same_roster_again(company: Company) -> None:
    """A roster that is in force already changes nothing, in whatever case and order it is written."""
    before = company.store.list_leads()
    assert company.store.apply_roster(ROSTER, BY) == ()
    shouted = [
        replace(row, lead=row.lead.upper(), group=f" {row.group.lower()} ", manager=row.manager.swapcase())
        for row in reversed(ROSTER)
    ]
    assert company.store.apply_roster(shouted, BY) == ()
    assert company.store.list_leads() == before


@pytest.mark.parametrize(
    "rows",
    [
        without(manager=PETR),
        without(lead=BORIS),
        moved(OLEG, group=NORTH, unit="RUB"),
        moved(ZOYA, lead=ANNA, group=NORTH),
        [replace(row, unit="EUR") if row.group == SOUTH else row for row in ROSTER],
        [*ROSTER, RosterRow("Вера", "Запад", "Юлия", "RUB")],
    ],
    ids=["manager gone", "lead gone", "moved", "moved to another lead", "unit", "lead new"],
)
def test_dry_run(company: Company, rows: list[RosterRow]) -> None:
    """A dry run says exactly what would be done and does nothing, so it can be asked again."""
    entry = company.boris.add(company.igor) if rows[-1].unit == "RUB" else None
    before = company.store.list_leads()
    said = company.store.apply_roster(rows, BY, dry_run=True)
    assert said != ()
    assert company.store.apply_roster(rows, BY, dry_run=True) == said
    assert company.store.list_leads() == before
    assert company.store.get_session(company.boris.token).lead_name == BORIS
    assert entry is None or company.boris.get(entry) == entry
    assert company.store.apply_roster(rows, BY) == said
    assert company.store.list_leads() != before
    assert company.store.apply_roster(rows, BY) == ()


def test_manager_gone_and_back(company: Company) -> None:
    """A manager who is not in the roster any more is kept as inactive, and comes back as the same one."""
    store = company.store
    assert kinds(store.apply_roster(without(manager=PETR), BY)) == Counter([("manager_gone", PETR)])
    assert (ANNA, NORTH, "RUB", PETR, False) in seen(store)
    assert active(store) == set(ROSTER) - {ROSTER[0]}
    assert kinds(store.apply_roster(ROSTER, BY)) == Counter([("manager_back", PETR)])
    assert active(store) == set(ROSTER)
    assert manager_ids(store)[NORTH, PETR] == company.petr


def test_group_gone_and_back(company: Company) -> None:
    """A group without rows is kept as inactive, and comes back as the same one."""
    store, before = company.store, company.store.list_leads()
    gone = kinds(store.apply_roster(without(group=COUNTED), BY))
    assert gone[("group_gone", COUNTED)] == 1
    (group,) = (group for group in lead_named(store, ANNA).groups if group.name == COUNTED)
    assert not group.is_active
    back = kinds(store.apply_roster(ROSTER, BY))
    assert back[("group_back", COUNTED)] == 1
    assert store.list_leads() == before


def test_lead_gone_and_back(company: Company) -> None:
    """A lead without rows is kept as inactive with all entries, and comes back with the same password."""
    store, entry = company.store, company.boris.add(company.zoya)
    gone = kinds(store.apply_roster(without(lead=BORIS), BY))
    assert gone[("lead_gone", BORIS)] == 1
    assert not lead_named(store, BORIS).is_active
    back = kinds(store.apply_roster(ROSTER, BY))
    assert back[("lead_back", BORIS)] == 1
    assert active(store) == set(ROSTER)
    assert company.boris.window().everything() == (entry,)


def test_part_of_a_roster(company: Company) -> None:
    """A roster that is not complete adds and takes nobody away."""
    extra = RosterRow(ANNA, NORTH, "Юлия", "RUB")
    changes = company.store.apply_roster([extra], BY, complete=False)
    assert kinds(changes) == Counter([("manager_new", "Юлия")])
    assert active(company.store) == {*ROSTER, extra}


def test_manager_moved_within_a_lead(company: Company) -> None:
    """A manager who moves to another group takes open entries along; closed ones stay where they were."""
    store, anna = company.store, company.anna
    store.apply_roster([*ROSTER, RosterRow(ANNA, "Запад", "Юлия", "RUB")], BY)
    still, paid = anna.add(company.petr), anna.pay(anna.add(company.petr))
    refused = anna.refuse(anna.add(company.petr))
    rows = [*moved(PETR, group="Запад"), RosterRow(ANNA, "Запад", "Юлия", "RUB")]
    (change,) = store.apply_roster(rows, BY)
    assert (change.kind, change.name, change.open_entries) == ("manager_moved", PETR, 1)
    assert change.old and change.new and change.old != change.new
    assert active(store) == set(rows)
    now = anna.get(still)
    assert (now.group_name, now.manager_name, now.lead_id) == ("Запад", PETR, anna.lead_id)
    assert now.draft() == replace(still.draft(), manager_id=now.manager_id)
    assert now.version > still.version
    for entry in (paid, refused):
        assert (anna.get(entry).group_name, anna.get(entry).version) == (NORTH, entry.version)
    assert anna.add(manager_ids(store)["Запад", PETR]).group_name == "Запад"


def test_manager_moved_to_another_lead(company: Company) -> None:
    """Open entries go with the manager to the new lead, and are out of the old one's hands."""
    store, anna, boris = company.store, company.anna, company.boris
    still, paid = boris.add(company.zoya), boris.pay(boris.add(company.zoya))
    other = boris.add(company.igor)
    (change,) = store.apply_roster(moved(ZOYA, lead=ANNA, group=NORTH), BY)
    assert (change.kind, change.name, change.open_entries) == ("manager_moved", ZOYA, 1)
    (now,) = anna.everything()
    assert (now.entry_id, now.lead_id, now.group_name) == (still.entry_id, anna.lead_id, NORTH)
    assert (now.manager_name, now.amount, now.entered_on) == (ZOYA, still.amount, still.entered_on)
    assert {entry.entry_id for entry in boris.everything()} == {paid.entry_id, other.entry_id}
    assert boris.get(paid) == paid
    assert anna.pay(now).version == now.version + 1
    assert anna.add(manager_ids(store)[NORTH, ZOYA]).lead_id == anna.lead_id


def test_moved_back(company: Company) -> None:
    """A manager can move to and fro, and the open entries follow each time."""
    entry = company.boris.add(company.zoya)
    company.store.apply_roster(moved(ZOYA, lead=ANNA, group=NORTH), BY)
    (change,) = company.store.apply_roster(ROSTER, BY)
    assert (change.kind, change.open_entries) == ("manager_moved", 1)
    assert active(company.store) == set(ROSTER)
    now = company.boris.get(entry)
    assert (now.group_name, now.manager_name) == (SOUTH, ZOYA)
    assert company.anna.everything() == ()


def test_closed_entry_of_a_moved_manager(company: Company) -> None:
    """A closed entry that stayed with the old lead can be corrected and re-opened there."""
    boris = company.boris
    entry = boris.pay(boris.add(company.zoya))
    company.store.apply_roster(moved(ZOYA, lead=ANNA, group=NORTH), BY)
    corrected = boris.pay(entry, came=Decimal(90))
    assert (corrected.paid_amount, corrected.lead_id) == (Decimal(90), boris.lead_id)
    opened = boris.update(corrected, status=Status.EXPECTED, status_on=None, paid_amount=None)
    assert (opened.status, opened.group_name) == (Status.EXPECTED, SOUTH)
    given = boris.update(opened, manager_id=company.igor)
    assert (given.manager_name, given.lead_id) == (IGOR, boris.lead_id)


def test_team_handed_over(company: Company) -> None:
    """A whole group that goes to a new lead, as when a lead leaves, takes its open entries along."""
    store = company.store
    entries = [company.boris.add(company.zoya), company.boris.add(company.igor)]
    rows = [replace(row, lead="Вера") if row.lead == BORIS else row for row in ROSTER]
    changes = kinds(store.apply_roster(rows, BY))
    assert changes[("manager_moved", ZOYA)] == changes[("manager_moved", IGOR)] == 1
    assert changes[("lead_new", "Вера")] == changes[("lead_gone", BORIS)] == 1
    assert active(store) == set(rows)
    vera = sign_in(store, "Вера", issue(store, "Вера", "vera"))
    assert [entry.entry_id for entry in vera.everything()] == [entry.entry_id for entry in entries]
    assert {entry.group_name for entry in vera.everything()} == {SOUTH}


def test_moved_to_where_the_name_was_before(company: Company) -> None:
    """A manager who left, came back elsewhere and then moves to the old place takes open entries along."""
    store = company.store
    store.apply_roster(without(manager=PETR), BY)
    store.apply_roster(moved(PETR, lead=BORIS, group=SOUTH), BY)
    entry = company.boris.add(manager_ids(store)[SOUTH, PETR])
    store.apply_roster(ROSTER, BY)
    assert active(store) == set(ROSTER)
    (now,) = company.anna.everything()
    assert (now.entry_id, now.manager_name, now.group_name) == (entry.entry_id, PETR, NORTH)
    assert company.anna.update(now, comment="x").version == now.version + 1


def test_move_with_history(company: Company) -> None:
    """That an entry followed its manager is in its history, with who applied the roster."""
    entry = company.boris.add(company.zoya)
    company.store.apply_roster(moved(ZOYA, lead=ANNA, group=NORTH), BY)
    history = company.store.list_entry_history(company.anna.token, entry.entry_id)
    assert [version.action for version in history] == ["added", "reassigned"]
    assert history[-1].changed_by == BY


def test_namesakes_have_not_moved(company: Company) -> None:
    """A name that stands in two groups is two people: when both go and a third comes, nobody has moved."""
    store = company.store
    twice = [*ROSTER, RosterRow(BORIS, SOUTH, PETR, "RUB")]
    assert kinds(store.apply_roster(twice, BY)) == Counter([("manager_new", PETR)])
    entry = company.anna.add(company.petr)
    third = [row for row in twice if row.manager != PETR] + [RosterRow(ANNA, "Запад", PETR, "RUB")]
    changes = kinds(store.apply_roster(third, BY))
    assert changes == Counter(
        [("group_new", "Запад"), ("manager_new", PETR), ("manager_gone", PETR), ("manager_gone", PETR)]
    )
    assert company.anna.get(entry) == entry


def test_one_of_two_namesakes_goes(company: Company) -> None:
    """When one of two namesakes goes, the other stays where he was and gets nothing."""
    store = company.store
    twice = [*ROSTER, RosterRow(BORIS, SOUTH, PETR, "RUB")]
    store.apply_roster(twice, BY)
    entry = company.anna.add(company.petr)
    rows = [row for row in twice if (row.group, row.manager) != (NORTH, PETR)]
    assert kinds(store.apply_roster(rows, BY)) == Counter([("manager_gone", PETR)])
    assert company.anna.get(entry) == entry


def test_move_to_another_unit(company: Company) -> None:
    """A manager who moves to a group of another unit does not turn money into pieces."""
    entry = company.anna.add(company.petr, amount=Decimal("10.50"))
    with suppress(BadValue):
        company.store.apply_roster(moved(PETR, group=COUNTED, unit=PIECES), BY)
    now = company.anna.get(entry)
    assert (now.unit, now.amount) == ("RUB", Decimal("10.50"))


def test_unit_of_an_empty_group(company: Company) -> None:
    """The unit of a group without entries can be corrected."""
    rows = [replace(row, unit="EUR") if row.group == SOUTH else row for row in ROSTER]
    (change,) = company.store.apply_roster(rows, BY)
    assert (change.kind, change.name, change.old, change.new) == ("group_unit", SOUTH, "RUB", "EUR")
    assert active(company.store) == set(rows)
    assert company.boris.add(company.zoya).unit == "EUR"


@pytest.mark.parametrize("fate", ["open", "paid", "deleted"])
def test_unit_is_fixed_by_entries(company: Company, fate: str) -> None:
    """The unit of a group with any entry cannot be changed, and then nothing of the roster is done."""
    entry = company.boris.add(company.zoya)
    if fate == "paid":
        company.boris.pay(entry)
    elif fate == "deleted":
        company.boris.delete(entry)
    before = company.store.list_leads()
    rows = [replace(row, unit="EUR") if row.group == SOUTH else row for row in ROSTER if row.manager != PETR]
    for dry_run in (True, False):
        with pytest.raises(BadValue):
            company.store.apply_roster(rows, BY, dry_run=dry_run)
    assert company.store.list_leads() == before


@pytest.mark.parametrize(
    "row",
    [
        RosterRow("", NORTH, "Юлия", "RUB"),
        RosterRow(ANNA, "", "Юлия", "RUB"),
        RosterRow(ANNA, NORTH, "", "RUB"),
        RosterRow(ANNA, NORTH, " \t", "RUB"),
        RosterRow(ANNA, NORTH, PETR, "RUB"),
        RosterRow(ANNA.upper(), f" {NORTH}", PETR.lower(), "RUB"),
        RosterRow(ANNA, NORTH, "Юлия", ""),
        RosterRow(ANNA, NORTH, "Юлия", "roubles"),
        RosterRow(ANNA, NORTH, "Юлия", PIECES),
    ],
    ids=[
        "no lead",
        "no group",
        "no manager",
        "blank manager",
        "twice",
        "twice in other letters",
        "no unit",
        "no such unit",
        "two units of one group",
    ],
)
def test_bad_row(store: Store, row: RosterRow) -> None:
    """One bad row and nothing of the roster is done."""
    for dry_run in (True, False):
        with pytest.raises(BadValue):
            store.apply_roster([*ROSTER, row], BY, dry_run=dry_run)
    assert store.list_leads() == ()


def test_names_with_odd_signs(store: Store) -> None:
    """Names are text: quotes, wildcards and other alphabets are kept as they are written."""
    odd = [RosterRow("O'Neil; DROP TABLE Lead", 'A "big" group', "50%_[x] 日本 💰", "USD")]
    store.apply_roster(odd, BY)
    assert active(store) == set(odd)
    assert store.list_lead_names() == ["O'Neil; DROP TABLE Lead"]


@pytest.mark.parametrize("part", ["lead", "group", "manager"])
@pytest.mark.parametrize("name", ["я" * 201, "\U0001f600" * 101, "\ufb03" * 70])
def test_name_that_cannot_be_stored(company: Company, part: str, name: str) -> None:
    """A name longer than 200 UTF-16 units, or compared as more than that, is refused; nothing is changed."""
    before = company.store.list_leads()
    with pytest.raises(BadValue) as caught:
        company.store.apply_roster([*ROSTER, replace(ROSTER[0], **{part: name})], BY)
    assert (caught.value.code, caught.value.field) == ("name_too_long", part)
    assert company.store.list_leads() == before


def test_the_longest_name(company: Company) -> None:
    """A name of 200 UTF-16 units is kept whole, even of characters that JSON has to write as two."""
    names = ['"' * 200, "\U0001f600" * 100, "\\" * 200]
    company.store.apply_roster([replace(ROSTER[0], manager=name) for name in names], BY, complete=False)
    kept = {m.name for lead in company.store.list_leads() for group in lead.groups for m in group.managers}
    assert set(names) <= kept
