"""Brings a database on SQL Server to the state of the scripts, or writes one script that does.

The journal ``core.Deployment`` tells which text of each script the database has. A script and its row
in the journal are one transaction, so a deployment that broke off is simply started again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mini_crm.domain.errors import DatabaseError, NotAllowed, UsageError
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.errors import Unforeseen
from mini_crm.store.mssql.scripts import OBJECTS, Kind, Script, drop_statement, kind_of
from mini_crm.store.mssql.values import Row
from mini_crm.store.version import PROGRAM_PLACE
from mini_crm.store.zones import offsets

SCRIPT_S = 600
TIME_ZONE = "TimeZone"
NOW = "DATEADD(MILLISECOND, -500, SYSUTCDATETIME())"
"""What a column of whole seconds rounds to the second that has begun; ``core.Now`` may not be there yet."""
REFRESHED = ("40_functions", "50_views")
REMOVED = ""
"""In the journal, instead of a hash: the object was dropped."""

STATE = """
SELECT CASE WHEN OBJECT_ID(N'core.Deployment') IS NULL THEN 0 ELSE 1 END AS HasJournal,
       CASE WHEN OBJECT_ID(N'core.ZoneOffset') IS NULL THEN 0 ELSE 1 END AS HasZones,
       CASE WHEN @@VERSION LIKE N'%Babelfish%' THEN 1 ELSE 0 END AS IsBabelfish,
       CAST(SERVERPROPERTY('EngineEdition') AS int) AS Engine,
       d.compatibility_level AS Compatibility,
       CASE WHEN IS_SRVROLEMEMBER('sysadmin') = 1 OR IS_MEMBER('db_owner') = 1 THEN 1 ELSE 0 END AS IsOwner
FROM sys.databases AS d
WHERE d.name = DB_NAME()
"""
ZONES = "SELECT COUNT(*) AS Zones FROM core.ZoneOffset"
JOURNAL = """
SELECT d.Name, d.Hash
FROM core.Deployment AS d
WHERE d.DeploymentId IN (SELECT MAX(n.DeploymentId) FROM core.Deployment AS n GROUP BY n.Name)
"""
SNAPSHOTS = tuple(
    f"IF EXISTS (SELECT 1 FROM sys.databases AS d WHERE d.name = DB_NAME() AND d.{column} = 0)\n"
    f"    ALTER DATABASE CURRENT SET {setting};"
    for column, setting in (
        ("snapshot_isolation_state", "ALLOW_SNAPSHOT_ISOLATION ON"),
        ("is_read_committed_snapshot_on", "READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK AFTER 30 SECONDS"),
    )
)
"""Readers never wait for writers. The second one ends other connections' work, but only where it was off."""
SNAPSHOTS_OFF = (
    "SELECT COUNT(*) AS Off FROM sys.databases AS d WHERE d.name = DB_NAME()"
    " AND (d.snapshot_isolation_state = 0 OR d.is_read_committed_snapshot_on = 0)"
)
LEAST_COMPATIBILITY = 130
"""Below it there is no OPENJSON. Source: Microsoft's reference of OPENJSON."""
CLOCK_IS_UTC = frozenset([5, 12])
"""Engine editions without a clock of their own: Azure SQL Database, and SQL database in Fabric."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done for one script.

    Attributes:
        name: The script's.
        batches: For the server.
        hash: For the journal; None where nothing is written there.
    """

    name: str
    batches: tuple[str, ...]
    hash: str | None

    @classmethod
    def run(cls, script: Script) -> Step:
        """Run a script."""
        return cls(script.name, script.batches, None if script.kind is Kind.ALWAYS else script.hash)

    @classmethod
    def drop(cls, name: str) -> Step:
        """Drop the object of a script that is gone."""
        return cls(name, (drop_statement(name),), REMOVED)


Transaction = tuple[Step, ...]


