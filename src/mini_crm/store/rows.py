"""Rows of a database as values of the domain, the same for every kind of database.

A row is a mapping from column names to plain values: ``int``, ``float``, ``str``, ``bytes``, ``Decimal``
for amounts, ``date`` for days, aware ``datetime`` for instants, ``UUID`` for references. Each adapter
turns what its driver gives into these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from mini_crm.domain.learnt import (
    AgeSpeed,
    Index,
    IndexKind,
    Learnt,
    PeriodPace,
    ReplayedAccuracy,
    ReplayedForecast,
)
from mini_crm.domain.model import (
    CHANGEABLE,
    AccuracyRow,
    Action,
    AdminAct,
    CalibrationBin,
    ClockMistakes,
    Commitment,
    Company,
    Entry,
    EntryChance,
    EntryPage,
    EntrySum,
    EntryVersion,
    FieldChange,
    Forecast,
    ForecastRow,
    Group,
    ImportBatch,
    Lead,
    Manager,
    NumberBefore,
    ReasonSum,
    Record,
    ReplayRow,
    ReportClient,
    Run,
    RunKind,
    RunStatus,
    Session,
    Status,
    Target,
    TrendPoint,
)
from mini_crm.domain.period import Period, PeriodKind

PlainRow = Mapping[str, Any]

STATUS_CODE = {Status.EXPECTED: 0, Status.PAID: 1, Status.REFUSED: 2}
STATUS_OF = {code: status for status, code in STATUS_CODE.items()}


def session_of(row: PlainRow) -> Session:
    """Read a session; ``Today`` is the company's day."""
    return Session(
        lead_id=row["LeadId"],
        lead_name=row["Name"],
        expires_at=row["ExpiresAt"],
        must_change=bool(row["MustChange"]),
        today=row["Today"],
        is_head=bool(row["IsHead"]),
        has_team=bool(row["HasTeam"]),
    )


ENTRY_COLUMNS = (
    "EntryId", "ClientRef", "LeadId", "GroupId", "GroupName", "Unit", "ManagerId", "ManagerName", "ClientPin",
    "Amount", "PaidAmount", "EnteredOn", "PayBy", "FirstPayBy", "Status", "StatusOn", "Comment", "Version",
    "ChangeSeq", "DeletedAt", "Probability", "Contribution", "IsLarge", "Reason", "RestOf",
)  # fmt: skip
"""In the order of the fields of an ``Entry``."""
_STATUS, _DELETED_AT, _IS_LARGE = map(ENTRY_COLUMNS.index, ("Status", "DeletedAt", "IsLarge"))


def entry_of(row: PlainRow) -> Entry:
    """Read an entry; not every query tells of Contribution and IsLarge."""
    return _entry([row.get(name) for name in ENTRY_COLUMNS])


def entries_of(
    names: Sequence[str], rows: Iterable[Sequence[Any]], instant: Callable[[Any], Any]
) -> tuple[Entry, ...]:
    """Read entries without making a mapping of each.

    Args:
        names: Of the columns, all of ``ENTRY_COLUMNS``.
        rows: Their values, in the order of the names.
        instant: Makes an aware ``datetime``, or None, of what the driver gives.
    """
    take = itemgetter(*map(names.index, ENTRY_COLUMNS))
    read = []
    for row in rows:
        values = list(take(row))
        values[_DELETED_AT] = instant(values[_DELETED_AT])
        read.append(_entry(values))
    return tuple(read)


def _entry(values: list[Any]) -> Entry:
    """Make an entry of the values of ``ENTRY_COLUMNS``."""
    values[_STATUS] = STATUS_OF[values[_STATUS]]
    if values[_IS_LARGE] is not None:
        values[_IS_LARGE] = bool(values[_IS_LARGE])
    return Entry(*values)


def entry_sum_of(row: PlainRow) -> EntrySum:
    """Read what entries of one unit and status add up to."""
    return EntrySum(row["Unit"], STATUS_OF[row["Status"]], row["Deals"], row["Amount"], row["Contribution"])


def page_of(entries: Iterable[Entry], sums: Iterable[PlainRow]) -> EntryPage:
    """Read a part of a list, and what all of it adds up to: by unit and, in the order of codes, status."""
    added = tuple(entry_sum_of(row) for row in sums)
    return EntryPage(tuple(entries), sum(row.count for row in added), added)


