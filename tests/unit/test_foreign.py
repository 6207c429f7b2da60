"""What files of other systems mean: headings, words of statuses, days, signs of amounts, currencies."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.errors import BadFile, BadValue, UsageError
from mini_crm.domain.model import Status
from mini_crm.domain.money import round_amount
from mini_crm.usecases.foreign.currencies import read_unit
from mini_crm.usecases.foreign.day_order import DayOrder, survey_days
from mini_crm.usecases.foreign.days import is_no_day, month_number, read_day
from mini_crm.usecases.foreign.headings import COLUMNS, find_headings, parse_constants, parse_mapping
from mini_crm.usecases.foreign.signs import Signs, survey_signs
from mini_crm.usecases.foreign.statuses import StatusWords, parse_status_words, status_option
from mini_crm.usecases.foreign.systems import ANYBODY, CLOSING, known_systems

MOSCOW = timezone(timedelta(hours=3))
TODAY = date(2026, 3, 18)
MARCH_5 = date(2026, 3, 5)

# ---- the data file


def test_every_system_has_what_an_entry_needs() -> None:
    """Each system names a person, an amount, a day of entry, a status and the day of the outcome."""
    for system in known_systems():
        assert {*system.headings} <= {*COLUMNS, CLOSING}, system.name
        if system.name != ANYBODY:
            assert {"manager", "client_pin", "amount", "entered_on", "status"} <= {*system.headings}
            assert {"status_on", CLOSING} & {*system.headings}, system.name
            assert {*system.statuses.values()} == {*Status}, system.name


def test_a_word_has_one_meaning_in_all_systems() -> None:
    """No word of a status means one thing here and another there."""
    meanings = {(word, meaning) for system in known_systems() for word, meaning in system.statuses.items()}
    assert [word for word, n in Counter(word for word, _meaning in meanings).items() if n > 1] == []


def test_a_heading_is_one_field_of_its_system() -> None:
    """No system has a heading for two fields."""
    for system in known_systems():
        counted = Counter(heading for headings in system.headings.values() for heading in headings)
        assert [heading for heading, n in counted.items() if n > 1] == [], system.name


# ---- headings


def places(columns: str, mapping: str = "", *constants: str) -> dict[str, tuple[int, ...]]:
    """Find the fields of headings that are parted by semicolons."""
    found = find_headings(
        Path("x.csv"), columns.split(";"), parse_mapping([mapping]), parse_constants(constants)
    )
    return dict(found.places)


def test_own_names_go_first() -> None:
    """What has our names is read by them, whatever other systems would make of the rest."""
    found = places("lead;manager;amount;entered_on;Expected Revenue;Owner;Created On")
    assert found == {"lead": (0,), "manager": (1,), "amount": (2,), "entered_on": (3,)}


def test_the_system_decides_which_amount_counts() -> None:
    """Expected revenue is the amount in Odoo, and a computed number beside the amount in Salesforce."""
    odoo = places("Salesperson;Expected Revenue;Created on;Stage;Expected Closing")
    assert odoo["amount"] == (1,)
    found = places("Opportunity Owner;Expected Revenue;Amount;Created Date;Stage;Close Date")
    assert found["amount"] == (2,)


def test_headings_by_their_words() -> None:
    """Case, line breaks, colons, asterisks and the letter yo do not matter."""
    found = places("№;РУКОВОДИТЕЛЬ;Группа;Менеджер:;Клиент;Сумма\nсделки*;Создана;Срок")
    assert found == {
        "lead": (1,), "group": (2,), "manager": (3,), "client_pin": (4,), "amount": (5,), "entered_on": (6,),
        "pay_by": (7,),
    }  # fmt: skip


def test_two_headings_for_one_field_are_not_guessed() -> None:
    """Where two columns of nobody's in particular can be the amount, the file is refused with both names."""
    with pytest.raises(BadFile, match="headings_two") as caught:
        places("Менеджер;Сумма;Бюджет;Создана")
    assert (caught.value.data["field"], caught.value.data["columns"]) == ("amount", "Сумма, Бюджет")
    assert places("Менеджер;Сумма;Бюджет;Создана", "amount=Бюджет")["amount"] == (2,)


