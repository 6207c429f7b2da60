"""The runs of the aggregation: which one counts, who may run, and what a dead one leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from contract.backdoor import Backdoor
from contract.company import ANNA, BY, MARIA, PETR, ZOYA, Company, bring, import_row
from mini_crm.domain.errors import BadValue, NotFound, TooSoon
from mini_crm.domain.model import Forecast, RunKind, RunStatus, Status
from mini_crm.domain.period import Period, PeriodKind, month_of
from mini_crm.store.port import Store


def run(company: Company) -> RunStatus:
    """Run the aggregation live and give what it says of itself."""
    return company.store.aggregate_forecast(None, "test").status


def test_before_the_first_run(company: Company) -> None:
    """Before the first run there is no forecast, which is no error."""
    company.anna.add(company.petr)
    assert company.store.list_runs() == ()
    assert company.store.get_forecast(company.anna.token) == Forecast(None)
    assert company.store.get_company_forecast() == Forecast(None)
    assert company.store.list_trend(company.anna.token, month_of(company.today)) == ()
    assert company.store.list_accuracy(company.anna.token) == ()


def test_first_run(company: Company) -> None:
    """A run says what it counted, for which day, when, and who started it."""
    company.anna.add(company.petr)
    company.anna.delete(company.anna.add(company.petr))
    company.boris.add(company.zoya)
    made = company.store.aggregate_forecast(None, "execer, svc on SERVER-1")
    assert (made.kind, made.status, made.count_day) == (RunKind.LIVE, RunStatus.DONE, company.today)
    assert (made.entry_count, made.paid_events, made.refused_events) == (2, 0, 0)
    assert not made.has_history
    assert made.started_by == "execer, svc on SERVER-1"
    assert made.finished_at is not None
    now = datetime.now(UTC)
    assert now - timedelta(minutes=1) < made.started_at <= made.finished_at <= now
    assert company.store.list_runs() == (made,)
    assert company.store.get_company_forecast().run == made


def test_a_lead_is_not_told_who_started_the_run(company: Company) -> None:
    """A window sees when the forecast was made, not on whose computer; administrators and the report do."""
    company.anna.add(company.petr)
    company.store.aggregate_forecast(None, "execer, svc on SERVER-1")
    run = company.store.get_forecast(company.anna.token).run
    assert run is not None
    assert run.started_by == ""
    of_all = company.store.get_company_forecast().run
    assert of_all is not None
    assert of_all.started_by == "execer, svc on SERVER-1"


def test_run_of_an_empty_database(store: Store) -> None:
    """A run with nothing to count is a run."""
    made = store.aggregate_forecast(None, "test")
    assert (made.status, made.entry_count) == (RunStatus.DONE, 0)
    forecast = store.get_company_forecast()
    assert (forecast.run, forecast.company, forecast.leads, forecast.managers) == (made, (), (), ())


def test_unchanged(company: Company, backdoor: Backdoor) -> None:
    """With nothing changed the results stay, and only hold for a later moment."""
    company.anna.add(company.petr)
    assert run(company) is RunStatus.DONE
    backdoor.age_runs(timedelta(hours=2))
    before = company.store.get_company_forecast()
    assert run(company) is RunStatus.UNCHANGED
    after = company.store.get_company_forecast()
    assert before.run is not None and after.run is not None
    assert after.run.run_id == before.run.run_id
    assert after.run.as_of - before.run.as_of >= timedelta(hours=2) - timedelta(minutes=1)
    assert (after.company, after.leads, after.managers) == (before.company, before.leads, before.managers)
    assert [made.status for made in company.store.list_runs()] == [RunStatus.UNCHANGED, RunStatus.DONE]


CHANGES: dict[str, Callable[[Company], object]] = {
    "add": lambda c: c.anna.add(c.petr),
    "update": lambda c: c.anna.update(c.anna.everything()[0], amount=Decimal(5)),
    "pay": lambda c: c.anna.pay(c.anna.everything()[0]),
    "delete": lambda c: c.anna.delete(c.anna.everything()[0]),
    "void": lambda c: c.store.void_entries([c.anna.everything()[0].entry_id], BY),
    "reassign": lambda c: c.store.reassign_entries([c.anna.everything()[0].entry_id], c.zoya, BY),
    "import": lambda c: c.store.import_entries("x", [import_row(PETR, c.day(-3))], BY),
    "period": lambda c: c.store.add_period(Period(PeriodKind.CUSTOM, c.day(-1), c.day(9)), BY),
}


@pytest.mark.parametrize("change", CHANGES)
def test_done_after_a_change(company: Company, change: str) -> None:
    """After any change that can move a number a run counts anew."""
    company.anna.add(company.petr)
    assert run(company) is RunStatus.DONE
    CHANGES[change](company)
    assert run(company) is RunStatus.DONE
    assert run(company) is RunStatus.UNCHANGED


def test_done_on_the_next_day(company: Company, backdoor: Backdoor) -> None:
    """On another day the numbers are others, though nothing was changed."""
    company.anna.add(company.petr)
    assert run(company) is RunStatus.DONE
    backdoor.let_days_pass(1)
    assert run(company) is RunStatus.DONE
    assert [made.count_day for made in company.store.list_runs()] == [company.today, company.day(-1)]


def test_runs_newest_first(company: Company) -> None:
    """The newest runs are listed first, as many as asked for."""
    made = []
    for _ in range(4):
        company.anna.add(company.petr)
        made.append(company.store.aggregate_forecast(None, "test"))
    listed = company.store.list_runs()
    assert [one.run_id for one in listed] == [one.run_id for one in made[::-1]]
    assert company.store.list_runs(2) == listed[:2]
    assert [one.entry_count for one in listed] == [4, 3, 2, 1]


def test_figures_of_a_live_run(company: Company) -> None:
    """Counts and sums of a lead's row, the manager's row and the company's, reckoned by hand."""
    anna, today = company.anna, company.today
    anna.add(company.petr, client_pin="1", amount=Decimal("10.10"), pay_by=today)
    anna.add(company.petr, client_pin="1", amount=Decimal("20.20"))
    anna.add(company.maria, client_pin="1", amount=Decimal("40.40"))
    anna.pay(anna.add(company.petr, amount=Decimal(100)), came=Decimal("99.90"))
    anna.refuse(anna.add(company.maria, amount=Decimal(7)))
    late = [import_row(MARIA, company.day(-9), client_pin="2", amount=Decimal(1), pay_by=company.day(-1))]
    company.store.import_entries("x", late, BY)
    company.boris.add(company.zoya, amount=Decimal(1000))
    run(company)
    forecast = company.store.get_forecast(anna.token)
    assert forecast.company == ()
    month = month_of(today)
    (lead,) = (row for row in forecast.leads if row.period == month)
    assert (lead.lead_id, lead.lead_name, lead.manager_id, lead.unit) == (anna.lead_id, ANNA, None, "RUB")
    assert (lead.clients, lead.open_count, lead.due_today, lead.overdue) == (3, 4, 1, 1)
    assert (lead.expected, lead.paid_count, lead.paid) == (Decimal("71.70"), 1, Decimal("99.90"))
    assert (lead.refused_count, lead.refused) == (1, Decimal(7))
    assert (lead.won, lead.resolved, lead.won_all, lead.resolved_all) == (1, 2, 1, 2)
    # Nothing was resolved before today, so there is nothing to learn from yet: forecast = paid so far.
    assert (lead.still_to_come, lead.low, lead.high) == (0, None, None)
    assert lead.forecast == pytest.approx(99.90, abs=1e-9)
    assert lead.hand_formula == pytest.approx(99.90 + 71.70 / 2, abs=1e-9)
    managers = {row.manager_name: row for row in forecast.managers if row.period == month}
    assert set(managers) == {PETR, MARIA}
    petr, maria = managers[PETR], managers[MARIA]
    assert (petr.clients, petr.open_count, petr.overdue, petr.expected) == (1, 2, 0, Decimal("30.30"))
    assert (maria.clients, maria.open_count, maria.overdue, maria.expected) == (2, 2, 1, Decimal("41.40"))
    company_rows = company.store.get_company_forecast()
    (total,) = (row for row in company_rows.company if row.period == month)
    assert (total.lead_id, total.open_count, total.expected) == (None, 5, Decimal("1071.70"))
    assert {row.manager_name for row in company_rows.managers} == {PETR, MARIA, ZOYA}


