"""What the administrator sets: roster, passwords, periods, targets, settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import cast
from uuid import uuid4

from mini_crm.domain.credentials import KdfParameters, PasswordKind
from mini_crm.domain.errors import UsageError
from mini_crm.domain.model import AdminAct, ClockMistakes, Lead, Record, RosterChange, RosterRow, Target
from mini_crm.domain.money import check_total
from mini_crm.domain.period import Period
from mini_crm.domain.rules import MAX_PERIOD_NAME, check_lead_name, check_name_fits, name_key
from mini_crm.store.mssql.aggregation import RUN_S
from mini_crm.store.mssql.batches import json_of
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.imports import roster_json
from mini_crm.store.port import Progress
from mini_crm.store.rows import act_of, clock_mistakes_of, groups_of, lead_of, period_of, record_of, target_of
from mini_crm.store.zones import offsets


class Administration:
    """The part of the store that only the administrator uses."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def list_leads(self) -> tuple[Lead, ...]:
        """See ``AdminStore``."""
        leads, groups = self.server.call("admin.ListLeads")
        of_lead = groups_of(groups)
        return tuple(lead_of(row, of_lead.get(row["LeadId"], ())) for row in leads)

    def apply_roster(
        self, rows: Sequence[RosterRow], by: str, *, dry_run: bool = False, complete: bool = True
    ) -> tuple[RosterChange, ...]:
        """See ``AdminStore``."""
        (changes,) = self.server.call(
            "admin.ApplyRoster", rows=roster_json(rows), by=by, dry_run=dry_run, complete=complete
        )
        return tuple(
            RosterChange(row["Kind"], row["Name"], row["OldName"], row["NewName"], row["OpenEntries"])
            for row in changes
        )

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
        self.server.call(
            "admin.SetCredential",
            about={"lead_id": lead_id},
            lead_id=lead_id,
            kind=kind,
            salt=kdf.salt,
            time_cost=kdf.time_cost,
            memory_kib=kdf.memory_kib,
            parallelism=kdf.parallelism,
            verifier=verifier,
            must_change=must_change,
            by=by,
        )

    def unlock_lead(self, lead_id: int, by: str) -> None:
        """See ``AdminStore``."""
        self.server.call("admin.UnlockLead", about={"lead_id": lead_id}, lead_id=lead_id, by=by)

    def set_lead_active(self, lead_id: int, is_active: bool, by: str) -> None:
        """See ``AdminStore``."""
        self.server.call(
            "admin.SetLeadActive", about={"lead_id": lead_id}, lead_id=lead_id, is_active=is_active, by=by
        )

    def set_head(self, name: str, is_head: bool, by: str) -> Lead:
        """See ``AdminStore``."""
        name = check_lead_name(name)
        ((row,),) = self.server.call(
            "admin.SetHead",
            about={"name": name},
            name=name,
            name_key=name_key(name),
            is_head=is_head,
            by=by,
        )
        return next(lead for lead in self.list_leads() if lead.lead_id == row["LeadId"])

    def rename_lead(self, lead_id: int, name: str, by: str) -> None:
        """See ``AdminStore``."""
        check_name_fits(name, "lead")
        self.server.call(
            "admin.RenameLead",
            about={"lead_id": lead_id, "name": name},
            lead_id=lead_id,
            name=name,
            name_key=name_key(name),
            by=by,
        )

    def list_periods(self) -> tuple[Period, ...]:
        """See ``AdminStore``."""
        (rows,) = self.server.call("admin.ListPeriods")
        return tuple(map(period_of, rows))

    def add_period(self, period: Period, by: str) -> None:
        """See ``AdminStore``."""
        check_name_fits(period.name, "name", MAX_PERIOD_NAME)
        self.server.call(
            "admin.AddPeriod",
            about={"period": period.code},
            kind=period.kind,
            starts_on=period.start,
            ends_on=period.end,
            name=period.name,
            by=by,
            op_id=uuid4(),
        )

    def close_period(self, period: Period, by: str) -> None:
        """See ``AdminStore``."""
        self.server.call(
            "admin.ClosePeriod",
            about={"period": period.code},
            kind=period.kind,
            starts_on=period.start,
            ends_on=period.end,
            by=by,
            op_id=uuid4(),
        )

    def set_targets(self, targets: Sequence[Target], by: str) -> int:
        """See ``AdminStore``."""
        for target in targets:
            check_name_fits(target.period.name, "period", MAX_PERIOD_NAME)
            check_name_fits(target.lead_name or "", "lead")
        rows = [
            {
                "Place": place,
                "Kind": target.period.kind.value,
                "StartsOn": target.period.start,
                "EndsOn": target.period.end,
                "PeriodName": target.period.name,
                "LeadName": target.lead_name,
                "LeadKey": None if target.lead_name is None else name_key(target.lead_name),
                "Unit": target.unit,
                "Amount": check_total(target.amount, field="amount"),
            }
            for place, target in enumerate(targets, start=1)
        ]
        ((row,),) = self.server.call("admin.SetTargets", targets=json_of(rows), by=by)
        return int(row["Changed"])

    def list_targets(self) -> tuple[Target, ...]:
        """See ``AdminStore``."""
        (rows,) = self.server.call("admin.ListTargets")
        return tuple(map(target_of, rows))

    def get_record(self) -> Record:
        """See ``AdminStore``."""
        (record,), units = self.server.call("admin.GetRecord")
        return record_of(record, units)

    def get_clock_mistakes(self) -> ClockMistakes:
        """See ``AdminStore``."""
        ((row,),) = self.server.call("admin.GetClockMistakes")
        return clock_mistakes_of(row)

    def keep_replays(self, days: Sequence[date], by: str, progress: Progress | None = None) -> None:
        """See ``AdminStore``; the server does all evenings in one call, and tells of them when it is done."""
        self.server.call(
            "admin.KeepReplays",
            timeout_s=RUN_S * max(len(days), 1),
            days=json_of({"Day": day} for day in days),
            by=by,
        )
        if progress is not None:
            progress(len(set(days)))

    def get_setting(self, name: str) -> str | None:
        """See ``AdminStore``."""
        (rows,) = self.server.call("admin.GetSetting", name=name)
        return str(rows[0]["Value"]) if rows else None

    def set_setting(self, name: str, value: str, by: str) -> None:
        """See ``AdminStore``."""
        zone = None
        if name == "TimeZone":
            zone = json_of({"FromUtc": moment, "OffsetMinutes": m} for moment, m in offsets(value))
        self.server.call("admin.SetSetting", name=name, value=value, by=by, offsets=zone)

    def get_today(self) -> date:
        """See ``AdminStore``."""
        ((row,),) = self.server.call("admin.GetToday")
        return cast(date, row["Today"])

    def list_admin_log(self, limit: int = 50) -> tuple[AdminAct, ...]:
        """See ``AdminStore``."""
        (rows,) = self.server.call("admin.ListAdminLog", limit=limit)
        return tuple(map(act_of, rows))

    def backup(self, target: Path, by: str) -> int:
        """Refuse: a server writes its backups to its own disks, by its own tools.

        Raises:
            UsageError: Always.
        """
        raise UsageError("backup_by_dba", path=str(target))
