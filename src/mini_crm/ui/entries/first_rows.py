"""The rows that the entry page opens on, read while the page itself is still being made; no Tk here."""

from __future__ import annotations

from mini_crm.domain.model import Changes, EntryPage
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.chosen import remembered_filters, remembered_order

PAGE = 200
"""So many rows are read at once."""
NO_CHANGES_YET = 2**62
"""More than any change number: asks for the present number and no entries."""


class FirstRows:
    """The first page of the list as its lead has left it.

    Args:
        desk: Of the lead.

    Attributes:
        wanted: What the lead had filtered by.
        column: What the lead had ordered by.
        descending: Whether from the end.
        changes: How things stood right before the page was read; None until then.
    """

    def __init__(self, desk: Desk) -> None:
        memory = desk.memory.of(desk.session.lead_name)
        self.wanted = remembered_filters(memory).filter(desk.session.today)
        self.column, self.descending = remembered_order(memory)
        self.changes: Changes | None = None
        self._page: EntryPage | None = None
        self._desk = desk

    def ask(self) -> None:
        """Read it in the background; what fails now is said when the page asks again."""
        token = self._desk.token
        self._desk.tasks.run(lambda: self.read(token), lambda page: None, lambda error: None)

    def read(self, token: bytes) -> EntryPage:
        """Give the page, read once, as the first of all; to be called in the background."""
        if self._page is None:
            store = self._desk.store
            # First how things stand: what changes while the page is read is told by the next such question.
            changes = store.list_changes(token, NO_CHANGES_YET)
            self._page = store.list_entries(
                token, self.wanted, self.column, descending=self.descending, limit=PAGE
            )
            self.changes = changes
        return self._page