def test_units_are_never_mixed(company: Company) -> None:
    """Money and pieces have rows of their own, for the lead and for the company."""
    company.anna.add(company.petr, amount=Decimal(100))
    company.anna.add(company.oleg, amount=Decimal(3))
    run(company)
    forecast = company.store.get_company_forecast()
    month = month_of(company.today)
    for rows in (forecast.company, forecast.leads):
        sums = {row.unit: row.expected for row in rows if row.period == month}
        assert sums == {"RUB": Decimal(100), "pcs": Decimal(3)}


def test_probability_of_an_entry(company: Company) -> None:
    """Each entry that the run saw as open has its chance to be paid this month; no other has one."""
    day = company.day
    history = [
        import_row(PETR, day(-20 - n), status=Status.PAID, status_on=day(-15 + n)) for n in range(12)
    ] + [import_row(MARIA, day(-30), status=Status.REFUSED, status_on=day(-10))]
    company.store.import_entries("x", history, BY)
    still = bring(company.anna, PETR, day(-2))
    run(company)
    later = company.anna.add(company.petr)
    chance = company.anna.get(still).probability
    # In the evening of a month's last day nothing is left of the month, and so no chance.
    assert chance is not None and 0 <= chance < 1
    assert company.anna.get(later).probability is None
    resolved = [entry for entry in company.anna.everything() if entry.status is not Status.EXPECTED]
    assert len(resolved) == 13
    assert all(entry.probability is None for entry in resolved)
    # What is shown is of the current month: the lead's part from open entries is made of it.
    month = month_of(company.today)
    (lead,) = (r for r in company.store.get_forecast(company.anna.token).leads if r.period == month)
    contribution = company.anna.get(still).contribution
    assert contribution is not None
    assert lead.from_open == pytest.approx(contribution, rel=1e-9, abs=1e-9)
    assert (contribution > 0) is (chance > 0)
    assert company.anna.get(still).is_large is False
    assert company.anna.get(later).contribution is None


