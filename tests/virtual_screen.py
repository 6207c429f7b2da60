"""A screen for windows that nobody looks at."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from x11 import Screen

TIMEOUT_S = 10.0
PANEL = 40
"""Height of the panel at the lower edge: about that of a task bar."""


@contextmanager
def virtual_screen(size: str = "1280x800", *, always: bool = False) -> Iterator[None]:
    """Run a virtual screen of an X server, if there is none.

    Args:
        size: In pixels, width and height.
        always: Even if there is a screen.
    """
    before = os.environ.get("DISPLAY")
    if sys.platform in ("win32", "darwin") or (before and not always):
        yield
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        if not select.select([reading], [], [], TIMEOUT_S)[0]:
            raise TimeoutError("Xvfb does not start")
        os.environ["DISPLAY"] = ":" + os.read(reading, 16).decode().strip()
        yield
    finally:
        if before is None:
            os.environ.pop("DISPLAY", None)
        else:
            os.environ["DISPLAY"] = before
        os.close(reading)
        server.terminate()
        server.wait()


@contextmanager
def window_manager() -> Iterator[None]:
    """Run a window manager and a panel on the X server, if there is none: focus and stacking differ without.

    Raises:
        FileNotFoundError: It is not installed.
    """
    if sys.platform in ("win32", "darwin"):
        yield
        return
    with Screen() as screen:
        if screen.numbers("_NET_SUPPORTING_WM_CHECK"):
            yield
            return
        if shutil.which("openbox") is None:
            raise FileNotFoundError(
                "The window's tests run under the window manager openbox, which is not installed "
                "(Debian, Fedora: the package openbox)."
            )
        settings = Path(__file__).resolve().parent / "openbox.xml"
        command = ["openbox", "--sm-disable", "--config-file", str(settings)]
        screen.add_panel(PANEL)  # before: a window that comes while it starts can be overlooked
        manager = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(lambda: screen.numbers("_NET_WORKAREA")[3:4] == [screen.height - PANEL])
            yield
        finally:
            manager.terminate()
            manager.wait()


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the window manager does not start")
        time.sleep(0.01)
