"""Logs: what is written, how much, and that a log that cannot be written stops nothing."""

from __future__ import annotations

import logging
import os
import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mini_crm import logs
from mini_crm.domain.errors import MiniCrmError
from mini_crm.log_file import _turn
from mini_crm.logs import close_log, default_folder, log_uncaught, setup_log


@pytest.fixture(autouse=True)
def closed_afterwards() -> Iterator[None]:
    """Close the log that a test opened, and put the hooks back."""
    hooks = sys.excepthook, threading.excepthook
    yield
    close_log(logging.getLogger("mini_crm"))
    sys.excepthook, threading.excepthook = hooks


def files(folder: Path) -> list[str]:
    """Give the names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_lines_are_utf_8_with_time_and_offset(tmp_path: Path) -> None:
    """A line has the local time with its offset, the level, program and process, and the text in UTF-8."""
    before = datetime.now(UTC) - timedelta(seconds=2)
    setup_log("execer", tmp_path / "новая папка").info("пересчёт %d", 7)
    line = (tmp_path / "новая папка" / "execer.log").read_bytes().decode("utf-8")
    found = re.fullmatch(r"(\S+) INFO execer\[[0-9]+\] пересчёт 7\n", line)
    assert found
    moment = datetime.fromisoformat(found[1])
    assert before <= moment <= datetime.now(UTC)


def test_parts_of_the_package_write_into_it(tmp_path: Path) -> None:
    """What any module of the package logs is in the file; other packages' chatter is not."""
    setup_log("execer", tmp_path)
    logging.getLogger("mini_crm.store.sqlite").warning("ours")
    logging.getLogger("somebody.else").error("theirs")
    assert (tmp_path / "execer.log").read_text("utf-8").count("\n") == 1


def test_size_is_limited(tmp_path: Path) -> None:
    """Five files of at most 1 MB are kept, the newest lines among them."""
    log = setup_log("execer", tmp_path)
    for number in range(7000):
        log.info("%d %s", number, "x" * 1000)
    assert files(tmp_path) == ["execer.log", *(f"execer.log.{n}" for n in range(1, 5))]
    assert all(path.stat().st_size <= 1_000_000 for path in tmp_path.iterdir())
    assert " 6999 " in (tmp_path / "execer.log").read_text("utf-8")


def test_setting_up_twice_writes_once(tmp_path: Path) -> None:
    """A second set-up replaces the first instead of doubling every line."""
    setup_log("execer", tmp_path)
    setup_log("execer", tmp_path).info("once")
    assert (tmp_path / "execer.log").read_text("utf-8").count("once") == 1


@pytest.mark.parametrize("how", ["the folder is a file", "the log is a folder", "a file is on the way"])
def test_log_that_cannot_be_opened(tmp_path: Path, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The person is told once, with the path; logging goes on into nothing, nothing is raised or printed."""
    folder = tmp_path / "logs"
    if how == "the log is a folder":
        (folder / "execer.log").mkdir(parents=True)
    else:
        folder.write_text("a file")
    if how == "a file is on the way":
        folder = folder / "below"
    told: list[MiniCrmError] = []
    log = setup_log("execer", folder, told.append)
    log.info("one")
    log.error("two")
    assert [error.code for error in told] == ["log_not_writable"]
    assert told[0].data["path"] == folder / "execer.log"
    assert told[0].data["reason"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a disk that is always full")
def test_disk_that_becomes_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log that fails while the program runs is told once and stops nothing."""
    (tmp_path / "execer.log").symlink_to("/dev/full")
    told: list[MiniCrmError] = []
    log = setup_log("execer", tmp_path, told.append)
    for _ in range(3):
        log.info("x" * 10_000)
    assert [error.code for error in told] == ["log_not_writable"]
    assert capsys.readouterr() == ("", "")


def refusing(held: set[str]) -> Callable[[Path, Path], Path]:
    """Make a ``Path.replace`` that refuses files which something has open, as Windows does."""
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.name in held:
            raise PermissionError(13, "in use", str(self))
        return replace(self, target)

    return refuse


@pytest.mark.parametrize(
    "held", [["mini-crm.log"], ["mini-crm.log.1"], ["mini-crm.log.0"], ["mini-crm.log.2"]]
)
def test_file_held_by_a_viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: list[str]) -> None:
    """While a viewer holds a file, so that Windows refuses to rename it, and afterwards, no line is lost."""
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    holding = set[str]()
    monkeypatch.setattr(Path, "replace", refusing(holding))
    log = setup_log("mini-crm", tmp_path)
    for number in range(40):
        if number == 15:
            holding.update(held)
        if number == 30:
            holding.clear()
        log.info("line %02d %s", number, "x" * 60)
    assert lines_in(tmp_path) == [f"line {number:02}" for number in range(40)]
    assert (tmp_path / "mini-crm.log").stat().st_size <= 1000


