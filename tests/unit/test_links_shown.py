"""What is shown under a link adds up, digit by digit, to what the link shows, on every page."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from contract.company_kinds import KINDS
from contract.sales import BY, Sale, companies, expected, paid, refused, sign_in, store_company
from fakes import ImmediateTasks
from mini_crm.domain.model import EntrySort
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.company.page import CompanyRow
from mini_crm.ui.company.page_presenter import CompanyPresenter
from mini_crm.ui.company.texts import Key
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.head_presenter import Part
from mini_crm.ui.entries.page_presenter import EntriesPresenter
from mini_crm.ui.entries.texts import COLUMNS, Row
from mini_crm.ui.forecast.page_presenter import ForecastPresenter
from mini_crm.ui.linked import pieces_of
from mini_crm.ui.memory import Memory
from mini_crm.usecases.behind import Number
from unit.company_parts import FakeView as FakeCompanyView
from unit.fake_entries_view import FakeEntriesView
from unit.test_forecast_presenter import FakeView as FakeForecastView

UNEVEN = [
    *(paid(60 - n, 50 - n, lead=f"Lead {n % 2}", manager=str(n % 3)) for n in range(24)),
    *(refused(60 - n, 45 - n, lead=f"Lead {n % 2}", manager=str(n % 3)) for n in range(24)),
    *(
        expected(n, amount=Decimal(700 + 13 * n), lead=f"Lead {n % 2}", manager=str(n % 3))
        for n in range(1, 40)
    ),
]
"""Two leads with three managers each, of whom hardly a number is whole."""
COUNTS = {Number.OVERDUE, Number.DUE_TODAY, Number.WON, Number.RESOLVED}


def digits(text: str) -> Decimal:
    """Give the number that a text begins with, leaving out what stands before it."""
    found = re.search(r"\d[\d\u00a0,]*(\.\d+)?", text)
    assert found, text
    return Decimal(re.sub(r"[\u00a0,]", "", found[0]))


def added(rows: list[Row], column: EntrySort) -> Decimal:
    """Add up a column as a person reads it; an empty cell is nothing."""
    cells = [row.cells[COLUMNS.index(column)] for row in rows]
    return sum((digits(cell) for cell in cells if cell), Decimal(0))


def check(number: Number, shown: str, rows: list[Row], summary: str, said: str) -> bool:
    """Compare a link with what stands under it; says whether it was rounded at all."""
    if number in COUNTS:
        assert len(rows) == digits(shown), (number, shown)
    elif number is Number.FROM_OPEN:
        told = sum((digits(part) for part in summary.split("contribution ")[1:]), Decimal(0))
        assert (added(rows, EntrySort.CONTRIBUTION), told) == (digits(shown),) * 2, (shown, summary)
        assert digits(said.split(": ")[-1]) == digits(shown), (shown, said)
        return True
    else:  # to the kopeck, which the link leaves out
        column = EntrySort.PAID_AMOUNT if number is Number.PAID else EntrySort.AMOUNT
        assert abs(added(rows, column) - digits(shown)) < 1, (number, shown)
    return False


def desk_of(store: SqliteStore, token: bytes) -> Desk:
    """Give the place of work of a session."""
    return Desk(
        store, Texts("en"), ImmediateTasks(), store.get_session(token), token, "test", memory=Memory()
    )


def check_own_pages(store: SqliteStore, token: bytes) -> int:
    """Open every number of the head line and of the forecast page; gives how many were rounded."""
    desk, view, page = desk_of(store, token), FakeEntriesView(), FakeForecastView()
    entries = EntriesPresenter(desk, view)
    entries.start()
    forecast = ForecastPresenter(desk, page, open_rows=entries.open_rows)
    forecast.start()
    rounded = 0

    def opened(number: Number, shown: str) -> None:
        nonlocal rounded
        rows, table = list(view.table.rows), view.table
        rounded += check(number, shown, rows, table.summary, view.filters.opened)
        if number is Number.FROM_OPEN and len(rows) > 1:  # and so do some of them that are chosen
            table.chosen = [row.entry_id for row in rows[: len(rows) // 2 + 1]]
            entries.table.chosen_changed()
            part = added(rows[: len(rows) // 2 + 1], EntrySort.CONTRIBUTION)
            told = sum((digits(text) for text in table.summary.split("contribution ")[1:]), Decimal(0))
            assert told == part
            table.chosen = []

    for period in range(len(view.head.periods))[:2]:  # this month and this quarter
        entries.head.choose_period(period)
        for at in range(len(view.head.bars)):
            for part in (Part.PAID, Part.FROM_OPEN):
                text = view.head.bars[at].parts.get(part, "")
                for piece in pieces_of(text):
                    if piece.number is not None:
                        entries.head.open(at, piece.number)
                        opened(piece.number, piece.text)
        forecast.refresh()
        for at, row in enumerate(page.page.rows):
            for column, number in enumerate(row.links):
                if number is not None and number not in (Number.FROM_NEW, Number.RESOLVED, Number.WON):
                    forecast.open_cell(at, column)
                    opened(number, row.cells[column])
    return rounded


def check_company_page(store: SqliteStore, name: str) -> int:
    """Open every number of leads and managers on a head's company page; gives how many were rounded."""
    lead = store.set_head(name, True, BY)
    desk, view = desk_of(store, sign_in(store, lead.lead_id, name)), FakeCompanyView()
    presenter = CompanyPresenter(desk, view)
    presenter.start()
    numbers = {Key.PAID: Number.PAID, Key.FROM_OPEN: Number.FROM_OPEN, Key.OVERDUE: Number.OVERDUE}
    rounded = 0

    def open_all(row: CompanyRow, keys: tuple[Key, ...]) -> None:
        nonlocal rounded
        for column in row.links:
            number = numbers.get(keys[column])
            if number is not None:
                presenter.open_number(row.name, column)
                said = f": {view.rows.behind.removeprefix('From open')}"
                rounded += check(number, row.cells[column], view.rows.rows, view.rows.summary, said)

    for unit in range(len(view.page.units)):
        presenter.choose_unit(unit)
        leads = view.page.leads
        for row in leads.rows:
            if row.is_total:
                continue
            for column in sorted(row.links):
                open_all(replace(row, links=frozenset({column})), leads.keys)
                presenter.back()
            presenter.open_row(row.name)
            assert view.lead is not None
            for below in view.lead.managers.rows:
                open_all(below, view.lead.managers.keys)
            presenter.back()
    return rounded


@contextmanager
def filled(sales: list[Sale]) -> Iterator[tuple[SqliteStore, dict[str, bytes]]]:
    """Give a computed company, and its leads' sessions."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.create(Path(folder) / "company.sqlite", time_zone="UTC")
        tokens = store_company(store, sales)
        store.aggregate_forecast(None, BY)
        yield store, tokens
        store.close()


@pytest.mark.parametrize("kind", ["two units", "uneven"])
def test_a_kind_of_company(kind: str) -> None:
    """Of a company with many rows cells, sums and sentences have the digits of the link."""
    with filled(UNEVEN if kind == "uneven" else KINDS[kind]) as (store, tokens):
        rounded = sum(check_own_pages(store, token) for token in tokens.values())
        rounded += check_company_page(store, next(iter(tokens)))
    assert rounded > 20


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(sales=companies())
@example(sales=[expected(3, amount=Decimal("0.01")), paid(9, 1), refused(8, 2)])
def test_any_company(sales: list[Sale]) -> None:
    """So they have whatever the entries are."""
    with filled(sales) as (store, tokens):
        for token in tokens.values():
            check_own_pages(store, token)
        check_company_page(store, next(iter(tokens)))
