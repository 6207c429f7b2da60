"""Comparing what a store says with what the oracle says, field by field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import oracle
from contract.sales import Sale, all_entries, deal_id_of, deals_of, manager_name
from mini_crm.domain.model import CalibrationBin, Forecast, ForecastRow, Run, Status
from mini_crm.domain.period import Period, month_of, standing_periods
from mini_crm.store.port import Store

EXACT = {
    "open_count": "open_count", "due_today": "due_today", "overdue": "overdue", "expected": "expected",
    "paid": "paid", "paid_count": "paid_count", "refused": "refused", "refused_count": "refused_count",
    "won": "won", "resolved": "resolved", "won_all": "won_all", "resolved_all": "resolved_all",
}  # fmt: skip
"""Field of the store's row and of the oracle's: counts and money, the same to the last digit."""

CLOSE = {
    "from_open": "from_open", "from_new": "from_new", "still_to_come": "still_to_come",
    "forecast": "forecast",
    "low": "low", "high": "high", "open_low": "open_low", "open_high": "open_high", "hand_formula": "hand",
}  # fmt: skip
CLOSE_OF_LEADS = {
    "win_rate": "win_rate", "speed_index": "index", "run_rate": "run_rate",
}  # fmt: skip


def close(found: float | None, wanted: float | None) -> bool:
    """Say whether two numbers agree to 1e-9: relative, absolute below 1."""
    if found is None or wanted is None:
        return found is wanted
    return abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))


def check_row(found: ForecastRow, wanted: oracle.Row, *, of_manager: bool) -> None:
    """Compare one row, field by field."""
    where = (found.period.code, found.unit, found.lead_name, found.manager_name)
    for ours, theirs in EXACT.items():
        assert getattr(found, ours) == getattr(wanted, theirs), (*where, ours)
    close_fields = CLOSE if of_manager else CLOSE | CLOSE_OF_LEADS
    for ours, theirs in close_fields.items():
        value, should = getattr(found, ours), getattr(wanted, theirs)
        assert close(value, should), (*where, ours, value, should)
    if not of_manager:
        assert found.paid_events == wanted.paid_events, where


def check_forecast(found: Forecast, period: Period, wanted: oracle.Forecast) -> None:
    """Compare all rows of one period, of company, leads and managers."""
    company = {row.unit: row for row in found.company if row.period == period}
    leads = {(row.lead_name, row.unit): row for row in found.leads if row.period == period}
    managers = {
        (row.lead_name, row.manager_name, row.unit): row for row in found.managers if row.period == period
    }
    assert set(company) == set(wanted.company)
    assert set(leads) == set(wanted.leads)
    assert set(managers) == set(wanted.managers)
    for unit, row in company.items():
        check_row(row, wanted.company[unit], of_manager=False)
    for lead, row in leads.items():
        check_row(row, wanted.leads[lead], of_manager=False)
    for manager, row in managers.items():
        check_row(row, wanted.managers[manager], of_manager=True)
    assert found.run is not None
    assert found.run.has_history is not wanted.no_history
    assert (found.run.has_history and found.run.is_weak) is wanted.weak
    assert found.run.paid_events == sum(p for _, p, _, _, _ in wanted.buckets)
    assert found.run.refused_events == sum(r for _, _, r, _, _ in wanted.buckets)


def run_now(store: Store) -> tuple[Run, int]:
    """Run live, and give the run with the hour that it ran in; again where the hour passed meanwhile."""
    zone = timezone(store)
    while True:
        hour = datetime.now(zone).hour
        run = store.aggregate_forecast(None, "test")
        if datetime.now(zone).hour == hour:
            return run, hour


def timezone(store: Store) -> ZoneInfo | None:
    """Give the company's time zone; None is that of this computer."""
    name = store.get_setting("TimeZone")
    return ZoneInfo(name) if name else None


def check_live(store: Store, sales: Sequence[Sale], tokens: dict[str, bytes]) -> None:
    """Run live, and compare every standing period, the leads' own view, and every entry's chance."""
    today, deals = store.get_today(), deals_of(sales, store.get_today())
    run, hour = run_now(store)
    assert (run.entry_count, run.method) == (sum(not deal.deleted for deal in deals), 2)
    found = store.get_company_forecast()
    assert {row.period for row in found.company} <= set(standing_periods(today))
    should = oracle.Run(deals, today=today, hour=hour)
    for period in standing_periods(today):
        wanted = should.forecast(period.start, period.end)
        check_forecast(found, period, wanted)
        check_clients(found, period, sales)
        if period == month_of(today):
            entries = {
                deal_id_of(entry): entry
                for entry in all_entries(store, tokens.values())
                if entry.probability is not None
            }
            assert set(entries) == set(wanted.entries)
            for deal_id, entry in entries.items():
                assert close(entry.probability, wanted.entries[deal_id]), (deal_id, sales[deal_id])
                assert close(entry.contribution, wanted.contributions[deal_id]), (deal_id, sales[deal_id])
    for lead, token in tokens.items():
        own = store.get_forecast(token)
        assert own.company == ()
        assert own.leads == tuple(row for row in found.leads if row.lead_name == lead)
        assert own.managers == tuple(row for row in found.managers if row.lead_name == lead)


