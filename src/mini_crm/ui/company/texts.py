"""The leads of the company in words: columns, cells, and by what they are sorted; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter

from mini_crm.domain.model import Company, ForecastRow, NumberBefore
from mini_crm.domain.period import Period, Stage
from mini_crm.domain.rules import name_order
from mini_crm.domain.shown import round_shown, share_out
from mini_crm.i18n import Texts
from mini_crm.report.rows import places_of
from mini_crm.report.wording import percent, unit_name
from mini_crm.ui.forecast.texts import LATE, NOTHING, Column
from mini_crm.ui.headline import Headline, Level, Numbers, numbers_of, weak_sign

MINUS = "\u2212"


class Key(StrEnum):
    """A column of the table, from left to right; each can be sorted by."""

    NAME = "name"
    TARGET = "target"
    SHARE = "share"
    GAP = "gap"
    PAID = "paid"
    FROM_OPEN = "from_open"
    FROM_NEW = "from_new"
    FORECAST = "forecast"
    RANGE = "range"
    COMMITMENT = "commitment"
    OVERDUE = "overdue"
    RATE = "rate"
    WEEK = "week"


FIRST_DESCENDING = frozenset(Key) - {Key.NAME, Key.GAP, Key.SHARE}
"""Where the first click puts the largest first; of gaps the largest is the one farthest below."""

_AHEAD = frozenset(Key) - {Key.PAID, Key.OVERDUE}
_OVER = frozenset({Key.NAME, Key.PAID, Key.TARGET, Key.SHARE, Key.GAP, Key.COMMITMENT, Key.RATE})
_OF_STAGE = {Stage.RUNNING: frozenset(Key), Stage.AHEAD: _AHEAD, Stage.OVER: _OVER}

SortValue = Decimal | float | str


@dataclass(frozen=True, slots=True)
class Line:
    """The company, a lead or a manager before it is put in words.

    Attributes:
        numbers: As they are shown; below a total they add up to it.
        week: By how much the forecast is more than a week ago, as it is shown; None where that is unknown.
    """

    row: ForecastRow
    name: str
    numbers: Numbers
    week: Decimal | None = None

    @property
    def share(self) -> float | None:
        """How much of the target the forecast is; None without one."""
        return float(self.numbers.forecast / self.row.target) if self.row.target else None

    @property
    def gap(self) -> Decimal | None:
        """By how much the forecast is above the target, below it if negative; None without one."""
        return self.numbers.forecast - self.row.target if self.row.target else None

    @property
    def level(self) -> Level | None:
        """How the forecast stands to the target; None without one."""
        return self.numbers.level(self.row.target) if self.row.target else None


@dataclass(frozen=True, slots=True)
class UnitLines:
    """All lines of a unit.

    Attributes:
        managers: By the id of their lead.
    """

    total: Line
    leads: tuple[Line, ...]
    managers: dict[int, tuple[Line, ...]]


_Cell = tuple[Column, Callable[[Line], str], Callable[[Line], SortValue | None]]


class CompanyTexts:
    """Writes the company in the person's language.

    Args:
        texts: In that language.

    Attributes:
        headline: Writes the numbers.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.headline = Headline(texts)

    def lines(self, company: Company, period: Period) -> dict[str, UnitLines]:
        """Give the lines of each unit; what is shown of them adds up in every column of sums."""
        found = {}
        for total in (row for row in company.forecast.company if row.period == period):
            mine = [row for row in company.forecast.leads if _belongs(row, total)]
            below = [row for row in company.forecast.managers if _belongs(row, total)]
            rows = [total, *mine, *below]
            shown = dict(zip(map(_key, rows), numbers_of(rows), strict=True))
            weeks = _weeks(total, mine, company.week_ago)
            managers: dict[int, list[Line]] = {}
            for row in below:
                managers.setdefault(row.lead_id or 0, []).append(
                    Line(row, row.manager_name, shown[_key(row)])
                )
            name = self._texts.gettext("Company, {unit}").format(unit=unit_name(total.unit, self._texts))
            found[total.unit] = UnitLines(
                Line(total, name, shown[_key(total)], weeks[None]),
                tuple(Line(row, row.lead_name, shown[_key(row)], weeks[row.lead_id]) for row in mine),
                {
                    lead: tuple(sorted(own, key=lambda line: name_order(line.name)))
                    for lead, own in managers.items()
                },
            )
        return found

    def keys(self, stage: Stage, *, has_week: bool) -> tuple[Key, ...]:
        """Give the columns that say something.

        Args:
            stage: How the period stands to the run's day.
            has_week: Whether there is a number of a week ago.
        """
        wanted = _OF_STAGE[stage] - (frozenset() if has_week else {Key.WEEK})
        return tuple(key for key in Key if key in wanted)

    def columns(self, keys: Sequence[Key], first: str) -> tuple[Column, ...]:
        """Give the heads; that of the names is given."""
        cells = self._cells("")
        return tuple(Column(first, is_number=False) if key is Key.NAME else cells[key][0] for key in keys)

    def write(self, line: Line, keys: Sequence[Key], weak: str) -> tuple[str, ...]:
        """Write a line.

        Args:
            line: The line.
            keys: Its columns.
            weak: Set before estimates that are little more than a guess.
        """
        cells = self._cells(weak)
        return tuple(cells[key][1](line) for key in keys)

    def in_order(self, lines: Iterable[Line], key: Key, *, descending: bool) -> list[Line]:
        """Sort lines; those without a value come last in either direction, equal ones by name."""
        value = self._cells("")[key][2]
        by_name = sorted(lines, key=lambda line: name_order(line.name))
        there = [(found, line) for line in by_name if (found := value(line)) is not None]
        there.sort(key=itemgetter(0), reverse=descending)
        return [*(line for _found, line in there), *(line for line in by_name if value(line) is None)]

    def weak(self, company: Company, stage: Stage) -> str:
        """Give the sign of numbers that are little more than a guess."""
        run = company.forecast.run
        return "" if run is None or stage is Stage.OVER else weak_sign(run)

    def signed(self, value: Decimal, unit: str) -> str:
        """Write a difference with its sign."""
        sign = "+" if value > 0 else MINUS if value < 0 else ""
        return sign + self.headline.number(abs(value), unit)

    def _cells(self, weak: str) -> dict[Key, _Cell]:
        """Give each column with what it shows of a line and by what it sorts it."""
        _, number = self._texts.gettext, self.headline.number

        def guess(value: Decimal, line: Line) -> str:
            return weak + number(value, line.row.unit)

        return {
            Key.NAME: (
                Column("", is_number=False),
                lambda line: line.name,
                lambda line: name_order(line.name),
            ),
            Key.PAID: (
                Column(_("Paid")),
                lambda line: number(line.numbers.parts.paid, line.row.unit),
                lambda line: line.row.paid,
            ),
            Key.FROM_OPEN: (
                Column(_("From open")),
                lambda line: guess(line.numbers.parts.from_open, line),
                lambda line: line.row.from_open,
            ),
            Key.FROM_NEW: (
                Column(_("From new")),
                lambda line: guess(line.numbers.parts.from_new, line),
                lambda line: line.row.from_new,
            ),
            Key.FORECAST: (
                Column(_("Forecast")),
                lambda line: guess(line.numbers.forecast, line),
                lambda line: line.row.forecast,
            ),
            Key.RANGE: (Column(_("Likely range")), self._range, lambda line: line.numbers.low),
            Key.TARGET: (
                Column(_("Target")),
                lambda line: NOTHING if line.row.target is None else number(line.row.target, line.row.unit),
                lambda line: line.row.target,
            ),
            Key.SHARE: (
                Column("%"),
                lambda line: NOTHING if line.share is None else percent(line.share, self._texts),
                lambda line: line.share,
            ),
            Key.GAP: (
                Column(_("Gap")),
                lambda line: NOTHING if line.gap is None else self.signed(line.gap, line.row.unit),
                lambda line: line.gap,
            ),
            Key.COMMITMENT: (
                Column(_("Commitment")),
                lambda line: (
                    NOTHING if line.row.commitment is None else number(line.row.commitment, line.row.unit)
                ),
                lambda line: line.row.commitment,
            ),
            Key.OVERDUE: (
                Column(_("Overdue")),
                lambda line: (LATE if line.row.overdue else "") + str(line.row.overdue),
                lambda line: line.row.overdue,
            ),
            Key.RATE: (
                Column(_("Win rate")),
                lambda line: self.headline.rate(line.row) or NOTHING,
                _rate,
            ),
            Key.WEEK: (
                Column(_("In a week")),
                lambda line: NOTHING if line.week is None else self.signed(line.week, line.row.unit),
                lambda line: line.week,
            ),
        }

    def _range(self, line: Line) -> str:
        low, high, unit = line.numbers.low, line.numbers.high, line.row.unit
        if low is None or high is None:
            return NOTHING
        return f"{self.headline.number(low, unit)}\u2013{self.headline.number(high, unit)}"


