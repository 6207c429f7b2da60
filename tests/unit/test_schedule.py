"""The task for Windows: its XML against Microsoft's schema, and what is asked of ``schtasks``."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from mini_crm.commands.schtasks import register
from mini_crm.commands.task_xml import Task, account_of, task_document
from mini_crm.domain.errors import AlreadyThere, NotAllowed, UsageError
from unit.task_schema import faults, value

TASK = Task(
    command=r"C:\Program Files\Mini CRM\execer.exe",
    arguments=["--report", r"\\files\sales & more\Отчёт.xlsx"],
    folder=r"C:\Program Files\Mini CRM",
    account=account_of("LocalService"),
    every=30,
    first_day=date(2026, 3, 5),
    description="Прогноз <продаж>",
)


def read(task: Task) -> str:
    """Give the text of a task's document."""
    document = task_document(task)
    assert document.startswith(codecs.BOM_UTF16_LE)
    return document.decode("utf-16")


@pytest.mark.parametrize("user", ["LocalService", "NT AUTHORITY\\Network Service", "COMPANY\\mini-crm$"])
def test_the_document_keeps_the_schema(user: str) -> None:
    """Whoever runs it, the task is one that the Task Scheduler's schema allows."""
    text = read(replace(TASK, account=account_of(user)))
    assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>\r\n')
    assert faults(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("IgnoreNew", "Ignore"),
        ("PT30M", "30"),
        ("<Count>3</Count>", ""),
        ("<Command>", "<Program>"),
        ('Context="Runner"', 'Context="Walker"'),
        ("LeastPrivilege", "Least"),
        ("<Enabled>true</Enabled>", "<Enabled>yes</Enabled>"),
    ],
)
def test_the_check_sees_faults(old: str, new: str) -> None:
    """The check of the schema can fail: each of these documents is told from a good one."""
    text = read(TASK)
    assert old in text
    assert faults(
        text.replace(old, new).replace("</Command>", "</Program>" if "Program" in new else "</Command>")
    )


def test_values_are_those_asked_for() -> None:
    """Read back, the task starts this program every 30 minutes, once at a time, for 20 minutes at most."""
    text = read(TASK)
    wanted = {
        "Triggers/TimeTrigger/Repetition/Interval": "PT30M",
        "Triggers/TimeTrigger/Repetition/Duration": None,  # for ever
        "Triggers/TimeTrigger/StartBoundary": "2026-03-05T00:00:00",
        "Settings/MultipleInstancesPolicy": "IgnoreNew",
        "Settings/ExecutionTimeLimit": "PT20M",
        "Settings/StartWhenAvailable": "true",
        "Settings/DisallowStartIfOnBatteries": "false",
        "Settings/StopIfGoingOnBatteries": "false",
        "Settings/RestartOnFailure/Interval": "PT5M",
        "Settings/RestartOnFailure/Count": "3",
        "Actions/Exec/Command": r"C:\Program Files\Mini CRM\execer.exe",
        "Actions/Exec/Arguments": r'--report "\\files\sales & more\Отчёт.xlsx"',
        "Actions/Exec/WorkingDirectory": r"C:\Program Files\Mini CRM",
        "Principals/Principal/UserId": "S-1-5-19",
        "Principals/Principal/LogonType": None,
        "Principals/Principal/RunLevel": "LeastPrivilege",
        "RegistrationInfo/Description": "Прогноз <продаж>",
    }
    assert {path: value(text, path) for path in wanted} == wanted


def test_a_managed_account_signs_in_by_the_domain() -> None:
    """A group managed service account is named with its domain; Windows fetches the password itself."""
    text = read(replace(TASK, account=account_of("COMPANY\\mini-crm$")))
    assert value(text, "Principals/Principal/UserId") == "COMPANY\\mini-crm$"
    assert value(text, "Principals/Principal/LogonType") == "Password"


@pytest.mark.parametrize("user", ["SYSTEM", "COMPANY\\ivanova", "Administrator", "mini-crm$", "\\$", ""])
def test_accounts_with_a_stored_password_are_refused(user: str) -> None:
    """No account whose password would have to be stored, and none that may do everything."""
    with pytest.raises(UsageError, match="schedule_account"):
        account_of(user)


class Schtasks:
    """Stands in for Windows' schtasks: keeps what it is asked, and the file while it is there."""

    def __init__(self, *, exists: bool, code: int = 0) -> None:
        self.exists = exists
        self.code = code
        self.asked: list[list[str]] = []
        self.document = b""

    def __call__(self, arguments: Sequence[str]) -> tuple[int, str]:
        """Answer."""
        self.asked.append(list(arguments))
        if arguments[0] == "/Query":
            return (0 if self.exists else 1), ""
        with open(arguments[arguments.index("/XML") + 1], "rb") as stream:  # noqa: PTH123
            self.document = stream.read()
        return self.code, "ERROR: Access is denied.\r\n" if self.code else "SUCCESS\r\n"


def test_registering_asks_nothing_back() -> None:
    """A new task is registered from its file, without /F, which would replace one without a question."""
    windows = Schtasks(exists=False)
    register(task_document(TASK), TASK.account, replace=False, run=windows)
    (_, create) = windows.asked
    assert create[:4] == ["/Create", "/TN", r"\Mini CRM\execer", "/XML"]
    assert len(create) == 5
    assert windows.document == task_document(TASK)


def test_a_task_is_replaced_only_if_that_is_wanted() -> None:
    """A task of this name stays as it is, unless --replace was given."""
    windows = Schtasks(exists=True)
    with pytest.raises(AlreadyThere, match="task_exists"):
        register(task_document(TASK), TASK.account, replace=False, run=windows)
    assert [arguments[0] for arguments in windows.asked] == ["/Query"]
    register(task_document(TASK), TASK.account, replace=True, run=windows)
    assert windows.asked[-1][-1] == "/F"


def test_what_windows_refuses_is_told() -> None:
    """Without an administrator's rights the reason that Windows gives is passed on."""
    with pytest.raises(NotAllowed) as refused:
        register(task_document(TASK), TASK.account, replace=False, run=Schtasks(exists=False, code=1))
    assert refused.value.data["reason"] == "ERROR: Access is denied."
