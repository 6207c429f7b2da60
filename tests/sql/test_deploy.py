"""What a deployment does, and the script that does the same without the program. No server needed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from mini_crm.domain.errors import DatabaseError, NotAllowed, UsageError
from mini_crm.store.mssql.deploy import (
    SNAPSHOTS_OFF,
    ZONES,
    Step,
    deploy,
    literal,
    plan,
    transaction_text,
)
from mini_crm.store.mssql.errors import Unforeseen
from mini_crm.store.mssql.scripts import Script, load_scripts
from mini_crm.store.mssql.sqlcmd import sqlcmd_script
from sql.server_files import files

SCHEMA = Script("10_schemas/core.sql", "IF SCHEMA_ID(N'core') IS NULL EXEC (N'CREATE SCHEMA core');\nGO\n")
TABLES = Script(
    "20_migrations/0001_tables.sql", "CREATE TABLE core.A (B int);\nGO\nCREATE TABLE core.C (D int);\nGO\n"
)
MORE = Script("20_migrations/0002_more.sql", "ALTER TABLE core.A ADD E int NULL;\nGO\n")
VIEW = Script(
    "50_views/core.V.sql", "SET ANSI_NULLS ON;\nGO\nCREATE OR ALTER VIEW core.V AS SELECT 1 AS x;\nGO\n"
)
ONE = Script("60_procedures/api.One.sql", "CREATE OR ALTER PROCEDURE api.One AS SELECT N'it''s';\nGO\n")
TWO = Script("60_procedures/api.Two.sql", "CREATE OR ALTER PROCEDURE api.Two AS SELECT 2 AS n;\nGO\n")
ROLES = Script("70_permissions/roles.sql", "GRANT EXECUTE ON SCHEMA::api TO crm_desktop;\nGO\n")
ALL = (SCHEMA, TABLES, MORE, VIEW, ONE, TWO, ROLES)
JOURNAL = {script.name: script.hash for script in (TABLES, MORE, VIEW, ONE, TWO)}


def names(transactions: list[tuple[Step, ...]]) -> list[str]:
    """Give the scripts of a plan in their order."""
    return [step.name for steps in transactions for step in steps]


def edited(script: Script) -> Script:
    """Give a script with another text."""
    return Script(script.name, script.text.replace("GO\n", "-- changed\nGO\n", 1))


def test_the_real_scripts_are_read() -> None:
    """Every script is there in the order of the build order, whole."""
    scripts = load_scripts()
    assert sorted(script.name for script in scripts) == sorted(file.place for file in files())
    for script in scripts:
        whole = next(file.text for file in files() if file.place == script.name)
        assert script.hash == hashlib.sha256(whole.encode()).hexdigest()
        assert "-- part:" not in script.text


def test_line_ends_do_not_count(tmp_path: Path) -> None:
    """A script that Git gave Windows line ends is the same script."""
    for folder, end in (("a", b"\n"), ("b", b"\r\n")):
        (tmp_path / folder / "10_schemas").mkdir(parents=True)
        (tmp_path / folder / "build_order.txt").write_bytes(b"# order" + end + b"10_schemas/core.sql" + end)
        (tmp_path / folder / "10_schemas" / "core.sql").write_bytes(b"SELECT 1;" + end + b"GO" + end)
    (unix,), (windows,) = load_scripts(tmp_path / "a"), load_scripts(tmp_path / "b")
    assert unix.hash == windows.hash
    assert unix.batches == windows.batches == ("SELECT 1;",)


def test_batches() -> None:
    """GO on a line of its own parts a script, whatever its case; nothing else does."""
    text = "SELECT N'GO';\n  go  \nSELECT 2; -- GO\nGO\n\nGO\n"
    assert Script("60_procedures/x.sql", text).batches == ("SELECT N'GO';", "SELECT 2; -- GO")


def test_a_new_database_gets_everything() -> None:
    """Where nothing is, all scripts run, in their order, each in a transaction of its own."""
    transactions = plan(ALL, {})
    assert names(transactions) == [script.name for script in ALL]
    assert all(len(steps) == 1 for steps in transactions)


def test_what_is_there_is_left_alone() -> None:
    """Where all is there, only what runs every time runs."""
    assert names(plan(ALL, JOURNAL)) == [SCHEMA.name, ROLES.name]


def test_what_has_changed_runs() -> None:
    """A procedure with a new text is replaced, a new migration runs before it, the rest stays."""
    journal = {name: digest for name, digest in JOURNAL.items() if name != MORE.name}
    transactions = plan([edited(TWO) if script is TWO else script for script in ALL], journal)
    assert names(transactions) == [SCHEMA.name, MORE.name, TWO.name, ROLES.name]


def test_what_is_gone_is_dropped() -> None:
    """A procedure whose script is gone is dropped, so that nobody can call it any more; once."""
    without = [script for script in ALL if script is not ONE]
    transactions = plan(without, JOURNAL)
    assert names(transactions) == [SCHEMA.name, ONE.name, ROLES.name]
    (step,) = transactions[1]
    assert (step.batches, step.hash) == (("DROP PROCEDURE IF EXISTS api.One",), "")
    assert names(plan(without, {**JOURNAL, ONE.name: ""})) == [SCHEMA.name, ROLES.name]
    assert ONE.name in names(plan(ALL, {**JOURNAL, ONE.name: ""}))


def test_an_edited_migration_stops_all() -> None:
    """What ran in a database and has another text now is told by name before anything runs."""
    with pytest.raises(DatabaseError) as caught:
        plan([edited(TABLES) if script is TABLES else script for script in ALL], JOURNAL)
    assert (caught.value.code, caught.value.data) == ("migration_edited", {"name": TABLES.name})


@pytest.mark.parametrize("name", ["20_migrations/0003_newer.sql", "45_newer/core.X.sql"])
def test_an_older_program_stops(name: str) -> None:
    """A database that a newer program deployed is not turned back."""
    with pytest.raises(DatabaseError) as caught:
        plan(ALL, {**JOURNAL, name: "0" * 64})
    assert (caught.value.code, caught.value.data) == ("migration_unknown", {"name": name})


def test_babelfish_gets_all_code_anew() -> None:
    """Babelfish replaces nothing: one transaction drops users before what they use, then makes all again."""
    scripts = [edited(VIEW) if script is VIEW else script for script in ALL]
    before, code, after = plan(scripts, JOURNAL, babelfish=True)
    assert names([before, after]) == [SCHEMA.name, ROLES.name]
    assert [step.batches[-1].split("\n")[0] for step in code] == [
        "DROP PROCEDURE IF EXISTS api.Two",
        "DROP PROCEDURE IF EXISTS api.One",
        "DROP VIEW IF EXISTS core.V",
        "CREATE VIEW core.V AS SELECT 1 AS x;",
        "CREATE PROCEDURE api.One AS SELECT N'it''s';",
        "CREATE PROCEDURE api.Two AS SELECT 2 AS n;",
    ]
    assert [step.hash for step in code][3:] == [scripts[3].hash, ONE.hash, TWO.hash]
    assert names(plan(ALL, JOURNAL, babelfish=True)) == [SCHEMA.name, ROLES.name]


def test_a_new_babelfish_has_nothing_to_drop() -> None:
    """In an empty database all code is made, and nothing dropped that cannot be there."""
    _schema, _tables, _more, code, _roles = plan(ALL, {}, babelfish=True)
    assert [step.name for step in code] == [VIEW.name, ONE.name, TWO.name]


def test_a_script_and_its_row_are_one_transaction() -> None:
    """All batches of a script and its row in the journal come between BEGIN and COMMIT, or not at all."""
    text = transaction_text([Step.run(TABLES)])
    order = [
        "SET XACT_ABORT ON;",
        "BEGIN TRANSACTION;",
        "core.A",
        "core.C",
        "INSERT INTO core.Deployment",
        "COMMIT;",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert TABLES.hash in text
    assert "INSERT" not in transaction_text([Step.run(ROLES)])


def test_text_as_a_literal() -> None:
    """An apostrophe in a script does not end the text that holds it."""
    assert literal("N'it''s'; --") == "N'N''it''''s''; --'"


class FakeServer:
    """Answers a deployment's questions and keeps what it is told to do."""

    def __init__(
        self,
        *,
        owner: bool = True,
        babelfish: bool = False,
        fails: str = "nothing of this",
        compatibility: int = 130,
        engine: int = 3,
        zones: int | None = None,
        snapshots_stay_off: bool = False,
    ) -> None:
        self.state = {
            "HasJournal": 0,
            "HasZones": int(zones is not None),
            "IsBabelfish": int(babelfish),
            "IsOwner": int(owner),
            "Engine": engine,
            "Compatibility": compatibility,
        }
        self.zones = zones
        self.off = int(snapshots_stay_off)
        self.fails = fails
        self.done: list[str] = []

    def query(self, statement: str, *values: object, **options: object) -> list[list[dict[str, object]]]:
        """Answer."""
        if "IsOwner" in statement:
            return [[self.state]]
        if statement == ZONES:
            return [[{"Zones": self.zones}]]
        if statement == SNAPSHOTS_OFF:
            return [[{"Off": self.off}]]
        if self.fails in statement:
            raise Unforeseen("SET XACT_ABORT", 102, "Incorrect syntax near 'x'.", {"step": self.fails})
        self.done.append(statement)
        return []


