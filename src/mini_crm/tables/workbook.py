"""Workbooks: a child process reads them (see ``workbook_child``), this side takes what it says."""

from __future__ import annotations

import json
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from mini_crm.domain.errors import BadFile
from mini_crm.external import start_own
from mini_crm.start import READ_WORKBOOK
from mini_crm.tables.head import with_head
from mini_crm.tables.table import Note, Row, Table, TableSource

# Of the child's answer, see there.
_HEAD, _ROWS, _END, _ERROR = "head", "rows", "end", "error"
_MAX_FRAME = 32 << 20
_ENDS_WITHIN_S = 5
_OUR_MISTAKE = 1
"""Python's exit code after an exception that nobody expected."""


@contextmanager
def open_workbook(path: Path, sheet: str | None) -> Iterator[Table]:
    """Open a workbook and read the head of its table.

    Args:
        path: The file, whatever its name.
        sheet: The sheet to read; by default the first that is not hidden.

    Raises:
        BadFile: As ``open_table`` says; also while rows are read.
    """
    with _child(path, sheet) as answer:
        kind, head = next(answer)
        if kind != _HEAD:
            raise RuntimeError(f"an answer begins with {kind}")
        source = TableSource(
            kind=head["kind"],
            sheet=head["sheet"],
            other_sheets=tuple(head["other_sheets"]),
            notes=tuple(Note(code, data) for code, data in head["notes"]),
        )
        yield with_head(path, _rows(answer), head["height"], source)


def _rows(answer: Iterator[tuple[str, Any]]) -> Iterator[Row]:
    marks: dict[str, tuple[bool, ...]] = {}
    for _, rows in answer:
        for line, cells, typed in rows:
            if (is_typed := marks.get(typed)) is None:
                is_typed = marks[typed] = tuple(mark == "1" for mark in typed)
            yield Row(line, cells, is_typed)


@contextmanager
def _child(path: Path, sheet: str | None) -> Iterator[Iterator[tuple[str, Any]]]:
    """Start the child; give what it answers up to its end."""
    arguments = [str(path.absolute()), *([] if sheet is None else [sheet])]
    with tempfile.TemporaryFile() as said:
        process = start_own(READ_WORKBOOK, "mini_crm.tables.workbook_child", arguments, stderr=said)
        pipe = cast(IO[bytes], process.stdout)
        try:
            yield _frames(path, process, pipe, said)
        finally:
            process.kill()
            pipe.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_ENDS_WITHIN_S)


def _frames(
    path: Path, process: subprocess.Popen[bytes], pipe: IO[bytes], said: IO[bytes]
) -> Iterator[tuple[str, Any]]:
    while True:
        length = pipe.read(4)
        size = struct.unpack(">I", length)[0] if len(length) == 4 else 0
        text = pipe.read(size) if size <= _MAX_FRAME else b""
        if len(length) < 4 or len(text) < size:
            raise _died(path, process, said)
        kind, content = json.loads(text)
        if kind == _END:
            return
        if kind == _ERROR:
            code, data = content
            raise BadFile(code, path=str(path), **data)
        yield kind, content


def _died(path: Path, process: subprocess.Popen[bytes], said: IO[bytes]) -> Exception:
    """Tell why the child ended before its answer did: at one of its limits, or by a mistake of ours."""
    code = process.wait(_ENDS_WITHIN_S)
    said.seek(0)
    text = said.read().decode("utf-8", "replace")
    if code == _OUR_MISTAKE and "MemoryError" not in text:
        return RuntimeError(f"the reader of workbooks failed:\n{text}")
    return BadFile("file_too_large", path=str(path))
