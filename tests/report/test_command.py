"""The report commands, as typed."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from mini_crm import admin, execer
from mini_crm.program import run_program
from mini_crm.report import place
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.demo import make_demo


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a small demo company with one run."""
    path = tmp_path_factory.mktemp("database") / "crm.sqlite"
    store = SqliteStore.create(path)
    make_demo(store, today=store.get_today(), entries=200)
    store.aggregate_forecast(None, "test")
    store.close()
    return f"sqlite:///{path}"


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep logs and settings of this computer out of it."""
    monkeypatch.setenv("MINI_CRM_LOG_DIR", str(tmp_path / "logs"))
    for key in ("MINI_CRM_DATABASE", "MINI_CRM_SERVER", "MINI_CRM_CATALOG"):
        monkeypatch.delenv(key, raising=False)


def typed(*arguments: object) -> int:
    """Start the administrator's program."""
    words = ["--language", "en", *map(str, arguments)]
    return run_program("mini-crm-admin", admin.build, ["report", *words])


def test_masked_pins(database: str, tmp_path: Path) -> None:
    """With --mask-pins no whole client PIN is in the file, on any sheet."""
    plain, masked = tmp_path / "plain.xlsx", tmp_path / "masked.xlsx"
    assert typed(plain, "--database", database) == 0
    assert typed(masked, "--mask-pins", "--database", database) == 0
    column = [row[2].value for row in openpyxl.load_workbook(plain)["Pipeline"].iter_rows(min_row=8)]
    pins = {pin for pin in column if pin}
    assert len(pins) > 5
    with zipfile.ZipFile(masked) as file:
        everything = "".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    assert not any(pin in everything for pin in pins if len(pin) > 4)
    shown = {row[2].value for row in openpyxl.load_workbook(masked)["Pipeline"].iter_rows(min_row=8)}
    assert all(len(pin) == 6 and pin.startswith("\u2022\u2022\u2022\u2022") for pin in shown if pin)


def test_macro_workbook(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --macro a workbook is made whose macro reads the report beside it, or the one that is named."""
    file = tmp_path / "report.xlsm"
    assert typed("--macro", file, "--database", database) == 0
    assert "Its macro reads report.xlsx." in capsys.readouterr().out
    book = openpyxl.load_workbook(file, keep_vba=True)
    assert book["Refresh"]["B4"].value == "report.xlsx"
    assert typed("--macro", file, "--source", "//s/r.xlsx", "--database", database) == 0
    assert openpyxl.load_workbook(file, keep_vba=True)["Refresh"]["B4"].value == "//s/r.xlsx"


def test_live_is_for_the_server(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--live with a database in a file says that it is for SQL Server and what to set."""
    assert typed("--live", tmp_path / "live.xlsx", "--database", database) == 3
    said = capsys.readouterr().err
    assert "SQL Server" in said
    assert "MINI_CRM_SERVER" in said
    assert not (tmp_path / "live.xlsx").exists()


def test_live_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--live writes the workbook without asking the server, and without login and password."""
    monkeypatch.setenv("MINI_CRM_DATABASE", "mssql")
    monkeypatch.setenv("MINI_CRM_SERVER", "nowhere.invalid")
    monkeypatch.setenv("MINI_CRM_CATALOG", "crm")
    monkeypatch.setenv("MINI_CRM_LOGIN", "crm_execer_login")
    monkeypatch.setenv("MINI_CRM_PASSWORD", "top-secret-word")
    assert typed("--live", tmp_path / "live.xlsx") == 0
    with zipfile.ZipFile(tmp_path / "live.xlsx") as file:
        everything = b"".join(file.read(name) for name in file.namelist())
    assert b"nowhere.invalid" in everything
    assert b"top-secret-word" not in everything
    assert b"crm_execer_login" not in everything


@pytest.mark.parametrize(
    "arguments",
    [
        ["--macro", "a.xlsx"],
        ["a.xlsm"],
        ["--live", "--macro", "a.xlsm"],
        ["--live", "--mask-pins", "a.xlsx"],
        ["--source", "b.xlsx", "a.xlsx"],
    ],
)
def test_what_does_not_go_together(arguments: list[str], database: str) -> None:
    """Options that exclude each other, and wrong endings, are wrong usage."""
    assert typed(*arguments, "--database", database) == 2


def test_execer_masks_too(database: str, tmp_path: Path) -> None:
    """The scheduled program can hide PINs as well, but only in a report."""
    words = ["--database", database, "--language", "en", "--mask-pins"]
    assert run_program("execer", execer.build, words) == 2
    assert run_program("execer", execer.build, [*words, "--report", str(tmp_path / "r.xlsx")]) == 0
    shown = openpyxl.load_workbook(tmp_path / "r.xlsx")["Pipeline"].iter_rows(min_row=8)
    assert any(str(row[2].value).startswith("\u2022") for row in shown)


@pytest.mark.parametrize("program", ["admin", "execer"])
def test_report_open_in_excel(
    program: str,
    database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While somebody has the report open both programs write it beside it, say where, and end well."""
    replace = os.replace

    def locked(source: object, target: object) -> None:
        if Path(str(target)).name == "r.xlsx":
            raise PermissionError(13, "in use")
        replace(str(source), str(target))

    monkeypatch.setattr(os, "replace", locked)
    monkeypatch.setattr(place, "_WAIT_S", 0)
    file = tmp_path / "r.xlsx"
    if program == "admin":
        assert typed(file, "--database", database) == 0
    else:
        words = ["--database", database, "--language", "en", "--report", str(file)]
        assert run_program("execer", execer.build, words) == 0
    (beside,) = tmp_path.glob("r 20*.xlsx")
    assert f"{file} is open in another program, so the report is in {beside}." in capsys.readouterr().out


def test_share_that_is_gone(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is gone is a clear error with its path, and not a traceback."""
    file = tmp_path / "gone" / "r.xlsx"
    words = ["--database", database, "--language", "en", "--report", str(file)]
    assert run_program("execer", execer.build, words) == 7
    assert str(file) in capsys.readouterr().err
