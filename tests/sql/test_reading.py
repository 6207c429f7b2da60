"""Every script of ``sql/mssql``, read by rule; and each rule against a copy that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mini_crm.domain import rules
from mini_crm.store.mssql.errors import ERRORS
from sql import reading
from sql.reading import TABLES, columns_of, typed
from sql.server_files import FOLDER, SqlFile, files

Rule = Callable[[SqlFile], list[str]]


def misfits(file: SqlFile) -> list[str]:
    """See ``reading.misfits``; against the columns of all migrations."""
    return reading.misfits(file, TABLES)


def unregistered(file: SqlFile) -> list[str]:
    """Name the numbers that a script throws and nobody knows."""
    return [str(number) for number in sorted(file.thrown - set(ERRORS))]


RULES: list[Rule] = [
    reading.uncollated,
    reading.schemas_of_others,
    reading.unqualified,
    reading.unused,
    misfits,
    reading.unset,
    reading.spelled_twice,
    reading.clocks,
    reading.loose_functions,
    unregistered,
]
KNOWN = {("20_migrations/0001_tables.sql", "clocks"): ["SYSUTCDATETIME"]}
"""When a row of a file came: it only has to be less than a day ago, and the migration ran already."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("file", files(), ids=lambda file: file.place)
def test_no_script_breaks_a_rule(file: SqlFile, rule: Rule) -> None:
    """No script breaks a rule."""
    assert rule(file) == KNOWN.get((file.place, rule.__name__), [])


MUTATIONS: list[tuple[Rule, str, str, str]] = [
    (
        reading.uncollated,
        "60_procedures/admin.SetTargets.sql",
        "Kind       varchar(10) COLLATE DATABASE_DEFAULT",
        "Kind       varchar(10)",
    ),
    (
        reading.uncollated,
        "60_procedures/parts/Roster.sql",
        "Kind        varchar(20) COLLATE DATABASE_DEFAULT",
        "Kind        varchar(20)",
    ),
    (
        reading.uncollated,
        "60_procedures/core.ShowEntries.sql",
        "EntryId int NOT NULL);",
        "EntryId int NOT NULL, Word nvarchar(500));",
    ),
    (reading.schemas_of_others, "10_schemas/api.sql", " AUTHORIZATION dbo", ""),
    (reading.schemas_of_others, "10_schemas/api.sql", " AUTHORIZATION dbo", " AUTHORIZATION anna"),
    (reading.unqualified, "60_procedures/admin.ListTargets.sql", "JOIN core.Period AS p", "JOIN Period AS p"),
    (
        reading.unqualified,
        "60_procedures/admin.ListTargets.sql",
        "JOIN core.Period AS p",
        "JOIN core.Period p",
    ),
    (reading.unqualified, "60_procedures/api.SignOut.sql", "FROM core.Session", "FROM Session"),
    (
        reading.unqualified,
        "60_procedures/api.SignIn.sql",
        "UPDATE core.LeadCredential",
        "UPDATE LeadCredential",
    ),
    (reading.unqualified, "60_procedures/api.SignIn.sql", "INTO core.Session", "INTO Session"),
    (reading.unqualified, "60_procedures/api.SignIn.sql", "EXEC core.CheckKey", "EXEC CheckKey"),
    (reading.unqualified, "60_procedures/admin.SetTargets.sql", ") AS j;", ") j;"),
    (reading.unused, "60_procedures/admin.ListAdminLog.sql", "TOP (@Limit)", "TOP (50)"),
    (
        reading.unused,
        "60_procedures/api.GetEntry.sql",
        "DECLARE @LeadId int;",
        "DECLARE @LeadId int, @Idle int;",
    ),
    (misfits, "60_procedures/core.WriteEntry.sql", "@ClientPin  nvarchar(100)", "@ClientPin  nvarchar(99)"),
    (misfits, "60_procedures/core.WriteEntry.sql", "@Comment    nvarchar(500)", "@Comment    nvarchar(400)"),
    (misfits, "60_procedures/parts/Change.sql", "Comment    nvarchar(500)", "Comment    nvarchar(600)"),
    (misfits, "60_procedures/api.AddEntry.sql", "@Comment    nvarchar(4000)", "@Comment    nvarchar(499)"),
    (
        misfits,
        "60_procedures/admin.SendImportRows.sql",
        "Comment    nvarchar(1100)",
        "Comment    nvarchar(400)",
    ),
    (misfits, "60_procedures/core.KeepHistory.sql", "@ChangedBy nvarchar(200)", "@ChangedBy nvarchar(300)"),
    (reading.unset, "10_schemas/api.sql", "SET QUOTED_IDENTIFIER ON;\n", ""),
    (reading.unset, "60_procedures/api.GetSalt.sql", "SET ANSI_NULLS ON;\n", ""),
    (reading.unset, "60_procedures/api.GetSalt.sql", "SET NOCOUNT, XACT_ABORT ON;", "SET NOCOUNT ON;"),
    (
        reading.unset,
        "60_procedures/api.ListChanges.sql",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;",
        "",
    ),
    (reading.spelled_twice, "60_procedures/api.GetEntry.sql", "@LeadId = @LeadId", "@LeadId = @LeadID"),
    (reading.spelled_twice, "60_procedures/api.SignOut.sql", "core.Session", "core.session"),
    (reading.clocks, "60_procedures/api.SignIn.sql", "core.Now()", "SYSUTCDATETIME()"),
    (reading.clocks, "40_functions/core.Today.sql", "core.Now()", "GETDATE()"),
    (reading.loose_functions, "40_functions/core.DayOf.sql", "WITH SCHEMABINDING\n", ""),
    (reading.loose_functions, "40_functions/core.Now.sql", "RETURN", "WHILE 1 = 0 RETURN NULL;\n    RETURN"),
    (unregistered, "60_procedures/api.SignIn.sql", "THROW 51003", "THROW 51999"),
]


