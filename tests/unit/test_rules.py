"""Rules of the business."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.errors import BadValue, NotYours, RuleBroken
from mini_crm.domain.model import Status
from mini_crm.domain.rules import (
    MAX_COMMENT,
    MAX_PIN,
    MAX_REASON,
    NUMBER_LOCKS_AT,
    check_comment,
    check_pay_by,
    check_pin,
    check_status,
    may_delete,
    may_restore,
    name_key,
    parse_entry_number,
    wait_after,
)

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
WEDNESDAY = date(2026, 3, 4)


def utf16_units(text: str) -> int:
    """Count as ``nvarchar`` does: characters beyond U+FFFF take two."""
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def test_limits_are_the_tables() -> None:
    """The limits are those of the database's columns and of the lock."""
    assert (MAX_PIN, MAX_REASON, MAX_COMMENT, NUMBER_LOCKS_AT) == (100, 100, 500, 20)


@pytest.mark.parametrize(
    ("typed", "pin"),
    [
        ("00123", "00123"),
        (" 00123\t", "00123"),
        ("\ufeff00123\u200b", "00123"),
        ("ИП-7", "ИП-7"),
        ("и\u0306", "й"),
        ("12\u00a034", "12 34"),
        ("9" * 100, "9" * 100),
        ("=1+1", "=1+1"),
    ],
)
def test_a_pin_is_text(typed: str, pin: str) -> None:
    """A PIN keeps its leading zeros and its characters; only what nobody sees is put right."""
    assert check_pin(typed) == pin


@pytest.mark.parametrize(
    ("typed", "code", "data"),
    [
        ("", "pin_missing", {}),
        (" \u00a0\u200b", "pin_missing", {}),
        ("9" * 101, "pin_too_long", {"length": 101, "limit": 100}),
        ("\U0001f600" * 51, "pin_too_long", {"length": 102, "limit": 100}),
        ("12\x0034", "pin_characters", {"character": "U+0000", "position": 3}),
        ("12\t34", "pin_characters", {"character": "U+0009", "position": 3}),
        ("12\n34", "pin_characters", {"character": "U+000A", "position": 3}),
        ("12\u200b34", "pin_characters", {"character": "U+200B", "position": 3}),
        ("12\ud83d34", "pin_characters", {"character": "U+D83D", "position": 3}),
        ("12\ufffe34", "pin_characters", {"character": "U+FFFE", "position": 3}),
        ("\U0001f600\x7f", "pin_characters", {"character": "U+007F", "position": 2}),
        ("12\u200d34", "pin_characters", {"character": "U+200D", "position": 3}),
    ],
)
def test_a_pin_that_is_none_is_refused(typed: str, code: str, data: dict[str, object]) -> None:
    """An empty, too long or partly invisible PIN is refused, and what is wrong is told."""
    with pytest.raises(BadValue) as caught:
        check_pin(typed)
    assert caught.value.code == code
    assert caught.value.data == {"field": "client_pin", **data}


@pytest.mark.parametrize(
    ("typed", "comment"),
    [
        ("", ""),
        ("  ", ""),
        (" звонил, просит счёт \n", "звонил, просит счёт"),
        ("одно\r\nдва\rтри\u2028четыре", "одно\nдва\nтри\nчетыре"),
        ("a\tb", "a\tb"),
        ("и\u0306", "й"),
        ("\U0001f468\u200d\U0001f4bb", "\U0001f468\u200d\U0001f4bb"),
        ("зво\u00adнил\u200b \u202eдважды", "звонил дважды"),
        ("x" * 500, "x" * 500),
        (" " * 600 + "x", "x"),
        ("\U0001f600" * 250, "\U0001f600" * 250),
    ],
)
def test_a_comment_is_kept(typed: str, comment: str) -> None:
    """A comment may be empty, have lines, tabs and emoji; it is trimmed and composed."""
    assert check_comment(typed) == comment


