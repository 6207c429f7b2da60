"""Reads a workbook in a process of its own, which has limits of memory and time.

The reader of workbooks makes room for the whole rectangle between the first and the last cell; where the
system has no such room the process ends without an exception. So a file can end this process, not the
program that started it: that gets an unfinished answer, and knows.

The answer goes to standard output: JSON texts, each after its length in 4 bytes (big-endian). First what the
workbook is (``HEAD``), then rows, at last ``END``; or, in place of what is missing, ``ERROR``.
"""

from __future__ import annotations

import json
import re
import signal
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mini_crm.tables.beyond_values import BeyondValues, beyond_values_of_xlsx
from mini_crm.tables.limits import ProcessLimits
from mini_crm.tables.parts import BadPart
from mini_crm.tables.sheet_xml import Patch, TooMuch

HEAD, ROWS, END, ERROR = "head", "rows", "end", "error"
MAX_FRAME = 32 << 20
"""Bytes of one JSON text."""

MEMORY = 240 << 20
"""Bytes: a sheet of 250,000 rows and 10 columns fits."""
READ_S, WRITE_S = 4, 60
"""Seconds of processor time until the sheet is read, and until the last row is written."""
MAX_FILE, MAX_PART = 128 << 20, 160 << 20
"""Bytes of the file, and of an unpacked part of it."""
MAX_PARTS = 5000
MAX_HEIGHT, MAX_COLUMNS = 500_000, 1 << 14
"""Rows down to the last that is not empty: twice as many as fit; columns as Excel has."""

