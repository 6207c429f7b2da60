"""Lists of entries: filtered, ordered, by pages; of the lead who asks, or of any lead for a head of sales."""

from __future__ import annotations

from mini_crm.domain.model import EntryFilter, EntryPage, EntrySort, Group
from mini_crm.domain.period import Period
from mini_crm.domain.rules import name_key
from mini_crm.store.rows import STATUS_CODE, entry_of, groups_of, page_of
from mini_crm.store.sqlite.accounts import by_person, refuse_unless_head
from mini_crm.store.sqlite.db import Connection, Database, load_queries, plain, plain_rows, to_day
from mini_crm.store.sqlite.forecast import SQL as FORECAST
from mini_crm.store.sqlite.forecast import period_values
from mini_crm.store.sqlite.rows import SQL as ENTRIES

SQL = load_queries("lists.sql")
MAX_SEQ = 2**63 - 1

_GROUP = "JOIN SalesGroup AS g ON g.GroupId = e.GroupId"
_MANAGER = "JOIN Manager AS m ON m.ManagerId = e.ManagerId"
_CHANCE = f"LEFT {SQL['chance']} AND {SQL['may_have_chance']}"
_ORDER = {
    EntrySort.ENTRY_ID: ("e.EntryId", ""),
    EntrySort.GROUP: ("g.NameKey", _GROUP),
    EntrySort.MANAGER: ("m.NameKey", _MANAGER),
    EntrySort.CLIENT_PIN: ("e.ClientPin", ""),
    EntrySort.AMOUNT: ("e.Amount", ""),
    EntrySort.ENTERED_ON: ("e.EnteredOn", ""),
    EntrySort.PAY_BY: ("coalesce(e.PayBy, 1000000000)", ""),
    EntrySort.STATUS: ("e.Status", ""),
    EntrySort.STATUS_ON: ("e.StatusOn", ""),
    EntrySort.PAID_AMOUNT: ("CASE WHEN e.Status = 1 THEN coalesce(e.PaidAmount, e.Amount) END", ""),
    EntrySort.PROBABILITY: (SQL["probability"], _CHANCE),
    EntrySort.CONTRIBUTION: (SQL["contribution"], _CHANCE),
    EntrySort.REASON: ("e.Reason", ""),
    EntrySort.COMMENT: ("e.Comment", ""),
}
"""What to order by, and the join that it needs."""


