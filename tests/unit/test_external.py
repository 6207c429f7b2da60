"""Programs of the system that we start: none keeps us waiting, whatever it does."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mini_crm.commands import schtasks
from mini_crm.commands.schtasks import register, run_schtasks
from mini_crm.commands.task_xml import account_of
from mini_crm.domain.errors import NotAllowed
from mini_crm.external import run_external

LEAVES_SOMETHING = """
import subprocess, sys
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(left.pid))
"""
"""A program that starts another one, which has its output and goes on."""


@pytest.fixture(autouse=True)
def python_as_schtasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a program of ours stand for that of Windows: it does what its arguments say."""
    monkeypatch.setattr(schtasks, "system_program", lambda name: sys.executable)


@pytest.fixture
def left(tmp_path: Path) -> Iterator[str]:
    """Give where a program writes what it has left behind, which is ended afterwards."""
    path = tmp_path / "left"
    yield str(path)
    with suppress(OSError):  # it has ended
        os.kill(int(path.read_text()), signal.SIGTERM)


def test_a_grandchild_that_holds_the_output_is_not_waited_for(left: str) -> None:
    """A program that ends, and leaves something behind that has its output, is done when it ends."""
    began = time.monotonic()
    code, said = run_schtasks(["-c", f"{LEAVES_SOMETHING}\nprint('done')\nsys.exit(3)", left])
    assert (code, said.split()) == (3, ["done"])
    assert time.monotonic() - began < 40


def test_a_program_that_hangs_is_ended_with_a_sentence(left: str) -> None:
    """A program that does not end, nor what it has started, costs no more than its time."""
    began = time.monotonic()
    with pytest.raises(NotAllowed) as caught:
        run_schtasks(["-c", f"{LEAVES_SOMETHING}\nleft.wait()", left], seconds=5)
    assert (caught.value.code, caught.value.exit_code) == ("task_not_answered", 6)
    assert time.monotonic() - began < 40


def test_a_program_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Windows without that program is told of, and is no unexpected error."""
    monkeypatch.setattr(schtasks, "system_program", lambda name: str(tmp_path / name))
    with pytest.raises(NotAllowed, match="task_refused"):
        register(b"", account_of("LocalService"), replace=True)


def test_a_program_that_asks_gets_no_answer() -> None:
    """A question is answered by the end of the input, not by waiting."""
    asking = "import sys; print(repr(sys.stdin.read()))"
    code, said = run_external([sys.executable, "-c", asking], seconds=30)
    assert (code, said.split()) == (0, ["''"])
