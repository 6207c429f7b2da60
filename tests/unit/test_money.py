"""Amounts: typing them, checking them, showing them."""

from __future__ import annotations

from decimal import ROUND_UP, Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.errors import BadValue
from mini_crm.domain.money import (
    MAX_AMOUNT,
    check_amount,
    edit_amount,
    format_amount,
    from_minor,
    parse_amount,
    to_minor,
)

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"

amounts = st.integers(min_value=1, max_value=10**12).map(lambda minor: Decimal(minor) / 100)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1", "1.00"),
        ("0,01", "0.01"),
        ("0.5", "0.50"),
        ("1234,5", "1234.50"),
        ("1234.5", "1234.50"),
        ("1234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1 234.50", "1234.50"),
        (f"1{NBSP}234,50", "1234.50"),
        (f"1{NARROW}234,50", "1234.50"),
        (f"1{THIN}234,50", "1234.50"),
        (f"1{NBSP}234 567", "1234567.00"),
        ("1'234.50", "1234.50"),
        ("1\u2019234\u2019567,5", "1234567.50"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234 567", "1234567.00"),
        ("1,234,567", "1234567.00"),
        ("1.234.567", "1234567.00"),
        ("1,234,567.8", "1234567.80"),
        ("1.234.567,89", "1234567.89"),
        ("12 345", "12345.00"),
        ("123 456,7", "123456.70"),
        ("10000000000", "10000000000.00"),
        ("10 000 000 000,00", "10000000000.00"),
        ("  500\t", "500.00"),
        ("\u202d500\u202c", "500.00"),
        ("\ufeff500", "500.00"),
    ],
)
def test_reads_amounts_as_people_write_them(typed: str, expected: str) -> None:
    """Each usual way to write an amount is read as the amount that is meant, with two places."""
    assert str(parse_amount(typed)) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "1 234,50 руб",
        "1 234,50 руб.",
        "1 234,50руб.",
        "1 234,50 РУБ",
        "1 234,50 рублей",
        "1 234,50 р.",
        "1 234,50р",
        f"1 234,50{NBSP}₽",
        "₽1 234,50",
        "$1,234.50",
        "$ 1,234.50",
        "1,234.50$",
        "1.234,50 €",
        "€1.234,50",
        "1,234.50 USD",
        "usd 1,234.50",
        "1234.5 EUR",
        "1234.5 rub",
    ],
)
def test_a_currency_beside_the_amount_does_not_matter(typed: str) -> None:
    """A sign, code or word of a currency may stand beside the amount, in any case."""
    assert parse_amount(typed) == Decimal("1234.50")


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("5 руб.", "RUB"),
        ("5 ₽", "RUB"),
        ("5 р.", "BYN"),
        ("$5", "USD"),
        ("$5", "CAD"),
        ("5 SEK", "SEK"),
        ("5 шт.", "pcs"),
        ("5 pcs", "pcs"),
        ("5", "EUR"),
        ("5", "pcs"),
    ],
)
def test_a_unit_that_fits_is_taken(typed: str, unit: str) -> None:
    """An amount with the group's own unit beside it, or with none, is taken."""
    assert parse_amount(typed, unit=unit) == 5


@pytest.mark.parametrize(
    ("typed", "unit", "word"),
    [("5 $", "RUB", "$"), ("5 руб.", "EUR", "руб."), ("5 руб", "pcs", "руб"), ("5 шт", "RUB", "шт")],
)
def test_another_unit_is_refused(typed: str, unit: str, word: str) -> None:
    """Dollars typed into a group that counts roubles are not taken for roubles."""
    with pytest.raises(BadValue) as caught:
        parse_amount(typed, unit=unit)
    assert caught.value.code == "amount_other_unit"
    assert caught.value.data == {"field": "amount", "text": typed, "typed": word, "unit": unit}