def plan(
    scripts: Sequence[Script], journal: Mapping[str, str], *, babelfish: bool = False
) -> list[Transaction]:
    """Say what is to be done.

    Args:
        scripts: All, in their order.
        journal: Name -> newest hash.
        babelfish: Whether the server is Babelfish, which cannot replace an object: there all functions,
            views and procedures are dropped and made anew as soon as one has changed.

    Raises:
        DatabaseError: ``migration_edited``: a script that runs once has another text than when it ran;
            ``migration_unknown``: one ran that is not among the scripts.
    """
    done = {name: digest for name, digest in journal.items() if digest != REMOVED}
    names = {script.name for script in scripts}
    for script in scripts:
        if script.kind is Kind.ONCE and done.get(script.name, script.hash) != script.hash:
            raise DatabaseError("migration_edited", name=script.name)
    gone = sorted(name for name in done if name not in names)
    for name in gone:
        if kind_of(name) is Kind.ONCE:
            raise DatabaseError("migration_unknown", name=name)
    drops = [Step.drop(name) for name in gone]
    code = [script for script in scripts if script.kind is Kind.ON_CHANGE]
    changed = [script for script in code if done.get(script.name) != script.hash]
    if not babelfish:  # what is bound to a changed one is dropped with it and made anew in its turn
        changed = [s for s in code if s in changed or any(s.is_bound and s.uses(c) for c in changed)]
    transactions: list[Transaction] = [
        *(replacement(script, code if script.name in done else ()) for script in changed),
        *((step,) for step in drops),
    ]
    if babelfish and transactions:
        transactions = [(*drops, *_made_anew(code, done))]
    before, after = (
        [
            (Step.run(script),)
            for script in scripts
            if script.kind is not Kind.ON_CHANGE
            and (script.name > max(OBJECTS)) is is_after
            and (script.kind is Kind.ALWAYS or script.name not in done)
        ]
        for is_after in (False, True)
    )
    return [*before, *transactions, *after]


def replacement(script: Script, code: Sequence[Script]) -> Transaction:
    """Give the steps that make or replace an object; first go those that are bound to it and forbid it."""
    return (*(Step.drop(user.name) for user in code if user.is_bound and user.uses(script)), Step.run(script))


def refresh_steps(scripts: Sequence[Script]) -> Transaction:
    """Give the steps by which views and functions learn of the tables' new columns (SQL Server only)."""
    return tuple(
        Step(script.name, (f"EXEC sys.sp_refreshsqlmodule @name = {literal(script.object)}",), None)
        for script in scripts
        if script.name.split("/")[0] in REFRESHED and not script.is_bound
    )


def deploy(
    server: Server,
    scripts: Sequence[Script],
    *,
    zone: str | None = None,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda name: None,
) -> list[str]:
    """Do what is to be done.

    Args:
        server: Signed in as an owner of the database.
        scripts: All, in their order.
        zone: The company's time zone that is to be set afterwards, if one is.
        dry_run: Only say what.
        tell: Called with a script's name before it runs.

    Returns:
        The names of the scripts that ran, or would.

    Raises:
        NotAllowed: ``deploy_needs_owner``.
        UsageError: ``deploy_zone_missing``: the server's clock tells no company's day.
        DatabaseError: See ``plan``; ``compatibility_too_low``; ``snapshots_off``; ``deploy_failed``: a
            script broke off. It was rolled back, those before it are done.
    """
    ((state,),) = server.query(STATE)
    if not state["IsOwner"]:
        raise NotAllowed("deploy_needs_owner")
    babelfish = bool(state["IsBabelfish"])
    if not babelfish:
        _refuse_unfit(server, state, zone)
    journal = read_journal(server) if state["HasJournal"] else {}
    transactions = plan(scripts, journal, babelfish=babelfish)
    if not dry_run:
        if not babelfish:
            _switch_on_snapshots(server)
        for steps in transactions:
            _run(server, steps, tell)
        if not babelfish:
            _run(server, refresh_steps(scripts), lambda name: None)
    return [name for steps in transactions for name in _names(steps)]


def set_zone(server: Server, name: str | None, by: str) -> None:
    """Tell the server when the company's days begin, unless it knows: a zone's rules may have changed.

    Args:
        server: Deployed.
        name: The time zone; None for the one that is set.
        by: Who does it, for the record.

    Raises:
        BadValue: There is no such zone.
    """
    from mini_crm.store.mssql import MssqlStore

    store = MssqlStore(server)
    present = store.get_setting(TIME_ZONE)
    wanted = name or present
    if not wanted:
        return
    (rows,) = server.query("SELECT z.FromUtc, z.OffsetMinutes FROM core.ZoneOffset AS z ORDER BY z.FromUtc")
    known = [(row["FromUtc"], row["OffsetMinutes"]) for row in rows]
    if wanted != present or known != list(offsets(wanted)):
        store.set_setting(TIME_ZONE, wanted, by)