def test_one_column_for_both_days() -> None:
    """A column that is mapped to both days is the promised day of open deals and the outcome's of others."""
    found = places("manager;amount;entered_on;Close", "pay_by=Close,status_on=Close")
    assert found[CLOSING] == (3,)
    assert not {"pay_by", "status_on"} & set(found)


def test_a_constant_lead_leaves_the_owner_to_be_manager() -> None:
    """With --set lead the sole person of the file is the manager."""
    found = places("Owner;Amount;Created On", "", "lead=Sales")
    assert found["manager"] == (0,)
    assert "lead" not in found


def test_a_comma_in_a_heading() -> None:
    """A comma parts two pairs only where the name of a field follows."""
    mapping = parse_mapping(["amount=Сумма, руб.,client_pin=Имя, фамилия = клиент", "lead=Boss"])
    assert mapping == {"amount": "Сумма, руб.", "client_pin": "Имя, фамилия = клиент", "lead": "Boss"}


def test_a_name_is_mapped_once() -> None:
    """A name that comes in two --map is refused."""
    with pytest.raises(UsageError, match="map_twice"):
        parse_mapping(["lead=a", "lead=b"])


@pytest.mark.parametrize(
    ("text", "code"),
    [("lead", "set_unreadable"), ("lead=", "set_unreadable"), ("id=5", "set_unknown_name"),
     ("boss=x", "set_unknown_name")],
)  # fmt: skip
def test_bad_constants(text: str, code: str) -> None:
    """A constant without value or for an unknown field, or an id for all rows, is a wrong usage."""
    with pytest.raises(UsageError, match=code):
        parse_constants([text])


# ---- statuses


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Closed Won", Status.PAID),
        ("closed won ", Status.PAID),
        ("Closed Won (Sales Pipeline)", Status.PAID),
        ("Closed Lost", Status.REFUSED),
        ("Успешно реализовано", Status.PAID),
        ("Закрыто и не реализовано", Status.REFUSED),
        ("Переговоры", Status.EXPECTED),
        ("Сделка успешна", Status.PAID),
        ("Сделка провалена", Status.REFUSED),
        ("Новая", Status.EXPECTED),
        ("Оплачен", Status.PAID),
        ("Не оплачен", Status.EXPECTED),
        ("Просрочен", Status.EXPECTED),
        ("Отменён", Status.REFUSED),
        ("Выиграна", Status.PAID),
        ("", Status.EXPECTED),
        ("Почти оплачено", None),
        ("Closed", None),
        ("Сделка успешна!", None),
    ],
)
def test_meaning_of_words(word: str, meaning: Status | None) -> None:
    """Published words of the known systems are known, and nothing that only looks like one."""
    assert StatusWords(None, {}).meaning(word) is meaning


def test_the_command_line_goes_first() -> None:
    """What --status says holds, also against a word that is known; a word with a comma is quoted."""
    wishes = parse_status_words(['paid=New,"Да, оплачено"', "refused=Думает"])
    words = StatusWords(None, wishes)
    asked = [words.meaning(word) for word in ("new", "да, оплачено", "Думает", "Open")]
    assert asked == [Status.PAID, Status.PAID, Status.REFUSED, Status.EXPECTED]


@given(st.lists(st.text(st.characters(categories=["L", "P", "Nd"]), min_size=1, max_size=8), min_size=1))
def test_the_offered_option_is_read_back(words: list[str]) -> None:
    """The option that is offered for copying names each of its words, whatever signs they have."""
    read = parse_status_words([status_option(words, Status.EXPECTED)])
    known = StatusWords(None, read)
    assert all(known.meaning(word) is Status.EXPECTED for word in words)


@pytest.mark.parametrize(
    ("texts", "code"),
    [(["paid"], "status_option_unreadable"), (["paid="], "status_option_unreadable"),
     (["won=x"], "status_option_meaning"), (["paid=x", "refused=X"], "status_option_twice")],
)  # fmt: skip
def test_bad_status_options(texts: list[str], code: str) -> None:
    """An option that says nothing, an unknown meaning, or two meanings of one word is a wrong usage."""
    with pytest.raises(UsageError, match=code):
        parse_status_words(texts)


# ---- days


