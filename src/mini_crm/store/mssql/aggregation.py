"""Running the forecast on a server."""

from __future__ import annotations

from datetime import date

from mini_crm.domain.model import Replay, Run
from mini_crm.domain.period import Period
from mini_crm.store.mssql.call import Server
from mini_crm.store.rows import bin_of, replay_row_of, run_of

RUN_S = 20 * 60
"""How long a run may take."""


class Aggregation:
    """The part of the store that runs the forecast."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def aggregate_forecast(self, as_of: date | None, started_by: str) -> Run:
        """See ``BatchStore``."""
        # Not repeated when the answer is lost: the run may be under way still.
        (rows,) = self.server.call(
            "batch.AggregateForecast", repeatable=False, timeout_s=RUN_S, as_of=as_of, started_by=started_by
        )
        return run_of(rows[0])

    def request_run(self, token: bytes) -> Run:
        """See ``DesktopStore``."""
        (rows,) = self.server.call("api.RequestRun", repeatable=False, timeout_s=RUN_S, token=token)
        return run_of(rows[0])

    def replay(self, as_of: date, period: Period) -> Replay:
        """See ``AdminStore``."""
        rows, bins = self.server.call(
            "admin.Replay", timeout_s=RUN_S, as_of=as_of, starts_on=period.start, ends_on=period.end
        )
        return Replay(as_of, period, tuple(map(replay_row_of, rows)), tuple(map(bin_of, bins)))
