"""Open entries of the PIN that is typed: an own one to jump to, how many other leads have; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import Entry
from mini_crm.domain.rules import check_pin
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.texts import EntryTexts


class SamePinPort(Protocol):
    """What this needs of the form."""

    def read(self) -> FormValues:
        """Give what stands in the fields."""
        ...

    def show_pin_hint(self, text: str, elsewhere: str) -> None:
        """Point out open entries of this PIN: an own one, with a way to jump there, and how many others have.

        Either is empty where there is none.
        """
        ...


class SamePin:
    """Looks for open entries of a PIN.

    Args:
        desk: Of the lead.
        view: The form.
        texts: Writes the entries.
        jump: Shows an entry in the table.
    """

    def __init__(
        self, desk: Desk, view: SamePinPort, texts: EntryTexts, jump: Callable[[Entry], None]
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._jump = jump
        self._found: Entry | None = None

    def jump(self) -> None:
        """Show the open entry that was pointed out."""
        if self._found is not None:
            self._jump(self._found)

    def forget(self) -> None:
        """Point nothing out."""
        self._show((), 0)

    def look(self, text: str, own: Entry | None) -> None:
        """Look for entries of what is typed.

        Args:
            text: The PIN as it stands in the form.
            own: The entry that is being changed, which is not pointed out.
        """
        try:
            pin = check_pin(text)
        except BadValue:
            self.forget()
            return
        store = self._desk.store

        def done(found: tuple[Sequence[Entry], int]) -> None:
            if self._view.read().client_pin == text:
                entries, elsewhere = found
                at = None if own is None else own.entry_id
                self._show([entry for entry in entries if entry.entry_id != at], elsewhere)

        self._desk.call(
            lambda token: (
                store.list_open_entries_of_pin(token, pin),
                store.count_open_elsewhere(token, pin),
            ),
            done,
            lambda _error: done(((), 0)),  # only a hint: the window says elsewhere what is wrong
        )

    def _show(self, entries: Sequence[Entry], elsewhere: int) -> None:
        _ = self._desk.texts.gettext
        self._found = entries[0] if entries else None
        here = ""
        if self._found is not None:
            here = _("This PIN already has an open entry {entry_id}: {manager}, {amount}").format(
                entry_id=self._found.entry_id,
                manager=self._found.manager_name,
                amount=self._texts.amount(self._found.amount, self._found.unit),
            )
        there = _("open at other leads: {n}").format(n=elsewhere) if elsewhere else ""
        self._view.show_pin_hint(here, there)
