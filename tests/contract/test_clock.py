"""A clock that was wrong: what it dated in the future locks nobody out, holds nothing up, and is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from contract.backdoor import Backdoor
from contract.company import ANNA, COMPUTER, Company, fill, key_of, sign_in
from mini_crm.domain.credentials import new_token
from mini_crm.domain.errors import MustWait, SessionEnded, TooSoon, WrongPassword
from mini_crm.domain.model import ClockMistakes, RunStatus
from mini_crm.domain.period import PeriodKind, standing_periods

WRONG = key_of("wrong")
TEN_YEARS = timedelta(days=3650)
NONE = ClockMistakes(waits=0, sessions=0, runs=0, entries=0, changes=0)


def let_fail(company: Company, backdoor: Backdoor, times: int) -> None:
    """Let Anna's sign-in fail so often."""
    for _ in range(times):
        backdoor.let_waits_pass()
        with pytest.raises(WrongPassword):
            company.store.sign_in(ANNA, WRONG, new_token(), COMPUTER)


def just_now(moment: datetime) -> bool:
    """Say whether a moment is within the last minute, and not to come."""
    return timedelta() <= datetime.now(UTC) - moment < timedelta(minutes=1)


def test_a_clock_that_is_right(company: Company, backdoor: Backdoor) -> None:
    """With a clock that was never wrong nothing is counted as dated in the future."""
    fill(company)
    let_fail(company, backdoor, 13)
    company.store.aggregate_forecast(None, "test")
    assert company.store.get_clock_mistakes() == NONE


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(days=1), TEN_YEARS])
def test_a_wait_longer_than_the_longest_is_over(
    company: Company, backdoor: Backdoor, ahead: timedelta
) -> None:
    """Nobody waits longer than 15 minutes, however far ahead the clock was when the sign-in failed."""
    let_fail(company, backdoor, 13)
    with pytest.raises(MustWait):
        company.store.sign_in(ANNA, company.anna.key, new_token(), COMPUTER)
    backdoor.prolong_waits(ahead)
    assert company.store.get_clock_mistakes().waits == 1
    assert sign_in(company.store, ANNA, company.anna.key).lead_id == company.anna.lead_id
    assert company.store.get_clock_mistakes().waits == 0


def test_guessing_goes_on_costing(company: Company, backdoor: Backdoor) -> None:
    """A wait that a wrong clock made is over, but its failures count: the next one costs 15 minutes."""
    let_fail(company, backdoor, 13)
    backdoor.prolong_waits(TEN_YEARS)
    with pytest.raises(WrongPassword):
        company.store.sign_in(ANNA, WRONG, new_token(), COMPUTER)
    with pytest.raises(MustWait) as caught:
        company.store.sign_in(ANNA, company.anna.key, new_token(), COMPUTER)
    assert caught.value.data["seconds"] in range(890, 901)


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), TEN_YEARS])
def test_a_run_in_the_future_holds_nobody_up(company: Company, backdoor: Backdoor, ahead: timedelta) -> None:
    """Whoever asks for a run gets it at once, though one is dated later than now."""
    company.anna.add(company.petr)
    company.store.aggregate_forecast(None, "test")
    backdoor.age_runs(-ahead)
    assert company.store.get_clock_mistakes().runs == 1
    made = company.store.request_run(company.anna.token)
    assert made.status is RunStatus.DONE
    assert just_now(made.as_of)
    with pytest.raises(TooSoon) as caught:
        company.store.request_run(company.anna.token)
    assert caught.value.data["seconds"] in range(290, 301)


def test_the_forecast_is_never_of_a_moment_to_come(company: Company, backdoor: Backdoor) -> None:
    """What a run found is shown as of the newest run that found it unchanged, and never as of later."""
    company.anna.add(company.petr)
    company.store.aggregate_forecast(None, "test")
    backdoor.age_runs(-TEN_YEARS)
    shown = company.store.get_company_forecast().run
    assert shown is not None and just_now(shown.as_of)
    first = company.store.aggregate_forecast(None, "test")
    assert first.status is RunStatus.DONE
    assert company.store.aggregate_forecast(None, "test").status is RunStatus.UNCHANGED
    for forecast in (company.store.get_company_forecast(), company.store.get_forecast(company.anna.token)):
        assert forecast.run is not None and forecast.run.run_id == first.run_id
        assert just_now(forecast.run.as_of)
    report = company.store.get_report()
    assert report.forecast.run is not None and just_now(report.forecast.run.as_of)


