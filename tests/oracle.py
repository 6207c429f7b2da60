"""The forecast method in plain Python: what every implementation must agree with.

Written from the method's description alone, for clarity and not for speed: no SQL, no shared code, standard
library only. Sums of money are exact (`Decimal`), so are days at risk; probabilities are floats.

Two days drive everything. `learn` is the last day (its evening) from which the chances are learnt; `count` is
the day for which entries are counted and from which open entries are walked. When the evening of a day is
replayed, both are that day. In a live run during a day, `count` is today and `learn` is yesterday.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

LeadKey = tuple[str, str]
"""Lead and unit."""
ManagerKey = tuple[str, str, str]
"""Lead, manager and unit."""
Bucket = tuple[float, int, int, float, float]
"""Days at risk X, paid events P, refused events R, daily chance of payment hp and of refusal hr."""

Key = TypeVar("Key", bool, str, LeadKey, ManagerKey)

BUCKET_ENDS: tuple[float, ...] = (1, 3, 7, 14, 30, 60, 90, 120, 180, 365, math.inf)
"""Upper ends of the age buckets in days since entry; each is open below and closed above."""
LEARNING_DAYS = 365
LEAD_PRIOR = 5
SIZE_PRIOR = 20
MODEL_ERROR = 0.25
P10_P90_SIGMAS = 1.2816
WEAK_BELOW_PAID_EVENTS = 10
NEW_ENTRY_DAYS = 180
RUN_RATE_DAYS = 90
LEAST_HISTORY_DAYS = 30
FIRST_CUTOFF_AFTER_DAYS = 45
PERIOD_MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Deal:
    """One entry as it stands in the database today; `status` is expected, paid or refused."""

    deal_id: int
    lead: str
    manager: str
    unit: str
    amount: Decimal
    entered_on: date
    status: str
    status_on: date | None = None
    pay_by: date | None = None
    paid_amount: Decimal | None = None
    deleted: bool = False

    def resolved_by(self, day: date) -> bool:
        """Return whether the entry was paid or refused on `day` or before."""
        return self.status != "expected" and self.status_on is not None and self.status_on <= day

    def resolved_within(self, status: str, first: date, last: date) -> bool:
        """Return whether the entry got `status` from `first` to `last`, both included."""
        return self.status == status and self.status_on is not None and first <= self.status_on <= last

    @property
    def money(self) -> Decimal:
        """What really came in, else the amount."""
        return self.amount if self.paid_amount is None else self.paid_amount


@dataclass(frozen=True)
class Row:
    """The figures of a lead, a manager or the company in one unit, on the count day.

    Attributes:
        open_count: Open entries.
        due_today: Open entries promised for the count day.
        overdue: Open entries promised for a day before it.
        expected: Sum of the amounts of the open entries.
        paid: What really came in the period so far.
        paid_count: The entries behind `paid`.
        refused: Sum of the amounts refused in the period so far.
        refused_count: The entries behind `refused`.
        won: Entries paid in the last 365 days.
        resolved: Entries paid or refused in the last 365 days.
        win_rate: Shown win rate, 0 to 1, drawn towards the unit's; None for managers.
        won_all: Entries paid in all history.
        resolved_all: Entries paid or refused in all history.
        index: Lead index f; None for managers and the company.
        paid_events: Paid events O that were learnt from: the lead's, also in its managers' rows, over all
            units; in the company row the total P.
        still_to_come: Expected amount F that will be paid by the period end; 0 without history.
        forecast: `paid` + `still_to_come`.
        low: P10 of the forecast; None without history.
        high: P90 of the forecast; None without history.
        hand: The hand formula, by win rate.
        new_entries: What entries not made yet will bring; None under 30 days of history.
        run_rate: `paid` + the recent pace to the period end; None under 30 days of history.
    """

    open_count: int
    due_today: int
    overdue: int
    expected: Decimal
    paid: Decimal
    paid_count: int
    refused: Decimal
    refused_count: int
    won: int
    resolved: int
    win_rate: float | None
    won_all: int
    resolved_all: int
    index: float | None
    paid_events: int
    still_to_come: float
    forecast: float
    low: float | None
    high: float | None
    hand: float
    new_entries: float | None
    run_rate: float | None


@dataclass(frozen=True)
class Forecast:
    """The result of one run; `entries` holds a probability per open entry and is empty without history."""

    leads: dict[LeadKey, Row]
    company: dict[str, Row]
    managers: dict[ManagerKey, Row]
    entries: dict[int, float]
    no_history: bool
    weak: bool
    buckets: list[Bucket]


@dataclass(frozen=True)
class _Learnt:
    """What steps 1 to 5 learn from the entries known on the evening of the learning day."""

    buckets: list[Bucket]
    paid: int
    refused: int
    lead_paid: dict[str, int]
    lead_index: dict[str, float]
    size_index: dict[bool, float]
    unit_totals: dict[str, tuple[int, Decimal]]


@dataclass(frozen=True)
class _Observed:
    """Days at risk, paid and refused events per bucket; days are whole or half and so exact as floats."""

    days: list[float]
    paid: list[int]
    refused: list[int]


@dataclass(frozen=True)
class _Run:
    """What all rows of a run share. `entries` is None without history."""

    start: date
    count: date
    end: date
    learnt: _Learnt
    entries: dict[int, float] | None
    first_entry: date | None
    first_resolution: date | None


def forecast(
    deals: Iterable[Deal], *, start: date, end: date, today: date | None = None, as_of: date | None = None
) -> Forecast:
    """Forecast what will be paid from `start` to `end`, both included.

    Args:
        deals: All entries; deleted ones are ignored. Later entries and resolutions are unknown to the run.
        start: First day of the period.
        end: Last day of the period, not before the day of the run.
        today: The day of a live run: learns up to yesterday, counts up to now.
        as_of: The day whose evening is replayed. Exactly one of `today` and `as_of` is given.

    Returns:
        Rows for everyone with at least one known entry, in the order of their keys.

    Raises:
        ValueError: If not exactly one of the days is given, or the period has ended before it.
    """
    if today is not None and as_of is None:
        count, learn = today, today - timedelta(days=1)
    elif as_of is not None and today is None:
        count, learn = as_of, as_of
    else:
        raise ValueError("give exactly one of today and as_of")
    if end < max(start, count):
        raise ValueError("the period has ended before it starts or before the day of the run")

    existing = [deal for deal in deals if not deal.deleted]
    resolutions = [deal.status_on for deal in existing if deal.status != "expected" and deal.status_on]
    first_resolution = min(resolutions, default=None)
    learnt = _learn([deal for deal in existing if deal.entered_on <= learn], learn, first_resolution)
    no_history = learnt.paid + learnt.refused == 0

    known = [deal for deal in existing if deal.entered_on <= count]
    entries: dict[int, float] = {}
    if not no_history:
        for deal in known:
            if not deal.resolved_by(count):
                age = (count - deal.entered_on).days
                walked_from = age if today is None else max(age - 1, 0)
                entries[deal.deal_id] = _probability(deal, walked_from, age + (end - count).days, learnt)

    run = _Run(
        start=start,
        count=count,
        end=end,
        learnt=learnt,
        entries=None if no_history else entries,
        first_entry=min((deal.entered_on for deal in existing), default=None),
        first_resolution=first_resolution,
    )
    leads: dict[LeadKey, Row] = {}
    company: dict[str, Row] = {}
    for unit, of_unit in _grouped(known, lambda deal: deal.unit).items():
        unit_leads = _lead_rows(of_unit, run)
        leads.update({(lead, unit): row for lead, row in unit_leads.items()})
        company[unit] = _company_row(of_unit, unit_leads, run)
    return Forecast(
        leads=leads,
        company=company,
        managers=_manager_rows(known, run),
        entries=entries,
        no_history=no_history,
        weak=not no_history and learnt.paid < WEAK_BELOW_PAID_EVENTS,
        buckets=learnt.buckets,
    )


def _grouped(deals: Iterable[Deal], key: Callable[[Deal], Key]) -> dict[Key, list[Deal]]:
    """Return the entries of each key, in the order of the keys."""
    groups: dict[Key, list[Deal]] = {}
    for deal in deals:
        groups.setdefault(key(deal), []).append(deal)
    return {group: groups[group] for group in sorted(groups)}


def _total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    return sum(amounts, Decimal(0))


# Steps 1 to 5: what is learnt.


def _overlap(first: float, last: float, bucket: int) -> float:
    """Return the length of the ages from `first` to `last` inside a bucket, in days."""
    lower = BUCKET_ENDS[bucket - 1] if bucket else 0
    return max(0, min(last, BUCKET_ENDS[bucket]) - max(first, lower))


def _bucket_of(age: int) -> int:
    """Return the bucket in which an entry of `age` days is resolved; the first has the day of entry."""
    return next(bucket for bucket, upper in enumerate(BUCKET_ENDS) if age <= upper)


def _learn(known: Sequence[Deal], learn: date, first_resolution: date | None) -> _Learnt:
    """Learn daily chances, lead and size indexes from the entries known at the learning day."""
    lo = learn - timedelta(days=LEARNING_DAYS)
    if first_resolution is not None:
        lo = max(lo, first_resolution)

    everyone = _observe(known, learn, lo)
    buckets = _daily_chances(everyone)

    def index(seen: _Observed, prior: int) -> float:
        """Return paid events as a multiple of what the company's chances make of the days at risk."""
        expected = math.fsum(x * hp for x, (_, _, _, hp, _) in zip(seen.days, buckets, strict=True))
        return (sum(seen.paid) + prior) / (expected + prior)

    by_unit = _grouped(known, lambda deal: deal.unit)
    totals = {unit: (len(deals), _total(deal.amount for deal in deals)) for unit, deals in by_unit.items()}
    by_size = _grouped(known, lambda deal: _is_above_average(deal, totals))
    by_lead = _grouped(known, lambda deal: deal.lead)
    leads = {lead: _observe(deals, learn, lo) for lead, deals in by_lead.items()}
    sizes = {above: _observe(by_size.get(above, []), learn, lo) for above in (False, True)}
    return _Learnt(
        buckets=buckets,
        paid=sum(everyone.paid),
        refused=sum(everyone.refused),
        lead_paid={lead: sum(seen.paid) for lead, seen in leads.items()},
        lead_index={lead: index(seen, LEAD_PRIOR) for lead, seen in leads.items()},
        size_index={above: index(seen, SIZE_PRIOR) for above, seen in sizes.items()},
        unit_totals=totals,
    )


