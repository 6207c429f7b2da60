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
from PIL import Image, ImageColor

from mini_crm.domain.model import TrendPoint
from mini_crm.domain.period import Period, PeriodKind, month_of, year_of
from mini_crm.ui.forecast.bars import Bars
from mini_crm.ui.forecast.chart import EARLIER, Chart

MARCH = month_of(date(2026, 3, 1))
NAMES = (
    "forecast", "earlier", "changed", "recalculated", "range", "paid", "hand", "target", "commitment", "came",
    "unit",
)  # fmt: skip


def chart(days: int, hand: float = 900.0, period: Period = MARCH, low: float | None = 500.0) -> Chart:
    """Make a chart of so many days with a forecast of 600 and more paid each day."""
    points = tuple(
        TrendPoint(
            1, "RUB", period.start + timedelta(days=n), Decimal(10 * n), 600.0, low, low and 700.0, hand
        )
        for n in range(days)
    )
    captions = {name: name for name in NAMES} | {"above": "{number} is above"}
    return Chart(period, points, None, None, None, None, "", captions, "ru")


def with_points(shown: Chart, which: range, **fields: object) -> Chart:
    """Give a chart some of whose points are other ones."""
    points = [replace(p, **fields) if n in which else p for n, p in enumerate(shown.points)]  # type: ignore[arg-type]
    return replace(shown, points=tuple(points))


def colours_of(png: bytes) -> set[tuple[int, ...]]:
    """Give the colours of a picture."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    return {colour for _, colour in picture.getcolors(picture.width * picture.height) or []}  # type: ignore[misc]


def size_of(png: bytes) -> tuple[int, int]:
    """Read the size of a PNG picture. Source: the PNG specification, chunk IHDR."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert zlib.crc32(png[12:29]) == struct.unpack(">I", png[29:33])[0]
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(("width", "height", "dpi"), [(980, 140, 96.0), (400, 300, 96.0), (1901, 333, 192.0)])
def test_picture_has_the_size_asked_for(width: int, height: int, dpi: float) -> None:
    """The picture is as large as its place, whatever the screen's scaling."""
    assert size_of(chart(5).draw(width, height, dpi, 9)) == (width, height)


@pytest.mark.parametrize(
    "shown",
    [
        chart(2),
        chart(31),
        chart(3, low=None),
        chart(3, hand=1e9),
        replace(chart(3), target=1e10, commitment=0.0),
        replace(chart(3), came=650.0, changed_on=date(2026, 3, 2)),
        with_points(chart(6), range(3), method=1),
        with_points(chart(6), range(6), is_recalculated=True),
        chart(300, period=year_of(date(2026, 1, 1))),
        chart(2, period=Period(PeriodKind.CUSTOM, date(2026, 3, 10), date(2026, 3, 11))),
        chart(40, period=Period(PeriodKind.CUSTOM, date(2026, 1, 15), date(2026, 12, 14))),
    ],
)
def test_every_kind_of_chart_can_be_drawn(shown: Chart) -> None:
    """Few and many days, no range, huge numbers, short and long periods: each gives a picture."""
    assert size_of(shown.draw(700, 200, 96.0, 9)) == (700, 200)


def test_hand_formula_far_above_is_named_and_not_drawn() -> None:
    """A hand formula many times the forecast changes the caption and leaves the lines where they are."""

    def below_the_captions(hand: float) -> bytes:
        picture = Image.open(BytesIO(chart(9, hand=hand).draw(900, 300, 96.0, 9)))
        return picture.crop((0, 60, 900, 300)).tobytes()

    assert below_the_captions(1e7) == below_the_captions(1e9)
    assert below_the_captions(650.0) != below_the_captions(1e9)
    assert chart(9, hand=1e7).draw(900, 300, 96.0, 9) != chart(9, hand=1e9).draw(900, 300, 96.0, 9)


def test_each_kind_of_day_looks_its_own_way() -> None:
    """Days that were recalculated, and those of an earlier method, are not drawn as those that were said."""
    said = chart(6)
    pictures = {
        shown.draw(700, 300, 96.0, 9)
        for shown in (
            said,
            with_points(said, range(3), is_recalculated=True),
            with_points(said, range(3), method=1),
            replace(said, changed_on=date(2026, 3, 4)),
            replace(said, came=640.0),
        )
    }
    assert len(pictures) == 5
    earlier = ImageColor.getrgb(EARLIER)
    assert earlier in colours_of(with_points(said, range(3), method=1).draw(700, 300, 96.0, 9))
    assert earlier not in colours_of(said.draw(700, 300, 96.0, 9))


@pytest.mark.parametrize("width", [420, 600, 900])
def test_names_above_the_chart_are_whole(width: int) -> None:
    """With all its names, long ones too, nothing of the legend is cut off on either side."""
    shown = with_points(with_points(chart(9), range(3), method=1), range(5, 9), is_recalculated=True)
    long = {name: f"{name} with a long name" for name in NAMES} | {"above": "{number} is above the scale"}
    shown = replace(shown, captions=long, changed_on=date(2026, 3, 4), target=650.0, commitment=640.0)
    picture = Image.open(BytesIO(shown.draw(width, 400, 96.0, 9))).convert("L")
    for left in (0, width - 2):
        assert picture.crop((left, 0, left + 2, 70)).getextrema() == (255, 255)


@pytest.mark.parametrize(("width", "height", "dpi"), [(700, 150, 96.0), (1400, 300, 192.0)])
def test_bars_have_the_size_asked_for(width: int, height: int, dpi: float) -> None:
    """A picture of bars is as large as its place, one bar or eleven, all of them zero or not."""
    for values in ((0.5,), (0.0, 0.0), tuple(0.1 * n for n in range(11))):
        names = tuple(map(str, range(len(values))))
        for level in (None, 1.0):
            bars = Bars(names, values, names, level, "")
            assert bars.can_be_drawn
            assert size_of(bars.draw(width, height, dpi, 9)) == (width, height)


def test_library_is_loaded_only_for_drawing() -> None:
    """Importing the module loads no plotting library."""
    code = (
        "import sys, mini_crm.ui.forecast.chart, mini_crm.ui.forecast.bars; "
        "print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_last_day_is_not_cut_off() -> None:
    """On the first and the last day of the period the dot of the forecast is as wide as on the others."""
    shown = chart(31)
    picture = Image.open(BytesIO(shown.draw(1400, 600, 192.0, 9))).convert("RGB")
    blue = ImageColor.getrgb("#0a58ca")
    # The line itself is a few pixels high, a dot higher; the legend above is left out.
    heights = [
        sum(picture.getpixel((x, y)) == blue for y in range(120, picture.height))
        for x in range(picture.width)
    ]
    line = min(height for height in heights if height)
    dots, width = [], 0
    for height in [*heights, 0]:
        if height > line + 1:
            width += 1
        elif width:
            dots.append(width)
            width = 0
    assert len(dots) == 31
    assert max(dots) - min(dots) <= 1
