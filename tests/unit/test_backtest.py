"""The backtest: which evenings are replayed, and how the figures are made of the replays.

All expected figures are worked out by hand in the comments beside them.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

import pytest

from mini_crm.domain.errors import BadData, NotFound
from mini_crm.domain.model import CalibrationBin, Record, Replay, ReplayRow
from mini_crm.domain.period import Period, PeriodKind, month_of
from mini_crm.usecases.backtest import keep_record, run_backtest

FEB_24, MAR_10, MAR_24 = date(2026, 2, 24), date(2026, 3, 10), date(2026, 3, 24)


class FakeStore:
    """Answers with a prepared replay for each day, and remembers what was asked."""

    def __init__(self, record: Record, replays: Callable[[date], Replay]) -> None:
        self.record = record
        self.replays = replays
        self.asked: list[tuple[date, Period]] = []

    def get_record(self) -> Record:
        """Give the prepared record."""
        return self.record

    def replay(self, as_of: date, period: Period) -> Replay:
        """Give the prepared replay of the day."""
        self.asked.append((as_of, period))
        return self.replays(as_of)


def record(
    first: date | None = date(2026, 1, 10),
    last: date | None = date(2026, 4, 15),
    units: tuple[str, ...] = ("RUB",),
) -> Record:
    """Make what a database says of itself."""
    return Record(entries=100, first_entry=first, first_resolution=first, last_day=last, units=units)


def row(
    lead_id: int | None,
    forecast: float,
    hand: float,
    pipeline: float,
    period: float,
    *,
    low: float | None = None,
    high: float | None = None,
    new: float = 0,
    whole_low: float | None = None,
    whole_high: float | None = None,
    run_rate: float | None = None,
    unit: str = "RUB",
) -> ReplayRow:
    """Make a row of a replay; forecast, low and high are without new entries."""
    return ReplayRow(
        lead_id=lead_id, unit=unit, paid=0, from_open=forecast, from_new=new, forecast=forecast + new,
        low=whole_low, high=whole_high, open_low=low, open_high=high, hand_formula=hand, run_rate=run_rate,
        actual_pipeline=pipeline, actual_period=period,
    )  # fmt: skip


def replay(day: date, *rows: ReplayRow, bins: tuple[CalibrationBin, ...] = ()) -> Replay:
    """Make a replay of a day and its month."""
    return Replay(day, month_of(day), rows, bins)


THREE_EVENINGS = {
    FEB_24: replay(
        FEB_24,
        row(None, 110, 200, 100, 120, low=90, high=130),
        row(1, 70, 150, 50, 60),
        row(2, 40, 50, 50, 60),
        bins=(
            CalibrationBin("RUB", number=0, entries=8, sum_probability=0.4, paid=1, squared_error=0.9),
            CalibrationBin("RUB", number=9, entries=2, sum_probability=1.9, paid=2, squared_error=0.02),
        ),
    ),
    MAR_10: replay(
        MAR_10,
        row(None, 80, 300, 100, 200, low=60, high=95, new=50, whole_low=120, whole_high=150, run_rate=150),
        row(1, 80, 300, 100, 150, new=50, run_rate=150),
        bins=(CalibrationBin("RUB", number=0, entries=2, sum_probability=0.1, paid=0, squared_error=0.08),),
    ),
    MAR_24: replay(
        MAR_24,
        row(
            None,
            150,
            100,
            200,
            200,
            low=149,
            high=200.001,
            new=20,
            whole_low=160,
            whole_high=210,
            run_rate=260,
        ),
        row(1, 100, 100, 150, 150, new=20, run_rate=160),
        row(2, 50, 0, 50, 50, new=0, run_rate=100),
    ),
}


def three_evenings() -> FakeStore:
    """Make a store with three cut-offs, two weeks apart, of two leads."""
    return FakeStore(record(), THREE_EVENINGS.__getitem__)


def test_default_cutoffs_start_45_days_after_the_first_resolution() -> None:
    """Cut-offs are `step` days apart from the 45th day on, as long as their period ended on the record."""
    # 10 January + 45 days = 24 February; 7 April is in April, which ends after 15 April.
    store = three_evenings()
    result = run_backtest(store, PeriodKind.MONTH, step=14)
    assert result.cutoffs == (FEB_24, MAR_10, MAR_24)
    assert store.asked == [(day, month_of(day)) for day in (FEB_24, MAR_10, MAR_24)]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2026, 3, 31), [date(2026, 3, 1), date(2026, 3, 30)]),
        (date(2026, 4, 29), [date(2026, 3, 1), date(2026, 3, 30)]),
        (date(2026, 4, 30), [date(2026, 3, 1), date(2026, 3, 30), date(2026, 4, 28)]),
    ],
)
def test_last_day_bounds_period_ends(last: date, expected: list[date]) -> None:
    """A cut-off whose period ends after the last day is left out; one that ends on it is not."""
    store = FakeStore(record(), lambda day: replay(day))
    result = run_backtest(store, PeriodKind.MONTH, step=29, first=date(2026, 3, 1), last=last)
    assert list(result.cutoffs) == expected


def test_nothing_is_left_to_forecast_on_the_last_day() -> None:
    """A cut-off on its period's last day is left out."""
    store = FakeStore(record(), lambda day: replay(day))
    result = run_backtest(store, PeriodKind.MONTH, step=1, first=date(2026, 3, 30), last=date(2026, 4, 30))
    assert result.cutoffs[:2] == (date(2026, 3, 30), date(2026, 4, 1))
    assert result.cutoffs[-1] == date(2026, 4, 29)


