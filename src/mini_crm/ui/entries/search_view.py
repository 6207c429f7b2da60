"""From the search to the rows that it has found, by keys alone."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING

from mini_crm.domain.model import Status
from mini_crm.ui.widgets.focus import focused

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

MARKS = {"<F6>": Status.PAID, "<F7>": Status.REFUSED, "<F8>": Status.EXPECTED}


class SearchKeys:
    """Enter and Down go to the first row found; F6, F7 and F8 mark the only one found without going there.

    What is typed is searched for at once, and the key waits until its rows are there: it never takes a row
    that was found before.

    Args:
        search: The field.
        tree: The table.
        presenter: Of the page.
    """

    def __init__(self, search: tk.Misc, tree: ttk.Treeview, presenter: EntriesPresenter) -> None:
        self._search = search
        self._tree = tree
        self._presenter = presenter
        for key in ("<Return>", "<KP_Enter>", "<Down>"):
            search.bind(key, partial(self._when_found, self._go_to_rows), add="+")
        for key, status in MARKS.items():
            search.bind(key, partial(self._when_found, partial(self._mark, status)), add="+")

    def _when_found(self, action: Callable[[], None], _event: tk.Event[tk.Misc]) -> None:
        self._presenter.filters.changed()
        self._presenter.when_read(lambda: action() if focused(self._search) is self._search else None)

    def _go_to_rows(self) -> None:
        rows = self._tree.get_children()
        if rows:
            self._choose(rows[0])
            self._tree.focus_set()

    def _mark(self, status: Status) -> None:
        rows = self._tree.get_children()
        if len(rows) == 1:
            self._choose(rows[0])
        self._presenter.actions.mark(status)

    def _choose(self, row: str) -> None:
        self._tree.selection_set(row)
        self._tree.focus(row)
        self._tree.see(row)
