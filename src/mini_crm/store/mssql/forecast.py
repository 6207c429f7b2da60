"""What the runs found, read from a server: forecasts, trend, accuracy, commitments, the report."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from mini_crm.domain.model import (
    AccuracyRow,
    Bridge,
    Commitment,
    Company,
    EntryChance,
    Forecast,
    Report,
    Run,
    TrendPoint,
)
from mini_crm.domain.money import check_total
from mini_crm.domain.period import Period
from mini_crm.domain.rules import check_note
from mini_crm.store.changes import bridges_of, changes_of
from mini_crm.store.mssql.batches import json_of
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.values import Row
from mini_crm.store.operations import request_of
from mini_crm.store.rows import (
    accuracy_of,
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
from mini_crm.store.zones import zone

REPORT_S = 300
"""How long a report may take: it adds up all entries."""


class Forecasts:
    """The part of the store that shows what the runs found."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def list_runs(self, limit: int = 20) -> tuple[Run, ...]:
        """See ``BatchStore``."""
        (rows,) = self.server.call("batch.ListRuns", limit=limit)
        return tuple(map(run_of, rows))

    def get_forecast(self, token: bytes) -> Forecast:
        """See ``DesktopStore``."""
        return _forecast(self.server.call("api.GetForecast", token=token))

    def get_company_forecast(self, run_id: int | None = None) -> Forecast:
        """See ``ReportStore``."""
        about = {"run_id": run_id}
        return _forecast(self.server.call("batch.GetCompanyForecast", about=about, run_id=run_id))

    def get_company(self, token: bytes, period: Period) -> Company:
        """See ``DesktopStore``."""
        runs, leads, managers, *learnt, week_ago, periods = self.server.call(
            "api.GetCompany", token=token, kind=period.kind, starts_on=period.start, ends_on=period.end
        )
        return company_of(runs[0] if runs else None, leads, managers, week_ago, periods, learnt_of(*learnt))

    def list_bridges(self, token: bytes, period: Period) -> tuple[Bridge, ...]:
        """See ``DesktopStore``."""
        sets = self.server.call(
            "api.ListBridges", token=token, kind=period.kind, starts_on=period.start, ends_on=period.end
        )
        if not sets:
            return ()
        changes, ends = sets
        return bridges_of(changes, ends, period)

    def list_chances(self, token: bytes, period: Period, entry_ids: Sequence[int]) -> tuple[EntryChance, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call(
            "api.ListChances",
            token=token,
            kind=period.kind,
            starts_on=period.start,
            ends_on=period.end,
            entry_ids=json_of(entry_ids),
        )
        return tuple(map(chance_of, rows))

    def list_trend(self, token: bytes, period: Period) -> tuple[TrendPoint, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call(
            "api.ListTrend", token=token, kind=period.kind, starts_on=period.start, ends_on=period.end
        )
        return trend_of(rows)

    def list_accuracy(self, token: bytes) -> tuple[AccuracyRow, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call("api.ListAccuracy", token=token)
        return accuracy_of(rows)

    def list_commitments(self, token: bytes, period: Period) -> tuple[Commitment, ...]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call(
            "api.ListCommitments", token=token, kind=period.kind, starts_on=period.start, ends_on=period.end
        )
        return tuple(commitment_of(row, period) for row in rows)

    def set_commitment(
        self, token: bytes, op_id: UUID, period: Period, unit: str, amount: Decimal, note: str
    ) -> Commitment:
        """See ``DesktopStore``."""
        amount = check_total(amount, field="amount", may_be_zero=True)
        note = check_note(note)
        (rows,) = self.server.call(
            "api.SetCommitment",
            about={"unit": unit, "period": period.code},
            token=token,
            op_id=op_id,
            request=request_of("commit", period, unit, amount, note),
            kind=period.kind,
            starts_on=period.start,
            ends_on=period.end,
            unit=unit,
            amount=amount,
            note=note,
        )
        return commitment_of(rows[0], period)

    def get_report(self, period: Period | None = None, run_id: int | None = None) -> Report:
        """See ``ReportStore``."""
        place = self.server.settings
        *forecast, clients, trend, accuracy, changes, ends, reasons, periods = self.server.call(
            "batch.GetReport",
            about={"period": "" if period is None else period.code, "run_id": run_id},
            timeout_s=REPORT_S,
            kind=None if period is None else period.kind,
            starts_on=None if period is None else period.start,
            ends_on=None if period is None else period.end,
            run_id=run_id,
        )
        told = period_of(periods[0])
        return Report(
            forecast=_forecast(forecast),
            period=told,
            clients=tuple(map(client_of, clients)),
            trend=trend_of(trend),
            accuracy=accuracy_of(accuracy),
            database=f"{place.catalog} ({place.server})",
            changes=changes_of(changes, told),
            zone=zone(periods[0]["TimeZone"]) if periods[0]["TimeZone"] else None,
            bridges=bridges_of(changes, ends, told),
            reasons=tuple(map(reason_of, reasons)),
        )


def _forecast(sets: list[list[Row]]) -> Forecast:
    runs, leads, managers, *learnt = sets
    return forecast_of(runs[0] if runs else None, leads, managers, learnt_of(*learnt))
