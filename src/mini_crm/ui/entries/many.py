"""Deletes many chosen entries, or promises them all for one day: one question, one act; no Tk here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from mini_crm.domain.errors import BadValue, RuleBroken
from mini_crm.domain.model import Entry, Status
from mini_crm.domain.rules import check_pay_by, may_delete
from mini_crm.domain.typed_days import parse_typed_date
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Intent, Save
from mini_crm.usecases.writes import Delete, Update


@dataclass(frozen=True, slots=True)
class ManyQuestion:
    """Asks about many entries at once.

    Attributes:
        title: What is about to be done, with the number of entries.
        lines: These entries.
        left_out: Which chosen entries stay as they are, and why; empty if none does.
        day: Proposed, as text, where a day is asked for.
    """

    title: str
    lines: tuple[str, ...]
    left_out: str
    day: str = ""


class ManyPort(Protocol):
    """The questions about many entries."""

    def ask_delete(self, question: ManyQuestion, yes: Callable[[], None]) -> None:
        """Ask, and call ``yes`` if the answer is that."""
        ...

    def ask_pay_by(self, question: ManyQuestion, answer: Callable[[str], str]) -> None:
        """Ask for a day, and give what was typed to ``answer``; stay open while it says what is wrong."""
        ...

    def say(self, text: str, *, is_error: bool) -> None:
        """Show a sentence that goes away by itself or with the next one."""
        ...


class ManyPresenter:
    """Does something to all chosen entries.

    Args:
        desk: Of the lead.
        view: Asks.
        texts: Writes the entries.
        today: Gives the server's day.
        selected: Gives the chosen entries.
        chosen_rows: Gives the chosen rows, those that are not stored included.
        is_settled: Says whether rows are as they are stored; tells the person if one is not.
        save: Shows what is being saved, sends it, and shows what became of it.
    """

    def __init__(
        self,
        desk: Desk,
        view: ManyPort,
        texts: EntryTexts,
        *,
        today: Callable[[], date],
        selected: Callable[[], list[Entry]],
        chosen_rows: Callable[[], list[int]],
        is_settled: Callable[[Sequence[int]], bool],
        save: Save,
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._today = today
        self._selected = selected
        self._chosen_rows = chosen_rows
        self._is_settled = is_settled
        self._save = save

    def delete(self) -> None:
        """Delete the chosen entries, after a question that says which of them the day forbids."""
        entries, texts = self._chosen(), self._desk.texts
        allowed = [entry for entry in entries if self._may_delete(entry)]
        barred = [entry for entry in entries if entry not in allowed]
        left_out = texts.ngettext(
            "{n} chosen entry stays, since an entry can be deleted only on its day of entry: {numbers}",
            "{n} chosen entries stay, since an entry can be deleted only on its day of entry: {numbers}",
            len(barred),
        )
        left_out = left_out.format(n=len(barred), numbers=_numbers(barred)) if barred else ""
        if allowed:
            title = texts.ngettext("Delete {n} entry?", "Delete {n} entries?", len(allowed))
            question = ManyQuestion(title.format(n=len(allowed)), self._lines(allowed), left_out)
            intents = [Intent(Delete(entry.entry_id, entry.version), entry) for entry in allowed]
            self._view.ask_delete(question, lambda: self._save(intents))
        elif barred:
            self._view.say(left_out, is_error=True)

    def pay_by(self) -> None:
        """Give all chosen open entries one promised day."""
        entries, texts = self._chosen(), self._desk.texts
        is_open = [entry for entry in entries if entry.status is Status.EXPECTED]
        closed = [entry for entry in entries if entry not in is_open]
        left_out = texts.ngettext(
            "{n} chosen entry stays, since it is not expected any more: {numbers}",
            "{n} chosen entries stay, since they are not expected any more: {numbers}",
            len(closed),
        )
        left_out = left_out.format(n=len(closed), numbers=_numbers(closed)) if closed else ""
        if is_open:
            title = texts.ngettext("Pay by: {n} entry", "Pay by: {n} entries", len(is_open))
            days = {entry.pay_by for entry in is_open}
            question = ManyQuestion(
                title.format(n=len(is_open)),
                self._lines(is_open),
                left_out,
                self._texts.day(days.pop()) if len(days) == 1 else "",
            )
            self._view.ask_pay_by(question, lambda text: self._promise(is_open, text))
        elif closed:
            self._view.say(left_out, is_error=True)

    def _chosen(self) -> list[Entry]:
        """Give the chosen entries; none, and a sentence, if there are none or one is not as it is stored."""
        entries = self._selected()
        if not self._is_settled(self._chosen_rows()):
            return []
        if not entries:
            self._view.say(self._desk.texts.gettext("Choose one or more rows first."), is_error=False)
        return entries

    def _may_delete(self, entry: Entry) -> bool:
        try:
            may_delete(entry.entered_on, self._today(), entry.deleted_at is not None)
        except RuleBroken:
            return False
        return True

    def _promise(self, entries: Sequence[Entry], text: str) -> str:
        """Save the day; give a sentence if it is none, or one that some entry cannot have."""
        barred, why = [], ""
        try:
            day = parse_typed_date(text, today=self._today(), field="pay_by")
        except BadValue as error:
            return sentence(error, self._desk.texts)
        for entry in entries:
            try:
                check_pay_by(day, entry.entered_on)
            except BadValue as error:
                barred.append(entry)
                why = why or sentence(error, self._desk.texts)
        if barred:
            said = self._desk.texts.ngettext(
                "Entry {numbers}: {why}", "Entries {numbers}: {why}", len(barred)
            )
            return said.format(numbers=_numbers(barred), why=why)
        intents = [
            Intent(Update(entry.entry_id, entry.version, replace(entry.draft(), pay_by=day)), entry)
            for entry in entries
            if entry.pay_by != day
        ]
        if intents:
            self._save(intents)
        return ""

    def _lines(self, entries: Sequence[Entry]) -> tuple[str, ...]:
        return tuple(f"{entry.entry_id} · {self._texts.describe(entry)}" for entry in entries)


MOST_NUMBERS = 20
"""So many entries are named in a sentence."""


def _numbers(entries: Sequence[Entry]) -> str:
    numbers = [str(entry.entry_id) for entry in entries]
    return ", ".join([*numbers[:MOST_NUMBERS], *(["…"] if len(numbers) > MOST_NUMBERS else [])])
