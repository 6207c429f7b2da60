"""The program on screens of several sizes and scalings, with a window manager and a task bar."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mini_crm.ui.app import FULL, PLACE, App
from mini_crm.ui.main_window import Surroundings
from mini_crm.ui.memory import Memory
from mini_crm.ui.widgets.screen import Area, area_at, frame_of, into, work_area
from ui.conftest import WaitUntil

HERE = Path(__file__).parent
TIMEOUT_S = 180
SIZES = [
    ("1024x640", 100, 3, "ru"), ("1366x768", 100, 3, "ru"), ("1366x768", 100, 3, "en"),
    ("1366x768", 125, 3, "ru"), ("1366x768", 150, 3, "en"), ("2560x1440", 200, 3, "ru"),
]  # fmt: skip
LEAST_ROWS = {("1024x640", 100): 6, ("1366x768", 100): 14}

Seen = dict[str, Any]


@functools.cache
def look(size: str, scaling: int, units: int, language: str) -> Seen:
    """Open the program on such a screen, in a process of its own, and give what was seen there."""
    command = [sys.executable, str(HERE / "sized_child.py"), size, str(scaling), str(units), language]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    seen: Seen = json.loads(done.stdout.splitlines()[-1])
    return seen


@pytest.mark.parametrize(("size", "scaling", "units", "language"), SIZES)
def test_the_window_is_inside_the_work_area(size: str, scaling: int, units: int, language: str) -> None:
    """Nothing of the window, its frame included, is behind the task bar or off the screen."""
    seen = look(size, scaling, units, language)
    left, top, right, bottom = seen["frame"]
    width, height = seen["room"]
    assert 0 <= left
    assert 0 <= top
    assert right <= width
    assert bottom <= height


@pytest.mark.parametrize(("size", "scaling", "units", "language"), SIZES)
def test_the_whole_page_is_in_sight_when_it_opens(size: str, scaling: int, units: int, language: str) -> None:
    """The line below the list is on the screen at once, not only after another page was looked at."""
    seen = look(size, scaling, units, language)
    assert seen["foot"] <= seen["frame"][3]


@pytest.mark.parametrize(("size", "scaling", "units", "language"), SIZES)
def test_nothing_is_cut_off(size: str, scaling: int, units: int, language: str) -> None:
    """Every label and button of both pages shows its whole text or ends with an ellipsis."""
    assert look(size, scaling, units, language)["cut"] == {"entries": [], "forecast": []}


@pytest.mark.parametrize(("size", "scaling", "units", "language"), SIZES)
def test_the_list_keeps_its_rows(size: str, scaling: int, units: int, language: str) -> None:
    """With three units the head folds itself before the list is left with too few rows."""
    seen = look(size, scaling, units, language)
    assert seen["rows"] >= LEAST_ROWS.get((size, scaling), 4)
    (folded, rows), (other, _rows), (back, rows_again) = seen["folding"]
    assert back == folded
    assert rows_again == rows
    if not folded:
        assert other


@pytest.mark.parametrize(("size", "scaling", "units", "language"), SIZES)
def test_no_scroll_bar_for_a_pixel(size: str, scaling: int, units: int, language: str) -> None:
    """Where all columns fit there is no scroll bar; where there is one, it leads to something."""
    first, last = look(size, scaling, units, language)["across"]
    assert first == 0
    assert last == 1 or last < 0.99


@pytest.mark.parametrize(("size", "scaling", "units", "language"), SIZES)
def test_tall_dialogs_keep_their_buttons(size: str, scaling: int, units: int, language: str) -> None:
    """The buttons of a dialog are above the task bar; what is above them is scrolled to the cursor."""
    seen = look(size, scaling, units, language)
    for name, dialog in seen["dialogs"].items():
        assert dialog["top"] >= 0, name
        assert dialog["bottom"] <= seen["room"][1], name
        assert dialog["seen"], name


@pytest.fixture
def place(app: App) -> Iterator[None]:
    """Put the window back afterwards."""
    before = app.root.geometry()
    yield
    app.root.geometry(before)
    app.root.update()


def opened(root: object, around: Surroundings, kept: list[int] | None, wait_until: WaitUntil) -> App:
    """Start the program with a place that it remembers."""
    around.memory = Memory()
    if kept is not None:
        around.memory.put(PLACE, kept)  # type: ignore[arg-type]
    program = App(root, around, "ru")  # type: ignore[arg-type]
    program.start()
    wait_until(lambda: True)
    return program


@pytest.mark.usefixtures("place", "store")
def test_the_place_is_remembered(app: App, around: Surroundings, wait_until: WaitUntil) -> None:
    """A window opens where it was closed, with the same size."""
    area = work_area(app.root)
    kept = [area.x + 60, area.y + 40, 1100, 660]
    program = opened(app.root, around, kept, wait_until)
    wait_until(lambda: program.root.geometry() == f"1100x660+{kept[0]}+{kept[1]}")
    program._remember_place()
    assert around.memory.get(PLACE) == kept
    assert around.memory.get(FULL) is False
    program.clear()


@pytest.mark.usefixtures("place", "store")
@pytest.mark.parametrize("kept", [[9000, 50, 1100, 660], [-5000, -5000, 1100, 660], [40, 3000, 1100, 660]])
def test_a_place_on_a_screen_that_is_gone_is_not_used(
    app: App, around: Surroundings, wait_until: WaitUntil, kept: list[int]
) -> None:
    """The window comes where it can be seen, with its size."""
    program = opened(app.root, around, kept, wait_until)
    root, area = program.root, work_area(program.root)
    side, title = frame_of(root)
    assert area.x <= root.winfo_rootx() - side
    assert area.y <= root.winfo_rooty() - title
    assert root.winfo_rootx() + root.winfo_width() <= area.right
    assert root.winfo_rooty() + root.winfo_height() <= area.bottom
    program.clear()


def test_a_rectangle_is_moved_into_an_area() -> None:
    """It is moved as little as needed, and made smaller only where it is larger than the area."""
    area = Area(0, 0, 1000, 700)
    assert into(area, Area(900, 600, 400, 300)) == Area(600, 400, 400, 300)
    assert into(area, Area(-50, -50, 400, 300)) == Area(0, 0, 400, 300)
    assert into(area, Area(10, 10, 2000, 300)) == Area(0, 10, 1000, 300)


def test_a_point_beside_the_screen_has_no_area(app: App) -> None:
    """There nothing can be seen; a point on the task bar counts as off too."""
    area = work_area(app.root)
    assert area_at(app.root, area.x + 5, area.y + 5) == area
    assert area_at(app.root, area.right + 10, 5) is None
    assert area_at(app.root, 5, area.bottom + 5) is None
