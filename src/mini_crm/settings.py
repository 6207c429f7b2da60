"""Settings: from the command line, then the environment, then a file named ``.env``.

A wrong setting is one error that names every bad key, so that it takes one attempt to mend all.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mini_crm.domain.errors import SettingsError
from mini_crm.domain.text import first_unseen, first_unstorable

PREFIX = "MINI_CRM_"
DATABASE = "MINI_CRM_DATABASE"
SERVER = "MINI_CRM_SERVER"
CATALOG = "MINI_CRM_CATALOG"
LOGIN = "MINI_CRM_LOGIN"
PASSWORD = "MINI_CRM_PASSWORD"  # noqa: S105 - the name of the setting, not a password
DRIVER = "MINI_CRM_DRIVER"
TRUST_CERTIFICATE = "MINI_CRM_TRUST_CERTIFICATE"
LANGUAGE = "MINI_CRM_LANGUAGE"
LOG_DIR = "MINI_CRM_LOG_DIR"
KEYS = (DATABASE, SERVER, CATALOG, LOGIN, PASSWORD, DRIVER, TRUST_CERTIFICATE, LANGUAGE, LOG_DIR)

FILE_NAME = ".env"
MOST_BYTES = 1_000_000
"""Of a settings file; ours has a page of text."""
SQLITE = "sqlite:///"
MSSQL = "mssql"
LANGUAGES = ("ru", "en")
YES_NO = {"yes": True, "no": False, "": False}

NETWORK_FILE_SYSTEMS = frozenset(
    ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs", "fuse.smbnetfs"]
)
_DRIVE_REMOTE = 4
"""What GetDriveType gives for a network drive. Source: winbase.h."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, checked.

    Attributes:
        database: ``sqlite:///`` with an absolute path, or ``mssql``.
        server: SQL Server's name, with instance or port.
        catalog: The database's name on that server.
        login: SQL Server login; empty means Windows sign-in.
        password: Its password.
        driver: ODBC driver by its name or the path of its library; empty means to look for one.
        trust_certificate: Whether to believe whatever certificate the server shows, such as one that it
            signed itself.
        language: ``ru`` or ``en``.
        log_dir: Where logs go; None means where the system keeps a user's logs.
    """

    database: str
    server: str = ""
    catalog: str = ""
    login: str = ""
    password: str = field(default="", repr=False)
    driver: str = ""
    trust_certificate: bool = False
    language: str = LANGUAGES[0]
    log_dir: Path | None = None

    @property
    def sqlite_path(self) -> Path | None:
        """The database's file, absolute; None for SQL Server."""
        return Path(self.database.removeprefix(SQLITE)) if self.database.startswith(SQLITE) else None


@dataclass(frozen=True, slots=True)
class FirstSettings:
    """What a program needs before it can say anything, even that its settings are wrong.

    Attributes:
        language: ``ru`` or ``en``.
        log_dir: As in ``Settings``.
    """

    language: str
    log_dir: Path | None


def load_settings(
    *,
    environ: Mapping[str, str],
    folder: Path | None,
    database: str | None = None,
    language: str | None = None,
) -> Settings:
    """Load the settings.

    A relative path means one beside the ``.env`` if it stands there, else below the working folder.

    Args:
        environ: The environment; a key that is there wins over the ``.env``, even if it is empty.
        folder: Where the ``.env`` is, see ``env_file``.
        database: From the command line; wins over both.
        language: From the command line; wins over both.

    Raises:
        SettingsError: ``database_not_configured``; ``database_on_network``; ``env_unreadable``; or
            ``settings_wrong`` with ``keys``, the names of all bad ones, and ``problems``, an error for each.
    """
    file = env_file(folder)
    values = _Values(environ, _read(file), file.parent)
    if database is not None:
        values.overrule(DATABASE, database)
    if language is not None:
        values.overrule(LANGUAGE, language)
    problems = values.unreadable() + values.refused()
    chosen = _database(values, file, problems)
    trust = values.text(TRUST_CERTIFICATE).lower()
    settings = Settings(
        database=chosen,
        server=values.text(SERVER),
        catalog=values.text(CATALOG),
        login=values.text(LOGIN),
        password=values.raw(PASSWORD),
        driver=values.text(DRIVER),
        trust_certificate=YES_NO.get(trust, False),
        language=values.text(LANGUAGE).lower() or LANGUAGES[0],
        log_dir=values.path(values.text(LOG_DIR), LOG_DIR) if values.text(LOG_DIR) else None,
    )
    if settings.language not in LANGUAGES:
        problems.append(_problem("setting_not_a_language", LANGUAGE, value=settings.language))
    if trust not in YES_NO:
        problems.append(_problem("setting_not_yes_no", TRUST_CERTIFICATE))
    if chosen == MSSQL:
        problems += _server_problems(settings)
    if len(problems) == 1 and problems[0].code in ("database_not_configured", "database_on_network"):
        raise problems[0]
    if problems:
        raise SettingsError(
            "settings_wrong", keys=tuple(p.data["key"] for p in problems), problems=tuple(problems), path=file
        )
    return settings


