"""One aggregation run over a million entries, and a scheduled run that finds nothing changed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.conftest import Report, in_child
from mini_crm.store.sqlite import SqliteStore
from mini_crm.store.sqlite.side_by_side import how_many

ROUNDS = 5


def change_something(path: Path) -> None:
    """Void an entry and bring it back, so that the next run has something to do."""
    store = SqliteStore.open(path)
    store.void_entries([1], "benchmark")
    store.restore_entries([1], "benchmark")
    store.close()


def test_aggregation(big_database: Path, entries: int, report: Report) -> None:
    """All standing periods and all writes, in turn with a bare GROUP BY over the same rows.

    What is compared with the budgets is the time that people wait. Where there are two processors two
    connections share the run; SQLite has one thread for the GROUP BY. What all threads worked is shown too.
    """
    runs, bare, whole = [], [], []
    for _ in range(ROUNDS):
        change_something(big_database)
        run, process_s = in_child("aggregate", big_database)
        assert run["status"] == "done"
        assert run["entries"] == entries
        runs.append(run)
        whole.append(process_s)
        bare.append(in_child("group_by", big_database)[0])
    seconds = median(run["seconds"] for run in runs)
    bare_s = median(one["seconds"] for one in bare)
    spread = f"{min(r['seconds'] for r in runs):.2f} to {max(r['seconds'] for r in runs):.2f}"
    report(f"aggregation of {entries:,} entries, SQLite", seconds, "s", 5, f"median of {ROUNDS}, {spread}")
    report("  the whole process", median(whole), "s")
    peaks = [run["peak_mb"] for run in runs if run["peak_mb"] is not None]
    if peaks:
        report("  its peak memory", max(peaks), "MB", 500, "mapped file pages included")
    report(
        "  against a bare GROUP BY LeadId, Status",
        seconds / bare_s,
        "times",
        5,
        f"that takes {bare_s:.2f} s on one thread, the run has {how_many(entries)}",
    )
    # On a computer with other work the least of what the processor did says more than the clock.
    cpu_s, bare_cpu_s = (min(one["cpu_seconds"] for one in several) for several in (runs, bare))
    report("  processor time of all threads, least", cpu_s, "s")
    report("  against the GROUP BY's, least", cpu_s / bare_cpu_s, "times", None, f"{bare_cpu_s:.2f} s")


def test_nothing_changed(big_database: Path, report: Report, tmp_path: Path) -> None:
    """The scheduled program as it mostly runs: from the start of the process to its end.

    Its modules are compiled beforehand, as they are in the frozen program, whatever the environment says.
    """
    compiled = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", "mini_crm.execer", "--database", f"sqlite:///{big_database}"]
    in_child("aggregate", big_database)
    subprocess.run(command, check=True, capture_output=True, env=compiled)
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=compiled)
        seconds.append(time.perf_counter() - begun)
    assert SqliteStore.open(big_database).list_runs(1)[0].status == "unchanged"
    report("execer with nothing changed, not frozen", median(seconds), "s", 0.5, f"median of {ROUNDS}")
