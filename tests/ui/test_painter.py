"""Pictures are drawn by a child process: the window has neither its memory nor its work."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO

import pytest
import ttkbootstrap as ttk
from PIL import Image

from mini_crm.external import start_own
from mini_crm.start import DRAW_PICTURES
from mini_crm.ui.forecast import painter as painting
from mini_crm.ui.forecast.bars import Bars
from mini_crm.ui.forecast.painter import Painter
from mini_crm.ui.forecast.painting_child import Wanted
from ui.conftest import WaitUntil

BARS = Bars(("a", "b"), (1.0, 2.0), ("1 of 1", "2 of 2"), 1.0, "")
WANTED = Wanted(BARS, 700, 300, 96.0, 9.0)


class Drawn:
    """What came of the pictures that were wanted."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self.pictures: list[bytes] = []
        self.errors: list[BaseException] = []

    def want(self) -> None:
        """Want one more."""
        self._painter.draw(WANTED, self.pictures.append, self.errors.append)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Give the children that were started."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(start_own(*arguments, **options))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(painting, "start_own", start)
    return started


@pytest.fixture
def painter(root: ttk.App) -> Iterator[Painter]:
    """Give a painter of a window."""
    made = Painter(root)
    yield made
    made.close()
    made.join()


def test_one_child_draws_all_pictures_while_they_come(
    painter: Painter, children: list[subprocess.Popen[bytes]], wait_until: WaitUntil
) -> None:
    """Each has its size; a second one does not wait for the plotting library again."""
    drawn = Drawn(painter)
    painter.get_ready()
    drawn.want()
    drawn.want()
    wait_until(lambda: len(drawn.pictures) == 2)
    assert [Image.open(BytesIO(picture)).size for picture in drawn.pictures] == [(700, 300)] * 2
    assert len(children) == 1


def test_the_child_ends_when_no_picture_is_wanted(
    painter: Painter,
    children: list[subprocess.Popen[bytes]],
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its memory is given back while nobody looks at charts; the next picture gets another child."""
    monkeypatch.setattr(painting, "REST_MS", 50)
    drawn = Drawn(painter)
    drawn.want()
    wait_until(lambda: drawn.pictures and children[0].poll() is not None)
    drawn.want()
    wait_until(lambda: len(drawn.pictures) == 2)
    assert len(children) == 2


def test_a_child_that_died_is_told_once(
    painter: Painter,
    children: list[subprocess.Popen[bytes]],
    wait_until: WaitUntil,
    no_hidden_errors: list[str],
) -> None:
    """The picture that it did not draw failed, which the log has; the next one is there."""
    drawn = Drawn(painter)
    drawn.want()
    wait_until(lambda: drawn.pictures)
    children[0].kill()
    children[0].wait()
    drawn.want()
    wait_until(lambda: drawn.errors or no_hidden_errors.clear())
    no_hidden_errors.clear()
    drawn.want()
    wait_until(lambda: len(drawn.pictures) == 2)
    assert [type(error) for error in drawn.errors] == [RuntimeError]


def test_the_child_goes_with_its_window(
    root: ttk.App, children: list[subprocess.Popen[bytes]], wait_until: WaitUntil
) -> None:
    """A page that is left leaves no process behind."""
    painter = Painter(root)
    painter.get_ready()
    wait_until(lambda: children)
    painter.close()
    painter.join()
    assert children[0].poll() is not None


def test_the_child_ends_with_a_window_that_was_killed() -> None:
    """Nobody tells it then: its questions come to their end."""
    with tempfile.TemporaryFile() as said:
        child = start_own(
            DRAW_PICTURES, "mini_crm.ui.forecast.painting_child", stdin=subprocess.PIPE, stderr=said
        )
        assert child.stdin is not None and child.stdout is not None
        child.stdin.close()
        assert child.wait(60) == 0
        assert child.stdout.read() == b""
        child.stdout.close()


def test_the_window_itself_loads_no_plotting_library() -> None:
    """A window that has drawn a picture has no matplotlib and no numpy, and its child no Tk."""
    code = (
        "import sys, time, tkinter\n"
        "from mini_crm.ui.forecast.bars import Bars\n"
        "from mini_crm.ui.forecast.painter import Painter\n"
        "from mini_crm.ui.forecast.painting_child import Wanted\n"
        "root = tkinter.Tk()\n"
        "pictures = []\n"
        "Painter(root).draw(Wanted(Bars(('a',), (1.0,), ('1',), None, ''), 700, 300, 96.0, 9.0),"
        " pictures.append, pictures.append)\n"
        "end = time.monotonic() + 60\n"
        "while not pictures and time.monotonic() < end:\n"
        "    root.update()\n"
        "    time.sleep(0.01)\n"
        "print(pictures[0][1:4], [name for name in ('matplotlib', 'numpy') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "b'PNG' []\n"
    code = (
        "import sys, mini_crm.ui.forecast.painting_child as child; child.load_library();"
        " print('tkinter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
