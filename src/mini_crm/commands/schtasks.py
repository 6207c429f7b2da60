"""Registering a task with Windows, by its own ``schtasks``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from mini_crm.commands.task_xml import TASK_NAME, Account
from mini_crm.domain.errors import AlreadyThere, NotAllowed
from mini_crm.external import run_external, system_program

LONGEST_S = 60.0
"""For one question to the Task Scheduler."""

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
            ``task_not_answered``: it says nothing for a long time.
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


def run_schtasks(arguments: Sequence[str], seconds: float = LONGEST_S) -> tuple[int, str]:
    """Run this computer's ``schtasks``.

    Raises:
        NotAllowed: ``task_not_answered``, or ``task_refused`` where there is no such program.
    """
    try:
        return run_external([system_program("schtasks.exe"), *arguments], seconds=seconds)
    except TimeoutError as error:
        raise NotAllowed("task_not_answered", name=TASK_NAME, limit=round(seconds)) from error
    except OSError as error:
        raise NotAllowed("task_refused", name=TASK_NAME, reason=error.strerror or "schtasks") from error
