"""Programs that we start: the system's, which get their time and cannot keep us waiting, and our own."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from typing import IO

_KILLED_WITHIN_S = 5

if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0


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


def start_own(
    word: str,
    module: str,
    arguments: Sequence[str] = (),
    *,
    stdin: int = subprocess.DEVNULL,
    stderr: IO[bytes],
) -> subprocess.Popen[bytes]:
    """Start a part of this program as a process of its own, whose answer can be read.

    Args:
        word: The first argument by which the frozen program knows that it is to be this part.
        module: The part.
        arguments: For it.
        stdin: Where its questions come from.
        stderr: The file into which goes what it says of failures.

    Raises:
        OSError: It cannot be started.
    """
    command = [sys.executable, word]
    if not getattr(sys, "frozen", False):
        # Alone with what is installed: nothing of the working folder is loaded.
        command = [sys.executable, "-I", "-m", module]
    return subprocess.Popen(  # noqa: S603 - no shell, and our own program
        [*command, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        creationflags=_NO_WINDOW,
    )


def system_program(name: str) -> str:
    """Give the path of a program that comes with Windows, never one of the working folder."""
    return str(Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", name))
