"""Commands about the database itself: make one, look after it, copy it."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from mini_crm.commands.env_file import point_to
from mini_crm.commands.output import FILE, json_option, say_json
from mini_crm.domain.errors import AlreadyThere, BadFile, DatabaseError, SettingsError
from mini_crm.domain.model import PIECES, RunStatus
from mini_crm.program import Program
from mini_crm.settings import DATABASE, SQLITE, Settings, env_file, load_settings
from mini_crm.store.port import Store
from mini_crm.usecases.cells import check_unit
from mini_crm.usecases.tables import open_input

DEFAULT_CURRENCY = "RUB"
FILE_NAME = "mini-crm.sqlite"
STALE = timedelta(minutes=35)
"""Runs come every 30 minutes; a run takes a little while itself."""


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_init(program), _doctor(program), _backup(program), _restore(program)]


def _init(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command(
        "init",
        help=_("Make a new, empty database in a file, and name it in the settings file if there is none."),
    )
    @click.option(
        "--dir",
        "folder",
        type=FILE,
        help=_("Folder of the settings file and the database; by default that of the program."),
    )
    @click.option(
        "--time-zone",
        metavar="NAME",
        help=_("Where a day begins, such as Europe/Moscow; by default as this computer."),
    )
    @click.option(
        "--currency",
        metavar="CODE",
        default=DEFAULT_CURRENCY,
        show_default=True,
        help=_("In which groups count if nothing else is said."),
    )
    def init(folder: Path | None, time_zone: str | None, currency: str) -> None:
        program.folder = folder
        path = _wanted_path(program)
        unit = check_unit(currency, "currency")
        if unit == PIECES:
            raise click.UsageError(_("--currency must be a currency such as RUB"))
        create_database(path, time_zone=time_zone, currency=unit)
        program.say(_("New database: {path}").format(path=path))
        # Whoever names a database on the command line may want it for this once only.
        say_env(program, path, write=program.database is None or folder is not None)
        program.say(_("Next: mini-crm-admin import-roster FILE"))

    return init


def create_database(path: Path, *, time_zone: str | None = None, currency: str = DEFAULT_CURRENCY) -> None:
    """Make a new database file, and its folder if there is none.

    Raises:
        AlreadyThere: There is a file already.
    """
    from mini_crm.store.sqlite import SqliteStore

    path.parent.mkdir(parents=True, exist_ok=True)
    SqliteStore.create(path, time_zone=time_zone, currency=currency).close()


def usual_unit(store: Store) -> str:
    """Give the unit of groups where nothing else is said: the company's currency."""
    return store.get_setting("Currency") or DEFAULT_CURRENCY


def say_env(program: Program, path: Path, *, write: bool = True) -> None:
    """Let the settings file name the database if there is no settings file; say what was done.

    Args:
        program: Knows the folder.
        path: The database.
        write: Whether a settings file may be made.
    """
    _ = program.texts.gettext
    file = env_file(program.folder)
    if write and point_to(file, path):
        program.say(_("New settings file that names the database: {path}").format(path=file))
    elif _configured(program) != path:
        said = _("No settings were changed. To use this database, write into {path}: {line}")
        program.say(said.format(path=file, line=f"{DATABASE}={SQLITE}{path}"))


def _configured(program: Program) -> Path | None:
    """Give the database that the programs would open without --database."""
    try:
        return load_settings(environ=os.environ, folder=program.folder).sqlite_path
    except SettingsError:
        return None


def _wanted_path(program: Program) -> Path:
    """Give where the new database goes: the configured file, else one beside the settings file."""
    try:
        settings: Settings = program.settings
    except SettingsError as error:
        if error.code != "database_not_configured":
            raise
        return env_file(program.folder).parent / FILE_NAME
    if settings.sqlite_path is None:
        raise SettingsError("init_server")
    return settings.sqlite_path


