"""Which doors are open to a login: may it call, read or write something at all, whatever comes after.

A server that does not chain ownership lets nobody do much, but it says at which door it stopped somebody.
"""

from __future__ import annotations

import re

from contract.mssql_backdoor import TABLES
from server.raw import Outcome, Raw
from sql.server_files import SqlFile, files

_CLOSED = re.compile(
    r"permission was denied on the object '(\w+)'|permission denied for \w+ \"?(\w+)", re.IGNORECASE
)
"""How SQL Server and Babelfish say no, with the name of what they refuse."""

_A_COLUMN = """
SELECT TOP (1) c.name
FROM sys.columns AS c
WHERE c.object_id = OBJECT_ID(?) AND c.is_identity = 0
ORDER BY c.column_id
"""


def is_open(outcome: Outcome, name: str) -> bool:
    """Say whether the object itself was allowed: a refusal of what it uses inside does not count."""
    found = _CLOSED.search(outcome.said)
    if found is None:
        return True
    schema, short = name.lower().split(".")
    refused = (found[1] or found[2]).lower()
    return refused != short and not refused.endswith(f"_{schema}")


def procedures() -> list[SqlFile]:
    """Give the script of each procedure."""
    return files("60_procedures")


def views() -> list[str]:
    """Name all views."""
    return [file.name for file in files("50_views")]


def tables() -> list[str]:
    """Name all tables."""
    return [f"core.{name}" for name in (*TABLES, "RunLock", "Deployment")]


def may_call(connection: Raw, procedure: SqlFile) -> bool:
    """Call it with nothing in any parameter: who is let in does no harm with that."""
    return is_open(connection.call(procedure.name, **dict.fromkeys(procedure.parameters)), procedure.name)


def may_read(connection: Raw, name: str) -> bool:
    """Read one row."""
    return is_open(connection.run(f"SELECT TOP (1) x.* FROM {name} AS x"), name)


def may_write(connection: Raw, owner: Raw, name: str) -> bool:
    """Try to delete and change no row, and to add one that cannot be; whether any of it is allowed."""
    column = owner.one(_A_COLUMN, name)
    return any(
        is_open(connection.run(statement), name)
        for statement in (
            f"DELETE FROM {name} WHERE 1 = 0",
            f"UPDATE {name} SET {column} = NULL WHERE 1 = 0",
            f"INSERT INTO {name} ({column}) VALUES (NULL)",
        )
    )
