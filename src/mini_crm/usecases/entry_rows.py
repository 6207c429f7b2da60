"""The rows of a file of entries: checked by the rules that a form keeps, each with a key of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from decimal import Decimal
from functools import partial
from typing import NamedTuple

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
    shortened,
    utf16_length,
)
from mini_crm.usecases.cells import check_identifier, check_name
from mini_crm.usecases.columns import BadValues, Columns
from mini_crm.usecases.entry_keys import EntryKeys
from mini_crm.usecases.foreign.currencies import read_unit
from mini_crm.usecases.foreign.day_order import DayOrder
from mini_crm.usecases.foreign.days import is_no_day, read_day
from mini_crm.usecases.foreign.statuses import StatusWords
from mini_crm.usecases.foreign.systems import CLOSING, REASON, word_key
from mini_crm.usecases.plan import Understanding
from mini_crm.usecases.rosters import Roster

DEFAULT_GROUP = "Imported"

_NOTHING = frozenset(["amount_missing", "amount_not_positive"])


class _Place(NamedTuple):
    """The group in which a row counts; its unit, if that is known."""

    group: str
    unit: str | None


class _Amount(NamedTuple):
    """An amount, and whether it had to be rounded."""

    value: Decimal
    is_rounded: bool


class _Words(NamedTuple):
    """What a row says in words."""

    reason: str
    comment: str


class _Outcome(NamedTuple):
    """What became of a row; its day may be the promised one for want of a better."""

    status: Status
    status_on: date | None
    pay_by: date | None
    is_assumed: bool


_ReadDay = date | BadValue | None
"""A day of a row; what is wrong with it; None where there is none."""


class EntryReader:
    """Reads the rows of one file, field by field; what is wrong with a row is among its faults then.

    Attributes:
        rounded: Lines whose amount was rounded.
        without_amount: Lines of refusals that have none.
        assumed: Lines whose day of the outcome is assumed.
        units: Rows of each unit that the file names.
        ids: The id of each row that has one, by line.
    """

    def __init__(
        self,
        columns: Columns,
        understanding: Understanding,
        words: StatusWords,
        source: str,
        today: date,
        zone: tzinfo | None,
        unit: str | None,
        roster: Roster | None,
    ) -> None:
        self._columns = columns
        self._understanding = understanding
        self._words = words
        self._keys = EntryKeys(source)
        self._today = today
        self._zone = zone
        self._unit = unit
        self._roster = roster
        system = understanding.headings.system
        self._no_day = system.empty if system is not None else frozenset[str]()
        self._lost_by_reason = system is not None and system.lost_by_reason
        self.rounded: list[int] = []
        self.without_amount: list[int] = []
        self.assumed: list[int] = []
        self.units: Counter[str] = Counter()
        self.ids: dict[int, str] = {}

    def read(self) -> Iterator[ImportRow]:
        """Give the good rows, in the file's order."""
        columns = self._columns
        ids = self._ids()
        leads, managers, groups = self._names("lead"), self._names("manager"), self._names("group")
        units = columns.each(self._unit_of, columns.texts("currency"))
        places = columns.each(self._place, zip(leads, groups, managers, units, strict=True))
        pins = columns.each(_pin, columns.texts("client_pin"))
        statuses = self._statuses()
        in_units = [None if isinstance(place, BadValue) else place.unit for place in places]
        amounts = columns.each(self._amount, zip(*columns.numbers("amount"), in_units, statuses, strict=True))
        entered_on = columns.each(self._entered_on, columns.texts("entered_on"))
        outcomes = self._outcomes(statuses, entered_on)
        paid_amounts = columns.each(
            self._paid_amount, zip(*columns.numbers("paid_amount"), in_units, statuses, strict=True)
        )
        reasons, comments = columns.texts(REASON), columns.texts("comment")
        words = columns.each(_words, zip(statuses, reasons, comments, strict=True))
        said = zip(
            columns.lines, ids, leads, managers, places, pins, amounts, entered_on, outcomes, paid_amounts,
            words, strict=True,
        )  # fmt: skip
        has_units = columns.has("currency")
        wanted: set[tuple[str, str, str]] = set()
        for at, (line, row_id, lead, manager, place, pin, amount, day, outcome, paid, word) in enumerate(
            said
        ):
            if at in columns.faults:
                continue  # else all are what they ought to be
            if row_id is not None:
                self.ids[line] = row_id
            if not amount.value:
                self.without_amount.append(line)
            if amount.is_rounded or (paid is not None and paid.is_rounded):
                self.rounded.append(line)
            if outcome.is_assumed:
                self.assumed.append(line)
            if has_units and place.unit is not None:
                self.units[place.unit] += 1
            people = lead, place.group, manager
            if self._roster is not None and people not in wanted:
                wanted.add(people)
                self._roster.take(*people, place.unit)
            yield ImportRow(
                line=line,
                client_ref=(
                    self._keys.of_content((*people, pin, str(amount.value), str(day)))
                    if row_id is None
                    else self._keys.of_id(row_id)
                ),
                lead=lead,
                group=place.group,
                manager=manager,
                client_pin=pin,
                amount=amount.value,
                paid_amount=None if paid is None else paid.value,
                entered_on=day,
                pay_by=outcome.pay_by,
                status=outcome.status,
                status_on=outcome.status_on,
                comment=word.comment,
                reason=word.reason,
            )

    def _ids(self) -> Sequence[str | BadValue | None]:
        columns = self._columns
        if not columns.has("id"):
            return [None] * len(columns.lines)
        ids = columns.each(_id, columns.texts("id"))
        # Also the id of a bad row is taken: which of the two is the right one nobody knows.
        first_lines: dict[str, int] = {}
        for at, (row_id, line) in enumerate(zip(ids, columns.lines, strict=True)):
            if isinstance(row_id, str) and (first := first_lines.setdefault(row_id, line)) != line:
                columns.add_fault(
                    at, BadValue("id_twice", field="id", text=row_id[:SHOWN_LENGTH], first_line=first)
                )
        return ids

    def _names(self, field: str) -> Sequence[str | BadValue]:
        """Read names; where no group is named it is the usual one."""

        def read(text: str) -> str:
            return DEFAULT_GROUP if field == "group" and not text else check_name(text, field)

        return self._columns.each(read, self._columns.texts(field))

    def _unit_of(self, text: str) -> str | None:
        return read_unit(text, self._unit) if text else None

    def _place(
        self, said: tuple[str | BadValue, str | BadValue, str | BadValue, str | BadValue | None]
    ) -> _Place:
        """Give the group and the unit in which a row counts."""
        lead, group, manager, unit = (None if isinstance(one, BadValue) else one for one in said)
        if not (self._roster and lead and group and manager):
            return _Place(group or "", unit)
        if unit is not None:
            group = self._roster.group_for(lead, group, unit)
        return _Place(group, self._roster.unit_of(lead, group, manager, unit))

    def _statuses(self) -> list[Status]:
        columns = self._columns
        words = columns.texts("status")
        known = {word: status for word in set(words) if (status := self._words.meaning(word)) is not None}
        statuses = [known[word] for word in words]  # a file with other words is not read
        if self._lost_by_reason:
            reasons = columns.texts(REASON)
            statuses = [
                Status.REFUSED if reason and status is Status.EXPECTED else status
                for status, reason in zip(statuses, reasons, strict=True)
            ]
        return statuses

    def _amount(self, said: tuple[str, bool, str | None, Status]) -> _Amount:
        """Read the amount; a refused row may have none, or 0."""
        text, is_number, unit, status = said
        try:
            return self._round("amount", text, is_number, unit)
        except BadValue as error:
            # Lost deals often have no price; without them the share of deals that are won were too high.
            if error.code in _NOTHING and _is_nothing(text) and status is Status.REFUSED:
                return _Amount(Decimal(0), False)
            raise

    def _paid_amount(self, said: tuple[str, bool, str | None, Status]) -> _Amount | None:
        """Read what was paid; None where it is the amount, or nothing."""
        text, is_number, unit, status = said
        if not text:
            return None
        if status is not Status.PAID:
            if _is_nothing(text):
                return None  # nothing came, as it should be
            raise BadValue("paid_amount_without_paid", field="paid_amount", text=text[:SHOWN_LENGTH])
        return self._round("paid_amount", text, is_number, unit)

    def _round(self, field: str, text: str, is_number: bool, unit: str | None) -> _Amount:
        signs = self._understanding.signs.get(field)
        decimal = "." if is_number else signs.value if signs is not None else None
        return _Amount(*round_amount(text, field=field, unit=unit, decimal=decimal))

    def _day(self, field: str, text: str) -> date | None:
        """Read a day; None where there is none."""
        if not text or is_no_day(text) or word_key(text) in self._no_day:
            return None
        order = self._understanding.days.get(field, DayOrder()).value
        told = "status_on" if field == CLOSING else field
        return read_day(text, told, today=self._today, order=order, zone=self._zone)

    def _entered_on(self, text: str) -> date:
        day = self._day("entered_on", text)
        if day is None:
            raise BadValue("date_missing", field="entered_on")
        if day > self._today:
            raise BadValue("entered_in_future", field="entered_on", entered_on=day, today=self._today)
        return day

    def _outcomes(
        self, statuses: Sequence[Status], entered_on: Sequence[date | BadValue]
    ) -> Sequence[_Outcome | BadValue | None]:
        """Read what became of the rows, and check it as far as the day of entry is known."""
        columns = self._columns
        days = [
            columns.each(partial(self._day, field), columns.texts(field))
            for field in (CLOSING, "pay_by", "status_on")
        ]
        return columns.each(self._outcome, zip(statuses, *days, entered_on, strict=True))

    def _outcome(self, said: tuple[Status, _ReadDay, _ReadDay, _ReadDay, date | BadValue]) -> _Outcome | None:
        """Put status and days together, and check them; None where one of the days is bad."""
        status, closing, pay_by, status_on, entered_on = said
        outcome = _stated_outcome(status, closing, pay_by, status_on)
        if outcome is None or isinstance(entered_on, BadValue):
            return outcome
        faults: list[BadValue] = []
        try:
            if outcome.pay_by is not None:
                check_pay_by(outcome.pay_by, entered_on)
        except BadValue as error:
            faults.append(error)
        try:
            field = "pay_by" if outcome.is_assumed else "status_on"
            check_status(status, outcome.status_on, entered_on=entered_on, today=self._today, field=field)
        except BadValue as error:
            faults.append(error)
        if faults:
            raise BadValues(faults)
        return outcome


