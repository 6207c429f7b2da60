"""Guessing passwords with the window's login: every guess that is compared is counted, whatever one tries."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import uuid4

import pytest

from contract.backdoor import Database
from contract.company import BORIS, BY, Company, key_of
from mini_crm.domain.rules import name_key
from mini_crm.settings import Settings
from server.logins import Logins
from server.raw import Outcome, Raw, chains_ownership, raw

WRONG, WAIT = 51003, 51004
AT_ONCE = 8


def guess(connection: Raw, key: bytes, name: str = BORIS) -> Outcome:
    """Try to sign in."""
    return connection.call(
        "api.SignIn", NameKey=name_key(name), Key=key, Token=uuid4().bytes * 2, Computer="PC-66"
    )


def failures(owner: Raw, company: Company) -> int:
    """Give the count as another connection sees it, so what is committed."""
    statement = "SELECT c.Failures FROM core.LeadCredential AS c WHERE c.LeadId = ?"
    return int(owner.one(statement, company.boris.lead_id))


@pytest.fixture(autouse=True)
def unlocked(company: Company) -> None:
    """Begin each test without failures."""
    company.store.unlock_lead(company.boris.lead_id, BY)


def test_the_limit(company: Company, desktop: Raw, owner: Raw) -> None:
    """After three failures not even the right key is looked at, and that is not counted."""
    assert [guess(desktop, key_of(str(n))).number for n in range(3)] == [WRONG] * 3
    tries = [guess(desktop, company.boris.key) for _ in range(2)]
    assert WAIT in {one.number for one in tries}
    assert failures(owner, company) in (0, 3)  # a second may have passed between the two
    assert all(one.values == [1] for one in tries if one.number == WAIT)


@pytest.mark.parametrize(
    "session",
    [
        "SET IMPLICIT_TRANSACTIONS ON",
        "SET XACT_ABORT OFF",
        "SET ROWCOUNT 1",
        "SET ANSI_WARNINGS OFF",
        "SET ARITHABORT OFF",
        "SET LOCK_TIMEOUT 0",
        "SET TRANSACTION ISOLATION LEVEL SNAPSHOT",
        "SET CONCAT_NULL_YIELDS_NULL OFF",
    ],
)
def test_the_settings_of_the_session(session: str, company: Company, settings: Settings, owner: Raw) -> None:
    """Whatever the caller sets for his session, each failure is on record and a ROLLBACK takes none back."""
    with raw(settings) as connection:
        connection.must(session)
        for n in range(3):
            assert guess(connection, key_of(str(n))).number == WRONG
            connection.run("IF @@TRANCOUNT > 0 ROLLBACK")
            assert failures(owner, company) == n + 1


@pytest.mark.parametrize(
    ("begin", "statement"),
    [
        ("BEGIN TRANSACTION", "{call}"),
        ("BEGIN TRANSACTION; SAVE TRANSACTION Mark", "{call}"),
        ("SET IMPLICIT_TRANSACTIONS ON; SELECT TOP (1) o.name FROM sys.objects AS o", "{call}"),
        ("CREATE TABLE #Taken (x int)", "INSERT INTO #Taken {call}"),
    ],
    ids=["transaction", "savepoint", "implicit", "insert-exec"],
)
def test_guesses_that_are_rolled_back(
    begin: str, statement: str, company: Company, settings: Settings, owner: Raw
) -> None:
    """In a transaction that could be rolled back nothing is compared: right and wrong look alike."""
    call = "EXEC api.SignIn @NameKey = ?, @Key = ?, @Token = ?, @Computer = N'PC-66'"
    for key in (company.boris.key, key_of("wrong")):
        with raw(settings) as connection:
            connection.must(begin)
            values = (name_key(BORIS), key, uuid4().bytes * 2)
            assert connection.run(statement.format(call=call), *values).number == 51008
            connection.run("IF @@TRANCOUNT > 0 ROLLBACK")
        assert failures(owner, company) == 0


def test_many_connections_at_once(company: Company, logins: Logins, settings: Settings, owner: Raw) -> None:
    """Of many guesses at one moment only as many are compared as are counted, and that is three."""
    barrier = threading.Barrier(AT_ONCE)
    who = logins["desktop"] if chains_ownership() else settings
    with ExitStack() as opened:
        connections = [opened.enter_context(raw(who)) for _ in range(AT_ONCE)]

        def guess_together(n: int) -> list[int]:
            guess(connections[n], key_of("warms up"), name="Nobody")
            barrier.wait(timeout=60)
            return [guess(connections[n], key_of(f"{n} {again}")).number for again in range(2)]

        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = [number for both in threads.map(guess_together, range(AT_ONCE)) for number in both]
    compared = answers.count(WRONG)
    assert compared == failures(owner, company)
    assert 3 <= compared <= 4  # the wait after the third is one second
    assert set(answers) == {WRONG, WAIT}


def test_guessing_the_old_password(company: Company, database: Database, desktop: Raw, owner: Raw) -> None:
    """Who has a session but not the password is slowed down by the same count."""
    kdf = {"Kind": "own", "Salt": b"s" * 16, "TimeCost": 3, "MemoryKib": 65536, "Parallelism": 4}
    fields = {"Token": company.boris.token, **kdf, "Verifier": b"v" * 32}
    numbers = [desktop.call("api.ChangePassword", OldKey=key_of(str(n)), **fields).number for n in range(3)]
    assert numbers == [WRONG] * 3
    assert failures(owner, company) == 3
    assert guess(desktop, key_of("other")).number in (WAIT, WRONG)
    database.backdoor.let_waits_pass()
    assert guess(desktop, company.boris.key).number == 0
    assert failures(owner, company) == 0
