"""Every number that opens rows is what they add up to: of leads and managers, in every unit and period."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings

from contract.company import Company, fill
from contract.company_kinds import KINDS
from contract.forecast_checks import close
from contract.named_sales import NAMED
from contract.sales import BY, Sale, companies, expected, paid, store_company
from mini_crm.domain.model import Entry, EntryPage, ForecastRow, Run, Status
from mini_crm.domain.period import Period, PeriodKind, Stage, month_of, stage_of
from mini_crm.store.port import Store
from mini_crm.usecases.behind import Number, Rows, behind, managers_behind

NewStore = Callable[[], Store]
List = Callable[[Rows], EntryPage]
ALL = 100_000

generated = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def shown(number: Number, row: ForecastRow) -> tuple[int | None, Decimal | None, float | None]:
    """Give what a row says: a count, an amount, or what is to come."""
    return {
        Number.PAID: (row.paid_count, row.paid, None),
        Number.FROM_OPEN: (None, None, row.from_open),
        Number.FROM_NEW: (None, None, row.from_new),
        Number.EXPECTED: (row.open_count, row.expected, None),
        Number.DUE_TODAY: (row.due_today, None, None),
        Number.OVERDUE: (row.overdue, None, None),
        Number.WON: (row.won, None, None),
        Number.RESOLVED: (row.resolved, None, None),
    }[number]


def came(entry: Entry) -> Decimal:
    """Give what came of a paid entry, else its amount."""
    if entry.status is Status.PAID and entry.paid_amount is not None:
        return entry.paid_amount
    return entry.amount


def check_number(number: Number, row: ForecastRow, run: Run, found: List) -> int:
    """Compare one number with its rows, which are added up here; gives how many rows there are."""
    where = (number, row.period.code, row.unit, row.lead_name, row.manager_name)
    count, amount, to_come = shown(number, row)
    rows = behind(number, row, run)
    if rows is None:
        assert number is Number.FROM_NEW or not (count or amount or to_come), where
        return 0
    page = found(rows)
    entries = page.entries
    assert len(entries) == page.total, where
    assert {entry.unit for entry in entries} <= {row.unit}, where
    assert count is None or len(entries) == count, where
    assert amount is None or sum(map(came, entries)) == amount, where
    if to_come is not None:
        contributions = [entry.contribution or 0.0 for entry in entries]
        assert close(math.fsum(contributions), to_come), where
        assert contributions == sorted(contributions, reverse=True), where
    assert rows.total.is_same(rows.total_of(page.sums)), where
    return len(entries)


def check_rows(rows: Sequence[ForecastRow], run: Run, found: List) -> int:
    """Compare all numbers of rows; gives how many entries were added up."""
    return sum(check_number(number, row, run, found) for row in rows for number in Number)


def check_company(store: Store, tokens: dict[str, bytes]) -> int:
    """Compare all numbers of all leads, as each of them sees them."""
    added = 0
    for token in tokens.values():

        def found(rows: Rows, token: bytes = token) -> EntryPage:
            return store.list_entries(
                token, rows.filter, rows.sort, descending=rows.descending, limit=ALL, period=rows.period
            )

        forecast = store.get_forecast(token)
        assert forecast.run is not None
        added += check_rows((*forecast.leads, *forecast.managers), forecast.run, found)
        for row in forecast.leads:
            parts = [manager.from_new for manager in managers_behind(row, forecast.managers)]
            assert close(math.fsum(parts), row.from_new)
            assert parts == sorted(parts, reverse=True)
    return added


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_a_kind_of_company(store: Store, kind: str) -> None:
    """Whatever kind of company it is, the rows of every number add up to it."""
    tokens = store_company(store, KINDS[kind])
    store.aggregate_forecast(None, "test")
    assert check_company(store, tokens) > 100


@pytest.mark.parametrize("name", NAMED)
def test_every_number_of_a_named_company(store: Store, name: str) -> None:
    """So they do in the special cases of the forecast."""
    tokens = store_company(store, NAMED[name])
    store.aggregate_forecast(None, "test")
    check_company(store, tokens)


@generated
@given(sales=companies())
@example(sales=[expected(0, pay_by_in=0), expected(3, pay_by_in=2), paid(1, 0, paid_amount=Decimal("0.01"))])
def test_every_number_of_any_company(new_store: NewStore, sales: list[Sale]) -> None:
    """Whatever the entries are, the rows of every number add up to it."""
    store = new_store()
    tokens = store_company(store, sales)
    store.aggregate_forecast(None, "test")
    check_company(store, tokens)


def test_every_number_of_a_period_of_ones_own(company: Company) -> None:
    """A custom period's numbers open their rows too: of one that goes on, and of one that is to come."""
    fill(company)
    store, day = company.store, company.day
    for first, last in ((-9, 9), (3, 20), (-30, -3)):
        store.add_period(Period(PeriodKind.CUSTOM, day(first), day(last)), BY)
    store.aggregate_forecast(None, "test")
    leads = store.get_forecast(company.anna.token).leads
    custom = [row for row in leads if row.period.kind is PeriodKind.CUSTOM]
    assert {stage_of(row.period, company.today) for row in custom} >= {Stage.RUNNING, Stage.AHEAD}
    assert check_company(store, {"a": company.anna.token, "b": company.boris.token}) > 100


