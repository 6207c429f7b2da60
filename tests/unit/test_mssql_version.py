"""A program over a server whose database is updated while it is open. No server needed."""

from __future__ import annotations

import pytest

from mini_crm.domain.errors import WrongVersion
from mini_crm.store.mssql import checked
from mini_crm.store.mssql.checked import SCHEMA_VERSION, CheckedServer
from unit.test_mssql_call import LOST, SETTINGS, Answer, FakeServer, odbc

ROWS = (("Total",), [(2,)])
MISSING = odbc("42000", "Could not find stored procedure 'api.ListGroups'.", 2812)


def version(number: int, least: int | None = None, place: str | None = None) -> Answer:
    """Answer as api.GetVersion does; without ``least`` as that of an older database."""
    if least is None:
        return Answer([(("SchemaVersion",), [(number,)])])
    return Answer([(("SchemaVersion", "LeastVersion", "ProgramPlace"), [(number, least, place)])])


def serving(*answers: Answer | Exception) -> tuple[CheckedServer, FakeServer]:
    """Give our side and a fake server that answers like this."""
    fake = FakeServer([Answer(error=a) if isinstance(a, Exception) else a for a in answers])
    return CheckedServer(SETTINGS, connect=fake.connect, wait=fake.waits.append), fake  # type: ignore[arg-type]


def asked(fake: FakeServer) -> list[str]:
    """Give the procedures that were called."""
    return [statement.split()[1] for statement, _values in fake.statements]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (version(SCHEMA_VERSION), None),
        (version(SCHEMA_VERSION, SCHEMA_VERSION), None),
        (version(SCHEMA_VERSION + 3, SCHEMA_VERSION), None),
        (version(SCHEMA_VERSION + 3, SCHEMA_VERSION + 1), "database_too_new"),
        (version(SCHEMA_VERSION + 1), "database_too_new"),
        (version(SCHEMA_VERSION - 1), "database_too_old"),
        (version(SCHEMA_VERSION - 1, SCHEMA_VERSION - 1), "database_too_old"),
    ],
)
def test_who_fits(answer: Answer, code: str | None) -> None:
    """A program needs its own migrations, and to know what the database says that one must know at least."""
    server, _fake = serving(answer)
    if code is None:
        server.look()
    else:
        with pytest.raises(WrongVersion, match=code):
            server.look()


def test_the_new_program_is_named() -> None:
    """The error says where the database says that the new program is."""
    server, _fake = serving(version(9, 9, r"\\server\share\setup.exe"))
    with pytest.raises(WrongVersion) as caught:
        server.call("api.ListGroups")
    assert caught.value.data["program"] == r"\\server\share\setup.exe"


def test_a_program_that_stays_open_asks_again_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update at noon is noticed by an open window before it does anything."""
    now = [0.0]
    monkeypatch.setattr(checked.time, "monotonic", lambda: now[0])
    server, fake = serving(
        version(SCHEMA_VERSION, SCHEMA_VERSION),
        Answer([ROWS]),
        Answer([ROWS]),
        version(SCHEMA_VERSION + 1, SCHEMA_VERSION + 1),
        version(SCHEMA_VERSION + 1, SCHEMA_VERSION + 1),
    )
    server.call("api.ListGroups")
    now[0] = 59
    server.call("api.ListGroups")
    assert asked(fake) == ["api.GetVersion", "api.ListGroups", "api.ListGroups"]
    now[0] = 61
    for _again in range(2):  # and it goes on being refused
        with pytest.raises(WrongVersion, match="database_too_new"):
            server.call("api.AddEntry", repeatable=False)
    assert asked(fake)[3:] == ["api.GetVersion", "api.GetVersion"]


def test_a_connection_that_is_made_again_asks_again() -> None:
    """After a lost connection the next call looks first: the server may have been away to be updated."""
    server, fake = serving(
        version(SCHEMA_VERSION, SCHEMA_VERSION),
        LOST,
        Answer([ROWS]),
        version(SCHEMA_VERSION + 1, SCHEMA_VERSION + 1),
    )
    server.call("api.ListGroups")
    with pytest.raises(WrongVersion, match="database_too_new"):
        server.call("api.AddEntry", repeatable=False)
    assert asked(fake) == ["api.GetVersion", "api.ListGroups", "api.ListGroups", "api.GetVersion"]


def test_a_procedure_that_is_gone_tells_who_is_too_old() -> None:
    """A call that does not fit is no riddle: the versions are compared at once."""
    server, _fake = serving(
        version(SCHEMA_VERSION, SCHEMA_VERSION),
        MISSING,
        version(SCHEMA_VERSION + 1, SCHEMA_VERSION + 1, "//server/setup.exe"),
    )
    with pytest.raises(WrongVersion, match="database_too_new") as caught:
        server.call("api.ListGroups")
    assert caught.value.data["program"] == "//server/setup.exe"


def test_a_procedure_that_is_gone_though_the_numbers_agree() -> None:
    """Where the versions say nothing, the sentence is about both."""
    server, _fake = serving(
        version(SCHEMA_VERSION, SCHEMA_VERSION), MISSING, version(SCHEMA_VERSION, SCHEMA_VERSION)
    )
    with pytest.raises(WrongVersion, match="database_other_version"):
        server.call("api.ListGroups")
