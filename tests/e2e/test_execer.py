"""``execer`` as the system's scheduler starts it: a process with exit code, output and log."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from uuid import UUID

import openpyxl
import pytest

from e2e.programs import only_from_sources, start_of
from mini_crm.domain.model import ImportRow, RosterRow, Run, RunStatus, Status
from mini_crm.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
FEW = 300
MANY = 60_000
"""So many that a run takes long enough to be caught in the middle."""

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
"""Source: linux/prctl.h, linux/capability.h."""


def make_database(path: Path, entries: int) -> Path:
    """Make a database with made-up entries of the last year."""
    store = SqliteStore.create(path)
    chance, today = Random(7), store.get_today()
    store.apply_roster([RosterRow("Анна", "Север", f"Оператор {n}", "RUB") for n in range(5)], "test")
    rows = []
    for number in range(entries):
        entered_on = today - timedelta(days=chance.randrange(1, 365))
        status = chance.choice(list(Status))
        until_today = (today - entered_on).days
        rows.append(
            ImportRow(
                line=number + 2,
                client_ref=UUID(int=number + 1),
                lead="Анна",
                group="Север",
                manager=f"Оператор {number % 5}",
                client_pin=f"{number % 900:05}",
                amount=Decimal(chance.randrange(100, 1_000_000)) / 100,
                paid_amount=None,
                entered_on=entered_on,
                pay_by=entered_on + timedelta(days=30),
                status=status,
                status_on=None
                if status is Status.EXPECTED
                else entered_on + timedelta(days=chance.randrange(until_today + 1)),
                comment="",
            )
        )
    store.import_entries("test", rows, "test")
    store.close()
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small database; tests work on copies."""
    return make_database(tmp_path_factory.mktemp("small") / "small.sqlite", FEW)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a large database; tests work on copies."""
    return make_database(tmp_path_factory.mktemp("large") / "large.sqlite", MANY)


@pytest.fixture
def database(small: Path, tmp_path: Path) -> Path:
    """Give a small database that the test may change, in a folder with an awkward name."""
    folder = tmp_path / "Отдел продаж"
    folder.mkdir()
    return Path(shutil.copy(small, folder / "база.sqlite"))


class Execer:
    """Starts ``execer`` with an environment of its own."""

    def __init__(self, tmp_path: Path) -> None:
        self.logs = tmp_path / "logs"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("MINI_CRM_")}
        self.environ |= {
            "MINI_CRM_LOG_DIR": str(self.logs),
            "MINI_CRM_LANGUAGE": "en",
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONUTF8": "1",
        }
        self.folder = tmp_path

    def start(self, *arguments: object, as_user: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """Start it and do not wait."""

        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests may have it ignored
            if as_user is not None:
                as_user()

        return subprocess.Popen(
            [*start_of("execer"), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=self.environ,
            cwd=self.folder,
            preexec_fn=None if sys.platform == "win32" else prepare,
        )

    def run(
        self, *arguments: object, as_user: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Start it and wait for its end."""
        process = self.start(*arguments, as_user=as_user)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def log(self) -> str:
        """Give the text of its log."""
        return (self.logs / "execer.log").read_text("utf-8")


@pytest.fixture
def execer(tmp_path: Path) -> Execer:
    """Give the program."""
    return Execer(tmp_path)


def at(path: Path) -> str:
    """Give the option that names a database."""
    return f"--database=sqlite:///{path}"


def runs(path: Path) -> tuple[Run, ...]:
    """Give the runs that the database has on record, oldest first."""
    store = SqliteStore.open(path)
    found = store.list_runs()
    store.close()
    return found[::-1]


def current_run(path: Path) -> int | None:
    """Give the run whose results readers see."""
    store = SqliteStore.open(path)
    found = store.get_company_forecast()
    store.close()
    assert found.run is None or found.leads
    return found.run.run_id if found.run is not None else None


def change_something(path: Path) -> None:
    """Take one more entry out, so that the next run computes again."""
    store = SqliteStore.open(path)
    (newest,) = store.list_runs(1)
    assert store.void_entries([newest.run_id], "test") == 1
    store.close()


