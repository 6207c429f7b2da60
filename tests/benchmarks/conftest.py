"""What the benchmarks share: one big database a run, and a table of figures at the end.

Nothing here fails on a slow computer: the figures are printed beside their budgets, for a person to judge.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.big_company import write_big_company
from contract.adapters import ADAPTERS

collect_ignore = [] if "mssql" in ADAPTERS else ["test_server.py"]


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``budget`` is empty where there is none."""

    what: str
    measured: float
    unit: str
    budget: float | None
    note: str


CHILD = Path(__file__).with_name("child.py")
Report = Callable[..., None]
FIGURES = pytest.StashKey[list[Figure]]()


def in_child(what: str, *paths: Path) -> tuple[dict[str, Any], float]:
    """Measure in a fresh process; gives what it says, and how long the whole process took."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(CHILD), what, *map(str, paths)],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return json.loads(done.stdout), time.perf_counter() - begun


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the big database be made smaller, to try the benchmarks out."""
    parser.addoption("--entries", type=int, default=1_000_000, help="size of the big database")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with an empty table."""
    config.stash[FIGURES] = []


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    """Give a function that puts a line into the table at the end."""

    def add(what: str, measured: float, unit: str, budget: float | None = None, note: str = "") -> None:
        pytestconfig.stash[FIGURES].append(Figure(what, measured, unit, budget, note))

    return add


@pytest.fixture(scope="session")
def entries(pytestconfig: pytest.Config) -> int:
    """Give the number of entries of the big database."""
    return int(pytestconfig.getoption("--entries"))


@pytest.fixture(scope="session")
def big_database(tmp_path_factory: pytest.TempPathFactory, entries: int, report: Report) -> Path:
    """Give a database with a million entries, made once a run."""
    path = tmp_path_factory.mktemp("big") / "big.sqlite"
    begun = time.perf_counter()
    write_big_company(path, entries)
    size = path.stat().st_size / 1e6
    report(f"(making {entries:,} entries to measure)", time.perf_counter() - begun, "s", 60, f"{size:.0f} MB")
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    figures = config.stash[FIGURES]
    if not figures:
        return
    terminalreporter.section("figures and budgets")
    for figure in figures:
        budget = "" if figure.budget is None else f"of {figure.budget:g}"
        over = "OVER" if figure.budget is not None and figure.measured > figure.budget else ""
        terminalreporter.write_line(
            f"{figure.what:<62} {figure.measured:>9.3g} {figure.unit:<5} {budget:<8} {over:<5} {figure.note}"
        )
