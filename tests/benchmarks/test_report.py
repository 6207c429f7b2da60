"""The Excel report of a company with 10,000 open entries."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.big_company import write_big_company
from benchmarks.conftest import Report
from mini_crm.i18n import Texts
from mini_crm.report.workbook import write_report
from mini_crm.store.sqlite import SqliteStore

ENTRIES = 154_000
"""About 6.5 % of them are open."""


def test_report(tmp_path: Path, report: Report) -> None:
    """Reading from the database and writing the workbook, in both languages."""
    path = tmp_path / "report.sqlite"
    write_big_company(path, ENTRIES)
    store = SqliteStore.open(path)
    store.aggregate_forecast(None, "benchmark")
    for language in ("en", "ru"):
        begun = time.perf_counter()
        data = store.get_report()
        read_s = time.perf_counter() - begun
        written = write_report(data, tmp_path / f"{language}.xlsx", Texts(language))
        seconds = time.perf_counter() - begun
        opened = sum(row.open_count for row in data.forecast.company if row.period == data.period)
        assert opened > 9_000
        note = f"{opened:,} open entries, reading {read_s:.2f} s, {written.stat().st_size / 1e6:.1f} MB"
        report(f"report in {language}", seconds, "s", 3, note)
