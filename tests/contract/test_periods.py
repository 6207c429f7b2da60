"""Periods, targets, the leads' own numbers, settings, and what the record covers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from contract.company import (
    ANNA,
    BORIS,
    BY,
    OLEG,
    PETR,
    ROSTER,
    ZOYA,
    Company,
    import_row,
)
from mini_crm.domain.errors import AlreadyThere, BadValue, NotFound, OperationReused
from mini_crm.domain.model import PIECES, Record, RosterRow, Status, Target
from mini_crm.domain.period import Period, PeriodKind, month_of, quarter_of, standing_periods, year_of
from mini_crm.store.port import Store


def custom(company: Company, first: int = -3, last: int = 12, name: str = "Акция") -> Period:
    """Give a custom period around today."""
    return Period(PeriodKind.CUSTOM, company.day(first), company.day(last), name)


# ------------------------------------------------------------------------------------------ periods


def test_standing_periods(company: Company) -> None:
    """Today's month, quarter and year always stand, and the next and the last ones."""
    assert set(company.store.list_periods()) == set(standing_periods(company.today))
    assert len(company.store.list_periods()) == 9


def test_custom_period(company: Company) -> None:
    """A custom period that is opened stands beside them, with its name; several may overlap."""
    one, two = custom(company), custom(company, last=13, name="")
    company.store.add_period(one, BY)
    company.store.add_period(two, BY)
    periods = company.store.list_periods()
    assert len(periods) == 11
    assert set(periods) == {*standing_periods(company.today), one, two}


def test_period_opened_twice(company: Company) -> None:
    """The same days cannot be opened twice, whatever the name; nothing changes."""
    company.store.add_period(custom(company), BY)
    for name in ("Акция", "Другая"):
        with pytest.raises(AlreadyThere):
            company.store.add_period(custom(company, name=name), BY)
    assert custom(company) in company.store.list_periods()
    assert len(company.store.list_periods()) == 10


def test_close_period(company: Company) -> None:
    """A closed period stands no more, and can be opened again."""
    company.store.add_period(custom(company), BY)
    company.store.close_period(custom(company), BY)
    assert set(company.store.list_periods()) == set(standing_periods(company.today))
    company.store.add_period(custom(company), BY)
    assert custom(company) in company.store.list_periods()


def test_close_what_is_not_open(company: Company) -> None:
    """A period that is not open cannot be closed."""
    with pytest.raises(NotFound):
        company.store.close_period(custom(company), BY)
    company.store.add_period(custom(company), BY)
    company.store.close_period(custom(company), BY)
    with pytest.raises(NotFound):
        company.store.close_period(custom(company), BY)


def test_runs_follow_the_periods(company: Company) -> None:
    """A run forecasts for every standing and open custom period, and for a closed one no more."""
    store = company.store
    company.anna.add(company.petr)
    store.add_period(custom(company), BY)
    store.aggregate_forecast(None, "test")
    wanted = {*standing_periods(company.today), custom(company)}
    assert {row.period for row in store.get_company_forecast().company} == wanted
    assert {row.period for row in store.get_forecast(company.anna.token).leads} == wanted
    store.close_period(custom(company), BY)
    store.aggregate_forecast(None, "test")
    assert {row.period for row in store.get_company_forecast().company} == wanted - {custom(company)}


# ------------------------------------------------------------------------------------------ targets


def target(company: Company, lead: str | None, amount: int = 1000, unit: str = "RUB") -> Target:
    """Give a target for the current month."""
    return Target(month_of(company.today), lead, unit, Decimal(amount))


def test_targets(company: Company) -> None:
    """Targets are set and replaced; the answer is how many changed; the same again changes none."""
    store = company.store
    targets = [target(company, None), target(company, ANNA), target(company, ANNA, 5, PIECES)]
    assert store.list_targets() == ()
    assert store.set_targets(targets, BY) == 3
    assert store.set_targets(targets, BY) == 0
    assert set(store.list_targets()) == set(targets)
    assert store.set_targets([target(company, ANNA, 2000), targets[0], target(company, BORIS)], BY) == 2
    assert set(store.list_targets()) == {
        targets[0],
        target(company, ANNA, 2000),
        targets[2],
        target(company, BORIS),
    }


