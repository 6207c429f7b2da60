"""Entries as a spreadsheet takes them: each number, unit, status and day in a cell of its own; no Tk here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from mini_crm.domain.model import Entry, EntrySort, Status
from mini_crm.domain.money import edit_amount
from mini_crm.report.columns import Cell, Column, Kind
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.usecases.rejects import harmless

_BREAKS = re.compile(r"[\t\r\n]+")
"""What would end a cell."""


def sheet_columns(shown: Sequence[EntrySort], texts: EntryTexts) -> tuple[Column[Entry], ...]:
    """Give the columns of a sheet.

    Args:
        shown: The columns of the table, in their order; behind an amount comes its unit, behind a status its
            day.
        texts: Names them.
    """
    columns: list[Column[Entry]] = []
    for sort in shown:
        if sort is not EntrySort.STATUS_ON or EntrySort.STATUS not in shown:
            columns += _columns(sort, texts)
    return tuple(columns)


def as_text(entries: Sequence[Entry], shown: Sequence[EntrySort], texts: EntryTexts) -> str:
    """Write entries as the clipboard takes them: a line of headings, then a line for each, cells after tabs.

    Numbers have no thousands signs and the decimal sign of the language, so that a spreadsheet of that
    language knows them as numbers.
    """
    columns = sheet_columns(shown, texts)
    lines = ["\t".join(column.head for column in columns)]
    lines += ["\t".join(_text(column, entry, texts) for column in columns) for entry in entries]
    return "\n".join(lines)


def _columns(sort: EntrySort, texts: EntryTexts) -> list[Column[Entry]]:
    head = texts.captions[sort]
    match sort:
        case EntrySort.ENTRY_ID:
            return [Column(head, Kind.ID, lambda entry: entry.entry_id if entry.entry_id > 0 else None)]
        case EntrySort.GROUP:
            return [Column(head, Kind.TEXT, lambda entry: entry.group_name)]
        case EntrySort.MANAGER:
            return [Column(head, Kind.TEXT, lambda entry: entry.manager_name)]
        case EntrySort.CLIENT_PIN:
            return [Column(head, Kind.TEXT, lambda entry: entry.client_pin)]
        case EntrySort.AMOUNT:
            unit = texts.texts.gettext("Unit")
            return [
                Column(head, Kind.SUM, lambda entry: entry.amount),
                Column(unit, Kind.TEXT, lambda entry: texts.unit(entry.unit)),
            ]
        case EntrySort.ENTERED_ON:
            return [Column(head, Kind.DAY, lambda entry: entry.entered_on)]
        case EntrySort.PAY_BY:
            return [Column(head, Kind.DAY, lambda entry: entry.pay_by)]
        case EntrySort.STATUS:
            return [
                Column(head, Kind.TEXT, lambda entry: texts.statuses[entry.status]),
                *_columns(EntrySort.STATUS_ON, texts),
            ]
        case EntrySort.STATUS_ON:
            return [Column(texts.fields["status_on"], Kind.DAY, lambda entry: entry.status_on)]
        case EntrySort.PAID_AMOUNT:
            return [Column(head, Kind.SUM, _came)]
        case EntrySort.PROBABILITY:
            return [Column(head, Kind.SHARE, lambda entry: entry.probability)]
        case EntrySort.CONTRIBUTION:
            return [Column(head, Kind.ESTIMATE, lambda entry: entry.contribution)]
        case EntrySort.REASON:
            return [Column(head, Kind.TEXT, lambda entry: entry.reason)]
        case EntrySort.COMMENT:
            return [Column(head, Kind.TEXT, lambda entry: entry.comment)]


def _came(entry: Entry) -> Decimal | None:
    """Give what really came."""
    if entry.status is not Status.PAID:
        return None
    return entry.amount if entry.paid_amount is None else entry.paid_amount


def _text(column: Column[Entry], entry: Entry, texts: EntryTexts) -> str:
    value, language = column.value(entry), texts.texts.language
    if isinstance(value, str):
        return harmless(_BREAKS.sub(" ", value))
    if isinstance(value, date):
        return texts.day(value)
    if column.kind is Kind.SHARE and value is not None:
        return f"{edit_amount(_decimal(value) * 100, language=language)}%"
    if isinstance(value, Decimal | float):
        return edit_amount(_decimal(value), language=language)
    return "" if value is None else str(value)


def _decimal(value: Cell) -> Decimal:
    return Decimal(str(value))
