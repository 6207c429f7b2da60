"""Checks on the rows of a written report: whether every number is what stands below it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mini_crm.domain.model import Report
from mini_crm.domain.period import Stage
from mini_crm.i18n import Texts
from mini_crm.report.columns import pipeline_columns

LEVELS = ("Company", "Lead", "Manager", "Client")
SUMMED = (
    "Clients", "Open entries", "Due today", "Overdue", "Expected", "Paid", "Refused", "From open entries",
)  # fmt: skip


def pipeline(path: Path) -> list[dict[str, Any]]:
    """Read the rows of an English report's pipeline, as last computed."""
    # Read-only: openpyxl cannot read every chart that LibreOffice writes.
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    heads = [column.head for column in pipeline_columns(Texts("en"), Stage.RUNNING)]
    lines = list(book["Pipeline"].iter_rows(max_col=len(heads), values_only=True))
    book.close()
    return [dict(zip(heads, line, strict=True)) for line in lines if line[3] in LEVELS]


def check_sums(rows: list[dict[str, Any]]) -> int:
    """Check that the rows below each row add up to it; gives how many sums were compared."""
    compared = 0
    for company in (row for row in rows if row["Level"] == "Company"):
        below = [row for row in rows if row["Unit"] == company["Unit"] and row is not company]
        tree = [company, *below]
        for at, parent in enumerate(tree):
            depth = LEVELS.index(parent["Level"])
            children = []
            for row in tree[at + 1 :]:
                if LEVELS.index(row["Level"]) <= depth:
                    break
                if LEVELS.index(row["Level"]) == depth + 1:
                    children.append(row)
            if parent["Level"] == "Client":
                continue
            for name in SUMMED + (("From new entries", "Forecast") if depth < 2 else ()):
                total = sum(row[name] for row in children)
                assert total == pytest.approx(parent[name], rel=1e-9, abs=1e-9), (parent, name)
                compared += 1
    return compared


def check_totals(rows: list[dict[str, Any]], report: Report) -> None:
    """Check the companies' rows against what the run has stored for them."""
    company = {row.unit: row for row in report.forecast.company if row.period == report.period}
    shown = {row["Unit"]: row for row in rows if row["Level"] == "Company"}
    assert set(shown) == set(company)
    for unit, row in company.items():
        there = shown[unit]
        exact = (row.clients, row.open_count, row.due_today, row.overdue)
        assert tuple(there[name] for name in SUMMED[:4]) == exact
        sums = (row.expected, row.paid, row.refused)
        assert [there[name] for name in SUMMED[4:7]] == pytest.approx([float(v) for v in sums], rel=1e-9)
        half = 0.05 if unit == "pcs" else 0.5  # of the last place that is shown
        for name, value, error in (
            ("From open entries", row.from_open, half),
            ("From new entries", row.from_new, half),
            ("Forecast", row.forecast, 2 * half),
            ("Likely range (8 of 10) from", row.low, 2 * half),
            ("Likely range (8 of 10) to", row.high, 2 * half),
        ):
            assert there[name] == ("no history" if value is None else pytest.approx(value, abs=error + 1e-6))
        assert there["Forecast"] == pytest.approx(
            there["Paid"] + there["From open entries"] + there["From new entries"], rel=1e-12
        )
