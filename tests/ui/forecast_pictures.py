"""Pictures of the forecast page, for ``take_pictures.py``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from mini_crm.domain.period import Period, PeriodKind, month_of
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.forecast.page_view import ForecastView

if TYPE_CHECKING:
    from take_pictures import Studio

    from mini_crm.ui.main_window import MainWindow

DAYS = 55
"""So many days of results are stored, so that a month has ended and its accuracy is known."""
REPLAYED_WEEKS = 12
"""So many weeks before are replayed, as after an import."""
CHART, PAYING, COMMITMENT, ACCURACY = range(4)
THIS_QUARTER, NEXT_MONTH, LAST_MONTH = 1, 3, 6
AGE, PROMISE = 0, 2


class PastClock:
    """A clock that can be put back, to make the results of past days."""

    def __init__(self) -> None:
        self.back = timedelta()

    def __call__(self) -> datetime:
        """Give the time."""
        return datetime.now(UTC) - self.back


def compute_days(store: SqliteStore, clock: PastClock) -> None:
    """Aggregate as the program would have done on each of the last days, up to now."""
    today = store.get_today()
    autumn = Period(PeriodKind.CUSTOM, today - timedelta(days=10), today + timedelta(days=20), "Promo 10+20")
    store.add_period(autumn, "pictures")
    for back in range(DAYS, -1, -1):
        clock.back = timedelta(days=back)
        store.aggregate_forecast(None, "pictures")
    weeks = [today - timedelta(days=DAYS + 7 * week) for week in range(1, REPLAYED_WEEKS + 1)]
    store.keep_replays(weeks, "pictures")


def forecast_pictures(studio: Studio, main: MainWindow) -> None:
    """The forecast page with each of its lower pages, and other periods."""
    main.pages.select(1)
    studio.wait(lambda: main.forecast is not None)
    view = next(child for child in descendants(main) if isinstance(child, ForecastView))
    studio.wait(lambda: view.chart.drawn)
    studio.live(0.5)
    studio.shoot("forecast")
    month = month_of(main.desk.session.today)
    note = "без договора с заводом" if studio.language == "ru" else "without the plant's contract"
    main.desk.store.set_commitment(main.desk.token, uuid4(), month, "RUB", Decimal(650_000), note)
    main.desk.store.set_commitment(main.desk.token, uuid4(), month, "RUB", Decimal("580000.50"), "")
    view.pages.select(PAYING)
    for number, name in ((AGE, "age"), (PROMISE, "promise")):
        view.paying.buttons[number].invoke()
        studio.live(1.0)
        studio.shoot(f"forecast_paying_{name}")
    view.pages.select(COMMITMENT)
    studio.wait(lambda: main.forecast is not None)
    assert main.forecast is not None
    main.forecast.refresh()
    studio.wait(lambda: len(view.commitment.list.cells()) > 1)
    view.commitment.amount.input.insert(0, "1,234")
    view.commitment.save.invoke()
    studio.shoot("forecast_commitment")
    view.commitment.amount.set("")
    view.pages.select(ACCURACY)
    studio.live(0.5)
    studio.shoot("forecast_accuracy")
    view.pages.select(CHART)
    for number, name in ((THIS_QUARTER, "quarter"), (NEXT_MONTH, "next"), (LAST_MONTH, "last")):
        view.period.take(view.period.names[number])
        studio.live(1.5)
        studio.shoot(f"forecast_{name}")
    main.pages.select(0)
    studio.live(0.5)
    studio.shoot("entries_last")
    main.pages.select(1)
    view.period.take(view.period.names[0])
    studio.live(0.5)
    main.pages.select(0)


def descendants(widget: object) -> list[object]:
    """Give all widgets below one."""
    found: list[object] = []
    for child in widget.winfo_children():  # type: ignore[attr-defined]
        found += [child, *descendants(child)]
    return found
