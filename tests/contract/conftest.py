"""The contract: every promise of the Store, on every kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contract.adapters import ADAPTERS
from contract.backdoor import Adapter, Backdoor, Database
from contract.company import Company, found
from mini_crm.store.port import Store


@pytest.fixture(scope="session", params=list(ADAPTERS))
def adapter(request: pytest.FixtureRequest) -> Adapter:
    """Give the kind of database, one after the other."""
    return ADAPTERS[request.param]


@pytest.fixture
def database(adapter: Adapter, tmp_path: Path) -> Iterator[Database]:
    """Give a fresh, empty database."""
    folder = tmp_path / "database"
    folder.mkdir()
    made = adapter.new_database(folder)
    yield made
    made.store.close()


@pytest.fixture
def store(database: Database) -> Store:
    """Give a fresh, empty store."""
    return database.store


@pytest.fixture
def backdoor(database: Database) -> Backdoor:
    """Give the way past the port into the database of ``store``."""
    return database.backdoor


@pytest.fixture
def company(store: Store) -> Company:
    """Give the company, set up in ``store``."""
    return found(store)


@pytest.fixture(scope="session")
def new_store(adapter: Adapter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Store]]:
    """Give a maker of fresh, empty stores, for tests that need one for each example."""
    with ExitStack() as opened:

        def make() -> Store:
            made = adapter.new_database(tmp_path_factory.mktemp("database"))
            opened.callback(made.store.close)
            return made.store

        yield make
