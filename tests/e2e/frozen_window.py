"""The frozen window on a virtual screen, used with keyboard and mouse as by a person."""

from __future__ import annotations

import hashlib
import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WIDTH, HEIGHT = 1280, 800
WAIT_S = 20.0


class Screen:
    """A virtual screen whose pixels lie in a file.

    Args:
        folder: For that file.

    Attributes:
        display: Its name, for programs that shall be on it.
    """

    def __init__(self, folder: Path) -> None:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"]
        command += ["-nolisten", "tcp", "-noreset", "-fbdir", str(folder)]
        self._server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        if not select.select([reading], [], [], WAIT_S)[0]:
            raise TimeoutError("Xvfb does not start")
        self.display = ":" + os.read(reading, 16).decode().strip()
        self._open = reading  # the server ends if nobody listens any more
        self._pixels = folder / "Xvfb_screen0"
        self._wait()

    def close(self) -> None:
        """End it."""
        self._server.terminate()
        self._server.wait()
        os.close(self._open)

    def state(self) -> bytes:
        """Give a short sign of what is seen now."""
        return hashlib.blake2b(self._pixels.read_bytes(), digest_size=8).digest()

    def _wait(self) -> None:
        """Wait until the screen is there."""
        until = time.perf_counter() + WAIT_S
        while not self._pixels.exists() and time.perf_counter() < until:
            time.sleep(0.01)

    def title(self, words: str) -> None:
        """Wait for a window with these words in its title."""
        self._do("search", "--sync", "--onlyvisible", "--name", words)

    def type(self, text: str) -> None:
        """Type a text of Latin letters; the keyboard has no others."""
        self._do("type", "--delay", "50", text)

    def key(self, name: str) -> None:
        """Press a key, such as ``Return``."""
        self._do("key", name)

    def click(self, x: int, y: int) -> None:
        """Click at a place, in pixels from the upper left corner."""
        self._do("mousemove", str(x), str(y), "click", "1")

    def picture(self, file: Path) -> None:
        """Write what is seen as a picture, for people."""
        self._run(["import", "-window", "root", str(file)])

    def settled(self, before: bytes = b"", still_s: float = 1.3) -> tuple[float, bytes]:
        """Wait until nothing changes any more but a blinking cursor.

        Args:
            before: The sign of what must be gone.
            still_s: How long nothing changes; a cursor blinks about once in this time.

        Returns:
            When the picture was complete (as ``time.perf_counter``), and its sign.
        """
        seen: list[tuple[float, bytes]] = []
        first: dict[bytes, float] = {}
        until = time.perf_counter() + WAIT_S
        while time.perf_counter() < until:
            now, state = time.perf_counter(), self.state()
            first.setdefault(state, now)
            seen = [(at, old) for at, old in seen if at > now - still_s] + [(now, state)]
            lately = {old for _, old in seen}
            newest = max(first[old] for old in lately)
            # With and without cursor: two pictures, both known for a while.
            if before not in lately and len(lately) <= 2 and now - newest > still_s / 2:
                complete = min(first[old] for old in lately)
                if now - complete > still_s:
                    return complete, state
            time.sleep(0.004)
        raise TimeoutError("the picture does not come to rest")

    def _do(self, *arguments: str) -> None:
        self._run(["xdotool", *arguments])

    def _run(self, command: list[str]) -> None:
        environ = os.environ | {"DISPLAY": self.display}
        subprocess.run(command, check=True, timeout=WAIT_S, env=environ, stdout=subprocess.DEVNULL)


@contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    """Give a virtual screen of its own."""
    made = Screen(folder)
    try:
        yield made
    finally:
        made.close()