@pytest.mark.parametrize(
    "text",
    [
        "5.3.26", "05.03.2026", "05,03,2026", "5.3", "2026-03-05", "2026/3/5", "2026.03.05", "20260305",
        "05.03.2026 9:05:00", "05.03.2026 00:00", "2026-03-05T23:59:59", "2026-03-05 23:59:59.9",
        "05.03.26 0:00",
        "05.03.2026 г.", "05.03.2026 г", "5 марта 2026 г.", "5 марта 2026 года", "5 мар. 2026 г., 10:00",
        "5 МАР 2026", "5-мар-26", "05-Mar-26", "Mar 5, 2026", "March 5, 2026", "5 March 2026", "5th Mar 2026",
        "Mar 5, 2026, 11:04 PM", "Mar 5, 2026 12:00 a.m.", "Thu, 5 Mar 2026 10:00:00 +0000",
        "чт, 5 марта 2026",
        "2026-Mar-05", "2026-03-05T15:58:12+03:00", "2026-03-05T14:30:00.000Z", "2026-03-04T21:30:00Z",
        "2026-03-04 22:00 UTC", "2026-03-05T15:00:00+0300", "2026-03-05T03:00:00+05:30",
        "2026-03-05T10:00:00-05",
        " 05.03.2026 ", "3/5/2026 2:30 PM",
    ],
)  # fmt: skip
def test_forms_of_a_day(text: str) -> None:
    """Each form is 5 March 2026 in Moscow; with slashes the column says that the month comes first."""
    order = "mdy" if "/" in text else None
    assert read_day(text, "d", today=TODAY, order=order, zone=MOSCOW) == MARCH_5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2026", "date_ambiguous"), ("03-04-2026", "date_ambiguous"), ("03/04/26", "date_ambiguous"),
        ("46086", "date_unreadable"), ("0000000001", "date_out_of_range"),
        ("31.02.2026", "date_impossible"), ("29.02.2025", "date_impossible"),
        ("20261301", "date_impossible"), ("5 ма 2026", "date_unreadable"), ("5 foo 2026", "date_unreadable"),
        ("2026-03-05 24:00", "date_unreadable"), ("2026-03-05 13:00 PM", "date_unreadable"),
        ("2026-03-05 10:60", "date_unreadable"), ("не закрыта", "date_unreadable"), ("", "date_missing"),
        ("1926-03-05", "date_out_of_range"), ("99991231", "date_out_of_range"),
        ("2026-03-05T10:00:00+99:00", "date_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_day(text: str, code: str) -> None:
    """What has two readings or none is refused by name."""
    with pytest.raises(BadValue, match=code):
        read_day(text, "d", today=TODAY, order=None, zone=MOSCOW)


@pytest.mark.parametrize(
    ("order", "day"),
    [("dmy", date(2025, 4, 3)), ("mdy", date(2025, 3, 4))],
)
def test_the_order_of_the_column(order: str, day: date) -> None:
    """Day and month stand as the column has them, with slashes and with dashes."""
    for text in ("03/04/2025", "3-4-2025", "03/04/25 10:00"):
        assert read_day(text, "d", today=TODAY, order=order, zone=None) == day  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1772658000", "1772658000000", "1772744399999"])
def test_moments_counted_from_1970(text: str) -> None:
    """HubSpot and other machines count milliseconds or seconds: 5 March in Moscow begins at 1772658000.

    Source: ``TZ=Europe/Moscow date -d 2026-03-05 +%s``.
    """
    assert read_day(text, "d", today=TODAY, order=None, zone=MOSCOW) == MARCH_5


def test_year_first_if_asked() -> None:
    """With --dates ymd a year of two digits comes first."""
    assert read_day("26-03-05", "d", today=TODAY, order="ymd", zone=None) == MARCH_5


@pytest.mark.parametrize("text", ["NULL", "\\N", "0000-00-00", "0000-00-00 00:00:00", "-", "—", "00.00.0000"])
def test_no_day(text: str) -> None:
    """What databases and people write where there is no day."""
    assert is_no_day(text)


def test_every_name_of_a_month() -> None:
    """Months are known by name, genitive and three letters, in both languages.

    Source: Unicode CLDR through any calendar; the three letters are those of Excel.
    """
    russian = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]
    english = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    numbers = list(range(1, 13))
    assert [month_number(word) for word in russian] == [month_number(word) for word in english] == numbers
    assert [month_number(word) for word in ("мая", "сентября", "сент.", "Ноябрь", "Sept", "august")] == [
        5, 9, 9, 11, 9, 8,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["03/04/2026", "25/03/2026"], DayOrder("dmy", "25/03/2026", 2)),
        (["03/04/2026", "3/25/2026 10:00"], DayOrder("mdy", "3/25/2026 10:00", 2)),
        (["03-04-2026", "03-25-2026"], DayOrder("mdy", "03-25-2026", 2)),
        (["03/04/2026"], DayOrder(None, "03/04/2026", 1)),
        (["05.03.2026", "2026-03-05", "5/5/2026"], DayOrder()),
        (["25/03/2026", "3/25/2026", "03/04/2026"], DayOrder(None, "03/04/2026", 3, mixed=True)),
    ],
)
def test_one_row_decides_the_order(cells: list[str], found: DayOrder) -> None:
    """One day with one reading only decides for the column; two that contradict each other decide nothing."""
    assert survey_days(enumerate(cells, start=1), None) == found


