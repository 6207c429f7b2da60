"""The production database: every operation of the port as one call of a procedure on SQL Server.

The rules are kept by the server; whoever knows a program's login can do no more than the program.
"""

from __future__ import annotations

from mini_crm.domain.errors import DatabaseError
from mini_crm.settings import Settings
from mini_crm.store.mssql.accounts import Accounts
from mini_crm.store.mssql.admin import Administration
from mini_crm.store.mssql.aggregation import Aggregation
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.checked import SCHEMA_VERSION, CheckedServer
from mini_crm.store.mssql.entries import Entries
from mini_crm.store.mssql.forecast import Forecasts
from mini_crm.store.mssql.imports import Imports

__all__ = ["SCHEMA_VERSION", "MssqlStore"]


class MssqlStore(Accounts, Entries, Forecasts, Aggregation, Imports, Administration):
    """A ``Store`` on a SQL Server; safe to use from several threads and processes at once."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @classmethod
    def open(cls, settings: Settings, program: str = "mini-crm") -> MssqlStore:
        """Connect, and look whether the database is one of ours and fits; it is looked at again later.

        Args:
            settings: Where it is, and as whom to sign in.
            program: Its name, which the server lists among its connections.

        Raises:
            WrongVersion: ``database_too_old`` or ``database_too_new``.
            DatabaseError: ``database_not_ours``, or the driver is missing.
            DatabaseUnreachable: The server does not answer.
            NotAllowed: It refuses the login.
        """
        server = CheckedServer(settings, program)
        store = cls(server)
        try:
            server.look()
        except DatabaseError as error:
            if error.code != "database_other_version":
                raise
            raise DatabaseError("database_not_ours", server_database=store.name) from error
        return store

    @property
    def name(self) -> str:
        """See ``Store``."""
        return f"{self.server.settings.catalog} ({self.server.settings.server})"

    def get_schema_version(self) -> int:
        """See ``DesktopStore``."""
        ((row,),) = self.server.call("api.GetVersion")
        return int(row["SchemaVersion"] or 0)

    def close(self) -> None:
        """See ``Store``."""
        self.server.close()
