"""Log files: one for each program, in UTF-8, with a limited size.

A log that cannot be written never stops the work: the person is told once, and the work goes on.

Logs are sent to whoever helps, so what people type is kept out of them: client PINs, comments, amounts,
passwords. An error of ours is logged with the parts of its data that say where it happened; of any other
error what stands in quotation marks or brackets is left out, since drivers quote the values they refuse.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from mini_crm.domain.errors import MiniCrmError, SettingsError
from mini_crm.log_file import SharedFile

MAX_BYTES = 1_000_000
FILES = 5
"""The one that is written and four older ones."""

HARMLESS = frozenset(
    "as_of batch_id changed_at changed_by character column columns count_day database driver end entries "
    "entry_id entry_ids errno field first first_line key keys kind last lead_name length limit line "
    "manager_id name names path period position problems reason run_id seconds server_database start "
    "statement supported version".split()
)
"""Parts of an error's data that are logged; others may be what somebody typed."""

_NAME = re.compile(
    r"""['"(]((?:api|batch|admin|core|report)\.\w+|(?:PK|FK|CK|UQ|IX|UX|DF)_\w+|SQL[A-Z][A-Za-z]+)['")]"""
)
"""Names of the database's own objects and of the driver's functions, which help and tell nothing."""
_QUOTED = re.compile(r"""(?<![a-z])['"\u00ab\u201c].*['"\u00bb\u201d]|\(.*\)""", re.DOTALL)
"""From the first quotation mark to the last: a quoted text may have some of its own."""

Tell = Callable[[MiniCrmError], None]
"""Shows an error to the person."""


def default_folder() -> Path:
    """Give the folder where the system keeps a user's logs."""
    from platformdirs import user_log_path

    return user_log_path("mini-crm", appauthor=False)


def setup_log(program: str, folder: Path, tell: Tell | None = None) -> logging.Logger:
    """Open a program's log, ``<folder>/<program>.log``.

    Args:
        program: The program's name.
        folder: Made if it is missing when there is something to write.
        tell: Called once with ``log_not_writable`` (path, reason) when the log cannot be written; by default
            nobody is told.

    Returns:
        The logger of the whole package. What it cannot write it takes and forgets.
    """
    logger = logging.getLogger("mini_crm")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    close_log(logger)
    handler = LogFile(folder / f"{program}.log", tell)
    handler.setFormatter(_Formatter(f"%(asctime)s %(levelname)s {program}[%(process)d] %(message)s"))
    logger.addHandler(handler)
    return logger


def close_log(logger: logging.Logger) -> None:
    """Let the logger write into no file any more."""
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def log_uncaught(log: Callable[[], logging.Logger], tell: Callable[[BaseException], None]) -> None:
    """Put errors that nothing caught, in whatever thread, into the log instead of on a screen nobody sees.

    Args:
        log: Gives the logger when one is needed.
        tell: Shows the error to the person as one sentence; may be called from any thread.
    """

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, KeyboardInterrupt):
            log().critical("unexpected", exc_info=(kind, error, trace))
            tell(error)

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook


def logged(error: BaseException) -> str:
    """Give an error as it is written into a log: without anything that a person may have typed."""
    if isinstance(error, MiniCrmError):
        shown = ((name, value) for name, value in error.data.items() if name in HARMLESS)
        return " ".join([error.code, *(f"{name}={_value(value)}" for name, value in shown)])
    if isinstance(error, OSError) and error.errno is not None:
        return str(error)  # the system's words, and a path
    text = " ".join(map(str, error.args)) if len(error.args) > 1 else str(error)
    return _QUOTED.sub("…", _NAME.sub(r"\1", text))


def _value(value: object) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return logged(value) if isinstance(value, MiniCrmError) else repr(value)


class LogFile(logging.Handler):
    """Writes into a log file; says once, and only once, that it cannot.

    Attributes:
        path: Where the log is.
        is_kept: Whether the last record was written.
    """

    def __init__(self, path: Path, tell: Tell | None) -> None:
        super().__init__()
        self.path = path
        self.is_kept = False
        self._file = SharedFile(path, MAX_BYTES, FILES)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            self._file.append(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))
            self.is_kept = True
        except Exception:
            self.is_kept = False
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Tell of the first record that could not be written."""
        tell, self._tell = self._tell, None
        if tell is not None:
            tell(_not_writable(self.path, sys.exception()))


class _Formatter(logging.Formatter):
    """Writes local time with its offset, which reads well and stays unambiguous."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line; an error among its values is written without what people typed."""
        if isinstance(record.args, tuple) and any(isinstance(value, BaseException) for value in record.args):
            record = logging.makeLogRecord(record.__dict__)
            values = record.args if isinstance(record.args, tuple) else ()
            record.args = tuple(logged(v) if isinstance(v, BaseException) else v for v in values)
        return super().format(record)

    def formatException(self, ei: object) -> str:
        """Write a traceback, with its causes before it, without what people typed."""
        error = ei[1] if isinstance(ei, tuple) else None
        parts: list[str] = []
        while isinstance(error, BaseException):
            lines = "".join(traceback.format_tb(error.__traceback__)).rstrip()
            head = f"Traceback (most recent call last):\n{lines}\n" if lines else ""
            parts.append(f"{head}{type(error).__name__}: {logged(error)}".rstrip(": "))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nwhich led to:\n\n".join(reversed(parts))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """Give a time such as ``2026-03-05T10:20:30+03:00``."""
        return datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds")


def _not_writable(path: Path, error: BaseException | None) -> SettingsError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return SettingsError("log_not_writable", path=path, reason=reason)
