"""The command that imports entries from a file."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from pathlib import Path

import click

from mini_crm.commands.database import DEFAULT_CURRENCY, create_database, usual_unit
from mini_crm.commands.import_plan import options_to_repeat, plan_json, say_plan, unknown_words_option
from mini_crm.commands.output import (
    FILE,
    dry_run_option,
    json_option,
    progress_bar,
    quoted,
    reject_reason,
    say_json,
    say_table,
    some,
    table_options,
)
from mini_crm.domain.errors import BadData, UsageError
from mini_crm.domain.model import PIECES, ImportResult, Lead
from mini_crm.domain.rules import utf16_length
from mini_crm.options import OUT_FILE
from mini_crm.program import Program
from mini_crm.store.place import is_there
from mini_crm.store.zones import zone
from mini_crm.usecases.cells import MAX_SOURCE, check_unit
from mini_crm.usecases.entry_keys import EntryKeys
from mini_crm.usecases.foreign.day_order import ORDERS, Order
from mini_crm.usecases.foreign.headings import COLUMNS, parse_constants, parse_mapping
from mini_crm.usecases.foreign.signs import DECIMALS
from mini_crm.usecases.foreign.statuses import parse_status_words
from mini_crm.usecases.imports import EntryFile, read_entries
from mini_crm.usecases.plan import Wishes
from mini_crm.usecases.rejects import write_rejects
from mini_crm.usecases.rosters import Roster, check_size

SAMPLED_IDS = 200
"""Rows that are looked for under the names of earlier sources."""
_OBJECTS_BETWEEN = 200_000
"""New objects between two looks for cycles."""


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_import_entries(program)]


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line of ``import-entries`` asks for."""

    file: Path
    reading: Wishes
    source: str
    named_source: bool
    unit: str | None
    create_roster: bool
    update: bool
    dry_run: bool
    rejects: Path | None


def _import_entries(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command(
        "import-entries",
        help=_("Import entries from a CSV file or a workbook, also as other systems write them."),
    )
    @click.argument("file", type=FILE)
    @click.option(
        "--map",
        "mappings",
        multiple=True,
        metavar="NAME=COLUMN,…",
        help=_("What columns are called in the file. Names: {names}.").format(names=", ".join(COLUMNS)),
    )
    @click.option(
        "--set",
        "constants",
        multiple=True,
        metavar="NAME=VALUE",
        help=_("What is the same in every row, such as lead=Sales."),
    )
    @click.option(
        "--status",
        "statuses",
        multiple=True,
        metavar="MEANING=WORD,…",
        help=_("What words of the status mean: paid, refused or expected."),
    )
    @click.option(
        "--dates",
        type=click.Choice(ORDERS),
        help=_("Order of day, month and year, if no row of the file proves it."),
    )
    @click.option(
        "--decimal",
        type=click.Choice(list(DECIMALS.values())),
        help=_("Sign that begins the fraction of an amount, if no row of the file proves it."),
    )
    @table_options(program)
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
        constants: tuple[str, ...],
        statuses: tuple[str, ...],
        dates: Order | None,
        decimal: str | None,
        sheet: str | None,
        encoding: str | None,
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
            reading=Wishes(
                mapping=parse_mapping(mappings),
                constants=parse_constants(constants),
                statuses=parse_status_words(statuses),
                dates=dates,
                decimal=next((sign for sign, name in DECIMALS.items() if name == decimal), None),
                sheet=sheet,
                encoding=encoding,
            ),
            source=_source(source or file.name),
            named_source=source is not None,
            unit=check_unit(unit) if unit else None,
            create_roster=create_roster,
            update=update,
            dry_run=dry_run,
            rejects=rejects,
        )
        with _rarely_collecting():
            return _Import(program, wishes).run(as_json)

    return import_entries