def test_quarter_is_the_one_of_the_cutoff() -> None:
    """With quarters each cut-off is compared with the end of its quarter."""
    store = FakeStore(record(), lambda day: replay(day))
    run_backtest(store, PeriodKind.QUARTER, step=10, first=date(2026, 3, 25))
    assert [(day, period.code) for day, period in store.asked] == [(date(2026, 3, 25), "2026-Q1")]


def test_company_errors_are_summed_before_they_are_divided() -> None:
    """WAPE is the sum of absolute errors over the sum of what came; bias keeps the signs."""
    pipeline = run_backtest(three_evenings(), PeriodKind.MONTH, step=14).units["RUB"]["pipeline"]
    # Errors +10, -20, -50 and +100, +200, -100 against 100 + 100 + 200.
    assert pipeline["forecast"].wape == pytest.approx(80 / 400)
    assert pipeline["forecast"].bias == pytest.approx(-60 / 400)
    assert pipeline["hand_formula"].wape == pytest.approx(400 / 400)
    assert pipeline["hand_formula"].bias == pytest.approx(200 / 400)


def test_period_target_is_all_that_came() -> None:
    """Against the period target the same forecasts are compared with all payments of the period."""
    period = run_backtest(three_evenings(), PeriodKind.MONTH, step=14).units["RUB"]["period"]
    # With new entries 110, 130 and 170 against 120, 200 and 200: -10, -70, -30.
    assert period["forecast"].wape == pytest.approx(110 / 520)
    assert period["forecast"].bias == pytest.approx(-110 / 520)
    assert period["hand_formula"].coverage is None
    assert period["hand_formula"].interval_score is None
    assert period["hand_formula"].brier is None


def test_interval_score_is_of_each_targets_own_range() -> None:
    """Width plus ten times what lies outside, over what came; a cut-off without a range is left out."""
    result = run_backtest(three_evenings(), PeriodKind.MONTH, step=14).units["RUB"]
    # 40 wide; 35 wide and 5 outside; 51.001 wide; against 100 + 100 + 200.
    pipeline = result["pipeline"]["forecast"]
    assert pipeline.interval_score == pytest.approx((40 + 35 + 10 * 5 + 51.001) / 400)
    # No range; 30 wide and 50 outside; 50 wide; against 200 + 200.
    period = result["period"]["forecast"]
    assert period.interval_score == pytest.approx((30 + 10 * 50 + 50) / 400)
    assert period.coverage == pytest.approx(1 / 2)


