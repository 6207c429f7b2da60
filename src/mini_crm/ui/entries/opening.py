"""What comes into the form, and the question before it takes the place of something typed; no Tk here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from mini_crm.domain.errors import MiniCrmError
from mini_crm.domain.model import Entry
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.form_presenter import FormPresenter
from mini_crm.ui.entries.pending import Unsettled
from mini_crm.ui.entries.writer import Intent


class OpeningPort(Protocol):
    """What opening needs of the page."""

    def say(self, text: str, *, is_error: bool) -> None:
        """Show what went wrong, or a hint that goes away by itself."""
        ...

    def ask(self, question: str, yes: Callable[[], None]) -> None:
        """Ask, and call ``yes`` if the answer is that."""
        ...

    def whereabouts(self) -> object:
        """Say where the person is: under whose hands an answer must move nothing if they have gone on."""
        ...


class Opening:
    """Puts things into the form when the person wants them there.

    Args:
        desk: Of the lead.
        view: The page.
        form: The form.
        typed: Gives what stands in it.
        failed: Is told when an entry could not be read.
    """

    def __init__(
        self,
        desk: Desk,
        view: OpeningPort,
        form: FormPresenter,
        *,
        typed: Callable[[], FormValues],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._form = form
        self._typed = typed
        self._failed = failed

    def clear(self) -> None:
        """Empty the form."""
        self._unless_unsaved(self._form.clear)

    def edit(self, entry: Entry) -> None:
        """Fill the form from an entry, to change it."""
        if entry.deleted_at is not None:
            said = self._desk.texts.gettext("Entry {entry_id} is deleted, so it cannot be changed.")
            self._view.say(said.format(entry_id=entry.entry_id), is_error=True)
            return
        self._unless_unsaved(lambda: self._form.edit(entry))

    def edit_number(self, number: int) -> None:
        """Fill the form from an entry that is yet to be read, unless the person goes on meanwhile."""
        asked = (self._view.whereabouts(), self._typed())

        def done(entry: Entry) -> None:
            if (self._view.whereabouts(), self._typed()) == asked:
                self.edit(entry)
            else:
                said = self._desk.texts.gettext(
                    "Entry {entry_id} came late and was not put into the form, where you have gone on."
                )
                self._view.say(said.format(entry_id=number), is_error=False)

        self._desk.call(lambda token: self._desk.store.get_entry(token, number), done, self._failed)

    def mend(self, item: Unsettled, then: Callable[[], object]) -> None:
        """Fill the form from a refused row, with the reason; ``then`` is called before."""

        def yes() -> None:
            then()
            self._form.mend(item.intent, item.error)
            if item.error is not None:
                self._view.say(sentence(item.error, self._desk.texts), is_error=True)

        self._unless_unsaved(yes)

    def mend_kept(self, intent: Intent, error: MiniCrmError | None) -> None:
        """Fill the form from a refused write of the list of kept ones."""
        self._unless_unsaved(lambda: self._form.mend(intent, error, is_kept=True))

    def _unless_unsaved(self, action: Callable[[], None]) -> None:
        if self._form.has_unsaved():
            question = self._desk.texts.gettext(
                "The form holds something that is not stored. Delete what was typed?"
            )
            self._view.ask(question, action)
        else:
            action()
