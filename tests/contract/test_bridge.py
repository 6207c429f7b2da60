"""The bridge from an earlier run's number to the present one, and the changes that explain it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from contract.backdoor import Backdoor
from contract.company import BY, OLEG, PETR, Company, bring, fill, import_row
from contract.forecast_checks import close
from mini_crm.domain.model import Bridge, ChangeKind, Entry, Report, Status
from mini_crm.domain.period import Period, PeriodKind, month_of, year_of


def custom(company: Company, moved: int = 0) -> Period:
    """Give the custom period, as it is dated when so many days have passed."""
    return Period(PeriodKind.CUSTOM, company.day(-20 - moved), company.day(20 - moved), "Акция")


def counted_on(company: Company, period: Period) -> dict[int, float]:
    """Give what the current run counts on of every open entry."""
    return {
        chance.entry_id: chance.contribution
        for desk in (company.anna, company.boris)
        for chance in desk.store.list_chances(
            desk.token, period, [entry.entry_id for entry in desk.everything()]
        )
    }


def whole(company: Company, period: Period, unit: str = "RUB") -> float:
    """Give the company's number in the current run."""
    rows = company.store.get_company_forecast().company
    return next(row.forecast for row in rows if (row.period, row.unit) == (period, unit))


def bridge(report: Report, company: Company, days: int, unit: str = "RUB") -> Bridge:
    """Give the bridge from so many days before."""
    (found,) = (b for b in report.bridges if (b.since, b.unit) == (company.day(-days), unit))
    return found


def adds_up(report: Report) -> None:
    """Check that every bridge arrives."""
    for one in report.bridges:
        parts = one.won + one.lost + one.new + one.put_off + one.amounts + one.changed
        total = one.before + parts + one.rest
        assert total == pytest.approx(one.now, rel=1e-12, abs=1e-6)


def kinds(report: Report, company: Company, days: int) -> dict[str, set[str]]:
    """Give the kinds of change since so many days before, by PIN."""
    told: dict[str, set[str]] = {}
    for change in report.changes:
        if change.since == company.day(-days):
            told.setdefault(change.client_pin, set()).add(change.kind.value)
    return told


def a_night(company: Company, backdoor: Backdoor, days: int = 1) -> None:
    """Run as the last thing of the day, then let days pass."""
    company.store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(days)


def set_out(company: Company) -> None:
    """Give the company a history, the custom period, and entries by name."""
    fill(company)
    company.store.add_period(custom(company, moved=-1), BY)
    for pin in ("same", "paid", "partly", "early", "refused", "later", "sooner", "up", "moved", "void"):
        bring(company.anna, PETR, company.day(-25), client_pin=pin, amount=Decimal(1000))
    for pin, amount in (("back", 700), ("undone", 300)):
        paid = {"status": Status.PAID, "status_on": company.day(-3)}
        bring(company.anna, PETR, company.day(-25), client_pin=pin, amount=Decimal(amount), **paid)


def by_pin(company: Company, pin: str) -> Entry:
    """Give Anna's only entry of this PIN."""
    (found,) = (entry for entry in company.anna.everything() if entry.client_pin == pin)
    return found


def test_every_part_of_the_bridge(company: Company, backdoor: Backdoor) -> None:
    """Each entry is in the part that its change says, with what came and is counted on less what was."""
    anna, store = company.anna, company.store
    set_out(company)
    store.aggregate_forecast(None, "test")
    old = counted_on(company, custom(company, moved=-1))
    before = whole(company, custom(company, moved=-1))
    backdoor.let_days_pass(1)
    period = custom(company)
    ids = {entry.client_pin: entry for entry in anna.everything() if entry.client_pin.isalpha()}
    anna.pay(ids["paid"])
    anna.pay(ids["partly"], came=Decimal(250))
    anna.pay(ids["early"], on=company.day(-24))  # before the period began
    anna.refuse(ids["refused"])
    anna.update(ids["later"], pay_by=company.day(60), amount=Decimal(900))
    anna.update(ids["sooner"], pay_by=ids["sooner"].pay_by - timedelta(days=1))
    anna.update(ids["up"], amount=Decimal(1500))
    anna.update(ids["moved"], manager_id=company.maria)
    store.void_entries([ids["void"].entry_id], BY)
    reopened = {"status": Status.EXPECTED, "status_on": None, "paid_amount": None}
    anna.update(ids["back"], pay_by=company.day(60), **reopened)
    store.void_entries([ids["undone"].entry_id], BY)
    fresh = anna.add(company.petr, client_pin="fresh", amount=Decimal(90))
    at_once = anna.pay(anna.add(company.petr, client_pin="at once", amount=Decimal(80)))
    store.aggregate_forecast(None, "test")
    new = counted_on(company, period)

    def had(pin: str) -> float:
        return old[ids[pin].entry_id]

    def has(pin: str) -> float:
        return new[ids[pin].entry_id]

    report = store.get_report(period)
    found = bridge(report, company, 1)
    assert close(found.before, before)
    assert close(found.now, whole(company, period))
    assert close(found.won, 1000 - had("paid") + 250 - had("partly") - had("early") + float(at_once.amount))
    assert close(found.lost, -had("refused") - had("void") - 300)
    assert close(found.new, new[fresh.entry_id])
    assert close(found.put_off, has("later") - had("later") + has("sooner") - had("sooner"))
    assert found.put_off_count == 1
    assert close(found.amounts, has("up") - had("up"))
    assert close(found.changed, has("moved") - had("moved") + has("back") - 700)
    adds_up(report)
    assert kinds(report, company, 1) == {
        "paid": {"paid"}, "partly": {"paid"}, "early": {"paid"}, "refused": {"refused"},
        "later": {"pushed", "less"}, "sooner": {"pulled"}, "up": {"more"}, "moved": {"moved"},
        "void": {"deleted"}, "undone": {"deleted"}, "back": {"reopened", "pushed"}, "fresh": {"new"},
        "at once": {"new", "paid"},
    }  # fmt: skip
    # What is left is what the same entries are counted on now, and what is expected of new ones.
    assert min(found.won, -found.lost, found.new) > 0
    assert found.rest != 0


