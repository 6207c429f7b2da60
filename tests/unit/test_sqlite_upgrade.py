"""A file of an older version: its rows stay as they are, and it can do what a new one can."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import pytest

from contract.company import PETR, found, import_row
from mini_crm.domain.period import month_of
from mini_crm.domain.rules import name_key
from mini_crm.store.sqlite import SqliteStore
from mini_crm.store.sqlite.db import APPLICATION_ID

MIGRATIONS = sorted(
    (file for file in (files("mini_crm") / "store" / "sqlite" / "migrations").iterdir()),
    key=lambda file: file.name,
)
NAMES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """Name the columns of a table."""
    return [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]


def content_of(path: Path, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """Give every row of every table, of these columns."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2").fetchall()
            for table, names in columns.items()
        }


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_filled_file_of_an_older_version(tmp_path: Path, version: int) -> None:
    """Whatever version a file has, opening it loses and changes no row, and what is new works there."""
    made, old = tmp_path / "made.sqlite", tmp_path / "old.sqlite"
    store = SqliteStore.create(made)
    company = found(store)
    month = month_of(company.today)
    entry = company.anna.add(company.petr)
    company.anna.update(entry, comment="x")
    company.anna.delete(company.anna.add(company.petr))
    store.import_entries("old.csv", [import_row(PETR, company.today)], "tests")
    store.set_commitment(company.anna.token, uuid4(), month, "RUB", Decimal(5), "why")
    store.set_commitment(company.anna.token, uuid4(), month, "RUB", Decimal(5), "why")
    store.aggregate_forecast(None, "tests")
    told = store.list_trend(company.anna.token, month)
    store.close()
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.create_function("name_key", 1, name_key)
        for script in MIGRATIONS[:version]:
            connection.executescript(script.read_text(encoding="utf-8"))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("ATTACH ? AS made", (str(made),))
        columns = {name: columns_of(connection, name) for (name,) in connection.execute(NAMES).fetchall()}
        for table, names in columns.items():
            said = ", ".join(names)
            connection.execute(f"DELETE FROM main.{table}")
            connection.execute(f"INSERT INTO main.{table} ({said}) SELECT {said} FROM made.{table}")
        connection.execute("DELETE FROM main.Setting WHERE Name = 'ProgramPlace'")
    before = content_of(old, columns)
    assert len(before["Commitment"]) == 2

    opened = SqliteStore.open(old)
    now = content_of(old, columns)
    now["Setting"] = [row for row in now["Setting"] if row[0] != "ProgramPlace"]  # which older programs read
    assert now == before
    kept = opened.list_trend(company.anna.token, month)
    assert [(p.day, p.paid, p.forecast, p.low, p.high, p.hand_formula) for p in kept] == [
        (p.day, p.paid, p.forecast, p.low, p.high, p.hand_formula) for p in told
    ]
    assert {p.method for p in kept} == {2 if "Method" in columns["Run"] else 1}
    assert len(opened.list_commitments(company.anna.token, month)) == 2
    op_id = uuid4()
    first = opened.set_commitment(company.anna.token, op_id, month, "RUB", Decimal(7), "")
    assert opened.set_commitment(company.anna.token, op_id, month, "RUB", Decimal(7), "") == first
    assert len(opened.list_commitments(company.anna.token, month)) == 3
    opened.close()
