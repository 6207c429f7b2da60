"""Programs of the system that we start: each gets its time, and none can keep us waiting."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PureWindowsPath

_KILLED_WITHIN_S = 5


def run_external(command: Sequence[str], *, seconds: float) -> tuple[int, str]:
    """Run a program of the system that asks nothing, since nobody answers.

    Args:
        command: Its path, and arguments that are our own.
        seconds: How long it may take; then it is killed.

    Returns:
        Its exit code and what it said.

    Raises:
        TimeoutError: It did not end in time.
        OSError: It cannot be started.
    """
    # Into a file: a pipe stays open, and is waited for, as long as some grandchild has it.
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - no shell, and every argument is our own
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            name = PureWindowsPath(command[0]).name
            raise TimeoutError(errno.ETIMEDOUT, f"{name}: > {seconds:g} s") from None
        finally:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_KILLED_WITHIN_S)
        said.seek(0)
        return code, said.read().decode("oem" if os.name == "nt" else "utf-8", "replace")


def system_program(name: str) -> str:
    """Give the path of a program that comes with Windows, never one of the working folder."""
    return str(Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", name))
