"""One aggregation run: lock, record, compute in TEMP tables, write in short transactions."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date, timedelta
from itertools import groupby

from mini_crm.domain.errors import BadValue, TooSoon
from mini_crm.domain.model import Run, RunKind, RunStatus
from mini_crm.domain.period import standing_periods
from mini_crm.store.rows import run_of
from mini_crm.store.sqlite.db import Connection, Database, Row, ensure_math, load_queries, plain, to_day
from mini_crm.store.sqlite.forecast import SQL, period_values
from mini_crm.store.sqlite.side_by_side import SideBySide, how_many, reading_one_moment

STAGES = {
    name: text
    for file in ("deals", "learn", "calendar", "chance", "blend", "rows")
    for name, text in load_queries(f"aggregate_{file}.sql").items()
}
SECTIONS = [
    (kind, [STAGES[name] for name in names])
    for kind, names in groupby(STAGES, lambda name: name.partition("_")[0])
    if kind in ("each", "gather", "stage", "share")
]
"""The stages in order, those of one kind that follow each other together; aggregate_deals.sql says what each
kind is."""
METHOD = 2
"""The number of the method; a run keeps it, so that what an earlier one said stays what it was."""
BUCKET_EDGES = (0, 1, 3, 7, 14, 30, 60, 90, 120, 180, 365, 1_000_000)
"""Days since entry; an entry of age a is in the bucket (edge, next edge]."""
PROMISE_EDGES = (-1_000_000_000, -30, -7, 0, 7, 30, 1_000_000_000)
"""Days since the first promised day; each class is (edge, next edge]."""
WORK_BEGINS_HOUR, WORK_ENDS_HOUR = 9, 18
"""Between them a live run's day counts for less and less; after them nothing more is to come that day."""

KEEP_LEARNT = (
    SQL["keep_learnt_speeds"],
    SQL["keep_learnt_indices"],
    SQL["keep_learnt_replays"],
    SQL["keep_learnt_periods"],
)
DROP_LEARNT = (
    SQL["drop_learnt_speeds"],
    SQL["drop_learnt_indices"],
    SQL["drop_learnt_replays"],
    SQL["drop_learnt_periods"],
)

REQUEST_EVERY_S = 300
_log = logging.getLogger(__name__)


