"""Work off the window's thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.errors import RuleBroken
from mini_crm.ui.tasks import Tasks
from ui.conftest import WaitUntil


def test_work_is_elsewhere_and_answers_here(root: ttk.App, wait_until: WaitUntil) -> None:
    """Work runs on another thread, in order; its results arrive on the window's thread."""
    tasks = Tasks(root)
    places: list[tuple[int, int, int]] = []

    def work(number: int) -> tuple[int, int]:
        time.sleep(0.01 if number == 0 else 0)
        return number, threading.get_ident()

    for number in range(3):
        tasks.run(
            lambda number=number: work(number),
            lambda result: places.append((*result, threading.get_ident())),
            lambda error: None,
        )
    wait_until(lambda: len(places) == 3)
    tasks.close()
    here = threading.get_ident()
    assert [number for number, _, _ in places] == [0, 1, 2]
    assert all(there != here and back == here for _, there, back in places)


def test_expected_errors_are_not_logged(root: ttk.App, wait_until: WaitUntil) -> None:
    """An error of ours goes to the caller and is no line in the log."""
    tasks = Tasks(root)
    errors: list[BaseException] = []

    def work() -> None:
        raise RuleBroken("delete_only_on_entry_day")

    tasks.run(work, lambda result: None, errors.append)
    wait_until(lambda: errors)
    tasks.close()
    assert str(errors[0]) == "delete_only_on_entry_day"


def test_unexpected_errors_are_logged(
    root: ttk.App, wait_until: WaitUntil, no_hidden_errors: list[str]
) -> None:
    """An error that nobody foresaw goes to the caller and, with its trace, into the log."""
    tasks = Tasks(root)
    errors: list[BaseException] = []
    tasks.run(lambda: 1 // 0, lambda result: None, errors.append)
    end = time.monotonic() + 5
    while not errors and time.monotonic() < end:
        root.update()
    tasks.close()
    assert isinstance(errors[0], ZeroDivisionError)
    assert "1 // 0" in no_hidden_errors[0]
    no_hidden_errors.clear()


def test_a_failing_answer_does_not_stop_the_next(
    root: ttk.App, no_hidden_errors: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """If what is done with one result fails, the next results still arrive."""
    tasks = Tasks(root)
    arrived: list[int] = []

    def fail(result: int) -> None:
        raise ValueError(result)

    tasks.run(lambda: 1, fail, lambda error: None)
    tasks.run(lambda: 2, arrived.append, lambda error: None)
    end = time.monotonic() + 5
    while not arrived and time.monotonic() < end:
        root.update()
    tasks.close()
    assert arrived == [2]
    assert len(no_hidden_errors) == 1
    no_hidden_errors.clear()
    assert caplog.get_records("call") == [] or caplog.records[0].levelno < logging.ERROR


def test_after_closing_nothing_is_called_back(root: ttk.App, wait_until: WaitUntil) -> None:
    """Closing calls off what was planned; work that was given is still done, and the end is told there."""
    ended: list[int] = []
    tasks = Tasks(root, lambda: ended.append(threading.get_ident()))
    done: list[str] = []
    called: list[str] = []
    tasks.run(lambda: done.append("work"), lambda result: called.append("done"), lambda error: None)
    tasks.after(1, lambda: called.append("after"))
    tasks.every(0.001, lambda: called.append("every"))
    tasks.close()
    tasks.join()
    time.sleep(0.02)
    root.update()
    assert (done, called, len(ended)) == (["work"], [], 1)
    assert ended[0] != threading.get_ident()
    tasks.run(lambda: done.append("too late"), lambda result: None, lambda error: None)
    assert done == ["work"]


def test_every_goes_on_after_a_failure(root: ttk.App, no_hidden_errors: list[str]) -> None:
    """An action that fails is called again at its next time, until it is cancelled."""
    tasks = Tasks(root)
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        if len(calls) == 3:
            cancel()
        raise ValueError("again")

    cancel = tasks.every(0.001, fail)
    end = time.monotonic() + 5
    while len(calls) < 3 and time.monotonic() < end:
        root.update()
    time.sleep(0.02)
    root.update()
    tasks.close()
    assert len(calls) == 3
    no_hidden_errors.clear()


def test_steps_let_the_window_live(root: ttk.App, wait_until: WaitUntil) -> None:
    """Between two steps of long work what else is planned is done too."""
    tasks = Tasks(root)
    done: list[str] = []

    def steps() -> Iterator[None]:
        for number in range(3):
            done.append(str(number))
            tasks.after(0, lambda: done.append("other"))
            yield

    tasks.in_steps(steps())
    assert done == []
    wait_until(lambda: len(done) == 6)
    tasks.close()
    assert done == ["0", "other", "1", "other", "2", "other"]


def test_steps_end_when_closed(root: ttk.App) -> None:
    """After closing no further step is done."""
    tasks = Tasks(root)
    done: list[int] = []

    def steps() -> Iterator[None]:
        done.append(1)
        tasks.close()
        yield
        done.append(2)

    tasks.in_steps(steps())
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        root.update()
    assert done == [1]
