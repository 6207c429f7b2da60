"""The head line: win rate, forecast with its range, how old it is, and «compute again»."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Protocol

from mini_crm.domain.errors import MiniCrmError
from mini_crm.domain.model import Forecast, ForecastRow, Run
from mini_crm.domain.period import Period, Stage, stage_of
from mini_crm.messages import sentence
from mini_crm.report.wording import percent, period_name
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.opened import OpenRows
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.forecast.from_new import FromNew, from_new
from mini_crm.ui.headline import Headline, Numbers, numbers_of, weak_sign
from mini_crm.ui.linked import fill_in, link
from mini_crm.ui.periods import in_order
from mini_crm.usecases.behind import Number, behind

TARGET, COMMITMENT = "┃", "◆"
"""As they are drawn over the bar."""


class Part(StrEnum):
    """What stands in a line of the head beside the forecast, in its order."""

    PAID = "paid"
    FROM_OPEN = "from_open"
    FROM_NEW = "from_new"
    TARGET = "target"
    COMMITMENT = "commitment"
    LIKELY = "likely"
    WIN_RATE = "win_rate"


@dataclass(frozen=True, slots=True)
class Bar:
    """The forecast of one unit, to be drawn in one line; parts of its texts may open numbers, see ``Linked``.

    Attributes:
        unit: The code.
        caption: The whole number in words.
        short: The whole number alone.
        parts: What belongs to it, in words.
        rate_counts: Of how many the win rate is known; empty where nothing was resolved.
        paid: Paid in the period.
        from_open: To come of open entries.
        forecast: The whole number.
        low: Lower end of the range; None without history.
        high: Its upper end.
        target: The administrator's number.
        commitment: The lead's own number.
        weak: Whether the point is little more than a guess.
    """

    unit: str
    caption: str
    short: str
    parts: dict[Part, str]
    rate_counts: str
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
        done: Shows that something was done.
        failed: Is told when the forecast could not be read.
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
        done: Callable[[str], None],
        failed: Callable[[BaseException], None],
        open_rows: OpenRows = lambda rows, whose, as_of: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._say = say
        self._tell_done = done
        self._failed = failed
        self._open_rows = open_rows
        self._now = now
        self._headline = Headline(desk.texts)
        self._period = -1
        self._shown: _Shown | None = None

    def start(self) -> None:
        """Show the forecast."""
        self._desk.choice.listen(self._choice_changed)
        self._desk.computing.listen(self._computing)
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
        elif (rows := behind(number, row, shown.run, numbers_of([row])[0].parts)) is not None:
            self._open_rows(rows, "", shown.run.as_of)

    def show_age(self) -> None:
        """Say how old the forecast is by now."""
        run = None if self._shown is None else self._shown.run
        text, stale = self._headline.as_of(run, self._now())
        self._view.show_as_of(text, stale=stale)

    def compute(self) -> None:
        """Ask for a run of the aggregation."""
        self._desk.computing.ask(
            lambda: self._tell_done(self._desk.texts.gettext("The forecast has been computed again.")),
            self._not_computed,
        )

    def _computing(self, running: bool) -> None:
        self._view.show_computing(running)
        if not running:
            self.refresh()  # also without a run of ours: one of somebody else may have stood in the way

    def _not_computed(self, error: BaseException) -> None:
        if isinstance(error, MiniCrmError):
            self._say(sentence(error, self._desk.texts))
        else:
            self._failed(error)

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
        _, headline = self._desk.texts.gettext, self._headline
        weak = "" if stage is Stage.OVER else weak_sign(run)
        known = row.win_rate is not None and row.resolved > 0
        return Bar(
            unit=row.unit,
            caption=headline.title(row, numbers, run, stage),
            short=weak + headline.sum(numbers.forecast, row.unit),
            parts=self._parts(row, numbers, run, stage),
            rate_counts=fill_in(
                _("paid {won} of {resolved} closed"),
                won=link(str(row.won), Number.WON, row, run),
                resolved=link(str(row.resolved), Number.RESOLVED, row, run),
            )
            if known
            else "",
            paid=float(row.paid),
            from_open=row.from_open,
            forecast=row.forecast,
            low=None if stage is Stage.OVER else row.low,
            high=None if stage is Stage.OVER else row.high,
            target=None if row.target is None else float(row.target),
            commitment=None if row.commitment is None else float(row.commitment),
            weak=run.is_weak,
        )

    def _parts(self, row: ForecastRow, numbers: Numbers, run: Run, stage: Stage) -> dict[Part, str]:
        texts, headline, unit = self._desk.texts, self._headline, row.unit
        _, number, parts = texts.gettext, headline.number, dict[Part, str]()
        if stage is Stage.RUNNING:
            shown = numbers.parts
            for part, amount, text, opens in (
                (Part.PAID, shown.paid, _("paid {amount}"), Number.PAID),
                (Part.FROM_OPEN, shown.from_open, _("+ from open {amount}"), Number.FROM_OPEN),
                (Part.FROM_NEW, shown.from_new, _("+ from new {amount}"), Number.FROM_NEW),
            ):
                parts[part] = fill_in(text, amount=link(number(amount, unit), opens, row, run))
        for part, sign, goal, text in (
            (Part.TARGET, TARGET, row.target, _("target {amount}")),
            (Part.COMMITMENT, COMMITMENT, row.commitment, _("commitment {amount}")),
        ):
            if goal is not None:
                parts[part] = f"{sign} " + text.format(amount=number(goal, unit))
        likely = headline.likely_short(numbers, unit, stage)
        if likely:
            parts[Part.LIKELY] = likely
        rate = percent(row.win_rate, texts) if row.win_rate is not None and row.resolved else ""
        parts[Part.WIN_RATE] = (
            _("win rate {share}").format(share=rate) if rate else _("no closed entries yet")
        )
        return parts
