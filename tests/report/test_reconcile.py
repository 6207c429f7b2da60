"""Every number of the report is the sum of what stands below it, and the totals are the run's."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest import approx

from mini_crm.domain.model import ImportRow, Report, RosterRow, Status
from mini_crm.i18n import Texts
from mini_crm.report.workbook import write_report
from mini_crm.store.sqlite import SqliteStore
from report.sums import check_sums, check_totals, pipeline

ENGLISH = Texts("en")


def test_demo_company(demo: Report, tmp_path: Path) -> None:
    """In the demo company children add up to parents, and the totals are those of LeadForecast."""
    path = write_report(demo, tmp_path / "report.xlsx", ENGLISH)
    rows = pipeline(path)
    assert check_sums(rows) > 500
    check_totals(rows, demo)


def test_overdue_equals_its_rows(demo: Report, tmp_path: Path) -> None:
    """The overdue count of the first sheet is that of the clients' rows, and there are some."""
    rows = pipeline(write_report(demo, tmp_path / "report.xlsx", ENGLISH))
    behind: Counter[str] = Counter()
    for row in rows:
        if row["Level"] == "Client":
            behind[row["Unit"]] += row["Overdue"]
    company = {row.unit: row.overdue for row in demo.forecast.company if row.period == demo.period}
    assert {unit: behind[unit] for unit in company} == company
    assert sum(company.values()) > 20


def test_changes_equal_their_rows(demo: Report, tmp_path: Path) -> None:
    """On the sheet of changes each count and sum is that of the rows listed below it."""
    path = write_report(demo, tmp_path / "report.xlsx", ENGLISH)
    lines = list(openpyxl.load_workbook(path, read_only=True)["Changes"].iter_rows(values_only=True))
    heads = [at for at, line in enumerate(lines) if line[0] == "What changed"]
    counts = [line for line in lines[heads[0] + 1 : heads[1]] if line[0]]
    listed = [dict(zip(lines[heads[1]], line, strict=True)) for line in lines[heads[1] + 1 :]]
    days = sorted({row["Since"] for row in listed}, reverse=True)
    assert len(days) == 2
    assert {line[0] for line in counts} >= {"new", "paid", "refused", "put off"}
    for kind, unit, *numbers in (line[:6] for line in counts):
        found = [
            [
                row["Amount"]
                for row in listed
                if (row["What changed"], row["Unit"], row["Since"]) == (kind, unit, day)
            ]
            for day in days
        ]
        assert numbers == [len(found[0]), approx(sum(found[0])), len(found[1]), approx(sum(found[1]))]
    assert sum(line[2] + line[4] for line in counts) == len(listed) > 50


def test_refusals_equal_the_refused_column(demo: Report, tmp_path: Path) -> None:
    """By lead and unit, and of the company, the reasons add up to what stands refused beside all rows."""
    path = write_report(demo, tmp_path / "report.xlsx", ENGLISH)
    rows = pipeline(path)
    refused = {
        (row["Lead"] if row["Level"] == "Lead" else "Company", row["Unit"]): row["Refused"]
        for row in rows
        if row["Level"] in ("Company", "Lead")
    }
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    lines = list(book["Refusals"].iter_rows(values_only=True))
    head = next(at for at, line in enumerate(lines) if line[2] == "Reason")
    whole = {tuple(line[:2]): line[4] for line in lines[head + 1 :] if line[2] == "in all"}
    assert whole == {place: approx(amount) for place, amount in refused.items() if amount}
    assert len(whole) > 5
    for lead, unit in whole:
        parts = [line for line in lines[head + 1 :] if line[:2] == (lead, unit) and line[2] != "in all"]
        assert sum(line[4] for line in parts) == approx(whole[lead, unit])
        assert sum(line[5] for line in parts) == approx(1)


entries = st.lists(
    st.tuples(
        st.integers(0, 5),  # manager
        st.integers(0, 400),  # days since entry
        st.sampled_from(Status),
        st.integers(0, 400),  # days to resolution
        st.integers(1, 10**12),  # hundredths
        st.one_of(st.none(), st.integers(1, 10**12)),  # what came
        st.integers(-60, 60),  # promised
        st.sampled_from(["", "007", "=1+1", "42"]),
    ),
    max_size=60,
)


@given(entries)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_generated_companies(tmp_path: Path, given_entries: list[tuple[object, ...]]) -> None:
    """Whatever is entered, the report's numbers add up and its totals are the run's."""
    path = tmp_path / "generated.sqlite"
    for end in ("", "-wal", "-shm", "-run"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    store = SqliteStore.create(path)
    try:
        today = store.get_today()
        rows = []
        for number, (manager, age, status, wait, amount, came, promised, pin) in enumerate(given_entries):  # type: ignore[misc]
            entered = today - timedelta(days=age)
            is_open = status is Status.EXPECTED
            rows.append(
                ImportRow(
                    line=number + 2,
                    client_ref=uuid5(UUID(int=0), str(number)),
                    lead=f"Lead {manager % 3}",
                    group=f"Group {manager}",
                    manager=f"Manager {manager}",
                    client_pin=pin,
                    amount=Decimal(amount) / 100,
                    paid_amount=Decimal(came) / 100 if came and status is Status.PAID else None,
                    entered_on=entered,
                    pay_by=max(entered, today + timedelta(days=promised)),
                    status=status,
                    status_on=None if is_open else entered + timedelta(days=min(wait, age)),
                    comment="",
                )
            )
        store.apply_roster(
            [
                RosterRow(f"Lead {m % 3}", f"Group {m}", f"Manager {m}", "pcs" if m == 5 else "RUB")
                for m in range(6)
            ],
            "test",
        )
        store.import_entries("generated", rows, "test")
        store.aggregate_forecast(None, "test")
        report = store.get_report()
        shown = pipeline(write_report(report, tmp_path / "generated.xlsx", ENGLISH))
        check_sums(shown)
        check_totals(shown, report)
    finally:
        store.close()