class Aggregation:
    """The part of the store that runs the forecast."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def aggregate_forecast(self, as_of: date | None, started_by: str) -> Run:
        """See ``BatchStore``."""
        now = self.db.now()
        today = self.db.day_of(now)
        if as_of is not None and as_of > today:
            raise BadValue("as_of_in_future", field="as_of", as_of=as_of, today=today)
        with self.db.run_lock():
            if as_of is None:
                return self._run(today, self.db.hour_of(now), started_by)
            return self._run(as_of, None, started_by)

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

    def _run(self, day: date, hour: int | None, started_by: str) -> Run:
        run_id: int | None = None
        try:
            with self.db.writing() as conn:
                conn.execute(SQL["fail_dead_runs"], {"now": self.db.now()})
                periods = self._open_periods(conn, day)
                record = self._record(conn, day, hour, started_by, periods)
                run_id = conn.execute(SQL["add_run"], record).lastrowid
            if record["status"] == RunStatus.RUNNING.value:
                self._compute(run_id, day, hour, periods)
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
        self, conn: Connection, day: date, hour: int | None, started_by: str, periods: Sequence[Row]
    ) -> dict[str, object]:
        """Give what is recorded of a run as it begins, or of one that finds nothing changed."""
        now = self.db.now()
        record: dict[str, object] = {
            "kind": (RunKind.AS_OF if hour is None else RunKind.LIVE).value,
            "method": METHOD,
            "count_day": to_day(day),
            "count_hour": hour,
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
        if hour is not None and current is not None and _nothing_changed(current, record, now):
            record |= {
                "status": RunStatus.UNCHANGED.value,
                "finished_at": now,
                "entry_count": current["EntryCount"],
                "paid_events": current["PaidEvents"],
                "refused_events": current["RefusedEvents"],
            }
        return record

    def _compute(self, run_id: int | None, day: date, hour: int | None, periods: Sequence[Row]) -> None:
        horizon = [(row["PeriodId"], row["StartsOn"], row["EndsOn"]) for row in periods]
        with computed(self.db, day, hour, horizon) as (team, last_history_id):
            conn = team.first
            of_run: dict[str, object] = {"run_id": run_id, "count_day": to_day(day)}
            for keep, rows in (
                (SQL["keep_lead_rows"], STAGES["lead_rows"]),
                (SQL["keep_manager_rows"], STAGES["manager_rows"]),
            ):
                with self.db.writing(conn):
                    conn.execute(keep.format(rows=bare(rows)), of_run)
            self._keep_entry_rows(team, of_run)
            with self.db.writing(conn):
                for keep in KEEP_LEARNT:
                    conn.execute(keep, of_run)
            with self.db.errors():
                counts = conn.execute(
                    "SELECT (SELECT Deals FROM temp.Span) AS EntryCount, coalesce(sum(Paid), 0) AS"
                    " PaidEvents, coalesce(sum(Refused), 0) AS RefusedEvents FROM temp.Speed WHERE Cutoff = 0"
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
            if hour is not None:
                self._drop_old(conn, of_run | {"now": self.db.now()})

    def _keep_entry_rows(self, team: SideBySide, of_run: Mapping[str, object]) -> None:
        """Write every entry's chances, in the order of the table: that is fastest, and takes least room."""
        with self.db.errors():
            ahead = team.first.execute("SELECT PeriodId, Place FROM temp.Ahead ORDER BY Place").fetchall()
            some = "SELECT EXISTS (SELECT 1 FROM temp.Walker WHERE EntryId BETWEEN ? AND ?)"
            with_open = [own for own in team.ranges if own.conn.execute(some, own[1:]).fetchone()[0]]
        for period in ahead:
            for conn, first_id, last_id in with_open:
                about = {
                    "period_id": period["PeriodId"],
                    "place": period["Place"],
                    "first_id": first_id,
                    "last_id": last_id,
                }
                with self.db.writing(conn):
                    conn.execute(SQL["keep_entry_rows"], {**of_run, **about})

    def _fail(self, run_id: int | None) -> None:
        """Say of a run that it came to nothing, unless it is done: an error may come after that as well."""
        try:
            with self.db.writing() as conn:
                conn.execute(SQL["fail_run"], {"run_id": run_id, "now": self.db.now()})
        except Exception as error:
            # What stopped the run matters more than this; the next run marks it as failed.
            _log.warning("run %s could not be marked as failed: %s", run_id, error)

    def _drop_old(self, conn: Connection, values: dict[str, object]) -> None:
        """Remove what is not kept once a live run is done; the next one removes what is left of it now."""
        try:
            with self.db.writing(conn):
                conn.execute(SQL["drop_manager_rows"], values)
            with self.db.writing(conn):
                conn.execute(SQL["drop_lead_rows"], values)
            for row in conn.execute(SQL["list_old_entry_runs"], values).fetchall():
                dropped = 1
                while dropped:
                    with self.db.writing(conn):
                        old = {"old_run_id": row["RunId"]}
                        dropped = conn.execute(SQL["drop_entry_rows"], old).rowcount
            with self.db.writing(conn):
                for row in conn.execute(SQL["list_old_learnt_runs"], values).fetchall():
                    for drop in DROP_LEARNT:
                        conn.execute(drop, {"old_run_id": row["RunId"]})
        except Exception as error:
            # The run is done and readers have it: this must not make a failure of it.
            _log.warning("rows of earlier runs are left after run %s: %s", values["run_id"], error)


def bare(rows: str) -> str:
    """Give a query without its end, to be put into another."""
    return rows.rstrip().rstrip(";")


