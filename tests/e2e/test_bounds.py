"""What a person may type has bounds, which the sentence of a refusal names, in both languages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from e2e.programs import start_of
from e2e.test_admin import Admin
from e2e.test_any_input import BUILDERS, NUMBERS, paths_of
from mini_crm.program import run_program
from mini_crm.store.sqlite import SqliteStore

WHOLE = [
    (name, before, parameter)
    for name in BUILDERS
    for before, command in paths_of(name)
    for parameter in command.params
    if isinstance(parameter.type, click.types.IntParamType | click.types.FloatParamType)
]
BOUNDS = {
    "log --limit": (1, 2_147_483_647),
    "import-undo batch": (1, 2_147_483_647),
    "entries void ids": (1, 2_147_483_647),
    "entries restore ids": (1, 2_147_483_647),
    "entries reassign ids": (1, 2_147_483_647),
    "backtest --step": (1, 366),
    "schedule --every": (5, 1440),
    "demo --entries": (1, 200_000),
    "demo --seed": (0, 2_147_483_647),
}


def test_every_number_has_its_bounds() -> None:
    """There is no number on any command line without a least and a most, and these are they."""
    found = {}
    for _, before, parameter in WHOLE:
        assert isinstance(parameter.type, click.IntRange)
        found[" ".join([*before, parameter.opts[-1]])] = (parameter.type.min, parameter.type.max)
    assert found == BOUNDS


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("typed", [number for number in NUMBERS if number not in ("1", "1_0", "2147483647")])
def test_bounds_are_told(language: str, typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is no number within the bounds is refused with 2 and the bounds."""
    for name, before, parameter in WHOLE:
        least, most = parameter.type.min, parameter.type.max  # type: ignore[attr-defined]
        if typed.isdecimal() and len(typed) < 20 and least <= int(typed) <= most:
            continue
        if typed.startswith("-") and isinstance(parameter, click.Argument):
            continue  # taken for an option, and refused as one
        words = [typed] if isinstance(parameter, click.Argument) else [parameter.opts[-1], typed]
        assert run_program(name, BUILDERS[name], ["--language", language, *before, *words]) == 2
        said = capsys.readouterr().err
        assert str(least) in said
        assert str(most) in said
        assert ("whole number from" in said) == (language == "en")


@pytest.mark.parametrize("command", ["import-roster", "import-entries"])
def test_a_roster_of_70000_leads(tmp_path: Path, command: str) -> None:
    """A roster past the limits is refused with 7 and the limits before anything of it is stored."""
    admin = Admin(tmp_path)
    SqliteStore.create(admin.database).close()
    rows = "".join(f"L{n},G,M,5,2026-02-02\n" for n in range(70_000))
    file = admin.write(f"lead,group,manager,amount,entered_on\n{rows}")
    options = ["--create-roster"] if command == "import-entries" else []
    said = admin.refused(7, command, file, *options)
    assert "leads: 70000" in said
    assert "65535" in said
    assert admin.json("leads") == []


@pytest.mark.skipif(sys.platform == "win32", reason="bytes of a command line are text there")
def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, on the command line or in the environment, are refused by name."""
    admin = Admin(tmp_path)
    SqliteStore.create(admin.database).close()
    assert "U+DCE9" in admin.refused(2, "leads", "reset", os.fsdecode(b"caf\xe9"))
    admin.environ["MINI_CRM_DATABASE"] = os.fsdecode(b"sqlite:///caf\xe9.sqlite")
    assert "MINI_CRM_DATABASE" in admin.refused(3, "leads")


@pytest.mark.skipif(sys.platform == "win32", reason="the account's name comes from elsewhere there")
def test_a_name_of_the_account_that_is_no_text(tmp_path: Path) -> None:
    """The account's name goes into the record, whatever bytes the environment has for it."""
    admin = Admin(tmp_path)
    SqliteStore.create(admin.database).close()
    admin.environ |= {"LOGNAME": os.fsdecode(b"ann\xe9"), "USER": "ann"}
    admin.ok("periods", "add", "2026-01-05", "2026-02-04", "--name", "Winter")
    assert admin.json("log")[0]["done_by"].startswith("ann@")


@pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links")
@pytest.mark.parametrize("command", ["import-roster", "import-entries", "import-targets", "restore"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_an_input_that_is_no_file(tmp_path: Path, command: str, kind: str) -> None:
    """A pipe is not waited for and a device not read to its end: 7, with what it is."""
    admin = Admin(tmp_path)
    if command != "restore":
        SqliteStore.create(admin.database).close()
    path = tmp_path / "input.csv"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    assert str(path) in admin.refused(7, command, path)


@pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links")
@pytest.mark.parametrize("kind", ["pipe", "device", "CON", "dangling"])
def test_a_database_that_is_no_file(tmp_path: Path, kind: str) -> None:
    """Each command ends with 4 and says what stands in the place of the database."""
    admin = Admin(tmp_path)
    path = tmp_path / (kind if kind == "CON" else "company.sqlite")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind != "CON":
        path.symlink_to("/dev/zero" if kind == "device" else "nowhere")
    database = ("--database", f"sqlite:///{path}")
    copy = tmp_path / "copy.sqlite"
    SqliteStore.create(copy).close()
    for command in (["leads"], ["doctor"], ["init"], ["log", "--limit", "5"], ["restore", copy]):
        assert str(path) in admin.refused(4, *command, *database)


@pytest.mark.parametrize("name", [".", "..", "", "/"])
def test_what_names_no_file(tmp_path: Path, name: str) -> None:
    """A path that names a folder only is refused where a file is to be written."""
    admin = Admin(tmp_path)
    SqliteStore.create(admin.database).close()
    assert "is a folder" in admin.refused(2, "report", name)


def test_no_text_from_standard_input(tmp_path: Path) -> None:
    """Bytes that are no text are no password, and are not repeated."""
    admin = Admin(tmp_path)
    admin.environ |= {"MINI_CRM_DATABASE": "mssql", "MINI_CRM_SERVER": "localhost", "MINI_CRM_CATALOG": "x"}
    done = subprocess.run(
        [*start_of("mini-crm-admin"), "deploy", "--login", "sa", "--password-stdin"],
        input=b"caf\xe9\n",
        capture_output=True,
        env=admin.environ | {"PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"no text" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is always a screen")
def test_no_screen(tmp_path: Path) -> None:
    """A window that has no screen to stand on is no unexpected error."""
    environ = Admin(tmp_path).environ
    done = subprocess.run(
        start_of("mini-crm"), capture_output=True, encoding="utf-8", env=environ, timeout=60, check=False
    )
    assert done.returncode == 3
    assert "no screen" in done.stderr
