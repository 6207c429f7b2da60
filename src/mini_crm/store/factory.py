"""Opens the database that the settings name."""

from __future__ import annotations

from mini_crm.domain.errors import SettingsError
from mini_crm.settings import Settings
from mini_crm.store.port import Store


def open_store(settings: Settings) -> Store:
    """Open the settings' database; only the adapter that is needed is loaded.

    Raises:
        SettingsError: ``mssql_not_supported``.
        DatabaseError: It is missing, not ours, too new, or may not be written.
    """
    path = settings.sqlite_path
    if path is None:
        raise SettingsError("mssql_not_supported")
    from mini_crm.store.sqlite import SqliteStore

    return SqliteStore.open(path)