def _rate(line: Line) -> float | None:
    if not line.row.resolved:
        return None
    return line.row.won / line.row.resolved if line.row.win_rate is None else line.row.win_rate


def _belongs(row: ForecastRow, total: ForecastRow) -> bool:
    return (row.period, row.unit) == (total.period, total.unit)


def _key(row: ForecastRow) -> tuple[int | None, int | None]:
    return row.lead_id, row.manager_id


def _weeks(
    total: ForecastRow, leads: Sequence[ForecastRow], week_ago: Sequence[NumberBefore]
) -> dict[int | None, Decimal | None]:
    """Give by how much the shown forecasts moved: of the company (None) and by lead.

    A lead who was not there has come from nothing; what leads had who are gone is part of the company's.
    """
    before = {number.lead_id: number.forecast for number in week_ago if number.unit == total.unit}
    if None not in before:
        return dict.fromkeys([None, *(row.lead_id for row in leads)])
    places = places_of(total.unit)
    whole = round_shown(total.forecast - before[None], places=places)
    moves = [row.forecast - before.get(row.lead_id, 0.0) for row in leads]
    gone = total.forecast - before[None] - sum(moves)
    shown = share_out(whole, [*moves, gone], places=places)
    weeks: dict[int | None, Decimal | None] = {None: whole}
    weeks.update(zip((row.lead_id for row in leads), shown, strict=False))
    return weeks