# ---- amounts


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["$21,042", "$1,047.96"], Signs(".", "$1,047.96", 2)),
        (["21.042", "157,93"], Signs(",", "157,93", 2)),
        (["1,234,567"], Signs(".", "1,234,567", 1)),
        (["1 234,5"], Signs(",", "1 234,5", 1)),
        (["1234.567"], Signs(".", "1234.567", 1)),
        (["0,125"], Signs(",", "0,125", 1)),
        (["21,042", "100"], Signs(None, "21,042", 1)),
        (["12 500 руб."], Signs()),
        (["1,5", "1.5", "1,234"], Signs(None, "1,234", 3, mixed=True)),
    ],
)
def test_one_amount_decides_the_signs(cells: list[str], found: Signs) -> None:
    """One amount with one reading only decides for the column."""
    assert survey_signs(enumerate(cells, start=1), None) == found


@pytest.mark.parametrize(
    ("text", "decimal", "amount", "is_rounded"),
    [
        ("$21,042", ".", "21042.00", False), ("$157.93", ".", "157.93", False), ("1.234", ".", "1.23", True),
        ("1.234", ",", "1234.00", False), ("1096.125", None, "1096.13", True),
        ("2.500000", None, "2.50", False),
        ("0.005", ".", "0.01", True), ("'1234", None, "1234.00", False),
        ("1 234 567,8", ",", "1234567.80", False),
    ],
)  # fmt: skip
def test_amounts_of_a_column(text: str, decimal: str | None, amount: str, is_rounded: bool) -> None:
    """With the column's signs an amount has one reading; what is beyond two places is rounded half up."""
    value, rounded = round_amount(text, decimal=decimal)
    assert (str(value), rounded) == (amount, is_rounded)


@pytest.mark.parametrize(("text", "decimal"), [("1,23", "."), ("1.234.567", "."), ("12,34,567.00", ".")])
def test_amounts_that_contradict_their_column(text: str, decimal: str) -> None:
    """An amount whose signs do not fit what the column proves is refused."""
    with pytest.raises(BadValue, match="amount_unreadable"):
        round_amount(text, decimal=decimal)


# ---- currencies


@pytest.mark.parametrize(
    ("text", "usual", "unit"),
    [
        ("USD", "RUB", "USD"), ("eur", "RUB", "EUR"), ("€", "RUB", "EUR"), ("₽", "USD", "RUB"),
        ("руб.", "RUB", "RUB"), ("$", "USD", "USD"), ("US Dollar", "RUB", "USD"),
        ("US Dollars", "RUB", "USD"),
        ("российский рубль", "EUR", "RUB"), ("Российский рубль", "EUR", "RUB"), ("Euro", "RUB", "EUR"),
        ("шт", "RUB", "pcs"), ("SEK", "RUB", "SEK"),
    ],
)  # fmt: skip
def test_currencies(text: str, usual: str, unit: str) -> None:
    """Currencies are known by code, sign and name in both languages."""
    assert read_unit(text, usual) == unit


@pytest.mark.parametrize("text", ["$", "руб.", "money", "рубль и доллар", "#N/A"])
def test_no_currency(text: str) -> None:
    """A sign of several currencies, none of which is the company's, and other words are refused."""
    with pytest.raises(BadValue, match="unit_unknown"):
        read_unit(text, "EUR")