def _observe(deals: Sequence[Deal], learn: date, lo: date) -> _Observed:
    """Sum days at risk and events of some entries per bucket (step 2)."""
    days = [0.0 for _ in BUCKET_ENDS]
    paid = [0 for _ in BUCKET_ENDS]
    refused = [0 for _ in BUCKET_ENDS]
    for deal in deals:
        resolved_on = deal.status_on if deal.resolved_by(learn) else None
        first_age = (max(deal.entered_on, lo) - deal.entered_on).days
        last_age = ((resolved_on or learn) - deal.entered_on).days
        for bucket in range(len(BUCKET_ENDS)):
            days[bucket] += _overlap(first_age, last_age, bucket)
        if resolved_on is not None and resolved_on > lo:
            if resolved_on == deal.entered_on:
                days[0] += 0.5
            events = paid if deal.status == "paid" else refused
            events[_bucket_of(last_age)] += 1
    return _Observed(days, paid, refused)


def _daily_chances(seen: _Observed) -> list[Bucket]:
    """Return X, P, R, hp and hr of each bucket, with half a pseudo-event (step 3); 0 if no events."""
    all_days, all_paid, all_refused = Fraction(sum(seen.days)), sum(seen.paid), sum(seen.refused)
    buckets: list[Bucket] = []
    for x, p, r in zip(seen.days, seen.paid, seen.refused, strict=True):
        hp = hr = Fraction(0)
        if all_paid + all_refused > 0:
            half = Fraction(1, 2 * (all_paid + all_refused))
            hp = (p + half * all_paid) / (Fraction(x) + half * all_days)
            hr = (r + half * all_refused) / (Fraction(x) + half * all_days)
        buckets.append((x, p, r, float(hp), float(hr)))
    return buckets


