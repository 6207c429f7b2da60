"""One row of a file of entries: checked by the rules that a form keeps, with a key of its own.

The key makes a second import of the same file add nothing. It comes from the source and the row's
id; without an id, from what does not change in the life of an entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from typing import TypeVar
from uuid import UUID, uuid5

from mini_crm.domain.dates import SHOWN_LENGTH, trimmed
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import ImportRow, Status
from mini_crm.domain.money import round_amount
from mini_crm.domain.rules import (
    MAX_REASON,
    check_comment,
    check_pay_by,
    check_pin,
    check_status,
    name_key,
    shortened,
    utf16_length,
)
from mini_crm.tables.table import Row, Table
from mini_crm.usecases.cells import check_identifier, check_name, meant
from mini_crm.usecases.foreign.currencies import read_unit
from mini_crm.usecases.foreign.day_order import DayOrder
from mini_crm.usecases.foreign.days import is_no_day, read_day
from mini_crm.usecases.foreign.statuses import StatusWords
from mini_crm.usecases.foreign.systems import CLOSING, REASON, word_key
from mini_crm.usecases.plan import Understanding
from mini_crm.usecases.rosters import Roster

DEFAULT_GROUP = "Imported"

NAMESPACE = UUID("6f1b3c52-7d0e-5c4e-9a53-1d2f8f0b7a11")
"""Never to change: keys of entries that were imported once are made of it."""

_NOTHING = frozenset(["amount_missing", "amount_not_positive"])
_Read = TypeVar("_Read")


def key_of(source: str, row_id: str) -> UUID:
    """Give the key of a row that has an id."""
    return uuid5(NAMESPACE, f"{source}\n{row_id}")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a row says of payment and refusal."""

    status: Status | None
    status_on: date | None
    pay_by: date | None
    assumed: bool


