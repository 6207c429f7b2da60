"""Why entries were refused: kept, offered again, and added up in the report."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from contract.company import BY, MARIA, OLEG, PETR, ZOYA, Company, fill, import_row
from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import EntryFilter, ReasonSum, Status
from mini_crm.domain.period import month_of, year_of


def test_a_reason_is_kept_with_the_refusal(company: Company) -> None:
    """It is one line, told by the history, found by its words, and gone when the entry is open again."""
    anna = company.anna
    entry = anna.refuse(anna.add(company.petr), reason="  Ушли к\n «другим» ")
    assert entry.reason == "Ушли к «другим»"
    assert anna.get(entry) == entry
    found = company.store.list_entries(anna.token, EntryFilter(text="УШЛИ К «др"))
    assert found.entries == (entry,)
    again = anna.update(entry, status=Status.EXPECTED, status_on=None)
    assert again.reason == ""
    assert company.store.list_entries(anna.token, EntryFilter(text="ушли")).total == 0
    told = [
        [(c.old, c.new) for c in version.changes if c.field == "reason"]
        for version in company.store.list_entry_history(anna.token, entry.entry_id)
    ]
    assert told == [[], [("", "Ушли к «другим»")], [("Ушли к «другим»", "")]]


def test_a_new_entry_can_be_refused_at_once(company: Company) -> None:
    """The form may store a refusal that was never open, with its reason."""
    entry = company.anna.add(company.petr, status=Status.REFUSED, reason="Дорого")
    assert company.anna.get(entry).reason == "Дорого"


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (Status.EXPECTED, "Дорого", "reason_without_refused"),
        (Status.PAID, "Дорого", "reason_without_refused"),
        (Status.REFUSED, "и" * 101, "reason_too_long"),
        (Status.REFUSED, "\U0001f600" * 51, "reason_too_long"),
        (Status.REFUSED, "до\x07рого", "reason_characters"),
    ],
)
def test_what_is_no_reason(company: Company, status: Status, reason: str, code: str) -> None:
    """A reason goes with a refusal only, has at most 100 characters, and none that nobody sees."""
    entry = company.anna.add(company.petr)
    with pytest.raises(BadValue) as caught:
        company.anna.update(entry, status=status, reason=reason)
    assert (caught.value.code, caught.value.field) == (code, "reason")
    assert company.anna.get(entry) == entry


def test_the_longest_reason(company: Company) -> None:
    """A hundred characters are stored whole, and a blank one is none."""
    anna = company.anna
    entry = anna.refuse(anna.add(company.petr), reason="и" * 100)
    assert anna.get(entry).reason == "и" * 100
    assert anna.update(entry, reason=" \t ").reason == ""


def test_reasons_that_were_used(company: Company) -> None:
    """The lead's own come, most used first, then by name; none of what is open again or deleted."""
    anna = company.anna
    for reason, times in (("Дорого", 2), ("Бюджет", 1), ("Алло", 1), ("Ушли", 3), ("", 5)):
        for _ in range(times):
            anna.refuse(anna.add(company.petr), reason=reason)
    gone = anna.refuse(anna.add(company.petr), reason="Удалено")
    anna.delete(gone)
    back = anna.refuse(anna.add(company.petr), reason="Открыто")
    anna.update(back, status=Status.EXPECTED, status_on=None)
    company.boris.refuse(company.boris.add(company.zoya), reason="Чужое")
    assert company.store.list_reasons(anna.token) == ("Ушли", "Дорого", "Алло", "Бюджет")
    assert company.store.list_reasons(company.boris.token) == ("Чужое",)


def test_at_most_fifty_reasons_come(company: Company) -> None:
    """A lead who writes a new one each time is offered the first fifty."""
    rows = [
        import_row(
            PETR, company.day(-9), status=Status.REFUSED, status_on=company.day(-2), reason=f"Причина {n}"
        )
        for n in range(60)
    ]
    company.store.import_entries("x", rows, BY)
    assert len(company.store.list_reasons(company.anna.token)) == 50


