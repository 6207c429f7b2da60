"""The bridge to the company's present forecast, in words and as what is drawn of it; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

from mini_crm.domain.model import Bridge, Run
from mini_crm.i18n import Texts
from mini_crm.report.bridge import BridgeStep, Step, bridge_steps, lowest_shown, step_names
from mini_crm.report.wording import unit_name
from mini_crm.ui.company.texts import CompanyTexts
from mini_crm.ui.company.waterfall import Waterfall
from mini_crm.ui.forecast.texts import Column


@dataclass(frozen=True, slots=True)
class BridgePart:
    """What the page shows of the bridge.

    Attributes:
        title: From which forecast to which; says instead why there is none.
        choices: The days that it may begin on; ``chosen`` is which is shown.
        steps: A row for each step.
        totals: Which rows are forecasts and no steps.
    """

    title: str
    choices: tuple[str, ...]
    chosen: int
    columns: tuple[Column, ...]
    steps: tuple[tuple[str, ...], ...]
    totals: tuple[bool, ...]
    picture: Waterfall


def days_of(bridges: Sequence[Bridge]) -> tuple[date, ...]:
    """Give the days that bridges begin on, the latest first."""
    return tuple(sorted({bridge.since for bridge in bridges}, reverse=True))


class BridgeTexts:
    """Writes bridges in the person's language.

    Args:
        texts: In that language.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._write = CompanyTexts(texts)

    def part(
        self,
        bridges: Sequence[Bridge],
        unit: str,
        since: int,
        *,
        run: Run | None,
        shown_now: Decimal | None,
    ) -> BridgePart:
        """Write the bridge of a unit.

        Args:
            bridges: Of a period, all of its units.
            unit: The one that is shown.
            since: On which of its days it is to begin, the latest first; the last if there are fewer.
            run: The present one.
            shown_now: The company's forecast as the page shows it; None where there is none.
        """
        _, write, texts = self._texts.gettext, self._write, self._texts
        own = {bridge.since: bridge for bridge in bridges if bridge.unit == unit}
        days = days_of(list(own.values()))
        columns = (Column(_("Step"), is_number=False), Column(_("Adds")))
        if not days or run is None or shown_now is None:
            said = _("There is no earlier forecast of this period to lead from.")
            return BridgePart(said, (), 0, columns, (), (), Waterfall((), (), 0.0, said, texts.language))
        chosen = min(since, len(days) - 1)
        bridge = own[days[chosen]]
        steps = bridge_steps(bridge, shown_now)
        first = write.headline.day(bridge.since, run.count_day)
        local = (run.as_of if run.as_of.tzinfo else run.as_of.replace(tzinfo=UTC)).astimezone()
        now = f"{write.headline.day(local.date(), run.count_day)} {local:%H:%M}"
        names = step_names(texts, put_off=bridge.put_off_count, since=first, now=now)
        shown = [
            write.headline.number(step.amount, unit) if step.is_total else write.signed(step.amount, unit)
            for step in steps
        ]
        title = _("From the forecast of {since} to that of now, {unit}")
        return BridgePart(
            title=title.format(since=first, unit=unit_name(unit, texts)),
            choices=tuple(self._choice(day, run.count_day) for day in days),
            chosen=chosen,
            columns=columns,
            steps=tuple((names[step.step], text) for step, text in zip(steps, shown, strict=True)),
            totals=tuple(step.is_total for step in steps),
            picture=Waterfall(
                bars=tuple(self._bars(steps, shown)),
                names=tuple(self._short(step.step) for step in steps),
                lowest=lowest_shown(steps),
                text="",
                language=texts.language,
            ),
        )

    def _choice(self, day: date, today: date) -> str:
        _ = self._texts.gettext
        shown = self._write.headline.day(day, today)
        if (today - day).days == 1:
            return _("since yesterday, {day}").format(day=shown)
        return _("since {day}").format(day=shown)

    def _bars(self, steps: Sequence[BridgeStep], shown: Sequence[str]) -> list[tuple[float, float, str]]:
        bars = []
        for step, text in zip(steps, shown, strict=True):
            if step.is_total:
                bars.append((0.0, float(step.amount), text))
            else:
                low = float(step.floor)
                high = low + float(abs(step.amount))
                bars.append((low, high, text) if step.amount >= 0 else (high, low, text))
        return bars

    def _short(self, step: Step) -> str:
        """Name a step where there is little room."""
        pgettext = self._texts.pgettext
        return {
            Step.BEFORE: pgettext("bridge", "was"),
            Step.WON: pgettext("bridge", "paid"),
            Step.LOST: pgettext("bridge", "refused"),
            Step.NEW: pgettext("bridge", "new"),
            Step.PUT_OFF: pgettext("bridge", "put off"),
            Step.AMOUNTS: pgettext("bridge", "amounts"),
            Step.CHANGED: pgettext("bridge", "other"),
            Step.REST: pgettext("bridge", "time"),
            Step.NOW: pgettext("bridge", "now"),
        }[step]
