"""Reports made by hand: a small company whose parents are the sums of their children, as a run gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from mini_crm.domain.learnt import Learnt
from mini_crm.domain.model import (
    AccuracyRow,
    Forecast,
    ForecastRow,
    Report,
    ReportClient,
    Run,
    RunKind,
    RunStatus,
    TrendPoint,
)
from mini_crm.domain.period import Period, month_of, year_of

DAY = date(2026, 3, 17)
MARCH = month_of(DAY)
YEAR = year_of(DAY)
RUN = Run(
    run_id=128,
    kind=RunKind.LIVE,
    count_day=DAY,
    started_at=datetime(2026, 3, 17, 11, 29, 58, tzinfo=UTC),
    finished_at=datetime(2026, 3, 17, 11, 29, 59, tzinfo=UTC),
    as_of=datetime(2026, 3, 17, 11, 30, tzinfo=UTC),
    status=RunStatus.DONE,
    started_by="test",
    entry_count=45,
    paid_events=40,
    refused_events=20,
)
NO_HISTORY = replace(RUN, paid_events=0, refused_events=0)
WEAK = replace(RUN, paid_events=4)

SUMMED = (
    "open_count", "due_today", "overdue", "expected", "paid_count", "paid", "refused_count", "refused",
    "from_open",
)  # fmt: skip

Tree = Mapping[str, Mapping[str, Mapping[str, Sequence[ReportClient]]]]


def client(pin: str, **values: Any) -> ReportClient:
    """Make a client with one open entry of 100, of which 40 are to come; amounts as text or number."""
    given = {
        "open_count": 1, "due_today": 0, "overdue": 0, "expected": 100, "paid_count": 0, "paid": 0,
        "refused_count": 0, "refused": 0, "from_open": 40.0,
    } | values  # fmt: skip
    for name in ("expected", "paid", "refused"):
        given[name] = Decimal(given[name])
    return ReportClient(lead_id=0, manager_id=0, unit="", client_pin=pin, **given)


def row(period: Period, unit: str, children: Sequence[Any], **values: Any) -> ForecastRow:
    """Add up children; nothing comes of new entries, and ranges are a fifth around what is to come."""
    sums = {name: sum((getattr(c, name) for c in children), start=0) for name in SUMMED}
    for name in ("expected", "paid", "refused"):
        sums[name] = Decimal(sums[name])
    clients = sum(getattr(c, "clients", int(c.open_count > 0)) for c in children)
    won = sum(getattr(c, "won", c.paid_count) for c in children)
    resolved = sum(getattr(c, "resolved", c.paid_count + c.refused_count) for c in children)
    paid, still = float(sums["paid"]), float(sums["from_open"])
    given = {
        "lead_id": None, "lead_name": "", "manager_id": None, "manager_name": "", "win_rate": None,
        "won": won, "resolved": resolved, "won_all": won, "resolved_all": resolved, "speed_index": None,
        "paid_events": won, "forecast": paid + still, "low": paid + 0.8 * still, "high": paid + 1.2 * still,
        "open_low": paid + 0.8 * still, "open_high": paid + 1.2 * still, "from_new": 0.0,
        "hand_formula": paid, "run_rate": None,
    } | values  # fmt: skip
    return ForecastRow(period=period, unit=unit, clients=clients, **sums, **given)


def report(
    tree: Tree,
    *,
    run: Run | None = RUN,
    targets: Mapping[str, int] | None = None,
    learnt: Learnt | None = None,
    trend: Sequence[TrendPoint] = (),
    accuracy: Sequence[AccuracyRow] = (),
    database: str = "Проба",
) -> Report:
    """Make a report of March from ``{unit: {lead: {manager: [clients]}}}``.

    A lead of one name is one lead in all units; ``targets`` are by lead, "" is the company.
    """
    goals = {name: Decimal(amount) for name, amount in (targets or {}).items()}
    no_range = {"low": None, "high": None} if run is None or not run.has_history else {}
    lead_ids = {
        name: number for number, name in enumerate(dict.fromkeys(n for t in tree.values() for n in t), 1)
    }
    company, leads, managers, clients = [], [], [], []
    for unit, team in tree.items():
        lead_rows = []
        for lead, people in team.items():
            manager_rows = []
            for name, behind in people.items():
                manager_id = len(managers) + len(manager_rows) + 1
                own = [replace(c, lead_id=lead_ids[lead], manager_id=manager_id, unit=unit) for c in behind]
                clients += own
                who = {"lead_id": lead_ids[lead], "lead_name": lead}
                manager_rows.append(
                    row(MARCH, unit, own, **who, manager_id=manager_id, manager_name=name, **no_range)
                )
            managers += manager_rows
            lead_rows.append(
                row(MARCH, unit, manager_rows, **who, win_rate=0.5, target=goals.get(lead), **no_range)
            )
        leads += lead_rows
        for period in (MARCH, YEAR):
            company.append(row(period, unit, lead_rows, win_rate=0.5, target=goals.get(""), **no_range))
    return Report(
        forecast=Forecast(run, tuple(company), tuple(leads), tuple(managers), learnt),
        period=MARCH,
        clients=tuple(clients),
        trend=tuple(trend),
        accuracy=tuple(accuracy),
        database=database,
    )


def point(
    day: int, paid: int, forecast: float, *, unit: str = "RUB", lead_id: int | None = None
) -> TrendPoint:
    """Make a stored day of March."""
    return TrendPoint(
        lead_id, unit, date(2026, 3, day), Decimal(paid), forecast, forecast - 5, forecast + 5, 2 * forecast
    )


TWO_UNITS: Tree = {
    "RUB": {
        "Яковлева Ольга": {"Жуков Пётр": [client("0042", expected="1000.50", from_open=250.25)]},
        "Ёлкин Иван": {
            "Зуев Олег": [
                client("007", expected=300, overdue=1, from_open=120.0),
                client("00012345", open_count=0, expected=0, paid_count=1, paid="77.70", from_open=0.0),
            ],
            "Ершова Анна": [client("9", open_count=2, due_today=1, overdue=1, refused_count=1, refused=50)],
        },
        "Жданова Инна": {"Ким Ли": []},
    },
    "pcs": {"Ёлкин Иван": {"Зуев Олег": [client("007", expected=12, from_open=3.5)]}},
}
"""Three leads: one counts in both units, one has no entries at all."""
