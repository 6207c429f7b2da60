"""The charts of a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mini_crm.domain.period import Period
from mini_crm.report.formats import Formats
from mini_crm.report.looks import DARK, GRID, LIGHT, MIDDLE, PALE
from mini_crm.report.sheet import PIXELS_A_ROW, Band, Chart

_STACKED = (DARK, MIDDLE, LIGHT, PALE)
_GROUPED = (MIDDLE, "#404040", "#F4B183")
_LINES = {
    "forecast": (MIDDLE, "solid"),
    "paid": (DARK, "solid"),
    "target": ("#C55A11", "dash"),
    "recalculated": (MIDDLE, "round_dot"),
    "old": ("#7F7F7F", "square_dot"),
}
"""Colour and dash of a line, by what it is of."""
_DAYS_NAMED = 10
_WATERFALL = (None, DARK, "#70AD47", "#C0504D")


class Charts:
    """Draws on one sheet.

    Args:
        formats: Makes charts.
        sheet: The writer's sheet.
        name: Its name, for what the charts refer to.
    """

    def __init__(self, formats: Formats, sheet: Any, name: str) -> None:
        self._formats, self._sheet, self._name = formats, sheet, name

    def bars(self, chart: Chart, *, stacked: bool) -> None:
        """Draw lying bars, on each other or beside each other."""
        kind = {"type": "bar", "subtype": "stacked"} if stacked else {"type": "bar"}
        drawn = self._formats.book.add_chart(kind)
        colours = _STACKED if stacked else _GROUPED
        for (name, column), colour in zip(chart.series, colours, strict=False):
            drawn.add_series(
                self._series(name, chart, 0, column)
                | {"fill": {"color": colour}, "gap": 50, "border": {"color": "#FFFFFF", "width": 0.5}}
            )
        drawn.set_y_axis({"reverse": True, "crossing": "max"})
        drawn.set_x_axis({"num_format": "#,##0", "min": 0, "major_gridlines": GRID})
        drawn.show_hidden_data()  # the parts of the range stand in hidden columns
        self._place(drawn, chart, [])

    def standing(self, chart: Chart, *, axis: str, crossing: float, days: bool) -> None:
        """Draw standing bars beside each other."""
        drawn = self._formats.book.add_chart({"type": "column"})
        for (name, column), colour in zip(chart.series, (MIDDLE, *_GROUPED[1:]), strict=False):
            drawn.add_series(self._series(name, chart, 0, column) | {"fill": {"color": colour}, "gap": 60})
        drawn.set_y_axis({"num_format": axis, "major_gridlines": GRID, "min": 0, "crossing": crossing})
        names = {"text_axis": True, "num_format": self._formats.short_day} if days else {}
        drawn.set_x_axis({"label_position": "low"} | names)
        self._place(drawn, chart, [] if len(chart.series) > 1 else None)

    def waterfall(self, chart: Chart, *, lowest: float) -> None:
        """Draw steps from one total to another: bars that stand on nothing that is seen."""
        drawn = self._formats.book.add_chart({"type": "column", "subtype": "stacked"})
        for (name, column), colour in zip(chart.series, _WATERFALL, strict=True):
            fill = {"none": True} if colour is None else {"color": colour}
            drawn.add_series(self._series(name, chart, 0, column) | {"fill": fill, "gap": 30})
        drawn.set_y_axis({"num_format": "#,##0", "min": lowest, "major_gridlines": GRID})
        drawn.show_hidden_data()  # where the bars begin stands in hidden columns
        self._place(drawn, chart, None)

    def band(
        self, chart: Chart, days: int, period: Period, lines_of: Sequence[str], band: Band | None
    ) -> None:
        """Draw lines over a period, with a shaded band behind them."""
        lines = self._formats.book.add_chart({"type": "line"})
        for (name, column), line in zip(chart.series, lines_of, strict=True):
            colour, dash = _LINES[line]
            looks: dict[str, Any] = {"line": {"color": colour, "width": 2.25, "dash_type": dash}}
            if dash == "solid":
                looks["marker"] = {
                    "type": "circle",
                    "size": 4,
                    "fill": {"color": colour},
                    "border": {"none": True},
                }
            lines.add_series(self._series(name, chart, days, column) | looks)
        drawn = lines
        if band is not None:
            drawn = self._formats.book.add_chart({"type": "area", "subtype": "stacked"})
            for name, column, fill in (
                ("", band.low, {"none": True}),
                (band.name, band.height, {"color": PALE}),
            ):
                drawn.add_series(self._series(name, chart, days, column) | {"fill": fill})
            drawn.combine(lines)
        drawn.show_hidden_data()  # the height of the band stands in a hidden column, and so do some lines
        drawn.show_blanks_as("span")
        drawn.set_x_axis(
            {
                "date_axis": True,
                "num_format": self._formats.short_day,
                "min": period.start,
                "max": period.end,
                "major_unit": max(1, period.days // _DAYS_NAMED),
                "major_unit_type": "days",
            }
        )
        drawn.set_y_axis({"num_format": "#,##0", "min": 0, "major_gridlines": GRID})
        self._place(drawn, chart, [0] if band is not None else [])

    def _series(self, name: str, chart: Chart, names: int, column: int) -> dict[str, Any]:
        first, last = chart.rows
        return {
            "name": name,
            "categories": [self._name, first, names, last, names],
            "values": [self._name, first, column, last, column],
        }

    def _place(self, drawn: Any, chart: Chart, unnamed: list[int] | None) -> None:
        """Put a chart in its place; without names of its series, or without those of some."""
        drawn.set_title({"name": chart.title, "name_font": {"size": 12, "color": DARK}, "overlay": False})
        if unnamed is None:
            drawn.set_legend({"none": True})
        else:
            drawn.set_legend({"position": "bottom", "delete_series": unnamed})
        drawn.set_size({"width": chart.width, "height": chart.height - PIXELS_A_ROW // 2})
        self._sheet.insert_chart(chart.row, 0, drawn, {"x_offset": chart.left, "object_position": 2})
