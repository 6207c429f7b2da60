"""Colours and measures of the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mini_crm.report.rows import Level

Properties = Mapping[str, Any]

DARK, MIDDLE, LIGHT, PALE, GREY, WARNING = "#1F4E79", "#5B9BD5", "#9DC3E6", "#DEEBF7", "#767676", "#9C4A00"
LEVELS: Mapping[Level, Properties] = {
    Level.COMPANY: {"bold": True, "bg_color": "#D6E4F2"},
    Level.LEAD: {"bold": True, "bg_color": "#EEF4FA"},
    Level.MANAGER: {},
    Level.CLIENT: {"font_color": "#595959"},
}
HEAD_LOOK: Properties = {
    "bold": True, "font_color": "#FFFFFF", "bg_color": DARK, "text_wrap": True, "valign": "vcenter",
    "align": "center", "border": 1, "border_color": "#FFFFFF",
}  # fmt: skip
RULES: Mapping[str, Properties] = {
    "good": {"font_color": "#1E6B34"},
    "warn": {"font_color": "#9C5700"},
    "bad": {"font_color": "#B3261E", "bold": True},
}
GRID: Properties = {"visible": True, "line": {"color": "#D9D9D9"}}

# Widths in characters of the standard font.
WIDEST, NARROWEST, FILTER_BUTTON, PADDING, BOLD = 44, 10, 3, 1, 1.18
NOTE_WIDTHS = (30, 110)
LINE_POINTS = 15.0