def without_override() -> None:
    """Make file modes count for this process even if it is root's.

    Root may write whatever its mode says, thanks to two capabilities. A process that drops them from
    its bounding set loses them at exec. For anybody but root there is nothing to drop.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@contextmanager
def modes() -> Iterator[Callable[[Path, int], None]]:
    """Change file modes and put them back, so that the temporary folder can be removed."""
    changed: list[tuple[Path, int]] = []

    def change(path: Path, mode: int) -> None:
        changed.append((path, path.stat().st_mode))
        path.chmod(mode)

    try:
        yield change
    finally:
        for path, mode in reversed(changed):
            path.chmod(mode)


needs_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="stops processes and drops rights as on Linux"
)


# ------------------------------------------------------------------------------------------- done


def test_one_run(execer: Execer, database: Path) -> None:
    """A run ends with 0, says in one line what it did, and leaves a line in the log."""
    result = execer.run(at(database))
    assert (result.returncode, result.stderr) == (0, "")
    assert re.fullmatch(
        r"Run 1: forecast computed; 300 entries, as of \d{4}-\d\d-\d\d \d\d:\d\d, \d+\.\d\d s\.\n",
        result.stdout,
    )
    assert " INFO execer[" in execer.log()
    assert "run 1 done, 300 entries" in execer.log()
    assert current_run(database) == 1


def test_who_started_it_is_on_record(execer: Execer, database: Path) -> None:
    """The record of a run names the program, the person and the computer."""
    execer.run(at(database))
    assert re.fullmatch(r"execer \S+@\S+", runs(database)[0].started_by)


def test_nothing_changed(execer: Execer, database: Path) -> None:
    """A second run on the same day with nothing new says so and ends with 0."""
    execer.run(at(database))
    result = execer.run(at(database))
    assert result.returncode == 0
    assert "nothing has changed" in result.stdout
    assert [run.status for run in runs(database)] == [RunStatus.DONE, RunStatus.UNCHANGED]


def test_russian_is_the_default(execer: Execer, database: Path) -> None:
    """Without a word about the language the line is Russian; an option brings the other."""
    execer.environ["MINI_CRM_LANGUAGE"] = ""  # which wins over a .env of this checkout
    assert execer.run(at(database)).stdout.startswith("Пересчёт 1: прогноз рассчитан; 300 наработок")
    assert execer.run(at(database), "--language", "en").stdout.startswith("Run 2")


def test_json(execer: Execer, database: Path) -> None:
    """With --json the output is one object, also where the screen knows no Cyrillic."""
    execer.environ |= {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    result = execer.run(at(database), "--json")
    assert (result.returncode, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert found["run_id"] == 1
    assert (found["kind"], found["status"], found["entries"], found["report"]) == ("live", "done", FEW, None)
    assert datetime.fromisoformat(found["as_of"]).tzinfo is not None
    assert date.fromisoformat(found["count_day"])
    assert found["paid_events"] + found["refused_events"] > 0
    assert 0 <= found["seconds"] < 60


def test_a_screen_without_cyrillic(execer: Execer, database: Path) -> None:
    """Russian on a screen that cannot show it is ugly, but no failure."""
    execer.environ |= {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "MINI_CRM_LANGUAGE": "ru"}
    assert execer.run(at(database)).returncode == 0


@pytest.mark.parametrize("written", ["{:%Y-%m-%d}", "{:%d.%m.%Y}"])
def test_as_of(execer: Execer, database: Path, written: str) -> None:
    """A run as of a past evening is kept, and the current result stays as it was."""
    execer.run(at(database))
    day = date.today() - timedelta(days=40)
    result = execer.run(at(database), "--as-of", written.format(day), "--json")
    assert result.returncode == 0
    found = json.loads(result.stdout)
    assert (found["kind"], found["count_day"]) == ("as_of", day.isoformat())
    assert 0 < found["entries"] < FEW
    assert current_run(database) == 1
    assert f"as of the evening of {day}" in execer.run(at(database), "--as-of", day).stdout


def test_report_as_of(execer: Execer, database: Path, tmp_path: Path) -> None:
    """The report of a past day has the day in its name and says so; the current one stays as it was."""
    path = tmp_path / "report.xlsx"
    execer.run(at(database), "--report", path)
    current = path.read_bytes()
    day = date.today() - timedelta(days=40)
    result = execer.run(at(database), "--as-of", day, "--report", path)
    past = tmp_path / f"report {day}.xlsx"
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith(f"Report: {past}\n")
    assert path.read_bytes() == current
    assert current_run(database) == 1
    summary = openpyxl.load_workbook(past).worksheets[0]
    assert f"{day:%B %Y} · as of the evening of {day} · run 2" == summary["A2"].value
    assert "This is not the current forecast." in str(summary["A3"].value)
    found = json.loads(execer.run(at(database), "--as-of", day, "--report", past, "--json").stdout)
    assert found["report"] == str(past)  # the day is there already


def test_report(execer: Execer, database: Path, tmp_path: Path) -> None:
    """With --report a workbook is written and named."""
    path = tmp_path / "отчёт.xlsx"
    result = execer.run(at(database), "--report", path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith(f"Report: {path}\n")
    assert openpyxl.load_workbook(path).sheetnames


def test_settings_file_is_not_the_working_folders(execer: Execer, tmp_path: Path, database: Path) -> None:
    """A .env that lies in the working folder is not read."""
    (tmp_path / ".env").write_text(f"MINI_CRM_DATABASE=sqlite:///{database}\n", "utf-8")
    if (ROOT / ".env").exists():
        pytest.skip("this checkout has settings of its own")
    assert execer.run().returncode == 3


def test_version_and_help(execer: Execer) -> None:
    """--version and --help need no settings and leave no log."""
    assert re.fullmatch(r"execer \d+\.\d+\.\d+\n", execer.run("--version").stdout)
    result = execer.run("--help", "--language=ru")
    assert result.returncode == 0
    assert "Пересчитать прогноз" in result.stdout
    assert all(option in result.stdout for option in ("--as-of", "--report", "--json", "--database"))
    assert not execer.logs.exists()


@only_from_sources
def test_only_what_is_needed_is_loaded(execer: Execer, database: Path) -> None:
    """A run loads no window, no Excel library, no driver and no passwords' library."""
    execer.environ["PYTHONPROFILEIMPORTTIME"] = "1"
    loaded = execer.run(at(database)).stderr
    assert "mini_crm.store.sqlite" in loaded
    for module in ("tkinter", "xlsxwriter", "python_calamine", "pyodbc", "matplotlib", "argon2", "babel"):
        assert not re.search(rf"\| +{module}\b", loaded), module