@pytest.mark.parametrize(
    ("typed", "code", "data"),
    [
        ("x" * 501, "comment_too_long", {"length": 501, "limit": 500}),
        ("\U0001f600" * 251, "comment_too_long", {"length": 502, "limit": 500}),
        ("a\x00b", "comment_characters", {"character": "U+0000", "position": 2}),
        ("a\x1bb", "comment_characters", {"character": "U+001B", "position": 2}),
        ("a\udc00b", "comment_characters", {"character": "U+DC00", "position": 2}),
        ("a\ufffeb", "comment_characters", {"character": "U+FFFE", "position": 2}),
        ("a\x0bb", "comment_characters", {"character": "U+000B", "position": 2}),
    ],
)
def test_a_comment_that_cannot_be_kept_is_refused(typed: str, code: str, data: dict[str, object]) -> None:
    """A comment too long for its column, or with control characters, is refused and never cut."""
    with pytest.raises(BadValue) as caught:
        check_comment(typed)
    assert caught.value.code == code
    assert caught.value.data == {"field": "comment", **data}


@given(st.text() | st.text(alphabet=st.characters(exclude_categories=[]), max_size=600))
def test_any_text_fits_its_column_or_is_refused(text: str) -> None:
    """What passes fits the column, can be written as UTF-8, and passes again unchanged."""
    for check, limit in ((check_pin, 100), (check_comment, 500)):
        try:
            kept = check(text)
        except BadValue:
            continue
        assert utf16_units(kept) <= limit
        kept.encode()
        assert check(kept) == kept


def test_pay_by_is_from_the_day_of_entry_to_five_years_on() -> None:
    """The promised day may be the day of entry and any other up to the same day five years later."""
    for day in (MONDAY, TUESDAY, date(2031, 3, 2)):
        check_pay_by(day, MONDAY)
    check_pay_by(date(2033, 2, 28), date(2028, 2, 29))
    with pytest.raises(BadValue) as caught:
        check_pay_by(MONDAY, TUESDAY)
    assert caught.value.code == "pay_by_before_entry"
    assert caught.value.data == {"field": "pay_by", "pay_by": MONDAY, "entered_on": TUESDAY}
    with pytest.raises(BadValue) as caught:
        check_pay_by(date(2031, 3, 3), MONDAY)
    assert caught.value.code == "pay_by_too_far"
    assert caught.value.data == {"field": "pay_by", "pay_by": date(2031, 3, 3), "limit": date(2031, 3, 2)}


@pytest.mark.parametrize("status", [Status.PAID, Status.REFUSED])
def test_a_status_counts_today_or_on_the_day_given(status: Status) -> None:
    """Paid and refused count today, or on an earlier day from the day of entry on."""
    assert check_status(status, None, entered_on=MONDAY, today=WEDNESDAY) == WEDNESDAY
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        assert check_status(status, day, entered_on=MONDAY, today=WEDNESDAY) == day


def test_an_expected_entry_has_no_day_of_status() -> None:
    """Expected has no day, and a day given with it is a contradiction."""
    assert check_status(Status.EXPECTED, None, entered_on=MONDAY, today=WEDNESDAY) is None
    with pytest.raises(BadValue) as caught:
        check_status(Status.EXPECTED, MONDAY, entered_on=MONDAY, today=WEDNESDAY)
    assert caught.value.code == "status_on_without_status"
    assert caught.value.data == {"field": "status_on", "status_on": MONDAY}


def test_a_status_does_not_count_before_entry_or_in_the_future() -> None:
    """A day before the day of entry, and a day after today, are refused."""
    with pytest.raises(BadValue) as caught:
        check_status(Status.PAID, MONDAY, entered_on=TUESDAY, today=WEDNESDAY)
    assert caught.value.code == "status_before_entry"
    assert caught.value.data == {"field": "status_on", "status_on": MONDAY, "entered_on": TUESDAY}
    with pytest.raises(BadValue) as caught:
        check_status(Status.REFUSED, WEDNESDAY, entered_on=MONDAY, today=TUESDAY)
    assert caught.value.code == "status_in_future"
    assert caught.value.data == {"field": "status_on", "status_on": WEDNESDAY, "today": TUESDAY}


