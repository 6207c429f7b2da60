"""What the rows behind a number contribute to it, in digits that add up to its own; no Tk here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from mini_crm.domain.model import Entry, EntryPage, EntrySum
from mini_crm.domain.shown import share_out
from mini_crm.i18n import Texts
from mini_crm.report.rows import places_of
from mini_crm.ui.entries.texts import CONTRIBUTION_CELL, Row
from mini_crm.ui.headline import Headline
from mini_crm.usecases.behind import Rows

Shares = Mapping[int, Decimal]
"""By entry what its row shows."""


def comes_to(number: Rows | None, sums: Sequence[EntrySum]) -> Decimal | None:
    """Give what the contributions of a number's rows come to, as it is shown.

    Args:
        number: None for rows that are behind no number.
        sums: Of all of its rows.

    Returns:
        None where nothing is to add up to anything.
    """
    if number is None:
        return None
    return number.comes_to(sums, places=places_of(number.filter.unit or ""))


def share(number: Rows | None, entries: Sequence[Entry], page: EntryPage) -> Shares:
    """Share what a number comes to among its entries, each rounded up or down.

    Args:
        number: None for rows that are behind no number.
        entries: Those that are loaded.
        page: With the count and the sums of all.

    Returns:
        Nothing as long as not all are loaded: nobody can add up what is not there.
    """
    whole = comes_to(number, page.sums)
    if number is None or whole is None or len(entries) != page.total:
        return {}
    places = places_of(number.filter.unit or "")
    parts = share_out(whole, [entry.contribution or 0.0 for entry in entries], places=places)
    there = zip(entries, parts, strict=True)
    return {entry.entry_id: part for entry, part in there if entry.contribution is not None}


def with_shares(rows: Sequence[Row], shares: Shares, number: Rows | None, texts: Texts) -> list[Row]:
    """Give rows with these contributions in place of their own."""
    if number is None or not shares:
        return list(rows)
    write, unit = Headline(texts).number, number.filter.unit or ""

    def shared(row: Row) -> Row:
        if row.entry_id not in shares:
            return row
        cells = list(row.cells)
        cells[CONTRIBUTION_CELL] = write(shares[row.entry_id], unit)
        return replace(row, cells=tuple(cells))

    return [shared(row) for row in rows]
