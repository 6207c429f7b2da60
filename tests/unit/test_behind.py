"""Which entries stand behind a number, and whether they still come to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from mini_crm.domain.model import EntryFilter, EntrySort, EntrySum, ForecastRow, Status
from mini_crm.domain.period import following, preceding
from mini_crm.usecases.behind import Number, Rows, Total, behind, can_open, managers_behind
from report_data import DAY, MARCH, RUN, client, row

OPEN = frozenset({Status.EXPECTED})
OF_ENTRIES = [number for number in Number if number is not Number.FROM_NEW]
PAID = frozenset({Status.PAID})


def lead(**values: object) -> ForecastRow:
    """Make a lead's row of March, of which a day has come to 17 March."""
    own = client("1", open_count=3, overdue=1, paid_count=2, paid=50)
    return replace(row(MARCH, "RUB", [own], lead_id=7), **values)  # type: ignore[arg-type]


def rows(number: Number, of: ForecastRow) -> Rows:
    """Give the rows of a number that has some."""
    found = behind(number, of, RUN)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("number", "wanted", "first", "total"),
    [
        (
            Number.PAID,
            EntryFilter(statuses=PAID, status_on_from=MARCH.start, status_on_to=DAY),
            (EntrySort.STATUS_ON, True),
            Total(2, Decimal(50)),
        ),
        (
            Number.FROM_OPEN,
            EntryFilter(has_chance=True),
            (EntrySort.CONTRIBUTION, True),
            Total(contribution=40.0),
        ),
        (
            Number.EXPECTED,
            EntryFilter(statuses=OPEN, entered_to=DAY),
            (EntrySort.PAY_BY, False),
            Total(3, Decimal(100)),
        ),
        (
            Number.OVERDUE,
            EntryFilter(statuses=OPEN, entered_to=DAY, pay_by_to=DAY - timedelta(days=1)),
            (EntrySort.PAY_BY, False),
            Total(1),
        ),
        (
            Number.DUE_TODAY,
            EntryFilter(statuses=OPEN, entered_to=DAY, pay_by_from=DAY, pay_by_to=DAY),
            (EntrySort.PAY_BY, False),
            Total(0),
        ),
        (
            Number.WON,
            EntryFilter(statuses=PAID, status_on_from=date(2025, 3, 18), status_on_to=DAY),
            (EntrySort.STATUS_ON, True),
            Total(2),
        ),
        (
            Number.RESOLVED,
            EntryFilter(statuses=PAID | {Status.REFUSED}, status_on_from=date(2025, 3, 18), status_on_to=DAY),
            (EntrySort.STATUS_ON, True),
            Total(2),
        ),
    ],
)
def test_each_number_has_its_rows(
    number: Number, wanted: EntryFilter, first: tuple[EntrySort, bool], total: Total
) -> None:
    """The rows are those that the run counted by its day, what matters most to the number first."""
    found = rows(number, lead())
    assert found.filter == replace(wanted, unit="RUB")
    assert ((found.sort, found.descending), found.period, found.total) == (first, MARCH, total)


@pytest.mark.parametrize("number", OF_ENTRIES)
def test_a_managers_number_has_rows_of_this_manager_only(number: Number) -> None:
    """The same number of a manager opens the manager's part of the lead's rows."""
    mine, all_rows = rows(number, lead(manager_id=9)), rows(number, lead())
    assert mine.filter == replace(all_rows.filter, manager_id=9)


@pytest.mark.parametrize("number", Number)
def test_the_company_has_no_list(number: Number) -> None:
    """Only a lead has a list of entries, so the company's numbers open none."""
    assert behind(number, lead(lead_id=None), RUN) is None


def test_what_a_period_cannot_have() -> None:
    """Nothing is paid in a period that has not begun, and nothing is to come in one that is over."""
    ahead, over = lead(), lead()
    ahead, over = replace(ahead, period=following(MARCH)), replace(over, period=preceding(MARCH))
    assert behind(Number.PAID, ahead, RUN) is None
    assert behind(Number.FROM_OPEN, over, RUN) is None
    assert rows(Number.PAID, over).filter.status_on_to == over.period.end


def test_what_the_rows_come_to_by_now() -> None:
    """What was paid meanwhile counts by what came; what a number does not count by is not compared."""
    sums = (
        EntrySum("RUB", Status.EXPECTED, 2, Decimal("60.00"), 25.5),
        EntrySum("RUB", Status.PAID, 1, Decimal("39.99"), 14.5),
    )
    assert rows(Number.EXPECTED, lead()).total_of(sums) == Total(3, Decimal("99.99"))
    now = rows(Number.FROM_OPEN, lead()).total_of(sums)
    assert now == Total(contribution=40.0)
    assert now.is_same(Total(contribution=40.0 + 1e-12))
    assert not now.is_same(Total(contribution=40.001))
    assert not Total(3, Decimal("99.99")).is_same(Total(3, Decimal("100.00")))


def test_from_new_has_managers_and_no_rows() -> None:
    """Nobody has made new entries yet: their number is made of the managers', the largest first."""
    mine = lead(from_new=30.0)
    managers = [
        replace(mine, manager_id=1, from_new=10.0),
        replace(mine, manager_id=2, from_new=20.0),
        replace(mine, manager_id=3, from_new=0.0),
        replace(mine, manager_id=1, unit="pcs", from_new=5.0),
        replace(mine, manager_id=1, period=following(MARCH), from_new=5.0),
        replace(mine, manager_id=4, lead_id=8, from_new=5.0),
    ]
    assert [one.manager_id for one in managers_behind(mine, managers)] == [2, 1]


def test_what_is_a_link() -> None:
    """A number is a link where something is behind it: not 0, not the company's, not a manager's new ones."""
    mine = lead(from_new=30.0, won=1, resolved=1)
    assert all(can_open(number, mine, RUN) for number in Number if number is not Number.DUE_TODAY)
    assert not can_open(Number.DUE_TODAY, mine, RUN)
    assert not any(can_open(number, replace(mine, lead_id=None), RUN) for number in Number)
    assert not can_open(Number.FROM_NEW, replace(mine, manager_id=9), RUN)
    assert can_open(Number.FROM_OPEN, replace(mine, manager_id=9), RUN)
    assert behind(Number.FROM_NEW, mine, RUN) is None
