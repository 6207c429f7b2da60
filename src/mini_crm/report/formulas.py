"""Formulas of the sheets, so that the numbers follow the filters and can be followed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from mini_crm.report.columns import Column

_OF_CLIENTS = ("clients", "open", "due", "overdue", "expected", "paid", "refused", "open_part")
ADDITIVE = (*_OF_CLIENTS, "new_part", "forecast")
"""Keys of the columns in which children add up to their parent; clients have only some of them."""


def additive(*, of_clients: bool) -> Sequence[str]:
    """Give the keys of the columns in which rows add up, or clients do."""
    return _OF_CLIENTS if of_clients else ADDITIVE


def letter(column: int) -> str:
    """Name a column as Excel does: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class Cells:
    """Addresses in a table, by the keys of its columns.

    Args:
        columns: The table's columns.
    """

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        self._at = {column.key: at for at, column in enumerate(columns) if column.key}

    def __contains__(self, key: str) -> bool:
        """Say whether the table has such a column."""
        return key in self._at

    def column(self, key: str) -> int:
        """Give the number of a column."""
        return self._at[key]

    def cell(self, key: str, row: int) -> str:
        """Give the address of a cell; rows count from 0."""
        return f"{letter(self._at[key])}{row + 1}"

    def area(self, key: str, first: int, last: int) -> str:
        """Give the address of a part of a column."""
        return f"{self.cell(key, first)}:{self.cell(key, last)}"

    def totals(self, first: int, last: int, keys: Sequence[str] = ADDITIVE) -> dict[int, str]:
        """Give totals over the rows in view; totals among these rows are not counted twice."""
        there = (key for key in keys if key in self)
        return {self._at[key]: f"=SUBTOTAL(9,{self.area(key, first, last)})" for key in there}

    def sums(self, first: int, last: int, keys: Sequence[str]) -> dict[int, str]:
        """Give plain sums."""
        return {self._at[key]: f"=SUM({self.area(key, first, last)})" for key in keys if key in self}

    def forecast(self, row: int) -> dict[int, str]:
        """Give the three parts together, where they are shown."""
        if "open_part" not in self:
            return {}
        parts = "+".join(self.cell(part, row) for part in ("paid", "open_part", "new_part"))
        return {self._at["forecast"]: f"={parts}"}

    def against_target(self, row: int) -> dict[int, str]:
        """Give the share of the target, and the distance to it."""
        forecast, target = self.cell("forecast", row), self.cell("target", row)
        return {self._at["share"]: f"={forecast}/{target}", self._at["gap"]: f"={forecast}-{target}"}

    def light(self, row: int) -> dict[int, str]:
        """Give 3 where the forecast reaches the target, 2 where the range does, else 1."""
        forecast, target = self.cell("forecast", row), self.cell("target", row)
        return {
            self._at["light"]: f"=IF({forecast}>={target},3,IF(N({self.cell('high', row)})>={target},2,1))"
        }

    def while_all_in_view(self, key: str, value: object, first: int, last: int) -> str:
        """Give a formula for what holds for all rows only: empty while a filter hides some."""
        names = f"${letter(0)}${first + 1}:${letter(0)}${last + 1}"
        return f'=IF(SUBTOTAL(3,{names})=ROWS({names}),{_literal(value)},"")'


def _literal(value: object) -> str:
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, date):
        return f"DATE({value.year},{value.month},{value.day})"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return repr(value)