def test_past_runs_are_never_current(company: Company) -> None:
    """A run as of a past evening is listed as such, and changes nothing of what anybody sees."""
    company.store.import_entries("x", [import_row(PETR, company.day(-20))], BY)
    company.anna.add(company.petr)
    live = company.store.aggregate_forecast(None, "test")
    before = company.store.get_company_forecast()
    month = month_of(company.today)
    trend = company.store.list_trend(company.anna.token, month)
    past = company.store.aggregate_forecast(company.day(-5), "test")
    assert (past.kind, past.status, past.count_day) == (RunKind.AS_OF, RunStatus.DONE, company.day(-5))
    assert past.entry_count == 1
    assert company.store.get_company_forecast() == before
    assert company.store.list_trend(company.anna.token, month) == trend
    assert [made.run_id for made in company.store.list_runs()] == [past.run_id, live.run_id]
    assert run(company) is RunStatus.UNCHANGED


def test_only_past_runs(company: Company) -> None:
    """With nothing but runs as of past evenings there is no current forecast."""
    company.store.aggregate_forecast(company.day(-5), "test")
    assert company.store.get_company_forecast().run is None
    assert company.store.list_changes(company.anna.token, 0).run_id is None


def test_run_as_of_the_future(company: Company) -> None:
    """Nobody can count as of a day that has not come; no run is left of the attempt."""
    with pytest.raises(BadValue):
        company.store.aggregate_forecast(company.day(1), "test")
    assert company.store.list_runs() == ()


def test_replay_stores_nothing(company: Company) -> None:
    """A replay says what would have been said, and what came, and leaves nothing behind."""
    day = company.day
    period = Period(PeriodKind.CUSTOM, day(-30), day(-10))
    rows = [
        import_row(PETR, day(-28), amount=Decimal(100), status=Status.PAID, status_on=day(-25)),
        import_row(PETR, day(-26), amount=Decimal(50), status=Status.PAID, status_on=day(-12)),
        import_row(PETR, day(-15), amount=Decimal(30), status=Status.PAID, status_on=day(-11)),
        import_row(PETR, day(-15), amount=Decimal(70), status=Status.PAID, status_on=day(-2)),
    ]
    company.store.import_entries("x", rows, BY)
    replay = company.store.replay(day(-20), period)
    assert (replay.as_of, replay.period) == (day(-20), period)
    assert {row.lead_id for row in replay.rows} == {None, company.anna.lead_id}
    for row in replay.rows:
        assert (row.unit, row.paid, row.actual_pipeline, row.actual_period) == ("RUB", 100, 150, 180)
    assert company.store.list_runs() == ()
    assert company.store.get_company_forecast().run is None


# ---------------------------------------------------------------------------------------- dead runs


def test_dead_run(company: Company, backdoor: Backdoor) -> None:
    """A run that died leaves the last complete result; the next run marks it as failed and runs."""
    entry = company.anna.add(company.petr)
    run(company)
    before = company.store.get_company_forecast()
    backdoor.leave_dead_run()
    assert company.store.list_runs()[0].status is RunStatus.RUNNING
    assert company.store.get_company_forecast() == before
    company.anna.pay(entry)
    assert run(company) is RunStatus.DONE
    statuses = [made.status for made in company.store.list_runs()]
    assert statuses == [RunStatus.DONE, RunStatus.FAILED, RunStatus.DONE]