def check_clients(found: Forecast, period: Period, sales: Sequence[Sale]) -> None:
    """Compare the number of clients: those with an open entry, counted for each manager."""
    clients = {
        (sale.lead, manager_name(sale), sale.unit, sale.pin)
        for sale in sales
        if sale.status is Status.EXPECTED and not sale.deleted
    }
    for row in found.managers:
        if row.period == period:
            key = (row.lead_name, row.manager_name, row.unit)
            assert row.clients == sum(client[:3] == key for client in clients)
    for row in found.leads:
        if row.period == period:
            assert row.clients == sum((c[0], c[2]) == (row.lead_name, row.unit) for c in clients)
    for row in found.company:
        if row.period == period:
            assert row.clients == sum(client[2] == row.unit for client in clients)


def check_past(store: Store, sales: Sequence[Sale], as_of: date) -> None:
    """Run as of a past evening and compare all rows with the oracle's replay of it."""
    run = store.aggregate_forecast(as_of, "test")
    found = store.get_company_forecast(run.run_id)
    should = oracle.Run(deals_of(sales, store.get_today()), as_of=as_of)
    for period in standing_periods(as_of):
        check_forecast(found, period, should.forecast(period.start, period.end))


def check_replay(store: Store, sales: Sequence[Sale], as_of: date, period: Period) -> None:
    """Replay one evening and compare with what the oracle's backtest has at this cut-off."""
    wanted = oracle.replay(deals_of(sales, store.get_today()), as_of, period.start, period.end)
    found = store.replay(as_of, period)
    assert (found.as_of, found.period) == (as_of, period)
    names = {lead.lead_id: lead.name for lead in store.list_leads()}
    rows = {(None if row.lead_id is None else names[row.lead_id], row.unit): row for row in found.rows}
    assert len(rows) == len(found.rows)
    known: dict[tuple[str | None, str], oracle.Row] = {
        **{(None, unit): row for unit, row in wanted.company.items()},
        **wanted.leads,
    }
    came: dict[str, dict[tuple[str | None, str], Decimal]] = {
        target: {
            **{(None, unit): amount for unit, amount in wanted.actual[target].items()},
            **wanted.lead_actual[target],
        }
        for target in ("pipeline", "period")
    }
    assert set(rows) == set(known) | set(came["period"])
    for key, row in rows.items():
        assert close(row.actual_pipeline, float(came["pipeline"].get(key, 0))), key
        assert close(row.actual_period, float(came["period"].get(key, 0))), key
        if (should := known.get(key)) is None:  # nobody knew of this lead yet: nothing was promised
            assert (row.forecast, row.hand_formula, row.from_open, row.from_new, row.paid) == (
                0,
                0,
                0,
                0,
                0,
            ), key
            continue
        assert close(row.paid, float(should.paid)), key
        for ours, theirs in (CLOSE | {"run_rate": "run_rate"}).items():
            if ours == "still_to_come":
                continue
            assert close(getattr(row, ours), getattr(should, theirs)), (key, ours)
    assert {row.unit for row in found.bins} <= set(wanted.scored)
    for unit, scored in wanted.scored.items():
        check_bins([row for row in found.bins if row.unit == unit], scored)


def check_bins(found: Sequence[CalibrationBin], scored: Sequence[tuple[float, bool]]) -> None:
    """Compare the calibration bins of a unit; a chance within 1e-9 of an edge may be on either side of it."""
    bins = {row.number: row for row in found}
    assert set(bins) <= set(range(10))
    assert sum(row.entries for row in bins.values()) == len(scored)
    assert sum(row.paid for row in bins.values()) == sum(was_paid for _, was_paid in scored)
    error = sum(row.squared_error for row in bins.values())
    assert close(error, math.fsum((p - was_paid) ** 2 for p, was_paid in scored))
    if any(abs(p * 10 - round(p * 10)) < 1e-9 for p, _ in scored):
        return
    for number in range(10):
        inside = [(p, was_paid) for p, was_paid in scored if int(p * 10) == number]
        row = bins.get(number)
        if row is None:
            assert not inside
            continue
        assert row.entries == len(inside)
        assert row.paid == sum(was_paid for _, was_paid in inside)
        assert close(row.sum_probability, math.fsum(p for p, _ in inside))
