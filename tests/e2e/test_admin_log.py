"""``mini-crm-admin log``: whatever an administrator did can be read back, and secrets cannot."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook

from e2e.test_admin import CODE, Admin
from mini_crm.store.sqlite import SqliteStore


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    """Give the program with an empty database."""
    admin = Admin(tmp_path)
    SqliteStore.create(admin.database, time_zone="UTC").close()
    return admin


def work(admin: Admin) -> str:
    """Do an administrator's work of a day; give a password that was shown."""
    admin.ok("import-roster", admin.write("lead,group,manager\nAnna,North,Boris\nZoe,South,Yan\n"))
    admin.ok("passwords", "--missing", "--slips", admin.folder / "slips.xlsx")
    shown = admin.ok("leads", "reset", "Zoe")
    admin.ok("leads", "deactivate", "zoe")
    admin.ok("leads", "activate", "zoe")
    admin.ok("leads", "unlock", "anna")
    admin.ok("import-targets", admin.write("period,amount\n2026-03,5\n", "targets.csv"))
    admin.ok("backup", admin.folder / "copy.bak")
    found = re.search(CODE, shown)
    assert found is not None
    return found[0]


def test_every_act_can_be_read_back(admin: Admin) -> None:
    """Newest first: when, who, what, to whom; also in Russian and as JSON."""
    work(admin)
    acts = [(act["action"], act["detail"]) for act in admin.json("log", "--limit", 8)]
    assert acts == [
        ("backup", "copy.bak"),
        ("set_targets", "1 changed"),
        ("unlock_lead", "Anna"),
        ("activate_lead", "Zoe"),
        ("deactivate_lead", "Zoe"),
        ("set_credential", "Zoe"),
        ("set_credential", "Zoe"),
        ("set_credential", "Anna"),
    ]
    assert all("@" in act["done_by"] for act in admin.json("log", "--limit", 8))
    said = admin.ok("log", "--language", "ru")
    assert "пароль выдан" in said
    assert "_" not in said.replace("__", "")
    assert len(admin.ok("log", "--limit", 1).splitlines()) == 2


@pytest.mark.parametrize(
    ("action", "detail", "english", "russian"),
    [
        ("apply_roster", "1 changes", "roster applied 1 change", "состав загружен 1 изменение"),
        ("apply_roster", "22 changes", "roster applied 22 changes", "состав загружен 22 изменения"),
        ("apply_roster", "11 changes", "roster applied 11 changes", "состав загружен 11 изменений"),
        ("set_targets", "1 changed", "targets set 1 target changed", "планы заданы 1 план изменён"),
        ("set_targets", "3 changed", "targets set 3 targets changed", "планы заданы 3 плана изменены"),
        ("set_targets", "0 changed", "targets set 0 targets changed", "планы заданы 0 планов изменено"),
        ("keep_replays", "21 days", "earlier days recalculated 21 days", "пересчитаны прошлые дни 21 день"),
        ("import_entries", "batch 7: a: b.csv", "entries imported batch 7: a: b.csv",
         "наработки загружены загрузка 7: a: b.csv"),
        ("undo_import", "batch 7", "import taken back batch 7", "загрузка отменена загрузка 7"),
        ("reassign_entries", "to manager 4: 10 11", "entries reassigned to manager 4: 10 11",
         "наработки переданы оператору 4: 10 11"),
        ("set_head", "Вера", "company page opened Вера", "страница компании открыта Вера"),
        ("set_head", "Вера: no", "company page closed Вера", "страница компании закрыта Вера"),
        ("void_entries", "10 11", "entries taken out 10 11", "наработки исключены 10 11"),
        ("backup", "5 days", "database copied 5 days", "копия базы сделана 5 days"),
    ],
)  # fmt: skip
def test_acts_in_both_languages(admin: Admin, action: str, detail: str, english: str, russian: str) -> None:
    """What the record keeps in fixed words reads as a sentence, with the number's form; a name stays one."""
    with closing(SqliteStore.open(admin.database)) as store:
        store.record("kim@pc", action, detail)
    for language, expected in (("en", english), ("ru", russian)):
        line = admin.ok("log", "--language", language).splitlines()[1]
        assert " ".join(line.split()).endswith(f"kim@pc {expected}")
    assert admin.json("log")[0]["detail"] == detail


def test_a_restored_database_says_so(admin: Admin) -> None:
    """Putting a copy back is the newest act of the restored database."""
    work(admin)
    other = f"sqlite:///{admin.folder / 'other.sqlite'}"
    admin.ok("restore", admin.folder / "copy.bak", "--database", other)
    newest = admin.json("log", "--limit", 1, "--database", other)
    assert [(act["action"], act["detail"]) for act in newest] == [("restore", "copy.bak")]


def test_no_password_is_on_record(admin: Admin) -> None:
    """Neither the record nor the program's log nor the database has a password that was issued."""
    codes = {work(admin)}
    for row in load_workbook(admin.folder / "slips.xlsx").worksheets[0].iter_rows(values_only=True):
        codes |= set(re.findall(CODE, " ".join(map(str, row))))
    assert len(codes) == 3
    admin.refused(7, "passwords", "--all", "--slips", admin.folder / "slips.xlsx")
    kept = [admin.database, admin.folder / "logs" / "mini-crm-admin.log"]
    text = admin.ok("log", "--json") + "".join(file.read_bytes().decode("latin-1") for file in kept)
    assert [code for code in codes if code in text or code.replace("-", "") in text] == []


def test_an_empty_record(admin: Admin) -> None:
    """Only what setting the database up did is on record in the beginning."""
    assert {act["action"] for act in admin.json("log")} <= {"set_setting"}
