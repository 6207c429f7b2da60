"""The forecast page in words, and when it asks the database for what."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from fakes import ImmediateTasks
from mini_crm.domain.errors import BadValue, DatabaseUnreachable, MiniCrmError, SessionEnded, TooSoon
from mini_crm.domain.learnt import AgeSpeed, Index, IndexKind, Learnt, ReplayedAccuracy
from mini_crm.domain.model import (
    AccuracyRow,
    Commitment,
    Forecast,
    ForecastRow,
    Group,
    Manager,
    Run,
    RunKind,
    RunStatus,
    Session,
    TrendPoint,
)
from mini_crm.domain.period import (
    Period,
    PeriodKind,
    following,
    month_of,
    preceding,
    quarter_of,
    standing_periods,
    year_of,
)
from mini_crm.i18n import Texts
from mini_crm.ui.desk import Desk
from mini_crm.ui.forecast.page import Page
from mini_crm.ui.forecast.page_presenter import LOOK_S, ForecastPresenter
from mini_crm.ui.headline import Level
from mini_crm.ui.memory import Memory

TODAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)
MARCH, QUARTER, YEAR = month_of(TODAY), quarter_of(TODAY), year_of(TODAY)
CUSTOM = Period(PeriodKind.CUSTOM, date(2026, 3, 10), date(2026, 4, 9), "Spring")
SPACE = "\u00a0"
LEARNT = Learnt(
    speeds=(
        AgeSpeed(0, 1, 100.0, 20, 10, 0.004, 0.1),
        AgeSpeed(1, 3, 5000.0, 60, 20, 0.012, 0.004),
        AgeSpeed(365, 10**9, 100.0, 1, 10, 0.0004, 0.1),
    ),
    indices=(
        Index(IndexKind.LEAD, 1, 12, 10.0, 1.1),
        Index(IndexKind.SIZE, 0, 40, 35.0, 1.2),
        Index(IndexKind.SIZE, 1, 41, 46.0, 0.9),
        Index(IndexKind.WEEKDAY, 0, 12, 15.2, 0.8),
        Index(IndexKind.WEEKDAY, 4, 21, 15.2, 1.4),
    ),
    replays=(),
    paces=(),
)


def run(paid: int = 40, refused: int = 60, as_of: datetime = NOW) -> Run:
    """Make a finished live run that learned from so many payments and refusals."""
    return Run(1, RunKind.LIVE, TODAY, as_of, as_of, as_of, RunStatus.DONE, "test", 200, paid, refused)


def row(period: Period = MARCH, unit: str = "RUB", manager: str = "", **fields: Any) -> ForecastRow:
    """Make a row: 1,000 paid, 500 still to come of 4,000, by win rate 1,000 + 4,000 x 7/14 = 3,000."""
    usual: dict[str, Any] = {
        "lead_id": 1, "lead_name": "Anna",
        "manager_id": len(manager) if manager else None, "manager_name": manager,
        "clients": 5, "open_count": 6, "due_today": 1, "overdue": 2, "expected": Decimal("4000.00"),
        "paid_count": 3, "paid": Decimal("1000.00"), "refused_count": 4, "refused": Decimal("2500.40"),
        "won": 7, "resolved": 15, "win_rate": None if manager else 0.47, "won_all": 7, "resolved_all": 14,
        "speed_index": None if manager else 1.3, "paid_events": 0 if manager else 12,
        "from_open": 400.0, "from_new": 100.0, "forecast": 1500.0, "low": 1200.0, "high": 1900.0,
        "open_low": 1150.0, "open_high": 1700.0, "hand_formula": 3000.0, "run_rate": None,
    }  # fmt: skip
    return ForecastRow(period=period, unit=unit, **{**usual, **fields})


def trend(*days: int, unit: str = "RUB") -> tuple[TrendPoint, ...]:
    """Make stored days of March."""
    return tuple(
        TrendPoint(1, unit, date(2026, 3, day), Decimal(100 * day), 1500.0, 1200.0, 1900.0, 3000.0)
        for day in days
    )


class FakeStore:
    """Gives what it is told to, and fails when it is told to."""

    def __init__(self) -> None:
        periods = (MARCH, QUARTER, YEAR, CUSTOM)
        self.forecast = Forecast(
            run(),
            leads=tuple(row(period) for period in periods),
            managers=tuple(row(period, manager="Peter") for period in periods),
        )
        self.groups: tuple[Group, ...] = (Group(1, "North", "RUB", True, (Manager(5, "Peter", True),)),)
        self.points = trend(10, 11, 12)
        self.accuracy: tuple[AccuracyRow, ...] = ()
        self.commitments: list[Commitment] = []
        self.failure: MiniCrmError | None = None
        self.op_ids: list[UUID] = []
        self.trend_of: list[Period] = []
        self.tokens: list[bytes] = []

    def request_run(self, token: bytes) -> Run:
        """See ``DesktopStore``."""
        if self.failure is not None:
            raise self.failure
        self.forecast = replace(self.forecast, run=run(paid=41))
        return run(paid=41)

    def list_groups(self, token: bytes) -> tuple[Group, ...]:
        """See ``DesktopStore``."""
        return self.groups

    def get_forecast(self, token: bytes) -> Forecast:
        """See ``DesktopStore``."""
        self.tokens.append(token)
        if self.failure is not None:
            raise self.failure
        return self.forecast

    def list_trend(self, token: bytes, period: Period) -> tuple[TrendPoint, ...]:
        """See ``DesktopStore``."""
        self.trend_of.append(period)
        return self.points

    def list_accuracy(self, token: bytes) -> tuple[AccuracyRow, ...]:
        """See ``DesktopStore``."""
        return self.accuracy

    def list_commitments(self, token: bytes, period: Period) -> tuple[Commitment, ...]:
        """See ``DesktopStore``."""
        return tuple(reversed([c for c in self.commitments if c.period == period]))

    def set_commitment(
        self, token: bytes, op_id: UUID, period: Period, unit: str, amount: Decimal, note: str
    ) -> Commitment:
        """See ``DesktopStore``."""
        self.op_ids.append(op_id)
        if self.failure is not None:
            raise self.failure
        self.commitments.append(Commitment(period, unit, amount, note, NOW))
        return self.commitments[-1]


@dataclass
class FakeView:
    """Keeps what it was asked to show."""

    pages: list[Page] = field(default_factory=list)
    as_of: tuple[str, bool] = ("", False)
    computing: bool = False
    notice: tuple[str, str] = ("", "")
    errors: dict[str, str] = field(default_factory=dict)
    cleared: int = 0
    typed: bool = False
    on_screen: bool = True

    def listen(self, events: object) -> None:
        """See ``ForecastViewPort``."""

    def show_page(self, page: Page) -> None:
        """See ``ForecastViewPort``."""
        self.pages.append(page)

    def show_computing(self, running: bool) -> None:
        """Keep the state."""
        self.computing = running

    def show_as_of(self, text: str, *, is_stale: bool) -> None:
        """See ``ForecastViewPort``."""
        self.as_of = (text, is_stale)

    def show_notice(self, level: str, text: str) -> None:
        """See ``ForecastViewPort``."""
        self.notice = (level, text)

    def show_commitment_error(self, name: str, text: str, *, go_there: bool = False) -> None:
        """See ``ForecastViewPort``."""
        self.errors[name] = text

    def clear_commitment(self, amount: str, note: str) -> None:
        """See ``ForecastViewPort``."""
        self.cleared += 1

    def has_typed(self) -> bool:
        """See ``ForecastViewPort``."""
        return self.typed

    def is_on_screen(self) -> bool:
        """See ``ForecastViewPort``."""
        return self.on_screen

    @property
    def page(self) -> Page:
        """The page as it is now."""
        return self.pages[-1]

    @property
    def title(self) -> str:
        """The whole number, with usual spaces."""
        return self.page.title.replace(SPACE, " ")

    @property
    def likely(self) -> str:
        """Its range, with usual spaces."""
        return self.page.likely.replace(SPACE, " ")

    def card(self, number: int) -> tuple[str, str]:
        """Give a card's value and note, with usual spaces."""
        card = self.page.cards[number]
        return card.value.replace(SPACE, " "), card.note.replace(SPACE, " ")

    def cells(self, number: int) -> list[str]:
        """Give a row of the table, with usual spaces."""
        return [cell.replace(SPACE, " ") for cell in self.page.rows[number].cells]


