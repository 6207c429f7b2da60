"""What the company page shows, in words, and what page and presenter tell each other; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from mini_crm.domain.model import EntrySort, Status
from mini_crm.ui.company.bridge import BridgePart
from mini_crm.ui.company.texts import Key
from mini_crm.ui.entries.texts import Row
from mini_crm.ui.forecast.texts import Column
from mini_crm.ui.headline import Level
from mini_crm.usecases.behind import Number


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A row of a table of the page.

    Attributes:
        name: Known by it: ``open_company`` and the like are given it.
        is_total: Whether it sums up the others.
        level: How the forecast stands to the target; None without a target.
        links: Which cells open their rows, by place.
    """

    name: str
    cells: tuple[str, ...]
    is_total: bool = False
    level: Level | None = None
    links: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page.

    Attributes:
        keys: What each column is sorted by.
        sorted_by: The place of the column that orders the rows, None for no column.
        descending: From the largest.
    """

    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    rows: tuple[CompanyRow, ...]
    sorted_by: int | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows of the company, in words.

    Attributes:
        periods: Names; ``period`` is which is chosen; the same for ``unit``.
        mark: Why the forecast is to be taken with care; empty if there is no reason.
        nothing: Said instead of the table where there are no rows.
        found: How many leads there are, and how many of them are shown.
    """

    periods: tuple[str, ...]
    period: int
    units: tuple[str, ...]
    unit: int
    mark: str
    leads: Table
    nothing: str
    found: str
    bridge: BridgePart


@dataclass(frozen=True, slots=True)
class LeadPage:
    """What the page shows of one lead beside the list of entries.

    Attributes:
        name: The lead's.
        managers: With the lead's own row on top.
        nothing: Said where the present forecast has no such lead.
    """

    name: str
    managers: Table
    nothing: str


@dataclass(frozen=True, slots=True)
class RowsWanted:
    """What stands in the filters above a lead's entries.

    Attributes:
        manager: A name, empty for all.
    """

    manager: str = ""
    status: Status | None = None
    text: str = ""


class CompanyEvents(Protocol):
    """What the page tells its presenter."""

    def choose_period(self, number: int) -> None:
        """Another period was chosen."""
        ...

    def choose_unit(self, number: int) -> None:
        """Another unit was chosen."""
        ...

    def find(self, text: str) -> None:
        """Only leads with this in their names are wanted."""
        ...

    def sort_by(self, column: int) -> None:
        """Order the leads by a column, the other way round if they are by it already."""
        ...

    def choose_since(self, number: int) -> None:
        """The bridge is to begin on another day."""
        ...

    def open_row(self, name: str) -> None:
        """A lead, or another unit's total, is opened."""
        ...

    def open_number(self, name: str, column: int) -> None:
        """The rows behind a number of a lead or a manager are wanted."""
        ...

    def back(self) -> None:
        """Go back from a lead to the company."""
        ...

    def refresh(self) -> None:
        """Read again."""
        ...

    def touched(self) -> None:
        """The person is at the window."""
        ...

    def filter_rows(self, wanted: RowsWanted) -> None:
        """Show other entries of the lead."""
        ...

    def leave_number(self) -> None:
        """The entries are not to be limited to those behind a number any more."""
        ...

    def sort_rows(self, column: EntrySort) -> None:
        """Order the lead's entries."""
        ...

    def more_rows(self) -> None:
        """The end of the loaded entries is in sight."""
        ...


class LeadRowsPort(Protocol):
    """The list of a lead's entries as its presenter sees it."""

    def offer(self, managers: Sequence[str]) -> None:
        """Offer these managers to choose from."""
        ...

    def show_wanted(self, wanted: RowsWanted, behind: str) -> None:
        """Fill the filters.

        Args:
            wanted: What they show.
            behind: Which number's rows these are; empty for none.
        """
        ...

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows in this order; selection and scroll place stay."""
        ...

    def append_rows(self, rows: Sequence[Row]) -> None:
        """Add rows at the end."""
        ...

    def to_top(self) -> None:
        """Scroll to the first row."""
        ...

    def show_order(self, column: EntrySort, descending: bool) -> None:
        """Mark the column by which the rows are ordered."""
        ...

    def show_chance(self, caption: str) -> None:
        """Name the column of chances."""
        ...

    def show_useful(self, statuses: frozenset[Status]) -> None:
        """Show the columns that entries of these statuses fill; of all statuses if there are none."""
        ...

    def show_summary(self, text: str) -> None:
        """Show counts and sums of the filtered rows."""
        ...


class CompanyViewPort(Protocol):
    """The page as its presenter sees it."""

    @property
    def rows(self) -> LeadRowsPort:
        """The list of a lead's entries."""
        ...

    def listen(self, events: CompanyEvents) -> None:
        """Tell these events from now on."""
        ...

    def show_page(self, page: Page) -> None:
        """Show the company anew; what is typed or chosen stays."""
        ...

    def show_lead(self, page: LeadPage | None) -> None:
        """Show a lead in place of the company; None goes back."""
        ...

    def show_as_of(self, text: str, *, is_stale: bool) -> None:
        """Say how old the forecast is."""
        ...

    def show_notice(self, level: Literal["error", "ok", ""], text: str) -> None:
        """Say a sentence across the page; an empty one takes it away."""
        ...

    def tell(self, text: str) -> None:
        """Say a sentence and wait until it was read."""
        ...

    def is_on_screen(self) -> bool:
        """Say whether a person can see the page now."""
        ...


NUMBERS: dict[Key, Number] = {
    Key.PAID: Number.PAID,
    Key.FROM_OPEN: Number.FROM_OPEN,
    Key.OVERDUE: Number.OVERDUE,
    Key.RATE: Number.RESOLVED,
}
"""Which column opens which rows."""
