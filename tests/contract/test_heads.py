"""Heads of sales: who is one, what they see of the company, and that nobody else does."""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import Any

import pytest

from contract.backdoor import Backdoor
from contract.company import (
    ALL,
    ANNA,
    BORIS,
    BY,
    PETR,
    ROSTER,
    Company,
    Desk,
    bring,
    fill,
    issue,
    lead_named,
    sign_in,
)
from mini_crm.domain.errors import BadValue, NotAllowed, NotFound, SessionEnded
from mini_crm.domain.model import Company as CompanyPage
from mini_crm.domain.model import EntryFilter, EntrySort, Forecast, NumberBefore, RosterChange, Status
from mini_crm.domain.period import Period, PeriodKind, month_of, quarter_of, standing_periods, year_of
from mini_crm.store.port import DesktopStore, Store

VERA = "Вера Главная"
OF_HEADS = {"get_company", "list_bridges", "list_lead_groups", "list_lead_entries"}
OF_EVERYBODY = {
    "get_schema_version", "list_lead_names", "get_salt", "sign_in", "get_session",
    "sign_out", "change_password", "list_groups", "add_entry", "update_entry", "delete_entry",
    "restore_entry", "get_entry", "list_entries", "list_reasons", "count_open_elsewhere",
    "list_open_entries_of_pin", "list_changes",
    "list_entry_history", "get_forecast", "list_chances", "list_trend", "list_accuracy", "list_commitments",
    "set_commitment", "request_run",
}  # fmt: skip
"""What a lead may call too: of the own entries and numbers only."""


def head(company: Company) -> Desk:
    """Make a head without groups, and let her sign in."""
    company.store.set_head(VERA, True, BY)
    return sign_in(company.store, VERA, issue(company.store, VERA, "vera"))


def test_who_may_call_what_is_known() -> None:
    """Every call of the window is everybody's or a head's: a new one must be put into one of the two."""
    calls = {name for name in vars(DesktopStore) if not name.startswith("_")}
    calls |= {name for base in DesktopStore.__mro__ for name in vars(base) if not name.startswith("_")}
    assert calls == OF_HEADS | OF_EVERYBODY
    for name in OF_EVERYBODY:
        call = getattr(DesktopStore, name)
        assert not callable(call) or "lead_id" not in inspect.signature(call).parameters, name


@pytest.mark.parametrize("name", sorted(OF_HEADS))
@pytest.mark.parametrize("whose", ["another lead", "the own"])
def test_a_lead_is_refused(company: Company, name: str, whose: str) -> None:
    """With a lead's session every call of heads is refused, whoever's id and whatever period is given."""
    fill(company)
    company.store.aggregate_forecast(None, "test")
    lead = company.boris if whose == "another lead" else company.anna
    given: dict[str, Any] = {
        "token": company.anna.token,
        "lead_id": lead.lead_id,
        "entry_filter": ALL,
        "period": month_of(company.today),
    }
    call = getattr(company.store, name)
    needed = [p.name for p in inspect.signature(call).parameters.values() if p.default is p.empty]
    arguments = {parameter: given[parameter] for parameter in needed}
    with pytest.raises(NotAllowed) as caught:
        call(**arguments)
    assert caught.value.code == "not_head"
    call(**arguments | {"token": head(company).token})
    with pytest.raises(SessionEnded):
        call(**arguments | {"token": b"?" * 32})


def test_a_head_is_no_other_lead(company: Company) -> None:
    """A head reads another lead's entries, and changes none."""
    vera = head(company)
    entry = company.anna.add(company.petr)
    with pytest.raises(NotAllowed):
        vera.update(entry, comment="моё")
    with pytest.raises(NotAllowed):
        vera.delete(entry)
    with pytest.raises(NotAllowed):
        vera.add(company.petr)
    assert vera.everything() == ()
    assert company.anna.everything() == (entry,)


def test_an_account_is_made(store: Store) -> None:
    """A head needs no groups; the sign-in list has the name, and the record says who made it."""
    lead = store.set_head(f"  {VERA} ", True, BY)
    assert (lead.name, lead.is_head, lead.is_active, lead.has_password, lead.groups) == (
        VERA, True, True, False, (),
    )  # fmt: skip
    assert store.list_leads() == (lead,)
    assert VERA in store.list_lead_names()
    (act, *_) = store.list_admin_log()
    assert (act.action, act.detail, act.done_by) == ("set_head", VERA, BY)
    vera = sign_in(store, VERA, issue(store, VERA, "vera"))
    assert store.get_session(vera.token).is_head
    assert store.list_groups(vera.token) == ()


def test_a_lead_becomes_a_head_and_is_one_no_more(company: Company) -> None:
    """The name is compared as names are; groups stay; closing the page ends the sessions."""
    store = company.store
    assert not store.get_session(company.anna.token).is_head
    lead = store.set_head("анна  ИВАНОВА", True, BY)
    assert (lead.lead_id, lead.name, lead.is_head) == (company.anna.lead_id, ANNA, True)
    assert len(lead.groups) == 2
    assert store.get_session(company.anna.token).is_head
    store.get_company(company.anna.token, month_of(company.today))
    lead = store.set_head(ANNA, False, BY)
    assert not lead.is_head
    with pytest.raises(SessionEnded):
        store.get_session(company.anna.token)
    assert not store.get_session(company.boris.token).is_head
    again = sign_in(store, ANNA, company.anna.key)
    with pytest.raises(NotAllowed):
        store.get_company(again.token, month_of(company.today))