PAID, FROM_OPEN, FROM_NEW, KNOWN, TARGET, COMMITMENT, RATE, PACE = range(8)


class Opened:
    """A page with its presenter, fake view, fake store and a clock."""

    def __init__(self, store: FakeStore, language: str = "en", memory: Memory | None = None) -> None:
        self.now = NOW + timedelta(minutes=5)
        self.store = store
        self.view = FakeView()
        self.tasks = ImmediateTasks()
        session = Session(1, "Anna", NOW + timedelta(hours=12), False, TODAY)
        self.desk = Desk(
            store,
            Texts(language),
            self.tasks,
            session,
            b"t",
            "db",
            memory=memory or Memory(),  # type: ignore[arg-type]
        )
        self.presenter = ForecastPresenter(self.desk, self.view, now=lambda: self.now)  # type: ignore[arg-type]
        self.presenter.start()


@pytest.fixture
def store() -> FakeStore:
    """Give a lead with one unit, one manager and four periods."""
    return FakeStore()


def test_the_forecast_is_computed_from_this_page_too(store: FakeStore) -> None:
    """What the head of the entry page does: the new run is shown, and all who listen know it is under way."""
    opened = Opened(store)
    seen: list[bool] = []
    opened.desk.computing.listen(seen.append)
    opened.presenter.compute()
    assert seen == [True, False]
    assert opened.view.notice == ("ok", "The forecast has been computed again.")
    assert opened.view.likely.endswith("41 payments")
    store.failure = TooSoon("run_too_soon", seconds=90)
    opened.presenter.compute()
    assert opened.view.notice[0] == "info"
    assert "2 minutes" in opened.view.notice[1]
    assert not opened.view.computing


# ------------------------------------------------------------------------------- the numbers


