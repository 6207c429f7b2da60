"""What the forecast page shows, in words, and what page and presenter tell each other; no Tk here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from mini_crm.ui.forecast.chart import Chart
from mini_crm.ui.forecast.from_new import FromNew
from mini_crm.ui.forecast.paying import Subject
from mini_crm.ui.forecast.texts import Card, Column, TableRow
from mini_crm.usecases.behind import Number


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows, in words.

    Attributes:
        periods: Names; ``period`` is which is chosen; the same for ``unit``.
        unit_code: What the chosen unit is in the database; empty where the lead has none.
        mark: Why the forecast is to be taken with care; empty if there is no reason.
        title: The whole number; empty where there is none.
        likely: Its range.
        cards: Its parts, the goals, and what else belongs to it.
        beside: Numbers that are not in the forecast, in small print.
        nothing: Said instead of the table where there are no rows.
        paying: How we get paid.
        can_commit: Whether a commitment for the period can still be recorded.
        accuracy_note: Said above the table of accuracy.
    """

    periods: tuple[str, ...]
    period: int
    units: tuple[str, ...]
    unit: int
    unit_code: str
    mark: str
    title: str
    likely: str
    cards: tuple[Card, ...]
    beside: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    nothing: str
    chart: Chart
    paying: tuple[Subject, ...]
    commitment_columns: tuple[Column, ...]
    commitments: tuple[tuple[str, ...], ...]
    can_commit: bool
    accuracy_columns: tuple[Column, ...]
    accuracy: tuple[TableRow, ...]
    accuracy_note: str


class ForecastEvents(Protocol):
    """What the page tells its presenter."""

    def choose_period(self, number: int) -> None:
        """Another period was chosen."""
        ...

    def choose_unit(self, number: int) -> None:
        """Another unit was chosen."""
        ...

    def open_card(self, number: Number) -> None:
        """A number of the lead in the chosen unit was opened."""
        ...

    def open_cell(self, row: int, column: int) -> None:
        """A number of the table was opened."""
        ...

    def compute(self) -> None:
        """A run of the aggregation is wanted."""
        ...

    def commit(self, amount: str, note: str) -> None:
        """The lead records an own number, as typed."""
        ...


class ForecastViewPort(Protocol):
    """The page as its presenter sees it."""

    def listen(self, events: ForecastEvents) -> None:
        """Tell these events from now on."""
        ...

    def show_page(self, page: Page) -> None:
        """Show everything anew; what is typed or chosen stays."""
        ...

    def show_as_of(self, text: str, *, is_stale: bool) -> None:
        """Say how old the forecast is."""
        ...

    def show_computing(self, running: bool) -> None:
        """Say that the forecast is being computed."""
        ...

    def show_notice(self, level: Literal["error", "ok", "info", ""], text: str) -> None:
        """Say a sentence across the page; an empty one takes it away."""
        ...

    def show_commitment_error(self, field: str, text: str, *, go_there: bool = False) -> None:
        """Say what is wrong with ``amount`` or ``note``; an empty sentence takes it back."""
        ...

    def clear_commitment(self, amount: str, note: str) -> None:
        """Empty the fields: this is recorded; what was typed there since stays."""
        ...

    def show_from_new(self, from_new: FromNew) -> None:
        """Show of which managers' numbers a number is made."""
        ...

    def has_typed(self) -> bool:
        """Say whether a commitment is typed that is not recorded."""
        ...

    def is_on_screen(self) -> bool:
        """Say whether a person can see the page now."""
        ...
