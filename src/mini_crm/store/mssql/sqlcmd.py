"""One script for ``sqlcmd`` that does what the deployment does, for a DBA who wants no Python.

It decides by the journal, like the deployment, so running it again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mini_crm import __version__
from mini_crm.store.mssql.batches import json_of
from mini_crm.store.mssql.deploy import (
    CLOCK_IS_UTC,
    LEAST_COMPATIBILITY,
    REMOVED,
    SNAPSHOTS,
    SNAPSHOTS_OFF,
    TIME_ZONE,
    literal,
    refresh_steps,
    replacement,
    transaction_text,
)
from mini_crm.store.mssql.scripts import OBJECTS, Kind, Script
from mini_crm.store.version import PROGRAM_PLACE
from mini_crm.store.zones import offsets

_HEAD = """\
-- Mini CRM {version}: brings a database to the state of this version, whatever state it has now.
-- Run as an owner of the database, with its name:
--     sqlcmd -S SERVER -d DATABASE -E -b -i FILE      (Azure SQL: -G or -U LOGIN instead of -E)
-- Each part is one transaction with its row in core.Deployment. After an error mend the cause, run it again.
-- The number behind each name is the SHA2-256 of that file, with line ends as LF.
:on error exit
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET NOCOUNT ON;
GO
IF COALESCE(IS_SRVROLEMEMBER('sysadmin'), 0) = 0 AND COALESCE(IS_MEMBER('db_owner'), 0) = 0
    THROW 50000, N'Only an owner of the database can do this.', 1;
IF DB_NAME() IN (N'master', N'model', N'msdb', N'tempdb')
    THROW 50000, N'Name the database: sqlcmd -d DATABASE', 1;
IF EXISTS (
    SELECT 1 FROM sys.databases AS d WHERE d.name = DB_NAME() AND d.compatibility_level < {compatibility})
    THROW 50000, N'The compatibility level of the database is below {compatibility}: raise it first.', 1;
GO
"""
_ZONE_MISSING = """\
IF CAST(SERVERPROPERTY('EngineEdition') AS int) IN ({engines}) AND OBJECT_ID(N'core.ZoneOffset') IS NULL
    THROW 50000, N'The clock of Azure SQL is UTC: write this script with --time-zone NAME.', 1;
GO
"""
_SNAPSHOTS_OFF = """\
IF ({query}) > 0
    THROW 50000, N'READ_COMMITTED_SNAPSHOT or ALLOW_SNAPSHOT_ISOLATION is off: switch both on first.', 1;
GO
"""
_NEWEST = "SELECT TOP (1) d.Hash FROM core.Deployment AS d WHERE d.Name = {name} ORDER BY d.DeploymentId DESC"
_REMOVE = """\
DECLARE @Drop nvarchar(max) = N'';
SELECT @Drop = @Drop + N'DROP ' + CASE LEFT(d.Name, 2) {kinds} END + N' IF EXISTS '
    + SUBSTRING(d.Name, CHARINDEX(N'/', d.Name) + 1, LEN(d.Name) - CHARINDEX(N'/', d.Name) - 4) + N';