def test_unchanged_runs_in_the_future(company: Company, backdoor: Backdoor) -> None:
    """A run that found nothing changed, dated later than now, does not make later ones look older."""
    company.anna.add(company.petr)
    company.store.aggregate_forecast(None, "test")
    company.store.aggregate_forecast(None, "test")
    backdoor.age_runs(-timedelta(hours=3))
    company.store.aggregate_forecast(None, "test")
    company.store.aggregate_forecast(None, "test")
    shown = company.store.get_company_forecast().run
    assert shown is not None and just_now(shown.as_of)


def test_days_to_come_are_no_history(company: Company, backdoor: Backdoor) -> None:
    """A forecast that was made on a day that has not come is no point of the trend; today's is."""
    company.anna.add(company.petr)
    company.store.aggregate_forecast(None, "test")
    backdoor.let_days_pass(-3)
    company.anna.add(company.petr)
    company.store.aggregate_forecast(None, "test")
    year = next(period for period in standing_periods(company.today) if period.kind is PeriodKind.YEAR)
    for trend in (company.store.list_trend(company.anna.token, year), company.store.get_report(year).trend):
        assert {point.day for point in trend} == {company.today}


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), TEN_YEARS])
def test_a_session_of_the_future_has_ended(company: Company, backdoor: Backdoor, ahead: timedelta) -> None:
    """A session that would live longer than any may is over; who signs in again has a usual one."""
    backdoor.age_sessions(-ahead)
    assert company.store.get_clock_mistakes().sessions == 2
    for call in (
        partial(company.store.get_session, company.anna.token),
        partial(company.store.list_changes, company.anna.token, 0),
        partial(company.anna.add, company.petr),
    ):
        with pytest.raises(SessionEnded):
            call()
    again = sign_in(company.store, ANNA, company.anna.key)
    ends = company.store.get_session(again.token).expires_at
    assert timedelta(hours=11, minutes=59) < ends - datetime.now(UTC) < timedelta(hours=12, minutes=1)
    assert company.store.get_clock_mistakes().sessions == 0


def test_a_clock_set_back_a_little(company: Company, backdoor: Backdoor) -> None:
    """A clock that is corrected by a few minutes sends nobody to sign-in and is nothing to report."""
    backdoor.age_sessions(-timedelta(minutes=4))
    backdoor.age_runs(-timedelta(minutes=4))
    company.anna.add(company.petr)
    assert company.store.get_clock_mistakes() == NONE


def test_entries_of_a_day_to_come(company: Company, backdoor: Backdoor) -> None:
    """Who entered something under a wrong clock can delete it, take that back, and enter it anew."""
    entry = company.anna.add(company.petr)
    backdoor.let_days_pass(-3650)
    assert company.anna.get(entry).entered_on == company.day(3650)
    assert company.store.get_clock_mistakes() == ClockMistakes(0, 0, 0, entries=1, changes=1)
    deleted = company.anna.delete(company.anna.get(entry))
    back = company.anna.restore(deleted)
    company.anna.delete(back)
    assert company.store.get_clock_mistakes().entries == 0
    assert company.anna.add(company.petr).entered_on == company.today


def test_changes_of_a_day_to_come_are_not_todays(company: Company, backdoor: Backdoor) -> None:
    """What a wrong clock wrote down is no change of this week, for years on end; what comes after it is."""
    company.anna.add(company.petr, client_pin="early")
    backdoor.let_days_pass(-3650)
    company.anna.add(company.petr, client_pin="now")
    company.store.aggregate_forecast(None, "test")
    assert {change.client_pin for change in company.store.get_report().changes} == {"now"}
