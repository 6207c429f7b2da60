"""Rows pasted from Excel: shown first, bad cells mended, then stored."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from io import StringIO
from typing import Any, Protocol

from mini_crm.domain.model import EntrySort, Group
from mini_crm.domain.rules import name_key
from mini_crm.domain.text import without_unseen
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import FIELDS, DraftReader, FormValues
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Intent, Save
from mini_crm.usecases.writes import Add

MAX_ROWS = 500
"""More is a case for the import of files."""


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One pasted row as it is shown.

    Attributes:
        number: Its place in what was pasted, from 1.
        cells: In the order of ``FIELDS``.
        errors: A sentence for each bad field.
    """

    number: int
    cells: tuple[str, ...]
    errors: Mapping[str, str]


class PastePort(Protocol):
    """The preview as its presenter sees it."""

    def attach(self, presenter: PastePresenter) -> None:
        """Tell this presenter from now on what the person does."""
        ...

    def show_rows(self, captions: Sequence[str], rows: Sequence[PastedRow]) -> None:
        """Show the rows, bad cells marked."""
        ...

    def show_row(self, row: PastedRow) -> None:
        """Show one row anew."""
        ...

    def show_count(self, text: str, *, can_save: bool) -> None:
        """Say how many rows are good and how many are not."""
        ...

    def close(self) -> None:
        """Close the preview."""
        ...


@dataclass(slots=True)
class _Line:
    values: FormValues
    errors: dict[str, str] = field(default_factory=dict)


class PastePresenter:
    """Checks pasted rows and stores the good ones.

    Args:
        desk: Of the lead.
        view: The preview.
        texts: Names the columns.
        groups: Of the lead.
        today: The server's day.
        save: Shows what is being saved, sends it, and shows what became of it.
        failed: Is told when the text could not be read.
    """

    def __init__(
        self,
        desk: Desk,
        view: PastePort,
        texts: EntryTexts,
        *,
        groups: Sequence[Group],
        today: date,
        save: Save,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._save = save
        self._reader = DraftReader(groups, today)
        named = {name: texts.captions[EntrySort(name)] for name in FIELDS}
        self._captions = list(named.values())
        # Also the field's own name, as import files have it, and the labels of the form.
        _ = desk.texts.gettext
        self._heads = {name_key(caption): name for name, caption in named.items()}
        self._heads |= {name_key(name): name for name in FIELDS}
        self._heads |= {name_key(_("Client PIN")): "client_pin", name_key(_("Amount or quantity")): "amount"}
        self._failed = failed
        self._lines: dict[int, _Line] = {}
        self._left_out = 0

    def show(self, text: str) -> None:
        """Show what was copied in Excel: tab-separated rows, with or without a head line."""
        self._view.attach(self)

        def done(lines: list[_Line]) -> None:
            self._left_out = max(0, len(lines) - MAX_ROWS)
            self._lines = dict(enumerate(lines[:MAX_ROWS], start=1))
            self._show_rest()

        # In the background: hundreds of rows take longer than a window may stand still.
        self._desk.tasks.run(lambda: self._read(text), done, self._failed)

    def set_cell(self, number: int, name: str, text: str) -> None:
        """Mend a cell."""
        line = self._lines[number]
        line.values = _with_cell(line.values, name, text)
        if name == "manager":
            line.values = self._with_group(line.values)
        self._check(line)
        self._view.show_row(self._row(number))
        self._count()

    def drop(self, numbers: Sequence[int]) -> None:
        """Leave rows out."""
        for number in numbers:
            self._lines.pop(number, None)
        self._show_rest()

    def save(self) -> None:
        """Have the good rows stored: they go over into the table at once, the others stay in sight."""
        good = {number: line for number, line in self._lines.items() if not line.errors}
        for number in good:
            del self._lines[number]
        if good:
            self._show_rest()
            self._save([Intent(Add(self._reader.draft(line.values))) for line in good.values()])

    def _read(self, text: str) -> list[_Line]:
        rows = [row for row in _cells(text) if any(c.strip() for c in row)]
        columns, has_head = self._columns(rows[0] if rows else [])
        lines: list[_Line] = []
        for row in rows[has_head:]:
            line = _Line(FormValues())
            for name, at in columns.items():
                if at < len(row):
                    line.values = _with_cell(line.values, name, row[at])
            line.values = self._with_group(line.values)
            if len(lines) < MAX_ROWS:
                self._check(line)
            lines.append(line)
        return lines

    def _show_rest(self) -> None:
        if not self._lines:
            self._view.close()
            return
        self._view.show_rows(self._captions, [self._row(number) for number in self._lines])
        self._count()

    def _columns(self, first: Sequence[str]) -> tuple[dict[str, int], bool]:
        """Find which column holds what: by the head line, else by the usual order."""
        keys = [name_key(cell) for cell in first]
        named = {self._heads[key]: at for at, key in enumerate(keys) if key in self._heads}
        if len(named) >= 2:
            return named, True
        starts_with_group = bool(first) and self._reader.group(first[0]) is not None
        order = FIELDS if starts_with_group else FIELDS[1:]
        return {name: at for at, name in enumerate(order)}, False

    def _with_group(self, values: FormValues) -> FormValues:
        if values.group:
            return values
        groups = self._reader.groups_of(values.manager)
        return replace(values, group=groups[0].name) if len(groups) == 1 else values

    def _check(self, line: _Line) -> None:
        line.errors = {}
        for name in FIELDS:
            error = self._reader.error(name, line.values)
            if error is not None:
                line.errors[name] = sentence(error, self._desk.texts)

    def _row(self, number: int) -> PastedRow:
        line = self._lines[number]
        return PastedRow(number, tuple(getattr(line.values, name) for name in FIELDS), line.errors)

    def _count(self) -> None:
        _ = self._desk.texts.gettext
        bad = sum(bool(line.errors) for line in self._lines.values())
        good = len(self._lines) - bad
        text = _("good rows: {good}, rows to mend: {bad}").format(good=good, bad=bad)
        if self._left_out:
            more = _("Only the first {n} rows are taken; paste the others after saving these.")
            text = f"{text}. {more.format(n=MAX_ROWS)}"
        self._view.show_count(text, can_save=good > 0)


def _with_cell(values: FormValues, name: str, text: str) -> FormValues:
    cells: dict[str, Any] = {name: text.strip()}
    return replace(values, **cells)


def _cells(pasted: str) -> list[list[str]]:
    """Split what a spreadsheet put into the clipboard; what only looks like one, at its tabs."""
    text = without_unseen(pasted, lines=True)
    try:
        return list(csv.reader(StringIO(text), delimiter="\t"))
    except csv.Error:  # a quotation mark without a partner, and too much text behind it
        return [line.split("\t") for line in text.split("\n")]