def test_table_has_every_number_of_a_manager(store: FakeStore) -> None:
    """A row shows the parts and what they come to, the range, then counts, sums and the hand formula."""
    view = Opened(store).view
    assert [column.caption for column in view.page.columns] == [
        "Manager", "Paid", "From open entries", "From new entries", "Forecast", "Likely range", "Expected",
        "Clients", "Due today", "Overdue", "Refused", "Win rate", "By win rate",
    ]  # fmt: skip
    assert view.cells(1) == [
        "Peter", "1,000", "400", "100", "1,500", "1,200 – 1,900", "4,000",
        "5", "1", "! 2", "2,500", "47% (7 of 15)", "3,000",
    ]  # fmt: skip
    assert not view.page.rows[1].is_total


def test_shown_numbers_add_up(store: FakeStore) -> None:
    """Three managers of a third each add up to their lead in every column, and each row by itself."""
    third = {"paid": Decimal("33.40"), "from_open": 33.4, "from_new": 0.4, "expected": Decimal("133.30")}
    whole = {"paid": Decimal("100.20"), "from_open": 100.2, "from_new": 1.2, "expected": Decimal("399.90")}
    managers = tuple(row(manager=name, manager_id=n, **third) for n, name in enumerate(("A", "B", "C"), 5))
    store.forecast = Forecast(run(), leads=(row(**whole),), managers=managers)
    view = Opened(store).view
    rows = [[int(cell.replace(",", "")) for cell in view.cells(n)[1:5]] for n in range(4)]
    assert rows[0] == [100, 100, 1, 201]
    assert [sum(column) for column in zip(*rows[1:], strict=True)] == rows[0]
    assert all(paid + known + new == forecast for paid, known, new, forecast in rows)
    assert view.page.title == "Forecast by 03-31: 201\u00a0RUB"
    assert sum(int(view.cells(n)[6]) for n in (1, 2, 3)) == int(view.cells(0)[6]) == 400


def test_each_unit_has_its_total(store: FakeStore) -> None:
    """The lead's own row of a unit stands above that unit's managers and is marked as a total."""
    store.forecast = Forecast(
        run(),
        leads=(row(), row(unit="pcs", clients=1)),
        managers=(row(manager="Peter"), row(unit="pcs", manager="Olga", expected=Decimal(3))),
    )
    view = Opened(store).view
    assert [(view.cells(n)[0], view.page.rows[n].is_total) for n in range(4)] == [
        ("Total, RUB", True), ("Peter", False), ("Total, pcs", True), ("Olga", False),
    ]  # fmt: skip


def test_managers_of_one_name_are_told_apart(store: FakeStore) -> None:
    """Two managers with the same name carry the names of their groups."""
    twins = (row(manager="Peter"), row(manager="peter", manager_id=6))
    store.forecast = Forecast(run(), leads=(row(),), managers=twins)
    store.groups = (
        Group(1, "North", "RUB", True, (Manager(5, "Peter", True),)),
        Group(2, "South", "RUB", True, (Manager(6, "peter", True),)),
    )
    view = Opened(store).view
    assert [view.cells(n)[0] for n in (1, 2)] == ["Peter (North)", "peter (South)"]


def test_cards_show_each_number_with_what_it_rests_on(store: FakeStore) -> None:
    """Every number to be seen at once stands with its range or its count."""
    store.forecast = Forecast(run(), leads=(row(target=Decimal(2000)),))
    store.commitments = [Commitment(MARCH, "RUB", Decimal(1200), "", NOW)]
    view = Opened(store).view
    assert view.title == "Forecast by 03-31: 1,500 RUB"
    assert view.likely == "Likely range, 8 times in 10: 1,200 to 1,900 RUB · learnt from 40 payments"
    assert view.card(PAID) == ("1,000 RUB", "3 payments")
    assert view.card(FROM_OPEN) == ("400 RUB", "of 4,000 (6 entries)")
    assert view.card(FROM_NEW) == ("100 RUB", "still to be entered in the period")
    assert view.card(KNOWN) == ("1,400 RUB", "1,150 to 1,700")
    assert view.card(TARGET) == ("2,000 RUB", "forecast: 75% of the target, 500 are missing")
    assert view.card(COMMITMENT) == ("1,200 RUB", "forecast: 125% of the commitment, 300 above it")
    assert view.card(RATE) == ("47%", "paid 7 of 15 closed in the last 365 days")
    assert view.card(PACE) == ("× 1.3", "the company is × 1; 12 payments")


@pytest.mark.parametrize(
    ("target", "level"), [(1500, Level.GOOD), (1501, Level.MAYBE), (1900, Level.MAYBE), (1901, Level.BAD)]
)
def test_traffic_light_goes_by_the_whole_number(store: FakeStore, target: int, level: Level) -> None:
    """Green where the forecast of 1,500 reaches the target, amber where its range to 1,900 does, else red."""
    store.forecast = Forecast(run(), leads=(row(target=Decimal(target)),))
    assert Opened(store).view.page.cards[TARGET].level is level


def test_pieces_of_a_column_are_in_line(store: FakeStore) -> None:
    """Where one number of a column has a tenth, all have one: their digits stand below each other."""
    store.forecast = Forecast(
        run(),
        leads=(row(unit="pcs", from_open=20.5),),
        managers=(
            row(unit="pcs", manager="Peter", from_open=10.5),
            row(unit="pcs", manager="Rita", from_open=10.0),
        ),
    )
    page = Opened(store).view.page
    column = [caption.caption for caption in page.columns].index("From open entries")
    assert [cells.cells[column] for cells in page.rows] == ["20.5", "10.5", "10.0"]
    paid = [caption.caption for caption in page.columns].index("Paid")
    assert not any("." in cells.cells[paid] for cells in page.rows)


