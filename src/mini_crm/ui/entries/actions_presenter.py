"""What is done to chosen entries: paid, refused, expected; deleting by ID; history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID, uuid4

from mini_crm.domain.errors import BadValue, MiniCrmError, RuleBroken
from mini_crm.domain.model import PIECES, Entry, EntryVersion, Status
from mini_crm.domain.money import edit_amount, parse_amount
from mini_crm.domain.rules import check_reason, check_status, may_delete, parse_entry_number
from mini_crm.domain.typed_days import parse_typed_date
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Intent, Save
from mini_crm.usecases.writes import Delete, Update

REST = "rest"
"""The name under which an answer gets the question about the rest."""


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What a person answers to a ``StatusQuestion``.

    Attributes:
        day: As typed.
        amount: As typed; empty where it is not asked for.
        reason: As typed; empty where it is not asked for.
        keeps_rest: Whether the rest of a partial payment stays expected; None before this was asked.
    """

    day: str
    amount: str = ""
    reason: str = ""
    keeps_rest: bool | None = None


Answer = Callable[[StatusAnswer], Mapping[str, str]]
"""Takes an answer; gives a sentence for each bad field, by the names of ``StatusAnswer``, or under ``REST``
what is to be asked before; nothing when all is well."""


@dataclass(frozen=True, slots=True)
class StatusQuestion:
    """Asks on which day entries were paid or refused, what really came, and why they were refused.

    Attributes:
        title: What is about to be noted.
        day_caption: What the day is called.
        lines: The entries.
        day: Proposed, as text.
        amount: Proposed, as text; None where it is not asked for.
        unit: Of the amount, to be shown beside it.
        asks_reason: Whether the reason is asked for.
        reason: Proposed.
        reasons: To choose from; any other can be typed.
    """

    title: str
    day_caption: str
    lines: tuple[str, ...]
    day: str
    amount: str | None
    unit: str
    asks_reason: bool
    reason: str = ""
    reasons: tuple[str, ...] = ()