def test_dead_run_with_nothing_changed(company: Company, backdoor: Backdoor) -> None:
    """A dead run is marked as failed also where there is nothing new to count."""
    company.anna.add(company.petr)
    run(company)
    backdoor.leave_dead_run()
    run(company)
    statuses = [made.status for made in company.store.list_runs()]
    assert statuses[1:] == [RunStatus.FAILED, RunStatus.DONE]


# ----------------------------------------------------------------------------------- earlier runs


def expected_sum(store: Store, run_id: int) -> Decimal:
    """Give the company's open sum that a run found."""
    forecast = store.get_company_forecast(run_id)
    assert forecast.run is not None and forecast.run.run_id == run_id
    return next(row.expected for row in forecast.company if row.period.kind == "month")


def test_earlier_runs(company: Company, backdoor: Backdoor) -> None:
    """The results of every run of the last two days can be had, those of a past evening too."""
    store = company.store
    company.anna.add(company.petr, amount=Decimal(1))
    first = store.aggregate_forecast(None, "test").run_id
    company.anna.add(company.petr, amount=Decimal(2))
    second = store.aggregate_forecast(None, "test").run_id
    backdoor.let_days_pass(1)
    company.anna.add(company.petr, amount=Decimal(4))
    third = store.aggregate_forecast(None, "test").run_id
    past = store.aggregate_forecast(company.day(-1), "test").run_id
    assert [expected_sum(store, run_id) for run_id in (first, second, third, past)] == [1, 3, 7, 3]
    assert store.get_company_forecast() == store.get_company_forecast(third)
    for missing in (past + 1, 0, -1):
        with pytest.raises(NotFound):
            store.get_company_forecast(missing)


def test_old_runs_are_thinned_out(company: Company, backdoor: Backdoor) -> None:
    """Of days longer ago the last run is kept and the earlier ones are not."""
    store, runs = company.store, []
    for amount in (1, 2, 4):
        company.anna.add(company.petr, amount=Decimal(amount))
        runs.append(store.aggregate_forecast(None, "test").run_id)
    backdoor.let_days_pass(5)
    company.anna.add(company.petr, amount=Decimal(8))
    now = store.aggregate_forecast(None, "test").run_id
    assert [expected_sum(store, run_id) for run_id in (runs[-1], now)] == [7, 15]
    for run_id in runs[:-1]:
        with pytest.raises(NotFound):
            store.get_company_forecast(run_id)


# ----------------------------------------------------------------------------------- asked for runs


def test_request_run(company: Company) -> None:
    """A lead can have the numbers counted now; the run is like any other."""
    entry = company.anna.add(company.petr)
    made = company.store.request_run(company.anna.token)
    assert (made.kind, made.status, made.entry_count) == (RunKind.LIVE, RunStatus.DONE, 1)
    assert company.store.list_runs() == (made,)
    (lead, *_) = company.store.get_forecast(company.anna.token).leads
    assert (lead.lead_id, lead.expected) == (entry.lead_id, entry.amount)


def test_request_run_too_soon(company: Company, backdoor: Backdoor) -> None:
    """Within 5 minutes of a finished run nobody can ask for another; who asks is told how long it takes."""
    too_soon = partial(pytest.raises, TooSoon)
    company.store.request_run(company.anna.token)
    for desk in (company.anna, company.boris):
        company.anna.add(company.petr)
        with too_soon() as caught:
            company.store.request_run(desk.token)
        assert caught.value.data["seconds"] in range(290, 301)
    backdoor.age_runs(timedelta(minutes=4))
    with too_soon() as caught:
        company.store.request_run(company.boris.token)
    assert caught.value.data["seconds"] in range(50, 61)
    assert len(company.store.list_runs()) == 1
    backdoor.age_runs(timedelta(minutes=1, seconds=1))
    assert company.store.request_run(company.boris.token).status is RunStatus.DONE


def test_request_after_a_scheduled_run(company: Company, backdoor: Backdoor) -> None:
    """Scheduled runs count as well: the numbers are as fresh. The schedule itself never waits."""
    run(company)
    with pytest.raises(TooSoon):
        company.store.request_run(company.anna.token)
    company.anna.add(company.petr)
    assert run(company) is RunStatus.DONE
