"""What the tests of the outbox share: a database behind a line that breaks, and a lead who writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contract.company import Company, Desk, found
from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.outbox import Add, Outbox

ADDRESS = "sqlite:///sales.sqlite"


class Line:
    """A store behind a line that breaks: before the request arrives, or after it is done."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.fails: list[str] = []
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.asked.append(name)
            failure = self.fails.pop(0) if self.fails else ""
            if failure == "request lost":
                raise DatabaseUnreachable("database_unreachable")
            result = getattr(self.store, name)(*arguments)
            if failure == "answer lost":
                raise DatabaseUnreachable("database_unreachable")
            return result

        return call

    def writes(self) -> list[str]:
        """Give the operations that would change something."""
        return [name for name in self.asked if name.endswith("_entry")]


def pins(desk: Desk) -> list[str]:
    """Give the PINs in the database, oldest first."""
    return [entry.client_pin for entry in desk.everything()]


def waiting(outbox: Outbox) -> list[UUID]:
    """Give what is not stored yet."""
    return [kept.write.op_id for kept in outbox.pending()]


def add(company: Company, pin: str, **fields: Any) -> Add:
    """Make a write that adds an entry."""
    return Add(company.anna.draft(company.petr, client_pin=pin, **fields))


def only_file(outbox: Outbox) -> Path:
    """Give the file of the one write that is kept."""
    (path,) = outbox.folder.iterdir()
    return path


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """Give a small company in a database of its own."""
    store = SqliteStore.create(tmp_path / "sales.sqlite")
    yield found(store)
    store.close()


@pytest.fixture
def anna(company: Company) -> Desk:
    """Give the lead at work."""
    return company.anna


@pytest.fixture
def line(company: Company) -> Line:
    """Give the way to the database."""
    return Line(company.store)


@pytest.fixture
def outbox(tmp_path: Path, anna: Desk) -> Outbox:
    """Give Anna's outbox."""
    return Outbox(tmp_path / "outbox", ADDRESS, anna.lead_id, anna.name)
