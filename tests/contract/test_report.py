"""What the report reads: one run, whole, whatever happens to entries after it; trend and accuracy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from contract.backdoor import Backdoor
from contract.company import BY, MARIA, OLEG, PETR, ROSTER, Company, bring, fill, import_row
from mini_crm.domain.errors import NotFound
from mini_crm.domain.model import ChangeKind, EntryChange, ForecastRow, Report, ReportClient, Status
from mini_crm.domain.period import Period, PeriodKind, month_of, quarter_of, standing_periods

COUNTS = ("open_count", "due_today", "overdue", "expected", "paid_count", "paid", "refused_count", "refused")


def numbers(rows: Iterable[Any]) -> dict[str, Any]:
    """Add the counts and sums of some rows up."""
    listed = list(rows)
    return {name: sum(getattr(row, name) for row in listed) for name in COUNTS}


def own_numbers(row: ForecastRow) -> dict[str, Any]:
    """Give a row's counts and sums."""
    return {name: getattr(row, name) for name in COUNTS}


@pytest.fixture
def reported(company: Company) -> Company:
    """Give the company with entries and one complete run."""
    fill(company)
    company.store.aggregate_forecast(None, "test")
    return company


def test_no_report_yet(company: Company) -> None:
    """Without a complete live run there is no report."""
    with pytest.raises(NotFound):
        company.store.get_report()
    company.store.aggregate_forecast(company.day(-1), "test")
    with pytest.raises(NotFound):
        company.store.get_report()


def test_report_of_a_period(reported: Company) -> None:
    """A report is of one period of the run, the current month by default; others are not there."""
    store = reported.store
    report = store.get_report()
    assert report.period == month_of(reported.today)
    assert report == store.get_report(month_of(reported.today))
    assert report.database == store.name
    for period in standing_periods(reported.today):
        assert store.get_report(period).period == period
        assert store.get_report(period).forecast == store.get_company_forecast()
    month_before_last = month_of(month_of(reported.today).start - timedelta(days=40))
    for period in (month_before_last, Period(PeriodKind.CUSTOM, reported.today, reported.day(3))):
        with pytest.raises(NotFound):
            store.get_report(period)


@pytest.mark.parametrize("kind", ["month", "quarter", "year"])
def test_children_add_up(reported: Company, kind: str) -> None:
    """Clients add up to their manager, managers to their lead, leads to the company, in every number."""
    period = next(p for p in standing_periods(reported.today) if p.kind == kind)
    report = reported.store.get_report(period)
    forecast = report.forecast
    managers = [row for row in forecast.managers if row.period == period]
    leads = [row for row in forecast.leads if row.period == period]
    totals = [row for row in forecast.company if row.period == period]
    assert (len(managers), len(leads), len(totals)) == (5, 3, 2)
    for row in managers:
        below: list[Any] = [
            client
            for client in report.clients
            if (client.lead_id, client.manager_id, client.unit) == (row.lead_id, row.manager_id, row.unit)
        ]
        assert numbers(below) == own_numbers(row)
        assert row.clients == sum(client.open_count > 0 for client in below)
        assert sum(c.from_open for c in below) == pytest.approx(row.from_open, rel=1e-9, abs=1e-9)
    for row in leads:
        below = [m for m in managers if (m.lead_id, m.unit) == (row.lead_id, row.unit)]
        assert numbers(below) == own_numbers(row)
        assert row.clients == sum(m.clients for m in below)
        assert sum(m.from_open for m in below) == pytest.approx(row.from_open, rel=1e-9, abs=1e-9)
        assert sum(m.from_new for m in below) == pytest.approx(row.from_new, rel=1e-9, abs=1e-9)
    for row in totals:
        below = [lead for lead in leads if lead.unit == row.unit]
        assert numbers(below) == own_numbers(row)
        assert row.clients == sum(lead.clients for lead in below)
        assert sum(lead.from_open for lead in below) == pytest.approx(row.from_open, rel=1e-9, abs=1e-9)
        assert sum(lead.from_new for lead in below) == pytest.approx(row.from_new, rel=1e-9, abs=1e-9)
        assert row.forecast == pytest.approx(float(row.paid) + row.from_open + row.from_new, rel=1e-9)
        assert sum(lead.hand_formula for lead in below) == pytest.approx(row.hand_formula, rel=1e-9)


