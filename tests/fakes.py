"""Hand-written stand-ins that several tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class ImmediateTasks:
    """A ``TaskRunner`` without threads: work runs at once, and time passes only by ``advance``.

    Attributes:
        held: While it is a list, work waits in it instead of running; ``release`` runs it.
    """

    def __init__(self) -> None:
        self.now_ms = 0
        self.held: list[Callable[[], None]] | None = None
        self._planned: list[tuple[int, int, Callable[[], None]]] = []
        self._number = 0

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Do the work now and call back, unless work is held."""

        def job() -> None:
            try:
                result = work()
            except BaseException as error:
                failed(error)
            else:
                done(result)

        if self.held is None:
            job()
        else:
            self.held.append(job)

    def hold(self) -> None:
        """Let work wait, as with a slow database."""
        self.held = []

    def release(self) -> None:
        """Run what waited, and hold no more."""
        jobs, self.held = self.held or [], None
        for job in jobs:
            job()

    def after(self, ms: int, action: Callable[[], None]) -> Callable[[], None]:
        """Plan the action."""
        self._number += 1
        plan = (self.now_ms + ms, self._number, action)
        self._planned.append(plan)

        def cancel() -> None:
            if plan in self._planned:
                self._planned.remove(plan)

        return cancel

    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        """Plan the action again and again."""
        cancel: Callable[[], None]

        def again() -> None:
            nonlocal cancel
            cancel = self.after(round(seconds * 1000), again)
            action()

        cancel = self.after(round(seconds * 1000), again)
        return lambda: cancel()

    def advance(self, ms: int) -> None:
        """Let time pass, doing what is due in its order."""
        end = self.now_ms + ms
        while due := sorted(plan for plan in self._planned if plan[0] <= end):
            self._planned.remove(due[0])
            self.now_ms = max(self.now_ms, due[0][0])
            due[0][2]()
        self.now_ms = end
