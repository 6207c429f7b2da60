"""Ctrl+C ends each program with 130 and without a traceback, wherever it hits."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.programs import MODULES, only_from_sources, start_of
from mini_crm.store.sqlite import SqliteStore
from virtual_screen import virtual_screen

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="a console of Windows sends its own Ctrl+C"),
    only_from_sources,
]
SRC = Path(__file__).parents[2] / "src"

SLOW = """
import sys, time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            print("there", flush=True)
            while True:
                time.sleep(0.01)
sys.meta_path.insert(0, Slow())
"""
"""Stands for a slow disk: one module takes for ever to load."""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment with a database and a folder that comes before all packages."""
    SqliteStore.create(tmp_path / "company.sqlite").close()
    (tmp_path / "first").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINI_CRM_")}
    return kept | {
        "MINI_CRM_DATABASE": f"sqlite:///{tmp_path / 'company.sqlite'}",
        "MINI_CRM_LOG_DIR": str(tmp_path / "logs"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PYTHONPATH": f"{tmp_path / 'first'}{os.pathsep}{SRC}",
    }


@contextmanager
def started(environ: dict[str, str], *command: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that heeds Ctrl+C, whatever whoever runs the tests does."""
    with subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def interrupted(process: subprocess.Popen[str]) -> str:
    """Press Ctrl+C; check the code; give what the process said then."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in out + err
    assert "Exception ignored" not in err
    return out + err


@pytest.mark.parametrize("module", ["click", "mini_crm.settings", "platformdirs"])
@pytest.mark.parametrize("program", MODULES)
def test_while_it_loads(program: str, module: str, environ: dict[str, str], tmp_path: Path) -> None:
    """While a program is being loaded Ctrl+C ends it quietly, as a module and as a command."""
    if module == "platformdirs":
        environ = {name: value for name, value in environ.items() if name != "MINI_CRM_LOG_DIR"}
    (tmp_path / "first" / "sitecustomize.py").write_text(SLOW.format(name=module))
    for command in (start_of(program), [str(Path(sys.executable).with_name(program))]):
        with started(environ, *command) as process:
            assert process.stdout is not None and process.stdout.readline() == "there\n"
            assert interrupted(process).strip() == ""


@pytest.mark.parametrize("program", ["execer", "mini-crm-admin"])
def test_while_the_database_waits(program: str, environ: dict[str, str], tmp_path: Path) -> None:
    """While another program holds the database, and a program waits for it, Ctrl+C ends it with its code."""
    holder = sqlite3.connect(tmp_path / "company.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        more = [] if program == "execer" else ["aggregate"]
        with started(environ, *start_of(program), *more) as process:
            time.sleep(3)
            assert process.poll() is None
            interrupted(process)
    finally:
        holder.close()


@pytest.fixture
def screen() -> Iterator[None]:
    """Give a screen."""
    with virtual_screen():
        yield


def test_while_the_window_is_idle(screen: None, environ: dict[str, str], tmp_path: Path) -> None:
    """A window in which nothing happens ends soon, with nothing in its log."""
    with started({**environ, "DISPLAY": os.environ["DISPLAY"]}, *start_of("mini-crm")) as process:
        time.sleep(4)
        assert process.poll() is None
        interrupted(process)
    assert not (tmp_path / "logs").exists()
