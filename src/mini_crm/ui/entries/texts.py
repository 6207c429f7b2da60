"""Entries as a person reads them: cells of a row, sums, names of fields; no Tk here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import Action, Entry, EntrySort, EntrySum, EntryVersion, Status
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period, Stage, stage_of
from mini_crm.domain.shown import share_out
from mini_crm.i18n import Texts
from mini_crm.report.rows import places_of
from mini_crm.report.wording import percent, unit_name
from mini_crm.ui.entries.chosen import Days, Part, Ready
from mini_crm.ui.headline import Headline
from mini_crm.usecases.writes import Add, Write

COLUMNS = tuple(EntrySort)
"""The columns of the table, in their first order; each can be sorted by."""
CONTRIBUTION_CELL = COLUMNS.index(EntrySort.CONTRIBUTION)

MOST_NAMED = 60
"""Of entries that could not be stored so many are named in a sentence."""


class Mark(StrEnum):
    """How a row is coloured; each has a sign in the status column as well."""

    EXPECTED = "expected"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    PAID = "paid"
    REFUSED = "refused"
    SAVING = "saving"
    NOT_STORED = "not_stored"


SIGNS = {
    Mark.EXPECTED: "", Mark.DUE_TODAY: "▸ ", Mark.OVERDUE: "! ", Mark.PAID: "✓ ", Mark.REFUSED: "✕ ",
    Mark.SAVING: "… ", Mark.NOT_STORED: "⚠ ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: cells in the order of ``COLUMNS``; a number below zero is no entry's yet."""

    entry_id: int
    cells: tuple[str, ...]
    mark: Mark


def mark_of(entry: Entry, today: date) -> Mark:
    """Say how a row is coloured on a day."""
    if entry.status is Status.PAID:
        return Mark.PAID
    if entry.status is Status.REFUSED:
        return Mark.REFUSED
    if entry.pay_by is None or entry.pay_by > today:
        return Mark.EXPECTED
    return Mark.DUE_TODAY if entry.pay_by == today else Mark.OVERDUE


def came(entry: Entry) -> Decimal:
    """Give what came of a paid entry."""
    return entry.amount if entry.paid_amount is None else entry.paid_amount


def sums_of(entries: Iterable[Entry]) -> tuple[EntrySum, ...]:
    """Add up entries by unit and status, as the store does."""
    found: dict[tuple[str, Status], list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.unit, entry.status), []).append(entry)
    return tuple(
        EntrySum(
            unit,
            status,
            len(own),
            sum((came(entry) if status is Status.PAID else entry.amount for entry in own), Decimal(0)),
            math.fsum(entry.contribution or 0.0 for entry in own),
        )
        for (unit, status), own in sorted(found.items())
    )


def is_moved(entry: Entry, period_end: date | None) -> bool:
    """Say whether an open entry was first promised for the period and is now for later."""
    first, now = entry.first_pay_by, entry.pay_by
    if period_end is None or first is None or now is None or entry.status is not Status.EXPECTED:
        return False
    return first <= period_end < now


