"""A database of an older version that is in use: what is in it stays, and what is new works there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from contract.mssql_backdoor import VARIABLE, collation, connect, patiently, settings_of
from mini_crm.settings import Settings
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.deploy import deploy
from mini_crm.store.mssql.scripts import Kind, load_scripts
from server.raw import Raw, raw

FIRST = ("10_schemas", "20_migrations/0001")
ROWS = (
    "INSERT INTO core.Lead (Name, NameKey) VALUES (N'Anna', N'anna')",
    "INSERT INTO core.Period (Kind, StartsOn, EndsOn) VALUES ('month', '20260301', '20260331')",
    "INSERT INTO core.Commitment (PeriodId, LeadId, Unit, Amount, Note, MadeAt) "
    "SELECT p.PeriodId, l.LeadId, 'RUB', 5, N'x', '20260303 10:00' "
    "FROM core.Period AS p CROSS JOIN core.Lead AS l",
    "INSERT INTO core.Commitment (PeriodId, LeadId, Unit, Amount, Note, MadeAt) "
    "SELECT c.PeriodId, c.LeadId, c.Unit, c.Amount, c.Note, c.MadeAt FROM core.Commitment AS c",
    "INSERT INTO core.AdminLog (DoneAt, DoneBy, Computer, Action, Detail) "
    "VALUES ('20260303 10:00', N'who', N'', 'add_period', N'x')",
)
SEEN = (
    "SELECT c.CommitmentId, c.PeriodId, c.LeadId, c.Unit, c.Amount, c.Note, c.MadeAt "
    "FROM core.Commitment AS c ORDER BY c.CommitmentId",
    "SELECT a.AdminLogId, a.DoneAt, a.DoneBy, a.Computer, a.Action, a.Detail FROM core.AdminLog AS a",
    "SELECT l.LeadId, l.Name, l.NameKey, l.IsActive, l.ChangeSeq FROM core.Lead AS l",
)


@pytest.fixture
def empty() -> Iterator[Settings]:
    """Give a database in which nothing is."""
    server = settings_of(os.environ[VARIABLE])
    name = f"mini_crm_upgrade_{os.getpid()}"
    with closing(connect(server)) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}{collation()}")
        yield replace(server, catalog=name)
        patiently(connection, f"DROP DATABASE {name}")


def seen(owner: Raw) -> list[list[tuple[object, ...]]]:
    """Give what was in the database before the upgrade."""
    return [owner.must(statement) for statement in SEEN]


def test_a_filled_database_of_the_first_version(empty: Settings) -> None:
    """Every row stays as it is, each old commitment gets an OpId of its own, and all code is there."""
    scripts = load_scripts()
    server = Server(empty)
    deploy(server, [script for script in scripts if script.name.startswith(FIRST)])
    with raw(empty) as owner:
        for statement in ROWS:
            owner.must(statement)
        before = seen(owner)
        ran = deploy(server, scripts)
        assert {s.name for s in scripts if s.kind is Kind.ONCE} - set(ran) == {
            "20_migrations/0001_tables.sql"
        }
        assert seen(owner) == before
        assert owner.one("SELECT COUNT(DISTINCT c.OpId) FROM core.Commitment AS c") == 2
        assert owner.one("SELECT COUNT(*) FROM core.AdminLog AS a WHERE a.OpId IS NULL") == 1
        newest = max(int(s.name[14:18]) for s in scripts if s.kind is Kind.ONCE)
        assert owner.must("EXEC api.GetVersion") == [(newest,)]
        version = deploy(server, scripts)
    server.close()
    assert not [name for name in version if name.startswith(("20", "40", "50", "60"))]
