"""Opens the database that the settings name; only the adapter that is needed is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mini_crm.domain.errors import DatabaseError
from mini_crm.settings import Settings
from mini_crm.store.port import Store

if TYPE_CHECKING:
    from mini_crm.store.mssql.call import Server


def open_store(settings: Settings, program: str) -> Store:
    """Open the settings' database.

    Args:
        settings: Name it.
        program: Name of the program, which a server lists among its connections.

    Raises:
        DatabaseError: It is missing, not ours, too old or too new, may not be written, or the driver
            is missing.
        DatabaseUnreachable: The server does not answer.
        NotAllowed: The server refuses the login.
    """
    path = settings.sqlite_path
    if path is not None:
        from mini_crm.store.sqlite import SqliteStore

        return SqliteStore.open(path)
    with _driver_manager():
        from mini_crm.store.mssql import MssqlStore
    return MssqlStore.open(settings, program)


def open_server(settings: Settings, program: str) -> Server:
    """Give the settings' server, for what is no operation of a store; its first call connects.

    Raises:
        DatabaseError: ``odbc_missing``.
    """
    with _driver_manager():
        from mini_crm.store.mssql.call import Server
    return Server(settings, program)


@contextmanager
def _driver_manager() -> Iterator[None]:
    """Say what is missing where pyodbc finds no driver manager.

    Raises:
        DatabaseError: ``odbc_missing``.
    """
    try:
        yield
    except ImportError as error:
        if error.name != "pyodbc":
            raise
        raise DatabaseError("odbc_missing", reason=str(error)) from error
