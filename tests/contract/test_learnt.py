"""What a run learnt is given with its forecast, and is kept while somebody may ask for it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

import pytest

from contract.backdoor import Backdoor
from contract.company_kinds import KINDS
from contract.forecast_checks import close
from contract.sales import BY, all_entries, store_company
from mini_crm.domain.learnt import IndexKind, reasons
from mini_crm.domain.model import EntryFilter
from mini_crm.domain.period import month_of, standing_periods
from mini_crm.store.port import Store


def test_what_a_run_learnt(store: Store) -> None:
    """It is given with the forecast, with counts; a lead sees the own index and no other's."""
    tokens, today = store_company(store, KINDS["steady"]), store.get_today()
    run = store.aggregate_forecast(None, BY)
    found = store.get_company_forecast()
    learnt = found.learnt
    assert learnt is not None
    assert [(speed.from_age, speed.to_age) for speed in learnt.speeds[:3]] == [(0, 1), (1, 3), (3, 7)]
    assert sum(speed.paid for speed in learnt.speeds) == run.paid_events
    assert sum(speed.refused for speed in learnt.speeds) == run.refused_events
    by_kind = {kind: [i for i in learnt.indices if i.kind is kind] for kind in IndexKind}
    sizes = {kind.value: len(found) for kind, found in by_kind.items()}
    assert sizes == {"lead": 3, "size": 2, "promise": 6, "weekday": 7, "month_end": 5, "quarter": 3}
    speeds = {row.lead_id: row.speed_index for row in found.leads}
    assert {i.number: i.factor for i in by_kind[IndexKind.LEAD]} == speeds
    assert sum(i.paid for i in by_kind[IndexKind.LEAD]) == run.paid_events
    days = [replay.day for replay in learnt.replays]
    assert days == [today - timedelta(days=29 + 7 * n) for n in reversed(range(26))]
    assert {pace.period for pace in learnt.paces} == {p for p in standing_periods(today) if p.end >= today}
    lead_id = next(row.lead_id for row in found.leads if row.lead_name == "Lead A")
    own = store.get_forecast(tokens["Lead A"]).learnt
    assert own is not None
    assert [i.number for i in own.indices if i.kind is IndexKind.LEAD] == [lead_id]
    assert own.replays == ()


def test_why_an_entry_has_its_chance(store: Store) -> None:
    """The reasons are those of the run: age, lead, size, first promise, pace and the days that are left."""
    tokens, today = store_company(store, KINDS["steady"]), store.get_today()
    store.aggregate_forecast(None, BY)
    found = store.get_company_forecast()
    assert found.learnt is not None and found.run is not None
    month = month_of(today)
    pace = next(pace for pace in found.learnt.paces if pace.period == month)
    told = 0
    for entry in all_entries(store, tokens.values()):
        if entry.probability is None or entry.is_large is None or entry.contribution is None:
            continue
        why = reasons(
            found.learnt, month, found.run.count_day, lead_id=entry.lead_id, unit=entry.unit,
            entered_on=entry.entered_on, first_pay_by=entry.first_pay_by, is_large=entry.is_large,
        )  # fmt: skip
        assert why is not None
        told += 1
        assert why.age == (today - entry.entered_on).days
        assert why.lead_factor == next(r.speed_index for r in found.leads if r.lead_id == entry.lead_id)
        assert (why.pace, why.paying_days) == (pace.scale, pace.paying_days)
        assert close(entry.contribution, float(entry.amount) * entry.probability * why.pace)
    assert told > 20


def test_an_entry_is_the_same_wherever_it_is_read(store: Store) -> None:
    """What the run found of an entry comes with it in the list, alone, with changes and for its PIN."""
    tokens = store_company(store, KINDS["first week"])
    store.aggregate_forecast(None, BY)
    token = tokens["Lead A"]
    listed = {entry.entry_id: entry for entry in store.list_entries(token, EntryFilter()).entries}
    entry = next(entry for entry in listed.values() if entry.contribution is not None)
    assert entry.is_large is not None
    assert store.get_entry(token, entry.entry_id) == entry
    assert entry in store.list_changes(token, 0).entries
    assert entry in store.list_open_entries_of_pin(token, entry.client_pin)


@pytest.mark.timeout(300)  # ten runs
def test_what_is_kept_of_old_runs(store: Store, backdoor: Backdoor) -> None:
    """Chances stay for the newest run and seven evenings before; what was learnt, by month; rows for ever."""
    tokens, today = store_company(store, KINDS["first week"]), store.get_today()
    ids = [entry.entry_id for entry in all_entries(store, tokens.values())]
    days: dict[int, date] = {}  # of the last run of each day
    learnt: set[int] = set()
    for passed in (0, 32, 3, 1, 1, 1, 4, 2, 1):
        backdoor.let_days_pass(passed)
        days = {run: day - timedelta(days=passed) for run, day in days.items()}
        if passed in (4, 2):  # an earlier run of the day, whose rows stay for two days
            earlier = store.aggregate_forecast(None, BY).run_id
            store.void_entries([ids.pop()], BY)
        newest = store.aggregate_forecast(None, BY).run_id
        days[newest] = today
        by_month = groupby(sorted(days), key=lambda run: month_of(days[run]))
        learnt = (learnt | {newest}) & {max(runs) for _, runs in by_month}
    assert backdoor.runs_in("EntryForecast") == {run for run, day in days.items() if (today - day).days <= 7}
    for table in ("LearntSpeed", "LearntIndex", "LearntPeriod"):
        assert backdoor.runs_in(table) == learnt
    assert backdoor.runs_in("ManagerForecast") == {newest}
    kept = backdoor.runs_in("LeadForecast")
    assert kept == {*days, earlier}  # the earlier one is of the last two days
