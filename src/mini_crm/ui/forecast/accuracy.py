"""How good earlier forecasts were, in words; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence

from mini_crm.domain.learnt import Learnt, ReplayedAccuracy
from mini_crm.domain.model import AccuracyRow
from mini_crm.domain.period import Period
from mini_crm.i18n import Texts
from mini_crm.report.wording import percent, period_name, unit_name
from mini_crm.ui.forecast.texts import NOTHING, Column, TableRow
from mini_crm.ui.headline import Headline

REPLAY_DAYS = 28
"""So far ahead a run's own replays look."""


def row_of(rows: Sequence[AccuracyRow], period: Period, unit: str) -> AccuracyRow | None:
    """Give the accuracy of a period: of the newest method, and rather of stored forecasts."""
    own = [row for row in rows if (row.period, row.unit) == (period, unit)]
    return max(own, key=lambda row: (not row.is_recalculated, row.method), default=None)


class AccuracyTexts:
    """Writes the accuracy in the person's language.

    Args:
        texts: In that language.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._write = Headline(texts)

    def columns(self) -> tuple[Column, ...]:
        """Give the columns."""
        _ = self._texts.gettext
        return (
            Column(_("Period"), is_number=False),
            Column(_("Unit"), is_number=False),
            Column(_("How it was made"), is_number=False),
            Column(_("Days compared")),
            Column(_("Forecast missed by")),
            Column(_("The range held on")),
            Column(_("Without new entries misses by")),
            Column(_("By win rate misses by")),
            Column(_("By pace misses by")),
        )

    def rows(
        self, rows: Sequence[AccuracyRow], learnt: Learnt | None, period: Period
    ) -> tuple[TableRow, ...]:
        """Write the rows: those of the chosen period first and bold, then the others in the order given.

        Args:
            rows: Of periods that have ended; before there are any, what the run replayed is told.
            learnt: What the run learnt.
            period: The chosen one.
        """
        if not rows and learnt is not None:
            return tuple(TableRow(self._replay_cells(one), is_total=False) for one in learnt.replayed)
        chosen = [row for row in rows if row.period == period]
        others = [row for row in rows if row.period != period]
        return tuple(
            [TableRow(self._cells(row), is_total=True) for row in chosen]
            + [TableRow(self._cells(row), is_total=False) for row in others]
        )

    def note(self, rows: Sequence[AccuracyRow], learnt: Learnt | None) -> str:
        """Say above the table what is told before a period has ended; nothing afterwards."""
        _ = self._texts.gettext
        if rows:
            return ""
        if learnt is None or not learnt.replayed:
            return _(
                "No period for which a forecast was stored has ended yet, so there is nothing to compare."
            )
        parts = []
        for one in learnt.replayed:
            part = self._texts.ngettext(
                "{unit} by {share} on average ({n} evening)",
                "{unit} by {share} on average ({n} evenings)",
                one.replays,
            )
            share = NOTHING if one.wape is None else percent(one.wape, self._texts)
            parts.append(part.format(unit=unit_name(one.unit, self._texts), share=share, n=one.replays))
        return _(
            "How the forecast would have missed in the last half year, {days} days ahead, recalculated for "
            "the whole company: {parts}. Rows by period appear here when the first one has ended."
        ).format(days=REPLAY_DAYS, parts="; ".join(parts))

    def _cells(self, row: AccuracyRow) -> tuple[str, ...]:
        held = self._texts.gettext("{days} of {all} ({share})")
        return (
            period_name(row.period, self._texts),
            unit_name(row.unit, self._texts),
            self._made(row),
            str(row.days),
            self._share(row.wape),
            held.format(
                days=row.covered,
                all=row.days,
                share=percent(row.covered / row.days if row.days else 0.0, self._texts),
            ),
            self._share(row.open_wape),
            self._share(row.hand_wape),
            self._share(row.run_rate_wape),
        )

    def _made(self, row: AccuracyRow) -> str:
        _ = self._texts.gettext
        if row.is_recalculated:
            return _("recalculated")
        if row.method == 1:
            return _("earlier method: open entries only")
        return _("as it was said")

    def _replay_cells(self, one: ReplayedAccuracy) -> tuple[str, ...]:
        _ = self._texts.gettext
        days = f"{self._write.day(one.first_day)} \u2013 {self._write.day(one.last_day)}"
        return (
            _("{days}, {n} days ahead").format(days=days, n=REPLAY_DAYS),
            unit_name(one.unit, self._texts),
            _("recalculated"),
            str(one.replays),
            self._share(one.wape),
            NOTHING,
            self._share(one.open_wape),
            NOTHING,
            NOTHING,
        )

    def _share(self, share: float | None) -> str:
        return NOTHING if share is None else percent(share, self._texts)
