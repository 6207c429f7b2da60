"""Calling procedures on SQL Server: what is sent, what comes back, what is tried again. No server needed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pyodbc
import pytest

from mini_crm.domain.credentials import PasswordKind
from mini_crm.domain.errors import (
    BadValue,
    DatabaseError,
    DatabaseUnreachable,
    MustWait,
    NotAllowed,
    SettingsError,
    StaleVersion,
)
from mini_crm.domain.model import Status
from mini_crm.settings import Settings
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.errors import Unforeseen
from mini_crm.store.mssql.login import connection_string, find_driver
from mini_crm.store.mssql.values import statement_of

ODBC_18 = "ODBC Driver 18 for SQL Server"
SETTINGS = Settings(
    database="mssql", server="sql01,1433", catalog="Sales", login="crm", password="S3cret!", driver=ODBC_18
)


def settings(**changed: object) -> Settings:
    """Give settings that differ from the usual ones."""
    values = {name: getattr(SETTINGS, name) for name in Settings.__slots__}
    return Settings(**{**values, **changed})


# ---- the connection string


def options(text: str) -> dict[str, str]:
    """Read a connection string by the rules of ODBC: braces around a value, a brace in it twice."""
    found = {}
    while text:
        name, _equals, text = text.partition("=")
        if text.startswith("{"):
            value, at = "", 1
            while text[at] != "}" or text[at : at + 2] == "}}":
                value += text[at]
                at += 2 if text[at] == "}" else 1
            assert text[at + 1 : at + 2] in ("", ";")
            text = text[at + 2 :]
        else:
            value, _semicolon, text = text.partition(";")
        assert name.upper() not in found
        found[name.upper()] = value
    return found


def test_the_connection_is_encrypted_and_the_certificate_checked() -> None:
    """Unless somebody says so, no certificate is believed; the program names itself."""
    found = options(connection_string(SETTINGS, ODBC_18, "execer"))
    assert (found["ENCRYPT"], found["TRUSTSERVERCERTIFICATE"]) == ("yes", "no")
    assert (found["SERVER"], found["DATABASE"]) == ("sql01,1433", "Sales")
    assert (found["UID"], found["PWD"]) == ("crm", "S3cret!")
    assert found["APP"].startswith("execer ")
    assert options(connection_string(settings(trust_certificate=True), ODBC_18, "x"))[
        "TRUSTSERVERCERTIFICATE"
    ] == ("yes")


def test_without_a_login_windows_signs_in() -> None:
    """An empty login is the account of whoever started the program; no password is sent."""
    found = options(connection_string(settings(login="", password=""), ODBC_18, "execer"))
    assert found["TRUSTED_CONNECTION"] == "yes"
    assert not {"UID", "PWD"} & set(found)


@pytest.mark.parametrize("name", ["server", "catalog", "login", "password"])
@pytest.mark.parametrize(
    "value",
    [
        "x;Encrypt=no",
        "x};Encrypt=no;{",
        "}};Encrypt=no",
        "{x",
        "{x}",
        " x ",
        "a=b",
        "Пароль; 1",
        "x;TrustServerCertificate=yes;y=",
        "'\"\\",
    ],
)
def test_no_value_becomes_an_option(name: str, value: str) -> None:
    """Whatever a setting holds, the driver reads back just that, and every other option as it was."""
    places = {"server": "SERVER", "catalog": "DATABASE", "login": "UID", "password": "PWD"}
    usual = options(connection_string(SETTINGS, ODBC_18, "execer"))
    found = options(connection_string(settings(**{name: value}), ODBC_18, "execer"))
    assert found == {**usual, places[name]: value}


@pytest.mark.parametrize("value", ["a\0b", "a\nb", "a\x1bb"])
def test_invisible_characters_are_refused(value: str) -> None:
    """A driver could end a value at such a character."""
    with pytest.raises(SettingsError, match="setting_characters"):
        connection_string(settings(password=value), ODBC_18, "execer")


def test_freetds_has_options_of_its_own() -> None:
    """FreeTDS encrypts too, by another name, and takes the port apart from the server."""
    found = options(connection_string(settings(trust_certificate=True), "FreeTDS", "execer"))
    assert (found["ENCRYPTION"], found["TDS_VERSION"]) == ("require", "7.4")
    assert (found["SERVER"], found["PORT"]) == ("sql01", "1433")
    named = settings(server="sql01\\crm", trust_certificate=True)
    assert options(connection_string(named, "FreeTDS", "execer"))["SERVER"] == "sql01\\crm"


def test_freetds_is_not_used_where_certificates_count() -> None:
    """FreeTDS checks no certificate, so it connects only where that is allowed."""
    with pytest.raises(SettingsError, match="driver_cannot_verify"):
        connection_string(SETTINGS, "/usr/lib/libtdsodbc.so", "execer")


def test_freetds_takes_no_closing_brace() -> None:
    """FreeTDS would read on as options what follows the brace."""
    with pytest.raises(SettingsError, match="driver_braces"):
        connection_string(settings(password="a}b", trust_certificate=True), "FreeTDS", "execer")


def test_the_best_driver_is_taken() -> None:
    """Microsoft's newest driver first, FreeTDS last; a driver that is named wins."""
    there = ["SQLite3", "FreeTDS", "ODBC Driver 17 for SQL Server", ODBC_18]
    nobody_says = settings(driver="")
    assert find_driver(nobody_says, there) == ODBC_18
    assert find_driver(nobody_says, there[:3]) == "ODBC Driver 17 for SQL Server"
    assert find_driver(nobody_says, there[:2]) == "FreeTDS"
    assert find_driver(settings(driver="/opt/lib.so"), there) == "/opt/lib.so"
    with pytest.raises(DatabaseError, match="driver_missing"):
        find_driver(nobody_says, ["SQLite3"])


