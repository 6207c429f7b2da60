"""The program ``mini-crm`` as it is started: exit codes, what is said, what is loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mini_crm import __version__
from mini_crm.store.sqlite import SqliteStore
from ui.conftest import LEAD, OTHER_LEAD

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LATER = {
    "charset_normalizer", "matplotlib", "numpy", "pyodbc", "python_calamine", "sqlite3", "tkcalendar",
    "xlsxwriter",
}  # fmt: skip
"""Not to be loaded before it is needed."""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment without settings of this computer."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINI_CRM_")}
    return kept | {
        "MINI_CRM_DATABASE": "",
        "MINI_CRM_LOG_DIR": str(tmp_path / "logs"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
    }


def start(environ: dict[str, str], what: str, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Start the program; give exit code, what was found, and standard error."""
    done = subprocess.run(
        [sys.executable, str(HERE / "start_child.py"), str(time.time()), what, *arguments],
        env=environ,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    lines = done.stdout.splitlines()
    return done.returncode, json.loads(lines[-1]) if lines else {}, done.stderr


@pytest.mark.parametrize("language", ["ru", "en"])
def test_start_loads_only_what_it_needs(store: SqliteStore, environ: dict[str, str], language: str) -> None:
    """The sign-in window comes without database driver, calendar and plotting; Babel only for Russian."""
    database = f"sqlite:///{store.db.path}"
    code, found, _ = start(environ, "show", "--database", database, "--language", language)
    assert code == 0
    assert found["names"] == [OTHER_LEAD, LEAD]
    assert found["focus"]
    later = LATER | ({"babel"} if language == "en" else set())
    assert later & {name.partition(".")[0] for name in found["loaded"]} == set()


def test_without_a_database_a_window_says_what_to_do(environ: dict[str, str]) -> None:
    """No configured database is a sentence in a window, in the log, and exit code 3; nothing is made."""
    code, found, errors = start(environ, "problem", "--language", "en")
    assert code == 3
    assert found["problem"].startswith("No database is configured.")
    assert found["problem"] in errors


@pytest.mark.skipif(sys.platform == "win32", reason="there is always a screen")
def test_without_a_screen(environ: dict[str, str]) -> None:
    """Where there is no screen the program says so and ends."""
    environ.pop("DISPLAY", None)
    code, _, errors = start(environ, "show", "--database", "sqlite:///x.sqlite", "--language", "en")
    assert code == 3
    assert "There is no screen to show a window on" in errors


@pytest.mark.parametrize(
    ("arguments", "code", "output"),
    [
        (["--version"], 0, f"mini-crm {__version__}\n"),
        (["--help", "--language", "en"], 0, "Enter expected sales and see the forecast, as a team lead."),
        (["--nonsense"], 2, ""),
    ],
)
def test_command_line(environ: dict[str, str], arguments: list[str], code: int, output: str) -> None:
    """Version and help need neither screen nor database; a wrong option is exit code 2."""
    environ.pop("DISPLAY", None)
    done = subprocess.run(
        [sys.executable, "-m", "mini_crm", *arguments],
        env=environ,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == code
    assert output in done.stdout
