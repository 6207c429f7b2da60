"""The entry page: puts its parts together, keeps it alive and up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from mini_crm.domain.errors import MiniCrmError
from mini_crm.domain.model import Entry, EntryFilter, EntryPage, EntrySort, Group
from mini_crm.domain.rules import parse_entry_number
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.actions_presenter import ActionsPresenter
from mini_crm.ui.entries.acts import Acts
from mini_crm.ui.entries.chosen import remember_order, remembered_order
from mini_crm.ui.entries.connection import Connection
from mini_crm.ui.entries.export import ExportPresenter
from mini_crm.ui.entries.feed import Feed, News
from mini_crm.ui.entries.filters_presenter import FiltersPresenter, FilterValues
from mini_crm.ui.entries.form_port import FormState
from mini_crm.ui.entries.form_presenter import FormPresenter
from mini_crm.ui.entries.head_presenter import HeadPresenter
from mini_crm.ui.entries.kept_presenter import KeptPresenter
from mini_crm.ui.entries.many import ManyPresenter
from mini_crm.ui.entries.mending import Mending
from mini_crm.ui.entries.opened import Opened
from mini_crm.ui.entries.opening import Opening
from mini_crm.ui.entries.page_port import EntriesViewPort
from mini_crm.ui.entries.paste_presenter import PastePresenter
from mini_crm.ui.entries.pending import Pending
from mini_crm.ui.entries.presence import Presence
from mini_crm.ui.entries.saving import Saving
from mini_crm.ui.entries.sheet import as_text
from mini_crm.ui.entries.table_presenter import TablePresenter
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.undo import Undo
from mini_crm.ui.entries.why import WhyPresenter
from mini_crm.ui.memory import Memory
from mini_crm.usecases.behind import Rows

HEAD_EVERY = timedelta(minutes=1)
"""A run that finds nothing changed is no new one: it only renews the moment of the last."""


class EntriesPresenter:
    """Runs the entry page.

    Args:
        desk: Of the lead.
        view: The page.
        acts: What was done in this session before this page was there.
        now: Tells the time, in UTC.

    Attributes:
        connection: Knows whether the database answers.
        form: Runs the form.
        table: Runs the table.
        filters: Runs the filters.
        opened: Shows the rows behind a number.
        head: Runs the head line.
        actions: Does things to entries that are there.
        why: Tells why an entry has its chance.
        mending: Settles what the database refused.
        undo: Takes acts of this session back.
        many: Deletes and promises many entries at once.
        export: Saves the rows found as a workbook.
    """

    def __init__(
        self,
        desk: Desk,
        view: EntriesViewPort,
        *,
        acts: Acts | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._view = view
        self._now = now
        self._head_at = now()
        self._groups: tuple[Group, ...] = ()
        self._typed_filters: FilterValues | None = None
        self.texts = EntryTexts(desk.texts)
        self.connection = Connection(
            desk,
            view,
            self.texts,
            now=now,
            has_trouble=lambda: self._pending.has_refused or self.form.holds_refused,
            in_hand=self._in_hand,
        )
        self._feed = Feed(desk, self._take_news, self.connection.failed)
        self._pending = Pending(self.texts, today=self.today, groups=lambda: self._groups)
        self.table = TablePresenter(
            desk,
            view.table,
            self.texts,
            self._pending,
            today=self.today,
            failed=self.connection.failed,
            arrived=self._rows_arrived,
            settled=self._stored_after_all,
            touched=self._order_touched,
            behind=lambda: self.opened.rows,
        )
        self._save = Saving(
            desk,
            view,
            self.texts,
            self._pending,
            self.table,
            form=lambda: self.form,
            changed=self._was_changed,
            kept=self.connection.count_kept,
            undo=lambda: self.undo,
        )
        self.undo = Undo(
            desk,
            view,
            self.texts,
            self._pending,
            send=self._save.take_back,
            give_up=self._save.give_up,
            show=self.table.show_pending,
            kept=self.connection.count_kept,
            offer=view.panel.show_undo,
            acts=acts,
        )
        self.mending = Mending(
            desk,
            view,
            self.texts,
            self._pending,
            open_form=lambda item, then: self._opening.mend(item, then),
            save=self._save,
            give_up=self._save.give_up,
            show=self.table.show_pending,
        )
        self.form = FormPresenter(
            desk,
            view.form,
            self.texts,
            today=self.today,
            save=self._save,
            jump=self.jump_to,
            give_up=self._save.give_up,
        )
        self._opening = Opening(desk, view, self.form, typed=view.form.read, failed=self.connection.failed)
        self.filters = FiltersPresenter(
            view.filters,
            desk.texts,
            self.texts,
            memory=self.memory,
            today=self.today,
            apply=self._filter_touched,
        )
        self._presence = Presence(self.table, self.filters, now)
        self.opened = Opened(desk, view.filters, self.texts, self.filters, self.table)
        self.head = HeadPresenter(
            desk,
            view.head,
            self.texts,
            say=self._say,
            done=view.done,
            failed=self.connection.failed,
            open_rows=self.open_rows,
            now=now,
        )
        self.actions = ActionsPresenter(
            desk,
            view.panel,
            view,
            self.texts,
            today=self.today,
            selected=self.table.selected,
            chosen_rows=self.table.chosen_rows,
            is_settled=self.mending.is_settled,
            save=self._save,
            say=self._say,
            failed=self.connection.failed,
        )
        self.many = ManyPresenter(
            desk,
            view,
            self.texts,
            today=self.today,
            selected=self.table.selected,
            chosen_rows=self.table.chosen_rows,
            is_settled=self.mending.is_settled,
            save=self._save,
        )
        self.export = ExportPresenter(
            desk,
            view,
            self.texts,
            found=lambda: (self.table.entry_filter, *self.table.order),
            groups=lambda: self._groups,
            aside=desk.aside or desk.tasks,
        )
        self.why = WhyPresenter(
            desk,
            view,
            selected=self.table.selected,
            chosen_rows=self.table.chosen_rows,
            is_settled=self.mending.is_settled,
            say=self._say,
            failed=self.connection.failed,
        )

    def today(self) -> date:
        """Give the server's day, as far as it is known."""
        return self._feed.today

    @property
    def memory(self) -> Memory:
        """What this computer remembers of the lead."""
        return self._desk.memory.of(self._desk.session.lead_name)

    def leave(self) -> None:
        """Sign out; asks if something typed would be lost."""
        self._desk.leave()

    def touched(self) -> None:
        """Know that the person is at the window."""
        self._presence.touched()

    def start(self) -> None:
        """Fill the page and keep it up to date."""
        self.filters.start()
        self._view.attach(self)
        self.form.start()
        self._read_groups()
        self._feed.start()
        self._desk.choice.listen(self._period_changed)
        self.table.start(self.filters.wanted, *remembered_order(self.memory))
        self.undo.start()
        self.head.start()
        self.connection.count_kept()
        self.actions.read_reasons()

    def take_over(self, form: FormState, filters: FilterValues) -> None:
        """Show what was typed into the same page in another language."""
        self.form.take_over(form)
        self._view.filters.show(filters)
        if self._groups:
            self.filters.changed()
        else:  # the name of a manager means nobody yet
            self._typed_filters = self._view.filters.read()

    def stop(self) -> None:
        """Do nothing more by itself."""
        self._feed.stop()
        self.table.stop()

    def has_unsaved(self) -> bool:
        """Say whether something is not stored yet: in the form, on its way, or refused."""
        return self.form.has_unsaved() or len(self._pending) > 0

    def keep_pending(self) -> int:
        """Put what is on its way or was refused on this computer, before the window goes.

        Returns:
            How many of these could not be kept and would be lost.
        """
        return self._pending.keep(self._desk.outbox)

    def when_read(self, action: Callable[[], None]) -> None:
        """Do something as soon as all that was asked of the database before is there."""
        self._desk.tasks.run(lambda: None, lambda nothing: action(), self.connection.failed)

    def refresh(self) -> None:
        """Ask the database now, whatever the wait."""
        self._feed.hurry()
        self.table.reload()
        self.head.refresh()

    def edit_selected(self) -> None:
        """Fill the form from the chosen row."""
        chosen, entries = self.table.chosen_rows(), self.table.selected()
        if chosen and self.mending.mend(chosen[0]):
            return
        if entries:
            self._opening.edit(entries[0])
        else:
            self._say(self._desk.texts.gettext("Choose a row, or type the number of an entry."))

    def edit_number(self, text: str) -> None:
        """Fill the form from an entry by its number; without one, from the chosen row."""
        if not text.strip():
            self.edit_selected()
            return
        try:
            number = parse_entry_number(text)
        except MiniCrmError as error:
            self._say(sentence(error, self._desk.texts), is_error=True)
            return
        if not self.mending.mend(number):
            self._opening.edit_number(number)

    def delete_selected(self) -> None:
        """Propose to delete the chosen rows; give up those that were refused."""
        chosen = self.table.chosen_rows()
        refused = self.mending.refused(chosen)
        if refused:
            self.mending.drop(refused)
        elif len(chosen) > 1:
            self.many.delete()
        else:
            self.actions.propose_delete()

    def clear_form(self) -> None:
        """Empty the form; asks if something typed would be lost."""
        self._opening.clear()

    def jump_to(self, entry: Entry) -> None:
        """Show an entry in the table, filtering by its PIN if it is not among the loaded rows."""
        if not self.table.jump_to(entry.entry_id):
            self.opened.forget()
            self.table.seek(entry.entry_id, self.filters.show_pin(entry.client_pin))

    def copied(self, shown: Sequence[EntrySort]) -> str:
        """Give the chosen rows with these columns as a spreadsheet takes them; empty if none is chosen."""
        chosen = self.table.chosen_as_shown()
        return as_text(chosen, shown, self.texts) if chosen else ""

    def open_rows(self, rows: Rows, whose: str, as_of: datetime) -> None:
        """Show the rows behind a number, on this page; see ``OpenRows``."""
        self._view.come_forward()
        self.opened.show(rows, whose, as_of)

    def paste(self, text: str) -> None:
        """Show pasted rows before they are stored."""
        if not text.strip():
            self._say(self._desk.texts.gettext("There is nothing to paste: copy rows in Excel first."))
            return
        PastePresenter(
            self._desk,
            self._view.open_paste(),
            self.texts,
            groups=self._groups,
            today=self.today(),
            save=self._save,
            failed=self.connection.failed,
        ).show(text)

    def show_kept(self) -> None:
        """Show what waits on this computer."""
        if self._desk.outbox is not None:
            KeptPresenter(
                self._desk,
                self._desk.outbox,
                self._view.open_kept(),
                self.texts,
                self._groups,
                mend=self._opening.mend_kept,
                ask=self._view.ask,
                in_hand=self._in_hand,
                changed=self.connection.count_kept,
                failed=self.connection.failed,
            ).show()

    def _in_hand(self, op_id: UUID) -> bool:
        """Say whether a refused write stands before the person already, in the table or in the form."""
        return op_id in self._pending or self.form.holds(op_id)

    def _stored_after_all(self, op_ids: Sequence[UUID]) -> None:
        self._save.forget(op_ids)
        self.undo.stored_after_all(op_ids)

    def undo_from_input(self) -> None:
        """Take the last act back, unless something is being typed in the form: then nobody means the list."""
        if self.form.has_unsaved() or not (self.form.is_untouched() or self.form.entry):
            _ = self._desk.texts.gettext
            self._say(
                _("The form holds something that is not stored. Ctrl+Z in the list undoes the last act.")
            )
        else:
            self.undo.undo()

    def _was_changed(self, entry: Entry) -> None:
        """Let form and panel go with an own change that was stored."""
        self.form.follow(entry)
        self.actions.follow(entry)

    def _take_groups(self, groups: tuple[Group, ...]) -> None:
        self._groups = groups
        self.form.set_groups(groups)
        typed, self._typed_filters = self._typed_filters, None
        is_typed = typed is not None and self._view.filters.read() == typed
        self.filters.set_groups(groups)
        if typed is not None and is_typed:
            self._view.filters.show(typed)
            self.filters.changed()

    def _take_news(self, news: News) -> None:
        was_lost = self.connection.is_lost
        self.connection.answered()
        self.connection.show_kept(news.kept)
        if news.sent:
            texts = self._desk.texts
            said = texts.ngettext("{n} kept entry was stored.", "{n} kept entries were stored.", news.sent)
            self._view.done(said.format(n=news.sent))
        changed = news.changes.gone or not self.table.knows(news.changes.entries)
        if news.new_day:
            self.form.show_day()
        is_older = self.table.let_go_of_what_is_newer(news.changes.change_seq)
        if changed or news.new_day or news.new_run or is_older or was_lost:
            self._presence.bring_up_to_date(news.changes, new_day=news.new_day)
        for entry in news.changes.entries:
            self.actions.follow(entry)
        for entry in news.own:
            self._was_changed(entry)
        if news.new_run or was_lost or self._now() - self._head_at >= HEAD_EVERY:
            self._head_at = self._now()
            self.head.refresh()
        if was_lost:
            self.actions.read_reasons()
        if was_lost and not self._groups:
            self._read_groups()
        self.head.show_age()

    def _filter_touched(self, wanted: EntryFilter) -> None:
        self.opened.forget()
        self.table.set_filter(wanted)

    def _order_touched(self, column: EntrySort, descending: bool) -> None:
        if not self.opened:  # else it is the rows of a number that the lead wants in this order
            remember_order(self.memory, column, descending)

    def _rows_arrived(self, page: EntryPage) -> None:
        self.connection.answered()
        self.opened.found(page)

    def _period_changed(self) -> None:
        self.opened.period_changed()
        self._presence.show_period()

    def _read_groups(self) -> None:
        self._desk.call(
            lambda token: self._desk.store.list_groups(token), self._take_groups, self.connection.failed
        )

    def _say(self, text: str, *, is_error: bool = False) -> None:
        self._view.say(text, is_error=is_error)
