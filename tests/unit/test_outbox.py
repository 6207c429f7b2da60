"""The outbox: what was saved while the database did not answer is stored later, once, and never elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from contract.company import ANNA, BORIS, Company, Desk, found, sign_in
from mini_crm.domain.errors import (
    BadValue,
    DatabaseUnreachable,
    NotAllowed,
    NotFound,
    RuleBroken,
    SessionEnded,
    StaleVersion,
)
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.outbox import Delete, Kept, Outbox, Restore, Update
from mini_crm.usecases.protection import protection_of_system
from mini_crm.usecases.writes import to_bytes
from unit.outbox_parts import (
    ADDRESS,
    Line,
    add,
    anna,
    company,
    line,
    only_file,
    outbox,
    pins,
    waiting,
)

__all__ = ["anna", "company", "line", "outbox"]


# ------------------------------------------------------------------------------- saving


def test_saved_write_is_stored_and_forgotten(company: Company, anna: Desk, outbox: Outbox) -> None:
    """While the database answers, saving stores the entry and nothing stays behind."""
    entry = outbox.save(company.store, anna.token, add(company, "007"))
    assert anna.get(entry).client_pin == "007"
    assert list(outbox.folder.iterdir()) == []


def test_write_is_kept_before_it_is_sent(company: Company, anna: Desk, outbox: Outbox) -> None:
    """When the request leaves the computer the write is on its disk already."""
    seen: list[int] = []

    class Watching(Line):
        def __getattr__(self, name: str) -> Callable[..., Any]:
            if name == "add_entry":
                seen.append(len(list(outbox.folder.glob("*.write"))))
            return super().__getattr__(name)

    outbox.save(Watching(company.store), anna.token, add(company, "1"))  # type: ignore[arg-type]
    assert seen == [1]


@pytest.mark.parametrize("failure", ["request lost", "answer lost"])
def test_nothing_is_lost_or_doubled_by_a_broken_line(
    company: Company, anna: Desk, outbox: Outbox, line: Line, failure: str
) -> None:
    """Whichever half of the exchange broke, the entry is in the database once after the next try."""
    line.fails = ["", failure]  # who is signed in is asked first
    write = add(company, "55")
    with pytest.raises(DatabaseUnreachable):
        outbox.save(line, anna.token, write)  # type: ignore[arg-type]
    assert waiting(outbox) == [write.op_id]
    assert len(pins(anna)) == (1 if failure == "answer lost" else 0)

    sending = outbox.send(line, anna.token)  # type: ignore[arg-type]

    assert [stored for stored, _ in sending.stored] == [write]
    assert sending.stored[0][1].client_pin == "55"
    assert pins(anna) == ["55"]
    assert waiting(outbox) == []


def test_lost_answers_of_every_operation(company: Company, anna: Desk, outbox: Outbox, line: Line) -> None:
    """A change, a deletion and a return whose answers were lost each count once in the history."""
    entry = anna.add(company.petr)
    draft = anna.draft(company.petr, comment="called")
    for write in (Update(entry.entry_id, 1, draft), Delete(entry.entry_id, 2), Restore(entry.entry_id, 3)):
        line.fails = ["", "answer lost"] if not line.asked else ["answer lost"]
        with pytest.raises(DatabaseUnreachable):
            outbox.save(line, anna.token, write)  # type: ignore[arg-type]
        assert outbox.send(line, anna.token).refused == ()  # type: ignore[arg-type]
    actions = [v.action.value for v in company.store.list_entry_history(anna.token, entry.entry_id)]
    assert actions == ["added", "changed", "deleted", "restored"]
    assert anna.get(entry).comment == "called"


def test_what_waits_goes_first(company: Company, anna: Desk, outbox: Outbox, line: Line) -> None:
    """A write saved when the database is back is sent after the older ones."""
    line.fails = ["request lost"] * 2
    for pin in ("1", "2"):
        with pytest.raises(DatabaseUnreachable):
            outbox.save(line, anna.token, add(company, pin))  # type: ignore[arg-type]
    entry = outbox.save(line, anna.token, add(company, "3"))  # type: ignore[arg-type]
    assert entry.client_pin == "3"
    assert pins(anna) == ["1", "2", "3"]


def test_older_write_that_is_refused_does_not_stop_the_new_one(
    company: Company, anna: Desk, outbox: Outbox
) -> None:
    """A kept write that the database refuses stays visible while later ones are stored."""
    bad = add(company, "1", amount=Decimal("-5"))
    outbox.put(bad)
    outbox.save(company.store, anna.token, add(company, "2"))
    assert pins(anna) == ["2"]
    assert waiting(outbox) == [bad.op_id]


def test_refused_write_of_the_window_stays_until_it_is_settled(
    company: Company, anna: Desk, outbox: Outbox
) -> None:
    """A crash after the refusal loses nothing typed: it is here with its reason, and not sent again."""
    bad = add(company, "1", amount=Decimal("-5"))
    with pytest.raises(BadValue) as raised:
        outbox.save(company.store, anna.token, bad)
    assert raised.value.field == "amount"
    assert waiting(outbox) == [bad.op_id]
    assert outbox.send(company.store, anna.token).refused == ()
    outbox.forget(bad.op_id)
    assert waiting(outbox) == []


def test_ended_session_keeps_the_write(company: Company, anna: Desk, outbox: Outbox) -> None:
    """After signing in again the same write is stored, once, whether the form or the outbox sends it."""
    company.store.sign_out(anna.token)
    write = add(company, "9")
    with pytest.raises(SessionEnded):
        outbox.save(company.store, anna.token, write)
    assert waiting(outbox) == [write.op_id]
    again = anna.window()
    outbox.save(company.store, again.token, write)
    outbox.save(company.store, again.token, write)
    assert pins(again) == ["9"]
    assert waiting(outbox) == []


# ------------------------------------------------------------------------------- sending


def test_sending_goes_in_order_and_stops_where_the_line_breaks(
    company: Company, anna: Desk, outbox: Outbox, line: Line
) -> None:
    """Writes arrive in the order of saving; what comes after a break waits and is counted."""
    writes = [add(company, str(number)) for number in range(4)]
    for write in writes:
        outbox.put(write)
    line.fails = ["", "", "", "request lost"]  # the session, two writes, then the break
    sending = outbox.send(line, anna.token)  # type: ignore[arg-type]
    assert [write for write, _ in sending.stored] == writes[:2]
    assert isinstance(sending.stopped_by, DatabaseUnreachable)
    assert waiting(outbox) == [write.op_id for write in writes[2:]]
    assert outbox.send(company.store, anna.token).stopped_by is None
    assert pins(anna) == ["0", "1", "2", "3"]


def test_clock_that_was_put_back_keeps_the_order(
    company: Company, anna: Desk, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write saved after the computer's clock went back is still sent after the older one."""
    outbox.put(add(company, "first"))
    monkeypatch.setattr("mini_crm.usecases.outbox.time_ns", lambda: 5)
    outbox.put(add(company, "second"))
    outbox.send(company.store, anna.token)
    assert pins(anna) == ["first", "second"]