def deployed(server: FakeServer, **options: Any) -> list[str]:
    """Deploy to a fake server."""
    return deploy(server, ALL, **options)  # type: ignore[arg-type]


def test_the_database_is_set_so_that_nobody_waits() -> None:
    """Row versions are switched on before anything else, on servers that have the switch."""
    server = FakeServer()
    assert deployed(server) == [script.name for script in ALL]
    assert "ALLOW_SNAPSHOT_ISOLATION ON" in server.done[0]
    assert "READ_COMMITTED_SNAPSHOT ON" in server.done[1]
    other = FakeServer(babelfish=True)
    deployed(other)
    assert not [statement for statement in other.done if "ALTER DATABASE" in statement]


def test_a_dry_run_does_nothing() -> None:
    """A dry run names what would run."""
    server = FakeServer()
    assert deployed(server, dry_run=True) == [script.name for script in ALL]
    assert server.done == []


def test_only_an_owner_deploys() -> None:
    """Any other login is refused before anything is changed."""
    server = FakeServer(owner=False)
    with pytest.raises(NotAllowed, match="deploy_needs_owner"):
        deployed(server)
    assert server.done == []


def test_a_script_that_breaks_off() -> None:
    """The error names the script and what the server said; nothing after it runs."""
    server = FakeServer(fails=ONE.name)
    with pytest.raises(DatabaseError) as caught:
        deployed(server)
    assert caught.value.data == {"name": ONE.name, "reason": "Incorrect syntax near 'x'."}
    assert not [statement for statement in server.done if TWO.name in statement]


