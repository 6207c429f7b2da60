"""Time zones by their IANA name, as the computer's or the program's own list has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mini_crm.domain.errors import BadValue

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(2100, 1, 1, tzinfo=UTC)
"""Between these a server is told of every change of a zone's offset."""

_STEP = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def zone(name: str) -> ZoneInfo:
    """Find a time zone by its name, such as ``Europe/Moscow``.

    Raises:
        BadValue: There is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue("time_zone_unknown", field="TimeZone", value=name) from None


def offsets(name: str) -> tuple[tuple[datetime, int], ...]:
    """Give a zone's offsets from UTC, for a server that does not know it.

    Args:
        name: Such as ``Europe/Moscow``.

    Returns:
        From which moment on the zone's clock is how many minutes before UTC: the first row is for
        ``FIRST``, then one for each change until ``LAST``, in order. Seconds are dropped.

    Raises:
        BadValue: There is no such zone.
    """
    found = zone(name)
    now = _offset(found, FIRST)
    rows = [(FIRST, now)]
    moment = FIRST
    while moment < LAST:
        later = moment + _STEP
        offset = _offset(found, later)
        if offset != now:
            rows.append((_change(found, moment, later), offset))
            now = offset
        moment = later
    return tuple(rows)


def _offset(found: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(found).utcoffset()
    assert offset is not None  # noqa: S101 - a moment in a zone has one; says so to the type checker
    return offset // _MINUTE


def _change(found: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Give the first minute that has the later offset."""
    offset = _offset(found, after)
    low, high = 0, (after - before) // _MINUTE
    while low + 1 < high:
        middle = (low + high) // 2
        if _offset(found, before + middle * _MINUTE) == offset:
            high = middle
        else:
            low = middle
    return before + high * _MINUTE
