"""Saves all rows that the filter lets through as a workbook, beside everything else; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from mini_crm.domain.errors import SessionEnded
from mini_crm.domain.model import PIECES, Entry, EntryFilter, EntrySort, Group
from mini_crm.domain.money import format_amount
from mini_crm.messages import sentence
from mini_crm.report.found import write_list
from mini_crm.ui.desk import Desk, TaskRunner
from mini_crm.ui.entries.sheet import sheet_columns
from mini_crm.ui.entries.texts import EntryTexts

PAGE = 5000
"""Rows that are read at once: few enough for the memory, many enough to ask seldom."""
TELL_S = 0.5
"""So often the window says how far it is."""
FOLDER = "entries.export_folder"
"""Where the last file was saved, as it is remembered."""


class ExportPort(Protocol):
    """What saving a file needs of the page."""

    def ask_file(self, folder: str, name: str) -> Path | None:
        """Ask where to save; None if nowhere."""
        ...

    def say(self, text: str, *, is_error: bool) -> None:
        """Show a sentence that goes away by itself or with the next one."""
        ...


class ExportPresenter:
    """Saves the rows found.

    Args:
        desk: Of the lead.
        view: Asks, and shows sentences.
        texts: Names the columns.
        found: Gives what the table is filtered and ordered by.
        groups: Gives the lead's groups.
        aside: Reads and writes beside everything else, so that saving an entry need not wait for it.
    """

    def __init__(
        self,
        desk: Desk,
        view: ExportPort,
        texts: EntryTexts,
        *,
        found: Callable[[], tuple[EntryFilter, EntrySort, bool]],
        groups: Callable[[], tuple[Group, ...]],
        aside: TaskRunner,
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._found = found
        self._groups = groups
        self._aside = aside
        self._is_busy = False
        self._done = self._count = 0

    def start(self) -> None:
        """Ask where to, and save all rows of the filter there, in the order of the table."""
        _ = self._desk.texts.gettext
        if self._is_busy:
            self._tell()
            return
        folder = self._desk.memory.text(FOLDER)
        day = self._texts.day(self._desk.session.today)
        path = self._view.ask_file(folder, f"{_('Expected sales')} {day}.xlsx")
        if path is not None:
            self._desk.memory.put(FOLDER, str(path.parent))
            self._save(path, *self._found())

    def _save(self, path: Path, wanted: EntryFilter, sort: EntrySort, descending: bool) -> None:
        self._is_busy = True
        self._done = self._count = 0
        stop = self._desk.tasks.every(TELL_S, self._tell)

        def work() -> Path:
            return self._write(path, wanted, sort, descending)

        def done(written: Path) -> None:
            self._is_busy = False
            stop()
            self._view.say(self._saved(path, written), is_error=False)

        def failed(error: BaseException) -> None:
            self._is_busy = False
            stop()
            if isinstance(error, SessionEnded):
                self._desk.sign_in_again(lambda: self._save(path, wanted, sort, descending))
            else:
                self._view.say(sentence(error, self._desk.texts), is_error=True)

        self._aside.run(work, done, failed)

    def _write(self, path: Path, wanted: EntryFilter, sort: EntrySort, descending: bool) -> Path:
        choice = self._desk.choice
        period = None if choice.is_this_month else choice.period

        def read(offset: int, limit: int) -> tuple[tuple[Entry, ...], int]:
            page = self._desk.store.list_entries(
                self._desk.token,
                wanted,
                sort,
                descending=descending,
                offset=offset,
                limit=limit,
                period=period,
            )
            return page.entries, page.total

        first, self._count = read(0, PAGE)

        def pages() -> Iterator[list[Entry]]:
            entries, offset, seen = first, 0, set[int]()
            while entries:
                # What slid down meanwhile comes a second time.
                fresh = [entry for entry in entries if entry.entry_id not in seen]
                seen.update(entry.entry_id for entry in fresh)
                yield fresh
                offset += len(entries)
                self._done = offset
                entries = read(offset, PAGE)[0] if len(entries) == PAGE else ()

        return write_list(
            path,
            sheet_columns(tuple(EntrySort), self._texts),
            pages(),
            count=self._count,
            title=self._desk.texts.gettext("Expected sales"),
            language=self._desk.texts.language,
            now=datetime.now(UTC).astimezone(),
            unit_of=lambda entry: entry.unit,
            units_with_fractions=frozenset(g.unit for g in self._groups() if g.unit != PIECES),
        )

    def _tell(self) -> None:
        _ = self._desk.texts.gettext
        said = _("Saving the rows in Excel: {n} of {count}").format(
            n=self._number(self._done), count=self._number(self._count)
        )
        self._view.say(said, is_error=False)

    def _saved(self, path: Path, written: Path) -> str:
        texts = self._desk.texts
        said = texts.ngettext("{n} row was saved: {path}", "{n} rows were saved: {path}", self._count)
        said = said.format(n=self._number(self._count), path=written)
        if written == path:
            return said
        locked = texts.gettext("{name} is open in another program, so a new file was made beside it.")
        return f"{locked.format(name=path.name)} {said}"

    def _number(self, number: int) -> str:
        return format_amount(Decimal(number), language=self._desk.texts.language)