def _is_above_average(deal: Deal, unit_totals: dict[str, tuple[int, Decimal]]) -> bool:
    """Return whether the amount is above the average of the known entries of its unit, exactly (step 5)."""
    count, total = unit_totals.get(deal.unit, (0, Decimal(0)))
    return deal.amount * count > total


# Step 6: the probability of an open entry.


def _probability(deal: Deal, first_age: int, last_age: int, learnt: _Learnt) -> float:
    """Return the probability that an open entry is paid while it ages from `first_age` to `last_age` days."""
    lead_index = learnt.lead_index.get(deal.lead, 1.0)
    size_index = learnt.size_index[_is_above_average(deal, learnt.unit_totals)]
    passed = 0.0
    parts: list[float] = []
    for bucket, (_, _, _, hp, hr) in enumerate(learnt.buckets):
        days = _overlap(first_age, last_age, bucket)
        q = hp * lead_index * size_index
        k = q + hr
        parts.append(math.exp(-passed) * -math.expm1(-k * days) * q / k)
        passed += k * days
    return math.fsum(parts)


# Steps 7 to 12: rows.


def _lead_rows(of_unit: Sequence[Deal], run: _Run) -> dict[str, Row]:
    """Return the row of each lead with a known entry of one unit."""
    own = _grouped(of_unit, lambda deal: deal.lead)
    counts = {lead: _won_and_resolved(mine, run.count, LEARNING_DAYS) for lead, mine in own.items()}
    rows: dict[str, Row] = {}
    for lead, mine in own.items():
        events = run.learnt.lead_paid.get(lead, 0)
        rows[lead] = _row(
            mine,
            run,
            win_rate=_shown_win_rate(counts[lead], list(counts.values())),
            index=run.learnt.lead_index.get(lead, 1.0),
            paid_events=events,
            lead_variance=_still_to_come(mine, run) ** 2 / (events + LEAD_PRIOR),
            hand=_hand(mine, run),
        )
    return rows


