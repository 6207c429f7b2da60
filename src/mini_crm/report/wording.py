"""How the report says periods, moments, units and the headline."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import PIECES, ChangeKind, Run
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period, PeriodKind
from mini_crm.i18n import Texts
from mini_crm.report.rows import Row


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


def estimate(value: float, unit: str, texts: Texts) -> str:
    """Show an estimate with its unit; a fraction of a rouble or a piece says nothing and is left out."""
    return f"{format_amount(Decimal(round(value)), language=texts.language)}\u00a0{unit_name(unit, texts)}"


def percent(share: float, texts: Texts) -> str:
    """Show a share as whole percent."""
    return f"{100 * share:.0f}\u00a0%" if texts.language == "ru" else f"{100 * share:.0f}%"


def headline(row: Row, texts: Texts) -> str:
    """Say the company's numbers of one unit in a sentence or two."""
    _ = texts.gettext
    forecast = estimate(row.forecast or 0.0, row.unit, texts)
    if row.low is None or row.high is None:
        said = [_("Paid so far: {forecast}; nothing more can be forecast yet.").format(forecast=forecast)]
    else:
        said = [
            _("Forecast {forecast}: eight times in ten it comes to between {low} and {high}.").format(
                forecast=forecast,
                low=estimate(row.low, row.unit, texts),
                high=estimate(row.high, row.unit, texts),
            ),
            _("Paid so far {paid}, still to come {rest}.").format(
                paid=estimate(float(row.paid), row.unit, texts),
                rest=estimate(row.still_to_come, row.unit, texts),
            ),
        ]
    if row.target and row.target_share is not None:
        said.append(
            _("The forecast is {share} of the target {target}.").format(
                share=percent(row.target_share, texts), target=estimate(float(row.target), row.unit, texts)
            )
        )
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
