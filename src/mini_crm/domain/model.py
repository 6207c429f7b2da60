"""The things the program speaks of, as immutable values.

Amounts are ``Decimal`` with two places in the unit of the entry's group: an ISO currency code
such as ``RUB``, or ``pcs`` for pieces. Days are ``date`` in the company's time zone; instants
are ``datetime`` in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from mini_crm.domain.learnt import Learnt
from mini_crm.domain.period import Period

PIECES = "pcs"
"""The unit of a group that counts pieces and not money."""


class Status(StrEnum):
    """What has become of an expected sale."""

    EXPECTED = "expected"
    PAID = "paid"
    REFUSED = "refused"


class Action(StrEnum):
    """What a row of the history records."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    RESTORED = "restored"
    IMPORTED = "imported"
    VOIDED = "voided"
    REASSIGNED = "reassigned"


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What a lead fills in for one entry; the rest is the store's to decide.

    Attributes:
        manager_id: A manager of one of the lead's groups.
        client_pin: 1 to 100 characters; leading zeros count.
        amount: More than 0, at most 10**10, two places.
        pay_by: The promised day, not before the day of entry. None, like an empty PIN, only where
            an imported entry came without one.
        status: What is known now.
        status_on: The day on which it was paid or refused; None means today.
        paid_amount: What really came; None means all of it.
        comment: Up to 500 characters.
        reason: Why it was refused, up to 100 characters; empty for any other status.
    """

    manager_id: int
    client_pin: str
    amount: Decimal
    pay_by: date | None
    status: Status = Status.EXPECTED
    status_on: date | None = None
    paid_amount: Decimal | None = None
    comment: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored now.

    Attributes:
        client_ref: Made by the client once per entry; an entry is stored once for each.
        entered_on: The server's day of entry.
        pay_by: None only in imported entries.
        first_pay_by: The first promised day; it never changes.
        version: 1 for a new entry, one more for each change.
        change_seq: The lead's running number of the last change.
        deleted_at: When it was deleted or voided, else None.
        probability: Chance of being paid by the end of a period, from the last complete run;
            None where that run did not see the entry as open. The period is the one that was
            asked for, else the current month.
        contribution: What it adds to "from open entries" of that period.
        is_large: Whether that run took its amount as above the average of its unit.
        reason: Why it was refused.
        rest_of: The entry that was paid in part and left this one as the rest.
    """

    entry_id: int
    client_ref: UUID
    lead_id: int
    group_id: int
    group_name: str
    unit: str
    manager_id: int
    manager_name: str
    client_pin: str
    amount: Decimal
    paid_amount: Decimal | None
    entered_on: date
    pay_by: date | None
    first_pay_by: date | None
    status: Status
    status_on: date | None
    comment: str
    version: int
    change_seq: int
    deleted_at: datetime | None
    probability: float | None = None
    contribution: float | None = None
    is_large: bool | None = None
    reason: str = ""
    rest_of: int | None = None

    def draft(self) -> EntryDraft:
        """Give what a lead may change, for a form."""
        return EntryDraft(
            manager_id=self.manager_id,
            client_pin=self.client_pin,
            amount=self.amount,
            pay_by=self.pay_by,
            status=self.status,
            status_on=self.status_on,
            paid_amount=self.paid_amount,
            comment=self.comment,
            reason=self.reason,
        )


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that a change touched; values are those of the ``Entry`` attribute ``field``.

    A change of manager is told three times: by id, by name, and by the name of the group if that
    is another one. Deleting and restoring are told by the action alone.
    """

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class EntryVersion:
    """One row of an entry's history: who did what, when, from where.

    Attributes:
        version: The entry's version after it.
        changes: What it changed, empty for the first version.
    """

    version: int
    action: Action
    changed_at: datetime
    changed_by: str
    computer: str
    changes: tuple[FieldChange, ...]


class EntrySort(StrEnum):
    """By which column a list of entries is ordered; ties go by entry id."""

    ENTRY_ID = "entry_id"
    GROUP = "group"
    MANAGER = "manager"
    CLIENT_PIN = "client_pin"
    AMOUNT = "amount"
    ENTERED_ON = "entered_on"
    PAY_BY = "pay_by"
    STATUS = "status"
    STATUS_ON = "status_on"
    PAID_AMOUNT = "paid_amount"
    PROBABILITY = "probability"
    CONTRIBUTION = "contribution"
    REASON = "reason"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which of a lead's entries are wanted; an empty field does not narrow.

    Attributes:
        unit: Of the entry's group.
        pay_by_from: First promised day, inclusive.
        pay_by_to: Last promised day, inclusive.
        status_on_from: First day of payment or refusal, inclusive.
        status_on_to: Last day of payment or refusal, inclusive.
        entered_from: First day of entry, inclusive.
        entered_to: Last day of entry, inclusive.
        untouched_since: Nothing was changed, nor entered, on this day or later, in the company's time zone.
        has_chance: Whether the current run saw it as open in the period that the list is asked for, and so
            counts it in "from open entries".
        text: Looked for in PIN, manager, group, comment and reason, whatever the case.
    """

    group_id: int | None = None
    manager_id: int | None = None
    statuses: frozenset[Status] = frozenset()
    pay_by_from: date | None = None
    pay_by_to: date | None = None
    text: str = ""
    unit: str | None = None
    status_on_from: date | None = None
    status_on_to: date | None = None
    entered_from: date | None = None
    entered_to: date | None = None
    untouched_since: date | None = None
    has_chance: bool = False


