"""What each login may do, tried by really connecting with it: every role with every thing there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.doors import may_call, may_read, may_write, procedures, tables, views
from server.logins import ROLES_OF, Logins
from server.raw import Raw, chains_ownership, raw

MAY_CALL = {
    "desktop": {"api"},
    "execer": {"batch"},
    "admin": {"admin", "batch"},
    "report": set(),
    "nobody": set(),
}
"""Login -> schemas; a program's login may also ask for the version."""
ASK_FOR_VERSION = {"desktop", "execer", "admin"}
MAY_READ = {"execer", "report"}
"""Logins that see the views of schema report."""
UNDECIDED = {"report.Accuracy", "report.Trend"}
"""On Babelfish everybody is stopped at a function inside, before the view itself is looked at."""

BUILDING = (
    "CREATE TABLE dbo.Mine (x int)",
    "CREATE TABLE core.Mine (x int)",
    "CREATE VIEW report.Mine AS SELECT 1 AS x",
    "CREATE PROCEDURE api.Mine AS SELECT 1 AS x",
    "CREATE SCHEMA mine",
    "DROP PROCEDURE api.SignIn",
    "DROP TABLE core.AdminLog",
    "ALTER TABLE core.Setting ADD Mine int NULL",
    "CREATE TRIGGER core.Mine ON core.Setting AFTER INSERT AS SELECT 1 AS x",
    "CREATE USER mine WITHOUT LOGIN",
)
TAKING = (
    "ALTER ROLE {other} ADD MEMBER {me}",
    "ALTER ROLE db_owner ADD MEMBER {me}",
    "EXEC sp_addrolemember '{other}', '{me}'",
    "ALTER SERVER ROLE sysadmin ADD MEMBER {me}",
    "GRANT SELECT ON core.LeadCredential TO {me}",
    "GRANT EXECUTE ON SCHEMA::admin TO {me}",
    "EXECUTE AS USER = 'dbo'",
    "EXECUTE AS LOGIN = 'sa'",
    "CREATE LOGIN mine WITH PASSWORD = 'T3st-only!Mine'",
    "ALTER AUTHORIZATION ON SCHEMA::core TO {me}",
)


@pytest.fixture(scope="module", params=ROLES_OF)
def who(request: pytest.FixtureRequest) -> str:
    """Give one login after the other."""
    return str(request.param)


@pytest.fixture(scope="module")
def connection(who: str, logins: Logins) -> Iterator[Raw]:
    """Give a connection of this login."""
    with raw(logins[who]) as opened:
        yield opened


def test_calling(who: str, connection: Raw) -> None:
    """A login calls the procedures of its own schemas and no others, those of core least of all."""
    allowed = {file.name for file in procedures() if file.schema in MAY_CALL[who]}
    allowed |= {"api.GetVersion"} if who in ASK_FOR_VERSION else set()
    assert {file.name for file in procedures() if may_call(connection, file)} == allowed


def test_reading(who: str, connection: Raw) -> None:
    """Analysts and execer read the views of schema report; nobody reads a table or another view."""
    things = {*views(), *tables()} - (set() if chains_ownership() else UNDECIDED)
    allowed = {name for name in things if name.startswith("report.") and who in MAY_READ}
    assert {name for name in things if may_read(connection, name)} == allowed


def test_writing(who: str, connection: Raw, owner: Raw) -> None:
    """Nobody writes to a table past the procedures."""
    assert {name for name in tables() if may_write(connection, owner, name)} == set()


def test_building_and_taking(who: str, connection: Raw, logins: Logins) -> None:
    """Nobody makes, changes or drops anything, and nobody gives himself more rights or another name."""
    other = "crm_desktop" if who == "admin" else "crm_admin"
    statements = [text.format(me=logins[who].login, other=other) for text in BUILDING + TAKING]
    assert [statement for statement in statements if connection.run(statement).number == 0] == []
