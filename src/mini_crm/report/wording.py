"""How the report says periods, moments, units and the headline."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from mini_crm.domain.dates import format_date
from mini_crm.domain.learnt import AgeSpeed
from mini_crm.domain.model import PIECES, ChangeKind, Run, RunKind
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period, PeriodKind, Stage
from mini_crm.domain.shown import round_shown
from mini_crm.i18n import Texts
from mini_crm.report.rows import Row, places_of

_LONGEST_AGE = 36_500
"""What is to end later has no end."""


def period_name(period: Period, texts: Texts) -> str:
    """Name a period for a reader: ``March 2026``, ``Q1 2026``, ``2026``, or a custom one's name and days."""
    _ = texts.gettext
    match period.kind:
        case PeriodKind.MONTH:
            from babel.dates import format_date as babel_date  # loads slowly

            return babel_date(period.start, "LLLL y", locale=texts.language)
        case PeriodKind.QUARTER:
            return _("Q{number} {year}").format(number=(period.start.month + 2) // 3, year=period.start.year)
        case PeriodKind.YEAR:
            return str(period.start.year)
        case PeriodKind.CUSTOM:
            return (
                f"{period.name} ({period_days(period, texts)})" if period.name else period_days(period, texts)
            )


def period_days(period: Period, texts: Texts) -> str:
    """Give the first and the last day of a period."""
    first, last = (format_date(day, language=texts.language) for day in (period.start, period.end))
    return f"{first} \u2013 {last}"


def moment(instant: datetime, zone: tzinfo | None, texts: Texts) -> str:
    """Show an instant in a time zone, with the zone's distance from UTC.

    Args:
        instant: In UTC, also without saying so.
        zone: None is the zone of this computer.
        texts: The language.
    """
    there = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(zone)
    minutes = int((there.utcoffset() or UTC.utcoffset(None)).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    distance = f"{'-' if minutes < 0 else '+'}{hours}" if minutes else ""
    day = format_date(there.date(), language=texts.language)
    return f"{day} {there:%H:%M} (UTC{distance}{f':{rest:02}' if rest else ''})"


def unit_name(unit: str, texts: Texts) -> str:
    """Name a unit: a currency by its code, pieces in the language."""
    return texts.gettext("pcs") if unit == PIECES else unit


def weekday_name(number: int, texts: Texts) -> str:
    """Name a weekday; 0 is Monday."""
    from babel.dates import get_day_names  # loads slowly

    return str(get_day_names("wide", context="stand-alone", locale=texts.language)[number])


def age_name(speed: AgeSpeed, texts: Texts) -> str:
    """Name an age in days; the day of entry belongs to the first."""
    if speed.to_age > _LONGEST_AGE:
        return texts.gettext("over {days}").format(days=speed.from_age)
    return f"{speed.from_age + 1 if speed.from_age else 0}\u2013{speed.to_age}"


def change_name(kind: ChangeKind, texts: Texts) -> str:
    """Name a way in which an entry changed."""
    _ = texts.gettext
    return {
        ChangeKind.NEW: _("new"),
        ChangeKind.PAID: _("paid"),
        ChangeKind.REFUSED: _("refused"),
        ChangeKind.REOPENED: _("expected again"),
        ChangeKind.PUSHED: _("put off"),
        ChangeKind.PULLED: _("brought forward"),
        ChangeKind.MORE: _("amount up"),
        ChangeKind.LESS: _("amount down"),
        ChangeKind.MOVED: _("other manager"),
        ChangeKind.DELETED: _("deleted"),
        ChangeKind.RESTORED: _("restored"),
    }[kind]


def estimate(value: Decimal, unit: str, texts: Texts) -> str:
    """Show an estimate with its unit: money in whole units, pieces with a tenth at most."""
    rounded = round_shown(value, places=places_of(unit))
    text = format_amount(rounded, language=texts.language)
    if rounded % 1:
        text = text[:-1]  # it has two places, of which the second is a zero
    return f"{text}\u00a0{unit_name(unit, texts)}"


def percent(share: float, texts: Texts) -> str:
    """Show a share as whole percent."""
    return f"{100 * share:.0f}\u00a0%" if texts.language == "ru" else f"{100 * share:.0f}%"


def headline(row: Row, period: Period, stage: Stage, texts: Texts) -> str:
    """Say the company's numbers of one unit; of a period that has not begun the whole number only."""
    _ = texts.gettext

    def shown(value: Decimal | None) -> str:
        return estimate(value or Decimal(0), row.unit, texts)

    end = format_date(period.end, language=texts.language)
    if stage is Stage.OVER:
        said = [_("Paid by {day}: {paid}.").format(day=end, paid=shown(row.paid))]
    elif row.low is None or row.high is None:
        said = [_("Paid so far: {paid}; nothing more can be forecast yet.").format(paid=shown(row.paid))]
    else:
        said = [
            _("Forecast by {day}: {forecast}. Likely range, 8 times in 10: {low} to {high}.").format(
                day=end, forecast=shown(row.forecast), low=shown(row.low), high=shown(row.high)
            )
        ]
    if stage is Stage.RUNNING and row.low is not None:
        said.append(
            _("Paid so far {paid}, from open entries {open}, from new entries {new}.").format(
                paid=shown(row.paid), open=shown(row.from_open), new=shown(row.from_new)
            )
        )
    if stage is Stage.RUNNING and row.open_low is not None:
        said.append(
            _("Without new entries {forecast}: {low} to {high}.").format(
                forecast=shown(row.paid + row.from_open), low=shown(row.open_low), high=shown(row.open_high)
            )
        )
    if row.target_share is not None and row.gap is not None:
        against = {"share": percent(row.target_share, texts), "target": shown(row.target)}
        if row.gap >= 0:
            text = _("The forecast is {share} of the target {target}, {gap} above it.")
        else:
            text = _("The forecast is {share} of the target {target}; {gap} are missing.")
        said.append(text.format(**against, gap=shown(abs(row.gap))))
    return " ".join(said).replace("..", ".")  # a unit may end with a dot


def left_out(clients: int, texts: Texts) -> str:
    """Say that rows of clients did not fit on the sheet."""
    return texts.ngettext(
        "The sheet cannot hold all rows, so {count} row of a client is left out. Companies, leads"
        " and managers are complete.",
        "The sheet cannot hold all rows, so {count} rows of clients are left out. Companies, leads"
        " and managers are complete.",
        clients,
    ).format(count=clients)


def as_of_mark(run: Run | None, texts: Texts) -> str:
    """Say that a run is of a past evening and not the current one; empty if it is live."""
    if run is None or run.kind is not RunKind.AS_OF:
        return ""
    day = format_date(run.count_day, language=texts.language)
    return texts.gettext(
        "As of the evening of {day}: what was known then. This is not the current forecast."
    ).format(day=day)


def run_mark(run: Run | None, texts: Texts) -> str:
    """Give the warning that belongs beside every forecast of this run; empty if there is none."""
    _ = texts.gettext
    if run is None or not run.has_history:
        return _(
            "No history: in the last 365 days nothing was recorded as paid or refused, so the forecast is "
            "what is paid so far, without a range."
        )
    if run.is_weak:
        return texts.ngettext(
            "Weak: the forecast has only {count} payment to learn from. Go by the range, not by the point.",
            "Weak: the forecast has only {count} payments to learn from. Go by the range, not by the point.",
            run.paid_events,
        ).format(count=run.paid_events)
    return ""