@dataclass(frozen=True, slots=True)
class EntrySum:
    """What entries of one unit and status add up to.

    Attributes:
        amount: Of paid ones what came, else the amounts.
        contribution: What they add to "from open entries" of the period; 0 where the run counted none.
    """

    unit: str
    status: Status
    count: int
    amount: Decimal
    contribution: float


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A part of a filtered list, and what the whole filtered list adds up to.

    Attributes:
        total: Entries that pass the filter.
        sums: What these add up to, by unit and status, in this order; no row for what there is none of.
    """

    entries: tuple[Entry, ...]
    total: int
    sums: tuple[EntrySum, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed for a lead since a number.

    Attributes:
        change_seq: Ask with this number next time.
        entries: Changed entries as they are now, deleted ones included (``deleted_at``).
        gone: Entries that now belong to another lead.
        run_id: The current run, so that a window sees that the forecast is new.
    """

    change_seq: int
    entries: tuple[Entry, ...]
    gone: tuple[int, ...]
    run_id: int | None


@dataclass(frozen=True, slots=True)
class Manager:
    """A manager of one group."""

    manager_id: int
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A sales group of one lead; it counts money of one currency or pieces."""

    group_id: int
    name: str
    unit: str
    is_active: bool
    managers: tuple[Manager, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """A team lead with the groups, as the administrator sees one.

    Attributes:
        has_password: Whether a credential was issued.
        locked: Whether only the administrator can let this lead in again.
        is_head: Whether this one sees the company page.
    """

    lead_id: int
    name: str
    is_active: bool
    has_password: bool
    must_change: bool
    locked: bool
    failures: int
    groups: tuple[Group, ...]
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A lead who has signed in; the token itself stays with the client.

    Attributes:
        today: The server's day in the company's time zone.
        must_change: Nothing but a change of the password is allowed before it is done.
        is_head: Whether the company page is open to this session.
        has_team: Whether there are groups of this lead, former ones too; a head of sales may have none.
    """

    lead_id: int
    lead_name: str
    expires_at: datetime
    must_change: bool
    today: date
    is_head: bool = False
    has_team: bool = True


class RunKind(StrEnum):
    """A live run counts up to now; a run as of a past evening is never current."""

    LIVE = "live"
    AS_OF = "as_of"