# ---- statements and values


def test_parameters_are_named() -> None:
    """Each value is sent under its parameter's name; what is None is left to the parameter's default."""
    statement, values = statement_of("api.AddEntry", {"op_id": 1, "pay_by": None, "memory_kib": 2})
    assert statement == "EXEC api.AddEntry @OpId = ?, @MemoryKib = ?"
    assert values == (1, 2)
    assert statement_of("api.GetVersion", {}) == ("EXEC api.GetVersion", ())


def test_values_as_the_server_takes_them() -> None:
    """Our values become plain ones: codes, texts, numbers, instants in UTC without a zone."""
    moment = datetime(2026, 3, 5, 15, 0, tzinfo=timezone(timedelta(hours=3)))
    sent = {
        "a": Status.PAID,
        "b": PasswordKind.OWN,
        "c": True,
        "d": UUID(int=1),
        "e": moment,
        "f": date(2026, 3, 5),
        "g": Decimal("1.50"),
        "h": b"\x01",
    }
    assert statement_of("api.X", sent)[1] == (
        1,
        "own",
        1,
        "00000000-0000-0000-0000-000000000001",
        datetime(2026, 3, 5, 12, 0),
        date(2026, 3, 5),
        Decimal("1.50"),
        b"\x01",
    )


# ---- a connection made by hand


@dataclass
class Answer:
    """What a fake server does with one statement: gives sets of rows, then perhaps an error."""

    sets: Sequence[tuple[Sequence[str], Sequence[Sequence[object]]]] = ()
    error: Exception | None = None
    broken: bool = False


class FakeCursor:
    """Reads an answer as pyodbc does: an error comes where its turn is."""

    def __init__(self, connection: FakeConnection) -> None:
        self._connection = connection
        self._sets: list[tuple[Sequence[str], Sequence[Sequence[object]]]] = []
        self._answer = Answer()
        self.closed = False

    @property
    def description(self) -> list[tuple[str]] | None:
        """What the present set is called, column by column."""
        return [(name,) for name in self._sets[0][0]] if self._sets else None

    def execute(self, statement: str, values: Sequence[object]) -> None:
        """Take the next answer."""
        self._connection.server.statements.append((statement, tuple(values)))
        self._answer = self._connection.server.answers.pop(0)
        self._connection.broken = self._answer.broken
        self._sets = list(self._answer.sets)
        if not self._sets:
            self._fail()

    def __iter__(self) -> Iterator[Sequence[object]]:
        yield from self._sets[0][1]

    def nextset(self) -> bool:
        """Go to the next set, or raise what comes then."""
        if self._sets:
            self._sets.pop(0)
        if not self._sets:
            self._fail()
        return bool(self._sets)

    def close(self) -> None:
        """Give it back."""
        self.closed = True

    def _fail(self) -> None:
        error, self._answer.error = self._answer.error, None
        if error is not None:
            raise error


