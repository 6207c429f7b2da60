"""Which period the window shows, and how that is remembered."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.period import (
    Period,
    PeriodKind,
    following,
    month_of,
    preceding,
    quarter_of,
    standing_periods,
    year_of,
)
from mini_crm.ui.memory import Memory
from mini_crm.ui.periods import PeriodChoice, in_order

TODAY = date(2026, 3, 12)
MARCH = month_of(TODAY)
SPRING = Period(PeriodKind.CUSTOM, date(2026, 3, 10), date(2026, 4, 9), "Spring")


def test_periods_are_in_order() -> None:
    """This month, quarter, year, then the next, the last, and custom ones; what is not there is left out."""
    mixed = [SPRING, year_of(TODAY), preceding(MARCH), following(MARCH), MARCH]
    assert in_order(mixed, TODAY) == (MARCH, year_of(TODAY), following(MARCH), preceding(MARCH), SPRING)


@given(
    day=st.dates(date(2001, 1, 1), date(2099, 12, 31)),
    later=st.integers(0, 800),
    number=st.integers(0, 8),
)
def test_a_choice_moves_on_with_the_days(day: date, later: int, number: int) -> None:
    """Each standing period that is chosen on one day is, on any later one, the one that stands alike."""
    memory = Memory()
    choice = PeriodChoice(memory)
    choice.settle(standing_periods(day), day)
    choice.choose(standing_periods(day)[number])
    then = day + timedelta(days=later)
    assert PeriodChoice(memory).place(standing_periods(then), then) == number


def test_a_custom_period_is_remembered_by_its_days() -> None:
    """It is found again among others, and once it is gone the first period is shown."""
    memory = Memory()
    choice = PeriodChoice(memory)
    periods = (*standing_periods(TODAY), SPRING)
    choice.settle(periods, TODAY)
    choice.choose(SPRING)
    assert PeriodChoice(memory).place(periods, TODAY) == len(periods) - 1
    assert PeriodChoice(memory).place(standing_periods(TODAY), TODAY) == 0


def test_whoever_listens_is_told_once() -> None:
    """A change is told to all who listen; the same period again is no change."""
    choice, told = PeriodChoice(Memory()), list[str]()
    for name in ("one", "two"):
        choice.listen(lambda name=name: told.append(name))
    choice.settle(standing_periods(TODAY), TODAY)
    assert told == ["one", "two"]
    choice.settle(standing_periods(TODAY), TODAY)
    choice.choose(MARCH)
    assert told == ["one", "two"]
    choice.choose(quarter_of(TODAY))
    assert told == ["one", "two"] * 2
    assert choice.period == quarter_of(TODAY)


def test_only_this_months_chances_stand_at_the_entries() -> None:
    """Before a forecast was read, and for this month, entries carry their chances themselves."""
    choice = PeriodChoice(Memory())
    assert choice.is_this_month
    choice.settle(standing_periods(TODAY), TODAY)
    assert choice.is_this_month
    choice.choose(following(MARCH))
    assert not choice.is_this_month


def test_a_memory_that_holds_nonsense_does_no_harm() -> None:
    """What is remembered and fits no period shows this month."""
    memory = Memory()
    memory.put("period", "9999-99")
    assert PeriodChoice(memory).settle(standing_periods(TODAY), TODAY) == 0
