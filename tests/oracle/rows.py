"""Steps 9 and 18-22: the forecast of a period, by company, lead, manager and entry."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from oracle.blend import PERIOD, PIPELINE, Blend, Replay, blend, replay, replay_days, share
from oracle.deals import Deal, LeadKey, ManagerKey, first_resolution, grouped, money_of, total
from oracle.learning import LEAD_PRIOR, Bucket, Learnt, learn, observe
from oracle.parts import Part, Parts, Walk, parts_of
from oracle.win_rates import SHOWN_DAYS, hand_formula, run_rate, shown_win_rate, won_and_resolved

WEAK_BELOW_PAID_EVENTS = 10


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
        win_rate: Shown win rate, 0 to 1, drawn towards the unit's; None for managers, and where nothing was
            resolved.
        won_all: Entries paid in all history.
        resolved_all: Entries paid or refused in all history.
        index: Lead index f; None for managers and the company.
        paid_events: Paid events O that were learnt from: the lead's, also in its managers' rows, over all
            units; in the company row the total P.
        from_open: What will come of open entries by the period's end; 0 without history.
        from_new: What will come of entries that are not made yet.
        forecast: `paid` + `from_open` + `from_new`.
        low: Lower end of the range of the whole number; None without history.
        high: Its upper end.
        open_low: Lower end of the range of `paid` + `from_open`; None without history.
        open_high: Its upper end.
        hand: The hand formula, by win rate.
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
    from_open: float
    from_new: float
    low: float | None
    high: float | None
    open_low: float | None
    open_high: float | None
    hand: float
    run_rate: float | None

    @property
    def still_to_come(self) -> float:
        """From open and new entries."""
        return self.from_open + self.from_new

    @property
    def forecast(self) -> float:
        """The whole number."""
        return float(self.paid) + self.still_to_come


@dataclass(frozen=True)
class Forecast:
    """The result of one run for one period.

    `entries` holds a chance per open entry, `contributions` what it adds to its unit's `from_open`; both are
    empty without history.
    """

    leads: dict[LeadKey, Row]
    company: dict[str, Row]
    managers: dict[ManagerKey, Row]
    entries: dict[int, float]
    contributions: dict[int, float]
    no_history: bool
    weak: bool
    buckets: list[Bucket]


@dataclass(frozen=True)
class Numbers:
    """What one row has beside what is paid."""

    from_open: float
    from_new: float
    low: float | None
    high: float | None
    open_low: float | None
    open_high: float | None


class Run:
    """One run: what it learnt, for every period that it is asked about.

    Args:
        deals: All entries; deleted ones are ignored.
        today: The day of a live run; with `hour`.
        hour: The whole hour of a live run in the company's time zone.
        as_of: The day whose evening is meant. Exactly one of `today` and `as_of` is given.
    """

    def __init__(
        self,
        deals: Iterable[Deal],
        *,
        today: date | None = None,
        hour: int = 0,
        as_of: date | None = None,
    ) -> None:
        """Take the entries as they stand."""
        if today is not None and as_of is None:
            self.count, self.c = today, today - timedelta(days=1)
            self.rest = min(1.0, max(0.0, (18 - hour) / 9))
        elif as_of is not None and today is None:
            self.count, self.c, self.rest = as_of, as_of, 1.0
        else:
            raise ValueError("give exactly one of today and as_of")
        self.existing = [deal for deal in deals if not deal.deleted]
        self.o = first_resolution(self.existing)
        self._replays: dict[str, list[Replay]] = {}
        self._learnt_on: dict[date, Learnt | None] = {}

    @cached_property
    def learnt(self) -> Learnt | None:
        """What the run learnt; None where there was nothing to learn from."""
        if self.o is None or self.o > self.c:
            return None
        return learn(self.existing, self.c, self.o, promises=True)

    def replays(self, unit: str) -> list[Replay]:
        """Return the replays of one unit."""
        if unit not in self._replays:
            assert self.o is not None
            days = replay_days(self.c, self.o)
            for day in days:
                if day not in self._learnt_on:
                    self._learnt_on[day] = learn(self.existing, day, self.o, promises=False)
            self._replays[unit] = [
                replay(self.existing, unit, day, self.o, self._learnt_on[day]) for day in days
            ]
        return self._replays[unit]

    def forecast(self, start: date, end: date) -> Forecast:
        """Forecast what is paid from `start` to `end`, both included."""
        known = [deal for deal in self.existing if deal.entered_on <= self.count]
        leads: dict[LeadKey, Row] = {}
        company: dict[str, Row] = {}
        managers: dict[ManagerKey, Row] = {}
        entries: dict[int, float] = {}
        contributions: dict[int, float] = {}
        for unit, of_unit in grouped(known, lambda deal: deal.unit).items():
            told = _UnitForecast(self, of_unit, start, end)
            by_lead = grouped(of_unit, lambda deal: deal.lead)
            counts = {lead: won_and_resolved(mine, self.count, SHOWN_DAYS) for lead, mine in by_lead.items()}
            rate = {lead: shown_win_rate(own, list(counts.values())) for lead, own in counts.items()}
            for lead, mine in by_lead.items():
                numbers = told.numbers(lambda key, lead=lead: key[0] == lead, lead)
                index = 1.0 if self.learnt is None else self.learnt.lead_index.get(lead, 1.0)
                leads[lead, unit] = self._row(
                    mine, start, end, numbers, rate[lead], index, self._events(lead)
                )
            for key, mine in grouped(of_unit, lambda deal: (deal.lead, deal.manager, deal.unit)).items():
                numbers = told.numbers(lambda other, key=key: other == key, key[0])
                managers[key] = self._row(mine, start, end, numbers, None, None, self._events(key[0]))
            all_won, all_resolved = (sum(own[n] for own in counts.values()) for n in (0, 1))
            company[unit] = self._row(
                of_unit, start, end, told.numbers(lambda key: True, None),
                shown_win_rate((all_won, all_resolved), list(counts.values())), None,
                0 if self.learnt is None else self.learnt.paid,
                hand=math.fsum(row.hand for key, row in leads.items() if key[1] == unit),
            )  # fmt: skip
            entries |= told.chances
            contributions |= told.contributions
        paid_events = 0 if self.learnt is None else self.learnt.paid
        return Forecast(
            leads=dict(sorted(leads.items())),
            company=company,
            managers=dict(sorted(managers.items())),
            entries=entries,
            contributions=contributions,
            no_history=self.learnt is None,
            weak=self.learnt is not None and paid_events < WEAK_BELOW_PAID_EVENTS,
            buckets=observe([], self.c, self.c) if self.learnt is None else self.learnt.buckets,
        )

    def _events(self, lead: str) -> int:
        return 0 if self.learnt is None else self.learnt.lead_paid.get(lead, 0)

    def _row(
        self,
        mine: Sequence[Deal],
        start: date,
        end: date,
        numbers: Numbers,
        win_rate: float | None,
        index: float | None,
        paid_events: int,
        *,
        hand: float | None = None,
    ) -> Row:
        count = self.count
        open_deals = [deal for deal in mine if not deal.resolved_by(count)]
        paid = [deal for deal in mine if deal.resolved_within("paid", start, min(count, end))]
        refused = [deal for deal in mine if deal.resolved_within("refused", start, min(count, end))]
        won, resolved = won_and_resolved(mine, count, SHOWN_DAYS)
        won_all, resolved_all = won_and_resolved(mine, count, None)
        return Row(
            open_count=len(open_deals),
            due_today=sum(deal.pay_by is not None and deal.pay_by == count for deal in open_deals),
            overdue=sum(deal.pay_by is not None and deal.pay_by < count for deal in open_deals),
            expected=total(deal.amount for deal in open_deals),
            paid=total(deal.money for deal in paid),
            paid_count=len(paid),
            refused=total(deal.amount for deal in refused),
            refused_count=len(refused),
            won=won,
            resolved=resolved,
            win_rate=win_rate if resolved else None,
            won_all=won_all,
            resolved_all=resolved_all,
            index=index,
            paid_events=paid_events,
            from_open=numbers.from_open,
            from_new=numbers.from_new,
            low=numbers.low,
            high=numbers.high,
            open_low=numbers.open_low,
            open_high=numbers.open_high,
            hand=hand_formula(mine, start, count, end) if hand is None else hand,
            run_rate=run_rate(mine, self.o, start, count, end),
        )


class _UnitForecast:
    """The number of one unit, its parts and its ranges."""

    def __init__(self, run: Run, of_unit: Sequence[Deal], start: date, end: date) -> None:
        self.run, self.of_unit, self.start, self.end = run, of_unit, start, end
        self.has_ended = end <= run.c
        self.parts: Parts | None = None
        self.chances: dict[int, float] = {}
        self.contributions: dict[int, float] = {}
        if run.learnt is None or run.o is None or self.has_ended:
            return
        after = max(start - timedelta(days=1), run.c)
        walk = Walk(run.c, run.count, run.rest, run.learnt)
        self.parts = parts = parts_of(walk, of_unit, run.o, after, end)
        unit = parts.unit
        rows = run.replays(of_unit[0].unit)
        events = run.learnt.paid
        open_rows = [
            (r.from_open, r.pace * share(r.from_open, r.new), r.came_of_known, r.spread) for r in rows
        ]
        whole_rows = [(r.from_open + r.new, r.pace, r.came, r.spread + r.new_spread) for r in rows]
        of_open, of_whole = blend(open_rows, PIPELINE, events), blend(whole_rows, PERIOD, events)
        self.whole = of_whole.mix(unit.from_open + unit.new, unit.pace)
        rival = unit.pace * share(unit.from_open, unit.new)
        self.from_open = min(of_open.mix(unit.from_open, rival), self.whole, unit.open_amount)
        open_error, whole_error = of_open.error, of_whole.error
        if after > run.c:
            both, both_whole = unit.from_open + unit.new, parts.from_open_whole + parts.new_whole
            open_error *= parts.from_open_whole / unit.from_open if unit.from_open > 0 else 1.0
            whole_error *= both_whole / both if both > 0 else 1.0
        self.of_open = Blend(of_open.weight, open_error, of_open.z)
        self.of_whole = Blend(of_whole.weight, whole_error, of_whole.z)
        self.scale = self.from_open / unit.from_open if unit.from_open > 0 else 0.0
        self.chances = parts.entries
        amounts = {deal.deal_id: float(deal.amount) for deal in of_unit}
        self.contributions = {i: amounts[i] * p * self.scale for i, p in parts.entries.items()}

    def numbers(self, belongs: Callable[[ManagerKey], bool], lead: str | None) -> Numbers:
        """Work out the row of those managers; of a lead or one of its managers, or of all (lead None)."""
        run = self.run
        if self.parts is None:
            mine = [d for d in self.of_unit if belongs((d.lead, d.manager, d.unit))]
            paid = float(money_of(mine, self.start, min(run.count, self.end)))
            ends = paid if run.learnt is not None else None
            return Numbers(0.0, 0.0, ends, ends, ends, ends)
        mine_keys = [key for key in self.parts.managers if belongs(key)]
        own = sum((self.parts.managers[key] for key in mine_keys), Part())
        unit = self.parts.unit
        paid = float(
            money_of(
                [d for d in self.of_unit if belongs((d.lead, d.manager, d.unit))],
                self.start,
                min(run.count, self.end),
            )
        )
        if lead is None:
            x, new, its_share, uncertain = self.from_open, self.whole - self.from_open, 1.0, 0.0
        else:
            x = own.from_open * self.scale
            its_share = next(
                (
                    mine / everyone
                    for mine, everyone in (
                        (own.new, unit.new),
                        (own.from_open, unit.from_open),
                        (own.pace, unit.pace),
                    )
                    if everyone > 0
                ),
                0.0,
            )
            new = (self.whole - self.from_open) * its_share
            uncertain = 1 / (run._events(lead) + LEAD_PRIOR)
        spread = self.of_open.z * math.sqrt(own.spread + x**2 * (self.of_open.error + uncertain))
        y = x + new
        whole_spread = self.of_whole.z * math.sqrt(
            own.spread + self.parts.new_spread * its_share + y**2 * (self.of_whole.error + uncertain)
        )
        return Numbers(
            from_open=x,
            from_new=new,
            low=paid + max(0.0, y - whole_spread),
            high=paid + y + whole_spread,
            open_low=paid + max(0.0, x - spread),
            open_high=paid + max(x, min(x + spread, own.open_amount)),
        )


def forecast(
    deals: Iterable[Deal],
    *,
    start: date,
    end: date,
    today: date | None = None,
    hour: int = 0,
    as_of: date | None = None,
) -> Forecast:
    """Forecast one period; see `Run`."""
    return Run(deals, today=today, hour=hour, as_of=as_of).forecast(start, end)
