"""What the chart of a period shows, in words and numbers; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from mini_crm.domain.model import ForecastRow, TrendPoint
from mini_crm.domain.period import Period, Stage
from mini_crm.i18n import Texts
from mini_crm.report.wording import unit_name
from mini_crm.ui.forecast.chart import Chart
from mini_crm.ui.headline import Headline, numbers_of


def chart_of(
    texts: Texts,
    period: Period,
    stage: Stage,
    points: Sequence[TrendPoint],
    row: ForecastRow | None,
    commitment: Decimal | None,
) -> Chart:
    """Give what the chart of one unit shows.

    Args:
        texts: In the person's language.
        period: Whose days the chart has.
        stage: How it stands to the run's day.
        points: By day; those before the period's first day are left out.
        row: The lead's present numbers.
        commitment: The newest one.
    """
    _, ngettext, write = texts.gettext, texts.ngettext, Headline(texts)
    points = tuple(point for point in points if point.day >= period.start)
    n = len(points)
    if stage is Stage.AHEAD:
        text = _("The period has not begun: its days are drawn here from {day} on.").format(
            day=write.day(period.start)
        )
    elif n > 1:
        text = ngettext("{n} day", "{n} days", n).format(n=n)
    elif stage is Stage.OVER:
        text = _("No forecasts of this period are stored, so there is nothing to draw.")
    elif n == 1:
        (point,) = points
        forecast = point.forecast if row is None else numbers_of([row])[0].forecast  # as it stands above
        text = _(
            "A chart needs the results of at least two days; there are those of one: {day}, forecast {sum}."
        ).format(day=write.day(point.day), sum=write.sum(forecast, point.unit))
    else:
        text = _("A chart needs the results of at least two days; there are none yet.")
    changed = _day_of_change(points)
    return Chart(
        period=period,
        points=points,
        target=None if row is None or row.target is None else float(row.target),
        commitment=None if commitment is None else float(commitment),
        came=float(row.paid) if row is not None and stage is Stage.OVER else None,
        changed_on=changed,
        text=text,
        captions={
            "forecast": f"{_('Forecast')} ({text})" if n > 1 else "",
            "earlier": _("earlier method"),
            "changed": "" if changed is None else _("new method from {day}").format(day=write.day(changed)),
            "recalculated": _("recalculated"),
            "range": _("Likely range"),
            "paid": _("Paid"),
            "hand": _("By win rate"),
            "target": _("Target"),
            "commitment": _("Commitment"),
            "came": _("Came in the end"),
            "unit": "" if row is None else unit_name(row.unit, texts),
            "above": _("By win rate: {number}, above the scale"),
        },
        language=texts.language,
    )


def _day_of_change(points: Sequence[TrendPoint]) -> date | None:
    """Give the first day of a newer method; None where all days have the same."""
    pairs = pairwise(points)
    return next((after.day for before, after in pairs if before.method < after.method), None)
