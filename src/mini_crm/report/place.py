"""Put a finished file in its place in one step, or beside it while somebody has it open."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

_TRIES, _WAIT_S = 10, 0.3
"""A virus scanner may hold a file for a moment, and a workbook that reads the report for some seconds."""


def write_whole(path: Path, write: Callable[[BinaryIO], None], now: datetime) -> Path:
    """Write a file under a temporary name in the same folder, then give it its name.

    Args:
        path: Where; the folder must exist.
        write: Writes the content.
        now: For the name beside it.

    Returns:
        ``path``; where that is locked, the same with the day in the name, and where that is locked
        too, with the time. So a file that stays open for hours leaves one more file a day.

    Raises:
        OSError: It cannot be written at all; nothing is left behind.
    """
    temporary = path.with_name(f"~{path.stem}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            write(stream)
        return _put_in_place(temporary, path, now)
    finally:
        temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, path: Path, now: datetime) -> Path:
    """Move the file to its name; while that is locked, to one with the day, then with the time."""
    names = (path.stem, f"{path.stem} {now:%Y-%m-%d}", f"{path.stem} {now:%Y-%m-%d %H-%M-%S}")
    places = [path.with_name(name + path.suffix) for name in names]
    for tries, place in zip((_TRIES, 3, 3), places, strict=True):
        for _ in range(tries):
            try:
                return temporary.replace(place)
            except (PermissionError, IsADirectoryError) as error:
                locked = error
                time.sleep(_WAIT_S)
    raise locked
