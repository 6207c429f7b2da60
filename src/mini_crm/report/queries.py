"""What the live workbook asks the server for: the views of schema ``report``, with heads in the language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mini_crm.i18n import Texts
from mini_crm.report.columns import Kind, range_from, range_to


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its head, what it is, and the expression that gives it."""

    head: str
    kind: Kind
    expression: str


@dataclass(frozen=True, slots=True)
class Query:
    """A sheet with one query.

    Attributes:
        sheet: Its name.
        title: What it shows.
        table: The name of its table, for formulas.
        fields: Its columns.
        rest: The statement from FROM on.
    """

    sheet: str
    title: str
    table: str
    fields: Sequence[Field]
    rest: str

    @property
    def statement(self) -> str:
        """The whole statement."""
        columns = ", ".join(f"{field.expression} AS {_bracketed(field.head)}" for field in self.fields)
        return f"SELECT {columns} {self.rest}"


def queries(texts: Texts) -> tuple[Query, ...]:
    """Give the sheets of the live workbook, the first with the company and its leads."""
    _ = texts.gettext
    lead = Field(
        _("Lead"),
        Kind.TEXT,
        f"CASE WHEN v.RowLevel = N'company' THEN {_quoted(_('Company'))} ELSE v.Lead END",
    )
    plain_lead = Field(_("Lead"), Kind.TEXT, "v.Lead")
    manager = Field(_("Manager"), Kind.TEXT, "v.Manager")
    unit = Field(_("Unit"), Kind.TEXT, f"CASE WHEN v.Unit = N'pcs' THEN {_quoted(_('pcs'))} ELSE v.Unit END")
    period = Field(_("Period"), Kind.TEXT, "CASE WHEN v.PeriodName = N'' THEN v.Period ELSE v.PeriodName END")
    first = Field(_("First day"), Kind.DAY, "v.PeriodStart")
    last = Field(_("Last day"), Kind.DAY, "v.PeriodEnd")
    counts = (
        Field(_("Clients"), Kind.COUNT, "v.Clients"),
        Field(_("Open entries"), Kind.COUNT, "v.OpenEntries"),
        Field(_("Due today"), Kind.COUNT, "v.DueToday"),
        Field(_("Overdue"), Kind.COUNT, "v.Overdue"),
    )
    paid = Field(_("Paid"), Kind.SUM, "v.Paid")
    sums = (
        Field(_("Expected"), Kind.SUM, "v.Expected"),
        paid,
        Field(_("Refused"), Kind.SUM, "v.Refused"),
    )
    pair = Field(
        _("Paid of resolved"),
        Kind.PAIR,
        f"REPLACE(REPLACE({_quoted(_('{won} of {resolved}'))}, N'{{won}}', v.PaidLastYear),"
        " N'{resolved}', v.ResolvedLastYear)",
    )
    rates = (Field(_("Win rate"), Kind.SHARE, "v.WinRate"), pair)
    parts = (
        Field(_("From open entries"), Kind.ESTIMATE, "v.FromOpen"),
        Field(_("From new entries"), Kind.ESTIMATE, "v.FromNew"),
    )
    points = (
        Field(_("Forecast"), Kind.ESTIMATE, "v.Forecast"),
        Field(range_from(texts), Kind.ESTIMATE, "v.P10"),
        Field(range_to(texts), Kind.ESTIMATE, "v.P90"),
    )
    light = Field(
        _("Outlook"),
        Kind.LIGHT,
        "CASE WHEN v.Target IS NULL THEN NULL WHEN v.Forecast >= v.Target THEN 3"
        " WHEN v.P90 >= v.Target THEN 2 ELSE 1 END",
    )
    goals = (
        Field(_("Target"), Kind.GOAL, "v.Target"),
        Field(_("% of target"), Kind.SHARE, "v.ShareOfTarget"),
        Field(_("Above or below target"), Kind.CHANGE, "v.Forecast - v.Target"),
        Field(_("Commitment"), Kind.GOAL, "v.Commitment"),
    )
    made = Field(
        _("How it was made"),
        Kind.REMARK,
        f"CASE WHEN v.Method = 1 THEN {_quoted(_('method 1: open entries only'))}"
        f" WHEN v.IsRecalculated = N'yes' THEN {_quoted(_('recalculated'))} ELSE N'' END",
    )
    this_month = "v.PeriodKind = N'month' AND v.CountedOn BETWEEN v.PeriodStart AND v.PeriodEnd"
    return (
        Query(
            _("Summary"),
            _("The company and its leads this month"),
            "LiveSummary",
            (
                lead, light, unit, paid, *parts, *points, *goals, sums[0], *counts[2:], *rates,
                Field(_("Counted up to"), Kind.DAY, "v.CountedOn"),
                Field(_("Run number"), Kind.COUNT, "v.RunId"),
            ),
            f"FROM report.LeadForecast AS v WHERE {this_month}"
            " ORDER BY v.Unit DESC, v.RowLevel, v.Forecast DESC",
        ),
        Query(
            _("By lead"),
            _("The company and its leads in every period"),
            "LiveLeads",
            (period, first, last, lead, unit, *counts, *sums, *rates, *parts, *points, *goals),
            "FROM report.LeadForecast AS v ORDER BY v.PeriodEnd, v.Unit DESC, v.RowLevel, v.Lead",
        ),
        Query(
            _("By manager"),
            _("The managers in every period"),
            "LiveManagers",
            (period, first, last, plain_lead, manager, unit, *counts, *sums, pair, *parts, *points),
            "FROM report.ManagerForecast AS v ORDER BY v.PeriodEnd, v.Lead, v.Manager, v.Unit DESC",
        ),
        Query(
            _("Pipeline"),
            _("The clients this month"),
            "LiveClients",
            (
                plain_lead, manager, Field(_("Client PIN"), Kind.TEXT, "v.ClientPin"), unit,
                *counts[1:], *sums,
                Field(_("From open entries"), Kind.ESTIMATE, "v.StillToCome"),
            ),
            f"FROM report.ClientForecast AS v WHERE {this_month}"
            " ORDER BY v.Lead, v.Manager, v.Unit DESC, v.ClientPin",
        ),
        Query(
            _("Trend"),
            _("How the forecast of this month moved"),
            "LiveTrend",
            (unit, Field(_("Day"), Kind.DAY, "v.Day"), paid, *points, made),
            "FROM report.Trend AS v WHERE v.PeriodKind = N'month' AND v.RowLevel = N'company'"
            " AND v.PeriodStart = (SELECT MAX(t.PeriodStart) FROM report.Trend AS t"
            " WHERE t.PeriodKind = N'month' AND t.PeriodStart <= t.Day)"
            " ORDER BY v.Unit DESC, v.Day",
        ),
        Query(
            _("Accuracy"),
            _("How well the forecasts met what came"),
            "LiveAccuracy",
            (
                period, last, lead, unit,
                Field(_("Days compared"), Kind.COUNT, "v.DaysCompared"),
                Field(_("Forecast misses by"), Kind.SHARE, "v.ForecastMissesBy"),
                Field(_("Hand formula misses by"), Kind.SHARE, "v.HandFormulaMissesBy"),
                Field(_("Run rate misses by"), Kind.SHARE, "v.RunRateMissesBy"),
                Field(_("Days within the range"), Kind.COUNT, "v.DaysInRange"),
                Field(_("Without new entries misses by"), Kind.SHARE, "v.WithoutNewEntriesMissesBy"),
                made,
            ),
            "FROM report.Accuracy AS v ORDER BY v.PeriodEnd DESC, v.RowLevel, v.Lead, v.Unit DESC",
        ),
        Query(
            _("Runs"),
            _("The newest runs"),
            "LiveRuns",
            (
                Field(_("Run number"), Kind.COUNT, "v.RunId"),
                Field(_("Kind"), Kind.TEXT, "v.RunKind"),
                Field(_("Counted up to"), Kind.DAY, "v.CountedOn"),
                Field(_("Finished (UTC)"), Kind.MOMENT, "v.FinishedAtUtc"),
                Field(_("State"), Kind.TEXT, "v.RunStatus"),
                Field(_("Entries counted"), Kind.COUNT, "v.EntriesCounted"),
                Field(_("Shown"), Kind.TEXT, "v.IsShown"),
            ),
            "FROM report.Runs AS v ORDER BY v.RunId DESC OFFSET 0 ROWS FETCH NEXT 200 ROWS ONLY",
        ),
    )  # fmt: skip


def _bracketed(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"


def _quoted(text: str) -> str:
    return "N'" + text.replace("'", "''") + "'"
