"""From what is typed to what is stored: the fields of an entry, checked one by one; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mini_crm.domain.dates import parse_date
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import PIECES, Entry, EntryDraft, Group, Manager, Status
from mini_crm.domain.money import parse_amount
from mini_crm.domain.rules import check_comment, check_kept_amount, check_pay_by, check_pin, name_key
from mini_crm.domain.typed_days import parse_typed_date

FIELDS = ("group", "manager", "client_pin", "amount", "pay_by", "comment")
"""In the order in which errors are looked for."""


@dataclass(frozen=True, slots=True)
class FormValues:
    """What stands in the fields of an entry, as typed."""

    group: str = ""
    manager: str = ""
    client_pin: str = ""
    amount: str = ""
    pay_by: str = ""
    status: Status = Status.EXPECTED
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DraftReader:
    """Reads typed fields.

    Attributes:
        groups: The lead's groups, inactive ones included.
        today: The server's day.
        entry: The entry that is changed: what it has may stay, even if it could not be chosen anew.
        is_typed: The day may be said short, since it was typed and is shown in full; else it came from
            elsewhere, such as Excel.
    """

    groups: Sequence[Group]
    today: date
    entry: Entry | None = None
    is_typed: bool = False

    def group(self, name: str) -> Group | None:
        """Find a group that can be chosen."""
        key = name_key(name)
        at = None if self.entry is None else self.entry.group_id
        found = [g for g in self.groups if name_key(g.name) == key and (g.is_active or g.group_id == at)]
        return found[0] if found else None

    def manager(self, group: Group, name: str) -> Manager | None:
        """Find a manager of a group who can be chosen."""
        key = name_key(name)
        own = None if self.entry is None else self.entry.manager_id
        found = [
            m for m in group.managers if name_key(m.name) == key and (m.is_active or m.manager_id == own)
        ]
        return found[0] if found else None

    def groups_of(self, manager_name: str) -> list[Group]:
        """Give the active groups that have such a manager."""
        return [g for g in self.groups if g.is_active and self.manager(g, manager_name) is not None]

    def place(self, manager_id: int) -> tuple[str, str]:
        """Give the names of group and manager, empty if the lead has no such manager any more."""
        for group in self.groups:
            for manager in group.managers:
                if manager.manager_id == manager_id:
                    return group.name, manager.name
        return "", ""

    def error(self, field: str, values: FormValues) -> BadValue | None:
        """Say what is wrong with a field."""
        try:
            self._check(field, values)
        except BadValue as error:
            return error
        return None

    def draft(self, values: FormValues) -> EntryDraft:
        """Give what is to be stored.

        Raises:
            BadValue: The first field that is wrong.
        """
        for field in FIELDS:
            self._check(field, values)
        group = self.group(values.group)
        manager = None if group is None else self.manager(group, values.manager)
        if group is None or manager is None:
            raise BadValue("manager_missing", field="manager")
        keeps = self.entry is not None and self.entry.status is values.status
        return EntryDraft(
            manager_id=manager.manager_id,
            client_pin=check_pin(values.client_pin) if values.client_pin.strip() else "",
            amount=self._amount(values, group.unit),
            pay_by=self._pay_by(values),
            status=values.status,
            status_on=self.entry.status_on if self.entry is not None and keeps else None,
            paid_amount=self.entry.paid_amount if self.entry is not None and keeps else None,
            comment=check_comment(values.comment),
            reason=self.entry.reason if self.entry is not None and keeps else "",
        )

    def _check(self, field: str, values: FormValues) -> None:
        group = self.group(values.group)
        match field:
            case "group":
                if group is None and not self._is_nobody(values):
                    raise BadValue("group_unknown" if values.group.strip() else "group_missing", field=field)
            case "manager":
                if not values.manager.strip():
                    raise BadValue("manager_missing", field=field)
                if self._is_nobody(values):
                    raise BadValue("manager_nowhere", field=field)
                if group is not None and self.manager(group, values.manager) is None:
                    raise BadValue("manager_unknown", field=field, group=group.name)
            case "client_pin":
                if values.client_pin.strip() or self.entry is None or self.entry.client_pin:
                    check_pin(values.client_pin)
            case "amount":
                self._amount(values, None if group is None else group.unit)
            case "pay_by":
                self._pay_by(values)
            case "comment":
                check_comment(values.comment)

    def _is_nobody(self, values: FormValues) -> bool:
        """Say whether no group was chosen since there is no such manager in any."""
        return (
            not values.group.strip() and bool(values.manager.strip()) and not self.groups_of(values.manager)
        )

    def _amount(self, values: FormValues, unit: str | None) -> Decimal:
        before = self.entry
        # An entry that was imported without an amount shows 0, which may stay while it is refused.
        if before is not None and before.amount.is_zero() and values.amount.strip() == "0":
            return check_kept_amount(before.amount, before.amount, values.status)
        return parse_amount(values.amount, whole=unit == PIECES, unit=unit)

    def _pay_by(self, values: FormValues) -> date | None:
        before = self.entry
        if not values.pay_by.strip() and before is not None and before.pay_by is None:
            return None
        read = parse_typed_date if self.is_typed else parse_date
        day = read(values.pay_by, today=self.today, field="pay_by")
        if before is None or day != before.pay_by:
            check_pay_by(day, self.today if before is None else before.entered_on)
        return day


def leaves_rest(draft: EntryDraft) -> bool:
    """Say whether less came than the amount, so that the rest can stay expected."""
    came = draft.paid_amount
    return draft.status is Status.PAID and came is not None and came < draft.amount
