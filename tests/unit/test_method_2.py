"""What the whole number promises for any company, on the embedded database with a clock of our own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.company_kinds import KINDS, company_of
from contract.forecast_checks import close
from contract.sales import BY, Sale, all_entries, companies, deal_id_of, expected, store_company
from mini_crm.domain.model import ForecastRow, RunStatus
from mini_crm.domain.period import Period, PeriodKind, month_of
from mini_crm.store.sqlite import SqliteStore

NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)
TODAY = NOON.date()
FIRST_DAY = TODAY - timedelta(days=5)

few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
any_company = st.one_of(companies(), st.sampled_from(list(KINDS.values())))


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.now = NOON

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def pass_by(self, **time: int) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    """Give a clock."""
    return Clock()


def store_of(folder: Path, sales: Sequence[Sale], clock: Clock) -> tuple[SqliteStore, dict[str, bytes]]:
    """Store a company in a new database."""
    store = SqliteStore.create(folder / "crm.sqlite", time_zone="UTC", clock=clock)
    return store, store_company(store, sales)


@pytest.fixture
def steady(tmp_path: Path, clock: Clock) -> Iterator[tuple[SqliteStore, dict[str, bytes]]]:
    """Give a store with a steady company, not aggregated yet."""
    store, tokens = store_of(tmp_path, KINDS["steady"], clock)
    yield store, tokens
    store.close()


def rows_of(store: SqliteStore) -> list[ForecastRow]:
    """Give all rows of a run of now."""
    store.aggregate_forecast(None, "test")
    found = store.get_company_forecast()
    return [*found.company, *found.leads, *found.managers]


@few
@given(sales=any_company, hour=st.integers(0, 23))
def test_longer_periods_have_no_smaller_number(sales: list[Sale], hour: int) -> None:
    """Of two periods that begin on one day the longer one's number is never below the shorter one's."""
    clock = Clock()
    clock.now = NOON.replace(hour=hour)
    with TemporaryDirectory() as folder:
        store, _ = store_of(Path(folder), sales, clock)
        for days in (5, 6, 9, 20, 40, 100, 400):
            period = Period(PeriodKind.CUSTOM, FIRST_DAY, FIRST_DAY + timedelta(days=days), str(days))
            store.add_period(period, BY)
        rows = [row for row in rows_of(store) if row.lead_id is None and row.period.kind == "custom"]
        store.close()
    for unit in {row.unit for row in rows}:
        own = sorted((row for row in rows if row.unit == unit), key=lambda row: row.period.end)
        for shorter, longer in pairwise(own):
            assert longer.forecast >= shorter.forecast * (1 - 1e-12)


@few
@given(sales=any_company, hour=st.integers(0, 23))
def test_everything_adds_up(sales: list[Sale], hour: int) -> None:
    """Parts add up to forecasts, managers to leads, leads to the company, contributions to "from open"."""
    clock = Clock()
    clock.now = NOON.replace(hour=hour)
    with TemporaryDirectory() as folder:
        store, tokens = store_of(Path(folder), sales, clock)
        rows = rows_of(store)
        entries = all_entries(store, tokens.values())
        store.close()

    def total(some: Sequence[ForecastRow], name: str) -> float:
        return sum(float(getattr(row, name)) for row in some)

    managers = [row for row in rows if row.manager_id is not None]
    leads = [row for row in rows if row.manager_id is None and row.lead_id is not None]
    for row in rows:
        assert close(row.forecast, float(row.paid) + row.from_open + row.from_new)
        assert min(row.from_open, row.from_new) >= 0
        if row.low is not None and row.high is not None:
            assert row.low <= row.forecast * (1 + 1e-12) <= row.high * (1 + 1e-9) + 1e-9
        if row.manager_id is not None:
            continue
        below = leads if row.lead_id is None else [m for m in managers if m.lead_id == row.lead_id]
        own = [b for b in below if (b.period, b.unit) == (row.period, row.unit)]
        for name in ("paid", "from_open", "from_new", "forecast"):
            assert close(total(own, name), float(getattr(row, name))), (name, row)
        if row.lead_id is None and row.period == month_of(TODAY):
            given = sum(entry.contribution or 0.0 for entry in entries if entry.unit == row.unit)
            assert close(given, row.from_open)


@settings(few, max_examples=4)
@given(seed=st.integers(0, 10_000), ago=st.integers(1, 60), amount=st.integers(10, 4000))
def test_a_promise_beyond_the_end_lowers_the_chance(seed: int, ago: int, amount: int) -> None:
    """Where people pay when they promised to, an entry promised for later has less chance than its twin."""
    left = (month_of(TODAY).end - TODAY).days
    twin = expected(ago, amount=Decimal(amount), pay_by_in=ago + 3)
    beyond = expected(ago, amount=Decimal(amount), pay_by_in=ago + left + 8)
    sales = [*company_of(300, lambda day: 0.6, punctual=True, seed=seed), twin, beyond]
    with TemporaryDirectory() as folder:
        store, tokens = store_of(Path(folder), sales, Clock())
        store.aggregate_forecast(None, "test")
        chances = {deal_id_of(entry): entry.probability for entry in all_entries(store, tokens.values())}
        store.close()
    of_twin, of_beyond = chances[len(sales) - 2], chances[len(sales) - 1]
    assert of_twin is not None and of_beyond is not None
    assert of_beyond < of_twin


def test_a_new_hour_counts_as_a_change(steady: tuple[SqliteStore, dict[str, bytes]], clock: Clock) -> None:
    """In the same hour nothing has changed; in the next one less is left of the day, and so less to come."""
    store, _ = steady
    month = month_of(TODAY)

    def run() -> tuple[RunStatus, float]:
        status = store.aggregate_forecast(None, "test").status
        company = store.get_company_forecast().company
        return status, next(row.still_to_come for row in company if row.period == month)

    status, at_noon = run()
    assert status is RunStatus.DONE
    clock.pass_by(minutes=59)
    assert run() == (RunStatus.UNCHANGED, at_noon)
    clock.pass_by(minutes=1)
    status, at_one = run()
    assert status is RunStatus.DONE
    assert at_one < at_noon
    clock.pass_by(hours=5)
    _, in_the_evening = run()
    clock.pass_by(hours=2)
    status, later = run()
    assert (status, later) == (RunStatus.DONE, in_the_evening)
    assert in_the_evening < at_one


def test_the_next_period_comes_after_this_one(tmp_path: Path, clock: Clock) -> None:
    """February is shorter than January and still comes after it, and December before it."""
    clock.now = datetime(2026, 1, 15, 12, tzinfo=UTC)
    store, _ = store_of(tmp_path, KINDS["first week"], clock)
    store.aggregate_forecast(None, "test")
    codes = ["2025-12", "2026-01", "2026-02", "2025-Q4", "2026-Q1", "2026-Q2", "2025", "2026", "2027"]
    assert [period.code for period in store.list_periods()] == codes
    assert list(dict.fromkeys(row.period.code for row in store.get_company_forecast().leads)) == codes
    store.close()
