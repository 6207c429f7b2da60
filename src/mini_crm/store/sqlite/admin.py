"""What the administrator sets: roster, passwords, periods, targets, settings; and the replay."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from mini_crm.domain.credentials import KdfParameters, PasswordKind
from mini_crm.domain.errors import AlreadyThere, BadValue, DatabaseError, NotFound
from mini_crm.domain.model import (
    AdminAct,
    ClockMistakes,
    Lead,
    Record,
    Replay,
    RosterChange,
    RosterRow,
    Target,
)
from mini_crm.domain.money import check_total, to_minor
from mini_crm.domain.period import Period, month_of, quarter_of, year_of
from mini_crm.domain.rules import (
    CLOCK_SLACK_S,
    MAX_PERIOD_NAME,
    MAX_WAIT_S,
    check_lead_name,
    check_name_fits,
    name_key,
)
from mini_crm.store.port import Progress
from mini_crm.store.rows import (
    act_of,
    bin_of,
    clock_mistakes_of,
    groups_of,
    lead_of,
    period_of,
    record_of,
    replay_row_of,
    target_of,
)
from mini_crm.store.sqlite.accounts import SESSION_S, store_credential
from mini_crm.store.sqlite.accounts import SQL as ACCOUNTS
from mini_crm.store.sqlite.aggregation import STAGES, bare, computed
from mini_crm.store.sqlite.copies import back_up
from mini_crm.store.sqlite.db import Connection, Database, OnlyALook, plain, to_day
from mini_crm.store.sqlite.forecast import SQL as FORECAST
from mini_crm.store.sqlite.forecast import period_values, standing_rows
from mini_crm.store.sqlite.roster import SQL, Roster, log_admin
from mini_crm.store.sqlite.rows import SQL as ENTRIES
from mini_crm.store.sqlite.rows import Author
from mini_crm.store.zones import zone

_log = logging.getLogger(__name__)


class Administration:
    """The part of the store that only the administrator uses."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def list_leads(self) -> tuple[Lead, ...]:
        """See ``AdminStore``."""
        with self.db.reading() as conn:
            rows = conn.execute(ENTRIES["list_groups"], {"lead_id": None})
            groups = groups_of(map(plain, rows))
            return tuple(
                lead_of(plain(row), groups.get(row["LeadId"], ())) for row in conn.execute(SQL["list_leads"])
            )

    def apply_roster(
        self, rows: Sequence[RosterRow], by: str, *, dry_run: bool = False, complete: bool = True
    ) -> tuple[RosterChange, ...]:
        """See ``AdminStore``."""
        changes: tuple[RosterChange, ...] = ()
        try:
            with self.db.writing() as conn:
                roster = Roster(conn, Author(by), self.db.now())
                roster.apply(rows, complete=complete)
                changes = tuple(roster.changes)
                if dry_run or not changes:
                    raise OnlyALook
                log_admin(conn, self.db.now(), by, "apply_roster", f"{len(changes)} changes")
        except OnlyALook:
            pass
        return changes

    def set_credential(
        self,
        lead_id: int,
        kind: PasswordKind,
        kdf: KdfParameters,
        verifier: bytes,
        *,
        must_change: bool,
        by: str,
    ) -> None:
        """See ``AdminStore``."""
        with self.db.writing() as conn:
            name = self._lead_name(conn, lead_id)
            store_credential(self.db, conn, lead_id, kind, kdf, verifier, must_change=must_change)
            log_admin(conn, self.db.now(), by, "set_credential", name)

    def unlock_lead(self, lead_id: int, by: str) -> None:
        """See ``AdminStore``."""
        with self.db.writing() as conn:
            name = self._lead_name(conn, lead_id)
            conn.execute(ACCOUNTS["forget_failures"], {"lead_id": lead_id})
            log_admin(conn, self.db.now(), by, "unlock_lead", name)

    def set_lead_active(self, lead_id: int, is_active: bool, by: str) -> None:
        """See ``AdminStore``."""
        with self.db.writing() as conn:
            name = self._lead_name(conn, lead_id)
            conn.execute(SQL["set_lead_active"], {"lead_id": lead_id, "is_active": is_active})
            if not is_active:
                conn.execute(ACCOUNTS["drop_sessions"], {"lead_id": lead_id})
            log_admin(conn, self.db.now(), by, "activate_lead" if is_active else "deactivate_lead", name)

    def set_head(self, name: str, is_head: bool, by: str) -> Lead:
        """See ``AdminStore``."""
        name = check_lead_name(name)
        with self.db.writing() as conn:
            found = conn.execute(SQL["find_lead"], {"name_key": name_key(name)}).fetchone()
            if found is not None:
                lead_id, name = int(found["LeadId"]), str(found["Name"])
            elif is_head:
                values = {"name": name, "name_key": name_key(name)}
                lead_id = int(conn.execute(SQL["add_lead"], values).lastrowid or 0)
            else:
                raise NotFound("lead_not_found", name=name)
            conn.execute(SQL["set_head"], {"lead_id": lead_id, "is_head": is_head})
            if not is_head:
                conn.execute(ACCOUNTS["drop_sessions"], {"lead_id": lead_id})
            log_admin(conn, self.db.now(), by, "set_head", name if is_head else f"{name}: no")
        return next(lead for lead in self.list_leads() if lead.lead_id == lead_id)

    def rename_lead(self, lead_id: int, name: str, by: str) -> None:
        """See ``AdminStore``."""
        check_name_fits(name, "lead")
        with self.db.writing() as conn:
            old = self._lead_name(conn, lead_id)
            there = conn.execute(SQL["find_lead"], {"name_key": name_key(name)}).fetchone()
            if there is not None and there["LeadId"] != lead_id:
                raise AlreadyThere("lead_exists", name=name)
            values = {"lead_id": lead_id, "name": name, "name_key": name_key(name)}
            conn.execute(SQL["rename_lead"], values)
            log_admin(conn, self.db.now(), by, "rename_lead", f"{old} -> {name}")

    def list_periods(self) -> tuple[Period, ...]:
        """See ``AdminStore``."""
        with self.db.writing() as conn:
            return tuple(period_of(plain(row)) for row in standing_rows(self.db, conn))

    def add_period(self, period: Period, by: str) -> None:
        """See ``AdminStore``."""
        check_name_fits(period.name, "name", MAX_PERIOD_NAME)
        with self.db.writing() as conn:
            found = conn.execute(FORECAST["find_period"], period_values(period)).fetchone()
            if found is None:
                conn.execute(FORECAST["add_period"], period_values(period))
            elif found["ClosedAt"] is None:
                raise AlreadyThere("period_exists", period=period.code)
            else:
                values = {"period_id": found["PeriodId"], "name": period.name}
                conn.execute(FORECAST["reopen_period"], values)
            log_admin(conn, self.db.now(), by, "add_period", period.code)

    def close_period(self, period: Period, by: str) -> None:
        """See ``AdminStore``."""
        with self.db.writing() as conn:
            found = conn.execute(FORECAST["find_period"], period_values(period)).fetchone()
            if found is None or found["Kind"] != "custom" or found["ClosedAt"] is not None:
                raise NotFound("period_not_open", period=period.code)
            values = {"period_id": found["PeriodId"], "now": self.db.now()}
            conn.execute(FORECAST["close_period"], values)
            log_admin(conn, self.db.now(), by, "close_period", period.code)

    def set_targets(self, targets: Sequence[Target], by: str) -> int:
        """See ``AdminStore``."""
        changed = 0
        with self.db.writing() as conn:
            for target in targets:
                amount = check_total(target.amount, field="amount")
                check_name_fits(target.period.name, "period", MAX_PERIOD_NAME)
                check_name_fits(target.lead_name or "", "lead")
                conn.execute(FORECAST["add_period"], period_values(target.period))
                found = conn.execute(FORECAST["find_period"], period_values(target.period)).fetchone()
                values = {
                    "period_id": found["PeriodId"],
                    "lead_id": self._lead_id(conn, target.lead_name),
                    "unit": target.unit,
                    "amount": to_minor(amount),
                    "now": self.db.now(),
                    "changed_by": by,
                }
                changed += conn.execute(SQL["set_target"], values).rowcount
            log_admin(conn, self.db.now(), by, "set_targets", f"{changed} changed")
        return changed

    def list_targets(self) -> tuple[Target, ...]:
        """See ``AdminStore``."""
        with self.db.reading() as conn:
            return tuple(target_of(plain(row)) for row in conn.execute(SQL["list_targets"]))

    def get_record(self) -> Record:
        """See ``AdminStore``."""
        with self.db.reading() as conn:
            row = conn.execute(SQL["get_record"]).fetchone()
            return record_of(plain(row), map(plain, conn.execute(SQL["list_units"])))

    def replay(self, as_of: date, period: Period) -> Replay:
        """See ``AdminStore``."""
        days = {"count_day": to_day(as_of), "starts_on": to_day(period.start), "ends_on": to_day(period.end)}
        horizon = [(1, to_day(period.start) or 0, to_day(period.end) or 0)]
        # By one connection, since every entry's chance is judged.
        with computed(self.db, as_of, None, horizon, connections=1) as (team, _), self.db.errors():
            conn = team.first
            shown = bare(STAGES["lead_rows"]).partition("\nORDER BY")[0]
            rows = conn.execute(SQL["replay_rows"].format(rows=shown), days).fetchall()
            bins = conn.execute(SQL["replay_bins"], days).fetchall()
        return Replay(
            as_of,
            period,
            tuple(replay_row_of(plain(row)) for row in rows),
            tuple(bin_of(plain(row)) for row in bins),
        )

    def keep_replays(self, days: Sequence[date], by: str, progress: Progress | None = None) -> None:
        """See ``AdminStore``."""
        today, evenings = self.db.today(), sorted(set(days))
        if evenings and evenings[-1] > today:
            raise BadValue("as_of_in_future", field="days", as_of=evenings[-1], today=today)
        kept: list[dict[str, object]] = []
        for done, day in enumerate(evenings, 1):
            kept += self._replayed(day)
            if progress is not None:
                progress(done)
        with self.db.writing() as conn:
            conn.execute(SQL["forget_replays"])
            conn.executemany(SQL["keep_replay"], kept)
            log_admin(conn, self.db.now(), by, "keep_replays", f"{len(evenings)} days")

    def _replayed(self, day: date) -> list[dict[str, object]]:
        """Forecast one evening's month, quarter and year; gives the rows that are kept."""
        horizon = []
        with self.db.writing() as conn:
            for period in (month_of(day), quarter_of(day), year_of(day)):
                conn.execute(FORECAST["add_period"], period_values(period))
                row = conn.execute(FORECAST["find_period"], period_values(period)).fetchone()
                horizon.append((row["PeriodId"], row["StartsOn"], row["EndsOn"]))
        with computed(self.db, day, None, horizon) as (team, _), self.db.errors():
            rows = team.first.execute(STAGES["lead_rows"], {"count_day": to_day(day)})
            return [{**dict(row), "Day": to_day(day)} for row in rows]

    def get_setting(self, name: str) -> str | None:
        """See ``AdminStore``."""
        with self.db.reading() as conn:
            row = conn.execute(SQL["get_setting"], {"name": name}).fetchone()
        return None if row is None else str(row["Value"])

    def set_setting(self, name: str, value: str, by: str) -> None:
        """See ``AdminStore``."""
        if name == "TimeZone":
            zone(value)
        with self.db.writing() as conn:
            conn.execute(SQL["set_setting"], {"name": name, "value": value})
            log_admin(conn, self.db.now(), by, "set_setting", f"{name} = {value}")
        self.db.forget_zone()

    def get_today(self) -> date:
        """See ``AdminStore``."""
        return self.db.today()

    def get_clock_mistakes(self) -> ClockMistakes:
        """See ``AdminStore``."""
        now = self.db.now()
        values = {
            "latest": now + CLOCK_SLACK_S,
            "latest_end": now + SESSION_S + CLOCK_SLACK_S,
            "longest_wait": now + MAX_WAIT_S,
            "today": to_day(self.db.today()),
        }
        with self.db.reading() as conn:
            return clock_mistakes_of(plain(conn.execute(SQL["get_clock_mistakes"], values).fetchone()))

    def list_admin_log(self, limit: int = 50) -> tuple[AdminAct, ...]:
        """See ``AdminStore``."""
        with self.db.reading() as conn:
            rows = conn.execute(SQL["list_admin_log"], {"limit": limit})
            return tuple(act_of(plain(row)) for row in rows)

    def backup(self, target: Path, by: str) -> int:
        """See ``AdminStore``."""
        entries = back_up(self.db, target)
        try:
            self.record(by, "backup", target.name)
        except DatabaseError as error:
            # There is a copy, which is what a database that cannot be written needs most.
            _log.warning("the copy %s could not be recorded: %s", target, error)
        return entries

    def record(self, by: str, action: str, detail: str) -> None:
        """Record what an administrator did with the file as a whole."""
        with self.db.writing() as conn:
            log_admin(conn, self.db.now(), by, action, detail)

    def _lead_name(self, conn: Connection, lead_id: int) -> str:
        for row in conn.execute(SQL["list_leads"]):
            if row["LeadId"] == lead_id:
                return str(row["Name"])
        raise NotFound("lead_not_found", name=str(lead_id))

    def _lead_id(self, conn: Connection, name: str | None) -> int:
        if name is None:
            return 0
        row = conn.execute(SQL["find_lead"], {"name_key": name_key(name)}).fetchone()
        if row is None:
            raise NotFound("lead_not_found", name=name)
        return int(row["LeadId"])