@pytest.mark.parametrize(
    ("name", "is_head", "code"),
    [("", True, "name_missing"), (" \t", True, "name_missing"), ("и" * 201, True, "name_too_long")],
)
def test_names_that_cannot_be(store: Store, name: str, is_head: bool, code: str) -> None:
    """Without a name, or with one that is too long, no account is made."""
    with pytest.raises(BadValue) as caught:
        store.set_head(name, is_head, BY)
    assert caught.value.code == code
    assert store.list_leads() == ()


def test_a_page_that_nobody_has_is_not_closed(store: Store) -> None:
    """Whoever closes the page of an unknown name is told so, and no account is made."""
    with pytest.raises(NotFound) as caught:
        store.set_head(VERA, False, BY)
    assert caught.value.code == "lead_not_found"
    assert store.list_leads() == ()


def test_rosters_leave_a_head_alone(company: Company) -> None:
    """A head without groups is in no roster, and is neither gone nor locked out by one."""
    vera = head(company)
    assert company.store.apply_roster(ROSTER, BY) == ()
    assert company.store.get_session(vera.token).is_head
    company.store.set_head(VERA, False, BY)
    assert company.store.apply_roster(ROSTER, BY) == (RosterChange("lead_gone", VERA),)
    assert not lead_named(company.store, VERA).is_active


def test_a_head_with_groups_goes_with_them(company: Company) -> None:
    """Whoever has groups leaves with the roster that has them no more; let in again, a head stays."""
    store = company.store
    store.set_head(BORIS, True, BY)
    without = [row for row in ROSTER if row.lead != BORIS]
    assert RosterChange("lead_gone", BORIS) in store.apply_roster(without, BY)
    boris = lead_named(store, BORIS)
    assert (boris.is_active, boris.is_head) == (False, True)
    store.set_lead_active(boris.lead_id, True, BY)
    assert store.apply_roster(without, BY) == ()
    assert lead_named(store, BORIS).is_active


def test_a_head_stands_in_no_numbers(company: Company) -> None:
    """A head without groups is in no row of the forecast, and of the report none."""
    vera = head(company)
    fill(company)
    company.store.aggregate_forecast(None, "test")
    found = company.store.get_company_forecast()
    assert {row.lead_id for row in found.leads} == {company.anna.lead_id, company.boris.lead_id}
    report = company.store.get_report()
    assert vera.lead_id not in {
        row.lead_id for row in (*report.forecast.leads, *report.clients, *report.reasons)
    }


def periods(company: Company) -> list[Period]:
    """Give periods that a run has."""
    today = company.today
    next_month = month_of(month_of(today).end + timedelta(days=1))
    return [month_of(today), next_month, quarter_of(today), year_of(today)]


def test_the_company_as_the_report_has_it(company: Company) -> None:
    """Company, leads and managers of each period are those of the run's forecast."""
    vera = head(company)
    assert company.store.get_company(vera.token, month_of(company.today)) == CompanyPage(Forecast(None))
    fill(company)
    company.store.aggregate_forecast(None, "test")
    whole = company.store.get_company_forecast()
    for period in periods(company):
        found = company.store.get_company(vera.token, period).forecast
        assert found.run == whole.run
        for part in ("company", "leads", "managers"):
            rows = tuple(row for row in getattr(whole, part) if row.period == period)
            assert rows
            assert getattr(found, part) == rows
    unknown = Period(PeriodKind.CUSTOM, company.day(-3), company.day(3), "Нет")
    found = company.store.get_company(vera.token, unknown).forecast
    assert (found.run, found.company, found.leads, found.managers) == (whole.run, (), (), ())


def test_numbers_of_a_week_ago(company: Company, backdoor: Backdoor) -> None:
    """They are those of the last run of the seventh day before, in the same period."""
    store, vera = company.store, head(company)
    fill(company)
    year = year_of(company.today)
    bring(company.anna, PETR, company.day(-4), client_pin="раньше")
    store.aggregate_forecast(None, "test")
    bring(company.anna, PETR, company.day(-4), client_pin="позже")
    store.aggregate_forecast(None, "test")
    then = store.get_company_forecast()
    numbers = {
        NumberBefore(row.lead_id, row.unit, row.forecast)
        for row in (*then.company, *then.leads)
        if row.period == year
    }
    assert store.get_company(vera.token, year).week_ago == ()
    for days in (3, 4):
        backdoor.let_days_pass(days)
        company.anna.add(company.petr, client_pin=f"через {days}")
        store.aggregate_forecast(None, "test")
        found = store.get_company(sign_in(store, VERA, vera.key).token, year)
        if days == 3:
            assert (found.week_ago, found.week_ago_on) == ((), None)
    assert set(found.week_ago) == numbers
    assert len(found.week_ago) == len(numbers)
    assert found.week_ago_on == company.day(-7)


