"""Bringing 100,000 rows in: as a person does it, and the store's part alone."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from benchmarks.big_company import make_big_sales
from benchmarks.conftest import Report
from mini_crm.domain.model import ImportRow, RosterRow
from mini_crm.store.sqlite import SqliteStore

ROWS = 100_000
COLUMNS = (
    "id", "lead", "group", "manager", "client_pin", "amount", "paid_amount", "entered_on", "pay_by", "status",
    "status_on", "comment",
)  # fmt: skip


@pytest.fixture(scope="module")
def sales() -> tuple[list[RosterRow], list[ImportRow]]:
    """Make the rows once."""
    sellers, rows = make_big_sales(ROWS, date.today())
    return [seller.row for seller in sellers], list(rows)


def test_import_by_command(
    sales: tuple[list[RosterRow], list[ImportRow]], tmp_path: Path, report: Report
) -> None:
    """``mini-crm-admin import-entries`` of a CSV file into a new database, the whole process."""
    file, database = tmp_path / "entries.csv", tmp_path / "import.sqlite"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for number, row in enumerate(sales[1], start=1):
            values = [getattr(row, name) for name in COLUMNS[1:]]
            writer.writerow([number, *("" if value is None else value for value in values)])
    SqliteStore.create(database).close()
    command = [sys.executable, "-m", "mini_crm.admin", "--database", f"sqlite:///{database}"]
    begun = time.perf_counter()
    subprocess.run(
        [*command, "import-entries", str(file), "--create-roster"], check=True, capture_output=True
    )
    seconds = time.perf_counter() - begun
    assert SqliteStore.open(database).get_record().entries == ROWS
    report(f"import of {ROWS:,} rows from CSV, the whole command", seconds, "s", 10)


def test_import_by_store(
    sales: tuple[list[RosterRow], list[ImportRow]], tmp_path: Path, report: Report
) -> None:
    """The store's part of it: checked rows into an empty database, and again, where nothing is new."""
    store = SqliteStore.create(tmp_path / "import.sqlite")
    roster, rows = sales
    begun = time.perf_counter()
    store.import_entries("sales", rows, "benchmark", roster=roster)
    report("  the store's part of an import", time.perf_counter() - begun, "s")
    begun = time.perf_counter()
    again = store.import_entries("sales", rows, "benchmark")
    report(
        "  the same rows a second time",
        time.perf_counter() - begun,
        "s",
        None,
        f"{again.unchanged:,} unchanged",
    )
    assert again.unchanged == ROWS