def first_settings(
    *, environ: Mapping[str, str], folder: Path | None, language: str | None = None
) -> FirstSettings:
    """Give language and log folder as far as they can be known; what is wrong is the default.

    Args:
        environ: The environment.
        folder: Where the ``.env`` is, see ``env_file``.
        language: From the command line.
    """
    file = env_file(folder)
    try:
        values = _Values(environ, _read(file), file.parent)
    except SettingsError:
        values = _Values(environ, [], file.parent)
    wanted = (language or values.text(LANGUAGE)).lower()
    log_dir = values.text(LOG_DIR)
    return FirstSettings(
        language=wanted if wanted in LANGUAGES else LANGUAGES[0],
        log_dir=values.path(log_dir, LOG_DIR) if log_dir else None,
    )


def env_file(folder: Path | None) -> Path:
    """Say which ``.env`` is read, whether it exists or not.

    A frozen program reads only the one beside its exe: in a working folder or anywhere else a planted
    file could send passwords to a false server.

    Args:
        folder: The folder given by the caller; None means the project's. For an installed package,
            which has none, it is where the system keeps a user's settings.
    """
    if getattr(sys, "frozen", False):
        return Path(sys.executable).resolve().parent / FILE_NAME
    if folder is not None:
        return folder.absolute() / FILE_NAME
    project = Path(__file__).resolve().parents[2]
    if (project / "pyproject.toml").is_file():
        return project / FILE_NAME
    from platformdirs import user_config_path

    return user_config_path("mini-crm", appauthor=False) / FILE_NAME


def is_on_network(path: Path) -> bool:
    """Say whether a file lies, or would lie, on another computer.

    SQLite's locks do not hold there: two computers would damage the database.
    """
    if _is_share(str(path)):
        return True
    try:
        real = Path(os.path.realpath(path))  # which, unlike resolve, takes links that lead in a circle
    except OSError:  # what Windows says of a device, such as con
        real = path.absolute()
    if _is_share(str(real)):
        return True
    if sys.platform == "win32":
        import ctypes

        return bool(real.drive) and ctypes.windll.kernel32.GetDriveTypeW(real.drive + "\\") == _DRIVE_REMOTE
    try:
        mounts = Path("/proc/mounts").read_text("utf-8", errors="surrogateescape")
    except OSError:
        return False
    return file_system(real, mounts) in NETWORK_FILE_SYSTEMS


def file_system(path: Path, mounts: str) -> str:
    """Give the type of the file system that a path is on, such as ``ext4``.

    Args:
        path: Absolute, without links.
        mounts: The text of ``/proc/mounts``; a later line covers an earlier one.
    """
    found, depth = "", -1
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = Path(_unescaped(parts[1]))
        if (point == path or point in path.parents) and len(point.parts) >= depth:
            found, depth = parts[2], len(point.parts)
    return found