def _company_row(of_unit: Sequence[Deal], lead_rows: dict[str, Row], run: _Run) -> Row:
    """Return the company row of one unit; its sums are those of its leads."""
    counts = [(row.won, row.resolved) for row in lead_rows.values()]
    total = (sum(won for won, _ in counts), sum(resolved for _, resolved in counts))
    return _row(
        of_unit,
        run,
        win_rate=_shown_win_rate(total, counts),
        index=None,
        paid_events=run.learnt.paid,
        lead_variance=math.fsum(
            row.still_to_come**2 / (row.paid_events + LEAD_PRIOR) for row in lead_rows.values()
        ),
        hand=math.fsum(row.hand for row in lead_rows.values()),
    )


def _manager_rows(known: Sequence[Deal], run: _Run) -> dict[ManagerKey, Row]:
    """Return the row of each manager with a known entry: own entries, the lead's paid events."""
    rows: dict[ManagerKey, Row] = {}
    for key, mine in _grouped(known, lambda deal: (deal.lead, deal.manager, deal.unit)).items():
        events = run.learnt.lead_paid.get(key[0], 0)
        rows[key] = _row(
            mine,
            run,
            win_rate=None,
            index=None,
            paid_events=events,
            lead_variance=_still_to_come(mine, run) ** 2 / (events + LEAD_PRIOR),
            hand=_hand(mine, run),
        )
    return rows