def _source(name: str) -> str:
    if utf16_length(name) > MAX_SOURCE:
        raise UsageError("source_too_long", limit=MAX_SOURCE)
    return name


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Let Python look rarely for cycles of objects: rows have none, and there are very many of them.

    It would take a quarter of the whole time.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


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
        """Say how the file was understood, put bad rows aside, store the good ones; give the exit code."""
        wishes = self._wishes
        if wishes.rejects is not None and _is_same(wishes.rejects, wishes.file):
            raise UsageError("rejects_over_input", path=str(wishes.file))
        # All that can be wrong with the file is found before anything is made or stored.
        file = self._read()
        if not as_json:
            say_plan(self._program, file)
        if unknown := file.plan.understanding.unknown_words:
            if as_json:
                say_json(self._program, {"plan": plan_json(file.plan, self._program.texts)})
            raise BadData("status_words_unknown", words=unknown, option=unknown_words_option(unknown))
        if self._new_database is None and file.ids:
            self._look_for_other_source(file)
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
        company_zone: tzinfo | None = None
        if self._new_database is not None:
            today, unit = date.today(), wishes.unit or DEFAULT_CURRENCY
        else:
            store = self._program.open_store()
            today, leads = store.get_today(), store.list_leads()
            unit = wishes.unit or usual_unit(store)
            zone_name = store.get_setting("TimeZone")
            company_zone = zone(zone_name) if zone_name else None
        with progress_bar(self._program.texts.gettext("Checking")) as progress:
            file = read_entries(
                wishes.file,
                wishes.reading,
                source=wishes.source,
                today=today,
                zone=company_zone,
                unit=unit,
                roster=Roster(leads, unit if wishes.create_roster else None),
                progress=progress,
            )
        check_size(leads, file.roster)
        return file

    def _look_for_other_source(self, file: EntryFile) -> None:
        """Stop where the same rows are there already under another source's name.

        A source that is named on the command line is taken at its word.

        Raises:
            BadData: ``source_other``.
        """
        wishes, store = self._wishes, self._program.open_store()
        sample = [row for row in file.rows if row.line in file.ids][:SAMPLED_IDS]
        sources = dict.fromkeys(batch.source for batch in store.list_import_batches() if not batch.undone_at)
        if not sample or wishes.named_source or wishes.source in sources:
            return
        for source in sources:
            keys = EntryKeys(source)
            rows = [replace(row, client_ref=keys.of_id(file.ids[row.line])) for row in sample]
            found = store.import_entries(source, rows, self._program.person, roster=file.roster, dry_run=True)
            if found.unchanged:
                raise BadData(
                    "source_other", source=source, n=found.unchanged, of=len(sample), option=quoted(source)
                )

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
                    "faults": [{"column": f.column, "code": f.error.code} for f in r.faults],
                }
                for r in file.rejects
            ],
            "plan": plan_json(file.plan, self._program.texts),
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
        if result.unknown:
            said = _("Not in the roster any more, so not stored: lines {lines}.")
            self._program.note(said.format(lines=some(result.unknown)))
        if self._rejects_file is not None:
            said = _(
                "The rejected rows are in {path}. Mend them there and import that file like this one, "
                "with {options}."
            )
            source = quoted(self._wishes.source)
            options = " ".join([f"--source {source}", *options_to_repeat(file.plan.understanding)])
            self._program.note(said.format(path=self._rejects_file, options=options))


def _free_name(file: Path, today: date) -> Path:
    """Give a name beside a file for its bad rows that is not taken yet."""
    path = file.with_name(f"{file.stem}.rejected-{today.isoformat()}.csv")
    number = 1
    while path.exists():
        number += 1
        path = file.with_name(f"{file.stem}.rejected-{today.isoformat()}-{number}.csv")
    return path


def _is_same(one: Path, other: Path) -> bool:
    """Say whether two paths lead to one file; what is not there, or is a device, is no file."""
    try:
        return one.samefile(other)
    except OSError:
        return False
