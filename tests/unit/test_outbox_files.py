"""The files of the outbox: whole or not there, for their owner only, whatever crashes and whoever writes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.company import Company, Desk
from mini_crm.domain.errors import (
    DatabaseError,
    MiniCrmError,
)
from mini_crm.domain.model import EntryDraft, Status
from mini_crm.usecases.outbox import Add, Delete, Kept, Outbox, Restore, Update
from mini_crm.usecases.protection import Plain
from mini_crm.usecases.writes import from_bytes, to_bytes
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

SRC = Path(__file__).parents[2] / "src"
TESTS = Path(__file__).parents[1]

posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes and encrypts instead")


# ------------------------------------------------------------------------------- files


@posix_only
def test_only_the_owner_may_read(company: Company, outbox: Outbox) -> None:
    """Folder and files are for their owner only, whatever the process would allow."""
    old = os.umask(0)
    try:
        outbox.put(add(company, "1"))
    finally:
        os.umask(old)
    assert stat.S_IMODE(outbox.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(only_file(outbox).stat().st_mode) == 0o600


@posix_only
def test_folder_that_was_open_to_others_is_closed(company: Company, outbox: Outbox) -> None:
    """A folder that exists with a wider mode is narrowed before anything is put into it."""
    outbox.folder.mkdir(parents=True, mode=0o755)
    outbox.put(add(company, "1"))
    assert stat.S_IMODE(outbox.folder.stat().st_mode) == 0o700


def test_content_goes_through_the_protection(company: Company, anna: Desk, tmp_path: Path) -> None:
    """What lies on the disk is what the protection made, and is read through it."""

    class Scrambled(Plain):
        def protect(self, content: bytes) -> bytes:
            return bytes(byte ^ 0x5A for byte in content)

        def reveal(self, stored: bytes) -> bytes:
            return self.protect(stored)

    outbox = Outbox(tmp_path, ADDRESS, anna.lead_id, anna.name, Scrambled())
    outbox.put(add(company, "SECRETPIN"))
    assert b"SECRETPIN" not in only_file(outbox).read_bytes()
    outbox.send(company.store, anna.token)
    assert pins(anna) == ["SECRETPIN"]
    assert Outbox(tmp_path, ADDRESS, anna.lead_id, anna.name).pending() == ()


@pytest.mark.parametrize("keep", [0, 1, 40, 0.5, -1])
def test_torn_file_is_reported_and_never_sent(
    company: Company, anna: Desk, outbox: Outbox, keep: float
) -> None:
    """A file cut off anywhere by a failing disk is kept for a look, and the whole ones are sent."""
    outbox.put(add(company, "torn"))
    torn = only_file(outbox)
    data = torn.read_bytes()
    torn.write_bytes(data[: int(len(data) * keep) if keep == 0.5 else int(keep)])
    outbox.put(add(company, "whole"))
    outbox.send(company.store, anna.token)
    assert pins(anna) == ["whole"]
    assert outbox.unreadable() == (torn,)


@pytest.mark.parametrize(
    "content",
    [b"\x00" * 300, b"[]", b"null", b"{}", b'{"format": 2}', b"\xff\xfe", b'"text"', b"12"],
)
def test_foreign_content_is_not_taken_for_a_write(
    company: Company, anna: Desk, outbox: Outbox, content: bytes
) -> None:
    """Whatever lies there under such a name is reported, not sent, and stops nothing."""
    outbox.put(add(company, "1"))
    foreign = outbox.folder / "00000000000000000001-abcdef12.write"
    foreign.write_bytes(content)
    outbox.send(company.store, anna.token)
    assert pins(anna) == ["1"]
    assert outbox.unreadable() == (foreign,)


def test_half_made_file_is_no_write(company: Company, outbox: Outbox) -> None:
    """What a crash left before the file got its name counts neither as kept nor as damaged."""
    outbox.put(add(company, "1"))
    half = outbox.folder / f"~mini-crm-{uuid4().hex}.tmp"
    half.write_bytes(b'{"format": 1, "ow')
    assert len(outbox.pending()) == 1
    assert outbox.unreadable() == ()
    outbox.put(add(company, "2"))
    assert half.exists(), "it may be another window's, at work"
    os.utime(half, (0, 0))
    outbox.put(add(company, "3"))
    assert not half.exists()


def test_same_write_is_kept_once(company: Company, outbox: Outbox) -> None:
    """Putting a write that is kept already adds nothing."""
    write = add(company, "1")
    outbox.put(write)
    outbox.put(write)
    assert waiting(outbox) == [write.op_id]


def test_full_disk_does_not_stop_the_work(
    company: Company, anna: Desk, outbox: Outbox, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room to keep a write it is sent all the same; only if that fails too the lead is told so."""

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mini_crm.files.os.fsync", full)
    outbox.save(line, anna.token, add(company, "1"))  # type: ignore[arg-type]
    assert pins(anna) == ["1"]
    line.fails = ["request lost"]
    with pytest.raises(DatabaseError, match="outbox_not_kept") as raised:
        outbox.save(line, anna.token, add(company, "2"))  # type: ignore[arg-type]
    assert raised.value.data["reason"] == "No space left on device"
    assert list(outbox.folder.iterdir()) == []


