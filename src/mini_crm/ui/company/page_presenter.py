"""The company page: what is asked of the database, and what is shown when; no Tk here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mini_crm.domain.errors import NotAllowed
from mini_crm.domain.model import EntrySort, Group
from mini_crm.domain.period import Period, Stage
from mini_crm.domain.rules import name_key
from mini_crm.messages import sentence
from mini_crm.report.wording import period_name, run_mark, unit_name
from mini_crm.ui.company.bridge import BridgePart, BridgeTexts
from mini_crm.ui.company.lead_rows import Behind, LeadRows
from mini_crm.ui.company.page import (
    CompanyRow,
    CompanyViewPort,
    Page,
    RowsWanted,
    Table,
)
from mini_crm.ui.company.reading import CompanyData, CompanyReader, rows_behind
from mini_crm.ui.company.texts import FIRST_DESCENDING, CompanyTexts, Key, Line
from mini_crm.ui.desk import Cancel, Desk
from mini_crm.ui.entries.feed import NO_CHANGES_YET
from mini_crm.ui.entries.presence import AWAY_AFTER

LOOK_S = 5
"""So often an open page asks for the number of the newest run."""
AGAIN_AFTER = timedelta(minutes=1)
"""A run that finds nothing changed is no new one: it only renews the moment of the last."""
NOT_HEAD = "not_head"


class CompanyPresenter:
    """Shows all leads to a head of sales, and what any of them has.

    Args:
        desk: Of the head.
        view: The page.
        now: Tells the time, in UTC.
    """

    def __init__(
        self, desk: Desk, view: CompanyViewPort, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._desk = desk
        self._view = view
        self._now = now
        self._write = CompanyTexts(desk.texts)
        self._bridge = BridgeTexts(desk.texts)
        self._reader = CompanyReader(desk, self._write)
        self._data: CompanyData | None = None
        self._wanted: Period | None = None
        self._unit = ""
        self._found = ""
        self._order: tuple[Key, bool] = (Key.GAP, False)
        self._since = 0
        self._lead: int | None = None
        self._lead_name = ""
        self._groups: tuple[Group, ...] = ()
        self._rows: LeadRows | None = None
        self._are_rows_behind = False
        self._asked = 0
        self._read_at = self._touched_at = now()
        self._cancel: Cancel | None = None
        self._is_failing = False
        self._is_over = False

    def start(self) -> None:
        """Show the page for the first time; called again it only refreshes."""
        if self._cancel is None:
            self._view.listen(self)
            self._desk.choice.listen(self._choice_changed)
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
        asked = self._asked

        def done(data: CompanyData) -> None:
            if asked == self._asked:  # else another period was chosen meanwhile
                self._show(data)

        self._desk.call(self._reader.read, done, self._failed)

    # what the page tells

    def choose_period(self, number: int) -> None:
        """Show another period, on all pages."""
        if self._data is not None:
            self._desk.choice.choose(self._data.periods[number])

    def choose_unit(self, number: int) -> None:
        """Show the leads of another unit."""
        if self._data is not None:
            self._unit = self._data.units[number]
            self._show_page()

    def find(self, text: str) -> None:
        """Show the leads with this in their names only."""
        if name_key(text) != self._found:
            self._found = name_key(text)
            self._show_page()

    def sort_by(self, column: int) -> None:
        """Order the leads by a column, the other way round if they are by it already."""
        if self._data is None:
            return
        key = self._data.keys[column]
        by, descending = self._order
        self._order = (key, not descending if key is by else key in FIRST_DESCENDING)
        self._show_page()

    def choose_since(self, number: int) -> None:
        """Begin the bridge on another day."""
        if number != self._since:
            self._since = number
            self._show_page()

    def open_row(self, name: str) -> None:
        """Open a lead; the total of another unit shows that unit, a manager the rows of this one."""
        data = self._data
        if data is None:
            return
        if not name.isdigit():
            if self._lead is None and name in data.units:
                self.choose_unit(data.units.index(name))
        elif self._lead is None:
            self._open(int(name), None)
        elif self._rows is not None:
            self._rows.show_manager(int(name))

    def open_number(self, name: str, column: int) -> None:
        """Show the rows behind a number of a lead or a manager; what is from new entries has managers."""
        data = self._data
        if data is None:
            return
        key, line = data.keys[column], self._line(name)
        found = None if line is None else rows_behind(key, line, data.run)
        if line is None or found is None:
            if self._lead is None:
                self.open_row(name)  # what is from new entries has managers and no rows
            return
        rows = Behind(self._caption(key, line), found)
        if self._lead is None:
            self._open(line.row.lead_id or 0, rows)
        elif self._rows is not None:
            self._rows.show(rows)

    def back(self) -> None:
        """Go back from a lead to the company."""
        if self._lead is not None:
            self._close()
            self._view.show_lead(None)

    def touched(self) -> None:
        """Know that the person is at the window; rows that were not read for nobody are read now."""
        self._touched_at = self._now()
        if self._are_rows_behind:
            self._reload_rows()

    def filter_rows(self, wanted: RowsWanted) -> None:
        """Show other entries of the lead."""
        if self._rows is not None:
            self._rows.filter(wanted)

    def leave_number(self) -> None:
        """Show more than the rows behind a number."""
        if self._rows is not None:
            self._rows.leave_number()

    def sort_rows(self, column: EntrySort) -> None:
        """Order the lead's entries."""
        if self._rows is not None:
            self._rows.sort_by(column)

    def more_rows(self) -> None:
        """Read more of the lead's entries."""
        if self._rows is not None:
            self._rows.more()

    # one lead

    def _open(self, lead_id: int, rows: Behind | None) -> None:
        self._close()
        self._lead = lead_id
        self._rows = opened = LeadRows(
            self._desk,
            self._view.rows,
            lead_id,
            period=lambda: self._known().periods[self._known().period],
            day=lambda: self._known().day,
            today=lambda: self._known().today,
            failed=self._failed,
        )
        self._show_lead()

        def take(groups: tuple[Group, ...]) -> None:
            if self._rows is opened:
                self._groups = groups
                opened.take_groups(groups)
                self._show_lead()

        store = self._desk.store
        self._desk.call(lambda token: store.list_lead_groups(token, lead_id), take, self._failed)
        opened.show(rows)

    def _close(self) -> None:
        if self._rows is not None:
            self._rows.stop()
        self._lead, self._lead_name, self._rows, self._groups = None, "", None, ()
        self._are_rows_behind = False

    def _show_lead(self) -> None:
        if self._lead is not None:
            page = self._reader.lead_page(self._known(), self._lead, self._groups)
            self._lead_name = page.name or self._lead_name
            self._view.show_lead(replace(page, name=self._lead_name))

    def _reload_rows(self) -> None:
        self._are_rows_behind = False
        if self._rows is not None:
            self._rows.reload()

    def _line(self, name: str) -> Line | None:
        """Give the line that a row of the open table shows."""
        data, lead = self._known(), self._lead
        if lead is None:
            return data.lead(self._unit, int(name)) if name.isdigit() else None
        return data.manager(lead, int(name)) if name.isdigit() else data.lead(name, lead)

    def _caption(self, key: Key, line: Line) -> str:
        """Say which number was opened."""
        caption, number = self._write.columns([key], "")[0].caption, self._write.write(line, [key], "")[0]
        return f"{caption} {number}"

    # reading

    def _choice_changed(self) -> None:
        """Show the period that was chosen here or on another page; a hidden page reads when it is shown."""
        if self._desk.choice.period != self._wanted:
            self._wanted = self._desk.choice.period
            if self._view.is_on_screen():
                self.refresh()

    def _failed(self, error: BaseException) -> None:
        if self._is_over:
            return
        text = sentence(error, self._desk.texts)
        if isinstance(error, NotAllowed) and error.code == NOT_HEAD:
            self._is_over = True
            self.stop()
            self._view.tell(text)
            self._desk.leave()
            return
        if self._data is not None:
            told = self._desk.texts.gettext("This is what was read at {time}.")
            text = f"{text} {told.format(time=f'{self._read_at.astimezone():%H:%M}')}"
        self._is_failing = True
        self._view.show_notice("error", text)

    def _look(self) -> None:
        """Follow time and newer runs while somebody is looking; the database is asked without a person."""
        if not self._view.is_on_screen():
            return
        self._show_age()
        store = self._desk.store
        self._desk.call(
            lambda token: store.list_changes(token, NO_CHANGES_YET).run_id, self._looked, self._failed
        )

    def _looked(self, run_id: int | None) -> None:
        run = None if self._data is None else self._data.run
        is_known = self._data is not None and run_id == (None if run is None else run.run_id)
        if not is_known or self._is_failing or self._now() - self._read_at >= AGAIN_AFTER:
            self.refresh()

    # showing

    def _known(self) -> CompanyData:
        if self._data is None:
            raise LookupError("nothing was read yet")
        return self._data

    def _show(self, data: CompanyData) -> None:
        before = self._data
        self._data = data
        self._wanted = data.periods[data.period]
        self._read_at = self._now()
        if self._unit not in data.units:
            self._unit = max(data.units, key=lambda unit: data.lines[unit].total.row.clients, default="")
        if self._is_failing:
            self._is_failing = False
            self._view.show_notice("", "")
        self._show_page()
        self._show_lead()
        if before is not None and before.moment != data.moment:
            if self._now() - self._touched_at <= AWAY_AFTER:
                self._reload_rows()
            else:
                self._are_rows_behind = self._rows is not None
        self._desk.choice.settle(data.periods, data.day)

    def _show_page(self) -> None:
        if self._data is not None:
            self._view.show_page(self._page(self._data))
            self._show_age()

    def _show_age(self) -> None:
        run = None if self._data is None else self._data.run
        text, is_stale = self._write.headline.as_of(run, self._now())
        self._view.show_as_of(text, is_stale=is_stale)

    def _page(self, data: CompanyData) -> Page:
        texts = self._desk.texts
        return Page(
            periods=tuple(period_name(one, texts) for one in data.periods),
            period=data.period,
            units=tuple(unit_name(one, texts) for one in data.units),
            unit=data.units.index(self._unit) if self._unit else 0,
            mark="" if data.run is None or data.stage is Stage.OVER else run_mark(data.run, texts),
            leads=self._leads(data),
            nothing="" if data.lines else self._nothing(data),
            found=self._count(data),
            bridge=self._bridge_part(data),
        )

    def _leads(self, data: CompanyData) -> Table:
        key, descending = self._order if self._order[0] in data.keys else (Key.NAME, False)
        columns = self._write.columns(data.keys, self._desk.texts.gettext("Lead"))
        rows: list[CompanyRow] = []
        if self._unit:
            others = [unit for unit in data.units if unit != self._unit]
            rows = [data.rows[unit][None] for unit in (self._unit, *others)]
            lines = self._write.in_order(self._matching(data), key, descending=descending)
            rows += [data.rows[self._unit][line.row.lead_id] for line in lines]
        return Table(columns, data.keys, tuple(rows), data.keys.index(key), descending)

    def _matching(self, data: CompanyData) -> list[Line]:
        leads = data.lines[self._unit].leads
        return [line for line in leads if self._found in name_key(line.name)]

    def _count(self, data: CompanyData) -> str:
        ngettext = self._desk.texts.ngettext
        if not self._unit:
            return ""
        n = len(data.lines[self._unit].leads)
        if not self._found:
            return ngettext("{n} lead", "{n} leads", n).format(n=n)
        shown = len(self._matching(data))
        return ngettext("{shown} of {n} lead", "{shown} of {n} leads", n).format(shown=shown, n=n)

    def _bridge_part(self, data: CompanyData) -> BridgePart:
        unit = data.lines.get(self._unit)
        return self._bridge.part(
            data.bridges,
            self._unit,
            self._since,
            run=data.run,
            shown_now=None if unit is None else unit.total.numbers.forecast,
        )

    def _nothing(self, data: CompanyData) -> str:
        _ = self._desk.texts.gettext
        if data.run is None:
            return _("The forecast has not been computed yet. It appears here when the first run is done.")
        return _("The last run found no entries of any lead in this period.")