def test_missing_goals_are_said(store: FakeStore) -> None:
    """Without target and commitment the cards say so instead of a zero."""
    view = Opened(store).view
    assert view.card(TARGET) == ("—", "not set by the administrator")
    assert view.card(COMMITMENT) == ("—", "none yet")


@pytest.mark.parametrize(("index", "value"), [(0.5, "× 0.5"), (1.04, "× 1.0"), (2.0, "× 2.0")])
def test_speed_is_told_in_one_way(store: FakeStore, index: float, value: str) -> None:
    """The speed is a factor as everywhere in the window, with what it is relative to and what it rests on."""
    store.forecast = Forecast(run(), leads=(row(speed_index=index),))
    assert Opened(store).view.card(PACE) == (value, "the company is × 1; 12 payments")


def test_numbers_beside_the_forecast(store: FakeStore) -> None:
    """Hand formula and pace stand in one line of small print, and on no card."""
    store.forecast = Forecast(run(), leads=(row(run_rate=1800.0),))
    page = Opened(store).view.page
    assert page.beside.replace(SPACE, " ") == (
        "For comparison only: by win rate 3,000 RUB (paid + expected \u00d7 the share ever paid); "
        "by the pace of 90 days 1,800 RUB."
    )
    assert not [card for card in page.cards if "3,000" in card.value]


def test_nothing_beside_the_forecast(store: FakeStore) -> None:
    """Without a resolved entry and without a pace there is nothing to compare with."""
    store.forecast = Forecast(run(), leads=(row(won_all=0, resolved_all=0, resolved=0, won=0),))
    view = Opened(store).view
    assert view.page.beside == ""
    assert view.cells(0)[11:] == ["—", "—"]


def test_no_history_is_marked(store: FakeStore) -> None:
    """Before anything was resolved there is a mark, no range, and no number posing as a forecast."""
    store.forecast = Forecast(
        run(paid=0, refused=0),
        leads=(row(low=None, high=None, forecast=1000.0, from_open=0.0, from_new=0.0),),
    )
    view = Opened(store).view
    assert view.page.mark.startswith("No history")
    assert (view.title, view.likely) == ("Forecast by 03-31: 1,000 RUB", "no history, no range")
    assert view.cells(0)[5] == "no history"
    assert view.card(PACE) == ("—", "no history")


def test_weak_forecast_is_marked(store: FakeStore) -> None:
    """With fewer than ten payments every point carries a sign and the mark says how many there are."""
    store.forecast = replace(store.forecast, run=run(paid=9))
    view = Opened(store).view
    assert "only 9 payments" in view.page.mark
    assert view.title == "Forecast by 03-31: ≈ 1,500 RUB"
    assert view.cells(1)[4] == "≈ 1,500"
    store.forecast = replace(store.forecast, run=run(paid=10))
    assert Opened(store).view.page.mark == ""


def test_in_russian(store: FakeStore) -> None:
    """In Russian the page reads with the words of the glossary and Russian numbers."""
    store.forecast = Forecast(run(paid=3), leads=(row(from_open=1233467.0),), managers=(row(manager="Пётр"),))
    view = Opened(store, "ru").view
    assert view.page.periods[0] == "март 2026"
    assert view.title == "Прогноз на 31.03: ≈ 1 234 567 RUB"
    assert view.likely.startswith("Вероятный диапазон (8 случаев из 10): от 1 200 до 1 234 567 RUB")
    assert view.card(RATE) == ("47 %", "оплачено 7 из 15 закрытых за последние 365 дней")
    assert view.card(PACE)[1] == "у компании × 1; 12 оплат"
    assert view.cells(0)[0] == "Итого, RUB"
    assert view.cells(1)[11] == "47 % (7 из 15)"
    assert "по сбываемости 3 000 RUB" in view.page.beside.replace(SPACE, " ")
    assert view.as_of[0].startswith("данные на ")


# ------------------------------------------------------------------------------- periods and units


def test_periods_are_those_of_the_run(store: FakeStore) -> None:
    """Month, quarter, year and open custom periods can be chosen, the month first."""
    view = Opened(store).view
    assert view.page.periods == ("March 2026", "Q1 2026", "2026", "Spring (2026-03-10 – 2026-04-09)")
    assert view.page.period == 0


def test_another_period_shows_its_own_numbers(store: FakeStore) -> None:
    """Choosing a period changes table, cards and trend to that period, and it stays chosen."""
    store.forecast = Forecast(run(), leads=(row(), row(QUARTER, paid=Decimal(7777))))
    opened = Opened(store)
    opened.presenter.choose_period(1)
    assert opened.view.card(PAID)[0] == "7,777 RUB"
    assert store.trend_of == [MARCH, QUARTER]
    opened.presenter.refresh()
    assert opened.view.page.period == 1
    assert store.trend_of[-1] == QUARTER