class _Values:
    """The values of all keys, and where each comes from."""

    def __init__(self, environ: Mapping[str, str], lines: list[_Line], folder: Path) -> None:
        self._lines = lines
        self._folder = folder
        self._file = {line.key: line.value or "" for line in lines if line.key}
        self._given = {key: environ[key] for key in KEYS if key in environ}
        self._refused: dict[str, SettingsError] = {}
        for key in KEYS:
            self._check(key)

    def overrule(self, key: str, value: str) -> None:
        """Take a value from the command line."""
        self._given[key] = value
        self._check(key)

    def raw(self, key: str) -> str:
        """Give a value as it stands, empty if it is nowhere or refused."""
        return "" if key in self._refused else self._given.get(key, self._file.get(key, ""))

    def text(self, key: str) -> str:
        """Give a value without blanks around it."""
        return self.raw(key).strip()

    def path(self, text: str, key: str) -> Path:
        """Make a path absolute from where the key's value stands."""
        return Path.cwd() / text if key in self._given else self._folder / text

    def refused(self) -> list[SettingsError]:
        """Name the keys whose values have characters that cannot be meant."""
        return list(self._refused.values())

    def is_refused(self, key: str) -> bool:
        """Say whether a value is there that was refused."""
        return key in self._refused

    def _check(self, key: str) -> None:
        self._refused.pop(key, None)
        value = self.raw(key)
        # A password is whatever somebody chose, as long as it is text.
        found = first_unstorable(value) if key == PASSWORD else first_unseen(value.strip())
        if found is not None:
            position, character = found
            self._refused[key] = _problem("setting_unseen", key, position=position, character=character)

    def unreadable(self) -> list[SettingsError]:
        """Name the lines of the file that say nothing, and keys that only look like ours."""
        problems = []
        for line in self._lines:
            if line.key is None or (line.value is None and line.key.startswith(PREFIX)):
                problems.append(_problem("setting_line_unreadable", line.key or FILE_NAME, line=line.number))
            elif line.key.startswith(PREFIX) and line.key not in KEYS:
                problems.append(_problem("setting_unknown", line.key))
        return problems


@dataclass(frozen=True, slots=True)
class _Line:
    """One statement of a ``.env``; ``key`` is None if it cannot be read."""

    number: int
    key: str | None
    value: str | None


def _read(file: Path) -> list[_Line]:
    try:
        # Looked at before it is opened: a pipe would be waited for, and a device has no end.
        state = file.stat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > MOST_BYTES:
            raise SettingsError("env_unreadable", path=file)
        text = file.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError) as error:
        raise SettingsError("env_unreadable", path=file) from error
    from io import StringIO

    from dotenv.parser import parse_stream

    # The parser and not dotenv_values: that one passes over a line that it cannot read.
    bindings = parse_stream(StringIO(text))
    lines = []
    for binding in bindings:
        if binding.error or binding.key is not None:
            statement = binding.original.string
            blank_lines = statement[: len(statement) - len(statement.lstrip())].count("\n")
            key = None if binding.error else binding.key
            lines.append(_Line(binding.original.line + blank_lines, key, binding.value))
    return lines


def _database(values: _Values, file: Path, problems: list[SettingsError]) -> str:
    """Check which database is meant; an empty text is one that was added to the problems."""
    wanted = values.text(DATABASE)
    if values.is_refused(DATABASE):
        return ""
    if not wanted:
        problems.append(_problem("database_not_configured", DATABASE, path=file))
    elif wanted.lower() == MSSQL:
        return MSSQL
    elif not wanted.startswith(SQLITE) or wanted in (SQLITE, SQLITE + ":memory:"):
        problems.append(_problem("setting_not_a_database", DATABASE))
    else:
        text = wanted.removeprefix(SQLITE)
        path = Path(text) if _is_share(text) else values.path(text, DATABASE)
        if not is_on_network(path):
            return SQLITE + os.path.normpath(path)
        problems.append(_problem("database_on_network", DATABASE, path=path))
    return ""


def _server_problems(settings: Settings) -> list[SettingsError]:
    needed = {SERVER: settings.server, CATALOG: settings.catalog}
    if settings.login:
        needed[PASSWORD] = settings.password
    elif settings.password:
        needed[LOGIN] = settings.login
    return [_problem("setting_missing", key) for key, value in needed.items() if not value]


def _problem(code: str, key: str, **data: object) -> SettingsError:
    return SettingsError(code, key=key, **data)


def _is_share(text: str) -> bool:
    r"""Say whether a path names a computer: ``\\server\share``, also as ``\\?\UNC\server\share``."""
    path = text.replace("/", "\\")
    if path.startswith(("\\\\?\\", "\\\\.\\")):
        return path[4:8].upper() == "UNC\\"
    return path.startswith("\\\\")


def _unescaped(text: str) -> str:
    """Undo how ``/proc/mounts`` writes blanks and backslashes in names."""
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, char)
    return text
