"""Asks for a run of the aggregation, from whatever page; every page shows that it is under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mini_crm.domain.errors import SessionEnded
from mini_crm.domain.model import Run

if TYPE_CHECKING:
    from mini_crm.ui.desk import Desk, TaskRunner


class Computing:
    """Runs one aggregation at a time, beside everything else, so that saving need not wait for it.

    Args:
        desk: Of the person.
        aside: Does the work.
    """

    def __init__(self, desk: Desk, aside: TaskRunner) -> None:
        self._desk = desk
        self._aside = aside
        self._listeners: list[Callable[[bool], None]] = []
        self._running = False

    def listen(self, changed: Callable[[bool], None]) -> None:
        """Tell from now on when a run begins (True) and when there is an answer (False): then read again."""
        self._listeners.append(changed)

    def ask(self, done: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
        """Ask for a run, unless one was asked for and is under way.

        Args:
            done: Called after the run.
            failed: Is given why there was none.
        """
        if self._running:
            return
        self._tell(True)

        def computed(_run: Run) -> None:
            self._tell(False)
            done()

        def not_computed(error: BaseException) -> None:
            self._tell(False)
            if isinstance(error, SessionEnded):
                self._desk.sign_in_again(lambda: self.ask(done, failed))
            else:
                failed(error)

        self._aside.run(lambda: self._desk.store.request_run(self._desk.token), computed, not_computed)

    def _tell(self, running: bool) -> None:
        self._running = running
        for changed in tuple(self._listeners):
            changed(running)
