"""The databases on which the contract is run."""

from __future__ import annotations

import os
from pathlib import Path

from contract.backdoor import Adapter
from contract.sqlite_backdoor import SqliteAdapter
from mini_crm.store.port import Store
from mini_crm.store.sqlite import SqliteStore

ADAPTERS: dict[str, Adapter] = {"sqlite": SqliteAdapter()}
if os.environ.get("MINI_CRM_TEST_MSSQL"):
    # Only here: the driver's package needs a library of the system that SQLite does without.
    from contract.mssql_backdoor import MssqlAdapter

    ADAPTERS["mssql"] = MssqlAdapter()


def open_store(address: str) -> Store:
    """Open the database of a test once more, in this or another process; the caller closes it."""
    if Path(address).suffix == ".sqlite":
        return SqliteStore.open(Path(address))
    from contract.mssql_backdoor import open_store as open_on_server

    return open_on_server(address)