# ------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--nonsense"], "--nonsense"),
        (["--as-of", "31.02.2026"], "31.02.2026"),
        (["--as-of"], "--as-of"),
        (["--language", "de"], "ru, en"),
        (["extra"], "extra"),
        (["--report", "."], "folder"),
    ],
)
def test_wrong_command_line(execer: Execer, arguments: list[str], words: str) -> None:
    """What the command line cannot mean ends with 2 and a line that names it; nothing is run."""
    result = execer.run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_wrong_settings(execer: Execer) -> None:
    """Wrong settings end with 3; every bad key is named, and no password."""
    execer.environ |= {
        "MINI_CRM_DATABASE": "mssql",
        "MINI_CRM_LANGUAGE": "xx",
        "MINI_CRM_PASSWORD": "S3cret!",
    }
    result = execer.run("--language=en")
    assert result.returncode == 3
    for key in ("MINI_CRM_SERVER", "MINI_CRM_CATALOG", "MINI_CRM_LOGIN"):
        assert key in result.stderr
    assert "S3cret!" not in result.stderr + result.stdout + execer.log()


@pytest.mark.parametrize(
    "database", ["sqlite://///server/share/a.sqlite", r"sqlite:///\\server\share\a.sqlite"]
)
def test_database_on_another_computer(execer: Execer, database: str) -> None:
    """A path on the network ends with 3 and says what to use instead."""
    result = execer.run("--database", database)
    assert result.returncode == 3
    assert "SQL Server" in result.stderr


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("missing", "There is no database"),
        ("a folder", "is a folder"),
        ("text", "not a database of this program"),
        ("empty", "not a database of this program"),
        ("another program's", "not a database of this program"),
        ("newer", "newer program"),
    ],
)
def test_database_that_cannot_be_used(execer: Execer, database: Path, state: str, words: str) -> None:
    """A database that is missing, not ours or too new ends with 4; it is named and left as it is."""
    path = database.parent / "другая.sqlite"
    if state == "a folder":
        path.mkdir()
    elif state == "text":
        path.write_text("Это не база данных. " * 100, "utf-8")
    elif state == "empty":
        path.touch()
    elif state == "another program's":
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE Theirs (Id INTEGER)")
        connection.close()
    elif state == "newer":
        shutil.copy(database, path)
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 999")
        connection.close()
    before = path.read_bytes() if path.is_file() else None
    result = execer.run(at(path))
    assert (result.returncode, result.stdout) == (4, "")
    assert words in result.stderr
    assert str(path) in result.stderr
    assert result.stderr.count("\n") == 1
    assert (path.read_bytes() if path.is_file() else None) == before
    assert "WARNING" in execer.log()


