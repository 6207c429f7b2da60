"""How the scripts for SQL Server look, file by file."""

from __future__ import annotations

import re

import pytest

from sql.server_files import FOLDER, MADE_BY, SqlFile, files

ALL = files()
CODE = files(*MADE_BY)
PROCEDURES = files("60_procedures")
VIEWS = files("50_views")

HEADER = {
    "40_functions": ["Function", "Purpose", "Called by", "Returns"],
    "50_views": ["View", "Purpose", "Called by"],
    "60_procedures": ["Procedure", "Purpose", "Called by", "Returns", "Errors", "Transaction"],
}

FORBIDDEN = {
    r"\bMERGE\b": "takes locks that nobody expects",
    r"SELECT\s+\*": "columns are named",
    r"\bPRINT\b": "nobody reads it",
    r"\bWAITFOR\b": "holds a connection",
    r"\bUPDLOCK\b": "not every server knows it",
    r"\bNOLOCK\b": "reads what may never have been",
    r"\bEXEC(UTE)?\s*\(": "no dynamic SQL",
    r"\bsp_executesql\b": "no dynamic SQL",
    r"\bEXECUTE\s+AS\b": "rights come from the roles",
    r"\bxp_\w+": "nothing outside the database",
    r"\bRAISERROR\b": "THROW",
    r"\bGOTO\b": "not in this house",
}


def ids(file: SqlFile) -> str:
    """Name a test by its file."""
    return file.name


def columns() -> set[str]:
    """Give the names of all columns."""
    tables = "".join(file.code for file in files("20_migrations"))
    return set(re.findall(r"^    (\w+) +[a-z]", tables, re.MULTILINE))


def numbers_in(text: str) -> set[int]:
    """Give the numbers of errors that a text names, also as ``51101-51103``."""
    ranges = re.findall(r"\b(51\d{3})(?:-(51\d{3}))?\b", text)
    return {number for first, last in ranges for number in range(int(first), int(last or first) + 1)}


def test_there_are_scripts() -> None:
    """The tests below look at something."""
    assert len(PROCEDURES) > 50
    assert VIEWS


@pytest.mark.parametrize("file", ALL, ids=ids)
def test_plain_text(file: SqlFile) -> None:
    """A script is ASCII with LF at every line's end and ends with GO: every tool reads it alike."""
    assert file.text.isascii()
    assert "\r" not in file.text
    assert "\t" not in file.text
    assert file.text.endswith("\nGO\n")
    assert not re.search(r"[ ]$", file.text, re.MULTILINE)


@pytest.mark.parametrize("file", ALL, ids=ids)
def test_sqlcmd_reads_nothing_into_it(file: SqlFile) -> None:
    """No line is a command of sqlcmd, nothing is one of its variables, and GO stands on lines of its own."""
    assert not re.search(r"^\s*(:|!!)|\$\(", file.text, re.MULTILINE)
    lines = [line for line in file.text.splitlines() if re.match(r"\s*GO\b", line, re.IGNORECASE)]
    assert set(lines) == {"GO"}


@pytest.mark.parametrize("file", files(*MADE_BY, "20_migrations", "70_permissions"), ids=ids)
def test_settings_come_first(file: SqlFile) -> None:
    """What a procedure remembers of its making is set in the file, not left to the tool that runs it."""
    text = re.sub(r"^(--[^\n]*\n)+", "", file.text)
    assert text.startswith("SET ANSI_NULLS ON;\nSET QUOTED_IDENTIFIER ON;\nGO\n")


@pytest.mark.parametrize("file", CODE, ids=ids)
def test_one_object_of_the_files_name(file: SqlFile) -> None:
    """A file makes one object, which has the file's name."""
    made = re.findall(r"\bCREATE\s+(?:OR\s+ALTER\s+)?(\w+)\s+([\w.]+)", file.code)
    made = [(kind, name) for kind, name in made if kind not in ("TABLE", "INDEX", "UNIQUE", "CLUSTERED")]
    assert made == [(MADE_BY[file.path.parent.name], file.name)]
    assert re.search(r"^CREATE OR ALTER \w+ [\w.]+", file.code, re.MULTILINE)


@pytest.mark.parametrize("file", CODE, ids=ids)
def test_header(file: SqlFile) -> None:
    """The block above an object says all that its reader asks, the object's name first."""
    wanted = HEADER[file.path.parent.name]
    assert list(file.header)[: len(wanted)] == wanted
    assert file.header[wanted[0]] == file.name
    assert all(file.header.values())


