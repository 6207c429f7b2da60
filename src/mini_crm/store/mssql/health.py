"""What can be wrong between a program and its server although both work: for ``mini-crm-admin doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mini_crm.domain.errors import NotAllowed
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.deploy import CLOCK_IS_UTC, LEAST_COMPATIBILITY
from mini_crm.store.mssql.errors import Unforeseen
from mini_crm.store.mssql.values import Row

ROLES = ("crm_desktop", "crm_execer", "crm_admin", "crm_report")
TOGETHER = frozenset({"crm_execer", "crm_report"})
"""The only two roles that one login has."""

OLDEST = (13, 0, 4001)
"""SQL Server 2016 SP1. Source: Microsoft's list of builds."""
CLOUD = frozenset([5, 8])
"""Engine editions whose version number says nothing: Azure SQL Database and Managed Instance."""

_FACTS = """
SELECT SYSUTCDATETIME() AS ServerTime,
       SUSER_SNAME() AS LoginName,
       CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS ProductVersion,
       CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS Edition,
       CAST(SERVERPROPERTY('EngineEdition') AS int) AS Engine,
       CASE WHEN @@VERSION LIKE N'%Babelfish%' THEN 1 ELSE 0 END AS IsBabelfish,
       d.is_read_committed_snapshot_on AS ReadCommittedSnapshot,
       d.snapshot_isolation_state AS SnapshotIsolation,
       d.compatibility_level AS Compatibility
FROM sys.databases AS d
WHERE d.name = DB_NAME()
"""
_FOREIGN_SCHEMAS = """
SELECT s.name AS Name, USER_NAME(s.principal_id) AS Owner
FROM sys.schemas AS s
WHERE s.name IN ('admin', 'api', 'batch', 'core', 'report') AND USER_NAME(s.principal_id) <> 'dbo'
ORDER BY s.name
"""
_RIGHTS = """
SELECT IS_MEMBER('crm_desktop') AS crm_desktop,
       IS_MEMBER('crm_execer') AS crm_execer,
       IS_MEMBER('crm_admin') AS crm_admin,
       IS_MEMBER('crm_report') AS crm_report,
       IS_SRVROLEMEMBER('sysadmin') AS sysadmin,
       IS_SRVROLEMEMBER('securityadmin') AS securityadmin,
       IS_MEMBER('db_owner') AS db_owner,
       IS_MEMBER('db_securityadmin') AS db_securityadmin,
       IS_MEMBER('db_accessadmin') AS db_accessadmin,
       IS_MEMBER('db_ddladmin') AS db_ddladmin,
       IS_MEMBER('db_backupoperator') AS db_backupoperator,
       IS_MEMBER('db_datareader') AS db_datareader,
       IS_MEMBER('db_datawriter') AS db_datawriter,
       HAS_PERMS_BY_NAME(N'core', 'SCHEMA', 'SELECT') AS [SELECT core],
       HAS_PERMS_BY_NAME(N'core', 'SCHEMA', 'INSERT') AS [INSERT core],
       HAS_PERMS_BY_NAME(N'core', 'SCHEMA', 'UPDATE') AS [UPDATE core],
       HAS_PERMS_BY_NAME(N'core', 'SCHEMA', 'DELETE') AS [DELETE core],
       HAS_PERMS_BY_NAME(N'core', 'SCHEMA', 'EXECUTE') AS [EXECUTE core],
       HAS_PERMS_BY_NAME(N'core', 'SCHEMA', 'ALTER') AS [ALTER core]
"""
_ENCRYPTION = (
    "SELECT c.encrypt_option AS Encrypted FROM sys.dm_exec_connections AS c WHERE c.session_id = @@SPID"
)


@dataclass(frozen=True, slots=True)
class Health:
    """What was found.

    Attributes:
        driver: Name, or path of its library.
        encrypted: Whether the connection is; None where the login may not look. It was asked for as a
            must, so it should be.
        trusts_blindly: Whether any certificate is believed.
        login: As the server calls it.
        product: Version and edition.
        too_old: Whether the server is older than what the procedures are written for.
        clock_ahead: How far the server's clock is ahead of this computer's.
        roles: Of ours.
        excess: Rights that no program needs, by their names.
        snapshots: Whether readers and writers do not wait for each other.
        compatibility_too_low: Whether the database lacks what its level hides, such as OPENJSON.
        clock_is_utc: Whether the server has no clock of a company's own, so that a zone must be set.
        foreign_schemas: Our schemas, among those that the login can see, that dbo does not own.
    """

    driver: str
    encrypted: bool | None
    trusts_blindly: bool
    login: str
    product: str
    too_old: bool
    clock_ahead: timedelta
    roles: tuple[str, ...]
    excess: tuple[str, ...]
    snapshots: bool
    compatibility_too_low: bool
    clock_is_utc: bool
    foreign_schemas: tuple[str, ...]


def look(server: Server) -> Health:
    """Look at everything that a login without special rights can see."""
    before = datetime.now(UTC)
    ((facts,),) = server.query(_FACTS)
    middle = before + (datetime.now(UTC) - before) / 2
    ((rights,),) = server.query(_RIGHTS)
    roles = tuple(role for role in ROLES if rights[role])
    babelfish = bool(facts["IsBabelfish"])
    return Health(
        driver=server.driver,
        encrypted=_is_encrypted(server),
        trusts_blindly=server.settings.trust_certificate,
        login=facts["LoginName"],
        product=" ".join(["Babelfish"] * babelfish + [facts["ProductVersion"], facts["Edition"]]),
        too_old=not babelfish and is_too_old(facts["ProductVersion"], facts["Engine"]),
        clock_ahead=facts["ServerTime"] - middle,
        roles=roles,
        excess=excess_of(rights),
        snapshots=babelfish or bool(facts["ReadCommittedSnapshot"] and facts["SnapshotIsolation"]),
        compatibility_too_low=not babelfish and facts["Compatibility"] < LEAST_COMPATIBILITY,
        clock_is_utc=not babelfish and facts["Engine"] in CLOCK_IS_UTC,
        foreign_schemas=tuple(row["Name"] for row in server.query(_FOREIGN_SCHEMAS)[0]),
    )


def excess_of(rights: Row) -> tuple[str, ...]:
    """Name the rights that no program needs: all but ours, and more than one of ours.

    An owner counts as a member of every role and has every right, so nothing else is named then.
    """
    for owner in ("sysadmin", "db_owner"):
        if rights[owner]:
            return (owner,)
    ours = {role for role in ROLES if rights[role]}
    others = [name for name, has in rights.items() if has and name not in ROLES]
    return (*others, *(sorted(ours) if len(ours) > 1 and ours != TOGETHER else ()))


def is_too_old(version: str, engine: int) -> bool:
    """Say whether the server lacks what the procedures use, such as ``CREATE OR ALTER``."""
    return engine not in CLOUD and tuple(map(int, version.split(".")[:3])) < OLDEST


def _is_encrypted(server: Server) -> bool | None:
    try:
        ((row,),) = server.query(_ENCRYPTION)
    except (NotAllowed, Unforeseen):  # it takes a right on the server that no program has
        return None
    return bool(row["Encrypted"] == "TRUE")
