"""What is done to chosen entries: paid, refused, expected; deleting by number; history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from mini_crm.domain.dates import parse_date
from mini_crm.domain.errors import BadValue, MiniCrmError, RuleBroken
from mini_crm.domain.model import PIECES, Entry, EntryVersion, Status
from mini_crm.domain.money import edit_amount, parse_amount
from mini_crm.domain.rules import check_status, may_delete, parse_entry_number
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Intent, Save
from mini_crm.usecases.writes import Delete, Update

Answer = Callable[[str, str], Mapping[str, str]]
"""Takes the typed day and amount; gives a sentence for each bad field, or nothing when all is well."""


@dataclass(frozen=True, slots=True)
class StatusQuestion:
    """Asks on which day entries were paid or refused, and what really came.

    Attributes:
        title: What is about to be noted.
        day_caption: What the day is called.
        lines: The entries.
        day: Proposed, as text.
        amount: Proposed, as text; None where it is not asked for.
        unit: Of the amount, to be shown beside it.
    """

    title: str
    day_caption: str
    lines: tuple[str, ...]
    day: str
    amount: str | None
    unit: str


class DeletePort(Protocol):
    """The panel for deleting by number as its presenter sees it."""

    def read_id(self) -> str:
        """Give the typed number."""
        ...

    def show_id(self, text: str) -> None:
        """Put a number into the field."""
        ...

    def show_look(self, text: str, *, may_delete: bool, is_error: bool) -> None:
        """Show the entry that would go, or why not."""
        ...

    def show_undo(self, text: str) -> None:
        """Offer to take back the last act, which this names; empty offers nothing."""
        ...


class QuestionPort(Protocol):
    """The questions and answers of the page."""

    def ask_status(self, question: StatusQuestion, answer: Answer) -> None:
        """Ask, and give what was typed to ``answer``; stay open while it names errors."""
        ...

    def show_history(self, title: str, lines: Sequence[tuple[str, str, str, str, str]]) -> None:
        """Show moment, person, field, old and new value, newest first."""
        ...

    def whereabouts(self) -> object:
        """Say where the person is: under whose hands an answer must move nothing if they have gone on."""
        ...


class ActionsPresenter:
    """Does something to entries that are there.

    Args:
        desk: Of the lead.
        panel: For deleting.
        questions: Of the page.
        texts: Writes the entries.
        today: Gives the server's day.
        selected: Gives the chosen entries.
        chosen_rows: Gives the chosen rows, those that are not stored included.
        is_settled: Says whether rows are as they are stored; tells the person if one is not.
        save: Shows what is being saved, sends it, and shows what became of it; then calls back.
        say: Shows a sentence in the window.
        failed: Is told when something could not be read.
    """

    def __init__(
        self,
        desk: Desk,
        panel: DeletePort,
        questions: QuestionPort,
        texts: EntryTexts,
        *,
        today: Callable[[], date],
        selected: Callable[[], list[Entry]],
        chosen_rows: Callable[[], list[int]],
        is_settled: Callable[[Sequence[int]], bool],
        save: Save,
        say: Callable[[str], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._panel = panel
        self._questions = questions
        self._texts = texts
        self._today = today
        self._selected = selected
        self._chosen_rows = chosen_rows
        self._is_settled = is_settled
        self._save = save
        self._say = say
        self._failed = failed
        self._looked_at: Entry | None = None

    def mark(self, status: Status) -> None:
        """Note what has become of the chosen entries; asks for the day and, for one, the amount."""
        _ = self._desk.texts.gettext
        entries = self._selected()
        if not self._is_settled(self._chosen_rows()):
            return
        if not entries:
            self._say(_("Choose one or more rows first."))
            return
        if status is Status.EXPECTED:
            self._note(entries, status, None, None)
            return
        one = entries[0] if len(entries) == 1 and status is Status.PAID else None
        is_paid = status is Status.PAID
        question = StatusQuestion(
            title=_("Mark as paid") if is_paid else _("Mark as refused"),
            day_caption=_("Day of payment") if is_paid else _("Day of refusal"),
            lines=tuple(f"{entry.entry_id} · {self._texts.describe(entry)}" for entry in entries),
            day=self._texts.day(self._today()),
            amount=None
            if one is None
            else edit_amount(one.paid_amount or one.amount, language=self._desk.texts.language),
            unit="" if one is None else self._texts.unit(one.unit),
        )
        self._questions.ask_status(question, lambda day, amount: self._answered(entries, status, day, amount))

    def look(self) -> None:
        """Show the entry whose number is typed, before it goes."""
        self._looked_at = None
        text = self._panel.read_id().strip()
        try:
            number = parse_entry_number(text)
        except MiniCrmError as error:
            said = sentence(error, self._desk.texts) if text else ""
            self._panel.show_look(said, may_delete=False, is_error=True)
            return

        def done(entry: Entry) -> None:
            if self._panel.read_id().strip() == text:
                self._show_look(entry)

        def failed(error: BaseException) -> None:
            if isinstance(error, MiniCrmError):
                self._panel.show_look(sentence(error, self._desk.texts), may_delete=False, is_error=True)
            else:
                self._failed(error)

        self._panel.show_look("", may_delete=False, is_error=False)
        self._desk.call(lambda token: self._desk.store.get_entry(token, number), done, failed)

    def propose_delete(self) -> None:
        """Put the chosen row's number into the panel and show it."""
        entries = self._selected()
        if not self._is_settled(self._chosen_rows()):
            return
        if len(entries) != 1:
            self._say(self._desk.texts.gettext("Choose one row first."))
            return
        self._panel.show_id(str(entries[0].entry_id))
        self._show_look(entries[0])

    def delete(self) -> None:
        """Delete the entry that was shown."""
        entry = self._looked_at
        if entry is None:
            self.look()
            return
        if not self._is_settled([entry.entry_id]):
            return
        self._looked_at = None
        self._panel.show_look("", may_delete=False, is_error=False)
        self._panel.show_id("")  # now, since the next number may be typed before the answer comes
        self._save([Intent(Delete(entry.entry_id, entry.version), entry)])

    def show_history(self) -> None:
        """Show who changed the chosen entry, and what."""
        entries = self._selected()
        _ = self._desk.texts.gettext
        if len(entries) != 1:
            self._say(_("Choose one row first."))
            return
        entry, asked_at = entries[0], self._questions.whereabouts()

        def done(versions: tuple[EntryVersion, ...]) -> None:
            if self._questions.whereabouts() != asked_at:
                said = _("The history of entry {entry_id} came late; press F3 again to see it.")
                self._say(said.format(entry_id=entry.entry_id))
                return
            title = _("History of entry {entry_id}").format(entry_id=entry.entry_id)
            self._questions.show_history(title, self._texts.history(versions))

        self._desk.call(
            lambda token: self._desk.store.list_entry_history(token, entry.entry_id), done, self._failed
        )

    def _answered(
        self, entries: Sequence[Entry], status: Status, day_text: str, amount_text: str
    ) -> dict[str, str]:
        errors: dict[str, str] = {}
        day: date | None = None
        amount: Decimal | None = None
        entered_on = max(entry.entered_on for entry in entries)
        try:
            day = parse_date(day_text, today=self._today(), field="status_on")
            check_status(status, day, entered_on=entered_on, today=self._today())
        except BadValue as error:
            errors["day"] = sentence(error, self._desk.texts)
        if status is Status.PAID and len(entries) == 1:
            unit = entries[0].unit
            try:
                amount = parse_amount(amount_text, field="paid_amount", whole=unit == PIECES, unit=unit)
            except BadValue as error:
                errors["amount"] = sentence(error, self._desk.texts)
        if not errors:
            self._note(entries, status, day, amount)
        return errors

    def _note(
        self, entries: Sequence[Entry], status: Status, day: date | None, amount: Decimal | None
    ) -> None:
        intents: list[Intent] = []
        for entry in entries:
            came = None if amount == entry.amount else amount
            draft = replace(entry.draft(), status=status, status_on=day, paid_amount=came)
            if draft != entry.draft():
                intents.append(Intent(Update(entry.entry_id, entry.version, draft), entry))
        if intents:
            self._save(intents)

    def _show_look(self, entry: Entry) -> None:
        text = self._texts.describe(entry)
        try:
            may_delete(entry.entered_on, self._today(), entry.deleted_at is not None)
        except RuleBroken as error:
            why = sentence(error, self._desk.texts)
            self._panel.show_look(f"{text}\n{why}", may_delete=False, is_error=True)
        else:
            self._looked_at = entry
            self._panel.show_look(text, may_delete=True, is_error=False)
