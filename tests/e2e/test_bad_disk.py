"""What the programs write onto a disk that takes no more, or where something else than a file is."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.programs import only_from_sources
from e2e.test_admin import Admin
from e2e.test_bad_input import HEAD
from e2e.test_execer import Execer, make_database
from mini_crm.store.sqlite import SqliteStore

if sys.platform != "win32":
    import resource

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and devices of POSIX")

BAD_ROW = "B1,Nobody,North,Boris,,5,2026-02-02,,,,"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database whose report is larger than what its reading writes; tests work on copies."""
    path = make_database(tmp_path_factory.mktemp("disk") / "disk.sqlite", 3000)
    store = SqliteStore.open(path)
    store.aggregate_forecast(None, "test")
    store.close()
    return path


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    """Give the program, without a database."""
    (tmp_path / "here").mkdir()
    return Admin(tmp_path / "here")


def full_after(size: int) -> None:
    """Let no file of this process grow over a size."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


OUTPUTS = {
    "script": (4096, "deploy", "--script"),
    "task": (1024, "schedule", "--out"),
    "report": (40_000, "report"),
    "macro": (40_000, "report", "--macro"),
    "live": (4096, "report", "--live"),
    "rejects": (40_000, "import-entries", "bad.csv", "--dry-run", "--rejects"),
}
NAMES = {
    "script": "s.sql",
    "task": "t.xml",
    "report": "r.xlsx",
    "macro": "r.xlsm",
    "live": "r.xlsx",
    "rejects": "r.csv",
}


@pytest.mark.parametrize("older", [None, b"older"])
@pytest.mark.parametrize("what", OUTPUTS)
def test_a_full_disk_leaves_the_old_file(what: str, older: bytes | None, admin: Admin, large: Path) -> None:
    """A disk that is full ends in one sentence and 7; the old file stands, and nothing is left beside it."""
    shutil.copy(large, admin.database)
    admin.write("\n".join([HEAD, *[BAD_ROW] * 1000]), "bad.csv")
    if what == "live":
        admin.environ |= {"MINI_CRM_DATABASE": "mssql", "MINI_CRM_SERVER": "db", "MINI_CRM_CATALOG": "sales"}
    limit, *command = OUTPUTS[what]
    out = admin.folder / "out" / NAMES[what]
    out.parent.mkdir()
    if older is not None:
        out.write_bytes(older)
        command = [*command[:1], "--replace", *command[1:]] if what == "task" else command
    said = admin.refused(7, *command, out, as_user=lambda: full_after(limit))
    *told_before, last = said.splitlines()
    assert re.fullmatch(rf"mini-crm-admin: .*{re.escape(str(out))}.*\(File too large\).*", last)
    assert not told_before or (what == "rejects" and told_before[0] == "1000 rows were rejected:")
    assert [path.read_bytes() for path in out.parent.iterdir()] == ([] if older is None else [older])


def test_a_full_disk_under_the_report_of_execer(tmp_path: Path, large: Path) -> None:
    """The run is stored though its report has no room: one sentence and 7, the old report stands."""
    database = Path(shutil.copy(large, tmp_path / "d.sqlite"))
    execer = Execer(tmp_path)
    out = tmp_path / "out" / "r.xlsx"
    out.parent.mkdir()
    out.write_bytes(b"older")
    done = execer.run(
        "--database", f"sqlite:///{database}", "--report", out, as_user=lambda: full_after(40_000)
    )
    assert done.returncode == 7
    assert done.stdout.startswith("Run ")
    assert done.stderr.count("\n") == 1
    assert [path.read_bytes() for path in out.parent.iterdir()] == [b"older"]


@only_from_sources
def test_a_full_disk_under_the_slips(tmp_path: Path) -> None:
    """Slips that have no room are not left half, and there is no second word about it."""
    code = (
        "import resource, sys; from pathlib import Path; from mini_crm.domain.errors import BadFile\n"
        "from mini_crm.i18n import Texts; from mini_crm.report.slips import write_slips\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))\n"
        "try: write_slips(Path(sys.argv[1]), [('Anna', 'x')] * 50, Texts('en'))\n"
        "except BadFile as error: print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "slips.xlsx"], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("file_not_writable\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "socket", "device", "reserved"])
@pytest.mark.parametrize("what", [*OUTPUTS, "slips", "scheduled report"])
def test_what_is_no_file_is_refused_before_any_work(what: str, kind: str, admin: Admin) -> None:
    """What is no file and free name is refused with 2; not even the database, missing here, is looked for."""
    more = {"slips": (0, "passwords", "--all", "--slips"), "scheduled report": (0, "schedule", "--report")}
    _, *command = (OUTPUTS | more)[what]
    out, before = made(admin.folder, kind, NAMES.get(what, "s.xlsx"))
    said = admin.refused(2, *command, out)
    assert str(out) in said
    assert what_is(out) == before


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "socket", "device", "reserved"])
def test_execer_refuses_what_is_no_file(kind: str, tmp_path: Path) -> None:
    """The scheduled program too: neither a device nor a pipe is replaced by a workbook."""
    out, before = made(tmp_path, kind, "r.xlsx")
    done = Execer(tmp_path).run("--database", f"sqlite:///{tmp_path / 'missing.sqlite'}", "--report", out)
    assert done.returncode == 2
    assert str(out) in done.stderr
    assert what_is(out) == before


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "reserved"])
@pytest.mark.parametrize("command", ["import-roster", "import-entries", "import-targets"])
def test_input_that_may_never_end_is_refused(command: str, kind: str, admin: Admin, large: Path) -> None:
    """A pipe that nobody writes into, or a device, is not waited for as an input either."""
    shutil.copy(large, admin.database)
    file, _ = made(admin.folder, kind, "in.csv")
    assert str(file) in admin.refused(7, command, file)


def made(folder: Path, kind: str, name: str) -> tuple[Path, object]:
    """Put something in the place of a file; give its path, and what it is."""
    path = folder / name
    match kind:
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(folder / "victim")
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as channel:
                channel.bind(os.path.relpath(path))
        case "device":
            path = Path("/dev/full")
        case _:
            path = folder / f"nul{path.suffix}"
    return path, what_is(path)


def what_is(path: Path) -> object:
    """Tell apart what is there from whatever may take its place."""
    return (path.lstat().st_ino, path.lstat().st_mode) if os.path.lexists(path) else None
