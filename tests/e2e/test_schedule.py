"""``mini-crm-admin schedule`` as an administrator starts it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from e2e.test_admin import Admin
from unit.task_schema import faults, value


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    """Give the program, without a database."""
    folder = tmp_path / "Отдел продаж"
    folder.mkdir()
    return Admin(folder)


def test_the_task_is_written(admin: Admin) -> None:
    """The file is a task that starts execer with the whole path of the report; how to register it is said."""
    file = admin.folder / "task.xml"
    said = admin.ok("schedule", "--out", file, "--report", "отчёт.xlsx", "--every", 15)
    text = file.read_bytes().decode("utf-16")
    assert faults(text) == []
    assert "schtasks /Create" in said
    assert str(admin.folder) in said
    assert value(text, "Triggers/TimeTrigger/Repetition/Interval") == "PT15M"
    assert str(admin.folder / "отчёт.xlsx") in (value(text, "Actions/Exec/Arguments") or "")
    for path in ("Actions/Exec/Command", "Actions/Exec/WorkingDirectory"):
        assert os.path.isabs(value(text, path) or "")  # noqa: PTH117


def test_settings_that_the_task_will_not_have_are_told(admin: Admin) -> None:
    """A database that only the environment names is warned of; one on the command line is passed on."""
    assert "Warning" in admin.ok("schedule", "--out", admin.folder / "a.xml")
    address = f"sqlite:///{admin.database}"
    said = admin.ok("schedule", "--out", admin.folder / "b.xml", "--database", address)
    assert "Warning" not in said
    text = (admin.folder / "b.xml").read_bytes().decode("utf-16")
    assert "--database" in (value(text, "Actions/Exec/Arguments") or "")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--out", "task.xml"], 7),  # it is there already
        (["--out", "nowhere/task.xml"], 7),
        (["--out", "b.xml", "--user", "COMPANY\\ivanova"], 2),
        (["--out", "b.xml", "--report", "//files/sales/report.xlsx"], 2),
        (["--out", "b.xml", "--mask-pins"], 2),
        (["--out", "b.xml", "--every", "1"], 2),
        *([] if os.name == "nt" else [([], 2)]),
    ],
)
def test_refusals(admin: Admin, arguments: list[str], code: int, language: str) -> None:
    """What cannot work is refused with a sentence, and nothing is written or replaced."""
    (admin.folder / "task.xml").write_text("mine", encoding="utf-8")
    said = admin.refused(code, "schedule", *arguments, "--language", language)
    assert bool(re.search("[а-я]", said)) is (language == "ru")
    assert (admin.folder / "task.xml").read_text(encoding="utf-8") == "mine"
    assert not (admin.folder / "b.xml").exists()
