"""Errors of SQL Server, of its drivers and of our own procedures, in our own words.

Each number from 51000 on that a procedure may THROW stands for one class, code and field;
``sql/mssql/errors.csv`` is the register.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from mini_crm.domain.errors import (
    AlreadyThere,
    BadValue,
    DatabaseError,
    DatabaseUnreachable,
    Locked,
    MiniCrmError,
    MustChangePassword,
    MustWait,
    NotAllowed,
    NotFound,
    NotYours,
    OperationReused,
    RuleBroken,
    RunUnderWay,
    SessionEnded,
    StaleVersion,
    TooSoon,
    WrongPassword,
    WrongVersion,
)

# fmt: off
ERRORS: Mapping[int, tuple[type[MiniCrmError], str, str]] = {
    51001: (SessionEnded, "session_ended", ""),
    51002: (MustChangePassword, "must_change_password", ""),
    51003: (WrongPassword, "wrong_password", ""),
    51004: (MustWait, "must_wait", ""),
    51005: (Locked, "account_locked", ""),
    51006: (NotYours, "entry_not_yours", ""),
    51007: (RuleBroken, "delete_only_on_entry_day", ""),
    51008: (NotAllowed, "open_transaction", ""),
    51009: (NotAllowed, "not_head", ""),
    51016: (NotYours, "manager_not_yours", ""),
    51017: (RuleBroken, "entry_already_deleted", ""),
    51027: (RuleBroken, "entry_not_deleted", ""),
    51037: (RuleBroken, "restore_only_on_deletion_day", ""),
    51047: (RuleBroken, "restore_only_own_deletion", ""),
    51057: (RuleBroken, "too_many_periods", ""),
    51067: (RuleBroken, "no_rest", ""),
    51101: (BadValue, "pin_missing", "client_pin"),
    51102: (BadValue, "pin_too_long", "client_pin"),
    51103: (BadValue, "pin_characters", "client_pin"),
    51104: (BadValue, "amount_not_positive", "amount"),
    51105: (BadValue, "amount_too_large", "amount"),
    51107: (BadValue, "amount_not_whole", "amount"),
    51108: (BadValue, "amount_needed", "amount"),
    51114: (BadValue, "amount_not_positive", "paid_amount"),
    51115: (BadValue, "amount_too_large", "paid_amount"),
    51117: (BadValue, "amount_not_whole", "paid_amount"),
    51118: (BadValue, "paid_amount_without_paid", "paid_amount"),
    51120: (BadValue, "date_missing", "pay_by"),
    51121: (BadValue, "pay_by_before_entry", "pay_by"),
    51122: (BadValue, "pay_by_too_far", "pay_by"),
    51123: (BadValue, "status_on_without_status", "status_on"),
    51124: (BadValue, "status_in_future", "status_on"),
    51125: (BadValue, "status_before_entry", "status_on"),
    51126: (BadValue, "status_unknown", "status"),
    51127: (BadValue, "comment_too_long", "comment"),
    51128: (BadValue, "comment_characters", "comment"),
    51129: (BadValue, "unit_other", "manager_id"),
    51131: (BadValue, "commitment_note_too_long", "note"),
    51132: (BadValue, "unit_unknown", "unit"),
    51133: (BadValue, "as_of_in_future", "as_of"),
    51135: (BadValue, "roster_row_empty", "manager"),
    51136: (BadValue, "roster_duplicate", "manager"),
    51137: (BadValue, "group_unit_fixed", "unit"),
    51138: (BadValue, "password_data", "kind"),
    51139: (BadValue, "reason_without_refused", "reason"),
    51140: (BadValue, "reason_too_long", "reason"),
    51141: (BadValue, "reason_characters", "reason"),
    51201: (StaleVersion, "stale_version", ""),
    51202: (OperationReused, "operation_reused", ""),
    51203: (AlreadyThere, "client_ref_reused", ""),
    51204: (NotFound, "entry_not_found", ""),
    51213: (AlreadyThere, "period_exists", ""),
    51214: (NotFound, "manager_not_found", ""),
    51223: (AlreadyThere, "lead_exists", ""),
    51224: (NotFound, "batch_not_found", ""),
    51234: (NotFound, "batch_undone", ""),
    51244: (NotFound, "lead_not_found", ""),
    51254: (NotFound, "period_not_open", ""),
    51264: (NotFound, "period_not_standing", ""),
    51274: (NotFound, "no_complete_run", ""),
    51284: (NotFound, "run_not_found", ""),
    51294: (NotFound, "upload_incomplete", ""),
    51301: (RunUnderWay, "run_under_way", ""),
    51302: (TooSoon, "run_too_soon", ""),
}
# fmt: on
"""Number -> class, code, and for a ``BadValue`` the field."""

BUSY = frozenset([1204, 1205, 1222, 3960, 3961, 3966])
"""Other work is in the way, and this one was rolled back: deadlock, lock time-out, snapshot conflict."""

# fmt: off
TRANSIENT = BUSY | frozenset([
    233, 596, 921, 922, 976, 978, 983, 997, 4060, 4221, 6005, 10060, 10928, 10929, 17142, 18401, 40143,
    40197, 40501, 40540, 40613, 42108, 42109, 49918, 49919, 49920,
])
# fmt: on
"""Worth another try. Source: Microsoft's lists of transient errors for Azure SQL and availability groups."""