def test_period_that_has_gone_falls_back(store: FakeStore) -> None:
    """When the chosen custom period was closed meanwhile the month is shown."""
    opened = Opened(store)
    opened.presenter.choose_period(3)
    store.forecast = Forecast(run(), leads=(row(),))
    opened.presenter.refresh()
    assert (opened.view.page.period, opened.view.page.periods) == (0, ("March 2026",))


def test_units_are_chosen_without_asking_again(store: FakeStore) -> None:
    """Another unit shows that unit's cards, chart and commitments; money and pieces never mix."""
    store.forecast = Forecast(
        run(), leads=(row(), row(unit="pcs", clients=1, paid=Decimal(3), from_open=1.5, from_new=0.0))
    )
    store.groups = (*store.groups, Group(2, "Counted", "pcs", True, ()))
    store.points = (*trend(10, 11), *trend(12, unit="pcs"))
    store.commitments = [Commitment(MARCH, "pcs", Decimal(5), "", NOW)]
    opened = Opened(store)
    assert (opened.view.page.units, opened.view.page.unit_code) == (("RUB", "pcs"), "RUB")
    assert len(opened.view.page.chart.points) == 2
    asked = len(store.tokens)
    opened.presenter.choose_unit(1)
    assert len(store.tokens) == asked
    assert opened.view.card(PAID)[0] == "3 pcs"
    assert opened.view.title == "Forecast by 03-31: 4.5 pcs"
    assert opened.view.card(COMMITMENT)[0] == "5 pcs"
    assert [point.unit for point in opened.view.page.chart.points] == ["pcs"]
    assert opened.view.page.rows[0].cells[0] == "Total, pcs"  # and first in the table


@pytest.mark.parametrize(("forecast", "shown"), [(9.98, "10 pcs"), (1234.56, "1,234.6 pcs"), (0.04, "0 pcs")])
def test_pieces_have_a_tenth_at_most(store: FakeStore, forecast: float, shown: str) -> None:
    """A forecast of pieces is rounded to a tenth, and a whole one has none."""
    numbers = {"paid": Decimal(0), "from_open": forecast, "from_new": 0.0}
    store.forecast = Forecast(run(), leads=(row(unit="pcs", **numbers),))
    store.groups = ()
    assert Opened(store).view.title == f"Forecast by 03-31: {shown}"


def test_page_opens_on_the_unit_with_most_clients(store: FakeStore) -> None:
    """A lead who mostly counts pieces sees pieces first."""
    store.forecast = Forecast(run(), leads=(row(), row(unit="pcs", clients=50)))
    assert Opened(store).view.page.unit_code == "pcs"


# ------------------------------------------------------------------------------- chart and accuracy


def test_chart_has_the_days_that_are_stored(store: FakeStore) -> None:
    """The chart shows the stored days of the period with target and commitment, and how many days."""
    store.forecast = Forecast(run(), leads=(row(target=Decimal(2000)),))
    chart = Opened(store).view.page.chart
    assert chart.can_be_drawn
    assert [point.day.day for point in chart.points] == [10, 11, 12]
    assert (chart.target, chart.commitment) == (2000.0, None)
    assert chart.captions["forecast"] == "Forecast (3 days)"


@pytest.mark.parametrize(("days", "words"), [((), "none yet"), ((12,), "one: 2026-03-12, forecast 1,500")])
def test_too_few_days_for_a_chart_are_said(store: FakeStore, days: tuple[int, ...], words: str) -> None:
    """With fewer than two stored days there is a sentence instead of an empty chart."""
    store.points = trend(*days)
    chart = Opened(store).view.page.chart
    assert not chart.can_be_drawn
    assert words in chart.text.replace(SPACE, " ")


def test_accuracy_of_past_forecasts(store: FakeStore) -> None:
    """Each ended period shows days compared, all misses, how often the range held, and how it was made."""
    february, january = month_of(date(2026, 2, 1)), month_of(date(2026, 1, 1))
    store.accuracy = (
        AccuracyRow(february, 1, "Anna", "RUB", 20, 0.12, 0.453, 15, run_rate_wape=0.3, open_wape=0.2),
        AccuracyRow(february, 1, "Anna", "RUB", 8, 0.5, 0.6, 4, method=1),
        AccuracyRow(january, 1, "Anna", "RUB", 3, None, None, 0, is_recalculated=True),
    )
    page = Opened(store).view.page
    assert [row.cells for row in page.accuracy] == [
        ("February 2026", "RUB", "as it was said", "20", "12%", "15 of 20 (75%)", "20%", "45%", "30%"),
        ("February 2026", "RUB", "earlier method: open entries only", "8", "50%", "4 of 8 (50%)", "—", "60%",
         "—"),
        ("January 2026", "RUB", "recalculated", "3", "—", "0 of 3 (0%)", "—", "—", "—"),
    ]  # fmt: skip
    assert page.accuracy_note == ""


def test_accuracy_from_the_first_day(store: FakeStore) -> None:
    """Before a period has ended the run's own replays are told, in a sentence and as a row."""
    replayed = ReplayedAccuracy("RUB", 22, date(2025, 9, 17), date(2026, 2, 11), 0.11, 0.09)
    store.forecast = replace(store.forecast, learnt=replace(LEARNT, replayed=(replayed,)))
    page = Opened(store).view.page
    assert "in the last half year, 28 days ahead, recalculated" in page.accuracy_note
    assert "RUB by 11% on average (22 evenings)" in page.accuracy_note
    (line,) = page.accuracy
    assert line.cells == (
        "2025-09-17 – 2026-02-11, 28 days ahead", "RUB", "recalculated", "22", "11%", "—", "9%", "—", "—",
    )  # fmt: skip


