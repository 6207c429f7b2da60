"""Rows pasted from Excel: shown first, bad cells mended, then stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from mini_crm.domain.dates import SHOWN_LENGTH
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import EntryDraft, EntryFilter, EntrySort, Group
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import FIELDS, DraftReader, FormValues
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Intent, Save
from mini_crm.usecases.foreign.statuses import StatusWords
from mini_crm.usecases.foreign.systems import word_key
from mini_crm.usecases.pasting import pasted_columns, split_pasted, typed_amounts, typed_days
from mini_crm.usecases.writes import Add

MAX_ROWS = 500
"""More is a case for the import of files."""

MOST_SHOWN = 40
"""Letters of a heading in the choice of columns."""
THERE = "↻"
"""Before the number of a row that is entered already."""
PAGE, MOST_PAGES = 1000, 10
"""How many entries are compared with what is pasted."""

STATUS = "status"
"""A column that only some pastes have."""


_Alike = tuple[int, str, Decimal, date]
"""Manager, client, amount and promised day."""


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One pasted row as it is shown.

    Attributes:
        number: Its place in what was pasted, from 1.
        cells: In the order of ``FIELDS``.
        errors: A sentence for each bad field.
        status: As the status column says it; empty if there is none.
        entry_id: The entry of the lead that is the same in client, amount, manager and promised day; None
            if there is none. It may have been pasted before.
    """

    number: int
    cells: tuple[str, ...]
    errors: Mapping[str, str]
    status: str = ""
    entry_id: int | None = None


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
    status: str = ""
    draft: EntryDraft | None = None  # while there are no errors


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
        self._heads = {word_key(caption): name for name, caption in named.items()}
        self._heads |= {word_key(name): name for name in FIELDS}
        self._heads |= {word_key(_("Client PIN")): "client_pin", word_key(_("Amount or quantity")): "amount"}
        self._heads[word_key(texts.captions[EntrySort.STATUS])] = STATUS
        self._words = StatusWords(None, {word_key(name): status for status, name in texts.statuses.items()})
        self._status_names = texts.statuses
        self._today = today
        self._failed = failed
        self._lines: dict[int, _Line] = {}
        self._left_out = 0
        self._rows: list[list[str]] = []
        self._head: list[str] = []
        self._columns: dict[str, int] = {}
        self._there: dict[_Alike, int] = {}

    def show(self, text: str) -> None:
        """Show what was copied in Excel: tab-separated rows, with or without a head line."""
        self._view.attach(self)
        rows = split_pasted(text)
        columns = pasted_columns(rows[0], self._heads) if rows else None
        if columns is None:
            self._columns = self._usual_columns(rows[0] if rows else [])
        else:
            self._columns, self._head = columns, rows.pop(0)
        self._rows = rows
        self._understand()

    def choices(self) -> list[tuple[int, str]]:
        """Give the pasted columns, by number and heading, or what stands in them first."""
        first = self._head or (self._rows[0] if self._rows else [])
        return [(place, f"{place + 1}: {cell.strip()}"[:MOST_SHOWN]) for place, cell in enumerate(first)]

    def choice(self, name: str) -> int | None:
        """Give the pasted column that is taken for a field."""
        return self._columns.get(name)

    def choose(self, name: str, place: int | None) -> None:
        """Take another pasted column for a field; whatever had that column gets this one's, if it had one.

        All rows are understood anew, so cells that were mended before are as they were pasted.
        """
        before = self._columns.pop(name, None)
        if place is not None:
            other = next((field for field, at in self._columns.items() if at == place), None)
            if other is not None:
                del self._columns[other]
                if before is not None:
                    self._columns[other] = before
            self._columns[name] = place
        self._understand()

    def _understand(self) -> None:
        left = set(self._lines)

        def done(lines: list[_Line]) -> None:
            self._left_out = max(0, len(lines) - MAX_ROWS)
            kept = dict(enumerate(lines[:MAX_ROWS], start=1))
            self._lines = {number: line for number, line in kept.items() if not left or number in left}
            self._show_rest()

        # In the background: hundreds of rows take longer than a window may stand still.
        self._desk.tasks.run(self._read, done, self._failed)

    def set_cell(self, number: int, name: str, text: str) -> None:
        """Mend a cell."""
        line = self._lines[number]
        if name == STATUS:
            line.status = text.strip()
        else:
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
        good = {number: line.draft for number, line in self._lines.items() if line.draft is not None}
        for number in good:
            del self._lines[number]
        if good:
            self._show_rest()
            self._save([Intent(Add(draft)) for draft in good.values()])

    def _read(self) -> list[_Line]:
        rows, columns = self._rows, self._columns
        language = self._desk.texts.language
        cells = {name: [row[at] if at < len(row) else "" for row in rows] for name, at in columns.items()}
        if "pay_by" in cells:
            cells["pay_by"] = typed_days(cells["pay_by"], today=self._today, language=language)
        if "amount" in cells:
            cells["amount"] = typed_amounts(cells["amount"], language=language)
        lines = [_Line(FormValues()) for _row in rows]
        for number, line in enumerate(lines):
            for name in FIELDS:
                if name in cells:
                    line.values = _with_cell(line.values, name, cells[name][number])
            line.values = self._with_group(line.values)
            line.status = cells[STATUS][number].strip() if STATUS in cells else ""
            if number < MAX_ROWS:
                self._check(line)
        self._there = self._look_up(lines[:MAX_ROWS])
        return lines

    def _look_up(self, lines: Sequence[_Line]) -> dict[_Alike, int]:
        """Find the lead's entries that were promised on the days of the good rows."""
        keys = [key for line in lines if (key := self._alike(line)) is not None]
        if not keys:
            return {}
        days = [key[3] for key in keys]
        wanted = EntryFilter(pay_by_from=min(days), pay_by_to=max(days))
        there: dict[_Alike, int] = {}
        for page in range(MOST_PAGES):
            found = self._desk.store.list_entries(self._desk.token, wanted, offset=page * PAGE, limit=PAGE)
            for entry in found.entries:
                if entry.pay_by is not None:
                    there[entry.manager_id, entry.client_pin, entry.amount, entry.pay_by] = entry.entry_id
            if len(found.entries) < PAGE:
                break
        return there

    def _alike(self, line: _Line) -> _Alike | None:
        """Give what makes a good row the same as an entry; None for a bad row."""
        draft = line.draft
        if draft is None or draft.pay_by is None:
            return None
        return draft.manager_id, draft.client_pin, draft.amount, draft.pay_by

    def _show_rest(self) -> None:
        if not self._lines:
            self._view.close()
            return
        self._view.show_rows(self._captions, [self._row(number) for number in self._lines])
        self._count()

    def _usual_columns(self, first: Sequence[str]) -> dict[str, int]:
        """Give the usual order: that of the form, with or without the group."""
        starts_with_group = bool(first) and self._reader.group(first[0]) is not None
        return {name: at for at, name in enumerate(FIELDS if starts_with_group else FIELDS[1:])}

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
        status = self._words.meaning(line.status)
        if status is None:
            known = ", ".join(self._status_names.values())
            error = BadValue("status_unknown", field=STATUS, text=line.status[:SHOWN_LENGTH], known=known)
            line.errors[STATUS] = sentence(error, self._desk.texts)
        else:
            line.values = replace(line.values, status=status)
        line.draft = None if line.errors else self._reader.draft(line.values)

    def _row(self, number: int) -> PastedRow:
        line = self._lines[number]
        status = line.status if STATUS in line.errors else self._status_names[line.values.status]
        cells = tuple(getattr(line.values, name) for name in FIELDS)
        key = self._alike(line)
        entry_id = self._there.get(key) if key is not None else None
        return PastedRow(number, cells, line.errors, status if line.status else "", entry_id)

    def _count(self) -> None:
        _ = self._desk.texts.gettext
        bad = sum(bool(line.errors) for line in self._lines.values())
        good = len(self._lines) - bad
        text = _("good rows: {good}, rows to mend: {bad}").format(good=good, bad=bad)
        if before := sum(self._row(number).entry_id is not None for number in self._lines):
            said = _("rows that are entered already, marked with {sign}: {n}")
            text = f"{text}; {said.format(sign=THERE, n=before)}"
        if self._left_out:
            more = _("Only the first {n} rows are taken; paste the others after saving these.")
            text = f"{text}. {more.format(n=MAX_ROWS)}"
        self._view.show_count(text, can_save=good > 0)


def _with_cell(values: FormValues, name: str, text: str) -> FormValues:
    cells: dict[str, Any] = {name: text.strip()}
    return replace(values, **cells)