def test_the_bridges_of_the_report(company: Company, backdoor: Backdoor) -> None:
    """A head sees the very bridges of the report; they add up to the company's number."""
    store, vera = company.store, head(company)
    fill(company)
    assert store.list_bridges(vera.token, month_of(company.today)) == ()
    for days in (6, 1):
        store.aggregate_forecast(None, "test")
        backdoor.let_days_pass(days)
        company.anna.add(company.petr, client_pin=f"{days}")
    is_open = [entry for entry in company.anna.everything() if entry.status is Status.EXPECTED]
    company.anna.pay(is_open[0])
    company.anna.refuse(is_open[1])
    company.anna.update(is_open[2], pay_by=company.day(60))
    store.aggregate_forecast(None, "test")
    vera = sign_in(store, VERA, vera.key)
    for period in (year_of(company.today), quarter_of(company.today)):
        found = store.list_bridges(vera.token, period)
        assert found == store.get_report(period).bridges
        rows = store.get_company(vera.token, period).forecast.company
        numbers = {row.unit: row.forecast for row in rows}
        for bridge in found:
            parts = (bridge.won, bridge.lost, bridge.new, bridge.put_off, bridge.amounts, bridge.changed)
            assert bridge.before + sum(parts) + bridge.rest == pytest.approx(bridge.now, rel=1e-9)
            assert bridge.now == pytest.approx(numbers[bridge.unit], rel=1e-9)
    unknown = Period(PeriodKind.CUSTOM, company.day(-3), company.day(3), "Нет")
    assert store.list_bridges(vera.token, unknown) == ()


def test_any_leads_groups_and_rows(company: Company) -> None:
    """They are what the lead sees: groups, filters, orders, pages, sums and chances of a period."""
    vera, store = head(company), company.store
    fill(company)
    store.aggregate_forecast(None, "test")
    for desk in (company.anna, company.boris):
        assert store.list_lead_groups(vera.token, desk.lead_id) == store.list_groups(desk.token)
        for wanted, sort in (
            (ALL, EntrySort.ENTRY_ID),
            (EntryFilter(has_chance=True), EntrySort.CONTRIBUTION),
            (EntryFilter(statuses=frozenset({Status.PAID}), unit="RUB"), EntrySort.PAID_AMOUNT),
        ):
            how: dict[str, Any] = {
                "sort": sort, "descending": False, "offset": 2, "limit": 9, "period": year_of(company.today),
            }  # fmt: skip
            own = store.list_entries(desk.token, wanted, **how)
            assert own.entries
            assert store.list_lead_entries(vera.token, desk.lead_id, wanted, **how) == own
    assert store.list_lead_groups(vera.token, 60_000) == ()
    assert store.list_lead_entries(vera.token, 60_000, ALL).total == 0


def test_the_company_page_keeps_no_session_alive(company: Company, backdoor: Backdoor) -> None:
    """A page that refreshes itself does not; reading a lead's rows does."""
    vera = head(company)
    backdoor.age_sessions(timedelta(minutes=50))
    company.store.get_company(vera.token, month_of(company.today))
    company.store.list_bridges(vera.token, month_of(company.today))
    backdoor.age_sessions(timedelta(minutes=20))
    with pytest.raises(SessionEnded):
        company.store.get_company(vera.token, month_of(company.today))
    vera = vera.window()
    backdoor.age_sessions(timedelta(minutes=50))
    company.store.list_lead_entries(vera.token, company.anna.lead_id, ALL)
    backdoor.age_sessions(timedelta(minutes=20))
    company.store.get_company(vera.token, month_of(company.today))


def test_a_head_knows_the_periods_of_the_run(company: Company) -> None:
    """Without own groups she is told of all that the run counted, custom ones last, whichever is asked for.

    One that was made after the run, or was closed before it, is none of them.
    """
    store, vera, today = company.store, head(company), company.today
    assert store.get_company(vera.token, month_of(today)).periods == ()
    fill(company)
    sale = Period(PeriodKind.CUSTOM, company.day(-5), company.day(9), "Распродажа")
    over = Period(PeriodKind.CUSTOM, company.day(-9), company.day(-2), "Прошла")
    closed = Period(PeriodKind.CUSTOM, company.day(-3), company.day(3), "Закрыта")
    for period in (sale, over, closed):
        store.add_period(period, BY)
    store.close_period(closed, BY)
    store.aggregate_forecast(None, "test")
    store.add_period(Period(PeriodKind.CUSTOM, company.day(-1), company.day(8), "Потом"), BY)
    standing = sorted(
        standing_periods(today), key=lambda one: ("month quarter year".index(one.kind), one.start)
    )
    for asked in (month_of(today), sale, closed):
        found = store.get_company(vera.token, asked).periods
        assert found == (*standing, over, sale)
        assert [period.name for period in found[-2:]] == ["Прошла", "Распродажа"]
    row = store.get_company(vera.token, sale).forecast.company[0]
    assert row.period == sale
