"""The filters above the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import EntryFilter, Group, Status
from mini_crm.domain.period import month_of
from mini_crm.domain.rules import name_key
from mini_crm.domain.text import without_unseen
from mini_crm.domain.typed_days import parse_typed_date
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.ui.entries.texts import EntryTexts


class Due(StrEnum):
    """Ready-made ranges of the promised day."""

    TODAY = "today"
    OVERDUE = "overdue"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class FilterValues:
    """What stands in the filters, as typed."""

    manager: str = ""
    pay_by_from: str = ""
    pay_by_to: str = ""
    status: Status | None = None
    text: str = ""


class FiltersPort(Protocol):
    """The filters as their presenter sees them."""

    def read(self) -> FilterValues:
        """Give what stands in the filters."""
        ...

    def show(self, values: FilterValues) -> None:
        """Fill the filters."""
        ...

    def show_managers(self, names: Sequence[str]) -> None:
        """Offer these managers."""
        ...

    def show_error(self, text: str) -> None:
        """Say what is wrong with the filters; empty takes it away."""
        ...


class FiltersPresenter:
    """Turns typed filters into one that the table takes.

    Args:
        view: The filters.
        texts: For sentences.
        entry_texts: Writes days.
        today: Gives the server's day.
        apply: Takes the filter.
    """

    def __init__(
        self,
        view: FiltersPort,
        texts: Texts,
        entry_texts: EntryTexts,
        *,
        today: Callable[[], date],
        apply: Callable[[EntryFilter], None],
    ) -> None:
        self._view = view
        self._texts = texts
        self._entry_texts = entry_texts
        self._today = today
        self._apply = apply
        self._managers: dict[str, int] = {}

    def set_groups(self, groups: Sequence[Group]) -> None:
        """Offer all managers of the lead, former ones too; namesakes with their group."""
        pairs = [(group.name, manager) for group in groups for manager in group.managers]
        names = [name_key(manager.name) for _, manager in pairs]
        self._managers = {
            manager.name
            if names.count(name_key(manager.name)) == 1
            else f"{manager.name} ({group})": manager.manager_id
            for group, manager in pairs
        }
        self._view.show_managers(sorted(self._managers, key=name_key))

    def changed(self) -> None:
        """Filter by what is typed; what cannot be read is said, and changes nothing."""
        try:
            wanted = self._read(self._view.read())
        except BadValue as error:
            self._view.show_error(sentence(error, self._texts))
            return
        self._view.show_error("")
        self._apply(wanted)

    def choose_due(self, due: Due | None) -> None:
        """Fill in a ready-made range, or none; overdue is what is still expected."""
        today = self._today()
        first: date | None
        last: date | None
        match due:
            case None:
                first, last = None, None
            case Due.TODAY:
                first, last = today, today
            case Due.OVERDUE:
                first, last = None, today - timedelta(days=1)
            case Due.WEEK:
                first = today - timedelta(days=today.weekday())
                last = first + timedelta(days=6)
            case Due.MONTH:
                first, last = month_of(today).start, month_of(today).end
        values = self._view.read()
        self._view.show(
            replace(
                values,
                pay_by_from=self._entry_texts.day(first),
                pay_by_to=self._entry_texts.day(last),
                status=Status.EXPECTED if due is Due.OVERDUE else values.status,
            )
        )
        self.changed()

    def reset(self) -> None:
        """Show all entries."""
        self._view.show(FilterValues())
        self.changed()

    def show_pin(self, pin: str) -> EntryFilter:
        """Fill in a filter for a PIN only, and give it without applying it."""
        self._view.show(FilterValues(text=pin))
        self._view.show_error("")
        return EntryFilter(text=pin)

    def _read(self, values: FilterValues) -> EntryFilter:
        manager_id = None
        if key := name_key(values.manager):
            found = [number for name, number in self._managers.items() if name_key(name) == key]
            if not found:
                raise BadValue("filter_manager_unknown", field="manager", text=values.manager.strip())
            manager_id = found[0]
        first, last = self._day(values.pay_by_from, "pay_by_from"), self._day(values.pay_by_to, "pay_by_to")
        if first is not None and last is not None and first > last:
            raise BadValue("period_end_before_start", field="pay_by_to", start=first, end=last)
        return EntryFilter(
            manager_id=manager_id,
            statuses=frozenset() if values.status is None else frozenset({values.status}),
            pay_by_from=first,
            pay_by_to=last,
            text=without_unseen(values.text).strip(),
        )

    def _day(self, text: str, field: str) -> date | None:
        return parse_typed_date(text, today=self._today(), field=field) if text.strip() else None
