"""What people type stays out of the logs: client PINs, comments, amounts, passwords."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mini_crm.domain.errors import BadFile, BadValue, MiniCrmError, SettingsError
from mini_crm.logs import close_log, logged, setup_log
from mini_crm.program import Program, run_program

PIN, COMMENT, CODE = "00427719", "ask his wife, it's late", "7KQM-2XWD-HV9R"
TYPED = (PIN, COMMENT, "wife", "late", CODE)


@pytest.fixture(autouse=True)
def closed_afterwards() -> Iterator[None]:
    """Close the log that a test opened, and put the hooks back."""
    hooks = sys.excepthook, threading.excepthook
    yield
    close_log(logging.getLogger("mini_crm"))
    sys.excepthook, threading.excepthook = hooks


def lines(folder: Path, name: str = "mini-crm-admin") -> str:
    """Give the log's text."""
    return (folder / f"{name}.log").read_text("utf-8")


FAILURES = {
    "an error of ours": BadValue("amount_unreadable", field="amount", text=PIN, comment=COMMENT),
    "what Python refuses": ValueError(f"invalid literal for int() with base 10: {PIN!r}"),
    "a quotation with an apostrophe": ValueError(f"cannot store '{COMMENT}' of '{PIN}'"),
    "a key": KeyError(CODE),
    "a driver": RuntimeError(
        "22018",
        "[22018] [Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Conversion failed when converting the "
        f"nvarchar value '{PIN}' to data type int. (245) (SQLExecDirectW)",
    ),
    "a duplicate": RuntimeError(
        f"23000: duplicate key in object 'core.Entry'. The value is ({PIN}, {COMMENT} (x))."
    ),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_run_that_fails(failure: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends by an error about a PIN and a comment leaves neither in its log, as a cause either."""
    monkeypatch.setenv("MINI_CRM_LOG_DIR", str(tmp_path))

    def build(program: Program) -> click.Command:
        @click.command()
        @click.option("--chained", is_flag=True)
        def command(chained: bool) -> None:
            if chained:
                raise RuntimeError("while storing") from failure
            raise failure

        return command

    for arguments in ([], ["--chained"]):
        assert run_program("mini-crm-admin", build, arguments) in (1, 7)
    text = lines(tmp_path)
    assert [word for word in TYPED if word in text] == []
    assert "RuntimeError: while storing" in text
    assert "in command" in text
    assert type(failure).__name__ in text


def test_what_helps_is_kept() -> None:
    """Code, field, line, path, the database's objects and the driver's words are there for whoever helps."""
    error = BadValue("row_twice", field="manager", first_line=7, text=PIN)
    assert logged(error) == "row_twice field='manager' first_line=7"
    said = logged(FAILURES["a driver"])
    assert said.startswith(
        "22018 [22018] [Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Conversion failed"
    )
    assert "core.Entry" in logged(FAILURES["a duplicate"])
    assert (
        logged(FileNotFoundError(2, "No such file", "/data/a.csv")) == "[Errno 2] No such file: '/data/a.csv'"
    )
    assert logged(ZeroDivisionError("division by zero")) == "division by zero"


def test_errors_within_errors() -> None:
    """An error that carries others shows each of them, and their typed parts no more than its own."""
    inner = SettingsError("setting_not_a_language", key="MINI_CRM_LANGUAGE", value=CODE)
    error = SettingsError("settings_wrong", keys=("MINI_CRM_LANGUAGE",), problems=(inner,))
    assert logged(error) == (
        "settings_wrong keys=['MINI_CRM_LANGUAGE'] problems=[setting_not_a_language key='MINI_CRM_LANGUAGE']"
    )


def test_errors_among_the_values_of_a_line(tmp_path: Path) -> None:
    """Wherever a part of the program logs an error, in a thread or as a value, it is written the same way."""
    log = setup_log("mini-crm", tmp_path)
    log.warning("not aggregated: %s", BadValue("pin_missing", field="client_pin", text=PIN))
    log.warning("%s: %s", "a.csv", BadFile("file_not_writable", path="a.csv", reason="full", text=COMMENT))
    try:
        raise MiniCrmError("sent", text=COMMENT)
    except MiniCrmError:
        log.exception("a kept write could not be sent")
    text = lines(tmp_path, "mini-crm")
    assert [word for word in TYPED if word in text] == []
    assert "not aggregated: pin_missing field='client_pin'" in text
    assert "file_not_writable path='a.csv' reason='full'" in text
    assert "MiniCrmError: sent" in text
