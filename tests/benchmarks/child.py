"""What is measured in a process of its own: ``child.py WHAT FILE…`` prints one JSON object."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

from mini_crm.store.sqlite import SqliteStore

BARE = "SELECT LeadId, Status, COUNT(*), SUM(Amount) FROM Entry GROUP BY LeadId, Status"
SAME_SETTINGS = ("temp_store = MEMORY", "cache_size = -65536", "mmap_size = 1073741824")
"""As a run has them."""


def aggregate(path: Path) -> dict[str, object]:
    """Run the aggregation: everything that the scheduled program waits for."""
    store = SqliteStore.open(path)
    begun, worked = time.perf_counter(), time.process_time()
    run = store.aggregate_forecast(None, "benchmark")
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - worked
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "status": run.status.value,
        "entries": run.entry_count,
    }


def group_by(path: Path) -> dict[str, object]:
    """Run the simplest question that reads every entry once, on a connection of the same settings."""
    connection = SqliteStore.open(path).db.connect()
    for setting in SAME_SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    begun, worked = time.perf_counter(), time.process_time()
    rows = connection.execute(BARE).fetchall()
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - worked
    return {"seconds": seconds, "cpu_seconds": cpu_seconds, "rows": len(rows)}


def import_entries(database: Path, file: Path) -> dict[str, object]:
    """Import a file, as the administrator's command does."""
    begun = time.perf_counter()
    from mini_crm import admin  # a part of what the command takes, and of nothing else here

    sys.argv[1:] = ["--database", f"sqlite:///{database}", "import-entries", str(file), "--create-roster"]
    with redirect_stdout(sys.stderr):
        try:
            admin.main()
        except SystemExit as done:
            code = done.code
    used = os.times()
    cpu_seconds = used.user + used.system + used.children_user + used.children_system
    return {"seconds": time.perf_counter() - begun, "cpu_seconds": cpu_seconds, "code": code}


def peak_mb() -> float | None:
    """Give the most memory that this process had, mapped pages of files included; None where unknown."""
    return _peak_mb("self")


def peak_mb_of_children() -> float | None:
    """Give the most memory that one of the children had which this process has now; None where unknown."""
    tasks = Path("/proc/self/task").glob("*/children")
    children = [child for task in tasks for child in task.read_text("ascii").split()]
    return max((_peak_mb(child) or 0.0 for child in children), default=None)


def _peak_mb(process: str) -> float | None:
    # Not getrusage: on Linux a new process begins with the peak of the one that started it.
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return None
    peak = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024  # given in KiB


if __name__ == "__main__":
    measured = {"aggregate": aggregate, "group_by": group_by, "import_entries": import_entries}
    found = measured[sys.argv[1]](*map(Path, sys.argv[2:]))
    print(json.dumps({**found, "peak_mb": peak_mb()}))