LOST = frozenset([*range(20002, 20010), 20017, 20047])
"""FreeTDS's own numbers for a connection that does not answer any more."""

UNTRUSTED = frozenset([-2146893019, -2146893022, -2146893016])
"""Windows refuses the certificate: its issuer, its name or its age. Source: winerror.h, SEC_E and CERT_E."""

_LOST_STATES = ("08", "HYT", "IMC06")
_AROUND = re.compile(r"^(\[[^]]*\] ?)+| \(-?\d+\) \(SQL\w+\)")
_NUMBER = re.compile(r"\((-?\d+)\) \(SQL\w+\)")

# What needs somebody's hand: number -> class and code.
_REFUSED: Mapping[int, tuple[type[MiniCrmError], str]] = {
    201: (WrongVersion, "database_other_version"),  # a procedure asks for more than we send
    208: (WrongVersion, "database_other_version"),  # a table or view is missing
    229: (NotAllowed, "right_missing"),
    262: (NotAllowed, "right_missing"),
    300: (NotAllowed, "right_missing"),
    911: (NotAllowed, "login_without_database"),  # Babelfish: no such database
    916: (NotAllowed, "login_without_database"),
    1101: (DatabaseError, "server_disk_full"),
    1105: (DatabaseError, "server_disk_full"),
    2812: (WrongVersion, "database_other_version"),  # a procedure is missing
    3906: (DatabaseError, "server_database_read_only"),
    4060: (NotAllowed, "login_without_database"),
    8144: (WrongVersion, "database_other_version"),  # a procedure takes less than we send
    8145: (WrongVersion, "database_other_version"),  # a procedure calls it otherwise
    9002: (DatabaseError, "server_disk_full"),
    18456: (NotAllowed, "login_refused"),
    18470: (NotAllowed, "login_refused"),  # disabled
    18486: (NotAllowed, "login_refused"),  # locked
    18487: (NotAllowed, "login_refused"),  # password expired
    18488: (NotAllowed, "login_refused"),  # password must be changed
}


_POSTGRES = 33557097
"""Babelfish: an error of PostgreSQL that has no number of its own in SQL Server."""
_POSTGRES_SAYS: tuple[tuple[re.Pattern[str], tuple[type[MiniCrmError], str]], ...] = (
    (re.compile(r"\bpermission denied\b"), (NotAllowed, "right_missing")),
    (re.compile(r'\bschema "\w+" does not exist'), (WrongVersion, "database_other_version")),
)
_POSTGRES_AWAY = re.compile(
    r"\bthe database system is |\btoo many clients\b|\bconnection slots are reserved\b"
)
"""It starts or stops, or is full: it took nothing on."""
_POSTGRES_LOST_ITS_WAY = re.compile(r'\brelation "(\w+)_\1_\w+\.\w+" does not exist')
"""It named a database twice, as up to version 4.3 it now and then does with a foreign key; a new connection
does not. Source: babelfish_extensions, issue 3058."""
_POSTGRES_KEPT_ITS_LEVEL = re.compile(r"\bSET TRANSACTION ISOLATION failed\b")
"""It held a snapshot between two statements, as now and then while others change the catalogue: a procedure
could not begin to read as of one moment. Nothing was done."""
_POSTGRES_BUSY = re.compile(r"\bdue to lock timeout\b|\bcould not serialize access\b")
"""What SQL Server reports as 1222 and 3960."""
_NAMED_TWICE = re.compile(r'relation "(\w+?)_\1_core\.')
"""Babelfish 4.3: a foreign key looks for its table under a wrong name, depending on what the connection did
before. Nothing was done, and a new connection finds it."""