def _id(text: str) -> str:
    row_id = trimmed(text)
    if not row_id:
        raise BadValue("id_missing", field="id")
    check_identifier(row_id, "id")
    return row_id


def _pin(text: str) -> str:
    if not text:
        return ""
    check_identifier(text, "client_pin")
    return check_pin(text)


def _stated_outcome(
    status: Status, closing: _ReadDay, pay_by: _ReadDay, status_on: _ReadDay
) -> _Outcome | None:
    """Put status and days together; None where one of the days is bad."""
    if isinstance(closing, BadValue) or isinstance(pay_by, BadValue) or isinstance(status_on, BadValue):
        return None
    if status is Status.EXPECTED:
        return _Outcome(status, status_on, pay_by or closing, False)
    status_on = status_on or closing
    if status_on is not None:
        return _Outcome(status, status_on, pay_by, False)
    if pay_by is None:
        raise BadValue("status_on_missing", field="status_on")
    return _Outcome(status, pay_by, pay_by, True)


def _words(said: tuple[Status, str, str]) -> _Words:
    """Give the reason of a refusal, and the comment: a reason that is too long begins it whole."""
    status, reason, comment = said
    if not reason or status is not Status.REFUSED:
        return _Words("", check_comment(comment))
    reason = " ".join(check_comment(reason, REASON).split())
    if utf16_length(reason) > MAX_REASON:
        comment = "\n".join(filter(None, (reason, comment)))
        reason = shortened(reason, MAX_REASON)
    return _Words(reason, check_comment(comment))


def _is_nothing(amount: str) -> bool:
    """Say whether an amount is 0 or none at all, however it is written."""
    return not any(char in "123456789" for char in amount)