@pytest.mark.parametrize(("rule", "place", "right", "wrong"), MUTATIONS)
def test_each_rule_finds_a_copy_that_breaks_it(
    rule: Rule, place: str, right: str, wrong: str, tmp_path: Path
) -> None:
    """A copy of a script with one mistake is found by the rule, and the script itself is not."""
    text = SqlFile(FOLDER / place).text
    assert right in text
    folder, file = place.split("/")[0], place.split("/")[-1]
    (tmp_path / folder).mkdir()
    copy = SqlFile(tmp_path / folder / file)
    copy.path.write_text(text.replace(right, wrong, 1), "utf-8")
    assert rule(copy) != []
    copy.path.with_stem("unchanged").write_text(text, "utf-8")
    if folder != "60_procedures" or "parts" not in place:  # a part has no head of its own
        assert rule(SqlFile(FOLDER / place)) == []


def test_every_rule_was_seen_to_fail() -> None:
    """There is a mutated copy for each rule."""
    assert {mutation[0] for mutation in MUTATIONS} == set(RULES)


def test_a_register_that_says_too_much() -> None:
    """A number that nobody throws any more is found too: both ways are compared."""
    thrown = {number for file in files() for number in file.thrown}
    assert set(ERRORS) == thrown
    assert {*ERRORS, 51999} - thrown == {51999}


def test_the_reader_sees_everything() -> None:
    """The reader finds the columns, parameters, variables and temporary columns that are there."""
    assert TABLES["ClientPin"] == {"nvarchar(100)"}  # 32 at first
    assert TABLES["OpId"] == {"uniqueidentifier"}  # also of a column that came later
    assert len(TABLES) > 80
    places = {one.place for file in files("60_procedures") for one in typed(file)}
    assert places == {"parameter", "variable", "temporary", "json"}
    (listed,) = [file for file in files("60_procedures") if file.name == "core.ShowEntries"]
    assert {"LeadId", "Limit", "TextPattern", "Place"} <= {one.name for one in typed(listed)}


def test_the_program_measures_as_the_columns_do() -> None:
    """What forms, files and stores allow is what the columns hold."""

    def longest(column: str) -> set[str]:
        return {kind.removeprefix("nvarchar(").rstrip(")") for kind in TABLES[column]}

    assert longest("ClientPin") == {str(rules.MAX_PIN)}
    assert longest("Reason") == {str(rules.MAX_REASON)}
    assert longest("Comment") == longest("Note") == {str(rules.MAX_COMMENT)}
    assert longest("NameKey") == longest("LeadKey") == {str(rules.MAX_KEPT_NAME)}
    tables = {file.name: file for file in files("20_migrations")}
    period = tables["0001_tables"].code.split("CREATE TABLE core.Period")[1].split(");")[0]
    assert f"Name     nvarchar({rules.MAX_PERIOD_NAME})" in period
    checks = next(file for file in files("60_procedures") if file.name == "core.CheckDraft").code
    assert f"@MaxPin int = {rules.MAX_PIN};" in checks
    assert f"@MaxComment int = {rules.MAX_COMMENT};" in checks
    assert columns_of([]) == {}