@needs_linux
@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_database_that_may_not_be_written(execer: Execer, database: Path, what: str) -> None:
    """Without the right to write the file or its folder the run ends with 4 and changes nothing."""
    before = database.read_bytes()
    with modes() as change:
        if what in ("file", "both"):
            change(database, 0o444)
        if what in ("folder", "both"):
            change(database.parent, 0o555)
        result = execer.run(at(database), as_user=without_override)
    assert (result.returncode, result.stdout) == (4, "")
    assert str(database) in result.stderr
    assert "right" in result.stderr
    assert result.stderr.count("\n") == 1
    assert database.read_bytes() == before
    assert runs(database) == ()


def test_day_in_the_future(execer: Execer, database: Path) -> None:
    """A day that has not come ends with 7; nothing is run."""
    day = date.today() + timedelta(days=2)
    result = execer.run(at(database), "--as-of", day)
    assert result.returncode == 7
    assert day.isoformat() in result.stderr
    assert runs(database) == ()


def test_report_that_cannot_be_written(execer: Execer, database: Path, tmp_path: Path) -> None:
    """A report that fails is told; the run before it is done and stays."""
    result = execer.run(at(database), "--report", tmp_path / "no such folder" / "a.xlsx")
    assert result.returncode in (1, 7)
    assert result.stdout.startswith("Run 1: forecast computed")
    assert "no such folder" in result.stderr
    assert "Traceback" not in result.stderr
    assert current_run(database) == 1


# ------------------------------------------------------------------------------------------- the log


@pytest.mark.parametrize("state", ["a file is in the way", "the log is a folder"])
def test_log_that_cannot_be_written(execer: Execer, database: Path, state: str) -> None:
    """Without a log the run is done all the same, and one sentence says that there is none."""
    if state == "a file is in the way":
        execer.logs.write_text("a file")
    else:
        (execer.logs / "execer.log").mkdir(parents=True)
    result = execer.run(at(database))
    assert result.returncode == 0
    assert result.stdout.startswith("Run 1")
    assert result.stderr.count("\n") == 1
    assert str(execer.logs / "execer.log") in result.stderr
    assert current_run(database) == 1


@needs_linux
def test_log_folder_without_rights(execer: Execer, database: Path) -> None:
    """A log folder that this user may not write is the same: told, and the run is done."""
    execer.logs.mkdir()
    with modes() as change:
        change(execer.logs, 0o555)
        result = execer.run(at(database), as_user=without_override)
    assert (result.returncode, result.stderr.count("\n")) == (0, 1)
    assert list(execer.logs.iterdir()) == []


@needs_linux
def test_log_on_a_full_disk(execer: Execer, database: Path) -> None:
    """A log on a full disk is told once, and the run is done."""
    execer.logs.mkdir()
    (execer.logs / "execer.log").symlink_to("/dev/full")
    result = execer.run(at(database))
    assert result.returncode == 0
    assert result.stderr.count("\n") == 1
    assert "No space left on device" in result.stderr


def test_log_is_rotated(execer: Execer, database: Path) -> None:
    """A full log is put aside and a new one begun."""
    execer.logs.mkdir()
    (execer.logs / "execer.log").write_text("x" * 1_000_000, "utf-8")
    execer.run(at(database))
    assert sorted(path.name for path in execer.logs.iterdir()) == ["execer.log", "execer.log.1"]
    assert execer.log().count("\n") == 1