class FakeConnection:
    """One connection to the fake server."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.timeout = 0
        self.broken = False
        self.closed = False
        self.cursors: list[FakeCursor] = []

    def cursor(self) -> FakeCursor:
        """Open a cursor."""
        self.cursors.append(FakeCursor(self))
        return self.cursors[-1]

    def execute(self, statement: str) -> FakeCursor:
        """Answer the question whether anybody is there."""
        assert statement == "SELECT 1"
        if self.broken:
            raise odbc("08S01", "gone", 0)
        return self.cursor()

    def close(self) -> None:
        """Close it."""
        self.closed = True


@dataclass
class FakeServer:
    """Gives prepared answers, and remembers what it was asked."""

    answers: list[Answer] = field(default_factory=list)
    refuses: list[Exception] = field(default_factory=list)
    statements: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    connections: list[FakeConnection] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def connect(self) -> FakeConnection:
        """Open a connection, or refuse to."""
        if self.refuses:
            raise self.refuses.pop(0)
        self.connections.append(FakeConnection(self))
        return self.connections[-1]


def odbc(state: str, text: str, number: int, function: str = "SQLExecDirectW") -> pyodbc.Error:
    """Make an error as pyodbc with Microsoft's driver raises it."""
    return pyodbc.Error(state, f"[{state}] [Microsoft][{ODBC_18}][SQL Server]{text} ({number}) ({function})")


DEADLOCK = odbc("40001", "Transaction was deadlocked and has been chosen as the deadlock victim.", 1205)
LOST = pyodbc.OperationalError(
    "08S01", f"[08S01] [Microsoft][{ODBC_18}]TCP Provider: Error code 0x68 (104) (SQLExecDirectW)"
)
TIME_OUT = pyodbc.OperationalError(
    "HYT00", f"[HYT00] [Microsoft][{ODBC_18}]Query timeout expired (0) (SQLExecDirectW)"
)
REFUSED = pyodbc.OperationalError(
    "08001", f"[08001] [Microsoft][{ODBC_18}]TCP Provider: Error code 0x2749 (10061) (SQLDriverConnect)"
)


def serving(*answers: Answer | Exception, refuses: Iterable[Exception] = ()) -> tuple[Server, FakeServer]:
    """Give our side and a fake server that answers like this."""
    fake = FakeServer(
        [Answer(error=answer) if isinstance(answer, Exception) else answer for answer in answers],
        list(refuses),
    )
    return Server(SETTINGS, connect=fake.connect, wait=fake.waits.append), fake  # type: ignore[arg-type]


ROWS = Answer([(("EntryId", "Name"), [(1, "a"), (2, "b")]), (("Total",), [(2,)])])


def test_every_result_set_is_read() -> None:
    """Rows come as names and values, set by set; instants are in UTC."""
    server, _fake = serving(Answer([*ROWS.sets, (("At",), [(datetime(2026, 3, 5, 12),)])]))
    assert [list(rows) for rows in server.call("api.X")] == [
        [{"EntryId": 1, "Name": "a"}, {"EntryId": 2, "Name": "b"}],
        [{"Total": 2}],
        [{"At": datetime(2026, 3, 5, 12, tzinfo=UTC)}],
    ]


def test_an_error_after_rows_is_raised() -> None:
    """A procedure that fails after its first rows has failed, with the last row as what is known of it."""
    refusal = odbc("42000", "Too many failures.", 51004, "SQLMoreResults")
    server, _fake = serving(Answer([(("Seconds",), [(8,)])], refusal))
    with pytest.raises(MustWait) as caught:
        server.call("api.SignIn", repeatable=False)
    assert (caught.value.code, caught.value.data) == ("must_wait", {"seconds": 8})


def test_data_of_an_error() -> None:
    """What the caller knows and what the procedure tells come together; the procedure's word wins."""
    row = (("ChangedBy", "Version"), [("Anna", 3)])
    server, _fake = serving(Answer([row], odbc("42000", "Changed.", 51201)))
    with pytest.raises(StaleVersion) as caught:
        server.call("api.UpdateEntry", about={"entry_id": 7, "version": 2})
    assert caught.value.data == {"entry_id": 7, "changed_by": "Anna", "version": 3}


def test_a_bad_value_names_its_field() -> None:
    """The number tells the field, also where the caller's knowledge says another."""
    server, _fake = serving(odbc("42000", "Too long.", 51102))
    with pytest.raises(BadValue) as caught:
        server.call("api.AddEntry", about={"field": "x", "manager_id": 1})
    assert (caught.value.code, caught.value.field) == ("pin_too_long", "client_pin")
    assert caught.value.data["manager_id"] == 1


