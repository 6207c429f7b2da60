"""Opens tables that people and machines hand in.

What a file is shows in its first bytes, not in its name. Nothing is guessed where a wrong guess would look
like data.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mini_crm.domain.errors import BadFile
from mini_crm.files import kind_unless_plain
from mini_crm.tables.csv_file import open_csv
from mini_crm.tables.table import Table
from mini_crm.tables.workbook import open_workbook

_WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
"""How zip files (xlsx, xlsb, ods) and OLE files (xls) begin."""
_WINDOWS_SHARING = (32, 33)
"""ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION, what Excel causes with an open file."""


@contextmanager
def open_table(path: Path, *, sheet: str | None = None, encoding: str | None = None) -> Iterator[Table]:
    """Open a CSV file or a workbook (xlsx, xls, xlsb, ods) and read its head.

    Args:
        path: The file.
        sheet: Of a workbook, the sheet to read; by default the first that is not hidden.
        encoding: Of a CSV file; by default it is found out.

    Yields:
        The table. Its rows can be read as long as it is open.

    Raises:
        BadFile: ``file_missing``, ``file_is_directory``, ``not_a_plain_file``, ``file_locked`` (open in
            another program), ``file_unreadable``, ``file_empty``, ``file_too_large`` (more than any real
            table has, or than can be read in reasonable time and memory); of CSV ``file_encoding``,
            ``file_encoding_unsure``, ``file_other_encoding``, ``file_web_page``, ``file_no_sheets``; of
            workbooks ``file_broken_excel``, ``file_password``, ``sheet_unknown``, ``sheet_empty``,
            ``sheets_all_hidden``; and, while rows are read, ``file_quotes`` with the line.
        UsageError: ``encoding_unknown``.
    """
    with open_input(path) as raw:
        start = raw.read(4)
        if not start:
            raise BadFile("file_empty", path=str(path))
        if start in _WORKBOOKS:
            opened = open_workbook(path, sheet)
        elif sheet is not None:
            raise BadFile("file_no_sheets", path=str(path), sheet=sheet)
        else:
            raw.seek(0)
            opened = open_csv(path, raw, encoding)
        with opened as table:
            yield table


@contextmanager
def open_input(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file that a person names, to read its bytes.

    Raises:
        BadFile: ``file_missing``, ``file_is_directory``, ``file_locked``, ``file_unreadable`` or
            ``not_a_plain_file``.
    """
    # Looked at before it is opened: a pipe would be waited for, and a device may have no end.
    kind = kind_unless_plain(path, follow=True)
    if kind is not None and kind != "folder":
        raise BadFile("not_a_plain_file", path=str(path), kind=kind)
    try:
        with path.open("rb") as raw:
            yield raw
    except FileNotFoundError as error:
        raise BadFile("file_missing", path=str(path)) from error
    except IsADirectoryError as error:
        raise BadFile("file_is_directory", path=str(path)) from error
    except PermissionError as error:
        if path.is_dir():  # which is what Windows says of a folder
            raise BadFile("file_is_directory", path=str(path)) from error
        if getattr(error, "winerror", None) in _WINDOWS_SHARING:
            raise BadFile("file_locked", path=str(path)) from error
        raise BadFile("file_unreadable", path=str(path), reason=error.strerror or "") from error
    except OSError as error:
        if error.filename is not None and Path(error.filename) != path:
            raise  # somebody else's file, opened while this one was read
        raise BadFile("file_unreadable", path=str(path), reason=error.strerror or "") from error