def set_program(server: Server, place: str | None, by: str) -> None:
    """Keep where the new program is, for those who have an older one.

    Args:
        server: Deployed.
        place: A file, a folder or an address; empty takes it away, None leaves it as it is.
        by: Who does it, for the record.
    """
    from mini_crm.store.mssql import MssqlStore

    store = MssqlStore(server)
    if place is not None and place != (store.get_setting(PROGRAM_PLACE) or ""):
        store.set_setting(PROGRAM_PLACE, place, by)


def read_journal(server: Server) -> dict[str, str]:
    """Give the newest hash of each script."""
    (rows,) = server.query(JOURNAL)
    return {row["Name"]: row["Hash"].strip() for row in rows}


def transaction_text(steps: Iterable[Step]) -> str:
    """Give the statements that do some steps and note them in the journal, all or nothing."""
    lines = ["SET XACT_ABORT ON;", "BEGIN TRY", "BEGIN TRANSACTION;"]
    for step in steps:
        lines.append(f"SELECT {literal(step.name)} AS Step;")  # the last one shown is the one that broke off
        lines += [f"EXEC ({literal(batch)});" for batch in step.batches]
        if step.hash is not None:
            lines.append(
                "INSERT INTO core.Deployment (Name, Hash, DeployedAt, DeployedBy)\n"
                f"VALUES ({literal(step.name)}, '{step.hash}', {NOW},"
                " LEFT(COALESCE(SUSER_SNAME(), N'?') + N'@' + COALESCE(HOST_NAME(), N'?'), 200));"
            )
    lines += ["COMMIT;", "END TRY", "BEGIN CATCH", "IF XACT_STATE() <> 0 ROLLBACK;", "THROW;", "END CATCH;"]
    return "\n".join(lines)


def literal(text: str) -> str:
    """Write a text as T-SQL does."""
    return "N'" + text.replace("'", "''") + "'"


def _refuse_unfit(server: Server, state: Row, zone: str | None) -> None:
    if state["Compatibility"] < LEAST_COMPATIBILITY:
        raise DatabaseError("compatibility_too_low", level=state["Compatibility"], needed=LEAST_COMPATIBILITY)
    if state["Engine"] in CLOCK_IS_UTC and zone is None:
        known = state["HasZones"] and server.query(ZONES)[0][0]["Zones"]
        if not known:
            raise UsageError("deploy_zone_missing")


def _switch_on_snapshots(server: Server) -> None:
    """Switch on what every reading procedure relies on, or say who must."""
    try:
        for statement in SNAPSHOTS:
            server.query(statement, timeout_s=SCRIPT_S)
    except (NotAllowed, Unforeseen) as error:
        reason = error.said if isinstance(error, Unforeseen) else ""
        raise DatabaseError("snapshots_off", reason=reason) from error
    ((left,),) = server.query(SNAPSHOTS_OFF)
    if left["Off"]:
        raise DatabaseError("snapshots_off", reason="")


def _names(steps: Transaction) -> list[str]:
    """Name each script once: what is dropped and made anew is two steps."""
    return list(dict.fromkeys(step.name for step in steps if len(steps) == 1 or step.hash is not None))


def _made_anew(code: Sequence[Script], done: Mapping[str, str]) -> list[Step]:
    """Drop everything that is there, users before what they use, and make all of it."""
    there = [script for script in reversed(code) if script.name in done]
    drops = [Step(script.name, (drop_statement(script.name),), None) for script in there]
    makes = [Step(script.name, script.with_plain_create().batches, script.hash) for script in code]
    return [*drops, *makes]


def _run(server: Server, steps: Transaction, tell: Callable[[str], None]) -> None:
    for name in _names(steps):
        tell(name)
    try:
        server.query(transaction_text(steps), timeout_s=SCRIPT_S)
    except Unforeseen as error:
        raise DatabaseError("deploy_failed", name=error.data.get("step"), reason=error.said) from error
