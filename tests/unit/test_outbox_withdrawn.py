"""What a person takes back while it waits on this computer is not sent; what had arrived is undone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from contract.company import Company, Desk
from mini_crm.domain.errors import BadValue, DatabaseUnreachable
from mini_crm.domain.model import Status
from mini_crm.usecases.outbox import Delete, Outbox, Update, Write
from unit.outbox_parts import Line, add, anna, company, line, outbox, pins, waiting

__all__ = ["anna", "company", "line", "outbox"]


def try_to_save(outbox: Outbox, line: Line, anna: Desk, write: Write, failure: str) -> UUID:
    """Save a write while the line is broken."""
    line.fails = ["", failure] if not line.asked else [failure]  # the first question is whose session it is
    with pytest.raises(DatabaseUnreachable):
        outbox.save(line, anna.token, write)  # type: ignore[arg-type]
    line.fails = []
    return write.op_id


def test_what_was_never_tried_is_simply_gone(
    company: Company, anna: Desk, outbox: Outbox, line: Line
) -> None:
    """Of two that wait the one that is taken back is never sent, and nothing asks about it."""
    gone, stays = add(company, "1"), add(company, "2")
    outbox.put(gone)
    outbox.put(stays)
    assert outbox.withdraw([gone.op_id, uuid4()]) == {gone.op_id}
    assert waiting(outbox) == [stays.op_id]
    outbox.send(line, anna.token)  # type: ignore[arg-type]
    assert line.writes() == ["add_entry"]
    assert pins(anna) == ["2"]


@pytest.mark.parametrize("failure", ["request lost", "answer lost"])
@pytest.mark.parametrize("what", ["add", "pay", "pay in part", "delete"])
def test_what_was_tried_is_undone_if_it_had_arrived(
    company: Company, anna: Desk, outbox: Outbox, line: Line, failure: str, what: str
) -> None:
    """Whichever way the line broke, the list is as before the write, and nothing waits any more."""
    entry = anna.add(company.petr, client_pin="old", amount=Decimal(50))
    before = anna.everything()
    paid = replace(entry.draft(), status=Status.PAID, paid_amount=Decimal(20))
    rest = uuid4() if what == "pay in part" else None
    writes: dict[str, Write] = {
        "add": add(company, "new"),
        "pay": Update(entry.entry_id, entry.version, paid),
        "pay in part": Update(entry.entry_id, entry.version, paid, rest_ref=rest),
        "delete": Delete(entry.entry_id, entry.version),
    }
    op_id = try_to_save(outbox, line, anna, writes[what], failure)
    assert (anna.everything() != before) is (failure == "answer lost")
    assert outbox.withdraw([op_id]) == {op_id}
    assert waiting(outbox) == []
    sending = outbox.send(line, anna.token)  # type: ignore[arg-type]
    assert (sending.refused, sending.stopped_by) == ((), None)
    after = anna.everything()
    assert [(e.entry_id, e.draft()) for e in after] == [(e.entry_id, e.draft()) for e in before]
    assert not list(outbox.folder.glob("*.write"))
    line.asked = []
    outbox.send(line, anna.token)  # type: ignore[arg-type]
    assert line.asked == []


def test_a_change_on_top_of_what_had_arrived_stays(
    company: Company, anna: Desk, outbox: Outbox, line: Line
) -> None:
    """What somebody did to it since wins over the taking back."""
    entry = anna.add(company.petr, client_pin="old")
    draft = replace(entry.draft(), comment="mine")
    op_id = try_to_save(outbox, line, anna, Update(entry.entry_id, entry.version, draft), "answer lost")
    theirs = anna.update(anna.get(entry), comment="theirs")
    outbox.withdraw([op_id])
    outbox.send(line, anna.token)  # type: ignore[arg-type]
    assert anna.everything() == (theirs,)


def test_it_is_found_out_by_the_next_window_too(
    company: Company, anna: Desk, outbox: Outbox, line: Line, tmp_path: Path
) -> None:
    """The taking back survives the program's end, as the write would have."""
    op_id = try_to_save(outbox, line, anna, add(company, "1"), "answer lost")
    outbox.withdraw([op_id])
    again = Outbox(outbox.folder.parent, "sqlite:///sales.sqlite", anna.lead_id, anna.name)
    assert again.folder == outbox.folder
    again.send(company.store, anna.token)
    assert pins(anna) == []


def test_a_refused_write_is_taken_back(company: Company, anna: Desk, outbox: Outbox) -> None:
    """It is certainly not stored, so nothing has to be found out."""
    write = add(company, "1", amount=Decimal(-1))
    with pytest.raises(BadValue):
        outbox.save(company.store, anna.token, write)
    assert outbox.withdraw([write.op_id]) == {write.op_id}
    assert not list(outbox.folder.glob("*.write"))
