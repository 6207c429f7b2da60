"""``deploy`` and ``doctor`` as far as they go without a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mini_crm.admin import build
from mini_crm.commands.doctor import server_warnings
from mini_crm.i18n import Texts
from mini_crm.program import run_program
from mini_crm.settings import Settings
from mini_crm.store.mssql.health import excess_of, is_too_old, look

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that starts the command line with these settings of a server that is not there."""
    usual = {"DATABASE": "mssql", "SERVER": "127.0.0.1,1", "CATALOG": "Sales", "LOGIN": "", "LANGUAGE": "en"}

    def started(*arguments: str, **settings: str) -> int:
        for key, value in {**usual, "LOG_DIR": str(tmp_path / "log"), **settings}.items():
            monkeypatch.setenv(f"MINI_CRM_{key}", value)
        return run_program("mini-crm-admin", build, arguments)

    return started


def test_the_script_needs_no_server(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The script for sqlcmd is written whatever database is configured, and says where it is."""
    file = tmp_path / "deploy.sql"
    assert run("deploy", "--script", str(file), DATABASE="") == 0
    assert str(file) in capsys.readouterr().out
    assert file.read_bytes().startswith(b"-- Mini CRM ")
    assert b"\r" not in file.read_bytes()


def test_the_script_cannot_be_written(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there is told by name."""
    assert run("deploy", "--script", str(tmp_path / "nowhere" / "a.sql")) == 7
    assert "nowhere" in capsys.readouterr().err


def test_deploy_is_for_servers(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a database in a file it says what to use instead."""
    assert run("deploy", DATABASE=f"sqlite:///{tmp_path / 'a.sqlite'}") == 3
    assert "mini-crm-admin init" in capsys.readouterr().err
    assert not (tmp_path / "a.sqlite").exists()


def test_a_wrong_time_zone_comes_first(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A time zone that does not exist is told before anybody connects."""
    assert run("deploy", "--time-zone", "Mars/Olympus") == 7
    assert "Mars/Olympus" in capsys.readouterr().err


@pytest.mark.parametrize(
    "place",
    ["setup.exe", r"programs\setup.exe", "\\\\server\\" + "x" * 200, "//server/a\nb", "//server/$(x)"],
)
def test_a_place_that_leads_nowhere(run: Run, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A path that is none elsewhere, or that no database keeps, is refused before anybody connects."""
    assert run("deploy", "--program", place) == 2
    assert "--program" in capsys.readouterr().err


@pytest.mark.parametrize(
    "place", [r"\\server\share\setup.exe", r"S:\crm\setup.exe", "https://example.org/crm", "/srv/crm"]
)
def test_a_place_goes_into_the_script(run: Run, tmp_path: Path, place: str) -> None:
    """A share, a drive and an address are places."""
    file = tmp_path / "deploy.sql"
    assert run("deploy", "--script", str(file), "--program", f" {place} ") == 0
    assert f"@Value nvarchar(200) = N'{place}';" in file.read_text("utf-8")


def test_a_password_needs_its_login(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A password from standard input without the login that it belongs to is a wrong command line."""
    assert run("deploy", "--password-stdin") == 2
    assert "--login" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rights", "excess"),
    [
        ({"crm_admin": 1}, ()),
        ({"crm_execer": 1, "crm_report": 1}, ()),
        ({"crm_desktop": 1, "crm_admin": 1}, ("crm_admin", "crm_desktop")),
        ({"crm_desktop": 1, "db_datareader": 1, "SELECT core": 1}, ("db_datareader", "SELECT core")),
        ({"crm_desktop": 1, "crm_admin": 1, "db_owner": 1, "SELECT core": 1}, ("db_owner",)),
        ({"sysadmin": 1, "db_owner": 1, "crm_admin": 1}, ("sysadmin",)),
        ({"crm_desktop": 1, "db_owner": None}, ()),
    ],
)
def test_rights_that_no_program_needs(rights: dict[str, int | None], excess: tuple[str, ...]) -> None:
    """One role of ours is right, execer's two are; all else is too much."""
    names = ["crm_desktop", "crm_execer", "crm_admin", "crm_report", "sysadmin", "db_owner", "db_datareader"]
    nothing: dict[str, int | None] = dict.fromkeys([*names, "SELECT core"], 0)
    assert excess_of({**nothing, **rights}) == excess


@pytest.mark.parametrize(
    ("version", "engine", "too_old"),
    [
        ("12.0.6024.0", 3, True),  # 2014
        ("13.0.1601.5", 3, True),  # 2016 without a service pack
        ("13.0.4001.0", 3, False),  # 2016 SP1
        ("16.0.1000.6", 2, False),  # 2022
        ("12.0.2000.8", 5, False),  # Azure SQL Database
    ],
)
def test_servers_that_are_too_old(version: str, engine: int, too_old: bool) -> None:
    """SQL Server 2016 SP1 is the first that knows all that the procedures use; Azure always does."""
    assert is_too_old(version, engine) is too_old


class FakeServer:
    """Answers what ``doctor`` asks a server."""

    driver = "ODBC Driver 18 for SQL Server"
    settings = Settings(database="mssql", server="s", catalog="Sales", login="", password="", driver="")

    def __init__(self, **facts: Any) -> None:
        self.owners: dict[str, str] = facts.pop("owners", {})
        self.facts = {
            "ServerTime": datetime.now(UTC),
            "LoginName": "crm_manager",
            "ProductVersion": "13.0.5026.0",
            "Edition": "Standard Edition",
            "Engine": 2,
            "IsBabelfish": 0,
            "ReadCommittedSnapshot": 1,
            "SnapshotIsolation": 1,
            "Compatibility": 130,
            **facts,
        }

    def query(self, statement: str) -> list[list[dict[str, Any]]]:
        """Answer."""
        if "AS Owner" in statement:
            return [[{"Name": name, "Owner": owner} for name, owner in self.owners.items()]]
        if "IS_MEMBER" in statement:
            return [
                [
                    dict.fromkeys(["crm_desktop", "crm_execer", "crm_report", "sysadmin", "db_owner"], 0)
                    | {"crm_admin": 1}
                ]
            ]
        return [[{"Encrypted": "TRUE"} if "dm_exec_connections" in statement else self.facts]]


class FakeStore:
    """Knows one setting."""

    def __init__(self, zone: str | None) -> None:
        self.zone = zone

    def get_setting(self, name: str) -> str | None:
        """Give the time zone."""
        assert name == "TimeZone"
        return self.zone


@pytest.mark.parametrize(
    ("facts", "zone", "said"),
    [
        ({}, None, []),
        ({"Compatibility": 120}, None, ["compatibility level"]),
        ({"owners": {"core": "anna"}}, None, ["do not reach the tables"]),
        ({"Engine": 5}, None, ["clock is UTC"]),
        ({"Engine": 5}, "Europe/Moscow", []),
        ({"Engine": 8}, None, []),  # a Managed Instance has a time zone of its own
        ({"ReadCommittedSnapshot": 0}, None, ["READ_COMMITTED_SNAPSHOT"]),
        ({"IsBabelfish": 1, "Compatibility": 120, "Engine": 5}, None, []),
    ],
    ids=str,
)
def test_what_doctor_says_of_a_server(facts: dict[str, Any], zone: str | None, said: list[str]) -> None:
    """Each thing that would go wrong later is told by itself, and nothing where all is well."""
    health = look(FakeServer(**facts))  # type: ignore[arg-type]
    warnings = list(server_warnings(health, FakeStore(zone), Texts("en")))  # type: ignore[arg-type]
    assert len(warnings) == len(said)
    assert all(part in warning for part, warning in zip(said, warnings, strict=True))