def _row(
    mine: Sequence[Deal],
    run: _Run,
    *,
    win_rate: float | None,
    index: float | None,
    paid_events: int,
    lead_variance: float,
    hand: float,
) -> Row:
    """Fill a row from its entries; `lead_variance` is the part of V that stems from the lead indexes."""
    open_deals = _open(mine, run)
    paid = _paid(mine, run)
    refused = [deal for deal in mine if deal.resolved_within("refused", run.start, run.count)]
    expected = _total(deal.amount for deal in open_deals)
    paid_money = _total(deal.money for deal in paid)
    won, resolved = _won_and_resolved(mine, run.count, LEARNING_DAYS)
    won_all, resolved_all = _won_and_resolved(mine, run.count, None)

    still_to_come = _still_to_come(mine, run)
    low = high = None
    if run.entries is not None:
        chances = [(float(deal.amount), run.entries[deal.deal_id]) for deal in open_deals]
        of_entries = math.fsum(a**2 * p * (1 - p) for a, p in chances)
        of_model = still_to_come**2 * (1 / max(run.learnt.paid, 1) + MODEL_ERROR**2)
        spread = P10_P90_SIGMAS * math.sqrt(of_entries + lead_variance + of_model)
        low = float(paid_money) + max(0.0, still_to_come - spread)
        high = float(paid_money) + min(float(expected), still_to_come + spread)
    return Row(
        open_count=len(open_deals),
        due_today=sum(deal.pay_by is not None and deal.pay_by == run.count for deal in open_deals),
        overdue=sum(deal.pay_by is not None and deal.pay_by < run.count for deal in open_deals),
        expected=expected,
        paid=paid_money,
        paid_count=len(paid),
        refused=_total(deal.amount for deal in refused),
        refused_count=len(refused),
        won=won,
        resolved=resolved,
        win_rate=win_rate,
        won_all=won_all,
        resolved_all=resolved_all,
        index=index,
        paid_events=paid_events,
        still_to_come=still_to_come,
        forecast=float(paid_money) + still_to_come,
        low=low,
        high=high,
        hand=hand,
        new_entries=_new_entries(mine, run),
        run_rate=_run_rate(mine, run),
    )


def _open(mine: Sequence[Deal], run: _Run) -> list[Deal]:
    """Return the entries that are neither paid nor refused by the count day."""
    return [deal for deal in mine if not deal.resolved_by(run.count)]


def _paid(mine: Sequence[Deal], run: _Run) -> list[Deal]:
    """Return the entries paid in the period so far."""
    return [deal for deal in mine if deal.resolved_within("paid", run.start, run.count)]


def _still_to_come(mine: Sequence[Deal], run: _Run) -> float:
    """Return the amount that the open entries are expected to bring by the end of the period (step 7)."""
    entries = run.entries
    if entries is None:
        return 0.0
    return math.fsum(float(deal.amount) * entries[deal.deal_id] for deal in _open(mine, run))


def _won_and_resolved(mine: Sequence[Deal], count: date, last_days: int | None) -> tuple[int, int]:
    """Return how many entries were paid and resolved in the last days up to the count day, None for ever."""
    since = date.min if last_days is None else count - timedelta(days=last_days - 1)
    won = sum(deal.resolved_within("paid", since, count) for deal in mine)
    return won, won + sum(deal.resolved_within("refused", since, count) for deal in mine)


def _shown_win_rate(own: tuple[int, int], leads: Sequence[tuple[int, int]]) -> float:
    """Return the win rate drawn towards that of the unit (step 10).

    Args:
        own: Paid and resolved entries of the row.
        leads: The same of every lead of the unit.
    """
    r = Fraction(sum(won for won, _ in leads) + 1, sum(resolved for _, resolved in leads) + 2)
    k = _prior_weight(leads)
    return float((own[0] + k * r) / (own[1] + k))