def versions_of(rows: Iterable[PlainRow]) -> tuple[EntryVersion, ...]:
    """Read an entry's history, oldest first: each version and what it changed."""
    versions: list[EntryVersion] = []
    before: dict[str, object] | None = None
    for row in rows:
        state: dict[str, object] = {
            "manager_id": row["ManagerId"],
            "client_pin": row["ClientPin"],
            "amount": row["Amount"],
            "pay_by": row["PayBy"],
            "status": STATUS_OF[row["Status"]],
            "status_on": row["StatusOn"],
            "paid_amount": row["PaidAmount"],
            "comment": row["Comment"],
            "reason": row["Reason"],
            "manager_name": row["ManagerName"],
            "group_name": row["GroupName"],
        }
        versions.append(
            EntryVersion(
                version=row["Version"],
                action=Action(row["Action"]),
                changed_at=row["ChangedAt"],
                changed_by=row["ChangedBy"],
                computer=row["Computer"],
                changes=() if before is None else _differences(before, state),
            )
        )
        before = state
    return tuple(versions)


def groups_of(rows: Iterable[PlainRow]) -> dict[int, tuple[Group, ...]]:
    """Read groups with their managers, by lead."""
    leads: dict[int, dict[int, Group]] = {}
    for row in rows:
        groups = leads.setdefault(row["LeadId"], {})
        group = groups.get(row["GroupId"]) or Group(
            row["GroupId"], row["GroupName"], row["Unit"], bool(row["GroupActive"]), ()
        )
        if row["ManagerId"] is not None:
            manager = Manager(row["ManagerId"], row["ManagerName"], bool(row["ManagerActive"]))
            group = replace(group, managers=(*group.managers, manager))
        groups[row["GroupId"]] = group
    return {lead_id: tuple(groups.values()) for lead_id, groups in leads.items()}


def lead_of(row: PlainRow, groups: tuple[Group, ...]) -> Lead:
    """Read a lead as the administrator sees one."""
    return Lead(
        lead_id=row["LeadId"],
        name=row["Name"],
        is_active=bool(row["IsActive"]),
        has_password=bool(row["HasPassword"]),
        must_change=bool(row["MustChange"]),
        locked=bool(row["IsLocked"]),
        failures=row["Failures"],
        groups=groups,
        is_head=bool(row["IsHead"]),
    )


def period_of(row: PlainRow) -> Period:
    """Read a period; a joined row calls its name PeriodName."""
    name = row["PeriodName"] if "PeriodName" in row else row["Name"]
    return Period(PeriodKind(row["Kind"]), row["StartsOn"], row["EndsOn"], name)


def run_of(row: PlainRow) -> Run:
    """Read a run."""
    return Run(
        run_id=row["RunId"],
        kind=RunKind(row["Kind"]),
        count_day=row["CountDay"],
        started_at=row["StartedAt"],
        finished_at=row["FinishedAt"],
        as_of=row["AsOf"],
        status=RunStatus(row["Status"]),
        started_by=row["StartedBy"],
        entry_count=row["EntryCount"] or 0,
        paid_events=row["PaidEvents"] or 0,
        refused_events=row["RefusedEvents"] or 0,
        method=row.get("Method", 1),
    )


def forecast_of(
    run: PlainRow | None,
    lead_rows: Iterable[PlainRow],
    manager_rows: Iterable[PlainRow],
    learnt: Learnt | None = None,
) -> Forecast:
    """Read a run's results; without a run there are none."""
    if run is None:
        return Forecast(None)
    rows = [forecast_row_of(row) for row in lead_rows]
    return Forecast(
        run=run_of(run),
        company=tuple(row for row in rows if row.lead_id is None),
        leads=tuple(row for row in rows if row.lead_id is not None),
        managers=tuple(forecast_row_of(row) for row in manager_rows),
        learnt=learnt,
    )


def company_of(
    run: PlainRow | None,
    lead_rows: Iterable[PlainRow],
    manager_rows: Iterable[PlainRow],
    week_ago: Iterable[PlainRow],
    periods: Iterable[PlainRow],
    learnt: Learnt | None = None,
) -> Company:
    """Read what a head of sales sees of a period.

    Args:
        run: The current one.
        lead_rows: Of the company and of leads.
        manager_rows: Those below.
        week_ago: Whole numbers of the run of ``Since``.
        periods: All of the run.
        learnt: What it learnt.
    """
    before = list(week_ago)
    return Company(
        forecast=forecast_of(run, lead_rows, manager_rows, learnt),
        week_ago=tuple(NumberBefore(row["LeadId"] or None, row["Unit"], row["Forecast"]) for row in before),
        week_ago_on=before[0]["Since"] if before else None,
        periods=tuple(map(period_of, periods)),
    )


