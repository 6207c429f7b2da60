"""The forecast page in words: cards, rows of the tables, the sentence about both numbers; no Tk here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import PIECES, AccuracyRow, Commitment, Forecast, ForecastRow, Run, TrendPoint
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period
from mini_crm.domain.rules import name_key, name_order
from mini_crm.i18n import Texts
from mini_crm.report.wording import percent, period_name, unit_name
from mini_crm.ui.forecast.chart import Chart

NOTHING = "\u2014"
WEAK = "\u2248\u00a0"
"""Before a forecast that is little more than a guess."""
LATE = "!\u00a0"
"""Before a number of overdue entries, as in the table of entries."""
SAME_PACE = 0.05
"""Paces nearer to 1 than this are told as the same."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    caption: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table by manager; ``is_total`` is the lead's own row of a unit."""

    cells: tuple[str, ...]
    is_total: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One number to be seen at once, with what belongs to it."""

    caption: str
    value: str
    note: str


def is_guess(run: Run) -> bool:
    """Say whether a point is little more than a guess; without any history it is just what is paid."""
    return run.has_history and run.is_weak


class ForecastTexts:
    """Writes forecasts in the person's language.

    Args:
        texts: In that language.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def number(self, value: Decimal | float, unit: str) -> str:
        """Write a number without naming its unit: money in whole units, pieces with a tenth at most."""
        rounded = Decimal(f"{value:.1f}" if unit == PIECES else f"{value:.0f}")
        text = format_amount(rounded, language=self._texts.language)
        return text[:-1] if rounded % 1 else text  # it has two places, of which the second is a zero

    def sum(self, value: Decimal | float, unit: str) -> str:
        """Write a number like ``number``, with its unit."""
        return f"{self.number(value, unit)}\u00a0{unit_name(unit, self._texts)}"

    def exact(self, value: Decimal, unit: str) -> str:
        """Write an amount to the last place, with its unit."""
        return f"{format_amount(value, language=self._texts.language)}\u00a0{unit_name(unit, self._texts)}"

    def day(self, day: date) -> str:
        """Write a day."""
        return format_date(day, language=self._texts.language)

    def range(self, row: ForecastRow, *, with_unit: bool = False) -> str:
        """Write P10 to P90, or that there is no history to tell it from."""
        if row.low is None or row.high is None:
            return self._texts.gettext("no history")
        write = self.sum if with_unit else self.number
        return f"{self.number(row.low, row.unit)} \u2013 {write(row.high, row.unit)}"

    def rate(self, row: ForecastRow) -> str:
        """Write the win rate with its counts: the lead's as shown everywhere, a manager's raw share."""
        if not row.resolved:
            return NOTHING
        share = row.won / row.resolved if row.win_rate is None else row.win_rate
        return self._texts.gettext("{rate} ({won} of {resolved})").format(
            rate=percent(share, self._texts), won=row.won, resolved=row.resolved
        )

    def columns(self) -> tuple[Column, ...]:
        """Give the columns of the table by manager."""
        _ = self._texts.gettext
        return (
            Column(_("Manager"), is_number=False),
            Column(_("Clients")),
            Column(_("Due today")),
            Column(_("Overdue")),
            Column(_("Expected")),
            Column(_("Paid")),
            Column(_("Refused")),
            Column(_("Win rate")),
            Column(_("Still to come")),
            Column(_("Forecast")),
            Column(_("P10\u2013P90")),
            Column(_("By win rate")),
        )

    def rows(self, forecast: Forecast, period: Period, groups: Mapping[int, str]) -> tuple[TableRow, ...]:
        """Write the rows of a period: for each unit the lead's own, then the managers'.

        Args:
            forecast: One lead's.
            period: One of its periods.
            groups: Names of groups by manager id, to tell managers of one name apart.
        """
        _ = self._texts.gettext
        is_weak = forecast.run is not None and is_guess(forecast.run)
        managers = sorted(
            (row for row in forecast.managers if row.period == period),
            key=lambda row: name_order(row.manager_name),
        )
        names = Counter((name_key(row.manager_name), row.unit) for row in managers)
        rows: list[TableRow] = []
        for total in (row for row in forecast.leads if row.period == period):
            caption = _("Total, {unit}").format(unit=unit_name(total.unit, self._texts))
            rows.append(TableRow(self._cells(caption, total, is_weak), is_total=True))
            for row in (row for row in managers if row.unit == total.unit):
                name, group = row.manager_name, groups.get(row.manager_id or 0)
                if names[name_key(name), row.unit] > 1 and group:
                    name = f"{name} ({group})"
                rows.append(TableRow(self._cells(name, row, is_weak), is_total=False))
        return tuple(rows)

    def cards(self, row: ForecastRow, run: Run, commitment: Decimal | None) -> tuple[Card, ...]:
        """Write the lead's own numbers of a unit.

        Args:
            row: The numbers.
            run: Where they are from.
            commitment: The newest, None without one.
        """
        _, ngettext, unit = self._texts.gettext, self._texts.ngettext, row.unit
        weak = WEAK if is_guess(run) else ""
        return (
            Card(
                _("Forecast"),
                weak + self.sum(row.forecast, unit),
                _("no history, no range")
                if row.low is None
                else _("P10\u2013P90: {range}").format(range=self.range(row, with_unit=True)),
            ),
            Card(
                _("Paid"),
                self.sum(row.paid, unit),
                ngettext("{n} payment", "{n} payments", row.paid_count).format(n=row.paid_count),
            ),
            Card(
                _("Still to come"),
                weak + self.sum(row.still_to_come, unit),
                ngettext(
                    "of {expected} ({n} entry)",
                    "of {expected} ({n} entries)",
                    row.open_count,
                ).format(expected=self.number(row.expected, unit), n=row.open_count),
            ),
            Card(
                _("By win rate"),
                self.sum(row.hand_formula, unit) if row.resolved_all else NOTHING,
                _("{won} of {resolved} ever resolved").format(won=row.won_all, resolved=row.resolved_all),
            ),
            self._goal(_("Target"), row.target, row, _("not set by the administrator")),
            self._goal(_("Commitment"), commitment, row, _("none yet")),
            Card(
                _("Win rate"),
                NOTHING if row.win_rate is None or not row.resolved else percent(row.win_rate, self._texts),
                _("{won} of {resolved} in the last 365 days").format(won=row.won, resolved=row.resolved),
            ),
            self._pace(row, run),
        )

    def difference(self, row: ForecastRow) -> str:
        """Explain in a sentence why the forecast and the number by win rate differ."""
        _, unit = self._texts.gettext, row.unit
        if not row.resolved_all:
            return _(
                "By win rate nothing can be computed yet: none of your entries has been paid or refused."
            )
        gap = row.forecast - row.hand_formula
        if self.number(abs(gap), unit) == self.number(0.0, unit):
            sentence = _(
                "By win rate it is {hand} too: paid + expected \u00d7 {won}/{resolved}, as if every open "
                "entry were decided by {end}; the forecast counts only what is usually paid by then."
            )
        elif gap < 0:
            sentence = _(
                "By win rate it would be {hand}: paid + expected \u00d7 {won}/{resolved}, as if every open "
                "entry were decided by {end}; the forecast is {gap} lower, since it counts only what is "
                "usually paid by then."
            )
        else:
            sentence = _(
                "By win rate it would be {hand}: paid + expected \u00d7 {won}/{resolved}, every open entry "
                "alike; the forecast is {gap} higher, since it goes by the age of each entry and by how fast "
                "entries are paid."
            )
        return sentence.format(
            hand=self.sum(row.hand_formula, unit),
            won=row.won_all,
            resolved=row.resolved_all,
            end=self.day(row.period.end),
            gap=self.sum(abs(gap), unit),
        )

    def beside(self, row: ForecastRow) -> str:
        """Tell the number that is never mixed into the forecast; empty without the history for it."""
        _, parts = self._texts.gettext, []
        if row.run_rate is not None:
            parts.append(
                _("by the pace of the last 90 days it would be {sum}").format(
                    sum=self.sum(row.run_rate, row.unit)
                )
            )
        return _("Not in the forecast: {parts}.").format(parts="; ".join(parts)) if parts else ""

    def chart(
        self,
        period: Period,
        points: Sequence[TrendPoint],
        row: ForecastRow | None,
        commitment: Decimal | None,
    ) -> Chart:
        """Give what the chart of one unit shows."""
        _, n = self._texts.gettext, len(points)
        if n > 1:
            text = self._texts.ngettext("{n} day", "{n} days", n).format(n=n)
        elif n == 1:
            text = _(
                "A chart needs the results of at least two days; there are those of one: {day}, "
                "forecast {sum}."
            ).format(day=self.day(points[0].day), sum=self.sum(points[0].forecast, points[0].unit))
        else:
            text = _("A chart needs the results of at least two days; there are none yet.")
        target = None if row is None else row.target
        return Chart(
            period=period,
            points=tuple(points),
            target=None if target is None else float(target),
            commitment=None if commitment is None else float(commitment),
            text=text,
            captions={
                "forecast": f"{_('Forecast')} ({text})" if n > 1 else "",
                "range": _("P10\u2013P90"),
                "paid": _("Paid"),
                "hand": _("By win rate"),
                "target": _("Target"),
                "commitment": _("Commitment"),
                "unit": "" if row is None else unit_name(row.unit, self._texts),
                "above": _("By win rate: {number}, above the scale"),
            },
            language=self._texts.language,
        )

    def commitment_columns(self) -> tuple[Column, ...]:
        """Give the columns of the list of commitments."""
        _ = self._texts.gettext
        return (
            Column(_("Recorded"), is_number=False),
            Column(_("Amount")),
            Column(_("Note"), is_number=False),
        )

    def commitments(self, rows: Sequence[Commitment]) -> tuple[tuple[str, ...], ...]:
        """Write the commitments, in the order given."""
        return tuple(
            (
                f"{self.day(row.made_at.astimezone().date())} {row.made_at.astimezone():%H:%M}",
                self.exact(row.amount, row.unit),
                " ".join(row.note.split()),
            )
            for row in rows
        )

    def accuracy_columns(self) -> tuple[Column, ...]:
        """Give the columns of the accuracy of past forecasts."""
        _ = self._texts.gettext
        return (
            Column(_("Period"), is_number=False),
            Column(_("Unit"), is_number=False),
            Column(_("Days compared")),
            Column(_("Forecast misses by")),
            Column(_("By win rate misses by")),
            Column(_("Days within P10\u2013P90")),
        )

    def accuracy(self, rows: Sequence[AccuracyRow]) -> tuple[tuple[str, ...], ...]:
        """Write the accuracy, in the order given."""
        covered = self._texts.gettext("{days} of {all} ({share})")
        return tuple(
            (
                period_name(row.period, self._texts),
                unit_name(row.unit, self._texts),
                str(row.days),
                NOTHING if row.wape is None else percent(row.wape, self._texts),
                NOTHING if row.hand_wape is None else percent(row.hand_wape, self._texts),
                covered.format(
                    days=row.covered,
                    all=row.days,
                    share=percent(row.covered / row.days if row.days else 0.0, self._texts),
                ),
            )
            for row in rows
        )

    def _cells(self, name: str, row: ForecastRow, is_weak: bool) -> tuple[str, ...]:
        unit = row.unit
        return (
            name,
            str(row.clients),
            str(row.due_today),
            (LATE if row.overdue else "") + str(row.overdue),
            self.number(row.expected, unit),
            self.number(row.paid, unit),
            self.number(row.refused, unit),
            self.rate(row),
            self.number(row.still_to_come, unit),
            (WEAK if is_weak else "") + self.number(row.forecast, unit),
            self.range(row),
            self.number(row.hand_formula, unit) if row.resolved_all else NOTHING,
        )

    def _goal(self, caption: str, goal: Decimal | None, row: ForecastRow, missing: str) -> Card:
        if goal is None:
            return Card(caption, NOTHING, missing)
        share = percent(row.forecast / float(goal), self._texts) if goal else NOTHING
        note = self._texts.gettext("the forecast is {share} of it").format(share=share)
        return Card(caption, self.exact(goal, row.unit), note)

    def _pace(self, row: ForecastRow, run: Run) -> Card:
        ngettext, pace, n = self._texts.ngettext, row.speed_index, row.paid_events
        caption = self._texts.gettext("Pace against the company")
        if pace is None or pace <= 0:
            return Card(caption, NOTHING, "")
        if not run.has_history:
            return Card(caption, NOTHING, self._texts.gettext("no history"))
        if abs(pace - 1) < SAME_PACE:
            note = ngettext("pays as fast ({n} payment)", "pays as fast ({n} payments)", n)
        elif pace > 1:
            note = ngettext(
                "pays {times} times as fast ({n} payment)", "pays {times} times as fast ({n} payments)", n
            )
        else:
            note = ngettext(
                "pays {times} times slower ({n} payment)", "pays {times} times slower ({n} payments)", n
            )
        times = self._decimal(max(pace, 1 / pace))
        return Card(caption, f"\u00d7\u00a0{self._decimal(pace)}", note.format(times=times, n=n))

    def _decimal(self, value: float) -> str:
        text = f"{value:.1f}"
        return text.replace(".", ",") if self._texts.language == "ru" else text
