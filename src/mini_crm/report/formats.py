"""What the sheets of a workbook share: the writer's workbook, and the looks of its cells."""

from __future__ import annotations

from typing import Any

from mini_crm.report.columns import Kind
from mini_crm.report.looks import LEVELS, Properties
from mini_crm.report.rows import Level, places_of


class Formats:
    """Looks of cells, each made once.

    Args:
        book: The writer's workbook, to which sheets and charts are added as well.
        language: Decides how days and percents look.
        sheet_class: Makes the sheets.

    Attributes:
        units_with_fractions: Units whose sums need decimals.
    """

    def __init__(self, book: Any, language: str, sheet_class: Any) -> None:
        self.book = book
        self._sheet_class = sheet_class
        self.units_with_fractions = frozenset[str]()
        self._russian = language == "ru"
        self.moment_format = "dd\\.mm\\.yyyy hh:mm" if self._russian else "yyyy\\-mm\\-dd hh:mm"
        self.short_day = "dd\\.mm" if self._russian else "d mmm"
        self._looks: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cells: dict[tuple[Kind, str, Level, bool], Any] = {}

    def add_sheet(self, name: str) -> Any:
        """Add a sheet to the workbook."""
        return self.book.add_worksheet(name, self._sheet_class)

    def look(self, properties: Properties) -> Any:
        """Give the format with these properties, the same one each time."""
        key = tuple(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self.book.add_format(dict(properties))
        return self._looks[key]

    def cell(self, kind: Kind, unit: str, level: Level, repeated: bool) -> Any:
        """Give the look of a cell."""
        key = (kind, unit, level, repeated)
        if key not in self._cells:
            looks = {**LEVELS[level], "num_format": self._number(kind, unit), "valign": "vcenter"}
            if kind is Kind.REMARK:
                looks["indent"] = 1
            elif kind not in (Kind.TEXT, Kind.ANY):
                centred = kind in (Kind.LIGHT, Kind.DAY, Kind.MOMENT)
                looks["align"] = "center" if centred else "right"
            if repeated:
                looks |= {"font_color": "#A6A6A6", "bold": False}
            self._cells[key] = self.look(looks)
        return self._cells[key]

    def places(self, kind: Kind, unit: str) -> int:
        """Give the decimal places of a number; what adds up shows the places of all its parts."""
        exact = 2 if unit in self.units_with_fractions else 0
        match kind:
            case Kind.SUM:
                return exact
            case Kind.ESTIMATE:
                return places_of(unit)
            case Kind.TOTAL | Kind.CHANGE:
                return max(exact, places_of(unit))
            case Kind.FACTOR:
                return 2
            case _:
                return int(kind is Kind.TIMES)

    def _number(self, kind: Kind, unit: str) -> str:
        places = self.places(kind, unit)
        digits = "#,##0" + ("." + "0" * places if places else "")
        match kind:
            case Kind.TEXT | Kind.REMARK | Kind.PAIR | Kind.ANY:
                return "@"  # stays text when somebody edits the cell
            case Kind.SHARE:
                return "0\\ %" if self._russian else "0%"
            case Kind.CHANCE:
                return "0.00\\ %" if self._russian else "0.00%"
            case Kind.MOMENT:
                return self.moment_format
            case Kind.LIGHT | Kind.ID:
                return "0"
            case Kind.DAY:
                return "dd\\.mm\\.yyyy" if self._russian else "yyyy\\-mm\\-dd"
            case Kind.CHANGE:
                return f"+{digits};-{digits};0"
            case Kind.TIMES | Kind.FACTOR:
                return digits
            case _:
                return f'{digits};-{digits};"\u2013"'
