"""Bringing leads, groups and managers in line with a roster."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import PIECES, Action, RosterChange, RosterRow
from mini_crm.domain.rules import check_name_fits, name_key, utf16_length
from mini_crm.store.sqlite.db import Connection, load_queries
from mini_crm.store.sqlite.rows import Author, read_entry, write_change

DETAIL = 400

SQL = load_queries("admin.sql")
_UNIT = re.compile(r"[A-Z]{3}")


@dataclass
class _Manager:
    manager_id: int
    name: str
    is_active: bool


@dataclass
class _Group:
    group_id: int
    name: str
    unit: str
    is_active: bool
    managers: dict[str, _Manager] = field(default_factory=dict)


@dataclass
class _Lead:
    lead_id: int
    name: str
    is_active: bool
    is_head: bool = False
    groups: dict[str, _Group] = field(default_factory=dict)


class Place(NamedTuple):
    """Where an entry counts."""

    lead_id: int
    group_id: int
    manager_id: int


class Roster:
    """The roster as it is in the database, changed together with it.

    Args:
        conn: Inside a writing transaction; rolled back by the caller when only a look was wanted.
        author: Who does it, for the history of the entries that follow a move.
        now: Seconds since 1970.
    """

    def __init__(self, conn: Connection, author: Author, now: int) -> None:
        self._conn = conn
        self._author = author
        self._now = now
        self.changes: list[RosterChange] = []
        self.leads = _read(conn)

    def find(self, lead: str, group: str, manager: str) -> Place | None:
        """Give lead, group and manager by name, active or not."""
        found = self.leads.get(name_key(lead))
        of_lead = found and found.groups.get(name_key(group))
        of_group = of_lead and of_lead.managers.get(name_key(manager))
        if not (found and of_lead and of_group):
            return None
        return Place(found.lead_id, of_lead.group_id, of_group.manager_id)

    def apply(self, rows: Sequence[RosterRow], *, complete: bool) -> None:
        """Make the database have the rows, and only these where ``complete``.

        Raises:
            BadValue: A row is empty or stands twice, or a unit cannot be.
        """
        wanted = _checked(rows)
        units: dict[tuple[str, str], str] = {}
        for lead_key, group_key, _ in wanted:
            row = wanted[lead_key, group_key, _]
            unit = units.setdefault((lead_key, group_key), row.unit)
            if unit != row.unit:
                raise BadValue("group_unit_fixed", field="unit", group=row.group, old=unit, new=row.unit)
        moves = self._moves(wanted) if complete else {}
        for (lead_key, group_key, manager_key), row in wanted.items():
            group = self._group(self._lead(lead_key, row), group_key, row)
            self._manager(group, manager_key, row, moves)
        if complete:
            self._retire(wanted)

    def add_missing(self, rows: Sequence[RosterRow]) -> None:
        """Create what is not there; whoever is there stays as they are, active or not.

        Raises:
            BadValue: A row is empty or stands twice, or a unit cannot be.
        """
        for (lead_key, group_key, manager_key), row in _checked(rows).items():
            lead = self.leads.get(lead_key) or self._lead(lead_key, row)
            group = lead.groups.get(group_key) or self._group(lead, group_key, row)
            if manager_key not in group.managers:
                self._manager(group, manager_key, row, {})

    def _lead(self, key: str, row: RosterRow) -> _Lead:
        lead = self.leads.get(key)
        if lead is None:
            name = row.lead.strip()
            lead_id = self._insert("add_lead", name=name, name_key=key)
            lead = self.leads[key] = _Lead(lead_id, name, True)
            self.changes.append(RosterChange("lead_new", name))
        elif not lead.is_active:
            self._run("set_lead_active", lead_id=lead.lead_id, is_active=1)
            lead.is_active = True
            self.changes.append(RosterChange("lead_back", lead.name))
        return lead

    def _group(self, lead: _Lead, key: str, row: RosterRow) -> _Group:
        group = lead.groups.get(key)
        if group is None:
            name = row.group.strip()
            group_id = self._insert("add_group", lead_id=lead.lead_id, name=name, name_key=key, unit=row.unit)
            group = lead.groups[key] = _Group(group_id, name, row.unit, True)
            self.changes.append(RosterChange("group_new", name, new=lead.name))
            return group
        if group.unit != row.unit:
            if self._conn.execute(SQL["group_has_entries"], {"group_id": group.group_id}).fetchone():
                raise BadValue(
                    "group_unit_fixed", field="unit", group=group.name, old=group.unit, new=row.unit
                )
            self._run("set_group_unit", group_id=group.group_id, unit=row.unit)
            self.changes.append(RosterChange("group_unit", group.name, old=group.unit, new=row.unit))
            group.unit = row.unit
        if not group.is_active:
            self._run("set_group_active", group_id=group.group_id, is_active=1)
            group.is_active = True
            self.changes.append(RosterChange("group_back", group.name, new=lead.name))
        return group

    def _manager(
        self,
        group: _Group,
        key: str,
        row: RosterRow,
        moves: dict[tuple[str, str, str], tuple[_Group, _Manager]],
    ) -> None:
        manager = group.managers.get(key)
        move = moves.get((name_key(row.lead), name_key(row.group), key))
        if move is not None and move[0].unit == group.unit:
            self._move(move[0], group, key, move[1])
        elif manager is None:
            name = row.manager.strip()
            manager_id = self._insert("add_manager", group_id=group.group_id, name=name, name_key=key)
            group.managers[key] = _Manager(manager_id, name, True)
            self.changes.append(RosterChange("manager_new", name, new=group.name))
        elif not manager.is_active:
            self._set_active(manager, True)
            self.changes.append(RosterChange("manager_back", manager.name, new=group.name))

    def _move(self, old: _Group, new: _Group, key: str, manager: _Manager) -> None:
        """Move a manager, to the row that the new group has under that name if there is one."""
        entry_ids = [
            row["EntryId"]
            for row in self._conn.execute(SQL["open_entries_of_manager"], {"manager_id": manager.manager_id})
        ]
        was_here = new.managers.get(key)
        if was_here is None:
            self._run("move_manager", manager_id=manager.manager_id, group_id=new.group_id)
            new.managers[key] = old.managers.pop(key)
        else:
            self._set_active(was_here, True)
            self._set_active(manager, False)
        lead_id = next(lead.lead_id for lead in self.leads.values() if new in lead.groups.values())
        place: dict[str, object] = {
            "manager_id": new.managers[key].manager_id,
            "group_id": new.group_id,
            "lead_id": lead_id,
        }
        for entry_id in entry_ids:
            entry = read_entry(self._conn, entry_id)
            if entry is not None:
                write_change(self._conn, entry, place, Action.REASSIGNED, self._author, self._now)
        self.changes.append(RosterChange("manager_moved", manager.name, old.name, new.name, len(entry_ids)))

    def _set_active(self, manager: _Manager, is_active: bool) -> None:
        self._run("set_manager_active", manager_id=manager.manager_id, is_active=is_active)
        manager.is_active = is_active

    def _moves(
        self, wanted: dict[tuple[str, str, str], RosterRow]
    ) -> dict[tuple[str, str, str], tuple[_Group, _Manager]]:
        """Find who was in one group only and is wanted in another one only."""
        wanted_times = Counter(key for _, _, key in wanted)
        places: dict[str, list[tuple[tuple[str, str, str], _Group, _Manager]]] = {}
        for lead_key, lead in self.leads.items():
            for group_key, group in lead.groups.items():
                for key, manager in group.managers.items():
                    if manager.is_active:
                        places.setdefault(key, []).append(((lead_key, group_key, key), group, manager))
        moves = {}
        for place in wanted:
            found = places.get(place[2], [])
            if wanted_times[place[2]] == 1 and len(found) == 1 and found[0][0] != place:
                moves[place] = (found[0][1], found[0][2])
        return moves

    def _retire(self, wanted: dict[tuple[str, str, str], RosterRow]) -> None:
        leads = {lead for lead, _, _ in wanted}
        groups = {(lead, group) for lead, group, _ in wanted}
        for lead_key, lead in self.leads.items():
            is_only_head = lead.is_head and not any(group.is_active for group in lead.groups.values())
            for group_key, group in lead.groups.items():
                for key, manager in group.managers.items():
                    if manager.is_active and (lead_key, group_key, key) not in wanted:
                        self._set_active(manager, False)
                        self.changes.append(RosterChange("manager_gone", manager.name, old=group.name))
                if group.is_active and (lead_key, group_key) not in groups:
                    self._run("set_group_active", group_id=group.group_id, is_active=0)
                    group.is_active = False
                    self.changes.append(RosterChange("group_gone", group.name, old=lead.name))
            if lead.is_active and lead_key not in leads and not is_only_head:
                self._run("set_lead_active", lead_id=lead.lead_id, is_active=0)
                self._run("drop_sessions", lead_id=lead.lead_id)
                lead.is_active = False
                self.changes.append(RosterChange("lead_gone", lead.name))

    def _run(self, query: str, **values: object) -> None:
        self._conn.execute(_QUERIES[query], values)

    def _insert(self, query: str, **values: object) -> int:
        return int(self._conn.execute(_QUERIES[query], values).lastrowid or 0)


_QUERIES = SQL | {"drop_sessions": load_queries("accounts.sql")["drop_sessions"]}


def log_admin(conn: Connection, now: int, by: str, action: str, detail: str) -> None:
    """Record what an administrator did, in the transaction that does it.

    A detail longer than ``DETAIL`` ends with three dots, as on SQL Server, lest its last number be another.
    """
    kept = detail if utf16_length(detail) <= DETAIL else f"{detail[: DETAIL - 3]}..."
    values = {"now": now, "done_by": by, "action": action, "detail": kept}
    conn.execute(SQL["log_admin"], values)


def _checked(rows: Sequence[RosterRow]) -> dict[tuple[str, str, str], RosterRow]:
    wanted: dict[tuple[str, str, str], RosterRow] = {}
    for row in rows:
        place = (name_key(row.lead), name_key(row.group), name_key(row.manager))
        for part in ("lead", "group", "manager"):
            check_name_fits(getattr(row, part).strip(), part)
        if not all(place):
            raise BadValue(
                "roster_row_empty", field="manager", lead=row.lead, group=row.group, manager=row.manager
            )
        if place in wanted:
            raise BadValue(
                "roster_duplicate", field="manager", lead=row.lead, group=row.group, manager=row.manager
            )
        if row.unit != PIECES and not _UNIT.fullmatch(row.unit):
            raise BadValue("unit_unknown", field="unit", unit=row.unit)
        wanted[place] = row
    return wanted


def _read(conn: Connection) -> dict[str, _Lead]:
    leads: dict[str, _Lead] = {}
    for row in conn.execute(SQL["list_roster"]):
        lead = leads.setdefault(
            row["LeadKey"],
            _Lead(row["LeadId"], row["LeadName"], bool(row["LeadActive"]), bool(row["IsHead"])),
        )
        if row["GroupId"] is None:
            continue
        group = lead.groups.setdefault(
            row["GroupKey"], _Group(row["GroupId"], row["GroupName"], row["Unit"], bool(row["GroupActive"]))
        )
        if row["ManagerId"] is not None:
            group.managers[row["ManagerKey"]] = _Manager(
                row["ManagerId"], row["ManagerName"], bool(row["ManagerActive"])
            )
    return leads
