"""The chart of the forecast as a picture, drawn without a window."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from mini_crm.domain.model import TrendPoint
from mini_crm.domain.period import Period, PeriodKind, month_of, year_of
from mini_crm.ui.forecast.chart import Chart, draw

MARCH = month_of(date(2026, 3, 1))
NAMES = ("forecast", "range", "paid", "hand", "target", "commitment", "unit")


def chart(days: int, hand: float = 900.0, period: Period = MARCH, low: float | None = 500.0) -> Chart:
    """Make a chart of so many days with a forecast of 600 and more paid each day."""
    points = tuple(
        TrendPoint(
            1, "RUB", period.start + timedelta(days=n), Decimal(10 * n), 600.0, low, low and 700.0, hand
        )
        for n in range(days)
    )
    captions = {name: name for name in NAMES} | {"above": "{number} is above"}
    return Chart(period, points, None, None, "", captions, "ru")


def size_of(png: bytes) -> tuple[int, int]:
    """Read the size of a PNG picture. Source: the PNG specification, chunk IHDR."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert zlib.crc32(png[12:29]) == struct.unpack(">I", png[29:33])[0]
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(("width", "height", "dpi"), [(980, 140, 96.0), (400, 300, 96.0), (1901, 333, 192.0)])
def test_picture_has_the_size_asked_for(width: int, height: int, dpi: float) -> None:
    """The picture is as large as its place, whatever the screen's scaling."""
    assert size_of(draw(chart(5), width, height, dpi, 9)) == (width, height)


@pytest.mark.parametrize(
    "shown",
    [
        chart(2),
        chart(31),
        chart(3, low=None),
        chart(3, hand=1e9),
        replace(chart(3), target=1e10, commitment=0.0),
        chart(300, period=year_of(date(2026, 1, 1))),
        chart(2, period=Period(PeriodKind.CUSTOM, date(2026, 3, 10), date(2026, 3, 11))),
        chart(40, period=Period(PeriodKind.CUSTOM, date(2026, 1, 15), date(2026, 12, 14))),
    ],
)
def test_every_kind_of_chart_can_be_drawn(shown: Chart) -> None:
    """Few and many days, no range, huge numbers, short and long periods: each gives a picture."""
    assert size_of(draw(shown, 700, 200, 96.0, 9)) == (700, 200)


def test_hand_formula_far_above_is_named_and_not_drawn() -> None:
    """A hand formula many times the forecast changes the caption and leaves the lines where they are."""

    def below_the_captions(hand: float) -> bytes:
        picture = Image.open(BytesIO(draw(chart(9, hand=hand), 900, 300, 96.0, 9)))
        return picture.crop((0, 60, 900, 300)).tobytes()

    assert below_the_captions(1e7) == below_the_captions(1e9)
    assert below_the_captions(650.0) != below_the_captions(1e9)
    assert draw(chart(9, hand=1e7), 900, 300, 96.0, 9) != draw(chart(9, hand=1e9), 900, 300, 96.0, 9)


def test_library_is_loaded_only_for_drawing() -> None:
    """Importing the module loads no plotting library."""
    code = "import sys, mini_crm.ui.forecast.chart; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
