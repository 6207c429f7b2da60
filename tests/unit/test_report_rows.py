"""The rows of the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

import report_data as data
from mini_crm.domain.errors import BadData
from mini_crm.domain.model import AccuracyRow, Bridge, ChangeKind, EntryChange, Report, RunKind
from mini_crm.domain.period import Stage, month_of
from mini_crm.report.bridge import Step
from mini_crm.report.past import accuracy_rows, change_counts, change_days, steps_of, trend_rows
from mini_crm.report.rows import (
    Level,
    Row,
    lead_rows,
    mask_pins,
    masked,
    other_periods,
    report_rows,
    stage,
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
    """Forecast and range end at the manager."""
    client = rows_of(data.report({"RUB": {"A": {"B": [data.client("1")]}}}))[3]
    assert (client.from_open, client.from_new) == (40, None)
    assert (client.forecast, client.low, client.high) == (None, None, None)


def test_only_the_period_is_shown() -> None:
    """Rows of other periods stand apart and double nothing."""
    report = data.report(data.TWO_UNITS)
    assert Counter(row.level for row in rows_of(report))[Level.COMPANY] == 2
    assert [(other.period, other.row.unit) for other in other_periods(report)] == [
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
        ("", Decimal("487.70")),
        ("Яковлева Ольга", 250),
        ("Ёлкин Иван", Decimal("237.70")),
        ("Жданова Инна", 0),
    ]


def test_trend_is_the_companys_and_tells_the_change() -> None:
    """Each day tells how far it moved since the stored day before, per unit."""
    points = (
        data.point(3, 30, 130.0),
        data.point(1, 10, 100.0),
        data.point(1, 1, 9.0, unit="pcs"),
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
    found = {(c.unit, c.kind): c for c in change_counts(report)}
    assert set(found) == {("RUB", ChangeKind.NEW), ("pcs", ChangeKind.PUSHED)}
    new = found["RUB", ChangeKind.NEW]
    assert (new.counts, new.sums) == ((1, 2), (10, 15))


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


def test_what_is_shown_adds_up() -> None:
    """Rounded from the company down, parts add up by column, and forecasts are the sums of their parts."""
    halves = {
        f"M{n}": [data.client(str(n), from_open=0.5), data.client(f"x{n}", from_open=0.3)] for n in range(5)
    }
    rows = rows_of(data.report({"RUB": {"A": halves, "B": {"N": [data.client("9", from_open=0.4)]}}}))
    at = {level: [row for row in rows if row.level == level] for level in Level}
    assert at[Level.COMPANY][0].from_open == 4  # 5 x 0.8 + 0.4
    for level in (Level.LEAD, Level.MANAGER, Level.CLIENT):
        assert sum(row.from_open for row in at[level]) == 4, level
    assert all(row.from_open % 1 == 0 for row in rows)
    for row in rows:
        if row.forecast is not None:
            assert row.forecast == row.paid + row.from_open + (row.from_new or 0)


def test_pieces_show_a_tenth() -> None:
    """A part of a piece tells something where there are few of them; a part of a rouble does not."""
    (company, *_) = rows_of(data.report({"pcs": {"A": {"B": [data.client("1", from_open=3.449)]}}}))
    assert company.from_open == Decimal("3.4")


def test_gap_to_the_target() -> None:
    """What is missing stands with a minus; without a target there is no gap."""
    tree = {"RUB": {"A": {"B": [data.client("1")]}}}
    company, lead, *_ = rows_of(data.report(tree, targets={"A": 160}))
    assert (lead.gap, company.gap) == (-120, None)


def test_the_range_lies_around_what_is_shown() -> None:
    """A forecast that was rounded lies within the range that stands beside it."""
    report = data.report({"RUB": {"A": {"B": [data.client("1", from_open=1.5)]}}})
    narrow = replace(report.forecast.company[0], from_open=1.5, forecast=1.5, low=1.45, high=1.55)
    report = replace(
        report, forecast=replace(report.forecast, company=(narrow, *report.forecast.company[1:]))
    )
    company = rows_of(report)[0]
    assert (company.low, company.forecast, company.high) == (1, 2, 2)


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        (RunKind.LIVE, date(2026, 2, 28), Stage.AHEAD),
        (RunKind.LIVE, date(2026, 3, 1), Stage.RUNNING),
        (RunKind.LIVE, date(2026, 3, 31), Stage.RUNNING),
        (RunKind.LIVE, date(2026, 4, 1), Stage.OVER),
        (RunKind.AS_OF, date(2026, 2, 27), Stage.AHEAD),
        (RunKind.AS_OF, date(2026, 2, 28), Stage.RUNNING),
        (RunKind.AS_OF, date(2026, 3, 30), Stage.RUNNING),
        (RunKind.AS_OF, date(2026, 3, 31), Stage.OVER),
    ],
)
def test_stage_of_a_period(kind: RunKind, day: date, expected: Stage) -> None:
    """A live run has its day before it; one as of an evening has that day behind it."""
    assert stage(data.MARCH, replace(data.RUN, kind=kind, count_day=day)) is expected


def bridge(**values: object) -> Bridge:
    """Make a bridge from 100.4 to 87.3, in the unit of the report's company."""
    given = {
        "before": 100.4,
        "won": 60.3,
        "lost": -30.3,
        "new": 10.3,
        "put_off": -4.2,
        "put_off_count": 2,
        "amounts": 1.5,
        "changed": -0.4,
        "rest": -50.3,
        "now": 87.3,
    }
    return Bridge(unit="RUB", since=data.DAY - timedelta(days=1), **(given | values))  # type: ignore[arg-type]