def learnt_of(
    speeds: Iterable[PlainRow],
    indices: Iterable[PlainRow],
    replays: Iterable[PlainRow],
    paces: Iterable[PlainRow],
    replayed: Iterable[PlainRow],
) -> Learnt | None:
    """Read what a run learnt; None where nothing is kept of it."""
    learnt = Learnt(
        speeds=tuple(
            AgeSpeed(
                from_age=row["FromAge"],
                to_age=row["ToAge"],
                days=row["Days"],
                paid=row["PaidCount"],
                refused=row["RefusedCount"],
                paid_rate=row["PaidRate"],
                refused_rate=row["RefusedRate"],
            )
            for row in speeds
        ),
        indices=tuple(
            Index(
                IndexKind(row["IndexKind"]),
                row["Class"],
                row["PaidCount"],
                row["ExpectedCount"],
                row["Factor"],
            )
            for row in indices
        ),
        replays=tuple(
            ReplayedForecast(
                unit=row["Unit"],
                day=row["CountDay"],
                open_forecast=row["OpenForecast"],
                whole_forecast=row["WholeForecast"],
                open_came=row["OpenCame"],
                whole_came=row["WholeCame"],
            )
            for row in replays
        ),
        paces=tuple(
            PeriodPace(
                period=period_of(row),
                unit=row["Unit"],
                scale=row["Scale"],
                paying_days=row["PayingDays"],
                open_weight=row["OpenWeight"],
                whole_weight=row["WholeWeight"],
            )
            for row in paces
        ),
        replayed=tuple(
            ReplayedAccuracy(
                unit=row["Unit"],
                replays=row["Replays"],
                first_day=row["FirstDay"],
                last_day=row["LastDay"],
                wape=row["WholeWape"],
                open_wape=row["OpenWape"],
            )
            for row in replayed
        ),
    )
    return learnt if learnt.speeds else None


def forecast_row_of(row: PlainRow) -> ForecastRow:
    """Read the numbers of the company, a lead, or (without SpeedIndex) a manager.

    Method 1 has no FromOpen: what it says of open entries is all that it says.
    """
    of_lead = "SpeedIndex" in row
    is_whole = row.get("FromOpen") is not None
    return ForecastRow(
        period=period_of(row),
        unit=row["Unit"],
        lead_id=row["LeadId"] or None,
        lead_name=row["LeadName"],
        manager_id=None if of_lead else row["ManagerId"],
        manager_name="" if of_lead else row["ManagerName"],
        clients=row["Clients"],
        open_count=row["OpenCount"],
        due_today=row["DueToday"],
        overdue=row["Overdue"],
        expected=row["Expected"],
        paid_count=row["PaidCount"],
        paid=row["Paid"],
        refused_count=row["RefusedCount"],
        refused=row["Refused"],
        won=row["Won"],
        resolved=row["Resolved"],
        win_rate=row["WinRate"] if of_lead and row["Resolved"] else None,
        won_all=row["WonAll"],
        resolved_all=row["ResolvedAll"],
        speed_index=row["SpeedIndex"] if of_lead else None,
        paid_events=row["PaidEvents"] if of_lead else 0,
        from_open=row["FromOpen"] if is_whole else row["StillToCome"],
        from_new=row["FromNew"] if is_whole else 0.0,
        forecast=row["Forecast"],
        low=row["Low"],
        high=row["High"],
        open_low=row["OpenLow"] if is_whole else row["Low"],
        open_high=row["OpenHigh"] if is_whole else row["High"],
        hand_formula=row["HandFormula"],
        run_rate=row["RunRate"] if of_lead else None,
        target=row["Target"] if of_lead else None,
        commitment=row["Commitment"] if of_lead else None,
    )


def trend_of(rows: Iterable[PlainRow]) -> tuple[TrendPoint, ...]:
    """Read the stored forecasts of a period."""
    return tuple(
        TrendPoint(
            lead_id=row["LeadId"] or None,
            unit=row["Unit"],
            day=row["CountDay"],
            paid=row["Paid"],
            forecast=row["Forecast"],
            low=row["Low"],
            high=row["High"],
            hand_formula=row["HandFormula"],
            method=row.get("Method", 1),
            from_open=row["Forecast"] - float(row["Paid"])
            if row.get("FromOpen") is None
            else row["FromOpen"],
            is_recalculated=bool(row["IsRecalculated"]),
        )
        for row in rows
    )


