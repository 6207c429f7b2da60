"""The record of what administrators did: every act, once, with who did it, and no secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from contract.company import ANNA, BORIS, BY, PETR, ROSTER, Company, brought, issue, lead_named, three
from mini_crm.domain.errors import MiniCrmError
from mini_crm.domain.model import Target
from mini_crm.domain.period import Period, PeriodKind, month_of
from mini_crm.store.port import Store


def acts(store: Store) -> list[tuple[str, str]]:
    """Give action and detail of all acts, oldest first."""
    return [(act.action, act.detail) for act in reversed(store.list_admin_log(100))]


def test_every_act_is_recorded(company: Company) -> None:
    """Whatever an administrator changes leaves one line that says what, to whom, by whom and when."""
    store, day = company.store, company.day
    before = len(store.list_admin_log(100))
    anna, boris = lead_named(store, ANNA).lead_id, lead_named(store, BORIS).lead_id
    own = Period(PeriodKind.CUSTOM, day(3), day(20), "Акция")
    entry = company.anna.add(company.petr).entry_id
    issue(store, ANNA, "new")
    store.unlock_lead(anna, BY)
    store.set_lead_active(boris, False, BY)
    store.set_lead_active(boris, True, BY)
    store.rename_lead(boris, "Борисов", BY)
    store.rename_lead(boris, BORIS, BY)
    batch = brought(company, three(company))
    store.undo_import(batch, BY)
    store.void_entries([entry], BY)
    store.restore_entries([entry], BY)
    store.reassign_entries([entry], company.zoya, BY)
    store.add_period(own, BY)
    store.close_period(own, BY)
    store.set_targets([Target(month_of(company.today), ANNA, "RUB", Decimal(5))], BY)
    store.set_setting("TimeZone", "Europe/Moscow", BY)
    store.apply_roster([row for row in ROSTER if row.manager != PETR], BY)
    assert acts(store)[before:] == [
        ("set_credential", ANNA),
        ("unlock_lead", ANNA),
        ("deactivate_lead", BORIS),
        ("activate_lead", BORIS),
        ("rename_lead", f"{BORIS} -> Борисов"),
        ("rename_lead", f"Борисов -> {BORIS}"),
        ("import_entries", f"batch {batch}: old.csv"),
        ("undo_import", f"batch {batch}"),
        ("void_entries", str(entry)),
        ("restore_entries", str(entry)),
        ("reassign_entries", f"to manager {company.zoya}: {entry}"),
        ("add_period", own.code),
        ("close_period", own.code),
        ("set_targets", "1 changed"),
        ("set_setting", "TimeZone = Europe/Moscow"),
        ("apply_roster", "1 changes"),
    ]
    newest = store.list_admin_log(1)
    assert [(act.action, act.done_by) for act in newest] == [("apply_roster", BY)]
    assert abs(newest[0].done_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_what_was_not_done_is_not_recorded(company: Company) -> None:
    """A look, a repetition without changes and a refusal leave no line."""
    store = company.store
    before = acts(store)
    store.apply_roster(ROSTER[:1], BY, dry_run=True)
    store.apply_roster(ROSTER, BY)
    store.import_entries("old.csv", three(company), BY, dry_run=True)
    with pytest.raises(MiniCrmError):
        store.void_entries([999_999], BY)
    with pytest.raises(MiniCrmError):
        store.unlock_lead(999_999, BY)
    assert acts(store) == before


def test_a_long_detail_is_cut(company: Company) -> None:
    """Of hundreds of entry numbers 400 characters are kept, none of them half a number; all are taken out."""
    entries = [company.boris.add(company.zoya).entry_id for _ in range(150)]
    assert company.store.void_entries(entries, BY) == 150
    (act,) = company.store.list_admin_log(1)
    assert len(act.detail) <= 400
    assert act.detail.endswith("...")  # what stands before the dots may be cut, and is marked so
    assert act.detail.startswith(f"{entries[0]} {entries[1]} ")
