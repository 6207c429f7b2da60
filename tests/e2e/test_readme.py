"""The README's ten commands, tried by the letter: from nothing to the first report."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from e2e.programs import start_of
from e2e.test_admin import Admin
from mini_crm.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
TODAY = date.today()
DEALS = f"""id;lead;group;manager;client_pin;amount;entered_on;pay_by;status;status_on
1;{{lead}};{{group}};{{manager}};0042;150000;{TODAY - timedelta(days=60)};;paid;{TODAY - timedelta(days=40)}
2;{{lead}};{{group}};{{manager}};0043;90000;{TODAY - timedelta(days=9)};{TODAY + timedelta(days=9)};expected;
"""


def part(page: str, number: int) -> str:
    """Give a block of code of the administrator's section, counted from 0."""
    text = (ROOT / page).read_text("utf-8")
    section = re.split(r"^## .*\b(?:first report|первого отчёта)$", text, flags=re.MULTILINE)[1]
    return re.findall(r"^```\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)[number]


def commands(page: str, number: int) -> list[list[str]]:
    """Give the numbered commands of a block, each in words."""
    found = [re.fullmatch(r" ?(\d+)  (\S.*)", line) for line in part(page, number).splitlines()]
    assert [int(match[1]) for match in found if match] == list(range(1, 11))
    return [match[2].split() for match in found if match]


def test_both_languages_give_the_same_commands() -> None:
    """The Russian page has the commands of the English one."""
    for number in (0, 1):
        assert part("README.md", number) == part("README.ru.md", number)


@pytest.mark.parametrize("page", ["README.md", "README.ru.md"])
def test_ten_commands_on_one_computer(tmp_path: Path, page: str) -> None:
    """With the page's example files each command succeeds; at the end there is a report and a copy."""
    admin = Admin(tmp_path)
    examples = [re.split(r"\s{2,}", line) for line in part(page, 2).splitlines()]
    (roster, targets), *rows = examples
    admin.write("\n".join(row[0] for row in rows), roster)
    admin.write("\n".join(row[1] for row in rows).replace("2026-11", f"{TODAY:%Y-%m}"), targets)
    lead, group, manager, _ = rows[1][0].split(";")
    admin.write(DEALS.format(lead=lead, group=group, manager=manager), "deals.csv")
    # The tests' own folder instead of the program's, in which somebody may have settings.
    database = ["--database", f"sqlite:///{admin.database}"]
    for program, *arguments in commands(page, 0):
        if "schedule" in arguments and os.name != "nt":
            arguments += ["--out", "task.xml"]
        done = subprocess.run(
            [*start_of(program), *arguments, *database],
            env=admin.environ,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), [program, *arguments]
        if "doctor" in arguments:
            assert "All is well." in done.stdout
    assert len(load_workbook(tmp_path / "report.xlsx").worksheets) > 1
    copy = SqliteStore.open(tmp_path / "copy.sqlite")
    try:
        assert copy.get_record().entries == 2
        assert len(copy.list_targets()) == 2
    finally:
        copy.close()


@pytest.mark.parametrize("page", ["README.md", "README.ru.md"])
def test_commands_of_the_page_exist(tmp_path: Path, page: str) -> None:
    """Every command and option that stands in the administrator's blocks is one of the program's."""
    admin = Admin(tmp_path)
    for program, command, *rest in commands(page, 0) + commands(page, 1):
        if program == "mini-crm-admin":
            known = admin.ok(command, "--help")
            assert [word for word in rest if word.startswith("--") and word not in known] == []