def test_a_refusal_keeps_the_connection() -> None:
    """When a procedure says no, nothing is wrong with the connection, and nothing is repeated."""
    server, fake = serving(odbc("42000", "No.", 51006), ROWS)
    with pytest.raises(NotAllowed):
        server.call("api.GetEntry")
    server.call("api.GetEntry")
    assert (len(fake.connections), len(fake.statements), fake.waits) == (1, 2, [])
    assert all(cursor.closed for cursor in fake.connections[0].cursors)


def test_a_deadlock_is_tried_again() -> None:
    """A statement that lost a deadlock was rolled back: it is repeated after a wait, on a new connection."""
    server, fake = serving(DEADLOCK, DEADLOCK, ROWS)
    assert list(server.call("api.AddEntry", repeatable=False, op_id=1)[1]) == [{"Total": 2}]
    assert len(set(fake.statements)) == 1
    assert [connection.closed for connection in fake.connections] == [True, True, False]
    assert len(fake.waits) == 2
    assert fake.waits[1] > fake.waits[0] > 0


def test_a_server_that_stays_busy() -> None:
    """After five tries it is enough; the person is told that the database is busy."""
    server, fake = serving(*[DEADLOCK] * 9)
    with pytest.raises(DatabaseUnreachable, match="database_busy"):
        server.call("api.AddEntry")
    assert len(fake.statements) == 5


def test_a_lost_answer_is_asked_for_again() -> None:
    """Where repeating does no harm, a lost connection costs only time."""
    server, fake = serving(LOST, ROWS)
    server.call("api.AddEntry", op_id=1)
    assert len(fake.statements) == 2


@pytest.mark.parametrize("error", [LOST, TIME_OUT])
def test_what_must_not_happen_twice(error: Exception) -> None:
    """Where repeating would do harm, a lost answer is an error at once."""
    server, fake = serving(error, ROWS)
    with pytest.raises(DatabaseUnreachable, match="database_unreachable"):
        server.call("api.SignIn", repeatable=False)
    assert len(fake.statements) == 1
    assert fake.connections[0].closed


def test_no_connection_is_no_harm() -> None:
    """What never reached the server may be tried again whatever it is."""
    server, fake = serving(ROWS, refuses=[REFUSED, REFUSED])
    server.call("api.SignIn", repeatable=False)
    assert len(fake.statements) == 1


def test_a_server_that_is_not_there() -> None:
    """After five tries without a connection it is unreachable."""
    server, fake = serving(refuses=[REFUSED] * 9)
    with pytest.raises(DatabaseUnreachable, match="database_unreachable"):
        server.call("api.ListGroups")
    assert len(fake.refuses) == 4


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("the database system is shutting down", "database_unreachable"),
        ("the database system is starting up", "database_unreachable"),
        ("sorry, too many clients already", "database_unreachable"),
        ('relation "my_crm_my_crm_core.entry" does not exist', "database_unreachable"),
        (
            "SET TRANSACTION ISOLATION failed, transaction aborted, set escape hatch 'x' to ignore it",
            "database_unreachable",
        ),
        ("canceling statement due to lock timeout", "database_busy"),
        ("could not serialize access due to concurrent update", "database_busy"),
    ],
)
def test_what_babelfish_says_in_words(said: str, code: str) -> None:
    """Babelfish has one number for all that PostgreSQL says: what passes is tried again all the same."""
    server, fake = serving(odbc("42000", said, 33557097), ROWS)
    server.call("api.SignIn", repeatable=False)
    assert len(fake.statements) == 2
    server, _fake = serving(*[odbc("42000", said, 33557097)] * 9)
    with pytest.raises(DatabaseUnreachable, match=code):
        server.call("api.SignIn", repeatable=False)


def test_a_driver_that_has_tried_long_enough() -> None:
    """Microsoft's driver tries to connect until its time is over; after that nobody waits for more tries."""
    late = pyodbc.OperationalError(
        "HYT00", f"[HYT00] [Microsoft][{ODBC_18}]Login timeout expired (0) (SQLDriverConnect)"
    )
    server, fake = serving(ROWS, refuses=[late] * 9)
    with pytest.raises(DatabaseUnreachable, match="database_unreachable"):
        server.call("api.ListGroups")
    assert len(fake.refuses) == 8


def test_a_connection_that_died_of_something_unknown() -> None:
    """An error that says nothing counts as a lost connection if the connection does not answer any more."""
    killed = odbc("42000", "Cannot continue.", 99999)
    server, fake = serving(Answer(error=killed, broken=True), ROWS)
    server.call("api.ListGroups")
    assert len(fake.connections) == 2


