"""``mini-crm-admin doctor`` on every kind of database: it sees when the forecast was last computed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.backdoor import Database
from contract.company import Company
from mini_crm.admin import build
from mini_crm.program import run_program

STALE = "older than 35 minutes"


@pytest.fixture
def doctor(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    """Give a function that looks at the database and gives what it found."""
    address = database.address
    if Path(address).suffix == ".sqlite":
        given = {"MINI_CRM_DATABASE": f"sqlite:///{address}", "MINI_CRM_LANGUAGE": "en"}
    else:
        from contract.mssql_backdoor import environment_of

        given = environment_of(address)
    for name, text in (given | {"MINI_CRM_LOG_DIR": str(tmp_path / "log")}).items():
        monkeypatch.setenv(name, text)

    def look() -> dict[str, Any]:
        capsys.readouterr()
        # 6: the tests' login on a server owns the database, which doctor calls too much for a program.
        assert run_program("mini-crm-admin", build, ["doctor", "--json"]) in (0, 6)
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return look


def stale(found: dict[str, Any]) -> bool:
    """Say whether it is warned that the forecast is old."""
    return any(STALE in text for text in found["warnings"])


def test_the_age_of_the_forecast(company: Company, database: Database, doctor: Any) -> None:
    """A run 34 minutes ago is fine, one 36 minutes ago is warned of, and so is none at all."""
    found = doctor()
    assert found["last_run_as_of"] is None
    assert any("never computed" in text for text in found["warnings"])
    company.store.aggregate_forecast(None, "test")
    found = doctor()
    age = datetime.now(UTC) - datetime.fromisoformat(found["last_run_as_of"])
    assert timedelta(minutes=-1) < age < timedelta(minutes=1)
    assert not stale(found)
    database.backdoor.age_runs(timedelta(minutes=34))
    assert not stale(doctor())
    database.backdoor.age_runs(timedelta(minutes=2))
    assert stale(doctor())


def test_a_run_for_a_past_day_is_no_forecast_of_today(
    company: Company, database: Database, doctor: Any
) -> None:
    """Counting as of a past evening does not hide that the forecast itself is old."""
    company.store.aggregate_forecast(None, "test")
    database.backdoor.age_runs(timedelta(minutes=40))
    company.store.aggregate_forecast(company.day(-1), "test")
    assert stale(doctor())


def test_a_killed_run_does_not_count(company: Company, database: Database, doctor: Any) -> None:
    """A run that began and never ended leaves the forecast as old as it was."""
    company.store.aggregate_forecast(None, "test")
    database.backdoor.age_runs(timedelta(minutes=40))
    database.backdoor.leave_dead_run()
    assert stale(doctor())