class Lists:
    """The part of the store that lists entries."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def list_entries(
        self,
        token: bytes,
        entry_filter: EntryFilter,
        sort: EntrySort = EntrySort.ENTRY_ID,
        *,
        descending: bool = True,
        offset: int = 0,
        limit: int = 200,
        period: Period | None = None,
    ) -> EntryPage:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            asked = self._asked(conn, caller.lead_id, entry_filter, period)
            return _page(conn, asked, sort, descending, offset, limit)

    def list_lead_entries(
        self,
        token: bytes,
        lead_id: int,
        entry_filter: EntryFilter,
        sort: EntrySort = EntrySort.ENTRY_ID,
        *,
        descending: bool = True,
        offset: int = 0,
        limit: int = 200,
        period: Period | None = None,
    ) -> EntryPage:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            refuse_unless_head(caller)
            asked = self._asked(conn, lead_id, entry_filter, period)
            return _page(conn, asked, sort, descending, offset, limit)

    def list_groups(self, token: bytes) -> tuple[Group, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            return _groups(conn, caller.lead_id)

    def list_lead_groups(self, token: bytes, lead_id: int) -> tuple[Group, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            refuse_unless_head(caller)
            return _groups(conn, lead_id)

    def list_reasons(self, token: bytes) -> tuple[str, ...]:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            rows = conn.execute(SQL["list_reasons"], {"lead_id": caller.lead_id})
            return tuple(row["Reason"] for row in rows)

    def count_open_elsewhere(self, token: bytes, client_pin: str) -> int:
        """See ``DesktopStore``."""
        with by_person(self.db, token) as (conn, caller):
            values = {"lead_id": caller.lead_id, "client_pin": client_pin}
            return int(conn.execute(SQL["count_open_elsewhere"], values).fetchone()["Entries"])

    def _asked(
        self, conn: Connection, lead_id: int, wanted: EntryFilter, period: Period | None
    ) -> tuple[str, dict[str, object]]:
        """Put the filter together from fixed pieces; every value is a parameter."""
        run = conn.execute(FORECAST["get_current_month"]).fetchone()
        values: dict[str, object] = {
            "lead_id": lead_id,
            "run_id": None if run is None else run["RunId"],
            "period_id": None if run is None else run["MonthPeriodId"],
            "seq_since_run": 0,
        }
        if run is not None:
            about = {"lead_id": lead_id, "last_history_id": run["LastHistoryId"]}
            first = conn.execute(SQL["seq_since_run"], about).fetchone()["ChangeSeq"]
            values["seq_since_run"] = MAX_SEQ if first is None else first
        if period is not None:
            found = conn.execute(FORECAST["find_period"], period_values(period)).fetchone()
            values["period_id"] = None if found is None else found["PeriodId"]
        pieces = ["e.LeadId = :lead_id", "e.DeletedAt IS NULL"]

        def narrow(piece: str, **given: object) -> None:
            if None not in given.values():
                pieces.append(piece)
                values.update(given)

        narrow("e.GroupId = :group_id", group_id=wanted.group_id)
        narrow("e.ManagerId = :manager_id", manager_id=wanted.manager_id)
        narrow(SQL["filter_unit"], unit=wanted.unit)
        if wanted.statuses:
            # Spelt out, or SQLite would not see that the index of open entries is for these.
            codes = " OR ".join(f"e.Status = {STATUS_CODE[status]}" for status in wanted.statuses)
            narrow(f"({codes})")
        narrow("e.PayBy >= :pay_by_from", pay_by_from=to_day(wanted.pay_by_from))
        narrow("e.PayBy <= :pay_by_to", pay_by_to=to_day(wanted.pay_by_to))
        narrow("e.StatusOn >= :status_on_from", status_on_from=to_day(wanted.status_on_from))
        narrow("e.StatusOn <= :status_on_to", status_on_to=to_day(wanted.status_on_to))
        narrow("e.EnteredOn >= :entered_from", entered_from=to_day(wanted.entered_from))
        narrow("e.EnteredOn <= :entered_to", entered_to=to_day(wanted.entered_to))
        if (since := wanted.untouched_since) is not None:
            look: dict[str, object] = {
                "lead_id": lead_id,
                "day": to_day(since),
                "moment": self.db.day_begins(since),
            }
            last = conn.execute(SQL["last_untouched"], look).fetchone()
            seq = last["ChangeSeq"] if last else 0
            narrow(SQL["filter_untouched"], untouched_since=to_day(since), last_untouched=seq)
        if wanted.has_chance:
            narrow(SQL["filter_has_chance"])
        narrow(SQL["filter_text"], text=name_key(wanted.text) or None)
        return " AND ".join(pieces), values


def _page(
    conn: Connection,
    asked: tuple[str, dict[str, object]],
    sort: EntrySort,
    descending: bool,
    offset: int,
    limit: int,
) -> EntryPage:
    where, values = asked
    column, join = _ORDER[sort]
    direction = "DESC" if descending else "ASC"
    pieces = {name: SQL[name] for name in ("chance", "probability", "contribution")} | {"filter": where}
    text = SQL["list_entries"].format(
        join=join, order=f"{column} {direction}, e.EntryId {direction}", **pieces
    )
    rows = conn.execute(text, values | {"limit": limit, "offset": offset}).fetchall()
    sums = conn.execute(SQL["sum_entries"].format(**pieces), values)
    return page_of(map(entry_of, map(plain, rows)), plain_rows(sums))


def _groups(conn: Connection, lead_id: int) -> tuple[Group, ...]:
    rows = conn.execute(ENTRIES["list_groups"], {"lead_id": lead_id})
    return groups_of(map(plain, rows)).get(lead_id, ())