def test_cutoffs_without_a_number_are_left_out_of_that_method_only() -> None:
    """Where a method gives nothing, it is neither right nor wrong; the count says how often it spoke."""
    period = run_backtest(three_evenings(), PeriodKind.MONTH, step=14).units["RUB"]["period"]
    assert {name: method.cutoffs for name, method in period.items()} == {
        "forecast": 3, "hand_formula": 3, "run_rate": 2,
    }  # fmt: skip
    # 150 and 260 against 200 and 200: -50, +60.
    assert period["run_rate"].wape == pytest.approx(110 / 400)
    assert period["run_rate"].bias == pytest.approx(10 / 400)


def test_lead_errors_are_pooled_over_leads_and_cutoffs() -> None:
    """Errors of leads cannot cancel out; a lead who is not there at a cut-off adds nothing."""
    result = run_backtest(three_evenings(), PeriodKind.MONTH, step=14).units["RUB"]
    forecast = result["pipeline"]["forecast"]
    # Lead 1: 20, 20, 50 against 50 + 100 + 150. Lead 2: 10, 0 against 50 + 50.
    assert forecast.by_lead == {1: pytest.approx(90 / 300), 2: pytest.approx(10 / 100)}
    assert forecast.wape_by_lead == pytest.approx(100 / 400)
    # Run-rate: lead 1: 0, 10 against 150 + 150; lead 2: 50 against 50.
    assert result["period"]["run_rate"].by_lead == {1: pytest.approx(10 / 300), 2: pytest.approx(50 / 50)}
    assert result["period"]["run_rate"].wape_by_lead == pytest.approx(60 / 350)


def test_coverage_counts_both_ends_of_the_range() -> None:
    """Inside is from P10 to P90; a hair of rounding beyond an end still counts, a hundredth does not."""
    result = run_backtest(three_evenings(), PeriodKind.MONTH, step=14)
    # 100 in 90..130 yes; 100 in 60..95 no; 200 in 149..200.001 yes.
    assert result.units["RUB"]["pipeline"]["forecast"].coverage == pytest.approx(2 / 3)
    assert result.units["RUB"]["pipeline"]["hand_formula"].coverage is None

    edges = {FEB_24: (100.004, 120.0), MAR_10: (80.0, 99.996), MAR_24: (100.01, 120.0)}
    store = FakeStore(
        record(),
        lambda day: replay(day, row(None, 100, 100, 100, 100, low=edges[day][0], high=edges[day][1])),
    )
    coverage = run_backtest(store, PeriodKind.MONTH, step=14).units["RUB"]["pipeline"]["forecast"].coverage
    assert coverage == pytest.approx(2 / 3)


def test_cutoffs_without_a_range_are_left_out_of_coverage() -> None:
    """Where there was no history there is no range, and so nothing to be inside of."""
    rows = {
        FEB_24: row(None, 0, 0, 5, 5),
        MAR_10: row(None, 9, 9, 9, 9, low=8, high=10),
        MAR_24: row(None, 9, 9, 20, 20, low=8, high=10),
    }
    result = run_backtest(FakeStore(record(), lambda day: replay(day, rows[day])), PeriodKind.MONTH, step=14)
    assert result.units["RUB"]["pipeline"]["forecast"].coverage == pytest.approx(1 / 2)


def test_probabilities_are_pooled_over_entries() -> None:
    """Brier score and calibration weigh every open entry of every cut-off the same."""
    result = run_backtest(three_evenings(), PeriodKind.MONTH, step=14)
    assert result.units["RUB"]["pipeline"]["forecast"].brier == pytest.approx(1.0 / 12)
    assert len(result.calibrations["RUB"]) == 10
    first, *middle, last = result.calibrations["RUB"]
    assert (first.low, first.high, first.entries) == (0, 0.1, 10)
    assert first.mean_probability == pytest.approx(0.5 / 10)
    assert first.share_paid == pytest.approx(1 / 10)
    assert (last.low, last.high, last.entries) == (0.9, 1, 2)
    assert last.mean_probability == pytest.approx(0.95)
    assert last.share_paid == 1
    assert {(r.entries, r.mean_probability, r.share_paid) for r in middle} == {(0, None, None)}


