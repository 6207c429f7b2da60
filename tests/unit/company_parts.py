"""A company page with a fake view and a fake store, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from fakes import ImmediateTasks
from mini_crm.domain.errors import MiniCrmError
from mini_crm.domain.model import (
    Bridge,
    Changes,
    Company,
    Entry,
    EntryFilter,
    EntryPage,
    EntrySort,
    EntrySum,
    Forecast,
    ForecastRow,
    Group,
    Manager,
    NumberBefore,
    Run,
    RunKind,
    RunStatus,
    Session,
    Status,
)
from mini_crm.domain.period import Period, month_of
from mini_crm.i18n import Texts
from mini_crm.ui.company.page import LeadPage, Page, RowsWanted, Table
from mini_crm.ui.company.page_presenter import CompanyPresenter
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.texts import Row
from mini_crm.ui.memory import Memory

TODAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)
MARCH = month_of(TODAY)
SPACE = "\u00a0"
HEAD_ID = 99


def run(number: int = 1, paid: int = 40, as_of: datetime = NOW) -> Run:
    """Make a finished live run."""
    return Run(number, RunKind.LIVE, TODAY, as_of, as_of, as_of, RunStatus.DONE, "", 200, paid, 60)


def row(
    lead_id: int | None = None,
    name: str = "",
    manager_id: int | None = None,
    manager: str = "",
    **fields: Any,
) -> ForecastRow:
    """Make a row: 1,000 paid, 400 from open and 100 from new entries, a range from 1,200 to 1,900."""
    usual: dict[str, Any] = {
        "period": MARCH, "unit": "RUB",
        "clients": 5, "open_count": 6, "due_today": 1, "overdue": 2, "expected": Decimal(4000),
        "paid_count": 3, "paid": Decimal(1000), "refused_count": 4, "refused": Decimal(2500),
        "won": 7, "resolved": 15, "win_rate": None if manager else 0.47, "won_all": 7, "resolved_all": 14,
        "speed_index": None, "paid_events": 12, "from_open": 400.0, "from_new": 100.0,
        "low": 1200.0, "high": 1900.0, "open_low": 1150.0, "open_high": 1700.0,
        "hand_formula": 3000.0, "run_rate": None,
    }  # fmt: skip
    given = {**usual, **fields}
    given.setdefault("forecast", float(given["paid"]) + given["from_open"] + given["from_new"])
    return ForecastRow(lead_id=lead_id, lead_name=name, manager_id=manager_id, manager_name=manager, **given)


def bridge(since: date, **values: Any) -> Bridge:
    """Make a bridge to 3,000."""
    given = {
        "before": 2900.4, "won": 60.3, "lost": -30.3, "new": 10.3, "put_off": -4.2, "put_off_count": 2,
        "amounts": 1.5, "changed": -0.4, "rest": 62.4, "now": 3000.0,
    }  # fmt: skip
    return Bridge(unit="RUB", since=since, **(given | values))


def entry(number: int, **fields: Any) -> Entry:
    """Make an open entry of a manager of the first lead."""
    usual: dict[str, Any] = {
        "entry_id": number, "lead_id": 1, "group_id": 1, "group_name": "North", "unit": "RUB",
        "manager_id": 11, "manager_name": "Peter", "client_pin": f"{number:04}", "amount": Decimal(100),
        "entered_on": TODAY - timedelta(days=9), "pay_by": TODAY + timedelta(days=5),
        "first_pay_by": TODAY + timedelta(days=5), "status": Status.EXPECTED, "status_on": None,
        "paid_amount": None, "comment": "", "version": 1, "change_seq": number, "deleted_at": None,
    }  # fmt: skip
    return Entry(client_ref=UUID(int=number), **{**usual, **fields})


class FakeStore:
    """Gives what it is told to, fails when it is told to, and knows what it was asked.

    Attributes:
        company_rows: Empty for what the leads come to.
        periods: What the run counted beside the standing ones.
    """

    def __init__(self) -> None:
        self.run: Run | None = run()
        self.company_rows: tuple[ForecastRow, ...] = ()
        self.leads = (
            row(1, "Anna", target=Decimal(1500)),
            row(2, "Boris", target=Decimal(2500), paid=Decimal(1000)),
        )
        self.managers = (row(1, "Anna", 11, "Peter"), row(2, "Boris", 21, "Olga"))
        self.week_ago: tuple[NumberBefore, ...] = ()
        self.bridges: tuple[Bridge, ...] = ()
        self.periods: tuple[Period, ...] = ()
        self.groups: tuple[Group, ...] = (Group(1, "North", "RUB", True, (Manager(11, "Peter", True),)),)
        self.entries = tuple(entry(number) for number in range(1, 4))
        self.sums: tuple[EntrySum, ...] = ()
        self.failure: MiniCrmError | None = None
        self.asked: list[str] = []
        self.asked_entries: list[tuple[int, EntryFilter, EntrySort, bool, int, int]] = []

    def _note(self, what: str) -> None:
        self.asked.append(what)
        if self.failure is not None:
            raise self.failure

    def get_session(self, token: bytes) -> Session:
        """See ``DesktopStore``."""
        self._note("session")
        return session()

    def _totals(self) -> tuple[ForecastRow, ...]:
        """Add up the leads by unit, unless a test has given the company's rows."""
        if self.company_rows:
            return self.company_rows
        units = dict.fromkeys(one.unit for one in self.leads)
        own = {unit: [one for one in self.leads if one.unit == unit] for unit in units}
        return tuple(
            row(
                unit=unit,
                paid=sum((one.paid for one in rows), Decimal(0)),
                from_open=sum(one.from_open for one in rows),
                from_new=sum(one.from_new for one in rows),
                clients=sum(one.clients for one in rows),
            )
            for unit, rows in own.items()
        )

    def get_company(self, token: bytes, period: Period) -> Company:
        """See ``DesktopStore``."""
        self._note(f"company {period.code}")

        def of_period(rows: Sequence[ForecastRow]) -> tuple[ForecastRow, ...]:
            return tuple(replace(one, period=period) for one in rows)

        if self.run is None:
            return Company(Forecast(None))
        rows = (self._totals(), self.leads, self.managers)
        return Company(Forecast(self.run, *map(of_period, rows)), self.week_ago, periods=self.periods)

    def list_bridges(self, token: bytes, period: Period) -> tuple[Bridge, ...]:
        """See ``DesktopStore``."""
        self._note("bridges")
        return self.bridges

    def list_changes(self, token: bytes, since: int) -> Changes:
        """See ``DesktopStore``."""
        self._note("changes")
        return Changes(
            change_seq=0, run_id=None if self.run is None else self.run.run_id, entries=(), gone=()
        )

    def list_lead_groups(self, token: bytes, lead_id: int) -> tuple[Group, ...]:
        """See ``DesktopStore``."""
        self._note(f"groups {lead_id}")
        return self.groups

    def list_lead_entries(
        self,
        token: bytes,
        lead_id: int,
        entry_filter: EntryFilter,
        sort: EntrySort,
        *,
        descending: bool,
        offset: int,
        limit: int,
        period: Period | None,
    ) -> EntryPage:
        """See ``DesktopStore``."""
        self._note(f"entries {lead_id}")
        self.asked_entries.append((lead_id, entry_filter, sort, descending, offset, limit))
        return EntryPage(self.entries[offset : offset + limit], len(self.entries), self.sums)


