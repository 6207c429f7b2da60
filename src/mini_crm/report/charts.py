"""The charts of a sheet."""

from __future__ import annotations

from typing import Any

from mini_crm.domain.period import Period
from mini_crm.report.formats import Formats
from mini_crm.report.looks import DARK, GRID, LIGHT, MIDDLE, PALE
from mini_crm.report.sheet import PIXELS_A_ROW, Chart

_STACKED = (DARK, MIDDLE, LIGHT, PALE)
_GROUPED = (MIDDLE, "#404040", "#F4B183")
_LINES = ((MIDDLE, "solid"), (DARK, "solid"), ("#C55A11", "dash"))


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

    def band(self, chart: Chart, days: int, period: Period, band: tuple[int, int] | None) -> None:
        """Draw lines over a period, with a shaded band behind them."""
        lines = self._formats.book.add_chart({"type": "line"})
        for (name, column), (colour, dash) in zip(chart.series, _LINES, strict=False):
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
                ("P10", band[0], {"none": True}),
                ("P10\u2013P90", band[1], {"color": PALE}),
            ):
                drawn.add_series(self._series(name, chart, days, column) | {"fill": fill})
            drawn.combine(lines)
            drawn.show_hidden_data()  # the height of the band stands in a hidden column
        drawn.set_x_axis(
            {"date_axis": True, "num_format": self._formats.short_day, "min": period.start, "max": period.end}
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

    def _place(self, drawn: Any, chart: Chart, unnamed: list[int]) -> None:
        drawn.set_title({"name": chart.title, "name_font": {"size": 12, "color": DARK}, "overlay": False})
        drawn.set_legend({"position": "bottom", "delete_series": unnamed})
        drawn.set_size({"width": chart.width, "height": chart.height - PIXELS_A_ROW // 2})
        self._sheet.insert_chart(chart.row, 0, drawn, {"x_offset": chart.left, "object_position": 2})
