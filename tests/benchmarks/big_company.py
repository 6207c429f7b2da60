"""A company of any size with the statistical shape of the demo's, written straight into a database file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

from mini_crm.domain.model import ImportRow, RosterRow, Status
from mini_crm.domain.money import to_minor
from mini_crm.store.sqlite import SqliteStore
from mini_crm.store.sqlite.db import Clock, utc_now
from mini_crm.usecases.demo_sales import STYLES, Seller, make_sales

LEADS = 100
MANAGERS_EACH = 10
MONTHS = 24
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
STATUS_CODES = {Status.EXPECTED: 0, Status.PAID: 1, Status.REFUSED: 2}


def make_big_roster(random: Random, leads: int = LEADS, managers_each: int = MANAGERS_EACH) -> list[Seller]:
    """Make teams in the demo's ten styles, each a little different; the last two managers may sell pieces."""
    sellers = []
    for lead in range(leads):
        base = STYLES[lead % len(STYLES)]
        style = replace(
            base,
            win_rate=min(0.9, base.win_rate * random.uniform(0.8, 1.2)),
            days_to_paid=base.days_to_paid * random.uniform(0.8, 1.25),
        )
        for number in range(managers_each):
            pieces = style.has_pieces and number >= managers_each - 2
            row = RosterRow(
                lead=f"Lead {lead + 1:03}",
                group="Pieces" if pieces else "Money",
                manager=f"Manager {lead + 1:03}-{number + 1:02}",
                unit="pcs" if pieces else "RUB",
            )
            weight = style.weight * random.uniform(0.5, 1.5)
            sellers.append(Seller(row, style, random.lognormvariate(0, 0.15), weight))
    return sellers


def make_big_sales(
    entries: int, today: date, *, months: int = MONTHS, leads: int = LEADS, managers_each: int = MANAGERS_EACH
) -> tuple[list[Seller], Iterator[ImportRow]]:
    """Make a roster and its entries; the same arguments give the same ones."""
    random = Random(1)
    sellers = make_big_roster(random, leads, managers_each)
    return sellers, make_sales(random, sellers, today, entries, months=months)


def write_big_company(
    path: Path, entries: int, *, months: int = MONTHS, leads: int = LEADS, clock: Clock = utc_now
) -> None:
    """Make a database with so many entries and their history, as if imported, but in a minute."""
    store = SqliteStore.create(path, clock=clock)
    today = store.get_today()
    sellers, sales = make_big_sales(entries, today, months=months, leads=leads)
    store.apply_roster([seller.row for seller in sellers], "benchmark")
    places = {
        (lead.name, manager.name): (lead.lead_id, group.group_id, manager.manager_id)
        for lead in store.list_leads()
        for group in lead.groups
        for manager in group.managers
    }
    store.close()
    # What the store does row by row and safely is done here at once and without waiting for the disk.
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        connection.execute("BEGIN")
        connection.execute(
            "INSERT INTO ImportBatch (BatchId, Source, ImportedAt, ImportedBy) "
            "VALUES (1, 'benchmark', unixepoch(), 'benchmark')"
        )
        connection.executemany(
            "INSERT INTO Entry (ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount,"
            " EnteredOn, PayBy, FirstPayBy, Status, StatusOn, Comment, SearchKey, Version, ChangeSeq) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?9, ?9, ?10, ?11, ?12, ?13, 1, ?14)",
            _entry_values(sales, places),
        )
        connection.execute(
            "INSERT INTO EntryHistory (EntryId, Version, Action, ChangedAt, ChangedBy, Computer, BatchId,"
            " ChangeSeq, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status,"
            " StatusOn, Comment) "
            "SELECT EntryId, 1, 'imported', unixepoch(), 'benchmark', '', 1, ChangeSeq, LeadId, GroupId,"
            " ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn, Comment "
            "FROM Entry"
        )
        connection.execute(
            "UPDATE Lead SET ChangeSeq = coalesce("
            "(SELECT max(e.ChangeSeq) FROM Entry AS e WHERE e.LeadId = Lead.LeadId), 0)"
        )
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _entry_values(
    sales: Iterator[ImportRow], places: dict[tuple[str, str], tuple[int, int, int]]
) -> Iterator[tuple[object, ...]]:
    seqs: dict[int, int] = {}
    for sale in sales:
        lead_id, group_id, manager_id = places[sale.lead, sale.manager]
        seqs[lead_id] = seq = seqs.get(lead_id, 0) + 1
        yield (
            sale.client_ref.bytes,
            lead_id,
            group_id,
            manager_id,
            sale.client_pin,
            to_minor(sale.amount),
            None if sale.paid_amount is None else to_minor(sale.paid_amount),
            sale.entered_on.toordinal() - EPOCH_ORDINAL,
            None if sale.pay_by is None else sale.pay_by.toordinal() - EPOCH_ORDINAL,
            STATUS_CODES[sale.status],
            None if sale.status_on is None else sale.status_on.toordinal() - EPOCH_ORDINAL,
            sale.comment,
            f"{sale.client_pin}\n{sale.comment.casefold()}",
            seq,
        )
