"""The head line: win rate, forecast with its range, how old it is, and «compute again»."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from mini_crm.domain.errors import MiniCrmError, SessionEnded
from mini_crm.domain.model import Forecast, ForecastRow, Run
from mini_crm.domain.money import format_amount
from mini_crm.messages import sentence
from mini_crm.report.wording import percent, period_name
from mini_crm.ui.desk import Desk, TaskRunner
from mini_crm.ui.entries.texts import EntryTexts

STALE_AFTER = timedelta(minutes=35)
"""The aggregation runs every 30 minutes; later than this one was missed."""


TARGET, COMMITMENT = "┃", "◆"
"""As they are drawn over the bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The forecast of one unit, to be drawn.

    Attributes:
        caption: The forecast in words, with its range.
        details: Paid, still to come, target and commitment in words.
        win_rate: Such as ``47 % (7 of 15)``; empty where nothing was resolved.
        paid: Paid in the period.
        forecast: paid + still to come.
        low: P10; None without history.
        high: P90.
        target: The administrator's number.
        commitment: The lead's own number.
        weak: Whether the point is little more than a guess.
    """

    caption: str
    details: tuple[str, ...]
    win_rate: str
    paid: float
    forecast: float
    low: float | None
    high: float | None
    target: float | None
    commitment: float | None
    weak: bool

    @property
    def most(self) -> float:
        """The largest number that the bar must hold."""
        numbers = (self.paid, self.forecast, self.high, self.target, self.commitment)
        return max(number or 0.0 for number in numbers)


class HeadPort(Protocol):
    """The head line as its presenter sees it."""

    def show_lead(self, name: str) -> None:
        """Name the lead."""
        ...

    def show_periods(self, names: Sequence[str], chosen: int) -> None:
        """Offer the periods of the forecast."""
        ...

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Draw the forecast, a bar for each unit."""
        ...

    def show_as_of(self, text: str, *, stale: bool) -> None:
        """Say how old the forecast is."""
        ...

    def show_computing(self, computing: bool) -> None:
        """Say that the forecast is being computed."""
        ...


@dataclass(frozen=True, slots=True)
class _Shown:
    """A forecast in words, by period; made in the background, since naming months loads a library."""

    run: Run | None
    names: list[str]
    bars: list[list[Bar]]


class HeadPresenter:
    """Shows the newest forecast.

    Args:
        desk: Of the lead.
        view: The head line.
        texts: Writes the amounts.
        say: Shows a sentence in the window.
        failed: Is told when the forecast could not be read.
        aside: Runs the aggregation beside everything else, so that saving need not wait for it.
        now: Tells the time, in UTC.
    """

    def __init__(
        self,
        desk: Desk,
        view: HeadPort,
        texts: EntryTexts,
        *,
        say: Callable[[str], None],
        failed: Callable[[BaseException], None],
        aside: TaskRunner,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._say = say
        self._failed = failed
        self._aside = aside
        self._now = now
        self._period = 0
        self._shown: _Shown | None = None
        self._computing = False

    def start(self) -> None:
        """Show the lead and the forecast."""
        self._view.show_lead(self._desk.session.lead_name)
        self.refresh()

    def refresh(self) -> None:
        """Read the forecast again."""
        self._desk.call(
            lambda token: self._read(self._desk.store.get_forecast(token)), self._show, self._failed
        )

    def choose_period(self, number: int) -> None:
        """Show another period."""
        self._period = number
        if self._shown is not None:
            self._show(self._shown)

    def show_age(self) -> None:
        """Say how old the forecast is by now."""
        _ = self._desk.texts.gettext
        run = None if self._shown is None else self._shown.run
        if run is None:
            self._view.show_as_of(_("no forecast yet"), stale=True)
            return
        as_of = run.as_of if run.as_of.tzinfo else run.as_of.replace(tzinfo=UTC)
        local, today = as_of.astimezone(), self._now().astimezone().date()
        moment = f"{local:%H:%M}" if local.date() == today else self._texts.moment(as_of)
        self._view.show_as_of(
            _("as of {moment}").format(moment=moment), stale=self._now() - as_of > STALE_AFTER
        )

    def compute(self) -> None:
        """Ask for a run of the aggregation."""
        if self._computing:
            return
        self._computing = True
        self._view.show_computing(True)
        self._aside.run(
            lambda: self._desk.store.request_run(self._desk.token), self._computed, self._not_computed
        )

    def _computed(self, _run: Run) -> None:
        self._done()
        self._say(self._desk.texts.gettext("The forecast has been computed again."))
        self.refresh()

    def _not_computed(self, error: BaseException) -> None:
        self._done()
        if isinstance(error, SessionEnded):
            self._desk.sign_in_again(self.compute)
        elif isinstance(error, MiniCrmError):
            self._say(sentence(error, self._desk.texts))
            self.refresh()  # a run of somebody else may be what stands in the way
        else:
            self._failed(error)

    def _done(self) -> None:
        self._computing = False
        self._view.show_computing(False)

    def _read(self, forecast: Forecast) -> _Shown:
        periods = list(dict.fromkeys(row.period for row in forecast.leads))
        return _Shown(
            run=forecast.run,
            names=[period_name(period, self._desk.texts) for period in periods],
            bars=[
                [self._bar(row, forecast.run) for row in forecast.leads if row.period == period]
                for period in periods
            ],
        )

    def _show(self, shown: _Shown) -> None:
        self._shown = shown
        self._period = min(self._period, max(0, len(shown.names) - 1))
        self._view.show_periods(shown.names, self._period)
        self._view.show_bars(shown.bars[self._period] if shown.bars else [])
        self.show_age()

    def _bar(self, row: ForecastRow, run: Run | None) -> Bar:
        _ = self._desk.texts.gettext

        def money(value: object) -> str:
            return self._texts.amount(float(str(value)), row.unit, rounded=True)

        def number(value: object) -> str:
            return format_amount(Decimal(str(value)).quantize(Decimal(1)), language=self._desk.texts.language)

        if row.low is None or row.high is None:
            caption = _("{forecast}: nothing was resolved yet, so this is what is paid so far")
        else:
            caption = _("{forecast}, most likely {low} to {high}")
        details = [
            _("paid {amount}").format(amount=number(row.paid)),
            _("still to come {amount}").format(amount=number(row.still_to_come)),
        ]
        if row.target is not None:
            details.append(f"{TARGET} " + _("target {amount}").format(amount=number(row.target)))
        if row.commitment is not None:
            details.append(f"{COMMITMENT} " + _("commitment {amount}").format(amount=number(row.commitment)))
        rate = ""
        if row.win_rate is not None and row.resolved:
            rate = _("{rate} ({won} of {resolved})").format(
                rate=percent(row.win_rate, self._desk.texts), won=row.won, resolved=row.resolved
            )
        return Bar(
            caption=caption.format(
                forecast=money(row.forecast), low=money(row.low or 0), high=money(row.high or 0)
            ),
            details=tuple(details),
            win_rate=rate,
            paid=float(row.paid),
            forecast=row.forecast,
            low=row.low,
            high=row.high,
            target=None if row.target is None else float(row.target),
            commitment=None if row.commitment is None else float(row.commitment),
            weak=run is None or run.is_weak,
        )
