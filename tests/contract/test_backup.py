"""Backups, where the database is a file: whole, checked, made while people work, never over another file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contract.adapters import open_store
from contract.backdoor import Adapter, Database
from contract.company import ALL, ANNA, BORIS, Company, fill
from contract.sqlite_backdoor import SqliteAdapter
from mini_crm.domain.errors import BadFile
from mini_crm.store.sqlite import SqliteStore


@pytest.fixture(scope="module")
def adapter() -> Adapter:
    """Give the kind of database that is a file; a server is backed up by its own tools."""
    return SqliteAdapter()


def test_backup(company: Company, tmp_path: Path) -> None:
    """A backup is a whole database with all entries, settings and passwords."""
    fill(company)
    company.store.aggregate_forecast(None, "test")
    target = tmp_path / "backup.bak"
    assert company.store.backup(target, "test") == 120
    later = company.anna.add(company.petr)
    copy = SqliteStore.open(target)
    try:
        assert copy.get_record().entries == 120
        assert copy.get_company_forecast() == company.store.get_company_forecast()
        assert [lead.name for lead in copy.list_leads()] == [ANNA, BORIS]
        listed = copy.list_entries(company.boris.token, ALL).entries
        assert listed[::-1] == company.boris.everything()
    finally:
        copy.close()
    assert later in company.anna.everything()


def test_backup_overwrites_nothing(company: Company, tmp_path: Path) -> None:
    """A backup never replaces a file, and says when it cannot write one."""
    there = tmp_path / "precious.txt"
    there.write_text("precious")
    for target in (there, tmp_path, tmp_path / "nowhere" / "backup.bak"):
        with pytest.raises(BadFile):
            company.store.backup(target, "test")
    assert there.read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_backup_while_people_save(database: Database, company: Company, tmp_path: Path) -> None:
    """A backup needs nobody to stop: it has the state of one moment, with every entry and its history."""
    fill(company)
    target = tmp_path / "backup.bak"

    def back_up() -> int:
        store = open_store(database.address)
        try:
            return store.backup(target, "test")
        finally:
            store.close()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(back_up)
        while not waiting.done():
            company.anna.add(company.petr)
        count = waiting.result()
    assert 120 <= count <= company.store.get_record().entries
    copy = SqliteStore.open(target)
    try:
        assert copy.get_record().entries == count
    finally:
        copy.close()
