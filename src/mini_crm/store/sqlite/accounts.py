"""Signing in and sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mini_crm.domain.credentials import KdfParameters, PasswordKind, same, token_hash, verifier_of
from mini_crm.domain.errors import (
    Locked,
    MustChangePassword,
    MustWait,
    NotAllowed,
    SessionEnded,
    WrongPassword,
)
from mini_crm.domain.model import Session
from mini_crm.domain.rules import CLOCK_SLACK_S, FIRST_WAIT_AT, MAX_WAIT_S, NUMBER_LOCKS_AT, name_key
from mini_crm.store.rows import session_of
from mini_crm.store.sqlite.db import Connection, Database, Row, load_queries, plain

SESSION_S = 12 * 3600
IDLE_S = 3600
TOUCH_S = 300
"""A session is moved on at most this often, so that reading seldom writes."""

SQL = load_queries("accounts.sql")


@dataclass(frozen=True, slots=True)
class Caller:
    """The lead behind a token."""

    lead_id: int
    name: str
    computer: str
    active_at: int
    is_head: bool


def caller_of(db: Database, conn: Connection, token: bytes, *, by_person: bool = True) -> Caller:
    """Find the lead behind a token.

    Args:
        db: For the clock.
        conn: Inside a transaction; a writing one where ``by_person``.
        token: As the client sent it.
        by_person: Whether a person did something, which keeps the session alive.

    Raises:
        SessionEnded: There is no such session, or not any more.
        MustChangePassword: The password must be changed first.
    """
    row = _session(db, conn, token)
    if row["MustChange"]:
        raise MustChangePassword("must_change_password")
    if by_person and db.now() - row["ActiveAt"] >= TOUCH_S:
        conn.execute(SQL["touch_session"], {"token_hash": token_hash(token), "now": db.now()})
    return Caller(row["LeadId"], row["Name"], row["Computer"], row["ActiveAt"], bool(row["IsHead"]))


def refuse_unless_head(caller: Caller) -> None:
    """Let only a head of sales go on.

    Raises:
        NotAllowed: ``not_head``.
    """
    if not caller.is_head:
        raise NotAllowed("not_head")


@contextmanager
def by_person(db: Database, token: bytes) -> Iterator[tuple[Connection, Caller]]:
    """Read on behalf of a person; writes only when the session is due to be moved on."""
    with db.reading() as conn:
        caller = caller_of(db, conn, token, by_person=False)
        yield conn, caller
    if caller.active_at + TOUCH_S <= db.now():
        with db.writing() as conn:
            caller_of(db, conn, token)


def _session(db: Database, conn: Connection, token: bytes) -> Row:
    row: Row | None = conn.execute(
        SQL["get_session"], _bounds(db.now()) | {"token_hash": token_hash(token)}
    ).fetchone()
    if row is None:
        raise SessionEnded("session_ended")
    return row


def _bounds(now: int) -> dict[str, object]:
    """Say between which instants a session that lives began, was used and ends."""
    return {"now": now, "idle": IDLE_S, "longest": SESSION_S + CLOCK_SLACK_S, "slack": CLOCK_SLACK_S}


class Accounts:
    """The part of the store that knows who is who."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def list_lead_names(self) -> list[str]:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            return [row["Name"] for row in conn.execute(SQL["list_lead_names"])]

    def get_salt(self, lead_name: str) -> tuple[PasswordKind, KdfParameters]:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            row = self._credential(conn, lead_name)
        kdf = KdfParameters(
            salt=row["Salt"],
            time_cost=row["TimeCost"],
            memory_kib=row["MemoryKib"],
            parallelism=row["Parallelism"],
        )
        return PasswordKind(row["Kind"]), kdf

    def sign_in(self, lead_name: str, key: bytes, token: bytes, computer: str) -> Session:
        """See ``DesktopStore``."""
        lead_id = self._compare(lead_name, key)
        now = self.db.now()
        with self.db.writing() as conn:
            conn.execute(SQL["drop_old_sessions"], _bounds(now))
            conn.execute(
                SQL["add_session"],
                {
                    "token_hash": token_hash(token),
                    "lead_id": lead_id,
                    "computer": computer[:128],
                    "now": now,
                    "expires_at": now + SESSION_S,
                },
            )
            session = self._as_session(_session(self.db, conn, token))
            if session.lead_id != lead_id:  # a token is one lead's; a repeated sign-in finds its own
                raise SessionEnded("session_ended")
            return session

    def get_session(self, token: bytes) -> Session:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            return self._as_session(_session(self.db, conn, token))

    def sign_out(self, token: bytes) -> None:
        """See ``DesktopStore``."""
        with self.db.writing() as conn:
            conn.execute(SQL["sign_out"], {"token_hash": token_hash(token)})

    def change_password(
        self, token: bytes, old_key: bytes, kind: PasswordKind, kdf: KdfParameters, verifier: bytes
    ) -> None:
        """See ``DesktopStore``."""
        with self.db.reading() as conn:
            name = _session(self.db, conn, token)["Name"]
        lead_id = self._compare(name, old_key)
        with self.db.writing() as conn:
            _session(self.db, conn, token)
            store_credential(self.db, conn, lead_id, kind, kdf, verifier, must_change=False)

    def end_all_sessions(self) -> None:
        """Let everybody sign in anew."""
        with self.db.writing() as conn:
            conn.execute(SQL["drop_all_sessions"])

    def _compare(self, lead_name: str, key: bytes) -> int:
        now = self.db.now()
        with self.db.writing() as conn:
            row = self._credential(conn, lead_name)
            counted = conn.execute(
                SQL["count_failure"],
                {
                    "lead_id": row["LeadId"],
                    "now": now,
                    "first_wait_at": FIRST_WAIT_AT,
                    "max_wait": MAX_WAIT_S,
                    "number_locks_at": NUMBER_LOCKS_AT,
                },
            ).rowcount
        if not counted:
            if row["LockedAt"] is not None:
                raise Locked("account_locked")
            raise MustWait("must_wait", seconds=row["NextTryAt"] - now)
        if not same(verifier_of(key), row["Verifier"]):
            raise WrongPassword("wrong_password")
        with self.db.writing() as conn:
            conn.execute(SQL["forget_failures"], {"lead_id": row["LeadId"]})
        return int(row["LeadId"])

    def _credential(self, conn: Connection, lead_name: str) -> Row:
        row: Row | None = conn.execute(SQL["get_credential"], {"name_key": name_key(lead_name)}).fetchone()
        if row is None:
            raise WrongPassword("wrong_password")
        return row

    def _as_session(self, row: Row) -> Session:
        return session_of(plain(row) | {"Today": self.db.today()})


def store_credential(
    db: Database,
    conn: Connection,
    lead_id: int,
    kind: PasswordKind,
    kdf: KdfParameters,
    verifier: bytes,
    *,
    must_change: bool,
) -> None:
    """Write a credential and end all sessions of the lead."""
    conn.execute(
        SQL["set_credential"],
        {
            "lead_id": lead_id,
            "kind": kind.value,
            "salt": kdf.salt,
            "time_cost": kdf.time_cost,
            "memory_kib": kdf.memory_kib,
            "parallelism": kdf.parallelism,
            "verifier": verifier,
            "must_change": must_change,
            "now": db.now(),
        },
    )
    conn.execute(SQL["drop_sessions"], {"lead_id": lead_id})
