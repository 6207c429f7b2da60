"""The scheduled run as Windows' Task Scheduler wants it: one XML document.

Its elements are those of Microsoft's "Task Scheduler Schema",
https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from subprocess import list2cmdline
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mini_crm.domain.errors import UsageError

TASK_NAME = r"\Mini CRM\execer"
NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
VERSION = "1.3"
"""Understood since Windows 7 and Server 2008 R2."""

TIME_LIMIT = "PT20M"
"""After this a run is stopped; without it Windows waits for three days."""
RESTART_INTERVAL, RESTART_COUNT = "PT5M", "3"

LOCAL_SERVICE = "LocalService"
SERVICES = {"localservice": "S-1-5-19", "networkservice": "S-1-5-20"}
"""Accounts that every Windows has; by their number, since their names are translated."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the task: an account whose password Windows keeps, so that nobody has to store one.

    Attributes:
        user: Its number, or its name with the domain.
        managed: Whether it is a group managed service account of the domain.
    """

    user: str
    managed: bool


@dataclass(frozen=True, slots=True)
class Task:
    """What is started, and when.

    Attributes:
        command: The program, with its whole path.
        arguments: Its command line.
        folder: Where it works.
        account: Who runs it.
        every: Minutes from start to start.
        first_day: The day at whose midnight the counting begins.
        description: What the list of tasks shows.
    """

    command: str
    arguments: Sequence[str]
    folder: str
    account: Account
    every: int
    first_day: date
    description: str


def account_of(name: str) -> Account:
    r"""Read an account: ``LocalService``, ``NetworkService``, or ``DOMAIN\name$``.

    Raises:
        UsageError: ``schedule_account``: any other would need a stored password, or may too much.
    """
    short = name.strip().rpartition("\\")[2].replace(" ", "").lower()
    if short in SERVICES:
        return Account(SERVICES[short], managed=False)
    if name.strip().endswith("$") and "\\" in name.strip("\\ "):
        return Account(name.strip(), managed=True)
    raise UsageError("schedule_account", name=name)


def task_document(task: Task) -> bytes:
    """Write the task as UTF-16 with its mark, the one encoding that ``schtasks /XML`` takes everywhere."""
    root = Element("Task", {"version": VERSION, "xmlns": NAMESPACE})
    about = SubElement(root, "RegistrationInfo")
    _add(about, Description=task.description, URI=TASK_NAME)
    trigger = SubElement(SubElement(root, "Triggers"), "TimeTrigger")
    _add(trigger, Enabled="true", StartBoundary=f"{task.first_day.isoformat()}T00:00:00")
    _add(SubElement(trigger, "Repetition"), Interval=f"PT{task.every}M", StopAtDurationEnd="false")
    principal = SubElement(SubElement(root, "Principals"), "Principal", {"id": "Runner"})
    _add(principal, UserId=task.account.user)
    if task.account.managed:
        _add(principal, LogonType="Password")  # Windows fetches it from the domain itself
    _add(principal, RunLevel="LeastPrivilege")
    settings = SubElement(root, "Settings")
    _add(
        settings,
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        AllowHardTerminate="true",
        StartWhenAvailable="true",
        RunOnlyIfNetworkAvailable="false",
        Enabled="true",
        ExecutionTimeLimit=TIME_LIMIT,
    )
    _add(SubElement(settings, "RestartOnFailure"), Interval=RESTART_INTERVAL, Count=RESTART_COUNT)
    action = SubElement(SubElement(root, "Actions", {"Context": "Runner"}), "Exec")
    _add(action, Command=task.command)
    if task.arguments:
        _add(action, Arguments=list2cmdline(task.arguments))
    _add(action, WorkingDirectory=task.folder)
    indent(root)
    text = '<?xml version="1.0" encoding="UTF-16"?>\n' + tostring(root, encoding="unicode") + "\n"
    return codecs.BOM_UTF16_LE + text.replace("\n", "\r\n").encode("utf-16-le")


def _add(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text