def test_every_number_after_entries_went_to_another_lead(company: Company) -> None:
    """Entries that were handed on are behind the numbers of whom they belong to now, and of no other."""
    fill(company)
    store = company.store
    store.aggregate_forecast(None, "test")
    taken = [entry.entry_id for entry in company.anna.everything() if entry.unit == "RUB"][::3]
    store.reassign_entries(taken, company.zoya, BY)
    store.aggregate_forecast(None, "test")
    assert check_company(store, {"a": company.anna.token, "b": company.boris.token}) > 100


def test_a_head_of_sales_finds_the_same_rows(company: Company) -> None:
    """On the company page the numbers of any lead open that lead's rows."""
    fill(company)
    store = company.store
    store.aggregate_forecast(None, "test")
    store.set_head(company.boris.name, True, BY)
    head = company.boris.window()
    periods = {row.period for row in store.get_forecast(head.token).leads}
    added = 0
    for period in periods:
        forecast = store.get_company(head.token, period).forecast
        assert forecast.run is not None
        for row in (*forecast.leads, *forecast.managers):
            lead_id = row.lead_id
            assert lead_id is not None

            def found(rows: Rows, lead_id: int = lead_id) -> EntryPage:
                return store.list_lead_entries(
                    head.token, lead_id, rows.filter, rows.sort,
                    descending=rows.descending, limit=ALL, period=rows.period,
                )  # fmt: skip

            added += check_rows([row], forecast.run, found)
        assert all(behind(number, row, forecast.run) is None for row in forecast.company for number in Number)
    assert added > 100


def test_changes_since_the_run_are_seen(company: Company) -> None:
    """What was paid, entered or deleted since makes the sum of the rows another one than the number."""
    fill(company)
    anna, store = company.anna, company.store
    made = [anna.add(company.petr, amount=Decimal(50), pay_by=company.day(n)) for n in range(4)]
    store.aggregate_forecast(None, "test")
    forecast = store.get_forecast(anna.token)
    wanted = (month_of(company.today), "RUB")
    (row,) = [row for row in forecast.leads if (row.period, row.unit) == wanted]

    def is_same(number: Number) -> bool:
        assert forecast.run is not None
        rows = behind(number, row, forecast.run)
        assert rows is not None
        page = store.list_entries(anna.token, rows.filter, period=rows.period)
        return rows.total.is_same(rows.total_of(page.sums))

    assert all(map(is_same, (Number.PAID, Number.EXPECTED, Number.OVERDUE, Number.FROM_OPEN)))
    anna.pay(made[0])
    assert [is_same(one) for one in (Number.PAID, Number.EXPECTED, Number.WON)] == [False] * 3
    assert is_same(Number.FROM_OPEN)  # the run has counted it as open
    anna.delete(made[1])
    assert not is_same(Number.FROM_OPEN)
    store.aggregate_forecast(None, "test")
    forecast = store.get_forecast(anna.token)
    (row,) = [row for row in forecast.leads if (row.period, row.unit) == wanted]
    assert is_same(Number.EXPECTED)
    anna.add(company.petr, pay_by=company.today + timedelta(days=1))
    assert not is_same(Number.EXPECTED)
    assert is_same(Number.OVERDUE)
