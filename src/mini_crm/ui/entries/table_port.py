"""The table of entries as its presenter sees it; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mini_crm.domain.model import EntrySort, Status
from mini_crm.ui.entries.texts import Row


class TablePort(Protocol):
    """The table as its presenter sees it."""

    def show_rows(self, rows: Sequence[Row], offset: int, total: int) -> None:
        """Show these rows in this order; selection and scroll place stay.

        Args:
            rows: All that are loaded.
            offset: How many of the list come before them.
            total: How many the list has.
        """
        ...

    def append_rows(self, rows: Sequence[Row], total: int) -> None:
        """Add rows at the end."""
        ...

    def to_top(self) -> None:
        """Scroll to the first row."""
        ...

    def scroll_to(self, place: int) -> None:
        """Bring the row at a place of the list, of which it is loaded, to the top."""
        ...

    def selected_ids(self) -> list[int]:
        """Give the chosen rows from top to bottom."""
        ...

    def select(self, entry_id: int) -> None:
        """Choose one row and scroll to it; one that is not there is no error."""
        ...

    def select_nothing(self) -> None:
        """Choose no row."""
        ...

    def show_order(self, column: EntrySort, descending: bool) -> None:
        """Mark the column by which the rows are ordered."""
        ...

    def show_useful(self, statuses: frozenset[Status]) -> None:
        """Show the columns that say something of entries of these statuses, unless the lead chose columns."""
        ...

    def show_chance(self, caption: str) -> None:
        """Name the column of chances."""
        ...

    def show_summary(self, text: str) -> None:
        """Show counts and sums of the filtered rows, or of the chosen ones."""
        ...
