"""Bringing 100,000 rows in: as a person does it, and the store's part alone."""

from __future__ import annotations

import csv
import time
from datetime import date
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import xlsxwriter

from benchmarks.big_company import make_big_sales
from benchmarks.conftest import Report, in_child
from mini_crm.domain.model import ImportRow, RosterRow
from mini_crm.store.sqlite import SqliteStore

ROWS = 100_000
ROUNDS = 3
COLUMNS = (
    "id", "lead", "group", "manager", "client_pin", "amount", "paid_amount", "entered_on", "pay_by", "status",
    "status_on", "comment",
)  # fmt: skip


@pytest.fixture(scope="module")
def sales() -> tuple[list[RosterRow], list[ImportRow]]:
    """Make the rows once."""
    sellers, rows = make_big_sales(ROWS, date.today())
    return [seller.row for seller in sellers], list(rows)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_import_by_command(
    sales: tuple[list[RosterRow], list[ImportRow]], tmp_path: Path, report: Report, form: str
) -> None:
    """``mini-crm-admin import-entries`` of a file into a new database, the whole process."""
    rows = [[number, *(getattr(row, name) for name in COLUMNS[1:])] for number, row in enumerate(sales[1], 1)]
    file = tmp_path / f"entries.{form}"
    write = {"csv": write_csv, "xlsx": write_xlsx}[form]
    write(file, rows)
    runs: list[dict[str, Any]] = []
    whole: list[float] = []
    for n in range(ROUNDS):
        database = tmp_path / f"import-{n}.sqlite"
        SqliteStore.create(database).close()
        found, seconds = in_child("import_entries", database, file)
        assert (found["code"], SqliteStore.open(database).get_record().entries) == (0, ROWS)
        runs.append(found)
        whole.append(seconds)
    cpu_s, peak_mb = (median(run[name] for run in runs) for name in ("cpu_seconds", "peak_mb"))
    what = f"import of {ROWS:,} rows from {form}, the whole command"
    report(what, median(whole), "s", 5, f"{cpu_s:.1f} s of processor time")
    report("  its memory", peak_mb, "MB", 300)


def write_csv(file: Path, rows: list[list[object]]) -> None:
    """Write the rows as a program does."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def write_xlsx(file: Path, rows: list[list[object]]) -> None:
    """Write the rows as a workbook with days and numbers, as another system exports them."""
    with xlsxwriter.Workbook(
        file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    ) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [str(value) if isinstance(value, StrEnum) else value for value in row])


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