@contextmanager
def computed(
    db: Database,
    day: date,
    hour: int | None,
    horizon: Sequence[tuple[int, int, int]],
    connections: int | None = None,
) -> Iterator[tuple[SideBySide, int]]:
    """Compute a forecast into TEMP tables of connections of its own.

    Args:
        db: The database; it is only read.
        day: The day up to which entries are counted.
        hour: The whole hour of a day that is still going on; None for its evening.
        horizon: Period id, first and last day of each period.
        connections: How many compute side by side; by itself as many as are worth while.

    Yields:
        The connections (results are in the first one's tables, those of single entries in that of each), and
        the number of the newest change that was seen.
    """
    count_day = to_day(day)
    learn_day, rest = count_day, 1.0
    if hour is not None:
        learn_day = to_day(day - timedelta(days=1))
        rest = min(1.0, max(0.0, (WORK_ENDS_HOUR - hour) / (WORK_ENDS_HOUR - WORK_BEGINS_HOUR)))
    values: Mapping[str, object] = {"learn_day": learn_day, "count_day": count_day, "rest": rest}
    with ExitStack() as opened:
        with db.errors():
            newest_id = db.connection().execute(SQL["newest_entry_id"]).fetchone()["EntryId"]
            team = SideBySide(
                [
                    opened.enter_context(closing(_scratch(db, horizon)))
                    for _ in range(connections or how_many(newest_id))
                ],
                newest_id,
            )
            with reading_one_moment(db, team.connections):
                last_history_id = team.first.execute(SQL["last_history_id"]).fetchone()["HistoryId"]
                # The first ones copy what the others need; after them the moment that is read can go.
                _run_section(team, *SECTIONS[0], values)
            for kind, texts in SECTIONS[1:]:
                _run_section(team, kind, texts, values)
        yield team, last_history_id


def _scratch(db: Database, horizon: Sequence[tuple[int, int, int]]) -> Connection:
    """Give a connection to compute on, with the tables that the stages begin from."""
    conn = db.connect_again()
    try:
        ensure_math(conn)
        conn.execute("PRAGMA temp_store = MEMORY")
        conn.execute("PRAGMA cache_size = -65536")
        conn.execute("PRAGMA mmap_size = 1073741824")
        # The results can be computed again: the run need not wait for the disk. What its rows refer to
        # is never removed, so half a million of them need not look for it; and to overwrite with zeros
        # what is removed of earlier runs, as some builds of SQLite do, hides nothing from anybody.
        conn.execute("PRAGMA synchronous = NORMAL")
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("PRAGMA secure_delete = OFF")
        conn.execute(
            "CREATE TEMP TABLE Horizon (PeriodId INTEGER PRIMARY KEY, StartsOn INTEGER, EndsOn INTEGER)"
        )
        conn.executemany("INSERT INTO temp.Horizon VALUES (?, ?, ?)", horizon)
        conn.execute("CREATE TEMP TABLE Bucket (Bucket INTEGER PRIMARY KEY, FromAge INTEGER, ToAge INTEGER)")
        edges = zip(range(len(BUCKET_EDGES)), BUCKET_EDGES, BUCKET_EDGES[1:], strict=False)
        conn.executemany("INSERT INTO temp.Bucket VALUES (?, ?, ?)", edges)
        conn.execute(
            "CREATE TEMP TABLE Promise (Promise INTEGER PRIMARY KEY, FromPast INTEGER, ToPast INTEGER)"
        )
        past = zip(range(len(PROMISE_EDGES)), PROMISE_EDGES, PROMISE_EDGES[1:], strict=False)
        conn.executemany("INSERT INTO temp.Promise VALUES (?, ?, ?)", past)
    except BaseException:
        conn.close()
        raise
    return conn


def _run_section(team: SideBySide, kind: str, texts: Sequence[str], values: Mapping[str, object]) -> None:
    if kind == "each":
        team.each(texts, values)
    elif kind == "gather":
        team.gather(" ".join(texts).split())
    elif kind == "share":
        team.share(" ".join(texts).split())
    else:
        for text in texts:
            team.first.execute(text, values)


def _nothing_changed(current: Row, record: Mapping[str, object], now: int) -> bool:
    # A run that is dated in the future was made by a wrong clock: the next one takes its place.
    return bool(current["StartedAt"] <= now) and all(
        current[column] == record[value]
        for column, value in (
            ("Method", "method"),
            ("CountDay", "count_day"),
            ("CountHour", "count_hour"),
            ("LastHistoryId", "last_history_id"),
            ("PeriodList", "period_list"),
        )
    )
