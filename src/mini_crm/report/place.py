"""Put a finished report in its place in one step, or beside it while somebody has it open."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path

from mini_crm.domain.errors import BadFile
from mini_crm.files import replacing

_TRIES, _WAIT_S = 10, 0.3
"""A virus scanner may hold a file for a moment, and a workbook that reads the report for some seconds."""


def write_whole(path: Path, content: bytes | memoryview, now: datetime) -> Path:
    """Write a report; whoever reads it meanwhile sees the old one.

    Args:
        path: Where; the folder must exist.
        content: The whole file.
        now: For the name beside it.

    Returns:
        ``path``; where that is locked, the same with the day in the name, and where that is locked
        too, with the time. So a file that stays open for hours leaves one more file a day.

    Raises:
        BadFile: ``report_not_writable``; nothing is left behind.
    """
    places: list[Path] = []
    try:
        with replacing(
            path, move=lambda fresh, name: places.append(_put_in_place(fresh, name, now))
        ) as stream:
            stream.write(content)
    except OSError as error:
        raise not_writable(path, error) from error
    return places[0]


def dated(path: Path, day: date) -> Path:
    """Put the day of a report of the past into its file's name, where it is not there yet."""
    return path if day.isoformat() in path.stem else path.with_name(f"{path.stem} {day}{path.suffix}")


def not_writable(path: Path, error: OSError) -> BadFile:
    """Give the error that says why a report cannot be written."""
    return BadFile("report_not_writable", path=str(path), reason=error.strerror or str(error))


def _put_in_place(fresh: Path, path: Path, now: datetime) -> Path:
    """Move the file to its name; while that is locked, to one with the day, then with the time."""
    names = (path.stem, f"{path.stem} {now:%Y-%m-%d}", f"{path.stem} {now:%Y-%m-%d %H-%M-%S}")
    places = [path.with_name(name + path.suffix) for name in names]
    for tries, place in zip((_TRIES, 3, 3), places, strict=True):
        for _ in range(tries):
            try:
                return fresh.replace(place)
            except (PermissionError, IsADirectoryError) as error:
                locked = error
                time.sleep(_WAIT_S)
    raise locked
