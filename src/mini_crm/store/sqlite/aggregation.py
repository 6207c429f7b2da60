"""One aggregation run: lock, record, compute in TEMP tables, write in short transactions."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from mini_crm.domain.errors import BadValue, TooSoon
from mini_crm.domain.model import Run, RunKind, RunStatus
from mini_crm.domain.period import standing_periods
from mini_crm.store.rows import run_of
from mini_crm.store.sqlite.db import Connection, Database, Row, ensure_math, load_queries, plain, to_day
from mini_crm.store.sqlite.forecast import SQL, period_values

STAGES = load_queries("aggregate.sql")
BUCKET_EDGES = (0, 1, 3, 7, 14, 30, 60, 90, 120, 180, 365, 1_000_000)
"""Days since entry; an entry of age a is in the bucket (edge, next edge]."""

REQUEST_EVERY_S = 300
_BEFORE_SNAPSHOT_ENDS = 3
"""The first stages copy what the others need; after them the read snapshot can go."""

_log = logging.getLogger(__name__)


class Aggregation:
    """The part of the store that runs the forecast."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def aggregate_forecast(self, as_of: date | None, started_by: str) -> Run:
        """See ``BatchStore``."""
        today = self.db.today()
        if as_of is not None and as_of > today:
            raise BadValue("as_of_in_future", field="as_of", as_of=as_of, today=today)
        with self.db.run_lock():
            return self._run(as_of or today, RunKind.LIVE if as_of is None else RunKind.AS_OF, started_by)

    def run_if_due(self, started_by: str) -> Run:
        """Run, unless somebody's run finished less than 5 minutes ago.

        Raises:
            TooSoon: That is so.
        """
        with self.db.reading() as conn:
            finished = conn.execute(SQL["last_finished"], {"now": self.db.now()}).fetchone()["FinishedAt"]
        left = (finished or 0) + REQUEST_EVERY_S - self.db.now()
        if left > 0:
            raise TooSoon("run_too_soon", seconds=left)
        return self.aggregate_forecast(None, started_by)

    def _run(self, day: date, kind: RunKind, started_by: str) -> Run:
        run_id: int | None = None
        try:
            with self.db.writing() as conn:
                conn.execute(SQL["fail_dead_runs"], {"now": self.db.now()})
                periods = self._open_periods(conn, day)
                record = self._record(conn, day, kind, started_by, periods)
                run_id = conn.execute(SQL["add_run"], record).lastrowid
            if record["status"] == RunStatus.RUNNING.value:
                self._compute(run_id, day, kind, periods)
        except BaseException:
            self._fail(run_id)
            raise
        with self.db.reading() as conn:
            return run_of(plain(conn.execute(SQL["get_run"], {"run_id": run_id}).fetchone()))

    def _open_periods(self, conn: Connection, day: date) -> list[Row]:
        for period in standing_periods(day):
            conn.execute(SQL["add_period"], period_values(period))
        return conn.execute(SQL["list_open_periods"], {"day": to_day(day)}).fetchall()

    def _record(
        self, conn: Connection, day: date, kind: RunKind, started_by: str, periods: Sequence[Row]
    ) -> dict[str, object]:
        """Give what is recorded of a run as it begins, or of one that finds nothing changed."""
        now = self.db.now()
        record: dict[str, object] = {
            "kind": kind.value,
            "count_day": to_day(day),
            "now": now,
            "started_by": started_by,
            "last_history_id": conn.execute(SQL["last_history_id"]).fetchone()["HistoryId"],
            "period_list": " ".join(str(row["PeriodId"]) for row in periods),
            "status": RunStatus.RUNNING.value,
            "finished_at": None,
            "entry_count": None,
            "paid_events": None,
            "refused_events": None,
        }
        current = conn.execute(SQL["get_current_run"], {"now": now}).fetchone()
        if kind is RunKind.LIVE and current is not None and _nothing_changed(current, record, now):
            record |= {
                "status": RunStatus.UNCHANGED.value,
                "finished_at": now,
                "entry_count": current["EntryCount"],
                "paid_events": current["PaidEvents"],
                "refused_events": current["RefusedEvents"],
            }
        return record

    def _compute(self, run_id: int | None, day: date, kind: RunKind, periods: Sequence[Row]) -> None:
        horizon = [(row["PeriodId"], row["StartsOn"], row["EndsOn"]) for row in periods]
        with computed(self.db, day, kind, horizon) as (conn, last_history_id):
            of_run: dict[str, object] = {"run_id": run_id, "count_day": to_day(day)}
            with self.db.writing(conn):
                conn.execute(
                    SQL["keep_lead_rows"].format(rows=STAGES["lead_rows"].rstrip().rstrip(";")), of_run
                )
            with self.db.writing(conn):
                rows = STAGES["manager_rows"].rstrip().rstrip(";")
                conn.execute(SQL["keep_manager_rows"].format(rows=rows), of_run)
            if kind is RunKind.LIVE:
                after = 0
                while True:
                    with self.db.writing(conn):
                        kept = conn.execute(SQL["keep_entry_rows"], of_run | {"after": after}).rowcount
                    if not kept:
                        break
                    after += 20_000
            with self.db.errors():
                counts = conn.execute(
                    "SELECT (SELECT count(*) FROM temp.Deal) AS EntryCount, coalesce(sum(Paid), 0) AS"
                    " PaidEvents, coalesce(sum(Refused), 0) AS RefusedEvents FROM temp.Exposure"
                ).fetchone()
            with self.db.writing(conn):
                conn.execute(
                    SQL["finish_run"],
                    {
                        "run_id": run_id,
                        "now": self.db.now(),
                        "last_history_id": last_history_id,
                        "entry_count": counts["EntryCount"],
                        "paid_events": counts["PaidEvents"],
                        "refused_events": counts["RefusedEvents"],
                    },
                )
            if kind is RunKind.LIVE:
                self._drop_old(conn, run_id)

    def _fail(self, run_id: int | None) -> None:
        """Say of a run that it came to nothing, unless it is done: an error may come after that as well."""
        try:
            with self.db.writing() as conn:
                conn.execute(SQL["fail_run"], {"run_id": run_id, "now": self.db.now()})
        except Exception as error:
            # What stopped the run matters more than this; the next run marks it as failed.
            _log.warning("run %s could not be marked as failed: %s", run_id, error)

    def _drop_old(self, conn: Connection, run_id: int | None) -> None:
        """Remove what is not kept once a live run is done; the next one removes what is left of it now."""
        values = {"run_id": run_id, "now": self.db.now()}
        try:
            with self.db.writing(conn):
                conn.execute(SQL["drop_manager_rows"], values)
            with self.db.writing(conn):
                conn.execute(SQL["drop_lead_rows"], values)
            dropped = 1
            while dropped:
                with self.db.writing(conn):
                    dropped = conn.execute(SQL["drop_entry_rows"], values).rowcount
        except Exception as error:
            # The run is done and readers have it: this must not make a failure of it.
            _log.warning("rows of earlier runs are left after run %s: %s", run_id, error)