class RunStatus(StrEnum):
    """How far an aggregation run came."""

    RUNNING = "running"
    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One aggregation run.

    Attributes:
        count_day: The day up to which entries were counted.
        as_of: The newest moment for which its results hold: later runs that found nothing
            changed renew it.
        entry_count: Entries that it counted.
        paid_events: Payments that it learned from, company-wide.
        refused_events: Refusals that it learned from.
        method: The number of the method that it computed by.
    """

    run_id: int
    kind: RunKind
    count_day: date
    started_at: datetime
    finished_at: datetime | None
    as_of: datetime
    status: RunStatus
    started_by: str
    entry_count: int
    paid_events: int
    refused_events: int
    method: int = 2

    @property
    def has_history(self) -> bool:
        """Whether anything was resolved yet; without it there is no forecast beyond what is paid."""
        return self.paid_events + self.refused_events > 0

    @property
    def is_weak(self) -> bool:
        """Whether fewer than 10 payments make the point a guess; the range still tells."""
        return self.paid_events < 10


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """The numbers of one lead, one manager, or the company, in one period and unit.

    Attributes:
        lead_id: None for the company.
        manager_id: None for a lead or the company.
        clients: Client PINs with an open entry, counted per manager.
        open_count: Open entries; ``due_today`` and ``overdue`` are among them.
        expected: Sum of the open entries.
        paid: What came in the period so far.
        won: Paid among those resolved in the last 365 days, ``resolved``.
        win_rate: Shown rate, drawn to the company's by how little is known; None for managers, and where
            nothing was resolved.
        won_all: Paid among all ever resolved, ``resolved_all``: the hand formula's counts.
        speed_index: Pays so many times as fast as the company; None for managers and the company.
        from_open: What of the open entries will be paid by the period's end.
        from_new: What will be paid by then of entries that are not made yet.
        forecast: The whole number: paid + from_open + from_new.
        low: Lower end of its range, in which it lies 8 times in 10; None where nothing was resolved yet.
        high: The upper end.
        open_low: Lower end of the range of the number without new entries, paid + from_open.
        open_high: The upper end.
        hand_formula: paid + expected x won_all / resolved_all.
        run_rate: paid + the last 90 days' pace; None with under 30 days of history.
        target: The administrator's number, where there is one.
        commitment: The lead's own number, where there is one.
    """

    period: Period
    unit: str
    lead_id: int | None
    lead_name: str
    manager_id: int | None
    manager_name: str
    clients: int
    open_count: int
    due_today: int
    overdue: int
    expected: Decimal
    paid_count: int
    paid: Decimal
    refused_count: int
    refused: Decimal
    won: int
    resolved: int
    win_rate: float | None
    won_all: int
    resolved_all: int
    speed_index: float | None
    paid_events: int
    from_open: float
    from_new: float
    forecast: float
    low: float | None
    high: float | None
    open_low: float | None
    open_high: float | None
    hand_formula: float
    run_rate: float | None
    target: Decimal | None = None
    commitment: Decimal | None = None

    @property
    def still_to_come(self) -> float:
        """From open entries and from new ones together."""
        return self.from_open + self.from_new

    @property
    def open_forecast(self) -> float:
        """The number without new entries."""
        return float(self.paid) + self.from_open


@dataclass(frozen=True, slots=True)
class Forecast:
    """The results of the current run; ``run`` is None before the first one.

    Attributes:
        company: One row per period and unit; empty for a lead, who sees the own team only.
        leads: One row per period, lead and unit.
        managers: One row per period, lead, manager and unit.
        learnt: What the run learnt; None where that is not kept.
    """

    run: Run | None
    company: tuple[ForecastRow, ...] = ()
    leads: tuple[ForecastRow, ...] = ()
    managers: tuple[ForecastRow, ...] = ()
    learnt: Learnt | None = None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What the last run of a day said about a period.

    Attributes:
        lead_id: None for the company.
        day: The day that was counted up to.
        paid: Paid in the period by then.
        method: By which method; numbers of method 1 are of open entries only.
        from_open: What of it was to come of open entries.
        is_recalculated: Whether no run said so on that day: it was made afterwards from the record.
    """

    lead_id: int | None
    unit: str
    day: date
    paid: Decimal
    forecast: float
    low: float | None
    high: float | None
    hand_formula: float
    method: int = 2
    from_open: float = 0.0
    is_recalculated: bool = False


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """How well the stored forecasts of an ended period met what came, each method by itself.

    The whole number is compared with all that was paid in the period; method 1 had none, so its number, and
    the one without new entries, with what was paid from the entries known on the forecast's day.

    Attributes:
        lead_id: None for the company.
        days: Stored forecasts that were compared, one a day.
        wape: Sum of the absolute errors / sum of the actuals; None when nothing came.
        hand_wape: The same for the hand formula, against the same actuals.
        covered: Forecasts whose actual lay within the range.
        method: By which method they were made.
        run_rate_wape: The same for the pace of the last 90 days; None in method 1 or without it.
        open_wape: Of the number without new entries; None in method 1.
        open_covered: How often its range held; 0 in method 1.
        is_recalculated: Whether no run said so in the period: all days were made afterwards from the record.
    """

    period: Period
    lead_id: int | None
    lead_name: str
    unit: str
    days: int
    wape: float | None
    hand_wape: float | None
    covered: int
    method: int = 2
    run_rate_wape: float | None = None
    open_wape: float | None = None
    open_covered: int = 0
    is_recalculated: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """The lead's own number for a period; the newest one counts."""

    period: Period
    unit: str
    amount: Decimal
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """The administrator's number for a period; ``lead_name`` is None for the company."""

    period: Period
    lead_name: str | None
    unit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ReportClient:
    """One client PIN of one manager in the current run: the lowest row of the report.

    Counts and sums as in ``ForecastRow``; paid and refused are those of the period, ``from_open`` is the sum
    of the contributions.
    """

    lead_id: int
    manager_id: int
    unit: str
    client_pin: str
    open_count: int
    due_today: int
    overdue: int
    expected: Decimal
    paid_count: int
    paid: Decimal
    refused_count: int
    refused: Decimal
    from_open: float