class IdPanelPort(Protocol):
    """The panel for one entry by its ID as its presenter sees it."""

    def read_id(self) -> str:
        """Give the typed ID."""
        ...

    def show_id(self, text: str) -> None:
        """Put an ID into the field."""
        ...

    def is_typed_into(self) -> bool:
        """Say whether the cursor is in the field."""
        ...

    def go_to_delete(self) -> None:
        """Put the focus on what deletes."""
        ...

    def show_look(self, text: str, why: str, *, may_delete: bool, is_error: bool) -> None:
        """Show the entry of this ID, or that there is none.

        Args:
            text: The entry; empty while nothing is looked at.
            why: Why it cannot be deleted; empty if it can.
            may_delete: Whether it can be deleted.
            is_error: The text tells of a mistake.
        """
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
        panel: For one entry by its ID.
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
        panel: IdPanelPort,
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
        self._is_of_row = False
        self._reasons: tuple[str, ...] | None = None

    def read_reasons(self) -> None:
        """Get to know the reasons of earlier refusals, unless they are known; F7 does not wait for them."""
        if self._reasons is None:
            self._desk.call(
                lambda token: self._desk.store.list_reasons(token),
                self._take_reasons,
                lambda error: None,  # they are only offered
            )

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
            self._note(entries, status, None)
            return
        paid = status is Status.PAID
        one = entries[0] if len(entries) == 1 else None
        amount = None if one is None or not paid else one.paid_amount or one.amount
        language = self._desk.texts.language
        question = StatusQuestion(
            title=_("Mark as paid") if paid else _("Mark as refused"),
            day_caption=_("Day of payment") if paid else _("Day of refusal"),
            lines=tuple(f"{entry.entry_id} · {self._texts.describe(entry)}" for entry in entries),
            day=self._texts.day(one.status_on if one is not None and one.status is status else self._today()),
            amount=None if amount is None else edit_amount(amount, language=language),
            unit=self._texts.unit(one.unit) if one is not None else "",
            asks_reason=not paid,
            reason="" if one is None or paid else one.reason,
            reasons=self._reasons or (),
        )
        self._questions.ask_status(question, lambda answer: self._answered(entries, status, answer))

    def look(self) -> None:
        """Show the entry whose number is typed, before it goes."""
        self._looked_at = None
        text = self._panel.read_id().strip()
        try:
            number = parse_entry_number(text)
        except MiniCrmError as error:
            said = sentence(error, self._desk.texts) if text else ""
            self._panel.show_look(said, "", may_delete=False, is_error=True)
            return

        def done(entry: Entry) -> None:
            if self._panel.read_id().strip() == text:
                self._show_look(entry)

        def failed(error: BaseException) -> None:
            if isinstance(error, MiniCrmError):
                said = sentence(error, self._desk.texts)
                self._panel.show_look(said, "", may_delete=False, is_error=True)
            else:
                self._failed(error)

        self._panel.show_look("", "", may_delete=False, is_error=False)
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
        self._panel.go_to_delete()

    def row_chosen(self) -> None:
        """Fill the panel from the chosen row, unless another ID is being typed there."""
        entries, rows = self._selected(), self._chosen_rows()
        if self._panel.is_typed_into():
            return
        if len(rows) == 1 and entries:
            self._panel.show_id(str(entries[0].entry_id))
            self._show_look(entries[0])
        elif self._is_of_row:
            self._empty_panel()

    def follow(self, entry: Entry) -> None:
        """Show an entry that was just changed as it is now, if the panel shows it; know its reason."""
        if entry.reason and self._reasons is not None and entry.reason not in self._reasons:
            self._reasons = (*self._reasons, entry.reason)
        if self._looked_at is not None and self._looked_at.entry_id == entry.entry_id:
            self._show_look(entry)

    def delete(self) -> None:
        """Delete the entry that was shown."""
        entry = self._looked_at
        if entry is None:
            self.look()
            return
        if self._why_not_deleted(entry) or not self._is_settled([entry.entry_id]):
            return
        self._empty_panel()  # now, since the next ID may be typed before the answer comes
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

    def _answered(self, entries: Sequence[Entry], status: Status, answer: StatusAnswer) -> dict[str, str]:
        errors: dict[str, str] = {}
        day: date | None = None
        amount: Decimal | None = None
        reason = ""
        entered_on = max(entry.entered_on for entry in entries)
        try:
            day = parse_typed_date(answer.day, today=self._today(), field="status_on", past=True)
            check_status(status, day, entered_on=entered_on, today=self._today())
        except BadValue as error:
            errors["day"] = sentence(error, self._desk.texts)
        try:
            reason = check_reason(answer.reason, status)
        except BadValue as error:
            errors["reason"] = sentence(error, self._desk.texts)
        one = entries[0] if status is Status.PAID and len(entries) == 1 else None
        if one is not None:
            whole = one.unit == PIECES
            try:
                amount = parse_amount(answer.amount, field="paid_amount", whole=whole, unit=one.unit)
            except BadValue as error:
                errors["amount"] = sentence(error, self._desk.texts)
        if errors:
            return errors
        leaves_rest = one is not None and amount is not None and _leaves_rest(one, amount)
        if one is not None and amount is not None and leaves_rest and answer.keeps_rest is None:
            return {REST: self._texts.ask_rest(one, amount)}
        rest_ref = uuid4() if leaves_rest and answer.keeps_rest else None
        self._note(entries, status, day, amount, reason, rest_ref)
        return {}

    def _note(
        self,
        entries: Sequence[Entry],
        status: Status,
        day: date | None,
        amount: Decimal | None = None,
        reason: str = "",
        rest_ref: UUID | None = None,
    ) -> None:
        intents: list[Intent] = []
        for entry in entries:
            came = None if amount == entry.amount else amount
            why = reason
            if status is Status.REFUSED and len(entries) > 1:
                why = reason or entry.reason  # for many nobody sees those that are there already
            draft = replace(entry.draft(), status=status, status_on=day, paid_amount=came, reason=why)
            if draft != entry.draft():
                intents.append(Intent(Update(entry.entry_id, entry.version, draft, rest_ref=rest_ref), entry))
        if intents:
            self._save(intents)

    def _take_reasons(self, reasons: tuple[str, ...]) -> None:
        self._reasons = reasons

    def _show_look(self, entry: Entry) -> None:
        why = self._why_not_deleted(entry)
        self._looked_at = entry
        self._is_of_row = [entry.entry_id] == self._chosen_rows()
        self._panel.show_look(self._texts.describe(entry), why, may_delete=not why, is_error=False)

    def _why_not_deleted(self, entry: Entry) -> str:
        try:
            may_delete(entry.entered_on, self._today(), entry.deleted_at is not None)
        except RuleBroken as error:
            return sentence(error, self._desk.texts)
        return ""

    def _empty_panel(self) -> None:
        self._looked_at = None
        self._is_of_row = False
        self._panel.show_id("")
        self._panel.show_look("", "", may_delete=False, is_error=False)


def _leaves_rest(entry: Entry, came: Decimal) -> bool:
    """Say whether a payment leaves something; a part that was paid before has left its rest already."""
    is_first = entry.status is not Status.PAID or entry.paid_amount is None
    return is_first and came < entry.amount
