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


def forecast_pictures(studio: Studio, main: MainWindow) -> None:
    """The forecast page with each of its lower pages."""
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
    view.pages.select(1)
    studio.wait(lambda: main.forecast is not None)
    assert main.forecast is not None
    main.forecast.refresh()
    studio.wait(lambda: len(view.commitments.cells()) > 1)
    view.amount.input.insert(0, "1,234")
    view.save.invoke()
    studio.shoot("forecast_commitment")
    view.amount.set("")
    view.pages.select(2)
    view.period.take(view.period.names[2])
    studio.live(0.5)
    studio.shoot("forecast_accuracy")
    main.pages.select(0)


def descendants(widget: object) -> list[object]:
    """Give all widgets below one."""
    found: list[object] = []
    for child in widget.winfo_children():  # type: ignore[attr-defined]
        found += [child, *descendants(child)]
    return found