class Kind(Enum):
    """What an error means for what to do next."""

    OURS = auto()
    """A procedure said no."""
    TRANSIENT = auto()
    """Nothing was done; another try may succeed."""
    LOST = auto()
    """No answer came; nobody knows what was done."""
    AWAY = auto()
    """No connection in all the time that it may take: Microsoft's driver tries again itself meanwhile."""
    REFUSED = auto()
    """Somebody has to do something first."""
    UNKNOWN = auto()
    """Nobody foresaw it."""


class Unforeseen(Exception):
    """The server reports what nobody foresaw: a mistake of ours, or of whoever changed the database.

    Args:
        statement: Its first words.
        number: The server's.
        said: Its sentence.
        data: The last row before it.
    """

    def __init__(self, statement: str, number: int, said: str, data: Mapping[str, object]) -> None:
        super().__init__(f"{statement}: {number} {said}")
        self.said = said
        self.data = data


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as the driver reports it.

    Attributes:
        state: SQLSTATE.
        number: Of the server or the driver; 0 if there is none.
        text: As reported, for the log.
        connecting: Whether it came before there was a connection, so nothing can have been done.
    """

    state: str
    number: int
    text: str
    connecting: bool = False

    @classmethod
    def of(cls, args: Sequence[object], *, connecting: bool = False) -> Fault:
        """Read the arguments of the driver's exception: SQLSTATE and text."""
        state = str(args[0]) if len(args) > 1 else ""
        text = str(args[-1]) if args else ""
        numbers = [int(number) for number in _NUMBER.findall(text)]
        number = next((n for n in numbers if n in ERRORS), next((n for n in numbers if n), 0))
        return cls(state, number, text, connecting)

    @property
    def said(self) -> str:
        """The sentence in the text, without what the drivers put around it."""
        return _AROUND.sub("", self.text)

    @property
    def kind(self) -> Kind:
        """What to do next."""
        if self.number in ERRORS:
            return Kind.OURS
        if self.number in TRANSIENT or self._is_busy:
            return Kind.TRANSIENT
        if any(map(self._postgres_says, (_POSTGRES_AWAY, _POSTGRES_LOST_ITS_WAY, _POSTGRES_KEPT_ITS_LEVEL))):
            return Kind.TRANSIENT
        if self.number == _POSTGRES and _NAMED_TWICE.search(self.text):
            return Kind.TRANSIENT
        if self._refusal is not None:
            return Kind.REFUSED
        if self.connecting and self.state.startswith("HYT"):
            return Kind.AWAY
        if self.number in LOST or self.state.startswith(_LOST_STATES):
            return Kind.TRANSIENT if self.connecting else Kind.LOST
        return Kind.UNKNOWN

    def error(self, data: Mapping[str, object]) -> MiniCrmError:
        """Give the error that the caller gets when nothing more is tried.

        Args:
            data: Values for the placeholders of the sentence.
        """
        if self.number in ERRORS:
            kind, code, field = ERRORS[self.number]
            return kind(code, **{**data, "field": field} if field else data)
        if self._refusal is not None:
            refused, code = self._refusal
            return refused(code)
        if self._is_busy:
            return DatabaseUnreachable("database_busy")
        return DatabaseUnreachable("database_unreachable")

    @property
    def _is_busy(self) -> bool:
        return self.number in BUSY or self.state == "40001" or self._postgres_says(_POSTGRES_BUSY)

    def _postgres_says(self, words: re.Pattern[str]) -> bool:
        return self.number == _POSTGRES and words.search(self.text) is not None

    @property
    def _refusal(self) -> tuple[type[MiniCrmError], str] | None:
        if self.number in UNTRUSTED or (self.connecting and "certificate verify failed" in self.text):
            return DatabaseError, "certificate_not_trusted"
        # unixODBC reports a library that it cannot load as a general warning
        if self.state == "IM002" or (self.state == "01000" and "Can't open lib" in self.text):
            return DatabaseError, "driver_missing"
        if self.number == _POSTGRES:
            return next((what for words, what in _POSTGRES_SAYS if words.search(self.text)), None)
        return _REFUSED.get(self.number)
