"""The forecast of every store agrees with the oracle, on companies by name and on generated ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import oracle
from contract.company_kinds import KINDS
from contract.forecast_checks import check_live, check_past, check_replay
from contract.named_sales import MANY, MEANT, NAMED
from contract.sales import Sale, companies, deals_of, expected, store_company
from mini_crm.domain.period import PeriodKind, month_of, period_of, quarter_of, year_of
from mini_crm.store.port import Store

NewStore = Callable[[], Store]

generated = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("name", NAMED)
def test_live_forecast_of_named_company(store: Store, name: str) -> None:
    """A live run agrees with the oracle: month, quarter, year; company, leads, managers, entries."""
    sales, today = NAMED[name], store.get_today()
    period = year_of(today)
    meant = MEANT.get(name, lambda f: True)
    assert meant(oracle.forecast(deals_of(sales, today), start=period.start, end=period.end, today=today))
    check_live(store, sales, store_company(store, sales))


@pytest.mark.parametrize("days_ago", [0, 1, 45, 100, 366])
@pytest.mark.parametrize("name", NAMED)
def test_past_forecast_of_named_company(store: Store, name: str, days_ago: int) -> None:
    """A run as of a past evening agrees with the oracle, knowing only what was known then."""
    store_company(store, NAMED[name])
    check_past(store, NAMED[name], store.get_today() - timedelta(days=days_ago))


@pytest.mark.parametrize("days_ago", [0, 31, 60, 150, 370])
@pytest.mark.parametrize("name", NAMED)
def test_replay_of_named_company(store: Store, name: str, days_ago: int) -> None:
    """A replay agrees with the oracle's backtest: forecasts, what came, calibration; months and quarters."""
    store_company(store, NAMED[name])
    as_of = store.get_today() - timedelta(days=days_ago)
    for period in (month_of(as_of), quarter_of(as_of)):
        check_replay(store, NAMED[name], as_of, period)


@pytest.mark.parametrize("kind", KINDS)
def test_live_forecast_of_a_kind_of_company(store: Store, kind: str) -> None:
    """Whatever kind of company it is, a live run agrees with the oracle, entry by entry."""
    check_live(store, KINDS[kind], store_company(store, KINDS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_past_forecast_of_a_kind_of_company(store: Store, kind: str) -> None:
    """Whatever kind of company it is, a run as of a past evening agrees with the oracle."""
    store_company(store, KINDS[kind])
    check_past(store, KINDS[kind], store.get_today() - timedelta(days=50))


# -------------------------------------------------------------------------------------- generated


@generated
@given(sales=companies())
@example(sales=[expected(0)])
def test_live_forecast_of_any_company(new_store: NewStore, sales: list[Sale]) -> None:
    """Whatever the entries are, a live run agrees with the oracle."""
    store = new_store()
    check_live(store, sales, store_company(store, sales))


@generated
@given(sales=companies(), days_ago=st.integers(0, 500))
def test_past_forecast_of_any_company(new_store: NewStore, sales: list[Sale], days_ago: int) -> None:
    """Whatever the entries are, a run as of any past evening agrees with the oracle."""
    store = new_store()
    store_company(store, sales)
    check_past(store, sales, store.get_today() - timedelta(days=days_ago))


@generated
@given(
    sales=companies(),
    days_ago=st.integers(0, 500),
    kind=st.sampled_from([PeriodKind.MONTH, PeriodKind.QUARTER]),
)
def test_replay_of_any_company(
    new_store: NewStore, sales: list[Sale], days_ago: int, kind: PeriodKind
) -> None:
    """Whatever the entries are, a replay agrees with the oracle's backtest."""
    store = new_store()
    store_company(store, sales)
    as_of = store.get_today() - timedelta(days=days_ago)
    check_replay(store, sales, as_of, period_of(kind, as_of))


def test_run_of_a_past_evening_is_never_current(store: Store) -> None:
    """A run as of the past changes nothing of what people see."""
    store_company(store, MANY)
    store.aggregate_forecast(None, "test")
    before = store.get_company_forecast()
    store.aggregate_forecast(store.get_today() - timedelta(days=40), "test")
    assert store.get_company_forecast() == before