def test_no_accuracy_yet_is_said(store: FakeStore) -> None:
    """Before a period has ended and without replays there is a sentence instead of an empty table."""
    assert "nothing to compare" in Opened(store).view.page.accuracy_note


def test_points_made_afterwards_and_the_new_method_are_marked(store: FakeStore) -> None:
    """The chart knows the first day of a newer method, and what was recalculated has its own name."""
    old = tuple(replace(point, method=1) for point in trend(3, 4))
    store.points = (*old, replace(trend(8)[0], is_recalculated=True), *trend(12))
    chart = Opened(store).view.page.chart
    assert chart.changed_on == date(2026, 3, 8)
    assert chart.captions["changed"] == "new method from 2026-03-08"
    assert chart.captions["recalculated"] == "recalculated"
    store.points = trend(10, 11)
    assert Opened(store).view.page.chart.changed_on is None


# ------------------------------------------------------------------------------- how we get paid


def test_how_the_company_gets_paid(store: FakeStore) -> None:
    """Each subject has its bars in order, with factor and count, and a sentence with best and worst."""
    store.forecast = replace(store.forecast, learnt=LEARNT)
    ages, people, promises, weekdays, ends, months = Opened(store).view.page.paying
    assert ages.picture.labels == ("0\u20131", "2\u20133", "over 365")
    assert ages.picture.notes[1].replace(SPACE, " ") == "1.2%\n60"
    assert "when it is 2\u20133 days old, 1.2% a day (60 payments)" in ages.sentence
    assert "81 paid, 40 refused" in ages.sentence
    assert people.picture.labels == ("Anna", "amount up to the average", "amount above the average")
    assert people.picture.level == 1.0
    assert weekdays.picture.labels == ("Mon", "Fri")
    assert weekdays.sentence.replace(SPACE, " ") == (
        "Most often: Fri, × 1.4 (21 payments instead of 15). "
        "Least often: Mon, × 0.8 (12 payments instead of 15)."
    )
    assert not promises.picture.can_be_drawn
    assert "nothing to learn from" in promises.picture.text
    assert len(ends.picture.values) == len(months.picture.values) == 0


def test_nothing_learnt_is_said(store: FakeStore) -> None:
    """Before anything was learnt every subject has a sentence instead of a picture."""
    subjects = Opened(store).view.page.paying
    assert len(subjects) == 6
    assert {subject.picture.can_be_drawn for subject in subjects} == {False}


# ------------------------------------------------------------------------------- past and coming periods


def test_period_that_has_not_begun_shows_its_whole_number_only(store: FakeStore) -> None:
    """No parts, nothing paid, no chart: the number with its range, and the goals."""
    coming = following(MARCH)
    leads = (row(), row(coming, paid=Decimal(0), from_open=300.0, from_new=900.0, low=1000.0, high=1500.0))
    store.forecast = Forecast(run(), leads=leads)
    opened = Opened(store)
    opened.presenter.choose_period(1)
    page = opened.view.page
    assert opened.view.title == "Forecast for 04-01–04-30: 1,200 RUB"
    assert [card.caption for card in page.cards] == [
        "Target", "Commitment", "Win rate", "Speed of payment relative to the company",
    ]  # fmt: skip
    assert [column.caption for column in page.columns][:3] == ["Manager", "Forecast", "Likely range"]
    assert "From open entries" not in [column.caption for column in page.columns]
    assert not page.chart.can_be_drawn or page.chart.points == ()
    assert "not begun" in page.chart.text
    assert page.beside == ""


def test_period_that_is_over_shows_how_its_forecast_went(store: FakeStore) -> None:
    """What came, the misses of its forecasts, the days with a line for what came, and no new commitment."""
    february = preceding(MARCH)
    store.forecast = Forecast(
        run(), leads=(row(), row(february, from_open=0.0, from_new=0.0, target=Decimal(800)))
    )
    store.accuracy = (AccuracyRow(february, 1, "Anna", "RUB", 20, 0.12, 0.453, 15),)
    store.points = tuple(replace(point, day=point.day - timedelta(days=28)) for point in trend(10, 11))
    opened = Opened(store)
    opened.presenter.choose_period(1)
    page = opened.view.page
    assert (opened.view.title, page.likely) == ("Came by 02-28: 1,000 RUB", "")
    assert [(card.caption, card.value, card.note) for card in page.cards] == [
        ("Target", "800\u00a0RUB", "125% of the target, 200 above it"),
        ("Forecast missed by", "12%", "20 days compared"),
        ("The range held on", "15 of 20", "75% of the days"),
    ]  # fmt: skip
    assert page.chart.came == 1000.0
    assert not page.can_commit
    assert [line.is_total for line in page.accuracy] == [True]
    assert "Forecast" not in [column.caption for column in page.columns]


