"""How many keys a day's work takes, against how many it took before."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from mini_crm.domain.model import RosterRow
from mini_crm.store.sqlite import SqliteStore
from ui.conftest import LEAD, Clock, Hand
from ui.day_at_the_desk import AMOUNT_DIGITS, DIGITS, PIN_DIGITS, Sale, Worker
from ui.entries_window import Open, open_window

__all__ = ["open_window"]

MANAGERS = {
    "Ёлкина Вера": "ёлк", "Захаров Иван": "зах", "Мишина Анна": "миш", "Орлов Пётр": "орл", "Яшин Лев": "яши",
}  # fmt: skip
"""Of one group, each with the letters that nobody else's name begins with."""
SALES_EACH = 4

TODAY = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""A Wednesday: how long a day is to type depends on it."""

BEFORE = {"enter": 528, "pay": 88, "refuse": 25, "move": 32, "delete": 8}
"""The same script, run on commit 1c2fc45: before the fields stood in the order of reading and days were typed
short. No key led from the search to a row there; the click that did counts as one."""


@pytest.fixture
def worker(open_window: Open, store: SqliteStore, clock: Clock, hand: Hand) -> Worker:
    """Give somebody who has five managers in one group, on a certain day."""
    clock.ahead = TODAY - datetime.now(UTC)
    store.apply_roster([RosterRow(LEAD, "Север", name, "RUB") for name in MANAGERS], "test")
    return Worker(open_window("ru"), hand)


def sales() -> list[Sale]:
    """Give a day's sales: each client promises a day of the coming two weeks, whatever the one before did."""
    chance = Random(7)
    made, promised = [], 0
    for letters in MANAGERS.values():
        for number in range(SALES_EACH):
            before, promised = promised, chance.randint(1, 14)
            pin = "".join(chance.choices("123456789", k=PIN_DIGITS))
            amount = "".join(chance.choices("123456789", k=AMOUNT_DIGITS))
            days = None if promised == before else promised
            made.append(Sale(pin, amount, letters if number == 0 else "", days))
    return made


def test_a_days_work_takes_a_fifth_fewer_keys(worker: Worker) -> None:
    """20 entries, 10 paid, 3 refused, 2 moved, 1 deleted: no part takes more keys, all a fifth fewer."""
    worker.start("Яшин Лев", 1)
    now = {"enter": worker.count(lambda: [worker.enter(sale) for sale in sales()])}
    entries = worker.window.entries()
    assert len(entries) == 20
    now["pay"] = worker.count(lambda: [worker.pay(entry) for entry in entries[:10]])
    now["refuse"] = worker.count(lambda: [worker.refuse(entry) for entry in entries[10:13]])
    now["move"] = worker.count(lambda: [worker.move(entry, 9) for entry in entries[13:15]])
    now["delete"] = worker.count(lambda: worker.delete(entries[15]))
    assert all(now[part] <= BEFORE[part] for part in BEFORE), now
    assert sum(now.values()) <= 0.8 * sum(BEFORE.values()), now


def test_the_next_entry_takes_its_digits_and_three_keys(worker: Worker) -> None:
    """Of the same manager and day; it took as many before."""
    worker.start("Орлов Пётр", 3)
    assert worker.count(lambda: worker.enter(Sale("70000001", "15000"))) == DIGITS + 3
    assert worker.count(lambda: worker.enter(Sale("70000002", "15000"))) == DIGITS + 3


@pytest.mark.parametrize("days", [1, 7, 13])
def test_another_manager_and_day_take_twelve_keys_more_than_digits(worker: Worker, days: int) -> None:
    """However far the day is; it took 18 and more before."""
    worker.start("Орлов Пётр", 3)
    assert worker.count(lambda: worker.enter(Sale("70000001", "15000", "ёлк", days))) <= DIGITS + 12