def accuracy_of(rows: Iterable[PlainRow]) -> tuple[AccuracyRow, ...]:
    """Read how well stored forecasts met what came."""
    return tuple(
        AccuracyRow(
            period=period_of(row),
            lead_id=row["LeadId"] or None,
            lead_name=row["LeadName"],
            unit=row["Unit"],
            days=row["Days"],
            wape=row["Wape"],
            hand_wape=row["HandWape"],
            covered=row["Covered"],
            method=row.get("Method", 1),
            run_rate_wape=row.get("RunRateWape"),
            open_wape=row.get("OpenWape"),
            open_covered=row.get("OpenCovered") or 0,
            is_recalculated=bool(row["IsRecalculated"]),
        )
        for row in rows
    )


def chance_of(row: PlainRow) -> EntryChance:
    """Read the chance of an open entry."""
    return EntryChance(row["EntryId"], row["Probability"], row["Contribution"], bool(row["IsLarge"]))


def client_of(row: PlainRow) -> ReportClient:
    """Read one client PIN of the report."""
    return ReportClient(
        lead_id=row["LeadId"],
        manager_id=row["ManagerId"],
        unit=row["Unit"],
        client_pin=row["ClientPin"],
        open_count=row["OpenCount"],
        due_today=row["DueToday"],
        overdue=row["Overdue"],
        expected=row["Expected"],
        paid_count=row["PaidCount"],
        paid=row["Paid"],
        refused_count=row["RefusedCount"],
        refused=row["Refused"],
        from_open=row["StillToCome"],
    )


def reason_of(row: PlainRow) -> ReasonSum:
    """Read how often, and for how much, entries were refused for one reason."""
    return ReasonSum(
        lead_id=row["LeadId"],
        lead_name=row["LeadName"],
        unit=row["Unit"],
        reason=row["Reason"],
        count=row["Deals"],
        amount=row["Amount"],
    )


def commitment_of(row: PlainRow, period: Period) -> Commitment:
    """Read a lead's own number."""
    return Commitment(period, row["Unit"], row["Amount"], row["Note"], row["MadeAt"])


def target_of(row: PlainRow) -> Target:
    """Read a target; without LeadName it is the company's."""
    return Target(period_of(row), row["LeadName"], row["Unit"], row["Amount"])


def batch_of(row: PlainRow) -> ImportBatch:
    """Read an import."""
    return ImportBatch(
        batch_id=row["BatchId"],
        source=row["Source"],
        imported_at=row["ImportedAt"],
        imported_by=row["ImportedBy"],
        entries=row["Entries"],
        undone_at=row["UndoneAt"],
    )


def act_of(row: PlainRow) -> AdminAct:
    """Read something that an administrator did."""
    return AdminAct(row["DoneAt"], row["DoneBy"], row["Action"], row["Detail"])


def record_of(row: PlainRow, units: Iterable[PlainRow]) -> Record:
    """Read what the entries cover."""
    return Record(
        entries=row["Entries"],
        first_entry=row["FirstEntry"],
        first_resolution=row["FirstResolution"],
        last_day=row["LastDay"],
        units=tuple(unit["Unit"] for unit in units),
    )


def clock_mistakes_of(row: PlainRow) -> ClockMistakes:
    """Read how much is dated in the future."""
    return ClockMistakes(
        waits=row["Waits"],
        sessions=row["Sessions"],
        runs=row["Runs"],
        entries=row["Entries"],
        changes=row["Changes"],
    )


def replay_row_of(row: PlainRow) -> ReplayRow:
    """Read one lead, or the company, of a replay; amounts become numbers of the method's kind."""
    return ReplayRow(
        lead_id=row["LeadId"] or None,
        unit=row["Unit"],
        paid=float(row["Paid"]),
        from_open=row["FromOpen"],
        from_new=row["FromNew"],
        forecast=row["Forecast"],
        low=row["Low"],
        high=row["High"],
        open_low=row["OpenLow"],
        open_high=row["OpenHigh"],
        hand_formula=row["HandFormula"],
        run_rate=row["RunRate"],
        actual_pipeline=float(row["ActualPipeline"]),
        actual_period=float(row["ActualPeriod"]),
    )


def bin_of(row: PlainRow) -> CalibrationBin:
    """Read one bin of a replay's calibration; ``Paid`` is a count here."""
    return CalibrationBin(
        unit=row["Unit"],
        number=row["Bin"],
        entries=row["Entries"],
        sum_probability=row["SumProbability"],
        paid=row["PaidCount"],
        squared_error=row["SquaredError"],
    )


def _differences(before: dict[str, object], state: dict[str, object]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, before[name], state[name])
        for name in (*CHANGEABLE, "manager_name", "group_name")
        if before[name] != state[name]
    )