class ChangeKind(StrEnum):
    """In which way an entry is not what it was some days ago."""

    NEW = "new"
    PAID = "paid"
    REFUSED = "refused"
    REOPENED = "reopened"
    PUSHED = "pushed"
    PULLED = "pulled"
    MORE = "more"
    LESS = "less"
    MOVED = "moved"
    DELETED = "deleted"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One way in which an entry, as the run counted it, differs from how an earlier run of ``since`` saw it.

    Where there is no such run, it differs from how it was before that day began. An entry that came since is
    told once, as it is now. Of what an import brought since a run, open entries are new, and paid ones that
    came in the period are paid; since a morning an import's entries count by their own days: as new if they
    were entered since, as paid or refused if that was since.

    Attributes:
        since: The day that the comparison goes back to.
        amount: More than 0: what came of a paid entry, the difference where the amount changed, else
            the amount.
        old: What it was, where that says more: the promised day, the amount, or the manager.
        new: What it became, of the same kind.
        pushes: How often its payment was put off, from its first day to the run.
        changed_at: When it was changed last.
        changed_by: By whom.
    """

    since: date
    kind: ChangeKind
    lead_name: str
    manager_name: str
    client_pin: str
    unit: str
    amount: Decimal
    old: date | Decimal | str | None
    new: date | Decimal | str | None
    pushes: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Bridge:
    """How the company's whole number of a period came from an earlier run's to the present one.

    ``before`` and all that follows it add up to ``now``. Each entry whose change is in ``Report.changes`` is
    in one of the parts, and no other: what came of it in the period, and is counted on, less what was.

    Attributes:
        since: The day that the earlier run counted.
        before: The whole number then.
        won: Of entries paid since.
        lost: Of entries that were refused, deleted or voided since.
        new: Of open entries that came since.
        put_off: Of entries whose promised day was moved, later or sooner.
        put_off_count: How many of these were moved to a later day.
        amounts: Of other entries whose amount was changed.
        changed: Of entries with any other change: manager, reopened, restored.
        rest: Time that has passed, and what was learnt anew.
    """

    unit: str
    since: date
    before: float
    won: float
    lost: float
    new: float
    put_off: float
    put_off_count: int
    amounts: float
    changed: float
    rest: float
    now: float


@dataclass(frozen=True, slots=True)
class NumberBefore:
    """What a whole number of the forecast was on an earlier day.

    Attributes:
        lead_id: None for the company.
    """

    lead_id: int | None
    unit: str
    forecast: float


@dataclass(frozen=True, slots=True)
class Company:
    """What a head of sales sees of one period.

    Attributes:
        forecast: Company, leads and managers of the current run, in this period alone. Leads without groups
            are not in it.
        week_ago: The same numbers of the company and of the leads as the last run of the seventh day before
            the run's day saw them, or of the nearest earlier one of the seven days that are kept; none where
            there is no such run or it did not have the period.
        week_ago_on: The day that this earlier run counted; None where there is none.
        periods: All that the current run counted, whichever was asked for: months first, custom ones last.
    """

    forecast: Forecast
    week_ago: tuple[NumberBefore, ...] = ()
    week_ago_on: date | None = None
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonSum:
    """How often entries of one lead and unit were refused in a period for one reason, and for how much.

    Attributes:
        reason: Empty where none was given.
    """

    lead_id: int
    lead_name: str
    unit: str
    reason: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class EntryChance:
    """The chance of an open entry in one period, as the current run sees it.

    Attributes:
        probability: Of being paid by the period's end.
        contribution: What it adds to "from open entries" of its unit.
        is_large: Whether its amount was above the average of its unit.
    """

    entry_id: int
    probability: float
    contribution: float
    is_large: bool


@dataclass(frozen=True, slots=True)
class Report:
    """All that the Excel report shows, read from one complete run in one snapshot.

    Attributes:
        clients: By lead, manager, unit and PIN, for ``period``.
        trend: The company's, by unit and day; a lead asks for the own one.
        database: The name that the title shows.
        changes: Since the day before the run's and since seven days before it, or days that stand in for
            these; by ``since``, the later one first, and in it the newest first.
        zone: The company's time zone; None is that of this computer.
        bridges: From the runs that ``changes`` goes back to, for each of its days and each unit; none where
            there is no such run, or it did not have the period.
        reasons: Of what was refused in the period, as the run counted it; by lead, unit, most first.
    """

    forecast: Forecast
    period: Period
    clients: tuple[ReportClient, ...]
    trend: tuple[TrendPoint, ...]
    accuracy: tuple[AccuracyRow, ...]
    database: str
    changes: tuple[EntryChange, ...] = ()
    zone: tzinfo | None = None
    bridges: tuple[Bridge, ...] = ()
    reasons: tuple[ReasonSum, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One manager with group and lead, by name, as a roster file has it."""

    lead: str
    group: str
    manager: str
    unit: str


