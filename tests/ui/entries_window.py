"""The entry page on the screen, signed in over a real database: what its tests share."""

from __future__ import annotations

import tkinter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.model import Entry, EntryFilter, EntrySort
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.chosen import FILTERS, NOTHING, remember_filters, remember_order
from mini_crm.ui.entries.page_presenter import EntriesPresenter
from mini_crm.ui.entries.page_view import EntriesView
from mini_crm.ui.memory import Memory
from mini_crm.ui.tasks import Tasks
from mini_crm.ui.theme import Theme
from mini_crm.usecases.outbox import Outbox
from mini_crm.usecases.signing import sign_in
from ui.conftest import CODE, LEAD, WaitUntil, press, quick_key, type_into
from unit.fake_entries_view import Cable

Kind = TypeVar("Kind", bound=tkinter.Misc)


@dataclass
class Window:
    """The page with its parts within reach."""

    root: ttk.App
    store: SqliteStore
    cable: Cable
    desk: Desk
    view: EntriesView
    presenter: EntriesPresenter
    tasks: Tasks
    wait_until: WaitUntil

    def entries(self) -> tuple[Entry, ...]:
        """Give what is stored, oldest first."""
        return self.store.list_entries(self.desk.token, EntryFilter(), descending=False).entries

    def shown(self) -> list[int]:
        """Give the numbers in the table from top to bottom."""
        return [int(name) for name in self.view.table.tree.get_children()]

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.wait_until(lambda: not self.tasks.is_busy)

    def enter(self, manager: str, pin: str, amount: str, pay_by: str) -> int:
        """Fill in the form with keys alone, save it, and give the new number."""
        form, before = self.view.form, len(self.entries())
        form.manager.set("")
        type_into(form.manager.input, manager)
        press(form.manager.input, "<Return>")
        for field, text in ((form.client_pin, pin), (form.amount, amount), (form.pay_by, pay_by)):
            field.set("")
            type_into(field.input, text)
        press(form.pay_by.input, "<Control-Return>")
        self.wait_until(lambda: len(self.entries()) == before + 1)
        self.settle()
        return self.entries()[-1].entry_id

    def choose(self, *numbers: int) -> None:
        """Choose rows."""
        tree = self.view.table.tree
        tree.selection_set([str(number) for number in numbers])
        tree.focus(str(numbers[0]))
        tree.focus_force()
        self.root.update()

    def key(self, key: str) -> None:
        """Press a key in the table."""
        press(self.view.table.tree, key)
        self.settle()

    def dialog(self, kind: type[Kind]) -> Kind:
        """Wait for a dialog and give it."""
        found: list[Kind] = []

        def look() -> bool:
            found[:] = [child for child in _all_children(self.root) if isinstance(child, kind)]
            return bool(found)

        self.wait_until(look)
        return found[0]


def _all_children(widget: tkinter.Misc) -> Iterator[tkinter.Misc]:
    for child in widget.winfo_children():
        yield child
        yield from _all_children(child)


class Open(Protocol):
    """Opens the page."""

    def __call__(self, language: str, outbox: Outbox | None = None, *, as_first: bool = False) -> Window:
        """Open it in a language, with another outbox than the usual one if that is given.

        The lead has chosen to see all entries, the newest first; not so on a computer that is new to it
        (``as_first``).
        """
        ...


@pytest.fixture
def open_window(
    root: ttk.App,
    theme: Theme,
    store: SqliteStore,
    wait_until: WaitUntil,
    tmp_path: Path,
    no_hidden_errors: list[str],
) -> Iterator[Open]:
    """Give a function that opens the page in a language; the page is closed after the test."""
    opened: list[Window] = []

    def open_it(language: str, outbox: Outbox | None = None, *, as_first: bool = False) -> Window:
        texts = Texts(language)
        tasks = Tasks(root, store.close)
        cable = Cable(store)
        memory = Memory(tmp_path / "window.json")
        if not as_first and memory.of(LEAD).get(FILTERS) is None:
            remember_filters(memory.of(LEAD), NOTHING)
            remember_order(memory.of(LEAD), EntrySort.ENTRY_ID, descending=True)
        signed_in = sign_in(store, LEAD, CODE, "PC-7", derive=quick_key)
        desk = Desk(
            cable,  # type: ignore[arg-type]
            texts,
            tasks,
            signed_in.session,
            signed_in.token,
            "test",
            outbox=outbox
            or Outbox(tmp_path / "outbox", "sqlite:///company.sqlite", signed_in.session.lead_id, LEAD),
            memory=memory,
        )
        view = EntriesView(root, texts, theme)
        view.pack(fill="both", expand=True)
        for _ in view.build():
            pass
        presenter = EntriesPresenter(desk, view)
        presenter.start()
        window = Window(root, store, cable, desk, view, presenter, tasks, wait_until)
        opened.append(window)
        root.update()
        window.settle()
        return window

    yield open_it
    for window in opened:
        window.presenter.stop()
        window.tasks.close()
        window.tasks.join()
        window.view.destroy()
