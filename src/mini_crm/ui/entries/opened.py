"""The rows behind a number of the forecast, shown in the table, and the way back; no Tk here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from mini_crm.domain.model import EntryPage, EntrySort
from mini_crm.domain.money import format_amount
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.chosen import Chosen
from mini_crm.ui.entries.filters_presenter import FiltersPresenter
from mini_crm.ui.entries.shares import comes_to
from mini_crm.ui.entries.table_presenter import TablePresenter
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.headline import Headline
from mini_crm.usecases.behind import Number, Rows, Total


class OpenedPort(Protocol):
    """What says beside the rows which number they are behind."""

    def show_opened(self, text: str, changed: str) -> None:
        """Say which number it is, and that it is another one by now; empty texts take it away."""
        ...


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that was opened, and what was shown before."""

    rows: Rows
    whose: str
    as_of: datetime
    chosen: Chosen
    order: tuple[EntrySort, bool]


class Opened:
    """Shows the rows of a number until the person touches a filter or goes back.

    Args:
        desk: Of the lead.
        view: Says which number it is.
        texts: Writes amounts and moments.
        filters: Shows the filter of the rows.
        table: Shows the rows.
    """

    def __init__(
        self,
        desk: Desk,
        view: OpenedPort,
        texts: EntryTexts,
        filters: FiltersPresenter,
        table: TablePresenter,
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._filters = filters
        self._table = table
        self._number: _Number | None = None

    def __bool__(self) -> bool:
        """Say whether the table shows the rows of a number."""
        return self._number is not None

    @property
    def rows(self) -> Rows | None:
        """Which number's rows the table shows, if it does."""
        return None if self._number is None else self._number.rows

    def show(self, rows: Rows, whose: str, as_of: datetime) -> None:
        """Show the rows of a number.

        Args:
            rows: Which they are.
            whose: The manager's name; empty for the lead's own number.
            as_of: The moment of the run that counted them.
        """
        before = self._number
        if before is None:
            chosen, order = self._filters.chosen, self._table.order
        else:  # from one number to another: the way back is still to what the lead had chosen
            chosen, order = before.chosen, before.order
        self._number = None
        self._desk.choice.choose(rows.period)
        self._number = _Number(rows, whose, as_of, chosen, order)
        self._filters.show(Chosen.of(rows.filter))
        self._table.start(rows.filter, rows.sort, rows.descending)

    def found(self, page: EntryPage) -> None:
        """Know what the rows come to by now."""
        number = self._number
        if number is None:
            return
        rows = number.rows
        now, told = rows.total_of(page.sums), rows.total
        _ = self._desk.texts.gettext
        name = self.name(rows.number)
        text = _("{number}: {sum}, forecast as of {moment}.").format(
            number=f"{name}, {number.whose}" if number.whose else name,
            sum=self._sum(told, rows, rows.shown),
            moment=self._texts.moment(number.as_of),
        )
        changed = ""
        if not told.is_same(now):
            changed = _("Entries have changed since; now it is {sum}.").format(
                sum=self._sum(now, rows, comes_to(rows, page.sums))
            )
        self._view.show_opened(text, changed)

    def period_changed(self) -> None:
        """Know that another period is shown, to which the number does not belong."""
        number = self._number
        if number is not None and number.rows.period != self._desk.choice.period:
            self.forget()

    def forget(self) -> None:
        """Take the rows for what they are from now on: filtered ones."""
        if self._number is not None:
            self._number = None
            self._view.show_opened("", "")

    def back(self) -> None:
        """Show again what was shown before the number was opened."""
        number = self._number
        if number is not None:
            self.forget()
            self._filters.show(number.chosen)
            self._table.start(self._filters.wanted, *number.order)

    def name(self, number: Number) -> str:
        """Name a number."""
        _ = self._desk.texts.gettext
        return {
            Number.PAID: _("Paid"),
            Number.FROM_OPEN: _("From open entries"),
            Number.EXPECTED: _("Expected"),
            Number.DUE_TODAY: _("Due today"),
            Number.OVERDUE: _("Overdue"),
            Number.WON: _("Paid in 365 days"),
            Number.RESOLVED: _("Paid or refused in 365 days"),
        }[number]

    def _sum(self, total: Total, rows: Rows, shown: Decimal | None) -> str:
        """Write a total in what the number counts by; what is to come in the digits that are shown."""
        unit = rows.filter.unit or ""
        if total.contribution is not None:
            return Headline(self._desk.texts).sum(total.contribution if shown is None else shown, unit)
        count = format_amount(Decimal(total.count or 0), language=self._desk.texts.language)
        if total.amount is None:
            return count
        return f"{self._texts.amount(total.amount, unit)} ({count})"


OpenRows = Callable[[Rows, str, datetime], None]
"""Shows the rows behind a number: which they are, the manager's name or nothing, as of which moment."""
