"""How the company gets paid, as the last run learnt it: pictures with their counts in words; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from mini_crm.domain.learnt import AgeSpeed, Index, IndexKind, Learnt
from mini_crm.domain.money import format_amount
from mini_crm.i18n import Texts
from mini_crm.report.wording import age_name
from mini_crm.ui.forecast.bars import Bars
from mini_crm.ui.headline import decimal_text, fine_percent


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that the run learnt.

    Attributes:
        name: To choose it by.
        sentence: What it says, with its counts.
        picture: The same as bars.
    """

    name: str
    sentence: str
    picture: Bars


class PayingTexts:
    """Writes what a run learnt in the person's language.

    Args:
        texts: In that language.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def subjects(self, learnt: Learnt | None, lead_id: int, lead_name: str) -> tuple[Subject, ...]:
        """Give everything that was learnt; without anything each subject says so.

        Args:
            learnt: What the run learnt.
            lead_id: Whose own pace is told.
            lead_name: The name for it.
        """
        _ = self._texts.gettext
        speeds = () if learnt is None else learnt.speeds
        indices = () if learnt is None else learnt.indices
        by_kind = {kind: [one for one in indices if one.kind is kind] for kind in IndexKind}
        own = [one for one in by_kind[IndexKind.LEAD] if one.number == lead_id]
        sizes = (_("amount up to the average"), _("amount above the average"))
        people = [(lead_name, one) for one in own] + _named(sizes, by_kind[IndexKind.SIZE])
        return (
            self._ages(speeds),
            self._indices(_("Lead and amount"), people),
            self._indices(_("Promised day"), _named(self._promises(), by_kind[IndexKind.PROMISE])),
            self._indices(_("Weekday"), _named(self._weekdays(), by_kind[IndexKind.WEEKDAY])),
            self._indices(_("Month's end"), _named(self._month_ends(), by_kind[IndexKind.MONTH_END])),
            self._indices(_("Month of the quarter"), _named(self._months(), by_kind[IndexKind.QUARTER])),
        )

    def _ages(self, speeds: Sequence[AgeSpeed]) -> Subject:
        _, ngettext = self._texts.gettext, self._texts.ngettext
        sentence = ""
        if speeds:
            best = max(speeds, key=lambda speed: speed.paid_rate)
            sentence = ngettext(
                "By age of an entry: paid most often when it is {age} days old, {rate} a day ({n} payment). "
                "In all: {paid} paid, {refused} refused.",
                "By age of an entry: paid most often when it is {age} days old, {rate} a day ({n} payments). "
                "In all: {paid} paid, {refused} refused.",
                best.paid,
            ).format(
                age=age_name(best, self._texts),
                rate=fine_percent(best.paid_rate, self._texts),
                n=self._count(best.paid),
                paid=self._count(sum(speed.paid for speed in speeds)),
                refused=self._count(sum(speed.refused for speed in speeds)),
            )
        rates = [fine_percent(speed.paid_rate, self._texts) for speed in speeds]
        return Subject(
            _("Age in days"),
            sentence,
            Bars(
                labels=tuple(age_name(speed, self._texts) for speed in speeds),
                values=tuple(speed.paid_rate for speed in speeds),
                notes=tuple(
                    f"{rate}\n{self._count(speed.paid)}" for rate, speed in zip(rates, speeds, strict=True)
                ),
                level=None,
                text=self._nothing(),
            ),
        )

    def _indices(self, name: str, found: Sequence[tuple[str, Index]]) -> Subject:
        _, sentence = self._texts.gettext, ""
        if found:
            best = max(found, key=lambda one: one[1].factor)
            worst = min(found, key=lambda one: one[1].factor)
            sentence = _("Most often: {best}. Least often: {worst}.").format(
                best=self._in_words(*best), worst=self._in_words(*worst)
            )
        return Subject(
            name,
            sentence,
            Bars(
                labels=tuple(label for label, _index in found),
                values=tuple(index.factor for _label, index in found),
                notes=tuple(f"{self._times(index)} ({self._count(index.paid)})" for _label, index in found),
                level=1.0 if found else None,
                text=self._nothing(),
            ),
        )

    def _in_words(self, label: str, index: Index) -> str:
        return self._texts.ngettext(
            "{label}, {times} ({n} payment instead of {expected})",
            "{label}, {times} ({n} payments instead of {expected})",
            index.paid,
        ).format(
            label=" ".join(label.split()),
            times=self._times(index),
            n=self._count(index.paid),
            expected=self._count(round(index.expected)),
        )

    def _times(self, index: Index) -> str:
        places = 2 if index.factor < 0.095 else 1
        return f"\u00d7\u00a0{decimal_text(index.factor, self._texts, places=places)}"

    def _count(self, count: int) -> str:
        return format_amount(Decimal(count), language=self._texts.language)

    def _nothing(self) -> str:
        return self._texts.gettext("Nothing has been paid or refused yet, so there is nothing to learn from.")

    def _promises(self) -> tuple[str, ...]:
        _ = self._texts.gettext
        return (
            _("30 days or\nmore before"), _("7 to 29 days\nbefore"), _("on the day or\n6 days before"),
            _("1 to 7 days\nafter"), _("8 to 30 days\nafter"), _("later"),
        )  # fmt: skip

    def _weekdays(self) -> tuple[str, ...]:
        from babel.dates import get_day_names  # loads slowly

        names = get_day_names("abbreviated", "stand-alone", locale=self._texts.language)
        return tuple(names[number] for number in range(7))

    def _month_ends(self) -> tuple[str, ...]:
        _ = self._texts.gettext
        return (
            _("last day\nof the month"), _("1 or 2 days\nbefore it"), _("3 to 6 days\nbefore it"),
            _("7 to 13 days\nbefore it"), _("14 days or\nmore before it"),
        )  # fmt: skip

    def _months(self) -> tuple[str, ...]:
        _ = self._texts.gettext
        return (_("first month"), _("second month"), _("third month"))


def _named(names: Sequence[str], indices: Sequence[Index]) -> list[tuple[str, Index]]:
    """Give the classes in their order, each with its name."""
    return [(names[one.number], one) for one in sorted(indices, key=lambda one: one.number)]
