"""Registering a task with Windows, by its own ``schtasks``."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from mini_crm.commands.task_xml import TASK_NAME, Account
from mini_crm.domain.errors import AlreadyThere, NotAllowed

Run = Callable[[Sequence[str]], tuple[int, str]]
"""Runs ``schtasks`` with arguments; gives its exit code and what it said."""


def create_arguments(file: str, account: Account, *, replace: bool) -> list[str]:
    """Give the arguments that register the task of a file.

    The password of a managed account is Windows' own affair: an empty one keeps it from asking.
    """
    arguments = ["/Create", "/TN", TASK_NAME, "/XML", file]
    if account.managed:
        arguments += ["/RU", account.user, "/RP", ""]
    return [*arguments, "/F"] if replace else arguments


def register(document: bytes, account: Account, *, replace: bool, run: Run | None = None) -> None:
    """Register a task.

    Args:
        document: Its XML.
        account: Who runs it.
        replace: Take the place of a task of this name.
        run: Starts ``schtasks``; by default that of this computer.

    Raises:
        AlreadyThere: ``task_exists``: there is a task of this name, and it is not to be replaced.
        NotAllowed: ``task_refused``: Windows does not take it, mostly for want of an administrator's rights.
    """
    start = run if run is not None else run_schtasks
    if not replace and start(["/Query", "/TN", TASK_NAME])[0] == 0:
        raise AlreadyThere("task_exists", name=TASK_NAME)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "task.xml"
        file.write_bytes(document)
        code, said = start(create_arguments(str(file), account, replace=replace))
    if code != 0:
        raise NotAllowed("task_refused", name=TASK_NAME, reason=" ".join(said.split()) or str(code))


def run_schtasks(arguments: Sequence[str]) -> tuple[int, str]:
    """Run this computer's ``schtasks``; it asks nothing, since nobody answers."""
    program = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "schtasks.exe")
    done = subprocess.run(  # noqa: S603 - no shell, and every argument is our own
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="oem" if os.name == "nt" else "utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout
