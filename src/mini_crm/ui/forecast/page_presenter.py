"""The forecast page: what is asked of the database, and what is shown when; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from mini_crm.domain.errors import BadValue, DatabaseUnreachable, MiniCrmError
from mini_crm.domain.model import (
    PIECES,
    AccuracyRow,
    Commitment,
    Forecast,
    ForecastRow,
    Run,
    TrendPoint,
)
from mini_crm.domain.money import MAX_TOTAL, format_amount, parse_amount
from mini_crm.domain.period import Period, Stage, stage_of, standing_periods
from mini_crm.domain.shown import ShownParts
from mini_crm.messages import sentence
from mini_crm.report.wording import period_name, run_mark, unit_name
from mini_crm.ui.desk import Cancel, Desk
from mini_crm.ui.entries.opened import OpenRows
from mini_crm.ui.forecast.accuracy import AccuracyTexts, row_of
from mini_crm.ui.forecast.from_new import from_new
from mini_crm.ui.forecast.page import ForecastViewPort, Page
from mini_crm.ui.forecast.paying import PayingTexts
from mini_crm.ui.forecast.texts import Card, ForecastTexts, TableRow
from mini_crm.ui.forecast.trend import chart_of
from mini_crm.ui.headline import numbers_of
from mini_crm.ui.periods import in_order
from mini_crm.usecases.behind import Number, behind

LOOK_S = 60
"""So often an open page looks for a newer forecast."""


@dataclass(frozen=True, slots=True)
class _Data:
    """What was read, as of one moment.

    Attributes:
        day: The day that the run counted, or today before the first run.
        period: Which of ``periods`` the rest is of.
    """

    forecast: Forecast
    day: date
    periods: tuple[Period, ...]
    period: int
    trend: tuple[TrendPoint, ...]
    commitments: tuple[Commitment, ...]
    accuracy: tuple[AccuracyRow, ...]
    groups: Mapping[int, str]
    units: tuple[str, ...]


class ForecastPresenter:
    """Shows a lead's forecasts and records commitments.

    Args:
        desk: Of the lead.
        view: The page.
        now: Tells the time, in UTC.
        open_rows: Shows the rows behind a number, on their own page.
    """

    def __init__(
        self,
        desk: Desk,
        view: ForecastViewPort,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        open_rows: OpenRows = lambda rows, whose, as_of: None,
    ) -> None:
        self._open_rows = open_rows
        self._desk = desk
        self._view = view
        self._now = now
        self._write = ForecastTexts(desk.texts)
        self._accuracy = AccuracyTexts(desk.texts)
        self._paying = PayingTexts(desk.texts)
        self._data: _Data | None = None
        self._wanted: Period | None = None
        self._unit = ""
        self._rows: tuple[TableRow, ...] = ()
        self._recording: tuple[Period, str, str, str] | None = None
        self._asked = 0
        self._read_at: datetime | None = None
        self._groups: dict[int, str] | None = None
        self._units_of_groups: tuple[str, ...] = ()
        self._attempt: tuple[UUID, tuple[Period, str, Decimal, str]] | None = None
        self._cancel: Cancel | None = None
        self._is_failing = False

    def start(self) -> None:
        """Show the page for the first time; called again it only refreshes."""
        if self._cancel is None:
            self._view.listen(self)
            self._desk.choice.listen(self._choice_changed)
            self._desk.computing.listen(self._computing)
            self._cancel = self._desk.tasks.every(LOOK_S, self._look)
        self.refresh()

    def stop(self) -> None:
        """Look for nothing any more."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def refresh(self) -> None:
        """Read everything again."""
        self._asked += 1
        asked, unit = self._asked, self._unit

        def read(token: bytes) -> tuple[_Data, Page]:
            data = self._read(token)
            return data, self._page(data, unit)  # here, since naming months loads a library

        def done(result: tuple[_Data, Page]) -> None:
            if asked == self._asked:  # else another period was chosen meanwhile
                data, page = result
                self._show(data, page if unit == self._unit else self._page(data, self._unit))

        self._desk.call(read, done, self._failed)

    def has_unsaved(self) -> bool:
        """Say whether something typed would be lost."""
        return self._view.has_typed()

    def choose_period(self, number: int) -> None:
        """Show another period, on both pages."""
        if self._data is not None:
            self._view.show_notice("", "")
            self._desk.choice.choose(self._data.periods[number])

    def choose_unit(self, number: int) -> None:
        """Show another unit."""
        if self._data is not None and self._data.units[number] != self._unit:
            self._unit = self._data.units[number]
            self._view.show_commitment_error("amount", "")
            self._view.show_page(self._page(self._data, self._unit))

    def open_card(self, number: Number) -> None:
        """Show what is behind a number of the lead in the chosen unit."""
        data = self._data
        if data is not None:
            row = _row_of(data, self._unit)
            if row is not None:
                self._open(data, row, number, numbers_of([row])[0].parts)

    def open_cell(self, row: int, column: int) -> None:
        """Show what is behind a number of the table."""
        if self._data is not None and row < len(self._rows):
            shown = self._rows[row]
            number = shown.links[column]
            if number is not None and shown.source is not None:
                self._open(self._data, shown.source, number, shown.shown)

    def _open(self, data: _Data, row: ForecastRow, number: Number, shown: ShownParts | None) -> None:
        run = data.forecast.run
        if number is Number.FROM_NEW:
            self._view.show_from_new(from_new(data.forecast, row, self._desk.texts))
        elif run is not None and (rows := behind(number, row, run, shown)) is not None:
            self._open_rows(rows, row.manager_name, run.as_of)

    def compute(self) -> None:
        """Ask for a run of the aggregation."""
        said = self._desk.texts.gettext("The forecast has been computed again.")
        self._desk.computing.ask(lambda: self._view.show_notice("ok", said), self._not_computed)

    def commit(self, amount: str, note: str) -> None:
        """Record the lead's own number for the period and unit that are chosen; the same twice is once."""
        period, unit = self._desk.choice.period, self._unit
        if period is None or not unit or self._recording == (period, unit, amount, note):
            return
        try:
            value = parse_amount(amount, whole=unit == PIECES, unit=unit, limit=MAX_TOTAL)
        except BadValue as error:
            said = sentence(error, self._desk.texts)
            self._view.show_commitment_error("amount", said, go_there=True)
            return
        self._view.show_commitment_error("amount", "")
        self._view.show_commitment_error("note", "")

        wanted = (period, unit, value, note)
        if self._attempt is None or self._attempt[1] != wanted:
            self._attempt = (uuid4(), wanted)
        op_id = self._attempt[0]  # the same again when an answer was lost: it is recorded once

        def record(token: bytes) -> Commitment:
            return self._desk.store.set_commitment(token, op_id, period, unit, value, note)

        def done(commitment: Commitment) -> None:
            self._recording = None
            self._view.clear_commitment(amount, note)
            self._committed(commitment)

        def failed(error: BaseException) -> None:
            self._recording = None
            self._not_committed(error)

        self._recording = (period, unit, amount, note)
        self._desk.call(record, done, failed)

    def _computing(self, running: bool) -> None:
        self._view.show_computing(running)
        if not running and self._view.is_on_screen():
            self.refresh()

    def _not_computed(self, error: BaseException) -> None:
        if isinstance(error, MiniCrmError) and not isinstance(error, DatabaseUnreachable):
            self._view.show_notice("info", sentence(error, self._desk.texts))
        else:
            self._failed(error)

    def _committed(self, commitment: Commitment) -> None:
        self._attempt = None
        text = self._desk.texts.gettext("Recorded: {sum} for {period}. Earlier numbers stay in the list.")
        self._view.show_notice(
            "ok",
            text.format(
                sum=self._write.exact(commitment.amount, commitment.unit),
                period=period_name(commitment.period, self._desk.texts),
            ),
        )
        self.refresh()

    def _not_committed(self, error: BaseException) -> None:
        text = sentence(error, self._desk.texts)
        if isinstance(error, BadValue) and error.field in ("amount", "note"):
            self._view.show_commitment_error(error.field, text)
        else:
            kept = self._desk.texts.gettext("The commitment was not recorded; it is still in the form.")
            self._view.show_notice("error", f"{kept} {text}")
            self._is_failing = isinstance(error, DatabaseUnreachable)  # then the next answer takes it away

    def _choice_changed(self) -> None:
        """Show the period that was chosen here or on the other page; a hidden page reads when it is shown."""
        if self._desk.choice.period != self._wanted:
            self._wanted = self._desk.choice.period
            if self._view.is_on_screen():
                self.refresh()

    def _failed(self, error: BaseException) -> None:
        _ = self._desk.texts.gettext
        text = sentence(error, self._desk.texts)
        if self._read_at is not None:
            told = _("This is what was read at {time}.").format(time=f"{self._read_at.astimezone():%H:%M}")
            text = f"{text} {told}"
        self._is_failing = True
        self._view.show_notice("error", text)

    def _look(self) -> None:
        """Follow time and newer runs while somebody is looking; the database is asked without a person."""
        if self._view.is_on_screen():
            self._show_age()
            self._desk.call(self._desk.store.get_forecast, self._looked, self._failed)

    def _looked(self, forecast: Forecast) -> None:
        if self._data is None or forecast != self._data.forecast or self._is_failing:
            self.refresh()  # all the rest, which takes longer to read

    def _read(self, token: bytes) -> _Data:
        store = self._desk.store
        if self._groups is None:
            groups = store.list_groups(token)
            self._units_of_groups = tuple(sorted({group.unit for group in groups}))
            self._groups = {m.manager_id: group.name for group in groups for m in group.managers}
        forecast = store.get_forecast(token)
        day = self._desk.session.today if forecast.run is None else forecast.run.count_day
        periods = in_order((row.period for row in forecast.leads), day) or standing_periods(day)
        at = self._desk.choice.place(periods, day)
        shown = {row.unit for row in forecast.leads if row.period == periods[at]}
        return _Data(
            forecast=forecast,
            day=day,
            periods=periods,
            period=at,
            trend=store.list_trend(token, periods[at]),
            commitments=store.list_commitments(token, periods[at]),
            accuracy=store.list_accuracy(token),
            groups=self._groups,
            units=tuple(sorted(shown.union(self._units_of_groups))),
        )

    def _show(self, data: _Data, page: Page) -> None:
        self._data = data
        self._wanted = data.periods[data.period]
        self._unit = page.unit_code
        self._rows = page.rows
        self._read_at = self._now()
        if self._is_failing:
            self._is_failing = False
            self._view.show_notice("", "")
        self._view.show_page(page)
        self._show_age()
        self._desk.choice.settle(data.periods, data.day)

    def _show_age(self) -> None:
        run = None if self._data is None else self._data.forecast.run
        text, is_stale = self._write.headline.as_of(run, self._now())
        self._view.show_as_of(text, is_stale=is_stale)

    def _page(self, data: _Data, wanted_unit: str) -> Page:
        texts, write = self._desk.texts, self._write
        period, run, learnt = data.periods[data.period], data.forecast.run, data.forecast.learnt
        stage = stage_of(period, data.day)
        unit = wanted_unit if wanted_unit in data.units else _main_unit(data)
        row = _row_of(data, unit)
        commitments = [commitment for commitment in data.commitments if commitment.unit == unit]
        newest: Decimal | None = commitments[0].amount if commitments else None
        title, likely, cards = "", "", tuple[Card, ...]()
        if row is not None and run is not None:
            numbers = numbers_of([row])[0]
            title = write.headline.title(row, numbers, run, stage)
            likely = self._likely(write.headline.likely(row, numbers, stage), run)
            cards = write.cards(row, run, newest, stage)
            if stage is Stage.OVER:
                cards = (*cards, *write.came(row_of(data.accuracy, period, unit)))
        points = [point for point in data.trend if point.unit == unit]
        session = self._desk.session
        return Page(
            periods=tuple(period_name(one, texts) for one in data.periods),
            period=data.period,
            units=tuple(unit_name(one, texts) for one in data.units),
            unit=data.units.index(unit) if unit else 0,
            unit_code=unit,
            mark="" if run is None or stage is Stage.OVER else run_mark(run, texts),
            title=title,
            likely=likely,
            cards=cards,
            beside=write.beside(row) if row is not None and stage is Stage.RUNNING else "",
            columns=write.columns(stage),
            rows=write.rows(data.forecast, period, stage, data.groups, unit),
            nothing="" if title or data.forecast.leads else self._nothing(data),
            chart=chart_of(texts, period, stage, points, row, newest),
            paying=self._paying.subjects(learnt, session.lead_id, session.lead_name),
            commitment_columns=write.commitment_columns(),
            commitments=write.commitments(commitments),
            can_commit=bool(unit) and stage is not Stage.OVER,
            accuracy_columns=self._accuracy.columns(),
            accuracy=self._accuracy.rows(data.accuracy, learnt, period),
            accuracy_note=self._accuracy.note(data.accuracy, learnt),
        )

    def _likely(self, likely: str, run: Run) -> str:
        """Say with the range from how much it was learnt."""
        if not likely or not run.has_history:
            return likely
        n = run.paid_events
        learnt = self._desk.texts.ngettext("learnt from {n} payment", "learnt from {n} payments", n)
        number = format_amount(Decimal(n), language=self._desk.texts.language)
        return f"{likely} \u00b7 {learnt.format(n=number)}"

    def _nothing(self, data: _Data) -> str:
        _ = self._desk.texts.gettext
        if data.forecast.run is None:
            return _("The forecast has not been computed yet. It appears here when the first run is done.")
        return _("The last run found no entries of yours. Enter one; it is counted by the next run.")


def _row_of(data: _Data, unit: str) -> ForecastRow | None:
    """Give the lead's own row of the period and a unit."""
    period = data.periods[data.period]
    return next((row for row in data.forecast.leads if row.period == period and row.unit == unit), None)


def _main_unit(data: _Data) -> str:
    """Give the unit with the most clients in the period, so that the page opens on what matters."""
    period = data.periods[data.period]
    clients = {row.unit: row.clients for row in data.forecast.leads if row.period == period}
    return max(data.units, key=lambda unit: clients.get(unit, -1), default="")
