"""What the three programs share: common options, settings, log, and errors as sentences and exit codes.

A program gives ``run_program`` a function that builds its click command, and gets back the exit code:

    def main() -> None:
        sys.exit(run_program("execer", build))

    def build(program: Program) -> click.Command:
        _ = program.texts.gettext
        ...

Commands are built when the program runs, since their help is in the person's language.
"""

from __future__ import annotations

import getpass
import logging
import os
import platform
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import IO

import click

from mini_crm import __version__, logs
from mini_crm.domain.dates import SHOWN_LENGTH
from mini_crm.domain.errors import BadFile, MiniCrmError
from mini_crm.domain.text import first_unstorable, only_storable
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.settings import LANGUAGES, Settings, first_settings, load_settings
from mini_crm.start import INTERRUPTED
from mini_crm.store.port import Store

DONE = 0
UNEXPECTED = 1
USAGE = 2
LONGEST_PERSON = 200
"""What the record has room for."""


class Program:
    """One start of a program.

    Args:
        name: As people type it, such as ``execer``.
        language: From the command line, if it is there.

    Attributes:
        folder: Where the ``.env`` is looked for; None means the project's folder. A frozen program
            reads the one beside its exe whatever this says.
        log: Set up from the start, since a window has nowhere else to tell of an error. If it cannot be
            written, the person is told and work goes on.
        database: The ``--database`` option, if given.
        language: The ``--language`` option, if given.
        texts: In the person's language.
    """

    def __init__(self, name: str, language: str | None = None) -> None:
        self.name = name
        self._folder: Path | None = None
        self.database: str | None = None
        self.language = language
        first = first_settings(environ=os.environ, folder=None, language=language)
        self.texts = Texts(first.language)
        self._store: Store | None = None
        self.log = self._open_log()

    @property
    def folder(self) -> Path | None:
        """Where the ``.env`` is looked for; it may name another place for the log."""
        return self._folder

    @folder.setter
    def folder(self, folder: Path | None) -> None:
        self._folder = folder
        self.log = self._open_log()

    @cached_property
    def settings(self) -> Settings:
        """The settings, loaded when first asked for.

        Raises:
            SettingsError: They are wrong, or name no database.
        """
        return load_settings(
            environ=os.environ, folder=self.folder, database=self.database, language=self.language
        )

    def _open_log(self) -> logging.Logger:
        log_dir = first_settings(environ=os.environ, folder=self._folder).log_dir
        return logs.setup_log(self.name, log_dir or logs.default_folder(), self.warn)

    @property
    def started_by(self) -> str:
        """Program, person and computer, for the record."""
        return f"{self.name} {self.person}"

    @property
    def person(self) -> str:
        """Person and computer, for the record."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError, ImportError):
            user = "?"
        # Both come from the environment, which can hold bytes that are no text.
        return only_storable(f"{user}@{platform.node() or '?'}")[:LONGEST_PERSON]

    def open_store(self) -> Store:
        """Open the settings' database; ``run_program`` closes it.

        Raises:
            SettingsError: The settings are wrong.
            DatabaseError: The database cannot be used.
        """
        if self._store is None:
            from mini_crm.store.factory import open_store

            if self.settings.sqlite_path is None:  # what its driver reports belongs into the log
                self.log.info("connecting to %s (%s)", self.settings.catalog, self.settings.server)
            self._store = open_store(self.settings, self.name)
        return self._store

    def close(self) -> None:
        """Give back what was opened."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def say(self, text: str) -> None:
        """Print a line for the person.

        Raises:
            BadFile: ``output_not_written``: what it is redirected into takes no more.
        """
        try:
            _print(text)
        except OSError as error:
            raise BadFile("output_not_written", reason=error.strerror or str(error)) from error

    def note(self, text: str) -> None:
        """Print a line beside the results; that nobody can read it stops nothing."""
        with suppress(OSError):
            _print(text, beside=True)

    def warn(self, error: BaseException) -> None:
        """Print an error's sentence beside the results."""
        self.note(f"{self.name}: {sentence(error, self.texts)}")


def _print(text: str, *, beside: bool = False) -> None:
    """Print a line; if nobody reads any more, or the disk is full, nothing more is printed there.

    Raises:
        OSError: The disk is full; that nobody reads is no error.
    """
    try:
        click.echo(text, err=beside)
    except OSError as error:
        stream = sys.stderr if beside else sys.stdout
        # Else Python writes it once more at its end, and ends with a traceback and another code.
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
            stream.flush()
        if not isinstance(error, BrokenPipeError):
            raise


