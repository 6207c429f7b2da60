"""How the embedded database finds the rows of a list: what is read, not how long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.company import Company, found
from mini_crm.domain.model import EntryFilter, EntrySort, Status
from mini_crm.store.sqlite import SqliteStore

OPEN = EntryFilter(statuses=frozenset({Status.EXPECTED}))
WITHOUT_TEXT = set(EntrySort) - {EntrySort.CLIENT_PIN, EntrySort.REASON, EntrySort.COMMENT}


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """Give the company of the contract tests."""
    store = SqliteStore.create(tmp_path / "company.sqlite", time_zone="UTC")
    yield found(store)
    store.close()


def plans(company: Company, wanted: EntryFilter, sort: EntrySort, *, descending: bool) -> tuple[str, str]:
    """Say how the database reads the page of a list, and what the list adds up to."""
    said = list[str]()
    connection = company.store.db.connection()
    connection.set_trace_callback(said.append)
    company.store.list_entries(company.anna.token, wanted, sort, descending=descending)
    connection.set_trace_callback(None)
    asked = [text for text in said if "e.LeadId = " in text]
    assert len(asked) == 2
    page, sums = (
        "\n".join(row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}")) for text in asked
    )
    return page, sums


def test_the_opening_page_is_read_in_its_order(company: Company) -> None:
    """What is expected, overdue first: rows are read until the page is full, and none is put in order."""
    page, _sums = plans(company, OPEN, EntrySort.PAY_BY, descending=False)
    found = page.split("SCAN p")[0]
    assert "USING INDEX IX_Entry_Open" in found
    assert "TEMP B-TREE" not in found


def test_the_newest_page_is_read_in_its_order(company: Company) -> None:
    """All entries, the newest first: the same."""
    page, _sums = plans(company, EntryFilter(), EntrySort.ENTRY_ID, descending=True)
    found = page.split("SCAN p")[0]
    assert "USING COVERING INDEX IX_Entry_List" in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", sorted(WITHOUT_TEXT))
def test_whole_lists_are_ordered_without_the_table(
    company: Company, sort: EntrySort, descending: bool
) -> None:
    """Only the rows of the page are read from the table, whatever day, number or name orders the list."""
    page, sums = plans(company, EntryFilter(), sort, descending=descending)
    assert "SEARCH e USING COVERING INDEX IX_Entry_List" in page
    assert "SEARCH e USING COVERING INDEX IX_Entry_List" in sums


def test_texts_are_read_as_the_table_has_them(company: Company) -> None:
    """An order by a text leaves the narrow copy alone: it would lead to each row of the table by itself."""
    page, _sums = plans(company, EntryFilter(), EntrySort.COMMENT, descending=False)
    assert "SEARCH e USING INDEX IX_Entry_List" not in page


def test_reasons_of_before_are_counted_without_the_table(company: Company) -> None:
    """They are asked for at every sign-in: only refusals with a reason are looked at."""
    said = list[str]()
    connection = company.store.db.connection()
    connection.set_trace_callback(said.append)
    company.store.list_reasons(company.anna.token)
    connection.set_trace_callback(None)
    (asked,) = [text for text in said if "GROUP BY Reason" in text]
    plan = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}")]
    assert "IX_Entry_Reason" in plan[0]