class EntryTexts:
    """Writes entries in the person's language.

    Args:
        texts: In that language.
    """

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self._headline = Headline(texts)
        _ = texts.gettext
        self.statuses = {
            Status.EXPECTED: _("Expected"),
            Status.PAID: _("Paid"),
            Status.REFUSED: _("Refused"),
        }
        self.captions: dict[EntrySort, str] = {
            EntrySort.ENTRY_ID: _("ID"),
            EntrySort.GROUP: _("Group"),
            EntrySort.MANAGER: _("Manager"),
            EntrySort.CLIENT_PIN: texts.pgettext("column", "PIN"),
            EntrySort.AMOUNT: texts.pgettext("column", "Amount"),
            EntrySort.ENTERED_ON: _("Entered"),
            EntrySort.PAY_BY: _("Pay by"),
            EntrySort.STATUS: _("Status"),
            EntrySort.STATUS_ON: texts.pgettext("column", "Closed"),
            EntrySort.PAID_AMOUNT: texts.pgettext("column", "Came"),
            EntrySort.PROBABILITY: _("Chance"),
            EntrySort.CONTRIBUTION: _("Contribution"),
            EntrySort.REASON: _("Reason"),
            EntrySort.COMMENT: _("Comment"),
        }
        self.days = {
            Part.PAY_BY: _("Pay by"),
            Part.STATUS_ON: self.captions[EntrySort.STATUS_ON],
            Part.ENTERED: _("Entered"),
        }
        self.ready = {
            Ready.TODAY: _("Today"),
            Ready.OVERDUE: _("Overdue"),
            Ready.WEEK: _("This week"),
            Ready.MONTH: _("This month"),
            Ready.LAST_MONTH: _("Last month"),
        }
        self.fields = {
            "manager_id": _("Manager"),
            "client_pin": _("Client PIN"),
            "amount": texts.pgettext("column", "Amount"),
            "pay_by": _("Pay by"),
            "status": _("Status"),
            "status_on": _("Day of payment or refusal"),
            "paid_amount": _("Paid amount"),
            "comment": _("Comment"),
            "reason": _("Reason of refusal"),
            "deleted": _("Taken out"),
            "manager_name": _("Manager"),
            "group_name": _("Group"),
        }
        self.actions = {
            Action.ADDED: _("entered"),
            Action.CHANGED: _("changed"),
            Action.DELETED: _("deleted"),
            Action.RESTORED: _("brought back"),
            Action.IMPORTED: _("imported"),
            Action.VOIDED: _("voided"),
            Action.REASSIGNED: _("reassigned"),
        }

    def chance(self, period: Period, day: date) -> str:
        """Name the column of chances by the day that they are for.

        Args:
            period: For which they are.
            day: That the run counted.
        """
        _, headline = self.texts.gettext, self._headline
        if stage_of(period, day) is Stage.AHEAD:
            return _("Chance in {days}").format(days=headline.days(period, day))
        return _("Chance by {day}").format(day=headline.day(period.end, day))

    def row(
        self,
        entry: Entry,
        today: date,
        mark: Mark | None = None,
        note: str = "",
        period_end: date | None = None,
    ) -> Row:
        """Write one entry as a row of the table.

        Args:
            entry: As it is stored, or as it is to be.
            today: The server's day.
            mark: None for the one that it has on that day.
            note: Said before the status, or in place of the usual one.
            period_end: The last day of the period shown: a promise that was moved beyond it is marked.
        """
        mark = mark or mark_of(entry, today)
        status = self.statuses[entry.status]
        if is_moved(entry, period_end):
            moved = self.texts.gettext("moved")
            status = f"{status} \u00b7 {moved}"
        if note:
            status = note if entry.status is Status.EXPECTED else f"{note} · {status}"
        cells = (
            str(entry.entry_id) if entry.entry_id > 0 else "",
            entry.group_name,
            entry.manager_name,
            entry.client_pin,
            self.amount(entry.amount, entry.unit),
            self.day(entry.entered_on),
            self.day(entry.pay_by),
            SIGNS[mark] + status,
            self.day(entry.status_on),
            # What came and the contribution are in the unit of the amount, which has it.
            self._number(came(entry)) if entry.status is Status.PAID else "",
            "" if entry.probability is None else percent(entry.probability, self.texts),
            "" if entry.contribution is None else self._headline.number(entry.contribution, entry.unit),
            " ".join(entry.reason.split()),
            " ".join(entry.comment.split()),
        )
        return Row(entry.entry_id, cells, mark)

    def widest(self) -> dict[EntrySort, str]:
        """Give the widest usual text of each column whose texts are alike; names and comments are not."""
        day = self.day(date(2028, 12, 28))
        amount = self.amount(Decimal("888888.88"), "RUB")
        statuses = [
            f"{SIGNS[Mark.OVERDUE]}{self.statuses[Status.EXPECTED]}",
            f"{SIGNS[Mark.PAID]}{self.statuses[Status.PAID]}",
            f"{SIGNS[Mark.REFUSED]}{self.statuses[Status.REFUSED]}",
        ]
        return {
            EntrySort.ENTRY_ID: "8888888",
            EntrySort.CLIENT_PIN: "88888888",
            EntrySort.AMOUNT: amount,
            EntrySort.ENTERED_ON: day,
            EntrySort.PAY_BY: day,
            EntrySort.STATUS: max(statuses, key=len),
            EntrySort.STATUS_ON: day,
            EntrySort.PAID_AMOUNT: self._number(Decimal("888888.88")),
            EntrySort.PROBABILITY: percent(0.88, self.texts),
            EntrySort.CONTRIBUTION: self._headline.number(888888, "RUB"),
        }

    def rows(self, entries: Sequence[Entry], today: date, period_end: date | None = None) -> list[Row]:
        """Write entries as rows of the table; arguments as for ``row``."""
        return [self.row(entry, today, period_end=period_end) for entry in entries]

    def status_of(self, entry: Entry) -> str:
        """Write the status with its day, and the amount that came if it was another one."""
        text = self.statuses[entry.status]
        if entry.status_on is not None:
            text += f" {self.day(entry.status_on)}"
        if entry.paid_amount is not None and entry.paid_amount != entry.amount:
            text += f": {self.amount(entry.paid_amount, entry.unit)}"
        return text

    def describe(self, entry: Entry) -> str:
        """Write one entry as a line to recognise it by."""
        parts = [
            entry.group_name,
            entry.manager_name,
            f"{self.captions[EntrySort.CLIENT_PIN]} {entry.client_pin or '—'}",
            self.amount(entry.amount, entry.unit),
            f"{self.captions[EntrySort.ENTERED_ON]} {self.day(entry.entered_on)}",
            self.status_of(entry),
        ]
        return " · ".join(parts)

    def ask_rest(self, entry: Entry, came: Decimal) -> str:
        """Ask what is to become of what has not come."""
        _ = self.texts.gettext
        question = _(
            "{came} of {amount} came. Does the rest, {rest}, stay expected? It becomes an entry of its own, "
            "of today, with the same promised day."
        )
        return question.format(
            came=self.amount(came, entry.unit),
            amount=self.amount(entry.amount, entry.unit),
            rest=self.amount(entry.amount - came, entry.unit),
        )

    def names(self, writes: Sequence[Write]) -> str:
        """Name what was to be written: entries by their numbers, new ones by their PINs."""
        ngettext = self.texts.ngettext
        numbers = [str(write.entry_id) for write in writes if not isinstance(write, Add)]
        pins = [write.draft.client_pin for write in writes if isinstance(write, Add)]
        parts = []
        if numbers:
            template = ngettext("entry {numbers}", "entries {numbers}", len(numbers))
            parts.append(template.format(numbers=_listed(numbers)))
        if pins:
            template = ngettext("new entry with PIN {pins}", "new entries with PINs {pins}", len(pins))
            parts.append(template.format(pins=_listed(pins)))
        return "; ".join(parts)

    def day(self, day: date | None) -> str:
        """Write a day; nothing for none."""
        return "" if day is None else format_date(day, language=self.texts.language)

    def moment(self, moment: datetime) -> str:
        """Write a moment in the time of this computer."""
        local = moment.astimezone()
        return f"{self.day(local.date())} {local:%H:%M}"

    def unit(self, unit: str) -> str:
        """Name a unit behind a number."""
        return unit_name(unit, self.texts)

    def amount(self, amount: Decimal | float, unit: str, *, rounded: bool = False) -> str:
        """Write an amount with its unit; pieces and, if wanted, sums of money without a fraction."""
        value = Decimal(amount)
        if rounded:
            value = value.quantize(Decimal(1))
        return f"{format_amount(value, language=self.texts.language)}\u00a0{self.unit(unit)}"

    def _number(self, value: Decimal) -> str:
        return format_amount(value, language=self.texts.language)

    def count(self, n: int) -> str:
        """Write how many entries there are."""
        text = self.texts.ngettext("{n} entry", "{n} entries", n)
        return text.format(n=self._number(Decimal(n)))

    def summary(self, what: str, sums: Sequence[EntrySum], whole: Decimal | None = None) -> str:
        """Write what rows add up to: each status and each unit by itself.

        Args:
            what: Which rows they are.
            sums: By unit and status.
            whole: What the contributions, then of one unit, come to as it is shown elsewhere; these here
                add up to it.
        """
        sums = sorted(sums, key=lambda one: list(Status).index(one.status))
        parts: Sequence[Decimal | float] = [one.contribution for one in sums]
        if whole is not None and sums:
            parts = share_out(whole, parts, places=places_of(sums[0].unit))
        return " \u00b7 ".join([what, *map(self._sum, sums, parts)])

    def _sum(self, one: EntrySum, contribution: Decimal | float) -> str:
        _ = self.texts.gettext
        n = self._number(Decimal(one.count))
        amount = self.amount(one.amount, one.unit)
        said = _("{status} {n}: {amount}").format(status=self.statuses[one.status], n=n, amount=amount)
        if not one.contribution:
            return said
        return _("{sum}, contribution {contribution}").format(
            sum=said, contribution=self._headline.sum(contribution, one.unit)
        )

    def range(self, days: Days) -> str:
        """Write a range of days, which may be open at one end."""
        _, first, last = self.texts.gettext, self.day(days.first), self.day(days.last)
        if not last:
            return _("from {day}").format(day=first)
        if not first:
            return _("up to {day}").format(day=last)
        return first if first == last else f"{first}\u2013{last}"

    def history(self, versions: Sequence[EntryVersion]) -> list[tuple[str, str, str, str, str]]:
        """Write a history, newest first: moment, who and where, what was done, old, new."""
        lines: list[tuple[str, str, str, str, str]] = []
        for version in reversed(versions):
            who = version.changed_by + (f" ({version.computer})" if version.computer else "")
            head = (self.moment(version.changed_at), who)
            shown = [change for change in version.changes if change.field != "manager_id"]
            if not shown:
                lines.append((*head, self.actions[version.action], "", ""))
            for change in shown:
                caption = self.fields.get(change.field, change.field)
                lines.append((*head, caption, self.value(change.old), self.value(change.new)))
        return lines

    def value(self, value: object) -> str:
        """Write a value of any field."""
        match value:
            case None | "":
                return "—"
            case Status():
                return self.statuses[value]
            case Decimal():
                return format_amount(value, language=self.texts.language)
            case date():
                return self.day(value)
            case _:
                return str(value)


def _listed(names: Sequence[str]) -> str:
    """Write names in a row; of very many the first ones."""
    return ", ".join([*names[:MOST_NAMED], *(["…"] if len(names) > MOST_NAMED else [])])