def test_nothing_came_gives_no_share() -> None:
    """Where nothing was paid at all, errors have nothing to be a share of."""
    store = FakeStore(record(), lambda day: replay(day, row(None, 10, 20, 0, 0), row(1, 10, 20, 0, 0)))
    forecast = run_backtest(store, PeriodKind.MONTH, step=14).units["RUB"]["pipeline"]["forecast"]
    assert (forecast.wape, forecast.bias, forecast.wape_by_lead) == (None, None, None)
    assert forecast.by_lead == {1: None}
    assert forecast.brier is None
    assert forecast.cutoffs == 3


def test_units_are_never_mixed() -> None:
    """Every unit has its own figures; those of the unit with most entries stand on top."""
    store = FakeStore(
        record(units=("pcs", "RUB")),
        lambda day: replay(
            day,
            row(None, 3, 3, 4, 4, unit="pcs"),
            row(7, 3, 3, 4, 4, unit="pcs"),
            row(None, 150, 100, 100, 100),
            row(7, 150, 100, 100, 100),
            bins=(
                CalibrationBin("pcs", 8, entries=2, sum_probability=1.6, paid=1, squared_error=0.68),
                CalibrationBin("RUB", 1, entries=1, sum_probability=0.1, paid=0, squared_error=0.01),
            ),
        ),
    )
    result = run_backtest(store, PeriodKind.MONTH, step=14)
    assert result.main_unit == "pcs"
    printed = result.as_json()
    assert list(printed) == ["period", "cutoffs", "targets", "units"]
    assert printed["targets"] == printed["units"]["pcs"]["targets"]
    assert printed["targets"]["pipeline"]["forecast"]["wape"] == pytest.approx(0.25)
    assert printed["units"]["RUB"]["targets"]["pipeline"]["forecast"]["wape"] == pytest.approx(0.5)
    assert result.units["RUB"]["pipeline"]["forecast"].by_lead == {7: pytest.approx(0.5)}
    # Half of what was promised with 0.8 came; nothing of what was promised with 0.1.
    assert result.calibrations["pcs"][8].share_paid == pytest.approx(0.5)
    assert result.calibrations["pcs"][1].entries == 0
    assert result.calibrations["RUB"][1].entries == 3
    assert [row.entries for row in result.calibration] == [0, 3, 0, 0, 0, 0, 0, 0, 6, 0]
    assert result.calibration[8].mean_probability == pytest.approx(0.8)
    assert result.units["pcs"]["pipeline"]["forecast"].brier == pytest.approx(0.34)
    assert result.units["RUB"]["pipeline"]["forecast"].brier == pytest.approx(0.01)


def test_unit_that_is_not_there_yet_counts_as_nothing_promised() -> None:
    """Before a unit's first entry its forecast was 0, and that was right."""
    store = FakeStore(
        record(units=("RUB", "pcs")),
        lambda day: replay(day, *([row(None, 3, 3, 4, 4, unit="pcs")] if day > MAR_10 else [])),
    )
    pieces = run_backtest(store, PeriodKind.MONTH, step=14).units["pcs"]["pipeline"]["forecast"]
    assert pieces.cutoffs == 3
    assert pieces.wape == pytest.approx(1 / 4)