@pytest.mark.parametrize(
    ("typed", "as_thousands", "as_fraction"),
    [
        ("1,234", "1 234", "1,23"),
        ("1.234", "1 234", "1.23"),
        ("1.500", "1 500", "1.50"),
        ("12,345", "12 345", "12,35"),
        ("999,999", "999 999", "1000,00"),
        ("1,234 руб.", "1 234", "1,23"),
    ],
)
def test_two_readings_are_refused_with_both(typed: str, as_thousands: str, as_fraction: str) -> None:
    """One separator before exactly three digits is refused, and both readings are offered for typing."""
    with pytest.raises(BadValue) as caught:
        parse_amount(typed)
    assert caught.value.code == "amount_ambiguous"
    assert caught.value.data == {
        "field": "amount",
        "text": typed,
        "as_thousands": as_thousands,
        "as_fraction": as_fraction,
    }
    assert parse_amount(as_thousands) == Decimal(as_thousands.replace(" ", ""))
    assert parse_amount(as_fraction) == Decimal(as_fraction.replace(",", "."))


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("amount_missing", ["", "  ", NBSP, "\u200b", "\n"]),
        (
            "amount_unreadable",
            [
                *["abc", "руб", "1 23", "12 34 567", "1 2345", "1234 567", "1  234", "1,23,456", "12,34.50"],
                *[
                    "1,234.567.8",
                    "1 234.567,50",
                    "1,234 567",
                    "1'234 567",
                    "1..5",
                    "1,,5",
                    "5,",
                    "5.",
                    ",5",
                    ".5",
                ],
                *["1e5", "1E5", "1e+5", "0x10", "NaN", "nan", "Infinity", "-inf", "1_000", "1/2", "½", "2²"],
                *[
                    "=5",
                    "=1+1",
                    "+5",
                    "5+5",
                    "2*3",
                    "(5)",
                    "5-",
                    "5%",
                    "5 тыс",
                    "5k",
                    "5 млн",
                    "5 foo",
                    "foo 5",
                ],
                *[
                    "$5$",
                    "$5 USD",
                    "007",
                    "0 123",
                    "00",
                    "00,5",
                    "١٢٣",
                    "５",
                    "5;6",
                    "5\n6",
                    "5\x00",
                    "1" * 41,
                ],
            ],
        ),
        ("amount_decimals", ["1,2345", "0,001", "0.125", "1234,500", "1 234,567", "1,234.567", "1'234,567"]),
        ("amount_not_positive", ["0", "0,00", "-1", "-1 234,50", "\u22125", "- 5", "-$5", "-1,234", "-0"]),
        ("amount_too_large", ["10000000000,01", "10 000 000 001", "99999999999999999999999999999999"]),
    ],
)
def test_what_is_no_amount_is_refused(code: str, typed: list[str]) -> None:
    """Text that is no amount is refused for the reason that applies, with the field named."""
    for text in typed:
        with pytest.raises(BadValue) as caught:
            parse_amount(text, field="paid_amount")
        assert (caught.value.code, caught.value.field) == (code, "paid_amount"), text


def test_pieces_have_no_fraction() -> None:
    """Pieces are whole; zeros behind the decimal sign are no fraction."""
    assert parse_amount("5,00", whole=True) == 5
    assert parse_amount("1 234", whole=True) == 1234
    for text in ("5,5", "0,01"):
        with pytest.raises(BadValue, match="amount_not_whole"):
            parse_amount(text, whole=True)
    with pytest.raises(BadValue, match="amount_not_whole"):
        check_amount(Decimal("2.50"), field="amount", whole=True)


@pytest.mark.parametrize(
    ("value", "expected"), [("5", "5.00"), ("5.5", "5.50"), ("5.5000", "5.50"), ("1E+10", "10000000000.00")]
)
def test_check_amount_gives_two_places(value: str, expected: str) -> None:
    """A number from a file is given two places without changing its value."""
    assert str(check_amount(Decimal(value), field="amount")) == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("NaN", "amount_unreadable"),
        ("sNaN", "amount_unreadable"),
        ("Infinity", "amount_unreadable"),
        ("-Infinity", "amount_unreadable"),
        ("0", "amount_not_positive"),
        ("-0.01", "amount_not_positive"),
        ("10000000000.01", "amount_too_large"),
        ("1E+999999", "amount_too_large"),
        ("0.001", "amount_decimals"),
        ("1E-999999", "amount_decimals"),
        ("0.30000000000000000000000000000000000000000000001", "amount_decimals"),
    ],
)
def test_check_amount_refuses(value: str, code: str) -> None:
    """A number outside the limits, or finer than hundredths, is refused and never rounded."""
    with pytest.raises(BadValue) as caught:
        check_amount(Decimal(value), field="amount")
    assert caught.value.code == code


def test_the_limit_is_told() -> None:
    """An error about a too large amount says what the limit is."""
    with pytest.raises(BadValue) as caught:
        parse_amount("20000000000")
    assert caught.value.data == {"field": "amount", "text": "20000000000", "limit": Decimal(10_000_000_000)}