@contextmanager
def computed(
    db: Database, day: date, kind: RunKind, horizon: Sequence[tuple[int, int, int]]
) -> Iterator[tuple[Connection, int]]:
    """Compute a forecast into TEMP tables of a connection of its own.

    Args:
        db: The database; it is only read.
        day: The day up to which entries are counted.
        kind: Whether that day is still going on.
        horizon: Period id, first and last day of each period.

    Yields:
        The connection, and the number of the newest change that was seen.
    """
    count_day = to_day(day)
    live = kind is RunKind.LIVE
    learn_day = to_day(day - timedelta(days=1)) if live else count_day
    values: Mapping[str, object] = {"learn_day": learn_day, "count_day": count_day, "live": live}
    with db.errors():
        conn = db.connect_again()
    try:
        with db.errors():
            ensure_math(conn)
            conn.execute("PRAGMA temp_store = MEMORY")
            conn.execute("PRAGMA cache_size = -65536")
            conn.execute("PRAGMA mmap_size = 1073741824")
            # The results can be computed again: the run need not wait for the disk.
            conn.execute("PRAGMA synchronous = NORMAL")
            conn.execute(
                "CREATE TEMP TABLE Horizon (PeriodId INTEGER PRIMARY KEY, StartsOn INTEGER, EndsOn INTEGER)"
            )
            conn.executemany("INSERT INTO temp.Horizon VALUES (?, ?, ?)", horizon)
            conn.execute(
                "CREATE TEMP TABLE Bucket (Bucket INTEGER PRIMARY KEY, FromAge INTEGER, ToAge INTEGER)"
            )
            edges = zip(range(len(BUCKET_EDGES)), BUCKET_EDGES, BUCKET_EDGES[1:], strict=False)
            conn.executemany("INSERT INTO temp.Bucket VALUES (?, ?, ?)", edges)
            stages = [text for name, text in STAGES.items() if name.startswith("stage_")]
            with db.reading(conn):
                last_history_id = conn.execute(SQL["last_history_id"]).fetchone()["HistoryId"]
                for stage in stages[:_BEFORE_SNAPSHOT_ENDS]:
                    conn.execute(stage, values)
            for stage in stages[_BEFORE_SNAPSHOT_ENDS:]:
                conn.execute(stage, values)
        yield conn, last_history_id
    finally:
        conn.close()


def _nothing_changed(current: Row, record: Mapping[str, object], now: int) -> bool:
    # A run that is dated in the future was made by a wrong clock: the next one takes its place.
    return bool(current["StartedAt"] <= now) and all(
        current[column] == record[value]
        for column, value in (
            ("CountDay", "count_day"),
            ("LastHistoryId", "last_history_id"),
            ("PeriodList", "period_list"),
        )
    )
