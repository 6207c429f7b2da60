"""A server whose database is looked at now and then: it may be updated while this program is open."""

from __future__ import annotations

import time
from typing import Any

from mini_crm.domain.errors import DatabaseError
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.values import Row, Rows
from mini_crm.store.version import Version, refuse_unfit

SCHEMA_VERSION = 6
"""Number of the newest migration that this program was made for."""
LOOK_EVERY_S = 60.0
"""So long a program goes on unasked after the database was updated; a procedure that does not fit is told at
once."""


class CheckedServer(Server):
    """A server that is asked for its version before a call, if it was not asked for some time."""

    _looked_at: float | None = None

    def call(self, procedure: str, /, **parameters: Any) -> list[Rows]:
        """See ``Server``.

        Raises:
            WrongVersion: Program and database do not fit together; nothing was done.
        """
        if self._looked_at is None or time.monotonic() - self._looked_at > LOOK_EVERY_S:
            self.look()
        try:
            return super().call(procedure, **parameters)
        except DatabaseError as error:
            if error.code == "database_other_version":
                self.look()  # says which of the two has to be updated, if the numbers tell
            raise

    def close(self) -> None:
        """See ``Server``; a database may be another one when it is met again."""
        self._looked_at = None
        super().close()

    def look(self) -> None:
        """Look whether this program fits the database.

        Raises:
            WrongVersion: It does not.
        """
        ((row,),) = super().call("api.GetVersion")
        name = f"{self.settings.catalog} ({self.settings.server})"
        refuse_unfit(_version_in(row), SCHEMA_VERSION, name)
        self._looked_at = time.monotonic()


def _version_in(row: Row) -> Version:
    """Read what the database says of itself; one of an older version says less."""
    number = int(row["SchemaVersion"] or 0)
    return Version(number, int(row.get("LeastVersion", number)), str(row.get("ProgramPlace") or ""))
