"""What stands above numbers: of which period and unit they are, of when, and how to have them anew."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk as plain_ttk

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.theme import AMBER_LABEL, OK_LABEL, Theme
from mini_crm.ui.widgets.combobox import CHOSEN, ChoiceBox

ROOM = 4
"""The column of a ``PeriodBar`` that takes what is left; the age and what is added stand behind it."""


class AgeLabel(ttk.Label):
    """Says of when numbers are; amber with a sign where a run was missed since."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, anchor="e")

    def show(self, text: str, *, stale: bool) -> None:
        """Say it."""
        self.configure(text=f"\u26a0 {text}" if stale else text, style=AMBER_LABEL if stale else OK_LABEL)


class ComputeButton(ttk.Button):
    """Asks for a run of the aggregation, and says while one is under way.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For sizes.
        command: Asks for the run.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme, command: Callable[[], None]) -> None:
        self._texts = texts
        super().__init__(
            parent,
            text=texts.gettext("Compute again"),
            bootstyle="secondary-outline",
            padding=(theme.px(6), theme.px(2)),
            command=command,
        )

    def show_computing(self, computing: bool) -> None:
        """Say whether a run is under way."""
        _ = self._texts.gettext
        self.state(["disabled" if computing else "!disabled"])
        self.configure(text=_("Computing…") if computing else _("Compute again"))


class PeriodBar(plain_ttk.Frame):
    """The line above a page: period, unit where there are several, and of when the numbers are.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For sizes.
        choose_period: Is given the number of the period that the person chose.
        choose_unit: Is given the number of the unit.

    Attributes:
        period: The choice of the period.
        unit: The choice of the unit.
        age: Of when the numbers are.
    """

    def __init__(
        self,
        parent: tk.Misc,
        texts: Texts,
        theme: Theme,
        choose_period: Callable[[int], None],
        choose_unit: Callable[[int], None],
    ) -> None:
        super().__init__(parent)
        _ = texts.gettext
        ttk.Label(self, text=_("Period")).grid(row=0, column=0, padx=(0, theme.px(6)))
        self.period = ChoiceBox(self, theme, width=30)
        self.period.grid(row=0, column=1)
        self.period.bind(CHOSEN, lambda event: choose_period(self.period.chosen))
        self._unit_label = ttk.Label(self, text=_("Unit"))
        self._unit_label.grid(row=0, column=2, padx=(theme.pad * 2, theme.px(6)))
        self.unit = ChoiceBox(self, theme, width=6)
        self.unit.grid(row=0, column=3)
        self.unit.bind(CHOSEN, lambda event: choose_unit(self.unit.chosen))
        self._show_unit(several=False)
        self.columnconfigure(ROOM, weight=1)
        self._gap = theme.px(10)
        self.age = AgeLabel(self)
        self.add(self.age)

    def add(self, part: tk.Widget) -> None:
        """Put a part behind all others."""
        part.grid(row=0, column=max(ROOM + 1, self.grid_size()[0]), sticky="e", padx=(self._gap, 0))

    def show(self, periods: Sequence[str], period: int, units: Sequence[str], unit: int) -> None:
        """Offer periods and units, and show those that are chosen."""
        self.period.set_names(periods)
        self.period.set_text(periods[period])
        self.unit.set_names(units)
        if units:
            self.unit.set_text(units[unit])
        self._show_unit(several=len(units) > 1)

    def _show_unit(self, *, several: bool) -> None:
        for part in (self._unit_label, self.unit):
            if several:
                part.grid()
            else:
                part.grid_remove()
