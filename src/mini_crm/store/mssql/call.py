"""Calls procedures: connections, time-outs, repeating, results, and errors in our own words.

This is the only module that imports pyodbc.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

import pyodbc

from mini_crm.settings import Settings
from mini_crm.store.mssql.errors import Fault, Kind, Unforeseen
from mini_crm.store.mssql.login import connection_string, find_driver, is_freetds
from mini_crm.store.mssql.values import Rows, data_of, statement_of

pyodbc.pooling = False  # a session lives on the server, and a closed connection must be closed there
pyodbc.native_uuid = True

LOGIN_S = 15
QUERY_S = 30
WAITS_S = (0.1, 0.4, 1.0, 2.0)
"""Before the second to fifth try; each is shortened by up to a half, so that two do not meet again."""
PATIENCE_S = 45
"""No new try after this long."""
IDLE_S = 30
"""A connection that was not used for so long may be gone unnoticed: firewalls drop silent ones."""
LONG_IDLE_S = 240
"""After so long what may be repeated begins on a new one too: to notice by asking may take ``QUERY_S``."""

LOCK_MS = 5_000
"""How long a statement waits for others before it says busy (1222); five tries fit in ``PATIENCE_S``."""

FIRST_STATEMENT = f"SET LOCK_TIMEOUT {LOCK_MS}; DECLARE @First TABLE (Id int)"
"""The table variable does nothing on SQL Server. On Babelfish 4.3 the first one of a connection breaks what a
foreign key has prepared before, so it comes first."""

Connect = Callable[[], pyodbc.Connection]
NOTHING: Mapping[str, object] = MappingProxyType({})

log = logging.getLogger("mini_crm.store")


class Server:
    """One database on a server, with one connection for each thread that uses it.

    Args:
        settings: Where it is, and as whom to sign in.
        program: Its name, which the server lists among its connections.
        connect: Opens a connection; by default to what the settings name.
        wait: Sleeps for so many seconds.
    """

    def __init__(
        self,
        settings: Settings,
        program: str = "mini-crm",
        *,
        connect: Connect | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.program = program
        self._connect = connect or self._open
        self._wait = wait
        self._local = threading.local()
        self._warned = False

    @property
    def driver(self) -> str:
        """Name of the driver, or path of its library.

        Raises:
            DatabaseError: ``driver_missing``.
        """
        return find_driver(self.settings, pyodbc.drivers())

    def call(
        self,
        procedure: str,
        /,
        *,
        about: Mapping[str, object] = NOTHING,
        repeatable: bool = True,
        timeout_s: int | None = None,
        **parameters: object,
    ) -> list[Rows]:
        """Call a procedure and read all that it gives.

        Args:
            procedure: With its schema.
            about: What an error's sentence needs and the caller knows; the procedure's own data win.
            repeatable: Whether calling it twice does no harm, so that it may be repeated when the
                answer was lost.
            timeout_s: How long it may take.
            parameters: By our names; None is left out.

        Returns:
            The result sets.

        Raises:
            MiniCrmError: What the procedure refused, by its number.
            DatabaseUnreachable: No answer, after up to five tries.
            DatabaseError: The database cannot be used.
            NotAllowed: The login may not do this.
            Unforeseen: Anything else.
        """
        statement, values = statement_of(procedure, parameters)
        return self.query(statement, *values, about=about, repeatable=repeatable, timeout_s=timeout_s)

    def query(
        self,
        statement: str,
        /,
        *values: object,
        about: Mapping[str, object] = NOTHING,
        repeatable: bool = False,
        timeout_s: int | None = None,
    ) -> list[Rows]:
        """Run any statement; all but the deployment and its checks go by ``call``."""
        started = time.monotonic()
        self._drop_idle(LONG_IDLE_S if repeatable else IDLE_S)
        for wait in (*WAITS_S, None):
            sets: list[Rows] = []
            try:
                self._run(statement, values, timeout_s or QUERY_S, sets)
                return sets
            except _Failed as failed:
                fault, cause = failed.fault, failed.__cause__
            if fault.kind is Kind.OURS:
                raise fault.error({**about, **data_of(sets)}) from cause
            self.close()
            if fault.kind is Kind.UNKNOWN:
                raise Unforeseen(_head(statement), fault.number, fault.said, data_of(sets)) from cause
            again = fault.kind is Kind.TRANSIENT or (fault.kind is Kind.LOST and repeatable)
            log.warning("%s: %s %s %s", _head(statement), fault.state, fault.number, fault.said)
            if wait is None or not again or time.monotonic() - started > PATIENCE_S:
                raise fault.error(about) from cause
            self._wait(wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret depends on it
        raise AssertionError  # the last try returns or raises

    def close(self) -> None:
        """Close this thread's connection; the next call opens a new one."""
        connection: pyodbc.Connection | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            with suppress(pyodbc.Error):  # it may be broken, which is why it is closed
                connection.close()

    def _run(self, statement: str, values: tuple[object, ...], timeout_s: int, sets: list[Rows]) -> None:
        """Run once; result sets that came before an error are in ``sets`` all the same."""
        connection: pyodbc.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            try:
                connection = self._local.connection = self._connect()
            except pyodbc.Error as error:
                raise _Failed(Fault.of(error.args, connecting=True)) from error
        try:
            connection.timeout = timeout_s
            cursor = connection.cursor()
            try:
                cursor.execute(statement, values)
                _drain(cursor, sets)
            finally:
                cursor.close()
                self._local.used_at = time.monotonic()
        except pyodbc.Error as error:
            fault = Fault.of(error.args)
            if fault.kind is Kind.UNKNOWN and not _answers(connection):
                fault = Fault("08S01", fault.number, fault.text)
            raise _Failed(fault) from error

    def _drop_idle(self, seconds: float) -> None:
        """Let a connection go that was not used for so long."""
        if time.monotonic() - getattr(self._local, "used_at", 0.0) > seconds:
            self.close()

    def _open(self) -> pyodbc.Connection:
        driver = self.driver
        way = connection_string(self.settings, driver, self.program)
        if is_freetds(driver) and not self._warned:
            self._warned = True
            log.warning("connecting by %s, which cannot check the server's certificate", driver)
        connection = pyodbc.connect(way, autocommit=True, timeout=LOGIN_S)
        connection.execute(FIRST_STATEMENT).close()
        return connection


class _Failed(Exception):
    """One try failed; the cause is the driver's exception."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def _drain(cursor: pyodbc.Cursor, sets: list[Rows]) -> None:
    """Read every result set: an error that comes late is reported only where its turn is."""
    while True:
        if cursor.description is not None:
            sets.append(Rows([column[0] for column in cursor.description]))
            sets[-1].values.extend(cursor)
        if not cursor.nextset():
            return


def _answers(connection: pyodbc.Connection) -> bool:
    try:
        connection.execute("SELECT 1").close()
    except pyodbc.Error:
        return False
    return True


def _head(statement: str) -> str:
    """Give a statement's first two words, for the log; values never stand in it."""
    return " ".join(statement.split(maxsplit=2)[:2])
