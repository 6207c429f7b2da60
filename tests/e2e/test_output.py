"""What the programs print: UTF-8 when it is redirected, and no traceback when nothing takes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.programs import MODULES, only_from_sources, start_of
from mini_crm.domain.model import RosterRow
from mini_crm.store.sqlite import SqliteStore

SRC = Path(__file__).parents[2] / "src"
WINDOWS_LIKE = [
    {"PYTHONIOENCODING": "cp1251"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]
"""As the locale of Windows is, and of a bare job of a server."""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment with a small company of Russian names."""
    store = SqliteStore.create(tmp_path / "company.sqlite")
    store.apply_roster([RosterRow("Ёлкина Анна", "Север", "Борис", "RUB")], "test")
    store.close()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MINI_CRM_", "PYTHON"))}
    return kept | {
        "MINI_CRM_DATABASE": f"sqlite:///{tmp_path / 'company.sqlite'}",
        "MINI_CRM_LOG_DIR": str(tmp_path / "logs"),
        "MINI_CRM_LANGUAGE": "ru",
        "PYTHONPATH": str(SRC),
    }


def run(environ: dict[str, str], program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program with its output in pipes."""
    return subprocess.run(
        [*start_of(program), *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )


@pytest.mark.parametrize("locale", WINDOWS_LIKE, ids=["cp1251", "C"])
@pytest.mark.parametrize("program", MODULES)
def test_redirected_help_and_errors_are_utf_8(
    program: str, locale: dict[str, str], environ: dict[str, str]
) -> None:
    """Help and errors come in UTF-8 through a pipe, whatever the locale, in all three programs."""
    done = run(environ | locale, program, "--help")
    assert done.returncode == 0
    assert done.stdout.decode("utf-8").startswith("Вызов:")
    done = run(environ | locale, program, "--nonsense")
    assert done.returncode == 2
    assert "Параметра --nonsense нет" in done.stderr.decode("utf-8")


@pytest.mark.parametrize("locale", WINDOWS_LIKE, ids=["cp1251", "C"])
def test_redirected_json_is_utf_8(locale: dict[str, str], environ: dict[str, str]) -> None:
    """JSON comes in UTF-8 through a pipe, as its standard has it."""
    leads = json.loads(run(environ | locale, "mini-crm-admin", "leads", "--json").stdout.decode("utf-8"))
    assert "Ёлкина Анна" in json.dumps(leads, ensure_ascii=False)
    assert json.loads(run(environ | locale, "execer", "--json").stdout.decode("utf-8"))["status"] == "done"


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a disk that is always full")
@pytest.mark.parametrize(
    "command",
    [["execer"], ["mini-crm-admin", "leads"], ["mini-crm-admin", "doctor", "--json"], ["mini-crm", "--help"]],
)
def test_output_onto_a_full_disk(command: list[str], environ: dict[str, str]) -> None:
    """Where the output cannot be written it is said in one sentence, and the code is that of a bad file."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*start_of(command[0]), *command[1:], "--language", "en"],
            env=environ, stdout=full, stderr=subprocess.PIPE, timeout=60, text=True,
        )  # fmt: skip
    assert done.returncode == 7
    assert done.stderr == (
        f"{command[0]}: What is printed cannot be written where it is redirected to"
        " (No space left on device). What was done is kept.\n"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a disk that is always full")
def test_errors_onto_a_full_disk(environ: dict[str, str]) -> None:
    """That an error cannot be told changes neither its code nor anything else."""
    with Path("/dev/full").open("wb") as full:
        code = subprocess.run(
            [*start_of("mini-crm-admin"), "--nonsense"], env=environ, stderr=full, timeout=60
        ).returncode
    assert code == 2


@only_from_sources
def test_a_reader_that_has_enough_stops_nothing(environ: dict[str, str]) -> None:
    """Who reads only the first line, as ``head -1`` does, neither stops the work nor makes it an error."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(start_of("execer"), env=environ, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