_ROWS_AT_ONCE, _CHARACTERS_AT_ONCE = 1000, 1 << 18
_MAX_ROW_CHARACTERS = 2 << 20
_OLE = b"\xd0\xcf\x11\xe0"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Refused(Exception):
    """The workbook is not read.

    Args:
        code: Of the ``BadFile`` that the program raises.
        data: For its sentence.
    """

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def main(arguments: Sequence[str]) -> None:
    """Write the answer.

    Args:
        arguments: The file, and the name of the sheet if one is wanted.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program that started this one
    limits = ProcessLimits(MEMORY, READ_S)
    path, wanted = Path(arguments[0]), arguments[1] if len(arguments) > 1 else None
    answer = sys.stdout.buffer
    try:
        for kind, content in _answer(path, wanted, limits):
            _write(answer, kind, content)
    except Refused as refused:
        _write(answer, ERROR, [refused.code, refused.data])
    except (MemoryError, TooMuch):
        _write(answer, ERROR, ["file_too_large", {}])
    except PasswordError:
        _write(answer, ERROR, ["file_password", {}])
    except (CalamineError, BadPart, zipfile.BadZipFile):
        _write(answer, ERROR, ["file_broken_excel", {}])
    except BaseException as error:
        if isinstance(error, Exception):
            raise  # a mistake of ours
        _write(answer, ERROR, ["file_broken_excel", {}])  # the reader of workbooks has given up


def _write(answer: BinaryIO, kind: str, content: object) -> None:
    text = json.dumps([kind, content], separators=(",", ":")).encode()
    if len(text) > MAX_FRAME:
        raise TooMuch
    answer.write(struct.pack(">I", len(text)) + text)
    answer.flush()


def _answer(path: Path, wanted: str | None, limits: ProcessLimits) -> Iterator[tuple[str, Any]]:
    if path.stat().st_size > MAX_FILE:
        raise Refused("file_too_large")
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        packed = None if file.read(4) == _OLE else stack.enter_context(zipfile.ZipFile(path))
        kind = "xls" if packed is None else _kind(packed)
        file.seek(0)
        book = stack.enter_context(CalamineWorkbook.from_filelike(file))
        chosen, others, hidden = _choose(book.sheets_metadata, wanted)
        # Before the sheet is read: this finds most of what would ask for too much.
        beyond = BeyondValues()
        if packed is not None and kind == "xlsx":
            beyond = beyond_values_of_xlsx(packed, chosen)
        else:
            beyond.notes.append(("form_tells_less", {"kind": kind}))
        if hidden:
            beyond.notes.append(("sheets_hidden", {"n": len(hidden), "sheets": hidden}))
        sheet = book.get_sheet_by_name(chosen)
        if sheet.total_height > MAX_HEIGHT or sheet.total_width > MAX_COLUMNS:
            raise Refused("file_too_large")
        if sheet.start is None and others:
            raise Refused("sheet_empty", sheet=chosen, sheets=others)
        limits.allow(WRITE_S)
        yield (
            HEAD,
            {
                "kind": kind,
                "sheet": chosen,
                "other_sheets": others,
                "notes": beyond.notes,
                "height": sheet.height,
            },
        )
        yield from _rows(sheet, beyond, escaped=kind in ("xlsx", "xlsb"))
        yield END, None


def _kind(packed: zipfile.ZipFile) -> str:
    """Tell the form of a packed workbook by the names of its parts.

    Raises:
        Refused: ``file_broken_excel``: it is something else; ``file_too_large``: no such book is real.
    """
    members = packed.infolist()
    if len(members) > MAX_PARTS or any(member.file_size > MAX_PART for member in members):
        raise Refused("file_too_large")
    names = [member.filename.replace("\\", "/").lower() for member in members]
    if "content.xml" in names:
        return "ods"
    return "xlsb" if any(name.endswith("workbook.bin") for name in names) else "xlsx"


def _choose(sheets: Sequence[SheetMetadata], wanted: str | None) -> tuple[str, list[str], list[str]]:
    """Choose the sheet that is wanted, else the first that can be seen.

    Returns:
        Its name, those of the others that can be seen, those of the hidden ones.

    Raises:
        Refused: ``sheet_unknown``, or ``sheets_all_hidden``.
    """
    tables = [sheet for sheet in sheets if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in tables if sheet.visible == SheetVisibleEnum.Visible]
    names = [sheet.name for sheet in tables]
    if wanted is not None:
        found = [name for name in names if name == wanted] or [
            name for name in names if name.strip().casefold() == wanted.strip().casefold()
        ]
        if not found:
            raise Refused("sheet_unknown", sheet=wanted, sheets=names)
        chosen = found[0]
    elif visible:
        chosen = visible[0]
    else:
        raise Refused("sheets_all_hidden", sheets=names)
    return (
        chosen,
        [name for name in visible if name != chosen],
        [name for name in names if name not in visible and name != chosen],
    )


def _rows(sheet: CalamineSheet, beyond: BeyondValues, *, escaped: bool) -> Iterator[tuple[str, Any]]:
    """Give the rows that are not blank: line, cells, and for each cell whether it came typed, 1 or 0."""
    first_column = sheet.start[1] if sheet.start is not None else 0
    patch_line, patches = next(beyond.patches, (0, []))
    waiting: list[tuple[int, list[str], str]] = []
    characters = 0
    plans: dict[tuple[type, ...], tuple[str, list[tuple[int, Callable[[Any], str]]]]] = {}
    for line, values in enumerate(sheet.iter_rows(), start=1):
        kinds = tuple(map(type, values))
        if (plan := plans.get(kinds)) is None:
            plan = plans[kinds] = _plan(kinds)
        typed, shown = plan
        cells: list[Any] = values
        for at, show in shown:
            cells[at] = show(cells[at])
        length = len(text := "|".join(cells))
        if escaped and "_x" in text:
            cells = [_unescaped(cell) for cell in cells]
        while 0 < patch_line < line:
            patch_line, patches = next(beyond.patches, (0, []))
        if patch_line == line:
            typed = _patched(cells, typed, patches, first_column)
        if not any(cells):
            continue
        if length > _MAX_ROW_CHARACTERS:
            raise TooMuch
        waiting.append((line, cells, typed))
        characters += length
        if characters > _CHARACTERS_AT_ONCE or len(waiting) == _ROWS_AT_ONCE:
            yield ROWS, waiting
            waiting, characters = [], 0
    yield ROWS, waiting


def _plan(kinds: tuple[type, ...]) -> tuple[str, list[tuple[int, Callable[[Any], str]]]]:
    """Give for a row of such values which are typed, and what writes those that are no text."""
    typed = "".join("1" if kind in _TYPED else "0" for kind in kinds)
    return typed, [(at, _SHOWN[kind]) for at, kind in enumerate(kinds) if kind is not str]


def _patched(cells: list[str], typed: str, patches: Sequence[Patch], first_column: int) -> str:
    """Let cells show what the sheet shows; give which of them came typed now."""
    for patch in patches:
        at = patch.column - first_column
        if not 0 <= at < len(cells):
            continue
        if patch.error:
            cells[at] = patch.error
        elif patch.format is not None and patch.format.fits(cells[at]):
            cells[at] = patch.format.show(cells[at])
            if not patch.format.is_plain:
                typed = f"{typed[:at]}0{typed[at + 1 :]}"
    return typed


def _number(value: float) -> str:
    text = f"{value:.15g}"  # 15 digits is what Excel keeps and shows
    return f"{Decimal(text):f}" if "e" in text else text


def _moment(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")


def _span(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_DAYS_KEPT = 1 << 12
"""How many days of a sheet are written once: they are few, and their cells are many."""
_SHOWN: dict[type, Callable[[Any], str]] = {
    bool: str,
    int: str,
    float: _number,
    datetime: lru_cache(_DAYS_KEPT)(_moment),
    date: lru_cache(_DAYS_KEPT)(date.isoformat),
    time: lambda value: value.isoformat(timespec="seconds"),
    timedelta: _span,
}
_TYPED = frozenset((int, float, date, datetime))


def _unescaped(text: str) -> str:
    """Read characters that XML cannot hold, such as ``_x000D_``. Source: ECMA-376, 22.9.2.19."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


if __name__ == "__main__":
    main(sys.argv[1:])
