"""Whatever a person types on a command line ends in one of the exit codes that are foreseen, never in 1."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mini_crm import admin, execer
from mini_crm.domain.dates import add_months
from mini_crm.logs import close_log
from mini_crm.program import Program, run_program
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.demo import make_demo

BUILDERS = {"mini-crm-admin": admin.build, "execer": execer.build}
FORESEEN = {0, 2, 3, 4, 5, 6, 7}
EXAMPLES = int(os.environ.get("MINI_CRM_TEST_EXAMPLES", "40"))
"""Of each command; a thousand take half an hour."""

NUMBERS = [
    "0", "-1", "1", "2147483647", "2147483648", str(2**63), "-" + str(2**63), "1" + "0" * 400, "9" * 5000,
    "nan", "inf", "1e9", "1.5", "१२", "１２", "0x10", "1_0", "−5", "½",
]  # fmt: skip
DAYS = [
    "0001-01-01", "9999-12-31", "2000-01-01", "2100-12-31", "31.02.2026", "2026-13-01", "1.1.26", "2026-Q1",
    "2026-Q5", "0000", "9999", "2100", "2000-01-01..2100-12-31", "2026-03-05T25:00", str(date.today()),
    str(add_months(date.today(), -3)),
]  # fmt: skip
TEXTS = [
    "", " ", "\t", "\n", "a\nb", "\x00", "a\x00b", "\x7f", "\x1b[31m", "\ud83d", "caf\udce9", "\ufffe",
    "\ufdd0", "\U0010ffff", "\u202e", "\u200b", "\u200d", "\u3164", "\U0001f469\u200d\U0001f4bb", "x" * 300,
    "x" * 70_000, "%s", "{0}", "{path}", "=1+1", "id=amount", "lead=lead", "Europe/Moscow", "Europe", "../..",
    "RUB", "pcs", "rub", "--", "-", "--help", "--version", "ru", "en",
]  # fmt: skip
PLACES = [
    "entries.csv", "roster.csv", "targets.csv", "no.csv", "folder", "folder/x.xlsx", "no/x.xlsx", "zero",
    "empty", "dangling", "loop/x", "random.bin", "new.xlsx", "new.xlsm", "CON", "nul.xlsx", "COM1.txt",
    "a" * 300 + ".xlsx", "company.sqlite", "copy.sqlite", "sqlite:///company.sqlite", "sqlite:///folder",
    "sqlite:///zero", "sqlite:///CON", "sqlite:///pipe", "sqlite:///dangling", "sqlite:///empty",
    "sqlite:///random.bin", "sqlite:///entries.csv", "sqlite:///" + "a" * 300, "sqlite:///no/x",
    "sqlite:///loop/x", "sqlite:///", "sqlite:////", "sqlite:///.", "sqlite:///..", "mssql", "mssql2",
]  # fmt: skip

words = st.sampled_from(NUMBERS + DAYS + TEXTS + PLACES) | st.text(
    alphabet=st.characters(exclude_categories=[]), max_size=8
)


WELL_TYPED: dict[str, list[str]] = {
    "import-entries": ["entries.csv", "--create-roster"],
    "import-roster": ["roster.csv", "--partial"],
    "import-targets": ["targets.csv"],
    "entries reassign": ["1", "--manager", "Boris"],
    "entries void": ["1"],
    "periods add": ["2026-01-01", "2026-02-03"],
    "report": ["new.xlsx"],
    "backup": ["copy.sqlite"],
    "restore": ["copy.sqlite"],
    "schedule": ["--out", "task.xml", "--replace"],
    "deploy": ["--script", "all.sql"],
    "passwords": ["--missing", "--slips", "slips.xlsx"],
    "init": ["--dir", "no"],
}
"""What makes a command do its work, so that what stands behind it comes so far."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a small company, and with all that can stand where a file should be."""
    folder = tmp_path_factory.mktemp("any")
    store = SqliteStore.create(folder / "company.sqlite")
    make_demo(store, today=store.get_today(), entries=60)
    store.close()
    (folder / "entries.csv").write_text("id,lead,manager,amount,entered_on\n1,Anna,Boris,5,2026-02-02\n")
    (folder / "roster.csv").write_text("lead,group,manager\nAnna,North,Boris\n")
    (folder / "targets.csv").write_text("period,amount\n2026-01,5\n")
    (folder / "random.bin").write_bytes(bytes(range(256)) * 20)
    (folder / "empty").touch()
    (folder / "folder").mkdir()
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    return folder


@pytest.fixture
def inside(company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in the company's folder, with a log of its own; put the hooks back."""
    monkeypatch.chdir(company)
    for name in [name for name in os.environ if name.startswith("MINI_CRM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MINI_CRM_LANGUAGE", "en")
    monkeypatch.setenv("MINI_CRM_LOG_DIR", str(tmp_path))
    monkeypatch.setenv("MINI_CRM_DATABASE", f"sqlite:///{company / 'company.sqlite'}")
    hooks = sys.excepthook, threading.excepthook
    yield tmp_path
    close_log(logging.getLogger("mini_crm"))
    sys.excepthook, threading.excepthook = hooks


def paths_of(name: str) -> list[tuple[list[str], click.Command]]:
    """Give every command of a program with the words that name it."""
    root = BUILDERS[name](Program(name))
    found: list[tuple[list[str], click.Command]] = []

    def walk(before: list[str], command: click.Command) -> None:
        found.append((before, command))
        if isinstance(command, click.Group):
            for sub_name, sub in command.commands.items():
                walk([*before, sub_name], sub)

    walk([], root)
    return found


COMMANDS = [
    pytest.param(name, before, command, id=" ".join([name, *before]))
    for name in BUILDERS
    for before, command in paths_of(name)
    if before != ["demo"]
]


@pytest.mark.timeout(120 + EXAMPLES)
@pytest.mark.parametrize(("name", "before", "command"), COMMANDS)
def test_no_command_line_is_unexpected(
    name: str, before: list[str], command: click.Command, inside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any words behind a command, for each of its options and arguments, end with a code that is foreseen."""
    options = [parameter.opts[-1] for parameter in command.params if isinstance(parameter, click.Option)]
    flags = {p.opts[-1] for p in command.params if isinstance(p, click.Option) and p.is_flag}
    one = st.sampled_from([*options, "--database"])
    pairs = one.flatmap(lambda o: st.just([o]) if o in flags else words.map(lambda w: [o, w]))
    start = st.sampled_from([[], WELL_TYPED.get(" ".join(before), [])])
    more = st.lists(pairs | words.map(lambda w: [w]), max_size=3)
    lines = st.builds(lambda first, behind: [first, *behind], start, more)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(lines)
    def try_it(line: list[list[str]]) -> None:
        typed = [*before, *(word for part in line for word in part)]
        code = run_program(name, BUILDERS[name], typed)
        said = capsys.readouterr()
        assert code in FORESEEN, (typed, said)
        assert "Traceback" not in said.err + said.out

    try_it()
    log = inside / f"{name}.log"
    assert not log.exists() or " CRITICAL " not in log.read_text("utf-8")