def test_json_is_the_promised_object() -> None:
    """The object has exactly the documented keys, and plain numbers or null in them."""
    printed = run_backtest(three_evenings(), PeriodKind.MONTH, step=14).as_json()
    keys = ["wape", "bias", "wape_by_lead", "coverage", "interval_score", "brier"]
    assert list(printed) == ["period", "cutoffs", "targets"]
    assert (printed["period"], printed["cutoffs"]) == ("month", 3)
    assert {t: {m: list(of) for m, of in methods.items()} for t, methods in printed["targets"].items()} == {
        target: {"forecast": keys, "hand_formula": keys, "run_rate": keys}
        for target in ("pipeline", "period")
    }
    assert printed["targets"]["pipeline"]["forecast"]["wape"] == pytest.approx(0.2)


def test_progress_is_told_after_each_cutoff() -> None:
    """Progress counts the cut-offs, and knows how many there are."""
    told: list[tuple[int, int]] = []
    run_backtest(
        three_evenings(), PeriodKind.MONTH, step=14, progress=lambda done, of: told.append((done, of))
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_no_history_is_said() -> None:
    """Without any paid or refused entry there is nothing to learn from, and nothing is replayed."""
    store = FakeStore(record(first=None), THREE_EVENINGS.__getitem__)
    with pytest.raises(NotFound) as caught:
        run_backtest(store, PeriodKind.MONTH)
    assert caught.value.code == "backtest_no_history"
    assert store.asked == []


def test_too_little_history_is_said() -> None:
    """If no period ended after the first cut-off, the error names the days."""
    store = FakeStore(record(last=date(2026, 2, 27)), THREE_EVENINGS.__getitem__)
    with pytest.raises(BadData) as caught:
        run_backtest(store, PeriodKind.MONTH)
    assert caught.value.code == "backtest_no_cutoffs"
    assert caught.value.data == {"first": FEB_24, "last": date(2026, 2, 27), "kind": "month"}


@pytest.mark.parametrize("step", [0, -1])
def test_step_below_one_is_refused(step: int) -> None:
    """A step that would never arrive is refused before anything is replayed."""
    with pytest.raises(ValueError, match="step"):
        run_backtest(three_evenings(), PeriodKind.MONTH, step=step)


class KeepingStore(FakeStore):
    """Remembers which evenings were kept."""

    def __init__(self, record: Record, today: date) -> None:
        super().__init__(record, lambda day: Replay(day, month_of(day), ()))
        self.today = today
        self.kept: list[date] | None = None

    def get_today(self) -> date:
        """Give the prepared day."""
        return self.today

    def keep_replays(self, days: Sequence[date], by: str, progress: Callable[[int], None] | None) -> None:
        """Keep the days."""
        self.kept = list(days)
        assert by == "me"
        if progress is not None:
            progress(len(days))


@pytest.mark.parametrize(
    ("today", "last_evening"),
    [
        (date(2026, 4, 16), date(2026, 4, 15)),  # yesterday, the last day on record
        (date(2026, 4, 15), date(2026, 4, 14)),  # something was recorded today
        (date(2027, 1, 1), date(2026, 4, 15)),  # nothing was recorded since: later evenings say nothing new
    ],
)
def test_one_evening_a_week_is_kept(today: date, last_evening: date) -> None:
    """From 45 days after the first resolution up to yesterday, or the last day on record, once a week."""
    store = KeepingStore(record(), today)
    told: list[tuple[int, int]] = []
    days = keep_record(store, "me", progress=lambda done, total: told.append((done, total)))
    assert list(days) == store.kept
    assert days[-1] == last_evening
    assert {(later - earlier).days for earlier, later in pairwise(days)} == {7}
    assert 0 <= (days[0] - FEB_24).days < 7  # 10 January and 45 days
    assert told == [(len(days), len(days))]


@pytest.mark.parametrize(
    "short", [record(first=None, last=None), record(first=date(2026, 3, 10), last=date(2026, 4, 15))]
)
def test_a_short_record_keeps_nothing(short: Record) -> None:
    """Where there is nothing to learn from yet, what was kept before is not touched."""
    store = KeepingStore(short, date(2026, 4, 16))
    assert keep_record(store, "me") == ()
    assert store.kept is None
