"""The command that imports entries from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from mini_crm.commands.database import DEFAULT_CURRENCY, create_database, usual_unit
from mini_crm.commands.output import (
    FILE,
    dry_run_option,
    json_option,
    progress_bar,
    reject_reason,
    say_json,
    say_rejects,
    say_table,
    some,
)
from mini_crm.domain.errors import BadData, UsageError
from mini_crm.domain.model import PIECES, ImportResult, Lead
from mini_crm.domain.rules import utf16_length
from mini_crm.options import OUT_FILE
from mini_crm.program import Program
from mini_crm.store.place import is_there
from mini_crm.usecases.cells import MAX_SOURCE, check_unit
from mini_crm.usecases.imports import COLUMNS, EntryFile, parse_mapping, read_entries
from mini_crm.usecases.rejects import write_rejects
from mini_crm.usecases.rosters import Roster, check_size

_NOT_IN_ROSTER = ("roster_no_lead", "roster_no_group", "roster_no_manager")


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_import_entries(program)]


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line of ``import-entries`` asks for."""

    file: Path
    mapping: dict[str, str]
    source: str
    unit: str | None
    create_roster: bool
    update: bool
    dry_run: bool
    rejects: Path | None


def _import_entries(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("import-entries", help=_("Import entries from a CSV or xlsx file."))
    @click.argument("file", type=FILE)
    @click.option(
        "--map",
        "mappings",
        multiple=True,
        metavar="NAME=COLUMN,…",
        help=_("What columns are called in the file. Names: {names}.").format(names=", ".join(COLUMNS)),
    )
    @click.option(
        "--source",
        help=_("Name of the source; with a row's id it is the key of the entry. By default the file's name."),
    )
    @click.option(
        "--unit", metavar="CODE", help=_("Unit of groups that are created: a currency, or pcs for pieces.")
    )
    @click.option(
        "--create-roster", is_flag=True, help=_("Create leads, groups and managers that are missing.")
    )
    @click.option(
        "--update", is_flag=True, help=_("Take over rows that have changed since an earlier import.")
    )
    @dry_run_option(program)
    @click.option(
        "--rejects",
        type=OUT_FILE,
        help=_("Where bad rows go; by default beside the file, with the day in the name."),
    )
    @json_option(program)
    def import_entries(
        file: Path,
        mappings: tuple[str, ...],
        source: str | None,
        unit: str | None,
        create_roster: bool,
        update: bool,
        dry_run: bool,
        rejects: Path | None,
        as_json: bool,
    ) -> int:
        wishes = _Wishes(
            file=file,
            mapping=parse_mapping(",".join(mappings)),
            source=_source(source or file.name),
            unit=check_unit(unit) if unit else None,
            create_roster=create_roster,
            update=update,
            dry_run=dry_run,
            rejects=rejects,
        )
        return _Import(program, wishes).run(as_json)

    return import_entries


def _source(name: str) -> str:
    if utf16_length(name) > MAX_SOURCE:
        raise UsageError("source_too_long", limit=MAX_SOURCE)
    return name


class _Import:
    """One run of ``import-entries``."""

    def __init__(self, program: Program, wishes: _Wishes) -> None:
        self._program = program
        self._wishes = wishes
        path = program.settings.sqlite_path
        self._new_database = (
            path if wishes.create_roster and path is not None and not is_there(path) else None
        )
        self._rejects_file: Path | None = None

    def run(self, as_json: bool) -> int:
        """Check the file, put bad rows aside, store the good ones; give the exit code."""
        wishes = self._wishes
        if wishes.rejects is not None and wishes.rejects.resolve() == wishes.file.resolve():
            raise UsageError("rejects_over_input", path=str(wishes.file))
        # All that can be wrong with the file is found before anything is made or stored.
        file = self._read()
        self._put_aside(file)
        result = self._store(file)
        if as_json:
            self._say_json(file, result)
        else:
            self._say(file, result)
        return BadData.exit_code if file.rejects or result.unknown else 0

    def _read(self) -> EntryFile:
        wishes = self._wishes
        leads: Sequence[Lead] = ()
        if self._new_database is not None:
            today, unit = date.today(), wishes.unit or DEFAULT_CURRENCY
        else:
            store = self._program.open_store()
            today, leads = store.get_today(), store.list_leads()
            unit = wishes.unit or usual_unit(store)
        with progress_bar(self._program.texts.gettext("Checking")) as progress:
            file = read_entries(
                wishes.file,
                wishes.mapping,
                source=wishes.source,
                today=today,
                roster=Roster(leads, unit if wishes.create_roster else None),
                progress=progress,
            )
        check_size(leads, file.roster)
        return file

    def _put_aside(self, file: EntryFile) -> None:
        """Write the bad rows into their file; a dry run does so only if it is told where."""
        wishes, _ = self._wishes, self._program.texts.gettext
        if not file.rejects or (wishes.dry_run and wishes.rejects is None):
            return
        path = wishes.rejects or _free_name(wishes.file, date.today())
        write_rejects(
            path,
            (_("Line"), _("Reason"), *file.columns),
            file.rejects,
            lambda reject: reject_reason(reject, self._program.texts),
            separator=";" if self._program.texts.language == "ru" else ",",
        )
        self._rejects_file = path

    def _store(self, file: EntryFile) -> ImportResult:
        wishes = self._wishes
        if not file.rows or (self._new_database is not None and wishes.dry_run):
            return ImportResult(None, added=len(file.rows), updated=0, unchanged=0)
        if self._new_database is not None:
            currency = wishes.unit or DEFAULT_CURRENCY
            create_database(self._new_database, currency=DEFAULT_CURRENCY if currency == PIECES else currency)
        total = len(file.rows)
        with progress_bar(self._program.texts.gettext("Storing")) as progress:
            return self._program.open_store().import_entries(
                wishes.source,
                file.rows,
                self._program.person,
                roster=file.roster,
                update=wishes.update,
                dry_run=wishes.dry_run,
                progress=lambda done: progress(done, total),
            )

    def _say_json(self, file: EntryFile, result: ImportResult) -> None:
        data = {
            "batch": result.batch_id,
            "source": self._wishes.source,
            "dry_run": self._wishes.dry_run,
            "rows": len(file.rows) + len(file.rejects),
            "added": result.added,
            "updated": result.updated,
            "unchanged": result.unchanged,
            "differing": result.differing,
            "assumed": file.assumed,
            "created_managers": len(file.roster),
            "created_database": self._new_database is not None and result.batch_id is not None,
            "rejected": [
                {
                    "line": r.line,
                    "column": r.column,
                    "code": r.error.code,
                    "reason": reject_reason(r, self._program.texts),
                }
                for r in file.rejects
            ],
            "unknown": result.unknown,
            "rejects_file": self._rejects_file,
        }
        say_json(self._program, data)

    def _say(self, file: EntryFile, result: ImportResult) -> None:
        program, texts = self._program, self._program.texts
        _, say = texts.gettext, program.say
        if self._wishes.dry_run:
            say(_("Nothing was stored; this is what would be done:"))
        elif self._new_database is not None and result.batch_id is not None:
            say(_("New database: {path}").format(path=self._new_database))
        counts = [
            (_("entries added"), result.added),
            (_("entries changed"), result.updated),
            (_("rows that were there already"), result.unchanged),
            (_("rows that differ from what is stored"), len(result.differing)),
            (_("rows rejected"), len(file.rejects) + len(result.unknown)),
            (_("managers created"), len(file.roster)),
        ]
        say(_("Import of {source}:").format(source=self._wishes.source))
        say_table(
            program,
            [(str(number), name) for name, number in counts if number or name == counts[0][0]],
            right=[0],
        )
        if result.differing:
            say(
                _("Lines that differ: {lines}. They were left alone; --update takes them over.").format(
                    lines=some(result.differing)
                )
            )
        if file.assumed:
            say(
                texts.ngettext(
                    "{n} entry has no day of payment or refusal; the promised day counts. Lines: {lines}.",
                    "{n} entries have no day of payment or refusal; the promised day counts. Lines: {lines}.",
                    len(file.assumed),
                ).format(n=len(file.assumed), lines=some(file.assumed))
            )
        if result.batch_id is not None:
            say(_("To take it back: mini-crm-admin import-undo {batch}").format(batch=result.batch_id))
            say(
                _(
                    "Next: mini-crm-admin backtest --keep measures the forecast on this history, and fills"
                    " charts and accuracy from it."
                )
            )
        self._say_rejects(file, result)

    def _say_rejects(self, file: EntryFile, result: ImportResult) -> None:
        _ = self._program.texts.gettext
        say_rejects(self._program, file.rejects)
        if result.unknown:
            said = _("Not in the roster any more, so not stored: lines {lines}.")
            self._program.note(said.format(lines=some(result.unknown)))
        if any(reject.error.code in _NOT_IN_ROSTER for reject in file.rejects):
            self._program.note(_("--create-roster creates leads, groups and managers that are missing."))
        if self._rejects_file is not None:
            said = _(
                "The rejected rows are in {path}. Mend them there and import that file like this one, "
                "with --source {source}."
            )
            self._program.note(said.format(path=self._rejects_file, source=self._wishes.source))


def _free_name(file: Path, today: date) -> Path:
    """Give a name beside a file for its bad rows that is not taken yet."""
    path = file.with_name(f"{file.stem}.rejected-{today.isoformat()}.csv")
    number = 1
    while path.exists():
        number += 1
        path = file.with_name(f"{file.stem}.rejected-{today.isoformat()}-{number}.csv")
    return path
