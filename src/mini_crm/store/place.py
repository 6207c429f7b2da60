"""Where a database file is, or may be made: looked at before anything opens it."""

from __future__ import annotations

from pathlib import Path

from mini_crm.domain.errors import DatabaseError
from mini_crm.files import kind_unless_plain

COMPANIONS = ("-wal", "-shm", "-journal", "-run")
"""Files that stand beside a database while it is in use, by the end of their names."""


def is_there(path: Path) -> bool:
    """Say whether a database file is there, and refuse what can be none.

    A pipe would be waited for, and a device may never end; so may be what stands in the place of the files
    beside it.

    Raises:
        DatabaseError: ``database_is_directory``, ``not_a_plain_file``, or ``database_path_unusable`` if the
            system does not let us look.
    """
    for end in ("", *COMPANIONS):
        file = Path(f"{path}{end}")
        kind = kind_unless_plain(file, follow=True)
        if kind == "folder" and not end:
            raise DatabaseError("database_is_directory", path=str(path))
        if kind is not None:
            raise DatabaseError("not_a_plain_file", path=str(file), kind=kind)
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():  # it leads nowhere, and a new database would be made where it points
            raise DatabaseError("not_a_plain_file", path=str(path), kind="link") from None
        return False
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DatabaseError("database_path_unusable", path=str(path), reason=reason) from error
    return True
