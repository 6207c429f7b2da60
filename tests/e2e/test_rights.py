"""Who may read what the programs write, whatever the umask: a company's folder from init to backup."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from e2e.programs import start_of
from e2e.test_admin import TODAY, Admin
from mini_crm.store.sqlite import SqliteStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights on Windows are those of the folder")

ROSTER = "lead;group;manager;unit\nАнна;Север;Пётр;RUB\n"
ENTRIES = "lead,group,manager,client_pin,amount,entered_on,pay_by,status\n" + "".join(
    f"Анна,Север,Пётр,7{n},{amount},{TODAY - timedelta(days=9)},{TODAY + timedelta(days=9)},expected\n"
    for n, amount in enumerate(("10", "much"))
)


class Company(Admin):
    """A folder whose programs run with an umask of their own."""

    umask = 0

    def did(self, program: str, *arguments: object) -> int:
        """Run a program; give its exit code."""
        return subprocess.run(
            [*start_of(program), *map(str, arguments)],
            capture_output=True,
            env=self.environ,
            cwd=self.folder,
            umask=self.umask,
            timeout=60,
        ).returncode

    def modes(self) -> dict[str, int]:
        """Give the rights of all that the programs made."""
        mine = {"roster.csv", "entries.csv"}
        paths = [path for path in self.folder.rglob("*") if path.name not in mine]
        return {str(p.relative_to(self.folder)): stat.S_IMODE(p.stat().st_mode) for p in paths}


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_only_the_owner_may_read_what_is_the_companys(tmp_path: Path, umask: int) -> None:
    """Database, lock, rejects, slips, backup and log are 600, folders 700; the umask is for the report."""
    company = Company(tmp_path)
    company.umask = umask
    company.environ["MINI_CRM_DATABASE"] = f"sqlite:///{tmp_path / 'data' / 'company.sqlite'}"
    company.write(ROSTER, "roster.csv")
    company.write(ENTRIES, "entries.csv")
    assert company.did("mini-crm-admin", "init") == 0
    assert company.did("mini-crm-admin", "import-roster", "roster.csv") == 0
    assert company.did("mini-crm-admin", "passwords", "--missing", "--slips", "slips.xlsx") == 0
    assert company.did("mini-crm-admin", "import-entries", "entries.csv", "--rejects", "rejects.csv") == 7
    assert company.did("execer", "--report", "report.xlsx") == 0
    assert company.did("mini-crm-admin", "backup", "copy.sqlite") == 0
    modes = company.modes()
    assert modes.pop("report.xlsx") == 0o666 & ~umask
    folders = {name for name in modes if (tmp_path / name).is_dir()}
    assert {"data", "logs"} <= folders
    files = {"data/company.sqlite", "data/company.sqlite-run", "rejects.csv", "slips.xlsx", "copy.sqlite"}
    assert files <= set(modes)
    assert modes == {name: 0o700 if name in folders else 0o600 for name in modes}


def test_given_rights_stay(tmp_path: Path) -> None:
    """A database and a report that a group was let into stay open to it, and so does the database's lock."""
    company = Company(tmp_path)
    company.umask = 0o077
    company.write(ROSTER, "roster.csv")
    assert company.did("mini-crm-admin", "init") == 0
    assert company.did("execer", "--report", "report.xlsx") == 0
    company.database.chmod(0o660)
    (tmp_path / "report.xlsx").chmod(0o644)
    assert company.did("mini-crm-admin", "import-roster", "roster.csv") == 0
    assert company.did("execer", "--report", "report.xlsx") == 0
    modes = company.modes()
    assert (modes["company.sqlite"], modes["company.sqlite-run"]) == (0o660, 0o660)
    assert modes["report.xlsx"] == 0o644


def test_a_database_in_use_is_as_open_as_its_file(tmp_path: Path) -> None:
    """What SQLite keeps beside a database while it is open can be read by nobody else."""
    company = Company(tmp_path)
    company.umask = 0
    assert company.did("mini-crm-admin", "init") == 0
    before = os.umask(0)
    try:
        store = SqliteStore.open(company.database)
        store.set_setting("Currency", "EUR", "test")
        beside = {name: mode for name, mode in company.modes().items() if name.startswith("company.sqlite-")}
        store.close()
    finally:
        os.umask(before)
    assert {"company.sqlite-wal", "company.sqlite-shm"} <= set(beside)
    assert set(beside.values()) == {0o600}