def test_order_of_targets(company: Company) -> None:
    """Targets come by period, the company before the leads, and by unit."""
    month, year = month_of(company.today), year_of(company.today)
    next_year = year_of(date(company.today.year + 1, 1, 1))
    ordered = [
        Target(year, None, "RUB", Decimal(9)),
        Target(next_year, None, "RUB", Decimal(1)),
        Target(next_year, None, PIECES, Decimal(2)),
        Target(next_year, ANNA, "RUB", Decimal(3)),
        Target(next_year, ANNA, PIECES, Decimal(4)),
        Target(next_year, BORIS, "RUB", Decimal(5)),
    ]
    company.store.set_targets(ordered[::-1], BY)
    company.store.set_targets([Target(month, None, "RUB", Decimal(7))], BY)
    listed = company.store.list_targets()
    of_next_year = [t for t in listed if t.period == next_year]
    assert of_next_year == [
        t for unit in ((ordered[1], ordered[2]), (ordered[3], ordered[4]), (ordered[5],))
        for t in sorted(unit, key=lambda t: t.unit)
    ]  # fmt: skip
    assert [t.period.start for t in listed] == sorted(t.period.start for t in listed)


def test_target_for_an_unknown_lead(company: Company) -> None:
    """A target for nobody is refused, and the others with it."""
    with pytest.raises(NotFound):
        company.store.set_targets([target(company, ANNA), target(company, "Никто")], BY)
    assert company.store.list_targets() == ()


@pytest.mark.parametrize("amount", ["0", "-1", "-0.01", "0.001"])
def test_target_of_nothing(company: Company, amount: str) -> None:
    """A target is more than zero; a bad one takes the others back with it."""
    bad = Target(month_of(company.today), BORIS, "RUB", Decimal(amount))
    with pytest.raises(BadValue):
        company.store.set_targets([target(company, ANNA), bad], BY)
    assert company.store.list_targets() == ()


def test_target_finds_the_lead(company: Company) -> None:
    """A target's lead is found whatever the case, and listed as the name is written."""
    company.store.set_targets([target(company, f" {ANNA.upper()} ")], BY)
    assert company.store.list_targets() == (target(company, ANNA),)


def test_targets_beside_the_forecast(company: Company) -> None:
    """A forecast's row shows the target of its period, lead and unit, and no other."""
    store = company.store
    company.anna.add(company.petr)
    company.anna.add(company.oleg, amount=Decimal(1))
    company.boris.add(company.zoya)
    store.set_targets([target(company, None, 3000), target(company, ANNA, 1000)], BY)
    store.set_targets([Target(year_of(company.today), BORIS, "RUB", Decimal("8.50"))], BY)
    store.aggregate_forecast(None, "test")
    forecast = store.get_company_forecast()
    shown = {
        (row.period, row.lead_name if row.lead_id else None, row.unit): row.target
        for row in (*forecast.company, *forecast.leads)
        if row.target is not None
    }
    assert shown == {
        (month_of(company.today), None, "RUB"): Decimal(3000),
        (month_of(company.today), ANNA, "RUB"): Decimal(1000),
        (year_of(company.today), BORIS, "RUB"): Decimal("8.50"),
    }
    own = {row.target for row in store.get_forecast(company.anna.token).leads}
    assert own == {None, Decimal(1000)}


@pytest.mark.parametrize("name", ["я" * 101, "\U0001f600" * 51])
def test_period_with_a_long_name(company: Company, name: str) -> None:
    """A name that the server could not store whole is refused on every database."""
    period = custom(company, name=name)
    with pytest.raises(BadValue, match="name_too_long"):
        company.store.add_period(period, BY)
    with pytest.raises(BadValue, match="name_too_long"):
        company.store.set_targets([Target(period, None, "RUB", Decimal(1))], BY)
    assert set(company.store.list_periods()) == set(standing_periods(company.today))


def test_period_with_the_longest_name(company: Company) -> None:
    """A name of 100 UTF-16 units is kept whole."""
    company.store.add_period(custom(company, name="\U0001f600" * 50), BY)
    assert company.store.list_periods()[-1].name == "\U0001f600" * 50


# -------------------------------------------------------------------------------------- commitments


