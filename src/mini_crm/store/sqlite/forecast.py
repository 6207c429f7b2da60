"""Reading what the runs found: forecasts, trend, accuracy, commitments, the report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from mini_crm.domain.errors import BadValue, NotFound
from mini_crm.domain.model import (
    AccuracyRow,
    Commitment,
    Forecast,
    ForecastRow,
    Report,
    ReportClient,
    Run,
    RunKind,
    RunStatus,
    TrendPoint,
)
from mini_crm.domain.money import check_total, from_minor, to_minor
from mini_crm.domain.period import Period, PeriodKind, month_of, standing_periods
from mini_crm.domain.rules import MAX_COMMENT
from mini_crm.store.sqlite.accounts import by_person, caller_of
from mini_crm.store.sqlite.db import (
    EPOCH,
    Connection,
    Database,
    Row,
    from_day,
    from_instant,
    load_queries,
    to_day,
)
from mini_crm.store.sqlite.rows import to_money

SQL = load_queries("forecast.sql")


class Forecasts:
    """The part of the store that shows what the runs found."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def list_runs(self, limit: int = 20) -> tuple[Run, ...]:
        """See ``BatchStore``."""
        with self.db.reading() as conn:
            return tuple(to_run(row) for row in conn.execute(SQL["list_runs"], {"limit": limit}))

    def get_forecast(self, token: bytes) -> Forecast:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            caller = caller_of(self.db, conn, token, by_person=False)
            run = conn.execute(SQL["get_current_run"]).fetchone()
            return _forecast(conn, run, caller.lead_id)

    def get_company_forecast(self, run_id: int | None = None) -> Forecast:
        """See ``ReportStore``."""
        with self.db.reading() as conn:
            if run_id is None:
                return _forecast(conn, conn.execute(SQL["get_current_run"]).fetchone(), None)
            run = conn.execute(SQL["get_run"], {"run_id": run_id}).fetchone()
            found = None if run is None else _forecast(conn, run, None)
            if run is None or found is None or (run["EntryCount"] != 0 and not found.leads):
                raise NotFound("run_not_found", run_id=run_id)
            return found

    def list_trend(self, token: bytes, period: Period) -> tuple[TrendPoint, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            return _trend(conn, period, caller.lead_id)

    def list_accuracy(self, token: bytes) -> tuple[AccuracyRow, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            return _accuracy(conn, self.db.today(), caller.lead_id)

    def list_commitments(self, token: bytes, period: Period) -> tuple[Commitment, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            rows = conn.execute(SQL["list_commitments"], period_values(period) | {"lead_id": caller.lead_id})
            return tuple(
                Commitment(
                    period, row["Unit"], from_minor(row["Amount"]), row["Note"], from_instant(row["MadeAt"])
                )
                for row in rows
            )

    def set_commitment(
        self, token: bytes, period: Period, unit: str, amount: Decimal, note: str
    ) -> Commitment:
        """See ``DesktopStore``."""
        note = note.strip()
        amount = check_total(amount, field="amount", may_be_zero=True)
        if len(note) > MAX_COMMENT:
            raise BadValue("commitment_note_too_long", field="note", limit=MAX_COMMENT)
        with self.db.writing() as conn:
            caller = caller_of(self.db, conn, token)
            if not conn.execute(SQL["has_unit"], {"lead_id": caller.lead_id, "unit": unit}).fetchone():
                raise BadValue("unit_unknown", field="unit", unit=unit)
            standing = standing_rows(self.db, conn)
            row = next((row for row in standing if to_period(row) == period), None)
            if row is None:
                raise NotFound("period_not_standing", period=period.code)
            now = self.db.now()
            conn.execute(
                SQL["set_commitment"],
                {
                    "period_id": row["PeriodId"],
                    "lead_id": caller.lead_id,
                    "unit": unit,
                    "amount": to_minor(amount),
                    "note": note,
                    "now": now,
                },
            )
        return Commitment(period, unit, amount, note, from_instant(now))

    def get_report(self, period: Period | None = None) -> Report:
        """See ``ReportStore``."""
        with self.db.reading() as conn:
            run = conn.execute(SQL["get_current_run"]).fetchone()
            if run is None:
                raise NotFound("no_complete_run")
            wanted = period or month_of(_day(run["CountDay"]))
            found = conn.execute(SQL["find_period"], period_values(wanted)).fetchone()
            if found is None or str(found["PeriodId"]) not in run["PeriodList"].split():
                raise NotFound("period_not_standing", period=wanted.code)
            clients = conn.execute(
                SQL["list_report_clients"],
                {
                    "run_id": run["RunId"],
                    "period_id": found["PeriodId"],
                    "starts_on": found["StartsOn"],
                    "count_day": run["CountDay"],
                    "last_history_id": run["LastHistoryId"],
                },
            )
            return Report(
                forecast=_forecast(conn, run, None),
                period=to_period(found),
                clients=tuple(_client(row) for row in clients),
                trend=_trend(conn, wanted, None),
                accuracy=_accuracy(conn, self.db.today(), None),
                database=self.db.path.name,
            )


def standing_rows(db: Database, conn: Connection) -> list[Row]:
    """Give today's month, quarter and year, made where missing, and the open custom periods."""
    today = db.today()
    for period in standing_periods(today):
        conn.execute(SQL["add_period"], period_values(period))
    return conn.execute(SQL["list_open_periods"], {"day": to_day(today)}).fetchall()


def period_values(period: Period) -> dict[str, object]:
    """Give the columns of a period."""
    return {
        "kind": period.kind.value,
        "starts_on": to_day(period.start),
        "ends_on": to_day(period.end),
        "name": period.name,
    }


def to_period(row: Row) -> Period:
    """Read a period; a joined row calls its name PeriodName."""
    name = row["PeriodName"] if "PeriodName" in row.keys() else row["Name"]
    return Period(PeriodKind(row["Kind"]), _day(row["StartsOn"]), _day(row["EndsOn"]), name)


def to_run(row: Row) -> Run:
    """Read a run."""
    return Run(
        run_id=row["RunId"],
        kind=RunKind(row["Kind"]),
        count_day=_day(row["CountDay"]),
        started_at=from_instant(row["StartedAt"]),
        finished_at=None if row["FinishedAt"] is None else from_instant(row["FinishedAt"]),
        as_of=from_instant(row["AsOf"]),
        status=RunStatus(row["Status"]),
        started_by=row["StartedBy"],
        entry_count=row["EntryCount"] or 0,
        paid_events=row["PaidEvents"] or 0,
        refused_events=row["RefusedEvents"] or 0,
    )


def _day(number: int) -> date:
    return from_day(number) or EPOCH


def _forecast(conn: Connection, run: Row | None, lead_id: int | None) -> Forecast:
    if run is None:
        return Forecast(None)
    values = {"run_id": run["RunId"], "lead_id": lead_id}
    rows = [_forecast_row(row) for row in conn.execute(SQL["list_lead_rows"], values)]
    managers = tuple(_forecast_row(row) for row in conn.execute(SQL["list_manager_rows"], values))
    return Forecast(
        run=to_run(run),
        company=tuple(row for row in rows if row.lead_id is None),
        leads=tuple(row for row in rows if row.lead_id is not None),
        managers=managers,
    )


def _forecast_row(row: Row) -> ForecastRow:
    of_lead = "SpeedIndex" in row.keys()
    return ForecastRow(
        period=to_period(row),
        unit=row["Unit"],
        lead_id=row["LeadId"] or None,
        lead_name=row["LeadName"],
        manager_id=None if of_lead else row["ManagerId"],
        manager_name="" if of_lead else row["ManagerName"],
        clients=row["Clients"],
        open_count=row["OpenCount"],
        due_today=row["DueToday"],
        overdue=row["Overdue"],
        expected=from_minor(row["Expected"]),
        paid_count=row["PaidCount"],
        paid=from_minor(row["Paid"]),
        refused_count=row["RefusedCount"],
        refused=from_minor(row["Refused"]),
        won=row["Won"],
        resolved=row["Resolved"],
        win_rate=row["WinRate"] if of_lead else None,
        won_all=row["WonAll"],
        resolved_all=row["ResolvedAll"],
        speed_index=row["SpeedIndex"] if of_lead else None,
        paid_events=row["PaidEvents"] if of_lead else 0,
        still_to_come=row["StillToCome"],
        forecast=row["Forecast"],
        low=row["Low"],
        high=row["High"],
        hand_formula=row["HandFormula"],
        new_entries=row["NewEntries"] if of_lead else None,
        run_rate=row["RunRate"] if of_lead else None,
        target=to_money(row["Target"]) if of_lead else None,
        commitment=to_money(row["Commitment"]) if of_lead else None,
    )


def _trend(conn: Connection, period: Period, lead_id: int | None) -> tuple[TrendPoint, ...]:
    rows: Iterable[Row] = conn.execute(SQL["list_trend"], period_values(period) | {"lead_id": lead_id})
    return tuple(
        TrendPoint(
            lead_id=row["LeadId"] or None,
            unit=row["Unit"],
            day=_day(row["CountDay"]),
            paid=from_minor(row["Paid"]),
            forecast=row["Forecast"],
            low=row["Low"],
            high=row["High"],
            hand_formula=row["HandFormula"],
        )
        for row in rows
    )


def _accuracy(conn: Connection, today: date, lead_id: int | None) -> tuple[AccuracyRow, ...]:
    rows: Iterable[Row] = conn.execute(SQL["list_accuracy"], {"today": to_day(today), "lead_id": lead_id})
    return tuple(
        AccuracyRow(
            period=to_period(row),
            lead_id=row["LeadId"] or None,
            lead_name=row["LeadName"],
            unit=row["Unit"],
            days=row["Days"],
            wape=row["Wape"],
            hand_wape=row["HandWape"],
            covered=row["Covered"],
        )
        for row in rows
    )


def _client(row: Row) -> ReportClient:
    return ReportClient(
        lead_id=row["LeadId"],
        manager_id=row["ManagerId"],
        unit=row["Unit"],
        client_pin=row["ClientPin"],
        open_count=row["OpenCount"],
        due_today=row["DueToday"],
        overdue=row["Overdue"],
        expected=from_minor(row["Expected"]),
        paid_count=row["PaidCount"],
        paid=from_minor(row["Paid"]),
        refused_count=row["RefusedCount"],
        refused=from_minor(row["Refused"]),
        still_to_come=row["StillToCome"],
    )
