"""Connections that compute side by side, each over its own part of the entries.

SQLite lets Python's other threads run while it works, so connections in threads of their own keep as many
processors busy.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from mini_crm.store.sqlite.db import Connection, Database

MOST = 2
"""Half of the work is done side by side, the rest alone: more connections would gain less and less."""
WORTH = 50_000
"""Another connection is made for every so many entries: for fewer it takes longer than it saves."""

SMALLEST, LARGEST = 4_096, 32_768
"""So many entries in a row are given to one connection; their chances are written in one transaction."""

_LAST_ID = 2**40 - 1


class Range(NamedTuple):
    """Entries with numbers next to each other, and the connection that they are given to."""

    conn: Connection
    first_id: int
    last_id: int


class SideBySide:
    """The connections of one computation, with the same tables in their TEMP databases.

    Args:
        connections: One or more.
        newest_id: The highest ``EntryId``, or about that.

    Attributes:
        first: The one that has the results.
        others: The rest.
        connections: All.
        ranges: Who has which entries; all that are or will be, in order.
    """

    def __init__(self, connections: Sequence[Connection], newest_id: int) -> None:
        self.first, *self.others = self.connections = tuple(connections)
        self.ranges = _dealt(self.connections, newest_id)
        for conn in self.connections:
            conn.execute("CREATE TEMP TABLE OwnRange (FirstId INTEGER PRIMARY KEY, LastId INTEGER NOT NULL)")
        for own in self.ranges:
            own.conn.execute("INSERT INTO temp.OwnRange VALUES (?, ?)", (own.first_id, own.last_id))

    def each(self, statements: Sequence[str], values: Mapping[str, object]) -> None:
        """Run statements on every connection at the same time, and wait for all."""

        def work(conn: Connection) -> None:
            for statement in statements:
                conn.execute(statement, values)

        with ThreadPoolExecutor(max(1, len(self.others))) as pool:
            running = [pool.submit(work, conn) for conn in self.others]
            try:
                work(self.first)
            finally:
                wait(running)
            for one in running:
                one.result()

    def gather(self, tables: Sequence[str]) -> None:
        """Add the rows of all others to those of the first; rows of one key become one, with the sums."""
        for table in tables:
            columns = self.first.execute(f"PRAGMA temp.table_info({table})").fetchall()
            names = [column["name"] for column in columns]
            key = [column["name"] for column in columns if column["pk"]]
            sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in names if name not in key)
            on_conflict = f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sums}" if key else ""
            for other in self.others:
                _copy_rows(table, names, other, self.first, on_conflict)

    def share(self, tables: Sequence[str]) -> None:
        """Give all others the tables of the first."""
        for table in tables:
            made = self.first.execute(
                "SELECT sql FROM temp.sqlite_master WHERE type = 'table' AND name = ?", (table,)
            ).fetchone()["sql"]
            names = [row["name"] for row in self.first.execute(f"PRAGMA temp.table_info({table})")]
            for other in self.others:
                other.execute(made.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
                _copy_rows(table, names, self.first, other, "")


def _dealt(connections: Sequence[Connection], newest_id: int) -> list[Range]:
    """Deal the entries in ranges, beginning with the newest, which need most work, in the smallest ones."""
    dealt: list[Range] = []
    order, size, last_id = list(connections), SMALLEST, max(newest_id, 1)
    while last_id > 0:
        for conn in order:
            if last_id > 0:
                dealt.append(Range(conn, max(last_id - size + 1, 1), last_id if dealt else _LAST_ID))
            last_id -= size
        order.reverse()
        size = min(2 * size, LARGEST)
    return dealt[::-1]


def _copy_rows(
    table: str, names: Sequence[str], source: Connection, target: Connection, on_conflict: str
) -> None:
    rows = source.cursor()
    rows.row_factory = None
    rows.execute(f"SELECT {', '.join(names)} FROM temp.{table}")
    target.execute("SAVEPOINT Copy")
    target.executemany(
        f"INSERT INTO temp.{table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}){on_conflict}",
        rows,
    )
    target.execute("RELEASE Copy")


def how_many(entries: int) -> int:
    """Give the number of connections that is worth while."""
    return max(1, min(MOST, os.cpu_count() or 1, entries // WORTH))


@contextmanager
def reading_one_moment(db: Database, connections: Sequence[Connection]) -> Iterator[None]:
    """Let all connections read the database as of one and the same moment."""
    watch = db.connection()
    while True:
        with ExitStack() as stack:
            before = _commits_seen(watch)
            for conn in connections:
                stack.enter_context(db.reading(conn))
                conn.execute("SELECT 1 FROM Setting").fetchone()  # what is read first sets the moment
            if _commits_seen(watch) == before:
                yield
                return


def _commits_seen(conn: Connection) -> object:
    """Give a number that changes whenever another connection has committed something."""
    return conn.execute("PRAGMA main.data_version").fetchone()[0]
