"""What a workbook tells beyond the values of its cells, for each of its forms."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from mini_crm.tables.parts import BadPart, open_part, sheet_parts, telling_styles
from mini_crm.tables.sheet_xml import Patch, SheetText

_START = 1 << 16


@dataclass(frozen=True, slots=True)
class BeyondValues:
    """What is known of a sheet beside its values.

    Attributes:
        notes: Codes and data of ``table.Note``.
        patches: Rows by number from 1, in order, and what their cells show instead of the bare value.
    """

    notes: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    patches: Iterator[tuple[int, list[Patch]]] = field(default_factory=lambda: iter(()))


def beyond_values_of_xlsx(book: zipfile.ZipFile, sheet: str) -> BeyondValues:
    """Search the XML of a sheet.

    Raises:
        BadPart: It is damaged.
        TooMuch: No real sheet is like this.
    """
    workbook, parts = sheet_parts(book)
    if sheet not in parts:
        raise BadPart(sheet)

    def opened() -> IO[bytes]:
        return open_part(book, parts[sheet])

    with opened() as stream:
        text = SheetText(telling_styles(book, workbook), SheetText.prefix_of(stream.read(_START)))
    with opened() as stream:
        facts = text.facts(stream)
    beyond = BeyondValues(patches=text.patches(opened()) if facts.has_patches else iter(()))
    if facts.hidden_rows:
        beyond.notes.append(("rows_hidden", {"n": facts.hidden_rows}))
    if facts.empty_formulas:
        formulas = {"n": facts.empty_formulas, "first": facts.first_formula}
        beyond.notes.append(("formulas_without_results", formulas))
    return beyond
