"""The head line: win rate, forecast with its range, how old it is, and «compute again»."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from mini_crm.domain.errors import MiniCrmError, SessionEnded
from mini_crm.domain.model import Forecast, ForecastRow, Run
from mini_crm.domain.period import Period, Stage, stage_of
from mini_crm.messages import sentence
from mini_crm.report.wording import period_name
from mini_crm.ui.desk import Desk, TaskRunner
from mini_crm.ui.entries.opened import OpenRows
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.forecast.from_new import FromNew, from_new
from mini_crm.ui.headline import STALE_AFTER, Headline, Numbers, numbers_of
from mini_crm.ui.linked import fill_in, link
from mini_crm.ui.periods import in_order
from mini_crm.usecases.behind import Number, behind

TARGET, COMMITMENT = "┃", "◆"
"""As they are drawn over the bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The forecast of one unit, to be drawn; parts of the texts may open numbers, see ``Linked``.

    Attributes:
        caption: The whole number in words.
        likely: Its range in words; empty for a period that is over.
        details: Its parts, target and commitment in words.
        win_rate: Such as ``47 % (7 of 15)``; empty where nothing was resolved.
        paid: Paid in the period.
        from_open: To come of open entries.
        forecast: The whole number.
        low: Lower end of the range; None without history.
        high: Its upper end.
        target: The administrator's number.
        commitment: The lead's own number.
        weak: Whether the point is little more than a guess.
    """

    caption: str
    likely: str
    details: tuple[str, ...]
    win_rate: str
    paid: float
    from_open: float
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

    def show_from_new(self, from_new: FromNew) -> None:
        """Show of which managers' numbers a number is made."""
        ...

    def show_computing(self, computing: bool) -> None:
        """Say that the forecast is being computed."""
        ...


@dataclass(frozen=True, slots=True)
class _Shown:
    """A forecast in words, by period; made in the background, since naming months loads a library."""

    run: Run | None
    day: date
    periods: tuple[Period, ...]
    names: list[str]
    bars: list[list[Bar]]
    rows: list[list[ForecastRow]]
    forecast: Forecast


class HeadPresenter:
    """Shows the newest forecast.

    Args:
        desk: Of the lead.
        view: The head line.
        texts: Writes the amounts.
        say: Shows a sentence in the window.
        failed: Is told when the forecast could not be read.
        aside: Runs the aggregation beside everything else, so that saving need not wait for it.
        open_rows: Shows the rows behind a number.
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
        open_rows: OpenRows = lambda rows, whose, as_of: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._say = say
        self._failed = failed
        self._aside = aside
        self._open_rows = open_rows
        self._now = now
        self._headline = Headline(desk.texts)
        self._period = -1
        self._shown: _Shown | None = None
        self._computing = False

    def start(self) -> None:
        """Show the lead and the forecast."""
        self._desk.choice.listen(self._choice_changed)
        self._view.show_lead(self._desk.session.lead_name)
        self.refresh()

    def refresh(self) -> None:
        """Read the forecast again."""
        self._desk.call(
            lambda token: self._read(self._desk.store.get_forecast(token)), self._show, self._failed
        )

    def choose_period(self, number: int) -> None:
        """Show another period, on both pages."""
        if self._shown is not None:
            self._desk.choice.choose(self._shown.periods[number])

    def open(self, bar: int, number: Number) -> None:
        """Show what is behind a number of a bar."""
        shown = self._shown
        if shown is None or shown.run is None:
            return
        row = shown.rows[self._period][bar]
        if number is Number.FROM_NEW:
            self._view.show_from_new(from_new(shown.forecast, row, self._desk.texts))
        elif (rows := behind(number, row, shown.run)) is not None:
            self._open_rows(rows, "", shown.run.as_of)

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
        run = forecast.run
        day = self._desk.session.today if run is None else run.count_day
        periods = in_order((row.period for row in forecast.leads), day)
        rows = [[row for row in forecast.leads if row.period == period] for period in periods]
        return _Shown(
            run=run,
            day=day,
            periods=periods,
            names=[period_name(period, self._desk.texts) for period in periods],
            bars=[[] if run is None else [self._bar(row, run) for row in own] for own in rows],
            rows=rows,
            forecast=forecast,
        )

    def _show(self, shown: _Shown) -> None:
        self._shown = shown
        self._desk.choice.settle(shown.periods, shown.day)
        self._display(shown)
        self.show_age()

    def _choice_changed(self) -> None:
        """Show the period that was chosen here or on the other page."""
        shown = self._shown
        if shown is not None and self._desk.choice.place(shown.periods, shown.day) != self._period:
            self._display(shown)

    def _display(self, shown: _Shown) -> None:
        self._period = self._desk.choice.place(shown.periods, shown.day)
        self._view.show_periods(shown.names, self._period)
        self._view.show_bars(shown.bars[self._period] if shown.bars else [])

    def _bar(self, row: ForecastRow, run: Run) -> Bar:
        stage, numbers = stage_of(row.period, run.count_day), numbers_of([row])[0]
        return Bar(
            caption=self._headline.title(row, numbers, run, stage),
            likely=self._headline.likely_short(numbers, row.unit, stage),
            details=self._details(row, numbers, run, stage),
            win_rate="" if row.win_rate is None else self._headline.rate(row, run),
            paid=float(row.paid),
            from_open=row.from_open,
            forecast=row.forecast,
            low=None if stage is Stage.OVER else row.low,
            high=None if stage is Stage.OVER else row.high,
            target=None if row.target is None else float(row.target),
            commitment=None if row.commitment is None else float(row.commitment),
            weak=run.is_weak,
        )

    def _details(self, row: ForecastRow, numbers: Numbers, run: Run, stage: Stage) -> tuple[str, ...]:
        _, details = self._desk.texts.gettext, list[str]()
        if stage is Stage.RUNNING:
            parts = numbers.parts
            text = _("paid {paid} + from open entries {open} + from new ones {new}")
            number = self._headline.number
            details.append(
                fill_in(
                    text,
                    paid=link(number(parts.paid, row.unit), Number.PAID, row, run),
                    open=link(number(parts.from_open, row.unit), Number.FROM_OPEN, row, run),
                    new=link(number(parts.from_new, row.unit), Number.FROM_NEW, row, run),
                )
            )
        for sign, goal, text in (
            (TARGET, row.target, _("target {amount}")),
            (COMMITMENT, row.commitment, _("commitment {amount}")),
        ):
            if goal is not None:
                details.append(f"{sign} " + text.format(amount=self._headline.number(goal, row.unit)))
        return tuple(details)