def run_program(
    name: str, build: Callable[[Program], click.Command], arguments: Sequence[str] | None = None
) -> int:
    """Run a program's command and turn whatever happens into an exit code.

    ``--database``, ``--language``, ``--version`` and ``--help`` are added to the command, the first two
    and the last also to its sub-commands. A command that returns a number ends with it.

    Args:
        name: The program's name.
        build: Makes the command.
        arguments: The command line without the program's name; by default this process's.

    Returns:
        The exit code; what went wrong was said on standard error.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        _set_encoding(stream)
    program = Program(name, _language_in(typed))
    logs.log_uncaught(lambda: program.log, program.warn)
    try:
        command = build(program)
        _add_options(command, program)
        _refuse_unstorable(typed, program.texts)
        result = command.main(typed, prog_name=name, standalone_mode=False)
        return result if isinstance(result, int) else DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _failed(error, program)
    finally:
        program.close()


def usage_sentence(error: click.ClickException, texts: Texts) -> str:
    """Say what is wrong with a command line."""
    _ = texts.gettext
    parameter = getattr(error, "param", None)
    hint = parameter.get_error_hint(getattr(error, "ctx", None)) if parameter is not None else ""
    shown = hint.replace("'", "")
    if isinstance(error, click.NoSuchOption):
        return _("There is no option {name}.").format(name=error.option_name)
    if isinstance(error, click.NoSuchCommand):
        return _("There is no command {name}.").format(name=error.command_name)
    if isinstance(error, click.MissingParameter):
        return _("{name} is missing.").format(name=shown)
    if isinstance(error, click.BadParameter) and parameter is not None:
        kind = parameter.type
        if isinstance(kind, click.Choice):
            return _("{name} must be one of: {choices}.").format(name=shown, choices=", ".join(kind.choices))
        if isinstance(kind, click.IntRange):
            said = _("{name} must be a whole number from {least} to {most}.")
            return said.format(name=shown, least=kind.min, most=kind.max)
        if isinstance(kind, type(click.INT)):
            return _("{name} must be a whole number.").format(name=shown)
        return f"{shown}: {error.message}"
    return _("The command line cannot be understood: {reason}").format(reason=error.format_message())


def _refuse_unstorable(arguments: Sequence[str], texts: Texts) -> None:
    """Refuse a command line with characters that no database and no file of ours can keep.

    On Linux bytes that are no UTF-8 are among them, as halves of surrogate pairs.
    """
    _ = texts.gettext
    for argument in arguments:
        if found := first_unstorable(argument):
            said = _("“{text}” has a character that is no text ({character}) in position {position}")
            shown = only_storable(argument)[:SHOWN_LENGTH]
            raise click.UsageError(said.format(text=shown, position=found[0], character=found[1]))


def _failed(error: Exception, program: Program) -> int:
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        return INTERRUPTED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        program.note(_translated_headings(error.format_message(), program.texts))
        return USAGE
    if isinstance(error, click.ClickException):
        program.note(f"{program.name}: {usage_sentence(error, program.texts)}")
        hint = program.texts.gettext("{command} --help shows what is possible.")
        context = getattr(error, "ctx", None)
        command = program.name if context is None else context.command_path
        program.note(hint.format(command=command))
        return USAGE
    if isinstance(error, MiniCrmError):
        program.log.warning("%s", error)
        program.warn(error)
        return error.exit_code
    program.log.critical("unexpected", exc_info=error)
    program.warn(error)
    for file in program.log.handlers:
        if isinstance(file, logs.LogFile) and file.is_kept:
            program.note(program.texts.gettext("The log: {path}").format(path=file.path))
    return UNEXPECTED


def _add_options(command: click.Command, program: Program) -> None:
    """Add the options that every program has, to sub-commands too: people type them at either end."""
    _ = program.texts.gettext

    def database(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
        program.database = value if value is not None else program.database

    def version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            program.say(f"{program.name} {__version__}")
            context.exit()

    def show_help(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            program.say(_translated_headings(context.get_help(), program.texts))
            context.exit()

    # The language itself is looked up before anything is parsed: the help is in it already.
    command.add_help_option = False
    command.params += [
        click.Option(
            ["--database"],
            metavar="sqlite:///PATH|mssql",
            help=_("The database, instead of the one in the settings."),
            expose_value=False,
            callback=database,
        ),
        click.Option(
            ["--language"],
            type=click.Choice(LANGUAGES),
            help=_("The language of all texts."),
            expose_value=False,
        ),
    ]
    flags = {"is_flag": True, "is_eager": True, "expose_value": False}
    command.params += [
        click.Option(["--version"], help=_("Show the version and end."), callback=version, **flags),
        click.Option(["--help"], help=_("Show this text and end."), callback=show_help, **flags),
    ]
    if isinstance(command, click.Group):
        for sub_command in command.commands.values():
            _add_options(sub_command, program)


def _translated_headings(text: str, texts: Texts) -> str:
    _ = texts.gettext
    headings = {"Usage": _("Usage"), "Options": _("Options"), "Commands": _("Commands")}
    return re.sub(
        r"^(Usage|Options|Commands)(?=:)", lambda found: headings[found[1]], text, flags=re.MULTILINE
    )


def _language_in(arguments: Sequence[str]) -> str | None:
    for at, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if option == "--language":
            value = value if equals else "".join(arguments[at + 1 : at + 2])
            return value if value in LANGUAGES else None
    return None


def _set_encoding(stream: IO[str] | None) -> None:
    """Write UTF-8 into files and pipes; on a screen print a letter that it lacks as its number.

    In a windowed exe there is no stream.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if stream is not None and reconfigure is not None:
        reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
