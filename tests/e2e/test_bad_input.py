"""Bad input of an import, each kind by its name: the sentence, the exit code, and nothing stored half."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest

from e2e.test_admin import Admin
from e2e.test_execer import modes, needs_linux, without_override
from mini_crm.domain.model import RosterRow
from mini_crm.store.sqlite import SqliteStore

HEAD = "id,lead,group,manager,client_pin,amount,entered_on,pay_by,status,status_on,comment"
GOOD = "G1,Anna,North,Boris,PIN-0001,5,2026-02-02,2026-02-20,expected,,fine"
BAD_ROWS = [
    ("B1,Anna,North,Boris,,5,31.02.2026,,,,", "entered_on: Write another day: there is no “31.02.2026”"),
    ("B2,Anna,North,Boris,,-5,2026-02-02,,,,", "amount: Enter more than zero, not “-5”"),
    ("B3,Anna,North,Boris,,0,2026-02-02,,,,", "amount: Enter more than zero, not “0”"),
    (
        "B5,Anna,North,Boris,,5,2026-02-02,,paid,2026-02-01,",
        "status_on: Choose 2026-02-02 or a later day: 2026-02-01 is before",
    ),
    ("G1,Anna,North,Boris,,5,2026-02-02,,,,", "id: The id “G1” stands in line 2 already"),
    (
        f"B7,Anna,North,Boris,,5,2026-02-02,,,,{'secret' * 1667}",
        "comment: Shorten the comment to 500 characters: it has 10002",
    ),
    ("B8,Anna,North,=cmd(),,5,2026-02-02,,,,", "manager: The roster has no manager “=cmd()”"),
]


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    """Give the program with a roster of one: Anna / North / Boris."""
    admin = Admin(tmp_path)
    store = SqliteStore.create(admin.database)
    store.apply_roster([RosterRow("Anna", "North", "Boris", "RUB")], "test")
    store.close()
    return admin


def log_of(admin: Admin) -> str:
    """Give what is in the log; empty if there is none."""
    path = admin.folder / "logs" / "mini-crm-admin.log"
    return path.read_text("utf-8") if path.exists() else ""


def test_bad_rows_by_name(admin: Admin) -> None:
    """Each kind of bad row is told with its line; the good row alone is stored; 7, no comment in the log."""
    rows = [GOOD, *(row for row, _ in BAD_ROWS)]
    said = admin.refused(7, "import-entries", admin.write("\n".join([HEAD, *rows, ""])))
    assert admin.entries() == 1
    (kept,) = admin.folder.glob("file.rejected-*.csv")
    with kept.open(encoding="utf-8-sig", newline="") as stream:
        reasons = {row["Line"]: row["Reason"] for row in csv.DictReader(stream)}
    for number, (_, words) in enumerate(BAD_ROWS, start=3):
        assert words in reasons[str(number)]
        assert reasons[str(number)].partition("“")[0] in said
    assert ",'=cmd()," in kept.read_text("utf-8-sig")
    assert "secret" not in said + log_of(admin)


def test_formula_is_kept_as_text(admin: Admin) -> None:
    """Text like a formula is an ordinary PIN and comment, stored letter for letter."""
    admin.ok("import-entries", admin.write(f"{HEAD}\nF1,Anna,North,Boris,=1+1,5,2026-02-02,,,,@SUM(A1)\n"))
    connection = sqlite3.connect(admin.database)
    stored = connection.execute("SELECT ClientPin, Comment FROM Entry").fetchall()
    connection.close()
    assert stored == [("=1+1", "@SUM(A1)")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (f"{HEAD.replace(',amount', '')}\n{GOOD}\n".encode(), "lacks the columns: amount. It has: id, lead"),
        (f"{HEAD}\n{GOOD}\nMaría Peña\n".encode("cp1252"), "can be read in more than one way"),
        (f"{HEAD}\n{GOOD}\n中文客户,北京公司\n".encode("gbk"), "is not readable text"),
        (None, "is a folder"),
    ],
)
def test_bad_files_by_name(admin: Admin, content: bytes | None, words: str) -> None:
    """A file that cannot be taken is named, ends with 7, and changes neither database nor folder."""
    path = admin.folder / "плохой файл.csv"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    before = sorted(admin.folder.iterdir())
    said = admin.refused(7, "import-entries", path)
    assert words in said
    assert str(path) in said
    assert admin.entries() == 0
    assert sorted(file for file in admin.folder.iterdir() if file.name != "logs") == before


@pytest.mark.parametrize(
    ("state", "words"),
    [("text", "not a database of this program"), ("newer", "newer program"), ("folder", "is a folder")],
)
def test_bad_databases_by_name(admin: Admin, state: str, words: str) -> None:
    """A database that cannot be used ends an import with 4 and stays as it is."""
    path = admin.folder / "other.sqlite"
    if state == "text":
        path.write_text("no database " * 100)
    elif state == "newer":
        path.write_bytes(admin.database.read_bytes())
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 999")
        connection.close()
    else:
        path.mkdir()
    before = path.read_bytes() if path.is_file() else None
    said = admin.refused(
        4, "import-entries", admin.write(f"{HEAD}\n{GOOD}\n"), "--database", f"sqlite:///{path}"
    )
    assert words in said
    assert (path.read_bytes() if path.is_file() else None) == before


@needs_linux
@pytest.mark.parametrize(("what", "code"), [("database", 4), ("input", 7), ("backup", 7), ("target", 7)])
def test_no_rights(admin: Admin, what: str, code: int) -> None:
    """Without the right to read or write it is said which file it is, and nothing is stored."""
    file, copy = admin.write(f"{HEAD}\n{GOOD}\n"), admin.folder / "copy.sqlite"
    admin.ok("backup", copy)
    closed = admin.folder / "closed"
    closed.mkdir()
    command: tuple[object, ...] = ("import-entries", file)
    with modes() as change:
        if what == "database":
            named = admin.database
            change(named, 0o444)
        elif what == "input":
            named = file
            change(named, 0o000)
        elif what == "backup":
            named = copy
            change(named, 0o000)
            command = ("restore", copy, "--database", f"sqlite:///{admin.folder / 'new' / 'x.sqlite'}")
        else:
            named = closed
            change(closed, 0o555)
            command = ("restore", copy, "--database", f"sqlite:///{closed / 'x.sqlite'}")
        said = admin.refused(code, *command, as_user=without_override)
    assert str(named) in said
    assert "Traceback" not in said
    assert admin.entries() == 0
    assert not (admin.folder / "new").exists()
    assert list(closed.iterdir()) == []


def test_restore_makes_the_folder(admin: Admin) -> None:
    """On a new computer the folder of the database is made with it."""
    admin.ok("import-entries", admin.write(f"{HEAD}\n{GOOD}\n"))
    admin.ok("backup", "copy.sqlite")
    new = admin.folder / "new" / "crm" / "company.sqlite"
    admin.ok("restore", "copy.sqlite", "--database", f"sqlite:///{new}")
    assert [file.name for file in new.parent.iterdir()] == ["company.sqlite"]
    assert admin.json("doctor", "--database", f"sqlite:///{new}")["database"] == str(new)


def test_old_history_is_no_history(admin: Admin) -> None:
    """Payments of years ago are no reason to say that nothing was ever paid."""
    row = "1,Anna,North,Boris,,5,2016-02-02,2016-02-20,paid,2016-02-20,"
    admin.ok("import-entries", admin.write(f"{HEAD}\n{row}\n"))
    assert "in the last 365 days" in admin.ok("aggregate")


def test_voided_twice(admin: Admin) -> None:
    """Who takes an entry out twice is not told that there is no such entry and nothing more."""
    admin.ok("import-entries", admin.write(f"{HEAD}\n{GOOD}\n"))
    admin.ok("entries", "void", 1)
    assert "taken out already" in admin.refused(7, "entries", "void", 1)
