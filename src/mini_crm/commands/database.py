"""Commands about the database itself: make one, copy it, put a copy back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mini_crm.commands.env_file import point_to
from mini_crm.commands.output import FILE
from mini_crm.domain.errors import SettingsError
from mini_crm.domain.model import PIECES
from mini_crm.files import make_private_folder
from mini_crm.options import OUT_FILE
from mini_crm.program import Program
from mini_crm.settings import DATABASE, SQLITE, Settings, env_file, load_settings
from mini_crm.store.port import Store
from mini_crm.tables.opening import open_input
from mini_crm.usecases.cells import check_unit

DEFAULT_CURRENCY = "RUB"
FILE_NAME = "mini-crm.sqlite"


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_init(program), _backup(program), _restore(program)]


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

    make_private_folder(path.parent)
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


def _backup(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("backup", help=_("Copy the database while it is in use, and check the copy."))
    @click.argument("file", type=OUT_FILE)
    def backup(file: Path) -> None:
        entries = program.open_store().backup(file, program.person)
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
        entries = _put_back(file, path, program.person)
        program.say(
            _("Database from the copy: {path} (entries that count: {n})").format(n=entries, path=path)
        )

    return restore


def _put_back(file: Path, path: Path, by: str) -> int:
    """Copy a backup to a place that is free; give the entries that count."""
    from mini_crm.store.sqlite import SqliteStore

    with open_input(file) as source, SqliteStore.put_back(source, file, path) as store:
        store.record(by, "restore", file.name)
        return store.get_record().entries