@pytest.mark.parametrize(("level", "refused"), [(120, True), (110, True), (130, False), (160, False)])
def test_a_level_without_json(level: int, refused: bool) -> None:
    """A database whose compatibility level hides OPENJSON is refused before anything is changed."""
    server = FakeServer(compatibility=level)
    if not refused:
        assert deployed(server)
        return
    with pytest.raises(DatabaseError) as caught:
        deployed(server)
    assert (caught.value.code, caught.value.data) == (
        "compatibility_too_low",
        {"level": level, "needed": 130},
    )
    assert server.done == []


@pytest.mark.parametrize("server", [{"snapshots_stay_off": True}, {"fails": "READ_COMMITTED_SNAPSHOT"}])
def test_snapshots_that_cannot_be_switched_on(server: dict[str, Any]) -> None:
    """Where row versions stay off, nothing is deployed, and the person is told who must switch them on."""
    fake = FakeServer(**server)
    with pytest.raises(DatabaseError, match="snapshots_off"):
        deployed(fake)
    assert not [statement for statement in fake.done if "CREATE" in statement]


def test_babelfish_is_refused_nothing() -> None:
    """Babelfish names a level and settings that mean nothing there; it is asked for none of them."""
    server = FakeServer(babelfish=True, compatibility=120, engine=5, snapshots_stay_off=True)
    assert deployed(server)


