"""Entries in bulk: imports and taking them back, voiding, restoring, reassigning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from uuid import uuid4

from mini_crm.domain.model import ImportBatch, ImportResult, ImportRow, RosterRow, UndoResult
from mini_crm.domain.rules import check_name_fits, name_key
from mini_crm.store.mssql.batches import json_of
from mini_crm.store.mssql.call import Server
from mini_crm.store.rows import batch_of

PART = 2_000
"""Rows that are sent at once."""
BULK_S = 600
"""How long a server may take for many entries."""


class Imports:
    """The part of the store that changes many entries at once."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def import_entries(
        self,
        source: str,
        rows: Sequence[ImportRow],
        by: str,
        *,
        roster: Sequence[RosterRow] = (),
        update: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> ImportResult:
        """See ``AdminStore``.

        The rows are sent in parts, which change nothing, and then taken over in one transaction.
        """
        upload_id = uuid4()
        key = cache(name_key)
        taken = 0
        for first in range(0, len(rows), PART):
            part = rows[first : first + PART]
            sent = (_row(number, row, key) for number, row in enumerate(part, start=first))
            ((there,),) = self.server.call("admin.SendImportRows", upload_id=upload_id, rows=json_of(sent))
            taken += there["Taken"]
            if progress is not None:
                progress(taken)
        (result,), left = self.server.call(
            "admin.ImportEntries",
            repeatable=False,  # the rows are gone once they were taken over
            timeout_s=BULK_S,
            upload_id=upload_id,
            rows=len(rows),
            source=source,
            by=by,
            roster=roster_json(roster) if roster else None,
            update=update,
            dry_run=dry_run,
        )
        return ImportResult(
            result["BatchId"],
            added=result["Added"],
            updated=result["Updated"],
            unchanged=result["Unchanged"],
            differing=tuple(rows[row["RowNumber"]].line for row in left if row["Fate"] == "differing"),
            unknown=tuple(rows[row["RowNumber"]].line for row in left if row["Fate"] == "unknown"),
        )

    def list_import_batches(self) -> tuple[ImportBatch, ...]:
        """See ``AdminStore``."""
        (rows,) = self.server.call("admin.ListImportBatches")
        return tuple(map(batch_of, rows))

    def undo_import(self, batch_id: int, by: str) -> UndoResult:
        """See ``AdminStore``."""
        (result,), kept = self.server.call(
            "admin.UndoImport",
            about={"batch_id": batch_id},
            repeatable=False,  # it would be told that it was taken back already
            timeout_s=BULK_S,
            batch_id=batch_id,
            by=by,
        )
        return UndoResult(result["Removed"], result["Reverted"], tuple(row["EntryId"] for row in kept))

    def void_entries(self, entry_ids: Iterable[int], by: str) -> int:
        """See ``AdminStore``."""
        return self._correct("admin.VoidEntries", entry_ids, by)

    def restore_entries(self, entry_ids: Iterable[int], by: str) -> int:
        """See ``AdminStore``."""
        return self._correct("admin.RestoreEntries", entry_ids, by)

    def reassign_entries(self, entry_ids: Iterable[int], manager_id: int, by: str) -> int:
        """See ``AdminStore``."""
        return self._correct("admin.ReassignEntries", entry_ids, by, manager_id)

    def _correct(
        self, procedure: str, entry_ids: Iterable[int], by: str, manager_id: int | None = None
    ) -> int:
        ids = json_of(sorted(set(entry_ids)))
        ((row,),) = self.server.call(
            procedure,
            timeout_s=BULK_S,
            entry_ids=ids,
            manager_id=manager_id,
            by=by,
            op_id=uuid4(),
        )
        return int(row["Entries"])


def roster_json(rows: Sequence[RosterRow]) -> str:
    """Write the rows of a roster with the keys by which names are compared.

    Raises:
        BadValue: ``name_too_long``.
    """
    for row in rows:
        for part in ("lead", "group", "manager"):
            check_name_fits(getattr(row, part).strip(), part)
    return json_of(
        {
            "Place": place,
            "LeadName": row.lead.strip(),
            "LeadKey": name_key(row.lead),
            "GroupName": row.group.strip(),
            "GroupKey": name_key(row.group),
            "ManagerName": row.manager.strip(),
            "ManagerKey": name_key(row.manager),
            "Unit": row.unit,
        }
        for place, row in enumerate(rows, start=1)
    )


def _row(number: int, row: ImportRow, key: Callable[[str], str]) -> dict[str, object]:
    return {
        "RowNumber": number,
        "ClientRef": row.client_ref,
        "LeadKey": key(row.lead),
        "GroupKey": key(row.group),
        "ManagerKey": key(row.manager),
        "ClientPin": row.client_pin,
        "Amount": row.amount,
        "PaidAmount": row.paid_amount,
        "EnteredOn": row.entered_on,
        "PayBy": row.pay_by,
        "Status": row.status,
        "StatusOn": row.status_on,
        "Comment": row.comment,
        "Reason": row.reason,
    }
