"""The entry page without a screen, over a real database: fixtures of its tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.company import ANNA, NORTH, PETR, Company, found
from fakes import ImmediateTasks
from mini_crm.domain.model import EntrySort
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.chosen import NOTHING, remember_filters, remember_order
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.page_presenter import EntriesPresenter
from mini_crm.ui.memory import Memory
from mini_crm.usecases.outbox import Outbox
from unit.fake_entries_view import Cable, FakeEntriesView

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""A Wednesday."""


@dataclass
class Page:
    """The page of Anna, with all that a test may pull at."""

    company: Company
    cable: Cable
    tasks: ImmediateTasks
    view: FakeEntriesView
    desk: Desk
    presenter: EntriesPresenter

    def fill(self, **fields: object) -> None:
        """Type a form; what is not given is usual."""
        usual = FormValues(NORTH, PETR, "0042", "1500,50", "25.03.2026")
        self.view.form.values = replace(usual, **fields)  # type: ignore[arg-type]

    def add(self, **fields: object) -> int:
        """Type a form, save it, and give the new entry's number."""
        self.fill(**fields)
        self.presenter.form.save()
        return self.company.anna.everything()[-1].entry_id

    def tick(self) -> None:
        """Let the next poll come."""
        self.tasks.advance(5_000)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give the clock of database and page."""
    return Clock()


@pytest.fixture
def company(tmp_path: Path, clock: Clock) -> Iterator[Company]:
    """Give the company of the contract tests."""
    store = SqliteStore.create(tmp_path / "company.sqlite", time_zone="UTC", clock=clock)
    yield found(store)
    store.close()


def all_newest_first(lead_name: str = ANNA) -> Memory:
    """Give the memory of a computer on which a lead has chosen to see all entries, the newest first."""
    memory = Memory()
    remember_filters(memory.of(lead_name), NOTHING)
    remember_order(memory.of(lead_name), EntrySort.ENTRY_ID, descending=True)
    return memory


def desk_of(
    company: Company, memory: Memory, outbox: Outbox | None = None
) -> tuple[Desk, Cable, ImmediateTasks]:
    """Give Anna's desk before there is any page on it."""
    cable, tasks, anna = Cable(company.store), ImmediateTasks(), company.anna
    session = company.store.get_session(anna.token)
    desk = Desk(
        cable,  # type: ignore[arg-type]
        Texts("ru"),
        tasks,
        session,
        anna.token,
        "test",
        outbox,
        memory=memory,
    )
    return desk, cable, tasks


def open_page(
    company: Company, clock: Clock, outbox: Outbox | None = None, memory: Memory | None = None
) -> Page:
    """Open the page in Russian."""
    memory = memory if memory is not None else all_newest_first()
    (desk, cable, tasks), view = desk_of(company, memory, outbox), FakeEntriesView()
    presenter = EntriesPresenter(desk, view, now=clock)
    presenter.start()
    return Page(company, cable, tasks, view, desk, presenter)


@pytest.fixture
def page(company: Company, clock: Clock) -> Page:
    """Give the page without an outbox."""
    return open_page(company, clock)


@pytest.fixture
def page_with_outbox(company: Company, clock: Clock, tmp_path: Path) -> Page:
    """Give the page with an outbox."""
    return open_page(
        company, clock, Outbox(tmp_path / "outbox", "sqlite:///company.sqlite", company.anna.lead_id, ANNA)
    )