def test_commitments(company: Company) -> None:
    """Each number that a lead committed to stays on record, newest first."""
    store, token, month = company.store, company.anna.token, month_of(company.today)
    assert store.list_commitments(token, month) == ()
    first = store.set_commitment(token, uuid4(), month, "RUB", Decimal("1000.50"), "осторожно")
    second = store.set_commitment(token, uuid4(), month, "RUB", Decimal(0), "")
    third = store.set_commitment(token, uuid4(), month, PIECES, Decimal(5), "x" * 500)
    assert store.list_commitments(token, month) == (third, second, first)
    assert (first.period, first.unit, first.amount, first.note) == (
        month,
        "RUB",
        Decimal("1000.50"),
        "осторожно",
    )
    assert abs(datetime.now(UTC) - first.made_at) < timedelta(minutes=1)


def test_commitment_that_is_sent_again(company: Company) -> None:
    """Repeating an operation gives what the first time gave, whatever came since; it is on record once."""
    store, token, op_id = company.store, company.anna.token, uuid4()
    store.add_period(custom(company), BY)
    first = store.set_commitment(token, op_id, custom(company), "RUB", Decimal(5), " why ")
    later = store.set_commitment(token, uuid4(), custom(company), "RUB", Decimal(7), "")
    store.close_period(custom(company), BY)
    assert store.set_commitment(token, op_id, custom(company), "RUB", Decimal(5), "why") == first
    assert store.list_commitments(token, custom(company)) == (later, first)


@pytest.mark.parametrize(
    ("unit", "amount", "note"), [("RUB", 6, "why"), ("RUB", 5, "other"), (PIECES, 5, "why")]
)
def test_commitment_with_other_content(company: Company, unit: str, amount: int, note: str) -> None:
    """An operation that came before with other content is refused, and nothing is recorded."""
    store, token, op_id, month = company.store, company.anna.token, uuid4(), month_of(company.today)
    made = store.set_commitment(token, op_id, month, "RUB", Decimal(5), "why")
    with pytest.raises(OperationReused):
        store.set_commitment(token, op_id, month, unit, Decimal(amount), note)
    assert store.list_commitments(token, month) == (made,)


def test_operations_are_the_leads_own(company: Company) -> None:
    """Two leads may use one OpId: neither is told of the other's number."""
    store, op_id, month = company.store, uuid4(), month_of(company.today)
    mine = store.set_commitment(company.anna.token, op_id, month, "RUB", Decimal(5), "")
    theirs = store.set_commitment(company.boris.token, op_id, month, "RUB", Decimal(6), "")
    assert (mine.amount, theirs.amount) == (Decimal(5), Decimal(6))


def test_commitments_are_per_lead_and_period(company: Company) -> None:
    """Neither another lead's nor another period's numbers are in the list."""
    store, month, year = company.store, month_of(company.today), year_of(company.today)
    mine = store.set_commitment(company.anna.token, uuid4(), month, "RUB", Decimal(1), "")
    theirs = store.set_commitment(company.boris.token, uuid4(), month, "RUB", Decimal(2), "")
    yearly = store.set_commitment(company.anna.token, uuid4(), year, "RUB", Decimal(3), "")
    assert store.list_commitments(company.anna.token, month) == (mine,)
    assert store.list_commitments(company.anna.token, year) == (yearly,)
    assert store.list_commitments(company.boris.token, month) == (theirs,)
    assert store.list_commitments(company.boris.token, quarter_of(company.today)) == ()


@pytest.mark.parametrize(
    ("field", "unit", "amount", "note"),
    [
        ("amount", "RUB", "-0.01", ""),
        ("amount", "RUB", "1e15", ""),
        ("amount", "RUB", "1.001", ""),
        ("note", "RUB", "1", "я" * 501),
        ("note", "RUB", "1", "я" * 480 + "\U0001f600" * 20),  # 520 UTF-16 units
        ("unit", "EUR", "1", ""),
        ("unit", "", "1", ""),
    ],
)
def test_bad_commitment(company: Company, field: str, unit: str, amount: str, note: str) -> None:
    """A number that breaks a rule is refused with the field's name."""
    month = month_of(company.today)
    with pytest.raises(BadValue) as caught:
        company.store.set_commitment(company.anna.token, uuid4(), month, unit, Decimal(amount), note)
    assert caught.value.field == field
    assert company.store.list_commitments(company.anna.token, month) == ()


def test_note_of_emoji(company: Company) -> None:
    """A note of 500 UTF-16 units is stored as it is, whatever it is made of."""
    month, note = month_of(company.today), "я" * 460 + "\U0001f600" * 20
    made = company.store.set_commitment(company.anna.token, uuid4(), month, "RUB", Decimal(1), note)
    assert made.note == note


