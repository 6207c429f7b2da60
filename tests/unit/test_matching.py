"""Names are found while they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.ui.matching import matching, the_one

NAMES = ["Ёлкина Вера", "Иванов Пётр", "Петров Иван", "Петрова-Иванова Анна", "Сомов Илья"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", NAMES),
        ("   ", NAMES),
        ("ПЕТР", ["Иванов Пётр", "Петров Иван", "Петрова-Иванова Анна"]),
        ("елк", ["Ёлкина Вера"]),
        ("Пётр", ["Иванов Пётр", "Петров Иван", "Петрова-Иванова Анна"]),
        ("ив пе", ["Иванов Пётр", "Петров Иван", "Петрова-Иванова Анна"]),
        ("ов", ["Иванов Пётр", "Петров Иван", "Петрова-Иванова Анна", "Сомов Илья"]),
        ("пётр иванов", ["Иванов Пётр", "Петрова-Иванова Анна"]),
        ("нет такого", []),
    ],
)
def test_fitting_names(typed: str, found: list[str]) -> None:
    """Typed words fit the beginnings of words in any order and case, and both ways to write yo."""
    assert matching(NAMES, typed) == found


def test_beginnings_come_first() -> None:
    """A name whose word begins so stands before one that only contains it."""
    assert matching(["Романов", "Новиков"], "нов") == ["Новиков", "Романов"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("иванов пётр", "Иванов Пётр"),
        ("  СОМОВ   илья ", "Сомов Илья"),
        ("сом", "Сомов Илья"),
        ("петр", None),
        ("", None),
        ("никто", None),
    ],
)
def test_the_one(typed: str, meant: str | None) -> None:
    """A name is taken as meant only if it is the very one, or the only one that fits."""
    assert the_one(NAMES, typed) == meant


@given(st.lists(st.text(min_size=1), unique=True), st.text())
def test_nothing_is_invented(names: list[str], typed: str) -> None:
    """Only given names come out, each at most once."""
    found = matching(names, typed)
    assert set(found) <= set(names)
    assert len(found) == len(set(found))