def test_a_bridge_adds_up_as_it_is_shown() -> None:
    """Rounded, the steps lead from the forecast before to that of now, which is what the company shows."""
    tree = {"RUB": {"A": {"B": [data.client("1", from_open=87.3)]}}}
    changes = (change(ChangeKind.NEW, 1, 10), change(ChangeKind.PAID, 1, 70), change(ChangeKind.PUSHED, 1, 5),
               change(ChangeKind.PAID, 7, 70), change(ChangeKind.MORE, 1, 2),
               change(ChangeKind.MOVED, 1, 9), change(ChangeKind.PULLED, 1, 3))  # fmt: skip
    report = replace(data.report(tree), changes=changes, bridges=(bridge(),))
    steps = steps_of(report, report.bridges[0])
    assert [step.step for step in steps] == list(Step)
    amounts = {step.step: step.amount for step in steps}
    assert (amounts[Step.BEFORE], amounts[Step.NOW]) == (100, 87)
    assert sum(list(amounts.values())[:-1]) == 87
    assert [step.changes for step in steps] == [None, 1, 0, 1, 2, 1, 1, None, None]
    # Each step of the picture begins where the one before ended.
    level = steps[0].amount
    for step in steps[1:-1]:
        assert step.floor == min(level, level + step.amount)
        assert (step.up or 0) - (step.down or 0) == step.amount
        level += step.amount
    assert level == steps[-1].total


def test_a_bridge_with_kopecks_adds_up_too() -> None:
    """The present forecast has the kopecks of what is paid, and the steps lead exactly to it."""
    tree = {"RUB": {"A": {"B": [data.client("1", from_open=80.0, paid="7.30", paid_count=1)]}}}
    report = replace(data.report(tree), bridges=(bridge(),))
    *steps, now = steps_of(report, report.bridges[0])
    assert now.amount == Decimal("87.30")
    assert sum(step.amount for step in steps) == Decimal("87.30")


def test_a_bridge_between_equal_ends_shows_what_happened() -> None:
    """What came and what went stand there also where they cancel each other out."""
    tree = {"pcs": {"A": {"B": [data.client("1", from_open=280.069)]}}}
    one = replace(bridge(won=0.0, lost=0.0, put_off=0.0, amounts=0.0, changed=0.0), unit="pcs")
    one = replace(one, before=280.083, new=3.977, rest=-3.991, now=280.069)
    report = replace(data.report(tree), bridges=(one,))
    amounts = {step.step: step.amount for step in steps_of(report, one)}
    assert (amounts[Step.BEFORE], amounts[Step.NOW]) == (Decimal("280.1"), Decimal("280.1"))
    assert (amounts[Step.NEW], amounts[Step.REST]) == (4, -4)


def test_another_method_is_no_movement() -> None:
    """From the last day of one method to the first of the next the forecast has not moved."""
    old = replace(data.point(1, 10, 60.0), method=1)
    rows = trend_rows(
        data.report(data.TWO_UNITS, trend=(old, data.point(2, 15, 100.0), data.point(3, 15, 98.0)))
    )
    assert [row.forecast_change for row in rows] == [None, None, -2]
    assert [row.paid_change for row in rows] == [None, 5, 0]


def test_a_stored_day_shows_what_its_report_showed() -> None:
    """The forecast of a stored day is the sum of its rounded parts."""
    point = replace(data.point(1, 10, 12.0), from_open=0.6, forecast=12.2)
    (row,) = trend_rows(data.report(data.TWO_UNITS, trend=(point,)))
    assert row.forecast == 13  # 10 + 1 + 2


def test_methods_stand_apart_in_accuracy() -> None:
    """Of one period the days of method 2 stand before those of method 1, and before recalculated ones."""
    stored = AccuracyRow(month_of(date(2026, 1, 1)), None, "", "RUB", 20, 0.1, 0.9, 16)
    old = replace(stored, method=1)
    recalculated = replace(stored, is_recalculated=True)
    report = data.report(data.TWO_UNITS, accuracy=(old, recalculated, stored))
    assert accuracy_rows(report) == [stored, old, recalculated]
