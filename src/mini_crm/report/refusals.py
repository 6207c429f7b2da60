"""Why entries were refused, as rows: the company and each lead with their reasons, each unit by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mini_crm.domain.model import Report
from mini_crm.domain.rules import name_order
from mini_crm.report.rows import Level, units_of


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """What the company or a lead lost, in all (COMPANY, LEAD) or for one reason (MANAGER, as it looks).

    Attributes:
        lead: Empty for the company.
        reason: None in all; empty where none was given.
        whole: Of the company or lead in all, which ``share`` is of.
    """

    level: Level
    unit: str
    lead: str
    reason: str | None
    count: int
    amount: Decimal
    whole: Decimal

    @property
    def share(self) -> float | None:
        """The part of the whole amount; None where nobody knows an amount."""
        return float(self.amount / self.whole) if self.whole else None


def refusal_rows(report: Report) -> list[list[RefusalRow]]:
    """Give the tables: of each unit the company's, then the leads'; a total and its reasons, most first."""
    units = list(dict.fromkeys([*units_of(report), *(row.unit for row in report.reasons)]))
    tables = []
    for unit in units:
        reasons = [row for row in report.reasons if row.unit == unit]
        of_leads: dict[str, list[tuple[str, int, Decimal]]] = defaultdict(list)
        counts: dict[str, int] = defaultdict(int)
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for row in reasons:
            of_leads[row.lead_name].append((row.reason, row.count, row.amount))
            counts[row.reason] += row.count
            amounts[row.reason] += row.amount
        if not reasons:
            continue
        company = [(reason, counts[reason], amounts[reason]) for reason in counts]
        tables.append(list(_table(Level.COMPANY, unit, "", company)))
        for lead in sorted(of_leads, key=name_order):
            tables.append(list(_table(Level.LEAD, unit, lead, of_leads[lead])))
    return tables


def _table(
    level: Level, unit: str, lead: str, reasons: list[tuple[str, int, Decimal]]
) -> Iterator[RefusalRow]:
    whole = sum((amount for _, _, amount in reasons), Decimal(0))
    yield RefusalRow(level, unit, lead, None, sum(count for _, count, _ in reasons), whole, whole)
    for reason, count, amount in sorted(reasons, key=lambda r: (-r[1], -r[2], name_order(r[0]))):
        yield RefusalRow(Level.MANAGER, unit, lead, reason, count, amount, whole)
