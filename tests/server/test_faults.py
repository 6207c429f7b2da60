"""What happens to a write when the line or the server fails: it is stored once, or known not to be."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from contract.company import ANNA, BY, COMPUTER, Company, Desk
from mini_crm.domain.credentials import new_token
from mini_crm.domain.errors import DatabaseUnreachable
from mini_crm.domain.period import Period, PeriodKind
from mini_crm.settings import Settings
from mini_crm.store.mssql import MssqlStore
from mini_crm.store.mssql import call as calling
from mini_crm.store.mssql.call import Server
from server.cutting_proxy import Cut, CuttingProxy
from server.raw import Raw, raw
from server.writes import Send, add, attempt_of, change, delete, pay, times_stored

DONE = {Cut.BEFORE_REQUEST: {0}, Cut.AFTER_REQUEST: {0, 1}, Cut.BEFORE_ANSWER: {1}, Cut.MIDDLE_OF_ANSWER: {1}}
"""How often a write can be on record after one cut."""


@pytest.mark.parametrize("cut", Cut, ids=lambda cut: cut.name)
@pytest.mark.parametrize("send", [add, change, pay])
def test_one_cut_is_not_even_noticed(
    send: Send, cut: Cut, company: Company, far: Desk, line: CuttingProxy, owner: Raw
) -> None:
    """Wherever the line is cut once, the window gets its entry, and it is stored once."""
    attempt = attempt_of(send, company)
    line.cut(cut)
    entry = send(far, attempt)
    assert line.cuts == 1
    assert times_stored(owner, attempt) == 1
    assert entry == company.anna.get(entry)


@pytest.mark.parametrize("cut", Cut, ids=lambda cut: cut.name)
@pytest.mark.parametrize("send", [add, change, pay, delete])
def test_a_line_that_stays_cut(
    send: Send, cut: Cut, company: Company, far: Desk, line: CuttingProxy, owner: Raw
) -> None:
    """The window is told; when it sends the same again later, it gets what the first time gave."""
    attempt = attempt_of(send, company)
    line.cut(cut, always=True)
    with pytest.raises(DatabaseUnreachable, match="database_unreachable"):
        send(far, attempt)
    assert line.cuts == 5
    line.resume()
    if cut is not Cut.AFTER_REQUEST:  # else the server may still be at it
        assert times_stored(owner, attempt) in DONE[cut]
    entry = send(far, attempt)
    assert times_stored(owner, attempt) == 1
    assert entry == company.anna.get(entry)
    assert send(far, attempt) == entry


@pytest.mark.parametrize("cut", Cut, ids=lambda cut: cut.name)
def test_a_correction_over_a_bad_line(
    cut: Cut, company: Company, far: Desk, line: CuttingProxy, owner: Raw
) -> None:
    """What an administrator does is known by its OpId: repeated wherever the line was cut, and done once."""
    entries = [company.boris.add(company.zoya).entry_id for _ in range(2)]
    for correct, action in (
        (far.store.void_entries, "voided"),
        (far.store.restore_entries, "restored"),
    ):
        line.cut(cut)
        assert correct(entries, BY) == 2
        assert line.cuts == 1
        done = "SELECT COUNT(*) FROM core.EntryHistory AS h WHERE h.EntryId IN (?, ?) AND h.Action = ?"
        assert owner.one(done, *entries, action) == 2
    line.cut(cut)
    assert far.store.reassign_entries(entries, company.petr, BY) == 2
    log = "SELECT COUNT(*) FROM core.AdminLog AS a WHERE a.Action = 'reassign_entries' AND a.Detail LIKE ?"
    assert owner.one(log, f"%{entries[0]} {entries[1]}") == 1


@pytest.mark.parametrize("cut", Cut, ids=lambda cut: cut.name)
def test_a_commitment_and_a_period_over_a_bad_line(
    cut: Cut, company: Company, far: Desk, line: CuttingProxy
) -> None:
    """A commitment is on record once, and a period is opened and closed without a word of an error."""
    day = list(Cut).index(cut)
    period = Period(PeriodKind.CUSTOM, company.day(-day), company.day(9), "x")
    line.cut(cut)
    far.store.add_period(period, BY)
    line.cut(cut)
    made = far.store.set_commitment(far.token, uuid4(), period, "RUB", Decimal(5), "why")
    assert far.store.list_commitments(far.token, period) == (made,)
    line.cut(cut)
    far.store.close_period(period, BY)
    assert period not in company.store.list_periods()


@pytest.mark.parametrize("cut", [Cut.BEFORE_ANSWER, Cut.MIDDLE_OF_ANSWER], ids=lambda cut: cut.name)
def test_signing_in_over_a_bad_line(
    cut: Cut, company: Company, far: Desk, line: CuttingProxy, owner: Raw
) -> None:
    """A sign-in whose answer was lost finds its own session: one session, and no failure is counted."""
    token = new_token()
    before = owner.one("SELECT COUNT(*) FROM core.Session")
    line.cut(cut)
    session = far.store.sign_in(ANNA, company.anna.key, token, COMPUTER)
    assert line.cuts == 1
    assert session.lead_id == company.anna.lead_id
    assert owner.one("SELECT COUNT(*) FROM core.Session") == before + 1
    assert owner.one("SELECT SUM(c.Failures) FROM core.LeadCredential AS c") == 0
    assert far.store.get_session(token).lead_name == ANNA


def test_a_server_that_was_stopped_and_started(
    company: Company, far: Desk, line: CuttingProxy, owner: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is stopped every call says so; then the same store works and the write is stored once."""
    monkeypatch.setattr(calling, "LOGIN_S", 2)
    attempt = attempt_of(add, company)
    line.refuse()
    for _ in range(2):
        begun = time.monotonic()
        with pytest.raises(DatabaseUnreachable, match="database_unreachable"):
            add(far, attempt)
    assert time.monotonic() - begun < 4  # the second time there is not even a connection to be missed
    with pytest.raises(DatabaseUnreachable):
        far.store.list_changes(far.token, 0)
    assert times_stored(owner, attempt) == 0
    line.accept()
    add(far, attempt)
    assert times_stored(owner, attempt) == 1
    assert attempt.client_ref in {entry.client_ref for entry in far.everything()}


