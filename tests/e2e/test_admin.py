"""``mini-crm-admin`` as a person starts it: a process with exit code, output and files."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pytest import approx

from e2e.programs import only_from_sources, start_of
from mini_crm.domain.credentials import derive_key, new_token
from mini_crm.domain.errors import WrongPassword
from mini_crm.domain.model import RosterRow, Session
from mini_crm.domain.period import year_of
from mini_crm.settings import load_settings
from mini_crm.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
TODAY = date.today()
CODE = r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2}"
DEALS = "deal,boss,seller,sum,made,closed,state"
MAP = "id=deal,lead=boss,manager=seller,amount=sum,entered_on=made,status_on=closed,status=state"


class Admin:
    """Starts ``mini-crm-admin`` in a folder and environment of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "company.sqlite"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("MINI_CRM_")}
        self.environ.pop("DISPLAY", None)
        self.environ |= {
            "MINI_CRM_DATABASE": f"sqlite:///{self.database}",
            "MINI_CRM_LOG_DIR": str(folder / "logs"),
            "MINI_CRM_LANGUAGE": "en",
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONUTF8": "1",
        }

    def start(self, *arguments: object, as_user: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """Start it and do not wait; ``as_user`` is called in the new process before the program starts."""
        return subprocess.Popen(
            [*start_of("mini-crm-admin"), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=self.environ,
            cwd=self.folder,
            preexec_fn=as_user,
        )

    def run(
        self, *arguments: object, as_user: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Start it and wait for its end."""
        process = self.start(*arguments, as_user=as_user)
        out, err = process.communicate(timeout=300)
        assert "Traceback" not in err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ok(self, *arguments: object) -> str:
        """Run what must succeed without a word on standard error; give its output."""
        done = self.run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def refused(self, code: int, *arguments: object, as_user: Callable[[], None] | None = None) -> str:
        """Run what must end with an exit code; give what is said on standard error."""
        done = self.run(*arguments, as_user=as_user)
        assert done.returncode == code, done.stdout + done.stderr
        assert done.stderr
        return done.stderr

    def json(self, *arguments: object) -> Any:
        """Run a command with --json; give what it printed."""
        return json.loads(self.ok(*arguments, "--json"))

    def entries(self) -> int:
        """Count the entries that count."""
        store = SqliteStore.open(self.database)
        try:
            return store.get_record().entries
        finally:
            store.close()

    def sign_in(self, name: str, password: str, database: Path | None = None) -> Session:
        """Sign in as the window does."""
        store = SqliteStore.open(database or self.database)
        try:
            kind, kdf = store.get_salt(name)
            return store.sign_in(name, derive_key(password, kind, kdf), new_token(), "test")
        finally:
            store.close()

    def write(self, text: str, name: str = "file.csv") -> Path:
        """Put a file into the folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    """Give the program, without a database."""
    folder = tmp_path / "Отдел продаж"
    folder.mkdir()
    return Admin(folder)


@pytest.fixture
def company(admin: Admin) -> Admin:
    """Give the program with a roster: Anna / North / Boris, Egor; Zoe / South / Yan (pieces)."""
    store = SqliteStore.create(admin.database)
    rows = [
        ("Anna", "North", "Boris", "RUB"),
        ("Anna", "North", "Egor", "RUB"),
        ("Zoe", "South", "Yan", "pcs"),
    ]
    store.apply_roster([RosterRow(*row) for row in rows], "test")
    store.close()
    return admin


def deals(admin: Admin, count: int = 40, *extra: str, name: str = "deals.csv") -> Path:
    """Write a file of deals of the last months, of which a third is open."""
    lines = [DEALS]
    for number in range(count):
        made = TODAY - timedelta(days=200 - number * 199 // count)
        state = ("paid", "refused", "expected")[number % 3]
        closed = "" if state == "expected" else min(made + timedelta(days=number % 9), TODAY).isoformat()
        lines.append(f"D{number},Anna,Boris,{1000 + number}.0,{made},{closed},{state}")
    return admin.write("\n".join([*lines, *extra]) + "\n", name)


def import_deals(admin: Admin, count: int = 40) -> None:
    """Import deals into a new database."""
    admin.ok("import-entries", deals(admin, count), "--map", MAP, "--create-roster")


# ---- the program


def test_every_listed_command_exists(admin: Admin) -> None:
    """Help in both languages lists commands that have help themselves, and nothing else."""
    listed: dict[str, list[str]] = {}
    for language in ("en", "ru"):
        text = admin.ok("--help", "--language", language)
        listed[language] = re.findall(r"^  ([a-z-]+)  ", text, flags=re.MULTILINE)
        for command in listed[language]:
            assert admin.ok(command, "--help", "--language", language).strip()
    assert listed["en"] == listed["ru"]
    assert {"init", "import-entries", "passwords", "backtest", "demo"} <= set(listed["en"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nonsense"], 2),
        (["import-entries"], 2),
        (["import-entries", "x.csv", "--map", "sum=x"], 2),
        (["backtest", "--step", "0"], 2),
        (["aggregate", "--as-of", "31.02.2026"], 2),
        (["passwords", "--slips", "s.xlsx"], 2),
        (["passwords", "Anna", "--all", "--slips", "s.xlsx"], 2),
        (["import-entries", "none.csv"], 7),
        (["import-roster", "."], 7),
        (["import-undo", "7"], 7),
        (["leads", "unlock", "Nobody"], 7),
        (["leads", "reset", "Nobody"], 7),
        (["passwords", "Nobody", "--slips", "s.xlsx"], 7),
        (["entries", "void", "7"], 7),
        (["entries", "reassign", "7", "--manager", "Nobody"], 7),
        (["periods", "add", "2026-02-02", "2026-02-01"], 7),
        (["periods", "close", "2026-02-01..2026-03-01"], 7),
        (["periods", "close", "soon"], 7),
        (["backtest"], 7),
        (["report", "r.xlsx"], 7),
        (["aggregate", "--as-of", "2099-01-01"], 7),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_refusals(company: Admin, arguments: list[str], code: int, language: str) -> None:
    """Whatever cannot be done ends with its exit code and a sentence in the person's language."""
    said = company.refused(code, *arguments, "--language", language)
    assert said.startswith("mini-crm-admin: ")
    assert bool(re.search("[а-я]", said)) is (language == "ru")
    assert "{" not in said
    assert "?" not in said


def test_no_database_configured(admin: Admin) -> None:
    """Without a configured database nothing is made, and it is said what to run."""
    admin.environ["MINI_CRM_DATABASE"] = ""
    assert "mini-crm-admin init" in admin.refused(3, "leads")


def test_database_missing(admin: Admin) -> None:
    """A database that is not there is not made by accident."""
    admin.refused(4, "leads")
    admin.refused(4, "import-entries", deals(admin), "--map", MAP)
    assert not admin.database.exists()


# ---- init, backup, restore, doctor


@only_from_sources
def test_init_in_a_folder(admin: Admin) -> None:
    """A folder gets a database and a settings file that names it, relative to itself."""
    del admin.environ["MINI_CRM_DATABASE"]
    folder = admin.folder / "new"
    folder.mkdir()
    admin.ok("init", "--dir", folder, "--currency", "kzt", "--time-zone", "Asia/Almaty")
    settings = load_settings(environ={}, folder=folder)
    assert settings.sqlite_path == folder / "mini-crm.sqlite"
    store = SqliteStore.open(folder / "mini-crm.sqlite")
    assert (store.get_setting("Currency"), store.get_setting("TimeZone")) == ("KZT", "Asia/Almaty")
    store.close()


@only_from_sources
def test_init_leaves_settings_alone(admin: Admin) -> None:
    """A settings file that is there stays, and the line to write into it is said."""
    del admin.environ["MINI_CRM_DATABASE"]
    env = admin.write("MINI_CRM_LANGUAGE=en\n", ".env")
    said = admin.ok("init", "--dir", admin.folder)
    assert f"MINI_CRM_DATABASE=sqlite:///{admin.folder / 'mini-crm.sqlite'}" in said
    assert env.read_text() == "MINI_CRM_LANGUAGE=en\n"


def test_init_of_a_named_database(admin: Admin) -> None:
    """A database named on the command line is made, and no settings file, which would last."""
    path = admin.folder / "new" / "named.sqlite"
    admin.ok("init", "--database", f"sqlite:///{path}")
    assert [file.name for file in path.parent.iterdir() if file.suffix == ".sqlite"] == ["named.sqlite"]
    assert not (ROOT / ".env").exists() or "named.sqlite" not in (ROOT / ".env").read_text()


@pytest.mark.parametrize(
    "arguments", [["--time-zone", "Moscow"], ["--currency", "pcs"], ["--currency", "euro"]]
)
def test_init_refuses(admin: Admin, arguments: list[str]) -> None:
    """A wrong time zone or currency leaves no database behind."""
    assert admin.run("init", *arguments).returncode in (2, 7)
    assert not admin.database.exists()


def test_init_twice(company: Admin) -> None:
    """A database that is there is never made anew."""
    before = company.database.read_bytes()
    company.refused(7, "init")
    assert company.database.read_bytes() == before


def test_backup_and_restore(company: Admin) -> None:
    """A copy can be put back where there is no database; over one it is refused."""
    import_deals(company)
    copy = company.folder / "copy.sqlite"
    company.ok("backup", copy)
    assert "already" in company.refused(7, "backup", copy)
    assert "already" in company.refused(7, "restore", copy)
    company.database = company.folder / "other.sqlite"
    company.ok("restore", copy, "--database", f"sqlite:///{company.database}")
    assert company.entries() == 40


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_restore_of_something_else(admin: Admin, content: bytes) -> None:
    """What is no copy of a database is refused and leaves nothing behind."""
    path = admin.folder / "copy.sqlite"
    path.write_bytes(content)
    admin.refused(7, "restore", path)
    admin.refused(7, "restore", admin.folder)
    admin.refused(7, "restore", admin.folder / "none")
    assert sorted(file.name for file in admin.folder.iterdir()) == ["copy.sqlite", "logs"]


def test_doctor(company: Admin) -> None:
    """What is missing is said, and no more once it is there."""
    found = company.json("doctor")
    assert (found["leads"], found["entries"], found["last_run_as_of"]) == (2, 0, None)
    assert [("password" in text, "never" in text) for text in found["warnings"]] == [
        (True, False),
        (False, True),
    ]
    company.ok("passwords", "--all", "--slips", "s.xlsx")
    company.ok("aggregate")
    assert company.json("doctor")["warnings"] == []
    assert "All is well." in company.ok("doctor")


# ---- entries


def test_first_import_makes_the_database(admin: Admin) -> None:
    """The documented first command works without a database, and a second import adds nothing."""
    first = admin.json("import-entries", deals(admin), "--map", MAP, "--create-roster")
    assert (first["added"], first["created_managers"], first["created_database"]) == (40, 1, True)
    second = admin.json("import-entries", deals(admin), "--map", MAP, "--create-roster")
    assert (second["added"], second["unchanged"], second["batch"]) == (0, 40, None)
    assert admin.entries() == 40


def test_wrong_file_makes_no_database(admin: Admin) -> None:
    """A file without the columns leaves no new, empty database behind."""
    said = admin.refused(7, "import-entries", deals(admin), "--create-roster")
    assert "entered_on" in said
    assert "made" in said
    assert not admin.database.exists()


def test_bad_rows(company: Admin) -> None:
    """Good rows are in, bad ones are in a file beside with line and reason; the exit code is 7."""
    bad = [
        "D6,Anna,Boris,-1,2026-01-01,,expected",
        "D7,Anna,Egor,1,2026-01-01,,",
        "D0,Anna,Boris,1,2026-01-01,,",
    ]
    done = company.run("import-entries", deals(company, 6, *bad), "--map", MAP, "--create-roster")
    assert done.returncode == 7
    assert company.entries() == 7
    (kept,) = company.folder.glob("deals.rejected-*.csv")
    with kept.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["Line", "Reason", *DEALS.split(",")]
    assert [row[0] for row in rows[1:]] == ["8", "10"]
    assert rows[1][1].startswith("sum: ")
    assert "line 2" in rows[2][1]
    assert f"Line 8: {rows[1][1]}" in done.stderr
    assert kept.name in done.stderr


def test_names_not_in_the_roster(company: Admin) -> None:
    """Without --create-roster, rows of unknown people are rejected, each time into a new file."""
    file = deals(company, 3)
    for _ in range(2):
        assert "--create-roster" in company.refused(7, "import-entries", file, "--map", MAP)
    assert company.entries() == 0
    assert len(list(company.folder.glob("deals.rejected-*.csv"))) == 2


def test_rejected_rows_mended(company: Admin) -> None:
    """The file of bad rows, once mended, can be imported as it is."""
    file, bad = deals(company, 3, "D3,Anna,Boris,-1,2026-01-01,,expected"), company.folder / "bad.csv"
    company.refused(7, "import-entries", file, "--map", MAP, "--create-roster", "--rejects", bad)
    bad.write_text(bad.read_text("utf-8-sig").replace("'-1", "1"), encoding="utf-8")
    again = company.json("import-entries", bad, "--map", MAP, "--create-roster", "--source", "deals.csv")
    assert (again["added"], company.entries()) == (1, 4)


def test_rejects_never_replace_the_input(company: Admin) -> None:
    """The file that is imported is refused as the rejects file, however its path is written."""
    file = company.write("id;amount\n1;5\n", "deals.csv")
    other_way = file.parent / ".." / file.parent.name / file.name
    assert "--rejects" in company.refused(2, "import-entries", file, "--rejects", other_way)
    assert file.read_text("utf-8") == "id;amount\n1;5\n"


@pytest.mark.parametrize("name", ["con", "nul.csv"])
def test_a_device_is_no_input(company: Admin, name: str) -> None:
    """A name that Windows takes for a device is refused as input, with and without a rejects file."""
    for more in ([], ["--rejects", company.folder / "bad.csv"]):
        assert name in company.refused(7, "import-entries", company.folder / name, *more)


def test_rejects_must_be_writable(company: Admin) -> None:
    """If bad rows cannot be put aside, no row is stored."""
    file = deals(company, 3, "D3,Anna,Boris,-1,2026-01-01,,expected")
    for bad, code in ((company.folder / "none" / "bad.csv", 7), (company.folder, 2), (file, 2)):
        company.refused(code, "import-entries", file, "--map", MAP, "--create-roster", "--rejects", bad)
    assert company.entries() == 0
    assert file.read_text().startswith(DEALS)


def test_dry_run(company: Admin) -> None:
    """A dry run says the same and changes nothing, neither database nor folder."""
    file = deals(company, 6, "D6,Anna,Boris,-1,2026-01-01,,expected")
    before = sorted(company.folder.iterdir())
    done = company.run("import-entries", file, "--map", MAP, "--create-roster", "--dry-run")
    assert done.returncode == 7
    assert "6  entries added" in done.stdout
    assert sorted(company.folder.iterdir()) == before
    assert company.entries() == 0


def test_changed_rows(company: Admin) -> None:
    """A row that changed is reported with its line and taken over only if that is asked for."""
    import_deals(company)
    file = deals(company)
    file.write_text(file.read_text().replace(",1002.0,", ",2002.0,"))
    assert company.json("import-entries", file, "--map", MAP, "--create-roster")["differing"] == [4]
    assert company.json("import-entries", file, "--map", MAP, "--create-roster", "--update")["updated"] == 1
    assert company.json("import-entries", file, "--map", MAP, "--create-roster")["unchanged"] == 40


def test_undo(company: Admin) -> None:
    """An import can be taken back once, and is in the list."""
    import_deals(company)
    (batch,) = company.json("import-undo")
    assert (batch["source"], batch["entries"]) == ("deals.csv", 40)
    assert company.json("import-undo", batch["batch_id"])["removed"] == 40
    assert company.entries() == 0
    company.refused(7, "import-undo", batch["batch_id"])


def test_killed_import_stores_nothing_half(company: Admin) -> None:
    """An import that is killed in the middle has stored all of its rows or none."""
    file = deals(company, 30_000)
    process = company.start("import-entries", file, "--map", MAP, "--create-roster")
    journal = company.database.with_name(company.database.name + "-wal")
    while process.poll() is None and not (journal.exists() and journal.stat().st_size > 100_000):
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert company.entries() in (0, 30_000)
    company.run("import-entries", file, "--map", MAP, "--create-roster")
    assert company.entries() == 30_000


def test_mending_entries(company: Admin) -> None:
    """Entries are taken out, brought back and given to another manager; a wrong number changes nothing."""
    import_deals(company)
    company.ok("entries", "void", 1, 2)
    assert company.entries() == 38
    company.refused(7, "entries", "void", 3, 2)
    assert company.entries() == 38
    company.ok("entries", "restore", 1, 2)
    assert company.entries() == 40
    said = company.refused(2, "entries", "reassign", 1, "--manager", "boris")
    assert "Anna / North / Boris" in said
    assert "Anna / North / Boris" in company.ok(
        "entries", "reassign", 1, "--manager", "boris", "--group", "north"
    )


# ---- people


def test_roster_from_files_as_people_have_them(company: Admin) -> None:
    """What can be read in two ways is asked for, and the option that is named reads it; so is a sheet."""
    cases = Path(__file__).parents[1] / "cases"
    assert "--encoding cp1252: María Peña" in company.refused(7, "import-roster", cases / "c07.csv")
    changes = company.json(
        "import-roster", cases / "c07.csv", "--encoding", "cp1252", "--partial", "--dry-run"
    )
    assert "María Peña" in [change["name"] for change in changes]
    old = company.run("import-roster", cases / "x03.xlsx", "--sheet", "Архив", "--partial", "--dry-run")
    assert ("Анна Иванова" in old.stdout, "There are also: Данные" in old.stderr) == (True, True)
    seen = company.run("import-roster", cases / "x03.xlsx", "--partial", "--dry-run")
    assert "Hidden sheets were not read: Архив." in seen.stderr
    assert "Архив, Данные" in company.refused(7, "import-roster", cases / "x03.xlsx", "--sheet", "Март")
    pages = company.write("<html><table><tr><td>period", "targets.xls")
    assert "web page" in company.refused(7, "import-targets", pages)


def test_roster(company: Admin) -> None:
    """A roster is applied whole: who is gone is deactivated; a dry run and a bad row change nothing."""
    before = company.json("leads")
    roster = company.write("lead,group,manager\nAnna,North,Boris\nAnna,East,Egor\n")
    kinds = {change["kind"] for change in company.json("import-roster", roster, "--dry-run")}
    assert kinds >= {"group_new", "manager_moved", "lead_gone"}
    bad = company.write("lead,group,manager\nAnna,North,Boris\nAnna,,Egor\n", "bad.csv")
    assert "Line 3: group: " in company.refused(7, "import-roster", bad)
    assert company.json("leads") == before
    company.ok("import-roster", roster, "--partial")
    assert [lead["active"] for lead in company.json("leads")] == [True, True]
    company.ok("import-roster", roster)
    assert [(lead["lead"], lead["active"]) for lead in company.json("leads")] == [
        ("Anna", True),
        ("Zoe", False),
    ]


def test_passwords(company: Admin) -> None:
    """Each slip has a password with which its lead can sign in, and only its owner may read the file."""
    company.ok("passwords", "--missing", "--slips", "slips.xlsx")
    path = company.folder / "slips.xlsx"
    assert sys.platform == "win32" or stat.S_IMODE(path.stat().st_mode) == 0o600
    texts = [str(cell.value) for row in load_workbook(path).worksheets[0] for cell in row]
    for name in ("Anna", "Zoe"):
        password = texts[texts.index(name) + 1]
        assert re.fullmatch(CODE, password)
        assert company.sign_in(name, password).must_change is False
    log = company.folder / "logs" / "mini-crm-admin.log"
    assert not log.exists() or not re.search(CODE, log.read_text("utf-8"))
    assert "already" in company.ok("passwords", "--missing", "--slips", "other.xlsx")
    assert not (company.folder / "other.xlsx").exists()


def test_slips_are_not_overwritten(company: Admin) -> None:
    """If the file of slips is there already, no password changes."""
    company.ok("passwords", "--all", "--slips", "slips.xlsx")
    slips = (company.folder / "slips.xlsx").read_bytes()
    company.refused(7, "passwords", "Anna", "--slips", "slips.xlsx")
    assert (company.folder / "slips.xlsx").read_bytes() == slips
    texts = [
        str(cell.value) for row in load_workbook(company.folder / "slips.xlsx").worksheets[0] for cell in row
    ]
    company.sign_in("Anna", texts[texts.index("Anna") + 1])


def test_passwords_script(company: Admin) -> None:
    """scripts/passwords.py is the same command."""
    command = [
        sys.executable,
        ROOT / "scripts" / "passwords.py",
        "--style",
        "number",
        "Anna",
        "--slips",
        "s.xlsx",
    ]
    subprocess.run(command, check=True, env=company.environ, cwd=company.folder, capture_output=True)
    texts = [
        str(cell.value) for row in load_workbook(company.folder / "s.xlsx").worksheets[0] for cell in row
    ]
    assert 10_000 <= int(texts[1]) <= 1_000_000
    assert company.sign_in("anna", texts[1]).must_change is True


def test_leads(company: Admin) -> None:
    """A lead is let in or not, and gets a new password that is shown once."""
    found = re.search(CODE, company.ok("leads", "reset", "anna"))
    assert found is not None
    company.sign_in("Anna", found[0])
    company.ok("leads", "deactivate", "Anna")
    with pytest.raises(WrongPassword):
        company.sign_in("Anna", found[0])
    company.ok("leads", "activate", "Anna")
    company.sign_in("Anna", found[0])
    company.ok("leads", "unlock", "Anna")
    assert "Anna" in company.ok("leads")


def test_heads(company: Admin) -> None:
    """A head's account is made without groups, survives a roster, and is told apart in the list of leads."""
    said = company.ok("leads", "head", "Vera Head")
    assert "An account for Vera Head was made." in said
    assert "passwords NAME --slips FILE" in said
    said = company.ok("leads", "head", "anna")
    assert "Anna sees the company page" in said
    assert "account" not in said
    heads = {lead["lead"]: lead["head"] for lead in company.json("leads")}
    assert heads == {"Anna": True, "Vera Head": True, "Zoe": False}
    vera = next(line for line in company.ok("leads", "list").splitlines() if "Vera Head" in line)
    assert vera.split()[-1] == "yes"
    company.ok("passwords", "--missing", "--slips", company.folder / "slips.xlsx")
    roster = company.write("lead,group,manager,unit\nAnna,North,Boris,RUB\n", "roster.csv")
    company.ok("import-roster", roster)
    found = re.search(CODE, company.ok("leads", "reset", "Vera Head"))
    assert found is not None
    assert company.sign_in("Vera Head", found[0]).is_head
    assert "no longer sees" in company.ok("leads", "head", "Vera Head", "--off")
    assert not company.sign_in("Vera Head", found[0]).is_head
    assert "Nobody" in company.refused(7, "leads", "head", "Nobody", "--off")


# ---- forecast


def test_forecast_and_report(company: Admin) -> None:
    """The forecast is computed, and the report written."""
    import_deals(company)
    run = company.json("aggregate")
    assert (run["status"], run["entries"]) == ("done", 40)
    assert company.json("aggregate")["status"] == "unchanged"
    past = company.json("aggregate", "--as-of", (TODAY - timedelta(days=10)).strftime("%d.%m.%Y"))
    assert past["kind"] == "as_of"
    past_day = TODAY - timedelta(days=70)
    company.ok("report", "past.xlsx", "--as-of", past_day)
    assert f"as of the evening of {past_day}" in str(
        load_workbook(company.folder / f"past {past_day}.xlsx").worksheets[0]["A2"].value
    )
    company.ok("report", "report.xlsx", "--period", TODAY.strftime("%Y"))
    assert "Anna" in str(
        [cell.value for row in load_workbook(company.folder / "report.xlsx").worksheets[0] for cell in row]
    )


def test_whole_number_of_a_period(company: Admin) -> None:
    """The whole number of a chosen period is told with its three parts and its range."""
    import_deals(company)
    found = company.json("aggregate")
    assert found["period"] == TODAY.strftime("%Y-%m")
    assert "RUB" in [row["unit"] for row in found["forecast"]]
    for row in found["forecast"]:
        assert row["forecast"] == approx(row["paid"] + row["from_open"] + row["from_new"])
        assert row["low"] <= row["forecast"] <= row["high"]
        assert row["without_new"]["forecast"] == approx(row["paid"] + row["from_open"])
    said = company.ok("aggregate")
    for words in ("Forecast by", "Likely range, 8 times in 10:", "from open entries", "from new entries"):
        assert words in " ".join(said.split())
    last = company.ok("aggregate", "--period", "last-month")
    assert "Paid by" in last
    assert "Likely range" not in last
    year = company.json("aggregate", "--period", "this-year")
    assert year["period"] == TODAY.strftime("%Y")
    company.ok("report", "last.xlsx", "--period", "last-quarter")
    assert "2001-01" in company.refused(7, "aggregate", "--period", "2001-01")
    assert "2001-01" in company.refused(7, "report", "old.xlsx", "--period", "2001-01")
    assert "someday" in company.refused(7, "aggregate", "--period", "someday")


def test_targets(company: Admin) -> None:
    """Targets are set whole or not at all."""
    month = TODAY.strftime("%Y-%m")
    bad = company.write(f"period,lead,amount\n{month},,5\n{month},Anna,0\n")
    assert "Line 3: amount: " in company.refused(7, "import-targets", bad)
    unknown = company.write(f"period,lead,amount\n{month},,5\n{month},Nobody,7\n")
    company.refused(7, "import-targets", unknown)
    good = company.write(f"period,lead,amount\n{month},,5\n{month},anna,7\n")
    assert company.json("import-targets", good) == {"targets": 2, "changed": 2}


def test_periods(company: Admin) -> None:
    """A period of one's own is opened once, listed, and closed."""
    last = TODAY + timedelta(days=20)
    code = f"{TODAY}..{last}"
    company.ok("periods", "add", TODAY, last.strftime("%d.%m.%Y"), "--name", "Sale")
    assert code in company.refused(7, "periods", "add", TODAY, last)
    assert [(period["code"], period["name"]) for period in company.json("periods")][9:] == [(code, "Sale")]
    assert "last-quarter" in company.ok("periods")
    company.ok("periods", "close", code)
    assert len(company.json("periods")) == 9


def test_backtest(company: Admin) -> None:
    """The replay prints one object with both targets and all methods, and stores nothing."""
    import_deals(company, 400)
    before = company.json("doctor")
    result = company.json("backtest", "--step", 20, "--period", "month")
    assert result["period"] == "month"
    assert result["cutoffs"] > 0
    assert {target: list(methods) for target, methods in result["targets"].items()} == {
        target: ["forecast", "hand_formula", "run_rate"] for target in ("pipeline", "period")
    }
    figures = ["wape", "bias", "wape_by_lead", "coverage", "interval_score", "brier"]
    assert list(result["targets"]["pipeline"]["forecast"]) == figures
    shown = company.ok("backtest", "--step", 20)
    assert "by win rate" in shown
    assert "Anna" in shown
    for words in ("Miss", "Bias", "In range", "Range score", "at the pace of the last 90 days"):
        assert shown.count(f"  {words}") >= 2, words  # of both numbers
    assert shown.count("P10") == shown.count("WAPE") == 1  # where they are explained
    assert company.json("doctor") == before


def test_history_fills_charts_and_accuracy(company: Admin) -> None:
    """An import names the next step, and that fills trend and accuracy with one evening a week."""
    said = company.ok("import-entries", deals(company, 400), "--map", MAP, "--create-roster")
    assert "mini-crm-admin backtest --keep" in said
    company.ok("aggregate")
    kept = company.json("backtest", "--step", 20, "--keep")["kept"]
    days = [date.fromisoformat(day) for day in kept]
    assert len(days) > 10
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(days=7)}
    assert max(days) < TODAY
    store = SqliteStore.open(company.database)
    try:
        report = store.get_report(year_of(TODAY))
        assert {point.day for point in report.trend if point.is_recalculated} == {
            day for day in days if day.year == TODAY.year
        }
        assert any(row.is_recalculated for row in report.accuracy)
    finally:
        store.close()
    assert "evenings from" in company.ok("backtest", "--step", 20, "--keep")


def test_history_too_short_to_measure_can_be_kept(company: Admin) -> None:
    """Where no period has ended that is said, and the present ones are filled all the same."""
    first = TODAY - timedelta(days=70)
    lines = [DEALS]
    for number in range(60):
        made = first + timedelta(days=number)
        lines.append(f"D{number},Anna,Boris,100,{made},{made + timedelta(days=2)},paid")
    file = company.write("\n".join(lines) + "\n")
    company.ok("import-entries", file, "--map", MAP, "--create-roster")
    done = company.run("backtest", "--keep", "--period", "year", "--json")
    assert done.returncode == 0
    assert done.stderr
    assert json.loads(done.stdout).keys() == {"kept"}


# ---- demo


@only_from_sources
@pytest.mark.timeout(400)  # it forecasts a year of evenings twice
def test_demo(admin: Admin) -> None:
    """The sample company is made, forecast and reported; the printed passwords let leads and the head in."""
    said = admin.ok("demo", "--dir", "try", "--no-window", "--entries", 400)
    folder = admin.folder / "try"
    assert (folder / "report.xlsx").exists()
    assert load_settings(environ={}, folder=folder).sqlite_path == folder / "demo.sqlite"
    sign_ins = re.findall(rf"^  (\S+ \S+) +({CODE})$", said, flags=re.MULTILINE)
    assert len(sign_ins) == 10
    admin.sign_in(*sign_ins[3], database=folder / "demo.sqlite")
    (head,) = re.findall(rf"^  (\S+ \S+), head of sales: the company page +({CODE})$", said, re.MULTILINE)
    admin.sign_in(*head, database=folder / "demo.sqlite")
    for wanted in (
        "Win rate",
        "Paid",
        "From open entries",
        "From new entries",
        "Forecast",
        "Likely range",
        "by win rate",
        "Company",
        "evenings from",
        "report.xlsx",
    ):
        assert wanted in said
    assert re.search(r"\d+% \(\d+ of \d+\)", said)


@only_from_sources
@pytest.mark.timeout(900)
def test_second_demo(admin: Admin) -> None:
    """A second demo keeps what somebody tried out, --new begins again; without a display is no window."""
    admin.database = admin.folder / "try" / "demo.sqlite"
    admin.ok("demo", "--dir", "try", "--no-window", "--entries", 50)
    admin.ok("entries", "void", 1, "--database", f"sqlite:///{admin.database}")
    said = admin.ok("demo", "--dir", "try", "--entries", 60)
    assert "kept" in said
    assert "No window" in said
    assert admin.entries() == 49
    admin.ok("demo", "--dir", "try", "--no-window", "--entries", 60, "--new")
    assert admin.entries() == 60
