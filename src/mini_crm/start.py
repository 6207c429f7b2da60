"""How each program begins and ends as a process: Ctrl+C gives its code and no traceback, whenever it is."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

READ_WORKBOOK = "read-workbook"
"""First argument of ``mini-crm-admin`` where it is to read a workbook for the one that started it."""

DRAW_PICTURES = "draw-pictures"
"""First argument of ``mini-crm`` where it is to draw pictures for the window that started it."""

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


def window() -> None:
    """Run ``mini-crm`` and end the process; frozen, it is also the child that draws pictures."""

    def load() -> Callable[[], None]:
        if sys.argv[1:2] == [DRAW_PICTURES]:
            from mini_crm.ui.forecast.painting_child import main as draw_pictures

            return draw_pictures
        from mini_crm.__main__ import main

        return main

    _start(load)


def execer() -> None:
    """Run ``execer`` and end the process."""

    def load() -> Callable[[], None]:
        from mini_crm.execer import main

        return main

    _start(load)


def admin() -> None:
    """Run ``mini-crm-admin`` and end the process; frozen, it is also the child that reads workbooks."""

    def load() -> Callable[[], None]:
        if sys.argv[1:2] == [READ_WORKBOOK]:
            from mini_crm.tables.workbook_child import main as read_workbook

            return partial(read_workbook, sys.argv[2:])
        from mini_crm.admin import main

        return main

    _start(load)


@contextmanager
def leaving_on_ctrl_c() -> Iterator[None]:
    """Let Ctrl+C end the process at once: nothing is under way that would have to be undone."""
    before = signal.getsignal(signal.SIGINT)
    _leave_on_ctrl_c()
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave_on_ctrl_c() -> None:
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # who started us may not want it
        signal.signal(signal.SIGINT, _leave)


def _start(load: Callable[[], Callable[[], None]]) -> None:
    """Load a program and run it; while it works, Ctrl+C is an exception that it can clean up after."""
    _leave_on_ctrl_c()
    main = load()
    try:
        if signal.getsignal(signal.SIGINT) is _leave:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        _leave_on_ctrl_c()  # Python's own end would print a traceback


def _leave(number: int, frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
