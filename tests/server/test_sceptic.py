"""What somebody can do who knows the window's login and talks to the server himself: nothing more than it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from contract.adapters import ADAPTERS
from contract.backdoor import Database
from contract.company import BORIS, BY, IGOR, SOUTH, ZOYA, Company, Desk, found, sign_in
from mini_crm.domain.credentials import new_token, verifier_of
from mini_crm.settings import Settings
from server.calls import NO_TOKEN, Stage, api_files, calls, stage_of, with_tokens
from server.raw import Outcome, Raw, statement_of
from server.tables import changed, content_of
from sql.server_files import files

MARK = "7700-SECRET"
AMOUNT = Decimal("987654.32")


@pytest.fixture(scope="module")
def anna(company: Company) -> Stage:
    """Give Anna, who attacks with her own session."""
    return stage_of(company, company.anna, company.petr)


@pytest.fixture(scope="module")
def boris(company: Company) -> Stage:
    """Give Boris, whose rows nobody else may see; a forecast is there with his share in it."""
    stage = stage_of(company, company.boris, company.zoya, client_pin=MARK, comment=MARK, amount=AMOUNT)
    company.store.aggregate_forecast(None, BY)
    return stage


@pytest.mark.parametrize("procedure", with_tokens())
def test_the_rows_of_another_lead(
    procedure: str, anna: Stage, boris: Stage, desktop: Raw, owner: Raw
) -> None:
    """With an own session and another lead's numbers one reads nothing of that lead and changes nothing."""
    before = content_of(owner)
    outcome = desktop.call(procedure, **{**calls(boris)[procedure], "Token": anna.desk.token})
    assert outcome.number == 0 or outcome.is_ours
    told = " ".join(map(str, outcome.values))
    entry = boris.entry
    for mark in (MARK, str(AMOUNT), str(entry.client_ref), str(entry.client_ref).upper(), SOUTH, ZOYA, IGOR):
        assert mark not in told
    own = {"AdminLog", "Commitment", "LeadCredential", "Period", "Run", "RunLock", "Session"}
    assert changed(before, content_of(owner)) <= own


@pytest.mark.parametrize("procedure", ["api.GetEntry", "api.ListEntryHistory", "api.DeleteEntry"])
def test_an_entry_of_another_lead(procedure: str, anna: Stage, boris: Stage, desktop: Raw) -> None:
    """Another lead's entry looks like one that does not exist."""
    arguments = {**calls(boris)[procedure], "Token": anna.desk.token}
    assert desktop.call(procedure, **arguments).number == 51006
    assert desktop.call(procedure, **{**arguments, "EntryId": 2**31 - 1}).number == 51006


def test_writing_for_another_lead(anna: Stage, boris: Stage, desktop: Raw) -> None:
    """Nothing is entered for, moved to, changed at or restored for another lead."""
    own, foreign = calls(anna), calls(boris)
    to_zoya = {"ManagerId": boris.entry.manager_id}
    anna_asks = {"Token": anna.desk.token}
    assert desktop.call("api.AddEntry", **{**own["api.AddEntry"], **to_zoya}).number == 51016
    assert desktop.call("api.UpdateEntry", **{**own["api.UpdateEntry"], **to_zoya}).number == 51016
    assert desktop.call("api.UpdateEntry", **{**foreign["api.UpdateEntry"], **anna_asks}).number == 51006
    assert desktop.call("api.RestoreEntry", **{**foreign["api.RestoreEntry"], **anna_asks}).number == 51006


@pytest.fixture(scope="module")
def bad_tokens(company: Company, owner: Raw) -> dict[str, bytes | None]:
    """Give tokens that open nothing."""
    true = company.anna.token
    ended, expired, idle = (company.anna.window().token for _ in range(3))
    company.store.sign_out(ended)
    for token, move in (
        (expired, "ExpiresAt = DATEADD(SECOND, -2, SYSUTCDATETIME())"),
        (idle, "ActiveAt = DATEADD(SECOND, -3602, SYSUTCDATETIME())"),
    ):
        owner.must(f"UPDATE core.Session SET {move} WHERE TokenHash = ?", hashlib.sha256(token).digest())
    return {
        "NULL": None,
        "empty": b"",
        "zeros": bytes(32),
        "made up": new_token(),
        "one bit off": bytes([true[0] ^ 1]) + true[1:],
        "cut": true[:-1],
        "the hash that is stored": hashlib.sha256(true).digest(),
        "signed out": ended,
        "expired": expired,
        "idle for an hour": idle,
    }


@pytest.mark.parametrize("procedure", with_tokens())
def test_tokens_that_open_nothing(
    procedure: str, anna: Stage, bad_tokens: dict[str, bytes | None], desktop: Raw, owner: Raw
) -> None:
    """No made-up, altered, ended, expired or missing token is a session, and none leaves a trace."""
    before = content_of(owner)
    arguments = calls(anna)[procedure]
    found = {
        name: desktop.call(procedure, **{**arguments, "Token": token}).number
        for name, token in bad_tokens.items()
    }
    assert found == dict.fromkeys(bad_tokens, 51001)
    assert changed(before, content_of(owner)) == set()


def test_every_other_procedure_asks_for_no_session() -> None:
    """Only names, salt, version and signing in go without a session."""
    without = {name for name, file in api_files().items() if "Token" not in file.parameters}
    assert without == NO_TOKEN


