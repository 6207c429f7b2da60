"""The rows of the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

import report_data as data
from mini_crm.domain.errors import BadData
from mini_crm.domain.model import AccuracyRow, ChangeKind, EntryChange, Report
from mini_crm.domain.period import month_of
from mini_crm.report.rows import (
    Level,
    Row,
    accuracy_rows,
    change_counts,
    change_days,
    lead_rows,
    mask_pins,
    masked,
    other_periods,
    report_rows,
    trend_rows,
)

ROOM = 1_000


def rows_of(report: Report) -> tuple[Row, ...]:
    """Lay out everything."""
    return report_rows(report, limit=ROOM).rows


def names(row: Row) -> tuple[str, str, str]:
    """Say whose row it is."""
    return row.lead, row.manager, row.client_pin


def test_order_is_unit_lead_manager_client() -> None:
    """Each unit begins with the company; below each lead stand the managers, below them the clients."""
    found = [(row.unit, row.level.name[0], *names(row)) for row in rows_of(data.report(data.TWO_UNITS))]
    assert found == [
        ("RUB", "C", "", "", ""),
        ("RUB", "L", "Ёлкин Иван", "", ""),
        ("RUB", "M", "Ёлкин Иван", "Ершова Анна", ""),
        ("RUB", "C", "Ёлкин Иван", "Ершова Анна", "9"),
        ("RUB", "M", "Ёлкин Иван", "Зуев Олег", ""),
        ("RUB", "C", "Ёлкин Иван", "Зуев Олег", "007"),
        ("RUB", "C", "Ёлкин Иван", "Зуев Олег", "00012345"),
        ("RUB", "L", "Жданова Инна", "", ""),
        ("RUB", "M", "Жданова Инна", "Ким Ли", ""),
        ("RUB", "L", "Яковлева Ольга", "", ""),
        ("RUB", "M", "Яковлева Ольга", "Жуков Пётр", ""),
        ("RUB", "C", "Яковлева Ольга", "Жуков Пётр", "0042"),
        ("pcs", "C", "", "", ""),
        ("pcs", "L", "Ёлкин Иван", "", ""),
        ("pcs", "M", "Ёлкин Иван", "Зуев Олег", ""),
        ("pcs", "C", "Ёлкин Иван", "Зуев Олег", "007"),
    ]


def test_units_do_not_mix() -> None:
    """The company has a row for each unit, with that unit's sum only."""
    company = {row.unit: row for row in rows_of(data.report(data.TWO_UNITS)) if row.level == Level.COMPANY}
    assert company["RUB"].expected == Decimal("1400.50")
    assert company["pcs"].expected == 12


def test_overdue_equals_the_rows_behind_it() -> None:
    """The company's overdue and due entries are those that the clients' rows add up to."""
    rows = rows_of(data.report(data.TWO_UNITS))
    total = next(row for row in rows if row.unit == "RUB" and row.level == Level.COMPANY)
    behind = [row for row in rows if row.unit == "RUB" and row.level == Level.CLIENT]
    assert (total.overdue, total.due_today, total.open_count, total.clients) == (2, 1, 4, 3)
    assert total.overdue == sum(row.overdue for row in behind)
    assert total.clients == sum(row.clients for row in behind)


def test_manager_shows_the_raw_win_rate() -> None:
    """A manager's win rate is what was counted; a lead's is the run's; a client has none."""
    clients = [data.client("1", paid_count=7, refused_count=8)]
    company, lead, manager, client = rows_of(data.report({"RUB": {"A": {"B": clients}}}))
    assert manager.win_rate == 7 / 15
    assert (manager.won, manager.resolved) == (7, 15)
    assert (company.win_rate, lead.win_rate) == (0.5, 0.5)
    assert (client.win_rate, client.resolved) == (None, None)


def test_manager_without_resolved_entries_has_no_rate() -> None:
    """Nothing resolved is no rate, and not zero."""
    rows = rows_of(data.report({"RUB": {"A": {"B": [data.client("1")]}}}))
    assert rows[2].win_rate is None


def test_share_of_the_target() -> None:
    """Forty of a target of 160 are a quarter; without a target there is no share."""
    tree = {"RUB": {"A": {"B": [data.client("1")]}}}
    company, lead, manager, _client = rows_of(data.report(tree, targets={"A": 160}))
    assert lead.target_share == 0.25
    assert company.target_share is None
    assert manager.target_share is None


def test_client_has_only_what_is_to_come() -> None:
    """Forecast, range and hand formula end at the manager."""
    client = rows_of(data.report({"RUB": {"A": {"B": [data.client("1")]}}}))[3]
    assert (client.from_open, client.from_new) == (40.0, None)
    assert (client.forecast, client.low, client.high, client.hand_formula) == (None, None, None, None)


def test_only_the_period_is_shown() -> None:
    """Rows of other periods stand apart and double nothing."""
    report = data.report(data.TWO_UNITS)
    assert Counter(row.level for row in rows_of(report))[Level.COMPANY] == 2
    assert [(row.period, row.unit) for row in other_periods(report)] == [
        (data.YEAR, "RUB"),
        (data.YEAR, "pcs"),
    ]