@pytest.mark.parametrize("file", PROCEDURES, ids=ids)
def test_every_parameter_is_explained(file: SqlFile) -> None:
    """Beside each parameter stands what it is, unless it is simply the column of its name."""
    head = re.search(r"\bPROCEDURE\s+[\w.]+(.*?)^AS$", file.text, re.DOTALL | re.MULTILINE)
    assert head is not None
    lines = [line for line in head[1].splitlines() if line.strip().startswith("@")]
    assert len(lines) == len(file.parameters), "one parameter a line"
    silent = {line.split()[0].removeprefix("@") for line in lines if "--" not in line}
    assert silent - columns() == set()


@pytest.mark.parametrize("file", PROCEDURES, ids=ids)
def test_errors_are_in_the_header(file: SqlFile) -> None:
    """A procedure's header names every number that the procedure throws itself."""
    assert file.thrown - numbers_in(file.header["Errors"]) == set()


@pytest.mark.parametrize("file", files(*MADE_BY, "20_migrations"), ids=ids)
def test_nothing_forbidden(file: SqlFile) -> None:
    """What is dangerous, or not there on every server, is not used."""
    found = {
        pattern: why for pattern, why in FORBIDDEN.items() if re.search(pattern, file.code, re.IGNORECASE)
    }
    assert found == {}


@pytest.mark.parametrize("file", PROCEDURES, ids=ids)
def test_no_return_codes(file: SqlFile) -> None:
    """A procedure answers with rows and errors, not with a number that nobody looks at."""
    assert not re.search(r"\bRETURN\s+[@\d]", file.code)


def test_application_locks_have_secret_names() -> None:
    """Only a run takes an application lock, by a name that no program can read: who knew it could hold it."""
    users = [file for file in ALL if "applock" in file.code]
    assert [file.name for file in users] == ["batch.AggregateForecast"]
    assert set(re.findall(r"@Resource = ([^,]+),", users[0].code)) == {"@LockName"}
    assert "EXEC core.NameRunLock @LockName = @LockName OUTPUT;" in users[0].code


@pytest.mark.parametrize("file", PROCEDURES, ids=ids)
def test_procedures_begin_alike(file: SqlFile) -> None:
    """An error ends a procedure and its transaction, and no row counts go to the client."""
    body = re.split(r"^AS\nBEGIN\n", file.code, maxsplit=1, flags=re.MULTILINE)[1]
    assert body.lstrip().startswith("SET NOCOUNT, XACT_ABORT ON;")


@pytest.mark.parametrize("file", PROCEDURES, ids=ids)
def test_transactions_are_rolled_back(file: SqlFile) -> None:
    """Whoever begins a transaction commits it, and rolls it back when something fails."""
    begins = re.findall(r"\bBEGIN\s+TRAN(?:SACTION)?\b", file.code)
    if begins:
        assert re.search(r"\bCOMMIT\b", file.code)
        assert re.search(
            r"\bBEGIN CATCH\b.*\bXACT_STATE\(\) <> 0\s+ROLLBACK\b.*\bTHROW;", file.code, re.DOTALL
        )


def test_build_order_names_every_file() -> None:
    """Each script stands once in the build order, folder by folder."""
    lines = (FOLDER / "build_order.txt").read_text("utf-8").splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    assert sorted(named) == sorted(file.place for file in ALL)
    assert [name.split("/")[0] for name in named] == sorted(name.split("/")[0] for name in named)


def test_views_come_after_what_they_read() -> None:
    """A view stands in the build order behind every view and function that it uses."""
    lines = (FOLDER / "build_order.txt").read_text("utf-8").splitlines()
    for file in files("40_functions", "50_views"):
        for other in files("40_functions", "50_views"):
            if other != file and re.search(rf"(?<![\w.]){re.escape(other.name)}(?!\w)", file.code):
                assert lines.index(other.place) < lines.index(file.place), f"{file.name} uses {other.name}"


def test_migrations_are_numbered() -> None:
    """Migrations count up from 1 without a gap, and the program knows the newest."""
    from mini_crm.store.mssql import SCHEMA_VERSION

    numbers = [int(file.path.name.split("_")[0]) for file in files("20_migrations")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers[-1] == SCHEMA_VERSION


def test_no_program_must_know_what_there_is_not() -> None:
    """The migration that a program must know at least is there, so that the newest program fits."""
    (asked,) = (file for file in files("60_procedures") if file.name == "api.GetVersion")
    (least,) = re.findall(r"\b(\d+) AS LeastVersion\b", asked.code)
    assert 1 <= int(least) <= len(files("20_migrations"))