@dataclass(frozen=True, slots=True)
class RosterChange:
    """One difference between a roster file and the database.

    Attributes:
        kind: ``lead_new``, ``lead_gone``, ``lead_back``, ``group_new``, ``group_gone``,
            ``group_back``, ``manager_new``, ``manager_gone``, ``manager_back``,
            ``manager_moved`` or ``group_unit``.
        name: Whom it is about.
        old: Where it was, or what it was.
        new: Where it goes, or what it becomes.
        open_entries: Open entries that follow a move.
    """

    kind: str
    name: str
    old: str = ""
    new: str = ""
    open_entries: int = 0


@dataclass(slots=True, unsafe_hash=True)  # to make a frozen one takes four times as long
class ImportRow:
    """One entry from a file, checked, with names yet to be found in the roster; never changed.

    Attributes:
        line: Line in the file, 1 for the head.
        client_ref: Made from the source and the row's id, so that a second import finds it again.
        amount: 0 only in a refused row whose amount nobody knows.
        reason: Why it was refused; empty for others.
    """

    line: int
    client_ref: UUID
    lead: str
    group: str
    manager: str
    client_pin: str
    amount: Decimal
    paid_amount: Decimal | None
    entered_on: date
    pay_by: date | None
    status: Status
    status_on: date | None
    comment: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did.

    Attributes:
        batch_id: None when nothing was stored.
        differing: Lines whose entry is there with other content and was left alone.
        unknown: Lines whose lead, group or manager is not in the roster.
    """

    batch_id: int | None
    added: int
    updated: int
    unchanged: int
    differing: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """One import as the record has it."""

    batch_id: int
    source: str
    imported_at: datetime
    imported_by: str
    entries: int
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class AdminAct:
    """Something that an administrator did, as the record has it.

    Attributes:
        done_at: When.
        done_by: Who, and on which computer.
        action: What, in one word, such as ``unlock_lead``.
        detail: To whom or what; never a password.
    """

    done_at: datetime
    done_by: str
    action: str
    detail: str


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What taking back an import did; ``kept`` are entries that somebody changed since."""

    removed: int
    reverted: int
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReplayRow:
    """One lead, or the company (``lead_id`` None), at one cut-off of a replay.

    Attributes:
        actual_pipeline: Paid in the period from the entries known at the cut-off.
        actual_period: All that was paid in the period.
    """

    lead_id: int | None
    unit: str
    paid: float
    from_open: float
    from_new: float
    forecast: float
    low: float | None
    high: float | None
    open_low: float | None
    open_high: float | None
    hand_formula: float
    run_rate: float | None
    actual_pipeline: float
    actual_period: float


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Open entries of one cut-off and unit whose probability lay in [number/10, (number+1)/10).

    Attributes:
        unit: The unit of their group.
        sum_probability: Sum of their probabilities.
        paid: How many of them were paid by the period's end.
        squared_error: Sum of (probability - outcome) squared.
    """

    unit: str
    number: int
    entries: int
    sum_probability: float
    paid: int
    squared_error: float


@dataclass(frozen=True, slots=True)
class Replay:
    """What the method would have said on an evening, and what came of it."""

    as_of: date
    period: Period
    rows: tuple[ReplayRow, ...]
    bins: tuple[CalibrationBin, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Record:
    """What the entries cover; the days are None where there is none.

    Attributes:
        first_resolution: The first day on which any resolution was recorded.
        last_day: The last day of entry or resolution.
        units: Units by number of entries, most first.
    """

    entries: int
    first_entry: date | None
    first_resolution: date | None
    last_day: date | None
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockMistakes:
    """How many rows a clock that was wrong has dated in the future.

    Attributes:
        waits: Leads who would wait for sign-in longer than anybody has to.
        sessions: Sessions that would live longer than any may.
        runs: Runs of the aggregation.
        entries: Entries that stand, entered or resolved on a day that has not come.
        changes: Changes in the history of entries.
    """

    waits: int
    sessions: int
    runs: int
    entries: int
    changes: int


CHANGEABLE = tuple(f.name for f in fields(EntryDraft))
"""The attributes of an entry that a draft can change; history compares these, and names."""