def _prior_weight(leads: Sequence[tuple[int, int]]) -> Fraction:
    """Return K, the number of resolved entries that the unit's win rate weighs, by Beta-Binomial moments."""
    counts = [(won, resolved) for won, resolved in leads if resolved > 0]
    total = sum(resolved for _, resolved in counts)
    if len(counts) < 3 or total < 10:
        return Fraction(20)
    m = Fraction(sum(won for won, _ in counts), total)
    freedom = len(counts) - 1
    denominator = total - Fraction(sum(resolved**2 for _, resolved in counts), total) - freedom
    if m in (0, 1) or denominator <= 0:
        return Fraction(20)
    squares = sum((n * (Fraction(y, n) - m) ** 2 for y, n in counts), Fraction(0))
    rho = (squares / (m * (1 - m)) - freedom) / denominator
    if rho <= 0:
        return Fraction(200)
    return min(max((1 - rho) / rho, Fraction(5)), Fraction(200))


def _hand(mine: Sequence[Deal], run: _Run) -> float:
    """Return the hand formula: paid + expected x win rate of all history, 0 if none resolved (step 11)."""
    won, resolved = _won_and_resolved(mine, run.count, None)
    share = Fraction(won, resolved) if resolved else Fraction(0)
    paid = Fraction(_total(deal.money for deal in _paid(mine, run)))
    return float(paid + Fraction(_total(deal.amount for deal in _open(mine, run))) * share)


def _new_entries(mine: Sequence[Deal], run: _Run) -> float | None:
    """Return what entries not made yet are expected to bring by the end of the period (step 11)."""
    left = (run.end - run.count).days
    window_end = run.count - timedelta(days=left)
    if run.first_entry is None:
        return None
    days = min(NEW_ENTRY_DAYS, (window_end - run.first_entry).days + 1)
    if days < LEAST_HISTORY_DAYS:
        return None
    total = Fraction(0)
    for deal in mine:
        made = window_end - timedelta(days=NEW_ENTRY_DAYS) < deal.entered_on <= window_end
        if made and deal.status == "paid" and deal.status_on is not None:
            days_to_paid = (deal.status_on - deal.entered_on).days
            if days_to_paid <= left:
                total += Fraction(deal.money) * (left - days_to_paid)
    return float(total / days)


def _run_rate(mine: Sequence[Deal], run: _Run) -> float | None:
    """Return paid + what the pace of the last 90 days brings by the end of the period (step 11)."""
    if run.first_resolution is None:
        return None
    days = min(RUN_RATE_DAYS, (run.count - run.first_resolution).days + 1)
    if days < LEAST_HISTORY_DAYS:
        return None
    since = run.count - timedelta(days=RUN_RATE_DAYS - 1)
    recent = Fraction(_total(deal.money for deal in mine if deal.resolved_within("paid", since, run.count)))
    paid = Fraction(_total(deal.money for deal in _paid(mine, run)))
    return float(paid + recent / days * (run.end - run.count).days)


# The backtest.

METHODS: dict[str, tuple[str, ...]] = {
    "pipeline": ("forecast", "hand_formula"),
    "period": ("forecast", "hand_formula", "forecast_with_new_entries", "run_rate"),
}
"""Methods that are measured against each target."""


@dataclass(frozen=True)
class Cutoff:
    """One replayed evening: what was forecast and what happened.

    The actuals are keyed by target: `pipeline` is what entries known at the cut-off brought in the whole
    period, `period` all that came. `scored` holds, per unit, the probability of each open entry and whether
    it was paid after the cut-off and by the period end.
    """

    day: date
    start: date
    end: date
    company: dict[str, Row]
    leads: dict[LeadKey, Row]
    actual: dict[str, dict[str, Decimal]]
    lead_actual: dict[str, dict[LeadKey, Decimal]]
    scored: dict[str, list[tuple[float, bool]]]