@pytest.mark.parametrize("procedure", sorted({*with_tokens()} - {"api.ChangePassword", "api.GetSession"}))
def test_a_password_that_must_be_changed(
    procedure: str, boris: Stage, owing: Desk, desktop: Raw, owner: Raw
) -> None:
    """Until the password is changed such a session does nothing else."""
    before = content_of(owner)
    assert desktop.call(procedure, **{**calls(boris)[procedure], "Token": owing.token}).number == 51002
    assert changed(before, content_of(owner)) == set()


@pytest.fixture(scope="module")
def owing(company: Company, owner: Raw) -> Iterator[Desk]:
    """Give a session of Boris in which the password has to be changed first."""
    lead_id = company.boris.lead_id
    owner.must("UPDATE core.LeadCredential SET MustChange = 1 WHERE LeadId = ?", lead_id)
    yield sign_in(company.store, BORIS, company.boris.key)
    owner.must("UPDATE core.LeadCredential SET MustChange = 0 WHERE LeadId = ?", lead_id)


def test_what_is_secret_is_told_to_nobody(
    database: Database, tmp_path: Path, desktop: Raw, owner: Raw
) -> None:
    """No call gives a verifier, a session's hash or the name of the runs' lock; only GetSalt gives a salt."""
    company = found(ADAPTERS["mssql"].new_database(tmp_path).store)
    company.store.set_head(company.anna.name, True, BY)
    stage = stage_of(company, company.anna, company.petr)
    company.store.aggregate_forecast(None, BY)
    database.backdoor.age_runs(timedelta(minutes=10))
    last = ("api.SignOut", "api.ChangePassword")
    told: dict[str, Outcome] = {}
    for procedure in sorted(api_files(), key=lambda name: (name in last, name)):
        if procedure == "api.ChangePassword":
            stage = stage_of(company, company.anna.window(), company.petr)
        arguments = calls(stage)[procedure]
        if procedure == "api.UpdateEntry":
            stage = stage_of(company, company.anna, company.petr)
            arguments = calls(stage)[procedure]
        told[procedure] = desktop.call(procedure, **arguments)
        assert told[procedure].number == 0, f"{procedure}: {told[procedure].said}"
    secrets = {verifier_of(company.anna.key), verifier_of(company.boris.key)}
    secrets |= {hashlib.sha256(desk.token).digest() for desk in (company.anna, company.boris)}
    lock = owner.one("SELECT s.Value FROM core.Setting AS s WHERE s.Name = 'RunLockName'")
    assert told["api.GetSalt"].columns >= {"salt"}
    for procedure, outcome in told.items():
        assert not outcome.columns & {"verifier", "oldverifier", "tokenhash", "key", "token"}
        assert procedure == "api.GetSalt" or "salt" not in outcome.columns
        assert secrets.isdisjoint(value for value in outcome.values if isinstance(value, bytes))
        assert lock not in map(str, outcome.values)


def test_who_touches_the_verifier() -> None:
    """The verifier stands in the scripts of setting, comparing and changing a password, and nowhere else."""
    scripts = files("40_functions", "50_views", "60_procedures")
    assert {script.name for script in scripts if "Verifier" in script.code} == {
        "admin.SetCredential",
        "api.ChangePassword",
        "api.SignIn",
        "core.CheckKey",
    }


@pytest.mark.parametrize("procedure", sorted(api_files()))
def test_inside_a_transaction_of_the_caller(procedure: str, anna: Stage, desktop: Raw, owner: Raw) -> None:
    """Nothing runs in a transaction that the caller could roll back, however it was begun."""
    before = content_of(owner)
    statement, *values = statement_of(procedure, calls(anna)[procedure])
    for begin in (
        "BEGIN TRANSACTION",
        "SET IMPLICIT_TRANSACTIONS ON; SELECT TOP (1) o.name FROM sys.objects AS o",
    ):
        desktop.must(begin)
        assert desktop.run(statement, *values).number == 51008
        desktop.run("IF @@TRANCOUNT > 0 ROLLBACK")
        desktop.must("SET IMPLICIT_TRANSACTIONS OFF")
    desktop.must("CREATE TABLE #Taken (x int)")
    assert desktop.run(f"INSERT INTO #Taken {statement}", *values).number == 51008
    desktop.run("IF @@TRANCOUNT > 0 ROLLBACK")
    desktop.run("DROP TABLE #Taken")
    assert changed(before, content_of(owner)) == set()


@pytest.mark.parametrize("lock_owner", ["Session", "Transaction"])
def test_holding_runs_up(lock_owner: str, company: Company, desktop: Raw, settings: Settings) -> None:
    """Whoever does not know the name of the lock of runs cannot hold one up."""
    desktop.must("BEGIN TRANSACTION")
    for name in ("RunLock", "RunLockName", "core.RunLock", "Run", "core.Run", "batch.AggregateForecast"):
        for said in (name, f"{settings.catalog}.{name}", name.lower()):
            desktop.must(
                "EXEC sp_getapplock @Resource = ?, @LockMode = 'Exclusive', @LockTimeout = 0, "
                f"@LockOwner = '{lock_owner}'",
                said,
            )
    run = company.store.aggregate_forecast(company.today, BY)
    desktop.must("ROLLBACK")
    assert run.status == "done"
