"""Writes the settings file that names a new database."""

from __future__ import annotations

import re
from pathlib import Path

from mini_crm.domain.errors import BadFile
from mini_crm.files import OWNER_ONLY, replacing
from mini_crm.settings import DATABASE, SQLITE

_PLAIN = re.compile(r"[\w./:@~+-]+", re.ASCII)


def point_to(file: Path, database: Path) -> bool:
    """Write a settings file that names a database, unless there is a settings file already.

    It is for its owner only, since passwords belong into it too. A database below the file's folder is named
    by its relative path, so that the folder can be moved.

    Args:
        file: The ``.env``.
        database: Absolute path of a SQLite file.

    Returns:
        Whether it was written.

    Raises:
        BadFile: ``file_not_writable``.
    """
    inside = database.is_relative_to(file.parent)
    path = (database.relative_to(file.parent) if inside else database).as_posix()
    try:
        with replacing(file, mode=OWNER_ONLY, new=True) as stream:
            stream.write(f"{DATABASE}={_quoted(SQLITE + path)}\n".encode())
    except FileExistsError:
        return False
    except OSError as error:
        raise BadFile("file_not_writable", path=str(file), reason=error.strerror or "") from error
    return True


def _quoted(text: str) -> str:
    """Quote a value where dotenv would read it otherwise."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