def test_figures_are_those_of_the_entries(reported: Company) -> None:
    """Every client row has what the entries behind it say, overdue and due today included."""
    today, period = reported.today, quarter_of(reported.today)
    report = reported.store.get_report(period)
    expected: dict[tuple[int, int, str, str], dict[str, Any]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for entry in (*reported.anna.everything(), *reported.boris.everything()):
        row = expected[entry.lead_id, entry.manager_id, entry.unit, entry.client_pin]
        if entry.status is Status.EXPECTED:
            row["open_count"] += 1
            row["expected"] += entry.amount
            row["due_today"] += entry.pay_by == today
            row["overdue"] += entry.pay_by is not None and entry.pay_by < today
        elif entry.status_on is not None and period.contains(entry.status_on):
            came = entry.amount if entry.paid_amount is None else entry.paid_amount
            row[f"{entry.status}_count"] += 1
            row[entry.status.value] += came if entry.status is Status.PAID else entry.amount
    shown = {
        (row.lead_id, row.manager_id, row.unit, row.client_pin): {name: getattr(row, name) for name in COUNTS}
        for row in report.clients
    }
    nothing = dict.fromkeys(COUNTS, 0)
    assert {key: row for key, row in shown.items() if row != nothing} == {
        key: row for key, row in expected.items() if row != nothing
    }
    assert sum(row["overdue"] for row in expected.values()) > 5
    assert sum(row["due_today"] for row in expected.values()) > 5


def what_is_shown(report: Report) -> tuple[object, ...]:
    """Give all numbers of a report."""
    return report.forecast, report.period, report.clients, report.trend, report.accuracy, report.changes


def test_report_keeps_to_its_run(reported: Company) -> None:
    """Whatever happens to entries after the run, the report shows them as they were then."""
    store, anna, boris = reported.store, reported.anna, reported.boris
    # Entries of today, so that deletions are among the changes.
    fresh = [anna.add(reported.petr, client_pin="007", amount=Decimal(5)) for _ in range(4)]
    out = anna.delete(anna.add(reported.petr, client_pin="008"))
    store.aggregate_forecast(None, "test")
    before = {period: store.get_report(period) for period in standing_periods(reported.today)}
    still = [entry for entry in anna.everything() if entry.status is Status.EXPECTED]
    closed = [entry for entry in anna.everything() if entry.status is not Status.EXPECTED]
    anna.delete(fresh[0])
    anna.restore(out)
    anna.add(reported.maria, client_pin="new")
    anna.pay(still[0])
    anna.update(still[1], amount=Decimal(1), client_pin="moved", pay_by=reported.day(50))
    anna.refuse(anna.pay(still[2]))
    anna.update(closed[0], status=Status.EXPECTED, status_on=None, paid_amount=None)
    anna.update(still[3], manager_id=reported.maria if still[3].unit == "RUB" else reported.oleg)
    store.void_entries([closed[1].entry_id, boris.everything()[0].entry_id], BY)
    store.reassign_entries([fresh[1].entry_id], reported.zoya, BY)
    fill(reported)
    assert {period: what_is_shown(store.get_report(period)) for period in before} == {
        period: what_is_shown(report) for period, report in before.items()
    }
    store.aggregate_forecast(None, "test")
    assert what_is_shown(store.get_report()) != what_is_shown(before[month_of(reported.today)])


def test_report_of_yesterdays_run(reported: Company, backdoor: Backdoor) -> None:
    """Until the next run a report is of the day that the last one counted: nothing falls due by itself."""
    store = reported.store
    store.add_period(Period(PeriodKind.CUSTOM, reported.day(-30), reported.day(30)), BY)
    store.aggregate_forecast(None, "test")
    before = store.get_report(Period(PeriodKind.CUSTOM, reported.day(-30), reported.day(30)))
    backdoor.let_days_pass(1)
    after = store.get_report(Period(PeriodKind.CUSTOM, reported.day(-31), reported.day(29)))
    assert after.clients == before.clients
    assert sum(row.due_today for row in after.clients) > 0


def test_report_after_a_roster_change(reported: Company) -> None:
    """A manager who moves after the run stands in the report where the run counted the entries."""
    before = reported.store.get_report()
    reported.store.apply_roster([row for row in ROSTER if row.manager != MARIA], BY)
    after = reported.store.get_report()
    assert after.clients == before.clients
    assert [row.forecast for row in after.forecast.managers] == [
        row.forecast for row in before.forecast.managers
    ]


def test_order_of_the_clients(reported: Company) -> None:
    """Client rows come lead by lead, and there manager by manager, each client once."""
    clients = reported.store.get_report().clients

    def blocks(keys: list[object]) -> int:
        return sum(before != after for before, after in zip([None, *keys], keys, strict=False))

    def key(row: ReportClient) -> tuple[int, int, str, str]:
        return row.lead_id, row.manager_id, row.unit, row.client_pin

    assert len({key(row) for row in clients}) == len(clients)
    assert blocks([row.lead_id for row in clients]) == 2
    assert blocks([(row.lead_id, row.manager_id) for row in clients]) == 5


def told(company: Company, days: int) -> list[tuple[str, str, Any, Any, Any, int]]:
    """Give the changes since so many days before the run, in order of kind and PIN."""
    changes = company.store.get_report().changes
    return sorted(
        (change.kind.value, change.client_pin, change.amount, change.old, change.new, change.pushes)
        for change in changes
        if change.since == company.day(-days)
    )


def run(company: Company) -> None:
    """Aggregate, so that the report is of now."""
    company.store.aggregate_forecast(None, "test")


def test_no_changes(company: Company) -> None:
    """Without any entry there is nothing that could have changed."""
    run(company)
    assert company.store.get_report().changes == ()


def test_changes_since_yesterday(company: Company, backdoor: Backdoor) -> None:
    """Each way in which an entry differs from how it was is told, with what it was and what it became."""
    anna, day = company.anna, company.day
    kept = {
        pin: anna.add(company.petr, client_pin=pin, amount=Decimal(100), pay_by=day(20))
        for pin in ("same", "paid", "partly", "refused", "later", "sooner", "up", "down", "moved", "void")
    }
    back = anna.pay(anna.add(company.petr, client_pin="back", amount=Decimal(100), pay_by=day(20)))
    out = anna.delete(anna.add(company.petr, client_pin="out", amount=Decimal(100), pay_by=day(20)))
    backdoor.let_days_pass(5)
    kept = {pin: anna.get(entry) for pin, entry in kept.items()}
    anna.pay(kept["paid"])
    anna.pay(kept["partly"], came=Decimal(60))
    anna.refuse(kept["refused"])
    anna.update(anna.update(kept["later"], pay_by=day(30)), pay_by=day(40))
    anna.update(kept["sooner"], pay_by=day(10))
    anna.update(kept["up"], amount=Decimal("130.50"))
    anna.update(kept["down"], amount=Decimal(70))
    anna.update(kept["moved"], manager_id=company.maria)
    company.store.void_entries([kept["void"].entry_id], BY)
    anna.update(anna.get(back), status=Status.EXPECTED, status_on=None, paid_amount=None)
    company.store.restore_entries([out.entry_id], BY)
    anna.add(company.petr, client_pin="new", amount=Decimal(7))
    anna.update(kept["same"], comment="a comment is no change of a number")
    run(company)
    assert told(company, 1) == [
        ("deleted", "void", Decimal(100), None, None, 0),
        ("less", "down", Decimal(30), Decimal(100), Decimal(70), 0),
        ("more", "up", Decimal("30.50"), Decimal(100), Decimal("130.50"), 0),
        ("moved", "moved", Decimal(100), PETR, MARIA, 0),
        ("new", "new", Decimal(7), None, None, 0),
        ("paid", "paid", Decimal(100), None, None, 0),
        ("paid", "partly", Decimal(60), None, None, 0),
        ("pulled", "sooner", Decimal(100), day(15), day(10), 0),
        ("pushed", "later", Decimal(100), day(15), day(40), 2),
        ("refused", "refused", Decimal(100), None, None, 0),
        ("reopened", "back", Decimal(100), None, None, 0),
        ("restored", "out", Decimal(100), None, None, 0),
    ]


def test_an_entry_of_the_week_is_new_since_a_week(company: Company, backdoor: Backdoor) -> None:
    """What was entered three days ago and put off since is new for the week and put off for the day."""
    anna, day = company.anna, company.day
    entry = anna.add(company.petr, client_pin="1", amount=Decimal(100), pay_by=day(5))
    backdoor.let_days_pass(3)
    anna.update(entry, pay_by=day(9), amount=Decimal(80))
    run(company)
    assert told(company, 7) == [("new", "1", Decimal(80), None, None, 1)]
    assert told(company, 1) == [
        ("less", "1", Decimal(20), Decimal(100), Decimal(80), 1),
        ("pushed", "1", Decimal(100 - 20), day(2), day(9), 1),
    ]


def test_changed_and_changed_back_is_no_change(company: Company, backdoor: Backdoor) -> None:
    """Only the two ends count: a promise put off and brought back is where it was."""
    anna, day = company.anna, company.day
    entry = anna.add(company.petr, client_pin="1", pay_by=day(9))
    backdoor.let_days_pass(3)
    moved = anna.update(entry, pay_by=day(20))
    anna.update(moved, pay_by=day(6))
    run(company)
    assert told(company, 1) == []


def test_new_and_deleted_is_both(company: Company) -> None:
    """An entry that came and went since is told as new and as deleted, so that sums come out even."""
    anna = company.anna
    anna.delete(anna.add(company.petr, client_pin="1", amount=Decimal(5)))
    anna.pay(anna.add(company.petr, client_pin="2", amount=Decimal(6)))
    run(company)
    assert told(company, 1) == [
        ("deleted", "1", Decimal(5), None, None, 0),
        ("new", "1", Decimal(5), None, None, 0),
        ("new", "2", Decimal(6), None, None, 0),
        ("paid", "2", Decimal(6), None, None, 0),
    ]


def test_imported_entries_count_by_their_own_days(company: Company) -> None:
    """An import of old entries makes nothing new; what was paid yesterday is paid since yesterday."""
    day = company.day
    bring(company.anna, PETR, day(-40), client_pin="open")
    bring(company.anna, PETR, day(-40), client_pin="long ago", status=Status.PAID, status_on=day(-9))
    bring(company.anna, PETR, day(-40), client_pin="now", status=Status.PAID, status_on=day(-1))
    bring(company.anna, OLEG, day(-3), client_pin="fresh", amount=Decimal(2))
    run(company)
    assert told(company, 1) == [("paid", "now", Decimal(100), None, None, 0)]
    assert told(company, 7) == [
        ("new", "fresh", Decimal(2), None, None, 0),
        ("paid", "now", Decimal(100), None, None, 0),
    ]


def test_promise_put_off_by_an_import(company: Company) -> None:
    """An entry that came with an import and was put off by the next one is told as put off."""
    row = import_row(PETR, company.day(-40), client_pin="1", pay_by=company.day(-2))
    company.store.import_entries("a.csv", [row], BY)
    company.store.import_entries("a.csv", [replace(row, pay_by=company.day(8))], BY, update=True)
    run(company)
    assert told(company, 1) == [("pushed", "1", Decimal(100), company.day(-2), company.day(8), 1)]


def test_who_and_where_of_a_change(company: Company) -> None:
    """A change names lead, manager, unit, who changed last, and when; the newest comes first."""
    first = company.anna.add(company.oleg, client_pin="1", amount=Decimal(3))
    company.boris.add(company.zoya, client_pin="2")
    run(company)
    changes: tuple[EntryChange, ...] = company.store.get_report().changes
    found = next(change for change in changes if change.client_pin == "1")
    assert (found.lead_name, found.manager_name, found.unit) == (company.anna.name, OLEG, first.unit)
    assert found.kind is ChangeKind.NEW
    assert found.changed_by == company.anna.name
    assert found.changed_at.tzinfo is not None
    assert [change.since for change in changes] == [company.day(-1)] * 2 + [company.day(-7)] * 2


def test_the_companys_time_zone(company: Company) -> None:
    """The report brings the time zone in which its moments are shown, if the company has set one."""
    run(company)
    company.store.set_setting("TimeZone", "Asia/Yekaterinburg", BY)
    run(company)
    report = company.store.get_report()
    assert report.zone is not None
    assert report.forecast.run is not None
    assert report.forecast.run.as_of.astimezone(report.zone).utcoffset() == timedelta(hours=5)
