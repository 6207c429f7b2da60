"""Where the new program is: what a deployment keeps, and every program learns before anybody signs in."""

from __future__ import annotations

import re
import subprocess
import sys

from contract.backdoor import Database
from contract.mssql_backdoor import environment
from mini_crm.settings import Settings
from mini_crm.store.mssql.checked import SCHEMA_VERSION
from mini_crm.store.mssql.scripts import load_scripts
from mini_crm.store.mssql.sqlcmd import sqlcmd_script
from server.raw import Raw

PLACE = "\\\\сервер\\it's\\setup.exe"


def told(owner: Raw) -> object:
    """Give where the database says that the new program is; the versions are those of this program."""
    ((number, least, place),) = owner.must("EXEC api.GetVersion")
    assert (number, least) == (SCHEMA_VERSION, SCHEMA_VERSION)
    return place


def deploy(settings: Settings, *arguments: str) -> None:
    """Deploy as an administrator does."""
    command = [sys.executable, "-m", "mini_crm.admin", "deploy", *arguments]
    done = subprocess.run(
        command, env=environment(settings), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_place_stays_until_another_is_given(settings: Settings, owner: Raw, database: Database) -> None:
    """A deployment keeps the place, those after it leave it, an empty one takes it away; all is on record."""
    assert told(owner) is None
    deploy(settings, "--program", PLACE)
    deploy(settings)
    deploy(settings, "--program", PLACE)
    assert told(owner) == PLACE
    deploy(settings, "--program", "")
    assert told(owner) == ""
    log = owner.must("SELECT a.Detail FROM core.AdminLog AS a WHERE a.Action = 'set_setting'")
    assert [detail for (detail,) in log] == [f"ProgramPlace = {PLACE}", "ProgramPlace = "]


def test_the_script_keeps_the_same(owner: Raw, database: Database) -> None:
    """What the script for sqlcmd says in the end sets the same place, letter by letter."""
    script = sqlcmd_script(load_scripts(), program=PLACE)
    (batch,) = [
        part
        for part in re.split(r"^GO$", script, flags=re.MULTILINE)
        if "'ProgramPlace'" in part and "EXEC admin.SetSetting" in part and "CREATE" not in part
    ]
    owner.must(batch)
    assert told(owner) == PLACE