# ------------------------------------------------------------------------------- crash and company

CHILD = """
import sys
from pathlib import Path
from contract.company import sign_in, key_of, ANNA, manager_ids, Desk
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.outbox import Add, Outbox
database, folder, name, what = sys.argv[1:]
store = SqliteStore.open(Path(database))
desk = sign_in(store, ANNA, key_of("anna"), name)
outbox = Outbox(Path(folder), "sqlite:///sales.sqlite", desk.lead_id, ANNA)
manager = manager_ids(store)["Север", "Пётр"]
print("ready", flush=True)
sys.stdin.readline()
for number in range(1000 if what == "put" else 25):
    write = Add(desk.draft(manager, client_pin=f"{name}-{number}"))
    if what == "put":
        outbox.put(write)
        print(write.op_id, flush=True)
    else:
        outbox.put(write)
        sending = outbox.send(store, desk.token)
        assert sending.refused == (), sending
"""


def window(tmp_path: Path, name: str, what: str) -> subprocess.Popen[str]:
    """Start another window of Anna's that writes as soon as it is told to."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "sales.sqlite"), str(tmp_path / "outbox"), name, what],
        env={**os.environ, "PYTHONPATH": f"{SRC}{os.pathsep}{TESTS}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def test_killed_window_loses_nothing_that_was_kept(company: Company, tmp_path: Path, outbox: Outbox) -> None:
    """After a kill in the middle of writing every write that was reported as kept is there and whole."""
    child = window(tmp_path, "W", "put")
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write("go\n")
    child.stdin.flush()
    told = [UUID(child.stdout.readline().strip()) for _ in range(10)]
    child.kill()
    rest, _ = child.communicate(timeout=20)
    told += [UUID(line) for line in rest.split("\n")[:-1]]
    there = waiting(outbox)
    assert there[: len(told)] == told
    assert len(there) <= len(told) + 1
    assert outbox.unreadable() == ()


def test_two_windows_at_once_store_everything_once(company: Company, tmp_path: Path) -> None:
    """Two windows of one lead that send one outbox at the same time lose and double nothing."""
    children = [window(tmp_path, name, "send") for name in ("A", "B")]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        child.communicate(timeout=60)
        assert child.returncode == 0
    outbox = Outbox(tmp_path / "outbox", ADDRESS, company.anna.lead_id, company.anna.name)
    outbox.send(company.store, company.anna.token)
    assert sorted(pins(company.anna)) == sorted(f"{name}-{n}" for name in "AB" for n in range(25))
    assert list(outbox.folder.iterdir()) == []


# ------------------------------------------------------------------------------- content

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
drafts = st.builds(
    EntryDraft,
    manager_id=st.integers(1, 10**9),
    client_pin=texts,
    amount=st.decimals(0, 10**10, places=2),
    pay_by=st.none() | st.dates(),
    status=st.sampled_from(Status),
    status_on=st.none() | st.dates(),
    paid_amount=st.none() | st.decimals(0, 10**10, places=2),
    comment=texts,
    reason=texts,
)
numbers = st.integers(1, 2**62)
writes = st.one_of(
    st.builds(Add, drafts),
    st.builds(Update, numbers, numbers, drafts, rest_ref=st.none() | st.uuids()),
    st.builds(Delete, numbers, numbers),
    st.builds(Restore, numbers, numbers),
)
values = st.none() | st.integers() | texts | st.dates() | st.decimals(allow_nan=False) | st.booleans()
refusals = st.builds(
    lambda code, data: MiniCrmError(code, **data),
    st.sampled_from(["stale_version", "pin_missing"]),
    st.dictionaries(st.sampled_from(["field", "version", "limit"]), values, max_size=3),
)


@given(writes, st.datetimes(timezones=st.just(UTC)), st.none() | refusals)
def test_write_is_read_back_as_it_was(write: Any, made_at: datetime, refusal: MiniCrmError | None) -> None:
    """Every write, with its refusal if it has one, comes back equal in every field and type."""
    kept = from_bytes(to_bytes(Kept(write, made_at, refusal), "owner"), "owner")
    assert kept.write == write
    assert repr(kept.write) == repr(write)
    assert kept.made_at == made_at
    assert str(kept.refusal) == str(refusal)


BEFORE_REASONS = (
    '{"format": 1, "owner": "x", "kind": "update", "made_at": {"$instant": "2026-03-10T12:00:00+00:00"},'
    ' "write": {"entry_id": 12, "version": 3, "draft": {"$draft": {"manager_id": 7,'
    ' "client_pin": "Ёж 007", "amount": {"$decimal": "100.50"}, "pay_by": {"$day": "2026-03-17"},'
    ' "status": {"$status": "paid"}, "status_on": {"$day": "2026-03-10"},'
    ' "paid_amount": {"$decimal": "40"}, "comment": "да"}},'
    ' "op_id": {"$uuid": "00000000000000000000000000000002"}}, "refusal": null}'
)
"""As the program wrote it before there were reasons and rests."""


def test_what_was_put_aside_before_is_read() -> None:
    """A file of an earlier version of the program is a write without reason and rest."""
    draft = EntryDraft(
        7, "Ёж 007", Decimal("100.50"), date(2026, 3, 17), Status.PAID, date(2026, 3, 10), Decimal(40), "да"
    )
    kept = from_bytes(BEFORE_REASONS.encode(), "x")
    assert kept.write == Update(12, 3, draft, UUID(int=2))
    assert kept.refusal is None


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
MARKS = st.sampled_from(
    ["$day", "$instant", "$uuid", "$decimal", "$status", "$draft", "code", "data", "op_id"]
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(MARKS, inner), max_leaves=4)


@given(
    writes,
    st.sampled_from(["kind", "made_at", "refusal", "op_id", "entry_id", "version", "draft", "rest_ref"]),
    JSON,
)
def test_a_damaged_file_is_no_write(write: Any, part: str, value: Any) -> None:
    """With any part replaced by anything, a file is a write of the right types or refused as none."""
    content = json.loads(to_bytes(Kept(write, datetime(2026, 3, 5, tzinfo=UTC)), "owner"))
    (content if part in content else content["write"])[part] = value
    with suppress(ValueError):
        kept = from_bytes(json.dumps(content).encode(), "owner")
        assert isinstance(kept.made_at, datetime)
        assert isinstance(kept.write.op_id, UUID)
        assert isinstance(getattr(kept.write, "draft", None), EntryDraft | None)
        assert 0 <= getattr(kept.write, "version", 0) < 2**63


@pytest.mark.timeout(30)
@posix_only
@pytest.mark.parametrize("name", ["\u00b2-x.write", "1-x.write", "\u0663-x.write", "9" * 200 + "-x.write"])
def test_names_of_others_are_left_alone(company: Company, outbox: Outbox, name: str) -> None:
    """A file or pipe of another name or kind hinders neither keeping nor reading."""
    outbox.put(add(company, "1"))
    (outbox.folder / name).touch()
    os.mkfifo(outbox.folder / ("0" * 20 + "-pipe.write"))
    outbox.put(add(company, "2"))
    assert len(outbox.pending()) == 2
