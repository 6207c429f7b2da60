"""The filters above the table: fields to type into, quick ones, and a chip for each that narrows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import EntryFilter, Group, Status
from mini_crm.domain.rules import name_key
from mini_crm.domain.text import without_unseen
from mini_crm.domain.typed_days import parse_typed_date
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.ui.entries.chosen import (
    DAY_PARTS,
    FIRST,
    NOTHING,
    UNTOUCHED_DAYS,
    Chosen,
    Days,
    Part,
    Ready,
    remember_filters,
    remembered_filters,
    resolved,
)
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.memory import Memory


class Quick(StrEnum):
    """A filter that one press chooses, and the next takes away."""

    OVERDUE = "overdue"
    TODAY = "today"
    UNTOUCHED = "untouched"


QUICK = {Quick.OVERDUE: Ready.OVERDUE, Quick.TODAY: Ready.TODAY}
"""Quick filters of the promised day."""


@dataclass(frozen=True, slots=True)
class FilterValues:
    """What stands in the fields.

    Attributes:
        statuses: Wanted ones, none for all.
        day: Which day of an entry ``ready``, ``first`` and ``last`` are about.
        ready: The ready-made range, None for any day, or for days of one's own.
        first: As typed; so is ``last``.
    """

    text: str = ""
    manager: str = ""
    statuses: frozenset[Status] = frozenset()
    day: Part = Part.PAY_BY
    ready: Ready | None = None
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """Says one filter that narrows, and takes it away."""

    part: Part
    caption: str


class FiltersPort(Protocol):
    """The filters as their presenter sees them."""

    def read(self) -> FilterValues:
        """Give what stands in the fields."""
        ...

    def show(self, values: FilterValues) -> None:
        """Fill the fields."""
        ...

    def show_managers(self, names: Sequence[str]) -> None:
        """Offer these managers."""
        ...

    def show_chips(self, chips: Sequence[Chip], pressed: frozenset[Quick]) -> None:
        """Say what narrows, and which quick filters are among it."""
        ...

    def show_error(self, text: str) -> None:
        """Say what is wrong with the filters; empty takes it away."""
        ...


class FiltersPresenter:
    """Turns what a person chooses into the filter that the table takes.

    Args:
        view: The filters.
        texts: For sentences.
        entry_texts: Writes days, units and statuses.
        memory: The lead's own.
        today: Gives the server's day.
        apply: Takes a filter that the person touched.
    """

    def __init__(
        self,
        view: FiltersPort,
        texts: Texts,
        entry_texts: EntryTexts,
        *,
        memory: Memory,
        today: Callable[[], date],
        apply: Callable[[EntryFilter], None],
    ) -> None:
        self._view = view
        self._texts = texts
        self._entry_texts = entry_texts
        self._memory = memory
        self._today = today
        self._apply = apply
        self._managers: dict[str, int] = {}
        self._chosen = FIRST
        self._day = Part.PAY_BY
        self._seen_on = today()

    @property
    def chosen(self) -> Chosen:
        """What narrows the rows."""
        return self._chosen

    @property
    def wanted(self) -> EntryFilter:
        """What narrows the rows, as the store is asked for it today."""
        return self._chosen.filter(self._today())

    def start(self) -> None:
        """Show what the lead had chosen the last time, without applying it."""
        self._chosen = remembered_filters(self._memory)
        self._show()

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
        if self._chosen.manager_id is None:
            return
        if self._chosen.manager_id in self._managers.values():
            self._show()  # the name was not known so far
        else:
            self.remove(Part.MANAGER)

    def changed(self) -> None:
        """Filter by what is typed; what cannot be read is said, and changes nothing."""
        try:
            chosen = self._read(self._view.read())
        except BadValue as error:
            self._view.show_error(sentence(error, self._texts))
            return
        self._choose(chosen, keep_typed=True)

    def choose_day(self, day: Part) -> None:
        """Show the days of another filter by days in the fields; nothing else changes."""
        self._day = day
        self._view.show_error("")
        self._fill()

    def choose_ready(self, ready: Ready | None) -> None:
        """Choose a ready-made range for the days in the fields, or any day; overdue is what is expected."""
        chosen = self._chosen.having(self._day, ready)
        if ready is Ready.OVERDUE:
            chosen = replace(chosen, statuses=frozenset({Status.EXPECTED}))
        self._choose(chosen)

    def press(self, quick: Quick) -> None:
        """Choose a quick filter, or take it away."""
        if quick is Quick.UNTOUCHED:
            self._choose(replace(self._chosen, untouched=not self._chosen.untouched))
        elif quick in self._pressed():
            self.remove(Part.PAY_BY)
        else:
            self._day = Part.PAY_BY
            self.choose_ready(QUICK[quick])

    def remove(self, part: Part) -> None:
        """Take one filter away."""
        self._choose(self._chosen.without(part))

    def reset(self) -> None:
        """Show all entries."""
        self._choose(NOTHING)

    def show(self, chosen: Chosen) -> None:
        """Show filters that the person did not choose here, without applying or remembering them."""
        self._chosen = chosen
        self._day = next((part for part in DAY_PARTS if chosen.days(part)), self._day)
        self._show()

    def day_changed(self) -> EntryFilter:
        """Show what ready-made ranges are now, and give the filter without applying it."""
        if self._seen_on != self._today() and isinstance(self._chosen.days(self._day), Ready):
            self._fill()
        return self.wanted

    def show_pin(self, pin: str) -> EntryFilter:
        """Fill in a filter for a PIN only, and give it without applying it."""
        self.show(Chosen(text=pin))
        return self.wanted

    def _choose(self, chosen: Chosen, *, keep_typed: bool = False) -> None:
        """Filter the rows by what the person chose, and remember it."""
        self._chosen = chosen
        remember_filters(self._memory, chosen)
        self._show(keep_typed=keep_typed)
        self._apply(self.wanted)

    def _show(self, *, keep_typed: bool = False) -> None:
        self._view.show_error("")
        if not keep_typed:
            self._fill()
        chips = [Chip(part, self._caption(part)) for part in self._chosen.parts()]
        self._view.show_chips(chips, self._pressed())

    def _fill(self) -> None:
        self._seen_on = self._today()
        self._view.show(self._values())

    def _pressed(self) -> frozenset[Quick]:
        chosen = self._chosen
        pressed = {quick for quick, ready in QUICK.items() if chosen.pay_by is ready}
        return frozenset(pressed | ({Quick.UNTOUCHED} if chosen.untouched else set()))

    def _values(self) -> FilterValues:
        """Give what the fields show of what is chosen."""
        chosen = self._chosen
        days = chosen.days(self._day)
        shown = resolved(days, self._today())
        return FilterValues(
            text=chosen.text,
            manager=self._manager_name(),
            statuses=chosen.statuses,
            day=self._day,
            ready=days if isinstance(days, Ready) else None,
            first=self._entry_texts.day(shown.first),
            last=self._entry_texts.day(shown.last),
        )

    def _read(self, values: FilterValues) -> Chosen:
        shown = self._values()
        chosen = replace(
            self._chosen,
            text=without_unseen(values.text).strip(),
            manager_id=self._read_manager(values.manager),
            statuses=values.statuses,
        )
        if (values.first.strip(), values.last.strip()) == (shown.first, shown.last):
            return chosen  # days that are ready-made go on moving
        first, last = self._read_day(values.first, "first"), self._read_day(values.last, "last")
        if first is not None and last is not None and first > last:
            raise BadValue("period_end_before_start", field="last", start=first, end=last)
        return chosen.having(self._day, None if first is None and last is None else Days(first, last))

    def _read_manager(self, typed: str) -> int | None:
        key = name_key(typed)
        if not key:
            return None if self._managers else self._chosen.manager_id  # whose name is not known yet
        found = [number for name, number in self._managers.items() if name_key(name) == key]
        if not found:
            raise BadValue("filter_manager_unknown", field="manager", text=typed.strip())
        return found[0]

    def _read_day(self, text: str, field: str) -> date | None:
        past = self._day is not Part.PAY_BY
        return parse_typed_date(text, today=self._today(), field=field, past=past) if text.strip() else None

    def _manager_name(self) -> str:
        return next(
            (name for name, number in self._managers.items() if number == self._chosen.manager_id), ""
        )

    def _caption(self, part: Part) -> str:
        """Say one filter in as few words as tell it from the others."""
        _, chosen, write = self._texts.gettext, self._chosen, self._entry_texts
        match part:
            case Part.STATUSES:
                return ", ".join(write.statuses[status] for status in Status if status in chosen.statuses)
            case Part.MANAGER:
                return self._manager_name() or "…"
            case Part.UNTOUCHED:
                return _("Untouched for {n} days").format(n=UNTOUCHED_DAYS)
            case Part.TEXT:
                return _("search “{text}”").format(text=chosen.text)
            case Part.UNIT:
                return write.unit(chosen.unit or "")
            case Part.HAS_CHANCE:
                return _("Counted in the forecast")
            case Part.PAY_BY | Part.STATUS_ON | Part.ENTERED:
                days = chosen.days(part)
                if days is Ready.OVERDUE and part is Part.PAY_BY:
                    return write.ready[Ready.OVERDUE]
                said = (
                    write.ready[days]
                    if isinstance(days, Ready)
                    else write.range(resolved(days, self._today()))
                )
                return f"{write.days[part]}: {said[:1].lower()}{said[1:]}"