class EntryReader:
    """Reads the rows of one file; it remembers what must not come twice.

    Attributes:
        rounded: Lines whose amount was rounded.
        without_amount: Lines of refusals that have none.
        assumed: Lines whose day of the outcome is assumed.
        units: Rows of each unit that the file names.
        ids: The id of each row that has one, by line.
    """

    def __init__(
        self,
        table: Table,
        understanding: Understanding,
        words: StatusWords,
        source: str,
        today: date,
        zone: tzinfo | None,
        unit: str | None,
        roster: Roster | None,
    ) -> None:
        self._table = table
        self._understanding = understanding
        self._words = words
        self._source = source
        self._today = today
        self._zone = zone
        self._unit = unit
        self._roster = roster
        headings = understanding.headings
        self._places = headings.places
        self._constants = headings.constants
        system = headings.system
        self._no_day = system.empty if system is not None else frozenset[str]()
        self._lost_by_reason = system is not None and system.lost_by_reason
        self.rounded: list[int] = []
        self.without_amount: list[int] = []
        self.assumed: list[int] = []
        self.units: Counter[str] = Counter()
        self.ids: dict[int, str] = {}
        self._lines: dict[str, int] = {}
        self._alike: dict[str, int] = {}
        # Files have few different days, names and words, and many rows.
        self._days: dict[tuple[str, str], date | None] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._meanings: dict[str, Status | None] = {}
        self._read_units: dict[str, str] = {}
        self._pins: dict[str, str] = {"": ""}
        self._groups: dict[tuple[str, str, str, str | None], tuple[str, str | None]] = {}
        self._wanted: set[tuple[str, str, str]] = set()
        self._faults: list[BadValue] = []

    def read(self, row: Row) -> tuple[ImportRow | None, list[BadValue]]:
        """Read a row: give the entry, or all that is wrong with it."""
        faults: list[BadValue] = []
        self._faults = faults
        self._try(self._table.check_width, row)
        if faults:
            return None, faults  # its cells are shifted: what they say is not what is wrong
        row_id = self._try(self._id, row)
        lead, manager = self._try(self._name, row, "lead"), self._try(self._name, row, "manager")
        group = self._try(self._name, row, "group") if self._cell(row, "group") else DEFAULT_GROUP
        unit = self._try(self._unit_of_row, row) if self._has("currency") else None
        if lead and manager and group and not faults:
            group, unit = self._try(self._place, lead, group, manager, unit) or (group, unit)
        client_pin = self._try(self._pin, row)
        amount, is_rounded = self._try(self._amount_of_row, row, unit) or (None, False)
        entered_on = self._try(self._entered_on, row)
        outcome = self._outcome(row, entered_on)
        paid_amount = None
        if self._has("paid_amount"):
            paid_amount = self._try(self._paid_amount, row, outcome.status, unit)
        reason, comment = self._try(self._words_of_row, row, outcome.status) or ("", "")
        if faults:
            return None, faults
        # Without a fault all of these are there; says so to the type checker.
        assert lead and manager and group and entered_on and outcome.status  # noqa: S101
        assert client_pin is not None and amount is not None  # noqa: S101
        entry = ImportRow(
            line=row.line,
            client_ref=self._key(row_id, (lead, group, manager, client_pin, str(amount), str(entered_on))),
            lead=lead,
            group=group,
            manager=manager,
            client_pin=client_pin,
            amount=amount,
            paid_amount=paid_amount[0] if paid_amount else None,
            entered_on=entered_on,
            pay_by=outcome.pay_by,
            status=outcome.status,
            status_on=outcome.status_on,
            comment=comment,
            reason=reason,
        )
        if not amount:
            self.without_amount.append(row.line)
        if is_rounded or (paid_amount and paid_amount[1]):
            self.rounded.append(row.line)
        if outcome.assumed:
            self.assumed.append(row.line)
        self._taken(lead, group, manager, unit)
        if unit is not None and self._has("currency"):
            self.units[unit] += 1
        if row_id is not None:
            self.ids[row.line] = row_id
        return entry, faults

    def _taken(self, lead: str, group: str, manager: str, unit: str | None) -> None:
        """Note whom a good row needs, so that bad rows create nobody."""
        if self._roster is not None and (place := (lead, group, manager)) not in self._wanted:
            self._wanted.add(place)
            self._roster.take(lead, group, manager, unit)

    def _try(self, read: Callable[..., _Read], *arguments: object) -> _Read | None:
        """Read something; what is wrong with it is put to the row's faults."""
        try:
            return read(*arguments)
        except BadValue as error:
            self._faults.append(error)
            return None

    def _has(self, field: str) -> bool:
        return field in self._places or field in self._constants

    def _cell(self, row: Row, field: str) -> str:
        if field in self._constants:
            return self._constants[field]
        for place in self._places.get(field, ()):
            if text := meant(row.cells[place]):
                return text
        return ""

    def _id(self, row: Row) -> str | None:
        if "id" not in self._places:
            return None
        row_id = trimmed(self._cell(row, "id"))
        if not row_id:
            raise BadValue("id_missing", field="id")
        check_identifier(row_id, "id")
        # Also the id of a bad row is taken: which of the two is the right one nobody knows.
        first = self._lines.setdefault(row_id, row.line)
        if first != row.line:
            raise BadValue("id_twice", field="id", text=row_id[:SHOWN_LENGTH], first_line=first)
        return row_id

    def _name(self, row: Row, field: str) -> str:
        text = self._cell(row, field)
        name = self._names.get((field, text))
        if name is None:
            name = self._names[field, text] = check_name(text, field)
        return name

    def _unit_of_row(self, row: Row) -> str | None:
        text = self._cell(row, "currency")
        if not text:
            return None
        unit = self._read_units.get(text)
        if unit is None:
            unit = self._read_units[text] = read_unit(text, self._unit)
        return unit

    def _place(self, lead: str, group: str, manager: str, unit: str | None) -> tuple[str, str | None]:
        """Give the group and the unit in which the row counts."""
        if self._roster is None:
            return group, unit
        key = lead, group, manager, unit
        found = self._groups.get(key)
        if found is None:
            if unit is not None:
                group = self._roster.group_for(lead, group, unit)
            found = self._groups[key] = group, self._roster.unit_of(lead, group, manager, unit)
        return found

    def _pin(self, row: Row) -> str:
        text = self._cell(row, "client_pin")
        pin = self._pins.get(text)
        if pin is None:
            check_identifier(text, "client_pin")
            pin = self._pins[text] = check_pin(text)
        return pin

    def _amount(self, row: Row, field: str, unit: str | None) -> tuple[Decimal, bool]:
        signs = self._understanding.signs.get(field)
        is_number = row.typed is not None and field in self._places and row.typed[self._places[field][0]]
        decimal = "." if is_number else signs.value if signs is not None else None
        return round_amount(self._cell(row, field), field=field, unit=unit, decimal=decimal)

    def _amount_of_row(self, row: Row, unit: str | None) -> tuple[Decimal, bool]:
        """Read the amount; a refused row may have none, or 0."""
        try:
            return self._amount(row, "amount", unit)
        except BadValue as error:
            # Lost deals often have no price; without them the share of deals that are won were too high.
            text = self._cell(row, "amount")
            if error.code in _NOTHING and _is_nothing(text) and self._status(row) is Status.REFUSED:
                return Decimal(0), False
            raise

    def _day(self, row: Row, field: str) -> date | None:
        """Read a day; None where there is none."""
        text = self._cell(row, field)
        if not text:
            return None
        key = field, text
        if key not in self._days:
            if is_no_day(text) or word_key(text) in self._no_day:
                self._days[key] = None
            else:
                order = self._understanding.days.get(field, DayOrder()).value
                told = "status_on" if field == CLOSING else field
                self._days[key] = read_day(text, told, today=self._today, order=order, zone=self._zone)
        return self._days[key]

    def _entered_on(self, row: Row) -> date:
        day = self._day(row, "entered_on")
        if day is None:
            raise BadValue("date_missing", field="entered_on")
        if day > self._today:
            raise BadValue("entered_in_future", field="entered_on", entered_on=day, today=self._today)
        return day

    def _outcome(self, row: Row, entered_on: date | None) -> _Outcome:
        """Read the status and its days, and check them as far as the day of entry is known."""
        status = self._status(row)
        before = len(self._faults)
        closing, pay_by, status_on = (
            self._try(self._day, row, field) if self._has(field) else None
            for field in (CLOSING, "pay_by", "status_on")
        )
        if len(self._faults) > before:
            return _Outcome(status, None, None, False)
        if status is Status.EXPECTED:
            pay_by = pay_by or closing
        else:
            status_on = status_on or closing
        if entered_on is not None and pay_by is not None:
            self._try(check_pay_by, pay_by, entered_on)
        assumed = status is not Status.EXPECTED and status_on is None
        if assumed and pay_by is None:
            self._faults.append(BadValue("status_on_missing", field="status_on"))
        elif status is not None and entered_on is not None:
            day, field = (pay_by, "pay_by") if assumed else (status_on, "status_on")
            self._try(self._check_status, status, day, entered_on, field)
        return _Outcome(status, pay_by if assumed else status_on, pay_by, assumed)

    def _check_status(self, status: Status, day: date | None, entered_on: date, field: str) -> None:
        check_status(status, day, entered_on=entered_on, today=self._today, field=field)

    def _status(self, row: Row) -> Status | None:
        word = self._cell(row, "status")
        if word not in self._meanings:
            self._meanings[word] = self._words.meaning(word)
        status = self._meanings[word]
        if status is Status.EXPECTED and self._lost_by_reason and self._cell(row, REASON):
            return Status.REFUSED
        return status

    def _paid_amount(self, row: Row, status: Status | None, unit: str | None) -> tuple[Decimal, bool] | None:
        text = self._cell(row, "paid_amount")
        if not text:
            return None
        if status is not Status.PAID:
            if _is_nothing(text):
                return None  # nothing came, as it should be
            raise BadValue("paid_amount_without_paid", field="paid_amount", text=text[:SHOWN_LENGTH])
        return self._amount(row, "paid_amount", unit)

    def _words_of_row(self, row: Row, status: Status | None) -> tuple[str, str]:
        """Give the reason of a refusal, and the comment: a reason that is too long begins it whole."""
        reason = self._cell(row, REASON) if status is Status.REFUSED else ""
        comment = self._cell(row, "comment")
        if not reason:
            return "", check_comment(comment) if comment else ""
        reason = " ".join(check_comment(reason, REASON).split())
        if utf16_length(reason) > MAX_REASON:
            comment = "\n".join(filter(None, (reason, comment)))
            reason = shortened(reason, MAX_REASON)
        return reason, check_comment(comment)

    def _key(self, row_id: str | None, lasting: Sequence[str]) -> UUID:
        """Make the key; of rows that agree in all that lasts, the order in the file tells them apart."""
        if row_id is not None:
            return key_of(self._source, row_id)
        content = "\x1f".join(name_key(text) for text in lasting)
        number = self._alike[content] = self._alike.get(content, 0) + 1
        return uuid5(NAMESPACE, f"{self._source}\n\x1f{content}\x1f{number}")


def _is_nothing(amount: str) -> bool:
    """Say whether an amount is 0 or none at all, however it is written."""
    return not any(char in "123456789" for char in amount)
