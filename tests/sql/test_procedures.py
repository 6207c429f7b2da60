"""The procedures against the port and against the adapter that calls them."""

from __future__ import annotations

import inspect
import re

import pytest

from mini_crm.store.port import AdminStore, BatchStore, DesktopStore, ReportStore
from sql.server_files import Call, SqlFile, calls, files

PROCEDURES = {file.name: file for file in files("60_procedures")}
CALLS = list(calls())
SCHEMAS = {"api": (DesktopStore,), "batch": (BatchStore, ReportStore), "admin": (AdminStore,)}

NAMED_OTHERWISE = {"get_schema_version": "GetVersion"}
WITHOUT_PROCEDURE = {"backup": "a server backs itself up"}
HELPERS = {"admin.SendImportRows": "import_entries sends its rows in parts first"}
WITHOUT_TOKEN = {"api.GetVersion", "api.ListLeadNames", "api.GetSalt"}
SIGNS_IN = {"api.SignIn"}

API = [file for file in PROCEDURES.values() if file.schema == "api"]


def ids(value: object) -> str:
    """Name a test by its procedure."""
    return value.name if isinstance(value, SqlFile) else str(getattr(value, "procedure", value))


def wanted() -> set[str]:
    """Give the procedures that the port asks for."""
    found = set()
    for schema, stores in SCHEMAS.items():
        for store in stores:
            for name, _function in inspect.getmembers(store, inspect.isfunction):
                if not name.startswith("_") and name not in WITHOUT_PROCEDURE:
                    pascal = "".join(part.capitalize() for part in name.split("_"))
                    found.add(f"{schema}.{NAMED_OTHERWISE.get(name, pascal)}")
    return found


def test_one_procedure_for_each_operation() -> None:
    """Every operation of the port has a procedure of its name, and no other can be called by a program."""
    offered = {name for name, file in PROCEDURES.items() if file.schema in SCHEMAS}
    assert offered - set(HELPERS) == wanted()
    assert set(HELPERS) <= offered


def test_the_adapter_calls_each_of_them() -> None:
    """The adapter calls every procedure that there is for programs, and no helper inside the database."""
    assert {call.procedure for call in CALLS} == wanted() | set(HELPERS)


@pytest.mark.parametrize("call", CALLS, ids=ids)
def test_parameters_fit(call: Call) -> None:
    """The adapter sends the parameters that the procedure has, by their names."""
    parameters = PROCEDURES[call.procedure].parameters
    if call.direct:
        assert call.parameters == set(parameters)
    else:  # one place calls several procedures, and what is None is left out
        assert set(parameters) <= call.parameters


@pytest.mark.parametrize("file", API, ids=ids)
def test_api_takes_no_part_in_the_callers_transaction(file: SqlFile) -> None:
    """A caller's rollback could undo the count of failures, so none of them runs inside a transaction."""
    body = re.split(r"^AS\nBEGIN\n", file.code, maxsplit=1, flags=re.MULTILINE)[1]
    statements = [" ".join(part.split()) for part in body.split(";")]
    assert statements[:2] == ["SET NOCOUNT, XACT_ABORT ON", "SET IMPLICIT_TRANSACTIONS OFF"]
    assert statements[2].startswith("IF @@TRANCOUNT > 0 THROW 51008,")


@pytest.mark.parametrize("file", API, ids=ids)
def test_api_finds_the_lead_by_the_session(file: SqlFile) -> None:
    """No procedure of the window takes a lead from its caller; all but four take the session's token."""
    assert not {name for name in file.parameters if name in ("LeadId", "By")}
    assert ("Token" in file.parameters) is (file.name not in WITHOUT_TOKEN)
    if file.name not in WITHOUT_TOKEN | SIGNS_IN:
        assert "@Token = @Token" in file.code or re.search(r"HASHBYTES\(''\s*, @Token\)", file.code)


@pytest.mark.parametrize("file", API, ids=ids)
def test_another_lead_is_shown_to_heads_only(file: SqlFile) -> None:
    """What names another lead, or shows the company, asks first whether the session is a head's."""
    others = {"OfLeadId"} & set(file.parameters) or file.name in ("api.GetCompany", "api.ListBridges")
    assert ("EXEC core.FindHead @Token = @Token" in file.code) is bool(others)
    if others:
        assert "51009" in file.header["Errors"]
        assert not re.search(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+core\.", file.code)


@pytest.mark.parametrize("file", [f for f in API if "51002" in f.header["Errors"]], ids=ids)
def test_api_asks_for_the_session_first(file: SqlFile) -> None:
    """Before a procedure reads or writes anything of a lead it has looked whose session this is."""
    asked = re.search(r"EXEC core\.(FindCaller|FindHead|BeginWrite)\b", file.code)
    assert asked
    before = file.code[: asked.start()]
    assert not re.search(r"\b(FROM|JOIN|UPDATE|INTO)\s+core\.", before)


@pytest.mark.parametrize("file", [f for f in PROCEDURES.values() if f.schema == "admin"], ids=ids)
def test_admins_changes_have_an_author(file: SqlFile) -> None:
    """Whatever an administrator changes is recorded with who did it."""
    changes = re.search(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+core\.(?!ImportRow\b)", file.code)
    if changes and file.name not in ("admin.ListPeriods", "admin.Replay"):
        assert "By" in file.parameters
