"""The real window on a virtual screen: its start, and a lead with 100,000 entries at work."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from compileall import compile_dir
from pathlib import Path

import pytest

from benchmarks.conftest import Report
from benchmarks.test_desktop import store  # noqa: F401 - the company in which one lead has all entries
from mini_crm.store.sqlite import SqliteStore
from virtual_screen import virtual_screen

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "src"
STARTS = 5


def environment(folder: Path) -> dict[str, str]:
    """Give an environment in which nothing is remembered; modules are compiled, as where it is installed."""
    compile_dir(SOURCES, quiet=1)
    return os.environ | {
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "MINI_CRM_LOG_DIR": str(folder),
        "PYTHONPATH": os.pathsep.join([str(SOURCES), str(HERE.parent)]),
    }


@pytest.mark.parametrize("language", ["ru", "en"])
def test_start(store: SqliteStore, report: Report, tmp_path: Path, language: str) -> None:  # noqa: F811
    """From the start of the process to a sign-in window that takes keys."""
    child = HERE.parent / "ui" / "start_child.py"
    with virtual_screen():
        seconds = []
        for _ in range(STARTS):
            command = [sys.executable, str(child), str(time.time()), "show", "--language", language]
            command += ["--database", f"sqlite:///{store.db.path}"]
            done = subprocess.run(
                command, env=environment(tmp_path), capture_output=True, encoding="utf-8", check=True
            )
            seconds.append(json.loads(done.stdout.splitlines()[-1])["usable_s"])
    report(f"start to a usable sign-in window ({language})", statistics.median(seconds), "s", 0.8)


def test_window(store: SqliteStore, report: Report, tmp_path: Path) -> None:  # noqa: F811
    """First rows, saving, filtering, the longest pauses of the window, and memory."""
    (lead,) = [lead for lead in store.list_leads() if lead.has_password]
    command = [sys.executable, str(HERE / "window_child.py"), str(store.db.path), lead.name]
    with virtual_screen():
        done = subprocess.run(
            command, env=environment(tmp_path), capture_output=True, encoding="utf-8", check=True
        )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["filtered"] == 1

    def block(what: str, key: str, budget: int = 50) -> None:
        own = f"{found[key + '_own_ms']:.0f} ms of the window's own work"
        report(what, found[key + "_ms"], "ms", budget, own)

    report("sign-in to first rows, 100,000 entries (without Argon2id)", found["first_rows_s"], "s", 0.3)
    block("  longest block of the window meanwhile", "sign_in_longest")
    report("save to visible row", found["save_ms"], "ms", 50)
    report("save to stored row", found["stored_ms"], "ms", 50)
    report("filter to visible rows", found["filter_s"], "s", 0.3)
    ways = sorted(found["list_s"].items(), key=lambda way: -way[1][1])
    told = ", ".join(f"{way} {own:.2f} s of work" for way, (_seconds, own) in ways[:3])
    slowest = max(seconds for _way, (seconds, _own) in ways)
    report("any filter, order or place of the list to visible rows", slowest, "s", 0.3, told)
    report("most memory of the window with the list alone", found["list_mb"], "MB", 150)
    block("longest block while saving and filtering", "filter_longest")
    block("longest block while the list is filtered and ordered in every way", "list_longest")
    block("longest block of the window while working", "longest")
    block("  while the language is switched", "language_longest")
    block("  while signing out", "sign_out_longest")
    report("opening the forecast page", found["forecast_s"], "s", None)
    report("until its chart is drawn", found["chart_s"], "s", None)
    block("longest block while it opens", "forecast_longest", 500)
    block("longest block while periods and pictures are chosen", "forecast_used")
    report("most memory of the window", found["peak_mb"], "MB", 150, "with the forecast page")
    report("  of the process that draws, which ends 15 s after a picture", found["painter_mb"], "MB")
