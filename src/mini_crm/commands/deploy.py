"""The command that sets up or updates a database on SQL Server."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

import click

from mini_crm.commands.output import dry_run_option, json_option, say_json
from mini_crm.domain.errors import BadFile, SettingsError
from mini_crm.domain.text import first_unstorable
from mini_crm.files import replacing
from mini_crm.options import OUT_FILE
from mini_crm.program import Program
from mini_crm.settings import MSSQL, Settings
from mini_crm.store.factory import open_server
from mini_crm.store.zones import zone

LONGEST_LINE = 1000
"""Of a password on standard input, which may be a device without an end."""
LONGEST_PLACE = 200
"""Of the new program's path: what a setting of the database has room for."""


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_deploy(program)]


def _deploy(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command(
        "deploy",
        help=_(
            "Bring the database on SQL Server to the state of this program: tables, procedures, roles. "
            "The database itself must be there, and the login must own it."
        ),
    )
    @click.option(
        "--login",
        metavar="NAME",
        help=_("Sign in as this login, with a password that is asked for; neither is stored anywhere."),
    )
    @click.option("--password-stdin", is_flag=True, help=_("Read that password from standard input."))
    @click.option(
        "--script",
        type=OUT_FILE,
        help=_("Do nothing, but write all into one file that the database administrator runs with sqlcmd."),
    )
    @click.option(
        "--time-zone",
        metavar="NAME",
        help=_("Where the company's day begins, such as Europe/Moscow; by default as on the server."),
    )
    @click.option(
        "--program",
        "place",
        metavar="PATH",
        callback=_place(program),
        help=_(
            "Where the new program is, such as {path}: who has an older one is told. It is kept until "
            "another one is given; an empty one takes it away."
        ).format(path=r"\\server\share\setup.exe"),
    )
    @dry_run_option(program)
    @json_option(program)
    def deploy(
        login: str | None,
        password_stdin: bool,
        script: Path | None,
        time_zone: str | None,
        place: str | None,
        dry_run: bool,
        as_json: bool,
    ) -> None:
        if password_stdin and login is None:
            raise click.UsageError(_("--password-stdin needs --login"))
        from mini_crm.store.mssql.scripts import load_scripts

        if time_zone is not None:
            zone(time_zone)  # a wrong name is told before anything is changed
        if script is not None:
            _write(script, time_zone, place)
            program.say(_("Script for sqlcmd: {path}").format(path=script))
            return
        settings = program.settings
        if settings.database != MSSQL:
            raise SettingsError("deploy_needs_server")
        if login is not None:
            settings = dataclasses.replace(settings, login=login, password=_password(program, password_stdin))
        names = _run(program, settings, time_zone, place, dry_run=dry_run, quiet=as_json)
        where = f"{settings.catalog} ({settings.server})"
        if as_json:
            say_json(program, {"database": where, "dry_run": dry_run, "scripts": names})
        elif dry_run:
            program.say(_("Nothing was changed; these scripts would run:"))
            for name in names:
                program.say(f"  {name}")
        else:
            said = _("{database} is up to date: {n} of {all} scripts ran.")
            program.say(said.format(database=where, n=len(names), all=len(load_scripts())))

    return deploy


def _run(
    program: Program,
    settings: Settings,
    time_zone: str | None,
    place: str | None,
    *,
    dry_run: bool,
    quiet: bool,
) -> list[str]:
    server = open_server(settings, program.name)
    program.log.info("deploying to %s (%s)", settings.catalog, settings.server)
    # Only now: they need the driver, and the line above says in words if it is missing.
    from mini_crm.store.mssql.deploy import deploy, set_program, set_zone
    from mini_crm.store.mssql.scripts import load_scripts

    def tell(name: str) -> None:
        if not quiet:
            program.say(f"  {name}")

    try:
        names = deploy(server, load_scripts(), zone=time_zone, dry_run=dry_run, tell=tell)
        if not dry_run:
            set_zone(server, time_zone, program.person)
            set_program(server, place, program.person)
    finally:
        server.close()
    program.log.info("%s: %s", "would run" if dry_run else "deployed", ", ".join(names))
    return names


def _place(program: Program) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Give what refuses a place that says nothing on another computer."""
    _ = program.texts.gettext

    def check(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        place = None if value is None else value.strip()
        if not place:
            return place
        if len(place) > LONGEST_PLACE or not place.isprintable() or "$(" in place:
            said = _("a path of at most {n} characters, without line breaks and “$(”")
            raise click.BadParameter(said.format(n=LONGEST_PLACE), context, parameter)
        if not (PureWindowsPath(place).is_absolute() or PurePosixPath(place).is_absolute() or "://" in place):
            said = _("“{path}” means nothing on another computer. Give the whole path.")
            raise click.BadParameter(said.format(path=place), context, parameter)
        return place

    return check


def _password(program: Program, from_stdin: bool) -> str:
    """Ask for the password; it is never on the command line, where other people's process lists show it."""
    if from_stdin:
        _ = program.texts.gettext
        try:
            line = sys.stdin.readline(LONGEST_LINE)
        except UnicodeDecodeError as error:
            raise click.UsageError(_("the password on standard input is no text")) from error
        if first_unstorable(line):
            raise click.UsageError(_("the password on standard input is no text"))
        return line.rstrip("\r\n")
    answer: str = click.prompt(program.texts.gettext("Password"), hide_input=True, err=True)
    return answer


def _write(file: Path, time_zone: str | None, place: str | None) -> None:
    from mini_crm.store.mssql.scripts import load_scripts
    from mini_crm.store.mssql.sqlcmd import sqlcmd_script

    try:
        with replacing(file) as stream:
            stream.write(sqlcmd_script(load_scripts(), time_zone, place).encode())
    except OSError as error:
        raise BadFile("file_not_writable", path=str(file), reason=error.strerror or "") from error