def test_nobody_foresaw_it() -> None:
    """Any other error is a mistake: it is not repeated, and tells where it was and what the server said."""
    server, fake = serving(odbc("22012", "Divide by zero error encountered.", 8134))
    with pytest.raises(Unforeseen, match=r"EXEC api\.ListGroups: 8134 Divide by zero error encountered\.$"):
        server.call("api.ListGroups")
    assert len(fake.statements) == 1


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (odbc("28000", "Login failed for user 'crm'.", 18456, "SQLDriverConnect"), "login_refused", 6),
        (
            odbc("42000", 'Cannot open database "Sales".', 4060, "SQLDriverConnect"),
            "login_without_database",
            6,
        ),
        (
            pyodbc.OperationalError(
                "08001",
                f"[08001] [Microsoft][{ODBC_18}]SSL Provider: [error:0A000086:SSL routines::certificate "
                "verify failed:self-signed certificate] (-1) (SQLDriverConnect)",
            ),
            "certificate_not_trusted",
            4,
        ),
        (
            pyodbc.OperationalError(
                "08001",
                f"[08001] [Microsoft][{ODBC_18}]SSL Provider: Цепочка сертификатов выпущена центром, "
                "не имеющим доверия. (-2146893019) (SQLDriverConnect)",
            ),
            "certificate_not_trusted",
            4,
        ),
        (
            pyodbc.Error(
                "01000",
                "[01000] [unixODBC][Driver Manager]Can't open lib 'x' : not found (0) (SQLDriverConnect)",
            ),
            "driver_missing",
            4,
        ),
        (
            pyodbc.InterfaceError(
                "IM002",
                "[IM002] [Microsoft][ODBC Driver Manager] Источник данных не найден (0) (SQLDriverConnect)",
            ),
            "driver_missing",
            4,
        ),
    ],
)
def test_who_cannot_connect_reads_why(error: Exception, code: str, exit_code: int) -> None:
    """What somebody has to mend is told by its own sentence."""
    server, _fake = serving(refuses=[error] * 5)
    with pytest.raises((DatabaseError, NotAllowed)) as caught:
        server.call("api.GetVersion")
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (229, "right_missing"),
        (2812, "database_other_version"),
        (8145, "database_other_version"),
        (1105, "server_disk_full"),
        (9002, "server_disk_full"),
        (3906, "server_database_read_only"),
    ],
)
def test_what_the_server_refuses(number: int, code: str) -> None:
    """The server's own refusals have sentences; none is repeated."""
    server, fake = serving(odbc("42000", "No.", number))
    with pytest.raises((DatabaseError, NotAllowed)) as caught:
        server.call("api.GetVersion")
    assert (caught.value.code, len(fake.statements)) == (code, 1)


def test_time_outs() -> None:
    """A call may take 30 seconds unless it says how long it may take."""
    server, fake = serving(ROWS, ROWS)
    server.call("api.ListGroups")
    assert fake.connections[0].timeout == 30
    server.call("batch.AggregateForecast", timeout_s=1200)
    assert fake.connections[0].timeout == 1200


def test_closing() -> None:
    """A closed connection is gone, and the next call opens another."""
    server, fake = serving(ROWS, ROWS)
    server.call("api.ListGroups")
    server.close()
    assert fake.connections[0].closed
    server.call("api.ListGroups")
    server.close()
    server.close()
    assert [connection.closed for connection in fake.connections] == [True, True]


def test_a_connection_that_was_idle_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is replaced before it is used; what must not happen twice trusts it for 30 seconds only."""
    now = 1000.0
    monkeypatch.setattr("mini_crm.store.mssql.call.time.monotonic", lambda: now)
    server, fake = serving(*[ROWS] * 6)
    opened = []
    for later, repeatable in ((0, True), (200, True), (29, False), (31, False), (241, True), (0, True)):
        now += later
        server.call("api.X", repeatable=repeatable)
        opened.append(len(fake.connections))
    assert opened == [1, 1, 1, 2, 3, 3]
    assert fake.waits == []
    assert [connection.closed for connection in fake.connections] == [True, True, False]


def test_nothing_secret_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Neither values nor the password stand in the log, in errors or in the repr of anything."""
    server, _fake = serving(DEADLOCK, LOST, odbc("22012", "Divide by zero.", 8134))
    with caplog.at_level(logging.DEBUG), pytest.raises(Unforeseen) as caught:
        server.call("api.SignIn", key=b"hidden-key", computer="hidden-name")
    told = caplog.text + repr(caught.value) + repr(server)
    assert "api.SignIn" in caplog.text
    assert "hidden" not in told
    assert "S3cret" not in told
