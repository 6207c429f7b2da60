"""Programs of the system that we start: none keeps us waiting, whatever it does."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mini_crm.commands.schtasks import register, run_schtasks
from mini_crm.commands.task_xml import account_of
from mini_crm.domain.errors import NotAllowed
from mini_crm.external import run_external

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs are scripts of a shell")


class Windows:
    """Stands for the system folder of Windows, with a ``schtasks`` that does what a test says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "System32"
        self._folder.mkdir(parents=True)
        self._left = folder / "left"
        self.program = self._folder / "schtasks.exe"

    def does(self, script: str) -> None:
        """Let the program do something."""
        self.program.write_text(f"#!/bin/sh\n{script.format(left=self._left)}\n")
        self.program.chmod(0o755)

    def end_what_is_left(self) -> None:
        """End the grandchild that the program left behind."""
        if self._left.exists():
            subprocess.run(["kill", self._left.read_text().strip()], check=False, stderr=subprocess.DEVNULL)


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Windows]:
    """Give a system folder."""
    made = Windows(tmp_path / "Windows")
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path / "Windows"))
    yield made
    made.end_what_is_left()


def test_a_grandchild_that_holds_the_output_is_not_waited_for(windows: Windows) -> None:
    """A program that ends, and leaves something behind that has its output, is done when it ends."""
    windows.does("sleep 60 & echo $! > '{left}'\necho done\nexit 3")
    began = time.monotonic()
    assert run_schtasks(["/Query"]) == (3, "done\n")
    assert time.monotonic() - began < 20


def test_a_program_that_hangs_is_ended_with_a_sentence(windows: Windows) -> None:
    """A program that does not end, nor what it has started, costs no more than its time."""
    windows.does("sleep 60 & echo $! > '{left}'\nwait")
    began = time.monotonic()
    with pytest.raises(NotAllowed) as caught:
        run_schtasks(["/Query"], seconds=0.5)
    assert (caught.value.code, caught.value.exit_code) == ("task_not_answered", 6)
    assert time.monotonic() - began < 20


def test_a_program_that_is_not_there(windows: Windows) -> None:
    """A Windows without that program is told of, and is no unexpected error."""
    with pytest.raises(NotAllowed, match="task_refused"):
        register(b"", account_of("LocalService"), replace=True)


def test_a_program_that_asks_gets_no_answer(windows: Windows) -> None:
    """A question is answered by the end of the input, not by waiting."""
    windows.does("read answer || echo nobody answers")
    assert run_external([str(windows.program)], seconds=20) == (0, "nobody answers\n")