def test_day_of_entry_is_the_day_of_arrival(tmp_path: Path) -> None:
    """A write that waits over midnight is entered on the day on which it reaches the database."""
    moment = datetime(2026, 3, 5, 20, tzinfo=UTC)

    def clock() -> datetime:
        return moment

    company = found(SqliteStore.create(tmp_path / "sales.sqlite", time_zone="UTC", clock=clock))
    outbox = Outbox(tmp_path / "outbox", ADDRESS, company.anna.lead_id, company.anna.name)
    outbox.put(add(company, "1"))
    moment = datetime(2026, 3, 6, 8, tzinfo=UTC)
    outbox.send(company.store, company.anna.window().token)
    (entry,) = company.anna.window().everything()
    company.store.close()
    assert entry.entered_on == date(2026, 3, 6)


def test_nothing_is_asked_when_nothing_waits(anna: Desk, outbox: Outbox, line: Line) -> None:
    """An empty outbox does not trouble the database."""
    sending = outbox.send(line, anna.token)  # type: ignore[arg-type]
    assert (sending.stored, sending.refused, sending.stopped_by) == ((), (), None)
    assert line.asked == []


def test_unforeseen_failure_does_not_hold_up_the_rest(
    company: Company, anna: Desk, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A write that fails like a program error is set aside with its name and logged; the next is sent."""

    class Broken(Line):
        def __getattr__(self, name: str) -> Callable[..., Any]:
            if name == "delete_entry":
                raise ZeroDivisionError
            return super().__getattr__(name)

    outbox.put(Delete(1, 1))
    outbox.put(add(company, "2"))
    sending = outbox.send(Broken(company.store), anna.token)  # type: ignore[arg-type]
    assert [str(kept.refusal) for kept in sending.refused] == ["outbox_unexpected name='ZeroDivisionError'"]
    assert pins(anna) == ["2"]
    assert "ZeroDivisionError" in caplog.text


# ------------------------------------------------------------------------------- never elsewhere


def test_writes_are_never_sent_as_another_lead(
    company: Company, anna: Desk, outbox: Outbox, line: Line
) -> None:
    """In another lead's session nothing is sent, and the writes stay."""
    write = add(company, "1")
    outbox.put(write)
    for attempt in (outbox.send, lambda s, t: outbox.save(s, t, add(company, "2"))):
        with pytest.raises(NotAllowed, match="outbox_other_lead"):
            attempt(line, company.boris.token)
    assert line.writes() == []
    assert waiting(outbox)[0] == write.op_id


def test_change_of_session_is_noticed(company: Company, anna: Desk, outbox: Outbox, line: Line) -> None:
    """An outbox that was right about one session looks again when it is given another."""
    outbox.save(company.store, anna.token, add(company, "1"))
    outbox.put(add(company, "2"))
    with pytest.raises(NotAllowed, match="outbox_other_lead"):
        outbox.send(line, company.boris.token)  # type: ignore[arg-type]
    assert line.writes() == []


def test_each_database_and_each_lead_has_its_own_outbox(company: Company, tmp_path: Path) -> None:
    """Another lead, or the same lead at another database, sees nothing of these writes."""
    folder = tmp_path / "outbox"
    Outbox(folder, ADDRESS, company.anna.lead_id, company.anna.name).put(add(company, "1"))
    assert len(Outbox(folder, ADDRESS, company.anna.lead_id, company.anna.name).pending()) == 1
    assert Outbox(folder, ADDRESS, company.boris.lead_id, BORIS).pending() == ()
    assert Outbox(folder, "sqlite:///other.sqlite", company.anna.lead_id, company.anna.name).pending() == ()


def test_a_new_name_takes_the_writes_along(company: Company, anna: Desk, tmp_path: Path) -> None:
    """What a lead saved before the administrator renamed her is sent when she signs in by the new name."""
    entry = anna.add(company.petr, client_pin="old")
    before = Outbox(tmp_path, ADDRESS, anna.lead_id, anna.name)
    before.put(add(company, "new"))
    before.put(Delete(entry.entry_id, entry.version))
    company.store.rename_lead(anna.lead_id, "Анна Белова", "admin")
    renamed = sign_in(company.store, "Анна Белова", anna.key, "Desk 2")
    outbox = Outbox(tmp_path, ADDRESS, renamed.lead_id, renamed.name)
    assert len(outbox.send(company.store, renamed.token).stored) == 2
    assert pins(renamed) == ["new"]
    assert outbox.pending() == ()


def test_nobody_inherits_the_writes_of_a_name(company: Company, anna: Desk, tmp_path: Path) -> None:
    """Another lead who gets the name of the one who was renamed finds none of her writes."""
    Outbox(tmp_path, ADDRESS, anna.lead_id, anna.name).put(add(company, "hers"))
    assert Outbox(tmp_path, ADDRESS, company.boris.lead_id, anna.name).pending() == ()


@pytest.mark.parametrize("name", [ANNA, "  аННА  иванова "])
def test_files_of_earlier_versions_are_sent(company: Company, anna: Desk, tmp_path: Path, name: str) -> None:
    """Files that belong to a lead's name are this lead's, however the name was written, and go first."""
    owner = hashlib.sha256(f"{ADDRESS}\0анна иванова".encode()).hexdigest()
    (tmp_path / owner[:32]).mkdir()
    old = Kept(add(company, "earlier"), datetime(2026, 3, 4, tzinfo=UTC))
    file = tmp_path / owner[:32] / f"{1:020d}-0a1b2c3d.write"
    file.write_bytes(protection_of_system().protect(to_bytes(old, owner)))
    outbox = Outbox(tmp_path, ADDRESS, anna.lead_id, name)
    outbox.put(add(company, "now"))
    outbox.send(company.store, anna.token)
    assert pins(anna) == ["earlier", "now"]
    assert outbox.pending() == ()


def test_file_put_into_another_outbox_is_not_sent(company: Company, tmp_path: Path, line: Line) -> None:
    """A file copied from one lead's folder into another's is never sent, and is reported."""
    hers = Outbox(tmp_path, ADDRESS, company.anna.lead_id, company.anna.name)
    hers.put(add(company, "1"))
    his = Outbox(tmp_path, ADDRESS, company.boris.lead_id, company.boris.name)
    his.put(Delete(7, 1))
    copied = his.folder / only_file(hers).name
    copied.write_bytes(only_file(hers).read_bytes())
    his.send(line, company.boris.token)  # type: ignore[arg-type]
    assert line.writes() == ["delete_entry"]
    assert his.unreadable() == (copied,)
    assert copied.exists()


# ------------------------------------------------------------------------------- refused


def test_refusal_stays_with_its_reason(company: Company, anna: Desk, tmp_path: Path, line: Line) -> None:
    """A refused write is there after a restart, with code and data, and is not sent again by itself."""
    outbox = Outbox(tmp_path, ADDRESS, anna.lead_id, anna.name)
    entry = anna.add(company.petr)
    anna.update(entry, comment="changed at the other desk")
    outbox.put(Update(entry.entry_id, 1, anna.draft(company.petr, comment="mine")))
    (refused,) = outbox.send(line, anna.token).refused  # type: ignore[arg-type]
    assert isinstance(refused.refusal, StaleVersion)

    (kept,) = Outbox(tmp_path, ADDRESS, anna.lead_id, anna.name).pending()

    assert kept.refusal is not None
    assert kept.refusal.code == "stale_version"
    assert kept.refusal.data == refused.refusal.data
    assert kept.refusal.data["version"] == 2
    asked = len(line.asked)
    outbox.send(line, anna.token)  # type: ignore[arg-type]
    assert len(line.asked) == asked
    assert anna.get(entry).comment == "changed at the other desk"


def test_refused_write_can_be_mended(company: Company, anna: Desk, outbox: Outbox) -> None:
    """A refused entry with its amount put right is stored, once."""
    bad = add(company, "1", amount=Decimal("0"))
    outbox.put(bad)
    outbox.send(company.store, anna.token)
    mended = replace(bad, draft=replace(bad.draft, amount=Decimal("12.50")), op_id=uuid4())
    outbox.put(mended, bad.op_id)
    assert waiting(outbox) == [mended.op_id]
    outbox.send(company.store, anna.token)
    assert [entry.amount for entry in anna.everything()] == [Decimal("12.50")]
    assert waiting(outbox) == []


def test_conflict_can_be_mended_with_the_version_seen(company: Company, anna: Desk, outbox: Outbox) -> None:
    """After looking at the other change the lead's own is stored on top of it."""
    entry = anna.add(company.petr)
    anna.update(entry, comment="theirs")
    write = Update(entry.entry_id, 1, anna.draft(company.petr, comment="mine"))
    outbox.put(write)
    outbox.send(company.store, anna.token)
    both = Update(entry.entry_id, 2, anna.draft(company.petr, comment="both"))
    outbox.save(company.store, anna.token, both, instead_of=write.op_id)
    assert waiting(outbox) == []
    outbox.send(company.store, anna.token)
    assert anna.get(entry).comment == "both"


def test_refused_write_can_be_dropped(company: Company, anna: Desk, outbox: Outbox) -> None:
    """A dropped write is gone for good."""
    bad = add(company, "1", amount=Decimal("0"))
    outbox.put(bad)
    outbox.send(company.store, anna.token)
    outbox.drop(bad.op_id)
    assert waiting(outbox) == []
    with pytest.raises(NotFound, match="outbox_write_gone"):
        outbox.drop(bad.op_id)


def test_waiting_write_is_neither_replaced_nor_dropped(company: Company, anna: Desk, outbox: Outbox) -> None:
    """What may be stored already, its answer lost, can't be given other content or forgotten."""
    write = add(company, "1")
    outbox.put(write)
    outbox.put(write, write.op_id)
    outbox.forget(write.op_id)
    with pytest.raises(RuleBroken, match="outbox_not_refused"):
        outbox.drop(write.op_id)
    assert waiting(outbox) == [write.op_id]


def test_the_same_write_again_after_its_refusal(company: Company, anna: Desk, outbox: Outbox) -> None:
    """What hindered it is gone: the refused write waits again as it is, and is stored once."""
    write = add(company, "1", amount=Decimal("0"))
    outbox.put(write, refusal=BadValue("amount_not_positive", field="amount"))
    assert outbox.send(company.store, anna.token).stored == ()
    good = replace(write, draft=replace(write.draft, amount=Decimal("1")))
    outbox.save(company.store, anna.token, good, write.op_id)
    assert (pins(anna), waiting(outbox)) == (["1"], [])


def test_a_mended_write_is_stored_though_the_disk_is_full(
    company: Company, anna: Desk, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes to the database without being kept first, and the refused one does not come back."""
    bad = add(company, "1", amount=Decimal("0"))
    outbox.put(bad)
    outbox.send(company.store, anna.token)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outbox, "_store", full)
    mended = replace(bad, draft=replace(bad.draft, amount=Decimal("2")), op_id=uuid4())
    outbox.save(company.store, anna.token, mended, bad.op_id)
    assert (pins(anna), waiting(outbox)) == (["1"], [])
