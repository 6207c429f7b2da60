"""Saves, and says in the window what became of it; a change that came too late can be done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mini_crm.domain.errors import DatabaseUnreachable, MiniCrmError
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.conflict import ConflictTexts, describe, redo
from mini_crm.ui.entries.form_presenter import FormPresenter
from mini_crm.ui.entries.table_presenter import TablePresenter
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Conflict, EntryWriter, Outcome
from mini_crm.usecases.writes import Add, Write


class SavingPort(Protocol):
    """What saving needs of the page."""

    def say(self, text: str, *, is_error: bool) -> None:
        """Show a sentence that goes away by itself or with the next one."""
        ...

    def show_conflict(
        self, conflict: ConflictTexts, again: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        """Show what the other one changed; do the own change again, or leave it."""
        ...


class Saving:
    """A ``Save`` for all parts of the page.

    Args:
        desk: Of the lead.
        view: The page.
        texts: Writes the entries.
        table: Shows what was stored.
        form: Gives the form, which may hold the entry that somebody else changed.
        kept: Is called when writes were put aside on this computer.
        failed: Is told of errors that nobody foresaw.
    """

    def __init__(
        self,
        desk: Desk,
        view: SavingPort,
        texts: EntryTexts,
        table: TablePresenter,
        *,
        form: Callable[[], FormPresenter],
        kept: Callable[[], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._table = table
        self._form = form
        self._kept = kept
        self._failed = failed
        self._writer = EntryWriter(desk)

    def __call__(
        self,
        writes: Sequence[Write],
        then: Callable[[Outcome], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """See ``Save``."""

        def done(outcome: Outcome) -> None:
            self._show(outcome)
            then(outcome)

        def not_done(error: BaseException) -> None:
            self._failed(error)
            if failed is not None:
                failed(error)

        self._writer.save(writes, done, not_done)

    def _show(self, outcome: Outcome) -> None:
        all_shown = not outcome.stored or self._table.show_written(outcome.stored)
        said = [*self._stored(outcome, all_shown=all_shown), *self._not_stored(outcome)]
        if said:
            self._view.say("\n".join(said), is_error=bool(outcome.kept or outcome.refused))
        if outcome.kept:
            self._kept()
        for conflict in outcome.conflicts:
            self._show_conflict(conflict)

    def _stored(self, outcome: Outcome, *, all_shown: bool) -> list[str]:
        _, texts = self._desk.texts.gettext, self._desk.texts
        # A deletion is told by the panel, beside its undo.
        count = sum(entry.deleted_at is None for entry in outcome.stored)
        if not count:
            return []
        said = texts.ngettext("{n} entry is stored.", "{n} entries are stored.", count).format(n=count)
        return [said if all_shown else f"{said} " + _("The filter hides some of it.")]

    def _not_stored(self, outcome: Outcome) -> list[str]:
        _ = self._desk.texts.gettext
        said = []
        if outcome.kept:
            said.append(
                _("The database does not answer. What you wrote is kept on this computer and is sent later.")
            )
        refused: dict[str, list[Write]] = {}
        for write, error in outcome.refused:
            refused.setdefault(self._why(error), []).append(write)
        for why, writes in refused.items():
            alone = outcome.count == 1 and isinstance(writes[0], Add)
            names = self._texts.names(writes)
            said.append(why if alone else f"{names[:1].upper()}{names[1:]}: {why}")
        return said

    def _why(self, error: MiniCrmError) -> str:
        if isinstance(error, DatabaseUnreachable):
            return self._desk.texts.gettext(
                "NOT stored: the database does not answer. Do it again later; what you typed is still here."
            )
        return sentence(error, self._desk.texts)

    def _show_conflict(self, conflict: Conflict) -> None:
        form = self._form()
        in_form = form.entry is not None and form.entry.entry_id == conflict.entry.entry_id
        self._table.reload()

        def again() -> None:
            write = redo(conflict)
            if write is not None:
                self([write], redone)

        def redone(outcome: Outcome) -> None:
            if in_form and (outcome.stored or outcome.kept):
                form.clear()

        def leave() -> None:
            if in_form and conflict.entry.deleted_at is None:
                form.edit(conflict.entry)
            elif in_form:
                form.clear()

        self._view.show_conflict(describe(conflict, self._desk.texts, self._texts), again, leave)
