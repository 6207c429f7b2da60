"""Reads rows again for a person who is at the window, and puts it off for one who is away; no Tk here.

Reading rows prolongs the session: on behalf of nobody it must not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from mini_crm.domain.model import Changes
from mini_crm.ui.entries.filters_presenter import FiltersPresenter
from mini_crm.ui.entries.table_presenter import TablePresenter

AWAY_AFTER = timedelta(minutes=5)
"""Without key or mouse for so long nobody is taken to be at the window."""


class Presence:
    """Knows whether somebody is at the window, and what the rows are behind with.

    Args:
        table: Shows the rows.
        filters: Says which they are on another day.
        now: Tells the time, in UTC.
    """

    def __init__(self, table: TablePresenter, filters: FiltersPresenter, now: Callable[[], datetime]) -> None:
        self._table = table
        self._filters = filters
        self._now = now
        self._touched_at = now()
        self._is_behind = False

    def touched(self) -> None:
        """Know that the person is there; what was put off is done."""
        self._touched_at = self._now()
        if self._is_behind:
            self._is_behind = False
            self._table.follow(self._filters.day_changed())

    def bring_up_to_date(self, changes: Changes, *, new_day: bool) -> None:
        """Show what changed, and read the rows again."""
        if self._is_there():
            self._table.merge_staying(changes.entries, changes.gone)
            self._table.follow(self._filters.day_changed())
        else:
            self._is_behind = True
            self._table.merge(changes.entries, changes.gone)
            if new_day:
                self._table.write_again()

    def show_period(self) -> None:
        """Show the chances of another period; a new day's are not read for a person who is away."""
        if not self._table.show_period(may_read=self._is_there()):
            self._is_behind = True

    def _is_there(self) -> bool:
        return self._now() - self._touched_at <= AWAY_AFTER