@dataclass(frozen=True)
class Metrics:
    """Accuracy of one method against one target over `cutoffs` cut-offs; None where it cannot be told.

    `wape` and `bias` are of the company totals; `wape_by_lead` pools the absolute errors of all leads and
    cut-offs, `lead_wape` has one figure a lead. `coverage` and `brier` are measured for the forecast against
    the pipeline target only.
    """

    cutoffs: int
    wape: float | None
    bias: float | None
    wape_by_lead: float | None
    lead_wape: dict[str, float | None]
    coverage: float | None
    brier: float | None


@dataclass(frozen=True)
class CalibrationBin:
    """Open entries with a probability from `low` up to the next bin: number, mean probability, share paid."""

    low: float
    n: int
    mean_p: float | None
    share_paid: float | None


@dataclass(frozen=True)
class Backtest:
    """A replay; `metrics` is keyed by unit, target and method, `calibration` by unit, ten bins each."""

    period: str
    cutoffs: list[Cutoff]
    metrics: dict[str, dict[str, dict[str, Metrics]]]
    calibration: dict[str, list[CalibrationBin]]


def backtest(
    deals: Iterable[Deal],
    *,
    period: str = "month",
    step: int = 1,
    first: date | None = None,
    last: date | None = None,
) -> Backtest:
    """Forecast on past days with what was known then and compare with what happened.

    Args:
        deals: All entries; deleted ones are ignored.
        period: `month` or `quarter`, the one that contains the cut-off.
        step: Days between cut-offs, at least 1.
        first: First cut-off; by default the first recorded resolution + 45 days.
        last: Last day for cut-offs and period ends; by default the last day on record.

    Returns:
        The cut-offs in order of time and the accuracy per unit; without any resolution no cut-offs.

    Raises:
        ValueError: If the period is unknown or the step is below 1.
    """
    if step < 1:
        raise ValueError("step must be at least 1")
    if period not in PERIOD_MONTHS:
        raise ValueError("period must be month or quarter")
    existing = [deal for deal in deals if not deal.deleted]
    resolutions = [deal.status_on for deal in existing if deal.status != "expected" and deal.status_on]
    if first is None and resolutions:
        first = min(resolutions) + timedelta(days=FIRST_CUTOFF_AFTER_DAYS)
    if last is None:
        last = max([*resolutions, *(deal.entered_on for deal in existing)], default=None)

    cutoffs: list[Cutoff] = []
    if first is not None and last is not None:
        day = first
        while _period(day, period)[1] <= last:
            cutoffs.append(_replay(existing, day, *_period(day, period)))
            day += timedelta(days=step)
    units = sorted({deal.unit for deal in existing})
    return Backtest(
        period=period,
        cutoffs=cutoffs,
        metrics={
            unit: {
                target: {method: _metrics(cutoffs, unit, target, method) for method in methods}
                for target, methods in METHODS.items()
            }
            for unit in units
        },
        calibration={unit: _calibration(_scored(cutoffs, unit)) for unit in units},
    )


