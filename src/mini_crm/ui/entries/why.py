"""Why an open entry has its chance, in words; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from mini_crm.domain.learnt import ChanceReasons, reasons
from mini_crm.domain.model import Entry, EntryChance, Forecast, Status
from mini_crm.domain.period import Period, Stage, month_of, stage_of
from mini_crm.i18n import Texts
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.headline import Headline, decimal_text, fine_percent


@dataclass(frozen=True, slots=True)
class Reason:
    """A line of the answer: what it is, and what it makes; ``is_sum`` is what the lines come to."""

    text: str
    value: str
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """The answer: lines, or a sentence why there is no chance.

    Attributes:
        entry: The entry, to recognise it by.
    """

    title: str
    entry: str
    reasons: tuple[Reason, ...]
    sentence: str


class WhyPort(Protocol):
    """The page as this needs it."""

    def show_why(self, why: Why) -> None:
        """Show why an entry has its chance."""
        ...

    def whereabouts(self) -> object:
        """Say where the person is: under whose hands an answer must move nothing if they have gone on."""
        ...


class WhyTexts:
    """Writes the answer in the person's language.

    Args:
        texts: In that language.
        lead_name: Whose entries these are.
    """

    def __init__(self, texts: Texts, lead_name: str) -> None:
        self._texts = texts
        self._lead_name = lead_name
        self._entries = EntryTexts(texts)
        self._headline = Headline(texts)

    def explain(self, entry: Entry, forecast: Forecast, period: Period, chance: EntryChance | None) -> Why:
        """Say why an entry has its chance in a period, or why it has none.

        Args:
            entry: As it is stored now.
            forecast: Of the current run.
            period: For which the chance is.
            chance: What the run saw; None where it saw nothing.
        """
        _ = self._texts.gettext
        sentence = self._why_not(entry, forecast, period, chance)
        lines = () if sentence or chance is None else self._lines(entry, forecast, period, chance)
        return Why(
            title=_("Why this chance: entry {entry_id}").format(entry_id=entry.entry_id),
            entry=self._entries.describe(entry),
            reasons=lines,
            sentence=sentence
            or _(
                "Age and promise change from day to day, and a refusal may come first: "
                "the chance counts that in."
            ),
        )

    def _why_not(self, entry: Entry, forecast: Forecast, period: Period, chance: EntryChance | None) -> str:
        """Say why there is no chance; empty if there is one."""
        _, run = self._texts.gettext, forecast.run
        day = "" if entry.status_on is None else self._entries.day(entry.status_on)
        if entry.deleted_at is not None:
            return _("The entry is deleted, so it has no chance.")
        if entry.status is Status.PAID:
            return _("The entry was paid on {day}: a chance is what open entries have.").format(day=day)
        if entry.status is Status.REFUSED:
            return _("The entry was refused on {day}: a chance is what open entries have.").format(day=day)
        if run is None:
            return _("The forecast has not been computed yet.")
        if stage_of(period, run.count_day) is Stage.OVER:
            return _("The period is over since {day}: nothing can be paid in it any more.").format(
                day=self._entries.day(period.end)
            )
        if not run.has_history:
            return _("Nothing has been paid or refused yet, so there is nothing to learn a chance from.")
        if chance is None:
            return _(
                "The entry was entered or opened again after the last run, {moment}; the next one counts it."
            ).format(moment=self._entries.moment(run.as_of))
        return ""

    def _lines(
        self, entry: Entry, forecast: Forecast, period: Period, chance: EntryChance
    ) -> tuple[Reason, ...]:
        _, run = self._texts.gettext, forecast.run
        count_day = period.start if run is None else run.count_day
        found = forecast.learnt and reasons(
            forecast.learnt, period, count_day, lead_id=entry.lead_id, unit=entry.unit,
            entered_on=entry.entered_on, first_pay_by=entry.first_pay_by, is_large=chance.is_large,
        )  # fmt: skip
        if stage_of(period, count_day) is Stage.AHEAD:
            sum_of_all = _("chance of being paid in {days}").format(
                days=self._headline.days(period, count_day)
            )
        else:
            sum_of_all = _("chance by {day}").format(day=self._headline.day(period.end, count_day))
        adds = self._headline.sum(chance.contribution, entry.unit)
        return (
            *(self._factors(found) if found else ()),
            Reason(sum_of_all, fine_percent(chance.probability, self._texts), is_sum=True),
            *([Reason(_("the company's recent pace"), self._times(found.pace))] if found else ()),
            Reason(_("adds to the forecast"), adds, is_sum=True),
        )

    def _factors(self, found: ChanceReasons) -> Sequence[Reason]:
        _, ngettext = self._texts.gettext, self._texts.ngettext
        first = _("entered on the day of the forecast; of such entries the company is paid")
        age = (
            first
            if found.age < 1
            else ngettext(
                "open for {n} day; of entries of this age the company is paid",
                "open for {n} days; of entries of this age the company is paid",
                found.age,
            ).format(n=found.age)
        )
        rate = _("{share} a day").format(share=fine_percent(found.paid_rate, self._texts))
        size = _("amount above the average") if found.is_large else _("amount up to the average")
        lines = [
            Reason(age, rate),
            Reason(_("lead {name}").format(name=self._lead_name), self._times(found.lead_factor)),
            Reason(size, self._times(found.size_factor)),
        ]
        if found.promised is not None:
            promised = _("first promised for {weekday}, {day}").format(
                weekday=self._weekday(found.promised), day=self._entries.day(found.promised)
            )
            lines.append(Reason(promised, self._times(found.promise_factor)))
        days = decimal_text(found.paying_days, self._texts).removesuffix(",0").removesuffix(".0")
        return [*lines, Reason(_("paying days left"), days)]

    def _times(self, factor: float) -> str:
        return f"\u00d7\u00a0{decimal_text(factor, self._texts, places=2)}"

    def _weekday(self, day: date) -> str:
        from babel.dates import format_date  # loads slowly

        return format_date(day, "EEEE", locale=self._texts.language)


class WhyPresenter:
    """Answers why the chosen entry has its chance.

    Args:
        desk: Of the lead.
        view: The page.
        selected: Gives the chosen entries.
        chosen_rows: Gives the chosen rows, those that are not stored included.
        is_settled: Says whether rows are as they are stored; tells the person if one is not.
        say: Shows a sentence in the window.
        failed: Is told when something could not be read.
    """

    def __init__(
        self,
        desk: Desk,
        view: WhyPort,
        *,
        selected: Callable[[], list[Entry]],
        chosen_rows: Callable[[], list[int]],
        is_settled: Callable[[Sequence[int]], bool],
        say: Callable[[str], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._selected = selected
        self._chosen_rows = chosen_rows
        self._is_settled = is_settled
        self._say = say
        self._failed = failed

    def show(self) -> None:
        """Show it for the chosen row, unless the person goes on before the answer comes."""
        _ = self._desk.texts.gettext
        entries = self._selected()
        if not self._is_settled(self._chosen_rows()):
            return
        if len(entries) != 1:
            self._say(_("Choose one row first."))
            return
        entry_id, asked_at = entries[0].entry_id, self._view.whereabouts()
        wanted = self._desk.choice.period
        words = WhyTexts(self._desk.texts, self._desk.session.lead_name)
        store, today = self._desk.store, self._desk.session.today

        def read(token: bytes) -> Why:
            entry, forecast = store.get_entry(token, entry_id), store.get_forecast(token)
            period = wanted or month_of(today if forecast.run is None else forecast.run.count_day)
            found = store.list_chances(token, period, [entry_id])
            return words.explain(entry, forecast, period, found[0] if found else None)

        def done(why: Why) -> None:
            if self._view.whereabouts() == asked_at:
                self._view.show_why(why)
            else:
                said = _("Why entry {entry_id} has its chance came late; press F9 again to see it.")
                self._say(said.format(entry_id=entry_id))

        self._desk.call(read, done, self._failed)
