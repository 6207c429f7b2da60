"""What the fields of an entry may hold, kept by the database itself, and text that must survive."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contract.company import PETR, Company, bring
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import Entry, EntryFilter, Status


def years_on(day: date, years: int) -> date:
    """Give the same day so many years later; 28 February for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


Fields = Callable[[date], dict[str, Any]]
"""Fields of a draft, made for today."""

BAD: dict[str, tuple[str, Fields]] = {
    "no pin": ("client_pin", lambda _: {"client_pin": ""}),
    "blank pin": ("client_pin", lambda _: {"client_pin": " \t"}),
    "long pin": ("client_pin", lambda _: {"client_pin": "1" * 101}),
    "long pin of emoji": ("client_pin", lambda _: {"client_pin": "💰" * 51}),
    "pin with a line end": ("client_pin", lambda _: {"client_pin": "1\n2"}),
    "pin with NUL": ("client_pin", lambda _: {"client_pin": "1\0002"}),
    "pin with an invisible mark": ("client_pin", lambda _: {"client_pin": "1\u200b2"}),
    "nothing": ("amount", lambda _: {"amount": Decimal(0)}),
    "negative": ("amount", lambda _: {"amount": Decimal("-0.01")}),
    "a hundredth too much": ("amount", lambda _: {"amount": Decimal("10000000000.01")}),
    "three places": ("amount", lambda _: {"amount": Decimal("1.001")}),
    "rounds to nothing": ("amount", lambda _: {"amount": Decimal("0.001")}),
    "no number": ("amount", lambda _: {"amount": Decimal("NaN")}),
    "endless": ("amount", lambda _: {"amount": Decimal("Infinity")}),
    "promised before entry": ("pay_by", lambda today: {"pay_by": today - timedelta(days=1)}),
    "promised too far": ("pay_by", lambda today: {"pay_by": years_on(today, 5) + timedelta(days=2)}),
    "day without status": ("status_on", lambda today: {"status_on": today}),
    "paid tomorrow": (
        "status_on",
        lambda today: {"status": Status.PAID, "status_on": today + timedelta(days=1)},
    ),
    "refused before entry": (
        "status_on",
        lambda today: {"status": Status.REFUSED, "status_on": today - timedelta(days=1)},
    ),
    "came while expected": ("paid_amount", lambda _: {"paid_amount": Decimal(1)}),
    "came though refused": (
        "paid_amount",
        lambda _: {"status": Status.REFUSED, "paid_amount": Decimal(1)},
    ),
    "nothing came": ("paid_amount", lambda _: {"status": Status.PAID, "paid_amount": Decimal(0)}),
    "too much came": (
        "paid_amount",
        lambda _: {"status": Status.PAID, "paid_amount": Decimal("10000000000.01")},
    ),
    "came in three places": (
        "paid_amount",
        lambda _: {"status": Status.PAID, "paid_amount": Decimal("0.005")},
    ),
    "long comment": ("comment", lambda _: {"comment": "я" * 501}),
    "long comment of emoji": ("comment", lambda _: {"comment": "💰" * 251}),
    "comment with NUL": ("comment", lambda _: {"comment": "a\0b"}),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_field(company: Company, case: str) -> None:
    """A field that breaks a rule is named; nothing is stored, neither as a new entry nor as a change."""
    field, make = BAD[case]
    fields = make(company.today)
    with pytest.raises(BadValue) as caught:
        company.anna.add(company.petr, **fields)
    assert caught.value.field == field
    assert company.anna.everything() == ()
    entry = company.anna.add(company.petr)
    with pytest.raises(BadValue) as caught:
        company.anna.update(entry, **fields)
    assert caught.value.field == field
    assert company.anna.everything() == (entry,)
    assert company.anna.seq() == entry.change_seq


GOOD: dict[str, Fields] = {
    "pin of one": lambda _: {"client_pin": "0"},
    "longest pin": lambda _: {"client_pin": "0" * 100},
    "longest pin of emoji": lambda _: {"client_pin": "💰" * 50},
    "least": lambda _: {"amount": Decimal("0.01")},
    "most": lambda _: {"amount": Decimal(10) ** 10},
    "zeros behind": lambda _: {"amount": Decimal("2.5000")},
    "promised today": lambda today: {"pay_by": today},
    "promised in five years": lambda today: {"pay_by": years_on(today, 5)},
    "longest comment": lambda _: {"comment": "я" * 500},
    "longest comment of emoji": lambda _: {"comment": "💰" * 250},
    "paid today": lambda today: {"status": Status.PAID, "status_on": today},
    "most came": lambda _: {"status": Status.PAID, "paid_amount": Decimal(10) ** 10},
    "least came": lambda _: {"status": Status.PAID, "paid_amount": Decimal("0.01")},
}


@pytest.mark.parametrize("case", GOOD)
def test_good_field(company: Company, case: str) -> None:
    """What a rule just allows is taken as it is, new or as a change."""
    fields = GOOD[case](company.today)
    added = company.anna.add(company.petr, **fields)
    changed = company.anna.update(company.anna.add(company.petr), **fields)
    for entry in (added, changed, company.anna.get(added), company.anna.get(changed)):
        assert {name: getattr(entry, name) for name in fields} == fields


@pytest.mark.parametrize("amount", ["0.5", "1.01", "99.99"])
def test_pieces_are_whole(company: Company, amount: str) -> None:
    """A group that counts pieces takes whole numbers only."""
    with pytest.raises(BadValue) as caught:
        company.anna.add(company.oleg, amount=Decimal(amount))
    assert caught.value.field == "amount"
    entry = company.anna.add(company.oleg, amount=Decimal("2.00"))
    with pytest.raises(BadValue) as caught:
        company.anna.update(entry, amount=Decimal(amount))
    assert caught.value.field == "amount"
    with pytest.raises(BadValue) as caught:
        company.anna.pay(entry, came=Decimal(amount))
    assert caught.value.field == "paid_amount"
    assert company.anna.everything() == (entry,)


def test_days_are_checked_against_the_day_of_entry(company: Company) -> None:
    """For an old entry the day of entry is the limit, not today."""
    entry = bring(company.anna, PETR, company.day(-5))
    with pytest.raises(BadValue) as caught:
        company.anna.update(entry, pay_by=company.day(-6))
    assert caught.value.field == "pay_by"
    with pytest.raises(BadValue) as caught:
        company.anna.pay(entry, company.day(-6))
    assert caught.value.field == "status_on"
    assert company.anna.everything() == (entry,)


def test_refused_write_uses_up_nothing(company: Company) -> None:
    """After a refusal the same form goes in, corrected, under the same operation and reference."""
    op_id, client_ref = uuid4(), uuid4()
    store, token = company.store, company.anna.token
    with pytest.raises(BadValue):
        store.add_entry(token, op_id, client_ref, company.anna.draft(company.petr, amount=Decimal(-1)))
    entry = store.add_entry(token, op_id, client_ref, company.anna.draft(company.petr, amount=Decimal(1)))
    assert company.anna.everything() == (entry,)


def lost(company: Company, **fields: Any) -> Entry:
    """Import a refused entry whose amount nobody knew."""
    usual = {"status": Status.REFUSED, "status_on": company.day(-5), "amount": Decimal(0), "reason": "дорого"}
    return bring(company.anna, PETR, company.day(-9), **{**usual, **fields})


def test_a_refusal_without_an_amount_may_stay_so(company: Company) -> None:
    """Such an entry can be changed without an amount, keeps its reason, and can be given an amount."""
    entry = lost(company)
    assert (entry.amount, entry.reason) == (0, "дорого")
    entry = company.anna.update(entry, comment="спросить весной")
    assert (entry.amount, entry.reason, entry.comment) == (0, "дорого", "спросить весной")
    entry = company.anna.update(entry, amount=Decimal(5))
    assert (entry.amount, entry.reason) == (5, "дорого")


@pytest.mark.parametrize("status", [Status.EXPECTED, Status.PAID])
def test_only_a_refusal_goes_without_an_amount(company: Company, status: Status) -> None:
    """Who opens such an entry again, or has it paid, is asked for an amount; with one it loses the reason."""
    entry = lost(company)
    with pytest.raises(BadValue) as caught:
        company.anna.update(entry, status=status, status_on=None)
    assert (caught.value.code, caught.value.field) == ("amount_needed", "amount")
    assert company.anna.get(entry) == entry
    entry = company.anna.update(entry, status=status, status_on=None, amount=Decimal(5))
    assert (entry.status, entry.amount, entry.reason) == (status, 5, "")
    last = company.store.list_entry_history(company.anna.token, entry.entry_id)[-1]
    assert [(c.old, c.new) for c in last.changes if c.field == "reason"] == [("дорого", "")]


def test_an_amount_is_not_taken_away(company: Company) -> None:
    """A refused entry that has an amount cannot lose it."""
    entry = company.anna.refuse(company.anna.add(company.petr))
    with pytest.raises(BadValue) as caught:
        company.anna.update(entry, amount=Decimal(0))
    assert (caught.value.code, caught.value.field) == ("amount_not_positive", "amount")


def test_the_end_of_the_longest_comment_is_found(company: Company) -> None:
    """The list's search sees the whole of the longest PIN and the longest comment."""
    entry = company.anna.add(company.petr, client_pin="7" * 100, comment="я" * 497 + "end")
    page = company.store.list_entries(company.anna.token, EntryFilter(text="яend"))
    assert page.entries == (entry,)


TEXTS = [
    "0007",
    "007",
    "+7",
    "1e5",
    "0x10",
    "'; DROP TABLE Entry; --",
    'O\'Neil "the boss"',
    "%_[a-z]*?",
    "\\n\\",
    "=1+1",
    "@SUM(A1)",
    "ёЁйЙ",
    "Ünïcödé",
    "日本語",
    "💰🧾",
    "עברית",
    "NULL",
    "None",
    "a  b",
    "{0} {name} %s",
    ":token",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_survives(company: Company, text: str) -> None:
    """Text is text: quotes, zeros in front, wildcards, formulas and emoji come back as they were."""
    entry = company.anna.add(company.petr, client_pin=text, comment=text)
    assert (entry.client_pin, entry.comment) == (text, text)
    assert company.anna.get(entry) == entry
    assert company.store.list_open_entries_of_pin(company.anna.token, text) == (entry,)
    again = company.anna.update(entry, comment=f"{text}\n{text}")
    (version,) = company.store.list_entry_history(company.anna.token, entry.entry_id)[1:]
    (change,) = version.changes
    assert (change.old, change.new) == (text, f"{text}\n{text}")
    assert company.anna.get(entry) == again


def clean(text: str) -> str:
    """Give text in the form that is kept: composed, without blanks at the ends."""
    return unicodedata.normalize("NFC", text).strip()


LETTERS = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Cn"))


def test_any_text_survives(company: Company) -> None:
    """Whatever letters a PIN and a comment have, they come back the same."""

    @given(st.text(LETTERS, max_size=14).map(lambda text: f"7{text}"), st.text(LETTERS, max_size=100))
    def check(pin: str, comment: str) -> None:
        pin, comment = clean(pin), clean(comment)
        assume(0 < len(pin.encode("utf-16-le")) <= 64)
        entry = company.anna.get(company.anna.add(company.petr, client_pin=pin, comment=comment))
        assert (entry.client_pin, entry.comment) == (pin, comment)

    check()
