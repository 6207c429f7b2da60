"""The chance of each open entry, in every period that the current run counted."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

import oracle
from contract.company import Company, fill
from contract.company_kinds import KINDS
from contract.forecast_checks import close, run_now
from contract.sales import all_entries, deal_id_of, deals_of, store_company
from mini_crm.domain.model import Status
from mini_crm.domain.period import Period, PeriodKind, month_of, standing_periods
from mini_crm.store.port import Store


@pytest.mark.parametrize("kind", ["two units", "paid when promised", "without promises"])
def test_chances_of_every_standing_period(store: Store, kind: str) -> None:
    """In every period an entry's chance and contribution are the oracle's; only the open ones have any."""
    sales, today = KINDS[kind], store.get_today()
    tokens = store_company(store, sales)
    _, hour = run_now(store)
    should = oracle.Run(deals_of(sales, today), today=today, hour=hour)
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for sale in sales:
        if not sale.deleted:
            amounts[sale.unit].append(sale.amount)
    leads = {
        (row.lead_name, row.period, row.unit): row.from_open for row in store.get_company_forecast().leads
    }
    compared = 0
    for period in standing_periods(today):
        wanted = should.forecast(period.start, period.end)
        for lead, token in tokens.items():
            entries = {entry.entry_id: entry for entry in all_entries(store, [token])}
            chances = store.list_chances(token, period, list(entries))
            of_lead = {deal for deal in wanted.entries if sales[deal].lead == lead}
            assert {deal_id_of(entries[chance.entry_id]) for chance in chances} == of_lead
            assert [chance.entry_id for chance in chances] == sorted(chance.entry_id for chance in chances)
            sums: dict[str, float] = defaultdict(float)
            for chance in chances:
                entry = entries[chance.entry_id]
                deal = deal_id_of(entry)
                assert close(chance.probability, wanted.entries[deal]), sales[deal]
                assert close(chance.contribution, wanted.contributions[deal]), sales[deal]
                of_unit = amounts[entry.unit]
                assert chance.is_large is (entry.amount * len(of_unit) > sum(of_unit))
                sums[entry.unit] += chance.contribution
                compared += 1
            for unit, total in sums.items():
                assert close(total, leads[lead, period, unit])
    assert compared > 50


def test_only_own_open_entries_have_chances(company: Company) -> None:
    """Somebody else's, closed, deleted and unknown entries are left out, whoever asks; doubles count once."""
    fill(company)
    anna, boris, store = company.anna, company.boris, company.store
    made = [anna.add(company.petr, amount=Decimal(5)) for _ in range(4)]
    theirs = boris.add(company.zoya)
    store.aggregate_forecast(None, "test")
    anna.pay(made[1])
    anna.delete(made[2])
    later = anna.add(company.petr)
    ids = [made[0].entry_id, *(entry.entry_id for entry in (*made, theirs, later)), 10**9, -1]
    month = month_of(company.today)
    own = store.list_chances(anna.token, month, ids)
    assert [chance.entry_id for chance in own] == [made[0].entry_id, made[3].entry_id]
    assert [chance.entry_id for chance in store.list_chances(boris.token, month, ids)] == [theirs.entry_id]
    assert store.list_chances(anna.token, month, []) == ()
    # An entry that was handed to another lead is no longer one's own.
    store.reassign_entries([made[3].entry_id], company.zoya, "test")
    assert [chance.entry_id for chance in store.list_chances(anna.token, month, ids)] == [made[0].entry_id]


def test_chances_are_of_the_current_run_and_its_periods(company: Company) -> None:
    """Before the first run, and in a period that it did not count, there is no chance to tell."""
    fill(company)
    anna, store = company.anna, company.store
    ids = [entry.entry_id for entry in anna.everything()]
    month = month_of(company.today)
    assert store.list_chances(anna.token, month, ids) == ()
    store.aggregate_forecast(None, "test")
    custom = Period(PeriodKind.CUSTOM, company.today, company.day(9))
    store.add_period(custom, "test")
    assert store.list_chances(anna.token, custom, ids) == ()
    before = store.list_chances(anna.token, month, ids)
    assert {chance.entry_id for chance in before} == {
        entry.entry_id for entry in anna.everything() if entry.status is Status.EXPECTED
    }
    store.aggregate_forecast(company.day(-20), "test")
    assert store.list_chances(anna.token, month, ids) == before
    store.aggregate_forecast(None, "test")
    assert len(store.list_chances(anna.token, custom, ids)) == len(before)