@pytest.mark.parametrize("kind", ["month", "year"])
def test_a_bridge_of_the_calendars_periods(company: Company, backdoor: Backdoor, kind: str) -> None:
    """Each period has its own bridge, in each unit."""
    anna = company.anna
    fill(company)
    period = month_of(company.today) if kind == "month" else year_of(company.today)
    company.store.aggregate_forecast(None, "test")
    before = {unit: whole(company, period, unit) for unit in ("RUB", "pcs")}
    backdoor.let_days_pass(1)
    anna.pay(anna.add(company.petr, amount=Decimal(77)))
    anna.pay(anna.add(company.oleg, amount=Decimal(5)))
    company.store.aggregate_forecast(None, "test")
    report = company.store.get_report(period)
    adds_up(report)
    assert {(b.since, b.unit) for b in report.bridges} == {(company.day(-1), "RUB"), (company.day(-1), "pcs")}
    for unit, came in (("RUB", 77), ("pcs", 5)):
        found = bridge(report, company, 1, unit)
        assert close(found.before, before[unit])
        assert close(found.won, came)
        assert found.lost == found.new == found.put_off == found.amounts == found.changed == 0
        assert close(found.now, whole(company, period, unit))


def test_both_runs_eyes_decide(company: Company, backdoor: Backdoor) -> None:
    """What was done before the earlier run is in its number, what is done after the later one in neither."""
    anna, store = company.anna, company.store
    fill(company)
    for pin in ("before", "after", "between"):
        bring(anna, PETR, company.day(-10), client_pin=pin)
    store.aggregate_forecast(None, "test")
    anna.pay(by_pin(company, "before"))
    a_night(company, backdoor)  # the last run of the day is the one that counts
    anna.pay(by_pin(company, "between"))
    store.aggregate_forecast(None, "test")
    anna.pay(by_pin(company, "after"))
    report = store.get_report()
    assert kinds(report, company, 1) == {"between": {"paid"}}
    adds_up(report)


def test_an_import_since_the_run_is_new(company: Company, backdoor: Backdoor) -> None:
    """What an import brought since is new or paid in the bridge, and in the list that explains it."""
    fill(company)
    company.store.add_period(custom(company, moved=-1), BY)
    a_night(company, backdoor)
    day = company.day
    rows = [
        import_row(PETR, day(-40), client_pin="open", amount=Decimal(500)),
        import_row(PETR, day(-40), client_pin="came", status=Status.PAID, status_on=day(-9)),
        import_row(PETR, day(-40), client_pin="long ago", status=Status.PAID, status_on=day(-39)),
        import_row(PETR, day(-40), client_pin="refused", status=Status.REFUSED, status_on=day(-9)),
    ]
    company.store.import_entries("old.csv", rows, BY)
    company.store.aggregate_forecast(None, "test")
    report = company.store.get_report(custom(company))
    found = bridge(report, company, 1)
    assert found.won == 100
    assert close(found.new, counted_on(company, custom(company))[by_pin(company, "open").entry_id])
    assert (found.lost, found.changed) == (0, 0)
    assert kinds(report, company, 1) == {"open": {"new"}, "came": {"paid"}}
    adds_up(report)


