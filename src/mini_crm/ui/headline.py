"""The forecast of a period in a line or two, the same on both pages of the window; no Tk here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import ForecastRow, Run
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period, Stage
from mini_crm.domain.shown import ShownParts, round_shown, show_forecast
from mini_crm.i18n import Texts
from mini_crm.report.rows import places_of
from mini_crm.report.wording import estimate, percent
from mini_crm.ui.linked import fill_in, link
from mini_crm.usecases.behind import Number

WEAK = "\u2248\u00a0"
"""Before a forecast that is little more than a guess."""

STALE_AFTER = timedelta(minutes=35)
"""The aggregation runs every 30 minutes; later than this one was missed."""


class Level(StrEnum):
    """A traffic light: the forecast reaches the target, only its range does, or not even that."""

    GOOD = "good"
    MAYBE = "maybe"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a row shows: its parts add up to the forecast, which lies in its range.

    Attributes:
        low: Lower end of the range; None without history, like the other ends.
        open_forecast: The number without new entries.
    """

    parts: ShownParts
    low: Decimal | None
    high: Decimal | None
    open_forecast: Decimal
    open_low: Decimal | None
    open_high: Decimal | None

    @property
    def forecast(self) -> Decimal:
        """The whole number."""
        return self.parts.forecast

    def level(self, target: Decimal) -> Level:
        """Set the whole number against a target."""
        if self.forecast >= target:
            return Level.GOOD
        return Level.MAYBE if self.high is not None and self.high >= target else Level.BAD


def numbers_of(rows: Iterable[ForecastRow]) -> list[Numbers]:
    """Give what a lead's row and those of the managers show, in the order given.

    Args:
        rows: Of one period and unit; with the lead's row the managers' numbers add up to it.
    """
    rows = list(rows)
    places = places_of(rows[0].unit) if rows else 0
    shown = show_forecast(rows, places=places, paid_places=places)
    return [_numbers(row, shown[row.lead_id, row.manager_id], places) for row in rows]


def _numbers(row: ForecastRow, parts: ShownParts, places: int) -> Numbers:
    def low(end: float | None, point: Decimal) -> Decimal | None:
        return None if end is None else min(round_shown(end, places=places), point)

    def high(end: float | None, point: Decimal) -> Decimal | None:
        return None if end is None else max(round_shown(end, places=places), point)

    known = parts.paid + parts.from_open
    return Numbers(
        parts=parts,
        low=low(row.low, parts.forecast),
        high=high(row.high, parts.forecast),
        open_forecast=known,
        open_low=low(row.open_low, known),
        open_high=high(row.open_high, known),
    )


