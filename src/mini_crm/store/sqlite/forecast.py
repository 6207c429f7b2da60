"""Reading what the runs found: forecasts, trend, accuracy, commitments, the report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

from mini_crm.domain.errors import BadValue, NotFound, OperationReused
from mini_crm.domain.learnt import Learnt
from mini_crm.domain.model import (
    AccuracyRow,
    Bridge,
    Commitment,
    Company,
    EntryChance,
    Forecast,
    Report,
    Run,
    RunStatus,
    TrendPoint,
)
from mini_crm.domain.money import check_total, to_minor
from mini_crm.domain.period import Period, month_of, standing_periods
from mini_crm.domain.rules import check_note
from mini_crm.store.changes import bridges_of, changes_of
from mini_crm.store.operations import request_of
from mini_crm.store.rows import (
    PlainRow,
    chance_of,
    client_of,
    commitment_of,
    company_of,
    forecast_of,
    learnt_of,
    period_of,
    reason_of,
    run_of,
    trend_of,
)
from mini_crm.store.sqlite.accounts import by_person, caller_of, refuse_unless_head
from mini_crm.store.sqlite.accuracy import read_accuracy
from mini_crm.store.sqlite.db import (
    EPOCH,
    Connection,
    Database,
    Row,
    from_day,
    from_instant,
    load_queries,
    plain,
    plain_rows,
    to_day,
    to_instant,
)
from mini_crm.store.zones import zone

SQL = load_queries("forecast.sql")
COMPANY = 0
"""What stands for a lead's number in the rows of the company."""


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
            run = _run(conn, self.db.now(), run_id)
            found = _forecast(conn, run, None)
            if run_id is not None and found.run is not None and found.run.entry_count and not found.leads:
                raise NotFound("run_not_found", run_id=run_id)
            return found

    def list_chances(self, token: bytes, period: Period, entry_ids: Sequence[int]) -> tuple[EntryChance, ...]:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            caller = caller_of(self.db, conn, token, by_person=False)
            about = {"lead_id": caller.lead_id, "entry_ids": json.dumps(list(entry_ids))}
            rows = conn.execute(SQL["list_chances"], period_values(period) | about)
            return tuple(map(chance_of, plain_rows(rows)))

    def list_trend(self, token: bytes, period: Period) -> tuple[TrendPoint, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            return _trend(conn, self.db.today(), period, caller.lead_id)

    def list_accuracy(self, token: bytes) -> tuple[AccuracyRow, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            return read_accuracy(conn, self.db.today(), caller.lead_id)

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

    def get_report(self, period: Period | None = None, run_id: int | None = None) -> Report:
        """See ``ReportStore``."""
        with self.db.reading() as conn:
            run = _run(conn, self.db.now(), run_id)
            if run is None:
                raise NotFound("no_complete_run")
            day = _day(run["CountDay"])
            wanted = period or month_of(day)
            found = conn.execute(SQL["find_period"], period_values(wanted)).fetchone()
            if found is None or not _has_period(run, found):
                raise NotFound("period_not_standing", period=wanted.code)
            forecast = _forecast(conn, run, None)
            if run["EntryCount"] and not forecast.managers:
                raise NotFound("run_not_found", run_id=run_id)
            about = self._about(run, found)
            clients, reasons = (
                plain_rows(conn.execute(query.format(entries=SQL["report_entries"]), about))
                for query in (SQL["list_report_clients"], SQL["list_report_reasons"])
            )
            company_zone = _zone(conn)
            told = period_of(plain(found))
            changes, ends = _changes_since(conn, run, found, about, company_zone)
            return Report(
                forecast=forecast,
                period=told,
                clients=tuple(map(client_of, clients)),
                trend=_trend(conn, day, wanted, COMPANY),
                accuracy=read_accuracy(conn, day, None),
                database=self.db.path.name,
                changes=changes_of(changes, told),
                zone=company_zone,
                bridges=bridges_of(changes, ends, told),
                reasons=tuple(map(reason_of, reasons)),
            )

    def get_company(self, token: bytes, period: Period) -> Company:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            refuse_unless_head(caller_of(self.db, conn, token, by_person=False))
            run = conn.execute(SQL["get_current_run"], {"now": self.db.now()}).fetchone()
            found = conn.execute(SQL["find_period"], period_values(period)).fetchone()
            if run is None:
                return Company(Forecast(None))
            periods = plain_rows(conn.execute(SQL["list_run_periods"], {"run_id": run["RunId"]}))
            if found is None:
                return company_of(plain(run), (), (), (), periods)
            week_ago: Iterable[PlainRow] = ()
            old = _earlier_run(conn, run, days=7)
            if old is not None:
                about = {"run_id": old["RunId"], "period_id": found["PeriodId"], "since": old["CountDay"]}
                week_ago = plain_rows(conn.execute(SQL["list_numbers"], about))
            leads, managers, learnt = _results(conn, run, None, found["PeriodId"])
            return company_of(plain(run), leads, managers, week_ago, periods, learnt)

    def list_bridges(self, token: bytes, period: Period) -> tuple[Bridge, ...]:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            refuse_unless_head(caller_of(self.db, conn, token, by_person=False))
            run = conn.execute(SQL["get_current_run"], {"now": self.db.now()}).fetchone()
            found = conn.execute(SQL["find_period"], period_values(period)).fetchone()
            if run is None or found is None or not _has_period(run, found):
                return ()
            changes, ends = _changes_since(conn, run, found, self._about(run, found), _zone(conn))
            return bridges_of(changes, ends, period)

    def _about(self, run: Row, period: Row) -> dict[str, object]:
        """Give what queries about a run and one of its periods ask for."""
        return {
            "run_id": run["RunId"],
            "period_id": period["PeriodId"],
            "starts_on": period["StartsOn"],
            "ends_on": period["EndsOn"],
            "last_day": min(period["EndsOn"], run["CountDay"]),
            "count_day": run["CountDay"],
            "last_history_id": run["LastHistoryId"],
            "now": self.db.now(),
        }


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
    return forecast_of(plain(run), *_results(conn, run, lead_id))


def _results(
    conn: Connection, run: Row, lead_id: int | None, period_id: int | None = None
) -> tuple[Iterable[PlainRow], Iterable[PlainRow], Learnt | None]:
    """Give the rows of leads and of managers, and what was learnt; of one lead, of one period, or all."""
    values = {"run_id": run["RunId"], "lead_id": lead_id, "period_id": period_id}

    def rows(query: str) -> Iterator[dict[str, Any]]:
        return plain_rows(conn.execute(query, values))

    learnt = learnt_of(
        rows(SQL["list_learnt_speeds"]),
        rows(SQL["list_learnt_indices"]),
        rows(SQL["list_learnt_replays"]),
        rows(SQL["list_learnt_periods"]),
        rows(SQL["list_learnt_accuracy"]),
    )
    return rows(SQL["list_lead_rows"]), rows(SQL["list_manager_rows"]), learnt


def _zone(conn: Connection) -> tzinfo | None:
    row = conn.execute(SQL["get_time_zone"]).fetchone()
    return zone(row["Value"]) if row else None


def _run(conn: Connection, now: int, run_id: int | None) -> Row | None:
    """Give the run of this number, which must be complete; without a number the current one, if any."""
    if run_id is None:
        row: Row | None = conn.execute(SQL["get_current_run"], {"now": now}).fetchone()
        return row
    row = conn.execute(SQL["get_run"], {"run_id": run_id}).fetchone()
    if row is None or row["Status"] != RunStatus.DONE.value:
        raise NotFound("run_not_found", run_id=run_id)
    return row


def _has_period(run: Row, period: Row) -> bool:
    return str(period["PeriodId"]) in run["PeriodList"].split()


def _earlier_run(conn: Connection, run: Row, days: int) -> Row | None:
    """Give the last run of so many days before, or of the nearest earlier day whose chances are kept."""
    values = {"run_id": run["RunId"], "day": run["CountDay"] - days}
    row: Row | None = conn.execute(SQL["find_earlier_run"], values).fetchone()
    return row


def _changes_since(
    conn: Connection, run: Row, period: Row, about: dict[str, object], company_zone: tzinfo | None
) -> tuple[list[PlainRow], list[PlainRow]]:
    """Give the rows of what changed since the runs of the day before and a week before, and of bridges."""
    changes: list[PlainRow] = []
    ends: list[PlainRow] = []
    done: set[object] = set()
    for days in (1, 7):
        day = run["CountDay"] - days
        old = _earlier_run(conn, run, days)
        since = day if old is None else old["CountDay"]
        if since in done:
            continue
        done.add(since)
        look: dict[str, object] = {"since": since, "began": None, "old_run_id": None, "old_history_id": None}
        if old is None:
            began = datetime.combine(_day(since), time(), company_zone).astimezone(UTC)
            look |= {"began": to_instant(began)}
        else:
            look |= {"old_run_id": old["RunId"], "old_history_id": old["LastHistoryId"]}
            if _has_period(old, period):
                ends += plain_rows(conn.execute(SQL["list_bridge_ends"], about | look))
        changes += plain_rows(conn.execute(SQL["list_report_changes"], about | look))
    return changes, ends


def _trend(conn: Connection, day: date, period: Period, lead_id: int) -> tuple[TrendPoint, ...]:
    values = period_values(period) | {"lead_id": lead_id, "day": to_day(day)}
    return trend_of(plain_rows(conn.execute(SQL["list_trend"], values)))
