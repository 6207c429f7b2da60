"""How well the stored forecasts of ended periods met what came."""

from __future__ import annotations

from datetime import date

from mini_crm.domain.model import AccuracyRow
from mini_crm.store.rows import accuracy_of
from mini_crm.store.sqlite.db import Connection, load_queries, plain_rows, to_day

SQL = load_queries("accuracy.sql")
TABLES = ("make_days", "make_came", "make_spans")
STEPS = ("fill_days", "fill_came", "fill_came_to_all", "fill_came_nothing", "fill_spans")
CLEARING = ("clear_days", "clear_came", "clear_spans")
"""The tables stay for the next time: none can be dropped while the caller reads something else."""
ALL_LEADS = (0, (1 << 63) - 1)
"""The first and the last number: 0 is the company's."""


def read_accuracy(conn: Connection, day: date, lead_id: int | None) -> tuple[AccuracyRow, ...]:
    """Compare in one transaction, as of a day; of one lead, or (None) of the company and all leads."""
    first, last = ALL_LEADS if lead_id is None else (lead_id, lead_id)
    values = {"day": to_day(day), "first_lead": first, "last_lead": last}
    for table in TABLES:
        conn.execute(SQL[table])
    try:
        for step in STEPS:
            conn.execute(SQL[step], values)
        rows = conn.execute(SQL["list_accuracy"].format(measures=SQL["measures"]))
        return accuracy_of(plain_rows(rows))
    finally:
        for table in CLEARING:
            conn.execute(SQL[table])
