"""The databases on which the contract is run."""

from __future__ import annotations

from pathlib import Path

from contract.backdoor import Adapter
from contract.sqlite_backdoor import SqliteAdapter
from mini_crm.store.port import Store
from mini_crm.store.sqlite import SqliteStore

ADAPTERS: dict[str, Adapter] = {"sqlite": SqliteAdapter()}


def open_store(address: str) -> Store:
    """Open the database of a test once more, in this or another process; the caller closes it."""
    return SqliteStore.open(Path(address))