def session() -> Session:
    """Give the head's session."""
    return Session(HEAD_ID, "Head", NOW + timedelta(hours=12), False, TODAY, is_head=True)


@dataclass
class FakeRows:
    """Keeps what it was asked to show; a ``LeadRowsPort``."""

    managers: tuple[str, ...] = ()
    wanted: RowsWanted = field(default_factory=RowsWanted)
    behind: str = ""
    rows: list[Row] = field(default_factory=list)
    order: tuple[EntrySort, bool] | None = None
    chance: str = ""
    useful: frozenset[Status] = frozenset()
    summary: str = ""

    def offer(self, managers: Sequence[str]) -> None:
        """See ``LeadRowsPort``."""
        self.managers = tuple(managers)

    def show_wanted(self, wanted: RowsWanted, behind: str) -> None:
        """See ``LeadRowsPort``."""
        self.wanted, self.behind = wanted, behind

    def show_rows(self, rows: Sequence[Row]) -> None:
        """See ``LeadRowsPort``."""
        self.rows = list(rows)

    def append_rows(self, rows: Sequence[Row]) -> None:
        """See ``LeadRowsPort``."""
        self.rows += rows

    def to_top(self) -> None:
        """See ``LeadRowsPort``."""

    def show_order(self, column: EntrySort, descending: bool) -> None:
        """See ``LeadRowsPort``."""
        self.order = (column, descending)

    def show_chance(self, caption: str) -> None:
        """See ``LeadRowsPort``."""
        self.chance = caption

    def show_useful(self, statuses: frozenset[Status]) -> None:
        """See ``LeadRowsPort``."""
        self.useful = statuses

    def show_summary(self, text: str) -> None:
        """See ``LeadRowsPort``."""
        self.summary = text


