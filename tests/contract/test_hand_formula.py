"""The hand formula gives the figures that the first version published."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from mini_crm.domain.model import ImportRow, RosterRow, Status
from mini_crm.domain.period import month_of
from mini_crm.store.port import Store

# Expected amount, paid and resolved entries, and the forecast that the first version printed.
PUBLISHED = [
    (312_017, 7, 15, 145_608),
    (517_792, 6, 53, 58_618),
    (104_808, 1, 12, 8_734),
    (87_534, 8, 117, 5_985),
    (78_446, 16, 85, 14_766),
]


@pytest.mark.parametrize(("expected", "won", "resolved", "published"), PUBLISHED)
def test_published_figures(store: Store, expected: int, won: int, resolved: int, published: int) -> None:
    """Expected x paid / resolved, with nothing paid in the period, is the published forecast."""
    today = store.get_today()
    long_ago = today - timedelta(days=500)

    def row(status: Status, amount: int, days: int) -> ImportRow:
        return ImportRow(
            line=2,
            client_ref=uuid4(),
            lead="Lead",
            group="Group",
            manager="Manager",
            client_pin="1",
            amount=Decimal(amount),
            paid_amount=None,
            entered_on=long_ago,
            pay_by=None,
            status=status,
            status_on=None if status is Status.EXPECTED else long_ago + timedelta(days=days),
            comment="",
        )

    history = [row(Status.PAID if n < won else Status.REFUSED, 10, n % 30) for n in range(resolved)]
    roster = [RosterRow("Lead", "Group", "Manager", "RUB")]
    store.import_entries("published", [*history, row(Status.EXPECTED, expected, 0)], "test", roster=roster)
    store.aggregate_forecast(None, "test")
    month = month_of(today)
    (lead,) = (row for row in store.get_company_forecast().leads if row.period == month)
    assert (lead.won_all, lead.resolved_all) == (won, resolved)
    assert round(lead.hand_formula) == published