@pytest.mark.parametrize(
    ("engine", "zone", "zones", "refused"),
    [
        (5, None, None, True),  # Azure SQL Database, new
        (5, None, 0, True),  # deployed, and no zone was set
        (5, "Europe/Moscow", None, False),
        (5, None, 40, False),
        (8, None, None, False),  # Managed Instance has a time zone of its own
        (3, None, None, False),
    ],
)
def test_azure_needs_a_time_zone(engine: int, zone: str | None, zones: int | None, refused: bool) -> None:
    """Where the clock is UTC and nothing else, the company's zone is asked for before anything is changed."""
    server = FakeServer(engine=engine, zones=zones)
    if not refused:
        assert deployed(server, zone=zone)
        return
    with pytest.raises(UsageError, match="deploy_zone_missing"):
        deployed(server, zone=zone)
    assert server.done == []


BOUND = Script(
    "40_functions/core.Bound.sql",
    "CREATE OR ALTER FUNCTION core.Bound () RETURNS int\n"
    "WITH SCHEMABINDING AS BEGIN RETURN core.Used(); END;\nGO\n",
)
USED = Script(
    "40_functions/core.Used.sql",
    "CREATE OR ALTER FUNCTION core.Used () RETURNS int\nWITH SCHEMABINDING AS BEGIN RETURN 1; END;\nGO\n",
)


def test_what_is_bound_gives_way() -> None:
    """SQL Server replaces no function that a bound one uses: that one is dropped with it, then made anew."""
    functions = (USED, BOUND)
    journal = {script.name: script.hash for script in functions}
    dropped_and_used, bound = plan((edited(USED), BOUND), journal)
    assert [step.batches[-1].split("\n")[0] for step in dropped_and_used] == [
        "DROP FUNCTION IF EXISTS core.Bound",
        edited(USED).batches[0].split("\n")[0],
    ]
    assert [step.hash for step in dropped_and_used] == ["", edited(USED).hash]
    assert [step.name for step in bound] == [BOUND.name]
    assert names(plan(functions, {})) == [USED.name, BOUND.name]
    assert names(plan((USED, edited(BOUND)), journal)) == [BOUND.name]


def test_views_and_functions_learn_of_new_columns() -> None:
    """After all scripts every view and every function that is not bound is refreshed, on SQL Server only."""
    server = FakeServer()
    deploy(server, (*ALL, BOUND))  # type: ignore[arg-type]
    assert "EXEC sys.sp_refreshsqlmodule @name = N''core.V''" in server.done[-1]
    assert "core.Bound" not in server.done[-1]
    other = FakeServer(babelfish=True)
    deployed(other)
    assert not [statement for statement in other.done if "sp_refreshsqlmodule" in statement]


# ---- the script for sqlcmd


@pytest.fixture(scope="module")
def whole() -> str:
    """Give the script of the real files."""
    return sqlcmd_script(load_scripts())


def test_sqlcmd_stops_at_the_first_error(whole: str) -> None:
    """Nothing runs after an error, and no text is mistaken for a command or variable of sqlcmd."""
    assert ":on error exit\n" in whole
    commands = re.findall(r"^\s*(?::|!!).*|\$\(.*", whole, re.MULTILINE)
    assert commands == [":on error exit"]
    assert whole.isascii()


def test_sqlcmd_gets_every_script_with_its_hash(whole: str) -> None:
    """Each file stands there whole, under its name and checksum."""
    for script in load_scripts():
        assert f"-- {script.name}  {script.hash}\n" in whole
        assert all(literal(batch) in whole for batch in script.batches)


