"""What is saved while another save hangs is on the disk at once, and waits there for its turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from contract.company import ANNA, Company, Desk
from mini_crm.domain.errors import BadValue
from mini_crm.usecases.outbox import Outbox
from unit.outbox_parts import ADDRESS, add, anna, company, line, outbox, pins, waiting

__all__ = ["anna", "company", "line", "outbox"]


def next_program(company: Company, tmp_path: Path) -> Outbox:
    """Give the outbox as the lead's next program finds it."""
    return Outbox(tmp_path / "outbox", ADDRESS, company.anna.lead_id, ANNA)


def test_it_waits_for_its_turn(company: Company, anna: Desk, outbox: Outbox) -> None:
    """It is neither shown nor sent before its save, which stores it once and leaves nothing."""
    write = add(company, "1")
    outbox.keep_early(write)
    assert len(list(outbox.folder.iterdir())) == 1
    assert waiting(outbox) == []
    assert outbox.send(company.store, anna.token).stored == ()
    assert pins(anna) == []
    outbox.save(company.store, anna.token, write)
    assert pins(anna) == ["1"]
    assert list(outbox.folder.iterdir()) == []


def test_the_next_program_sends_it(company: Company, anna: Desk, outbox: Outbox, tmp_path: Path) -> None:
    """If the program ends before its turn, it is a kept write like any other."""
    write = add(company, "1")
    outbox.keep_early(write)
    after = next_program(company, tmp_path)
    assert waiting(after) == [write.op_id]
    after.send(company.store, anna.token)
    assert pins(anna) == ["1"]
    outbox.save(company.store, anna.token, write)
    assert pins(anna) == ["1"]
    assert list(outbox.folder.iterdir()) == []


def test_what_had_its_turn_is_not_kept_again(company: Company, anna: Desk, outbox: Outbox) -> None:
    """A thread that comes too late leaves nothing behind."""
    write = add(company, "1")
    outbox.save(company.store, anna.token, write)
    outbox.keep_early(write)
    assert list(outbox.folder.iterdir()) == []


def test_a_refused_write_that_was_put_right(
    company: Company, anna: Desk, outbox: Outbox, tmp_path: Path
) -> None:
    """It takes the refused one's place before its turn, and is stored once."""
    wrong = add(company, "1", amount=Decimal(0))
    with pytest.raises(BadValue):
        outbox.save(company.store, anna.token, wrong)
    right = add(company, "2")
    outbox.keep_early(right, wrong.op_id)
    assert waiting(next_program(company, tmp_path)) == [right.op_id]
    outbox.save(company.store, anna.token, right, wrong.op_id)
    assert pins(anna) == ["2"]
    assert list(outbox.folder.iterdir()) == []


def test_both_threads_at_once(company: Company, anna: Desk, outbox: Outbox) -> None:
    """Whichever thread comes first, each write is stored once and nothing stays."""
    writes = [add(company, str(n)) for n in range(60)]
    with ThreadPoolExecutor(1) as keeper, ThreadPoolExecutor(1) as saver:
        kept = [keeper.submit(outbox.keep_early, write) for write in writes]
        saved = [saver.submit(outbox.save, company.store, anna.token, write) for write in writes]
        for each in kept:
            each.result()
        for answer in saved:
            answer.result()
        saver.submit(company.store.close).result()
    assert sorted(pins(anna), key=int) == [str(n) for n in range(60)]
    assert list(outbox.folder.iterdir()) == []
