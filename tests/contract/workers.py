"""What the contract tests do from other threads and processes, each with a store of its own."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

from contract.adapters import open_store
from contract.company import sign_in
from mini_crm.domain.errors import RunUnderWay

WRITES = 15


def write(address: str, name: str, key: bytes, manager_id: int) -> list[int]:
    """Add entries of 1, 2, ... ``WRITES`` and change each; give their numbers."""
    store = open_store(address)
    try:
        desk = sign_in(store, name, key)
        added = [desk.add(manager_id, amount=Decimal(n + 1)) for n in range(WRITES)]
        return [desk.update(entry, comment="x").entry_id for entry in added]
    finally:
        store.close()


def aggregate_for(address: str, as_of: date, seconds: float) -> tuple[list[int], int]:
    """Run the aggregation again and again; give the runs that were done, and how many were refused."""
    store = open_store(address)
    done, refused, end = [], 0, time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            try:
                done.append(store.aggregate_forecast(as_of, "worker").run_id)
            except RunUnderWay:
                refused += 1
    finally:
        store.close()
    return done, refused


def add_and_aggregate(address: str, name: str, key: bytes, manager_id: int) -> list[int]:
    """Add an entry and run the aggregation, 20 times; give the runs."""
    store = open_store(address)
    runs = []
    try:
        desk = sign_in(store, name, key)
        for _ in range(20):
            desk.add(manager_id)
            runs.append(store.aggregate_forecast(None, "worker").run_id)
    finally:
        store.close()
    return runs