def test_a_server_that_is_back_soon(
    company: Company, far_settings: Settings, far: Desk, line: CuttingProxy, owner: Raw
) -> None:
    """Who waits between the tries, as the program does, notices nothing of a server that is away shortly."""
    store = MssqlStore(Server(far_settings))
    desk = replace(far, store=store)
    store.get_session(desk.token)
    attempt = attempt_of(add, company)
    line.refuse()
    starts = threading.Timer(0.5, line.accept)
    starts.start()
    add(desk, attempt)
    starts.join()
    store.close()
    assert times_stored(owner, attempt) == 1


def test_a_server_that_hangs(
    company: Company, far: Desk, line: CuttingProxy, owner: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no answer comes in time, the call says so in time, and the write can be sent again."""
    monkeypatch.setattr(calling, "QUERY_S", 1)
    monkeypatch.setattr(calling, "PATIENCE_S", 0)
    attempt = attempt_of(add, company)
    line.hold()
    begun = time.monotonic()
    with pytest.raises(DatabaseUnreachable, match="database_unreachable"):
        add(far, attempt)
    took = time.monotonic() - begun
    line.resume()
    assert 1 <= took < 10
    monkeypatch.undo()
    add(far, attempt)
    assert times_stored(owner, attempt) == 1


def test_somebody_holds_the_row(
    company: Company, settings: Settings, far: Desk, owner: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that waits too long for other work ends in time; the server has forgotten it."""
    monkeypatch.setattr(calling, "QUERY_S", 1)
    monkeypatch.setattr(calling, "PATIENCE_S", 0)
    attempt = attempt_of(add, company)
    with raw(settings) as other:
        other.must("BEGIN TRANSACTION")
        other.must("UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId = ?", far.lead_id)
        begun = time.monotonic()
        with pytest.raises(DatabaseUnreachable):
            add(far, attempt)
        assert 1 <= time.monotonic() - begun < 10
        other.must("ROLLBACK")
    monkeypatch.undo()
    assert times_stored(owner, attempt) == 0
    add(far, attempt)
    assert times_stored(owner, attempt) == 1


def test_a_deadlock(
    company: Company,
    settings: Settings,
    far: Desk,
    owner: Raw,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A write that the server chose as a deadlock's victim is done again: the window notices nothing."""
    with raw(settings) as other, raw(settings) as looks, ThreadPoolExecutor(1) as threads:
        looks.must("SET LOCK_TIMEOUT 20")
        other.must("SET DEADLOCK_PRIORITY HIGH")
        threads.submit(far.store.get_session, far.token).result()
        for _ in range(5):  # Babelfish has no priorities: there the other one may be the victim
            attempt = attempt_of(change, company)
            assert attempt.entry is not None
            other.must("BEGIN TRANSACTION")
            other.must("UPDATE core.Entry SET Version = Version WHERE EntryId = ?", attempt.entry.entry_id)
            sent = threads.submit(change, far, attempt)
            _until_locked(looks, far.lead_id)
            chosen = other.run("UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId = ?", far.lead_id)
            other.run("IF @@TRANCOUNT > 0 ROLLBACK")
            entry = sent.result(timeout=30)
            assert times_stored(owner, attempt) == 1
            assert entry == company.anna.get(entry)
            if chosen.number == 0:
                break
            assert chosen.number == 1205
        threads.submit(far.store.close).result()
    assert "1205" in "".join(record.getMessage() for record in caplog.records)
    assert all(record.levelno == logging.WARNING for record in caplog.records)


def _until_locked(looks: Raw, lead_id: int) -> None:
    """Wait until somebody holds the lead's row."""
    for _ in range(500):
        if looks.run("UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId = ?", lead_id).number:
            return
        time.sleep(0.01)
    raise AssertionError("nobody took the row")
