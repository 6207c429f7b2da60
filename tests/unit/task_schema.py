"""What a task may look like: the part of the Task Scheduler's schema that ours uses, as tables.

Source: Microsoft, "Task Scheduler Schema", whose page ends with the whole XSD:
https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

# Element -> the elements in it; "!" is one that must be there, and "*" says that their order is free.
ELEMENTS = {
    "Task": "* RegistrationInfo Triggers Settings Data Principals Actions!",
    "RegistrationInfo": "* URI SecurityDescriptor Source Date Author Version Description Documentation",
    "Triggers": "TimeTrigger",
    "TimeTrigger": "Enabled StartBoundary EndBoundary Repetition ExecutionTimeLimit RandomDelay",
    "Repetition": "* Interval! Duration StopAtDurationEnd",
    "Principals": "Principal!",
    "Principal": "* UserId LogonType GroupId DisplayName RunLevel ProcessTokenSidType RequiredPrivileges",
    "Settings": "* AllowStartOnDemand RestartOnFailure MultipleInstancesPolicy DisallowStartIfOnBatteries "
    "StopIfGoingOnBatteries AllowHardTerminate StartWhenAvailable NetworkProfileName "
    "RunOnlyIfNetworkAvailable WakeToRun Enabled Hidden DeleteExpiredTaskAfter IdleSettings NetworkSettings "
    "ExecutionTimeLimit Priority RunOnlyIfIdle UseUnifiedSchedulingEngine DisallowStartOnRemoteAppSession",
    "RestartOnFailure": "* Interval! Count!",
    "Actions": "Exec!",
    "Exec": "* Command! Arguments WorkingDirectory",
}
ATTRIBUTES = {
    "Task": {"version": r"1\.3"},
    "Principal": {"id": r"[A-Za-z_][\w.-]*"},
    "Actions": {"Context": r"[A-Za-z_][\w.-]*"},
}

BOOLEAN = "true|false|1|0"
DURATION = r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?"
PATH = r"(?s:.{1,260})"
TEXT = r"(?s:.*)"
VALUES = {
    "URI": r"\S+( \S+)*", "Description": TEXT, "Enabled": BOOLEAN, "StopAtDurationEnd": BOOLEAN,
    "StartBoundary": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?", "Interval": DURATION,
    "UserId": r"(?s:.+)", "LogonType": "S4U|Password|InteractiveToken|InteractiveTokenOrPassword",
    "RunLevel": "LeastPrivilege|HighestAvailable", "Count": r"[1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]",
    "MultipleInstancesPolicy": "Parallel|Queue|IgnoreNew|StopExisting", "DisallowStartIfOnBatteries": BOOLEAN,
    "StopIfGoingOnBatteries": BOOLEAN, "AllowHardTerminate": BOOLEAN, "StartWhenAvailable": BOOLEAN,
    "RunOnlyIfNetworkAvailable": BOOLEAN, "ExecutionTimeLimit": DURATION,
    "Command": PATH, "Arguments": TEXT, "WorkingDirectory": PATH,
}  # fmt: skip


def faults(document: str) -> list[str]:
    """Say where a task breaks the schema; a value or element that the tables lack is a fault too."""
    root = _root(document)
    found = list(_faults(root, "Task"))
    principals = {node.get("id") for node in root.iter(_tag("Principal"))}
    used = {node.get("Context") for node in root.iter(_tag("Actions"))} - {None}
    return [*found, *(f"no principal {name}" for name in used - principals)]


def value(document: str, path: str) -> str | None:
    """Give the text of an element, such as ``Settings/Enabled``."""
    return _root(document).findtext("/".join(map(_tag, path.split("/"))))


def _root(document: str) -> Element:
    return fromstring(document.partition("?>")[2].lstrip())  # noqa: S314 - our own document


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _faults(node: Element, name: str) -> list[str]:
    if node.tag != _tag(name):
        return [f"{node.tag} is not {name}"]
    found = [
        f"{name}: attribute {key}={text}"
        for key, text in node.attrib.items()
        if not re.fullmatch(ATTRIBUTES.get(name, {}).get(key, "(?!)"), text)
    ]
    if name not in ELEMENTS:
        return (
            found
            if re.fullmatch(VALUES.get(name, "(?!)"), node.text or "")
            else [*found, f"{name}: {node.text}"]
        )
    words = ELEMENTS[name].split()
    allowed = [word.rstrip("!") for word in words if word != "*"]
    children = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in node]
    found += [
        f"{name}: {child} twice or unknown"
        for child in children
        if children.count(child) > 1 or child not in allowed
    ]
    found += [f"{name}: no {word[:-1]}" for word in words if word.endswith("!") and word[:-1] not in children]
    if words[0] != "*" and children != [child for child in allowed if child in children]:
        found.append(f"{name}: order {children}")
    return found + [fault for child, tag in zip(node, children, strict=True) for fault in _faults(child, tag)]
