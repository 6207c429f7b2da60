"""The command that lets Windows start the run every 30 minutes."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from mini_crm.commands.schtasks import create_arguments, register
from mini_crm.commands.task_xml import LOCAL_SERVICE, Task, account_of, task_document
from mini_crm.domain.errors import BadFile, SettingsError, UsageError
from mini_crm.files import replacing
from mini_crm.options import OUT_FILE
from mini_crm.program import Program
from mini_crm.settings import Settings, env_file, load_settings

USUAL_MINUTES = 30
LEAST_MINUTES, MOST_MINUTES = 5, 24 * 60
LONGEST_PATH = 260
"""The schema's limit for a command and its folder."""


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_schedule(program)]


def _schedule(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command(
        "schedule",
        help=_(
            "Let Windows' Task Scheduler start execer every 30 minutes. With --out the task is only written "
            "into a file."
        ),
    )
    @click.option(
        "--out",
        type=OUT_FILE,
        help=_("Register nothing; write the task's XML here, for schtasks /Create /XML."),
    )
    @click.option(
        "--user",
        default=LOCAL_SERVICE,
        show_default=True,
        metavar="ACCOUNT",
        help=_(
            r"Who runs it: LocalService, NetworkService, or a group managed service account (DOMAIN\name$)."
        ),
    )
    @click.option(
        "--every",
        type=click.IntRange(LEAST_MINUTES, MOST_MINUTES),
        default=USUAL_MINUTES,
        show_default=True,
        metavar="MINUTES",
        help=_("Minutes from start to start."),
    )
    @click.option("--report", type=OUT_FILE, help=_("Each run also writes the Excel report here."))
    @click.option("--mask-pins", is_flag=True, help=_("In the report show only the end of client PINs."))
    @click.option("--replace", is_flag=True, help=_("Take the place of a task or file that is there."))
    def schedule(
        out: Path | None, user: str, every: int, report: Path | None, mask_pins: bool, replace: bool
    ) -> None:
        account = account_of(user)
        if mask_pins and report is None:
            raise click.UsageError(_("--mask-pins goes with --report only."))
        if out is None and os.name != "nt":
            raise UsageError("schedule_needs_windows")
        if report is not None and not account.managed and str(report).startswith(("\\\\", "//")):
            raise UsageError("schedule_share", path=str(report), name=user)
        settings = program.settings
        command, folder = _execer(), env_file(program.folder).parent
        task = Task(
            command=command[0],
            arguments=[*command[1:], *_arguments(program, report, mask_pins)],
            folder=str(folder),
            account=account,
            every=every,
            first_day=date.today(),
            description=_("Computes the sales forecast and writes its Excel report (Mini CRM)."),
        )
        for path in (task.command, task.folder):
            if len(path) > LONGEST_PATH:
                raise UsageError("schedule_path_long", path=path, limit=LONGEST_PATH)
        if out is None:
            register(task_document(task), account, replace=replace)
            program.say(_("The task is registered; execer starts every {n} minutes.").format(n=every))
        else:
            _write(out, task_document(task), replace)
            program.say(_("The task: {path}").format(path=out))
            line = " ".join(map(_quoted, create_arguments(str(out), account, replace=False)))
            said = _("An administrator registers it by: {line}")
            program.say(said.format(line=f"schtasks {line}"))
        _say_rights(program, settings, folder, report, user)
        if every > USUAL_MINUTES:
            program.say(_("The window and doctor call a forecast old after 35 minutes."))

    return schedule


def _execer() -> list[str]:
    """Give the command that starts execer: the program beside this one, else this Python."""
    here = Path(sys.executable).absolute()
    program = here.with_name("execer.exe" if os.name == "nt" else "execer")
    if getattr(sys, "frozen", False) or program.is_file():
        return [str(program)]
    return [str(here), "-m", "mini_crm.execer"]


def _arguments(program: Program, report: Path | None, mask_pins: bool) -> list[str]:
    found = []
    if program.database is not None:
        found += ["--database", program.settings.database]
    if program.language is not None:
        found += ["--language", program.language]
    if report is not None:
        found += ["--report", os.path.abspath(report)]  # noqa: PTH100 - a share must not be resolved
    return [*found, "--mask-pins"] if mask_pins else found


def _write(file: Path, document: bytes, replace: bool) -> None:
    try:
        with replacing(file, new=not replace) as stream:
            stream.write(document)
    except FileExistsError as error:
        raise BadFile("file_exists", path=str(file)) from error
    except OSError as error:
        raise BadFile("file_not_writable", path=str(file), reason=error.strerror or "") from error


def _say_rights(program: Program, settings: Settings, folder: Path, report: Path | None, user: str) -> None:
    """Say what the account needs that this program cannot give it."""
    _ = program.texts.gettext
    change = [settings.sqlite_path.parent] if settings.sqlite_path is not None else []
    if report is not None:
        change.append(Path(os.path.abspath(report)).parent)  # noqa: PTH100 - a share must not be resolved
    said = _("{account} must be allowed to read {folder}").format(account=user, folder=folder)
    if change:
        folders = ", ".join(dict.fromkeys(map(str, change)))
        said = _("{first}, and to write into: {folders}").format(first=said, folders=folders)
    program.say(said + ".")
    if settings.sqlite_path is None and not settings.login:
        program.say(
            _(
                "It signs in to the server as itself: give it a login there, with roles crm_execer and "
                "crm_report."
            )
        )
    if not _seen_by_the_task(program, settings):
        program.say(
            _(
                "Warning: these settings come from the environment of this window, which the task does not "
                "have. Write them into {path}."
            ).format(path=env_file(program.folder))
        )


def _seen_by_the_task(program: Program, settings: Settings) -> bool:
    try:
        seen = load_settings(environ={}, folder=program.folder, database=program.database)
    except SettingsError:
        return False
    return (seen.database, seen.server, seen.catalog, seen.login) == (
        settings.database,
        settings.server,
        settings.catalog,
        settings.login,
    )


def _quoted(argument: str) -> str:
    return argument if argument and " " not in argument else f'"{argument}"'