def test_commitment_in_a_unit_of_others(company: Company) -> None:
    """The unit must be one of the lead's own groups."""
    with pytest.raises(BadValue):
        company.store.set_commitment(
            company.boris.token, uuid4(), month_of(company.today), PIECES, Decimal(1), ""
        )


def test_commitment_for_periods_that_stand(company: Company) -> None:
    """One commits to periods that are not over, if they stand or are open custom ones, and to no other."""
    store, token = company.store, company.anna.token
    store.add_period(custom(company), BY)
    store.add_period(custom(company, -9, -1), BY)
    for period in (*standing_periods(company.today)[:6], custom(company)):
        made = store.set_commitment(token, uuid4(), period, "RUB", Decimal(1), "")
        assert store.list_commitments(token, period) == (made,)
    store.close_period(custom(company), BY)
    year_after_next = year_of(date(company.today.year + 2, 1, 1))
    over = (*standing_periods(company.today)[6:], custom(company, -9, -1))
    for period in (custom(company), custom(company, last=99), *over, year_after_next):
        with pytest.raises(NotFound):
            store.set_commitment(token, uuid4(), period, "RUB", Decimal(1), "")


def test_commitment_beside_the_forecast(company: Company) -> None:
    """The newest number of a lead stands in the lead's row of that period and unit."""
    store, month = company.store, month_of(company.today)
    company.anna.add(company.petr)
    company.boris.add(company.zoya)
    store.set_commitment(company.anna.token, uuid4(), month, "RUB", Decimal(700), "")
    store.set_commitment(company.anna.token, uuid4(), month, "RUB", Decimal(600), "")
    store.aggregate_forecast(None, "test")
    shown = {
        (row.period, row.lead_name): row.commitment
        for row in store.get_company_forecast().leads
        if row.commitment is not None
    }
    assert shown == {(month, ANNA): Decimal(600)}


# --------------------------------------------------------------------------- settings and the record


def test_settings(store: Store) -> None:
    """A setting is what was set last; one that was never set is nothing."""
    assert store.get_setting("NoSuchSetting") is None
    for value in ("one", "два", ""):
        store.set_setting("Note", value, BY)
        assert store.get_setting("Note") == value
    assert store.get_setting("Currency") == "RUB"


def test_today_is_the_companys(store: Store) -> None:
    """The day is that of the company's time zone: the ends of the world never have the same."""
    store.set_setting("TimeZone", "Pacific/Kiritimati", BY)
    eastern = store.get_today()
    store.set_setting("TimeZone", "Etc/GMT+12", BY)
    western = store.get_today()
    now = datetime.now(UTC)
    assert eastern == (now + timedelta(hours=14)).date()
    assert western == (now - timedelta(hours=12)).date()
    assert eastern > western


def test_day_of_entry_is_the_companys(company: Company) -> None:
    """Entries and sessions have the company's day, not the computer's."""
    company.store.set_setting("TimeZone", "Pacific/Kiritimati", BY)
    today = company.store.get_today()
    assert company.store.get_session(company.anna.token).today == today
    assert company.anna.add(company.petr).entered_on == today
    assert company.anna.pay(company.anna.add(company.petr)).status_on == today


def test_empty_record(store: Store) -> None:
    """Without entries there is no first and no last day."""
    assert store.get_record() == Record(0, None, None, None, ())


def test_record(company: Company) -> None:
    """The record says how many entries there are, from when to when, and in which units, most first."""
    day = company.day
    company.store.apply_roster([RosterRow(ANNA, "Евро", "Юлия", "EUR"), *ROSTER], BY)
    rows = [
        import_row(OLEG, day(-50)),
        import_row(OLEG, day(-60), status=Status.PAID, status_on=day(-9)),
        import_row(OLEG, day(-40), status=Status.REFUSED, status_on=day(-30)),
        import_row(PETR, day(-20)),
        import_row(ZOYA, day(-15), status=Status.REFUSED, status_on=day(-5)),
    ]
    company.store.import_entries("x", rows, BY)
    assert company.store.get_record() == Record(5, day(-60), day(-30), day(-5), (PIECES, "RUB"))
    company.anna.delete(company.anna.add(company.petr))
    assert company.store.get_record().last_day == day(-5)
    company.anna.add(company.petr)
    company.anna.add(company.maria)
    record = company.store.get_record()
    assert (record.entries, record.last_day, record.units) == (7, company.today, ("RUB", PIECES))
