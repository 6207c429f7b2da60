"""Has pictures drawn by a child process, see ``painting_child``; it ends when none was wanted for a while."""

from __future__ import annotations

import pickle
import subprocess
import tempfile
import tkinter as tk
from collections.abc import Callable
from contextlib import suppress
from typing import IO, cast

from mini_crm.external import start_own
from mini_crm.start import DRAW_PICTURES
from mini_crm.ui.desk import Cancel
from mini_crm.ui.forecast.painting_child import Wanted, read_frame, write_frame
from mini_crm.ui.tasks import Tasks

REST_MS = 15_000
"""So long the child waits for the next picture, which it draws five times as fast as the first."""
_ENDS_WITHIN_S = 5


class Painter(Tasks):
    """One worker and its child, for all pictures of a page.

    Args:
        widget: See ``Tasks``.
    """

    def __init__(self, widget: tk.Misc) -> None:
        self._child: _Child | None = None  # known to the worker only
        self._rest: Cancel | None = None
        super().__init__(widget, self._end)

    def get_ready(self) -> None:
        """Start the child before there is anything to draw: it has to load its library."""
        self.run(self._start, lambda child: self._rest_soon(), lambda error: None)

    def draw(
        self, wanted: Wanted, done: Callable[[bytes], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Draw a picture, after those that were wanted before; then call one of the two with it."""
        if self._rest is not None:
            self._rest()

        def shown(picture: bytes) -> None:
            self._rest_soon()
            done(picture)

        self.run(lambda: self._drawn(wanted), shown, failed)

    def _rest_soon(self) -> None:
        if self._rest is not None:
            self._rest()
        self._rest = self.after(REST_MS, lambda: self.run(self._end, lambda nothing: None, _raise))

    def _drawn(self, wanted: Wanted) -> bytes:
        try:
            return self._start().draw(wanted)
        except BaseException:
            self._end()  # the next picture gets another one
            raise

    def _start(self) -> _Child:
        if self._child is None:
            self._child = _Child()
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


class _Child:
    """The process that draws.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self) -> None:
        self._said = tempfile.TemporaryFile()
        self._process = start_own(
            DRAW_PICTURES,
            "mini_crm.ui.forecast.painting_child",
            stdin=subprocess.PIPE,
            stderr=self._said,
        )
        self._questions = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)

    def draw(self, wanted: Wanted) -> bytes:
        """Give a picture.

        Raises:
            RuntimeError: The process has ended without it.
        """
        with suppress(OSError):  # it is gone: its answer says so
            write_frame(self._questions, pickle.dumps(wanted))
        picture = read_frame(self._answers)
        if picture is None:
            self._said.seek(0)
            raise RuntimeError(f"no picture was drawn:\n{self._said.read().decode('utf-8', 'replace')}")
        return picture

    def end(self) -> None:
        """End it."""
        self._process.kill()
        with suppress(OSError):
            self._questions.close()
        self._answers.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDS_WITHIN_S)
        self._said.close()


def _raise(error: BaseException) -> None:
    raise error
