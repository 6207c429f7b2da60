"""Replaying the past of a company with 5,000 entries in half a year."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.big_company import make_big_sales
from benchmarks.conftest import Report
from mini_crm.domain.period import PeriodKind
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.backtest import run_backtest


@pytest.mark.parametrize("step", [3, 1])
def test_backtest(tmp_path: Path, report: Report, step: int) -> None:
    """Every cut-off from 45 days after the first resolution on."""
    store = SqliteStore.create(tmp_path / "past.sqlite")
    sellers, rows = make_big_sales(5_000, store.get_today(), months=6, leads=10, managers_each=6)
    store.import_entries("sales", list(rows), "benchmark", roster=[seller.row for seller in sellers])
    begun = time.perf_counter()
    result = run_backtest(store, PeriodKind.MONTH, step=step)
    seconds = time.perf_counter() - begun
    cutoffs = len(result.cutoffs)
    report(f"backtest of 5,000 entries, every {step} days", seconds, "s", None, f"{cutoffs} cut-offs")
    assert cutoffs > 0
