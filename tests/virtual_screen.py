"""A screen for windows that nobody looks at."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TIMEOUT_S = 10.0


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
