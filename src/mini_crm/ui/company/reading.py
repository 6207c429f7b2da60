"""What the company page reads of the database at once, and the rows that it makes of it; no Tk here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isclose

from mini_crm.domain.model import Bridge, Company, Group, Run
from mini_crm.domain.period import Period, Stage, stage_of, standing_periods
from mini_crm.domain.rules import name_key
from mini_crm.report.wording import unit_name
from mini_crm.ui.company.page import NUMBERS, CompanyRow, LeadPage, Table
from mini_crm.ui.company.texts import CompanyTexts, Key, Line, UnitLines
from mini_crm.ui.desk import Desk
from mini_crm.ui.periods import in_order
from mini_crm.usecases.behind import Rows, behind


@dataclass(frozen=True, slots=True)
class CompanyData:
    """What was read of the company, as of one moment.

    Attributes:
        day: The day that the run counted, or today before the first run.
        today: The server's day.
        period: Which of ``periods`` the rest is of.
        rows: By unit the company's row (None) and those of the leads, by id, in words.
    """

    company: Company
    bridges: tuple[Bridge, ...]
    day: date
    today: date
    periods: tuple[Period, ...]
    period: int
    stage: Stage
    keys: tuple[Key, ...]
    lines: Mapping[str, UnitLines]
    rows: Mapping[str, Mapping[int | None, CompanyRow]]

    @property
    def run(self) -> Run | None:
        """Where the numbers are from."""
        return self.company.forecast.run

    @property
    def units(self) -> tuple[str, ...]:
        """Units in which there are numbers."""
        return tuple(self.lines)

    def lead(self, unit: str, lead_id: int) -> Line | None:
        """Give a lead's line of a unit."""
        found = self.lines.get(unit)
        return None if found is None else next((x for x in found.leads if x.row.lead_id == lead_id), None)

    def manager(self, lead_id: int, manager_id: int) -> Line | None:
        """Give the line of a lead's manager, who has one unit."""
        mine = (line for unit in self.lines.values() for line in unit.managers.get(lead_id, ()))
        return next((line for line in mine if line.row.manager_id == manager_id), None)

    @property
    def moment(self) -> tuple[object, ...]:
        """What a list of entries depends on: the run, the period and the day."""
        return self.run and self.run.run_id, self.periods[self.period], self.today


class CompanyReader:
    """Reads the company and writes its rows, in any thread.

    Args:
        desk: Of the head.
        write: Writes the numbers.
    """

    def __init__(self, desk: Desk, write: CompanyTexts) -> None:
        self._desk = desk
        self._write = write

    def read(self, token: bytes) -> CompanyData:
        """Read everything of the period that is chosen."""
        store = self._desk.store
        today = store.get_session(token).today
        company, day, periods, at = self._of_chosen_period(token, today)
        bridges = store.list_bridges(token, periods[at])
        if not _is_of_one_run(company, bridges):  # a run came between the two questions
            company, day, periods, at = self._of_chosen_period(token, today)
            bridges = store.list_bridges(token, periods[at])
        run = company.forecast.run
        stage = stage_of(periods[at], day)
        keys = self._write.keys(stage, has_week=bool(company.week_ago))
        lines = self._write.lines(company, periods[at])
        weak = self._write.weak(company, stage)
        return CompanyData(
            company=company,
            bridges=bridges,
            day=day,
            today=today,
            periods=periods,
            period=at,
            stage=stage,
            keys=keys,
            lines=lines,
            rows={unit: self._written(own_lines, keys, weak, run) for unit, own_lines in lines.items()},
        )

    def _of_chosen_period(self, token: bytes, today: date) -> tuple[Company, date, tuple[Period, ...], int]:
        """Read the company; which period is chosen is known for certain once it was told which there are.

        Returns:
            The company, the day that its run counted, the periods, and the place of the chosen one.
        """
        choice = self._desk.choice
        standing = in_order(standing_periods(today), today)
        wanted = choice.period or standing[choice.place(standing, today)]
        while True:
            company = self._desk.store.get_company(token, wanted)
            run = company.forecast.run
            day = today if run is None else run.count_day
            periods = in_order({*company.periods, *standing_periods(day)}, day)
            at = choice.place(periods, day)
            if periods[at] == wanted:
                return company, day, periods, at
            wanted = periods[at]

    def lead_page(self, data: CompanyData, lead_id: int, groups: Sequence[Group]) -> LeadPage:
        """Write a lead's numbers by unit, and those of the managers below; namesakes with their group."""
        texts = self._desk.texts
        of_manager = {m.manager_id: group.name for group in groups for m in group.managers}
        weak = self._write.weak(data.company, data.stage)
        rows: list[CompanyRow] = []
        name = ""
        for unit, lines in data.lines.items():
            total = data.lead(unit, lead_id)
            if total is None:
                continue
            name = total.name
            caption = texts.gettext("Total, {unit}").format(unit=unit_name(unit, texts))
            named = replace(total, name=caption)
            rows.append(self._row(named, data.keys, weak, unit, data.run, is_total=True))
            own = lines.managers.get(lead_id, ())
            names = Counter(name_key(line.name) for line in own)
            for line in own:
                group = of_manager.get(line.row.manager_id or 0)
                if group and names[name_key(line.name)] > 1:
                    line = replace(line, name=f"{line.name} ({group})")
                rows.append(self._row(line, data.keys, weak, str(line.row.manager_id), data.run))
        columns = self._write.columns(data.keys, texts.gettext("Manager"))
        nothing = "" if rows else texts.gettext("The present forecast does not count this lead.")
        return LeadPage(name, Table(columns, data.keys, tuple(rows)), nothing)

    def _written(
        self, unit: UnitLines, keys: Sequence[Key], weak: str, run: Run | None
    ) -> dict[int | None, CompanyRow]:
        rows: dict[int | None, CompanyRow] = {
            None: self._row(unit.total, keys, weak, unit.total.row.unit, run, is_total=True)
        }
        for line in unit.leads:
            rows[line.row.lead_id] = self._row(line, keys, weak, str(line.row.lead_id), run)
        return rows

    def _row(
        self,
        line: Line,
        keys: Sequence[Key],
        weak: str,
        name: str,
        run: Run | None,
        *,
        is_total: bool = False,
    ) -> CompanyRow:
        links = frozenset(at for at, key in enumerate(keys) if _opens(key, line, run, is_total=is_total))
        return CompanyRow(name, self._write.write(line, keys, weak), is_total, line.level, links)


def rows_behind(key: Key, line: Line, run: Run | None) -> Rows | None:
    """Give the entries behind a number of a lead or a manager; None where it has none."""
    number = NUMBERS.get(key)
    return None if number is None or run is None else behind(number, line.row, run, line.numbers.parts)


def _opens(key: Key, line: Line, run: Run | None, *, is_total: bool) -> bool:
    """Say whether a cell is a link: a name opens its row, and what is from new entries a lead's managers."""
    if key is Key.NAME:
        return not is_total
    if key is Key.FROM_NEW and line.row.manager_id is None:
        return not is_total
    return rows_behind(key, line, run) is not None


def _is_of_one_run(company: Company, bridges: Sequence[Bridge]) -> bool:
    """Say whether the bridges end at the company's numbers."""
    ends = {row.unit: row.forecast for row in company.forecast.company}
    return all(
        isclose(ends.get(bridge.unit, bridge.now), bridge.now, rel_tol=1e-9, abs_tol=1e-6)
        for bridge in bridges
    )
