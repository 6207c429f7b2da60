"""Work off the window's thread: a worker only puts results on a queue, the window fetches them."""

from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from mini_crm.domain.errors import MiniCrmError
from mini_crm.ui.desk import Cancel

T = TypeVar("T")
Answer = Callable[[], None]
"""To be called on the window's thread."""
Job = Callable[[], Answer]
"""Does the work, and raises nothing."""
POLL_MS = 5
"""While work is under way; an idle window polls nothing."""
STEP_MS = 1
"""Between two steps of long work on the window's thread."""
JOIN_S = 2.0

log = logging.getLogger("mini_crm.ui")


class Worker:
    """A thread that does one job after the other; its connection to the database lives as long as it does.

    Args:
        at_end: Called on the thread when it ends, such as closing its connection.
    """

    def __init__(self, at_end: Callable[[], None] | None = None) -> None:
        self._at_end = at_end
        self._jobs: SimpleQueue[tuple[Job, Callable[[Answer], None]] | None] = SimpleQueue()
        self._given = self._done = 0
        self._thread = Thread(target=self._work, name="mini-crm-worker", daemon=True)
        self._thread.start()

    @property
    def is_free(self) -> bool:
        """Whether all that it was given is done."""
        return self._given == self._done

    def do(self, job: Job, deliver: Callable[[Answer], None]) -> None:
        """Do a job after those that were given before, and hand its answer over, on the thread."""
        self._given += 1
        self._jobs.put((job, deliver))

    def end(self) -> None:
        """End the thread when all jobs are done."""
        self._jobs.put(None)

    def join(self, seconds: float = JOIN_S) -> None:
        """Wait until it has ended; a database that never answers must not hold the program."""
        self._thread.join(seconds)

    def _work(self) -> None:
        while (given := self._jobs.get()) is not None:
            job, deliver = given
            answer = job()
            self._done += 1  # before anybody hears of the answer
            deliver(answer)
        if self._at_end is not None:
            self._at_end()


class Tasks:
    """A ``TaskRunner`` over one thread.

    Args:
        widget: Any living widget; its event loop calls back.
        at_end: Called on the thread when it ends, such as closing its connection.
        worker: Does the work, and goes on when this is closed; without it there is one of its own.
    """

    def __init__(
        self, widget: tk.Misc, at_end: Callable[[], None] | None = None, *, worker: Worker | None = None
    ) -> None:
        self._widget = widget
        self._worker = worker or Worker(at_end)
        self._is_own = worker is None
        self._results: SimpleQueue[Answer] = SimpleQueue()
        self._outstanding = 0
        self._planned: set[str] = set()
        self._polling = False
        self._closed = False

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        """See ``TaskRunner``; after ``close`` nothing is done."""
        if self._closed:
            return

        def job() -> Answer:
            try:
                result = work()
            except BaseException as error:
                caught = error
                if not isinstance(error, MiniCrmError):
                    log.error("unexpected", exc_info=error)
                return lambda: failed(caught)
            return lambda: done(result)

        self._outstanding += 1
        self._worker.do(job, self._results.put)
        if not self._polling:
            self._polling = True
            self.after(POLL_MS, self._poll)

    def after(self, ms: int, action: Callable[[], None]) -> Cancel:
        """See ``TaskRunner``."""
        if self._closed:
            return lambda: None

        def fire() -> None:
            self._planned.discard(name)
            action()

        name = self._widget.after(ms, fire)
        self._planned.add(name)

        def cancel() -> None:
            if name in self._planned:
                self._planned.discard(name)
                self._widget.after_cancel(name)

        return cancel

    def every(self, seconds: float, action: Callable[[], None]) -> Cancel:
        """See ``TaskRunner``; an action that fails is called again all the same."""
        ms = round(seconds * 1000)
        cancel: Cancel

        def again() -> None:
            nonlocal cancel
            cancel = self.after(ms, again)
            action()

        cancel = self.after(ms, again)
        return lambda: cancel()

    def in_steps(self, steps: Iterator[None]) -> None:
        """Go on from one ``yield`` to the next on the window's thread; it draws and takes keys in between."""

        def go_on() -> None:
            try:
                next(steps)
            except StopIteration:
                return
            self.after(STEP_MS, go_on)

        self.after(STEP_MS, go_on)

    @property
    def is_busy(self) -> bool:
        """Whether some work has not come back yet."""
        return self._outstanding > 0

    def close(self) -> None:
        """Call nothing back any more; work that was given is still done, on the worker thread."""
        if self._closed:
            return
        self._closed = True
        for name in list(self._planned):
            self._widget.after_cancel(name)
        self._planned.clear()
        if self._is_own:
            self._worker.end()

    def join(self, seconds: float = JOIN_S) -> None:
        """Wait until the own thread has ended; see ``Worker``."""
        self._worker.join(seconds)

    def _poll(self) -> None:
        try:
            while not self._closed:
                try:
                    call_back = self._results.get_nowait()
                except Empty:
                    break
                self._outstanding -= 1
                call_back()
        finally:
            self._polling = self._outstanding > 0 and not self._closed
            if self._polling:
                self.after(POLL_MS, self._poll)