def test_choice_of_period_is_remembered_as_it_stands_to_today(store: FakeStore) -> None:
    """«Next month» chosen in March is May for a window that is opened in April; a gone one is this month."""
    coming = following(MARCH)
    store.forecast = Forecast(run(), leads=(row(), row(coming)))
    memory = Memory()
    first = Opened(store, memory=memory)
    first.presenter.choose_period(1)
    april = replace(run(), count_day=date(2026, 4, 2))
    store.forecast = Forecast(april, leads=(row(coming), row(following(coming))))
    assert Opened(store, memory=memory).view.page.period == 1
    store.forecast = Forecast(april, leads=(row(coming),))
    assert Opened(store, memory=memory).view.page.period == 0


# ------------------------------------------------------------------------------- nothing, old, lost


def test_before_the_first_run(store: FakeStore) -> None:
    """Without any run the page says so, offers the periods of today, and a commitment can be recorded."""
    store.forecast = Forecast(None)
    store.points = ()
    opened = Opened(store)
    assert "not been computed yet" in opened.view.page.nothing
    assert len(opened.view.page.periods) == len(standing_periods(TODAY))
    assert opened.view.page.cards == ()
    assert opened.view.as_of == ("no forecast yet", True)
    opened.presenter.commit("500", "")
    assert store.commitments[0].amount == Decimal(500)


def test_lead_without_entries(store: FakeStore) -> None:
    """A run that found nothing of this lead is told from no run at all."""
    store.forecast = Forecast(run())
    assert "no entries of yours" in Opened(store).view.page.nothing