WRITER = """
import sys
from pathlib import Path
from mini_crm import logs
logs.MAX_BYTES, logs.FILES = 20_000, 100
log = logs.setup_log("mini-crm", Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(3000):
    log.info("line %s-%04d %s", sys.argv[2], number, "x" * 100)
"""


def test_three_windows_roll_over_at_once(tmp_path: Path) -> None:
    """Three processes of one program that fill its log together lose and double no line, and keep order."""
    windows = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ABC"
    ]
    for window in windows:
        assert window.stdout is not None and window.stdout.readline() == "ready\n"
    for window in windows:
        assert window.stdin is not None
        window.stdin.write("go\n")
        window.stdin.flush()
    for window in windows:
        window.communicate(timeout=100)
        assert window.returncode == 0
    found = lines_in(tmp_path)
    assert len(list(tmp_path.iterdir())) > 50
    for name in "ABC":
        mine = [line for line in found if line.startswith(f"line {name}")]
        assert mine == [f"line {name}-{number:04}" for number in range(3000)]
    assert len(found) == 9000
    assert all(path.stat().st_size <= 20_000 for path in tmp_path.iterdir())


def lines_in(folder: Path) -> list[str]:
    """Give the beginnings of all lines that were kept, oldest first."""
    paths = sorted(
        folder.glob("mini-crm.log*"), key=lambda path: -int(path.suffix.removeprefix(".log")[1:] or -1)
    )
    text = "".join(path.read_text("utf-8") for path in paths)
    return re.findall(r"line \S+(?= x+\n)", text)


@pytest.mark.skipif(sys.platform == "win32", reason="rights on Windows are the folder's")
def test_log_is_the_owners(tmp_path: Path) -> None:
    """Log, older logs and the folder are their owner's alone, whatever the umask."""
    before = os.umask(0)
    try:
        log = setup_log("execer", tmp_path / "logs")
        for _ in range(1100):
            log.info("x" * 1000)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "logs").iterdir()}
    assert modes == {"execer.log": 0o600, "execer.log.1": 0o600}


def test_a_process_that_stopped_in_its_turn_holds_up_nobody(tmp_path: Path) -> None:
    """While another process hangs in the middle of a line, lines are written all the same, soon."""
    log = setup_log("execer", tmp_path)
    began = time.monotonic()
    with _turn(tmp_path / "execer.log"):
        log.info("meanwhile")
    assert "meanwhile" in (tmp_path / "execer.log").read_text("utf-8")
    assert time.monotonic() - began < 5


def test_half_a_character_is_written_as_its_number(tmp_path: Path) -> None:
    """A text that is no proper text, such as a damaged file name, does not silence the log."""
    setup_log("execer", tmp_path).info("file %s", "\udc80")
    assert "file \\udc80" in (tmp_path / "execer.log").read_text("utf-8")


def fail() -> None:
    """Raise what nobody expects."""
    raise ZeroDivisionError("nobody expects it")


@pytest.mark.parametrize("stream", ["a screen", "no stream"])
def test_uncaught_error_in_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stream: str
) -> None:
    """An error that a thread lets go is in the log with its traceback, and the person is told."""
    if stream == "no stream":  # as in a windowed exe
        monkeypatch.setattr(sys, "stderr", None)
        monkeypatch.setattr(sys, "stdout", None)
    log = setup_log("mini-crm", tmp_path)
    told: list[BaseException] = []
    log_uncaught(lambda: log, told.append)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    text = (tmp_path / "mini-crm.log").read_text("utf-8")
    assert "Traceback" in text
    assert "in fail" in text
    assert [type(error) for error in told] == [ZeroDivisionError]
    assert capsys.readouterr() == ("", "")


def test_uncaught_error_in_the_main_thread(tmp_path: Path) -> None:
    """The interpreter's own hook writes the traceback too; Ctrl+C is no error."""
    log = setup_log("mini-crm", tmp_path)
    told: list[BaseException] = []
    log_uncaught(lambda: log, told.append)
    for error in (ValueError("x"), KeyboardInterrupt()):
        sys.excepthook(type(error), error, None)
    assert [type(error) for error in told] == [ValueError]
    assert (tmp_path / "mini-crm.log").read_text("utf-8").count("CRITICAL") == 1


def test_default_folder_belongs_to_the_person() -> None:
    """Without a setting, logs go where the system keeps this person's, not beside the program."""
    assert default_folder().is_relative_to(Path.home())