def _period(day: date, period: str) -> tuple[date, date]:
    """Return the first and the last day of the month or quarter that contains `day`."""
    months = PERIOD_MONTHS[period]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    following = start.month - 1 + months
    return start, date(start.year + following // 12, following % 12 + 1, 1) - timedelta(days=1)


def _replay(existing: Sequence[Deal], day: date, start: date, end: date) -> Cutoff:
    """Forecast on the evening of `day` and collect what happened."""
    result = forecast(existing, start=start, end=end, as_of=day)
    actual: dict[str, dict[str, Decimal]] = {target: {} for target in METHODS}
    lead_actual: dict[str, dict[LeadKey, Decimal]] = {target: {} for target in METHODS}
    scored: dict[str, list[tuple[float, bool]]] = {}
    for deal in existing:
        if deal.resolved_within("paid", start, end):
            key = (deal.lead, deal.unit)
            for target in ("pipeline", "period") if deal.entered_on <= day else ("period",):
                actual[target][deal.unit] = actual[target].get(deal.unit, Decimal(0)) + deal.money
                lead_actual[target][key] = lead_actual[target].get(key, Decimal(0)) + deal.money
        if deal.deal_id in result.entries:
            was_paid = deal.resolved_within("paid", day + timedelta(days=1), end)
            scored.setdefault(deal.unit, []).append((result.entries[deal.deal_id], was_paid))
    return Cutoff(day, start, end, result.company, result.leads, actual, lead_actual, scored)


def _predicted(row: Row | None, method: str) -> float | None:
    """Return what a method predicted; 0 for whoever had no entry yet, None if it was not available."""
    if row is None:
        return 0.0
    if method == "forecast":
        return row.forecast
    if method == "hand_formula":
        return row.hand
    if method == "run_rate":
        return row.run_rate
    return None if row.new_entries is None else row.forecast + row.new_entries


def _share(errors: Sequence[float], actuals: Sequence[float]) -> float | None:
    """Return the sum of errors as a share of the sum of actuals, None if nothing came."""
    total = math.fsum(actuals)
    return math.fsum(errors) / total if total else None


def _metrics(cutoffs: Sequence[Cutoff], unit: str, target: str, method: str) -> Metrics:
    """Measure a method against a target in one unit, over the cut-offs at which it was available."""
    errors: list[float] = []
    actuals: list[float] = []
    lead_errors: dict[str, list[float]] = {}
    lead_actuals: dict[str, list[float]] = {}
    inside: list[bool] = []
    for cutoff in cutoffs:
        row = cutoff.company.get(unit)
        predicted = _predicted(row, method)
        if predicted is None:
            continue
        actual = float(cutoff.actual[target].get(unit, Decimal(0)))
        errors.append(predicted - actual)
        actuals.append(actual)
        if row is not None and row.low is not None and row.high is not None:
            inside.append(row.low <= actual <= row.high)
        for key in sorted({key for key in [*cutoff.leads, *cutoff.lead_actual[target]] if key[1] == unit}):
            lead_predicted = _predicted(cutoff.leads.get(key), method)
            if lead_predicted is not None:
                lead_came = float(cutoff.lead_actual[target].get(key, Decimal(0)))
                lead_errors.setdefault(key[0], []).append(abs(lead_predicted - lead_came))
                lead_actuals.setdefault(key[0], []).append(lead_came)

    has_range = target == "pipeline" and method == "forecast"
    scored = _scored(cutoffs, unit) if has_range else []
    return Metrics(
        cutoffs=len(errors),
        wape=_share([abs(error) for error in errors], actuals),
        bias=_share(errors, actuals),
        wape_by_lead=_share(
            [error for per_lead in lead_errors.values() for error in per_lead],
            [came for per_lead in lead_actuals.values() for came in per_lead],
        ),
        lead_wape={lead: _share(lead_errors[lead], lead_actuals[lead]) for lead in sorted(lead_errors)},
        coverage=sum(inside) / len(inside) if has_range and inside else None,
        brier=math.fsum((p - was_paid) ** 2 for p, was_paid in scored) / len(scored) if scored else None,
    )


def _scored(cutoffs: Sequence[Cutoff], unit: str) -> list[tuple[float, bool]]:
    """Return probability and outcome of every open entry of the unit at every cut-off."""
    return [pair for cutoff in cutoffs for pair in cutoff.scored.get(unit, [])]


def _calibration(scored: Sequence[tuple[float, bool]]) -> list[CalibrationBin]:
    """Return ten equal bins of the probability; the last one includes 1."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for p, was_paid in scored:
        bins[min(int(p * 10), 9)].append((p, was_paid))
    return [
        CalibrationBin(
            low=number / 10,
            n=len(pairs),
            mean_p=math.fsum(p for p, _ in pairs) / len(pairs) if pairs else None,
            share_paid=sum(was_paid for _, was_paid in pairs) / len(pairs) if pairs else None,
        )
        for number, pairs in enumerate(bins)
    ]
