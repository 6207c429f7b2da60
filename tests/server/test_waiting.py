"""What a person or a run waits for: never for long, and never in vain."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from contract.company import Company, Desk, fill
from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.settings import Settings
from mini_crm.store.mssql import MssqlStore
from mini_crm.store.mssql import call as calling
from mini_crm.store.mssql.call import Server
from server.raw import Raw, raw
from server.writes import add, attempt_of, times_stored
from sql.server_files import files


@pytest.fixture
def hurried(company: Company, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give Anna's window with a program that waits for nobody's lock longer than a fifth of a second."""
    monkeypatch.setattr(calling, "FIRST_STATEMENT", calling.FIRST_STATEMENT.replace("5000", "200"))
    return replace(company.anna, store=MssqlStore(Server(settings, wait=lambda seconds: None)))


def test_a_row_that_stays_held(company: Company, hurried: Desk, settings: Settings, owner: Raw) -> None:
    """After five tries a window is told that the database is busy, not that it is gone; nothing is stored."""
    attempt = attempt_of(add, company)
    with raw(settings) as other:
        other.must("BEGIN TRANSACTION")
        other.must("UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId = ?", hurried.lead_id)
        begun = time.monotonic()
        with pytest.raises(DatabaseUnreachable, match="database_busy"):
            add(hurried, attempt)
        assert 5 * 0.2 <= time.monotonic() - begun < 5 * 15
        other.must("ROLLBACK")
    assert times_stored(owner, attempt) == 0
    add(hurried, attempt)
    assert times_stored(owner, attempt) == 1
    hurried.store.close()


def test_every_connection_of_a_program_has_a_limit(settings: Settings) -> None:
    """Whatever a program does, its connection waits five seconds for a lock, as is documented."""
    server = Server(settings)
    ((row,),) = server.query("SELECT @@LOCK_TIMEOUT AS Waits")
    server.close()
    assert row["Waits"] == 5_000


def test_a_run_that_meets_a_conflict_begins_anew(company: Company, owner: Raw) -> None:
    """A run in conflict with what others wrote is tried again inside: a bare job of the server does not fail.

    The conflict is made up, twice; ``test_conflicts.py`` makes a real one where a procedure can catch it.
    """
    fill(company)
    (script,) = [file for file in files("60_procedures") if file.name == "batch.AggregateForecast"]
    text = script.text.split("\nGO\n")[1].replace(
        "CREATE OR ALTER PROCEDURE batch.", "CREATE PROCEDURE batch.Tried"
    )
    (computed,) = re.findall(r"EXEC core\.ComputeForecast [^;]*;", text)
    for there, instead in (
        ("NOT IN (1205, 1222, 3960)", "NOT IN (51999)"),
        (computed, f"{computed} IF @Tries < 3 THROW 51999, N'Somebody wrote.', 1;"),
    ):
        assert text.count(there) == 1
        text = text.replace(there, instead)
    owner.must(text)
    outcome = owner.call("batch.TriedAggregateForecast", StartedBy="job")
    owner.must("DROP PROCEDURE batch.TriedAggregateForecast")
    assert (outcome.number, outcome.said) == (0, "")
    newest = company.store.list_runs(1)[0]
    assert (newest.started_by, newest.status) == ("job", "done")
    assert company.store.get_company_forecast().run == newest
