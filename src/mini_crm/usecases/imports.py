"""Entries from a file: each row checked by the rules that a form keeps, with a key of its own.

The key makes a second import of the same file add nothing. It comes from the source and the row's
id; without an id, from what does not change in the life of an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from uuid import UUID, uuid5

from mini_crm.domain.dates import SHOWN_LENGTH, parse_file_date, trimmed
from mini_crm.domain.errors import BadValue, UsageError
from mini_crm.domain.model import ImportRow, RosterRow, Status
from mini_crm.domain.rules import check_comment, check_pay_by, check_pin, check_status, name_key
from mini_crm.tables.opening import open_table
from mini_crm.tables.table import Row, Table
from mini_crm.usecases.cells import check_name, parse_file_amount
from mini_crm.usecases.rejects import Reject
from mini_crm.usecases.rosters import Roster

COLUMNS = (
    "id",
    "lead",
    "group",
    "manager",
    "client_pin",
    "amount",
    "paid_amount",
    "entered_on",
    "pay_by",
    "status",
    "status_on",
    "comment",
)
NEEDED = ("lead", "manager", "amount", "entered_on")
DEFAULT_GROUP = "Imported"

NAMESPACE = UUID("6f1b3c52-7d0e-5c4e-9a53-1d2f8f0b7a11")
"""Never to change: keys of entries that were imported once are made of it."""

STATUS_WORDS: Mapping[str, Status] = MappingProxyType(
    {
        "": Status.EXPECTED,
        **{status.value: status for status in Status},
        # What the window calls them in Russian.
        "\u043e\u0436\u0438\u0434\u0430\u0435\u043c": Status.EXPECTED,
        "\u043e\u043f\u043b\u0430\u0447\u0435\u043d\u043e": Status.PAID,
        "\u043e\u0442\u043a\u0430\u0437": Status.REFUSED,
    }
)

_PROGRESS_EVERY = 1000


@dataclass(frozen=True, slots=True)
class EntryFile:
    """What a file of entries holds.

    Attributes:
        columns: Names as the file writes them.
        rows: Good rows, in the file's order.
        rejects: Bad rows, in the file's order.
        assumed: Lines whose day of payment or refusal is the promised day, for want of a better one.
        roster: Leads, groups and managers that have to be created first.
    """

    columns: tuple[str, ...]
    rows: tuple[ImportRow, ...]
    rejects: tuple[Reject, ...]
    assumed: tuple[int, ...]
    roster: tuple[RosterRow, ...]


def parse_mapping(text: str) -> dict[str, str]:
    """Read which column of a file is meant, such as ``id=deal_id,entered_on=entry_date``.

    Args:
        text: Pairs NAME=COLUMN, separated by commas; NAME is one of ``COLUMNS``.

    Raises:
        UsageError: ``map_unreadable``, ``map_unknown_name`` or ``map_twice``.
    """
    mapping: dict[str, str] = {}
    for pair in text.split(","):
        if not pair.strip():
            continue
        name, equals, column = (part.strip() for part in pair.partition("="))
        if not equals or not name or not column:
            raise UsageError("map_unreadable", text=pair.strip())
        if name not in COLUMNS:
            raise UsageError("map_unknown_name", name=name, known=", ".join(COLUMNS))
        if name in mapping:
            raise UsageError("map_twice", name=name)
        mapping[name] = column
    return mapping


def read_entries(
    path: Path,
    mapping: Mapping[str, str],
    *,
    source: str,
    today: date,
    roster: Roster | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> EntryFile:
    """Read and check a file of entries; nothing is stored.

    Args:
        path: CSV or xlsx.
        mapping: For each of ``COLUMNS`` that is called something else: its name in the file.
        source: Part of every row's key.
        today: The server's day: what lies behind it is refused.
        roster: Where names are looked up; None to leave that to the store.
        progress: Called with the number of rows done, and of all rows (0 if nobody knows).

    Raises:
        BadFile: The file cannot be read, or has not the columns.
    """
    rows: list[ImportRow] = []
    rejects: list[Reject] = []
    assumed: list[int] = []
    with open_table(path) as table:
        named = {name: mapping.get(name, name) for name in COLUMNS}
        places = table.find(named, dict.fromkeys((*NEEDED, *mapping)))
        reader = _EntryReader(table, places, source, today, roster)
        for done, row in enumerate(table.rows, start=1):
            try:
                entry, is_assumed = reader.read(row)
            except BadValue as error:
                rejects.append(Reject(row.line, table.name_of(places, error.field), error, tuple(row.cells)))
            else:
                rows.append(entry)
                if is_assumed:
                    assumed.append(row.line)
            if progress is not None and done % _PROGRESS_EVERY == 0:
                progress(done, table.lines)
        created = roster.created if roster is not None else ()
        return EntryFile(table.columns, tuple(rows), tuple(rejects), tuple(assumed), created)


class _EntryReader:
    """Reads the rows of one file; it remembers what must not come twice."""

    def __init__(
        self, table: Table, places: dict[str, int], source: str, today: date, roster: Roster | None
    ) -> None:
        self._table = table
        self._places = places
        self._source = source
        self._today = today
        self._roster = roster
        self._lines: dict[str, int] = {}
        self._alike: dict[str, int] = {}
        # Files have few different days and names, and many rows.
        self._days: dict[str, date] = {}
        self._names: dict[tuple[str, str], str] = {}

    def read(self, row: Row) -> tuple[ImportRow, bool]:
        """Read a row; also say whether its day of payment or refusal is assumed.

        Raises:
            BadValue: The first thing that is wrong with it.
        """
        self._table.check_width(row)
        row_id = self._id(row)
        lead, manager = self._name(row, "lead"), self._name(row, "manager")
        group = self._name(row, "group") if self._cell(row, "group") else DEFAULT_GROUP
        unit = self._roster.unit_of(lead, group, manager) if self._roster is not None else None
        pin = self._cell(row, "client_pin")
        client_pin = check_pin(pin) if pin else ""
        amount = parse_file_amount(self._cell(row, "amount"), unit=unit)
        entered_on = self._day(row, "entered_on")
        if entered_on is None:
            raise BadValue("date_missing", field="entered_on")
        if entered_on > self._today:
            raise BadValue("entered_in_future", field="entered_on", entered_on=entered_on, today=self._today)
        pay_by = self._day(row, "pay_by")
        if pay_by is not None:
            check_pay_by(pay_by, entered_on)
        status, status_on, is_assumed = self._status(row, entered_on, pay_by)
        entry = ImportRow(
            line=row.line,
            client_ref=self._key(row_id, (lead, group, manager, client_pin, str(amount), str(entered_on))),
            lead=lead,
            group=group,
            manager=manager,
            client_pin=client_pin,
            amount=amount,
            paid_amount=self._paid_amount(row, status, unit),
            entered_on=entered_on,
            pay_by=pay_by,
            status=status,
            status_on=status_on,
            comment=check_comment(self._cell(row, "comment")),
        )
        if self._roster is not None:
            self._roster.take(lead, group, manager)
        return entry, is_assumed

    def _cell(self, row: Row, field: str) -> str:
        place = self._places.get(field)
        return "" if place is None else row.cells[place].strip()

    def _name(self, row: Row, field: str) -> str:
        text = self._cell(row, field)
        name = self._names.get((field, text))
        if name is None:
            name = self._names[field, text] = check_name(text, field)
        return name

    def _day(self, row: Row, field: str) -> date | None:
        text = self._cell(row, field)
        if not text:
            return None
        day = self._days.get(text)
        if day is None:
            day = self._days[text] = parse_file_date(text, field)
        return day

    def _status(self, row: Row, entered_on: date, pay_by: date | None) -> tuple[Status, date | None, bool]:
        word = self._cell(row, "status")
        status = STATUS_WORDS.get(name_key(word))
        if status is None:
            known = ", ".join(word for word in STATUS_WORDS if word)
            raise BadValue("status_unknown", field="status", text=word[:SHOWN_LENGTH], known=known)
        status_on, field = self._day(row, "status_on"), "status_on"
        is_assumed = status is not Status.EXPECTED and status_on is None
        if is_assumed:
            if pay_by is None:
                raise BadValue("status_on_missing", field="status_on")
            status_on, field = pay_by, "pay_by"
        day = check_status(status, status_on, entered_on=entered_on, today=self._today, field=field)
        return status, day, is_assumed

    def _paid_amount(self, row: Row, status: Status, unit: str | None) -> Decimal | None:
        text = self._cell(row, "paid_amount")
        if not text:
            return None
        if status is not Status.PAID:
            if not text.strip("0.,"):
                return None  # nothing came, as it should be
            raise BadValue("paid_amount_without_paid", field="paid_amount", text=text[:SHOWN_LENGTH])
        return parse_file_amount(text, field="paid_amount", unit=unit)

    def _id(self, row: Row) -> str | None:
        if "id" not in self._places:
            return None
        row_id = trimmed(self._cell(row, "id"))
        if not row_id:
            raise BadValue("id_missing", field="id")
        # Also the id of a bad row is taken: which of the two is the right one nobody knows.
        first = self._lines.setdefault(row_id, row.line)
        if first != row.line:
            raise BadValue("id_twice", field="id", text=row_id[:SHOWN_LENGTH], first_line=first)
        return row_id

    def _key(self, row_id: str | None, lasting: tuple[str, ...]) -> UUID:
        """Make the key; of rows that agree in all that lasts, the order in the file tells them apart."""
        if row_id is not None:
            return uuid5(NAMESPACE, f"{self._source}\n{row_id}")
        content = "\x1f".join(name_key(text) for text in lasting)
        number = self._alike[content] = self._alike.get(content, 0) + 1
        return uuid5(NAMESPACE, f"{self._source}\n\x1f{content}\x1f{number}")
