"""What happens around a storm meanwhile: an administrator, another window, a busy database."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from mini_crm.domain.credentials import PasswordKind
from mini_crm.domain.dates import format_date
from mini_crm.domain.model import Entry, EntryFilter
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.accounts import issue_passwords

BY = "storm"


class Outside:
    """The administrator, another window of the same lead, and a database that is busy."""

    def __init__(self, path: Path, lead_name: str) -> None:
        self.lead_name = lead_name
        self._path = path
        self._store = SqliteStore.open(path)
        self._lock: sqlite3.Connection | None = None

    def new_password(self, kind: PasswordKind = PasswordKind.CODE) -> str:
        """Give the lead another password; a number has to be changed at once."""
        lead = next(lead for lead in self._store.list_leads() if lead.name == self.lead_name)
        self._store.unlock_lead(lead.lead_id, BY)
        (slip,) = issue_passwords(self._store, [lead], kind, BY)
        return slip.password

    def change(self, entry: Entry, token: bytes) -> None:
        """Change an entry in another window of the lead."""
        draft = replace(entry.draft(), comment=f"{entry.version} раз")
        self._store.update_entry(token, uuid4(), entry.entry_id, entry.version, draft)

    def newest(self, token: bytes) -> Entry:
        """Give the newest entry of the lead."""
        return self._store.list_entries(token, EntryFilter(), limit=1).entries[0]

    def is_of_today(self, entry: Entry) -> bool:
        """Say whether an entry may be deleted."""
        return entry.entered_on == self._store.get_today()

    def hold(self) -> None:
        """Keep everybody else from writing."""
        if self._lock is None:
            self._lock = sqlite3.connect(self._path, isolation_level=None, timeout=5)
            self._lock.execute("BEGIN EXCLUSIVE")

    def let_go(self) -> None:
        """Let everybody write again."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def close(self) -> None:
        """Be gone."""
        self.let_go()
        self._store.close()

    def day(self, days: int) -> str:
        """Write a day from today on as a Russian does."""
        return format_date(self._store.get_today() + timedelta(days=days), language="ru")