@dataclass
class FakeView:
    """Keeps what it was asked to show; a ``CompanyViewPort``."""

    pages: list[Page] = field(default_factory=list)
    lead: LeadPage | None = None
    as_of: tuple[str, bool] = ("", False)
    notice: tuple[str, str] = ("", "")
    told: list[str] = field(default_factory=list)
    on_screen: bool = True
    rows: FakeRows = field(default_factory=FakeRows)

    def listen(self, events: object) -> None:
        """See ``CompanyViewPort``."""

    def show_page(self, page: Page) -> None:
        """See ``CompanyViewPort``."""
        self.pages.append(page)

    def show_lead(self, page: LeadPage | None) -> None:
        """See ``CompanyViewPort``."""
        self.lead = page

    def show_as_of(self, text: str, *, is_stale: bool) -> None:
        """See ``CompanyViewPort``."""
        self.as_of = (text, is_stale)

    def show_notice(self, level: str, text: str) -> None:
        """See ``CompanyViewPort``."""
        self.notice = (level, text)

    def tell(self, text: str) -> None:
        """See ``CompanyViewPort``."""
        self.told.append(text)

    def is_on_screen(self) -> bool:
        """See ``CompanyViewPort``."""
        return self.on_screen

    @property
    def page(self) -> Page:
        """The page as it is now."""
        return self.pages[-1]

    def names(self) -> list[str]:
        """Give the names in the table of leads, the totals' too."""
        return [one.cells[0] for one in self.page.leads.rows]


def column(table: Table, caption: str) -> list[str]:
    """Give a column of a table from top to bottom, with usual spaces."""
    at = [each.caption for each in table.columns].index(caption)
    return [one.cells[at].replace(SPACE, " ") for one in table.rows]


def place(table: Table, caption: str) -> int:
    """Give the place of a column."""
    return [each.caption for each in table.columns].index(caption)


class Opened:
    """A page with its presenter, fake view, fake store and a clock."""

    def __init__(self, store: FakeStore, language: str = "en", memory: Memory | None = None) -> None:
        self.now = NOW + timedelta(minutes=5)
        self.store = store
        self.view = FakeView()
        self.tasks = ImmediateTasks()
        self.left = 0
        self.desk = Desk(
            store,  # type: ignore[arg-type]
            Texts(language),
            self.tasks,
            session(),
            b"t",
            "db",
            leave=self._leave,
            memory=memory or Memory(),
        )
        self.presenter = CompanyPresenter(self.desk, self.view, now=lambda: self.now)
        self.presenter.start()

    def _leave(self) -> None:
        self.left += 1

    def pass_seconds(self, seconds: int) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        self.tasks.advance(1000 * seconds)