def test_age_is_told_and_turns_amber(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forecast's time stands there; past 35 minutes it is marked, on another day it has its date."""
    opened = Opened(store)
    local = NOW.astimezone()
    assert opened.view.as_of == (f"as of {local:%H:%M}", False)
    opened.now = NOW + timedelta(minutes=35)
    opened.presenter.refresh()
    assert opened.view.as_of[1] is False
    opened.now = NOW + timedelta(minutes=36)
    opened.presenter.refresh()
    assert opened.view.as_of[1] is True
    opened.now = NOW + timedelta(days=2)
    opened.presenter.refresh()
    assert opened.view.as_of[0] == f"as of {local:%Y-%m-%d %H:%M}"


def test_newer_run_appears_by_itself(store: FakeStore) -> None:
    """While the page is on the screen a newer forecast is shown within a minute."""
    opened = Opened(store)
    store.forecast = Forecast(run(), leads=(row(from_new=8599.0),))
    opened.tasks.advance(LOOK_S * 1000)
    assert opened.view.title == "Forecast by 03-31: 9,999 RUB"


def test_same_forecast_is_not_read_whole_again(store: FakeStore) -> None:
    """While nothing is new, looking for something new reads no trend and draws nothing anew."""
    opened = Opened(store)
    read, shown = len(store.trend_of), len(opened.view.pages)
    opened.tasks.advance(3 * LOOK_S * 1000)
    assert len(store.tokens) > 3
    assert (len(store.trend_of), len(opened.view.pages)) == (read, shown)


def test_page_comes_back_by_itself(store: FakeStore) -> None:
    """After the database was away the notice goes when it answers again, though nothing is new."""
    opened = Opened(store)
    store.failure = DatabaseUnreachable("database_unreachable")
    opened.tasks.advance(LOOK_S * 1000)
    assert opened.view.notice[0] == "error"
    store.failure = None
    opened.tasks.advance(LOOK_S * 1000)
    assert opened.view.notice == ("", "")


def test_hidden_page_asks_for_nothing(store: FakeStore) -> None:
    """A page that nobody sees does not trouble the database, and neither does a stopped one."""
    opened = Opened(store)
    asked = len(store.tokens)
    opened.view.on_screen = False
    opened.tasks.advance(10 * LOOK_S * 1000)
    assert len(store.tokens) == asked
    opened.view.on_screen = True
    opened.presenter.stop()
    opened.tasks.advance(10 * LOOK_S * 1000)
    assert len(store.tokens) == asked


def test_lost_database_keeps_what_was_read(store: FakeStore) -> None:
    """When the database does not answer the numbers stay, with the time of the last good data."""
    opened = Opened(store)
    pages = len(opened.view.pages)
    store.failure = DatabaseUnreachable("database_unreachable")
    opened.now = NOW + timedelta(minutes=9)
    opened.presenter.refresh()
    level, text = opened.view.notice
    assert level == "error"
    assert f"read at {(NOW + timedelta(minutes=5)).astimezone():%H:%M}" in text
    assert len(opened.view.pages) == pages
    store.failure = None
    opened.presenter.refresh()
    assert opened.view.notice == ("", "")


def test_ended_session_is_renewed_and_the_page_shown(store: FakeStore) -> None:
    """A session that ended is renewed by its lead, and what was asked for comes then."""
    opened = Opened(store)
    asked: list[Callable[[], None]] = []
    opened.desk.sign_in_again = asked.append
    store.failure = SessionEnded("session_ended")
    opened.presenter.choose_period(2)
    store.failure = None
    opened.desk.token = b"new"
    asked[0]()
    assert opened.view.page.period == 2
    assert store.tokens[-1] == b"new"


def test_slow_answer_to_an_older_question_is_not_shown(store: FakeStore) -> None:
    """When another period was chosen meanwhile the older answer changes nothing."""
    opened = Opened(store)
    opened.tasks.hold()
    opened.presenter.choose_period(1)
    opened.presenter.choose_period(2)
    pages = len(opened.view.pages)
    opened.tasks.release()
    assert [page.period for page in opened.view.pages[pages:]] == [2]


def test_choice_that_was_taken_back_is_the_last_word(store: FakeStore) -> None:
    """Going back to the first period before the other one has come shows the first."""
    opened = Opened(store)
    opened.tasks.hold()
    opened.presenter.choose_period(1)
    opened.presenter.choose_period(0)
    opened.tasks.release()
    assert opened.view.page.period == 0


def test_unit_chosen_while_reading_stays(store: FakeStore) -> None:
    """A unit that was chosen while the database was slow is still chosen when its answer comes."""
    store.forecast = Forecast(run(), leads=(row(), row(unit="pcs", clients=1)))
    opened = Opened(store)
    opened.tasks.hold()
    opened.presenter.refresh()
    opened.presenter.choose_unit(1)
    opened.tasks.release()
    assert opened.view.page.unit_code == "pcs"


# ------------------------------------------------------------------------------- commitment


def test_commitment_is_recorded(store: FakeStore) -> None:
    """The lead's number goes to the period and unit shown; the list has it first, the form is empty."""
    opened = Opened(store)
    opened.presenter.choose_period(1)
    store.commitments = [Commitment(QUARTER, "RUB", Decimal(1), "first", NOW)]
    opened.presenter.commit("12 500,50", "two big\ncontracts")
    assert store.commitments[-1] == Commitment(QUARTER, "RUB", Decimal("12500.50"), "two big\ncontracts", NOW)
    moment = f"{NOW.astimezone():%Y-%m-%d %H:%M}"
    assert [tuple(cell.replace(SPACE, " ") for cell in cells) for cells in opened.view.page.commitments] == [
        (moment, "12,500.50 RUB", "two big contracts"),
        (moment, "1 RUB", "first"),
    ]
    assert opened.view.cleared == 1
    assert opened.view.notice[0] == "ok"
    assert "Q1 2026" in opened.view.notice[1]


def test_commitment_goes_to_the_period_that_is_chosen(store: FakeStore) -> None:
    """A commitment made before the newly chosen period has come belongs to that period all the same."""
    opened = Opened(store)
    opened.tasks.hold()
    opened.presenter.choose_period(2)
    opened.presenter.commit("5", "")
    opened.tasks.release()
    assert [commitment.period for commitment in store.commitments] == [YEAR]


def test_a_commitment_that_is_recorded_twice_in_a_row_is_recorded_once(store: FakeStore) -> None:
    """Enter pressed twice while the database takes its time; the same again later is another one."""
    opened = Opened(store)
    opened.tasks.hold()
    opened.presenter.commit("5", "")
    opened.presenter.commit("5", "")
    opened.tasks.release()
    assert len(store.commitments) == 1
    opened.presenter.commit("5", "")
    assert len(store.commitments) == 2


@pytest.mark.parametrize("typed", ["", "abc", "1,234", "-5", "5 USD"])
def test_wrong_amount_is_said_beside_the_field(store: FakeStore, typed: str) -> None:
    """What is no amount in this unit is refused with a sentence, and nothing is sent."""
    opened = Opened(store)
    opened.presenter.commit(typed, "")
    assert opened.view.errors["amount"]
    assert (store.commitments, opened.view.cleared) == ([], 0)


def test_pieces_are_whole(store: FakeStore) -> None:
    """Half a piece cannot be committed to."""
    store.forecast = Forecast(run(), leads=(row(unit="pcs"),))
    store.groups = ()
    opened = Opened(store)
    opened.presenter.commit("2,5", "")
    assert "whole number" in opened.view.errors["amount"]


def test_note_that_is_too_long_is_said_beside_it(store: FakeStore) -> None:
    """What the database says against the note stands at the note, and both stay in the form."""
    opened = Opened(store)
    store.failure = BadValue("commitment_note_too_long", field="note", limit=500)
    opened.presenter.commit("5", "x" * 501)
    assert "500" in opened.view.errors["note"]
    assert opened.view.cleared == 0


def test_commitment_that_could_not_be_stored_stays_in_the_form(store: FakeStore) -> None:
    """When the database does not answer the lead is told that nothing was recorded and nothing is lost."""
    opened = Opened(store)
    store.failure = DatabaseUnreachable("database_unreachable")
    opened.presenter.commit("5", "")
    level, text = opened.view.notice
    assert level == "error"
    assert text.startswith("The commitment was not recorded; it is still in the form.")
    assert opened.view.cleared == 0


def test_commitment_that_is_sent_again_is_the_same_operation(store: FakeStore) -> None:
    """A commitment whose answer was lost is sent again with its OpId; any other one has another."""
    opened = Opened(store)
    store.failure = DatabaseUnreachable("database_unreachable")
    opened.presenter.commit("5", "why")
    opened.presenter.commit("6", "why")
    store.failure = None
    opened.presenter.commit("6", "why")
    opened.presenter.commit("6", "why")
    first, second, again, new = store.op_ids
    assert second == again
    assert len({first, second, new}) == 3