INSERT INTO core.Deployment (Name, Hash, DeployedAt, DeployedBy)
VALUES (N''' + d.Name + N''', '''', core.Now(), SUSER_SNAME());
'
FROM core.Deployment AS d
WHERE d.DeploymentId IN (SELECT MAX(n.DeploymentId) FROM core.Deployment AS n GROUP BY n.Name)
  AND d.Hash <> '{removed}'
  AND LEFT(d.Name, 2) IN ({folders})
  AND d.Name NOT IN (
{names});
EXEC (@Drop);
"""


def sqlcmd_script(scripts: Sequence[Script], zone: str | None = None, program: str | None = None) -> str:
    """Write the script.

    Args:
        scripts: All, in their order.
        zone: The company's time zone; None leaves it as it is.
        program: Where the new program is; None leaves that as it is.
    """
    parts = [_HEAD.format(version=__version__, compatibility=LEAST_COMPATIBILITY)]
    if zone is None:
        parts.append(_ZONE_MISSING.format(engines=", ".join(map(str, sorted(CLOCK_IS_UTC)))))
    parts += [f"{statement}\nGO\n" for statement in SNAPSHOTS]
    parts.append(_SNAPSHOTS_OFF.format(query=SNAPSHOTS_OFF.replace("AS Off ", "")))
    checked = False
    for script in scripts:
        if script.kind is Kind.ONCE and not checked:
            checked = True
            parts.append(_checks(scripts))
        parts.append(f"-- {script.name}  {script.hash}\n{_guarded(script, scripts)}GO\n")
    parts.append(_removal(scripts) + "GO\n")
    parts.append(
        "-- Views and functions learn of the tables' new columns.\n"
        f"{transaction_text(refresh_steps(scripts))}\nGO\n"
    )
    if zone is not None:
        known = json_of({"FromUtc": moment, "OffsetMinutes": minutes} for moment, minutes in offsets(zone))
        parts.append(_setting(TIME_ZONE, zone, f",\n    @Offsets = {literal(known)}"))
    if program is not None:
        parts.append(_setting(PROGRAM_PLACE, program))
    return "".join(parts)


def _checks(scripts: Sequence[Script]) -> str:
    """Stop before anything is changed where a migration ran with another text, or is not ours."""
    once = [script for script in scripts if script.kind is Kind.ONCE]
    lines = []
    for script in once:
        newest = _NEWEST.format(name=literal(script.name))
        lines.append(
            f"IF ({newest}) <> '{script.hash}'\n"
            f"    THROW 50000, N'{script.name} was changed after it ran here.', 1;\n"
        )
    names = ", ".join(literal(script.name) for script in once)
    lines.append(
        "IF EXISTS (SELECT 1 FROM core.Deployment AS d\n"
        f"           WHERE LEFT(d.Name, 2) NOT IN ({_folders()}) AND d.Name NOT IN ({names}))\n"
        "    THROW 50000, N'The database is of a newer version than this script.', 1;\n"
    )
    return "".join(lines) + "GO\n"


def _setting(name: str, value: str, more: str = "") -> str:
    return (
        "DECLARE @By nvarchar(200) =\n"
        "    LEFT(COALESCE(SUSER_SNAME(), N'?') + N'@' + COALESCE(HOST_NAME(), N'?'), 200);\n"
        f"DECLARE @Value nvarchar(200) = {_in_ascii(value)};\n"
        f"EXEC admin.SetSetting @Name = '{name}', @Value = @Value, @By = @By{more};\nGO\n"
    )


def _in_ascii(text: str) -> str:
    """Write a text so that sqlcmd reads it alike under every code page."""
    parts = [part for part in re.split(r"([^\x00-\x7f])", text) if part]
    return " + ".join(literal(part) if part.isascii() else _by_number(part) for part in parts) or literal("")


def _by_number(letter: str) -> str:
    units = memoryview(letter.encode("utf-16-le")).cast("H")
    return " + ".join(f"NCHAR({unit})" for unit in units)


def _guarded(script: Script, scripts: Sequence[Script]) -> str:
    text = transaction_text(replacement(script, scripts))
    match script.kind:
        case Kind.ALWAYS:
            return f"{text}\n"
        case Kind.ONCE:
            needed = f"NOT EXISTS (SELECT 1 FROM core.Deployment AS d WHERE d.Name = {literal(script.name)})"
        case Kind.ON_CHANGE:
            newest = _NEWEST.format(name=literal(script.name))
            needed = f"COALESCE(({newest}), '') <> '{script.hash}'"
    return f"IF {needed}\nBEGIN\n{text}\nEND;\n"


def _removal(scripts: Sequence[Script]) -> str:
    code = [script for script in scripts if script.kind is Kind.ON_CHANGE]
    return _REMOVE.format(
        kinds=" ".join(f"WHEN '{folder[:2]}' THEN N'{kind}'" for folder, kind in OBJECTS.items()),
        removed=REMOVED,
        folders=_folders(),
        names=",\n".join(f"    {literal(script.name)}" for script in code),
    )


def _folders() -> str:
    return ", ".join(f"'{folder[:2]}'" for folder in OBJECTS)