def test_deleting_is_for_the_day_of_entry() -> None:
    """An entry is deleted on its day of entry, not a day later, and not twice."""
    may_delete(MONDAY, MONDAY, False)
    with pytest.raises(RuleBroken) as caught:
        may_delete(MONDAY, TUESDAY, False)
    assert caught.value.code == "delete_only_on_entry_day"
    assert caught.value.data == {"entered_on": MONDAY, "today": TUESDAY}
    with pytest.raises(RuleBroken, match="entry_already_deleted"):
        may_delete(MONDAY, MONDAY, True)


def test_restoring_is_for_the_day_of_deletion() -> None:
    """A deleted entry comes back on the day of its deletion and not later."""
    may_restore(MONDAY, MONDAY)
    with pytest.raises(RuleBroken) as caught:
        may_restore(MONDAY, TUESDAY)
    assert caught.value.code == "restore_only_on_deletion_day"
    assert caught.value.data == {"deleted_on": MONDAY, "today": TUESDAY}
    with pytest.raises(RuleBroken, match="entry_not_deleted"):
        may_restore(None, MONDAY)


def test_waits_double_from_the_third_failure() -> None:
    """No wait for two slips, then 1, 2, 4 … seconds, and a quarter of an hour from the 13th on."""
    waits = [wait_after(failures) for failures in range(15)]
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert wait_after(10**9) == 900


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иванов Иван", "  иванов \u00a0 ИВАН\n"),
        ("Алёна", "АЛЁНА"),
        ("Алёна", "Але\u0308на"),
        ("Straße", "STRASSE"),
        ("Группа 1", "группа\t1"),
    ],
)
def test_names_that_look_alike_are_the_same(one: str, other: str) -> None:
    """Case, blanks and the way letters are composed do not make another name."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Алёна", "Алена"), ("Иван", "Иванов"), ("Ива нов", "Иванов")])
def test_other_names_stay_apart(one: str, other: str) -> None:
    """Other letters and other words are another name."""
    assert name_key(one) != name_key(other)


def test_a_name_key_is_its_own_key() -> None:
    """The key of a key is the same key, for every character there is."""
    for number in range(sys.maxunicode + 1):
        key = name_key(f"a{chr(number)}b")
        assert name_key(key) == key, hex(number)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 4000), st.integers(0, 4000))
def test_a_day_that_passes_lies_between_entry_and_today(entered_on: date, after: int, until: int) -> None:
    """A day of status either lies from the day of entry to today or is refused."""
    day, today = entered_on + timedelta(days=after), entered_on + timedelta(days=until)
    if after <= until:
        assert check_status(Status.PAID, day, entered_on=entered_on, today=today) == day
    else:
        with pytest.raises(BadValue, match="status_in_future"):
            check_status(Status.PAID, day, entered_on=entered_on, today=today)


@pytest.mark.parametrize(
    ("typed", "number"), [(" 42 ", 42), ("0042", 42), ("42\x7f", 42), ("2147483647", 2147483647)]
)
def test_the_number_of_an_entry(typed: str, number: int) -> None:
    """A number may have blanks, zeros and invisible rubbish around it."""
    assert parse_entry_number(typed) == number


@pytest.mark.parametrize("typed", ["2147483648", "9223372036854775808", "1" + "0" * 400, "9" * 5000])
def test_a_number_that_no_entry_has(typed: str) -> None:
    """A number past what the tables hold is that of no entry, and no error of arithmetic."""
    with pytest.raises(NotYours) as caught:
        parse_entry_number(typed)
    assert caught.value.code == "entry_not_yours"


@pytest.mark.parametrize(
    "typed", ["", "-1", "1.5", "1e9", "\u0967\u0968", "\u00b2", "nan", "inf", "0x10", "1_0"]
)
def test_what_is_no_number_of_an_entry(typed: str) -> None:
    """Only the ten digits count; what merely looks like a number is refused."""
    with pytest.raises(BadValue) as caught:
        parse_entry_number(typed)
    assert caught.value.code == "entry_number_unreadable"


@pytest.mark.parametrize("pin", ["", " ", "\U000e0100", "\u0301", " \ufe0f "])
def test_a_pin_that_nobody_sees_is_missing(pin: str) -> None:
    """Signs that only change a letter before them are no PIN: two such would be one to a server."""
    with pytest.raises(BadValue, match="pin_missing"):
        check_pin(pin)