def test_unexpected_error(execer: Execer, database: Path) -> None:
    """A database damaged behind the program's back ends with a clear line; details are in the log only."""
    connection = sqlite3.connect(database)
    connection.execute("DROP TABLE ManagerForecast")
    connection.close()
    result = execer.run(at(database))
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert str(execer.logs / "execer.log") in result.stderr
    assert "Traceback" in execer.log()


# ------------------------------------------------------------------------------------------- in the middle


@contextmanager
def stopped_in_the_middle(execer: Execer, database: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a run and stop it (SIGSTOP) after it is on record and before its results are.

    Such a process is alive and holds its lock. One that was too fast to be caught is let to its end,
    and another one is tried.
    """
    for _attempt in range(20):
        change_something(database)
        before = {run.run_id for run in runs(database)}
        process = execer.start(at(database))
        connection = sqlite3.connect(database)
        try:
            while process.poll() is None:
                rows = connection.execute("SELECT RunId FROM Run WHERE Status = 'running'").fetchall()
                if {row[0] for row in rows} - before:
                    process.send_signal(signal.SIGSTOP)
                    break
                time.sleep(0.001)
        finally:
            connection.close()
        if process.poll() is None and runs(database)[-1].status is RunStatus.RUNNING:
            break
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=60)
    else:
        pytest.fail("no run could be caught in the middle")
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.communicate(timeout=60)


@pytest.fixture
def busy(large: Path, tmp_path: Path, execer: Execer) -> Path:
    """Give a large database with a complete result."""
    path = Path(shutil.copy(large, tmp_path / "large.sqlite"))
    assert execer.run(at(path)).returncode == 0
    return path


@needs_linux
def test_second_run_at_once(execer: Execer, busy: Path) -> None:
    """While one run is under way a second one ends with 5 at once and changes nothing."""
    with stopped_in_the_middle(execer, busy) as first:
        known = runs(busy)
        started = time.monotonic()
        result = execer.run(at(busy))
        took = time.monotonic() - started
        assert (result.returncode, result.stdout) == (5, "")
        assert "under way" in result.stderr
        assert took < 4  # the time that a write waits for another is 5 s: this one did not wait
        assert runs(busy) == known
        first.send_signal(signal.SIGCONT)
        out, err = first.communicate(timeout=60)
        assert (first.returncode, err) == (0, "")
        assert out.startswith(f"Run {known[-1].run_id}: forecast computed")
    assert current_run(busy) == known[-1].run_id


@needs_linux
def test_killed_in_the_middle(execer: Execer, busy: Path) -> None:
    """A killed run leaves the last complete result; the next one marks it as failed and does its work."""
    with stopped_in_the_middle(execer, busy) as process:
        dead = runs(busy)[-1].run_id
        complete = current_run(busy)
        assert complete != dead
        process.kill()
        process.wait(timeout=60)
        assert process.returncode == -signal.SIGKILL
    assert current_run(busy) == complete
    result = execer.run(at(busy))
    assert result.returncode == 0
    status = {run.run_id: run.status for run in runs(busy)}
    assert status[dead] is RunStatus.FAILED
    assert status[max(status)] is RunStatus.DONE
    assert current_run(busy) == max(status)


@needs_linux
def test_ctrl_c(execer: Execer, busy: Path) -> None:
    """Ctrl+C ends with 130 and no traceback; the run is marked as failed and the last result stays."""
    with stopped_in_the_middle(execer, busy) as process:
        broken = runs(busy)[-1].run_id
        complete = current_run(busy)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert {run.run_id: run.status for run in runs(busy)}[broken] is RunStatus.FAILED
    assert current_run(busy) == complete


@needs_linux
def test_readers_are_not_held_up(execer: Execer, busy: Path) -> None:
    """While a run is under way people read the last result and store entries."""
    with stopped_in_the_middle(execer, busy):
        complete = [run.run_id for run in runs(busy) if run.status is RunStatus.DONE]
        started = time.monotonic()
        assert current_run(busy) == complete[-1]
        change_something(busy)
        assert time.monotonic() - started < 1