def test_a_corrected_payment_is_a_change(company: Company, backdoor: Backdoor) -> None:
    """Where less came of a paid entry than was noted, the list and the bridge say by how much."""
    fill(company)
    anna = company.anna
    entry = anna.pay(anna.add(company.petr, client_pin="less", amount=Decimal(100)))
    a_night(company, backdoor)
    anna.update(anna.get(entry), paid_amount=Decimal(60))
    company.store.aggregate_forecast(None, "test")
    report = company.store.get_report(year_of(company.day(-1)))
    (change,) = (c for c in report.changes if c.client_pin == "less" and c.since == company.day(-1))
    assert (change.kind, change.amount, change.old, change.new) == (
        ChangeKind.LESS, Decimal(40), Decimal(100), Decimal(60),
    )  # fmt: skip
    assert bridge(report, company, 1).amounts == -40


def test_restored_entries_are_back(company: Company, backdoor: Backdoor) -> None:
    """What the earlier run did not see because it was voided, and stands again, is a change."""
    fill(company)
    anna, store = company.anna, company.store
    entry = bring(anna, PETR, company.day(-10), client_pin="out")
    store.void_entries([entry.entry_id], BY)
    a_night(company, backdoor)
    store.restore_entries([entry.entry_id], BY)
    store.aggregate_forecast(None, "test")
    report = store.get_report()
    month = month_of(company.today)
    assert kinds(report, company, 1) == {"out": {"restored"}}
    assert close(bridge(report, company, 1).changed, counted_on(company, month)[entry.entry_id])
    assert bridge(report, company, 1).new == 0


def test_since_yesterday_and_since_a_week(company: Company, backdoor: Backdoor) -> None:
    """One bridge goes back to the last run of the day before, one to that of the seventh day before."""
    fill(company)
    anna, store = company.anna, company.store
    year = year_of(company.today)
    before = {}
    for day in (8, 7, 6, 2, 1):
        anna.add(company.petr, client_pin=f"day {day}", amount=Decimal(100 * day))
        store.aggregate_forecast(None, "test")
        before[day] = whole(company, year)
        backdoor.let_days_pass({8: 1, 7: 1, 6: 4, 2: 1, 1: 1}[day])
    store.aggregate_forecast(None, "test")
    report = store.get_report(year)
    assert [b.since for b in report.bridges] == [company.day(-1)] * 2 + [company.day(-7)] * 2
    for days in (1, 7):
        assert close(bridge(report, company, days).before, before[days])
    assert kinds(report, company, 1) == {}
    assert kinds(report, company, 7) == {"day 6": {"new"}, "day 2": {"new"}, "day 1": {"new"}}
    adds_up(report)


def test_a_day_without_a_run_is_stood_in_for(company: Company, backdoor: Backdoor) -> None:
    """After days without a run the nearest earlier one of the week is compared with, and named."""
    fill(company)
    a_night(company, backdoor, 2)
    company.anna.add(company.petr, client_pin="idle")
    backdoor.let_days_pass(2)
    company.store.aggregate_forecast(None, "test")
    report = company.store.get_report()
    assert {b.since for b in report.bridges} == {company.day(-4)}
    assert kinds(report, company, 4) == {"idle": {"new"}}
    # No run of the seventh day, nor an earlier one that is kept: since that morning, without a bridge.
    assert "idle" in kinds(report, company, 7)
    adds_up(report)


def test_no_run_no_bridge(company: Company, backdoor: Backdoor) -> None:
    """Without an earlier run of the week, or one that counted the period, there is nothing to start from."""
    fill(company)
    a_night(company, backdoor, 8)
    company.store.aggregate_forecast(None, "test")
    assert company.store.get_report().bridges == ()
    backdoor.let_days_pass(1)
    late = Period(PeriodKind.CUSTOM, company.today, company.day(9))
    company.store.add_period(late, BY)
    company.anna.add(company.petr, client_pin="x")
    company.store.aggregate_forecast(None, "test")
    report = company.store.get_report(late)
    assert report.bridges == ()
    assert kinds(report, company, 1) == {"x": {"new"}}
    assert company.store.get_report().bridges != ()


def test_a_bridge_of_the_first_days(company: Company, backdoor: Backdoor) -> None:
    """Where nothing was learnt yet, the number is what was paid, and so is the bridge."""
    anna = company.anna
    entry = anna.add(company.petr, amount=Decimal(30))
    a_night(company, backdoor)
    anna.pay(anna.get(entry))
    company.store.aggregate_forecast(None, "test")
    report = company.store.get_report(year_of(company.today))
    found = bridge(report, company, 1)
    assert (found.before, found.won, found.rest, found.now) == (0, 30, 0, 30)


def test_other_units_do_not_mix(company: Company, backdoor: Backdoor) -> None:
    """Pieces that were paid are in the bridge of pieces."""
    fill(company)
    entry = bring(company.anna, OLEG, company.day(-10), client_pin="pieces", amount=Decimal(9))
    a_night(company, backdoor)
    company.anna.refuse(company.anna.get(entry))
    company.store.aggregate_forecast(None, "test")
    report = company.store.get_report()
    assert bridge(report, company, 1, "pcs").lost < 0
    assert bridge(report, company, 1, "RUB").lost == 0
