"""What is in the tables, so that a test can say that nothing else has changed."""

from __future__ import annotations

from contract.mssql_backdoor import TABLES
from server.raw import Raw

Content = dict[str, list[str]]


def content_of(owner: Raw) -> Content:
    """Give every row of every table."""
    names = [*TABLES, "RunLock", "Deployment"]
    return {name: sorted(map(repr, owner.must(f"SELECT t.* FROM core.{name} AS t"))) for name in names}


def changed(before: Content, after: Content) -> set[str]:
    """Name the tables that differ."""
    return {name for name, rows in before.items() if rows != after[name]}