@pytest.mark.parametrize(
    ("value", "language", "unit", "expected"),
    [
        ("1234.5", "ru", None, f"1{NBSP}234,50"),
        ("1234.5", "en", None, "1,234.50"),
        ("1234.00", "ru", None, f"1{NBSP}234"),
        ("1234.00", "en", None, "1,234"),
        ("10000000000", "ru", "RUB", f"10{NBSP}000{NBSP}000{NBSP}000{NBSP}RUB"),
        ("0.05", "en", "EUR", f"0.05{NBSP}EUR"),
        ("100", "en", "EUR", f"100{NBSP}EUR"),
        ("7", "ru", "pcs", "7"),
        ("0", "en", None, "0"),
        ("-1234.5", "ru", None, f"-1{NBSP}234,50"),
        ("-0.001", "en", None, "0"),
        ("2.345", "en", None, "2.35"),
        ("123456789012345678901234567890.12", "en", None, "123,456,789,012,345,678,901,234,567,890.12"),
    ],
)
def test_shows_amounts_as_the_language_writes_them(
    value: str, language: str, unit: str | None, expected: str
) -> None:
    """Amounts are shown grouped, with the language's signs, and without a fraction of zero."""
    assert format_amount(Decimal(value), language=language, unit=unit) == expected


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ("1234.50", "ru", "1234,50"),
        ("1234.50", "en", "1234.50"),
        ("1234", "ru", "1234"),
        ("1234", "en", "1234"),
    ],
)
def test_a_field_gets_plain_text(value: str, language: str, expected: str) -> None:
    """In a field an amount stands without grouping."""
    assert edit_amount(Decimal(value), language=language) == expected


@given(amounts, st.sampled_from(["ru", "en"]), st.booleans())
def test_a_field_left_alone_keeps_its_amount(value: Decimal, language: str, signed: bool) -> None:
    """What the program writes into a field is read back as the same amount, in both languages."""
    text = edit_amount(value, language=language) + (" ₽" if signed else "")
    assert parse_amount(text, unit="RUB") == value


@given(amounts, st.sampled_from(["ru", "en"]), st.sampled_from([None, "RUB", "EUR"]))
def test_copied_amounts_are_read_back_or_refused(value: Decimal, language: str, unit: str | None) -> None:
    """A shown amount pasted into a field is the same amount; only an English ``1,234`` is refused."""
    text = format_amount(value, language=language, unit=unit)
    if language == "en" and 1000 <= value < 1_000_000 and value == int(value):
        with pytest.raises(BadValue, match="amount_ambiguous"):
            parse_amount(text)
    else:
        assert parse_amount(text, unit=unit) == value


@given(st.text() | st.text(alphabet="0123456789 ,.'-+eE$\u00a0руб", max_size=20), st.booleans())
def test_any_text_is_an_amount_in_the_limits_or_refused(text: str, whole: bool) -> None:
    """No text makes anything but an amount in the limits, with two places, or the error for a bad value."""
    try:
        value = parse_amount(text, whole=whole)
    except BadValue as error:
        assert error.field == "amount"
    else:
        assert 0 < value <= MAX_AMOUNT == 10**10
        assert value.as_tuple().exponent == -2


@given(st.decimals())
def test_any_number_is_an_amount_in_the_limits_or_refused(value: Decimal) -> None:
    """No number makes anything but an amount of the same value or the error for a bad value."""
    try:
        amount = check_amount(value, field="amount")
    except BadValue:
        return
    assert amount == value
    assert 0 < amount <= 10**10


@given(st.integers(min_value=-(10**30), max_value=10**30))
def test_hundredths_are_exact(minor: int) -> None:
    """Hundredths become an amount and the same hundredths again, however large the sum."""
    value = from_minor(minor)
    assert value.as_tuple().exponent == -2
    assert to_minor(value) == minor


def test_hundredths_by_hand() -> None:
    """One rouble is a hundred kopecks, and half a kopeck is nothing that can be kept."""
    assert to_minor(Decimal("1")) == 100
    assert to_minor(Decimal("1E+10")) == 1_000_000_000_000
    assert to_minor(Decimal("-0.01")) == -1
    assert str(from_minor(5)) == "0.05"
    assert str(from_minor(100)) == "1.00"
    with pytest.raises(ValueError, match="two places"):
        to_minor(Decimal("0.005"))


def test_a_thread_with_another_decimal_context_gets_the_same() -> None:
    """Results do not depend on the decimal context that other code has set."""
    with localcontext(Context(prec=3, rounding=ROUND_UP)):
        assert str(parse_amount("1 234 567,89")) == "1234567.89"
        assert to_minor(Decimal("1234567.89")) == 123456789
        assert str(from_minor(123456789)) == "1234567.89"
        assert format_amount(Decimal("1234567.894"), language="en") == "1,234,567.89"