def _doctor(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("doctor", help=_("Look whether all is well."))
    @json_option(program)
    def doctor(as_json: bool) -> None:
        store = program.open_store()
        record, leads = store.get_record(), store.list_leads()
        runs = store.list_runs(20)
        good = (RunStatus.DONE, RunStatus.UNCHANGED)
        last = max((run.as_of for run in runs if run.status in good), default=None)
        where = str(program.settings.sqlite_path or store.name)
        warnings = []
        if not leads:
            warnings.append(
                _("There are no leads yet. A roster is read by: mini-crm-admin import-roster FILE")
            )
        if without := [lead.name for lead in leads if lead.is_active and not lead.has_password]:
            said = _(
                "Leads without a password: {names}. Issue passwords by: "
                "mini-crm-admin passwords --missing --slips FILE"
            )
            warnings.append(said.format(names=", ".join(without)))
        if locked := [lead.name for lead in leads if lead.is_active and lead.locked]:
            said = _("Locked leads: {names}. Unlock them by: mini-crm-admin leads unlock NAME")
            warnings.append(said.format(names=", ".join(locked)))
        if runs and runs[0].status is RunStatus.FAILED:
            warnings.append(_("The last run failed; its error is in the log of execer."))
        if last is None:
            warnings.append(_("The forecast was never computed. Compute it by: execer"))
        elif _aware(last) < datetime.now(UTC) - STALE:
            warnings.append(
                _("The forecast is older than 35 minutes. Is execer still started every 30 minutes?")
            )
        if as_json:
            say_json(
                program,
                {
                    "database": where,
                    "schema_version": store.get_schema_version(),
                    "entries": record.entries,
                    "leads": len(leads),
                    "last_run_as_of": last,
                    "warnings": warnings,
                },
            )
            return
        never = _("never")
        program.say(_("Database: {name}").format(name=where))
        program.say(_("Schema version: {version}").format(version=store.get_schema_version()))
        program.say(_("Leads: {leads}; entries: {entries}").format(leads=len(leads), entries=record.entries))
        shown = f"{_aware(last).astimezone():%Y-%m-%d %H:%M}" if last else never
        program.say(_("Forecast as of: {moment}").format(moment=shown))
        for warning in warnings:
            program.say(_("Warning: {text}").format(text=warning))
        if not warnings:
            program.say(_("All is well."))

    return doctor


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _backup(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("backup", help=_("Copy the database while it is in use, and check the copy."))
    @click.argument("file", type=FILE)
    def backup(file: Path) -> None:
        entries = program.open_store().backup(file)
        program.say(_("Copy: {path} (entries, those taken out included: {n})").format(n=entries, path=file))

    return backup


def _restore(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command(
        "restore",
        help=_("Put a copy made by backup where the settings expect the database; there must be none yet."),
    )
    @click.argument("file", type=FILE)
    def restore(file: Path) -> None:
        path = program.settings.sqlite_path
        if path is None:
            raise SettingsError("restore_server")
        if path.exists():
            raise AlreadyThere("restore_over_database", path=str(path))
        entries = _checked_copy(file, path)
        program.say(
            _("Database from the copy: {path} (entries that count: {n})").format(n=entries, path=path)
        )

    return restore


def _checked_copy(file: Path, path: Path) -> int:
    """Copy a backup to a place that is free, if it can be opened as a database; give its entries."""
    from mini_crm.store.sqlite import SqliteStore

    unfinished = path.with_name(f"{path.name}.part")
    try:
        _copy(file, unfinished)
        # The copy, not the backup: opening an older one brings its tables up to date.
        store = SqliteStore.open(unfinished)
        try:
            entries = store.get_record().entries
        finally:
            store.close()
        unfinished.rename(path)
    except DatabaseError as error:
        if error.code == "database_not_ours":
            raise BadFile("not_a_backup", path=str(file)) from error
        raise
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return entries


def _copy(file: Path, target: Path) -> None:
    """Copy a file, and make the folder for it once the file could be opened."""
    with open_input(file) as source:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as stream:
                shutil.copyfileobj(source, stream)
        except OSError as error:
            raise BadFile("file_not_writable", path=str(target), reason=error.strerror or "") from error
