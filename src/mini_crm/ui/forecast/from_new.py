"""Of which managers' numbers what is to come of new entries is made; no Tk here."""

from __future__ import annotations

from dataclasses import dataclass

from mini_crm.domain.model import Forecast, ForecastRow
from mini_crm.i18n import Texts
from mini_crm.ui.headline import Headline, numbers_of
from mini_crm.usecases.behind import managers_behind


@dataclass(frozen=True, slots=True)
class FromNew:
    """The managers behind a number, in words.

    Attributes:
        title: Which number it is.
        total: The number.
        rows: The managers with their parts, which add up to it.
    """

    title: str
    total: str
    rows: tuple[tuple[str, str], ...]


def from_new(forecast: Forecast, row: ForecastRow, texts: Texts) -> FromNew:
    """Tell of which managers' numbers a lead's is made.

    Args:
        forecast: Where the row is from.
        row: The lead's.
        texts: In the person's language.
    """
    _, write = texts.gettext, Headline(texts)
    managers = managers_behind(row, forecast.managers)
    own = [other for other in forecast.managers if other.lead_id == row.lead_id]
    own = [other for other in own if (other.period, other.unit) == (row.period, row.unit)]
    # Shared among all of them as on the page, so that the same digits stand in both places.
    shown = dict(zip((one.manager_id for one in own), numbers_of([row, *own])[1:], strict=True))
    return FromNew(
        title=_("From new entries by {day}").format(day=write.day(row.period.end)),
        total=write.sum(numbers_of([row])[0].parts.from_new, row.unit),
        rows=tuple(
            (one.manager_name, write.sum(shown[one.manager_id].parts.from_new, one.unit)) for one in managers
        ),
    )
