"""The form as its presenter sees it, and all that it holds; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mini_crm.domain.model import Entry
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.same_pin import SamePinPort
from mini_crm.ui.entries.writer import Intent


class FormPort(SamePinPort, Protocol):
    """The form as its presenter sees it."""

    def show(self, values: FormValues) -> None:
        """Fill the fields."""
        ...

    def show_groups(self, names: Sequence[str]) -> None:
        """Offer these groups."""
        ...

    def show_managers(self, names: Sequence[str]) -> None:
        """Offer these managers."""
        ...

    def show_unit(self, unit: str | None) -> None:
        """Write the unit beside the amount; None while no group is chosen."""
        ...

    def show_title(self, title: str, entered_on: str, *, is_new: bool) -> None:
        """Say which entry this is, and its day of entry."""
        ...

    def show_advice(self, text: str) -> None:
        """Say what to do before anything can be entered; empty takes it away."""
        ...

    def show_error(self, field: str, text: str) -> None:
        """Write a sentence under a field; an empty one takes it away."""
        ...

    def focus(self, field: str) -> None:
        """Put the cursor into a field."""
        ...


@dataclass(frozen=True, slots=True)
class FormState:
    """All that a form holds, for the same form in another language.

    Attributes:
        values: What stands in the fields.
        blank: What stood there before anything was typed.
        entry: That is being changed.
        mended: What was refused and is put right here.
        is_kept: See ``FormPresenter.mend``.
        has_saved: Whether this is the empty form after saving.
    """

    values: FormValues
    blank: FormValues
    entry: Entry | None
    mended: Intent | None
    is_kept: bool
    has_saved: bool