def test_sqlcmd_sets_what_procedures_remember(whole: str) -> None:
    """The tool itself switches QUOTED_IDENTIFIER off; the script switches it on before anything is made."""
    assert re.search(r"^SET ANSI_NULLS,.* QUOTED_IDENTIFIER ON;$", whole, re.MULTILINE)
    assert whole.index("QUOTED_IDENTIFIER ON;") < whole.index("CREATE")


@pytest.mark.parametrize(
    ("script", "guard"),
    [
        (TABLES, "IF NOT EXISTS (SELECT 1 FROM core.Deployment"),
        (ONE, "IF COALESCE((SELECT TOP (1) d.Hash FROM core.Deployment"),
        (ROLES, "SET XACT_ABORT ON;"),
    ],
)
def test_sqlcmd_asks_the_journal(script: Script, guard: str) -> None:
    """What ran once never runs again, what did not change does not, the rest runs every time."""
    part = sqlcmd_script(ALL).split(f"-- {script.name}  {script.hash}\n")[1]
    assert part.startswith(guard)


def test_sqlcmd_refuses_what_the_deployment_refuses() -> None:
    """An edited migration and a newer database stop the script before the first migration."""
    text = sqlcmd_script(ALL)
    start = text.index("CREATE TABLE core.A")
    for script in (TABLES, MORE):
        assert text.index(f"{script.name} was changed after it ran here") < start
    assert text.index("The database is of a newer version") < start
    assert text.index("d.compatibility_level < 130") < start
    assert text.index("READ_COMMITTED_SNAPSHOT or ALLOW_SNAPSHOT_ISOLATION is off") < start


def test_sqlcmd_and_the_company_s_zone() -> None:
    """With a zone the script sets it in the end; without one it stops on Azure SQL, whose clock is UTC."""
    without, with_zone = sqlcmd_script(ALL), sqlcmd_script(ALL, "Europe/Moscow")
    asks = "SERVERPROPERTY('EngineEdition') AS int) IN (5, 12)"
    assert without.index(asks) < without.index("CREATE TABLE core.A")
    assert asks not in with_zone
    assert "SetSetting" not in without
    set_at = with_zone.index("EXEC admin.SetSetting @Name = 'TimeZone'")
    assert set_at > with_zone.index("sp_refreshsqlmodule")
    assert "@Value nvarchar(200) = N'Europe/Moscow';" in with_zone
    assert (
        '{"FromUtc":"2011-03-26T23:00:00","OffsetMinutes":240}' in with_zone
    )  # the year without winter time


def test_sqlcmd_keeps_where_the_new_program_is() -> None:
    """The place is set in the end, in letters that every code page reads alike; without one it stays."""
    place = "\\\\сервер\\it's\\setup.exe"
    text = sqlcmd_script(ALL, program=place)
    assert text.isascii()
    assert (
        "EXEC admin.SetSetting @Name = 'ProgramPlace', @Value = @Value" in text.split("refreshsqlmodule")[-1]
    )
    written = re.search(r"@Value nvarchar\(200\) = (.*);", text)
    assert written is not None
    read = "".join(
        chr(int(part[6:-1])) if part.startswith("NCHAR(") else part[2:-1].replace("''", "'")
        for part in written[1].split(" + ")
    )
    assert read == place
    assert "ProgramPlace'," not in sqlcmd_script(ALL)
    assert "@Value nvarchar(200) = N'';" in sqlcmd_script(ALL, program="")


def test_sqlcmd_makes_way_for_a_bound_function() -> None:
    """In the script too a bound function is dropped before what it uses is replaced, and then made anew."""
    part = sqlcmd_script((USED, BOUND)).split(f"-- {USED.name}  {USED.hash}\n")[1]
    drop, made = part.index("DROP FUNCTION IF EXISTS core.Bound"), part.index("FUNCTION core.Used ()")
    assert drop < made < part.index("FUNCTION core.Bound ()")
