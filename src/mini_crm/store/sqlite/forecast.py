"""Reading what the runs found: forecasts, trend, accuracy, commitments, the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

from mini_crm.domain.errors import BadValue, NotFound, OperationReused
from mini_crm.domain.model import (
    AccuracyRow,
    Commitment,
    EntryChange,
    Forecast,
    Report,
    Run,
    TrendPoint,
)
from mini_crm.domain.money import check_total, to_minor
from mini_crm.domain.period import Period, month_of, standing_periods
from mini_crm.domain.rules import check_note
from mini_crm.store.changes import changes_of
from mini_crm.store.operations import request_of
from mini_crm.store.rows import (
    accuracy_of,
    client_of,
    commitment_of,
    forecast_of,
    learnt_of,
    period_of,
    run_of,
    trend_of,
)
from mini_crm.store.sqlite.accounts import by_person, caller_of
from mini_crm.store.sqlite.db import (
    EPOCH,
    Connection,
    Database,
    Row,
    from_day,
    from_instant,
    load_queries,
    plain,
    to_day,
    to_instant,
)
from mini_crm.store.zones import zone

SQL = load_queries("forecast.sql")


class Forecasts:
    """The part of the store that shows what the runs found."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def list_runs(self, limit: int = 20) -> tuple[Run, ...]:
        """See ``BatchStore``."""
        with self.db.reading() as conn:
            return tuple(run_of(plain(row)) for row in conn.execute(SQL["list_runs"], {"limit": limit}))

    def get_forecast(self, token: bytes) -> Forecast:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            caller = caller_of(self.db, conn, token, by_person=False)
            run = conn.execute(SQL["get_current_run"], {"now": self.db.now()}).fetchone()
            found = _forecast(conn, run, caller.lead_id)
            return found if found.run is None else replace(found, run=replace(found.run, started_by=""))

    def get_company_forecast(self, run_id: int | None = None) -> Forecast:
        """See ``ReportStore``."""
        with self.db.reading() as conn:
            if run_id is None:
                run = conn.execute(SQL["get_current_run"], {"now": self.db.now()}).fetchone()
                return _forecast(conn, run, None)
            run = conn.execute(SQL["get_run"], {"run_id": run_id}).fetchone()
            found = None if run is None else _forecast(conn, run, None)
            if run is None or found is None or (run["EntryCount"] != 0 and not found.leads):
                raise NotFound("run_not_found", run_id=run_id)
            return found

    def list_trend(self, token: bytes, period: Period) -> tuple[TrendPoint, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            return _trend(conn, self.db.today(), period, caller.lead_id)

    def list_accuracy(self, token: bytes) -> tuple[AccuracyRow, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            return _accuracy(conn, self.db.today(), caller.lead_id)

    def list_commitments(self, token: bytes, period: Period) -> tuple[Commitment, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            rows = conn.execute(SQL["list_commitments"], period_values(period) | {"lead_id": caller.lead_id})
            return tuple(commitment_of(plain(row), period) for row in rows)

    def set_commitment(
        self, token: bytes, op_id: UUID, period: Period, unit: str, amount: Decimal, note: str
    ) -> Commitment:
        """See ``DesktopStore``."""
        amount = check_total(amount, field="amount", may_be_zero=True)
        note = check_note(note)
        with self.db.writing() as conn:
            caller = caller_of(self.db, conn, token)
            operation = {"lead_id": caller.lead_id, "op_id": op_id.bytes}
            request = request_of("commit", period, unit, amount, note)
            done = conn.execute(SQL["find_commitment"], operation).fetchone()
            if done is not None:
                if done["Request"] != request:
                    raise OperationReused("operation_reused")
                return commitment_of(plain(done), period)
            if not conn.execute(SQL["has_unit"], {"lead_id": caller.lead_id, "unit": unit}).fetchone():
                raise BadValue("unit_unknown", field="unit", unit=unit)
            standing = standing_rows(self.db, conn)
            row = next((row for row in standing if period_of(plain(row)) == period), None)
            if row is None or period.end < self.db.today():
                raise NotFound("period_not_standing", period=period.code)
            now = self.db.now()
            conn.execute(
                SQL["set_commitment"],
                operation
                | {
                    "request": request,
                    "period_id": row["PeriodId"],
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
            run = conn.execute(SQL["get_current_run"], {"now": self.db.now()}).fetchone()
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
                    "last_day": min(found["EndsOn"], run["CountDay"]),
                    "count_day": run["CountDay"],
                    "last_history_id": run["LastHistoryId"],
                },
            )
            company_zone = _zone(conn)
            return Report(
                forecast=_forecast(conn, run, None),
                period=period_of(plain(found)),
                clients=tuple(client_of(plain(row)) for row in clients),
                trend=_trend(conn, self.db.today(), wanted, None),
                accuracy=_accuracy(conn, self.db.today(), None),
                database=self.db.path.name,
                changes=_entry_changes(conn, self.db.now(), run, company_zone),
                zone=company_zone,
            )


def standing_rows(db: Database, conn: Connection) -> list[Row]:
    """Give the last, this and the next month, quarter and year, made where missing; and open custom ones."""
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


def _day(number: int) -> date:
    return from_day(number) or EPOCH


def _forecast(conn: Connection, run: Row | None, lead_id: int | None) -> Forecast:
    if run is None:
        return Forecast(None)
    values = {"run_id": run["RunId"], "lead_id": lead_id}

    def rows(query: str) -> Iterator[dict[str, Any]]:
        return map(plain, conn.execute(query, values))

    learnt = learnt_of(
        rows(SQL["list_learnt_speeds"]),
        rows(SQL["list_learnt_indices"]),
        rows(SQL["list_learnt_replays"]),
        rows(SQL["list_learnt_periods"]),
    )
    return forecast_of(plain(run), rows(SQL["list_lead_rows"]), rows(SQL["list_manager_rows"]), learnt)


def _zone(conn: Connection) -> tzinfo | None:
    row = conn.execute(SQL["get_time_zone"]).fetchone()
    return zone(row["Value"]) if row else None


def _entry_changes(
    conn: Connection, now: int, run: Row, company_zone: tzinfo | None
) -> tuple[EntryChange, ...]:
    values: dict[str, object] = {"last_history_id": run["LastHistoryId"], "now": now}
    for name, days in (("day", 1), ("week", 7)):
        since = _day(run["CountDay"]) - timedelta(days=days)
        values[name] = to_day(since)
        values[f"{name}_began"] = to_instant(datetime.combine(since, time(), company_zone).astimezone(UTC))
    rows = conn.execute(SQL["list_report_changes"], values)
    return changes_of(map(plain, rows))


def _trend(conn: Connection, today: date, period: Period, lead_id: int | None) -> tuple[TrendPoint, ...]:
    values = period_values(period) | {"lead_id": lead_id, "today": to_day(today)}
    return trend_of(map(plain, conn.execute(SQL["list_trend"], values)))


def _accuracy(conn: Connection, today: date, lead_id: int | None) -> tuple[AccuracyRow, ...]:
    values = {"today": to_day(today), "lead_id": lead_id}
    return accuracy_of(map(plain, conn.execute(SQL["list_accuracy"], values)))