def test_open_at_another_lead(company: Company) -> None:
    """Of the very same PIN the open entries of others are counted, and only these."""
    store, anna, boris = company.store, company.anna, company.boris
    anna.add(company.petr, client_pin="77")
    entry = boris.add(company.zoya, client_pin="77")
    boris.add(company.igor, client_pin="77")
    boris.add(company.igor, client_pin="077")
    boris.delete(boris.add(company.igor, client_pin="77"))
    boris.refuse(boris.add(company.igor, client_pin="77"))
    assert store.count_open_elsewhere(anna.token, "77") == 2
    assert store.count_open_elsewhere(boris.token, "77") == 1
    assert store.count_open_elsewhere(anna.token, "нет") == 0
    boris.pay(entry)
    assert store.count_open_elsewhere(anna.token, "77") == 1


def test_entries_without_a_pin_are_not_one_client(company: Company) -> None:
    """Imported entries without a PIN are counted for nobody."""
    company.store.import_entries("x", [import_row(ZOYA, company.day(-2), client_pin="")], BY)
    assert company.store.count_open_elsewhere(company.anna.token, "") == 0


def test_reasons_of_the_report(company: Company) -> None:
    """They are those of the period, as the run counted: lead by lead, unit by unit, most first."""
    store, anna, day = company.store, company.anna, company.day
    row = import_row(PETR, day(-400), status=Status.REFUSED, status_on=day(0), reason="Дорого")
    rows = [
        replace(row, client_ref=import_row(PETR, day(0)).client_ref, line=n, **fields)  # type: ignore[arg-type]
        for n, fields in enumerate(
            (
                {"amount": Decimal("10.50")},
                {"amount": Decimal("0.25"), "manager": MARIA},
                {"amount": Decimal(900), "reason": "Ушли"},
                {"amount": Decimal(3), "manager": OLEG, "group": "Штучные", "reason": ""},
                {"amount": Decimal(7), "status_on": day(-399)},
            )
        )
    ]
    store.import_entries("x", rows, BY)
    company.boris.refuse(company.boris.add(company.zoya, amount=Decimal(5)), reason="Ушли")
    store.aggregate_forecast(None, "test")
    late = anna.refuse(anna.add(company.petr), reason="После пересчёта")
    first = next(entry for entry in anna.everything() if entry.amount == Decimal(900))
    anna.update(first, reason="Другая")
    anna_id, boris_id = anna.lead_id, company.boris.lead_id
    assert store.get_report(month_of(company.today)).reasons == (
        ReasonSum(anna_id, anna.name, "RUB", "Дорого", 2, Decimal("10.75")),
        ReasonSum(anna_id, anna.name, "RUB", "Ушли", 1, Decimal(900)),
        ReasonSum(anna_id, anna.name, "pcs", "", 1, Decimal(3)),
        ReasonSum(boris_id, company.boris.name, "RUB", "Ушли", 1, Decimal(5)),
    )
    store.aggregate_forecast(None, "test")
    reasons = {row.reason for row in store.get_report(month_of(company.today)).reasons}
    assert reasons == {"Дорого", "Другая", "После пересчёта", "", "Ушли"}
    assert late.reason in reasons


@pytest.mark.parametrize("kind", ["month", "year"])
def test_reasons_add_up_to_what_was_refused(company: Company, kind: str) -> None:
    """By lead and unit they have the counts and sums of the report's refused columns."""
    fill(company)
    refused = [entry for entry in company.anna.everything() if entry.status is Status.REFUSED]
    for number, entry in enumerate(refused):
        company.anna.update(entry, reason=("", "Дорого", "Ушли")[number // 3 % 3])
    company.store.aggregate_forecast(None, "test")
    for entry in company.anna.everything()[::5]:
        if entry.status is Status.REFUSED:
            company.anna.update(entry, reason="", status=Status.EXPECTED, status_on=None)
    period = month_of(company.today) if kind == "month" else year_of(company.today)
    report = company.store.get_report(period)
    for row in report.forecast.leads:
        if row.period == period:
            own = [r for r in report.reasons if (r.lead_id, r.unit) == (row.lead_id, row.unit)]
            assert sum(r.count for r in own) == row.refused_count
            assert sum(r.amount for r in own) == row.refused
    assert len(report.reasons) == 7
