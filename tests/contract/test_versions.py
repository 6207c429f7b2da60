"""A program that is older than its database, on every kind of database."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from contract.adapters import open_store
from contract.backdoor import Database
from contract.company import Company
from mini_crm.domain.errors import WrongVersion
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.usecases.outbox import Outbox
from mini_crm.usecases.writes import Add

KNOWN = 6
"""The newest migration that this program knows."""


def test_who_is_too_old_is_told_where_the_new_program_is(database: Database, tmp_path: Path) -> None:
    """An older program cannot open the database, and says in both languages where the new one is."""
    with database.backdoor.newer(99, KNOWN + 1, str(tmp_path)):
        with pytest.raises(WrongVersion, match="database_too_new") as caught:
            open_store(database.address)
        for language in ("en", "ru"):
            assert str(tmp_path) in sentence(caught.value, Texts(language))
    open_store(database.address).close()


def test_a_compatible_change_locks_nobody_out(database: Database, company: Company) -> None:
    """A newer database that says it can be used by this program is used, and stays the newer one."""
    with database.backdoor.newer(99, KNOWN, ""), closing(open_store(database.address)) as store:
        anna = replace(company.anna, store=store)
        entry = anna.add(company.petr)
        assert anna.everything() == (entry,)
        assert store.get_schema_version() == 99


def test_an_open_window_stops_and_loses_nothing(database: Database, company: Company, tmp_path: Path) -> None:
    """What is saved over a database that was made newer meanwhile is kept here, and stored once later."""
    with closing(open_store(database.address)) as window:
        anna = replace(company.anna, store=window)
        first = anna.add(company.petr)
        outbox = Outbox(tmp_path / "outbox", database.address, anna.lead_id, anna.name)
        write = Add(anna.draft(company.petr))
        with database.backdoor.newer(99, 99, ""):
            window.close()  # the next call makes the connection again
            with pytest.raises(WrongVersion, match="database_too_new"):
                outbox.save(window, anna.token, write)
            with pytest.raises(WrongVersion):
                anna.everything()
        assert [kept.write for kept in outbox.pending()] == [write]
        assert anna.everything() == (first,)
        (stored,) = outbox.send(window, anna.token).stored
        assert set(anna.everything()) == {first, stored[1]}
        assert outbox.pending() == ()
