"""What is copied in a spreadsheet, understood as files are: cells, headings, days, amounts, statuses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from mini_crm.domain.dates import format_date, parse_date
from mini_crm.domain.errors import BadValue
from mini_crm.domain.money import edit_amount, parse_amount, round_amount
from mini_crm.domain.text import without_unseen
from mini_crm.usecases.cells import unguarded
from mini_crm.usecases.foreign.day_order import survey_days
from mini_crm.usecases.foreign.days import read_day
from mini_crm.usecases.foreign.signs import survey_signs
from mini_crm.usecases.foreign.systems import CLOSING, known_systems, word_key

_QUOTED = re.compile(r'"((?:[^"\t]|"")*)"(?=[\t\n]|\Z)')
"""A cell as spreadsheets quote it. One with a tab inside is far rarer than two marks that stand alone."""
_PLAIN = re.compile(r"[^\t\n]*")
_FEWEST_HEADINGS = 2


def split_pasted(pasted: str) -> list[list[str]]:
    """Split what a spreadsheet put into the clipboard into rows that are not blank.

    A spreadsheet quotes a cell only if that has a line end or a quotation mark inside. Any other quotation
    mark is a letter like others: one that stands alone swallows nothing.
    """
    text = without_unseen(pasted, lines=True)
    rows: list[list[str]] = [[]]
    at = 0
    while True:
        match = _QUOTED.match(text, at)
        if match is not None and ("\n" in match[1] or '""' in match[1]):
            cell, at = match[1].replace('""', '"'), match.end()
        else:
            plain = _PLAIN.match(text, at)
            assert plain is not None  # noqa: S101 - it matches nothing as well
            cell, at = plain[0], plain.end()
        rows[-1].append(unguarded(cell))
        if at >= len(text):
            break
        if text[at] == "\n":
            rows.append([])
        at += 1
    return [row for row in rows if any(cell.strip() for cell in row)]


def pasted_columns(first: Sequence[str], own: Mapping[str, str]) -> dict[str, int] | None:
    """Find which column holds what by the first row; None if that is no row of headings.

    Args:
        first: The first row.
        own: What the window calls the fields, by ``word_key``; goes before what other systems call them.
    """
    found: dict[str, int] = {}
    headings = 0
    for place, cell in enumerate(first):
        field = own.get(word_key(cell)) or _field(word_key(cell))
        if field is not None:
            headings += 1
            found.setdefault("pay_by" if field == CLOSING else field, place)
    return found if headings >= _FEWEST_HEADINGS else None


def typed_days(cells: Sequence[str], *, today: date, language: str) -> list[str]:
    """Write days that a file may have as a person types them; what the form reads already stays as it is."""
    order = survey_days(enumerate(cells), None).value

    def typed(cell: str) -> str:
        try:
            parse_date(cell, today=today, field="pay_by")
        except BadValue:
            try:
                day = read_day(cell, "pay_by", today=today, order=order, zone=None)
            except BadValue:
                return cell
            return format_date(day, language=language)
        return cell

    return [typed(cell) for cell in cells]


def typed_amounts(cells: Sequence[str], *, language: str) -> list[str]:
    """Write amounts that their column makes certain as a person types them; nothing is rounded here."""
    decimal = survey_signs(enumerate(cells), None).value

    def typed(cell: str) -> str:
        try:
            parse_amount(cell)
        except BadValue:
            try:
                value, is_rounded = round_amount(cell, decimal=decimal)
            except BadValue:
                return cell
            return cell if is_rounded else edit_amount(value, language=language)
        return cell

    return [typed(cell) for cell in cells]


def _field(key: str) -> str | None:
    for system in known_systems():
        for field, headings in system.headings.items():
            if key in headings:
                return field
    return None