class Headline:
    """Writes the large number, its range and what stands around it.

    Args:
        texts: In the person's language.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def number(self, value: Decimal | float, unit: str) -> str:
        """Write a number without naming its unit: money in whole units, pieces with a tenth at most."""
        rounded = round_shown(value, places=places_of(unit))
        text = format_amount(rounded, language=self._texts.language)
        return text[:-1] if rounded % 1 else text  # it has two places, of which the second is a zero

    def sum(self, value: Decimal | float, unit: str) -> str:
        """Write a number like ``number``, with its unit."""
        return estimate(Decimal(value), unit, self._texts)

    def day(self, day: date, now: date | None = None) -> str:
        """Write a day; without its year if that is this one's."""
        text = format_date(day, language=self._texts.language)
        if now is None or day.year != now.year:
            return text
        return text[:5] if self._texts.language == "ru" else text[5:]

    def days(self, period: Period, now: date) -> str:
        """Write the first and the last day of a period."""
        return f"{self.day(period.start, now)}\u2013{self.day(period.end, now)}"

    def as_of(self, run: Run | None, now: datetime) -> tuple[str, bool]:
        """Say how old a forecast is, and whether a run was missed since."""
        _ = self._texts.gettext
        if run is None:
            return _("no forecast yet"), True
        as_of = run.as_of if run.as_of.tzinfo else run.as_of.replace(tzinfo=UTC)
        local = as_of.astimezone()
        moment = f"{local:%H:%M}"
        if local.date() != now.astimezone().date():
            moment = f"{self.day(local.date())} {moment}"
        return _("as of {moment}").format(moment=moment), now - as_of > STALE_AFTER

    def title(self, row: ForecastRow, numbers: Numbers, run: Run, stage: Stage) -> str:
        """Write the whole number with its day, or what came of a period that is over."""
        _ = self._texts.gettext
        amount = ("" if stage is Stage.OVER else weak_sign(run)) + self.sum(numbers.forecast, row.unit)
        end = self.day(row.period.end, run.count_day)
        match stage:
            case Stage.OVER:
                return _("Came by {day}: {sum}").format(day=end, sum=amount)
            case Stage.AHEAD:
                days = self.days(row.period, run.count_day)
                return _("Forecast for {days}: {sum}").format(days=days, sum=amount)
            case Stage.RUNNING:
                return _("Forecast by {day}: {sum}").format(day=end, sum=amount)

    def likely(self, row: ForecastRow, numbers: Numbers, stage: Stage) -> str:
        """Write the range in words; nothing for a period that is over."""
        _ = self._texts.gettext
        if stage is Stage.OVER:
            return ""
        if numbers.low is None or numbers.high is None:
            return _("no history, no range")
        return _("Likely range, 8 times in 10: {low} to {high}").format(
            low=self.number(numbers.low, row.unit), high=self.sum(numbers.high, row.unit)
        )

    def likely_short(self, numbers: Numbers, unit: str, stage: Stage) -> str:
        """Write the range in as few words as there is room for beside the whole number."""
        if stage is Stage.OVER or numbers.low is None or numbers.high is None:
            return "" if stage is Stage.OVER else self._texts.gettext("no history, no range")
        return self._texts.gettext("8 times in 10: {low} to {high}").format(
            low=self.number(numbers.low, unit), high=self.number(numbers.high, unit)
        )

    def against(self, goal: Decimal, share: str, row: ForecastRow, numbers: Numbers, stage: Stage) -> str:
        """Say how much of a goal the whole number is, and what is missing.

        Args:
            goal: The target, or the lead's own number.
            share: How its share is told, with ``{share}`` for the percents.
            row: The numbers.
            numbers: The same as they are shown.
            stage: How the period stands to the run's day.
        """
        _ = self._texts.gettext
        if not goal:
            return ""
        gap = numbers.forecast - goal
        match gap >= 0, stage is Stage.OVER:
            case True, True:
                text = _("{share}, {amount} above it")
            case True, False:
                text = _("forecast: {share}, {amount} above it")
            case False, True:
                text = _("{share}, {amount} were missing")
            case _:
                text = _("forecast: {share}, {amount} are missing")
        return text.format(
            share=share.format(share=percent(float(numbers.forecast / goal), self._texts)),
            amount=self.number(abs(gap), row.unit),
        )

    def rate(self, row: ForecastRow, run: Run | None = None) -> str:
        """Write the win rate with its counts, which a run lets open; empty where nothing was resolved."""
        if not row.resolved:
            return ""
        share = row.won / row.resolved if row.win_rate is None else row.win_rate
        return fill_in(
            self._texts.gettext("{rate} ({won} of {resolved})"),
            rate=percent(share, self._texts),
            won=link(str(row.won), Number.WON, row, run),
            resolved=link(str(row.resolved), Number.RESOLVED, row, run),
        )


def weak_sign(run: Run) -> str:
    """Give the sign of a guess; without any history the number is just what is paid."""
    return WEAK if run.has_history and run.is_weak else ""


def decimal_text(value: float, texts: Texts, *, places: int = 1) -> str:
    """Write a number that is no amount, such as a factor."""
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if texts.language == "ru" else text


def fine_percent(share: float, texts: Texts) -> str:
    """Write a small share: below 10 per cent with a tenth, below 1 with two places."""
    if share >= 0.0995:
        return percent(share, texts)
    number = decimal_text(100 * share, texts, places=1 if share >= 0.00995 else 2)
    return f"{number}\u00a0%" if texts.language == "ru" else f"{number}%"
