"""Each program does its work with the rights of its login and no more.

Only where a right to call a procedure is enough to let it reach its tables, as on SQL Server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from contract.company import ANNA, BY, COMPUTER, ROSTER, Company
from mini_crm.domain.credentials import new_token
from mini_crm.store.mssql import MssqlStore
from server.doors import views
from server.logins import Logins
from server.raw import raw

Open = Callable[[str], MssqlStore]


@pytest.fixture
def open_as(logins: Logins) -> Iterator[Open]:
    """Open the database as a program does, with one of the logins."""
    with ExitStack() as opened:

        def opening(who: str) -> MssqlStore:
            store = MssqlStore.open(logins[who])
            opened.callback(store.close)
            return store

        yield opening


def test_a_window_works(company: Company, open_as: Open) -> None:
    """With the window's login a lead signs in, enters, changes, looks, promises and asks for a run."""
    store = open_as("desktop")
    assert ANNA in store.list_lead_names()
    store.get_salt(ANNA)
    token = new_token()
    store.sign_in(ANNA, company.anna.key, token, COMPUTER)
    desk = replace(company.anna, store=store, token=token)
    entry = desk.pay(desk.add(company.petr))
    assert entry in desk.everything()
    assert [version.version for version in store.list_entry_history(token, entry.entry_id)] == [1, 2]
    assert store.request_run(token).entry_count == 1
    period = store.get_forecast(token).leads[0].period
    store.set_commitment(token, uuid4(), period, "RUB", Decimal(5), "")
    assert len(store.list_commitments(token, period)) == 1
    store.list_trend(token, period)
    store.list_accuracy(token)
    assert desk.restore(desk.delete(desk.add(company.maria))).version == 3
    store.sign_out(token)


def test_execer_works(company: Company, open_as: Open, logins: Logins) -> None:
    """With execer's login runs are made, the report is read and the views can be looked at."""
    store = open_as("execer")
    company.anna.add(company.petr)
    run = store.aggregate_forecast(None, BY)
    assert store.list_runs()[0] == run
    assert store.get_report().forecast.run == run
    with raw(logins["execer"]) as connection:
        for name in (name for name in views() if name.startswith("report.")):
            connection.must(f"SELECT TOP (1) x.* FROM {name} AS x")


def test_the_administrator_works(company: Company, open_as: Open) -> None:
    """With the administrator's login the roster is kept and passwords are issued and unlocked."""
    store = open_as("admin")
    store.apply_roster(ROSTER, BY)
    assert [lead.name for lead in store.list_leads()] == [company.anna.name, company.boris.name]
    store.unlock_lead(company.boris.lead_id, BY)
    store.set_setting("TimeZone", "Europe/Moscow", BY)
    assert store.get_setting("TimeZone") == "Europe/Moscow"