def test_clients_are_left_out_where_they_do_not_fit() -> None:
    """All rows that fit are shown; one too many and the clients are out, all of them."""
    report = data.report(data.TWO_UNITS)
    assert len(report_rows(report, limit=16).rows) == 16
    short = report_rows(report, limit=15)
    assert short.clients_left_out == 5
    assert len(short.rows) == 11
    assert max(row.level for row in short.rows) == Level.MANAGER


def test_too_many_managers_are_an_error() -> None:
    """A report that would have to leave out managers is not made."""
    with pytest.raises(BadData) as error:
        report_rows(data.report(data.TWO_UNITS), limit=10)
    assert error.value.code == "report_too_large"
    assert error.value.data == {"rows": 11, "limit": 10}


def test_company_without_entries_has_no_rows() -> None:
    """Nothing entered, nothing shown, no error."""
    assert rows_of(data.report({})) == ()


def test_summary_begins_with_the_largest_forecast() -> None:
    """The company comes first, then the leads by forecast."""
    rows = rows_of(data.report(data.TWO_UNITS))
    assert [(row.lead, row.forecast) for row in lead_rows(rows, "RUB")] == [
        ("", 487.95),
        ("Яковлева Ольга", 250.25),
        ("Ёлкин Иван", pytest.approx(237.70)),
        ("Жданова Инна", 0.0),
    ]


def test_trend_is_the_companys_and_tells_the_change() -> None:
    """Leads' days are left out; each day tells how far it moved since the stored day before, per unit."""
    points = (
        data.point(3, 30, 130.0),
        data.point(1, 10, 100.0),
        data.point(1, 1, 9.0, unit="pcs"),
        data.point(2, 5, 5.0, lead_id=1),
    )
    rows = trend_rows(data.report(data.TWO_UNITS, trend=points))
    assert [(r.point.unit, r.point.day.day, r.forecast_change, r.paid_change) for r in rows] == [
        ("RUB", 1, None, None),
        ("RUB", 3, 30.0, Decimal(20)),
        ("pcs", 1, None, None),
    ]


def test_accuracy_is_ordered() -> None:
    """The newest period comes first, in it the company before the leads by name."""
    january = AccuracyRow(month_of(date(2026, 1, 1)), None, "", "RUB", 20, 0.1, 0.9, 16)
    february = replace(january, period=month_of(date(2026, 2, 1)))
    lead = replace(february, lead_id=2, lead_name="Б")
    other = replace(february, lead_id=1, lead_name="А")
    report = data.report(data.TWO_UNITS, accuracy=(january, lead, february, other))
    assert accuracy_rows(report) == [february, other, lead, january]


def change(kind: ChangeKind, days: int, amount: int, unit: str = "RUB") -> EntryChange:
    """Make a change since so many days before the run."""
    return EntryChange(
        since=data.DAY - timedelta(days=days),
        kind=kind,
        lead_name="A",
        manager_name="B",
        client_pin="00042",
        unit=unit,
        amount=Decimal(amount),
        old=None,
        new=None,
        pushes=0,
        changed_at=data.RUN.as_of,
        changed_by="A",
    )


def test_changes_are_counted_by_unit_and_kind() -> None:
    """Each unit has its own counts and sums, since yesterday and since a week; units never mix."""
    changes = (
        change(ChangeKind.NEW, 1, 10),
        change(ChangeKind.NEW, 7, 10),
        change(ChangeKind.NEW, 7, 5),
        change(ChangeKind.PUSHED, 7, 3, "pcs"),
    )
    report = replace(data.report(data.TWO_UNITS), changes=changes)
    assert change_days(report) == (date(2026, 3, 16), date(2026, 3, 10))
    found = {(c.unit, c.kind): c for c in change_counts(report) if c.day_count or c.week_count}
    assert set(found) == {("RUB", ChangeKind.NEW), ("pcs", ChangeKind.PUSHED)}
    new = found["RUB", ChangeKind.NEW]
    assert (new.day_count, new.day_sum, new.week_count, new.week_sum) == (1, 10, 2, 15)


@pytest.mark.parametrize(
    ("pin", "shown"),
    [("00012345", "\u2022\u2022\u2022\u202245"), ("4711", "\u2022\u2022\u2022\u2022"), ("", "")],
)
def test_masked_pin(pin: str, shown: str) -> None:
    """Only the last two characters can be read, of a short PIN none, and its length cannot be told."""
    assert masked(pin) == shown


def test_all_pins_are_masked() -> None:
    """No PIN of a client or a change escapes, and nothing else changes."""
    report = replace(data.report(data.TWO_UNITS), changes=(change(ChangeKind.NEW, 1, 10),))
    hidden = mask_pins(report)
    assert {c.client_pin[:4] for c in hidden.clients} == {"\u2022" * 4}
    assert hidden.changes[0].client_pin == "\u2022" * 4 + "42"
    assert hidden.forecast == report.forecast
