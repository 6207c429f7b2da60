"""The forecast page in words: cards, rows of the table, the comparison, commitments; no Tk here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mini_crm.domain.model import AccuracyRow, Commitment, Forecast, ForecastRow, Run
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period, Stage
from mini_crm.domain.rules import name_key, name_order
from mini_crm.domain.shown import ShownParts, round_shown, share_out
from mini_crm.i18n import Texts
from mini_crm.report.rows import places_of
from mini_crm.report.wording import percent, unit_name
from mini_crm.ui.headline import Headline, Level, Numbers, decimal_text, numbers_of, weak_sign
from mini_crm.ui.linked import Linked, fill_in, link
from mini_crm.usecases.behind import Number, can_open

NOTHING = "\u2014"
TENTH = re.compile(r"[.,]\d$")
"""At the end of a number: of pieces that are still to come."""
LATE = "!\u00a0"
"""Before a number of overdue entries, as in the table of entries."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    caption: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table; ``is_total`` is the lead's own row of a unit.

    Attributes:
        links: For each cell the number that it opens, if it does; none for a row that opens nothing.
        source: Where the numbers are from.
        shown: Its sums as they are shown.
    """

    cells: tuple[str, ...]
    is_total: bool
    links: tuple[Number | None, ...] = ()
    source: ForecastRow | None = None
    shown: ShownParts | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One number to be seen at once, with what belongs to it, and how it stands if it is a target.

    Value and note may be ``Linked``.
    """

    caption: str
    value: str
    note: str
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a table before it is put in words; sums are already shared among the managers."""

    name: str
    row: ForecastRow
    numbers: Numbers
    expected: Decimal
    refused: Decimal
    weak: str


_Cell = tuple[Column, Callable[[_Line], str], Number | None]


class ForecastTexts:
    """Writes forecasts in the person's language.

    Args:
        texts: In that language.

    Attributes:
        headline: Writes the numbers.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.headline = Headline(texts)

    def exact(self, value: Decimal, unit: str) -> str:
        """Write an amount to the last place, with its unit."""
        return f"{format_amount(value, language=self._texts.language)}\u00a0{unit_name(unit, self._texts)}"

    def columns(self, stage: Stage) -> tuple[Column, ...]:
        """Give the columns of the table by manager."""
        return tuple(column for column, _write, _number in self._cells(stage))

    def rows(
        self, forecast: Forecast, period: Period, stage: Stage, groups: Mapping[int, str], unit: str = ""
    ) -> tuple[TableRow, ...]:
        """Write the rows of a period: for each unit the lead's own, then the managers', who add up to it.

        Args:
            forecast: One lead's.
            period: One of its periods.
            stage: How that stands to the run's day.
            groups: Names of groups by manager id, to tell managers of one name apart.
            unit: Whose rows come first.
        """
        _ = self._texts.gettext
        weak = "" if forecast.run is None or stage is Stage.OVER else weak_sign(forecast.run)
        managers = sorted(
            (row for row in forecast.managers if row.period == period),
            key=lambda row: name_order(row.manager_name),
        )
        names = Counter((name_key(row.manager_name), row.unit) for row in managers)
        cells, run = self._cells(stage), forecast.run
        rows: list[TableRow] = []
        totals = [row for row in forecast.leads if row.period == period]
        for total in sorted(totals, key=lambda row: row.unit != unit):
            own = [row for row in managers if row.unit == total.unit]
            captions = [_("Total, {unit}").format(unit=unit_name(total.unit, self._texts))]
            for row in own:
                name, group = row.manager_name, groups.get(row.manager_id or 0)
                is_twin = names[name_key(name), row.unit] > 1 and group
                captions.append(f"{name} ({group})" if is_twin else name)
            lines = list(_lines(captions, total, own, weak))
            columns = [
                _in_line([write(line) for line in lines], self._texts.language)
                for _column, write, _at in cells
            ]
            for number, (line, texts) in enumerate(zip(lines, zip(*columns, strict=True), strict=True)):
                links = (
                    at if at is not None and run is not None and can_open(at, line.row, run) else None
                    for _column, _write, at in cells
                )
                rows.append(TableRow(texts, number == 0, tuple(links), line.row, line.numbers.parts))
        return tuple(rows)

    def cards(self, row: ForecastRow, run: Run, commitment: Decimal | None, stage: Stage) -> tuple[Card, ...]:
        """Write the lead's own numbers of a unit that stand below the whole one.

        Args:
            row: The numbers.
            run: Where they are from.
            commitment: The newest, None without one.
            stage: How the period stands to the run's day.
        """
        _, numbers = self._texts.gettext, numbers_of([row])[0]
        goals = (
            self._goal(
                Card(_("Target"), NOTHING, _("not set by the administrator")),
                row.target, _("{share} of the target"), row, numbers, stage,
            ),
            self._goal(
                Card(_("Commitment"), NOTHING, _("none yet")),
                commitment, _("{share} of the commitment"), row, numbers, stage,
            ),
        )  # fmt: skip
        if stage is Stage.OVER:
            return tuple(card for card in goals if card.level is not None)
        own = (*goals, self._rate(row, run), self._pace(row, run))
        return own if stage is Stage.AHEAD else (*self._parts(row, numbers, run), *own)

    def came(self, accuracy: AccuracyRow | None) -> tuple[Card, ...]:
        """Write how the forecasts of a period that is over met what came."""
        _, ngettext = self._texts.gettext, self._texts.ngettext
        if accuracy is None:
            return (Card(_("Forecast missed by"), NOTHING, _("no forecast of this period is stored")),)
        days = ngettext("{n} day compared", "{n} days compared", accuracy.days).format(n=accuracy.days)
        if accuracy.is_recalculated:
            days = _("{days}, recalculated").format(days=days)
        miss = NOTHING if accuracy.wape is None else percent(accuracy.wape, self._texts)
        held = _("{days} of {all}").format(days=accuracy.covered, all=accuracy.days)
        share = percent(accuracy.covered / accuracy.days if accuracy.days else 0.0, self._texts)
        return (
            Card(_("Forecast missed by"), miss, days),
            Card(_("The range held on"), held, _("{share} of the days").format(share=share)),
        )

    def beside(self, row: ForecastRow) -> str:
        """Tell the numbers that are never mixed into the forecast, in small print."""
        _, parts = self._texts.gettext, []
        if row.resolved_all:
            hand = _("by win rate {sum} (paid + expected \u00d7 the share ever paid)")
            parts.append(hand.format(sum=self.headline.sum(row.hand_formula, row.unit)))
        if row.run_rate is not None:
            pace = _("by the pace of 90 days {sum}")
            parts.append(pace.format(sum=self.headline.sum(row.run_rate, row.unit)))
        return _("For comparison only: {parts}.").format(parts="; ".join(parts)) if parts else ""

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
                f"{self.headline.day(row.made_at.astimezone().date())} {row.made_at.astimezone():%H:%M}",
                self.exact(row.amount, row.unit),
                " ".join(row.note.split()),
            )
            for row in rows
        )

    def _cells(self, stage: Stage) -> list[_Cell]:
        """Give the columns of a stage, each with what it shows of a row."""
        _, number = self._texts.gettext, self.headline.number
        name: _Cell = (Column(_("Manager"), is_number=False), lambda line: line.name, None)
        paid: _Cell = (
            Column(_("Paid")),
            lambda line: number(line.numbers.parts.paid, line.row.unit),
            Number.PAID,
        )
        whole: _Cell = (
            Column(_("Forecast")),
            lambda line: line.weak + number(line.numbers.forecast, line.row.unit),
            None,
        )
        likely: _Cell = (Column(_("Likely range")), lambda line: self._range(line), None)
        expected: _Cell = (
            Column(_("Expected")),
            lambda line: number(line.expected, line.row.unit),
            Number.EXPECTED,
        )
        clients: _Cell = (Column(_("Clients")), lambda line: str(line.row.clients), None)
        refused: _Cell = (Column(_("Refused")), lambda line: number(line.refused, line.row.unit), None)
        rate: _Cell = (
            Column(_("Win rate")),
            lambda line: self.headline.rate(line.row) or NOTHING,
            Number.RESOLVED,
        )
        if stage is Stage.OVER:
            return [name, paid, refused]
        if stage is Stage.AHEAD:
            return [name, whole, likely, expected, clients, rate]
        return [
            name,
            paid,
            (
                Column(_("From open entries")),
                lambda line: line.weak + number(line.numbers.parts.from_open, line.row.unit),
                Number.FROM_OPEN,
            ),
            (
                Column(_("From new entries")),
                lambda line: line.weak + number(line.numbers.parts.from_new, line.row.unit),
                Number.FROM_NEW,
            ),
            whole,
            likely,
            expected,
            clients,
            (Column(_("Due today")), lambda line: str(line.row.due_today), Number.DUE_TODAY),
            (
                Column(_("Overdue")),
                lambda line: (LATE if line.row.overdue else "") + str(line.row.overdue),
                Number.OVERDUE,
            ),
            refused,
            rate,
            (Column(_("By win rate")), lambda line: self._by_hand(line.row), None),
        ]

    def _by_hand(self, row: ForecastRow) -> str:
        return self.headline.number(row.hand_formula, row.unit) if row.resolved_all else NOTHING

    def _range(self, line: _Line) -> str:
        low, high, unit = line.numbers.low, line.numbers.high, line.row.unit
        if low is None or high is None:
            return self._texts.gettext("no history")
        return f"{self.headline.number(low, unit)} \u2013 {self.headline.number(high, unit)}"

    def _parts(self, row: ForecastRow, numbers: Numbers, run: Run) -> tuple[Card, ...]:
        _, ngettext, write, unit = self._texts.gettext, self._texts.ngettext, self.headline, row.unit
        weak = weak_sign(run)
        payments = fill_in(
            ngettext("{n} payment", "{n} payments", row.paid_count),
            n=link(str(row.paid_count), Number.PAID, row, run),
        )
        entries = fill_in(
            ngettext("of {expected} ({n} entry)", "of {expected} ({n} entries)", row.open_count),
            expected=link(write.number(row.expected, unit), Number.EXPECTED, row, run),
            n=link(str(row.open_count), Number.EXPECTED, row, run),
        )
        paid = Linked([link(write.sum(numbers.parts.paid, unit), Number.PAID, row, run)])
        from_open = Linked(
            [link(weak + write.sum(numbers.parts.from_open, unit), Number.FROM_OPEN, row, run)]
        )
        from_new = Linked([link(weak + write.sum(numbers.parts.from_new, unit), Number.FROM_NEW, row, run)])
        if numbers.open_low is None or numbers.open_high is None:
            known = _("no history, no range")
        else:
            known = _("{low} to {high}").format(
                low=write.number(numbers.open_low, unit), high=write.number(numbers.open_high, unit)
            )
        return (
            Card(_("Paid"), paid, payments),
            Card(_("+ from open entries"), from_open, entries),
            Card(_("+ from new entries"), from_new, _("still to be entered in the period")),
            Card(_("Without new entries"), weak + write.sum(numbers.open_forecast, unit), known),
        )

    def _goal(
        self, empty: Card, goal: Decimal | None, share: str, row: ForecastRow, numbers: Numbers, stage: Stage
    ) -> Card:
        if goal is None:
            return empty
        note = self.headline.against(goal, share, row, numbers, stage)
        return Card(empty.caption, self.exact(goal, row.unit), note, numbers.level(goal) if goal else None)

    def _rate(self, row: ForecastRow, run: Run) -> Card:
        _ = self._texts.gettext
        return Card(
            _("Win rate"),
            NOTHING if row.win_rate is None or not row.resolved else percent(row.win_rate, self._texts),
            fill_in(
                _("paid {won} of {resolved} closed in the last 365 days"),
                won=link(str(row.won), Number.WON, row, run),
                resolved=link(str(row.resolved), Number.RESOLVED, row, run),
            ),
        )

    def _pace(self, row: ForecastRow, run: Run) -> Card:
        ngettext, pace, n = self._texts.ngettext, row.speed_index, row.paid_events
        caption = self._texts.gettext("Speed of payment relative to the company")
        if pace is None or pace <= 0:
            return Card(caption, NOTHING, "")
        if not run.has_history:
            return Card(caption, NOTHING, self._texts.gettext("no history"))
        note = ngettext(
            "the company is \u00d7\u00a01; {n} payment", "the company is \u00d7\u00a01; {n} payments", n
        )
        return Card(caption, f"\u00d7\u00a0{decimal_text(pace, self._texts)}", note.format(n=n))


def _in_line(cells: list[str], language: str) -> list[str]:
    """Give every number of a column a tenth if one has it, so that their digits stand below each other."""
    if not any(map(TENTH.search, cells)):
        return cells
    tenth = ",0" if language == "ru" else ".0"
    return [cell if TENTH.search(cell) or not cell[-1:].isdigit() else cell + tenth for cell in cells]


def _lines(
    captions: Sequence[str], total: ForecastRow, managers: Sequence[ForecastRow], weak: str
) -> list[_Line]:
    """Share the lead's sums among the managers, so that every column adds up."""
    rows, places = [total, *managers], places_of(total.unit)

    def shared(top: Decimal, below: list[Decimal]) -> list[Decimal]:
        shown = round_shown(top, places=places)
        return [shown, *share_out(shown, below, places=places)]

    expected = shared(total.expected, [row.expected for row in managers])
    refused = shared(total.refused, [row.refused for row in managers])
    columns = zip(captions, rows, numbers_of(rows), expected, refused, strict=True)
    return [_Line(*line, weak) for line in columns]
