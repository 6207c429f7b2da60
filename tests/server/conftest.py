"""What only a real server can show. Without ``MINI_CRM_TEST_MSSQL`` nothing is collected here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contract.adapters import ADAPTERS
from contract.backdoor import Database
from contract.company import Company, Desk, found
from server.cutting_proxy import CuttingProxy

if TYPE_CHECKING:  # they need the driver's library, which nobody has to have who tests without a server
    from mini_crm.settings import Settings
    from mini_crm.store.mssql import MssqlStore
    from server.logins import Logins
    from server.raw import Raw

collect_ignore = []
collect_ignore_glob = [] if "mssql" in ADAPTERS else ["test_*.py"]
if "mssql" in ADAPTERS:
    from server.raw import chains_ownership

    collect_ignore = [] if chains_ownership() else ["test_working_rights.py", "test_conflicts.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out with FreeTDS what it cannot do: it waits for ever when Babelfish ends its session."""
    if "tds" in os.environ.get("MINI_CRM_TEST_MSSQL", "").lower():
        items[:] = [item for item in items if not item.name.endswith("_dies_in_the_middle")]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give an empty database, for all tests of a file."""
    made = ADAPTERS["mssql"].new_database(tmp_path_factory.mktemp("database"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def company(database: Database) -> Company:
    """Give the company, set up in ``database``."""
    return found(database.store)


@pytest.fixture(scope="module")
def settings(database: Database) -> Settings:
    """Say where ``database`` is, as its owner."""
    from server.raw import settings_for

    return settings_for(database.address)


@pytest.fixture(scope="module")
def owner(settings: Settings) -> Iterator[Raw]:
    """Give a connection of the owner of ``database``."""
    from server.raw import raw

    with raw(settings) as connection:
        yield connection


@pytest.fixture(scope="module")
def line(settings: Settings) -> Iterator[CuttingProxy]:
    """Give the line to the server."""
    from server.raw import host_and_port

    with CuttingProxy(host_and_port(settings)) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def far_settings(settings: Settings, line: CuttingProxy) -> Settings:
    """Say where the database is when one goes by the line."""
    return replace(settings, server=f"127.0.0.1,{line.port}")


@pytest.fixture(scope="module")
def far_store(far_settings: Settings) -> Iterator[MssqlStore]:
    """Give a store whose line can be cut and which does not wait between its tries."""
    from mini_crm.store.mssql import MssqlStore
    from mini_crm.store.mssql.call import Server

    store = MssqlStore(Server(far_settings, wait=lambda seconds: None))
    yield store
    store.close()


@pytest.fixture
def far(far_store: MssqlStore, line: CuttingProxy, company: Company) -> Iterator[Desk]:
    """Give Anna's window at the end of a line that is whole, with a connection that is open."""
    line.resume()
    desk = replace(company.anna, store=far_store)
    far_store.get_session(desk.token)
    yield desk
    line.resume()


@pytest.fixture(scope="module")
def logins(owner: Raw, settings: Settings) -> Iterator[Logins]:
    """Give a login for each role."""
    from server.logins import made

    with made(owner, settings) as given:
        yield given


@pytest.fixture(scope="module")
def desktop(logins: Logins, settings: Settings) -> Iterator[Raw]:
    """Give a connection of the login that every window has.

    On Babelfish this login's rights are not enough for any call, so there it is the owner's: what the
    procedures refuse to the owner, they refuse to everybody.
    """
    from server.raw import chains_ownership, raw

    with raw(logins["desktop"] if chains_ownership() else settings) as connection:
        yield connection
