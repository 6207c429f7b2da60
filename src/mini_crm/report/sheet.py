"""What the report's sheets are drawn on, whatever writes the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from mini_crm.domain.period import Period
from mini_crm.report.columns import Column
from mini_crm.report.rows import Level

T = TypeVar("T")

HEAD = 4
"""The first row below title, subtitle and warning; the first row is 0."""

PIXELS_A_ROW = 20
"""Height of a plain row."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A look that cells take while their value asks for it.

    Attributes:
        looks: ``good``, ``warn`` or ``bad``, or ``lights`` for signs: 3 good, 2 warn, 1 bad.
        criteria: As Excel's rules have it, such as ``>=``.
        value: What it is compared with.
        other: The upper bound for ``between``.
    """

    looks: str
    criteria: str = ""
    value: float | str = 0
    other: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Where a chart stands and what it shows.

    Attributes:
        row: Where it begins.
        left: Pixels from the left edge.
        width: In pixels.
        height: In pixels.
        title: What it shows.
        rows: First and last row of the table that it shows.
        series: Name and column of each.
    """

    row: int
    left: int
    width: int
    height: int
    title: str
    rows: tuple[int, int]
    series: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded band behind lines: its name, and the columns with its lower edge and its height."""

    name: str
    low: int
    height: int


class Sheet(Protocol):
    """One sheet, written from the top down; rows and columns count from 0."""

    def title(self, title: str, subtitle: str, warning: str) -> None:
        """Write the first rows."""
        ...

    def heading(self, row: int, text: str) -> None:
        """Write a heading."""
        ...

    def break_before(self, row: int) -> None:
        """Begin a page with a row when it is printed."""
        ...

    def sentence(self, row: int, text: str, columns: int) -> None:
        """Write running text over so many columns."""
        ...

    def note(self, row: int, caption: str, text: str | int | None) -> None:
        """Write a line of the notes; without text it is a heading."""
        ...

    def head(self, row: int, columns: Sequence[Column[T]], *, filtered: int = 0) -> None:
        """Write the heads of a table, with filters over so many rows below."""
        ...

    def row(
        self,
        row: int,
        columns: Sequence[Column[T]],
        item: T,
        unit: str,
        level: Level,
        *,
        repeated: int = 0,
        formulas: Mapping[int, str] | None = None,
    ) -> None:
        """Write a row of a table.

        Args:
            row: Which row.
            columns: The table's columns.
            item: What it is about.
            unit: Decides how sums look.
            level: Decides how the row looks.
            repeated: So many first cells only repeat what stands above.
            formulas: By column, what computes its value; the value is written beside it.
        """
        ...

    def rules(self, rows: tuple[int, int], column: int, rules: Sequence[Rule]) -> None:
        """Let the cells of a column take looks by their values."""
        ...

    def fold(self, row: int, level: int) -> None:
        """Put a row into the outline; call it before writing the row.

        Args:
            row: Which row.
            level: 0 is always seen, each deeper one belongs to the row above with a smaller level.
        """
        ...

    def freeze(self, rows: int, columns: int) -> None:
        """Keep the first rows and columns in sight."""
        ...

    def stacked(self, chart: Chart) -> None:
        """Draw lying bars, one series on the other; the names stand in column 0."""
        ...

    def grouped(self, chart: Chart) -> None:
        """Draw lying bars beside each other; the names stand in column 0."""
        ...

    def standing(self, chart: Chart, *, axis: str, crossing: float = 0.0, days: bool = False) -> None:
        """Draw standing bars beside each other; the names stand in column 0.

        Args:
            chart: Its series are bars.
            axis: How the numbers of the axis look, as Excel's formats have it.
            crossing: The value from which bars go up or down.
            days: The names are days.
        """
        ...

    def waterfall(self, chart: Chart, *, lowest: float) -> None:
        """Draw steps from one total to another; the names stand in column 0.

        Args:
            chart: Four series: where a bar begins, totals, steps up, steps down.
            lowest: Where the axis begins.
        """
        ...

    def band(
        self, chart: Chart, *, days: int, period: Period, lines: Sequence[str], band: Band | None
    ) -> None:
        """Draw lines over a period.

        Args:
            chart: Its series are lines.
            days: The column with the days.
            period: The axis goes over all of it.
            lines: What each series is of: ``forecast``, ``paid``, ``target``, ``recalculated`` or ``old``.
            band: A range around them.
        """
        ...

    def finish(self) -> None:
        """Set what is known only now, such as the widths of the columns."""
        ...


class Book(Protocol):
    """The workbook that is being written."""

    def describe(self, title: str, created: datetime, units_with_fractions: frozenset[str]) -> None:
        """Set the properties of the file, and of which units sums need decimals."""
        ...

    def add_sheet(self, name: str, *, upright: bool = False) -> Sheet:
        """Begin a sheet; printed, it lies, or stands upright."""
        ...


def is_day(value: object) -> bool:
    """Say whether a value is a day without a time."""
    return isinstance(value, date) and not isinstance(value, datetime)
